"""Components: one thing a plan pays for, with every choice that changes the number said out loud.

The order in which a component is worked out, which is the order in which a seller reads it:

    credited share  ->  multipliers on the input (they move tiers)  ->  the table, by what has accumulated
    ->  gates  ->  multipliers on the output  ->  cap  ->  floor

Three gates are meant by "threshold", and each has a name here. A `DeadZone` pays only what lies above it. A `FirstUnit`
gate pays nothing until it is reached and then all, from the first unit. A `KpiGate` looks at something else, such as
satisfaction, and withholds a part.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import TypeAlias

import attrs

from ..errors import InvalidType, InvalidValue, SalesplanError, clip, listed, require_instance, require_text, text_set
from ..money import Money
from ..rate import Rate
from ._keys import Key, number
from .credits import Credit, CreditRole
from .measures import Accumulation, Composite, Credited, Part, PayBase, RoundingPoint
from .rate_table import Application, RateTable
from .spans import ResetDay, require_day

__all__ = [
    "Component",
    "ComponentError",
    "DatedTable",
    "DeadZone",
    "FirstUnit",
    "Gate",
    "KpiGate",
    "KpiRange",
    "Multiplier",
    "Multiplies",
    "Scope",
]

_ZERO, _WHOLE = Rate(0), Rate(1)
_MAX_FACTOR = Rate(1000)
_NEW_YEAR = ResetDay()


class ComponentError(SalesplanError, ValueError):
    """Choices that do not fit each other: tiers by units reached by revenue, a payout curve without on-target pay."""


def _products(given: Iterable[str]) -> frozenset[str]:
    return text_set(given, code="commission.scope", name="products")


def _labels(given: Iterable[str]) -> frozenset[str]:
    return text_set(given, code="commission.scope", name="labels")


def _roles(given: Iterable[CreditRole]) -> frozenset[CreditRole]:
    roles = listed(given, code="commission.scope", name="roles")
    return frozenset(require_instance(role, CreditRole, code="commission.scope", name="a role") for role in roles)


@attrs.frozen(kw_only=True)
class Scope:
    """Credits that match every field given; one of the names in a field is enough, an empty one means any.

    >>> Scope(products=["python-101"]).narrowness, Scope().narrowness
    (1, 0)
    """

    products: frozenset[str] = attrs.field(default=frozenset(), converter=_products)
    labels: frozenset[str] = attrs.field(default=frozenset(), converter=_labels)
    roles: frozenset[CreditRole] = attrs.field(default=frozenset(), converter=_roles)

    @property
    def narrowness(self) -> int:
        """How many fields are given: the narrower scope of a group takes a credit."""
        return bool(self.products) + bool(self.labels) + bool(self.roles)

    def holds(self, credit: Credit) -> bool:
        """Whether the credit is meant."""
        return (
            (not self.products or credit.product in self.products)
            and (not self.labels or not self.labels.isdisjoint(credit.labels))
            and (not self.roles or credit.role in self.roles)
        )

    def apart_from(self, other: Scope) -> bool:
        """Whether no credit can be meant by both."""
        return any(
            mine and theirs and mine.isdisjoint(theirs)
            for mine, theirs in ((self.products, other.products), (self.roles, other.roles))
        )


_ALL = Scope()


@attrs.frozen(kw_only=True)
class KpiRange:
    """The attainment of *kpi* lies in a range, both ends included.

    Raises: InvalidValue without an end, or with the lower one above the upper.
    >>> KpiRange(kpi="satisfaction", at_least=Rate.percent("85")).holds(Rate.percent("85"))
    True
    """

    kpi: str
    at_least: Rate | None = None
    at_most: Rate | None = None

    def __attrs_post_init__(self) -> None:
        require_text(self.kpi, code="commission.kpi", name="a KPI's name")
        ends = [end for end in (self.at_least, self.at_most) if end is not None]
        for end in ends:
            require_instance(end, Rate, code="commission.kpi", name="an end of the range")
        if not ends or (len(ends) == 2 and ends[1] < ends[0]):
            raise InvalidValue(
                f"{clip(self.kpi)}: a range has an end, and rises", code="commission.kpi", value=self.kpi
            )

    def holds(self, attainment: Rate) -> bool:
        """Whether *attainment* lies in it."""
        return (self.at_least is None or self.at_least <= attainment) and (
            self.at_most is None or attainment <= self.at_most
        )

    def __str__(self) -> str:
        low = "" if self.at_least is None else f" at least {self.at_least}"
        return f"{self.kpi}{low}" + ("" if self.at_most is None else f" at most {self.at_most}")


@attrs.frozen
class DeadZone:
    """Pays only on what lies above *until*: the part below never pays."""

    until: Key


@attrs.frozen
class FirstUnit:
    """Pays nothing until *reach* is reached; from then on all, from the first unit."""

    reach: Key


@attrs.frozen(kw_only=True)
class KpiGate:
    """Pays the share *otherwise* of what was earned unless *when* holds."""

    when: KpiRange
    otherwise: Rate = _ZERO

    def __attrs_post_init__(self) -> None:
        require_instance(self.when, KpiRange, code="commission.gate", name="when")
        require_instance(self.otherwise, Rate, code="commission.gate", name="otherwise")
        if not Rate(0) <= self.otherwise <= Rate(1):
            raise InvalidValue(
                f"a gate leaves 0 to 100 %: {self.otherwise}", code="commission.gate", value=self.otherwise
            )


Gate: TypeAlias = DeadZone | FirstUnit | KpiGate
"""What has to be reached before a component pays."""


class Multiplies(Enum):
    """What a multiplier is applied to."""

    INPUT = "input"
    """What is measured and paid on: it moves tiers as well, so a double-counted deal climbs twice as fast."""
    OUTPUT = "output"
    """What was earned: tiers stay."""


@attrs.frozen(kw_only=True)
class Multiplier:
    """An accelerator (*factor* above 1) or decelerator, under *name*.

    On the input it takes the credits of *scope*; on the output all that the component earned. *when* makes it depend on
    a KPI.
    """

    name: str
    factor: Rate
    on: Multiplies
    scope: Scope = _ALL
    when: KpiRange | None = None

    def __attrs_post_init__(self) -> None:
        require_text(self.name, code="commission.multiplier", name="a multiplier's name")
        require_instance(self.factor, Rate, code="commission.factor", name="factor")
        if not Rate(0) <= self.factor <= _MAX_FACTOR:
            raise InvalidValue(f"a factor lies in 0..1000: {self.factor}", code="commission.factor", value=self.factor)
        require_instance(self.on, Multiplies, code="commission.multiplier", name="on")
        require_instance(self.scope, Scope, code="commission.scope", name="scope")
        if self.when is not None:
            require_instance(self.when, KpiRange, code="commission.multiplier", name="when")
        if self.on is Multiplies.OUTPUT and self.scope != _ALL:
            raise ComponentError(
                f"{clip(self.name)}: only on the input has a multiplier a scope",
                code="commission.multiplier",
                value=self.name,
            )


@attrs.frozen
class DatedTable:
    """The table for deals from day *first* on; None: from ever."""

    table: RateTable
    first: date | None = None

    def __attrs_post_init__(self) -> None:
        require_instance(self.table, RateTable, code="commission.table", name="table")
        if self.first is not None:
            require_day(self.first, name="first")


def _versions(given: RateTable | Iterable[DatedTable]) -> tuple[DatedTable, ...]:
    if isinstance(given, RateTable):
        return (DatedTable(given),)
    found = listed(given, code="commission.tables", name="tables")
    for each in found:
        if not isinstance(each, DatedTable):
            raise InvalidType(f"not a DatedTable: {clip(each)}", code="commission.tables", value=each)
    return tuple(sorted(found, key=lambda each: each.first or date.min))


def _several(given: Iterable[object]) -> tuple[object, ...]:
    return listed(given, code="commission.component", name="gates and multipliers")


@attrs.frozen(kw_only=True)
class Component:
    """One thing a plan pays for.

    *tables* is a RateTable, or versions of it with the first day of each: a deal is paid by the table of its day.
    *measure* reaches the tiers, *pays_on* is what their rates are applied to, *accumulation* says what adds up.
    *quota* is per settled period and may be overridden payee by payee; *weight* is the component's part of the plan's
    on-target pay. Components of one *group* are alternatives: a credit goes to the one with the narrowest scope, so a
    product's own rate takes its sales out of the general one. *counted_to* is the most that is counted at all.
    Raises: ComponentError when the choices do not fit each other.
    >>> from salesplan.ladder import Boundary
    >>> table = RateTable.of([(0, "3%"), ("100000", "5%"), ("200000", "8%")], currency="CNY",
    ...                      application=Application.MARGINAL, boundary=Boundary.LOWER_INCLUSIVE)
    >>> Component(id="sales", tables=table, accumulation=Accumulation.PERIOD).pays_on.value
    'amount'
    """

    id: str
    tables: tuple[DatedTable, ...] = attrs.field(converter=_versions)
    accumulation: Accumulation
    measure: Credited | Part | Composite = Credited.AMOUNT
    pays_on: PayBase = PayBase.AMOUNT
    resets: ResetDay = _NEW_YEAR
    rounding_point: RoundingPoint = RoundingPoint.PAYOUT
    quota: Money | int | None = None
    weight: Rate | None = None
    scope: Scope = _ALL
    group: str | None = None
    gates: tuple[DeadZone | FirstUnit | KpiGate, ...] = attrs.field(default=(), converter=_several)
    multipliers: tuple[Multiplier, ...] = attrs.field(default=(), converter=_several)
    counted_to: Money | Rate | int | None = None
    cap: Money | None = None
    floor: Money | None = None

    def __attrs_post_init__(self) -> None:
        require_text(self.id, code="commission.component", name="id")
        for name, kind in (
            ("accumulation", Accumulation),
            ("pays_on", PayBase),
            ("resets", ResetDay),
            ("rounding_point", RoundingPoint),
            ("scope", Scope),
        ):
            require_instance(getattr(self, name), kind, code="commission.component", name=name)
        if not isinstance(self.measure, Credited | Part | Composite):
            raise InvalidType(
                f"measure must be Credited, Part or Composite: {clip(self.measure)}",
                code="commission.measure",
                value=self.measure,
            )
        if self.group is not None:
            require_text(self.group, code="commission.group", name="group")
        if self.weight is not None:
            require_instance(self.weight, Rate, code="commission.weight", name="weight")
        self._check_tables()
        self._check_fit()
        self._check_limits()

    @property
    def table(self) -> RateTable:
        """The newest table."""
        return self.tables[-1].table

    def table_on(self, day: date) -> DatedTable:
        """The version that holds on *day*.

        Raises: ComponentError for a day before the first.
        """
        for version in reversed(self.tables):
            if version.first is None or version.first <= day:
                return version
        raise ComponentError(
            f"{clip(self.id)} has no table for {day}: the first is from {self.tables[0].first}",
            code="commission.no_table",
            value=day,
        )

    def _refuse(self, why: str, code: str, value: object = None) -> None:
        raise ComponentError(f"{clip(self.id)}: {why}", code=f"commission.{code}", value=value)

    def _check_tables(self) -> None:
        if not self.tables:
            self._refuse("a component needs a table", "tables")
        starts = [version.first for version in self.tables]
        if None in starts[1:] or len({*starts}) < len(starts):
            self._refuse("two tables begin on the same day", "tables", tuple(starts))
        first = self.table
        for version in self.tables:
            table = version.table
            if table.currency != first.currency or table.kind is not first.kind:
                self._refuse("all versions have one currency and one kind of threshold", "tables", table.currency)

    def _check_fit(self) -> None:
        kind, measure = self.table.kind, self.measure
        if isinstance(measure, Credited):
            counted: type = Money if measure in {Credited.AMOUNT, Credited.MARGIN} else int
            if kind is not Rate and kind is not counted:
                self._refuse(f"tiers by {kind.__name__} are not reached by {measure.value}", "fit", measure)
        elif kind is not Rate:
            self._refuse("a KPI reaches tiers by attainment, as '80%'", "fit", kind.__name__)
        elif self.accumulation is not Accumulation.PERIOD:
            self._refuse("a KPI is of the settled period: accumulate by PERIOD", "fit", self.accumulation)
        on_target = self.pays_on in {PayBase.ON_TARGET, PayBase.ON_TARGET_ATTAINED}
        if on_target and self.weight is None:
            self._refuse("what pays on target needs its weight of the on-target pay", "weight")
        if on_target and kind is not Rate:
            self._refuse("what pays on target has tiers by attainment", "fit", kind.__name__)
        for version in self.tables:
            table = version.table
            if self.pays_on is PayBase.ON_TARGET and table.application is Application.MARGINAL:
                self._refuse("MARGINAL multiples pay on ON_TARGET_ATTAINED", "fit", table.application)
            if on_target and not table.pays_shares:
                self._refuse("what pays on target has rates, not amounts", "fit", table.application)
            if not table.pays_shares and not table.per_unit and any(isinstance(gate, DeadZone) for gate in self.gates):
                self._refuse("a table of amounts pays from its first threshold on: it needs no dead zone", "gate")
            if table.application is Application.INTERPOLATED and table.pays_shares and not on_target:
                self._refuse("a payout curve pays on the on-target pay", "fit", table.application)

    def _check_limits(self) -> None:
        unit = self.table.currency
        for name, amount in (("cap", self.cap), ("floor", self.floor)):
            if amount is not None and Money.zero(unit).same(amount).minor < 0:
                self._refuse(f"a {name} is 0 or more: {amount}", name, amount)
        if self.cap is not None and self.floor is not None and self.cap < self.floor:
            self._refuse(f"the cap {self.cap} lies below the floor {self.floor}", "cap", self.cap)
        if self.quota is not None:
            check_quota(self.quota, self.id)
        keys = [] if self.counted_to is None else [self.counted_to]
        for gate in self.gates:
            match gate:
                case DeadZone(until=key) | FirstUnit(reach=key):
                    keys.append(key)
                case KpiGate():
                    pass
                case _:
                    self._refuse(f"not a gate: {clip(gate)}", "gate", gate)
        for kind in (DeadZone, FirstUnit):
            if sum(isinstance(gate, kind) for gate in self.gates) > 1:
                self._refuse(f"one {kind.__name__} at most", "gate")
        for key in keys:
            if type(key) is not self.table.kind:
                self._refuse(f"gates and counted_to are in the unit of the tiers: {clip(key)}", "gate", key)
            if number(key) <= 0:
                self._refuse(f"gates and counted_to are above 0: {clip(key)}", "gate", key)
            if isinstance(key, Money):
                Money.zero(unit).same(key)
        names = [require_instance(m, Multiplier, code="commission.multiplier", name="m").name for m in self.multipliers]
        if len({*names}) < len(names):
            self._refuse("two multipliers of one name", "multiplier", tuple(names))


def check_quota(quota: object, name: str) -> Money | int:
    """A quota is an amount or a whole number, 0 or more: 0 says that nothing is expected."""
    if not isinstance(quota, Money | int) or isinstance(quota, bool):
        raise InvalidType(
            f"the quota of {clip(name)} is Money or units: {clip(quota)}", code="commission.quota", value=quota
        )
    if (quota.minor if isinstance(quota, Money) else quota) < 0:
        raise InvalidValue(
            f"the quota of {clip(name)} is 0 or more: {clip(str(quota))}", code="commission.quota", value=quota
        )
    return quota
