"""Re-spreading a gap, raising a total, and what a new version says about the old one."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.calendar import FiscalCalendar, Period, Periods
from salesplan.errors import InvalidType, InvalidValue, NotFound
from salesplan.money import CurrencyMismatch, Money
from salesplan.rate import Rate
from salesplan.targets import (
    Capped,
    Hierarchy,
    Respread,
    RespreadPolicy,
    Revision,
    Surplus,
    TargetPlan,
    decompose,
    respread,
    revise,
)
from tests.targets.strategies import rows, tables, trees
from tests.worked import table

PAGE = "targets.md"
MONTHS = FiscalCalendar.calendar_year(2026).months
POLICIES: list[RespreadPolicy] = [*Respread, Capped(Rate(1)), Capped(Rate.percent("120"))]


def policy_of(text: str) -> RespreadPolicy:
    name, _, percent = text.partition(" ")
    return Capped(Rate.percent(percent)) if name == "CAPPED" else Respread[name]


def plan_of(units: list[int]) -> TargetPlan:
    """One seller, ten days a period."""
    start = date(2026, 1, 1)
    leaves = [Period(start + timedelta(10 * at), start + timedelta(10 * at + 10), f"p{at}") for at in range(len(units))]
    team = Hierarchy.flat(["li"], root="team")
    return TargetPlan(people=team, periods=Periods(leaves), unit=None, cells=np.array([units]))


@pytest.mark.parametrize("row", table(PAGE, "A gap re-spread"), ids=lambda row: row["policy"])
def test_a_gap_as_worked(row: dict[str, str]) -> None:
    plan = decompose(1200, Hierarchy.flat(["li"], root="team"), MONTHS, seasonality=[1] * 12)
    later = respread(plan, {"li": 240}, on=date(2026, 4, 1), policy=policy_of(row["policy"]))
    months = list(row)[1:-1]
    assert list(later["li"].units) == [100, 100, 100, *(int(row[month]) for month in months)]
    assert (later["li"].carried, later["li"].unplaced) == (60, int(row["unplaced"]))
    assert later.total == 1200


@pytest.mark.parametrize("row", table(PAGE, "A gap in a season"), ids=lambda row: f"{row['sold']} {row['policy']}")
def test_a_season_as_worked(row: dict[str, str]) -> None:
    plan = plan_of([100, 200, 300, 0])
    later = respread(plan, {"li": int(row["sold"])}, on=date(2026, 1, 11), policy=policy_of(row["policy"]))
    assert list(later["li"].units) == [100, int(row["second"]), int(row["third"]), int(row["fourth"])]
    assert later["li"].unplaced == int(row["unplaced"])


def test_keeping_a_surplus_leaves_the_open_periods_alone() -> None:
    plan = plan_of([100, 200, 300])
    kept = respread(plan, {"li": 150}, on=date(2026, 1, 11), policy=Respread.SEASONAL, surplus=Surplus.KEEP)
    assert (kept["li"].units, kept["li"].unplaced) == ((100, 200, 300), -50)
    behind = respread(plan, {"li": 50}, on=date(2026, 1, 11), policy=Respread.SEASONAL, surplus=Surplus.KEEP)
    assert behind["li"].units == (100, 220, 330)


@given(trees(), rows(), st.data())
def test_respread_leaves_the_past_and_loses_nothing(tree: Hierarchy, periods: Periods, data: st.DataObject) -> None:
    cells = data.draw(tables(len(tree.leaves), len(periods)))
    plan = TargetPlan(people=tree, periods=periods, unit=None, cells=np.array(cells))
    promised = {name: plan[name].total for name in tree.ids}
    before, closed_before = plan, 0
    for _ in range(data.draw(st.integers(1, 3))):
        closed = data.draw(st.integers(closed_before, len(periods)))
        on = periods.start if closed == 0 else periods[closed - 1].end
        sold = {name: data.draw(st.integers(-50, 900)) for name in tree.leaves}
        policy = data.draw(st.sampled_from(POLICIES))
        surplus = data.draw(st.sampled_from(Surplus))
        after = respread(before, sold, on=on, policy=policy, surplus=surplus)
        assert after.version == before.version + 1
        assert (after.cells >= 0).all()
        for name in tree.ids:
            old, new = before[name], after[name]
            assert new.units[:closed] == old.units[:closed]
            assert sum(new.units) == new.total + new.carried - new.unplaced  # type: ignore[operator]
            assert new.total == promised[name]
            leaves = tree.leaves[tree.shape.first[tree.place(name)] : tree.shape.until[tree.place(name)]]
            assert new.carried == sum(new.units[:closed]) - sum(sold[leaf] for leaf in leaves)
            assert new.units == tuple(
                sum(column) for column in zip(*(after[leaf].units for leaf in leaves), strict=True)
            )
        for leaf in tree.leaves:
            for at in range(closed, len(periods)):
                if not before[leaf].units[at]:
                    assert not after[leaf].units[at]
                if isinstance(policy, Capped):
                    times = Fraction(policy.times.numerator, policy.times.denominator)
                    assert after[leaf].units[at] <= before[leaf].units[at] * times
            if policy in {Respread.EVEN, Respread.SEASONAL, Respread.NEXT_PERIOD} and surplus is Surplus.LOWER:
                works = any(before[leaf].units[closed:])
                left = after[leaf].unplaced
                assert isinstance(left, int)
                assert left <= 0 or not works
        moved = before.diff(after)
        assert moved.total == sum(change.after - change.before for change in moved.changes)  # type: ignore[operator,misc]
        before, closed_before = after, closed


def test_a_gap_by_period_counts_closed_periods_only() -> None:
    plan = plan_of([100, 100, 100])
    sold = {"li": {"p0": 80, "p1": 30}}  # the second is under way
    later = respread(plan, sold, on=date(2026, 1, 15), policy=Respread.NEXT_PERIOD)
    assert later["li"].units == (100, 120, 100)


def test_an_over_assigned_plan_is_respread_at_every_level() -> None:
    team = Hierarchy.flat(["li", "wang"], root="team")
    plan = decompose(1200, team, MONTHS, seasonality=[1] * 12, over_assignment=[Rate.percent("110")])
    later = respread(plan, {"li": 150, "wang": 120}, on=date(2026, 4, 1), policy=Respread.SEASONAL)
    # the team promised 1200 and sold 270; li promised 660 and sold 150
    assert sum(later["team"].units[3:]) == 930
    assert sum(later["li"].units[3:]) == 510
    assert later["wang"].total == 660


def test_diff_names_every_cell_that_moved() -> None:
    plan = plan_of([100, 200, 300])
    later = respread(plan, {"li": 50}, on=date(2026, 1, 11), policy=Respread.NEXT_PERIOD)
    moved = plan.diff(later)
    assert [(each.node, each.period, each.before, each.after) for each in moved.changes] == [("li", "p1", 200, 250)]
    assert (moved.total, moved.carried, moved.unplaced, moved.versions) == (50, 50, 0, (1, 2))
    assert moved.of("li") == moved.changes
    assert moved.to_columns() == {"node": ["li"], "period": ["p1"], "before": [200], "after": [250]}
    assert "250" in moved._repr_html_()
    assert str(moved.changes[0]) == "li p1: 200 -> 250"
    assert moved.explain().splitlines()[0].startswith("version 1 -> 2: 1 cells moved, 50 in all; 50 carried over")
    assert plan.diff(plan).changes == ()
    assert plan.diff(plan).explain().count("\n") == 0
    with pytest.raises(InvalidValue):
        plan.diff(plan_of([1, 2]))


# --- another total -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "A raise"), ids=lambda row: row["policy"])
def test_a_raise_as_worked(row: dict[str, str]) -> None:
    shares = {"a": 567, "b": 385, "c": 42, "d": 6}
    plan = decompose(323, Hierarchy.flat(shares, root="team"), [Period.year(2026)], potential=shares)
    if row["policy"] != "(before)":
        plan = revise(plan, 324, policy=Revision[row["policy"]])
    assert [plan[name].total for name in shares] == [int(row[name]) for name in shares]


@given(trees(), rows(), st.data())
def test_a_raise_lowers_nobody(tree: Hierarchy, periods: Periods, data: st.DataObject) -> None:
    cells = np.array(data.draw(tables(len(tree.leaves), len(periods))))
    plan = TargetPlan(people=tree, periods=periods, unit=None, cells=cells)
    total = int(cells.sum())
    wanted = data.draw(st.integers(0, 2 * total))
    for policy in Revision:
        revised = revise(plan, wanted, policy=policy)
        assert revised.total == wanted
        assert (revised.cells >= 0).all()
        assert not revised.cells[cells == 0].any()
        if policy is Revision.INCREMENT:
            moved = revised.cells - plan.cells
            assert (moved >= 0).all() if wanted >= total else (moved <= 0).all()
    assert revise(plan, total, policy=Revision.INCREMENT).cells.tolist() == cells.tolist()


def test_a_revision_leaves_closed_periods() -> None:
    later = respread(plan_of([100, 200, 300]), {"li": 100}, on=date(2026, 1, 11), policy=Respread.HOLD)
    raised = revise(later, 700, policy=Revision.RESCALE)
    assert raised["li"].units == (100, 240, 360)
    assert raised.total == 700
    with pytest.raises(InvalidValue):
        revise(later, 99, policy=Revision.RESCALE)


def test_what_cannot_be_revised_is_refused() -> None:
    team = Hierarchy.flat(["li"], root="team")
    over = decompose(100, team, MONTHS, over_assignment=[Rate.percent("110")])
    with pytest.raises(InvalidValue, match="decomposed again"):
        revise(over, 200, policy=Revision.RESCALE)
    with pytest.raises(InvalidValue):
        revise(decompose(0, team, MONTHS), 100, policy=Revision.INCREMENT)
    with pytest.raises(InvalidType):
        revise(decompose(5, team, MONTHS), Money.of("5", "EUR"), policy=Revision.INCREMENT)


# --- bad input -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actuals", "error"),
    [
        ({}, NotFound),
        ({"li": 1, "zhao": 1}, NotFound),
        ({"team": 1}, NotFound),
        ({"li": 1.5}, InvalidType),
        ({"li": Money.of("1", "EUR")}, InvalidType),
        ({"li": {"p9": 1}}, NotFound),
        ([1], InvalidType),
    ],
)
def test_bad_actuals_are_refused(actuals: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        respread(plan_of([100, 200]), actuals, on=date(2026, 1, 11), policy=Respread.EVEN)


def test_groups_and_the_past_are_refused() -> None:
    team = Hierarchy.flat(["li"], root="team")
    plan = decompose(1200, team, MONTHS)
    with pytest.raises(InvalidValue, match="several"):
        respread(plan, {"li": {"2026-Q1": 5}}, on=date(2026, 4, 1), policy=Respread.EVEN)
    later = respread(plan, {"li": 5}, on=date(2026, 4, 1), policy=Respread.EVEN)
    with pytest.raises(InvalidValue, match="closed already"):
        respread(later, {"li": 5}, on=date(2026, 3, 1), policy=Respread.EVEN)
    money = decompose(Money.of("12", "EUR"), team, MONTHS)
    with pytest.raises(CurrencyMismatch):
        respread(money, {"li": Money.of("5", "USD")}, on=date(2026, 4, 1), policy=Respread.EVEN)


@pytest.mark.parametrize("policy", ["even", None, 1])
def test_odd_policies_are_refused(policy: Any) -> None:
    with pytest.raises(InvalidType):
        respread(plan_of([1]), {"li": 1}, on=date(2026, 1, 11), policy=policy)


@pytest.mark.parametrize("times", [Rate.percent("99"), 1.2])
def test_odd_caps_are_refused(times: Any) -> None:
    with pytest.raises((InvalidValue, InvalidType)):
        Capped(times)
