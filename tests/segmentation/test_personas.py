"""Personas and tags: the same proof over plain attributes, with unknown values as values of their own."""

from __future__ import annotations

import pickle
from copy import deepcopy
from itertools import product
from typing import Any

import attrs
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from salesplan.errors import InvalidType, InvalidValue, NotFound, SalesplanError
from salesplan.money import Money
from salesplan.rulebook import from_data, json_schema, to_data
from salesplan.segmentation.attributes import AnyOf, ChoiceAttribute, IsUnknown, NumberAttribute, Presence, Value, Where
from salesplan.segmentation.migration import migrate
from salesplan.segmentation.personas import PersonaMap, PersonaRule
from salesplan.segmentation.proving import Overlap, SegmentMapError
from salesplan.segmentation.segments import Range, Segment
from salesplan.segmentation.tags import TagRule, Tags
from tests.segmentation.customers import CNY, ranges
from tests.strategies import HOSTILE, refusal
from tests.worked import table

PAGE = "lifecycle.md"
REST = Segment("the rest")
MAYBE = Presence.MAY_BE_UNKNOWN
AGE = NumberAttribute("age")
TIER = ChoiceAttribute("city tier", ("1", "2", "3"), presence=MAYBE)
STUDENT = PersonaRule(Segment("student"), (Where("age", Range(below=18)),))
PROFESSIONAL = PersonaRule(Segment("professional"), (Where("age", Range(at_least=25, at_most=45)),))


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "Age groups"), ids=lambda row: row["age"])
def test_age_groups(row: dict[str, str]) -> None:
    personas = PersonaMap((AGE,), (STUDENT, PROFESSIONAL), otherwise=REST)
    assert personas.persona_of({"age": int(row["age"])}).name == row["persona"]
    found = personas.assign(customer=[7], columns={"age": [int(row["age"])]})
    assert found.persona_of(7).name == row["persona"]


@pytest.mark.parametrize("unknown", ["no", "yes"])
def test_what_the_age_groups_leave_open(unknown: str) -> None:
    age = attrs.evolve(AGE, presence=MAYBE if unknown == "yes" else Presence.ALWAYS)
    with pytest.raises(SegmentMapError) as caught:
        PersonaMap((age,), (STUDENT, PROFESSIONAL))
    rows = table(PAGE, "What the age groups leave open")
    expected = [row["region"] for row in rows if row["age may be unknown"] == unknown]
    assert [str(region) for region in caught.value.uncovered] == expected


def test_what_two_attributes_leave_open() -> None:
    urban = Where("city tier", AnyOf(("1", "2")))
    rules = (STUDENT, PersonaRule(Segment("professional"), (Where("age", Range(at_least=25)), urban)))
    with pytest.raises(SegmentMapError) as caught:
        PersonaMap((AGE, TIER), rules)
    expected = [row["region"] for row in table(PAGE, "Personas of two attributes")]
    assert [str(region) for region in caught.value.uncovered] == expected


def tags() -> Tags:
    return Tags(
        (attrs.evolve(AGE, presence=MAYBE), TIER),
        (
            TagRule("adult", (Where("age", Range(at_least=18)),)),
            TagRule("metropolitan", (Where("city tier", AnyOf(("1",))),)),
            TagRule("unknown age", (Where("age", IsUnknown()),)),
        ),
    )


def test_tags() -> None:
    rows = table(PAGE, "Tags")
    ages = [int(row["age"]) if row["age"] else None for row in rows]
    columns = {"age": ages, "city tier": [row["city tier"] for row in rows]}
    found = tags().assign(customer=range(len(rows)), columns=columns)
    for at, (row, age) in enumerate(zip(rows, ages, strict=True)):
        assert " ".join(tags().tags_of({"age": age, "city tier": row["city tier"]})) == row["tags"]
        assert " ".join(found.tags_of(at)) == row["tags"]
    assert tags().explain().splitlines()[1] == "metropolitan  city tier 1"


