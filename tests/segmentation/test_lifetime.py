"""Lifetime value: exact where it is exact, the sum over periods as written, and CDNOW held out."""

from __future__ import annotations

import pickle
import random
from datetime import date
from fractions import Fraction
from functools import cache
from math import fsum
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.errors import InvalidType, InvalidValue
from salesplan.money import MAX_MINOR, Currency, Money, Rounding
from salesplan.rate import Rate
from salesplan.segmentation.bgnbd import BgNbd
from salesplan.segmentation.gamma_gamma import GammaGamma
from salesplan.segmentation.lifetime import (
    HoldoutCheck,
    LifetimeValues,
    historic_value,
    holdout_check,
    lifetime_value,
    simple_value,
)
from tests.segmentation.buying import cdnow, columns_of, days_of_cdnow, histories
from tests.strategies import anything, minors, refusal, roundings, shares
from tests.worked import table

PAGE = "lifetime-value.md"
WEEKS = BgNbd(r=2, alpha=1, a=2, b=1, unit_days=7)
ORDERS = BgNbd(r=0.242606, alpha=4.413889, a=0.793070, b=2.426547, unit_days=7)
MONEY = GammaGamma(p=6, q=4, v=15)


# --- what was earned, and the rule of thumb -------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "Historic value"))
def test_historic_value_as_worked(row: dict[str, str]) -> None:
    value = historic_value([int(row["money"])], margin=Rate.percent(row["margin"]), rounding=Rounding(row["rounding"]))
    assert value.tolist() == [int(row["value"])]
    assert not value.flags.writeable


ends = st.sampled_from([5, 15, 25, 105, 995, -5, -15, -25, -105])  # halves at a margin of 1/10


@given(st.lists(minors | ends, max_size=8), shares | st.sampled_from([Rate(1, 10), Rate(1, 20)]), roundings)
def test_historic_value_of_a_column_is_that_of_each_record(money: list[int], margin: Rate, rounding: Rounding) -> None:
    each = [Money.from_minor(minor, "EUR").times(margin, rounding).minor for minor in money]
    assert historic_value(money, margin=margin, rounding=rounding).tolist() == each


@pytest.mark.parametrize("rounding", Rounding)
def test_historic_value_rounds_as_money_does(rounding: Rounding) -> None:
    money = list(range(-300, 300))
    for margin in (Rate(1, 4), Rate(1, 10), Rate(1, 3), Rate(1), Rate(0)):
        each = [Money.from_minor(minor, "EUR").times(margin, rounding).minor for minor in money]
        assert historic_value(money, margin=margin, rounding=rounding).tolist() == each


@pytest.mark.parametrize("row", table(PAGE, "Simple value"))
def test_simple_value_as_worked(row: dict[str, str]) -> None:
    top, _, bottom = row["orders"].partition("/")
    value = simple_value(
        Money.of(row["order"], "USD"),
        orders_per_period=Rate(int(top), int(bottom or 1)),
        margin=Rate.percent(row["margin"]),
        churn=Rate.percent(row["churn"]),
        rounding=Rounding.HALF_UP,
    )
    assert value == Money.of(row["value"], "USD")


@given(st.integers(1, 20), st.integers(1, 9), st.integers(1, 100))
def test_simple_value_is_the_sum_over_all_periods(orders: int, churn: int, margin: int) -> None:
    # 300 periods of a customer who stays with 1 - churn: what is left out is below a cent
    a_period = 10_000 * orders * margin / 100
    long = fsum(a_period * (1 - churn / 10) ** k for k in range(300))
    value = simple_value(
        Money.of("100", "USD"),
        orders_per_period=Rate(orders),
        margin=Rate.percent(margin),
        churn=Rate(churn, 10),
        rounding=Rounding.HALF_UP,
    )
    assert abs(value.minor - long) <= 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"churn": Rate(0)}, "segmentation.churn"),
        ({"churn": Rate.percent("101")}, "segmentation.churn"),
        ({"margin": Rate.percent("100.1")}, "segmentation.margin"),
        ({"margin": Rate(-1, 100)}, "segmentation.margin"),
        ({"orders_per_period": Rate(-1)}, "segmentation.orders_per_period"),
        ({"margin": 0.3}, "segmentation.margin"),
    ],
)
def test_simple_value_refuses_what_has_no_meaning(changed: dict[str, Any], code: str) -> None:
    terms: dict[str, Any] = {"orders_per_period": Rate(2), "margin": Rate(1), "churn": Rate(1, 5)} | changed
    error = refusal(lambda: simple_value(Money.of("1", "USD"), **terms, rounding=Rounding.DOWN))
    assert error is not None
    assert error.code == code


