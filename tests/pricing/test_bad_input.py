"""Bad and extreme input: a coded error of the library, or an exact answer; never anything else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from salesplan import pricing
from salesplan.errors import InvalidType, InvalidValue, NotFound, SalesplanError
from salesplan.money import MAX_MINOR, Currency, CurrencyMismatch, Money
from salesplan.pricing import (
    AllOf,
    AmountOff,
    BuyXGetY,
    Cart,
    CartLine,
    CheapestFree,
    CodeEntered,
    Discountable,
    Discounted,
    DuringHours,
    FirstOrder,
    InSegment,
    Not,
    NthUnitOff,
    PercentOff,
    Phase,
    Policy,
    Promotion,
    PromotionSet,
    QuantityAtLeast,
    Scope,
    Selection,
    Shopper,
    Usage,
    price,
)
from salesplan.rate import Rate
from tests.pricing.outcome import NOW
from tests.strategies import HOSTILE, refusal

loose: Any = pricing
"""What a caller without a type checker may write."""

CNY = Money.of("10", "CNY")
EUR = Money.of("10", "EUR")
LINE = CartLine("A", CNY)
OFFER = Promotion("x", AmountOff(CNY))
CART = Cart([LINE])
ONE = AmountOff(Money.of("1", "CNY"))


def offer(**fields: Any) -> Promotion:
    return Promotion("x", ONE, **fields)


@pytest.mark.parametrize(
    ("build", "kind", "code"),
    [
        # lines
        (lambda: loose.CartLine("A", float("nan")), InvalidType, "cart.unit_price"),
        (lambda: loose.CartLine("A", 9.9), InvalidType, "cart.unit_price"),
        (lambda: loose.CartLine("A", 990), InvalidType, "cart.unit_price"),
        (lambda: loose.CartLine("A", "9.90"), InvalidType, "cart.unit_price"),
        (lambda: loose.CartLine("A", Decimal("9.9")), InvalidType, "cart.unit_price"),
        (lambda: loose.CartLine("A", -CNY), InvalidValue, "cart.unit_price"),
        (lambda: loose.CartLine("A", CNY, quantity=0), InvalidValue, "cart.quantity"),
        (lambda: loose.CartLine("A", CNY, quantity=-1), InvalidValue, "cart.quantity"),
        (lambda: loose.CartLine("A", CNY, quantity=True), InvalidType, "cart.quantity"),
        (lambda: loose.CartLine("A", CNY, quantity=1.0), InvalidType, "cart.quantity"),
        (lambda: loose.CartLine("A", CNY, quantity=float("nan")), InvalidType, "cart.quantity"),
        (lambda: loose.CartLine("A", CNY, quantity="2"), InvalidType, "cart.quantity"),
        (lambda: loose.CartLine("A", CNY, quantity=10**9 + 1), InvalidValue, "cart.quantity"),
        (lambda: loose.CartLine("A", Money(MAX_MINOR, CNY.currency), quantity=2), InvalidValue, "cart.range"),
        (lambda: loose.CartLine("", CNY), InvalidValue, "cart.sku"),
        (lambda: loose.CartLine("x" * 257, CNY), InvalidValue, "cart.sku"),
        (lambda: loose.CartLine("a\nb", CNY), InvalidValue, "cart.sku"),
        (lambda: loose.CartLine(5, CNY), InvalidType, "cart.sku"),
        (lambda: loose.CartLine("A", CNY, id=""), InvalidValue, "cart.line_id"),
        (lambda: loose.CartLine("A", CNY, category=""), InvalidValue, "cart.category"),
        (lambda: loose.CartLine("A", CNY, seller=5), InvalidType, "cart.seller"),
        (lambda: loose.CartLine("A", CNY, tags="vip"), InvalidType, "cart.tags"),
        (lambda: loose.CartLine("A", CNY, tags=5), InvalidType, "cart.tags"),
        (
            lambda: loose.CartLine("A", CNY, price_floor=Money.of("10.01", "CNY")),
            InvalidValue,
            "cart.floor_above_price",
        ),
        (lambda: loose.CartLine("A", CNY, price_floor=-CNY), InvalidValue, "cart.price_floor"),
        (lambda: loose.CartLine("A", CNY, price_floor=5), InvalidType, "cart.price_floor"),
        (lambda: loose.CartLine("A", CNY, price_floor=EUR), CurrencyMismatch, "money.currency_mismatch"),
        (lambda: loose.CartLine("A", CNY, discountable=True), InvalidType, "cart.discountable"),
        # carts
        (lambda: loose.Cart([]), InvalidType, "cart.currency"),
        (lambda: loose.Cart([], currency="CNY"), InvalidType, "cart.currency"),
        (lambda: loose.Cart([LINE], currency="CNY"), InvalidType, "cart.currency"),
        (lambda: loose.Cart([LINE], currency=Currency.iso("EUR")), CurrencyMismatch, "cart.mixed_currencies"),
        (lambda: loose.Cart([LINE, CartLine("B", EUR)]), CurrencyMismatch, "cart.mixed_currencies"),
        (lambda: loose.Cart([LINE], shipping=EUR), CurrencyMismatch, "cart.mixed_currencies"),
        (lambda: loose.Cart([LINE], shipping=-CNY), InvalidValue, "cart.shipping"),
        (lambda: loose.Cart([LINE], shipping=8), InvalidType, "cart.shipping"),
        (lambda: loose.Cart([LINE, LINE]), InvalidValue, "cart.duplicate_id"),
        (lambda: loose.Cart([LINE, CartLine("B", CNY, id="A")]), InvalidValue, "cart.duplicate_id"),
        (lambda: loose.Cart([5]), InvalidType, "cart.line"),
        (lambda: loose.Cart(LINE), InvalidType, "cart.line"),
        (lambda: loose.Cart("AB"), InvalidType, "cart.line"),
        (lambda: loose.Cart(None), InvalidType, "cart.line"),
        (lambda: loose.Cart([CartLine(str(at), CNY) for at in range(10_001)]), InvalidValue, "cart.size"),
        (
            lambda: loose.Cart([CartLine("A", Money(MAX_MINOR, CNY.currency)), CartLine("B", CNY)]),
            InvalidValue,
            "cart.range",
        ),
        (lambda: loose.Cart([CartLine("A", Money(MAX_MINOR, CNY.currency))], shipping=CNY), InvalidValue, "cart.range"),
        # shoppers and usage
        (lambda: loose.Shopper(codes="vip"), InvalidType, "shopper.code"),
        (lambda: loose.Shopper(codes=5), InvalidType, "shopper.code"),
        (lambda: loose.Shopper(codes=[5]), InvalidType, "shopper.code"),
        (lambda: loose.Shopper(codes=[""]), InvalidValue, "shopper.code"),
        (lambda: loose.Shopper(codes=[" \u3000"]), InvalidValue, "shopper.code"),
        (lambda: loose.Shopper(codes=["x" * 300]), InvalidValue, "shopper.code"),
        (lambda: loose.Shopper(segments="vip"), InvalidType, "shopper.segments"),
        (lambda: loose.Shopper(member_level=-1), InvalidValue, "shopper.member_level"),
        (lambda: loose.Shopper(member_level=True), InvalidType, "shopper.member_level"),
        (lambda: loose.Shopper(orders=-1), InvalidValue, "shopper.orders"),
        (lambda: loose.Shopper(orders=1.5), InvalidType, "shopper.orders"),
        (lambda: loose.Shopper(channel=""), InvalidValue, "shopper.channel"),
        (lambda: loose.Shopper(uses={"x": -1}), InvalidValue, "usage.count"),
        (lambda: loose.Shopper(uses={"x": True}), InvalidType, "usage.count"),
        (lambda: loose.Shopper(uses={5: 1}), InvalidType, "usage.id"),
        (lambda: loose.Shopper(uses=5), InvalidType, "usage.type"),
        (lambda: loose.Usage(uses=[("x", 1)]), InvalidType, "usage.type"),
        (lambda: loose.Usage(spent={"x": 1.5}), InvalidType, "cart.spent"),
        (lambda: loose.Usage(spent={"x": -CNY}), InvalidValue, "cart.spent"),
        (lambda: loose.Usage(spent=CNY), InvalidType, "usage.type"),
        # scopes
        (lambda: loose.Scope(skus=[]), InvalidValue, "scope.empty"),
        (lambda: loose.Scope(skus="A"), InvalidType, "scope.names"),
        (lambda: loose.Scope(tags=[5]), InvalidType, "scope.names"),
        (lambda: loose.Scope(except_skus="A"), InvalidType, "scope.names"),
        (lambda: loose.Scope(discounted="excluded"), InvalidType, "scope.type"),
        # conditions
        (lambda: loose.SpendAtLeast(CNY, basis="list"), InvalidType, "basis.type"),
        (lambda: loose.QuantityAtLeast(0), InvalidValue, "promotion.count"),
        (lambda: loose.QuantityAtLeast(True), InvalidType, "promotion.count"),
        (lambda: loose.QuantityAtLeast(1, scope="A"), InvalidType, "promotion.scope"),
        (lambda: loose.InSegment([]), InvalidValue, "condition.names"),
        (lambda: loose.InSegment("vip"), InvalidType, "condition.names"),
        (lambda: loose.OnChannel(5), InvalidType, "condition.names"),
        (lambda: loose.MemberLevelAtLeast(-1), InvalidValue, "promotion.count"),
        (lambda: loose.CodeEntered(5), InvalidType, "shopper.code"),
        (lambda: loose.CodeEntered("  "), InvalidValue, "shopper.code"),
        (lambda: loose.DuringHours(zone="Mars/Olympus"), InvalidValue, "window.zone"),
        (lambda: loose.DuringHours(zone=""), InvalidValue, "condition.zone"),
        (lambda: loose.DuringHours(zone=UTC), InvalidType, "condition.zone"),
        (lambda: loose.DuringHours(start="22:00", zone="UTC"), InvalidType, "condition.time"),
        (lambda: loose.DuringHours(end=time(2, tzinfo=UTC), zone="UTC"), InvalidType, "condition.time"),
        (lambda: loose.AllOf([]), InvalidValue, "condition.empty"),
        (lambda: loose.AnyOf(()), InvalidValue, "condition.empty"),
        (lambda: loose.AllOf(5), InvalidType, "condition.type"),
        (lambda: loose.AllOf(FirstOrder()), InvalidType, "condition.type"),
        (lambda: loose.AnyOf([True]), InvalidType, "condition.type"),
        (lambda: loose.Not(None), InvalidType, "condition.type"),
        # promotions
        (lambda: loose.Promotion("", ONE), InvalidValue, "promotion.id"),
        (lambda: loose.Promotion(5, ONE), InvalidType, "promotion.id"),
        (lambda: loose.Promotion("x", CNY), InvalidType, "promotion.benefit"),
        (lambda: loose.Promotion("x", None), InvalidType, "promotion.benefit"),
        (lambda: offer(code=""), InvalidValue, "shopper.code"),
        (lambda: offer(code="  "), InvalidValue, "shopper.code"),
        (lambda: offer(code=5), InvalidType, "shopper.code"),
        (lambda: offer(phase="item"), InvalidType, "promotion.phase"),
        (lambda: offer(phase=Phase.SHIPPING, exclusive=True), InvalidType, "promotion.exclusive"),
        (lambda: offer(priority=1.5), InvalidType, "promotion.priority"),
        (lambda: offer(priority=True), InvalidType, "promotion.priority"),
        (lambda: offer(priority=10**9 + 1), InvalidValue, "promotion.priority"),
        (lambda: offer(group=""), InvalidValue, "promotion.group"),
        (lambda: offer(combines_with=Phase.ITEM), InvalidType, "promotion.combines_with"),
        (lambda: offer(combines_with=["item"]), InvalidType, "promotion.combines_with"),
        (lambda: offer(combines_with=[[]]), InvalidType, "promotion.combines_with"),
        (lambda: offer(never_with="y"), InvalidType, "promotion.never_with"),
        (lambda: offer(scope=None), InvalidType, "promotion.scope"),
        (lambda: offer(conditions=FirstOrder()), InvalidType, "condition.type"),
        (lambda: offer(conditions=[5]), InvalidType, "condition.type"),
        (lambda: offer(limits=None), InvalidType, "promotion.limits"),
        (lambda: offer(funder="platform"), InvalidType, "promotion.funder"),
        (lambda: offer(window=None), InvalidType, "promotion.window"),
        (lambda: offer(window=(NOW, NOW)), InvalidType, "promotion.window"),
        (lambda: loose.PromotionSet([OFFER, OFFER]), InvalidValue, "promotion.duplicate_id"),
        (
            lambda: loose.PromotionSet([OFFER, Promotion("y", AmountOff(EUR))]),
            CurrencyMismatch,
            "promotion.mixed_currencies",
        ),
        (lambda: loose.PromotionSet(OFFER), InvalidType, "promotion.type"),
        (lambda: loose.PromotionSet([ONE]), InvalidType, "promotion.type"),
        (lambda: loose.PromotionSet(5), InvalidType, "promotion.type"),
        (lambda: loose.PromotionSet([OFFER])["y"], NotFound, "promotion.unknown"),
        (lambda: loose.PromotionSet([OFFER])[5], NotFound, "promotion.unknown"),
        (lambda: loose.PromotionSet([])["y"], NotFound, "promotion.unknown"),
        # price
        (lambda: loose.price(CART, None, at=NOW), InvalidType, "promotion.type"),
        (lambda: loose.price(CART, OFFER, at=NOW), InvalidType, "promotion.type"),
        (lambda: loose.price(CART, "xy", at=NOW), InvalidType, "promotion.type"),
        (lambda: loose.price([LINE], [], at=NOW), InvalidType, "price.type"),
        (lambda: loose.price(CART, [], at=NOW, shopper=None), InvalidType, "price.type"),
        (lambda: loose.price(CART, [], at=NOW, usage={}), InvalidType, "price.type"),
        (lambda: loose.price(CART, [], at=NOW, policy=None), InvalidType, "price.type"),
        (lambda: loose.price(CART, [], at=datetime(2026, 11, 11)), InvalidValue, "window.naive"),
        (lambda: loose.price(CART, [], at=date(2026, 11, 11)), InvalidType, "window.type"),
        (lambda: loose.price(CART, [], at="2026-11-11"), InvalidType, "window.type"),
        (
            lambda: loose.price(CART, [Promotion("y", AmountOff(EUR))], at=NOW),
            CurrencyMismatch,
            "price.mixed_currencies",
        ),
        (lambda: loose.price(CART, [OFFER], at=NOW)["B"], NotFound, "price.unknown_line"),
    ],
)
def test_what_means_nothing_is_refused_with_a_code(
    build: Callable[[], object], kind: type[SalesplanError], code: str
) -> None:
    with pytest.raises(kind) as refused:
        build()
    assert refused.value.code == code
    assert 0 < len(str(refused.value)) < 200


BUILDERS: list[Callable[[Any], object]] = [
    lambda value: CartLine(value, CNY),
    lambda value: CartLine("A", value),
    lambda value: CartLine("A", CNY, quantity=value),
    lambda value: CartLine("A", CNY, id=value),
    lambda value: CartLine("A", CNY, tags=value),
    lambda value: CartLine("A", CNY, category=value),
    lambda value: CartLine("A", CNY, price_floor=value),
    lambda value: CartLine("A", CNY, discountable=value),
    Cart,
    lambda value: Cart([value]),
    lambda value: Cart([LINE], shipping=value),
    lambda value: Cart([], currency=value),
    lambda value: Shopper(codes=value),
    lambda value: Shopper(codes=[value]),
    lambda value: Shopper(segments=value),
    lambda value: Shopper(member_level=value),
    lambda value: Shopper(uses=value),
    lambda value: Shopper(uses={"x": value}),
    lambda value: Usage(spent=value),
    lambda value: Usage(spent={"x": value}),
    lambda value: Scope(skus=value),
    lambda value: Scope(discounted=value),
    PercentOff,
    AmountOff,
    CheapestFree,
    lambda value: NthUnitOff(2, value),
    lambda value: BuyXGetY(buy=value, get=1),
    lambda value: BuyXGetY(buy=1, get=1, rewards=value),
    InSegment,
    QuantityAtLeast,
    AllOf,
    Not,
    CodeEntered,
    lambda value: DuringHours(days=value, zone="UTC"),
    lambda value: DuringHours(start=value, zone="UTC"),
    lambda value: DuringHours(zone=value),
    lambda value: Promotion(value, ONE),
    lambda value: Promotion("x", value),
    lambda value: offer(code=value),
    lambda value: offer(phase=value),
    lambda value: offer(priority=value),
    lambda value: offer(combines_with=value),
    lambda value: offer(never_with=value),
    lambda value: offer(conditions=value),
    lambda value: offer(window=value),
    PromotionSet,
    lambda value: PromotionSet([OFFER])[value],
    lambda value: Policy(phases=value),
    lambda value: Policy(one_per_line=value),
    lambda value: Policy(rounding=value),
    lambda value: Policy(search_budget=value),
    lambda value: price(value, [], at=NOW),
    lambda value: price(CART, value, at=NOW),
    lambda value: price(CART, [], at=value),
    lambda value: price(CART, [], at=NOW, shopper=value),
    lambda value: price(CART, [OFFER], at=NOW)[value],
]


@pytest.mark.parametrize("at", range(len(BUILDERS)))
def test_whatever_is_passed_only_our_own_errors_come_out(at: int) -> None:
    for value in HOSTILE:
        error = refusal(BUILDERS[at], value)
        if error is not None:
            assert error.code
            assert len(str(error)) < 200


# --- extreme but valid: exact answers ---


def test_an_empty_cart_costs_its_shipping() -> None:
    found = price(Cart([], currency=CNY.currency, shipping=CNY), [OFFER], at=NOW)
    assert found.total == CNY
    assert found.lines == ()
    assert found.saving.minor == 0
    best = price(Cart([], currency=CNY.currency), [OFFER], at=NOW, policy=Policy(selection=Selection.BEST_STACK))
    assert best.certificate is not None
    assert best.certificate.is_optimal
    assert best.total.minor == 0


def test_no_promotions_change_nothing() -> None:
    for selection in Selection:
        found = price(CART, [], at=NOW, policy=Policy(selection=selection))
        assert (found.total, found.applied, found.refused, found.hints) == (CNY, (), (), ())


def test_ten_thousand_promotions_each_end_once() -> None:
    few = [Promotion(f"p{at:05}", AmountOff(Money.from_minor(1, "CNY")), code=f"C{at}") for at in range(10_000)]
    found = price(Cart([CartLine("A", Money.of("100", "CNY"))]), few, at=NOW, shopper=Shopper(codes=["c17", "c9999"]))
    assert [applied.id for applied in found.applied] == ["p00017", "p09999"]
    assert len(found.refused) == 9_998
    assert found.total.amount == "99.98"


def test_ten_thousand_lines_lose_no_cent() -> None:
    lines = [CartLine(f"L{at:05}", Money.from_minor(1 + at % 7, "CNY")) for at in range(10_000)]
    found = price(Cart(lines), [Promotion("x", AmountOff(Money.of("123.45", "CNY")))], at=NOW)
    listed = sum(1 + at % 7 for at in range(10_000))
    assert found.total.minor == listed - 12_345
    assert sum(line.net.minor for line in found.lines) == found.total.minor


def test_a_thousand_million_units_are_two_runs() -> None:
    line = CartLine("A", Money.from_minor(3, "CNY"), quantity=10**9)
    found = price(Cart([line]), [Promotion("half", NthUnitOff(2, Rate.percent("50")))], at=NOW)
    # every second unit at 1.5, rounded half up: 2 off, 1 to pay
    assert found.total.minor == 5 * 10**8 * 3 + 5 * 10**8 * 1
    assert found.lines[0].unit_runs == ((Money.from_minor(2, "CNY"), 10**9),)


def test_the_largest_amounts_are_exact() -> None:
    most = Money(MAX_MINOR, CNY.currency)
    found = price(Cart([CartLine("A", most)]), [Promotion("x", PercentOff(Rate(1, 3)))], at=NOW)
    assert found.total.minor == MAX_MINOR - (2 * MAX_MINOR + 3) // 6


def test_own_currencies_price_as_any_other() -> None:
    coins = Currency("COINS", 0)
    cart = Cart([CartLine("A", Money(100, coins), quantity=3)])
    found = price(cart, [Promotion("x", PercentOff(Rate.percent("15")))], at=NOW)
    assert str(found.total) == "COINS 255"


def test_scopes_cover_what_they_name() -> None:
    line = CartLine("A", CNY, category="book", tags=["new", "sale"], seller="s1")
    for scope, covered in [
        (Scope(skus=["A", "B"]), True),
        (Scope(skus=["B"]), False),
        (Scope(categories=["book"]), True),
        (Scope(categories=["toy"]), False),
        (Scope(tags=["sale", "old"]), True),
        (Scope(tags=["old"]), False),
        (Scope(sellers=["s1"]), True),
        (Scope(sellers=["s2"]), False),
        (Scope(skus=["A"], categories=["toy"]), False),  # every field must match
        (Scope(except_skus=["A"]), False),
        (Scope(except_skus=["B"]), True),
        (Scope(except_categories=["book"]), False),
        (Scope(except_tags=["new"]), False),
        (Scope(skus=["A"], except_tags=["old"]), True),
    ]:
        found = price(Cart([line]), [offer(scope=scope)], at=NOW)
        assert (len(found.applied) == 1) is covered, scope
    bare = CartLine("A", CNY)
    assert price(Cart([bare]), [offer(scope=Scope(sellers=["s1"]))], at=NOW).applied == ()
    assert price(Cart([bare]), [offer(scope=Scope(except_categories=["book"]))], at=NOW).applied != ()
    card = CartLine("A", CNY, discountable=Discountable.NO)
    assert price(Cart([card]), [offer(scope=Scope(skus=["A"]))], at=NOW).applied == ()
    assert Scope().names_goods is False
    assert Scope(discounted=Discounted.EXCLUDED).names_goods is False
