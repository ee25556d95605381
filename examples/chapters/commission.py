"""Chapter 3: what a commission plan would have paid, slip by slip, and what it costs if sales hit the target."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from salesplan.calendar import Period
from salesplan.commission import (
    Application,
    CompPlan,
    Contest,
    Credit,
    FindingCode,
    NonCashAward,
)
from salesplan.commission.linting import lint
from salesplan.display import Align, text_table
from salesplan.money import Money
from salesplan.rate import Rate
from salesplan.targets import concentration

from . import slip
from .orders import Order
from .pay import (
    Month,
    Paid,
    added,
    by_seller,
    cash_of,
    contest_for,
    plan_for,
    settle_months,
    total_of,
)
from .plan_cost import next_quarter
from .promotions import DORMANT_AFTER
from .sellers import THEIR_SHARE, TOP, credited, net, one_returned
from .targets import last_full_quarter
from .words import comma, many, percent, plain, share, spaced

HEAD = ("sales", "commission", "SPIFFs", "prizes", "salary", "to pay", "of sales")
SHOWN = 5  # sellers in the table, before the median one
FEW = 5  # sellers of whom a top 20 % says nothing yet are fewer


def chapter(orders: list[Order], raise_by: Rate) -> str:
    """The chapter as text."""
    quarter = last_full_quarter(orders)
    heading = f"Chapter 3. What a commission plan pays: {quarter.label} settled month by month"
    credits = credited(orders, quarter)
    if not any(credit.amount.minor > 0 for credit in credits):
        return f"{heading}\n\nNothing was sold in {quarter.label}, so no commission is due."
    periods = [Period.month(quarter.start.year, quarter.start.month + at) for at in range(3)]
    periods = [each for each in periods if each.end > orders[0].day and each.start <= orders[-1].day]
    made_up = orders[0].seller is None
    returned = None
    if made_up and len(periods) > 1 and all(order.amount.minor >= 0 for order in orders):
        returned = one_returned(credits, month=periods[-1], before=periods[-2])
    credits += [] if returned is None else [returned]
    sold = net(credits, sorted({credit.payee for credit in credits}), credits[0].amount.currency)
    plan = plan_for(credits, periods)
    announced = contest_for(sold, len(periods))
    months = settle_months(plan, announced, credits, periods)
    month = [each for each in months if each.orders][-1]
    statement = slip.choose(month.settled.statements)
    parts = [
        heading,
        "",
        *_who(credits, sold, returned, made_up=made_up),
        f"The plan, its round amounts taken from the sales of {quarter.label}:",
        "",
        _terms(plan, announced),
        "",
        _linted(plan, credits, months),
        "",
        _by_month(months),
        "",
        _by_seller(months),
        "",
        _checked(months, credits),
        "",
        slip.in_full(plan, statement, months, returned),
        slip.backwards(plan, statement),
        "",
        *([] if announced is None else _contest(month, announced[1])),
        next_quarter(plan, months, sold, orders, raise_by),
    ]
    return "\n".join(parts)


def _who(credits: list[Credit], sold: Mapping[str, Money], returned: Credit | None, *, made_up: bool) -> list[str]:
    """Who sold it, and what came back."""
    lines = []
    if made_up:
        lines.append(
            f"The file names no sellers. Its orders are dealt by date to {many(len(sold), 'seller')}, each to whoever "
            "is furthest below a share\n"
            f"on the Pareto curve whose top {spaced(TOP)} hold {spaced(THEIR_SHARE)}."
        )
        measured = _top([*sold.values()])
        if measured is not None:
            lines[0] += f" Measured, they hold {percent(measured)}."
    if returned is not None:
        lines.append(
            f"It has no returns either: to see one, {returned.payee} gets {returned.reverses} "
            f"of {comma(-returned.amount)} back on {returned.on}."
        )
    back = [credit for credit in credits if credit.amount.minor < 0 and credit is not returned]
    if back:
        known = sum(credit.reverses is not None for credit in back)
        lines.append(
            f"{many(len(back), 'return')}: {known} matched to an order of the quarter and taken from whoever sold it; "
            f"{len(back) - known} off the sales of the month."
        )
    return [*lines, ""] if lines else []


def _terms(plan: CompPlan, announced: tuple[Contest, Mapping[str, str]] | None) -> str:
    """The plan in a few lines."""
    steps, spiff = plan.components[0].table.tiers.steps, plan.spiffs[0]
    first, second, top = steps
    ladder = f"{first.value} of a month's sales up to {second.threshold}, {second.value} from there to {top.threshold}"
    rows = [
        ("base salary", f"{plan.base_salary} a month"),
        ("commission", f"{ladder}, {top.value} above"),
        ("returns", "take back what the month of their order would not have paid without it"),
        (
            "bonus",
            f"SPIFF of {spiff.amount} for an order of a customer who is new, or back after {DORMANT_AFTER.days} days",
        ),
    ]
    if announced is not None:
        contest, teams = announced
        cash, training = (prize.award for prize in contest.prizes)
        assert isinstance(training, NonCashAward)
        rows.append(
            (
                "team prize",
                f"{cash} a month, shared by what each member sold; the second gets training worth {training.nominal}",
            )
        )
        rows.append(("", f"({len({*teams.values()})} teams, put together to have sold alike over the quarter)"))
    return text_table(rows)


def _linted(plan: CompPlan, credits: list[Credit], months: list[Month]) -> str:
    """What a check of the plan finds, and what it would find were its rates retroactive."""
    best = max(amount for month in months for amount in month.sold.values())
    report = lint(plan, credits=credits, best=max(best, Money.zero(plan.currency)))
    said = f"lint of plan {report.explain()}"
    retroactive = attrs.evolve(plan.components[0].table, application=Application.WHOLE)
    cliffs = lint(retroactive).of(FindingCode.CLIFF)
    if not cliffs:
        return said
    jump, at, gains = (cliffs[-1].numbers.get(name) for name in ("jump", "at", "gains_from"))
    buys = f",\nand whoever stands at {gains} or more would gain by buying the rest" if gains is not None else ""
    return f"{said}\nPaid on the whole month instead (retroactively), pay would jump by {jump} at {at}{buys}."


def _by_month(months: list[Month]) -> str:
    paid = [added(month.paid().values()) for month in months]
    rows = [(month.period.label, f"{month.orders:,}", *_cells(each)) for month, each in zip(months, paid, strict=True)]
    if len(months) > 1:
        rows.append((f"{len(months)} months", f"{sum(month.orders for month in months):,}", *_cells(added(paid))))
    return text_table([("month", "orders", *HEAD), *rows], align=(Align.LEFT, *[Align.RIGHT] * (len(HEAD) + 1)))


def _by_seller(months: list[Month]) -> str:
    """Those who sold most, the median one, and the others in one row."""
    paid = by_seller(months)
    order = sorted(paid, key=lambda name: (-paid[name].sales.minor, name))
    shown = {name: name for name in order}
    if len(order) > SHOWN + 2:
        median = order[len(order) // 2]
        shown = {name: name for name in order[:SHOWN]} | {median: f"{median} (median)"}
    rows = [(text, *_cells(paid[name])) for name, text in shown.items()]
    others = [paid[name] for name in order if name not in shown]
    if others:
        rows.append((f"{len(others)} others", *_cells(added(others))))
    if len(order) > 1:
        rows.append((f"{len(order)} sellers", *_cells(added(paid.values()))))
    return text_table([("seller", *HEAD), *rows], align=(Align.LEFT, *[Align.RIGHT] * len(HEAD)))


def _checked(months: list[Month], credits: list[Credit]) -> str:
    """Said, and checked by adding up."""
    statements = [each for month in months for each in month.settled.statements]
    none = Money.zero(statements[0].currency)
    for each in statements:
        assert total_of([none, *(line.amount for line in each.lines)]) == each.payout
    everybody = by_seller(months)
    paid = added(everybody.values())
    assert paid == added(each for month in months for each in month.paid().values())
    assert paid.total == total_of(month.settled.total for month in months)
    assert paid.sales == total_of(credit.amount for credit in credits)
    lines = sum(len(each.lines) for each in statements)
    said = (
        f"{many(len(statements), 'statement')} of {many(lines, 'line')} and their base salaries: "
        f"by month and by seller, each sums to exactly {comma(paid.total)}."
    )
    sales = _top([each.sales for each in everybody.values()])
    earned = _top([each.commission for each in everybody.values()])
    if sales is None or earned is None:
        return said
    bring = f"The top {spaced(TOP)} bring {percent(sales)} of the sales"
    return f"{said}\n{bring} and earn {percent(earned)} of the commission."


def _contest(month: Month, teams: Mapping[str, str]) -> list[str]:
    """The contest of the month, and how its prize was shared."""
    assert month.standings is not None
    said = [month.standings.explain()]
    for team, cash in cash_of(month.standings).items():
        own = {name: amount for name, amount in month.prizes.items() if teams[name] == team}
        order = sorted(own, key=lambda name: (-own[name].minor, name))
        parts = [f"{name} {own[name].amount}" for name in order[:SHOWN]]
        if order[SHOWN:]:
            rest = total_of(own[name] for name in order[SHOWN:])
            parts.append(f"{len(order) - SHOWN} others {rest.amount}")
        said.append(f"{cash} by what each in {team} sold: {', '.join(parts)}")
    return ["\n".join(said), ""]


def _top(amounts: list[Money]) -> Rate | None:
    """What the largest hold; None where that says nothing."""
    positive = [max(amount.minor, 0) for amount in amounts]
    return concentration(positive).top_share(TOP) if len(amounts) >= FEW and any(positive) else None


def _cells(paid: Paid) -> tuple[str, ...]:
    amounts = (paid.sales, paid.commission, paid.spiffs, paid.prizes, paid.salary, paid.total)
    return (*map(plain, amounts), share(paid.total, paid.sales) if paid.sales.minor > 0 else "-")
