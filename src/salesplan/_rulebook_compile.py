"""From a type to its data form: annotations of attrs fields are read once per type, and the result is kept.

Any attrs class joins by being annotated; there is no registry. Generic classes are bound by substitution, as
in `Ladder[Money, Rate]`; recursive ones refer to the record of a class before its fields are known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import Enum
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Final, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs

from ._rulebook_collections import Listing, Table
from ._rulebook_faults import Faults, Trail
from ._rulebook_forms import Amount, Choice, CurrencyForm, Definitions, Form, Plain, Schema, Text, Whole
from ._rulebook_objects import ABSENT, Entry, MoneyRecord, OneOf, Record
from ._rulebook_written import WRITTEN
from .errors import InvalidType, clip
from .money import Currency, Money
from .rate import PayRate

__all__ = ["Compiled", "compiled", "kind_of"]

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_RESERVED = frozenset({"schema", "kind"})
_SINGLE: Final[dict[type, Form]] = {
    str: Text(),
    int: Whole(),
    bool: Plain(bool, "boolean", "true or false"),
    NoneType: Plain(NoneType, "null", "null"),
    **WRITTEN,
}
_ADVICE = "use attrs classes, Enums of text, tuple[X, ...], frozenset[X], Mapping[str, X] or a plain value"


@attrs.frozen
class Compiled:
    """A type at the top of the data: its records by kind, and where a type variable is left unbound."""

    records: dict[str, Record]
    unbound: tuple[str, ...]


@lru_cache(maxsize=256)
def compiled(annotation: Any) -> Compiled:
    """The form of a class, or of a union of classes.

    Raises: InvalidType naming the field that has no data form.
    """
    compiler = _Compiler()
    form = compiler.form(annotation, "the type")
    for record in compiler.finished:
        record.settle()
    if isinstance(form, Record):
        return Compiled({form.name: form}, tuple(compiler.unbound))
    if isinstance(form, OneOf) and len(form.tagged) == len(form.members):
        return Compiled(form.tagged, tuple(compiler.unbound))
    raise _unsupported("the type", annotation, "at the top stands an object, so it must be an attrs class")


def kind_of(cls: type) -> str:
    """The name of a class in the data.

    >>> kind_of(type("BuyXGetY", (), {})), kind_of(type("SpendAtLeast", (), {}))
    ('buy_x_get_y', 'spend_at_least')
    """
    return _WORD_START.sub("_", cls.__name__).lower()


class Loose:
    """A type variable that nobody has bound: written by the class of the value, never read."""

    shapes: Final[frozenset[type]] = frozenset()

    def __init__(self, form_of: Callable[[type], Form | None]) -> None:
        self._form_of = form_of

    def owns(self, value: object) -> bool:
        return self._form_of(type(value)) is not None

    def read(self, data: object, at: Trail, faults: Faults) -> object:
        return faults.wrong(at, "of a type that is known", data)

    def write(self, value: object, at: Trail, faults: Faults) -> object:
        form = self._form_of(type(value))
        return faults.wrong(at, "a single value", value) if form is None else form.write(value, at, faults)

    def schema(self, definitions: Definitions) -> Schema:
        return {}


class _Compiler:
    """One walk over a type and all it refers to."""

    def __init__(self) -> None:
        self.records: dict[object, Record] = {}
        self.finished: list[Record] = []  # what a record refers to comes before it, but for cycles
        self.unbound: list[str] = []

    def form(self, annotation: Any, where: str) -> Form:
        annotation = getattr(annotation, "__supertype__", annotation)  # NewType
        origin, args = get_origin(annotation), get_args(annotation)
        if isinstance(annotation, TypeVar):
            return self._loose(where)
        if origin is Union or origin is UnionType:
            return self._union(args, where)
        if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
            return Listing(self.form(args[0], where), tuple)
        if origin is frozenset:
            return Listing(self.form(args[0], where), frozenset)
        if origin in (Mapping, dict) and args[0] is str:
            return Table(self.form(args[1], where))
        cls = NoneType if annotation is None else origin or annotation
        if not isinstance(cls, type):
            raise _unsupported(where, annotation, _ADVICE)
        single = self._single(cls)
        if single is not None:
            return single
        if not attrs.has(cls):
            raise _unsupported(where, annotation, _ADVICE)
        return self._record(cls, annotation, args)

    def _single(self, cls: type) -> Form | None:
        """The form of a class that stands for itself: plain values, enums, currency, money."""
        if cls in _SINGLE:
            return _SINGLE[cls]
        if issubclass(cls, Enum):
            if not all(isinstance(member.value, str) for member in cls):
                raise _unsupported(cls.__name__, cls, "the values of an Enum must be text")
            return Choice(cls)
        if cls is Currency:
            return CurrencyForm(self._record(Currency, Currency, ()))
        if cls is Money and Money not in self.records:
            record = self.records[Money] = MoneyRecord(Money, kind_of(Money), Money.of)
            amount = Entry("amount", "amount", Amount(), ABSENT, required=True)
            record.fill((amount, Entry("currency", "currency", self.form(Currency, ""), ABSENT, required=True)))
        return self.records[Money] if cls is Money else None

    def _loose(self, where: str) -> Loose:
        self.unbound.append(where)
        ready: dict[type, Form] = {cls: self.form(cls, where) for cls in (Money, Currency, PayRate)}
        return Loose(lambda cls: ready.get(cls) or self._single(cls))

    def _union(self, args: tuple[Any, ...], where: str) -> OneOf:
        members = [self.form(arg, where) for arg in args]
        objects = [member for member in members if isinstance(member, Record)]
        if len({record.name for record in objects}) < len(objects):
            raise _unsupported(where, args, "two members of the union have the same kind")
        shapes = [shape for member in members if not isinstance(member, Record) for shape in member.shapes]
        shapes += [dict] if objects else []
        if len(set(shapes)) < len(shapes) or (objects and any(isinstance(each, Loose) for each in members)):
            raise _unsupported(where, args, "members of a union are attrs classes, or differ in JSON type")
        return OneOf(members)

    def _record(self, cls: type, annotation: Any, args: tuple[Any, ...]) -> Record:
        if annotation not in self.records:
            record = self.records[annotation] = Record(cls, kind_of(cls), cls)
            record.fill(tuple(self._entries(cls, _bindings(cls, args))))
            self.finished.append(record)
        return self.records[annotation]

    def _entries(self, cls: type, bound: dict[Any, Any]) -> list[Entry]:
        entries = []
        for field in attrs.fields(cls):
            where = f"{cls.__name__}.{field.name}"
            required = field.default is attrs.NOTHING
            if not field.init or field.name.startswith("_"):
                if field.init and required:
                    raise _unsupported(where, field.type, "a private field needs a default")
                continue
            if field.alias in _RESERVED:
                raise _unsupported(where, field.type, "the format keeps this name: give the field an alias")
            form = self.form(_bind(_annotation(cls, field, where), bound), where)
            entries.append(Entry(str(field.alias), field.name, form, _default(field), required))
        return entries


def _annotation(cls: type, field: attrs.Attribute[Any], where: str) -> Any:
    """The annotation of one field, resolved in the module of the class that wrote it.

    One by one, since a private field may name a type that is imported for type checkers only.
    """
    if field.type is None:
        raise _unsupported(where, None, "the field needs an annotation")
    own = (base for base in cls.__mro__ if attrs.has(base) and _is_own(base, field.name))
    module = next(own, cls).__module__
    alone = type(cls.__name__, (), {"__annotations__": {"field": field.type}, "__module__": module})
    try:
        return get_type_hints(alone)["field"]
    except (NameError, TypeError, SyntaxError) as error:
        raise _unsupported(where, field.type, f"the annotation does not resolve: {error}") from None


def _is_own(cls: type[attrs.AttrsInstance], name: str) -> bool:
    return not getattr(attrs.fields_dict(cls).get(name), "inherited", True)


def _bindings(cls: Any, args: tuple[Any, ...]) -> dict[Any, Any]:
    """What the type variables of a class and of its generic bases stand for."""
    bound = dict(zip(getattr(cls, "__parameters__", ()), args, strict=False))
    for base in getattr(cls, "__orig_bases__", ()):
        origin = get_origin(base)
        if origin is None or origin is Generic:
            continue
        for name, meaning in _bindings(origin, tuple(_bind(arg, bound) for arg in get_args(base))).items():
            if bound.setdefault(name, meaning) != meaning:
                raise _unsupported(cls.__name__, base, f"{name} means two things in its bases")
    return bound


def _bind(annotation: Any, bound: dict[Any, Any]) -> Any:
    if isinstance(annotation, TypeVar):
        return bound.get(annotation, annotation)
    if get_origin(annotation) is None or not getattr(annotation, "__parameters__", ()):
        return annotation
    return annotation[tuple(bound.get(name, name) for name in annotation.__parameters__)]


def _default(field: attrs.Attribute[Any]) -> object:
    """The default as an instance would hold it; ABSENT where that depends on the instance."""
    default: Any = field.default
    converter: Any = field.converter
    asks = [(default, "takes_self"), (converter, "takes_self"), (converter, "takes_field")]
    if default is attrs.NOTHING or any(getattr(each, name, False) for each, name in asks):
        return ABSENT
    value = default.factory() if hasattr(default, "takes_self") else default
    return value if converter is None else getattr(converter, "converter", converter)(value)


def _unsupported(where: str, annotation: object, advice: str) -> InvalidType:
    name = annotation.__name__ if isinstance(annotation, type) else clip(annotation)
    message = f"{where[:60]} has no data form ({name[:60]}): {advice}"
    return InvalidType(message[:199], code="rulebook.unsupported", value=annotation)