def test_tags_say_who_has_them_and_why() -> None:
    columns = {"age": [30, 17, None], "city tier": ["1", "2", "3"]}
    found = tags().assign(customer=[9, 2, 5], columns=columns)
    assert [" ".join(line.split()) for line in found.explain().splitlines()] == [
        "adult 1 33.3 %",
        "metropolitan 1 33.3 %",
        "unknown age 1 33.3 %",
    ]
    assert found.explain(customer=9) == "adult         age 18 or more\nmetropolitan  city tier 1"
    assert found.explain(customer=5) == "unknown age  age unknown"
    assert found.explain(customer=2) == "no tag"
    assert found.customers_with("adult").tolist() == [9]
    assert {name: column.tolist() for name, column in found.to_columns().items()} == {
        "customer": [5, 9, 9],
        "tag": [2, 0, 1],
    }
    assert "<td" in found._repr_html_()
    for tag in ("child", 7, None):
        assert isinstance(refusal(found.customers_with, tag), NotFound)
    for call in (found.tags_of, lambda code: found.explain(customer=code)):
        with pytest.raises(NotFound):
            call(3)
    with pytest.raises(InvalidValue, match="each once"):
        tags().assign(customer=[1, 1, 2], columns=columns)
    assert tags().assign(customer=[], columns={"age": [], "city tier": []}).counts.tolist() == [0, 0, 0]


def test_two_rules_of_one_tag_are_both_its_reason() -> None:
    rules = (TagRule("a", (Where("age", Range(at_least=5)),)), TagRule("a", (Where("age", Range(below=9)),)))
    found = Tags((AGE,), rules).assign(customer=[1, 2, 3], columns={"age": [4, 7, 9]})
    assert found.counts.tolist() == [3]
    assert [found.explain(customer=code).count("\n") for code in (1, 2, 3)] == [0, 1, 0]


def test_assignments_are_values() -> None:
    """Copies of an assignment could be written to, and two equal ones were not equal."""
    columns = {"age": [5, 30], "city tier": ["1", None]}
    personas = PersonaMap((AGE, TIER), (STUDENT, PROFESSIONAL), otherwise=REST)
    ways: tuple[Any, ...] = (personas.assign, tags().assign)
    for assign in ways:
        found, again = (assign(customer=[1, 2], columns=columns) for _ in range(2))
        assert (found, hash(found)) == (again, hash(again))
        for copy in (pickle.loads(pickle.dumps(found)), deepcopy(found), found):
            assert (copy, hash(copy)) == (found, hash(found))
            arrays = [getattr(copy, each.name) for each in attrs.fields(type(copy))]
            assert not any(each.flags.writeable for each in arrays if isinstance(each, np.ndarray))
        assert found != assign(customer=[1, 3], columns=columns)
        assert found != assign(customer=[1, 2], columns=columns | {"age": [30, 30]})
        assert found != 7


@pytest.mark.parametrize(
    "change",
    [
        {"rules": None},
        {"customer": [2, 1]},
        {"customer": [1]},
        {"holds": None},
        {"holds": np.zeros((2, 2), dtype=np.bool_)},
        {"holds": np.zeros((2, 3), dtype=np.int64)},
        {"holds": np.zeros(6, dtype=np.bool_)},
    ],
)
def test_an_assignment_of_tags_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    found = tags().assign(customer=[1, 2], columns={"age": [5, 30], "city tier": ["1", None]})
    assert found.holds.shape == (2, 3)
    with pytest.raises(SalesplanError):
        attrs.evolve(found, **change)


@pytest.mark.parametrize(
    "change", [{"map": None}, {"map": 5}, {"customer": [2, 1]}, {"rule": [0]}, {"rule": [0, 2]}, {"rule": [-2, 0]}]
)
def test_an_assignment_of_personas_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    found = PersonaMap((AGE,), (STUDENT, PROFESSIONAL), otherwise=REST).assign(customer=[1, 2], columns={"age": [5, 3]})
    with pytest.raises(SalesplanError):
        attrs.evolve(found, **change)


def test_a_map_without_a_rest_has_no_rest() -> None:
    whole = PersonaMap((AGE,), (PersonaRule(REST, (Where("age", Range(at_least=0)),)),))
    with pytest.raises(InvalidValue, match="no rest"):
        attrs.evolve(whole.assign(customer=[1], columns={"age": [3]}), rule=np.array([-1]))


# --- edges ---------------------------------------------------------------------------------------------------


