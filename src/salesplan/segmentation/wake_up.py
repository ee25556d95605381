"""Whom to wake up first: the sleeping customers by what one order of theirs is worth.

Without a model that is what an order of theirs has been worth so far, money / orders, an exact ratio. With one, it is
what is expected of them (`GammaGamma`, or a lifetime value), a statistic that is given as an array. The largest comes
first, ties by customer code.

Left out: what waking them up costs, and how many of them wake up.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Reals, Whole, day_number, real_numbers
from ..display import Align, html_table, text_table
from ..errors import InvalidType, InvalidValue, clip, listed, require_instance, require_int
from ..money import MAX_MINOR, Currency, CurrencyMismatch, Money, Rounding
from ..rate import Rate
from ._grain import counted
from ._grouped import Grouped
from ._own_arrays import ByBytes, own_column
from ._ratio_keys import ratio_keys
from .lifecycle import Stage
from .segments import Segment, place_named
from .summary import CustomerSummary

__all__ = ["WakeUpCandidate", "WakeUpList", "wake_up_candidates"]

_CODE: Final = "segmentation.wake_up"
_SHOWN: Final = 10
_ROOM: Final = float(2**63)  # the floats below it are at most MAX_MINOR


@attrs.frozen(kw_only=True)
class WakeUpCandidate:
    """One customer to wake up; *value* in minor units: of an order, exact, or what is expected of them, a float."""

    customer: int
    segment: Segment
    days_since_last: int
    orders: int
    value: Rate | float
    currency: Currency | None

    def explain(self) -> str:
        """Who, for how long they have been silent, what an order or the customer is worth, and what is to be done."""
        action = "" if self.segment.action is None else f"; {self.segment.action}"
        brings = "is expected to bring" if isinstance(self.value, float) else "an order is worth"
        return (
            f"customer {self.customer}: {self.segment}, silent for {counted(self.days_since_last, 'day')}, "
            f"{brings} {self.value_text()}{action}"
        )

    def _repr_html_(self) -> str:
        return html_table(("to wake up",), [(self.explain(),)])

    def value_text(self) -> str:
        """The value to the minor unit, halves up."""
        exact = Rate(*self.value.as_integer_ratio()) if isinstance(self.value, float) else self.value
        minor = Rounding.HALF_UP.divide(exact.numerator, exact.denominator)
        return f"{minor:,}" if self.currency is None else str(Money(minor, self.currency))


@attrs.frozen(kw_only=True, eq=False)
class WakeUpList(ByBytes):
    """The customers to wake up, each once, in order; arrays of one length.

    *money* is what they have brought, *expected* what they are expected to bring, within 63 bits.
    Raises: InvalidType, InvalidValue for columns that are not such, or of different length.
    """

    as_of: date
    segments: tuple[Segment, ...]
    currency: Currency | None
    customer: Whole = attrs.field(repr=False)
    segment: NDArray[np.int16] = attrs.field(repr=False)
    days_since_last: Whole = attrs.field(repr=False)
    orders: Whole = attrs.field(repr=False)
    money: Whole = attrs.field(repr=False)
    expected: Reals | None = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        day_number(self.as_of, name="as_of", code=_CODE)
        keep(self, "segments", listed(self.segments, code=_CODE, name="segments"))
        for segment in self.segments:
            require_instance(segment, Segment, code=_CODE, name="one of segments")
        if self.currency is not None:
            require_instance(self.currency, Currency, code=_CODE, name="currency")
        keep(self, "customer", own_column(self.customer, name="customer", code=_CODE))
        if np.unique(self.customer).size < self.customer.size:
            raise InvalidValue("a customer is woken up once", code=_CODE, value=None)
        for name, low in (("segment", 0), ("days_since_last", 0), ("orders", 1), ("money", -MAX_MINOR)):
            column = own_column(getattr(self, name), name=name, code=_CODE, low=low, size=self.customer.size)
            keep(self, name, column)
        if (self.segment >= len(self.segments)).any():
            raise InvalidValue("there is no such segment", code=_CODE, value=int(self.segment.max()))
        keep(self, "segment", self.segment.astype(np.int16))
        self.segment.setflags(write=False)
        if self.expected is not None:
            keep(self, "expected", real_numbers(self.expected, name="expected", code=_CODE).copy())
            if self.expected.shape != self.customer.shape:
                raise InvalidValue("expected has a value for each customer", code=_CODE, value=self.expected.shape)
            if (np.abs(self.expected) >= _ROOM).any():
                raise InvalidValue("expected must fit 63 bits", code=_CODE, value=float(np.abs(self.expected).max()))
            self.expected.setflags(write=False)

    def __len__(self) -> int:
        return self.customer.size

    def top(self, many: int) -> tuple[WakeUpCandidate, ...]:
        """The first of the list."""
        require_int(many, code=_CODE, name="many", low=0, high=MAX_MINOR)
        return tuple(self._candidate(row) for row in range(min(many, len(self))))

    def explain(self) -> str:
        """How many, and the first ten."""
        return "\n".join([self._caption(), text_table([self._head(), *self._rows()], align=_SIDES)])

    def _repr_html_(self) -> str:
        return html_table(self._head(), self._rows(), align=_SIDES, caption=self._caption())

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """One row a candidate, in order."""
        names = ("customer", "segment", "days_since_last", "orders", "money")
        columns: dict[str, NDArray[Any]] = {name: getattr(self, name).copy() for name in names}
        return columns if self.expected is None else columns | {"expected": self.expected.copy()}

    def _candidate(self, row: int) -> WakeUpCandidate:
        historic = Rate(int(self.money[row]), int(self.orders[row]))
        return WakeUpCandidate(
            customer=int(self.customer[row]),
            segment=self.segments[int(self.segment[row])],
            days_since_last=int(self.days_since_last[row]),
            orders=int(self.orders[row]),
            value=historic if self.expected is None else float(self.expected[row]),
            currency=self.currency,
        )

    def _head(self) -> tuple[str, ...]:
        return ("customer", "segment", "silent days", "orders", "an order" if self.expected is None else "expected")

    def _caption(self) -> str:
        return f"{counted(len(self), 'customer')} to wake up on {self.as_of}"

    def _rows(self) -> list[tuple[object, ...]]:
        return [
            (each.customer, each.segment.name, f"{each.days_since_last:,}", f"{each.orders:,}", each.value_text())
            for each in self.top(_SHOWN)
        ]


_SIDES: Final = [Align.RIGHT, Align.LEFT, Align.RIGHT, Align.RIGHT, Align.RIGHT]


def wake_up_candidates(
    groups: Grouped, *, segments: Iterable[str | Stage], summary: CustomerSummary, expected: object = None
) -> WakeUpList:
    """The customers of those segments, or stages, by what an order of theirs brings, or by what is *expected* of them.

    Units: *expected* is in minor units, one value for each customer of the summary.
    Law: the most valuable come first; the order of rows changes no byte; ties go by customer code.
    Raises: NotFound for a segment that is not there; InvalidType; InvalidValue for groups of another day, a customer
    who is not in the summary, or more than 2**31 orders of one; CurrencyMismatch.
    """
    require_instance(summary, CustomerSummary, code=_CODE, name="summary")
    if not all(hasattr(groups, name) for name in ("customer", "segment", "segments")):
        raise InvalidType(f"groups are an assignment or stages: {clip(groups)}", code=_CODE, value=groups)
    as_of, unit = getattr(groups, "as_of", None), getattr(groups, "currency", None)
    if as_of is not None and as_of != summary.as_of:
        raise InvalidValue(f"groups of {as_of}, a summary of {summary.as_of}", code=_CODE, value=as_of)
    if unit is not None and unit != summary.currency:
        why = f"groups in {unit}, a summary in {summary.currency}"
        raise CurrencyMismatch(why, code="money.currency_mismatch", value=summary.currency)
    places = [place_named(groups.segments, name, code=_CODE) for name in listed(segments, code=_CODE, name="segments")]
    chosen = np.isin(groups.segment, places)
    customer = groups.customer[chosen]
    row = np.minimum(np.searchsorted(summary.customer, customer), max(len(summary) - 1, 0))
    if customer.size and (not len(summary) or (summary.customer[row] != customer).any()):
        raise InvalidValue("a customer to wake up must be in the summary", code=_CODE, value=None)
    orders, money = summary.orders[row], summary.money[row]
    value = None
    keys: tuple[Whole | Reals, ...] = ()
    if expected is None:
        keys = ratio_keys(money, orders, code=_CODE)
    else:
        values = real_numbers(expected, name="expected", code=_CODE)
        if values.shape != (len(summary),):
            raise InvalidValue("expected has a value for each customer of the summary", code=_CODE, value=values.shape)
        value = values[row]
        keys = (value,)
    order = np.lexsort([customer, *(-key for key in reversed(keys))])
    return WakeUpList(
        as_of=summary.as_of,
        segments=groups.segments,
        currency=summary.currency,
        customer=customer[order],
        segment=groups.segment[chosen][order],
        days_since_last=np.asarray(summary.days_since_last)[row][order].astype(np.int64),
        orders=orders[order],
        money=money[order],
        expected=None if value is None else value[order],
    )
