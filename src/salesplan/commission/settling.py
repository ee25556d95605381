"""Settle one payee's period: credits in, statement out.

The credits are put in one order and counted component by component (`_component`), SPIFFs follow, then what holds for the
plan: cap, floor, what others bring (overrides, pools, awards), what was carried, below zero, draw. Base salary comes on
top and currency last. Nothing depends on the order or batches of the credits, and no line is rounded without its sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import assert_never

import attrs

from ..errors import InvalidType, InvalidValue, clip, listed, require_instance, require_text
from ..money import Currency, Money, Rounding
from ..rate import Rate
from ._book import Book
from ._claw import part_of, shrink
from ._component import Run, Worked, work
from ._count import Kpis, route, running_window
from ._rows import Row, added, round_rows, whole_or
from ._terms import Terms
from .awards import Award, CashAward, NonCashAward
from .component import Component
from .credits import Credit, CreditError, require_credits
from .draws import DrawEntry, draw_once
from .ledger import Ledger
from .line import LineKind, StatementLine
from .measures import Accumulation, Credited, RoundingPoint
from .payee import Payee, Presence, presence_of
from .plan import BelowZero, Clawback, CompPlan, PlanError, Spiff, SpiffPer
from .spans import DayCount, Span, require_span
from .statement import ComponentSummary, NextTier, Statement, rounded

__all__ = ["Addition", "Conversion", "settle"]

_ADDED = {LineKind.OVERRIDE, LineKind.POOL, LineKind.AWARD}


def _award(given: Award | Money) -> Money | NonCashAward:
    if isinstance(given, CashAward):
        return given.amount
    if not isinstance(given, Money | NonCashAward):
        raise InvalidType(
            f"an addition is Money, a CashAward or a NonCashAward: {clip(given)}",
            code="commission.addition",
            value=given,
        )
    return given


@attrs.frozen(kw_only=True)
class Addition:
    """What comes from outside the plan's own components: an override, a share of a pool, a prize; under *rule*."""

    kind: LineKind
    rule: str
    award: Money | NonCashAward = attrs.field(converter=_award)
    note: str = ""

    def __attrs_post_init__(self) -> None:
        if self.kind not in _ADDED:
            raise InvalidType(
                f"an addition is an OVERRIDE, POOL or AWARD line: {clip(self.kind)}",
                code="commission.addition",
                value=self.kind,
            )
        require_text(self.rule, code="commission.addition", name="rule")
        if self.note != "":
            require_text(self.note, code="commission.addition", name="note")


