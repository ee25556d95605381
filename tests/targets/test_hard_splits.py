"""Splits that once went wrong, or could: extreme weights, weight 0 under pins, limits that give way, huge amounts."""

from __future__ import annotations

import copy
import pickle
import warnings
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.apportion import Apportionment, WeightError
from salesplan.calendar import FiscalCalendar, Period, PeriodKind, Periods, WorkCalendar
from salesplan.errors import InvalidType, InvalidValue, NotFound, SalesplanError
from salesplan.money import CurrencyMismatch, Money
from salesplan.rate import Rate
from salesplan.targets import (
    Direction,
    Hierarchy,
    Infeasible,
    Limit,
    Node,
    NodePlan,
    Pin,
    Ramp,
    Respread,
    Revision,
    TargetPlan,
    assign_leads,
    blend,
    decompose,
    pace,
    plan_headcount,
    respread,
    revise,
    roll_up,
    seasonal_shares,
    tally,
)
from tests.targets.strategies import rows, some_start_late, tables, totals, trees, weights_for
from tests.targets.test_decompose import check_sums

TEAM = Hierarchy.flat(["li", "wang"], root="team")
TWO = Periods([Period(date(2026, 1, 1), date(2026, 2, 1), "p1"), Period(date(2026, 2, 1), date(2026, 3, 1), "p2")])
LATE = Hierarchy([Node("team"), Node("a", "team"), Node("b", "team", starts=date(2026, 2, 1))])
EVEN = [1, 1]


@pytest.fixture(autouse=True)
def no_numpy_warning() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


# --- extreme weights -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("weights", [{"a": 5e-324, "b": 1.0}, {"a": 0.1, "b": 10**400}, {"a": 1e-300, "b": 1e300}])
def test_whoever_is_alone_in_a_period_has_it_however_light(weights: dict[str, Any]) -> None:
    plan = decompose(10, LATE, TWO, seasonality=EVEN, potential=weights)
    assert plan.cells.tolist() == [[5, 0], [0, 5]]


@pytest.mark.parametrize("method", [Apportionment.LARGEST_REMAINDER, Apportionment.WEBSTER])
def test_weights_far_apart_take_pins(method: Apportionment) -> None:
    weights = {"li": 1e-300, "wang": 1.5}
    plan = decompose(10, TEAM, TWO, seasonality=EVEN, potential=weights, pins=[Pin("li", 3, "p1")], method=method)
    assert plan.cells.tolist() == [[3, 0], [2, 5]]
    assert not decompose(0, TEAM, TWO, potential=weights, method=method).cells.any()


def test_a_light_leaf_is_not_cut_off_by_heavy_ones() -> None:
    """1e-17 of the whole is little, and must not make room for the pins of the others impossible."""
    team = Hierarchy([*LATE.nodes, Node("z", "team")])
    pins = [Pin("a", 30), Pin("b", 20)]
    plan = decompose(50, team, TWO, seasonality=EVEN, potential={"a": 1, "b": 1, "z": 1e-17}, pins=pins)
    assert plan.cells.tolist() == [[25, 5], [0, 20], [0, 0]]


# --- weight 0 ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seasons", "potential", "pins", "cells"),
    [
        (EVEN, {"li": 0, "wang": 1}, [Pin("li", 10)], [[5, 5], [45, 45]]),
        (EVEN, {"li": 0, "wang": 1}, [Pin("li", 10, "p1")], [[10, 0], [40, 50]]),
        ([0, 1], None, [Pin("team", 10, "p1")], [[5, 45], [5, 45]]),
        ([0, 1], None, [Pin("li", 10, "p1")], [[10, 40], [0, 50]]),
        (EVEN, {"li": 0, "wang": 1}, [Pin("li", 0, "p1")], [[0, 0], [50, 50]]),
    ],
)
def test_a_pin_holds_whatever_the_weights_say(
    seasons: list[int], potential: dict[str, int] | None, pins: list[Pin], cells: list[list[int]]
) -> None:
    plan = decompose(100, TEAM, TWO, seasonality=seasons, potential=potential, pins=pins)
    assert plan.cells.tolist() == cells


