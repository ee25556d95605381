"""Gamma-Gamma: the literature's numbers, the likelihood as published, and the special functions under it."""

from __future__ import annotations

import math
import pickle
import random
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from salesplan.errors import InvalidValue
from salesplan.segmentation._special import digamma_step, log_beta, log_gamma, trigamma, trigamma_step
from salesplan.segmentation.bgnbd import FitStatus, Limit, NoModel
from salesplan.segmentation.gamma_gamma import GammaGamma, GammaGammaFit
from tests.segmentation.buying import Columns, cdnow
from tests.strategies import anything, refusal
from tests.worked import table

PAGE = "lifetime-value.md"
NAMES = ("p", "q", "v")


@cache
def of_cdnow(end: str) -> tuple[Columns, list[float]]:
    return cdnow(date.fromisoformat(end))


@pytest.mark.parametrize("row", table(PAGE, "The money of CDNOW"))
def test_cdnow_has_the_parameters_of_the_literature(row: dict[str, str]) -> None:
    columns, means = of_cdnow(row["end"])
    fit = GammaGamma.fit(repeat_days=columns["repeat_days"], mean_money=means)
    assert fit.status is FitStatus.CONVERGED
    assert fit.used == int(row["used"])
    assert fit.used + fit.without_repeats + fit.zero_money == fit.customers == 2357
    for name, value in fit.require_model().parameters.items():
        assert value == pytest.approx(float(row[name]), abs=1.1e-6)
    if row["log-likelihood"]:
        assert fit.log_likelihood == pytest.approx(float(row["log-likelihood"]), abs=1e-6)


def test_cdnow_as_told_in_words() -> None:
    columns, means = of_cdnow("1997-09-30")
    fit = GammaGamma.fit(repeat_days=columns["repeat_days"], mean_money=means)
    assert fit.require_model().mean == pytest.approx(35.1704, abs=1e-4)
    assert fit.correlation == pytest.approx(0.114, abs=5e-4)
    used = [(x, m) for x, m in zip(columns["repeat_days"], means, strict=True) if x and m]
    assert fit.correlation == pytest.approx(float(np.corrcoef(np.array(used).T)[0, 1]), rel=1e-12)
    assert "0.114" in fit.explain()
    assert "converged: 2,357 customers" in fit.explain()
    assert "35.1704" in fit.require_model().explain()
    assert "<table" in fit._repr_html_() + fit.require_model()._repr_html_()
    assert fit.to_columns()["parameter"].tolist() == [*NAMES]
    assert pickle.loads(pickle.dumps(fit)) == fit


@pytest.mark.parametrize("row", table(PAGE, "The money of an order by hand"))
def test_money_of_an_order_as_worked(row: dict[str, str]) -> None:
    model = GammaGamma(p=float(row["p"]), q=float(row["q"]), v=float(row["v"]))
    columns = {"repeat_days": [int(row["x"])], "mean_money": [float(row["m"])]}
    if row["expected"] == "none":
        error = refusal(lambda: model.expected_money(**columns))
        assert error is not None
        assert error.code == "segmentation.gamma_gamma.no_mean"
        assert model.mean is None
        assert "none" in model.explain()
    else:
        assert model.expected_money(**columns).tolist() == [pytest.approx(float(row["expected"]), rel=1e-14)]