def test_conditions_that_do_not_fit_their_attribute_are_refused() -> None:
    wrong: list[tuple[Any, type[SalesplanError]]] = [
        (Where("city tier", Range(below=2)), InvalidType),
        (Where("age", AnyOf(("1",))), InvalidType),
        (Where("city tier", AnyOf(("4",))), InvalidValue),
        (Where("town", AnyOf(("4",))), NotFound),
    ]
    for where, kind in wrong:
        with pytest.raises(kind):
            PersonaMap((AGE, TIER), (PersonaRule(REST, (where,)),))
        with pytest.raises(kind):
            Tags((AGE, TIER), (TagRule("t", (where,)),))
    with pytest.raises(InvalidType):
        Where("age", Range(at_least=Money(1, CNY)))
    with pytest.raises(InvalidValue, match="each on another attribute"):
        PersonaRule(REST, (Where("age", Range(below=2)), Where("age", Range(above=2))))
    for twice in ((AGE, AGE), ()):
        with pytest.raises(InvalidValue):
            PersonaMap(twice, (STUDENT,), otherwise=REST)
    with pytest.raises(InvalidValue, match="names two personas"):
        PersonaMap((AGE,), (STUDENT,), otherwise=Segment("student", aliases=("pupil",)))


def test_unknown_is_a_value_only_where_it_may_be() -> None:
    known = PersonaMap((AGE,), (STUDENT,), otherwise=REST)
    maybe = PersonaMap((attrs.evolve(AGE, presence=MAYBE),), (STUDENT,), otherwise=REST)
    assert maybe.persona_of({"age": None}) == REST
    ages = np.ma.masked_array([5, 7], mask=[False, True])
    for column in ([5, None], ages):
        assert [maybe.assign(customer=[1, 2], columns={"age": column}).persona_of(code).name for code in (1, 2)] == [
            "student",
            "the rest",
        ]
        with pytest.raises(InvalidValue, match="no holes; row 1"):
            known.assign(customer=[1, 2], columns={"age": column})
    columns: list[Any] = [
        [5, float("nan")],
        [5, pd.NA],
        np.array([5, None], dtype=object),
        pd.Series([5, None], dtype="Int64"),
        pd.Series([5, None], dtype=object),
    ]
    for column in columns:
        assert maybe.assign(customer=[1, 2], columns={"age": column}).rule.tolist() == [0, -1]
    tier = PersonaMap((TIER,), (PersonaRule(Segment("one"), (Where("city tier", AnyOf(("1",))),)),), otherwise=REST)
    texts: list[Any] = [["1", None], ["1", float("nan")], np.array(["1", None], dtype=object)]
    texts += [pd.Series(["1", None], dtype=kind) for kind in ("str", "string", "category", object)]
    for column in texts:  # a column of texts with holes was refused when a data frame held it
        assert tier.assign(customer=[1, 2], columns={"city tier": column}).rule.tolist() == [0, -1]
    with pytest.raises(InvalidType):
        known.persona_of({"age": None})
    with pytest.raises(SegmentMapError, match="can never hold"):
        PersonaMap((AGE,), (STUDENT, PersonaRule(Segment("unknown"), (Where("age", IsUnknown()),))), otherwise=REST)
    with pytest.raises(InvalidValue, match="nobody can be"):
        Tags((AGE,), (TagRule("unknown", (Where("age", IsUnknown()),)),))


def test_values_that_nobody_can_have_are_refused() -> None:
    bounded = PersonaMap((NumberAttribute("age", high=0), TIER), (PersonaRule(REST, (Where("age", Range(below=9)),)),))
    assert bounded.persona_of({"age": 0, "city tier": None}) == REST
    outside: list[dict[str, Any]] = [
        {"age": 1, "city tier": "1"},
        {"age": -1, "city tier": "1"},
        {"age": 0, "city tier": "9"},
    ]
    for values in outside:
        with pytest.raises(InvalidValue):
            bounded.persona_of(values)
        with pytest.raises(InvalidValue):
            bounded.assign(customer=[1], columns={name: [value] for name, value in values.items()})
    of_another_kind: list[dict[str, Any]] = [{"age": True, "city tier": "1"}, {"age": 0, "city tier": 1}]
    for values in of_another_kind:
        with pytest.raises(InvalidType):
            bounded.persona_of(values)
        with pytest.raises(InvalidType):
            bounded.assign(customer=[1], columns={name: [value] for name, value in values.items()})
    for call in (bounded.persona_of, lambda values: bounded.assign(customer=[1], columns=values)):
        with pytest.raises(NotFound):
            call({"age": 0})
    with pytest.raises(InvalidValue, match="must have 1 rows"):
        bounded.assign(customer=[1], columns={"age": [0, 0], "city tier": ["1"]})


