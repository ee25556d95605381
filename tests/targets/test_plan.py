"""The plan as a value, actuals in its shape, trees, ramps and weights."""

from __future__ import annotations

import pickle
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.apportion import WeightError
from salesplan.calendar import FiscalCalendar, Period, Periods
from salesplan.errors import InvalidType, InvalidValue, NotFound
from salesplan.money import CurrencyMismatch, Money
from salesplan.rate import Rate
from salesplan.targets import (
    Base,
    Hierarchy,
    Infeasible,
    Limit,
    Node,
    NodePlan,
    Pin,
    Proportions,
    Ramp,
    TargetPlan,
    blend,
    decompose,
    growth,
    period_weights,
    roll_up,
    seasonal_shares,
    tally,
)
from tests.targets.strategies import rows, trees
from tests.worked import table

TEAM = Hierarchy.flat(["li", "wang"], root="team")
YEAR = FiscalCalendar.calendar_year(2026)


def plan_of(total: int = 1200) -> TargetPlan:
    return decompose(total, TEAM, YEAR.months, seasonality=[1] * 12)


# --- the plan ------------------------------------------------------------------------------------------------


def test_a_plan_shows_nodes_by_period() -> None:
    plan = decompose(Money.of("1200.00", "CNY"), TEAM, YEAR.months.within("2026-Q1"), seasonality=[1, 1, 2])
    assert plan.explain().splitlines() == [
        "CNY     2026-01  2026-02  2026-03     total",
        "team     300.00   300.00   600.00  1,200.00",
        "· li     150.00   150.00   300.00    600.00",
        "· wang   150.00   150.00   300.00    600.00",
    ]
    assert plan["li"].explain().splitlines()[-1].split() == ["li", "600.00"]
    assert "<td" in plan._repr_html_()
    assert "<td" in plan["li"]._repr_html_()


@pytest.mark.parametrize("cut", ["months", "weeks", "fragments", "days"])
def test_a_long_plan_shows_months_or_its_total(cut: str) -> None:
    plan = decompose(730, TEAM, getattr(YEAR, cut))
    head = plan.explain().splitlines()[0].split()
    assert head[0] == "count"
    assert head[-1] == "total"
    assert len(head) == {"months": 14, "fragments": 14, "days": 14, "weeks": 2}[cut]


def test_columns_have_one_row_per_leaf_and_period() -> None:
    columns = plan_of().to_columns()
    assert {name: (len(each), each.dtype.kind) for name, each in columns.items()} == {
        "node": (24, "U"),
        "period": (24, "U"),
        "start": (24, "M"),
        "end": (24, "M"),
        "units": (24, "i"),
    }
    assert columns["node"][12] == "wang"
    assert columns["start"][13] == np.datetime64("2026-02-01")
    assert columns["units"].sum() == 1200


def test_a_plan_is_a_value() -> None:
    plan = plan_of()
    assert plan == plan_of()
    assert hash(plan) == hash(plan_of())
    assert plan != plan_of(1201)
    assert plan != 1200
    assert pickle.loads(pickle.dumps(plan)) == plan
    with pytest.raises(ValueError, match="read-only"):
        plan.cells[0, 0] = 1
    assert [node.id for node in plan] == ["team", "li", "wang"]
    assert "li" in plan
    assert "zhao" not in plan


def test_a_plan_copies_its_cells() -> None:
    cells = np.zeros((2, 12), dtype=np.int64)
    plan = TargetPlan(people=TEAM, periods=YEAR.months, unit=None, cells=cells)
    cells[0, 0] = 7
    assert plan.total == 0


@pytest.mark.parametrize("shape", [(3, 12), (2, 11)])
def test_cells_of_another_shape_are_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(InvalidValue):
        TargetPlan(people=TEAM, periods=YEAR.months, unit=None, cells=np.zeros(shape, dtype=np.int64))


@pytest.mark.parametrize("key", ["zhao", ("li", "2027"), ("li", "2026-01", "x"), 3, ("li", 3)])
def test_what_is_not_in_a_plan_is_not_found(key: Any) -> None:
    with pytest.raises(NotFound):
        plan_of()[key]


