"""Proof that boxes cover a space exactly once: every axis is cut at every end, and each cell counts its boxes.

Between two neighbouring cuts nothing changes, so k boxes on n axes make at most (2k + 1) ** n cells, and looking at all
of them is a proof, not a sample. Cells that nothing covers, or that several boxes do, are joined into few larger boxes
and said in words.

Left out: joining into the fewest boxes possible. Each takes the largest box that begins at the first cell left.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, permutations
from math import prod
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidValue, NotFound, clip
from .axes import Axis, Between, Cell, Choice, Claim, NumberAxis

__all__ = ["Cover", "Part", "Region", "cover", "joined"]

_MOST_CELLS: Final = 2_000_000
_MOST_REGIONS: Final = 50


@attrs.frozen
class Part:
    """What a region takes of one axis, and that in words."""

    axis: str
    cells: tuple[Cell, ...]
    text: str = attrs.field(eq=False)

    def contains(self, value: int | str | None) -> bool:
        """Whether a value lies in it; None is unknown."""
        return any(_holds(cell, value) for cell in self.cells)


@attrs.frozen
class Region:
    """A box in words; *claimed_by* are the places of the rules that cover all of it.

    Axes of which it takes everything are not among the *parts*.
    """

    parts: tuple[Part, ...]
    claimed_by: tuple[int, ...] = ()

    def contains(self, values: dict[str, int | str | None]) -> bool:
        """Whether somebody with these values, axis by axis, is inside.

        Raises: NotFound for an axis without a value.
        """
        for part in self.parts:
            if part.axis not in values:
                raise NotFound(f"no value of {clip(part.axis)}", code="segmentation.region", value=part.axis)
        return all(part.contains(values[part.axis]) for part in self.parts)

    def __str__(self) -> str:
        return ", ".join(part.text for part in self.parts) or "everything"


@attrs.frozen(eq=False)
class Cover:
    """Who covers what: *first* is the place of the first rule on each cell (-1: none), *times* how many do.

    *starts* are the first numbers of the cells of each number axis but the lowest.
    """

    axes: tuple[Axis, ...]
    cells: tuple[tuple[Cell, ...], ...]
    first: NDArray[np.int32]
    times: NDArray[np.int32]
    masks: tuple[tuple[NDArray[np.bool_], ...], ...]
    starts: tuple[NDArray[np.int64], ...]

    def uncovered(self) -> tuple[Region, ...]:
        """What no rule covers, the first 50 boxes of it."""
        return tuple(Region(self._parts(box)) for box in joined(self.times == 0, orderly=self._orderly()))

    def doubled(self) -> tuple[Region, ...]:
        """What several rules cover: the first 50 boxes, each covered by the same rules throughout."""
        regions: list[Region] = []
        left = self.times > 1
        while left.any() and len(regions) < _MOST_REGIONS:
            place = np.unravel_index(int(np.argmax(left)), left.shape)
            who = tuple(
                at for at, masks in enumerate(self.masks) if all(m[p] for m, p in zip(masks, place, strict=True))
            )
            common = [np.logical_and.reduce(of_axis) for of_axis in zip(*(self.masks[at] for at in who), strict=True)]
            same = left & _outer(common)
            for at, masks in enumerate(self.masks):
                if at not in who:
                    same[np.ix_(*(one & two for one, two in zip(masks, common, strict=True)))] = False
            boxes = joined(same, orderly=self._orderly())
            regions += [Region(self._parts(box), who) for box in boxes]
            left &= ~same
        return tuple(regions[:_MOST_REGIONS])

    def dead(self) -> tuple[int, ...]:
        """The places of rules that are first on no cell."""
        alive = set(np.unique(self.first).tolist())
        return tuple(at for at in range(len(self.masks)) if at not in alive)

    def region(self, claims: Sequence[Claim]) -> Region:
        """A box in words."""
        parts = zip(self.axes, claims, strict=True)
        return Region(tuple(Part(axis.name, claim, axis.words(claim)) for axis, claim in parts if claim is not None))

    def _orderly(self) -> tuple[bool, ...]:
        return tuple(isinstance(axis, NumberAxis) for axis in self.axes)

    def _parts(self, box: tuple[NDArray[np.intp], ...]) -> tuple[Part, ...]:
        parts = []
        for axis, cells, places in zip(self.axes, self.cells, box, strict=True):
            if len(places) < len(cells):
                taken = tuple(cells[place] for place in places.tolist())
                parts.append(Part(axis.name, taken, axis.words(taken)))
        return tuple(parts)


def cover(axes: Sequence[Axis], boxes: Sequence[Sequence[Claim]], *, code: str) -> Cover:
    """What the boxes cover; each claims something of every axis.

    Law: on every cell all values are covered by the same boxes.
    Raises: InvalidValue with *code* for more than 2,000,000 cells.
    """
    cells = tuple(axis.cells([box[at] for box in boxes]) for at, axis in enumerate(axes))
    shape = tuple(map(len, cells))
    if prod(shape) > _MOST_CELLS:
        raise InvalidValue(
            f"the rules cut their axes into {' x '.join(map(str, shape))} cells; at most {_MOST_CELLS:,} are looked at",
            code=code,
            value=shape,
        )
    masks = tuple(
        tuple(_mask(axis, each, claim) for axis, each, claim in zip(axes, cells, box, strict=True)) for box in boxes
    )
    first = np.full(shape, -1, dtype=np.int32)
    times = np.zeros(shape, dtype=np.int32)
    for at in range(len(boxes) - 1, -1, -1):
        taken = np.ix_(*masks[at])
        first[taken] = at
        times[taken] += 1
    starts = tuple(
        np.array([cell.low for cell in each if isinstance(cell, Between) and cell.low is not None], dtype=np.int64)
        for each in cells
    )
    kept: list[NDArray[Any]] = [first, times, *starts, *(mask for each in masks for mask in each)]
    for array in kept:
        array.setflags(write=False)
    return Cover(tuple(axes), cells, first, times, masks, starts)


def _holds(cell: Cell, value: int | str | None) -> bool:
    if isinstance(cell, Between):
        if not isinstance(value, int):
            return False
        return (cell.low is None or cell.low <= value) and (cell.below is None or value < cell.below)
    return value == cell.value if isinstance(cell, Choice) else value is None


def _mask(axis: Axis, cells: Sequence[Cell], claim: Claim) -> NDArray[np.bool_]:
    if claim is None:
        return np.ones(len(cells), dtype=np.bool_)
    return np.array([any(axis.inside(cell, each) for each in claim) for cell in cells], dtype=np.bool_)


def _outer(masks: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    whole = np.zeros(tuple(map(len, masks)), dtype=np.bool_)
    whole[np.ix_(*masks)] = True
    return whole


def joined(left: NDArray[np.bool_], *, orderly: tuple[bool, ...]) -> list[tuple[NDArray[np.intp], ...]]:
    """Boxes that hold the same cells, none twice; the first 50."""
    left = left.copy()
    boxes: list[tuple[NDArray[np.intp], ...]] = []
    while left.any() and len(boxes) < _MOST_REGIONS:
        place = tuple(int(at) for at in np.unravel_index(int(np.argmax(left)), left.shape))
        grown = [_grown(left, place, order, orderly) for order in islice(permutations(range(left.ndim)), 24)]
        box = max(grown, key=lambda each: prod(map(len, each)))
        left[np.ix_(*box)] = False
        boxes.append(box)
    return boxes


def _grown(
    left: NDArray[np.bool_], place: tuple[int, ...], order: tuple[int, ...], orderly: tuple[bool, ...]
) -> tuple[NDArray[np.intp], ...]:
    """The box around the first cell, widened axis by axis as long as all of it is left.

    Nothing before the first cell is left, so numbers only grow upwards; choices may be taken from anywhere.
    """
    box = [np.array([at], dtype=np.intp) for at in place]
    for axis in order:
        rest = tuple(at for at in range(left.ndim) if at != axis)
        wide = [np.arange(left.shape[at]) if at == axis else box[at] for at in range(left.ndim)]
        full: NDArray[np.bool_] = np.asarray(left[np.ix_(*wide)].all(axis=rest))
        if orderly[axis]:
            box[axis] = place[axis] + np.flatnonzero(np.logical_and.accumulate(full[place[axis] :]))
        else:
            box[axis] = np.flatnonzero(full)
    return tuple(box)
