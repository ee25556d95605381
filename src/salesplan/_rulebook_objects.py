"""The data form of objects and of unions.

An object reads its fields, then calls the class with keyword arguments, so that converters and checks of the
class run as they do in code. What the class refuses becomes a fault at the object, or at the one field whose
value the error carries. In a union objects say their `kind`; everything else is told apart by its JSON type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from functools import lru_cache
from itertools import islice
from types import NoneType
from typing import Any, Final

import attrs

from ._rulebook_faults import BAD, Faults, Trail, nearest
from ._rulebook_forms import Definitions, Form, Schema, first_line, refused
from .errors import SalesplanError, clip
from .money import MAX_MINOR, Currency, Money, minor_units
from .rate import Rate

__all__ = ["ABSENT", "Entry", "MoneyRecord", "OneOf", "Record", "choose"]

ABSENT: Final = object()
_TAG: Final = frozenset({"kind"})
_MAX_AMOUNT: Final = 50  # a sign, 24 digits, a point, 24 decimals
_WORDS: Final[dict[type, str]] = {
    dict: "an object",
    list: "a list",
    str: "text",
    int: "a whole number",
    bool: "true or false",
    NoneType: "null",
}
_RANK: Final = {shape: rank for rank, shape in enumerate(_WORDS)}


@attrs.frozen
class Entry:
    """One field of an object: its name in the data, its attribute, its form, its default or ABSENT."""

    key: str
    attribute: str
    form: Form
    default: object
    required: bool

    def written_default(self) -> object:
        """The default in its data form; ABSENT where it has none."""
        if self.default is ABSENT:
            return ABSENT
        faults = Faults()
        data = self.form.write(self.default, None, faults)
        return ABSENT if faults.total else data


class Record:
    """An object: a class built by keyword.

    Filled after it is made, so that recursive types can refer to it, and settled once all records are filled.
    """

    shapes: Final = frozenset({dict})

    def __init__(self, kind: type, name: str, build: Callable[..., object]) -> None:
        self.kind, self.name, self.build = kind, name, build

    def fill(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries
        self._readers = {entry.key: entry.form.read for entry in entries}
        self._required = frozenset(entry.key for entry in entries if entry.required)
        self._writers = [(e.key, e.attribute, e.form.write, e.default, ABSENT) for e in entries]

    def settle(self) -> None:
        """Note the data form of the defaults, to leave out what equals them."""
        written = [entry.written_default() for entry in self.entries]
        self._writers = [
            (e.key, e.attribute, e.form.write, e.default, data) for e, data in zip(self.entries, written, strict=True)
        ]

    def owns(self, value: object) -> bool:
        return type(value) is self.kind

    def read(self, data: object, at: Trail, faults: Faults, passed: frozenset[str] = frozenset()) -> object:
        """The object; the caller has seen to the keys in *passed*."""
        if type(data) is not dict:
            return faults.wrong(at, f"an object ({self.name})", data)
        before = faults.total
        readers = self._readers
        given: dict[str, object] = {}
        for key, value in data.items():
            read = readers.get(key)
            if read is not None:
                given[key] = read(value, (at, key), faults)
            elif key not in passed:
                self._unknown(key, at, faults)
        if len(given) != len(readers) and not self._required <= given.keys():
            for key in readers:
                if key in self._required and key not in given:
                    faults.add((at, key), "rulebook.missing_field", f"{self.name} needs this field")
        if faults.total != before:
            return BAD
        try:
            return self.build(**given)
        except Exception as error:  # whatever the class raises, these data are what it does not take
            return refused(error, _culprit(error, given, at), faults)

    def _unknown(self, key: object, at: Trail, faults: Faults) -> None:
        if isinstance(key, str):
            hint = "" if faults.full else nearest(key, list(self._readers))
            faults.add((at, key), "rulebook.unknown_field", f"{self.name} has no such field{hint}")
        else:
            faults.add(at, "rulebook.key", f"keys must be text, not {type(key).__name__[:60]}")

    def write(self, value: object, at: Trail, faults: Faults) -> object:
        return self.write_fields(value, {}, at, faults)

    def write_fields(self, value: object, data: Schema, at: Trail, faults: Faults) -> object:
        """*data* with the fields that differ from their defaults."""
        if type(value) is not self.kind:
            return faults.wrong(at, f"a {self.kind.__name__}", value)
        for key, attribute, write, default, written in self._writers:
            item = getattr(value, attribute)
            if item is not default:
                form = write(item, (at, key), faults)
                if written is ABSENT or form != written or type(form) is not type(written):
                    data[key] = form
        return data

    def schema(self, definitions: Definitions) -> Schema:
        return definitions.refer(self, tagged=False)

    def object_schema(self, definitions: Definitions, head: Schema) -> Schema:
        """The whole object, with *head* before its own properties."""
        properties = dict(head)
        for entry in self.entries:
            default = entry.written_default()
            note = {} if default is ABSENT else {"default": default}
            properties[entry.key] = entry.form.schema(definitions) | note
        return {
            "type": "object",
            **first_line(self.kind),
            "properties": properties,
            "required": [*head, *(entry.key for entry in self.entries if entry.required)],
            "additionalProperties": False,
        }


class MoneyRecord(Record):
    """Money, the object that rules are full of: an amount seen before in an ISO currency is not read again."""

    def read(self, data: object, at: Trail, faults: Faults, passed: frozenset[str] = frozenset()) -> object:
        if type(data) is dict and len(data) == 2:
            amount, currency = data.get("amount"), data.get("currency")
            # longer is no amount, and a cache of hostile text would keep it in memory
            if type(amount) is str and type(currency) is str and len(amount) <= _MAX_AMOUNT and len(currency) == 3:
                known = _read_before(amount, currency)
                if known is not None:
                    return Money(*known)  # a new one, so that a fault can tell two equal amounts apart
        return super().read(data, at, faults, passed)


@lru_cache(maxsize=4096)
def _read_before(amount: str, currency: str) -> tuple[int, Currency] | None:
    """Minor units and currency, or None for what the record has to report."""
    try:
        unit = Currency.iso(currency)
        minor = minor_units(amount, unit)
    except SalesplanError:
        return None
    return (minor, unit) if -MAX_MINOR <= minor <= MAX_MINOR else None


class OneOf:
    """A union: objects say their `kind` once there are two of them, the others differ in JSON type."""

    def __init__(self, members: list[Form]) -> None:
        self.members = members
        self.shapes = frozenset(shape for member in members for shape in member.shapes)
        records = sorted((each for each in members if isinstance(each, Record)), key=lambda record: record.name)
        self.tagged = {record.name: record for record in records} if len(records) > 1 else {}
        self._by_class = {record.kind: record for record in self.tagged.values()}
        others = [member for member in members if not (self.tagged and isinstance(member, Record))]
        self._others = sorted(others, key=lambda each: min(map(_RANK.__getitem__, each.shapes), default=len(_RANK)))
        self._by_shape = {shape: member for member in others for shape in member.shapes}
        self._wanted = " or ".join(word for shape, word in _WORDS.items() if shape in self.shapes)

    def owns(self, value: object) -> bool:
        return any(member.owns(value) for member in self.members)

    def read(self, data: Any, at: Trail, faults: Faults) -> object:
        if type(data) is dict and self.tagged:
            member = choose(self.tagged, data, at, faults)
            return BAD if member is None else member.read(data, at, faults, _TAG)
        form = self._by_shape.get(type(data))
        return faults.wrong(at, self._wanted, data) if form is None else form.read(data, at, faults)

    def write(self, value: object, at: Trail, faults: Faults) -> object:
        member = self._by_class.get(type(value))
        if member is not None:
            return member.write_fields(value, {"kind": member.name}, at, faults)
        for form in self._others:
            if form.owns(value):
                return form.write(value, at, faults)
        return faults.wrong(at, f"one of {', '.join(self.tagged) or self._wanted}", value)

    def schema(self, definitions: Definitions) -> Schema:
        tagged = [definitions.refer(record, tagged=True) for record in self.tagged.values()]
        return {"oneOf": tagged + [form.schema(definitions) for form in self._others]}


def choose(tagged: dict[str, Record], data: dict[str, Any], at: Trail, faults: Faults) -> Record | None:
    """The member that the object's `kind` names; reports if there is none."""
    tag = data.get("kind", ABSENT)
    member = tagged.get(tag) if type(tag) is str else None
    if member is not None:
        return member
    hint = "" if faults.full else nearest(tag if type(tag) is str else "", list(tagged))
    if type(tag) is str:
        faults.add((at, "kind"), "rulebook.unknown_kind", f"unknown kind {clip(tag)}{hint}")
    elif tag is ABSENT:
        faults.add((at, "kind"), "rulebook.missing_kind", f"the object must say its kind{hint}")
    else:
        faults.wrong((at, "kind"), "text", tag)
    return None


def _culprit(error: Exception, given: dict[str, object], at: Trail) -> Trail:
    """Where the value stands that the error carries, if in exactly one place; else the object."""
    value = getattr(error, "value", None)
    if value is None:
        return at
    same = [key for key, item in given.items() if item is value or (type(item) is type(value) and item == value)]
    if same:
        return (at, same[0]) if len(same) == 1 else at
    if isinstance(value, str | Money | Rate | datetime | date | time):  # deeper down only what is surely the same
        places = list(islice((place for key, item in given.items() for place in _places(value, item, (at, key))), 2))
        if len(places) == 1:
            return places[0]
    return at


def _places(value: object, item: Any, at: Trail) -> Iterator[Trail]:
    """Where in an object this very value stands."""
    if item is value:
        yield at
    elif isinstance(item, tuple):
        for place, part in enumerate(item):
            yield from _places(value, part, (at, place))
    elif attrs.has(type(item)) and not isinstance(item, Money | Rate):
        for field in attrs.fields(type(item)):
            if field.init:
                yield from _places(value, getattr(item, field.name), (at, field.alias))
