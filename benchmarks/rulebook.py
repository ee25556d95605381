"""How long 10,000 promotions take to read, write and name, next to calling their constructors by hand.

Each promotion has a two-tier ladder, a spend condition and a window: some 30 values, all amounts different.
"constructors" builds the same set from the same texts with direct calls, which is the least that reading can take;
"coupons" reads plain ones of ten values; "json" parses and prints the text. The rounds are interleaved, so that a slow
moment of the machine falls on all of them.

    python benchmarks/rulebook.py [promotions] [rounds]
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from datetime import datetime
from statistics import median
from time import perf_counter
from typing import Any

from salesplan.ladder import Boundary, Ladder, Step
from salesplan.money import Currency, Money
from salesplan.pricing import Basis, Phase, Promotion, PromotionSet, SpendAndSave, SpendAtLeast
from salesplan.rulebook import fingerprint, from_data, to_data
from salesplan.window import Window

CNY = Currency.iso("CNY")


def promotion_data(number: int) -> dict[str, Any]:
    """The data of one promotion; amounts differ from one to the next."""

    def money(minor: int) -> dict[str, str]:
        return {"amount": f"{minor // 100}.{minor % 100:02}", "currency": "CNY"}

    return {
        "id": f"promotion-{number:06}",
        "benefit": {
            "kind": "spend_and_save",
            "tiers": {
                "steps": [
                    {"threshold": money(30_000 + number), "value": money(5_000 + number)},
                    {"threshold": money(60_000 + number), "value": money(12_000 + number)},
                ],
                "boundary": "lower_inclusive",
            },
            "basis": "running",
        },
        "code": f"CODE{number}",
        "phase": "coupon",
        "priority": number % 7 + 1,
        "conditions": [{"kind": "spend_at_least", "amount": money(10_000 + number), "basis": "list"}],
        "window": {"kind": "window", "start": "2026-11-11T00:00:00Z", "end": "2026-11-12T00:00:00Z"},
    }


def coupon_data(number: int) -> dict[str, Any]:
    """The data of a plain coupon: ten values."""
    return {
        "id": f"coupon-{number:06}",
        "benefit": {"kind": "percent_off", "off": "10%"},
        "code": f"CODE{number}",
        "phase": "coupon",
        "conditions": [
            {
                "kind": "spend_at_least",
                "amount": {"amount": f"{number % 50 * 10 + 10}.00", "currency": "CNY"},
                "basis": "list",
            }
        ],
    }


def built_by_hand(data: dict[str, Any]) -> PromotionSet:
    """The same set by direct calls, trusting the data."""

    def money(at: dict[str, str]) -> Money:
        return Money.of(at["amount"], CNY)

    def promotion(at: dict[str, Any]) -> Promotion:
        tiers = at["benefit"]["tiers"]["steps"]
        (spend,) = at["conditions"]
        return Promotion(
            at["id"],
            SpendAndSave(
                Ladder(
                    tuple(Step(money(step["threshold"]), money(step["value"])) for step in tiers),
                    boundary=Boundary.LOWER_INCLUSIVE,
                ),
                basis=Basis.RUNNING,
            ),
            code=at["code"],
            phase=Phase(at["phase"]),
            priority=at["priority"],
            conditions=(SpendAtLeast(money(spend["amount"]), basis=Basis.LIST),),
            window=Window(datetime.fromisoformat(at["window"]["start"]), datetime.fromisoformat(at["window"]["end"])),
        )

    return PromotionSet(tuple(promotion(at) for at in data["promotions"]))


def main(promotions: int, rounds: int) -> None:
    items = [promotion_data(number) for number in range(promotions)]
    data: dict[str, Any] = {"schema": 1, "kind": "promotion_set", "promotions": items}
    plain = [coupon_data(number) for number in range(promotions)]
    coupons = {"schema": 1, "kind": "promotion_set", "promotions": plain}
    text = json.dumps(data)
    rules = from_data(data, PromotionSet)
    assert rules == built_by_hand(data)
    assert to_data(rules) == data
    work: dict[str, Callable[[], object]] = {
        "constructors": lambda: built_by_hand(data),
        "from_data": lambda: from_data(data, PromotionSet),
        "from_data, coupons": lambda: from_data(coupons, PromotionSet),
        "to_data": lambda: to_data(rules),
        "fingerprint": lambda: fingerprint(rules),
        "json.loads": lambda: json.loads(text),
        "json.dumps": lambda: json.dumps(data),
    }
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, call in work.items():
            gc.collect()
            began = perf_counter()
            call()
            times[name].append(perf_counter() - began)
    base = min(times["constructors"])
    print(f"{promotions:,} promotions{'min s':>14}{'median s':>12}{'x constructors':>17}")
    for name, spent in times.items():
        print(f"{name:20}{min(spent):10.3f}{median(spent):12.3f}{min(spent) / base:17.2f}")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*given, *(10_000, 7)[len(given) :])
