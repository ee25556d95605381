"""BG/NBD: the literature's numbers, the published formulas in long decimals, and what a fit must not claim."""

from __future__ import annotations

import cmath
import pickle
import random
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import expm1, fsum, isfinite, log, log1p
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from salesplan.errors import InvalidType, InvalidValue, SalesplanError
from salesplan.segmentation._bgnbd_fit import Likelihood
from salesplan.segmentation._histories import checked, tally
from salesplan.segmentation.bgnbd import BgNbd, BgNbdFit, FitStatus, Limit, NoModel, Runaway, _reading
from salesplan.segmentation.gamma_gamma import GammaGamma
from tests.segmentation.buying import (
    Columns,
    cdnow,
    columns_of,
    histories,
    log_likelihood,
    parameters,
    published_alive,
    published_orders,
    rows_of,
)
from tests.strategies import anything, refusal
from tests.worked import table

PAGE = "lifetime-value.md"
NAMES = ("r", "alpha", "a", "b")
WILD = ((0.01, 1, 10, 0.1), (10, 100, 0.01, 100), (100, 0.1, 5, 5), (0.001, 1000, 1, 0.01), (1, 1, 1, 1))


@cache
def of_cdnow(end: str) -> Columns:
    return cdnow(date.fromisoformat(end))[0]


def model_of(row: dict[str, str], *, unit_days: int = 7) -> BgNbd:
    return BgNbd(**{name: float(row[name]) for name in NAMES}, unit_days=unit_days)


def in_days(row: dict[str, str]) -> dict[str, Any]:
    return {
        "repeat_days": [int(row["x"])],
        "last_repeat": [7 * float(row["t_x"])],
        "age": [7 * float(row["T"])],
    }


@pytest.mark.parametrize("row", table(PAGE, "Chances and orders by hand"))
def test_chances_and_orders_as_worked_by_hand(row: dict[str, str]) -> None:
    model = model_of(row)
    assert model.alive(**in_days(row))[0] == pytest.approx(float(Fraction(row["alive"])), rel=1e-14)
    orders = model.expected_orders(horizon=7 * float(row["t"]), **in_days(row))
    assert orders[0] == pytest.approx(float(row["orders"]), rel=1e-9)


@pytest.mark.parametrize("row", table(PAGE, "Chances and orders to many digits"))
def test_chances_and_orders_to_many_digits(row: dict[str, str]) -> None:
    model = model_of(row)
    assert model.alive(**in_days(row))[0] == pytest.approx(float(row["alive"]), rel=1e-12)
    orders = model.expected_orders(horizon=7 * float(row["t"]), **in_days(row))
    assert orders[0] == pytest.approx(float(row["orders"]), rel=1e-11)


@pytest.mark.parametrize("row", table(PAGE, "The orders of CDNOW"))
def test_cdnow_has_the_parameters_of_the_literature(row: dict[str, str]) -> None:
    columns = of_cdnow(row["end"])
    fit = BgNbd.fit(**columns, unit_days=7)
    assert fit.status is FitStatus.CONVERGED
    assert fit.customers == 2357
    assert fit.log_likelihood == pytest.approx(float(row["log-likelihood"]), abs=1e-4)
    found = fit.require_model().parameters
    for name in NAMES:
        assert found[name] == pytest.approx(float(row[name]), abs=1e-6)
    assert fit.gradient_norm is not None
    assert fit.gradient_norm < 1e-9
    assert fit.require_model().log_likelihood(**columns) == fit.log_likelihood


@pytest.mark.parametrize("start", WILD)
def test_wild_starts_reach_the_same_top(start: tuple[float, ...]) -> None:
    columns = of_cdnow("1997-09-30")
    best = BgNbd.fit(**columns, unit_days=7).require_model()
    wild = BgNbd.fit(**columns, unit_days=7, start=BgNbd(**dict(zip(NAMES, start, strict=True)), unit_days=7))
    for name in NAMES:
        assert wild.require_model().parameters[name] == pytest.approx(best.parameters[name], rel=1e-9)