@attrs.frozen(kw_only=True)
class Conversion:
    """The payee's currency: one unit of the plan's is *rate* units of *currency*.

    >>> usd = Conversion(currency=Currency.iso("USD"), rate=Rate.of("0.14"))
    >>> str(usd.convert(Money.of("12800.00", "CNY"))), str(usd.convert(Money.of("100", "JPY")))
    ('USD 1792.00', 'USD 14.00')
    """

    currency: Currency
    rate: Rate
    rounding: Rounding = Rounding.HALF_UP

    def __attrs_post_init__(self) -> None:
        require_instance(self.currency, Currency, code="commission.conversion", name="currency")
        require_instance(self.rate, Rate, code="commission.conversion", name="rate")
        require_instance(self.rounding, Rounding, code="commission.conversion", name="rounding")
        if self.rate <= Rate(0):
            raise InvalidValue(f"a rate is above 0: {self.rate}", code="commission.conversion", value=self.rate)

    def convert(self, amount: Money) -> Money:
        """*amount* in the other currency, rounded once."""
        places = self.currency.exponent - amount.currency.exponent
        exact = amount.minor * self.rate.to_fraction() * Fraction(10) ** places
        return rounded(exact, self.currency, self.rounding)


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
    run = Run(plan=plan, payee=person, period=period, presence=presence, kpis=known, book=Book(ledger))
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
    rows += [(spiff.id, row) for spiff in plan.spiffs for row in _spiff_rows(run, spiff, ordinary, notes)]
    names = [each.id for each in plan.components] + [each.id for each in plan.spiffs]
    for note in notes:
        run.book.require(names, note)
    rows += [(plan.id, row) for row in _limits(plan, presence, sum(row.amount for _, row in rows))]
    cash, prizes = _additions(plan, additions)
    rows += cash
    carried, draw, closing = _closing(plan, ledger, period, sum(row.amount for _, row in rows))
    rows += [(plan.id, row) for row in closing]
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
        unmatched=tuple(unmatched),
        awards=prizes,
        draw=draw,
        carried=carried,
        converted=None if convert is None else convert.convert(base + payout),
        notes=_remarks(ledger, period),
        book=run.book,
    )


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
    last = end - timedelta(days=1)
    for component in plan.components:
        for accumulation, begins in (
            (Accumulation.QUARTER, component.resets.quarter_of),
            (Accumulation.YEAR, component.resets.year_of),
        ):
            if component.accumulation is accumulation and begins(start) != begins(last):
                raise PlanError(
                    f"{clip(component.id)} begins again on {begins(last)}, inside {clip(period.label)}: settle it in two",
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


def _spiff_rows(run: Run, spiff: Spiff, credits: list[Credit], notes: list[Credit]) -> list[Row]:
    rows = []
    for credit in credits:
        first, until = spiff.first or credit.on, spiff.until
        if not spiff.scope.holds(credit) or credit.on < first or (until is not None and until <= credit.on):
            continue
        match spiff.per:
            case SpiffPer.UNIT:
                times = credit.sign * credit.units
            case SpiffPer.DEAL:
                times = credit.sign
            case _:
                assert_never(spiff.per)
        counted = times * credit.share.to_fraction()
        row = added(LineKind.SPIFF, counted * spiff.amount.minor, "", deal=credit.deal, on=credit.on)
        row.base, row.each = whole_or(counted), spiff.amount
        rows.append(row)
        run.book.pay_spiff(spiff.id, credit, counted * spiff.amount.minor)
    for note in notes:
        record = run.book.record(spiff.id, note.reverses or "", note.role)
        if record is not None:
            part = part_of(note, record.credited.to_fraction())
            text = f"of {note.reverses}"
            rows.append(added(LineKind.SPIFF, -part * record.paid.to_fraction(), text, deal=note.deal, on=note.on))
            run.book.keep(shrink(record, part))
    round_rows(rows, RoundingPoint.PAYOUT, run.plan.rounding)
    whole = sum(row.amount for row in rows)
    if spiff.limit is not None and whole > spiff.limit.minor:
        rows.append(_whole(LineKind.CAP, spiff.limit.minor - whole, f"at most {spiff.limit} a period"))
    return rows


def _whole(kind: LineKind, minor: int, note: str) -> Row:
    row = added(kind, Fraction(minor), note)
    row.amount = minor
    return row


def _limits(plan: CompPlan, presence: Presence, earned: int) -> list[Row]:
    found = []
    for kind, limit, word in ((LineKind.CAP, plan.cap, "at most"), (LineKind.FLOOR, plan.floor, "at least")):
        if limit is None:
            continue
        prorated = limit.times(presence.there, plan.rounding).minor
        if earned > prorated if kind is LineKind.CAP else earned < prorated:
            found.append(_whole(kind, prorated - earned, f"{word} {Money(prorated, plan.currency).amount}"))
            earned = prorated
    return found


def _additions(plan: CompPlan, additions: Iterable[Addition]) -> tuple[list[tuple[str, Row]], tuple[NonCashAward, ...]]:
    given = listed(additions, code="commission.additions", name="additions")
    rows: list[tuple[str, Row]] = []
    prizes: list[NonCashAward] = []
    for each in given:
        require_instance(each, Addition, code="commission.additions", name="an addition")
        match each.award:
            case Money():
                minor = Money.zero(plan.currency).same(each.award).minor
                rows.append((each.rule, _whole(each.kind, minor, each.note)))
            case NonCashAward():
                prizes.append(each.award)
            case _:
                assert_never(each.award)
    order = list(LineKind)
    rows.sort(key=lambda pair: (order.index(pair[1].kind), pair[0], pair[1].note, pair[1].amount))
    return rows, tuple(sorted(prizes, key=str))


def _closing(
    plan: CompPlan, ledger: Ledger | None, period: Span, earned: int
) -> tuple[Money, DrawEntry | None, list[Row]]:
    """What was carried in, what goes below zero, and the draw."""
    rows = []
    unit = plan.currency
    carried = 0
    if ledger is not None and ledger.carried.minor:
        rows.append(_whole(LineKind.CARRIED_IN, ledger.carried.minor, "taken back before, beyond what was earned then"))
        earned += ledger.carried.minor
    if earned < 0:
        match plan.below_zero:
            case BelowZero.CARRY:
                carried = earned
                rows.append(_whole(LineKind.CARRIED_OUT, -earned, "set off against later pay"))
                earned = 0
            case BelowZero.FORGIVE:
                rows.append(_whole(LineKind.CARRIED_OUT, -earned, "forgiven"))
                earned = 0
            case BelowZero.CLAW:
                pass
            case _:
                assert_never(plan.below_zero)
    owed = Money.zero(unit) if ledger is None else ledger.owed
    if plan.draw is None and owed.minor == 0:
        return Money(carried, unit), None, rows
    day = timedelta(days=1)
    entry = draw_once(
        plan.draw,
        Money(earned, unit),
        owed=owed,
        on=period.end - day,
        after=None if ledger is None else ledger.through - day,
    )
    if entry.paid.minor != earned:
        word = "advanced" if entry.paid.minor > earned else "recovered"
        rows.append(_whole(LineKind.DRAW, entry.paid.minor - earned, word))
    return Money(carried, unit), entry, rows


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