parameters = st.floats(-1, 1).map(lambda power: 10.0**power)
buyers = st.tuples(
    st.sampled_from([1, 1, 2, 3, 10, 300]), st.sampled_from([0.01, 1.0, 20.0, 20.0, 999.0]) | st.floats(1, 100)
)
crowds = st.lists(buyers, min_size=3, max_size=20)
seldom = settings(max_examples=max(5, settings().max_examples // 4))  # a fit takes its time


@given(buyers, st.tuples(parameters, st.floats(1.01, 30), parameters))
def test_expected_money_lies_between_the_own_mean_and_that_of_all(
    buyer: tuple[int, float], point: tuple[float, float, float]
) -> None:
    model = GammaGamma(**dict(zip(NAMES, point, strict=True)))
    mean = model.mean
    assert mean is not None
    low, high = sorted((mean, buyer[1]))
    expected = model.expected_money(repeat_days=[buyer[0], buyer[0] + 1, 0], mean_money=[buyer[1], buyer[1], 0])
    assert low * (1 - 1e-12) <= expected[0] <= high * (1 + 1e-12)
    assert abs(expected[1] - buyer[1]) <= abs(expected[0] - buyer[1]) + 1e-9 * high  # more orders, nearer to the own
    assert expected[2] == pytest.approx(mean, rel=1e-12)


# --- a fit ----------------------------------------------------------------------------------------------


def likelihood(rows: list[tuple[int, float]], p: float, q: float, v: float) -> float:
    """As published, customer by customer."""
    return math.fsum(
        math.lgamma(p * x + q)
        - math.lgamma(p * x)
        - math.lgamma(q)
        + q * math.log(v)
        + (p * x - 1) * math.log(m)
        + p * x * math.log(x)
        - (p * x + q) * math.log(v + x * m)
        for x, m in rows
    )


def fitted(rows: list[tuple[int, float]]) -> GammaGammaFit:
    return GammaGamma.fit(repeat_days=[x for x, _ in rows], mean_money=[m for _, m in rows])


def test_the_top_is_one_of_the_published_likelihood() -> None:
    columns, means = of_cdnow("1997-09-30")
    rows = [(x, m) for x, m in zip(columns["repeat_days"], means, strict=True) if x and m]
    fit = fitted(rows)
    p, q, v = fit.require_model().parameters.values()
    best = likelihood(rows, p, q, v)
    assert fit.log_likelihood == pytest.approx(best, rel=1e-12)
    for at, error in enumerate(fit.standard_errors):
        for sign in (1, -1):
            beside = [p, q, v]
            beside[at] += sign * error / 10
            assert likelihood(rows, *beside) < best - 0.004  # half of (1/10)**2, and more for what the others do
    for start in ((0.1, 30.0, 1.0), (100.0, 0.3, 0.1), (1.0, 1.0, 1000.0)):
        wild = GammaGamma.fit(
            repeat_days=columns["repeat_days"],
            mean_money=means,
            start=GammaGamma(**dict(zip(NAMES, start, strict=True))),
        )
        assert [*wild.require_model().parameters.values()] == pytest.approx([p, q, v], rel=1e-9)


@seldom
@given(crowds, st.randoms(use_true_random=False))
def test_the_order_of_the_customers_changes_no_byte(rows: list[tuple[int, float]], chance: random.Random) -> None:
    mixed = [*rows, (0, 0.0)]
    chance.shuffle(mixed)
    assert pickle.dumps(fitted(mixed)) == pickle.dumps(fitted([(0, 0.0), *rows]))


@seldom
@given(crowds)
@example([(1, 20.0), (2, 20.0), (3, 20.0), (10, 20.0)])  # all pay the same
@example([(300, 1.0), (300, 999.0), (300, 20.0)])
@example([(1, 0.01), (1, 1.0), (1, 999.0), (2, 1e-12), (1, 1e18)])
def test_a_fit_is_a_top_or_says_where_it_runs(rows: list[tuple[int, float]]) -> None:
    fit = fitted(rows)
    best = fit.log_likelihood
    assert best is not None
    if fit.model is not None:
        assert fit.status is FitStatus.CONVERGED
        point = fit.model.parameters
        assert best == pytest.approx(likelihood(rows, **point), rel=1e-9, abs=1e-7)
        for name in NAMES:
            for factor in (0.97, 1.03):
                assert likelihood(rows, **point | {name: point[name] * factor}) < best + 1e-7 + 1e-9 * abs(best)
    else:
        assert fit.status is FitStatus.DEGENERATE
        assert fit.edge is not None
        assert fit.runaways
        with pytest.raises(NoModel, match="degenerate"):
            fit.require_model()
        if (mean := fit.edge.mean) is not None and len({m for _, m in rows}) == 1:
            assert mean == pytest.approx(rows[0][1], rel=1e-3)


def test_customers_who_all_pay_the_same_have_no_spread_to_fit() -> None:
    fit = fitted([(1, 20.0), (2, 20.0), (3, 20.0), (10, 20.0)])
    assert fit.status is FitStatus.DEGENERATE
    assert {each.parameter for each in fit.runaways if each.toward is Limit.INFINITY} >= {"p", "q"}
    assert "plain mean" in fit.explain()


@given(st.sampled_from([0.01, 0.5, 100.0, 1e6]))
def test_another_unit_of_money_scales_v_and_nothing_else(factor: float) -> None:
    columns, means = of_cdnow("1997-09-30")
    fit, scaled = (
        GammaGamma.fit(repeat_days=columns["repeat_days"], mean_money=[mean * by for mean in means])
        for by in (1.0, factor)
    )
    one, other = fit.require_model(), scaled.require_model()
    assert (other.p, other.q, other.v) == pytest.approx((one.p, one.q, one.v * factor), rel=1e-8)
    assert scaled.standard_errors[2] == pytest.approx(fit.standard_errors[2] * factor, rel=1e-6)
    assert fit.log_likelihood is not None
    assert scaled.log_likelihood == pytest.approx(fit.log_likelihood - 946 * math.log(factor), abs=1e-6)


def test_a_start_is_in_the_unit_of_the_money() -> None:
    columns, means = of_cdnow("1997-09-30")
    cents = [100 * mean for mean in means]
    best = GammaGamma.fit(repeat_days=columns["repeat_days"], mean_money=cents)
    again = GammaGamma.fit(repeat_days=columns["repeat_days"], mean_money=cents, start=best.model)
    assert again.iterations <= 2  # it starts at the top
    assert again.require_model().v == pytest.approx(best.require_model().v, rel=1e-9)


def test_who_paid_nothing_on_repeat_days_is_left_out_and_counted() -> None:
    rows = [(1, 12.0), (2, 30.0), (3, 9.0), (1, 55.0), (2, 21.0), (1, 8.0), (5, 25.0)]
    alone, among = fitted(rows), fitted([*rows, (4, 0.0), (1, 0.0), (0, 0.0)])
    assert (among.customers, among.used, among.without_repeats, among.zero_money) == (10, 7, 1, 2)
    assert (among.model, among.log_likelihood) == (alone.model, alone.log_likelihood)
    assert "2 customers with repeat days that brought nothing were left out" in among.explain()


def test_a_heavy_tail_leaves_no_mean_and_says_so() -> None:
    chance = random.Random(3)
    rows = []
    for _ in range(800):
        rate, x = chance.gammavariate(0.7, 1), chance.randint(1, 8)  # q = 0.7, v = 1
        rows.append((x, max(chance.gammavariate(3 * x, 1) / rate / x, 1e-9)))
    fit = fitted(rows)
    model = fit.require_model()
    assert abs(model.q - 0.7) < 4 * fit.standard_errors[1]
    assert model.mean is None
    assert "there is no mean order" in fit.explain()
    with pytest.raises(InvalidValue, match="row 1"):
        model.expected_money(repeat_days=[5, 0], mean_money=[3, 0])


@pytest.mark.parametrize("rows", [[], [(0, 0.0)] * 5, [(1, 5.0), (2, 8.0), (1, 0.0)]])
def test_too_few_customers_are_said_to_be_too_few(rows: list[tuple[int, float]]) -> None:
    fit = fitted(rows)
    assert (fit.status, fit.model, fit.correlation) == (FitStatus.TOO_FEW, None, None)
    assert "too few customers" in fit.explain()


@pytest.mark.parametrize(
    ("repeat_days", "mean_money", "says"),
    [
        ([1, 2], [5.0, -0.01], "row 1 is -0.01"),
        ([1, 0], [5.0, 3.0], "row 1 is 3.0"),
        ([1, 2], [5.0, float("nan")], "row 1 is nan"),
        ([1, 2], [5.0, 1.1e18], "row 1"),
        ([1, 2], [5.0, 1e-13], "row 1"),
        ([1, 2], [5.0], "2 rows"),
        ([1, 2], [[5.0, 6.0]], "2 rows"),
        ([1, -2], [5.0, 6.0], "row 1 is -2"),
    ],
)
def test_money_that_the_model_does_not_know_is_refused(repeat_days: Any, mean_money: Any, says: str) -> None:
    model = GammaGamma(p=6, q=4, v=15)
    for call in (GammaGamma.fit, model.expected_money):
        error = refusal(call, repeat_days=repeat_days, mean_money=mean_money)
        assert error is not None
        assert says in str(error)
        assert error.code in {"segmentation.mean_money", "segmentation.repeat_days"}


@given(anything, anything, anything)
def test_hostile_input_is_refused_in_our_words(one: Any, two: Any, three: Any) -> None:
    model = GammaGamma(p=6, q=4, v=15)
    refusal(lambda: GammaGamma(p=one, q=two, v=three))
    refusal(GammaGamma.fit, repeat_days=one, mean_money=two, start=three)
    refusal(GammaGamma.fit, repeat_days=[1, 2], mean_money=one)
    refusal(model.expected_money, repeat_days=[1, 2], mean_money=one)
    refusal(model.expected_money, repeat_days=one, mean_money=[1.0])


# --- special functions ----------------------------------------------------------------------------------

positive = st.floats(1e-6, 1e9) | st.integers(1, 30).map(float) | st.floats(9.5, 10.5)
moderate = st.floats(0.05, 30) | st.sampled_from([9.999, 10.0, 10.001])


def at(function: Callable[..., NDArray[np.float64]], *arguments: float) -> float:
    return float(function(*(np.array([argument]) for argument in arguments))[0])


@given(positive)
def test_log_gamma_is_that_of_the_standard_library(z: float) -> None:
    assert at(log_gamma, z) == pytest.approx(math.lgamma(z), rel=1e-13, abs=1e-13)


@given(moderate, moderate)
def test_log_beta_is_that_of_the_standard_library(z: float, h: float) -> None:
    expected = math.lgamma(z) + math.lgamma(h) - math.lgamma(z + h)
    assert at(log_beta, z, h) == at(log_beta, h, z) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(st.floats(1e5, 1e12), st.integers(1, 12))
def test_far_out_no_digits_are_lost(z: float, h: int) -> None:
    # gamma(h) gamma(z) / gamma(z + h) = (h - 1)! / (z (z + 1) ... (z + h - 1))
    factors = math.fsum(math.log(z + j) for j in range(h))
    assert at(log_beta, z, h) == pytest.approx(math.lgamma(h) - factors, rel=1e-14)
    assert at(digamma_step, z, h) == pytest.approx(math.fsum(1 / (z + j) for j in range(h)), rel=1e-13)
    assert at(trigamma_step, z, h) == pytest.approx(-math.fsum(1 / (z + j) ** 2 for j in range(h)), rel=1e-13)


@given(positive)
def test_steps_of_one_keep_the_recurrences(z: float) -> None:
    assert at(digamma_step, z, 1) == pytest.approx(1 / z, rel=1e-12)
    assert at(trigamma_step, z, 1) == pytest.approx(-1 / z**2, rel=1e-12)


@given(moderate, moderate, moderate)
def test_two_steps_are_one(z: float, h: float, k: float) -> None:
    for step in (digamma_step, trigamma_step):
        assert at(step, z, h) + at(step, z + h, k) == pytest.approx(at(step, z, h + k), rel=1e-12)
    assert at(trigamma, z) + at(trigamma_step, z, h) == pytest.approx(at(trigamma, z + h), rel=1e-12, abs=1e-12)


@given(moderate, moderate)
def test_steps_are_derivatives(z: float, h: float) -> None:
    tiny = 1e-4 * z
    by_z = (at(log_beta, z + tiny, h) - at(log_beta, z - tiny, h)) / (2 * tiny)
    assert -by_z == pytest.approx(at(digamma_step, z, h), rel=1e-5, abs=1e-8)
    bend = (at(digamma_step, z + tiny, h) - at(digamma_step, z - tiny, h)) / (2 * tiny)
    assert bend == pytest.approx(at(trigamma_step, z, h), rel=1e-5, abs=1e-8)


def test_values_that_are_known() -> None:
    assert at(digamma_step, 0.5, 0.5) == pytest.approx(2 * math.log(2), rel=1e-14)
    assert at(trigamma, 0.5) == pytest.approx(math.pi**2 / 2, rel=1e-14)
    assert at(trigamma, 1) == pytest.approx(math.pi**2 / 6, rel=1e-14)
    assert at(log_beta, 0.5, 0.5) == pytest.approx(math.log(math.pi), rel=1e-14)
