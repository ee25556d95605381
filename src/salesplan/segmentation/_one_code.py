"""One code, as people write it or as it comes out of an array, and its row."""

from __future__ import annotations

import numpy as np

from ..columns import Whole
from ..errors import NotFound, require_int
from ..money import MAX_MINOR

__all__ = ["one_code", "row_of"]


def one_code(value: object, *, name: str, code: str) -> int:
    """A whole number from 0 on; numpy's own are taken too, as they come out of the arrays of every result.

    Raises: InvalidType for a bool, a float or anything else; InvalidValue for a number below 0 or past 63 bits.
    >>> one_code(np.int32(7), name="customer", code="orders.customer")
    7
    """
    plain = int(value) if isinstance(value, np.integer) else value
    return require_int(plain, code=code, name=name, low=0, high=MAX_MINOR)


def row_of(customers: Whole, customer: object, *, code: str) -> int:
    """The row of a customer in a column that rises.

    Raises: NotFound, with *code* and ".unknown"; what `one_code` raises.
    >>> row_of(np.array([3, 7]), 7, code="orders")
    1
    """
    wanted = one_code(customer, name="customer", code=code)
    row = int(np.searchsorted(customers, wanted))
    if row == customers.size or int(customers[row]) != wanted:
        raise NotFound(f"no customer {wanted} is here", code=f"{code}.unknown", value=wanted)
    return row
