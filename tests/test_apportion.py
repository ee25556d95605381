"""Splits: every policy against the slow obvious version, caps against water filling in fractions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from salesplan.apportion import Apportionment, CapError, WeightError, apportion, largest_remainder, split
from salesplan.errors import InvalidType, InvalidValue
from salesplan.money import Currency, CurrencyMismatch, Money
from salesplan.rate import Rate
from tests.strategies import (
    HOSTILE,
    Broken,
    Fruit,
    anything,
    apportionments,
    caps_for,
    refusal,
    shares,
    totals,
    weights,
)
from tests.worked import table

Caps = list[int | None]
Numbers = Sequence[int]

POLICIES = list(Apportionment)
EUR = Currency.iso("EUR")


def numbers(text: str) -> list[int]:
    return [int(word) for word in text.split()]


def exact(total: int, weights: Numbers) -> list[Fraction]:
    return [Fraction(total * weight, sum(weights)) for weight in weights]


# --- the slow obvious version ----------------------------------------------------------------------------


def hamilton(total: int, weights: Numbers, room: Numbers, keys: Sequence[Any]) -> list[int]:
    quotas = exact(total, weights)
    parts = [math.floor(quota) for quota in quotas]
    by_fraction = sorted(range(len(parts)), key=lambda at: (-(quotas[at] - parts[at]), keys[at]))
    for at in by_fraction[: total - sum(parts)]:
        parts[at] += 1
    return parts


def floor_first(total: int, weights: Numbers, room: Numbers, keys: Sequence[Any]) -> list[int]:
    parts = [math.floor(quota) for quota in exact(total, weights)]
    heirs = [at for at, weight in enumerate(weights) if weight]
    for at in heirs[: total - sum(parts)]:
        parts[at] += 1
    return parts


def floor_last(total: int, weights: Numbers, room: Numbers, keys: Sequence[Any]) -> list[int]:
    parts = [math.floor(quota) for quota in exact(total, weights)]
    while sum(parts) < total:  # unit by unit to the last part that has room
        parts[max(at for at, weight in enumerate(weights) if weight and parts[at] < room[at])] += 1
    return parts


def half_down_first(total: int, weights: Numbers, room: Numbers, keys: Sequence[Any]) -> list[int]:
    parts = [math.ceil(quota - Fraction(1, 2)) for quota in exact(total, weights)]
    step = 1 if sum(parts) < total else -1
    for at, weight in enumerate(weights):
        if sum(parts) != total and weight and 0 <= parts[at] + step <= room[at]:
            parts[at] += step
    return parts


def cumulative(total: int, weights: Numbers, room: Numbers, keys: Sequence[Any]) -> list[int]:
    upto = [math.floor(sum(exact(total, weights)[:at], Fraction(0))) for at in range(len(weights) + 1)]
    return [upto[at + 1] - upto[at] for at in range(len(weights))]


def sainte_lague(total: int, weights: Numbers, room: Numbers, keys: Sequence[Any]) -> list[int]:
    parts = [0] * len(weights)
    for _ in range(total):  # unit by unit to the highest weight / 1, 3, 5, ... that has room
        quotients = [
            (-Fraction(weight, 2 * parts[at] + 1), keys[at], at)
            for at, weight in enumerate(weights)
            if weight and parts[at] < room[at]
        ]
        parts[min(quotients)[2]] += 1
    return parts


ORACLES: dict[Apportionment, Callable[[int, Numbers, Numbers, Sequence[Any]], list[int]]] = {
    Apportionment.LARGEST_REMAINDER: hamilton,
    Apportionment.FLOOR_FIRST: floor_first,
    Apportionment.FLOOR_LAST: floor_last,
    Apportionment.HALF_DOWN_FIRST: half_down_first,
    Apportionment.CUMULATIVE: cumulative,
    Apportionment.WEBSTER: sainte_lague,
}


def water_level(total: int, weights: Numbers, caps: Sequence[int | None]) -> list[Fraction] | None:
    """Return the exact shares under *caps*: whoever reaches a cap stops there, the rest share on.

    None where the caps cannot hold the total.
    """
    full: dict[int, int] = {at: 0 for at, weight in enumerate(weights) if not weight}
    while True:
        left, whole = total - sum(full.values()), sum(w for at, w in enumerate(weights) if at not in full)
        if whole == 0:
            return [Fraction(full[at]) for at in range(len(weights))] if left == 0 else None
        level = Fraction(left, whole)
        reached = {
            at: cap for at, cap in enumerate(caps) if at not in full and cap is not None and level * weights[at] >= cap
        }
        if not reached:
            return [Fraction(full[at]) if at in full else level * w for at, w in enumerate(weights)]
        full |= reached


def capped(total: int, weights: Numbers, policy: Apportionment, caps: Caps) -> list[int] | None:
    """Return the water level, with the policy's oracle over the parts that are not full."""
    level = water_level(total, weights, caps)
    if level is None:
        return None
    full = [caps[at] == share or not weights[at] for at, share in enumerate(level)]
    live = [at for at, is_full in enumerate(full) if not is_full]
    parts = [int(share) if full[at] else 0 for at, share in enumerate(level)]
    rest = total - sum(parts)
    room = [rest if (cap := caps[at]) is None else cap for at in live]
    shared = ORACLES[policy](rest, [weights[at] for at in live], room, live) if rest else [0] * len(live)
    for at, part in zip(live, shared, strict=True):
        parts[at] = part
    return parts


