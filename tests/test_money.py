"""Money: exact or loud; every rounding; the ISO table; nothing read from the decimal context."""

from __future__ import annotations

import copy
import decimal
import math
import operator
import pickle
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import iso4217
import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from salesplan.errors import InvalidType, InvalidValue, SalesplanError
from salesplan.money import MAX_MINOR, Currency, CurrencyMismatch, Money, Rounding
from salesplan.rate import Rate
from tests.strategies import (
    CURRENCIES,
    HOSTILE,
    Fruit,
    anything,
    currencies,
    minors,
    moneys,
    rates,
    refusal,
    roundings,
)
from tests.worked import table

EUR, USD, JPY, BHD = (Currency.iso(code) for code in ("EUR", "USD", "JPY", "BHD"))

DECIMAL_MODES = {
    Rounding.HALF_UP: decimal.ROUND_HALF_UP,
    Rounding.HALF_DOWN: decimal.ROUND_HALF_DOWN,
    Rounding.HALF_EVEN: decimal.ROUND_HALF_EVEN,
    Rounding.UP: decimal.ROUND_UP,
    Rounding.DOWN: decimal.ROUND_DOWN,
    Rounding.CEILING: decimal.ROUND_CEILING,
    Rounding.FLOOR: decimal.ROUND_FLOOR,
    Rounding.UP_05: decimal.ROUND_05UP,
}


def nearest(exact: Fraction, on_half: Callable[[int, int], int]) -> int:
    """Return the nearest integer; of two equally near ones, below and above, the choice of *on_half*."""
    below, above = math.floor(exact), math.ceil(exact)
    if exact - below == above - exact:
        return on_half(below, above)
    return below if exact - below < above - exact else above


FRACTION_MODES: dict[Rounding, Callable[[Fraction], int]] = {
    Rounding.HALF_ODD: lambda exact: nearest(exact, lambda a, b: a if a % 2 else b),
    Rounding.HALF_CEILING: lambda exact: nearest(exact, max),
    Rounding.HALF_FLOOR: lambda exact: nearest(exact, min),
}


def rounded(mode: Rounding, exact: Fraction) -> int:
    """Return *exact* rounded by decimal, or by the obvious rule for the modes that decimal lacks."""
    if mode in FRACTION_MODES:
        return FRACTION_MODES[mode](exact)
    with localcontext(prec=400, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN):
        # Eight times the whole part and which eighth decide every mode as the exact value does.
        whole, rest = divmod(exact, 1)
        eighths = 0 if rest == 0 else 4 if rest == Fraction(1, 2) else 1 if rest < Fraction(1, 2) else 7
        value = Decimal(whole) + Decimal(eighths) / 8
        return int(value.quantize(Decimal(1), rounding=DECIMAL_MODES[mode]))


# --- rounding --------------------------------------------------------------------------------------------


def test_every_rounding_has_an_oracle_of_its_own() -> None:
    assert DECIMAL_MODES.keys() | FRACTION_MODES.keys() == set(Rounding)
    assert not DECIMAL_MODES.keys() & FRACTION_MODES.keys()


ROUNDED = [
    (row["value"], mode, int(cell))
    for heading in ("Rounding", "Rounding, the other four")
    for row in table("ground-floor.md", heading)
    for mode, cell in row.items()
    if mode != "value"
]


def test_the_worked_tables_name_every_rounding() -> None:
    assert {mode for _, mode, _ in ROUNDED} == {mode.name for mode in Rounding}


@pytest.mark.parametrize(("value", "mode", "expected"), ROUNDED)
def test_rounding_follows_the_worked_tables(value: str, mode: str, expected: int) -> None:
    exact = Fraction(value)
    assert Rounding[mode].divide(exact.numerator, exact.denominator) == expected
    assert Rounding[mode].divide(exact.numerator * 7, exact.denominator * 7) == expected


@pytest.mark.parametrize("mode", Rounding)
@pytest.mark.parametrize("whole", [-16, -11, -10, -6, -5, -4, -2, -1, 0, 1, 2, 4, 5, 6, 9, 10, 15, 10**30])
@pytest.mark.parametrize("parts", [(0, 1), (1, 10**12), (499_999, 10**6), (1, 2), (500_001, 10**6), (2, 3)])
def test_rounding_agrees_with_the_oracle_below_on_and_above_a_half(
    mode: Rounding, whole: int, parts: tuple[int, int]
) -> None:
    exact = whole + Fraction(*parts)
    assert mode.divide(exact.numerator, exact.denominator) == rounded(mode, exact)


