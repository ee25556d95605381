"""A column of integers, checked: of amounts, ids or days."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidType, InvalidValue, clip
from ._offered import kind_of, offered, one_column, wrong_kind

__all__ = ["integers"]


def integers(
    values: object, name: str, code: str, low: int, high: int, size: int | None, way_out: str = ""
) -> NDArray[Any]:
    """A checked column, in the integer type it came in; *way_out* ends the message of another type."""
    given = offered(values, name, code)
    one_column(given, name, code, None)
    if isinstance(given, np.ndarray) and given.dtype.kind not in "iuO":
        raise wrong_kind(given, f"{name} must be whole numbers", code, way_out)
    if isinstance(given, list) or given.dtype.kind == "O":
        rows = list(given)
        _each_whole(rows, name, code, low, high, way_out)
        numbers = np.array(rows, dtype=np.int64)
    else:
        numbers = given
    one_column(numbers, name, code, size)
    bounds = np.iinfo(numbers.dtype)  # a bound that no number of the type can pass is not looked for
    if numbers.size and (
        (bounds.min < low and int(numbers.min()) < low) or (bounds.max > high and int(numbers.max()) > high)
    ):
        _each_whole(numbers.tolist(), name, code, low, high, way_out)
    return numbers


def _each_whole(rows: list[Any], name: str, code: str, low: int, high: int, way_out: str) -> None:
    if set(map(type, rows)) <= {int} and (not rows or low <= min(rows) <= max(rows) <= high):
        return
    for row, value in enumerate(rows):
        if isinstance(value, bool | np.timedelta64) or not isinstance(value, int | np.integer):
            why = f"{name} must be whole numbers; row {row} is {kind_of(value)}: {clip(value)}{way_out}"
            raise InvalidType(why, code=code, value=value)
        if not low <= int(value) <= high:
            raise InvalidValue(f"{name} must be {low} to {high}; row {row} is {clip(value)}", code=code, value=value)
