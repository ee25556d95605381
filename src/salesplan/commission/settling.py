"""Settle one payee's period: credits in, statement out.

The credits are put in one order and counted component by component (`_component`), SPIFFs follow, then what holds for
the plan (`_whole_plan`): cap, floor, what others bring (overrides, pools, awards), what was carried, below zero, draw.
Base salary comes on top and currency last. Nothing depends on the order or batches of the credits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from fractions import Fraction

from ..errors import InvalidType, NotFound, clip, require_instance, require_text
from ..money import Currency, Money
from ..rate import Rate
from ._book import Book
from ._claw import part_of, shrink
from ._component import Run, Worked, work
from ._count import Kpis, route, running_window
from ._rows import Row
from ._terms import Terms
from ._whole_plan import additional, closing, limits, spiff_rows
from .additions import Addition, Conversion
from .component import Component
from .credits import Credit, CreditError, order_of, require_credits
from .ledger import Ledger
from .line import StatementLine
from .measures import Accumulation, Credited
from .payee import Payee, presence_of
from .plan import Clawback, CompPlan, PlanError
from .spans import DayCount, Span, require_span
from .statement import ComponentSummary, NextTier, Statement

__all__ = ["settle", "settle_ordered"]

_NOTHING = Fraction(0)


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
    >>> from salesplan.commission import Accumulation, Application, PayPeriod, RateTable
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
    person = _payee(payee, given, ledger)
    _check(plan, given, period, person, ledger)
    presence = presence_of(person, period, proration=plan.proration, workdays=workdays)
    known = Kpis(_attainments(kpis))
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
    unmatched += _known(run, taken, unmatched, notes)
    rows += [(plan.id, row) for row in limits(plan, presence, run.book, sum(row.amount for _, row in rows))]
    cash, prizes = additional(plan, additions)
    rows += cash
    carried, draw, last = closing(plan, ledger, period, sum(row.amount for _, row in rows))
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
        components=tuple(_summary(run, done) for done in worked),
        lines=tuple([_line(name, row, plan.currency) for name, row in rows]),
        base_salary=base,
        unmatched=tuple(sorted(unmatched, key=order_of)),
        awards=prizes,
        draw=draw,
        carried=carried,
        converted=None if convert is None else convert.convert(base + payout),
        notes=_remarks(ledger, period),
        book=run.book,
    )


def _known(run: Run, taken: Mapping[str, list[Credit]], unmatched: list[Credit], notes: list[Credit]) -> list[Credit]:
    """Keep deals that nothing was paid by, so that their notes are known; the notes of deals that no component is for.

    Raises: NotFound for a note of a deal that neither the credits nor the ledger know.
    """
    book = run.book
    names = [each.id for each in run.plan.components] + [each.id for each in run.plan.spiffs]
    for credit in unmatched:
        book.note_deal("", credit, _NOTHING, "unmatched")
    for component in run.plan.components:
        if not isinstance(component.measure, Credited):
            for credit in taken[component.id]:
                if not any(book.record(name, credit.deal, credit.role) for name in names):
                    book.note_deal("", credit, _NOTHING)
    without = []
    for note in notes:
        mark = note.reverses or "", note.role
        other = book.record("", *mark)
        if other is not None:
            book.keep(shrink(other, part_of(note, other.credited.to_fraction())))
        elif not any(book.record(name, *mark) for name in names):
            raise NotFound(
                f"{clip(note.deal)} takes back {clip(note.reverses)}, which neither the credits nor prior= know; "
                "without reverses= it comes off the top",
                code="commission.unknown_deal",
                value=note.reverses,
            )
        if other is not None and other.window == "unmatched":
            without.append(note)
        book.note_deal("", note, _NOTHING, "note")
    return without


def _payee(payee: Payee | str | None, credits: list[Credit], ledger: Ledger | None) -> Payee:
    if isinstance(payee, Payee):
        return payee
    if payee is None:
        names = {credit.payee for credit in credits} or ({ledger.payee} if ledger is not None else set())
        if len(names) != 1:
            raise CreditError(
                f"one payee at a time, or say which: payee=...; the credits name {clip(sorted(names))}",
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
                f"{clip(credit.deal)} of {credit.on} is outside {clip(period.label)}: {start} .. {end} (excluded)",
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


def _summary(run: Run, done: Worked) -> ComponentSummary:
    component = done.component
    earned = sum(row.amount for row in done.rows)
    return ComponentSummary(
        id=component.id,
        is_money=component.measure in {Credited.AMOUNT, Credited.MARGIN},
        measured=done.measured,
        full_quota=done.full_quota,
        quota=done.quota,
        attainment=done.attainment,
        earned=Money(earned, run.plan.currency),
        next_tier=_next_tier(run, component, done),
    )


def _next_tier(run: Run, component: Component, done: Worked) -> NextTier | None:
    """The first threshold not yet reached, where deals add up."""
    if component.accumulation in {Accumulation.DEAL, Accumulation.DAY} or not isinstance(component.measure, Credited):
        return None
    if done.measured is None or (component.table.kind is Rate and not done.quota):
        return None
    balances = run.book.of_window(component.id, running_window(component, run.period))
    on_target = None if not balances or balances[-1].on_target is None else balances[-1].on_target.to_fraction()
    if component.weight is not None and on_target is None:
        return None
    version = component.table_on(run.period.end - timedelta(days=1))
    terms = Terms(component, version, done.quota if component.table.kind is Rate else None, on_target)
    for edge, value in zip(terms.edges, version.table.tiers.values, strict=True):
        if not terms.reaches(done.measured, edge) and edge > done.measured:
            return NextTier(more=edge - done.measured, value=value)
    return None


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


def _remarks(ledger: Ledger | None, period: Span) -> tuple[str, ...]:
    if ledger is None or ledger.through == period.start:
        return ()
    return (f"nothing was settled from {ledger.through} to before {period.start}",)
