"""Hints: the smallest addition that changes the answer, priced exactly, and the price cliff."""

from __future__ import annotations

import attrs
import pytest

from salesplan.money import Money
from salesplan.pricing import Cart, CartLine, Hint, PricedCart, price
from tests.pricing.outcome import NOW, priced

COURSE = "CNY: python-101 2 x 199.00, exam-book 45.00"
AUTUMN = "autumn: SpendAndSave({300: 50, 600: 120}, basis=RUNNING); student: PercentOff(10%), phase=COUPON"


def texts(found: PricedCart) -> list[str]:
    return [hint.text for hint in found.hints]


@pytest.mark.parametrize(
    ("cart", "promotions", "expected"),
    [
        (COURSE, AUTUMN, ["spend 157.00 more and autumn saves 120.00 instead of 50.00"]),
        # 88.00 of 100.00: 12.00 more, and 50.00 less on all: 38.00 less to pay
        (
            "CNY: A 88.00",
            "full: SpendAndSave({100: 50}, basis=LIST)",
            ["spend 12.00 more, pay 38.00 less: full saves 50.00"],
        ),
        (
            "CNY: A 99.99",
            "full: SpendAndSave({100: 20}, basis=LIST)",
            ["spend 0.01 more, pay 19.99 less: full saves 20.00"],
        ),
        ("CNY: A 80.00", "full: SpendAndSave({100: 20}, basis=LIST)", ["spend 20.00 more and full saves 20.00"]),
        ("CNY: A 100.00", "full: SpendAndSave({100: 20}, basis=LIST)", []),
        (
            "CNY: A 450.00",
            "e: EverySpendSave(every=200, save=30, basis=LIST)",
            ["spend 150.00 more and e saves 90.00 instead of 60.00"],
        ),
        ("CNY: A 450.00", "e: EverySpendSave(every=200, save=30, basis=LIST, max_times=2)", []),
        (
            "CNY: A 390.00",
            "e: EverySpendSave(every=200, save=30, basis=LIST)",
            ["spend 10.00 more, pay 20.00 less: e saves 60.00 instead of 30.00"],
        ),
        ("CNY: A 150.00", "p: SpendAndPercent({200: 10%}, basis=LIST)", ["spend 50.00 more and p saves 20.00"]),
        ("CNY: A 2 x 10.00", "q: QuantityPercent({3: 20%})", ["add 1 x A and q saves 6.00"]),
        ("CNY: A 10.00", "q: QuantityPercent({3: 20%})", ["add 2 x A and q saves 6.00"]),
        ("CNY: A 10.00, B 4.00", "n: NthUnitOff(3, 50%)", ["add 1 x B and n saves 2.00"]),  # the cheapest goods
        ("CNY: A 2 x 10.00", "b: BundlePrice(3, 12.00)", ["add 1 x A, pay 8.00 less: b saves 18.00"]),
        (
            "CNY: A 90.00",
            "c: AmountOff(5.00), conditions=[SpendAtLeast(100, basis=LIST)]",
            ["spend 10.00 more and c saves 5.00"],
        ),
        (
            "CNY: A 10.00, shipping 8.00",
            "s: ShippingOff(), conditions=[SpendAtLeast(15, basis=RUNNING)]",
            ["spend 5.00 more, pay 3.00 less: s saves 8.00"],
        ),
        # 10 % go before: 100.00 on the running price need 111.12 on the tag, of which 110.00 are there
        (
            "CNY: A 110.00",
            "ten: PercentOff(10%), priority=1; full: SpendAndSave({100: 1}, basis=RUNNING)",
            ["spend 1.11 more and full saves 1.00"],
        ),
        ("JPY: A 88", "full: SpendAndSave({100: 50}, basis=LIST)", ["spend 12 more, pay 38 less: full saves 50"]),
        ("BHD: A 0.999", "full: SpendAndSave({1.000: 0.001}, basis=LIST)", ["spend 0.001 more and full saves 0.001"]),
        # nothing that goods could change
        ("CNY: A 10.00", "x: AmountOff(1.00), conditions=[FirstOrder()]", []),
        ("CNY: A 10.00 discountable=NO", "full: SpendAndSave({100: 20}, basis=LIST)", []),
    ],
)
def test_a_hint_says_how_much_more_and_what_it_saves(cart: str, promotions: str, expected: list[str]) -> None:
    found = priced(cart, promotions)
    if "ten: PercentOff" in promotions:
        # the smallest addition a for which 110.00 + a less 10 % half up is 100.00: 1.11 gives 111.11 - 11.11
        assert found.hints[0].more == Money.of("1.11", "CNY")
    assert texts(found) == expected


