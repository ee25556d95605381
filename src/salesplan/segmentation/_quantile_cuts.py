"""Cut points between levels of equal size, and how many of them a value has passed: exactly, by whole numbers.

A whole number is above a cut if it is above the whole part of the cut, so that columns never meet a fraction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..columns import Whole
from ..errors import InvalidValue, clip, listed, require_int
from ..money import MAX_MINOR
from ..rate import Rate
from .scores import MOST_LEVELS

__all__ = [
    "Bound",
    "cuts_within",
    "is_above",
    "linear_cuts",
    "nearest_rank_cuts",
    "passed",
    "passed_one",
    "rising",
    "whole_cut",
    "whole_part",
]

Bound: TypeAlias = int | Rate
"""A Rate is never whole: 3 is 3."""

_CODE: Final = "segmentation.thresholds"
_SPAN: Final = 1 << 16
_FEW: Final = 16


def nearest_rank_cuts(values: Whole, levels: int) -> tuple[Bound, ...]:
    """The k-th smallest values, k = i n / levels rounded up for i = 1, 2, ...: numbers that occur.

    >>> nearest_rank_cuts(np.array([5, 1, 1, 9, 2]), 2)
    (2,)
    """
    return tuple(_smallest(values, [-(-part * values.size // levels) - 1 for part in range(1, levels)]))


def linear_cuts(values: Whole, levels: int) -> tuple[Bound, ...]:
    """The points i (n - 1) / levels of the way along the sorted values, on the straight line between two neighbours.

    >>> linear_cuts(np.array([5, 1, 1, 8]), 2), linear_cuts(np.array([1, 2]), 2)
    ((3,), (Rate(numerator=3, denominator=2),))
    """
    steps = [divmod(part * (values.size - 1), levels) for part in range(1, levels)]
    lows = _smallest(values, [rank for rank, _ in steps])
    highs = _smallest(values, [min(rank + 1, values.size - 1) for rank, _ in steps])
    return tuple(
        whole_cut(Rate(low * levels + rest * (high - low), levels))
        for low, high, (_, rest) in zip(lows, highs, steps, strict=True)
    )


def cuts_within(
    group: NDArray[np.intp],
    values: Whole,
    wider: Sequence[tuple[Bound, ...]],
    cuts: Callable[[Whole], tuple[Bound, ...]],
) -> tuple[tuple[Bound, ...], ...]:
    """The cuts of the values of each group; of an empty one those that are given, the cuts of a *wider* one."""
    order = np.argsort(group, kind="stable")
    ends = np.searchsorted(group[order], np.arange(len(wider) + 1))
    rows = [values[order[start:end]] for start, end in pairwise(ends)]
    return tuple(cuts(row) if row.size else other for row, other in zip(rows, wider, strict=True))


def passed(values: Whole, rows: Sequence[tuple[Bound, ...]], group: NDArray[np.intp] | None = None) -> NDArray[np.int8]:
    """How many cuts each value is above, in the row of its group where there are several."""
    whole = np.array([[whole_part(cut) for cut in row] for row in rows], dtype=np.int64)
    if group is None and whole.shape[1] > _FEW:
        return np.searchsorted(whole[0], values, side="left").astype(np.int8)
    many = np.zeros(values.size, dtype=np.int8)
    for column in whole.T:
        many += values > (column[0] if group is None else column[group])
    return many


def passed_one(value: int, cuts: Sequence[Bound]) -> int:
    """How many cuts one value is above."""
    return sum(is_above(value, cut) for cut in cuts)


def rising(cuts: Iterable[Bound], name: str) -> tuple[Bound, ...]:
    """Checked cuts, whole ones as ints."""
    own = tuple(whole_cut(cut) for cut in listed(cuts, code=_CODE, name=f"the cuts of {name}"))
    if len(own) >= MOST_LEVELS:
        raise InvalidValue(f"at most {MOST_LEVELS - 1} cuts of {name}, not {len(own)}", code=_CODE, value=len(own))
    for cut in own:
        if isinstance(cut, Rate):
            require_int(whole_part(cut), code=_CODE, name=f"a cut of {name}", low=-MAX_MINOR, high=MAX_MINOR)
        else:
            require_int(cut, code=_CODE, name=f"a cut of {name}", low=-MAX_MINOR, high=MAX_MINOR)
    if any(is_above(below, above) for below, above in pairwise(own)):
        raise InvalidValue(f"the cuts of {name} must not fall: {clip(own)}", code=_CODE, value=own)
    return own


def is_above(one: Bound, two: Bound) -> bool:
    """Whether the first is the greater one."""
    return _ratio(one) > _ratio(two)


def whole_cut(cut: Bound) -> Bound:
    """The cut, as an int where it is whole."""
    return cut.numerator if isinstance(cut, Rate) and cut.denominator == 1 else cut


def whole_part(cut: Bound) -> int:
    """The greatest whole number that is not above the cut."""
    return cut if isinstance(cut, int) else cut.numerator // cut.denominator


def _ratio(cut: Bound) -> Fraction:
    return Fraction(cut) if isinstance(cut, int) else cut.to_fraction()


def _smallest(values: Whole, ranks: list[int]) -> list[int]:
    """The values that have these ranks, from 0 on, when sorted."""
    low, high = int(values.min()), int(values.max())
    if high - low < max(values.size, _SPAN):
        up_to = np.cumsum(np.bincount(values - low))
        found: list[int] = (np.searchsorted(up_to, ranks, side="right") + low).tolist()
        return found
    kept: list[int] = np.partition(values, sorted(set(ranks)))[ranks].tolist()
    return kept
