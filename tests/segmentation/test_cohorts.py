"""Cohorts: what is known on a day and what is not, states that merge whatever the rows are cut by, and CDNOW."""

from __future__ import annotations

import calendar
import pickle
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.calendar import PeriodKind, plain_period
from salesplan.errors import InvalidType, InvalidValue, NotFound
from salesplan.rate import Rate
from salesplan.rulebook import from_data, to_data
from salesplan.segmentation import _place_sums, cohorts
from salesplan.segmentation._grain import Grains, first_days, labels_of, period_numbers
from salesplan.segmentation.cohorts import (
    CohortCell,
    CohortMean,
    CohortMeasure,
    CohortState,
    CohortTable,
    DaySpans,
    Grain,
    Observation,
)
from salesplan.window import Weekday
from tests.segmentation.buying import CDNOW
from tests.strategies import anything, refusal
from tests.worked import table

PAGE = "cohorts.md"
MARCH = date(2026, 3, 31)
TOP = 2**63 - 1

Row = tuple[int, date, int]


def state_of(rows: list[Row], grain: Grains = Grain.MONTH) -> CohortState:
    return CohortState.of(
        customer=[row[0] for row in rows], day=[row[1] for row in rows], amount=[row[2] for row in rows], grain=grain
    )


def worked_rows() -> list[Row]:
    rows = []
    for row in table(PAGE, "Purchases"):
        for paid in row["paid or given back"].split():
            amount, _, day = paid.partition("@")
            rows.append((int(row["customer"]), date.fromisoformat(day), int(amount)))
    return rows


def grain_of(text: str) -> Grains:
    if text == "weeks from Sunday":
        return DaySpans.weeks(Weekday.SUNDAY)
    if text == "30 days from 2026-01-05":
        return DaySpans(30, date(2026, 1, 5))
    return Grain[text]


def number_of(day: date, grain: Grains) -> int:
    return int(period_numbers(np.array([day.toordinal() - date(1970, 1, 1).toordinal()]), grain)[0])


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "Periods"), ids=lambda row: f"{row['day']} {row['grain']}")
def test_days_are_in_the_periods_of_the_table(row: dict[str, str]) -> None:
    grain = grain_of(row["grain"])
    number = np.array([number_of(date.fromisoformat(row["day"]), grain)])
    assert (labels_of(number, grain), str(first_days(number, grain)[0])) == ((row["period"],), row["from"])


@pytest.mark.parametrize("row", table(PAGE, "Cells"), ids=lambda row: f"{row['cohort']} {row['age']}")
def test_cells_are_as_worked(row: dict[str, str]) -> None:
    found = state_of(worked_rows()).table(through=date(2026, 4, 15))
    cell = found.cell(date.fromisoformat(row["cohort"] + "-17"), int(row["age"]))
    counts = [int(row[each.value]) if row[each.value] else None for each in CohortMeasure]
    assert [getattr(cell, each.value) for each in CohortMeasure] == counts
    assert (cell.cohort, cell.size, cell.observation) == (row["cohort"], int(row["size"]), Observation[row["seen"]])
    assert cell.retention == (Rate(counts[0], cell.size) if counts[0] is not None else None)
    assert cell.repurchase == (Rate(counts[1], cell.size) if counts[1] is not None else None)


def test_what_is_in_no_cell_is_counted() -> None:
    found = state_of(worked_rows()).table(through=date(2026, 4, 15))
    assert (found.waiting, found.without_purchase, found.orders_left_out, found.money_left_out) == (1, 1, 1, 55)


@pytest.mark.parametrize("row", table(PAGE, "Means"), ids=lambda row: row["age"])
def test_means_are_as_worked(row: dict[str, str]) -> None:
    found = state_of(worked_rows()).table(through=date(2026, 4, 15))
    for mean, text in ((CohortMean.BY_SIZE, row["by size"]), (CohortMean.PLAIN, row["plain"])):
        assert found.mean_retention(int(row["age"]), mean) == (Fraction(text) if text else None)


