"""Where one row of an assignment stands between the cuts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, assert_never

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole
from ..money import MAX_MINOR, Money
from .cuts import Cuts
from .nested_cuts import NestedCuts
from .standing import AxisStanding, CustomerStanding

if TYPE_CHECKING:
    from .assignment import Assignment

__all__ = ["standing_of"]

_AXES: Final = ("days since last", "orders", "money")


def standing_of(assignment: Assignment, row: int) -> CustomerStanding:
    """The standing of the customer in that row."""
    axes: tuple[AxisStanding, ...] = ()
    moves: tuple[date | None, str | None] = (None, None)
    rule = int(assignment.rule[row])
    where = _Where.of(assignment, row)
    if rule == -2:
        pass
    elif where is None:
        axes = tuple(_bare(assignment, row, at) for at in range(3))
    else:
        axes = tuple(where.axis(at) for at in range(3))
        moves = where.moves()
    return CustomerStanding(
        customer=int(assignment.customer[row]),
        as_of=assignment.as_of,
        segment=assignment.segments[int(assignment.segment[row])],
        rule=assignment.map.reason(rule),
        axes=axes,
        moves_on=moves[0],
        moves_to=moves[1],
    )


def _bare(assignment: Assignment, row: int, at: int) -> AxisStanding:
    """An axis of which only the level or only the number is known."""
    values, levels = assignment.values, assignment.levels
    return AxisStanding(
        axis=_AXES[at],
        value=None if values is None else _amount(assignment, at, int(values[row, at])),
        level=None if levels is None else f"{'RFM'[at]}{int(levels[row, at])}",
    )


def _amount(assignment: Assignment, at: int, number: int) -> Money | int:
    currency = assignment.currency
    return Money(number, currency) if at == 2 and currency is not None else number


@attrs.frozen
class _Where:
    """The numbers of one customer, and what other numbers would mean."""

    assignment: Assignment
    numbers: Whole
    segment: int
    cuts: Cuts | NestedCuts | None

    @classmethod
    def of(cls, assignment: Assignment, row: int) -> _Where | None:
        """None where the numbers or the cuts are not known."""
        if assignment.values is None or (assignment.map.by_scores and assignment.cuts is None):
            return None
        cuts = assignment.cuts if assignment.map.by_scores else None
        return cls(assignment, assignment.values[row], int(assignment.segment[row]), cuts)

    def axis(self, at: int) -> AxisStanding:
        """The number on one axis, between its cuts."""
        value, starts = int(self.numbers[at]), self._starts(at)
        place = int(np.searchsorted(starts, value, side="right"))
        known = AxisStanding(
            axis=_AXES[at],
            value=_amount(self.assignment, at, value),
            cut=_amount(self.assignment, at, int(starts[place - 1])) if place else None,
            level=self._level(at, value),
        )
        if place == starts.size:
            return known
        cut = int(starts[place])
        moved = int(self._if_moved(at, starts[place : place + 1])[0])
        return attrs.evolve(
            known,
            next_cut=_amount(self.assignment, at, cut),
            missing=_amount(self.assignment, at, cut - value) if cut - value <= MAX_MINOR else None,
            next_level=self._level(at, cut),
            leads_to=None if moved == self.segment else self.assignment.segments[moved].name,
            on=self._after(cut - value) if at == 0 else None,
        )

    def moves(self) -> tuple[date | None, str | None]:
        """When and where somebody goes who buys nothing more."""
        days, starts = int(self.numbers[0]), self._starts(0)
        later = starts[starts > days]
        places = self._if_moved(0, later)
        elsewhere = np.flatnonzero(places != self.segment)
        on = self._after(int(later[elsewhere[0]]) - days) if elsewhere.size else None
        return (None, None) if on is None else (on, self.assignment.segments[int(places[elsewhere[0]])].name)

    def _starts(self, at: int) -> Whole:
        """The first numbers of the bands of an axis but the lowest, rising."""
        match self.cuts:
            case None:
                return self.assignment.map.cover.starts[at]
            case Cuts():
                return self.cuts.starts(at)
            case NestedCuts():
                return self.cuts.starts(at, self.numbers)
            case _:
                assert_never(self.cuts)

    def _if_moved(self, at: int, numbers: Whole) -> NDArray[np.int16]:
        """The places of the segments that the customer would be in with these numbers on one axis."""
        rows = np.repeat(self.numbers[np.newaxis], numbers.size, axis=0)
        rows[:, at] = numbers
        if self.cuts is not None:
            rows = self.cuts.levels(rows)
        held = self.assignment.map.rule_places((rows[:, 0], rows[:, 1], rows[:, 2]))
        return self.assignment.map.segment_places()[held]

    def _level(self, at: int, number: int) -> str | None:
        if self.cuts is None:
            return None
        numbers = self.numbers.copy()
        numbers[at] = number
        return f"{'RFM'[at]}{int(self.cuts.levels(numbers[np.newaxis])[0, at])}"

    def _after(self, days: int) -> date | None:
        as_of = self.assignment.as_of
        return None if as_of is None or days > (date.max - as_of).days else as_of + timedelta(days)