@given(
    roundings,
    st.integers(-(10**40), 10**40) | st.integers(-60, 60),
    st.integers(1, 10**20) | st.integers(1, 12),
)
def test_rounding_agrees_with_the_oracle(mode: Rounding, numerator: int, denominator: int) -> None:
    assert mode.divide(numerator, denominator) == rounded(mode, Fraction(numerator, denominator))


@given(roundings, st.integers(-(10**30), 10**30), st.integers(1, 10**9))
def test_rounding_is_less_than_a_unit_away(mode: Rounding, numerator: int, denominator: int) -> None:
    assert abs(mode.divide(numerator, denominator) - Fraction(numerator, denominator)) < 1


@given(
    roundings.filter(lambda mode: mode is not Rounding.UP_05),
    st.fractions(max_denominator=99),
    st.fractions(0, 2),
)
def test_rounding_keeps_the_order(mode: Rounding, low: Fraction, more: Fraction) -> None:
    high = low + more
    below = mode.divide(low.numerator, low.denominator)
    assert below <= mode.divide(high.numerator, high.denominator)


@pytest.mark.parametrize("denominator", [0, -1, -(10**100_000)], ids=["zero", "minus one", "huge"])
def test_divide_refuses_a_denominator_that_is_not_positive(denominator: int) -> None:
    with pytest.raises(InvalidValue) as caught:
        Rounding.HALF_UP.divide(1, denominator)
    assert caught.value.code == "rounding.denominator"


@pytest.mark.parametrize("value", [2.5, "5", None, True, Decimal(5), Fraction(5), np.int64(5)])
def test_divide_takes_ints_alone(value: Any) -> None:
    with pytest.raises(InvalidType):
        Rounding.HALF_UP.divide(value, 2)
    with pytest.raises(InvalidType):
        Rounding.HALF_UP.divide(5, value)


# --- currencies ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", list(iso4217.Currency), ids=lambda entry: entry.code)
def test_iso_currency_has_the_places_of_the_standard(entry: Any) -> None:
    if entry.exponent is None:
        with pytest.raises(InvalidValue) as caught:
            Currency.iso(entry.code)
        assert caught.value.code == "currency.no_minor_unit"
        assert Currency(entry.code, 4).exponent == 4  # the choice is the caller's
    else:
        assert Currency.iso(entry.code) == Currency(entry.code, entry.exponent)
        assert Currency.iso(entry.code).exponent == entry.exponent
        with pytest.raises(InvalidValue, match=f"ISO 4217 gives {entry.code} {entry.exponent} decimal places"):
            Currency(entry.code, entry.exponent + 1)


