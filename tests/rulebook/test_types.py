"""Which classes have a data form, how they are named, and what is said about those that have none."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Optional, TypeVar, Union

import attrs
import pytest

import salesplan
from salesplan._rulebook_compile import kind_of
from salesplan.errors import InvalidType
from salesplan.ladder import Boundary, Ladder
from salesplan.money import Money
from salesplan.rate import PayRate, Rate
from salesplan.rulebook import RulebookError, fingerprint, from_data, json_schema, to_data

from . import toys

if TYPE_CHECKING:
    from nowhere import Nothing  # type: ignore[import-not-found]

K = TypeVar("K")
V = TypeVar("V")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SpendAtLeast", "spend_at_least"),
        ("BuyXGetY", "buy_x_get_y"),
        ("RFMScore", "rfm_score"),
        ("NthUnitOff", "nth_unit_off"),
        ("Tier2Price", "tier2_price"),
        ("Not", "not"),
        ("already_snake", "already_snake"),
    ],
)
def test_kind_is_the_class_name_in_snake_case(name: str, kind: str) -> None:
    assert kind_of(type(name, (), {})) == kind


class Size(StrEnum):
    SMALL = "s"
    LARGE = "l"


@attrs.frozen
class Loose:
    size: Size
    either: int | str | None
    flag: bool | int
    spelt: Union[Optional[str], int]  # noqa: UP007, UP045
    bare: dict[str, tuple[int, ...]]
    rates: Mapping[str, Rate | PayRate]
    deals: frozenset[Rate | PayRate] = frozenset()
    nested: tuple[tuple[str, ...], ...] = ()
    many: list[int] = attrs.field(init=False, factory=list)


def loose(**changes: Any) -> Loose:
    given: dict[str, Any] = {
        "size": Size.LARGE,
        "either": None,
        "flag": True,
        "spelt": None,
        "bare": {},
        "rates": {},
    }
    return Loose(**given | changes)


@pytest.mark.parametrize(
    ("changes", "data"),
    [
        ({}, {"size": "l", "either": None, "flag": True, "spelt": None, "bare": {}, "rates": {}}),
        ({"either": 1, "spelt": 1}, {"either": 1, "spelt": 1}),
        ({"either": "1", "flag": 1, "spelt": "1"}, {"either": "1", "flag": 1, "spelt": "1"}),
        ({"bare": {"a": (1, 2), "": ()}}, {"bare": {"a": [1, 2], "": []}}),
        (
            {"rates": {"a": Rate(1, 3), "b": Rate.zhe("8")}},
            {"rates": {"a": "1/3", "b": {"pay": "80%"}}},
        ),
        (
            {"deals": frozenset({Rate(1, 3), Rate.zhe("8"), Rate.zhe("9")})},
            {"deals": ["1/3", {"pay": "80%"}, {"pay": "90%"}]},
        ),
        ({"nested": (("a",), ())}, {"nested": [["a"], []]}),
    ],
)
def test_annotation_is_read_and_written(changes: dict[str, Any], data: dict[str, object]) -> None:
    rule = loose(**changes)
    written = to_data(rule)
    assert {key: written[key] for key in data} == data
    back = from_data(written, Loose)
    assert back == rule
    assert type(back.flag) is type(rule.flag)


def test_true_is_not_taken_for_one_where_both_may_stand() -> None:
    @attrs.frozen
    class Both:
        value: bool | int = attrs.field(default=1)

    assert to_data(Both(True))["value"] is True
    assert "value" not in to_data(Both(1))


@attrs.frozen
class Base(Generic[K]):
    key: K
    step: Ladder[K, Rate] | None = None


@attrs.frozen
class Middle(Base[tuple[V, ...]], Generic[V]):
    values: frozenset[V] = frozenset()


@attrs.frozen
class Leaf(Middle[Money]):
    pass


@attrs.frozen
class Twisted(Base[V], Generic[V, K]):
    other: K | None = None


def test_type_variables_are_bound_through_generic_bases() -> None:
    leaf = Leaf((Money.of("1", "EUR"),), values=frozenset({Money.of("2", "EUR")}))
    data = to_data(leaf)
    assert data == {
        "schema": 1,
        "kind": "leaf",
        "key": [{"amount": "1.00", "currency": "EUR"}],
        "values": [{"amount": "2.00", "currency": "EUR"}],
    }
    assert from_data(data, Leaf) == leaf
    assert from_data(data | {"kind": "middle"}, Middle[Money]) == Middle(leaf.key, None, leaf.values)
    with pytest.raises(RulebookError):
        from_data(data | {"kind": "middle"}, Middle[Rate])


def test_type_variable_left_open_is_written_but_not_read() -> None:
    ladder = Ladder.of({Money.of("1", "EUR"): Rate.zhe("8")}, boundary=Boundary.LOWER_INCLUSIVE)
    data = to_data(ladder)
    assert from_data(data, Ladder[Money, PayRate]) == ladder
    assert to_data(toys.Pair(toys.Phase.CART)) == {"schema": 1, "kind": "pair", "left": "cart"}
    for call in (lambda: from_data(data, Ladder), lambda: json_schema(Ladder)):
        with pytest.raises(InvalidType, match=r"Step.threshold is left open: name its types") as caught:
            call()
        assert caught.value.code == "rulebook.unbound"
    with pytest.raises(RulebookError, match=r"\$\.left: must be a single value"):
        to_data(toys.Pair(toys.Scope()))


class Number(IntEnum):
    ONE = 1


@attrs.frozen
class Money2:
    amount: str


Money2.__name__ = "Money"


def with_field(annotation: Any, **options: Any) -> type:
    return attrs.make_class("Rule", {"field": attrs.field(type=annotation, **options)})


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (float, "float"),
        (Decimal, "Decimal"),
        (object, "object"),
        (Any, "Any"),
        (list[int], "list"),
        (Sequence[int], "Sequence"),
        (tuple[int, str], "tuple"),
        (tuple, "tuple"),
        (dict[int, str], "dict"),
        (set[str], "set"),
        (Number, "the values of an Enum must be text"),
        (complex | None, "complex"),
        (str | Rate, "members of a union are attrs classes, or differ in JSON type"),
        (str | Size, "members of a union are attrs classes, or differ in JSON type"),
        (Mapping[str, int] | Money, "members of a union are attrs classes, or differ in JSON type"),
        (tuple[int, ...] | frozenset[int], "members of a union are attrs classes, or differ in JSON type"),
        (Money | Money2, "two members of the union have the same kind"),
        ("Nowhere", "the annotation does not resolve"),
        (None, "the field needs an annotation"),
    ],
)
def test_annotation_without_a_form_is_refused_by_the_name_of_the_field(annotation: Any, words: str) -> None:
    rule: Any = with_field(annotation)
    for call in (lambda: from_data({}, rule), lambda: to_data(rule(1)), lambda: json_schema(rule)):
        with pytest.raises(InvalidType) as caught:
            call()
        assert caught.value.code == "rulebook.unsupported"
        assert words in str(caught.value)
        assert "Rule.field" in str(caught.value) or annotation is Number
        assert len(str(caught.value)) < 200


@pytest.mark.parametrize("alias", ["kind", "schema"])
def test_name_that_the_format_keeps_is_refused(alias: str) -> None:
    with pytest.raises(InvalidType, match="give the field an alias"):
        from_data({}, with_field(int, alias=alias))


def test_private_field_must_have_a_default() -> None:
    with pytest.raises(InvalidType, match=r"Rule\._field .* a private field needs a default"):
        from_data({}, attrs.make_class("Rule", {"_field": attrs.field(type=int)}))


def test_bases_that_bind_a_variable_twice_are_refused() -> None:
    with pytest.raises(InvalidType, match="~K means two things in its bases"):
        from_data({}, Twisted[int, str])


@pytest.mark.parametrize("kind", [int, str, Rate, "Money", None, Money | None, Money | str, tuple[Money, ...], 5, []])
def test_only_objects_stand_at_the_top(kind: object) -> None:
    with pytest.raises(InvalidType) as caught:
        from_data({}, kind)
    assert caught.value.code == "rulebook.unsupported"
    assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize("obj", [5, "a", None, [], {}, Rate, Size.LARGE])
def test_only_objects_are_written_at_the_top(obj: object) -> None:
    for call in (to_data, fingerprint):
        with pytest.raises(InvalidType) as caught:
            call(obj)
        assert caught.value.code == "rulebook.unsupported"


def test_single_value_is_not_written_at_the_top() -> None:
    with pytest.raises(InvalidType, match="an attrs class"):
        to_data(Rate(1, 5))


@attrs.frozen
class Hidden:
    shown: int
    _memo: Nothing = attrs.field(init=False, eq=False, default=None)


def test_annotation_of_a_hidden_field_is_never_resolved() -> None:
    assert from_data(to_data(Hidden(1)), Hidden) == Hidden(1)


def _doubled(value: int) -> int:
    return value * 2


@attrs.frozen
class Defaults:
    made: tuple[str, ...] = attrs.field(factory=lambda: ("a",))
    turned: int = attrs.field(default=2, converter=_doubled)
    wrapped: int = attrs.field(default=3, converter=attrs.Converter(_doubled))  # type: ignore[misc]
    own: int = attrs.field(default=attrs.Factory(lambda self: self.turned, takes_self=True))
    wrong: str = attrs.field(default=None)
    scope: toys.Scope = attrs.field(default=toys.Scope(frozenset({"a"})))


def test_default_is_left_out_as_an_instance_holds_it() -> None:
    assert to_data(Defaults()) == {"schema": 1, "kind": "defaults", "own": 4}
    assert to_data(Defaults(made=("b",), wrong="x", scope=toys.Scope())) == {
        "schema": 1,
        "kind": "defaults",
        "made": ["b"],
        "own": 4,
        "wrong": "x",
        "scope": {},
    }
    schema: Any = json_schema(Defaults)
    notes = {name: body.get("default", "none") for name, body in schema["properties"].items()}
    assert notes == {
        "schema": "none",
        "kind": "none",
        "made": ["a"],
        "turned": 4,
        "wrapped": 6,
        "own": "none",
        "wrong": "none",
        "scope": {"skus": ["a"]},
    }


def test_changing_what_a_schema_holds_changes_no_later_answer() -> None:
    schema: Any = json_schema(Defaults)
    schema["properties"]["made"]["default"].append("b")
    schema["properties"]["scope"]["default"]["skus"].append("b")
    assert to_data(Defaults()) == {"schema": 1, "kind": "defaults", "own": 4}
    assert json_schema(Defaults) != schema


@attrs.frozen
class Old:
    """A rule as first stored."""

    sku: str


@attrs.frozen
class New:
    """The same rule after fields with defaults were added."""

    sku: str
    limit: int | None = None
    tags: frozenset[str] = frozenset()


Old.__name__ = New.__name__ = "Versioned"


def test_field_added_with_a_default_changes_neither_data_nor_fingerprint() -> None:
    assert to_data(New("a")) == to_data(Old("a"))
    assert fingerprint(New("a")) == fingerprint(Old("a"))
    assert from_data(to_data(Old("a")), New) == New("a")


def test_attrs_subclass_is_not_written_in_place_of_its_base() -> None:
    @attrs.frozen
    class More(toys.Scope):
        pass

    rule = toys.Promotion(id="a", benefit=toys.PercentOff(Rate(1)), scope=More())
    with pytest.raises(RulebookError, match=r"\$\.scope: must be a Scope, not More"):
        to_data(rule)


PROGRAM = """
from salesplan.money import Money
from salesplan.rulebook import fingerprint, json_schema
from tests.rulebook import toys
import json
scope = toys.Scope(skus=frozenset("abcdefghijklmnop"), currencies=frozenset(Money.of("1", code).currency
    for code in ("CNY", "EUR", "USD", "JPY", "BHD")))
rule = toys.Promotion(id="满减", benefit=toys.FixedPrices({"a": Money.of("1", "CNY")}), scope=scope,
    conditions=(toys.HasSegment(frozenset(map(str, range(50)))),), combines_with=frozenset(toys.Phase))
print(fingerprint(rule), json.dumps(json_schema(toys.Condition)))
"""


def test_fingerprint_and_schema_are_the_same_for_every_hash_seed() -> None:
    root = Path(__file__).parents[2]
    path = f"{root}:{Path(salesplan.__file__).parents[1]}"
    answers = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2", "77")
    }
    assert len(answers) == 1
    assert answers.pop().startswith(b"sha256:")


def test_fingerprint_of_the_format_stays() -> None:
    """Stored fingerprints must not change: a difference here is a new `schema` number."""
    rule = toys.Promotion(
        id="满减",
        benefit=toys.SpendAndSave({Money.of("300", "CNY"): Money.of("50", "CNY")}),
        scope=toys.Scope(skus=frozenset({"b", "a"})),
    )
    assert fingerprint(rule) == PINNED


PINNED = "sha256:6caf9c3268e600ddaf1bbd03a4cc707607b81016ba15614b5a1c9301c2d91ea4"
