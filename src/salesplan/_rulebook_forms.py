"""The data form of single values: one small class per form, which reads, writes and describes itself.

A form gives BAD for what it cannot read and reports it; it never raises. Limits on text and numbers are
checked here, where a value is expected: nothing else of foreign data is ever used.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from typing import Any, Final, Protocol

from ._iso4217 import ISO_4217
from ._rulebook_faults import Bad, Faults, Trail, nearest
from .errors import SalesplanError, clip
from .money import Currency

__all__ = [
    "Amount",
    "Choice",
    "CurrencyForm",
    "Definitions",
    "Form",
    "Plain",
    "Schema",
    "Text",
    "Whole",
    "first_line",
    "refused",
]

Schema = dict[str, object]

MAX_TEXT: Final = 10_000
MAX_DIGITS: Final = 40
_INT_LIMIT: Final = 10**MAX_DIGITS
_SURROGATE = re.compile("[\ud800-\udfff]")


class Definitions(Protocol):
    """Where a JSON Schema keeps the objects that it refers to."""

    def refer(self, record: Any, *, tagged: bool) -> Schema: ...


class Form(Protocol):
    """How the values of one annotation look as data."""

    @property
    def shapes(self) -> frozenset[type]:
        """The JSON types it reads: by these a union tells its members apart."""

    def owns(self, value: object) -> bool:
        """Whether this form writes *value*."""

    def read(self, data: Any, at: Trail, faults: Faults) -> Any: ...

    def write(self, value: Any, at: Trail, faults: Faults) -> object: ...

    def schema(self, definitions: Definitions) -> Schema: ...


class Plain:
    """None or bool: itself."""

    def __init__(self, kind: type, name: str, wanted: str) -> None:
        self.kind, self.name, self.wanted = kind, name, wanted
        self.shapes = frozenset({kind})

    def owns(self, value: object) -> bool:
        return type(value) is self.kind

    def read(self, data: object, at: Trail, faults: Faults) -> object:
        return data if type(data) is self.kind else faults.wrong(at, self.wanted, data)

    write = read

    def schema(self, definitions: Definitions) -> Schema:
        return {"type": self.name}


class Whole:
    """int: a whole number, never a bool."""

    shapes: Final = frozenset({int})

    def owns(self, value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)

    def read(self, data: object, at: Trail, faults: Faults) -> object:
        if type(data) is not int:
            return faults.wrong(at, "a whole number", data)
        if -_INT_LIMIT < data < _INT_LIMIT:
            return data
        return faults.add(at, "rulebook.digits", f"a whole number has at most {MAX_DIGITS} digits: {clip(data)}")

    def write(self, value: object, at: Trail, faults: Faults) -> object:
        if isinstance(value, int) and not isinstance(value, bool):
            return self.read(int(value), at, faults)
        return faults.wrong(at, "a whole number", value)

    def schema(self, definitions: Definitions) -> Schema:
        return {"type": "integer"}


class Text:
    """str, free within limits."""

    shapes: Final = frozenset({str})

    def owns(self, value: object) -> bool:
        return isinstance(value, str)

    def read(self, data: object, at: Trail, faults: Faults) -> object:
        if type(data) is not str:
            return faults.wrong(at, "text", data)
        if len(data) > MAX_TEXT:
            return faults.add(at, "rulebook.too_long", f"at most {MAX_TEXT:,} characters, not {len(data):,}")
        if not data.isascii() and _SURROGATE.search(data) is not None:
            return faults.add(at, "rulebook.surrogate", f"half of a surrogate pair is no text: {clip(data)}")
        return data

    def write(self, value: object, at: Trail, faults: Faults) -> object:
        if isinstance(value, str):
            return self.read(str.__str__(value), at, faults)
        return faults.wrong(at, "text", value)

    def schema(self, definitions: Definitions) -> Schema:
        return {"type": "string", "maxLength": MAX_TEXT}


class Amount(Text):
    """The amount of Money, which checks the digits itself."""

    def schema(self, definitions: Definitions) -> Schema:
        return {"type": "string", "pattern": r"^[+-]?[0-9]{1,24}(?:\.[0-9]{1,24})?$"}


class Choice:
    """An Enum of text: the value of the member."""

    shapes: Final = frozenset({str})

    def __init__(self, kind: type[Enum]) -> None:
        self.kind = kind
        self.members: dict[object, Enum] = {member.value: member for member in kind}

    def owns(self, value: object) -> bool:
        return isinstance(value, self.kind)

    def read(self, data: object, at: Trail, faults: Faults) -> object:
        if type(data) is not str:
            return faults.wrong(at, "text", data)
        member = self.members.get(data)
        if member is not None:
            return member
        hint = "" if faults.full else nearest(data, [str(value) for value in self.members])
        return faults.add(at, "rulebook.choice", f"not one of the choices: {clip(data)}{hint}")

    def write(self, value: object, at: Trail, faults: Faults) -> object:
        if isinstance(value, self.kind):
            return str.__str__(value.value)
        return faults.wrong(at, f"a {self.kind.__name__}", value)

    def schema(self, definitions: Definitions) -> Schema:
        return {"type": "string", **first_line(self.kind), "enum": list(self.members)}


class CurrencyForm:
    """An ISO 4217 code as text; a currency of one's own as an object, in the form *spelt_out*."""

    shapes: Final = frozenset({str, dict})

    def __init__(self, spelt_out: Form) -> None:
        self.spelt_out = spelt_out
        self.standard = _standard_currencies()

    def owns(self, value: object) -> bool:
        return isinstance(value, Currency)

    def read(self, data: object, at: Trail, faults: Faults) -> object:
        if type(data) is str:
            currency = self.standard.get(data)
            if currency is not None:
                return currency
            try:
                return Currency.iso(data)
            except SalesplanError as error:
                return refused(error, at, faults)
        if type(data) is dict:
            return self.spelt_out.read(data, at, faults)
        return faults.wrong(at, "a currency code, or an object with code and exponent", data)

    def write(self, value: object, at: Trail, faults: Faults) -> object:
        if type(value) is not Currency:
            return faults.wrong(at, "a Currency", value)
        return value.code if value.code in self.standard else self.spelt_out.write(value, at, faults)

    def schema(self, definitions: Definitions) -> Schema:
        return {"oneOf": [{"type": "string", "pattern": "^[A-Z]{3}$"}, self.spelt_out.schema(definitions)]}


def refused(error: Exception, at: Trail, faults: Faults) -> Bad:
    """Report what a constructor raised: in its own words, under its own code if it has one."""
    if isinstance(error, SalesplanError):
        return faults.add(at, error.code, str(error))
    return faults.add(at, "rulebook.refused", f"{type(error).__name__}: {str(error)[:150]}")


def first_line(kind: type) -> Schema:
    """The first line of the docstring as a description; nothing where there is none, as under -OO."""
    line = (kind.__doc__ or "").strip().partition("\n")[0]
    return {"description": line} if line else {}


@cache
def _standard_currencies() -> dict[str, Currency]:
    return {code: Currency(code, places) for code, (places, _) in ISO_4217.items() if places is not None}
