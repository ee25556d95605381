"""Compensation plans: base salary, on-target earnings, components, SPIFFs, and what holds for all of them together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum

import attrs

from ..errors import InvalidType, SalesplanError, clip, listed, require_instance, require_text
from ..money import Currency, Money, Rounding
from ..rate import Rate
from .component import Component
from .credits import Credit
from .draws import Draw
from .override_rules import Differential, LevelChain, TeamOverride
from .payee import Proration
from .scope import ANY_CREDIT, Scope
from .spans import require_day

__all__ = ["BelowZero", "Clawback", "CompPlan", "PlanError", "Spiff", "SpiffPer", "on_target_rate"]

_MAX_COMPONENTS = 1000


class PlanError(SalesplanError, ValueError):
    """Parts of a plan that contradict each other: weights that do not sum to one, two components of one id."""


class Clawback(Enum):
    """What a credit note takes back; a deal of 100,000 at 4 %, then one of 10,000 at 6 %: the first is returned."""

    RECOMPUTE = "recompute"
    """What the period of its deal would have paid without it, booked now: 4,600 - 400 = 4,200."""
    ORIGINAL_RATE = "original_rate"
    """What its deal was paid, in proportion: 4,000."""
    LIFO = "lifo"
    """The note is a negative sale of its own day: it comes off the top of what has accumulated by then."""


class BelowZero(Enum):
    """What happens when credit notes take back more than was earned."""

    CARRY = "carry"
    """Nothing is paid and the rest is set off against later pay."""
    FORGIVE = "forgive"
    """Nothing is paid and the rest is forgotten."""
    CLAW = "claw"
    """The payout is negative: the payee owes it now."""


class SpiffPer(Enum):
    """What a SPIFF is paid for."""

    UNIT = "unit"
    """Every unit, by credited share."""
    DEAL = "deal"
    """Every deal, by credited share."""


@attrs.frozen(kw_only=True)
class Spiff:
    """A bonus of *amount* for every unit or deal of *scope*, for deals from *first* to before *until*.

    Credit notes take it back. *limit* is the most it pays a period.
    """

    id: str
    amount: Money
    per: SpiffPer
    scope: Scope = ANY_CREDIT
    first: date | None = None
    until: date | None = None
    limit: Money | None = None

    def __attrs_post_init__(self) -> None:
        require_text(self.id, code="commission.spiff", name="id")
        require_instance(self.amount, Money, code="commission.spiff", name="amount")
        require_instance(self.per, SpiffPer, code="commission.spiff", name="per")
        require_instance(self.scope, Scope, code="commission.scope", name="scope")
        for name, day in (("first", self.first), ("until", self.until)):
            if day is not None:
                require_day(day, name=name)
        if self.amount.minor <= 0:
            raise PlanError(f"a SPIFF pays something: {self.amount}", code="commission.spiff", value=self.amount)
        if self.limit is not None and self.amount.same(self.limit).minor < 0:
            raise PlanError(f"a limit is 0 or more: {self.limit}", code="commission.spiff", value=self.limit)
        if self.first is not None and self.until is not None and self.until <= self.first:
            raise PlanError(f"{clip(self.id)} ends before it begins", code="commission.spiff", value=self.until)

    def holds(self, credit: Credit) -> bool:
        """Whether it pays for the credit: one of its scope and its days."""
        return (
            self.scope.holds(credit)
            and (self.first is None or self.first <= credit.on)
            and (self.until is None or credit.on < self.until)
        )


def _currency(given: str | Currency) -> Currency:
    return Currency.of(given)


def _components(given: Iterable[Component]) -> tuple[Component, ...]:
    found = listed(given, code="commission.components", name="components")
    for each in found:
        if not isinstance(each, Component):
            raise InvalidType(f"not a Component: {clip(each)}", code="commission.components", value=each)
    return found


def _spiffs(given: Iterable[Spiff]) -> tuple[Spiff, ...]:
    found = listed(given, code="commission.spiffs", name="spiffs")
    return tuple(require_instance(each, Spiff, code="commission.spiffs", name="a SPIFF") for each in found)


def _overrides(
    given: Iterable[TeamOverride | Differential | LevelChain],
) -> tuple[TeamOverride | Differential | LevelChain, ...]:
    found = listed(given, code="commission.overrides", name="overrides")
    for each in found:
        if not isinstance(each, TeamOverride | Differential | LevelChain):
            raise InvalidType(f"not an override rule: {clip(each)}", code="commission.overrides", value=each)
    return found


@attrs.frozen(kw_only=True)
class CompPlan:
    """What a payee is paid for, and how; amounts of money are per settled period.

    *on_target_earnings* are base salary plus on-target pay; *overrides* are what its payee earns on those below.
    After the components and SPIFFs come, in this order: cap, floor, what was carried from before, *below_zero*, draw.
    Law: the weights of the components that have one sum to one.
    Raises: PlanError, CurrencyMismatch.
    >>> from salesplan.commission import Accumulation, Application, RateTable
    >>> from salesplan.ladder import Boundary
    >>> table = RateTable.of([(0, "3%"), ("100000", "5%"), ("200000", "8%")], currency="CNY",
    ...                      application=Application.MARGINAL, boundary=Boundary.LOWER_INCLUSIVE)
    >>> plan = CompPlan(id="seller 2026", currency="CNY", base_salary=Money.of("6000", "CNY"),
    ...                 components=[Component(id="sales", tables=table, accumulation=Accumulation.PERIOD)])
    >>> plan.on_target_pay is None, plan.currency.code
    (True, 'CNY')
    """

    id: str
    currency: Currency = attrs.field(converter=_currency)
    components: tuple[Component, ...] = attrs.field(converter=_components)
    spiffs: tuple[Spiff, ...] = attrs.field(default=(), converter=_spiffs)
    overrides: tuple[TeamOverride | Differential | LevelChain, ...] = attrs.field(default=(), converter=_overrides)
    base_salary: Money | None = None
    on_target_earnings: Money | None = None
    proration: Proration = Proration.CALENDAR_DAYS
    clawback: Clawback = Clawback.RECOMPUTE
    below_zero: BelowZero = BelowZero.CARRY
    cap: Money | None = None
    floor: Money | None = None
    draw: Draw | None = None
    rounding: Rounding = Rounding.HALF_UP

    def __attrs_post_init__(self) -> None:
        require_text(self.id, code="commission.plan", name="id")
        for name, kind in (
            ("proration", Proration),
            ("clawback", Clawback),
            ("below_zero", BelowZero),
            ("rounding", Rounding),
        ):
            require_instance(getattr(self, name), kind, code="commission.plan", name=name)
        if self.draw is not None:
            require_instance(self.draw, Draw, code="commission.draw", name="draw")
        self._check_ids()
        self._check_money()
        self._check_weights()
        self._check_groups()

    @property
    def on_target_pay(self) -> Money | None:
        """On-target earnings less base salary: what the components pay at target."""
        if self.on_target_earnings is None:
            return None
        return self.on_target_earnings if self.base_salary is None else self.on_target_earnings - self.base_salary

    def component(self, name: str) -> Component | None:
        """The component of that id; None where there is none."""
        return next((each for each in self.components if each.id == name), None)

    def _refuse(self, why: str, code: str, value: object = None) -> None:
        raise PlanError(f"{clip(self.id)}: {why}", code=f"commission.{code}", value=value)

    def _check_ids(self) -> None:
        if len(self.components) + len(self.spiffs) > _MAX_COMPONENTS:
            self._refuse(f"more than {_MAX_COMPONENTS} components", "components", len(self.components))
        names = [each.id for each in self.components] + [each.id for each in self.spiffs]
        seen: set[str] = set()
        for name in names:
            if name in seen:
                self._refuse(f"the id {clip(name)} is given twice", "components", name)
            seen.add(name)

    def _check_money(self) -> None:
        zero = Money.zero(self.currency)
        for component in self.components:
            zero.same(Money.zero(component.table.currency))
        for spiff in self.spiffs:
            zero.same(spiff.amount)
        if self.draw is not None:
            zero.same(self.draw.amount)
        for name in ("base_salary", "on_target_earnings", "cap", "floor"):
            amount = getattr(self, name)
            if amount is not None and zero.same(amount).minor < 0:
                self._refuse(f"{name} is 0 or more: {amount}", name, amount)
        if self.cap is not None and self.floor is not None and self.cap < self.floor:
            self._refuse(f"the cap {self.cap} lies below the floor {self.floor}", "cap", self.cap)
        on_target = self.on_target_pay
        if on_target is not None and on_target.minor < 0:
            self._refuse("on-target earnings lie below the base salary", "on_target_earnings", self.on_target_earnings)

    def _check_weights(self) -> None:
        weights = [each.weight for each in self.components if each.weight is not None]
        if not weights:
            return
        whole = Rate(0)
        for weight in weights:
            if weight < Rate(0):
                self._refuse(f"a weight is 0 or more: {weight}", "weights", weight)
            whole += weight
        if whole != Rate(1):
            self._refuse(f"the weights sum to {whole}, not to 100 %", "weights", whole)
        if self.on_target_earnings is None:
            self._refuse("weights share the on-target pay: give on_target_earnings", "on_target_earnings")

    def _check_groups(self) -> None:
        """Of two components that one credit could go to, one must be narrower."""
        for at, one in enumerate(self.components):
            for other in self.components[at + 1 :]:
                same = one.group is not None and one.group == other.group
                if same and one.scope.narrowness == other.scope.narrowness and not one.scope.apart_from(other.scope):
                    self._refuse(
                        f"{clip(one.id)} and {clip(other.id)} of one group may take the same credit", "group", other.id
                    )


def on_target_rate(*, on_target_earnings: Money, base_salary: Money, quota: Money) -> Rate:
    """The rate that pays the on-target pay at quota: (on-target earnings - base salary) / quota.

    Raises: PlanError where the quota is not above 0 or the base salary above the on-target earnings.
    >>> rate = on_target_rate(on_target_earnings=Money.of("200000", "USD"), base_salary=Money.of("100000", "USD"),
    ...                       quota=Money.of("1000000", "USD"))
    >>> str(rate)
    '10%'
    """
    for name, amount in (("on_target_earnings", on_target_earnings), ("base_salary", base_salary), ("quota", quota)):
        require_instance(amount, Money, code="commission.on_target_rate", name=name)
    variable = on_target_earnings - base_salary
    if quota.same(on_target_earnings).minor < 0 or variable.minor < 0:
        raise PlanError(
            f"on-target earnings of {on_target_earnings} lie below the base salary {base_salary}",
            code="commission.on_target_earnings",
            value=on_target_earnings,
        )
    if quota.minor <= 0:
        raise PlanError(f"a quota is more than 0: {quota}", code="commission.quota", value=quota)
    return Rate(variable.minor, quota.minor)
