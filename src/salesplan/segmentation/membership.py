"""Which level a member has on a day, why, what is missing to the next one, and when it may be lost.

Everything follows from the policy and the spend by day. On each day the sum over the window supports the levels it
reaches, a level is kept on those days and as long after them as the keep rule says, and a member has the highest level
kept. So a level is reached at once, and nothing depends on when anybody looked.

Rolling and calendar windows differ in what is lost when: with 365 rolling days each purchase leaves the sum a year
later, with a calendar year all leave it on the same day.

Left out: levels bought or given by hand, and what a level is good for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..display import html_table, text_table
from ..errors import InvalidType, clip, listed, require_instance
from ..money import Money
from ._kept import held, sum_on, sums
from .levels import Amount, MembershipPolicy

__all__ = ["LevelChange", "Membership", "Reason", "membership"]

_CODE: Final = "segmentation.membership"


class Reason(Enum):
    """Why a member has the level."""

    EVERYBODY = "everybody"
    """It is the first level, which everybody has."""
    REACHED = "reached"
    """The sum over the window reaches it."""
    KEPT = "kept"
    """The sum no longer reaches it; the keep rule holds it."""


@attrs.frozen
class LevelChange:
    """From this day on, this level."""

    on: date
    level: str


@attrs.frozen(kw_only=True)
class Membership:
    """The level on *as_of*, held *since* a day (None: from the beginning), and what may change it.

    *spent* is the sum over the window. *missing* more, spent by *missing_by* (None: no last day), reach *next_level*.
    If nothing more is spent, the level falls to *falls_to* on *falls_on*; spending *to_keep* on the day before keeps
    it, or a higher one, another day at least (None where no amount does). *changes* are those up to *as_of*.
    """

    as_of: date
    level: str
    since: date | None
    reason: Reason
    takes: Amount
    spent: Amount
    next_level: str | None
    missing: Amount | None
    missing_by: date | None
    falls_on: date | None
    falls_to: str | None
    to_keep: Amount | None
    changes: tuple[LevelChange, ...]

    def explain(self) -> str:
        """The level and what may change it, one line each."""
        return text_table(self._rows())

    def _repr_html_(self) -> str:
        return html_table(("", f"as of {self.as_of}"), self._rows())

    def _rows(self) -> list[tuple[str, str]]:
        since = "from the beginning" if self.since is None else f"since {self.since}"
        why = {
            Reason.EVERYBODY: "which everybody has",
            Reason.REACHED: f"which takes {_shown(self.takes)}",
            Reason.KEPT: f"which takes {_shown(self.takes)} and is kept",
        }[self.reason]
        rows = [("level", f"{self.level} {since}, {why}"), ("spent", _shown(self.spent))]
        if self.next_level is not None and self.missing is not None:
            by = "" if self.missing_by is None else f" by {self.missing_by}"
            rows.append(("next", f"{self.next_level}: {_shown(self.missing)} more{by}"))
        if self.falls_on is not None:
            unless = "" if self.to_keep is None else f", unless {_shown(self.to_keep)} more by the day before"
            rows.append(("falls", f"to {self.falls_to} on {self.falls_on}{unless}"))
        return rows

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """The changes: *on* and *level*."""
        return {
            "on": np.array([change.on for change in self.changes], dtype="datetime64[D]"),
            "level": np.array([change.level for change in self.changes], dtype=np.str_),
        }


def _shown(amount: Amount) -> str:
    return str(amount) if isinstance(amount, Money) else f"{amount:,} point{'' if amount == 1 else 's'}"


def membership(
    policy: MembershipPolicy, spend_by_day: Mapping[date, Amount] | Iterable[tuple[date, Amount]], *, as_of: date
) -> Membership:
    """The membership on *as_of* of somebody who spent so much on those days; a refund is a negative amount of its day.

    Amounts of one day add up. What comes after *as_of* is not known yet and changes nothing.
    Law: the level on a later day, if nothing is spent in between, is the one that *falls_on* and *falls_to* announce.
    Raises: InvalidType for amounts or days of another kind; CurrencyMismatch; InvalidValue for a sum past 63 bits.
    >>> from salesplan.segmentation.levels import KeepDays, Level, RollingDays
    >>> levels = (Level("member", 0), Level("silver", 500), Level("gold", 1000))
    >>> policy = MembershipPolicy(levels=levels, window=RollingDays(365), keep=KeepDays(30))
    >>> spend = {date(2026, 1, 10): 400, date(2026, 3, 5): 300}
    >>> print(membership(policy, spend, as_of=date(2026, 6, 30)).explain())
    level  silver since 2026-03-05, which takes 500 points
    spent  700 points
    next   gold: 300 points more by 2027-01-09
    falls  to member on 2027-02-09, unless 200 points more by the day before
    """
    require_instance(policy, MembershipPolicy, code=_CODE, name="policy")
    today = _ordinal(as_of, "as_of")
    spend = {day: amount for day, amount in _by_day(policy, spend_by_day).items() if day <= today}
    steps = sums(policy.window, spend)
    changes = _changes(policy, spend)
    past = [change for change in changes if change[0] <= today]
    place = past[-1][1] if past else 0
    spent, level = sum_on(steps, today), policy.levels[place]
    fall = next(((day, lower) for day, lower in changes if day > today and lower < place), None)
    above = policy.levels[place + 1] if place + 1 < len(policy.levels) else None
    less = next((day for day, amount in steps if day > today and amount < spent), None)
    keeping = None if fall is None else _to_keep(policy, spend, place, fall[0])
    return Membership(
        as_of=as_of,
        level=level.name,
        since=date.fromordinal(past[-1][0]) if past else None,
        reason=_reason(policy, place, spent),
        takes=level.at_least,
        spent=policy.amount(spent),
        next_level=None if above is None else above.name,
        missing=None if above is None else policy.amount(policy.units(above.at_least) - spent),
        missing_by=None if above is None or less is None else date.fromordinal(less - 1),
        falls_on=None if fall is None else date.fromordinal(fall[0]),
        falls_to=None if fall is None else policy.levels[fall[1]].name,
        to_keep=None if keeping is None else policy.amount(keeping),
        changes=tuple(LevelChange(date.fromordinal(day), policy.levels[at].name) for day, at in past),
    )


def _reason(policy: MembershipPolicy, place: int, spent: int) -> Reason:
    if place == 0:
        return Reason.EVERYBODY
    return Reason.REACHED if spent >= policy.units(policy.levels[place].at_least) else Reason.KEPT


def _changes(policy: MembershipPolicy, spend: dict[int, int]) -> list[tuple[int, int]]:
    amounts = [policy.units(level.at_least) for level in policy.levels]
    return held(amounts, policy.window, policy.keep, policy.fall, spend)


def _to_keep(policy: MembershipPolicy, spend: dict[int, int], place: int, falls: int) -> int | None:
    """The least amount that, spent on the day before the fall, keeps the level on the day of the fall, or a higher one.

    A sum must reach a level on one of the two days; which one counts is up to the keep rule, so both are tried. So are
    the levels above: one of them may be kept where this one is not, or end in a landing on this one.
    """
    steps = sums(policy.window, spend)
    takes = [policy.units(level.at_least) for level in policy.levels[place:]]
    for amount in sorted({each - sum_on(steps, day) for each in takes for day in (falls - 1, falls)}):
        if amount > 0:
            more = spend | {falls - 1: spend.get(falls - 1, 0) + amount}
            if sum_on(_changes(policy, more), falls) >= place:
                return amount
    return None


def _by_day(policy: MembershipPolicy, spend: Mapping[date, Amount] | Iterable[tuple[date, Amount]]) -> dict[int, int]:
    pairs = tuple(spend.items()) if isinstance(spend, Mapping) else listed(spend, code=_CODE, name="spend_by_day")
    summed: dict[int, int] = {}
    for pair in pairs:
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise InvalidType(f"spend is pairs of a day and an amount: {clip(pair)}", code=_CODE, value=pair)
        day = _ordinal(pair[0], "a day of spend")
        summed[day] = summed.get(day, 0) + policy.units(pair[1])
    return summed


def _ordinal(value: object, name: str) -> int:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidType(f"{name} must be a date without a time: {clip(value)}", code=_CODE, value=value)
    return value.toordinal()
