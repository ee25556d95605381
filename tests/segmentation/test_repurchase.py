"""Repurchase: one word, three bases; who has not had the time is not in the base."""

from __future__ import annotations

import pickle
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.errors import InvalidType, InvalidValue, NotFound
from salesplan.rate import Rate
from salesplan.rulebook import from_data, to_data
from salesplan.segmentation.cohorts import CohortState, DaySpans, Grain
from salesplan.segmentation.repurchase import (
    Repeat,
    RepurchaseBase,
    RepurchaseRate,
    RepurchaseState,
    RepurchaseTable,
    WithinDays,
)
from tests.segmentation.buying import CDNOW
from tests.strategies import anything, refusal
from tests.worked import table

PAGE = "cohorts.md"
TODAY = date(2026, 6, 30)
TOP = 2**63 - 1
NEVER = date.max.toordinal() - date(1970, 1, 1).toordinal() + 1

Row = tuple[int, date, int]


def state_of(rows: list[Row]) -> RepurchaseState:
    return RepurchaseState.of(
        customer=[row[0] for row in rows], day=[row[1] for row in rows], amount=[row[2] for row in rows]
    )


def base_of(text: str) -> RepurchaseBase:
    return WithinDays(int(text)) if text.isdigit() else Repeat[text]


def counts_of(found: RepurchaseRate) -> tuple[int, ...]:
    return found.customers, found.repeated, found.waiting, found.later


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "Repurchase"), ids=lambda row: f"{row['case']} {row['base']}")
def test_repurchase_is_as_worked(row: dict[str, str]) -> None:
    rows = []
    for customer, purchases in enumerate(row["purchases"].split(";")):
        for purchase in purchases.split():
            amount, _, day = purchase.partition("@")
            rows.append((customer, date.fromisoformat(day), int(amount)))
    found = state_of(rows).rate(base_of(row["base"]), as_of=TODAY)
    assert counts_of(found) == tuple(int(row[name]) for name in ("customers", "again", "waiting", "later"))
    assert found.rate == (Rate(found.repeated, found.customers) if int(row["customers"]) else None)


def cdnow() -> list[Row]:
    rows = [line.split() for line in CDNOW.read_text(encoding="ascii").splitlines()]
    return [(int(row[1]), date.fromisoformat(row[2]), int(row[4].replace(".", ""))) for row in rows]


@pytest.fixture(scope="module")
def cdnow_state() -> RepurchaseState:
    return state_of(cdnow())


@pytest.mark.parametrize("row", table(PAGE, "CDNOW repurchase"), ids=lambda row: f"{row['as of']} {row['base']}")
def test_cdnow_is_as_worked(row: dict[str, str], cdnow_state: RepurchaseState) -> None:
    found = cdnow_state.rate(base_of(row["base"]), as_of=date.fromisoformat(row["as of"]))
    assert counts_of(found) == (*(int(row[name]) for name in ("customers", "again", "waiting")), 0)


def test_cdnow_by_cohort_is_as_worked(cdnow_state: RepurchaseState) -> None:
    found = cdnow_state.by_cohort(WithinDays(90), grain=Grain.MONTH, as_of=date(1997, 6, 10))
    for row in table(PAGE, "CDNOW repurchase by cohort"):
        one = found.rate(date.fromisoformat(row["cohort"] + "-28"))
        assert counts_of(one) == (*(int(row[name]) for name in ("customers", "again", "waiting")), 0)
    assert found.total() == cdnow_state.rate(WithinDays(90), as_of=date(1997, 6, 10))


# --- edges ---------------------------------------------------------------------------------------------------


def test_nobody_has_no_rate() -> None:
    state = state_of([])
    found = state.rate(WithinDays(90), as_of=TODAY)
    assert (found.rate, counts_of(found)) == (None, (0, 0, 0, 0))
    assert state.by_cohort(Repeat.DAYS, grain=Grain.WEEK, as_of=TODAY).to_columns()["cohort"].tolist() == []
    assert state.merge(state) == state
    assert "no rate" in found.explain()


def test_days_past_the_calendar_are_never_over() -> None:
    state = state_of([(1, date.min, 5), (1, date.max, 5), (2, date.max, 5)])
    for many in (NEVER * 2, 2**40, TOP):
        assert counts_of(state.rate(WithinDays(many), as_of=date.max)) == (0, 0, 2, 0)
    assert counts_of(state.rate(Repeat.DAYS, as_of=date.max)) == (2, 1, 0, 0)
    span = (date.max - date.min).days
    assert counts_of(state.rate(WithinDays(span), as_of=date.max)) == (1, 1, 1, 0)
    assert counts_of(state.rate(WithinDays(span - 1), as_of=date.max)) == (1, 0, 1, 0)


