"""What moved between two versions of a plan."""

from __future__ import annotations

import attrs

from ..display import Align, text_table
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

    def explain(self) -> str:
        """The changes as a table, under one line that says where they come from."""
        old, new = self.versions
        head = (
            f"version {old} -> {new}: {len(self.changes)} cells moved, {self.total} in all; "
            f"{self.carried} carried over from closed periods, {self.unplaced} left unplaced"
        )
        rows = [(change.node, change.period, change.before, change.after) for change in self.changes]
        if not rows:
            return head
        right = (Align.LEFT, Align.LEFT, Align.RIGHT, Align.RIGHT)
        return f"{head}\n{text_table([('node', 'period', 'before', 'after'), *rows], align=right)}"
