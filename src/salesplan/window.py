"""Windows in time, half-open, and never naive.

A `Window` lies between two aware instants; `LocalDays` covers whole calendar days as a wall clock in a zone
shows them, so a day of 23 or 25 hours is still one day. Both answer `contains` for an aware instant only: a
naive datetime means a different moment on every server and is refused. Zone rules come from the standard
library's `zoneinfo`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import Enum

import attrs

from .errors import InvalidType, InvalidValue, clip

__all__ = ["ALWAYS", "LocalDays", "Weekday", "Window", "in_zone", "require_instant", "zone_of"]


class Weekday(Enum):
    """A day of the week, ISO numbering."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


def require_instant(value: object, *, name: str) -> datetime:
    """*value* itself when it is an aware datetime.

    Raises: InvalidType for anything else, InvalidValue for a naive datetime.
    >>> require_instant(datetime(2026, 11, 11), name="at")
    Traceback (most recent call last):
    salesplan.errors.InvalidValue: at must carry a time zone: 2026-11-11 00:00:00
    """
    if not isinstance(value, datetime):
        raise InvalidType(f"{name} must be a datetime: {clip(value)}", code="window.type", value=value)
    if value.tzinfo is None or value.utcoffset() is None:
        raise InvalidValue(f"{name} must carry a time zone: {value}", code="window.naive", value=value)
    return value


def zone_of(zone: str | tzinfo) -> tzinfo:
    """The zone itself, or the one of that IANA name.

    Raises: InvalidValue for an unknown name.
    >>> zone_of("Asia/Shanghai").key
    'Asia/Shanghai'
    """
    if isinstance(zone, tzinfo):
        return zone
    if not isinstance(zone, str):
        raise InvalidType(f"a zone is a name or a tzinfo: {clip(zone)}", code="window.zone", value=zone)
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(zone)
    except (LookupError, ValueError, OSError):
        raise InvalidValue(
            f"no such time zone: {clip(zone)} (a system without zone data needs the tzdata package)",
            code="window.zone",
            value=zone,
        ) from None


def in_zone(value: object, zone: tzinfo, *, name: str) -> datetime:
    """The aware instant *value* as a wall clock in *zone* shows it.

    Raises: what `require_instant` raises; InvalidValue within a day of year 1 or 9999, where there is no date.
    >>> in_zone(datetime(2026, 11, 10, 16, tzinfo=UTC), zone_of("Asia/Shanghai"), name="at").isoformat()
    '2026-11-11T00:00:00+08:00'
    """
    instant = require_instant(value, name=name)
    try:
        return instant.astimezone(zone)
    except OverflowError:  # within a day of year 1 or 9999
        raise InvalidValue(f"{name} has no date in {zone}: {instant}", code="window.range", value=value) from None


@attrs.frozen
class Window:
    """From *start* (included) to *end* (excluded); None is open on that side.

    Law: consecutive windows [a, b) and [b, c) share no instant and leave none out.
    Raises: InvalidValue when naive or when end is not after start.
    >>> day = UTC
    >>> sale = Window(datetime(2026, 11, 11, tzinfo=day), datetime(2026, 11, 12, tzinfo=day))
    >>> sale.contains(datetime(2026, 11, 11, tzinfo=day)), sale.contains(datetime(2026, 11, 12, tzinfo=day))
    (True, False)
    """

    start: datetime | None = None
    end: datetime | None = None

    def __attrs_post_init__(self) -> None:
        for name, value in (("start", self.start), ("end", self.end)):
            if value is not None:
                object.__setattr__(self, name, in_zone(value, UTC, name=name))
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise InvalidValue(
                f"a window must end after it starts: {self.start} .. {self.end}",
                code="window.empty",
                value=self.end,
            )

    def contains(self, at: datetime) -> bool:
        """Whether the aware instant *at* lies inside."""
        instant = require_instant(at, name="at")
        return (self.start is None or self.start <= instant) and (self.end is None or instant < self.end)

    def starts_after(self, at: datetime) -> bool:
        """Whether the window has not begun at *at*."""
        return self.start is not None and require_instant(at, name="at") < self.start

    def __str__(self) -> str:
        return f"{self.start or 'always'} .. {self.end or 'always'}"


@attrs.frozen(kw_only=True)
class LocalDays:
    """Whole local days from *first* (included) to *until* (excluded) in *zone*, an IANA name.

    Raises: InvalidValue for an unknown zone or an empty range.
    >>> days = LocalDays(first=date(2026, 11, 11), until=date(2026, 11, 12), zone="Asia/Shanghai")
    >>> days.contains(datetime(2026, 11, 10, 16, tzinfo=UTC))  # midnight in Shanghai
    True
    """

    first: date
    until: date
    zone: str

    def __attrs_post_init__(self) -> None:
        for name, value in (("first", self.first), ("until", self.until)):
            if not isinstance(value, date) or isinstance(value, datetime):
                raise InvalidType(f"{name} must be a date: {clip(value)}", code="window.type", value=value)
        if self.until <= self.first:
            raise InvalidValue(
                f"a window must end after it starts: {self.first} .. {self.until}",
                code="window.empty",
                value=self.until,
            )
        if not isinstance(self.zone, str):
            raise InvalidType(f"zone must be a name: {clip(self.zone)}", code="window.zone", value=self.zone)
        zone_of(self.zone)

    def contains(self, at: datetime) -> bool:
        """Whether the local date of *at* lies inside."""
        return self.first <= self._local(at) < self.until

    def starts_after(self, at: datetime) -> bool:
        """Whether the first day has not begun at *at*."""
        return self._local(at) < self.first

    def _local(self, at: datetime) -> date:
        return in_zone(at, zone_of(self.zone), name="at").date()

    def __str__(self) -> str:
        return f"{self.first} .. {self.until - timedelta(days=1)} ({self.zone})"


ALWAYS = Window()
