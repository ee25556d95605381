"""Columns of days, and one day: as numbers since 1970-01-01."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Final, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidType, InvalidValue, clip
from ._integers import integers
from ._offered import kind_of, offered, one_column, read_only

__all__ = ["Days", "EpochDays", "day_number", "day_numbers"]

Days: TypeAlias = NDArray[np.int32]
"""Days since 1970-01-01."""

_DAY: Final = 86_400
_TICKS: Final = {"D": 1, "h": 24, "m": 1440, "s": _DAY, "ms": _DAY * 10**3, "us": _DAY * 10**6, "ns": _DAY * 10**9}
_EPOCH: Final = date(1970, 1, 1).toordinal()
_FIRST, _LAST = date.min.toordinal() - _EPOCH, date.max.toordinal() - _EPOCH
_WAY_OUT: Final = "take the day in the shop's own time zone"


@attrs.frozen
class EpochDays:
    """A column of whole numbers that are meant as days since 1970-01-01; bare numbers are no dates."""

    values: Any = attrs.field(repr=False)


def day_number(value: object, *, name: str, code: str) -> int:
    """The days from 1970-01-01 to that date.

    Raises: InvalidType for anything but a date without a time.
    """
    if not isinstance(value, date) or isinstance(value, datetime):
        way_out = "; take its .date()" if isinstance(value, datetime) else ""
        raise InvalidType(f"{name} must be a date without a time: {clip(value)}{way_out}", code=code, value=value)
    return value.toordinal() - _EPOCH


def day_numbers(values: object, *, name: str, code: str, size: int | None = None) -> Days:
    """One column of days, of *size* rows where that is given: dates, midnights without a zone, or `EpochDays`.

    Units: days since 1970-01-01, of the years 1 to 9999.      Shape: one dimension; int32, read-only.
    Raises: InvalidType for anything but dates, None among them; InvalidValue for NaT, what is masked, a time of day, a
    zone, another year, length or shape; both with *code*, and naming the first row at fault where one is.
    >>> day_numbers([date(1970, 1, 2), date(1969, 12, 31)], name="day", code="orders.day")
    array([ 1, -1], dtype=int32)
    >>> day_numbers([1, -1], name="day", code="orders.day")
    Traceback (most recent call last):
    salesplan.errors.InvalidType: day must be dates; row 0 is int: 1; days since 1970-01-01 go in as EpochDays
    """
    if isinstance(values, EpochDays):
        return read_only(integers(values.values, name, code, _FIRST, _LAST, size).astype(np.int32, copy=False))
    given = offered(values, name, code)
    one_column(given, name, code, size)
    zone = _zone(values)
    if zone is not None:
        raise InvalidValue(f"{name} must have no time zone, not {clip(zone)}; {_WAY_OUT}", code=code, value=zone)
    if isinstance(given, list) or given.dtype.kind in "iuO":
        rows = given if isinstance(given, list) else given.tolist()
        if set(map(type, rows)) <= {date}:
            return read_only(np.array(rows, dtype="datetime64[D]").astype(np.int32))
        return read_only(np.array([_day(value, name, code, row) for row, value in enumerate(rows)], dtype=np.int32))
    unit, many = np.datetime_data(given.dtype) if given.dtype.kind == "M" else ("", 1)
    if unit not in _TICKS or many != 1:
        kind = "texts; parse them first" if given.dtype.kind in "US" else clip(str(given.dtype))
        raise InvalidType(f"{name} must be dates, not {kind}", code=code, value=str(given.dtype))
    ticks = given.astype(given.dtype.newbyteorder("="), copy=False).view(np.int64)
    days = ticks if unit == "D" else ticks // _TICKS[unit]
    good = days.size == 0 or _FIRST <= int(days.min()) <= int(days.max()) <= _LAST
    if not good or (unit != "D" and bool((days * _TICKS[unit] != ticks).any())):
        for row, value in enumerate(given):  # the first at fault raises
            _day(value, name, code, row)
    return read_only(days.astype(np.int32))


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
    unit, many = np.datetime_data(value.dtype) if isinstance(value, np.datetime64) else ("", 1)
    if unit in _TICKS and many == 1:
        day, rest = divmod(int(value.astype(np.int64)), _TICKS[unit])
    elif isinstance(value, date):
        day = value.toordinal() - _EPOCH
        if isinstance(value, datetime):
            if value.tzinfo is not None:
                why = f"{name} must have no time zone; row {row} is {clip(str(value))}; {_WAY_OUT}"
                raise InvalidValue(why, code=code, value=value)
            rest = int(value.time() != time(0) or getattr(value, "nanosecond", 0) > 0)
    else:
        hint = "; days since 1970-01-01 go in as EpochDays" if type(value) is int else ""
        why = f"{name} must be dates; row {row} is {kind_of(value)}: {clip(value)}{hint}"
        raise InvalidType(why, code=code, value=value)
    if rest:
        why = f"{name} must be dates without a time of day; row {row} is {clip(str(value))}; {_WAY_OUT}"
        raise InvalidValue(why, code=code, value=value)
    if not _FIRST <= day <= _LAST:
        why = f"{name} must lie in the years 1 to 9999; row {row} is {clip(str(value))}"
        raise InvalidValue(why, code=code, value=value)
    return day
