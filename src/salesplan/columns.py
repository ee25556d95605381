"""The gate of columns: array-likes in, checked read-only numpy arrays out.

A column is a list, a numpy array, or whatever offers itself as one through the array protocol: columns of pandas,
polars and pyarrow do. Money enters as whole minor units in int64, the range that `Money` has, and is never a float: a
column that was read with holes has become floats, and is refused with the first row that is missing. A measurement, as
an attainment, is a finite float64. An id is a whole number from 0 on, and `encode` makes ids of names. A day is what a
calendar on the wall shows, in one time zone that the caller has chosen: no time of day, no zone, no bare number. What
comes out is a plain array that cannot be written to. It shares the memory of the column where nothing had to be
converted, so whoever keeps it takes a copy.

Left out: masks for what is missing; nothing here fills a hole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from itertools import pairwise
from math import inf, isfinite
from typing import Any, Final, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

from .errors import InvalidType, InvalidValue, clip, listed
from .money import MAX_MINOR

__all__ = [
    "Codes",
    "Days",
    "Encoded",
    "EpochDays",
    "Reals",
    "Whole",
    "codes",
    "day_number",
    "day_numbers",
    "encode",
    "real_numbers",
    "whole_numbers",
]

Whole: TypeAlias = NDArray[np.int64]
"""Whole numbers, as minor units."""

Reals: TypeAlias = NDArray[np.float64]
"""Measurements."""

Codes: TypeAlias = NDArray[np.int32] | NDArray[np.int64]
"""Ids."""

Days: TypeAlias = NDArray[np.int32]
"""Days since 1970-01-01."""

_KINDS: Final = {"b": "truth values", "f": "floats", "c": "complex numbers", "M": "dates", "m": "durations"}
_DAY: Final = 86_400
_TICKS: Final = {"D": 1, "h": 24, "m": 1440, "s": _DAY, "ms": _DAY * 10**3, "us": _DAY * 10**6, "ns": _DAY * 10**9}
_EPOCH: Final = date(1970, 1, 1).toordinal()
_PLAIN: Final[set[type]] = {str, bytes, int, bool, date}  # nothing of these is missing, and all have one order
_WAY_OUT: Final = "take the day in the shop's own time zone"
_FIRST, _LAST = date.min.toordinal() - _EPOCH, date.max.toordinal() - _EPOCH


def whole_numbers(
    values: object, *, name: str, code: str, low: int = -MAX_MINOR, high: int = MAX_MINOR, size: int | None = None
) -> Whole:
    """One column of whole numbers in *low*..*high*, of *size* rows where that is given.

    Shape: one dimension; int64, read-only.
    Raises: InvalidType for anything but integers, a bool or float among them; InvalidValue for a number out of range,
    another length or another shape; both with *code*, and naming the first row at fault where one is.
    >>> whole_numbers([1990, -500], name="sales", code="deals.sales")
    array([1990, -500])
    >>> whole_numbers([1990, 19.9], name="sales", code="deals.sales")
    Traceback (most recent call last):
    salesplan.errors.InvalidType: sales must be whole numbers; row 1 is float: 19.9
    """
    return _read_only(_integers(values, name, code, low, high, size).astype(np.int64, copy=False))


def codes(values: object, *, name: str, code: str, size: int | None = None) -> Codes:
    """One column of ids, whole numbers from 0 on; int32 and int64 stay what they are.

    Raises: InvalidType, InvalidValue as `whole_numbers` does.
    >>> codes([7, 0], name="customer", code="orders.customer")
    array([7, 0])
    >>> codes([7, -1], name="customer", code="orders.customer")
    Traceback (most recent call last):
    salesplan.errors.InvalidValue: customer must be 0 to 9223372036854775807; row 1 is -1
    """
    ids = _integers(values, name, code, 0, MAX_MINOR, size)
    narrow = ids.dtype.itemsize < 4 or (ids.dtype.kind == "i" and ids.dtype.itemsize == 4)
    return _read_only(ids.astype(np.int32 if narrow else np.int64, copy=False))


@attrs.frozen
class EpochDays:
    """A column of whole numbers that are meant as days since 1970-01-01; bare numbers are no dates."""

    values: Any = attrs.field(repr=False)


def day_number(value: object, *, name: str, code: str) -> int:
    """The days from 1970-01-01 to that date.

    Raises: InvalidType for anything but a date without a time.
    """
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidType(f"{name} must be a date without a time: {clip(value)}", code=code, value=value)
    return value.toordinal() - _EPOCH


def day_numbers(values: object, *, name: str, code: str, size: int | None = None) -> Days:
    """One column of days, of *size* rows where that is given: dates, midnights without a zone, or `EpochDays`.

    Units: days since 1970-01-01, of the years 1 to 9999.      Shape: one dimension; int32, read-only.
    Raises: InvalidType for anything but dates; InvalidValue for a hole, a time of day, a zone, another year, length or
    shape; both with *code*, and naming the first row at fault where one is.
    >>> day_numbers([date(1970, 1, 2), date(1969, 12, 31)], name="day", code="orders.day")
    array([ 1, -1], dtype=int32)
    >>> day_numbers([1, -1], name="day", code="orders.day")
    Traceback (most recent call last):
    salesplan.errors.InvalidType: day must be dates; row 0 is int: 1; days since 1970-01-01 go in as EpochDays
    """
    if isinstance(values, EpochDays):
        return _read_only(_integers(values.values, name, code, _FIRST, _LAST, size).astype(np.int32, copy=False))
    given = _offered(values, name, code)
    _one_column(given, name, code, size)
    zone = _zone(values)
    if zone is not None:
        raise InvalidValue(f"{name} must have no time zone, not {clip(zone)}; {_WAY_OUT}", code=code, value=zone)
    if isinstance(given, list) or given.dtype.kind in "iuO":
        rows = given if isinstance(given, list) else given.tolist()
        if set(map(type, rows)) <= {date}:
            return _read_only(np.array(rows, dtype="datetime64[D]").astype(np.int32))
        return _read_only(np.array([_day(value, name, code, row) for row, value in enumerate(rows)], dtype=np.int32))
    unit, many = np.datetime_data(given.dtype) if given.dtype.kind == "M" else ("", 1)
    if unit not in _TICKS or many != 1:
        raise InvalidType(f"{name} must be dates, not {clip(str(given.dtype))}", code=code, value=str(given.dtype))
    ticks = given.astype(given.dtype.newbyteorder("="), copy=False).view(np.int64)
    days = ticks if unit == "D" else ticks // _TICKS[unit]
    good = days.size == 0 or _FIRST <= int(days.min()) <= int(days.max()) <= _LAST
    if not good or (unit != "D" and bool((days * _TICKS[unit] != ticks).any())):
        for row, value in enumerate(given):  # the first at fault raises
            _day(value, name, code, row)
    return _read_only(days.astype(np.int32))


@attrs.frozen(eq=False)
class Encoded:
    """A column of names as ids: row i is `names[codes[i]]`."""

    codes: Codes = attrs.field(repr=False)
    names: tuple[Any, ...] = attrs.field(repr=False)


def encode(values: object, *, name: str, code: str, known: Iterable[Any] | None = None) -> Encoded:
    """The ids, from 0 on, of a column of texts, or of anything else that can be hashed and sorted.

    The names are those of the column, sorted; or those *known*, the code book of an earlier column, in its order. Names
    of several types are sorted type by type, so 1 and True are two names.
    Law: the same for any order of the rows; a name is kept as it is, with NUL and lone surrogates.
    Raises: InvalidType for floats and for what cannot be hashed or sorted; InvalidValue for a hole, for a name that is
    not *known*, or known twice; both with *code*, and naming the first row at fault where one is.
    >>> book = encode(["li", "ann", "li"], name="customer", code="orders.customer")
    >>> book.codes, book.names
    (array([1, 0, 1], dtype=int32), ('ann', 'li'))
    >>> encode(["ann"], name="customer", code="orders.customer", known=book.names).codes
    array([0], dtype=int32)
    """
    given = _offered(values, name, code)
    _one_column(given, name, code, None)
    if isinstance(given, np.ndarray) and given.dtype.kind in "fcmM":
        raise _wrong_kind(given, f"{name} must be names", code)
    rows = _listed(values, given)
    book = None if known is None else listed(known, code=code, name="known")
    kinds = {*map(type, rows), *map(type, book or ())}
    keys = _keys(rows, kinds, name, code)
    names = _sorted_names(set(keys), kinds, name, code) if book is None else list(book)
    places = {key: place for place, key in enumerate(_keys(names, kinds, "known", code))}
    if len(places) < len(names):
        raise InvalidValue("known must hold each name once", code=code, value=None)
    try:
        ids = np.fromiter(map(places.__getitem__, keys), dtype=np.int32 if len(names) < 1 << 31 else np.int64)
    except KeyError:
        row = next(row for row, key in enumerate(keys) if key not in places)
        value = rows[row]
        raise InvalidValue(f"{name} must be known; row {row} is {clip(value)}", code=code, value=value) from None
    return Encoded(_read_only(ids), tuple(names))


def real_numbers(values: object, *, name: str, code: str) -> Reals:
    """A column, or a table of rows of one length, of finite numbers.

    Shape: one or two dimensions; float64, read-only.
    Raises: InvalidType for anything but ints and floats; InvalidValue for NaN, infinity, ragged rows or more
    dimensions; both with *code*, and naming the first row at fault where one is.
    >>> real_numbers([[0.5, 1], [1.25, 0.9]], name="attainments", code="plan.attainments")
    array([[0.5 , 1.  ],
           [1.25, 0.9 ]])
    """
    given = _offered(values, name, code)
    if isinstance(given, np.ndarray):
        if given.ndim not in (1, 2):
            raise InvalidValue(
                f"{name} must be a column or a table, not {given.ndim}-dimensional", code=code, value=given.ndim
            )
        if given.dtype.kind not in "iufO":
            raise _wrong_kind(given, f"{name} must be ints or floats", code)
    if isinstance(given, list) or given.dtype.kind == "O":
        numbers = np.array(_each_real(list(given), name, code), dtype=np.float64)
    else:
        with np.errstate(over="ignore"):  # a longer float may become infinite, and is then refused
            numbers = given.astype(np.float64, copy=False)
    finite = np.isfinite(numbers)
    if not finite.all():
        place = tuple(int(at) for at in np.argwhere(~finite)[0])
        raise _not_finite(float(numbers[place]), name, code, *place)
    return _read_only(numbers)


def _offered(values: object, name: str, code: str) -> NDArray[Any] | list[Any]:
    """The column as a plain array, or as a list where it is Python's own."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        row = int(np.argwhere(np.ma.getmaskarray(values))[0][0])
        raise InvalidValue(f"{name} must have no holes; row {row} is masked", code=code, value=row)
    if not isinstance(values, type | str | bytes | bytearray | memoryview):
        try:
            if hasattr(values, "__array__"):
                return np.asarray(values)
            if isinstance(values, Sequence):
                return list(values)
        except Exception:  # whatever a foreign column raises
            pass
    raise InvalidType(f"{name} must be a column: a list or an array, not {clip(values)}", code=code, value=values)


