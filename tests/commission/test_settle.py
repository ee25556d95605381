"""What settlements pay, row by row as worked in docs/worked-examples/settlement.md."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import attrs
import pytest

from salesplan.commission import (
    Accumulation,
    Application,
    BelowZero,
    Clawback,
    Component,
    CompPlan,
    Credit,
    Credited,
    DeadZone,
    FirstUnit,
    KpiGate,
    KpiRange,
    Multiplier,
    Multiplies,
    PayBase,
    Payee,
    PayPeriod,
    Proration,
    RateTable,
    ResetDay,
    RoundingPoint,
    Statement,
    on_target_rate,
    settle,
)
from salesplan.ladder import Boundary, Ladder
from salesplan.money import Money
from salesplan.rate import Rate
from tests.worked import table

PAGE = "settlement.md"


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def rates(tiers: str, application: Application = Application.MARGINAL, *, shares: bool = False) -> RateTable:
    """`0:10 5000:12`, `0%:10 100%:15` or `0u:50` as a table; *shares*: a line of rates."""
    by_rate = application in {Application.MARGINAL, Application.WHOLE} or shares
    steps: list[tuple[Any, Any]] = []
    for step in tiers.split():
        at, value = step.split(":")
        key: Any = int(at[:-1]) if at.endswith("u") else Rate.percent(at[:-1]) if at.endswith("%") else usd(at)
        per_unit = at.endswith("u") and application is not Application.FIXED and int(value) >= 10
        steps.append((key, Rate.percent(value) if by_rate and not per_unit else usd(value)))
    return RateTable(
        Ladder.of(steps, boundary=Boundary.LOWER_INCLUSIVE),
        application=application,
        currency=usd("0").currency,
        ceiling=Rate(2),
    )


def adding_up(text: str) -> dict[str, Any]:
    name, _, day = text.partition(" ")
    resets = {"resets": ResetDay(*map(int, day.split("-")))} if day else {}
    return {"accumulation": Accumulation[name], **resets}


def plan_of(component: Component, **more: Any) -> CompPlan:
    more.setdefault("below_zero", BelowZero.CLAW)
    return CompPlan(id="plan", currency="USD", components=[component], **more)


def by_month(sales: str) -> dict[int, list[str]]:
    """`1/6000 2/4000`, or `12 deals of 100`, by month."""
    many = re.fullmatch(r"(\d+) deals of (\S+)", sales)
    if many:
        return {1: [many[2]] * int(many[1])}
    found: dict[int, list[str]] = {}
    for sale in sales.split():
        month, _, amount = sale.rpartition("/")
        found.setdefault(int(month or 1), []).append(amount)
    return found


def credits_of(amounts: list[str], month: int = 1, **more: Any) -> list[Credit]:
    return [
        Credit(f"{month}-{at:02}", "li", amount=usd(amount), on=date(2026, month, 5), **more)
        for at, amount in enumerate(amounts)
    ]


def months(plan: CompPlan, sales: str, **more: Any) -> list[Statement]:
    """One statement a month, each going on from the one before."""
    found: list[Statement] = []
    for month, amounts in by_month(sales).items():
        prior = found[-1] if found else None
        sold = credits_of([amount for amount in amounts if amount != "0"], month)
        found.append(settle(plan, sold, period=PayPeriod.month(2026, month), payee="li", prior=prior, **more))
    return found


def payouts(statements: list[Statement]) -> list[Money]:
    for each in statements:
        assert sum(line.amount.minor for line in each.lines) == each.payout.minor
    return [each.payout for each in statements]


@pytest.mark.parametrize("row", table(PAGE, "What adds up"), ids=lambda row: row["source"])
def test_what_adds_up_pays_as_worked(row: dict[str, str]) -> None:
    application = Application[row["application"]]
    tiers = rates(row["tiers"], application)
    component = Component(
        id="sales",
        tables=tiers,
        measure=Credited.DEALS if tiers.kind is int else Credited.AMOUNT,
        **adding_up(row["accumulation"]),
    )
    paid = payouts(months(plan_of(component), row["sales"]))
    assert paid == [usd(amount) for amount in row["pays"].split()]


@pytest.mark.parametrize("row", table(PAGE, "Against a quota"), ids=lambda row: row["source"])
def test_quotas_pay_as_worked(row: dict[str, str]) -> None:
    component = Component(
        id="sales",
        tables=rates(row["tiers"], Application[row["application"]]),
        quota=usd(row["quota"]),
        **adding_up(row["accumulation"]),
    )
    paid = payouts(months(plan_of(component), row["sales"]))
    assert paid == [usd(amount) for amount in row["pays"].split()]


def test_the_rate_at_target_is_what_is_left_of_the_earnings_over_quota() -> None:
    rate = on_target_rate(on_target_earnings=usd("200000"), base_salary=usd("100000"), quota=usd("1000000"))
    multiples = rates("0%:100 100%:150 120%:200")
    assert multiples.multiplied(rate) == attrs.evolve(rates("0%:10 100%:15 120%:20"), ceiling=Rate(1))


@pytest.mark.parametrize("row", table(PAGE, "Paid on something else"), ids=lambda row: f"{row['tiers']} {row['sales']}")
def test_what_is_paid_on_may_differ_from_what_reaches_tiers(row: dict[str, str]) -> None:
    component = Component(
        id="sales",
        tables=rates(row["tiers"], Application[row["application"]]),
        measure=Credited[row["tiers reached by"]],
        pays_on=PayBase[row["pays on"]],
        accumulation=Accumulation.PERIOD,
    )
    sold = [
        attrs.evolve(credit, margin=Money(credit.amount.minor // 2, credit.amount.currency))
        for credit in credits_of(row["sales"].split())
    ]
    assert payouts([settle(plan_of(component), sold, period=PayPeriod.month(2026, 1))]) == [usd(row["pays"])]


@pytest.mark.parametrize(
    "row", table(PAGE, "Of the on-target pay"), ids=lambda row: f"{row['tiers']} {row['attainment']}"
)
def test_on_target_pay_is_paid_as_worked(row: dict[str, str]) -> None:
    half: dict[str, Any] = {
        "weight": Rate(1, 2),
        "accumulation": Accumulation.PERIOD,
        "pays_on": PayBase[row["pays on"]],
    }
    tiers = rates(row["tiers"], Application[row["application"]], shares=True)
    plan = CompPlan(
        id="plan",
        currency="USD",
        on_target_earnings=usd("10000"),
        base_salary=usd("4000"),
        components=[
            Component(id="one", tables=tiers, quota=usd("100"), **half),
            Component(id="two", tables=tiers, **half),
        ],
    )
    sold = credits_of([row["attainment"]])
    paid = settle(plan, sold, period=PayPeriod.month(2026, 1), payee=Payee("li", quotas={"two": usd("1000000")}))
    first = paid.component("one")
    assert first is not None
    assert first.earned == usd(row["pays"])
    assert paid.base_salary == usd("4000")


def choices(text: str) -> tuple[dict[str, Any], dict[str, Rate]]:
    """The choices of a row of 'Gates, multipliers, limits', and the KPIs it tells."""
    given: dict[str, Any] = {"gates": [], "multipliers": []}
    kpis = {}
    for part in re.split(r", (?=cap|floor|times)", text):
        kpi = re.fullmatch(r"satisfaction at least (\d+)%, is (\d+)%(?:, else (\d+)%)?", part)
        times = re.fullmatch(r"times (\S+) on the (input|output)", part)
        if kpi:
            when = KpiRange(kpi="satisfaction", at_least=Rate.percent(kpi[1]))
            given["gates"].append(KpiGate(when=when, otherwise=Rate.percent(kpi[3] or "0")))
            kpis["satisfaction"] = Rate.percent(kpi[2])
        elif times:
            on = Multiplies(times[2])
            given["multipliers"].append(Multiplier(name="boost", factor=Rate.of(times[1]), on=on))
        else:
            name, _, amount = part.rpartition(" ")
            match name:
                case "dead zone":
                    given["gates"].append(DeadZone(usd(amount)))
                case "first unit":
                    given["gates"].append(FirstUnit(usd(amount)))
                case "counted to":
                    given["counted_to"] = usd(amount)
                case _:
                    given[name] = usd(amount)
    return given, kpis


@pytest.mark.parametrize(
    "row", table(PAGE, "Gates, multipliers, limits"), ids=lambda row: f"{row['choice']}: {row['sales']}"
)
def test_gates_multipliers_and_limits_pay_as_worked(row: dict[str, str]) -> None:
    given, kpis = choices(row["choice"])
    component = Component(id="sales", tables=rates(row["tiers"]), accumulation=Accumulation.PERIOD, **given)
    assert payouts(months(plan_of(component), row["sales"], kpis=kpis)) == [usd(row["pays"])]


@pytest.mark.parametrize(
    "row",
    table(PAGE, "What a note takes back"),
    ids=lambda row: f"{row['accumulation']} {row['policy']} {row['returned']}",
)
def test_notes_take_back_as_worked(row: dict[str, str]) -> None:
    component = Component(id="sales", tables=rates(row["tiers"]), **adding_up(row["accumulation"]))
    plan = plan_of(component, clawback=Clawback[row["policy"]])
    sold = [
        Credit("D-1", "li", amount=usd(row["D-1"]), on=date(2026, 1, 5)),
        Credit("D-2", "li", amount=usd(row["D-2"]), on=date(2026, 1, 6)),
    ]
    january = settle(plan, sold, period=PayPeriod.month(2026, 1))
    note = Credit("CN-1", "li", amount=-usd(row["returned"]), on=date(2026, 2, 3), reverses="D-1")
    february = settle(plan, [note], period=PayPeriod.month(2026, 2), prior=january)
    assert payouts([february]) == [-usd(row["takes back"])]
    assert [line.deal for line in february.lines if line.amount.minor] in (["CN-1"], ["CN-1", "CN-1"])


@pytest.mark.parametrize(
    "row",
    table(PAGE, "Present for a part of it"),
    ids=lambda row: " ".join(filter(None, (row["starts"], row["stops"], row["ramp"], row["proration"]))),
)
def test_presence_and_ramp_cut_the_quota_as_worked(row: dict[str, str]) -> None:
    def day(text: str) -> date | None:
        return date.fromisoformat(f"2026-{text}") if text else None

    component = Component(
        id="sales", tables=rates("0%:10 100%:20"), quota=usd("3000"), accumulation=Accumulation.PERIOD
    )
    payee = Payee(
        "li",
        starts=day(row["starts"]),
        stops=day(row["stops"]),
        ramp=[Rate.percent(share) for share in row["ramp"].split()],
    )
    plan = plan_of(component, proration=Proration[row["proration"]])
    paid = settle(plan, credits_of(["1000"], 11), period=PayPeriod.month(2026, 11), payee=payee)
    summary = paid.component("sales")
    assert summary is not None
    assert summary.quota == usd(row["quota"]).minor
    assert payouts([paid]) == [usd(row["pays"])]


@pytest.mark.parametrize(
    "row", table(PAGE, "Where it is rounded"), ids=lambda row: f"{row['rounding point']} {row['sales']}"
)
def test_rounding_points_pay_as_worked(row: dict[str, str]) -> None:
    component = Component(
        id="sales",
        tables=rates(row["tiers"]),
        accumulation=Accumulation.PERIOD,
        rounding_point=RoundingPoint[row["rounding point"]],
    )
    paid = settle(plan_of(component), credits_of(row["sales"].split()), period=PayPeriod.month(2026, 1))
    assert [line.amount.amount for line in paid.lines] == row["lines"].split()
    assert payouts([paid]) == [usd(row["pays"])]
