"""The JSON Schema: valid by its metaschema, closed, and readable."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from salesplan.ladder import Ladder
from salesplan.money import Money
from salesplan.rate import Rate
from salesplan.rulebook import json_schema
from salesplan.window import LocalDays, Window

from . import toys

TYPES: list[Any] = [
    Money,
    Window,
    Window | LocalDays,
    Ladder[Money, Rate],
    toys.Condition,
    toys.Promotion,
    toys.PromotionSet,
    toys.Shift,
    toys.MoneyPair,
]


def parts(schema: Any) -> list[dict[str, Any]]:
    """Every schema inside a schema, itself included."""
    inside = [schema]
    for key in ("properties", "$defs"):
        inside += [each for value in schema.get(key, {}).values() for each in parts(value)]
    for key in ("items", "additionalProperties"):
        inside += parts(schema[key]) if isinstance(schema.get(key), dict) else []
    return inside + [each for value in schema.get("oneOf", ()) for each in parts(value)]


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_schema_is_valid_closed_and_whole(kind: Any) -> None:
    schema = json_schema(kind)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    used = set()
    for part in parts(schema):
        if "properties" in part:
            assert part["additionalProperties"] is False
            assert set(part["required"]) <= part["properties"].keys()
        if "$ref" in part:
            used.add(part["$ref"])
    assert used == {f"#/$defs/{name}" for name in schema.get("$defs", {})}  # type: ignore[attr-defined]


def test_schema_of_a_small_class_is_what_one_would_write() -> None:
    assert json_schema(toys.Scope) == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "scope",
        "type": "object",
        "properties": {
            "schema": {"const": 1},
            "kind": {"const": "scope"},
            "skus": {
                "type": "array",
                "items": {"type": "string", "maxLength": 10_000},
                "uniqueItems": True,
                "default": [],
            },
            "currencies": {
                "type": "array",
                "items": {"oneOf": [{"type": "string", "pattern": "^[A-Z]{3}$"}, {"$ref": "#/$defs/currency"}]},
                "uniqueItems": True,
                "default": [],
            },
        },
        "required": ["schema", "kind"],
        "additionalProperties": False,
        "$defs": {
            "currency": {
                "type": "object",
                "description": "A code and the number of decimal places of its minor unit.",
                "properties": {
                    "code": {"type": "string", "maxLength": 10_000},
                    "exponent": {"type": "integer"},
                },
                "required": ["code", "exponent"],
                "additionalProperties": False,
            }
        },
    }


def test_union_is_one_of_its_kinds_in_alphabetical_order() -> None:
    schema: Any = json_schema(toys.Condition)
    kinds = ["all_of", "has_segment", "not", "quantity_at_least", "spend_at_least"]
    assert schema["title"] == " or ".join(kinds)
    assert [each["properties"]["kind"]["const"] for each in schema["oneOf"]] == kinds
    inner = schema["$defs"]["not.kind"]["properties"]["condition"]["oneOf"]
    assert [each["$ref"] for each in inner] == [f"#/$defs/{kind}.kind" for kind in kinds]
    assert json_schema(LocalDays | Window) == json_schema(Window | LocalDays)


def test_first_line_of_the_docstring_describes() -> None:
    schema: Any = json_schema(toys.Promotion)
    assert schema["description"] == "One promotion."
    assert schema["$defs"]["spend_at_least.kind"]["description"] == "The cart is worth this much."
    assert "description" not in schema["$defs"]["has_segment.kind"]
    phase, none = schema["properties"]["phase"]["oneOf"]
    assert (phase["description"], none) == ("Where in the cart a rule works.", {"type": "null"})


def test_same_class_bound_differently_has_definitions_of_its_own() -> None:
    import attrs

    both = attrs.make_class(
        "Both",
        {"one": attrs.field(type=Ladder[int, Rate]), "other": attrs.field(type=Ladder[str, Rate])},
    )
    schema: Any = json_schema(both)
    assert list(schema["$defs"]) == ["ladder", "step", "ladder.2", "step.2"]
    assert schema["$defs"]["step"]["properties"]["threshold"] == {"type": "integer"}
    assert schema["$defs"]["step.2"]["properties"]["threshold"]["type"] == "string"
    assert schema["properties"]["other"] == {"$ref": "#/$defs/ladder.2"}