def test_a_node_by_period() -> None:
    assert plan_of(24)["li"].by_period == dict.fromkeys(YEAR.months.labels, 1)
    assert isinstance(plan_of()["li"], NodePlan)


# --- actuals -------------------------------------------------------------------------------------------------


@given(trees(), rows(), st.data())
def test_tally_and_roll_up_lose_nothing(tree: Hierarchy, periods: Periods, data: st.DataObject) -> None:
    days = st.dates(periods.start, periods[-1].last)
    sales = data.draw(st.lists(st.tuples(st.sampled_from(tree.leaves), days, st.integers(-9, 99))))
    by_leaf = tally(sales, tree, periods, unit=0)
    assert sum(sum(each.values()) for each in by_leaf.values()) == sum(amount for _, _, amount in sales)  # type: ignore[arg-type,misc]
    for name, row in by_leaf.items():
        for label, amount in row.items():
            period = periods[periods.span(label)[0]]
            assert amount == sum(each for who, day, each in sales if who == name and day in period)
    sums = roll_up(tree, {name: sum(row.values()) for name, row in by_leaf.items()})  # type: ignore[arg-type]
    for name in tree.ids:
        under = tree.children(name)
        assert sums[name] == (sum(sums[child] for child in under) if under else sum(by_leaf[name].values()))  # type: ignore[arg-type,misc]


def test_sales_of_strangers_and_of_other_days_are_refused() -> None:
    for sale in (("zhao", date(2026, 1, 1), 1), ("team", date(2026, 1, 1), 1), ("li", date(2027, 1, 1), 1)):
        with pytest.raises(NotFound):
            tally([sale], TEAM, YEAR.months, unit=0)
    with pytest.raises(CurrencyMismatch):
        tally([("li", date(2026, 1, 1), Money.of("1", "EUR"))], TEAM, YEAR.months, unit=Money.zero("USD"))


def test_roll_up_wants_everybody() -> None:
    with pytest.raises(NotFound, match="no actuals of"):
        roll_up(TEAM, {"li": 1})
    with pytest.raises(InvalidType):
        roll_up(TEAM, {"li": 1, "wang": Money.of("1", "EUR")})


@pytest.mark.parametrize("row", table("targets.md", "Growth"), ids=lambda row: f"{row['now']} {row['before']}")
def test_growth_as_worked(row: dict[str, str]) -> None:
    found = growth(int(row["now"]), int(row["before"]))
    rate = None if row["rate"] == "-" else Rate.percent(row["rate"])
    assert (found.change, found.rate, found.base) == (int(row["change"]), rate, Base[row["base"]])


def test_growth_of_other_currencies_is_refused() -> None:
    with pytest.raises(CurrencyMismatch):
        growth(Money.of("1", "EUR"), Money.of("1", "USD"))


# --- trees ---------------------------------------------------------------------------------------------------


@given(trees(), st.randoms(use_true_random=False))
def test_a_tree_knows_where_everything_is(tree: Hierarchy, chance: Any) -> None:
    nodes = list(tree.nodes)
    chance.shuffle(nodes)
    assert Hierarchy(nodes) == tree
    parents = {node.id: node.parent for node in tree.nodes}
    for place, node in enumerate(tree.nodes):
        assert tree.place(node.id) == place
        assert tree.children(node.id) == tuple(sorted(name for name, above in parents.items() if above == node.id))
        chain = []
        above = parents[node.id]
        while above is not None:
            chain.append(above)
            above = parents[above]
        assert tree.depth(node.id) == len(chain)
        under = tree.leaves[tree.shape.first[place] : tree.shape.until[place]]
        assert set(under) == {leaf for leaf in tree.leaves if leaf == node.id or node.id in ancestors(parents, leaf)}


def ancestors(parents: dict[str, str | None], name: str) -> set[str]:
    found = set()
    above = parents[name]
    while above is not None:
        found.add(above)
        above = parents[above]
    return found


