"""One code, as people write it or as it comes out of an array."""

from __future__ import annotations

import numpy as np

from ..errors import require_int
from ..money import MAX_MINOR

__all__ = ["one_code"]


def one_code(value: object, *, name: str, code: str) -> int:
    """A whole number from 0 on; numpy's own are taken too, as they come out of the arrays of every result.

    Raises: InvalidType for a bool, a float or anything else; InvalidValue for a number below 0 or past 63 bits.
    >>> one_code(np.int32(7), name="customer", code="orders.customer")
    7
    """
    plain = int(value) if isinstance(value, np.integer) else value
    return require_int(plain, code=code, name=name, low=0, high=MAX_MINOR)
