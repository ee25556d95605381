"""Arrays that a value owns: copied, read-only, compared by their bytes."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from ..columns import Whole, whole_numbers
from ..errors import InvalidType, InvalidValue, clip
from ..money import MAX_MINOR

__all__ = ["bytes_of", "fields_of", "own_column", "own_table"]


def own_column(values: object, *, name: str, code: str, low: int = 0, size: int | None = None) -> Whole:
    """An own, read-only copy of a column of whole numbers from *low* on."""
    own = whole_numbers(values, name=name, code=code, low=low, size=size).copy()
    own.setflags(write=False)
    return own


def own_table(values: object, *, width: int, name: str, code: str, low: int = 0) -> Whole:
    """An own, read-only copy of a table of whole numbers with *width* columns."""
    try:
        table = np.asarray(values)
    except Exception:  # ragged rows, or whatever a foreign array raises
        table = np.empty(0)
    if table.ndim != 2 or table.shape[1] != width:
        raise InvalidValue(f"{name} must be rows of {width} whole numbers: {clip(values)}", code=code, value=values)
    if table.dtype.kind not in "iu":
        raise InvalidType(f"{name} must be whole numbers, not {clip(str(table.dtype))}", code=code, value=values)
    if table.size and not low <= int(table.min()) <= int(table.max()) <= MAX_MINOR:
        raise InvalidValue(f"{name} must be {low} to 2**63 - 1", code=code, value=values)
    own: Whole = np.array(table, dtype=np.int64, order="C")
    own.setflags(write=False)
    return own


def fields_of(value: Any) -> dict[str, Any]:
    """What the constructor takes, by name: pickling goes through it, so that a copy is checked and read-only too."""
    return {each.name: getattr(value, each.name) for each in attrs.fields(type(value)) if each.init}


def bytes_of(value: Any) -> tuple[object, ...]:
    """What equality compares: the bytes of the arrays, and the other fields."""
    return tuple(
        (each.shape, each.tobytes()) if isinstance(each, np.ndarray) else each for each in fields_of(value).values()
    )
