"""Credit notes that name the deal they take back.

A note of the window that is being settled is a step back in the walk: under RECOMPUTE an ordinary negative sale, under
ORIGINAL_RATE one whose pay is its deal's own. A note of another window changes that window's balance as if the deal had
been smaller, and what the window is worth less (RECOMPUTE) or the deal's own pay (ORIGINAL_RATE) is booked now, with
what gates and multipliers had made of it then. Under LIFO a note is no special case and never comes here.

Left out: the attainment of a composite in an earlier period is not measured again because a deal of it came back.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import attrs

from ..errors import NotFound, clip
from ..rate import Rate
from ._book import Book
from ._count import Item, rescaled, window_of
from ._earn import average
from ._figures import exact_text, percent_text
from ._rows import Row, added
from ._terms import Terms, walks
from .component import Component, DatedTable
from .credits import Credit, CreditError
from .exact import ExactNumber, near_rate
from .gates import ComponentError
from .ledger import Balance, DealRecord, GateState
from .line import LineKind
from .measures import Accumulation, Credited
from .plan import Clawback, CompPlan
from .rate_table import RateTable
from .spans import Span

__all__ = ["after_the_fact", "in_the_walk", "part_of", "shrink", "verified"]

ZERO = Fraction(0)
_ONE = ExactNumber.of(1)
_SOLD = {
    Accumulation.DEAL: "",
    Accumulation.DAY: ", sold on ",
    Accumulation.PERIOD: ", in the period from ",
    Accumulation.QUARTER: ", in the quarter from ",
    Accumulation.YEAR: ", in the year from ",
}
_GOES_ON = {Accumulation.PERIOD, Accumulation.QUARTER, Accumulation.YEAR}


def in_the_walk(
    plan: CompPlan,
    component: Component,
    notes: list[Credit],
    items: list[Item],
    scale: int,
    period: Span,
    book: Book,
) -> tuple[list[Item], int, list[Credit]]:
    """The items with the notes that are steps of the walk, in order, their scale, and the notes that are not."""
    later: list[Credit] = []
    if not notes:
        return items, scale, later
    steps: list[Item] = []
    sold = {(item.credit.deal, item.credit.role): item for item in items}
    taken: dict[Item, Fraction] = {}
    at_original = plan.clawback is Clawback.ORIGINAL_RATE
    for note in notes:
        item = sold.get((note.reverses or "", note.role))
        if item is None:
            if book.record(component.id, note.reverses or "", note.role) is not None:
                later.append(note)  # of an earlier settlement, with the gates and multipliers of then
            continue
        here = window_of(component, note, period) == window_of(component, item.credit, period)
        same_terms = at_original or component.table_on(item.credit.on).first == component.table_on(note.on).first
        if component.accumulation not in _GOES_ON or not here or not same_terms:
            later.append(note)
            continue
        part = part_of(note, item.credit.credited, taken.get(item, ZERO))
        taken[item] = taken.get(item, ZERO) - note.credited
        measured, base = part * Fraction(item.measured, scale), part * Fraction(item.base, scale)
        for size in (measured, base):
            scale = rescaled([*items, *steps], scale, size.denominator)
        steps.append(
            Item(note, -int(measured * scale), -int(base * scale), part=part, of=item, at_original=at_original)
        )
    if steps:
        items = sorted([*items, *steps], key=_turn)
    return items, scale, later


def _turn(item: Item) -> tuple[date, bool, str]:
    """By day, notes after deals; a note dated before its deal waits for it."""
    on = item.credit.on if item.of is None else max(item.credit.on, item.of.credit.on)
    return on, item.part is not None, item.credit.deal


def part_of(note: Credit, credited: Fraction, taken: Fraction = ZERO) -> Fraction:
    """The part of what was credited that a note takes back, after *taken* already is.

    Raises: CreditError where that is more than is left.
    """
    back, unit = -note.credited, note.amount.currency
    if back * credited < 0 or abs(back + taken) > abs(credited):
        raise CreditError(
            f"{clip(note.deal)} takes back {exact_text(back, unit)} of {clip(note.reverses)}, of which "
            f"{exact_text(credited - taken, unit)} is left; a part of a deal is taken back by its share",
            code="commission.returned_too_much",
            value=note.deal,
        )
    return back / credited if credited else ZERO


def shrink(record: DealRecord, part: Fraction) -> DealRecord:
    """The record of a deal of which *part* was taken back."""
    rest = 1 - part

    def left(number: ExactNumber) -> ExactNumber:
        return ExactNumber.of(number.to_fraction() * rest)

    return attrs.evolve(
        record,
        credited=left(record.credited),
        measured=left(record.measured),
        base=left(record.base),
        paid=left(record.paid),
    )


def after_the_fact(plan: CompPlan, component: Component, note: Credit, book: Book) -> list[Row]:
    """The row of a note of another window; the book is brought up to date."""
    record = book.record(component.id, note.reverses or "", note.role)
    assert record is not None
    part = part_of(note, record.credited.to_fraction())
    text = f"of {record.deal}{_SOLD[component.accumulation]}"
    if component.accumulation is not Accumulation.DEAL:
        text += record.window
    held_back = any(
        balance.gate is GateState.CLOSED
        for balance in book.of_window(component.id, record.window)
        if balance.version == record.version
    )
    recomputed, worth = _reduce(plan.clawback, component, record, part, book)
    if plan.clawback is Clawback.RECOMPUTE:
        exact, text = recomputed, text + worth
        if record.factor != _ONE and not book.is_fresh(component.id, record.deal, record.role):
            text += f"; of that {percent_text(near_rate(record.factor.to_fraction()))}, by gates and multipliers then"
    else:
        exact = ZERO if held_back else -part * record.paid.to_fraction()
    if not book.is_fresh(component.id, record.deal, record.role):  # else gates, multipliers and limits are to come
        exact = book.take_back(component.id, record.period, exact * record.factor.to_fraction())
        book.take_back_later(record.period, exact)
    book.keep(shrink(record, part))
    return [added(LineKind.CLAWBACK, exact, text, deal=note.deal, on=note.on)]


def _reduce(
    policy: Clawback, component: Component, record: DealRecord, part: Fraction, book: Book
) -> tuple[Fraction, str]:
    """Take a part of a deal out of its window; returns what that pays (less: negative), and a remark to check it by."""
    balances = book.of_window(component.id, record.window)
    if not any(balance.version == record.version for balance in balances):
        raise NotFound(
            f"the ledger has no balance of {clip(component.id)} in {clip(record.window)}",
            code="commission.no_balance",
            value=record.window,
        )
    counts = isinstance(component.measure, Credited)
    measured = part * record.measured.to_fraction() if counts else ZERO
    before = balances[-1].accumulated.to_fraction()
    reached = before - measured
    change, remark = ZERO, ""
    for balance in balances:
        if (balance.version or date.min) < (record.version or date.min):
            continue
        own = balance.version == record.version
        opened = balance.opened.to_fraction() - (ZERO if own else measured)
        accumulated = balance.accumulated.to_fraction() - measured
        base = balance.base.to_fraction() - (part * record.base.to_fraction() if own else ZERO)
        terms = verified(component, balance, None if policy is Clawback.ORIGINAL_RATE or not counts else before)
        worth = _worth(component, terms, opened, accumulated, base)
        more = worth - balance.valued.to_fraction()
        earned = balance.earned.to_fraction() + more
        gate = balance.gate  # at the original rate what was paid was paid: a note closes no gate behind it
        if policy is not Clawback.ORIGINAL_RATE and counts:
            gate = GateState.OPEN if terms.is_open(reached) else GateState.CLOSED
        withheld = ZERO if gate is GateState.OPEN else earned
        change += more - (withheld - balance.withheld.to_fraction())
        if own and walks(component, terms.table):
            remark = _remark(component, balance, accumulated, worth)
        book.put(
            attrs.evolve(
                balance,
                opened=ExactNumber.of(opened),
                accumulated=ExactNumber.of(accumulated),
                base=ExactNumber.of(base),
                valued=ExactNumber.of(worth),
                earned=ExactNumber.of(earned),
                withheld=ExactNumber.of(withheld),
                gate=gate,
            )
        )
    return change, remark


def verified(component: Component, balance: Balance, reached: Fraction | None) -> Terms:
    """The terms of a balance, when they still give what was settled by them; *reached* is what gates looked at then.

    Raises: ComponentError when a table was changed without a version of its own.
    """
    terms = _terms_of(component, balance)
    opened, accumulated, base = (number.to_fraction() for number in (balance.opened, balance.accumulated, balance.base))
    same = _worth(component, terms, opened, accumulated, base) == balance.valued.to_fraction()
    if same and reached is not None:
        same = terms.is_open(reached) is (balance.gate is GateState.OPEN)
    if not same:
        raise ComponentError(
            f"{clip(component.id)}: its table or gate no longer gives what the ledger says it settled; a new table "
            "comes with its first day: DatedTable",
            code="commission.table_changed",
            value=component.id,
        )
    return terms


def _remark(component: Component, before: Balance, accumulated: Fraction, worth: Fraction) -> str:
    money = component.table.currency
    unit = money if component.measure in {Credited.AMOUNT, Credited.MARGIN} else None
    now = f"{exact_text(worth, money)} on {exact_text(accumulated, unit)}"
    paid, on = before.valued.to_fraction(), before.accumulated.to_fraction()
    return f": {now}, not {exact_text(paid, money)} on {exact_text(on, unit)}"


def _worth(component: Component, terms: Terms, opened: Fraction, accumulated: Fraction, base: Fraction) -> Fraction:
    if walks(component, terms.table):
        return terms.worth(accumulated) - terms.worth(opened)
    return base * average(terms, accumulated)


def _terms_of(component: Component, balance: Balance) -> Terms:
    version = _version(component, balance.version)
    quota = None if balance.quota is None or not _by_attainment(component, version.table) else balance.quota
    on_target = None if balance.on_target is None else balance.on_target.to_fraction()
    return Terms(component, version, None if quota is None else quota.to_fraction(), on_target)


def _by_attainment(component: Component, table: RateTable) -> bool:
    return isinstance(component.measure, Credited) and table.kind is Rate


def _version(component: Component, first: date | None) -> DatedTable:
    for version in component.tables:
        if version.first == first:
            return version
    raise NotFound(
        f"{clip(component.id)} no longer has its table of {first}: keep old versions",
        code="commission.no_table",
        value=first,
    )
