"""Read an order history: the CDNOW sample, or any CSV file with a header that names customer, date and amount."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import attrs

from salesplan.errors import SalesplanError
from salesplan.money import Money

SAMPLE = Path(__file__).parent.parent / "data" / "cdnow_sample.txt"
NAMES = {
    "customer": ("customer", "customer_id", "user", "user_id", "buyer"),
    "day": ("date", "day", "order_date", "created_at"),
    "amount": ("amount", "total", "revenue", "order_amount"),
    "quantity": ("quantity", "units", "qty"),
    "seller": ("seller", "sales_rep", "owner"),
}


class BadRow(Exception):
    """A line of the file that is not an order, with its number."""


@attrs.frozen(kw_only=True)
class Order:
    """One order: who, when, how many units, for how much in all, and sold by whom."""

    customer: str
    day: date
    quantity: int
    amount: Money
    seller: str | None = None


def read(path: Path | None, currency: str) -> list[Order]:
    """All orders of a file, oldest first; None is the CDNOW sample."""
    orders = list(_sample() if path is None else _csv(path, currency))
    if not orders:
        raise BadRow(f"{path}: no orders in it")
    return sorted(orders, key=lambda order: (order.day, order.customer, order.amount.minor, order.quantity))


def _sample() -> Iterator[Order]:
    for line in SAMPLE.read_text(encoding="ascii").splitlines():
        _, customer, day, units, dollars = line.split()
        yield Order(
            customer=customer,
            day=datetime.strptime(day, "%Y%m%d").date(),
            quantity=int(units),
            amount=Money.of(dollars, "USD"),
        )


def _csv(path: Path, currency: str) -> Iterator[Order]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        found = {name.strip().lower(): name for name in rows.fieldnames or ()}
        columns = {
            ours: next((found[name] for name in theirs if name in found), None) for ours, theirs in NAMES.items()
        }
        for ours in ("customer", "day", "amount"):
            if columns[ours] is None:
                raise BadRow(f"{path}: the header must name a column for {ours}, one of: {', '.join(NAMES[ours])}")
        for row in rows:
            try:
                yield Order(
                    customer=_cell(row, columns["customer"]),
                    day=date.fromisoformat(_cell(row, columns["day"])[:10]),
                    quantity=1 if columns["quantity"] is None else max(1, int(_cell(row, columns["quantity"]))),
                    amount=Money.of(_cell(row, columns["amount"]).replace(",", ""), currency),
                    seller=None if columns["seller"] is None else _cell(row, columns["seller"]),
                )
            except (SalesplanError, ValueError) as error:
                raise BadRow(f"{path}, line {rows.line_num}: {error}") from None


def _cell(row: dict[str, str | None], column: str | None) -> str:
    text = "" if column is None else (row.get(column) or "").strip()
    if not text:
        raise ValueError(f"nothing in column {column}")
    return text
