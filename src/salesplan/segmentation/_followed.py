"""Who bought what after what: a join of each purchase with the later ones of the same customer within a window.

Rows are sorted by customer, day and item, so what follows a purchase within the window is one stretch of rows: from the
first row of a later day to the last row of the window. The stretches are written out in blocks of a few million
rows, and a customer who bought B after A in several ways counts once.
"""

from __future__ import annotations

from typing import Final

import attrs
import numpy as np

from ..columns import Whole
from ..errors import InvalidValue
from ._code_keys import ranked, spelled
from ._tally import Tally, distinct

__all__ = ["Followed", "followed"]

_ROOM: Final = 1 << 62
_BLOCK: Final = 1 << 21
_MOST_PAIRS: Final = 1 << 32
_MOST_ITEMS: Final = 1 << 20


@attrs.frozen(kw_only=True, eq=False)
class Followed:
    """The codes that occur, rising, and counts of customers: by item, and by pair of items."""

    customers: Whole
    items: Whole
    observed: Whole
    waiting: Whole
    pairs: Whole
    counts: Whole


def followed(customer: Whole, item: Whole, day: Whole, *, within: int, until: int, code: str) -> Followed:
    """The counts of purchases up to the day *until*, each row a customer, an item and a day."""
    customers, who = ranked(customer)
    items, what = ranked(item)
    many = max(items.size, 1)
    if many > _MOST_ITEMS:
        raise InvalidValue(f"at most {_MOST_ITEMS:,} items, not {many:,}", code=code, value=many)
    first = int(day.min()) if day.size else 0
    span = int(day.max()) - first + 1 if day.size else 1
    when = who * span + (day - first)  # below 2**62: a date has 22 bits, a place among the rows fewer than 40
    if (customers.size + 1) * span * many < _ROOM:
        when, what = np.divmod(distinct(when * many + what), many)
    else:
        order = np.lexsort([what, when])
        when, what = when[order], what[order]
        new = np.append(True, (when[1:] != when[:-1]) | (what[1:] != what[:-1]))[: when.size]
        when, what = when[new], what[new]
    who = when // span
    full = when - who * span + first + within <= until  # the whole window lies in the past
    bought = np.bincount(distinct(who * many + what) % many, minlength=items.size)
    observed = np.bincount(distinct((who * many + what)[full]) % many, minlength=items.size)

    groups = np.flatnonzero(np.append(True, when[1:] != when[:-1])[: when.size])
    stop = np.minimum(when[groups] + within, (who[groups] + 1) * span - 1)
    last = np.searchsorted(when, stop, side="right")
    sizes = np.diff(np.append(groups, when.size))
    begin, end = np.repeat(groups + sizes, sizes), np.repeat(last, sizes)
    tally = Tally(many * many)
    _join(who[full], what[full], what, begin[full], end[full], many, tally, code)
    keys, counts = tally.result()
    return Followed(
        customers=customers,
        items=items,
        observed=observed,
        waiting=bought - observed,
        pairs=items[spelled(keys, many, size=2)],
        counts=counts,
    )


def _join(who: Whole, what: Whole, then: Whole, begin: Whole, end: Whole, many: int, tally: Tally, code: str) -> None:
    """Count each (what, one of then[begin:end]) once for each customer."""
    leads = np.flatnonzero(end > begin)
    who, what, begin, end = who[leads], what[leads], begin[leads], end[leads]
    who = np.cumsum(np.append(0, who[1:] != who[:-1])[: who.size])  # a block spans no more customers than it has rows
    width = end - begin
    sums = np.cumsum(width)
    total = int(sums[-1]) if sums.size else 0
    if total > _MOST_PAIRS:
        raise InvalidValue(
            f"{total:,} purchases follow another: count parts of the customers and merge", code=code, value=total
        )
    cuts = np.searchsorted(sums, np.arange(_BLOCK, total + _BLOCK, _BLOCK), side="left") + 1
    held, holder = np.empty(0, dtype=np.int64), -1  # the pairs of the last customer, who may go on in the next block
    start = 0
    for cut in np.minimum(cuts, width.size).tolist():
        if cut == start:
            continue
        rows = np.arange(start, cut)
        many_each = width[rows]
        left = np.repeat(rows, many_each)
        offset = np.arange(left.size) - np.repeat(np.cumsum(many_each) - many_each, many_each)
        pair = what[left] * many + then[begin[left] + offset]
        if holder != who[start]:
            tally.add(held)
            held = held[:0]
        place = np.concatenate([np.zeros(held.size, dtype=np.int64), who[left] - who[start]])
        keys = distinct(place * (many * many) + np.concatenate([held, pair]))
        place, pair = keys // (many * many), keys % (many * many)
        holder = int(who[cut - 1])
        goes_on = place == holder - who[start]
        tally.add(pair[~goes_on])
        held, start = pair[goes_on], cut
    tally.add(held)
