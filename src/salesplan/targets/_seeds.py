"""The table before anything is whole or fixed: who weighs how much in which period.

Each period is shared among those who work in it, by weight; a leaf that is away has nothing there. Every positive
entry stays above 1e-200 of the largest, whatever the weights, so that no product later on is lost to underflow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

import numpy as np

from ..apportion import WeightError
from ..calendar import Periods
from ..errors import InvalidType, InvalidValue, clip, listed
from ._shares import integers
from ._two_way import Flags, Floats
from .hierarchy import Hierarchy, Shape
from .weights import Weight, exact_weights

__all__ = ["leaf_sums", "rank_one", "seed_of", "traced", "with_patterns"]

_LEAST: Final = 1e-200


def seed_of(
    people: Hierarchy,
    periods: Periods,
    weights: Sequence[int | Fraction],
    columns: Sequence[int | Fraction],
    presence: Floats,
) -> Floats:
    """Each period shared among those who are there.

    Raises: WeightError naming a period with a weight in which nobody works.
    """
    shape = people.shape
    works = np.array([weights[place] > 0 for place in shape.leaves])
    if not works.any():
        raise WeightError("everybody weighs 0", code="targets.no_weight", value=0)
    support = (presence > 0) & works[:, None]
    _somebody_works(support, periods, columns)
    table = traced(presence * _leaf_shares(shape, weights)[:, None], support)
    sums = table.sum(axis=0)
    scale = _parts(columns)
    shared = table * np.divide(scale, sums, out=np.zeros_like(sums), where=sums > 0)
    return traced(shared, support & (scale > 0))


def rank_one(shape: Shape, weights: Sequence[int | Fraction], columns: Sequence[int | Fraction]) -> Floats:
    """Leaf weight by period weight."""
    leaves, across = _leaf_shares(shape, weights), _parts(columns)
    return traced(np.multiply.outer(leaves, across), np.multiply.outer(leaves > 0, across > 0))


def with_patterns(
    seed: Floats,
    people: Hierarchy,
    periods: Periods,
    columns: Sequence[int | Fraction],
    patterns: Mapping[str, Sequence[Weight]],
) -> Floats:
    """The seed with patterns of nodes on top.

    Raises: InvalidType, InvalidValue, WeightError, NotFound.
    """
    if not isinstance(patterns, Mapping):
        raise InvalidType(
            f"own_seasonality is a mapping by id: {clip(patterns)}", code="targets.seasonality", value=patterns
        )
    table, support = seed.copy(), seed > 0
    for place, name in sorted(zip(people.places(patterns), patterns, strict=True)):
        given = listed(patterns[name], code="targets.seasonality", name=f"the pattern of {clip(name)}")
        if len(given) != len(periods):
            raise InvalidValue(
                f"{len(given)} seasonal weights of {clip(name)} for {len(periods)} periods",
                code="targets.seasonality",
                value=name,
            )
        exact = exact_weights(given, [name] * len(given))
        most = max(exact)
        if not most:
            raise WeightError(f"the pattern of {clip(name)} is all 0", code="targets.no_weight", value=name)
        rows = slice(people.shape.first[place], people.shape.until[place])
        support[rows] &= np.array([each > 0 for each in exact])
        table[rows] *= np.array([max(float(Fraction(each) / most), 1e-30) for each in exact])
    _somebody_works(support, periods, columns)
    return traced(table, support)


def traced(table: Floats, support: Flags) -> Floats:
    """The table on a scale of one, 0 outside its support and never lost to underflow inside."""
    most = float(table.max(initial=0.0)) or 1.0
    return np.where(support, np.maximum(table / most, _LEAST), 0.0)


def leaf_sums(shape: Shape, seed: Floats) -> list[int | Fraction]:
    """What every leaf of *seed* gets in all, as integers, and the sums of them up the tree."""
    rows = np.ascontiguousarray(seed.T).sum(axis=0)
    most = float(rows.max(initial=0.0)) or 1.0
    sums: list[int | Fraction] = [0]
    for each in rows.tolist():
        sums.append(sums[-1] + (int(each / most * 2**50) + 1 if each > 0 else 0))
    return [sums[until] - sums[first] for first, until in zip(shape.first, shape.until, strict=True)]


def _leaf_shares(shape: Shape, weights: Sequence[int | Fraction]) -> Floats:
    """What part of the whole every leaf weighs, level by level."""
    shares = [1.0] * len(shape.parents)
    for place, under in enumerate(shape.children):
        whole = sum([weights[child] for child in under])
        for child in under:
            weight = weights[child]
            shares[child] = max(shares[place] * float(weight / whole), _LEAST) if weight and shares[place] else 0.0
    return np.array([shares[place] for place in shape.leaves])


def _parts(columns: Sequence[int | Fraction]) -> Floats:
    """What part of the whole every period weighs."""
    across = integers(columns)
    whole = sum(across) or 1
    return np.array([max(each / whole, _LEAST) if each else 0.0 for each in across])


def _somebody_works(support: Flags, periods: Periods, columns: Sequence[int | Fraction]) -> None:
    for at, weight in enumerate(columns):
        if weight and not support[:, at].any():
            raise WeightError(
                f"nobody works in {periods[at].label}, which has a part of the target: give it weight 0",
                code="targets.nobody_works",
                value=periods[at].label,
            )
