"""Settle one payee's period: credits in, statement out.

The credits are put in one order and counted component by component (`_component`), SPIFFs follow, then what holds for
the plan (`_whole_plan`): cap, floor, what others bring (overrides, pools, awards), what was carried, below zero, draw.
Base salary comes on top and currency last. Nothing depends on the order or batches of the credits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from ..errors import InvalidType, clip, require_instance, require_text
from ..money import Currency, Money
from ..rate import Rate
from ._book import Book
from ._component import Run, Worked, work
from ._count import Kpis, route
from ._notes import keep_unpaid
from ._rows import Row
from ._summaries import summary_of
from ._whole_plan import additional, closing, limits, spiff_rows
from .additions import Addition, Conversion
from .credits import Credit, CreditError, order_of, require_credits
from .ledger import Ledger
from .line import LineKind, StatementLine
from .measures import Accumulation, Composite, Part
from .payee import Payee, presence_of
from .plan import Clawback, CompPlan, PlanError
from .spans import DayCount, Span, require_span
from .statement import Statement

__all__ = ["settle", "settle_ordered"]


def settle(
    plan: CompPlan,
    credits: Iterable[Credit],
    *,
    period: Span,
    payee: Payee | str | None = None,
    prior: Statement | Ledger | None = None,
    kpis: Mapping[str, Rate] | None = None,
    additions: Iterable[Addition] = (),
    workdays: DayCount | None = None,
    convert: Conversion | None = None,
) -> Statement:
    """What one payee is paid for *period*.

    *credits* are this payee's of the period; *prior* is the last statement, or its ledger. *kpis* are attainments
    measured elsewhere, by name; components already worked out are among them, by id. *workdays* counts working days,
    where the plan prorates by them.
    Law: the lines sum to the payout, to the minor unit; every credit is in a line or in `unmatched`; any order and any
    batches of the credits give an equal statement.
    Raises: CreditError for credits outside the period, of another payee, or given twice; NotFound for a quota or KPI
    that is missing; PlanError when a quarter or year begins again inside the period; CurrencyMismatch.
    >>> from datetime import date
    >>> from salesplan.commission import Accumulation, Application, Component, PayPeriod, RateTable
    >>> from salesplan.ladder import Boundary
    >>> def cny(amount: str) -> Money: return Money.of(amount, "CNY")
    >>> table = RateTable.of([(0, "3%"), ("100000", "5%"), ("200000", "8%")], currency="CNY",
    ...                      application=Application.MARGINAL, boundary=Boundary.LOWER_INCLUSIVE)
    >>> plan = CompPlan(id="seller 2026", currency="CNY",
    ...                 components=[Component(id="sales", tables=table, accumulation=Accumulation.PERIOD)])
    >>> sold = [Credit("D-1", "li", amount=cny("150000"), on=date(2026, 11, 3)),
    ...         Credit("D-2", "li", amount=cny("110000"), on=date(2026, 11, 20))]
    >>> slip = settle(plan, sold, period=PayPeriod.month(2026, 11))
    >>> [(line.deal, str(line.rate), line.amount.amount) for line in slip.lines]
    [('D-1', '3%', '3000.00'), ('D-1', '5%', '2500.00'), ('D-2', '5%', '2500.00'), ('D-2', '8%', '4800.00')]
    >>> str(slip.payout)
    'CNY 12800.00'
    """
    return settle_ordered(
        plan,
        require_credits(credits),
        period=period,
        payee=payee,
        prior=prior,
        kpis=kpis,
        additions=additions,
        workdays=workdays,
        convert=convert,
    )


def settle_ordered(
    plan: CompPlan,
    given: list[Credit],
    *,
    period: Span,
    payee: Payee | str | None,
    prior: Statement | Ledger | None,
    kpis: Mapping[str, Rate] | None,
    additions: Iterable[Addition],
    workdays: DayCount | None,
    convert: Conversion | None,
) -> Statement:
    """`settle` for credits that are checked and in order already."""
    require_instance(plan, CompPlan, code="commission.plan", name="plan")
    require_span(period)
    ledger = prior.ledger if isinstance(prior, Statement) else prior
    if ledger is not None:
        require_instance(ledger, Ledger, code="commission.prior", name="prior")
    if convert is not None:
        require_instance(convert, Conversion, code="commission.conversion", name="convert")
    person = _payee(payee, given, ledger)
    _check(plan, given, period, person, ledger)
    presence = presence_of(person, period, proration=plan.proration, workdays=workdays)
    known = Kpis(_attainments(kpis), person.id)
    run = Run(
        plan=plan,
        payee=person,
        period=period,
        presence=presence,
        kpis=known,
        book=Book(ledger, period.start.isoformat()),
    )
    own_notes = plan.clawback is not Clawback.LIFO
    notes = [credit for credit in given if own_notes and credit.reverses is not None]
    ordinary = [credit for credit in given if not (own_notes and credit.reverses is not None)] if notes else given
    taken, unmatched = route(plan, ordinary)
    worked: list[Worked] = []
    for component in plan.components:
        done = work(run, component, taken[component.id], notes)
        worked.append(done)
        if done.attainment is not None:
            known.given.setdefault(component.id, done.attainment)
    rows = [(done.component.id, row) for done in worked for row in done.rows]
    rows += [(spiff.id, row) for spiff in plan.spiffs for row in spiff_rows(run, spiff, ordinary, notes)]
    unmatched += keep_unpaid(run, taken, unmatched, notes)
    rows += [(plan.id, row) for row in limits(plan, presence, run.book, sum(row.amount for _, row in rows))]
    cash, prizes = additional(plan, additions)
    rows += cash
    carried, owed, draw, last = closing(plan, ledger, period, presence.there, sum(row.amount for _, row in rows))
    rows += [(plan.id, row) for row in last]
    base = Money.zero(plan.currency) if plan.base_salary is None else plan.base_salary
    base = base.times(presence.there, plan.rounding)
    payout = Money(sum(row.amount for _, row in rows), plan.currency)
    return Statement(
        payee=person.id,
        plan=plan.id,
        label=period.label,
        start=period.start,
        end=period.end,
        currency=plan.currency,
        there=presence.there,
        ramped=presence.ramped,
        components=tuple(summary_of(run, done) for done in worked),
        lines=tuple([_line(name, row, plan.currency) for name, row in rows]),
        base_salary=base,
        unmatched=tuple(sorted(unmatched, key=order_of)),
        awards=prizes,
        draw=draw,
        carried=carried,
        owed=owed,
        converted=None if convert is None else convert.convert(base + payout),
        notes=_remarks(run, ledger, rows),
        book=run.book,
    )


def _payee(payee: Payee | str | None, credits: list[Credit], ledger: Ledger | None) -> Payee:
    if isinstance(payee, Payee):
        return payee
    if payee is None:
        names = {credit.payee for credit in credits} or ({ledger.payee} if ledger is not None else set())
        if len(names) != 1:
            raise CreditError(
                f"one payee at a time, or say which: payee=...; the credits name {clip(sorted(names) or 'none')}",
                code="commission.payee",
                value=tuple(sorted(names)),
            )
        payee = names.pop()
    return Payee(payee)


def _check(plan: CompPlan, credits: list[Credit], period: Span, payee: Payee, ledger: Ledger | None) -> None:
    unit = Money.zero(plan.currency)
    start, end = period.start, period.end
    for credit in credits:
        if not start <= credit.on < end:
            raise CreditError(
                f"{clip(credit.deal)} of {credit.on} is outside {clip(period.label)}: {start} .. {end} (excluded); "
                "one that comes late is dated in the period that pays it",
                code="commission.outside_period",
                value=credit.deal,
            )
        if credit.payee != payee.id:
            raise CreditError(
                f"{clip(credit.deal)} is credited to {clip(credit.payee)}, not to {clip(payee.id)}",
                code="commission.other_payee",
                value=credit.payee,
            )
    if credits:
        unit.same(credits[0].amount)
    if ledger is not None:
        paid = {(record.deal, record.role) for record in ledger.deals}
        for credit in credits:
            if (credit.deal, credit.role) in paid:
                raise CreditError(
                    f"{clip(credit.deal)} was settled before: an instalment needs an id of its own",
                    code="commission.credited_twice",
                    value=credit.deal,
                )
    last = end - timedelta(days=1)
    for component in plan.components:
        for accumulation, begins in (
            (Accumulation.QUARTER, component.resets.quarter_of),
            (Accumulation.YEAR, component.resets.year_of),
        ):
            if component.accumulation is accumulation and begins(start) != begins(last):
                raise PlanError(
                    f"{clip(component.id)} begins again on {begins(last)}, in {clip(period.label)}: settle it in two",
                    code="commission.reset_inside",
                    value=begins(last),
                )
    if ledger is None:
        return
    unit.same(ledger.carried)
    if ledger.payee != payee.id:
        raise CreditError(
            f"prior is of {clip(ledger.payee)}, not of {clip(payee.id)}", code="commission.prior", value=ledger.payee
        )
    if ledger.through > start:
        raise CreditError(
            f"{clip(period.label)} begins on {start}, but is settled through {ledger.through} already",
            code="commission.settled_twice",
            value=start,
        )


def _attainments(kpis: Mapping[str, Rate] | None) -> dict[str, Rate]:
    if kpis is None:
        return {}
    if not isinstance(kpis, Mapping):
        raise InvalidType(f"kpis map names to attainments: {clip(kpis)}", code="commission.kpis", value=kpis)
    return {
        require_text(name, code="commission.kpis", name="a KPI's name"): require_instance(
            rate, Rate, code="commission.kpis", name="an attainment"
        )
        for name, rate in kpis.items()
    }


def _line(rule: str, row: Row, currency: Currency) -> StatementLine:
    return StatementLine(
        kind=row.kind,
        rule=rule,
        amount=Money(row.amount, currency),
        deal=row.deal,
        on=row.on,
        tier=row.tier,
        base=row.base,
        rate=row.rate,
        each=row.each,
        before=row.before,
        after=row.after,
        note=row.note,
    )


def _remarks(run: Run, ledger: Ledger | None, rows: list[tuple[str, Row]]) -> tuple[str, ...]:
    plan, start = run.plan, run.period.start
    found = []
    if ledger is not None and ledger.through != start:
        found.append(f"nothing was settled from {ledger.through} to before {start}")
    if plan.overrides and not any(row.kind is LineKind.OVERRIDE for _, row in rows):
        found.append("no override in it: settle_all pays them, which sees what others sold")
    found += [f"the plan asks for no quota called {name}" for name in _unasked(plan, run.payee)]
    return tuple(found)


def _unasked(plan: CompPlan, payee: Payee) -> list[str]:
    """Quotas of a payee that nothing in the plan asks for: perhaps those of another plan, perhaps a slip of the pen."""
    asked = {component.id for component in plan.components}
    for component in plan.components:
        match component.measure:
            case Part(name=name):
                asked.add(name)
            case Composite(parts=parts):
                asked |= {part.name for part in parts}
            case _:
                pass
    return [quota.name for quota in payee.quotas if quota.name not in asked]