# --- worked ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    table("ground-floor.md", "Splits"),
    ids=lambda row: f"{row['source']} {row['policy']} {row['total']}",
)
def test_split_follows_the_worked_table(row: dict[str, str]) -> None:
    caps: Caps = [None if word == "-" else int(word) for word in row["caps"].split()]
    policy, given_weights = Apportionment[row["policy"]], numbers(row["weights"])
    parts = split(int(row["total"]), given_weights, policy, caps=caps or None)
    assert parts == numbers(row["parts"])
    assert sum(parts) == int(row["total"])
    money = apportion(
        Money(int(row["total"]), EUR),
        [Money(weight, EUR) for weight in given_weights],
        policy,
        caps=[None if cap is None else Money(cap, EUR) for cap in caps] or None,
    )
    assert [part.minor for part in money] == numbers(row["parts"])


def test_the_worked_table_shows_every_policy() -> None:
    assert {row["policy"] for row in table("ground-floor.md", "Splits")} == {policy.name for policy in POLICIES}


@pytest.mark.parametrize("policy", POLICIES)
def test_fifty_off_a_hundred_lines_of_one_is_not_lost(policy: Apportionment) -> None:
    # Saleor rounds each share of 0.5 to even, 0, and loses all but the last line's rest.
    parts = split(50, [1] * 100, policy)
    assert sum(parts) == 50
    if policy in {Apportionment.LARGEST_REMAINDER, Apportionment.WEBSTER, Apportionment.FLOOR_FIRST}:
        assert parts == [1] * 50 + [0] * 50


@pytest.mark.parametrize("policy", POLICIES)
def test_ten_off_twenty_lines_gives_no_line_a_negative_part(policy: Apportionment) -> None:
    # Rounding each share of 0.5 up and giving the rest to the last line books -9 there.
    parts = split(10, [100] * 20, policy)
    assert sum(parts) == 10
    assert min(parts) >= 0


def test_weights_that_lost_a_cent_as_floats_keep_it() -> None:
    # RubyMoney/money#1033: these weights as floats sum to 700272.
    ratios = ["1.1818583143661"] * 7 + ["1.170126087450276", "1", "1", "1", "1"]
    parts = apportion(Money(700273, EUR), [Rate.of(ratio) for ratio in ratios])
    assert [part.minor for part in parts] == [61565] * 7 + [60954] + [52091] * 4


def test_largest_remainder_shows_the_alabama_effect_and_webster_does_not() -> None:
    populations = [5576330, 1387342, 3334241, 7512860, 310968]  # 89 and 90 are rows of the worked table
    assert split(89, populations)[4] == 2
    assert split(90, populations)[4] == 1
    for total in range(1, 120):
        before = split(total, populations, Apportionment.WEBSTER)
        after = split(total + 1, populations, Apportionment.WEBSTER)
        assert all(a <= b for a, b in zip(before, after, strict=True))


def test_webster_may_leave_the_quota() -> None:
    # One large part of 1000 beside ten of 49, ten units: over 1, 3, ..., 19 the large one has 1000 to 52.6,
    # always above 49, and takes all ten, though its exact share is 6.71.
    assert exact(10, [1000, *[49] * 10])[0] == Fraction(1000, 149)
    assert split(10, [1000, *[49] * 10], Apportionment.WEBSTER) == [10, *[0] * 10]


