"""The priced cart and its proof: what every promotion did, or why it did nothing, to the minor unit.

The engine hands over integers; they become Money and text only when somebody looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import attrs

from ..errors import NotFound, clip
from ..money import Currency, Money
from ._rules import Lane, Rule
from ._run import Effect, Refusal, even_pieces
from ._selection import Passed, Result, follow
from .cart import Cart, CartLine, Shopper, Usage
from .outcomes import Capped, RefusalCode
from .policy import Policy
from .promotion import Funder, Promotion, PromotionSet

if TYPE_CHECKING:
    from .hints import Hint
    from .receipts import Receipt

__all__ = [
    "ENGINE",
    "Adjustment",
    "Applied",
    "Certificate",
    "Gift",
    "NotChosen",
    "PricedCart",
    "PricedLine",
    "Refused",
]

ENGINE: Final = "salesplan.pricing/1"
"""Named in every receipt; raised whenever the same inputs could give another number."""

_MONEY_CODES = frozenset({RefusalCode.SPEND, RefusalCode.BUDGET_SPENT})


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


@attrs.frozen(kw_only=True)
class Applied:
    """A promotion that took effect: *amount* off, computed on *base*, carried by *shares* (line id, amount).

    *capped* says what held it below its nominal amount. Shipping and gifts have no shares.
    Law: shares sum to amount, unless it is off shipping.
    """

    promotion: Promotion
    amount: Money
    base: Money
    shares: tuple[tuple[str, Money], ...]
    capped: Capped | None

    @property
    def id(self) -> str:
        """The promotion's id."""
        return self.promotion.id


@attrs.frozen(kw_only=True)
class Refused:
    """A promotion that could not take effect: why, and what was *needed* against what was there (*have*)."""

    promotion: Promotion
    code: RefusalCode
    needed: Money | int | str | None
    have: Money | int | str | None

    @property
    def id(self) -> str:
        """The promotion's id."""
        return self.promotion.id


@attrs.frozen(kw_only=True)
class NotChosen:
    """A promotion that could have taken effect but stood back.

    *lost_to*: ids of the applied promotions it cannot stand beside (none: the stack as a whole is better without it).
    *offer*: what it would have taken off in its turn. *margin*: what the shopper saves as priced, less what they
    would save with this one in the place of those; negative when the priority rule costs the shopper money.
    """

    promotion: Promotion
    lost_to: tuple[str, ...]
    offer: Money
    margin: Money

    @property
    def id(self) -> str:
        """The promotion's id."""
        return self.promotion.id


@attrs.frozen(kw_only=True)
class Adjustment:
    """One booking: *amount* that a promotion takes off a line (*line_id* None: off shipping), and who bears it."""

    promotion_id: str
    line_id: str | None
    amount: Money
    funder: Funder


@attrs.frozen(kw_only=True)
class Gift:
    """Units given on top. *value* is the nominal price of one, if the promotion states it."""

    promotion_id: str
    sku: str
    quantity: int
    value: Money | None


