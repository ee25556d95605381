"""How near the next threshold is, answered by pricing the cart again with exactly that much more in it.

A shortfall read off a threshold is only a first guess: what is added may itself be reduced before the promotion's
turn. So the hint asks `price`, and returns the smallest addition for which the answer changes while one minor unit
less does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from ..money import MAX_MINOR, Money
from ._rules import Rule
from ._run import Effect, Refusal
from .benefits import EverySpendSave, QuantityPercent, SpendAndPercent, SpendAndSave
from .cart import Cart, CartLine, Discountable
from .conditions import AllOf, AnyOf, CodeEntered, Not
from .outcomes import RefusalCode
from .priced import PricedCart
from .promotion import PromotionSet

__all__ = ["Hint", "codes_asked", "hints_of"]

_SHOWN = 5
_TEMPLATES = 2
_DOUBLINGS = 4
_LAST = "\U0002fa1d"
"""The last printable character."""


@attrs.frozen(kw_only=True)
class Hint:
    """Add *more* (Money to spend, or units of *like*) and the promotion saves *saves* instead of *instead_of*.

    *pay_more* is the change of the whole total, what is added included; negative is a price cliff.
    Law: with *more* less by one minor unit (one unit) the promotion stands on no higher step than now.
    """

    promotion_id: str
    more: Money | int
    like: str
    saves: Money
    instead_of: Money
    pay_more: Money

    @property
    def text(self) -> str:
        """The hint in words."""
        add = f"spend {self.more.amount} more" if isinstance(self.more, Money) else f"add {self.more} x {self.like}"
        gain = f"{self.promotion_id} saves {self.saves.amount}"
        if self.instead_of.minor:
            gain += f" instead of {self.instead_of.amount}"
        if self.pay_more.minor < 0:
            return f"{add}, pay {(-self.pay_more).amount} less: {gain}"
        return f"{add} and {gain}"


def codes_asked(promotions: PromotionSet) -> frozenset[str]:
    """Every code that some promotion of the set asks for."""
    codes = set()
    for promotion in promotions.promotions:
        if promotion.code is not None:
            codes.add(promotion.code)
        pending: list[Any] = list(promotion.conditions)
        while pending:
            condition = pending.pop()
            if isinstance(condition, CodeEntered):
                codes.add(condition.code)
            elif isinstance(condition, AllOf | AnyOf):
                pending.extend(condition.conditions)
            elif isinstance(condition, Not):
                pending.append(condition.condition)
    return frozenset(codes)


def hints_of(priced: PricedCart) -> tuple[Hint, ...]:
    """The nearest thresholds of promotions that took effect or missed one, nearest first, five at most."""
    rules = priced.promotions.book(priced.policy).rules
    near: list[tuple[int, int, Rule, bool]] = []
    for rule, result in zip(rules, priced.results, strict=True):
        for missing, in_units in _missing(rule, result):
            near.append((missing, rule.turn, rule, in_units))
    near.sort(key=lambda item: (item[3], item[0], item[1]))
    spend = [item for item in near if not item[3]][:_SHOWN]
    units = [item for item in near if item[3]][: _SHOWN - len(spend)]
    what_if = _WhatIf(priced)
    found = (_exact(what_if, rule, missing, in_units) for missing, _, rule, in_units in spend + units)
    return tuple(hint for hint in found if hint is not None)


def _missing(rule: Rule, result: object) -> Iterator[tuple[int, bool]]:
    """First guess of what a rule still needs, in minor units or in units."""
    if isinstance(result, Refusal) and isinstance(result.needed, int) and isinstance(result.have, int):
        if result.code is RefusalCode.SPEND:
            yield result.needed - result.have, False
        elif result.code is RefusalCode.QUANTITY:
            yield result.needed - result.have, True
    elif isinstance(result, Effect):
        benefit = rule.promotion.benefit
        if isinstance(benefit, SpendAndSave | SpendAndPercent):
            above = next((t.minor for t in benefit.tiers.thresholds if t.minor > result.base), None)
            if above is not None:
                yield above - result.base, False
        elif isinstance(benefit, EverySpendSave):
            if benefit.max_times is None or result.base // benefit.every.minor < benefit.max_times:
                yield benefit.every.minor - result.base % benefit.every.minor, False
        elif isinstance(benefit, QuantityPercent):
            yield 1, True


class _WhatIf:
    """The cart with more in it, priced once for each question."""

    def __init__(self, priced: PricedCart) -> None:
        self.priced = priced
        self.answers: dict[tuple[str, int, bool], PricedCart | None] = {}

    def with_more(self, template: CartLine, more: int, in_units: bool) -> PricedCart | None:
        """Priced with *more* money's worth, or units, like *template*; None when that would leave the range."""
        asked = (template.id, more, in_units)
        if asked not in self.answers:
            self.answers[asked] = self._ask(template, more, in_units)
        return self.answers[asked]

    def _ask(self, template: CartLine, more: int, in_units: bool) -> PricedCart | None:
        from .engine import price

        now = self.priced
        unit = template.unit_price if in_units else Money(min(more, MAX_MINOR), now.currency)
        quantity = more if in_units else 1
        if sum(now.cart.core.listed) + unit.minor * quantity > MAX_MINOR // 2:
            return None
        extra = attrs.evolve(template, id=_free_id(now.cart), unit_price=unit, quantity=quantity, price_floor=None)
        cart = Cart([*now.cart.lines, extra], shipping=now.cart.shipping, currency=now.currency)
        return price(cart, now.promotions, at=now.at, shopper=now.shopper, usage=now.usage, policy=now.policy)

    def improves(self, rule: Rule, template: CartLine, more: int, in_units: bool) -> bool:
        """Whether the promotion then takes effect, or stands on a higher step."""
        then = self.with_more(template, more, in_units)
        if then is None:
            return False
        now, later = self.priced.results[rule.turn], then.results[rule.turn]
        if not isinstance(later, Effect):
            return False
        return not isinstance(now, Effect) or _step(rule, later) > _step(rule, now)


