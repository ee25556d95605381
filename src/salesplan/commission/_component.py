"""One component of one payee in one settlement: its stretches, its notes, and what `_modifiers` make of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

import attrs

from ..errors import InvalidValue, NotFound, clip
from ..money import Money
from ..rate import Rate
from ._book import Book, Settled
from ._claw import after_the_fact, in_the_walk, part_of, shrink, verified
from ._count import Item, Kpis, count, items_of, running_window, window_of
from ._earn import Stretch, Worth, nothing_for, read_kpi, shared, walked
from ._modifiers import finished
from ._rows import Row
from ._terms import Terms, walks
from .component import Component, DatedTable
from .credits import Credit
from .exact import near_rate
from .ledger import Balance
from .measures import Accumulation, Composite, Credited, Part
from .payee import Payee, Presence
from .plan import Clawback, CompPlan
from .spans import Span

__all__ = ["Run", "Worked", "work"]

ZERO = Fraction(0)


@attrs.frozen(kw_only=True)
class Run:
    """What all components of one settlement share."""

    plan: CompPlan
    payee: Payee
    period: Span
    presence: Presence
    kpis: Kpis
    book: Book


@attrs.frozen(kw_only=True)
class Worked:
    """Where a component stands: *measured* in its window against *quota*, both exact; *earned* after its own limits."""

    component: Component
    measured: Fraction | None
    full_quota: Money | int | None
    quota: Fraction | None
    attainment: Rate | None
    rows: list[Row]


def work(run: Run, component: Component, credits: list[Credit], notes: list[Credit]) -> Worked:
    """The rows of a component, rounded; the run's book is brought up to date."""
    items, scale = items_of(component, credits, run.kpis)
    items, scale, later = in_the_walk(run.plan, component, notes, items, scale, run.period, run.book)
    inner: list[Row] = []
    reached: dict[str, Fraction] = {}  # by window, as far as its newest version
    quota, on_target = _quota_to_date(run, component), _on_target_to_date(run, component)
    stretches = _stretches(run, component, items)
    finals = _finals(run, component, stretches, scale)
    for window, version, part in stretches:
        stretch = _opened(run, component, window, version, part, scale, quota, on_target)
        if stretch is None:  # no quota, and nothing to hold against one
            inner += [nothing_for(item, "nothing to count") for item in part]
            for item in part:
                run.book.note_deal("", item.credit, ZERO)
            continue
        stretch.reached = finals.get(window, ZERO)
        last = _worked(run, stretch, items)
        inner += last.rows
        last.rows = []  # the ledger that keeps it asks for sums only
        reached[window] = last.accumulated
        run.book.settle(Settled(stretch, last, window, version.first, quota, on_target))
    outer: list[Row] = []
    _shrink(run, component, items)
    for note in later:
        fresh = run.book.is_fresh(component.id, note.reverses or "", note.role)
        (inner if fresh else outer).extend(after_the_fact(run.plan, component, note, run.book))
        reached |= {
            window: run.book.of_window(component.id, window)[-1].accumulated.to_fraction() for window in reached
        }
    rows = finished(component, inner, outer, run.kpis, run.presence.there.to_fraction(), run.book)
    counted = isinstance(component.measure, Credited)
    measured = sum(reached.values(), start=ZERO) if counted or reached else None
    attainment = None
    if measured is not None and (not counted or quota):
        attainment = near_rate(measured / quota if counted and quota else measured)
    return Worked(
        component=component,
        measured=measured,
        full_quota=_full_quota(run, component),
        quota=quota,
        attainment=attainment,
        rows=rows,
    )


_ONE_BY_ONE = {Accumulation.DEAL, Accumulation.DAY}


def _full_quota(run: Run, component: Component) -> Money | int | None:
    own = run.payee.quota(component.id)
    return component.quota if own is None else own


def _units(quota: Money | int) -> int:
    return quota.minor if isinstance(quota, Money) else quota


