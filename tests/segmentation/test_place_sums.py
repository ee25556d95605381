"""Sums by place: exact to the last unit, or refused."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.segmentation._place_sums import sum_of, sums_at, total_of
from tests.segmentation.customers import TOP
from tests.strategies import refusal

huge = st.one_of(st.integers(-3, 3), st.sampled_from([TOP, -TOP, 2**52, 2**32, -(2**31)]), st.integers(-TOP, TOP))


@given(st.lists(st.tuples(st.integers(0, 2), huge), max_size=12))
@example([(0, -TOP), (0, -1)])
@example([(0, TOP), (0, -1), (1, -TOP), (1, 2**42), (2, -(2**21)), (2, 1)])
@example([(0, 2**52), (0, 2**52), (0, 1)])  # a float would lose the 1
@example([(0, 2**31), (0, 2**31)])
def test_sums_are_exact_or_refused(rows: list[tuple[int, int]]) -> None:
    places, values = (np.array([row[at] for row in rows], dtype=np.int64) for at in (0, 1))
    sums = [sum(value for place, value in rows if place == at) for at in range(3)]
    error = refusal(lambda: sums_at(places, values, size=3, name="money", code="money"))
    assert (error is None) == all(abs(each) <= TOP for each in sums)
    if error is None:
        assert sums_at(places, values, size=3, name="money", code="money").tolist() == sums


@given(st.lists(huge, max_size=6))
@example([TOP, 1])
@example([-TOP, -1, 2])
def test_a_total_is_exact_or_refused(numbers: list[int]) -> None:
    values = np.array(numbers, dtype=np.int64)
    assert total_of(values) == sum(numbers)
    error = refusal(lambda: sum_of(values, name="money", code="money"))
    assert (error is None) == (abs(sum(numbers)) <= TOP)
    if error is None:
        assert sum_of(values, name="money", code="money") == sum(numbers)
