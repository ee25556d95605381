"""Laws of the codec over toy rules: nothing is lost, nothing wrong gets in, and every fault is found where it is."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from salesplan.money import Money
from salesplan.rate import Rate
from salesplan.rulebook import RulebookError, fingerprint, from_data, json_schema, to_data

from . import strategies, toys
from .strategies import type_of_rule
from .trees import Steps, at, nodes, path_of, removed, replaced

TYPES: list[Any] = [toys.PromotionSet, toys.Promotion, toys.Condition, toys.Shift, toys.Scope, Money]
SCHEMAS = {kind: Draft202012Validator(json_schema(kind)) for kind in TYPES}


def read(data: object, kind: Any) -> object:
    """What `from_data` gives, or the error that it raises instead."""
    try:
        return from_data(data, kind)
    except RulebookError as error:
        return lawful(error)


def lawful(error: RulebookError) -> RulebookError:
    """The error itself, once it keeps the laws of every such error."""
    assert error.code == "rulebook.invalid"
    assert 0 < len(str(error)) <= 200
    assert 1 <= len(error.problems) == min(100, error.total)
    for problem in error.problems:
        assert problem.path.startswith("$")
        assert len(problem.path) <= 65 * 64 + 1
        assert 0 < len(problem.message) <= 200
        assert problem.code
    return error


@given(strategies.rules)
def test_reading_undoes_writing(rule: object) -> None:
    assert from_data(to_data(rule), type_of_rule(rule)) == rule


@given(strategies.rules)
def test_data_survive_json(rule: object) -> None:
    data = to_data(rule)
    through_json = json.loads(json.dumps(data))
    assert through_json == data
    assert from_data(through_json, type_of_rule(rule)) == rule


@given(strategies.rules)
def test_written_again_the_data_are_the_same(rule: object) -> None:
    data = to_data(rule)
    assert json.dumps(to_data(from_data(data, type_of_rule(rule)))) == json.dumps(data)


@given(strategies.conditions, strategies.conditions)
def test_fingerprints_are_equal_exactly_when_the_rules_are(one: object, other: object) -> None:
    assert (fingerprint(one) == fingerprint(other)) == (one == other) == (to_data(one) == to_data(other))


@given(strategies.promotion_sets)
def test_fingerprint_does_not_depend_on_the_order_of_keys(rule: toys.PromotionSet) -> None:
    data = json.loads(json.dumps(to_data(rule)), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert fingerprint(from_data(data, toys.PromotionSet)) == fingerprint(rule)


@given(strategies.rules)
def test_to_data_gives_fresh_plain_values_each_time(rule: object) -> None:
    first, second = to_data(rule), to_data(rule)
    containers = {id(value) for _, value in nodes(first) if isinstance(value, dict | list)}
    assert not containers & {id(value) for _, value in nodes(second)}
    assert {type(value) for _, value in nodes(first)} <= {dict, list, str, int, bool, type(None)}


@given(strategies.foreign, st.sampled_from(TYPES))
@example({"schema": 1, "kind": "money", "amount": "1", "currency": {"code": [], "exponent": {}}}, Money)
def test_any_data_at_all_build_a_rule_or_are_refused_with_a_path(data: object, kind: Any) -> None:
    result = read(data, kind)
    if not isinstance(result, RulebookError):
        assert from_data(to_data(result), kind) == result


@given(strategies.promotion_sets, strategies.foreign, st.data())
def test_foreign_data_inside_good_data_build_a_rule_or_are_refused_inside(
    rule: toys.PromotionSet, foreign: object, data: st.DataObject
) -> None:
    good = to_data(rule)
    place, _ = data.draw(st.sampled_from(list(nodes(good))))
    result = read(replaced(good, place, foreign), toys.PromotionSet)
    if isinstance(result, RulebookError):
        parent = path_of(place[:-1])
        assert all(problem.path.startswith(parent) for problem in result.problems)
    else:
        assert from_data(to_data(result), toys.PromotionSet) == result


@given(strategies.promotion_sets, st.data())
def test_node_of_a_wrong_type_is_the_one_problem(rule: toys.PromotionSet, data: st.DataObject) -> None:
    good = to_data(rule)
    place, _ = data.draw(st.sampled_from([((), good), *nodes(good)]))
    result = read(replaced(good, place, 0.5), toys.PromotionSet)
    assert isinstance(result, RulebookError)
    assert [problem.path for problem in result.problems] == [path_of(place)]


@given(strategies.promotion_sets, st.data())
def test_every_fault_is_reported_at_once(rule: toys.PromotionSet, data: st.DataObject) -> None:
    good = to_data(rule)
    leaves = [place for place, value in nodes(good) if not isinstance(value, dict | list) and place[-1] != "kind"]
    places = data.draw(st.sets(st.sampled_from(leaves), min_size=1, max_size=6))
    broken = deepcopy(good)
    for place in places:
        broken = replaced(broken, place, 0.5)
    result = read(broken, toys.PromotionSet)
    assert isinstance(result, RulebookError)
    assert {problem.path for problem in result.problems} == {path_of(place) for place in places}
    assert result.total == len(places)


@given(strategies.promotion_sets, st.data())
def test_entry_taken_out_is_missed_or_has_a_default(rule: toys.PromotionSet, data: st.DataObject) -> None:
    good = to_data(rule)
    place, _ = data.draw(st.sampled_from([each for each in nodes(good) if isinstance(each[0][-1], str)]))
    broken = removed(good, place)
    result = read(broken, toys.PromotionSet)
    if isinstance(result, RulebookError):
        assert [problem.path for problem in result.problems] == [path_of(place)]
        assert not SCHEMAS[toys.PromotionSet].is_valid(broken)
    else:
        assert SCHEMAS[toys.PromotionSet].is_valid(broken)
        assert from_data(to_data(result), toys.PromotionSet) == result != rule


@given(strategies.promotion_sets, st.data(), st.sampled_from(["", "kinds", "a b", "Id", "__class__", "满"]))
def test_field_too_many_is_the_one_problem(rule: toys.PromotionSet, data: st.DataObject, key: str) -> None:
    good = to_data(rule)
    objects = [((), good), *(each for each in nodes(good) if isinstance(each[1], dict))]
    place, _ = data.draw(st.sampled_from([each for each in objects if each[0][-1:] != ("prices",)]))
    broken = replaced(good, (*place, key), 1)
    result = read(broken, toys.PromotionSet)
    assert isinstance(result, RulebookError)
    assert [(problem.path, problem.code) for problem in result.problems] == [
        (path_of((*place, key)), "rulebook.unknown_field")
    ]
    assert not SCHEMAS[toys.PromotionSet].is_valid(broken)


@given(strategies.rules)
def test_what_is_written_is_valid_by_the_schema(rule: object) -> None:
    validator = Draft202012Validator(json_schema(type_of_rule(rule)))
    assert not list(validator.iter_errors(to_data(rule)))


@given(strategies.promotion_sets, strategies.promotion_sets, st.data())
def test_what_is_read_is_valid_by_the_schema(
    rule: toys.PromotionSet, other: toys.PromotionSet, data: st.DataObject
) -> None:
    """Parts of one set grafted into another give data that are often, but not always, in order."""
    good = to_data(rule)
    place, _ = data.draw(st.sampled_from(list(nodes(good))))
    graft = data.draw(st.sampled_from([value for _, value in nodes(to_data(other))]))
    mixed = replaced(good, place, graft)
    valid = SCHEMAS[toys.PromotionSet].is_valid(mixed)
    if not isinstance(read(mixed, toys.PromotionSet), RulebookError):
        assert valid


@given(strategies.promotion_sets, st.data())
def test_structure_refused_by_the_schema_is_refused_by_the_reader(rule: toys.PromotionSet, data: st.DataObject) -> None:
    good = to_data(rule)
    place, _ = data.draw(st.sampled_from(list(nodes(good))))
    value: Any = data.draw(st.sampled_from([None, 12, True, "12", [], {}, [{}], {"kind": "money"}]))
    broken = replaced(good, place, value)
    assume(not SCHEMAS[toys.PromotionSet].is_valid(broken))
    assert isinstance(read(broken, toys.PromotionSet), RulebookError)


@given(st.data())
def test_structure_wrong_anywhere_is_refused_by_reader_and_schema(data: st.DataObject) -> None:
    """A float at any node breaks every form, so both must refuse it wherever it stands."""
    kind, rules = data.draw(
        st.sampled_from(
            [
                (toys.PromotionSet, strategies.promotion_sets),
                (toys.Condition, strategies.conditions),
                (toys.Shift, strategies.shifts),
            ]
        )
    )
    good = to_data(data.draw(rules))
    place, _ = data.draw(st.sampled_from([((), good), *nodes(good)]))
    broken = replaced(good, place, 0.5)
    assert isinstance(read(broken, kind), RulebookError)
    assert not SCHEMAS[kind].is_valid(broken)


@pytest.mark.parametrize("kind", ["promotion", "Promotion_set", "money", "", "builtins.object"])
def test_only_the_kinds_of_the_type_are_built(kind: str) -> None:
    result = read({"schema": 1, "kind": kind, "promotions": []}, toys.PromotionSet)
    assert isinstance(result, RulebookError)
    assert [(problem.path, problem.code) for problem in result.problems] == [("$.kind", "rulebook.unknown_kind")]


def test_sets_of_promotions_read_at_the_place_they_came_from() -> None:
    """The mutations above rest on `nodes`: a path it gives must lead to the node it gives."""
    good = to_data(toys.PromotionSet((toys.Promotion(id="a", benefit=toys.PercentOff(Rate(1))),)))
    places: list[Steps] = [place for place, _ in nodes(good)]
    assert ("promotions", 0, "benefit", "rate") in places
    assert [at(good, place) for place in places] == [value for _, value in nodes(good)]
