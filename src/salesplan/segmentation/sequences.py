"""What is bought next: of the customers who bought A, how many bought B on a later day within a window.

A purchase of A is *observed* when its whole window lies in the past: day + within_days <= as_of. Only observed
purchases count, on both sides of the share: a customer whose purchases of A are all younger is *waiting*, masked out
and counted apart, because not to have bought B yet is not to have declined it. Taking the quick ones among them as
successes would make the share too high; taking the others as failures, too low.

The same day is not later, whatever the order of the two in the shop. A is followed by itself where it was bought again.
Purchases after as_of are left out and counted as such.

Left out: what customers who had no A would have done; a share says what happens after A, not what A brings about.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole, day_number, day_numbers
from ..display import Align, html_table, text_table
from ..errors import InvalidValue, clip, require_instance, require_int
from ..money import MAX_MINOR
from ..rate import Rate
from ._code_keys import keys_of, spelled
from ._followed import followed
from ._gates import ids
from ._id_runs import merged_runs, own_runs, run_total, runs_of
from ._one_code import one_code
from ._own_arrays import ByBytes, own_column, own_table
from ._rate_text import percent_text
from ._tally import added_up, distinct
from .next_purchase import NextPurchase

__all__ = ["SequenceCounts", "count_sequences", "next_purchases"]

_CODE: Final = "segmentation.sequences"
_MOST: Final = 10**15
_SHOWN: Final = 10


@attrs.frozen(kw_only=True, eq=False)
class SequenceCounts(ByBytes):
    """How many customers bought what after what, as of a day.

    Shape: *items* rising, with the customers *observed* and *waiting* beside each; *pairs* rows (first, then) in rising
    order, with the customers who *followed*. *customer_runs* are the (first, last) codes of runs of customers,
    *left_out* the rows after *as_of*.
    Law: followed <= observed of the first item, and no more than bought the second.
    Raises: InvalidValue where the counts break that law or the order, or for more than 10**15 customers.
    """

    within_days: int
    as_of: date
    customer_runs: Whole = attrs.field(repr=False)
    items: Whole = attrs.field(repr=False)
    observed: Whole = attrs.field(repr=False)
    waiting: Whole = attrs.field(repr=False)
    pairs: Whole = attrs.field(repr=False)
    followed: Whole = attrs.field(repr=False)
    left_out: int
    customers: int = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        require_int(self.within_days, code=_CODE, name="within_days", low=1, high=MAX_MINOR)
        day_number(self.as_of, name="as_of", code=_CODE)
        require_int(self.left_out, code=_CODE, name="left_out", low=0, high=MAX_MINOR)
        keep(self, "customer_runs", own_runs(self.customer_runs, name="customer_runs", code=_CODE))
        keep(self, "customers", require_int(run_total(self.customer_runs), code=_CODE, name="customers", high=_MOST))
        keep(self, "items", own_column(self.items, name="items", code=_CODE))
        for name in ("observed", "waiting"):
            keep(self, name, own_column(getattr(self, name), name=name, code=_CODE, size=self.items.size))
        keep(self, "pairs", own_table(self.pairs, width=2, name="pairs", code=_CODE))
        keep(self, "followed", own_column(self.followed, name="followed", code=_CODE, low=1, size=len(self.pairs)))
        if self.items.size >= 1 << 31 or (self.items[1:] <= self.items[:-1]).any():
            raise InvalidValue("items must rise, each once", code=_CODE, value=None)
        keys = keys_of(self.pairs, self.items)
        if (keys < 0).any() or (keys[1:] <= keys[:-1]).any():
            raise InvalidValue("pairs must be of known items and rise, each once", code=_CODE, value=None)
        most = np.full(self.items.size, self.customers)
        if (self.observed > most).any() or (self.waiting > most - self.observed).any():
            raise InvalidValue("an item has more customers than there are", code=_CODE, value=None)
        first, then = np.searchsorted(self.items, self.pairs).T
        if (self.followed > self.observed[first]).any() or (self.followed > (self.observed + self.waiting)[then]).any():
            raise InvalidValue("more customers follow than bought the items", code=_CODE, value=None)

    def next_purchase(self, item: int, then: int) -> NextPurchase:
        """The counts of *then* after *item*; all are 0 for an item nobody bought.

        Raises: InvalidType or InvalidValue for an item that is not a code.
        """
        codes = [one_code(each, name="an item", code=_CODE) for each in (item, then)]
        place = int(np.searchsorted(self.items, codes[0]))
        known = place < self.items.size and int(self.items[place]) == codes[0]
        match = np.flatnonzero((self.pairs == codes).all(axis=1))
        return NextPurchase(
            item=codes[0],
            then=codes[1],
            within_days=self.within_days,
            observed=int(self.observed[place]) if known else 0,
            followed=int(self.followed[match[0]]) if match.size else 0,
            waiting=int(self.waiting[place]) if known else 0,
        )

    def merge(self, other: SequenceCounts) -> SequenceCounts:
        """The counts of both parts.

        Law: associative and commutative, and what one pass over all rows gives, to the byte.
        Raises: SeenTwice for a customer who is in both; InvalidValue for another window or another *as_of*.
        """
        require_instance(other, SequenceCounts, code=_CODE, name="the other part")
        if (self.within_days, self.as_of) != (other.within_days, other.as_of):
            raise InvalidValue(
                f"counted within {clip(self.within_days)} days as of {self.as_of}, "
                f"and within {clip(other.within_days)} as of {other.as_of}",
                code=_CODE,
                value=other.as_of,
            )
        runs = merged_runs(
            self.customer_runs, other.customer_runs, what="customer", code="segmentation.sequences.seen_twice"
        )
        items = distinct(np.concatenate([self.items, other.items]))
        sums = {}
        for name in ("observed", "waiting"):
            sums[name] = np.zeros(items.size, dtype=np.int64)
            for part in (self, other):
                sums[name][np.searchsorted(items, part.items)] += getattr(part, name)
        keys, counts = added_up(
            (keys_of(self.pairs, items), self.followed), (keys_of(other.pairs, items), other.followed)
        )
        return SequenceCounts(
            within_days=self.within_days,
            as_of=self.as_of,
            customer_runs=runs,
            items=items,
            pairs=items[spelled(keys, items.size, size=2)],
            followed=counts,
            left_out=self.left_out + other.left_out,
            **sums,
        )

    def explain(self) -> str:
        """What was counted, and the pairs that most customers followed."""
        return "\n".join([self._caption(), text_table([_HEAD, *self._rows()], align=[Align.RIGHT] * 6)])

    def _repr_html_(self) -> str:
        return html_table(_HEAD, self._rows(), caption=self._caption())

    def _caption(self) -> str:
        many = (self.customers, "customer"), (self.within_days, "day"), (self.left_out, "row")
        customers, days, rows = (f"{count:,} {name}{'' if count == 1 else 's'}" for count, name in many)
        return f"{customers} as of {self.as_of}, bought within {days} after; {rows} after that day left out"

    def _rows(self) -> list[tuple[object, ...]]:
        often = np.lexsort([np.arange(self.followed.size), -self.followed])[:_SHOWN]
        shown = [self.next_purchase(*self.pairs[at].tolist()) for at in often]
        return [
            (each.item, each.then, each.followed, each.observed, percent_text(each.share or Rate(0)), each.waiting)
            for each in shown
        ]

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """One row for each pair somebody followed: *item*, *then*, *followed*, and *observed*, *waiting* of *item*."""
        place = np.searchsorted(self.items, self.pairs[:, 0])
        return {
            "item": self.pairs[:, 0].copy(),
            "then": self.pairs[:, 1].copy(),
            "followed": self.followed.copy(),
            "observed": self.observed[place],
            "waiting": self.waiting[place],
        }


_HEAD: Final = ("item", "then", "followed", "observed", "share", "waiting")


def count_sequences(*, customer: object, item: object, day: object, within_days: int, as_of: date) -> SequenceCounts:
    """The counts of rows that each say that a *customer* bought an *item* on a *day*.

    Units: whole codes from 0 on, dates without a time; rows in any order.
    Law: a permutation of the rows, or a row given twice, gives the same bytes; rows after *as_of* change only
    *left_out*.
    Raises: InvalidType, InvalidValue for columns that are not such, of different length, or too much to count at once.
    >>> days = [date(2026, 1, 5), date(2026, 2, 1), date(2026, 1, 7), date(2026, 6, 20)]
    >>> counts = count_sequences(
    ...     customer=[1, 1, 2, 3], item=[7, 8, 7, 7], day=days, within_days=90, as_of=date(2026, 6, 30)
    ... )
    >>> print(counts.next_purchase(7, 8).explain())
    1 of 2 customers with 7 bought 8 within 90 days after it: 50.0 %
    1 more bought 7 less than 90 days ago and are not counted
    """
    within = require_int(within_days, code=_CODE, name="within_days", low=1, high=MAX_MINOR)
    until = day_number(as_of, name="as_of", code=_CODE)
    who = ids(customer, name="customer", code=_CODE)
    what = ids(item, name="item", code=_CODE, size=who.size)
    days = day_numbers(day, name="day", code=_CODE, size=who.size).astype(np.int64)
    known = days <= until
    counts = followed(
        who[known], what[known], days[known], within=min(within, 1 << 22), until=until, code=f"{_CODE}.too_many"
    )
    return SequenceCounts(
        within_days=within,
        as_of=as_of,
        customer_runs=runs_of(counts.customers),
        items=counts.items,
        observed=counts.observed,
        waiting=counts.waiting,
        pairs=counts.pairs,
        followed=counts.counts,
        left_out=int(known.size - np.count_nonzero(known)),
    )


def next_purchases(counts: SequenceCounts, *, min_share: Rate, min_followed: int = 1) -> tuple[NextPurchase, ...]:
    """What is bought after what, on or above the limits.

    Sorted by share, then *followed*, both falling, then *item*, then *then*.
    Raises: InvalidValue for a share outside 0..1, or *min_followed* below 1.
    """
    require_instance(counts, SequenceCounts, code=_CODE, name="counts")
    if not Rate(0) <= require_instance(min_share, Rate, code=_CODE, name="min_share") <= Rate(1):
        raise InvalidValue(f"min_share lies in 0..1: {clip(str(min_share))}", code=_CODE, value=min_share)
    require_int(min_followed, code=_CODE, name="min_followed", low=1)
    found = []
    columns = counts.to_columns()
    for item, then, many, observed, waiting in zip(*(columns[name].tolist() for name in columns), strict=True):
        if many >= min_followed and many * min_share.denominator >= min_share.numerator * observed:
            found.append(
                NextPurchase(
                    item=item,
                    then=then,
                    within_days=counts.within_days,
                    observed=observed,
                    followed=many,
                    waiting=waiting,
                )
            )
    return tuple(sorted(found, key=_by_share))


def _by_share(each: NextPurchase) -> tuple[Any, ...]:
    return -Rate(each.followed, each.observed).to_fraction(), -each.followed, each.item, each.then