@pytest.mark.parametrize("code", ["XYZ", "eur", "EURO", "", "€", "EUR ", "BTC", "欧元"])
def test_iso_refuses_other_codes(code: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Currency.iso(code)
    assert caught.value.code == "currency.unknown"


@pytest.mark.parametrize("code", ["PT", "COINS", "X2", "A" * 12])
@pytest.mark.parametrize("exponent", [0, 9])
def test_currency_of_ones_own_takes_both_ends(code: str, exponent: int) -> None:
    assert str(Currency(code, exponent)) == code


@pytest.mark.parametrize("code", ["P", "A" * 13, "2X", "coins", "CO INS", "CÖINS", "EUR\n", ""])
def test_currency_refuses_a_malformed_code(code: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Currency(code, 2)
    assert caught.value.code == "currency.code"


@pytest.mark.parametrize("exponent", [-1, 10, 10**100_000], ids=["minus one", "ten", "huge"])
def test_currency_refuses_other_places(exponent: int) -> None:
    with pytest.raises(InvalidValue):
        Currency("COINS", exponent)


# --- amounts in --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table("ground-floor.md", "Amounts"), ids=lambda row: ascii(row["text"]))
def test_amounts_follow_the_worked_table(row: dict[str, str]) -> None:
    if row["minor"] == "refused":
        with pytest.raises(InvalidValue):
            Money.of(row["text"], row["currency"])
    else:
        assert Money.of(row["text"], row["currency"]).minor == int(row["minor"])


@given(st.decimals(-(10**8), 10**8, places=6), currencies, roundings)
def test_of_rounds_as_the_oracle_does(amount: Decimal, currency: Currency, rounding: Rounding) -> None:
    exact = Fraction(amount) * 10**currency.exponent
    assert Money.of(amount, currency, rounding=rounding).minor == rounded(rounding, exact)
    assert Money.of(f"{amount:f}", currency, rounding=rounding).minor == rounded(rounding, exact)


@given(st.decimals(-(10**8), 10**8, places=4), currencies)
@example(Decimal("0.5000"), JPY)
@example(Decimal("5.0000"), JPY)
def test_of_cuts_no_digit_unless_a_rounding_is_named(amount: Decimal, currency: Currency) -> None:
    exact = Fraction(amount) * 10**currency.exponent
    error = refusal(Money.of, amount, currency)
    if exact.denominator == 1:
        assert Money.of(amount, currency).minor == exact
    else:
        assert error is not None
        assert error.code == "money.digits"


@given(st.integers(-(10**9), 10**9), currencies)
def test_of_an_int_counts_major_units(amount: int, currency: Currency) -> None:
    assert Money.of(amount, currency).minor == amount * 10**currency.exponent
    assert Money.of(amount, currency) == Money.of(str(amount), currency) == Money.of(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("amount", "fits"),
    [
        ("92233720368547758.06", True),
        ("92233720368547758.07", True),
        ("92233720368547758.08", False),
        ("-92233720368547758.07", True),
        ("-92233720368547758.08", False),  # int64 has it, its negative has not
    ],
)
def test_money_stays_in_63_bits(amount: str, fits: bool) -> None:
    minor = int(amount.replace(".", ""))
    for call, value in ((Money.of, amount), (Money.of, Decimal(amount)), (Money.from_minor, minor)):
        error = refusal(call, value, "EUR")
        assert (error is None) == fits
        assert error is None or error.code == "money.range"
    assert (np.iinfo(np.int64).max >= abs(minor)) == fits


NOT_AMOUNTS = (
    *(
        "1e400",
        "1e-400",
        "NaN",
        "Infinity",
        "",
        " ",
        "1 ",
        " 1",
        "1\n",
        "1_000",
        "1,50",
        "--1",
        "0x1",
        "１２",
    ),
    *("१", "٣", "1.", ".1", "1.2.3", "9" * 25, "0." + "0" * 25, "\ud800", "€1", "EUR 1", "9" * 100_000),
)


@pytest.mark.parametrize("amount", NOT_AMOUNTS, ids=lambda text: ascii(text)[:20])
@pytest.mark.parametrize("rounding", [None, Rounding.DOWN])
def test_of_refuses_text_that_is_not_plain_digits(amount: str, rounding: Rounding | None) -> None:
    with pytest.raises(InvalidValue) as caught:
        Money.of(amount, "EUR", rounding=rounding)
    assert caught.value.code == "money.text"


@pytest.mark.parametrize("amount", ["1E+3", "0E+24", "0E-24", "1.00E+1", "-0", "12E-2"])
def test_of_takes_decimals_with_an_exponent(amount: str) -> None:
    assert Money.of(Decimal(amount), "EUR").minor == Fraction(amount) * 100


@pytest.mark.parametrize("amount", ["0E+25", "0E-25", "1e25", "1e-25", "1e999999", "-1e999999", "1e-999999"])
@pytest.mark.parametrize("rounding", [None, Rounding.DOWN])
def test_of_refuses_decimals_without_end(amount: str, rounding: Rounding | None) -> None:
    with pytest.raises(InvalidValue) as caught:
        Money.of(Decimal(amount), "EUR", rounding=rounding)
    assert caught.value.code == "money.digits"


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "-NaN123", "Infinity", "-Infinity"])
@pytest.mark.parametrize("rounding", [None, Rounding.DOWN])
def test_of_refuses_decimals_that_are_no_number(amount: str, rounding: Rounding | None) -> None:
    with pytest.raises(InvalidValue) as caught:
        Money.of(Decimal(amount), "EUR", rounding=rounding)
    assert caught.value.code == "money.digits"


@pytest.mark.parametrize(
    "amount",
    [1.0, float("nan"), float("inf"), True, False, None, b"1", [1], Fraction(1), np.int64(1), np.float64(1)],
)
def test_of_refuses_kinds_that_are_not_exact_text(amount: Any) -> None:
    for rounding in (None, Rounding.DOWN):
        with pytest.raises(InvalidType) as caught:
            Money.of(amount, "EUR", rounding=rounding)
        assert caught.value.code == "money.type"


@pytest.mark.parametrize("minor", [1.0, True, "1", None, Decimal(1), Fraction(1), np.int64(1)])
def test_from_minor_takes_an_int_alone(minor: Any) -> None:
    with pytest.raises(InvalidType):
        Money.from_minor(minor, "EUR")
    with pytest.raises(InvalidType):
        Money(minor, EUR)


