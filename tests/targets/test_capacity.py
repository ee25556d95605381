"""Headcount: the plan against a simulation period by period, and no head too many."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.money import CurrencyMismatch, Money
from salesplan.rate import Rate
from salesplan.targets.capacity import plan_headcount
from tests.strategies import anything, refusal
from tests.worked import table


def numbers(text: str) -> list[int]:
    return [int(word) for word in text.split()]


def fraction(rate: Rate) -> Fraction:
    return Fraction(rate.numerator, rate.denominator)


def simulated(
    periods: int, starts: Sequence[tuple[int, Fraction]], ramp: Sequence[Rate], attrition: Rate, each: int
) -> list[Fraction]:
    """Capacity by period, every group that starts together followed: it sells by its age, then leaves in part."""
    capacity = [Fraction(0)] * periods
    for start, size in starts:
        left = size
        for at in range(max(start, 0), periods):
            age = at - start
            capacity[at] += left * each * (fraction(ramp[age]) if age < len(ramp) else 1)
            left *= 1 - fraction(attrition)
    return capacity


@pytest.mark.parametrize("row", table("drivers-and-capacity.md", "Headcount"))
def test_headcount_as_worked(row: dict[str, str]) -> None:
    plan = plan_headcount(
        numbers(row["demand"]),
        productivity=10,
        ramp=[Rate.percent(word) for word in row["ramp"].split()],
        attrition=Rate.percent(row["attrition"]),
        lead_time=int(row["lead"]),
        heads=int(row["heads"]),
    )
    assert " ".join(f"{hire.start}:{hire.heads}" for hire in plan.hires) == row["hires"]
    assert [period.capacity for period in plan.periods] == numbers(row["capacity"])
    assert [period.index for period in plan.short] == numbers(row["short"])
    assert [hire.start for hire in plan.hires if hire.is_late] == numbers(row["late"])
    assert plan.heads == sum(int(hire.partition(":")[2]) for hire in row["hires"].split())


plans = st.fixed_dictionaries(
    {
        "demand": st.lists(st.one_of(st.sampled_from([0, 100]), st.integers(0, 300)), min_size=1, max_size=8),
        "productivity": st.integers(1, 40),
        "ramp": st.lists(st.sampled_from([Rate(0), Rate(1, 4), Rate(1, 2), Rate(2, 3), Rate(1)]), max_size=4).map(
            lambda steps: sorted(steps, key=fraction)
        ),
        "attrition": st.sampled_from([Rate(0), Rate(1, 50), Rate(1, 3), Rate(1, 2), Rate(9, 10)]),
        "lead_time": st.integers(0, 4),
        "heads": st.one_of(st.integers(0, 12), st.sampled_from([Rate(1, 2), Rate(7, 3)])),
    }
)
SUPERFLUOUS = {
    # the heads that start in 1 for period 3 already cover period 2, for which one started in 0
    "demand": [0, 0, 1, 10],
    "productivity": 10,
    "ramp": [Rate(1, 2), Rate(1, 2)],
    "attrition": Rate(1, 2),
    "lead_time": 0,
    "heads": 0,
}


@given(plans)
@example(SUPERFLUOUS)
def test_headcount_covers_the_demand_with_no_head_too_many(inputs: dict[str, Any]) -> None:
    plan = plan_headcount(**inputs)
    demand, ramp, lead = inputs["demand"], inputs["ramp"], inputs["lead_time"]
    each, now = inputs["productivity"], fraction(inputs["heads"] * Rate(1))

    def capacity(hires: dict[int, int]) -> list[Fraction]:
        starts = [(start, Fraction(count)) for start, count in hires.items()]
        new = simulated(len(demand), starts, ramp, inputs["attrition"], each)
        old = simulated(len(demand), [(0, now)], [], inputs["attrition"], each)
        return [sum(pair, Fraction(0)) for pair in zip(old, new, strict=True)]

    hires = {hire.start: hire.heads for hire in plan.hires}
    full, board = capacity(hires), capacity({})
    short = {period.index for period in plan.short}
    for at, period in enumerate(plan.periods):
        assert (period.index, period.demand) == (at, demand[at])
        assert period.capacity == floor(full[at])
        assert period.heads * each == full[at]
        assert period.on_board == floor(board[at])
        assert period.shortfall == max(demand[at] - floor(full[at]), 0)
        assert (full[at] < demand[at]) == (at in short)
        if at in short:  # nobody who starts as early as the lead time allows sells anything by then
            assert at < lead or (at - lead < len(ramp) and ramp[at - lead] == Rate(0))
    for hire in plan.hires:
        assert hire.heads > 0
        assert hire.decide == hire.start - lead >= 0
        less = capacity({**hires, hire.start: hire.heads - 1})
        assert any(less[at] < demand[at] for at in range(len(demand)) if at not in short)
        assert hire.is_late == (hire.due < 0)
        if not hire.is_late:  # in time for a period in which they are ramped
            assert hire.due == hire.decide
            steps = max((at + 1 for at, step in enumerate(ramp) if step != Rate(1)), default=0)
            assert hire.start + steps < len(demand)
        else:
            assert hire.start == lead


@given(st.integers(1, 20), st.integers(0, 3), st.integers(0, 3))
def test_hires_start_as_late_as_they_may(need: int, ramped: int, lead: int) -> None:
    # one need in the last period of ten, and time enough: ramped from exactly then on
    plan = plan_headcount(
        [*[0] * 9, 10 * need],
        productivity=10,
        ramp=[Rate(1, 2)] * ramped,
        attrition=Rate(0),
        lead_time=lead,
        heads=0,
    )
    assert [(hire.start, hire.heads, hire.decide) for hire in plan.hires] == [(9 - ramped, need, 9 - ramped - lead)]
    assert plan.periods[9].due == 9 - ramped - lead


def test_a_hire_for_several_needs_is_due_for_the_first() -> None:
    # 2 heads that sell half are 10 in period 2; period 3 takes 6 of them; ramped in 2 they start in 0, decided in -2
    plan = plan_headcount(
        [0, 0, 10, 30], productivity=10, ramp=[Rate(1, 2)] * 2, attrition=Rate(0), lead_time=2, heads=0
    )
    assert [(hire.start, hire.heads, hire.due) for hire in plan.hires] == [(2, 6, -2)]


def test_headcount_of_money() -> None:
    # 3 heads x 1000 = 3000; 3500 takes half a head more, so one
    plan = plan_headcount(
        [Money.of("3500", "EUR")],
        productivity=Money.of("1000", "EUR"),
        ramp=[],
        attrition=Rate(0),
        lead_time=0,
        heads=3,
    )
    assert plan.heads == 1
    assert plan.periods[0].capacity == Money.of("4000", "EUR")
    assert plan.periods[0].shortfall == Money.zero("EUR")
    assert not plan.periods[0].is_short


def test_headcount_explains_itself() -> None:
    plan = plan_headcount(
        [10, 10, 10], productivity=10, ramp=[Rate(1, 2)], attrition=Rate(0), lead_time=2, heads=Rate(1, 2)
    )
    # half a head sells 5; the lack of 5 in period 2 takes one head that sells half
    assert plan.explain().splitlines() == [
        "period  demand  on board  capacity  hires  decide",
        "     0      10         5         5                 short by 5: due in period -3",
        "     1      10         5         5                 short by 5: due in period -2",
        "     2      10         5        10      1       0  late: ramped in time only if decided in period -1",
    ]
    assert "<td" in plan._repr_html_()


def test_edges_of_headcount_are_refused() -> None:
    good: dict[str, Any] = {
        "demand": [1],
        "productivity": 1,
        "ramp": [],
        "attrition": Rate(0),
        "lead_time": 0,
        "heads": 0,
    }
    cases: list[tuple[str, Any, str]] = [
        ("demand", [], "targets.capacity.demand"),
        ("demand", [0] * 241, "targets.capacity.demand"),
        ("demand", [-1], "targets.capacity.demand"),
        ("demand", 5, "targets.capacity.demand"),
        ("demand", [1.5], "targets.amount"),
        ("demand", [Money.of(1, "EUR")], "targets.amount"),
        ("productivity", 0, "targets.capacity.productivity"),
        ("productivity", 2.0, "targets.amount"),
        ("ramp", [Rate(1), Rate(1, 2)], "targets.capacity.ramp"),
        ("ramp", [Rate(2)], "targets.capacity.ramp"),
        ("ramp", [0.5], "targets.capacity.ramp"),
        ("attrition", Rate(1), "targets.capacity.attrition"),
        ("attrition", Rate(-1, 10), "targets.capacity.attrition"),
        ("attrition", 0, "targets.capacity.attrition"),
        ("lead_time", -1, "targets.capacity.lead_time"),
        ("lead_time", True, "targets.capacity.lead_time"),
        ("heads", -1, "targets.capacity.heads"),
        ("heads", 1.0, "targets.capacity.heads"),
    ]
    for name, value, code in cases:
        error = refusal(plan_headcount, **{**good, name: value})
        assert getattr(error, "code", None) == code, name
        assert len(str(error)) < 200
    euros, yen = Money.of(1, "EUR"), Money.of(1, "JPY")
    assert isinstance(refusal(plan_headcount, **{**good, "demand": [yen], "productivity": euros}), CurrencyMismatch)
    assert refusal(plan_headcount, **good) is None


@given(st.sampled_from(["demand", "productivity", "ramp", "attrition", "lead_time", "heads"]), anything)
def test_headcount_answers_or_refuses(name: str, value: Any) -> None:
    refusal(plan_headcount, **{**SUPERFLUOUS, name: value})
    refusal(plan_headcount, **{**SUPERFLUOUS, name: [value]})


def test_fully_ramped_is_no_step_of_a_ramp() -> None:
    plans = [
        plan_headcount(
            [0, 10, 30], productivity=10, ramp=[Rate(1, 2), *ones], attrition=Rate(1, 5), lead_time=0, heads=1
        )
        for ones in ([], [Rate(1)], [Rate(1), Rate(1)])
    ]
    assert plans[0] == plans[1] == plans[2]
