"""Customers for the tests of segment maps: CDNOW, small ugly ones, and maps of few bounds."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from salesplan.money import Currency, Money
from salesplan.segmentation.cuts import Cuts
from salesplan.segmentation.scores import RfmScore, RfmScores
from salesplan.segmentation.segments import Range, RfmValues, Rule, ScoreRule, Segment
from salesplan.segmentation.summary import CustomerSummary

CDNOW = Path(__file__).resolve().parents[2] / "examples" / "data" / "cdnow_sample.txt"
AS_OF = date(2026, 6, 30)
CNY = Currency.iso("CNY")
TOP = 2**63 - 1

Numbers = tuple[int, int, int]
"""Days since the last purchase, orders, money in minor units."""


def summary_of(
    rows: dict[int, Numbers] | list[Numbers], *, currency: Currency | None = None, as_of: date = AS_OF
) -> CustomerSummary:
    """A summary of customers by code, or of codes from 0 on."""
    by_code = dict(sorted((rows if isinstance(rows, dict) else dict(enumerate(rows))).items()))
    last = np.array([(as_of - timedelta(row[0])).toordinal() - 719163 for row in by_code.values()], dtype=np.int32)
    money = np.array([row[2] for row in by_code.values()], dtype=np.int64)
    refunds = np.maximum(-money, 0)  # of an order of 0
    return CustomerSummary(
        as_of=as_of,
        customer=np.array(list(by_code), dtype=np.int64),
        first_day=last,
        last_day=last,
        orders=np.array([row[1] for row in by_code.values()], dtype=np.int64),
        money=money,
        refunds=refunds,
        refund_orders=np.minimum(refunds, 1),
        currency=currency,
    )


def cdnow(end: date, *, known: date | None = None) -> dict[int, Numbers]:
    """The customers of the CDNOW sample who had bought by *known*, with the numbers of *end*."""
    last: dict[int, date] = {}
    orders: dict[int, int] = defaultdict(int)
    cents: dict[int, int] = defaultdict(int)
    for line in CDNOW.read_text(encoding="ascii").splitlines():
        _, customer, day, _, dollars = line.split()
        on, code = date.fromisoformat(day), int(customer)
        if on <= end:
            last[code] = max(on, last.get(code, on))
            orders[code] += 1
            cents[code] += round(float(dollars) * 100)
    return {code: ((end - on).days, orders[code], cents[code]) for code, on in last.items()}


def levels_of(rows: dict[int, Numbers], cuts: Cuts) -> dict[int, tuple[int, int, int]]:
    """The levels by definition: for days the highest less the cuts passed, else one more than the cuts passed."""
    return {
        code: (
            len(cuts.days_since_last) + 1 - sum(days > cut for cut in cuts.days_since_last),
            1 + sum(orders > cut for cut in cuts.orders),
            1 + sum(money > cut for cut in cuts.money),
        )
        for code, (days, orders, money) in rows.items()
    }


def quintiles(rows: dict[int, Numbers]) -> Cuts:
    """The cuts at the nearest ranks of a fifth, two, three and four."""
    columns = [sorted(column) for column in zip(*rows.values(), strict=True)]
    ranks = [-(-len(rows) * fifths // 5) - 1 for fifths in range(1, 5)]
    days, orders, money = (tuple(column[rank] for rank in ranks) for column in columns)
    return Cuts(days_since_last=days, orders=orders, money=money)


def scores_of(by_code: dict[int, tuple[int, int, int]], *, top: int = 5) -> RfmScores:
    """Levels by customer as columns; *top* is the highest level."""
    rows = sorted(by_code.items())
    r, f, m = (np.array([row[at] for _, row in rows], dtype=np.int8) for at in range(3))
    codes = np.array([code for code, _ in rows], dtype=np.int64)
    return RfmScores(as_of=AS_OF, levels=(top, top, top), customer=codes, r=r, f=f, m=m)


# --- strategies ----------------------------------------------------------------------------------------------

few = st.integers(0, 8)
days = few | st.sampled_from([0, 739_000])
orders = st.integers(1, 8) | st.sampled_from([1, TOP])
cents = st.integers(-3, 8) | st.sampled_from([-TOP, TOP, 0])
numbers = st.tuples(days, orders, cents)
people = st.dictionaries(st.integers(0, 30) | st.just(TOP), numbers, max_size=12)


@st.composite
def ranges(draw: st.DrawFn, low: int = -2, high: int = 5, currency: Currency | None = None) -> Range:
    """Ranges of small numbers, of every kind of end."""
    first = draw(st.none() | st.integers(low, high))
    last = draw(st.integers(low if first is None else first, high) | (st.none() if first is not None else st.nothing()))
    ends: dict[str, Any] = {}
    if first is not None:
        ends |= {"above": first - 1} if draw(st.booleans()) else {"at_least": first}
    if last is not None:
        ends |= {"below": last + 1} if draw(st.booleans()) else {"at_most": last}
    return Range(**{name: end if currency is None else Money(end, currency) for name, end in ends.items()})


segments = st.sampled_from([Segment(name) for name in "abcd"])


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Rules over raw numbers."""
    maybe = st.none() | ranges()
    return Rule(draw(segments), days_since_last=draw(maybe), orders=draw(maybe), money=draw(maybe))


@st.composite
def score_rules(draw: st.DrawFn) -> ScoreRule:
    """Rules over levels up to 4."""
    maybe = st.none() | ranges(1, 4)
    return ScoreRule(draw(segments), r=draw(maybe), f=draw(maybe), m=draw(maybe))


def values(row: Numbers) -> RfmValues:
    """The record of raw numbers."""
    return RfmValues(days_since_last=row[0], orders=row[1], money=row[2])


def levels(row: tuple[int, int, int]) -> RfmScore:
    """The record of levels."""
    return RfmScore(r=row[0], f=row[1], m=row[2])
