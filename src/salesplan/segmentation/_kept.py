"""On which days a level is held: from spend by day to spans of days, level by level.

Days are ordinals (`date.toordinal`), spans have both ends; `FOREVER` is past every date. Each level has the days on
which the window's sum supports it, and the keep rule turns them into the days on which it is kept; a level does not
need to know what the levels above it do, except that a soft landing adds the day of a fall to the level below.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate
from typing import Final, TypeAlias, assert_never

from .levels import CalendarYear, Fall, Keep, KeepAlways, KeepDays, KeepTerm, KeepUntil, Lifetime, RollingDays, Window

__all__ = ["FOREVER", "Days", "held", "sum_on", "sums"]

Days: TypeAlias = list[tuple[int, int]]
"""Spans (first, last) of days, rising, apart."""

FOREVER: Final = 10**9
_LAST: Final = date.max.toordinal()


def sums(window: Window, spend: dict[int, int]) -> list[tuple[int, int]]:
    """The sum over the window from each day on which it changes; 0 before the first."""
    moves: dict[int, int] = {}
    for day, amount in spend.items():
        moves[day] = moves.get(day, 0) + amount
        leaves = _leaves(window, day)
        moves[leaves] = moves.get(leaves, 0) - amount
    days = sorted(day for day, move in moves.items() if move and day <= _LAST)
    return list(zip(days, accumulate(moves[day] for day in days), strict=True))


def _leaves(window: Window, day: int) -> int:
    """The first day on which what was spent on *day* no longer counts."""
    match window:
        case RollingDays():
            return day + window.days
        case CalendarYear():
            on = date.fromordinal(day)
            year = on.year + (on.month >= window.first_month)
            return date(year, window.first_month, 1).toordinal() if year <= date.max.year else FOREVER
        case Lifetime():
            return FOREVER
        case _:
            assert_never(window)


def sum_on(steps: Sequence[tuple[int, int]], day: int) -> int:
    """The sum on a day."""
    return next((amount for since, amount in reversed(steps) if since <= day), 0)


def held(
    amounts: Sequence[int], window: Window, keep: Keep, fall: Fall, spend: dict[int, int]
) -> list[tuple[int, int]]:
    """The place of the level held, from each day on which it changes; 0 before the first.

    *amounts* are what the levels take, rising from 0.
    """
    steps = sums(window, spend)
    kept: dict[int, Days] = {}
    landings: Days = []
    for place in range(len(amounts) - 1, 0, -1):
        kept[place] = _kept(keep, _union([*_supported(steps, amounts[place]), *landings]))
        landings = []
        if fall is Fall.ONE_LEVEL:
            above = [span for higher in range(place + 1, len(amounts)) for span in kept[higher]]
            ends = [last + 1 for _, last in kept[place] if last < _LAST]
            landings = [(day, day) for day in ends if not any(first <= day <= last for first, last in above)]
    return _highest(kept)


def _supported(steps: Sequence[tuple[int, int]], amount: int) -> Days:
    """The days on which the sum reaches the amount."""
    ends = [day - 1 for day, _ in steps[1:]] + [FOREVER]
    return _union((day, last) for (day, total), last in zip(steps, ends, strict=False) if total >= amount)


def _union(spans: Iterable[tuple[int, int]]) -> Days:
    """The same days as spans apart from each other."""
    joined: Days = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _kept(keep: Keep, supported: Days) -> Days:
    """The days on which the level is kept, given those on which it is supported."""
    match keep:
        case KeepAlways():
            return [(first, FOREVER) for first, _ in supported[:1]]
        case KeepDays():
            return _union((first, last + keep.days) for first, last in supported)
        case KeepUntil():
            return _union((first, _until(keep, last)) for first, last in supported)
        case KeepTerm():
            return _terms(keep, supported)
        case _:
            assert_never(keep)


def _until(keep: KeepUntil, last: int) -> int:
    if last > _LAST:
        return FOREVER
    year = date.fromordinal(last).year + keep.years
    if year > date.max.year:
        return FOREVER
    return max(date(year, keep.month, keep.day).toordinal(), last) + keep.grace_days


def _terms(keep: KeepTerm, supported: Days) -> Days:
    """Terms one after the other; each new one begins on the first supported day of its review."""
    kept: Days = []
    at = 0
    while at < len(supported):
        begins = starts = supported[at][0]
        while True:
            last = supported[at][1]
            if last >= FOREVER:
                return [*kept, (begins, FOREVER)]
            starts += (last - starts) // keep.days * keep.days  # reviews on supported days, one a term
            review = starts + keep.days
            while at < len(supported) and supported[at][1] < review:
                at += 1
            if at == len(supported) or supported[at][0] > review + keep.grace_days:
                kept.append((begins, review + keep.grace_days - 1))
                break
            starts = max(supported[at][0], review)
    return kept


def _highest(kept: dict[int, Days]) -> list[tuple[int, int]]:
    """The highest level kept, from each day on which it changes."""
    moves: dict[int, list[tuple[int, int]]] = {}
    for place, spans in kept.items():
        for first, last in spans:
            moves.setdefault(first, []).append((place, 1))
            moves.setdefault(last + 1, []).append((place, -1))
    open_spans = [0] * (max(kept, default=0) + 1)
    changes = [(0, 0)]
    for day in sorted(day for day in moves if day <= _LAST):
        for place, move in moves[day]:
            open_spans[place] += move
        top = next((place for place in range(len(open_spans) - 1, 0, -1) if open_spans[place]), 0)
        if top != changes[-1][1]:
            changes.append((day, top))
    return changes[1:]
