"""The rows that are of no component: SPIFFs, then what holds for the plan as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from fractions import Fraction
from typing import assert_never

import attrs

from ..errors import listed, require_instance
from ..money import Money
from ..rate import Rate
from ._book import Book
from ._claw import part_of, shrink
from ._component import Run
from ._earn import share_text
from ._rows import Row, added, round_rows, total_of, whole_or
from .additions import Addition
from .awards import NonCashAward
from .credits import Credit
from .draws import DrawEntry, draw_once
from .ledger import Ledger
from .line import LineKind
from .measures import RoundingPoint
from .payee import Presence
from .plan import BelowZero, CompPlan, Spiff, SpiffPer
from .spans import Span

__all__ = ["additional", "closing", "limits", "spiff_rows"]

ZERO = Fraction(0)
_WHOLE = Rate(1)


def spiff_rows(run: Run, spiff: Spiff, credits: list[Credit], notes: list[Credit]) -> list[Row]:
    """What a SPIFF pays for deals and takes back for notes, rounded together."""
    rows = []
    for credit in credits:
        if not spiff.holds(credit):
            continue
        match spiff.per:
            case SpiffPer.UNIT:
                times = credit.sign * credit.units
            case SpiffPer.DEAL:
                times = credit.sign
            case _:
                assert_never(spiff.per)
        counted = times * credit.share.to_fraction()
        row = added(LineKind.SPIFF, counted * spiff.amount.minor, share_text(credit), deal=credit.deal, on=credit.on)
        row.base, row.each = whole_or(counted), spiff.amount
        rows.append(row)
        run.book.note_deal(spiff.id, credit, counted * spiff.amount.minor)
    earlier: list[Row] = []
    for note in notes:
        record = run.book.record(spiff.id, note.reverses or "", note.role)
        if record is not None:
            part = part_of(note, record.credited.to_fraction())
            exact = -part * record.paid.to_fraction()
            if record.period != run.book.period:
                exact = run.book.take_back(spiff.id, record.period, exact)
                run.book.take_back_later(record.period, exact)
            row = added(LineKind.SPIFF, exact, f"of {note.reverses}", deal=note.deal, on=note.on)
            (rows if record.period == run.book.period else earlier).append(row)
            run.book.keep(shrink(record, part))
    earned = total_of(rows)
    run.book.earn(spiff.id, earned, None, None if spiff.limit is None else Fraction(spiff.limit.minor))
    if spiff.limit is not None and earned > spiff.limit.minor:
        over = spiff.limit.minor - earned
        rows.append(added(LineKind.CAP, over, f"at most {spiff.limit} a period"))
    rows += earlier
    round_rows(rows, RoundingPoint.PAYOUT, run.plan.rounding)
    return rows


def _whole(kind: LineKind, minor: int, note: str) -> Row:
    row = added(kind, Fraction(minor), note)
    row.amount = minor
    return row


def limits(plan: CompPlan, presence: Presence, book: Book, earned: int) -> list[Row]:
    """Cap and floor of the plan, and what those of earlier periods let go of what was taken back from them."""
    found = []
    kept = ZERO
    for period in sorted(book.taken_back):
        change = book.taken_back[period]
        kept += book.take_back(plan.id, period, change) - change
    if kept:
        row = added(LineKind.CAP, kept, "taken back from periods that had reached a limit of the plan")
        round_rows([row], RoundingPoint.PAYOUT, plan.rounding)
        found.append(row)
        earned += row.amount
    cap, floor = (
        None if each is None else each.times(presence.there, plan.rounding) for each in (plan.cap, plan.floor)
    )
    book.earn(
        plan.id,
        Fraction(earned),
        None if floor is None else Fraction(floor.minor),
        None if cap is None else Fraction(cap.minor),
    )
    if cap is not None and earned > cap.minor:
        found.append(_whole(LineKind.CAP, cap.minor - earned, f"at most {cap.amount}"))
    if floor is not None and earned < floor.minor:
        found.append(_whole(LineKind.FLOOR, floor.minor - earned, f"at least {floor.amount}"))
    return found


def additional(plan: CompPlan, additions: Iterable[Addition]) -> tuple[list[tuple[str, Row]], tuple[NonCashAward, ...]]:
    """The rows of what others bring, by kind and rule, and the prizes that are not cash."""
    given = listed(additions, code="commission.additions", name="additions")
    rows: list[tuple[str, Row]] = []
    prizes: list[NonCashAward] = []
    for each in given:
        require_instance(each, Addition, code="commission.additions", name="an addition")
        match each.award:
            case Money():
                minor = Money.zero(plan.currency).same(each.award).minor
                row = _whole(each.line, minor, each.note)
                row.base, row.rate = None if each.base is None else each.base.minor, each.rate
                rows.append((each.rule, row))
            case NonCashAward():
                prizes.append(each.award)
            case _:
                assert_never(each.award)
    order = list(LineKind)
    rows.sort(key=lambda pair: (order.index(pair[1].kind), pair[0], pair[1].note, pair[1].amount))
    return rows, tuple(sorted(prizes, key=str))


def closing(
    plan: CompPlan, ledger: Ledger | None, period: Span, there: Rate, earned: int
) -> tuple[Money, Money, DrawEntry | None, list[Row]]:
    """What is carried on and owed then, the draw's entry, and the rows of what came before and goes below zero."""
    rows = []
    unit = plan.currency
    carried = 0
    if ledger is not None and ledger.carried.minor:
        rows.append(_whole(LineKind.CARRIED_IN, ledger.carried.minor, "taken back before, beyond what was earned then"))
        earned += ledger.carried.minor
    if earned < 0:
        match plan.below_zero:
            case BelowZero.CARRY:
                carried = earned
                rows.append(_whole(LineKind.CARRIED_OUT, -earned, "set off against later pay"))
                earned = 0
            case BelowZero.FORGIVE:
                rows.append(_whole(LineKind.CARRIED_OUT, -earned, "forgiven"))
                earned = 0
            case BelowZero.CLAW:
                pass
            case _:
                assert_never(plan.below_zero)
    owed = Money.zero(unit) if ledger is None else ledger.owed
    draw = plan.draw
    if draw is not None and there != _WHOLE:  # nobody draws for days they are not there
        draw = attrs.evolve(draw, amount=draw.amount.times(there, plan.rounding))
    if plan.draw is None and (owed.minor == 0 or earned < 0):
        return Money(carried, unit), owed, None, rows
    day = timedelta(days=1)
    entry = draw_once(
        draw,
        Money(earned, unit),
        owed=owed,
        on=period.end - day,
        after=None if ledger is None else ledger.through - day,
    )
    if entry.paid.minor != earned:
        word = "advanced up to" if entry.paid.minor > earned else "recovered down to"
        word = f"{word} {entry.paid.amount}"
        rows.append(_whole(LineKind.DRAW, entry.paid.minor - earned, word))
    return Money(carried, unit), entry.owed_after, entry, rows
