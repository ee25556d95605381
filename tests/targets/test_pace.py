"""Where a target stands: worked tables, edges, laws."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.calendar import FiscalCalendar, Period, Periods, WorkCalendar
from salesplan.errors import InvalidType, InvalidValue, NotFound
from salesplan.money import CurrencyMismatch, Money
from salesplan.rate import Rate
from salesplan.targets import Direction, Hierarchy, NodePlan, Respread, decompose, pace, respread
from tests.targets.strategies import rows
from tests.worked import table

PAGE = "targets.md"
START = date(2026, 1, 1)


def node(units: list[int], days: int = 90) -> NodePlan:
    """Periods of *days* each."""
    leaves = [
        Period(START + timedelta(days * at), START + timedelta(days * (at + 1)), f"p{at}") for at in range(len(units))
    ]
    return NodePlan(id="li", periods=Periods(leaves), unit=None, units=tuple(units))


def number(text: str) -> Any:
    if text == "-":
        return None
    return int(text) if "/" not in text else Fraction(text)


def plain(value: Any) -> Any:
    """A Rate as a Fraction, an amount as it is."""
    return Fraction(value.numerator, value.denominator) if isinstance(value, Rate) else value


@pytest.mark.parametrize("row", table(PAGE, "Pace"), ids=lambda row: f"{row['target']} {row['passed']} {row['actual']}")
def test_pace_as_worked(row: dict[str, str]) -> None:
    one = node([int(row["target"])], int(row["days"]))
    on = START + timedelta(int(row["passed"]))
    found = pace(one, int(row["actual"]), on=on, direction=Direction[row["better"]])
    wanted = {
        "attainment": found.attainment,
        "pace": found.pace,
        "expected": found.expected,
        "gap": found.gap,
        "a day": found.run_rate,
        "required a day": found.required_rate,
        "projection": found.projection,
    }
    assert {head: plain(value) for head, value in wanted.items()} == {head: number(row[head]) for head in wanted}


@pytest.mark.parametrize("row", table(PAGE, "An interval"), ids=lambda row: row["sold"])
def test_interval_as_worked(row: dict[str, str]) -> None:
    year = node([100] * 12, 30)
    sold = {f"p{at}": int(each) for at, each in enumerate(row["sold"].split())}
    found = pace(year, sold, on=START + timedelta(90), confidence=Rate.percent("80"))
    assert (found.projection, found.interval) == (int(row["projection"]), (int(row["low"]), int(row["high"])))


def test_expected_goes_by_weights_not_days() -> None:
    """Two periods of 30 days, 300 and 100: after 45 days 350 are due, not 300."""
    found = pace(node([300, 100], 30), 350, on=START + timedelta(45))
    assert (found.expected, found.pace, found.projection) == (350, Rate(1), 400)


def test_working_days_count_within_a_period() -> None:
    """On Monday 2026-01-12, 7 of the 22 weekdays of January have passed (Thursday 1st to Friday 9th)."""
    january = NodePlan(id="li", periods=Periods([Period.month(2026, 1)]), unit=None, units=(220,))
    weekdays = WorkCalendar(first=START, until=date(2026, 2, 1))
    found = pace(january, 70, on=date(2026, 1, 12), workdays=weekdays)
    assert (found.expected, found.run_rate, found.required_rate) == (70, Rate(10), Rate(10))
    assert pace(january, 70, on=date(2026, 1, 12)).expected == 78  # 11/31 of 220 is 78.06


def test_money_a_day_is_money() -> None:
    usd = Money.zero("USD").currency
    quarter = NodePlan(id="li", periods=Periods([Period.custom(START, date(2026, 4, 1))]), unit=usd, units=(100_00,))
    found = pace(quarter, Money.of("10", "USD"), on=date(2026, 1, 31))
    assert found.run_rate == Money.of("0.33", "USD")
    assert found.required_rate == Money.of("1.50", "USD")
    assert "USD 1.50" in found.explain()
    assert "<table" in found._repr_html_()


def test_uplifts_say_how_much_more_is_needed() -> None:
    """100 a month, 240 in three: 960 in nine months is 6.67 % above plan and a third above the 80 a month so far."""
    found = pace(node([100] * 12, 30), 240, on=START + timedelta(90))
    assert (found.uplift_on_plan, found.uplift_on_pace) == (Rate(1, 15), Rate(1, 3))


def test_a_whole_plan_stands_for_its_root() -> None:
    plan = decompose(1200, Hierarchy.flat(["li"], root="team"), FiscalCalendar.calendar_year(2026).months)
    assert pace(plan, 0, on=START) == pace(plan["team"], 0, on=START)


def test_no_interval_from_two_periods() -> None:
    found = pace(node([100] * 12, 30), {"p0": 90, "p1": 100}, on=START + timedelta(60))
    assert found.interval is None
    assert "needs 3 closed periods, there are 2" in found.explain()


def test_after_a_respread_the_run_rate_keeps_the_first_weights() -> None:
    """240 of 300 sold, then 60 more in nine months: what goes on as before ends at 960, whatever the new cells say."""
    plan = decompose(
        1200, Hierarchy.flat(["li"], root="team"), FiscalCalendar.calendar_year(2026).months, seasonality=[1] * 12
    )
    later = respread(plan, {"li": 240}, on=date(2026, 4, 1), policy=Respread.SEASONAL)
    found = pace(later["li"], 240, on=date(2026, 4, 1))
    assert (found.target, found.expected, found.projection) == (1200, 240, 960)
    assert found.pace == Rate(1)  # the gap has been given to the rest
    assert found.uplift_on_plan == Rate(0)


@given(rows(), st.lists(st.integers(0, 300), min_size=20, max_size=20), st.integers(0, 2000), st.integers(-3, 95))
def test_pace_is_never_a_division_by_zero(periods: Periods, units: list[int], actual: int, day: int) -> None:
    one = NodePlan(id="li", periods=periods, unit=None, units=tuple(units[: len(periods)]))
    on = periods.start + timedelta(day)
    found = pace(one, actual, on=on)
    if on <= periods.start:
        assert (found.pace, found.run_rate, found.projection, found.expected) == (None, None, None, 0)
    if on >= periods.end:
        assert found.projection == actual
        assert found.required_rate is None
        assert found.expected == found.target
    elif isinstance(found.target, int) and actual >= found.target:
        assert found.required_rate == Rate(0)
    assert found.explain()


@given(rows(), st.lists(st.integers(1, 300), min_size=20, max_size=20), st.integers(1, 60))
def test_whoever_sells_the_plan_is_on_pace(periods: Periods, units: list[int], day: int) -> None:
    one = NodePlan(id="li", periods=periods, unit=None, units=tuple(units[: len(periods)]))
    on = periods.start + timedelta(day)
    closed = {leaf.label: each for leaf, each in zip(periods, one.units, strict=True) if leaf.end <= on}
    under_way = periods.at(on) if on < periods.end else None
    if under_way is None or periods[under_way].start == on:
        found = pace(one, closed, on=on)
        assert found.gap == 0
        assert found.pace == Rate(1)
        assert found.projection == found.target
        if found.interval is not None:
            assert found.interval == (found.target, found.target)


@pytest.mark.parametrize(
    ("actuals", "error"),
    [
        (1.5, InvalidType),
        (Money.of("1", "EUR"), InvalidType),
        ({"p9": 1}, NotFound),
        ({"p1": 5}, InvalidValue),
        ({"p0": 1.5}, InvalidType),
    ],
)
def test_bad_actuals_are_refused(actuals: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        pace(node([100, 100], 30), actuals, on=START + timedelta(10))


def test_actuals_of_a_group_are_refused() -> None:
    months = FiscalCalendar.calendar_year(2026).months
    one = NodePlan(id="li", periods=months, unit=None, units=(100,) * 12)
    with pytest.raises(InvalidValue, match="several"):
        pace(one, {"2026-Q1": 5}, on=date(2026, 4, 1))


def test_other_currencies_are_refused() -> None:
    one = NodePlan(id="li", periods=Periods([Period.month(2026, 1)]), unit=Money.zero("USD").currency, units=(1,))
    with pytest.raises(CurrencyMismatch):
        pace(one, Money.of("1", "EUR"), on=START)


@pytest.mark.parametrize("confidence", [Rate(0), Rate(1), 0.9])
def test_odd_confidence_is_refused(confidence: Any) -> None:
    with pytest.raises((InvalidValue, InvalidType)):
        pace(node([1]), 0, on=START, confidence=confidence)


@pytest.mark.parametrize("on", ["2026-01-01", None])
def test_odd_days_are_refused(on: Any) -> None:
    with pytest.raises(InvalidType):
        pace(node([1]), 0, on=on)
