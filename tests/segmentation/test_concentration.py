"""Concentration over customers: whole customers and parts of them, ties at the edge, and the question backwards."""

from __future__ import annotations

import pickle
from datetime import date
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.errors import InvalidType, InvalidValue
from salesplan.rate import Rate
from salesplan.rulebook import from_data, to_data
from salesplan.segmentation.concentration import (
    CustomerConcentration,
    NegativeTotals,
    TopCustomers,
    customer_concentration,
)
from tests.segmentation.buying import days_of_cdnow
from tests.strategies import anything, refusal, shares
from tests.worked import table

PAGE = "customer-concentration.md"
SEVEN = [10, 0, 50, 0, 30, 0, 10]
TOP = 2**63 - 1


def rate(text: str) -> Rate:
    top, _, bottom = text.partition("/")
    return Rate(int(top), int(bottom or 1))


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "Top customers"), ids=lambda row: row["top"])
def test_top_customers_are_as_worked(row: dict[str, str]) -> None:
    top = customer_concentration(SEVEN).top_customers(rate(row["top"]))
    least = int(row["least"]) if row["least"] else None
    assert (top.customers, top.money, top.least) == (int(row["customers"]), int(row["money"]), least)
    assert (top.tied_outside, top.tied_inside) == (int(row["tied outside"]), int(row["tied inside"]))
    assert (top.share, top.customer_share) == (Rate(top.money, 100), Rate(top.customers, 7))


@pytest.mark.parametrize("row", table(PAGE, "Customers for a share"), ids=lambda row: row["share of money"])
def test_customers_for_a_share_are_as_worked(row: dict[str, str]) -> None:
    spread, share = customer_concentration(SEVEN), rate(row["share of money"])
    assert spread.customers_for(share).customers == int(row["customers"])
    assert spread.share_of_customers_for(share) == Rate(int(row["customers"]), 7)


@pytest.mark.parametrize("row", table(PAGE, "Measures"), ids=lambda row: f"{row['measure']} {row['of']}")
def test_measures_are_as_worked(row: dict[str, str]) -> None:
    spread = customer_concentration(SEVEN)
    found = {
        "top share": lambda: spread.top_share(rate(row["of"])),
        "Lorenz": lambda: spread.lorenz(rate(row["of"])),
        "Gini": lambda: spread.gini,
        "Pareto split": lambda: spread.pareto_split().customer_share,
    }[row["measure"]]()
    assert found == rate(row["result"])


@pytest.mark.parametrize("row", table(PAGE, "CDNOW"), ids=lambda row: row["as of"])
def test_cdnow_is_as_worked(row: dict[str, str]) -> None:
    end = date.fromisoformat(row["as of"])
    totals = [sum(cents for day, cents in spent.items() if day <= end) for spent in days_of_cdnow().values()]
    spread = customer_concentration(totals)
    top, split = spread.top_customers(Rate.percent("20")), spread.pareto_split()
    assert (len(spread), spread.total, top.customers, top.money) == (2357, int(row["money"]), 472, int(row["top 20 %"]))
    assert f"{float(top.share.to_fraction()) * 100:.2f}" == row["share"]
    assert f"{float(spread.gini.to_fraction()):.4f}" == row["Gini"]
    assert [spread.customers_for(Rate.percent(share)).customers for share in ("60", "80")] == [
        int(row["for 60 %"]),
        int(row["for 80 %"]),
    ]
    assert (split.customers, split.money) == (int(row["split"]), int(row["money of the split"]))


# --- edges ---------------------------------------------------------------------------------------------------


def test_totals_below_0_are_refused_or_set_apart() -> None:
    with pytest.raises(InvalidValue, match="row 1 is -2") as caught:
        customer_concentration([5, -2, 3, -1])
    assert (caught.value.code, caught.value.value) == ("segmentation.concentration.negative", -2)
    spread = customer_concentration([5, -2, 3, -1], negative=NegativeTotals.SET_APART)
    assert (len(spread), spread.total, spread.apart_customers, spread.apart_money) == (2, 8, 2, -3)
    assert "set apart 2 below 0, with -3" in spread.explain()


def test_customers_at_0_are_part_of_the_base() -> None:
    assert customer_concentration([7, 0]).top_customers(Rate(1, 2)).share == Rate(1)
    assert customer_concentration([7]).top_customers(Rate(1, 2)).of_customers == 1


@pytest.mark.parametrize("totals", [[], [0], [0, 0, -5]])
def test_nobody_holds_a_share_of_nothing(totals: list[int]) -> None:
    with pytest.raises(InvalidValue, match="nobody holds a share"):
        customer_concentration(totals, negative=NegativeTotals.SET_APART)


