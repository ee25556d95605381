"""Chapter 2: next quarter's target, checked, split to the cent over people and weeks, and re-spread once it slips."""

from __future__ import annotations

from collections import Counter
from datetime import date

from salesplan.calendar import FiscalCalendar, Period, PeriodKind, Periods, WorkCalendar, months_after
from salesplan.display import Align, text_table
from salesplan.money import Currency, Money, Rounding
from salesplan.rate import Rate
from salesplan.targets import (
    ChangeBy,
    Hierarchy,
    History,
    Lever,
    Node,
    Objective,
    Ramp,
    Respread,
    SellerFunnel,
    TargetPlan,
    decompose,
    differentiate,
    growth,
    pace,
    respread,
    roll_up,
    smart_check,
)

from .orders import Order

CONVERSION = Rate.percent("12")  # of leads, where a file of orders cannot say it: vocational courses stay under 15 %
MOST_SELLERS = 12  # more than that would not fit the page
SLIPS_TO = [Rate.percent(percent) for percent in ("70", "85", "80", "90")]  # of its plan, week by week


def chapter(orders: list[Order], raise_by: Rate) -> str:
    """The chapter as text."""
    last = orders[-1].day
    quarter = Period.quarter(last.year, (last.month + 2) // 3).shift(1)
    before = last_full_quarter(orders)
    unit = orders[0].amount.currency
    revenue = by_quarter(orders, before)
    baseline = revenue[before.label]
    objective = Objective(
        f"revenue {quarter.label}",
        "revenue",
        unit=unit,
        owners="head of sales",
        scope={"channel": "shop"},
        baseline=baseline,
        target=ChangeBy(raise_by),
        parent="the year's revenue",
        source="order history",
        cadence=PeriodKind.WEEK,
    ).during(quarter)
    check = smart_check(objective, history=History([*revenue.values()]) if len(revenue) > 1 else None)
    target = baseline + baseline.times(raise_by, Rounding.HALF_UP)
    team, potential = people(orders, before, quarter)
    row = FiscalCalendar.gregorian().year(quarter.start.year).fragments.within(quarter.label)
    weekdays = WorkCalendar(first=quarter.start, until=quarter.end)
    plan = decompose(target, team, row, workdays=weekdays, potential=potential)
    parts = [
        f"Chapter 2. The target for {quarter.label}: {raise_by} on {before.label}, {baseline} -> {target}",
        "",
        _compared(revenue, before),
        "",
        check.explain(),
        "",
        f"Split over {len(team.leaves)} sellers and {len(row)} week-month fragments by working days:",
        "",
        plan.explain(depth=2),
        "",
        _sums(plan),
        "",
        "What each has to move, newcomers by leads, the others by conversion "
        f"(taken: {CONVERSION} of leads buy, the average order of the past quarter):",
        "",
        _drivers(plan, orders, before),
        "",
        _slip(plan, quarter),
    ]
    return "\n".join(parts)


def last_full_quarter(orders: list[Order]) -> Period:
    """The last calendar quarter that the history covers to its end; else the one it ends in."""
    last = orders[-1].day
    quarter = Period.quarter(last.year, (last.month + 2) // 3)
    return quarter if last == quarter.last or orders[0].day >= quarter.start else quarter.shift(-1)


def by_quarter(orders: list[Order], until: Period) -> dict[str, Money]:
    """Revenue of every quarter from the first that is whole, to *until*."""
    units: Counter[str] = Counter()
    for order in orders:
        units[Period.quarter(order.day.year, (order.day.month + 2) // 3).label] += order.amount.minor
    first = orders[0].day
    quarter = Period.quarter(first.year, (first.month + 2) // 3)
    if first > quarter.start and quarter != until:
        quarter = quarter.shift(1)
    found = {}
    while quarter.start <= until.start:
        found[quarter.label] = Money(units[quarter.label], orders[0].amount.currency)
        quarter = quarter.shift(1)
    return found


def people(orders: list[Order], before: Period, quarter: Period) -> tuple[Hierarchy, dict[str, int]]:
    """The sellers of the file with what they sold last quarter, or a team of five for a file without any."""
    sold: Counter[str] = Counter()
    for order in orders:
        if order.seller is not None and order.day in before:
            sold[order.seller] += max(order.amount.minor, 0)
    if any(sold.values()):
        most = dict(sold.most_common(MOST_SELLERS - 1))
        others = sum(sold.values()) - sum(most.values())
        weights = most | ({"(others)": others} if others else {})
        return Hierarchy.flat(weights, root="(team)"), weights
    second_month = months_after(quarter.start, 1)
    nodes = [
        Node("team"),
        Node("north", "team"),
        Node("south", "team"),
        Node("chen", "north"),
        Node("li", "north"),
        Node("sun (new)", "south", starts=second_month, ramp=Ramp.percent("25", "50")),
        Node("wang", "south"),
        Node("zhao", "south"),
    ]
    return Hierarchy(nodes), {"chen": 3, "li": 5, "sun (new)": 2, "wang": 2, "zhao": 2}


def _compared(revenue: dict[str, Money], before: Period) -> str:
    """The last quarters, with what each was against the one before (环比) and the same a year ago (同比)."""
    rows: list[tuple[str, ...]] = [("quarter", "revenue", "on the quarter before", "on the year before")]
    for label in [*revenue][-5:]:
        quarter = Period.parse(label)
        cells = [_rate(revenue, label, quarter.shift(back).label) for back in (-1, -4)]
        rows.append((label, str(revenue[label]), *cells))
    return text_table(rows, align=(Align.LEFT, Align.RIGHT, Align.RIGHT, Align.RIGHT))


def _rate(revenue: dict[str, Money], label: str, other: str) -> str:
    rate = growth(revenue[label], revenue[other]).rate if other in revenue else None
    return "-" if rate is None else f"{Rounding.HALF_UP.divide(rate.numerator * 1000, rate.denominator) / 10:+.1f} %"


def _sums(plan: TargetPlan) -> str:
    """Said, and checked by adding up."""
    unit = plan.total.currency if isinstance(plan.total, Money) else Currency.iso("USD")
    kinds = [(kind, _of_kind(plan.periods, kind)) for kind in (PeriodKind.WEEK, PeriodKind.MONTH)]
    sums = {kind: Money.sum((_money(plan.root[label]) for label in labels), currency=unit) for kind, labels in kinds}
    leaves = Money.sum((_money(plan[name].total) for name in plan.people.leaves), currency=unit)
    assert {leaves, *sums.values()} == {plan.total}
    counts = " and ".join(f"{len(labels)} {kind.value}s" for kind, labels in kinds)
    return f"{len(plan.people.leaves)} sellers, {counts}: each of these sums is {plan.total}, to the cent."


def _of_kind(periods: Periods, kind: PeriodKind) -> list[str]:
    return [period.label for period in {*periods.groups, *periods.leaves} if period.kind is kind]


def _money(amount: Money | int) -> Money:
    assert isinstance(amount, Money)
    return amount


def _drivers(plan: TargetPlan, orders: list[Order], before: Period) -> str:
    paid = [order.amount.minor for order in orders if order.day in before and order.amount.minor > 0]
    average = Money(max(1, sum(paid) // max(1, len(paid))), orders[0].amount.currency)
    targets = {name: _money(plan[name].total) for name in plan.people.leaves}
    new = {node.id for node in plan.people.nodes if node.ramp is not None}
    funnels = {}
    for name, target in targets.items():
        deals = max(1, target.minor // average.minor)
        enough = deals * CONVERSION.denominator // CONVERSION.numerator
        leads = max(1, enough * 10 // 11)  # what they have now: a tenth short of the target
        funnels[name] = SellerFunnel(leads=leads, rate=CONVERSION, value=average)
    levers = {name: Lever.LEADS if name in new else Lever.RATE for name in targets}
    return differentiate(targets, funnels, levers).explain()


def _slip(plan: TargetPlan, quarter: Period) -> str:
    """What the plan becomes if everybody closes the first month about a fifth short."""
    on: date = months_after(quarter.start, 1)
    closed = [leaf.label for leaf in plan.periods if leaf.end <= on]
    sold = {
        name: {
            label: _money(plan[name, label]).times(SLIPS_TO[at % len(SLIPS_TO)], Rounding.DOWN)
            for at, label in enumerate(closed)
        }
        for name in plan.people.leaves
    }
    root = roll_up(plan.people, sold)[plan.people.root]
    now = pace(plan, root, on=on)
    later = respread(plan, sold, on=on, policy=Respread.SEASONAL)
    return "\n".join(
        [
            f"Should the weeks of the first month reach 70 to 90 % of their plan: on {on}",
            "",
            now.explain(),
            "",
            f"Re-spread: the open weeks take the {later.root.carried} that the first month planned and did not bring.",
            f"Both show it, so the row is that much above the {later.total} promised, which stay.",
            "",
            later.explain(depth=1),
        ]
    )
