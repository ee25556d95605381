"""The tables of docs/worked-examples/pricing.md, row by row: every number that a row gives is checked."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import attrs
import pytest

from salesplan.errors import SalesplanError
from salesplan.money import Money
from salesplan.pricing import (
    PercentOff,
    PricedCart,
    RefusalCode,
    Rounded,
    Scope,
    SpendAtLeast,
    price,
)
from salesplan.rate import Rate
from tests.pricing.notation import cart_of, policy_of, promotions_of
from tests.pricing.outcome import assert_gives
from tests.worked import PAGES, table

PAGE = "pricing.md"
TEXT = (PAGES / PAGE).read_text(encoding="utf-8")
NOW = datetime(2026, 11, 11, 4, tzinfo=UTC)
LATER = "What needs a later mechanism"
THEMES = [title for title in re.findall(r"^## (.+)$", TEXT, re.MULTILINE) if title != LATER]

GIVEN = [f"PR{number:02}" for number in range(1, 72, 2)]
"""The cases of other systems that were collected; the page restates each."""


@attrs.frozen(kw_only=True)
class Case:
    name: str
    cart: str
    promotions: str
    policy: str
    gives: tuple[str, ...]


def cases_of(theme: str) -> list[Case]:
    return [
        Case(
            name=row["case"],
            cart=row["cart"],
            promotions=row["promotions"],
            policy=row["policy"],
            gives=tuple(part.strip() for part in row["gives"].split(";") if part.strip()),
        )
        for row in table(PAGE, theme)
    ]


CASES = [case for theme in THEMES for case in cases_of(theme)]


def priced_of(case: Case) -> PricedCart:
    cart = cart_of(case.cart)
    promotions = promotions_of(case.promotions, cart.currency.code)
    return price(cart, promotions, at=NOW, policy=policy_of(case.policy))


def check(case: Case) -> None:
    assert case.gives, f"{case.name} expects nothing"
    assert_gives(priced_of(case), *case.gives)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_worked_examples_come_out_as_written(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_priced_cart_adds_up(case: Case) -> None:
    priced = priced_of(case)
    assert sum(line.net.minor for line in priced.lines) + priced.shipping.minor == priced.total.minor
    for applied in priced.applied:
        if applied.shares:
            assert sum(share.minor for _, share in applied.shares) == applied.amount.minor
    assert sum(money.minor for money in priced.funding.values()) == priced.saving.minor
    given = sorted(promotion.id for promotion in priced.promotions.promotions)
    endings = [applied.id for applied in priced.applied]
    endings += [refused.id for refused in priced.refused] + [other.id for other in priced.not_chosen]
    assert sorted(endings) == given


# --- that nothing on the page goes unread ---


def test_every_row_of_the_page_is_checked() -> None:
    rows = re.findall(r"^\| (?!case|-)([^|]+?) \|", TEXT, re.MULTILINE)
    later = [row["case"] for row in table(PAGE, LATER)]
    assert sorted(rows) == sorted([case.name for case in CASES] + later)
    assert len(set(rows)) == len(rows)


def test_every_case_given_is_on_the_page_and_cited() -> None:
    found = {case.name.split()[0] for case in CASES} | {row["case"] for row in table(PAGE, LATER)}
    assert [name for name in GIVEN if name not in found] == []
    cited = set(re.findall(r"\*\*(PR[0-9]+)\*\*", TEXT)) | {"PR65"}
    assert [name for name in GIVEN if name not in cited] == []


@pytest.mark.parametrize("given", [(), ("total",), ("total 80.01",), ("nonsense 1",), ("off 20.00 0.00",)])
def test_a_case_without_the_right_numbers_fails(given: tuple[str, ...]) -> None:
    case = Case(name="x", cart="CNY: A 100.00", promotions="a: AmountOff(20.00)", policy="", gives=given)
    with pytest.raises((AssertionError, KeyError)):
        check(case)
    check(attrs.evolve(case, gives=("total 80.00", "off 20.00", "refund 1 A 80.00")))


@pytest.mark.parametrize(
    "promotions",
    [
        "a AmountOff(20.00)",
        "a: AmountOff(20.00",
        "a: AmountOff(20.00), 5",
        "a: AmountOff(20%)",
        "a: PercentOff(20)",
        "a: PercentOff(20%, per=ORDRE)",
        "a: SpendAtLeast(20.00)",
        "a: AmountOff(20.005)",
        "a: AmountOff(20.00) priority=1",
        "a: AmountOff(20.00), priority=1, priority=2",
        "a: AmountOff(20.00) & b",
        "a: AmountOff()",
    ],
)
def test_the_notation_is_strict(promotions: str) -> None:
    with pytest.raises((AssertionError, KeyError, TypeError, SalesplanError)):
        promotions_of(promotions, "CNY")


def test_the_notation_says_what_it_means() -> None:
    (half,) = promotions_of(
        "half: PercentOff(5折, cap=3.00), scope=Scope(skus=[A]), conditions=[SpendAtLeast(1, basis=LIST)]", "CNY"
    )
    assert half.benefit == PercentOff(Rate.percent("50"), cap=Money.of("3", "CNY"))
    assert half.scope == Scope(skus=["A"])
    assert isinstance(half.conditions[0], SpendAtLeast)
    assert half.conditions[0].amount.minor == 100
    assert policy_of("rounded=PRICE").rounded is Rounded.PRICE
    cart = cart_of("CNY: A 2 x 3.00 price_floor=1.00, B 4.00, shipping 8.00")
    assert [(line.id, line.quantity, line.unit_price.minor) for line in cart.lines] == [("A", 2, 300), ("B", 1, 400)]
    assert cart.lines[0].price_floor is not None
    assert cart.shipping is not None


def test_every_refusal_on_the_page_is_a_code() -> None:
    named = re.findall(r"refused \S+ ([A-Z_]+)", TEXT)
    assert named
    assert all(name in RefusalCode.__members__ for name in named)