def test_a_sibling_of_weight_0_does_not_take_what_a_pin_leaves() -> None:
    tree = Hierarchy.of({"c": None, "a": "c", "b": "c", "b1": "b", "b2": "b"})
    plan = decompose(
        100, tree, TWO, seasonality=EVEN, potential={"a": 1, "b": 1, "b1": 1, "b2": 0}, pins=[Pin("b1", 10)]
    )
    assert [plan[name].total for name in ("a", "b", "b1", "b2")] == [90, 10, 10, 0]


def test_patterns_that_leave_a_period_empty_are_refused() -> None:
    for people, seasons in ((TEAM, EVEN), (TEAM, [0, 1])):
        with pytest.raises(WeightError, match="nobody works in p2"):
            decompose(100, people, TWO, seasonality=seasons, own_seasonality={"li": [1, 0], "wang": [1, 0]})


def test_nested_patterns_multiply_in_any_order() -> None:
    tree = Hierarchy.of({"c": None, "north": "c", "li": "north", "south": "c"})
    patterns: dict[str, list[Any]] = {"c": [0.1, 0.7], "north": [0.3, 1.1], "li": [1, 3.3]}
    plans = [
        decompose(10_007, tree, TWO, own_seasonality=dict(order))
        for order in (patterns.items(), reversed(patterns.items()))
    ]
    assert plans[0] == plans[1]


# --- limits and pins that press on each other ----------------------------------------------------------------


def test_limits_give_way_within_their_bounds() -> None:
    """p1 at least 41 with li's 2 there: wang has 39 in p1, so li's other cell is 3 and li 5 in all."""
    plan = decompose(
        44,
        TEAM,
        TWO,
        seasonality=EVEN,
        pins=[Pin("li", 2, "p1")],
        limits=[Limit("team", "p1", minimum=41), Limit("wang", minimum=37)],
    )
    assert plan.cells.tolist() == [[2, 3], [39, 0]]


def test_the_tighter_of_several_limits_counts_in_any_order() -> None:
    """Two of each kind on the same place."""
    limits = [
        Limit("team", "p1", maximum=30),
        Limit("team", "p1", maximum=60),
        Limit("team", "p1", minimum=20),
        Limit("li", "p2", maximum=10),
        Limit("li", "p2", maximum=90),
        Limit("li", "p2", minimum=1),
    ]
    for given_limits in (limits, limits[::-1]):
        plan = decompose(100, TEAM, TWO, seasonality=EVEN, limits=given_limits)
        assert plan["team", "p1"] == 30
        assert plan["li", "p2"] == 10


def test_a_group_pin_counts_what_is_pinned_inside() -> None:
    months = FiscalCalendar.calendar_year(2026).months
    pins = [Pin("li", 50, "2026-Q1"), Pin("li", 20, "2026-02"), Pin("team", 300, "2026-Q2"), Pin("team", 10, "2026-05")]
    plan = decompose(1200, TEAM, months, seasonality=[1] * 12, pins=pins)
    assert [plan["li", label] for label in ("2026-01", "2026-02", "2026-03")] == [15, 20, 15]
    assert [plan["team", label] for label in ("2026-04", "2026-05", "2026-06")] == [145, 10, 145]


def test_innocent_pins_are_not_blamed() -> None:
    team = Hierarchy.flat(["li", "wang", "zhao"], root="team")
    pins = [Pin("li", 10), Pin("team", 120, "p1"), Pin("wang", 20, "p1"), Pin("zhao", 20, "p1")]
    with pytest.raises(Infeasible) as caught:
        decompose(150, team, TWO, seasonality=EVEN, pins=pins)
    # p1 may hold 10 of li, 20 and 20: 50 of 120
    assert caught.value.short == 70
    with pytest.raises(Infeasible) as other:
        decompose(100, TEAM, TWO, seasonality=EVEN, pins=[Pin("li", 5), Pin("li", 9, "p1"), Pin("wang", 1, "p2")])
    assert set(other.value.pins) == {Pin("li", 5), Pin("li", 9, "p1")}


