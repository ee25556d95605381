"""When a promotion holds: conditions on the spend, the goods, the shopper and the hour, joined by all, any, not.

Spend is measured on a basis that has no default, because systems disagree and each calls its own way obvious: LIST
before any promotion, ACTIVITY after the price-setting phase (活动价), RUNNING on what is left to pay when the
promotion's turn comes. A condition is tested once, in its promotion's turn, and never revisited.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from enum import Enum
from typing import get_args

import attrs

from ..errors import InvalidType, InvalidValue, clip, listed, require_int, require_text, text_set
from ..money import Money
from ..window import Weekday, zone_of
from ._shown import Shown
from .cart import normal_code
from .scope import Scope

__all__ = [
    "AllOf",
    "AnyOf",
    "Basis",
    "CodeEntered",
    "Condition",
    "DuringHours",
    "FirstOrder",
    "InSegment",
    "MemberLevelAtLeast",
    "Not",
    "NotAlreadyDiscounted",
    "OnChannel",
    "QuantityAtLeast",
    "SpendAtLeast",
]

_MAX_DEPTH = 16
_MAX_COUNT = 10**9


class Basis(Enum):
    """Which prices a spend threshold adds up."""

    LIST = "list"
    """List prices, before every promotion: 满减 on the tag price."""
    ACTIVITY = "activity"
    """Prices after the price-setting phase (flash, member, price list), before any other promotion: 活动价."""
    RUNNING = "running"
    """What is left to pay when the promotion's turn comes."""


def require_basis(basis: object) -> Basis:
    """*basis* itself when it is a Basis."""
    if not isinstance(basis, Basis):
        raise InvalidType(f"basis must be a Basis, as Basis.RUNNING: {clip(basis)}", code="basis.type", value=basis)
    return basis


def require_amount(value: object, name: str) -> Money:
    """*value* itself when it is Money above 0."""
    if not isinstance(value, Money):
        raise InvalidType(
            f"{name} must be Money, not {type(value).__name__}: {clip(value)}",
            code="promotion.money",
            value=value,
        )
    if value.minor <= 0:
        raise InvalidValue(f"{name} must be above 0: {value}", code="promotion.money", value=value)
    return value


def require_count(value: object, name: str, *, low: int = 1) -> int:
    """*value* itself when it is an int of at least *low*."""
    return require_int(value, code="promotion.count", name=name, low=low, high=_MAX_COUNT)


def require_scope(value: object) -> None:
    """Refuses anything but a Scope or None."""
    if value is not None and not isinstance(value, Scope):
        raise InvalidType(f"scope must be a Scope: {clip(value)}", code="promotion.scope", value=value)


def _texts(values: Iterable[str]) -> frozenset[str]:
    texts = text_set(values, code="condition.names", name="names")
    if not texts:
        raise InvalidValue("name at least one", code="condition.names", value=())
    return texts


@attrs.frozen(repr=False)
class SpendAtLeast(Shown):
    """The goods in scope cost at least *amount* on *basis*; *scope* None means the promotion's own.

    >>> SpendAtLeast(Money.of("300", "CNY"), basis=Basis.RUNNING).amount.amount
    '300.00'
    """

    amount: Money
    basis: Basis = attrs.field(kw_only=True)
    scope: Scope | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_amount(self.amount, "amount")
        require_basis(self.basis)
        require_scope(self.scope)


@attrs.frozen(repr=False)
class QuantityAtLeast(Shown):
    """At least *quantity* units in scope; *scope* None means the promotion's own.

    >>> QuantityAtLeast(3).quantity
    3
    """

    quantity: int
    scope: Scope | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_count(self.quantity, "quantity")
        require_scope(self.scope)


@attrs.frozen(repr=False)
class InSegment(Shown):
    """The shopper belongs to one of *segments*.

    >>> sorted(InSegment(["vip", "dormant"]).segments)
    ['dormant', 'vip']
    """

    segments: frozenset[str] = attrs.field(converter=_texts)


@attrs.frozen(repr=False)
class MemberLevelAtLeast(Shown):
    """The shopper's member level is *level* or higher.

    >>> MemberLevelAtLeast(2).level
    2
    """

    level: int

    def __attrs_post_init__(self) -> None:
        require_count(self.level, "level", low=0)


@attrs.frozen(repr=False)
class FirstOrder(Shown):
    """The shopper has placed no order before.

    >>> FirstOrder()
    FirstOrder()
    """


