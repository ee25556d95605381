"""Sums of whole numbers that are exact or refused: int64 wraps around without a word, and floats lose minor units.

Below 2**53 in all, the floats of `bincount` are exact and quick. Above, the upper and lower 32 bits are added apart.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..columns import Whole
from ..errors import InvalidValue, clip
from ..money import MAX_MINOR

__all__ = ["sum_of", "sums_at", "total_of"]

_EXACT: Final = 2**53
_BITS: Final = 32
_LOW: Final = 2**_BITS - 1


def total_of(values: Whole) -> int:
    """The sum of all, of any size.

    >>> total_of(np.array([2**63 - 1, 2**63 - 1])) == 2**64 - 2
    True
    """
    return (int((values >> _BITS).sum()) << _BITS) + int((values & _LOW).sum())


def sum_of(values: Whole, *, name: str, code: str) -> int:
    """The sum of all, within 63 bits.

    Raises: InvalidValue for a sum outside the range of money.
    """
    total = total_of(values)
    if abs(total) > MAX_MINOR:
        raise _past(total, name, code)
    return total


def sums_at(places: NDArray[Any], values: Whole, *, size: int, name: str, code: str) -> Whole:
    """The sum of the *values* at each place below *size*.

    Raises: InvalidValue for a sum outside the range of money.
    >>> sums_at(np.array([0, 2, 0]), np.array([5, 7, -6]), size=3, name="money", code="cells.money").tolist()
    [-1, 0, 7]
    """
    most = max(int(values.max(initial=0)), -int(values.min(initial=0)))
    if most * values.size < _EXACT:
        return np.bincount(places, weights=values, minlength=size).astype(np.int64)
    high, low = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    np.add.at(high, places, values >> _BITS)
    np.add.at(low, places, values & _LOW)
    high += low >> _BITS
    low &= _LOW
    half = 1 << (_BITS - 1)
    wrong = (high < -half) | (high >= half) | ((high == -half) & (low == 0))  # -2**63 has no opposite
    if wrong.any():
        at = int(np.argmax(wrong))
        raise _past((int(high[at]) << _BITS) + int(low[at]), name, code)
    return (high << _BITS) + low


def _past(total: int, name: str, code: str) -> InvalidValue:
    return InvalidValue(f"{name} adds up to {clip(total)}, past {MAX_MINOR:,}", code=code, value=total)
