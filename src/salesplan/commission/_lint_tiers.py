"""What is wrong with the tiers themselves: falling pay, cliffs, tiers that change nothing or are never reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from ._lint_case import Case
from ._lint_curve import Curve, Piece
from ._terms import Form
from .findings import Finding, FindingCode

__all__ = ["cliffs", "dead_tiers", "falls", "unreachable"]

_VISIBLE = 10  # a fall by so many minor units shows under any rounding


def falls(case: Case) -> Iterator[Finding]:
    """Where selling more pays less, each with two sales that show it.

    Law: with whole sales, there is none if and only if what is paid never falls from one whole sale to the next.
    """
    curve = case.curve
    points = [(piece, x) for piece in curve.holding() for x in _turns(curve, piece)]
    for (p, low), (q, high) in pairwise(points):
        before, after = p.at(low), q.at(high)
        if curve.sold.whole:
            if curve.pay(after) >= curve.pay(before):
                continue
        elif after < before:
            low, high = _witnesses(curve, p, q, low, high)
        else:
            continue
        yield case.found(
            FindingCode.FALLS,
            q.tier,
            {
                "lower": curve.show_sale(low),
                "lower_pays": curve.show_pay(p.at(low), low),
                "higher": curve.show_sale(high),
                "higher_pays": curve.show_pay(q.at(high), high),
            },
        )


def _turns(curve: Curve, piece: Piece) -> list[Fraction]:
    """Sales of a piece between which pay only rises or only falls, its ends included as far as they matter."""
    if not curve.sold.whole:
        first, last = piece.start, piece.end
    else:
        first, last = curve.first(piece), None if piece.end is None else curve.last(piece)
    if last is None:
        return [first] if piece.b >= 0 else [first, first + ceil(_VISIBLE / -piece.b)]
    turns = {first, last}
    if piece.c:
        top = -piece.b / (2 * piece.c)
        turns |= {Fraction(floor(top)), Fraction(ceil(top))} if curve.sold.whole else {top}
    return sorted(x for x in turns if first <= x <= last)


def _witnesses(curve: Curve, p: Piece, q: Piece, low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """Two sales that are made, where *low* and *high* may be limits that are not."""
    if low < high:  # within one piece, where pay only falls
        return low + (high - low) / 4, high - (high - low) / 4
    edge, way = low, Fraction(1)
    if curve.closed:
        way = edge - p.start
        while p.at(edge - way) <= q.at(edge):
            way /= 2
        return edge - way, edge
    way = Fraction(1) if q.end is None else q.end - edge
    while q.at(edge + way) >= p.at(edge):
        way /= 2
    return edge, edge + way


def cliffs(case: Case) -> Iterator[Finding]:
    """Where pay jumps up, by a minor unit or more; thresholds between the same two whole sales are one."""
    curve = case.curve
    pieces = curve.holding()
    for at, (p, q) in enumerate(pairwise(pieces), start=1):
        edge = q.start
        assert p.end is not None
        jump = q.at(edge) - p.at(p.end)
        if jump <= 0 or (curve.paid.whole and jump < 1):
            continue
        reached = curve.first(q) if curve.sold.whole else edge
        below = reached - 1 if curve.sold.whole else edge
        gains = _gains_from(curve, pieces[:at], reached, reached - q.at(reached)) if case.priced else None
        numbers = {
            "jump": curve.show_pay(jump, edge),
            "below_pays": curve.show_pay(p.at(below), below),
            "at": curve.show_sale(reached),
            "at_pays": curve.show_pay(q.at(reached), reached),
        }
        if curve.sold.whole:
            numbers["below"] = curve.show_sale(below)
        if gains is not None:
            numbers |= {"gains_from": curve.show_sale(gains), "rest": curve.show_sale(reached - gains)}
            if curve.sold.whole:
                numbers["cheapest"] = curve.show_sale(Fraction(1))
        yield case.found(FindingCode.CLIFF, q.tier, numbers)


def _gains_from(curve: Curve, below: Sequence[Piece], reached: Fraction, kept: Fraction) -> Fraction | None:
    """From which sale on, up to *reached*, it pays to buy the rest: what one keeps of one's money is less there.

    A sale of s that pays F(s) gains by becoming one of t for the price of t - s where s - F(s) > t - F(t), which is
    *kept*. In whole sales the first that gains; else the limit from which on they do.
    """
    found: Fraction | None = None
    whole = curve.sold.whole
    for piece in reversed(below):
        first, last = (curve.first(piece), curve.last(piece)) if whole else (piece.start, piece.end)
        assert last is not None
        last = min(last, reached - 1) if whole else last
        if last - piece.at(last) <= kept:
            return found
        slope = 1 - piece.b
        if slope > 0:
            x = (kept + piece.a) / slope
            x = Fraction(floor(x) + 1) if whole else x
            if x > first:
                return x
        found = first
    return found


def dead_tiers(case: Case) -> Iterator[Finding]:
    """Tiers that pay like the one below: without them nothing changes."""
    values = case.table.tiers.values
    for tier in range(1, len(values)):
        level = case.shape.form is Form.LINE and values[tier] != values[min(tier + 1, len(values) - 1)]
        if values[tier] == values[tier - 1] and not level:
            yield case.found(FindingCode.DEAD_TIER, tier, {"value": values[tier]})


def unreachable(case: Case, best: Fraction | None) -> Iterator[Finding]:
    """Tiers at which nothing is ever paid, each for one reason."""
    shape, curve = case.shape, case.curve
    sliced = shape.form is Form.SLICED
    for tier in range(len(shape.edges)):
        start, end = case.ends(tier)
        begins = curve.show_start(start)
        past = curve.first_past(max(start, shape.zone))
        if start <= shape.zone and shape.zone and shape.form is Form.WHOLE:
            past = Fraction(floor(shape.zone) + 1)  # a sale up to its very end has nothing above it
        stays = shape.top is not None and tier == shape.tier_after(shape.top)  # whatever is sold
        if end is not None and end <= shape.zone:
            yield case.found(FindingCode.IN_DEAD_ZONE, tier, {"begins": begins, "until": curve.show_start(shape.zone)})
        elif shape.gate is not None and end is not None and end <= shape.gate and not sliced and not stays:
            yield case.found(FindingCode.BELOW_GATE, tier, {"begins": begins, "reach": curve.show_start(shape.gate)})
        elif shape.top is not None and (start > shape.top or (start == shape.top and (sliced or not shape.closed))):
            top = curve.show_sale(shape.top)
            yield case.found(FindingCode.NOT_COUNTED, tier, {"begins": begins, "counted_to": top})
        elif curve.sold.whole and end is not None and not sliced and past >= curve.first_past(end):
            before, after = curve.show_sale(past), curve.show_sale(past - 1)
            yield case.found(FindingCode.HOLDS_NO_UNIT, tier, {"after": after, "before": before})
        elif best is not None and (best < start if shape.closed else best <= start):
            yield case.found(FindingCode.BEYOND_BEST, tier, {"begins": begins, "best": curve.show_sale(best)})