@pytest.mark.parametrize("row", table(PAGE, "The day it is known through"), ids=lambda row: row["through"])
def test_only_periods_that_are_over_have_numbers(row: dict[str, str]) -> None:
    found = state_of(worked_rows()).table(through=date.fromisoformat(row["through"]))
    last = int(row["last age"])
    seen = [found.cell(date(2026, 1, 1), age).observation for age in (last, last + 1, last + 2)]
    assert seen == [Observation.COMPLETE, Observation[row["the next one"]], Observation.NOT_YET]


def cdnow(grain: Grains) -> CohortState:
    rows = [line.split() for line in CDNOW.read_text(encoding="ascii").splitlines()]
    return CohortState.of(
        customer=np.array([int(row[1]) for row in rows]),
        day=np.array([f"{row[2][:4]}-{row[2][4:6]}-{row[2][6:]}" for row in rows], dtype="datetime64[D]"),
        amount=[int(row[4].replace(".", "")) for row in rows],
        grain=grain,
    )


def test_cdnow_by_month_is_as_worked() -> None:
    found = cdnow(Grain.MONTH).table(through=date(1998, 6, 30))
    rows = table(PAGE, "CDNOW by month")
    assert found.labels == tuple(row["cohort"] for row in rows)
    expected = [[int(row[str(age)]) if row[str(age)] else None for age in range(18)] for row in rows]
    assert found.matrix(CohortMeasure.RETAINED).tolist() == expected
    assert sum(found.sizes.tolist()) == 2357
    assert (found.observations() == "not_yet").tolist() == [[each is None for each in row] for row in expected]
    assert found.orders_left_out == found.waiting == 0


# --- edges ---------------------------------------------------------------------------------------------------


def test_nothing_makes_an_empty_table() -> None:
    state = state_of([])
    found = state.table(through=MARCH)
    assert (found.ages, found.labels, found.matrix(CohortMeasure.MONEY).shape) == (0, (), (0, 0))
    assert found.observations().shape == (0, 0)
    assert found.mean_retention(0, CohortMean.PLAIN) is None
    for mean in ("plain", None):  # whatever there is to average
        assert isinstance(refusal(found.mean_retention, 0, mean), InvalidType)
    assert state.merge(state) == state
    assert "periods from  -" in " ".join(state.explain().splitlines()[2].split(" " * 4))


def test_the_first_and_the_last_days_have_periods() -> None:
    for grain in (*Grain, DaySpans(7, date.max), DaySpans(400, date(2000, 2, 29)), DaySpans(1_000_000, date.min)):
        state = state_of([(1, date.min, 5), (2, date.max, 5)], grain)
        assert state.table(through=date.min).sizes.tolist() == []
        assert state.to_columns()["period"].dtype == np.dtype("datetime64[D]")
        assert len(labels_of(state.period, grain)) == 2
    months = state_of([(1, date.min, 5), (2, date.max, 5)]).table(through=date.max)
    assert (months.ages, months.sizes.tolist()) == (9999 * 12, [1, 1])


def test_a_table_too_large_is_refused() -> None:
    state = state_of([(1, date.min, 5), (2, date(3, 1, 1), 5)], DaySpans(1, date.min))
    assert state.table(through=date(3, 1, 1)).ages == 731
    with pytest.raises(InvalidValue, match="coarser grain") as caught:
        state.table(through=date.max)
    assert caught.value.code == "segmentation.cohorts.too_many"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cohorts, "_MOST_CELLS", 732)  # 731 and the one of customer 2
        assert state.table(through=date(3, 1, 1)).ages == 731
        with pytest.raises(InvalidValue, match="734 cells"):
            state.table(through=date(3, 1, 2))


def test_a_cohort_that_is_not_there_is_not_found() -> None:
    found = state_of([(1, date(2026, 1, 5), 5)]).table(through=MARCH)
    for day in (date(2025, 12, 31), date(2026, 2, 1), date(2026, 4, 1)):
        with pytest.raises(NotFound, match=f"no cohort of {day}"):
            found.cell(day, 0)


