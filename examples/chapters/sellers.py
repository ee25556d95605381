"""Who sold what: the orders of a quarter as credits, by the sellers of the file or by made-up ones."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

import attrs

from salesplan.calendar import Period
from salesplan.commission import Credit
from salesplan.money import Currency, Money
from salesplan.rate import Rate
from salesplan.targets import pareto_alpha

from .orders import Order
from .promotions import DORMANT_AFTER

TOP, THEIR_SHARE = Rate.percent("20"), Rate.percent("60")
MOST_SELLERS, ORDERS_EACH = 50, 5  # made up for a file without any
WON = "new or back"  # the label of an order that wins a customer, or wins one back
_PARTS = 10**6  # a share as a whole number, so that no float decides over an order


@attrs.frozen(kw_only=True)
class _Deal:
    """A sale that may be returned, and how much of it still can be."""

    credit: Credit
    left: int


def credited(orders: list[Order], quarter: Period) -> list[Credit]:
    """The quarter's orders as credits; a return goes to whoever sold what it takes back."""
    inside = sorted((order for order in orders if order.day in quarter), key=lambda each: (each.day, _is_return(each)))
    sellers = dealt_out(inside) if any(each.seller is None for each in inside) else [str(o.seller) for o in inside]
    won = _won(orders)
    width = len(str(len(inside)))
    known: dict[str, list[_Deal]] = defaultdict(list)
    found = []
    for number, (order, seller) in enumerate(zip(inside, sellers, strict=True), start=1):
        deals = known[order.customer]
        if _is_return(order):
            at = _returned(deals, -order.amount.minor)
            credit = Credit(f"R-{number:0{width}}", seller, amount=order.amount, on=order.day, units=order.quantity)
            if at is not None:
                of = deals[at].credit
                credit = attrs.evolve(credit, payee=of.payee, reverses=of.deal)
                deals[at] = attrs.evolve(deals[at], left=deals[at].left + order.amount.minor)
        else:
            labels = [WON] if (order.customer, order.day) in won else []
            credit = Credit(
                f"D-{number:0{width}}",
                seller,
                amount=order.amount,
                on=order.day,
                units=order.quantity,
                labels=labels,
            )
            won.discard((order.customer, order.day))  # once, however many orders the day had
            deals.append(_Deal(credit=credit, left=order.amount.minor))
        found.append(credit)
    return found


def shares(sellers: int) -> list[int]:
    """What each seller's part is, the largest first, on the Pareto curve whose TOP hold THEIR_SHARE."""
    alpha = pareto_alpha(top=TOP, share=THEIR_SHARE)
    held = [round(_PARTS * (count / sellers) ** (1 - 1 / alpha)) for count in range(sellers + 1)]
    return [after - before for before, after in pairwise(held)]


def dealt_out(orders: list[Order]) -> list[str]:
    """A seller for every order: whoever is furthest below their share by then, or above it for a return."""
    many = max(1, min(MOST_SELLERS, len(orders) // ORDERS_EACH))
    parts = shares(many)
    sold = [0] * many
    total = 0
    found = []
    for order in orders:
        total += order.amount.minor
        below = [part * total - _PARTS * has for part, has in zip(parts, sold, strict=True)]
        at = below.index(min(below) if _is_return(order) else max(below))
        sold[at] += order.amount.minor
        found.append(f"s{at + 1:02}")
    return found


def one_returned(credits: list[Credit], *, month: Period, before: Period) -> Credit | None:
    """A return to look at, where a history has none: of a seller with few orders, the largest of the month before."""
    orders = Counter(credit.payee for credit in credits if credit.on in month)
    bought: dict[str, list[Credit]] = defaultdict(list)
    for credit in credits:
        if credit.on in before and orders[credit.payee] >= ORDERS_EACH:
            bought[credit.payee].append(credit)
    if not bought:
        return None
    seller = min(bought, key=lambda name: (orders[name], name))
    largest = max(bought[seller], key=lambda credit: credit.amount.minor)
    on = month.start + timedelta(days=9)
    return attrs.evolve(largest, deal="R-1", amount=-largest.amount, on=on, labels=[], reverses=largest.deal)


def net(credits: Iterable[Credit], among: Iterable[str], unit: Currency) -> dict[str, Money]:
    """What each sold less what came back."""
    sold = dict.fromkeys(among, 0)
    for credit in credits:
        sold[credit.payee] += credit.amount.minor
    return {name: Money(minor, unit) for name, minor in sold.items()}


def _is_return(order: Order) -> bool:
    return order.amount.minor < 0


def _won(orders: list[Order]) -> set[tuple[str, date]]:
    """The customers and days of a first order, or the first after DORMANT_AFTER."""
    last: dict[str, date] = {}
    found = set()
    for order in orders:
        if not _is_return(order):
            if order.customer not in last or order.day - last[order.customer] >= DORMANT_AFTER:
                found.add((order.customer, order.day))
            last[order.customer] = order.day
    return found


def _returned(deals: list[_Deal], back: int) -> int | None:
    """Which deal a return takes back: the last of just that amount, else the last with as much left."""
    fits = [at for at, deal in enumerate(deals) if deal.left >= back]
    return max(fits, key=lambda at: (deals[at].left == back, at), default=None)
