"""Whole columns are paid as single sales are, and a plan costs what its reps are paid."""

from __future__ import annotations

import pickle
from bisect import bisect_left
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from salesplan import rulebook
from salesplan.commission import Application, RateTable, _pay_columns, simulation
from salesplan.commission.simulation import (
    AttainmentModel,
    AttainmentShape,
    PlanCost,
    Sensitivity,
    pay_columns,
    simulate,
)
from salesplan.errors import InvalidType, InvalidValue, SalesplanError
from salesplan.ladder import Boundary, Ladder
from salesplan.money import MAX_MINOR, Currency, CurrencyMismatch, Money, Rounding
from salesplan.rate import Rate
from tests.strategies import anything, boundaries, refusal, roundings
from tests.worked import table

USD = Currency.iso("USD")
SIDES = {"[": Boundary.LOWER_INCLUSIVE, "(": Boundary.UPPER_INCLUSIVE}


def minor(amount: str) -> int:
    return Money.of(amount, USD).minor


def tiers(text: str, application: Application, *, attainment: bool = False, side: str = "[") -> RateTable:
    """`0:10% 80:15%` as a table; where no value is marked, the application says what it is."""
    steps: list[tuple[object, object]] = []
    shares = application in {Application.MARGINAL, Application.WHOLE}
    for step in text.split():
        threshold, value = step.split(":")
        marked = f"{value}%" if shares and not value.endswith("%") else value
        steps.append((f"{threshold}%" if attainment else threshold, marked))
    return RateTable.of(steps, currency=USD, application=application, boundary=SIDES[side])


def kind_of(plan: RateTable) -> type:
    return type(plan.tiers.thresholds[0])


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table("commission.md", "What a sale pays"), ids=lambda row: row["sale"])
def test_columns_pay_as_worked(row: dict[str, str]) -> None:
    plan = tiers(row["tiers"], Application[row["application"]], side=row["side"])
    assert pay_columns(plan, [minor(row["sale"])] * 3).tolist() == [minor(row["pays"])] * 3


@pytest.mark.parametrize("row", table("commission.md", "By attainment"), ids=lambda row: row["attainment"])
def test_columns_by_attainment_pay_as_worked(row: dict[str, str]) -> None:
    plan = tiers(row["tiers"], Application.MARGINAL, attainment=True)
    sale = minor(row["sale"])
    quota = Fraction(sale * 100, int(row["attainment"]))
    parts = (sale * quota.denominator, quota.numerator)  # as a key of its own, the quota may fall between two cents
    assert pay_columns(plan, [sale], keys=[parts[0]], quotas=parts[1]).tolist() == [minor(row["pays"])]


SIX = table("plan-cost.md", "Six pays")
QUOTAS = [minor("1000"), minor("2000"), minor("500")]
ATTAINED = [[0.5, 0.9, 1.2], [1.1, 1.0, 0.0]]
MARGINAL = tiers("0:10% 80:15% 100:20%", Application.MARGINAL, attainment=True)


def test_six_sales_pay_as_worked() -> None:
    sales, quotas = [minor(row["sales"]) for row in SIX], [minor(row["quota"]) for row in SIX]
    assert pay_columns(MARGINAL, sales, quotas=quotas).tolist() == [minor(row["pays"]) for row in SIX]
    assert [float(row["attainment"]) / 100 for row in SIX] == [*ATTAINED[0], *ATTAINED[1]]
    assert [minor(row["quota"]) for row in SIX] == [*QUOTAS, *QUOTAS]


@pytest.mark.parametrize(
    "row",
    table("plan-cost.md", "What it costs and what moves it"),
    ids=lambda row: f"{row['application']} {row['cap']}",
)
def test_plans_cost_as_worked(row: dict[str, str]) -> None:
    plan = tiers(row["tiers"], Application[row["application"]], attainment=True)
    cap = Money.of(row["cap"], USD) if row["cap"] else None
    cost = simulate(plan, quotas=QUOTAS, attainments=ATTAINED, cap=cap)
    assert cost.costs.tolist() == [minor(row["first"]), minor(row["second"])]
    assert cost.mean == Money.of(row["mean"], USD)
    unit = 100 if isinstance(plan.tiers.values[0], Rate) else 1  # volumes are in minor units, heads are heads
    assert cost.sensitivity.values / unit == pytest.approx([float(each) for each in row["by value"].split()], abs=1e-12)
    if row["by quota"] == "-":
        assert (cost.sensitivity.quotas, cost.sensitivity.all_quotas) == (None, None)
    else:
        by_quota = [float(each) for each in row["by quota"].split()]
        assert cost.sensitivity.quotas is not None
        # by a cent of quota, in cents: the same number; but an amount is paid in cents and by value per cent
        assert cost.sensitivity.quotas == pytest.approx(by_quota, abs=1e-12)
        together = sum(each * quota for each, quota in zip(by_quota, QUOTAS, strict=True))
        assert cost.sensitivity.all_quotas == pytest.approx(together)
    assert cost.sensitivity.cut == (1 if row["cap"] else 0)
    assert cost.shares == pytest.approx([0, 2 / 6, 1 / 6, 3 / 6])


