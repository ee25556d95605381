"""Faults: their codes and places, hostile data in bounded time, and the error itself."""

from __future__ import annotations

import pickle
import sys
from collections import OrderedDict
from decimal import Decimal
from typing import Any

import pytest

from salesplan import _rulebook_objects, _rulebook_scan
from salesplan.errors import SalesplanError
from salesplan.ladder import Ladder
from salesplan.money import Money
from salesplan.rate import Rate
from salesplan.rulebook import Problem, RulebookError, fingerprint, from_data, to_data

from . import toys


def refusal(data: object, kind: Any = toys.PromotionSet) -> RulebookError:
    with pytest.raises(RulebookError) as caught:
        from_data(data, kind)
    assert len(str(caught.value)) <= 200
    return caught.value


def found(data: object, kind: Any = toys.PromotionSet) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in refusal(data, kind).problems]


def promotions(*items: object) -> dict[str, object]:
    return {"schema": 1, "kind": "promotion_set", "promotions": list(items)}


def promotion(**fields: object) -> dict[str, object]:
    return {"id": "a", "benefit": {"kind": "percent_off", "rate": "5%"}} | fields


def money(amount: str) -> dict[str, object]:
    return {"amount": amount, "currency": "CNY"}


def tiers(*steps: tuple[str, str]) -> dict[str, object]:
    table = [{"threshold": money(threshold), "value": money(value)} for threshold, value in steps]
    return {"kind": "spend_and_save", "tiers": {"steps": table, "boundary": "lower_inclusive"}}


IN_A_PROMOTION: list[tuple[dict[str, object], list[tuple[str, str]]]] = [
    ({"prioritty": 1}, [(".prioritty", "rulebook.unknown_field")]),
    ({"note": ""}, [(".note", "rulebook.unknown_field")]),  # its alias is comment
    ({"_seen": 1}, [("._seen", "rulebook.unknown_field")]),
    ({"weight": 1}, [(".weight", "rulebook.unknown_field")]),
    ({"kind": "promotion"}, [(".kind", "rulebook.unknown_field")]),  # nothing else could stand here
    ({"schema": 1}, [(".schema", "rulebook.unknown_field")]),
    ({"benefit": {"rate": "5%"}}, [(".benefit.kind", "rulebook.missing_kind")]),
    ({"benefit": {"kind": "percentoff"}}, [(".benefit.kind", "rulebook.unknown_kind")]),
    ({"benefit": {"kind": None}}, [(".benefit.kind", "rulebook.type")]),
    ({"benefit": {"kind": 1.0}}, [(".benefit.kind", "rulebook.float")]),
    ({"benefit": None}, [(".benefit", "rulebook.type")]),
    ({"benefit": "percent_off"}, [(".benefit", "rulebook.type")]),
    ({"benefit": {"kind": "percent_off"}}, [(".benefit.rate", "rulebook.missing_field")]),
    ({"phase": "carts"}, [(".phase", "rulebook.choice")]),
    ({"phase": "CART"}, [(".phase", "rulebook.choice")]),
    ({"phase": 1}, [(".phase", "rulebook.type")]),
    ({"stackable": 1}, [(".stackable", "rulebook.type")]),
    ({"stackable": None}, [(".stackable", "rulebook.type")]),
    ({"combines_with": ["cart", "cart"]}, [(".combines_with[1]", "rulebook.repeated")]),
    ({"conditions": {}}, [(".conditions", "rulebook.type")]),
    ({"scope": {"skus": [1]}}, [(".scope.skus[0]", "rulebook.type")]),
    ({"scope": None}, [(".scope", "rulebook.type")]),
    ({"code": 5}, [(".code", "rulebook.type")]),
    ({"comment": Decimal(1)}, [(".comment", "rulebook.type")]),
    ({"window": {"kind": "window", "start": "2026-01-01"}}, [(".window.start", "rulebook.text")]),
    (
        {"window": {"kind": "window", "start": "2026-01-02T00:00:00Z", "end": "2026-01-01T00:00:00Z"}},
        [(".window.end", "window.empty")],
    ),
    (
        {"window": {"kind": "window", "start": "2026-01-02T00:00:00Z", "end": "2026-01-02T00:00:00Z"}},
        [(".window", "window.empty")],  # both ends are the same: neither alone is at fault
    ),
    (
        {"window": {"kind": "local_days", "first": "2026-01-01", "until": "2026-01-02", "zone": "Mars"}},
        [(".window.zone", "window.zone")],
    ),
    ({"benefit": tiers()}, [(".benefit.tiers", "ladder.size")]),
    (
        {"benefit": tiers(("300", "50"), ("200", "60"))},
        [(".benefit.tiers.steps[1].threshold", "ladder.not_rising")],
    ),
    (
        {"benefit": tiers(("300", "50"), ("400", "6.001"))},
        [(".benefit.tiers.steps[1].value.amount", "money.digits")],
    ),
    (
        {"benefit": {"kind": "fixed_prices", "prices": {"a b": money("x"), "\ud800": money("1")}}},
        [
            ('.benefit.prices["a b"].amount', "money.text"),
            ('.benefit.prices["\\ud800"]', "rulebook.surrogate"),
        ],
    ),
    ({"benefit": {"kind": "fixed_prices", "prices": {1: money("1")}}}, [(".benefit.prices", "rulebook.key")]),
    ({"scope": {1: 1, None: 2}}, [(".scope", "rulebook.key"), (".scope", "rulebook.key")]),
    ({"scope": OrderedDict()}, [(".scope", "rulebook.type")]),
    (
        {"conditions": [{"kind": "all_of", "conditions": [{"kind": "not", "condition": 5}, {}]}, None]},
        [
            (".conditions[0].conditions[0].condition", "rulebook.type"),
            (".conditions[0].conditions[1].kind", "rulebook.missing_kind"),
            (".conditions[1]", "rulebook.type"),
        ],
    ),
]


