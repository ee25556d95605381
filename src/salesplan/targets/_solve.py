"""From weights, pins and limits to a table of whole units, leaves by periods.

The order of claims: the total; what periods get in all (by their weights, pins and limits on everybody); what nodes
get in all (down the tree, by weights, pins and limits on the node); then the cells, nearest to the seed. What is
fixed further down raises the lower bounds above it, so a pin is never lost on the way.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ._held import Held
from ._margins import margins
from ._problem import Block, Problem, infeasible
from ._shares import integers
from ._two_way import NO_LIMIT, Blocked, Floats, Units, fit, smooth, spread
from .constraints import Infeasible

__all__ = ["solve"]


def solve(problem: Problem, held: Held | None = None) -> Units:
    """The table, leaves by periods; *held* bounds the cells where no pins do.

    Raises: Infeasible, WeightError.
    """
    seed = problem.seed
    if problem.on_cells:
        seed = _rank_one(problem) if seed is None else seed
        if problem.on_rows or problem.on_columns:
            # so that a pinned block is shared as the totals ask; what works somewhere keeps a trace of weight there
            seed = fit(seed, *margins(problem, None)) + seed * (1e-6 * problem.total / max(float(seed.max()), 1e-300))
        held = Held.of(problem, seed)
    rows, columns = margins(problem, held)
    if seed is None:
        table = smooth(rows.tolist(), columns.tolist())
        if table is not None:
            return table
        seed = np.multiply.outer(rows.astype(np.float64), columns.astype(np.float64) / max(problem.total, 1))
    return _fill(problem, seed, rows, columns, held)


def _fill(problem: Problem, seed: Floats, rows: Units, columns: Units, held: Held | None) -> Units:
    """The cells; where so few units are planned that no table has these very totals, totals nobody fixed give way."""
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

    Every row gets room up to the whole in a further column, one for each group of rows whose sum is fixed, which
    takes up what the group may not have; periods likewise in further rows.
    """
    row_groups = _groups(len(rows), [(*_leaves(problem, block),) for block in problem.on_rows])
    column_groups = [[at] for at in range(len(columns))]
    if loose_columns:
        column_groups = _groups(len(columns), [(block.first, block.until) for block in problem.on_columns])
    loose = [group for group in column_groups if len(group) > 1]
    height, width = len(rows) + len(loose), len(columns) + len(row_groups)
    table = np.zeros((height, width))
    least, most = np.zeros((height, width), dtype=np.int64), np.zeros((height, width), dtype=np.int64)
    down, across = np.zeros(height, dtype=np.int64), np.zeros(width, dtype=np.int64)
    body = slice(len(rows)), slice(len(columns))
    table[body], least[body], most[body] = real, low, high
    down[body[0]], across[body[1]] = rows, columns
    for number, group in enumerate(row_groups, start=len(columns)):
        whole = int(rows[group].sum())
        table[group, number], most[group, number] = whole - rows[group], whole
        down[group] = whole
        across[number] = whole * (len(group) - 1)
    for number, group in enumerate(loose, start=len(rows)):
        whole = int(columns[group].sum())
        table[number, group], most[number, group] = whole - columns[group], whole
        across[group] = whole
        down[number] = whole * (len(group) - 1)
    return spread(table, down, across, least, most)[body]


def _leaves(problem: Problem, block: Block) -> tuple[int, int]:
    return problem.shape.first[block.node], problem.shape.until[block.node]


def _groups(size: int, spans: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The positions by the smallest of the spans that holds them."""
    owner = [-1] * size
    for number, (first, until) in sorted(enumerate(spans), key=lambda each: each[1][0] - each[1][1]):
        owner[first:until] = [number] * (until - first)
    found: dict[int, list[int]] = {}
    for at, number in enumerate(owner):
        found.setdefault(number, []).append(at)
    return list(found.values())


def _rank_one(problem: Problem) -> Floats:
    """Leaf weight by period weight, on the scale of the total."""
    shape = problem.shape
    shares = [1.0] * len(shape.parents)
    for place, under in enumerate(shape.children):
        whole = sum(problem.weights[child] for child in under)
        for child in under:
            shares[child] = shares[place] * float(problem.weights[child] / whole) if whole else 0.0
    leaves = np.array([shares[place] for place in shape.leaves])
    across = integers(problem.columns)
    whole_row = sum(across)
    table: Floats = np.multiply.outer(leaves, np.array([each / max(whole_row, 1) * problem.total for each in across]))
    return table


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