@attrs.frozen(kw_only=True)
class PricedLine:
    """A cart line with what is to pay for all its units, and the *shares* of each promotion (id, amount).

    Law: list_total - sum(shares) == net; unit_runs sum to net.
    """

    line: CartLine
    net: Money
    shares: tuple[tuple[str, Money], ...]

    @property
    def id(self) -> str:
        """The line's id."""
        return self.line.id

    @property
    def discount(self) -> Money:
        """What promotions took off the line."""
        return self.line.list_total - self.net

    @property
    def unit_runs(self) -> tuple[tuple[Money, int], ...]:
        """The net spread over the units as evenly as minor units allow: (unit net, count), the dearer first."""
        pieces = even_pieces(self.net.minor, self.line.quantity)
        return tuple((Money(price, self.net.currency), count) for price, count in pieces)


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
        return self._money(sum(self.cart.core.listed) + fee - sum(self._ending[1]) - self._ending[2])

    @cached_property
    def lines(self) -> tuple[PricedLine, ...]:
        """The lines in the order of the cart."""
        core = self.cart.core
        shares: list[list[tuple[str, Money]]] = [[] for _ in core.ids]
        for rule, effect in self._effects():
            for at, share in zip(effect.lines, effect.shares, strict=True):
                if share:
                    shares[at].append((rule.promotion.id, self._money(share)))
        found: list[PricedLine | None] = [None] * len(core.ids)
        for at, position in enumerate(core.positions):
            found[position] = PricedLine(
                line=core.lines[at], net=self._money(self._ending[1][at]), shares=tuple(shares[at])
            )
        return tuple(line for line in found if line is not None)

    def __getitem__(self, line_id: str) -> PricedLine:
        """The line of that id.

        Raises: NotFound when there is none.
        """
        for line in self.lines:
            if line.id == line_id:
                return line
        raise NotFound(f"no line {clip(line_id)} in the cart", code="price.unknown_line", value=line_id)

    @cached_property
    def applied(self) -> tuple[Applied, ...]:
        """What took effect, in turn."""
        ids = self.cart.core.ids
        return tuple(
            Applied(
                promotion=rule.promotion,
                amount=self._money(effect.amount),
                base=self._money(effect.base),
                shares=tuple(
                    (ids[at], self._money(share))
                    for at, share in zip(effect.lines, effect.shares, strict=True)
                    if share
                ),
                capped=effect.capped,
            )
            for rule, effect in self._effects()
        )

    @cached_property
    def refused(self) -> tuple[Refused, ...]:
        """What could not take effect, in turn, each with its code and numbers."""
        return tuple(
            Refused(
                promotion=rule.promotion,
                code=result.code,
                needed=self._fact(result.code, result.needed),
                have=self._fact(result.code, result.have),
            )
            for rule, result in self._decisions()
            if isinstance(result, Refusal)
        )

    @cached_property
    def not_chosen(self) -> tuple[NotChosen, ...]:
        """What could have taken effect and was not chosen, in turn, each with what it lost to and by how much."""
        passed = [(rule, result.offer) for rule, result in self._decisions() if isinstance(result, Passed)]
        return tuple(self._not_chosen(rule, offer) for rule, offer in passed)

    @cached_property
    def adjustments(self) -> tuple[Adjustment, ...]:
        """Every booking, by turn and line."""
        return tuple(
            Adjustment(promotion_id=applied.id, line_id=line_id, amount=amount, funder=applied.promotion.funder)
            for applied in self.applied
            for line_id, amount in (applied.shares or (((None, applied.amount),) if applied.amount.minor else ()))
        )

    @cached_property
    def gifts(self) -> tuple[Gift, ...]:
        """What comes on top, in turn."""
        from .benefits import FreeGift

        return tuple(
            Gift(promotion_id=applied.id, sku=benefit.sku, quantity=benefit.quantity, value=benefit.value)
            for applied in self.applied
            if isinstance(benefit := applied.promotion.benefit, FreeGift)
        )

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

    @property
    def results(self) -> tuple[Result, ...]:
        """The engine's outcome for each rule in turn; not part of the promise."""
        return self._ending[0]

    # -- from the engine's numbers -------------------------------------------------------------------------------

    def _money(self, minor: int) -> Money:
        return Money(minor, self.cart.currency)

    def _decisions(self) -> list[tuple[Rule, Result]]:
        return list(zip(self.promotions.book(self.policy).rules, self._ending[0], strict=True))

    def _effects(self) -> list[tuple[Rule, Effect]]:
        return [(rule, result) for rule, result in self._decisions() if isinstance(result, Effect)]

    def _fact(self, code: RefusalCode, value: int | str | None) -> Money | int | str | None:
        return self._money(value) if code in _MONEY_CODES and isinstance(value, int) else value

    def _not_chosen(self, rule: Rule, offer: Effect) -> NotChosen:
        effects = self._effects()
        blockers = [other for other, _ in effects if other.bit & rule.conflicts]
        book = self.promotions.book(self.policy)
        for step in book.steps:
            if isinstance(step, Lane) and rule in step.rules:
                wanted = set(offer.lines)
                blockers = [o for o, e in effects if o in step.rules and wanted & set(e.lines)] or blockers
        taken = sum(other.bit for other, _ in effects)
        without = sum(other.bit for other in blockers)
        run = book.start(self.cart, self.at, self.shopper, self.usage)
        follow(book, run, taken & ~without & ~rule.conflicts | rule.bit)
        then = sum(run.net) + run.shipping
        return NotChosen(
            promotion=rule.promotion,
            lost_to=tuple(other.promotion.id for other in blockers),
            offer=self._money(offer.amount),
            margin=self._money(then - sum(self._ending[1]) - self._ending[2]),
        )