@pytest.mark.parametrize(("fields", "problems"), IN_A_PROMOTION)
def test_fault_is_found_at_its_place(fields: dict[str, object], problems: list[tuple[str, str]]) -> None:
    data = promotions(promotion(), promotion(**fields))
    assert found(data) == [(f"$.promotions[1]{path}", code) for path, code in problems]


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        (None, [("$", "rulebook.type")]),
        ([], [("$", "rulebook.type")]),
        ("{}", [("$", "rulebook.type")]),
        (1e400, [("$", "rulebook.float")]),
        (
            {},
            [("$.schema", "rulebook.schema"), ("$.kind", "rulebook.missing_kind")],
        ),
        ({"kind": "promotion_set", "promotions": []}, [("$.schema", "rulebook.schema")]),
        ({"schema": 2, "kind": "promotion_set", "promotions": []}, [("$.schema", "rulebook.schema")]),
        ({"schema": True, "kind": "promotion_set", "promotions": []}, [("$.schema", "rulebook.schema")]),
        ({"schema": 1.0, "kind": "promotion_set", "promotions": []}, [("$.schema", "rulebook.schema")]),
        ({"schema": "1", "kind": "promotion_set", "promotions": []}, [("$.schema", "rulebook.schema")]),
        ({"schema": 1, "kind": "promotion_set"}, [("$.promotions", "rulebook.missing_field")]),
        ({"schema": 1, "kind": "promotion", "promotions": []}, [("$.kind", "rulebook.unknown_kind")]),
        (OrderedDict(promotions()), [("$", "rulebook.type")]),
    ],
)
def test_fault_at_the_top_is_found(data: object, problems: list[tuple[str, str]]) -> None:
    assert found(data) == problems


def test_message_names_what_was_probably_meant() -> None:
    error = refusal(promotions(promotion(prioritty=1)))
    assert "did you mean 'priority'?" in str(error)
    assert "known: id, benefit, code" in str(error)
    error = refusal(promotions(promotion(benefit={"kind": "percentoff"})))
    assert "did you mean 'percent_off'? known: fixed_prices, percent_off, spend_and_save" in str(error)
    assert "known: item, cart, shipping" in str(refusal(promotions(promotion(phase="no"))))


class Stubborn(ValueError):
    pass


