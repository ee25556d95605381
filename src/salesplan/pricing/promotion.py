"""A promotion: a benefit, when it holds, on what, with whom it may meet, and who pays for it. And sets of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import time
from enum import Enum
from typing import TYPE_CHECKING, Any

import attrs

from ..errors import InvalidType, InvalidValue, NotFound, clip, listed, require_int, require_text, text_set
from ..ladder import Ladder
from ..money import Currency, CurrencyMismatch, Money
from ..rate import Rate
from ..window import ALWAYS, LocalDays, Window
from .benefits import (
    BENEFITS,
    Benefit,
    BundlePrice,
    BuyXGetY,
    CheapestFree,
    FixedUnitPrice,
    NthUnitOff,
    ShippingAmountOff,
    ShippingOff,
    UnitAmountOff,
)
from .cart import normal_code
from .conditions import Condition, require_amount, require_conditions, require_count
from .scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from ._rules import Book
    from .policy import Policy

__all__ = ["NO_LIMITS", "Exclusive", "Funder", "Limits", "Phase", "Promotion", "PromotionSet"]

_MAX_PROMOTIONS = 100_000
_MAX_PRIORITY = 10**9


class Phase(Enum):
    """When in the calculation a promotion has its turn; the order is `Policy.phases`, by default as listed here."""

    PRICE_SET = "price_set"
    """What the tag says today: flash, member, time-limited price 秒杀 会员价 限时折扣. One per line wins."""
    ITEM = "item"
    """On single units: Nth unit, buy X get Y, bundles."""
    ORDER = "order"
    """On the order: 满减, 满折, percent off."""
    COUPON = "coupon"
    """The merchant's coupons 店铺券."""
    PLATFORM = "platform"
    """The marketplace's coupons and spend offers 平台券 跨店满减."""
    POINTS = "points"
    """Points and wallet money paid like a discount."""
    SHIPPING = "shipping"
    """On the delivery fee, which sees the final goods total."""


class Exclusive(Enum):
    """Whether a promotion tolerates others."""

    NO = "no"
    """Combines with whatever does not object."""
    IN_PHASE = "in_phase"
    """Alone in its phase 同层互斥; other phases are free to stack."""
    IN_CART = "in_cart"
    """Alone on the whole cart."""


class Funder(Enum):
    """Who bears the discount 出资方."""

    MERCHANT = "merchant"
    """The shop that sells."""
    PLATFORM = "platform"
    """The marketplace, which pays the shop the difference."""


@attrs.frozen(kw_only=True)
class Limits:
    """How often and how much: *uses* over all shoppers, *uses_per_shopper*, and a money *budget* over all shoppers.

    A budget is never overshot: the last use gets what is left.
    >>> Limits(uses_per_shopper=1, budget=Money.of("10000", "CNY")).uses is None
    True
    """

    uses: int | None = None
    uses_per_shopper: int | None = None
    budget: Money | None = None

    def __attrs_post_init__(self) -> None:
        if self.uses is not None:
            require_count(self.uses, "uses", low=0)
        if self.uses_per_shopper is not None:
            require_count(self.uses_per_shopper, "uses_per_shopper", low=0)
        if self.budget is not None:
            require_amount(self.budget, "budget")


NO_LIMITS = Limits()

_ITEM_BENEFITS = (UnitAmountOff, BuyXGetY, CheapestFree, NthUnitOff, BundlePrice)
_SHIPPING_BENEFITS = (ShippingOff, ShippingAmountOff)


def _natural_phase(promotion: Promotion) -> Phase:
    if isinstance(promotion.benefit, FixedUnitPrice):
        return Phase.PRICE_SET
    if isinstance(promotion.benefit, _SHIPPING_BENEFITS):
        return Phase.SHIPPING
    if isinstance(promotion.benefit, _ITEM_BENEFITS):
        return Phase.ITEM
    return Phase.ORDER


def _code(code: str | None) -> str | None:
    return None if code is None else normal_code(code)


def _phases(phases: Iterable[Phase] | None) -> frozenset[Phase] | None:
    if phases is None:
        return None
    named = listed(phases, code="promotion.combines_with", name="combines_with")
    if not all(isinstance(phase, Phase) for phase in named):
        raise InvalidType(f"combines_with holds Phase: {clip(named)}", code="promotion.combines_with", value=phases)
    return frozenset(named)