def _one_column(given: NDArray[Any] | list[Any], name: str, code: str, size: int | None) -> None:
    if isinstance(given, np.ndarray) and given.ndim != 1:
        raise InvalidValue(f"{name} must be one column, not {given.ndim}-dimensional", code=code, value=given.ndim)
    if size is not None and len(given) != size:
        raise InvalidValue(f"{name} must have {size:,} rows, not {len(given):,}", code=code, value=len(given))


def _integers(values: object, name: str, code: str, low: int, high: int, size: int | None) -> NDArray[Any]:
    """A checked column, in the integer type it came in."""
    given = _offered(values, name, code)
    _one_column(given, name, code, None)
    if isinstance(given, np.ndarray) and given.dtype.kind not in "iuO":
        raise _wrong_kind(given, f"{name} must be whole numbers", code)
    if isinstance(given, list) or given.dtype.kind == "O":
        rows = list(given)
        _each_whole(rows, name, code, low, high)
        numbers = np.array(rows, dtype=np.int64)
    else:
        numbers = given
    _one_column(numbers, name, code, size)
    bounds = np.iinfo(numbers.dtype)  # a bound that no number of the type can pass is not looked for
    if numbers.size and (
        (bounds.min < low and int(numbers.min()) < low) or (bounds.max > high and int(numbers.max()) > high)
    ):
        _each_whole(numbers.tolist(), name, code, low, high)
    return numbers


