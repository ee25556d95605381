"""Components: one thing a plan pays for, with every choice that changes the number said out loud.

The order in which a component is worked out, which is the order in which a seller reads it:

    credited share  ->  multipliers on the input (they move tiers)  ->  the table, by what has accumulated
    ->  gates  ->  multipliers on the output  ->  cap  ->  floor
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import attrs

from ..errors import InvalidType, InvalidValue, clip, listed, require_instance, require_text
from ..money import MAX_MINOR, Money
from ..rate import Rate
from ._keys import number
from .gates import ComponentError, DeadZone, FirstUnit, KpiGate, Multiplier
from .measures import Accumulation, Composite, Credited, Part, PayBase, RoundingPoint
from .rate_table import Application, RateTable
from .scope import ANY_CREDIT, Scope
from .spans import ResetDay, require_day

__all__ = ["Component", "DatedTable", "check_quota"]

_ZERO, _WHOLE = Rate(0), Rate(1)
_MAX_FACTOR = Rate(1000)
_NEW_YEAR = ResetDay()


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
    return tuple(sorted(found, key=lambda each: (each.first is not None, each.first or date.min)))


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
    scope: Scope = ANY_CREDIT
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
            if self.pays_on is PayBase.ON_TARGET_ATTAINED and table.application is Application.INTERPOLATED:
                self._refuse("a payout curve pays ON_TARGET, as it is", "fit", table.application)
            if self.pays_on is PayBase.ON_TARGET and any(isinstance(gate, DeadZone) for gate in self.gates):
                self._refuse("a payout curve begins where it begins: it needs no dead zone", "gate")
            if on_target and not table.pays_shares:
                self._refuse("what pays on target has rates, not amounts", "fit", table.application)
            if not table.pays_shares and not table.per_unit and any(isinstance(gate, DeadZone) for gate in self.gates):
                self._refuse("a table of amounts pays from its first threshold on: it needs no dead zone", "gate")
            if table.application is Application.INTERPOLATED and table.pays_shares and not on_target:
                self._refuse("a payout curve pays on the on-target pay", "fit", table.application)

    def _check_kind_of_quota(self, quota: Money | int) -> None:
        if not isinstance(self.measure, Credited):
            self._refuse("a KPI is an attainment already; quotas of its parts are the payee's", "quota", quota)
        elif isinstance(quota, Money) is not (self.measure in {Credited.AMOUNT, Credited.MARGIN}):
            what = "a number" if isinstance(quota, Money) else "Money"
            self._refuse(f"the quota of what counts {self.measure.value} is {what}: {clip(quota)}", "quota", quota)
        elif isinstance(quota, Money):
            Money.zero(self.table.currency).same(quota)

    def _check_limits(self) -> None:
        unit = self.table.currency
        for name, amount in (("cap", self.cap), ("floor", self.floor)):
            if amount is not None and Money.zero(unit).same(amount).minor < 0:
                self._refuse(f"a {name} is 0 or more: {amount}", name, amount)
        if self.cap is not None and self.floor is not None and self.cap < self.floor:
            self._refuse(f"the cap {self.cap} lies below the floor {self.floor}", "cap", self.cap)
        if self.quota is not None:
            check_quota(self.quota, self.id)
            self._check_kind_of_quota(self.quota)
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
        zone = next((gate.until for gate in self.gates if isinstance(gate, DeadZone)), None)
        if zone is not None and self.counted_to is not None and number(self.counted_to) <= number(zone):
            self._refuse("nothing is counted beyond the dead zone", "gate", self.counted_to)
        names = [require_instance(m, Multiplier, code="commission.multiplier", name="m").name for m in self.multipliers]
        if len({*names}) < len(names):
            self._refuse("two multipliers of one name", "multiplier", tuple(names))


def check_quota(quota: object, name: str) -> Money | int:
    """A quota is an amount or a whole number, 0 or more: 0 says that nothing is expected."""
    if not isinstance(quota, Money | int) or isinstance(quota, bool):
        raise InvalidType(
            f"the quota of {clip(name)} is Money or units: {clip(quota)}", code="commission.quota", value=quota
        )
    if not 0 <= (quota.minor if isinstance(quota, Money) else quota) <= MAX_MINOR:
        raise InvalidValue(
            f"the quota of {clip(name)} is 0 or more, up to 63 bits: {clip(quota)}",
            code="commission.quota",
            value=quota,
        )
    return quota
