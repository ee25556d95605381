"""The end of chapter 4: whom to wake up, why, what they are worth, and which coupon of chapter 1 they get."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

import attrs
import numpy as np
from numpy.typing import NDArray

from salesplan.calendar import Period
from salesplan.columns import Reals
from salesplan.display import Align, text_table
from salesplan.money import Rounding
from salesplan.pricing import Promotion, PromotionSet, Shopper, SpendAtLeast, describe, price
from salesplan.rate import Rate
from salesplan.segmentation.bgnbd import BgNbd, BgNbdFit
from salesplan.segmentation.churn import ChurnReason, ChurnRule, ChurnWarning, churn_warnings
from salesplan.segmentation.purchase_days import purchase_days
from salesplan.segmentation.segment_map import SegmentMap
from salesplan.segmentation.summary import CustomerSummary
from salesplan.segmentation.wake_up import WakeUpCandidate, WakeUpList, wake_up_candidates

from .customer_columns import COUPON, Columns, to_wake_up
from .orders import Order
from .promotions import DORMANT_AFTER, calendar, cart_of, last_quarter
from .words import comma, many, plain

SHOWN = 5
WEEK = 7


@attrs.frozen(kw_only=True, eq=False)
class _Expected:
    """What the model says of each customer: alive, orders in the quarter ahead, and what these are worth."""

    quarter: Period
    alive: Reals
    orders: Reals
    worth: NDArray[np.int64]


def section(orders: list[Order], columns: Columns, segments: SegmentMap) -> Iterator[str]:
    """Whom to wake up on the last day of the history: whoever has bought since its last quarter is awake."""
    today = orders[-1].day
    now = columns.until(today)
    groups = segments.assign(now)
    fit = BgNbd.fit(repeat_days=now.repeat_days, last_repeat=now.last_repeat, age=now.age, unit_days=WEEK)
    expected = _expected(fit, now)
    found = wake_up_candidates(
        groups,
        segments=to_wake_up(groups.segments),
        summary=now,
        expected=None if expected is None else expected.worth.astype(np.float64),
    )
    silent = f"silent for {DORMANT_AFTER.days} days or more"
    if not len(found):
        yield f"Whom to wake on {today}: nobody who spent much (important) has been {silent}."
        return
    yield f"Whom to wake on {today}, the last day of the history, by the same cuts:"
    yield f"{many(len(found), 'customer')} who spent much (important), {silent}."
    coupon = _coupon(orders)
    saves = f"{describe(coupon.benefit)}, on an order of {_least(coupon)} or more"
    yield f"Coupon {COUPON} of chapter 1 is for them: {saves}."
    yield from _valued(fit, expected)
    yield ""
    yield _first(found, now, expected, coupon, columns)
    rest = len(found) - SHOWN
    if rest <= 0:
        return
    if expected is None:
        yield f"And {rest:,} more, who have spent {comma(columns.money(found.money[SHOWN:].sum()))} so far."
        return
    assert found.expected is not None
    values = [int(each) for each in found.expected]  # whole minor units, in a column of floats
    of_all = int(expected.worth[np.isin(now.customer, found.customer)].sum())
    assert sum(values) == of_all
    yield (
        f"And {rest:,} more, expected to bring {comma(columns.money(sum(values[SHOWN:])))}; "
        f"all {len(found):,} of them {comma(columns.money(of_all))}, coupon or none."
    )


def one_by_one(then: CustomerSummary, columns: Columns, today: date) -> str:
    """A row for each of a few customers of *then*, those who spent most first, and how they are *today*."""
    now = columns.until(today)
    silent = now.days_since_last[np.searchsorted(now.customer, then.customer)].tolist()
    numbers = zip(then.money.tolist(), then.customer.tolist(), then.orders.tolist(), silent, strict=True)
    rows = [
        (
            columns.names[code],
            f"{bought:,}",
            plain(columns.money(minor)),
            f"{days:,}",
            f"coupon {COUPON} of chapter 1" if days >= DORMANT_AFTER.days else "",
        )
        for minor, code, bought, days in sorted(numbers, key=lambda row: (-row[0], row[1]))
    ]
    head = ("customer", "orders", "spent", f"days silent on {today}", "to wake up")
    return text_table([head, *rows], align=(Align.LEFT, *[Align.RIGHT] * 3, Align.LEFT))


def _expected(fit: BgNbdFit, now: CustomerSummary) -> _Expected | None:
    """The orders of the next calendar quarter, and at what a purchase day of each customer has brought so far."""
    if fit.model is None:
        return None
    today = now.as_of
    quarter = Period.quarter(today.year, (today.month + 2) // 3).shift(1)
    until_it, until_its_end = (quarter.start - today).days - 1, (quarter.last - today).days
    start, end = (
        fit.model.expected_orders(horizon=days, repeat_days=now.repeat_days, last_repeat=now.last_repeat, age=now.age)
        for days in (until_it, until_its_end)
    )
    orders = end - start
    return _Expected(
        quarter=quarter,
        alive=fit.model.alive(repeat_days=now.repeat_days, last_repeat=now.last_repeat, age=now.age),
        orders=orders,
        worth=np.rint(orders * (now.money / now.purchase_days)).astype(np.int64),
    )


def _valued(fit: BgNbdFit, expected: _Expected | None) -> Iterator[str]:
    """By what they are ranked."""
    late = "Late is more than twice as long as usual."
    if expected is None:
        why = fit.notes[0] if fit.notes else fit.status.value
        yield f"A BG/NBD model of who orders again cannot be fitted ({why})."
        yield f"So first comes whose orders have been worth most so far. {late}"
        return
    ahead = expected.quarter.label
    yield f"First comes who should bring most in {ahead}: days with orders, as a BG/NBD model expects, times what such"
    yield "a day has brought. Alive is the model's chance that they are customers still; it says nothing of who bought"
    yield f"on one day only (always 100 %). {late}"


def _first(
    found: WakeUpList, now: CustomerSummary, expected: _Expected | None, coupon: Promotion, columns: Columns
) -> str:
    history = purchase_days(customer=columns.customer, day=columns.day, amount=columns.amount, as_of=now.as_of)
    warnings = churn_warnings(history, ChurnRule())
    head: tuple[str, ...] = ("customer", "why", "orders", "spent")
    head += ("an order",) if expected is None else ("alive", f"days in {expected.quarter.label}", "worth")
    rows = []
    for each, spent in zip(found.top(SHOWN), found.money.tolist(), strict=False):
        row = int(np.searchsorted(now.customer, each.customer))
        told = [columns.names[each.customer], _why(warnings.warning(each.customer))]
        told += [f"{each.orders:,}", plain(columns.money(spent)), *_worth(each, row, now, expected, columns)]
        rows.append((*told, _off(each, spent, coupon, columns, now.as_of)))
    right = [Align.RIGHT] * (len(head) - 1)
    return text_table([(*head, "coupon off a usual order"), *rows], align=(Align.LEFT, Align.LEFT, *right))


def _worth(
    each: WakeUpCandidate, row: int, now: CustomerSummary, expected: _Expected | None, columns: Columns
) -> tuple[str, ...]:
    if expected is None:
        value = each.value
        assert isinstance(value, Rate)
        return (plain(columns.money(Rounding.HALF_UP.divide(value.numerator, value.denominator))),)
    once = int(now.purchase_days[row]) == 1
    return (
        "-" if once else f"{100 * float(expected.alive[row]):.0f} %",
        f"{float(expected.orders[row]):.2f}",
        plain(columns.money(expected.worth[row])),
    )


def _why(warning: ChurnWarning) -> str:
    silent = f"silent {warning.silent:,} days"
    if warning.usual_gap is None:
        return f"{silent}, {'bought on one day' if not warning.gaps else 'came back once'}"
    gap = warning.usual_gap.numerator // warning.usual_gap.denominator
    return f"{silent}, usually {gap:,}{': late' if ChurnReason.LATE in warning.reasons else ''}"


def _coupon(orders: list[Order]) -> Promotion:
    sales = [order for order in orders if order.amount.minor >= 0]
    return next(each for each in calendar(sales, *last_quarter(sales)).promotions if each.id == COUPON)


def _least(coupon: Promotion) -> str:
    return next(comma(each.amount) for each in coupon.conditions if isinstance(each, SpendAtLeast))


def _off(each: WakeUpCandidate, spent: int, coupon: Promotion, columns: Columns, day: date) -> str:
    """What the coupon takes off an order as they usually make it, on the last day of the history."""
    usual = Order(
        customer=columns.names[each.customer], day=day, quantity=1, amount=columns.money(max(0, spent // each.orders))
    )
    shopper = Shopper(orders=each.orders, segments=["dormant"])
    at = datetime.combine(day, time(12), tzinfo=UTC)
    saving = price(cart_of(usual), PromotionSet([coupon]), at=at, shopper=shopper).saving
    return plain(saving) if saving.minor else "-"
