"""Rows of item codes as single numbers, and back: what is counted, sorted and looked up."""

from __future__ import annotations

import numpy as np

from ..columns import Whole

__all__ = ["keys_of", "ranked", "spelled"]


def ranked(codes: Whole) -> tuple[Whole, Whole]:
    """The codes that occur, rising, and the place of each row's code among them."""
    if codes.size and int(codes.max()) < 4 * codes.size + 1024:
        present = np.zeros(int(codes.max()) + 1, dtype=np.int64)
        present[codes] = 1
        distinct = np.flatnonzero(present)
        present[distinct] = np.arange(distinct.size)
        return distinct, present[codes]
    distinct, rank = np.unique(codes, return_inverse=True)
    return distinct, rank.astype(np.int64, copy=False)


def keys_of(rows: Whole, items: Whole) -> Whole:
    """One number for each row of codes, that rises as the rows do; -1 where one is not in *items*, which rise."""
    if not items.size:
        return np.full(rows.shape[0], -1, dtype=np.int64)
    places = np.minimum(np.searchsorted(items, rows), items.size - 1)
    keys = np.zeros(rows.shape[0], dtype=np.int64)
    for place in range(rows.shape[1]):
        keys = keys * items.size + places[:, place]
    return np.where((items[places] == rows).all(axis=1), keys, -1)


def spelled(keys: Whole, many: int, *, size: int) -> Whole:
    """The places below *many* that each key is made of, a row for each key."""
    base = max(many, 1)
    return np.stack([keys // base ** (size - 1 - place) % base for place in range(size)], axis=1)
