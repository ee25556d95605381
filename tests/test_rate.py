"""Rates: exact ratios, their text, and 折."""

from __future__ import annotations

import copy
import operator
import pickle
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from salesplan.errors import InvalidType, InvalidValue, SalesplanError
from salesplan.rate import PayRate, Rate
from tests.strategies import HOSTILE, Fruit, anything, pay_rates, rates, refusal, shares
from tests.worked import table

LIMIT = 10**48


def fraction(rate: Rate) -> Fraction:
    return Fraction(rate.numerator, rate.denominator)


# --- worked ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table("ground-floor.md", "Zhe"), ids=lambda row: row["zhe"])
def test_zhe_follows_the_worked_table(row: dict[str, str]) -> None:
    if row["paid"] == "refused":
        with pytest.raises(InvalidValue) as caught:
            Rate.zhe(row["zhe"])
        assert caught.value.code == "rate.zhe"
    else:
        got = Rate.zhe(row["zhe"])
        assert fraction(got.pay) == Fraction(row["paid"]) / 100
        assert fraction(got.off) == Fraction(row["off"]) / 100


@pytest.mark.parametrize("value", ["8", 8, Decimal(8), Decimal("8.0"), "8.00", "08", 80, "+8"])
def test_zhe_is_the_same_from_any_exact_kind(value: str | int | Decimal) -> None:
    assert Rate.zhe(value) == PayRate(Rate(4, 5))


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("-0.000001", False),
        ("0", False),
        ("0.000001", True),
        ("9.999999", True),
        ("10", False),
        ("10.000001", True),
        ("99.999999", True),
        ("100", False),
        ("100.000001", False),
    ],
)
def test_zhe_stops_below_on_and_above_each_edge(text: str, inside: bool) -> None:
    assert (refusal(Rate.zhe, text) is None) == inside


# --- construction ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (Rate.percent("20"), Fraction(1, 5)),
        (Rate.percent("12.5"), Fraction(1, 8)),
        (Rate.percent("0.01"), Fraction(1, 10_000)),
        (Rate.percent(Decimal("7.25")), Fraction(29, 400)),
        (Rate.percent(150), Fraction(3, 2)),
        (Rate.percent("-5"), Fraction(-1, 20)),
        (Rate.of("0.2"), Fraction(1, 5)),
        (Rate.of("1.3"), Fraction(13, 10)),
        (Rate.of(Decimal("1E+3")), Fraction(1000)),
        (Rate.of(Decimal("1E-3")), Fraction(1, 1000)),
        (Rate.of(3), Fraction(3)),
        (Rate.of("-0"), Fraction(0)),
        (Rate.of("+007.500"), Fraction(15, 2)),
        (Rate(2, 10), Fraction(1, 5)),
        (Rate(-2, 10), Fraction(-1, 5)),
        (Rate(2, -10), Fraction(-1, 5)),
        (Rate(-2, -10), Fraction(1, 5)),
        (Rate(0, -7), Fraction(0)),
        (Rate(6), Fraction(6)),
    ],
)
def test_rate_is_kept_in_lowest_terms(made: Rate, expected: Fraction) -> None:
    assert (made.numerator, made.denominator) == (expected.numerator, expected.denominator)


@pytest.mark.parametrize("value", [LIMIT - 1, LIMIT, -LIMIT])
def test_rate_parts_reach_the_limit(value: int) -> None:
    assert Rate(value).numerator == value
    assert Rate(1, value).denominator == abs(value)


@pytest.mark.parametrize("parts", [(LIMIT + 1,), (-LIMIT - 1,), (1, LIMIT + 1), (1, -LIMIT - 1)])
def test_rate_parts_stop_at_the_limit(parts: tuple[int, ...]) -> None:
    with pytest.raises(InvalidValue) as caught:
        Rate(*parts)
    assert caught.value.value == parts[-1]


def test_rate_refuses_a_zero_denominator() -> None:
    with pytest.raises(InvalidValue) as caught:
        Rate(1, 0)
    assert caught.value.code == "rate.zero_denominator"


