"""Over-assignment: every level of the tree scaled by its factor, a table of its own that is exact both ways.

A level is rounded from the whole once, never from the level above, so that no factor is applied twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from ..errors import InvalidValue, listed, require_instance
from ..money import MAX_MINOR, Rounding
from ..rate import Rate
from ._problem import Block, Problem
from ._solve import solve
from ._two_way import Units
from .hierarchy import Shape

__all__ = ["assigned", "at_base", "level_factors"]


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


def at_base(block: Block, factor: Fraction) -> Block:
    """A pin of an over-assigned level, on the scale of the root."""
    if factor == 1:
        return block
    low = round(block.low / factor)
    high = None if block.high is None else round(block.high / factor)
    return Block(node=block.node, first=block.first, until=block.until, low=low, high=high, source=block.source)


def assigned(problem: Problem, cells: Units, factors: Sequence[Fraction], blocks: Sequence[Block]) -> Units:
    """Each level scaled by its factor, with its own total exact in both directions."""
    shape = problem.shape
    sums = np.zeros((cells.shape[0] + 1, cells.shape[1]), dtype=np.int64)
    np.add.accumulate(cells, axis=0, out=sums[1:])
    base = sums[list(shape.until)] - sums[list(shape.first)]
    result = base.copy()
    for depth in range(1, max(shape.depths) + 1):
        factor = factors[depth]
        if factor == 1:
            continue
        places = [place for place, level in enumerate(shape.depths) if level == depth]
        level = base[places]
        total = Rounding.HALF_UP.divide(int(level.sum()) * factor.numerator, factor.denominator)
        if total > MAX_MINOR:
            raise InvalidValue("an over-assigned level passes 63 bits", code="targets.over_assignment", value=depth)
        rank = {place: at + 1 for at, place in enumerate(places)}
        flat = Shape(
            parents=(-1, *[0] * len(places)),
            depths=(0, *[1] * len(places)),
            children=(tuple(range(1, len(places) + 1)), *[()] * len(places)),
            leaves=tuple(range(1, len(places) + 1)),
            first=(0, *range(len(places))),
            until=(len(places), *range(1, len(places) + 1)),
        )
        inner = Problem(
            total=total,
            shape=flat,
            names=(problem.names[0], *(problem.names[place] for place in places)),
            labels=problem.labels,
            weights=[int(level.sum()), *level.sum(axis=1).tolist()],
            columns=level.sum(axis=0).tolist(),
            seed=level.astype(np.float64),
            blocks=tuple(
                Block(node=rank[b.node], first=b.first, until=b.until, low=b.low, high=b.high, source=b.source)
                for b in blocks
                if b.node in rank
            ),
            method=problem.method,
            unit=problem.unit,
        )
        result[places] = solve(inner)
    return result