def test_a_start_may_be_in_other_units() -> None:
    columns = of_cdnow("1997-09-30")
    weeks = BgNbd.fit(**columns, unit_days=7)
    again = BgNbd.fit(**columns, unit_days=1, start=weeks.model)
    assert again.iterations <= 2  # it starts at the top
    assert again.require_model().alpha == pytest.approx(7 * weeks.require_model().alpha, rel=1e-9)


# --- a fit ----------------------------------------------------------------------------------------------


def fitted(rows: list[tuple[int, int, int]], unit_days: int = 7) -> BgNbdFit:
    return BgNbd.fit(**columns_of(rows), unit_days=unit_days)


crowds = st.lists(histories(), min_size=4, max_size=40)
seldom = settings(max_examples=max(5, settings().max_examples // 2))  # a fit takes its time


@seldom
@given(crowds, st.randoms(use_true_random=False))
def test_the_order_of_the_customers_changes_no_byte(rows: list[tuple[int, int, int]], chance: random.Random) -> None:
    mixed = rows.copy()
    chance.shuffle(mixed)
    assert pickle.dumps(fitted(mixed)) == pickle.dumps(fitted(rows))


def test_the_order_of_cdnow_changes_no_byte() -> None:
    rows = rows_of(of_cdnow("1997-09-30"))
    fit = fitted(rows)
    random.Random(5).shuffle(rows)
    assert pickle.dumps(fitted(rows)) == pickle.dumps(fit)


def test_another_unit_of_time_scales_alpha_and_nothing_else() -> None:
    columns = of_cdnow("1997-09-30")
    weeks, days = (BgNbd.fit(**columns, unit_days=unit) for unit in (7, 1))
    of_weeks, of_days = weeks.require_model(), days.require_model()
    assert of_days.alpha == pytest.approx(7 * of_weeks.alpha, rel=1e-9)
    for name in ("r", "a", "b"):
        assert of_days.parameters[name] == pytest.approx(of_weeks.parameters[name], rel=1e-9)
    orders = sum(columns["repeat_days"])
    assert weeks.log_likelihood is not None
    assert days.log_likelihood == pytest.approx(weeks.log_likelihood - orders * log(7), rel=1e-12)
    assert days.standard_errors[1] == pytest.approx(7 * weeks.standard_errors[1], rel=1e-6)
    assert of_days.expected_orders(horizon=273, **columns) == pytest.approx(
        of_weeks.expected_orders(horizon=273, **columns), rel=1e-8
    )


def moved(model: BgNbd, factors: dict[str, float]) -> BgNbd:
    changed = {name: value * factors.get(name, 1.0) for name, value in model.parameters.items()}
    return BgNbd(**changed, unit_days=model.unit_days)


# Nobody leaves and all buy weekly; nobody buys again; all leave with one chance; a lone top; too little of anything.
@seldom
@given(crowds)
@example([(10, 70, 70)] * 9)
@example([(0, 0, 70)] * 9)
@example([(1, 7, 70), (2, 14, 70), (3, 20, 70), (0, 0, 30), (1, 30, 90)] * 8)
@example([(400, 400, 400), (0, 0, 400), (0, 0, 1), (1, 1, 400)] * 9)
@example([(0, 0, 0)] * 8)
@example([(2, 2, 39), (0, 0, 2), (2, 2, 270), (0, 0, 2)])  # r and alpha run along a line that is level before the wall
def test_a_fit_is_a_top_or_says_where_it_runs(rows: list[tuple[int, int, int]]) -> None:
    fit = fitted(rows)
    columns = columns_of(rows)
    assert (fit.model is not None) == (fit.status is FitStatus.CONVERGED) == (len(fit.standard_errors) == 4)
    if fit.model is not None:
        best = fit.model.log_likelihood(**columns)
        assert all(error > 0 for error in fit.standard_errors)
        for name in NAMES:
            for factor in (0.97, 1.03):
                assert moved(fit.model, {name: factor}).log_likelihood(**columns) < best + 1e-9 * abs(best)
    elif fit.status is FitStatus.DEGENERATE:
        assert fit.edge is not None
        assert fit.runaways
        factors = {Limit.ZERO: 0.1, Limit.INFINITY: 10.0, Limit.ANY: 1.0}
        onward = {each.parameter: factors[each.toward] for each in fit.runaways}
        before = fit.edge.log_likelihood(**columns)
        assert moved(fit.edge, onward).log_likelihood(**columns) >= before - 1e-4
        with pytest.raises(NoModel):
            fit.require_model()
    else:
        assert sum(age > 0 for _, _, age in rows) < 4
    assert str(fit.customers) in fit.explain()


@pytest.mark.parametrize(
    ("rows", "runaways"),
    [
        ([(0, 0, 70)] * 9, "r -> 0, alpha -> infinity"),
        ([(10, 70, 70), (9, 70, 70), (11, 70, 70), (10, 70, 70)], "r -> infinity, alpha -> infinity, a -> 0"),
        ([(0, 0, 1), (0, 0, 7), (1, 1, 7), (2, 2, 2)], "a may be anything, b may be anything"),
        ([(1, 3, 300), (0, 0, 300), (1, 4, 300), (2, 10, 300), (1, 9, 300), (0, 0, 300)], "a -> infinity"),
    ],
)
def test_degenerate_data_name_what_runs(rows: list[tuple[int, int, int]], runaways: str) -> None:
    fit = fitted(rows)
    assert fit.status is FitStatus.DEGENERATE
    assert ", ".join(map(str, fit.runaways)).startswith(runaways)
    assert fit.model is None
    assert runaways in fit.explain()
    assert fit.to_columns()["estimate"].tolist() == []


@pytest.mark.parametrize(
    ("runs", "says"),
    [
        ({"r": Limit.ZERO}, "as if hardly anybody buys again: "),
        ({"r": Limit.INFINITY, "alpha": Limit.INFINITY}, "as if all customers buy at one rate: "),
        ({"a": Limit.INFINITY, "b": Limit.INFINITY}, "as if all leave with one chance: "),
        ({"a": Limit.ZERO, "b": Limit.ZERO}, "as if some leave at the first repeat order and the rest never: "),
        ({"a": Limit.ZERO, "b": Limit.INFINITY}, "as if nobody is seen to leave: "),
        ({"a": Limit.INFINITY}, "as if everybody leaves at the first repeat order: "),
        ({"b": Limit.ZERO}, "as if everybody leaves at the first repeat order: "),
        ({"r": Limit.ZERO, "a": Limit.ZERO}, "as if hardly anybody buys again and nobody is seen to leave: "),
        ({"a": Limit.ANY, "b": Limit.ANY}, "these customers do not tell a from b: "),
        ({"alpha": Limit.ZERO}, "use more data"),
    ],
)
def test_what_runs_is_told_in_words(runs: dict[str, Limit], says: str) -> None:
    assert _reading(tuple(Runaway(name, toward) for name, toward in runs.items())).startswith(says)


def test_a_parameter_that_is_hardly_known_is_named() -> None:
    rows = [(0, 0, 114), (1, 56, 164), (0, 0, 50), (0, 0, 43), (1, 36, 201), (0, 0, 258), (0, 0, 56), (4, 144, 189)]
    fit = fitted([*rows, (1, 242, 265), (0, 0, 171), (2, 123, 300), (4, 47, 51)])
    for (name, value), error in zip(fit.require_model().parameters.items(), fit.standard_errors, strict=True):
        assert (f"{name} is hardly known: its standard error exceeds it" in fit.notes) == (error > value)
    assert len(fit.notes) == 4  # r is known, by a little; and six who never bought again


@pytest.mark.parametrize("size", [0, 1, 3])
def test_too_few_customers_are_said_to_be_too_few(size: int) -> None:
    fit = fitted([(1, 7, 70)] * size + [(0, 0, 0)] * size)
    assert fit.status is FitStatus.TOO_FEW
    assert (fit.customers, fit.repeaters, fit.log_likelihood) == (2 * size, size, None)
    assert refusal(fit.require_model) is not None


def test_a_fit_needs_four_customers_at_least() -> None:
    assert fitted([(1, 7, 70), (0, 0, 70), (3, 20, 90), (1, 80, 90)]).status is not FitStatus.TOO_FEW


def test_a_simulated_crowd_is_found_again_within_its_errors() -> None:
    true, chance = {"r": 0.6, "alpha": 4.0, "a": 0.8, "b": 2.5}, random.Random(11)
    rows = []
    for _ in range(4000):
        age = chance.randint(100, 500)
        rate, leaves = chance.gammavariate(true["r"], 1 / true["alpha"]) / 7, chance.betavariate(true["a"], true["b"])
        now, days = 0.0, set()
        while True:
            now += chance.expovariate(rate)
            if now >= age:
                break
            days.add(int(now) + 1)
            if chance.random() < leaves:
                break
        rows.append((len(days), max(days, default=0), age))
    fit = fitted(rows)
    for (name, value), error in zip(fit.require_model().parameters.items(), fit.standard_errors, strict=True):
        assert abs(value - true[name]) < 4 * error, name
        assert error < true[name]  # an error that is no use would pass the line above


def complex_log_likelihood(rows: list[tuple[int, int, int]], point: list[complex]) -> complex:
    """The likelihood over the complex numbers: its imaginary part at a tiny imaginary step is the derivative."""
    r, alpha, a, b = point
    total = 0j
    for x, t_x, age in rows:
        total += r * cmath.log(alpha) - (r + x) * cmath.log(alpha + age)
        for j in range(x):
            total += cmath.log(r + j) + cmath.log(b + j) - cmath.log(a + b + j)
        if x > 0:
            total += cmath.log(1 + a / (b + x - 1) * ((alpha + age) / (alpha + t_x)) ** (r + x))
    return total


# After x orders within a day the ratio of the two branches stays a float.
small_crowds = st.lists(
    st.tuples(st.integers(0, 6), st.integers(6, 60), st.integers(0, 60)).map(
        lambda row: (row[0], row[1] if row[0] else 0, row[1] + row[2])
    ),
    min_size=1,
    max_size=6,
)


@given(small_crowds, st.tuples(parameters, parameters, parameters, parameters))
def test_the_derivatives_are_those_of_the_likelihood(
    rows: list[tuple[int, int, int]], point: tuple[float, float, float, float]
) -> None:
    surface = Likelihood.of(tally(checked(**columns_of(rows))), 1)
    value, gradient, seconds = surface.at(np.array(point))
    assert value == pytest.approx(complex_log_likelihood(rows, [*map(complex, point)]).real, rel=1e-11, abs=1e-9)

    def slope(at: list[float], by: int) -> float:
        tiny = 1e-30
        moved = [complex(each, tiny if place == by else 0) for place, each in enumerate(at)]
        return complex_log_likelihood(rows, moved).imag / tiny

    for i in range(4):
        terms = len(rows) / min(point[i], 1.0)  # what cancels in a derivative
        assert gradient[i] == pytest.approx(slope([*point], i), rel=1e-8, abs=1e-10 * terms)
        for j in range(4):
            step = 1e-4 * point[j]
            up, down = (
                [each + (step * sign if place == j else 0) for place, each in enumerate(point)] for sign in (1, -1)
            )
            difference = (slope(up, i) - slope(down, i)) / (2 * step)
            size = len(rows) * 60 / min(point[i], 1.0) / min(point[j], 1.0)
            assert seconds[i, j] == pytest.approx(difference, rel=1e-5, abs=1e-7 * size)


@given(st.lists(histories(), max_size=8), st.tuples(parameters, parameters, parameters, parameters), st.integers(1, 30))
def test_the_likelihood_is_the_published_one(
    rows: list[tuple[int, int, int]], point: tuple[float, float, float, float], unit_days: int
) -> None:
    model = BgNbd(**dict(zip(NAMES, point, strict=True)), unit_days=unit_days)
    wanted = log_likelihood(rows, *point, unit_days)
    assert model.log_likelihood(**columns_of(rows)) == pytest.approx(wanted, rel=1e-9, abs=1e-7)


# --- chances and orders ---------------------------------------------------------------------------------

models = st.builds(
    lambda point, unit: BgNbd(**dict(zip(NAMES, point, strict=True)), unit_days=unit),
    st.tuples(parameters, parameters, parameters | st.sampled_from([1.0, 1 + 1e-9, 1 - 1e-6]), parameters),
    st.sampled_from([1, 7, 30]),
)


@given(models, histories(), st.integers(1, 1000))
@example(BgNbd(r=0.5, alpha=2, a=0.25, b=0.75, unit_days=7), (0, 0, 70), 70)  # a + b + x = 1, a pole of the series
@example(BgNbd(r=0.2, alpha=4, a=0.8, b=2.4, unit_days=1), (1000, 1000, 1000), 1000)
@example(BgNbd(r=143, alpha=0.5, a=0.1, b=0.01, unit_days=1), (0, 0, 3), 1)  # digits cancel: the integral
@example(BgNbd(r=300, alpha=30, a=0.1, b=0.02, unit_days=7), (0, 0, 70), 300)
@example(BgNbd(r=0.01, alpha=30, a=0.1, b=1000, unit_days=7), (0, 0, 70), 300)
@example(BgNbd(r=2, alpha=30, a=400, b=600, unit_days=7), (3, 20, 70), 900)
def test_chances_and_orders_are_the_published_ones(model: BgNbd, row: tuple[int, int, int], horizon: int) -> None:
    r, alpha, a, b = model.parameters.values()
    columns = columns_of([row])
    scaled = Fraction(alpha) * model.unit_days  # alpha in days, exactly
    assume(horizon <= 30 * (scaled + row[2]))  # the published series would hardly end
    point = (r, float(scaled), a, b)
    assert model.alive(**columns)[0] == pytest.approx(float(published_alive(*point, *row)), rel=1e-9, abs=1e-300)
    orders = model.expected_orders(horizon=horizon, **columns)[0]
    if a == 1 or a + b + row[0] == 1:  # the published form is 0/0: its value a little beside
        point = (r, float(scaled), a + 1e-12, b)
    assert orders == pytest.approx(float(published_orders(*point, *row, horizon)), rel=1e-9, abs=1e-300)


@given(models, st.integers(1, 400), st.data())
def test_later_orders_make_a_customer_likelier(model: BgNbd, age: int, data: st.DataObject) -> None:
    x = data.draw(st.integers(1, age))
    recencies = sorted(data.draw(st.lists(st.integers(x, age), min_size=2, max_size=6)))
    size = len(recencies)
    alive = model.alive(repeat_days=[x] * size, last_repeat=recencies, age=[age] * size)
    assert (alive >= 0).all()
    assert (alive <= 1).all()
    assert (np.diff(alive) >= -1e-15).all()


@given(models, histories(), st.lists(st.integers(0, 3000), min_size=2, max_size=5))
def test_orders_rise_with_the_horizon(model: BgNbd, row: tuple[int, int, int], horizons: list[int]) -> None:
    orders = [float(model.expected_orders(horizon=each, **columns_of([row]))[0]) for each in sorted(horizons)]
    assert orders[0] >= 0
    for before, after in pairwise(orders):
        assert after >= before * (1 - 1e-12)
    assert model.expected_orders(horizon=0, **columns_of([row])).tolist() == [0]


@given(models, st.lists(histories(), max_size=12), st.randoms(use_true_random=False), st.integers(0, 500))
def test_a_row_does_not_depend_on_the_others(
    model: BgNbd, rows: list[tuple[int, int, int]], chance: random.Random, horizon: int
) -> None:
    alive = model.alive(**columns_of(rows)).tolist()
    orders = model.expected_orders(horizon=horizon, **columns_of(rows)).tolist()
    places = list(range(len(rows)))
    chance.shuffle(places)
    mixed = columns_of([rows[place] for place in places])
    assert model.alive(**mixed).tolist() == [alive[place] for place in places]
    assert model.expected_orders(horizon=horizon, **mixed).tolist() == [orders[place] for place in places]


@pytest.mark.parametrize(
    ("model", "size"),
    [
        (BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426, unit_days=7), 9000),  # more than one block of the series
        (BgNbd(r=143, alpha=0.5, a=0.1, b=0.01, unit_days=1), 300),  # and of the integral
    ],
)
def test_the_last_of_many_is_as_if_alone(model: BgNbd, size: int) -> None:
    ages = np.arange(size) + 3
    orders = model.expected_orders(horizon=70, repeat_days=[0] * size, last_repeat=[0] * size, age=ages)
    for row in (0, size // 2, size - 1):
        alone = model.expected_orders(horizon=70, repeat_days=[0], last_repeat=[0], age=[int(ages[row])])
        assert orders[row] == pytest.approx(alone[0], rel=1e-13)
        assert alone[0] > 0


def test_parts_of_days_give_the_same_as_days_beside_them() -> None:
    model = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426, unit_days=7)
    rows = [(2, 213, 272), (0, 0, 272), (1, 12, 272)]
    whole = model.expected_orders(horizon=39, **columns_of(rows))
    broken = model.expected_orders(
        horizon=39, repeat_days=[2, 0, 1, 1], last_repeat=[213, 0, 12, 3], age=[272, 272, 272, 9.5]
    )
    assert broken[:3].tolist() == whole.tolist()


def test_a_new_customer_is_one_whose_time_begins() -> None:
    model = BgNbd(r=2, alpha=1, a=2, b=1, unit_days=7)
    assert model.expected_orders_new(horizon=7) == pytest.approx(1, rel=1e-14)  # 2 (1 - 1/2)
    assert model.expected_orders_new(horizon=0) == 0
    begun = model.expected_orders(horizon=70, repeat_days=[0], last_repeat=[0], age=[0])
    assert model.expected_orders_new(horizon=70) == begun[0]


def test_nobody_leaves_without_an_order() -> None:
    model = BgNbd(r=0.2, alpha=4, a=100, b=0.1, unit_days=7)
    assert model.alive(repeat_days=[0], last_repeat=[0], age=[100_000]).tolist() == [1]


def test_a_chance_too_small_for_a_float_is_no_error() -> None:
    model = BgNbd(r=1e6, alpha=1e-6, a=1e6, b=1e-6, unit_days=1)
    alive = model.alive(repeat_days=[1, 500], last_repeat=[1, 500], age=[1_000_000, 1_000_000])
    assert alive.tolist() == [0, 0]


# --- what comes in --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "code", "says"),
    [
        ({"age": [70, 20]}, "segmentation.last_repeat", "row 1 is 21"),
        ({"repeat_days": [0, 0]}, "segmentation.last_repeat", "row 1 is 21"),
        ({"repeat_days": [0, 22]}, "segmentation.repeat_days", "row 1 is 22"),
        ({"repeat_days": [1, 2]}, "segmentation.repeat_days", "row 0 is 1"),
        ({"repeat_days": [-1, 2]}, "segmentation.repeat_days", "row 0 is -1"),
        ({"last_repeat": [-1, 21]}, "segmentation.last_repeat", "row 0 is -1"),
        ({"last_repeat": [0, float("nan")]}, "segmentation.last_repeat", "row 1 is nan"),
        ({"age": [70, float("inf")]}, "segmentation.age", "row 1 is inf"),
        ({"age": [70, 1_000_001]}, "segmentation.age", "row 1 is 1000001"),
        ({"age": [70]}, "segmentation.age", "2 rows"),
        ({"age": [[70, 70]]}, "segmentation.age", "2 rows"),
        ({"repeat_days": [0, 1.0]}, "segmentation.repeat_days", "row 1 is float"),
        ({"repeat_days": [0, True]}, "segmentation.repeat_days", "row 1 is bool"),
        ({"age": 70}, "segmentation.age", "a column"),
    ],
)
def test_columns_that_are_no_histories_are_refused(changed: dict[str, Any], code: str, says: str) -> None:
    columns: dict[str, Any] = {"repeat_days": [0, 2], "last_repeat": [0, 21], "age": [70, 70]} | changed
    model = BgNbd(r=1, alpha=1, a=1, b=1, unit_days=7)
    for call in (
        lambda: BgNbd.fit(**columns, unit_days=7),
        lambda: model.alive(**columns),
        lambda: model.expected_orders(horizon=7, **columns),
        lambda: model.log_likelihood(**columns),
    ):
        error = refusal(call)
        assert error is not None
        assert error.code == code
        assert says in str(error)
        assert len(str(error)) < 200


