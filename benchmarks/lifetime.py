"""Fitting BG/NBD and Gamma-Gamma, and forecasting with them: CDNOW, and a crowd simulated from the model.

Processor and wall time, the median of several rounds; nothing is subtracted. Where the `lifetimes` package is installed
(it needs an old numpy and pandas, so in another environment) its fit to the same customers stands beside; it is not a
dependency and is left out otherwise. That environment needs no salesplan: `--write DIR` saves the customers as .npy
files here, `--peer DIR` fits `lifetimes` to them there.

    python benchmarks/lifetime.py [customers] [rounds]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np

CDNOW = Path(__file__).resolve().parents[1] / "examples" / "data" / "cdnow_sample.txt"
TRUE = {"r": 0.25, "alpha": 4.5, "a": 0.8, "b": 2.5}
LAST = "1997-09-30"


def crowd(size: int, generator: np.random.Generator) -> dict[str, Any]:
    """Customers who buy as the model says, for 1 to 3 years, in days; their spending is gamma-gamma."""
    age = generator.integers(30, 1095, size)
    rate = generator.gamma(TRUE["r"], 1 / TRUE["alpha"], size) / 7
    leaves = generator.beta(TRUE["a"], TRUE["b"], size)
    now, last, repeats = np.zeros(size), np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    there = np.arange(size)
    while len(there):
        now[there] += generator.exponential(1, len(there)) / np.maximum(rate[there], 1e-300)
        there = there[now[there] < age[there]]
        day = now[there].astype(np.int64) + 1
        repeats[there] += day > last[there]  # several orders on one day are one
        last[there] = day
        there = there[generator.random(len(there)) >= leaves[there]]
    own = generator.gamma(3.75, 1 / 15.4, size)
    money = np.where(repeats > 0, generator.gamma(6.25 * np.maximum(repeats, 1)) / own / np.maximum(repeats, 1), 0.0)
    return {
        "repeat_days": repeats,
        "last_repeat": last,
        "age": age,
        "mean_money": np.maximum(money, 1e-6 * (repeats > 0)),
    }


def cdnow() -> dict[str, Any]:
    """The 2,357 customers of the sample, to the end of September 1997."""
    table = np.array([line.split() for line in CDNOW.read_text(encoding="ascii").splitlines()])
    text = table[:, 2]
    days = np.array([f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in text], dtype="datetime64[D]")
    columns: dict[str, list[float]] = {"repeat_days": [], "last_repeat": [], "age": [], "mean_money": []}
    for customer in np.unique(table[:, 1]):
        mine = (table[:, 1] == customer) & (days <= np.datetime64(LAST))
        bought = np.unique(days[mine])
        money = sum(float(spent) for spent in table[mine & (days > bought[0]), 4])
        columns["repeat_days"].append(len(bought) - 1)
        columns["last_repeat"].append(int((bought[-1] - bought[0]).astype(int)))
        columns["age"].append(int((np.datetime64(LAST) - bought[0]).astype(int)))
        columns["mean_money"].append(money / max(len(bought) - 1, 1))
    return {name: np.array(column) for name, column in columns.items()}


def timed(rounds: int, work: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of the clock and of the processor."""
    clock, processor = [], []
    for _ in range(rounds):
        began, spent = perf_counter(), process_time()
        work()
        clock.append(perf_counter() - began)
        processor.append(process_time() - spent)
    return median(clock), median(processor)


def show(name: str, times: tuple[float, float]) -> None:
    print(f"{name:44}{times[0]:10.4f}{times[1]:10.4f}")


def ours(name: str, columns: dict[str, Any], rounds: int) -> None:
    from salesplan.rate import Rate
    from salesplan.segmentation.bgnbd import BgNbd
    from salesplan.segmentation.gamma_gamma import GammaGamma
    from salesplan.segmentation.lifetime import lifetime_value

    bought = {key: columns[key] for key in ("repeat_days", "last_repeat", "age")}
    spent = {key: columns[key] for key in ("repeat_days", "mean_money")}
    fit, money = BgNbd.fit(**bought, unit_days=7), GammaGamma.fit(**spent)
    model, money_model = fit.require_model(), money.require_model()
    show(f"{name}: BG/NBD, {fit.iterations} steps", timed(rounds, lambda: BgNbd.fit(**bought, unit_days=7)))
    show(f"{name}: Gamma-Gamma, {money.iterations} steps", timed(rounds, lambda: GammaGamma.fit(**spent)))
    show(f"{name}: still customers", timed(rounds, lambda: model.alive(**bought)))
    show(f"{name}: orders of 90 days", timed(rounds, lambda: model.expected_orders(horizon=90, **bought)))
    show(
        f"{name}: value of 12 x 30 days",
        timed(
            rounds,
            lambda: lifetime_value(
                model, money_model, **columns, periods=12, period_days=30, discount=Rate(1, 100), margin=Rate(3, 10)
            ),
        ),
    )
    print("   ", {key: round(value, 6) for key, value in model.parameters.items()}, f"{fit.log_likelihood:.4f}")


def theirs(name: str, columns: dict[str, Any], rounds: int) -> None:
    try:
        from lifetimes import BetaGeoFitter  # type: ignore[import-not-found]
    except ImportError:
        return

    def fit() -> Any:
        return BetaGeoFitter().fit(columns["repeat_days"], columns["last_repeat"] / 7, columns["age"] / 7)

    show(f"{name}: BG/NBD, lifetimes", timed(rounds, fit))
    print("   ", {key: round(float(value), 6) for key, value in fit().params_.items()})


def main(arguments: list[str]) -> None:
    if arguments[:1] != ["--write"]:
        print(f"{'':44}{'wall s':>10}{'CPU s':>10}")
    if arguments[:1] == ["--peer"]:
        for path in sorted(Path(arguments[1]).glob("*.npy")):
            table = np.load(path)
            theirs(path.stem, dict(zip(("repeat_days", "last_repeat", "age", "mean_money"), table.T, strict=True)), 3)
        return
    write = arguments[:1] == ["--write"]
    size = int(arguments[0]) if arguments and not write else 1_000_000
    rounds = int(arguments[1]) if arguments[1:] and not write else 5
    for name, columns in (("CDNOW", cdnow()), (f"{size:,}", crowd(size, np.random.default_rng(7)))):
        if write:
            np.save(Path(arguments[1]) / f"{name}.npy", np.column_stack([*columns.values()]))
            continue
        ours(name, columns, rounds)
        theirs(name, columns, rounds)


if __name__ == "__main__":
    main(sys.argv[1:])
