"""Chapter 4: who the customers are, who moved since the quarter before, and whom to wake up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from salesplan.calendar import Period
from salesplan.display import Align, text_table
from salesplan.money import Money, Rounding
from salesplan.rate import Rate
from salesplan.segmentation.assignment import Assignment
from salesplan.segmentation.concentration import NegativeTotals, customer_concentration
from salesplan.segmentation.drift import drift
from salesplan.segmentation.presets import AbsoluteCuts
from salesplan.segmentation.repurchase import Repeat, RepurchaseState, WithinDays
from salesplan.segmentation.summary import CustomerSummary

from . import wake_up
from .customer_columns import RECENT, Columns, cuts_of, segment_map
from .orders import Order
from .promotions import DORMANT_AFTER
from .targets import last_full_quarter
from .words import comma, many, percent, plain, spaced

TOP, MOST = Rate.percent("20"), Rate.percent("60")
FEW = 8  # customers, of whom eight segments say nothing yet, are fewer
MOVES = 5  # shown one by one
_ONE_BY_ONE = ("general value", "general development", "important development", "important value")


def chapter(orders: list[Order]) -> str:
    """The chapter as text."""
    quarter = last_full_quarter(orders)
    as_of = min(quarter.last, orders[-1].day)
    columns = Columns.of(orders)
    now, before = columns.until(as_of), columns.until(quarter.start - timedelta(days=1))
    heading = f"Chapter 4. The customers on {as_of}, the end of {quarter.label}: who they are, who moved, whom to wake"
    if as_of < quarter.last:
        heading = f"Chapter 4. The customers on {as_of}, in {quarter.label}: who they are, who moved, whom to wake"
    if not len(now):
        return f"{heading}\n\nNobody had bought anything by {as_of}."
    parts = [heading, "", *_who(now, columns), ""]
    if len(now) < FEW:
        few = f"Segments and models say nothing yet of fewer than {FEW} customers: here they are one by one."
        return "\n".join([*parts, few, "", wake_up.one_by_one(now, columns, orders[-1].day)])
    base = before if len(before) >= FEW else now
    cuts = cuts_of(base)
    groups = segment_map(cuts).assign(now)
    parts += [*_segments(groups, now, cuts, base.as_of), "", _explained(groups, columns), ""]
    parts += [*_moved(before, groups, now, base, quarter), ""]
    return "\n".join([*parts, *wake_up.section(orders, columns, groups.map)])


def _who(now: CustomerSummary, columns: Columns) -> Iterator[str]:
    """Customers, orders and money; how many came back; how the money spreads."""
    total, bought = int(now.money.sum()), int(now.orders.sum())
    net = f" net of {many(int(now.refund_orders.sum()), 'return')}" if now.refund_orders.any() else ""
    each = Money(Rounding.HALF_UP.divide(total, len(now)), columns.currency)
    yield (
        f"{many(len(now), 'customer')}, {many(bought, 'order')}, {comma(Money(total, columns.currency))}{net}: "
        f"{comma(each)} a customer."
    )
    waiting = columns.money(now.unmatched_refunds.sum())
    if waiting.minor:
        yield f"Another {comma(waiting)} went back to customers without a purchase by then."
    if now.left_out:
        yield f"{many(now.left_out, 'row')} of the file came later: left out here."
    state = RepurchaseState.of(customer=columns.customer, day=columns.day, amount=columns.amount)
    ever, soon = (state.rate(base, as_of=now.as_of) for base in (Repeat.DAYS, WithinDays(DORMANT_AFTER.days)))
    assert ever.customers == len(now) == soon.customers + soon.waiting
    assert ever.rate is not None
    yield f"Bought again on a later day: {ever.repeated:,} of {ever.customers:,} ({percent(ever.rate)})."
    if soon.rate is not None:
        over = f"{soon.repeated:,} of {soon.customers:,} whose {DORMANT_AFTER.days} days are over"
        waiting_on = f"; {soon.waiting:,} still have time" if soon.waiting else ""
        yield f"Within {DORMANT_AFTER.days} days of the first: {over} ({percent(soon.rate)}){waiting_on}."
    if not (now.money > 0).any():
        yield "Nobody has paid more than came back, so nobody holds a share of the money."
        return
    spread = customer_concentration(now.money, negative=NegativeTotals.SET_APART)
    top, most = spread.top_customers(TOP), spread.customers_for(MOST)
    apart = f" ({spread.apart_customers:,} with less than 0 set apart)" if spread.apart_customers else ""
    yield (
        f"The top {spaced(TOP)} ({many(top.customers, 'customer')}) bring {percent(top.share)} of the money; "
        f"{spaced(MOST)} of it comes from {most.customers:,} ({percent(most.customer_share)}){apart}."
    )


def _segments(groups: Assignment, now: CustomerSummary, cuts: AbsoluteCuts, fitted: date) -> Iterator[str]:
    """The table, and where it is cut."""
    money = groups.money_by_segment
    assert money is not None
    assert int(groups.counts.sum()) == len(now)
    assert int(money.sum()) == int(now.money.sum())
    assert isinstance(cuts.money, Money)
    yield f"Eight segments. Recent: the last order at most {RECENT.days} days ago; later, chapter 1 says dormant."
    often, important = f"{cuts.orders:,} orders or more", f"{comma(cuts.money)} or more"
    yield f"Often: {often}; important: {important}; both cut above the median of the customers of {fitted}."
    yield "Value is recent and often, development recent only, retention often only, win-back neither."
    yield ""
    yield groups.explain()


def _explained(groups: Assignment, columns: Columns) -> str:
    """One customer: who spent most in the first of these segments with anybody in it, so nearest to a cut of money."""
    places = {segment.name: at for at, segment in enumerate(groups.segments)}
    order = [places[name] for name in _ONE_BY_ONE] + [*range(len(groups.segments))]
    assert groups.money is not None
    rank = {place: at for at, place in reversed([*enumerate(order)])}
    rows = zip(groups.segment.tolist(), groups.money.tolist(), groups.customer.tolist(), strict=True)
    _, _, code = min((rank[place], -minor, code) for place, minor, code in rows)
    said = groups.explain(customer=code).explain().removeprefix(f"customer {code} ")
    return f"One of them explained: customer {columns.names[code]} {said}"


def _moved(
    before: CustomerSummary, now: Assignment, later: CustomerSummary, base: CustomerSummary, quarter: Period
) -> Iterator[str]:
    """From segment to segment since the evening before the quarter, with the money before and now."""
    if not len(before):
        yield f"Who moved: nobody yet, as all of them bought for the first time in {quarter.label}."
        return
    then = now.map.assign(before)
    shift = drift(then, frozen=now, refit=segment_map(cuts_of(later)).assign(later))
    moves = shift.behaviour
    had, has = moves.money_before, moves.money_after
    assert had is not None
    assert has is not None
    names = [segment.name for segment in now.segments]
    unit, places = now.currency, range(len(names))
    assert unit is not None
    cells = [(at, to) for at in places for to in places if at != to and moves.counts[at, to]]
    cells.sort(key=lambda cell: (-int(has[cell]), cell))
    shown, others = cells[:MOVES], cells[MOVES:]
    rows = [("in the same segment", [(at, at) for at in places])]
    rows += [(f"{names[at]} -> {names[to]}", [(at, to)]) for at, to in shown]
    rows += [(f"{many(len(others), 'other kind')} of move", others)] if others else []
    rows += [("bought for the first time", [(len(names), to) for to in places])] if moves.entrants.any() else []
    tables = (moves.counts, had, has)
    numbers = [tuple(sum(int(table[cell]) for cell in each) for table in tables) for _, each in rows]
    all_of = tuple(map(sum, zip(*numbers, strict=True)))
    assert all_of == (len(later), int(before.money.sum()), int(later.money.sum()))
    yield f"Who moved from {before.as_of} to {later.as_of}, the cuts being the same; most money now first:"
    lines = [
        (name, f"{count:,}", plain(Money(one, unit)), plain(Money(two, unit)))
        for name, (count, one, two) in zip([*(name for name, _ in rows), "all"], [*numbers, all_of], strict=True)
    ]
    head = ("", "customers", "money then", "money now")
    yield text_table([head, *lines], align=(Align.LEFT, Align.RIGHT, Align.RIGHT, Align.RIGHT))
    yield ""
    yield (
        f"{moves.moved:,} of the {len(before):,} customers of {before.as_of} moved, by what they bought or by silence; "
        f"{percent(Rate(moves.stayed, len(before)))} stayed."
    )
    if base is before:
        alone = shift.thresholds.moved
        yield f"Cut anew at the median of {later.as_of}, the cuts alone would move {alone:,} more, whatever they did."
