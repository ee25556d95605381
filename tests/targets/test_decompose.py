"""Splitting a target over people and calendar: worked tables, edges, laws."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.apportion import Apportionment, WeightError
from salesplan.calendar import FiscalCalendar, Period, PeriodError, Periods, WorkCalendar
from salesplan.errors import InvalidType, InvalidValue, NotFound
from salesplan.money import CurrencyMismatch, Money
from salesplan.rate import Rate
from salesplan.targets import Hierarchy, HierarchyError, Infeasible, Limit, Node, Pin, Ramp, TargetPlan, decompose
from tests.targets.strategies import rows, some_start_late, tables, totals, trees, weight, weights_for
from tests.worked import table

PAGE = "targets.md"
TEAM = Hierarchy.flat(["li", "wang"], root="team")
TWO = Periods([Period(date(2026, 1, 1), date(2026, 2, 1), "p1"), Period(date(2026, 2, 1), date(2026, 3, 1), "p2")])
QUARTER = FiscalCalendar.calendar_year(2026).months.within("2026-Q1")


def cny(amount: str) -> Money:
    return Money.of(amount, "CNY")


def fixed(text: str) -> tuple[list[Pin], list[Limit]]:
    """`li p1 = 40, wang all: - .. 20` as pins and limits."""
    pins, limits = [], []
    for part in filter(None, text.split(", ")):
        if match := re.fullmatch(r"(\w+) (\w+) = (\d+)", part):
            pins.append(Pin(match[1], int(match[3]), None if match[2] == "all" else match[2]))
        else:
            match = re.fullmatch(r"(\w+) (\w+): (\S+) \.\. (\S+)", part)
            assert match, part
            low, high = (None if each == "-" else int(each) for each in match.groups()[2:])
            period = None if match[2] == "all" else match[2]
            limits.append(Limit(match[1], period, minimum=low, maximum=high))
    return pins, limits


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "Seasons"))
def test_seasons_as_worked(row: dict[str, str]) -> None:
    year = FiscalCalendar.calendar_year(2026).quarters
    seasons = [Rate.of(share) for share in row["last year"].split()]
    plan = decompose(int(row["total"]), Hierarchy.of({"company": None}), year, seasonality=seasons)
    assert list(plan.root.units) == [int(each) for each in row["quarters"].split()]


@pytest.mark.parametrize("row", table(PAGE, "Pins and limits"), ids=lambda row: row["fixed"])
def test_pins_and_limits_as_worked(row: dict[str, str]) -> None:
    pins, limits = fixed(row["fixed"])
    plan = decompose(100, TEAM, TWO, seasonality=[1, 1], pins=pins, limits=limits)
    wanted = [int(row[f"{who} {when}"]) for who in ("li", "wang") for when in ("p1", "p2")]
    assert plan.cells.ravel().tolist() == wanted


@pytest.mark.parametrize("row", table(PAGE, "What cannot be"), ids=lambda row: row["fixed"])
def test_what_cannot_be_says_who_and_by_how_much(row: dict[str, str]) -> None:
    pins, limits = fixed(row["fixed"])
    with pytest.raises(Infeasible) as caught:
        decompose(100, TEAM, TWO, seasonality=[1, 1], pins=pins, limits=limits)
    blamed_pins, blamed_limits = fixed(row["to blame"])
    assert caught.value.short == int(row["off by"])
    assert set(caught.value.pins) == {*blamed_pins, *blamed_limits}
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("row", table(PAGE, "Newcomers"), ids=lambda row: f"{row['newcomer starts']} {row['ramp']}")
def test_newcomers_as_worked(row: dict[str, str]) -> None:
    starts = date.fromisoformat(row["newcomer starts"]) if row["newcomer starts"] else None
    ramp = Ramp.percent(row["ramp"]) if row["ramp"] else None
    team = Hierarchy([Node("team"), Node("veteran", "team"), Node("newcomer", "team", starts=starts, ramp=ramp)])
    plan = decompose(1200, team, QUARTER, seasonality=[1, 1, 1])
    for name in ("veteran", "newcomer"):
        assert list(plan[name].units) == [int(each) for each in row[name].split()]


@pytest.mark.parametrize("row", table(PAGE, "Over-assignment"), ids=lambda row: f"{row['total']} {row['steps']}")
def test_over_assignment_as_worked(row: dict[str, str]) -> None:
    tree = Hierarchy.of({"company": None, "d1": "company", "d2": "company", "m1": "d1", "m2": "d1", "m3": "d2"})
    steps = [Rate.percent(step) for step in row["steps"].split()]
    plan = decompose(int(row["total"]), tree, QUARTER, over_assignment=steps)
    levels = [["company"], ["d1", "d2"], ["m1", "m2", "m3"]]
    sums = [sum(sum(plan[name].units) for name in level) for level in levels]
    assert sums == [int(each) for each in row["levels"].split()]


def test_three_axes_have_no_whole_table_in_general() -> None:
    layers = [
        [[int(cell) for cell in row[head].split()] for head in ("first row", "second row", "third row")]
        for row in table(PAGE, "Three axes")
    ]
    halves = np.array(layers)
    places = np.argwhere(halves)
    assert len(places) == 16
    for axis in range(3):
        assert (halves.sum(axis=axis) % 2 == 0).all()  # halves: an even count is a whole sum
    bits = np.array(list(product((0, 1), repeat=16)), dtype=np.int8)
    whole = np.zeros((len(bits), 3, 3, 3), dtype=np.int8)
    whole[:, places[:, 0], places[:, 1], places[:, 2]] = bits
    good = np.ones(len(bits), dtype=bool)
    for axis in range(3):
        good &= (2 * whole.sum(axis=axis + 1) == halves.sum(axis=axis)).all(axis=(1, 2))
    assert not good.any()


def test_three_axes_are_refused_with_the_way_out() -> None:
    lines = Hierarchy.flat(["a", "b"], root="lines")
    with pytest.raises(InvalidValue, match=r"Hierarchy\.nest") as caught:
        decompose(100, [TEAM, lines], TWO)  # type: ignore[arg-type]
    assert caught.value.code == "targets.three_axes"
    nested = decompose(100, Hierarchy.nest(TEAM, lines), TWO, seasonality=[1, 1])
    assert [nested[name].total for name in ("li/a", "li/b", "li", "wang")] == [25, 25, 50, 50]


def test_the_first_example_by_hand() -> None:
    team = Hierarchy.of({"company": None, "north": "company", "li": "north", "wang": "north", "south": "company"})
    plan = decompose(
        cny("10000000"),
        team,
        FiscalCalendar.calendar_year(2026).months,
        seasonality=[1, 1, 2] * 4,
        capability={"li": 2, "wang": 1},
    )
    # north weighs 2 + 1, south 1: 3/4 of 10,000,000; the first quarter is 4 of 16
    assert plan["north"].total == cny("7500000")
    assert plan["north", "2026-Q1"] == cny("1875000")
    assert plan["li", "2026-03"] == cny("625000")  # 2/3 of 7,500,000, 2 of 16
    assert plan.total == cny("10000000")


# --- laws ----------------------------------------------------------------------------------------------------


def check_sums(plan: TargetPlan, total: int) -> None:
    """Children sum to their node and leaves to their groups, everywhere, in plain Python."""
    people, periods = plan.people, plan.periods
    units = {name: plan[name].units for name in people.ids}
    assert sum(units[people.root]) == total
    for name in people.ids:
        under = people.children(name)
        if under:
            assert list(units[name]) == [sum(units[child][at] for child in under) for at in range(len(periods))]
        for group in periods.groups:
            inside = [u for u, leaf in zip(units[name], periods.leaves, strict=True) if group.holds(leaf)]
            assert sum(inside) == plan[name, group.label]


@given(trees(), rows(), totals, st.data())
def test_leaves_sum_to_everything(tree: Hierarchy, periods: Periods, total: int, data: st.DataObject) -> None:
    seasons = data.draw(weights_for(len(periods)))
    potential = dict(zip(tree.leaves, data.draw(weights_for(len(tree.leaves))), strict=True))
    method = data.draw(st.sampled_from([Apportionment.LARGEST_REMAINDER, Apportionment.WEBSTER]))
    one_leaf_each = all(
        len({*tree.children(name)} & {*tree.leaves}) in {0, len(tree.children(name))} for name in tree.ids
    )
    if not one_leaf_each:  # siblings of which only some are leaves: weights for the leaves alone are refused
        potential = {}
    plan = decompose(total, tree, periods, seasonality=seasons, potential=potential or None, method=method)
    check_sums(plan, total)
    assert (plan.cells >= 0).all()
    for name, each in potential.items():
        if not each:
            assert not any(plan[name].units)
    for at, each in enumerate(seasons):
        if not each:
            assert not plan.cells[:, at].any()


@given(trees(), rows(), totals, st.data())
def test_stays_and_ramps_keep_every_sum_and_every_empty_cell(
    tree: Hierarchy, periods: Periods, total: int, data: st.DataObject
) -> None:
    staying = data.draw(some_start_late(tree))
    plan = decompose(total, staying, periods)
    check_sums(plan, total)
    assert (plan.cells >= 0).all()
    for node in staying.nodes:
        for at, period in enumerate(periods):
            starts_later = node.starts is not None and node.starts >= period.end
            has_left = node.stops is not None and node.stops <= period.start
            if starts_later or has_left:
                assert plan[node.id].units[at] == 0


@given(trees(), rows(), st.integers(0, 10_000), st.data())
def test_people_in_any_order_get_the_same(tree: Hierarchy, periods: Periods, total: int, data: st.DataObject) -> None:
    staying = data.draw(some_start_late(tree))
    shuffled = Hierarchy(data.draw(st.permutations(staying.nodes)))
    assert decompose(total, shuffled, periods) == decompose(total, staying, periods)


@given(rows(), st.integers(0, 10_000), st.data())
def test_renamed_people_carry_their_weights_along(periods: Periods, total: int, data: st.DataObject) -> None:
    """Distinct weights: whoever has the weight gets what it brings, whatever the name, to the last unit of a total."""
    weights = data.draw(st.lists(st.integers(1, 99), min_size=2, max_size=6, unique=True))
    names = [f"n{at}" for at in range(len(weights))]
    other = data.draw(st.permutations(names))
    one = decompose(total, Hierarchy.flat(names, root="all"), periods, potential=dict(zip(names, weights, strict=True)))
    two = decompose(total, Hierarchy.flat(names, root="all"), periods, potential=dict(zip(other, weights, strict=True)))
    exact = {each: Fraction(total * each, sum(weights)) for each in weights}
    fractions = [share % 1 for share in exact.values()]
    if len(set(fractions)) == len(fractions):  # no ties
        for a, b in zip(names, other, strict=True):
            assert one[a].total == two[b].total


@given(trees(), rows(), st.data())
def test_pins_taken_from_any_table_stay(tree: Hierarchy, periods: Periods, data: st.DataObject) -> None:
    """Whatever single cells, nodes and periods of a real table are pinned, there is a plan, and it holds them."""
    cells = np.array(data.draw(tables(len(tree.leaves), len(periods))), dtype=np.int64)
    shape = tree.shape
    pins = []
    for number, name in enumerate(tree.leaves):
        for at, label in enumerate(periods.labels):
            if data.draw(st.integers(0, 2)) == 0:
                pins.append(Pin(name, int(cells[number, at]), label))
    for name in tree.ids:
        if data.draw(st.integers(0, 3)) == 0:
            place = tree.place(name)
            pins.append(Pin(name, int(cells[shape.first[place] : shape.until[place]].sum())))
    for at, label in enumerate(periods.labels):
        if data.draw(st.integers(0, 3)) == 0:
            pins.append(Pin(tree.root, int(cells[:, at].sum()), label))
    total = int(cells.sum())
    plan = decompose(total, tree, periods, pins=data.draw(st.permutations(pins)))
    check_sums(plan, total)
    assert (plan.cells >= 0).all()
    for pin in pins:
        assert (plan[pin.node].total if pin.period is None else plan[pin.node, pin.period]) == pin.amount
    assert plan == decompose(total, tree, periods, pins=[*reversed(pins), *pins])


@given(trees(), rows(), st.integers(0, 5000), st.data())
def test_a_pinned_block_stays(tree: Hierarchy, periods: Periods, total: int, data: st.DataObject) -> None:
    """One pin anywhere, on any node in any period or group, of any amount that the total holds."""
    name = data.draw(st.sampled_from(tree.ids))
    label = data.draw(st.sampled_from([None, *periods.labels, *(group.label for group in periods.groups)]))
    place, shape = tree.place(name), tree.shape
    whole_tree = shape.until[place] - shape.first[place] == len(tree.leaves)
    whole_time = label is None or periods.span(label) == (0, len(periods))
    pin = Pin(name, total if whole_tree and whole_time else data.draw(st.integers(0, total)), label)
    plan = decompose(total, tree, periods, pins=[pin])
    check_sums(plan, total)
    assert (plan[name].total if label is None else plan[name, label]) == pin.amount


@given(trees(), rows(), st.integers(0, 5000), st.data())
def test_limits_hold_or_are_infeasible(tree: Hierarchy, periods: Periods, total: int, data: st.DataObject) -> None:
    limits = []
    for _ in range(data.draw(st.integers(1, 4))):
        name = data.draw(st.sampled_from(tree.ids))
        low = data.draw(st.integers(0, total))
        high = data.draw(st.one_of(st.none(), st.integers(low, total)))
        limits.append(Limit(name, minimum=low, maximum=high))
    least = smallest_total(tree, limits, tree.root)
    most = largest_total(tree, limits, tree.root)
    if least is None or most is None or not least <= total <= most:
        with pytest.raises(Infeasible) as caught:
            decompose(total, tree, periods, limits=limits)
        assert caught.value.pins
        assert caught.value.short > 0
        return
    plan = decompose(total, tree, periods, limits=limits)
    check_sums(plan, total)
    for limit in limits:
        amount = plan[limit.node].total
        assert isinstance(amount, int)
        assert limit.minimum is None or amount >= limit.minimum  # type: ignore[operator]
        assert limit.maximum is None or amount <= limit.maximum  # type: ignore[operator]


def smallest_total(tree: Hierarchy, limits: list[Limit], name: str) -> int | None:
    """The least a node can get, by its children; None where the bounds of some node contradict."""
    below = [smallest_total(tree, limits, child) for child in tree.children(name)]
    tops = largest_total(tree, limits, name)
    known = [each for each in below if each is not None]
    own = [int(limit.minimum) for limit in limits if limit.node == name and isinstance(limit.minimum, int)]
    least = max([sum(known), *own])
    return None if len(known) < len(below) or tops is None or least > tops else least


def largest_total(tree: Hierarchy, limits: list[Limit], name: str) -> int | None:
    own = [int(limit.maximum) for limit in limits if limit.node == name and isinstance(limit.maximum, int)]
    below = [largest_total(tree, limits, child) for child in tree.children(name)]
    if any(each is None for each in below):
        return None
    return min([sum(each for each in below if each is not None) if below else 10**9, *own])


@given(trees(), rows(), st.integers(0, 10_000), st.data())
def test_every_over_assigned_level_is_exact_both_ways(
    tree: Hierarchy, periods: Periods, total: int, data: st.DataObject
) -> None:
    depth = max(tree.depth(name) for name in tree.ids)
    steps = [Rate(data.draw(st.integers(100, 150)), 100) for _ in range(depth)]
    plan = decompose(total, tree, periods, over_assignment=steps)
    base = decompose(total, tree, periods)
    factor = Fraction(1)
    for level in range(1, depth + 1):
        factor *= Fraction(steps[level - 1].numerator, steps[level - 1].denominator)
        names = [name for name in tree.ids if tree.depth(name) == level]
        planned = sum(sum(base[name].units) for name in names)
        assigned = sum(sum(plan[name].units) for name in names)
        assert abs(assigned - planned * factor) <= Fraction(1, 2)
        for at in range(len(periods)):
            by_period = sum(plan[name].units[at] for name in names)
            assert abs(by_period - factor * sum(base[name].units[at] for name in names)) < 2
    assert plan.total == total


@given(st.lists(st.integers(1, 400), min_size=1, max_size=12), st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_a_full_table_is_near_its_exact_shares(people: list[int], seasons: list[int]) -> None:
    """Any node, leaf or not, in any run of periods: at most two units from exact, where cells are not tiny."""
    names = [f"n{at:02}" for at in range(len(people))]
    parents: dict[str, str | None] = {"all": None, "a": "all", "b": "all"}
    parents |= {name: "a" if at % 2 else "b" for at, name in enumerate(names)}
    if len(people) == 1:
        parents = {"all": None, names[0]: "all"}
    leaves = [Period(date(2026, 1, 1 + at), date(2026, 1, 2 + at), f"p{at}") for at in range(len(seasons))]
    periods = Periods(leaves)
    total = 1_000_003
    plan = decompose(
        total, Hierarchy.of(parents), periods, seasonality=seasons, potential=dict(zip(names, people, strict=True))
    )
    check_sums(plan, total)
    by_time = plan.root.units
    for name in plan.people.ids:
        mine = plan[name].units
        for first in range(len(seasons)):
            for until in range(first + 1, len(seasons) + 1):
                exact = Fraction(sum(mine) * sum(by_time[first:until]), total)
                assert abs(sum(mine[first:until]) - exact) <= 2


# --- weights -------------------------------------------------------------------------------------------------


def test_weights_multiply_and_inner_nodes_may_have_their_own() -> None:
    tree = Hierarchy.of({"c": None, "north": "c", "south": "c", "li": "north", "wang": "north", "zhao": "south"})
    plan = decompose(
        1000,
        tree,
        TWO,
        seasonality=[1, 1],
        potential={"north": cny("1"), "south": cny("3"), "li": cny("2"), "wang": cny("1")},
        headcount={"li": 1, "wang": 2},
    )
    # north and south as 1 : 3; li 2 x 1 and wang 1 x 2 share north evenly
    assert [plan[name].total for name in ("north", "south", "li", "wang", "zhao")] == [250, 750, 125, 125, 750]


def test_own_seasonality_bends_a_node_and_keeps_the_whole() -> None:
    plan = decompose(400, TEAM, TWO, seasonality=[1, 1], own_seasonality={"li": [3, 1]})
    # rows 200 and 200, columns 200 and 200, odds of li 3 : 1: x / (200 - x) squared is 3, so x = 126.79
    assert plan.cells.tolist() == [[127, 73], [73, 127]]


def test_working_days_make_a_month_heavier() -> None:
    days = WorkCalendar(first=date(2026, 1, 1), until=date(2026, 4, 1))
    plan = decompose(64, TEAM, QUARTER, workdays=days)
    # January 2026 has 22 weekdays, February 20, March 22
    assert list(plan.root.units) == [22, 20, 22]
    twice = decompose(84, TEAM, QUARTER, workdays=days, seasonality=[1, 2, 1])
    assert list(twice.root.units) == [22, 40, 22]


def test_weeks_and_months_both_sum_on_fragments() -> None:
    year = FiscalCalendar.calendar_year(2026)
    plan = decompose(cny("1234567.89"), TEAM, year.fragments)
    for kind in ("months", "weeks", "quarters"):
        parts = [plan.root[period.label] for period in getattr(year, kind)]
        assert Money.sum(parts, currency="CNY") == cny("1234567.89")  # type: ignore[arg-type]


def test_webster_never_takes_a_unit_back_when_there_is_more() -> None:
    shares = {"a": 567, "b": 385, "c": 42, "d": 6}
    team, year = Hierarchy.flat(shares, root="team"), [Period.year(2026)]
    for method, falls in ((Apportionment.LARGEST_REMAINDER, True), (Apportionment.WEBSTER, False)):
        plans = [decompose(total, team, year, potential=shares, method=method) for total in range(300, 340)]
        fell = any(
            after[name].total < before[name].total  # type: ignore[operator]
            for before, after in pairwise(plans)
            for name in shares
        )
        assert fell is falls


@pytest.mark.parametrize(
    ("weights", "error"),
    [
        ({"li": float("nan"), "wang": 1}, WeightError),
        ({"li": float("inf"), "wang": 1}, WeightError),
        ({"li": -1, "wang": 1}, WeightError),
        ({"li": -0.5, "wang": 1}, WeightError),
        ({"li": 0, "wang": 0}, WeightError),
        ({"li": True, "wang": 1}, InvalidType),
        ({"li": "1", "wang": 1}, InvalidType),
        ({"li": 1}, NotFound),
        ({"li": 1, "wang": 1, "zhao": 1}, NotFound),
        ([1, 2], InvalidType),
    ],
)
def test_bad_weights_are_refused(weights: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        decompose(100, TEAM, TWO, potential=weights)


@pytest.mark.parametrize(
    ("seasons", "error"),
    [
        ([1], InvalidValue),
        ([0, 0], WeightError),
        ([float("nan"), 1], WeightError),
        ({"p1": 1}, NotFound),
        ({"p1": 1, "p2": 1, "p3": 1}, NotFound),
        ("12", InvalidType),
        (3, InvalidType),
    ],
)
def test_bad_seasons_are_refused(seasons: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        decompose(100, TEAM, TWO, seasonality=seasons)


def test_nothing_to_split_needs_no_weights() -> None:
    assert not decompose(0, TEAM, TWO, potential={"li": 0, "wang": 0}).cells.any()


def test_nobody_at_work_is_said() -> None:
    team = Hierarchy([Node("team"), Node("li", "team", starts=date(2026, 2, 1))])
    with pytest.raises(WeightError, match="nobody works in p1"):
        decompose(100, team, TWO)
    assert decompose(100, team, TWO, seasonality=[0, 1]).cells.tolist() == [[0, 100]]


def test_so_few_units_that_totals_give_way() -> None:
    """One and a half each in disjoint periods: both totals rounded by themselves do not fit, a table exists."""
    team = Hierarchy(
        [Node("team"), Node("a", "team", stops=date(2026, 2, 1)), Node("b", "team", starts=date(2026, 2, 1))]
    )
    for total in range(1, 8):
        plan = decompose(total, team, TWO, seasonality=[1, 1])
        check_sums(plan, total)
        assert plan["a"].units[1] == 0
        assert plan["b"].units[0] == 0


# --- bad input -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("total", [1.5, True, "100", None])
def test_odd_totals_are_refused(total: Any) -> None:
    with pytest.raises(InvalidType):
        decompose(total, TEAM, TWO)


def test_negative_totals_are_refused() -> None:
    with pytest.raises(InvalidValue):
        decompose(-1, TEAM, TWO)


def test_mixed_currencies_are_refused() -> None:
    with pytest.raises(CurrencyMismatch):
        decompose(cny("100"), TEAM, TWO, pins=[Pin("li", Money.of("10", "EUR"))])
    with pytest.raises(InvalidType):
        decompose(cny("100"), TEAM, TWO, pins=[Pin("li", 10)])
    with pytest.raises(InvalidType):
        decompose(100, TEAM, TWO, limits=[Limit("li", minimum=cny("1"))])


def test_pins_of_strangers_are_refused() -> None:
    with pytest.raises(NotFound):
        decompose(100, TEAM, TWO, pins=[Pin("zhao", 1)])
    with pytest.raises(NotFound):
        decompose(100, TEAM, TWO, pins=[Pin("li", 1, "p9")])
    with pytest.raises(InvalidType):
        decompose(100, TEAM, TWO, pins=[("li", 1)])  # type: ignore[list-item]


def test_limits_within_a_period_are_for_the_root_or_a_leaf() -> None:
    tree = Hierarchy.of({"c": None, "north": "c", "li": "north"})
    with pytest.raises(InvalidValue, match="single leaf"):
        decompose(100, tree, TWO, limits=[Limit("north", "p1", maximum=5)])


def test_limits_on_groups_of_periods_hold() -> None:
    """100 a month; the first quarter at most 240, the third at least 330; the rest shares the rest."""
    months = FiscalCalendar.calendar_year(2026).months
    limits = [Limit("team", "2026-Q1", maximum=240), Limit("team", "2026-Q3", minimum=330)]
    plan = decompose(1200, TEAM, months, seasonality=[1] * 12, limits=limits)
    # 240 and 330 leave 630 for the two other quarters
    assert list(plan.root.units) == [80] * 3 + [105] * 3 + [110] * 3 + [105] * 3
    with pytest.raises(Infeasible) as caught:
        decompose(
            1200, TEAM, months, limits=[Limit("team", "2026-H1", maximum=500), Limit("team", "2026-H2", maximum=600)]
        )
    assert caught.value.short == 100


@given(rows(), st.integers(0, 5000), st.data())
def test_limits_on_any_periods_hold(periods: Periods, total: int, data: st.DataObject) -> None:
    """Limits that some row of periods meets, taken from it; nested or not, crossing ones left out."""
    real = data.draw(tables(1, len(periods)))[0]
    total = sum(real)
    limits: list[Limit] = []
    spans: list[tuple[int, int]] = []
    for label in (*periods.labels, *(group.label for group in periods.groups)):
        first, until = periods.span(label)
        crosses = any(a < first < b < until or first < a < until < b for a, b in spans)
        if crosses or until - first == len(periods) or not data.draw(st.booleans()):
            continue
        spans.append((first, until))
        found = sum(real[first:until])
        low, high = data.draw(st.integers(0, found)), data.draw(st.integers(found, 2 * found + 5))
        limits.append(Limit("team", label, minimum=low, maximum=high))
    plan = decompose(total, TEAM, periods, limits=limits)
    check_sums(plan, total)
    for limit in limits:
        assert limit.period is not None
        assert limit.minimum <= plan["team", limit.period] <= limit.maximum  # type: ignore[operator]


def test_periods_with_a_hole_are_refused() -> None:
    with pytest.raises(PeriodError):
        decompose(100, TEAM, [Period.month(2026, 1), Period.month(2026, 3)])
    with pytest.raises(PeriodError):
        decompose(100, TEAM, [Period.quarter(2026, 1), Period.month(2026, 3)])


def test_pinning_where_nobody_works_is_infeasible() -> None:
    team = Hierarchy([Node("team"), Node("li", "team"), Node("new", "team", starts=date(2026, 2, 1))])
    with pytest.raises(Infeasible, match="nobody works there") as caught:
        decompose(100, team, TWO, pins=[Pin("new", 5, "p1")])
    assert caught.value.short == 5


@pytest.mark.parametrize("steps", [[Rate.percent("90")], [1.1], [Rate(1), Rate(1)]])
def test_odd_over_assignments_are_refused(steps: Any) -> None:
    with pytest.raises((InvalidValue, InvalidType)):
        decompose(100, TEAM, TWO, over_assignment=steps)


def test_a_pin_of_an_over_assigned_node_is_what_it_is_assigned() -> None:
    plan = decompose(
        1000, TEAM, TWO, over_assignment=[Rate.percent("110")], pins=[Pin("li", 333), Pin("wang", 7, "p1")]
    )
    assert plan["li"].total == 333
    assert plan["wang", "p1"] == 7
    assert sum(plan["li"].units) + sum(plan["wang"].units) == 1100


def test_a_hundred_thousand_levels_are_deep_and_no_error() -> None:
    chain = Hierarchy.of({"n0": None} | {f"n{at}": f"n{at - 1}" for at in range(1, 100_000)})
    plan = decompose(12, chain, TWO, seasonality=[1, 2])
    assert plan["n99999"].units == plan["n50000"].units == (4, 8)


def test_huge_amounts_are_exact() -> None:
    """Beyond 2**53 a float no longer holds every whole number; the cells are still the nearest."""
    total = 2**60 - 1
    plan = decompose(total, TEAM, TWO, seasonality=[1, 2], potential={"li": 1, "wang": 2})
    check_sums(plan, total)
    for name, share in (("li", 1), ("wang", 2)):
        for at, season in enumerate((1, 2)):
            assert abs(plan[name].units[at] - Fraction(total * share * season, 9)) < 2


@pytest.mark.parametrize(
    ("nodes", "code"),
    [
        ([], "targets.no_people"),
        ([Node("a"), Node("b")], "targets.roots"),
        ([Node("a"), Node("a", "a")], "targets.repeated"),
        ([Node("a"), Node("b", "zzz")], "targets.orphan"),
        ([Node("a", "b"), Node("b", "a")], "targets.cycle"),
        ([Node("r"), Node("a", "b"), Node("b", "a")], "targets.cycle"),
        ([Node("a", "a")], "targets.cycle"),
        ([Node("r", starts=date(2026, 1, 1)), Node("a", "r")], "targets.not_a_leaf"),
    ],
)
def test_what_is_no_tree_is_refused(nodes: list[Node], code: str) -> None:
    with pytest.raises(HierarchyError) as caught:
        Hierarchy(nodes)
    assert caught.value.code == code


def test_the_same_weight_of_every_kind_splits_alike() -> None:
    kinds: list[Any] = [3, Rate(3), 3.0, Fraction(3), cny("0.03"), np.int64(3), np.float64(3)]
    plans = [
        decompose(1000, TEAM, TWO, potential={"li": each, "wang": 1 if not isinstance(each, Money) else cny("0.01")})
        for each in kinds
    ]
    assert len({plan["li"].total for plan in plans}) == 1


@given(weight)
def test_any_good_weight_alone_takes_all(each: Any) -> None:
    if each:
        assert decompose(10, Hierarchy.flat(["li"], root="team"), TWO, potential={"li": each})["li"].total == 10