# --- the oracle ------------------------------------------------------------------------------------------

small_totals = st.integers(0, 60)
small_weights = st.lists(st.sampled_from([0, 0, 1, 1, 1, 2, 3, 5, 50]), min_size=1, max_size=8).filter(any)


@pytest.mark.parametrize("policy", POLICIES)
@given(small_totals, small_weights)
@example(10, [6, 3, 3, 8])
def test_split_agrees_with_the_oracle(policy: Apportionment, total: int, weights: list[int]) -> None:
    expected = ORACLES[policy](total, weights, [total] * len(weights), range(len(weights)))
    assert split(total, weights, policy) == expected


@pytest.mark.parametrize("policy", [policy for policy in POLICIES if policy is not Apportionment.WEBSTER])
@given(totals, weights)
def test_split_of_large_numbers_agrees_with_the_oracle(policy: Apportionment, total: int, weights: list[int]) -> None:
    expected = ORACLES[policy](total, weights, [total] * len(weights), range(len(weights)))
    assert split(total, weights, policy) == expected


@given(st.sampled_from([10**9 + 7, 2**63 - 1, 10**24]) | totals, weights)
def test_webster_of_large_numbers_cannot_be_improved_by_moving_a_unit(total: int, weights: list[int]) -> None:
    # Whoever holds a unit has earned it: no other part's next quotient is above its last one.
    parts = split(total, weights, Apportionment.WEBSTER)
    last = [Fraction(w, 2 * part - 1) for w, part in zip(weights, parts, strict=True) if part]
    following = [Fraction(w, 2 * part + 1) for w, part in zip(weights, parts, strict=True)]
    assert sum(parts) == total
    assert not last or min(last) >= max(following)


@pytest.mark.parametrize("policy", [Apportionment.LARGEST_REMAINDER, Apportionment.WEBSTER])
@given(small_totals, small_weights, st.randoms())
def test_ties_go_by_key_as_in_the_oracle(policy: Apportionment, total: int, weights: list[int], random: Any) -> None:
    keys = [f"k{at}" for at in range(len(weights))]
    random.shuffle(keys)
    expected = ORACLES[policy](total, weights, [total] * len(weights), keys)
    assert split(total, weights, policy, keys=keys) == expected


@given(totals, weights)
def test_inner_loop_agrees_with_split(total: int, weights: list[int]) -> None:
    assert largest_remainder(total, weights, sum(weights)) == split(total, weights)


@pytest.mark.parametrize("policy", POLICIES)
@given(st.data())
def test_capped_split_agrees_with_water_filling(policy: Apportionment, data: st.DataObject) -> None:
    total, weights = data.draw(small_totals), data.draw(small_weights)
    caps = data.draw(caps_for(total, weights))
    expected = capped(total, weights, policy, caps)
    error = refusal(split, total, weights, policy, caps=caps)
    if expected is None:
        assert isinstance(error, CapError)
        assert error.code == "apportion.caps_too_small"
    else:
        assert split(total, weights, policy, caps=caps) == expected


@given(st.data())
def test_capped_largest_remainder_is_within_a_unit_of_the_water_level(data: st.DataObject) -> None:
    total, some = data.draw(totals), data.draw(weights)
    caps = data.draw(caps_for(total, some))
    level = water_level(total, some, caps)
    assume(level is not None)
    assert level is not None
    parts = split(total, some, caps=caps)
    assert all(abs(part - share) < 1 for part, share in zip(parts, level, strict=True))


# --- laws ------------------------------------------------------------------------------------------------


@given(totals, weights, apportionments)
def test_split_keeps_the_total_and_gives_weight_zero_nothing(
    total: int, weights: list[int], policy: Apportionment
) -> None:
    parts = split(total, weights, policy)
    assert sum(parts) == total
    assert len(parts) == len(weights)
    assert min(parts) >= 0
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if not weight)


@given(totals, weights, st.sampled_from([Apportionment.LARGEST_REMAINDER, Apportionment.CUMULATIVE]))
def test_no_share_is_a_full_unit_from_exact(total: int, weights: list[int], policy: Apportionment) -> None:
    parts = split(total, weights, policy)
    assert all(abs(part - share) < 1 for part, share in zip(parts, exact(total, weights), strict=True))