def _wrong_kind(given: NDArray[Any], wanted: str, code: str) -> InvalidType:
    """The error for a column of another kind; of floats it names the first that is missing, as holes become NaN."""
    kind = _KINDS.get(given.dtype.kind, clip(str(given.dtype)))
    if not given.size:
        return InvalidType(f"{wanted}, not {kind}", code=code, value=None)
    row = int(np.argmax(~np.isfinite(given))) if given.dtype.kind == "f" else 0
    value = given[row].tolist()
    return InvalidType(f"{wanted}, not {kind}; row {row} is {clip(value)}", code=code, value=value)


def _each_whole(rows: list[Any], name: str, code: str, low: int, high: int) -> None:
    if set(map(type, rows)) <= {int} and (not rows or low <= min(rows) <= max(rows) <= high):
        return
    for row, value in enumerate(rows):
        if isinstance(value, bool | np.timedelta64) or not isinstance(value, int | np.integer):
            raise InvalidType(
                f"{name} must be whole numbers; row {row} is {_kind(value)}: {clip(value)}", code=code, value=value
            )
        if not low <= int(value) <= high:
            raise InvalidValue(f"{name} must be {low} to {high}; row {row} is {clip(value)}", code=code, value=value)


def _zone(values: object) -> str | None:
    """The time zone of a column of pandas, polars or pyarrow, which numpy would drop without a word."""
    for kind in (getattr(values, "dtype", None), getattr(values, "type", None)):
        for zone in (getattr(kind, "tz", None), getattr(kind, "time_zone", None)):
            if zone is not None:
                return str(zone)
    return None


