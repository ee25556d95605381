"""What is offered as a column, as a plain array or a list: the first step of each gate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidType, InvalidValue, clip

__all__ = ["kind_of", "offered", "one_column", "read_only", "wrong_kind"]

_KINDS: Final = {"b": "truth values", "f": "floats", "c": "complex numbers", "M": "dates", "m": "durations"}


def offered(values: object, name: str, code: str) -> NDArray[Any] | list[Any]:
    """The column as a plain array, or as a list where it is Python's own."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        row = int(np.argwhere(np.ma.getmaskarray(values))[0][0])
        raise InvalidValue(f"{name} must have no holes; row {row} is masked", code=code, value=row)
    if not isinstance(values, type | str | bytes | bytearray | memoryview):
        try:
            if hasattr(values, "__array__"):
                return np.asarray(values)
            if isinstance(values, Sequence):
                return list(values)
        except Exception:  # whatever a foreign column raises
            pass
    raise InvalidType(f"{name} must be a column: a list or an array, not {clip(values)}", code=code, value=values)


def one_column(given: NDArray[Any] | list[Any], name: str, code: str, size: int | None) -> None:
    """Refuse tables, and columns of another length."""
    if isinstance(given, np.ndarray) and given.ndim != 1:
        raise InvalidValue(f"{name} must be one column, not {given.ndim}-dimensional", code=code, value=given.ndim)
    if size is not None and len(given) != size:
        raise InvalidValue(f"{name} must have {size:,} rows, not {len(given):,}", code=code, value=len(given))


def wrong_kind(given: NDArray[Any], wanted: str, code: str, hint: str = "") -> InvalidType:
    """The error for a column of another kind; of floats it names the first that is missing, as holes become NaN."""
    kind = _KINDS.get(given.dtype.kind, clip(str(given.dtype)))
    if not given.size:
        return InvalidType(f"{wanted}, not {kind}", code=code, value=None)
    row = int(np.argmax(~np.isfinite(given))) if given.dtype.kind == "f" else 0
    value = given[row].tolist()
    return InvalidType(f"{wanted}, not {kind}; row {row} is {clip(value)}{hint}", code=code, value=value)


def kind_of(value: object) -> str:
    """The name of its type, in short."""
    return type(value).__name__[:30]


def read_only(numbers: NDArray[Any]) -> NDArray[Any]:
    """The same memory, not to be written to through this array."""
    view = numbers.view()
    view.setflags(write=False)
    return view
