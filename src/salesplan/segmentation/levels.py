"""The rules of membership levels: what reaches a level, over which days it is summed, and how long it is kept.

A policy is data: levels by rising amounts, the window over which spend (or points) is summed, the keep rule, and what a
fall ends on. `membership` reads them.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from itertools import pairwise
from typing import Final, TypeAlias

import attrs

from ..errors import InvalidType, InvalidValue, clip, listed, require_instance, require_int, require_text
from ..money import MAX_MINOR, Money

__all__ = [
    "Amount",
    "CalendarYear",
    "Fall",
    "KeepAlways",
    "KeepDays",
    "KeepTerm",
    "KeepUntil",
    "Level",
    "Lifetime",
    "MembershipPolicy",
    "RollingDays",
]

Amount: TypeAlias = Money | int
"""Spend, or points."""

_CODE: Final = "segmentation.membership"
_MOST_DAYS: Final = 36_500
_MOST_LEVELS: Final = 100


# --- over which days spend is summed -------------------------------------------------------------------------


@attrs.frozen
class RollingDays:
    """The last *days* days, the day itself among them: with 365, what was spent a year ago to the day is out."""

    days: int

    def __attrs_post_init__(self) -> None:
        require_int(self.days, code=_CODE, name="days", low=1, high=_MOST_DAYS)


@attrs.frozen
class CalendarYear:
    """The year the day lies in, which begins on the first of *first_month*."""

    first_month: int = 1

    def __attrs_post_init__(self) -> None:
        require_int(self.first_month, code=_CODE, name="first_month", low=1, high=12)


@attrs.frozen
class Lifetime:
    """Everything up to the day."""


# --- how long a level is kept --------------------------------------------------------------------------------


@attrs.frozen
class KeepAlways:
    """A level once reached is kept for good."""


@attrs.frozen
class KeepDays:
    """Kept for *days* days after the last day on which the spend supports it; with 0 it falls at once."""

    days: int

    def __attrs_post_init__(self) -> None:
        require_int(self.days, code=_CODE, name="days", low=0, high=_MOST_DAYS)


@attrs.frozen(kw_only=True)
class KeepTerm:
    """Kept for a term of *days* days from the day it is reached, and reviewed on the day after.

    If the spend supports it on that day, a new term begins; else it is kept for *grace_days* more, a new term begins on
    the first of them on which the spend supports it again, and after them it falls.
    """

    days: int
    grace_days: int = 0

    def __attrs_post_init__(self) -> None:
        require_int(self.days, code=_CODE, name="days", low=1, high=_MOST_DAYS)
        require_int(self.grace_days, code=_CODE, name="grace_days", low=0, high=_MOST_DAYS)


@attrs.frozen(kw_only=True)
class KeepUntil:
    """Kept through a date: *month* and *day* of the year that is *years* after the last day the spend supports it.

    With 12, 31 and 1: who qualifies at any time in 2026 keeps the level through 2027-12-31. *grace_days* are added.
    Raises: InvalidValue for a date that not every year has.
    """

    month: int
    day: int
    years: int = 1
    grace_days: int = 0

    def __attrs_post_init__(self) -> None:
        require_int(self.month, code=_CODE, name="month", low=1, high=12)
        require_int(self.day, code=_CODE, name="day", low=1, high=31)
        require_int(self.years, code=_CODE, name="years", low=0, high=100)
        require_int(self.grace_days, code=_CODE, name="grace_days", low=0, high=_MOST_DAYS)
        try:
            date(2023, self.month, self.day)
        except ValueError:
            raise InvalidValue(
                f"not a date of every year: month {self.month}, day {self.day}", code=_CODE, value=self.day
            ) from None


Window: TypeAlias = RollingDays | CalendarYear | Lifetime
Keep: TypeAlias = KeepAlways | KeepDays | KeepTerm | KeepUntil


class Fall(Enum):
    """Where a level falls to when it is no longer kept."""

    TO_KEPT = "to_kept"
    """To the highest level below that is supported or still kept."""
    ONE_LEVEL = "one_level"
    """To the next level below, which counts as supported on the day of the fall (a soft landing)."""


# --- levels and the policy -----------------------------------------------------------------------------------


@attrs.frozen
class Level:
    """A level and the amount that reaches it: Money spent, or a number of points."""

    name: str
    at_least: Amount

    def __attrs_post_init__(self) -> None:
        require_text(self.name, code=_CODE, name="a level's name")
        if not isinstance(self.at_least, Money):
            _points(self.at_least, f"the amount of {clip(self.name)}")


@attrs.frozen(kw_only=True)
class MembershipPolicy:
    """The levels, rising, and how they are reached, kept and lost.

    The first level takes 0: everybody has it, so everybody has exactly one. A level is reached at once, on the day the
    sum over the window is on or above its amount.
    Raises: InvalidValue for levels that do not begin at 0 or do not rise, a name given twice; InvalidType,
    CurrencyMismatch for amounts of two kinds.
    >>> policy = MembershipPolicy(
    ...     levels=(Level("member", 0), Level("gold", 1000)), window=RollingDays(365), keep=KeepDays(30)
    ... )
    >>> policy.fall
    <Fall.TO_KEPT: 'to_kept'>
    """

    levels: tuple[Level, ...]
    window: Window
    keep: Keep
    fall: Fall = Fall.TO_KEPT

    def __attrs_post_init__(self) -> None:
        levels = listed(self.levels, code=_CODE, name="levels")
        object.__setattr__(self, "levels", levels)
        for level in levels:
            require_instance(level, Level, code=_CODE, name="a level")
        for name, kinds in (("window", Window), ("keep", Keep)):
            value = getattr(self, name)
            if not isinstance(value, kinds):
                raise InvalidType(f"{name} is one of {_names(kinds)}: {clip(value)}", code=_CODE, value=value)
        require_instance(self.fall, Fall, code=_CODE, name="fall")
        if not 1 <= len(levels) <= _MOST_LEVELS:
            raise InvalidValue(f"1 to {_MOST_LEVELS} levels, not {len(levels)}", code=_CODE, value=len(levels))
        names = [level.name for level in levels]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise InvalidValue(f"two levels are called {clip(twice[0])}", code=_CODE, value=twice[0])
        amounts = [self.units(level.at_least) for level in levels]
        if amounts[0] != 0:
            raise InvalidValue(
                f"the first level is everybody's and takes 0, not {levels[0].at_least}",
                code=_CODE,
                value=levels[0].at_least,
            )
        for (below, above), level in zip(pairwise(amounts), levels[1:], strict=True):
            if above <= below:
                raise InvalidValue(
                    f"levels must rise: {clip(level.name)} takes no more than the level below it",
                    code=_CODE,
                    value=level.at_least,
                )

    def units(self, amount: object) -> int:
        """An amount in minor units or points, checked to be of the kind of the levels."""
        kind = self.levels[0].at_least
        if isinstance(kind, Money):
            return kind.same(require_instance(amount, Money, code=_CODE, name="an amount")).minor
        return _points(amount, "an amount of points")

    def amount(self, units: int) -> Amount:
        """The amount of so many minor units or points."""
        kind = self.levels[0].at_least
        return Money(units, kind.currency) if isinstance(kind, Money) else _points(units, "a sum of points")


def _points(value: object, name: str) -> int:
    return require_int(value, code=_CODE, name=name, low=-MAX_MINOR, high=MAX_MINOR)


def _names(kinds: object) -> str:
    return ", ".join(kind.__name__ for kind in getattr(kinds, "__args__", ()))