@pytest.mark.parametrize(
    "value",
    [0.2, float("nan"), float("inf"), True, None, b"20", [20], Fraction(1, 5), np.float64(0.2), np.int64(20)],
)
@pytest.mark.parametrize("factory", [Rate.of, Rate.percent, Rate.zhe])
def test_rate_refuses_kinds_that_are_not_exact_text(factory: Callable[[Any], object], value: object) -> None:
    with pytest.raises(InvalidType) as caught:
        factory(value)
    assert caught.value.code == "rate.type"
    assert caught.value.value is value


@pytest.mark.parametrize("value", [0.5, True, "1", None, Decimal(1), Fraction(1), np.int64(1)])
def test_rate_parts_are_ints(value: Any) -> None:
    with pytest.raises(InvalidType):
        Rate(value)
    with pytest.raises(InvalidType):
        Rate(1, value)


def test_rate_parts_are_plain_ints() -> None:
    rate = Rate(Fruit.PEAR, Fruit.APPLE)
    assert (type(rate.numerator), type(rate.denominator)) == (int, int)


NOT_RATES = (
    *(
        "",
        " ",
        "20%",
        "1e3",
        "1e999999",
        "1e-999999",
        "NaN",
        "inf",
        "0x10",
        "1_000",
        "1,5",
        ".5",
        "5.",
        "1/3",
    ),
    *("--1", " 5", "5 ", "5\n", "１２", "१२", "٣", "一", "\ud800", "9" * 25, "0." + "9" * 25, "9" * 100_000),
)


