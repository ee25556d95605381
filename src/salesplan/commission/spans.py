"""The days a settlement is for, and days in general, without a calendar library.

A period here is anything with a `start`, an `end` (excluded) and a `label`: `salesplan.calendar.Period` is one, and so
is the small `PayPeriod` for a host that copies this room alone. Likewise anything that counts days between two dates
may stand for working days.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from fractions import Fraction
from typing import Protocol

import attrs

from ..errors import InvalidType, InvalidValue, clip, require_int, require_text

__all__ = ["DayCount", "PayPeriod", "ResetDay", "Span", "month_later", "require_day", "require_span"]


class Span(Protocol):
    """A named range of whole days; *end* is the day after the last."""

    @property
    def start(self) -> date:
        """The first day."""

    @property
    def end(self) -> date:
        """The day after the last."""

    @property
    def label(self) -> str:
        """What people call it."""


class DayCount(Protocol):
    """Whatever counts the working days from a day to another (excluded): `calendar.WorkCalendar` does."""

    def count(self, start: date, end: date, /) -> Fraction | int:
        """How many days from *start* to *end* (excluded) are worked."""


def require_day(value: object, *, name: str) -> date:
    """*value* itself when it is a date and not a datetime.

    Raises: InvalidType.
    """
    if type(value) is not date and (not isinstance(value, date) or isinstance(value, datetime)):
        raise InvalidType(f"{name} must be a date without time: {clip(value)}", code="commission.day", value=value)
    return value


@attrs.frozen
class PayPeriod:
    """The days from *start* (included) to *end* (excluded), under a *label*.

    Raises: InvalidValue when it holds no day.
    >>> november = PayPeriod.month(2026, 11)
    >>> november.label, november.end.isoformat()
    ('2026-11', '2026-12-01')
    """

    start: date
    end: date
    label: str

    def __attrs_post_init__(self) -> None:
        require_span(self)

    @staticmethod
    def month(year: int, number: int) -> PayPeriod:
        """A calendar month, '2026-11'."""
        require_int(year, code="commission.period", name="year", low=1, high=9998)
        require_int(number, code="commission.period", name="month", low=1, high=12)
        start = date(year, number, 1)
        return PayPeriod(start, month_later(start, 1), f"{year:04}-{number:02}")


def require_span(period: object) -> Span:
    """*period* itself when it is a range of days with a label.

    Raises: InvalidType; InvalidValue when it holds no day.
    """
    start, end, label = (getattr(period, name, None) for name in ("start", "end", "label"))
    if not isinstance(label, str):
        raise InvalidType(
            f"a period has a start, an end and a label, as text: not {type(period).__name__[:60]}",
            code="commission.period",
            value=period,
        )
    require_text(label, code="commission.period", name="label")
    if require_day(end, name="end") <= require_day(start, name="start"):
        raise InvalidValue(f"{clip(label)} holds no day: {start} .. {end}", code="commission.period", value=end)
    return period  # type: ignore[return-value]  # it has what a Span has


def month_later(day: date, count: int) -> date:
    """The same day *count* months later, or the last one of a shorter month; counted from one first day, never chained.

    Raises: InvalidValue outside the years 1 to 9999.
    >>> month_later(date(2026, 1, 31), 1).isoformat(), month_later(date(2026, 1, 31), 2).isoformat()
    ('2026-02-28', '2026-03-31')
    """
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if not 1 <= year <= 9999:
        raise InvalidValue("the calendar ends with the years 1 and 9999", code="commission.day", value=day)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@attrs.frozen
class ResetDay:
    """The day of the year on which an accumulation starts again; quarters are counted from it.

    Raises: InvalidValue for days 29 to 31, which some months lack.
    >>> fiscal = ResetDay(4, 1)
    >>> fiscal.year_of(date(2026, 3, 31)).isoformat(), fiscal.quarter_of(date(2026, 8, 5)).isoformat()
    ('2025-04-01', '2026-07-01')
    """

    month: int = 1
    day: int = 1

    def __attrs_post_init__(self) -> None:
        require_int(self.month, code="commission.reset", name="month", low=1, high=12)
        require_int(self.day, code="commission.reset", name="day", low=1, high=28)

    def year_of(self, day: date) -> date:
        """The first day of the year that holds *day*."""
        return self._since(require_day(day, name="day"), 12)

    def quarter_of(self, day: date) -> date:
        """The first day of the quarter that holds *day*."""
        return self._since(require_day(day, name="day"), 3)

    def _since(self, day: date, months: int) -> date:
        # whole months since the reset month, one less before the reset's day of the month
        whole = day.year * 12 + day.month - self.month - (day.day < self.day)
        begins = whole // months * months + self.month - 1
        if begins < 12:
            raise InvalidValue(f"the calendar begins with year 1: {day}", code="commission.day", value=day)
        return date(begins // 12, begins % 12 + 1, self.day)
