"""Ladders: both boundaries, every key in exactly one band, and tables that are no ladder."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from salesplan.errors import InvalidType, InvalidValue
from salesplan.ladder import Band, Boundary, Ladder, LadderError, Step
from salesplan.money import Currency, CurrencyMismatch, Money
from salesplan.rate import Rate
from tests.strategies import HOSTILE, Broken, anything, boundaries, few_keys, ladders, moneys, rates, refusal
from tests.worked import table

LOWER, UPPER = Boundary.LOWER_INCLUSIVE, Boundary.UPPER_INCLUSIVE
EUR = Currency.iso("EUR")
Bounds = Sequence[tuple[Any, Any | None]]


def holds(band: Band[Any, Any], key: Any, boundary: Boundary) -> bool:
    """Say whether the band holds the key, straight from its two ends."""
    if boundary is LOWER:
        return bool(band.lower <= key and (band.upper is None or key < band.upper))
    return bool(band.lower < key and (band.upper is None or key <= band.upper))


def bounds(text: str) -> list[tuple[int, int | None, str]]:
    """Read '0..100, 100..' as bands with a value each."""
    pairs = [piece.strip().split("..") for piece in text.split(",")]
    return [(int(low), int(high) if high else None, f"v{at}") for at, (low, high) in enumerate(pairs)]


# --- worked ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table("ground-floor.md", "Ladder"), ids=lambda row: row["key"])
@pytest.mark.parametrize("boundary", Boundary)
def test_ladder_follows_the_worked_table(row: dict[str, str], boundary: Boundary) -> None:
    cell, key = row[boundary.name], int(row["key"])
    expected = None if cell == "-" else int(cell)
    assert Ladder.of({300: 50, 600: 120}, boundary=boundary).value_at(key) == expected
    bands = Ladder.from_bands([(300, 600, 50), (600, None, 120)], boundary=boundary)
    assert bands.value_at(key) == expected
    money = Ladder.of([(Money.of(300, "CNY"), 50), (Money.of(600, "CNY"), 120)], boundary=boundary)
    assert money.value_at(Money.of(key, "CNY")) == expected


@pytest.mark.parametrize("row", table("ground-floor.md", "Tables that are no ladder"), ids=lambda row: row["bands"])
@pytest.mark.parametrize("boundary", Boundary)
def test_gaps_and_overlaps_are_named(row: dict[str, str], boundary: Boundary) -> None:
    with pytest.raises(LadderError) as caught:
        Ladder.from_bands(bounds(row["bands"]), boundary=boundary)
    assert str(caught.value) == row["what is said"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0..100, 101..", "ladder.gap"),
        ("0..100, 99..", "ladder.overlap"),
        ("0..100", "ladder.gap"),
        ("0.., 5..", "ladder.overlap"),
        ("0..5, 5..4, 4..", "ladder.not_rising"),
    ],
)
def test_gaps_and_overlaps_have_their_codes(text: str, code: str) -> None:
    with pytest.raises(LadderError) as caught:
        Ladder.from_bands(bounds(text), boundary=LOWER)
    assert caught.value.code == code


def test_ninety_nine_and_a_cent_has_not_reached_a_hundred() -> None:
    # macrozheng/mall casts the difference to int, so that 99.01 satisfies 满100.
    tiers = Ladder.of({Money.of(100, "CNY"): "10 off"}, boundary=LOWER)
    for amount, value in (("99.01", None), ("99.99", None), ("100.00", "10 off"), ("100.01", "10 off")):
        assert tiers.value_at(Money.of(amount, "CNY")) == value


def test_a_cent_between_two_bands_is_no_hole() -> None:
    # Closed tables (0..1000, 1001..) pay nothing at 1000.50; here they cannot be written down.
    with pytest.raises(LadderError, match=r"^nothing covers EUR 1000.00 .. EUR 1001.00$"):
        Ladder.from_bands(
            [(Money.of(0, "EUR"), Money.of(1000, "EUR"), 3), (Money.of(1001, "EUR"), None, 5)], boundary=LOWER
        )


# --- laws ------------------------------------------------------------------------------------------------


@given(ladders(), st.integers(-8, 25))
def test_every_key_lies_in_exactly_one_band_or_below_all(ladder: Ladder[int, int], key: int) -> None:
    found = [band for band in ladder.bands if holds(band, key, ladder.boundary)]
    lowest = ladder.thresholds[0]
    below = key < lowest if ladder.boundary is LOWER else key <= lowest
    assert len(found) == (0 if below else 1)
    assert ladder.band_at(key) == (found[0] if found else None)
    assert ladder.value_at(key) == (found[0].value if found else None)


@pytest.mark.parametrize(
    "keys",
    [
        rates,
        st.fractions(max_denominator=50),
        st.decimals(-100, 100, places=2),
        st.dates(date(2026, 1, 1), date(2026, 2, 1)),
        st.text("ab", max_size=3),
        moneys(EUR),
        st.tuples(st.integers(0, 3), st.integers(0, 3)),
    ],
    ids=["Rate", "Fraction", "Decimal", "date", "str", "Money", "tuple"],
)
@given(st.data())
def test_any_ordered_kind_makes_a_ladder(keys: st.SearchStrategy[Any], data: st.DataObject) -> None:
    ladder = data.draw(ladders(keys))
    for key in (data.draw(keys), *ladder.thresholds):
        found = [band for band in ladder.bands if holds(band, key, ladder.boundary)]
        assert len(found) <= 1
        assert ladder.band_at(key) == (found[0] if found else None)


@given(ladders())
def test_bands_join_without_gap_or_overlap(ladder: Ladder[int, int]) -> None:
    assert [band.position for band in ladder.bands] == list(range(len(ladder.steps)))
    assert [band.lower for band in ladder.bands] == list(ladder.thresholds)
    assert [band.upper for band in ladder.bands] == [*ladder.thresholds[1:], None]
    assert [band.value for band in ladder.bands] == list(ladder.values)


@given(ladders(), st.integers(-8, 25))
def test_next_band_is_the_lowest_one_not_yet_reached(ladder: Ladder[int, int], key: int) -> None:
    at_or_below = [
        band for band in ladder.bands if band.lower < key or (band.lower == key and ladder.boundary is LOWER)
    ]
    ahead = ladder.bands[len(at_or_below) :]
    assert ladder.next_band(key) == (ahead[0] if ahead else None)


@given(ladders(), st.integers(-8, 25), st.integers(0, 10))
def test_a_larger_key_never_lies_in_a_lower_band(ladder: Ladder[int, int], key: int, more: int) -> None:
    def position(key: int) -> int:
        band = ladder.band_at(key)
        return -1 if band is None else band.position

    assert position(key) <= position(key + more)


@given(st.sets(few_keys, min_size=1, max_size=6), st.integers(-8, 25))
def test_the_two_boundaries_differ_on_thresholds_alone(thresholds: set[int], key: int) -> None:
    pairs = [(threshold, threshold) for threshold in sorted(thresholds)]
    lower, upper = Ladder.of(pairs, boundary=LOWER), Ladder.of(pairs, boundary=UPPER)
    assert (lower.value_at(key) == upper.value_at(key)) == (key not in thresholds)
    if key in thresholds:
        assert lower.value_at(key) == key


@given(ladders())
def test_from_bands_of_the_bands_is_the_same_ladder(ladder: Ladder[int, int]) -> None:
    bands = [(band.lower, band.upper, band.value) for band in ladder.bands]
    assert Ladder.from_bands(bands, boundary=ladder.boundary) == ladder
    assert Ladder.of(zip(ladder.thresholds, ladder.values, strict=True), boundary=ladder.boundary) == ladder
    assert Ladder.of(dict(zip(ladder.thresholds, ladder.values, strict=True)), boundary=ladder.boundary) == ladder


@given(st.lists(st.tuples(few_keys, st.none() | few_keys), min_size=1, max_size=4), boundaries)
def test_from_bands_takes_just_the_tables_that_join(pairs: Bounds, boundary: Boundary) -> None:
    joined = all(upper == pairs[at + 1][0] for at, (_, upper) in enumerate(pairs[:-1]))
    rising = all(a[0] < b[0] for a, b in pairwise(pairs))
    fits = joined and rising and pairs[-1][1] is None
    error = refusal(Ladder.from_bands, [(low, high, "v") for low, high in pairs], boundary=boundary)
    assert (error is None) == fits
    assert error is None or isinstance(error, LadderError)


@given(st.lists(few_keys, min_size=1, max_size=5), boundaries)
def test_of_takes_just_the_thresholds_that_rise(thresholds: list[int], boundary: Boundary) -> None:
    error = refusal(Ladder.of, [(key, "v") for key in thresholds], boundary=boundary)
    assert (error is None) == (thresholds == sorted(set(thresholds)))
    if error is not None:
        assert error.code == "ladder.not_rising"
        assert isinstance(error, LadderError)


@given(ladders(moneys(EUR)))
def test_copies_are_equal_and_hash_alike(ladder: Ladder[Money, int]) -> None:
    for twin in (pickle.loads(pickle.dumps(ladder)), copy.deepcopy(ladder)):
        assert twin == ladder
        assert hash(twin) == hash(ladder)
    other = UPPER if ladder.boundary is LOWER else LOWER
    assert Ladder(ladder.steps, boundary=other) != ladder


def test_steps_are_kept_in_a_tuple() -> None:
    listed: Any = [Step(0, "a"), Step(1, "b")]
    ladder = Ladder(listed, boundary=LOWER)
    listed.append(Step(-1, "late"))
    assert ladder.steps == (Step(0, "a"), Step(1, "b"))
    with pytest.raises(AttributeError):
        ladder.steps = ()  # type: ignore[misc]


# --- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "fits"), [(0, False), (1, True), (2, True), (1000, True), (1001, False)])
def test_a_ladder_has_one_to_a_thousand_steps(size: int, fits: bool) -> None:
    error = refusal(Ladder.of, [(at, at) for at in range(size)], boundary=LOWER)
    assert (error is None) is fits
    assert error is None or error.code == "ladder.size"


def test_from_bands_of_nothing_is_refused() -> None:
    with pytest.raises(LadderError) as caught:
        Ladder.from_bands([], boundary=LOWER)
    assert caught.value.code == "ladder.size"


INEXACT = [0.5, float("nan"), float("inf"), True, np.float64(0.5), np.float32(0.5), np.float16(0.5)]


@pytest.mark.parametrize("key", [*INEXACT, None, object(), 1j, Decimal("NaN"), Decimal("sNaN"), Broken(), int])
def test_a_threshold_without_an_exact_order_is_refused(key: Any) -> None:
    for steps in ([(key, "v")], [(-1, "v"), (key, "w")], [(key, "v"), (2, "w")]):
        with pytest.raises(InvalidType) as caught:
            Ladder.of(steps, boundary=LOWER)
        assert caught.value.code == "ladder.threshold"
    with pytest.raises(InvalidType):
        Ladder.from_bands([(key, None, "v")], boundary=LOWER)
    with pytest.raises(InvalidType):
        Ladder.from_bands([(key, 2, "v"), (2, None, "w")], boundary=LOWER)


@pytest.mark.parametrize("key", INEXACT)
def test_an_inexact_upper_end_is_refused(key: Any) -> None:
    with pytest.raises(InvalidType):
        Ladder.from_bands([(-1, key, "v"), (key, None, "w")], boundary=LOWER)


@pytest.mark.parametrize("key", [0, Fraction(1, 2), Decimal("0.5"), np.int64(1), "a", date(2026, 1, 1)])
def test_a_threshold_with_an_exact_order_is_taken(key: Any) -> None:
    assert Ladder.of([(key, "v")], boundary=LOWER).value_at(key) == "v"


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (1, "2"),
        ("1", 2),
        (Money(1, EUR), 2),
        (Money(1, EUR), Rate(2)),
        (date(2026, 1, 1), datetime(2026, 1, 2)),
        (datetime(2026, 1, 1), datetime(2026, 1, 2, tzinfo=UTC)),
        (np.array([1, 2]), np.array([2, 3])),
    ],
)
def test_thresholds_of_two_kinds_are_refused(low: Any, high: Any) -> None:
    with pytest.raises(InvalidType) as caught:
        Ladder.of([(low, 1), (high, 2)], boundary=LOWER)
    assert caught.value.code == "ladder.threshold"


def test_thresholds_in_two_currencies_say_so() -> None:
    one, two = Money.of(1, "EUR"), Money.of(2, "USD")
    with pytest.raises(CurrencyMismatch):
        Ladder.of([(one, 1), (two, 2)], boundary=LOWER)
    with pytest.raises(CurrencyMismatch):
        Ladder.from_bands([(one, two, 1), (two, None, 2)], boundary=LOWER)
    with pytest.raises(CurrencyMismatch):
        Ladder.from_bands([(one, Money.of(2, "EUR"), 1), (two, None, 2)], boundary=LOWER)


@given(ladders(moneys(EUR)), moneys())
def test_a_key_in_another_currency_says_so(ladder: Ladder[Money, int], key: Money) -> None:
    assume(key.currency != EUR)
    for ask in (ladder.value_at, ladder.band_at, ladder.next_band):
        with pytest.raises(CurrencyMismatch):
            ask(key)


@pytest.mark.parametrize("key", ["1", None, Money(1, EUR), object(), 1j, Decimal("NaN"), Decimal("sNaN")])
def test_a_key_of_another_kind_is_refused(key: Any) -> None:
    ladder = Ladder.of({0: "a", 10: "b"}, boundary=LOWER)
    for ask in (ladder.value_at, ladder.band_at, ladder.next_band):
        with pytest.raises(InvalidType) as caught:
            ask(key)
        assert caught.value.code == "ladder.key"


@pytest.mark.parametrize("boundary", Boundary)
def test_nan_lies_in_no_band_and_is_not_answered(boundary: Boundary) -> None:
    ladder = Ladder.of({0: "a", 10: "b"}, boundary=boundary)
    for key in (float("nan"), -float("nan"), np.float64("nan")):
        with pytest.raises(InvalidValue, match="NaN lies in no band"):
            ladder.value_at(key)  # type: ignore[arg-type]


@pytest.mark.parametrize("boundary", ["lower_inclusive", None, 0, True])
def test_the_boundary_is_always_said(boundary: Any) -> None:
    with pytest.raises(InvalidType) as caught:
        Ladder.of({0: 1}, boundary=boundary)
    assert caught.value.code == "ladder.boundary"


@pytest.mark.parametrize("row", [1, None, "ab", (1,), (1, 2, 3), [1], {1: 2}])
def test_a_row_of_another_shape_is_refused(row: Any) -> None:
    with pytest.raises(InvalidType) as caught:
        Ladder.of([(0, 0), row], boundary=LOWER)
    assert caught.value.code == "ladder.rows"


@pytest.mark.parametrize("row", [1, None, "abc", (1, 2), (1, 2, 3, 4), {1: 2}])
def test_a_band_of_another_shape_is_refused(row: Any) -> None:
    with pytest.raises(InvalidType) as caught:
        Ladder.from_bands([row], boundary=LOWER)
    assert caught.value.code == "ladder.rows"


@pytest.mark.parametrize("steps", [None, 5, [(0, 1)], ((0, 1),), "ab", {0: 1}, iter([])])
def test_steps_are_steps(steps: Any) -> None:
    with pytest.raises(InvalidType):
        Ladder(steps, boundary=LOWER)


def test_a_gap_between_hostile_thresholds_is_named_briefly() -> None:
    huge = Fraction(10**5000)  # its str() raises ValueError
    for low, high in ((huge, huge + 1), ("a" * 10**6, "b" * 10**6), (10**5000, 10**5000 + 1)):
        for bands in ([(low, high, 1)], [(low, low, 1), (high, None, 2)], [(low, high, 1), (low, None, 2)]):
            with pytest.raises(LadderError) as caught:
                Ladder.from_bands(bands, boundary=LOWER)
            assert len(str(caught.value)) < 200


# --- nothing foreign comes out ---------------------------------------------------------------------------

TIERS = Ladder.of({0: "a", 10: "b"}, boundary=LOWER)
PRICES = Ladder.of({Money(0, EUR): "a", Money(10, EUR): "b"}, boundary=UPPER)

CALLS: list[Callable[[Any], object]] = [
    lambda value: Ladder.of(value, boundary=LOWER),
    lambda value: Ladder.of([value], boundary=LOWER),
    lambda value: Ladder.of([(value, 1)], boundary=LOWER),
    lambda value: Ladder.of([(0, 1), (value, 1)], boundary=LOWER),
    lambda value: Ladder.of([(value, 1), (value, 1)], boundary=LOWER),
    lambda value: Ladder.of([(0, value)], boundary=value),
    lambda value: Ladder.from_bands(value, boundary=LOWER),
    lambda value: Ladder.from_bands([value], boundary=LOWER),
    lambda value: Ladder.from_bands([(value, value, 1), (value, None, 1)], boundary=LOWER),
    lambda value: Ladder.from_bands([(0, value, 1), (1, value, 1)], boundary=LOWER),
    lambda value: Ladder(value, boundary=LOWER),
    lambda value: Ladder((value,), boundary=LOWER),
    TIERS.value_at,
    TIERS.band_at,
    TIERS.next_band,
    PRICES.value_at,
]


@pytest.mark.parametrize("at", range(len(HOSTILE)))
def test_hostile_values_get_an_answer_or_our_own_error(at: int) -> None:
    for call in CALLS:
        error = refusal(call, HOSTILE[at])
        assert error is None or len(str(error)) < 200


@given(st.sampled_from(CALLS), anything)
def test_calls_raise_nothing_but_our_own(call: Callable[[Any], object], value: Any) -> None:
    error = refusal(call, value)
    assert error is None or error.code.partition(".")[0] in {"ladder", "money"}
