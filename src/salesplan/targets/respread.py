"""What to do with the gap: spread what is still to reach over the periods that are still open.

Closed periods never change. What they planned but did not bring is *carried*; a policy says which open periods take
it, and what it will not place is *unplaced*. So for every node, in every version of a plan:

    sum of its cells = total + carried - unplaced                  closed cells are those of the version before

Each leaf bears its own gap; nodes above are sums. A leaf never gets more in a period where it has nothing to do. The
result is a new version; `plan.diff(newer)` says what moved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from typing import TypeAlias, assert_never

import attrs
import numpy as np

from ..calendar import require_day
from ..errors import InvalidType, InvalidValue, NotFound, clip, require_instance
from ..rate import Rate
from ._amounts import MAX_UNITS, Amount, units_of
from ._ratios import others
from ._shares import share
from ._two_way import Units
from .actuals import by_leaf
from .plan import TargetPlan

__all__ = ["Capped", "Respread", "RespreadPolicy", "Surplus", "respread"]


class Respread(Enum):
    """Which open periods take the gap; worked on 100 a month, 240 sold in three, twelve in all (a gap of 60)."""

    HOLD = "hold"
    """None: the open periods stay at 100, and 60 remain unplaced."""
    EVEN = "even"
    """All open periods the same: 106 or 107 each."""
    SEASONAL = "seasonal"
    """In proportion to what they plan: 106 or 107 each here, more in stronger periods elsewhere."""
    NEXT_PERIOD = "next_period"
    """The next period in which the leaf works: 160, then 100."""


@attrs.frozen
class Capped:
    """SEASONAL, but no period above *times* what it planned; the rest stays unplaced.

    >>> str(Capped(Rate.percent("105")).times)
    '105%'
    """

    times: Rate

    def __attrs_post_init__(self) -> None:
        if require_instance(self.times, Rate, code="targets.capped", name="times") < Rate(1):
            raise InvalidValue(
                f"a cap is 100 % or more of the plan: {self.times}", code="targets.capped", value=self.times
            )


RespreadPolicy: TypeAlias = Respread | Capped


class Surplus(Enum):
    """What happens where a leaf is ahead of its plan."""

    LOWER = "lower"
    """The open periods are lowered by the policy, so that the total stays what it was."""
    KEEP = "keep"
    """The open periods stay: being ahead earns no easier months."""


def respread(
    plan: TargetPlan,
    actuals: Mapping[str, Amount | Mapping[str, Amount]],
    *,
    on: date,
    policy: RespreadPolicy,
    surplus: Surplus = Surplus.LOWER,
) -> TargetPlan:
    """The next version of *plan*, in which the open periods bear what the closed ones left.

    *actuals* has an entry for every leaf: its amounts by atomic period, or what it sold in all in the closed
    periods. A period is closed when it ends by the morning of *on*; one under way is open, and what it brought so
    far counts towards its own target.
    Law: closed cells stay; for every node, sum of cells == total + carried - unplaced; totals stay.
    Raises: NotFound for a leaf without actuals; InvalidValue; CurrencyMismatch.
    >>> from salesplan.calendar import FiscalCalendar
    >>> from salesplan.targets import decompose, Hierarchy
    >>> months = FiscalCalendar.calendar_year(2026).months
    >>> plan = decompose(1200, Hierarchy.flat(["li"], root="team"), months, seasonality=[1] * 12)
    >>> later = respread(plan, {"li": 240}, on=date(2026, 4, 1), policy=Respread.NEXT_PERIOD)
    >>> later["li", "2026-03"], later["li", "2026-04"], later["li", "2026-05"], later["li"].carried
    (100, 160, 100, 60)
    """
    require_instance(plan, TargetPlan, code="targets.plan", name="plan")
    require_day(on, name="on")
    require_instance(surplus, Surplus, code="targets.surplus", name="surplus")
    if not isinstance(policy, Respread | Capped):
        raise InvalidType(f"policy must be a Respread or Capped: {clip(policy)}", code="targets.policy", value=policy)
    closed = sum(period.end <= on for period in plan.periods)
    if closed < plan.closed:
        raise InvalidValue(
            f"{plan.closed} periods are closed already, on {on} only {closed}", code="targets.closed", value=on
        )
    sold = _sold(plan, actuals, closed, on)
    places = plan.people.shape.leaves if plan.assigned is None else range(len(plan.people.nodes))
    new, carried, unplaced = [], [], []
    for place in places:
        node = plan[plan.people.ids[place]]
        left = units_of(node.total, plan.unit, name="total") - sold[place]
        after = _open_units(list(node.units[closed:]), left, policy, surplus)
        new.append([*node.units[:closed], *after])
        carried.append(sum(node.units[:closed]) - sold[place])
        unplaced.append(left - sum(after))
    fresh = plan.assigned is None
    return attrs.evolve(
        plan,
        cells=_table(new) if fresh else plan.cells,
        assigned=None if fresh else _table(new),
        pattern=plan.units_of_all() if plan.pattern is None else plan.pattern,
        version=plan.version + 1,
        closed=closed,
        carried_units=_table(sums_up(plan, carried) if fresh else carried),
        unplaced_units=_table(sums_up(plan, unplaced) if fresh else unplaced),
    )


def _table(units: Sequence[object]) -> Units:
    """Units as an array.

    Raises: InvalidValue where one does not fit.
    """
    table = np.array(units, dtype=np.object_)
    if any(abs(each) > 4 * MAX_UNITS - 1 for each in table.ravel().tolist()):
        raise InvalidValue("amounts up to 2**62 units can be carried", code="targets.range", value=None)
    return table.astype(np.int64)


def _open_units(planned: list[int], left: int, policy: RespreadPolicy, surplus: Surplus) -> list[int]:
    """What the open periods ask for, given what is *left* to reach; never below 0."""
    gap = left - sum(planned)
    if gap == 0 or policy is Respread.HOLD or (gap < 0 and surplus is Surplus.KEEP):
        return planned
    working = [1 if each else 0 for each in planned]
    if not any(working):
        return planned
    if left <= 0:
        return [0] * len(planned)
    match policy:
        case Respread.SEASONAL:
            return share(left, planned)
        case Respread.EVEN:
            if gap > 0:
                more = share(gap, working)
                return [each + extra for each, extra in zip(planned, more, strict=True)]
            less = share(-gap, working, [0] * len(planned), list(planned))
            return [each - off for each, off in zip(planned, less, strict=True)]
        case Respread.NEXT_PERIOD:
            return _next_period(planned, gap)
        case Capped(times=times):
            caps = [each * times.numerator // times.denominator for each in planned]
            return share(min(left, sum(caps)), planned, [0] * len(planned), list(caps))
        case _:
            assert_never(policy)


def _next_period(planned: list[int], gap: int) -> list[int]:
    """The whole gap to the next period that works; a surplus empties one period after the other."""
    result = list(planned)
    for at, each in enumerate(planned):
        if each:
            result[at] = max(each + gap, 0)
            gap -= result[at] - each
            if gap == 0:
                break
    return result


def _sold(plan: TargetPlan, actuals: Mapping[str, Amount | Mapping[str, Amount]], closed: int, on: date) -> list[int]:
    """What every node sold in the closed periods, from the leaves."""
    sums = [0]
    for each in by_leaf(plan.people, actuals):
        if isinstance(each, Mapping):
            units = 0
            for label, amount in each.items():
                first, until = plan.periods.span(label)
                if until - first > 1:
                    raise InvalidValue(
                        f"actuals go by atomic period, and {clip(label)} is several",
                        code="targets.actuals",
                        value=label,
                    )
                sold = units_of(amount, plan.unit, name="actuals")
                if sold and plan.periods[first].start >= on:
                    raise InvalidValue(
                        f"{clip(label)} has not begun on {on}, but has actuals",
                        code="targets.future_actuals",
                        value=label,
                    )
                units += sold if until <= closed else 0
            missing = [label for label in plan.periods.labels[:closed] if label not in each]
            if missing:
                raise NotFound(
                    f"no actuals of closed period {clip(missing[0])}{others(missing)}: give 0 where there were none",
                    code="targets.actuals_missing",
                    value=tuple(missing),
                )
        else:
            units = units_of(each, plan.unit, name="actuals")
        sums.append(sums[-1] + units)
    shape = plan.people.shape
    return [sums[until] - sums[first] for first, until in zip(shape.first, shape.until, strict=True)]


def sums_up(plan: TargetPlan, leaves: Sequence[int]) -> list[int]:
    """Sums of the leaves for every node."""
    sums = [0]
    for each in leaves:
        sums.append(sums[-1] + each)
    shape = plan.people.shape
    return [sums[until] - sums[first] for first, until in zip(shape.first, shape.until, strict=True)]
