"""Rows of orders with the ugly edges made common, and what they mean, worked out one row at a time."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import attrs
from hypothesis import strategies as st

from salesplan.segmentation.summary import Refunds, ZeroOrders

TODAY = date(2026, 6, 30)
CDNOW = Path(__file__).resolve().parents[2] / "examples" / "data" / "cdnow_sample.txt"

Row: TypeAlias = tuple[int, date, int]
"""Customer, day, amount."""


def columns_of(rows: list[Row]) -> dict[str, Any]:
    """The rows as the columns that a summary takes."""
    return {name: [row[at] for row in rows] for at, name in enumerate(("customer", "day", "amount"))}


def cdnow() -> list[Row]:
    """The sample of CDNOW, in cents."""
    rows = []
    for line in CDNOW.read_text(encoding="ascii").splitlines():
        _, customer, day, _, dollars = line.split()
        rows.append((int(customer), date.fromisoformat(day), int(dollars.replace(".", ""))))
    return rows


few_customers = st.sampled_from([0, 1, 1, 2, 7])
customers = st.one_of(few_customers, few_customers, st.sampled_from([10**6, 2**31, 2**63 - 1]))
days = st.one_of(
    st.sampled_from([0, 0, 1, -1, -2, -30, -400]), st.integers(-40, 5), st.sampled_from([-700_000, 2_000_000])
).map(lambda offset: TODAY + timedelta(days=offset))
amounts = st.one_of(
    st.sampled_from([0, 0, 1, 500, 500, -500, -1]),
    st.integers(-1000, 2000),
    st.sampled_from([2**40, 2**53 + 1, -(2**40)]),
)
order_rows: st.SearchStrategy[list[Row]] = st.lists(st.tuples(customers, days, amounts), max_size=25)
purchases: st.SearchStrategy[list[Row]] = st.lists(
    st.tuples(few_customers, days.filter(lambda day: day <= TODAY), st.integers(0, 9)), min_size=1, max_size=30
)


@attrs.define
class OneCustomer:
    """What is known of a customer, in Python's own numbers."""

    days: list[date] = attrs.field(factory=list)
    money: int = 0
    refunds: int = 0
    refund_rows: int = 0
    by_day: dict[date, int] = attrs.field(factory=lambda: defaultdict(int))


def row_by_row(
    rows: list[Row], *, as_of: date, zero: ZeroOrders, refunds: Refunds
) -> tuple[dict[int, OneCustomer], dict[int, OneCustomer]]:
    """The customers with a purchase, and those with refunds only: the slow, obvious version."""
    known: dict[int, OneCustomer] = defaultdict(OneCustomer)
    for customer, day, amount in rows:
        if day > as_of or (amount == 0 and zero is ZeroOrders.SKIP):
            continue
        one = known[customer]
        if amount < 0:
            one.refunds -= amount
            one.refund_rows += 1
            one.money += amount if refunds is Refunds.SUBTRACT else 0
        else:
            one.days.append(day)
            one.money += amount
            one.by_day[day] += amount
    buyers = {code: known[code] for code in sorted(known) if known[code].days}
    return buyers, {code: known[code] for code in sorted(known) if not known[code].days}
