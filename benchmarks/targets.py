"""Splitting a target with both margins exact, next to what it would be to round every row by itself.

The naive row is a float outer product, each row rounded to whole units by largest remainder in numpy: rows are exact,
columns are not (the error printed). Nothing is subtracted; everything runs in this one process, interleaved.

    python benchmarks/targets.py [rounds]
"""

from __future__ import annotations

import random
import sys
import tracemalloc
from collections.abc import Callable
from datetime import date
from statistics import median
from time import perf_counter

import numpy as np

from salesplan.calendar import FiscalCalendar, Periods
from salesplan.money import Money
from salesplan.rate import Rate
from salesplan.targets import Hierarchy, Node, Pin, Ramp, TargetPlan, decompose

TOTAL = Money.of("1000000000", "CNY")


def five_levels(sellers: int) -> Hierarchy:
    """Company, 5 regions, 25 areas, 200 teams, sellers."""
    parents: dict[str, str | None] = {"company": None}
    for number in range(sellers):
        team = number * 200 // sellers
        area, region = team // 8, team // 40
        parents.setdefault(f"region {region}", "company")
        parents.setdefault(f"area {area:02}", f"region {region}")
        parents.setdefault(f"team {team:03}", f"area {area:02}")
        parents[f"seller {number:05}"] = f"team {team:03}"
    return Hierarchy.of(parents)


def naive(weights: list[int], seasons: list[int]) -> int:
    """Row by row; returns by how many units the worst column is off."""
    total = TOTAL.minor
    table = np.outer(np.array(weights) / sum(weights), np.array(seasons) / sum(seasons)) * total
    rows = np.round(table.sum(axis=1))
    down = np.floor(table)
    lacking = (rows - down.sum(axis=1)).astype(int)
    rank = np.argsort(np.argsort(down - table, axis=1), axis=1)
    down += rank < lacking[:, None]
    wanted = np.round(np.array(seasons) / sum(seasons) * total)
    return int(np.abs(down.sum(axis=0) - wanted).max())


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
    chance = random.Random(7)
    year = FiscalCalendar.calendar_year(2026)
    flat = Hierarchy.flat([f"seller {at:04}" for at in range(1000)], root="company")
    deep = five_levels(10_000)
    weights = {name: chance.randint(50, 150) for name in (*flat.leaves, *deep.leaves)}
    of_flat = {name: weights[name] for name in flat.leaves}
    of_deep = {name: weights[name] for name in deep.leaves}
    seasons = [chance.randint(5, 15) for _ in range(12)]
    newcomers = Hierarchy(
        [
            Node(node.id, node.parent, starts=date(2026, 3, 10), ramp=Ramp.percent("25", "50", "75"))
            if node.id in of_deep and at % 10 == 0
            else node
            for at, node in enumerate(deep.nodes)
        ]
    )
    months, weeks = year.months, year.weeks

    def split(people: Hierarchy, periods: Periods, potential: dict[str, int]) -> TargetPlan:
        return decompose(TOTAL, people, periods, potential=potential)

    few = Money.of("100000", "JPY")
    pins = [Pin(name, Money.of("5000", "CNY"), weeks[10].label) for name in deep.leaves[::100]]
    cases: dict[str, Callable[[], object]] = {
        "1,000 x 12, rows rounded alone": lambda: naive([*of_flat.values()], seasons),
        "1,000 x 12": lambda: decompose(TOTAL, flat, months, potential=of_flat, seasonality=seasons),
        "10,000 x 53, 5 levels": lambda: split(deep, weeks, of_deep),
        "the same, a tenth on a ramp": lambda: split(newcomers, weeks, of_deep),
        "the same, 100 pins": lambda: decompose(TOTAL, deep, weeks, potential=of_deep, pins=pins),
        "the same, cells under 1 unit": lambda: decompose(few, deep, weeks, potential=of_deep),
        "the same, 5 % more a level": lambda: decompose(
            TOTAL, deep, weeks, potential=of_deep, over_assignment=[Rate.percent("105")] * 4
        ),
    }
    spent: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, work in cases.items():
            spent[name].append(timed(work))
    base = median(spent["1,000 x 12, rows rounded alone"])
    print(f"{'':34}{'median ms':>11}{'min ms':>9}{'ratio':>8}{'peak MB':>9}")
    for name, times in spent.items():
        print(
            f"{name:34}{median(times) * 1e3:11.2f}{min(times) * 1e3:9.2f}{median(times) / base:8.1f}"
            f"{peak(cases[name]):9.1f}"
        )
    print(f"rows rounded alone: the worst month is off by {naive([*of_flat.values()], seasons)} fen; decompose: by 0")
    plan = split(deep, weeks, of_deep)
    print(f"a plan of 10,000 x 53 holds {plan.cells.nbytes / 1e6:.1f} MB of cells and as much of sums")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
