"""Draws: pay in advance of earnings, and the ledger of what is owed back.

Per period, with a draw of 2,000:

    earned 1,500   paid 2,000   500 are advanced and owed
    earned 2,375   paid 2,000   375 are recovered, 125 still owed
    earned 3,000   paid 2,875   125 are recovered: pay falls to the draw at most, never below it

A guarantee is topped up the same way and owes nothing: its top-up is forgiven at once, so one identity holds for
every kind and every period:

    paid - earned = owed after - owed before + forgiven

Negative earnings (a clawback) are no special case: earned -300 with a draw of 1,000 advances 1,300. A recoverable draw
owes that; a running guarantee absorbs it, clawback and all, so take clawbacks out of its earnings where the plan does
not mean that. Where no draw runs, because it has ended or there is none, negative earnings pay nothing and are owed.

Source: Siebel Incentive Compensation Administration Guide, 'Creating a Draw' and its recoverable draw scenario;
Oracle Fusion, 'Example of Incentive Compensation Draw and Recovery', where recovery begins later than the draw.
Left out: interest, a part of earnings only that may be recovered, and what the law lets an employer recover at all.
Wage limits differ by country and contract and are the caller's job, as are draws for a part of a period.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Final

import attrs

from ..errors import InvalidType, InvalidValue, clip, require_instance
from ..money import Money

__all__ = ["AMOUNTS", "Draw", "DrawEntry", "DrawKind", "draw_once", "require_day"]

AMOUNTS: Final = ("earned", "advanced", "recovered", "forgiven", "paid", "owed_before", "owed_after")


class DrawKind(Enum):
    """What becomes of the money advanced."""

    RECOVERABLE = "recoverable"
    """It is owed, and recovered from what is earned above the draw."""
    NON_RECOVERABLE = "non_recoverable"
    """It is a guarantee, never owed. What is owed from an earlier draw is still recovered above it."""
    FORGIVEN = "forgiven"
    """It is owed and recovered, and what is still owed on a given day is forgiven then."""


@attrs.frozen(kw_only=True)
class Draw:
    """What is paid in each period at least; *recovery* says what becomes of the money advanced.

    *until* is the first day without the draw: recovery then goes on from all that is earned. *recover_from* is the
    first day on which anything is recovered. *forgive_on*, for FORGIVEN only, is the day on which what is owed is
    forgiven; what is advanced from that day on is owed again. Each is held against the date of an entry.
    Raises: InvalidValue for a negative amount, FORGIVEN without *forgive_on*, or a date that its kind has no use for.
    >>> Draw(amount=Money.of("2000", "USD"), recovery=DrawKind.RECOVERABLE, until=date(2027, 1, 1)).recover_from is None
    True
    """

    amount: Money
    recovery: DrawKind
    forgive_on: date | None = None
    until: date | None = None
    recover_from: date | None = None

    def __attrs_post_init__(self) -> None:
        require_instance(self.amount, Money, code="commission.draw", name="amount")
        if self.amount.minor < 0:
            raise InvalidValue(f"a draw is 0 or more: {self.amount}", code="commission.draw", value=self.amount)
        require_instance(self.recovery, DrawKind, code="commission.draw", name="recovery")
        for name in ("forgive_on", "until", "recover_from"):
            day = getattr(self, name)
            if day is not None:
                require_day(day, name)
        if (self.forgive_on is not None) != (self.recovery is DrawKind.FORGIVEN):
            raise InvalidValue(
                "forgive_on is the day of a FORGIVEN draw, which needs one, and of no other",
                code="commission.forgive_on",
                value=self.forgive_on,
            )
        if self.recover_from is not None and self.recovery is DrawKind.NON_RECOVERABLE:
            raise InvalidValue(
                "a guarantee recovers nothing of its own: no recover_from",
                code="commission.recover_from",
                value=self.recover_from,
            )


@attrs.frozen(kw_only=True)
class DrawEntry:
    """One period: what was earned, advanced, recovered, forgiven and paid, and what is owed before and after it.

    Law: paid == earned + advanced - recovered; owed_after == owed_before + advanced - recovered - forgiven; only
    *earned* may be negative.
    Raises: InvalidValue where these do not hold; CurrencyMismatch.
    """

    on: date
    earned: Money
    advanced: Money
    recovered: Money
    forgiven: Money
    paid: Money
    owed_before: Money
    owed_after: Money

    def __attrs_post_init__(self) -> None:
        require_day(self.on, "on")
        require_instance(self.earned, Money, code="commission.draw_entry", name="earned")
        for name in AMOUNTS[1:]:
            amount = self.earned.same(getattr(self, name))
            if amount.minor < 0:
                raise InvalidValue(f"{name} is 0 or more: {amount}", code="commission.draw_entry", value=amount)
        moved = self.advanced.minor - self.recovered.minor
        owed = self.owed_before.minor + moved - self.forgiven.minor
        if self.paid.minor != self.earned.minor + moved or self.owed_after.minor != owed:
            raise InvalidValue(
                f"what is paid and owed does not follow from the rest on {self.on}",
                code="commission.draw_entry",
                value=self.on,
            )


def draw_once(draw: Draw | None, earned: Money, *, owed: Money, on: date, after: date | None = None) -> DrawEntry:
    """The entry of one period, dated *on*, when *owed* was owed before it; without a draw, debts are recovered.

    *after* is the date of the entry before it (None: there was none). It matters to forgiveness, which happens once: in
    the first entry on or after the day, before anything of that entry is recovered or advanced.
    Law: while the draw runs, paid >= draw; otherwise paid >= 0.
    Raises: InvalidValue for a negative *owed*, or dates out of order; CurrencyMismatch.
    >>> draw = Draw(amount=Money.of("2000", "USD"), recovery=DrawKind.RECOVERABLE)
    >>> entry = draw_once(draw, Money.of("2375", "USD"), owed=Money.of("500", "USD"), on=date(2026, 4, 30))
    >>> str(entry.paid), str(entry.recovered), str(entry.owed_after)
    ('USD 2000.00', 'USD 375.00', 'USD 125.00')
    """
    if draw is not None:
        require_instance(draw, Draw, code="commission.draw", name="draw")
        draw.amount.same(earned)
    require_instance(earned, Money, code="commission.earned", name="earned").same(owed)
    if owed.minor < 0:
        raise InvalidValue(f"what is owed is 0 or more: {owed}", code="commission.owed", value=owed)
    require_day(on, "on")
    if after is not None and require_day(after, "after") >= on:
        raise InvalidValue(f"{on} is not after {after}", code="commission.draw_dates", value=on)
    return _settled(draw, earned, owed, on, after)


def _settled(draw: Draw | None, earned: Money, owed: Money, on: date, after: date | None) -> DrawEntry:
    runs = draw is not None and (draw.until is None or on < draw.until)
    floor = draw.amount.minor if draw is not None and runs else 0
    lapsed = owed.minor if _forgives(draw, on, after) else 0
    above = earned.minor - floor
    advanced, recovered = max(-above, 0), 0
    if above > 0 and (draw is None or draw.recover_from is None or on >= draw.recover_from):
        recovered = min(owed.minor - lapsed, above)
    guaranteed = draw is not None and runs and draw.recovery is DrawKind.NON_RECOVERABLE
    forgiven = lapsed + (advanced if guaranteed else 0)
    unit = earned.currency
    return DrawEntry(
        on=on,
        earned=earned,
        advanced=Money(advanced, unit),
        recovered=Money(recovered, unit),
        forgiven=Money(forgiven, unit),
        paid=Money(earned.minor + advanced - recovered, unit),
        owed_before=owed,
        owed_after=Money(owed.minor + advanced - recovered - forgiven, unit),
    )


def _forgives(draw: Draw | None, on: date, after: date | None) -> bool:
    """Whether this is the first entry on or after the day of forgiveness."""
    if draw is None or draw.forgive_on is None:
        return False
    return on >= draw.forgive_on and (after is None or after < draw.forgive_on)


def require_day(value: object, name: str) -> date:
    """*value* itself when it is a date without a time."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidType(f"{name} must be a date without a time: {clip(value)}", code="commission.date", value=value)
    return value
