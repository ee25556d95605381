"""Receipts: enough to price the same cart again and get the same answer, or to be told why not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import attrs

from ..errors import SalesplanError, require_instance
from ..money import Money
from .cart import NOBODY, UNUSED, Cart, Shopper, Usage
from .engine import price
from .policy import STANDARD, Policy
from .priced import ENGINE, PricedCart
from .promotion import Promotion, PromotionSet

__all__ = ["Receipt", "ReplayError", "receipt_of", "replay"]


class ReplayError(SalesplanError, ValueError):
    """A replay that would not be the same calculation; the code says what changed."""


@attrs.frozen(kw_only=True)
class Receipt:
    """What a priced cart cites: the engine's version, fingerprints of rules, policy and inputs, and the total.

    >>> Receipt(engine=ENGINE, rules="sha256:0", inputs="sha256:1", total=Money.of("1", "EUR")).engine
    'salesplan.pricing/1'
    """

    engine: str
    rules: str
    inputs: str
    total: Money


def receipt_of(priced: PricedCart) -> Receipt:
    """The receipt of a priced cart."""
    return Receipt(engine=ENGINE, rules=priced.promotions.fingerprint, inputs=_inputs_of(priced), total=priced.total)


def replay(
    receipt: Receipt,
    cart: Cart,
    promotions: PromotionSet | Iterable[Promotion],
    *,
    at: datetime,
    shopper: Shopper = NOBODY,
    usage: Usage = UNUSED,
    policy: Policy = STANDARD,
) -> PricedCart:
    """The cart of a receipt priced again: identical, or refused.

    Raises: ReplayError `replay.engine`, `replay.rules`, `replay.inputs` or `replay.total`, by what is not as it was.
    >>> from datetime import timezone
    >>> from salesplan.pricing import AmountOff, CartLine
    >>> cart = Cart([CartLine("a", Money.of("10", "EUR"))])
    >>> now, offer = datetime(2026, 11, 11, tzinfo=timezone.utc), Promotion("minus-1", AmountOff(Money.of("1", "EUR")))
    >>> receipt = price(cart, [offer], at=now).receipt()
    >>> str(replay(receipt, cart, [offer], at=now).total)
    'EUR 9.00'
    >>> replay(receipt, cart, [], at=now)
    Traceback (most recent call last):
    salesplan.pricing.receipts.ReplayError: the rules are not those of the receipt
    """
    require_instance(receipt, Receipt, code="replay.type", name="receipt")
    if receipt.engine != ENGINE:
        raise ReplayError(f"the receipt is by {receipt.engine}, this is {ENGINE}", code="replay.engine", value=ENGINE)
    rules = promotions if isinstance(promotions, PromotionSet) else PromotionSet(promotions)
    if receipt.rules != rules.fingerprint:
        raise ReplayError("the rules are not those of the receipt", code="replay.rules", value=rules.fingerprint)
    priced = price(cart, rules, at=at, shopper=shopper, usage=usage, policy=policy)
    again = receipt_of(priced)
    if receipt.inputs != again.inputs:
        raise ReplayError(
            "cart, shopper, usage, policy or time are not those of the receipt",
            code="replay.inputs",
            value=again.inputs,
        )
    if receipt.total != again.total:
        raise ReplayError(
            f"the receipt says {receipt.total}, the replay {again.total}",
            code="replay.total",
            value=again.total,
        )
    return priced


@attrs.frozen(kw_only=True)
class _Inputs:
    """Everything a price depends on besides the rules."""

    cart: Cart
    at: datetime
    shopper: Shopper
    usage: Usage
    policy: Policy


def _inputs_of(priced: PricedCart) -> str:
    from ..rulebook import fingerprint

    return fingerprint(
        _Inputs(cart=priced.cart, at=priced.at, shopper=priced.shopper, usage=priced.usage, policy=priced.policy)
    )
