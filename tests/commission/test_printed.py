"""Printed tables: what their rows leave out, what they name twice, and what that pays."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.commission import Application, TableError
from salesplan.commission.printed import Gaps, PrintedRow, PrintedTable, SharedBound
from salesplan.errors import InvalidType, SalesplanError
from salesplan.ladder import Boundary
from salesplan.money import Currency, CurrencyMismatch, Money, Rounding
from salesplan.rate import Rate
from salesplan.rulebook import from_data, to_data
from tests.strategies import anything, refusal
from tests.worked import table

PAGE = "plan-checks.md"
USD = Currency.iso("USD")


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def printed(rows: str, application: Application) -> PrintedTable:
    """`0-499.99:25 500-:30` as a table."""
    found = []
    for row in rows.split():
        ends, value = row.split(":")
        lower, upper = ends.split("-")
        found.append((lower, upper or None, value if application is Application.FIXED else f"{value}%"))
    return PrintedTable.of(found, currency="USD", application=application)


def bare(key: Money | Rate | int | None) -> str:
    """A key as the page writes it."""
    if key is None:
        return ""
    text = key.amount if isinstance(key, Money) else str(key)
    return text.removesuffix(".00")


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "What printed rows pay"), ids=lambda row: f"{row['rows']} {row['sale']}")
def test_printed_rows_pay_as_worked(row: dict[str, str]) -> None:
    given_rows = printed(row["rows"], Application[row["application"]])
    assert given_rows.pays_as_printed(usd(row["sale"])) == usd(row["as printed"])
    if row["closed up"]:
        assert given_rows.to_table(gaps=Gaps.CLOSE_UP).pay(usd(row["sale"])) == usd(row["closed up"])
    else:
        with pytest.raises(TableError, match="two rows name"):
            given_rows.to_table(gaps=Gaps.CLOSE_UP)


@pytest.mark.parametrize("row", table(PAGE, "Holes and overlaps"), ids=lambda row: row["rows"])
def test_holes_and_overlaps_as_worked(row: dict[str, str]) -> None:
    rows = printed(row["rows"], Application.WHOLE)
    holes = [f"{bare(each.after)}..{bare(each.before)}:{bare(each.missing)}" for each in rows.holes]
    overlaps = [f"{bare(each.lower)}..{bare(each.upper)}:{bare(each.twice)}" for each in rows.overlaps]
    assert (holes, overlaps) == (row["holes"].split(), row["overlaps"].split())


def test_the_page_of_mytime_is_off_by_its_own_factors() -> None:
    first, second = Fraction(49999, 100), Fraction(100001, 100)
    exact = first * Fraction(25, 100) + second * Fraction(30, 100)
    assert Rounding.HALF_UP.divide((exact * 100).numerator, (exact * 100).denominator) == 42500


# --- continuing the rows -------------------------------------------------------------------------------------


def test_a_shared_bound_is_given_to_the_higher_row_only_when_asked() -> None:
    rows = printed("0-100:5 100-200:7 200-:9", Application.WHOLE)
    with pytest.raises(TableError) as caught:
        rows.to_table(gaps=Gaps.CLOSE_UP)
    assert caught.value.code == "commission.overlap"
    assert caught.value.value == usd("100")
    continued = rows.to_table(shared=SharedBound.HIGHER)
    assert [str(continued.pay(usd(sale))) for sale in ("99.99", "100", "200")] == ["USD 5.00", "USD 7.00", "USD 18.00"]
    assert continued.tiers.boundary is Boundary.LOWER_INCLUSIVE


@pytest.mark.parametrize(
    "rows",
    [
        "0-100:5 99.99-200:7",  # two cents are named twice
        "0-100:5 20-20:6 100-:7",  # a row within a row, of one cent
        "0-100:5 100-100:6 100-:7",  # three rows share a bound
        "0-:5 100-:7",
    ],
)
def test_more_than_a_shared_bound_is_refused(rows: str) -> None:
    with pytest.raises(TableError) as caught:
        printed(rows, Application.WHOLE).to_table(gaps=Gaps.CLOSE_UP, shared=SharedBound.HIGHER)
    assert caught.value.code == "commission.overlap"


def test_a_gap_is_refused_with_its_place() -> None:
    with pytest.raises(TableError) as caught:
        printed("0-100:5 101-:7", Application.WHOLE).to_table()
    assert (caught.value.code, caught.value.value) == ("commission.gap", usd("100"))
    with pytest.raises(TableError) as caught:
        printed("0-100:5", Application.WHOLE).to_table()
    assert (caught.value.code, caught.value.value) == ("commission.gap", usd("100"))


def test_attainments_and_units_are_rows_as_well() -> None:
    by_attainment = PrintedTable.of(
        [("0%", "79.99%", "5%"), ("80%", None, "8%")], currency="USD", application=Application.WHOLE
    )
    almost = Rate.percent("79.995")
    assert by_attainment.pays_as_printed(usd("100"), key=almost) == usd("0")
    assert by_attainment.to_table(gaps=Gaps.CLOSE_UP).pay(usd("100"), key=almost) == usd("5")
    by_unit = PrintedTable(
        [PrintedRow(1, 10, usd("50")), PrintedRow(11, None, usd("80"))], application=Application.WHOLE, currency=USD
    )
    assert by_unit.holes == ()
    assert [by_unit.pays_as_printed(usd("0"), key=units) for units in (10, 11)] == [usd("500"), usd("880")]
    sliced = PrintedTable(by_unit.rows, application=Application.MARGINAL, currency=USD)
    assert sliced.pays_as_printed(usd("0"), key=12) == usd("530")  # 9 at 50 and 1 at 80: each end is a unit too few
    shares = PrintedTable(
        [PrintedRow(0, 10, Rate(1, 10)), PrintedRow(10, None, Rate(1, 5))],
        application=Application.MARGINAL,
        currency=USD,
    )
    assert shares.pays_as_printed(usd("200"), key=20) == usd("30")  # half of it at 10 %, half at 20 %


# --- laws ----------------------------------------------------------------------------------------------------

ends = st.integers(0, 40)
widths = st.one_of(st.none(), st.sampled_from([0, 0, 1, 2]), st.integers(0, 20))


@st.composite
def some_rows(draw: st.DrawFn, application: Application | None = None) -> PrintedTable:
    chosen = application or draw(st.sampled_from([Application.MARGINAL, Application.WHOLE, Application.FIXED]))
    rows = []
    for _ in range(draw(st.integers(1, 5))):
        lower, width = draw(ends), draw(widths)
        upper = None if width is None else Money(lower + width, USD)
        share = draw(st.sampled_from([0, 1, 5, 10, 50]))
        value: Any = Money(share, USD) if chosen is Application.FIXED else Rate(share, 50)
        rows.append(PrintedRow(Money(lower, USD), upper, value))
    return PrintedTable(rows, application=chosen, currency=USD)


def holding(rows: PrintedTable, minor: int) -> list[PrintedRow]:
    return [
        row
        for row in rows.rows
        if row.lower.minor <= minor and (row.upper is None or minor <= row.upper.minor)  # type: ignore[union-attr]
    ]


def named(spans: list[tuple[Any, Any]]) -> set[int]:
    """The minor units up to 100 in ranges whose ends are included."""
    return {
        minor for low, high in spans for minor in range(low.minor, 101 if high is None else min(high.minor, 100) + 1)
    }


@given(some_rows())
def test_every_cent_is_in_a_hole_an_overlap_or_one_row(rows: PrintedTable) -> None:
    first = min(row.lower.minor for row in rows.rows)  # type: ignore[union-attr]
    none = {minor for minor in range(first, 101) if not holding(rows, minor)}
    twice = {minor for minor in range(first, 101) if len(holding(rows, minor)) > 1}
    cent = Money(1, USD)
    inside = [(each.after + cent, None if each.before is None else each.before - cent) for each in rows.holes]  # type: ignore[operator]
    assert named(inside) == none
    assert named([(each.lower, each.upper) for each in rows.overlaps]) == twice
    sizes = [each.missing.minor for each in rows.holes if each.missing is not None]  # type: ignore[union-attr]
    bounded = [span for span in inside if span[1] is not None]
    assert sizes == [high.minor - low.minor + 1 for low, high in bounded]  # type: ignore[union-attr]


@given(some_rows(), st.permutations(range(5)))
def test_flaws_do_not_depend_on_the_order_of_print(rows: PrintedTable, order: list[int]) -> None:
    moved = [rows.rows[at] for at in order if at < len(rows.rows)]
    other = PrintedTable(moved, application=rows.application, currency=USD)
    assert (other.holes, other.overlaps) == (rows.holes, rows.overlaps)


@given(some_rows(), st.integers(-5, 100))
def test_a_sale_in_one_row_is_paid_alike(rows: PrintedTable, minor: int) -> None:
    sale = Money(minor, USD)
    found = holding(rows, minor)
    if rows.application is not Application.MARGINAL:
        value = found[0].value if found else None
        paid = rows.pays_as_printed(sale)
        if value is None:
            assert paid.minor == 0
        elif isinstance(value, Money):
            assert paid == value
        else:
            assert paid == sale.times(value, Rounding.HALF_UP)
    if rows.overlaps:
        with pytest.raises(TableError):
            rows.to_table(gaps=Gaps.CLOSE_UP)
        return
    continued = rows.to_table(gaps=Gaps.CLOSE_UP)
    if found and rows.application is not Application.MARGINAL:
        assert continued.pay(sale) == rows.pays_as_printed(sale)
    if not rows.holes:
        assert rows.to_table() == continued


@given(some_rows(Application.MARGINAL), st.integers(0, 100))
def test_a_marginal_sale_is_paid_minor_unit_by_minor_unit(rows: PrintedTable, minor: int) -> None:
    """The oracle: the n-th minor unit is paid by every row that reaches from below it to its end."""
    exact = Fraction(0)
    for unit in range(1, minor + 1):
        for row in rows.rows:
            assert isinstance(row.lower, Money)
            assert isinstance(row.value, Rate)
            upper = 10**6 if row.upper is None else row.upper.minor  # type: ignore[union-attr]
            if row.lower.minor < unit <= upper:
                exact += row.value.to_fraction()
    expected = Rounding.HALF_UP.divide(exact.numerator, exact.denominator)
    assert rows.pays_as_printed(Money(minor, USD)).minor == expected


@given(some_rows())
def test_printed_tables_are_stored_as_data(rows: PrintedTable) -> None:
    assert from_data(to_data(rows), PrintedTable) == rows


# --- bad input -----------------------------------------------------------------------------------------------


def made(rows: Any, application: Any = Application.WHOLE, **more: Any) -> PrintedTable:
    return PrintedTable.of(rows, currency=more.pop("currency", "USD"), application=application, **more)


@pytest.mark.parametrize(
    ("rows", "application", "error"),
    [
        ([], Application.WHOLE, TableError),
        ([("10", "9.99", "5%")], Application.WHOLE, TableError),
        ([("-1", "9", "5%")], Application.WHOLE, TableError),
        ([("0", "9", "101%")], Application.WHOLE, TableError),
        ([("0", "9", "5%")], Application.INTERPOLATED, TableError),
        ([("0", "9", "5")], Application.WHOLE, InvalidType),
        ([("0", "9", "5%"), ("10", "11", "5")], Application.WHOLE, InvalidType),
        ([("0", "9", "5%")], Application.FIXED, InvalidType),
        ([("0", "90%", "5%")], Application.WHOLE, TableError),
        ([(None, "9", "5%")], Application.WHOLE, InvalidType),
        ([("0", "9", None)], Application.WHOLE, InvalidType),
        ([("0", "9")], Application.WHOLE, InvalidType),
        (["0-9"], Application.WHOLE, InvalidType),
        ([(0.5, 9, "5%")], Application.WHOLE, InvalidType),
        ([("0", Money.of("9", "EUR"), "5%")], Application.WHOLE, CurrencyMismatch),
        ([("0", "9", Money.of("9", "EUR"))], Application.FIXED, CurrencyMismatch),
        ("0-9", Application.WHOLE, InvalidType),
        ([("0", "9", "5%")], "whole", InvalidType),
    ],
)
def test_what_is_no_printed_table_is_refused(rows: Any, application: Any, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        made(rows, application)
    assert isinstance(caught.value, SalesplanError)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("bound", [True, 1.5, "0", None])
def test_a_bound_of_another_kind_is_refused(bound: Any) -> None:
    for lower, upper in ((bound, 9), (0, bound)):
        if (lower, upper) != (0, None):
            with pytest.raises(InvalidType):
                PrintedTable([PrintedRow(lower, upper, Rate(1, 20))], application=Application.WHOLE, currency=USD)


def test_what_cannot_be_paid_is_refused() -> None:
    rows = printed("0-100:5 101-:7", Application.WHOLE)
    by_attainment = made([("0%", None, "5%")])
    calls: list[tuple[Callable[[], object], type[Exception]]] = [
        (lambda: rows.pays_as_printed(Money.of("1", "EUR")), CurrencyMismatch),
        (lambda: rows.pays_as_printed(usd("1"), key=Rate(1)), InvalidType),
        (lambda: rows.pays_as_printed(usd("1"), key=Money.of("1", "EUR")), CurrencyMismatch),
        (lambda: by_attainment.pays_as_printed(usd("1")), InvalidType),
        (lambda: rows.pays_as_printed(5), InvalidType),  # type: ignore[arg-type]
        (lambda: rows.to_table(gaps=True), InvalidType),  # type: ignore[arg-type]
        (lambda: rows.to_table(shared="higher"), InvalidType),  # type: ignore[arg-type]
    ]
    for call, error in calls:
        with pytest.raises(error):
            call()


def test_huge_shares_stay_short_in_messages() -> None:
    big = Rate(10**48 - 1, 10**48)
    rows = [PrintedRow(Rate(0), big, Rate(1, 20)), PrintedRow(big, Rate(10**47 + 1, 10**47), Rate(1, 10))]
    for some in (rows, rows[:1]):
        with pytest.raises(TableError) as caught:
            PrintedTable(some, application=Application.WHOLE, currency=USD).to_table()
        assert len(str(caught.value)) < 200


@given(anything, anything, anything)
def test_whatever_is_given_is_answered_or_refused(one: Any, two: Any, three: Any) -> None:
    refusal(made, [(one, two, three)])
    refusal(made, one, two)
    refusal(made, [("0", "9", "5%")], currency=one, rounding=two, ceiling=three)
    refusal(PrintedTable, one, application=Application.WHOLE, currency=USD)
    refusal(lambda: PrintedTable([PrintedRow(one, two, three)], application=Application.WHOLE, currency=USD))
    rows = printed("0-100:5 101-:7", Application.MARGINAL)
    refusal(rows.pays_as_printed, one, key=two)
    refusal(rows.pays_as_printed, usd("1"), key=two)
    refusal(rows.to_table, gaps=one, shared=two)
