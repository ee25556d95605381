"""Everybody at once: statements, overrides, what others bring, and what a statement says of itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from salesplan.commission import (
    Accumulation,
    Addition,
    BelowZero,
    Component,
    CompPlan,
    Conversion,
    Credit,
    CreditError,
    Differential,
    LineKind,
    NonCashAward,
    Payee,
    PayPeriod,
    Scope,
    Settlement,
    TeamBasis,
    TeamOverride,
    Uplines,
    settle,
    settle_all,
    split_credit,
)
from salesplan.errors import NotFound, SalesplanError
from salesplan.ladder import Boundary, Ladder
from salesplan.money import Currency, CurrencyMismatch, Money
from salesplan.rate import Rate
from tests.commission.test_settle import rates, usd

NOVEMBER = PayPeriod.month(2026, 11)
TEN = Component(id="sales", tables=rates("0:10"), accumulation=Accumulation.PERIOD)
PLAN = CompPlan(id="seller", currency="USD", components=[TEN])
# prowi.io, override commission: what five sellers sold
TEAM = {"ann": "75000", "bob": "60000", "cyd": "67500", "dan": "52500", "eve": "45000"}
UPLINES = Uplines({"boss": None, **dict.fromkeys(TEAM, "boss")})


def team_credits() -> list[Credit]:
    return [Credit(f"D-{name}", name, amount=usd(amount), on=date(2026, 11, 5)) for name, amount in TEAM.items()]


def boss(first: str) -> CompPlan:
    rule = TeamOverride(table=rates(f"{first}:3"), levels=None, on=TeamBasis.SALES)
    return CompPlan(id="manager", currency="USD", components=[], overrides=[rule])


@pytest.mark.parametrize(("first", "override"), [("0", "9000"), ("225000", "2250")])
def test_a_manager_is_paid_on_the_team(first: str, override: str) -> None:
    plans = dict.fromkeys(TEAM, PLAN) | {"boss": boss(first)}
    paid = settle_all(plans, team_credits(), period=NOVEMBER, uplines=UPLINES)
    assert sum(paid[name].payout.minor for name in TEAM) == usd("30000").minor
    assert paid["boss"].payout == usd(override)
    assert {line.kind for line in paid["boss"].lines} == {LineKind.OVERRIDE}
    assert paid.payout == usd("30000") + usd(override)
    assert paid.overrides[0].total_of("boss") == usd(override)


def test_overrides_on_commission_see_what_was_earned() -> None:
    rule = TeamOverride(table=rates("0:10"), levels=None, on=TeamBasis.COMMISSION)
    plans = dict.fromkeys(TEAM, PLAN) | {
        "boss": CompPlan(id="manager", currency="USD", components=[], overrides=[rule])
    }
    assert settle_all(plans, team_credits(), period=NOVEMBER, uplines=UPLINES)["boss"].payout == usd("3000")


def test_a_differential_pays_all_who_have_it() -> None:
    """2 %, from 100,000 on 5 %: boss is at 5 % of 300,000, everybody below at 2 %: 9,000 and 2 % of each one's own."""
    ladder = Ladder.of(
        [(usd("0"), Rate.percent("2")), (usd("100000"), Rate.percent("5"))], boundary=Boundary.LOWER_INCLUSIVE
    )
    plan = CompPlan(id="mlm", currency="USD", components=[], overrides=[Differential(ladder=ladder)])
    paid = settle_all(plan, team_credits(), period=NOVEMBER, payees=["boss"], uplines=UPLINES)
    assert paid["boss"].payout == usd("9000")
    assert paid["ann"].payout == usd("1500")
    assert paid.payout == usd("15000")  # the whole at the root's rate


def test_statements_are_those_of_each_alone() -> None:
    credits = [
        *team_credits(),
        *split_credit("D-x", usd("100"), {name: Rate(1, 5) for name in TEAM}, on=date(2026, 11, 9)),
    ]
    together = settle_all(PLAN, credits[::-1], period=NOVEMBER)
    assert [each.payee for each in together.statements] == sorted(TEAM)
    for each in together.statements:
        own = [credit for credit in credits if credit.payee == each.payee]
        assert each == settle(PLAN, own, period=NOVEMBER)


