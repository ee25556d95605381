"""The gate of columns: array-likes in, checked read-only numpy arrays out.

A column is a list, a numpy array, or whatever offers itself as one through the array protocol: columns of pandas,
polars and pyarrow do. Money enters as whole minor units in int64, the range that `Money` has, and is never a float: a
column that was read with holes has become floats, and is refused with the first row that is missing. A measurement, as
an attainment, is a finite float64. What comes out is a plain array that cannot be written to. It shares the memory of
the column where nothing had to be converted, so whoever keeps it takes a copy.

Left out: texts and dates, and masks for what is missing; nothing here fills a hole.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .errors import InvalidType, InvalidValue, clip
from .money import MAX_MINOR

__all__ = ["Reals", "Whole", "real_numbers", "whole_numbers"]

Whole: TypeAlias = NDArray[np.int64]
"""Whole numbers, as minor units."""

Reals: TypeAlias = NDArray[np.float64]
"""Measurements."""

_KINDS: Final = {"b": "truth values", "f": "floats", "c": "complex numbers", "M": "dates", "m": "durations"}


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
    given = _offered(values, name, code)
    if isinstance(given, np.ndarray):
        if given.ndim != 1:
            raise InvalidValue(f"{name} must be one column, not {given.ndim}-dimensional", code=code, value=given.ndim)
        if given.dtype.kind not in "iuO":
            raise _wrong_kind(given, f"{name} must be whole numbers", code)
    if isinstance(given, list) or given.dtype.kind == "O":
        rows = list(given)
        _each_whole(rows, name, code, low, high)
        numbers = np.array(rows, dtype=np.int64)
    else:
        numbers = given
    if size is not None and len(numbers) != size:
        raise InvalidValue(f"{name} must have {size:,} rows, not {len(numbers):,}", code=code, value=len(numbers))
    if numbers.size and not low <= int(numbers.min()) <= int(numbers.max()) <= high:
        _each_whole(numbers.tolist(), name, code, low, high)
    return _read_only(numbers.astype(np.int64, copy=False))


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
