"""What a plan costs before the period begins: the cost over many simulated attainments, and what it answers to.

Attainments are statistics, hence floats: given as a table of simulations by reps, drawn again from a row of past ones,
or drawn from a model. From there on nothing is approximate: a sale is the attainment times the quota, to the nearest
whole minor unit (halves to even), and every rep is paid what the table pays, to the minor unit.

A rep sells less in a bad year in which the others sell less too. That is why the model has a correlation: without it
the costs of many reps lie close around their mean, and the plan looks safer than it is.

What a tier costs is read off the same simulations, without moving a rate and simulating again: pay is linear in the
rates, so the derivative by a rate is the volume that was paid at it. Two runs with equal seeds share their draws: the
difference between two plans is then of the plans alone.

Left out: attainments that answer to the plan (people sell more just before an accelerator), quotas that are drawn too,
and the order in time within the period.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from math import log, log1p, sqrt
from typing import Final, TypeAlias, assert_never

import attrs
import numpy as np
from numpy.random import Generator

from ..columns import Reals, Whole, real_numbers, whole_numbers
from ..errors import InvalidType, InvalidValue, clip, require_instance, require_int
from ..money import Money
from ..rate import Rate
from ._pay_columns import BLOCK, lines_of, pay_columns
from ._plan_cost import PlanCost, Sensitivity
from ._tally import ROOM, Tally
from .rate_table import RateTable

__all__ = ["AttainmentModel", "AttainmentShape", "PlanCost", "Sensitivity", "pay_columns", "simulate"]

_MOST_SALES: Final = 2**53  # up to here a float is a whole number of minor units
_DRAWS: Final = 10**8
_ZERO: Final = Rate(0)

Draw: TypeAlias = Callable[[int, int], Reals]


class AttainmentShape(Enum):
    """How attainments are distributed over reps and periods."""

    LOGNORMAL = "lognormal"
    """Skewed to the right and above 0: a few sell twice their quota, nobody less than nothing."""
    NORMAL = "normal"
    """Symmetric; what falls below 0 becomes 0, which lifts the mean a little where the spread is wide."""


@attrs.frozen(kw_only=True)
class AttainmentModel:
    """A distribution of attainments: *mean* and *spread* (standard deviation) are of one rep's attainment.

    *correlation* is the share of the variance that all reps have in common, 0 to 1; of the logarithm's for LOGNORMAL.
    Raises: InvalidType for a float; InvalidValue for a mean of 0 or less, a negative spread, a correlation beyond 0..1.
    >>> AttainmentModel(mean=Rate.percent("95"), spread=Rate.percent("30")).shape.value
    'lognormal'
    """

    mean: Rate
    spread: Rate
    shape: AttainmentShape = AttainmentShape.LOGNORMAL
    correlation: Rate = _ZERO

    def __attrs_post_init__(self) -> None:
        require_instance(self.shape, AttainmentShape, code="commission.shape", name="shape")
        for name in ("mean", "spread", "correlation"):
            value = require_instance(getattr(self, name), Rate, code="commission.model", name=name)
            if value < Rate(0) or (name == "mean" and value == Rate(0)) or (name == "correlation" and value > Rate(1)):
                raise InvalidValue(f"{name} is out of range: {value}", code="commission.model", value=value)

    def draw(self, generator: Generator, *, simulations: int, reps: int) -> Reals:
        """Attainments from *generator*, which is left where the draws end.

        Shape: simulations by reps.      Law: equal seeds give equal draws; drawing in two goes, the rows of one.
        Raises: InvalidType for anything but a numpy Generator; InvalidValue for more than 10**8 at once.
        """
        require_instance(generator, Generator, code="commission.generator", name="generator")
        rows = require_int(simulations, code="commission.simulations", name="simulations", low=1)
        width = require_int(reps, code="commission.reps", name="reps", low=1)
        if rows * (width + 1) > _DRAWS:
            raise InvalidValue("draw at most 10**8 at once", code="commission.simulations", value=rows * width)
        normal = generator.standard_normal((rows, width + 1))  # a column in common, drawn whatever the correlation is
        common = self.correlation.numerator / self.correlation.denominator
        score = normal[:, 1:] * sqrt(1 - common) + normal[:, :1] * sqrt(common)
        mean = self.mean.numerator / self.mean.denominator
        spread = self.spread.numerator / self.spread.denominator
        match self.shape:
            case AttainmentShape.LOGNORMAL:
                variance = log1p((spread / mean) ** 2)
                drawn: Reals = np.exp(score * sqrt(variance) + (log(mean) - variance / 2))
                return drawn
            case AttainmentShape.NORMAL:
                return np.maximum(score * spread + mean, 0.0)
            case _:
                assert_never(self.shape)


def simulate(
    table: RateTable,
    *,
    quotas: object,
    attainments: object = None,
    model: AttainmentModel | None = None,
    generator: Generator | None = None,
    simulations: int | None = None,
    cap: Money | None = None,
    salary: Money | None = None,
) -> PlanCost:
    """What the plan costs: a column of *quotas*, one per rep, and their attainments, simulation by simulation.

    Attainments are a table of simulations by reps; or one row to draw from again, with replacement; or a *model*. The
    last two need a *generator* and make *simulations* rows (1,000). *cap* cuts every rep's pay; *salary* is added.
    Units: quotas in minor units.
    Law: the cost of a simulation is the sum of table.pay over its reps, each cut by the cap, and of the salaries; the
    order of the reps, with their attainments, changes no cost.
    Raises: InvalidType for a table by units, a missing or superfluous argument; InvalidValue for shapes that do not
    match, NaN, a quota of 0 or less, no reps, sales over 2**53 minor units; CurrencyMismatch.
    >>> from salesplan.commission import Application
    >>> from salesplan.ladder import Boundary
    >>> table = RateTable.of([("0%", "10%"), ("100%", "20%")], currency="USD", application=Application.MARGINAL,
    ...                      boundary=Boundary.LOWER_INCLUSIVE)
    >>> cost = simulate(table, quotas=[100000, 50000], attainments=[[0.5, 1.0], [1.5, 0.0]])
    >>> cost.costs.tolist(), str(cost.mean), [float(volume) for volume in cost.sensitivity.values]
    ([10000, 20000], 'USD 150.00', [100000.0, 25000.0])
    """
    require_instance(table, RateTable, code="commission.table", name="table")
    kind = type(table.tiers.thresholds[0])
    if kind is int:
        raise InvalidType("an attainment says nothing of units: no table by units", code="commission.key", value=None)
    targets = whole_numbers(quotas, name="quotas", code="commission.quota", low=1)
    if not len(targets):
        raise InvalidValue("a plan has at least one rep", code="commission.quota", value=0)
    most, fixed = _amount(table, cap, "cap"), _amount(table, salary, "salary") or 0
    runs, draw = _source(attainments, model, generator, simulations, len(targets))
    tally = Tally.over(lines_of(table), targets if kind is Rate else np.ones_like(targets), runs)
    for start in range(0, runs, max(1, BLOCK // len(targets))):
        rows = slice(start, min(start + max(1, BLOCK // len(targets)), runs))
        sales = _sales(draw(rows.start, rows.stop), targets)
        for left in range(0, len(targets), BLOCK):
            tally.add(rows, slice(left, left + BLOCK), sales[:, left : left + BLOCK], most)
    return tally.cost(fixed)


def _amount(table: RateTable, amount: Money | None, name: str) -> int | None:
    if amount is None:
        return None
    minor = Money.zero(table.currency).same(amount).minor
    if not 0 <= minor < ROOM:
        raise InvalidValue(f"a {name} is 0 or more, under 2**62: {amount}", code=f"commission.{name}", value=amount)
    return minor


def _source(
    attainments: object, model: AttainmentModel | None, generator: Generator | None, simulations: int | None, reps: int
) -> tuple[int, Draw]:
    """How many simulations, and what draws the rows of some of them."""
    if (attainments is None) == (model is None):
        raise InvalidType("give attainments or a model, one of them", code="commission.attainments", value=None)
    known = None
    if model is None:
        known = real_numbers(attainments, name="attainments", code="commission.attainments")
        if not known.size or (known.ndim == 2 and known.shape[1] != reps):
            raise InvalidValue(
                f"attainments of shape {known.shape} for {reps:,} reps",
                code="commission.attainments",
                value=known.shape,
            )
        if known.ndim == 2:
            if generator is not None or simulations is not None:
                raise InvalidType("a whole table leaves nothing to draw", code="commission.generator", value=None)
            return len(known), lambda start, stop: known[start:stop]
    source = require_instance(generator, Generator, code="commission.generator", name="generator")
    runs = 1000 if simulations is None else simulations
    require_int(runs, code="commission.simulations", name="simulations", low=1, high=10**7)
    if known is not None:
        return runs, lambda start, stop: known[source.integers(len(known), size=(stop - start, reps))]
    drawn = require_instance(model, AttainmentModel, code="commission.model", name="model")
    return runs, lambda start, stop: drawn.draw(source, simulations=stop - start, reps=reps)


def _sales(attainments: Reals, targets: Whole) -> Whole:
    with np.errstate(over="ignore"):
        sales = np.rint(attainments * targets)
    most = max(float(sales.max()), -float(sales.min()))
    if not most <= _MOST_SALES:
        raise InvalidValue(f"sales go up to 2**53 minor units: {clip(most)}", code="commission.range", value=most)
    return sales.astype(np.int64)
