"""Uses, uses per shopper and budgets; caps, and which bound is said to have held; who pays."""

from __future__ import annotations

import pytest

from salesplan.errors import InvalidType, InvalidValue
from salesplan.money import CurrencyMismatch, Money
from salesplan.pricing import Funder, Limits, Shopper, Usage, refusal_text
from tests.pricing.outcome import assert_gives, priced


def cny(amount: str) -> Money:
    return Money.of(amount, "CNY")


@pytest.mark.parametrize(
    ("limits", "usage", "shopper", "expected"),
    [
        ("uses=3", Usage(), Shopper(), "applied"),
        ("uses=3", Usage(uses={"x": 2}), Shopper(), "applied"),
        ("uses=3", Usage(uses={"x": 3}), Shopper(), "USES_SPENT 3 3: all 3 uses are taken"),
        ("uses=3", Usage(uses={"x": 4}), Shopper(), "USES_SPENT 3 4: all 3 uses are taken"),
        ("uses=3", Usage(uses={"y": 9}), Shopper(), "applied"),
        ("uses=0", Usage(), Shopper(), "USES_SPENT 0 0: all 0 uses are taken"),
        ("uses_per_shopper=1", Usage(uses={"x": 9}), Shopper(), "applied"),
        ("uses_per_shopper=1", Usage(), Shopper(uses={"x": 0}), "applied"),
        (
            "uses_per_shopper=1",
            Usage(),
            Shopper(uses={"x": 1}),
            "SHOPPER_USES_SPENT 1 1: used 1 of 1 times by this shopper",
        ),
        ("uses_per_shopper=2", Usage(), Shopper(uses={"x": 1}), "applied"),
        ("uses_per_shopper=2", Usage(), Shopper(uses={"y": 9}), "applied"),
        ("uses_per_shopper=0", Usage(), Shopper(), "SHOPPER_USES_SPENT 0 0: used 0 of 0 times by this shopper"),
        ("budget=50.00", Usage(spent={"x": cny("49.99")}), Shopper(), "applied"),
        (
            "budget=50.00",
            Usage(spent={"x": cny("50.00")}),
            Shopper(),
            "BUDGET_SPENT 50.00 50.00: its budget of 50 is spent",
        ),
        (
            "budget=50.00",
            Usage(spent={"x": cny("50.01")}),
            Shopper(),
            "BUDGET_SPENT 50.00 50.01: its budget of 50 is spent",
        ),
        ("budget=50.00", Usage(spent={"y": cny("99")}), Shopper(), "applied"),
    ],
)
def test_a_use_too_many_is_refused(limits: str, usage: Usage, shopper: Shopper, expected: str) -> None:
    found = priced("CNY: A 100.00", f"x: AmountOff(10.00), limits=Limits({limits})", usage=usage, shopper=shopper)
    if expected == "applied":
        assert_gives(found, "applied x")
        return
    (refused,) = found.refused
    facts = [fact.amount if isinstance(fact, Money) else str(fact) for fact in (refused.needed, refused.have)]
    assert f"{refused.code.name} {' '.join(facts)}: {refusal_text(refused)}" == expected
    assert found.total.amount == "100.00"


@pytest.mark.parametrize(
    ("left", "off", "capped"),
    [("9.99", "9.99", "BUDGET"), ("10.00", "10.00", "no"), ("10.01", "10.00", "no"), ("0.01", "0.01", "BUDGET")],
)
@pytest.mark.parametrize(
    "benefit",
    [
        "AmountOff(10.00)",
        "PercentOff(10%)",
        "PercentOff(10%, per=LINE)",
        "PercentOff(10%, per=UNIT)",
        "UnitAmountOff(5.00)",
        "FixedUnitPrice(45.00)",
        "NthUnitOff(2, 20%)",
        "NthUnitOff(2, 20%, charge=GROUP)",
        "CheapestFree(2, max_times=1), scope=Scope(skus=[B])",
        "BundlePrice(2, 90.00)",
        "SpendAndSave({100: 10}, basis=LIST)",
        "EverySpendSave(every=50, save=5, basis=LIST)",
        "SpendAndPercent({100: 10%}, basis=LIST)",
        "QuantityPercent({2: 10%})",
        "ShippingOff(50%)",
        "ShippingAmountOff(10.00)",
    ],
)
def test_a_budget_is_never_overshot_and_its_last_use_gets_the_rest(
    benefit: str, left: str, off: str, capped: str
) -> None:
    # each takes 10.00 off 2 x 50.00, off one B of 2 x 10.00, or off 20.00 of shipping
    usage = Usage(spent={"x": cny("1000.00") - cny(left)})
    free = "CheapestFree" in benefit
    cart = f"CNY: {'A 1.00, B 2 x 10.00' if free else 'A 2 x 50.00'}, shipping 20.00"
    found = priced(cart, f"x: {benefit}, limits=Limits(budget=1000.00)".replace(", scope", ", scope"), usage=usage)
    (applied,) = found.applied
    assert applied.amount.amount == off
    assert (applied.capped.name if applied.capped else "no") == capped
    assert found.saving.amount == off


