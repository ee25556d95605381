"""Ratios in exact order, as columns of whole numbers."""

from __future__ import annotations

import numpy as np

from ..columns import Whole
from ..errors import InvalidValue

__all__ = ["ratio_keys"]


def ratio_keys(numerators: Whole, denominators: Whole, *, code: str) -> tuple[Whole, Whole, Whole]:
    """Three columns that sort, one after the other, as the exact ratios do; equal ratios have equal keys.

    The denominators lie in 1..2**31: two fractions of such differ by 2**-62 or more, which the keys tell apart.
    Raises: InvalidValue with *code* for other denominators.
    """
    outside = (denominators < 1) | (denominators > 1 << 31)
    if outside.any():
        value = int(denominators[int(np.argmax(outside))])
        raise InvalidValue(f"a denominator lies in 1..2**31, not {value:,}", code=code, value=value)
    whole, rest = np.divmod(numerators, denominators)
    first, rest = np.divmod(rest << 31, denominators)
    return whole, first, (rest << 31) // denominators
