"""Where components stand at the end of a period."""

from __future__ import annotations

from datetime import timedelta

from ..money import Money
from ..rate import Rate
from ._component import Run, Worked
from ._count import running_window
from ._terms import Terms
from .component import Component
from .measures import Accumulation, Credited
from .statement import ComponentSummary, NextTier

__all__ = ["summary_of"]


def summary_of(run: Run, done: Worked) -> ComponentSummary:
    """Where a component stands, and what the next tier takes."""
    component = done.component
    earned = sum(row.amount for row in done.rows)
    return ComponentSummary(
        id=component.id,
        is_money=component.measure in {Credited.AMOUNT, Credited.MARGIN},
        measured=done.measured,
        full_quota=done.full_quota,
        quota=done.quota,
        attainment=done.attainment,
        earned=Money(earned, run.plan.currency),
        next_tier=_next_tier(run, component, done),
    )


def _next_tier(run: Run, component: Component, done: Worked) -> NextTier | None:
    """The first threshold not yet reached, where deals add up."""
    if component.accumulation in {Accumulation.DEAL, Accumulation.DAY} or not isinstance(component.measure, Credited):
        return None
    if done.measured is None or (component.table.kind is Rate and not done.quota):
        return None
    balances = run.book.of_window(component.id, running_window(component, run.period))
    on_target = None if not balances or balances[-1].on_target is None else balances[-1].on_target.to_fraction()
    if component.weight is not None and on_target is None:
        return None
    last = run.period.end - timedelta(days=1)
    version = next((each for each in reversed(component.tables) if each.first is None or each.first <= last), None)
    if version is None:
        return None
    terms = Terms(component, version, done.quota if component.table.kind is Rate else None, on_target)
    for edge, value in zip(terms.edges, version.table.tiers.values, strict=True):
        if not terms.reaches(done.measured, edge) and edge > done.measured:
            return NextTier(more=edge - done.measured, value=value)
    return None
