"""Denton: the exact solution against a dense solve in floats, and totals that hold to the unit."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.money import CurrencyMismatch, Money
from salesplan.rate import Rate
from salesplan.targets.benchmarking import denton
from tests.strategies import anything, refusal
from tests.worked import table

# Indicator and annual totals of the quarterly example in the IMF's Quarterly National Accounts Manual (2001).
INDICATOR = ["98.2", "100.8", "102.2", "100.8", "99.0", "101.6", "102.7", "101.5", "100.5", "103.0", "103.5", "101.5"]


def numbers(text: str) -> list[int]:
    return [int(word) for word in text.split()]


def dense(pattern: Sequence[float], totals: Sequence[float], sizes: Sequence[int]) -> Any:
    """The minimum by Lagrange multipliers, straight from the definition, in floats."""
    count, groups = len(pattern), len(totals)
    steps = np.zeros((count - 1, count))
    for at in range(count - 1):
        steps[at, at], steps[at, at + 1] = -1 / pattern[at], 1 / pattern[at + 1]
    sums = np.zeros((groups, count))
    first = 0
    for row, size in enumerate(sizes):
        sums[row, first : first + size] = 1
        first += size
    system = np.block([[steps.T @ steps, sums.T], [sums, np.zeros((groups, groups))]])
    return np.linalg.solve(system, np.concatenate([np.zeros(count), np.asarray(totals, dtype=float)]))[:count]


@pytest.mark.parametrize("row", table("drivers-and-capacity.md", "Patterns bent to totals"))
def test_denton_as_worked(row: dict[str, str]) -> None:
    per = numbers(row["per"])
    arguments = numbers(row["pattern"]), numbers(row["totals"])
    spans = per[0] if len(per) == 1 else per
    if row["result"] == "refused":
        assert getattr(refusal(denton, *arguments, per=spans), "code", None) == "targets.benchmarking.negative"
    else:
        assert denton(*arguments, per=spans) == tuple(numbers(row["result"]))


def test_denton_on_the_example_of_the_manual() -> None:
    totals = [Money.of("4000", "EUR"), Money.of("4161.4", "EUR")]
    result = denton([Rate.of(value) for value in INDICATOR], totals, per=4)
    floats = dense([float(value) for value in INDICATOR], [400_000, 416_140], [4, 4])
    cents = [amount.minor for amount in result if isinstance(amount, Money)]
    assert np.abs(np.asarray(cents) - floats).max() < 1
    assert (sum(cents[:4]), sum(cents[4:8])) == (400_000, 416_140)
    # past the last total the factor of its last quarter goes on: the same indicator, 101.5, gives the same amount
    assert cents[11] == cents[7]
    assert abs(cents[10] - cents[7] * 1035 / 1015) < 1.1


groups = st.lists(
    st.tuples(st.lists(st.one_of(st.just(1), st.integers(20, 90)), min_size=1, max_size=5), st.integers(0, 10**6)),
    min_size=1,
    max_size=5,
)
tails = st.lists(st.integers(1, 90), max_size=3)


@given(groups, tails, st.integers(1, 7))
def test_denton_is_the_smoothest_path_and_keeps_the_totals(
    parts: list[tuple[list[int], int]], tail: list[int], scale: int
) -> None:
    pattern = [value for values, _ in parts for value in values] + tail
    totals, sizes = [total for _, total in parts], [len(values) for values, _ in parts]
    floats = dense(pattern, totals, sizes)
    error = refusal(denton, pattern, totals, per=sizes)
    if error is not None:
        assert error.code == "targets.benchmarking.negative"
        assert floats.min() < 1e-3
        return
    result = denton(pattern, totals, per=sizes)
    assert np.abs(np.asarray(result) - floats).max() <= 1.001
    first = 0
    for total, size in zip(totals, sizes, strict=True):
        assert sum(int(str(value)) for value in result[first : first + size]) == total
        first += size
    assert denton([Rate(value, scale) for value in pattern], totals, per=sizes) == result


@given(st.lists(st.lists(st.integers(1, 99), min_size=1, max_size=4), min_size=1, max_size=4), st.integers(1, 10**6))
def test_denton_leaves_a_pattern_in_proportion_alone(parts: list[list[int]], factor: int) -> None:
    pattern = [value for values in parts for value in values]
    totals = [sum(values) * factor for values in parts]
    assert denton(pattern, totals, per=[len(values) for values in parts]) == tuple(value * factor for value in pattern)


@given(st.lists(st.integers(1, 99), min_size=4, max_size=4), st.integers(1, 500), st.integers(1, 500))
def test_denton_of_two_by_two_is_the_minimum_by_hand(pattern: list[int], first: int, second: int) -> None:
    # u_0 = (A - z1 u1)/z0 and u_3 = (B - z2 u2)/z3 leave u1 and u2 free; the two derivatives are set to 0 by Cramer
    z = [Fraction(value) for value in pattern]
    p, q = 1 + z[1] / z[0], 1 + z[2] / z[3]
    a, b = first / z[0], second / z[3]
    # minimise (p u1 - a)^2 + (u2 - u1)^2 + (b - q u2)^2
    m11, m12, m22, r1, r2 = p * p + 1, Fraction(-1), q * q + 1, p * a, q * b
    det = m11 * m22 - m12 * m12
    u1, u2 = (r1 * m22 - m12 * r2) / det, (m11 * r2 - m12 * r1) / det
    real = [first - z[1] * u1, z[1] * u1, z[2] * u2, second - z[2] * u2]
    if min(real) < 0:
        assert (
            getattr(refusal(denton, pattern, [first, second], per=2), "code", None) == "targets.benchmarking.negative"
        )
    else:
        result = denton(pattern, [first, second], per=2)
        assert all(abs(Fraction(int(str(part))) - exact) < 1 for part, exact in zip(result, real, strict=True))
        assert max(abs(int(str(part)) - exact) for part, exact in zip(result, real, strict=True)) <= Fraction(1, 2)


def test_edges_of_denton_are_refused() -> None:
    euros, yen = Money.of(1, "EUR"), Money.of(1, "JPY")
    cases: list[tuple[Any, Any, Any, str]] = [
        ([], [1], 1, "targets.benchmarking.pattern"),
        ([0, 1], [1], 2, "targets.benchmarking.pattern"),
        ([-1, 1], [1], 2, "targets.benchmarking.pattern"),
        ([0.5, 1], [1], 2, "targets.benchmarking.pattern"),
        ([Rate(1, 10**40), Rate(1, 10**40 + 1)], [1], 2, "targets.benchmarking.pattern"),
        ([1] * 1201, [1], 1, "targets.benchmarking.pattern"),
        ([1, 1], [], 1, "targets.benchmarking.totals"),
        ([1], [1, 1], 1, "targets.benchmarking.shape"),
        ([1, 1], [1], 0, "targets.benchmarking.per"),
        ([1, 1], [1], True, "targets.benchmarking.per"),
        ([1, 1], [1], [1, 1], "targets.benchmarking.per"),
        ([1, 1], [1], 1.0, "targets.benchmarking.per"),
        ([1, 1], [1.0], 2, "targets.amount"),
        ([1, 1], [-1], 2, "targets.benchmarking.negative"),
        ([1, 1], [euros, 1], 1, "targets.amount"),
        ([euros, 1], [1], 2, "targets.amount"),
    ]
    for pattern, totals, per, code in cases:
        error = refusal(denton, pattern, totals, per=per)
        assert getattr(error, "code", None) == code, (pattern, totals, per)
        assert len(str(error)) < 200
    assert isinstance(refusal(denton, [1, 1], [euros, yen], per=1), CurrencyMismatch)
    assert isinstance(refusal(denton, [euros, yen], [1], per=2), CurrencyMismatch)
    assert denton([euros, euros], [10], per=2) == (5, 5)
    assert denton([1, 1], [0], per=2) == (0, 0)


@given(anything, anything, anything)
def test_denton_answers_or_refuses(first: Any, second: Any, third: Any) -> None:
    refusal(denton, first, second, per=third)
    refusal(denton, [first, 1, 1], [second], per=3)
    refusal(denton, [1, 1, 1], [3], per=third)
