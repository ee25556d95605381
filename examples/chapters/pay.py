"""The plan of chapter 3, and its settlement month by month: what is computed before anything is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from salesplan.calendar import Period
from salesplan.commission import (
    Accumulation,
    Addition,
    Application,
    CashAward,
    Component,
    CompPlan,
    Contest,
    Credit,
    Entry,
    LineKind,
    NonCashAward,
    PoolRule,
    Prize,
    Ranking,
    RateTable,
    Scope,
    Settlement,
    Spiff,
    SpiffPer,
    Standings,
    Statement,
    Ties,
    Unmet,
    judge,
    settle_all,
    share_pool,
)
from salesplan.ladder import Boundary
from salesplan.money import Money
from salesplan.targets import balance_territories

from .sellers import WON, net

TEAMS = ("east", "north", "south")


@attrs.frozen(kw_only=True)
class Paid:
    """What somebody sold and is paid, and for what; all that is no SPIFF, prize or salary is commission."""

    sales: Money
    commission: Money
    spiffs: Money
    prizes: Money
    salary: Money

    @property
    def total(self) -> Money:
        return self.commission + self.spiffs + self.prizes + self.salary


@attrs.frozen(kw_only=True)
class Month:
    """One month: what each sold, who won the team prize, what that brings each, and what everybody is paid."""

    period: Period
    orders: int
    sold: Mapping[str, Money]
    standings: Standings | None
    prizes: Mapping[str, Money]
    settled: Settlement

    def paid(self) -> dict[str, Paid]:
        """Everybody's pay by what it is for."""
        return {each.payee: _parts(each, self.sold[each.payee]) for each in self.settled.statements}


