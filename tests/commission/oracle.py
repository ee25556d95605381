"""The slow obvious settlement: every minor unit of what has accumulated is paid at the rate of the tier it lies in.

Written from the docstrings. It keeps no ledger: what a month pays is what everything up to that month is worth, worked
out from the first credit on, less what everything up to the month before was worth. A deal that a note takes back
counts as smaller from that month on (RECOMPUTE); without `reverses=`, or under LIFO, a note is a sale like any other.
Amounts are fractions until the one rounding of a component. It knows rounding at the PAYOUT only, and ORIGINAL_RATE
not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import lcm
from typing import Any

import attrs

from salesplan.commission import (
    Accumulation,
    Application,
    BelowZero,
    Clawback,
    Component,
    Composite,
    CompPlan,
    Credit,
    Credited,
    CreditRole,
    DeadZone,
    FirstUnit,
    KpiGate,
    KpiRange,
    Multiplies,
    Part,
    PayBase,
    Payee,
    RateTable,
    Scope,
    Span,
    Spiff,
    SpiffPer,
)
from salesplan.ladder import Boundary
from salesplan.money import Money, Rounding
from salesplan.rate import Rate

ZERO, HALF = Fraction(0), Fraction(1, 2)
DAY = timedelta(days=1)


@attrs.frozen
class Month:
    """What one settlement is given."""

    period: Span
    credits: Sequence[Credit]
    kpis: Mapping[str, Rate]


@attrs.frozen
class Expected:
    """A component in one month: pay before and after rounding, what is measured, and the quota it is held against."""

    exact: Fraction
    earned: int
    measured: Fraction
    quota: Fraction | None


def exact(value: Money | Rate | int) -> Fraction:
    if isinstance(value, Rate):
        return Fraction(value.numerator, value.denominator)
    return Fraction(value.minor if isinstance(value, Money) else value)


def whole(value: Fraction, rounding: Rounding) -> int:
    return rounding.divide(value.numerator, value.denominator)


# --- one function of pay -------------------------------------------------------------------------------------


def reached(table: RateTable, x: Fraction, edge: Fraction) -> bool:
    return x >= edge if table.tiers.boundary is Boundary.LOWER_INCLUSIVE else x > edge


def unit_by_unit(edges: list[Fraction], rates: list[Fraction], low: Fraction, high: Fraction) -> Fraction:
    """From *low* to *high*, each small unit at the rate of the last tier that begins before its middle."""
    if high <= low:
        return ZERO
    grid = lcm(low.denominator, high.denominator, *(edge.denominator for edge in edges))
    paid = ZERO
    for unit in range(int(low * grid), int(high * grid)):
        middle = (unit + HALF) / grid
        begun = [rate for edge, rate in zip(edges, rates, strict=True) if edge < middle]
        if begun:
            paid += begun[-1]
    return paid / grid


def pay(component: Component, table: RateTable, x: Fraction, quota: Fraction | None, on_target: Fraction) -> Fraction:
    """What *x* of the measure pays, before gates: per unit of it where rates are of something else."""
    if x < 0:
        return -pay(component, table, -x, quota, on_target)
    per = quota if table.kind is Rate and isinstance(component.measure, Credited) else Fraction(1)
    assert per
    edges = [exact(edge) * per for edge in table.tiers.thresholds]
    values = [exact(value) for value in table.tiers.values]
    zone = ZERO
    for gate in component.gates:
        if isinstance(gate, DeadZone):
            zone = exact(gate.until) * per
    counted = x if component.counted_to is None else min(x, exact(component.counted_to) * per)
    begun = [at for at, edge in enumerate(edges) if reached(table, counted, edge)]
    one = on_target / per if component.pays_on is PayBase.ON_TARGET_ATTAINED else Fraction(1)
    if table.application is Application.MARGINAL:
        return one * unit_by_unit(edges, values, zone, counted)
    if not begun:
        return ZERO
    tier = begun[-1]
    if table.application is Application.WHOLE and component.pays_on is not PayBase.ON_TARGET:
        return one * values[tier] * max(ZERO, counted - zone)
    value = values[tier]
    if table.application is Application.INTERPOLATED and tier + 1 < len(edges):
        along = (counted - edges[tier]) / (edges[tier + 1] - edges[tier])
        value += along * (values[tier + 1] - value)
    return value * on_target if component.pays_on is PayBase.ON_TARGET else value


def average(component: Component, table: RateTable, key: Fraction, quota: Fraction | None) -> Fraction:
    """What one unit of the base pays when *key* has been reached; of nothing, what the first of it would."""
    if key:
        return pay(component, table, abs(key), quota, ZERO) / abs(key)
    in_zone = any(isinstance(gate, DeadZone) for gate in component.gates)
    first = table.tiers.steps[0]
    return exact(first.value) if exact(first.threshold) == 0 and not in_zone else ZERO


# --- credits -------------------------------------------------------------------------------------------------


def holds(scope: Scope, credit: Credit) -> bool:
    return (
        (not scope.products or credit.product in scope.products)
        and (not scope.labels or bool(scope.labels & credit.labels))
        and (not scope.roles or credit.role in scope.roles)
    )


def fields_of(scope: Scope) -> int:
    return sum(bool(field) for field in (scope.products, scope.labels, scope.roles))


def takes(plan: CompPlan, component: Component, credit: Credit) -> bool:
    """Whether the credit goes to the component and not to a narrower one of its group."""
    if not (asks_credits(component) and holds(component.scope, credit)):
        return False
    return not any(
        component.group is not None
        and other.group == component.group
        and asks_credits(other)
        and fields_of(other.scope) > fields_of(component.scope)
        and holds(other.scope, credit)
        for other in plan.components
    )


def asks_credits(component: Component) -> bool:
    """Whether it measures credits or pays on them: a KPI that pays of its own takes none away from others."""
    parts = component.measure.parts if isinstance(component.measure, Composite) else (component.measure,)
    return shared_pay(component, component.table) or any(
        part.measure is not None if isinstance(part, Part) else True for part in parts
    )


def counts(what: Credited, credit: Credit) -> Fraction:
    sign = -1 if credit.amount.minor < 0 else 1
    if what is Credited.AMOUNT:
        size: int = credit.amount.minor
    elif what is Credited.MARGIN:
        assert credit.margin is not None
        size = credit.margin.minor
    else:
        size = sign * (credit.units if what is Credited.UNITS else 1)
    return size * exact(credit.share)


def in_range(when: KpiRange | None, kpis: Mapping[str, Rate]) -> bool:
    if when is None:
        return True
    now = exact(kpis[when.kpi])
    above = when.at_least is None or exact(when.at_least) <= now
    return above and (when.at_most is None or now <= exact(when.at_most))


@attrs.frozen
class Sale:
    """A credit as a component counts it in its month: *measured* reaches tiers, *base* is paid on."""

    month: int
    credit: Credit
    measured: Fraction
    base: Fraction


def sale(component: Component, month: int, credit: Credit, kpis: Mapping[str, Rate]) -> Sale:
    factor = Fraction(1)
    for each in component.multipliers:
        if each.on is Multiplies.INPUT and in_range(each.when, kpis) and holds(each.scope, credit):
            factor *= exact(each.factor)
    measure = component.measure if isinstance(component.measure, Credited) else None
    paid_on = {PayBase.AMOUNT: Credited.AMOUNT, PayBase.MARGIN: Credited.MARGIN}.get(component.pays_on)
    return Sale(
        month,
        credit,
        ZERO if measure is None else factor * counts(measure, credit),
        ZERO if paid_on is None else factor * counts(paid_on, credit),
    )


# --- who is there --------------------------------------------------------------------------------------------


def months_on(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - DAY).day
    return date(year, month + 1, min(day.day, last))


def presence(payee: Payee, period: Span) -> tuple[Fraction, Fraction]:
    """Day by day: the share of the days, and with the ramp of the month of tenure each lies in."""
    days = (period.end - period.start).days
    there = ramped = ZERO
    for count in range(days):
        day = period.start + count * DAY
        if (payee.starts is not None and day < payee.starts) or (payee.stops is not None and day >= payee.stops):
            continue
        there += Fraction(1, days)
        share = Fraction(1)
        for at, ramp in enumerate(payee.ramp):
            assert payee.starts is not None
            if months_on(payee.starts, at) <= day < months_on(payee.starts, at + 1):
                share = exact(ramp)
        ramped += share / days
    return there, ramped


# --- a component over the months -----------------------------------------------------------------------------


def begins(component: Component, month: Month) -> date:
    """The first day of the quarter or year that a month lies in."""
    size = 3 if component.accumulation is Accumulation.QUARTER else 12
    first = month.period.start
    for back in range(size):
        day = months_on(first.replace(day=1), -back)
        if (day.month - component.resets.month) % size == 0:
            return day
    raise AssertionError("a quarter begins in every third month")


def window(component: Component, months: Sequence[Month], each: Sale) -> Any:
    if component.accumulation is Accumulation.DEAL:
        return each.month, each.credit.deal, each.credit.role
    if component.accumulation is Accumulation.DAY:
        return each.month, each.credit.on
    if component.accumulation is Accumulation.PERIOD:
        return each.month
    return begins(component, months[each.month])


def months_of(component: Component, months: Sequence[Month], mark: Any) -> list[int]:
    """The months whose quotas add up in a window."""
    if component.accumulation in {Accumulation.QUARTER, Accumulation.YEAR}:
        return [at for at, month in enumerate(months) if begins(component, month) == mark]
    return [mark[0] if isinstance(mark, tuple) else mark]


def quota_of(component: Component, payee: Payee) -> Fraction | None:
    own = next((each.amount for each in payee.quotas if each.name == component.id), component.quota)
    return None if own is None else exact(own)


def kpi(component: Component, month: Month, payee: Payee, credits: Iterable[Credit]) -> Fraction:
    measure = component.measure
    parts = measure.parts if isinstance(measure, Composite) else (measure,)
    total = ZERO
    for part in parts:
        assert isinstance(part, Part)
        if part.measure is None:
            value = exact(month.kpis[part.name])
        else:
            quota = next(exact(each.amount) for each in payee.quotas if each.name == part.name)
            value = sum((counts(part.measure, credit) for credit in credits), ZERO)
            value /= quota * presence(payee, month.period)[1]
        total += value * (exact(part.weight) if isinstance(measure, Composite) else 1)
    return total


def shared_pay(component: Component, table: RateTable) -> bool:
    """Whether tiers are reached by something else than what their rates are of."""
    if component.pays_on in {PayBase.ON_TARGET, PayBase.ON_TARGET_ATTAINED} or not table.pays_shares:
        return False
    return not isinstance(component.measure, Credited) or component.measure.value != component.pays_on.value


def worth(plan: CompPlan, component: Component, payee: Payee, months: Sequence[Month]) -> dict[Any, Fraction]:
    """What every window is worth after the last of these months."""
    own_notes = plan.clawback is not Clawback.LIFO
    sold: dict[tuple[str, CreditRole], Sale] = {}
    for at, month in enumerate(months):
        for credit in month.credits:
            if (not own_notes or credit.reverses is None) and takes(plan, component, credit):
                sold[credit.deal, credit.role] = sale(component, at, credit, month.kpis)
    gone: dict[tuple[str, CreditRole], Fraction] = {}
    for month in months:
        for credit in month.credits:
            mark = (credit.reverses or "", credit.role)
            if own_notes and mark in sold:
                deal = sold[mark].credit
                whole_of_it = deal.amount.minor * exact(deal.share)
                part = -credit.amount.minor * exact(credit.share) / whole_of_it if whole_of_it else ZERO
                gone[mark] = gone.get(mark, ZERO) + part
    left = [
        attrs.evolve(each, measured=each.measured * (1 - gone.get(mark, 0)), base=each.base * (1 - gone.get(mark, 0)))
        for mark, each in sold.items()
    ]
    windows: dict[Any, list[Sale]] = {}
    if not isinstance(component.measure, Credited):
        windows = {at: [] for at in range(len(months))}  # a KPI pays without a credit
    for each in left:
        windows.setdefault(window(component, months, each), []).append(each)
    return {
        mark: _window_worth(component, payee, months, months_of(component, months, mark), sales)
        for mark, sales in windows.items()
    }


def to_date(amount: Fraction, payee: Payee, months: Sequence[Month], places: Iterable[int], *, ramped: int) -> Fraction:
    return sum((amount * presence(payee, months[at].period)[ramped] for at in places), ZERO)


def _window_worth(
    component: Component, payee: Payee, months: Sequence[Month], places: list[int], sales: list[Sale]
) -> Fraction:
    full = quota_of(component, payee)
    quota = None if full is None else to_date(full, payee, months, places, ramped=1)
    on_target = to_date(component_target(component), payee, months, places, ramped=0)
    if not isinstance(component.measure, Credited):
        (at,) = places
        key = kpi(component, months[at], payee, [each.credit for each in sales])
        table = component.table_on(months[at].period.start).table
        if shared_pay(component, table):
            return sum(
                (each.base * average(component, component.table_on(each.credit.on).table, key, None) for each in sales),
                ZERO,
            )
        return pay(component, table, key, None, on_target)
    total = sum((each.measured for each in sales), ZERO)
    for gate in component.gates:
        if isinstance(gate, FirstUnit):
            per = quota if component.table.kind is Rate else Fraction(1)
            assert per is not None
            if not reached(component.table, abs(total), exact(gate.reach) * per):
                return ZERO
    versions = sorted({component.table_on(each.credit.on).first or date.min for each in sales})
    before = paid = ZERO
    for first in versions:
        own = [each for each in sales if (component.table_on(each.credit.on).first or date.min) == first]
        table = component.table_on(own[0].credit.on).table
        after = before + sum((each.measured for each in own), ZERO)
        if shared_pay(component, table):
            paid += sum((each.base for each in own), ZERO) * average(component, table, after, quota)
        else:
            paid += pay(component, table, after, quota, on_target) - pay(component, table, before, quota, on_target)
        before = after
    return paid


def component_target(component: Component) -> Fraction:
    """The component's on-target pay a month: `plans` gives every plan 90 in all."""
    return ZERO if component.weight is None else 90 * exact(component.weight)


