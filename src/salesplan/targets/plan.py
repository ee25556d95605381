"""A plan: how much every node of the tree is to reach in every period.

The plan keeps whole units of its leaves by atomic periods; what a node or a group of periods gets is their sum, so
every level adds up in both directions by construction. Where levels are over-assigned, each deeper level has a table
of its own, that adds up to its own larger total.

A plan that was re-spread keeps what was promised (`total`) apart from what the periods now ask for: its cells sum to
`total + carried - unplaced`, where *carried* is what closed periods planned but did not bring, and *unplaced* what the
policy left out of the open ones. A fresh plan has both at 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, overload

import attrs
import numpy as np
from numpy.typing import NDArray

from ..calendar import PeriodKind, Periods, WorkCalendar
from ..display import Align, html_table, text_table
from ..errors import InvalidType, InvalidValue, NotFound, clip, require_instance
from ..money import Currency
from ._amounts import MAX_UNITS, Amount, amount_of, shown
from ._two_way import Units
from .hierarchy import Hierarchy
from .node_plan import NodePlan, how_many, spans_of, unit_text
from .plan_diff import Move, PlanDiff

__all__ = ["TargetPlan"]

_MOST: Final = 2**62


def _frozen(table: Units) -> Units:
    """An own, read-only copy of a table of whole numbers."""
    given = np.asarray(table)
    if given.dtype.kind not in "iu" or (given.size and not -_MOST <= int(given.min()) <= int(given.max()) <= _MOST):
        raise InvalidType("units are whole numbers up to 2**62, in an integer array", code="targets.cells", value=None)
    own = given.astype(np.int64)
    own.setflags(write=False)
    return own


def _rebuilt(fields: dict[str, Any]) -> TargetPlan:
    return TargetPlan(**fields)


@attrs.frozen(kw_only=True, eq=False)
class TargetPlan:
    """Targets of a tree of people over a row of periods.

    Units: *cells* are whole minor units of *unit*, or counts where it is None.      Shape: leaves by periods;
    *assigned*, where levels are over-assigned, and *pattern*, the units before the first re-spread,
    nodes by periods; *carried_units* and *unplaced_units*, nodes.
    Law: leaves sum to every node above them (unless over-assigned) and periods to every group, to the unit.
    """

    people: Hierarchy = attrs.field(repr=how_many)
    periods: Periods = attrs.field(repr=how_many)
    unit: Currency | None
    workdays: WorkCalendar | None = attrs.field(default=None, repr=False)
    cells: Units = attrs.field(converter=_frozen, repr=False)
    assigned: Units | None = attrs.field(default=None, converter=attrs.converters.optional(_frozen), repr=False)
    pattern: Units | None = attrs.field(default=None, converter=attrs.converters.optional(_frozen), repr=False)
    version: int = 1
    closed: int = 0
    carried_units: Units | None = attrs.field(default=None, converter=attrs.converters.optional(_frozen), repr=False)
    unplaced_units: Units | None = attrs.field(default=None, converter=attrs.converters.optional(_frozen), repr=False)
    notes: tuple[str, ...] = ()
    _sums: Units = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        leaves, nodes, periods = len(self.people.shape.leaves), len(self.people.nodes), len(self.periods)
        shapes = [
            ("cells", self.cells, (leaves, periods)),
            ("assigned", self.assigned, (nodes, periods)),
            ("pattern", self.pattern, (nodes, periods)),
            ("carried_units", self.carried_units, (nodes,)),
            ("unplaced_units", self.unplaced_units, (nodes,)),
        ]
        for name, table, wanted in shapes:
            if table is not None and table.shape != wanted:
                raise InvalidValue(
                    f"{name} must have the shape {wanted}, not {table.shape}", code="targets.shape", value=table.shape
                )
        for name, table in (("cells", self.cells), ("assigned", self.assigned)):
            if table is not None and (table < 0).any():
                raise InvalidValue(f"{name} are 0 or more", code="targets.cells", value=None)
        if self.cells.sum(dtype=np.float64) > 2 * MAX_UNITS:  # a float is near enough: 63 bits leave a power of two
            raise InvalidValue("a plan holds up to 2**61 units", code="targets.range", value=None)
        sums = np.zeros((leaves + 1, periods), dtype=np.int64)
        np.add.accumulate(self.cells, axis=0, out=sums[1:])
        object.__setattr__(self, "_sums", _frozen(sums))

    def __reduce__(self) -> tuple[object, ...]:  # through the constructor, so that a copy is read-only too
        fields = {each.name: getattr(self, each.name) for each in attrs.fields(TargetPlan) if each.init}
        return _rebuilt, (fields,)

    def units(self, place: int) -> Units:
        """The units by period of the node at that position of the tree."""
        if self.assigned is not None:
            row: Units = self.assigned[place]
            return row
        shape = self.people.shape
        total: Units = self._sums[shape.until[place]] - self._sums[shape.first[place]]
        return total

    def units_of_all(self) -> Units:
        """The units of every node by period, in the order of the tree."""
        if self.assigned is not None:
            return self.assigned
        shape = self.people.shape
        total: Units = self._sums[list(shape.until)] - self._sums[list(shape.first)]
        return total

    @property
    def total(self) -> Amount:
        """What the root is to reach in all."""
        return self[self.people.root].total

    @property
    def root(self) -> NodePlan:
        """The plan of the whole."""
        return self[self.people.root]

    @overload
    def __getitem__(self, key: str) -> NodePlan: ...
    @overload
    def __getitem__(self, key: tuple[str, str]) -> Amount: ...
    def __getitem__(self, key: str | tuple[str, str]) -> NodePlan | Amount:
        """The plan of a node, or its amount in a period or group: plan["north"], plan["north", "2026-Q1"].

        Raises: NotFound.
        """
        if isinstance(key, tuple):
            if len(key) != 2:
                raise NotFound(f"ask for a node, or a node and a period: {clip(key)}", code="targets.key", value=key)
            name, label = key
            return self[name][label]
        place = self.people.place(key)
        return NodePlan(
            id=key,
            periods=self.periods,
            unit=self.unit,
            units=tuple(self.units(place).tolist()),
            workdays=self.workdays,
            starts=self.people.nodes[place].starts,
            stops=self.people.nodes[place].stops,
            pattern=tuple((self.units(place) if self.pattern is None else self.pattern[place]).tolist()),
            closed=self.closed,
            carried_units=0 if self.carried_units is None else int(self.carried_units[place]),
            unplaced_units=0 if self.unplaced_units is None else int(self.unplaced_units[place]),
        )

    def __iter__(self) -> Iterator[NodePlan]:
        return (self[name] for name in self.people.ids)

    def __contains__(self, name: object) -> bool:
        return name in self.people

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TargetPlan):
            return NotImplemented
        mine, theirs = self._identity(), other._identity()
        return mine == theirs

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[object, ...]:
        tables = (self.cells, self.assigned, self.carried_units, self.unplaced_units)
        numbers = tuple(None if table is None or not table.any() else table.tobytes() for table in tables)
        return self.people, self.periods, self.unit, self.workdays, self.version, self.closed, *numbers

    def diff(self, newer: TargetPlan) -> PlanDiff:
        """What moved from this plan to a newer one, leaf by leaf and period by period.

        Raises: InvalidValue when the plans differ in people, periods or unit.
        """
        require_instance(newer, TargetPlan, code="targets.diff", name="newer")
        if (self.people, self.periods, self.unit) != (newer.people, newer.periods, newer.unit):
            raise InvalidValue(
                "only plans of the same people, periods and unit can be compared", code="targets.diff", value=None
            )
        before, after = self.units_of_all(), newer.units_of_all()
        places = self.people.shape.leaves if self.assigned is None and newer.assigned is None else range(len(before))
        labels, unit = self.periods.labels, self.unit
        moved = [
            Move(
                node=self.people.nodes[place].id,
                period=labels[at],
                before=amount_of(int(before[place, at]), unit),
                after=amount_of(int(after[place, at]), unit),
            )
            for place in places
            for at in np.flatnonzero(before[place] != after[place])
        ]
        return PlanDiff(
            changes=tuple(moved),
            versions=(self.version, newer.version),
            total=amount_of(int(after[0].sum() - before[0].sum()), unit),
            carried=newer.root.carried,
            unplaced=newer.root.unplaced,
        )

    def explain(self, *, depth: int = 1, by: PeriodKind | None = None) -> str:
        """The plan as a table: nodes down to *depth*; months, quarters or halves that tile it, or *by* what is asked.

        Raises: NotFound when the row is not made of periods of that kind.
        """
        headers, rows = self._table(depth, by)
        lines = [text_table([headers, *rows], align=(Align.LEFT, *[Align.RIGHT] * (len(headers) - 1)))]
        root = self.root
        if root.carried_units or root.unplaced_units:
            lines.append(
                f"version {self.version}: {root.total} promised; {root.carried} of closed periods is in open ones too, "
                f"{root.unplaced} left out"
            )
        return "\n".join([*lines, *self.notes])

    def _repr_html_(self) -> str:
        headers, rows = self._table(2, None)
        return html_table(
            headers, rows, align=(Align.LEFT, *[Align.RIGHT] * (len(headers) - 1)), caption=f"version {self.version}"
        )

    def _table(self, depth: int, by: PeriodKind | None) -> tuple[list[str], list[list[str]]]:
        spans = spans_of(self.periods, by)
        headers = [unit_text(self.unit), *(label for label, _, _ in spans), "total"]
        rows = []
        for place, node in enumerate(self.people.nodes):
            level = self.people.shape.depths[place]
            if level <= depth:
                units = self.units(place)
                cells = [shown(int(units[first:until].sum()), self.unit) for _, first, until in spans]
                rows.append(["· " * level + node.id, *cells, shown(int(units.sum()), self.unit)])
        return headers, rows

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """One row per leaf and period: node, period, start, end and units.

        Shape: arrays of one length; *units* int64, *start* and *end* (excluded) datetime64, the rest texts.
        """
        leaves, periods = self.people.leaves, self.periods
        units = self.cells if self.assigned is None else self.assigned[list(self.people.shape.leaves)]
        return {
            "node": np.repeat(np.array(leaves, dtype=np.str_), len(periods)),
            "period": np.tile(np.array(periods.labels, dtype=np.str_), len(leaves)),
            "start": np.tile(np.array([each.start for each in periods], dtype="datetime64[D]"), len(leaves)),
            "end": np.tile(np.array([each.end for each in periods], dtype="datetime64[D]"), len(leaves)),
            "units": units.ravel().copy(),
        }
