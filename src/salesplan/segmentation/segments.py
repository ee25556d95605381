"""What a segment map is written with: segments, the actions they call for, and rules over a customer's numbers.

A rule is a box: a range on each axis it speaks of, and the whole axis where it is silent. There are two kinds.

    Rule       over raw numbers: days since the last purchase, orders, money
    ScoreRule  over score levels: r, f and m, where 1 is worst and the highest level best

The ends of a range say whether they belong to it: *at_least* and *at_most* do, *above* and *below* do not. All numbers
are whole (money in minor units), so "at most 300.00" and "below 300.01" are the same range.

Left out: rules over other numbers, which are for personas, and rules with "or", which are several rules of one segment.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final, TypeAlias

import attrs

from ..errors import InvalidType, InvalidValue, NotFound, clip, listed, require_instance, require_int, require_text
from ..money import MAX_MINOR, Currency, CurrencyMismatch, Money
from .scores import RfmScore

__all__ = ["Action", "ActionKind", "End", "Range", "RfmValues", "Rule", "ScoreRule", "Segment", "place_named"]

_CODE: Final = "segmentation.segment"

End: TypeAlias = Money | int
"""Where a range ends: a count, days, or money."""


class ActionKind(Enum):
    """What is done about the customers of a segment."""

    UPGRADE_OFFER = "upgrade_offer"
    """Offer them more: a higher level, a bigger course, a bundle."""
    WAKE_UP_COUPON = "wake_up_coupon"
    """Send those who sleep a reason to come back."""
    REWARD = "reward"
    """Thank them: points, early access, a present."""
    WELCOME = "welcome"
    """Help new ones to the second purchase."""
    REMIND = "remind"
    """Tell them what they have missed, at no cost."""
    CALL = "call"
    """Have somebody speak to them."""
    LEAVE = "leave"
    """Do nothing, on purpose."""


@attrs.frozen
class Action:
    """What is done about a segment; *promotion* is the id of the promotion that carries it out."""

    does: ActionKind
    description: str
    promotion: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_instance(self.does, ActionKind, code=_CODE, name="does")
        require_text(self.description, code=_CODE, name="description")
        if self.promotion is not None:
            require_text(self.promotion, code=_CODE, name="promotion")

    def __str__(self) -> str:
        return self.description


@attrs.frozen
class Segment:
    """A name for some customers, the action it calls for, and the other names it goes by.

    >>> str(Segment("dormant", Action(ActionKind.WAKE_UP_COUPON, "a coupon of 30 off 100")))
    'dormant'
    """

    name: str
    action: Action | None = None
    aliases: tuple[str, ...] = attrs.field(default=(), kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_text(self.name, code=_CODE, name="name")
        if self.action is not None:
            require_instance(self.action, Action, code=_CODE, name="action")
        aliases = listed(self.aliases, code=_CODE, name="aliases")
        for alias in aliases:
            require_text(alias, code=_CODE, name="an alias")
        object.__setattr__(self, "aliases", aliases)

    def __str__(self) -> str:
        return self.name


def place_named(segments: Sequence[Segment], name: str | Enum, *, code: str) -> int:
    """The place of the segment of that name, or with that alias; a stage of the lifecycle is named by its value.

    Raises: NotFound.
    """
    wanted = name.value if isinstance(name, Enum) else name
    if isinstance(wanted, str):
        for at, segment in enumerate(segments):
            if wanted == segment.name or wanted in segment.aliases:
                return at
    known = ", ".join(segment.name for segment in segments)
    raise NotFound(f"no segment is called {clip(name)}; there are: {clip(known)}", code=code, value=name)


@attrs.frozen(kw_only=True)
class Range:
    """Numbers between two ends, of which one may be missing.

    Raises: InvalidValue for no end, two on one side, or a range that no number is in; CurrencyMismatch.
    >>> month = Range(at_least=8, below=30)
    >>> month.contains(29), month.contains(30)
    (True, False)
    """

    at_least: End | None = None
    above: End | None = None
    at_most: End | None = None
    below: End | None = None

    def __attrs_post_init__(self) -> None:
        ends = [end for end in self._ends() if end is not None]
        for end in ends:
            if not isinstance(end, Money):
                require_int(end, code=_CODE, name="an end of a range", low=-MAX_MINOR, high=MAX_MINOR)
        if not ends:
            raise InvalidValue("a range without an end says nothing: leave it out", code=_CODE, value=None)
        if (self.at_least is not None and self.above is not None) or (
            self.at_most is not None and self.below is not None
        ):
            raise InvalidValue(
                "a range has one end on a side: at_least or above, at_most or below", code=_CODE, value=ends[0]
            )
        if len({isinstance(end, Money) for end in ends}) > 1:
            raise InvalidType(
                f"a range ends in money on both sides or on none: {clip(ends[-1])}", code=_CODE, value=ends[-1]
            )
        currencies = [end.currency for end in ends if isinstance(end, Money)]
        if len(set(currencies)) > 1:
            raise CurrencyMismatch(
                f"a range from {currencies[0]} to {currencies[1]}", code="money.currency_mismatch", value=currencies[1]
            )
        low, high = self.bounds
        if low is not None and high is not None and low >= high:
            raise InvalidValue(f"no number is in this range: {clip(str(self))}", code=_CODE, value=ends[-1])

    @classmethod
    def exactly(cls, value: End) -> Range:
        """The range of one number.

        >>> Range.exactly(1).bounds
        (1, 2)
        """
        return cls(at_least=value, at_most=value)

    @property
    def bounds(self) -> tuple[int | None, int | None]:
        """From the first number inside (included) to the first one above (excluded); None has no end."""
        low, above, high, below = (None if end is None else _units(end) for end in self._ends())
        return (
            low if above is None else above + 1,
            below if high is None else high + 1,
        )

    @property
    def currency(self) -> Currency | None:
        """The currency of the ends; None where they are plain numbers."""
        return next((end.currency for end in self._ends() if isinstance(end, Money)), None)

    def contains(self, value: End) -> bool:
        """Whether the number is inside; Money and whole minor units are both compared in minor units.

        Raises: CurrencyMismatch for money of another currency; InvalidType for what is no whole number.
        """
        currency = self.currency
        if isinstance(value, Money) and currency is not None and value.currency != currency:
            raise CurrencyMismatch(
                f"cannot compare {value.currency} with {currency}: convert first",
                code="money.currency_mismatch",
                value=value.currency,
            )
        number = value.minor if isinstance(value, Money) else require_int(value, code=_CODE, name="a number")
        low, below = self.bounds
        return (low is None or low <= number) and (below is None or number < below)

    def _ends(self) -> tuple[End | None, ...]:
        return self.at_least, self.above, self.at_most, self.below

    def __str__(self) -> str:
        words = ("at least", "above", "at most", "below")
        return " and ".join(f"{word} {end}" for word, end in zip(words, self._ends(), strict=True) if end is not None)


def _units(end: End) -> int:
    return end.minor if isinstance(end, Money) else end


@attrs.frozen(kw_only=True)
class RfmValues:
    """The raw numbers of one customer: *days_since_last* from 0, *orders* from 1, *money* net, perhaps negative."""

    days_since_last: int
    orders: int
    money: End

    def __attrs_post_init__(self) -> None:
        require_int(self.days_since_last, code=_CODE, name="days_since_last", low=0, high=MAX_MINOR)
        require_int(self.orders, code=_CODE, name="orders", low=1, high=MAX_MINOR)
        if not isinstance(self.money, Money):
            require_int(self.money, code=_CODE, name="money", low=-MAX_MINOR, high=MAX_MINOR)


@attrs.frozen
class Rule:
    """Customers whose raw numbers lie in all the ranges given are in *segment*."""

    segment: Segment
    days_since_last: Range | None = attrs.field(default=None, kw_only=True)
    orders: Range | None = attrs.field(default=None, kw_only=True)
    money: Range | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_instance(self.segment, Segment, code=_CODE, name="segment")
        for name in ("days_since_last", "orders", "money"):
            given = getattr(self, name)
            if given is None:
                continue
            require_instance(given, Range, code=_CODE, name=name)
            if name != "money" and given.currency is not None:
                raise InvalidType(f"{name} are numbers, not money: {clip(str(given))}", code=_CODE, value=given)

    def holds(self, values: RfmValues) -> bool:
        """Whether the customer's numbers are in all the ranges.

        Raises: CurrencyMismatch; InvalidType.
        """
        require_instance(values, RfmValues, code=_CODE, name="values")
        pairs = (
            (self.days_since_last, values.days_since_last),
            (self.orders, values.orders),
            (self.money, values.money),
        )
        return all(given is None or given.contains(value) for given, value in pairs)


@attrs.frozen
class ScoreRule:
    """Customers whose score levels lie in all the ranges given are in *segment*."""

    segment: Segment
    r: Range | None = attrs.field(default=None, kw_only=True)
    f: Range | None = attrs.field(default=None, kw_only=True)
    m: Range | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_instance(self.segment, Segment, code=_CODE, name="segment")
        for name in ("r", "f", "m"):
            given = getattr(self, name)
            if given is None:
                continue
            require_instance(given, Range, code=_CODE, name=name)
            if given.currency is not None:
                raise InvalidType(f"{name} is a level, not money: {clip(str(given))}", code=_CODE, value=given)

    def holds(self, levels: RfmScore) -> bool:
        """Whether the customer's levels are in all the ranges.

        Raises: InvalidType.
        """
        require_instance(levels, RfmScore, code=_CODE, name="levels")
        pairs = ((self.r, levels.r), (self.f, levels.f), (self.m, levels.m))
        return all(given is None or given.contains(value) for given, value in pairs)
