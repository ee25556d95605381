"""The same deals under two plans: who gains, who loses, and what it costs.

Every payee is settled by `settle` alone, twice, with all else equal: the credits, the quotas, the KPIs, and what went
before. So nothing is estimated: the difference is what the payroll would have shown. Nobody sells differently here
because the plan does; that is a question for a simulation.

Left out: what one payee brings another (overrides), and what no plan pays by itself (pools, contests). Where either
plan has overrides, a note says so. A draw evens out what is paid from period to period, and so it does here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..errors import require_instance
from ..money import Money
from ..rate import Rate
from ._people import only_of, people_of
from ._plan_changes import ComponentChange, PayeeChange, PlanDiff, ranked
from .credits import Credit, require_credits
from .ledger import Ledger
from .payee import Payee
from .plan import CompPlan
from .settling import settle
from .spans import DayCount, Span, require_span
from .statement import Statement

__all__ = ["ComponentChange", "PayeeChange", "PlanDiff", "diff_plans"]


def diff_plans(
    before: CompPlan,
    after: CompPlan,
    credits: Iterable[Credit],
    *,
    period: Span,
    payees: Iterable[Payee | str] = (),
    kpis: Mapping[str, Mapping[str, Rate]] | None = None,
    prior: Mapping[str, Statement | Ledger] | None = None,
    workdays: DayCount | None = None,
) -> PlanDiff:
    """What everybody in *credits* and *payees* is paid under either plan; *kpis* and *prior* are by payee.

    A credit note of an earlier deal, and accumulation over quarters or years, need a *prior* that both plans agree on:
    where they differ in a table, date the new one with a DatedTable.
    Raises: CurrencyMismatch where the plans differ in currency; NotFound for KPIs or a prior of somebody unknown; what
    `settle` raises.
    >>> from datetime import date
    >>> from salesplan.commission import Accumulation, Application, Component, PayPeriod, RateTable
    >>> from salesplan.ladder import Boundary
    >>> def plan(name: str, *steps: tuple[str, str]) -> CompPlan:
    ...     table = RateTable.of(steps, currency="CNY", application=Application.MARGINAL,
    ...                          boundary=Boundary.LOWER_INCLUSIVE)
    ...     return CompPlan(id=name, currency="CNY",
    ...                     components=[Component(id="sales", tables=table, accumulation=Accumulation.PERIOD)])
    >>> sold = [Credit(f"D-{name}", name, amount=Money.of(amount, "CNY"), on=date(2026, 11, 3))
    ...         for name, amount in (("li", "300000"), ("sun", "100000"), ("wang", "50000"))]
    >>> found = diff_plans(plan("flat", ("0", "5%")), plan("steep", ("0", "4%"), ("100000", "8%")), sold,
    ...                    period=PayPeriod.month(2026, 11))
    >>> print(found.explain())
    2026-11: from flat to steep, CNY, 2 of 3 lose
    <BLANKLINE>
    rank  payee       before     after    change       by
       1  li        15000.00  20000.00  +5000.00  ~33.33%
       2  wang       2500.00   2000.00   -500.00     -20%
       3  sun        5000.00   4000.00  -1000.00     -20%
          3 in all  22500.00  26000.00  +3500.00  ~15.56%
    <BLANKLINE>
    component    before     after    change
    sales      22500.00  26000.00  +3500.00
    all else       0.00      0.00      0.00
    """
    for plan in (before, after):
        require_instance(plan, CompPlan, code="commission.plan", name="a plan")
    Money.zero(before.currency).same(Money.zero(after.currency))
    require_span(period)
    given = require_credits(credits)
    people = people_of(payees, (credit.payee for credit in given))
    known = {"kpis": {} if kpis is None else kpis, "prior": {} if prior is None else prior}
    for name, mapping in known.items():
        only_of(mapping, people, name)
    own: dict[str, list[Credit]] = {name: [] for name in people}
    for credit in given:
        own[credit.payee].append(credit)

    def settled(plan: CompPlan, name: str) -> Statement:
        return settle(
            plan,
            own[name],
            period=period,
            payee=people[name],
            prior=None if prior is None else prior.get(name),
            kpis=None if kpis is None else kpis.get(name),
            workdays=workdays,
        )

    old = {name: settled(before, name) for name in people}
    new = {name: settled(after, name) for name in people}
    return PlanDiff(
        before=before.id,
        after=after.id,
        label=period.label,
        currency=before.currency,
        payees=ranked({name: (old[name].total, new[name].total) for name in people}),
        components=_components(before, after, list(old.values()), list(new.values())),
        notes=tuple(_notes(before, after)),
    )


def _notes(before: CompPlan, after: CompPlan) -> list[str]:
    found = []
    if before.overrides or after.overrides:
        found.append("overrides are not in it: they need everybody at once")
    if before.draw is not None or after.draw is not None:
        found.append("a draw advances what is not earned: compare plans without it to see what is")
    return found


def _components(
    before: CompPlan, after: CompPlan, old: list[Statement], new: list[Statement]
) -> tuple[ComponentChange, ...]:
    """By id, and what belongs to none last."""
    unit = before.currency
    found = []
    rest = [sum(each.total.minor for each in statements) for statements in (old, new)]
    for name in sorted({each.id for plan in (before, after) for each in plan.components}):
        sums = []
        for at, (plan, statements) in enumerate(((before, old), (after, new))):
            parts = (each.component(name) for each in statements)
            earned = sum(part.earned.minor for part in parts if part is not None)
            rest[at] -= earned
            sums.append(None if plan.component(name) is None else Money(earned, unit))
        found.append(ComponentChange(component=name, before=sums[0], after=sums[1], currency=unit))
    left = ComponentChange(component=None, before=Money(rest[0], unit), after=Money(rest[1], unit), currency=unit)
    return (*found, left)
