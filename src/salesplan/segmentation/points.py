"""Points in lots: what was earned, spent, expired and taken back, and what is left of each lot on any day.

Every debit belongs to a lot. A balance kept as credits less debits breaks as soon as a credit expires: earn 100, spend
80, earn 50, let the 100 expire, and 50 - 80 is -30, though the 80 were spent out of the 100 and 50 are there. So a
spending takes from lots, the first to expire first, then the first earned, then by id; what returns goes back to where
it came from; what expires is what a lot still has.

    earned == spent + expired + reversed + balance         on every date

A ledger is a set of events: its balance on a date is a function of those up to the date, whatever order they were
given in. Events of one day come in the order that `PointsLedger` states.

Left out: what a point is worth, and how many an order earns.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any, Final, assert_never

import attrs
import numpy as np
from numpy.typing import NDArray

from ..display import html_table, text_table
from ..errors import InvalidType, InvalidValue, NotFound, clip, listed, require_instance, require_text
from ._lots import Book
from .point_events import Earning, PointsEvent, PointsPolicy, Refund, Spending, SpendReversal, require_date
from .points_state import Lot, PointsState, PointsUse

__all__ = ["PointsLedger"]

_CODE: Final = "segmentation.points"


@attrs.frozen(kw_only=True)
class PointsLedger:
    """The events of one member under a policy, kept by day and then id; `at` gives what they come to.

    Of one day, in this order: points expire, are earned, come back from spendings of earlier days, are spent, and are
    refunded; of one kind, by id. A spending reversed on its own day takes so much less.
    Law: the same events in any order are the same ledger; events after a date do not change what it shows on that date.
    Raises: InvalidValue for an id given twice, for spending more than is there, for taking back more than was earned or
    spent; NotFound for taking back what there is not yet.
    """

    policy: PointsPolicy
    events: tuple[PointsEvent, ...] = ()

    def __attrs_post_init__(self) -> None:
        require_instance(self.policy, PointsPolicy, code=_CODE, name="policy")
        events = listed(self.events, code=_CODE, name="events")
        for event in events:
            if not isinstance(event, PointsEvent):
                raise InvalidType(f"not an event of points: {clip(event)}", code=_CODE, value=event)
        object.__setattr__(self, "events", tuple(sorted(events, key=lambda event: (event.on, event.id))))
        seen: set[str] = set()
        for event in self.events:
            if event.id in seen:
                raise InvalidValue(f"{clip(event.id)} is there twice", code="segmentation.points.twice", value=event.id)
            seen.add(event.id)
        self._book(date.max)

    def _book(self, day: date) -> Book:
        book = Book(self.policy)
        for on, events in groupby((event for event in self.events if event.on <= day), key=lambda event: event.on):
            book.apply(on, [*events])
        book.expire(day)
        return book

    def at(self, on: date) -> PointsState:
        """The lots at the end of that day.

        Raises: InvalidType for anything but a date.
        """
        book = self._book(require_date(on, "on"))
        lots = [lot for order in book.orders.values() for lot in order.lots]
        lots.sort(key=lambda lot: (lot.until is None, lot.until or date.max, lot.earned_on, lot.earning))
        uses: dict[tuple[str, str], int] = {}
        for spending, taken in book.taken.items():
            for lot, points in taken:
                uses[spending, lot.earning] = uses.get((spending, lot.earning), 0) + points
        return PointsState(
            on=on,
            lots=tuple(
                Lot(
                    earning=lot.earning,
                    earned_on=lot.earned_on,
                    until=lot.until,
                    points=lot.points,
                    left=lot.left,
                    spent=lot.spent,
                    expired=lot.expired,
                    reversed=lot.reversed,
                )
                for lot in lots
            ),
            uses=tuple(PointsUse(spending=s, earning=e, points=points) for (s, e), points in sorted(uses.items())),
            short=book.short,
            debt=book.debt,
        )

    def with_events(self, events: Iterable[PointsEvent]) -> PointsLedger:
        """This ledger with more events, of any day.

        Raises: as the constructor.
        """
        return attrs.evolve(self, events=(*self.events, *listed(events, code=_CODE, name="events")))

    def earn(self, id: str, *, on: date, points: int, until: date | None = None) -> PointsLedger:
        """This ledger with an `Earning` more."""
        return self.with_events([Earning(id=id, on=on, points=points, until=until)])

    def spend(self, id: str, *, on: date, points: int) -> PointsLedger:
        """This ledger with a `Spending` more."""
        return self.with_events([Spending(id=id, on=on, points=points)])

    def refund(self, id: str, *, on: date, earning: str, points: int | None = None) -> PointsLedger:
        """This ledger with a `Refund` more; without *points*, of all that is not refunded yet.

        Raises: NotFound for an earning that is not in the ledger; else as the constructor.
        """
        many = self._rest(Earning, earning, Refund, "earning") if points is None else points
        return self.with_events([Refund(id=id, on=on, earning=earning, points=many)])

    def reverse(self, id: str, *, on: date, spending: str, points: int | None = None) -> PointsLedger:
        """This ledger with a `SpendReversal` more; without *points*, of all that is not reversed yet.

        Raises: NotFound for a spending that is not in the ledger; else as the constructor.
        """
        many = self._rest(Spending, spending, SpendReversal, "spending") if points is None else points
        return self.with_events([SpendReversal(id=id, on=on, spending=spending, points=many)])

    def _rest(self, kind: type[Any], id: str, taking_back: type[Any], name: str) -> int:
        """What is not taken back yet of the event with that id."""
        require_text(id, code=_CODE, name=name)
        whole: list[int] = [event.points for event in self.events if isinstance(event, kind) and event.id == id]
        if not whole:
            raise NotFound(f"no {name} {clip(id)} in the ledger", code="segmentation.points.unknown", value=id)
        back = [event for event in self.events if isinstance(event, taking_back)]
        done: int = sum(event.points for event in back if getattr(event, name) == id)
        return whole[0] - done

    def explain(self) -> str:
        """The events by day."""
        return text_table(self._rows())

    def _repr_html_(self) -> str:
        head, *rows = self._rows()
        return html_table(head, rows)

    def _rows(self) -> list[tuple[object, ...]]:
        return [("on", "event", "id", "of", "points", "until"), *(_row(event) for event in self.events)]

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """One row for each event: *on*, *event* (its kind), *id*, *of* (what it takes back), *points*."""
        rows = [_row(event) for event in self.events]
        return {
            "on": np.array([row[0] for row in rows], dtype="datetime64[D]"),
            **{name: np.array([row[at] or "" for row in rows], dtype=np.str_) for at, name in _TEXTS},
            "points": np.array([row[4] for row in rows], dtype=np.int64),
        }


_TEXTS: Final = ((1, "event"), (2, "id"), (3, "of"))


def _row(event: PointsEvent) -> tuple[object, ...]:
    match event:
        case Earning():
            return event.on, "earned", event.id, None, event.points, event.until
        case Spending():
            return event.on, "spent", event.id, None, event.points, None
        case Refund():
            return event.on, "refunded", event.id, event.earning, event.points, None
        case SpendReversal():
            return event.on, "reversed", event.id, event.spending, event.points, None
        case _:
            assert_never(event)
