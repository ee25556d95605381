"""The price proof: every promotion given ends in exactly one of applied, refused, not chosen, with its numbers.

The engine's outcomes are integers by turn; here they become values that can be shown, stored and added up.
"""

from __future__ import annotations

import attrs

from ..money import Money
from ._rules import Lane, Rule
from ._run import Effect, Refusal, even_pieces
from ._selection import Passed, Result, follow
from .benefits import FreeGift
from .cart import CartLine
from .outcomes import Capped, RefusalCode
from .priced import PricedCart
from .promotion import Funder, Promotion

__all__ = ["Adjustment", "Applied", "Gift", "NotChosen", "PricedLine", "Refused"]

_MONEY_CODES = frozenset({RefusalCode.SPEND, RefusalCode.BUDGET_SPENT})


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


def lines_of(priced: PricedCart) -> tuple[PricedLine, ...]:
    """The lines in the order of the cart."""
    core, net = priced.cart.core, priced.net
    shares: list[list[tuple[str, Money]]] = [[] for _ in core.ids]
    for rule, effect in _effects(priced):
        for at, share in zip(effect.lines, effect.shares, strict=True):
            if share:
                shares[at].append((rule.promotion.id, _money(priced, share)))
    lines = {
        position: PricedLine(line=core.lines[at], net=_money(priced, net[at]), shares=tuple(shares[at]))
        for at, position in enumerate(core.positions)
    }
    return tuple(lines[position] for position in range(len(lines)))


def applied_of(priced: PricedCart) -> tuple[Applied, ...]:
    """What took effect, in turn."""
    ids = priced.cart.core.ids
    return tuple(
        Applied(
            promotion=rule.promotion,
            amount=_money(priced, effect.amount),
            base=_money(priced, effect.base),
            shares=tuple(
                (ids[at], _money(priced, share)) for at, share in zip(effect.lines, effect.shares, strict=True) if share
            ),
            capped=effect.capped,
        )
        for rule, effect in _effects(priced)
    )


def refused_of(priced: PricedCart) -> tuple[Refused, ...]:
    """What could not take effect, in turn."""
    return tuple(
        Refused(
            promotion=rule.promotion,
            code=result.code,
            needed=_fact(priced, result.code, result.needed),
            have=_fact(priced, result.code, result.have),
        )
        for rule, result in _decisions(priced)
        if isinstance(result, Refusal)
    )


def not_chosen_of(priced: PricedCart) -> tuple[NotChosen, ...]:
    """What could have taken effect and was not chosen, in turn."""
    effects = _effects(priced)
    return tuple(
        _not_chosen(priced, rule, result.offer, effects)
        for rule, result in _decisions(priced)
        if isinstance(result, Passed)
    )


def _not_chosen(priced: PricedCart, rule: Rule, offer: Effect, effects: list[tuple[Rule, Effect]]) -> NotChosen:
    """Priced once more with this one in the place of those it lost to."""
    book = priced.promotions.book(priced.policy)
    lane = next((step.rules for step in book.steps if isinstance(step, Lane) and rule in step.rules), ())
    wanted = set(offer.lines)
    blockers = [
        other
        for other, effect in effects
        # inside a lane the goods decide, not who may meet whom
        if (other in lane and not wanted.isdisjoint(effect.lines))
        or (other.bit & rule.conflicts and (other not in lane or other.alone or rule.alone))
    ]
    taken = sum(other.bit for other, _ in effects)
    without = sum(other.bit for other in blockers)
    run = book.start(priced.cart, priced.at, priced.shopper, priced.usage)
    follow(book, run, taken & ~without | rule.bit)
    return NotChosen(
        promotion=rule.promotion,
        lost_to=tuple(other.promotion.id for other in blockers),
        offer=_money(priced, offer.amount),
        margin=_money(priced, sum(run.net) + run.shipping - priced.total.minor),
    )


def adjustments_of(priced: PricedCart) -> tuple[Adjustment, ...]:
    """Every booking, by turn and line; a discount off shipping has no line."""
    return tuple(
        Adjustment(promotion_id=applied.id, line_id=line_id, amount=amount, funder=applied.promotion.funder)
        for applied in priced.applied
        for line_id, amount in applied.shares or ((None, applied.amount),)
        if amount.minor
    )


def gifts_of(priced: PricedCart) -> tuple[Gift, ...]:
    """What comes on top, in turn."""
    return tuple(
        Gift(promotion_id=applied.id, sku=benefit.sku, quantity=benefit.quantity, value=benefit.value)
        for applied in priced.applied
        if isinstance(benefit := applied.promotion.benefit, FreeGift)
    )


def _decisions(priced: PricedCart) -> list[tuple[Rule, Result]]:
    return list(zip(priced.promotions.book(priced.policy).rules, priced.results, strict=True))


def _effects(priced: PricedCart) -> list[tuple[Rule, Effect]]:
    return [(rule, result) for rule, result in _decisions(priced) if isinstance(result, Effect)]


def _money(priced: PricedCart, minor: int) -> Money:
    return Money(minor, priced.cart.currency)


def _fact(priced: PricedCart, code: RefusalCode, value: int | str | None) -> Money | int | str | None:
    return _money(priced, value) if code in _MONEY_CODES and isinstance(value, int) else value
