"""What one node of a plan is to reach, by period."""

from __future__ import annotations

import attrs

from ..calendar import Periods, WorkCalendar
from ..display import Align, html_table, text_table
from ..money import Currency
from ._amounts import Amount, amount_of, shown
from .hierarchy import Hierarchy

__all__ = ["NodePlan", "how_many", "unit_text"]


def how_many(row: Periods | Hierarchy) -> str:
    """A row or tree in a repr, where all of it would run to pages."""
    return f"<{len(row)} periods>" if isinstance(row, Periods) else f"<{len(row.leaves)} leaves>"


@attrs.frozen(kw_only=True)
class NodePlan:
    """What one node is to reach: *units* per atomic period, in whole minor units or counts.

    *workdays* is the calendar the plan was made with; *pattern* what its first version asked for, the weights a run
    rate is measured by; *closed* how many periods were closed when it was last re-spread.
    """

    id: str
    periods: Periods = attrs.field(repr=how_many)
    unit: Currency | None
    units: tuple[int, ...]
    workdays: WorkCalendar | None = attrs.field(default=None, repr=False)
    pattern: tuple[int, ...] = attrs.field(default=attrs.Factory(lambda self: self.units, takes_self=True), repr=False)
    closed: int = 0
    carried_units: int = 0
    unplaced_units: int = 0

    @property
    def total(self) -> Amount:
        """What was promised over the whole time."""
        return self._amount(sum(self.units) - self.carried_units + self.unplaced_units)

    @property
    def carried(self) -> Amount:
        """What closed periods planned but did not bring; negative where they brought more."""
        return self._amount(self.carried_units)

    @property
    def unplaced(self) -> Amount:
        """What a policy left out of the open periods."""
        return self._amount(self.unplaced_units)

    @property
    def by_period(self) -> dict[str, Amount]:
        """The amount of every atomic period, by label."""
        return {label: self._amount(each) for label, each in zip(self.periods.labels, self.units, strict=True)}

    def __getitem__(self, label: str) -> Amount:
        first, until = self.periods.span(label)
        return self._amount(sum(self.units[first:until]))

    def _amount(self, units: int) -> Amount:
        return amount_of(units, self.unit)

    def explain(self) -> str:
        """The node by period, as text."""
        rows = [(label, shown(each, self.unit)) for label, each in zip(self.periods.labels, self.units, strict=True)]
        return text_table([*rows, (self.id, shown(sum(self.units), self.unit))], align=(Align.LEFT, Align.RIGHT))

    def _repr_html_(self) -> str:
        rows = [(label, shown(each, self.unit)) for label, each in zip(self.periods.labels, self.units, strict=True)]
        return html_table(["period", unit_text(self.unit)], rows, align=(Align.LEFT, Align.RIGHT), caption=self.id)


def unit_text(unit: Currency | None) -> str:
    """The heading of a column of amounts."""
    return "count" if unit is None else unit.code
