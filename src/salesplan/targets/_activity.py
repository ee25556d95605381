"""How much of each period every leaf works: the share of its working days there, times its ramp."""

from __future__ import annotations

from datetime import date

import numpy as np

from ..calendar import Periods, WorkCalendar
from ._two_way import Floats, Units
from .hierarchy import Hierarchy
from .nodes import Node

__all__ = ["activity"]


def activity(people: Hierarchy, periods: Periods, workdays: WorkCalendar | None) -> Floats | None:
    """Leaves by periods, 0 to 1 (more where a ramp says so); None where everybody always works in full."""
    if people.always_there:
        return None
    days = _days_before(periods, workdays)
    starts = np.array([(period.start - periods.start).days for period in periods])
    ends = np.array([(period.end - periods.start).days for period in periods])
    table = np.ones((len(people.shape.leaves), len(periods)))
    for number, place in enumerate(people.shape.leaves):
        node = people.nodes[place]
        if not node.always_there:
            table[number] = _row(node, periods, days, starts, ends)
    return table


def _days_before(periods: Periods, workdays: WorkCalendar | None) -> Floats:
    """How many (working) days lie between the first morning of the row and each later one."""
    mornings = (periods.end - periods.start).days + 1
    if workdays is None:
        return np.arange(mornings, dtype=np.float64)
    first = periods.start
    counts = [workdays.count(first, date.fromordinal(first.toordinal() + at)) for at in range(mornings)]
    return np.array([count.numerator / count.denominator for count in counts])


def _row(node: Node, periods: Periods, days: Floats, starts: Units, ends: Units) -> Floats:
    begins = periods.start if node.starts is None else node.starts
    stops = periods.end if node.stops is None else node.stops
    stretches = [(begins, 1.0)]
    if node.ramp is not None:
        stretches = [(day, share.numerator / share.denominator) for day, share in node.ramp.stretches(begins)]
    borders = [(min(day, stops) - periods.start).days for day, _ in stretches]
    borders.append((stops - periods.start).days)
    worked = np.zeros(len(periods))
    for (_, share), first, until in zip(stretches, borders, borders[1:], strict=False):
        worked += share * (days[np.clip(until, starts, ends)] - days[np.clip(first, starts, ends)])
    whole = days[ends] - days[starts]
    return np.divide(worked, whole, out=np.zeros_like(worked), where=whole > 0)