@attrs.frozen(repr=False)
class OnChannel(Shown):
    """The order comes through one of *channels*.

    >>> OnChannel(["app"]).channels
    frozenset({'app'})
    """

    channels: frozenset[str] = attrs.field(converter=_texts)


@attrs.frozen(repr=False)
class CodeEntered(Shown):
    """The shopper entered *code*; case, blanks and full-width forms do not matter.

    >>> CodeEntered(" welcome ").code
    'WELCOME'
    """

    code: str = attrs.field(converter=normal_code)


def _days(days: Iterable[Weekday]) -> frozenset[Weekday]:
    named = listed(days, code="condition.days", name="days")
    if not named or not all(isinstance(day, Weekday) for day in named):
        raise InvalidType(f"days are one or more Weekday: {clip(named)}", code="condition.days", value=days)
    return frozenset(named)


@attrs.frozen(kw_only=True, repr=False)
class DuringHours(Shown):
    """On *days*, from *start* (included) to *end* (excluded), wall clock in *zone*; start == end is the whole day.

    A range past midnight belongs to the day it starts on: friday 22:00 to 02:00 holds on saturday at 01:00.
    >>> DuringHours(days=[Weekday.FRIDAY], start=time(22), end=time(2), zone="Asia/Shanghai").zone
    'Asia/Shanghai'
    """

    days: frozenset[Weekday] = attrs.field(default=frozenset(Weekday), converter=_days)
    start: time = time(0)
    end: time = time(0)
    zone: str

    def __attrs_post_init__(self) -> None:
        for value in (self.start, self.end):
            if not isinstance(value, time) or value.tzinfo is not None:
                raise InvalidType(
                    f"start and end are times without zone, *zone* says which: {clip(value)}",
                    code="condition.time",
                    value=value,
                )
        require_text(self.zone, code="condition.zone", name="zone")
        zone_of(self.zone)


@attrs.frozen(repr=False)
class NotAlreadyDiscounted(Shown):
    """No unit in scope has been reduced by an earlier promotion; *scope* None means the promotion's own.

    To leave the reduced goods out and reduce the rest, use `Scope(discounted=Discounted.EXCLUDED)` instead.
    >>> NotAlreadyDiscounted()
    NotAlreadyDiscounted(scope=None)
    """

    scope: Scope | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_scope(self.scope)


def _conditions(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    return listed(conditions, code="condition.type", name="conditions")


@attrs.frozen(repr=False)
class AllOf(Shown):
    """Every one of *conditions* holds.

    >>> AllOf([FirstOrder(), OnChannel(["app"])]).depth
    1
    """

    conditions: tuple[Condition, ...] = attrs.field(converter=_conditions)
    depth: int = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "depth", _depth(self.conditions))


@attrs.frozen(repr=False)
class AnyOf(Shown):
    """At least one of *conditions* holds.

    >>> len(AnyOf([FirstOrder(), InSegment(["dormant"])]).conditions)
    2
    """

    conditions: tuple[Condition, ...] = attrs.field(converter=_conditions)
    depth: int = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "depth", _depth(self.conditions))


@attrs.frozen(repr=False)
class Not(Shown):
    """*condition* does not hold. An unknown fact is not a no: it refuses here too.

    >>> Not(FirstOrder())
    Not(condition=FirstOrder())
    """

    condition: Condition
    depth: int = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "depth", _depth((self.condition,)))


Condition = (
    SpendAtLeast
    | QuantityAtLeast
    | InSegment
    | MemberLevelAtLeast
    | FirstOrder
    | OnChannel
    | CodeEntered
    | DuringHours
    | NotAlreadyDiscounted
    | AllOf
    | AnyOf
    | Not
)
"""Every kind of condition."""

CONDITIONS: tuple[type, ...] = get_args(Condition)


def _depth(conditions: tuple[Condition, ...]) -> int:
    """Nesting depth, refused past 16 so that no walk over conditions can run out of stack."""
    require_conditions(conditions)
    if not conditions:
        raise InvalidValue("all, any and not need at least one condition", code="condition.empty", value=())
    depth = 1 + max(getattr(condition, "depth", 0) for condition in conditions)
    if depth > _MAX_DEPTH:
        raise InvalidValue(f"conditions nest at most {_MAX_DEPTH} deep", code="condition.depth", value=depth)
    return depth


def require_conditions(conditions: tuple[Condition, ...]) -> None:
    """Refuses anything that is not a Condition."""
    for condition in conditions:
        if not isinstance(condition, CONDITIONS):
            raise InvalidType(f"not a condition: {clip(condition)}", code="condition.type", value=condition)
