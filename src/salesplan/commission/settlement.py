"""Settle everybody at once: one statement a payee, and what only the whole of the credits can show.

That the primary shares of every deal sum to one, that nobody is credited without a plan, what overlays cost, and what
those above earn on those below, is seen here; each statement is the one that `settle` gives for its payee alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import attrs

from ..display import Align, html_table, text_table
from ..errors import InvalidType, NotFound, clip, listed
from ..money import Money, Rounding
from ..rate import Rate
from ._figures import percent_text, rounded
from ._people import only_of, people_of
from .additions import Addition, Conversion
from .coverage import Coverage, covered
from .credits import Credit, CreditRole, require_credits
from .exact import near_rate
from .ledger import Ledger
from .line import LineKind
from .override_rules import Differential, LevelChain, TeamOverride
from .overrides import Overrides, settle_overrides
from .payee import Payee
from .plan import CompPlan
from .settling import settle_ordered
from .spans import DayCount, Span
from .statement import Statement
from .uplines import Uplines

__all__ = ["Settlement", "settle_all"]

_RULES: dict[type, str] = {
    TeamOverride: "team override",
    Differential: "differential",
    LevelChain: "level chain",
}
_OWN = {
    LineKind.EARNED,
    LineKind.TRUE_UP,
    LineKind.GATE,
    LineKind.MULTIPLIER,
    LineKind.CLAWBACK,
    LineKind.CAP,
    LineKind.FLOOR,
    LineKind.SPIFF,
}


@attrs.frozen(kw_only=True)
class Settlement:
    """The statements of a period, by payee; how the credits cover their deals, and the overrides behind them."""

    label: str
    statements: tuple[Statement, ...]
    coverage: Coverage
    overrides: tuple[Overrides, ...] = ()
    _places: dict[str, int] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_places", {each.payee: at for at, each in enumerate(self.statements)})

    def __getitem__(self, payee: str) -> Statement:
        """The statement of that payee.

        Raises: NotFound.
        """
        if payee not in self._places:
            raise NotFound(f"nobody is called {clip(payee)}", code="commission.payee", value=payee)
        return self.statements[self._places[payee]]

    @property
    def payout(self) -> Money:
        """The variable pay of all.

        Raises: CurrencyMismatch where plans differ in currency; NotFound where nobody was settled.
        """
        return self._sum([each.payout for each in self.statements])

    @property
    def total(self) -> Money:
        """Base salaries and variable pay of all.

        Raises: CurrencyMismatch where plans differ in currency; NotFound where nobody was settled.
        """
        return self._sum([each.total for each in self.statements])

    @property
    def ledgers(self) -> dict[str, Ledger]:
        """What the next settlement takes as *prior*."""
        return {each.payee: each.ledger for each in self.statements}

    def _sum(self, amounts: list[Money]) -> Money:
        if not amounts:
            raise NotFound("nobody was settled", code="commission.empty", value=self.label)
        return Money.sum(amounts, currency=amounts[0].currency)

    def explain(self) -> str:
        """A row per payee, then the sum."""
        head, rows = self._table()
        table = text_table([head, *rows], align=(Align.LEFT, Align.LEFT, *[Align.RIGHT] * 4))
        return "\n".join([table, *(f"{each.payee}: {note}" for each in self.statements for note in each.notes)])

    def _repr_html_(self) -> str:
        head, rows = self._table()
        return html_table(head, rows, align=(Align.LEFT, Align.LEFT, *[Align.RIGHT] * 4), caption=self.label)

    def to_columns(self) -> dict[str, list[Any]]:
        """All lines of all statements, as lists of one length; see `Statement.to_columns`."""
        columns: dict[str, list[Any]] = {}
        for each in self.statements:
            for name, values in each.to_columns().items():
                columns.setdefault(name, []).extend(values)
        return columns

    def _table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        head = ("payee", "plan", "attainment", "variable pay", "base salary", "to pay")
        rows: list[tuple[str, ...]] = [
            (
                each.payee,
                each.plan,
                ", ".join(percent_text(part.attainment) for part in each.components if part.attainment is not None),
                each.payout.amount,
                each.base_salary.amount,
                each.total.amount,
            )
            for each in self.statements
        ]
        if self.statements and len({each.currency for each in self.statements}) == 1:
            base = self._sum([each.base_salary for each in self.statements])
            rows.append((f"{len(rows)} in all", "", "", self.payout.amount, base.amount, self.total.amount))
        return head, rows


def settle_all(
    plans: CompPlan | Mapping[str, CompPlan],
    credits: Iterable[Credit],
    *,
    period: Span,
    payees: Iterable[Payee | str] = (),
    prior: Settlement | Mapping[str, Statement | Ledger] | None = None,
    kpis: Mapping[str, Mapping[str, Rate]] | None = None,
    additions: Mapping[str, Iterable[Addition]] | None = None,
    uplines: Uplines | None = None,
    workdays: DayCount | None = None,
    convert: Mapping[str, Conversion] | None = None,
) -> Settlement:
    """One statement per payee: of those in *payees*, in *credits*, and in *plans* where it names them.

    *plans* is one plan for everybody, or one by payee; *prior*, *kpis*, *additions* and *convert* are by payee. Plans
    with overrides need *uplines*, with everybody who sold in them. Overrides are paid on the primary credit of the
    period, credit notes in it off the top, whatever the plan's clawback; on COMMISSION, on what components and SPIFFs
    earned.
    Law: each statement is what `settle` gives for that payee's credits (and overrides) alone.
    Raises: what `settle` and `coverage` do; NotFound for a payee without a plan.
    >>> from datetime import date
    >>> from salesplan.commission import Accumulation, Application, Component, PayPeriod, RateTable
    >>> from salesplan.ladder import Boundary
    >>> table = RateTable.of([(0, "10%")], currency="USD", application=Application.MARGINAL,
    ...                      boundary=Boundary.LOWER_INCLUSIVE)
    >>> plan = CompPlan(id="flat", currency="USD",
    ...                 components=[Component(id="sales", tables=table, accumulation=Accumulation.PERIOD)])
    >>> shared = [Credit("D-1", name, amount=Money.of("1000", "USD"), on=date(2026, 11, 3), share=Rate(1, 2))
    ...           for name in ("li", "wang")]
    >>> paid = settle_all(plan, shared, period=PayPeriod.month(2026, 11))
    >>> str(paid["li"].payout), str(paid.payout)
    ('USD 50.00', 'USD 100.00')
    """
    given = require_credits(credits)
    whole = covered(given)
    people = _people(payees, given, plans)
    own: dict[str, list[Credit]] = {name: [] for name in people}
    for credit in given:
        own[credit.payee].append(credit)
    before = _before(prior)
    for name, mapping in (("prior", before), ("kpis", kpis or {}), ("additions", additions or {})):
        only_of(mapping, people, name)
    extra = {
        name: listed(each, code="commission.additions", name="additions") for name, each in (additions or {}).items()
    }

    def settled(name: str, more: Iterable[Addition]) -> Statement:
        return settle_ordered(
            _plan_of(plans, name),
            own[name],
            period=period,
            payee=people[name],
            prior=before.get(name),
            kpis=(kpis or {}).get(name),
            additions=[*extra.get(name, ()), *more],
            workdays=workdays,
            convert=(convert or {}).get(name),
        )

    statements = {name: settled(name, ()) for name in people}
    overrides, lines = _overrides(plans, statements, own, uplines)
    for name, more in lines.items():
        statements[name] = settled(name, more)
    return Settlement(
        label=period.label,
        statements=tuple(statements[name] for name in sorted(statements)),
        coverage=whole,
        overrides=overrides,
    )


def _people(
    payees: Iterable[Payee | str], credits: list[Credit], plans: CompPlan | Mapping[str, CompPlan]
) -> dict[str, Payee]:
    if not isinstance(plans, CompPlan | Mapping):
        raise InvalidType(
            f"plans are a CompPlan or map payees to them: {clip(plans)}", code="commission.plans", value=plans
        )
    named = [] if isinstance(plans, CompPlan) else list(plans)
    found = people_of(payees, [*named, *(credit.payee for credit in credits)])
    for name in found:
        _plan_of(plans, name)
    return {name: found[name] for name in sorted(found)}


def _plan_of(plans: CompPlan | Mapping[str, CompPlan], name: str) -> CompPlan:
    if isinstance(plans, CompPlan):
        return plans
    if name not in plans:
        raise NotFound(f"{clip(name)} has no plan", code="commission.no_plan", value=name)
    return plans[name]


def _before(prior: Settlement | Mapping[str, Statement | Ledger] | None) -> Mapping[str, Statement | Ledger]:
    if prior is None:
        return {}
    if isinstance(prior, Settlement):
        return {each.payee: each for each in prior.statements}
    if not isinstance(prior, Mapping):
        raise InvalidType(f"prior maps payees to statements: {clip(prior)}", code="commission.prior", value=prior)
    return prior


def _overrides(
    plans: CompPlan | Mapping[str, CompPlan],
    statements: Mapping[str, Statement],
    own: Mapping[str, list[Credit]],
    uplines: Uplines | None,
) -> tuple[tuple[Overrides, ...], dict[str, list[Addition]]]:
    """What every rule pays, and the lines of those whose plan has it."""
    holders: dict[TeamOverride | Differential | LevelChain, list[str]] = {}
    for name in statements:
        for rule in _plan_of(plans, name).overrides:
            holders.setdefault(rule, []).append(name)
    if not holders:
        return (), {}
    if uplines is None:
        raise NotFound(
            "plans with overrides need to know who is above whom: uplines=Uplines(...)",
            code="commission.uplines",
            value=None,
        )
    for name in statements:
        if own[name] and name not in uplines:
            raise NotFound(
                f"{clip(name)} sold, but is not among the uplines: put None above who is under nobody",
                code="commission.uplines",
                value=name,
            )
    there = [name for name in statements if name in uplines]
    sales = {name: _sold(statements[name], own[name]) for name in there}
    earned = {name: _earned(statements[name]) for name in there}
    found: list[Overrides] = []
    lines: dict[str, list[Addition]] = {}
    for rule, names in holders.items():
        paid = settle_overrides(uplines, sales, rule, commissions=earned)
        found.append(paid)
        for name in names:
            if name in uplines:
                lines.setdefault(name, []).extend(
                    Addition(
                        line=LineKind.OVERRIDE,
                        rule=_RULES[type(rule)],
                        award=line.amount,
                        base=line.base,
                        rate=None if line.rate is None else near_rate(line.rate),
                        note="on the team" if line.source is None else f"on {line.source}",
                    )
                    for line in paid.lines_of(name)
                )
    return tuple(found), lines


def _sold(statement: Statement, credits: list[Credit]) -> Money:
    exact = sum((each.credited for each in credits if each.role is CreditRole.PRIMARY), start=Fraction(0))
    return rounded(exact, statement.currency, Rounding.HALF_UP)


def _earned(statement: Statement) -> Money:
    return Money.sum((line.amount for line in statement.lines if line.kind in _OWN), currency=statement.currency)
