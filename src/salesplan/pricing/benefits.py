"""What a promotion gives. Meanings are types: a percent off is not an amount off with a flag.

Benefits on single units (Nth unit, cheapest free, bundles, unit prices) look at units from dear to cheap at their
running price, ties by line id, and know lines only as (price, count) runs, so their cost does not grow with the
quantity. Every rate taken off may be given as `Rate` (20 % off) or `PayRate` (8折): both mean the same discount.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, get_args

import attrs

from ..errors import InvalidType, InvalidValue, clip, require_text
from ..ladder import Boundary, Ladder, LadderError
from ..money import Money
from ..rate import PayRate, Rate
from ._shown import Shown
from .conditions import Basis, require_amount, require_basis, require_count, require_scope
from .scope import Scope

__all__ = [
    "AmountOff",
    "Benefit",
    "BundlePrice",
    "BuyXGetY",
    "Charge",
    "CheapestFree",
    "EverySpendSave",
    "FixedUnitPrice",
    "FreeGift",
    "NthUnitOff",
    "Per",
    "PercentOff",
    "Pick",
    "QuantityPercent",
    "ShippingAmountOff",
    "ShippingOff",
    "SpendAndPercent",
    "SpendAndSave",
    "UnitAmountOff",
]

_WHOLE = Rate(1)


class Per(Enum):
    """On what a percentage is rounded.

    5 % off 6 x 2.37 + 3.28 is 0.875 per order, 0.71 + 0.16 per line, 6 x 0.12 + 0.16 per unit.
    """

    ORDER = "order"
    """Once on the sum, then split over the lines."""
    LINE = "line"
    """On each line."""
    UNIT = "unit"
    """On each unit, as a reduced price tag shows it."""


class Pick(Enum):
    """Which units are the reduced ones when several groups fit, shown on 9, 8, 5, 4 in pairs."""

    EACH_GROUP = "each_group"
    """Sorted dear to cheap and cut into groups, the last of each group: 8 and 4. The customer's reading of
    第二件半价."""
    CHEAPEST = "cheapest"
    """As many as there are groups, the cheapest of all: 5 and 4. The merchant's reading."""


class Charge(Enum):
    """Which units carry the discount in the books, and so in a refund.

    Shown on: buy one at 50, get one at 30 free.
    """

    REWARDED = "rewarded"
    """The reduced unit: 50.00 and 0.00."""
    GROUP = "group"
    """All units of the groups, in proportion to their price: 31.25 and 18.75."""


def _off(rate: Rate | PayRate) -> Rate:
    off = rate.off if isinstance(rate, PayRate) else rate
    if not isinstance(off, Rate):
        raise InvalidType(
            f"a rate off is Rate.percent('20') or Rate.zhe('8'): {clip(rate)}",
            code="promotion.rate",
            value=rate,
        )
    if not 0 < off.numerator <= off.denominator:
        raise InvalidValue(f"a rate off lies above 0 and up to 100 %: {off}", code="promotion.rate", value=rate)
    return off


def _times(value: int | None) -> None:
    if value is not None:
        require_count(value, "max_times")


def _cap(value: Money | None) -> None:
    if value is not None:
        require_amount(value, "cap")


def _require(value: object, kind: type[Enum], name: str) -> None:
    if not isinstance(value, kind):
        raise InvalidType(f"{name} must be a {kind.__name__}: {clip(value)}", code="promotion.choice", value=value)


@attrs.frozen(repr=False)
class PercentOff(Shown):
    """A share off the goods in scope, at most *cap*.

    >>> str(PercentOff(Rate.zhe("8")).off)
    '20%'
    """

    off: Rate = attrs.field(converter=_off)
    cap: Money | None = attrs.field(default=None, kw_only=True)
    per: Per = attrs.field(default=Per.ORDER, kw_only=True)

    def __attrs_post_init__(self) -> None:
        _cap(self.cap)
        _require(self.per, Per, "per")


@attrs.frozen(repr=False)
class AmountOff(Shown):
    """*amount* off the goods in scope together, split over them; never more than they cost.

    >>> AmountOff(Money.of("20", "CNY")).amount.amount
    '20.00'
    """

    amount: Money

    def __attrs_post_init__(self) -> None:
        require_amount(self.amount, "amount")


@attrs.frozen(repr=False)
class UnitAmountOff(Shown):
    """*amount* off each unit, the dearest *limit* units only if given; *first* replaces it on the dearest unit.

    >>> UnitAmountOff(Money.of("0.40", "CNY"), limit=2).limit
    2
    """

    amount: Money
    limit: int | None = attrs.field(default=None, kw_only=True)
    first: Money | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_amount(self.amount, "amount")
        if self.limit is not None:
            require_count(self.limit, "limit")
        if self.first is not None:
            require_amount(self.first, "first")