def test_a_fit_is_of_whole_days() -> None:
    with pytest.raises(InvalidValue, match=r"whole days.*row 0 is 7\.5"):
        BgNbd.fit(repeat_days=[1] * 4, last_repeat=[7.5, 7, 7, 7], age=[70] * 4, unit_days=7)


@pytest.mark.parametrize("edge", [1e-15, 1e15])
def test_parameters_end_where_they_say(edge: float) -> None:
    point = dict.fromkeys(NAMES, 1.0)
    for name in NAMES:
        BgNbd(**point | {name: edge}, unit_days=7)
        beyond = edge * (0.99 if edge < 1 else 1.01)
        assert refusal(lambda name=name, beyond=beyond: BgNbd(**point | {name: beyond}, unit_days=7)) is not None
    for unit_days in (0, 3661):
        assert refusal(lambda unit_days=unit_days: BgNbd(**point, unit_days=unit_days)) is not None


@pytest.mark.parametrize(
    ("r", "growth"),
    [(1, 1e-9), (2, 1e9), (1000, 1), (1000, 1e9), (1000, 1e21), (1e9, 1e15), (1e15, 1e15), (1e15, 1e21)],
)
def test_orders_of_the_most_eager_at_one_chance_each_to_leave(r: float, growth: float) -> None:
    """With a = b = 1 the mean of (1 - (1 + p y)**-r) / p is log(1 + y) + sum over k < r of (1 - (1 + y)**-k) / k.

    Once the integral was cut where p alone is unlikely, and its steps were too wide around p = 1 / (r y).
    """
    if r <= 1000:
        rest = fsum(-expm1(-k * log1p(growth)) / k for k in range(1, int(r)))
    else:
        rest = log(r) + 0.5772156649015329 - 0.5 / r  # the harmonic sum, as (1 + y)**-1 is no more than 1e-15
    model = BgNbd(r=r, alpha=1e6 / growth if growth > 1 else 1.0, a=1, b=1, unit_days=1)
    orders = model.expected_orders_new(horizon=1e6 if growth > 1 else growth)
    assert orders == pytest.approx(log1p(growth) + rest, rel=1e-13)


