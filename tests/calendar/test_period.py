"""Periods: half-open, named, and counted from one first day."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.calendar import Period, PeriodError, PeriodKind, plain_period, require_day
from salesplan.errors import InvalidType, InvalidValue
from tests.calendar.strategies import DAY, days, periods, plain_kinds, plain_periods
from tests.strategies import HOSTILE, anything, refusal


def day(text: str) -> date:
    return date.fromisoformat(text)


# --- labels ----------------------------------------------------------------------------------------------

# By hand: the days of the calendar of 2024 and 2026; the week by ISO 8601 (1 January 2026 is a Thursday).
PARSED = [
    ("2026", PeriodKind.YEAR, "2026-01-01", "2026-12-31"),
    ("2026-H1", PeriodKind.HALF, "2026-01-01", "2026-06-30"),
    ("2026-H2", PeriodKind.HALF, "2026-07-01", "2026-12-31"),
    ("2026-Q1", PeriodKind.QUARTER, "2026-01-01", "2026-03-31"),
    ("2026-Q4", PeriodKind.QUARTER, "2026-10-01", "2026-12-31"),
    ("2026-01", PeriodKind.MONTH, "2026-01-01", "2026-01-31"),
    ("2026-02", PeriodKind.MONTH, "2026-02-01", "2026-02-28"),
    ("2024-02", PeriodKind.MONTH, "2024-02-01", "2024-02-29"),
    ("2026-12", PeriodKind.MONTH, "2026-12-01", "2026-12-31"),
    ("2026-W01", PeriodKind.WEEK, "2025-12-29", "2026-01-04"),
    ("2026-W53", PeriodKind.WEEK, "2026-12-28", "2027-01-03"),
    ("2024-02-29", PeriodKind.DAY, "2024-02-29", "2024-02-29"),
]


@pytest.mark.parametrize(("label", "kind", "first", "last"), PARSED)
def test_parse_reads_each_form(label: str, kind: PeriodKind, first: str, last: str) -> None:
    found = Period.parse(label)
    assert (found.label, found.kind, found.start, found.last) == (label, kind, day(first), day(last))
    assert str(found) == f"{label} ({first} .. {last})"


@pytest.mark.parametrize(
    "label",
    [
        *("26", "2026-", "2026-1", "2026-00", "2026-13", "2026-Q0", "2026-Q5", "2026-H0", "2026-H3", "2026-W00"),
        *("2025-W53", "2026-W54", "2026-W1", "2026-02-29", "2026-04-31", "2026-00-01", "2026-01-00", "2026-W09-1"),
        *("FY2026", "0000", "9999", "2026 ", " 2026", "2026\n", "２０２６", "2026-q1", "2026/03", "-2026"),
    ],
)
def test_parse_refuses_any_other_text(label: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Period.parse(label)
    assert caught.value.code.startswith("calendar.")


@given(plain_periods)
def test_parse_reads_back_every_label(period: Period) -> None:
    assert Period.parse(period.label) == period


# --- days ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offset", "inside"), [(-1, False), (0, True), (1, True), (29, True), (30, False), (31, False)]
)
def test_period_has_its_start_and_not_its_end(offset: int, inside: bool) -> None:
    assert (date(2026, 6, 1) + offset * DAY in Period.month(2026, 6)) is inside


@given(periods, days)
def test_period_holds_the_days_it_lists(period: Period, other: date) -> None:
    listed = list(period)
    assert len(listed) == period.days == len(set(listed))
    assert (listed[0], listed[-1]) == (period.start, period.last)
    for asked in (other, period.start - DAY, period.start, period.last, period.end):
        assert (asked in period) is (asked in listed)


@given(periods, st.integers(-3, 3), st.integers(-3, 3))
def test_holds_is_every_day(period: Period, first: int, last: int) -> None:
    if period.start + first * DAY < period.end + last * DAY:
        moved = Period.custom(period.start + first * DAY, period.end + last * DAY)
        assert period.holds(moved) is (set(moved) <= set(period))
        assert moved.holds(period) is (set(period) <= set(moved))
    assert period.holds(period)


@pytest.mark.parametrize("length", [-1, 0])
def test_a_period_without_days_is_refused(length: int) -> None:
    with pytest.raises(PeriodError) as caught:
        Period.custom(date(2026, 6, 18), date(2026, 6, 18) + length * DAY, "x" * 256)
    assert caught.value.code == "calendar.empty"
    assert len(str(caught.value)) < 200


def test_custom_is_called_by_its_days_unless_named() -> None:
    assert Period.custom(date(2026, 6, 1), date(2026, 6, 19)).label == "2026-06-01/2026-06-19"
    assert Period.custom(date(2026, 6, 1), date(2026, 6, 19), "618").label == "618"
    with pytest.raises(InvalidValue):
        Period.custom(date(2026, 6, 1), date(2026, 6, 19), "")


# --- the next one ----------------------------------------------------------------------------------------

MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF: 6, PeriodKind.YEAR: 12}


def shifted_slowly(period: Period, count: int) -> Period:
    """Step over the neighbours one at a time, by their days."""
    for _ in range(abs(count)):
        found = plain_period(period.end if count > 0 else period.start - DAY, kind=period.kind)
        assert found is not None
        period = found
    return period


@given(plain_periods, st.integers(-9, 9))
@example(Period.week(2026, 53), 1)
@example(Period.month(2024, 1), 1)
def test_shift_is_so_many_neighbours_on(period: Period, count: int) -> None:
    assert period.shift(count) == shifted_slowly(period, count)


@given(plain_periods, st.integers(-200, 200), st.integers(-200, 200))
def test_two_shifts_are_one(period: Period, one: int, two: int) -> None:
    assert period.shift(one).shift(two) == period.shift(one + two)


@given(plain_periods)
def test_neighbours_touch(period: Period) -> None:
    assert period.shift(1).start == period.end
    assert period.shift(-1).end == period.start


@pytest.mark.parametrize(
    "period",
    [
        Period.custom(date(2026, 6, 1), date(2026, 6, 19)),
        Period(date(2026, 6, 1), date(2026, 7, 1), "June", PeriodKind.MONTH),  # not called 2026-06
        Period(date(2026, 1, 1), date(2026, 1, 5), "2026-W01", PeriodKind.WEEK),  # cut
        Period(date(2026, 2, 1), date(2026, 3, 1), "FY2026-P01", PeriodKind.MONTH),
        Period(date(2026, 3, 1), date(2026, 3, 2), "2026-W09/2026-03", PeriodKind.FRAGMENT),
    ],
)
def test_shift_refuses_what_only_its_calendar_can_say(period: Period) -> None:
    with pytest.raises(InvalidValue, match="ask its calendar") as caught:
        period.shift(1)
    assert caught.value.code == "calendar.shift"


def test_shift_stops_at_the_ends_of_the_calendar() -> None:
    for period, count in ((Period.year(1), -1), (Period.year(9998), 1), (Period.of_day(date.min), -1)):
        with pytest.raises(InvalidValue):
            period.shift(count)


@given(days, plain_kinds)
def test_plain_period_holds_the_day(asked: date, kind: PeriodKind) -> None:
    found = plain_period(asked, kind=kind)
    assert found is not None
    assert asked in found
    assert found.kind is kind
    if kind in MONTHS:
        assert (found.start.day, found.end.day, (found.start.month - 1) % MONTHS[kind]) == (1, 1, 0)
        assert (found.end.year - found.start.year) * 12 + found.end.month - found.start.month == MONTHS[kind]
    else:
        assert found.days == (7 if kind is PeriodKind.WEEK else 1)
        assert found.start.weekday() == (0 if kind is PeriodKind.WEEK else asked.weekday())


@pytest.mark.parametrize("kind", [PeriodKind.CUSTOM, PeriodKind.FRAGMENT])
def test_no_calendar_has_plain_customs_or_fragments(kind: PeriodKind) -> None:
    assert plain_period(date(2026, 6, 18), kind=kind) is None


# --- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [datetime(2026, 6, 18), "2026-06-18", None, 20260618])
def test_a_day_is_a_date_without_time(value: Any) -> None:
    with pytest.raises(InvalidType) as caught:
        require_day(value, name="on")
    assert (caught.value.code, caught.value.value) == ("calendar.day", value)
    with pytest.raises(InvalidType):
        Period.of_day(value)
    with pytest.raises(InvalidType):
        assert value in Period.year(2026)


CALLS: list[Callable[[Any], object]] = [
    lambda value: require_day(value, name="on"),
    lambda value: Period(value, date(2027, 1, 1), "x"),
    lambda value: Period(date(2026, 1, 1), value, "x"),
    lambda value: Period(date(2026, 1, 1), date(2027, 1, 1), value),
    lambda value: Period(date(2026, 1, 1), date(2027, 1, 1), "x", value),
    Period.of_day,
    Period.year,
    lambda value: Period.month(value, 1),
    lambda value: Period.month(2026, value),
    lambda value: Period.quarter(2026, value),
    lambda value: Period.half(2026, value),
    lambda value: Period.week(value, 1),
    lambda value: Period.week(2026, value),
    Period.parse,
    lambda value: Period.month(2026, 1).shift(value),
    lambda value: plain_period(value, kind=PeriodKind.WEEK),
    lambda value: value in Period.year(2026),
]


@pytest.mark.parametrize("call", CALLS)
def test_hostile_values_get_an_answer_or_our_own_error(call: Callable[[Any], object]) -> None:
    for value in HOSTILE:
        error = refusal(call, value)
        assert error is None or (len(str(error)) < 200 and error.code.startswith("calendar."))


@given(st.sampled_from(CALLS), anything | st.dates())
def test_calls_raise_nothing_but_our_own(call: Callable[[Any], object], value: Any) -> None:
    refusal(call, value)


@given(periods)
def test_copies_are_equal(period: Period) -> None:
    assert pickle.loads(pickle.dumps(period)) == copy.deepcopy(period) == period
    assert hash(copy.deepcopy(period)) == hash(period)


def test_the_last_day_of_the_calendar_is_no_period() -> None:
    assert Period.of_day(date.max - DAY).end == date.max
    with pytest.raises(InvalidValue) as caught:
        Period.of_day(date.max)
    assert caught.value.code == "calendar.range"
    assert Period.custom(date.min, date.max).days == (date.max - date.min) // timedelta(days=1)
