"""The book of lots: events applied day by day, each point in one place.

A point that was earned is left, spent, expired or taken back, and stands in the lot it came from. A refund takes what
its order's lots have left first; then come the points that have expired, which the customer has lost already (*void*);
only the rest has been of use, and is charged: to the other lots and then as a negative balance, or as a debt of that
order. So a refund in parts never charges more than was spent beyond what the customer keeps. Points that come back
from a spending pay the debt of their order, or fill a negative balance, before anything else.

On one day: points expire, are earned, come back from spendings of earlier days, are spent, and are refunded. A spending
reversed on its own day takes so much less. In this order nothing is refused that was possible as the day went.
"""

from __future__ import annotations

from datetime import date, timedelta
from heapq import heappop, heappush
from typing import Final, assert_never

import attrs

from ..errors import InvalidValue, NotFound, clip
from .point_events import Earning, Lapsed, PointsEvent, PointsPolicy, Refund, Shortfall, Spending, SpendReversal

__all__ = ["Book", "OpenLot"]

_CODE: Final = "segmentation.points"


@attrs.define(eq=False, kw_only=True)
class OpenLot:
    """A lot while it is written to."""

    earning: str
    earned_on: date
    until: date | None
    points: int
    left: int = 0
    spent: int = 0
    expired: int = 0
    reversed: int = 0


@attrs.define(eq=False, kw_only=True)
class _Order:
    """An earning with its lots, and what was refunded of it."""

    earning: Earning
    lots: list[OpenLot]
    refunded: int = 0
    void: int = 0
    debt: int = 0