def _quota_to_date(run: Run, component: Component) -> Fraction | None:
    """The quota after proration and ramp, and with it those of the window's earlier periods."""
    full = _full_quota(run, component)
    if full is None:
        return None
    kind: type = Money if component.measure in {Credited.AMOUNT, Credited.MARGIN} else int
    if isinstance(component.measure, Credited) and not isinstance(full, kind):
        raise InvalidValue(
            f"{clip(component.id)} counts {component.measure.value}, its quota does not: {clip(str(full))}",
            code="commission.quota",
            value=full,
        )
    if isinstance(full, Money):
        Money.zero(run.plan.currency).same(full)
    now = _units(full) * run.presence.ramped.to_fraction()
    before = _last_balance(run, component)
    return now if before is None or before.quota is None else now + before.quota.to_fraction()


def _on_target_to_date(run: Run, component: Component) -> Fraction | None:
    pay = run.plan.on_target_pay
    if component.weight is None or pay is None:
        return None
    now = pay.minor * component.weight.to_fraction() * run.presence.there.to_fraction()
    before = _last_balance(run, component)
    return now if before is None or before.on_target is None else now + before.on_target.to_fraction()


def _last_balance(run: Run, component: Component) -> Balance | None:
    """The newest balance of the window that this period continues."""
    if component.accumulation not in {Accumulation.QUARTER, Accumulation.YEAR}:
        return None
    window = running_window(component, run.period)
    found = run.book.of_window(component.id, window)
    return found[-1] if found else None


def _stretches(run: Run, component: Component, items: list[Item]) -> list[tuple[str, DatedTable, list[Item]]]:
    """The items by window and version, older versions first.

    A quarter or year goes on when nothing was sold, its quota to date with it, under all versions it was sold under; a
    KPI pays without credits.
    """
    if _reads(component):  # one KPI of the whole period: the table that holds when it begins
        return [(running_window(component, run.period), component.table_on(run.period.start), items)]
    found: dict[tuple[str, date], tuple[DatedTable, list[Item]]] = {}
    running = component.accumulation in {Accumulation.QUARTER, Accumulation.YEAR}
    if running or not isinstance(component.measure, Credited):
        window = running_window(component, run.period)
        known = {balance.version for balance in run.book.of_window(component.id, window)}
        at_start = [each for each in component.tables if each.first is None or each.first <= run.period.start][-1:]
        for version in component.tables:
            if version.first in known or version in at_start:
                found[window, version.first or date.min] = (version, [])
    if component.tables[0].first is None and len(component.tables) == 1 and component.accumulation not in _ONE_BY_ONE:
        return [(running_window(component, run.period), component.tables[0], items)] if found or items else []
    for item in items:
        version = component.table_on(item.credit.on)
        mark = (window_of(component, item.credit, run.period), version.first or date.min)
        found.setdefault(mark, (version, []))[1].append(item)
    return [(window, *found[window, first]) for window, first in sorted(found, key=lambda mark: mark[1])]


def _opened(
    run: Run,
    component: Component,
    window: str,
    version: DatedTable,
    items: list[Item],
    scale: int,
    quota: Fraction | None,
    on_target: Fraction | None,
) -> Stretch | None:
    """A stretch that goes on from its balance, or from the end of the version before; None where nothing is due."""
    known = run.book.of_window(component.id, window)
    same = next((balance for balance in known if balance.version == version.first), None)
    before = known[-1].accumulated.to_fraction() if known else ZERO
    needs_quota = isinstance(component.measure, Credited) and version.table.kind is Rate
    if needs_quota and not quota:
        if same is None and not any(item.measured or item.base for item in items):
            return None
        raise _no_quota(run, component, quota)
    terms = Terms(component, version, quota if needs_quota else None, on_target)
    if same is None:
        return Stretch(component, terms, items, scale, before, before, ZERO, ZERO, ZERO, ZERO)
    if isinstance(component.measure, Credited):
        gated = run.plan.clawback is not Clawback.ORIGINAL_RATE
        verified(component, same, known[-1].accumulated.to_fraction() if gated else None)
    return Stretch(
        component,
        terms,
        items,
        scale,
        same.opened.to_fraction(),
        same.accumulated.to_fraction(),
        same.base.to_fraction(),
        same.valued.to_fraction(),
        same.earned.to_fraction(),
        same.withheld.to_fraction(),
    )


