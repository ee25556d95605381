"""Capacity: how many to hire and when, so that the people on board can carry the plan.

Heads sell *productivity* each period once fully ramped, a new one only the share of the ramp its time on board
has reached, and at the end of every period the share *attrition* of everybody leaves. So a hire counts, k periods
after the start, ramp[k] x (1 - attrition) ** k heads; ramp is 1 from its end on. Survivors are expected values,
exact fractions of a head; only hires are whole.

The rule: where demand passes capacity, hire just enough and as late as possible with everybody fully ramped when
needed, that is len(ramp) periods ahead. Where the lead time between decision and start no longer allows that, the
start is as early as it allows and the ramp reached by then counts; such a decision is late, and where it cannot
help at all the period is short. As later hires help earlier needs while they ramp, a second pass takes back every
head that has become superfluous, from the earliest start on.

Periods count from 0, the first one to plan. Left out: those on board who are still ramping (count them as shares
of a head), hiring cost, and a cap on hires.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor, lcm
from typing import Final

import attrs

from ..display import Align, html_table, text_table
from ..errors import InvalidValue, clip, listed, require_instance, require_int
from ..money import Currency
from ..rate import Rate
from ._amounts import Amount, amount_of, shown, unit_of, units_of
from ._ratios import fraction_of
from .nodes import Ramp

__all__ = ["CapacityPeriod", "HeadcountPlan", "Hire", "plan_headcount"]

_MAX_PERIODS: Final = 240
_HEADS: Final = ("period", "demand", "on board", "capacity", "hires", "decide", "")
_ALIGN: Final = (*[Align.RIGHT] * 6, Align.LEFT)


@attrs.frozen(kw_only=True)
class Hire:
    """Whole heads that start in one period; *due* is when that had to be decided for them to be ramped when needed.

    *due* is negative for a period before now; *decide* is never.
    """

    start: int
    heads: int
    decide: int
    due: int

    @property
    def is_late(self) -> bool:
        """Whether the decision comes too late for everybody to be fully ramped when needed."""
        return self.due < self.decide


@attrs.frozen(kw_only=True)
class CapacityPeriod:
    """One period: what is asked, what those on board now still sell, what all sell; both rounded down.

    *heads* counts new ones by their ramp; *due* is when a hire for this period had to be decided to be ramped in it.
    Law: shortfall == demand - capacity where that is positive, else 0.
    """

    index: int
    demand: Amount
    on_board: Amount
    capacity: Amount
    shortfall: Amount
    heads: Fraction
    due: int

    @property
    def is_short(self) -> bool:
        """Whether no hire could help in time."""
        return self.shortfall != amount_of(0, unit_of(self.shortfall, name="shortfall"))


@attrs.frozen
class HeadcountPlan:
    """The periods and the hires, by rising start.

    Law: capacity >= demand in every period that is not short; one head less in any hire breaks that.
    """

    periods: tuple[CapacityPeriod, ...]
    hires: tuple[Hire, ...]

    @property
    def heads(self) -> int:
        """How many are hired in all."""
        return sum(hire.heads for hire in self.hires)

    @property
    def short(self) -> tuple[CapacityPeriod, ...]:
        """The periods that cannot be met because of the lead time."""
        return tuple(period for period in self.periods if period.is_short)

    def explain(self) -> str:
        """One line for each period: those who start in it and when they are decided on."""
        return text_table([_HEADS, *self._rows()], align=_ALIGN)

    def _repr_html_(self) -> str:
        return html_table(_HEADS, self._rows(), align=_ALIGN)

    def _rows(self) -> list[tuple[object, ...]]:
        starts = {hire.start: hire for hire in self.hires}
        return [_row(period, starts.get(period.index)) for period in self.periods]


def plan_headcount(
    demand: Sequence[Amount],
    *,
    productivity: Amount,
    ramp: Sequence[Rate] | Ramp,
    attrition: Rate,
    lead_time: int,
    heads: int | Rate,
) -> HeadcountPlan:
    """How many heads to start in which period, and when to decide on it.

    Units: periods for *lead_time* and the length of *ramp*; *productivity* per fully ramped head and period.
    *heads* are on board and fully ramped in period 0.      Range: 1..240 periods.
    A demand that only heads early in their ramp can still meet takes many of them; see whether `due` was missed.
    Law: capacity >= demand in every period that is not short; each head hired is needed.
    Raises: InvalidValue for negative demand, no productivity, a ramp that falls or leaves 0..1, attrition
    outside 0 <= a < 1; CurrencyMismatch.
    >>> plan = plan_headcount(
    ...     [100, 100, 150, 190], productivity=10, ramp=[Rate.percent("50")], attrition=Rate(0), lead_time=1, heads=10
    ... )
    >>> print(plan.explain())
    period  demand  on board  capacity  hires  decide
         0     100       100       100
         1     100       100       125      5       0
         2     150       100       170      4       1
         3     190       100       190
    """
    wanted = listed(demand, code="targets.capacity.demand", name="demand")
    require_int(len(wanted), code="targets.capacity.demand", name="periods", low=1, high=_MAX_PERIODS)
    unit = unit_of(productivity, name="productivity")
    each = units_of(productivity, unit, name="productivity")
    require_int(each, code="targets.capacity.productivity", name="productivity in minor units", low=1)
    units = [
        require_int(units_of(amount, unit, name="demand"), code="targets.capacity.demand", name="demand", low=0)
        for amount in wanted
    ]
    steps = _ramp(ramp.shares if isinstance(ramp, Ramp) else ramp)
    leaving = _share(attrition, code="targets.capacity.attrition", name="attrition")
    if leaving == 1:
        raise InvalidValue("attrition must be below 100 %", code="targets.capacity.attrition", value=attrition)
    require_int(lead_time, code="targets.capacity.lead_time", name="lead_time", low=0, high=_MAX_PERIODS)
    now = fraction_of(heads, code="targets.capacity.heads", name="heads")
    if now < 0:
        raise InvalidValue(f"heads must not be negative: {clip(heads)}", code="targets.capacity.heads", value=heads)
    stay = [(1 - leaving) ** age for age in range(len(units))]
    worth = [stays * (steps[age] if age < len(steps) else 1) for age, stays in enumerate(stay)]
    # heads as integers over one denominator: sums of fractions would be reduced at every step
    whole = stay[-1].denominator * lcm(now.denominator, *(step.denominator for step in steps)) * each
    board = [int(now * stays * whole) for stays in stay]
    counted = [int(count * whole) for count in worth]
    hired, due = _hires([asked * (whole // each) for asked in units], board, counted, len(steps), lead_time)
    full = _with(board, counted, hired)
    return HeadcountPlan(
        tuple(
            _period(
                at,
                units[at],
                each,
                (Fraction(board[at], whole), Fraction(full[at], whole)),
                due=at - len(steps) - lead_time,
                unit=unit,
            )
            for at in range(len(units))
        ),
        tuple(
            Hire(start=start, heads=count, decide=start - lead_time, due=due[start])
            for start, count in sorted(hired.items())
        ),
    )


def _hires(
    needed: list[int], board: list[int], worth: list[int], ramped: int, lead_time: int
) -> tuple[dict[int, int], dict[int, int]]:
    """Whole heads by start, and by start the period in which that had to be decided; the lists share a denominator."""
    hired: dict[int, int] = {}
    due: dict[int, int] = {}
    full = list(board)
    for at, need in enumerate(needed):
        start = max(at - ramped, lead_time)
        if full[at] >= need or start > at or worth[at - start] == 0:
            continue
        count = -((full[at] - need) // worth[at - start])
        hired[start] = hired.get(start, 0) + count
        due.setdefault(start, at - ramped - lead_time)
        for later in range(start, len(full)):
            full[later] += count * worth[later - start]
    met = [at for at, need in enumerate(needed) if full[at] >= need]
    for start in sorted(hired):
        spare = min(
            ((full[at] - needed[at]) // worth[at - start] for at in met if at >= start and worth[at - start]),
            default=0,
        )
        taken = min(spare, hired[start])
        if taken:
            hired[start] -= taken
            for later in range(start, len(full)):
                full[later] -= taken * worth[later - start]
    return {start: count for start, count in hired.items() if count}, due


def _with(board: list[int], worth: list[int], hired: dict[int, int]) -> list[int]:
    """Heads in each period, new ones by their ramp."""
    return [
        present + sum(count * worth[at - start] for start, count in hired.items() if start <= at)
        for at, present in enumerate(board)
    ]


def _period(
    at: int, asked: int, each: int, heads: tuple[Fraction, Fraction], *, due: int, unit: Currency | None
) -> CapacityPeriod:
    board, full = (floor(count * each) for count in heads)
    return CapacityPeriod(
        index=at,
        demand=amount_of(asked, unit),
        on_board=amount_of(board, unit),
        capacity=amount_of(full, unit),
        shortfall=amount_of(max(asked - full, 0), unit),
        heads=heads[1],
        due=due,
    )


def _ramp(ramp: Sequence[Rate]) -> list[Fraction]:
    steps = [
        _share(step, code="targets.capacity.ramp", name="a step of the ramp")
        for step in listed(ramp, code="targets.capacity.ramp", name="ramp")
    ]
    while steps and steps[-1] == 1:  # fully ramped is not a step of the ramp
        steps.pop()
    if steps != sorted(steps):
        raise InvalidValue(f"a ramp must not fall: {clip(ramp)}", code="targets.capacity.ramp", value=ramp)
    require_int(len(steps), code="targets.capacity.ramp", name="steps of the ramp", high=_MAX_PERIODS)
    return steps


def _share(rate: Rate, *, code: str, name: str) -> Fraction:
    share = fraction_of(require_instance(rate, Rate, code=code, name=name), code=code, name=name)
    if not 0 <= share <= 1:
        raise InvalidValue(f"{name} must lie in 0..1: {rate}", code=code, value=rate)
    return share


def _row(period: CapacityPeriod, hire: Hire | None) -> tuple[object, ...]:
    unit = unit_of(period.demand, name="demand")
    demand, board, capacity, short = (
        shown(units_of(amount, unit, name="amount"), unit)
        for amount in (period.demand, period.on_board, period.capacity, period.shortfall)
    )
    notes = []
    if hire is not None and hire.is_late:
        notes.append(f"late: ramped in time only if decided in period {hire.due}")
    if period.is_short:
        notes.append(f"short by {short}: due in period {period.due}")
    chosen = ("", "") if hire is None else (hire.heads, hire.decide)
    return (period.index, demand, board, capacity, *chosen, "; ".join(notes))
