"""What one component earns in one settlement.

Credits fall into windows (what adds up) and, within one, into stretches under one version of the table; a stretch is
what this file works on. Its worth is a function of what has accumulated, so it pays what it is worth now less what it
was worth when last settled, and the order and batches of credits change nothing in sum. Lines only say whose that is:

    walked    where pay depends on what reaches the tiers alone: each deal pays the way from what had accumulated before
              it to what has after, tier by tier; a retroactive table pays each at the tier reached in the end
    shared    where tiers are reached by something else than what is paid on: each deal is paid on at the mix of tiers
              that the total has reached, since no order of deals says which of them is in which tier
    read      where nothing is credited at all: a KPI's payout curve is one line

What earlier settlements of the window were worth by other terms (a lower retroactive tier, another quota to date)
comes as a line of its own, the true-up.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm

import attrs

from ..rate import Rate
from ._count import Item
from ._rows import Row, added, total_of, whole_or
from ._terms import Form, Terms
from .component import Component
from .credits import Credit
from .line import LineKind

__all__ = ["Stretch", "Worth", "average", "read_kpi", "share_text", "shared", "walked"]

ZERO = Fraction(0)


@attrs.define(eq=False)
class Stretch:
    """What happens to one component in one window under one version of its table."""

    component: Component
    terms: Terms
    items: list[Item]
    scale: int
    opened: Fraction
    before: Fraction  # what had accumulated, in what reaches the tiers
    base_before: Fraction
    valued: Fraction
    earned: Fraction
    withheld: Fraction
    reached: Fraction = ZERO  # by the whole window in the end


@attrs.define(eq=False)
class Worth:
    """What a stretch has come to."""

    rows: list[Row]
    accumulated: Fraction
    base: Fraction
    valued: Fraction
    earned: Fraction
    withheld: Fraction
    is_open: bool


def walked(stretch: Stretch) -> Worth:
    """Deals one after the other, each from what had accumulated to what has."""
    terms, scale = stretch.terms, lcm(stretch.scale, stretch.terms.common(), stretch.before.denominator)
    times = scale // stretch.scale
    start = int(stretch.before * scale)
    end = start + times * sum(item.measured for item in stretch.items)
    accumulated = Fraction(end, scale)
    rows: list[Row] = []
    if terms.form in {Form.SLICED, Form.WHOLE}:
        whole_at = terms.tier(abs(accumulated)) if terms.form is Form.WHOLE else None
        ordinary = _by_pieces(stretch, start, times, scale, whole_at, rows)
    else:
        ordinary = _by_points(stretch, start, times, scale, rows)
    valued = terms.worth(accumulated) - terms.worth(stretch.opened)
    base = stretch.base_before + accumulated - stretch.before
    return _finished(stretch, rows, accumulated, base, valued, valued - stretch.valued - ordinary)


def _by_pieces(stretch: Stretch, start: int, times: int, scale: int, whole_at: int | None, rows: list[Row]) -> Fraction:
    """Rows of straight stretches, in integers; what each item pays, and what all would pay in the ordinary way."""
    terms = stretch.terms
    function = terms.scaled(scale, whole_at)
    per, unit = function.per, terms.unit
    plain = scale == 1 and unit == 1
    each_of, rates = terms.table.per_unit, terms.rates
    ordinary = 0
    at = start
    for item in stretch.items:
        credit = item.credit
        after = at + item.measured * times
        pieces = function.pieces(at, after)
        if item.at_original:
            ordinary += sum(pay for _, _, pay in pieces)
            _claw(item, rows)
            at = after
            continue
        own = 0
        first = len(rows)
        for tier, length, pay in pieces:
            own += pay
            rate = None if tier is None else rates[tier]
            row = Row(LineKind.EARNED, pay, per, credit.deal, credit.on, tier, length, rate, None, at, at + length)
            if not plain:
                row.base, row.before, row.after = (
                    whole_or(Fraction(length, scale) * unit),
                    whole_or(Fraction(at, scale)),
                    whole_or(Fraction(at + length, scale)),
                )
            if each_of:
                row.each = terms.each(tier)
            rows.append(row)
            at += length
        if credit.share.numerator != credit.share.denominator:  # both are small and whole: quicker than != of two rates
            rows[first].note = share_text(credit)
        ordinary += own
        item.paid, item.per = own, per
    return Fraction(ordinary, per)


def _by_points(stretch: Stretch, start: int, times: int, scale: int, rows: list[Row]) -> Fraction:
    """Rows of a table of amounts: what its value at the end of a deal is more than at its beginning."""
    terms = stretch.terms
    ordinary = ZERO
    at = start
    for item in stretch.items:
        after = at + item.measured * times
        low, high = Fraction(at, scale), Fraction(after, scale)
        at = after
        exact = terms.worth(high) - terms.worth(low)
        ordinary += exact
        if item.at_original:
            _claw(item, rows)
            continue
        tier = terms.tier(abs(high))
        row = added(LineKind.EARNED, exact, share_text(item.credit), deal=item.credit.deal, on=item.credit.on)
        row.tier = tier if tier >= 0 else None
        row.base, row.before, row.after = whole_or(high - low), whole_or(low), whole_or(high)
        rows.append(row)
        item.paid, item.per = exact.as_integer_ratio()
    return ordinary


def share_text(credit: Credit) -> str:
    """What a reader has to know to check the base of a shared deal."""
    whole = credit.share.numerator == credit.share.denominator
    return "" if whole else f"{credit.share} of {credit.amount.amount}"


def _claw(item: Item, rows: list[Row]) -> None:
    """A note at the original rate: what has accumulated falls by it, the pay is the deal's own."""
    credit, part = item.credit, item.part
    assert part is not None
    assert item.of is not None
    assert item.of.paid is not None
    exact = -part * Fraction(item.of.paid, item.of.per)
    rows.append(added(LineKind.CLAWBACK, exact, f"of {credit.reverses}", deal=credit.deal, on=credit.on))


