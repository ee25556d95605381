"""The promotions of `salesplan.pricing` as data: every kind, whole, and refused where it is wrong."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from salesplan import pricing
from salesplan.money import Money
from salesplan.rate import Rate
from salesplan.rulebook import RulebookError, fingerprint, from_data, json_schema, to_data

from .pricing_strategies import conditions, promotion_sets, promotions
from .trees import nodes, path_of, replaced

SCHEMA = Draft202012Validator(json_schema(pricing.PromotionSet))


@given(promotion_sets)
def test_reading_undoes_writing(rules: pricing.PromotionSet) -> None:
    data = to_data(rules)
    assert from_data(json.loads(json.dumps(data)), pricing.PromotionSet) == rules
    assert not list(SCHEMA.iter_errors(data))
    assert rules.fingerprint == fingerprint(rules)


@given(promotions() | conditions)
def test_single_rule_stands_alone(rule: Any) -> None:
    assert from_data(to_data(rule), type(rule)) == rule


@given(promotion_sets, st.randoms(use_true_random=False))
def test_fingerprint_does_not_depend_on_order(rules: pricing.PromotionSet, random: Any) -> None:
    shuffled = list(rules.promotions)
    random.shuffle(shuffled)
    assert pricing.PromotionSet(shuffled).fingerprint == rules.fingerprint


@given(promotion_sets.filter(len), st.data())
def test_node_of_a_wrong_type_is_the_one_problem(rules: pricing.PromotionSet, data: st.DataObject) -> None:
    good = to_data(rules)
    place, _ = data.draw(st.sampled_from(list(nodes(good))))
    broken = replaced(good, place, 0.5)
    with pytest.raises(RulebookError) as caught:
        from_data(broken, pricing.PromotionSet)
    assert [problem.path for problem in caught.value.problems] == [path_of(place)]
    assert not SCHEMA.is_valid(broken)


def test_every_benefit_and_condition_has_a_kind() -> None:
    schema: Any = SCHEMA.schema
    kinds = {name.removesuffix(".kind") for name in schema["$defs"] if name.endswith(".kind")}
    assert len(kinds) == len(get_args(pricing.Benefit)) + len(get_args(pricing.Condition)) + 2
    assert {"buy_x_get_y", "nth_unit_off", "spend_and_save", "during_hours", "window", "local_days"} <= kinds


def test_deepest_condition_allowed_can_be_stored() -> None:
    spend: Any = pricing.SpendAtLeast(Money.of("1", "CNY"), basis=pricing.Basis.LIST)
    for _ in range(16):
        spend = pricing.AllOf([spend])
    rules = pricing.PromotionSet([pricing.Promotion("a", pricing.AmountOff(Money.of("1", "CNY")), conditions=[spend])])
    assert from_data(to_data(rules), pricing.PromotionSet) == rules


def money(amount: str, currency: str = "CNY") -> dict[str, object]:
    return {"amount": amount, "currency": currency}


def promotion(**fields: object) -> dict[str, object]:
    return {"id": "a", "benefit": {"kind": "amount_off", "amount": money("1")}} | fields


def tiered(*steps: tuple[str, str]) -> dict[str, object]:
    table = [{"threshold": money(threshold), "value": money(value)} for threshold, value in steps]
    ladder = {"steps": table, "boundary": "lower_inclusive"}
    return promotion(benefit={"kind": "spend_and_save", "tiers": ladder, "basis": "running"})


@pytest.mark.parametrize(
    ("data", "path", "code"),
    [
        (promotion(id=""), ".id", "promotion.id"),
        (promotion(priority=10**10), ".priority", "promotion.priority"),
        (promotion(scope={"skus": []}), ".scope", "scope.empty"),
        (
            promotion(benefit={"kind": "amount_off", "amount": money("0")}),
            ".benefit.amount",
            "promotion.money",
        ),
        (promotion(benefit={"kind": "percent_off", "off": "101%"}), ".benefit.off", "promotion.rate"),
        (promotion(benefit={"kind": "buy_x_get_y", "buy": 0, "get": 1}), ".benefit.buy", "promotion.count"),
        (promotion(limits={"uses": -1}), ".limits.uses", "promotion.count"),
        (
            promotion(conditions=[{"kind": "all_of", "conditions": []}]),
            ".conditions[0].conditions",
            "condition.empty",
        ),
        (promotion(phase="shiping"), ".phase", "rulebook.choice"),
        (promotion(never_with=["a"]), ".never_with", "promotion.contradiction"),
        (tiered(("0", "1")), ".benefit.tiers.steps[0].threshold", "promotion.money"),
        (tiered(("300", "50"), ("200", "60")), ".benefit.tiers.steps[1].threshold", "ladder.not_rising"),
        (tiered(("300", "50"), ("600", "40")), ".benefit.tiers.steps[1].value", "promotion.falling_tier"),
    ],
)
def test_fault_of_a_promotion_is_found_where_it_stands(data: dict[str, object], path: str, code: str) -> None:
    with pytest.raises(RulebookError) as caught:
        from_data(
            {"schema": 1, "kind": "promotion_set", "promotions": [promotion(id="b"), data]},
            pricing.PromotionSet,
        )
    assert [(problem.path, problem.code) for problem in caught.value.problems] == [(f"$.promotions[1]{path}", code)]


def faults_of_a_set(*items: dict[str, object]) -> list[tuple[str, str]]:
    with pytest.raises(RulebookError) as caught:
        from_data({"schema": 1, "kind": "promotion_set", "promotions": list(items)}, pricing.PromotionSet)
    return [(problem.path, problem.code) for problem in caught.value.problems]


def test_fault_between_promotions_is_found_where_one_value_tells() -> None:
    one, other = json.loads('["same id", "same id"]')
    assert faults_of_a_set(promotion(id=one), promotion(id=other)) == [("$.promotions[0].id", "promotion.duplicate_id")]
    assert faults_of_a_set(promotion(id=one), promotion(id=one)) == [("$", "promotion.duplicate_id")]
    in_euro = promotion(id="other id", limits={"budget": money("1", "EUR")})
    assert faults_of_a_set(promotion(id=one), in_euro) == [("$.promotions[1].id", "promotion.mixed_currencies")]


def test_full_example_is_what_one_would_write() -> None:
    rule = pricing.Promotion(
        "double-eleven",
        pricing.NthUnitOff(2, Rate.zhe("5")),
        conditions=[pricing.FirstOrder()],
        limits=pricing.Limits(uses_per_shopper=1),
    )
    assert to_data(rule) == {
        "schema": 1,
        "kind": "promotion",
        "id": "double-eleven",
        "benefit": {"kind": "nth_unit_off", "nth": 2, "off": "50%"},
        "phase": "item",
        "conditions": [{"kind": "first_order"}],
        "limits": {"uses_per_shopper": 1},
    }
