"""On which days each customer bought: what the rhythm of a customer and the way back to them are read from.

A set of pairs of customer and day. Two sets merge to their union, whatever rows they share, so it does not matter how
the orders were cut into parts. Refunds are no purchases, and are for the caller to leave out; rows after *as_of* are
not known yet, and only counted.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole, day_number
from ..display import html_table
from ..errors import InvalidValue, require_instance, require_int
from ..money import MAX_MINOR
from ._grain import counted
from ._one_code import one_code
from ._order_rows import OrderRows
from ._own_arrays import ByBytes, own_column
from .summary import Refunds, ZeroOrders

__all__ = ["PurchaseDays", "purchase_days"]

_CODE: Final = "segmentation.purchase_days"
_FIRST: Final = day_number(date.min, name="first", code=_CODE)
_DAYS: Final = "datetime64[D]"


@attrs.frozen(kw_only=True, eq=False)
class PurchaseDays(ByBytes):
    """Pairs of *customer* and *day* (since 1970-01-01), rising, each once; *left_out* rows came after *as_of*.

    Raises: InvalidValue for pairs that do not rise, or a day after *as_of*.
    """

    as_of: date
    customer: Whole = attrs.field(repr=False)
    day: Whole = attrs.field(repr=False)
    left_out: int = 0
    starts: Whole = attrs.field(init=False, repr=False)
    stops: Whole = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        until = day_number(self.as_of, name="as_of", code=_CODE)
        require_int(self.left_out, code=_CODE, name="left_out", low=0, high=MAX_MINOR)
        keep(self, "customer", own_column(self.customer, name="customer", code=_CODE))
        size = self.customer.size
        keep(self, "day", own_column(self.day, name="day", code=_CODE, low=_FIRST, size=size))
        same = self.customer[1:] == self.customer[:-1]
        if (self.customer[1:] < self.customer[:-1]).any() or (same & (self.day[1:] <= self.day[:-1])).any():
            raise InvalidValue("pairs of customer and day must rise, each once", code=_CODE, value=None)
        if size and int(self.day.max()) > until:
            raise InvalidValue(f"a purchase after {self.as_of} is not known yet", code=_CODE, value=self.as_of)
        edges = np.concatenate([[0], np.flatnonzero(~same) + 1, [size]]) if size else np.zeros(1, dtype=np.int64)
        for name, column in (("starts", edges[:-1]), ("stops", edges[1:])):
            column.setflags(write=False)
            keep(self, name, column)

    @property
    def customers(self) -> Whole:
        """Who has bought, rising."""
        return self.customer[self.starts]

    @property
    def first_day(self) -> NDArray[np.datetime64]:
        """The first purchase day of each of `customers`."""
        return self.day[self.starts].astype(_DAYS)

    @property
    def last_day(self) -> NDArray[np.datetime64]:
        """The last purchase day of each of `customers`."""
        return self.day[self.stops - 1].astype(_DAYS)

    @property
    def previous_last_day(self) -> NDArray[np.datetime64]:
        """The purchase day before the last one of each of `customers`; NaT where there is only one."""
        several = self.stops - self.starts > 1
        days = np.full(several.size, np.datetime64("NaT"), dtype=_DAYS)
        days[several] = self.day[self.stops[several] - 2].astype(_DAYS)
        return days

    @property
    def gaps(self) -> Whole:
        """How many gaps between purchase days each of `customers` has."""
        return self.stops - self.starts - 1

    @property
    def doubled_median_gap(self) -> Whole:
        """Twice the median of the gaps of each of `customers`, which is whole; 0 where there is none."""
        gap = np.diff(self.day)
        inside = self.customer[1:] == self.customer[:-1]
        gap, whose = gap[inside], self.customer[1:][inside]
        gap = gap[np.lexsort((gap, whose))]
        many = self.gaps
        first = np.cumsum(many) - many
        doubled = np.zeros(many.size, dtype=np.int64)
        some = many > 0
        low, high = first[some] + (many[some] - 1) // 2, first[some] + many[some] // 2
        doubled[some] = gap[low] + gap[high]
        return doubled

    def merge(self, other: PurchaseDays) -> PurchaseDays:
        """The days of both parts.

        Law: associative and commutative, and what one pass over all rows gives.
        Raises: InvalidValue for another *as_of*.
        """
        require_instance(other, PurchaseDays, code=_CODE, name="the other part")
        if other.as_of != self.as_of:
            raise InvalidValue(f"as of {self.as_of}, and as of {other.as_of}", code=_CODE, value=other.as_of)
        customer, day = _each_once(
            np.concatenate([self.customer, other.customer]), np.concatenate([self.day, other.day])
        )
        return PurchaseDays(as_of=self.as_of, customer=customer, day=day, left_out=self.left_out + other.left_out)

    def days_of(self, customer: int) -> tuple[date, ...]:
        """The purchase days of one customer, rising; none for an unknown one.

        Raises: InvalidType, InvalidValue for what is no code.
        """
        code = one_code(customer, name="customer", code=_CODE)
        low, high = (int(np.searchsorted(self.customer, code, side=side)) for side in ("left", "right"))
        return tuple(self.day[low:high].astype(_DAYS).tolist())

    def explain(self) -> str:
        """How many customers on how many days."""
        left = f"; {counted(self.left_out, 'row')} after that day left out" if self.left_out else ""
        who, when = counted(self.starts.size, "customer"), counted(self.day.size, "purchase day")
        return f"{who} on {when} up to {self.as_of}{left}"

    def _repr_html_(self) -> str:
        return html_table(("purchase days",), [(self.explain(),)])

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """The pairs: *customer* and *day*."""
        return {"customer": self.customer.copy(), "day": self.day.astype(_DAYS)}


def purchase_days(
    *,
    customer: object,
    day: object,
    amount: object,
    as_of: date,
    zero_orders: ZeroOrders = ZeroOrders.COUNT,
) -> PurchaseDays:
    """The purchase days in rows that each say who paid what on which day; columns as `summarize` takes them.

    A negative amount is a refund, and no purchase.
    Law: a permutation of the rows gives the same bytes, and so does another amount above 0; the customers and days are
    those of `summarize`.
    Raises: InvalidType, InvalidValue for columns that are not such, or of different length.
    >>> days = [date(2026, 1, 5), date(2026, 1, 5), date(2026, 2, 4), date(2026, 2, 9), date(2026, 7, 1)]
    >>> found = purchase_days(customer=[7] * 5, day=days, amount=[990, 500, 0, -500, 990], as_of=date(2026, 6, 30))
    >>> print(found.explain())
    1 customer on 2 purchase days up to 2026-06-30; 1 row after that day left out
    """
    rows = OrderRows.of(
        customer=customer,
        day=day,
        amount=amount,
        as_of=as_of,
        refunds=Refunds.SEPARATE,
        zero=zero_orders,
        code=_CODE,
    )
    bought = rows.purchases(rows.customer)
    who, days = _each_once(bought.place.astype(np.int64, copy=False), bought.day.astype(np.int64, copy=False))
    return PurchaseDays(as_of=as_of, customer=who, day=days, left_out=rows.many_late())


def _each_once(customer: Whole, day: Whole) -> tuple[Whole, Whole]:
    order = np.lexsort((day, customer))
    customer, day = customer[order], day[order]
    new = np.ones(customer.size, dtype=np.bool_)
    new[1:] = (customer[1:] != customer[:-1]) | (day[1:] != day[:-1])
    return customer[new], day[new]