# --- what is expected -----------------------------------------------------------------------------------


def valued(rows: list[tuple[int, int, int]], means: list[float] | None = None, **changed: Any) -> LifetimeValues:
    terms: dict[str, Any] = {
        "periods": 12,
        "period_days": 30,
        "discount": Rate.percent("1"),
        "margin": Rate.percent("30"),
    }
    money = [25.0 if x else 0.0 for x, _, _ in rows] if means is None else means
    model = changed.pop("model", ORDERS)
    return lifetime_value(model, MONEY, **columns_of(rows), mean_money=money, **terms | changed)


@pytest.mark.parametrize("row", table(PAGE, "Discounted value"))
def test_discounted_value_as_worked(row: dict[str, str]) -> None:
    values = valued(
        [(0, 0, 7)],
        model=WEEKS,
        periods=int(row["periods"]),
        period_days=int(row["period_days"]),
        discount=Rate.percent(row["discount"]),
        margin=Rate.percent(row["margin"]),
    )
    assert values.orders[0] == pytest.approx(float(Fraction(row["orders"])), rel=1e-12)
    assert values.discounted_orders[0] == pytest.approx(float(row["discounted"]), rel=1e-9)
    assert values.value[0] == pytest.approx(float(row["value"]), rel=1e-12)
    assert values.order_value.tolist() == [30]
    assert values.alive.tolist() == [1]


crowds = st.lists(histories(), max_size=8)


@given(crowds, st.integers(1, 6), st.integers(1, 90), st.sampled_from([Rate(0), Rate(1, 100), Rate(1, 3)]))
def test_the_value_is_the_sum_over_the_periods_as_written(
    rows: list[tuple[int, int, int]], periods: int, period_days: int, discount: Rate
) -> None:
    values = valued(rows, periods=periods, period_days=period_days, discount=discount)
    for at, row in enumerate(rows):
        column = columns_of([row])
        upto = [float(ORDERS.expected_orders(horizon=k * period_days, **column)[0]) for k in range(periods + 1)]
        rate = float(discount.to_fraction())
        discounted = fsum((upto[k] - upto[k - 1]) / (1 + rate) ** k for k in range(1, periods + 1))
        money = MONEY.expected_money(repeat_days=[row[0]], mean_money=[25.0 if row[0] else 0.0])[0]
        assert values.orders[at] == upto[-1]
        assert values.alive[at] == ORDERS.alive(**column)[0]
        assert values.discounted_orders[at] == pytest.approx(discounted, rel=1e-12, abs=1e-300)
        assert values.value[at] == pytest.approx(discounted * money * 0.3, rel=1e-12, abs=1e-300)
        assert values.discounted_orders[at] <= values.orders[at] * (1 + 1e-12)


@given(st.lists(histories(), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_customers_moves_rows_and_nothing_else(
    rows: list[tuple[int, int, int]], chance: random.Random
) -> None:
    values = valued(rows, periods=2)
    places = list(range(len(rows)))
    chance.shuffle(places)
    mixed = valued([rows[place] for place in places], periods=2)
    for name, column in values.to_columns().items():
        assert mixed.to_columns()[name].tolist() == [column.tolist()[place] for place in places]
    assert mixed.total == values.total


def test_a_higher_discount_never_raises_a_value() -> None:
    rows = [(0, 0, 270), (2, 213, 272), (10, 260, 270), (1, 5, 200)]
    before = valued(rows, discount=Rate(0)).value
    for percent in ("0.5", "1", "10", "1000"):
        after = valued(rows, discount=Rate.percent(percent)).value
        assert (after < before).all()
        before = after


def test_values_explain_themselves_and_are_values() -> None:
    values = valued([(0, 0, 270), (2, 213, 272)], means=[0.0, 22.345])
    assert values == valued([(0, 0, 270), (2, 213, 272)], means=[0.0, 22.345])
    assert values != valued([(0, 0, 270), (2, 213, 272)], means=[0.0, 22.346])
    again = pickle.loads(pickle.dumps(values))
    assert again == values
    assert not again.value.flags.writeable
    assert not values.value.flags.writeable
    assert hash(again) == hash(values)
    assert f"{values.total:,.2f}" in values.explain()
    assert "12 x 30 days" in values.explain()
    assert f"{values.value[1]:,.2f}" in values.explain_customer(1)
    assert "<table" in values._repr_html_()
    assert len(values) == 2
    for row in (2, -1, "0", True):
        assert refusal(lambda row=row: values.explain_customer(row)) is not None


def test_nobody_is_worth_nothing() -> None:
    nobody = valued([])
    assert (len(nobody), nobody.total) == (0, 0.0)
    assert "customers" in nobody.explain()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"periods": 0}, "segmentation.periods"),
        ({"periods": 1201}, "segmentation.periods"),
        ({"period_days": 0}, "segmentation.period_days"),
        ({"period_days": 30.4}, "segmentation.period_days"),
        ({"period_days": 100_000}, "segmentation.period_days"),
        ({"discount": 0.01}, "segmentation.discount"),
        ({"discount": Rate(-1, 100)}, "segmentation.discount"),
        ({"discount": Rate(1001, 100)}, "segmentation.discount"),
        ({"margin": Rate(2)}, "segmentation.margin"),
        ({"model": None}, "segmentation.model"),
        ({"means": [-5.0]}, "segmentation.mean_money"),
        ({"means": [5.0, 5.0]}, "segmentation.mean_money"),
    ],
)
def test_terms_without_a_meaning_are_refused(changed: dict[str, Any], code: str) -> None:
    error = refusal(lambda: valued([(1, 7, 70)], **changed))
    assert error is not None
    assert error.code == code