def test_nesting_puts_a_tree_under_every_leaf() -> None:
    lines = Hierarchy.of({"all": None, "soft": "all", "a": "soft", "b": "all"})
    nested = Hierarchy.nest(TEAM, lines)
    assert nested.children("li") == ("li/b", "li/soft")
    assert nested.leaves == ("li/b", "li/a", "wang/b", "wang/a")  # depth first, siblings by id: b, then soft with its a


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Node(""), InvalidValue),
        (lambda: Node("a", starts=date(2026, 2, 1), stops=date(2026, 2, 1)), InvalidValue),
        (lambda: Node("a", ramp=Ramp.percent("50")), InvalidValue),
        (lambda: Node("a", starts=date(2026, 2, 1), ramp=[Rate(1, 2)]), InvalidType),  # type: ignore[arg-type]
        (lambda: Ramp([0.5]), InvalidType),  # type: ignore[list-item]
        (lambda: Ramp([Rate(-1, 2)]), InvalidValue),
        (lambda: Hierarchy(["a"]), InvalidType),  # type: ignore[list-item]
        (lambda: Hierarchy.of(["a"]), InvalidType),  # type: ignore[arg-type]
        (lambda: Pin("a", -1), InvalidValue),
        (lambda: Pin("a", 1.0), InvalidType),  # type: ignore[arg-type]
        (lambda: Limit("a"), InvalidValue),
        (lambda: Limit("a", minimum=3, maximum=2), InvalidValue),
        (lambda: Limit("a", minimum=-1), InvalidValue),
    ],
)
def test_odd_pieces_are_refused(make: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        make()


def test_a_limit_compares_one_currency() -> None:
    with pytest.raises((CurrencyMismatch, InvalidType)):
        Limit("a", minimum=Money.of("1", "EUR"), maximum=2)
    with pytest.raises(CurrencyMismatch):
        Limit("a", minimum=Money.of("1", "EUR"), maximum=Money.of("2", "USD"))


def test_an_error_keeps_its_pins_in_a_pickle() -> None:
    with pytest.raises(Infeasible) as caught:
        decompose(10, TEAM, YEAR.months, pins=[Pin("li", 11)])
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.pins, again.short, str(again)) == ((Pin("li", 11),), 1, str(caught.value))


# --- weights -------------------------------------------------------------------------------------------------


def test_last_years_shares_two_ways() -> None:
    years = [[10, 30], [300, 100]]
    # shares 1/4 and 3/4 average to 1/2; the sums 310 of 440 are 31/44
    assert seasonal_shares(years)[0] == Rate(1, 2)
    assert seasonal_shares(years, how=Proportions.SHARE_OF_SUMS)[0] == Rate(31, 44)


@pytest.mark.parametrize("years", [[], [[1, 2], [1]], [[0, 0]], [[1, -1]]])
def test_odd_years_are_refused(years: Any) -> None:
    with pytest.raises((InvalidValue, WeightError)):
        seasonal_shares(years)


def test_named_seasons_share_by_days_within() -> None:
    weights = period_weights(YEAR.months, {"2026-Q1": 90, "2026-04": 1, "2026-05": 2, "2026-06": 3, "2026-H2": 184})
    assert [int(each) for each in weights] == [31, 28, 31, 1, 2, 3, 31, 31, 30, 31, 30, 31]
    with pytest.raises(InvalidValue, match="two seasonal weights"):
        period_weights(YEAR.months, {"2026": 1, "2026-04": 1})


def test_seasons_may_be_an_array() -> None:
    assert period_weights(YEAR.quarters, np.array([1.0, 2.0, 3.0, 4.0])) == [1, 2, 3, 4]  # type: ignore[arg-type]


def test_blends_name_the_same_people() -> None:
    with pytest.raises(InvalidValue, match="not in every part"):
        blend([(1, {"li": 1}), (1, {"wang": 1})])
    for parts in ([], [(0, {"li": 1})], [(1, {"li": 0})]):
        with pytest.raises(WeightError):
            blend(parts)


def test_periods_of_one_day_work() -> None:
    days = Periods([Period.of_day(date(2026, 6, 18))])
    assert decompose(5, TEAM, days).cells.tolist() == [[3], [2]]
