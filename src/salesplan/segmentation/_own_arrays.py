"""Arrays that a value owns: copied, read-only, compared by their bytes."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole, whole_numbers
from ..errors import InvalidType, InvalidValue, clip
from ..money import MAX_MINOR

__all__ = ["ByBytes", "bytes_of", "fields_of", "own_codes", "own_column", "own_table"]


def own_column(values: object, *, name: str, code: str, low: int = 0, size: int | None = None) -> Whole:
    """An own, read-only copy of a column of whole numbers from *low* on."""
    own = whole_numbers(values, name=name, code=code, low=low, size=size).copy()
    own.setflags(write=False)
    return own


def own_codes(values: object, *, code: str) -> Whole:
    """An own, read-only copy of a column of customers, which rises: each is there once.

    Raises: InvalidType, InvalidValue with *code*, or *code* and ".twice".
    """
    own = own_column(values, name="customer", code=code)
    if (own[1:] <= own[:-1]).any():
        raise InvalidValue("customers must rise, each once", code=f"{code}.twice", value=None)
    return own


def own_table(values: object, *, width: int, name: str, code: str, low: int = 0) -> Whole:
    """An own, read-only copy of a table of whole numbers with *width* columns."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        row = int(np.argwhere(np.ma.getmaskarray(values))[0][0])
        raise InvalidValue(f"{name} must have no holes; row {row} is masked", code=code, value=row)
    table = _table(values, width)
    if table is None:
        raise InvalidValue(f"{name} must be rows of {width} whole numbers: {clip(values)}", code=code, value=values)
    if table.dtype.kind not in "iu":
        raise InvalidType(f"{name} must be whole numbers, not {clip(str(table.dtype))}", code=code, value=values)
    if table.size and not low <= int(table.min()) <= int(table.max()) <= MAX_MINOR:
        raise InvalidValue(f"{name} must be {low} to 2**63 - 1", code=code, value=values)
    own: Whole = np.array(table, dtype=np.int64, order="C")
    own.setflags(write=False)
    return own


def _table(values: object, width: int) -> NDArray[Any] | None:
    """The rows as an array of *width* columns, None where they are not; numpy is given no nest that it would unfold."""
    if isinstance(values, list | tuple):
        flat = all(
            isinstance(row, list | tuple)
            and len(row) == width
            and all(type(cell) is int and abs(cell) <= MAX_MINOR for cell in row)
            for row in values
        )
        return np.array(values, dtype=np.int64).reshape(len(values), width) if flat else None
    try:
        table = np.asarray(values) if hasattr(values, "__array__") else np.empty(0)
    except Exception:  # whatever a foreign array raises
        return None
    return table if table.ndim == 2 and table.shape[1] == width else None


class ByBytes:
    """What values made of arrays have in common: equal, and hashed, by the bytes; copied through the constructor.

    So a copy, or what comes out of a pickle, is checked and cannot be written to either.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return bytes_of(self) == bytes_of(other) if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(bytes_of(self))

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (type(self), fields_of(self))


def _rebuilt(kind: type[Any], fields: dict[str, Any]) -> Any:
    return kind(**fields)


def fields_of(value: Any) -> dict[str, Any]:
    """What the constructor takes, by name: pickling goes through it, so that a copy is checked and read-only too."""
    return {each.alias: getattr(value, each.name) for each in attrs.fields(type(value)) if each.init}


def bytes_of(value: Any) -> tuple[object, ...]:
    """What equality compares: the bytes of the arrays, and the other fields."""
    return tuple(
        (each.shape, each.tobytes()) if isinstance(each, np.ndarray) else each for each in fields_of(value).values()
    )
