"""Which day a day is compared with, year on year (同比).

It needs an alignment, and each leaves something out. By date the weekdays move, and 29 February and its eve share one
day. By week the dates move by one or two days, and after 53 weeks the numbers of the weeks slip against the seasons:
comparing by number is NOMINAL, moving the longer year on by a week is RESTATED. By event (618, Double 11, Spring
Festival) neither date nor weekday stays, only the distance to the event. A day without a counterpart gets None.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from enum import Enum
from typing import Final, TypeAlias, assert_never

import attrs
from dateutil.relativedelta import relativedelta

from ..errors import InvalidType, InvalidValue, NotFound, clip, listed, require_instance, require_int, require_text
from .fiscal import FiscalCalendar
from .period import Period, require_day

__all__ = ["AfterWeek53", "Alignment", "ByDate", "ByEvent", "ByWeek", "comparable_day", "comparison_map"]

_YEAR_OF_WEEKS: Final = timedelta(weeks=52)


class AfterWeek53(Enum):
    """What the weeks of the year after one of 53 weeks are compared with."""

    NOMINAL = "nominal"
    """The weeks of the same number: week 1 of FY2024 with week 1 of FY2023, 371 days earlier."""
    RESTATED = "restated"
    """The weeks of the next number, 364 days earlier: week 1 of FY2024 with week 2 of FY2023."""


@attrs.frozen
class ByDate:
    """The same date a year earlier; 29 February with 28 February.

    >>> comparable_day(date(2024, 2, 29), ByDate()).isoformat()
    '2023-02-28'
    """


@attrs.frozen(kw_only=True)
class ByWeek:
    """The same weekday: 52 weeks earlier, or with a *calendar* of whole weeks in the same week of its year before.

    A calendar needs *after_53*, since the answer after a year of 53 weeks depends on it. Week 53 has no counterpart.
    Raises: InvalidValue when one is given without the other, or the calendar has no week rule.
    >>> comparable_day(date(2026, 6, 18), ByWeek()).isoformat()  # both are Thursdays
    '2025-06-19'
    """

    calendar: FiscalCalendar | None = None
    after_53: AfterWeek53 | None = None

    def __attrs_post_init__(self) -> None:
        if self.calendar is not None:
            require_instance(self.calendar, FiscalCalendar, code="calendar.fiscal", name="calendar")
            if self.calendar.weeks is None:
                raise InvalidValue(
                    "this calendar has no week rule, its years cut weeks: use ByWeek() without it",
                    code="calendar.alignment",
                    value=self.calendar,
                )
        if self.after_53 is not None:
            require_instance(self.after_53, AfterWeek53, code="calendar.alignment", name="after_53")
        if (self.calendar is None) is not (self.after_53 is None):
            raise InvalidValue(
                "calendar and after_53 go together: give both, or neither for 52 weeks earlier",
                code="calendar.alignment",
                value=self.after_53,
            )


def _editions(given: Mapping[int, date] | Iterable[tuple[int, date]]) -> tuple[tuple[int, date], ...]:
    pairs = listed(given.items() if isinstance(given, Mapping) else given, code="calendar.event", name="dates")
    found: dict[int, date] = {}
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise InvalidType(f"dates map years to days: {clip(pair)}", code="calendar.event", value=pair)
        year = require_int(pair[0], code="calendar.event", name="year")
        day = require_day(pair[1], name="event")
        if day.year != year or year in found:
            raise InvalidValue(
                f"one day of the year {clip(year)} is needed for it, not {day}", code="calendar.event", value=day
            )
        found[year] = day
    return tuple(sorted(found.items()))


@attrs.frozen
class ByEvent:
    """The day as far from the event a year earlier: the eve with the eve. *dates* maps years to the day of the event.

    A day belongs to the event of its calendar year; a period that crosses New Year to the one event inside it.
    Raises: NotFound when used for a year whose event, or the one before, is not in *dates*.
    >>> festival = ByEvent("Spring Festival", {2025: date(2025, 1, 29), 2026: date(2026, 2, 17)})
    >>> comparable_day(date(2026, 2, 16), festival).isoformat()
    '2025-01-28'
    """

    name: str
    dates: tuple[tuple[int, date], ...] = attrs.field(converter=_editions)

    def __attrs_post_init__(self) -> None:
        require_text(self.name, code="calendar.event", name="name")

    def in_year(self, year: int) -> date:
        """The day of the event in *year*.

        Raises: NotFound.
        """
        found = dict(self.dates).get(require_int(year, code="calendar.event", name="year"))
        if found is None:
            known = [known for known, _ in self.dates]
            raise NotFound(
                f"no date of {clip(self.name)} in {clip(year)}; there are {clip(known)}",
                code="calendar.no_such_event",
                value=year,
            )
        return found


Alignment: TypeAlias = ByDate | ByWeek | ByEvent


def comparable_day(day: date, align: Alignment) -> date | None:
    """The day a year earlier that *day* is compared with; None for one of a week 53.

    Raises: NotFound for an event that is not known; InvalidValue at the beginning of the calendar.
    >>> nrf = ByWeek(calendar=FiscalCalendar.nrf(), after_53=AfterWeek53.RESTATED)
    >>> comparable_day(date(2024, 2, 4), nrf).isoformat(), comparable_day(date(2024, 2, 3), nrf)
    ('2023-02-05', None)
    """
    return _matcher(Period.of_day(day), align)(day)


def comparison_map(period: Period, align: Alignment) -> tuple[tuple[date, date | None], ...]:
    """Each day of *period* with the day it is compared with.

    Shape: one pair a day, in order.
    Raises: what `comparable_day` raises; InvalidValue for a period across New Year that does not hold one event.
    """
    match_day = _matcher(require_instance(period, Period, code="calendar.period", name="period"), align)
    return tuple((day, match_day(day)) for day in period)


def _matcher(period: Period, align: Alignment) -> Callable[[date], date | None]:
    """What each day of *period* is compared with."""
    match align:
        case ByDate():
            return _year_before
        case ByWeek(calendar=None):
            return lambda day: _moved(day, days=-_YEAR_OF_WEEKS.days)
        case ByWeek(calendar=calendar, after_53=after_53):
            assert calendar is not None  # a ByWeek without it is the case above
            assert after_53 is not None
            return _by_fiscal_week(period, calendar, after_53)
        case ByEvent():
            year = _event_year(period, align)
            days = (align.in_year(year - 1) - align.in_year(year)).days
            return lambda day: _moved(day, days=days)
        case _:
            raise InvalidType(
                f"align is ByDate, ByWeek or ByEvent: {clip(align)}", code="calendar.alignment", value=align
            )


def _year_before(day: date) -> date:
    if day.year == 1:
        raise InvalidValue("the calendar ends with the year 1", code="calendar.range", value=day)
    return day + relativedelta(years=-1)


def _moved(day: date, *, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise InvalidValue("the calendar ends with the year 1", code="calendar.range", value=day) from None


def _by_fiscal_week(period: Period, calendar: FiscalCalendar, after_53: AfterWeek53) -> Callable[[date], date | None]:
    first, last = (calendar.year_of(day).number for day in (period.start, period.last))
    years = [calendar.year(number).period for number in range(first - 1, last + 1)]
    starts = [year.start for year in years]

    def match_day(day: date) -> date | None:
        at = bisect_right(starts, day) - 1
        match after_53:
            case AfterWeek53.NOMINAL:
                found = day - timedelta(days=years[at - 1].days)
            case AfterWeek53.RESTATED:
                found = day - _YEAR_OF_WEEKS
            case _:
                assert_never(after_53)
        return found if found < starts[at] else None  # not in the year before: a week 53

    return match_day


def _event_year(period: Period, event: ByEvent) -> int:
    """The year whose event *period* belongs to."""
    if period.start.year == period.last.year:
        return period.start.year
    inside = [year for year, day in event.dates if day in period]
    if len(inside) != 1:
        raise InvalidValue(
            f"{clip(period.label)} crosses New Year and holds {len(inside)} dates of {clip(event.name)}: split it",
            code="calendar.event",
            value=period.label,
        )
    return inside[0]
