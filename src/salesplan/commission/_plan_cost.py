"""The record of a simulated plan: its costs, and what they answer to."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, isfinite
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Reals, Whole
from ..display import Align, bar_chart_svg, html_table, text_table
from ..errors import InvalidType, InvalidValue, clip
from ..money import Money, Rounding
from ..rate import Rate
from .rate_table import RateTable

__all__ = ["PlanCost", "Sensitivity"]

_SHOWN = (Rate.percent(5), Rate.percent(25), Rate.percent(50), Rate.percent(75), Rate.percent(95))
_BARS = 12


def _kept(numbers: NDArray[Any]) -> NDArray[Any]:
    own = np.array(numbers)
    own.setflags(write=False)
    return own


def _rebuilt(kind: type, fields: dict[str, Any]) -> object:
    return kind(**fields)


@attrs.frozen(kw_only=True, eq=False)
class Sensitivity:
    """Derivatives of the mean cost, at the simulated sales; what is derived is the pay before rounding.

    *values*: by what each tier pays. For a rate that is the expected volume in the tier, in minor units: a point more
    costs a hundredth of it. For an amount it is the expected number of reps who get it.
    *quotas*: by the quota of each rep, whose sales stay what they are; *all_quotas*: by all quotas in proportion, where
    1 % more costs a hundredth of it. None for tables by amount, which no quota moves, and for WHOLE and FIXED: there a
    quota moves the cost in jumps only, and a derivative of 0 would hide them. A line that starts above nothing jumps
    once, at its first threshold, and that is not in *quotas* either.
    *cut*: by the cap; the expected number of reps whose pay is cut. Those answer to nothing else.
    Law: without a cap, sum(values x what the tiers pay) is the mean commission, before rounding.
    """

    values: Reals = attrs.field(converter=_kept)
    quotas: Reals | None = attrs.field(converter=attrs.converters.optional(_kept))
    all_quotas: float | None
    cut: float

    def __reduce__(self) -> tuple[object, ...]:  # through the constructor, so that a copy is read-only too
        return _rebuilt, (Sensitivity, attrs.asdict(self, recurse=False))


@attrs.frozen(kw_only=True, eq=False)
class PlanCost:
    """What a plan costs over many simulated periods.

    Units: *costs* are whole minor units of table.currency, one per simulation; *by_rep* is the mean cost of each rep.
    Shape: *shares* has one entry more than the table has tiers: the expected share of reps below the first tier comes
    first. Net returns count in the tier that their mirrored sale reaches.
    """

    table: RateTable
    costs: Whole = attrs.field(converter=_kept)
    by_rep: Reals = attrs.field(converter=_kept)
    shares: Reals = attrs.field(converter=_kept)
    sensitivity: Sensitivity

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (PlanCost, attrs.asdict(self, recurse=False))

    @property
    def mean(self) -> Money:
        """The mean cost, to the nearest minor unit; halves go up."""
        total: int = sum(self.costs.tolist())
        return Money(Rounding.HALF_UP.divide(total, len(self.costs)), self.table.currency)

    def quantile(self, q: Rate | float) -> Money:
        """The smallest simulated cost that at least the share *q* of the simulations does not exceed.

        A float counts as it is written: 0.9 is nine tenths.
        Raises: InvalidType; InvalidValue outside 0..1.
        """
        if isinstance(q, Rate):
            share = q.to_fraction()
        elif isinstance(q, float):
            share = Fraction(repr(float(q))) if isfinite(q) else Fraction(-1)
        else:
            raise InvalidType(f"q is a Rate or a float: {clip(q)}", code="commission.quantile", value=q)
        if not 0 <= share <= 1:
            raise InvalidValue(f"q is 0 to 1: {clip(q)}", code="commission.quantile", value=q)
        place = max(ceil(share * len(self.costs)), 1) - 1
        return Money(int(np.partition(self.costs, place)[place]), self.table.currency)

    def explain(self) -> str:
        """The mean and quantiles of the cost, then every tier: its share of the reps and what more of it costs."""
        costs = [["mean", self.mean.amount], *([str(q), self.quantile(q).amount] for q in _SHOWN)]
        lines = [
            f"{len(self.by_rep):,} reps, {len(self.costs):,} simulations; cost in {self.table.currency}",
            text_table(costs, align=(Align.LEFT, Align.RIGHT)),
            text_table(self._tiers(), align=(Align.LEFT, Align.RIGHT, Align.RIGHT, Align.RIGHT)),
        ]
        if self.sensitivity.all_quotas is not None:
            lines.append(f"all quotas 1 % higher, sales as they are: {self._hundredth(self.sensitivity.all_quotas)}")
        if self.sensitivity.cut:
            lines.append(f"the cap cuts the pay of {self.sensitivity.cut:.2f} reps")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head, *tiers = self._tiers()
        name = f"{len(self.by_rep):,} reps, {len(self.costs):,} simulations: mean {self.mean}"
        align = (Align.LEFT, Align.RIGHT, Align.RIGHT, Align.RIGHT)
        return self._histogram() + html_table(head, tiers, align=align, caption=name)

    def _histogram(self) -> str:
        low, high = int(self.costs.min()), int(self.costs.max())
        width = (high - low) // _BARS + 1
        counts = np.bincount((self.costs - low) // width).tolist()
        names = [Money(low + at * width, self.table.currency).amount for at in range(len(counts))]
        return bar_chart_svg(names, counts, caption=f"simulations by cost, from {self.table.currency}")

    def _tiers(self) -> list[list[str | None]]:
        rates = isinstance(self.table.tiers.values[0], Rate)
        rows: list[list[str | None]] = [["tier from", "pays", "reps", "a point more" if rates else "reps paid"]]
        if self.shares[0]:
            rows.append(["below", None, f"{self.shares[0]:.1%}", None])
        for step, share, by in zip(
            self.table.tiers.steps, self.shares[1:].tolist(), self.sensitivity.values.tolist(), strict=True
        ):
            more = self._hundredth(by) if rates else f"{by:.2f}"
            rows.append([str(step.threshold), str(step.value), f"{share:.1%}", more])
        return rows

    def _hundredth(self, derivative: float) -> str:
        return Money(round(derivative / 100), self.table.currency).amount

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """One row per simulation, *simulation* from 0 on and *cost* in minor units; both int64."""
        return {"simulation": np.arange(len(self.costs), dtype=np.int64), "cost": self.costs.copy()}