def test_whatever_a_constructor_raises_is_a_problem_at_the_object(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object) -> None:
        raise Stubborn("never" * 200)

    monkeypatch.setattr(toys.SpendAtLeast, "__attrs_post_init__", refuse)
    error = refusal(promotions(promotion(conditions=[{"kind": "spend_at_least", "amount": money("1")}])))
    (problem,) = error.problems
    assert (problem.path, problem.code) == ("$.promotions[0].conditions[0]", "rulebook.refused")
    assert problem.message.startswith("Stubborn: never")
    assert len(problem.message) <= 200


def test_shared_value_is_not_blamed_on_one_field() -> None:
    """Both money values are equal, so the error does not say which of the two it means."""
    ladder = {"schema": 1, "kind": "ladder", "boundary": "lower_inclusive"}
    step = {"threshold": money("1"), "value": money("1")}
    assert found(ladder | {"steps": [step, step]}, Ladder[Money, Money]) == [
        ("$.steps[1].threshold", "ladder.not_rising")
    ]
    assert found(ladder | {"steps": [{"threshold": None, "value": None}]}, Ladder[None, None]) == [
        ("$", "ladder.threshold")
    ]


def test_error_counts_all_problems_and_keeps_the_first_hundred() -> None:
    error = refusal(promotions(*[0.5] * 5000))
    assert (error.total, len(error.problems)) == (5000, 100)
    assert [problem.path for problem in error.problems] == [f"$.promotions[{at}]" for at in range(100)]
    assert str(error).startswith("5,000 problems: $.promotions[0]: must be an object")
    assert str(error).endswith(" more")
    shown = str(error).count("$.promotions[")
    assert f"and {5000 - shown:,} more" in str(error)
    lines = error.explain().splitlines()
    assert len(lines) == 101
    assert lines[0].endswith("[rulebook.float]")
    assert lines[-1] == "and 4,900 more"


def test_error_shows_each_problem_when_there_is_room() -> None:
    error = refusal({"schema": 1, "kind": "promotion_set", "promotions": [1], "a": 1})
    assert str(error).startswith("2 problems: $.promotions[0]: must be an object (promotion), not a whole number: 1")
    assert str(error).endswith("; $.a: promotion_set has no such field; known: promotions")
    assert error.explain().splitlines() == [f"{each} [{each.code}]" for each in error.problems]


def test_error_is_a_value_error_with_a_code_and_survives_pickling() -> None:
    error = refusal(None)
    assert isinstance(error, SalesplanError)
    assert isinstance(error, ValueError)
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), str(back), back.code, back.problems, back.total) == (
        RulebookError,
        str(error),
        "rulebook.invalid",
        error.problems,
        1,
    )
    assert error.problems == (Problem("$", "rulebook.type", "must be an object, not null"),)


def nested(levels: int) -> dict[str, Any]:
    """Data *levels* deep, itself included."""
    data: dict[str, Any] = {"kind": "has_segment", "any_of": []}
    for _ in range(levels - 2):
        data = {"kind": "not", "condition": data}
    return {"schema": 1} | data


def test_depth_of_64_levels_is_read_and_65_refused() -> None:
    rule = from_data(nested(64), toys.Condition)
    assert to_data(rule) == nested(64)
    assert found(nested(65), toys.Condition) == [("$" + ".condition" * 63 + ".any_of", "rulebook.too_deep")]
    with pytest.raises(RulebookError) as caught:
        to_data(toys.Not(rule))
    assert [problem.code for problem in caught.value.problems] == ["rulebook.too_deep"]


@pytest.mark.parametrize("levels", [3_000, 100_000])
def test_data_far_too_deep_are_refused_without_recursion(levels: int) -> None:
    inside: list[Any] = []
    for _ in range(levels):
        inside = [inside]
    assert found(promotions(inside)) == [("$.promotions[0]" + "[0]" * 62, "rulebook.too_deep")]
    wrapped: dict[str, Any] = {}
    for _ in range(levels):
        wrapped = {"a": wrapped}
    assert found(wrapped) == [("$" + ".a" * 64, "rulebook.too_deep")]


