"""Another total for a plan: the difference shared alone, or the new total shared afresh.

Splitting a raised total again by largest remainder can lower somebody by a unit (the Alabama effect); sharing only
the increment cannot. Closed periods stay as they are either way.
"""

from __future__ import annotations

from enum import Enum
from typing import assert_never

import attrs
import numpy as np

from ..apportion import Apportionment
from ..errors import InvalidValue, clip, require_instance
from ._amounts import MAX_UNITS, Amount, units_of
from ._held import Held
from ._problem import Problem
from ._solve import solve
from ._two_way import Units
from .plan import TargetPlan
from .respread import sums_up

__all__ = ["Revision", "revise"]


class Revision(Enum):
    """What a change of the total does to those who share it."""

    INCREMENT = "increment"
    """The difference alone is shared, in proportion to the plan: nobody is lowered by a raise, or raised by a cut."""
    RESCALE = "rescale"
    """The new total is shared afresh in proportion to the plan: nearest to proportion, but a unit may move back."""


def revise(plan: TargetPlan, total: Amount, *, policy: Revision) -> TargetPlan:
    """The next version of *plan* with another total; closed periods stay as they are.

    Law: the result's total is *total*; by INCREMENT no cell falls in a raise.
    Raises: InvalidValue for a plan that was over-assigned or has no open cell to change (decompose again), or a
    total below what is closed; CurrencyMismatch.
    >>> from salesplan.calendar import Period
    >>> from salesplan.targets import decompose, Hierarchy
    >>> team = Hierarchy.flat(["a", "b", "c", "d"], root="team")
    >>> shares = {"a": 567, "b": 385, "c": 42, "d": 6}
    >>> plan = decompose(323, team, [Period.year(2026)], capability=shares)
    >>> [plan[name].total for name in team.leaves]
    [183, 124, 14, 2]
    >>> raised = revise(plan, 324, policy=Revision.INCREMENT)
    >>> [raised[name].total for name in team.leaves]
    [184, 124, 14, 2]
    """
    require_instance(plan, TargetPlan, code="targets.plan", name="plan")
    require_instance(policy, Revision, code="targets.revision", name="policy")
    wanted = units_of(total, plan.unit, name="total")
    if plan.assigned is not None:
        raise InvalidValue("an over-assigned plan is decomposed again", code="targets.revise", value=None)
    if not 0 <= wanted <= MAX_UNITS:
        raise InvalidValue(f"a target holds 0 to 2**60 units: {clip(total)}", code="targets.range", value=total)
    difference = wanted - units_of(plan.total, plan.unit, name="total")
    open_cells = plan.cells[:, plan.closed :]
    room = int(open_cells.sum())
    if (difference and not room) or room + difference < 0:
        raise InvalidValue(
            f"{total} cannot be reached by changing open periods, which hold {room} units",
            code="targets.revise",
            value=total,
        )
    cells = plan.cells.copy()
    match policy:
        case Revision.INCREMENT:
            moved = _share_table(plan, abs(difference), at_most=None if difference > 0 else open_cells)
            cells[:, plan.closed :] += moved if difference > 0 else -moved
        case Revision.RESCALE:
            cells[:, plan.closed :] = _share_table(plan, room + difference, at_most=None)
        case _:
            assert_never(policy)
    return attrs.evolve(plan, cells=cells, version=plan.version + 1)


def _share_table(plan: TargetPlan, total: int, *, at_most: Units | None) -> Units:
    """*total* over the open cells of a plan in proportion to them."""
    seed, shape = plan.cells[:, plan.closed :], plan.people.shape
    if not total:
        return np.zeros(seed.shape, dtype=np.int64)
    problem = Problem(
        total=total,
        shape=shape,
        names=plan.people.ids,
        labels=plan.periods.labels[plan.closed :],
        levels=(),
        weights=sums_up(plan, seed.sum(axis=1).tolist()),
        columns=seed.sum(axis=0).tolist(),
        seed=seed.astype(np.float64),
        present=None,
        blocks=(),
        method=Apportionment.LARGEST_REMAINDER,
        unit=plan.unit,
    )
    held = None if at_most is None else Held(low=np.zeros_like(at_most), high=at_most, open=at_most > 0)
    return solve(problem, held)
