"""Benefits: below, on and above each edge, worked by hand in the comment beside each row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from salesplan import pricing
from salesplan.errors import InvalidType, InvalidValue, SalesplanError
from salesplan.ladder import Boundary, Ladder, LadderError
from salesplan.money import CurrencyMismatch, Money
from salesplan.pricing import (
    Basis,
    NthUnitOff,
    PercentOff,
    QuantityPercent,
)
from salesplan.rate import PayRate, Rate
from tests.pricing.outcome import assert_gives, priced

Row = tuple[str, str, str]
"""Cart, promotions, what it gives."""


def rows(*table: Row) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("cart", "promotions", "gives"), table)


# --- on the order ---


@rows(
    ("CNY: A 3.00, B 1.00", "x: AmountOff(3.99)", "total 0.01; off 2.99 1.00; capped x no"),  # 2.9925, 0.9975
    ("CNY: A 3.00, B 1.00", "x: AmountOff(4.00)", "total 0.00; off 3.00 1.00; capped x no"),
    ("CNY: A 3.00, B 1.00", "x: AmountOff(4.01)", "total 0.00; discount 4.00; capped x no"),
    ("CNY: A 3.00, B 1.00", "x: AmountOff(0.01)", "off 0.01 0.00"),  # 0.75 of a cent and 0.25
    ("CNY: A 1.00, B 1.00", "x: AmountOff(0.01)", "off 0.01 0.00"),  # a tie: the smaller id
    ("CNY: B 1.00, A 1.00", "x: AmountOff(0.01)", "off 0.00 0.01"),  # whatever the order in the cart
    ("CNY: A 0.00, B 1.00", "x: AmountOff(0.50)", "off 0.00 0.50"),  # nothing off what costs nothing
    ("CNY: A 0.00", "x: AmountOff(0.50)", "refused x NO_EFFECT; total 0.00"),
    ("CNY: A 5.00", "x: AmountOff(0.50), scope=Scope(skus=[B])", "refused x NOTHING_IN_SCOPE; total 5.00"),
    ("CNY: A 5.00 discountable=NO", "x: AmountOff(0.50)", "refused x NOTHING_IN_SCOPE; total 5.00"),
    ("CNY: A 5.00 discountable=NO, B 5.00", "x: AmountOff(9.00)", "off 0.00 5.00"),
    ("JPY: A 100, B 50", "x: AmountOff(10)", "off 7 3; total 140"),  # 6.67 and 3.33 yen
    ("BHD: A 0.100, B 0.050", "x: AmountOff(0.010)", "off 0.007 0.003; total 0.140"),
)
def test_amount_off_is_never_more_than_the_goods_cost(cart: str, promotions: str, gives: str) -> None:
    assert_gives(priced(cart, promotions), gives)


@rows(
    ("CNY: A 0.04", "x: PercentOff(10%)", "refused x NO_EFFECT; total 0.04"),  # 0.4 of a cent
    ("CNY: A 0.05", "x: PercentOff(10%)", "total 0.04; of x 0.01"),  # exactly half a cent
    ("CNY: A 10.00", "x: PercentOff(100%)", "total 0.00; of x 10.00"),
    ("CNY: A 10.00", "x: PercentOff(9折)", "of x 1.00"),  # pay 90 %
    ("CNY: A 10.00", "x: PercentOff(85折)", "of x 1.50"),
    ("CNY: A 10.00", "x: PercentOff(20%, cap=1.99)", "of x 1.99; capped x CAP"),
    ("CNY: A 10.00", "x: PercentOff(20%, cap=2.00)", "of x 2.00; capped x no"),
    ("CNY: A 10.00", "x: PercentOff(20%, cap=2.01)", "of x 2.00; capped x no"),
    # 0.333 and 0.667 of 1.00: the cap is split as the shares were
    ("CNY: A 5.00, B 10.00", "x: PercentOff(20%, cap=1.00, per=LINE)", "off 0.33 0.67; capped x CAP"),
    ("CNY: A 5.00, B 10.00", "x: PercentOff(20%, cap=3.00, per=LINE)", "off 1.00 2.00; capped x no"),
    ("CNY: A 5.00, B 2 x 5.00", "x: PercentOff(20%, cap=1.00, per=UNIT)", "off 0.33 0.67; capped x CAP"),
    # half a cent a unit: 0.01 each, once per line 0.02 of 0.015, and per order 0.03 of 0.03
    ("CNY: A 3 x 0.05, B 3 x 0.05", "x: PercentOff(10%, per=UNIT)", "off 0.03 0.03"),
    ("CNY: A 3 x 0.05, B 3 x 0.05", "x: PercentOff(10%, per=LINE)", "off 0.02 0.02"),
    ("CNY: A 3 x 0.05, B 3 x 0.05", "x: PercentOff(10%)", "off 0.02 0.01"),
    ("CNY: A 0.04, B 0.04", "x: PercentOff(10%, per=LINE)", "refused x NO_EFFECT"),
    ("CNY: A 0.04, B 0.04", "x: PercentOff(10%)", "off 0.01 0.00"),
    ("JPY: A 999", "x: PercentOff(15%)", "of x 150; total 849"),  # 149.85
    ("BHD: A 0.999", "x: PercentOff(15%)", "of x 0.150; total 0.849"),
    ("CNY: A 1.00", "x: PercentOff(10%, per=LINE), scope=Scope(skus=[B])", "refused x NOTHING_IN_SCOPE"),
)
def test_percent_off_rounds_once_where_it_says(cart: str, promotions: str, gives: str) -> None:
    assert_gives(priced(cart, promotions), gives)


# 15 % of 10.50 is 1.575, which leaves 8.925
@pytest.mark.parametrize(
    ("rounding", "rounded", "off"),
    [
        ("HALF_UP", "DISCOUNT", "1.58"),
        ("HALF_DOWN", "DISCOUNT", "1.57"),
        ("HALF_EVEN", "DISCOUNT", "1.58"),
        ("HALF_ODD", "DISCOUNT", "1.57"),
        ("UP", "DISCOUNT", "1.58"),
        ("DOWN", "DISCOUNT", "1.57"),
        ("HALF_UP", "PRICE", "1.57"),
        ("HALF_DOWN", "PRICE", "1.58"),
        ("HALF_EVEN", "PRICE", "1.58"),
        ("HALF_ODD", "PRICE", "1.57"),
        ("UP", "PRICE", "1.57"),
        ("DOWN", "PRICE", "1.58"),
    ],
)
def test_rounding_takes_the_side_the_policy_names(rounding: str, rounded: str, off: str) -> None:
    policy = f"rounding={rounding}, rounded={rounded}"
    for per in ("ORDER", "LINE", "UNIT"):
        assert_gives(priced("CNY: A 10.50", f"x: PercentOff(15%, per={per})", policy), f"of x {off}")
    for benefit in ("QuantityPercent({1: 15%})", "SpendAndPercent({1: 15%}, basis=LIST)", "NthUnitOff(1, 15%)"):
        assert_gives(priced("CNY: A 10.50", f"x: {benefit}", policy), f"of x {off}")
    ship = priced("CNY: A 10.50, shipping 10.50", "x: ShippingOff(15%)", policy)
    assert_gives(ship, f"of x {off}")


@rows(
    ("CNY: A 299.99", "x: SpendAndSave({300: 50, 600: 120}, basis=LIST)", "refused x SPEND"),
    ("CNY: A 300.00", "x: SpendAndSave({300: 50, 600: 120}, basis=LIST)", "of x 50.00; base x 300.00"),
    ("CNY: A 300.01", "x: SpendAndSave({300: 50, 600: 120}, basis=LIST)", "of x 50.00"),
    ("CNY: A 599.99", "x: SpendAndSave({300: 50, 600: 120}, basis=LIST)", "of x 50.00"),
    ("CNY: A 600.00", "x: SpendAndSave({300: 50, 600: 120}, basis=LIST)", "of x 120.00"),
    ("CNY: A 9000.00", "x: SpendAndSave({300: 50, 600: 120}, basis=LIST)", "of x 120.00"),
    ("CNY: A 300.00", "x: SpendAndSave({300: 400}, basis=LIST)", "total 0.00"),  # more than the goods
    ("CNY: A 199.99", "x: EverySpendSave(every=200, save=30, basis=LIST)", "refused x SPEND"),
    ("CNY: A 200.00", "x: EverySpendSave(every=200, save=30, basis=LIST)", "of x 30.00"),
    ("CNY: A 399.99", "x: EverySpendSave(every=200, save=30, basis=LIST)", "of x 30.00"),
    ("CNY: A 400.00", "x: EverySpendSave(every=200, save=30, basis=LIST)", "of x 60.00"),
    ("CNY: A 400.00", "x: EverySpendSave(every=200, save=30, basis=LIST, max_times=2)", "of x 60.00"),
    ("CNY: A 600.00", "x: EverySpendSave(every=200, save=30, basis=LIST, max_times=2)", "of x 60.00"),
    ("CNY: A 600.00", "x: EverySpendSave(every=200, save=30, basis=LIST)", "of x 90.00"),
    ("CNY: A 199.99", "x: SpendAndPercent({200: 10%, 400: 20%}, basis=LIST)", "refused x SPEND"),
    ("CNY: A 200.00", "x: SpendAndPercent({200: 10%, 400: 20%}, basis=LIST)", "of x 20.00"),
    ("CNY: A 399.90", "x: SpendAndPercent({200: 10%, 400: 20%}, basis=LIST)", "of x 39.99"),
    ("CNY: A 400.00", "x: SpendAndPercent({200: 10%, 400: 20%}, basis=LIST)", "of x 80.00"),
    ("CNY: A 400.00", "x: SpendAndPercent({200: 10%, 400: 20%}, basis=LIST, cap=50)", "of x 50.00; capped x CAP"),
    ("CNY: A 10.00", "x: QuantityPercent({2: 10%, 3: 20%})", "refused x QUANTITY"),
    ("CNY: A 2 x 10.00", "x: QuantityPercent({2: 10%, 3: 20%})", "of x 2.00"),
    ("CNY: A 2 x 10.00, B 10.00", "x: QuantityPercent({2: 10%, 3: 20%})", "of x 4.00 2.00"),
    ("CNY: A 2 x 10.00, B 10.00", "x: QuantityPercent({2: 10%, 3: 20%}), scope=Scope(skus=[A])", "of x 2.00 0.00"),
    ("CNY: A 3 x 10.00", "x: QuantityPercent({3: 20%}, cap=5)", "of x 5.00; capped x CAP"),
    ("JPY: A 300", "x: SpendAndSave({300: 50}, basis=LIST)", "of x 50"),
    ("BHD: A 0.300", "x: EverySpendSave(every=0.100, save=0.001, basis=LIST)", "of x 0.003"),
)
def test_tiers_count_from_their_threshold_on(cart: str, promotions: str, gives: str) -> None:
    assert_gives(priced(cart, promotions), gives)


@pytest.mark.parametrize(
    ("benefit", "needed", "have"),
    [
        ("SpendAndSave({300: 50, 600: 120}, basis=LIST)", "300.00", "20.00"),
        ("EverySpendSave(every=200, save=30, basis=LIST)", "200.00", "20.00"),
        ("SpendAndPercent({200: 10%}, basis=LIST)", "200.00", "20.00"),
    ],
)
def test_a_spend_not_reached_is_refused_with_the_first_threshold(benefit: str, needed: str, have: str) -> None:
    (refused,) = priced("CNY: A 2 x 10.00", f"x: {benefit}").refused
    assert isinstance(refused.needed, Money)
    assert isinstance(refused.have, Money)
    assert (refused.code.name, refused.needed.amount, refused.have.amount) == ("SPEND", needed, have)


@pytest.mark.parametrize(
    ("benefit", "needed"),
    [
        ("QuantityPercent({3: 10%, 5: 20%})", 3),
        ("NthUnitOff(3, 50%)", 3),
        ("CheapestFree(3)", 3),
        ("BuyXGetY(buy=2, get=1)", 3),
        ("BuyXGetY(buy=2, get=2)", 3),  # a third unit is the first that is free
        ("BundlePrice(3, 9.99)", 3),
        ("BuyXGetY(buy=3, get=1, rewards=Scope(skus=[B]))", 3),
    ],
)
def test_too_few_units_are_refused_with_the_count_that_is_enough(benefit: str, needed: int) -> None:
    found = priced("CNY: A 2 x 10.00", f"x: {benefit}")
    (refused,) = found.refused
    assert (refused.code.name, refused.needed, refused.have) == ("QUANTITY", needed, 2)
    enough = priced(f"CNY: A {needed} x 10.00, B 1.00", f"x: {benefit}, scope=Scope(skus=[A])")
    assert [applied.id for applied in enough.applied] == ["x"]


def test_tiers_of_a_basis_measure_it_and_reduce_what_is_left() -> None:
    # 10.00 of 100.00 went before: 20 % of 90.00, once 100.00 by the list are reached
    before = "one: AmountOff(10.00), priority=1; "
    found = priced("CNY: A 100.00", before + "x: SpendAndPercent({100: 20%}, basis=LIST)")
    assert_gives(found, "base x 100.00; of x 18.00; total 72.00")
    assert_gives(priced("CNY: A 100.00", before + "x: SpendAndPercent({100: 20%}, basis=RUNNING)"), "refused x SPEND")


# --- on units ---


@rows(
    ("CNY: A 3 x 5.00", "x: UnitAmountOff(2.00)", "of x 6.00; each 3.00"),
    ("CNY: A 3 x 2.00", "x: UnitAmountOff(2.00)", "of x 6.00; each 0.00"),
    ("CNY: A 3 x 1.99", "x: UnitAmountOff(2.00)", "of x 5.97; each 0.00"),  # never below zero
    ("CNY: A 2 x 5.00, B 3 x 9.00", "x: UnitAmountOff(2.00, limit=3)", "of x 0.00 6.00"),  # the dearest
    ("CNY: A 2 x 5.00, B 3 x 9.00", "x: UnitAmountOff(2.00, limit=4)", "of x 2.00 6.00"),
    ("CNY: A 2 x 5.00, B 3 x 9.00", "x: UnitAmountOff(2.00, limit=9)", "of x 4.00 6.00"),
    ("CNY: A 3 x 5.00", "x: UnitAmountOff(2.00, first=1.00)", "of x 5.00"),  # 1 + 2 + 2
    ("CNY: A 3 x 5.00", "x: UnitAmountOff(2.00, first=1.00, limit=1)", "of x 1.00"),
    ("CNY: A 5.00", "x: UnitAmountOff(2.00, first=9.00)", "of x 5.00; capped x no"),
    ("CNY: A 5.00, B 6.00", "x: UnitAmountOff(2.00, first=1.00)", "of x 2.00 1.00"),  # the first is the dearest
    ("CNY: A 0.00", "x: UnitAmountOff(2.00)", "refused x NO_EFFECT"),
    ("CNY: A 3 x 5.00", "x: FixedUnitPrice(4.99)", "of x 0.03"),
    ("CNY: A 3 x 5.00", "x: FixedUnitPrice(5.00)", "refused x NO_EFFECT; total 15.00"),
    ("CNY: A 3 x 5.00", "x: FixedUnitPrice(5.01)", "refused x NO_EFFECT; total 15.00"),  # dearer is no offer
    ("CNY: A 3 x 5.00", "x: FixedUnitPrice(0.00)", "total 0.00"),
    ("CNY: A 5.00, B 3.00", "x: FixedUnitPrice(4.00)", "off 1.00 0.00"),
    ("CNY: A 3 x 5.00", "x: FixedUnitPrice(4.00, limit=2)", "of x 2.00"),
    ("CNY: A 3 x 5.00", "x: FixedUnitPrice(4.00, limit=3)", "of x 3.00"),
    ("CNY: A 3 x 5.00", "x: FixedUnitPrice(4.00, limit=4)", "of x 3.00"),
    ("CNY: A 5.00", "x: UnitAmountOff(1.00), scope=Scope(skus=[B])", "refused x NOTHING_IN_SCOPE"),
    ("CNY: A 5.00", "x: FixedUnitPrice(1.00), scope=Scope(skus=[B])", "refused x NOTHING_IN_SCOPE"),
    ("JPY: A 2 x 500", "x: FixedUnitPrice(499)", "of x 2; each 499"),
    ("BHD: A 2 x 0.500", "x: UnitAmountOff(0.001)", "of x 0.002; each 0.499"),
)
def test_units_at_a_price_or_by_an_amount(cart: str, promotions: str, gives: str) -> None:
    assert_gives(priced(cart, promotions), gives)


# units 9 8 5 4, one line each
FOUR = "CNY: A 9.00, B 8.00, C 5.00, D 4.00"
SEVEN = "CNY: A 7 x 10.00"


@rows(
    (FOUR, "x: NthUnitOff(2, 50%)", "off 0.00 4.00 0.00 2.00"),
    (FOUR, "x: NthUnitOff(2, 50%, pick=CHEAPEST)", "off 0.00 0.00 2.50 2.00"),
    (FOUR, "x: NthUnitOff(2, 50%, max_times=1)", "off 0.00 4.00 0.00 0.00"),
    (FOUR, "x: NthUnitOff(2, 50%, pick=CHEAPEST, max_times=1)", "off 0.00 0.00 0.00 2.00"),
    (FOUR, "x: NthUnitOff(2, 50%, max_times=2)", "off 0.00 4.00 0.00 2.00"),
    (FOUR, "x: NthUnitOff(2, 50%, max_times=3)", "off 0.00 4.00 0.00 2.00"),
    (FOUR, "x: NthUnitOff(3, 100%)", "off 0.00 0.00 5.00 0.00"),
    (FOUR, "x: NthUnitOff(3, 100%, pick=CHEAPEST)", "off 0.00 0.00 0.00 4.00"),
    (FOUR, "x: NthUnitOff(4, 10%)", "off 0.00 0.00 0.00 0.40"),
    (FOUR, "x: NthUnitOff(5, 10%)", "refused x QUANTITY"),
    (FOUR, "x: NthUnitOff(1, 10%)", "off 0.90 0.80 0.50 0.40"),
    (FOUR, "x: CheapestFree(2)", "off 0.00 8.00 0.00 4.00"),
    (FOUR, "x: CheapestFree(2, pick=CHEAPEST)", "off 0.00 0.00 5.00 4.00"),
    (FOUR, "x: BuyXGetY(buy=1, get=1)", "off 0.00 8.00 0.00 4.00"),
    (FOUR, "x: BuyXGetY(buy=1, get=2)", "off 0.00 8.00 5.00 0.00"),  # 9 | 8 5, then 4 is bought
    (FOUR, "x: BuyXGetY(buy=3, get=2)", "off 0.00 0.00 0.00 4.00"),  # one of the two is in the cart
    (FOUR, "x: BuyXGetY(buy=4, get=1)", "refused x QUANTITY"),
    (FOUR, "x: BuyXGetY(buy=2, get=1, off=25%)", "off 0.00 0.00 1.25 0.00"),
    (SEVEN, "x: NthUnitOff(2, 50%)", "of x 15.00"),  # three pairs
    (SEVEN, "x: NthUnitOff(7, 50%)", "of x 5.00"),
    (SEVEN, "x: BuyXGetY(buy=2, get=2)", "of x 30.00"),  # 2 + 2, then 2 + 1
    (SEVEN, "x: BuyXGetY(buy=2, get=2, max_times=1)", "of x 20.00"),
    (SEVEN, "x: BuyXGetY(buy=3, get=1)", "of x 10.00"),  # 3 + 1, then 3 bought
    (SEVEN, "x: BuyXGetY(buy=3, get=1), scope=Scope(skus=[B])", "refused x NOTHING_IN_SCOPE"),
    ("JPY: A 3 x 99", "x: NthUnitOff(2, 5折)", "of x 50; total 247"),  # 49.5 yen
    ("BHD: A 3 x 0.099", "x: NthUnitOff(2, 5折)", "of x 0.050"),
)
def test_groups_reward_the_last_of_each_from_dear_to_cheap(cart: str, promotions: str, gives: str) -> None:
    assert_gives(priced(cart, promotions), gives)


@rows(
    # bought A, free B: as many as were bought, cheapest first
    ("CNY: A 2 x 9.00, B 5.00, C 3.00", "BuyXGetY(buy=2, get=1, rewards=Scope(skus=[B, C]))", "off 0.00 0.00 3.00"),
    ("CNY: A 4 x 9.00, B 5.00, C 3.00", "BuyXGetY(buy=2, get=1, rewards=Scope(skus=[B, C]))", "off 0.00 5.00 3.00"),
    ("CNY: A 9 x 9.00, B 5.00, C 3.00", "BuyXGetY(buy=2, get=1, rewards=Scope(skus=[B, C]))", "off 0.00 5.00 3.00"),
    ("CNY: A 9 x 9.00, B 5.00", "BuyXGetY(buy=2, get=1, rewards=Scope(skus=[B]), max_times=1)", "off 0.00 5.00"),
    ("CNY: A 4 x 9.00, B 3 x 5.00", "BuyXGetY(buy=2, get=1, rewards=Scope(skus=[B]))", "off 0.00 10.00"),
    ("CNY: A 4 x 9.00, B 3 x 5.00", "BuyXGetY(buy=2, get=1, rewards=Scope(skus=[B]), max_times=1)", "off 0.00 5.00"),
    ("CNY: A 2 x 9.00, B 5.00", "BuyXGetY(buy=2, get=1, off=40%, rewards=Scope(skus=[B]))", "off 0.00 2.00"),
    ("CNY: A 1 x 9.00, B 5.00", "BuyXGetY(buy=2, get=1, rewards=Scope(skus=[B]))", "refused x QUANTITY"),
    ("CNY: A 2 x 9.00", "BuyXGetY(buy=2, get=1, rewards=Scope(skus=[B]))", "refused x NOTHING_IN_SCOPE"),
    # what counts as bought is never the reward
    ("CNY: A 3 x 9.00", "BuyXGetY(buy=2, get=1, rewards=Scope(skus=[A]))", "refused x NOTHING_IN_SCOPE"),
    # 5.00 over 18.00 and 5.00: 3.91 and 1.09
    ("CNY: A 2 x 9.00, B 5.00", "BuyXGetY(buy=2, get=1, rewards=Scope(skus=[B]), charge=GROUP)", "off 3.91 1.09"),
    # the third A is in no group: 3.91 over two of three units
    ("CNY: A 3 x 9.00, B 5.00", "BuyXGetY(buy=2, get=1, rewards=Scope(skus=[B]), charge=GROUP)", "off 3.91 1.09"),
)
def test_other_goods_as_reward(cart: str, promotions: str, gives: str) -> None:
    assert_gives(priced(cart, f"x: {promotions}, scope=Scope(skus=[A])"), gives)


@rows(
    ("CNY: A 50.00, B 30.00", "x: CheapestFree(2, charge=GROUP)", "off 18.75 11.25"),  # 30 over 80
    ("CNY: A 50.00, B 30.00", "x: NthUnitOff(2, 50%, charge=GROUP)", "off 9.38 5.62"),  # 15 over 80: 9.375, 5.625
    # a third unit, too few for another group, carries nothing
    ("CNY: A 50.00, B 30.00, C 20.00", "x: CheapestFree(2, charge=GROUP)", "off 18.75 11.25 0.00"),
    # the merchant frees the cheapest: the pair is the dearest and the cheapest, 20 over 70
    ("CNY: A 50.00, B 30.00, C 20.00", "x: CheapestFree(2, pick=CHEAPEST, charge=GROUP)", "off 14.29 0.00 5.71"),
    ("CNY: A 5 x 10.00", "x: BuyXGetY(buy=2, get=1, charge=GROUP)", "of x 10.00"),
    ("CNY: A 9.00, B 8.00, C 5.00, D 4.00", "x: CheapestFree(2, charge=GROUP, max_times=1)", "off 4.24 3.76 0.00 0.00"),
    # 8 + 4 = 12 over all of 26: 4.154, 3.692, 2.308, 1.846
    ("CNY: A 9.00, B 8.00, C 5.00, D 4.00", "x: CheapestFree(2, charge=GROUP)", "off 4.15 3.69 2.31 1.85"),
    # three units of buy 2 get 2: the third is free and in the group, 10 over 30
    ("CNY: A 20.00, B 10.00, C 10.00", "x: BuyXGetY(buy=2, get=2, charge=GROUP)", "off 5.00 2.50 2.50"),
)
def test_a_group_carries_its_discount_together(cart: str, promotions: str, gives: str) -> None:
    assert_gives(priced(cart, promotions), gives)


def test_units_outside_a_group_keep_their_price() -> None:
    (line,) = priced("CNY: A 5 x 10.00", "x: BuyXGetY(buy=2, get=1, charge=GROUP), phase=ITEM").lines
    assert line.net.amount == "40.00"
    # two of the five are in no group: another 10 % off what was not reduced is 2.00
    found = priced(
        "CNY: A 5 x 10.00",
        "x: BuyXGetY(buy=2, get=1, charge=GROUP); y: PercentOff(10%), scope=Scope(discounted=EXCLUDED)",
    )
    assert_gives(found, "of x 10.00; of y 2.00")


@rows(
    ("CNY: A 2 x 10.00", "x: BundlePrice(3, 25.00)", "refused x QUANTITY"),
    ("CNY: A 3 x 10.00", "x: BundlePrice(3, 25.00)", "of x 5.00"),
    ("CNY: A 5 x 10.00", "x: BundlePrice(3, 25.00)", "of x 5.00"),
    ("CNY: A 6 x 10.00", "x: BundlePrice(3, 25.00)", "of x 10.00"),
    ("CNY: A 6 x 10.00", "x: BundlePrice(3, 25.00, max_times=1)", "of x 5.00"),
    ("CNY: A 3 x 10.00", "x: BundlePrice(3, 29.99)", "of x 0.01"),
    ("CNY: A 3 x 10.00", "x: BundlePrice(3, 30.00)", "refused x NO_EFFECT"),
    ("CNY: A 3 x 10.00", "x: BundlePrice(3, 30.01)", "refused x NO_EFFECT"),
    # 9 8 5 4 in pairs for 12.00: 17 is dearer, 9 is not
    (FOUR, "x: BundlePrice(2, 12.00)", "off 2.65 2.35 0.00 0.00"),  # 5.00 over 9 : 8
    # 17.98 for 26.00: 8.02 over 9 : 8 : 5 : 4 is 2.776, 2.468, 1.542, 1.234
    (FOUR, "x: BundlePrice(2, 8.99)", "of x 2.78 2.47 1.54 1.23"),
    (FOUR, "x: BundlePrice(5, 1.00)", "refused x QUANTITY"),
    ("JPY: A 3 x 100", "x: BundlePrice(3, 250)", "of x 50"),
)
def test_bundles_form_only_where_they_save(cart: str, promotions: str, gives: str) -> None:
    assert_gives(priced(cart, promotions), gives)


@rows(
    ("CNY: A 9.00, B 3.00", "x: UnitAmountOff(1.00, limit=1); y: AmountOff(11.00)", "of x 1.00 0.00; of y 8.00 3.00"),
    # after 5.00 off, units cost 9.50, 9.50; the second at half: 4.75
    ("CNY: A 2 x 12.00", "y: AmountOff(5.00), phase=PRICE_SET; x: NthUnitOff(2, 50%)", "of y 5.00; of x 4.75"),
    # 0.01 off three: 3.34 3.33 3.33 are units of 10.00; half of the third, 1.665, is 1.67
    ("CNY: A 3 x 3.34", "y: AmountOff(0.02), phase=PRICE_SET; x: NthUnitOff(3, 50%)", "of x 1.67; total 8.33"),
)
def test_units_are_seen_at_what_is_left_of_their_price(cart: str, promotions: str, gives: str) -> None:
    assert_gives(priced(cart, promotions), gives)


def test_what_one_promotion_does_to_some_units_the_next_sees_unit_by_unit() -> None:
    # 5 x 10.00; two at 4.00; the second of each pair of what is left, dear to cheap 10 10 10 4 4, at half: 5 + 2
    found = priced("CNY: A 5 x 10.00", "flash: FixedUnitPrice(4.00, limit=2); half: NthUnitOff(2, 50%)")
    assert_gives(found, "of flash 12.00; of half 7.00; total 31.00")


# --- floors ---


@pytest.mark.parametrize(
    ("benefit", "off", "capped"),
    [
        ("AmountOff(0.99)", "0.99", "no"),
        ("AmountOff(1.00)", "1.00", "no"),
        ("AmountOff(1.01)", "1.00", "FLOOR"),
        ("AmountOff(99)", "1.00", "FLOOR"),
        ("PercentOff(10%)", "1.00", "no"),
        ("PercentOff(11%)", "1.00", "FLOOR"),
        ("PercentOff(11%, per=LINE)", "1.00", "FLOOR"),
        ("PercentOff(11%, per=UNIT)", "1.00", "FLOOR"),
        ("PercentOff(10%, per=LINE)", "1.00", "no"),
        ("PercentOff(10%, per=UNIT)", "1.00", "no"),
        ("UnitAmountOff(1.00)", "1.00", "no"),
        ("UnitAmountOff(1.01)", "1.00", "FLOOR"),
        ("FixedUnitPrice(9.00)", "1.00", "no"),
        ("FixedUnitPrice(8.99)", "1.00", "FLOOR"),
        ("NthUnitOff(1, 10%)", "1.00", "no"),
        ("NthUnitOff(1, 11%)", "1.00", "FLOOR"),
        ("BundlePrice(1, 9.00)", "1.00", "no"),
        ("BundlePrice(1, 8.99)", "1.00", "FLOOR"),
        ("SpendAndSave({1: 2}, basis=LIST)", "1.00", "FLOOR"),
        ("EverySpendSave(every=5, save=1, basis=LIST)", "1.00", "FLOOR"),
        ("QuantityPercent({1: 50%})", "1.00", "FLOOR"),
        ("PercentOff(50%, cap=0.50)", "0.50", "CAP"),
        ("PercentOff(50%, cap=2.00)", "1.00", "FLOOR"),
        ("PercentOff(50%, cap=2.00, per=LINE)", "1.00", "FLOOR"),
        ("PercentOff(50%, cap=0.50, per=LINE)", "0.50", "CAP"),
        ("PercentOff(50%, cap=0.50, per=UNIT)", "0.50", "CAP"),
    ],
)
def test_no_unit_is_sold_below_its_floor(benefit: str, off: str, capped: str) -> None:
    assert_gives(priced("CNY: A 10.00 price_floor=9.00", f"x: {benefit}"), f"of x {off}; capped x {capped}")
    assert_gives(priced("CNY: A 10.00 price_floor=10.00", f"x: {benefit}"), "refused x NO_EFFECT; total 10.00")


def test_two_promotions_share_the_room_above_a_floor() -> None:
    found = priced("CNY: A 10.00 price_floor=9.00", "a: AmountOff(0.60); b: AmountOff(0.60); c: AmountOff(0.60)")
    assert_gives(found, "of a 0.60; of b 0.40; capped b FLOOR; refused c NO_EFFECT; total 9.00")


def test_floors_hold_unit_by_unit() -> None:
    # 3 x 10.00, floor 4.00; one at 5.00 (room 1.00), two at 10.00 (room 12.00)
    flash = "f: FixedUnitPrice(5.00, limit=1); "
    found = priced("CNY: A 3 x 10.00 price_floor=4.00", flash + "x: AmountOff(20.00)")
    assert_gives(found, "of f 5.00; of x 13.00; capped x FLOOR; total 12.00; each 4.00")
    found = priced("CNY: A 3 x 10.00 price_floor=4.00", flash + "x: UnitAmountOff(7.00)")
    assert_gives(found, "of x 13.00; capped x FLOOR")


@pytest.mark.parametrize(
    ("benefit", "off"),
    [
        ("NthUnitOff(2, 50%)", "50.00"),  # one pair is left
        ("NthUnitOff(2, 50%, pick=CHEAPEST)", "50.00"),
        ("UnitAmountOff(5.00)", "10.00"),
        ("PercentOff(10%, per=UNIT)", "20.00"),
        ("PercentOff(10%, per=LINE)", "20.00"),
        ("PercentOff(10%)", "20.00"),
        ("QuantityPercent({2: 10%})", "20.00"),
        ("BundlePrice(2, 150.00)", "50.00"),
        ("SpendAndSave({200: 7}, basis=RUNNING)", "7.00"),
    ],
)
def test_units_at_a_flash_price_are_left_out_of_every_benefit(benefit: str, off: str) -> None:
    # 3 x 100.00, one of them at 9.90: two are untouched
    rules = f"f: FixedUnitPrice(9.90, limit=1); x: {benefit}, scope=Scope(discounted=EXCLUDED)"
    assert_gives(priced("CNY: A 3 x 100.00", rules), f"of f 90.10; of x {off}")
    three = rules.replace("{2:", "{3:").replace("(2,", "(3,").replace("{200:", "{200.01:")
    if three != rules:
        (refused,) = priced("CNY: A 3 x 100.00", three).refused
        assert refused.id == "x"


def test_goods_left_out_because_reduced_keep_their_price() -> None:
    # one unit at 4.00 of three: AmountOff takes all of 20.00 from the other two
    rules = "f: FixedUnitPrice(4.00, limit=1); x: AmountOff(50.00), scope=Scope(discounted=EXCLUDED)"
    assert_gives(priced("CNY: A 3 x 10.00", rules), "of f 6.00; of x 20.00; total 4.00")
    rules = "f: FixedUnitPrice(4.00); x: AmountOff(50.00), scope=Scope(discounted=EXCLUDED)"
    assert_gives(priced("CNY: A 3 x 10.00", rules), "refused x NO_EFFECT; total 12.00")


# --- gifts and shipping ---


@rows(
    ("CNY: A 10.00, shipping 8.00", "x: ShippingOff()", "shipping 0.00; of x 8.00; total 10.00"),
    ("CNY: A 10.00, shipping 8.00", "x: ShippingOff(50%)", "shipping 4.00"),
    ("CNY: A 10.00, shipping 8.00", "x: ShippingOff(cap=7.99)", "shipping 0.01; capped x CAP"),
    ("CNY: A 10.00, shipping 8.00", "x: ShippingOff(cap=8.00)", "shipping 0.00; capped x no"),
    ("CNY: A 10.00, shipping 8.00", "x: ShippingAmountOff(7.99)", "shipping 0.01"),
    ("CNY: A 10.00, shipping 8.00", "x: ShippingAmountOff(8.00)", "shipping 0.00"),
    ("CNY: A 10.00, shipping 8.00", "x: ShippingAmountOff(8.01)", "shipping 0.00; of x 8.00"),
    ("CNY: A 10.00, shipping 0.00", "x: ShippingOff()", "refused x NO_EFFECT"),
    ("CNY: A 10.00", "x: ShippingOff()", "refused x NO_EFFECT; shipping 0.00"),
    ("CNY: A 10.00, shipping 8.00", "x: ShippingAmountOff(5.00); y: ShippingOff(50%)", "shipping 1.50; total 11.50"),
    # the fee sees the final goods total, whatever the priority
    (
        "CNY: A 100.00, shipping 8.00",
        "x: ShippingOff(), priority=9, conditions=[SpendAtLeast(95, basis=RUNNING)]; y: AmountOff(5.01)",
        "refused x SPEND; total 102.99",
    ),
    ("JPY: A 1000, shipping 333", "x: ShippingOff(50%)", "shipping 166"),  # 166.5 yen off is 167
    ("BHD: A 1.000, shipping 0.333", "x: ShippingOff(50%)", "shipping 0.166"),
)
def test_shipping_is_reduced_to_nothing_at_most(cart: str, promotions: str, gives: str) -> None:
    assert_gives(priced(cart, promotions), gives)


def test_shipping_is_booked_on_no_line() -> None:
    found = priced("CNY: A 10.00, shipping 8.00", "x: ShippingOff(), funder=PLATFORM; y: AmountOff(1.00)")
    assert [(a.promotion_id, a.line_id, a.amount.amount) for a in found.adjustments] == [
        ("y", "A", "1.00"),
        ("x", None, "8.00"),
    ]
    assert_gives(found, "merchant 1.00; platform 8.00; net 9.00")
    assert found.saving.amount == "9.00"


def test_a_gift_costs_nothing_and_reduces_nothing() -> None:
    rules = "x: FreeGift(bag, quantity=2, value=29.00), conditions=[SpendAtLeast(100, basis=RUNNING)]"
    found = priced("CNY: A 100.00", rules)
    assert_gives(found, "gift 2 bag; total 100.00; applied x; of x 0.00")
    assert found.adjustments == ()
    assert found.gifts[0].value == Money.of("29", "CNY")
    assert "gift of x: 2 x 0.00" in found.explain()
    missed = priced("CNY: A 99.99", rules)
    assert missed.gifts == ()
    assert_gives(missed, "refused x SPEND")
    assert_gives(priced("CNY: A 9.00", "x: FreeGift(bag), scope=Scope(skus=[B])"), "refused x NOTHING_IN_SCOPE")


# --- in the price layer one per line wins ---


@rows(
    ("CNY: A 10.00", "a: FixedUnitPrice(9.00); b: FixedUnitPrice(8.99)", "applied b; total 8.99"),
    (
        "CNY: A 10.00",
        "a: FixedUnitPrice(9.00); b: FixedUnitPrice(9.00)",
        "applied a; lost b to a by 0.00 offering 1.00",
    ),
    ("CNY: A 10.00", "a: FixedUnitPrice(9.00); b: FixedUnitPrice(9.00), priority=1", "applied b"),
    (
        "CNY: A 10.00",
        "a: FixedUnitPrice(9.00), priority=9; b: FixedUnitPrice(8.99)",
        "applied b",
    ),  # saving beats priority
    # each line its own winner; the loser of a line keeps the other
    (
        "CNY: A 10.00, B 20.00",
        "a: FixedUnitPrice(9.00); b: PercentOff(10%, per=LINE), phase=PRICE_SET",
        "applied a; off 1.00 11.00",
    ),
    (
        "CNY: A 10.00, B 20.00",
        "a: UnitAmountOff(1.50), phase=PRICE_SET; b: PercentOff(10%, per=LINE), phase=PRICE_SET",
        "of a 1.50 0.00; of b 0.00 2.00; total 26.50",
    ),
    # by the line, not by the unit: one unit 9.00 less beats three units 2.00 less
    (
        "CNY: A 3 x 10.00",
        "flash: FixedUnitPrice(1.00, limit=1); member: FixedUnitPrice(8.00)",
        "applied flash; total 21.00; lost member to flash by 3.00 offering 6.00",
    ),
    (
        "CNY: A 5 x 10.00",
        "flash: FixedUnitPrice(1.00, limit=1); member: FixedUnitPrice(8.00)",
        "applied member; total 40.00",
    ),
)
def test_one_price_per_line(cart: str, promotions: str, gives: str) -> None:
    assert_gives(priced(cart, promotions), gives)


def test_flash_units_then_a_full_reduction_on_each_basis() -> None:
    # 3 x 100.00, two of them at 60.00: 220.00 in the price layer; 20.00 more go with an order offer: 200.00
    cart = "CNY: A 3 x 100.00"
    rules = "flash: FixedUnitPrice(60.00, limit=2); one: AmountOff(20.00), priority=1; "
    for basis, on in [("LIST", "300.00"), ("ACTIVITY", "220.00"), ("RUNNING", "200.00")]:
        above = Money.of(on, "CNY") + Money.from_minor(1, "CNY")
        full = "full: SpendAndSave({%s: 30}, basis=%s)"
        assert_gives(priced(cart, rules + full % (on, basis)), f"of full 30.00; base full {on}; total 170.00")
        assert_gives(priced(cart, rules + full % (above.amount, basis)), "refused full SPEND; total 200.00")


# --- what cannot be said ---

loose: Any = pricing
"""What a caller without a type checker may write."""

CNY = Money.of("10", "CNY")
MINUS = Money.of("-1", "CNY")
EUR = Money.of("1", "EUR")
HALF = Rate.percent("50")


@pytest.mark.parametrize(
    ("build", "kind", "code"),
    [
        (lambda: loose.PercentOff(Rate.percent("0")), InvalidValue, "promotion.rate"),
        (lambda: loose.PercentOff(Rate.percent("100.01")), InvalidValue, "promotion.rate"),
        (lambda: loose.PercentOff(Rate.percent("-1")), InvalidValue, "promotion.rate"),
        (lambda: loose.PercentOff(PayRate(Rate(1))), InvalidValue, "promotion.rate"),
        (lambda: loose.PercentOff(0.2), InvalidType, "promotion.rate"),
        (lambda: loose.PercentOff(20), InvalidType, "promotion.rate"),
        (lambda: loose.PercentOff(HALF, cap=5), InvalidType, "promotion.money"),
        (lambda: loose.PercentOff(HALF, cap=Money.zero("CNY")), InvalidValue, "promotion.money"),
        (lambda: loose.PercentOff(HALF, per="line"), InvalidType, "promotion.choice"),
        (lambda: loose.AmountOff(Money.zero("CNY")), InvalidValue, "promotion.money"),
        (lambda: loose.AmountOff(MINUS), InvalidValue, "promotion.money"),
        (lambda: loose.AmountOff(1.5), InvalidType, "promotion.money"),
        (lambda: loose.UnitAmountOff(CNY, limit=0), InvalidValue, "promotion.count"),
        (lambda: loose.UnitAmountOff(CNY, limit=True), InvalidType, "promotion.count"),
        (lambda: loose.UnitAmountOff(CNY, first=Money.zero("CNY")), InvalidValue, "promotion.money"),
        (lambda: loose.FixedUnitPrice(MINUS), InvalidValue, "promotion.money"),
        (lambda: loose.FixedUnitPrice("9.90"), InvalidType, "promotion.money"),
        (lambda: loose.FixedUnitPrice(CNY, limit=0), InvalidValue, "promotion.count"),
        (lambda: loose.SpendAndSave({}, basis=Basis.LIST), LadderError, "ladder.size"),
        (lambda: loose.SpendAndSave({CNY: CNY}, basis="list"), InvalidType, "basis.type"),
        (lambda: loose.SpendAndSave({CNY * 2: CNY, CNY: CNY}, basis=Basis.LIST), LadderError, "ladder.not_rising"),
        (lambda: loose.SpendAndSave({CNY: CNY, CNY * 2: CNY - CNY}, basis=Basis.LIST), InvalidValue, "promotion.money"),
        (
            lambda: loose.SpendAndSave({CNY: CNY * 2, CNY * 2: CNY}, basis=Basis.LIST),
            LadderError,
            "promotion.falling_tier",
        ),
        (lambda: loose.SpendAndSave({CNY: EUR}, basis=Basis.LIST), CurrencyMismatch, "money.currency_mismatch"),
        (
            lambda: loose.SpendAndSave(Ladder.of({CNY: CNY}, boundary=Boundary.UPPER_INCLUSIVE), basis=Basis.LIST),
            InvalidValue,
            "promotion.boundary",
        ),
        (
            lambda: loose.EverySpendSave(every=CNY, save=EUR, basis=Basis.LIST),
            CurrencyMismatch,
            "money.currency_mismatch",
        ),
        (
            lambda: loose.EverySpendSave(every=CNY, save=CNY, basis=Basis.LIST, max_times=0),
            InvalidValue,
            "promotion.count",
        ),
        (
            lambda: loose.SpendAndPercent({CNY: HALF, CNY * 2: Rate(1, 3)}, basis=Basis.LIST),
            LadderError,
            "promotion.falling_tier",
        ),
        (lambda: loose.SpendAndPercent({CNY: 0.5}, basis=Basis.LIST), InvalidType, "promotion.rate"),
        (lambda: loose.QuantityPercent({0: HALF}), InvalidValue, "promotion.count"),
        (lambda: loose.QuantityPercent({True: HALF}), InvalidType, "ladder.threshold"),
        (lambda: loose.QuantityPercent({1.5: HALF}), InvalidType, "ladder.threshold"),
        (lambda: loose.BuyXGetY(buy=0, get=1), InvalidValue, "promotion.count"),
        (lambda: loose.BuyXGetY(buy=1, get=0), InvalidValue, "promotion.count"),
        (lambda: loose.BuyXGetY(buy=1, get=1, rewards="A"), InvalidType, "promotion.scope"),
        (lambda: loose.BuyXGetY(buy=1, get=1, pick="cheapest"), InvalidType, "promotion.choice"),
        (lambda: loose.CheapestFree(1), InvalidValue, "promotion.count"),
        (lambda: loose.CheapestFree(2, charge=None), InvalidType, "promotion.choice"),
        (lambda: loose.NthUnitOff(0, HALF), InvalidValue, "promotion.count"),
        (lambda: loose.NthUnitOff(2, HALF, max_times=0), InvalidValue, "promotion.count"),
        (lambda: loose.BundlePrice(0, CNY), InvalidValue, "promotion.count"),
        (lambda: loose.BundlePrice(2, MINUS), InvalidValue, "promotion.money"),
        (lambda: loose.FreeGift(""), InvalidValue, "promotion.gift"),
        (lambda: loose.FreeGift("bag", quantity=0), InvalidValue, "promotion.count"),
        (lambda: loose.FreeGift("bag", value=MINUS), InvalidValue, "promotion.money"),
        (lambda: loose.ShippingOff(Rate(0)), InvalidValue, "promotion.rate"),
        (lambda: loose.ShippingOff(cap=MINUS), InvalidValue, "promotion.money"),
        (lambda: loose.ShippingAmountOff(Money.zero("CNY")), InvalidValue, "promotion.money"),
    ],
)
def test_a_benefit_that_means_nothing_is_refused(
    build: Callable[[], object], kind: type[SalesplanError], code: str
) -> None:
    with pytest.raises(kind) as refused:
        build()
    assert refused.value.code == code
    assert len(str(refused.value)) < 200


def test_a_rate_off_and_a_rate_paid_are_the_same_discount() -> None:
    assert PercentOff(Rate.zhe("8")) == PercentOff(Rate.percent("20"))
    assert QuantityPercent({2: Rate.zhe("8")}) == QuantityPercent({2: Rate.percent("20")})
    assert NthUnitOff(2, Rate.zhe("5")) == NthUnitOff(2, HALF)
