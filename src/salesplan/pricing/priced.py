"""The priced cart: the engine's integers, which become Money, proof and text only when somebody looks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import attrs

from ..errors import NotFound, clip
from ..money import Currency, Money
from ._selection import Result
from .cart import Cart, Shopper, Usage
from .policy import Policy
from .promotion import Funder, PromotionSet

if TYPE_CHECKING:
    from .hints import Hint
    from .proof import Adjustment, Applied, Gift, NotChosen, PricedLine, Refused
    from .receipts import Receipt

__all__ = ["ENGINE", "Certificate", "PricedCart"]

ENGINE: Final = "salesplan.pricing/1"
"""Named in every receipt; raised whenever the same inputs could give another number."""


@attrs.frozen
class Certificate:
    """What BEST_STACK proves: no allowed combination saves more than *upper_bound*; *saving* is what was found.

    >>> proof = Certificate(Money.of("50", "CNY"), Money.of("50", "CNY"), nodes=12)
    >>> proof.is_optimal, str(proof.gap)
    (True, 'CNY 0.00')
    """

    saving: Money
    upper_bound: Money
    nodes: int

    @property
    def gap(self) -> Money:
        """How much a better combination could still save, at most."""
        return self.upper_bound - self.saving

    @property
    def is_optimal(self) -> bool:
        """Whether the search was completed."""
        return self.gap.minor == 0


Ending = tuple[tuple[Result, ...], tuple[int, ...], int, Certificate | None]
"""The outcome by turn, the net by line, shipping, and the certificate."""


@attrs.frozen
class PricedCart:
    """A cart under promotions: lines, total, and the proof.

    Law: total == sum of line nets + shipping; applied, refused and not_chosen hold every promotion exactly once.
    Equality and pickling cover the inputs and the outcome.
    """

    cart: Cart
    promotions: PromotionSet
    at: datetime
    shopper: Shopper
    usage: Usage
    policy: Policy
    _ending: Ending = attrs.field(repr=False)

    @property
    def certificate(self) -> Certificate | None:
        """What BEST_STACK proves; None under the other selections."""
        return self._ending[3]

    @property
    def currency(self) -> Currency:
        """The cart's currency."""
        return self.cart.currency

    @property
    def total(self) -> Money:
        """To pay, shipping included."""
        return Money(sum(self._ending[1]) + self._ending[2], self.cart.currency)

    @property
    def goods_total(self) -> Money:
        """To pay for the goods."""
        return Money(sum(self._ending[1]), self.cart.currency)

    @property
    def shipping(self) -> Money:
        """To pay for shipping."""
        return Money(self._ending[2], self.cart.currency)

    @property
    def saving(self) -> Money:
        """What all promotions took off, shipping included."""
        fee = 0 if self.cart.shipping is None else self.cart.shipping.minor
        return Money(sum(self.cart.core.listed) + fee, self.currency) - self.total

    @cached_property
    def lines(self) -> tuple[PricedLine, ...]:
        """The lines in the order of the cart."""
        from .proof import lines_of

        return lines_of(self)

    def __getitem__(self, line_id: str) -> PricedLine:
        """The line of that id.

        Raises: NotFound when there is none.
        """
        if isinstance(line_id, str):
            for line in self.lines:
                if line.id == line_id:
                    return line
        raise NotFound(f"no line {clip(line_id)} in the cart", code="price.unknown_line", value=line_id)

    @cached_property
    def applied(self) -> tuple[Applied, ...]:
        """What took effect, in turn."""
        from .proof import applied_of

        return applied_of(self)

    @cached_property
    def refused(self) -> tuple[Refused, ...]:
        """What could not take effect, in turn, each with its code and numbers."""
        from .proof import refused_of

        return refused_of(self)

    @cached_property
    def not_chosen(self) -> tuple[NotChosen, ...]:
        """What could have taken effect and was not chosen, in turn, with what it lost to and by how much."""
        from .proof import not_chosen_of

        return not_chosen_of(self)

    @cached_property
    def adjustments(self) -> tuple[Adjustment, ...]:
        """Every booking, by turn and line."""
        from .proof import adjustments_of

        return adjustments_of(self)

    @cached_property
    def gifts(self) -> tuple[Gift, ...]:
        """What comes on top, in turn."""
        from .proof import gifts_of

        return gifts_of(self)

    @property
    def funding(self) -> Mapping[Funder, Money]:
        """Who bears how much of the saving.      Law: the values sum to `saving`."""
        return {
            funder: Money.sum((a.amount for a in self.applied if a.promotion.funder is funder), currency=self.currency)
            for funder in Funder
        }

    @property
    def unmatched_codes(self) -> tuple[str, ...]:
        """Codes entered that no promotion of the set answers to."""
        from .hints import codes_asked

        return tuple(sorted(self.shopper.codes - codes_asked(self.promotions)))

    @cached_property
    def hints(self) -> tuple[Hint, ...]:
        """The nearest thresholds, each priced exactly: how much more to spend or buy, and what is then to pay."""
        from .hints import hints_of

        return hints_of(self)

    @property
    def cliffs(self) -> tuple[Hint, ...]:
        """Hints that cost the shopper nothing: with more in the cart less is to pay."""
        return tuple(hint for hint in self.hints if hint.pay_more.minor < 0)

    def receipt(self) -> Receipt:
        """Fingerprints of rules and inputs, the engine's version and the amounts: enough to replay, or to refuse to."""
        from .receipts import receipt_of

        return receipt_of(self)

    def explain(self) -> str:
        """The calculation as text, line by line."""
        from .explain import explain_cart

        return explain_cart(self)

    def _repr_html_(self) -> str:
        from .explain import html_cart

        return html_cart(self)

    def to_columns(self) -> dict[str, list[Any]]:
        """The adjustments as columns of equal length: promotion, line, amount in minor units, funder."""
        rows = self.adjustments
        return {
            "promotion_id": [row.promotion_id for row in rows],
            "line_id": [row.line_id for row in rows],
            "minor": [row.amount.minor for row in rows],
            "funder": [row.funder.value for row in rows],
        }

    # -- the engine's integers: not part of the promise ----------------------------------------------------------

    @property
    def results(self) -> tuple[Result, ...]:
        """The outcome of each rule in turn."""
        return self._ending[0]

    @property
    def net(self) -> tuple[int, ...]:
        """What is to pay on each line, by rising line id."""
        return self._ending[1]