def _day(value: Any, name: str, code: str, row: int) -> int:
    """One date, or a midnight without a zone, as days since 1970-01-01."""
    day, rest = 0, 0
    if isinstance(value, np.datetime64 | datetime) and value != value:
        raise InvalidValue(f"{name} must have no holes; row {row} is NaT", code=code, value=row)
    if isinstance(value, np.datetime64) and np.datetime_data(value.dtype)[0] in _TICKS:
        day, rest = divmod(int(value.astype(np.int64)), _TICKS[np.datetime_data(value.dtype)[0]])
    elif isinstance(value, date):
        day = value.toordinal() - _EPOCH
        if isinstance(value, datetime):
            if value.tzinfo is not None:
                why = f"{name} must have no time zone; row {row} is {clip(str(value))}; {_WAY_OUT}"
                raise InvalidValue(why, code=code, value=value)
            rest = int(value.time() != time(0) or getattr(value, "nanosecond", 0) > 0)
    else:
        hint = "; days since 1970-01-01 go in as EpochDays" if type(value) is int else ""
        why = f"{name} must be dates; row {row} is {_kind(value)}: {clip(value)}{hint}"
        raise InvalidType(why, code=code, value=value)
    if rest:
        why = f"{name} must be dates without a time of day; row {row} is {clip(str(value))}; {_WAY_OUT}"
        raise InvalidValue(why, code=code, value=value)
    if not _FIRST <= day <= _LAST:
        why = f"{name} must lie in the years 1 to 9999; row {row} is {clip(str(value))}"
        raise InvalidValue(why, code=code, value=value)
    return day


