"""What score levels mean in numbers: the cuts between them, axis by axis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs
import numpy as np

from ..columns import Whole
from ..errors import InvalidValue, listed, require_int
from ..money import MAX_MINOR
from ._own_arrays import own_table
from .scores import MOST_LEVELS

__all__ = ["Cuts", "own_cuts"]

_CODE: Final = "segmentation.cuts"


@attrs.frozen(kw_only=True)
class Cuts:
    """A number above a cut has passed it. Of days, fewer are better, of orders and money (minor units) more.

    Law: level = 1 + cuts passed, and for days the highest level - cuts passed. Equal cuts leave a level out.
    Raises: InvalidType, InvalidValue for cuts that fall, or 100 of an axis and more.
    >>> cuts = Cuts(days_since_last=(7, 30), orders=(1, 2), money=(30000, 50000))
    >>> cuts.level(0, 7), cuts.level(0, 8), cuts.level(1, 2), cuts.level(1, 3)
    (3, 2, 2, 3)
    """

    days_since_last: tuple[int, ...]
    orders: tuple[int, ...]
    money: tuple[int, ...]

    def __attrs_post_init__(self) -> None:
        for name in ("days_since_last", "orders", "money"):
            object.__setattr__(self, name, own_cuts(getattr(self, name), name=name))

    def level(self, axis: int, number: int) -> int:
        """The level of a number on the axis of days (0), orders (1) or money (2).

        Raises: InvalidType, InvalidValue for another axis, or what is no whole number.
        """
        value = require_int(number, code=_CODE, name="a number")
        passed = sum(cut < value for cut in self._on(axis))
        return len(self.days_since_last) + 1 - passed if axis == 0 else passed + 1

    def levels(self, values: Whole) -> Whole:
        """The levels of rows of days, orders and money.

        Raises: InvalidType, InvalidValue for anything but a table of three columns.
        """
        values = own_table(values, width=3, name="values", code=_CODE, low=-MAX_MINOR)
        days, orders, money = (
            np.searchsorted(np.array(cuts, dtype=np.int64), values[:, at], side="left")
            for at, cuts in enumerate(self._axes())
        )
        return np.stack([len(self.days_since_last) + 1 - days, orders + 1, money + 1], axis=1)

    def starts(self, axis: int) -> Whole:
        """The first numbers of the bands of an axis but the lowest, rising, each once."""
        return np.unique(np.array([cut for cut in self._on(axis) if cut < MAX_MINOR], dtype=np.int64)) + 1

    def _on(self, axis: int) -> tuple[int, ...]:
        return self._axes()[require_int(axis, code=_CODE, name="axis", low=0, high=2)]

    def _axes(self) -> tuple[tuple[int, ...], ...]:
        return self.days_since_last, self.orders, self.money


def own_cuts(given: Iterable[int], *, name: str) -> tuple[int, ...]:
    """Checked cuts of one axis, which do not fall."""
    cuts = listed(given, code=_CODE, name=name)
    for cut in cuts:
        require_int(cut, code=_CODE, name=name, low=-MAX_MINOR, high=MAX_MINOR)
    if list(cuts) != sorted(cuts):
        raise InvalidValue(f"the cuts of {name} must not fall", code=_CODE, value=cuts)
    if len(cuts) >= MOST_LEVELS:
        raise InvalidValue(f"at most {MOST_LEVELS - 1} cuts of {name}, not {len(cuts)}", code=_CODE, value=len(cuts))
    return cuts
