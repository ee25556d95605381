"""A column of integers, checked: of amounts, ids or days."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidType, InvalidValue, clip
from ..money import Money
from ._offered import kind_of, offered, one_column, wrong_kind

__all__ = ["integers"]

_IDS: Final = "; names become ids by columns.encode"
_AMOUNTS: Final = "; see columns.minor_units"


def integers(values: object, name: str, code: str, low: int, high: int, size: int | None) -> NDArray[Any]:
    """A checked column, in the integer type it came in; from 0 on it is one of ids, below one of amounts."""
    hint = _IDS if low == 0 else _AMOUNTS if low < 0 else ""
    given = offered(values, name, code)
    one_column(given, name, code, None)
    if isinstance(given, np.ndarray) and given.dtype.kind not in "iuO":
        raise wrong_kind(given, f"{name} must be whole numbers", code, hint if given.dtype.kind in "USf" else "")
    if isinstance(given, list) or given.dtype.kind == "O":
        rows = list(given)
        _each_whole(rows, name, code, low, high, hint)
        numbers = np.array(rows, dtype=np.int64)
    else:
        numbers = given
    one_column(numbers, name, code, size)
    bounds = np.iinfo(numbers.dtype)  # a bound that no number of the type can pass is not looked for
    if numbers.size and (
        (bounds.min < low and int(numbers.min()) < low) or (bounds.max > high and int(numbers.max()) > high)
    ):
        _each_whole(numbers.tolist(), name, code, low, high, hint)
    return numbers


def _each_whole(rows: list[Any], name: str, code: str, low: int, high: int, hint: str) -> None:
    if set(map(type, rows)) <= {int} and (not rows or low <= min(rows) <= max(rows) <= high):
        return
    for row, value in enumerate(rows):
        if isinstance(value, bool | np.timedelta64) or not isinstance(value, int | np.integer):
            way_out = hint if isinstance(value, str | float | Decimal | Money) else ""
            why = f"{name} must be whole numbers; row {row} is {kind_of(value)}: {clip(value)}{way_out}"
            raise InvalidType(why, code=code, value=value)
        if not low <= int(value) <= high:
            raise InvalidValue(f"{name} must be {low} to {high}; row {row} is {clip(value)}", code=code, value=value)
