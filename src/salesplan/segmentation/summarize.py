"""From rows of orders to one row a customer, in one pass over the rows.

Each row says that a customer paid an amount on a day. A positive amount is a purchase; an amount of 0 is one too,
unless zero orders are skipped; a negative amount is a refund, never a purchase. Rows after *as_of* are left out of
everything at once, and counted: else a customer would have the money of one day and the last purchase of another. A row
is an order: lines of one order are added up before.

Codes that are dense are places in tables, one for each number that is kept, and each table is filled in a pass of its
own: rows come in no order, so what costs is the access to the table, and one table fits the cache where four do not.
The greatest count times the greatest amount bounds any sum of money, and says how wide its table must be: 32 bits, 64,
or two halves. Sparse codes are numbered first, which is a sort.

Left out: order ids, several currencies in one column, averages (money and orders say more).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Codes, Whole
from ..errors import require_instance
from ..money import MAX_MINOR, Currency
from ._order_rows import OrderRows, Purchases
from ._place_sums import sums_at
from .summary import OVERFLOW, CustomerSummary, Days, Detail, Refunds, ZeroOrders

__all__ = ["summarize"]

_CODE: Final = "segmentation.summarize"
_INT32: Final = np.iinfo(np.int32)
_EPOCH: Final = date(1970, 1, 1)


def summarize(
    *,
    customer: object,
    day: object,
    amount: object,
    as_of: date,
    refunds: Refunds = Refunds.SUBTRACT,
    zero_orders: ZeroOrders = ZeroOrders.COUNT,
    detail: Detail = Detail.RFM,
    currency: str | Currency | None = None,
) -> CustomerSummary:
    """The customers of rows that each say who paid what on which day; a row is one order, not a line of one.

    Units: whole codes from 0 on (`columns.encode` makes them of names), dates without a time, minor units; rows in any
    order. Columns of int32 codes, `EpochDays` in int32 and int64 amounts are read as they are.
    Law: the same bytes for any order of the rows, for `DailyTotals`, and for parts that are merged.
    Raises: InvalidType, InvalidValue for columns that are not such, of different length, for a refund that is not
    allowed, or a sum past 63 bits.
    >>> summary = summarize(
    ...     customer=[7, 7, 8, 7], amount=[1990, 500, 900, -500], as_of=date(2026, 6, 30),
    ...     day=[date(2026, 6, 1), date(2026, 6, 20), date(2026, 7, 1), date(2026, 6, 21)],
    ... )
    >>> summary.customer, summary.orders, summary.money, summary.days_since_last, summary.left_out
    (array([7]), array([2]), array([1990]), array([10]), 1)
    """
    require_instance(detail, Detail, code=_CODE, name="detail")
    unit = None if currency is None else Currency.of(currency)
    rows = OrderRows.of(
        customer=customer, day=day, amount=amount, as_of=as_of, refunds=refunds, zero=zero_orders, code=_CODE
    )
    names, places, size = _places(rows.customer)
    purchases = rows.purchases(places)
    bought = _bought(purchases, size, rows.highest)
    given_back, refund_rows = _given_back(rows, places, size)
    buyers = np.flatnonzero(bought.orders)
    waiting = np.flatnonzero((refund_rows > 0) & (bought.orders == 0)) if rows.lowest < 0 else buyers[:0]
    columns: dict[str, NDArray[Any]] = {
        "first_day": bought.first,
        "last_day": bought.last,
        "orders": bought.orders,
        "money": bought.money - given_back if refunds is Refunds.SUBTRACT else bought.money,
        "refunds": given_back,
        "refund_orders": refund_rows,
    }
    if detail is Detail.REPEAT:
        columns["purchase_days"], columns["first_day_money"] = _repeat(purchases, bought)
    last = rows.last_day()
    return CustomerSummary(
        as_of=as_of,
        customer=buyers if names is None else names[buyers],
        currency=unit,
        refunds_rule=refunds,
        zero_rule=zero_orders,
        last_row=None if last is None else _EPOCH + timedelta(days=last),
        left_out=rows.many_late(),
        zero_orders=rows.many_zeros() if zero_orders is ZeroOrders.SKIP else 0,
        unmatched_customer=waiting if names is None else names[waiting],
        unmatched_refunds=given_back[waiting],
        unmatched_refund_orders=refund_rows[waiting],
        **{name: _sealed(each if buyers.size == size else each[buyers]) for name, each in columns.items()},
    )


def _sealed(column: NDArray[Any]) -> NDArray[Any]:
    """The column, which nobody else has, for the summary to keep without a copy."""
    column.setflags(write=False)
    return column


def _places(customer: Codes) -> tuple[Whole | None, Codes, int]:
    """The codes that the places stand for (None where they are the codes), the place of each row, and how many."""
    highest = int(customer.max(initial=-1))
    if highest < 2 * customer.size + 1024:
        return None, customer, highest + 1
    names, places = np.unique(customer, return_inverse=True)
    return names.astype(np.int64, copy=False), places.astype(np.int64, copy=False), names.size


@attrs.frozen(eq=False)
class _Bought:
    """What was bought at each place; *first* and *last* mean nothing where there are no *orders*."""

    orders: Whole
    money: Whole
    first: Days
    last: Days


def _bought(rows: Purchases, size: int, highest: int) -> _Bought:
    """Orders, money, first and last day."""
    orders = np.zeros(size, dtype=np.int32)
    last = np.full(size, _INT32.min, dtype=np.int32)
    first = np.full(size, _INT32.max, dtype=np.int32)
    one = np.ones(1, dtype=np.int32)
    for index, _ in rows.blocks():
        np.add.at(orders, index, np.broadcast_to(one, index.shape))
    for index, block in rows.blocks():
        np.maximum.at(last, index, rows.day[block])
    for index, block in rows.blocks():
        np.minimum.at(first, index, rows.day[block])
    most = int(orders.max(initial=0)) * highest
    if most > MAX_MINOR:
        name = "the money of a customer"
        money = sums_at(rows.place.astype(np.intp), rows.amount, size=size, name=name, code=OVERFLOW)
    else:
        width = np.int32 if most <= _INT32.max else np.int64
        sums = np.zeros(size, dtype=width)
        for index, block in rows.blocks():
            np.add.at(sums, index, rows.amount[block].astype(width, copy=False))
        money = sums.astype(np.int64)
    return _Bought(orders.astype(np.int64), money, first, last)


def _given_back(rows: OrderRows, places: Codes, size: int) -> tuple[Whole, Whole]:
    """The refunds at each place, and in how many rows."""
    found = rows.refunds()
    if not found.size:
        return np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    where = places[found].astype(np.intp)
    name = "the refunds of a customer"
    return (
        sums_at(where, -rows.amount[found], size=size, name=name, code=OVERFLOW),
        np.bincount(where, minlength=size).astype(np.int64, copy=False),
    )


def _repeat(rows: Purchases, bought: _Bought) -> tuple[Whole, Whole]:
    """The distinct purchase days at each place, and the money of the first of them."""
    size = bought.orders.size
    low = int(rows.day.min(initial=0))
    width = (int(rows.day.max(initial=low)) - low).bit_length()
    keys = np.empty(rows.day.size, dtype=np.int64)  # a place and a day each
    money = np.zeros(size, dtype=np.int64)
    for index, block in rows.blocks():
        day, amount = rows.day[block], rows.amount[block]
        keys[block] = (index << width) + (day - low)
        early = day == bought.first[index]
        np.add.at(money, index[early], amount[early])  # no more than all of the money, which fits
    keys.sort()
    new = np.ones(keys.size, dtype=np.bool_)
    new[1:] = keys[1:] != keys[:-1]
    return np.bincount(keys[new] >> width, minlength=size).astype(np.int64, copy=False), money
