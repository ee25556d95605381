"""One row for each customer and day: the totals that merge however the rows were dealt out.

Orders and money add up, first and last days are found, but distinct days do not add: a customer who bought twice on one
day, once in each of two parts, has one purchase day and not two. So where rows come in any partition at all, keep the
days themselves. They cost a row for each customer and day instead of one for each customer, know no *as_of*, and give
the summary as of any day; rules for refunds and zero orders are chosen then.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Days, Whole, day_number
from ..display import Align, html_table, text_table
from ..errors import InvalidValue, clip, require_instance
from ..money import MAX_MINOR, Currency
from ._order_rows import checked_columns
from ._own_arrays import ByBytes
from ._place_sums import sums_at, total_of
from ._summary_checks import found, own_days, own_ints
from .summary import OVERFLOW, CustomerSummary, Detail, Refunds, ZeroOrders

__all__ = ["DailyTotals"]

_CODE: Final = "segmentation.daily"
_EPOCH: Final = date(1970, 1, 1)
_SUMS: Final = ("orders", "zero_orders", "refund_orders", "bought", "refunds")
_COLUMNS: Final = ("customer", "day", *_SUMS)


@attrs.frozen(kw_only=True, eq=False)
class DailyTotals(ByBytes):
    """One row for each *customer* and *day* with a row of any kind, by rising customer, then day; arrays, read-only.

    *orders* counts the amounts above 0 and *bought* is their sum, *zero_orders* those of 0, *refund_orders* those
    below, *refunds* the sum given back (0 or more).
    Raises: InvalidType, InvalidValue for columns that contradict each other, naming the row.
    """

    customer: Whole = attrs.field(repr=False)
    day: Days = attrs.field(repr=False)
    orders: Whole = attrs.field(repr=False)
    zero_orders: Whole = attrs.field(repr=False)
    refund_orders: Whole = attrs.field(repr=False)
    bought: Whole = attrs.field(repr=False)
    refunds: Whole = attrs.field(repr=False)
    currency: Currency | None = None

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        if self.currency is not None:
            require_instance(self.currency, Currency, code=_CODE, name="currency")
        keep(self, "customer", own_ints(self.customer, name="customer", low=0, code=_CODE))
        size = self.customer.size
        keep(self, "day", own_days(self.day, name="day", size=size, code=_CODE))
        for name in _SUMS:
            keep(self, name, own_ints(getattr(self, name), name=name, low=0, size=size, code=_CODE))
        rises = (self.customer[1:] > self.customer[:-1]) | (
            (self.customer[1:] == self.customer[:-1]) & (self.day[1:] > self.day[:-1])
        )
        _require(np.append(True, rises)[:size], "rows must rise by customer and day, each once")
        for name, count, units in (
            ("orders and bought", self.orders, self.bought),
            ("refunds and refund_orders", self.refund_orders, self.refunds),
        ):  # a row is of one minor unit or more
            _require(((count > 0) == (units > 0)) & (count <= units), f"{name} do not fit")
        _require(self.refund_orders <= MAX_MINOR - self.orders - self.zero_orders, "more rows than can be counted")
        _require((self.orders > 0) | (self.zero_orders > 0) | (self.refund_orders > 0), "a day without any row")

    def __len__(self) -> int:
        return len(self.customer)

    @classmethod
    def of(
        cls, *, customer: object, day: object, amount: object, currency: str | Currency | None = None
    ) -> DailyTotals:
        """The totals of rows that each say who paid what on which day; columns as `summarize` takes them.

        Law: the same bytes for any order of the rows, and for parts that are merged.
        Raises: InvalidType, InvalidValue for columns that are not such, or for a sum past 63 bits.
        >>> rows = {"customer": [7, 7, 7], "day": [date(2026, 6, 1)] * 3, "amount": [1990, 0, -500]}
        >>> totals = DailyTotals.of(**rows)
        >>> len(totals), totals.orders[0].item(), totals.bought[0].item(), totals.refunds[0].item()
        (1, 1, 1990, 500)
        """
        unit = None if currency is None else Currency.of(currency)
        who, days, amounts = checked_columns(customer=customer, day=day, amount=amount, code=_CODE)
        columns = {
            "orders": (amounts > 0).astype(np.int64),
            "zero_orders": (amounts == 0).astype(np.int64),
            "refund_orders": (amounts < 0).astype(np.int64),
            "bought": np.maximum(amounts, 0),
            "refunds": np.maximum(-amounts, 0),
        }
        return cls(**_summed(who.astype(np.int64, copy=False), days, columns), currency=unit)

    def merge(self, other: DailyTotals) -> DailyTotals:
        """The totals of both parts, whatever rows they were made of.

        Law: associative and commutative, and what one pass over all rows gives, to the byte.
        Raises: InvalidValue for two currencies, or a sum past 63 bits.
        """
        require_instance(other, DailyTotals, code=_CODE, name="the other part")
        if self.currency != other.currency:
            raise InvalidValue(
                f"the parts must have the same currency: {clip(str(self.currency))}, {clip(str(other.currency))}",
                code="segmentation.merge",
                value=other.currency,
            )
        both = {name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in _COLUMNS}
        return DailyTotals(**_summed(both.pop("customer"), both.pop("day"), both), currency=self.currency)

    def summarize(
        self,
        *,
        as_of: date,
        refunds: Refunds = Refunds.SUBTRACT,
        zero_orders: ZeroOrders = ZeroOrders.COUNT,
        detail: Detail = Detail.RFM,
    ) -> CustomerSummary:
        """The summary of all rows as of that day.

        Law: what `summarize` makes of the same rows, to the byte.
        Raises: InvalidValue for a refund that is not allowed, or a sum past 63 bits; InvalidType.
        """
        until = day_number(as_of, name="as_of", code=_CODE)
        require_instance(refunds, Refunds, code=_CODE, name="refunds")
        require_instance(zero_orders, ZeroOrders, code=_CODE, name="zero_orders")
        require_instance(detail, Detail, code=_CODE, name="detail")
        kept = self.day <= until
        counted = self.orders + self.zero_orders if zero_orders is ZeroOrders.COUNT else self.orders
        back = kept & (self.refund_orders > 0)
        if refunds is Refunds.REFUSE and back.any():
            code = int(self.customer[np.argmax(back)])
            raise InvalidValue(
                f"there must be no refunds; customer {code} has one", code="segmentation.refund", value=code
            )
        bought = np.flatnonzero(kept & (counted > 0))
        new = _changes(self.customer[bought])
        first = bought[new]
        last = bought[np.append(np.flatnonzero(new), bought.size)[1:] - 1]
        customer, group = self.customer[first], np.cumsum(new) - 1
        money = _sum(group, self.bought[bought], first.size)
        buyer = found(self.customer[back], customer)
        given_back = _sum(buyer[buyer >= 0], self.refunds[back][buyer >= 0], first.size)
        alone = np.flatnonzero(back)[buyer < 0]
        waiting = _changes(self.customer[alone])
        place = np.cumsum(waiting) - 1
        repeat = {"purchase_days": np.bincount(group, minlength=first.size), "first_day_money": self.bought[first]}
        return CustomerSummary(
            as_of=as_of,
            customer=customer,
            first_day=self.day[first],
            last_day=self.day[last],
            orders=_sum(group, counted[bought], first.size),
            money=money - given_back if refunds is Refunds.SUBTRACT else money,
            refunds=given_back,
            refund_orders=_sum(buyer[buyer >= 0], self.refund_orders[back][buyer >= 0], first.size),
            currency=self.currency,
            refunds_rule=refunds,
            zero_rule=zero_orders,
            last_row=_EPOCH + timedelta(days=int(self.day[kept].max())) if kept.any() else None,
            left_out=total_of(self._rows_of_a_day()[~kept]),
            zero_orders=total_of(self.zero_orders[kept]) if zero_orders is ZeroOrders.SKIP else 0,
            unmatched_customer=self.customer[alone][waiting],
            unmatched_refunds=_sum(place, self.refunds[alone], int(waiting.sum())),
            unmatched_refund_orders=_sum(place, self.refund_orders[alone], int(waiting.sum())),
            **repeat if detail is Detail.REPEAT else {},
        )

    def _rows_of_a_day(self) -> Whole:
        return self.orders + self.zero_orders + self.refund_orders

    def explain(self) -> str:
        """How many customers, days and rows, and what was bought and given back, one line each."""
        return text_table(self._rows(), align=[Align.LEFT, Align.RIGHT])

    def _repr_html_(self) -> str:
        return html_table(("", "total"), self._rows(), align=[Align.LEFT, Align.RIGHT])

    def _rows(self) -> list[tuple[str, str]]:
        many = int(np.count_nonzero(_changes(self.customer)))
        rows = [("customers", many), ("days of customers", len(self))]
        rows += [(name.replace("_", " "), total_of(getattr(self, name))) for name in _SUMS]
        return [(name, f"{number:,}") for name, number in rows]

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """One row for each customer and day, the day as a date."""
        columns = {name: getattr(self, name).copy() for name in _COLUMNS}
        return columns | {"day": self.day.astype("datetime64[D]")}


def _summed(customer: Whole, day: Days, columns: dict[str, Whole]) -> dict[str, Any]:
    """The sums of all rows of one customer and day, in order."""
    low = int(day.min(initial=0))
    width = (int(day.max(initial=low)) - low).bit_length()
    if int(customer.max(initial=0)).bit_length() + width < 64:
        order = np.argsort((customer << width) + (day - low))  # whichever of two equal ones comes first: they are added
    else:
        order = np.lexsort((day, customer))
    customer, day = customer[order], day[order]
    new = _changes(customer) | _changes(day)
    place, size = np.cumsum(new) - 1, int(np.count_nonzero(new))
    sums = {name: _sum(place, column[order], size) for name, column in columns.items()}
    return {"customer": customer[new], "day": day[new], **sums}


def _changes(column: NDArray[Any]) -> NDArray[np.bool_]:
    """Where a row differs from the one before it; the first does."""
    new = np.ones(column.size, dtype=np.bool_)
    new[1:] = column[1:] != column[:-1]
    return new


def _sum(place: Whole, column: Whole, size: int) -> Whole:
    return sums_at(place, column, size=size, name="the sum of a customer", code=OVERFLOW)


def _require(right: NDArray[np.bool_], why: str) -> None:
    if not right.all():
        row = int(np.argmin(right))
        raise InvalidValue(f"{why}; row {row}", code=_CODE, value=row)