def test_a_sum_past_63_bits_is_refused_and_one_within_is_exact() -> None:
    day = date(2026, 1, 5)
    state = state_of([(1, day, TOP), (1, day, 0)])
    assert state.money.tolist() == [TOP]
    assert state.merge(state_of([(1, day, -7)])).money.tolist() == [TOP - 7]
    with pytest.raises(InvalidValue, match="money adds up to 9223372036854775808") as caught:
        state.merge(state_of([(1, day, 1)]))
    assert caught.value.code == "segmentation.cohorts.sum"
    with pytest.raises(InvalidValue, match="money adds up"):
        state.merge(state_of([(2, day, TOP)])).table(through=MARCH)


def test_unmasked_cells_are_no_zeros() -> None:
    found = state_of([(1, date(2026, 1, 5), 5), (2, date(2026, 2, 5), 5)]).table(through=MARCH)
    assert found.matrix(CohortMeasure.RETAINED).data.tolist() == [[1, 0, 0], [1, 0, -(2**63)]]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"customer": [2, 1]}, "rise by customer"),
        ({"customer": [1, 1], "period": [3, 3]}, "rise by customer"),
        ({"customer": [1, 1], "period": [4, 3]}, "rise by customer"),
        ({"orders": [0, 1]}, "give money back"),
        ({"orders": [1]}, "2 rows"),
        ({"period": [0, 2**40]}, "years 1 to 9999"),
        ({"period": [-(2**40), 0]}, "years 1 to 9999"),
    ],
)
def test_a_state_that_cannot_be_is_refused(change: dict[str, Any], match: str) -> None:
    state = state_of([(1, date(2026, 1, 5), 5), (2, date(2026, 1, 5), 5)])
    with pytest.raises(InvalidValue, match=match):
        attrs.evolve(state, **change)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"retained": [1, 1, 0, 1, 0]}, "two in all"),  # bought again, but had not ordered twice
        ({"repurchased": [0, 1, 0, 0, 0]}, "never falls"),
        ({"repurchased": [0, 2, 2, 0, 0]}, "within the cohort"),
        ({"orders": [0, 0, 0, 1, 0]}, "has an order"),
        ({"retained": [0, 0, 0, 1, 0]}, "sizes must be 1"),
        ({"retained": [1, 0, 0, 1]}, "5 rows"),
        ({"through": date(2026, 2, 28)}, "3 rows"),
        ({"through": date(2026, 2, 27)}, "be over"),
        ({"cohorts": [673, 672]}, "cohorts must rise"),
        ({"waiting": -1}, "waiting must be at least 0"),
    ],
)
def test_a_table_that_cannot_be_is_refused(change: dict[str, Any], match: str) -> None:
    found = state_of([(1, date(2026, 1, 5), 5), (2, date(2026, 2, 5), 5)]).table(through=MARCH)
    assert found.cohorts.tolist() == [672, 673]
    with pytest.raises(InvalidValue, match=match):
        attrs.evolve(found, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"observation": Observation.PARTIAL},
        {"retained": 4},
        {"retained": 3, "orders": 3},  # more than have ordered twice
        {"repurchased": 4},
        {"orders": 0},
        {"age": 0},
        {"size": 0},
    ],
)
def test_a_cell_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    cell = CohortCell(
        cohort="2026-01", age=1, size=3, observation=Observation.COMPLETE, retained=1, repurchased=2, orders=1, money=20
    )
    with pytest.raises(InvalidValue):
        attrs.evolve(cell, **change)


def test_parts_of_another_grain_do_not_merge() -> None:
    week = state_of([], DaySpans.weeks(Weekday.MONDAY))
    for other in (Grain.WEEK, DaySpans.weeks(Weekday.SUNDAY), Grain.MONTH):
        with pytest.raises(InvalidValue, match="one part is by 7 days"):
            week.merge(state_of([], other))


# --- laws ----------------------------------------------------------------------------------------------------

ids = st.one_of(st.integers(0, 4), st.sampled_from([0, 10_000, TOP]))
days = st.one_of(
    st.integers(0, 150).map(lambda ahead: date(2025, 11, 20) + timedelta(ahead)),
    st.sampled_from([date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1), date(2024, 2, 29)]),
)
purchases = st.lists(st.tuples(ids, days, st.sampled_from([0, 5, 5, 99, -5, -100])), max_size=30)
grains = st.sampled_from([*Grain, DaySpans.weeks(Weekday.SUNDAY), DaySpans(30, date(2026, 1, 5))])