def plan_for(credits: list[Credit], periods: list[Period]) -> CompPlan:
    """The plan, its round amounts taken from what orders cost and from what sellers sell in a month.

    About half of these months reach the second rate, about one in ten the third, and at least one does.
    """
    everybody = {credit.payee for credit in credits}
    bought = sorted(credit.amount.minor for credit in credits if credit.amount.minor > 0)
    unit = credits[0].amount.currency
    monthly = [
        amount.minor
        for period in periods
        for amount in net([credit for credit in credits if credit.on in period], everybody, unit).values()
    ]
    reached = sorted(minor for minor in monthly if minor > 0) or bought
    high = round_number(reached[len(reached) * 9 // 10])
    high = max(2, high if high <= reached[-1] else round_below(reached[-1]))
    low = round_below(min(reached[len(reached) // 2], high // 2))

    def about(minor: int) -> Money:
        return Money(round_number(minor), unit)

    ladder = RateTable.of(
        [(0, "3%"), (Money(low, unit), "5%"), (Money(high, unit), "8%")],
        currency=unit,
        application=Application.MARGINAL,
        boundary=Boundary.LOWER_INCLUSIVE,
    )
    bonus = about(bought[len(bought) // 2] // 20)
    return CompPlan(
        id="course sellers",
        currency=unit,
        base_salary=about(sum(bought) // (len(everybody) * len(periods) * 10)),
        components=[Component(id="sales", tables=ladder, accumulation=Accumulation.PERIOD)],
        spiffs=[Spiff(id=WON, amount=bonus, per=SpiffPer.DEAL, scope=Scope(labels=[WON]))],
    )


def contest_for(sold: Mapping[str, Money], months: int) -> tuple[Contest, dict[str, str]] | None:
    """The monthly prize of the best team, and everybody's team; None for a single seller.

    The teams are put together to have sold alike over the quarter.
    """
    positive = {name: max(amount, Money.zero(amount.currency)) for name, amount in sold.items()}
    total = total_of(positive.values())
    if len(sold) < 2 or not total.minor:
        return None
    prize = Money(round_number(total.minor // months // 100), total.currency)
    training = NonCashAward(
        "training", description="a course for the team", nominal=Money(max(1, prize.minor // 2), total.currency)
    )
    contest = Contest(
        id="team of the month",
        prizes=[Prize(1, CashAward(prize)), Prize(2, training)],
        ties=Ties.FULL,
        ranking=Ranking.COMPETITION,
        unmet=Unmet.VACANT,
        entry_minimum=Money(1, total.currency),
    )
    names = TEAMS if len(sold) >= 2 * len(TEAMS) else TEAMS[:2]
    return contest, dict(balance_territories(positive, dict.fromkeys(names, 1)).owned)


def settle_months(
    plan: CompPlan, announced: tuple[Contest, Mapping[str, str]] | None, credits: list[Credit], periods: list[Period]
) -> list[Month]:
    """Every month, each going on from the one before."""
    everybody = sorted({credit.payee for credit in credits})
    months: list[Month] = []
    for period in periods:
        own = [credit for credit in credits if credit.on in period]
        sold = net(own, everybody, plan.currency)
        standings: Standings | None = None
        prizes: dict[str, Money] = {}
        notes: dict[str, str] = {}
        if announced is not None:
            contest, teams = announced
            scores = {
                team: total_of(sold[name] for name in everybody if teams[name] == team) for team in teams.values()
            }
            standings = judge(contest, [Entry(team, score) for team, score in scores.items()])
            prizes = _shared(standings, teams, sold)
            notes = {name: f"{teams[name]} came first" for name in prizes}
        additions = {
            name: [Addition(line=LineKind.AWARD, rule="team prize", award=prize, note=notes[name])]
            for name, prize in prizes.items()
        }
        paid = settle_all(
            plan,
            own,
            period=period,
            payees=everybody,
            prior=months[-1].settled if months else None,
            additions=additions,
        )
        months.append(
            Month(
                period=period,
                orders=sum(credit.amount.minor >= 0 for credit in own),
                sold=sold,
                standings=standings,
                prizes=prizes,
                settled=paid,
            )
        )
    return months


def cash_of(standings: Standings) -> dict[str, Money]:
    """The cash that each team won."""
    return {
        row.participant: award.amount for row in standings.rows for award in row.awards if isinstance(award, CashAward)
    }


def by_seller(months: list[Month]) -> dict[str, Paid]:
    """Everybody's pay over all months."""
    monthly = [month.paid() for month in months]
    return {name: added(paid[name] for paid in monthly) for name in monthly[0]}


def added(several: Iterable[Paid]) -> Paid:
    """The sum, part by part."""
    given = list(several)
    return Paid(
        sales=total_of(each.sales for each in given),
        commission=total_of(each.commission for each in given),
        spiffs=total_of(each.spiffs for each in given),
        prizes=total_of(each.prizes for each in given),
        salary=total_of(each.salary for each in given),
    )


def total_of(amounts: Iterable[Money]) -> Money:
    """The sum of one amount or more."""
    first, *more = amounts
    return first + Money.sum(more, currency=first.currency)


def round_number(minor: int) -> int:
    """The next of 1, 2, 3, 4, 5, 6, 8 times a power of ten."""
    scale = int("1" + "0" * (len(str(max(1, minor))) - 1))
    return next(step * scale for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * scale >= minor)


def round_below(minor: int) -> int:
    """The last such number that is not above *minor*, 1 or more."""
    scale = int("1" + "0" * (len(str(max(1, minor))) - 1))
    return max(step * scale for step in (1, 2, 3, 4, 5, 6, 8) if step == 1 or step * scale <= minor)


def _shared(standings: Standings, teams: Mapping[str, str], sold: Mapping[str, Money]) -> dict[str, Money]:
    """The cash of every team that won some, by what its members sold."""
    found: dict[str, Money] = {}
    for team, cash in cash_of(standings).items():
        members = {name: sold[name] for name in teams if teams[name] == team}
        shares = share_pool(cash, members, rule=PoolRule.BY_CONTRIBUTION)
        assert total_of(shares.values()) == cash
        found |= {name: amount for name, amount in shares.items() if amount.minor}
    return found


def _parts(statement: Statement, sales: Money) -> Paid:
    none = Money.zero(statement.currency)
    spiffs = total_of([none, *(line.amount for line in statement.lines if line.rule == WON)])
    prizes = total_of([none, *(line.amount for line in statement.of_kind(LineKind.AWARD))])
    return Paid(
        sales=sales,
        commission=statement.payout - spiffs - prizes,
        spiffs=spiffs,
        prizes=prizes,
        salary=statement.base_salary,
    )
