"""Laws of refunds: any sequence of returns gives back what one return of everything does."""

from __future__ import annotations

import attrs
from hypothesis import given
from hypothesis import strategies as st

from salesplan.money import Money
from salesplan.pricing import (
    Cart,
    CartLine,
    FreeGift,
    GiftReturn,
    LostThreshold,
    Policy,
    PricedCart,
    Promotion,
    Refund,
    ShippingRefund,
    refund,
)
from tests.pricing.strategies import CNY, Situation, Tape, policy, situations

losses = st.sampled_from(LostThreshold)
gift_returns = st.sampled_from(GiftReturn)
fees = st.sampled_from(ShippingRefund)

Units = dict[str, int]


@attrs.frozen
class Return:
    """A priced cart and three parts of it: given back before, now, and after."""

    priced: PricedCart
    before: Units
    now: Units
    later: Units


def plus(one: Units, other: Units) -> Units:
    return {key: one.get(key, 0) + other.get(key, 0) for key in {**one, **other}}


def bought(priced: PricedCart) -> Units:
    """Everything that can come back, gifts included."""
    units = {line.id: line.quantity for line in priced.cart.lines}
    for gift in priced.gifts:
        units[gift.sku] = units.get(gift.sku, 0) + gift.quantity
    return units


@st.composite
def returns(draw: st.DrawFn) -> Return:
    asked: Situation = draw(situations(rules=cheap_policy, most=4, least=1))
    priced = asked.price()
    parts: list[Units] = [{}, {}, {}]
    for key, count in bought(priced).items():
        for part in parts:
            part[key] = draw(st.integers(0, count))
            count -= part[key]
    return Return(priced, *parts)


def cheap_policy(tape: Tape) -> Policy:
    return policy(tape, budget=500)


def same(priced: PricedCart, refunds: list[Refund], whole: Refund) -> None:
    """The refunds sum to the whole, in every part."""
    for name in ("amount", "shipping", "repricing", "gifts_deducted"):
        amounts = [getattr(one, name) for one in refunds]
        assert Money.sum(amounts, currency=priced.currency) == getattr(whole, name), name
    by_line: dict[str, int] = {}
    for one in refunds:
        for line in one.lines:
            by_line[line.line_id] = by_line.get(line.line_id, 0) + line.amount.minor
    assert by_line == {line.line_id: line.amount.minor for line in whole.lines}


@given(returns(), losses, gift_returns, fees)
def test_refunds_in_a_row_give_what_one_refund_gives(
    case: Return, lost: LostThreshold, gifts: GiftReturn, fee: ShippingRefund
) -> None:
    def back(units: Units, already: Units) -> Refund:
        return refund(case.priced, units, already=already, lost_threshold=lost, gifts=gifts, shipping=fee)

    whole = back(plus(case.now, case.later), case.before)
    now_first = [back(case.now, case.before), back(case.later, plus(case.before, case.now))]
    later_first = [back(case.later, case.before), back(case.now, plus(case.before, case.later))]
    same(case.priced, now_first, whole)
    same(case.priced, later_first, whole)


@given(returns(), losses, st.sampled_from([GiftReturn.RETURN, GiftReturn.KEEP, GiftReturn.DEDUCT]))
def test_everything_returned_gives_back_everything_paid(case: Return, lost: LostThreshold, gifts: GiftReturn) -> None:
    priced = case.priced
    everything = bought(priced)
    final = refund(priced, everything, lost_threshold=lost, gifts=gifts)
    assert final.amount == priced.goods_total
    assert final.gifts_due == ()
    with_fee = refund(priced, everything, lost_threshold=lost, gifts=gifts, shipping=ShippingRefund.WITH_LAST_UNIT)
    assert with_fee.amount == priced.total


@given(returns(), gift_returns, fees)
def test_a_refund_that_keeps_thresholds_is_never_negative(case: Return, gifts: GiftReturn, fee: ShippingRefund) -> None:
    given_back = refund(case.priced, case.now, already=case.before, gifts=gifts, shipping=fee)
    assert all(line.amount.minor >= 0 for line in given_back.lines)
    assert given_back.repricing.minor == 0
    assert given_back.shipping.minor >= 0
    if gifts is not GiftReturn.DEDUCT:
        assert given_back.amount.minor >= 0
        assert given_back.gifts_deducted.minor == 0


@given(returns(), losses, gift_returns, fees)
def test_a_refund_is_the_sum_of_its_parts(
    case: Return, lost: LostThreshold, gifts: GiftReturn, fee: ShippingRefund
) -> None:
    given_back = refund(case.priced, case.now, already=case.before, lost_threshold=lost, gifts=gifts, shipping=fee)
    lines = Money.sum((line.amount for line in given_back.lines), currency=case.priced.currency)
    parts = lines + given_back.shipping + given_back.repricing - given_back.gifts_deducted
    assert given_back.amount == parts
    assert {line.line_id: line.units for line in given_back.lines} == {
        line.id: case.now[line.id] for line in case.priced.lines if case.now[line.id]
    }


@given(situations(least=1, free=True))
def test_the_last_unit_closes_the_line_to_zero(asked: Situation) -> None:
    priced = asked.price()
    for line in priced.lines:
        units = [refund(priced, {line.id: 1}, already={line.id: at}).amount for at in range(line.line.quantity)]
        assert Money.sum(units, currency=priced.currency) == line.net
        # no unit gives back more than one minor unit beside its even share
        assert max(units).minor - min(units).minor <= 1


@given(returns())
def test_what_stays_costs_what_it_would_have_cost_alone_when_thresholds_are_reclaimed(case: Return) -> None:
    """Paid less given back is the price of the kept goods."""
    priced = case.priced
    given_back = refund(priced, case.now, lost_threshold=LostThreshold.RECLAIM)
    kept = [
        attrs.evolve(line, quantity=line.quantity - case.now[line.id])
        for line in priced.cart.lines
        if case.now[line.id] < line.quantity
    ]
    left = 0
    if kept:
        asked = Situation(
            cart=attrs.evolve(priced.cart, lines=kept),
            promotions=priced.promotions.promotions,
            shopper=priced.shopper,
            usage=priced.usage,
            policy=priced.policy,
            at=priced.at,
        )
        left = asked.price().goods_total.minor
    assert priced.goods_total.minor - given_back.amount.minor == left


@given(st.integers(1, 3), st.integers(1, 3), st.data())
def test_gifts_deducted_are_those_that_did_not_come_back(one: int, two: int, data: st.DataObject) -> None:
    """Two promotions may give the same sku. A single one that came back once settled both."""
    bag = Money(30, CNY)
    cart = Cart([CartLine("a", Money(1000, CNY), quantity=2)])
    gifts = [Promotion(id, FreeGift("bag", quantity=n, value=bag)) for id, n in (("one", one), ("two", two))]
    priced = Situation(cart=cart, promotions=tuple(gifts)).price()
    came = data.draw(st.integers(0, one + two))
    final = refund(priced, {"a": 2, "bag": came}, gifts=GiftReturn.DEDUCT)
    assert final.gifts_deducted == bag * (one + two - came)
    assert (final.gifts_due == ()) == (came == one + two)