@pytest.mark.parametrize("text", NOT_RATES, ids=lambda text: ascii(text)[:20])
@pytest.mark.parametrize("factory", [Rate.of, Rate.percent, Rate.zhe])
def test_rate_text_is_plain_digits(factory: Callable[[Any], object], text: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        factory(text)
    assert caught.value.code == "rate.text"


@pytest.mark.parametrize("text", ["9" * 24, "0." + "9" * 24, "9" * 24 + "." + "9" * 24])
def test_rate_text_takes_24_digits_on_either_side(text: str) -> None:
    assert fraction(Rate.of(text)) == Fraction(text)


@pytest.mark.parametrize(
    "value",
    ["1e999999", "1e-999999", "1e25", "1e-25", "NaN", "sNaN", "Infinity", "-Infinity", "9" * 25, "0E+25"],
)
@pytest.mark.parametrize("factory", [Rate.of, Rate.percent, Rate.zhe])
def test_rate_refuses_decimals_without_end(factory: Callable[[Any], object], value: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        factory(Decimal(value))
    assert caught.value.code == "rate.digits"


@pytest.mark.parametrize("value", ["1e24", "1e-24", "9" * 24, "-" + "9" * 24, "0E+24"])
def test_rate_takes_decimals_of_24_digits(value: str) -> None:
    assert fraction(Rate.of(Decimal(value))) == Fraction(value)


@pytest.mark.parametrize(("value", "fits"), [(10**24, True), (10**24 + 1, False), (-(10**24), True)])
def test_rate_takes_ints_of_24_digits(value: int, fits: bool) -> None:
    assert (refusal(Rate.of, value) is None) == fits


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_rate_of_decimal_and_of_its_text_agree(value: Decimal) -> None:
    assert fraction(Rate.of(value)) == Fraction(value)
    assert Rate.of(f"{value:f}") == Rate.of(value)
    assert fraction(Rate.percent(value)) == Fraction(value) / 100


@given(st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-99, max_value=99))
def test_rate_does_not_read_the_decimal_context(value: Decimal) -> None:
    with localcontext(prec=1) as context:
        for signal in context.traps:
            context.traps[signal] = True
        got = Rate.of(value)
    assert fraction(got) == Fraction(value)


# --- arithmetic against Fraction -------------------------------------------------------------------------


def test_three_thirds_are_one() -> None:
    third = Rate(1, 3)
    assert third + third + third == Rate(1)
    assert third * 3 == 3 * third == Rate(1)


@pytest.mark.parametrize("op", [operator.add, operator.sub, operator.mul])
@given(rates, rates)
def test_arithmetic_is_that_of_fractions(op: Callable[[Any, Any], Any], a: Rate, b: Rate) -> None:
    exact = op(fraction(a), fraction(b))
    assume(abs(exact.numerator) <= LIMIT and exact.denominator <= LIMIT)
    assert fraction(op(a, b)) == exact


@given(rates, st.integers(-(10**12), 10**12))
def test_product_with_an_int_is_that_of_fractions(rate: Rate, times: int) -> None:
    assert fraction(rate * times) == fraction(times * rate) == fraction(rate) * times


@given(rates)
def test_a_float_is_the_nearest_one(rate: Rate) -> None:
    assert float(rate) == float(fraction(rate))


@given(rates)
def test_negation_and_complement_are_those_of_fractions(rate: Rate) -> None:
    assert fraction(-rate) == -fraction(rate)
    assert fraction(rate.complement()) == 1 - fraction(rate)
    assert rate.complement().complement() == rate


def test_arithmetic_only_asks_that_the_result_fits() -> None:
    # The products on the way have 60 digits; the results are 1 and a 26-digit fraction.
    big = 10**30
    assert Rate(big, big + 1) * Rate(big + 1, big) == Rate(1)
    tiny = Rate.percent("0.000000000000000000000001")
    assert tiny + tiny == tiny * 2 == Rate(2, 10**26)


@pytest.mark.parametrize(
    ("op", "a", "b"),
    [
        (operator.mul, Rate(LIMIT), 2),
        (operator.add, Rate(LIMIT), Rate(1)),
        (operator.mul, Rate(1, LIMIT), Rate(1, 2)),
    ],
)
def test_arithmetic_refuses_a_result_that_does_not_fit(op: Callable[[Any, Any], Rate], a: Rate, b: Any) -> None:
    with pytest.raises(InvalidValue, match=r"must be at (most|least)"):
        op(a, b)


@pytest.mark.parametrize("op", [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne])
@given(rates, rates)
def test_order_is_that_of_fractions(op: Callable[[Any, Any], bool], a: Rate, b: Rate) -> None:
    assert op(a, b) == op(fraction(a), fraction(b))
    assert op(a, a) == op(1, 1)


@given(st.lists(rates, max_size=6))
def test_rates_sort_as_fractions(several: list[Rate]) -> None:
    assert [fraction(rate) for rate in sorted(several)] == sorted(map(fraction, several))


@pytest.mark.parametrize("op", [operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge])
@pytest.mark.parametrize("other", [1, 0.5, "20%", True, Decimal(1), Fraction(1), None])
def test_rate_does_not_mix_with_bare_numbers(op: Callable[[Any, Any], Any], other: object) -> None:
    with pytest.raises(TypeError):
        op(Rate(1, 2), other)
    with pytest.raises(TypeError):
        op(other, Rate(1, 2))


@pytest.mark.parametrize("other", [0.5, True, "2", Decimal(2), None, np.float64(2)])
def test_rate_is_multiplied_by_ints_and_rates_alone(other: Any) -> None:
    with pytest.raises(TypeError):
        Rate(1, 2) * other
    with pytest.raises(TypeError):
        other * Rate(1, 2)


@pytest.mark.parametrize("other", [1, 1.0, True, "100%", Fraction(1), PayRate(Rate(1))])
def test_rate_equals_no_bare_number(other: object) -> None:
    assert Rate(1) != other


@given(rates, rates)
def test_equal_rates_have_equal_hashes(a: Rate, b: Rate) -> None:
    twin = Rate(a.numerator * -3, a.denominator * -3) if a.denominator < 10**24 else a
    assert hash(twin) == hash(a)
    assert len({a, b, twin}) == len({fraction(a), fraction(b)})


# --- text and copies -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (Rate(1, 5), "20%"),
        (Rate(1, 8), "12.5%"),
        (Rate(1, 3), "1/3"),
        (Rate(-1, 3), "-1/3"),
        (Rate(-1, 8), "-12.5%"),
        (Rate(0), "0%"),
        (Rate(3, 2), "150%"),
        (Rate(-1, 200), "-0.5%"),
        (Rate(1, 10**26), "0.000000000000000000000001%"),  # the 24th place of the percent
        (Rate(1, 10**27), "1/1000000000000000000000000000"),
    ],
)
def test_text_is_percent_where_that_is_exact(rate: Rate, text: str) -> None:
    assert str(rate) == text