def inner_and_outer(
    plan: CompPlan, component: Component, payee: Payee, months: Sequence[Month]
) -> tuple[Fraction, dict[int, Fraction]]:
    """What the last month's own windows pay, and what earlier ones pay less, by the month they were of."""
    now = worth(plan, component, payee, months)
    before = worth(plan, component, payee, months[:-1])
    last = len(months) - 1
    inner = ZERO
    outer: dict[int, Fraction] = {}
    for mark in now.keys() | before.keys():
        places = months_of(component, months, mark)
        more = now.get(mark, ZERO) - before.get(mark, ZERO)
        if last in places:
            inner += more
        else:
            outer[places[-1]] = outer.get(places[-1], ZERO) + more
    return inner, outer


def factor_of(component: Component, inner: Fraction, kpis: Mapping[str, Rate]) -> Fraction:
    """What gates on KPIs and multipliers on the output make of it; a gate withholds pay, never a debt."""
    factor = Fraction(1)
    for gate in component.gates:
        if isinstance(gate, KpiGate) and not in_range(gate.when, kpis) and inner * factor > 0:
            factor *= exact(gate.otherwise)
    for each in component.multipliers:
        if each.on is Multiplies.OUTPUT and in_range(each.when, kpis):
            factor *= exact(each.factor)
    return factor