def test_a_customer_without_a_mean_is_refused_not_guessed() -> None:
    heavy = GammaGamma(p=6, q=0.9, v=15)
    terms: dict[str, Any] = {"periods": 1, "period_days": 7, "discount": Rate(0), "margin": Rate(1)}
    one = lifetime_value(WEEKS, heavy, **columns_of([(1, 7, 7)]), mean_money=[10], **terms)
    assert one.order_value[0] == pytest.approx(6 * 25 / 5.9, rel=1e-14)
    error = refusal(lambda: lifetime_value(WEEKS, heavy, **columns_of([(0, 0, 7)]), mean_money=[0], **terms))
    assert error is not None
    assert error.code == "segmentation.gamma_gamma.no_mean"


# --- held out -------------------------------------------------------------------------------------------


@cache
def later_days() -> list[int]:
    cut = date(1997, 9, 30)
    return [sum(day > cut for day in spent) for spent in days_of_cdnow().values()]


@pytest.mark.parametrize("row", table(PAGE, "Held out"))
def test_cdnow_held_out(row: dict[str, str]) -> None:
    columns, _ = cdnow(date(1997, 9, 30))
    check = holdout_check(ORDERS, **columns, horizon=39 * 7, actual_orders=later_days())
    assert int(check.customers.sum()) == int(row["customers"])
    assert check.predicted_total == pytest.approx(float(row["predicted"]), abs=0.005)
    assert check.actual_total == int(row["actual"])
    fitted = BgNbd.fit(**columns, unit_days=7).require_model()
    own = holdout_check(fitted, **columns, horizon=39 * 7, actual_orders=later_days())
    assert own.predicted_total == pytest.approx(check.predicted_total, rel=1e-4)


@given(st.lists(st.tuples(histories(), st.integers(0, 5)), max_size=12), st.integers(0, 3))
def test_every_class_sums_its_own_customers(people: list[tuple[tuple[int, int, int], int]], top_class: int) -> None:
    columns = columns_of([row for row, _ in people])
    actual = [orders for _, orders in people]
    check = holdout_check(ORDERS, **columns, horizon=70, actual_orders=actual, top_class=top_class)
    predicted = ORDERS.expected_orders(horizon=70, **columns)
    for group in range(top_class + 1):
        members = [at for at, (row, _) in enumerate(people) if min(row[0], top_class) == group]
        assert check.customers[group] == len(members)
        assert check.actual[group] == sum(actual[at] for at in members)
        assert check.predicted[group] == fsum(predicted[at] for at in members)
    backwards = holdout_check(
        ORDERS,
        **columns_of([row for row, _ in people[::-1]]),
        horizon=70,
        actual_orders=actual[::-1],
        top_class=top_class,
    )
    assert backwards == check


def test_a_check_explains_itself() -> None:
    check = HoldoutCheck(horizon=70, customers=[3, 0], predicted=[1.5, 0.0], actual=[2, 0])
    assert check.explain().splitlines()[1].split() == ["0", "3", "1.50", "2", "0.750"]
    assert check.explain().splitlines()[2].split() == ["1+", "0", "0.00", "0", "-"]
    assert check.explain().splitlines()[3].split() == ["in", "all", "3", "1.50", "2", "0.750"]
    assert "<table" in check._repr_html_()
    assert {name: column.tolist() for name, column in check.to_columns().items()} == {
        "repeat_days": [0, 1],
        "customers": [3, 0],
        "predicted": [1.5, 0.0],
        "actual": [2, 0],
    }
    again = pickle.loads(pickle.dumps(check))
    assert again == check
    assert not again.actual.flags.writeable