def test_a_plan_says_what_it_costs() -> None:
    cost = simulate(MARGINAL, quotas=QUOTAS, attainments=ATTAINED, cap=Money.of("215", USD))
    assert cost.explain() == "\n".join(
        [
            "3 reps, 2 simulations; cost in USD",
            "mean  330.00",
            "5%    315.00",
            "25%   315.00",
            "50%   315.00",
            "75%   345.00",
            "95%   345.00",
            "tier from  pays   reps  a point more",
            "0%          10%  33.3%         16.50",  # without bob's second sale: (2500 + 800) / 2
            "80%         15%  16.7%          2.50",
            "100%        20%  50.0%          1.00",
            "all quotas 1 % higher, sales as they are: -1.08",  # -45 of ann, -40 of bob, -22.50 of cid
            "the cap cuts the pay of 0.50 reps",
        ]
    )
    page = cost._repr_html_()
    assert page.startswith("<svg")
    assert page.count("<rect") == 2 + 10  # a bar for each cost and the empty ones between
    assert "3 reps, 2 simulations: mean USD 330.00" in page
    assert "16.50" in page


def test_the_tiers_of_amounts_are_paid_to_heads() -> None:
    plan = tiers("50:10 100:100", Application.FIXED, attainment=True)
    assert simulate(plan, quotas=QUOTAS, attainments=ATTAINED).explain().splitlines()[-4:] == [
        "tier from        pays   reps  reps paid",
        "below               -  16.7%          -",
        "50%         USD 10.00  33.3%       1.00",
        "100%       USD 100.00  50.0%       1.50",
    ]


# --- columns: laws -------------------------------------------------------------------------------------------


any_kind = st.sampled_from([Money, Rate, int])


@st.composite
def some_tables(draw: st.DrawFn, kinds: st.SearchStrategy[Any] = any_kind) -> RateTable:
    application, kind = draw(st.sampled_from(Application)), draw(kinds)
    size = draw(st.integers(2 if application is Application.INTERPOLATED else 1, 4))
    places = sorted(draw(st.sets(st.integers(0, 12), min_size=size, max_size=size)))
    wide = draw(st.sampled_from([1, 1, 10, 10**6, 10**15]))
    by_rate = application in {Application.MARGINAL, Application.WHOLE} or (
        application is Application.INTERPOLATED and draw(st.booleans())
    )
    parts = st.sampled_from([12, 13, 100, 10**9, 10**20])
    value: st.SearchStrategy[Any] = (
        st.builds(Rate, st.integers(0, 24), parts) if by_rate else st.builds(Money, st.integers(0, 10**6), st.just(USD))
    )
    thresholds: dict[type, list[Any]] = {
        Money: [Money(at * wide, USD) for at in places],
        Rate: [Rate(at, 7) for at in places],
        int: [at * wide for at in places],
    }
    return RateTable(
        Ladder.of([(at, draw(value)) for at in thresholds[kind]], boundary=draw(boundaries)),
        application=application,
        currency=USD,
        rounding=draw(roundings),
        ceiling=Rate(3),
    )


amounts = st.one_of(st.integers(-30, 30), st.integers(-(10**9), 10**9), st.integers(-(10**18), 10**18))
quota = st.one_of(st.integers(1, 30), st.integers(1, 10**12))
lines = st.lists(st.tuples(amounts, amounts, quota), max_size=6)
Lines: TypeAlias = list[tuple[int, int, int]]


def one_by_one(plan: RateTable, rows: Lines, *, own: bool) -> list[int]:
    """The oracle: `RateTable.pay`, row by row."""
    paid = []
    for sale, other, whole in rows:
        reached = sale if own else other
        key: Any = {Money: None if own else Money(other, USD), Rate: Rate(reached, whole), int: other}[kind_of(plan)]
        paid.append(plan.pay(Money(sale, USD), key=key).minor)
    return paid


def at_once(plan: RateTable, rows: Lines, *, own: bool) -> list[int]:
    sales, others, quotas = ([row[at] for row in rows] for at in range(3))
    named = {Money: {}, Rate: {"quotas": quotas}, int: {"units": others}}[kind_of(plan)]
    if not own and kind_of(plan) is not int:
        named = {**named, "keys": others}
    paid: list[int] = pay_columns(plan, sales, **named).tolist()
    return paid