def test_the_next_month_goes_on_from_the_settlement() -> None:
    yearly = CompPlan(
        id="seller",
        currency="USD",
        components=[Component(id="sales", tables=rates("0:10 70000:20"), accumulation=Accumulation.YEAR)],
    )
    november = settle_all(yearly, team_credits(), period=NOVEMBER)
    more = [Credit("D-dec", "bob", amount=usd("20000"), on=date(2026, 12, 5))]
    december = settle_all(yearly, more, period=PayPeriod.month(2026, 12), payees=list(TEAM), prior=november)
    assert december["bob"].payout == usd("3000")  # 10,000 at 10 %, 10,000 at 20 %
    assert december["ann"].payout == usd("0")
    assert december == settle_all(
        yearly, more, period=PayPeriod.month(2026, 12), payees=list(TEAM), prior=november.ledgers
    )


def test_what_others_bring_is_added_by_kind() -> None:
    fund = NonCashAward("training", description="a course of one's choice", nominal=usd("2000"))
    more = [
        Addition(line=LineKind.AWARD, rule="november contest", award=usd("500"), note="first place"),
        Addition(line=LineKind.POOL, rule="team prize", award=usd("120")),
        Addition(line=LineKind.AWARD, rule="november contest", award=fund),
    ]
    paid = settle_all(PLAN, team_credits(), period=NOVEMBER, additions={"eve": more})["eve"]
    assert [(line.kind, line.amount) for line in paid.lines[1:]] == [
        (LineKind.POOL, usd("120")),
        (LineKind.AWARD, usd("500")),
    ]
    assert paid.payout == usd("5120")
    assert paid.awards == (fund,)
    assert "award: training" in paid.explain()


def test_the_payee_may_be_paid_in_another_currency() -> None:
    rate = Conversion(currency=Currency.iso("JPY"), rate=Rate.of("150.5"))
    paid = settle_all(PLAN, team_credits(), period=NOVEMBER, convert={"eve": rate})
    assert paid["eve"].converted == Money.of("677250", "JPY")  # 4,500 x 150.5
    assert paid["ann"].converted is None
    assert "in JPY" in paid["eve"].explain()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"plans": {"ann": PLAN}}, "commission.no_plan"),
        ({"plans": 3}, "commission.plans"),
        ({"payees": ["ann", "ann"]}, "commission.payees"),
        ({"payees": "ann"}, "commission.payees"),
        ({"kpis": {"nobody": {}}}, "commission.kpis"),
        ({"additions": {"nobody": []}}, "commission.additions"),
        ({"prior": {"nobody": None}}, "commission.prior"),
        ({"prior": 3}, "commission.prior"),
        ({"plans": dict.fromkeys(TEAM, PLAN) | {"boss": boss("0")}}, "commission.uplines"),
        ({"credits": [*team_credits(), team_credits()[0]]}, "commission.credited_twice"),
        (
            {"credits": split_credit("D", usd("1"), {"a": Rate(1, 2), "b": Rate(1, 2)}, on=NOVEMBER.start)[:1]},
            "commission.shares",
        ),
    ],
)
def test_what_cannot_be_settled_together_is_refused(more: dict[str, Any], code: str) -> None:
    given: dict[str, Any] = {"plans": PLAN, "credits": team_credits(), "period": NOVEMBER} | more
    with pytest.raises(SalesplanError) as caught:
        settle_all(given.pop("plans"), given.pop("credits"), **given)
    assert caught.value.code == code


def test_uplines_in_a_circle_are_refused() -> None:
    with pytest.raises(SalesplanError, match="b"):
        Uplines({"a": "b", "b": "c", "c": "a"})


def test_currencies_are_not_summed() -> None:
    euro = CompPlan(
        id="euro",
        currency="EUR",
        components=[],
    )
    paid = settle_all({"ann": PLAN, "zoe": euro}, [team_credits()[0]], period=NOVEMBER)
    with pytest.raises(CurrencyMismatch):
        _ = paid.payout
    assert "in all" not in paid.explain()


