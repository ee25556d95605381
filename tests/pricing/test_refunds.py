"""Refunds: from the stored shares, in any order, to the last unit; lost thresholds, gifts and shipping."""

from __future__ import annotations

from itertools import permutations

import pytest

from salesplan.errors import InvalidType, InvalidValue, NotFound
from salesplan.pricing import GiftReturn, LostThreshold, PricedCart, ShippingRefund, refund
from tests.pricing.outcome import priced

COURSE = "CNY: python-101 2 x 199.00, exam-book 45.00"
AUTUMN = "autumn: SpendAndSave({300: 50, 600: 120}, basis=RUNNING); student: PercentOff(10%), phase=COUPON"
GIFT = "bag: FreeGift(tote, quantity=2, value=15.00), conditions=[SpendAtLeast(100, basis=RUNNING)]"


@pytest.fixture
def course() -> PricedCart:
    return priced(COURSE, AUTUMN)


# python-101 is paid with 398.00 - 44.92 - 35.31 = 317.77, the book with 45.00 - 5.08 - 3.99 = 35.93
@pytest.mark.parametrize(
    ("returned", "keep", "reclaim"),
    [
        ({}, "0.00", "0.00"),
        ({"exam-book": 0}, "0.00", "0.00"),
        ({"exam-book": 1}, "35.93", "40.50"),  # courses alone: 398 - 50 - 34.80 = 313.20
        ({"python-101": 1}, "158.88", "134.10"),  # 199 + 45 = 244 - 24.40 = 219.60 is to be paid
        ({"python-101": 2}, "317.77", "313.20"),  # the book alone is 40.50
        ({"python-101": 2, "exam-book": 1}, "353.70", "353.70"),
    ],
)
def test_a_refund_keeps_or_reclaims_the_threshold(
    course: PricedCart, returned: dict[str, int], keep: str, reclaim: str
) -> None:
    assert refund(course, returned).amount.amount == keep
    assert refund(course, returned, lost_threshold=LostThreshold.RECLAIM).amount.amount == reclaim


def test_a_refund_says_what_it_is_made_of(course: PricedCart) -> None:
    back = refund(course, {"exam-book": 1}, lost_threshold=LostThreshold.RECLAIM)
    assert [(line.line_id, line.units, line.amount.amount) for line in back.lines] == [("exam-book", 1, "35.93")]
    assert (back.repricing.amount, back.shipping.amount, back.gifts_deducted.amount) == ("4.57", "0.00", "0.00")
    assert back.explain() == (
        "exam-book     1 returned                             35.93\n"
        "repricing     what stays, priced as if bought alone   4.57\n"
        "to give back                                         40.50"
    )
    assert refund(course, {"exam-book": 1}).explain() == (
        "exam-book     1 returned  35.93\nto give back              35.93"
    )


def test_a_lost_threshold_can_cost_more_than_the_goods_gave() -> None:
    # 60.00 + 45.00 with 30.00 off above 100.00 is 75.00; alone, the 60.00 cost 60.00
    found = priced("CNY: A 60.00, B 45.00", "full: SpendAndSave({100: 30}, basis=LIST)")
    assert refund(found, {"B": 1}).amount.amount == "32.14"  # 45 - 30 * 45/105 = 45 - 12.86
    assert refund(found, {"B": 1}, lost_threshold=LostThreshold.RECLAIM).amount.amount == "15.00"
    # with 90.00 and 15.00: 90.00 stay to be paid, 75.00 were
    found = priced("CNY: A 90.00, B 15.00", "full: SpendAndSave({100: 30}, basis=LIST)")
    back = refund(found, {"B": 1}, lost_threshold=LostThreshold.RECLAIM)
    assert (back.amount.amount, back.repricing.amount) == ("-15.00", "-25.71")


