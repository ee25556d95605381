"""Laws of hints: what they promise is what pricing says, and a little less does not do."""

from __future__ import annotations

import attrs
from hypothesis import example, given

from salesplan.money import Money
from salesplan.pricing import (
    Basis,
    Cart,
    CartLine,
    Discountable,
    Hint,
    PercentOff,
    Policy,
    PricedCart,
    Promotion,
    Selection,
    SpendAndSave,
)
from salesplan.rate import Rate
from tests.pricing.strategies import CNY, Situation, situations


def saved(priced: PricedCart, promotion_id: str) -> int | None:
    """What a promotion takes off; None when it does not apply."""
    return next((applied.amount.minor for applied in priced.applied if applied.id == promotion_id), None)


def with_more(asked: Situation, like: CartLine, more: Money | int) -> PricedCart | None:
    """The cart with one line more; None for nothing more."""
    count, price = (more, like.unit_price) if isinstance(more, int) else (1, more)
    if count == 0 or (isinstance(more, Money) and more.minor == 0):
        return None
    added = attrs.evolve(like, id="~~~added", unit_price=price, quantity=count, price_floor=None)
    return asked.price(
        cart=Cart([*asked.cart.lines, added], shipping=asked.cart.shipping, currency=asked.cart.currency)
    )


def kept(asked: Situation, hint: Hint, like: CartLine) -> bool:
    """Whether adding goods like *like* does what the hint says."""
    then = with_more(asked, like, hint.more)
    return (
        then is not None
        and (saved(then, hint.promotion_id) or 0) == hint.saves.minor
        and then.total - asked.price().total == hint.pay_more
    )


@given(situations(size=240, most=4))
def test_a_hint_does_what_it_says(asked: Situation) -> None:
    for hint in asked.price().hints:
        likes = [line for line in asked.cart.lines if line.sku == hint.like and line.discountable is Discountable.YES]
        assert any(kept(asked, hint, like) for like in likes), hint


RIVALS = Situation(
    cart=Cart([CartLine("a", Money(1, CNY))]),
    promotions=(
        Promotion("spend-3", SpendAndSave({Money(3, CNY): Money(174, CNY)}, basis=Basis.RUNNING)),
        Promotion("first", PercentOff(Rate(1), cap=Money(2, CNY)), priority=1),
    ),
    policy=Policy(selection=Selection.BEST_STACK),
)
"""What spend-3 lacks was read off the stack of today, 3; with 2 more the best stack leaves the other out."""


@example(RIVALS)
@given(situations(size=240, most=4))
def test_less_than_a_hint_asks_for_does_not_bring_a_promotion_in(asked: Situation) -> None:
    """One minor unit or one unit less, and a promotion that did not apply still does not."""
    priced = asked.price()
    for hint in priced.hints:
        if saved(priced, hint.promotion_id) is not None:
            continue
        likes = [line for line in asked.cart.lines if line.sku == hint.like and kept(asked, hint, line)]
        less = hint.more - 1 if isinstance(hint.more, int) else Money(hint.more.minor - 1, hint.more.currency)
        for like in likes:
            then = with_more(asked, like, less)
            assert then is None or saved(then, hint.promotion_id) is None, hint


@given(situations(size=240, most=4))
def test_cliffs_are_hints_that_pay(asked: Situation) -> None:
    priced = asked.price()
    assert all(hint.pay_more.minor < 0 for hint in priced.cliffs)
    assert set(priced.cliffs) <= set(priced.hints)
