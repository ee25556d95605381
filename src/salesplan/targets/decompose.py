"""Split one target over a tree of people and a calendar, exact in both directions at every level.

What goes where: the periods share the total by their weights; whoever works in a period shares it by weight (a leaf
that has not started gets nothing, a newcomer on a ramp gets its part); pins and limits bend that as little as
possible in proportion. A pinned cell leaves the totals of its node and of its period as they are: what it takes, the
other cells of that row and column give back. Then everything becomes whole units with every sum kept.

Two axes, people and time, always have such a table. A third that crosses both, as products whose totals per person
*and* per month are fixed, may have none in whole numbers (a 3 x 3 x 3 table of halves with whole sums in every
direction exists that cannot be rounded), so a second tree is refused here and nested instead: `Hierarchy.nest`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import numpy as np

from ..apportion import Apportionment, WeightError
from ..calendar import Period, Periods, WorkCalendar
from ..errors import InvalidType, InvalidValue, NotFound, clip, listed, require_instance
from ..money import Currency
from ..rate import Rate
from ._activity import activity
from ._amounts import Amount, unit_of, units_of
from ._over_assignment import assigned, at_base, level_factors
from ._problem import Block, Problem
from ._shares import integers
from ._solve import solve
from ._two_way import Floats
from .constraints import Infeasible, Limit, Pin
from .hierarchy import Hierarchy, Shape
from .plan import TargetPlan
from .weights import Seasonality, Weight, exact_weight, period_weights

__all__ = ["decompose"]


def decompose(
    total: Amount,
    people: Hierarchy,
    periods: Periods | Sequence[Period],
    *,
    seasonality: Seasonality | None = None,
    workdays: WorkCalendar | None = None,
    potential: Mapping[str, Weight] | None = None,
    capability: Mapping[str, Weight] | None = None,
    headcount: Mapping[str, Weight] | None = None,
    own_seasonality: Mapping[str, Sequence[Weight]] | None = None,
    pins: Iterable[Pin] = (),
    limits: Iterable[Limit] = (),
    over_assignment: Sequence[Rate] = (),
    method: Apportionment = Apportionment.LARGEST_REMAINDER,
) -> TargetPlan:
    """Split *total* over the leaves of *people* and the atomic *periods*.

    A node weighs potential x capability x headcount, as far as they are given for it and all its siblings; one with
    none of them weighs what its children do together, a leaf 1. Weights speak of nodes whose leaves work all the time:
    who starts late weighs that much less, and so do the nodes above. Periods: see `period_weights`.
    *own_seasonality* gives nodes a pattern of their own, on top of everybody's. *over_assignment* is the factor from
    each level to the next, the first for the level under the root; pins speak of what a node is assigned. *method*
    rounds down the tree: largest remainder, or Webster for scarce units that are planned again and again.
    Units: Money in whole minor units, or a count.
    Law: leaves sum to every node, periods to every group, everything to *total*; pins stay; weight 0 gets 0; the
    order in which people, weights and pins are given changes nothing.
    Raises: Infeasible with the pins involved and by how much; WeightError; CurrencyMismatch; NotFound.
    >>> from salesplan.calendar import FiscalCalendar
    >>> from salesplan.money import Money
    >>> team = Hierarchy.of({"company": None, "north": "company", "li": "north", "wang": "north", "south": "company"})
    >>> year = FiscalCalendar.calendar_year(2026)
    >>> plan = decompose(
    ...     Money.of("1000000", "CNY"), team, year.months, seasonality=[1, 1, 2] * 4, capability={"li": 2, "wang": 1}
    ... )
    >>> str(plan["north"].total), str(plan["north", "2026-Q1"]), str(plan["li", "2026-03"])
    ('CNY 750000.00', 'CNY 187500.00', 'CNY 62500.00')
    """
    unit = unit_of(total, name="total")
    units = units_of(total, unit, name="total")
    if units < 0:
        raise InvalidValue(
            f"a target must not be negative: {total}; split its absolute value", code="targets.negative", value=total
        )
    require_instance(method, Apportionment, code="targets.method", name="method")
    _one_tree(people)
    row = Periods.of(periods)
    shape = people.shape
    factors = level_factors(over_assignment, shape)
    weights = _node_weights(people, [potential, capability, headcount])
    columns = period_weights(row, seasonality, workdays)
    seed = _seed(people, row, weights, columns, workdays)
    if seed is not None:
        weights = _sums_down_up(shape, seed)
    if own_seasonality is not None:
        seed = _with_own_patterns(people, row, weights, columns, seed, own_seasonality)
    blocks = _blocks(people, row, unit, pins, limits)
    problem = Problem(
        total=units,
        shape=shape,
        names=people.ids,
        labels=row.labels,
        weights=weights,
        columns=columns,
        seed=seed,
        blocks=tuple(at_base(block, factors[shape.depths[block.node]]) for block in blocks),
        method=method,
        unit=unit,
    )
    cells = solve(problem)
    over = None
    if any(factor != 1 for factor in factors):
        over = assigned(problem, cells, factors, blocks)
    return TargetPlan(people=people, periods=row, unit=unit, workdays=workdays, cells=cells, assigned=over)


def _one_tree(people: object) -> None:
    if isinstance(people, Hierarchy):
        return
    if isinstance(people, Sequence) and len(people) > 1 and all(isinstance(each, Hierarchy) for each in people):
        raise InvalidValue(
            "two trees and a calendar cross three ways, where whole numbers may not exist: "
            "nest one in the other, Hierarchy.nest(people, products)",
            code="targets.three_axes",
            value=len(people),
        )
    raise InvalidType(f"people must be a Hierarchy: {clip(people)}", code="targets.people", value=people)


# --- weights of nodes ------------------------------------------------------------------------------------------------


def _node_weights(people: Hierarchy, factors: Sequence[Mapping[str, Weight] | None]) -> list[int | Fraction]:
    """The product of the factors given for a node; else the sum of its children; else 1."""
    shape = people.shape
    given: list[int | Fraction | None] = [None] * len(shape.parents)
    for factor in factors:
        if factor is not None:
            _multiply(people, given, factor)
    weights: list[int | Fraction] = [0] * len(given)
    for place in range(len(given) - 1, -1, -1):
        own, under = given[place], shape.children[place]
        weights[place] = own if own is not None else sum([weights[child] for child in under]) if under else 1
    return weights


def _multiply(people: Hierarchy, given: list[int | Fraction | None], factor: Mapping[str, Weight]) -> None:
    if not isinstance(factor, Mapping):
        raise InvalidType(f"weights are a mapping by id: {clip(factor)}", code="targets.weight", value=factor)
    shape = people.shape
    places = people.places(factor)
    for place, (name, value) in zip(places, factor.items(), strict=True):
        exact = value if type(value) is int and value >= 0 else exact_weight(value, name=name)
        own = given[place]
        given[place] = exact if own is None else own * exact
    for above, count in Counter([shape.parents[place] for place in places]).items():
        if above >= 0 and count < len(shape.children[above]):
            missing = next(people.ids[child] for child in shape.children[above] if people.ids[child] not in factor)
            raise NotFound(
                f"{clip(missing)} has no weight, but another under {clip(people.ids[above])} has: give it to all",
                code="targets.weight_missing",
                value=missing,
            )


def _sums_down_up(shape: Shape, seed: Floats) -> list[int | Fraction]:
    """What every leaf of *seed* gets in all, as integers, and the sums of them up the tree."""
    rows = np.ascontiguousarray(seed.T).sum(axis=0)
    most = float(rows.max(initial=0.0)) or 1.0
    leaves = [int(each / most * 2**50) for each in rows.tolist()]
    sums = [0]
    for each in leaves:
        sums.append(sums[-1] + each)
    return [sums[until] - sums[first] for first, until in zip(shape.first, shape.until, strict=True)]


def _leaf_shares(shape: Shape, weights: Sequence[int | Fraction]) -> Floats:
    """What part of the whole every leaf weighs, level by level."""
    shares = [1.0] * len(shape.parents)
    for place, under in enumerate(shape.children):
        whole = sum([weights[child] for child in under])
        for child in under:
            shares[child] = shares[place] * float(weights[child] / whole) if whole else 0.0
    return np.array([shares[place] for place in shape.leaves])


# --- seeds: the table before rounding --------------------------------------------------------------------------------


def _seed(
    people: Hierarchy,
    periods: Periods,
    weights: Sequence[int | Fraction],
    columns: Sequence[int | Fraction],
    workdays: WorkCalendar | None,
) -> Floats | None:
    """Each period shared among those who work in it; None where everybody always does."""
    presence = activity(people, periods, workdays)
    if presence is None:
        return None
    table = presence * _leaf_shares(people.shape, weights)[:, None]
    sums = table.sum(axis=0)
    across = integers(columns)
    for at, weight in enumerate(across):
        if weight and not sums[at] > 0:
            raise WeightError(
                f"nobody works in {periods[at].label}, which has a part of the target: give it weight 0",
                code="targets.nobody_works",
                value=periods[at].label,
            )
    whole = sum(across) or 1
    scale = np.array([weight / whole for weight in across])
    result: Floats = table * np.divide(scale, sums, out=np.zeros_like(sums), where=sums > 0)
    return result


def _with_own_patterns(
    people: Hierarchy,
    periods: Periods,
    weights: Sequence[int | Fraction],
    columns: Sequence[int | Fraction],
    seed: Floats | None,
    patterns: Mapping[str, Sequence[Weight]],
) -> Floats:
    if seed is None:
        across = integers(columns)
        whole = sum(across) or 1
        seed = np.multiply.outer(_leaf_shares(people.shape, weights), np.array([each / whole for each in across]))
    table = seed.copy()
    for name, pattern in patterns.items():
        place = people.place(name)
        exact = [exact_weight(each, name=name) for each in listed(pattern, code="targets.seasonality", name=name)]
        if len(exact) != len(periods):
            raise InvalidValue(
                f"{len(exact)} seasonal weights of {clip(name)} for {len(periods)} periods",
                code="targets.seasonality",
                value=name,
            )
        most = max(exact, default=0)
        if not most:
            raise WeightError(f"the pattern of {clip(name)} is all 0", code="targets.no_weight", value=name)
        rows = slice(people.shape.first[place], people.shape.until[place])
        table[rows] *= np.array([float(Fraction(each) / most) for each in exact])
    return table


# --- pins and limits by position -------------------------------------------------------------------------------------


def _blocks(
    people: Hierarchy, periods: Periods, unit: Currency | None, pins: Iterable[Pin], limits: Iterable[Limit]
) -> list[Block]:
    fixed: dict[tuple[int, int, int], Block] = {}
    for pin in listed(pins, code="targets.pin", name="pins"):
        require_instance(pin, Pin, code="targets.pin", name="pin")
        place, (first, until) = people.place(pin.node), _span(periods, pin.period)
        units = units_of(pin.amount, unit, name="pin")
        block = Block(node=place, first=first, until=until, low=units, high=units, source=pin)
        other = fixed.setdefault((place, first, until), block)
        if other.low != units:
            raise Infeasible(
                f"{pin} and {other.source} contradict each other",
                code="targets.pins_contradict",
                pins=(other.source, pin),
                short=abs(units - other.low),
            )
    bounds = []
    for limit in listed(limits, code="targets.limit", name="limits"):
        require_instance(limit, Limit, code="targets.limit", name="limit")
        place, (first, until) = people.place(limit.node), _span(periods, limit.period)
        whole = until - first == len(periods)
        if not whole and place and (until - first > 1 or people.shape.children[place]):
            raise InvalidValue(
                f"{limit}: within a period limits are for the root, or a single leaf in one atomic period",
                code="targets.limit_scope",
                value=limit,
            )
        low = 0 if limit.minimum is None else units_of(limit.minimum, unit, name="minimum")
        high = None if limit.maximum is None else units_of(limit.maximum, unit, name="maximum")
        bounds.append(Block(node=place, first=first, until=until, low=low, high=high, source=limit))
    return [*fixed.values(), *bounds]


def _span(periods: Periods, label: str | None) -> tuple[int, int]:
    return (0, len(periods)) if label is None else periods.span(label)