def limited(component: Component, payee: Payee, month: Month, earned: Fraction) -> Fraction:
    there = presence(payee, month.period)[0]
    if component.cap is not None:
        earned = min(earned, exact(component.cap) * there)
    if component.floor is not None:
        earned = max(earned, exact(component.floor) * there)
    return earned


def before_limits(plan: CompPlan, component: Component, payee: Payee, months: Sequence[Month]) -> list[Fraction]:
    """What each of these months earned before its limits, as it looks after the last of them."""
    if not months:
        return []
    last = len(months) - 1
    inner, outer = inner_and_outer(plan, component, payee, months)
    known = before_limits(plan, component, payee, months[:-1])
    now = list(known)
    taken = ZERO
    for at, change in outer.items():
        then, _ = inner_and_outer(plan, component, payee, months[: at + 1])
        now[at] += change * factor_of(component, then, months[at].kpis)
        taken += limited(component, payee, months[at], now[at]) - limited(component, payee, months[at], known[at])
    return [*now, inner * factor_of(component, inner, months[last].kpis) + taken]


def expected(plan: CompPlan, component: Component, payee: Payee, months: Sequence[Month]) -> Expected:
    """The component in the last of these months; a capped month gives back no more than it would have paid less."""
    earned = limited(component, payee, months[-1], before_limits(plan, component, payee, months)[-1])
    measured, quota = standing(plan, component, payee, months)
    return Expected(earned, whole(earned, component.table.rounding), measured, quota)


