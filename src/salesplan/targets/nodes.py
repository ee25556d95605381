"""One place in the tree of people: where it stands, from when to when it works, and how it grows into the work."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import attrs

from ..calendar import months_after, require_day
from ..errors import InvalidType, InvalidValue, clip, listed, require_text
from ..rate import Rate

__all__ = ["Node", "Ramp"]


def _shares(shares: Iterable[Rate]) -> tuple[Rate, ...]:
    given = listed(shares, code="targets.ramp", name="shares")
    for share in given:
        if not isinstance(share, Rate):
            raise InvalidType(f"a ramp is made of Rates: {clip(share)}", code="targets.ramp", value=share)
        if share.numerator < 0:
            raise InvalidValue(f"a ramp share must not be negative: {share}", code="targets.ramp", value=share)
    return given


@attrs.frozen
class Ramp:
    """The share of full productivity by month of tenure; after the last one it is full.

    >>> newcomer = Ramp.percent("25", "50", "75")
    >>> str(newcomer.at(0)), str(newcomer.at(2)), str(newcomer.at(3))
    ('25%', '75%', '100%')
    """

    shares: tuple[Rate, ...] = attrs.field(converter=_shares)

    @staticmethod
    def percent(*shares: str) -> Ramp:
        """A ramp from its percents, month by month."""
        return Ramp([Rate.percent(share) for share in shares])

    def at(self, month: int) -> Rate:
        """The share in that month of tenure, counted from 0."""
        return self.shares[month] if 0 <= month < len(self.shares) else Rate(1)

    def stretches(self, start: date) -> tuple[tuple[date, Rate], ...]:
        """From which day on which share holds; months are counted from *start*, never chained.

        >>> [(day.isoformat(), str(share)) for day, share in Ramp.percent("50").stretches(date(2026, 1, 31))]
        [('2026-01-31', '50%'), ('2026-02-28', '100%')]
        """
        return tuple((months_after(start, month), self.at(month)) for month in range(len(self.shares) + 1))


@attrs.frozen
class Node:
    """One place in the tree: its id, and the id of the node above it (None for the root).

    A leaf may start and stop: *starts* is the first day of work, *stops* the day after the last; *ramp* begins
    with *starts*.
    Raises: InvalidValue for an empty stay, or a ramp without a first day.
    >>> Node("li", "north", starts=date(2026, 3, 1), ramp=Ramp.percent("25", "50")).parent
    'north'
    """

    id: str
    parent: str | None = None
    starts: date | None = attrs.field(default=None, kw_only=True)
    stops: date | None = attrs.field(default=None, kw_only=True)
    ramp: Ramp | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_text(self.id, code="targets.node", name="id")
        if self.parent is not None:
            require_text(self.parent, code="targets.node", name="parent")
        for name, day in (("starts", self.starts), ("stops", self.stops)):
            if day is not None:
                require_day(day, name=name)
        if self.starts is not None and self.stops is not None and self.stops <= self.starts:
            raise InvalidValue(f"{clip(self.id)} stops before starting", code="targets.stay", value=self.stops)
        if self.ramp is not None:
            if not isinstance(self.ramp, Ramp):
                raise InvalidType(f"ramp must be a Ramp: {clip(self.ramp)}", code="targets.ramp", value=self.ramp)
            if self.starts is None:
                raise InvalidValue(
                    f"the ramp of {clip(self.id)} needs a first day: starts=date(...)",
                    code="targets.ramp",
                    value=self.id,
                )

    @property
    def always_there(self) -> bool:
        """Whether it works the whole time at full productivity."""
        return self.starts is None and self.stops is None
