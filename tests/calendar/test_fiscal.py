"""Fiscal years: by months or by whole weeks, every day in one of each, and the years of other people's calendars."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.calendar import (
    FiscalCalendar,
    FiscalYear,
    Pattern,
    Period,
    PeriodKind,
    Periods,
    Weekday,
    WeekRule,
    YearEnd,
    YearLabel,
)
from salesplan.errors import InvalidType, InvalidValue
from tests.calendar.strategies import (
    DAY,
    WEEKDAYS,
    calendars,
    days,
    month_calendars,
    week_calendars,
    week_rules,
    weekdays,
    years,
)
from tests.strategies import HOSTILE, anything, refusal
from tests.worked import table

PAGE = "calendars.md"
NRF, ISO, PLAIN = FiscalCalendar.nrf(), FiscalCalendar.iso(), FiscalCalendar.gregorian()
GROUPED = (PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.FRAGMENT, PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF)


def day(text: str) -> date:
    return date.fromisoformat(text)


def starting(text: str, label: YearLabel) -> FiscalCalendar:
    """Give the calendar of years that start on a day like '12-29'."""
    month, start_day = text.split("-")
    return FiscalCalendar(start_month=int(month), start_day=int(start_day), label=label)


# --- worked tables ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "NRF years"), ids=lambda row: row["year"])
def test_nrf_year_follows_the_worked_table(row: dict[str, str]) -> None:
    year = NRF.year(int(row["year"]))
    assert (year.period.start, year.period.last, len(year.weeks)) == (
        day(row["first"]),
        day(row["last"]),
        int(row["weeks"]),
    )
    assert NRF.year_of(day(row["first"])) == NRF.year_of(day(row["last"])) == year


@given(years)
def test_nrf_adds_week_53_where_four_january_days_remain(number: int) -> None:
    year = NRF.year(number)
    left = (date(number + 1, 1, 31) - (year.period.start + timedelta(weeks=52, days=-1))).days
    assert len(year.weeks) == (53 if left >= 4 else 52)


@pytest.mark.parametrize("row", table(PAGE, "NRF months"), ids=lambda row: row["month"])
def test_nrf_month_follows_the_worked_table(row: dict[str, str]) -> None:
    assert NRF.year(2014).months[int(row["month"]) - 1].start == day(row["first"])


@pytest.mark.parametrize("row", table(PAGE, "Patterns"), ids=lambda row: f"{row['pattern']}-{row['month']}")
def test_pattern_follows_the_worked_table(row: dict[str, str]) -> None:
    rule = WeekRule(pattern=Pattern[row["pattern"]], year_end=YearEnd.NEAREST)
    year = attrs.evolve(NRF, weeks=rule).year(2020)
    assert str(year.period) == "FY2020 (2020-02-02 .. 2021-01-30)"
    month = year.months[int(row["month"]) - 1]
    assert (month.start, month.last) == (day(row["first"]), day(row["last"]))


@pytest.mark.parametrize("row", table(PAGE, "ISO weeks"), ids=lambda row: row["day"])
def test_iso_week_follows_the_worked_table(row: dict[str, str]) -> None:
    asked = day(row["day"])
    for year in (ISO.year_of(asked), PLAIN.year_of(asked)):  # whole weeks, and what a calendar year keeps of them
        assert year.weeks[year.weeks.at(asked)].label == row["week"]


def test_iso_years_with_53_weeks() -> None:
    assert [number for number in range(2015, 2033) if len(ISO.year(number).weeks) == 53] == [2015, 2020, 2026, 2032]


@given(days)
def test_iso_weeks_are_those_of_the_standard_library(asked: date) -> None:
    year, week, _ = asked.isocalendar()
    found = ISO.year_of(asked)
    assert found.number == year
    assert found.weeks.at(asked) == week - 1
    assert found.weeks[week - 1] == Period.week(year, week)


@pytest.mark.parametrize("row", table(PAGE, "Year labels"), ids=lambda row: f"{row['starts']} {row['day']}")
def test_label_follows_the_worked_table(row: dict[str, str]) -> None:
    for label in YearLabel:
        calendar = starting(row["starts"], label)
        year = calendar.year_of(day(row["day"]))
        assert year.number == int(row[label.name])
        assert day(row["day"]) in year.period


def test_label_has_no_default() -> None:
    with pytest.raises(TypeError, match="label"):
        FiscalCalendar(start_month=4)  # type: ignore[call-arg]


@pytest.mark.parametrize("row", table(PAGE, "A start on 29 December"), ids=lambda row: row["day"])
def test_a_start_on_29_december_follows_the_worked_table(row: dict[str, str]) -> None:
    year = starting("12-29", YearLabel.END).year(2021)
    assert year.months.at(day(row["day"])) == int(row["month"]) - 1


@pytest.mark.parametrize("row", table(PAGE, "A start on the 31st"), ids=lambda row: row["month"])
def test_a_start_on_the_31st_follows_the_worked_table(row: dict[str, str]) -> None:
    for number in (2022, 2023):
        year = starting("10-31", YearLabel.START).year(number)
        assert year.months[int(row["month"]) - 1].start == day(row[str(number)])


@pytest.mark.parametrize("row", table(PAGE, "Fragments"), ids=lambda row: row["fragment"])
def test_fragment_follows_the_worked_table(row: dict[str, str]) -> None:
    year = FiscalCalendar.calendar_year(2026)
    first, until = year.fragments.span(row["fragment"])
    (found,) = year.fragments[first:until]
    assert (found.start, found.last, found.kind) == (day(row["first"]), day(row["last"]), PeriodKind.FRAGMENT)


# --- the slow obvious version ----------------------------------------------------------------------------


def month_start_slowly(year: int, month: int, start_day: int) -> date:
    """Try the days down from *start_day* until the month has it."""
    while True:
        try:
            return date(year + (month - 1) // 12, (month - 1) % 12 + 1, start_day)
        except ValueError:
            start_day -= 1


@cache
def start_slowly(calendar: FiscalCalendar, nominal: int) -> date:
    """Walk from the last nominal day to a weekday that ends a week."""
    first = month_start_slowly(nominal, calendar.start_month, calendar.start_day)
    if calendar.weeks is None:
        return first
    ends_week = (WEEKDAYS.index(calendar.week_start) - 1) % 7
    steps = range(0, -7, -1) if calendar.weeks.year_end is YearEnd.LAST else (0, -1, 1, -2, 2, -3, 3)
    (last,) = [first + (step - 1) * DAY for step in steps if (first + (step - 1) * DAY).weekday() == ends_week]
    return last + DAY


def months_slowly(calendar: FiscalCalendar, nominal: int) -> list[date]:
    """Give the thirteen days on which the months and the next year start."""
    if calendar.weeks is None:
        month = calendar.start_month
        return [month_start_slowly(nominal, month + at, calendar.start_day) for at in range(13)]
    start, end = start_slowly(calendar, nominal), start_slowly(calendar, nominal + 1)
    sizes = {Pattern.P445: [4, 4, 5], Pattern.P454: [4, 5, 4], Pattern.P544: [5, 4, 4]}[calendar.weeks.pattern] * 4
    if (end - start).days == 53 * 7:
        sizes[calendar.weeks.extra_week_in - 1] += 1
    starts = [start]
    for size in sizes:
        starts.append(starts[-1] + timedelta(weeks=size))
    return starts


@given(calendars, years)
@example(FiscalCalendar(start_month=2, start_day=31, label=YearLabel.END), 2024)
def test_year_is_the_one_found_slowly(calendar: FiscalCalendar, number: int) -> None:
    year = calendar.year(number)
    january = (calendar.start_month, calendar.start_day) == (1, 1)
    nominal = number - 1 if calendar.label is YearLabel.END and not january else number
    starts = months_slowly(calendar, nominal)
    assert [month.start for month in year.months] == starts[:-1]
    assert year.period.start == starts[0]
    assert year.period.end == starts[-1] == start_slowly(calendar, nominal + 1)
    assert [each.start for each in year.quarters] == starts[:-1:3]
    assert [each.start for each in year.halves] == starts[:-1:6]


@given(calendars, years)
def test_fragments_are_the_days_of_one_week_and_one_month(calendar: FiscalCalendar, number: int) -> None:
    year = calendar.year(number)
    weekday = WEEKDAYS.index(calendar.week_start)
    starts = {month.start for month in year.months}
    listed = list(year.period)
    weeks = [each for each in listed if each.weekday() == weekday or each == listed[0]]
    fragments = [each for each in listed if each.weekday() == weekday or each in starts]
    for row, begins in ((year.weeks, weeks), (year.fragments, fragments)):
        assert [each.start for each in row] == begins
        assert [each.end for each in row] == [*begins[1:], year.period.end]


# --- laws ------------------------------------------------------------------------------------------------


@given(calendars, days)
def test_every_day_lies_in_exactly_one_of_each(calendar: FiscalCalendar, asked: date) -> None:
    year = calendar.year_of(asked)
    assert asked in year.period
    assert not any(asked in calendar.year(year.number + step).period for step in (-1, 1))
    for kind in GROUPED[1:]:
        row = year.row(kind)
        assert (row.start, row.end) == (year.period.start, year.period.end)  # no row reaches into other years
        assert [period.label for period in row if period.start <= asked < period.end] == [row[row.at(asked)].label]


@given(calendars, years)
def test_years_touch_and_know_their_days(calendar: FiscalCalendar, number: int) -> None:
    year, following = calendar.year(number), calendar.year(number + 1)
    assert year.period.end == following.period.start
    assert calendar.year_of(year.period.start) == calendar.year_of(year.period.last) == year
    assert calendar.year_of(year.period.end) == following


MONTHLY = {  # what each row makes up; a half that happens to be whole weeks in one year is not a rule
    "day": ["fragment", "week", "month", "quarter", "half", "year"],
    "fragment": ["week", "month", "quarter", "half", "year"],
    "week": ["year"],
    "month": ["quarter", "half", "year"],
    "quarter": ["half", "year"],
    "half": ["year"],
    "year": [],
}
WEEKLY = {**MONTHLY, "week": MONTHLY["month"] + ["month"], "fragment": MONTHLY["month"] + ["month"]}


@given(calendars, years)
def test_rows_cover_the_year_and_make_up_what_is_larger(calendar: FiscalCalendar, number: int) -> None:
    year = calendar.year(number)
    rows = {name: year.row(PeriodKind(name)) for name in MONTHLY}
    members = {name: set(row) for name, row in rows.items() if name != "day"}  # no row is made of days
    for name, larger in (MONTHLY if calendar.weeks is None else WEEKLY).items():
        assert (rows[name].start, rows[name].end) == (year.period.start, year.period.end)
        assert set(rows[name].groups) == set().union(*(members[kind] for kind in larger))


@given(calendars, years)
def test_labels_are_unique_in_a_year_and_fragments_across_years(calendar: FiscalCalendar, number: int) -> None:
    near = [calendar.year(number + step) for step in (-1, 0, 1)]
    labels = [label for year in near for label in year.fragments.labels]
    assert len(labels) == len(set(labels))
    made = [period for kind in GROUPED[1:] for period in near[1].row(kind)]
    named = {period.label: period for period in made}
    assert all(named[period.label] == period for period in made)


@given(month_calendars, years)
def test_weeks_begin_on_their_day_and_only_the_ends_are_cut(calendar: FiscalCalendar, number: int) -> None:
    weeks = calendar.year(number).weeks
    assert all(week.start.weekday() == WEEKDAYS.index(calendar.week_start) for week in weeks[1:])
    assert all(week.days == 7 for week in weeks[1:-1])
    assert 1 <= weeks[0].days <= 7
    assert 1 <= weeks[-1].days <= 7


@given(week_calendars, years)
def test_week_years_are_whole_weeks(calendar: FiscalCalendar, number: int) -> None:
    year = calendar.year(number)
    assert all(week.days == 7 for week in year.weeks)
    assert len(year.weeks) in (52, 53)
    assert year.fragments == year.weeks
    assert calendar.weeks is not None
    sizes = calendar.weeks.month_weeks(len(year.weeks))
    assert [month.days for month in year.months] == [7 * size for size in sizes]


@given(week_rules, st.sampled_from([52, 53]))
def test_month_weeks_make_up_the_year(rule: WeekRule, weeks: int) -> None:
    sizes = rule.month_weeks(weeks)
    assert (len(sizes), sum(sizes)) == (12, weeks)
    plain = rule.month_weeks(52)
    moved = {at for at in range(12) if sizes[at] != plain[at]}
    assert moved == ({rule.extra_week_in - 1} if weeks == 53 else set())
    assert [sum(plain[at : at + 3]) for at in (0, 3, 6, 9)] == [13] * 4


@given(weekdays, st.integers(1, 12), years)
def test_year_end_is_near_or_before_the_nominal_one(week_start: Weekday, month: int, number: int) -> None:
    nominal = date(number, month, 1)
    for year_end, offsets in ((YearEnd.NEAREST, range(-3, 4)), (YearEnd.LAST, range(-6, 1))):
        rule = WeekRule(pattern=Pattern.P445, year_end=year_end)
        calendar = FiscalCalendar(start_month=month, label=YearLabel.START, week_start=week_start, weeks=rule)
        start = calendar.year(number).period.start
        assert start.weekday() == WEEKDAYS.index(week_start)
        assert (start - nominal).days in offsets


@given(years)
def test_the_plain_calendar_is_made_of_plain_periods(number: int) -> None:
    year = FiscalCalendar.calendar_year(number)
    assert year.period == Period.year(number)
    assert list(year.halves) == [Period.half(number, at) for at in (1, 2)]
    assert list(year.quarters) == [Period.quarter(number, at) for at in range(1, 5)]
    assert list(year.months) == [Period.month(number, at) for at in range(1, 13)]
    for week in year.weeks:
        whole = Period.parse(week.label)
        assert whole.holds(week)
        assert week == whole or week in (year.weeks[0], year.weeks[-1])


@pytest.mark.parametrize(("number", "count"), [(2024, 366), (2026, 365)])
def test_the_days_of_a_plain_year(number: int, count: int) -> None:
    year = PLAIN.year(number)
    assert len(year.days) == count
    assert list(year.days) == [Period.of_day(each) for each in year.period]
    assert year.days.span(f"{number}-W09/{number}-03")[0] == year.days.at(date(number, 3, 1))


# By hand: 1 April 2026 is a Wednesday, 1 January 2026 a Thursday; a week of the NRF starts on Sunday 1 February 2026.
LABELS = [
    (starting("04-01", YearLabel.END), 2027, "FY2027", "FY2027-H1", "FY2027-Q1", "FY2027-P01", "FY2027-W01", 5),
    (NRF, 2026, "FY2026", "FY2026-H1", "FY2026-Q1", "FY2026-P01", "FY2026-W01", 7),
    (ISO, 2026, "FY2026", "FY2026-H1", "FY2026-Q1", "FY2026-P01", "2026-W01", 7),
    (PLAIN, 2026, "2026", "2026-H1", "2026-Q1", "2026-01", "2026-W01", 4),
    (attrs.evolve(PLAIN, week_start=Weekday.SUNDAY), 2026, "2026", "2026-H1", "2026-Q1", "2026-01", "FY2026-W01", 3),
]


@pytest.mark.parametrize(("calendar", "number", "year", "half", "quarter", "month", "week", "days_of_week"), LABELS)
def test_labels_say_whose_year_it_is(
    calendar: FiscalCalendar,
    number: int,
    year: str,
    half: str,
    quarter: str,
    month: str,
    week: str,
    days_of_week: int,
) -> None:
    found = calendar.year(number)
    assert (found.label, found.period.label, found.period.kind) == (year, year, PeriodKind.YEAR)
    assert (found.halves[0].label, found.quarters[0].label, found.months[0].label) == (half, quarter, month)
    assert (found.weeks[0].label, found.weeks[0].days) == (week, days_of_week)
    fragment = week if calendar.weeks is not None else f"{week}/{month}"
    assert found.fragments[0].label == fragment


# --- pandas ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pandas() -> Any:
    """Give pandas, whose offsets are an independent implementation of years of 52 and 53 weeks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("pandas")