def standing(
    plan: CompPlan, component: Component, payee: Payee, months: Sequence[Month]
) -> tuple[Fraction, Fraction | None]:
    """What is measured to date, and the quota to date."""
    last = len(months) - 1
    running = component.accumulation in {Accumulation.QUARTER, Accumulation.YEAR}
    places = [last] if not running else months_of(component, months, begins(component, months[last]))
    full = quota_of(component, payee)
    quota = None if full is None else to_date(full, payee, months, places, ramped=1)
    own_notes = plan.clawback is not Clawback.LIFO
    total = ZERO
    shares: dict[tuple[str, CreditRole], tuple[Fraction, Fraction]] = {}
    mine = [credit for at in places for credit in months[at].credits if takes(plan, component, credit)]
    if not isinstance(component.measure, Credited):
        return kpi(component, months[last], payee, mine), quota
    for at in places:
        for credit in months[at].credits:
            if (not own_notes or credit.reverses is None) and takes(plan, component, credit):
                size = sale(component, at, credit, months[at].kpis).measured
                shares[credit.deal, credit.role] = size, credit.amount.minor * exact(credit.share)
                total += size
    for at in places:
        for credit in months[at].credits:
            mark = (credit.reverses or "", credit.role)
            if own_notes and mark in shares:
                size, credited = shares[mark]
                total += size * credit.amount.minor * exact(credit.share) / credited if credited else ZERO
    return total, quota