def test_a_cohort_that_is_not_there_is_not_found() -> None:
    found = state_of([(1, date(2026, 1, 5), 5)]).by_cohort(Repeat.DAYS, grain=Grain.MONTH, as_of=TODAY)
    assert found.rate(date(2026, 1, 31)).customers == 1
    for day in (date(2025, 12, 31), date(2026, 2, 1)):
        with pytest.raises(NotFound, match=f"no cohort of {day}"):
            found.rate(day)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"customer": [2, 1]}, "rise"),
        ({"customer": [1, 1]}, "rise"),
        ({"first_day": [20, 20]}, "second day comes after"),
        ({"second_day": [10, NEVER]}, "second day comes after"),
        ({"second_day": [NEVER + 1, NEVER]}, "second day comes after"),
        ({"second_order": [15, NEVER]}, "second order on one of them"),
        ({"second_order": [NEVER, NEVER]}, "second order on one of them"),
        ({"first_day": [10]}, "2 rows"),
    ],
)
def test_a_state_that_cannot_be_is_refused(change: dict[str, Any], match: str) -> None:
    first, later = date(1970, 1, 11), date(1970, 1, 21)
    state = state_of([(1, first, 5), (1, later, 5), (2, first, 5)])
    assert (state.second_order.tolist(), state.second_day.tolist()) == ([20, NEVER], [20, NEVER])
    with pytest.raises(InvalidValue, match=match):
        attrs.evolve(state, **change)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"repeated": [2, 0]}, "more bought again"),
        ({"customers": [1, 0]}, "a cohort has customers"),
        ({"cohorts": [673, 672]}, "cohorts must rise"),
        ({"cohorts": [672, 678]}, "up to as_of"),
        ({"customers": [1]}, "2 rows"),
        ({"customers": [TOP, TOP]}, "customers must be at most"),
        ({"waiting": [0, 1]}, "waiting must be at most 0"),
        ({"later": -1}, "later must be at least 0"),
    ],
)
def test_a_table_that_cannot_be_is_refused(change: dict[str, Any], match: str) -> None:
    rows = [(1, date(2026, 1, 5), 5), (2, date(2026, 2, 5), 5)]
    found = state_of(rows).by_cohort(Repeat.DAYS, grain=Grain.MONTH, as_of=TODAY)
    assert found.cohorts.tolist() == [672, 673]
    with pytest.raises(InvalidValue, match=match):
        attrs.evolve(found, **change)


@pytest.mark.parametrize("days", [0, -1])
def test_within_no_days_is_refused(days: int) -> None:
    with pytest.raises(InvalidValue, match="days must be at least 1"):
        WithinDays(days)
    assert WithinDays(1).days == 1


# --- laws ----------------------------------------------------------------------------------------------------

ids = st.one_of(st.integers(0, 4), st.sampled_from([0, 10_000, TOP]))
days = st.one_of(
    st.integers(0, 12).map(lambda back: TODAY - timedelta(back)),
    st.integers(0, 100).map(lambda back: TODAY + timedelta(2) - timedelta(back)),
    st.sampled_from([date.min, date.max, TODAY + timedelta(1), date(1969, 12, 31)]),
)
amounts = st.sampled_from([0, 5, 5, 99, -5])
purchases = st.lists(st.tuples(ids, days, amounts), max_size=30)
bases = st.sampled_from([*Repeat, WithinDays(1), WithinDays(2), WithinDays(5), WithinDays(30), WithinDays(10**7)])
grains = st.sampled_from([*Grain, DaySpans(10, TODAY)])


def by_loop(rows: list[Row], base: RepurchaseBase, as_of: date) -> dict[int, str]:
    """What becomes of each customer, one after the other: again, not, waiting, later."""
    orders: dict[int, list[date]] = defaultdict(list)
    for who, day, amount in rows:
        if amount >= 0:
            orders[who].append(day)
    fates = {}
    for who, bought in orders.items():
        known = [day for day in bought if day <= as_of]
        if not known:
            fates[who] = "later"
        elif base is Repeat.ORDERS:
            fates[who] = "again" if len(known) > 1 else "not"
        elif base is Repeat.DAYS:
            fates[who] = "again" if len(set(known)) > 1 else "not"
        elif isinstance(base, WithinDays):
            waits = [(day - min(known)).days for day in known]
            over = (as_of - min(known)).days >= base.days
            again = any(0 < wait <= base.days for wait in waits)
            fates[who] = "waiting" if not over else "again" if again else "not"
    return fates


