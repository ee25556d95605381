"""Checked rows of orders, and the purchases among them in blocks: what is computed of a block stays in the cache."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Codes, Days, Whole, codes, day_number, day_numbers, whole_numbers
from ..errors import InvalidValue, require_instance
from ._gates import AMOUNTS
from .summary import Refunds, ZeroOrders

__all__ = ["OrderRows", "Purchases", "checked_columns"]

_BLOCK: Final = 1 << 16
_PLENTY: Final = 1 << 20
_NEVER: Final = int(np.iinfo(np.int32).min)


def checked_columns(*, customer: object, day: object, amount: object, code: str) -> tuple[Codes, Days, Whole]:
    """The three columns of rows of orders, of one length.

    Raises: InvalidType, InvalidValue for columns that are not such, naming the first row at fault.
    """
    who = codes(customer, name="customer", code=code)
    return (
        who,
        day_numbers(day, name="day", code=code, size=who.size),
        whole_numbers(amount, name="amount", code=code, size=who.size, way_out=AMOUNTS),
    )


@attrs.frozen(eq=False)
class Purchases:
    """Columns of one length, of which *place* is where a customer stands in a table."""

    place: Codes
    day: Days
    amount: Whole

    def blocks(self) -> Iterator[tuple[NDArray[np.intp], slice]]:
        """Block by block, the places as indices, in an array that is used again."""
        indices = np.empty(min(_BLOCK, self.place.size), dtype=np.intp)
        for start in range(0, self.place.size, _BLOCK):
            block = slice(start, start + _BLOCK)
            index = indices[: self.place[block].size]
            index[:] = self.place[block]
            yield index, block


@attrs.frozen(eq=False)
class OrderRows:
    """Columns of one length; an amount of *least* or more, up to the day *until*, is a purchase."""

    customer: Codes
    day: Days
    amount: Whole
    until: int
    least: int
    lowest: int = attrs.field(init=False)
    latest: int = attrs.field(init=False)
    highest: int = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        keep(self, "lowest", int(self.amount.min(initial=0)))
        keep(self, "highest", int(self.amount.max(initial=0)))
        keep(self, "latest", int(self.day.max(initial=_NEVER)))

    @classmethod
    def of(
        cls,
        *,
        customer: object,
        day: object,
        amount: object,
        as_of: date,
        refunds: Refunds,
        zero: ZeroOrders,
        code: str,
    ) -> OrderRows:
        """The rows of three columns, checked.

        Raises: InvalidValue for a refund where there must be none; what `checked_columns` raises.
        """
        until = day_number(as_of, name="as_of", code=code)
        require_instance(refunds, Refunds, code=code, name="refunds")
        require_instance(zero, ZeroOrders, code=code, name="zero_orders")
        who, days, amounts = checked_columns(customer=customer, day=day, amount=amount, code=code)
        rows = cls(who, days, amounts, until, 0 if zero is ZeroOrders.COUNT else 1)
        if refunds is Refunds.REFUSE:
            back = rows.refunds()
            if back.size:
                row = int(back[0])
                raise InvalidValue(
                    f"there must be no refunds; row {row} is {amounts[row]}", code="segmentation.refund", value=row
                )
        return rows

    def purchases(self, places: Codes) -> Purchases:
        """The purchases, at the *places* of their customers; a copy only where there are other rows among them."""
        if self.lowest >= self.least and self.latest <= self.until:
            return Purchases(places, self.day, self.amount)
        kept = (self.amount >= self.least) & (self.day <= self.until)
        return Purchases(places[kept], self.day[kept], self.amount[kept])

    def refunds(self) -> NDArray[np.intp]:
        """The rows that give money back, up to the day."""
        if self.lowest >= 0:
            return np.empty(0, dtype=np.intp)
        parts = self._parts()
        return np.concatenate([np.flatnonzero((amount < 0) & (day <= self.until)) + at for at, day, amount in parts])

    def many_zeros(self) -> int:
        """How many rows are of no money, up to the day."""
        return sum(int(np.count_nonzero((amount == 0) & (day <= self.until))) for _, day, amount in self._parts())

    def many_late(self) -> int:
        """How many rows lie after the day."""
        if self.latest <= self.until:
            return 0
        return sum(int(np.count_nonzero(day > self.until)) for _, day, _ in self._parts())

    def last_day(self) -> int | None:
        """The day of the last row of any kind up to the day."""
        last = self.latest
        if last > self.until:
            last = max(int(day[day <= self.until].max(initial=_NEVER)) for _, day, _ in self._parts())
        return None if last == _NEVER else last

    def _parts(self) -> Iterator[tuple[int, Days, Whole]]:
        for start in range(0, self.amount.size, _PLENTY):
            yield start, self.day[start : start + _PLENTY], self.amount[start : start + _PLENTY]
