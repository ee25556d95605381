"""What one node of a plan is to reach, by period."""

from __future__ import annotations

from datetime import date

import attrs

from ..calendar import PeriodKind, Periods, WorkCalendar
from ..display import Align, html_table, text_table
from ..errors import NotFound, require_instance
from ..money import Currency
from ._amounts import Amount, amount_of, shown
from .hierarchy import Hierarchy

__all__ = ["NodePlan", "how_many", "spans_of", "unit_text"]

_MOST_COLUMNS = 12


def how_many(row: Periods | Hierarchy) -> str:
    """A row or tree in a repr, where all of it would run to pages."""
    return f"<{len(row)} periods>" if isinstance(row, Periods) else f"<{len(row.leaves)} leaves>"


@attrs.frozen(kw_only=True)
class NodePlan:
    """What one node is to reach: *units* per atomic period, in whole minor units or counts.

    *starts* and *stops* are those of a leaf that comes or goes; *workdays* is the calendar the plan was made with;
    *pattern* what its first version asked for, the weights a run rate is measured by; *closed* how many periods were
    closed when it was last re-spread.
    """

    id: str
    periods: Periods = attrs.field(repr=how_many)
    unit: Currency | None
    units: tuple[int, ...]
    workdays: WorkCalendar | None = attrs.field(default=None, repr=False)
    starts: date | None = None
    stops: date | None = None
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

    def explain(self, *, by: PeriodKind | None = None) -> str:
        """The node by period, as text: by months, quarters or halves where they tile the row, or *by* what is asked."""
        rows = self._rows(by)
        total = (self.id, shown(sum(self.units), self.unit))
        head = ("", unit_text(self.unit))
        return text_table([head, *rows, total], align=(Align.LEFT, Align.RIGHT))

    def _repr_html_(self) -> str:
        return html_table(
            ["period", unit_text(self.unit)], self._rows(None), align=(Align.LEFT, Align.RIGHT), caption=self.id
        )

    def _rows(self, by: PeriodKind | None) -> list[tuple[str, str]]:
        spans = spans_of(self.periods, by) or [(label, at, at + 1) for at, label in enumerate(self.periods.labels)]
        return [(label, shown(sum(self.units[first:until]), self.unit)) for label, first, until in spans]


def spans_of(periods: Periods, by: PeriodKind | None) -> list[tuple[str, int, int]]:
    """The groups of one kind that tile the row, as label, first and last leaf.

    Without a kind the finest of months, quarters, halves and years, 2 to 12 of them; else the leaves if so few.
    Raises: NotFound when groups of the kind that was asked for do not tile the row.
    """
    kinds = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF, PeriodKind.YEAR) if by is None else (by,)
    for kind in kinds:
        require_instance(kind, PeriodKind, code="targets.by", name="by")
        spans = sorted(
            (first, until, period.label)
            for period in {*periods.leaves, *periods.groups}
            if period.kind is kind
            for first, until in [periods.span(period.label)]
        )
        tiles = sum(until - first for first, until, _ in spans) == len(periods)
        if tiles and (by is not None or 2 <= len(spans) <= _MOST_COLUMNS):
            return [(label, first, until) for first, until, label in spans]
    if by is not None:
        raise NotFound(f"the row is not made of periods of a {by.value}", code="targets.by", value=by)
    if len(periods) <= _MOST_COLUMNS:
        return [(label, at, at + 1) for at, label in enumerate(periods.labels)]
    return []


def unit_text(unit: Currency | None) -> str:
    """The heading of a column of amounts."""
    return "count" if unit is None else unit.code