@given(totals, weights, apportionments)
def test_exact_shares_are_given_exactly(total: int, weights: list[int], policy: Apportionment) -> None:
    whole = sum(weights)
    assume(total * whole <= 10**60)
    assert split(total * whole, weights, policy) == [total * weight for weight in weights]


@given(st.data(), apportionments)
def test_a_negative_total_gives_the_mirrored_parts(data: st.DataObject, policy: Apportionment) -> None:
    total, some = data.draw(totals), data.draw(weights)
    caps = data.draw(st.none() | caps_for(total, some))
    if refusal(split, total, some, policy, caps=caps):
        assert isinstance(refusal(split, -total, some, policy, caps=caps), CapError)
    else:
        mirrored = [-part for part in split(total, some, policy, caps=caps)]
        assert split(-total, some, policy, caps=caps) == mirrored


@given(st.data(), st.integers(1, 10**9), apportionments)
def test_scaling_all_weights_changes_nothing(data: st.DataObject, factor: int, policy: Apportionment) -> None:
    total, some = data.draw(small_totals), data.draw(small_weights)
    caps = data.draw(st.none() | caps_for(total, some))
    assume(refusal(split, total, some, policy, caps=caps) is None)
    scaled = [weight * factor for weight in some]
    assert split(total, scaled, policy, caps=caps) == split(total, some, policy, caps=caps)


@given(st.data(), st.sampled_from([Apportionment.LARGEST_REMAINDER, Apportionment.WEBSTER]), st.randoms())
def test_order_of_the_parts_changes_nothing(data: st.DataObject, policy: Apportionment, random: Any) -> None:
    total, some = data.draw(small_totals), data.draw(small_weights)
    caps = data.draw(caps_for(total, some))
    assume(refusal(split, total, some, policy, caps=caps) is None)
    keys = [f"k{at}" for at in range(len(some))]
    order = list(range(len(some)))
    random.shuffle(order)
    parts = split(total, some, policy, keys=keys, caps=caps)
    shuffled = split(
        total,
        [some[at] for at in order],
        policy,
        keys=[keys[at] for at in order],
        caps=[caps[at] for at in order],
    )
    assert shuffled == [parts[at] for at in order]


@given(small_totals, small_weights, apportionments)
def test_only_the_order_of_the_keys_matters(total: int, weights: list[int], policy: Apportionment) -> None:
    size = len(weights)
    by_position = split(total, weights, policy)
    assert split(total, weights, policy, keys=range(size)) == by_position
    assert split(total, weights, policy, keys=[Decimal(at) / 7 for at in range(size)]) == by_position
    assert split(total, weights, policy, keys=[("x", at) for at in range(size)]) == by_position


@given(small_totals, small_weights)
def test_webster_takes_no_unit_back_when_the_total_grows(total: int, weights: list[int]) -> None:
    before = split(total, weights, Apportionment.WEBSTER)
    after = split(total + 1, weights, Apportionment.WEBSTER)
    assert sum(b - a for a, b in zip(before, after, strict=True)) == 1
    assert all(a <= b for a, b in zip(before, after, strict=True))


@given(st.data(), apportionments)
def test_caps_are_respected_and_filled(data: st.DataObject, policy: Apportionment) -> None:
    total, some = data.draw(totals), data.draw(weights)
    caps = data.draw(caps_for(total, some))
    room = sum(total if cap is None else cap for cap, weight in zip(caps, some, strict=True) if weight)
    error = refusal(split, total, some, policy, caps=caps)
    assert (error is not None) == (room < total)
    if error is None:
        parts = split(total, some, policy, caps=caps)
        assert sum(parts) == total
        assert all(part >= 0 for part in parts)
        assert all(part <= cap for part, cap in zip(parts, caps, strict=True) if cap is not None)
        assert all(part == 0 for part, weight in zip(parts, some, strict=True) if not weight)


@given(small_totals, small_weights, apportionments)
def test_caps_that_bind_nobody_change_nothing(total: int, weights: list[int], policy: Apportionment) -> None:
    free = split(total, weights, policy)
    assert split(total, weights, policy, caps=[total + 1] * len(weights)) == free
    assert split(total, weights, policy, caps=[None] * len(weights)) == free


