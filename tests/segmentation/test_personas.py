"""Personas and tags: the same proof over plain attributes, with unknown values as values of their own."""

from __future__ import annotations

import pickle
from itertools import product
from typing import Any

import attrs
import numpy as np
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
    columns = tags().columns_of({"age": ages, "city tier": [row["city tier"] for row in rows]}, size=len(rows))
    for at, (row, age) in enumerate(zip(rows, ages, strict=True)):
        held = tags().tags_of({"age": age, "city tier": row["city tier"]})
        assert " ".join(held) == row["tags"]
        assert tuple(tag for tag, column in columns.items() if column[at]) == held
    assert tags().explain().splitlines()[1] == "metropolitan  city tier 1"


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


def test_personas_migrate_and_are_values() -> None:
    personas = PersonaMap((AGE,), (STUDENT, PROFESSIONAL), otherwise=REST)
    before = personas.assign(customer=[2, 1], columns={"age": [17, 24]})
    after = personas.assign(customer=[1, 2], columns={"age": [25, 18]})
    found = migrate(before, after)
    assert (found.count("student", "the rest"), found.count("the rest", "professional")) == (1, 1)
    assert found.money_before is None
    assert before.to_columns()["persona"].tolist() == [2, 0]
    assert before.explain().splitlines()[0].split() == ["student", "1", "50.0", "%"]
    assert pickle.loads(pickle.dumps(personas)) == personas
    with pytest.raises(InvalidValue, match="each once"):
        personas.assign(customer=[1, 1], columns={"age": [1, 1]})
    with pytest.raises(NotFound):
        before.persona_of(3)


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
    held = rules_of_tags.columns_of(columns, size=len(people))
    for at, each in enumerate(people):
        assert rules_of_tags.tags_of(each) == tuple(tag for tag in rules_of_tags.tags if held[tag][at])