@given(some_tables(), lines, st.booleans(), st.sampled_from([1, 2, _pay_columns.BLOCK]), st.sampled_from([0, 2**62]))
def test_columns_pay_what_single_sales_pay(plan: RateTable, rows: Lines, own: bool, block: int, room: int) -> None:
    """In every way: one block or several, in int64 or, where there is no room at all, in Python's integers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_pay_columns, "BLOCK", block)
        patch.setattr(_pay_columns, "_ROOM", room)
        assert at_once(plan, rows, own=own) == one_by_one(plan, rows, own=own)


@pytest.mark.parametrize("application", Application)
@pytest.mark.parametrize("rounding", Rounding)
def test_every_rounding_and_application_pays_alike(application: Application, rounding: Rounding) -> None:
    shares = application in {Application.MARGINAL, Application.WHOLE}
    values: list[Any] = [Rate(1, 4), Rate(1, 2)] if shares else [Money(3, USD), Money(8, USD)]
    for boundary in Boundary:
        plan = RateTable(
            Ladder.of([(Money(0, USD), values[0]), (Money(10, USD), values[1])], boundary=boundary),
            application=application,
            currency=USD,
            rounding=rounding,
        )
        sales = list(range(-25, 26))  # quarters, halves and wholes, on and beside the threshold, on both sides of 0
        assert pay_columns(plan, sales).tolist() == [plan.pay(Money(sale, USD)).minor for sale in sales]


@pytest.mark.parametrize("application", Application)
@pytest.mark.parametrize("boundary", Boundary)
@pytest.mark.parametrize("first", [0, 3])
def test_keys_at_zero_and_at_thresholds_pay_alike(application: Application, boundary: Boundary, first: int) -> None:
    """A rep may sell for nothing, or give back more units than were sold, while the base is not 0."""
    shares = application in {Application.MARGINAL, Application.WHOLE}
    values: list[Any] = [Rate(1, 4), Rate(1, 2)] if shares else [Money(3, USD), Money(8, USD)]
    kinds: list[list[Any]] = [[Money(first, USD), Money(5, USD)], [Rate(first, 4), Rate(5, 4)], [first, 5]]
    for edges in kinds:
        plan = RateTable(
            Ladder.of(zip(edges, values, strict=True), boundary=boundary), application=application, currency=USD
        )
        rows = [(base, key, 4) for base in (-70, 0, 70) for key in range(-7, 8)]
        assert at_once(plan, rows, own=False) == one_by_one(plan, rows, own=False)


FIVE = tiers("0:5% 1000:7%", Application.MARGINAL)
EDGE = bisect_left(range(2**62), 2**62, key=lambda x: _pay_columns.lines_of(FIVE).largest(x, x, 1, own=True))


@pytest.mark.parametrize("sale", [EDGE - 1, EDGE, EDGE + 1, 2**61, 2**62 - 1, 2**62, MAX_MINOR - 1, MAX_MINOR])
def test_where_int64_ends_nothing_changes(sale: int) -> None:
    rows = [sale, -sale, 7]
    assert pay_columns(FIVE, rows).tolist() == [FIVE.pay(Money(row, USD)).minor for row in rows]
    plan = RateTable(
        Ladder.of([(Rate(0), Rate(1, 3)), (Rate(2, 7), Rate(1, 2))], boundary=Boundary.UPPER_INCLUSIVE),
        application=Application.INTERPOLATED,
        currency=USD,
    )
    assert at_once(plan, [(sale, 0, MAX_MINOR)], own=True) == one_by_one(plan, [(sale, 0, MAX_MINOR)], own=True)


def test_tables_beyond_int64_pay() -> None:
    """Units and rates have no such end: a tier that nobody reaches, a rate of 48 digits."""
    plan = RateTable(
        Ladder.of([(0, Rate(1, 3)), (10**30, Rate(10**47 + 1, 10**48))], boundary=Boundary.LOWER_INCLUSIVE),
        application=Application.WHOLE,
        currency=USD,
    )
    assert pay_columns(plan, [100, -100], units=[MAX_MINOR, 1]).tolist() == [33, -33]


def test_a_pay_that_is_no_money_is_refused() -> None:
    plan = RateTable(
        Ladder.of([(Money(0, USD), Rate(2))], boundary=Boundary.LOWER_INCLUSIVE),
        application=Application.WHOLE,
        currency=USD,
        ceiling=Rate(2),
    )
    assert pay_columns(plan, [-(MAX_MINOR // 2)]).tolist() == [-MAX_MINOR + 1]
    for sale in (MAX_MINOR // 2 + 1, -(MAX_MINOR // 2) - 1):
        with pytest.raises(InvalidValue) as alone:
            plan.pay(Money(sale, USD))
        with pytest.raises(InvalidValue) as together:
            pay_columns(plan, [1, sale])
        assert together.value.code == alone.value.code


def test_one_quota_stands_for_all_rows() -> None:
    rows = pd.Series([100, 50_000, 120_000])
    for one in (100_000, np.int32(100_000), Money.of("1000", USD), [100_000] * 3):
        paid = pay_columns(MARGINAL, rows, quotas=one)
        assert paid.tolist() == [10, 5000, 8000 + 3000 + 4000]
    assert not paid.flags.writeable
    assert pay_columns(MARGINAL, [], quotas=[]).tolist() == []


# --- columns: bad input --------------------------------------------------------------------------------------

BY_UNITS = RateTable(
    Ladder.of([(0, Rate(1, 20)), (10, Rate(1, 10))], boundary=Boundary.LOWER_INCLUSIVE),
    application=Application.WHOLE,
    currency=USD,
)


@pytest.mark.parametrize(
    ("plan", "sales", "named", "error"),
    [
        ("x", [1], {}, InvalidType),
        (FIVE, 5, {}, InvalidType),
        (FIVE, [1.0], {}, InvalidType),
        (FIVE, [True], {}, InvalidType),
        (FIVE, np.array([1.0, np.nan]), {}, InvalidType),
        (FIVE, [Money(1, USD)], {}, InvalidType),
        (FIVE, [MAX_MINOR + 1], {}, InvalidValue),
        (FIVE, [[1]], {}, SalesplanError),
        (FIVE, [1], {"keys": [1, 2]}, InvalidValue),
        (FIVE, [1], {"keys": [0.5]}, InvalidType),
        (FIVE, [1], {"quotas": [1]}, InvalidType),
        (FIVE, [1], {"units": [1]}, InvalidType),
        (MARGINAL, [1], {}, InvalidType),
        (MARGINAL, [1], {"quotas": [0]}, InvalidValue),
        (MARGINAL, [1], {"quotas": -5}, InvalidValue),
        (MARGINAL, [1], {"quotas": True}, InvalidType),
        (MARGINAL, [1], {"quotas": 5.0}, InvalidType),
        (MARGINAL, [1], {"quotas": [5, 5]}, InvalidValue),
        (MARGINAL, [1], {"quotas": Money.of("5", "EUR")}, CurrencyMismatch),
        (MARGINAL, [1], {"quotas": [1], "units": [1]}, InvalidType),
        (BY_UNITS, [1], {}, InvalidType),
        (BY_UNITS, [1], {"units": [1], "keys": [1]}, InvalidType),
        (BY_UNITS, [1], {"units": [1], "quotas": [1]}, InvalidType),
    ],
)
def test_what_cannot_be_paid_is_refused(plan: Any, sales: Any, named: Any, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        pay_columns(plan, sales, **named)
    assert isinstance(caught.value, SalesplanError)
    assert len(str(caught.value)) < 200


@given(anything, anything)
def test_whatever_is_passed_is_paid_or_refused(one: Any, other: Any) -> None:
    refusal(pay_columns, one, [1])
    refusal(pay_columns, FIVE, one, keys=other)
    refusal(pay_columns, MARGINAL, [1], quotas=one, keys=other)
    refusal(pay_columns, BY_UNITS, [1], units=one, quotas=other)


# --- simulation: laws ----------------------------------------------------------------------------------------

plans = some_tables(st.sampled_from([Money, Rate]))
attained = st.one_of(st.sampled_from([0.0, 1.0, -0.5, 2 / 7, 0.5]), st.floats(-2, 4))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[int], list[list[float]]]:
    reps, runs = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    row = st.lists(attained, min_size=reps, max_size=reps)
    return (
        draw(st.lists(st.one_of(st.integers(1, 40), st.integers(1, 10**9)), min_size=reps, max_size=reps)),
        draw(st.lists(row, min_size=runs, max_size=runs)),
    )


World: TypeAlias = tuple[list[int], list[list[float]]]


def sold(world: World) -> list[list[int]]:
    """Halves go to even, as `round` does."""
    return [[round(each * goal) for each, goal in zip(row, world[0], strict=True)] for row in world[1]]


def key_of(plan: RateTable, sale: int, goal: int) -> Any:
    return Rate(sale, goal) if kind_of(plan) is Rate else None


caps = st.one_of(st.none(), st.builds(Money, st.integers(0, 10**6), st.just(USD)))


@given(plans, worlds(), caps, st.one_of(st.none(), st.just(Money(700, USD))))
def test_a_plan_costs_what_its_reps_are_paid(
    plan: RateTable, world: World, cap: Money | None, base: Money | None
) -> None:
    most, fixed = (MAX_MINOR if cap is None else cap.minor), (0 if base is None else base.minor)
    pays = [
        [
            min(plan.pay(Money(sale, USD), key=key_of(plan, sale, goal)).minor, most) + fixed
            for sale, goal in zip(row, world[0], strict=True)
        ]
        for row in sold(world)
    ]
    for block in (1, 3, 2**14):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(simulation, "BLOCK", block)
            cost = simulate(plan, quotas=world[0], attainments=world[1], cap=cap, salary=base)
        assert cost.costs.tolist() == [sum(row) for row in pays]
        assert cost.by_rep == pytest.approx([sum(column) / len(pays) for column in zip(*pays, strict=True)])
        assert sum(cost.shares) == pytest.approx(1)


@given(plans, worlds(), st.randoms(use_true_random=False))
def test_the_order_of_reps_changes_no_cost(plan: RateTable, world: World, chance: Any) -> None:
    order = list(range(len(world[0])))
    chance.shuffle(order)
    one = simulate(plan, quotas=world[0], attainments=world[1])
    other = simulate(
        plan, quotas=[world[0][at] for at in order], attainments=[[row[at] for at in order] for row in world[1]]
    )
    assert one.costs.tobytes() == other.costs.tobytes()
    assert one.by_rep[order].tobytes() == other.by_rep.tobytes()
    assert one.sensitivity.values.tobytes() == other.sensitivity.values.tobytes()
    assert one.sensitivity.all_quotas == other.sensitivity.all_quotas


def earned(plan: RateTable, sale: int, key: Any) -> Fraction:
    return sum((part.amount for part in plan.slices(Money(sale, USD), key=key)), start=Fraction(0))


def uncut(plan: RateTable, world: World, cap: Money | None) -> list[tuple[int, int, int]]:
    """Rep, sale and quota of the pays that the cap leaves."""
    return [
        (rep, sale, goal)
        for row in sold(world)
        for rep, (sale, goal) in enumerate(zip(row, world[0], strict=True))
        if cap is None or plan.pay(Money(sale, USD), key=key_of(plan, sale, goal)) <= cap
    ]


def with_more(plan: RateTable, tier: int, more: int) -> RateTable:
    """The table with *more* in one tier: as a rate, or as an amount of minor units."""
    steps = [
        (
            step.threshold,
            step.value
            if at != tier
            else step.value + Rate(more)
            if isinstance(step.value, Rate)
            else step.value + Money(more, USD),
        )
        for at, step in enumerate(plan.tiers.steps)
    ]
    return RateTable(
        Ladder.of(steps, boundary=plan.tiers.boundary),
        application=plan.application,
        currency=USD,
        rounding=plan.rounding,
        ceiling=Rate(10),
    )


@given(plans, worlds(), caps)
def test_the_derivative_by_a_value_is_an_exact_difference(plan: RateTable, world: World, cap: Money | None) -> None:
    """Pay is linear in the values, so a difference over any width is the derivative; here over 1, in Fractions."""
    cost = simulate(plan, quotas=world[0], attainments=world[1], cap=cap)
    rows, runs = uncut(plan, world, cap), len(world[1])
    for tier, found in enumerate(cost.sensitivity.values.tolist()):
        dearer = with_more(plan, tier, 1)
        gain = sum(
            (
                earned(dearer, sale, key_of(plan, sale, goal)) - earned(plan, sale, key_of(plan, sale, goal))
                for _, sale, goal in rows
            ),
            start=Fraction(0),
        )
        size = max((abs(sale) for _, sale, _ in rows), default=0) + 1
        assert found == pytest.approx(float(gain / runs), rel=1e-12, abs=1e-14 * size * len(rows))
    if cap is None:
        exact = sum((earned(plan, sale, key_of(plan, sale, goal)) for _, sale, goal in rows), start=Fraction(0)) / runs
        paid = [
            float(value.to_fraction()) if isinstance(value, Rate) else value.minor
            for value in plan.tiers.values
            if not isinstance(value, int)
        ]
        assert cost.sensitivity.values @ np.array(paid) == pytest.approx(float(exact), rel=1e-9, abs=1e-3)
    assert cost.sensitivity.cut == (len(world[0]) * runs - len(rows)) / runs


@given(some_tables(st.just(Rate)), worlds(), caps)
def test_the_derivative_by_a_quota_is_a_small_difference(plan: RateTable, world: World, cap: Money | None) -> None:
    """A central difference in Fractions, where no sale is so near a threshold that it would change its tier."""
    cost = simulate(plan, quotas=world[0], attainments=world[1], cap=cap)
    if plan.application in {Application.WHOLE, Application.FIXED}:
        assert cost.sensitivity.quotas is None
        return
    fine = 10**9
    gains = [Fraction(0)] * len(world[0])
    for rep, sale, goal in uncut(plan, world, cap):
        less, more = Rate(abs(sale) * fine, goal * fine - 1), Rate(abs(sale) * fine, goal * fine + 1)
        assume(plan.tiers.band_at(less) == plan.tiers.band_at(more) and sale != 0)
        sign = 1 if sale > 0 else -1
        gains[rep] += sign * (earned(plan, abs(sale), more) - earned(plan, abs(sale), less)) * fine / 2
    by_quota = cost.sensitivity.quotas
    assert by_quota is not None
    assert by_quota.tolist() == pytest.approx([float(each / len(world[1])) for each in gains], rel=1e-8, abs=1e-8)
    together = sum(float(each) * goal for each, goal in zip(by_quota, world[0], strict=True))
    assert cost.sensitivity.all_quotas == pytest.approx(together, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    "row", table("plan-cost.md", "What it costs and what moves it"), ids=lambda row: f"{row['tiers']} {row['cap']}"
)
def test_net_returns_are_the_mirror_of_sales(row: dict[str, str]) -> None:
    plan = tiers(row["tiers"], Application[row["application"]], attainment=True)
    sold_and_back = np.array([[0.5, 0.9, 1.2], [1.1, 1.0, 0.3]])
    one = simulate(plan, quotas=QUOTAS, attainments=sold_and_back)
    back = simulate(plan, quotas=QUOTAS, attainments=-sold_and_back)
    assert back.costs.tolist() == (-one.costs).tolist()
    assert back.sensitivity.values == pytest.approx(-one.sensitivity.values)
    if one.sensitivity.quotas is not None:
        assert back.sensitivity.quotas == pytest.approx(-one.sensitivity.quotas)


def test_no_quota_moves_a_table_by_amount() -> None:
    cost = simulate(FIVE, quotas=QUOTAS, attainments=ATTAINED)
    assert (cost.sensitivity.quotas, cost.sensitivity.all_quotas) == (None, None)


# --- simulation: draws ---------------------------------------------------------------------------------------


def percent(value: str) -> Rate:
    return Rate.percent(value)


def model(**named: Any) -> AttainmentModel:
    return AttainmentModel(**{"mean": percent("95"), "spread": percent("30"), **named})


MODELS = [
    model(),
    model(correlation=percent("40")),
    model(shape=AttainmentShape.NORMAL),
    model(shape=AttainmentShape.NORMAL, spread=percent("80"), correlation=Rate(1)),
]


@pytest.mark.parametrize("drawn", MODELS)
def test_equal_seeds_give_equal_bytes(drawn: AttainmentModel) -> None:
    quotas = [10**6 + 1000 * rep for rep in range(30)]
    first = simulate(MARGINAL, quotas=quotas, model=drawn, generator=np.random.default_rng(5), simulations=50)
    table_of = drawn.draw(np.random.default_rng(5), simulations=50, reps=30)
    given_table = simulate(MARGINAL, quotas=quotas, attainments=table_of)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulation, "BLOCK", 70)
        again = simulate(MARGINAL, quotas=quotas, model=drawn, generator=np.random.default_rng(5), simulations=50)
    for other in (given_table, again):
        assert first.costs.tobytes() == other.costs.tobytes()
        assert first.by_rep.tobytes() == other.by_rep.tobytes()
        assert first.sensitivity.values.tobytes() == other.sensitivity.values.tobytes()
    assert len(set(first.costs.tolist())) > 40


def test_equal_seeds_share_their_draws() -> None:
    one = model(mean=percent("90")).draw(np.random.default_rng(3), simulations=20, reps=4)
    better = model(mean=percent("91")).draw(np.random.default_rng(3), simulations=20, reps=4)
    assert (one < better).all()
    assert model().draw(np.random.default_rng(3), simulations=1, reps=2).tolist() != one[:1, :2].tolist()


@pytest.mark.parametrize("shape", AttainmentShape)
@pytest.mark.parametrize("share", ["0", "25", "100"])
def test_draws_have_the_moments_of_the_model(shape: AttainmentShape, share: str) -> None:
    """200,000 draws, fixed by the seed. NORMAL is cut at 0 four standard deviations away, which moves nothing here."""
    spread = percent("20")
    many = model(mean=percent("90"), spread=spread, shape=shape, correlation=percent(share))
    drawn = many.draw(np.random.default_rng(11), simulations=20_000, reps=10)
    assert float(drawn.mean()) == pytest.approx(0.9, abs=0.01)
    assert float(drawn.std()) == pytest.approx(0.2, abs=0.01)
    assert float(drawn.min()) >= 0
    values = np.log(drawn) if shape is AttainmentShape.LOGNORMAL else drawn
    pairs = np.corrcoef(values, rowvar=False)[np.triu_indices(10, k=1)]
    assert pairs == pytest.approx(np.full(45, int(share) / 100), abs=0.03)


def test_a_normal_draw_is_cut_at_nothing_and_no_spread_is_the_mean() -> None:
    wide = model(spread=percent("200"), shape=AttainmentShape.NORMAL).draw(
        np.random.default_rng(2), simulations=100, reps=10
    )
    assert float(wide.min()) == 0
    assert 0.2 < float((wide == 0).mean()) < 0.45  # P(Z < -0.475) is 32 %
    for shape in AttainmentShape:
        still = model(spread=Rate(0), shape=shape).draw(np.random.default_rng(2), simulations=3, reps=2)
        assert still == pytest.approx(np.full((3, 2), 0.95))


def test_a_common_year_widens_the_cost() -> None:
    def spread(share: str) -> float:
        costs = simulate(
            MARGINAL, quotas=[10**7] * 100, model=model(correlation=percent(share)), generator=np.random.default_rng(1)
        ).costs
        return float(costs.std())

    assert spread("50") > 4 * spread("0")


def test_past_attainments_are_drawn_again() -> None:
    past = [0.5, 1.0, 1.5]
    cost = simulate(MARGINAL, quotas=[10_000], attainments=past, generator=np.random.default_rng(4), simulations=600)
    pays = {500: 0, 1100: 0, 2100: 0}  # 5,000 at 10 %; 8,000 and 2,000; 5,000 at 20 % more
    for each in cost.costs.tolist():
        pays[each] += 1
    assert sum(pays.values()) == 600
    assert min(pays.values()) > 150
    again = simulate(MARGINAL, quotas=[10_000], attainments=past, generator=np.random.default_rng(4), simulations=600)
    assert cost.costs.tobytes() == again.costs.tobytes()
    assert len(simulate(MARGINAL, quotas=[1], attainments=past, generator=np.random.default_rng(4)).costs) == 1000


@pytest.mark.parametrize("drawn", MODELS)
def test_a_model_is_kept_as_data(drawn: AttainmentModel) -> None:
    assert rulebook.from_data(rulebook.to_data(drawn), AttainmentModel) == drawn


# --- the record ----------------------------------------------------------------------------------------------


def record(costs: Iterable[int]) -> PlanCost:
    own = np.array(list(costs))
    return PlanCost(
        table=MARGINAL,
        costs=own,
        by_rep=np.array([1.0]),
        shares=np.array([0, 1.0, 0, 0]),
        sensitivity=Sensitivity(values=np.zeros(3), quotas=np.zeros(1), all_quotas=0.0, cut=0.0),
    )


@pytest.mark.parametrize(
    ("q", "cost"),
    [
        (Rate(0), 10),
        (0.0, 10),
        (Rate(1, 4), 10),
        (0.25, 10),
        (Rate(2501, 10_000), 20),
        (Rate(1, 2), 20),
        (0.75, 30),
        (0.7500001, 40),
        (Rate(1), 40),
        (1.0, 40),
    ],
)
def test_a_quantile_is_a_cost_that_was_simulated(q: Rate | float, cost: int) -> None:
    assert record([30, 10, 40, 20]).quantile(q) == Money(cost, USD)


def test_a_float_counts_as_it_is_written() -> None:
    """0.9 is a little more than nine tenths in binary, and would ask for the tenth of ten."""
    assert record(range(10)).quantile(0.9) == Money(8, USD)
    assert record(range(10)).quantile(np.float64(0.7)) == Money(6, USD)


@pytest.mark.parametrize(
    ("costs", "mean"), [([1, 2], 2), ([-1, -2], -2), ([1, 1, 2], 1), ([2**62, 2**62 - 2], 2**62 - 1)]
)
def test_the_mean_is_to_the_nearest_unit(costs: list[int], mean: int) -> None:
    assert record(costs).mean == Money(mean, USD)


@pytest.mark.parametrize("q", ["0.5", 1, True, None, 1.5, -0.1, float("nan"), float("inf"), Rate(2), Rate(-1, 2)])
def test_other_quantiles_are_refused(q: Any) -> None:
    assert refusal(record([1]).quantile, q) is not None


def test_a_record_is_its_own_and_cannot_be_written() -> None:
    costs = np.array([5, 6])
    kept = record(costs)
    costs[0] = 99
    columns = kept.to_columns()
    assert {name: column.tolist() for name, column in columns.items()} == {"simulation": [0, 1], "cost": [5, 6]}
    assert pd.DataFrame(columns).shape == (2, 2)
    for each in (kept, pickle.loads(pickle.dumps(kept))):
        assert each.costs.tolist() == [5, 6]
        arrays: list[Any] = [each.costs, each.by_rep, each.shares, each.sensitivity.values, each.sensitivity.quotas]
        assert not any(array.flags.writeable for array in arrays)


def test_one_cost_alone_is_shown() -> None:
    assert record([7])._repr_html_().count("<rect") == 1


# --- simulation: bad input -----------------------------------------------------------------------------------

RNG = np.random.default_rng(0)
SOME: dict[str, Any] = {"quotas": [100, 200], "attainments": [[1.0, 1.0]]}


@pytest.mark.parametrize(
    ("plan", "named", "error"),
    [
        ("x", {}, InvalidType),
        (BY_UNITS, {}, InvalidType),
        (MARGINAL, {"quotas": []}, InvalidValue),
        (MARGINAL, {"quotas": [100, 0]}, InvalidValue),
        (MARGINAL, {"quotas": [100, -5]}, InvalidValue),
        (MARGINAL, {"quotas": [100, 5.0]}, InvalidType),
        (MARGINAL, {"quotas": 100}, InvalidType),
        (MARGINAL, {"quotas": [100]}, InvalidValue),
        (MARGINAL, {"attainments": None}, InvalidType),
        (MARGINAL, {"attainments": []}, InvalidValue),
        (MARGINAL, {"attainments": np.ones((0, 2))}, InvalidValue),
        (MARGINAL, {"attainments": np.ones((1, 1, 2))}, InvalidValue),
        (MARGINAL, {"attainments": [[1.0, float("nan")]]}, InvalidValue),
        (MARGINAL, {"attainments": [[1.0, float("inf")]]}, InvalidValue),
        (MARGINAL, {"attainments": [[1.0], [1.0, 1.0]]}, InvalidValue),
        (MARGINAL, {"attainments": [[1.0, True]]}, InvalidType),
        (MARGINAL, {"attainments": [[1e300, 1.0]]}, InvalidValue),
        (MARGINAL, {"attainments": [[1e308, 1e308]], "quotas": [MAX_MINOR, 1]}, InvalidValue),
        (MARGINAL, {"generator": RNG}, InvalidType),
        (MARGINAL, {"simulations": 1}, InvalidType),
        (MARGINAL, {"model": MODELS[0]}, InvalidType),
        (MARGINAL, {"attainments": [1.0]}, InvalidType),
        (MARGINAL, {"attainments": None, "model": MODELS[0]}, InvalidType),
        (MARGINAL, {"attainments": None, "model": MODELS[0], "generator": 5}, InvalidType),
        (MARGINAL, {"attainments": None, "model": MODELS[0], "generator": np.random}, InvalidType),
        (MARGINAL, {"attainments": None, "model": "normal", "generator": RNG}, InvalidType),
        (MARGINAL, {"attainments": [1.0], "generator": RNG, "simulations": 0}, InvalidValue),
        (MARGINAL, {"attainments": [1.0], "generator": RNG, "simulations": True}, InvalidType),
        (MARGINAL, {"attainments": [1.0], "generator": RNG, "simulations": 10**9}, InvalidValue),
        (MARGINAL, {"cap": 5}, InvalidType),
        (MARGINAL, {"cap": Money(-1, USD)}, InvalidValue),
        (MARGINAL, {"cap": Money.of("5", "EUR")}, CurrencyMismatch),
        (MARGINAL, {"salary": Money.of("5", "EUR")}, CurrencyMismatch),
        (MARGINAL, {"salary": Money(-1, USD)}, InvalidValue),
        (MARGINAL, {"salary": 0.5}, InvalidType),
        (MARGINAL, {"salary": Money(2**61, USD)}, InvalidValue),
    ],
)
def test_what_cannot_be_simulated_is_refused(plan: Any, named: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        simulate(plan, **{**SOME, **named})
    assert isinstance(caught.value, SalesplanError)
    assert len(str(caught.value)) < 200


def test_sums_beyond_63_bits_are_refused() -> None:
    plan = tiers("0:0 100:40000000000000000", Application.FIXED, attainment=True)
    assert len(simulate(plan, quotas=[1], attainments=[[1.0]]).costs) == 1
    with pytest.raises(InvalidValue, match="63 bits"):
        simulate(plan, quotas=[1], attainments=[[1.0]], salary=Money(2**62 - 1, USD))
    with pytest.raises(InvalidValue, match="63 bits"):
        simulate(plan, quotas=[1], attainments=[[1.0]] * 2)


@pytest.mark.parametrize(
    "named",
    [
        {"mean": Rate(0)},
        {"mean": percent("-5")},
        {"mean": 0.95},
        {"spread": percent("-1")},
        {"spread": 0},
        {"correlation": percent("101")},
        {"correlation": percent("-1")},
        {"shape": "lognormal"},
    ],
)
def test_no_such_model(named: Any) -> None:
    assert refusal(model, **named) is not None


def test_draws_have_an_end() -> None:
    with pytest.raises(InvalidValue):
        model().draw(RNG, simulations=10**5, reps=10**4)
    assert refusal(model().draw, RNG, simulations=0, reps=1) is not None
    assert refusal(model().draw, RNG, simulations=1, reps=0) is not None
    assert refusal(model().draw, 5, simulations=1, reps=1) is not None


@given(anything, anything)
def test_whatever_is_passed_is_simulated_or_refused(one: Any, other: Any) -> None:
    refusal(simulate, one, **SOME)
    refusal(simulate, MARGINAL, quotas=one, attainments=other)
    refusal(simulate, MARGINAL, quotas=[1], attainments=one, generator=RNG, simulations=3)
    refusal(simulate, MARGINAL, quotas=[1], model=one, generator=other, simulations=3)
    refusal(simulate, MARGINAL, **SOME, cap=one, salary=other)
    refusal(model, spread=one, correlation=other)
    refusal(record([1]).quantile, one)
