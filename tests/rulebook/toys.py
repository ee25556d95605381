"""Rule types with the shapes that real ones have: unions, recursion, generics, enums, sets, mappings, defaults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Generic, NewType, TypeVar

import attrs

from salesplan.errors import InvalidValue
from salesplan.ladder import Boundary, Ladder
from salesplan.money import Currency, Money
from salesplan.rate import PayRate, Rate
from salesplan.window import ALWAYS, LocalDays, Window

T = TypeVar("T")
Sku = NewType("Sku", str)


class Phase(Enum):
    """Where in the cart a rule works."""

    ITEM = "item"
    CART = "cart"
    SHIPPING = "shipping"


@attrs.frozen
class SpendAtLeast:
    """The cart is worth this much."""

    amount: Money

    def __attrs_post_init__(self) -> None:
        if self.amount.minor < 0:
            raise InvalidValue("spend must not be negative", code="toy.negative", value=self.amount)


@attrs.frozen
class HasSegment:
    any_of: frozenset[str]


@attrs.frozen
class QuantityAtLeast:
    sku: Sku
    count: int = 1


@attrs.frozen
class AllOf:
    """Every one of them."""

    conditions: tuple[Condition, ...]


@attrs.frozen
class Not:
    condition: Condition


Condition = SpendAtLeast | HasSegment | QuantityAtLeast | AllOf | Not


@attrs.frozen
class PercentOff:
    rate: Rate | PayRate


def _ladder(tiers: Ladder[Money, Money] | dict[Money, Money]) -> Ladder[Money, Money]:
    return Ladder.of(tiers, boundary=Boundary.LOWER_INCLUSIVE) if isinstance(tiers, dict) else tiers


@attrs.frozen
class SpendAndSave:
    tiers: Ladder[Money, Money] = attrs.field(converter=_ladder)


@attrs.frozen
class FixedPrices:
    prices: Mapping[str, Money]
    fallback: Money | None = None


Benefit = PercentOff | SpendAndSave | FixedPrices


@attrs.frozen
class Scope:
    skus: frozenset[str] = frozenset()
    currencies: frozenset[Currency] = frozenset()


@attrs.frozen(kw_only=True)
class Promotion:
    """One promotion."""

    id: str
    benefit: Benefit
    code: str | None = None
    phase: Phase | None = None
    priority: int = 0
    stackable: bool = True
    combines_with: frozenset[Phase] | None = None
    scope: Scope = Scope()
    conditions: tuple[Condition, ...] = ()
    window: Window | LocalDays = ALWAYS
    note: str = attrs.field(default="", alias="comment")
    _seen: int = 0
    weight: int = attrs.field(init=False, default=3)


@attrs.frozen
class PromotionSet:
    promotions: tuple[Promotion, ...]


@attrs.frozen(kw_only=True)
class Shift:
    """Every form of time."""

    day: date
    opens: time
    at: datetime | None = None


@attrs.frozen
class Pair(Generic[T]):
    left: T
    right: T | None = None


@attrs.frozen
class MoneyPair(Pair[Money]):
    label: str = ""