def start_of(day: date, grain: Grains) -> date:
    match grain:
        case Grain.WEEK:
            return day - timedelta(day.weekday())
        case Grain.MONTH:
            return day.replace(day=1)
        case Grain.QUARTER:
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case DaySpans():
            return day - timedelta((day - grain.origin).days % grain.days)


def end_of(start: date, grain: Grains) -> date:
    match grain:
        case Grain.WEEK:
            return start + timedelta(6)
        case Grain.MONTH | Grain.QUARTER:
            month = start.month + 2 * (grain is Grain.QUARTER)
            return start.replace(month=month, day=calendar.monthrange(start.year, month)[1])
        case DaySpans():
            return start + timedelta(grain.days - 1)


def by_loop(rows: list[Row], grain: Grains, through: date) -> list[dict[str, Any]]:
    """The cells that are there, by dicts of plain dates, one customer after the other."""
    bought: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    money: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for who, day, amount in rows:
        start = start_of(day, grain)
        if end_of(start, grain) <= through:
            money[who][start] += amount
            if amount >= 0:
                bought[who][start] += 1
    cells = []
    for first in sorted({min(each) for each in bought.values()}):
        members = [who for who, each in bought.items() if min(each) == first]
        start, age, so_far = first, 0, dict.fromkeys(members, 0)
        while end_of(start, grain) <= through:
            orders = {who: bought[who].get(start, 0) for who in members}
            so_far = {who: so_far[who] + orders[who] for who in members}
            cells.append(
                {
                    "cohort": first,
                    "age": age,
                    "size": len(members),
                    "retained": sum(many > 0 for many in orders.values()),
                    "repurchased": sum(many > 1 for many in so_far.values()),
                    "orders": sum(orders.values()),
                    "money": sum(money[who].get(start, 0) for who in members),
                }
            )
            start, age = end_of(start, grain) + timedelta(1), age + 1
    return cells


@given(purchases, grains, days)
@example([(0, date(2026, 1, 1), 5), (1, date(2026, 1, 1), 5), (1, date(2026, 1, 2), 5)], Grain.MONTH, MARCH)
def test_the_table_is_that_of_the_loop(rows: list[Row], grain: Grains, through: date) -> None:
    found = state_of(rows, grain).table(through=through)
    columns = {name: column.tolist() for name, column in found.to_columns().items()}
    assert [dict(zip(columns, cell, strict=True)) for cell in zip(*columns.values(), strict=True)] == by_loop(
        rows, grain, through
    )


@given(purchases, grains, days)
def test_nobody_and_nothing_is_lost(rows: list[Row], grain: Grains, through: date) -> None:
    found = state_of(rows, grain).table(through=through)
    buyers = {who for who, _, amount in rows if amount >= 0}
    assert sum(found.sizes.tolist()) + found.waiting == len(buyers)
    assert found.without_purchase == len({who for who, _, _ in rows} - buyers)
    assert sum(found.orders.tolist()) + found.orders_left_out == sum(amount >= 0 for _, _, amount in rows)
    assert sum(found.money.tolist()) + found.money_left_out == sum(amount for _, _, amount in rows)


