"""The end of chapter 3: what the plan costs if next quarter's sales hit the target, over many simulated quarters."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import isqrt

import attrs
import numpy as np

from salesplan.apportion import apportion
from salesplan.calendar import Period
from salesplan.commission import AttainmentModel, CompPlan, RateTable, simulate
from salesplan.display import Align, text_table
from salesplan.ladder import Ladder
from salesplan.money import Money, Rounding
from salesplan.rate import Rate

from .orders import Order
from .pay import Month, added, by_seller, total_of
from .targets import last_full_quarter
from .words import comma, many, plain, share, spaced

SPREAD = Rate.percent("30")  # of a seller's months, where a history of one month cannot say
IN_COMMON = Rate.percent("20")  # of their variance: the good and bad months of the whole shop
SIMULATIONS = 2000
SEED = 1998
POINT = Rate.percent("1")


def next_quarter(
    plan: CompPlan, months: list[Month], sold: Mapping[str, Money], orders: list[Order], raise_by: Rate
) -> str:
    """What the plan costs if sales hit the target of chapter 2."""
    last, before = orders[-1].day, last_full_quarter(orders)
    quarter = Period.quarter(last.year, (last.month + 2) // 3).shift(1)
    baseline = total_of(order.amount for order in orders if order.day in before)
    target = baseline + baseline.times(raise_by, Rounding.HALF_UP)
    weights = [max(amount.minor, 0) for amount in sold.values()]
    if target.minor <= 0 or not any(weights):
        return f"{quarter.label} has no target above 0, so there is nothing to simulate."
    quotas = apportion(target, weights * 3)
    assert total_of(quotas) == target
    spread = _spread(months, sold)
    own = [quota.minor for quota in quotas if quota.minor]
    table = plan.components[0].table
    mean, high, more = _simulated(table, own, spread)
    again, _, _ = _simulated(_a_point_more(table), own, spread)
    assert abs((again - mean - more).minor) <= len(own) + 1  # every pay is rounded, by at most a half
    paid = added(by_seller(months).values())
    assert plan.base_salary is not None
    salary, bonus = plan.base_salary * (3 * len(sold)), paid.spiffs + paid.prizes
    rows = [("base salaries", plain(salary), f"{many(len(sold), 'seller')}, 3 months")]
    rows += [("SPIFFs and prizes", plain(bonus), "as settled above")]
    rows += [("commission", plain(mean), "the mean")]
    for name, commission in (("cost of the plan", mean), ("90 % quantile", high)):
        cost = salary + bonus + commission
        rows.append((name, plain(cost), f"{share(cost, target)} of the target"))
    top = table.tiers.values[-1]
    assert isinstance(top, Rate)
    rows.append((f"{top + POINT} above {table.tiers.thresholds[-1]}", f"+{plain(more)}", f"instead of {top}"))
    how = "as they did" if len(months) > 1 else "taken"
    return "\n".join(
        [
            f"{quarter.label}, if sales average the target of chapter 2, {comma(target)}, and each seller keeps their "
            f"share.\nOver {SIMULATIONS:,} simulated quarters; a seller's months vary by {spaced(spread)} around their "
            f"average ({how}),\nand {spaced(IN_COMMON)} of the variance is common to all.",
            "",
            text_table(rows, align=(Align.LEFT, Align.RIGHT, Align.LEFT)),
        ]
    )


def _simulated(table: RateTable, quotas: list[int], spread: Rate) -> tuple[Money, Money, Money]:
    """The commission: its mean, its 90 % quantile, and what a point more on the top rate costs."""
    model = AttainmentModel(mean=Rate(1), spread=spread, correlation=IN_COMMON)
    generator = np.random.default_rng(SEED)
    cost = simulate(table, quotas=quotas, model=model, generator=generator, simulations=SIMULATIONS)
    volume = float(cost.sensitivity.values[-1])
    return cost.mean, cost.quantile(Rate.percent("90")), Money(round(volume / 100), table.currency)


def _a_point_more(table: RateTable) -> RateTable:
    *steps, top = ((step.threshold, step.value) for step in table.tiers.steps)
    assert isinstance(top[1], Rate)
    return attrs.evolve(table, tiers=Ladder.of([*steps, (top[0], top[1] + POINT)], boundary=table.tiers.boundary))


def _spread(months: list[Month], sold: Mapping[str, Money]) -> Rate:
    """The standard deviation of a seller's months around their average, weighted by sales, in whole percent."""
    if len(months) < 2:
        return SPREAD
    squares, weights = Fraction(0), 0
    for name, amount in sold.items():
        if amount.minor > 0:
            average = Fraction(amount.minor, len(months))
            off = [month.sold[name].minor / average - 1 for month in months]
            squares += amount.minor * sum((each**2 for each in off), start=Fraction(0))
            weights += amount.minor * (len(months) - 1)
    return Rate(isqrt(int(10_000 * squares / weights)), 100)
