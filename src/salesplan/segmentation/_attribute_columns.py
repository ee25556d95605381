"""Columns of attributes as cells of their axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..columns import Whole, whole_numbers
from ..errors import InvalidType, InvalidValue, NotFound, clip
from ..money import MAX_MINOR
from .attributes import Attribute, NumberAttribute, Presence

__all__ = ["cells_of"]

_CODE: Final = "segmentation.personas"


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
    """The place of the cell of each row; *starts* are those of the cells of numbers."""
    rows, missing = _known(values, name=attribute.name[:60], size=size, code=code)
    if missing.any() and attribute.presence is Presence.ALWAYS:
        row = int(np.argmax(missing))
        raise InvalidValue(f"{attribute.name[:60]} must have no holes; row {row} is one", code=code, value=row)
    places = np.full(size, (starts.size if isinstance(attribute, NumberAttribute) else len(attribute.choices) - 1) + 1)
    if isinstance(attribute, NumberAttribute):
        high = MAX_MINOR if attribute.high is None else attribute.high
        numbers = whole_numbers(rows, name=attribute.name[:60], code=code, low=attribute.low, high=high)
        places[~missing] = np.searchsorted(starts, numbers, side="right")
        return places.astype(np.intp)
    place = {choice: at for at, choice in enumerate(attribute.choices)}
    texts = [each for each in rows if isinstance(each, str)]
    if len(texts) < len(rows):
        odd = next(each for each in rows if not isinstance(each, str))
        raise InvalidType(f"{attribute.name[:60]} must be texts: {clip(odd)}", code=code, value=odd)
    other = sorted(set(texts) - place.keys())
    if other:
        raise InvalidValue(f"{attribute.name[:60]} is none of the choices: {clip(other[0])}", code=code, value=other[0])
    places[~missing] = [place[each] for each in texts]
    return places.astype(np.intp)


def _known(values: object, *, name: str, size: int, code: str) -> tuple[list[object], NDArray[np.bool_]]:
    """The values that are there, and which rows have none."""
    if isinstance(values, type | str | bytes | bytearray) or not hasattr(values, "__len__"):
        raise InvalidType(f"{name} must be a column: {clip(values)}", code=code, value=values)
    try:
        masked = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
        rows = values.tolist() if isinstance(values, np.ndarray) else list(values)  # type: ignore[call-overload]
    except Exception:  # whatever a foreign column raises
        raise InvalidType(f"{name} must be a column: {clip(values)}", code=code, value=values) from None
    if len(rows) != size:
        raise InvalidValue(f"{name} must have {size:,} rows, not {len(rows):,}", code=code, value=len(rows))
    missing = np.array([each is None for each in rows], dtype=np.bool_)
    if masked is not None and masked.ndim == 1:
        missing |= masked
    return [each for each, gone in zip(rows, missing.tolist(), strict=True) if not gone], missing