@pytest.mark.parametrize(
    ("point", "row", "horizon", "orders"),
    [
        # Two integrals whose steps were too wide; one that took n p y for p y; a series that lost its a beside 1.
        ((475.6781338, 2.158993182, 0.7725165320, 0.001600741487), (0, 0, 1), 100_000, "1.3541572453657093332"),
        ((7e9, 1.5e-9, 0.08, 5e-7), (0, 0, 50), 1_000_000, "67402227.684760870937"),
        ((5e-15, 8, 5.7e13, 7.7e9), (0, 0, 1), 0.01, "5.5524718364001186273e-18"),
        ((54.77, 1.6e-11, 5e-14, 1e-14), (0, 0, 1), 0.01, "0.44140533319794615545"),
    ],
)
def test_orders_at_the_ends_of_the_range(
    point: tuple[float, ...], row: tuple[int, int, int], horizon: float, orders: str
) -> None:
    """The published form and the integral over p with 50 digits, by mpmath: they agree to 20."""
    model = BgNbd(**dict(zip(NAMES, point, strict=True)), unit_days=1)
    assert model.expected_orders(horizon=horizon, **columns_of([row]))[0] == pytest.approx(
        float(orders), rel=1e-12, abs=0
    )


def test_a_tiny_b_is_not_lost_beside_the_orders() -> None:
    # b + x - 1 is b at one repeat day; b + 1 - 1 is 1.1e-15. The leaving branch, a / b = 1, is the other one doubled.
    model = BgNbd(r=1, alpha=1, a=1e-15, b=1e-15, unit_days=1)
    # (r / (alpha + T)**2) alpha (b / (a + b)) (1 + a / b) = 1/4
    assert model.log_likelihood(repeat_days=[1], last_repeat=[1], age=[1]) == pytest.approx(-2 * log(2), rel=1e-14)


