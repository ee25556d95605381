"""Laws of the selections: who conflicts with whom, and that the best stack is the best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.money import Money, Rounding
from salesplan.pricing import (
    AmountOff,
    Basis,
    BuyXGetY,
    Cart,
    CartLine,
    Discounted,
    Exclusive,
    Exclusives,
    FixedUnitPrice,
    FreeGift,
    Not,
    NthUnitOff,
    Overflow,
    PercentOff,
    Phase,
    Pick,
    Policy,
    PricedCart,
    Promotion,
    Rounded,
    Scope,
    Selection,
    SpendAtLeast,
    Weights,
)
from salesplan.rate import Rate
from tests.pricing.oracle import clash, in_turn
from tests.pricing.strategies import (
    CNY,
    Situation,
    Tape,
    goods_benefit,
    policy,
    situations,
    unit_benefit,
)


def fen(minor: int) -> Money:
    return Money(minor, CNY)


def best_stack(tape: Tape) -> Policy:
    return policy(tape, selections=[Selection.BEST_STACK])


def best_stack_without_lanes(tape: Tape) -> Policy:
    return policy(tape, selections=[Selection.BEST_STACK], one_per_line=[frozenset()])


Rank = tuple[int, int, bool, int, tuple[int, ...]]


def rank(asked: Situation, priced: PricedCart) -> Rank:
    """What makes a stack better: saving, gifts, no exclusive, fewer promotions, the earlier turn first."""
    turns = {promotion.id: turn for turn, promotion in enumerate(in_turn(asked))}
    gifts = 0
    for applied in priced.applied:
        benefit = applied.promotion.benefit
        if isinstance(benefit, FreeGift):
            gifts += 1 if benefit.value is None else benefit.value.minor * benefit.quantity
    taken = tuple(sorted(-turns[applied.id] for applied in priced.applied))[::-1]
    ordinary = all(applied.promotion.exclusive is not Exclusive.IN_CART for applied in priced.applied)
    return priced.saving.minor, gifts, ordinary, -len(taken), taken


def stacks(asked: Situation) -> Iterator[PricedCart]:
    """Every stack there is: every subset of the promotions, by first fit.

    What a phase of one per line holds always runs; who is exclusive in the cart stands alone.
    """
    plain = asked.under(selection=Selection.PRIORITY)
    ordinary = [promotion for promotion in asked.promotions if promotion.exclusive is not Exclusive.IN_CART]
    runners = [promotion for promotion in ordinary if promotion.phase in asked.policy.one_per_line]
    choices = [promotion for promotion in ordinary if promotion not in runners]
    for size in range(len(choices) + 1):
        for chosen in combinations(choices, size):
            yield plain.price(promotions=[*runners, *chosen])
    for promotion in asked.promotions:
        if promotion.exclusive is Exclusive.IN_CART:
            yield plain.price(promotions=[promotion])


FLOORED = Situation(
    cart=Cart([CartLine("a", fen(9), price_floor=fen(9)), CartLine("b", fen(10))]),
    promotions=(
        Promotion("second-free", NthUnitOff(2, Rate(1))),
        Promotion("two-off-b", AmountOff(fen(2)), phase=Phase.PRICE_SET, scope=Scope(skus=["b"])),
    ),
    policy=Policy(selection=Selection.BEST_STACK, one_per_line=()),
)
"""Two off b make b the cheaper unit, which has no floor: an earlier discount raises what a later one saves."""


@example(FLOORED)
@given(situations(size=300, rules=best_stack, most=7, gives=goods_benefit))
def test_best_stack_saves_what_the_best_of_all_subsets_saves(asked: Situation) -> None:
    priced = asked.price()
    proof = priced.certificate
    assert proof is not None
    assert proof.saving == priced.saving
    assert proof.is_optimal
    assert proof.upper_bound == proof.saving
    assert priced.saving == max(stack.saving for stack in stacks(asked))


RUNNING = Basis.RUNNING
LEFT = Scope(discounted=Discounted.EXCLUDED)


def growing(lines: Sequence[tuple[int, int, int]], promotions: Sequence[Promotion], **changes: Any) -> Situation:
    """Lines a, b, c of (price, quantity, floor); the last promotion saves more once one before it reduced something."""
    cart = Cart(
        CartLine(sku, fen(price), quantity=count, price_floor=fen(floor))
        for sku, (price, count, floor) in zip("abc", lines, strict=False)
    )
    policy = attrs.evolve(Policy(selection=Selection.BEST_STACK), **changes)
    return Situation(cart=cart, promotions=tuple(promotions), policy=policy)


def early(amount: int, sku: str) -> Promotion:
    return Promotion("early", AmountOff(fen(amount)), phase=Phase.ITEM, scope=Scope(skus=[sku]))


RIVAL = Promotion("rival", AmountOff(fen(60)), scope=Scope(skus=["c"]), priority=1, never_with=["p"])
"""Looks better than p until p has grown."""

GROWING = {
    "a floor gets out of the way": FLOORED,
    "what must not hold no longer does": growing(
        [(100, 1, 0)],
        [early(40, "a"), Promotion("p", AmountOff(fen(50)), conditions=[Not(SpendAtLeast(fen(90), basis=RUNNING))])],
    ),
    "the cheapest leaves the scope": growing(
        [(10, 1, 0), (100, 1, 0), (100, 1, 0)],
        [
            early(1, "a"),
            RIVAL,
            Promotion("p", NthUnitOff(2, Rate(1), pick=Pick.CHEAPEST), phase=Phase.ORDER, scope=LEFT),
        ],
    ),
    "what was bought becomes a reward": growing(
        [(10, 1, 0), (100, 1, 0)],
        [
            early(1, "b"),
            Promotion("p", BuyXGetY(buy=1, get=1, rewards=Scope(skus=["b"])), phase=Phase.ORDER, scope=LEFT),
        ],
    ),
    "the cheapest reward leaves its scope": growing(
        [(10, 1, 0), (10, 1, 0), (100, 1, 0)],
        [
            early(1, "b"),
            RIVAL,
            Promotion(
                "p",
                BuyXGetY(buy=1, get=1, rewards=Scope(except_skus=["a"], discounted=Discounted.EXCLUDED)),
                phase=Phase.ORDER,
                scope=Scope(skus=["a"]),
            ),
        ],
    ),
    "a rounding jumps by two": growing(
        [(6, 1, 0)],
        [early(1, "a"), Promotion("p", PercentOff(Rate.percent("5")))],
        rounding=Rounding.UP_05,
        rounded=Rounded.PRICE,
    ),
    "a weight that lost its share is gone": growing(
        [(100, 1, 0), (100, 1, 0)],
        [
            Promotion("flash", FixedUnitPrice(fen(1)), scope=Scope(skus=["b"])),
            early(1, "b"),
            Promotion("rival", AmountOff(fen(60)), scope=Scope(skus=["a"]), priority=1, never_with=["p"]),
            Promotion("p", AmountOff(fen(100))),
        ],
        weights=Weights.LIST,
        overflow=Overflow.LOSE,
    ),
    "units are told apart after an uneven share": growing(
        [(10, 3, 0)],
        [
            Promotion("one-off", AmountOff(fen(1)), phase=Phase.PRICE_SET),
            Promotion("second", NthUnitOff(3, Rate(1, 2))),
            Promotion("p", PercentOff(Rate(1)), scope=LEFT),
        ],
    ),
}


@pytest.mark.parametrize("asked", GROWING.values(), ids=GROWING)
def test_best_stack_knows_savings_that_earlier_discounts_raise(asked: Situation) -> None:
    """Each once had, or without its mark would have, a first offer that is no bound."""
    optimum = max(stack.saving for stack in stacks(asked))
    assert asked.price().saving == optimum
    for budget in range(1, 10):
        proof = asked.under(search_budget=budget).price().certificate
        assert proof is not None
        assert proof.saving <= optimum <= proof.upper_bound


@given(situations(size=260, rules=best_stack_without_lanes, most=6, free=True))
def test_best_stack_prefers_gifts_then_fewer_promotions_then_the_earlier_turn(asked: Situation) -> None:
    assert rank(asked, asked.price()) == max(rank(asked, stack) for stack in stacks(asked))


@given(situations(size=300, rules=best_stack, most=8, gives=goods_benefit, free=True), st.integers(1, 12))
def test_best_stack_cut_short_names_a_bound_that_the_optimum_keeps(asked: Situation, budget: int) -> None:
    optimum = asked.price().saving
    proof = (cut := asked.under(search_budget=budget).price()).certificate
    assert proof is not None
    assert cut.saving == proof.saving <= optimum <= proof.upper_bound
    assert proof.upper_bound <= cut.total + cut.saving


LONER_IN_A_LANE = Situation(
    cart=Cart([CartLine("a", fen(100)), CartLine("b", fen(100))]),
    promotions=(
        Promotion("alone", PercentOff(Rate(1, 10)), exclusive=Exclusive.IN_CART, scope=Scope(skus=["a"])),
        Promotion("beside", AmountOff(fen(9)), scope=Scope(skus=["b"])),
    ),
    policy=Policy(selection=Selection.BEST_STACK, exclusives=Exclusives.IN_TURN, one_per_line=[Phase.ORDER]),
)
"""First fit once let both into the phase where promotions compete line by line, and beat the best stack."""


@example(LONER_IN_A_LANE)
@given(situations(size=300, rules=best_stack, most=6))
def test_best_stack_saves_no_less_than_any_other_selection(asked: Situation) -> None:
    best = asked.price()
    for selection in (Selection.PRIORITY, Selection.BEST_PER_GROUP):
        assert best.saving >= asked.under(selection=selection).price().saving


@given(situations(size=300, most=7, free=True))
def test_applied_promotions_never_clash_whichever_side_objects(asked: Situation) -> None:
    applied = [applied.promotion for applied in asked.price().applied]
    for one, other in combinations(applied, 2):
        if one.phase is other.phase and one.phase in asked.policy.one_per_line:
            continue  # there they compete line by line, and nothing more is said
        assert not clash(one, other), (one.id, other.id)


@given(situations(size=300, most=7, free=True))
def test_a_group_sends_one_member_at_most(asked: Situation) -> None:
    priced = asked.price()
    groups = [
        applied.promotion.group
        for applied in priced.applied
        if applied.promotion.group is not None and applied.promotion.phase not in asked.policy.one_per_line
    ]
    assert len(groups) == len(set(groups))


@example(LONER_IN_A_LANE.under(selection=Selection.PRIORITY))
@given(situations(size=300, least=2, most=6, free=True))
def test_who_is_exclusive_in_the_cart_stands_alone(asked: Situation) -> None:
    applied = asked.price().applied
    if any(a.promotion.exclusive is Exclusive.IN_CART for a in applied):
        assert len(applied) == 1


@given(situations(size=300, most=6, rules=best_stack_without_lanes))
def test_no_margin_is_negative_under_the_best_stack(asked: Situation) -> None:
    priced = asked.price()
    for other in priced.not_chosen:
        assert other.margin.minor >= 0, other.id
        assert set(other.lost_to) <= {applied.id for applied in priced.applied}


@given(situations(size=300, most=5, free=True, alone=True, gives=unit_benefit))
def test_promotions_without_clashes_are_all_applied_or_refused_by_priority(asked: Situation) -> None:
    asked = asked.under(selection=Selection.PRIORITY, one_per_line=frozenset())
    assert asked.price().not_chosen == ()


@given(situations(size=200, least=2, most=5, free=True, alone=True, gives=goods_benefit))
def test_best_per_group_saves_what_the_best_member_alone_saves(asked: Situation) -> None:
    group = [attrs.evolve(promotion, group="g", phase=Phase.COUPON) for promotion in asked.promotions]
    asked = asked.under(selection=Selection.BEST_PER_GROUP)
    alone = [asked.price(promotions=[promotion]).saving for promotion in group]
    assert asked.price(promotions=group).saving == max(alone)


@given(situations(size=300, least=2, most=6, free=True))
def test_best_per_group_sends_the_member_that_saves_most_at_its_turn(asked: Situation) -> None:
    asked = asked.under(selection=Selection.BEST_PER_GROUP, one_per_line=frozenset())
    priced = asked.price()
    for other in priced.not_chosen:
        group = other.promotion.group
        for applied in priced.applied:
            same = applied.promotion.group == group is not None and applied.promotion.phase is other.promotion.phase
            first = in_turn(asked).index(other.promotion) < in_turn(asked).index(applied.promotion)
            between = [
                a
                for a in priced.applied
                if in_turn(asked).index(other.promotion)
                < in_turn(asked).index(a.promotion)
                < in_turn(asked).index(applied.promotion)
            ]
            if same and first and not between and other.lost_to == (applied.id,):  # nothing else stood in its way
                assert applied.amount >= other.offer
