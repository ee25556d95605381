"""The same answer everywhere: pickled, in threads, under any hash seed and decimal context."""

from __future__ import annotations

import copy
import decimal
import os
import pickle
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hypothesis import given, settings

import salesplan
from salesplan.pricing import PricedCart, PromotionSet, price
from tests.pricing.strategies import Situation, Tape, situation, situations

ROOT = Path(__file__).resolve().parents[2]


@given(situations())
def test_pickling_and_copying_change_nothing(asked: Situation) -> None:
    priced = asked.price()
    again: PricedCart = pickle.loads(pickle.dumps(priced))
    assert again == priced
    assert again.explain() == priced.explain()
    assert again.applied == priced.applied
    assert copy.deepcopy(priced) == priced
    assert pickle.loads(pickle.dumps(asked)).price() == priced


@given(situations())
def test_pricing_twice_gives_the_same(asked: Situation) -> None:
    rules = PromotionSet(asked.promotions)
    first = asked.price()
    for policy in (asked.policy, asked.under(search_budget=7).policy, asked.policy):
        last = price(asked.cart, rules, at=asked.at, shopper=asked.shopper, usage=asked.usage, policy=policy)
    assert last == first
    assert last.explain() == first.explain()


@given(situations())
def test_the_decimal_context_changes_nothing(asked: Situation) -> None:
    text = asked.price().explain()
    with decimal.localcontext(decimal.Context(prec=1, rounding=decimal.ROUND_UP)):
        assert asked.price().explain() == text


@settings(max_examples=max(5, settings().max_examples // 10))
@given(situations(most=6, size=300))
def test_threads_change_nothing(asked: Situation) -> None:
    rules = PromotionSet(asked.promotions)
    policies = [asked.policy, asked.under(search_budget=50).policy] * 4
    expected = [asked.price().total, asked.under(search_budget=50).price().total] * 4

    with ThreadPoolExecutor(4) as pool:
        totals = pool.map(
            lambda policy: (
                price(asked.cart, rules, at=asked.at, shopper=asked.shopper, usage=asked.usage, policy=policy).total
            ),
            policies,
        )
        assert list(totals) == expected


TELL = """
from tests.pricing.test_laws_everywhere import told
print(told())
"""


def told() -> str:
    """What a hundred carts explain; the hash seed must not show."""
    chance = random.Random(20261111)
    texts = []
    for _ in range(100):
        asked = situation(Tape(chance.randbytes(300)), most=6)
        priced = asked.price()
        texts += [priced.explain(), str(priced.receipt()), str(priced.to_columns()), str(priced.unmatched_codes)]
    return "\n".join(texts)


def test_the_hash_seed_changes_nothing() -> None:
    path = os.pathsep.join([str(Path(salesplan.__file__).parents[1]), str(ROOT)])
    texts = [
        subprocess.run(
            [sys.executable, "-c", TELL],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
            cwd=ROOT,
            capture_output=True,
            check=True,
            encoding="utf-8",
        ).stdout
        for seed in ("1", "2")
    ]
    assert len(texts[0]) > 10_000
    assert texts[0] == texts[1]
