"""Repurchase: which share of customers bought again. The word has several meanings, and each is a type here.

    Repeat.ORDERS       two orders or more up to the day, of all who have bought
    Repeat.DAYS         purchases on two days or more up to the day, of all who have bought
    WithinDays(90)      a purchase on a later day, at most 90 days after the first, of those whose 90 days are over

The first two only rise with time: a customer of last week has had no chance yet, so a young shop, or a young cohort,
looks worse than it is. The third gives everybody the same time. Customers whose days are not over are *waiting*: out
of the base, the quick ones among them too, and counted apart.

All follow from three days of each customer: the first purchase, the second order, the second day with a purchase. The
two smallest of two lists are those of their two smallest, so the state merges under any partition of the rows, and
answers for every day. A row below 0 gives money back and is no purchase; one of 0 is.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final, assert_never

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole, day_number, day_numbers, whole_numbers
from ..display import Align, html_table, text_table
from ..errors import InvalidValue, require_instance
from ._code_keys import ranked
from ._gates import AMOUNTS, ids
from ._grain import Grains, period_numbers, require_grain
from ._own_arrays import ByBytes, own_codes, own_column
from ._repurchase_rate import Repeat, RepurchaseBase, RepurchaseRate, RepurchaseTable, WithinDays, require_base

__all__ = ["Repeat", "RepurchaseBase", "RepurchaseRate", "RepurchaseState", "RepurchaseTable", "WithinDays"]

_CODE: Final = "segmentation.repurchase"
_FIRST: Final = day_number(date.min, name="first", code=_CODE)
_NEVER: Final = day_number(date.max, name="last", code=_CODE) + 1
_LONGEST: Final = 1 << 22  # days; more than there are dates
_ALIGN: Final = (Align.LEFT, Align.RIGHT)


@attrs.frozen(kw_only=True, eq=False)
class RepurchaseState(ByBytes):
    """The days on which each customer bought first, ordered again, and came back.

    Shape: columns of one length, by rising *customer*. *second_order* is the day of the second order, which may be the
    first day; *second_day* the second day with a purchase.
    Units: days since 1970-01-01; the day after 9999-12-31 stands for never.
    Raises: InvalidValue for codes that do not rise, or days that cannot follow each other so.
    """

    customer: Whole = attrs.field(repr=False)
    first_day: Whole = attrs.field(repr=False)
    second_order: Whole = attrs.field(repr=False)
    second_day: Whole = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        keep(self, "customer", own_codes(self.customer, code=_CODE))
        size = self.customer.size
        for name in ("first_day", "second_order", "second_day"):
            keep(self, name, own_column(getattr(self, name), name=name, code=_CODE, low=_FIRST, size=size))
        on_first = self.second_order == self.first_day
        orderly = (self.first_day < self.second_day) & (on_first | (self.second_order == self.second_day))
        if not orderly.all() or (self.second_day > _NEVER).any():
            raise InvalidValue(
                "a second day comes after the first; a second order on one of them", code=_CODE, value=None
            )

    @classmethod
    def of(cls, *, customer: object, day: object, amount: object) -> RepurchaseState:
        """The state of rows that each say that a *customer* paid an *amount* on a *day*, or got it back.

        Units: whole codes from 0 on, dates without a time, minor units; rows in any order. Two equal rows are two
        orders.
        Law: a permutation of the rows, and any partition of them that is merged, gives the same bytes.
        Raises: InvalidType, InvalidValue for columns that are not such, or of different length.
        >>> days = [date(2026, 1, 5), date(2026, 1, 5), date(2026, 1, 9), date(2026, 4, 1), date(2026, 6, 1)]
        >>> state = RepurchaseState.of(customer=[1, 1, 2, 2, 3], day=days, amount=[990] * 5)
        >>> for base in (Repeat.ORDERS, Repeat.DAYS, WithinDays(90)):
        ...     print(state.rate(base, as_of=date(2026, 6, 30)).explain())
        as of 2026-06-30, 2 of 3 customers ordered twice or more: 66.7 %
        as of 2026-06-30, 1 of 3 customers bought on two days or more: 33.3 %
        as of 2026-06-30, 1 of 2 customers bought on a later day within 90 days of the first: 50.0 %; 1 not counted \