def test_sums_of_a_check_do_not_wrap_around() -> None:
    most = [MAX_MINOR, MAX_MINOR]
    check = HoldoutCheck(horizon=7, customers=most, predicted=[1e200, 1e200], actual=most)
    assert check.actual_total == 2 * MAX_MINOR
    assert check.predicted_total == 2e200
    assert f"{2 * MAX_MINOR:,}" in check.explain()
    with pytest.raises(InvalidValue, match=r"1e200; row 1"):  # whose sum is no float
        HoldoutCheck(horizon=7, customers=most, predicted=[1.0, -1.1e200], actual=most)


def test_more_orders_than_days_are_refused() -> None:
    columns = columns_of([(1, 7, 70)])
    assert holdout_check(WEEKS, **columns, horizon=7, actual_orders=[7]).actual_total == 7
    error = refusal(lambda: holdout_check(WEEKS, **columns, horizon=7, actual_orders=[8]))
    assert error is not None
    assert error.code == "segmentation.actual_orders"


@given(anything, anything, anything)
def test_hostile_input_is_refused_in_our_words(one: Any, two: Any, three: Any) -> None:
    columns: dict[str, Any] = {"repeat_days": [1], "last_repeat": [7], "age": [70]}
    fifty = Money.of("50", "USD")
    for call in (
        lambda: historic_value(one, margin=Rate(1, 2), rounding=Rounding.DOWN),
        lambda: historic_value([1], margin=one, rounding=two),
        lambda: simple_value(one, orders_per_period=Rate(1), margin=Rate(1), churn=Rate(1), rounding=Rounding.DOWN),
        lambda: simple_value(fifty, orders_per_period=one, margin=two, churn=three, rounding=Rounding.DOWN),
        lambda: simple_value(fifty, orders_per_period=Rate(1), margin=Rate(1), churn=Rate(1), rounding=one),
        lambda: valued([(1, 7, 70)], periods=one, period_days=two, discount=three),
        lambda: valued([(1, 7, 70)], means=one, margin=two),
        lambda: lifetime_value(
            one, two, **columns, mean_money=[5], periods=1, period_days=1, discount=Rate(0), margin=Rate(1)
        ),
        lambda: holdout_check(WEEKS, **columns, horizon=one, actual_orders=two, top_class=three),
        lambda: HoldoutCheck(horizon=one, customers=two, predicted=three, actual=two),
        lambda: LifetimeValues(
            alive=one,
            orders=two,
            discounted_orders=three,
            order_value=one,
            value=two,
            periods=1,
            period_days=1,
            discount=Rate(0),
            margin=Rate(1),
        ),
    ):
        refusal(call)


def test_a_column_of_the_largest_amounts_is_exact() -> None:
    margin = Rate(10**20 - 1, 10**20)
    money = [MAX_MINOR, -MAX_MINOR, 1, 0]
    each = [Money.from_minor(minor, "EUR").times(margin, Rounding.HALF_EVEN).minor for minor in money]
    assert historic_value(np.array(money), margin=margin, rounding=Rounding.HALF_EVEN).tolist() == each


@pytest.mark.parametrize(
    ("currency", "shown"),
    [("CNY", "CNY 1,234.57"), ("JPY", "JPY 123,457"), ("BHD", "BHD 123.457"), (None, "123,456.78")],
)
def test_values_are_told_in_their_currency(currency: str | None, shown: str) -> None:
    terms: dict[str, Any] = {"periods": 1, "period_days": 30, "discount": Rate(0), "margin": Rate(1)}
    unit = None if currency is None else Currency.of(currency)
    columns: dict[str, Any] = {"alive": [1.0], "orders": [1.0], "discounted_orders": [1.0]}
    values = LifetimeValues(**columns, order_value=[123456.78], value=[123456.78], currency=unit, **terms)
    assert values.explain().splitlines()[-1].endswith(shown)
    assert values.explain_customer(0).splitlines()[-1].endswith(shown)
    for bad in ({"alive": [1.5]}, {"alive": [-0.1]}, {"orders": [-1.0]}, {"currency": "CNY"}):
        assert isinstance(refusal(lambda bad=bad: attrs.evolve(values, **bad)), InvalidType | InvalidValue)
