"""Explanations: the text a clerk can follow with a pencil, for every benefit and every refusal."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from salesplan.money import Money
from salesplan.pricing import (
    AmountOff,
    Applied,
    Benefit,
    Limits,
    Promotion,
    RefusalCode,
    Refused,
    Shopper,
    Usage,
    describe,
    price,
    refusal_text,
)
from salesplan.window import Window
from tests.pricing.notation import cart_of, promotions_of
from tests.pricing.outcome import NOW, priced

COURSE = "CNY: python-101 2 x 199.00, exam-book 45.00"
AUTUMN = (
    "autumn: SpendAndSave({300: 50, 600: 120}, basis=RUNNING); student: PercentOff(10%), code=STUDENT10, phase=COUPON"
)


def test_a_cart_explains_itself_line_by_line() -> None:
    found = priced(COURSE, AUTUMN, shopper=Shopper(codes=["STUDENT10"]))
    assert found.explain().splitlines() == [
        "python-101  2 x 199.00         398.00",
        "exam-book   1 x  45.00          45.00",
        "autumn      spend 300 save 50  -50.00  on 443.00  (44.92 + 5.08)",
        "student     10 % off           -39.30  on 393.00  (35.31 + 3.99)",
        "to pay                         353.70",
        "next  spend 157.00 more and autumn saves 120.00 instead of 50.00",
    ]


def test_what_did_not_apply_says_why() -> None:
    rules = (
        "a: AmountOff(10.00), group=g; b: AmountOff(20.00), group=g; c: FreeGift(bag); d: AmountOff(5.00), code=five;"
        " e: SpendAndSave({200: 30}, basis=LIST); f: ShippingOff(50%)"
    )
    found = priced("CNY: A 100.00, shipping 8.00", rules, shopper=Shopper(codes=["nine"]))
    assert found.explain().splitlines() == [
        "A         1 x 100.00         100.00",
        "shipping                       8.00",
        "a         10 off             -10.00  on 100.00  (10.00)",
        "c         1 x bag free         0.00",
        "f         shipping 50 % off   -4.00  on 8.00",
        "to pay                        94.00",
        "bag   gift of c: 1 x 0.00",
        "b     not chosen: a came first, although it would save 10 more",
        "d     refused: code FIVE was not entered",
        "e     refused: needs 200, has 100, 100 short",
        "code  nothing answers to NINE",
        "next  spend 100.00 more and e saves 30.00",
    ]


def test_a_proof_is_part_of_the_explanation() -> None:
    found = priced(
        "CNY: A 100.00", "a: AmountOff(10.00), group=g; b: AmountOff(20.00), group=g", "selection=BEST_STACK"
    )
    assert found.certificate is not None
    assert found.explain().splitlines() == [
        "A       1 x 100.00  100.00",
        "b       20 off      -20.00  on 100.00  (20.00)",
        "to pay               80.00",
        "a      not chosen: b saves 10 more",
        f"proof  no other stack saves more ({found.certificate.nodes} offers weighed)",
    ]


def test_many_shares_are_cut_short_and_held_amounts_say_by_what() -> None:
    cart = "CNY: " + ", ".join(f"L{at} 1.00" for at in range(1, 8))
    found = priced(cart, "x: AmountOff(0.70); y: AmountOff(9.00), limits=Limits(budget=0.14)")
    text = found.explain()
    assert "(0.10 + 0.10 + 0.10 + 0.10 + 0.10 + 0.10 + ...)" in text
    assert "9 off held by budget" in text
    six = priced(cart.rpartition(",")[0], "x: AmountOff(0.60)").explain()
    assert "(0.10 + 0.10 + 0.10 + 0.10 + 0.10 + 0.10)" in six


@pytest.mark.parametrize(
    ("benefit", "text"),
    [
        ("PercentOff(10%)", "10 % off"),
        ("PercentOff(12.5%, cap=30)", "12.5 % off, up to 30"),
        ("AmountOff(9.90)", "9.90 off"),
        ("UnitAmountOff(0.40)", "0.40 off each"),
        ("UnitAmountOff(2, limit=5, first=1.13)", "1.13 off the first, 2 off each, dearest 5"),
        ("FixedUnitPrice(9.90, limit=1)", "9.90 each, dearest 1"),
        ("SpendAndSave({300: 50, 600: 120}, basis=LIST)", "spend 300 save 50, 600 save 120"),
        ("EverySpendSave(every=200, save=30, basis=LIST)", "every 200 save 30"),
        ("EverySpendSave(every=200, save=30, basis=LIST, max_times=3)", "every 200 save 30, at most 3 x"),
        ("SpendAndPercent({200: 9折, 400: 8折}, basis=LIST, cap=99)", "spend 200: 10 % off, 400: 20 % off, up to 99"),
        ("QuantityPercent({2: 9折, 3: 8折})", "2 units: 10 % off, 3 units: 20 % off"),
        ("BuyXGetY(buy=2, get=1)", "buy 2 get 1 free"),
        ("BuyXGetY(buy=2, get=1, off=50%, max_times=2)", "buy 2 get 1 50 % off, at most 2 x"),
        ("CheapestFree(3)", "1 of 3 free"),
        ("NthUnitOff(2, 50%)", "unit 2 of 2 50 % off"),
        ("NthUnitOff(2, 100%)", "unit 2 of 2 free"),
        ("BundlePrice(3, 99)", "any 3 for 99"),
        ("FreeGift(bag, quantity=2)", "2 x bag free"),
        ("ShippingOff()", "shipping free"),
        ("ShippingOff(50%, cap=5)", "shipping 50 % off, up to 5"),
        ("ShippingAmountOff(5)", "5 off shipping"),
    ],
)
def test_every_benefit_has_its_words(benefit: str, text: str) -> None:
    (offer,) = promotions_of(f"x: {benefit}", "CNY")
    assert describe(offer.benefit) == text


def test_every_kind_of_benefit_is_described() -> None:
    described = {args[0].split("(")[0] for args in _parameters(test_every_benefit_has_its_words)}
    assert described == {kind.__name__ for kind in Benefit.__args__}


def _parameters(test: object) -> list[tuple[str, ...]]:
    return list(getattr(test, "pytestmark")[0].args[1])  # noqa: B009


def test_the_tier_that_was_reached_is_described() -> None:
    for cart, text in [("CNY: A 599.00", "spend 300 save 50"), ("CNY: A 600.00", "spend 600 save 120")]:
        (applied,) = priced(cart, "x: SpendAndSave({300: 50, 600: 120}, basis=LIST)").applied
        assert describe(applied.promotion.benefit, applied) == text
    (applied,) = priced("CNY: A 400.00", "x: SpendAndPercent({200: 9折, 400: 8折}, basis=LIST)").applied
    assert describe(applied.promotion.benefit, applied) == "spend 400: 20 % off"
    assert isinstance(applied, Applied)


# --- every refusal, with its numbers and its words ---

DAY = Window(datetime(2026, 11, 12, tzinfo=UTC), datetime(2026, 11, 13, tzinfo=UTC))
PAST = Window(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC))
CNY = Money.of("50", "CNY")


@pytest.mark.parametrize(
    ("code", "fields", "shopper", "words"),
    [
        ("NOT_STARTED", {"window": DAY}, Shopper(), f"not yet: {DAY}"),
        ("EXPIRED", {"window": PAST}, Shopper(), f"over: {PAST}"),
        ("CODE_NOT_ENTERED", {"code": "five"}, Shopper(), "code FIVE was not entered"),
        ("USES_SPENT", {"limits": Limits(uses=7)}, Shopper(), "all 7 uses are taken"),
        (
            "SHOPPER_USES_SPENT",
            {"limits": Limits(uses_per_shopper=2)},
            Shopper(uses={"x": 3}),
            "used 3 of 2 times by this shopper",
        ),
        ("BUDGET_SPENT", {"limits": Limits(budget=CNY)}, Shopper(), "its budget of 50 is spent"),
        ("NOTHING_IN_SCOPE", "scope=Scope(skus=[Z])", Shopper(), "nothing in the cart is meant"),
        ("SPEND", "conditions=[SpendAtLeast(10.50, basis=LIST)]", Shopper(), "needs 10.50, has 10, 0.50 short"),
        ("QUANTITY", "conditions=[QuantityAtLeast(3)]", Shopper(), "needs 3 units, has 1"),
        ("SEGMENT", "conditions=[InSegment([vip, new])]", Shopper(), "only for new, vip"),
        ("MEMBER_LEVEL", "conditions=[MemberLevelAtLeast(3)]", Shopper(member_level=1), "from member level 3, is 1"),
        ("NOT_FIRST_ORDER", "conditions=[FirstOrder()]", Shopper(orders=4), "only for the first order, 4 before"),
        ("CHANNEL", "conditions=[OnChannel([app])]", Shopper(channel="web"), "only on app, not web"),
        (
            "HOURS",
            "conditions=[DuringHours(days=[SUNDAY], zone=UTC)]",
            Shopper(),
            "only sunday 00:00-00:00 UTC, not wednesday 04:00",
        ),
        ("ALREADY_DISCOUNTED", "conditions=[NotAlreadyDiscounted()]", Shopper(), "already reduced: A"),
        ("EXCLUDED", "conditions=[Not(QuantityAtLeast(1))]", Shopper(), "a condition that must not hold does"),
        ("UNKNOWN_FACT", "conditions=[FirstOrder()]", Shopper(), "the shopper's orders is unknown"),
        ("NO_EFFECT", "conditions=[]", Shopper(), "nothing left to reduce"),
    ],
)
def test_every_refusal_has_its_code_and_words(
    code: str, fields: str | dict[str, object], shopper: Shopper, words: str
) -> None:
    if isinstance(fields, str):
        (offer,) = promotions_of(f"x: AmountOff(1.00), {fields}", "CNY")
    else:
        offer = Promotion("x", AmountOff(Money.of("1", "CNY")), **fields)  # type: ignore[arg-type]
    before = {"ALREADY_DISCOUNTED": "a: AmountOff(1.00), priority=1", "NO_EFFECT": "a: AmountOff(10.00), priority=1"}
    usage = Usage(uses={"x": 7}, spent={"x": CNY})
    offers = [offer, *promotions_of(before.get(code, ""), "CNY")]
    found = price(cart_of("CNY: A 10.00"), offers, at=NOW, shopper=shopper, usage=usage)
    (refused,) = found.refused
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode[code]
    assert refusal_text(refused) == words
    assert f"refused: {words}" in found.explain()
    assert found.total.amount == {"ALREADY_DISCOUNTED": "9.00", "NO_EFFECT": "0.00"}.get(code, "10.00")


def test_every_refusal_is_in_the_table() -> None:
    codes = [args[0] for args in _parameters(test_every_refusal_has_its_code_and_words)]
    assert codes == [code.name for code in RefusalCode]


# --- in a notebook ---


def test_html_shows_the_same_and_escapes_it() -> None:
    rules = "a: AmountOff(10.00), code=x; b: PercentOff(10%); c: SpendAndSave({200: 30}, basis=LIST)"
    html = priced("CNY: A 100.00", rules)._repr_html_()
    for part in (
        "code_not_entered",
        "code X was not entered",
        "90.00",
        "10 % off",
        "spend 100.00 more and c saves 30.00",
    ):
        assert part in html
    goods = cart_of("CNY: A 100.00")
    (line,) = goods.lines
    named = price(
        type(goods)([type(line)("<b>&", line.unit_price)]), [Promotion("<i>", AmountOff(Money.of("1", "CNY")))], at=NOW
    )._repr_html_()
    assert "<b>" not in named
    assert "<i>" not in named
    assert "&lt;b&gt;&amp;" in named


def test_an_empty_cart_is_explained() -> None:
    text = priced("CNY:", "x: AmountOff(1.00); y: ShippingOff()").explain()
    assert text.splitlines() == [
        "to pay    0.00",
        "x  refused: nothing in the cart is meant",
        "y  refused: nothing left to reduce",
    ]
    assert priced("JPY:", "").explain() == "to pay    0"
