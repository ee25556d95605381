"""Sums of 64-bit columns by group that are exact or refused, and shares of totals in exact order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..columns import Whole
from ..errors import InvalidValue
from ..money import MAX_MINOR

__all__ = ["grouped", "ratio_keys"]


def grouped(column: Whole, group: NDArray[np.integer], *, groups: int, code: str) -> Whole:
    """The sum of each group, from 0 on, of up to 2**31 rows.

    Raises: InvalidValue with *code* for a sum past 63 bits.
    """
    pieces = (column >> 42, (column >> 21) & 0x1FFFFF, column & 0x1FFFFF)  # 2**31 of 21 bits sum exactly in a float
    high, middle, low = (np.bincount(group, weights=piece, minlength=groups).tolist() for piece in pieces)
    sums = [(int(a) << 42) + (int(b) << 21) + int(c) for a, b, c in zip(high, middle, low, strict=True)]
    past = next((total for total in sums if not -MAX_MINOR <= total <= MAX_MINOR), None)
    if past is not None:
        raise InvalidValue("the sum is past 63 bits", code=code, value=past)
    return np.array(sums, dtype=np.int64)


def ratio_keys(numerators: Whole, denominators: Whole, *, code: str) -> tuple[Whole, Whole, Whole]:
    """Three columns that sort, one after the other, as the exact ratios do; equal ratios have equal keys.

    The denominators lie in 1..2**31: two fractions of such differ by 2**-62 or more, which the keys tell apart.
    Raises: InvalidValue with *code* for other denominators.
    """
    if denominators.size and not 1 <= int(denominators.min()) <= int(denominators.max()) <= 1 << 31:
        raise InvalidValue("a denominator lies in 1..2**31", code=code, value=int(denominators.max()))
    whole, rest = np.divmod(numerators, denominators)
    first, rest = np.divmod(rest << 31, denominators)
    return whole, first, (rest << 31) // denominators