def test_minor_is_a_plain_int() -> None:
    assert type(Money(Fruit.PEAR, EUR).minor) is int


@pytest.mark.parametrize("currency", ["EUR", None, 978, iso4217.Currency("EUR")])
def test_money_holds_a_currency(currency: Any) -> None:
    with pytest.raises(InvalidType) as caught:
        Money(1, currency)
    assert caught.value.code == "money.type"


@pytest.mark.parametrize("rounding", ["half_up", decimal.ROUND_HALF_UP, 1, True])
@pytest.mark.parametrize("amount", ["1.00", "1.005"])
def test_rounding_is_named_by_a_rounding(rounding: Any, amount: str) -> None:
    with pytest.raises(InvalidType):
        Money.of(amount, "EUR", rounding=rounding)
    with pytest.raises(InvalidType):
        Money.of(1, "EUR").times(Rate(1, 3), rounding)


# --- text out --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("money", "amount"),
    [
        (Money(1990, EUR), "19.90"),
        (Money(5, EUR), "0.05"),
        (Money(-5, EUR), "-0.05"),
        (Money(0, EUR), "0.00"),
        (Money(100, EUR), "1.00"),
        (Money(7, JPY), "7"),
        (Money(-7, JPY), "-7"),
        (Money(1, BHD), "0.001"),
        (Money(-12345, BHD), "-12.345"),
        (Money(1, Currency("NANO", 9)), "0.000000001"),
        (Money(MAX_MINOR, EUR), "92233720368547758.07"),
    ],
)
def test_amount_is_plain_decimal_text(money: Money, amount: str) -> None:
    assert money.amount == amount
    assert str(money) == f"{money.currency.code} {amount}"


@given(moneys())
def test_text_and_decimal_read_back(money: Money) -> None:
    assert Money.of(money.amount, money.currency) == money
    assert Money.of(money.to_decimal(), money.currency) == money
    assert Fraction(money.to_decimal()) == Fraction(money.minor, 10**money.currency.exponent)
    assert -money.to_decimal().as_tuple().exponent == money.currency.exponent  # type: ignore[operator]


@given(moneys(), st.decimals(-(10**6), 10**6, places=5), rates, roundings)
def test_money_does_not_read_the_decimal_context(money: Money, amount: Decimal, rate: Rate, rounding: Rounding) -> None:
    def work() -> list[object]:
        return [
            money.amount,
            str(money.to_decimal()),
            Money.of(amount, money.currency, rounding=rounding),
            refusal(Money.of, amount, money.currency) is None,
            refusal(money.times, rate, rounding) is None,
        ]

    plain = work()
    with localcontext(prec=1, rounding=decimal.ROUND_UP, Emax=1, Emin=-1, clamp=1) as context:
        context.clear_flags()
        for signal in context.traps:
            context.traps[signal] = True
        assert work() == plain
        assert not any(flag for flag in context.flags.values())


# --- arithmetic ------------------------------------------------------------------------------------------

SMALL = st.integers(-(10**15), 10**15)


@given(SMALL, SMALL, st.integers(-1000, 1000), currencies)
def test_arithmetic_is_that_of_ints(a: int, b: int, times: int, currency: Currency) -> None:
    left, right = Money(a, currency), Money(b, currency)
    assert (left + right) == Money(a + b, currency)
    assert (left - right) == Money(a - b, currency)
    assert (left * times) == (times * left) == Money(a * times, currency)
    assert -left == Money(-a, currency)
    assert abs(left) == Money(abs(a), currency)


@pytest.mark.parametrize("op", [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne])
@given(minors, minors)
def test_order_is_that_of_ints(op: Callable[[Any, Any], bool], a: int, b: int) -> None:
    assert op(Money(a, EUR), Money(b, EUR)) == op(a, b)
    assert op(Money(a, EUR), Money(a, Currency("EUR", 2))) == op(0, 0)


@given(moneys(EUR, minor=SMALL), rates, roundings)
def test_times_rounds_the_exact_product(money: Money, rate: Rate, rounding: Rounding) -> None:
    exact = money.minor * Fraction(rate.numerator, rate.denominator)
    expected = rounded(rounding, exact)
    assume(abs(expected) <= MAX_MINOR)
    assert money.times(rate, rounding) == Money(expected, EUR)


