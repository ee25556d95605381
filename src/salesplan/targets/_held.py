"""Cells that are fixed or bounded before anything else: pins of a node in some of the time, limits of single cells."""

from __future__ import annotations

import attrs
import numpy as np

from ._problem import Block, Problem, infeasible, within
from ._shares import OutOfBounds, share
from ._two_way import NO_LIMIT, Flags, Floats, Units

__all__ = ["Held"]

_SCALE = 2**40


@attrs.frozen(kw_only=True)
class Held:
    """Bounds per cell; *open* are the cells that may still move."""

    low: Units
    high: Units
    open: Flags

    def tops(self, *, axis: int) -> list[int | None]:
        """The sums of the upper bounds along rows or columns; None where a cell has none."""
        sums = self.high.astype(np.object_).sum(axis=axis).tolist()  # of Python's integers: bounds may be huge
        return [None if top >= NO_LIMIT else top for top in sums]

    def bottoms(self, *, axis: int) -> list[int]:
        """The sums of the lower bounds along rows or columns."""
        sums: list[int] = self.low.astype(np.object_).sum(axis=axis).tolist()
        return sums

    @staticmethod
    def of(problem: Problem, seed: Floats) -> Held:
        """Fill the pinned blocks, smaller ones first, and note the limits of single cells."""
        free = seed > 0
        low = np.zeros(seed.shape, dtype=np.int64)
        high = np.where(free, NO_LIMIT, 0)
        blocks = problem.on_cells
        for block in blocks:
            if not block.fixed:
                at = (problem.shape.first[block.node], block.first)
                low[at], high[at] = block.low, high[at] if block.high is None else min(high[at], block.high)
                if low[at] > high[at]:
                    raise infeasible(problem, f"{block.source}: nobody works there", block.low, [block])
        for block in blocks:
            if block.fixed:
                area = (
                    slice(problem.shape.first[block.node], problem.shape.until[block.node]),
                    slice(block.first, block.until),
                )
                _pin(problem, block, seed[area], low[area], high[area], free[area])
        return Held(low=low, high=high, open=free)


def _pin(problem: Problem, block: Block, seed: Floats, low: Units, high: Units, free: Flags) -> None:
    """Share a pinned amount among the cells of its block that are still free, and fix them (the arrays are views)."""
    weights = whole_weights(np.where(free, seed, 0.0).ravel())
    left = block.low - sum(np.where(free, 0, low).ravel().tolist())
    tops = [None if top >= NO_LIMIT else int(top) for top in high.ravel()]
    try:
        parts = share(left, weights, np.where(free, low, 0).ravel().tolist(), tops)
    except OutOfBounds as none:
        fixed = block.low - left
        what = f"its cells hold {problem.say(fixed)} already" if fixed else "nobody works there"
        inside = [other for other in problem.on_cells if within(problem, other, block)]
        raise infeasible(problem, f"{block.source}: {what}", abs(none.total - none.needed), inside) from None
    new = np.array(parts, dtype=np.int64).reshape(seed.shape)
    low[free] = new[free]
    high[free] = new[free]
    free[:] = False


def whole_weights(weights: Floats) -> list[int]:
    """Float weights as integers for an exact split: 40 bits below the largest; what weighs something stays above 0."""
    most = float(weights.max(initial=0.0))
    if not most:
        return [0] * len(weights)
    return [int(each / most * _SCALE) + 1 if each > 0 else 0 for each in weights.tolist()]