whose days are not over
        """
        who = ids(customer, name="customer", code=_CODE)
        days = day_numbers(day, name="day", code=_CODE, size=who.size).astype(np.int64)
        money = whole_numbers(amount, name="amount", code=_CODE, size=who.size, way_out=AMOUNTS)
        return _earliest(who[money >= 0], days[money >= 0])

    def merge(self, other: RepurchaseState) -> RepurchaseState:
        """The state of the rows of both.

        Law: associative and commutative, and what one pass over all rows gives, to the byte. A row that is in both
        counts twice, as two equal rows do.
        """
        require_instance(other, RepurchaseState, code=_CODE, name="the other part")
        rows = [part._rows() for part in (self, other)]
        return _earliest(*(np.concatenate(columns) for columns in zip(*rows, strict=True)))

    def _rows(self) -> tuple[Whole, Whole]:
        """Customers and days of orders that make this state."""
        days = [self.first_day, self.second_order, self.second_day]  # the last two may be one: it changes nothing
        everybody, day = np.tile(self.customer, len(days)), np.concatenate(days)
        return everybody[day < _NEVER], day[day < _NEVER]

    def rate(self, base: RepurchaseBase, *, as_of: date) -> RepurchaseRate:
        """The share of customers who bought again in the sense of *base*, as was known on the evening of *as_of*.

        Law: what happened after *as_of* changes only `later`.
        Raises: InvalidType.
        """
        customers, repeated, waiting = _counted(self, require_base(base), as_of)
        many = [int(np.count_nonzero(who)) for who in (customers, repeated, waiting)]
        return RepurchaseRate(
            base=base,
            as_of=as_of,
            customers=many[0],
            repeated=many[1],
            waiting=many[2],
            later=self.customer.size - many[0] - many[2],
        )

    def by_cohort(self, base: RepurchaseBase, *, grain: Grains, as_of: date) -> RepurchaseTable:
        """The same for each cohort: the customers who first bought in one period.

        Law: the cohorts add up to `rate`.
        Raises: InvalidType.
        """
        customers, repeated, waiting = _counted(self, require_base(base), as_of)
        periods = period_numbers(self.first_day, require_grain(grain))
        cohorts = np.unique(periods[customers | waiting])
        many = [
            np.bincount(np.searchsorted(cohorts, periods[who]), minlength=cohorts.size)
            for who in (customers, repeated, waiting)
        ]
        return RepurchaseTable(
            base=base,
            grain=grain,
            as_of=as_of,
            cohorts=cohorts,
            customers=many[0],
            repeated=many[1],
            waiting=many[2],
            later=int(np.count_nonzero(~(customers | waiting))),
        )

    def explain(self) -> str:
        """How many customers it has, and how many ever bought again."""
        return text_table(self._shown(), align=_ALIGN)

    def _repr_html_(self) -> str:
        return html_table(("", "at any time"), self._shown(), align=_ALIGN)

    def _shown(self) -> list[tuple[str, str]]:
        again = [("ordered twice", self.second_order), ("bought on two days", self.second_day)]
        counts = [(name, int(np.count_nonzero(days < _NEVER))) for name, days in again]
        return [(name, f"{many:,}") for name, many in [("customers", self.customer.size), *counts]]

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """A row for each customer; *second_order* and *second_day* are days after the first, masked for never."""
        waits = {
            name: np.ma.MaskedArray(days - self.first_day, mask=days == _NEVER, fill_value=-1)
            for name, days in (("second_order", self.second_order), ("second_day", self.second_day))
        }
        return {"customer": self.customer.copy(), "first_day": self.first_day.astype("datetime64[D]"), **waits}


def _earliest(customer: Whole, day: Whole) -> RepurchaseState:
    """The state of orders, each a customer and a day."""
    customers, rank = ranked(customer)
    first = int(day.min(initial=_NEVER))
    span = _NEVER + 1 - first
    keys = np.sort(rank * span + (day - first))  # below 2**62: a place has 40 bits, a day 22
    who, days = keys // span, keys % span + first
    begins = np.flatnonzero(np.append(True, who[1:] != who[:-1])[: who.size])
    second_order = _next(days, who, begins)
    other = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: keys.size])  # each day of a customer once
    return RepurchaseState(
        customer=customers,
        first_day=days[begins],
        second_order=second_order,
        second_day=_next(days[other], who[other], np.searchsorted(other, begins)),
    )


def _next(days: Whole, who: Whole, begins: NDArray[np.intp]) -> Whole:
    """The day in the row after each of *begins*, where it is of the same customer."""
    after = np.append(begins[1:], who.size) - begins > 1
    found = np.full(begins.size, _NEVER, dtype=np.int64)
    found[after] = days[begins[after] + 1]
    return found


def _counted(
    state: RepurchaseState, base: RepurchaseBase, as_of: date
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Who is in the base, who of them bought again, and who waits."""
    until = day_number(as_of, name="as_of", code=_CODE)
    known = state.first_day <= until
    match base:
        case Repeat.ORDERS:
            return known, state.second_order <= until, np.zeros_like(known)
        case Repeat.DAYS:
            return known, state.second_day <= until, np.zeros_like(known)
        case WithinDays():
            ends = state.first_day + min(base.days, _LONGEST)
            return ends <= until, (ends <= until) & (state.second_day <= ends), known & (ends > until)
        case _:
            assert_never(base)
