"""Credits: exact shares, what they cover, and what does not belong together."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.commission import Credit, CreditError, CreditRole, Scope, coverage, split_credit
from salesplan.errors import InvalidType, InvalidValue, SalesplanError
from salesplan.money import CurrencyMismatch, Money
from salesplan.rate import Rate
from salesplan.rulebook import from_data, to_data
from tests.strategies import anything, refusal, shares

DAY = date(2026, 11, 3)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def primary(deal: str, payee: str, share: Rate, **more: Any) -> Credit:
    return Credit(deal, payee, amount=usd("40000"), on=DAY, share=share, **more)


def test_half_of_a_deal_is_half_of_its_amount() -> None:
    """codingace.net: a deal of 40,000 at 50 % credits 20,000."""
    assert primary("D-1", "li", Rate(1, 2)).credited == usd("20000").minor


def test_three_equal_thirds_are_one_deal() -> None:
    thirds = split_credit("D-1", usd("100"), {name: Rate(1, 3) for name in ("wang", "li", "sun")}, on=DAY)
    assert [credit.payee for credit in thirds] == ["li", "sun", "wang"]
    assert sum(credit.credited for credit in thirds) == usd("100").minor
    assert coverage(thirds).multiplier == Rate(1)


def test_decimal_thirds_are_not() -> None:
    """33.33 % three times is 99.99 %: what a form that must add up to 100 by float accepts or refuses at random."""
    with pytest.raises(CreditError) as caught:
        split_credit("D-1", usd("100"), {name: Rate.percent("33.33") for name in ("a", "b", "c")}, on=DAY)
    assert caught.value.code == "commission.shares"
    assert coverage(
        split_credit(
            "D-1", usd("100"), dict(zip("abc", map(Rate.percent, ("33.33", "33.33", "33.34")), strict=True)), on=DAY
        )
    ).multiplier == Rate(1)


def test_overlays_come_on_top_and_are_told() -> None:
    """A deal of 40,000 with a specialist at 100 % and another of 10,000 without: 90,000 credited of 50,000."""
    given = [
        *split_credit("D-1", usd("40000"), {"li": Rate(1)}, on=DAY, overlays={"expert": Rate(1)}),
        Credit("D-2", "li", amount=usd("10000"), on=DAY),
    ]
    found = coverage(given)
    assert [int(each) for each in (found.deals, found.primary, found.additional)] == [5_000_000, 5_000_000, 4_000_000]
    assert found.multiplier == Rate(9, 5)
    assert found.above == (("D-1", Rate(2)),)
    assert found.explain().splitlines() == ["credited of what was sold  180%", "D-1                        200%"]
    assert "180%" in found._repr_html_()


def test_nothing_sold_has_no_multiplier() -> None:
    nothing = coverage([])
    assert nothing.multiplier is None
    assert coverage([]).explain() == "credited of what was sold  -"


@given(st.dictionaries(st.sampled_from("abcdef"), shares, min_size=1), st.integers(-10_000, 10_000))
def test_shares_cover_exactly_when_they_sum_to_one(parts: dict[str, Rate], minor: int) -> None:
    amount = Money.from_minor(minor, "JPY")
    whole = sum((share.to_fraction() for share in parts.values()), start=Fraction(0))
    if whole != 1:
        with pytest.raises(CreditError):
            split_credit("D", amount, parts, on=DAY)
        return
    given = split_credit("D", amount, parts, on=DAY)
    assert sum(credit.credited for credit in given) == minor
    assert coverage(given) == coverage(given[::-1])


@pytest.mark.parametrize(
    "given",
    [
        [primary("D-1", "li", Rate(1, 2))],
        [primary("D-1", "li", Rate(1, 2)), primary("D-1", "wang", Rate(2, 3))],
        [primary("D-1", "li", Rate(1), role=CreditRole.OVERLAY)],
        [primary("D-1", "li", Rate(1)), primary("D-1", "li", Rate(1))],
        [primary("D-1", "li", Rate(1, 2)), attrs.evolve(primary("D-1", "wang", Rate(1, 2)), amount=usd("1"))],
        [primary("D-1", "li", Rate(1, 2)), attrs.evolve(primary("D-1", "wang", Rate(1, 2)), on=date(2026, 11, 4))],
    ],
)
def test_credits_that_do_not_cover_their_deal_are_refused(given: list[Credit]) -> None:
    for order in (given, given[::-1]):
        with pytest.raises(CreditError):
            coverage(order)


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        coverage([primary("D-1", "li", Rate(1)), Credit("D-2", "li", amount=Money.of("1", "EUR"), on=DAY)])


@pytest.mark.parametrize(
    ("choice", "error"),
    [
        ({"share": Rate(-1, 2)}, InvalidValue),
        ({"share": Rate(3, 2)}, InvalidValue),
        ({"share": 0.5}, InvalidType),
        ({"amount": 100}, InvalidType),
        ({"amount": 1.5}, InvalidType),
        ({"on": datetime(2026, 11, 3)}, InvalidType),
        ({"on": "2026-11-03"}, InvalidType),
        ({"units": -1}, InvalidValue),
        ({"units": True}, InvalidType),
        ({"margin": Money.of("1", "EUR")}, CurrencyMismatch),
        ({"labels": "vip"}, InvalidType),
        ({"product": ""}, InvalidValue),
        ({"role": "primary"}, InvalidType),
        ({"reverses": "D-0"}, InvalidValue),  # a positive amount takes nothing back
        ({"reverses": "D-1", "amount": usd("-1")}, InvalidValue),  # itself
    ],
)
def test_what_is_no_credit_is_refused(choice: dict[str, Any], error: type[Exception]) -> None:
    fields: dict[str, Any] = {"amount": usd("1"), "on": DAY} | choice
    with pytest.raises(error) as caught:
        Credit("D-1", "li", **fields)
    assert isinstance(caught.value, SalesplanError)


@given(
    st.sampled_from(["deal", "payee", "amount", "on", "share", "margin", "units", "product", "labels", "role"]),
    anything,
)
def test_hostile_fields_raise_only_our_errors(name: str, value: Any) -> None:
    fields: dict[str, Any] = {"deal": "D-1", "payee": "li", "amount": usd("1"), "on": DAY}
    refusal(Credit, **fields | {name: value})


def test_scopes_hold_what_they_name() -> None:
    credit = primary("D-1", "li", Rate(1), product="A", labels=["new", "north"])
    for scope, holds in (
        (Scope(), True),
        (Scope(products=["A", "B"]), True),
        (Scope(products=["B"]), False),
        (Scope(labels=["north"]), True),
        (Scope(labels=["south"]), False),
        (Scope(products=["A"], labels=["south"]), False),
        (Scope(roles=[CreditRole.PRIMARY]), True),
        (Scope(roles=[CreditRole.OVERLAY]), False),
    ):
        assert scope.holds(credit) is holds


def test_credits_survive_storage() -> None:
    credit = primary("D-1", "li", Rate(1, 3), product="A", labels=["new"], margin=usd("5"), role=CreditRole.OVERLAY)
    assert from_data(to_data(credit), Credit) == credit