class Book:
    """All lots, and what each spending took from which."""

    def __init__(self, policy: PointsPolicy) -> None:
        self._policy = policy
        self.orders: dict[str, _Order] = {}
        self.taken: dict[str, list[tuple[OpenLot, int]]] = {}
        self.short = 0
        self.debt = 0
        self._spendings: dict[str, Spending] = {}
        self._reversed: dict[str, int] = {}
        self._usable = 0
        self._queue: list[tuple[bool, date, date, str, int, OpenLot]] = []  # what expires first stands first
        self._entries = 0

    def apply(self, day: date, events: list[PointsEvent]) -> None:
        """Apply the events of a day, which are sorted by id."""
        self.expire(day)
        today = {event.id: event for event in events if isinstance(event, Spending)}
        at_once = dict.fromkeys(today, 0)
        for event in events:
            if isinstance(event, Earning):
                self._earn(event)
        for event in events:
            if isinstance(event, SpendReversal):
                self._check_reversal(event, today.get(event.spending) or self._spendings.get(event.spending))
                if event.spending in today:
                    at_once[event.spending] += event.points
                else:
                    self._give_back(event)
        for event in today.values():
            self._spend(event, event.points - at_once[event.id])
        for event in events:
            if isinstance(event, Refund):
                self._refund(event)

    def expire(self, day: date) -> None:
        """Let go what is gone on *day*."""
        while self._queue and not self._queue[0][0] and self._queue[0][1] <= day:
            lot = heappop(self._queue)[-1]
            lot.expired += lot.left
            self._usable -= lot.left
            lot.left = 0

    def _earn(self, event: Earning) -> None:
        lot = OpenLot(earning=event.id, earned_on=event.on, until=event.until, points=event.points)
        self.orders[event.id] = _Order(earning=event, lots=[lot])
        self._put(lot, event.points - self._fill(lot, event.points))

    def _spend(self, event: Spending, points: int) -> None:
        if points > self._usable:
            raise InvalidValue(
                f"{clip(event.id)} spends {points:,} points on {event.on}, when {self._usable:,} are there",
                code="segmentation.points.short",
                value=event.id,
            )
        self._spendings[event.id] = event
        self.taken[event.id] = self._take(points)
        for lot, many in self.taken[event.id]:
            lot.spent += many

    def _check_reversal(self, event: SpendReversal, spending: Spending | None) -> None:
        if spending is None:
            raise NotFound(
                f"{clip(event.id)} reverses {clip(event.spending)}, which is not spent by {event.on}",
                code="segmentation.points.unknown",
                value=event.spending,
            )
        done = self._reversed[event.spending] = self._reversed.get(event.spending, 0) + event.points
        if done > spending.points:
            raise InvalidValue(
                f"{done:,} points of {clip(event.spending)} are reversed, which spent {spending.points:,}",
                code="segmentation.points.too_many",
                value=event.spending,
            )

    def _give_back(self, event: SpendReversal) -> None:
        """Return points to their lots, the last taken first."""
        taken, rest = self.taken[event.spending], event.points
        while rest:
            lot, many = taken.pop()
            back = min(many, rest)
            if many > back:
                taken.append((lot, many - back))
            lot.spent -= back
            self._return(lot, back, event.on)
            rest -= back

    def _return(self, lot: OpenLot, points: int, on: date) -> None:
        order = self.orders[lot.earning]
        settled = min(points, order.debt)
        order.debt -= settled
        self.debt -= settled
        lot.reversed += settled
        points -= settled
        points -= self._fill(lot, points)
        if lot.until is None or lot.until > on:
            self._put(lot, points)
        elif self._policy.lapsed is Lapsed.EXPIRE or not points:
            lot.expired += points
        else:
            lot.points -= points
            new = OpenLot(
                earning=lot.earning,
                earned_on=lot.earned_on,
                until=_later(on, self._policy.renew_days or 0),
                points=points,
            )
            order.lots.append(new)
            self._put(new, points)

    def _refund(self, event: Refund) -> None:
        order = self.orders.get(event.earning)
        if order is None:
            raise NotFound(
                f"{clip(event.id)} refunds {clip(event.earning)}, which is not earned by {event.on}",
                code="segmentation.points.unknown",
                value=event.earning,
            )
        order.refunded += event.points
        if order.refunded > order.earning.points:
            raise InvalidValue(
                f"{order.refunded:,} points of {clip(event.earning)} are refunded, which earned "
                f"{order.earning.points:,}",
                code="segmentation.points.too_many",
                value=event.earning,
            )
        rest = event.points
        for lot in order.lots:
            many = min(lot.left, rest)
            lot.left -= many
            lot.reversed += many
            self._usable -= many
            rest -= many
        void = min(rest, sum(lot.expired for lot in order.lots) - order.void)
        order.void += void
        self._charge(order, rest - void)

    def _charge(self, order: _Order, points: int) -> None:
        match self._policy.shortfall:
            case Shortfall.NEGATIVE:
                others = min(points, self._usable)
                for lot, many in self._take(others):
                    lot.reversed += many
                self.short += points - others
            case Shortfall.DEBT:
                order.debt += points
                self.debt += points
            case _:
                assert_never(self._policy.shortfall)

    def _fill(self, lot: OpenLot, points: int) -> int:
        """How many of *points* that come into a lot go into the negative balance."""
        many = min(points, self.short)
        lot.reversed += many
        self.short -= many
        return many

    def _take(self, points: int) -> list[tuple[OpenLot, int]]:
        """Take points, of which there are enough, from the lots that expire first."""
        taken = []
        self._usable -= points
        while points:
            lot = self._queue[0][-1]
            many = min(lot.left, points)
            if many:
                lot.left -= many
                points -= many
                taken.append((lot, many))
            if not lot.left:
                heappop(self._queue)
        return taken

    def _put(self, lot: OpenLot, points: int) -> None:
        lot.left += points
        self._usable += points
        if points:  # a lot may stand in the queue more than once: one without points is passed over
            self._entries += 1  # no two entries are alike, so lots are never compared
            key = (lot.until is None, lot.until or date.max, lot.earned_on, lot.earning, self._entries)
            heappush(self._queue, (*key, lot))


def _later(on: date, days: int) -> date | None:
    """So many days later; None past the last of all days."""
    return on + timedelta(days) if days <= (date.max - on).days else None