@given(st.data(), st.integers(1, 5))
def test_raising_a_cap_never_shrinks_that_part(data: st.DataObject, more: int) -> None:
    total, some = data.draw(small_totals), data.draw(small_weights)
    caps = data.draw(caps_for(total, some))
    at = data.draw(st.integers(0, len(some) - 1))
    assume(caps[at] is not None and refusal(split, total, some, caps=caps) is None)
    raised = [cap + more if i == at and cap is not None else cap for i, cap in enumerate(caps)]
    freed = [None if i == at else cap for i, cap in enumerate(caps)]
    before = split(total, some, caps=caps)[at]
    assert before <= split(total, some, caps=raised)[at] <= split(total, some, caps=freed)[at]


# --- bounded work ----------------------------------------------------------------------------------------


class Counted(int):
    """A weight that counts what is computed with it, and stops the run at a budget."""

    spent = 0
    budget = 0

    def _spend(self) -> int:
        Counted.spent += 1
        assert Counted.spent <= Counted.budget, "too many steps"
        return int(self)

    def __mul__(self, other: int) -> int:
        return self._spend() * other

    def __rmul__(self, other: int) -> int:
        return other * self._spend()

    def __rfloordiv__(self, other: int) -> int:
        return other // self._spend()

    def __radd__(self, other: int) -> int:
        return other + self._spend()


MANY = 10_000
# Built so that filling parts one at a time, with a new pass after each, would take thousands of passes.
ADVERSARIAL = {
    "every part takes one unit of the last one's rest": (2 * MANY - 1, [1] * MANY, [2] * MANY),
    "every cap is reached only once the one before it is full": (
        MANY * (MANY + 1) // 2 - 1,
        [1] * MANY,
        list(range(1, MANY + 1)),
    ),
    "rounding alone reaches every cap": (
        sum(range(1, MANY + 1)) // 3,
        list(range(1, MANY + 1)),
        [-(-at // 3) + 1 for at in range(1, MANY + 1)],
    ),
    "shares of many sizes": (
        9 * 10**8,
        [1 + at**3 % 10_007 for at in range(MANY)],
        [1 + (at * at) % 199_999 for at in range(MANY)],
    ),
}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", ADVERSARIAL)
def test_ten_thousand_caps_take_a_bounded_number_of_steps(name: str, policy: Apportionment) -> None:
    total, plain, caps = ADVERSARIAL[name]
    Counted.spent, Counted.budget = 0, 20 * MANY
    parts = split(total, [Counted(weight) for weight in plain], policy, caps=caps)
    assert sum(parts) == total
    assert all(0 <= part <= cap for part, cap in zip(parts, caps, strict=True))
    assert Counted.spent > MANY, "the counter sees nothing"


# --- money and rates -------------------------------------------------------------------------------------


@given(st.integers(-(10**12), 10**12), small_weights, apportionments)
def test_apportion_agrees_with_split(total: int, weights: list[int], policy: Apportionment) -> None:
    parts = apportion(Money(total, EUR), weights, policy)
    assert isinstance(parts, tuple)
    assert list(parts) == [Money(part, EUR) for part in split(total, weights, policy)]


@given(
    small_totals,
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from([1, 2, 3, 7, 10, 100])), min_size=1, max_size=6).filter(
        lambda several: any(top for top, _ in several)
    ),
)
def test_rates_weigh_as_their_fractions(total: int, ratios: list[tuple[int, int]]) -> None:
    fractions = [Fraction(top, bottom) for top, bottom in ratios]
    whole = sum(fractions)
    quotas = [total * ratio / whole for ratio in fractions]
    parts = [math.floor(quota) for quota in quotas]
    order = sorted(range(len(parts)), key=lambda at: (parts[at] - quotas[at], at))
    for at in order[: total - sum(parts)]:
        parts[at] += 1
    got = apportion(Money(total, EUR), [Rate(top, bottom) for top, bottom in ratios])
    assert [part.minor for part in got] == parts


def test_rates_and_ints_weigh_together() -> None:
    # 1 : 1/2 : 1/2 of 100
    parts = apportion(Money(100, EUR), [1, Rate(1, 2), Rate.percent("50")])
    assert [part.minor for part in parts] == [50, 25, 25]


def test_money_of_any_one_currency_may_weigh() -> None:
    parts = apportion(Money(100, EUR), [Money.of(3, "JPY"), Money.of(1, "JPY")])
    assert parts == (Money(75, EUR), Money(25, EUR))


