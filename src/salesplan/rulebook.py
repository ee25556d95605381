"""Rules as data: any rule made of attrs classes as plain JSON data and back, with a schema and a fingerprint.

One table of forms serves all types. A class is an object of its fields under their constructor names; what
equals its default is left out, so a field added later with a default changes neither old data nor their
fingerprints. Where several classes may stand, and at the top, `kind` names the class in snake_case;
`"schema": 1` at the top names this format. Money, rates and times are text; floats do not occur. Reading is
strict, builds through the constructors and reports every fault at its path. Data never name code: only
classes that the given type refers to are ever built.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final, TypeVar, overload

import attrs

from ._rulebook_collections import canonical
from ._rulebook_compile import Compiled, compiled
from ._rulebook_faults import BAD, MAX_MESSAGE, Faults
from ._rulebook_objects import Record, choose
from ._rulebook_scan import scan
from .errors import InvalidType, SalesplanError, clip

__all__ = ["SCHEMA", "Problem", "RulebookError", "fingerprint", "from_data", "json_schema", "to_data"]

T = TypeVar("T")

SCHEMA: Final = 1
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TOP = frozenset({"schema", "kind"})


@attrs.frozen
class Problem:
    """One fault: where it is, a stable code, and what would be right."""

    path: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class RulebookError(SalesplanError, ValueError):
    """Data that are no rules, or rules that cannot be data; every problem with its path.

    `problems` holds the first 100 of `total`.
    >>> from salesplan.money import Money
    >>> from_data({"schema": 1, "kind": "money", "amount": 5, "currency": "EUR"}, Money)
    Traceback (most recent call last):
    salesplan.rulebook.RulebookError: 1 problem: $.amount: must be text, not a whole number: 5
    """

    problems: tuple[Problem, ...]
    total: int

    def __init__(self, problems: tuple[Problem, ...], total: int) -> None:
        super().__init__(_headline(problems, total), code="rulebook.invalid")
        self.problems = problems
        self.total = total

    def explain(self) -> str:
        """Every problem kept, one per line."""
        lines = [f"{problem} [{problem.code}]" for problem in self.problems]
        left = self.total - len(self.problems)
        return "\n".join([*lines, f"and {left:,} more"] if left else lines)


def to_data(obj: object) -> dict[str, object]:
    """*obj*, an instance of an attrs class, as plain dict, list, str, int, bool and None.

    Law: from_data(to_data(obj), type(obj)) == obj.
    Raises: RulebookError if a value does not fit its annotation or the limits; InvalidType for a class
    without a data form.
    >>> from salesplan.money import Money
    >>> to_data(Money.of("50", "CNY"))
    {'schema': 1, 'kind': 'money', 'amount': '50.00', 'currency': 'CNY'}
    """
    data = _written(obj)
    faults = Faults()
    scan(data, faults)
    _raise(faults)
    return data


@overload
def from_data(data: object, type: type[T]) -> T: ...
@overload
def from_data(data: object, type: object) -> Any: ...
def from_data(data: object, type: object) -> object:
    """The object that *data* describe.

    *type* is an attrs class, a bound generic (`Ladder[Money, Money]`) or a union of classes.
    Law: from_data(to_data(obj), type(obj)) == obj; data, however hostile, raise nothing but RulebookError.
    Raises: RulebookError with all problems; InvalidType if *type* itself has no data form.
    >>> from salesplan.money import Money
    >>> from_data({"schema": 1, "kind": "money", "amount": "50", "currency": "CNY"}, Money)
    Money(minor=5000, currency=Currency(code='CNY', exponent=2))
    """
    records = _bound(type).records
    faults = Faults()
    result = _read_top(data, records, faults) if scan(data, faults) else BAD
    _raise(faults)
    return result


def json_schema(type: object) -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of the data of *type*.

    Law: what `from_data` accepts is valid by it. It states the structure; what constructors check beyond,
    such as rising thresholds, only `from_data` knows.
    Raises: InvalidType if *type* has no data form.
    >>> from salesplan.money import Money
    >>> sorted(json_schema(Money)["properties"])
    ['amount', 'currency', 'kind', 'schema']
    """
    records = _bound(type).records
    definitions = _Definitions()
    tops = [
        record.object_schema(definitions, {"schema": {"const": SCHEMA}, "kind": {"const": name}})
        for name, record in records.items()
    ]
    head: dict[str, object] = {"$schema": _DIALECT, "title": " or ".join(records)}
    body = tops[0] if len(tops) == 1 else {"oneOf": tops}
    return head | body | ({"$defs": definitions.bodies} if definitions.bodies else {})


