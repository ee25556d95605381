"""What periods and nodes get in all: exact splits of the total, within the bounds of what is fixed below them."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from ..apportion import WeightError
from ._held import Held
from ._problem import Block, Problem, infeasible, is_under, within
from ._shares import OutOfBounds, integers, nested_share, share
from ._two_way import Units

__all__ = ["margins"]


def margins(problem: Problem, held: Held | None) -> tuple[Units, Units]:
    """What leaves and periods get in all."""
    columns = _columns(problem, held)
    nodes = _nodes(problem, held)
    return (
        np.array([nodes[place] for place in problem.shape.leaves], dtype=np.int64),
        np.array(columns, dtype=np.int64),
    )


def _columns(problem: Problem, held: Held | None) -> list[int]:
    """What every period gets in all: the limit of a group that is passed by most is met exactly, until all hold."""
    weights = integers(problem.columns)
    blocks = problem.on_columns
    if not blocks and held is None:
        return _shared_columns(problem, weights, None, None)
    firm = [block for block in blocks if block.fixed or block.until - block.first == 1]
    loose = [block for block in blocks if block not in firm]
    while True:
        columns = _shared_columns(problem, weights, *_column_bounds(problem, held, weights, firm))
        passed = [(_passed(columns, block), block) for block in loose]
        worst = max(passed, key=lambda each: abs(each[0]), default=(0, None))
        if worst[1] is None or worst[0] == 0:
            return columns
        bound = sum(columns[worst[1].first : worst[1].until]) - worst[0]
        firm.append(attrs.evolve(worst[1], low=bound, high=bound))
        loose.remove(worst[1])


def _passed(columns: Sequence[int], block: Block) -> int:
    """By how much the periods of *block* are above its maximum, or (negative) below its minimum."""
    found = sum(columns[block.first : block.until])
    return min(found - block.low, 0) or (0 if block.high is None else max(found - block.high, 0))


def _shared_columns(
    problem: Problem, weights: Sequence[int], low: list[int] | None, high: list[int | None] | None
) -> list[int]:
    try:
        if low is None:
            return nested_share(problem.total, weights, problem.levels)
        return share(problem.total, weights, low, high)
    except OutOfBounds as none:
        if not sum(weights):
            raise WeightError("every period weighs 0", code="targets.no_weight", value=problem.total) from None
        raise infeasible(
            problem,
            f"what is fixed in the periods adds up to {problem.say(none.needed)}, not {problem.say(none.total)}",
            abs(none.needed - none.total),
            [*problem.on_columns, *problem.on_cells],
        ) from None


def _column_bounds(
    problem: Problem, held: Held | None, weights: Sequence[int], firm: Sequence[Block]
) -> tuple[list[int], list[int | None]]:
    low, high = [0] * len(weights), _open(len(weights))
    if held is not None:
        low = held.bottoms(axis=0)
        high = held.tops(axis=0)
    blocks = sorted(firm, key=lambda block: (block.until - block.first, block.first))
    for block in blocks:
        if not block.fixed:
            at = block.first
            low[at] = max(low[at], block.low)
            high[at] = block.high if high[at] is None else _least(high[at], block.high)
    fixed: set[int] = set()
    for block in blocks:
        if block.fixed:
            inside = [at for at in range(block.first, block.until) if at not in fixed]
            left = block.low - sum(low[at] for at in range(block.first, block.until) if at in fixed)
            try:
                weigh = [weights[at] for at in inside]
                weigh = weigh if any(weigh) else [1] * len(inside)  # a pin holds whatever the weights say
                parts = share(left, weigh, [low[at] for at in inside], [high[at] for at in inside])
            except OutOfBounds as none:
                raise infeasible(
                    problem,
                    f"{block.source}: what is fixed inside adds up to {problem.say(block.low - left + none.needed)}",
                    abs(none.needed - none.total),
                    [other for other in problem.blocks if within(problem, other, block)],
                ) from None
            for at, part in zip(inside, parts, strict=True):
                low[at], high[at] = part, part
            fixed.update(inside)
    return low, high


def _nodes(problem: Problem, held: Held | None) -> list[int]:
    """What every node gets in all, down the tree."""
    shape, blocks = problem.shape, problem.on_rows
    low: list[int] = []
    high: list[int | None] = []
    if held is not None or blocks:
        low, high = _node_bounds(problem, held)
        top = high[0]
        if not (low[0] <= problem.total and (top is None or problem.total <= top)):
            bound = low[0] if low[0] > problem.total or top is None else top
            raise infeasible(
                problem,
                f"what is fixed adds up to {problem.say(bound)}, the total is {problem.say(problem.total)}",
                abs(bound - problem.total),
                [*blocks, *problem.on_cells],
            )
    amounts = [0] * len(shape.parents)
    amounts[0] = problem.total
    for place, under in enumerate(shape.children):
        if not under:
            continue
        weights = integers([problem.weights[child] for child in under])
        try:
            parts = share(
                amounts[place],
                weights,
                [low[child] for child in under] if low else None,
                [high[child] for child in under] if high else None,
                problem.method,
            )
        except OutOfBounds as none:
            raise _no_room(problem, place, none, weights) from None
        for child, part in zip(under, parts, strict=True):
            amounts[child] = part
    return amounts


def _no_room(problem: Problem, place: int, none: OutOfBounds, weights: Sequence[int]) -> Exception:
    name, amount = problem.names[place], none.total
    below = [block for block in problem.blocks if is_under(problem, block, place)]
    if not below:
        return WeightError(
            f"{problem.say(amount)} for {name} cannot be split: everybody under it weighs 0",
            code="targets.no_weight",
            value=name,
        )
    return infeasible(
        problem,
        f"{name} gets {problem.say(amount)}, but what is fixed under it adds up to {problem.say(none.needed)}",
        abs(none.needed - amount),
        below,
    )


def _node_bounds(problem: Problem, held: Held | None) -> tuple[list[int], list[int | None]]:
    """Bounds of every node: its own, and the sum of those below."""
    shape = problem.shape
    low, high = [0] * len(shape.parents), _open(len(shape.parents))
    if held is not None:
        lows = held.bottoms(axis=1)
        highs = held.tops(axis=1)
        for number, place in enumerate(shape.leaves):
            low[place] = lows[number]
            high[place] = highs[number]
    own: dict[int, tuple[int, int | None]] = {}
    for block in problem.on_rows:
        least, most = own.get(block.node, (0, None))
        own[block.node] = (max(least, block.low), _least(most, block.high))
    for place in range(len(shape.parents) - 1, -1, -1):
        under = shape.children[place]
        if under:
            low[place] = sum(low[child] for child in under)
            tops = [high[child] for child in under]
            known = [top for top in tops if top is not None]
            high[place] = sum(known) if len(known) == len(tops) else None
        least, most = own.get(place, (0, None))
        below, above = low[place], high[place]
        low[place], high[place] = max(below, least), _least(above, most)
        top = high[place]
        if place and not problem.weights[place] and (top is None or top > low[place]):
            high[place] = top = low[place]  # of weight 0: what is pinned, and no more
        if top is not None and low[place] > top:
            blocks = [block for block in problem.blocks if is_under(problem, block, place)]
            raise infeasible(
                problem,
                f"{problem.names[place]} needs at least {problem.say(low[place])}, may have at most {problem.say(top)}",
                low[place] - top,
                blocks,
            )
    return low, high


def _open(size: int) -> list[int | None]:
    return [None] * size


def _least(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else min(one, other)