def as_pandas(calendar: FiscalCalendar) -> dict[str, Any]:
    """Say the same rule as pandas does: by the month and the weekday on which a year ends."""
    assert calendar.weeks is not None
    return {
        "startingMonth": (calendar.start_month - 2) % 12 + 1,
        "weekday": (WEEKDAYS.index(calendar.week_start) - 1) % 7,
        "variation": calendar.weeks.year_end.value,
    }


@given(calendar=week_calendars, number=years)
def test_week_years_and_quarters_end_where_those_of_pandas_do(
    pandas: Any, calendar: FiscalCalendar, number: int
) -> None:
    assert calendar.weeks is not None
    extra = (calendar.weeks.extra_week_in + 2) // 3
    yearly = pandas.tseries.offsets.FY5253(**as_pandas(calendar))
    quarterly = pandas.tseries.offsets.FY5253Quarter(**as_pandas(calendar), qtr_with_extra_week=extra)
    year = calendar.year(number)
    for period, rule in [(year.period, yearly), *((quarter, quarterly) for quarter in year.quarters)]:
        near = [period.last + timedelta(weeks=step) for step in (-1, 0, 1)]
        assert [rule.is_on_offset(pandas.Timestamp(each)) for each in near] == [False, True, False]


# --- values and refusals ---------------------------------------------------------------------------------


