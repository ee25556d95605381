"""Strategies for days, periods, calendars and alignments, with the ends of months and years made common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from salesplan.calendar import (
    AfterWeek53,
    ByDate,
    ByEvent,
    ByWeek,
    FiscalCalendar,
    Pattern,
    Period,
    PeriodKind,
    Weekday,
    WeekRule,
    WorkCalendar,
    YearEnd,
    YearLabel,
    plain_period,
)
from salesplan.rate import Rate

DAY = timedelta(days=1)
WEEKDAYS = tuple(Weekday)
FESTIVAL = {2024: date(2024, 2, 10), 2025: date(2025, 1, 29), 2026: date(2026, 2, 17)}

years = st.one_of(st.sampled_from([2000, 2020, 2023, 2024, 2026, 2032]), st.integers(1990, 2060))

near_edges = st.builds(
    lambda year, month, offset: date(year, month, 1) + timedelta(days=offset),
    years,
    st.sampled_from([1, 2, 3, 3, 4, 12]),
    st.integers(-4, 4),
)
days = st.one_of(near_edges, st.dates(date(1990, 1, 1), date(2060, 12, 31)))

weekdays = st.sampled_from(Weekday)

# --- periods ---------------------------------------------------------------------------------------------

plain_kinds = st.sampled_from(
    [PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF, PeriodKind.YEAR]
)


def _plain(day: date, kind: PeriodKind) -> Period:
    found = plain_period(day, kind=kind)
    assert found is not None
    return found


plain_periods = st.builds(_plain, days, plain_kinds)
customs = st.builds(
    lambda day, length: Period.custom(day, day + timedelta(days=length)), days, st.integers(1, 500) | st.integers(1, 9)
)
periods = st.one_of(plain_periods, customs)


@st.composite
def rows(draw: st.DrawFn) -> list[Period]:
    """Give periods that follow each other, with labels of their own."""
    cuts = [draw(days)]
    for length in draw(st.lists(st.integers(1, 9), min_size=1, max_size=8)):
        cuts.append(cuts[-1] + timedelta(days=length))
    return [Period(cuts[at], cuts[at + 1], f"p{at}") for at in range(len(cuts) - 1)]


# --- fiscal calendars ------------------------------------------------------------------------------------

month_calendars = st.builds(
    FiscalCalendar,
    start_month=st.integers(1, 12),
    label=st.sampled_from(YearLabel),
    start_day=st.sampled_from([1, 1, 2, 15, 28, 29, 30, 31]),
    week_start=weekdays,
)
week_rules = st.builds(
    WeekRule,
    pattern=st.sampled_from(Pattern),
    year_end=st.sampled_from(YearEnd),
    extra_week_in=st.just(12) | st.integers(1, 12),
)
week_calendars = st.one_of(
    st.just(FiscalCalendar.nrf()),
    st.just(FiscalCalendar.iso()),
    st.builds(
        FiscalCalendar,
        start_month=st.integers(1, 12),
        label=st.sampled_from(YearLabel),
        week_start=weekdays,
        weeks=week_rules,
    ),
)
calendars = st.one_of(st.just(FiscalCalendar.gregorian()), month_calendars, week_calendars)

# --- working days ----------------------------------------------------------------------------------------

counts = st.sampled_from([Rate(0), Rate(1, 2), Rate(1, 3), Rate(1), Rate(3, 2), Rate(2)])


def _work_calendar(
    first: date,
    length: int,
    special: dict[int, tuple[str, Rate]],
    weekend: Iterable[Weekday],
    weekly: dict[Weekday, Rate],
) -> WorkCalendar:
    given = {first + timedelta(days=at % length): said for at, said in special.items()}
    weights: dict[Weekday | date, Rate] = {
        day: count for day, (sort, count) in sorted(given.items()) if sort in ("weight", "both")
    }
    return WorkCalendar(
        first=first,
        until=first + timedelta(days=length),
        weekend=weekend,
        holidays=[day for day, (sort, _) in given.items() if sort == "holiday"],
        make_up=[day for day, (sort, _) in given.items() if sort in ("make-up", "both")],
        weights=weights | dict(weekly),
    )


# A few weeks in which every kind of special day occurs.
work_calendars = st.builds(
    _work_calendar,
    days,
    st.integers(1, 40),
    st.dictionaries(
        st.integers(0, 39),
        st.tuples(st.sampled_from(["holiday", "holiday", "make-up", "weight", "both"]), counts),
        max_size=8,
    ),
    st.sampled_from([(), WEEKDAYS[5:], WEEKDAYS[6:], WEEKDAYS[4:6]]) | st.frozensets(weekdays),
    st.dictionaries(weekdays, counts, max_size=2),
)


def days_of(calendar: WorkCalendar) -> Iterator[date]:
    """Give the days it covers."""
    return (calendar.first + timedelta(days=at) for at in range((calendar.until - calendar.first).days))


# --- alignments ------------------------------------------------------------------------------------------

by_fiscal_week = st.builds(ByWeek, calendar=week_calendars, after_53=st.sampled_from(AfterWeek53))

EVERY_YEAR = ByEvent("618", {year: date(year, 6, 18) for year in range(1980, 2070)})

alignments: st.SearchStrategy[Any] = st.one_of(
    st.just(ByDate()), st.just(ByWeek()), by_fiscal_week, st.just(EVERY_YEAR)
)
