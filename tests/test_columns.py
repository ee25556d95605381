"""What passes the gate of columns, and what is refused with the row that is wrong."""

from __future__ import annotations

import pickle
import random
from array import array
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.columns import (
    Encoded,
    EpochDays,
    codes,
    day_number,
    day_numbers,
    encode,
    minor_units,
    real_numbers,
    whole_numbers,
)
from salesplan.errors import InvalidType, InvalidValue, SalesplanError
from salesplan.money import MAX_MINOR, Currency, CurrencyMismatch, Money, Rounding
from tests.strategies import Broken, Fruit, anything, refusal

CNY = Currency.iso("CNY")


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


# --- ids -----------------------------------------------------------------------------------------------------


def ids(values: Any, **named: Any) -> np.ndarray[Any, Any]:
    return codes(values, name="customer", code="orders.customer", **named)


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([3, 0, 7], np.int64),
        (np.array([3, 0, 7], dtype=np.int32), np.int32),
        (np.array([3, 0, 7], dtype=np.int64), np.int64),
        (np.array([3, 0, 7], dtype=">i4"), np.int32),
        (np.array([3, 0, 7], dtype=np.uint16), np.int32),
        (np.array([3, 0, 7], dtype=np.uint32), np.int64),
        (np.array([3, 0, 7], dtype=np.uint64), np.int64),
        (pd.Series([3, 0, 7], dtype="int32"), np.int32),
        (pd.Series([3, 0, 7], dtype="Int64"), np.int64),
        ([], np.int64),
    ],
)
def test_ids_keep_their_width(values: Any, dtype: type) -> None:
    column = ids(values)
    assert (column.dtype, column.tolist()) == (np.dtype(dtype), list(values))
    with pytest.raises(ValueError, match="read-only"):
        column[:] = 5


def test_ids_are_not_copied() -> None:
    for dtype in (np.int32, np.int64):
        mine = np.array([1, 2], dtype=dtype)
        assert np.shares_memory(mine, ids(mine))
        assert mine.flags.writeable


@pytest.mark.parametrize(
    ("values", "error", "says"),
    [
        ([3, -1], InvalidValue, "row 1 is -1"),
        (np.array([3, -1], dtype=np.int32), InvalidValue, "row 1 is -1"),
        (np.array([3, 2**63], dtype=np.uint64), InvalidValue, "row 1 is 9223372036854775808"),
        ([3, 1.0], InvalidType, "row 1 is float"),
        ([3, True], InvalidType, "row 1 is bool"),
        (["ann"], InvalidType, "row 0 is str"),
        (np.array([1.0, np.nan]), InvalidType, "row 1 is nan"),
        (np.array([[1]]), InvalidValue, "2-dimensional"),
    ],
)
def test_other_ids_are_refused_with_the_row(values: Any, error: type[SalesplanError], says: str) -> None:
    with pytest.raises(error) as caught:
        ids(values)
    assert caught.value.code == "orders.customer"
    assert says in str(caught.value)
    assert refusal(ids, [1, 2], size=3) is not None


# --- amounts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "currency", "expected"),
    [
        (["199.00", "0.5", "-20", "0"], "CNY", [19900, 50, -2000, 0]),
        ([Decimal("19.90"), Decimal("-0.05")], CNY, [1990, -5]),
        ([199, -1], "CNY", [19900, -100]),
        ([1500], "JPY", [1500]),
        (["1.234"], "BHD", [1234]),
        ([Money.of("3.10", "CNY"), "3.10"], "CNY", [310, 310]),
        (np.array(["7.00", "8"]), "CNY", [700, 800]),
        (np.array([7, 8], dtype=np.int32), "CNY", [700, 800]),
        ([np.int64(7)], "CNY", [700]),
        (np.array([np.int16(7), "8.00"], dtype=object), "CNY", [700, 800]),
        (pd.Series(["7.00", "8"], dtype="string"), "CNY", [700, 800]),
        ([], "CNY", []),
    ],
    ids=str,
)
def test_amounts_become_minor_units(values: Any, currency: Any, expected: list[int]) -> None:
    column = minor_units(values, currency)
    assert (column.tolist(), column.dtype, column.flags.writeable) == (expected, np.dtype(np.int64), False)


