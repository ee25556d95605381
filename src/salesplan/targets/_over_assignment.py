"""Over-assignment: every level of the tree scaled by its factor, a table of its own that is exact both ways.

A level is rounded from the whole once, never from the level above, so that no factor is applied twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from fractions import Fraction
from math import ceil, floor

import attrs
import numpy as np

from ..errors import InvalidValue, listed, require_instance
from ..money import Rounding
from ..rate import Rate
from ._amounts import MAX_UNITS
from ._problem import Block, Problem
from ._seeds import rank_one, traced
from ._solve import solve
from ._two_way import Units
from .hierarchy import Shape

__all__ = ["Splits", "assigned", "at_base", "level_factors"]


class Splits(Enum):
    """What happens to the cells of a pinned block."""

    SHARED = "shared"
    """They share it by weight before anything else is known."""
    OPEN = "open"
    """It is one cell or one sum, and bounds will do."""


def level_factors(over_assignment: Sequence[Rate], shape: Shape) -> list[Fraction]:
    """The factor of every depth against the root: the product of the steps down to it."""
    steps = listed(over_assignment, code="targets.over_assignment", name="over_assignment")
    depth = max(shape.depths)
    if len(steps) > depth:
        raise InvalidValue(
            f"{len(steps)} over-assignments for a tree of {depth} levels under its root",
            code="targets.over_assignment",
            value=len(steps),
        )
    factors = [Fraction(1)]
    for step in steps:
        require_instance(step, Rate, code="targets.over_assignment", name="over-assignment")
        if step < Rate(1):
            raise InvalidValue(
                f"an over-assignment is 100 % or more: {step}", code="targets.over_assignment", value=step
            )
        factors.append(factors[-1] * step.to_fraction())
    return factors + [factors[-1]] * (depth + 1 - len(factors))


def at_base(block: Block, factor: Fraction, *, splits: Splits) -> Block:
    """A pin or limit of an over-assigned level on the scale of the root.

    Between the two units around it where that can be left open; a pinned block that is shared first is rounded.
    """
    if factor == 1:
        return block
    if splits is Splits.SHARED and block.fixed:
        near = round(block.low / factor)
        return attrs.evolve(block, low=near, high=near)
    return attrs.evolve(
        block, low=floor(block.low / factor), high=None if block.high is None else ceil(block.high / factor)
    )


def assigned(problem: Problem, cells: Units, factors: Sequence[Fraction], blocks: Sequence[Block]) -> Units:
    """Each level scaled by its factor, with its own total exact in both directions."""
    shape = problem.shape
    base = _up(shape, cells)
    result = base.copy()
    seed = rank_one(shape, problem.weights, problem.columns) if problem.seed is None else problem.seed
    works = _up(shape, (seed > 0).astype(np.int64)) > 0
    present = None if problem.present is None else _up(shape, (problem.present > 0).astype(np.int64)).astype(np.float64)
    for depth in range(1, max(shape.depths) + 1):
        factor = factors[depth]
        if factor == 1:
            continue
        places = [place for place, level in enumerate(shape.depths) if level == depth]
        level = base[places]
        total = Rounding.HALF_UP.divide(int(level.sum()) * factor.numerator, factor.denominator)
        if total > MAX_UNITS:
            raise InvalidValue(
                "an over-assigned level holds up to 2**60 units", code="targets.over_assignment", value=depth
            )
        rank = {place: at + 1 for at, place in enumerate(places)}
        inner = Problem(
            total=total,
            shape=_flat(len(places)),
            names=(problem.names[0], *(problem.names[place] for place in places)),
            labels=problem.labels,
            levels=problem.levels,
            weights=[int(level.sum()), *level.sum(axis=1).tolist()],
            columns=level.sum(axis=0).tolist(),
            seed=traced(level.astype(np.float64), works[places]),
            present=None if present is None else present[places],
            blocks=tuple(attrs.evolve(block, node=rank[block.node]) for block in blocks if block.node in rank),
            method=problem.method,
            unit=problem.unit,
        )
        result[places] = solve(inner)
    return result


def _flat(size: int) -> Shape:
    """A root with *size* leaves."""
    return Shape(
        parents=(-1, *[0] * size),
        depths=(0, *[1] * size),
        children=(tuple(range(1, size + 1)), *[()] * size),
        leaves=tuple(range(1, size + 1)),
        first=(0, *range(size)),
        until=(size, *range(1, size + 1)),
    )


def _up(shape: Shape, leaves: Units) -> Units:
    """The sums of leaves for every node."""
    sums = np.zeros((leaves.shape[0] + 1, leaves.shape[1]), dtype=np.int64)
    np.add.accumulate(leaves, axis=0, out=sums[1:])
    total: Units = sums[list(shape.until)] - sums[list(shape.first)]
    return total