@given(st.tuples(*[st.sampled_from([1e-15, 1e-6, 1.0, 1e6, 1e15])] * 4), histories(), st.sampled_from([1e-3, 1, 1e6]))
def test_extreme_parameters_give_a_number(
    point: tuple[float, float, float, float], row: tuple[int, int, int], horizon: float
) -> None:
    model = BgNbd(**dict(zip(NAMES, point, strict=True)), unit_days=7)
    alive = model.alive(**columns_of([row]))[0]
    assert 0 <= alive <= 1
    orders = float(model.expected_orders(horizon=horizon, **columns_of([row]))[0])
    assert isfinite(orders)
    assert orders >= 0


@given(anything, anything, anything, anything)
def test_hostile_input_is_refused_in_our_words(one: Any, two: Any, three: Any, four: Any) -> None:
    model = BgNbd(r=1, alpha=1, a=1, b=1, unit_days=7)
    for call in (
        lambda: BgNbd(r=one, alpha=two, a=three, b=four, unit_days=7),
        lambda: BgNbd(r=1, alpha=1, a=1, b=1, unit_days=one),
        lambda: BgNbd.fit(repeat_days=one, last_repeat=two, age=three, unit_days=7),
        lambda: BgNbd.fit(repeat_days=[1], last_repeat=[7], age=[7], unit_days=one, start=two),
        lambda: BgNbd.fit(repeat_days=[1] * 4, last_repeat=[7] * 4, age=[7] * 4, unit_days=7, start=one),
        lambda: model.alive(repeat_days=one, last_repeat=two, age=three),
        lambda: model.expected_orders(horizon=four, repeat_days=[1], last_repeat=[7], age=[9]),
        lambda: model.expected_orders_new(horizon=one),
        lambda: BgNbdFit(status=one, customers=two, repeaters=0),
    ):
        refusal(call)


