"""Periods: named, half-open ranges of whole days.

A `Period` holds its first day and the day after its last, so that neighbours share an end and no day is counted
twice. Months are always counted from one first day and never in a chain: two steps of a month land where one step
of two months does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Final, assert_never

import attrs
from dateutil.relativedelta import relativedelta

from ..errors import InvalidType, InvalidValue, SalesplanError, clip, require_int, require_text

__all__ = ["Period", "PeriodError", "PeriodKind", "months_after", "plain_period", "require_day"]

_DAY: Final = timedelta(days=1)
_LABEL: Final = re.compile(r"(\d{4})(?:-(?:(\d\d)(?:-(\d\d))?|Q([1-4])|H([12])|W(\d\d)))?\Z", re.ASCII)


class PeriodError(SalesplanError, ValueError):
    """Periods that overlap, leave a gap or do not tile what they should."""


class PeriodKind(Enum):
    """What a period is a piece of."""

    DAY = "day"
    """One day."""
    WEEK = "week"
    """Seven days, or what a year keeps of them at its ends."""
    FRAGMENT = "fragment"
    """The days a week and a month share: the largest pieces of which both are made."""
    MONTH = "month"
    """A calendar month, or a fiscal one of four or five weeks."""
    QUARTER = "quarter"
    """Three months."""
    HALF = "half"
    """Six months."""
    YEAR = "year"
    """Twelve months."""
    CUSTOM = "custom"
    """Any other range of days, such as the 618 sale."""


_MONTHS: Final = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF: 6, PeriodKind.YEAR: 12}


def require_day(value: object, *, name: str) -> date:
    """*value* itself when it is a date and not a datetime.

    Raises: InvalidType: a datetime is a moment, and which day that is depends on the zone.
    >>> require_day(date(2026, 6, 18), name="on").isoformat()
    '2026-06-18'
    """
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidType(f"{name} must be a date without time: {clip(value)}", code="calendar.day", value=value)
    return value


@attrs.frozen
class Period:
    """The days from *start* (included) to *end* (excluded), under a *label*.

    Raises: PeriodError when it holds no day.
    >>> quarter = Period.quarter(2026, 1)
    >>> quarter.label, quarter.days, quarter.last.isoformat(), date(2026, 4, 1) in quarter
    ('2026-Q1', 90, '2026-03-31', False)
    """

    start: date
    end: date
    label: str
    kind: PeriodKind = PeriodKind.CUSTOM

    def __attrs_post_init__(self) -> None:
        require_day(self.start, name="start")
        require_day(self.end, name="end")
        require_text(self.label, code="calendar.label", name="label")
        if not isinstance(self.kind, PeriodKind):
            raise InvalidType(f"kind must be a PeriodKind: {clip(self.kind)}", code="calendar.kind", value=self.kind)
        if self.end <= self.start:
            raise PeriodError(
                f"{clip(self.label)} holds no day: {self.start} .. {self.end}", code="calendar.empty", value=self.end
            )

    @staticmethod
    def of_day(day: date) -> Period:
        """One day, '2026-06-18'."""
        start = require_day(day, name="day")
        return Period(start, _after(start, days=1), start.isoformat(), PeriodKind.DAY)

    @staticmethod
    def week(year: int, number: int) -> Period:
        """An ISO week, Monday to Sunday, of the year that holds its Thursday: '2026-W53'.

        Raises: InvalidValue for a week the year does not have.
        >>> str(Period.week(2025, 1))
        '2025-W01 (2024-12-30 .. 2025-01-05)'
        """
        year = _require_year(year)
        number = require_int(number, code="calendar.week", name="week", low=1, high=53)
        try:
            start = date.fromisocalendar(year, number, 1)
        except ValueError:
            raise InvalidValue(f"{year} has no ISO week {number}", code="calendar.week", value=number) from None
        return Period(start, _after(start, days=7), f"{year:04}-W{number:02}", PeriodKind.WEEK)

    @staticmethod
    def month(year: int, number: int) -> Period:
        """A calendar month, '2026-03'."""
        return _months(year, number, "{:04}-{:02}", PeriodKind.MONTH)

    @staticmethod
    def quarter(year: int, number: int) -> Period:
        """A calendar quarter, '2026-Q1'."""
        return _months(year, number, "{:04}-Q{}", PeriodKind.QUARTER)

    @staticmethod
    def half(year: int, number: int) -> Period:
        """Half a calendar year, '2026-H1'."""
        return _months(year, number, "{:04}-H{}", PeriodKind.HALF)

    @staticmethod
    def year(year: int) -> Period:
        """A calendar year, '2026'."""
        return _months(year, 1, "{:04}", PeriodKind.YEAR)

    @staticmethod
    def custom(start: date, end: date, label: str | None = None) -> Period:
        """Any days, *end* excluded, under a label of your own; without one, '2026-06-01/2026-06-19'.

        >>> Period.custom(date(2026, 6, 1), date(2026, 6, 19), "618").days
        18
        """
        return Period(start, end, f"{start}/{end}" if label is None else label)

    @staticmethod
    def parse(label: str) -> Period:
        """The calendar period of that label: '2026', '2026-H1', '2026-Q1', '2026-03', '2026-W09', '2026-03-08'.

        Raises: InvalidValue for any other text.
        >>> Period.parse("2026-Q2").start.isoformat()
        '2026-04-01'
        """
        match = _LABEL.match(require_text(label, code="calendar.label", name="label"))
        if match is None:
            raise InvalidValue(
                f"a label reads as 2026, 2026-H1, 2026-Q1, 2026-03, 2026-W09 or 2026-03-08: {clip(label)}",
                code="calendar.label",
                value=label,
            )
        year, month, day, quarter, half, week = (None if text is None else int(text) for text in match.groups())
        assert year is not None  # the pattern begins with it
        if day is not None and month is not None:
            try:
                return Period.of_day(date(year, month, day))
            except ValueError:
                raise InvalidValue(f"no such day: {label}", code="calendar.label", value=label) from None
        if month is not None:
            return Period.month(year, month)
        if quarter is not None:
            return Period.quarter(year, quarter)
        if half is not None:
            return Period.half(year, half)
        return Period.year(year) if week is None else Period.week(year, week)

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - _DAY

    def __contains__(self, day: date) -> bool:
        return self.start <= require_day(day, name="day") < self.end

    def __iter__(self) -> Iterator[date]:
        """Its days."""
        return (self.start + timedelta(days=n) for n in range(self.days))

    def holds(self, other: Period) -> bool:
        """Whether every day of *other* is in it."""
        return self.start <= other.start and other.end <= self.end

    def shift(self, count: int) -> Period:
        """The period of the same kind *count* places later (negative: earlier).

        Law: p.shift(a).shift(b) == p.shift(a + b).
        Raises: InvalidValue for a custom, fiscal or cut period: which one is next is its calendar's to say.
        >>> Period.month(2026, 1).shift(-1).label, Period.week(2026, 53).shift(1).label
        ('2025-12', '2027-W01')
        """
        require_int(count, code="calendar.shift", name="count", low=-120_000, high=4_000_000)
        standard = plain_period(self.start, kind=self.kind)
        if standard != self:
            raise InvalidValue(
                f"{clip(self.label)} is not a plain calendar period: ask its calendar for the next one",
                code="calendar.shift",
                value=self.label,
            )
        months = _MONTHS.get(self.kind, 0)
        days = {PeriodKind.DAY: 1, PeriodKind.WEEK: 7}.get(self.kind, 0)
        moved = plain_period(_after(self.start, months=months * count, days=days * count), kind=self.kind)
        assert moved is not None  # it has the kind of self
        return moved

    def __str__(self) -> str:
        return f"{self.label} ({self.start} .. {self.last})"


def plain_period(day: date, *, kind: PeriodKind) -> Period | None:
    """The plain calendar period of *kind* that holds *day*; None for kinds that no calendar has.

    >>> str(plain_period(date(2026, 6, 18), kind=PeriodKind.QUARTER))
    '2026-Q2 (2026-04-01 .. 2026-06-30)'
    """
    require_day(day, name="day")
    match kind:
        case PeriodKind.DAY:
            return Period.of_day(day)
        case PeriodKind.WEEK:
            year, number, _ = day.isocalendar()
            return Period.week(year, number)
        case PeriodKind.MONTH:
            return Period.month(day.year, day.month)
        case PeriodKind.QUARTER:
            return Period.quarter(day.year, (day.month + 2) // 3)
        case PeriodKind.HALF:
            return Period.half(day.year, (day.month + 5) // 6)
        case PeriodKind.YEAR:
            return Period.year(day.year)
        case PeriodKind.CUSTOM | PeriodKind.FRAGMENT:
            return None
        case _:
            assert_never(kind)


def _months(year: int, number: int, label: str, kind: PeriodKind) -> Period:
    size = _MONTHS[kind]
    year = _require_year(year)
    number = require_int(number, code=f"calendar.{kind.value}", name=kind.value, low=1, high=12 // size)
    first = date(year, 1, 1)
    start = first + relativedelta(months=(number - 1) * size)
    return Period(start, _after(first, months=number * size), label.format(year, number), kind)


def _require_year(year: object) -> int:
    return require_int(year, code="calendar.year", name="year", low=1, high=9998)


def months_after(day: date, count: int) -> date:
    """The same day *count* months later (negative: earlier), or the last one of a shorter month.

    Raises: InvalidValue outside the years 1 to 9998.
    >>> months_after(date(2026, 1, 31), 1).isoformat(), months_after(date(2026, 1, 31), 2).isoformat()
    ('2026-02-28', '2026-03-31')
    """
    require_int(count, code="calendar.shift", name="count", low=-120_000, high=120_000)
    return _after(require_day(day, name="day"), months=count)


def _after(day: date, *, months: int = 0, days: int = 0) -> date:
    try:
        return (day + relativedelta(months=months) if months else day) + timedelta(days=days)
    except (OverflowError, ValueError):
        raise InvalidValue("the calendar ends with the years 1 and 9998", code="calendar.range", value=day) from None
