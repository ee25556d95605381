"""Year on year and period on period: which day stands against which, and which day stands alone."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.calendar import (
    AfterWeek53,
    ByDate,
    ByEvent,
    ByWeek,
    Comparison,
    FiscalCalendar,
    Period,
    PeriodKind,
    YearLabel,
    base_period,
    comparable,
    comparable_day,
    comparison_map,
    plain_period,
    previous,
)
from salesplan.errors import InvalidType, InvalidValue, NotFound
from tests.calendar.strategies import (
    DAY,
    EVERY_YEAR,
    FESTIVAL,
    alignments,
    by_fiscal_week,
    calendars,
    customs,
    days,
    periods,
    plain_periods,
    years,
)
from tests.strategies import HOSTILE, anything, refusal
from tests.worked import table

PAGE = "calendars.md"
NRF = FiscalCalendar.nrf()
SPRING = ByEvent("Spring Festival", FESTIVAL)
ROWS = (PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF, PeriodKind.YEAR)


def day(text: str) -> date:
    return date.fromisoformat(text)


def fiscal(label: str) -> Period:
    """Find the NRF period of that label."""
    year = NRF.year(int(label[2:6]))
    return next(period for kind in ROWS for period in year.row(kind) if period.label == label)


# --- worked tables ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "A year earlier"), ids=lambda row: row["day"])
def test_a_day_follows_the_worked_table(row: dict[str, str]) -> None:
    assert day(row["day"]).strftime("%A") == row["weekday"]
    assert comparable_day(day(row["day"]), ByDate()) == day(row["by date"])
    assert comparable_day(day(row["day"]), ByWeek()) == day(row["by week"])


@pytest.mark.parametrize("after_53", AfterWeek53)
@pytest.mark.parametrize("row", table(PAGE, "After 53 weeks"), ids=lambda row: row["period"])
def test_after_53_weeks_follows_the_worked_table(row: dict[str, str], after_53: AfterWeek53) -> None:
    found = comparable(fiscal(row["period"]), ByWeek(calendar=NRF, after_53=after_53))
    assert ("-" if found is None else found.label) == row[after_53.name]
    if found is not None and not found.label.startswith("FY"):
        assert found.label == f"{found.start}/{found.end}"
        assert found.kind is PeriodKind.CUSTOM


@pytest.mark.parametrize("row", table(PAGE, "Spring Festival"), ids=lambda row: row["day"])
def test_by_event_follows_the_worked_table(row: dict[str, str]) -> None:
    asked = day(row["day"])
    if row["is compared with"] == "refused":
        with pytest.raises(NotFound, match="no date of 'Spring Festival' in") as caught:
            comparable_day(asked, SPRING)
        assert caught.value.code == "calendar.no_such_event"
        return
    assert asked - FESTIVAL[asked.year] == int(row["distance"]) * DAY
    assert comparable_day(asked, SPRING) == day(row["is compared with"])


# --- days ------------------------------------------------------------------------------------------------


@given(days)
@example(date(2024, 2, 29))
def test_by_date_is_the_same_date(asked: date) -> None:
    expected = (
        date(asked.year - 1, 2, 28) if (asked.month, asked.day) == (2, 29) else asked.replace(year=asked.year - 1)
    )
    assert comparable_day(asked, ByDate()) == expected


@given(days)
def test_by_week_is_the_same_weekday_of_the_iso_calendar(asked: date) -> None:
    found = comparable_day(asked, ByWeek())
    assert found is not None
    assert found.weekday() == asked.weekday()
    assert abs((asked - found).days - 365) <= 1
    restated = ByWeek(calendar=FiscalCalendar.iso(), after_53=AfterWeek53.RESTATED)
    assert comparable_day(asked, restated) == (None if asked.isocalendar().week == 53 else found)


def by_week_slowly(asked: date, align: ByWeek) -> date | None:
    """Look the week up by its number in the year before."""
    assert align.calendar is not None
    year = align.calendar.year_of(asked)
    weeks = list(align.calendar.year(year.number - 1).weeks)
    if align.after_53 is AfterWeek53.RESTATED and len(weeks) == 53:
        del weeks[0]
    number = year.weeks.at(asked)
    return weeks[number].start + (asked - year.weeks[number].start) if number < len(weeks) else None


@given(days, by_fiscal_week)
@example(date(2024, 2, 3), ByWeek(calendar=NRF, after_53=AfterWeek53.NOMINAL))
@example(date(2024, 2, 4), ByWeek(calendar=NRF, after_53=AfterWeek53.NOMINAL))
@example(date(2024, 2, 4), ByWeek(calendar=NRF, after_53=AfterWeek53.RESTATED))
def test_by_fiscal_week_is_the_week_of_that_number(asked: date, align: ByWeek) -> None:
    assert comparable_day(asked, align) == by_week_slowly(asked, align)


@given(days, by_fiscal_week)
def test_restated_weeks_are_364_days_apart(asked: date, align: ByWeek) -> None:
    assert align.calendar is not None
    found = comparable_day(asked, ByWeek(calendar=align.calendar, after_53=AfterWeek53.RESTATED))
    week_53 = align.calendar.year_of(asked).weeks.at(asked) == 52
    assert found == (None if week_53 else asked - timedelta(days=364))


@given(st.integers(2025, 2026), st.integers(0, 364))
def test_by_event_keeps_the_distance(year: int, offset: int) -> None:
    asked = date(year, 1, 1) + offset * DAY
    found = comparable_day(asked, SPRING)
    assert found is not None
    assert found - FESTIVAL[year - 1] == asked - FESTIVAL[year]


# --- periods ---------------------------------------------------------------------------------------------


@given(periods, alignments)
def test_the_map_has_a_pair_for_each_day(period: Period, align: Any) -> None:
    error = refusal(comparison_map, period, align)
    if error is not None:
        assert isinstance(align, ByEvent)
        assert period.start.year < period.last.year
        return
    pairs = comparison_map(period, align)
    assert [asked for asked, _ in pairs] == list(period)
    if not isinstance(align, ByEvent):
        assert all(found == comparable_day(asked, align) for asked, found in pairs[:: max(1, len(pairs) // 9)])


@given(customs | plain_periods, alignments)
@example(Period.custom(day("2025-02-20"), day("2025-03-10")), ByDate())  # once refused: 29 February made a gap
def test_comparable_holds_the_days_of_the_map_and_no_other(period: Period, align: Any) -> None:
    error = refusal(comparable, period, align)
    if error is not None:
        if isinstance(align, ByEvent):
            assert period.start.year < period.last.year
        else:
            assert isinstance(align, ByWeek)
            assert align.calendar is not None
            assert align.calendar.year_of(period.start) != align.calendar.year_of(period.last)
        return
    found = comparable(period, align)
    others = {other for _, other in comparison_map(period, align) if other is not None}
    if found is None:
        assert not others
    elif isinstance(align, ByDate):
        assert others <= set(found)
        assert all((extra.month, extra.day) == (2, 29) for extra in set(found) - others)
        if period.kind is PeriodKind.CUSTOM:
            assert (found.start, found.last) == (min(others), max(others))
    else:
        assert set(found) == others


@given(years, st.integers(1, 12))
def test_plain_periods_by_date_are_compared_with_whole_ones(year: int, month: int) -> None:
    quarter, half = (month + 2) // 3, (month + 5) // 6
    assert comparable(Period.month(year, month), ByDate()) == Period.month(year - 1, month)
    assert comparable(Period.quarter(year, quarter), ByDate()) == Period.quarter(year - 1, quarter)
    assert comparable(Period.half(year, half), ByDate()) == Period.half(year - 1, half)
    assert comparable(Period.year(year), ByDate()) == Period.year(year - 1)
    first = date(year, month, 1)
    assert comparable(Period.of_day(first), ByDate()) == Period.of_day(first.replace(year=year - 1))


@given(plain_periods)
def test_plain_weeks_and_days_by_week_stay_what_they_are(period: Period) -> None:
    found = comparable(period, ByWeek())
    assert found is not None
    if period.kind in (PeriodKind.WEEK, PeriodKind.DAY):
        assert found == plain_period(period.start - timedelta(days=364), kind=period.kind)
    else:
        assert (found.start, found.end) == (period.start - timedelta(days=364), period.end - timedelta(days=364))


# By hand. 618 of 2026 is a custom period; 8 to 14 June 2026 is ISO week 24, Monday 9 June 2025 that of 2025.
NAMED = [
    (Period.custom(day("2026-06-01"), day("2026-06-19"), "618"), ByDate(), "2025-06-01/2025-06-19"),
    (Period.custom(day("2024-02-10"), day("2024-02-29")), ByDate(), "2023-02-10/2023-03-01"),  # to 28 February
    (Period.custom(day("2024-02-29"), day("2024-03-02")), ByDate(), "2023-02-28/2023-03-02"),
    (Period.custom(day("2025-02-20"), day("2025-03-10")), ByDate(), "2024-02-20/2024-03-10"),  # 29 February between
    (Period.custom(day("2025-02-20"), day("2025-03-01")), ByDate(), "2024-02-20/2024-02-29"),  # to 28 February
    (Period.week(2026, 24), ByDate(), "2025-06-08/2025-06-15"),
    (Period.week(2026, 24), ByWeek(), "2025-W24"),
    (Period.week(2026, 53), ByWeek(), "2026-W01"),  # 28 December 2026 less 364 days is 29 December 2025
    (Period.of_day(day("2026-02-17")), SPRING, "2025-01-29"),
    (Period.custom(day("2026-02-17"), day("2026-02-24"), "golden week"), SPRING, "2025-01-29/2025-02-05"),
    (Period.custom(day("2024-12-30"), day("2025-01-30")), SPRING, "2024-01-11/2024-02-11"),  # 31 days to the day itself
]


@pytest.mark.parametrize(("period", "align", "label"), NAMED)
def test_comparable_is_called_what_its_calendar_calls_it(period: Period, align: Any, label: str) -> None:
    found = comparable(period, align)
    assert found is not None
    assert found.label == label


def test_a_period_across_new_year_needs_one_event_inside() -> None:
    # Two Spring Festivals in two years, none between two summers.
    for first, until in (("2025-01-01", "2026-03-01"), ("2025-06-01", "2026-02-01")):
        with pytest.raises(InvalidValue, match="split it") as caught:
            comparable(Period.custom(day(first), day(until)), SPRING)
        assert caught.value.code == "calendar.event"


def test_days_that_do_not_follow_each_other_are_no_period() -> None:
    # From week 52 of FY2023 to week 1 of FY2024: week 52 of FY2022 and, week 1 being dropped, week 2 of FY2023.
    period = Period.custom(day("2024-01-21"), day("2024-02-11"))
    restated = ByWeek(calendar=NRF, after_53=AfterWeek53.RESTATED)
    with pytest.raises(InvalidValue, match="use comparison_map") as caught:
        comparable(period, restated)
    assert caught.value.code == "calendar.comparison"
    found = [other for _, other in comparison_map(period, restated)]
    assert found[:7] == list(Period.custom(day("2023-01-22"), day("2023-01-29")))
    assert found[7:14] == [None] * 7
    assert found[14:] == list(Period.custom(day("2023-02-05"), day("2023-02-12")))
    nominal = comparable(period, ByWeek(calendar=NRF, after_53=AfterWeek53.NOMINAL))
    assert nominal is not None
    assert nominal.label == "2023-01-22/2023-02-05"  # week 52 of FY2022 and week 1 of FY2023


def test_the_map_of_a_53_week_year() -> None:
    for after_53 in AfterWeek53:  # the year before has 52 weeks, so both agree
        pairs = comparison_map(NRF.year(2023).period, ByWeek(calendar=NRF, after_53=after_53))
        assert len(pairs) == 371
        assert [other for _, other in pairs[:364]] == list(NRF.year(2022).period)
        assert [other for _, other in pairs[364:]] == [None] * 7


# --- the period before -----------------------------------------------------------------------------------


@given(periods)
def test_previous_ends_where_the_period_starts(period: Period) -> None:
    found = previous(period)
    assert found.end == period.start
    assert found.kind is period.kind
    if period.kind is PeriodKind.CUSTOM:
        assert found.days == period.days


@given(calendars, days, st.sampled_from((*ROWS, PeriodKind.FRAGMENT)))
def test_previous_in_a_calendar_is_the_one_before_in_its_rows(
    calendar: FiscalCalendar, asked: date, kind: PeriodKind
) -> None:
    year = calendar.year_of(asked)
    row = year.row(kind)
    both = [*calendar.year(year.number - 1).row(kind), *row]
    at = len(both) - len(row) + row.at(asked)
    assert previous(both[at], calendar=calendar) == both[at - 1]


def test_previous_needs_the_calendar_of_the_period() -> None:
    with pytest.raises(InvalidValue, match="ask its calendar"):
        previous(fiscal("FY2024-P01"))
    with pytest.raises(InvalidValue, match="no period of that calendar") as caught:
        previous(fiscal("FY2024-P01"), calendar=FiscalCalendar(start_month=4, label=YearLabel.END))
    assert caught.value.code == "calendar.no_such_period"
    assert previous(fiscal("FY2024-P01"), calendar=NRF).label == "FY2023-P12"


def test_base_period_says_which_comparison() -> None:
    june, week = Period.month(2026, 6), fiscal("FY2024-W01")
    align = ByWeek(calendar=NRF, after_53=AfterWeek53.NOMINAL)
    assert base_period(june, Comparison.YEAR_AGO, align=ByDate()) == Period.month(2025, 6)
    assert base_period(june, Comparison.PREVIOUS, align=ByDate()) == Period.month(2026, 5)
    assert base_period(week, Comparison.YEAR_AGO, align=align) == fiscal("FY2023-W01")
    assert base_period(week, Comparison.PREVIOUS, align=align) == fiscal("FY2023-W53")
    with pytest.raises(InvalidValue) as caught:
        base_period(june, Comparison.PREVIOUS, align=EVERY_YEAR)
    assert caught.value.code == "calendar.comparison"
    with pytest.raises(InvalidType):
        base_period(june, Comparison.PREVIOUS, align="by date")  # type: ignore[arg-type]


# --- refusals and values ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        {"calendar": NRF},
        {"after_53": AfterWeek53.NOMINAL},
        {"calendar": FiscalCalendar.gregorian(), "after_53": AfterWeek53.NOMINAL},
    ],
)
def test_by_week_is_said_in_full(said: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue) as caught:
        ByWeek(**said)
    assert caught.value.code == "calendar.alignment"


@pytest.mark.parametrize(
    ("dates", "kind"),
    [
        ({2026: date(2025, 2, 17)}, InvalidValue),
        ([(2026, date(2026, 2, 17)), (2026, date(2026, 2, 17))], InvalidValue),
        ({2026: "2026-02-17"}, InvalidType),
        ({"2026": date(2026, 2, 17)}, InvalidType),
        ([date(2026, 2, 17)], InvalidType),
        (date(2026, 2, 17), InvalidType),
    ],
)
def test_an_event_has_one_day_in_its_year(dates: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        ByEvent("Spring Festival", dates)


def test_no_day_before_the_calendar() -> None:
    for align in (ByDate(), ByWeek(), ByEvent("new", {1: date(1, 1, 1)})):
        error = refusal(comparable_day, date.min, align)
        assert error is not None
        assert error.code in ("calendar.range", "calendar.no_such_event")
    assert refusal(previous, Period.custom(date.min, date(1, 1, 3))) is not None
    assert previous(Period.custom(date(1, 1, 2), date(1, 1, 3))).start == date.min


@given(alignments)
def test_copies_are_equal(align: Any) -> None:
    assert pickle.loads(pickle.dumps(align)) == copy.deepcopy(align) == align
    assert hash(copy.deepcopy(align)) == hash(align)


MONTH = Period.month(2026, 6)
CALLS: list[Callable[[Any], object]] = [
    lambda value: ByWeek(calendar=value, after_53=AfterWeek53.NOMINAL),
    lambda value: ByWeek(calendar=NRF, after_53=value),
    lambda value: ByEvent(value, FESTIVAL),
    lambda value: ByEvent("x", value),
    lambda value: ByEvent("x", [(value, date(2026, 2, 17))]),
    lambda value: ByEvent("x", [(2026, value)]),
    SPRING.in_year,
    lambda value: comparable_day(value, ByDate()),
    lambda value: comparable_day(date(2026, 6, 18), value),
    lambda value: comparable(value, ByDate()),
    lambda value: comparable(MONTH, value),
    lambda value: comparison_map(value, ByDate()),
    lambda value: comparison_map(MONTH, value),
    previous,
    lambda value: previous(MONTH, calendar=value),
    lambda value: base_period(value, Comparison.YEAR_AGO, align=ByDate()),
    lambda value: base_period(MONTH, value, align=ByDate()),
    lambda value: base_period(MONTH, Comparison.PREVIOUS, align=value),
]


@pytest.mark.parametrize("call", CALLS)
def test_hostile_values_get_an_answer_or_our_own_error(call: Callable[[Any], object]) -> None:
    for value in HOSTILE:
        error = refusal(call, value)
        assert error is None or (len(str(error)) < 200 and error.code.startswith("calendar."))


@given(st.sampled_from(CALLS), anything | st.dates())
def test_calls_raise_nothing_but_our_own(call: Callable[[Any], object], value: Any) -> None:
    refusal(call, value)
