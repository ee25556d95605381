"""Pools are shared to the unit, and paid only where the team got there."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.commission.pool import PoolError, PoolRule, TeamPool, distribute, pool_of, share_pool
from salesplan.errors import InvalidType, InvalidValue, NotFound, SalesplanError
from salesplan.money import CurrencyMismatch, Money, Rounding
from salesplan.rate import Rate
from salesplan.rulebook import from_data, to_data
from tests.strategies import anything, refusal
from tests.worked import table

PAGE = "contests.md"


def cny(amount: str) -> Money:
    return Money.of(amount, "CNY")


def contribution(text: str) -> Money | Rate | int:
    if text.endswith("%"):
        return Rate.percent(text[:-1])
    return cny(text) if "." in text else int(text)


def contributions(text: str) -> dict[str, Any]:
    pairs = [each.split(":") for each in text.split()]
    return {name: contribution(brought) for name, brought in pairs}


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "A pool shared"), ids=lambda row: row["case"])
def test_pools_are_shared_as_worked(row: dict[str, str]) -> None:
    brought = contributions(row["contributions"])
    shared = share_pool(Money.of(row["pool"], row["currency"]), brought, rule=PoolRule[row["rule"]])
    assert [shared[name] for name in brought] == [Money.of(paid, row["currency"]) for paid in row["paid"].split()]


@pytest.mark.parametrize("row", table(PAGE, "A team pool"), ids=lambda row: row["case"])
def test_team_pools_are_paid_as_worked(row: dict[str, str]) -> None:
    sold = contributions(row["sold"])
    least: Any = contribution(row["at least"]) if row["at least"] else None
    rule = TeamPool(id="east", share=Rate.percent(row["share"][:-1]), rule=PoolRule.BY_CONTRIBUTION, at_least=least)
    result = distribute(rule, sold, target=cny(row["target"]) if row["target"] else None)
    assert [result.amount_of(name) for name in sold] == [cny(paid) for paid in row["paid"].split()]
    assert result.withheld == cny(row["withheld"])
    assert result.why.startswith("not paid") == (result.withheld.minor != 0)


def test_pools_are_shown_as_text_html_and_columns() -> None:
    rule = TeamPool(id="<east>", share=Rate.percent("2"), rule=PoolRule.EQUALLY, at_least=Rate(1))
    result = distribute(rule, {"wang": cny("60"), "li": cny("30")}, target=cny("100"))
    assert result.attainment == Rate.percent("90")
    assert result.explain().splitlines()[0] == "team pool <east>: 2% of CNY 90.00, CNY 0.00 paid"
    assert result.explain().splitlines()[-1] == "not paid: attainment 90%, at least 100%"
    assert "<east>" not in result._repr_html_()
    assert "not paid: attainment 90%" in result._repr_html_()
    assert result.to_columns() == {"participant": ["li", "wang"], "sales_minor": [3000, 6000], "amount_minor": [0, 0]}
    assert distribute(TeamPool(id="x", share=Rate(1), rule=PoolRule.EQUALLY), {"li": cny("1")}).attainment is None


# --- laws ----------------------------------------------------------------------------------------------------

pools = st.one_of(st.sampled_from([0, 1, 2, 100]), st.integers(0, 10**9)).map(
    lambda minor: Money.from_minor(minor, "JPY")
)
brought = st.one_of(st.sampled_from([0, 1, 1, 3, 3, -5]), st.integers(-50, 50))
kinds: list[Any] = [int, lambda units: Rate(units, 7), lambda units: Money.from_minor(units, "CNY")]


@given(pools, st.lists(brought, min_size=1, max_size=6), st.sampled_from(kinds), st.sampled_from(PoolRule))
def test_shares_are_exact_whatever_the_order(pool: Money, units: list[int], kind: Any, rule: PoolRule) -> None:
    members = {f"p{at}": kind(each) for at, each in enumerate(units)}
    weights = [1] * len(units) if rule is PoolRule.EQUALLY else [max(each, 0) for each in units]
    if pool.minor and not any(weights):
        with pytest.raises(PoolError):
            share_pool(pool, members, rule=rule)
        return
    shared = share_pool(pool, members, rule=rule)
    assert [*shared] == sorted(members)
    assert Money.sum(shared.values(), currency="JPY") == pool
    for name, weight in zip(members, weights, strict=True):
        exact = Fraction(pool.minor * weight, sum(weights)) if any(weights) else Fraction(0)
        assert abs(shared[name].minor - exact) < 1
        assert weight or shared[name].minor == 0
    assert share_pool(pool, dict(reversed(members.items())), rule=rule) == shared


@st.composite
def team_pools(draw: st.DrawFn) -> TeamPool:
    least: Any = draw(
        st.one_of(
            st.none(),
            st.sampled_from([Rate(0), Rate(1, 2), Rate(1)]),
            st.sampled_from([0, 50, 100]).map(lambda minor: Money.from_minor(minor, "JPY")),
        )
    )
    share = draw(st.sampled_from([Rate(1), Rate(1, 3), Rate.percent("2")]))
    rounding = draw(st.sampled_from([Rounding.HALF_UP, Rounding.DOWN]))
    return TeamPool(id="law", share=share, rule=draw(st.sampled_from(PoolRule)), at_least=least, rounding=rounding)


@given(team_pools(), st.lists(st.integers(-20, 60), min_size=1, max_size=4), st.sampled_from([1, 50, 100]))
def test_a_team_pool_is_paid_or_withheld_in_whole(rule: TeamPool, units: list[int], goal: int) -> None:
    sold = {f"p{at}": Money.from_minor(each, "JPY") for at, each in enumerate(units)}
    result = distribute(rule, sold, target=Money.from_minor(goal, "JPY"))
    total = sum(units)
    exact = max(total, 0) * rule.share.to_fraction()
    whole = rule.rounding.divide(exact.numerator, exact.denominator)
    assert (result.amount + result.withheld).minor == whole
    least = 0 if rule.at_least is None else rule.at_least
    met = {
        int: True,
        Rate: isinstance(least, Rate) and Fraction(total, goal) >= least.to_fraction(),
        Money: isinstance(least, Money) and total >= least.minor,
    }[type(least)]
    assert result.amount.minor == (whole if met else 0)
    assert from_data(to_data(result), type(result)) == result
    assert from_data(to_data(rule), TeamPool) == rule


# --- bad input -----------------------------------------------------------------------------------------------


def pool(**fields: Any) -> TeamPool:
    whole: dict[str, Any] = {"id": "x", "share": Rate(1, 50), "rule": PoolRule.EQUALLY} | fields
    return TeamPool(**whole)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: pool(share=Rate(0)), InvalidValue),
        (lambda: pool(share=Rate(101, 100)), InvalidValue),
        (lambda: pool(share=0.02), InvalidType),
        (lambda: pool(at_least=100), InvalidType),
        (lambda: pool(at_least=cny("-1")), InvalidValue),
        (lambda: pool(at_least=Rate(-1)), InvalidValue),
        (lambda: pool(rule="equally"), InvalidType),
        (lambda: pool_of(cny("1"), Rate(0), Rounding.DOWN), InvalidValue),
        (lambda: share_pool(cny("-1"), {"a": 1}, rule=PoolRule.EQUALLY), InvalidValue),
        (lambda: share_pool(cny("1"), {}, rule=PoolRule.EQUALLY), PoolError),
        (lambda: share_pool(cny("1"), {"a": 0, "b": -1}, rule=PoolRule.BY_CONTRIBUTION), PoolError),
        (lambda: share_pool(cny("1"), {"a": 1, "b": Rate(1)}, rule=PoolRule.EQUALLY), InvalidType),
        (lambda: share_pool(cny("1"), {"a": True}, rule=PoolRule.EQUALLY), InvalidType),
        (
            lambda: share_pool(cny("1"), {"a": cny("1"), "b": Money.of("1", "EUR")}, rule=PoolRule.EQUALLY),
            CurrencyMismatch,
        ),
        (lambda: share_pool(cny("1"), {1: 1}, rule=PoolRule.EQUALLY), InvalidType),  # type: ignore[dict-item]
        (lambda: distribute(pool(), {}), PoolError),
        (lambda: distribute(pool(), {"a": 5}), InvalidType),  # type: ignore[dict-item]
        (lambda: distribute(pool(at_least=Rate(1)), {"a": cny("5")}), InvalidValue),
        (lambda: distribute(pool(), {"a": cny("5")}, target=cny("0")), InvalidValue),
        (lambda: distribute(pool(), {"a": cny("5")}, target=Money.of("1", "EUR")), CurrencyMismatch),
        (lambda: distribute(pool(at_least=Money.of("1", "EUR")), {"a": cny("5")}), CurrencyMismatch),
        (lambda: distribute(pool(), {"a": cny("5"), "b": Money.of("1", "EUR")}), CurrencyMismatch),
        (lambda: distribute(pool(), {"a": cny("5")}).amount_of("b"), NotFound),
    ],
)
def test_what_cannot_be_shared_is_refused(call: Any, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, SalesplanError)
    assert len(str(caught.value)) < 200


@given(anything, anything)
def test_nothing_but_our_errors_comes_out(one: Any, other: Any) -> None:
    for error in (
        refusal(pool, id=one, share=other),
        refusal(pool, at_least=one, rounding=other),
        refusal(pool_of, one, Rate(1), other),
        refusal(pool_of, cny("5"), one, Rounding.DOWN),
        refusal(share_pool, one, {"a": other}, rule=PoolRule.EQUALLY),
        refusal(share_pool, cny("5"), one, rule=PoolRule.BY_CONTRIBUTION),
        refusal(share_pool, cny("5"), {"a": one, "b": other}, rule=PoolRule.BY_CONTRIBUTION),
        refusal(distribute, one, other),
        refusal(distribute, pool(), one, target=other),
        refusal(distribute, pool(at_least=Rate(1)), {"a": one}, target=other),
        refusal(distribute(pool(), {"a": cny("5")}).amount_of, one),
    ):
        assert error is None or len(str(error)) < 200