def shared(stretch: Stretch, key: Fraction) -> Worth:
    """Every deal's base at the mix of tiers that *key* has reached."""
    terms, scale = stretch.terms, stretch.scale
    mix = [(tier, part, terms.rate(tier)) for tier, part in terms.mix(key)]
    rows: list[Row] = []
    whole = average(terms, key)
    base = stretch.base_before
    ordinary = ZERO
    for item in stretch.items:
        own = Fraction(item.base, scale)
        base += own
        ordinary += own * whole
        if item.at_original:
            _claw(item, rows)
            continue
        for tier, part, rate in mix:
            piece = own * part
            row = added(
                LineKind.EARNED,
                ZERO if rate is None else piece * rate.to_fraction(),
                share_text(item.credit),
                deal=item.credit.deal,
                on=item.credit.on,
            )
            row.tier, row.base, row.rate = tier, whole_or(piece), rate
            row.before, row.after = whole_or(stretch.before), whole_or(key)
            rows.append(row)
        item.paid, item.per = (own * whole).as_integer_ratio()
    valued = base * whole
    return _finished(stretch, rows, key, base, valued, valued - stretch.valued - ordinary)


def average(terms: Terms, key: Fraction) -> Fraction:
    """What one unit of base pays when *key* has been reached."""
    rates = ((part, terms.rate(tier)) for tier, part in terms.mix(key))
    return sum((part * rate.to_fraction() for part, rate in rates if rate is not None), start=ZERO)


def read_kpi(stretch: Stretch, key: Fraction) -> Worth:
    """One line: what the curve or table gives at an attainment that no credit adds to."""
    terms = stretch.terms
    tier = terms.tier(abs(key))
    row = added(LineKind.EARNED, terms.value(key), f"at {Rate(key.numerator, key.denominator)}")
    row.tier = tier if tier >= 0 else None
    row.after = whole_or(key)
    rows = [row, *(nothing_for(item, "counts for the attainment") for item in stretch.items)]
    return _finished(stretch, rows, key, ZERO, terms.value(key), ZERO)


def nothing_for(item: Item, note: str) -> Row:
    """A line for a credit that pays nothing by itself, so that it is not lost."""
    row = added(LineKind.EARNED, ZERO, note, deal=item.credit.deal, on=item.credit.on)
    row.base = 0
    return row


def _finished(
    stretch: Stretch,
    rows: list[Row],
    accumulated: Fraction,
    base: Fraction,
    valued: Fraction,
    true_up: Fraction,
) -> Worth:
    """With the true-up and the gate to the first unit."""
    if true_up:
        row = added(LineKind.TRUE_UP, true_up, "earlier sales at what they are worth now")
        row.after = whole_or(stretch.before)
        rows.append(row)
    earned = stretch.earned + total_of(rows)
    is_open = stretch.terms.is_open(stretch.reached)
    withheld = ZERO if is_open else earned
    if withheld != stretch.withheld:
        kept = withheld - stretch.withheld
        word = "withheld until the gate is reached" if kept > 0 else "released: the gate is reached"
        rows.append(added(LineKind.GATE, -kept, word))
    return Worth(rows, accumulated, base, valued, earned, withheld, is_open)