def _exact(what_if: _WhatIf, rule: Rule, missing: int, in_units: bool) -> Hint | None:
    for template in _templates(what_if.priced, rule, in_units):
        high = missing
        for _ in range(_DOUBLINGS):
            if what_if.improves(rule, template, high, in_units):
                break
            high *= 2
        else:
            continue
        low = missing - 1 if high == missing else high // 2
        if high == missing > 1 and what_if.improves(rule, template, low, in_units):
            # with a little more in the cart another stack may be chosen, in which less was missing
            low, high = 0, low
        while high - low > 1:
            middle = (low + high) // 2
            if what_if.improves(rule, template, middle, in_units):
                high = middle
            else:
                low = middle
        return _hint(what_if, rule, template, high, in_units)
    return None


def _templates(priced: PricedCart, rule: Rule, in_units: bool) -> list[CartLine]:
    """Lines to model the addition on, in scope first: for money the dearest, for units the cheapest."""
    scope = rule.promotion.scope
    lines = [line for line in priced.cart.lines if line.discountable is Discountable.YES]
    sign = 1 if in_units else -1

    def place(line: CartLine) -> tuple[bool, int, str]:
        covered = scope.covers(sku=line.sku, category=line.category, tags=line.tags, seller=line.seller)
        return not covered, sign * line.unit_price.minor, line.id

    return sorted(lines, key=place)[:_TEMPLATES]


def _free_id(cart: Cart) -> str:
    """An id that sorts behind those of every line, so that no tie is decided anew by the addition."""
    name = _LAST
    while name in cart.core.ids:
        name += _LAST
    return name


def _step(rule: Rule, effect: Effect) -> int:
    """Which step of its ladder a promotion stands on."""
    benefit = rule.promotion.benefit
    if isinstance(benefit, EverySpendSave):
        return effect.base // benefit.every.minor
    if isinstance(benefit, SpendAndSave | SpendAndPercent):
        return sum(threshold.minor <= effect.base for threshold in benefit.tiers.thresholds)
    return effect.amount


def _hint(what_if: _WhatIf, rule: Rule, template: CartLine, more: int, in_units: bool) -> Hint | None:
    then, now = what_if.with_more(template, more, in_units), what_if.priced
    if then is None:
        return None
    return Hint(
        promotion_id=rule.promotion.id,
        more=more if in_units else Money(more, now.currency),
        like=template.sku,
        saves=_saved(then, rule),
        instead_of=_saved(now, rule),
        pay_more=then.total - now.total,
    )


def _saved(priced: PricedCart, rule: Rule) -> Money:
    result = priced.results[rule.turn]
    return Money(result.amount if isinstance(result, Effect) else 0, priced.currency)
