"""What a simulation counts along the way, and the derivatives that the counts hold.

In tier k a rep with sales x and quota q is paid start_k q + slope_k x, or start_k + slope_k x / q of a base (see
`pay_columns`). So sums per tier and rep are all there is to keep, of heads, of sales, and of squared sales where a line
of rates pays by the square: what moves with a rate or a quota is a sum of these. They are whole numbers (the squares
are not), hence alike whatever the order of the simulations' blocks.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import fsum
from operator import mul
from typing import Any, Final, assert_never

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Reals, Whole
from ..errors import InvalidValue
from ..rate import Rate
from ._pay_columns import Lines, pay_rows
from ._plan_cost import PlanCost, Sensitivity
from .rate_table import Application

__all__ = ["ROOM", "Tally"]

ROOM: Final = 2**62


@attrs.define(kw_only=True)
class Tally:
    """What is counted; it grows block by block.

    Shape: *heads* and *sales* are tiers by reps, with the row below the first tier at 0 and that of the cut at the end:
    how many, net returns counted negative, and what they sold. *squares*, for a line of rates only: sale x |sale|.
    """

    lines: Lines
    quotas: Whole
    costs: Whole
    paid: Whole
    tiers: Whole
    heads: Whole
    sales: Whole
    squares: Reals
    cut: int = 0

    @classmethod
    def over(cls, lines: Lines, quotas: Whole, runs: int) -> Tally:
        """Nothing counted yet; *quotas* are ones where tiers are reached by an amount."""
        reps, rows = len(quotas), len(lines.thresholds) + 2
        curve = lines.shares and lines.table.application is Application.INTERPOLATED
        return cls(
            lines=lines,
            quotas=quotas,
            costs=np.zeros(runs, dtype=np.int64),
            paid=np.zeros(reps, dtype=np.int64),
            tiers=np.zeros(rows - 1, dtype=np.int64),
            heads=np.zeros((rows, reps), dtype=np.int64),
            sales=np.zeros((rows, reps), dtype=np.int64),
            squares=np.zeros((rows, reps if curve else 0)),
        )

    def add(self, rows: slice, reps: slice, sales: Whole, cap: int | None) -> None:
        """Pay and count one block of sales."""
        pay, tiers = pay_rows(self.lines, sales, sales, self.quotas[reps])
        peak = max(_size(sales), _size(pay))
        if peak * max(len(self.costs), len(self.quotas)) >= ROOM:
            raise InvalidValue(f"too much to sum in 63 bits: {peak:,}", code="commission.range", value=peak)
        self.tiers += np.bincount(tiers.ravel(), minlength=len(self.tiers))
        if cap is not None:
            above = pay > cap
            self.cut += int(above.sum())
            tiers[above] = len(self.tiers)
            pay = np.minimum(pay, cap)
        self.costs[rows] += pay.sum(axis=1)
        self.paid[reps] += pay.sum(axis=0)
        places = (tiers * len(self.quotas) + np.arange(len(self.quotas))[reps]).ravel()
        np.add.at(self.heads.reshape(-1), places, np.where(sales < 0, -1, 1).ravel())
        np.add.at(self.sales.reshape(-1), places, sales.ravel())
        if self.squares.size:
            wide = sales.astype(np.float64)
            np.add.at(self.squares.reshape(-1), places, (wide * np.abs(wide)).ravel())

    def cost(self, salary: int) -> PlanCost:
        """The record of what was counted."""
        runs, reps = len(self.costs), len(self.quotas)
        if _size(self.costs) + salary * reps >= ROOM:
            raise InvalidValue(f"too much to sum in 63 bits: {salary:,}", code="commission.range", value=salary)
        by_quota = self._by_quota()
        return PlanCost(
            table=self.lines.table,
            costs=self.costs + salary * reps,
            by_rep=self.paid / runs + salary,
            shares=self.tiers / (runs * reps),
            sensitivity=Sensitivity(
                values=np.array([float(each / runs) for each in self._by_value()]),
                quotas=None if by_quota is None else by_quota / runs,
                all_quotas=None if by_quota is None else fsum((by_quota * self.quotas).tolist()) / runs,
                cut=self.cut / runs,
            ),
        )

    def _by_value(self) -> list[Fraction] | list[float]:
        """How much each tier's value is paid for, summed over the simulations."""
        match self.lines.table.application:
            case Application.FIXED:
                return [Fraction(_sum(row)) for row in self.heads[1:-1]]
            case Application.WHOLE:
                return [Fraction(_sum(row)) for row in self.sales[1:-1]]
            case Application.MARGINAL:
                return self._volumes()
            case Application.INTERPOLATED:
                return self._on_the_line()
            case _:
                assert_never(self.lines.table.application)

    def _volumes(self) -> list[Fraction]:
        """Whoever is in a tier has sold from its threshold on; whoever is beyond it has filled it."""
        edges, quotas = self._edges, self.quotas.tolist()
        volumes, beyond = [], 0
        for at in reversed(range(len(edges))):
            held = sum(map(mul, self.heads[at + 1].tolist(), quotas))
            filled = (edges[at + 1] - edges[at]) * beyond if at + 1 < len(edges) else 0
            volumes.append(_sum(self.sales[at + 1]) - edges[at] * held + filled)
            beyond += held
        return volumes[::-1]

    def _on_the_line(self) -> list[float]:
        """Each of the two values around an attainment is paid the more the nearer it is."""
        base, reached = self._moments()
        weights = [fsum(row.tolist()) for row in base]
        for at, (lower, upper) in enumerate(pairwise(self._edges)):
            keys = fsum((reached[at] / self.quotas).tolist())
            upward = (keys - float(lower) * fsum(base[at].tolist())) / float(upper - lower)
            weights[at] -= upward
            weights[at + 1] += upward
        return weights

    def _by_quota(self) -> Reals | None:
        """By the quota of every rep; None where a quota moves nothing, or only in jumps."""
        lines = self.lines
        if lines.flat or not isinstance(lines.table.tiers.thresholds[0], Rate):
            return None
        if lines.table.application is Application.MARGINAL:
            starts = np.array([[start / lines.scale] for start in lines.starts[1:]])
            marginal: Reals = (self.heads[1:-1] * starts).sum(axis=0)
            return marginal
        slopes = np.array([[slope / lines.scale] for slope in lines.slopes[1:]])
        line: Reals = 0.0 - (self._moments()[1] * slopes).sum(axis=0) / self.quotas.astype(np.float64) ** 2
        return line

    def _moments(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Per tier and rep, what a line is paid of, and that times the key."""
        pair = (self.sales, self.squares) if self.lines.shares else (self.heads, self.sales)
        return pair[0][1:-1], pair[1][1:-1]

    @property
    def _edges(self) -> list[Fraction]:
        return [Fraction(threshold, self.lines.parts) for threshold in self.lines.thresholds]


def _size(numbers: Whole) -> int:
    return max(int(numbers.max()), -int(numbers.min()))


def _sum(row: NDArray[Any]) -> int:
    total: int = sum(row.tolist())
    return total
