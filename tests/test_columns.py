"""What passes the gate of columns, and what is refused with the row that is wrong."""

from __future__ import annotations

from array import array
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.columns import real_numbers, whole_numbers
from salesplan.errors import InvalidType, InvalidValue, SalesplanError
from salesplan.money import MAX_MINOR, Money
from tests.strategies import Broken, Fruit, anything, refusal


def whole(values: Any, **named: Any) -> np.ndarray[Any, Any]:
    return whole_numbers(values, name="sales", code="deals.sales", **named)


def real(values: Any) -> np.ndarray[Any, Any]:
    return real_numbers(values, name="attained", code="deals.attained")


class Column:
    """A column of another library: the array protocol is all it has."""

    def __init__(self, held: Any) -> None:
        self.held = held

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if isinstance(self.held, Exception):
            raise self.held
        return np.asarray(self.held, dtype=dtype)


# --- what passes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        [3, -1, 7],
        (3, -1, 7),
        array("q", [3, -1, 7]),
        [np.int8(3), -1, np.uint64(7)],
        np.array([3, -1, 7]),
        np.array([3, -1, 7], dtype=np.int8),
        np.array([3, -1, 7], dtype=">i4"),
        np.array([3, -1, 7], dtype=object),
        np.array([[3, -1, 7], [0, 0, 0]])[0],
        np.array([3, 0, -1, 0, 7])[::2],
        np.ma.array([3, -1, 7], mask=False),
        pd.Series([3, -1, 7], index=[5, 6, 7]),
        pd.Series([3, -1, 7], dtype="Int64"),
        pd.Index([3, -1, 7]),
        Column([3, -1, 7]),
    ],
)
def test_columns_of_whole_numbers_pass(values: Any) -> None:
    column = whole(values)
    assert type(column) is np.ndarray
    assert (column.dtype, column.ndim, column.tolist()) == (np.dtype(np.int64), 1, [3, -1, 7])
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 5


def test_other_whole_columns_pass() -> None:
    assert whole([]).tolist() == []
    assert whole(range(3)).tolist() == [0, 1, 2]
    assert whole([Fruit.PEAR]).tolist() == [7]
    assert whole(np.array([MAX_MINOR], dtype=np.uint64)).tolist() == [MAX_MINOR]
    assert whole([MAX_MINOR, -MAX_MINOR]).tolist() == [MAX_MINOR, -MAX_MINOR]


def test_the_callers_array_stays_as_it_was() -> None:
    mine = np.array([1, 2])
    column = whole(mine)
    assert np.shares_memory(mine, column)  # nothing is copied that need not be
    assert mine.flags.writeable
    floats = np.array([0.5])
    assert np.shares_memory(floats, real(floats))
    assert floats.flags.writeable


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        ([0.5, 2], (2,)),
        ([], (0,)),
        ([[0.5, 2], (1, np.float32(0.25))], (2, 2)),
        ([np.array([0.5, 2])], (1, 2)),
        ([[], []], (2, 0)),
        (np.array([1, 2]), (2,)),
        (np.array([[0.5], [1]], dtype=object), (2, 1)),
        (np.array([0.5], dtype=np.float16), (1,)),
        (pd.Series([0.5, 1]), (2,)),
        (pd.DataFrame({"a": [0.5, 1], "b": [1, 2]}), (2, 2)),
        (Column([0.5]), (1,)),
    ],
)
def test_columns_and_tables_of_measurements_pass(values: Any, shape: tuple[int, ...]) -> None:
    column = real(values)
    assert (type(column), column.dtype, column.shape) == (np.ndarray, np.dtype(np.float64), shape)
    assert not column.flags.writeable


@given(st.lists(st.integers(-MAX_MINOR, MAX_MINOR), max_size=5))
def test_whole_numbers_come_out_as_they_went_in(values: list[int]) -> None:
    assert whole(values).tolist() == whole(np.array(values, dtype=np.int64)).tolist() == values


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=5))
def test_measurements_come_out_as_they_went_in(values: list[float]) -> None:
    assert real(values).tolist() == real(np.array(values, dtype=np.float64)).tolist() == values


