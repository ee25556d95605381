"""Objectives: any piece may be missing, none may be of the wrong kind, and the arithmetic is exact."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.calendar import Period, PeriodKind
from salesplan.errors import InvalidType, InvalidValue, SalesplanError
from salesplan.money import MAX_MINOR, Currency, CurrencyMismatch, Money
from salesplan.rate import Rate
from salesplan.targets.objective import Absolute, ChangeBy, Direction, Objective
from tests.strategies import anything, refusal
from tests.targets.objective_notation import PAGE, amounts, changes, kinds, level, objectives, target, whole
from tests.worked import table

CNY = Currency.iso("CNY")


# --- worked ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "From and to"), ids=lambda row: row["case"])
def test_target_and_change_are_as_worked(row: dict[str, str]) -> None:
    objective = Objective("x", baseline=level(row["baseline"]), target=target(row["target"]))
    assert objective.target_value == level(row["reaches"])
    change = None if objective.change is None else str(objective.change).replace("%", " %")
    assert (change or "-") == row["change"]


# --- edges -----------------------------------------------------------------------------------------------


def test_an_objective_needs_only_its_id() -> None:
    bare = Objective("better")
    assert (bare.target_value, bare.change, bare.window, bare.cadence_days, bare.level) == (None,) * 5
    assert bare.owners == ()


def test_start_without_end_can_be_said() -> None:
    assert Objective("x", start=date(2026, 6, 1)).window is None
    assert Objective("x", end=date(2026, 6, 1)).window is None


@pytest.mark.parametrize(("day", "length"), [(2, None), (1, None), (3, 1), (4, 2)])
def test_window_holds_a_day_or_is_none(day: int, length: int | None) -> None:
    window = Objective("x", start=date(2026, 6, 2), end=date(2026, 6, day)).window
    assert (None if window is None else window.days) == length


def test_during_takes_the_days_of_a_period() -> None:
    placed = Objective("x").during(Period.quarter(2026, 3))
    assert (placed.start, placed.end) == (date(2026, 7, 1), date(2026, 10, 1))


def test_owners_are_one_or_several_and_each_once() -> None:
    assert Objective("x", owners="Li Na").owners == ("Li Na",)
    assert Objective("x", owners=["Li Na", "Wang Wei", "Li Na"]).owners == ("Li Na", "Wang Wei")


@pytest.mark.parametrize(
    ("kind", "shortest"),
    [
        (PeriodKind.DAY, Period.of_day(date(2026, 1, 1))),
        (PeriodKind.WEEK, Period.week(2026, 1)),
        (PeriodKind.MONTH, Period.month(2026, 2)),
        (PeriodKind.QUARTER, Period.quarter(2026, 1)),
        (PeriodKind.HALF, Period.half(2026, 1)),
        (PeriodKind.YEAR, Period.year(2026)),
    ],
)
def test_cadence_counts_as_the_shortest_period_of_its_kind(kind: PeriodKind, shortest: Period) -> None:
    assert Objective("x", cadence=kind).cadence_days == shortest.days


def test_scope_is_a_copy() -> None:
    scope = {"product_line": "A"}
    objective = Objective("x", scope=scope)
    scope["product_line"] = "B"
    assert objective.scope == {"product_line": "A"}


def test_everything_can_be_lost_and_nothing_more() -> None:
    assert ChangeBy(Rate(-1)).on(500) == 0
    with pytest.raises(InvalidValue):
        ChangeBy(Rate(-101, 100))


# --- laws ------------------------------------------------------------------------------------------------


@given(kinds.flatmap(lambda kind: st.tuples(amounts(kind, low=1), amounts(kind))))
def test_change_of_a_level_leads_back_to_it(pair: tuple[Any, Any]) -> None:
    base, goal = pair
    change = Objective("x", baseline=base, target=Absolute(goal)).change
    assert change is not None
    units = [n.minor if isinstance(n, Money) else Fraction(n.numerator, n.denominator) for n in pair]
    assert units[0] * (1 + Fraction(change.numerator, change.denominator)) == units[1]


@given(st.integers(0, 10**9), changes)
def test_money_and_counts_round_alike_and_to_the_nearest(base: int, by: Rate) -> None:
    count = ChangeBy(by).on(base)
    money = ChangeBy(by).on(Money(base, CNY))
    assert money == Money(int(count), CNY)  # type: ignore[arg-type]
    exact = base * (1 + Fraction(by.numerator, by.denominator))
    assert -Fraction(1, 2) < int(count) - exact <= Fraction(1, 2)  # type: ignore[arg-type]


@given(objectives())
def test_any_objective_survives_copies_and_equals_them(objective: Objective) -> None:
    for twin in (pickle.loads(pickle.dumps(objective)), copy.deepcopy(objective)):
        assert twin == objective
        assert hash(twin) == hash(objective)


@given(objectives())
def test_target_is_a_level_that_could_be_stated(objective: Objective) -> None:
    reached = objective.target_value
    if reached is not None and not isinstance(reached, Rate):
        assert Absolute(reached).value == reached


@given(st.sampled_from([field.name for field in attrs.fields(Objective)]), anything)
def test_any_piece_is_taken_or_refused(field: str, value: Any) -> None:
    pieces = {"id": "x", field: value}
    refusal(lambda: Objective(**pieces))  # nothing but our own errors comes out


# --- bad input -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0.3, float("nan"), True, Decimal("1"), "12", None, [1]])
def test_levels_of_other_kinds_are_refused(number: Any) -> None:
    assert code_of(lambda: Absolute(number)) == (InvalidType, "targets.objective.target")
    if number is not None:
        assert code_of(lambda: Objective("x", baseline=number)) == (InvalidType, "targets.objective.baseline")
        assert code_of(lambda: Objective("x", target=number)) == (InvalidType, "targets.objective.target")
    assert code_of(lambda: ChangeBy(number)) == (InvalidType, "targets.objective.change")
    assert code_of(lambda: ChangeBy(Rate(1)).on(number)) == (InvalidType, "targets.objective.baseline")


@pytest.mark.parametrize("below", [-1, Money.of("-0.01", "EUR"), Rate(-1, 10**12)])
def test_levels_below_zero_are_refused(below: Any) -> None:
    assert code_of(lambda: Objective("x", baseline=below)) == (InvalidValue, "targets.objective.baseline")
    assert code_of(lambda: Absolute(below)) == (InvalidValue, "targets.objective.target")


EURO, YEN = Money.of("1", "EUR"), Money.of("1", "JPY")


@pytest.mark.parametrize(
    ("pieces", "kind", "code"),
    [
        ({"baseline": EURO, "target": Absolute(YEN)}, CurrencyMismatch, "target"),
        ({"baseline": 1, "target": Absolute(EURO)}, InvalidType, "target"),
        ({"baseline": 1, "target": Absolute(Rate(1, 2))}, InvalidType, "target"),
        ({"baseline": EURO, "unit": CNY}, CurrencyMismatch, "unit"),
        ({"baseline": EURO, "unit": "euros"}, InvalidType, "unit"),
        ({"baseline": 1, "unit": CNY}, InvalidType, "unit"),
        ({"target": Absolute(1), "unit": CNY}, InvalidType, "unit"),
        ({"unit": 3}, InvalidType, "unit"),
        ({"unit": ""}, InvalidValue, "unit"),
        ({"metric": ""}, InvalidValue, "metric"),
        ({"metric": 3}, InvalidType, "metric"),
        ({"direction": "higher"}, InvalidType, "direction"),
        ({"scope": ["A"]}, InvalidType, "scope"),
        ({"scope": {"line": 3}}, InvalidType, "scope"),
        ({"owners": 3}, InvalidType, "owners"),
        ({"owners": [3]}, InvalidType, "owners"),
        ({"cadence": 0}, InvalidValue, "cadence"),
        ({"cadence": 1.5}, InvalidType, "cadence"),
        ({"cadence": PeriodKind.CUSTOM}, InvalidValue, "cadence"),
        ({"baseline": MAX_MINOR, "target": ChangeBy(Rate(1))}, InvalidValue, "target"),
        ({"baseline": Money(MAX_MINOR, CNY), "target": ChangeBy(Rate(1))}, InvalidValue, "target"),
        ({"baseline": Rate(10**12 + 1)}, InvalidValue, "baseline"),
    ],
)
def test_pieces_of_the_wrong_kind_are_refused(pieces: dict[str, Any], kind: type[SalesplanError], code: str) -> None:
    assert code_of(lambda: Objective("x", **pieces)) == (kind, f"targets.objective.{code}")


def test_moments_are_not_days() -> None:
    assert code_of(lambda: whole(start=datetime(2026, 6, 1, tzinfo=UTC))) == (InvalidType, "calendar.day")


def test_direction_has_two_ways() -> None:
    assert [way.value for way in Direction] == ["higher", "lower"]


def code_of(call: Any) -> tuple[type[SalesplanError], str]:
    error = refusal(call)
    assert error is not None
    return type(error), error.code


def test_owners_in_a_set_are_sorted() -> None:
    assert Objective("a", owners={"z", "x", "y"}).owners == ("x", "y", "z")
