"""One table as it is checked: alone, or as a component's under its quota, gates and limits.

Where tiers are by attainment and the quota is known, all is in what is sold; else in shares of the quota. Where rates
are of something other than what reaches the tiers, pay is that of equal deals, as the rate that comes out on all of
them; by a KPI it is the rate reached. Multipliers on the output that always hold are in the pay; those on the input are
not, and gates on KPIs are taken as passed. Caps and floors are per settled period: they are compared with tiers that
begin again with it, and a cap with tiers of one day or deal, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import attrs

from ..ladder import Boundary
from ..money import Money
from ..rate import Rate
from ._keys import Key, number, value_of
from ._lint_curve import Curve, Shape, Unit, pieces_of, times_sale
from ._terms import Form, Terms, walks
from .component import Component, DatedTable
from .findings import Finding, FindingCode
from .gates import Multiplier, Multiplies
from .measures import Accumulation, Credited, PayBase
from .rate_table import Application, RateTable

__all__ = ["Case", "Limits", "case_of_table", "cases_of", "known_quota", "number_of_best"]

ONE = Fraction(1)
_FORMS = {
    Application.MARGINAL: Form.SLICED,
    Application.WHOLE: Form.WHOLE,
    Application.FIXED: Form.STEPS,
    Application.INTERPOLATED: Form.LINE,
}
_ON_TARGET = {PayBase.ON_TARGET, PayBase.ON_TARGET_ATTAINED}
_MONEY_MEASURES = {Credited.AMOUNT, Credited.MARGIN}
_SHORT = {Accumulation.DEAL, Accumulation.DAY, Accumulation.PERIOD}


@attrs.frozen(kw_only=True)
class Limits:
    """What a component pays at most and at least a period, and its part of the on-target pay, in minor units."""

    cap: int | None = None
    cap_name: str | None = None
    floor: int | None = None
    on_target: Fraction | None = None


@attrs.frozen(kw_only=True)
class Case:
    """A table with all that bears on it.

    *plain* is the pay of the table, *raw* that times *factor*, *curve* that between *floor* and *cap* as far as these
    can be compared. *scale* is the quota where tiers are by attainment and it is known, else 1; *target* is the sale
    that is the quota. *priced*: a sale costs what it counts.
    """

    table: RateTable
    shape: Shape
    plain: Curve
    curve: Curve
    component: str | None = None
    first: date | None = None
    share_of: str | None = None
    priced: bool = False
    scale: Fraction = ONE
    cap: Fraction | None = None
    cap_name: str | None = None
    floor: Fraction | None = None
    period: bool = False
    target: Fraction | None = None
    factor: Fraction = ONE
    multipliers: tuple[Multiplier, ...] = ()

    @property
    def raw(self) -> Curve:
        """The pay before cap and floor."""
        return self.plain.times(self.factor)

    def ends(self, tier: int) -> tuple[Fraction, Fraction | None]:
        """Where a tier begins and ends."""
        edges = self.shape.edges
        return edges[tier], edges[tier + 1] if tier + 1 < len(edges) else None

    def found(
        self, code: FindingCode, tier: int | None, numbers: Mapping[str, Key | None], name: str | None = None
    ) -> Finding:
        """A finding here, with the numbers that are known."""
        known = {key: value for key, value in numbers.items() if value is not None}
        return Finding(
            code,
            known,
            component=self.component,
            first=self.first,
            tier=tier,
            name=name,
            share_of=None if self.curve.paid.whole else self.share_of,
        )


def case_of_table(table: RateTable) -> Case:
    """A table by itself."""
    shares, kind = table.pays_shares, table.kind
    shape = Shape(
        form=_FORMS[table.application],
        edges=[number(threshold) for threshold in table.tiers.thresholds],
        values=[value_of(value) for value in table.tiers.values],
        closed=table.tiers.boundary is Boundary.LOWER_INCLUSIVE,
    )
    paid = Unit(Money if not shares or kind is Money else Rate, table.currency)
    curve = Curve(
        pieces=pieces_of(shape),
        closed=shape.closed,
        sold=Unit(kind, table.currency),
        paid=paid,
        rounding=table.rounding,
        by_sale=shares and kind is int,
    )
    if shares and table.application is Application.INTERPOLATED:
        curve = times_sale(curve)
    return Case(
        table=table,
        shape=shape,
        plain=curve,
        curve=curve,
        share_of="the quota" if kind is Rate else "all that is sold",
        priced=shares or kind is Money,
    )


def cases_of(component: Component, limits: Limits) -> tuple[Case, ...]:
    """A component's table, in every version it has."""
    return tuple(_case(component, version, limits) for version in component.tables)