def test_nobody_is_no_sum() -> None:
    empty = settle_all(PLAN, [], period=NOVEMBER)
    with pytest.raises(NotFound):
        _ = empty.total
    with pytest.raises(NotFound):
        empty["ann"]


# --- what a statement says -----------------------------------------------------------------------------------


def slip() -> Any:
    plan = CompPlan(
        id="seller 2026",
        currency="USD",
        base_salary=usd("6000"),
        components=[
            Component(
                id="sales",
                tables=rates("0:3 100000:5 200000:8"),
                quota=usd("300000"),
                accumulation=Accumulation.PERIOD,
                cap=usd("10000"),
            )
        ],
    )
    sold = [
        Credit("D-1", "li", amount=usd("120000"), on=date(2026, 11, 20)),
        Credit("D-2", "li", amount=usd("72000"), on=date(2026, 11, 25), share=Rate(1, 2)),
    ]
    return settle(plan, sold, period=NOVEMBER, payee=Payee("li", starts=date(2026, 11, 16)))


def test_a_slip_can_be_checked_by_hand() -> None:
    """Every figure a reader needs: 120,000 and half of 72,000 of a quota of 300,000 for half a month."""
    text = slip().explain()
    for piece in (
        "li, 2026-11 (2026-11-01 .. 2026-11-30), plan seller 2026, USD",
        "156000.00",
        "150000.00",
        "104%",
        "300000.00 x 50%",
        "44000.00 more: 8%",
        "0.00 .. 100000.00",
        "100000.00 .. 120000.00",
        "120000.00 .. 156000.00",
        "3000.00",
        "1000.00",
        "1800.00",
        "capped at USD 10000.00 x 50%",
        "variable pay",
        "5000.00",
        "8000.00",
    ):
        assert piece in text, piece
    assert slip().payout == usd("5000")
    assert slip().total == usd("8000")


def test_columns_and_html_carry_the_lines() -> None:
    statement = slip()
    columns = statement.to_columns()
    assert {len(values) for values in columns.values()} == {len(statement.lines)}
    assert sum(columns["amount_minor"]) == statement.payout.minor
    assert columns["rate"][:3] == ["3%", "5%", "5%"]
    assert statement._repr_html_().count("<tr>") >= len(statement.lines)
    together = settle_all(PLAN, team_credits(), period=NOVEMBER)
    assert len(together.to_columns()["payee"]) == 5
    assert "5 in all" in together.explain()
    assert "ann" in together._repr_html_()


def test_unmatched_credits_are_named() -> None:
    only_a = Component(id="a", tables=rates("0:10"), accumulation=Accumulation.PERIOD, scope=Scope(products=["A"]))
    many = [Credit(f"D-{at:02}", "li", amount=usd("1"), on=date(2026, 11, 5)) for at in range(25)]
    paid = settle(CompPlan(id="p", currency="USD", components=[only_a]), many, period=NOVEMBER)
    assert len(paid.unmatched) == 25
    assert "and for 5 more" in paid.explain()


def test_carried_and_owed_are_told() -> None:
    plan = CompPlan(id="p", currency="USD", components=[TEN], below_zero=BelowZero.CARRY)
    paid = settle(plan, [Credit("CN", "li", amount=usd("-100"), on=date(2026, 11, 5))], period=NOVEMBER)
    assert "carried to the next period: USD -10.00" in paid.explain()


def test_settlement_wants_credits_of_the_period() -> None:
    with pytest.raises(CreditError):
        settle_all(PLAN, [Credit("D", "li", amount=usd("1"), on=date(2026, 12, 1))], period=NOVEMBER)


def test_a_settlement_is_a_value() -> None:
    one, other = (settle_all(PLAN, team_credits(), period=NOVEMBER) for _ in range(2))
    assert isinstance(one, Settlement)
    assert one == other
    assert one != settle_all(PLAN, team_credits()[1:], period=NOVEMBER)