def test_results_explain_themselves() -> None:
    columns = of_cdnow("1997-09-30")
    fit = BgNbd.fit(**columns, unit_days=7)
    text = fit.explain()
    assert "converged: 2,357 customers" in text
    assert "-9582.4292" in text
    assert "1,411 customers never bought again" in text
    assert "<table" in fit._repr_html_()
    assert fit.to_columns()["parameter"].tolist() == [*NAMES]
    assert "alpha" in fit.require_model().explain()
    assert "<table" in fit.require_model()._repr_html_()
    assert pickle.loads(pickle.dumps(fit)) == fit
    assert not fit.require_model().alive(**columns).flags.writeable


def test_a_fit_has_a_model_exactly_when_it_converged() -> None:
    with pytest.raises(InvalidValue):
        BgNbdFit(status=FitStatus.CONVERGED, customers=5, repeaters=1)
    model = BgNbd(r=1, alpha=1, a=1, b=1, unit_days=7)
    good = BgNbdFit(status=FitStatus.CONVERGED, customers=5, repeaters=1, model=model, standard_errors=(0.1,) * 4)
    assert "converged" in good.explain()
    changes: dict[str, Any] = {
        "standard_errors": (0.1,) * 3,
        "model": "no model",
        "log_likelihood": "-1",
        "notes": (1,),
        "iterations": -1,
        "runaways": 0,
    }
    for name, wrong in changes.items():
        with pytest.raises((InvalidType, InvalidValue)):
            attrs.evolve(good, **{name: wrong})  # it could not explain itself
    assert str(Runaway("r", Limit.INFINITY)) == "r -> infinity"
    with pytest.raises(InvalidType):
        BgNbdFit(status="converged", customers=5, repeaters=1)  # type: ignore[arg-type]
    assert issubclass(NoModel, SalesplanError)


def test_a_fit_is_told_in_numbers() -> None:
    fit = BgNbd.fit(repeat_days=[0, 1, 2, 3, 0, 2], last_repeat=[0, 9, 20, 33, 0, 8], age=[40] * 6, unit_days=7)
    for bad in ({"log_likelihood": float("nan")}, {"gradient_norm": float("nan")}):
        fields: dict[str, Any] = bad
        with pytest.raises(InvalidValue, match="not nan"):
            attrs.evolve(fit, **fields)


def test_a_fit_holds_a_model_of_its_kind() -> None:
    ended: dict[str, Any] = {
        "customers": 9,
        "repeaters": 5,
        "standard_errors": (0.1,) * 4,
        "status": FitStatus.CONVERGED,
    }
    own, other = BgNbd(r=1, alpha=1, a=1, b=1, unit_days=7), GammaGamma(p=6, q=4, v=15)
    fields: dict[str, Any] = {"model": own}
    assert BgNbdFit(**ended, **fields).require_model() == own
    for name in ("model", "edge"):
        with pytest.raises(InvalidType, match="no such model"):
            BgNbdFit(**ended, **fields | {name: other})
