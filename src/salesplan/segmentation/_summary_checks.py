"""What the columns of a customer summary must be, alone and beside each other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..columns import Days, EpochDays, Whole, day_number, day_numbers, whole_numbers
from ..errors import InvalidValue

if TYPE_CHECKING:
    from .summary import CustomerSummary

__all__ = ["check_rows", "found", "own_days", "own_ints"]

T = TypeVar("T", bound=np.generic)

_CODE: Final = "segmentation.summary"
_EPOCH: Final = date(1970, 1, 1)


def own_ints(values: object, *, name: str, low: int, size: int | None = None, code: str = _CODE) -> Whole:
    """An own, read-only column of whole numbers from *low* on."""
    return _own(whole_numbers(values, name=name, code=code, low=low, size=size), values)


def own_days(values: object, *, name: str, size: int, code: str = _CODE) -> Days:
    """An own, read-only column of days; whole numbers here are days since 1970-01-01."""
    numbers = isinstance(values, np.ndarray) and values.dtype.kind in "iu"
    return _own(day_numbers(EpochDays(values) if numbers else values, name=name, code=code, size=size), values)


def _own(column: NDArray[T], given: Any) -> NDArray[T]:
    """A copy, unless the array is read-only and nobody's view: then it is shared, as between two summaries."""
    if type(given) is np.ndarray and given.flags.owndata and not given.flags.writeable:
        return column
    own = column.copy()
    own.setflags(write=False)
    return own


def check_rows(
    summary: CustomerSummary, *, until: int, purchase_days: Whole | None, first_day_money: Whole | None
) -> date | None:
    """Refuse rows that contradict each other.

    Returns the day of the last row: the one given, or the last purchase where none was.
    """
    for name in ("customer", "unmatched_customer"):
        codes = getattr(summary, name)
        _refuse(codes[1:] <= codes[:-1], f"{name} must rise, each code once", after=1)
    _refuse(summary.first_day > summary.last_day, "first_day is after last_day")
    _refuse(summary.last_day > until, f"last_day is after {summary.as_of}")
    _refuse((summary.refunds > 0) != (summary.refund_orders > 0), "refunds and refund_orders do not fit")
    for name in ("", "unmatched_"):  # a refund is of one minor unit or more, and so is an order that is none of 0
        units, rows = getattr(summary, f"{name}refunds"), getattr(summary, f"{name}refund_orders")
        _refuse(units < rows, f"more {name}refund_orders than {name}refunds")
        if summary.refunds_rule.value == "refuse":
            _refuse(units > 0, f"{name}refunds that are refused")
    skips = summary.zero_rule.value == "skip"
    if summary.zero_orders and not skips:
        raise InvalidValue("zero_orders are those skipped, and none are", code=_CODE, value=summary.zero_orders)
    net = summary.refunds_rule.value == "subtract"
    least = summary.orders if skips else 0
    _refuse(summary.money < (least - summary.refunds if net else least), "money is less than was bought")
    if purchase_days is not None and first_day_money is not None:
        _refuse(purchase_days > summary.orders, "more purchase_days than orders")
        span = summary.last_day - summary.first_day
        _refuse((purchase_days - 1 > span) | ((purchase_days == 1) != (span == 0)), "purchase_days do not fit the days")
        bought = first_day_money - summary.refunds if net else first_day_money
        _refuse(bought > summary.money, "first_day_money is more than was bought")
        _refuse((purchase_days == 1) & (bought != summary.money), "first_day_money is all of the money of a single day")
    _refuse(found(summary.unmatched_customer, summary.customer) >= 0, "unmatched_customer has a purchase")
    last = int(summary.last_day.max()) if len(summary) else None
    if summary.last_row is None:
        return None if last is None else _EPOCH + timedelta(days=last)
    given = day_number(summary.last_row, name="last_row", code=_CODE)
    if given > until or (last is not None and given < last):
        raise InvalidValue(
            f"last_row must lie between the last purchase and {summary.as_of}: {summary.last_row}",
            code=_CODE,
            value=summary.last_row,
        )
    return summary.last_row


def found(codes: Whole, among: Whole) -> Whole:
    """The place of each code in a column that rises; -1 where it is not there."""
    if not among.size:
        return np.full(codes.size, -1, dtype=np.int64)
    places = np.minimum(np.searchsorted(among, codes), among.size - 1)
    return np.where(among[places] == codes, places, -1)


def _refuse(wrong: NDArray[np.bool_], why: str, *, after: int = 0) -> None:
    if wrong.any():
        row = int(np.argmax(wrong)) + after
        raise InvalidValue(f"{why}; row {row}", code=_CODE, value=row)
