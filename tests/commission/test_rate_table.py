"""What rate tables pay, and what they say when asked backwards."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.commission import (
    Application,
    NoSale,
    RateTable,
    TableError,
    WhyNot,
    breakpoints,
    marginal_rate,
    next_threshold,
    sales_for,
)
from salesplan.errors import InvalidType, InvalidValue, SalesplanError
from salesplan.ladder import Boundary, Ladder
from salesplan.money import CurrencyMismatch, Money, Rounding
from salesplan.rate import Rate
from tests.worked import table

PAGE = "commission.md"
ONE = Rate(1)
SIDES = {"[": Boundary.LOWER_INCLUSIVE, "(": Boundary.UPPER_INCLUSIVE}


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def rates(
    tiers: str, application: Application, *, side: str = "[", attainment: bool = False, ceiling: Rate = ONE
) -> RateTable:
    """`0:10 5000:12` as a table."""
    by_rate = application in {Application.MARGINAL, Application.WHOLE}
    steps: list[tuple[object, object]] = []
    for step in tiers.split():
        threshold, value = step.split(":")
        steps.append((f"{threshold}%" if attainment else threshold, f"{value}%" if by_rate else value))
    return RateTable.of(steps, currency="USD", application=application, boundary=SIDES[side], ceiling=ceiling)


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "What a sale pays"), ids=lambda row: f"{row['tiers']} {row['sale']}")
def test_sales_pay_as_worked(row: dict[str, str]) -> None:
    paid = rates(row["tiers"], Application[row["application"]], side=row["side"]).pay(usd(row["sale"]))
    assert paid == usd(row["pays"])


@pytest.mark.parametrize("row", table(PAGE, "A deal on top"), ids=lambda row: f"{row['prior']} {row['deal']}")
def test_a_deal_pays_the_difference(row: dict[str, str]) -> None:
    plan = rates(row["tiers"], Application.MARGINAL)
    prior, deal = usd(row["prior"]), usd(row["deal"])
    assert plan.pay(prior + deal) - plan.pay(prior) == usd(row["pays"])


@pytest.mark.parametrize("row", table(PAGE, "By attainment"), ids=lambda row: f"{row['tiers']} {row['attainment']}")
def test_attainment_pays_as_worked(row: dict[str, str]) -> None:
    plan = rates(row["tiers"], Application.MARGINAL, attainment=True)
    assert plan.pay(usd(row["sale"]), key=Rate.percent(row["attainment"])) == usd(row["pays"])


@pytest.mark.parametrize("row", table(PAGE, "Asked backwards"), ids=lambda row: f"{row['tiers']} {row['asked']}")
def test_asked_backwards_as_worked(row: dict[str, str]) -> None:
    plan = rates(row["tiers"], Application[row["application"]])
    found = sales_for(plan, usd(row["asked"]))
    if row["sale"]:
        assert found == usd(row["sale"])
        return
    assert isinstance(found, NoSale)
    assert found.why is WhyNot(row["why it is none"])
    for wanted, point in ((row["below"], found.below), (row["above"], found.above)):
        assert (None if point is None else point.pay) == (usd(wanted) if wanted else None)
        if point is not None:
            assert plan.pay(point.sale) == point.pay
            assert point.sale.minor == 0 or plan.pay(point.sale - usd("0.01")) != point.pay


# --- laws ----------------------------------------------------------------------------------------------------


any_application = st.sampled_from(Application)


@st.composite
def some_tables(draw: st.DrawFn, applications: st.SearchStrategy[Application] = any_application) -> RateTable:
    application = draw(applications)
    size = draw(st.integers(2 if application is Application.INTERPOLATED else 1, 4))
    thresholds = sorted(draw(st.sets(st.integers(0, 300), min_size=size, max_size=size)))
    by_rate = application in {Application.MARGINAL, Application.WHOLE}
    value: st.SearchStrategy[Any] = (
        st.integers(0, 100).map(lambda percent: Rate(percent, 100))
        if by_rate
        else st.integers(0, 200).map(lambda minor: Money.from_minor(minor, "USD"))
    )
    values = draw(st.lists(value, min_size=size, max_size=size))
    steps = [(Money.from_minor(at, "USD"), each) for at, each in zip(thresholds, values, strict=True)]
    return RateTable(
        Ladder.of(steps, boundary=draw(st.sampled_from(Boundary))),
        application=application,
        currency=usd("0").currency,
        rounding=draw(st.sampled_from([Rounding.HALF_UP, Rounding.HALF_EVEN, Rounding.DOWN])),
    )


MARGINAL = some_tables(st.just(Application.MARGINAL))
sales = st.integers(-400, 600).map(lambda minor: Money.from_minor(minor, "USD"))


@given(MARGINAL, st.integers(0, 400))
def test_marginal_pay_is_every_unit_at_its_own_rate(plan: RateTable, sale: int) -> None:
    """The oracle pays unit by unit: the n-th minor unit at the rate of the tier its end lies in."""
    steps: Any = plan.tiers.steps
    exact = Fraction(0)
    for unit in range(1, sale + 1):
        below = [step for step in steps if step.threshold.minor < unit]
        if below:
            exact += below[-1].value.to_fraction()
    assert plan.pay(Money.from_minor(sale, "USD")).minor == plan.rounding.divide(exact.numerator, exact.denominator)


@given(some_tables(), sales)
def test_slices_add_up_and_mirror(plan: RateTable, sale: Money) -> None:
    exact = sum((part.amount for part in plan.slices(sale)), start=Fraction(0))
    assert plan.pay(sale).minor == plan.rounding.divide(exact.numerator, exact.denominator)
    if sale.minor:
        assert plan.pay(-sale) == -plan.pay(sale)
    for part in plan.slices(sale):
        if part.rate is not None:
            assert part.amount == part.base * part.rate.to_fraction()


@given(MARGINAL, sales, sales)
def test_marginal_pay_never_falls(plan: RateTable, one: Money, other: Money) -> None:
    low, high = sorted((one, other), key=lambda sale: sale.minor)
    assert plan.pay(low) <= plan.pay(high)


def earned(plan: RateTable, minor: int) -> Fraction:
    return sum((part.amount for part in plan.slices(Money.from_minor(minor, "USD"))), start=Fraction(0))


@given(some_tables(), st.integers(0, 500))
def test_backwards_gives_the_smallest_sale_of_that_pay(plan: RateTable, minor: int) -> None:
    asked = plan.pay(Money.from_minor(minor, "USD"))
    found = sales_for(plan, asked)
    assert isinstance(found, Money)
    assert plan.pay(found) == asked
    exact = [sale for sale in range(501) if earned(plan, sale) == asked.minor]
    paid = [sale for sale in range(minor + 1) if plan.pay(Money.from_minor(sale, "USD")) == asked]
    if exact:
        assert found.minor == exact[0]
    elif earned(plan, found.minor) != asked.minor:  # one that earns it exactly may lie beyond what was tried
        assert found.minor == paid[0]


@given(some_tables(), st.integers(0, 300))
def test_where_backwards_finds_none_there_is_none(plan: RateTable, asked: int) -> None:
    found = sales_for(plan, Money.from_minor(asked, "USD"))
    if isinstance(found, NoSale):
        paid = [plan.pay(Money.from_minor(sale, "USD")).minor for sale in range(320)]
        assert asked not in paid
        lower, higher = [each for each in paid if each < asked], [each for each in paid if each > asked]
        if found.below is not None and found.below.sale.minor < 320:
            assert found.below.pay.minor == max(lower)
        if found.above is not None and found.above.sale.minor < 320:
            assert found.above.pay.minor == min(higher)
        assert (found.above is None) == (found.why is WhyNot.BEYOND)


@given(some_tables(), st.integers(0, 400))
def test_the_next_threshold_is_where_the_tier_changes(plan: RateTable, minor: int) -> None:
    sale = Money.from_minor(minor, "USD")
    ahead = next_threshold(plan, sale)
    here = plan.tiers.band_at(sale)
    if ahead is None:
        assert here is not None
        assert here.upper is None
        return
    assert ahead.sale == sale + ahead.more
    assert ahead.more.minor > 0
    reached, before = plan.tiers.band_at(ahead.sale), plan.tiers.band_at(ahead.sale - usd("0.01"))
    assert reached is not None
    assert (before, reached.value) == (here, ahead.value)


@given(some_tables(), st.integers(0, 350))
def test_the_marginal_rate_is_the_slope_within_a_tier(plan: RateTable, minor: int) -> None:
    sale = Money.from_minor(minor, "USD")
    if plan.tiers.band_at(sale) == plan.tiers.band_at(sale + usd("0.01")):
        assert marginal_rate(plan, sale).to_fraction() == earned(plan, minor + 1) - earned(plan, minor)


def test_breakpoints_stand_on_both_sides_of_a_threshold() -> None:
    plan = rates("0:5 1000:8", Application.WHOLE, side="(")
    assert [(str(point.sale), str(point.pay)) for point in breakpoints(plan)] == [
        ("USD 0.00", "USD 0.00"),
        ("USD 0.01", "USD 0.00"),
        ("USD 1000.00", "USD 50.00"),
        ("USD 1000.01", "USD 80.00"),
    ]


# --- bad input -----------------------------------------------------------------------------------------------


def made(tiers: list[tuple[Any, Any]], application: Application = Application.MARGINAL) -> RateTable:
    return RateTable.of(tiers, currency="USD", application=application, boundary=Boundary.LOWER_INCLUSIVE)


@pytest.mark.parametrize(
    ("tiers", "application", "error"),
    [
        ([(0, "101%")], Application.MARGINAL, TableError),
        ([(0, "-1%")], Application.WHOLE, TableError),
        ([(0, "5")], Application.MARGINAL, InvalidType),
        ([(0, "5%")], Application.FIXED, InvalidType),
        ([(0, "5"), ("80%", "6")], Application.FIXED, SalesplanError),
        ([(0, "5")], Application.INTERPOLATED, TableError),
        ([], Application.MARGINAL, SalesplanError),
        ([("100", "5%"), (0, "3%")], Application.MARGINAL, SalesplanError),
        ([(0.5, "5%")], Application.MARGINAL, InvalidType),
        ([(0, 0.05)], Application.MARGINAL, InvalidType),
        ([(0, "x%")], Application.MARGINAL, SalesplanError),
        ([3], Application.MARGINAL, InvalidType),
        ([(Money.of("0", "EUR"), "5%")], Application.MARGINAL, CurrencyMismatch),
        ([("0", Money.of("5", "EUR"))], Application.FIXED, CurrencyMismatch),
    ],
)
def test_what_is_no_table_is_refused(tiers: Any, application: Application, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        made(tiers, application)
    assert isinstance(caught.value, SalesplanError)
    assert len(str(caught.value)) < 200


def test_what_cannot_be_paid_is_refused() -> None:
    plan = made([(0, "5%")])
    by_attainment = made([("0%", "5%"), ("100%", "8%")])
    for call, error in (
        (lambda: plan.pay(Money.of("1", "EUR")), CurrencyMismatch),
        (lambda: plan.pay(5), InvalidType),  # type: ignore[arg-type]
        (lambda: plan.pay(usd("5"), key=Rate(1)), InvalidType),
        (lambda: by_attainment.pay(usd("5")), InvalidType),
        (lambda: by_attainment.pay(usd("5"), key=usd("5")), InvalidType),
        (lambda: sales_for(by_attainment, usd("5")), InvalidType),
        (lambda: sales_for(plan, usd("-5")), InvalidValue),
        (lambda: sales_for(plan, Money.of("5", "EUR")), CurrencyMismatch),
        (lambda: marginal_rate("x", usd("5")), InvalidType),  # type: ignore[arg-type]
    ):
        with pytest.raises(error):
            call()


def test_tiers_by_units_take_whole_units() -> None:
    steps = [(0, Rate.percent("5")), (10, Rate.percent("10"))]
    plan = RateTable(
        Ladder.of(steps, boundary=Boundary.LOWER_INCLUSIVE),
        application=Application.WHOLE,
        currency=usd("0").currency,
    )
    assert plan.pay(usd("900"), key=9) == usd("45")
    assert plan.pay(usd("1000"), key=10) == usd("100")
    with pytest.raises(InvalidType):
        plan.pay(usd("1000"), key=True)


# --- lines of rates, amounts by the unit, other words for the same table -------------------------------------

CURVE = rates("80:50 100:100 120:150", Application.MARGINAL, attainment=True, ceiling=Rate(2))


def curve() -> RateTable:
    """Half of what it is applied to at 80 %, all of it at 100 %, half as much again from 120 % on."""
    return attrs.evolve(CURVE, application=Application.INTERPOLATED)


@pytest.mark.parametrize(
    ("percent", "pays"),
    [
        ("79.99", "0"),
        ("80", "1500"),
        ("90", "2250"),
        ("100", "3000"),
        ("110", "3750"),
        ("120", "4500"),
        ("300", "4500"),
    ],
)
def test_a_line_of_rates_pays_a_part_of_what_it_is_applied_to(percent: str, pays: str) -> None:
    """Of 3,000: half way from 80 to 100 % lies 75 %."""
    key = Rate.percent(percent)
    assert curve().pay(usd("3000"), key=key) == usd(pays)
    for part in curve().slices(usd("3000"), key=key):
        assert part.rate is not None
        assert part.amount == part.base * part.rate.to_fraction()


def by_the_unit(application: Application) -> RateTable:
    """50 for each of the first ten, 80 from the eleventh on."""
    steps = [(0, usd("50")), (10, usd("80"))]
    ladder = Ladder.of(steps, boundary=Boundary.LOWER_INCLUSIVE)
    return RateTable(ladder, application=application, currency=usd("0").currency)


@pytest.mark.parametrize(
    ("application", "units", "pays"),
    [
        (Application.MARGINAL, 0, "0"),
        (Application.MARGINAL, 9, "450"),
        (Application.MARGINAL, 10, "500"),
        (Application.MARGINAL, 12, "660"),
        (Application.MARGINAL, -12, "-660"),
        (Application.WHOLE, 9, "450"),
        (Application.WHOLE, 10, "800"),
        (Application.WHOLE, 12, "960"),
    ],
)
def test_units_are_paid_by_the_unit(application: Application, units: int, pays: str) -> None:
    table = by_the_unit(application)
    assert table.pay(usd("1"), key=units) == usd(pays)
    assert table.per_unit
    for part in table.slices(usd("1"), key=units):
        assert part.each is not None
        assert part.amount == part.base * part.each.minor


@given(st.integers(0, 40))
def test_units_are_each_at_their_own_amount(units: int) -> None:
    each = [5000 if number <= 10 else 8000 for number in range(1, units + 1)]
    assert by_the_unit(Application.MARGINAL).pay(usd("1"), key=units).minor == sum(each)


@given(st.integers(1, 10**6), st.integers(0, 2 * 10**6), st.sampled_from([Application.MARGINAL, Application.WHOLE]))
def test_a_table_for_one_quota_pays_what_attainment_does(quota: int, sale: int, application: Application) -> None:
    by_attainment = rates("0:10 50:15 100:20", application, attainment=True)
    whole, amount = Money.from_minor(2 * quota, "USD"), Money.from_minor(sale, "USD")
    assert by_attainment.by_amount(whole).pay(amount) == by_attainment.pay(amount, key=Rate(sale, 2 * quota))


def test_a_threshold_between_two_cents_is_asked_about() -> None:
    table = rates("0:10 33:15", Application.MARGINAL, attainment=True)
    with pytest.raises(InvalidValue) as caught:
        table.by_amount(usd("0.10"))
    assert caught.value.code == "commission.between"
    assert table.by_amount(usd("0.10"), Rounding.UP).tiers.thresholds == (usd("0"), usd("0.04"))


def test_multiples_become_rates_and_amounts_shares() -> None:
    multiples = rates("0:100 100:150", Application.MARGINAL, attainment=True, ceiling=Rate(2))
    assert multiples.multiplied(Rate.percent("10")).tiers.values == (Rate.percent("10"), Rate.percent("15"))
    fixed = rates("0:50 100:80", Application.FIXED)
    assert fixed.multiplied(Rate(1, 2)).tiers.values == (usd("25"), usd("40"))
    with pytest.raises(InvalidValue):
        rates("0:50.01", Application.FIXED).multiplied(Rate(1, 2))
    with pytest.raises(InvalidValue):
        fixed.multiplied(Rate(-1))


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: made([("-1", "5%")]), TableError),
        (lambda: made([("0", "5%"), ("1", "6")]), InvalidType),
        (lambda: made([("0%", "5"), ("80%", "6%")], Application.INTERPOLATED), InvalidType),
        (lambda: sales_for(made([("0", "5%"), ("10", "6%")], Application.INTERPOLATED), usd("1")), InvalidType),
        (lambda: made([("0", "5%")]).by_amount(usd("1")), InvalidType),
        (lambda: made([("0%", "5%")]).by_amount(usd("0")), InvalidValue),
        (lambda: made([("0%", "5%")]).by_amount(Money.of("1", "EUR")), CurrencyMismatch),
        (lambda: made([("0%", "5%")]).multiplied(2), InvalidType),  # type: ignore[arg-type]
    ],
)
def test_what_no_table_answers_is_refused(call: Callable[[], object], error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, SalesplanError)


def test_nothing_of_the_key_is_where_the_first_of_it_would_be() -> None:
    """A base without a key: sold for a margin of 100 but for an amount of 0."""
    table = rates("0:10 1000:20", Application.MARGINAL)
    assert table.pay(usd("100"), key=usd("0")) == usd("10")
    assert rates("500:10", Application.MARGINAL).pay(usd("100"), key=usd("0")) == usd("0")