def test_a_value_that_nobody_can_have_is_named_by_its_row_also_after_a_hole() -> None:
    """Holes were dropped first, so that what came after them had the number of an earlier row."""
    personas = PersonaMap((attrs.evolve(AGE, presence=MAYBE), TIER), (STUDENT,), otherwise=REST)
    wrong: list[tuple[str, list[Any], str]] = [
        ("age", [None, "x"], "row 1 is str"),
        ("age", [None, -4], "row 1 is -4"),
        ("age", [None, False], "row 1 is bool"),
        ("city tier", [None, "9"], "row 1 is '9'"),
        ("city tier", [None, 9], "row 1 is 9"),
    ]
    for name, column, match in wrong:
        with pytest.raises(SalesplanError, match=match):
            personas.assign(customer=[1, 2], columns={"age": [1, 2], "city tier": ["1", "2"], name: column})


@pytest.mark.parametrize("column", [{5: 6}, {5}, np.array(5), "5", b"5", bytearray(b"5"), iter([5]), list, range(5, 5)])
def test_what_is_no_column_is_refused(column: Any) -> None:
    """A set was taken for a column, in whatever order it had; an array without a dimension leaked a TypeError."""
    with pytest.raises(SalesplanError):
        PersonaMap((AGE,), (STUDENT,), otherwise=REST).assign(customer=[1], columns={"age": column})


@pytest.mark.parametrize(
    "ages",
    [
        np.array([17, 18], dtype=">i2"),
        np.array([17, 0, 18, 0])[::2],
        range(17, 19),
        np.array([17, 18], dtype=np.uint64),
    ],
)
def test_ages_are_read_in_any_whole_type(ages: Any) -> None:
    found = PersonaMap((AGE,), (STUDENT,), otherwise=REST).assign(customer=[1, 2], columns={"age": ages})
    assert found.rule.tolist() == [0, -1]


def test_the_ends_of_63_bits_have_a_persona() -> None:
    low = 2 - 2**63
    below, above = (PersonaRule(Segment(name), (Where("n", Range(**ends)),)) for name, ends in (
        ("below", {"below": 0}), ("above", {"at_least": 0}),
    ))  # fmt: skip
    personas = PersonaMap((NumberAttribute("n", low=low),), (below, above))
    numbers = [low, -1, 0, 2**63 - 1]
    assert personas.assign(customer=range(4), columns={"n": numbers}).rule.tolist() == [0, 0, 1, 1]
    assert [personas.persona_of({"n": each}).name for each in numbers] == ["below", "below", "above", "above"]


def test_personas_migrate_and_are_values() -> None:
    personas = PersonaMap((AGE,), (STUDENT, PROFESSIONAL), otherwise=REST)
    before = personas.assign(customer=[2, 1], columns={"age": [17, 24]})
    after = personas.assign(customer=[1, 2], columns={"age": [25, 18]})
    found = migrate(before, after)
    assert (found.count("student", "the rest"), found.count("the rest", "professional")) == (1, 1)
    assert found.money_before is None
    assert before.to_columns()["persona"].tolist() == [2, 0]
    assert before.explain().splitlines()[0].split() == ["student", "1", "50.0", "%"]
    assert before.explain(customer=2) == "customer 2: student, age at most 17"
    assert before.explain(customer=1) == "customer 1: the rest, no rule holds"
    assert (before.customers_in("the rest").tolist(), before.customers_in("professional").tolist()) == ([1], [])
    assert pickle.loads(pickle.dumps(personas)) == personas
    with pytest.raises(InvalidValue, match="each once"):
        personas.assign(customer=[1, 1], columns={"age": [1, 1]})
    for refused in (lambda: before.persona_of(3), lambda: before.explain(customer=3)):
        with pytest.raises(NotFound, match="no customer 3"):
            refused()
    with pytest.raises(NotFound, match="pupil"):
        before.customers_in("pupil")


