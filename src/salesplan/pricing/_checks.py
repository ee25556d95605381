"""Conditions, limits and windows as functions of the run: None when they hold, else the refusal with its numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from ..window import ALWAYS, Weekday, in_zone, zone_of
from ._run import Goods, Refusal, Run
from .conditions import (
    AllOf,
    AnyOf,
    Basis,
    CodeEntered,
    Condition,
    DuringHours,
    FirstOrder,
    InSegment,
    MemberLevelAtLeast,
    Not,
    NotAlreadyDiscounted,
    OnChannel,
    QuantityAtLeast,
    SpendAtLeast,
)
from .outcomes import RefusalCode
from .promotion import Promotion
from .scope import Scope

Check = Callable[[Run], Refusal | None]
Scopes = Callable[[Scope], Goods]

_WEEK = tuple(Weekday)


def checks_of(promotion: Promotion, goods: Goods, scopes: Scopes) -> tuple[Check, ...]:
    """Everything that must hold for a promotion, cheapest first."""
    checks: list[Check] = []
    if promotion.window != ALWAYS:
        checks.append(_window(promotion))
    if promotion.code is not None:
        checks.append(_code(promotion.code))
    limits = promotion.limits
    if limits.uses is not None or limits.uses_per_shopper is not None or limits.budget is not None:
        checks.append(_limits(promotion))
    checks.extend(check_of(condition, goods, scopes) for condition in promotion.conditions)
    return tuple(checks)


def measured(run: Run, goods: Goods, basis: Basis) -> int:
    """What the units in scope cost on a basis, in minor units."""
    lines = run.lines(goods)
    if basis is Basis.RUNNING:
        return sum(run.values(goods, lines))
    prices = run.core.listed if basis is Basis.LIST else run.activity
    if not goods.untouched:
        return sum(prices) if len(lines) == len(prices) else sum([prices[at] for at in lines])
    # untouched units still cost their list price, whatever the basis
    return sum(run.values(goods, lines))


def is_monotone(condition: Condition) -> bool:
    """Whether an earlier discount can only make the condition fail, never make it hold."""
    match condition:
        case AllOf(conditions) | AnyOf(conditions):
            return all(is_monotone(part) for part in conditions)
        case Not(part):
            return not _depends_on_prices(part)
        case _:
            return True


def _depends_on_prices(condition: Condition) -> bool:
    match condition:
        case AllOf(conditions) | AnyOf(conditions):
            return any(_depends_on_prices(part) for part in conditions)
        case Not(part):
            return _depends_on_prices(part)
        case SpendAtLeast() | QuantityAtLeast() | NotAlreadyDiscounted():
            return True
        case _:
            return False


def check_of(condition: Condition, own: Goods, scopes: Scopes) -> Check:
    """One condition; a scope it does not name is the promotion's *own*."""
    match condition:
        case SpendAtLeast(amount=amount, basis=basis, scope=scope):
            return _spend(amount.minor, basis, own if scope is None else scopes(scope))
        case QuantityAtLeast(quantity=quantity, scope=scope):
            return _quantity(quantity, own if scope is None else scopes(scope))
        case InSegment(segments):
            return _segment(segments)
        case MemberLevelAtLeast(level):
            return _member_level(level)
        case FirstOrder():
            return _first_order
        case OnChannel(channels):
            return _channel(channels)
        case CodeEntered(code):
            return _code(code)
        case DuringHours():
            return _hours(condition)
        case NotAlreadyDiscounted(scope=scope):
            return _not_discounted(own if scope is None else scopes(scope))
        case AllOf(conditions):
            return _all_of(tuple(check_of(part, own, scopes) for part in conditions))
        case AnyOf(conditions):
            return _any_of(tuple(check_of(part, own, scopes) for part in conditions))
        case Not(part):
            return _not(check_of(part, own, scopes))
        case _:
            assert_never(condition)


def _window(promotion: Promotion) -> Check:
    window = promotion.window

    def check(run: Run) -> Refusal | None:
        if window.contains(run.at):
            return None
        return Refusal(RefusalCode.NOT_STARTED if window.starts_after(run.at) else RefusalCode.EXPIRED, str(window))

    return check


def _code(code: str) -> Check:
    refusal = Refusal(RefusalCode.CODE_NOT_ENTERED, code)

    def check(run: Run) -> Refusal | None:
        return None if code in run.shopper.codes else refusal

    return check


