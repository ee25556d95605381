"""Columns of attributes as cells of their axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..columns import Whole, whole_numbers
from ..errors import InvalidType, InvalidValue, NotFound, clip
from ..money import MAX_MINOR
from ._holes import is_hole
from .attributes import Attribute, ChoiceAttribute, NumberAttribute, Presence

__all__ = ["cells_of"]

_CODE: Final = "segmentation.personas"
_FLOATS: Final = "; a column with holes must not become floats: Int64, or a list with None"


def cells_of(
    attributes: Sequence[Attribute], columns: Mapping[str, object], *, starts: Sequence[Whole], size: int
) -> tuple[NDArray[np.intp], ...]:
    """The places of the cells of each attribute, row by row.

    Raises: NotFound for a column that is missing; InvalidType, InvalidValue for what an attribute cannot be.
    """
    if not isinstance(columns, Mapping):
        raise InvalidType(f"columns are by attribute: {clip(columns)}", code=_CODE, value=columns)
    missing = next((each.name for each in attributes if each.name not in columns), None)
    if missing is not None:
        raise NotFound(f"{clip(missing)} is missing", code=_CODE, value=missing)
    pairs = zip(attributes, starts, strict=True)
    return tuple(_places(each, columns[each.name], starts=own, size=size, code=_CODE) for each, own in pairs)


def _places(attribute: Attribute, values: object, *, starts: Whole, size: int, code: str) -> NDArray[np.intp]:
    """The place of the cell of each row, the last one for a hole; *starts* are those of the cells of numbers."""
    name = attribute.name[:60]
    rows = _rows(values, name=name, size=size, code=code)
    missing = np.array([is_hole(each) for each in rows], dtype=np.bool_)
    if missing.any() and attribute.presence is Presence.ALWAYS:
        row = int(np.argmax(missing))
        why = f"{name} must have no holes; row {row} is one; or say presence=Presence.MAY_BE_UNKNOWN"
        raise InvalidValue(why, code=code, value=row)
    # a hole is filled, not dropped, so that an error names the right row
    fill = attribute.low if isinstance(attribute, NumberAttribute) else attribute.choices[0]
    filled = [fill if gone else each for each, gone in zip(rows, missing.tolist(), strict=True)]
    if isinstance(attribute, ChoiceAttribute):
        places, unknown = _choices(attribute, filled, name=name, code=code), len(attribute.choices)
    else:
        high = MAX_MINOR if attribute.high is None else attribute.high
        numbers = whole_numbers(filled, name=name, code=code, low=attribute.low, high=high, way_out=_FLOATS)
        places, unknown = np.searchsorted(starts, numbers, side="right"), starts.size + 1
    places[missing] = unknown
    return places


def _choices(attribute: ChoiceAttribute, rows: list[Any], *, name: str, code: str) -> NDArray[np.intp]:
    place = {choice: at for at, choice in enumerate(attribute.choices)}
    places = np.zeros(len(rows), dtype=np.intp)
    for row, each in enumerate(rows):
        if not isinstance(each, str):
            raise InvalidType(f"{name} must be texts; row {row} is {clip(each)}", code=code, value=each)
        if each not in place:
            raise InvalidValue(f"{name} is none of the choices; row {row} is {clip(each)}", code=code, value=each)
        places[row] = place[each]
    return places


def _rows(values: object, *, name: str, size: int, code: str) -> list[Any]:
    """The values of a column one by one; None where an array masks one."""
    rows = _listed(values)
    if rows is None:
        raise InvalidType(f"{name} must be a column: {clip(values)}", code=code, value=values)
    if len(rows) != size:
        raise InvalidValue(f"{name} must have {size:,} rows, not {len(rows):,}", code=code, value=len(rows))
    return rows


def _listed(values: Any) -> list[Any] | None:
    """The rows, None where it is no column; a column of a data frame lists itself, as its array would change values."""
    if isinstance(values, type | str | bytes | bytearray | memoryview):
        return None
    try:
        if hasattr(values, "__array__"):
            name = next(way for way in ("to_list", "to_pylist", "tolist") if hasattr(values, way))
            rows = getattr(values, name)()
            return rows if isinstance(rows, list) else None
        return list(values) if isinstance(values, Sequence) else None
    except Exception:  # whatever a foreign column raises
        return None
