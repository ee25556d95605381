"""What is bought together: counts of items, pairs and triples over baskets, that merge.

A basket is whatever a code stands for: an order, or a customer with all that was ever bought (then "together" means by
the same person). An item counts once in a basket, however often it is named there. A basket without items has no row
and is in no count.

Counts are whole numbers, so the parts of a large file add up to exactly what one pass gives, as long as no basket is in
two parts; each count keeps the codes of its baskets as runs, and `merge` refuses a basket that it has already seen.
Nothing is pruned: a pair below a support threshold in every part may be above it in all of them.

Left out: combinations of four and more.
"""

from __future__ import annotations

from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole
from ..display import Align, html_table, text_table
from ..errors import InvalidType, InvalidValue, clip, require_instance, require_int
from ._code_keys import keys_of, spelled
from ._combinations import combinations, sorted_rows
from ._gates import ids
from ._id_runs import merged_runs, own_runs, run_total, runs_of
from ._one_code import one_code
from ._own_arrays import ByBytes, own_column, own_table
from ._tally import added_up, distinct

__all__ = ["PairCounts", "count_pairs"]

_CODE: Final = "segmentation.baskets"
_MOST: Final = 10**15  # baskets; products of three counts are then exact Rates
_SHOWN: Final = 10


@attrs.frozen(kw_only=True, eq=False)
class PairCounts(ByBytes):
    """In how many baskets each item, pair and (where counted) triple occurs.

    Shape: *items* rising, *pairs* and *triples* rows of rising codes in rising order, a count beside each; only what
    occurs is there. *basket_runs* are the (first, last) codes of runs of baskets. *largest* is the size of the largest
    combinations counted: with 2 there are no triples.
    Law: a combination is in no more baskets than any part of it.
    Raises: InvalidValue where the counts break that law or the order, or for more than 10**15 baskets.
    """

    basket_runs: Whole = attrs.field(repr=False)
    items: Whole = attrs.field(repr=False)
    item_counts: Whole = attrs.field(repr=False)
    pairs: Whole = attrs.field(repr=False)
    pair_counts: Whole = attrs.field(repr=False)
    triples: Whole = attrs.field(repr=False)
    triple_counts: Whole = attrs.field(repr=False)
    largest: int
    baskets: int = attrs.field(init=False)
    _keys: tuple[Whole, ...] = attrs.field(init=False, repr=False)  # of the items, the pairs, the triples

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        keep(self, "basket_runs", own_runs(self.basket_runs, name="basket_runs", code=_CODE))
        keep(self, "baskets", require_int(run_total(self.basket_runs), code=_CODE, name="baskets", high=_MOST))
        keep(self, "items", own_column(self.items, name="items", code=_CODE))
        require_int(self.largest, code=_CODE, name="largest", low=2, high=3)
        most = (1 << 31) if self.largest == 2 else (1 << 20)  # keys of combinations stay below 2**62
        if self.items.size >= most:
            raise InvalidValue(f"too many items: {self.items.size:,}", code=_CODE, value=self.items.size)
        keep(self, "_keys", ())  # filled by size, as the counts of a size are held against those of its parts
        for size, (name, codes, given) in enumerate(self._tables(), start=1):
            rows = own_table(codes, width=size, name=f"{name}s", code=_CODE)
            counts = own_column(given, name=f"{name}_counts", code=_CODE, low=1, size=rows.shape[0])
            keys = keys_of(rows, self.items)
            if (rows[:, 1:] <= rows[:, :-1]).any() or (keys < 0).any() or (keys[1:] <= keys[:-1]).any():
                raise InvalidValue(f"{name}s must be different items, in rising order", code=_CODE, value=None)
            if any((counts > most).any() for most in self._parts(rows)):
                raise InvalidValue(f"a {name} is in more baskets than a part of it", code=_CODE, value=None)
            keep(self, "_keys", (*self._keys, keys))
            keep(self, f"{name}_counts", counts)
            if size > 1:
                keep(self, f"{name}s", rows)
        if self.largest == 2 and self.triples.size:
            raise InvalidValue("triples need largest=3", code=_CODE, value=self.largest)

    def _tables(self) -> tuple[tuple[str, Whole, Whole], ...]:
        """What was counted by size: its name, the codes, the counts."""
        return (
            ("item", self.items[:, None], self.item_counts),
            ("pair", self.pairs, self.pair_counts),
            ("triple", self.triples, self.triple_counts),
        )

    def _parts(self, rows: Whole) -> list[Whole]:
        """In how many baskets the rest of each row is, without its first item, without its second, ..."""
        if rows.shape[1] == 1:
            return [np.full(rows.shape[0], self.baskets, dtype=np.int64)]
        return [self._look_up(np.delete(rows, place, axis=1)) for place in range(rows.shape[1])]

    def counts_of(self, rows: Whole) -> Whole:
        """In how many baskets the items of each row, rising codes, occur together; 0 where they never do.

        Shape: a table of one to *largest* columns in, one count for each row out.
        Raises: InvalidType, InvalidValue for anything else, as a row that does not rise.
        """
        if not isinstance(rows, np.ndarray) or rows.ndim != 2:
            raise InvalidType(f"rows must be an array, a row a combination: {clip(rows)}", code=_CODE, value=rows)
        if not 1 <= rows.shape[1] <= self.largest:
            raise self._not_counted(rows.shape[1], rows)
        codes = own_table(rows, width=rows.shape[1], name="rows", code=_CODE)
        if (codes[:, 1:] <= codes[:, :-1]).any():
            raise InvalidValue("rows must be of different items, in rising order", code=_CODE, value=rows)
        return self._look_up(codes)

    def _look_up(self, rows: Whole) -> Whole:
        known = self._keys[rows.shape[1] - 1]
        if not known.size:
            return np.zeros(rows.shape[0], dtype=np.int64)
        keys = keys_of(rows, self.items)
        places = np.minimum(np.searchsorted(known, keys), known.size - 1)
        return np.where(known[places] == keys, self._tables()[rows.shape[1] - 1][2][places], 0)

    def together(self, *items: int) -> int:
        """In how many baskets all of these one, two or three items are; 0 for an item that was never bought.

        Raises: InvalidValue for none, for more than were counted, or for a code below 0; InvalidType.
        >>> counts = count_pairs(basket=[1, 1, 2], item=[7, 8, 7])
        >>> counts.together(7), counts.together(8, 7), counts.together(9)
        (2, 1, 0)
        """
        codes = sorted({one_code(item, name="an item", code=_CODE) for item in items})
        if not 1 <= len(codes) <= self.largest:
            raise self._not_counted(len(codes), items)
        return int(self._look_up(np.array([codes], dtype=np.int64))[0])

    def _not_counted(self, size: int, asked: object) -> InvalidValue:
        why = f"ask for 1 to {self.largest} items, not {size}: larger combinations were not counted"
        return InvalidValue(why, code=_CODE, value=asked)

    def merge(self, other: PairCounts) -> PairCounts:
        """The counts of both parts.

        Law: associative and commutative, and what one pass over all rows gives, to the byte.
        Raises: SeenTwice for a basket that is in both; InvalidValue where only one counted triples.
        >>> monday, tuesday = count_pairs(basket=[1, 1], item=[7, 8]), count_pairs(basket=[2, 2], item=[7, 8])
        >>> monday.merge(tuesday).together(7, 8)
        2
        >>> monday.merge(monday)
        Traceback (most recent call last):
        salesplan.segmentation._id_runs.SeenTwice: basket 1 is in both parts and would count twice: split the rows \
by basket
        """
        require_instance(other, PairCounts, code=_CODE, name="the other part")
        if self.largest != other.largest:
            raise InvalidValue("one part counted triples, the other did not", code=_CODE, value=other.largest)
        runs = merged_runs(self.basket_runs, other.basket_runs, what="basket", code=f"{_CODE}.seen_twice")
        items = distinct(np.concatenate([self.items, other.items]))
        merged: dict[str, Any] = {}
        for (name, rows, counts), (_, others, their) in zip(self._tables(), other._tables(), strict=True):
            keys, merged[f"{name}_counts"] = added_up((keys_of(rows, items), counts), (keys_of(others, items), their))
            merged[f"{name}s"] = items[spelled(keys, items.size, size=rows.shape[1])]
        return PairCounts(**merged | {"basket_runs": runs, "items": items, "largest": self.largest})

    def explain(self) -> str:
        """How much was counted, and the pairs that are bought together most often.

        >>> print(count_pairs(basket=[1, 1, 2, 2, 3], item=[7, 8, 7, 8, 7]).explain())
        3 baskets, 2 items, 1 pair
        item  item  baskets
           7     8        2
        """
        return "\n".join([self._caption(), text_table([_HEAD, *self._rows()], align=[Align.RIGHT] * 3)])

    def _repr_html_(self) -> str:
        return html_table(_HEAD, self._rows(), caption=self._caption())

    def _caption(self) -> str:
        sizes = [(self.baskets, "basket"), (self.items.size, "item"), (self.pairs.shape[0], "pair")]
        sizes += [] if self.largest == 2 else [(self.triples.shape[0], "triple")]
        return ", ".join(f"{many:,} {name}{'' if many == 1 else 's'}" for many, name in sizes)

    def _rows(self) -> list[tuple[int, ...]]:
        often = np.lexsort([np.arange(self.pair_counts.size), -self.pair_counts])[:_SHOWN]
        return [(*self.pairs[at].tolist(), int(self.pair_counts[at])) for at in often]

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """The pairs: *first* and *second* item, and the *baskets* with both."""
        return {"first": self.pairs[:, 0].copy(), "second": self.pairs[:, 1].copy(), "baskets": self.pair_counts.copy()}