def test_the_money_of_all_may_fill_63_bits_and_no_more() -> None:
    spread = customer_concentration([TOP - 1, 1, 0])
    assert (spread.total, spread.customers_for(Rate(1)).customers) == (TOP, 2)
    assert spread.top_customers(Rate(1, 3)).share == Rate(TOP - 1, TOP)
    assert spread.gini == Rate(2 * (3 * (TOP - 1) + 2), 3 * TOP) - Rate(4, 3)
    with pytest.raises(InvalidValue, match="the money of all must be at most"):
        customer_concentration([TOP, 1])
    apart = customer_concentration([-TOP, -TOP, 1], negative=NegativeTotals.SET_APART)
    assert apart.apart_money == -2 * TOP


@pytest.mark.parametrize("share", [Rate(-1, 5), Rate(6, 5), Rate(1, 10**25)])
def test_shares_outside_0_to_1_are_refused(share: Rate) -> None:
    spread = customer_concentration(SEVEN)
    for ask in (spread.top_customers, spread.customers_for, spread.top_share, spread.lorenz):
        with pytest.raises(InvalidValue) as caught:
            ask(share)
        assert caught.value.code == "segmentation.concentration.share"
    assert spread.top_customers(Rate(1, 10**24)).customers == 1


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"money": [2, 1]}, "rise"),
        ({"money": [-1, 3]}, "money must be 0"),
        ({"apart_customers": 1}, "less than 0 each"),
        ({"apart_customers": 2, "apart_money": -1}, "less than 0 each"),
        ({"apart_money": -1}, "less than 0 each"),
        ({"apart_money": 1}, "less than 0 each"),
        ({"apart_customers": -1}, "at least 0"),
    ],
)
def test_totals_that_cannot_be_are_refused(change: dict[str, Any], match: str) -> None:
    with pytest.raises(InvalidValue, match=match):
        attrs.evolve(customer_concentration([1, 2]), **change)


@pytest.mark.parametrize(
    "change",
    [
        {"customers": 8},
        {"money": 101},
        {"least": None},
        {"least": 41},
        {"tied_inside": 0},
        {"tied_inside": 3},
        {"tied_outside": 6},
        {"customers": 0, "tied_inside": 0},
    ],
)
def test_top_customers_that_cannot_be_are_refused(change: dict[str, Any]) -> None:
    top = customer_concentration(SEVEN).top_customers(Rate(2, 7))
    with pytest.raises(InvalidValue):
        attrs.evolve(top, **change)


# --- laws ----------------------------------------------------------------------------------------------------

amounts = st.one_of(st.sampled_from([0, 0, 1, 5, 5, 5, 100]), st.integers(0, 10**6), st.sampled_from([2**52, 2**58]))
totals = st.lists(amounts, min_size=1, max_size=14).filter(any)


@given(totals, shares)
@example([5, 5, 5], Rate(1, 3))
def test_top_customers_are_the_first_of_a_sorted_list(several: list[int], share: Rate) -> None:
    falling = sorted(several, reverse=True)
    many = sum(Fraction(k, len(several)) < share.to_fraction() for k in range(len(several)))
    top = customer_concentration(several).top_customers(share)
    assert (top.customers, top.money) == (many, sum(falling[:many]))
    if many:
        assert top.least == falling[many - 1]
        assert top.tied_inside == falling[:many].count(falling[many - 1])
        assert top.tied_outside == falling[many:].count(falling[many - 1])
    assert from_data(to_data(top), TopCustomers) == top


@given(totals, shares)
def test_customers_for_a_share_are_the_fewest_that_bring_it(several: list[int], share: Rate) -> None:
    falling = sorted(several, reverse=True)
    enough = [k for k in range(len(several) + 1) if sum(falling[:k]) >= share.to_fraction() * sum(several)]
    assert customer_concentration(several).customers_for(share).customers == enough[0]


@given(totals)
def test_the_pareto_split_is_the_first_that_evens_out(several: list[int]) -> None:
    falling, many = sorted(several, reverse=True), len(several)
    split = customer_concentration(several).pareto_split()
    even = [k for k in range(many + 1) if Fraction(sum(falling[:k]), sum(several)) >= 1 - Fraction(k, many)]
    assert split.customers == even[0]


