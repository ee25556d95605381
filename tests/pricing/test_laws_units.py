"""Laws of single units: a line of q units is q lines of one, and a million units cost no more work than two."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest
from hypothesis import given

from salesplan.apportion import Apportionment
from salesplan.money import Money
from salesplan.pricing import (
    AmountOff,
    Basis,
    Benefit,
    BundlePrice,
    BuyXGetY,
    Cart,
    CartLine,
    Charge,
    CheapestFree,
    FixedUnitPrice,
    NthUnitOff,
    Overflow,
    Per,
    PercentOff,
    Phase,
    Pick,
    Policy,
    Promotion,
    PromotionSet,
    Selection,
    SpendAndSave,
    UnitAmountOff,
)
from salesplan.pricing._selection import choose_in_turn
from salesplan.rate import Rate
from tests.pricing.strategies import (
    AT,
    CNY,
    HUGE_COUNTS,
    Situation,
    Tape,
    goods_benefit,
    policy,
    situations,
    unit_benefit,
)


def fen(minor: int) -> Money:
    return Money(minor, CNY)


def expanded(cart: Cart) -> Cart:
    """Every unit a line of its own."""
    lines = [
        attrs.evolve(line, id=f"{line.id}.{unit:03}", quantity=1)
        for line in cart.lines
        for unit in range(line.quantity)
    ]
    return Cart(lines, shipping=cart.shipping, currency=cart.currency)


def exact(tape: Tape) -> Policy:
    """No share is lost, so that only the total counts."""
    return attrs.evolve(policy(tape), overflow=Overflow.REDISTRIBUTE)


def not_per_line(tape: Tape) -> Benefit:
    """A percentage per line is the one benefit that asks how units are put on lines."""
    benefit = goods_benefit(tape)
    if isinstance(benefit, PercentOff) and benefit.per is Per.LINE:
        return attrs.evolve(benefit, per=Per.UNIT)
    return benefit


@given(situations(rules=exact, gives=unit_benefit, least=1, most=1, alone=True))
def test_a_line_of_many_units_is_many_lines_of_one_for_every_unit_benefit(asked: Situation) -> None:
    one, many = asked.price(), asked.price(cart=expanded(asked.cart))
    assert one.total == many.total
    assert [applied.amount for applied in one.applied] == [applied.amount for applied in many.applied]
    assert [(refused.code, refused.needed, refused.have) for refused in one.refused] == [
        (refused.code, refused.needed, refused.have) for refused in many.refused
    ]


@given(situations(rules=exact, gives=not_per_line, least=1, most=1, alone=True, free=True))
def test_a_line_of_many_units_is_many_lines_of_one_for_order_benefits_too(asked: Situation) -> None:
    one, many = asked.price(), asked.price(cart=expanded(asked.cart))
    assert one.total == many.total
    assert one.saving == many.saving


@given(situations(gives=unit_benefit, least=1, most=1, alone=True, free=True))
def test_reduced_units_of_a_line_are_reduced_as_when_apart(asked: Situation) -> None:
    """Where the reduced units carry their discount, no unit takes another's share, so lines agree to the minor unit."""
    benefit = asked.promotions[0].benefit
    if isinstance(benefit, BundlePrice) or getattr(benefit, "charge", None) is Charge.GROUP:
        return
    if getattr(benefit, "cap", None) is not None:
        return
    one, many = asked.price(), asked.price(cart=expanded(asked.cart))
    apart: dict[str, int] = {}
    for line in many.lines:
        apart[line.id.split(".")[0]] = apart.get(line.id.split(".")[0], 0) + line.net.minor
    tied = len({line.unit_price for line in asked.cart.lines}) < len(asked.cart.lines)
    if not tied or getattr(benefit, "limit", None) is None:
        assert {line.id: line.net.minor for line in one.lines} == apart


@given(situations(counts=HUGE_COUNTS, most=5))
def test_a_million_units_leave_a_bounded_number_of_runs(asked: Situation) -> None:
    """A run is cut in a few at most by each promotion, whatever the quantity."""
    priced = asked.price()
    runs = runs_after(asked)
    assert max(runs, default=1) <= 4 ** (1 + len(priced.applied))
    assert all(len(line.unit_runs) <= 2 for line in priced.lines)


def runs_after(asked: Situation) -> list[int]:
    """How many runs each line ends with."""
    rules = PromotionSet(asked.promotions).book(attrs.evolve(asked.policy, selection=Selection.PRIORITY))
    run = rules.start(asked.cart, asked.at, asked.shopper, asked.usage)
    choose_in_turn(rules, run)
    return [len(pieces) for pieces in run.pieces.values()]


MILLION = 10**6

HUGE: list[tuple[Benefit, int]] = [
    (NthUnitOff(2, Rate(1, 2)), 500_000 * 50),
    (NthUnitOff(2, Rate(1, 2), pick=Pick.CHEAPEST, charge=Charge.GROUP), 500_000 * 50),
    (CheapestFree(3), 333_333 * 100),
    (CheapestFree(3, max_times=7), 7 * 100),
    (BuyXGetY(buy=2, get=1), 333_333 * 100),
    (BuyXGetY(buy=1, get=2), (333_333 * 2) * 100),
    (BundlePrice(3, fen(250)), 333_333 * 50),
    (UnitAmountOff(fen(7)), MILLION * 7),
    (UnitAmountOff(fen(7), limit=999_999, first=fen(30)), 999_998 * 7 + 30),
    (FixedUnitPrice(fen(99), limit=10), 10),
    (PercentOff(Rate(1, 3), per=Per.UNIT), MILLION * 33),
    (PercentOff(Rate(1, 3)), 33_333_333),
    (AmountOff(fen(1)), 1),
    (SpendAndSave({fen(MILLION * 100): fen(5), fen(MILLION * 100 + 1): fen(6)}, basis=Basis.LIST), 5),
]


@pytest.mark.parametrize(("benefit", "saving"), HUGE, ids=lambda value: type(value).__name__)
def test_a_million_units_are_reduced_as_arithmetic_says(benefit: Benefit, saving: int) -> None:
    cart = Cart([CartLine("a", fen(100), quantity=MILLION)])
    asked = Situation(cart=cart, promotions=(Promotion("p", benefit),), at=AT)
    assert asked.price().saving.minor == saving


@pytest.mark.parametrize("allocation", Apportionment)
@pytest.mark.parametrize("make", [lambda: PercentOff(Rate(1, 2)), lambda: AmountOff(fen(101))])
def test_an_amount_after_a_unit_benefit_falls_on_units_in_proportion(
    make: Callable[[], Benefit], allocation: Apportionment
) -> None:
    """Half of the units half price, then an amount on the goods: 3 x 100 become 100, 100, 50, and so on."""
    cart = Cart([CartLine("a", fen(100), quantity=3)])
    asked = Situation(
        cart=cart,
        promotions=(
            Promotion("second-half", NthUnitOff(2, Rate(1, 2))),
            Promotion("order", make()),
            Promotion("free", CheapestFree(3, charge=Charge.REWARDED), phase=Phase.POINTS),
        ),
        policy=Policy(allocation=allocation),
        at=AT,
    )
    priced = asked.price()
    amounts = {applied.id: applied.amount.minor for applied in priced.applied}
    left = 250 - amounts["order"]
    # the cheapest unit cost a fifth of the line before and does after, to the minor unit
    assert abs(amounts["free"] - left / 5) < 1
    assert priced.total.minor == left - amounts["free"]