@pytest.mark.parametrize(
    ("money", "rate", "rounding", "expected"),
    [
        ("17.50", "5", Rounding.DOWN, "0.87"),  # 0.875
        ("17.50", "5", Rounding.HALF_UP, "0.88"),
        ("17.50", "5", Rounding.HALF_EVEN, "0.88"),
        ("17.30", "5", Rounding.HALF_EVEN, "0.86"),  # 0.865
        ("10.50", "15", Rounding.HALF_UP, "1.58"),  # 1.575: 8.92 left, where 8.925 of the price gives 8.93
        ("10.50", "85", Rounding.HALF_UP, "8.93"),
        ("-17.50", "5", Rounding.HALF_UP, "-0.88"),
        ("100.00", "29", Rounding.DOWN, "29.00"),  # 100 * (29 / 100.0) is 28.999... in floats
    ],
)
def test_times_worked(money: str, rate: str, rounding: Rounding, expected: str) -> None:
    assert Money.of(money, "EUR").times(Rate.percent(rate), rounding).amount == expected


@pytest.mark.parametrize("rate", [0.5, 1, "50%", None, Decimal("0.5"), Fraction(1, 2)])
def test_times_takes_a_rate_alone(rate: Any) -> None:
    with pytest.raises(InvalidType):
        Money.of(1, "EUR").times(rate, Rounding.DOWN)


@given(st.lists(st.integers(-(10**15), 10**15), max_size=8), currencies, st.randoms())
def test_sum_is_the_sum_in_any_order(several: list[int], currency: Currency, random: Any) -> None:
    amounts = [Money(minor, currency) for minor in several]
    random.shuffle(amounts)
    assert Money.sum(amounts, currency=currency) == Money(sum(several), currency)
    assert Money.sum(iter(amounts), currency=currency) == Money(sum(several), currency)


def test_sum_of_nothing_is_zero_of_that_currency() -> None:
    assert Money.sum([], currency="JPY") == Money.zero("JPY") == Money(0, JPY)


def test_sum_may_pass_the_range_on_its_way_but_not_at_its_end() -> None:
    top = Money(MAX_MINOR, EUR)
    assert Money.sum([top, top, -top], currency="EUR") == top
    with pytest.raises(InvalidValue, match="63 bits"):
        Money.sum([top, Money(1, EUR)], currency="EUR")