# --- what is refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "error", "says"),
    [
        ([1, 2.0], InvalidType, "row 1 is float: 2.0"),
        ([1, True], InvalidType, "row 1 is bool: True"),
        ([1, np.bool_(True)], InvalidType, "row 1 is bool"),
        ([None, 1], InvalidType, "row 0 is NoneType: None"),
        ([1, "2"], InvalidType, "row 1 is str: '2'"),
        ([Money.of("1", "EUR")], InvalidType, "row 0 is Money"),
        ([Fraction(4, 2)], InvalidType, "row 0 is Fraction"),
        ([Decimal(1)], InvalidType, "row 0 is Decimal"),
        ([np.timedelta64(5)], InvalidType, "row 0 is timedelta64"),
        ([[1], [2]], InvalidType, "row 0 is list"),
        ([0, Broken()], InvalidType, "row 1 is Broken"),
        ([1, MAX_MINOR + 1], InvalidValue, "row 1 is 9223372036854775808"),
        ([1, -(2**63)], InvalidValue, "row 1 is -9223372036854775808"),
        (np.array([1, 2**63], dtype=np.uint64), InvalidValue, "row 1 is 9223372036854775808"),
        (np.array([1, -(2**63)]), InvalidValue, "row 1 is -9223372036854775808"),
        (np.array([1.0, 2.0]), InvalidType, "not floats; row 0 is 1.0"),
        (np.array([1.0, np.nan]), InvalidType, "not floats; row 1 is nan"),
        (np.array([]), InvalidType, "not floats"),
        (np.array([False]), InvalidType, "not truth values; row 0 is False"),
        (np.array(["5"]), InvalidType, "row 0 is '5'"),
        (np.array(["2026-01-01"], dtype="M8[D]"), InvalidType, "not dates"),
        (np.array([5], dtype="m8[D]"), InvalidType, "not durations"),
        (np.array([1j]), InvalidType, "not complex numbers"),
        (np.array([(1, 2)], dtype="i8,i8"), InvalidType, "row 0 is (1, 2)"),
        (np.array([1, None]), InvalidType, "row 1 is NoneType"),
        (np.array([[1, 2]]), InvalidValue, "2-dimensional"),
        (np.array(5), InvalidValue, "0-dimensional"),
        (np.int64(5), InvalidValue, "0-dimensional"),
        (np.ma.array([1, 2, 3], mask=[False, False, True]), InvalidValue, "row 2 is masked"),
        (pd.Series([1, None]), InvalidType, "row 1 is nan"),
        (pd.Series([1, None], dtype="Int64"), InvalidType, "row 1 is "),
        (pd.Series([True]), InvalidType, "truth values"),
        (pd.DataFrame({"a": [1]}), InvalidValue, "2-dimensional"),
        (Column(RuntimeError("no")), InvalidType, "must be a column"),
        (Column([0.5]), InvalidType, "row 0 is 0.5"),
        (5, InvalidType, "must be a column"),
        ("12", InvalidType, "must be a column"),
        (b"12", InvalidType, "must be a column"),
        (bytearray(b"12"), InvalidType, "must be a column"),
        (None, InvalidType, "must be a column"),
        ({1, 2}, InvalidType, "must be a column"),
        ({1: 2}, InvalidType, "must be a column"),
        (iter([1]), InvalidType, "must be a column"),
        (np.ndarray, InvalidType, "must be a column"),
    ],
)
def test_other_columns_are_refused_with_the_row(values: Any, error: type[SalesplanError], says: str) -> None:
    with pytest.raises(error) as caught:
        whole(values)
    assert caught.value.code == "deals.sales"
    assert str(caught.value).startswith("sales must")
    assert says in str(caught.value)


@pytest.mark.parametrize("make", [list, np.array])
@pytest.mark.parametrize(("value", "fits"), [(0, False), (1, True), (9, True), (10, False)])
def test_whole_numbers_keep_their_range(make: Any, value: int, fits: bool) -> None:
    error = refusal(whole, make([5, value, value]), low=1, high=9)
    assert (error is None) == fits
    if error is not None:
        assert str(error) == f"sales must be 1 to 9; row 1 is {value}"


@pytest.mark.parametrize(("size", "fits"), [(1, False), (2, True), (3, False)])
def test_whole_numbers_keep_their_number(size: int, fits: bool) -> None:
    assert (refusal(whole, [5, 6], size=size) is None) == fits


@pytest.mark.parametrize(
    ("values", "error", "says"),
    [
        ([0.5, float("nan")], InvalidValue, "row 1 is nan"),
        ([[0.5, 1], [1, float("inf")]], InvalidValue, "row 1, column 1 is inf"),
        (np.array([0.5, np.nan]), InvalidValue, "row 1 is nan"),
        (np.array([[0.5, -np.inf]]), InvalidValue, "row 0, column 1 is -inf"),
        (np.array([np.longdouble("1e400")]), InvalidValue, "row 0 is inf"),
        ([10**400], InvalidValue, "row 0 is <int of"),
        ([0.5, True], InvalidType, "row 1 is bool"),
        ([[0.5, "1"]], InvalidType, "row 0, column 1 is str"),
        ([Decimal("0.5")], InvalidType, "row 0 is Decimal"),
        (np.array([True]), InvalidType, "not truth values"),
        (np.array(["0.5"]), InvalidType, "ints or floats"),
        (np.array([0.5, None]), InvalidType, "row 1 is NoneType"),
        ([[0.5], [0.5, 1]], InvalidValue, "row 1 has another"),
        ([[], [1]], InvalidValue, "row 1 has another"),
        ([[0.5], 1], InvalidValue, "row 1 has another"),
        ([0.5, [1]], InvalidValue, "row 0 has another"),
        ([np.ones((1, 1))], InvalidValue, "row 0 has another"),
        ([[[0.5]]], InvalidType, "row 0, column 0 is list"),
        (np.ones((1, 1, 1)), InvalidValue, "3-dimensional"),
        (np.float64(1), InvalidValue, "0-dimensional"),
        (np.ma.array([[0.5, 1]], mask=[[False, True]]), InvalidValue, "row 0 is masked"),
        (0.5, InvalidType, "must be a column"),
    ],
)
def test_other_measurements_are_refused_with_the_place(values: Any, error: type[SalesplanError], says: str) -> None:
    with pytest.raises(error) as caught:
        real(values)
    assert caught.value.code == "deals.attained"
    assert str(caught.value).startswith("attained must")
    assert says in str(caught.value)


@given(anything)
def test_whatever_is_offered_passes_or_is_refused(value: Any) -> None:
    for values in (value, [value], [1, value], [[value]], Column(value)):
        for gate in (whole, real):
            error = refusal(gate, values)
            assert error is None or len(str(error)) < 200