@pytest.mark.parametrize(
    ("cap", "left", "floor", "off", "capped"),
    [
        ("30", "40", "0.00", "30.00", "CAP"),
        ("40", "30", "0.00", "30.00", "BUDGET"),
        ("30", "30", "0.00", "30.00", "CAP"),  # the cap held it, and the budget had just enough
        ("60", "60", "0.00", "50.00", "no"),
        ("40", "30", "71.00", "29.00", "FLOOR"),
        ("40", "30", "70.00", "30.00", "BUDGET"),
        ("60", "60", "51.00", "49.00", "FLOOR"),
    ],
)
@pytest.mark.parametrize("per", ["ORDER", "LINE", "UNIT"])
def test_the_bound_that_holds_is_named(per: str, cap: str, left: str, floor: str, off: str, capped: str) -> None:
    rules = f"x: PercentOff(50%, cap={cap}, per={per}), limits=Limits(budget={left})"
    found = priced(f"CNY: A 100.00 price_floor={floor}", rules)
    assert_gives(found, f"of x {off}; capped x {capped}")
    assert ("held by" in found.explain()) is (capped != "no")


def test_what_has_no_effect_is_refused_and_burns_no_use() -> None:
    found = priced("CNY: A 10.00", "a: AmountOff(10.00); b: AmountOff(5.00), limits=Limits(uses=1)")
    assert_gives(found, "applied a; refused b NO_EFFECT; total 0.00")


def test_a_budget_is_split_as_the_discount_was() -> None:
    # 10 % of 60.00 and 40.00 is 6.00 and 4.00; 5.00 are left: 3.00 and 2.00
    rules = "x: PercentOff(10%, per=LINE), limits=Limits(budget=5.00)"
    assert_gives(priced("CNY: A 60.00, B 40.00", rules), "off 3.00 2.00; capped x BUDGET")
    # of three units at 1.00 each only 2.00 are left: 0.67 0.67 0.66
    rules = "x: UnitAmountOff(1.00), limits=Limits(budget=2.00)"
    assert_gives(priced("CNY: A 5.00, B 5.00, C 5.00", rules), "off 0.67 0.67 0.66")


def test_a_budget_in_another_currency_is_refused() -> None:
    with pytest.raises(CurrencyMismatch) as refused:
        priced(
            "CNY: A 10.00", "x: AmountOff(1.00), limits=Limits(budget=5)", usage=Usage(spent={"x": Money.of(1, "EUR")})
        )
    assert refused.value.code


def test_who_pays_adds_up_to_the_saving() -> None:
    rules = (
        "a: AmountOff(10.00), funder=PLATFORM; b: PercentOff(10%); c: AmountOff(5.00), phase=POINTS, funder=PLATFORM; "
        "d: ShippingOff(), funder=MERCHANT"
    )
    found = priced("CNY: A 60.00, B 40.00, shipping 8.00", rules)
    # 10.00; 9.00 of 90.00; 5.00; 8.00
    assert_gives(found, "platform 15.00; merchant 17.00; total 76.00")
    assert found.funding == {Funder.MERCHANT: cny("17"), Funder.PLATFORM: cny("15")}
    assert found.saving == cny("32")
    columns = found.to_columns()
    assert columns["promotion_id"] == ["a", "a", "b", "b", "c", "c", "d"]
    assert columns["line_id"] == ["A", "B", "A", "B", "A", "B", None]
    assert columns["minor"] == [600, 400, 540, 360, 300, 200, 800]
    assert columns["funder"] == ["platform"] * 2 + ["merchant"] * 2 + ["platform"] * 2 + ["merchant"]


def test_nothing_taken_off_is_paid_by_nobody() -> None:
    assert_gives(priced("JPY: A 100", "x: AmountOff(5), conditions=[FirstOrder()]"), "merchant 0; platform 0")


@pytest.mark.parametrize(
    ("given", "kind", "code"),
    [
        ({"uses": -1}, InvalidValue, "promotion.count"),
        ({"uses": True}, InvalidType, "promotion.count"),
        ({"uses": 1.5}, InvalidType, "promotion.count"),
        ({"uses_per_shopper": -1}, InvalidValue, "promotion.count"),
        ({"budget": 5}, InvalidType, "promotion.money"),
        ({"budget": Money.zero("CNY")}, InvalidValue, "promotion.money"),
    ],
)
def test_limits_that_mean_nothing_are_refused(given: dict[str, object], kind: type[Exception], code: str) -> None:
    with pytest.raises(kind) as refused:
        Limits(**given)  # type: ignore[arg-type]
    assert getattr(refused.value, "code", None) == code