@pytest.mark.parametrize("lost_threshold", LostThreshold)
@pytest.mark.parametrize("gifts", GiftReturn)
@pytest.mark.parametrize("shipping", ShippingRefund)
@pytest.mark.parametrize(
    ("cart", "promotions", "total"),
    [
        (COURSE + ", shipping 10.00", AUTUMN, "363.70"),
        ("CNY: A 3 x 33.35, B 2 x 0.01", "x: AmountOff(7.00)", "93.07"),
        ("CNY: A 3 x 40.00, B 0.02", GIFT + "; half: NthUnitOff(2, 50%)", "100.01"),
        ("JPY: A 3 x 100, shipping 7", "x: AmountOff(100)", "207"),
        ("BHD: A 2 x 0.333, B 0.001", "x: PercentOff(10%)", "0.600"),
    ],
)
def test_any_sequence_of_refunds_gives_back_the_same(
    cart: str, promotions: str, total: str, lost_threshold: LostThreshold, gifts: GiftReturn, shipping: ShippingRefund
) -> None:
    found = priced(cart, promotions)
    assert found.total.amount == total
    units = [line.id for line in found.lines for _ in range(line.line.quantity)]

    def back(returned: dict[str, int], already: dict[str, int]) -> int:
        given = refund(found, returned, already=already, lost_threshold=lost_threshold, gifts=gifts, shipping=shipping)
        lines = sum(line.amount.minor for line in given.lines)
        parts = lines + given.shipping.minor + given.repricing.minor - given.gifts_deducted.minor
        assert given.amount.minor == parts
        return given.amount.minor

    everything = {line.id: line.line.quantity for line in found.lines}
    whole = back(everything, {})
    value = sum(gift.value.minor * gift.quantity for gift in found.gifts if gift.value is not None)
    deducted = value if gifts is GiftReturn.DEDUCT else 0
    paid = found.goods_total if shipping is ShippingRefund.KEPT else found.total
    assert whole == paid.minor - deducted
    for order in sorted(set(permutations(units)))[:24]:
        already: dict[str, int] = {}
        given = 0
        for unit in order:
            given += back({unit: 1}, already)
            already[unit] = already.get(unit, 0) + 1
        assert given == whole


def test_units_of_a_line_give_back_what_adds_up_to_it() -> None:
    # 9.00 for three of 10.00 less 1.00 ... 29.00 / 3: 9.66, 9.67, 9.67
    found = priced("CNY: A 3 x 10.00", "x: AmountOff(1.00)")
    assert [refund(found, {"A": 1}, already={"A": at}).amount.amount for at in range(3)] == ["9.66", "9.67", "9.67"]
    assert refund(found, {"A": 2}).amount.amount == "19.33"
    assert refund(found, {"A": 2}, already={"A": 1}).amount.amount == "19.34"


# --- gifts ---


@pytest.mark.parametrize(
    ("gifts", "returned", "amount", "deducted", "due"),
    [
        (GiftReturn.RETURN, {"A": 1}, "60.00", "0.00", ["tote"]),
        (GiftReturn.KEEP, {"A": 1}, "60.00", "0.00", []),
        (GiftReturn.DEDUCT, {"A": 1}, "30.00", "30.00", ["tote"]),
        (GiftReturn.DEDUCT, {"A": 1, "tote": 1}, "45.00", "15.00", ["tote"]),
        (GiftReturn.DEDUCT, {"A": 1, "tote": 2}, "60.00", "0.00", []),
        (GiftReturn.RETURN, {"A": 1, "tote": 2}, "60.00", "0.00", []),
        (GiftReturn.DEDUCT, {"B": 1}, "5.00", "0.00", []),  # 120.00 still earn it
        (GiftReturn.DEDUCT, {"A": 2}, "90.00", "30.00", ["tote"]),
        (GiftReturn.DEDUCT, {"A": 2, "B": 1}, "95.00", "30.00", ["tote"]),
    ],
)
def test_a_gift_no_longer_earned_comes_back_or_is_deducted_or_kept(
    gifts: GiftReturn, returned: dict[str, int], amount: str, deducted: str, due: list[str]
) -> None:
    found = priced("CNY: A 2 x 60.00, B 5.00", GIFT)
    back = refund(found, returned, gifts=gifts)
    assert back.amount.amount == amount
    assert back.gifts_deducted.amount == deducted
    assert [gift.sku for gift in back.gifts_due] == due
    if due:
        assert "gift of bag, 2 to come back" in back.explain()