def _ids(ids: Iterable[str]) -> frozenset[str]:
    return text_set(ids, code="promotion.never_with", name="never_with")


def _conditions(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    return listed(conditions, code="condition.type", name="conditions")


@attrs.frozen
class Promotion:
    """One promotion, automatic or by coupon *code*.

    *phase* defaults to the benefit's natural one: unit prices PRICE_SET, unit benefits ITEM, shipping SHIPPING, else
    ORDER. Inside a phase the higher *priority* goes first, then the smaller *id*. At most one promotion of a *group*
    applies. *combines_with* None means every phase; two promotions combine only if both sides allow it. *never_with*
    names ids or groups. Every one of *conditions* must hold.
    Raises: InvalidType, InvalidValue with a `promotion.*` code, contradictions included.
    >>> from salesplan.pricing import AmountOff
    >>> Promotion("welcome", AmountOff(Money.of("20", "CNY")), code="welcome20").phase
    <Phase.ORDER: 'order'>
    """

    id: str
    benefit: Benefit
    code: str | None = attrs.field(default=None, converter=_code, kw_only=True)
    phase: Phase = attrs.field(default=attrs.Factory(_natural_phase, takes_self=True), kw_only=True)
    priority: int = attrs.field(default=0, kw_only=True)
    group: str | None = attrs.field(default=None, kw_only=True)
    exclusive: Exclusive = attrs.field(default=Exclusive.NO, kw_only=True)
    combines_with: frozenset[Phase] | None = attrs.field(default=None, converter=_phases, kw_only=True)
    never_with: frozenset[str] = attrs.field(default=frozenset(), converter=_ids, kw_only=True)
    scope: Scope = attrs.field(default=EVERYTHING, kw_only=True)
    conditions: tuple[Condition, ...] = attrs.field(default=(), converter=_conditions, kw_only=True)
    limits: Limits = attrs.field(default=NO_LIMITS, kw_only=True)
    funder: Funder = attrs.field(default=Funder.MERCHANT, kw_only=True)
    window: Window | LocalDays = attrs.field(default=ALWAYS, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_text(self.id, code="promotion.id", name="id")
        if not isinstance(self.benefit, BENEFITS):
            raise InvalidType(f"not a benefit: {clip(self.benefit)}", code="promotion.benefit", value=self.benefit)
        require_int(self.priority, code="promotion.priority", name="priority", low=-_MAX_PRIORITY, high=_MAX_PRIORITY)
        if self.group is not None:
            require_text(self.group, code="promotion.group", name="group")
        if not (
            isinstance(self.phase, Phase)
            and isinstance(self.exclusive, Exclusive)
            and isinstance(self.scope, Scope)
            and isinstance(self.limits, Limits)
            and isinstance(self.funder, Funder)
            and isinstance(self.window, (Window, LocalDays))
        ):
            self._refuse_types()
        require_conditions(self.conditions)
        self._refuse_contradictions()

    def _refuse_types(self) -> None:
        for name, value, kind in (
            ("phase", self.phase, Phase),
            ("exclusive", self.exclusive, Exclusive),
            ("scope", self.scope, Scope),
            ("limits", self.limits, Limits),
            ("funder", self.funder, Funder),
            ("window", self.window, (Window, LocalDays)),
        ):
            if not isinstance(value, kind):
                raise InvalidType(f"not a {name}: {clip(value)}", code="promotion." + name, value=value)

    def _refuse_contradictions(self) -> None:
        if self.id in self.never_with or (self.group is not None and self.group in self.never_with):
            raise InvalidValue(
                f"{clip(self.id)} is in its own never_with",
                code="promotion.contradiction",
                value=self.never_with,
            )
        if self.exclusive is Exclusive.IN_CART and (self.combines_with or self.never_with):
            raise InvalidValue(
                f"{clip(self.id)} is exclusive in the cart and yet says what it combines with",
                code="promotion.contradiction",
                value=self.combines_with or self.never_with,
            )
        if self.exclusive is Exclusive.IN_PHASE and self.combines_with is not None and self.phase in self.combines_with:
            raise InvalidValue(
                f"{clip(self.id)} is exclusive in its phase and yet combines with it",
                code="promotion.contradiction",
                value=self.combines_with,
            )
        if isinstance(self.benefit, _SHIPPING_BENEFITS) and self.phase is not Phase.SHIPPING:
            raise InvalidValue(
                f"{clip(self.id)} reduces shipping and belongs to the shipping phase, not {self.phase.value}",
                code="promotion.contradiction",
                value=self.phase,
            )


def _money_in(promotion: Promotion) -> list[Money]:
    """Money inside a promotion, at least one of each currency: a ladder of money is in one already."""
    found: list[Money] = []
    pending: list[Any] = [promotion.benefit, promotion.limits.budget, *promotion.conditions]
    while pending:
        item = pending.pop()
        if isinstance(item, Money):
            found.append(item)
        elif isinstance(item, Ladder):
            pending.append(item.steps[0].threshold)
        elif isinstance(item, tuple):
            pending.extend(item)
        elif not isinstance(item, _NO_MONEY_INSIDE):
            pending.extend([getattr(item, name) for name in item.__slots__ if name != "__weakref__"])
    return found


_NO_MONEY_INSIDE = (int, str, Enum, Rate, Scope, frozenset, time, type(None))


def _sorted(promotions: Iterable[Promotion]) -> tuple[Promotion, ...]:
    promotions = listed(promotions, code="promotion.type", name="promotions")
    for promotion in promotions:
        if not isinstance(promotion, Promotion):
            raise InvalidType(f"not a Promotion: {clip(promotion)}", code="promotion.type", value=promotion)
    return tuple(sorted(promotions, key=lambda promotion: promotion.id))


@attrs.frozen
class PromotionSet:
    """Promotions to price under, checked together once; sorted by id, so the order they were given in changes nothing.

    Build one and reuse it: `price` compiles it on first use and remembers that for the last policy.
    Raises: InvalidValue for a duplicate id or more than 100,000; CurrencyMismatch for mixed currencies.
    >>> from salesplan.pricing import AmountOff
    >>> PromotionSet([Promotion("a", AmountOff(Money.of("20", "CNY")))])["a"].id
    'a'
    """

    promotions: tuple[Promotion, ...] = attrs.field(converter=_sorted)
    currency: Currency | None = attrs.field(init=False, eq=False, repr=False)
    _memo: tuple[Policy, Book] | None = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if len(self.promotions) > _MAX_PROMOTIONS:
            raise InvalidValue(
                f"a set holds up to {_MAX_PROMOTIONS} promotions, not {len(self.promotions)}",
                code="promotion.too_many",
                value=len(self.promotions),
            )
        currency: Currency | None = None
        before = None
        for promotion in self.promotions:
            if promotion.id == before:
                raise InvalidValue(
                    f"two promotions are called {clip(before)}", code="promotion.duplicate_id", value=before
                )
            before = promotion.id
            for money in _money_in(promotion):
                if currency is None:
                    currency = money.currency
                elif money.currency is not currency and money.currency != currency:
                    raise CurrencyMismatch(
                        f"{clip(promotion.id)} brings {money.currency} into a set in {currency}",
                        code="promotion.mixed_currencies",
                        value=promotion.id,
                    )
        object.__setattr__(self, "currency", currency)
        object.__setattr__(self, "_memo", None)

    def __getitem__(self, promotion_id: str) -> Promotion:
        """The promotion of that id.

        Raises: NotFound when there is none.
        """
        known = isinstance(promotion_id, str)
        at = bisect_left(self.promotions, promotion_id, key=lambda promotion: promotion.id) if known else 0
        if not known or at == len(self.promotions) or self.promotions[at].id != promotion_id:
            raise NotFound(f"no promotion {clip(promotion_id)}", code="promotion.unknown", value=promotion_id)
        return self.promotions[at]

    def __len__(self) -> int:
        return len(self.promotions)

    @property
    def fingerprint(self) -> str:
        """Names exactly these rules, whatever order they were given in: "sha256:" and 64 digits."""
        from ..rulebook import fingerprint

        return fingerprint(self)

    def book(self, policy: Policy) -> Book:
        """The rules compiled for *policy*, remembered for the last one; not part of the promise."""
        if self._memo is not None and (self._memo[0] is policy or self._memo[0] == policy):
            return self._memo[1]
        from ._rules import Book

        book = Book(self.promotions, policy)
        object.__setattr__(self, "_memo", (policy, book))
        return book

    def __getstate__(self) -> tuple[Promotion, ...]:
        return self.promotions

    def __setstate__(self, promotions: tuple[Promotion, ...]) -> None:
        type(self).__init__(self, promotions)
