"""Two customer summaries as one.

Sums add, first and last days are the least and the greatest of both, and refunds that had no customer are given to the
customers who now have a row. Distinct purchase days add only where no day can be in both parts.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..columns import Days, Whole
from ..errors import InvalidValue, clip
from ..money import MAX_MINOR
from ._place_sums import sums_at
from ._summary_checks import found
from .summary import OVERFLOW, CustomerSummary, Detail, Refunds, SummaryError

__all__ = ["merged"]

_SAME: Final = ("as_of", "currency", "refunds_rule", "zero_rule", "detail")
_DAY: Final = np.iinfo(np.int32)


def merged(left: CustomerSummary, right: CustomerSummary) -> CustomerSummary:
    """The summary of both parts."""
    for name in _SAME:
        one, two = getattr(left, name), getattr(right, name)
        if one != two:
            raise InvalidValue(
                f"the parts must have the same {name}: {clip(str(one))}, {clip(str(two))}",
                code="segmentation.merge",
                value=two,
            )
    customer = _union(left.customer, right.customer)
    places = [found(part.customer, customer) for part in (left, right)]
    first, last = _days(left, right, places, customer.size)
    repeat: dict[str, Whole] = {}
    if left.detail is Detail.REPEAT:
        _refuse_overlap(left, right)
        repeat["purchase_days"] = _added(places, [left.purchase_days, right.purchase_days], customer, "purchase days")
        repeat["first_day_money"] = money = np.zeros(customer.size, dtype=np.int64)
        for part, place in zip((left, right), places, strict=True):
            early = part.first_day == first[place]
            money[place[early]] = part.first_day_money[early]
    sums = {
        name: _added(places, [getattr(left, name), getattr(right, name)], customer, name)
        for name in ("orders", "money", "refunds", "refund_orders")
    }
    waiting = _union(left.unmatched_customer, right.unmatched_customer)
    spots = [found(part.unmatched_customer, waiting) for part in (left, right)]
    refunds = _added(spots, [left.unmatched_refunds, right.unmatched_refunds], waiting, "refunds")
    rows = _added(spots, [left.unmatched_refund_orders, right.unmatched_refund_orders], waiting, "refund rows")
    at = found(waiting, customer)
    here = at >= 0
    if here.any():
        both = [np.arange(customer.size), at[here]]
        sums["refunds"] = _added(both, [sums["refunds"], refunds[here]], customer, "refunds")
        sums["refund_orders"] = _added(both, [sums["refund_orders"], rows[here]], customer, "refund rows")
        if left.refunds_rule is Refunds.SUBTRACT:
            sums["money"] = _added(both, [sums["money"], -refunds[here]], customer, "money")
    return CustomerSummary(
        as_of=left.as_of,
        customer=customer,
        first_day=first,
        last_day=last,
        currency=left.currency,
        refunds_rule=left.refunds_rule,
        zero_rule=left.zero_rule,
        last_row=max((part.last_row for part in (left, right) if part.last_row is not None), default=None),
        left_out=left.left_out + right.left_out,
        zero_orders=left.zero_orders + right.zero_orders,
        unmatched_customer=waiting[~here],
        unmatched_refunds=refunds[~here],
        unmatched_refund_orders=rows[~here],
        **sums,
        **repeat,
    )


def _union(left: Whole, right: Whole) -> Whole:
    """The codes of two columns that rise, as one."""
    if np.array_equal(left, right):
        return left
    codes = np.concatenate([left, right])
    codes.sort(kind="stable")  # which finds the two runs and merges them
    new = np.ones(codes.size, dtype=np.bool_)
    new[1:] = codes[1:] != codes[:-1]
    return codes[new]


def _days(left: CustomerSummary, right: CustomerSummary, places: list[Whole], size: int) -> tuple[Days, Days]:
    """The first and the last day of both."""
    first = np.full(size, _DAY.max, dtype=np.int32)
    last = np.full(size, _DAY.min, dtype=np.int32)
    for part, place in zip((left, right), places, strict=True):
        first[place] = np.minimum(first[place], part.first_day)
        last[place] = np.maximum(last[place], part.last_day)
    return first, last


def _refuse_overlap(left: CustomerSummary, right: CustomerSummary) -> None:
    """Refuse two parts that may hold the same day of one customer."""
    at = found(left.customer, right.customer)
    here = np.flatnonzero(at >= 0)
    there = at[here]
    over = (left.first_day[here] <= right.last_day[there]) & (right.first_day[there] <= left.last_day[here])
    if over.any():
        code = int(left.customer[here[np.argmax(over)]])
        raise SummaryError(
            f"customer {code} has days in both parts that overlap, and distinct days do not add: "
            "split by customer or time, or merge DailyTotals",
            code="segmentation.merge_overlap",
            value=code,
        )


def _added(places: list[Whole], columns: list[Whole], customer: Whole, name: str) -> Whole:
    """The sum of two columns, each at its own places.

    Raises: InvalidValue for a sum past 63 bits.
    """
    if sum(_largest(column) for column in columns) <= MAX_MINOR:
        total = np.zeros(customer.size, dtype=np.int64)
        for place, column in zip(places, columns, strict=True):
            total[place] += column
        return total
    return sums_at(np.concatenate(places), np.concatenate(columns), size=customer.size, name=name, code=OVERFLOW)


def _largest(column: Whole) -> int:
    return max(int(column.max(initial=0)), -int(column.min(initial=0)))
