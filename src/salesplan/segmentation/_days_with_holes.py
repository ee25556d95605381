"""Columns of days of which some are missing: copied, read-only, NaT where there is none."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..columns import day_numbers
from ..errors import InvalidType, clip
from ._holes import is_hole

__all__ = ["days_with_holes"]

_DAYS: Final = "datetime64[D]"
_FILL: Final = date(1970, 1, 1)  # a hole is filled, not dropped, so that an error names the right row


def days_with_holes(values: object, *, name: str, code: str, size: int) -> NDArray[np.datetime64]:
    """An own column of *size* dates; None, NaT and NA are no day, and so is what an array masks.

    Raises: InvalidType, InvalidValue for anything else, with *code*.
    """
    filled, missing = _filled(values, name=name, code=code)
    days = day_numbers(filled, name=name, code=code, size=size).astype(_DAYS)
    if missing is not None:
        days[missing] = np.datetime64("NaT")
    days.setflags(write=False)
    return days


def _filled(values: object, *, name: str, code: str) -> tuple[object, NDArray[np.bool_] | None]:
    """The column with a date in each hole, and where the holes are; whatever cannot have holes, as it is."""
    if isinstance(values, list | tuple):
        return _filled_rows(list(values))
    if isinstance(values, type) or not hasattr(values, "__array__"):
        return values, None
    try:
        given = np.asarray(values)
        masked = (
            np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else np.zeros(given.shape, np.bool_)
        )
    except Exception:  # whatever a foreign column raises
        raise InvalidType(f"{name} must be a column of dates: {clip(values)}", code=code, value=values) from None
    if given.ndim != 1 or given.dtype.kind not in "MO":
        return values, None
    if given.dtype.kind == "O":
        return _filled_rows([None if gone else each for each, gone in zip(given, masked, strict=True)])
    gone: NDArray[np.bool_] = np.isnat(given) | masked
    if not gone.any():
        return values, None
    if not isinstance(values, np.ndarray):
        _refuse_zones(values, name=name, code=code)
    days = np.zeros(given.size, dtype=_DAYS if gone.all() else given.dtype)  # NaT alone may have no unit
    days[~gone] = given[~gone]
    return days, gone


def _filled_rows(rows: list[Any]) -> tuple[list[Any], NDArray[np.bool_]]:
    missing = [is_hole(each) for each in rows]
    filled = [_FILL if gone else each for each, gone in zip(rows, missing, strict=True)]
    return filled, np.array(missing, dtype=np.bool_)


def _refuse_zones(values: Any, *, name: str, code: str) -> None:
    """A column of a data frame may have a time zone, which its array does not show: an empty part of it does."""
    try:
        none = values[:0]
    except Exception:  # whatever a foreign column raises
        raise InvalidType(f"{name} must be a column of dates: {clip(values)}", code=code, value=values) from None
    day_numbers(none, name=name, code=code)