@pytest.mark.parametrize(
    ("values", "error", "says"),
    [
        (["1", 19.9], InvalidType, "row 1 is float: 19.9; read it as text"),
        (np.array([1.0, np.nan]), InvalidType, "row 0 is float"),
        ([True], InvalidType, "row 0 is bool"),
        ([None], InvalidType, "row 0 is NoneType"),
        (["1", "1.999"], InvalidValue, "row 1 of amount: CNY has 2 decimal places"),
        (["1,000"], InvalidValue, "row 0 of amount: an amount is plain digits"),
        ([""], InvalidValue, "row 0 of amount"),
        ([Decimal("NaN")], InvalidValue, "row 0 of amount"),
        ([2**63 // 100 + 1], InvalidValue, "row 0 of amount"),
        ([Money.of(1, "CNY"), Money.of(1, "JPY")], CurrencyMismatch, "in CNY; row 1 is JPY 1"),
        (np.ma.masked_array(["1", "2"], mask=[False, True]), InvalidValue, "row 1 is masked"),
        ("199", InvalidType, "a column"),
        (np.array([["1"]]), InvalidValue, "one column"),
    ],
    ids=str,
)
def test_what_is_no_amount_is_refused_with_the_row(values: Any, error: type[SalesplanError], says: str) -> None:
    with pytest.raises(error, match=says) as caught:
        minor_units(values, "CNY", code="orders.amount")
    assert len(str(caught.value)) < 200
    assert caught.value.code == "orders.amount"


@given(st.lists(st.integers(-(2**63) + 1, 2**63 - 1)))
def test_amounts_come_back_as_they_were_written(minors: list[int]) -> None:
    written = [Money(each, CNY) for each in minors]
    for values in (written, [each.amount for each in written], [each.to_decimal() for each in written]):
        assert minor_units(values, "CNY").tolist() == minors


def test_the_way_from_names_and_amounts_is_said() -> None:
    with pytest.raises(InvalidType, match=r"columns\.encode"):
        codes(np.array(["ann"]), name="customer", code="x")
    for values in ([Decimal("1.5")], ["1.5"], [1.5], np.array([1.5]), [Money.of(1, "CNY")]):
        with pytest.raises(InvalidType, match=r"; see columns\.minor_units$"):
            whole_numbers(values, name="amount", code="x", way_out="; see columns.minor_units")


# --- days ----------------------------------------------------------------------------------------------------


def day(values: Any, **named: Any) -> np.ndarray[Any, Any]:
    return day_numbers(values, name="day", code="orders.day", **named)


NEW_YEAR = date(2026, 1, 1)
PAIR = ["2026-01-01", "2026-01-02"]


@pytest.mark.parametrize(
    "values",
    [
        [NEW_YEAR, date(2026, 1, 2)],
        (NEW_YEAR, datetime(2026, 1, 2)),
        [np.datetime64("2026-01-01"), np.datetime64("2026-01-02T00:00:00")],
        [pd.Timestamp("2026-01-01"), NEW_YEAR + timedelta(days=1)],
        np.array([NEW_YEAR, date(2026, 1, 2)], dtype=object),
        *(np.array(PAIR, dtype=f"datetime64[{unit}]") for unit in ("D", "h", "m", "s", "ms", "us", "ns")),
        np.array(PAIR, dtype=">M8[us]"),
        np.array([PAIR[0], "2020-01-01", PAIR[1]], dtype="M8[D]")[::2],
        pd.Series(pd.to_datetime(PAIR)),
        pd.Series(pd.to_datetime(PAIR)).dt.date,
        pd.DatetimeIndex(PAIR),
        EpochDays([20454, 20455]),
        EpochDays(np.array([20454, 20455], dtype=np.int32)),
        EpochDays(pd.Series([20454, 20455])),
        Column(np.array(PAIR, dtype="M8[D]")),
    ],
    ids=lambda values: f"{type(values).__name__} {getattr(values, 'dtype', '')}",
)
def test_days_of_many_kinds_are_numbers(values: Any) -> None:
    column = day(values, size=2)
    assert column.tolist() == [20454, 20455]  # 56 years of 365 days and 14 leap days
    assert (column.dtype, column.flags.writeable) == (np.dtype(np.int32), False)
    assert refusal(day, values, size=3) is not None


def test_days_are_not_copied_where_they_are_numbers_already() -> None:
    mine = np.array([20454], dtype=np.int32)
    assert np.shares_memory(mine, day(EpochDays(mine)))
    assert mine.flags.writeable
    assert (day([]).size, day(np.array([], dtype="M8[ns]")).size) == (0, 0)


@pytest.mark.parametrize("unit", ["D", "s", "ns"])
def test_days_reach_as_far_as_dates_do(unit: str) -> None:
    first, last = (date(1678, 1, 1), date(2261, 12, 31)) if unit == "ns" else (date.min, date.max)
    for values in ([first, last], np.array([first, last], dtype="M8[D]").astype(f"M8[{unit}]")):
        assert day(values).tolist() == [day_number(each, name="day", code="x") for each in (first, last)]


@given(st.lists(st.dates(), max_size=5))
def test_days_count_from_1970(dates: list[date]) -> None:
    numbers = [(each - date(1970, 1, 1)).days for each in dates]
    for values in (dates, [datetime(each.year, each.month, each.day) for each in dates], EpochDays(numbers)):
        assert day(values).tolist() == numbers
    assert day(np.array(dates, dtype="M8[us]")).tolist() == numbers


class Zoned(Column):
    """A column of polars (`dtype.time_zone`) or pyarrow (`type.tz`), which numpy would read without its zone."""

    def __init__(self, **zone: str) -> None:
        super().__init__(np.array(PAIR, dtype="M8[us]"))
        name = "dtype" if "time_zone" in zone else "type"
        setattr(self, name, type("Kind", (), zone))


@pytest.mark.parametrize(
    ("values", "error", "says"),
    [
        ([NEW_YEAR, datetime(2026, 1, 1, 0, 0, 1)], InvalidValue, "row 1 is '2026-01-01 00:00:01'"),
        ([NEW_YEAR, datetime(2026, 1, 1, tzinfo=UTC)], InvalidValue, "no time zone; row 1"),
        ([pd.Timestamp("2026-01-01") + pd.Timedelta(1, "ns")], InvalidValue, "time of day; row 0"),
        ([NEW_YEAR, np.datetime64("2026-01-01T12")], InvalidValue, "time of day; row 1"),
        ([NEW_YEAR, pd.NaT], InvalidValue, "row 1 is NaT"),
        ([NEW_YEAR, np.datetime64("NaT")], InvalidValue, "row 1 is NaT"),
        ([NEW_YEAR, None], InvalidType, "row 1 is NoneType"),
        ([NEW_YEAR, "2026-01-01"], InvalidType, "row 1 is str"),
        ([NEW_YEAR, 20454], InvalidType, "row 1 is int: 20454; days since 1970-01-01 go in as EpochDays"),
        ([NEW_YEAR, 20454.0], InvalidType, "row 1 is float"),
        ([NEW_YEAR, True], InvalidType, "row 1 is bool"),
        ([np.datetime64("2026-01")], InvalidType, "row 0 is datetime64"),
        (list(np.array([5], dtype="M8[7D]")), InvalidType, "row 0 is datetime64"),  # was day 5, and is day 35
        (list(np.array([12], dtype="M8[2h]")), InvalidType, "row 0 is datetime64"),
        ([np.datetime64("20000-01-01")], InvalidValue, "years 1 to 9999"),
        (np.array([20454]), InvalidType, "row 0 is int: 20454; days since"),
        (np.array([20454.0]), InvalidType, "must be dates, not 'float64'"),
        (np.array(["2026-01-01"]), InvalidType, "must be dates, not"),
        (
            np.array(["2026-01-01T00:00:01", "2026-01-01"], dtype="M8[s]"),
            InvalidValue,
            "row 0 is '2026-01-01T00:00:01'",
        ),
        (np.array(["2026-01-01", "NaT"], dtype="M8[D]"), InvalidValue, "row 1 is NaT"),
        (np.array(["2026-01-01", "NaT"], dtype="M8[ns]"), InvalidValue, "row 1 is NaT"),
        (np.array(["2026-01"], dtype="M8[M]"), InvalidType, "datetime64[M]"),
        (np.array(["2026-01-01"], dtype="M8[W]"), InvalidType, "datetime64[W]"),
        (np.array(["2026-01-01"], dtype="M8[7D]"), InvalidType, "datetime64[7D]"),
        (np.array(["NaT"], dtype="M8"), InvalidType, "must be dates"),
        (np.array([5], dtype="m8[D]"), InvalidType, "must be dates"),
        (np.array(["0000-12-31"], dtype="M8[D]"), InvalidValue, "years 1 to 9999; row 0"),
        (np.array(["2026-01-01", "10000-01-01"], dtype="M8[s]"), InvalidValue, "years 1 to 9999; row 1"),
        (np.array([PAIR], dtype="M8[D]"), InvalidValue, "2-dimensional"),
        (np.array("2026-01-01", dtype="M8[D]"), InvalidValue, "0-dimensional"),
        (np.ma.masked_array(np.array(PAIR, dtype="M8[D]"), mask=[False, True]), InvalidValue, "row 1 is masked"),
        (pd.Series(pd.to_datetime(PAIR)).dt.tz_localize("Asia/Shanghai"), InvalidValue, "'Asia/Shanghai'"),
        (pd.Series(pd.to_datetime([PAIR[0], None])), InvalidValue, "row 1 is NaT"),
        (Zoned(time_zone="UTC"), InvalidValue, "'UTC'"),
        (Zoned(tz="Europe/Paris"), InvalidValue, "'Europe/Paris'"),
        (EpochDays([20454.0]), InvalidType, "row 0 is float"),
        (EpochDays([NEW_YEAR]), InvalidType, "row 0 is date"),
        (EpochDays([20454, 2_932_897]), InvalidValue, "row 1 is 2932897"),
        (EpochDays(EpochDays([1])), InvalidType, "must be a column"),
        (NEW_YEAR, InvalidType, "must be a column"),
        ("2026-01-01", InvalidType, "must be a column"),
    ],
    ids=lambda value: type(value).__name__,  # an address in an id would differ from one worker to the next
)
def test_what_is_no_day_is_refused_with_the_row(values: Any, error: type[SalesplanError], says: str) -> None:
    with pytest.raises(error) as caught:
        day(values)
    assert caught.value.code == "orders.day"
    assert says in str(caught.value)


@pytest.mark.parametrize("value", [datetime(2026, 1, 1), "2026-01-01", 20454, None, np.datetime64("2026-01-01")])
def test_one_day_is_a_date(value: Any) -> None:
    assert day_number(NEW_YEAR, name="as_of", code="x") == 20454
    with pytest.raises(InvalidType, match="without a time"):
        day_number(value, name="as_of", code="x")


# --- names ---------------------------------------------------------------------------------------------------


def encoded(values: Any, **named: Any) -> Any:
    return encode(values, name="customer", code="orders.customer", **named)


ugly = ["", "a", "A", "a\0", "a\0\0", "\0", "\ud800", "\udfff", "李", "é", "e\u0301", "10", "9"]
names = st.one_of(st.sampled_from(ugly), st.text(max_size=3))
sortable = st.one_of(names, st.booleans(), st.integers(-2, 2), st.dates(), st.tuples(names, names), st.binary())


@given(st.lists(names, max_size=12))
def test_texts_are_encoded_as_they_are(values: list[str]) -> None:
    book = encoded(values)
    assert list(book.names) == sorted(set(values))
    assert [book.names[code] for code in book.codes.tolist()] == values
    assert encoded(np.array(values, dtype=object)).codes.tolist() == book.codes.tolist()
    again = encoded(values, known=book.names)
    assert (again.codes.tolist(), again.names) == (book.codes.tolist(), book.names)


@given(st.lists(sortable, max_size=12), st.randoms(use_true_random=False))
def test_ids_of_names_do_not_depend_on_the_order_of_the_rows(values: list[Any], shuffled: random.Random) -> None:
    book = encoded(values)
    by_type = [(type(book.names[code]), book.names[code]) for code in book.codes.tolist()]
    assert by_type == [(type(value), value) for value in values]
    shuffled.shuffle(values)
    again = encoded(values)
    assert list(map(repr, again.names)) == list(map(repr, book.names))


class Texts(Column):
    """A column of polars: its array is one of numpy's texts, which have no NUL at their end."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(self.held, dtype=np.str_)

    def to_list(self) -> list[str]:
        return list(self.held)


def test_amounts_are_rounded_where_that_is_said() -> None:
    assert minor_units(["1.005", "1.015"], "CNY", rounding=Rounding.HALF_EVEN).tolist() == [100, 102]


def test_a_code_book_is_a_value_of_its_own() -> None:
    book, codes_given = encode(["li", "ann"]), np.array([1, 0], dtype=np.int32)
    same = Encoded(codes_given, ("ann", "li"))
    codes_given[0] = 0
    assert (same, hash(same)) == (book, hash(book))
    assert pickle.loads(pickle.dumps(book)) == book
    assert book not in (encode(["ann", "li"]), ["li", "ann"])
    for codes_of, names in (([2, 0], ("ann", "li")), ([-1], ("ann",)), ([0.5], ("ann",)), ([0], ()), ([0], "ann")):
        error = refusal(Encoded, codes_of, names)
        assert error is not None
        assert error.code == "columns.encoded"


def test_codes_are_named_by_their_book() -> None:
    book = encode(["li", "ann", "li"])
    assert book.named(book.codes) == ("li", "ann", "li")
    assert book.named([]) == ()
    for bad in ([2], [-1], [1.0], "li", [True], 5):
        error = refusal(book.named, bad)
        assert error is not None
        assert error.code == "columns.named"


def test_columns_of_names_pass() -> None:
    for values in (
        ["b", "a", "b"],
        np.array(["b", "a", "b"]),
        pd.Series(["b", "a", "b"]),
        pd.Categorical(["b", "a", "b"]),
    ):
        book = encoded(values)
        assert (book.codes.tolist(), book.names, book.codes.dtype) == ([1, 0, 1], ("a", "b"), np.dtype(np.int32))
        assert not book.codes.flags.writeable
    assert encoded(np.array([30, 7, 30])).names == (7, 30)
    assert encoded(Texts(["a\0", "a"])).names == ("a", "a\0")
    assert (encoded([]).codes.size, encoded([]).names) == (0, ())
    assert encoded(["b", "c"], known=["c", "b", "x"]).codes.tolist() == [1, 0]
    assert encoded([1, True], known=[True, 1]).codes.tolist() == [1, 0]
    assert encoded([], known=["c"]).names == ("c",)


def test_the_codes_of_names_cannot_be_written_to() -> None:
    book = encoded(["b", "a"])
    again = pickle.loads(pickle.dumps(book))  # whose array was one that could be
    assert (again.codes.tolist(), again.names) == ([1, 0], ("a", "b"))
    assert not again.codes.flags.writeable


@pytest.mark.parametrize(
    ("values", "known", "error", "says"),
    [
        (["a", None], None, InvalidType, "row 1 is no name: None"),
        (["a", float("nan")], None, InvalidType, "row 1 is float: nan"),
        (["a", pd.NA], None, InvalidType, "row 1"),
        (["a", pd.NaT], None, InvalidType, "row 1 is no name"),
        ([1.0, 2.0], None, InvalidType, "row 0 is float: 1.0"),
        (np.array([1.0]), None, InvalidType, "not floats"),
        (np.array(PAIR, dtype="M8[D]"), None, InvalidType, "not dates"),
        (pd.Series(["a", None]), None, InvalidType, "row 1"),
        (["a", ["b"]], None, InvalidType, "row 1 is nothing that can be hashed"),
        ([frozenset({1}), frozenset({2})], None, InvalidType, "sorted"),
        ([1j, 2j], None, InvalidType, "sorted"),
        ([object(), object()], None, InvalidType, "sorted"),
        (np.array([["a"]]), None, InvalidValue, "2-dimensional"),
        ("abc", None, InvalidType, "must be a column"),
        (["a", "b"], ["a"], InvalidValue, "row 1 is 'b'"),
        (["a"], ["a", "a"], InvalidValue, "each name once"),
        (["a"], ["a", None], InvalidType, "row 1 is no name"),
        (["a"], "a", InvalidType, "several"),
        (["a"], 5, InvalidType, "several"),
    ],
    ids=lambda value: type(value).__name__,  # an address in an id would differ from one worker to the next
)
def test_what_is_no_name_is_refused(values: Any, known: Any, error: type[SalesplanError], says: str) -> None:
    with pytest.raises(error) as caught:
        encoded(values, known=known)
    assert caught.value.code == "orders.customer"
    assert says in str(caught.value)


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
    offered = [value, [value], [1, value], [[value]]]
    if not hasattr(value, "__len__"):  # numpy itself unfolds a nest or a long range into gigabytes
        offered.append(Column(value))
    for values in offered:
        for gate in (whole, real, ids, day, encoded):
            error = refusal(gate, values)
            assert error is None or len(str(error)) < 200
    refusal(day, EpochDays(value))
    refusal(encoded, [1], known=value)
    assert len(repr(EpochDays(value))) < 200  # it goes into messages
