"""How often each key occurs, from blocks of keys: in a table where it is small, else by sorting, in bounded memory."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..columns import Whole

__all__ = ["Tally", "added_up", "distinct"]

_TABLE: Final = 1 << 23  # cells; 200 courses by three are 8,000,000
_BLOCK: Final = 1 << 21  # keys held back before they are counted


class Tally:
    """A count of keys from 0 up to *cells* (excluded)."""

    def __init__(self, cells: int) -> None:
        self._cells = cells
        self._table = np.zeros(cells, dtype=np.int64) if cells <= _TABLE else None
        self._held: list[Whole] = []
        self._many = 0
        self._parts: list[tuple[Whole, Whole]] = []

    def add(self, keys: Whole) -> None:
        """Count these keys, sooner or later."""
        self._held.append(keys)
        self._many += keys.size
        if self._many >= _BLOCK:
            self._count()

    def result(self) -> tuple[Whole, Whole]:
        """The keys that occur, rising, and how often each does."""
        self._count()
        if self._table is not None:
            keys = np.flatnonzero(self._table)
            return keys, self._table[keys]
        nothing = np.empty(0, dtype=np.int64)
        while len(self._parts) > 1:
            self._join()
        return self._parts[0] if self._parts else (nothing, nothing)

    def _count(self) -> None:
        if not self._many:
            self._held = []
            return
        keys = np.concatenate(self._held)
        self._held, self._many = [], 0
        if self._table is not None:
            self._table += np.bincount(keys, minlength=self._cells)
            return
        keys.sort()
        self._parts.append(_summed(keys, np.ones(keys.size, dtype=np.int64)))
        while len(self._parts) > 1 and self._parts[-2][0].size <= 2 * self._parts[-1][0].size:
            self._join()  # parts at least halve, so every key is moved a few times only

    def _join(self) -> None:
        right, left = self._parts.pop(), self._parts.pop()
        self._parts.append(added_up(left, right))


def distinct(keys: Whole) -> Whole:
    """The different keys, rising; sorting is many times as fast here as the hash table of `np.unique`."""
    ordered = np.sort(keys)
    different: Whole = ordered[np.append(True, ordered[1:] != ordered[:-1])[: ordered.size]]
    return different


def added_up(left: tuple[Whole, Whole], right: tuple[Whole, Whole]) -> tuple[Whole, Whole]:
    """Two counts of rising keys as one."""
    keys, counts = np.concatenate([left[0], right[0]]), np.concatenate([left[1], right[1]])
    order = np.argsort(keys, kind="stable")
    return _summed(keys[order], counts[order])


def _summed(keys: Whole, counts: Whole) -> tuple[Whole, Whole]:
    """The counts of equal keys, which stand together, added."""
    if not keys.size:
        return keys, counts
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    return keys[first], np.add.reduceat(counts, first)
