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
_TEMPLATES = 4
_DOUBLINGS = 6


@attrs.frozen(kw_only=True)
class Hint:
    """Add *more* (Money to spend, or units of *like*) and the promotion saves *saves* instead of *instead_of*.

    *pay_more* is the change of the whole total, what is added included; negative is a price cliff.
    Law: with *more* less by one minor unit (one unit) the promotion saves no more than now.
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
    found = (_exact(priced, rule, missing, in_units) for missing, _, rule, in_units in spend + units)
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


def _exact(priced: PricedCart, rule: Rule, missing: int, in_units: bool) -> Hint | None:
    for template in _templates(priced, rule, in_units):
        high = missing
        for _ in range(_DOUBLINGS):
            if _improves(priced, rule, template, high, in_units):
                break
            high *= 2
        else:
            continue
        low = missing if high > missing else missing - 1
        while high - low > 1:
            middle = (low + high) // 2
            if _improves(priced, rule, template, middle, in_units):
                high = middle
            else:
                low = middle
        return _hint(priced, rule, template, high, in_units)
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


def _with(priced: PricedCart, template: CartLine, more: int, in_units: bool) -> PricedCart | None:
    """The cart with that much more in it, priced; None when it would leave the range."""
    from .engine import price

    currency = priced.currency
    unit = template.unit_price if in_units else Money(min(more, MAX_MINOR), currency)
    quantity = more if in_units else 1
    if sum(priced.cart.core.listed) + unit.minor * quantity > MAX_MINOR // 2:
        return None
    extra = attrs.evolve(template, id=_free_id(priced.cart), unit_price=unit, quantity=quantity, price_floor=None)
    cart = Cart([*priced.cart.lines, extra], shipping=priced.cart.shipping, currency=currency)
    return price(
        cart,
        priced.promotions,
        at=priced.at,
        shopper=priced.shopper,
        usage=priced.usage,
        policy=priced.policy,
    )


def _free_id(cart: Cart) -> str:
    """An id that sorts behind every line, so that no tie is decided anew by the addition."""
    return "~" * (1 + max(len(line.id) - len(line.id.lstrip("~")) for line in cart.lines)) + "added"


def _saved(priced: PricedCart, rule: Rule) -> int:
    result = priced.results[rule.turn]
    return result.amount if isinstance(result, Effect) else -1


def _improves(priced: PricedCart, rule: Rule, template: CartLine, more: int, in_units: bool) -> bool:
    then = _with(priced, template, more, in_units)
    if then is None:
        return False
    now, later = priced.results[rule.turn], then.results[rule.turn]
    if isinstance(now, Refusal) or not isinstance(later, Effect):
        return isinstance(later, Effect)
    assert isinstance(now, Effect)
    return _rung(rule, later) > _rung(rule, now)


def _rung(rule: Rule, effect: Effect) -> int:
    """Which step of its ladder a promotion stands on."""
    benefit = rule.promotion.benefit
    if isinstance(benefit, EverySpendSave):
        return effect.base // benefit.every.minor
    if isinstance(benefit, SpendAndSave | SpendAndPercent):
        return sum(threshold.minor <= effect.base for threshold in benefit.tiers.thresholds)
    return effect.amount


def _hint(priced: PricedCart, rule: Rule, template: CartLine, more: int, in_units: bool) -> Hint | None:
    then = _with(priced, template, more, in_units)
    if then is None:
        return None
    return Hint(
        promotion_id=rule.promotion.id,
        more=more if in_units else Money(more, priced.currency),
        like=template.sku,
        saves=Money(max(0, _saved(then, rule)), priced.currency),
        instead_of=Money(max(0, _saved(priced, rule)), priced.currency),
        pay_more=then.total - priced.total,
    )
