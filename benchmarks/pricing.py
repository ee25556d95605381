"""How fast carts are priced with the full proof kept, next to a bare integer loop that keeps nothing; one core.

    python benchmarks/pricing.py [repeats]

Machines differ and share their cores, so read the ratios: each pair of figures is taken in turns and the best turn of
each counts. "kept" prices the carts: every outcome, share and number of the proof is there as integers. "read" also
turns all of them into values (applied, refused, lines). The bare loop is the least that Python can do: one
spend-and-save after the other over plain lists, largest remainder by sorting, no checks, no reasons. Known peers, on a
quiet machine where such a loop makes 203,751 / 26,939 / 6,074 carts a second: Medusa 2.21 makes 23,105 / 1,407 / 192.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from random import Random
from statistics import median
from time import perf_counter

from salesplan.money import Money
from salesplan.pricing import (
    AmountOff,
    Basis,
    Benefit,
    Cart,
    CartLine,
    PercentOff,
    Phase,
    Policy,
    Promotion,
    PromotionSet,
    Scope,
    Selection,
    SpendAndSave,
    SpendAtLeast,
    price,
)
from salesplan.rate import Rate

AT = datetime(2026, 11, 11, tzinfo=UTC)
THRESHOLD, SAVING = 2000, 101
SIZES = ((5, 1, 4000), (5, 10, 800), (50, 10, 120))


def bare(carts: list[list[int]], promotions: int) -> int:
    """The bare loop; the sum of all totals."""
    paid = 0
    for prices in carts:
        net = prices
        for _ in range(promotions):
            whole = sum(net)
            if whole >= THRESHOLD:
                amount = min(SAVING, whole)
                shares = [value * amount // whole for value in net]
                left = amount - sum(shares)
                if left:
                    rests = [(-(value * amount % whole), at) for at, value in enumerate(net)]
                    for _, at in sorted(rests)[:left]:
                        shares[at] += 1
                net = [value - share for value, share in zip(net, shares, strict=True)]
        paid += sum(net)
    return paid


def kept(carts: list[Cart], promotions: PromotionSet) -> int:
    """Carts priced, their proof kept as integers."""
    paid = 0
    for cart in carts:
        paid += sum(price(cart, promotions, at=AT).net)
    return paid


def read(carts: list[Cart], promotions: PromotionSet) -> int:
    """Carts priced and every part of the proof turned into values."""
    paid = 0
    for cart in carts:
        priced = price(cart, promotions, at=AT)
        assert len(priced.applied) + len(priced.refused) + len(priced.not_chosen) == len(promotions)
        paid += sum(line.net.minor for line in priced.lines)
    return paid


def build(carts: list[list[int]]) -> list[Cart]:
    """Carts from integers, with every check."""
    return [
        Cart([CartLine(f"sku-{at:02}", Money.from_minor(value, "USD")) for at, value in enumerate(prices)])
        for prices in carts
    ]


def offers(count: int) -> PromotionSet:
    """Stackable spend-and-save promotions."""
    tiers = {Money(THRESHOLD, USD): Money(SAVING, USD)}
    return PromotionSet([Promotion(f"p{at:02}", SpendAndSave(tiers, basis=Basis.RUNNING)) for at in range(count)])


def coupons(random: Random, count: int, groups: int) -> PromotionSet:
    """Coupons of mixed kinds, scopes, thresholds and caps, one per group."""
    found = []
    kinds: list[Benefit]
    for at in range(count):
        size = random.randint(1, 5)
        scope = Scope() if random.random() < 0.4 else Scope(skus=random.sample([f"sku-{n:02}" for n in range(5)], size))
        threshold = random.choice([0, 0, 5000, 10000, 20000])
        basis = random.choice([Basis.LIST, Basis.RUNNING])
        cap = random.choice([None, None, Money(1500, USD)])
        percent = PercentOff(Rate(random.choice([3, 5, 10, 15, 20]), 100), cap=cap)
        amount = AmountOff(Money(random.choice([200, 500, 1000, 3000]), USD))
        kinds = [percent, amount]
        found.append(
            Promotion(
                f"c{at:02}",
                random.choice(kinds),
                phase=random.choice([Phase.ORDER, Phase.COUPON, Phase.PLATFORM]),
                group=f"g{random.randrange(groups)}",
                scope=scope,
                conditions=[SpendAtLeast(Money(threshold, USD), basis=basis)] if threshold else [],
            )
        )
    return PromotionSet(found)


USD = Money.from_minor(0, "USD").currency


def best(call: Callable[[], int], other: Callable[[], int], repeats: int) -> tuple[float, float]:
    """Seconds of two calls taken in turns, each at its best; their results must agree."""
    seconds = [float("inf"), float("inf")]
    for _ in range(repeats):
        results = []
        for at, each in enumerate((call, other)):
            began = perf_counter()
            results.append(each())
            seconds[at] = min(seconds[at], perf_counter() - began)
        assert results[0] == results[1], results
    return seconds[0], seconds[1]


def carts_a_second(repeats: int) -> None:
    """The three sizes, kept and read, against the bare loop."""
    print(f"{'lines x promotions':20}{'bare/s':>10}{'kept/s':>10}{'ratio':>8}{'read/s':>10}{'ratio':>8}{'build/s':>10}")
    for lines, promotions, count in SIZES:
        random = Random(lines * 100 + promotions)
        integers = [[random.randint(99, 50_000) for _ in range(lines)] for _ in range(count)]
        carts, rules = build(integers), offers(promotions)
        base, full = best(partial(bare, integers, promotions), partial(kept, carts, rules), repeats)
        base2, shown = best(partial(bare, integers, promotions), partial(read, carts, rules), max(2, repeats // 3))
        began = perf_counter()
        build(integers)
        built = perf_counter() - began
        print(
            f"{f'{lines} x {promotions}':20}{count / base:10,.0f}{count / full:10,.0f}{base / full:8.2f}"
            f"{count / shown:10,.0f}{base2 / shown:8.2f}{count / built:10,.0f}"
        )


def best_stacks(repeats: int) -> None:
    """The exact best stack of many coupons, certified, and what priority order loses against it."""
    print(f"\n{'coupons':>8}{'groups':>8}{'median ms':>11}{'max ms':>9}{'nodes':>8}{'proven':>8}{'priority loses':>16}")
    for count, groups in ((20, 5), (30, 5), (50, 6)):
        random = Random(count)
        policy = Policy(selection=Selection.BEST_STACK, search_budget=1_000_000)
        times, nodes, proven, lost, saved = [], [], 0, 0, 0
        for _ in range(25):
            rules = coupons(random, count, groups)
            cart = build([[random.randint(500, 20_000) for _ in range(5)]])[0]
            rules.book(policy)
            fastest = float("inf")
            for _ in range(repeats):
                began = perf_counter()
                priced = price(cart, rules, at=AT, policy=policy)
                fastest = min(fastest, perf_counter() - began)
            assert priced.certificate is not None
            times.append(fastest)
            nodes.append(priced.certificate.nodes)
            proven += priced.certificate.is_optimal
            saved += priced.saving.minor
            lost += priced.saving.minor - price(cart, rules, at=AT).saving.minor
        print(
            f"{count:8}{groups:8}{median(times) * 1e3:11.2f}{max(times) * 1e3:9.2f}{median(nodes):8.0f}"
            f"{f'{proven}/25':>8}{f'{100 * lost // saved} %':>16}"
        )


if __name__ == "__main__":
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    carts_a_second(turns)
    best_stacks(max(2, turns // 3))
