"""RFM: what shuffled rows, dealt out parts and new thresholds do to scores; and summaries next to pandas and engines.

The claims are counted on CDNOW (2,357 customers). Then a random history: rows in memory as int32 ids, int32 days and
int64 minor units, in no order, to one row a customer and three quintile scores. The peers aggregate, and take the
scores from quantiles in numpy; their sums are checked against ours before anything is measured. salesplan and pandas
use one thread, polars and DuckDB all there are. Whatever of polars, duckdb and lifetimes is not installed is left out.
Everything runs in this one process, interleaved; ratios are to the first case of a group; the peak is what Python and
numpy allocated over the input, which says nothing of the engines.

    python benchmarks/segmentation.py [rounds [million rows]]
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial, reduce
from importlib import import_module
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, TypeAlias

import attrs
import numpy as np
import pandas as pd  # type: ignore[import-untyped]

from salesplan.columns import EpochDays, encode
from salesplan.errors import SalesplanError
from salesplan.segmentation.daily import DailyTotals
from salesplan.segmentation.scoring_rules import CutMethod, Nesting
from salesplan.segmentation.summarize import summarize
from salesplan.segmentation.summary import CustomerSummary, Detail
from salesplan.segmentation.thresholds import RfmThresholds

CDNOW = Path(__file__).resolve().parents[1] / "examples" / "data" / "cdnow_sample.txt"
AUTUMN, SUMMER = date(1997, 9, 30), date(1998, 6, 30)
EPOCH = date(1970, 1, 1)
FIRST_DAY, DAYS = 20_000, 730
AS_OF = EPOCH + timedelta(days=FIRST_DAY + DAYS)


@attrs.frozen
class Case:
    """One thing measured: its group, its name, the work, and whether its peak means anything."""

    group: str
    name: str
    work: Callable[[], object]
    traced: bool = True


# --- claims on CDNOW -----------------------------------------------------------------------------------------


def cdnow() -> dict[str, Any]:
    lines = [line.split() for line in CDNOW.read_text(encoding="ascii").splitlines()]
    return {
        "customer": np.array([int(line[1]) for line in lines]),
        "day": np.array([date.fromisoformat(line[2]) for line in lines], dtype="M8[D]"),
        "amount": np.array([int(line[4].replace(".", "")) for line in lines]),
    }


def recipe(frequency: Any) -> Any:
    """The common way to quintiles where `qcut` alone refuses ties."""
    return pd.qcut(frequency.rank(method="first"), 5, labels=[1, 2, 3, 4, 5]).sort_index()


def claims() -> None:
    rows = cdnow()
    summary = summarize(**rows, as_of=AUTUMN, detail=Detail.REPEAT)
    orders = pd.Series(summary.orders, index=summary.customer)
    order = np.random.RandomState(0).permutation(len(orders))
    moved = int((recipe(orders) != recipe(orders.iloc[order])).sum())
    dealt = np.random.RandomState(0).permutation(len(rows["amount"]))
    again = summarize(**{name: column[dealt] for name, column in rows.items()}, as_of=AUTUMN, detail=Detail.REPEAT)
    ours = [RfmThresholds.fit(each).score(each) for each in (summary, again)]
    changed = int((ours[0].f != ours[1].f).sum())
    print(f"rows shuffled, seed 0: F scores changed of {len(summary):,} customers")
    print(f"    rank(method='first') and qcut {moved:>8,} ({moved / len(summary):.0%})")
    print(f"    salesplan                     {changed:>8,}")

    later = summarize(**rows, as_of=SUMMER)
    fitted = RfmThresholds.fit(summary)
    first, kept, refit = fitted.score(summary), fitted.score(later), RfmThresholds.fit(later).score(later)
    print(f"{AUTUMN} to {SUMMER}, nobody spent less: customers who lost an M score, an F score")
    print(f"    thresholds fitted again       {(refit.m < first.m).sum():>8,} {(refit.f < first.f).sum():>6,}")
    print(f"    thresholds kept               {(kept.m < first.m).sum():>8,} {(kept.f < first.f).sum():>6,}")

    print("rows dealt out to parts, seed 0: customers with wrong purchase days where those of the parts are added")
    for many in (2, 8, 64):
        part_of = np.random.RandomState(0).randint(0, many, len(rows["amount"]))
        dealt_out = [{name: column[part_of == at] for name, column in rows.items()} for at in range(many)]
        parts = [summarize(**part, as_of=AUTUMN, detail=Detail.REPEAT) for part in dealt_out]
        added = pd.concat([pd.Series(part.purchase_days, index=part.customer) for part in parts]).groupby(level=0).sum()
        wrong = int((added.to_numpy() != summary.purchase_days).sum())
        try:
            answer = str(merged(parts) == summary)
        except SalesplanError as error:
            answer = f"refused ({error.code})"
        totals = merged([DailyTotals.of(**part) for part in dealt_out])
        exact = totals.summarize(as_of=AUTUMN, detail=Detail.REPEAT) == summary
        print(f"    {many:>2} parts {wrong:>6,}; merging summaries: {answer}; DailyTotals, the same bytes: {exact}")


def merged(parts: list[Any]) -> Any:
    return reduce(lambda left, right: left.merge(right), parts)


# --- speed ---------------------------------------------------------------------------------------------------


def history(rows: int, customers: int) -> dict[str, Any]:
    chance = np.random.default_rng(7)
    return {
        "customer": chance.integers(0, customers, rows, dtype=np.int32),
        "day": chance.integers(FIRST_DAY, FIRST_DAY + DAYS, rows, dtype=np.int32),
        "amount": chance.integers(100, 100_000, rows),
    }


def columns(rows: dict[str, Any]) -> dict[str, Any]:
    return rows | {"day": EpochDays(rows["day"]), "as_of": AS_OF}


def scored(summary: CustomerSummary) -> object:
    return RfmThresholds.fit(summary).score(summary)


def quintiles(last: Any, orders: Any, money: Any) -> list[Any]:
    """Three scores of columns that are aggregated already."""
    parts = [0.2, 0.4, 0.6, 0.8]
    days = (FIRST_DAY + DAYS) - np.asarray(last)
    recency = 5 - np.searchsorted(np.quantile(days, parts), days)
    return [recency, *(1 + np.searchsorted(np.quantile(each, parts), each) for each in (orders, money))]


def by_pandas(rows: dict[str, Any]) -> tuple[Any, Any, Any]:
    table = pd.DataFrame(rows, copy=False).groupby("customer")
    found = table.agg(last=("day", "max"), orders=("amount", "size"), money=("amount", "sum"))
    return found["last"].to_numpy(), found["orders"].to_numpy(), found["money"].to_numpy()


Aggregate: TypeAlias = Callable[[], tuple[Any, Any, Any]]


def by_polars(rows: dict[str, Any]) -> tuple[str, Aggregate]:
    pl: Any = import_module("polars")
    table = pl.DataFrame(rows)

    def aggregate() -> tuple[Any, Any, Any]:
        orders = table.group_by("customer")
        found = orders.agg(last=pl.col("day").max(), orders=pl.len(), money=pl.col("amount").sum())
        return found["last"].to_numpy(), found["orders"].to_numpy(), found["money"].to_numpy()

    return f"polars, {pl.thread_pool_size()} threads", aggregate


def by_duckdb(rows: dict[str, Any]) -> tuple[str, Aggregate]:
    connection = import_module("duckdb").connect()
    connection.register("frame", pd.DataFrame(rows, copy=False))
    connection.execute("create table rows as select * from frame")
    (threads,) = connection.execute("select current_setting('threads')").fetchone()

    def aggregate() -> tuple[Any, Any, Any]:
        found = connection.execute(
            "select max(day) as last, count(*) as orders, sum(amount)::bigint as money from rows group by customer"
        ).fetchnumpy()
        return found["last"], found["orders"], found["money"]

    return f"duckdb, {threads} threads", aggregate


def peers(rows: dict[str, Any], group: str, sums: list[int]) -> list[Case]:
    found: list[tuple[str, Aggregate]] = [("pandas", lambda: by_pandas(rows))]
    for name, prepare in (("polars", by_polars), ("duckdb", by_duckdb)):
        try:
            found.append(prepare(rows))
        except ImportError:
            print(f"{name} is not installed and left out")
    for name, aggregate in found:
        assert [int(np.asarray(each).sum()) for each in aggregate()] == sums, name
    return [Case(group, name, partial(all_of, aggregate), name == "pandas") for name, aggregate in found]


def all_of(aggregate: Aggregate) -> object:
    return quintiles(*aggregate())


def repeat_buyers(rows: dict[str, Any], group: str) -> list[Case]:
    """lifetimes, on a tenth of the customers: it takes too long on all."""
    try:
        summary_of = import_module("lifetimes.utils").summary_data_from_transaction_data
    except ImportError:
        print("lifetimes is not installed, or not with this numpy, and left out")
        return []
    table = pd.DataFrame({"customer": rows["customer"], "day": pd.to_datetime(rows["day"], unit="D")})
    table["amount"] = rows["amount"] / 100
    end = pd.Timestamp(AS_OF)

    def theirs() -> Any:
        return summary_of(table, "customer", "day", "amount", observation_period_end=end)

    ours = summarize(**columns(rows), detail=Detail.REPEAT)
    try:
        found = theirs()
    except Exception as error:
        print(f"lifetimes does not run with these versions and is left out: {type(error).__name__}")
        return []
    assert int(found["frequency"].sum()) == int(ours.repeat_days.sum())
    return [Case(group, "lifetimes", theirs)]


def speed(million: float) -> list[Case]:
    many, customers = int(million * 10**6), int(million * 10**5)
    rows = history(many, customers)
    by_day = {name: column[np.argsort(rows["day"], kind="stable")] for name, column in rows.items()}
    by_customer = {name: column[np.argsort(rows["customer"], kind="stable")] for name, column in rows.items()}
    sparse = rows | {"customer": rows["customer"].astype(np.int64) * 1_000_003}
    alone = rows | {"customer": np.random.default_rng(7).permutation(many).astype(np.int32)}
    summary = summarize(**columns(rows))
    group = f"{many:,} rows, {customers:,} customers"
    sums = [int(each.sum()) for each in (summary.last_day, summary.orders, summary.money)]
    eighth = [{name: column[at::8] for name, column in rows.items()} for at in range(8)]
    parts = [summarize(**columns(part)) for part in eighth]
    assert merged(parts) == summary
    tenth = {name: column[rows["customer"] < customers // 10] for name, column in rows.items()}
    few = {name: column[: many // 10] for name, column in rows.items()}
    texts = [f"customer {each}" for each in few["customer"].tolist()]
    repeat = f"{len(tenth['amount']):,} rows, repeat purchase"
    state = f"{len(few['amount']):,} rows"
    return [
        Case(group, "salesplan, summary and scores", lambda: scored(summarize(**columns(rows)))),
        *peers(rows, group, sums),
        Case(f"{group}, salesplan", "summary and scores", lambda: scored(summarize(**columns(rows)))),
        Case(f"{group}, salesplan", "the summary alone", lambda: summarize(**columns(rows))),
        Case(f"{group}, salesplan", "rows sorted by day", lambda: summarize(**columns(by_day))),
        Case(f"{group}, salesplan", "rows sorted by customer", lambda: summarize(**columns(by_customer))),
        Case(f"{group}, salesplan", "with purchase days", lambda: summarize(**columns(rows), detail=Detail.REPEAT)),
        Case(f"{group}, salesplan", "codes that are far apart", lambda: summarize(**columns(sparse))),
        Case(f"{group}, salesplan", "as many customers as rows", lambda: summarize(**columns(alone))),
        Case(f"{group}, salesplan", "the thresholds alone", lambda: RfmThresholds.fit(summary)),
        Case(
            f"{group}, salesplan",
            "linear, nested, and scores",
            lambda: RfmThresholds.fit(summary, method=CutMethod.LINEAR, nesting=Nesting.NESTED).score(summary),
        ),
        Case(f"{group}, salesplan", "8 summaries merged", lambda: merged(parts)),
        Case(repeat, "salesplan", lambda: summarize(**columns(tenth), detail=Detail.REPEAT)),
        *repeat_buyers(tenth, repeat),
        Case(state, "the summary, codes in hand", lambda: summarize(**columns(few))),
        Case(state, "encode, names as texts", lambda: encode(texts, name="customer", code="bench")),
        Case(
            state,
            "DailyTotals",
            lambda: DailyTotals.of(customer=few["customer"], day=EpochDays(few["day"]), amount=few["amount"]),
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


def main(rounds: int, million: float) -> None:
    claims()
    cases = speed(million)
    spent: list[list[float]] = [[] for _ in cases]
    for _ in range(rounds):
        for case, times in zip(cases, spent, strict=True):
            times.append(timed(case.work))
    group, base = "", 1.0
    for case, times in zip(cases, spent, strict=True):
        if case.group != group:
            group, base = case.group, median(times)
            print(f"\n{group:48}{'median ms':>11}{'min ms':>10}{'ratio':>8}{'peak MB':>9}")
        most = f"{peak(case.work):9.1f}" if case.traced else f"{'-':>9}"
        print(f"{case.name:48}{median(times) * 1e3:11.1f}{min(times) * 1e3:10.1f}{median(times) / base:8.2f}{most}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3, float(sys.argv[2]) if len(sys.argv) > 2 else 10)
