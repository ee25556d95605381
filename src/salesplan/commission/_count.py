"""Which component takes which credit, and how much of what it counts."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import gcd
from typing import assert_never

import attrs

from ..errors import NotFound, clip
from ..rate import Rate
from .component import Component
from .credits import Credit, CreditError, CreditRole
from .gates import KpiRange, Multiplier, Multiplies
from .measures import Accumulation, Composite, Credited, Part, PayBase
from .plan import CompPlan
from .spans import Span

__all__ = [
    "Item",
    "Kpis",
    "applies",
    "count",
    "counts_credits",
    "items_of",
    "rescaled",
    "route",
    "running_window",
    "window_of",
]

ONE = Fraction(1)


@attrs.frozen
class Kpis:
    """Attainments by name: those the caller hands in, and those of the plan's own components."""

    given: dict[str, Rate]
    payee: str

    def of(self, name: str) -> Rate:
        """The attainment of that KPI.

        Raises: NotFound: a KPI that nobody measured is not 0.
        """
        if name not in self.given:
            raise NotFound(
                f"no attainment of {clip(self.payee)} for {clip(name)}; kpis tell {clip(sorted(self.given))}",
                code="commission.kpi_missing",
                value=name,
            )
        return self.given[name]


@attrs.define(eq=False)
class Item:
    """One credit as one component counts it: *measured* and *base* are integers over the component's scale."""

    credit: Credit
    measured: int
    base: int
    paid: int | None = None  # over *per*, set by the walk
    per: int = 1
    part: Fraction | None = None  # of a note that is a step of the walk: the part of its deal
    of: Item | None = None  # its deal, where that is in the same walk
    at_original: bool = False


def route(plan: CompPlan, credits: Iterable[Credit]) -> tuple[dict[str, list[Credit]], list[Credit]]:
    """The credits of every component, and those that none takes.

    Within a group the narrowest scope that holds takes the credit; components without a group take all they are for.
    """
    taken: dict[str, list[Credit]] = {component.id: [] for component in plan.components}
    counting = [component for component in plan.components if counts_credits(component)]
    if len(counting) == 1 and counting[0].scope.narrowness == 0:
        taken[counting[0].id] = list(credits)
        return taken, []
    ranked = sorted(counting, key=lambda component: -component.scope.narrowness)
    left = []
    for credit in credits:
        found = False
        done: set[str] = set()
        for component in ranked:
            if component.group in done or not component.scope.holds(credit):
                continue
            if component.group is not None:
                done.add(component.group)
            taken[component.id].append(credit)
            found = True
        if not found and not any(spiff.holds(credit) for spiff in plan.spiffs):
            left.append(credit)
    return taken, left


def counts_credits(component: Component) -> bool:
    """Whether credits say anything to a component: a KPI measured elsewhere that pays of its own does not ask them."""
    match component.measure:
        case Credited():
            return True
        case Part(measure=measure):
            parts = [measure]
        case Composite(parts=several):
            parts = [part.measure for part in several]
        case _:
            assert_never(component.measure)
    paid_on = component.pays_on in {PayBase.AMOUNT, PayBase.MARGIN} and component.table.pays_shares
    return paid_on or any(measure is not None for measure in parts)


def count(measure: Credited, credit: Credit) -> int:
    """What of a credit counts, before its share."""
    match measure:
        case Credited.AMOUNT:
            return credit.amount.minor
        case Credited.MARGIN:
            if credit.margin is None:
                raise CreditError(
                    f"{clip(credit.deal)} does not say its margin", code="commission.margin", value=credit.deal
                )
            return credit.margin.minor
        case Credited.UNITS:
            return credit.sign * credit.units
        case Credited.DEALS:
            return credit.sign
        case _:
            assert_never(measure)


def applies(when: KpiRange | None, kpis: Kpis) -> bool:
    """Whether the KPI that something depends on is in its range."""
    return when is None or when.holds(kpis.of(when.kpi))


def items_of(component: Component, credits: Iterable[Credit], kpis: Kpis) -> tuple[list[Item], int]:
    """The credits as *component* counts them, and the scale of the integers: so many are one unit or minor unit."""
    factors = [
        multiplier
        for multiplier in component.multipliers
        if multiplier.on is Multiplies.INPUT and applies(multiplier.when, kpis)
    ]
    measure = component.measure if isinstance(component.measure, Credited) else None
    paid_on = {PayBase.AMOUNT: Credited.AMOUNT, PayBase.MARGIN: Credited.MARGIN}.get(component.pays_on, measure)
    found: list[Item] = []
    scale = 1
    for credit in credits:
        tops = 0 if measure is None else count(measure, credit)
        base = tops if paid_on is measure else 0 if paid_on is None else count(paid_on, credit)
        share = credit.share
        if factors or share.denominator != 1:
            factor = share.to_fraction() * _factor(factors, credit)
            scale = rescaled(found, scale, factor.denominator)
            times = int(factor * scale)
        else:
            times = share.numerator * scale
        found.append(Item(credit, tops * times, base * times))
    return found, scale


def rescaled(items: Iterable[Item], scale: int, denominator: int) -> int:
    """A scale at which *denominator* is whole, and the items brought to it."""
    more = denominator // gcd(scale, denominator)
    if more > 1:
        for item in items:
            item.measured *= more
            item.base *= more
    return scale * more


def _factor(factors: list[Multiplier], credit: Credit) -> Fraction:
    product = ONE
    for multiplier in factors:
        if multiplier.scope.holds(credit):
            product *= multiplier.factor.to_fraction()
    return product


def window_of(component: Component, credit: Credit, period: Span) -> str:
    """The window of accumulation that a credit belongs to, by the first day of it, or by its deal."""
    match component.accumulation:
        case Accumulation.DEAL:
            # no id has a line break, so no two windows have one name
            return credit.deal if credit.role is CreditRole.PRIMARY else f"{credit.deal}\n{credit.role.value}"
        case Accumulation.DAY:
            return credit.on.isoformat()
        case Accumulation.PERIOD | Accumulation.QUARTER | Accumulation.YEAR:
            return running_window(component, period)
        case _:
            assert_never(component.accumulation)


def running_window(component: Component, period: Span) -> str:
    """The window that all of a period belongs to, where accumulation goes beyond a day."""
    match component.accumulation:
        case Accumulation.QUARTER:
            return component.resets.quarter_of(period.start).isoformat()
        case Accumulation.YEAR:
            return component.resets.year_of(period.start).isoformat()
        case _:
            return period.start.isoformat()