@attrs.frozen(repr=False)
class FixedUnitPrice(Shown):
    """Each unit costs *price*, the dearest *limit* units only if given: flash sale 秒杀, member price 会员价.

    Units already cheaper keep their price.
    >>> FixedUnitPrice(Money.of("9.90", "CNY"), limit=1).price.amount
    '9.90'
    """

    price: Money
    limit: int | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.price, Money):
            require_amount(self.price, "price")
        if self.price.minor < 0:
            raise InvalidValue(f"price must not be negative: {self.price}", code="promotion.money", value=self.price)
        if self.limit is not None:
            require_count(self.limit, "limit")


def _ladder(tiers: Ladder[Any, Any] | Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> Ladder[Any, Any]:
    ladder = tiers if isinstance(tiers, Ladder) else Ladder.of(tiers, boundary=Boundary.LOWER_INCLUSIVE)
    if ladder.boundary is not Boundary.LOWER_INCLUSIVE:
        raise InvalidValue(
            "满 means reached: tiers are lower-inclusive", code="promotion.boundary", value=ladder.boundary
        )
    return ladder


def _money_tiers(
    tiers: Ladder[Money, Money] | Mapping[Money, Money] | Iterable[tuple[Money, Money]],
) -> Ladder[Money, Money]:
    ladder = _ladder(tiers)
    for step in ladder.steps:
        require_amount(step.threshold, "a threshold")
        require_amount(step.value, "a saving")
        step.threshold.same(step.value)
    return _not_falling(ladder)


def _spend_rates(
    tiers: Ladder[Money, Rate] | Mapping[Money, Rate | PayRate] | Iterable[tuple[Money, Rate | PayRate]],
) -> Ladder[Money, Rate]:
    ladder = _ladder(tiers)
    for threshold in ladder.thresholds:
        require_amount(threshold, "a threshold")
    return _not_falling(
        Ladder.of([(step.threshold, _off(step.value)) for step in ladder.steps], boundary=ladder.boundary)
    )


def _count_rates(
    tiers: Ladder[int, Rate] | Mapping[int, Rate | PayRate] | Iterable[tuple[int, Rate | PayRate]],
) -> Ladder[int, Rate]:
    ladder = _ladder(tiers)
    for threshold in ladder.thresholds:
        require_count(threshold, "a threshold")
    return _not_falling(
        Ladder.of([(step.threshold, _off(step.value)) for step in ladder.steps], boundary=ladder.boundary)
    )


def _not_falling(ladder: Ladder[Any, Any]) -> Ladder[Any, Any]:
    """A higher tier that gives less is a typing mistake that nobody wants applied."""
    for below, above in zip(ladder.steps, ladder.steps[1:], strict=False):
        if above.value < below.value:
            raise LadderError(
                f"a higher tier must not give less: {above.value} at {above.threshold} after {below.value}",
                code="promotion.falling_tier",
                value=above.value,
            )
    return ladder


@attrs.frozen(repr=False)
class SpendAndSave(Shown):
    """满减: once the goods in scope reach a threshold, its saving.

    Of several tiers 阶梯满减 the highest reached counts.

    >>> tiers = {Money.of("300", "CNY"): Money.of("50", "CNY"), Money.of("600", "CNY"): Money.of("120", "CNY")}
    >>> len(SpendAndSave(tiers, basis=Basis.RUNNING).tiers.steps)
    2
    """

    tiers: Ladder[Money, Money] = attrs.field(converter=_money_tiers)
    basis: Basis = attrs.field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_basis(self.basis)


@attrs.frozen(kw_only=True, repr=False)
class EverySpendSave(Shown):
    """每满减: *save* for every full *every* spent on the goods in scope, at most *max_times*.

    >>> EverySpendSave(every=Money.of("200", "CNY"), save=Money.of("30", "CNY"), basis=Basis.RUNNING).max_times is None
    True
    """

    every: Money
    save: Money
    basis: Basis
    max_times: int | None = None

    def __attrs_post_init__(self) -> None:
        require_amount(self.every, "every")
        require_amount(self.save, "save")
        self.every.same(self.save)
        require_basis(self.basis)
        _times(self.max_times)


@attrs.frozen(repr=False)
class SpendAndPercent(Shown):
    """满折: once the goods in scope reach a threshold, its share off all of them, at most *cap*.

    >>> str(SpendAndPercent({Money.of("200", "CNY"): Rate.zhe("9")}, basis=Basis.LIST).tiers.values[0])
    '10%'
    """

    tiers: Ladder[Money, Rate] = attrs.field(converter=_spend_rates)
    basis: Basis = attrs.field(kw_only=True)
    cap: Money | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_basis(self.basis)
        _cap(self.cap)


@attrs.frozen(repr=False)
class QuantityPercent(Shown):
    """N件M折: once the units in scope reach a count, its share off all of them, at most *cap*.

    >>> str(QuantityPercent({2: Rate.zhe("9"), 3: Rate.zhe("8")}).tiers.value_at(5))
    '20%'
    """

    tiers: Ladder[int, Rate] = attrs.field(converter=_count_rates)
    cap: Money | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        _cap(self.cap)


@attrs.frozen(kw_only=True, repr=False)
class BuyXGetY(Shown):
    """Buy *buy* units, get up to *get* more at *off* (default: free), at most *max_times*.

    With *rewards* the reduced units come from those goods instead (cheapest first, never from lines that were counted
    as bought); without, from the goods in scope, the cheaper end of each group of buy + get.
    >>> BuyXGetY(buy=2, get=1).off == Rate(1)
    True
    """

    buy: int
    get: int
    off: Rate = attrs.field(default=_WHOLE, converter=_off)
    rewards: Scope | None = None
    pick: Pick = Pick.EACH_GROUP
    charge: Charge = Charge.REWARDED
    max_times: int | None = None

    def __attrs_post_init__(self) -> None:
        require_count(self.buy, "buy")
        require_count(self.get, "get")
        require_scope(self.rewards)
        _require(self.pick, Pick, "pick")
        _require(self.charge, Charge, "charge")
        _times(self.max_times)


@attrs.frozen(repr=False)
class CheapestFree(Shown):
    """Of every *group* units in scope one is free, at most *max_times*.

    >>> CheapestFree(3, pick=Pick.CHEAPEST).group
    3
    """

    group: int
    pick: Pick = attrs.field(default=Pick.EACH_GROUP, kw_only=True)
    charge: Charge = attrs.field(default=Charge.REWARDED, kw_only=True)
    max_times: int | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_count(self.group, "group", low=2)
        _require(self.pick, Pick, "pick")
        _require(self.charge, Charge, "charge")
        _times(self.max_times)


@attrs.frozen(repr=False)
class NthUnitOff(Shown):
    """第N件M折: every *nth* unit in scope, from dear to cheap, costs *off* less, at most *max_times*.

    第二件半价 is (2, 50 %).

    >>> NthUnitOff(2, Rate.zhe("5")) == NthUnitOff(2, Rate.percent("50"))
    True
    """

    nth: int
    off: Rate = attrs.field(converter=_off)
    pick: Pick = attrs.field(default=Pick.EACH_GROUP, kw_only=True)
    charge: Charge = attrs.field(default=Charge.REWARDED, kw_only=True)
    max_times: int | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_count(self.nth, "nth")
        _require(self.pick, Pick, "pick")
        _require(self.charge, Charge, "charge")
        _times(self.max_times)


@attrs.frozen(repr=False)
class BundlePrice(Shown):
    """N元任选: any *size* units in scope cost *price* together, at most *max_times*.

    The dearest units first, where that saves.

    >>> BundlePrice(3, Money.of("99", "CNY")).size
    3
    """

    size: int
    price: Money
    max_times: int | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_count(self.size, "size")
        require_amount(self.price, "price")
        _times(self.max_times)


@attrs.frozen(repr=False)
class FreeGift(Shown):
    """*quantity* units of *sku* on top at no charge; *value* is their nominal price, used when a refund asks for it.

    >>> FreeGift("tote-bag", value=Money.of("29", "CNY")).quantity
    1
    """

    sku: str
    quantity: int = attrs.field(default=1, kw_only=True)
    value: Money | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_text(self.sku, code="promotion.gift", name="sku")
        require_count(self.quantity, "quantity")
        if self.value is not None:
            require_amount(self.value, "value")


@attrs.frozen(repr=False)
class ShippingOff(Shown):
    """A share off shipping (default: all of it), at most *cap*.

    >>> ShippingOff().off == Rate(1)
    True
    """

    off: Rate = attrs.field(default=_WHOLE, converter=_off)
    cap: Money | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        _cap(self.cap)


@attrs.frozen(repr=False)
class ShippingAmountOff(Shown):
    """*amount* off shipping, never more than it costs.

    >>> ShippingAmountOff(Money.of("5", "CNY")).amount.amount
    '5.00'
    """

    amount: Money

    def __attrs_post_init__(self) -> None:
        require_amount(self.amount, "amount")


Benefit = (
    PercentOff
    | AmountOff
    | UnitAmountOff
    | FixedUnitPrice
    | SpendAndSave
    | EverySpendSave
    | SpendAndPercent
    | QuantityPercent
    | BuyXGetY
    | CheapestFree
    | NthUnitOff
    | BundlePrice
    | FreeGift
    | ShippingOff
    | ShippingAmountOff
)
"""Every kind of benefit."""

BENEFITS: tuple[type, ...] = get_args(Benefit)