def test_personas_and_tags_are_data() -> None:
    personas = PersonaMap((AGE, TIER), (STUDENT, PROFESSIONAL), otherwise=REST, overlap=Overlap.FIRST_MATCH)
    assert from_data(to_data(personas), PersonaMap) == personas
    assert from_data(to_data(tags()), Tags) == tags()
    assert json_schema(PersonaMap)


def test_hostile_values_are_refused_by_name() -> None:
    personas = PersonaMap((AGE, TIER), (STUDENT,), otherwise=REST)
    calls: tuple[Any, ...] = (
        NumberAttribute,
        lambda value: NumberAttribute("age", low=value, high=3),
        lambda value: ChoiceAttribute("tier", value),
        lambda value: Where("age", value),
        lambda value: Where(value, Range(below=3)),
        lambda value: PersonaRule(REST, value),
        lambda value: PersonaMap(value, (STUDENT,)),
        lambda value: PersonaMap((AGE,), value),
        personas.persona_of,
        lambda value: personas.persona_of({"age": value, "city tier": None}),
        lambda value: personas.assign(customer=[1], columns=value),
        lambda value: personas.assign(customer=[1], columns={"age": value, "city tier": ["1"]}),
        lambda value: personas.assign(customer=[1], columns={"age": [value], "city tier": ["1"]}),
        lambda value: personas.assign(customer=[1], columns={"age": [3], "city tier": [value]}),
        lambda value: tags().tags_of({"age": value, "city tier": value}),
        lambda value: tags().assign(customer=value, columns={"age": [3], "city tier": ["1"]}),
        lambda value: tags().assign(customer=[1], columns=value),
    )
    for call in calls:
        refused = [refusal(call, value) for value in HOSTILE if not hasattr(value, "__next__")]
        assert sum(error is not None for error in refused) > len(refused) // 2


# --- laws ----------------------------------------------------------------------------------------------------

CHOICES = ("x", "y", "z")
names = st.sampled_from([Segment(name) for name in "abc"])


@st.composite
def cases(draw: st.DrawFn) -> tuple[tuple[Any, ...], list[PersonaRule]]:
    """Two numbers and a choice, each perhaps unknown, and rules over them."""
    presences = [draw(st.sampled_from(Presence)) for _ in range(3)]
    attributes = (
        NumberAttribute("m", low=-1, high=4, presence=presences[0]),
        NumberAttribute("n", presence=presences[1]),
        ChoiceAttribute("c", CHOICES, presence=presences[2]),
    )
    number = ranges(-2, 5) | st.just(IsUnknown())
    some = st.lists(st.sampled_from(CHOICES), min_size=1, max_size=3, unique=True)
    choice = some.map(lambda each: AnyOf(tuple(each))) | st.just(IsUnknown())
    rules = []
    for _ in range(draw(st.integers(1, 4))):
        where = [
            Where(name, draw(condition))
            for name, condition in (("m", number), ("n", number), ("c", choice))
            if draw(st.booleans())
        ]
        rules.append(PersonaRule(draw(names), tuple(where or [Where("m", draw(ranges(-2, 5)))])))
    return attributes, rules


def everybody(attributes: tuple[Any, ...]) -> list[dict[str, Value]]:
    values: list[list[Value]] = [list(range(-1, 5)), list(range(8)), list(CHOICES)]
    for attribute, some in zip(attributes, values, strict=True):
        if attribute.presence is MAYBE:
            some.append(None)
    return [dict(zip("mnc", each, strict=True)) for each in product(*values)]


def holds(rule: PersonaRule, values: dict[str, Value]) -> bool:
    for where in rule.where:
        value, condition = values[where.attribute], where.condition
        if isinstance(condition, IsUnknown):
            held = value is None
        elif isinstance(condition, AnyOf):
            held = value in condition.choices
        else:
            low, below = condition.bounds
            held = isinstance(value, int) and (low is None or value >= low) and (below is None or value < below)
        if not held:
            return False
    return True


