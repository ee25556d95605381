"""Paying columns, simulating a plan, settling deals; next to bare numpy floats, one sale at a time, and a bare loop.

The float loop is what a plan's spreadsheet becomes in numpy: each tier's slice by np.clip, times its rate, summed and
never rounded. One sale at a time is `RateTable.pay` on a sample, its time multiplied up to the whole column (so its
figure is an extrapolation). Nothing is subtracted; everything runs in this one process, interleaved. Ratios are to the
first case of a group.

    python benchmarks/commission.py [rounds]
"""

from __future__ import annotations

import random
import sys
import tracemalloc
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median
from time import perf_counter

import attrs
import numpy as np
from numpy.typing import NDArray

from salesplan.commission import (
    Accumulation,
    Application,
    Component,
    CompPlan,
    Credit,
    PayPeriod,
    RateTable,
    settle_all,
)
from salesplan.commission.simulation import AttainmentModel, pay_columns, simulate
from salesplan.ladder import Boundary
from salesplan.money import Money
from salesplan.rate import Rate

REPS, SAMPLE = 100_000, 2_000
SIMULATIONS, TEAM = 1_000, 10_000
DEALS, SELLERS = 100_000, 1_000


@attrs.frozen
class Case:
    """One thing measured: its group, its name, the work, and by what its time is multiplied."""

    group: str
    name: str
    work: Callable[[], object]
    times: int = 1


def plan(steps: str, application: Application = Application.MARGINAL) -> RateTable:
    pairs = [step.split(":") for step in steps.split()]
    return RateTable.of(
        [(threshold, value) for threshold, value in pairs],
        currency="CNY",
        application=application,
        boundary=Boundary.LOWER_INCLUSIVE,
    )


def floats(sales: NDArray[np.float64]) -> NDArray[np.float64]:
    """The four tiers in floats: unrounded, and blind to boundaries and to net returns."""
    total = np.zeros_like(sales)
    edges = (0.0, 5e6, 10e6, 15e6, np.inf)
    for lower, upper, rate in zip(edges, edges[1:], (0.03, 0.05, 0.08, 0.10), strict=False):
        total += (np.clip(sales, lower, upper) - lower) * rate
    return total