_HEAD: Final = ("item", "item", "baskets")


def count_pairs(*, basket: object, item: object, largest: int = 2) -> PairCounts:
    """The counts of rows that each put an *item* into a *basket*; *largest* is 3 to count triples as well.

    Units: whole codes from 0 on, in any order; names stay outside.
    Law: a permutation of the rows, or a row given twice, gives the same bytes.
    Raises: InvalidType for anything but whole numbers; InvalidValue for a code below 0, columns of different length,
    or more than 2**27 possible combinations (count parts and merge them).
    >>> counts = count_pairs(basket=[1, 1, 1, 2, 2, 3], item=[10, 11, 12, 10, 11, 12])
    >>> counts.baskets, counts.together(10, 11), counts.together(11, 12)
    (3, 2, 1)
    """
    require_int(largest, code=_CODE, name="largest", low=2, high=3)
    baskets = ids(basket, name="basket", code=_CODE)
    codes = ids(item, name="item", code=_CODE, size=baskets.size)
    rows = sorted_rows(baskets, codes)
    pairs, pair_counts = combinations(rows, 2, code=f"{_CODE}.too_many")
    triples, triple_counts = np.empty((0, 3), dtype=np.int64), np.empty(0, dtype=np.int64)
    if largest == 3:
        triples, triple_counts = combinations(rows, 3, code=f"{_CODE}.too_many")
    return PairCounts(
        basket_runs=runs_of(rows.baskets),
        items=rows.items,
        item_counts=np.bincount(rows.rank, minlength=rows.items.size),
        pairs=rows.items[pairs],
        pair_counts=pair_counts,
        triples=rows.items[triples],
        triple_counts=triple_counts,
        largest=largest,
    )
