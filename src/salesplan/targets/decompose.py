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

from ..apportion import Apportionment
from ..calendar import Period, PeriodKind, Periods, WorkCalendar
from ..errors import InvalidType, InvalidValue, NotFound, clip, listed, require_instance
from ..money import Currency
from ..rate import Rate
from ._activity import activity
from ._amounts import MAX_UNITS, Amount, unit_of, units_of
from ._over_assignment import Splits, assigned, at_base, level_factors
from ._problem import Block, Problem
from ._seeds import leaf_sums, rank_one, seed_of, with_patterns
from ._solve import solve
from .constraints import Infeasible, Limit, Pin
from .hierarchy import Hierarchy, Shape
from .plan import TargetPlan
from .weights import Seasonality, Weight, exact_weights, period_weights

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
    Law: leaves sum to every node, periods to every group, everything to *total*; pins stay; weight 0 gets 0 unless
    pinned; the order in which people, weights and pins are given changes nothing.
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
    if units > MAX_UNITS:
        raise InvalidValue(f"a target holds up to 2**60 units: {clip(total)}", code="targets.range", value=total)
    require_instance(method, Apportionment, code="targets.method", name="method")
    if workdays is not None:
        require_instance(workdays, WorkCalendar, code="targets.workdays", name="workdays")
    _one_tree(people)
    row = Periods.of(periods)
    shape = people.shape
    factors = level_factors(over_assignment, shape)
    weights = _node_weights(people, [potential, capability, headcount])
    columns = period_weights(row, seasonality, workdays)
    present = activity(people, row, workdays)
    seed = None if present is None else seed_of(people, row, weights, columns, present)
    if seed is not None:
        weights = leaf_sums(shape, seed)
    if own_seasonality is not None:
        seed = rank_one(shape, weights, columns) if seed is None else seed
        seed = with_patterns(seed, people, row, columns, own_seasonality)
    blocks = _blocks(people, row, unit, pins, limits)
    problem = Problem(
        total=units,
        shape=shape,
        names=people.ids,
        labels=row.labels,
        levels=_levels(row),
        weights=weights,
        columns=columns,
        seed=seed,
        present=present,
        blocks=tuple(
            at_base(block, factors[shape.depths[block.node]], splits=_splits(block, shape, len(row)))
            for block in blocks
        ),
        method=method,
        unit=unit,
    )
    cells = solve(problem)
    over = None
    if any(factor != 1 for factor in factors):
        over = assigned(problem, cells, factors, blocks)
    return TargetPlan(people=people, periods=row, unit=unit, workdays=workdays, cells=cells, assigned=over)


def _levels(row: Periods) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Years, halves, quarters and months that tile the row, the coarse before the fine."""
    found = []
    for kind in (PeriodKind.YEAR, PeriodKind.HALF, PeriodKind.QUARTER, PeriodKind.MONTH):
        spans = sorted(row.span(group.label) for group in row.groups if group.kind is kind)
        whole = [0, *(until for _, until in spans)]
        if spans and whole[-1] == len(row) and [first for first, _ in spans] == whole[:-1]:
            found.append(tuple(spans))
    return tuple(
        level
        for at, level in enumerate(found)
        if all(any(a <= first and until <= b for a, b in found[at - 1]) for first, until in level) or at == 0
    )


def _splits(block: Block, shape: Shape, periods: int) -> Splits:
    whole_time = block.until - block.first == periods
    one_cell = block.until - block.first == 1 and not shape.children[block.node]
    return Splits.OPEN if whole_time or one_cell or block.node == 0 else Splits.SHARED


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
    for place, exact in zip(places, exact_weights([*factor.values()], list(factor)), strict=True):
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


# --- pins and limits by position -------------------------------------------------------------------------------------


def _blocks(
    people: Hierarchy, periods: Periods, unit: Currency | None, pins: Iterable[Pin], limits: Iterable[Limit]
) -> list[Block]:
    fixed: dict[tuple[int, int, int], Block] = {}
    for pin in listed(pins, code="targets.pin", name="pins"):
        require_instance(pin, Pin, code="targets.pin", name="pin")
        place, (first, until) = people.place(pin.node), _span(periods, pin.period)
        units = min(units_of(pin.amount, unit, name="pin"), MAX_UNITS + 1)  # more than any total either way
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
        low = 0 if limit.minimum is None else min(units_of(limit.minimum, unit, name="minimum"), MAX_UNITS + 1)
        high = None if limit.maximum is None else units_of(limit.maximum, unit, name="maximum")
        bounds.append(Block(node=place, first=first, until=until, low=low, high=high, source=limit))
    return [*fixed.values(), *bounds]


def _span(periods: Periods, label: str | None) -> tuple[int, int]:
    return (0, len(periods)) if label is None else periods.span(label)