def paying() -> list[Case]:
    chance = np.random.default_rng(7)
    amounts = plan("0:3% 50000:5% 100000:8% 150000:10%")
    attained = plan("0%:3% 50%:5% 100%:8% 120%:10%")
    whole = plan("0%:3% 50%:5% 100%:8% 120%:10%", Application.WHOLE)
    sales = chance.integers(0, 2 * 10**7, REPS)
    quotas = chance.integers(5 * 10**6, 2 * 10**7, REPS)
    as_floats = sales.astype(np.float64)
    few = [Money.from_minor(each, "CNY") for each in sales[:SAMPLE].tolist()]
    huge = sales * 10**11
    group = f"{REPS:,} reps, 4 tiers"
    return [
        Case(group, "floats, np.clip per tier, unrounded", lambda: floats(as_floats)),
        Case(group, "pay_columns, by amount", lambda: pay_columns(amounts, sales)),
        Case(group, "pay_columns, by attainment", lambda: pay_columns(attained, sales, quotas=quotas)),
        Case(group, "pay_columns, by attainment, whole", lambda: pay_columns(whole, sales, quotas=quotas)),
        Case(group, "pay_columns, beyond int64", lambda: pay_columns(amounts, huge)),
        Case(group, f"table.pay ({SAMPLE:,}, multiplied up)", lambda: [*map(amounts.pay, few)], REPS // SAMPLE),
    ]


def simulating() -> list[Case]:
    chance = np.random.default_rng(7)
    attained = plan("0%:3% 50%:5% 100%:8% 120%:10%")
    quotas = chance.integers(5 * 10**6, 2 * 10**7, TEAM)
    model = AttainmentModel(mean=Rate.percent("95"), spread=Rate.percent("30"), correlation=Rate.percent("20"))
    table = np.random.default_rng(1).lognormal(-0.1, 0.3, (SIMULATIONS, TEAM))
    cap = Money.of("15000", "CNY")

    def drawn() -> object:
        source = np.random.default_rng(1)
        for _ in range(SIMULATIONS):
            np.exp(source.standard_normal(TEAM) * 0.3 - 0.1)
        return source

    def modelled(most: Money | None = None) -> object:
        return simulate(
            attained,
            quotas=quotas,
            model=model,
            generator=np.random.default_rng(1),
            simulations=SIMULATIONS,
            cap=most,
        )

    group = f"{SIMULATIONS:,} simulations x {TEAM:,} reps"
    return [
        Case(group, "the draws alone, lognormal", drawn),
        Case(group, "simulate, attainments given", lambda: simulate(attained, quotas=quotas, attainments=table)),
        Case(group, "simulate, from a model", modelled),
        Case(group, "simulate, from a model, capped", lambda: modelled(cap)),
    ]


def settling() -> list[Case]:
    """Deals already made into credits; the bare loop sorts and adds up in floats, and checks and keeps nothing."""
    chance = random.Random(7)
    start = date(2026, 11, 1)
    yuan = Money.of("1", "CNY").currency
    component = Component(
        id="sales",
        tables=plan("0:3% 50000:5% 100000:8% 150000:10%"),
        accumulation=Accumulation.PERIOD,
        quota=Money.of("100000", "CNY"),
    )
    seller = CompPlan(id="seller", currency="CNY", base_salary=Money.of("6000", "CNY"), components=[component])
    deals = [
        (
            f"D-{at:06}",
            f"seller {chance.randrange(SELLERS):04}",
            chance.randrange(10_000, 200_000),
            start + timedelta(days=chance.randrange(30)),
        )
        for at in range(DEALS)
    ]
    credits = [Credit(deal, payee, amount=Money(minor, yuan), on=on) for deal, payee, minor, on in deals]
    months = [PayPeriod.month(2026, 11), PayPeriod.month(2026, 12)]

    def bare() -> object:
        edges, rates = [0, 5_000_000, 10_000_000, 15_000_000], [0.03, 0.05, 0.08, 0.10]
        sold: dict[str, int] = {}
        pay: dict[str, float] = {}
        for _, payee, minor, _ in sorted(deals, key=lambda deal: (deal[3], deal[0])):
            before = sold.get(payee, 0)
            after = sold[payee] = before + minor
            for at, edge in enumerate(edges):
                upper = edges[at + 1] if at + 1 < len(edges) else after
                part = min(after, max(upper, edge)) - max(before, edge)
                if part > 0:
                    pay[payee] = pay.get(payee, 0.0) + part * rates[at]
        return {payee: round(amount) for payee, amount in pay.items()}

    paid = settle_all(seller, credits, period=months[0])
    notes = [
        Credit(f"CN-{at:06}", payee, amount=Money(-minor, yuan), on=on + timedelta(days=30), reverses=deal)
        for at, (deal, payee, minor, on) in enumerate(deals[::20])
    ]
    ledgers = paid.ledgers
    group = f"settling {DEALS:,} deals of {SELLERS:,} sellers"
    return [
        Case(group, "a bare loop in floats, no lines", bare),
        Case(group, "settle_all, every line", lambda: settle_all(seller, credits, period=months[0])),
        Case(group, "its ledgers", lambda: paid.ledgers),
        Case(
            group,
            f"{len(notes):,} notes, a month later",
            lambda: settle_all(seller, notes, period=months[1], prior=ledgers, payees=list(ledgers)),
        ),
    ]


def timed(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def peak(work: Callable[[], object]) -> float:
    """Megabytes allocated at the most while it runs (numpy reports its arrays too)."""
    tracemalloc.start()
    work()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1e6


def main(rounds: int) -> None:
    cases = [*paying(), *simulating(), *settling()]
    spent: list[list[float]] = [[] for _ in cases]
    for _ in range(rounds):
        for case, times in zip(cases, spent, strict=True):
            times.append(timed(case.work) * case.times)
    group, base = "", 1.0
    for case, times in zip(cases, spent, strict=True):
        if case.group != group:
            group, base = case.group, median(times)
            print(f"\n{group:42}{'median ms':>11}{'min ms':>10}{'ratio':>8}{'peak MB':>9}")
        print(
            f"{case.name:42}{median(times) * 1e3:11.2f}{min(times) * 1e3:10.2f}{median(times) / base:8.1f}"
            f"{peak(case.work):9.1f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