def known_quota(component: Component) -> int | None:
    """The component's own quota as a number, where it has one above 0 that counts what is measured."""
    fits = Money if component.measure in _MONEY_MEASURES else int
    quota = component.quota
    if not isinstance(component.measure, Credited) or not isinstance(quota, fits):
        return None
    return (quota.minor if isinstance(quota, Money) else quota) or None


def number_of_best(case: Case, best: Key) -> Fraction | None:
    """*best* in the unit of the curve; None where that is another."""
    if type(best) is case.curve.sold.kind:
        return number(best)
    if isinstance(best, Rate) and case.table.kind is Rate:
        return number(best) * case.scale
    return None


def _case(component: Component, version: DatedTable, limits: Limits) -> Case:
    table, measure, currency = version.table, component.measure, version.table.currency
    credited, shared = isinstance(measure, Credited), not walks(component, table)
    quota = known_quota(component)
    per = Fraction(quota) if table.kind is Rate and quota is not None else None
    terms = Terms(component, version, per, ONE if limits.on_target is None else limits.on_target)
    shape = Shape(
        form=Form.STEPS if shared and not credited and terms.form is Form.WHOLE else terms.form,
        edges=terms.edges,
        values=terms.values,
        per=terms.unit,
        closed=terms.closed,
        zone=terms.zone,
        gate=terms.gate,
        top=terms.top,
        from_nothing=credited,
    )
    sold: type[Money] | type[Rate] | type[int] = table.kind
    if per is not None:
        sold = Money if measure in _MONEY_MEASURES else int
    paid, share_of = _paid(component, table, limits, shared=shared, sold=sold)
    outer = [each for each in component.multipliers if each.on is Multiplies.OUTPUT and each.when is None]
    factor = ONE
    for each in outer:
        factor *= each.factor.to_fraction()
    plain = Curve(
        pieces=pieces_of(shape),
        closed=shape.closed,
        sold=Unit(sold, currency),
        paid=Unit(paid, currency),
        rounding=table.rounding,
        by_sale=shared and credited,
    )
    cap = None if limits.cap is None or paid is not Money else Fraction(limits.cap)
    floor = None if limits.floor is None or paid is not Money else Fraction(limits.floor)
    period = component.accumulation is Accumulation.PERIOD
    scale = ONE if per is None else per
    return Case(
        table=table,
        shape=shape,
        plain=plain,
        curve=plain.times(factor).clamped(floor, cap) if period else plain.times(factor),
        component=component.id,
        first=version.first if len(component.tables) > 1 else None,
        share_of=share_of,
        priced=_priced(component, shared=shared, sold=sold, paid=paid),
        scale=scale,
        cap=cap if component.accumulation in _SHORT else None,
        cap_name=limits.cap_name,
        floor=floor if period else None,
        period=period,
        target=None if not period else scale if table.kind is Rate else None if quota is None else Fraction(quota),
        factor=factor,
        multipliers=component.multipliers,
    )


def _paid(
    component: Component, table: RateTable, limits: Limits, *, shared: bool, sold: type
) -> tuple[type[Money] | type[Rate], str | None]:
    """What pay is, and where it is a share, of what."""
    if not table.pays_shares:
        return Money, None
    if component.pays_on in _ON_TARGET:
        return (Rate, "the on-target pay") if limits.on_target is None else (Money, None)
    if shared:
        return Rate, "all that is sold" if component.pays_on is PayBase.AMOUNT else "all the margin"
    return (Money, None) if sold is Money else (Rate, "the quota")


def _priced(component: Component, *, shared: bool, sold: type, paid: type) -> bool:
    """Whether a sale costs what it counts, so that buying it oneself can be weighed against what it brings."""
    if any(each.on is Multiplies.INPUT for each in component.multipliers):
        return False
    if shared:
        return component.measure in {Credited.UNITS, Credited.DEALS} and component.pays_on is PayBase.AMOUNT
    own = component.pays_on is PayBase.AMOUNT and sold is Rate and paid is Rate
    return component.measure is Credited.AMOUNT and ((sold is Money and paid is Money) or own)