@pytest.mark.parametrize(
    "call",
    [lambda m: m + m, lambda m: -m - m, lambda m: m * 2, lambda m: m.times(Rate(2), Rounding.DOWN)],
    ids=["add", "subtract", "multiply", "times"],
)
def test_arithmetic_refuses_to_pass_the_range(call: Callable[[Money], Money]) -> None:
    top = Money(MAX_MINOR // 2 + 1, EUR)
    with pytest.raises(InvalidValue) as caught:
        call(top)
    assert caught.value.code == "money.range"
    assert abs(call(Money(MAX_MINOR // 2, EUR)).minor) == MAX_MINOR - 1


# --- mixing ----------------------------------------------------------------------------------------------

MIXES: dict[str, Callable[[Money, Money], object]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "sum": lambda a, b: Money.sum([a, b], currency=a.currency),
    "sum in another": lambda a, b: Money.sum([a], currency=b.currency),
    "sorted": lambda a, b: sorted([a, b]),
    "max": max,
}


@pytest.mark.parametrize("mix", MIXES.values(), ids=MIXES)
@given(moneys(), moneys())
@example(Money(0, EUR), Money(0, USD))
@example(Money(1, Currency("COINS", 0)), Money(1, Currency("COINS", 2)))
def test_currencies_never_combine(mix: Callable[[Money, Money], object], a: Money, b: Money) -> None:
    assume(a.currency != b.currency)
    with pytest.raises(CurrencyMismatch) as caught:
        mix(a, b)
    assert caught.value.code == "money.currency_mismatch"


@given(minors)
def test_equal_amounts_of_two_currencies_are_not_equal(minor: int) -> None:
    assert Money(minor, EUR) != Money(minor, USD)
    assert len({Money(minor, EUR), Money(minor, USD)}) == 2


OPERATORS = [operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge]


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.parametrize("other", [0, 1, 1.5, "1", Decimal(1), None, True, Rate(1), np.int64(1)])
def test_money_does_not_mix_with_bare_numbers(op: Callable[[Any, Any], object], other: object) -> None:
    with pytest.raises(TypeError):
        op(Money(1, EUR), other)
    with pytest.raises(TypeError):
        op(other, Money(1, EUR))


@pytest.mark.parametrize("other", [1.5, True, "2", Decimal(2), None, Rate(1, 2), Money(2, EUR), np.float64(2)])
def test_money_is_multiplied_by_ints_alone(other: Any) -> None:
    with pytest.raises(TypeError):
        Money(1, EUR) * other
    with pytest.raises(TypeError):
        other * Money(1, EUR)


def test_money_times_a_numpy_int_is_exact() -> None:
    # numpy turns its own int into a Python one before it asks Money, so nothing wraps around
    big: Any = Money(10**18, EUR)
    assert big * np.int64(9) == np.int64(9) * big == Money(9 * 10**18, EUR)
    with pytest.raises(InvalidValue):
        big * np.int64(10)


@pytest.mark.parametrize("other", [0, 1, 0.01, "EUR 0.01", Decimal("0.01"), None, 1 + 0j])
def test_money_equals_no_bare_number(other: object) -> None:
    assert Money(1, EUR) != other
    assert Money(0, EUR) != other


@given(moneys())
def test_money_has_no_truth_value(money: Money) -> None:
    for judge in (bool, operator.not_, lambda m: m and m, lambda m: all([m])):
        with pytest.raises(InvalidType) as caught:
            judge(money)
        assert caught.value.code == "money.truth"


def test_builtin_sum_says_that_it_starts_from_a_bare_zero() -> None:
    with pytest.raises(TypeError):
        sum([Money(1, EUR)])  # type: ignore[list-item]
    assert sum([Money(1, EUR), Money(2, EUR)], Money.zero("EUR")) == Money(3, EUR)


# --- values ----------------------------------------------------------------------------------------------


@given(moneys())
def test_copies_are_equal_and_hash_alike(money: Money) -> None:
    twins = [pickle.loads(pickle.dumps(money)), copy.deepcopy(money), eval(repr(money))]
    for twin in twins:
        assert twin == money
        assert hash(twin) == hash(money)
    assert {money: "found"}[twins[0]] == "found"


def test_money_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Money(1, EUR).minor = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        EUR.exponent = 3  # type: ignore[misc]


@pytest.mark.parametrize("currency", CURRENCIES, ids=str)
def test_zero_is_zero(currency: Currency) -> None:
    assert Money.zero(currency) == Money(0, currency) == Money.of("0", currency) == Money.of("-0.0", currency)


# --- nothing foreign comes out -----------------------------------------------------------------------------

FACTORIES: list[Callable[[Any], object]] = [
    lambda value: Money.of(value, "EUR"),
    lambda value: Money.of(value, "EUR", rounding=Rounding.HALF_EVEN),
    lambda value: Money.of("1.005", "EUR", rounding=value),
    lambda value: Money.of(1, value),
    lambda value: Money.from_minor(value, "EUR"),
    lambda value: Money.from_minor(1, value),
    lambda value: Money(1, value),
    lambda value: Money.zero(value),
    lambda value: Money.sum(value, currency="EUR"),
    lambda value: Money.sum([value], currency="EUR"),
    lambda value: Money.sum([], currency=value),
    lambda value: Money(1, EUR).times(value, Rounding.UP),
    lambda value: Money(1, EUR).times(Rate(1, 3), value),
    lambda value: Currency.iso(value),
    lambda value: Currency(value, 2),
    lambda value: Currency("COINS", value),
    lambda value: Rounding.HALF_UP.divide(value, 2),
    lambda value: Rounding.HALF_UP.divide(5, value),
]


@pytest.mark.parametrize("at", range(len(HOSTILE)))
def test_hostile_values_get_an_answer_or_our_own_error(at: int) -> None:
    for factory in FACTORIES:
        error = refusal(factory, HOSTILE[at])
        assert error is None or len(str(error)) < 200


@given(st.sampled_from(FACTORIES), anything)
def test_factories_raise_nothing_but_our_own(factory: Callable[[Any], object], value: Any) -> None:
    error = refusal(factory, value)
    assert error is None or error.code.partition(".")[0] in {"money", "currency", "rounding"}


def test_mismatch_is_ours_and_a_value_error() -> None:
    assert issubclass(CurrencyMismatch, SalesplanError)
    assert issubclass(CurrencyMismatch, ValueError)


def test_a_code_stands_for_its_currency() -> None:
    points = Currency("POINTS", 0)
    assert (Currency.of("CNY"), Currency.of(points)) == (Currency.iso("CNY"), points)
    for other in ("CNX", "", None, 5):
        with pytest.raises(InvalidType if not isinstance(other, str) else InvalidValue):
            Currency.of(other)  # type: ignore[arg-type]
