"""Payees: who is paid, by which quotas, from when to when, and on which ramp.

A quota of a period is cut to the part of it that the payee was there for, and again by the ramp of a newcomer; both
multiply, day by day: every day of the period weighs its working time, times the share of the ramp in the month of
tenure it falls in. On-target pay, base salary, caps and floors follow the days only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import Enum
from fractions import Fraction
from typing import assert_never

import attrs

from ..errors import InvalidType, InvalidValue, SalesplanError, clip, listed, require_instance, require_text
from ..money import Money
from ..rate import Rate
from .component import check_quota
from .spans import DayCount, Span, month_later, require_day, require_span

__all__ = ["Payee", "Presence", "Proration", "Quota", "presence_of"]

_MAX_RAMP = 120
_NONE, _ALL = Fraction(0), Fraction(1)


class Proration(Enum):
    """How much of a period a payee was there for."""

    CALENDAR_DAYS = "calendar_days"
    """By days: 10 of 30 is a third."""
    WORKING_DAYS = "working_days"
    """By working days, which the caller's calendar counts."""
    WHOLE_PERIOD = "whole_period"
    """All of it when there for at least half its days, else nothing."""
    NONE = "none"
    """All of it when there at all."""


@attrs.frozen
class Quota:
    """The quota of one component, or of one named part of a composite, for the settled period."""

    name: str
    amount: Money | int

    def __attrs_post_init__(self) -> None:
        require_text(self.name, code="commission.quota", name="a quota's name")
        check_quota(self.amount, self.name)


def _quotas(given: Mapping[str, Money | int] | Iterable[Quota]) -> tuple[Quota, ...]:
    if isinstance(given, Mapping):
        given = [Quota(name, amount) for name, amount in given.items()]
    found = listed(given, code="commission.quotas", name="quotas")
    for each in found:
        if not isinstance(each, Quota):
            raise InvalidType(f"not a Quota: {clip(each)}", code="commission.quotas", value=each)
    return tuple(sorted(found, key=lambda each: each.name))


def _ramp(given: Iterable[Rate]) -> tuple[Rate, ...]:
    shares = listed(given, code="commission.ramp", name="ramp")
    for share in shares:
        require_instance(share, Rate, code="commission.ramp", name="a share of the ramp")
        if share < Rate(0):
            raise InvalidValue(f"a ramp share is 0 or more: {share}", code="commission.ramp", value=share)
    return shares


