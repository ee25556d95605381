"""Chapter 1: what a promotion calendar would have cost, had it run over the last quarter of the history."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

import attrs

from salesplan.display import Align, text_table
from salesplan.money import Money
from salesplan.pricing import (
    Basis,
    Cart,
    CartLine,
    DuringHours,
    InSegment,
    Limits,
    NthUnitOff,
    PercentOff,
    Phase,
    PricedCart,
    Promotion,
    PromotionSet,
    Shopper,
    SpendAndSave,
    SpendAtLeast,
    Usage,
    Weekday,
    describe,
    price,
)
from salesplan.rate import Rate
from salesplan.window import LocalDays

from .orders import Order

DORMANT_AFTER = timedelta(days=90)
REGULAR_FROM = 5


@attrs.frozen(kw_only=True)
class Replayed:
    """One past order under the calendar."""

    order: Order
    priced: PricedCart


def last_quarter(orders: list[Order]) -> tuple[date, date]:
    """The last full calendar quarter that the history covers: first day, and the day after its last."""
    after = orders[-1].day + timedelta(days=1)
    end = date(after.year, (after.month - 1) // 3 * 3 + 1, 1)
    start = end.replace(month=end.month - 3) if end.month > 3 else date(end.year - 1, 10, 1)
    return (start, end) if orders[0].day < end else (orders[0].day, after)


def calendar(orders: list[Order], start: date, end: date) -> PromotionSet:
    """Four promotions, their thresholds taken from what orders usually cost."""
    usual = sorted(order.amount.minor for order in orders)[len(orders) // 2]
    unit = orders[0].amount.currency

    def about(times: int, parts: int = 1) -> Money:
        return Money(_round_number(usual * times // parts), unit)

    month = LocalDays(first=end - timedelta(days=30), until=end, zone="UTC")
    return PromotionSet(
        [
            Promotion(
                "closing-month",
                SpendAndSave({about(2): about(1, 5), about(3): about(2, 5)}, basis=Basis.RUNNING),
                window=month,
            ),
            Promotion(
                "weekend-third",
                NthUnitOff(3, Rate.percent("50")),
                conditions=[DuringHours(days=[Weekday.SATURDAY, Weekday.SUNDAY], zone="UTC")],
            ),
            Promotion(
                "regulars",
                PercentOff(Rate.zhe("9"), cap=about(1, 2)),
                phase=Phase.COUPON,
                group="one-coupon",
                conditions=[InSegment(["regular"])],
                limits=Limits(budget=about(10)),
            ),
            Promotion(
                "come-back",
                PercentOff(Rate.percent("15"), cap=about(1, 2)),
                phase=Phase.COUPON,
                group="one-coupon",
                conditions=[InSegment(["dormant"]), SpendAtLeast(about(1), basis=Basis.RUNNING)],
            ),
        ]
    )


def replay(orders: Iterable[Order], promotions: PromotionSet, start: date, end: date) -> Iterator[Replayed]:
    """Every order from *start* to *end* priced as its shopper would have seen it that day."""
    bought: Counter[str] = Counter()
    last: dict[str, date] = {}
    spent: dict[str, Money] = {}
    for order in orders:
        if start <= order.day < end:
            at = datetime.combine(order.day, time(12), tzinfo=UTC)
            gap = order.day - last.get(order.customer, order.day)
            shopper = Shopper(orders=bought[order.customer], segments=_segments(bought[order.customer], gap))
            priced = price(cart_of(order), promotions, at=at, shopper=shopper, usage=Usage(spent=spent))
            for applied in priced.applied:
                spent[applied.id] = spent.get(applied.id, Money.zero(priced.currency)) + applied.amount
            yield Replayed(order=order, priced=priced)
        bought[order.customer] += 1
        last[order.customer] = order.day


def _segments(orders: int, gap: timedelta) -> list[str]:
    if gap >= DORMANT_AFTER:
        return ["dormant"]
    return ["regular"] if orders >= REGULAR_FROM else []


def cart_of(order: Order) -> Cart:
    """The order's units at their average price, in whole minor units: a few of them may cost one more."""
    each, dearer = divmod(order.amount.minor, order.quantity)
    runs = [(each + 1, dearer), (each, order.quantity - dearer)]
    lines = [
        CartLine("item", Money(price, order.amount.currency), quantity=count, id=f"item-{number}")
        for number, (price, count) in enumerate(runs, start=1)
        if count
    ]
    return Cart(lines)


