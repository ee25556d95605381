"""From weights, pins and limits to a table of whole units, leaves by periods.

The order of claims: the total; what periods get in all (by their weights, pins and limits on everybody); what nodes
get in all (down the tree, by weights, pins and limits on the node); then the cells, nearest to the seed. What is
fixed further down raises the lower bounds above it, so a pin is never lost on the way.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from ._held import Held
from ._margins import margins
from ._problem import Block, Problem, infeasible
from ._seeds import rank_one, traced
from ._two_way import NO_LIMIT, Blocked, Floats, Units, fit, smooth, spread
from .constraints import Infeasible

__all__ = ["solve"]


def solve(problem: Problem, held: Held | None = None) -> Units:
    """The table, leaves by periods; *held* bounds the cells where no pins do.

    Raises: Infeasible, WeightError.
    """
    seed = _where_pinned(problem)
    if problem.on_cells:
        seed = rank_one(problem.shape, problem.weights, problem.columns) if seed is None else seed
        if problem.on_rows or problem.on_columns:
            # so that a pinned block is shared as the totals ask; what works somewhere keeps a trace of weight there
            seed = traced(fit(seed, *margins(problem, None)) + seed * (1e-6 * problem.total), seed > 0)
        held = Held.of(problem, seed)
    rows, columns = margins(problem, held)
    if seed is None:
        table = smooth(rows.tolist(), columns.tolist())
        if table is not None:
            return table
        seed = np.multiply.outer(rows.astype(np.float64), columns.astype(np.float64) / max(problem.total, 1))
    return _fill(problem, seed, rows, columns, held)


def _where_pinned(problem: Problem) -> Floats | None:
    """The seed with a trace of weight where something is fixed, somebody is there and nobody weighs anything."""
    seed = problem.seed
    for block in problem.blocks:
        if block.low > 0:
            area = slice(*_leaves(problem, block)), slice(block.first, block.until)
            if seed is None:
                shape = problem.shape
                if any(problem.weights[place] for place in shape.leaves[area[0]]) and any(problem.columns[area[1]]):
                    continue
                seed = rank_one(shape, problem.weights, problem.columns)
            there = seed[area] >= 0 if problem.present is None else problem.present[area] > 0
            if not (seed[area] > 0).any():
                seed = seed.copy()
                seed[area] = np.where(there, 1e-100, 0.0)
    return seed


def _fill(problem: Problem, seed: Floats, rows: Units, columns: Units, held: Held | None) -> Units:
    """The cells; where no table has these very totals, each rounded by itself, those give way that nobody fixed."""
    if held is None:
        low, high = np.zeros(seed.shape, dtype=np.int64), np.where(seed > 0, NO_LIMIT, 0)
        real = fit(seed, rows, columns)
    else:
        low, high = held.low, np.where(held.open, held.high, held.low)
        real = fit(seed, rows, columns, low, high)
    try:
        return spread(real, rows, columns, low, high)
    except Blocked as blocked:
        for loose_columns in (False, True):
            try:
                return _loosened(problem, real, rows, columns, low, high, loose_columns=loose_columns)
            except Blocked:
                continue
        raise _blocked(problem, blocked) from None


def _loosened(
    problem: Problem, real: Floats, rows: Units, columns: Units, low: Units, high: Units, *, loose_columns: bool
) -> Units:
    """The table nearest to the wanted totals in which only those sums are exact that somebody fixed.

    Rows fall into groups whose sum is fixed or limited. A row may take up to the whole of the total; a further column
    for each group holds what its rows leave of that, and one more row holds by how much a limited group is above its
    minimum. Periods likewise, with further rows. So every sum of the larger table is known again.
    """
    height, width = real.shape
    row_groups = _groups(height, [(*_leaves(problem, block), block) for block in problem.on_rows], rows, problem.total)
    column_groups = []
    if loose_columns:
        spans = [(block.first, block.until, block) for block in problem.on_columns]
        column_groups = _groups(width, spans, columns, problem.total)
    across, down = len(row_groups), len(column_groups)
    shape = (height + down + 1, width + across + 1)
    table = np.zeros(shape)
    least, most = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    table[:height, :width], least[:height, :width], most[:height, :width] = real, low, high
    sums_down, sums_across = np.zeros(shape[0], dtype=np.int64), np.zeros(shape[1], dtype=np.int64)
    sums_across[:width], sums_down[:height] = columns, rows
    _take_up(row_groups, rows, table[:, width:], most[:, width:], sums_down, sums_across[width:], problem.total)
    _take_up(
        column_groups, columns, table.T[:, height:], most.T[:, height:], sums_across, sums_down[height:], problem.total
    )
    return spread(table, sums_down, sums_across, least, most)[:height, :width]


def _take_up(
    groups: Sequence[_Group], wanted: Units, slack: Floats, room: Units, sums: Units, totals: Units, whole: int
) -> None:
    """Fill in the further columns of one side (the arrays are views); the last line is the one above the minimum."""
    if not groups:
        return
    for number, group in enumerate(groups):
        top = max(int(wanted[group.members].max()), min(group.high, NO_LIMIT // (2 * len(group.members))))
        sums[group.members] = top
        slack[group.members, number] = top - wanted[group.members]
        room[group.members, number] = top
        slack[-1, number] = max(int(wanted[group.members].sum()) - group.low, 0)
        room[-1, number] = group.high - group.low
        totals[number] = top * len(group.members) - group.low
    sums[-1] = whole - sum(group.low for group in groups)


@attrs.frozen(kw_only=True)
class _Group:
    """Rows (or periods) whose sum lies between *low* and *high*."""

    members: list[int]
    low: int
    high: int


def _groups(size: int, spans: Sequence[tuple[int, int, Block]], wanted: Units, whole: int) -> list[_Group]:
    """The positions by the smallest of the spans that holds them.

    A span that holds another, or is held, keeps the sum it was given; one by itself has the freedom of its limits.
    """
    owner = [(0, size)] * size
    for first, until, _ in sorted(spans, key=lambda each: each[0] - each[1]):
        owner[first:until] = [(first, until)] * (until - first)
    members: dict[tuple[int, int], list[int]] = {}
    for at, span in enumerate(owner):
        members.setdefault(span, []).append(at)
    alone = {
        span for span in members if not any(a < span[1] and span[0] < b for a, b, _ in spans if (a, b) != span)
    } | {(0, size)}
    found = []
    for span, inside in members.items():
        given = int(wanted[inside].sum())
        low, high = given, given
        blocks = [block for a, b, block in spans if (a, b) == span]
        if span in alone:
            low = max((block.low for block in blocks), default=0)
            high = min((block.high for block in blocks if block.high is not None), default=whole)
        found.append(_Group(members=inside, low=min(low, given), high=max(high, given)))
    return found


def _leaves(problem: Problem, block: Block) -> tuple[int, int]:
    return problem.shape.first[block.node], problem.shape.until[block.node]


def _blocked(problem: Problem, blocked: Blocked) -> Infeasible:
    """The minimum cut as the pins on its border."""
    rows, columns = blocked.rows, blocked.columns
    shape = problem.shape

    def on_border(block: Block) -> bool:
        inside = rows[shape.first[block.node] : shape.until[block.node]]
        across = columns[block.first : block.until]
        return bool((inside.any() and (~across).any()) or ((~inside).any() and across.any()))

    involved = [block for block in problem.blocks if on_border(block)] or list(problem.blocks)
    who = [problem.names[place] for number, place in enumerate(shape.leaves) if rows[number]]
    where = [problem.labels[at] for at in np.flatnonzero(~columns)]
    several = f"{', '.join(who[:2])}{' and others' if len(who) > 2 else ''}"
    periods = f"{', '.join(where[:2])}{' and others' if len(where) > 2 else ''}"
    text = f"{several or 'nobody'} cannot place {problem.say(blocked.short)} more outside {periods or 'any period'}"
    return infeasible(problem, text, blocked.short, involved)
