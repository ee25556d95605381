"""Counting pairs of courses over baskets, next to a plain loop and the packages that mine association rules.

200,000 baskets, 200 courses of very different popularity, 3.85 rows a basket. The loop is `Counter(combinations(...))`
over baskets that are already lists; the packages get their own favourite form (lists of tuples; a table of booleans)
ready made, and stop at pairs in a thousandth of the baskets, where ours keeps all. What is not installed is left out.
Nothing is subtracted; everything runs in this one process, interleaved. All must count the same.

    python benchmarks/baskets.py [rounds] [apriori]        the last word adds mlxtend's apriori, a minute a round
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from importlib import import_module
from itertools import combinations
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from salesplan.rate import Rate
from salesplan.segmentation.association import associate
from salesplan.segmentation.baskets import count_pairs
from salesplan.segmentation.sequences import count_sequences

BASKETS, COURSES = 200_000, 200
SUPPORT = Rate(1, 1000)

Pairs = dict[tuple[int, int], int]


def rows() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Baskets and courses, a row each, in no order."""
    chance = np.random.default_rng(7)
    basket = np.repeat(np.arange(BASKETS), 1 + chance.poisson(2.85, BASKETS))
    weight = 1 / np.arange(1, COURSES + 1) ** 0.7
    course = chance.choice(COURSES, size=basket.size, p=weight / weight.sum())
    order = chance.permutation(basket.size)
    return basket[order], course[order]


def ours(basket: Any, course: Any) -> Pairs:
    counts = count_pairs(basket=basket, item=course)
    return {
        (first, then): many
        for (first, then), many in zip(counts.pairs.tolist(), counts.pair_counts.tolist(), strict=True)
    }


def loop(held: list[list[int]]) -> Pairs:
    return Counter(pair for items in held for pair in combinations(items, 2))


def package(name: str) -> Any:
    """The module, or None where it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        return None


def one_hot(held: list[list[int]]) -> Any:
    table = np.zeros((len(held), COURSES), dtype=bool)
    for at, items in enumerate(held):
        table[at, items] = True
    return import_module("pandas").DataFrame(table, columns=range(COURSES))


def of_frame(found: Any) -> Pairs:
    return {
        (min(items), max(items)): round(support * BASKETS)
        for items, support in zip(found["itemsets"], found["support"], strict=True)
        if len(items) == 2
    }


def peers(held: list[list[int]], words: list[str]) -> dict[str, Callable[[], Pairs]]:
    least = SUPPORT.numerator / SUPPORT.denominator
    cases: dict[str, Callable[[], Pairs]] = {}
    efficient = package("efficient_apriori")
    if efficient is not None:
        tuples = [tuple(items) for items in held]
        cases["efficient-apriori, pairs"] = lambda: dict(efficient.itemsets_from_transactions(tuples, least, 2)[0][2])
    mining = package("mlxtend.frequent_patterns")
    if mining is not None:
        table = one_hot(held)
        cases["mlxtend fpgrowth, pairs"] = lambda: of_frame(mining.fpgrowth(table, least, max_len=2, use_colnames=True))
        if "apriori" in words:
            cases["mlxtend apriori, pairs"] = lambda: of_frame(
                mining.apriori(table, least, max_len=2, use_colnames=True)
            )
    return cases


def main(rounds: int, words: list[str]) -> None:
    basket, course = rows()
    held: list[set[int]] = [set() for _ in range(BASKETS)]
    for at, item in zip(basket.tolist(), course.tolist(), strict=True):
        held[at].add(item)
    lists = [sorted(items) for items in held]
    by_basket = np.lexsort([course, basket])
    tidy = basket[by_basket], course[by_basket]
    days = np.datetime64("2025-01-01") + np.random.default_rng(8).integers(0, 500, basket.size)
    counts = count_pairs(basket=basket, item=course)
    cases: dict[str, Callable[[], Any]] = {
        "count_pairs": lambda: count_pairs(basket=basket, item=course),
        "count_pairs, rows by basket": lambda: count_pairs(basket=tidy[0], item=tidy[1]),
        "count_pairs, with triples": lambda: count_pairs(basket=basket, item=course, largest=3),
        "associate, support 1/1000": lambda: associate(counts, min_support=SUPPORT, min_confidence=Rate(1, 20)),
        "count_sequences, 90 days": lambda: count_sequences(
            customer=basket, item=course, day=days, within_days=90, as_of=date(2026, 5, 15)
        ),
        "Counter(combinations), lists ready": lambda: loop(lists),
    }
    others = peers(lists, words)
    spent: dict[str, list[float]] = {name: [] for name in (*cases, *others)}
    for at in range(rounds):
        for name, work in (*cases.items(), *(others.items() if at < 3 else ())):
            began = perf_counter()
            work()
            spent[name].append(perf_counter() - began)
    base = min(spent["count_pairs"])
    print(f"{basket.size:,} rows{'':24}{'median s':>10}{'min s':>9}{'ratio of min':>14}")
    for name, times in spent.items():
        print(f"{name:36}{median(times):10.3f}{min(times):9.3f}{min(times) / base:14.1f}")
    expected, frequent = loop(lists), BASKETS * SUPPORT.numerator // SUPPORT.denominator
    print(f"all {len(expected):,} pairs as the loop counts them: {ours(basket, course) == expected}")
    often = {pair: many for pair, many in expected.items() if many >= frequent}
    for name, work in others.items():
        print(f"{name}: the same {len(often):,} pairs: {work() == often}")


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    main(numbers[0] if numbers else 7, sys.argv[1:])
