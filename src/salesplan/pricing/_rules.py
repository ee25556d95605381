"""Promotions compiled for one policy: rules in their turn, who conflicts with whom, and the steps of a calculation.

Turn: (phase by policy.phases, higher priority, smaller id). A rule's number is its turn and its bit in every mask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from ..apportion import Apportionment
from ..money import Rounding
from ._checks import checks_of, is_monotone
from ._effects import Outcome, act_of
from ._run import Effect, Goods, Run
from .benefits import BuyXGetY, FreeGift, Pick, ShippingAmountOff, ShippingOff
from .cart import Cart, Shopper, Usage
from .policy import Exclusives, Overflow, Policy, Rounded, Selection, Weights
from .promotion import Exclusive, Phase, Promotion
from .scope import EVERYTHING, Discounted, Scope

__all__ = ["Book", "Lane", "Rule", "Step", "on_lines", "won_lines"]


class Rule:
    """One promotion in its turn."""

    __slots__ = (
        "act",
        "alone",
        "bit",
        "budget",
        "checks",
        "commit",
        "conflicts",
        "gift_value",
        "goods",
        "is_gift",
        "monotone",
        "outcome",
        "promotion",
        "turn",
    )

    def __init__(self, promotion: Promotion, turn: int, book: Book, policy: Policy) -> None:
        benefit = promotion.benefit
        self.promotion = promotion
        self.turn = turn
        self.bit = 1 << turn
        self.conflicts = 0
        self.goods = book.goods(promotion.scope)
        self.checks = checks_of(promotion, self.goods, book.goods)
        self.act = act_of(benefit, self.goods, book.goods, policy)
        self.alone = promotion.exclusive is Exclusive.IN_CART
        self.budget = promotion.limits.budget
        self.is_gift = isinstance(benefit, FreeGift)
        self.gift_value = 0
        if isinstance(benefit, FreeGift):
            # a gift of unknown value still beats none
            self.gift_value = 1 if benefit.value is None else benefit.value.minor * benefit.quantity
        self.outcome: Callable[[Run], Outcome] = self._checked
        """What the rule does to the run as it stands; an unconditional rule is its benefit, without a call between."""
        if not self.checks and self.budget is None:
            self.outcome = self.act
        self.commit: Callable[[Run, Effect], None] = Run.commit
        """Lets an effect happen."""
        if promotion.phase is Phase.PRICE_SET:
            self.commit = self._commit_price
        elif isinstance(benefit, ShippingOff | ShippingAmountOff):
            self.commit = self._commit_shipping
        self.monotone = all(map(is_monotone, promotion.conditions)) and not _may_grow(promotion, policy)

    def _checked(self, run: Run) -> Outcome:
        for check in self.checks:
            refusal = check(run)
            if refusal is not None:
                return refusal
        if self.budget is None:
            return self.act(run)
        return self.act(run, self.budget.minor - run.spent_of(self.promotion.id, self.budget))

    def _commit_price(self, run: Run, effect: Effect) -> None:
        run.commit(effect)
        run.activity = run.net

    def _commit_shipping(self, run: Run, effect: Effect) -> None:
        run.shipping -= effect.amount


class Lane:
    """The rules of a phase in which one promotion per line wins."""

    __slots__ = ("rules",)

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules


def won_lines(offers: list[tuple[int, Effect]]) -> dict[int, set[int]]:
    """The lines each offer wins in a lane: the largest share takes the line, the earlier offer on a tie."""
    best: dict[int, tuple[int, int]] = {}
    for at, offer in offers:
        for line, share in zip(offer.lines, offer.shares, strict=True):
            if share and (line not in best or share > best[line][0]):
                best[line] = (share, at)
    won: dict[int, set[int]] = {}
    for line, (_, at) in best.items():
        won.setdefault(at, set()).add(line)
    return won


def on_lines(offer: Effect, lines: set[int]) -> Effect:
    """The part of an effect that falls on *lines*."""
    kept = [(at, share) for at, share in zip(offer.lines, offer.shares, strict=True) if at in lines]
    pieces = None if offer.pieces is None else {at: runs for at, runs in offer.pieces.items() if at in lines}
    shares = [share for _, share in kept]
    return Effect(sum(shares), offer.base, [at for at, _ in kept], shares, pieces or None, offer.capped)


Step = Rule | Lane


class Book:
    """A promotion set compiled for one policy."""

    __slots__ = (
        "_goods",
        "_plain",
        "alone",
        "best_per_group",
        "policy",
        "precede",
        "rules",
        "searches",
        "steps",
    )

    def __init__(self, promotions: tuple[Promotion, ...], policy: Policy) -> None:
        self.policy = policy
        self._plain = policy.weights is Weights.RUNNING and policy.allocation is Apportionment.LARGEST_REMAINDER
        self.searches = policy.selection is Selection.BEST_STACK
        self.best_per_group = policy.selection is Selection.BEST_PER_GROUP
        self._goods: dict[Scope, Goods] = {EVERYTHING: Goods(EVERYTHING)}
        place = {phase: at for at, phase in enumerate(policy.phases)}
        turns = sorted(promotions, key=lambda p: (place[p.phase], -p.priority, p.id))
        self.rules = tuple(Rule(promotion, turn, self, policy) for turn, promotion in enumerate(turns))
        self.alone = tuple(rule for rule in self.rules if rule.alone)
        self.precede = self.alone if policy.exclusives is Exclusives.PRECEDE else ()
        _set_conflicts(self.rules)
        self.steps: tuple[Step, ...] = tuple(_steps(self.rules, policy))

    def start(self, cart: Cart, at: datetime, shopper: Shopper, usage: Usage) -> Run:
        """A calculation before its first step."""
        core = cart.core
        shipping = 0 if cart.shipping is None else cart.shipping.minor
        plain = self._plain and not core.has_floors
        return Run(core, shipping, at, shopper, usage, self.policy, plain)

    def goods(self, scope: Scope) -> Goods:
        """The one `Goods` for a scope."""
        known = self._goods.get(scope)
        if known is None:
            known = self._goods[scope] = Goods(scope)
        return known


def _steps(rules: tuple[Rule, ...], policy: Policy) -> Iterator[Step]:
    for phase in policy.phases:
        turn = tuple(rule for rule in rules if rule.promotion.phase is phase)
        if phase in policy.one_per_line and turn:
            yield Lane(turn)
        else:
            yield from turn


def _set_conflicts(rules: tuple[Rule, ...]) -> None:
    """Who may not meet whom, said by either side."""
    ids = {rule.promotion.id: rule.bit for rule in rules}
    groups: dict[str, int] = {}
    phases: dict[Phase, int] = {}
    refused_names: dict[str, int] = {}
    refused_phases: dict[Phase, int] = {}
    for rule in rules:
        promotion, bit = rule.promotion, rule.bit
        phases[promotion.phase] = phases.get(promotion.phase, 0) | bit
        if promotion.group is not None:
            groups[promotion.group] = groups.get(promotion.group, 0) | bit
        for name in promotion.never_with:
            refused_names[name] = refused_names.get(name, 0) | bit
        for phase in _refused_phases(promotion):
            refused_phases[phase] = refused_phases.get(phase, 0) | bit
    loners = sum(rule.bit for rule in rules if rule.alone)
    everyone = (1 << len(rules)) - 1
    for rule in rules:
        promotion = rule.promotion
        mask = loners | refused_phases.get(promotion.phase, 0) | refused_names.get(promotion.id, 0)
        if promotion.group is not None:
            mask |= groups[promotion.group] | refused_names.get(promotion.group, 0)
        for name in promotion.never_with:
            mask |= ids.get(name, 0) | groups.get(name, 0)
        for phase in _refused_phases(promotion):
            mask |= phases.get(phase, 0)
        rule.conflicts = (everyone if rule.alone else mask) & ~rule.bit


def _refused_phases(promotion: Promotion) -> set[Phase]:
    refused = set() if promotion.combines_with is None else set(Phase) - promotion.combines_with
    if promotion.exclusive is Exclusive.IN_PHASE:
        refused.add(promotion.phase)
    return refused


def _may_grow(promotion: Promotion, policy: Policy) -> bool:
    """Whether earlier discounts could raise its saving, so that its first offer is no bound.

    Units that leave a scope change who is the cheapest; a share lost on a floor may fall elsewhere; and UP_05 on the
    price can jump by two.
    """
    if policy.overflow is Overflow.LOSE or (policy.rounded is Rounded.PRICE and policy.rounding is Rounding.UP_05):
        return True
    benefit = promotion.benefit
    if isinstance(benefit, BuyXGetY) and benefit.rewards is not None:
        return True
    return promotion.scope.discounted is Discounted.EXCLUDED and getattr(benefit, "pick", None) is Pick.CHEAPEST