def _limits(promotion: Promotion) -> Check:
    limits, name = promotion.limits, promotion.id
    budget = limits.budget

    def check(run: Run) -> Refusal | None:
        if limits.uses is not None and (used := run.usage.uses.get(name, 0)) >= limits.uses:
            return Refusal(RefusalCode.USES_SPENT, limits.uses, used)
        if limits.uses_per_shopper is not None:
            used = run.shopper.uses.get(name, 0)
            if used >= limits.uses_per_shopper:
                return Refusal(RefusalCode.SHOPPER_USES_SPENT, limits.uses_per_shopper, used)
        if budget is not None and (spent := run.spent_of(name, budget)) >= budget.minor:
            return Refusal(RefusalCode.BUDGET_SPENT, budget.minor, spent)
        return None

    return check


def _spend(amount: int, basis: Basis, goods: Goods) -> Check:
    def check(run: Run) -> Refusal | None:
        have = measured(run, goods, basis)
        return None if have >= amount else Refusal(RefusalCode.SPEND, amount, have)

    return check


def _quantity(quantity: int, goods: Goods) -> Check:
    def check(run: Run) -> Refusal | None:
        have = run.count(goods)
        return None if have >= quantity else Refusal(RefusalCode.QUANTITY, quantity, have)

    return check


def _segment(segments: frozenset[str]) -> Check:
    refusal = Refusal(RefusalCode.SEGMENT, ", ".join(sorted(segments)))

    def check(run: Run) -> Refusal | None:
        return refusal if segments.isdisjoint(run.shopper.segments) else None

    return check


def _member_level(level: int) -> Check:
    def check(run: Run) -> Refusal | None:
        have = run.shopper.member_level
        if have is None:
            return Refusal(RefusalCode.UNKNOWN_FACT, "member_level")
        return None if have >= level else Refusal(RefusalCode.MEMBER_LEVEL, level, have)

    return check


def _first_order(run: Run) -> Refusal | None:
    orders = run.shopper.orders
    if orders is None:
        return Refusal(RefusalCode.UNKNOWN_FACT, "orders")
    return None if orders == 0 else Refusal(RefusalCode.NOT_FIRST_ORDER, 0, orders)


def _channel(channels: frozenset[str]) -> Check:
    names = ", ".join(sorted(channels))

    def check(run: Run) -> Refusal | None:
        have = run.shopper.channel
        if have is None:
            return Refusal(RefusalCode.UNKNOWN_FACT, "channel")
        return None if have in channels else Refusal(RefusalCode.CHANNEL, names, have)

    return check


def _hours(condition: DuringHours) -> Check:
    days, start, end, zone = condition.days, condition.start, condition.end, zone_of(condition.zone)
    wraps = end <= start
    text = f"{'/'.join(day.value for day in _WEEK if day in days)} {start:%H:%M}-{end:%H:%M} {condition.zone}"

    def check(run: Run) -> Refusal | None:
        local = in_zone(run.at, zone, name="at")
        clock = local.time()
        if start <= clock and (wraps or clock < end) and _WEEK[local.weekday()] in days:
            return None
        if wraps and clock < end and _WEEK[local.weekday() - 1] in days:
            return None
        return Refusal(RefusalCode.HOURS, text, f"{_WEEK[local.weekday()].value} {clock:%H:%M}")

    return check


def _not_discounted(goods: Goods) -> Check:
    def check(run: Run) -> Refusal | None:
        net, listed = run.net, run.core.listed
        touched = [at for at in run.lines(goods) if net[at] != listed[at]]
        if not touched:
            return None
        return Refusal(RefusalCode.ALREADY_DISCOUNTED, have=", ".join(run.core.ids[at] for at in touched))

    return check


# Nested conditions are three-valued: what is unknown must stay so under Not, wherever it stands in a list.


def _all_of(checks: tuple[Check, ...]) -> Check:
    """The first that fails; else the first that is unknown."""

    def check(run: Run) -> Refusal | None:
        unknown = None
        for part in checks:
            refusal = part(run)
            if refusal is not None:
                if refusal.code is not RefusalCode.UNKNOWN_FACT:
                    return refusal
                unknown = unknown or refusal
        return unknown

    return check


def _any_of(checks: tuple[Check, ...]) -> Check:
    """When none holds, the first that is unknown; else the first that fails."""

    def check(run: Run) -> Refusal | None:
        first = unknown = None
        for part in checks:
            refusal = part(run)
            if refusal is None:
                return None
            if refusal.code is RefusalCode.UNKNOWN_FACT:
                unknown = unknown or refusal
            first = first or refusal
        return unknown or first

    return check


def _not(part: Check) -> Check:
    def check(run: Run) -> Refusal | None:
        refusal = part(run)
        if refusal is None:
            return Refusal(RefusalCode.EXCLUDED)
        return refusal if refusal.code is RefusalCode.UNKNOWN_FACT else None

    return check