def chapter(orders: list[Order]) -> str:
    """The chapter as text."""
    start, end = last_quarter(orders)
    promotions = calendar(orders, start, end)
    replayed = list(replay(orders, promotions, start, end))
    unit = orders[0].amount.currency
    listed = Money.sum((each.priced.cart.list_total for each in replayed), currency=unit)
    total = Money.sum((each.priced.total for each in replayed), currency=unit)
    heading = f"Chapter 1. The calendar replayed over {start} to {end - timedelta(days=1)}: {len(replayed):,} orders"
    parts = [
        heading,
        "",
        _table(replayed, promotions, listed),
        "",
        f"Revenue at list {_comma(listed)}, after promotions {_comma(total)}: "
        f"the calendar would have cost {_comma(listed - total)}, {_percent(listed - total, listed)} of it.",
        "That is the price of the discounts alone: the same orders, nobody buying more because of them.",
        "",
        *_one_proof(replayed),
    ]
    return "\n".join(parts)


def _table(replayed: list[Replayed], promotions: PromotionSet, listed: Money) -> str:
    reached: dict[str, list[Replayed]] = defaultdict(list)
    cost: Counter[str] = Counter()
    why: dict[str, Counter[str]] = defaultdict(Counter)
    for each in replayed:
        for applied in each.priced.applied:
            reached[applied.id].append(each)
            cost[applied.id] += applied.amount.minor
        for refused in each.priced.refused:
            why[refused.id][refused.code.value] += 1
        for passed in each.priced.not_chosen:
            why[passed.id]["not_chosen"] += 1
    rows = [("promotion", "what", "orders", "customers", "cost", "of revenue", "mostly refused for")]
    for promotion in promotions.promotions:
        spent = Money(cost[promotion.id], listed.currency)
        most = why[promotion.id].most_common(1)
        rows.append(
            (
                promotion.id,
                describe(promotion.benefit),
                f"{len(reached[promotion.id]):,}",
                f"{len({each.order.customer for each in reached[promotion.id]}):,}",
                _comma(spent),
                _percent(spent, listed),
                f"{most[0][0]} ({most[0][1]:,})" if most else "",
            )
        )
    right = Align.RIGHT
    return text_table(rows, align=(Align.LEFT, Align.LEFT, right, right, right, right, Align.LEFT))


def _one_proof(replayed: list[Replayed]) -> Iterator[str]:
    """The cart with the most to explain, in full."""
    if not replayed:
        return
    best = max(replayed, key=lambda each: (len(each.priced.applied), len(each.priced.hints), each.priced.saving.minor))
    order = best.order
    yield f"One of these carts in full: customer {order.customer} on {order.day}, {order.quantity} units."
    yield "Every promotion given is in it, applied or with its reason."
    yield ""
    yield best.priced.explain()


def _round_number(minor: int) -> int:
    """The next of 1, 2, 3, 4, 5, 6, 8 times a power of ten."""
    scale = int("1" + "0" * (len(str(max(1, minor))) - 1))
    return next(step * scale for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * scale >= minor)


def _comma(money: Money) -> str:
    whole, point, part = money.amount.partition(".")
    return f"{money.currency.code} {int(whole):,}{point}{part}"


def _percent(part: Money, whole: Money) -> str:
    permille: int = 1000 * part.minor // whole.minor if whole.minor else 0
    return f"{permille // 10}.{permille % 10} %"