@attrs.frozen
class Payee:
    """Somebody who is paid: *quotas* by component, first day, the day after the last, and the ramp of a newcomer.

    *ramp* holds the share of the quota by month of tenure, counted from *starts*; after the last it is full.
    Raises: InvalidValue for an empty stay, two quotas of one name, or a ramp without a first day.
    >>> sun = Payee("sun", quotas={"sales": Money.of("300000", "CNY")}, starts=date(2026, 11, 16),
    ...             ramp=[Rate.percent("25"), Rate.percent("50")])
    >>> str(sun.quota("sales"))
    'CNY 300000.00'
    """

    id: str
    quotas: tuple[Quota, ...] = attrs.field(default=(), converter=_quotas, kw_only=True)
    starts: date | None = attrs.field(default=None, kw_only=True)
    stops: date | None = attrs.field(default=None, kw_only=True)
    ramp: tuple[Rate, ...] = attrs.field(default=(), converter=_ramp, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_text(self.id, code="commission.payee", name="payee")
        names = [quota.name for quota in self.quotas]
        if len({*names}) < len(names):
            raise InvalidValue(f"two quotas of one name: {clip(names)}", code="commission.quotas", value=tuple(names))
        for name, day in (("starts", self.starts), ("stops", self.stops)):
            if day is not None:
                require_day(day, name=name)
        if self.starts is not None and self.stops is not None and self.stops <= self.starts:
            raise InvalidValue(f"{clip(self.id)} stops before starting", code="commission.stay", value=self.stops)
        if self.ramp and self.starts is None:
            raise InvalidValue(
                f"the ramp of {clip(self.id)} needs a first day: starts=date(...)",
                code="commission.ramp",
                value=self.id,
            )
        if len(self.ramp) > _MAX_RAMP:
            raise InvalidValue(f"a ramp has at most {_MAX_RAMP} months", code="commission.ramp", value=len(self.ramp))

    def quota(self, name: str) -> Money | int | None:
        """The quota of that name; None where there is none."""
        return next((quota.amount for quota in self.quotas if quota.name == name), None)


@attrs.frozen(kw_only=True)
class Presence:
    """The share of a period that a payee was there for, and that share with the ramp in it.

    Law: a quota after proration and ramp is quota * ramped; pay follows *there*.
    """

    there: Rate
    ramped: Rate


def presence_of(
    payee: Payee, period: Span, *, proration: Proration = Proration.CALENDAR_DAYS, workdays: DayCount | None = None
) -> Presence:
    """How much of *period* the payee was there for.

    Raises: InvalidValue where working days are asked for without a calendar of them, or the period has none.
    >>> from salesplan.commission.spans import PayPeriod
    >>> sun = Payee("sun", starts=date(2026, 11, 16), ramp=[Rate.percent("25")])
    >>> found = presence_of(sun, PayPeriod.month(2026, 11))          # 15 of 30 days, at a quarter
    >>> str(found.there), str(found.ramped)
    ('50%', '12.5%')
    """
    require_instance(payee, Payee, code="commission.payee", name="payee")
    require_span(period)
    require_instance(proration, Proration, code="commission.proration", name="proration")
    start = period.start if payee.starts is None else max(period.start, payee.starts)
    end = period.end if payee.stops is None else min(period.end, payee.stops)
    if end <= start:
        return Presence(there=Rate(0), ramped=Rate(0))
    if proration is Proration.WORKING_DAYS and workdays is None:
        raise InvalidValue(
            "proration by working days needs a calendar: workdays=WorkCalendar(...)",
            code="commission.workdays",
            value=None,
        )

    def days(first: date, until: date) -> Fraction:
        if proration is Proration.WORKING_DAYS and workdays is not None:
            return _counted(workdays, first, until)
        return Fraction((until - first) // timedelta(days=1))

    whole, here = days(period.start, period.end), days(start, end)
    if whole == 0 or here > whole:
        raise InvalidValue(f"{clip(period.label)} has no working day", code="commission.workdays", value=period.label)
    match proration:
        case Proration.CALENDAR_DAYS | Proration.WORKING_DAYS:
            there = here / whole
        case Proration.WHOLE_PERIOD:
            there = _ALL if 2 * here >= whole else _NONE
        case Proration.NONE:
            there = _ALL
        case _:
            assert_never(proration)
    productive = sum(
        (days(first, until) * share for first, until, share in _stretches(payee, start, end)), start=Fraction(0)
    )
    ramped = there * productive / here if here else there
    return Presence(there=_rate(there), ramped=_rate(ramped))


def _counted(workdays: DayCount, first: date, until: date) -> Fraction:
    """The working days, as a calendar of somebody else counts them."""
    try:
        count = workdays.count(first, until)
    except SalesplanError:
        raise
    except Exception:  # whatever a foreign calendar raises
        count = None
    if isinstance(count, bool) or not isinstance(count, int | Fraction) or not 0 <= count <= 10**9:
        raise InvalidType(
            f"workdays count days as exact numbers of 0 or more: {clip(count)}", code="commission.workdays", value=count
        )
    return Fraction(count)


def _stretches(payee: Payee, start: date, end: date) -> list[tuple[date, date, Fraction]]:
    """The days from *start* to *end*, cut where the ramp changes."""
    if payee.starts is None or not payee.ramp:
        return [(start, end, Fraction(1))]
    cuts = [month_later(payee.starts, month) for month in range(len(payee.ramp) + 1)]
    shares = [*(share.to_fraction() for share in payee.ramp), Fraction(1)]
    found = []
    for at, share in enumerate(shares):
        first = max(start, cuts[at])
        until = min(end, cuts[at + 1]) if at + 1 < len(cuts) else end
        if first < until:
            found.append((first, until, share))
    return found


def _rate(share: Fraction) -> Rate:
    return Rate(share.numerator, share.denominator)
