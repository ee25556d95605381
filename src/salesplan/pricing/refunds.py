"""Giving back a part of a priced cart, from the stored allocation alone.

A line that cost S for q units is worth floor(k * S / q) for its first k returned units, so what was given back before
only shifts the window: any sequence of refunds sums to the refund of everything at once, in any order, and the last
unit closes the line to zero. No share is ever computed anew on the survivors.

With RECLAIM the goods that stay are priced again, as if only they had been bought: the shopper pays for them what
they would have cost, and gets back the rest. It is the same difference of two totals, so the same law holds; a single
step can then be negative, when returning something cheap loses a threshold.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

import attrs

from ..display import Align, text_table
from ..errors import InvalidType, InvalidValue, NotFound, clip, require_int
from ..money import Money
from .cart import Cart
from .priced import PricedCart
from .proof import Gift

__all__ = ["GiftReturn", "LostThreshold", "Refund", "RefundLine", "ShippingRefund", "refund"]


class LostThreshold(Enum):
    """What happens when the goods that stay would no longer have earned a promotion."""

    KEEP = "keep"
    """The shopper keeps it: each unit gives back what was paid for it."""
    RECLAIM = "reclaim"
    """It is taken back: the goods that stay cost what they would have cost alone."""


class GiftReturn(Enum):
    """What happens to a gift when the goods that stay would not have earned it."""

    RETURN = "return"
    """It is to be sent back; nothing is deducted."""
    DEDUCT = "deduct"
    """Its nominal value is deducted, unless it was returned too."""
    KEEP = "keep"
    """The shopper keeps it."""


class ShippingRefund(Enum):
    """Whether what was paid for shipping is given back."""

    KEPT = "kept"
    """It is not."""
    WITH_LAST_UNIT = "with_last_unit"
    """It is, when nothing stays."""


@attrs.frozen(kw_only=True)
class RefundLine:
    """*units* of a line now returned and what was paid for them."""

    line_id: str
    units: int
    amount: Money


@attrs.frozen(kw_only=True)
class Refund:
    """What to give back.

    *lines* at what was paid, plus *shipping*, plus *repricing* of the kept goods (below 0 where they lose a
    promotion, above 0 where they keep one that the returned goods shared in), less *gifts_deducted*, is *amount*.
    *gifts_due*: gifts that should come back. A negative amount means that the goods that stay now cost more than has
    been paid and not given back: the shopper owes the difference, or the shop waives it.
    Law: amount == sum(lines) + shipping + repricing - gifts_deducted.
    """

    amount: Money
    lines: tuple[RefundLine, ...]
    shipping: Money
    repricing: Money
    gifts_deducted: Money
    gifts_due: tuple[Gift, ...]

    def explain(self) -> str:
        """The refund as text."""
        rows = [(line.line_id, f"{line.units} returned", line.amount.amount) for line in self.lines]
        if self.shipping.minor:
            rows.append(("shipping", "", self.shipping.amount))
        if self.repricing.minor:
            rows.append(("repricing", "what stays, priced as if bought alone", self.repricing.amount))
        if self.gifts_deducted.minor:
            rows.append(("gifts", "kept, at their nominal value", (-self.gifts_deducted).amount))
        rows.append(("to give back", "", self.amount.amount))
        rows.extend(
            (gift.sku, f"gift of {gift.promotion_id}, {gift.quantity} to come back", "0") for gift in self.gifts_due
        )
        return text_table(rows, align=(Align.LEFT, Align.LEFT, Align.RIGHT))


def refund(
    priced: PricedCart,
    returned: Mapping[str, int],
    *,
    already: Mapping[str, int] | None = None,
    lost_threshold: LostThreshold = LostThreshold.KEEP,
    gifts: GiftReturn = GiftReturn.RETURN,
    shipping: ShippingRefund = ShippingRefund.KEPT,
) -> Refund:
    """What to give back for the units *returned*, by line id, when those *already* returned have been settled before.

    A gift that comes back is named by its sku, beside the lines.
    Law: refund(a) then refund(b) gives the same as refund(a + b), in any order; everything returned gives back
    everything.
    Raises: NotFound for a line that is not in the cart, InvalidValue for more units than were bought.
    >>> from datetime import datetime, timezone
    >>> from salesplan.pricing import AmountOff, Cart, CartLine, Promotion, price
    >>> cart = Cart([CartLine("a", Money.of("10", "EUR"), quantity=3)])
    >>> offer = Promotion("minus-1", AmountOff(Money.of("1", "EUR")))
    >>> paid = price(cart, [offer], at=datetime(2026, 11, 11, tzinfo=timezone.utc))
    >>> [str(refund(paid, {"a": 1}, already={"a": done}).amount) for done in (0, 1, 2)]
    ['EUR 9.66', 'EUR 9.67', 'EUR 9.67']
    """
    for value, kind in (
        (priced, PricedCart),
        (lost_threshold, LostThreshold),
        (gifts, GiftReturn),
        (shipping, ShippingRefund),
    ):
        if not isinstance(value, kind):
            raise InvalidType(f"not a {kind.__name__}: {clip(value)}", code="refund.type", value=value)
    before = _counts(priced, already or {})
    now = _counts(priced, returned)
    after = {key: before.get(key, 0) + now.get(key, 0) for key in {**before, **now}}
    _within(priced, after)
    settled, then = _settle(priced, before), _settle(priced, after)
    lines = tuple(
        RefundLine(line_id=line.id, units=now[line.id], amount=then.lines[line.id] - settled.lines[line.id])
        for line in priced.lines
        if now.get(line.id)
    )
    zero = Money.zero(priced.currency)
    fee = then.shipping - settled.shipping if shipping is ShippingRefund.WITH_LAST_UNIT else zero
    repricing = then.repricing - settled.repricing if lost_threshold is LostThreshold.RECLAIM else zero
    deducted = then.gift_value - settled.gift_value if gifts is GiftReturn.DEDUCT else zero
    given = Money.sum((line.amount for line in lines), currency=priced.currency)
    return Refund(
        amount=given + fee + repricing - deducted,
        lines=lines,
        shipping=fee,
        repricing=repricing,
        gifts_deducted=deducted,
        gifts_due=() if gifts is GiftReturn.KEEP else tuple(g for g in then.gifts_lost if g not in settled.gifts_lost),
    )


@attrs.frozen(kw_only=True)
class _Settled:
    """Everything a set of returned units is worth, from the start."""

    lines: dict[str, Money]
    shipping: Money
    repricing: Money
    gift_value: Money
    gifts_lost: tuple[Gift, ...]


def _settle(priced: PricedCart, returned: Mapping[str, int]) -> _Settled:
    currency = priced.currency
    lines = {
        line.id: Money(line.net.minor * returned.get(line.id, 0) // line.line.quantity, currency)
        for line in priced.lines
    }
    given = Money.sum(lines.values(), currency=currency)
    kept = _priced_again(priced, returned)
    zero = Money.zero(currency)
    nothing_kept = kept is None
    lost = tuple(gift for gift in priced.gifts if kept is None or gift not in kept.gifts)
    back = dict(returned)
    gift_value = zero
    missing = []
    for gift in lost:
        # two promotions may give the same sku: what came back settles one after the other
        came = min(gift.quantity, back.get(gift.sku, 0))
        back[gift.sku] = back.get(gift.sku, 0) - came
        if came < gift.quantity:
            missing.append(gift)
            gift_value += (zero if gift.value is None else gift.value) * (gift.quantity - came)
    return _Settled(
        lines=lines,
        shipping=priced.shipping if nothing_kept else zero,
        repricing=priced.goods_total - (zero if kept is None else kept.goods_total) - given,
        gift_value=gift_value,
        gifts_lost=tuple(missing),
    )


def _priced_again(priced: PricedCart, returned: Mapping[str, int]) -> PricedCart | None:
    """The goods that stay, priced as if only they had been bought; None when nothing stays."""
    from .engine import price

    kept = [
        attrs.evolve(line, quantity=line.quantity - returned.get(line.id, 0))
        for line in priced.cart.lines
        if returned.get(line.id, 0) < line.quantity
    ]
    if not kept:
        return None
    cart = Cart(kept, shipping=priced.cart.shipping, currency=priced.currency)
    return price(
        cart,
        priced.promotions,
        at=priced.at,
        shopper=priced.shopper,
        usage=priced.usage,
        policy=priced.policy,
    )


def _counts(priced: PricedCart, units: Mapping[str, int]) -> dict[str, int]:
    if not isinstance(units, Mapping):
        raise InvalidType(f"units are a mapping by line id: {clip(units)}", code="refund.type", value=units)
    known = {line.id for line in priced.cart.lines} | {gift.sku for gift in priced.gifts}
    for key, count in units.items():
        if key not in known:
            raise NotFound(f"nothing called {clip(key)} in the cart", code="refund.unknown_line", value=key)
        require_int(count, code="refund.units", name="units", low=0)
    return dict(units)


def _within(priced: PricedCart, returned: Mapping[str, int]) -> None:
    bought: dict[str, int] = {line.id: line.quantity for line in priced.cart.lines}
    for gift in priced.gifts:
        bought.setdefault(gift.sku, 0)
        if gift.sku not in priced.cart.core.ids:
            bought[gift.sku] += gift.quantity
    for key, count in returned.items():
        if count > bought[key]:
            raise InvalidValue(
                f"{count} of {clip(key)} returned, {bought[key]} bought", code="refund.too_many", value=count
            )