def test_a_gift_is_asked_for_once() -> None:
    found = priced("CNY: A 2 x 60.00, B 5.00", GIFT)
    first = refund(found, {"A": 1}, gifts=GiftReturn.DEDUCT)
    second = refund(found, {"A": 1}, already={"A": 1}, gifts=GiftReturn.DEDUCT)
    assert (first.amount.amount, second.amount.amount) == ("30.00", "60.00")
    assert [gift.sku for gift in first.gifts_due] == ["tote"]
    assert second.gifts_due == ()
    # sent back later, its value is given back
    assert refund(found, {"tote": 2}, already={"A": 1}, gifts=GiftReturn.DEDUCT).amount.amount == "30.00"


def test_a_gift_without_a_value_is_never_deducted() -> None:
    found = priced("CNY: A 60.00", "bag: FreeGift(tote)")
    back = refund(found, {"A": 1}, gifts=GiftReturn.DEDUCT)
    assert (back.amount.amount, [gift.sku for gift in back.gifts_due]) == ("60.00", ["tote"])


# --- shipping ---


def test_shipping_comes_back_with_the_last_unit_where_asked() -> None:
    found = priced("CNY: A 2 x 10.00, B 5.00, shipping 8.00", "x: ShippingAmountOff(3.00)")
    last = ShippingRefund.WITH_LAST_UNIT
    assert refund(found, {"A": 2, "B": 1}).amount.amount == "25.00"
    assert refund(found, {"A": 2, "B": 1}, shipping=last).amount.amount == "30.00"
    assert refund(found, {"A": 2}, shipping=last).amount.amount == "20.00"
    back = refund(found, {"B": 1}, already={"A": 2}, shipping=last)
    assert (back.amount.amount, back.shipping.amount) == ("10.00", "5.00")
    assert "shipping" in back.explain()
    assert refund(found, {}, already={"A": 2, "B": 1}, shipping=last).amount.amount == "0.00"  # not a second time


# --- what cannot be returned ---


@pytest.mark.parametrize(
    ("returned", "already", "kind", "code"),
    [
        ({"exam-book": 2}, {}, InvalidValue, "refund.too_many"),
        ({"exam-book": 1}, {"exam-book": 1}, InvalidValue, "refund.too_many"),
        ({}, {"exam-book": 2}, InvalidValue, "refund.too_many"),
        ({"python-101": 3}, {}, InvalidValue, "refund.too_many"),
        ({"python-101": -1}, {}, InvalidValue, "refund.units"),
        ({"python-101": True}, {}, InvalidType, "refund.units"),
        ({"python-101": 1.0}, {}, InvalidType, "refund.units"),
        ({"python-101": float("nan")}, {}, InvalidType, "refund.units"),
        ({"tote": 1}, {}, NotFound, "refund.unknown_line"),
        ({5: 1}, {}, NotFound, "refund.unknown_line"),
        ({}, {"nobody": 0}, NotFound, "refund.unknown_line"),
        ([("exam-book", 1)], {}, InvalidType, "refund.type"),
        ("exam-book", {}, InvalidType, "refund.type"),
        ({"exam-book": 1}, 5, InvalidType, "refund.type"),
    ],
)
def test_what_was_not_bought_cannot_be_returned(
    course: PricedCart, returned: object, already: object, kind: type[Exception], code: str
) -> None:
    with pytest.raises(kind) as refused:
        refund(course, returned, already=already)  # type: ignore[arg-type]
    assert getattr(refused.value, "code", None) == code


def test_more_gifts_than_were_given_cannot_be_returned() -> None:
    found = priced("CNY: A 2 x 60.00", GIFT)
    refund(found, {"tote": 2})
    with pytest.raises(InvalidValue) as refused:
        refund(found, {"tote": 3})
    assert refused.value.code == "refund.too_many"


@pytest.mark.parametrize("named", ["lost_threshold", "gifts", "shipping"])
def test_choices_are_members(course: PricedCart, named: str) -> None:
    with pytest.raises(InvalidType) as refused:
        refund(course, {}, **{named: "keep"})  # type: ignore[arg-type]
    assert refused.value.code == "refund.type"
    with pytest.raises(InvalidType):
        refund("cart", {})  # type: ignore[arg-type]