@given(purchases, bases, days)
@example([(0, TODAY, 5), (0, TODAY, 5), (0, TODAY, 5)], Repeat.DAYS, TODAY)
def test_rates_are_those_of_the_loop(rows: list[Row], base: RepurchaseBase, as_of: date) -> None:
    fates = list(by_loop(rows, base, as_of).values())
    again, waiting, later = (fates.count(name) for name in ("again", "waiting", "later"))
    found = state_of(rows).rate(base, as_of=as_of)
    assert counts_of(found) == (again + fates.count("not"), again, waiting, later)
    assert from_data(to_data(found), RepurchaseRate) == found


@given(purchases, bases, grains, days)
def test_cohorts_are_those_of_the_loop_and_add_up(
    rows: list[Row], base: RepurchaseBase, grain: Any, as_of: date
) -> None:
    state = state_of(rows)
    found = state.by_cohort(base, grain=grain, as_of=as_of)
    assert found.total() == state.rate(base, as_of=as_of)
    fates = by_loop(rows, base, as_of)
    firsts = {who: min(day for other, day, amount in rows if other == who and amount >= 0) for who in fates}
    for day in {first for who, first in firsts.items() if fates[who] != "later"}:
        one = found.rate(day)
        period = CohortState.of(customer=[0], day=[day], amount=[0], grain=grain).period
        same = [
            fates[who]
            for who, first in firsts.items()
            if fates[who] != "later"
            and CohortState.of(customer=[0], day=[first], amount=[0], grain=grain).period == period
        ]
        again = same.count("again")
        assert counts_of(one) == (again + same.count("not"), again, same.count("waiting"), 0)
    assert len(found.to_columns()["cohort"]) == found.cohorts.size


