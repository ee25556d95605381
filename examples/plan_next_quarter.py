"""Plan the next quarter from an order history.

    python examples/plan_next_quarter.py                      the CDNOW sample, a real one
    python examples/plan_next_quarter.py orders.csv           yours: customer, date, amount[, quantity][, seller]
    python examples/plan_next_quarter.py orders.csv --currency CNY --raise-by 15

Every chapter is a small file in `chapters/`; the library itself reads and prints nothing.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from chapters import commission, customers, orders, promotions, targets
from chapters.words import comma, many

from salesplan.errors import SalesplanError
from salesplan.money import Money, Rounding
from salesplan.rate import Rate


def main(arguments: list[str]) -> int:
    """Print the plan; 2 when the file cannot be read as orders."""
    parser = argparse.ArgumentParser(description="Plan the next quarter from an order history.")
    parser.add_argument(
        "orders", nargs="?", type=Path, help="CSV with customer, date, amount, perhaps quantity, seller"
    )
    parser.add_argument("--currency", default="USD", help="ISO code of the amounts (default USD)")
    parser.add_argument("--raise-by", default="10", help="percent on the last full quarter (default 10)")
    given = parser.parse_args(arguments)
    try:
        history = orders.read(given.orders, given.currency)
        sales = [order for order in history if order.amount.minor >= 0]  # the others are returns
        if not sales:
            raise orders.BadRow(f"{given.orders}: only returns in it")
        print(summary(history))
        print()
        print(promotions.chapter(sales))
        print()
        print(targets.chapter(history, Rate.percent(given.raise_by)))
        print()
        print(commission.chapter(history, Rate.percent(given.raise_by)))
        print()
        print(customers.chapter(history))
    except (orders.BadRow, SalesplanError, OSError) as error:
        print(f"plan_next_quarter: {error}", file=sys.stderr)
        return 2
    return 0


def summary(history: list[orders.Order]) -> str:
    """What the history holds, in one sentence."""
    sold = [order.amount for order in history if order.amount.minor >= 0]
    returned = len(history) - len(sold)
    revenue = Money.sum((order.amount for order in history), currency=sold[0].currency)
    customers = len({order.customer for order in history})
    net = f" net of {many(returned, 'return')}" if returned else ""
    return (
        f"{many(len(sold), 'order')} by {many(customers, 'customer')}, {history[0].day} to {history[-1].day}, "
        f"{comma(revenue)} in all{net}, {comma(revenue.times(Rate(1, len(sold)), Rounding.HALF_UP))} an order."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
