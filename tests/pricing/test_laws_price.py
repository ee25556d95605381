"""Laws of `price`: nothing is lost, nobody is forgotten, and the order things come in changes nothing."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import attrs
from hypothesis import example, given, settings
from hypothesis import strategies as st

from salesplan.apportion import Apportionment
from salesplan.money import Money
from salesplan.pricing import (
    AmountOff,
    Cart,
    CartLine,
    Discountable,
    Discounted,
    FreeGift,
    InSegment,
    Limits,
    NthUnitOff,
    Overflow,
    PercentOff,
    Phase,
    Policy,
    PricedCart,
    Promotion,
    RefusalCode,
    Scope,
    Selection,
    Usage,
    Weights,
)
from salesplan.rate import Rate
from salesplan.window import Window
from tests.pricing import oracle
from tests.pricing.strategies import AT, CNY, IDS, Situation, Tape, goods_benefit, policy, situations, unit_benefit


def fen(minor: int) -> Money:
    return Money(minor, CNY)


def outcome(priced: PricedCart) -> tuple[object, ...]:
    """All amounts by name, whatever order they are told in."""
    return (
        {line.id: (line.net, dict(line.shares)) for line in priced.lines},
        priced.shipping,
        [
            (applied.id, applied.amount, applied.base, dict(applied.shares), applied.capped)
            for applied in priced.applied
        ],
        [(refused.id, refused.code, refused.needed, refused.have) for refused in priced.refused],
        list(priced.not_chosen),
        priced.gifts,
        priced.certificate,
    )


# --- sums -----------------------------------------------------------------------------------------------------------


@given(situations())
def test_shares_of_every_applied_promotion_sum_to_its_amount(asked: Situation) -> None:
    for applied in asked.price().applied:
        if applied.promotion.phase is not Phase.SHIPPING:
            assert sum(share.minor for _, share in applied.shares) == applied.amount.minor
        assert all(share.minor > 0 for _, share in applied.shares)
        assert len({line_id for line_id, _ in applied.shares}) == len(applied.shares)


@given(situations())
def test_every_line_stays_between_its_floor_and_its_list_price(asked: Situation) -> None:
    for line in asked.price().lines:
        floor = 0 if line.line.price_floor is None else line.line.price_floor.minor
        assert floor * line.line.quantity <= line.net.minor <= line.line.list_total.minor
        if line.line.discountable is Discountable.NO:
            assert line.net == line.line.list_total
        for price, _ in line.unit_runs:
            assert price.minor >= floor


@given(situations())
def test_total_is_the_sum_of_the_lines_and_shipping(asked: Situation) -> None:
    priced = asked.price()
    fee = 0 if asked.cart.shipping is None else asked.cart.shipping.minor
    before = asked.cart.list_total.minor + fee
    assert priced.total.minor == sum(line.net.minor for line in priced.lines) + priced.shipping.minor
    assert priced.goods_total + priced.shipping == priced.total
    assert priced.saving.minor == before - priced.total.minor == sum(a.amount.minor for a in priced.applied)
    assert 0 <= priced.shipping.minor <= fee


@given(situations())
def test_every_line_is_its_list_total_less_its_shares(asked: Situation) -> None:
    priced = asked.price()
    for line in priced.lines:
        assert line.line.list_total.minor - sum(share.minor for _, share in line.shares) == line.net.minor
        by_promotion = {a.id: share for a in priced.applied for line_id, share in a.shares if line_id == line.id}
        assert dict(line.shares) == by_promotion
        assert sum(price.minor * count for price, count in line.unit_runs) == line.net.minor
        assert sum(count for _, count in line.unit_runs) == line.line.quantity


@given(situations())
def test_bookings_and_funding_sum_to_the_saving(asked: Situation) -> None:
    priced = asked.price()
    assert Money.sum(priced.funding.values(), currency=priced.currency) == priced.saving
    assert Money.sum((booked.amount for booked in priced.adjustments), currency=priced.currency) == priced.saving
    columns = priced.to_columns()
    assert sum(columns["minor"]) == priced.saving.minor
    assert len({len(column) for column in columns.values()}) == 1


# --- who ------------------------------------------------------------------------------------------------------------


@given(situations())
def test_every_promotion_ends_in_exactly_one_way(asked: Situation) -> None:
    priced = asked.price()
    ends = [end.id for ending in (priced.applied, priced.refused, priced.not_chosen) for end in ending]
    assert sorted(ends) == sorted(promotion.id for promotion in asked.promotions)


@given(situations())
def test_a_promotion_that_takes_nothing_off_is_refused_unless_it_is_a_gift(asked: Situation) -> None:
    priced = asked.price()
    for applied in priced.applied:
        assert applied.amount.minor > 0 or isinstance(applied.promotion.benefit, FreeGift)
    for other in priced.not_chosen:
        assert other.offer.minor > 0 or isinstance(other.promotion.benefit, FreeGift)


@given(situations())
def test_a_budget_is_never_overshot(asked: Situation) -> None:
    spent = dict(asked.usage.spent)
    for applied in asked.price().applied:
        budget = applied.promotion.limits.budget
        if budget is not None:
            before = spent[applied.id].minor if applied.id in spent else 0
            assert applied.amount.minor + before <= budget.minor


# --- order ----------------------------------------------------------------------------------------------------------


@given(situations(), st.randoms(use_true_random=False))
def test_the_order_of_lines_promotions_and_codes_changes_nothing(asked: Situation, shuffler: random.Random) -> None:
    lines, promotions = list(asked.cart.lines), list(asked.promotions)
    codes = sorted(asked.shopper.codes)
    for listed in (lines, promotions, codes):
        shuffler.shuffle(listed)
    other = attrs.evolve(
        asked,
        cart=Cart(lines, shipping=asked.cart.shipping, currency=asked.cart.currency),
        promotions=tuple(promotions),
        shopper=attrs.evolve(asked.shopper, codes=codes),
    )
    one, two = asked.price(), other.price()
    assert outcome(one) == outcome(two)
    assert [line.id for line in two.lines] == [line.id for line in lines]
    # the lines apart, the same text; promotions name their shares in the order of the lines
    rest = [text.explain().splitlines()[len(lines) :] for text in (one, two)]
    assert [row.partition("(")[0].rstrip() for row in rest[0]] == [row.partition("(")[0].rstrip() for row in rest[1]]


# --- what does not apply --------------------------------------------------------------------------------------------

STRANGERS = (
    (Promotion("z", AmountOff(fen(5)), code="unheard"), RefusalCode.CODE_NOT_ENTERED),
    (Promotion("z", AmountOff(fen(5)), conditions=[InSegment(["nobody"])], group="g"), RefusalCode.SEGMENT),
    (Promotion("z", PercentOff(Rate(1)), window=Window(None, AT), never_with=IDS), RefusalCode.EXPIRED),
    (Promotion("z", PercentOff(Rate(1)), scope=Scope(skus=["none"]), priority=9), RefusalCode.NOTHING_IN_SCOPE),
    (
        Promotion("z", PercentOff(Rate(1)), window=Window(datetime(2027, 1, 1, tzinfo=UTC), None)),
        RefusalCode.NOT_STARTED,
    ),
)


def in_yuan(tape: Tape) -> Policy:
    tape.currency = CNY
    return policy(tape)


@given(situations(rules=in_yuan), st.sampled_from(STRANGERS), st.sampled_from(list(Phase)[:-1]))
def test_a_promotion_that_cannot_apply_changes_nothing_but_one_refusal(
    asked: Situation, stranger: tuple[Promotion, RefusalCode], phase: Phase
) -> None:
    promotion = attrs.evolve(stranger[0], phase=phase)
    one, two = asked.price(), asked.price(promotions=[*asked.promotions, promotion])
    before, after = outcome(one), outcome(two)
    assert after[:3] == before[:3]
    assert after[4:6] == before[4:6]
    assert [refused for refused in two.refused if refused.id != "z"] == list(one.refused)
    assert [refused.code for refused in two.refused if refused.id == "z"] == [stranger[1]]


@given(situations())
def test_no_promotions_leave_the_list_price(asked: Situation) -> None:
    priced = asked.price(promotions=())
    assert priced.goods_total == asked.cart.list_total
    assert (priced.applied, priced.refused, priced.not_chosen, priced.adjustments) == ((), (), (), ())


# --- the oracle -----------------------------------------------------------------------------------------------------


def first_fit(tape: Tape) -> Policy:
    return policy(tape, selections=[Selection.PRIORITY], allocations=[Apportionment.LARGEST_REMAINDER])


def stacking(tape: Tape) -> Policy:
    """Every promotion has its turn."""
    return attrs.evolve(first_fit(tape), one_per_line=frozenset())


UNEVEN = Situation(
    cart=Cart([CartLine("a", fen(10), quantity=2)]),
    promotions=(
        Promotion("one-off", AmountOff(fen(1)), phase=Phase.PRICE_SET),
        Promotion("half", PercentOff(Rate(1, 2)), scope=Scope(discounted=Discounted.EXCLUDED)),
    ),
)
"""One off two units reduces one of them. A scope without reduced goods took that line for all reduced when it summed
prices and for half reduced when it counted units."""


@example(UNEVEN)
@example(
    attrs.evolve(
        UNEVEN,
        promotions=(
            UNEVEN.promotions[0],
            Promotion("free", NthUnitOff(1, Rate(1)), scope=Scope(discounted=Discounted.EXCLUDED)),
        ),
    )
)
@example(attrs.evolve(UNEVEN, policy=Policy(weights=Weights.LIST, overflow=Overflow.LOSE)))
@given(situations(rules=first_fit, lines=3, most=3))
def test_price_is_what_the_list_of_single_units_says(asked: Situation) -> None:
    says_the_same(asked)
    priced, expected = asked.price(), oracle.priced(asked)
    assert priced.shipping.minor == expected.shipping
    assert {other.id for other in priced.not_chosen} == expected.not_chosen


def says_the_same(asked: Situation) -> None:
    priced, expected = asked.price(), oracle.priced(asked)
    assert {line.id: line.net.minor for line in priced.lines} == expected.nets
    assert {a.id: {line: share.minor for line, share in a.shares} for a in priced.applied} == expected.applied
    assert {refused.id: refused.code for refused in priced.refused} == expected.refused


often = settings(max_examples=4 * settings().max_examples)


@often
@given(situations(size=80, rules=first_fit, least=1, most=1, free=True, alone=True, gives=unit_benefit))
def test_a_unit_benefit_is_what_the_list_of_single_units_says(asked: Situation) -> None:
    says_the_same(asked)


@often
@given(situations(size=140, rules=stacking, least=2, most=4, free=True, alone=True, gives=goods_benefit))
def test_stacked_promotions_are_what_the_list_of_single_units_says(asked: Situation) -> None:
    says_the_same(asked)


@given(
    situations(rules=first_fit, least=1, most=3, free=True, alone=True, gives=goods_benefit),
    st.lists(st.integers(0, 12), min_size=3, max_size=3),
)
def test_budgets_nearly_spent_give_what_is_left(asked: Situation, left: list[int]) -> None:
    full = Money(1000, asked.cart.currency)
    limited = [attrs.evolve(promotion, limits=Limits(budget=full)) for promotion in asked.promotions]
    spent = {
        promotion.id: Money(1000 - rest, asked.cart.currency) for promotion, rest in zip(limited, left, strict=False)
    }
    asked = attrs.evolve(asked, promotions=tuple(limited), usage=Usage(spent=spent))
    says_the_same(asked)
    for applied in asked.price().applied:
        assert applied.amount <= full - spent[applied.id]
