"""Worked examples of the format, its edges, and an encoder written out by hand for the toy rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import attrs
import pytest
from hypothesis import given

from salesplan.ladder import Boundary, Ladder
from salesplan.money import Currency, Money
from salesplan.rate import PayRate, Rate
from salesplan.rulebook import RulebookError, from_data, to_data
from salesplan.window import LocalDays, Window

from . import strategies, toys

EIGHT = timezone(timedelta(hours=8))


def cny(amount: str) -> Money:
    return Money.of(amount, "CNY")


def money(amount: str, currency: object = "CNY") -> dict[str, object]:
    return {"amount": amount, "currency": currency}


EXAMPLES: list[tuple[object, dict[str, object]]] = [
    (cny("50"), {"kind": "money", "amount": "50.00", "currency": "CNY"}),
    (Money.of(-1500, "JPY"), {"kind": "money", "amount": "-1500", "currency": "JPY"}),
    (
        Money(7, Currency("COINS", 0)),
        {"kind": "money", "amount": "7", "currency": {"code": "COINS", "exponent": 0}},
    ),
    (
        Money(1, Currency("XAU", 3)),
        {"kind": "money", "amount": "0.001", "currency": {"code": "XAU", "exponent": 3}},
    ),
    (PayRate(Rate(4, 5)), {"kind": "pay_rate", "pay": "80%"}),
    (
        Ladder.of({0: Rate(1, 3), 10: Rate(1, 8)}, boundary=Boundary.UPPER_INCLUSIVE),
        {
            "kind": "ladder",
            "steps": [{"threshold": 0, "value": "1/3"}, {"threshold": 10, "value": "12.5%"}],
            "boundary": "upper_inclusive",
        },
    ),
    (Window(), {"kind": "window"}),
    (
        Window(datetime(2026, 11, 11, tzinfo=EIGHT), datetime(2026, 11, 11, 12, 0, 0, 5, tzinfo=UTC)),
        {"kind": "window", "start": "2026-11-10T16:00:00Z", "end": "2026-11-11T12:00:00.000005Z"},
    ),
    (
        LocalDays(first=date(2026, 11, 11), until=date(2026, 11, 12), zone="Asia/Shanghai"),
        {"kind": "local_days", "first": "2026-11-11", "until": "2026-11-12", "zone": "Asia/Shanghai"},
    ),
    (
        toys.Shift(day=date(1, 1, 1), opens=time(18, 30)),
        {"kind": "shift", "day": "0001-01-01", "opens": "18:30"},
    ),
    (
        toys.Shift(day=date(1, 1, 1), opens=time(18, 30, 0, 9)),
        {"kind": "shift", "day": "0001-01-01", "opens": "18:30:00.000009"},
    ),
    (
        toys.Shift(day=date(1, 1, 1), opens=time(18, 30, 5)),
        {"kind": "shift", "day": "0001-01-01", "opens": "18:30:05"},
    ),
    (toys.HasSegment(frozenset({"b", "a", "é"})), {"kind": "has_segment", "any_of": ["a", "b", "é"]}),
    (toys.PercentOff(Rate(1, 5)), {"kind": "percent_off", "rate": "20%"}),
    (toys.PercentOff(Rate.zhe("8")), {"kind": "percent_off", "rate": {"pay": "80%"}}),
    (toys.Scope(), {"kind": "scope"}),
    (
        toys.Scope(currencies=frozenset({Currency("COINS", 0), Currency.iso("EUR"), Currency.iso("CNY")})),
        {"kind": "scope", "currencies": ["CNY", "EUR", {"code": "COINS", "exponent": 0}]},
    ),
    (
        toys.MoneyPair(cny("1"), None, "x"),
        {"kind": "money_pair", "left": money("1.00"), "label": "x"},
    ),
    (
        toys.Not(toys.AllOf((toys.SpendAtLeast(cny("1")), toys.QuantityAtLeast(toys.Sku("a"), 2)))),
        {
            "kind": "not",
            "condition": {
                "kind": "all_of",
                "conditions": [
                    {"kind": "spend_at_least", "amount": money("1.00")},
                    {"kind": "quantity_at_least", "sku": "a", "count": 2},
                ],
            },
        },
    ),
    (
        toys.PromotionSet(
            (
                toys.Promotion(id="a", benefit=toys.FixedPrices({"x": cny("2")})),
                toys.Promotion(
                    id="b",
                    benefit=toys.SpendAndSave({cny("300"): cny("50")}),  # converted
                    phase=toys.Phase.CART,
                    combines_with=frozenset(),
                    stackable=False,
                    comment="note",
                ),
            )
        ),
        {
            "kind": "promotion_set",
            "promotions": [
                {"id": "a", "benefit": {"kind": "fixed_prices", "prices": {"x": money("2.00")}}},
                {
                    "id": "b",
                    "benefit": {
                        "kind": "spend_and_save",
                        "tiers": {
                            "steps": [{"threshold": money("300.00"), "value": money("50.00")}],
                            "boundary": "lower_inclusive",
                        },
                    },
                    "phase": "cart",
                    "stackable": False,
                    "combines_with": [],
                    "comment": "note",
                },
            ],
        },
    ),
]


@pytest.mark.parametrize(("rule", "data"), EXAMPLES, ids=lambda each: type(each).__name__)
def test_format_is_what_the_examples_say(rule: object, data: dict[str, object]) -> None:
    written = to_data(rule)
    assert written == {"schema": 1} | data
    assert list(written) == ["schema", *data]  # the order of the class, schema and kind in front
    expected: Any = Ladder[int, Rate] if isinstance(rule, Ladder) else type(rule)
    assert from_data(written, expected) == rule


READ_AS: list[tuple[type, str, object, object]] = [
    (toys.Shift, "opens", "00:00", time(0)),
    (toys.Shift, "opens", "23:59:59.999999", time(23, 59, 59, 999999)),
    (toys.Shift, "opens", "18:30:00", time(18, 30)),
    (toys.Shift, "day", "9999-12-31", date(9999, 12, 31)),
    (toys.Shift, "day", "2024-02-29", date(2024, 2, 29)),
    (toys.Shift, "at", None, None),
    (toys.Shift, "at", "2026-11-11T00:00+08:00", datetime(2026, 11, 10, 16, tzinfo=UTC)),
    (toys.Shift, "at", "2026-11-11T00:00:00.5-00:00", datetime(2026, 11, 11, 0, 0, 0, 500_000, tzinfo=UTC)),
    (toys.PercentOff, "rate", "0%", Rate(0)),
    (toys.PercentOff, "rate", "-12.50%", Rate(-1, 8)),
    (toys.PercentOff, "rate", "2/10", Rate(1, 5)),
    (toys.PercentOff, "rate", f"{'9' * 24}.{'9' * 14}%", Rate(10**38 - 1, 10**16)),
    (toys.PercentOff, "rate", {"pay": "100%"}, PayRate(Rate(1))),
    (toys.SpendAtLeast, "amount", money("+007"), cny("7")),
    (toys.SpendAtLeast, "amount", money("7.0000"), cny("7")),
    (toys.SpendAtLeast, "amount", money("7", {"code": "CNY", "exponent": 2}), cny("7")),
    (toys.QuantityAtLeast, "count", 10**40 - 1, 10**40 - 1),
    (toys.QuantityAtLeast, "count", -(10**40) + 1, -(10**40) + 1),
    (toys.QuantityAtLeast, "sku", "x" * 10_000, "x" * 10_000),
    (toys.HasSegment, "any_of", ["b", "a"], frozenset({"a", "b"})),
    (toys.HasSegment, "any_of", [], frozenset()),
]

NOT_READ: list[tuple[type, str, object, str, str]] = [
    (toys.Shift, "opens", "24:00", "", "rulebook.text"),
    (toys.Shift, "opens", "18:30Z", "", "rulebook.text"),
    (toys.Shift, "opens", "18", "", "rulebook.text"),
    (toys.Shift, "opens", "18:30\n", "", "rulebook.text"),
    (toys.Shift, "opens", "１８:30", "", "rulebook.text"),
    (toys.Shift, "day", "2026-02-29", "", "rulebook.text"),
    (toys.Shift, "day", "20260228", "", "rulebook.text"),
    (toys.Shift, "day", "2026-W05-1", "", "rulebook.text"),
    (toys.Shift, "day", "0000-01-01", "", "rulebook.text"),
    (toys.Shift, "day", None, "", "rulebook.type"),
    (toys.Shift, "at", "2026-11-11T00:00:00", "", "rulebook.text"),
    (toys.Shift, "at", "2026-11-11 00:00:00Z", "", "rulebook.text"),
    (toys.Shift, "at", "2026-11-11T00:00:60Z", "", "rulebook.text"),
    (toys.Shift, "at", "0001-01-01T00:00:00+08:00", "", "rulebook.text"),
    (toys.Shift, "at", 0, "", "rulebook.type"),
    (toys.PercentOff, "rate", "20", "", "rulebook.text"),
    (toys.PercentOff, "rate", "0.2", "", "rulebook.text"),
    (toys.PercentOff, "rate", "8折", "", "rulebook.text"),
    (toys.PercentOff, "rate", " 20%", "", "rulebook.text"),
    (toys.PercentOff, "rate", "+20%", "", "rulebook.text"),
    (toys.PercentOff, "rate", "1/-3", "", "rulebook.text"),
    (toys.PercentOff, "rate", "1/0", "", "rate.zero_denominator"),
    (toys.PercentOff, "rate", "9" * 40 + "%", "", "rulebook.text"),
    (toys.PercentOff, "rate", 20, "", "rulebook.type"),
    (toys.PercentOff, "rate", 0.2, "", "rulebook.float"),
    (toys.PercentOff, "rate", {"pay": "101%"}, ".pay", "rate.range"),
    (toys.PercentOff, "rate", {"kind": "pay_rate", "pay": "80%"}, ".kind", "rulebook.unknown_field"),
    (toys.SpendAtLeast, "amount", money("7.001"), ".amount", "money.digits"),
    (toys.SpendAtLeast, "amount", money("7,00"), ".amount", "money.text"),
    (toys.SpendAtLeast, "amount", money(""), ".amount", "money.text"),
    (toys.SpendAtLeast, "amount", money("9" * 24), "", "money.range"),
    (toys.SpendAtLeast, "amount", money("7", "XXX"), ".currency", "currency.no_minor_unit"),
    (toys.SpendAtLeast, "amount", money("7", "ZZZ"), ".currency", "currency.unknown"),
    (toys.SpendAtLeast, "amount", money("7", 7), ".currency", "rulebook.type"),
    (
        toys.SpendAtLeast,
        "amount",
        money("7", {"code": "CNY", "exponent": 3}),
        ".currency.exponent",
        "currency.exponent",
    ),
    (toys.SpendAtLeast, "amount", money("-7"), "", "toy.negative"),
    (toys.SpendAtLeast, "amount", "7", "", "rulebook.type"),
    (toys.QuantityAtLeast, "count", 10**40, "", "rulebook.digits"),
    (toys.QuantityAtLeast, "count", -(10**40), "", "rulebook.digits"),
    (toys.QuantityAtLeast, "count", "12", "", "rulebook.type"),
    (toys.QuantityAtLeast, "count", True, "", "rulebook.type"),
    (toys.QuantityAtLeast, "count", 12.0, "", "rulebook.float"),
    (toys.QuantityAtLeast, "sku", "x" * 10_001, "", "rulebook.too_long"),
    (toys.QuantityAtLeast, "sku", "a\udc00", "", "rulebook.surrogate"),
    (toys.QuantityAtLeast, "sku", None, "", "rulebook.type"),
    (toys.HasSegment, "any_of", ["a", "b", "a"], "[2]", "rulebook.repeated"),
    (toys.HasSegment, "any_of", "ab", "", "rulebook.type"),
    (toys.HasSegment, "any_of", ("a",), "", "rulebook.type"),
    (toys.HasSegment, "any_of", ["a", None], "[1]", "rulebook.type"),
]

REST: dict[type, dict[str, object]] = {
    toys.Shift: {"kind": "shift", "day": "2026-01-01", "opens": "09:00"},
    toys.PercentOff: {"kind": "percent_off"},
    toys.SpendAtLeast: {"kind": "spend_at_least"},
    toys.QuantityAtLeast: {"kind": "quantity_at_least", "sku": "a"},
    toys.HasSegment: {"kind": "has_segment"},
}


@pytest.mark.parametrize(("cls", "field", "value", "meaning"), READ_AS)
def test_edge_of_a_form_is_read(cls: type, field: str, value: object, meaning: object) -> None:
    rule: Any = from_data({"schema": 1, **REST[cls], field: value}, cls)
    assert getattr(rule, field) == meaning
    assert from_data(to_data(rule), cls) == rule


@pytest.mark.parametrize(("cls", "field", "value", "place", "code"), NOT_READ)
def test_beyond_the_edge_is_refused_there(cls: type, field: str, value: object, place: str, code: str) -> None:
    with pytest.raises(RulebookError) as caught:
        from_data({"schema": 1, **REST[cls], field: value}, cls)
    assert [(problem.path, problem.code) for problem in caught.value.problems] == [(f"$.{field}{place}", code)]


def test_instant_reads_as_utc_whatever_its_offset() -> None:
    shift = from_data({"schema": 1, **REST[toys.Shift], "at": "2026-11-11T08:00:00+08:00"}, toys.Shift)
    assert shift.at is not None
    assert shift.at.tzinfo is UTC


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        (toys.QuantityAtLeast(toys.Sku("a"), True), "$.count"),
        (toys.QuantityAtLeast(toys.Sku("a"), 10**40), "$.count"),
        (toys.QuantityAtLeast(5), "$.sku"),  # type: ignore[arg-type]
        (toys.QuantityAtLeast(toys.Sku("\ud800")), "$.sku"),
        (toys.HasSegment(["a"]), "$.any_of"),  # type: ignore[arg-type]
        (toys.HasSegment(frozenset({1})), "$.any_of"),  # type: ignore[arg-type]
        (toys.AllOf((toys.Scope(),)), "$.conditions[0]"),  # type: ignore[arg-type]
        (toys.AllOf([toys.HasSegment(frozenset())]), "$.conditions"),  # type: ignore[arg-type]
        (toys.PercentOff(Rate(1, 10**47 - 1)), "$.rate"),
        (toys.PercentOff(0.5), "$.rate"),  # type: ignore[arg-type]
        (toys.FixedPrices({1: cny("1")}), "$.prices"),  # type: ignore[dict-item]
        (toys.FixedPrices({"a": None}), "$.prices.a"),  # type: ignore[dict-item]
        (toys.FixedPrices(()), "$.prices"),  # type: ignore[arg-type]
        (toys.Scope(currencies=frozenset({"CNY"})), "$.currencies"),  # type: ignore[arg-type]
        (toys.Promotion(id="a", benefit=toys.PercentOff(Rate(1)), phase="cart"), "$.phase"),  # type: ignore[arg-type]
        (toys.Shift(day=datetime(2026, 1, 1), opens=time(1)), "$.day"),
        (toys.Shift(day=date(2026, 1, 1), opens=time(1, tzinfo=UTC)), "$.opens"),
        (toys.Shift(day=date(2026, 1, 1), opens=time(1), at=datetime(2026, 1, 1)), "$.at"),
        (toys.Shift(day=date(2026, 1, 1), opens=time(1), at=datetime.min.replace(tzinfo=EIGHT)), "$.at"),
        (Ladder.of({"a": PayRate}, boundary=Boundary.LOWER_INCLUSIVE), "$.steps[0].value"),
    ],
)
def test_value_that_does_not_fit_its_annotation_is_not_written(rule: object, path: str) -> None:
    with pytest.raises(RulebookError) as caught:
        to_data(rule)
    assert [problem.path for problem in caught.value.problems] == [path]


class Loud(str):
    __slots__ = ()


class Count(int):
    __slots__ = ()


class Nanoseconds(datetime):
    def isoformat(self, sep: str = "T", timespec: str = "auto") -> str:
        return super().isoformat(sep, timespec).replace("+", ".000000001+")


def test_instant_of_a_subclass_is_written_only_if_it_can_be_read() -> None:
    shift = toys.Shift(day=date(2026, 1, 1), opens=time(9), at=Nanoseconds(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(
        RulebookError, match=r"\$\.at: has no text that could be read again: '2026-01-01T00:00:00.000000001Z'"
    ):
        to_data(shift)


def test_subclass_of_a_plain_value_is_written_as_the_plain_value() -> None:
    data = to_data(toys.QuantityAtLeast(toys.Sku(Loud("a")), Count(4)))
    assert (type(data["sku"]), type(data["count"])) == (str, int)


def test_field_equal_to_its_default_is_left_out_even_if_another_object() -> None:
    scope = toys.Scope(skus=frozenset(("a",)) - {"a"})
    assert to_data(toys.Promotion(id="a", benefit=toys.PercentOff(Rate(1)), scope=scope)) == {
        "schema": 1,
        "kind": "promotion",
        "id": "a",
        "benefit": {"kind": "percent_off", "rate": "100%"},
    }


def encoded(value: Any) -> Any:
    """The oracle: what the format says, spelt out for the toy rules, without looking at annotations."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Rate):
        return str(value)
    if isinstance(value, Currency):
        own = value.code in ("COINS", "XAU")
        return {"code": value.code, "exponent": value.exponent} if own else value.code
    if isinstance(value, Money):
        return {"amount": value.amount, "currency": encoded(value.currency)}
    if isinstance(value, toys.Phase | Boundary):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat()[: None if value.second or value.microsecond else 5]
    if isinstance(value, tuple):
        return [encoded(item) for item in value]
    if isinstance(value, frozenset):
        items = [encoded(item) for item in value]
        return sorted((item for item in items if isinstance(item, str)), key=str) + sorted(
            (item for item in items if not isinstance(item, str)), key=lambda item: item["code"]
        )
    if isinstance(value, dict):
        return {key: encoded(item) for key, item in value.items()}
    data: dict[str, Any] = {}
    if type(value).__name__ in UNION_MEMBERS:
        data["kind"] = UNION_MEMBERS[type(value).__name__]
    defaults = DEFAULTS.get(type(value).__name__, {})
    for field in attrs.fields(type(value)):
        key = "comment" if field.name == "note" else field.name
        item = getattr(value, field.name)
        if field.name not in ("_seen", "weight") and (key not in defaults or item != defaults[key]):
            data[key] = encoded(item)
    return data


UNION_MEMBERS = {
    "SpendAtLeast": "spend_at_least",
    "HasSegment": "has_segment",
    "QuantityAtLeast": "quantity_at_least",
    "AllOf": "all_of",
    "Not": "not",
    "PercentOff": "percent_off",
    "SpendAndSave": "spend_and_save",
    "FixedPrices": "fixed_prices",
    "Window": "window",
    "LocalDays": "local_days",
}

DEFAULTS: dict[str, dict[str, Any]] = {
    "QuantityAtLeast": {"count": 1},
    "FixedPrices": {"fallback": None},
    "Scope": {"skus": frozenset(), "currencies": frozenset()},
    "Promotion": {
        "code": None,
        "phase": None,
        "priority": 0,
        "stackable": True,
        "combines_with": None,
        "scope": toys.Scope(),
        "conditions": (),
        "window": Window(),
        "comment": "",
    },
    "Window": {"start": None, "end": None},
}


@given(strategies.promotion_sets)
def test_to_data_agrees_with_the_encoder_written_by_hand(rule: toys.PromotionSet) -> None:
    assert to_data(rule) == {"schema": 1, "kind": "promotion_set", **encoded(rule)}