@given(rates)
def test_text_reads_back(rate: Rate) -> None:
    text = str(rate)
    if text.endswith("%"):
        assert Rate.percent(text[:-1]) == rate
    else:
        assert Fraction(text) == fraction(rate)
        # only what has no end in tens is written as a fraction, or what is longer than 24 digits on either side
        assert fraction(rate) * 100 * 10**24 % 1 != 0 or abs(fraction(rate)) * 100 >= 10**24


@given(st.one_of(rates, pay_rates))
def test_copies_are_equal(value: Rate | PayRate) -> None:
    assert pickle.loads(pickle.dumps(value)) == copy.deepcopy(value) == value
    assert eval(repr(value), {"Rate": Rate, "PayRate": PayRate}) == value


def test_rate_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Rate(1, 2).numerator = 2  # type: ignore[misc]


# --- 折 as a type ----------------------------------------------------------------------------------------


@given(shares)
def test_pay_and_off_make_one(pay: Rate) -> None:
    paid = PayRate(pay)
    assert fraction(paid.pay) + fraction(paid.off) == 1


@pytest.mark.parametrize("pay", [Rate(0), Rate(1, 10**48), Rate(1)])
def test_pay_rate_takes_both_ends(pay: Rate) -> None:
    assert PayRate(pay).pay == pay


@pytest.mark.parametrize("pay", [Rate(-1, 10**48), Rate(10**24 + 1, 10**24)])
def test_pay_rate_stops_at_both_ends(pay: Rate) -> None:
    with pytest.raises(InvalidValue) as caught:
        PayRate(pay)
    assert caught.value.code == "rate.range"


@pytest.mark.parametrize("pay", [0.8, "0.8", 1, None, Decimal("0.8"), PayRate(Rate(4, 5))])
def test_pay_rate_wraps_a_rate_alone(pay: Any) -> None:
    with pytest.raises(InvalidType):
        PayRate(pay)


@pytest.mark.parametrize(
    ("pay", "text"),
    [("0.8", "8折"), ("0.85", "8.5折"), ("0.05", "0.5折"), ("0.1", "1折"), ("0.999", "9.99折")],
)
def test_pay_rate_text_is_in_tenths(pay: str, text: str) -> None:
    assert str(PayRate(Rate.of(pay))) == text


def test_pay_rate_text_of_a_third_is_the_share() -> None:
    assert str(PayRate(Rate(1, 3))) == "pay 1/3"


@given(pay_rates)
def test_pay_rate_text_reads_back(paid: PayRate) -> None:
    text = str(paid)
    if text.endswith("折") and Rate(0) < paid.pay < Rate(1):
        assert Rate.zhe(text[:-1]) == paid


@given(st.integers(1, 9999))
def test_zhe_in_tenths_and_in_hundredths_agree(points: int) -> None:
    """Points of a ten thousandth paid: 8500 is 8.5折 and 85折."""
    assume(points != 1000)  # 1折 is 10 %, but 10折 is refused
    tenths, hundredths = Decimal(points) / 1000, Decimal(points) / 100
    assert fraction(Rate.zhe(tenths).pay) == Fraction(points, 10_000)
    if hundredths > 10:
        assert Rate.zhe(hundredths) == Rate.zhe(tenths)


# --- nothing foreign comes out ---------------------------------------------------------------------------


@pytest.mark.parametrize("at", range(len(HOSTILE)))
def test_hostile_values_get_an_answer_or_our_own_error(at: int) -> None:
    for factory in (Rate, Rate.of, Rate.percent, Rate.zhe, PayRate, lambda value: Rate(1, value)):
        error = refusal(factory, HOSTILE[at])
        assert error is None or len(str(error)) < 200


@given(anything, anything)
def test_factories_raise_nothing_but_our_own(a: Any, b: Any) -> None:
    for factory in (Rate.of, Rate.percent, Rate.zhe, PayRate, Rate):
        refusal(factory, a)
    error = refusal(Rate, a, b)
    if error is None:
        assert Rate(a, b) == Rate(a) * Rate(1, b)
    else:
        assert isinstance(error, SalesplanError)
