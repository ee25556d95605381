"""Whole numbers in a table whose rows and columns must sum to whole numbers given beforehand.

Two ways, both exact in every row and column:

`smooth`, where a cell is row total times column total over the whole and no cell is small: round the running totals
over rows *and* columns to nearest and take differences. Any block of neighbouring rows and columns, so every node of
the tree in every month, week and quarter, is then less than two units from its exact share. O(cells), no sorting.

`spread`, for any table, with bounds per cell (a fixed cell has both bounds equal, a structural zero has them at 0):
each row by largest remainder, then columns evened out by moving units within rows, then what is still open moved
along shortest alternating paths. The last step finds a table whenever one exists (it is a maximum flow); where it
stops short, the rows and columns it could still reach are the minimum cut: who has too much to place, and where.

`fit` prepares `spread`: scale rows and columns in turn (iterative proportional fitting) until both sums are met, which
is the table nearest to the seed in proportion; cells past a bound are fixed there and the rest is fitted again.

Floats only choose where a unit goes; sums are of integers. They are summed in a fixed order, one by one, so the
answer does not depend on the version of numpy. Source: controlled rounding (Cox 1987), IPF (Deming, Stephan 1940).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["NO_LIMIT", "Blocked", "Flags", "Floats", "Units", "fit", "smooth", "spread"]

Units: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

NO_LIMIT: Final = 2**62
_EXACT_BELOW: Final = 2**51
_ROUNDS: Final = 400


class Blocked(Exception):
    """No table exists; never leaves the room. *rows* have *short* units more to place than *columns* can take."""

    def __init__(self, rows: Flags, columns: Flags, short: int) -> None:
        super().__init__(short)
        self.rows = rows
        self.columns = columns
        self.short = short


def smooth(rows: Sequence[int], columns: Sequence[int]) -> Units | None:
    """Row i, column j near rows[i] * columns[j] / total; None where a cell is too small for that to stay above 0.

    Law: row and column sums exact; rows and columns of 0 stay empty; any block is less than 2 units from exact.
    >>> smooth([300, 100], [100, 100, 200]).tolist()
    [[75, 75, 150], [25, 25, 50]]
    """
    total = sum(columns)
    smallest = min(filter(None, rows), default=0) * min(filter(None, columns), default=0)
    if smallest < 2 * total or total == 0:
        return None
    down = np.add.accumulate(np.array(rows, dtype=np.int64))
    across = np.add.accumulate(np.array(columns, dtype=np.int64))
    if total < _EXACT_BELOW:
        shares = across.astype(np.float64) / total
        corner = np.floor(np.multiply.outer(down.astype(np.float64), shares) + 0.5).astype(np.int64)
    else:  # Python's integers
        product = np.multiply.outer(down.astype(np.object_), across.astype(np.object_))
        corner = ((2 * product + total) // (2 * total)).astype(np.int64)
    corner[-1, :] = across
    corner[:, -1] = down
    corner[1:] -= corner[:-1].copy()
    corner[:, 1:] -= corner[:, :-1].copy()
    return corner


def fit(seed: Floats, rows: Units, columns: Units, low: Units | None = None, high: Units | None = None) -> Floats:
    """The table in proportion to *seed* with these sums and bounds, as near as the rounds allowed come.

    Where no such table exists it returns its last round; whether one exists is for `spread` to say.
    """
    if low is None or high is None:
        return _scaled(seed, rows.astype(np.float64), columns.astype(np.float64))
    fixed = low == high
    held = np.where(fixed, low, 0).astype(np.float64)
    for _ in range(20):
        left_rows = np.maximum(rows - _row_sums(held), 0.0)
        left_columns = np.maximum(columns - held.sum(axis=0), 0.0)
        free = _scaled(np.where(fixed, 0.0, seed), left_rows, left_columns)
        below, above = ~fixed & (free < low), ~fixed & (free > high)
        if not below.any() and not above.any():
            break
        short = float(np.where(below, low - free, 0.0).sum(axis=0).sum())
        over = float(np.where(above, free - high, 0.0).sum(axis=0).sum())
        side, bound = (below, low) if short >= over else (above, high)
        held = np.where(side, bound, held)
        fixed = fixed | side
    return held + free


def _scaled(seed: Floats, rows: Floats, columns: Floats) -> Floats:
    """Rows and columns scaled in turn until both sums are near."""
    table = seed.astype(np.float64)
    near = max(1e-12 * float(rows.max(initial=0.0)), 0.01)
    for _ in range(_ROUNDS):
        table = table * _ratio(columns, table.sum(axis=0))
        sums = _row_sums(table)
        if (np.abs(sums - rows) <= near).all():
            break
        table = table * _ratio(rows, sums)[:, None]
    return table


def _ratio(wanted: Floats, found: Floats) -> Floats:
    return np.divide(wanted, found, out=np.zeros_like(wanted), where=found > 0)


def _row_sums(table: Floats) -> Floats:
    """Sums along rows, one by one from the left: numpy's own order of adding is not fixed between versions."""
    sums: Floats = np.ascontiguousarray(table.T).sum(axis=0)
    return sums


