"""Driver trees and differentiated goals: products, the missing driver, and growth against exact roots."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, isclose, prod
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from salesplan.errors import InvalidType, InvalidValue, NotFound, SalesplanError
from salesplan.money import Currency, CurrencyMismatch, Money, Rounding
from salesplan.rate import Rate
from salesplan.targets.differentiated import (
    Lever,
    SellerFunnel,
    UnreachableGoal,
    differentiate,
)
from salesplan.targets.drivers import Driver, DriverTree, Form
from tests.strategies import anything, refusal
from tests.worked import table

PAGE = "drivers-and-capacity.md"
EUR = Currency.iso("EUR")
PLAIN = DriverTree("result", [Driver("a"), Driver("b"), Driver("c")])
SHOP = DriverTree(
    "revenue",
    [Driver("traffic"), Driver("conversion"), Driver("order value"), Driver("repurchase", form=Form.ONE_PLUS)],
    currency=EUR,
)


def ratio(text: str) -> Rate:
    top, _, bottom = text.partition("/")
    return Rate(int(top), int(bottom or 1))


def fraction(rate: Rate) -> Fraction:
    return Fraction(rate.numerator, rate.denominator)


def euros(text: str) -> Money:
    return Money.of(text, EUR)


# --- the product and the missing driver ------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "The missing driver"))
def test_solve_as_worked(row: dict[str, str]) -> None:
    tree = DriverTree("revenue", [Driver("leads"), Driver("rate"), Driver("value")])
    given = {"leads": row["leads"], "rate": row["rate"], "value": row["value"]}
    known: dict[str, int | Rate | Money] = {
        name: Rate.percent(text) if name == "rate" else int(text) for name, text in given.items() if text != "?"
    }
    if row["solved"] == "refused":
        assert getattr(refusal(tree.solve, int(row["target"]), known), "code", None) == "targets.drivers.zero"
    else:
        assert tree.solve(int(row["target"]), known) == ratio(row["solved"])


@pytest.mark.parametrize("row", table(PAGE, "One plus itself"))
def test_one_plus_as_worked(row: dict[str, str]) -> None:
    values: dict[str, int | Rate | Money] = {
        "traffic": int(row["traffic"]),
        "conversion": Rate.percent(row["conversion"]),
        "order value": euros(row["order value"]),
        "repurchase": Rate.percent(row["repurchase"]),
    }
    assert SHOP.value(values) == euros(row["revenue"])
    again = values.pop("repurchase")
    assert SHOP.solve(euros(row["revenue"]), values) == again


ratios = st.one_of(
    st.sampled_from([Rate(0), Rate(1), Rate(-1), Rate(1, 3)]),
    st.builds(Rate, st.integers(-99, 999), st.integers(1, 99)),
)
factors = st.one_of(
    st.sampled_from([Rate(1), Rate(1, 3), Rate(2)]), st.builds(Rate, st.integers(1, 999), st.integers(1, 99))
)
forms = st.sampled_from(Form)


@given(st.lists(st.tuples(ratios, forms), min_size=1, max_size=5), st.data(), ratios)
def test_solve_meets_the_target(parts: list[tuple[Rate, Form]], data: st.DataObject, target: Rate) -> None:
    tree = DriverTree("result", [Driver(f"d{at}", form=form) for at, (_, form) in enumerate(parts)])
    known: dict[str, int | Rate | Money] = {f"d{at}": value for at, (value, _) in enumerate(parts)}
    missing = data.draw(st.sampled_from(sorted(known)))
    del known[missing]
    rest = [fraction(value) + (form is Form.ONE_PLUS) for at, (value, form) in enumerate(parts) if f"d{at}" != missing]
    if 0 in rest:
        assert getattr(refusal(tree.solve, target, known), "code", None) == "targets.drivers.zero"
    else:
        assert tree.product({**known, missing: tree.solve(target, known)}) == target


def test_value_asks_for_a_rounding() -> None:
    tree = DriverTree("revenue", [Driver("rate"), Driver("value")], currency=EUR)
    values: dict[str, int | Rate | Money] = {"rate": Rate(1, 3), "value": euros("1.00")}
    assert tree.product(values) == Rate(1, 3)
    assert tree.value(values, rounding=Rounding.UP) == euros("0.34")
    with pytest.raises(InvalidValue) as caught:
        tree.value(values)
    assert caught.value.code == "targets.drivers.fraction"


def test_edges_of_a_tree_are_refused() -> None:
    full: dict[str, Any] = {"a": 1, "b": 2, "c": 3}
    cases: list[tuple[Any, str, type[SalesplanError]]] = [
        (lambda: PLAIN.product({"a": 1, "b": 2}), "targets.drivers.missing", InvalidValue),
        (lambda: PLAIN.value(full, rounding=Rounding.UP), "targets.drivers.rounding", InvalidValue),
        (lambda: PLAIN.solve(6, full), "targets.drivers.missing", InvalidValue),
        (lambda: PLAIN.solve(6, {"a": 1}), "targets.drivers.missing", InvalidValue),
        (lambda: PLAIN.product({**full, "d": 1}), "targets.drivers.unknown", NotFound),
        (lambda: PLAIN.grow(full, Rate(1), {"d": 1}), "targets.drivers.unknown", NotFound),
        (lambda: PLAIN.product({**full, "c": euros("1")}), "targets.drivers.unit", InvalidType),
        (lambda: PLAIN.product(full | {"c": 0.5}), "targets.drivers.value", InvalidType),
        (lambda: PLAIN.product({**full, "c": True}), "targets.drivers.value", InvalidType),
        (lambda: PLAIN.solve(euros("1"), {"a": 1, "b": 1}), "targets.drivers.unit", InvalidType),
        (lambda: PLAIN.product([1, 2, 3]), "targets.drivers.values", InvalidType),  # type: ignore[arg-type]
        (
            lambda: SHOP.solve(5, dict.fromkeys(["traffic", "conversion", "repurchase"], 1)),
            "targets.drivers.target",
            InvalidType,
        ),
        (lambda: SHOP.product(dict.fromkeys(SHOP._names, euros("1"))), "targets.drivers.unit", InvalidValue),
        (lambda: DriverTree("x", []), "targets.drivers.drivers", InvalidValue),
        (lambda: DriverTree("x", [Driver("a")] * 2), "targets.drivers.twice", InvalidValue),
        (lambda: DriverTree("x", [Driver(f"d{at}") for at in range(21)]), "targets.drivers.drivers", InvalidValue),
        (lambda: DriverTree("x", ["a"]), "targets.drivers.drivers", InvalidType),  # type: ignore[list-item]
        (lambda: DriverTree("x", [Driver("a")], currency="EUR"), "targets.drivers.currency", InvalidType),  # type: ignore[arg-type]
        (lambda: Driver(""), "targets.drivers.name", InvalidValue),
        (lambda: Driver("a", form="plain"), "targets.drivers.form", InvalidType),  # type: ignore[arg-type]
        (lambda: PLAIN.grow({**full, "b": 0}, Rate(1)), "targets.drivers.factor", InvalidValue),
        (lambda: PLAIN.grow(full, Rate(-1)), "targets.drivers.growth", InvalidValue),
        (lambda: PLAIN.grow(full, 1), "targets.drivers.growth", InvalidType),  # type: ignore[arg-type]
        (lambda: PLAIN.grow(full, Rate(1), decimals=13), "targets.drivers.decimals", InvalidValue),
        (lambda: PLAIN.grow(full, Rate(1), {"a": 0}), "targets.drivers.flexibility", InvalidValue),
        (lambda: PLAIN.grow(full, Rate(1), {"a": -1, "b": 2}), "targets.drivers.flexibility", InvalidValue),
        (lambda: PLAIN.grow(full, Rate(-9999, 10000), decimals=0), "targets.drivers.decimals", InvalidValue),
        (lambda: PLAIN.product(dict.fromkeys("abc", Rate(1, 10**20))), "targets.digits", InvalidValue),
    ]
    for call, code, kind in cases:
        error = refusal(call)
        assert (getattr(error, "code", None), type(error)) == (code, kind)
        assert len(str(error)) < 200
    yen = Money.of("1", "JPY")
    assert isinstance(refusal(SHOP.product, {**dict.fromkeys(SHOP._names, 1), "order value": yen}), CurrencyMismatch)


@given(anything, anything, anything)
def test_a_tree_answers_or_refuses(first: Any, second: Any, third: Any) -> None:
    refusal(PLAIN.product, first)
    refusal(PLAIN.solve, first, {"a": second, "b": third})
    refusal(PLAIN.grow, {"a": first, "b": second, "c": 1}, third, {"a": second})
    refusal(Driver, first, form=second)
    refusal(DriverTree, first, second)
    refusal(differentiate, first, second, third)
    refusal(SellerFunnel, leads=first, rate=second, value=third)


# --- growth ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "Growth over drivers"))
def test_growth_as_worked(row: dict[str, str]) -> None:
    weights = {name: int(word) for name, word in zip("abc", row["flexibility"].split(), strict=False)}
    tree = DriverTree("result", [Driver(name) for name in weights])
    plan = tree.grow(dict.fromkeys(weights, 100), Rate.percent(row["growth"]), weights, decimals=int(row["decimals"]))
    percents = [Rate.of(word) if "/" not in word else ratio(word) for word in row["growths"].split()]
    assert [driver.growth * 100 for driver in plan.drivers] == percents
    assert [driver.after for driver in plan.drivers] == [Rate(100) + percent for percent in percents]
    assert plan.solved == row["solved"]


def test_growth_of_one_plus_is_that_of_the_factor() -> None:
    # 1.2 x 1.1 = 1.32, and 100 x 1.1 = 110; together 1.21
    tree = DriverTree("revenue", [Driver("first"), Driver("again", form=Form.ONE_PLUS)])
    plan = tree.grow({"first": 100, "again": Rate.percent("20")}, Rate.percent("21"))
    assert (plan["first"].after, plan["again"].after) == (Rate(110), Rate.percent("32"))
    assert plan["again"].growth == Rate.percent("10")
    with pytest.raises(NotFound):
        plan["other"]


@pytest.mark.parametrize("half", range(1, 40, 2))
def test_a_root_on_a_half_goes_up(half: int) -> None:
    # the root of (1 + half/200) squared is half a percent past a whole one
    root = Rate(1) + Rate(half, 200)
    plan = DriverTree("r", [Driver("a"), Driver("b")]).grow({"a": 1, "b": 1}, root * root - Rate(1), decimals=2)
    assert plan["b"].growth == Rate(half + 1, 200)


growths = st.one_of(
    st.sampled_from([Rate(0), Rate.percent("30"), Rate.percent("21"), Rate(-1, 2)]),
    st.builds(Rate, st.integers(-99, 500), st.just(100)),
)
flexibilities = st.one_of(st.sampled_from([0, 1, 2]), st.builds(Rate, st.integers(0, 9), st.integers(1, 9)))


@given(st.lists(st.tuples(factors, flexibilities, forms), min_size=1, max_size=4), growths, st.integers(2, 6))
@example([(Rate(1), 1, Form.PLAIN)], Rate(1), 2)
def test_growth_meets_the_target_and_shares_it_by_flexibility(
    parts: list[tuple[Rate, int | Rate, Form]], growth: Rate, decimals: int
) -> None:
    weights = {f"d{at}": weight for at, (_, weight, _) in enumerate(parts)}
    floats = {name: float(fraction(weight * Rate(1))) for name, weight in weights.items()}
    assume(any(floats.values()))
    tree = DriverTree("result", [Driver(f"d{at}", form=form) for at, (_, _, form) in enumerate(parts)])
    values: dict[str, int | Rate | Money] = {f"d{at}": value for at, (value, _, _) in enumerate(parts)}
    plan = tree.grow(values, growth, weights, decimals=decimals)
    after: dict[str, int | Rate | Money] = {driver.name: driver.after for driver in plan.drivers}
    assert plan.before == tree.product(values)
    assert tree.product(after) == plan.after == plan.before * (Rate(1) + growth)
    for driver in plan.drivers:
        root = float(1 + fraction(growth)) ** (floats[driver.name] / sum(floats.values()))
        if driver.name != plan.solved:  # half a last digit from the root
            assert abs(float(fraction(driver.growth)) + 1 - root) <= 0.500001 * 10**-decimals
            assert 10**decimals % driver.growth.denominator == 0
        if not floats[driver.name]:
            assert driver.after == values[driver.name]
    assert floats[plan.solved] == max(floats.values())


@given(st.permutations(["x", "y", "z"]))
def test_growth_does_not_depend_on_the_order_of_drivers(order: list[str]) -> None:
    plan = DriverTree("r", [Driver(name) for name in order]).grow(dict.fromkeys(order, 10), Rate.percent("30"))
    assert plan.solved == "x"
    assert plan["y"].growth == plan["z"].growth == Rate.percent("9.14")


def test_growth_explains_itself() -> None:
    plan = PLAIN.grow({"a": 100, "b": 5, "c": 2}, Rate.percent("21"), {"a": 1, "b": 1})
    assert plan.explain().splitlines() == [
        "driver  before  after  growth",
        "a       100     110    10 %    solved",
        "b       5       5.5    10 %",
        "c       2       2      0 %     fixed",
        "result  1000    1210   21 %",
    ]
    assert "<td" in plan._repr_html_()


# --- differentiated goals ------------------------------------------------------------------------------------

ROWS = table(PAGE, "Who moves which driver")


def worked_plan() -> Any:
    return differentiate(
        {row["person"]: euros(row["target"]) for row in ROWS},
        {
            row["person"]: SellerFunnel(
                leads=int(row["leads"]), rate=Rate.percent(row["rate"]), value=euros(row["value"])
            )
            for row in ROWS
        },
        {row["person"]: Lever[row["lever"]] for row in ROWS},
    )


@pytest.mark.parametrize("row", ROWS)
def test_goals_as_worked(row: dict[str, str]) -> None:
    goal = worked_plan()[row["person"]]
    kept = {"LEADS": ratio(row["leads"]), "RATE": Rate.percent(row["rate"]), "VALUE": ratio(row["value"])}
    kept[row["lever"]] = ratio(row["solved"])
    assert {"LEADS": goal.leads, "RATE": goal.rate, "VALUE": goal.value} == kept
    assert goal.whole_leads == int(row["whole leads"])
    assert (goal.revenue, goal.gap) == (ratio(row["revenue"]), ratio(row["gap"]))
    assert goal.lever is Lever[row["lever"]]
    assert isinstance(goal, UnreachableGoal) == (row["gap"] != "0")


def test_a_plan_of_goals_adds_up() -> None:
    # targets 3000 + 6000 + 3300 + 1000 + 1200 + 1000 = 15500; Eve brings in 1000 of 1200
    plan = worked_plan()
    assert (plan.total, plan.revenue, plan.gap) == (euros("15500"), Rate(15300), Rate(200))
    assert [goal.person for goal in plan.unreachable] == ["Eve"]
    assert "out of reach: at 100 % it takes 12 leads" in plan.explain()
    assert "134 whole leads" in plan.explain()
    assert "Eve" in plan._repr_html_()
    with pytest.raises(NotFound):
        plan["Zoe"]


funnels = st.builds(
    SellerFunnel,
    leads=st.integers(1, 500),
    rate=st.builds(Rate, st.integers(1, 60), st.just(60)),
    value=st.builds(Money, st.integers(1, 10**6), st.just(EUR)),
)
jobs = st.tuples(st.integers(0, 10**8), funnels, st.sampled_from(Lever))


@given(st.lists(jobs, min_size=1, max_size=5), st.sampled_from([Rate(1), Rate(1, 2), Rate(1, 60)]))
def test_goals_meet_their_targets_exactly(work: list[tuple[int, SellerFunnel, Lever]], cap: Rate) -> None:
    names = [f"p{at}" for at in range(len(work))]
    plan = differentiate(
        {name: Money(target, EUR) for name, (target, _, _) in zip(names, work, strict=True)},
        {name: funnel for name, (_, funnel, _) in zip(names, work, strict=True)},
        {name: lever for name, (_, _, lever) in zip(names, work, strict=True)},
        cap=cap,
    )
    total = Fraction(0)
    for goal, (target, funnel, lever) in zip(plan.goals, work, strict=True):
        product = fraction(goal.leads) * fraction(goal.rate) * fraction(goal.value)
        assert product == Fraction(target, 100)
        assert fraction(goal.revenue) + fraction(goal.gap) == product
        total += product
        reachable = lever is not Lever.RATE or goal.rate <= cap
        assert isinstance(goal, UnreachableGoal) != reachable
        if isinstance(goal, UnreachableGoal):
            enough, less = goal.whole_leads, goal.whole_leads - 1
            assert (
                enough * fraction(cap) * fraction(goal.value) >= product > less * fraction(cap) * fraction(goal.value)
            )
            assert goal.gap > Rate(0)
        else:
            assert goal.whole_leads == ceil(fraction(goal.leads))
        kept = {Lever.LEADS: goal.leads == Rate(1) * funnel.leads, Lever.RATE: goal.rate == funnel.rate}
        assert all(same for driver, same in kept.items() if driver is not lever)
    assert fraction(plan.revenue) + fraction(plan.gap) == total == Fraction(plan.total.minor, 100)


def test_edges_of_goals_are_refused() -> None:
    funnel = SellerFunnel(leads=10, rate=Rate.percent("50"), value=euros("10"))
    assert funnel.revenue == Rate(50)
    nothing = SellerFunnel(leads=0, rate=Rate(1), value=euros("10"))
    a, lever = {"a": euros("1")}, {"a": Lever.RATE}
    cases: list[tuple[Any, str]] = [
        (lambda: differentiate({}, {}, {}), "targets.drivers.targets"),
        (lambda: differentiate(a, {}, lever), "targets.drivers.no_funnel"),
        (lambda: differentiate(a, {"a": funnel}, {}), "targets.drivers.no_lever"),
        (lambda: differentiate(a, {"a": funnel, "b": funnel}, lever), "targets.drivers.no_target"),
        (lambda: differentiate(a, {"a": nothing}, lever), "targets.drivers.zero"),
        (lambda: differentiate(a, {"a": funnel}, lever, cap=Rate(0)), "targets.drivers.rate"),
        (lambda: differentiate(a, {"a": funnel}, lever, cap=Rate(2)), "targets.drivers.rate"),
        (lambda: differentiate({"a": euros("-1")}, {"a": funnel}, lever), "targets.drivers.targets"),
        (lambda: differentiate({"a": Money.of(1, "JPY")}, {"a": funnel}, lever), "money.currency_mismatch"),
        (lambda: SellerFunnel(leads=-1, rate=Rate(1), value=euros("1")), "targets.drivers.leads"),
        (lambda: SellerFunnel(leads=1, rate=Rate(3, 2), value=euros("1")), "targets.drivers.rate"),
        (lambda: SellerFunnel(leads=1, rate=Rate(1), value=euros("-1")), "targets.drivers.value"),
    ]
    for call, code in cases:
        error = refusal(call)
        assert getattr(error, "code", None) == code
        assert len(str(error)) < 200
    with pytest.raises(CurrencyMismatch):
        differentiate(
            {"a": euros("1"), "b": Money.of(1, "JPY")}, dict.fromkeys("ab", funnel), dict.fromkeys("ab", Lever.LEADS)
        )


def test_equal_growth_is_the_textbook_root() -> None:
    plan = PLAIN.grow(dict.fromkeys("abc", 1), Rate.percent("30"), decimals=12)
    assert isclose(prod(float(fraction(driver.growth)) + 1 for driver in plan.drivers), 1.3)
    assert all(isclose(float(fraction(driver.growth)), 1.3 ** (1 / 3) - 1) for driver in plan.drivers)