@given(purchases, grains, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_byte(rows: list[Row], grain: Grains, chance: Any) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert state_of(shuffled, grain) == state_of(rows, grain)
    assert hash(state_of(shuffled, grain)) == hash(state_of(rows, grain))


@given(st.lists(st.tuples(ids, days, st.sampled_from([0, 5, -5]), st.integers(0, 3)), max_size=30), grains)
def test_any_parts_merge_to_the_whole(rows: list[tuple[int, date, int, int]], grain: Grains) -> None:
    """Also where the orders of one customer, or of one day, are in different parts."""
    pieces = [state_of([row[:3] for row in rows if row[3] == part], grain) for part in range(4)]
    whole = state_of([row[:3] for row in rows], grain)
    forth = back = state_of([], grain)
    for piece in pieces:
        forth = forth.merge(piece)
    for piece in reversed(pieces):
        back = piece.merge(back)
    assert forth == whole
    assert back == whole
    assert forth.table(through=MARCH) == whole.table(through=MARCH)
    assert pieces[0].merge(pieces[1]).merge(pieces[2].merge(pieces[3])) == whole


@given(purchases, grains, days)
def test_a_table_keeps_its_laws(rows: list[Row], grain: Grains, through: date) -> None:
    found = state_of(rows, grain).table(through=through)
    retained, twice = (found.matrix(each) for each in (CohortMeasure.RETAINED, CohortMeasure.REPURCHASED))
    assert (retained <= found.sizes[:, None]).all()
    assert (retained[:, 1:] <= twice[:, 1:]).all()
    assert (np.diff(twice, axis=1) >= 0).all()
    assert retained.mask.tolist() == (found.observations() != "complete").tolist()
    for age in range(min(found.ages, 3)):
        cells = [found.cell(day, age) for day in found.first_days.tolist()]
        known = [cell.retention.to_fraction() for cell in cells if cell.retention is not None]
        plain, by_size = (found.mean_retention(age, mean) for mean in (CohortMean.PLAIN, CohortMean.BY_SIZE))
        assert plain == sum(known) / len(known)
        assert by_size is not None
        assert min(known) <= by_size <= max(known)
        for cell in cells:
            assert from_data(to_data(cell), CohortCell) == cell


@given(purchases, days)
def test_later_periods_change_no_cell(rows: list[Row], through: date) -> None:
    """What was known through a day stays known, unless an older row comes in."""
    known = [row for row in rows if end_of(row[1].replace(day=1), Grain.MONTH) <= through]
    columns = [state_of(each).table(through=through).to_columns() for each in (rows, known)]
    assert [each.tolist() for each in columns[0].values()] == [each.tolist() for each in columns[1].values()]


@given(st.dates(max_value=date(9998, 12, 30)))
def test_periods_are_those_of_the_calendar(day: date) -> None:
    for grain in Grain:
        period = plain_period(day, kind=PeriodKind(grain.value))
        assert period is not None
        number = np.array([number_of(day, grain)])
        assert (labels_of(number, grain)[0], first_days(number, grain)[0].item()) == (period.label, period.start)
        assert number_of(period.last, grain) == number[0] == number_of(period.end, grain) - 1


@given(st.dates(), st.sampled_from(Weekday))
def test_weeks_begin_on_the_day_they_are_told_to(day: date, first: Weekday) -> None:
    grain = DaySpans.weeks(first)
    start = first_days(np.array([number_of(day, grain)]), grain)[0]
    back = (np.datetime64(day) - start).astype(int)
    assert 0 <= back <= 6
    assert (day.weekday() - back) % 7 == list(Weekday).index(first)
    assert from_data(to_data(grain), DaySpans) == grain


@given(purchases)
def test_both_ways_to_add_are_the_same(rows: list[Row]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_place_sums, "_EXACT", 0)
        by_halves = state_of(rows).table(through=MARCH)
    assert by_halves == state_of(rows).table(through=MARCH)


@given(purchases, grains)
def test_copies_are_the_same_and_cannot_be_written_to(rows: list[Row], grain: Grains) -> None:
    state = state_of(rows, grain)
    for value in (state, state.table(through=MARCH)):
        copy = pickle.loads(pickle.dumps(value))
        assert (copy, hash(copy)) == (value, hash(value))
        for field in attrs.fields(type(value)):
            column = getattr(copy, field.name)
            assert not isinstance(column, np.ndarray) or not column.flags.writeable
    assert state != state.table(through=MARCH)
    assert state.table(through=MARCH) != state


# --- what is shown, hostile input ----------------------------------------------------------------------------


def test_results_show_themselves() -> None:
    state = state_of(worked_rows())
    found = state.table(through=date(2026, 4, 15))
    lines = [" ".join(line.split()) for line in found.explain().splitlines()]
    assert lines[1:] == [
        "cohort customers 1 2",
        "2026-01 3 33.3 % 33.3 %",
        "2026-02 2 0.0 % ...",
        "by size 20.0 % 33.3 %",
        "plain 16.7 % 33.3 %",
        "... is a month that is not over",
        "1 customer first bought in a month that is not over",
        "1 customer only gave something back",
        "left out: 1 order, 55 in minor units",
    ]
    assert "<td" in found._repr_html_()
    more = state_of([*worked_rows(), (9, date(2024, 1, 1), 5)]).table(through=date(2026, 4, 30)).explain()
    assert "- is a month that has not begun, more in to_columns()" in more
    assert "2026-01-01 to 2026-04-01" in state.explain()
    assert "<td" in state._repr_html_()
    assert state.to_columns()["orders"].sum() == 9
    assert found.cell(date(2026, 1, 1), 1).explain() == (
        "2026-01, age 1: 1 of 3 customers bought, 33.3 %; 2 had ordered twice by then, 66.7 %; "
        "1 order, 20 in minor units"
    )
    assert found.cell(date(2026, 1, 1), 3).explain() == "2026-01, age 3: not observed yet, the period is not over"


def test_a_long_table_shows_its_end() -> None:
    rows = [(who, date(2020 + who // 12, who % 12 + 1, 1), 5) for who in range(60)]
    lines = state_of(rows).table(through=date(2024, 12, 31)).explain().splitlines()
    assert (len(lines), lines[2][:7], lines[-4][:7]) == (2 + 24 + 2 + 1, "2023-01", "2024-12")
    assert lines[1].split()[-1] == "12"


@given(anything, anything, anything)
def test_states_are_refused_in_our_words(some: Any, other: Any, third: Any) -> None:
    refusal(lambda: CohortState.of(customer=some, day=other, amount=third, grain=Grain.MONTH))
    refusal(lambda: CohortState.of(customer=[1], day=some, amount=[1], grain=Grain.MONTH))
    refusal(lambda: CohortState.of(customer=[1], day=[MARCH], amount=some, grain=other))
    refusal(DaySpans, some, other)
    refusal(DaySpans.weeks, some)


@given(st.sampled_from([each.name for each in attrs.fields(CohortState) if each.init]), anything)
def test_a_state_from_elsewhere_is_checked(name: str, value: Any) -> None:
    refusal(lambda: attrs.evolve(state_of(worked_rows()), **{name: value}))


@given(st.sampled_from([each.name for each in attrs.fields(CohortTable) if each.init]), anything)
def test_a_table_from_elsewhere_is_checked(name: str, value: Any) -> None:
    refusal(lambda: attrs.evolve(state_of(worked_rows()).table(through=MARCH), **{name: value}))


@given(st.sampled_from([each.name for each in attrs.fields(CohortCell)]), anything)
def test_a_cell_from_elsewhere_is_checked(name: str, value: Any) -> None:
    cell = state_of(worked_rows()).table(through=MARCH).cell(date(2026, 1, 1), 1)
    refusal(lambda: attrs.evolve(cell, **{name: value}))


@given(anything, anything)
def test_questions_are_refused_in_our_words(some: Any, other: Any) -> None:
    state = state_of(worked_rows())
    found = state.table(through=MARCH)
    refusal(state.merge, some)
    refusal(lambda: state.table(through=some))
    refusal(found.cell, some, other)
    refusal(found.cell, date(2026, 1, 1), some)
    refusal(found.mean_retention, some, CohortMean.PLAIN)
    refusal(found.mean_retention, 0, some)
    refusal(found.matrix, some)


@pytest.mark.parametrize(
    ("day", "amount", "kind"),
    [
        (["2026-01-01"], [1], InvalidType),
        ([date(2026, 1, 1)], [1.0], InvalidType),
        ([date(2026, 1, 1)], [1, 2], InvalidValue),
        (np.array(["2026-01-01T12:00"], dtype="datetime64[m]"), [1], InvalidValue),
    ],
)
def test_columns_of_other_kinds_are_refused(day: Any, amount: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        CohortState.of(customer=[1], day=day, amount=amount, grain=Grain.MONTH)