@given(trees(), rows(), st.data())
def test_pins_and_limits_from_any_table_of_people_who_come_and_go(
    tree: Hierarchy, periods: Periods, data: st.DataObject
) -> None:
    """Weights of all kinds, stays, single cells, nodes and periods pinned or limited: never infeasible, all kept."""
    team = data.draw(some_start_late(tree))
    cells = np.array(data.draw(tables(len(team.leaves), len(periods))), dtype=np.int64)
    for number, name in enumerate(team.leaves):
        node = team.nodes[team.place(name)]
        for at, period in enumerate(periods):
            late = node.starts is not None and node.starts >= period.end
            gone = node.stops is not None and node.stops <= period.start
            slow = node.ramp is not None  # a ramp may begin with 0 %
            if late or gone or slow:
                cells[number, at] = 0
    shape = team.shape
    pins: list[Pin] = []
    limits: list[Limit] = []
    for place, name in enumerate(team.ids):
        found = int(cells[shape.first[place] : shape.until[place]].sum())
        choice = data.draw(st.integers(0, 5))
        if choice == 0:
            pins.append(Pin(name, found))
        if choice == 1:
            limits.append(Limit(name, minimum=found // 2, maximum=found + 3))
    for number, name in enumerate(team.leaves):
        for at, label in enumerate(periods.labels):
            if data.draw(st.integers(0, 4)) == 0:
                pins.append(Pin(name, int(cells[number, at]), label))
    plan = decompose(int(cells.sum()), team, periods, pins=pins, limits=limits)
    check_sums(plan, int(cells.sum()))
    assert (plan.cells >= 0).all()
    for pin in pins:
        assert (plan[pin.node].total if pin.period is None else plan[pin.node, pin.period]) == pin.amount
    for limit in limits:
        assert limit.minimum <= plan[limit.node].total <= limit.maximum  # type: ignore[operator]


@given(trees(), rows(), st.integers(1, 4000), st.data())
def test_an_over_assigned_plan_takes_pins_copied_from_itself(
    tree: Hierarchy, periods: Periods, total: int, data: st.DataObject
) -> None:
    depth = max(tree.depth(name) for name in tree.ids)
    steps = [Rate(data.draw(st.integers(100, 300)), 100) for _ in range(depth)]
    free = decompose(total, tree, periods, over_assignment=steps)
    name = data.draw(st.sampled_from(tree.leaves))
    label = data.draw(st.sampled_from([None, *periods.labels]))
    amount = sum(free[name].units) if label is None else free[name, label]
    plan = decompose(total, tree, periods, over_assignment=steps, pins=[Pin(name, amount, label)])
    assert (sum(plan[name].units) if label is None else plan[name, label]) == amount
    assert (plan.units_of_all() >= 0).all()


def test_an_over_assigned_level_keeps_empty_cells_and_small_pins() -> None:
    plan = decompose(1000, LATE, TWO, seasonality=EVEN, over_assignment=[Rate.percent("110")])
    # a has p1 alone and half of p2: 500 + 250 and 0 + 250, each a tenth more
    assert (plan["a"].units, plan["b"].units) == ((550, 275), (0, 275))
    small = decompose(10, TEAM, TWO, seasonality=EVEN, over_assignment=[Rate(3)], pins=[Pin("li", 1, "p1")])
    assert small["li", "p1"] == 1
    assert sum(small["li"].units) + sum(small["wang"].units) == 30


def test_an_over_assigned_plan_shows_what_is_assigned() -> None:
    plan = decompose(1000, TEAM, TWO, seasonality=EVEN, over_assignment=[Rate.percent("110")])
    assert plan.to_columns()["units"].tolist() == [275, 275, 275, 275]
    more = decompose(2000, TEAM, TWO, seasonality=EVEN, over_assignment=[Rate.percent("110")])
    assert {move.node for move in plan.diff(more).changes} == {"team", "li", "wang"}


# --- sizes ---------------------------------------------------------------------------------------------------


@given(trees(), rows(), totals, st.data())
def test_any_total_with_stays_and_weights_is_exact(
    tree: Hierarchy, periods: Periods, total: int, data: st.DataObject
) -> None:
    team = data.draw(some_start_late(tree))
    flat = all(len({*team.children(name)} & {*team.leaves}) in {0, len(team.children(name))} for name in team.ids)
    weights = data.draw(weights_for(len(team.leaves)))
    weights[0] = weights[0] or 1e-9  # the first leaf is always there
    potential = dict(zip(team.leaves, weights, strict=True)) if flat else None
    plan = decompose(total, team, periods, potential=potential)
    check_sums(plan, total)
    assert (plan.cells >= 0).all()


def test_huge_totals_of_people_who_never_meet() -> None:
    shift = [Node(f"s{at}", "t", stops=date(2026, 2, 1)) for at in range(6)]
    shift += [Node(f"r{at}", "t", starts=date(2026, 2, 1)) for at in range(3)]
    plan = decompose(2**60, Hierarchy([Node("t"), *shift]), TWO, seasonality=EVEN)
    check_sums(plan, 2**60)
    # half of the total in each period, in thirds and sixths
    for name in ("s0", "r0"):
        share = Fraction(2**60, 12 if name == "s0" else 6)
        assert abs(sum(plan[name].units) - share) < 2**60 * 2**-50


@pytest.mark.parametrize(
    "call",
    [
        lambda: decompose(2**60 + 1, TEAM, TWO),
        lambda: TargetPlan(people=TEAM, periods=TWO, unit=None, cells=np.full((2, 2), 2**62)),
        lambda: respread(
            decompose(4, TEAM, TWO), dict.fromkeys(("li", "wang"), -(2**62)), on=date(2026, 2, 1), policy=Respread.EVEN
        ),
        lambda: revise(decompose(4, TEAM, TWO), 2**60 + 1, policy=Revision.RESCALE),
    ],
)
def test_what_63_bits_might_not_hold_is_refused(call: Any) -> None:
    with pytest.raises(InvalidValue) as caught:
        call()
    assert caught.value.code == "targets.range"


def test_a_projection_that_no_amount_holds_is_unknown() -> None:
    yen = Money.zero("JPY").currency
    year = NodePlan(id="x", periods=Periods([Period.year(2026)]), unit=yen, units=(1,))
    assert pace(year, Money(2**62, yen), on=date(2026, 1, 2)).projection is None


# --- values --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("again", [copy.deepcopy, copy.copy, lambda plan: pickle.loads(pickle.dumps(plan))])
def test_a_copy_is_read_only_too(again: Any) -> None:
    other = again(decompose(4, TEAM, TWO))
    assert other == decompose(4, TEAM, TWO)
    with pytest.raises(ValueError, match="read-only"):
        other.cells[0, 0] = 99


@pytest.mark.parametrize("cells", [[[1.9, 1.0], [1.0, 1.0]], [[float("nan")] * 2] * 2, [[-1, 1], [1, 1]], "x"])
def test_cells_are_whole_numbers_from_0(cells: Any) -> None:
    with pytest.raises((InvalidType, InvalidValue)) as caught:
        TargetPlan(people=TEAM, periods=TWO, unit=None, cells=cells)
    assert caught.value.code == "targets.cells"


def test_plans_differ_by_how_much_is_closed() -> None:
    table = np.ones((2, 2), dtype=np.int64)
    plans = [TargetPlan(people=TEAM, periods=TWO, unit=None, cells=table, closed=closed) for closed in (0, 1)]
    assert plans[0] != plans[1]


def test_money_weighs_against_money_of_its_currency_only() -> None:
    yuan, yen = Money.of("1", "CNY"), Money.of("100", "JPY")
    with pytest.raises(CurrencyMismatch):
        decompose(10, TEAM, TWO, potential={"li": yuan, "wang": yen})
    with pytest.raises(InvalidType):
        decompose(10, TEAM, TWO, potential={"li": yuan, "wang": 1})
    with pytest.raises(CurrencyMismatch):
        decompose(10, TEAM, TWO, seasonality=[yuan, yen])
    with pytest.raises(CurrencyMismatch):
        decompose(10, TEAM, TWO, seasonality={"p1": yuan, "p2": yen})


DAY = date(2026, 1, 1)
ODD: list[Any] = [
    lambda: decompose(1, TEAM, TWO, own_seasonality=[1, 2]),  # type: ignore[arg-type]
    lambda: decompose(1, TEAM, TWO, own_seasonality={"li": [1]}),
    lambda: decompose(1, TEAM, TWO, own_seasonality={"li": [0, 0]}),
    lambda: decompose(1, TEAM, TWO, workdays="x"),  # type: ignore[arg-type]
    lambda: Hierarchy.nest("a", "b"),  # type: ignore[arg-type]
    lambda: decompose(4, TEAM, TWO).diff("x"),  # type: ignore[arg-type]
    lambda: tally([("li", DAY)], TEAM, TWO, unit=0),  # type: ignore[list-item]
    lambda: tally([([], DAY, 3)], TEAM, TWO, unit=0),  # type: ignore[list-item]
    lambda: tally([], "x", TWO, unit=0),  # type: ignore[arg-type]
    lambda: tally(3, TEAM, TWO, unit=0),  # type: ignore[arg-type]
    lambda: roll_up("x", {}),  # type: ignore[call-overload]
    lambda: roll_up(TEAM, {"li": 1, "wang": {"p1": 1}}),  # type: ignore[dict-item]
    lambda: roll_up(TEAM, {"li": {"p1": 1}, "wang": {"p2": 1}}),
    lambda: blend(3),  # type: ignore[arg-type]
    lambda: blend([(1, [1])]),  # type: ignore[list-item]
    lambda: blend([(1, {1: 1, "a": 2})]),  # type: ignore[dict-item]
    lambda: seasonal_shares(3),  # type: ignore[arg-type]
    lambda: pace(decompose(4, TEAM, TWO), {}, on=date(2026, 2, 1)),
    lambda: respread(decompose(4, TEAM, TWO), {"li": {}, "wang": {}}, on=date(2026, 2, 1), policy=Respread.EVEN),
    lambda: respread(
        decompose(4, TEAM, TWO), {"li": {"p1": 1, "p2": 1}, "wang": 0}, on=date(2026, 2, 1), policy=Respread.EVEN
    ),
]


@pytest.mark.parametrize("call", ODD)
def test_odd_arguments_get_our_own_error(call: Any) -> None:
    with pytest.raises(SalesplanError) as caught:
        call()
    assert caught.value.code.startswith("targets.")
    assert len(str(caught.value)) < 200


# --- following -----------------------------------------------------------------------------------------------


def test_a_raise_goes_in_proportion() -> None:
    team = Hierarchy.flat(["a", "z"], root="team")
    plan = decompose(400, team, TWO, seasonality=[3, 1], potential={"a": 1, "z": 3})
    raised = revise(plan, 440, policy=Revision.INCREMENT)
    # 40 more as 1 : 3 over people and 3 : 1 over time
    assert raised.cells.sum(axis=1).tolist() == [110, 330]
    assert raised.cells.sum(axis=0).tolist() == [330, 110]
    assert np.abs(raised.cells - [[82.5, 27.5], [247.5, 82.5]]).max() == 0.5
    assert revise(plan, 440, policy=Revision.RESCALE).cells.sum(axis=1).tolist() == [110, 330]


def test_the_first_weights_survive_two_respreads() -> None:
    start = date(2026, 1, 1)
    leaves = [Period(start + timedelta(10 * at), start + timedelta(10 * at + 10), f"p{at}") for at in range(4)]
    plan = decompose(400, Hierarchy.flat(["li"], root="team"), leaves, seasonality=[1] * 4)
    once = respread(plan, {"li": 50}, on=date(2026, 1, 11), policy=Respread.NEXT_PERIOD)
    twice = respread(once, {"li": 100}, on=date(2026, 1, 21), policy=Respread.NEXT_PERIOD)
    assert twice["li"].units == (100, 150, 200, 100)
    assert twice["li"].pattern == (100, 100, 100, 100)
    early = pace(twice["li"], 40, on=date(2026, 1, 11))
    assert early.expected == 100  # what was carried later is not taken off a morning before it


def test_lower_is_better_has_no_uplifts() -> None:
    start = date(2026, 1, 1)
    node = NodePlan(id="x", periods=Periods([Period(start, start + timedelta(90), "q")]), unit=None, units=(90,))
    found = pace(node, 30, on=start + timedelta(45), direction=Direction.LOWER)
    assert (found.uplift_on_plan, found.uplift_on_pace) == (None, None)
    assert (found.gap, found.projection) == (15, 60)


def test_an_interval_in_the_middle_of_a_period() -> None:
    """Three closed and half of the fourth of twelve: 850 are ahead, 850 + 850^2 / 300 = 3258.3, its root 57.08."""
    start = date(2026, 1, 1)
    leaves = [Period(start + timedelta(30 * at), start + timedelta(30 * at + 30), f"p{at}") for at in range(13)]
    node = NodePlan(id="x", periods=Periods(leaves), unit=None, units=(100,) * 12 + (0,))
    sold = {"p0": 90, "p1": 100, "p2": 110, "p3": 50}
    found = pace(node, sold, on=start + timedelta(105), confidence=Rate.percent("80"))
    # 57.08 x 1.8856 = 107.63
    assert (found.projection, found.interval) == (1200, (1092, 1308))


def test_a_future_period_may_be_listed_with_nothing() -> None:
    plan = decompose(4, TEAM, TWO)
    assert pace(plan["li"], {"p1": 0, "p2": 0}, on=date(2026, 2, 1)).actual == 0
    with pytest.raises(NotFound):
        pace(plan["li"], {"p2": 0}, on=date(2026, 2, 1))


def test_the_plan_keeps_its_calendar() -> None:
    """January 2026 has 22 weekdays; 7 of them lie before Monday the 12th."""
    weekdays = WorkCalendar(first=date(2026, 1, 1), until=date(2026, 2, 1))
    plan = decompose(220, Hierarchy.flat(["li"], root="t"), [Period.month(2026, 1)], workdays=weekdays)
    assert pace(plan["li"], 70, on=date(2026, 1, 12)).expected == 70


def test_day_rates_count_the_days_somebody_is_there() -> None:
    """Late starts on 1 February: 28 + 31 days of the quarter; she who left on 1 March, after 59 days, owes nothing."""
    months = FiscalCalendar.calendar_year(2026).months.within("2026-Q1")
    late_and_left = [Node("late", "t", starts=date(2026, 2, 1)), Node("left", "t", stops=date(2026, 3, 1))]
    plan = decompose(1800, Hierarchy([Node("t"), Node("v", "t"), *late_and_left]), months, seasonality=[1, 1, 1])
    late = pace(plan["late"], 280, on=date(2026, 3, 1))
    assert late.run_rate == Rate(10)
    # 600 a month: February in thirds, March in halves
    assert late.required_rate == Rate(200 + 300 - 280, 31)
    left = pace(plan["left"], 59, on=date(2026, 3, 15))
    assert (left.run_rate, left.required_rate) == (Rate(1), None)
    assert pace(plan["late"], 0, on=date(2026, 1, 15)).run_rate is None


def test_a_table_goes_by_what_is_asked() -> None:
    year = FiscalCalendar.calendar_year(2026)
    plan = decompose(1200, TEAM, year.fragments, seasonality=dict.fromkeys(year.months.labels, 1))
    assert plan.explain(by=PeriodKind.QUARTER).splitlines()[1].split() == ["team", *["300"] * 4, "1,200"]
    assert len(plan.explain(by=PeriodKind.WEEK).splitlines()[0].split()) == 1 + 53 + 1
    assert plan.root.explain().splitlines()[1].split() == ["2026-01", "100"]
    assert len(plan["li"].explain(by=PeriodKind.WEEK).splitlines()) == 1 + 53 + 1
    with pytest.raises(NotFound):
        decompose(12, TEAM, year.months).explain(by=PeriodKind.WEEK)


def test_a_table_says_what_was_carried() -> None:
    months = FiscalCalendar.calendar_year(2026).months
    plan = decompose(1200, TEAM, months, seasonality=[1] * 12)
    later = respread(plan, {"li": 40, "wang": 50}, on=date(2026, 2, 1), policy=Respread.HOLD)
    said = later.explain().splitlines()[-1]
    assert said == "version 2: 1200 promised; 10 of closed periods is in open ones too, 10 left out"
    assert "promised" not in plan.explain()


def test_actuals_of_a_team_point_to_the_way_up() -> None:
    plan = decompose(1200, TEAM, TWO)
    with pytest.raises(InvalidType, match="roll_up"):
        pace(plan, {"li": {"p1": 5}, "wang": {"p1": 5}}, on=date(2026, 2, 1))  # type: ignore[dict-item]


def test_infeasible_names_the_pins() -> None:
    with pytest.raises(Infeasible, match=r"off by 1 \(li in all = 11\)"):
        decompose(10, TEAM, TWO, pins=[Pin("li", 11)])


def test_everybody_at_weight_0_is_said_as_such() -> None:
    with pytest.raises(WeightError, match="everybody weighs 0"):
        decompose(10, LATE, TWO, potential={"a": 0, "b": 0})


def test_a_mistyped_month_is_answered_with_larger_periods() -> None:
    plan = decompose(10, TEAM, FiscalCalendar.calendar_year(2026).fragments)
    with pytest.raises(NotFound, match="2026-H2, 2026"):
        plan["li", "2026-6"]


def test_a_ramp_of_newcomers_serves_for_heads_too() -> None:
    shares = [Rate.percent("50")]
    plans = [
        plan_headcount([100, 150], productivity=10, ramp=ramp, attrition=Rate(0), lead_time=0, heads=10)
        for ramp in (shares, Ramp(shares))
    ]
    assert plans[0] == plans[1]


def test_a_lead_is_given_once() -> None:
    with pytest.raises(InvalidValue, match="given twice"):
        assign_leads(["L1", "L1", "L2"], {"li": 1, "wang": 1})


@given(st.integers(0, 3000), st.data())
def test_quarters_and_months_are_near_their_own_share_too(total: int, data: st.DataObject) -> None:
    """On 63 fragments a month is as near to its weight as if the months alone had been split."""
    year = FiscalCalendar.calendar_year(2026)
    weights = data.draw(st.lists(st.integers(0, 9), min_size=12, max_size=12).filter(any))
    plan = decompose(total, TEAM, year.fragments, seasonality=dict(zip(year.months.labels, weights, strict=True)))
    check_sums(plan, total)
    for quarter, first in zip(year.quarters, range(0, 12, 3), strict=True):
        exact = Fraction(total * sum(weights[first : first + 3]), sum(weights))
        assert abs(plan.root[quarter.label] - exact) < 3  # type: ignore[operator]  # a unit each of year, half, quarter
    for month, weight in zip(year.months, weights, strict=True):
        assert abs(plan.root[month.label] - Fraction(total * weight, sum(weights))) < 4  # type: ignore[operator]
