"""What moved between two versions of a plan."""

from __future__ import annotations

import attrs

from ..display import Align, html_table, text_table
from ._amounts import Amount

__all__ = ["Move", "PlanDiff"]


@attrs.frozen(kw_only=True)
class Move:
    """One cell that differs."""

    node: str
    period: str
    before: Amount
    after: Amount

    def __str__(self) -> str:
        return f"{self.node} {self.period}: {self.before} -> {self.after}"


@attrs.frozen(kw_only=True)
class PlanDiff:
    """What moved between two versions: every changed cell, and what the change is made of.

    Law: the changes of leaves sum to *total*.
    """

    changes: tuple[Move, ...]
    versions: tuple[int, int]
    total: Amount
    carried: Amount
    unplaced: Amount

    def of(self, node: str) -> tuple[Move, ...]:
        """The changes of one node."""
        return tuple(change for change in self.changes if change.node == node)

    def to_columns(self) -> dict[str, list[object]]:
        """One row per changed cell: node, period, before and after."""
        return {name: [getattr(move, name) for move in self.changes] for name in ("node", "period", "before", "after")}

    def _repr_html_(self) -> str:
        rows = [(move.node, move.period, move.before, move.after) for move in self.changes]
        return html_table(["node", "period", "before", "after"], rows, caption=self._headline())

    def _headline(self) -> str:
        old, new = self.versions
        return (
            f"version {old} -> {new}: {len(self.changes)} cells moved, {self.total} in all; "
            f"{self.carried} carried over from closed periods, {self.unplaced} left unplaced"
        )

    def explain(self) -> str:
        """The changes as a table, under one line that says where they come from."""
        head = self._headline()
        rows = [(change.node, change.period, change.before, change.after) for change in self.changes]
        if not rows:
            return head
        right = (Align.LEFT, Align.LEFT, Align.RIGHT, Align.RIGHT)
        return f"{head}\n{text_table([('node', 'period', 'before', 'after'), *rows], align=right)}"