@given(purchases, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_byte(rows: list[Row], chance: Any) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert (state_of(shuffled), hash(state_of(shuffled))) == (state_of(rows), hash(state_of(rows)))


@given(st.lists(st.tuples(ids, days, amounts, st.integers(0, 3)), max_size=30))
@example([(0, TODAY, 5, 0), (0, TODAY, 5, 1), (0, TODAY, 5, 2), (0, date(2026, 7, 1), 5, 3)])
def test_any_parts_merge_to_the_whole(rows: list[tuple[int, date, int, int]]) -> None:
    """Also where the two orders of one day are in different parts."""
    pieces = [state_of([row[:3] for row in rows if row[3] == part]) for part in range(4)]
    whole = state_of([row[:3] for row in rows])
    forth = back = state_of([])
    for piece in pieces:
        forth = forth.merge(piece)
    for piece in reversed(pieces):
        back = piece.merge(back)
    assert forth == whole
    assert back == whole
    assert pieces[0].merge(pieces[1]).merge(pieces[2].merge(pieces[3])) == whole


@given(purchases, bases)
def test_what_comes_after_the_day_changes_only_who_comes_later(rows: list[Row], base: RepurchaseBase) -> None:
    known = state_of([row for row in rows if row[1] <= TODAY]).rate(base, as_of=TODAY)
    found = state_of(rows).rate(base, as_of=TODAY)
    assert attrs.evolve(found, later=0) == known


@given(purchases)
def test_two_days_are_two_orders(rows: list[Row]) -> None:
    state = state_of(rows)
    orders, two_days = (state.rate(base, as_of=TODAY) for base in (Repeat.ORDERS, Repeat.DAYS))
    assert two_days.repeated <= orders.repeated
    assert two_days.customers == orders.customers
    assert state.rate(WithinDays(30), as_of=TODAY).repeated <= two_days.repeated


@given(purchases.map(lambda rows: [row for row in rows if date(2020, 1, 1) < row[1] <= TODAY]))
def test_the_table_of_cohorts_ends_with_the_rate_of_two_orders(rows: list[Row]) -> None:
    """On the last day of a month, both ways to count who ordered twice are one."""
    found = CohortState.of(
        customer=[row[0] for row in rows], day=[row[1] for row in rows], amount=[row[2] for row in rows],
        grain=Grain.MONTH,
    ).table(through=TODAY)  # fmt: skip
    rates = state_of(rows).by_cohort(Repeat.ORDERS, grain=Grain.MONTH, as_of=TODAY)
    for row, day in enumerate(found.first_days.tolist()):
        cell = found.cell(day, 6 - day.month)
        assert (cell.size, cell.repurchased) == (rates.customers[row], rates.repeated[row])


@given(purchases, bases, grains)
def test_copies_are_the_same_and_cannot_be_written_to(rows: list[Row], base: RepurchaseBase, grain: Any) -> None:
    state = state_of(rows)
    found = state.by_cohort(base, grain=grain, as_of=TODAY)
    for value in (state, found):
        copy = pickle.loads(pickle.dumps(value))
        assert (copy, hash(copy)) == (value, hash(value))
        for field in attrs.fields(type(value)):
            column = getattr(copy, field.name)
            assert not isinstance(column, np.ndarray) or not column.flags.writeable
    assert state != found
    assert found != state


# --- what is shown, hostile input ----------------------------------------------------------------------------


def test_results_show_themselves() -> None:
    rows = [(1, date(2026, 1, 5), 5), (1, date(2026, 1, 9), 5), (2, date(2026, 5, 1), 5), (3, date(2026, 7, 1), 5)]
    state = state_of(rows)
    found = state.by_cohort(WithinDays(90), grain=Grain.MONTH, as_of=TODAY)
    lines = [" ".join(line.split()) for line in found.explain().splitlines()]
    assert lines == [
        "as of 2026-06-30, 1 of 1 customer bought on a later day within 90 days of the first: 100.0 %; "
        "1 not counted whose days are not over; 1 not counted who first bought after that day",
        "cohort customers bought again rate waiting",
        "2026-01 1 1 100.0 % 0",
        "2026-05 0 0 - 1",
        "all 1 1 100.0 % 1",
    ]
    assert "<td" in found._repr_html_()
    assert "<td" in found.total()._repr_html_()
    assert state.explain().split() == ["customers", "3", "ordered", "twice", "1", "bought", "on", "two", "days", "1"]
    assert "<td" in state._repr_html_()
    columns = state.to_columns()
    assert columns["second_day"].tolist() == [4, None, None]
    assert columns["first_day"].tolist()[0] == date(2026, 1, 5)


def test_a_long_table_shows_its_end() -> None:
    rows = [(who, date(2020 + who // 12, who % 12 + 1, 1), 5) for who in range(60)]
    lines = state_of(rows).by_cohort(Repeat.DAYS, grain=Grain.MONTH, as_of=TODAY).explain().splitlines()
    assert (len(lines), lines[2][:7], lines[-2][:7]) == (2 + 24 + 1, "2023-01", "2024-12")
    assert lines[-1].split() == ["all", "60", "0", "0.0", "%", "0"]


@given(anything, anything, anything)
def test_questions_are_refused_in_our_words(some: Any, other: Any, third: Any) -> None:
    state = state_of([(1, TODAY, 5)])
    refusal(lambda: RepurchaseState.of(customer=some, day=other, amount=third))
    refusal(lambda: RepurchaseState.of(customer=[1], day=some, amount=[1]))
    refusal(lambda: RepurchaseState.of(customer=[1], day=[TODAY], amount=some))
    refusal(WithinDays, some)
    refusal(state.merge, some)
    refusal(lambda: state.rate(some, as_of=TODAY))
    refusal(lambda: state.rate(Repeat.DAYS, as_of=some))
    refusal(lambda: state.by_cohort(some, grain=other, as_of=third))
    refusal(lambda: state.by_cohort(Repeat.DAYS, grain=some, as_of=TODAY))
    refusal(state.by_cohort(Repeat.DAYS, grain=Grain.WEEK, as_of=TODAY).rate, some)


@given(st.sampled_from([RepurchaseState, RepurchaseTable, RepurchaseRate]), st.data())
def test_values_from_elsewhere_are_checked(kind: type[Any], data: st.DataObject) -> None:
    state = state_of([(1, TODAY, 5)])
    by_cohort = state.by_cohort(Repeat.DAYS, grain=Grain.WEEK, as_of=TODAY)
    value: Any = {RepurchaseState: state, RepurchaseTable: by_cohort, RepurchaseRate: by_cohort.total()}[kind]
    name = data.draw(st.sampled_from([each.name for each in attrs.fields(kind)]))
    some = data.draw(anything)
    refusal(lambda: attrs.evolve(value, **{name: some}))


@pytest.mark.parametrize("base", [None, "days", 90, Grain.WEEK])
def test_what_is_no_base_is_refused(base: Any) -> None:
    with pytest.raises(InvalidType) as caught:
        state_of([]).rate(base, as_of=TODAY)
    assert caught.value.code == "segmentation.repurchase.base"