@given(calendars, years)
def test_copies_are_equal(calendar: FiscalCalendar, number: int) -> None:
    year = calendar.year(number)
    assert isinstance(year.months, Periods)  # what is worked out once changes nothing
    fresh, pickled = FiscalYear(calendar, number), pickle.loads(pickle.dumps(year))
    assert fresh == pickled == copy.deepcopy(year) == year
    assert hash(fresh) == hash(year)
    assert pickled.months == year.months


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({"start_month": 0}, "calendar.start_month"),
        ({"start_month": 13}, "calendar.start_month"),
        ({"start_day": 0}, "calendar.start_day"),
        ({"start_day": 32}, "calendar.start_day"),
        ({"start_day": 2, "weeks": NRF.weeks}, "calendar.start_day"),
    ],
)
def test_a_rule_outside_the_calendar_is_refused(given_: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        FiscalCalendar(**{"start_month": 4, "label": YearLabel.START, **given_})
    assert caught.value.code == code


@pytest.mark.parametrize("name", ["label", "week_start", "weeks"])
@pytest.mark.parametrize("value", ["start", 0, True, 6])
def test_a_rule_is_made_of_members(name: str, value: Any) -> None:
    with pytest.raises(InvalidType):
        FiscalCalendar(**{"start_month": 4, "label": YearLabel.START, name: value})


@pytest.mark.parametrize(("number", "fits"), [(2, False), (3, True), (9997, True), (9998, False)])
@pytest.mark.parametrize("calendar", [PLAIN, NRF, ISO, starting("12-31", YearLabel.END)])
def test_years_at_the_ends_of_the_calendar(calendar: FiscalCalendar, number: int, fits: bool) -> None:
    error = refusal(calendar.year, number)
    assert (error is None) is fits
    if fits:
        year = calendar.year(number)
        assert len(year.months) == 12
        assert year.weeks.end == year.fragments.end == year.period.end


@pytest.mark.parametrize("asked", [date.min, date(2, 12, 31), date(9997, 1, 1), date.max])
def test_no_year_of_a_day_at_the_ends_of_the_calendar(asked: date) -> None:
    with pytest.raises(InvalidValue) as caught:
        NRF.year_of(asked)
    assert caught.value.code == "calendar.year"


def test_no_year_has_a_row_of_customs() -> None:
    with pytest.raises(InvalidValue):
        PLAIN.year(2026).row(PeriodKind.CUSTOM)


def test_consecutive_weeks_of_all_years_are_seven_days_apart() -> None:
    starts = [week.start for number in range(1990, 2061) for week in NRF.year(number).weeks]
    assert {(after - before).days for before, after in pairwise(starts)} == {7}


CALLS: list[Callable[[Any], object]] = [
    lambda value: FiscalCalendar(start_month=value, label=YearLabel.START),
    lambda value: FiscalCalendar(start_month=4, label=value),
    lambda value: FiscalCalendar(start_month=4, label=YearLabel.START, start_day=value),
    lambda value: FiscalCalendar(start_month=4, label=YearLabel.START, week_start=value),
    lambda value: FiscalCalendar(start_month=4, label=YearLabel.START, weeks=value),
    lambda value: WeekRule(pattern=value, year_end=YearEnd.LAST),
    lambda value: WeekRule(pattern=Pattern.P445, year_end=value),
    lambda value: WeekRule(pattern=Pattern.P445, year_end=YearEnd.LAST, extra_week_in=value),
    lambda value: WeekRule(pattern=Pattern.P445, year_end=YearEnd.LAST).month_weeks(value),
    FiscalCalendar.calendar_year,
    NRF.year,
    NRF.year_of,
    lambda value: FiscalYear(value, 2026),
    NRF.year(2026).row,
]


@pytest.mark.parametrize("call", CALLS)
def test_hostile_values_get_an_answer_or_our_own_error(call: Callable[[Any], object]) -> None:
    for value in HOSTILE:
        error = refusal(call, value)
        assert error is None or (len(str(error)) < 200 and error.code.startswith("calendar."))


@given(st.sampled_from(CALLS), anything | st.dates())
def test_calls_raise_nothing_but_our_own(call: Callable[[Any], object], value: Any) -> None:
    refusal(call, value)


@pytest.mark.parametrize("start_day", range(1, 8))
@pytest.mark.parametrize("week_start", list(Weekday))
def test_the_first_and_last_years_have_all_their_rows(start_day: int, week_start: Weekday) -> None:
    for label in YearLabel:
        calendar = FiscalCalendar(start_month=1, start_day=start_day, label=label, week_start=week_start)
        for number in (3, 9997):
            assert len(calendar.year(number).fragments) >= 53