def test_money_of_two_currencies_may_not_weigh_together() -> None:
    with pytest.raises(CurrencyMismatch):
        apportion(Money(100, EUR), [Money.of(3, "JPY"), Money.of(1, "CNY")])


@pytest.mark.parametrize("other", [1, Rate(1, 2)])
def test_money_does_not_weigh_against_bare_numbers(other: int | Rate) -> None:
    with pytest.raises(InvalidType):
        apportion(Money(100, EUR), [Money.of(3, "JPY"), other])


def test_caps_are_in_the_currency_of_the_total() -> None:
    with pytest.raises(CurrencyMismatch):
        apportion(Money(100, EUR), [1, 1], caps=[Money.of(1, "JPY"), None])
    with pytest.raises(InvalidType):
        apportion(Money(100, EUR), [1, 1], caps=[50, None])  # type: ignore[list-item]


@given(st.lists(shares, min_size=1, max_size=6))
def test_rates_of_any_size_get_an_answer_or_a_refusal(several: list[Rate]) -> None:
    error = refusal(apportion, Money(100, EUR), several)
    if error is None:
        assert Money.sum(apportion(Money(100, EUR), several), currency=EUR) == Money(100, EUR)
    else:
        assert error.code in {"apportion.weight", "apportion.no_weight"}


def test_rates_without_a_common_denominator_are_refused_before_it_grows() -> None:
    # Ten thousand denominators near 10**48: their common multiple would have half a million digits.
    several = [Rate(1, 10**48 - at) for at in range(10_000)]
    with pytest.raises(InvalidValue, match=r"no common denominator up to 10\*\*60"):
        apportion(Money(100, EUR), several)


# --- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(
    ("total", "weights", "code"),
    [
        (1, [], "apportion.no_weight"),
        (1, [0], "apportion.no_weight"),
        (-1, [0, 0], "apportion.no_weight"),
        (1, [-1], "apportion.negative"),
        (0, [1, -1], "apportion.negative"),
        (1, [3, -(10**100_000)], "apportion.negative"),
    ],
    ids=["none", "zero", "zeros", "negative", "negative of nothing", "huge"],
)
def test_weights_that_share_nothing_are_refused(
    policy: Apportionment, total: int, weights: list[int], code: str
) -> None:
    with pytest.raises(WeightError) as caught:
        split(total, weights, policy)
    assert caught.value.code == code


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, 2]])
def test_nothing_splits_into_nothings(weights: list[int]) -> None:
    assert split(0, weights) == [0] * len(weights)
    assert apportion(Money.zero("EUR"), weights) == (Money.zero("EUR"),) * len(weights)


@pytest.mark.parametrize("value", [1.0, True, "1", None, Decimal(1), Fraction(1), np.int64(1), Rate(1), Money(1, EUR)])
def test_split_takes_ints_alone(value: Any) -> None:
    with pytest.raises(InvalidType):
        split(value, [1])
    with pytest.raises(InvalidType):
        split(1, [1, value])
    if value is not None:
        with pytest.raises(InvalidType):
            split(1, [1, 1], caps=[value, None])


