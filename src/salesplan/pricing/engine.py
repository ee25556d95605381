"""`price`: a cart under promotions, in one pass from the first phase to the last.

A condition is tested and an amount computed when the promotion's turn comes, on what is left to pay by then, once.
Nothing is revisited, so there is no loop to settle and no order of input that matters.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from ..errors import InvalidType, clip
from ..money import CurrencyMismatch, Money
from ..window import require_instant
from ._selection import Result, choose_in_turn, follow
from .cart import NOBODY, UNUSED, Cart, Shopper, Usage
from .policy import STANDARD, Policy
from .priced import Certificate, PricedCart
from .promotion import Promotion, PromotionSet

__all__ = ["price"]


def price(
    cart: Cart,
    promotions: PromotionSet | Iterable[Promotion],
    *,
    at: datetime,
    shopper: Shopper = NOBODY,
    usage: Usage = UNUSED,
    policy: Policy = STANDARD,
) -> PricedCart:
    """The cart priced under the promotions, with the proof of every one of them.

    Give a `PromotionSet` when pricing many carts: it is checked and compiled once.
    Units: the cart's currency.      Law: total == sum of lines + shipping; applied + refused + not chosen == given;
    the order of lines and promotions changes nothing; no line falls below 0 or its floor.
    Raises: InvalidValue for a naive *at*; CurrencyMismatch when promotions and cart differ; what `PromotionSet`
    raises.
    >>> from datetime import timezone
    >>> from salesplan.money import Money
    >>> from salesplan.pricing import AmountOff, CartLine
    >>> cart = Cart([CartLine("a", Money.of("30", "EUR")), CartLine("b", Money.of("10", "EUR"))])
    >>> welcome = Promotion("welcome", AmountOff(Money.of("5", "EUR")))
    >>> priced = price(cart, [welcome], at=datetime(2026, 11, 11, tzinfo=timezone.utc))
    >>> str(priced.total), [str(line.net) for line in priced.lines]
    ('EUR 35.00', ['EUR 26.25', 'EUR 8.75'])
    """
    if not (
        isinstance(cart, Cart)
        and isinstance(shopper, Shopper)
        and isinstance(usage, Usage)
        and isinstance(policy, Policy)
    ):
        _refuse_types(cart, shopper, usage, policy)
    if at.__class__ is not datetime or at.tzinfo is not UTC:
        require_instant(at, name="at")
    rules = promotions if isinstance(promotions, PromotionSet) else PromotionSet(promotions)
    if rules.currency is not None and rules.currency is not cart.currency and rules.currency != cart.currency:
        raise CurrencyMismatch(
            f"promotions in {rules.currency} cannot price a cart in {cart.currency}",
            code="price.mixed_currencies",
            value=rules.currency,
        )
    book = rules.book(policy)
    run = book.start(cart, at, shopper, usage)
    results: list[Result]
    certificate = None
    if book.searches:
        from ._search import best_stack

        found = best_stack(book, run)
        certificate = Certificate(
            Money(found.saving, cart.currency), Money(found.upper_bound, cart.currency), found.nodes
        )
        results = follow(book, run, found.chosen)
    else:
        results = choose_in_turn(book, run)
    return PricedCart(
        cart, rules, at, shopper, usage, policy, (tuple(results), tuple(run.net), run.shipping, certificate)
    )


def _refuse_types(cart: object, shopper: object, usage: object, policy: object) -> None:
    for value, kind in ((cart, Cart), (shopper, Shopper), (usage, Usage), (policy, Policy)):
        if not isinstance(value, kind):
            raise InvalidType(f"not a {kind.__name__}: {clip(value)}", code="price.type", value=value)
