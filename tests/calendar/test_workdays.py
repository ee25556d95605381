"""Working days: what a day counts, exact sums, and no guess beyond the days covered."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.calendar import NotCovered, Period, Weekday, WorkCalendar
from salesplan.errors import InvalidType, InvalidValue
from salesplan.rate import Rate
from tests.calendar.strategies import DAY, WEEKDAYS, days, days_of, work_calendars
from tests.strategies import HOSTILE, anything, refusal
from tests.worked import table

PAGE = "calendars.md"

# The invented table of the page: holidays 1 to 7 October 2026, made up for on 27 September and 10 October.
DAYS = WorkCalendar(
    first=date(2026, 9, 1),
    until=date(2026, 11, 1),
    holidays=[date(2026, 10, at) for at in range(1, 8)],
    make_up=[date(2026, 9, 27), date(2026, 10, 10)],
)
HALF = attrs.evolve(DAYS, weights={Weekday.SATURDAY: Rate(1, 2)})


def day(text: str) -> date:
    return date.fromisoformat(text)


def fraction(rate: Rate) -> Fraction:
    return Fraction(rate.numerator, rate.denominator)


# --- worked tables ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "Working days"), ids=lambda row: f"{row['first']}..{row['last']}")
def test_count_follows_the_worked_table(row: dict[str, str]) -> None:
    start, end = day(row["first"]), day(row["last"]) + DAY
    for calendar, column in ((DAYS, "days"), (HALF, "half")):
        assert calendar.count(start, end) == calendar.count(Period.custom(start, end)) == Fraction(row[column])


@pytest.mark.parametrize("row", table(PAGE, "The next working day"), ids=lambda row: f"{row['from']} {row['count']}")
def test_add_follows_the_worked_table(row: dict[str, str]) -> None:
    if row["gives"] == "refused":
        with pytest.raises(NotCovered, match=r"covers, 2026-09-01 \.\. 2026-10-31") as caught:
            DAYS.add(day(row["from"]), int(row["count"]))
        assert caught.value.code == "calendar.not_covered"
    else:
        assert DAYS.add(day(row["from"]), int(row["count"])) == day(row["gives"])


SATURDAY = date(2026, 10, 24)

# One rule against the next: a Saturday in October 2026 that is weekend unless something says more.
PRECEDENCE: list[tuple[dict[str, Any], Rate]] = [
    ({}, Rate(0)),
    ({"weekend": ()}, Rate(1)),
    ({"weights": {Weekday.SATURDAY: Rate(1, 2)}}, Rate(1, 2)),
    ({"weights": {Weekday.SATURDAY: Rate(1, 2)}, "make_up": [SATURDAY]}, Rate(1)),
    ({"make_up": [SATURDAY]}, Rate(1)),
    ({"weights": {Weekday.SATURDAY: Rate(1, 2), SATURDAY: Rate(1, 3)}}, Rate(1, 3)),
    ({"weights": {SATURDAY: Rate(1, 3)}, "make_up": [SATURDAY]}, Rate(1, 3)),
    ({"weights": {Weekday.SATURDAY: Rate(1, 2)}, "holidays": [SATURDAY]}, Rate(0)),
    ({"weekend": (), "holidays": [SATURDAY]}, Rate(0)),
    ({"weights": {SATURDAY: Rate(2)}}, Rate(2)),
]


@pytest.mark.parametrize(("said", "weight"), PRECEDENCE)
def test_the_most_particular_rule_counts(said: dict[str, Any], weight: Rate) -> None:
    calendar = WorkCalendar(first=SATURDAY, until=SATURDAY + DAY, **said)
    assert calendar.weight(SATURDAY) == weight
    assert calendar.works(SATURDAY) is (weight > Rate(0))


# --- the slow obvious version ----------------------------------------------------------------------------


def weight_slowly(calendar: WorkCalendar, asked: date) -> Fraction:
    """Look through every rule, from the one that says most."""
    weights = dict(calendar.weights)
    weekday = WEEKDAYS[asked.weekday()]
    if asked in calendar.holidays:
        return Fraction(0)
    if asked in weights:
        return fraction(weights[asked])
    if asked in calendar.make_up:
        return Fraction(1)
    if weekday in weights:
        return fraction(weights[weekday])
    return Fraction(weekday not in calendar.weekend)


@given(work_calendars, st.tuples(*[st.integers(0, 40)] * 3))
def test_count_is_the_sum_of_the_days(calendar: WorkCalendar, places: tuple[int, int, int]) -> None:
    slow = {asked: weight_slowly(calendar, asked) for asked in days_of(calendar)}
    for asked, weight in slow.items():
        assert fraction(calendar.weight(asked)) == weight
        assert calendar.works(asked) is (weight > 0)
    a, b, c = sorted(calendar.first + at % (len(slow) + 1) * DAY for at in places)
    assert calendar.count(a, c) == sum(weight for asked, weight in slow.items() if a <= asked < c)
    assert calendar.count(a, b) + calendar.count(b, c) == calendar.count(a, c)
    assert calendar.count(a, a) == 0
    if a < c:
        period = Period.custom(a, c)
        assert calendar.count(period) == calendar.count(a, c)
        assert list(calendar.working_days(period)) == [each for each in period if slow[each]]


def add_slowly(calendar: WorkCalendar, asked: date, count: int) -> date | None:
    """Walk day by day; None past the days covered."""
    step = DAY if count > 0 else -DAY
    while count:
        asked += step
        if not calendar.first <= asked < calendar.until:
            return None
        if weight_slowly(calendar, asked):
            count -= 1 if step == DAY else -1
    return asked


def day_at(calendar: WorkCalendar, place: int) -> date:
    """Give a day it covers."""
    return calendar.first + place % (calendar.until - calendar.first).days * DAY


@given(work_calendars, st.integers(0, 39), st.integers(-9, 9))
def test_add_is_a_walk_over_the_days(calendar: WorkCalendar, place: int, count: int) -> None:
    asked = day_at(calendar, place)
    expected = add_slowly(calendar, asked, count)
    if expected is not None:
        assert calendar.add(asked, count) == expected
    else:
        with pytest.raises(NotCovered):
            calendar.add(asked, count)


@given(work_calendars, st.integers(0, 39), st.integers(0, 5), st.integers(0, 5), st.sampled_from([1, -1]))
def test_two_steps_one_way_are_one(calendar: WorkCalendar, place: int, one: int, two: int, sign: int) -> None:
    asked = day_at(calendar, place)
    if add_slowly(calendar, asked, sign * (one + two)) is not None:
        assert calendar.add(calendar.add(asked, sign * one), sign * two) == calendar.add(asked, sign * (one + two))


# --- only what is covered --------------------------------------------------------------------------------


@pytest.mark.parametrize(("offset", "covered"), [(-1, False), (0, True), (60, True), (61, False)])
def test_days_outside_are_refused(offset: int, covered: bool) -> None:
    asked = DAYS.first + offset * DAY  # September and October have 61 days
    calls: list[Callable[[], object]] = [
        lambda: DAYS.weight(asked),
        lambda: DAYS.works(asked),
        lambda: DAYS.add(asked, 0),
        lambda: DAYS.count(Period.of_day(asked)),
        lambda: DAYS.count(asked, asked + DAY),
        lambda: DAYS.working_days(Period.of_day(asked)),
    ]
    for call in calls:
        error = refusal(call)
        assert (error is None) is covered
        assert error is None or error.code == "calendar.not_covered"


def test_a_count_ends_where_the_calendar_does() -> None:
    assert DAYS.count(DAYS.until, DAYS.until) == 0
    assert DAYS.count(DAYS.first, DAYS.until) == 41  # 23 in September, 18 in October, by the table
    for start, end in ((DAYS.first - DAY, DAYS.until), (DAYS.first, DAYS.until + DAY), (DAYS.first - DAY,) * 2):
        with pytest.raises(NotCovered):
            DAYS.count(start, end)
    with pytest.raises(InvalidValue) as caught:
        DAYS.count(DAYS.until, DAYS.first)
    assert caught.value.code == "calendar.order"
    with pytest.raises(InvalidType):
        DAYS.count(Period.month(2026, 9), DAYS.until)  # type: ignore[call-overload]
    with pytest.raises(InvalidType):
        DAYS.count(DAYS.first)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"holidays": [date(2026, 8, 31)]}, "calendar.not_covered"),
        ({"make_up": [date(2026, 11, 1)]}, "calendar.not_covered"),
        ({"weights": {date(2027, 10, 1): Rate(1, 2)}}, "calendar.not_covered"),
        ({"holidays": [SATURDAY], "make_up": [SATURDAY]}, "calendar.clash"),
        ({"holidays": [SATURDAY], "weights": {SATURDAY: Rate(1, 2)}}, "calendar.clash"),
        ({"weights": {SATURDAY: Rate(-1, 2)}}, "calendar.weight"),
        ({"weights": {SATURDAY: Rate(201, 100)}}, "calendar.weight"),
        ({"weights": {SATURDAY: Rate(1, 10**24 + 1)}}, "calendar.weight"),
        ({"weights": [(SATURDAY, Rate(1)), (SATURDAY, Rate(1))]}, "calendar.weights"),
        ({"until": date(2026, 9, 1)}, "calendar.coverage"),
        ({"until": date(2126, 10, 1)}, "calendar.coverage"),
    ],
)
def test_contradictions_are_refused(said: dict[str, Any], code: str) -> None:
    error = refusal(WorkCalendar, **{"first": date(2026, 9, 1), "until": date(2026, 11, 1), **said})
    assert error is not None
    assert error.code == code


@pytest.mark.parametrize(
    "said",
    [
        *({"weekend": Weekday.SUNDAY}, {"weekend": "sunday"}, {"weekend": [6]}, {"holidays": SATURDAY}),
        *({"holidays": ["2026-10-01"]}, {"make_up": [datetime(2026, 10, 10)]}, {"weights": {SATURDAY: 0.5}}),
        *({"weights": {"saturday": Rate(1, 2)}}, {"weights": {5: Rate(1, 2)}}, {"weights": [SATURDAY]}),
        *({"weights": {SATURDAY: 1}}, {"first": None}, {"until": "2026-11-01"}),
    ],
)
def test_days_and_weights_are_of_their_types(said: dict[str, Any]) -> None:
    with pytest.raises(InvalidType):
        WorkCalendar(**{"first": date(2026, 9, 1), "until": date(2026, 11, 1), **said})


# --- values ----------------------------------------------------------------------------------------------


@given(work_calendars)
def test_copies_are_equal(calendar: WorkCalendar) -> None:
    copied = copy.deepcopy(calendar)
    assert pickle.loads(pickle.dumps(calendar)) == copied == attrs.evolve(calendar) == calendar
    assert hash(copied) == hash(calendar)
    assert copied.count(copied.first, copied.until) == calendar.count(calendar.first, calendar.until)


@given(days)
def test_the_order_of_what_is_given_is_no_matter(asked: date) -> None:
    pairs: list[tuple[Weekday | date, Rate]] = [
        (Weekday.SUNDAY, Rate(1)),
        (Weekday.MONDAY, Rate(0)),
        (asked, Rate(1, 2)),
    ]
    first, until = asked, asked + timedelta(days=9)
    one = WorkCalendar(first=first, until=until, weights=dict(pairs), weekend=[Weekday.MONDAY, Weekday.SUNDAY])
    two = WorkCalendar(first=first, until=until, weights=pairs[::-1], weekend=[Weekday.SUNDAY, Weekday.MONDAY])
    assert one == two
    assert hash(one) == hash(two)


CALLS: list[Callable[[Any], object]] = [
    lambda value: WorkCalendar(first=value, until=date(2026, 11, 1)),
    lambda value: WorkCalendar(first=date(2026, 9, 1), until=value),
    lambda value: attrs.evolve(DAYS, weekend=value),
    lambda value: attrs.evolve(DAYS, holidays=value),
    lambda value: attrs.evolve(DAYS, make_up=value),
    lambda value: attrs.evolve(DAYS, weights=value),
    lambda value: attrs.evolve(DAYS, weights=[(value, Rate(1))]),
    lambda value: attrs.evolve(DAYS, weights={SATURDAY: value}),
    DAYS.weight,
    DAYS.works,
    DAYS.count,
    lambda value: DAYS.count(DAYS.first, value),
    DAYS.working_days,
    lambda value: DAYS.add(value, 1),
    lambda value: DAYS.add(SATURDAY, value),
]


@pytest.mark.parametrize("call", CALLS)
def test_hostile_values_get_an_answer_or_our_own_error(call: Callable[[Any], object]) -> None:
    for value in HOSTILE:
        error = refusal(call, value)
        assert error is None or (len(str(error)) < 200 and error.code.startswith("calendar."))


@given(st.sampled_from(CALLS), anything | st.dates())
def test_calls_raise_nothing_but_our_own(call: Callable[[Any], object], value: Any) -> None:
    refusal(call, value)
