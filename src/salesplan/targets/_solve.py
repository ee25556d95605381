"""From weights, pins and limits to a table of whole units, leaves by periods.

The order of claims: the total; what periods get in all (by their weights, pins and limits on everybody); what nodes
get in all (down the tree, by weights, pins and limits on the node); then the cells, nearest to the seed. What is
fixed further down raises the lower bounds above it, so a pin is never lost on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import attrs
import numpy as np

from ..apportion import Apportionment, WeightError
from ._shares import OutOfBounds, integers, share
from ._two_way import NO_LIMIT, Blocked, Flags, Floats, Units, fit, smooth, spread
from .constraints import Infeasible, Limit, Pin
from .hierarchy import Shape

__all__ = ["Block", "Problem", "solve"]

_SCALE = 2**40


@attrs.frozen(kw_only=True)
class Block:
    """A pin or limit by position: under *node*, periods *first* to *until*, at least *low* and at most *high*."""

    node: int
    first: int
    until: int
    low: int
    high: int | None
    source: Pin | Limit

    @property
    def fixed(self) -> bool:
        """Whether it is a pin."""
        return self.low == self.high


@attrs.frozen(kw_only=True)
class Problem:
    """What is to be split; *weights* has one entry per node, *columns* one per period.

    *seed* is leaves by periods, up to a factor; None stands for every leaf following the periods alike.
    """

    total: int
    shape: Shape
    names: tuple[str, ...]
    labels: tuple[str, ...]
    weights: Sequence[int | Fraction]
    columns: Sequence[int | Fraction]
    seed: Floats | None
    blocks: tuple[Block, ...]
    method: Apportionment

    @property
    def on_rows(self) -> list[Block]:
        """Pins and limits on a node over the whole time."""
        return [block for block in self.blocks if (block.first, block.until) == (0, len(self.labels))]

    @property
    def on_columns(self) -> list[Block]:
        """Pins and limits on everybody in some of the time."""
        return [block for block in self.blocks if block.node == 0 and block.until - block.first < len(self.labels)]

    @property
    def on_cells(self) -> list[Block]:
        """Pins and limits on a node in some of the time, smaller blocks first."""
        inner = [block for block in self.blocks if block.node != 0 and block.until - block.first < len(self.labels)]
        return sorted(inner, key=lambda block: (self._size(block), block.node, block.first, block.until))

    def _size(self, block: Block) -> int:
        return (self.shape.until[block.node] - self.shape.first[block.node]) * (block.until - block.first)


def solve(problem: Problem) -> Units:
    """The table, leaves by periods.

    Raises: Infeasible, WeightError.
    """
    seed, held = problem.seed, None
    if problem.on_cells:
        seed = _rank_one(problem) if seed is None else seed
        if problem.on_rows or problem.on_columns:
            # so that a pinned block is shared as the totals ask; what works somewhere keeps a trace of weight there
            seed = fit(seed, *_margins(problem, None)) + seed * (1e-6 * problem.total / max(float(seed.max()), 1e-300))
        held = _Held.of(problem, seed)
    rows, columns = _margins(problem, held)
    if seed is None:
        table = smooth(rows.tolist(), columns.tolist())
        if table is not None:
            return table
        seed = np.multiply.outer(rows.astype(np.float64), columns.astype(np.float64) / max(problem.total, 1))
    return _fill(problem, seed, rows, columns, held)


def _margins(problem: Problem, held: _Held | None) -> tuple[Units, Units]:
    """What leaves and periods get in all."""
    columns = _columns(problem, held)
    nodes = _nodes(problem, held)
    return (
        np.array([nodes[place] for place in problem.shape.leaves], dtype=np.int64),
        np.array(columns, dtype=np.int64),
    )


def _fill(problem: Problem, seed: Floats, rows: Units, columns: Units, held: _Held | None) -> Units:
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


def _whole(weights: Floats) -> list[int]:
    """Float weights as integers for an exact split: 40 bits below the largest; what weighs something stays above 0."""
    most = float(weights.max(initial=0.0))
    if not most:
        return [0] * len(weights)
    return [int(each / most * _SCALE) + 1 if each > 0 else 0 for each in weights.tolist()]


# --- cells that are fixed or bounded before anything else ------------------------------------------------------------


@attrs.frozen(kw_only=True)
class _Held:
    """Bounds per cell; *open* are the cells that may still move."""

    low: Units
    high: Units
    open: Flags

    def tops(self, *, axis: int) -> list[int | None]:
        """The sums of the upper bounds along rows or columns; None where a cell has none."""
        sums = self.high.astype(np.object_).sum(axis=axis).tolist()  # of Python's integers: bounds may be huge
        return [None if top >= NO_LIMIT else top for top in sums]

    @staticmethod
    def of(problem: Problem, seed: Floats) -> _Held:
        """Fill the pinned blocks, smaller ones first, and note the limits of single cells."""
        free = seed > 0
        low = np.zeros(seed.shape, dtype=np.int64)
        high = np.where(free, NO_LIMIT, 0)
        blocks = problem.on_cells
        for block in blocks:
            if not block.fixed:
                at = (problem.shape.first[block.node], block.first)
                low[at], high[at] = block.low, high[at] if block.high is None else min(high[at], block.high)
                if low[at] > high[at]:
                    raise _infeasible(problem, f"{block.source}: nobody works there", block.low, [block])
        for block in blocks:
            if block.fixed:
                area = (
                    slice(problem.shape.first[block.node], problem.shape.until[block.node]),
                    slice(block.first, block.until),
                )
                _pin(problem, block, seed[area], low[area], high[area], free[area])
        return _Held(low=low, high=high, open=free)


def _pin(problem: Problem, block: Block, seed: Floats, low: Units, high: Units, free: Flags) -> None:
    """Share a pinned amount among the cells of its block that are still free, and fix them (the arrays are views)."""
    weights = _whole(np.where(free, seed, 0.0).ravel())
    left = block.low - int(np.where(free, 0, low).sum())
    tops = [None if top >= NO_LIMIT else int(top) for top in high.ravel()]
    try:
        parts = share(left, weights, np.where(free, low, 0).ravel().tolist(), tops)
    except OutOfBounds as none:
        fixed = block.low - left
        what = f"its cells hold {fixed} already" if fixed else "nobody works there"
        inside = [other for other in problem.on_cells if _within(problem, other, block)]
        raise _infeasible(problem, f"{block.source}: {what}", abs(none.total - none.needed), inside) from None
    new = np.array(parts, dtype=np.int64).reshape(seed.shape)
    low[free] = new[free]
    high[free] = new[free]
    free[:] = False


def _within(problem: Problem, inner: Block, outer: Block) -> bool:
    shape = problem.shape
    return (
        shape.first[outer.node] <= shape.first[inner.node]
        and shape.until[inner.node] <= shape.until[outer.node]
        and inner.first < outer.until
        and outer.first < inner.until
    )


# --- margins ---------------------------------------------------------------------------------------------------------


def _columns(problem: Problem, held: _Held | None) -> list[int]:
    """What every period gets in all."""
    weights = integers(problem.columns)
    blocks = problem.on_columns
    low: list[int] | None = None
    high: list[int | None] | None = None
    if held is not None or blocks:
        low, high = _column_bounds(problem, held, weights)
    try:
        return share(problem.total, weights, low, high)
    except OutOfBounds as none:
        if not sum(weights):
            raise WeightError("every period weighs 0", code="targets.no_weight", value=problem.total) from None
        raise _infeasible(
            problem,
            f"what is fixed in the periods adds up to {none.needed}, not {none.total}",
            abs(none.needed - none.total),
            [*blocks, *problem.on_cells],
        ) from None


def _column_bounds(problem: Problem, held: _Held | None, weights: Sequence[int]) -> tuple[list[int], list[int | None]]:
    low, high = [0] * len(weights), _open(len(weights))
    if held is not None:
        low = held.low.sum(axis=0).tolist()
        high = held.tops(axis=0)
    blocks = sorted(problem.on_columns, key=lambda block: (block.until - block.first, block.first))
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
                parts = share(
                    left, [weights[at] for at in inside], [low[at] for at in inside], [high[at] for at in inside]
                )
            except OutOfBounds as none:
                raise _infeasible(
                    problem,
                    f"{block.source}: what is fixed inside adds up to {block.low - left + none.needed}",
                    abs(none.needed - none.total),
                    [other for other in problem.blocks if _within(problem, other, block)],
                ) from None
            for at, part in zip(inside, parts, strict=True):
                low[at], high[at] = part, part
            fixed.update(inside)
    return low, high


def _nodes(problem: Problem, held: _Held | None) -> list[int]:
    """What every node gets in all, down the tree."""
    shape, blocks = problem.shape, problem.on_rows
    low: list[int] = []
    high: list[int | None] = []
    if held is not None or blocks:
        low, high = _node_bounds(problem, held)
        top = high[0]
        if not (low[0] <= problem.total and (top is None or problem.total <= top)):
            bound = low[0] if low[0] > problem.total or top is None else top
            raise _infeasible(
                problem,
                f"what is fixed adds up to {bound}, the total is {problem.total}",
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
    below = [block for block in problem.blocks if _under(problem, block, place)]
    if not below:
        return WeightError(
            f"{amount} for {name} cannot be split: everybody under it weighs 0", code="targets.no_weight", value=name
        )
    return _infeasible(
        problem,
        f"{name} gets {amount}, but what is fixed under it adds up to {none.needed}",
        abs(none.needed - amount),
        below,
    )


def _node_bounds(problem: Problem, held: _Held | None) -> tuple[list[int], list[int | None]]:
    """Bounds of every node: its own, and the sum of those below."""
    shape = problem.shape
    low, high = [0] * len(shape.parents), _open(len(shape.parents))
    if held is not None:
        lows = held.low.sum(axis=1).tolist()
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
        if top is not None and low[place] > top:
            blocks = [block for block in problem.blocks if _under(problem, block, place)]
            raise _infeasible(
                problem,
                f"{problem.names[place]} needs at least {low[place]} and may have at most {top}",
                low[place] - top,
                blocks,
            )
    return low, high


def _open(size: int) -> list[int | None]:
    return [None] * size


def _least(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else min(one, other)


def _under(problem: Problem, block: Block, place: int) -> bool:
    shape = problem.shape
    return shape.first[place] <= shape.first[block.node] and shape.until[block.node] <= shape.until[place]


# --- what cannot be met ----------------------------------------------------------------------------------------------


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
    text = f"{several or 'nobody'} cannot place {blocked.short} more outside {periods or 'any period'}"
    return _infeasible(problem, text, blocked.short, involved)


def _infeasible(problem: Problem, text: str, short: int, blocks: Sequence[Block]) -> Infeasible:
    pins = tuple(block.source for block in blocks)
    return Infeasible(f"{text}: {short} too many or too few", code="targets.infeasible", pins=pins, short=short)
