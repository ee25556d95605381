"""Plans: who takes which credit, SPIFFs, composites, dated tables, and what holds for the whole of a plan."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from salesplan.commission import (
    Accumulation,
    Application,
    BelowZero,
    Component,
    ComponentError,
    Composite,
    CompPlan,
    Credit,
    Credited,
    CreditError,
    DatedTable,
    DeadZone,
    Draw,
    DrawKind,
    FirstUnit,
    LineKind,
    Multiplier,
    Multiplies,
    Part,
    PayBase,
    Payee,
    PayPeriod,
    PlanError,
    RateTable,
    ResetDay,
    Scope,
    Spiff,
    SpiffPer,
    Statement,
    on_target_rate,
    presence_of,
    settle,
)
from salesplan.commission.payee import Proration
from salesplan.errors import InvalidType, InvalidValue, NotFound, SalesplanError
from salesplan.ladder import Boundary, Ladder
from salesplan.money import CurrencyMismatch, Money
from salesplan.rate import Rate
from salesplan.rulebook import from_data, json_schema, to_data
from tests.commission.test_settle import months, payouts, plan_of, rates, usd
from tests.worked import table

PAGE = "settlement.md"
JANUARY = PayPeriod.month(2026, 1)
PERIOD = Accumulation.PERIOD


def sold(amount: str, day: int = 5, *, deal: str | None = None, **more: Any) -> Credit:
    return Credit(deal or f"{day:02}-{amount}", "li", amount=usd(amount), on=date(2026, 1, day), **more)


@pytest.mark.parametrize(
    "row", table(PAGE, "Who takes the credit"), ids=lambda row: f"{row['components']} {row['groups']}"
)
def test_the_narrowest_scope_takes_the_credit(row: dict[str, str]) -> None:
    components = []
    for at, text in enumerate(row["components"].split()):
        product, rate = text.split(":")
        scope = Scope() if product == "-" else Scope(products=[product])
        group = "sales" if row["groups"] == "one group" else None
        components.append(
            Component(id=f"c{at}", tables=rates(f"0:{rate}"), accumulation=PERIOD, scope=scope, group=group)
        )
    plan = CompPlan(id="plan", currency="USD", components=components)
    given = [sold(sale.split("/")[1], product=sale.split("/")[0]) for sale in row["sales"].split()]
    paid = settle(plan, given, period=JANUARY)
    assert payouts([paid]) == [usd(row["pays"])]
    known = {text.split(":")[0] for text in row["components"].split()}
    lost = [credit for credit in given if credit.product not in known and "-" not in known]
    assert [*paid.unmatched] == lost


@pytest.mark.parametrize("row", table(PAGE, "SPIFFs"), ids=lambda row: row["sales"])
def test_spiffs_pay_as_worked(row: dict[str, str]) -> None:
    spiff = Spiff(
        id="push",
        amount=usd("10"),
        per=SpiffPer.UNIT,
        scope=Scope(products=["A"]),
        first=date(2026, 1, 10),
        until=date(2026, 1, 20),
        limit=usd(row["limit"]) if row["limit"] else None,
    )
    plan = CompPlan(id="plan", currency="USD", components=[], spiffs=[spiff])
    given = []
    for at, sale in enumerate(row["sales"].split()):
        day, product, units = sale.split(":")
        amount = "-100" if int(units) < 0 else "100"
        given.append(sold(amount, int(day), deal=f"D-{at}", product=product, units=abs(int(units))))
    assert payouts([settle(plan, given, period=JANUARY)]) == [usd(row["pays"])]


def test_a_note_takes_the_spiff_of_its_deal_back_even_after_its_days() -> None:
    spiff = Spiff(id="push", amount=usd("10"), per=SpiffPer.DEAL, until=date(2026, 1, 20))
    plan = CompPlan(id="plan", currency="USD", components=[], spiffs=[spiff], below_zero=BelowZero.CLAW)
    first = settle(plan, [sold("100", deal="D-1")], period=JANUARY)
    half = Credit("CN-1", "li", amount=usd("-50"), on=date(2026, 2, 3), reverses="D-1")
    rest = Credit("CN-2", "li", amount=usd("-50"), on=date(2026, 3, 3), reverses="D-1")
    second = settle(plan, [half], period=PayPeriod.month(2026, 2), prior=first)
    third = settle(plan, [rest], period=PayPeriod.month(2026, 3), prior=second)
    assert payouts([first, second, third]) == [usd("10"), usd("-5"), usd("-5")]


@pytest.mark.parametrize("row", table(PAGE, "A mean of several"), ids=lambda row: row["attainment"])
def test_composites_pay_as_worked(row: dict[str, str]) -> None:
    mean = Composite(
        [
            Part(name="revenue", weight=Rate.percent("60"), measure=Credited.AMOUNT),
            Part(name="satisfaction", weight=Rate.percent("20")),
            Part(name="new customers", weight=Rate.percent("20")),
        ]
    )
    component = Component(
        id="health",
        tables=rates("80%:0 100%:100", Application.INTERPOLATED, shares=True),
        measure=mean,
        pays_on=PayBase.ON_TARGET,
        weight=Rate(1),
        accumulation=PERIOD,
    )
    plan = plan_of(component, on_target_earnings=usd("1000"))
    kpis = {name: Rate.percent(row[name]) for name in ("satisfaction", "new customers")}
    paid = settle(
        plan,
        [sold(row["revenue"])],
        period=JANUARY,
        payee=Payee("li", quotas={"revenue": usd(row["of quota"])}),
        kpis=kpis,
    )
    assert paid.attainment("health") == Rate.percent(row["attainment"])
    assert payouts([paid]) == [usd(row["pays"])]


@pytest.mark.parametrize("row", table(PAGE, "Tables with dates"), ids=lambda row: row["tiers"])
def test_a_deal_is_paid_by_the_table_of_its_day(row: dict[str, str]) -> None:
    before, after = row["tiers"].split(" / ")
    versions = [DatedTable(rates(before)), DatedTable(rates(after), date(2026, 1, 15))]
    for given in (versions, versions[::-1]):
        component = Component(id="sales", tables=given, accumulation=PERIOD)
        credits = [sold(sale.split(":")[1], int(sale.split(":")[0])) for sale in row["sales"].split()]
        assert payouts([settle(plan_of(component), credits, period=JANUARY)]) == [usd(row["pays"])]


@pytest.mark.parametrize(
    "row",
    table(PAGE, "Below zero, caps and draws of a whole plan"),
    ids=lambda row: " ".join(filter(None, (row["policy"], row["cap"], row["floor"], row["draw"], row["sales"]))),
)
def test_what_holds_for_a_whole_plan_pays_as_worked(row: dict[str, str]) -> None:
    component = Component(id="sales", tables=rates("0:10"), accumulation=PERIOD)
    kind, _, amount = row["draw"].partition(" ")
    plan = plan_of(
        component,
        below_zero=BelowZero[row["policy"]],
        cap=usd(row["cap"]) if row["cap"] else None,
        floor=usd(row["floor"]) if row["floor"] else None,
        draw=Draw(amount=usd(amount), recovery=DrawKind[kind]) if kind else None,
    )
    paid = months(plan, row["sales"])
    assert payouts(paid) == [usd(each) for each in row["paid"].split()]
    assert paid[-1].carried == usd(row["carried"])
    assert paid[-1].ledger.owed == usd(row["owed"] or "0")


def test_a_component_worked_out_before_is_a_kpi() -> None:
    """The gate of the second looks at the attainment of the first, by its id."""
    from salesplan.commission import KpiGate, KpiRange

    first = Component(id="revenue", tables=rates("0%:10"), quota=usd("1000"), accumulation=PERIOD)
    when = KpiRange(kpi="revenue", at_least=Rate(1))
    second = Component(
        id="courses", tables=rates("0:5"), accumulation=PERIOD, gates=[KpiGate(when=when)], scope=Scope(products=["A"])
    )
    plan = CompPlan(id="plan", currency="USD", components=[first, second])
    short, full = sold("999", product="A"), sold("1000", product="A")
    assert payouts([settle(plan, [short], period=JANUARY)]) == [usd("99.90")]
    assert payouts([settle(plan, [full], period=JANUARY)]) == [usd("150")]


# --- rules as data -------------------------------------------------------------------------------------------


def rich_plan() -> CompPlan:
    """A bit of everything."""
    multiples = rates("0%:100 100%:150", Application.MARGINAL)
    from salesplan.commission import ChainBase, KpiGate, KpiRange, LevelChain

    when = KpiRange(kpi="satisfaction", at_least=Rate.percent("85"))
    return CompPlan(
        id="rich",
        currency="USD",
        base_salary=usd("4000"),
        on_target_earnings=usd("10000"),
        components=[
            Component(
                id="revenue",
                tables=[DatedTable(multiples), DatedTable(multiples, date(2026, 7, 1))],
                accumulation=Accumulation.YEAR,
                resets=ResetDay(4, 1),
                pays_on=PayBase.ON_TARGET_ATTAINED,
                weight=Rate(2, 3),
                quota=usd("100000"),
                gates=[KpiGate(when=when), FirstUnit(Rate.percent("50")), DeadZone(Rate.percent("10"))],
                multipliers=[Multiplier(name="new", factor=Rate(2), on=Multiplies.INPUT, scope=Scope(labels=["new"]))],
                cap=usd("9000"),
                counted_to=Rate(2),
            ),
            Component(
                id="customers",
                tables=rates("0u:50 10u:80"),
                measure=Credited.DEALS,
                accumulation=Accumulation.DAY,
                weight=Rate(1, 3),
            ),
        ],
        spiffs=[Spiff(id="push", amount=usd("10"), per=SpiffPer.UNIT)],
        overrides=[LevelChain(rates=[Rate(0), Rate(1, 20)], base=ChainBase.FULL)],
        draw=Draw(amount=usd("2000"), recovery=DrawKind.RECOVERABLE),
    )


def test_plans_survive_storage() -> None:
    plan = rich_plan()
    assert from_data(to_data(plan), CompPlan) == plan
    assert json_schema(CompPlan)["title"] == "comp_plan"


def test_a_stored_ledger_goes_on_like_the_statement() -> None:
    from salesplan.commission import Ledger

    plan = plan_of(Component(id="sales", tables=rates("0:10 5000:12"), accumulation=Accumulation.QUARTER))
    january = settle(plan, [sold("6000"), sold("100", share=Rate(1, 3))], period=JANUARY)
    stored = from_data(to_data(january.ledger), Ledger)
    more = [Credit("D-9", "li", amount=usd("4000"), on=date(2026, 2, 5))]
    february = PayPeriod.month(2026, 2)
    assert settle(plan, more, period=february, prior=stored) == settle(plan, more, period=february, prior=january)


# --- what does not fit ---------------------------------------------------------------------------------------

MARGINAL = rates("0:10")
BY_RATE = rates("0%:10")
BY_UNITS = rates("0u:5")
FIXED = rates("0:5", Application.FIXED)
CURVE = rates("0%:10 100%:20", Application.INTERPOLATED, shares=True)


@pytest.mark.parametrize(
    ("choice", "error"),
    [
        ({"tables": BY_UNITS}, ComponentError),  # units are not reached by an amount
        ({"tables": MARGINAL, "measure": Credited.DEALS}, ComponentError),
        ({"tables": MARGINAL, "measure": Part(name="nps")}, ComponentError),
        ({"tables": BY_RATE, "measure": Part(name="nps"), "accumulation": Accumulation.YEAR}, ComponentError),
        ({"tables": BY_RATE, "pays_on": PayBase.ON_TARGET_ATTAINED}, ComponentError),  # no weight
        ({"tables": MARGINAL, "pays_on": PayBase.ON_TARGET_ATTAINED, "weight": Rate(1)}, ComponentError),
        ({"tables": BY_RATE, "pays_on": PayBase.ON_TARGET, "weight": Rate(1)}, ComponentError),  # marginal of a whole
        ({"tables": CURVE}, ComponentError),  # a curve of what?
        ({"tables": FIXED, "gates": [DeadZone(usd("5"))]}, ComponentError),
        ({"tables": MARGINAL, "gates": [DeadZone(Rate(1))]}, ComponentError),
        ({"tables": MARGINAL, "gates": [FirstUnit(usd("0"))]}, ComponentError),
        ({"tables": MARGINAL, "gates": [FirstUnit(usd("1")), FirstUnit(usd("2"))]}, ComponentError),
        ({"tables": MARGINAL, "gates": [3]}, ComponentError),
        ({"tables": MARGINAL, "gates": [DeadZone(Money.of("5", "EUR"))]}, CurrencyMismatch),
        ({"tables": MARGINAL, "cap": usd("-1")}, ComponentError),
        ({"tables": MARGINAL, "cap": usd("1"), "floor": usd("2")}, ComponentError),
        ({"tables": MARGINAL, "cap": Money.of("5", "EUR")}, CurrencyMismatch),
        ({"tables": MARGINAL, "quota": usd("-1")}, InvalidValue),
        ({"tables": MARGINAL, "quota": 1.5}, InvalidType),
        ({"tables": MARGINAL, "quota": True}, InvalidType),
        ({"tables": []}, ComponentError),
        ({"tables": [DatedTable(MARGINAL), DatedTable(MARGINAL)]}, ComponentError),
        ({"tables": [DatedTable(MARGINAL), DatedTable(BY_UNITS, date(2026, 1, 2))]}, ComponentError),
        ({"tables": [MARGINAL]}, InvalidType),
        (
            {"tables": MARGINAL, "multipliers": [Multiplier(name="a", factor=Rate(1), on=Multiplies.INPUT)] * 2},
            ComponentError,
        ),
        ({"tables": MARGINAL, "multipliers": [3]}, InvalidType),
        ({"tables": MARGINAL, "measure": "amount"}, InvalidType),
        ({"tables": MARGINAL, "accumulation": "period"}, InvalidType),
        ({"tables": MARGINAL, "id": ""}, InvalidValue),
        ({"tables": MARGINAL, "counted_to": 5}, ComponentError),
    ],
)
def test_choices_that_do_not_fit_are_refused(choice: dict[str, Any], error: type[Exception]) -> None:
    fields: dict[str, Any] = {"id": "sales", "accumulation": PERIOD} | choice
    with pytest.raises(error) as caught:
        Component(**fields)
    assert isinstance(caught.value, SalesplanError)
    assert len(str(caught.value)) < 200


SALES = Component(id="sales", tables=MARGINAL, accumulation=PERIOD)


@pytest.mark.parametrize(
    ("choice", "error"),
    [
        ({"components": [SALES, SALES]}, PlanError),
        ({"components": [attrs.evolve(SALES, weight=Rate(1, 2))], "on_target_earnings": usd("9")}, PlanError),
        ({"components": [attrs.evolve(SALES, weight=Rate(1))]}, PlanError),
        ({"on_target_earnings": usd("5"), "base_salary": usd("6")}, PlanError),
        ({"base_salary": usd("-6")}, PlanError),
        ({"base_salary": Money.of("6", "EUR")}, CurrencyMismatch),
        ({"currency": "EUR"}, CurrencyMismatch),
        ({"currency": "XXQ"}, InvalidValue),
        ({"cap": usd("1"), "floor": usd("2")}, PlanError),
        ({"components": [3]}, InvalidType),
        ({"spiffs": [3]}, InvalidType),
        ({"overrides": [3]}, InvalidType),
        ({"draw": 3}, InvalidType),
        (
            {"components": [attrs.evolve(SALES, id=name, group="g", scope=Scope(labels=[name])) for name in "ab"]},
            PlanError,
        ),
    ],
)
def test_plans_that_contradict_themselves_are_refused(choice: dict[str, Any], error: type[Exception]) -> None:
    fields: dict[str, Any] = {"id": "plan", "currency": "USD", "components": [SALES]} | choice
    with pytest.raises(error) as caught:
        CompPlan(**fields)
    assert isinstance(caught.value, SalesplanError)
    assert len(str(caught.value)) < 200


def test_three_equal_thirds_are_a_whole_weight() -> None:
    thirds = [attrs.evolve(SALES, id=name, weight=Rate(1, 3)) for name in "abc"]
    assert len(CompPlan(id="plan", currency="USD", components=thirds, on_target_earnings=usd("9")).components) == 3
    with pytest.raises(InvalidValue, match="sum to 99"):
        Composite([Part(name=name, weight=Rate.percent("33")) for name in "abc"])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ([Credit("D", "li", amount=usd("1"), on=date(2026, 2, 1))], "commission.outside_period"),
        ([Credit("D", "li", amount=usd("1"), on=date(2025, 12, 31))], "commission.outside_period"),
        ([sold("1", deal="D"), sold("2", deal="D")], "commission.credited_twice"),
        ([sold("1"), Credit("D", "wang", amount=usd("1"), on=date(2026, 1, 2))], "commission.payee"),
        ([Credit("D", "li", amount=Money.of("1", "EUR"), on=date(2026, 1, 2))], "money.currency_mismatch"),
        ([sold("1"), Credit("D", "li", amount=Money.of("1", "EUR"), on=date(2026, 1, 2))], "money.currency_mismatch"),
        ([sold("-1", reverses="D-404")], "commission.unknown_deal"),
        ([], "commission.payee"),
        ([3], "commission.credits"),
        ("D", "commission.credits"),
    ],
)
def test_credits_that_do_not_belong_are_refused(given: Any, code: str) -> None:
    with pytest.raises(SalesplanError) as caught:
        settle(plan_of(SALES), given, period=JANUARY)
    assert caught.value.code == code


def test_taking_back_more_than_was_sold_is_refused() -> None:
    note = Credit("CN", "li", amount=usd("-101"), on=date(2026, 1, 9), reverses="D")
    with pytest.raises(CreditError) as caught:
        settle(plan_of(SALES), [sold("100", deal="D"), note], period=JANUARY)
    assert caught.value.code == "commission.returned_too_much"
    january = settle(plan_of(SALES), [sold("100", deal="D")], period=JANUARY)
    notes = [Credit(f"CN-{at}", "li", amount=usd("-60"), on=date(2026, 2, at), reverses="D") for at in (1, 2)]
    with pytest.raises(CreditError):
        settle(plan_of(SALES), notes, period=PayPeriod.month(2026, 2), prior=january)


def test_no_period_is_settled_twice_and_no_gap_passes_unsaid() -> None:
    plan = plan_of(SALES)
    january = settle(plan, [sold("100")], period=JANUARY)
    with pytest.raises(CreditError) as caught:
        settle(plan, [], period=JANUARY, prior=january)
    assert caught.value.code == "commission.settled_twice"
    march = settle(plan, [], period=PayPeriod.month(2026, 3), prior=january)
    assert march.notes == ("nothing was settled from 2026-02-01 to before 2026-03-01",)


def test_a_window_does_not_begin_again_inside_a_period() -> None:
    component = Component(id="sales", tables=MARGINAL, accumulation=Accumulation.QUARTER, resets=ResetDay(1, 15))
    with pytest.raises(PlanError) as caught:
        settle(plan_of(component), [sold("1")], period=JANUARY)
    assert caught.value.code == "commission.reset_inside"


def test_a_missing_quota_or_kpi_is_said() -> None:
    by_quota = Component(id="sales", tables=BY_RATE, accumulation=PERIOD)
    with pytest.raises(NotFound, match="no quota"):
        settle(plan_of(by_quota), [sold("1")], period=JANUARY)
    nothing = attrs.evolve(by_quota, quota=usd("0"))
    with pytest.raises(InvalidValue) as caught:
        settle(plan_of(nothing), [sold("1")], period=JANUARY)
    assert caught.value.code == "commission.quota_zero"
    assert settle(plan_of(nothing), [], period=JANUARY, payee="li").payout == usd("0")
    kpi = Component(id="nps", tables=BY_RATE, measure=Part(name="nps"), pays_on=PayBase.AMOUNT, accumulation=PERIOD)
    with pytest.raises(NotFound, match="nps"):
        settle(plan_of(kpi), [sold("1")], period=JANUARY)


def test_margins_are_asked_for() -> None:
    component = Component(id="sales", tables=MARGINAL, accumulation=PERIOD, pays_on=PayBase.MARGIN)
    with pytest.raises(CreditError) as caught:
        settle(plan_of(component), [sold("1")], period=JANUARY)
    assert caught.value.code == "commission.margin"


def test_working_days_need_a_calendar() -> None:
    from salesplan.calendar import WorkCalendar

    november = PayPeriod.month(2026, 11)
    sun = Payee("sun", starts=date(2026, 11, 16))
    with pytest.raises(InvalidValue):
        presence_of(sun, november, proration=Proration.WORKING_DAYS)
    days = WorkCalendar(first=november.start, until=november.end)  # 21 weekdays, 11 of them from the 16th on
    assert presence_of(sun, november, proration=Proration.WORKING_DAYS, workdays=days).there == Rate(11, 21)
    away = Payee("wu", starts=date(2027, 1, 1))
    assert presence_of(away, november).there == Rate(0)


def test_base_salary_and_limits_follow_presence() -> None:
    component = Component(id="sales", tables=rates("0:10"), accumulation=PERIOD, cap=usd("100"))
    plan = plan_of(component, base_salary=usd("3100"))
    sun = Payee("sun", starts=date(2026, 1, 22))  # 10 of 31 days
    deal = Credit("D", "sun", amount=usd("1000"), on=date(2026, 1, 25))
    paid = settle(plan, [deal], period=JANUARY, payee=sun)
    assert paid.base_salary == usd("1000")
    assert paid.payout == usd("32.26")  # 100 x 10 / 31
    assert paid.total == usd("1032.26")


@pytest.mark.parametrize("starts", [date(2026, 1, 31), date(2026, 1, 30)])
def test_a_ramp_counts_months_from_one_first_day(starts: date) -> None:
    """From 31 January the second month of tenure begins on 28 February, and the third on 31 March."""
    payee = Payee("sun", starts=starts, ramp=[Rate(0), Rate(1, 2)])
    february = presence_of(payee, PayPeriod.month(2026, 2)).ramped
    assert february == Rate(1, 28) * Rate(1, 2)
    march = presence_of(payee, PayPeriod.month(2026, 3)).ramped
    full = 31 - (starts.day - 1)  # from the 30th or 31st on
    assert march == Rate(31 - full, 31) * Rate(1, 2) + Rate(full, 31)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("quotas", {"quotas": {"sales": usd("-1")}}),
        ("quotas", {"quotas": {"sales": 1.0}}),
        ("quotas", {"quotas": [3]}),
        ("starts", {"starts": date(2026, 1, 2), "stops": date(2026, 1, 2)}),
        ("ramp", {"ramp": [Rate(1)]}),
        ("ramp", {"ramp": [0.5], "starts": date(2026, 1, 1)}),
        ("ramp", {"ramp": [Rate(-1)], "starts": date(2026, 1, 1)}),
        ("ramp", {"ramp": [Rate(1)] * 121, "starts": date(2026, 1, 1)}),
    ],
)
def test_payees_that_make_no_sense_are_refused(name: str, given: dict[str, Any]) -> None:
    with pytest.raises(SalesplanError):
        Payee("li", **given)


@pytest.mark.parametrize(("earnings", "base", "quota"), [("5", "6", "10"), ("6", "5", "0"), ("6", "5", "-1")])
def test_a_rate_at_target_needs_a_quota_and_something_to_earn(earnings: str, base: str, quota: str) -> None:
    with pytest.raises(PlanError):
        on_target_rate(on_target_earnings=usd(earnings), base_salary=usd(base), quota=usd(quota))


def test_tables_keep_to_their_ceiling() -> None:
    ladder = Ladder.of([(usd("0"), Rate(3, 2))], boundary=Boundary.LOWER_INCLUSIVE)
    marginal = {"application": Application.MARGINAL, "currency": usd("0").currency}
    with pytest.raises(SalesplanError, match="ceiling"):
        RateTable(ladder, **marginal)  # type: ignore[arg-type]
    assert RateTable(ladder, ceiling=Rate(2), **marginal).pay(usd("10")) == usd("15")  # type: ignore[arg-type]


def statement_lines(statement: Statement, kind: LineKind) -> list[str]:
    return [line.amount.amount for line in statement.of_kind(kind)]


def test_adjustments_stand_in_lines_of_their_own() -> None:
    component = Component(
        id="sales",
        tables=rates("0:10"),
        accumulation=PERIOD,
        multipliers=[Multiplier(name="boost", factor=Rate(2), on=Multiplies.OUTPUT)],
        cap=usd("150"),
    )
    paid = settle(plan_of(component), [sold("1000")], period=JANUARY)
    assert statement_lines(paid, LineKind.EARNED) == ["100.00"]
    assert statement_lines(paid, LineKind.MULTIPLIER) == ["100.00"]
    assert statement_lines(paid, LineKind.CAP) == ["-50.00"]


def test_a_gate_that_opens_later_releases_what_it_held() -> None:
    component = Component(
        id="sales", tables=rates("0:10"), accumulation=Accumulation.QUARTER, gates=[FirstUnit(usd("1000"))]
    )
    paid = months(plan_of(component), "1/600 2/600")
    assert payouts(paid) == [usd("0"), usd("120")]
    assert statement_lines(paid[0], LineKind.GATE) == ["-60.00"]
    assert statement_lines(paid[1], LineKind.GATE) == ["60.00"]
