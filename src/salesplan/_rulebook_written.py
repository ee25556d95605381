"""Values written as text of one pattern: rates, instants, dates, times of day.

The pattern says which text exactly, so that the answer does not depend on what the parser of some Python
accepts. Instants are written in UTC with a Z; they are read with any offset, never without.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, Final

from ._rulebook_faults import Faults, Trail
from ._rulebook_forms import Definitions, Form, Schema, refused
from .errors import SalesplanError, clip
from .rate import Rate
from .window import require_instant

__all__ = ["WRITTEN", "Written"]

_MAX_WRITTEN = 40
_RATE = r"-?[0-9]+(?:\.[0-9]+)?%|-?[0-9]+/[0-9]+"
_DAY = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?"
_INSTANT = f"{_DAY}T{_CLOCK}(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"


class Written:
    """A value written as text of one pattern; *shown* raises for what has no such text."""

    shapes: Final = frozenset({str})

    def __init__(
        self,
        kind: type,
        wanted: str,
        pattern: str,
        parse: Callable[[str], object],
        shown: Callable[[Any], str],
    ) -> None:
        self.kind, self.wanted, self.parse, self.shown = kind, wanted, parse, shown
        self.pattern = f"^(?:{pattern})$"
        self.match = re.compile(pattern).fullmatch

    def owns(self, value: object) -> bool:
        return isinstance(value, self.kind)

    def read(self, data: object, at: Trail, faults: Faults) -> object:
        if type(data) is not str:
            return faults.wrong(at, self.wanted, data)
        if len(data) > _MAX_WRITTEN or self.match(data) is None:
            return faults.add(at, "rulebook.text", f"must be {self.wanted}: {clip(data)}")
        try:
            return self.parse(data)
        except SalesplanError as error:
            return refused(error, at, faults)
        except (ValueError, ArithmeticError):  # 30 February, or beyond the years 1 to 9999
            return faults.add(at, "rulebook.text", f"must be {self.wanted}: {clip(data)}")

    def write(self, value: object, at: Trail, faults: Faults) -> object:
        if not isinstance(value, self.kind):
            return faults.wrong(at, self.wanted, value)
        try:
            text = self.shown(value)
        except (SalesplanError, ValueError, ArithmeticError) as error:
            return refused(error, at, faults)
        if len(text) > _MAX_WRITTEN or self.match(text) is None:
            return faults.add(at, "rulebook.text", f"has no text that could be read again: {clip(text)}")
        return text

    def schema(self, definitions: Definitions) -> Schema:
        return {
            "type": "string",
            "description": self.wanted,
            "pattern": self.pattern,
            "maxLength": _MAX_WRITTEN,
        }


def _read_rate(text: str) -> Rate:
    if text.endswith("%"):
        whole, _, part = text[:-1].partition(".")
        return Rate(int(whole + part), 100 * 10 ** len(part))
    top, _, bottom = text.partition("/")
    return Rate(int(top), int(bottom))


def _read_instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _show_instant(value: datetime) -> str:
    return require_instant(value, name="an instant").astimezone(UTC).isoformat().replace("+00:00", "Z")


def _show_date(value: date) -> str:
    if isinstance(value, datetime):
        raise ValueError("a date has no time of day")
    return date.isoformat(value)


def _show_time(value: time) -> str:
    if value.tzinfo is not None:
        raise ValueError("a time of day has no zone")
    return value.isoformat("minutes" if value.second == value.microsecond == 0 else "auto")


WRITTEN: Final[dict[type, Form]] = {
    Rate: Written(Rate, 'a rate, as "12.5%" or "1/3"', _RATE, _read_rate, str),
    datetime: Written(datetime, 'an instant, as "2026-11-11T00:00:00Z"', _INSTANT, _read_instant, _show_instant),
    date: Written(date, 'a date, as "2026-11-11"', _DAY, date.fromisoformat, _show_date),
    time: Written(time, 'a time of day, as "18:30"', _CLOCK, time.fromisoformat, _show_time),
}
"""The form of each class that is written as text."""