def test_a_cliff_is_a_hint_that_costs_nothing() -> None:
    found = priced("CNY: A 88.00", "full: SpendAndSave({100: 50}, basis=LIST)")
    (cliff,) = found.cliffs
    assert cliff == Hint(
        promotion_id="full",
        more=Money.of("12", "CNY"),
        like="A",
        saves=Money.of("50", "CNY"),
        instead_of=Money.zero("CNY"),
        pay_more=Money.of("-38", "CNY"),
    )
    assert priced("CNY: A 50.00", "full: SpendAndSave({100: 50}, basis=LIST)").cliffs == ()  # 50 more, 50 off: the same


def added(found: PricedCart, hint: Hint, less: int) -> PricedCart | None:
    """The cart with the addition of a hint, less some minor units or units of it."""
    template = next(line for line in found.cart.lines if line.sku == hint.like)
    if isinstance(hint.more, Money):
        extra = attrs.evolve(
            template, id="~~added", unit_price=Money(hint.more.minor - less, hint.more.currency), quantity=1
        )
    elif hint.more == less:
        return None
    else:
        extra = attrs.evolve(template, id="~~added", quantity=hint.more - less)
    cart = Cart([*found.cart.lines, extra], shipping=found.cart.shipping)
    return price(cart, found.promotions, at=found.at, shopper=found.shopper, usage=found.usage, policy=found.policy)


def saved(found: PricedCart, promotion_id: str) -> int:
    return sum(applied.amount.minor for applied in found.applied if applied.id == promotion_id)


@pytest.mark.parametrize(
    ("cart", "promotions"),
    [
        (COURSE, AUTUMN),
        (
            "CNY: A 88.00, B 3 x 1.11",
            "full: SpendAndSave({100: 50, 150: 60}, basis=ACTIVITY); f: FixedUnitPrice(80.00), scope=Scope(skus=[A])",
        ),
        ("CNY: A 110.00, B 7.77", "ten: PercentOff(13%), priority=1; full: SpendAndSave({105: 9}, basis=RUNNING)"),
        ("CNY: A 390.00", "e: EverySpendSave(every=200, save=30, basis=RUNNING)"),
        ("CNY: A 2 x 10.00, B 4.00", "n: NthUnitOff(4, 50%); q: QuantityPercent({5: 10%, 9: 20%})"),
        (
            "CNY: A 10.00, shipping 8.00",
            "s: ShippingOff(), conditions=[SpendAtLeast(15, basis=RUNNING)]; x: PercentOff(7%)",
        ),
        ("JPY: A 99", "x: PercentOff(1%), priority=1; full: SpendAndSave({100: 50}, basis=RUNNING)"),
    ],
)
def test_a_hint_is_the_smallest_addition(cart: str, promotions: str) -> None:
    found = priced(cart, promotions)
    assert found.hints
    for hint in found.hints:
        then = added(found, hint, 0)
        assert then is not None
        assert (
            saved(then, hint.promotion_id)
            == hint.saves.minor
            > hint.instead_of.minor
            == saved(found, hint.promotion_id)
        )
        assert then.total.minor - found.total.minor == hint.pay_more.minor
        before = added(found, hint, 1)
        if before is not None:
            assert saved(before, hint.promotion_id) <= hint.instead_of.minor


def test_the_nearest_five_are_shown_nearest_first() -> None:
    rules = "; ".join(f"p{at}: SpendAndSave({{{110 + 10 * at}: 1}}, basis=LIST)" for at in range(9))
    assert [hint.promotion_id for hint in priced("CNY: A 100.00", rules).hints] == ["p0", "p1", "p2", "p3", "p4"]


def test_a_hint_beyond_the_range_is_none() -> None:
    most = Money(2**62, NOW_CURRENCY)
    found = price(Cart([CartLine("A", most)]), priced("CNY: A 1.00", HUGE).promotions, at=NOW)
    assert found.hints == ()


HUGE = "full: SpendAndSave({90000000000000000: 1}, basis=LIST)"
NOW_CURRENCY = Money.zero("CNY").currency
