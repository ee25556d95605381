"""Customers in a few whole numbers each: what all of segmentation works on, and what merges exactly.

One row for each customer who has bought, sorted by code, whatever order the orders came in. Days are numbers since
1970-01-01, money is whole minor units, and everything is an integer, so that the summary of two parts is the sum of
their summaries. Two meanings of the same words are kept apart by name:

    marketing            `days_since_last` (as_of - last day), `orders`, `money`
    repeat purchase      `repeat_days` (purchase days after the first), `last_repeat` (last - first),
                         `age` (as_of - first), `repeat_money` (money after the first day)

A refund is never a purchase: it makes no order and no day. Who has only refunds so far has no first day, so there is no
row; the refunds wait apart, as *unmatched*, and find their customer when a part with the purchase is merged.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum
from typing import Any, Final, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Days, Reals, day_number
from ..display import Align, html_table, text_table
from ..errors import InvalidValue, SalesplanError, require_instance, require_int
from ..money import MAX_MINOR, Currency, Money
from ._own_arrays import ByBytes
from ._place_sums import total_of
from ._summary_checks import check_rows, own_days, own_ints

__all__ = ["OVERFLOW", "CustomerSummary", "Days", "Detail", "Ints", "Refunds", "SummaryError", "ZeroOrders"]

Ints: TypeAlias = NDArray[np.int64]

OVERFLOW: Final = "segmentation.overflow"
_CODE: Final = "segmentation.summary"


class SummaryError(SalesplanError, ValueError):
    """Something that a summary cannot say exactly: days that do not add, a number not kept."""


class Refunds(Enum):
    """What a negative amount does to *money*."""

    SUBTRACT = "subtract"
    """Money is net: refunds are taken off, so it can be negative."""
    SEPARATE = "separate"
    """Money is gross: refunds stand beside it."""
    REFUSE = "refuse"
    """There must be none."""


class ZeroOrders(Enum):
    """What an amount of 0 is."""

    COUNT = "count"
    """A purchase like any other: an order and a day."""
    SKIP = "skip"
    """Nothing: a sample, a voucher, a correction."""


class Detail(Enum):
    """What is kept of each customer."""

    RFM = "rfm"
    """First and last day, orders and money. Any two parts merge."""
    REPEAT = "repeat"
    """Also the purchase days and the money of the first day. Parts merge where their days of a customer are apart."""


def _none() -> Ints:
    return np.empty(0, dtype=np.int64)


@attrs.frozen(kw_only=True, eq=False)
class CustomerSummary(ByBytes):
    """One row a customer, by rising *customer* code; arrays of one length, read-only.

    *orders* counts purchases (no refunds), *money* is net of refunds or gross, as *refunds_rule* says, *refunds* the
    money given back (0 or more), *refund_orders* how many rows gave it back; *purchase_days* are distinct days with a
    purchase; *first_day_money* what was bought on the first of them. *first_day* and *last_day* are those of purchases.
    *last_row* is the day of the last row of any kind up to *as_of*, *left_out* counts the rows after it, *zero_orders*
    the rows of 0 that were skipped. The *unmatched* arrays are refunds of customers without a purchase.
    Raises: InvalidType, InvalidValue for columns that contradict each other, naming the row.
    """

    as_of: date
    customer: Ints = attrs.field(repr=False)
    first_day: Days = attrs.field(repr=False)
    last_day: Days = attrs.field(repr=False)
    orders: Ints = attrs.field(repr=False)
    _purchase_days: Ints | None = attrs.field(default=None, repr=False)
    money: Ints = attrs.field(repr=False)
    refunds: Ints = attrs.field(repr=False)
    refund_orders: Ints = attrs.field(repr=False)
    _first_day_money: Ints | None = attrs.field(default=None, repr=False)
    currency: Currency | None = None
    refunds_rule: Refunds = Refunds.SUBTRACT
    zero_rule: ZeroOrders = ZeroOrders.COUNT
    last_row: date | None = None
    left_out: int = 0
    zero_orders: int = 0
    unmatched_customer: Ints = attrs.field(factory=_none, repr=False)
    unmatched_refunds: Ints = attrs.field(factory=_none, repr=False)
    unmatched_refund_orders: Ints = attrs.field(factory=_none, repr=False)

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        until = day_number(self.as_of, name="as_of", code=_CODE)
        if self.currency is not None:
            require_instance(self.currency, Currency, code=_CODE, name="currency")
        require_instance(self.refunds_rule, Refunds, code=_CODE, name="refunds_rule")
        require_instance(self.zero_rule, ZeroOrders, code=_CODE, name="zero_rule")
        for name in ("left_out", "zero_orders"):
            keep(self, name, require_int(getattr(self, name), code=_CODE, name=name, low=0, high=MAX_MINOR))
        keep(self, "customer", own_ints(self.customer, name="customer", low=0))
        size = self.customer.size
        for name in ("first_day", "last_day"):
            keep(self, name, own_days(getattr(self, name), name=name, size=size))
        least = {"orders": 1, "money": -MAX_MINOR, "refunds": 0, "refund_orders": 0}
        for name, low in least.items():
            keep(self, name, own_ints(getattr(self, name), name=name, low=low, size=size))
        if (self._purchase_days is None) != (self._first_day_money is None):
            raise InvalidValue("purchase_days and first_day_money are kept together", code=_CODE, value=None)
        if self._purchase_days is not None:
            keep(self, "_purchase_days", own_ints(self._purchase_days, name="purchase_days", low=1, size=size))
            keep(self, "_first_day_money", own_ints(self._first_day_money, name="first_day_money", low=0, size=size))
        keep(self, "unmatched_customer", own_ints(self.unmatched_customer, name="unmatched_customer", low=0))
        for name, low in {"unmatched_refunds": 1, "unmatched_refund_orders": 1}.items():
            column = own_ints(getattr(self, name), name=name, low=low, size=self.unmatched_customer.size)
            keep(self, name, column)
        last = check_rows(self, until=until, purchase_days=self._purchase_days, first_day_money=self._first_day_money)
        keep(self, "last_row", last)

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def detail(self) -> Detail:
        """Whether purchase days and the money of the first day were kept."""
        return Detail.RFM if self._purchase_days is None else Detail.REPEAT

    @property
    def purchase_days(self) -> Ints:
        """The distinct days with a purchase.

        Raises: SummaryError where the detail is RFM.
        """
        return self._kept(self._purchase_days, "purchase days")

    @property
    def first_day_money(self) -> Ints:
        """What was bought on the first day, gross.

        Raises: SummaryError where the detail is RFM.
        """
        return self._kept(self._first_day_money, "the money of the first day")

    def _kept(self, column: Ints | None, name: str) -> Ints:
        if column is None:
            raise SummaryError(
                f"{name}: not kept in this summary; summarize with detail=Detail.REPEAT",
                code="segmentation.detail",
                value=self.detail,
            )
        return column

    @property
    def days_since_last(self) -> Ints:
        """Recency in the marketing sense: days from the last purchase to *as_of*; 0 is today."""
        return np.int64(day_number(self.as_of, name="as_of", code=_CODE)) - self.last_day

    @property
    def repeat_days(self) -> Ints:
        """x of the repeat-purchase models: purchase days after the first."""
        return self.purchase_days - 1

    @property
    def last_repeat(self) -> Ints:
        """t_x of the repeat-purchase models: days from the first purchase to the last."""
        return (self.last_day - self.first_day).astype(np.int64)

    @property
    def age(self) -> Ints:
        """T of the repeat-purchase models: days from the first purchase to *as_of*."""
        return np.int64(day_number(self.as_of, name="as_of", code=_CODE)) - self.first_day

    @property
    def repeat_money(self) -> Ints:
        """Money after the first day; divided by `repeat_days` it is the value of a repeat purchase day."""
        return self.money - self.first_day_money

    @property
    def repeat_history(self) -> dict[str, Ints]:
        """The columns of the repeat-purchase models, by the names of their arguments: `BgNbd.fit(**this, ...)`."""
        return {"repeat_days": self.repeat_days, "last_repeat": self.last_repeat, "age": self.age}

    @property
    def mean_repeat_money(self) -> Reals:
        """The mean money of a repeat purchase day, a statistic, 0 where there are none: what `GammaGamma` takes.

        Net of refunds it can be below 0, which no such model allows: summarize with Refunds.SEPARATE then.
        """
        days = self.repeat_days
        return np.divide(self.repeat_money, days, out=np.zeros(len(self)), where=days > 0)

    def at(self, as_of: date) -> CustomerSummary:
        """The same rows seen from another day, which is right where nothing happened in between.

        To a later day: the rows in hand must be all there are up to it; further ones are merged afterwards.
        Raises: SummaryError where a row was left out of this summary, or would be of the new one.
        """
        day = day_number(as_of, name="as_of", code=_CODE)
        last = self.last_row
        if (as_of > self.as_of and self.left_out) or (last is not None and as_of < last):
            raise SummaryError(
                f"from {self.as_of} to {as_of} rows come in or go out: summarize again, or keep DailyTotals",
                code="segmentation.redate",
                value=day,
            )
        return attrs.evolve(self, as_of=as_of)

    def merge(self, other: CustomerSummary) -> CustomerSummary:
        """The summary of both parts.

        Law: commutative, associative, and what one pass over all rows gives, to the byte, where both ways answer (net
        money may fit where the gross money on the way to it does not). With detail REPEAT distinct days add up only if
        they are apart: no two parts may hold days of one customer that overlap, first to last. Split the rows by
        customer, or by time, or keep `DailyTotals`, which merge in any way.
        Raises: SummaryError for such an overlap; InvalidValue for a sum past 63 bits, or where *as_of*, the currency,
        a rule or the detail differ.
        """
        from ._merged_summary import merged  # it makes summaries

        return merged(self, require_instance(other, CustomerSummary, code=_CODE, name="the other part"))

    def explain(self) -> str:
        """How many customers, orders and refunds, the money, and what is not in it, one line each."""
        return text_table(self._rows(), align=[Align.LEFT, Align.RIGHT])

    def _repr_html_(self) -> str:
        return html_table(("", f"as of {self.as_of}"), self._rows(), align=[Align.LEFT, Align.RIGHT])

    def _rows(self) -> list[tuple[str, object]]:
        epoch = date(1970, 1, 1)
        rows: list[tuple[str, object]] = [("customers as of " + str(self.as_of), f"{len(self):,}")]
        if len(self):
            rows += [("first purchase", epoch + timedelta(days=int(self.first_day.min())))]
            rows += [("last purchase", epoch + timedelta(days=int(self.last_day.max())))]
        rows += [("orders", f"{total_of(self.orders):,}")]
        net = "net of refunds" if self.refunds_rule is Refunds.SUBTRACT else "gross"
        rows += [(f"money, {net}", self._amount(self.money)), ("refunds", self._amount(self.refunds))]
        rows += [("refund rows", f"{total_of(self.refund_orders):,}")]
        rows += [("refunds of customers without a purchase", self._amount(self.unmatched_refunds))]
        if self.zero_rule is ZeroOrders.SKIP:
            rows += [("rows of 0 skipped", f"{self.zero_orders:,}")]
        return [*rows, ("rows after that day left out", f"{self.left_out:,}")]

    def _amount(self, column: Ints) -> str:
        total = total_of(column)
        fits = self.currency is not None and abs(total) <= MAX_MINOR
        return str(Money(total, self.currency)) if fits and self.currency is not None else f"{total:,}"

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """One row a customer: the code, the days as dates, and the numbers that were kept."""
        columns: dict[str, NDArray[Any]] = {"customer": self.customer.copy()}
        for name in ("first_day", "last_day"):
            columns[name] = getattr(self, name).astype("datetime64[D]")
        columns["days_since_last"] = self.days_since_last
        for name in ("orders", "_purchase_days", "money", "refunds", "refund_orders", "_first_day_money"):
            if getattr(self, name) is not None:
                columns[name.lstrip("_")] = getattr(self, name).copy()
        return columns