def _listed(values: object, given: NDArray[Any] | list[Any]) -> list[Any]:
    """The rows; a foreign column of texts lists them itself, as a text in numpy loses a NUL at its end."""
    if isinstance(given, list):
        return given
    if not isinstance(values, np.ndarray) and given.dtype.kind in "US":
        for way in ("to_list", "to_pylist", "tolist"):
            try:
                texts = list(getattr(values, way)())
            except Exception:  # whatever a foreign column raises
                continue
            if len(texts) == given.size:
                return texts
    rows: list[Any] = given.tolist()
    return rows


def _keys(names: list[Any], kinds: set[type], name: str, code: str) -> list[Any]:
    """What names are told apart by: themselves, together with their types where there are several."""
    try:
        if kinds <= _PLAIN or not any(map(_hole, set(names))):
            return names if len(kinds) < 2 else list(zip(map(type, names), names, strict=True))
    except Exception:  # whatever a foreign hash or comparison raises
        pass
    for row, value in enumerate(names):
        try:
            hash(value)
            if not _hole(value):
                continue
            why = "float" if isinstance(value, float | np.floating) else "no name"
        except Exception:
            why = "nothing that can be hashed"
        raise InvalidType(f"{name} must be names; row {row} is {why}: {clip(value)}", code=code, value=value)
    raise InvalidType(f"{name} must be names that can be compared", code=code, value=None)


def _hole(value: Any) -> bool:
    """Whether it is missing, or a float, as numbers with holes become."""
    return value is None or isinstance(value, float | np.floating) or bool(value != value)


def _sorted_names(keys: set[Any], kinds: set[type], name: str, code: str) -> list[Any]:
    """The names, type by type, rising without a doubt: sets, say, can be compared, but have no one order."""
    labels = {f"{kind.__module__}.{kind.__qualname__}": kind for kind in kinds}
    names = []
    try:
        for label in sorted(labels):
            kind = labels[label]
            some = sorted(keys if len(kinds) == 1 else (value for other, value in keys if other is kind))
            if kind not in _PLAIN and not all(below < above for below, above in pairwise(some)):
                raise TypeError
            names += some
    except Exception:  # whatever a foreign comparison raises
        names = []
    if len(names) < len(keys):
        raise InvalidType(f"{name} must be names that can be sorted", code=code, value=None)
    return names


def _each_real(rows: list[Any], name: str, code: str) -> list[Any]:
    """The numbers of a list, or of a list of rows, as floats."""
    if not any(isinstance(row, list | tuple | np.ndarray) for row in rows):
        return [_real(value, name, code, row) for row, value in enumerate(rows)]
    table: list[list[float]] = []
    for at, row in enumerate(rows):
        cells = list(row) if isinstance(row, list | tuple) or (isinstance(row, np.ndarray) and row.ndim == 1) else None
        if cells is None or (table and len(cells) != len(table[0])):
            raise InvalidValue(f"{name} must have rows of one length; row {at} has another", code=code, value=at)
        table.append([_real(value, name, code, at, column) for column, value in enumerate(cells)])
    return table


def _real(value: object, name: str, code: str, *place: int) -> float:
    if isinstance(value, bool | np.timedelta64) or not isinstance(value, int | float | np.integer | np.floating):
        raise InvalidType(
            f"{name} must be ints or floats; {_at(*place)} is {_kind(value)}: {clip(value)}", code=code, value=value
        )
    try:
        number = float(value)
    except OverflowError:
        number = inf
    if not isfinite(number):
        raise _not_finite(value, name, code, *place)
    return number


def _not_finite(value: object, name: str, code: str, *place: int) -> InvalidValue:
    return InvalidValue(f"{name} must be finite; {_at(*place)} is {clip(value)}", code=code, value=value)


def _at(row: int, column: int | None = None) -> str:
    return f"row {row}" if column is None else f"row {row}, column {column}"


def _kind(value: object) -> str:
    return type(value).__name__[:30]


def _read_only(numbers: NDArray[Any]) -> NDArray[Any]:
    view = numbers.view()
    view.setflags(write=False)
    return view
