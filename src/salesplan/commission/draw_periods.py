"""The ledger of a draw: one entry per period, each beginning with what the one before it left owed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any

import attrs

from ..display import Align, html_table, text_table
from ..errors import InvalidType, InvalidValue, clip, listed, require_instance
from ..money import Money
from .draws import AMOUNTS, Draw, DrawEntry, draw_once, require_day

__all__ = ["DrawLedger", "draw_ledger"]


@attrs.frozen(kw_only=True)
class DrawLedger:
    """The entries of one payee by date, each beginning with what the one before it left; *opening* was owed at first.

    Law: paid == earned + owed - opening + forgiven.
    Raises: InvalidValue for entries out of order, or one that does not begin where the last ended.
    """

    opening: Money
    entries: tuple[DrawEntry, ...]

    def __attrs_post_init__(self) -> None:
        require_instance(self.opening, Money, code="commission.draw_ledger", name="opening")
        object.__setattr__(self, "entries", listed(self.entries, code="commission.draw_ledger", name="entries"))
        if self.opening.minor < 0:
            raise InvalidValue(f"what is owed is 0 or more: {self.opening}", code="commission.owed", value=self.opening)
        owed = self.opening
        for entry in self.entries:
            require_instance(entry, DrawEntry, code="commission.draw_ledger", name="an entry")
            if owed.same(entry.owed_before) != owed:
                raise InvalidValue(
                    f"{owed} is owed before {entry.on}, not {entry.owed_before}",
                    code="commission.draw_ledger",
                    value=entry.owed_before,
                )
            owed = entry.owed_after
        for before, after in pairwise(self.entries):
            if not before.on < after.on:
                raise InvalidValue(f"{after.on} comes after {before.on}", code="commission.draw_ledger", value=after.on)

    @property
    def earned(self) -> Money:
        """All that was earned."""
        return self._sum("earned")

    @property
    def paid(self) -> Money:
        """All that was paid."""
        return self._sum("paid")

    @property
    def forgiven(self) -> Money:
        """All that was advanced and will not come back."""
        return self._sum("forgiven")

    @property
    def owed(self) -> Money:
        """What is owed after the last entry."""
        return self.entries[-1].owed_after if self.entries else self.opening

    def explain(self) -> str:
        """The ledger as text, with its sums.

        >>> earned = [(date(2026, 1, 31), Money.of("-500", "USD")), (date(2026, 2, 28), Money.of("2375", "USD"))]
        >>> print(draw_ledger(None, earned).explain())
        USD          earned  advanced  recovered  forgiven     paid    owed
        2026-01-31  -500.00    500.00       0.00      0.00     0.00  500.00
        2026-02-28  2375.00      0.00     500.00      0.00  1875.00    0.00
        total       1875.00    500.00     500.00      0.00  1875.00    0.00
        """
        return text_table(self._rows(), align=_SIDES)

    def _repr_html_(self) -> str:
        head, *rows = self._rows()
        return html_table(head, rows, align=_SIDES)

    def to_columns(self) -> dict[str, list[Any]]:
        """One row per entry: *on* and the seven amounts.      Units: minor units."""
        columns: dict[str, list[Any]] = {"on": [entry.on for entry in self.entries]}
        return columns | {name: [getattr(entry, name).minor for entry in self.entries] for name in AMOUNTS}

    def _rows(self) -> list[tuple[str, ...]]:
        shown = (*AMOUNTS[:5], "owed_after")
        head = (self.opening.currency.code, *AMOUNTS[:5], "owed")
        before = [("before", *[""] * 5, self.opening.amount)] if self.opening.minor else []
        body = [(entry.on.isoformat(), *(getattr(entry, name).amount for name in shown)) for entry in self.entries]
        return [head, *before, *body, ("total", *(self._sum(name).amount for name in AMOUNTS[:5]), self.owed.amount)]

    def _sum(self, name: str) -> Money:
        return Money.sum((getattr(entry, name) for entry in self.entries), currency=self.opening.currency)


_SIDES = (Align.LEFT, *[Align.RIGHT] * 6)


def draw_ledger(
    draw: Draw | None,
    earnings: Iterable[tuple[date, Money]],
    *,
    owed: Money | None = None,
    after: date | None = None,
) -> DrawLedger:
    """The ledger of *earnings*, pairs of a date and what was earned by then, one for each period, in any order.

    To go on from an earlier ledger, give what it left *owed* and the date of its last entry as *after*.
    Law: a ledger cut in two and carried on this way has the same entries.
    Raises: InvalidValue for a date given twice or not after *after*, or for a ledger with no amount in it.
    >>> ledger = draw_ledger(None, [(date(2026, 1, 31), Money.of("800", "USD"))], owed=Money.of("1000", "USD"))
    >>> str(ledger.paid), str(ledger.owed)
    ('USD 0.00', 'USD 200.00')
    """
    if draw is not None:
        require_instance(draw, Draw, code="commission.draw", name="draw")
    dated = sorted((_pair(pair) for pair in listed(earnings, code="commission.earnings", name="earnings")), key=_day)
    for (before, _), (on, _) in pairwise(dated):
        if before == on:
            raise InvalidValue(f"{on} is given twice: one amount per period", code="commission.draw_dates", value=on)
    if after is not None:
        require_day(after, "after")
    opening = (
        _nothing(draw, dated) if owed is None else require_instance(owed, Money, code="commission.owed", name="owed")
    )
    entries: list[DrawEntry] = []
    for on, earned in dated:
        before_it = entries[-1].owed_after if entries else opening
        entries.append(draw_once(draw, earned, owed=before_it, on=on, after=entries[-1].on if entries else after))
    return DrawLedger(opening=opening, entries=tuple(entries))


def _nothing(draw: Draw | None, dated: list[tuple[date, Money]]) -> Money:
    if draw is None and not dated:
        raise InvalidValue("a ledger needs a draw, earnings or something owed", code="commission.earnings", value=())
    return Money.zero((draw.amount if draw is not None else dated[0][1]).currency)


def _pair(pair: object) -> tuple[date, Money]:
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise InvalidType(
            f"earnings are pairs of a date and Money: {clip(pair)}", code="commission.earnings", value=pair
        )
    return require_day(pair[0], "a date of earnings"), require_instance(
        pair[1], Money, code="commission.earned", name="earned"
    )


def _day(pair: tuple[date, Money]) -> date:
    return pair[0]