def fingerprint(obj: object) -> str:
    """A short name for the content of a rule: "sha256:" and 64 hex digits of the canonical JSON of its data.

    The limit on the number of values does not apply here.
    Law: equal data give equal fingerprints, in every process, for every hash seed and order of sets.
    Source: canonical means keys sorted by code point, no spaces, everything outside ASCII escaped as \\uXXXX.
    >>> from salesplan.money import Money
    >>> fingerprint(Money.of("50", "CNY"))[:23]
    'sha256:67ffeb6af6ed5cbb'
    """
    return "sha256:" + sha256(canonical(_written(obj)).encode("ascii")).hexdigest()


class _Definitions:
    """The `$defs` of one schema: every object once with and once without its kind, as far as used."""

    def __init__(self) -> None:
        self.bodies: dict[str, object] = {}
        self._names: dict[tuple[int, bool], str] = {}

    def refer(self, record: Record, *, tagged: bool) -> dict[str, object]:
        mark = (id(record), tagged)
        if mark not in self._names:
            stem = f"{record.name}.kind" if tagged else record.name
            name, count = stem, 1
            while name in self.bodies:
                count += 1
                name = f"{stem}.{count}"
            self._names[mark] = name
            self.bodies[name] = {}  # the name is taken while the body, which may refer to it, is made
            head: dict[str, object] = {"kind": {"const": record.name}} if tagged else {}
            self.bodies[name] = record.object_schema(self, head)
        return {"$ref": f"#/$defs/{self._names[mark]}"}


def _compiled(type: Any) -> Compiled:
    try:
        hash(type)
    except TypeError:
        raise InvalidType(f"no type: {clip(type)}", code="rulebook.unsupported", value=type) from None
    return compiled(type)


def _written(obj: object) -> dict[str, object]:
    if not attrs.has(type(obj)):
        raise InvalidType(
            f"only an object of an attrs class stands alone as data: {clip(obj)}",
            code="rulebook.unsupported",
            value=obj,
        )
    (record,) = _compiled(type(obj)).records.values()
    faults = Faults()
    data: dict[str, object] = {"schema": SCHEMA, "kind": record.name}
    try:
        record.write_fields(obj, data, None, faults)
    except RecursionError:
        faults.add(None, "rulebook.too_deep", "the object is nested too deep to be written")
    _raise(faults)
    return data


def _bound(type: Any) -> Compiled:
    form = _compiled(type)
    if form.unbound:
        raise InvalidType(
            f"{form.unbound[0]} is left open: name its types, as Ladder[Money, Money]",
            code="rulebook.unbound",
            value=type,
        )
    return form


def _read_top(data: object, records: dict[str, Record], faults: Faults) -> object:
    if type(data) is not dict:
        return faults.wrong(None, "an object", data)
    if "schema" not in data:
        faults.add((None, "schema"), "rulebook.schema", f"the data must say their format: {SCHEMA}")
    elif type(data["schema"]) is not int or data["schema"] != SCHEMA:
        faults.add((None, "schema"), "rulebook.schema", f"must be {SCHEMA}, not {clip(data['schema'])}")
    record = choose(records, data, None, faults)
    return BAD if record is None else record.read(data, None, faults, _TOP)


def _raise(faults: Faults) -> None:
    if faults.total:
        raise RulebookError(tuple(Problem(*kept) for kept in faults.kept), faults.total) from None


def _headline(problems: tuple[Problem, ...], total: int) -> str:
    """The first problems that fit into a message, and how many there are."""
    text = "1 problem: " if total == 1 else f"{total:,} problems: "
    for place, problem in enumerate(problems):
        path = problem.path if len(problem.path) <= 80 else f"{problem.path[:38]}...{problem.path[-38:]}"
        more = f"{'; ' if place else ''}{path}: {problem.message}"
        ending = f"; and {total - place - 1:,} more" if place + 1 < total else ""
        room = MAX_MESSAGE - len(text) - len(ending)
        if len(more) > room:
            return text + (f"; and {total - place:,} more" if place else more[: room - 3] + "..." + ending)
        text += more
    return text + (f"; and {total - len(problems):,} more" if total > len(problems) else "")
