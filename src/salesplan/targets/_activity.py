"""How much of each period every leaf works: the share of its working days there, times its ramp."""

from __future__ import annotations

from datetime import date

import numpy as np

from ..calendar import Periods, WorkCalendar
from ._two_way import Floats
from .hierarchy import Hierarchy, Node

__all__ = ["activity"]


def activity(people: Hierarchy, periods: Periods, workdays: WorkCalendar | None) -> Floats | None:
    """Leaves by periods, 0 to 1 (more where a ramp says so); None where everybody always works in full."""
    if people.always_there:
        return None
    table = np.ones((len(people.shape.leaves), len(periods)))
    for number, place in enumerate(people.shape.leaves):
        node = people.nodes[place]
        if not node.always_there:
            table[number] = _row(node, periods, workdays)
    return table


def _row(node: Node, periods: Periods, workdays: WorkCalendar | None) -> list[float]:
    starts = periods.start if node.starts is None else node.starts
    stops = periods.end if node.stops is None else node.stops
    stretches: list[tuple[date, float]] = [(starts, 1.0)]
    if node.ramp is not None:
        stretches = [(day, each.numerator / each.denominator) for day, each in node.ramp.stretches(starts)]
    ends = [*(begins for begins, _ in stretches[1:]), stops]
    row = []
    for period in periods:
        whole = _days(period.start, period.end, workdays)
        worked = 0.0
        for (begins, share), ends_at in zip(stretches, ends, strict=True):
            first, until = max(begins, period.start), min(ends_at, stops, period.end)
            if first < until:
                worked += share * _days(first, until, workdays)
        row.append(worked / whole if whole else 0.0)
    return row


def _days(first: date, until: date, workdays: WorkCalendar | None) -> float:
    if workdays is None:
        return float((until - first).days)
    days = workdays.count(first, until)
    return days.numerator / days.denominator