def test_rule_far_too_deep_is_not_written() -> None:
    rule: Any = toys.HasSegment(frozenset())
    for _ in range(sys.getrecursionlimit() * 2):
        rule = toys.Not(rule)
    for call in (to_data, fingerprint):
        with pytest.raises(RulebookError) as caught:
            call(rule)
        assert [problem.code for problem in caught.value.problems] == ["rulebook.too_deep"]


def test_cycle_ends_at_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    cycle: dict[str, Any] = {"kind": "not"}
    cycle["condition"] = cycle
    assert found(cycle, toys.Condition) == [("$" + ".condition" * 64, "rulebook.too_deep")]
    monkeypatch.setattr(_rulebook_scan, "MAX_NODES", 10_000)
    fan: list[Any] = []
    fan.extend([fan, fan])
    assert [code for _, code in found(fan)] == ["rulebook.too_many"]


def test_shared_lists_count_as_often_as_they_are_spelt_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_rulebook_scan, "MAX_NODES", 10_000)
    bomb: list[Any] = ["x"]
    for _ in range(30):
        bomb = [bomb] * 10
    ((path, code),) = found(bomb)
    assert code == "rulebook.too_many"
    assert path.startswith("$[")


def test_million_values_are_read_and_one_more_refused() -> None:
    least = {"schema": 1, "kind": "has_segment", "any_of": []}  # 4 values
    most = [str(number) for number in range(1_000_000 - 4)]
    rule = from_data(least | {"any_of": most}, toys.HasSegment)
    assert len(rule.any_of) == len(most)
    assert found(least | {"any_of": [*most, "one more"]}, toys.HasSegment) == [("$.any_of", "rulebook.too_many")]
    with pytest.raises(RulebookError):
        to_data(toys.HasSegment(rule.any_of | {"one more"}))
    assert fingerprint(toys.HasSegment(rule.any_of | {"one more"})).startswith("sha256:")


def test_many_faults_are_counted_with_a_hundred_kept() -> None:
    error = refusal({"schema": 1, "kind": "has_segment", "any_of": [None] * 100_000}, toys.HasSegment)
    assert (error.total, len(error.problems)) == (100_000, 100)
    error = refusal({"schema": 1, "kind": "shift"} | {f"k{at}": 1 for at in range(100_000)}, toys.Shift)
    assert (error.total, len(error.problems)) == (100_002, 100)


def test_huge_keys_and_values_make_small_messages() -> None:
    huge = "k" * 10_000_000
    error = refusal(promotions(promotion(**{huge: 1}, comment=huge, code=10**100_000, phase=huge)))
    assert [problem.path for problem in error.problems] == [
        f'$.promotions[0]["{"k" * 37}..."]',
        "$.promotions[0].comment",
        "$.promotions[0].code",
        "$.promotions[0].phase",
    ]
    assert all(len(str(problem)) < 300 for problem in error.problems)
    deep_keys: dict[str, Any] = {}
    for _ in range(70):
        deep_keys = {huge: deep_keys}
    (problem,) = refusal(deep_keys).problems
    assert len(problem.path) < 65 * 50


def test_no_hostile_text_stays_in_memory() -> None:
    kept = _rulebook_objects._read_before.cache_info().currsize
    for amount, currency in (("1" * 1_000_000, "CNY"), ("1" * 51, "CNY"), ("1", "C" * 1_000_000)):
        refusal(
            {"schema": 1, "kind": "spend_at_least", "amount": {"amount": amount, "currency": currency}}, toys.Condition
        )
    assert _rulebook_objects._read_before.cache_info().currsize == kept


def test_float_is_refused_as_one_even_where_nothing_else_would_do() -> None:
    for value in (0.1, 1.0, 1e400, -1e400, float("nan")):
        data = promotions(promotion(priority=value))
        assert found(data) == [("$.promotions[0].priority", "rulebook.float")]


class Evil:
    def __repr__(self) -> str:
        raise RuntimeError


def test_foreign_objects_are_refused_by_the_name_of_their_class() -> None:
    for value in (Evil(), Decimal("1"), b"1", (1,), {1}, Money.of("1", "CNY"), Rate(1), type):
        error = refusal(promotions(promotion(priority=value)))
        (problem,) = error.problems
        assert problem.path == "$.promotions[0].priority"
        assert problem.message == f"must be a whole number, not {type(value).__name__}"