@given(cases())
@example(
    (
        (NumberAttribute("m", low=-1, high=4), NumberAttribute("n"), ChoiceAttribute("c", CHOICES, presence=MAYBE)),
        [PersonaRule(REST, (Where("m", Range(above=-2)), Where("c", AnyOf(CHOICES))))],
    )
)
def test_a_map_is_refused_just_where_somebody_has_none_or_two(case: tuple[tuple[Any, ...], list[PersonaRule]]) -> None:
    attributes, rules = case
    people = everybody(attributes)
    claims = [[at for at, rule in enumerate(rules) if holds(rule, each)] for each in people]
    holes = [each for each, claim in zip(people, claims, strict=True) if not claim]
    doubles = [each for each, claim in zip(people, claims, strict=True) if len(claim) > 1]
    dead = [at for at in range(len(rules)) if not any(at in claim for claim in claims)]
    error = refusal(PersonaMap, attributes, tuple(rules))
    if error is None:
        assert (holes, doubles, dead) == ([], [], [])
        return
    assert isinstance(error, SegmentMapError)
    assert holes or doubles or dead
    assert [each for each in people if any(region.contains(each) for region in error.uncovered)] == holes
    assert [each for each in people if any(region.contains(each) for region in error.doubled)] == doubles


def test_two_rules_of_one_tag_keep_its_place() -> None:
    """A tag that only its second rule gave came after a tag named later."""
    first, second = (TagRule("a", (Where("age", condition),)) for condition in (Range(below=3), Range(above=9)))
    both = Tags((AGE,), (first, TagRule("b", (Where("age", Range(above=5)),)), second))
    assert both.tags_of({"age": 10}) == ("a", "b")


@given(cases(), st.data(), st.randoms(use_true_random=False))
def test_columns_are_held_to_records(case: tuple[tuple[Any, ...], list[PersonaRule]], data: Any, chance: Any) -> None:
    attributes, rules = case
    people = data.draw(st.lists(st.sampled_from(everybody(attributes)), max_size=6))
    try:
        personas = PersonaMap(attributes, tuple(rules), otherwise=REST, overlap=Overlap.FIRST_MATCH)
    except SegmentMapError:
        assume(False)
    codes = list(range(len(people)))
    columns = {name: [each[name] for each in people] for name in "mnc"}
    found = personas.assign(customer=codes, columns=columns)
    assert [found.persona_of(code) for code in codes] == [personas.persona_of(each) for each in people]
    chance.shuffle(codes)
    shuffled = personas.assign(customer=codes, columns={name: [people[code][name] for code in codes] for name in "mnc"})
    assert shuffled.segment.tobytes() == found.segment.tobytes()
    try:
        rules_of_tags = Tags(attributes, tuple(TagRule(rule.persona.name, rule.where) for rule in rules))
    except InvalidValue:
        return
    tagged = rules_of_tags.assign(customer=list(range(len(people))), columns=columns)
    for at, each in enumerate(people):
        assert rules_of_tags.tags_of(each) == tagged.tags_of(at)
        assert tagged.holds[at].tolist() == [holds(rule, each) for rule in rules]
    other_order = {name: [people[code][name] for code in codes] for name in "mnc"}
    assert rules_of_tags.assign(customer=codes, columns=other_order) == tagged


def test_a_place_without_a_rule_has_no_reason() -> None:
    personas = PersonaMap((AGE,), (STUDENT, PROFESSIONAL), otherwise=REST)
    assert personas.reason(-1) == "no rule holds"
    for place in (-2, 2, "x", None):
        assert isinstance(refusal(personas.reason, place), InvalidType | InvalidValue)


def test_a_column_that_became_floats_is_told_so() -> None:
    maybe = PersonaMap((attrs.evolve(AGE, presence=Presence.MAY_BE_UNKNOWN),), (STUDENT, PROFESSIONAL), otherwise=REST)
    with pytest.raises(InvalidType, match="Int64, or a list with None"):
        maybe.assign(customer=[1, 2], columns={"age": pd.Series([16, None])})
    with pytest.raises(InvalidValue, match="MAY_BE_UNKNOWN"):
        PersonaMap((AGE,), (STUDENT, PROFESSIONAL), otherwise=REST).assign(customer=[1], columns={"age": [None]})