@pytest.mark.parametrize("limit", [10**60])
def test_split_takes_numbers_up_to_sixty_digits(limit: int) -> None:
    assert split(limit, [limit, limit]) == [limit // 2] * 2
    for call in ((limit + 1, [1]), (-limit - 1, [1]), (1, [limit + 1])):
        with pytest.raises(InvalidValue):
            split(*call)


@pytest.mark.parametrize("caps", [[1], [1, 1, 1], []])
def test_caps_are_one_per_part(caps: Caps) -> None:
    with pytest.raises(InvalidValue, match="caps for 2 weights"):
        split(1, [1, 1], caps=caps)


def test_caps_are_not_negative() -> None:
    with pytest.raises(InvalidValue, match="cap must be at least 0: -1"):
        split(1, [1, 1], caps=[-1, None])


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(
    ("caps", "fits"), [([1, 1], False), ([2, 1], True), ([2, 2], True), ([0, 3], True), ([None, 0], True)]
)
def test_caps_hold_the_total_or_are_refused(policy: Apportionment, caps: Caps, fits: bool) -> None:
    error = refusal(split, 3, [1, 1], policy, caps=caps)
    assert (error is None) == fits
    assert error is None or isinstance(error, CapError)


def test_a_cap_on_a_part_without_weight_holds_nothing() -> None:
    with pytest.raises(CapError):
        split(3, [1, 0], caps=[2, 100])


@pytest.mark.parametrize("keys", [["a"], ["a", "b", "c"], [], ["a", "a"], [1, 1.0]])
def test_keys_are_one_per_part_and_distinct(keys: list[Any]) -> None:
    with pytest.raises(InvalidValue) as caught:
        split(1, [1, 1], keys=keys)
    assert caught.value.code == "apportion.keys"


@pytest.mark.parametrize(
    "keys",
    [
        ["a", 1],
        [None, None],
        [object(), object()],
        [Decimal("NaN"), Decimal(1)],
        [np.array([1, 2]), np.array([1, 3])],
        [1, 1j],
    ],
    ids=["kinds", "none", "objects", "nan", "arrays", "complex"],
)
def test_keys_that_cannot_be_ordered_are_refused(keys: list[Any]) -> None:
    with pytest.raises(InvalidType) as caught:
        split(1, [1, 1], keys=keys)
    assert caught.value.code == "apportion.keys"


def test_keys_in_two_currencies_say_so() -> None:
    with pytest.raises(CurrencyMismatch):
        split(1, [1, 1], keys=[Money.of(1, "EUR"), Money.of(1, "JPY")])


@pytest.mark.parametrize("policy", ["largest_remainder", None, 0, Fruit.APPLE])
def test_policy_is_an_apportionment(policy: Any) -> None:
    with pytest.raises(InvalidType):
        split(1, [1], policy)
    with pytest.raises(InvalidType):
        split(0, [1], policy)


@pytest.mark.parametrize("total", [1, 1.0, "1", None, Rate(1)])
def test_apportion_splits_money_alone(total: Any) -> None:
    with pytest.raises(InvalidType):
        apportion(total, [1])


@pytest.mark.parametrize(
    "several",
    [5, None, "12", b"12", {0: 1, 1: 2}, {1, 2}, iter([1, 2]), np.array([1, 2])],
    ids=lambda x: type(x).__name__,
)
def test_weights_keys_and_caps_are_lists(several: Any) -> None:
    for call in (
        lambda: split(3, several),
        lambda: apportion(Money(3, EUR), several),
        lambda: split(3, [1, 1], keys=several),
        lambda: split(3, [1, 1], caps=several),
        lambda: apportion(Money(3, EUR), [1, 1], caps=several),
    ):
        if several is not None:
            with pytest.raises(InvalidType):
                call()
    with pytest.raises(InvalidType):
        split(3, several)


# --- nothing foreign comes out ---------------------------------------------------------------------------

CALLS: list[Callable[[Any], object]] = [
    lambda value: split(value, [1, 2]),
    lambda value: split(7, value),
    lambda value: split(7, [1, value]),
    lambda value: split(7, [1, 2], value),
    lambda value: split(7, [1, 2], keys=value),
    lambda value: split(7, [1, 2], keys=[value, 3]),
    lambda value: split(7, [1, 2], keys=[value, value]),
    lambda value: split(7, [1, 2], caps=value),
    lambda value: split(7, [1, 2], caps=[value, None]),
    lambda value: apportion(value, [1, 2]),
    lambda value: apportion(Money(7, EUR), value),
    lambda value: apportion(Money(7, EUR), [value, Rate(1, 3)]),
    lambda value: apportion(Money(7, EUR), [1, 2], caps=value),
    lambda value: apportion(Money(7, EUR), [1, 2], caps=[None, value]),
]


@pytest.mark.parametrize("at", range(len(HOSTILE)))
def test_hostile_values_get_an_answer_or_our_own_error(at: int) -> None:
    for call in CALLS:
        error = refusal(call, HOSTILE[at])
        assert error is None or len(str(error)) < 200


@given(st.sampled_from(CALLS), anything)
def test_calls_raise_nothing_but_our_own(call: Callable[[Any], object], value: Any) -> None:
    error = refusal(call, value)
    assert error is None or error.code.partition(".")[0] in {"apportion", "money"}


def test_keys_that_break_when_compared_are_refused() -> None:
    class Bomb:
        def __lt__(self, other: object) -> bool:
            raise ZeroDivisionError

    assert refusal(split, 1, [1, 1], keys=[Bomb(), Broken()]) is not None
