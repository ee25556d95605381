"""Fiscal calendars: years of twelve months that begin anywhere, and retail years of 52 or 53 whole weeks.

Without a week rule the months are calendar months moved to begin on `start_day`; each start is counted from the first
of its own month, so that a 31st is the last day of a short month and the 31st again after it. Weeks cross such months:
a year keeps what lies inside it, and its *fragments*, what a week shares with a month, make up both.

With a `WeekRule` the year begins on a `week_start` near the nominal start, the first of `start_month`, and is made of
whole weeks. There a week never crosses a month, and the weeks are the fragments.

A year is labelled by the nominal start or end, never by where its weeks fall. Which of the two has no default: the
same year is 2021 to one company and 2022 to the next.
Source: NRF 4-5-4 calendar; pandas FY5253; ISO 8601. Left out: years of 13 equal months.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Final, assert_never

import attrs
from dateutil.relativedelta import relativedelta

from ..errors import InvalidValue, require_instance, require_int
from ..window import Weekday
from .period import Period, PeriodKind, require_day
from .periods import Periods
from .week_rule import Pattern, WeekRule, YearEnd, week_start_of, year_start

__all__ = ["FiscalCalendar", "FiscalYear", "YearLabel"]

_WEEK: Final = timedelta(days=7)
_YEARS: Final = (3, 9997)  # so that every day of a year and of its neighbours exists


class YearLabel(Enum):
    """By which of its two calendar years a fiscal year is called. Years from 1 January have only one."""

    START = "start"
    """The one in which it nominally starts: April 2026 to March 2027 is 2026."""
    END = "end"
    """The one in which it nominally ends: April 2026 to March 2027 is 2027."""


@attrs.frozen(kw_only=True)
class FiscalCalendar:
    """The rule by which fiscal years follow each other.

    Law: every day lies in exactly one fiscal year; a year ends where the next one starts.
    Raises: InvalidValue for a month or day that is none, and for a start day other than 1 with a week rule.
    >>> april = FiscalCalendar(start_month=4, label=YearLabel.END)
    >>> april.year_of(date(2026, 6, 18)).label, str(april.year(2027).months[0])
    ('FY2027', 'FY2027-P01 (2026-04-01 .. 2026-04-30)')
    """

    start_month: int
    label: YearLabel
    start_day: int = 1
    week_start: Weekday = Weekday.MONDAY
    weeks: WeekRule | None = None

    def __attrs_post_init__(self) -> None:
        require_int(self.start_month, code="calendar.start_month", name="start_month", low=1, high=12)
        require_instance(self.label, YearLabel, code="calendar.year_label", name="label")
        require_int(self.start_day, code="calendar.start_day", name="start_day", low=1, high=31)
        require_instance(self.week_start, Weekday, code="calendar.week_start", name="week_start")
        if self.weeks is not None:
            require_instance(self.weeks, WeekRule, code="calendar.week_rule", name="weeks")
            if self.start_day != 1:
                raise InvalidValue(
                    f"a year of whole weeks starts near the first of a month; start_day is 1 there: {self.start_day}",
                    code="calendar.start_day",
                    value=self.start_day,
                )

    @staticmethod
    def gregorian() -> FiscalCalendar:
        """The plain calendar: years from 1 January, weeks from Monday, numbered by ISO 8601."""
        return FiscalCalendar(start_month=1, label=YearLabel.START)

    @staticmethod
    def calendar_year(year: int) -> FiscalYear:
        """One year of the plain calendar.

        >>> FiscalCalendar.calendar_year(2026).months.labels[:3]
        ('2026-01', '2026-02', '2026-03')
        """
        return FiscalCalendar.gregorian().year(year)

    @staticmethod
    def nrf() -> FiscalCalendar:
        """The 4-5-4 calendar of the National Retail Federation: Sunday weeks to the Saturday nearest 31 January.

        >>> year = FiscalCalendar.nrf().year(2023)
        >>> str(year.period), len(year.weeks)
        ('FY2023 (2023-01-29 .. 2024-02-03)', 53)
        """
        return FiscalCalendar(
            start_month=2,
            label=YearLabel.START,
            week_start=Weekday.SUNDAY,
            weeks=WeekRule(pattern=Pattern.P454, year_end=YearEnd.NEAREST),
        )

    @staticmethod
    def iso() -> FiscalCalendar:
        """The ISO 8601 week year: Monday weeks to the Sunday nearest 31 December; months of 4, 4 and 5 weeks.

        >>> FiscalCalendar.iso().year_of(date(2027, 1, 3)).weeks[-1] == Period.week(2026, 53)
        True
        """
        rule = WeekRule(pattern=Pattern.P445, year_end=YearEnd.NEAREST)
        return FiscalCalendar(start_month=1, label=YearLabel.START, weeks=rule)

    def year(self, label: int) -> FiscalYear:
        """The fiscal year called *label*.

        Raises: InvalidValue outside 3 to 9997.
        """
        return FiscalYear(self, label)

    def year_of(self, day: date) -> FiscalYear:
        """The fiscal year that holds *day*.

        Raises: InvalidValue near the ends of the calendar.
        >>> FiscalCalendar.nrf().year_of(date(2024, 2, 3)).number
        2023
        """
        number, low, high = require_day(day, name="day").year, _YEARS[0] + 1, _YEARS[1] - 1
        nominal = require_int(number, code="calendar.year", name="year", low=low, high=high) + 1
        while self._start(nominal) > day:
            nominal -= 1
        return FiscalYear(self, nominal + self._label_offset)

    @property
    def _label_offset(self) -> int:
        """How far the label is ahead of the nominal year."""
        match self.label:
            case YearLabel.START:
                return 0
            case YearLabel.END:
                return int((self.start_month, self.start_day) != (1, 1))
            case _:
                assert_never(self.label)

    @property
    def _is_plain(self) -> bool:
        return self.weeks is None and (self.start_month, self.start_day) == (1, 1)

    @property
    def _has_iso_weeks(self) -> bool:
        iso_years = self.start_month == 1 and self.weeks is not None and self.weeks.year_end is YearEnd.NEAREST
        return self.week_start is Weekday.MONDAY and (self._is_plain or iso_years)

    def _start(self, nominal: int) -> date:
        if self.weeks is None:
            return self._month_start(nominal, 0)
        return year_start(self.weeks, date(nominal, self.start_month, 1), self.week_start)

    def _month_start(self, nominal: int, months: int) -> date:
        return date(nominal, self.start_month, 1) + relativedelta(months=months, day=self.start_day)


@attrs.frozen
class FiscalYear:
    """One year of a calendar and every row of periods in it; each row knows the larger periods it makes up.

    Law: every day of the year lies in exactly one month, one week and one fragment.
    >>> year = FiscalCalendar.calendar_year(2026)
    >>> [str(each) for each in year.fragments.within("2026-W09")]
    ['2026-W09/2026-02 (2026-02-23 .. 2026-02-28)', '2026-W09/2026-03 (2026-03-01 .. 2026-03-01)']
    """

    calendar: FiscalCalendar
    number: int

    def __attrs_post_init__(self) -> None:
        require_instance(self.calendar, FiscalCalendar, code="calendar.fiscal", name="calendar")
        require_int(self.number, code="calendar.year", name="year", low=_YEARS[0], high=_YEARS[1])

    @property
    def label(self) -> str:
        """'2026' for the plain calendar, else 'FY2026'."""
        return f"{self.number:04}" if self.calendar._is_plain else f"FY{self.number:04}"

    @property
    def period(self) -> Period:
        """The whole year."""
        return Period(self._month_starts[0], self._month_starts[-1], self.label, PeriodKind.YEAR)

    @cached_property
    def halves(self) -> Periods:
        """Two, '2026-H1' or 'FY2026-H1', that make up the year."""
        return self._of_months(6, PeriodKind.HALF, "H{}", (self.period,))

    @cached_property
    def quarters(self) -> Periods:
        """Four, '2026-Q1' or 'FY2026-Q1', that make up halves and the year."""
        return self._of_months(3, PeriodKind.QUARTER, "Q{}", (*self.halves, *self.halves.groups))

    @cached_property
    def months(self) -> Periods:
        """Twelve, '2026-03' or 'FY2026-P03', that make up quarters, halves and the year."""
        text = "{:02}" if self.calendar._is_plain else "P{:02}"
        return self._of_months(1, PeriodKind.MONTH, text, (*self.quarters, *self.quarters.groups))

    @cached_property
    def weeks(self) -> Periods:
        """What the year keeps of each week: '2026-W11' where weeks are those of ISO 8601, else 'FY2026-W11'.

        ISO numbers are those of the whole week, other numbers count from the start of the year. They make up the
        year, and with a week rule its months, quarters and halves.
        """
        whole = self.period
        begins = [week_start_of(whole.start, self.calendar.week_start)]
        while begins[-1] + _WEEK < whole.end:
            begins.append(begins[-1] + _WEEK)
        rows = (
            Period(max(begin, whole.start), min(begin + _WEEK, whole.end), self._week_label(begin, at), PeriodKind.WEEK)
            for at, begin in enumerate(begins, start=1)
        )
        return Periods(rows, groups=(whole,) if self.calendar.weeks is None else (*self.months, *self.months.groups))

    @cached_property
    def fragments(self) -> Periods:
        """What each week shares with each month, '2026-W09/2026-02'; with a week rule these are the weeks.

        They make up weeks, months, quarters, halves and the year.
        """
        if self.calendar.weeks is not None:
            return self.weeks
        months, kind = self.months, PeriodKind.FRAGMENT
        rows = (
            Period(max(week.start, month.start), min(week.end, month.end), f"{week.label}/{month.label}", kind)
            for week in self.weeks
            for month in months[months.at(week.start) : months.at(week.last) + 1]
        )
        return Periods(rows, groups=(*self.weeks, *self.months, *self.months.groups))

    @cached_property
    def days(self) -> Periods:
        """Its days, '2026-03-08', that make up every other row."""
        rows = (Period.of_day(day) for day in self.period)
        if self.calendar.weeks is not None:
            return Periods(rows, groups=(*self.weeks, *self.weeks.groups))
        return Periods(rows, groups=(*self.fragments, *self.fragments.groups))

    def row(self, kind: PeriodKind) -> Periods:
        """The row of that kind.

        Raises: InvalidValue for CUSTOM, of which no year has a row.
        >>> len(FiscalCalendar.calendar_year(2026).row(PeriodKind.QUARTER))
        4
        """
        match require_instance(kind, PeriodKind, code="calendar.kind", name="kind"):
            case PeriodKind.DAY:
                return self.days
            case PeriodKind.WEEK:
                return self.weeks
            case PeriodKind.FRAGMENT:
                return self.fragments
            case PeriodKind.MONTH:
                return self.months
            case PeriodKind.QUARTER:
                return self.quarters
            case PeriodKind.HALF:
                return self.halves
            case PeriodKind.YEAR:
                return Periods((self.period,))
            case PeriodKind.CUSTOM:
                raise InvalidValue("no year has a row of custom periods", code="calendar.kind", value=kind)
            case _:
                assert_never(kind)

    @cached_property
    def _month_starts(self) -> tuple[date, ...]:
        """The thirteen days on which its months and the next year start."""
        calendar, nominal = self.calendar, self.number - self.calendar._label_offset
        if calendar.weeks is None:
            return tuple(calendar._month_start(nominal, months) for months in range(13))
        start = calendar._start(nominal)
        weeks = (calendar._start(nominal + 1) - start).days // 7
        return tuple(start + count * _WEEK for count in accumulate(calendar.weeks.month_weeks(weeks), initial=0))

    def _of_months(self, size: int, kind: PeriodKind, text: str, groups: tuple[Period, ...]) -> Periods:
        starts = pairwise(self._month_starts[::size])
        rows = (
            Period(start, end, f"{self.label}-{text.format(at)}", kind)
            for at, (start, end) in enumerate(starts, start=1)
        )
        return Periods(rows, groups=groups)

    def _week_label(self, begin: date, number: int) -> str:
        if not self.calendar._has_iso_weeks:
            return f"FY{self.number:04}-W{number:02}"
        year, number, _ = begin.isocalendar()
        return f"{year:04}-W{number:02}"
