"""Rows of periods: no gap, no overlap, and groups of whole leaves."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.calendar import Period, PeriodError, Periods
from salesplan.errors import InvalidType, NotFound
from tests.calendar.strategies import DAY, rows
from tests.strategies import HOSTILE, anything, refusal

MONTHS = [Period.month(2026, at) for at in range(1, 13)]
YEAR = Periods(MONTHS, groups=[*(Period.quarter(2026, at) for at in range(1, 5)), Period.year(2026)])


def span(first: int, until: int, label: str) -> Period:
    """Give the days from *first* to *until* (excluded) of June."""
    return Period.custom(date(2026, 6, first), date(2026, 6, until), label)


@pytest.mark.parametrize(
    ("leaves", "code", "said"),
    [
        ([], "calendar.no_period", "at least one"),
        ([span(1, 3, "a"), span(4, 5, "b")], "calendar.gap", "2026-06-03 .. 2026-06-03, between 'a' and 'b'"),
        ([span(1, 4, "a"), span(3, 5, "b")], "calendar.overlap", "'a' and 'b' overlap"),
        ([span(3, 5, "b"), span(1, 3, "a")], "calendar.overlap", "or are out of order"),
        ([span(1, 3, "a"), span(3, 5, "a")], "calendar.label", "two different periods are labelled 'a'"),
    ],
)
def test_a_row_that_does_not_tile_is_refused(leaves: list[Period], code: str, said: str) -> None:
    with pytest.raises(PeriodError, match=said) as caught:
        Periods(leaves)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("group", "code"),
    [
        (span(1, 3, "g"), None),
        (span(1, 7, "g"), None),
        (span(1, 2, "g"), "calendar.cut"),
        (span(2, 3, "g"), "calendar.cut"),
        (span(1, 8, "g"), "calendar.cut"),
        (span(3, 5, "b"), None),  # the leaf once more
        (span(3, 7, "b"), "calendar.label"),
    ],
)
def test_a_group_is_whole_leaves(group: Period, code: str | None) -> None:
    error = refusal(Periods, [span(1, 3, "a"), span(3, 5, "b"), span(5, 7, "c")], groups=[group])
    assert (None if error is None else error.code) == code


@given(st.data(), rows())
def test_any_run_of_leaves_is_a_group_and_nothing_else(data: st.DataObject, leaves: list[Period]) -> None:
    first, until = sorted(data.draw(st.sets(st.integers(0, len(leaves)), min_size=2, max_size=2)))
    more = data.draw(st.integers(0, 1))
    group = Period.custom(leaves[first].start, leaves[until - 1].end + more * DAY, "g")
    fits = group.end in {leaf.end for leaf in leaves}
    error = refusal(Periods, leaves, groups=[group])
    assert (error is None) is fits
    if more == 0:
        row = Periods(leaves, groups=[group])
        assert row.span("g") == (first, until)
        assert list(row.within("g")) == leaves[first:until]


@given(rows(), st.integers(-3, 80))
def test_every_day_lies_in_exactly_one_leaf(leaves: list[Period], offset: int) -> None:
    row = Periods(leaves)
    day = row.start + timedelta(days=offset)
    holders = [at for at, leaf in enumerate(leaves) if day in leaf]
    if holders:
        assert [row.at(day)] == holders
    else:
        with pytest.raises(NotFound):
            row.at(day)


def test_within_keeps_the_groups_inside() -> None:
    quarter = YEAR.within("2026-Q2")
    assert quarter.labels == ("2026-04", "2026-05", "2026-06")
    assert [group.label for group in quarter.groups] == ["2026-Q2"]
    assert (quarter.start, quarter.end) == (date(2026, 4, 1), date(2026, 7, 1))
    assert YEAR.within("2026") == YEAR
    assert YEAR.within("2026-05").labels == ("2026-05",)


def test_a_row_is_a_sequence_of_its_leaves() -> None:
    assert (len(YEAR), YEAR[0], YEAR[-1], YEAR[3:5]) == (12, MONTHS[0], MONTHS[11], tuple(MONTHS[3:5]))
    assert list(YEAR) == MONTHS
    assert MONTHS[4] in YEAR
    assert YEAR.index(MONTHS[4]) == 4
    assert Periods.of(YEAR) is YEAR
    assert Periods.of(iter(MONTHS)) == Periods(MONTHS)


def test_a_row_is_a_value() -> None:
    assert pickle.loads(pickle.dumps(YEAR)) == copy.deepcopy(YEAR) == YEAR
    assert hash(copy.deepcopy(YEAR)) == hash(YEAR)
    assert copy.deepcopy(YEAR).span("2026-Q4") == (9, 12)
    assert Periods(MONTHS) != YEAR


@pytest.mark.parametrize("label", ["2027-01", "2026-W01", "", None, 3, ["2026-01"]])
def test_an_unknown_label_is_not_found(label: Any) -> None:
    with pytest.raises(NotFound) as caught:
        YEAR.span(label)
    assert caught.value.code == "calendar.no_such_period"


@pytest.mark.parametrize("leaves", [Period.month(2026, 1), "2026", [date(2026, 1, 1)], [None], 3])
def test_a_row_is_made_of_periods(leaves: Any) -> None:
    with pytest.raises(InvalidType):
        Periods(leaves)


LONG = Period.custom(date(2026, 6, 5), date(2026, 6, 7), "x" * 256)

CALLS: list[Callable[[Any], object]] = [
    Periods,
    lambda value: Periods(MONTHS, groups=value),
    YEAR.span,
    YEAR.within,
    YEAR.at,
    Periods.of,
]


@pytest.mark.parametrize("call", CALLS)
def test_hostile_values_get_an_answer_or_our_own_error(call: Callable[[Any], object]) -> None:
    for value in HOSTILE:
        error = refusal(call, value)
        assert error is None or len(str(error)) < 200


@given(st.sampled_from(CALLS), anything | st.dates())
def test_calls_raise_nothing_but_our_own(call: Callable[[Any], object], value: Any) -> None:
    refusal(call, value)


@pytest.mark.parametrize("others", [[span(8, 9, "b")], [span(6, 9, "b")], [span(7, 9, "x" * 256)]])
def test_messages_stay_short_for_long_labels(others: list[Period]) -> None:
    for leaves, groups in (([LONG, *others], []), ([span(1, 9, "a")], [LONG])):
        error = refusal(Periods, leaves, groups=groups)
        assert error is not None
        assert len(str(error)) < 200
