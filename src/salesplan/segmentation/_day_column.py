"""A column of days: calendar dates in, whole day numbers out.

A day is what a calendar on the wall shows, in one time zone that the caller has chosen. A moment is refused, with or
without a zone: which day it falls on is not for us to say. numpy columns of finer units than a day are taken if every
value is a midnight, as pandas keeps its dates that way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..columns import Whole
from ..errors import InvalidType, InvalidValue, clip

__all__ = ["day_number", "day_numbers"]

_EPOCH: Final = date(1970, 1, 1).toordinal()
_FIRST: Final = date.min.toordinal() - _EPOCH
_LAST: Final = date.max.toordinal() - _EPOCH
_DAYS: Final = np.dtype("datetime64[D]")


def day_number(value: object, *, name: str, code: str) -> int:
    """The days from 1970-01-01 to that date.

    Raises: InvalidType for anything but a date without a time.
    """
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidType(f"{name} must be a date without a time: {clip(value)}", code=code, value=value)
    return value.toordinal() - _EPOCH


def day_numbers(values: object, *, name: str, code: str, size: int | None = None) -> Whole:
    """One column of dates as days from 1970-01-01.

    Raises: InvalidType for anything but dates; InvalidValue for a date that is missing or outside the years 1 to 9999,
    a time of day, another shape or length; both with *code*, and naming the first row at fault where one is.
    >>> day_numbers([date(1970, 1, 2), date(1969, 12, 31)], name="day", code="orders.day")
    array([ 1, -1])
    """
    given = _offered(values, name, code)
    if given.ndim != 1:
        raise InvalidValue(f"{name} must be one column, not {given.ndim}-dimensional", code=code, value=given.ndim)
    if size is not None and given.size != size:
        raise InvalidValue(f"{name} must have {size:,} rows, not {given.size:,}", code=code, value=given.size)
    if given.dtype.kind == "O":
        return np.array([day_number(each, name=f"{name}, row {at},", code=code) for at, each in enumerate(given)], int)
    unit = np.datetime_data(given.dtype)[0] if given.dtype.kind == "M" else "generic"
    if unit in ("generic", "Y", "M", "W"):
        raise InvalidType(f"{name} must be dates, not {clip(str(given.dtype))}", code=code, value=str(given.dtype))
    whole = given.astype(_DAYS)
    odd = np.isnat(given) | (whole != given)
    numbers: Whole = whole.astype(np.int64)
    odd |= (numbers < _FIRST) | (numbers > _LAST)
    if odd.any():
        row = int(np.argmax(odd))
        raise InvalidValue(
            f"{name} must be dates without a time of day, in the years 1 to 9999; row {row} is {clip(str(given[row]))}",
            code=code,
            value=row,
        )
    return numbers


def _offered(values: object, name: str, code: str) -> NDArray[Any]:
    """The column as an array: of dates as objects, or of numpy's dates."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        row = int(np.argwhere(np.ma.getmaskarray(values))[0][0])
        raise InvalidValue(f"{name} must have no holes; row {row} is masked", code=code, value=row)
    if not isinstance(values, type | str | bytes | bytearray | memoryview):
        try:
            if hasattr(values, "__array__"):
                given = np.asarray(values)
                return given.astype(object) if given.dtype.kind not in "MO" and not given.size else given
            if isinstance(values, Sequence):
                rows = np.empty(len(values), dtype=object)
                for row, each in enumerate(values):  # one by one: numpy would unfold a nest of lists
                    rows[row] = each.item() if _is_day(each) else each
                return rows
        except Exception:  # whatever a foreign column raises
            pass
    raise InvalidType(f"{name} must be a column of dates, not {clip(values)}", code=code, value=values)


def _is_day(value: object) -> bool:
    return isinstance(value, np.datetime64) and value.dtype == _DAYS and not np.isnat(value)
