"""Columns of days of which some are missing: copied, read-only, NaT where there is none."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..columns import day_numbers
from ..errors import InvalidValue

__all__ = ["days_with_holes"]

_DAYS: Final = "datetime64[D]"


def days_with_holes(values: object, *, name: str, code: str, size: int) -> NDArray[np.datetime64]:
    """An own column of *size* dates; None and NaT are no day, and so is what an array masks.

    Raises: InvalidType, InvalidValue for anything else, with *code*.
    """
    known, missing = _known(values)
    if missing.size != size and not (missing.size == 0 and known is values):
        raise InvalidValue(f"{name} must have {size:,} rows, not {missing.size:,}", code=code, value=missing.size)
    numbers = day_numbers(known, name=name, code=code, size=size - int(np.count_nonzero(missing)))
    days = np.full(size, np.datetime64("NaT"), dtype=_DAYS)
    days[~missing if missing.size else slice(None)] = numbers.astype(_DAYS)
    days.setflags(write=False)
    return days


def _known(values: object) -> tuple[object, NDArray[np.bool_]]:
    """The values that are there, and which rows have none; whatever cannot have holes, as it is."""
    if isinstance(values, np.ndarray) and values.dtype.kind == "M" and values.ndim == 1:
        masked = isinstance(values, np.ma.MaskedArray)
        plain = np.asarray(values)
        missing = np.isnat(plain) | (np.ma.getmaskarray(values) if masked else False)
        return plain[~missing], missing
    if isinstance(values, list | tuple):
        missing = np.array([each is None or _is_nat(each) for each in values], dtype=np.bool_)
        return [each for each, gone in zip(values, missing.tolist(), strict=True) if not gone], missing
    return values, np.zeros(0, dtype=np.bool_)


def _is_nat(value: object) -> bool:
    return isinstance(value, np.datetime64) and bool(np.isnat(value))
