"""The data form of lists, sets and mappings, and the text that a fingerprint is taken of."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from ._rulebook_faults import BAD, Faults, Trail
from ._rulebook_forms import Definitions, Form, Schema, Text, refused

__all__ = ["Listing", "Table", "canonical"]

_TEXT: Final = Text()
_Turn = Callable[[Any, Trail, Faults], object]


class Listing:
    """A tuple in its order, or a frozenset sorted and without repetition."""

    shapes: Final = frozenset({list})

    def __init__(self, item: Form, kind: type) -> None:
        self.item, self.kind = item, kind
        self._key = None if item.shapes in (frozenset({str}), frozenset({int})) else canonical

    def owns(self, value: object) -> bool:
        return isinstance(value, self.kind)

    def read(self, data: object, at: Trail, faults: Faults) -> object:
        if type(data) is not list:
            return faults.wrong(at, "a list", data)
        read = self.item.read
        items = [read(value, (at, place), faults) for place, value in enumerate(data)]
        return tuple(items) if self.kind is tuple else _distinct(items, at, faults)

    def write(self, value: Any, at: Trail, faults: Faults) -> object:
        if not self.owns(value):
            return faults.wrong(at, f"a {self.kind.__name__}", value)
        write = self.item.write
        if self.kind is tuple:
            return [write(item, (at, place), faults) for place, item in enumerate(value)]
        before = faults.total
        items: list[Any] = [write(item, at, faults) for item in value]  # a set has no places
        return sorted(items, key=self._key) if faults.total == before else BAD

    def schema(self, definitions: Definitions) -> Schema:
        unique = {} if self.kind is tuple else {"uniqueItems": True}
        return {"type": "array", "items": self.item.schema(definitions), **unique}


class Table:
    """A mapping from text."""

    shapes: Final = frozenset({dict})

    def __init__(self, item: Form) -> None:
        self.item = item

    def owns(self, value: object) -> bool:
        return isinstance(value, Mapping)

    def read(self, data: object, at: Trail, faults: Faults) -> object:
        if type(data) is not dict:
            return faults.wrong(at, "an object", data)
        return self._each(data, self.item.read, at, faults)

    def write(self, value: object, at: Trail, faults: Faults) -> object:
        if not isinstance(value, Mapping):
            return faults.wrong(at, "a mapping", value)
        return self._each(value, self.item.write, at, faults)

    def _each(self, items: Mapping[Any, Any], turn: _Turn, at: Trail, faults: Faults) -> object:
        result: dict[object, object] = {}
        for key, item in items.items():
            if isinstance(key, str):
                result[_TEXT.write(key, (at, key), faults)] = turn(item, (at, key), faults)
            else:
                faults.add(at, "rulebook.key", f"keys must be text, not {type(key).__name__[:60]}")
        return result

    def schema(self, definitions: Definitions) -> Schema:
        return {"type": "object", "additionalProperties": self.item.schema(definitions)}


def canonical(data: object) -> str:
    """JSON text that is the same for the same data: sorted keys, no spaces, ASCII."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _distinct(items: list[Any], at: Trail, faults: Faults) -> object:
    try:
        result = frozenset(items)
    except TypeError as error:
        return refused(error, at, faults)
    if len(result) != len(items):
        seen: set[object] = {BAD}
        for place, item in enumerate(items):
            if item in seen and item is not BAD:
                faults.add((at, place), "rulebook.repeated", "stands in this set already")
            seen.add(item)
    return result