@given(totals, shares, shares)
def test_the_lorenz_curve_sags_and_rises(several: list[int], one: Rate, other: Rate) -> None:
    spread = customer_concentration(several)
    assert (spread.lorenz(Rate(0)), spread.lorenz(Rate(1))) == (Rate(0), Rate(1))
    left, right = (spread.lorenz(share).to_fraction() for share in (one, other))
    assert 0 <= left <= one.to_fraction()
    assert (left <= right) or one > other
    middle = Rate(one.numerator * other.denominator + other.numerator * one.denominator, 2)
    middle = Rate(middle.numerator, middle.denominator * one.denominator * other.denominator)
    if middle.denominator <= 10**24:
        assert spread.lorenz(middle).to_fraction() <= (left + right) / 2


@given(totals, shares)
def test_a_part_of_a_customer_is_no_more_than_the_customer(several: list[int], share: Rate) -> None:
    spread = customer_concentration(several)
    assert share <= spread.top_share(share) <= spread.top_customers(share).share
    whole = Rate(spread.top_customers(share).customers, len(several))
    assert spread.top_share(whole) == spread.top_customers(whole).share


@given(totals)
def test_gini_is_half_the_relative_mean_difference(several: list[int]) -> None:
    apart = sum(abs(one - other) for one in several for other in several)
    assert customer_concentration(several).gini.to_fraction() == Fraction(apart, 2 * len(several) * sum(several))


@given(totals, st.lists(st.integers(-9, -1), max_size=3), st.integers(1, 7), st.randoms(use_true_random=False))
def test_order_and_scale_change_no_share(several: list[int], below: list[int], factor: int, chance: Any) -> None:
    shuffled = several + below
    chance.shuffle(shuffled)
    spread = customer_concentration(several + below, negative=NegativeTotals.SET_APART)
    again = customer_concentration(shuffled, negative=NegativeTotals.SET_APART)
    assert (spread, hash(spread)) == (again, hash(again))
    assert (spread.apart_customers, spread.apart_money) == (len(below), sum(below))
    if sum(several) * factor <= TOP:
        scaled = customer_concentration([total * factor for total in several])
        for share in (Rate(1, 5), Rate(1, 2)):
            assert scaled.top_share(share) == spread.top_share(share)
            assert scaled.share_of_customers_for(share) == spread.share_of_customers_for(share)
        assert scaled.gini == spread.gini


@given(totals)
def test_columns_are_the_points_of_the_curve(several: list[int]) -> None:
    spread = customer_concentration(np.array(several))
    columns = spread.to_columns()
    assert columns["customers"].tolist() == list(range(len(several) + 1))
    for many, money in zip(*(each.tolist() for each in columns.values()), strict=True):
        assert spread.lorenz(Rate(many, len(several))) == Rate(money, sum(several))


def test_a_copy_is_the_same_and_cannot_be_written_to() -> None:
    spread = customer_concentration([5, 3, -1], negative=NegativeTotals.SET_APART)
    copy = pickle.loads(pickle.dumps(spread))
    assert copy == spread
    assert not copy.money.flags.writeable
    assert not copy._curve.flags.writeable
    assert copy != customer_concentration([5, 3])
    assert copy != "5, 3"


# --- what is shown, hostile input ----------------------------------------------------------------------------


def test_results_show_themselves() -> None:
    spread = customer_concentration(SEVEN)
    assert spread.explain().startswith("7 customers, 100 in minor units, Gini 0.6286\n")
    assert " ".join(spread.explain().splitlines()[5].split()) == "top 20 % 2 28.6 % 80.0 % no"
    assert "<td" in spread._repr_html_()
    top = spread.top_customers(Rate(3, 7))
    assert top.explain().endswith("(90.0 %); 1 more with 10 each, like 1 of them")
    assert ">yes<" in top._repr_html_()


@given(anything, anything)
def test_questions_are_refused_in_our_words(some: Any, other: Any) -> None:
    spread = customer_concentration(SEVEN)
    refusal(customer_concentration, some)
    refusal(lambda: customer_concentration([1, 2], negative=some))
    for ask in (spread.top_customers, spread.customers_for, spread.share_of_customers_for, spread.top_share):
        refusal(ask, some)
    refusal(spread.lorenz, some)
    refusal(lambda: CustomerConcentration(money=some, apart_customers=other))
    refusal(lambda: CustomerConcentration(money=np.array([1]), apart_customers=some, apart_money=other))


@given(st.sampled_from([each.name for each in attrs.fields(TopCustomers)]), anything)
def test_records_are_checked(name: str, value: Any) -> None:
    refusal(lambda: attrs.evolve(customer_concentration(SEVEN).top_customers(Rate(2, 7)), **{name: value}))


@pytest.mark.parametrize("money", [[1.5], [True], ["1"], 7, None])
def test_what_is_no_money_is_refused(money: Any) -> None:
    with pytest.raises(InvalidType) as caught:
        customer_concentration(money)
    assert caught.value.code == "segmentation.concentration"
