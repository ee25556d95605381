"""A split as a problem by position: trees and periods are numbers here, so that solving needs no names."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import attrs

from ..apportion import Apportionment
from ..money import Currency
from ._amounts import shown
from ._two_way import Floats
from .constraints import Infeasible, Limit, Pin
from .hierarchy import Shape

__all__ = ["Block", "Problem", "infeasible", "is_under", "within"]


@attrs.frozen(kw_only=True)
class Block:
    """A pin or limit by position: under *node*, periods *first* to *until*, at least *low* and at most *high*."""

    node: int
    first: int
    until: int
    low: int
    high: int | None
    source: Pin | Limit

    @property
    def fixed(self) -> bool:
        """Whether it is a pin."""
        return self.low == self.high


@attrs.frozen(kw_only=True)
class Problem:
    """What is to be split; *weights* has one entry per node, *columns* one per period.

    *levels* are spans of periods, such as quarters and then months, that share one within the other.
    *seed* is leaves by periods, up to a factor; None stands for every leaf following the periods alike. *present* says
    how much of each period leaves are there (None: always): where they are not, no pin puts anything.
    """

    total: int
    shape: Shape
    names: tuple[str, ...]
    labels: tuple[str, ...]
    levels: tuple[tuple[tuple[int, int], ...], ...]
    weights: Sequence[int | Fraction]
    columns: Sequence[int | Fraction]
    seed: Floats | None
    present: Floats | None
    blocks: tuple[Block, ...]
    method: Apportionment
    unit: Currency | None

    def say(self, units: int) -> str:
        """An amount of this problem, for messages."""
        return shown(units, self.unit)

    @property
    def on_rows(self) -> list[Block]:
        """Pins and limits on a node over the whole time."""
        return [block for block in self.blocks if (block.first, block.until) == (0, len(self.labels))]

    @property
    def on_columns(self) -> list[Block]:
        """Pins and limits on everybody in some of the time."""
        return [block for block in self.blocks if block.node == 0 and block.until - block.first < len(self.labels)]

    @property
    def on_cells(self) -> list[Block]:
        """Pins and limits on a node in some of the time, smaller blocks first."""
        inner = [block for block in self.blocks if block.node != 0 and block.until - block.first < len(self.labels)]
        return sorted(inner, key=lambda block: (self._size(block), block.node, block.first, block.until))

    def _size(self, block: Block) -> int:
        return (self.shape.until[block.node] - self.shape.first[block.node]) * (block.until - block.first)


def within(problem: Problem, inner: Block, outer: Block) -> bool:
    """Whether *inner* is on nodes under the node of *outer* and shares some of its time."""
    shape = problem.shape
    return (
        shape.first[outer.node] <= shape.first[inner.node]
        and shape.until[inner.node] <= shape.until[outer.node]
        and inner.first < outer.until
        and outer.first < inner.until
    )


def is_under(problem: Problem, block: Block, place: int) -> bool:
    """Whether *block* is on the node at *place* or one below it."""
    shape = problem.shape
    return shape.first[place] <= shape.first[block.node] and shape.until[block.node] <= shape.until[place]


def infeasible(problem: Problem, text: str, short: int, blocks: Sequence[Block]) -> Infeasible:
    """The error that says what does not fit, by how much, and which pins and limits are involved."""
    pins = tuple(block.source for block in blocks)
    named = ", ".join(str(pin)[:40] for pin in pins[:2]) + (" and others" if len(pins) > 2 else "")
    return Infeasible(
        f"{text[:90]}: off by {problem.say(short)} ({named})", code="targets.infeasible", pins=pins, short=short
    )
