"""What nested score levels mean in numbers: cuts of orders within a level of days, of money within a pair of levels."""

from __future__ import annotations

from typing import Final

import attrs
import numpy as np

from ..columns import Whole
from ..errors import InvalidValue, listed, require_int
from ..money import MAX_MINOR
from ._own_arrays import own_column, own_table
from ._quantile_cuts import passed
from .cuts import own_cuts

__all__ = ["NestedCuts"]

_CODE: Final = "segmentation.cuts"


@attrs.frozen(kw_only=True)
class NestedCuts:
    """As `Cuts`, but *orders* has a row of cuts for each level of days, *money* one for each pair of levels.

    Rows are in order of level: of days from 1 up, and for each of these of orders from 1 up.
    Law: with rows that are all the same, what `Cuts` says.
    Raises: InvalidType, InvalidValue for cuts that fall, rows of different length, or another number of rows.
    >>> cuts = NestedCuts(days_since_last=(30,), orders=((1,), (2,)), money=((100,), (200,), (300,), (400,)))
    >>> cuts.levels(np.array([[31, 2, 150], [30, 2, 350]])).tolist()
    [[1, 2, 1], [2, 1, 2]]
    """

    days_since_last: tuple[int, ...]
    orders: tuple[tuple[int, ...], ...]
    money: tuple[tuple[int, ...], ...]

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        keep(self, "days_since_last", own_cuts(self.days_since_last, name="days_since_last"))
        for name in ("orders", "money"):
            rows = listed(getattr(self, name), code=_CODE, name=name)
            keep(self, name, tuple(own_cuts(row, name=name) for row in rows))
            if len({len(row) for row in getattr(self, name)}) != 1:
                raise InvalidValue(f"{name} must be rows of one length", code=_CODE, value=None)
        r = len(self.days_since_last) + 1
        wanted = (r, r * (len(self.orders[0]) + 1))
        if (len(self.orders), len(self.money)) != wanted:
            raise InvalidValue(
                f"there must be {wanted[0]} rows of orders and {wanted[1]} of money, "
                f"not {len(self.orders)} and {len(self.money)}",
                code=_CODE,
                value=None,
            )

    def levels(self, values: Whole) -> Whole:
        """The levels of rows of days, orders and money.

        Raises: InvalidType, InvalidValue for anything but a table of three columns.
        """
        days, orders, money = own_table(values, width=3, name="values", code=_CODE, low=-MAX_MINOR).T
        r = len(self.days_since_last) - passed(days, [self.days_since_last]).astype(np.intp)
        f = passed(orders, self.orders, r).astype(np.intp)
        m = passed(money, self.money, r * (len(self.orders[0]) + 1) + f)
        return np.stack([r + 1, f + 1, m + 1], axis=1).astype(np.int64, copy=False)

    def starts(self, axis: int, numbers: Whole) -> Whole:
        """The first numbers of the bands of an axis but the lowest, rising, each once, for who has these *numbers*.

        Raises: InvalidType, InvalidValue for another axis, or anything but three numbers.
        """
        at = require_int(axis, code=_CODE, name="axis", low=0, high=2)
        row = own_column(numbers, name="numbers", code=_CODE, low=-MAX_MINOR, size=3)
        r, f, _ = (self.levels(row[np.newaxis])[0] - 1).tolist()
        cuts = (self.days_since_last, self.orders[r], self.money[r * (len(self.orders[0]) + 1) + f])[at]
        return np.unique(np.array([cut for cut in cuts if cut < MAX_MINOR], dtype=np.int64)) + 1