# --- a plan in its first month -------------------------------------------------------------------------------


def spiff_pay(spiff: Spiff, credits: Iterable[Credit], rounding: Rounding) -> int:
    paid = ZERO
    for credit in credits:
        in_time = (spiff.first is None or spiff.first <= credit.on) and (spiff.until is None or credit.on < spiff.until)
        if in_time and holds(spiff.scope, credit):
            kind = Credited.UNITS if spiff.per is SpiffPer.UNIT else Credited.DEALS
            paid += counts(kind, credit) * exact(spiff.amount)
    earned = whole(paid, rounding)
    return earned if spiff.limit is None else min(earned, spiff.limit.minor)


def payout(plan: CompPlan, payee: Payee, month: Month) -> int:
    """The variable pay of a first month, without notes that name their deal."""
    earned = sum(expected(plan, component, payee, [month]).earned for component in plan.components)
    earned += sum(spiff_pay(spiff, month.credits, plan.rounding) for spiff in plan.spiffs)
    there = presence(payee, month.period)[0]
    if plan.cap is not None:
        earned = min(earned, whole(exact(plan.cap) * there, plan.rounding))
    if plan.floor is not None:
        earned = max(earned, whole(exact(plan.floor) * there, plan.rounding))
    return earned if plan.below_zero is BelowZero.CLAW else max(earned, 0)
