"""Cohorts: customers by the period of their first purchase, followed from period to period.

A purchase is a row with an amount of 0 or more. A row below 0 gives money back: it lowers the money of its period and
makes nobody a buyer. The cohort of a customer is the period of the first purchase in the data, so whoever bought before
the data begin counts as new.

The state has one entry for each customer and period: which customers a period had does not add up over parts, but the
entries do, by key. So rows may be cut into parts in any way, and a cohort may move when an older part comes in.

`table` asks what was known on a day. Only periods that are over by then count: in the one that has begun, too few have
bought so far, and in the next ones nobody. Those cells are not 0, they do not exist (`CohortTable`).

Left out: ages counted from the day of each customer's own first purchase; for these see `WithinDays`.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole, day_number, day_numbers, whole_numbers
from ..display import Align, html_table, text_table
from ..errors import InvalidValue, require_instance
from ..money import MAX_MINOR
from ._code_keys import ranked
from ._cohort_cell import CohortCell, CohortMean, CohortMeasure, Observation
from ._cohort_table import CohortTable
from ._gates import AMOUNTS, ids
from ._grain import (
    DaySpans,
    Grain,
    Grains,
    first_days,
    grain_text,
    last_complete,
    own_periods,
    period_numbers,
    require_grain,
)
from ._own_arrays import ByBytes, own_column
from ._place_sums import sums_at, total_of

__all__ = [
    "CohortCell",
    "CohortMean",
    "CohortMeasure",
    "CohortState",
    "CohortTable",
    "DaySpans",
    "Grain",
    "Observation",
]

_CODE: Final = "segmentation.cohorts"
_MOST_CELLS: Final = 1 << 22
_ALIGN: Final = (Align.LEFT, Align.RIGHT)


@attrs.frozen(kw_only=True, eq=False)
class CohortState(ByBytes):
    """What each customer did in each period.

    Shape: columns of one length, rising by *customer*, then *period* (its number); *orders* counts purchases, *money*
    is net of what was given back, in minor units.
    Raises: InvalidValue for keys that do not rise, or an entry without purchase that gives nothing back.
    """

    grain: Grains
    customer: Whole = attrs.field(repr=False)
    period: Whole = attrs.field(repr=False)
    orders: Whole = attrs.field(repr=False)
    money: Whole = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        require_grain(self.grain)
        keep(self, "customer", own_column(self.customer, name="customer", code=_CODE))
        size = self.customer.size
        keep(self, "period", own_periods(self.period, self.grain, name="period", code=_CODE, size=size))
        keep(self, "orders", own_column(self.orders, name="orders", code=_CODE, size=size))
        keep(self, "money", own_column(self.money, name="money", code=_CODE, low=-MAX_MINOR, size=size))
        same = self.customer[1:] == self.customer[:-1]
        if (self.customer[1:] < self.customer[:-1]).any() or (self.period[1:] <= self.period[:-1])[same].any():
            raise InvalidValue("entries must rise by customer, then period, each once", code=_CODE, value=None)
        if ((self.orders == 0) & (self.money >= 0)).any():
            raise InvalidValue("an entry without purchase must give money back", code=_CODE, value=None)

    @classmethod
    def of(cls, *, customer: object, day: object, amount: object, grain: Grains) -> CohortState:
        """The state of rows that each say that a *customer* paid an *amount* on a *day*, or got it back.

        Units: whole codes from 0 on, dates without a time, minor units; rows in any order. Two equal rows are two
        orders.
        Law: a permutation of the rows, and any partition of them that is merged, gives the same bytes.
        Raises: InvalidType, InvalidValue for columns that are not such, of different length, or past 2**63 - 1.
        >>> days = [date(1997, 1, 3), date(1997, 2, 1), date(1997, 2, 9)]
        >>> state = CohortState.of(customer=[1, 1, 2], day=days, amount=[2933, 2973, 1496], grain=Grain.MONTH)
        >>> print(state.table(through=date(1997, 2, 28)).explain())
        cohorts by month, through 1997-02-28: share of the customers who bought in the month of that age
        cohort   customers        1
        1997-01          1  100.0 %
        1997-02          1        -
        by size             100.0 %
        plain               100.0 %
        - is a month that has not begun
        """
        require_grain(grain)
        who = ids(customer, name="customer", code=_CODE)
        days = day_numbers(day, name="day", code=_CODE, size=who.size).astype(np.int64)
        money = whole_numbers(amount, name="amount", code=_CODE, size=who.size, way_out=AMOUNTS)
        return _grouped(grain, who, period_numbers(days, grain), (money >= 0).astype(np.int64), money)

    def merge(self, other: CohortState) -> CohortState:
        """The state of the rows of both.

        Law: associative and commutative, and what one pass over all rows gives, to the byte. A row that is in both
        counts twice, as two equal rows do.
        Raises: InvalidValue for another grain, or a sum past 2**63 - 1.
        """
        require_instance(other, CohortState, code=_CODE, name="the other part")
        if self.grain != other.grain:
            raise InvalidValue(
                f"one part is by {grain_text(self.grain)}, the other by {grain_text(other.grain)}, or from another day",
                code=f"{_CODE}.grain",
                value=other.grain,
            )
        names = ("customer", "period", "orders", "money")
        return _grouped(self.grain, *(np.concatenate([getattr(self, name), getattr(other, name)]) for name in names))

    def table(self, *, through: date) -> CohortTable:
        """The cohorts, as far as they were known on the evening of *through*.

        Law: the sizes, `waiting` and `without_purchase` add up to the customers; orders and money in the table and
        left out add up to those of the state.
        Raises: InvalidType for a moment; InvalidValue for more than 2**22 cells: take a coarser grain.
        >>> days = [date(2026, 1, 5), date(2026, 2, 1), date(2026, 2, 3)]
        >>> state = CohortState.of(customer=[1, 1, 2], day=days, amount=[990, 990, 500], grain=Grain.MONTH)
        >>> table = state.table(through=date(2026, 3, 31))
        >>> [str(table.cell(date(2026, 1, 1), age).retention) for age in range(4)]
        ['100%', '100%', '0%', 'None']
        >>> table.matrix(CohortMeasure.MONEY).tolist()
        [[990, 990, 0], [500, 0, None]]
        """
        return _table(self, through)

    def explain(self) -> str:
        """How much is in it."""
        return text_table(self._rows(), align=_ALIGN)

    def _repr_html_(self) -> str:
        return html_table(("", f"by {grain_text(self.grain)}"), self._rows(), align=_ALIGN)

    def _rows(self) -> list[tuple[str, str | None]]:
        ends = np.sort(self.period)[[0, -1]] if self.period.size else self.period
        return [
            ("customers", f"{np.count_nonzero(_new(self.customer)):,}"),
            ("entries", f"{self.customer.size:,}"),
            ("periods from", " to ".join(map(str, first_days(ends, self.grain))) or None),
            ("orders", f"{total_of(self.orders):,}"),
            ("money", f"{total_of(self.money):,}"),
        ]

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """The entries: *customer*, *period* by its first day, *orders* and *money*."""
        return {
            "customer": self.customer.copy(),
            "period": first_days(self.period, self.grain),
            "orders": self.orders.copy(),
            "money": self.money.copy(),
        }


def _grouped(grain: Grains, customer: Whole, period: Whole, orders: Whole, money: Whole) -> CohortState:
    """The state of rows that may share customer and period."""
    customers, rank = ranked(customer)
    first, last = (int(period.min()), int(period.max())) if period.size else (0, 0)
    span = last - first + 1
    keys, place = ranked(rank * span + (period - first))  # below 2**62: a place has 40 bits, a period 22
    return CohortState(
        grain=grain,
        customer=customers[keys // span],
        period=keys % span + first,
        orders=sums_at(place, orders, size=keys.size, name="orders", code=f"{_CODE}.sum"),
        money=sums_at(place, money, size=keys.size, name="money", code=f"{_CODE}.sum"),
    )


def _table(state: CohortState, through: date) -> CohortTable:
    last = last_complete(day_number(through, name="through", code=_CODE), state.grain)
    who = np.cumsum(_new(state.customer)) - 1
    bought = np.flatnonzero((state.orders > 0) & (state.period <= last))
    new = _new(state.customer[bought])
    starts = bought[new]  # the entries of first purchases
    first = np.full(who[-1] + 1 if who.size else 0, last + 1)
    first[who[starts]] = state.period[starts]
    cohorts = np.unique(state.period[starts])
    widths = last - cohorts + 1
    many = int(widths.sum()) if cohorts.size <= _MOST_CELLS else cohorts.size
    if many > _MOST_CELLS:
        raise InvalidValue(f"{many:,} cells: take a coarser grain", code=f"{_CODE}.too_many", value=many)
    offsets = np.cumsum(widths) - widths

    def cells(entries: NDArray[np.intp]) -> Whole:
        begins = first[who[entries]]
        places: Whole = offsets[np.searchsorted(cohorts, begins)] + (state.period[entries] - begins)
        return places

    held = np.flatnonzero((state.period <= last) & (state.period >= first[who]))
    orders, money = (
        sums_at(cells(held), column[held], size=many, name=name, code=f"{_CODE}.sum")
        for name, column in (("orders", state.orders), ("money", state.money))
    )
    arrived = np.cumsum(np.bincount(cells(_second_orders(state, bought, new)), minlength=many))
    earlier = np.append(0, arrived)[offsets]  # those of the cohorts before
    ever = int(np.count_nonzero(_new(state.customer[state.orders > 0])))
    return CohortTable(
        grain=state.grain,
        through=through,
        cohorts=cohorts,
        retained=np.bincount(cells(bought), minlength=many),
        repurchased=arrived - np.repeat(earlier, widths),
        orders=orders,
        money=money,
        waiting=ever - starts.size,
        without_purchase=first.size - ever,
        orders_left_out=total_of(state.orders) - total_of(orders),
        money_left_out=total_of(state.money) - total_of(money),
    )


def _second_orders(state: CohortState, bought: NDArray[np.intp], new: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The entry in which each customer who ordered twice did so for the second time."""
    at = np.flatnonzero(new)
    twice = state.orders[bought[at]] > 1
    later = at[~twice] + 1
    later = later[later < bought.size]
    return np.append(bought[at[twice]], bought[later[~new[later]]])


def _new(rising: Whole) -> NDArray[np.bool_]:
    """Where a code is the first of its run."""
    return np.append(True, rising[1:] != rising[:-1])[: rising.size]
