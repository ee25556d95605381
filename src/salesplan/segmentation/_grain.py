"""Periods by number: how days are grouped, with plain dates and whole numbers.

Periods of one grain are numbered without gaps, so that an age is a difference. A month is a month of the calendar: who
first bought on 31 January has age 1 from 1 February on. Spans of days have no such seams, but no names either.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Final, TypeAlias, assert_never

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole, day_number
from ..errors import InvalidType, InvalidValue, clip, require_instance, require_int
from ..money import MAX_MINOR
from ..window import Weekday
from ._own_arrays import own_column

__all__ = [
    "DaySpans",
    "Grain",
    "Grains",
    "counted",
    "first_days",
    "grain_text",
    "labels_of",
    "last_complete",
    "number_of",
    "own_periods",
    "period_numbers",
    "require_grain",
]

_MONDAY: Final = -3  # 1969-12-29; 1970-01-01 was a Thursday
_EPOCH: Final = date(1970, 1, 1).toordinal()


class Grain(Enum):
    """Calendar periods."""

    WEEK = "week"
    """Monday to Sunday, named by ISO 8601: 1997-W01 begins on 1996-12-30."""
    MONTH = "month"
    """Calendar months: 1997-01."""
    QUARTER = "quarter"
    """Three calendar months: 1997-Q1."""


@attrs.frozen
class DaySpans:
    """Spans of *days* each, one of which begins on *origin*; named by their first day.

    Raises: InvalidType, InvalidValue for less than a day.
    >>> DaySpans.weeks(Weekday.SUNDAY)
    DaySpans(days=7, origin=datetime.date(1970, 1, 4))
    """

    days: int
    origin: date

    def __attrs_post_init__(self) -> None:
        require_int(self.days, code="segmentation.grain", name="days", low=1, high=1_000_000)
        day_number(self.origin, name="origin", code="segmentation.grain")

    @classmethod
    def weeks(cls, first: Weekday) -> DaySpans:
        """Weeks that begin on that day of the week."""
        require_instance(first, Weekday, code="segmentation.grain", name="first")
        return cls(7, date(1970, 1, 1 + (list(Weekday).index(first) + 4) % 7))


Grains: TypeAlias = Grain | DaySpans


def require_grain(value: object) -> Grains:
    """*value* itself when it is a grain.

    Raises: InvalidType.
    """
    if not isinstance(value, Grain | DaySpans):
        raise InvalidType(f"grain must be a Grain or DaySpans: {clip(value)}", code="segmentation.grain", value=value)
    return value


def period_numbers(days: Whole, grain: Grains) -> Whole:
    """The number of the period of each day; days and calendar periods are counted from 1970-01-01.

    >>> period_numbers(np.array([0, 30, 31, -1]), Grain.MONTH).tolist()
    [0, 0, 1, -1]
    """
    match grain:
        case Grain.WEEK:
            return (days - _MONDAY) // 7
        case Grain.MONTH:
            return _months(days)
        case Grain.QUARTER:
            return _months(days) // 3
        case DaySpans():
            return (days - _origin(grain)) // grain.days
        case _:
            assert_never(grain)


def _months(days: Whole) -> Whole:
    if days.size:
        first, last = int(days.min()), int(days.max())
        if last - first < days.size // 2:  # look the days up: a date costs more than a place
            return _months(np.arange(first, last + 1))[days - first]
    months: Whole = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months


def _origin(grain: DaySpans) -> int:
    return day_number(grain.origin, name="origin", code="segmentation.grain")


def number_of(day: int, grain: Grains) -> int:
    """The number of the period of one day."""
    return int(period_numbers(np.array([day]), grain)[0])


def last_complete(day: int, grain: Grains) -> int:
    """The number of the last period that is over on the evening of that day.

    >>> last_complete(30, Grain.MONTH), last_complete(29, Grain.MONTH)
    (0, -1)
    """
    return number_of(day + 1, grain) - 1


def own_periods(values: object, grain: Grains, *, name: str, code: str, size: int | None = None) -> Whole:
    """An own, read-only copy of numbers of periods, each with a day of the years 1 to 9999."""
    own = own_column(values, name=name, code=code, low=-MAX_MINOR, size=size)
    low, high = (number_of(day.toordinal() - _EPOCH, grain) for day in (date.min, date.max))
    if own.size and not low <= int(own.min()) <= int(own.max()) <= high:
        raise InvalidValue(f"{name} must be periods of the years 1 to 9999", code=code, value=values)
    return own


def first_days(periods: Whole, grain: Grains) -> NDArray[np.datetime64]:
    """The first day of each period."""
    match grain:
        case Grain.WEEK:
            return (periods * 7 + _MONDAY).astype("datetime64[D]")
        case Grain.MONTH:
            return periods.astype("datetime64[M]").astype("datetime64[D]")
        case Grain.QUARTER:
            return (periods * 3).astype("datetime64[M]").astype("datetime64[D]")
        case DaySpans():
            return (periods * grain.days + _origin(grain)).astype("datetime64[D]")
        case _:
            assert_never(grain)


def labels_of(periods: Whole, grain: Grains) -> tuple[str, ...]:
    """The names of the periods.

    >>> labels_of(np.array([0, 1]), Grain.WEEK)
    ('1970-W01', '1970-W02')
    """
    starts = first_days(periods, grain)
    match grain:
        case Grain.WEEK:
            weeks = [date.fromordinal(start + _EPOCH).isocalendar() for start in starts.astype(np.int64).tolist()]
            return tuple(f"{each.year:04}-W{each.week:02}" for each in weeks)
        case Grain.MONTH:
            return tuple(str(month) for month in starts.astype("datetime64[M]"))
        case Grain.QUARTER:
            months = [str(month) for month in starts.astype("datetime64[M]")]
            return tuple(f"{month[:-3]}-Q{(int(month[-2:]) + 2) // 3}" for month in months)
        case DaySpans():
            return tuple(str(start) for start in starts)
        case _:
            assert_never(grain)


def grain_text(grain: Grains) -> str:
    """One period of that grain, in words.

    >>> grain_text(DaySpans(30, date(2026, 1, 1)))
    '30 days'
    """
    return grain.value if isinstance(grain, Grain) else counted(grain.days, "day")


def counted(many: int, name: str) -> str:
    """So many of them, in words.

    >>> counted(1, "order"), counted(2000, "order")
    ('1 order', '2,000 orders')
    """
    return f"{many:,} {name}{'' if many == 1 else 's'}"
