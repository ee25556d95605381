"""Columns of whole numbers, of ids and of measurements."""

from __future__ import annotations

from math import inf, isfinite
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidType, InvalidValue, clip
from ..money import MAX_MINOR
from ._integers import integers
from ._offered import kind_of, offered, read_only, wrong_kind

__all__ = ["Codes", "Reals", "Whole", "codes", "real_numbers", "whole_numbers"]

Whole: TypeAlias = NDArray[np.int64]
"""Whole numbers, as minor units."""

Reals: TypeAlias = NDArray[np.float64]
"""Measurements."""

Codes: TypeAlias = NDArray[np.int32] | NDArray[np.int64]
"""Ids."""

_WAY_OUT: Final = "; names become ids by columns.encode"


def whole_numbers(
    values: object,
    *,
    name: str,
    code: str,
    low: int = -MAX_MINOR,
    high: int = MAX_MINOR,
    size: int | None = None,
    way_out: str = "",
) -> Whole:
    """One column of whole numbers in *low*..*high*, of *size* rows where that is given.

    *way_out* ends the message for a column of another type, as "; see columns.minor_units".

    Shape: one dimension; int64, read-only.
    Raises: InvalidType for anything but integers, a bool or float among them; InvalidValue for a number out of range,
    another length or another shape; both with *code*, and naming the first row at fault where one is.
    >>> whole_numbers([1990, -500], name="sales", code="deals.sales")
    array([1990, -500])
    >>> whole_numbers([1990, 19.9], name="sales", code="deals.sales")
    Traceback (most recent call last):
    salesplan.errors.InvalidType: sales must be whole numbers; row 1 is float: 19.9
    """
    return read_only(integers(values, name, code, low, high, size, way_out).astype(np.int64, copy=False))


def codes(values: object, *, name: str, code: str, size: int | None = None) -> Codes:
    """One column of ids, whole numbers from 0 on; int32 and int64 stay what they are.

    Raises: InvalidType, InvalidValue as `whole_numbers` does.
    >>> codes([7, 0], name="customer", code="orders.customer")
    array([7, 0])
    >>> codes([7, -1], name="customer", code="orders.customer")
    Traceback (most recent call last):
    salesplan.errors.InvalidValue: customer must be 0 to 9223372036854775807; row 1 is -1
    """
    ids = integers(values, name, code, 0, MAX_MINOR, size, _WAY_OUT)
    narrow = ids.dtype.itemsize < 4 or (ids.dtype.kind == "i" and ids.dtype.itemsize == 4)
    return read_only(ids.astype(np.int32 if narrow else np.int64, copy=False))


def real_numbers(values: object, *, name: str, code: str) -> Reals:
    """A column, or a table of rows of one length, of finite numbers.

    Shape: one or two dimensions; float64, read-only.
    Raises: InvalidType for anything but ints and floats; InvalidValue for NaN, infinity, ragged rows or more
    dimensions; both with *code*, and naming the first row at fault where one is.
    >>> real_numbers([[0.5, 1], [1.25, 0.9]], name="attainments", code="plan.attainments")
    array([[0.5 , 1.  ],
           [1.25, 0.9 ]])
    """
    given = offered(values, name, code)
    if isinstance(given, np.ndarray):
        if given.ndim not in (1, 2):
            raise InvalidValue(
                f"{name} must be a column or a table, not {given.ndim}-dimensional", code=code, value=given.ndim
            )
        if given.dtype.kind not in "iufO":
            raise wrong_kind(given, f"{name} must be ints or floats", code)
    if isinstance(given, list) or given.dtype.kind == "O":
        numbers = np.array(_each_real(list(given), name, code), dtype=np.float64)
    else:
        with np.errstate(over="ignore"):  # a longer float may become infinite, and is then refused
            numbers = given.astype(np.float64, copy=False)
    finite = np.isfinite(numbers)
    if not finite.all():
        place = tuple(int(at) for at in np.argwhere(~finite)[0])
        raise _not_finite(float(numbers[place]), name, code, *place)
    return read_only(numbers)


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
            f"{name} must be ints or floats; {_at(*place)} is {kind_of(value)}: {clip(value)}", code=code, value=value
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
