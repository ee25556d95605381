"""Counting what stands together in baskets: rows sorted by basket, each item paired with those after it.

With the rows of a basket side by side, row i and row i + s are a pair for s = 1, 2, ... as long as both are in one
basket; so one pass for each s counts all pairs at that distance, and the rows that still have a partner only get
fewer. Triples are the same with two distances. Work and memory follow the number of pairs, not items squared by
baskets as in a table of zeros and ones.
"""

from __future__ import annotations

from math import comb
from typing import Final

import attrs
import numpy as np

from ..columns import Whole
from ..errors import InvalidValue
from ._code_keys import ranked, spelled
from ._tally import Tally

__all__ = ["Rows", "combinations", "sorted_rows"]

_KEYS: Final = 1 << 62
_MOST: Final = 1 << 27  # different combinations; 16 bytes each


@attrs.frozen(kw_only=True, eq=False)
class Rows:
    """One row for each item of a basket, once, by basket and then item.

    *baskets* and *items* are the codes that occur, rising; *rank* is the place of each row's item among them, and
    *left* how many rows of its basket follow.
    """

    baskets: Whole
    items: Whole
    rank: Whole
    left: Whole


def sorted_rows(basket: Whole, item: Whole) -> Rows:
    """The rows in order; an item that a basket names twice is in it once."""
    items, rank = ranked(item)
    bits = int(items.size).bit_length()
    codes = None
    if basket.size and int(basket.max()) >> (62 - bits):  # too large to stand beside a rank in 62 bits
        codes, basket = np.unique(basket, return_inverse=True)
    key = (basket << bits) | rank
    if not (key[1:] > key[:-1]).all():
        key.sort()
        key = key[np.append(True, key[1:] != key[:-1])]
        rank, basket = key & ((1 << bits) - 1), key >> bits
    starts = np.flatnonzero(np.append(True, basket[1:] != basket[:-1])) if key.size else np.empty(0, dtype=np.int64)
    sizes = np.diff(np.append(starts, key.size))
    left = np.repeat(starts + sizes - 1, sizes) - np.arange(key.size)
    present = basket[starts]
    return Rows(baskets=present if codes is None else codes[present], items=items, rank=rank, left=left)


def combinations(rows: Rows, size: int, *, code: str) -> tuple[Whole, Whole]:
    """The combinations of *size* (2 or 3) items that occur, as rows of ranks, and in how many baskets each does.

    Raises: InvalidValue where more than 2**27 different ones are possible, which would not fit the memory.
    """
    many = rows.items.size
    possible = _possible(rows, size)
    if min(possible, comb(many, size)) > _MOST or many**size >= _KEYS:
        raise InvalidValue(
            f"up to {possible:,} combinations of {size} items: leave out the largest baskets, or count parts and merge",
            code=code,
            value=possible,
        )
    tally = Tally(many**size)
    at = np.flatnonzero(rows.left > 0)
    far = 1
    while at.size:
        second = rows.rank[at] * many + rows.rank[at + far]
        if size == 2:
            tally.add(second)
        else:
            _third(rows, at, far, second, tally)
        far += 1
        at = at[rows.left[at] >= far]
    keys, counts = tally.result()
    return spelled(keys, many, size=size), counts


def _possible(rows: Rows, size: int) -> int:
    """How many combinations the baskets have in all, equal ones of different baskets counted each time."""
    if not rows.left.size:
        return 0
    sizes, baskets = np.unique(rows.left[np.append(True, rows.left[1:] >= rows.left[:-1])] + 1, return_counts=True)
    return sum(comb(most, size) * often for most, often in zip(sizes.tolist(), baskets.tolist(), strict=True))


def _third(rows: Rows, at: Whole, far: int, second: Whole, tally: Tally) -> None:
    """Count the third items after pairs that are *far* apart."""
    many = rows.items.size
    further = far + 1
    while True:
        goes_on = rows.left[at] >= further
        if not goes_on.all():
            at, second = at[goes_on], second[goes_on]
        if not at.size:
            return
        tally.add(second * many + rows.rank[at + further])
        further += 1
