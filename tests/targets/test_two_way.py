"""Whole tables with given sums: a table comes out whenever one exists, and it is the right one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from salesplan.apportion import split
from salesplan.targets._shares import OutOfBounds, share
from salesplan.targets._student import student_t
from salesplan.targets._two_way import NO_LIMIT, Blocked, fit, smooth, spread

# --- one way -------------------------------------------------------------------------------------------------


def bounded(draw: st.DrawFn) -> tuple[list[int], list[int], list[int | None]]:
    size = draw(st.integers(1, 4))
    weights = draw(st.lists(st.integers(0, 6), min_size=size, max_size=size))
    low = draw(st.lists(st.integers(0, 5), min_size=size, max_size=size))
    high = [draw(st.one_of(st.none(), st.integers(each, 8))) for each in low]
    return weights, low, high


@given(st.integers(0, 16), st.composite(bounded)())
def test_share_finds_parts_whenever_there_are_some(
    total: int, case: tuple[list[int], list[int], list[int | None]]
) -> None:
    """Against every table of parts there is: found if and only if one exists, and proportional between the bounds."""
    weights, low, high = case
    tops = [each if each is not None else total for each in high]
    ranges = [range(a, (b if w else a) + 1) for a, b, w in zip(low, tops, weights, strict=True)]
    possible = [parts for parts in product(*ranges) if sum(parts) == total]
    if not possible:
        with pytest.raises(OutOfBounds):
            share(total, weights, low, high)
        return
    found = share(total, weights, low, high)
    assert tuple(found) in possible
    # no unit could move from a part to a lower one without breaking a bound: common level up to one unit each
    for at, part in enumerate(found):
        for other, lower in enumerate(found):
            may_give = part > low[at] and weights[at]
            may_take = weights[other] and lower < tops[other]
            if may_give and may_take:
                assert (part - 1) * weights[other] <= (lower + 1) * weights[at]


@given(st.integers(0, 10**6), st.lists(st.integers(0, 99), min_size=1, max_size=8).filter(any))
def test_share_without_bounds_is_split(total: int, weights: list[int]) -> None:
    assert share(total, weights) == split(total, weights)
    assert share(total, weights, [0] * len(weights), [None] * len(weights)) == split(total, weights)


# --- two ways ------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 500), min_size=1, max_size=9), st.lists(st.integers(0, 30), min_size=1, max_size=9))
def test_smooth_is_exact_and_near_in_every_block(rows: list[int], seasons: list[int]) -> None:
    assume(any(rows) and any(seasons))
    columns = share(sum(rows), seasons)
    table = smooth(rows, columns)
    if table is None:
        return
    assert table.sum(axis=1).tolist() == rows
    assert table.sum(axis=0).tolist() == columns
    assert (table >= 0).all()
    exact = np.outer(rows, columns) / sum(rows)
    for a, b in product(range(len(rows)), repeat=2):
        for c, d in product(range(len(columns)), repeat=2):
            block = np.s_[a : b + 1, c : d + 1]
            assert abs(table[block].sum() - exact[block].sum()) < 2 + 1e-6
    assert not table[np.array(rows) == 0].any()
    assert not table[:, np.array(columns) == 0].any()


def test_smooth_declines_tables_of_tiny_cells() -> None:
    assert smooth([1, 1], [1, 1]) is None
    assert smooth([0, 0], [0]) is None


@st.composite
def small_tables(draw: st.DrawFn) -> tuple[list[list[float]], list[int], list[int]]:
    height, width = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    seed = draw(
        st.lists(
            st.lists(st.sampled_from([0.0, 0.0, 1.0, 2.5]), min_size=width, max_size=width),
            min_size=height,
            max_size=height,
        )
    )
    rows = draw(st.lists(st.integers(0, 4), min_size=height, max_size=height))
    total = sum(rows)
    cuts = sorted(draw(st.lists(st.integers(0, total), min_size=width - 1, max_size=width - 1)))
    columns = [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]
    return seed, rows, columns


def exists(rows: list[int], columns: list[int], low: np.ndarray, high: np.ndarray) -> bool:
    """Whether a table with these sums and bounds exists: try them all, row by row."""
    states = {tuple(columns)}
    for number, row in enumerate(rows):
        ranges = [range(int(a), int(min(b, row)) + 1) for a, b in zip(low[number], high[number], strict=True)]
        choices = [each for each in product(*ranges) if sum(each) == row]
        lefts = (tuple(s - e for s, e in zip(state, each, strict=True)) for state in states for each in choices)
        states = {left for left in lefts if min(left) >= 0}
    return any(not any(state) for state in states)


@given(small_tables(), st.data())
@example(([[0.0, 1.0], [1.0, 0.0]], [1, 0], [1, 0]), None)  # each may only be where the other must be
def test_spread_finds_a_table_if_and_only_if_one_exists(
    case: tuple[list[list[float]], list[int], list[int]], data: st.DataObject | None
) -> None:
    seed, rows, columns = case
    weights = np.array(seed)
    low = np.zeros(weights.shape, dtype=np.int64)
    high = np.where(weights > 0, NO_LIMIT, 0)
    if data is not None:
        for at in np.ndindex(*weights.shape):
            if data.draw(st.integers(0, 3)) == 0:
                low[at] = data.draw(st.integers(0, 2))
                high[at] = low[at] + data.draw(st.integers(0, 2))
    wanted_rows, wanted_columns = np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64)
    real = fit(weights, wanted_rows, wanted_columns, low, high)
    if not exists(rows, columns, low, high):
        with pytest.raises(Blocked) as caught:
            spread(real, wanted_rows, wanted_columns, low, high)
        blocked = caught.value
        # the cut proves it: what these rows must place beyond what may go out, exceeds what these columns can take
        inside, across = blocked.rows, blocked.columns
        out = high[inside][:, ~across].astype(object).sum()
        back = low[~inside][:, across].sum()
        assert wanted_rows[inside].sum() - out > wanted_columns[across].sum() - back
        assert blocked.short > 0
        return
    table = spread(real, wanted_rows, wanted_columns, low, high)
    assert table.sum(axis=1).tolist() == rows
    assert table.sum(axis=0).tolist() == columns
    assert ((low <= table) & (table <= high)).all()


def test_fit_is_the_table_of_the_textbook() -> None:
    """Odds ratios of the seed are kept: 2 x 2 with all sums 50 from odds 4 is 33.33 and 16.67."""
    found = fit(np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([50, 50]), np.array([50, 50]))
    assert np.allclose(found, [[100 / 3, 50 / 3], [50 / 3, 100 / 3]], atol=0.01)


def test_fit_with_bounds_fixes_what_passes_them_and_fits_the_rest() -> None:
    low = np.zeros((2, 2), dtype=np.int64)
    high = np.array([[10, NO_LIMIT], [NO_LIMIT, NO_LIMIT]])
    found = fit(np.ones((2, 2)), np.array([50, 50]), np.array([50, 50]), low, high)
    assert np.allclose(found, [[10, 40], [40, 10]], atol=0.01)


# --- Student's t ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("degrees", "confidence", "quantile"),
    [
        (1, 0.80, 3.078),
        (1, 0.95, 12.706),
        (2, 0.80, 1.886),
        (2, 0.95, 4.303),
        (3, 0.90, 2.353),
        (5, 0.95, 2.571),
        (10, 0.95, 2.228),
        (11, 0.99, 3.106),
        (30, 0.95, 2.042),
        (120, 0.95, 1.980),
    ],
)
def test_student_t_as_tabled(degrees: int, confidence: float, quantile: float) -> None:
    """The printed table of every textbook of statistics, two-sided."""
    assert round(student_t(confidence, degrees), 3) == quantile