def spread(real: Floats, rows: Units, columns: Units, low: Units | None = None, high: Units | None = None) -> Units:
    """Whole numbers near *real* with exactly these sums, within these bounds.

    Without bounds a cell of 0 stays 0 and none is negative.
    Raises: Blocked if there is no such table.
    """
    support = real > 0
    low = np.zeros(real.shape, dtype=np.int64) if low is None else low
    high = np.where(support, NO_LIMIT, low) if high is None else high
    real = real * _ratio(rows.astype(np.float64), _row_sums(real))[:, None]
    table = np.clip(np.floor(real).astype(np.int64), low, high)
    _round_rows(table, real, rows, high)
    _even_columns(table, real, columns, low, high)
    _open_paths(table, rows, columns, low, high)
    return table


def _round_rows(table: Units, real: Floats, rows: Units, high: Units) -> None:
    """One unit more in the cells of the largest fractions, as many as the row lacks; ties to the earlier column."""
    lacking = rows - table.sum(axis=1)
    fraction = np.where(table < high, real - table, -np.inf)
    order = np.argsort(-fraction, axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(order.shape[1])[None, :], axis=1)
    table += (rank < lacking[:, None]) & (table < high)


def _even_columns(table: Units, real: Floats, columns: Units, low: Units, high: Units) -> None:
    """Move units within rows from columns that have too many to columns that have too few, nearest fractions first."""
    off = columns - table.sum(axis=0)
    for lacking in np.flatnonzero(off > 0):
        for having in np.flatnonzero(off < 0):
            count = int(min(off[lacking], -off[having]))
            if count == 0:
                break
            may = (table[:, having] > low[:, having]) & (table[:, lacking] < high[:, lacking])
            rows = np.flatnonzero(may)
            gain = (real - table)[rows, lacking] - (real - table)[rows, having]
            chosen = rows[np.argsort(-gain, kind="stable")[:count]]
            table[chosen, lacking] += 1
            table[chosen, having] -= 1
            off[lacking] -= len(chosen)
            off[having] += len(chosen)


def _open_paths(table: Units, rows: Units, columns: Units, low: Units, high: Units) -> None:
    """Augment along shortest paths until every sum is right.

    Raises: Blocked with the cut, where no path is left.
    """
    while True:
        need_rows, need_columns = rows - table.sum(axis=1), columns - table.sum(axis=0)
        if not need_rows.any() and not need_columns.any():
            return
        path = _path(table, need_rows, need_columns, low, high)
        if isinstance(path, Blocked):
            raise path
        cells, count = path
        for (row, column), sign in cells:
            table[row, column] += sign * count


def _path(
    table: Units, need_rows: Units, need_columns: Units, low: Units, high: Units
) -> tuple[list[tuple[tuple[int, int], int]], int] | Blocked:
    """The shortest way from a row that lacks units (or a column that has too many) to where they can go.

    Walking from a row to a column adds to their cell, from a column to a row takes from it.
    """
    seen_rows, seen_columns = need_rows > 0, need_columns < 0
    from_column: dict[int, int] = {}
    from_row: dict[int, int] = {}
    edge_rows, edge_columns = np.flatnonzero(seen_rows).tolist(), np.flatnonzero(seen_columns).tolist()
    while edge_rows or edge_columns:
        next_rows: list[int] = []
        next_columns: list[int] = []
        for row in edge_rows:
            for column in np.flatnonzero(~seen_columns & (table[row] < high[row])).tolist():
                seen_columns[column] = True
                from_row[column] = row
                if need_columns[column] > 0:
                    return _walked(table, need_rows, need_columns, low, high, from_row, from_column, ("column", column))
                next_columns.append(column)
        for column in edge_columns:
            for row in np.flatnonzero(~seen_rows & (table[:, column] > low[:, column])).tolist():
                seen_rows[row] = True
                from_column[row] = column
                if need_rows[row] < 0:
                    return _walked(table, need_rows, need_columns, low, high, from_row, from_column, ("row", row))
                next_rows.append(row)
        edge_rows, edge_columns = next_rows, next_columns
    short = int(need_rows[need_rows > 0].sum() - need_columns[need_columns < 0].sum())
    return Blocked(seen_rows, seen_columns, short)


def _walked(
    table: Units,
    need_rows: Units,
    need_columns: Units,
    low: Units,
    high: Units,
    from_row: dict[int, int],
    from_column: dict[int, int],
    end: tuple[str, int],
) -> tuple[list[tuple[tuple[int, int], int]], int]:
    """The cells of the path that was found, each with its sign, and how many units fit through."""
    side, at = end
    count = int(need_columns[at]) if side == "column" else int(-need_rows[at])
    cells: list[tuple[tuple[int, int], int]] = []
    while True:
        if side == "column":
            if at not in from_row:
                count = min(count, int(-need_columns[at]))
                return cells, count
            row = from_row[at]
            count = min(count, int(high[row, at] - table[row, at]))
            cells.append(((row, at), 1))
            side, at = "row", row
        else:
            if at not in from_column:
                count = min(count, int(need_rows[at]))
                return cells, count
            column = from_column[at]
            count = min(count, int(table[at, column] - low[at, column]))
            cells.append(((at, column), -1))
            side, at = "column", column
