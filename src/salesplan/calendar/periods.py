"""Rows of periods without gap or overlap, and the larger periods they make up.

The leaves are atomic: what is planned is planned on them. The groups are unions of neighbouring leaves, and they may
cross each other: week-month fragments make up both weeks and months, so a plan on fragments sums exactly to either.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, overload

import attrs

from ..errors import InvalidType, NotFound, clip, listed
from .period import Period, PeriodError, require_day

__all__ = ["Periods"]

_DAY: Final = timedelta(days=1)


def _periods(given: Iterable[Period]) -> tuple[Period, ...]:
    found = listed(given, code="calendar.periods", name="periods")
    for period in found:
        if not isinstance(period, Period):
            raise InvalidType(f"not a Period: {clip(period)}", code="calendar.periods", value=period)
    return found


def _short(label: str) -> str:
    return label[:30]


@attrs.frozen
class Periods(Sequence[Period]):
    """A row of periods that follow each other without gap or overlap, and the groups they make up.

    Law: every day from *start* to *end* lies in exactly one leaf; every group is a run of whole leaves.
    Raises: PeriodError naming the gap, the overlap, or the group that cuts a leaf.
    >>> months = Periods([Period.month(2026, n) for n in (1, 2, 3)], groups=[Period.quarter(2026, 1)])
    >>> len(months), months[0].label, months.span("2026-Q1")
    (3, '2026-01', (0, 3))
    """

    leaves: tuple[Period, ...] = attrs.field(converter=_periods)
    groups: tuple[Period, ...] = attrs.field(default=(), converter=_periods, kw_only=True)
    _spans: dict[str, tuple[int, int]] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        if not self.leaves:
            raise PeriodError("there must be at least one period", code="calendar.no_period", value=())
        for before, after in pairwise(self.leaves):
            if after.start > before.end:
                raise PeriodError(
                    f"nothing covers {before.end} .. {after.start - _DAY}, "
                    f"between {clip(before.label)} and {clip(after.label)}",
                    code="calendar.gap",
                    value=(before.label, after.label),
                )
            if after.start < before.end:
                raise PeriodError(
                    f"{clip(before.label)} and {clip(after.label)} overlap or are out of order",
                    code="calendar.overlap",
                    value=(before.label, after.label),
                )
        object.__setattr__(self, "_spans", self._find_spans())

    def _find_spans(self) -> dict[str, tuple[int, int]]:
        starts = {leaf.start: at for at, leaf in enumerate(self.leaves)}
        ends = {leaf.end: at + 1 for at, leaf in enumerate(self.leaves)}
        spans: dict[str, tuple[int, int]] = {}
        for period in (*self.leaves, *self.groups):
            if period.start not in starts or period.end not in ends:
                raise PeriodError(
                    f"{clip(period.label)}, {period.start} .. {period.last}, is not made of whole periods of this row",
                    code="calendar.cut",
                    value=period.label,
                )
            span = (starts[period.start], ends[period.end])
            if spans.setdefault(period.label, span) != span:
                raise PeriodError(
                    f"two different periods are labelled {clip(period.label)}",
                    code="calendar.label",
                    value=period.label,
                )
        return spans

    @overload
    def __getitem__(self, at: int) -> Period: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Period, ...]: ...
    def __getitem__(self, at: int | slice) -> Period | tuple[Period, ...]:
        return self.leaves[at]

    def __len__(self) -> int:
        return len(self.leaves)

    def __iter__(self) -> Iterator[Period]:
        return iter(self.leaves)

    @property
    def start(self) -> date:
        """The first day."""
        return self.leaves[0].start

    @property
    def end(self) -> date:
        """The day after the last."""
        return self.leaves[-1].end

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the leaves."""
        return tuple(leaf.label for leaf in self.leaves)

    def span(self, label: str) -> tuple[int, int]:
        """Which leaves make up the leaf or group of that label: from (included), to (excluded).

        Raises: NotFound.
        """
        found = self._spans.get(label) if isinstance(label, str) else None
        if found is None:
            known = [*(group.label for group in self.groups[-2:]), *self.labels[:2]]
            raise NotFound(
                f"no period {clip(label)} here; there are {', '.join(map(_short, known))} and others",
                code="calendar.no_such_period",
                value=label,
            )
        return found

    def at(self, day: date) -> int:
        """The position of the leaf that holds *day*.

        Raises: NotFound outside the row.
        >>> Periods([Period.month(2026, 1), Period.month(2026, 2)]).at(date(2026, 2, 1))
        1
        """
        if not self.start <= require_day(day, name="day") < self.end:
            raise NotFound(
                f"{day} is outside {self.start} .. {self.end - _DAY}", code="calendar.no_such_period", value=day
            )
        return bisect_right(self.leaves, day, key=lambda leaf: leaf.start) - 1

    def within(self, label: str) -> Periods:
        """The leaves of one group, with the groups inside it; one that reaches out at an end is cut there.

        >>> year = Periods([Period.month(2026, n) for n in range(1, 13)], groups=[Period.quarter(2026, 2)])
        >>> year.within("2026-Q2").labels
        ('2026-04', '2026-05', '2026-06')
        """
        first, until = self.span(label)
        leaves = self.leaves[first:until]
        start, end = leaves[0].start, leaves[-1].end
        groups = [
            attrs.evolve(group, start=max(group.start, start), end=min(group.end, end))
            for group in self.groups
            if group.start < end and start < group.end
            if (start <= group.start and group.end <= end) or not (group.start <= start and end <= group.end)
        ]
        return Periods(leaves, groups=groups)

    @classmethod
    def of(cls, periods: Iterable[Period]) -> Periods:
        """The row itself, or one of any periods given in order."""
        return (
            periods if isinstance(periods, Periods) else cls(listed(periods, code="calendar.periods", name="periods"))
        )
