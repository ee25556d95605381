"""One slip of chapter 3 in full, what a reader needs to check it by hand, and the same table asked backwards."""

from __future__ import annotations

from collections.abc import Iterable

from salesplan.commission import CompPlan, Credit, LineKind, Statement, next_threshold, sales_for
from salesplan.money import Money

from .pay import Month, round_number
from .words import comma, plain

ENOUGH, LONGEST = 6, 30  # lines that are paid in the slip that is shown, lines of it in print


def in_full(plan: CompPlan, slip: Statement, months: list[Month], returned: Credit | None) -> str:
    """The slip, why it is this one, and what its figures come from."""
    parts = [f"One slip in full, {_why_this(slip)}:", "", _cut(slip.explain())]
    remarks = _remarks(plan, slip, months, returned)
    return "\n".join([*parts, "", *remarks] if remarks else parts)


def choose(statements: Iterable[Statement]) -> Statement:
    """The shortest of some length, one with something taken back if there is any; else the longest."""
    given = sorted(statements, key=lambda each: each.payee)
    enough = [each for each in given if len(each.lines) >= ENOUGH]
    if not enough:
        return max(given, key=lambda each: len(each.lines))
    return min(enough, key=lambda each: (not each.of_kind(LineKind.CLAWBACK), len(each.lines)))


def _cut(slip: str) -> str:
    """A slip of a page and no longer."""
    lines = slip.splitlines()
    if len(lines) <= LONGEST:
        return slip
    kept = LONGEST // 2
    return "\n".join([*lines[:kept], f"... and {len(lines) - 2 * kept} lines more ...", *lines[-kept:]])


def _why_this(slip: Statement) -> str:
    if len(slip.lines) < ENOUGH:
        return f"the longest of {slip.label}"
    with_return = "something taken back and " if slip.of_kind(LineKind.CLAWBACK) else ""
    return f"the shortest of {slip.label} with {with_return}{ENOUGH} lines or more"


def _remarks(plan: CompPlan, slip: Statement, months: list[Month], returned: Credit | None) -> list[str]:
    """What a reader needs to check the slip by hand."""
    said = [
        "A month's commission is rounded once; its lines add up to it, so the last digit of base x rate may differ."
    ]
    if returned is not None and returned.payee == slip.payee:
        table, before = plan.components[0].table, months[-2]
        sold = before.sold[slip.payee]
        less = sold + returned.amount
        said.append(
            f"{returned.deal}: {before.period.label} paid {plain(table.pay(sold))} on {plain(sold)}; "
            f"without {returned.reverses} it pays {plain(table.pay(less))} on {plain(less)}."
        )
    return said if any(line.rule == "sales" for line in slip.lines) else []


def backwards(plan: CompPlan, slip: Statement) -> str:
    """What it takes to earn a round amount, and to reach the next tier."""
    table = plan.components[0].table
    sold = Money(max(0, int(slip.components[0].measured or 0)), slip.currency)  # whole shares, so whole minor units
    pay = table.pay(sold)
    low = table.tiers.steps[1].threshold
    assert isinstance(low, Money)
    goal = Money(round_number(max(pay + Money(1, pay.currency), table.pay(low)).minor), pay.currency)
    sale = sales_for(table, goal)
    assert isinstance(sale, Money)  # a marginal ladder jumps over no pay
    assert table.pay(sale) == goal
    ahead = next_threshold(table, sold)
    tier = (
        f"{slip.payee} is in the top tier: all further sales pay {table.tiers.values[-1]}."
        if ahead is None
        else f"The next tier, {ahead.value}, begins at {comma(ahead.sale)}, {plain(ahead.more)} further on."
    )
    return (
        f"Asked backwards: {slip.payee} sold {comma(sold)} in {slip.label}, for a commission of {plain(pay)}.\n"
        f"To earn {comma(goal)} it takes {comma(sale)}, {plain(sale - sold)} more. {tier}"
    )