def _no_quota(run: Run, component: Component, quota: Fraction | None) -> Exception:
    if quota is None:
        return NotFound(
            f"{clip(run.payee.id)} has no quota for {clip(component.id)}: give the component or the payee one",
            code="commission.quota_missing",
            value=component.id,
        )
    return InvalidValue(
        f"the quota of {clip(run.payee.id)} for {clip(component.id)} is 0 in {clip(run.period.label)}: "
        "no attainment of it can be said",
        code="commission.quota_zero",
        value=component.id,
    )


def _finals(
    run: Run, component: Component, stretches: list[tuple[str, DatedTable, list[Item]]], scale: int
) -> dict[str, Fraction]:
    """What every window will have reached in the end, under all its versions: gates look at that."""
    found: dict[str, Fraction] = {}
    for window, _, part in stretches:
        if window not in found:
            known = run.book.of_window(component.id, window)
            found[window] = known[-1].accumulated.to_fraction() if known else ZERO
        found[window] += Fraction(sum(item.measured for item in part), scale)
    return found


def _worked(run: Run, stretch: Stretch, everything: list[Item]) -> Worth:
    component = stretch.component
    if isinstance(component.measure, Credited):
        if walks(component, stretch.terms.table):
            return walked(stretch)
        total = Fraction(sum(item.measured for item in stretch.items), stretch.scale)
        return shared(stretch, stretch.before + total)
    key = _kpi(run, component.measure, everything)
    return read_kpi(stretch, key) if _reads(component) else shared(stretch, key)


def _reads(component: Component) -> bool:
    """Whether pay is a question of a KPI alone, whatever was sold."""
    return not isinstance(component.measure, Credited) and walks(component, component.table)


def _kpi(run: Run, measure: Part | Composite, items: Iterable[Item]) -> Fraction:
    """The attainment that a KPI or a mean of several comes to."""
    parts = (measure,) if isinstance(measure, Part) else measure.parts
    total = ZERO
    for part in parts:
        if part.measure is None:
            attainment = run.kpis.of(part.name).to_fraction()
        else:
            quota = run.payee.quota(part.name)
            if quota is None:
                raise NotFound(
                    f"{clip(run.payee.id)} has no quota for {clip(part.name)}",
                    code="commission.quota_missing",
                    value=part.name,
                )
            prorated = _units(quota) * run.presence.ramped.to_fraction()
            if not prorated:
                raise InvalidValue(
                    f"the quota for {clip(part.name)} is 0", code="commission.quota_zero", value=part.name
                )
            attainment = sum((_credited(part.measure, item) for item in items), start=ZERO) / prorated
        total += attainment * (part.weight.to_fraction() if isinstance(measure, Composite) else 1)
    return total


def _shrink(run: Run, component: Component, items: Iterable[Item]) -> None:
    """Notes of the walk leave less of their deals."""
    for item in items:
        if item.part is not None:
            record = run.book.record(component.id, item.credit.reverses or "", item.credit.role)
            if record is not None:  # a KPI that only reads its credits keeps none
                run.book.keep(shrink(record, part_of(item.credit, record.credited.to_fraction())))


def _credited(measure: Credited, item: Item) -> Fraction:
    """What a credit counts; a note counts its part of what its deal did."""
    credit = item.credit if item.of is None else item.of.credit
    exact = count(measure, credit) * credit.share.to_fraction()
    return exact if item.part is None else -item.part * exact
