"""The same deals under two plans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.commission import (
    Accumulation,
    Application,
    ChainBase,
    Component,
    CompPlan,
    Credit,
    CreditError,
    KpiGate,
    KpiRange,
    LevelChain,
    Payee,
    PayPeriod,
    RateTable,
    Spiff,
    SpiffPer,
    settle,
)
from salesplan.commission.plan_diff import PlanDiff, diff_plans
from salesplan.errors import InvalidType, NotFound
from salesplan.ladder import Boundary
from salesplan.money import CurrencyMismatch, Money
from salesplan.rate import Rate
from salesplan.rulebook import from_data, to_data
from tests.commission.strategies import CSAT, components, credit_lists, plan_of
from tests.strategies import anything, refusal
from tests.worked import table

PAGE = "plan-checks.md"
JANUARY = PayPeriod.month(2026, 1)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def tiered(*steps: tuple[str, str], id: str = "sales", **more: Any) -> Component:
    rates = RateTable.of(steps, currency="USD", application=Application.MARGINAL, boundary=Boundary.LOWER_INCLUSIVE)
    return Component(id=id, tables=rates, accumulation=Accumulation.PERIOD, **more)


def plan(name: str, *parts: Component, **more: Any) -> CompPlan:
    return CompPlan(id=name, currency="USD", components=parts, **more)


FLAT = plan("flat", tiered(("0", "5%")), base_salary=usd("1000"))
STEEP = plan("steep", tiered(("0", "4%"), ("100000", "8%")), base_salary=usd("1200"))


def sold(amounts: dict[str, str]) -> list[Credit]:
    return [Credit(f"D-{name}", name, amount=usd(amount), on=date(2026, 1, 5)) for name, amount in amounts.items()]


# --- the worked table ----------------------------------------------------------------------------------------

ROWS = table(PAGE, "Two plans")


def worked() -> PlanDiff:
    credits = sold({row["payee"]: row["sold"] for row in ROWS if row["sold"] != "0"})
    return diff_plans(FLAT, STEEP, credits, period=JANUARY, payees=["chen"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["payee"])
def test_payees_change_as_worked(row: dict[str, str]) -> None:
    found = worked()[row["payee"]]
    assert (found.before, found.after, found.change) == (usd(row["before"]), usd(row["after"]), usd(row["change"]))
    assert found.rank == int(row["rank"])


def test_the_sums_are_as_worked() -> None:
    found = worked()
    assert [each.payee for each in found.payees] == [row["payee"] for row in ROWS]
    assert (found.cost_before, found.cost_after, found.cost_delta) == (usd("34500"), usd("38000"), usd("3500"))
    assert [each.payee for each in found.winners] == ["li", "chen"]
    assert found.unchanged == ("zhao",)
    assert [each.payee for each in found.losers] == ["sun", "zhou", "wang"]  # the largest loss first
    assert found.share_of_losers == Rate(1, 2)
    assert found["li"].share == Rate(13, 40)  # 5,200 of 16,000
    assert [(each.component, each.before, each.after) for each in found.components] == [
        ("sales", usd("28500"), usd("30800")),
        (None, usd("6000"), usd("7200")),  # the salaries
    ]


def test_a_diff_shows_itself() -> None:
    found = worked()
    lines = found.explain().splitlines()
    assert lines[0] == "2026-01: from flat to steep, USD, 3 of 6 lose"
    assert lines[3].split() == ["1", "li", "16000.00", "21200.00", "+5200.00", "32.5%"]
    assert lines[9].split() == ["6", "in", "all", "34500.00", "38000.00", "+3500.00", "~10.14%"]
    assert lines[-1].split() == ["all", "else", "6000.00", "7200.00", "+1200.00"]
    assert "zhou" in found._repr_html_()
    columns = found.to_columns()
    assert {len(values) for values in columns.values()} == {6}
    assert columns["change_minor"] == [520000, 20000, 0, -30000, -80000, -80000]
    assert from_data(to_data(found), PlanDiff) == found


def test_components_are_compared_where_their_ids_match() -> None:
    bonus = Spiff(id="launch", amount=usd("5"), per=SpiffPer.DEAL)
    before = plan("old", tiered(("0", "5%"), id="sales"), tiered(("0", "1%"), id="extra"))
    after = plan("new", tiered(("0", "6%"), id="sales"), tiered(("0", "2%"), id="team"), spiffs=[bonus])
    found = diff_plans(before, after, sold({"li": "1000"}), period=JANUARY)
    assert [(each.component, each.before, each.after, each.change) for each in found.components] == [
        ("extra", usd("10"), None, usd("-10")),
        ("sales", usd("50"), usd("60"), usd("10")),
        ("team", None, usd("20"), usd("20")),
        (None, usd("0"), usd("5"), usd("5")),
    ]


def test_overrides_are_named_as_left_out() -> None:
    chain = LevelChain(rates=[Rate.percent("3")], base=ChainBase.FULL)
    found = diff_plans(FLAT, attrs.evolve(STEEP, overrides=[chain]), sold({"li": "1000"}), period=JANUARY)
    assert len(found.notes) == 1
    assert found.explain().endswith(found.notes[0])
    assert worked().notes == ()


def test_kpis_quotas_and_what_went_before_are_the_payees_own() -> None:
    gated = tiered(("0%", "10%"), ("100%", "20%"), gates=[KpiGate(when=KpiRange(kpi="csat", at_least=Rate(1, 2)))])
    before, after = plan("gated", gated), plan("open", attrs.evolve(gated, gates=[]))
    people = [Payee(name, quotas={"sales": usd("100")}) for name in ("li", "wang")]
    kpis = {"li": {"csat": Rate(1)}, "wang": {"csat": Rate(0)}}
    credits = sold({"li": "200", "wang": "100"})
    found = diff_plans(before, after, credits, period=JANUARY, payees=people, kpis=kpis)
    assert [(each.payee, each.before, each.after) for each in found.payees] == [
        ("wang", usd("0"), usd("10")),
        ("li", usd("30"), usd("30")),
    ]
    with pytest.raises(NotFound):
        diff_plans(before, after, credits, period=JANUARY, payees=people)
    yearly = plan("yearly", attrs.evolve(tiered(("0", "5%"), ("1000", "8%")), accumulation=Accumulation.YEAR))
    first = settle(yearly, sold({"li": "1000"}), period=JANUARY)
    later = [attrs.evolve(each, deal="D-2", on=date(2026, 2, 3)) for each in sold({"li": "1000"})]
    again = diff_plans(
        yearly, plan("same", *yearly.components), later, period=PayPeriod.month(2026, 2), prior={"li": first.ledger}
    )
    assert again["li"].before == usd("80")
    assert again["li"].change == usd("0")


# --- laws ----------------------------------------------------------------------------------------------------

NAMES = ("li", "sun", "wang")


@st.composite
def some_plans(draw: st.DrawFn, name: str) -> CompPlan:
    parts = [
        draw(
            components(id=part, versions=False, accumulating=st.sampled_from([Accumulation.PERIOD, Accumulation.DEAL]))
        )
        for part in draw(st.sampled_from([["c"], ["d"], ["c", "d"]]))
    ]
    salary = draw(st.sampled_from([None, Money.of("0.40", "USD")]))
    return attrs.evolve(plan_of(*parts), id=name, base_salary=salary, on_target_earnings=Money.of("1.30", "USD"))


@st.composite
def some_deals(draw: st.DrawFn) -> list[Credit]:
    return [
        attrs.evolve(each, payee=name, deal=f"{name}-{each.deal}")
        for name in draw(st.sets(st.sampled_from(NAMES[:2])))
        for each in draw(credit_lists(most=3))
    ]


KPIS = {name: {CSAT: Rate(at, 2)} for at, name in enumerate(NAMES)}
PEOPLE = [Payee(name, quotas={"sold": usd("1")}) for name in NAMES]


def difference(one: CompPlan, other: CompPlan, deals: Sequence[Credit], people: Sequence[Payee] = PEOPLE) -> PlanDiff:
    return diff_plans(one, other, deals, period=JANUARY, payees=people, kpis=KPIS)


@given(some_plans("a"), some_plans("b"), some_deals())
def test_everybody_changes_by_what_settling_alone_shows(one: CompPlan, other: CompPlan, deals: list[Credit]) -> None:
    found = difference(one, other, deals)
    assert {each.payee for each in found.payees} == {*NAMES}
    for person in PEOPLE:
        own = [each for each in deals if each.payee == person.id]
        old, new = (
            settle(each, own, period=JANUARY, payee=person, kpis=KPIS[person.id]).total for each in (one, other)
        )
        assert (found[person.id].before, found[person.id].after) == (old, new)
    assert found.cost_delta.minor == sum(each.change.minor for each in found.payees)
    assert found.cost_delta.minor == sum(each.change.minor for each in found.components)
    assert len(found.winners) + len(found.losers) + len(found.unchanged) == len(NAMES)
    for each in found.payees:
        assert each.rank == 1 + sum(other.change > each.change for other in found.payees)


@given(some_plans("a"), some_plans("b"), some_deals(), st.randoms())
def test_the_way_back_is_the_change_reversed_in_any_order(
    one: CompPlan, other: CompPlan, deals: list[Credit], random: Any
) -> None:
    there = difference(one, other, deals)
    random.shuffle(deals)
    back = difference(other, one, deals, PEOPLE[::-1])
    assert there == -back
    assert -there == back
    assert there.cost_delta == -back.cost_delta


@given(some_plans("a"), some_deals())
def test_a_plan_against_itself_changes_nothing(one: CompPlan, deals: list[Credit]) -> None:
    found = difference(one, one, deals)
    assert {each.change.minor for each in found.payees} == {0}
    assert {each.change.minor for each in found.components} == {0}
    assert {each.rank for each in found.payees} == {1}


# --- edges and bad input -------------------------------------------------------------------------------------


def test_nobody_is_nobody() -> None:
    found = diff_plans(FLAT, STEEP, [], period=JANUARY)
    assert (found.payees, found.cost_delta, found.share_of_losers) == ((), usd("0"), None)
    assert found.explain().startswith("2026-01: from flat to steep, USD\n")
    with pytest.raises(NotFound):
        found["li"]


def test_a_payee_without_pay_before_has_no_share() -> None:
    nothing = plan("nothing", tiered(("0", "0%")))
    found = diff_plans(nothing, FLAT, sold({"li": "1000"}), period=JANUARY)
    assert found["li"].share is None
    assert (found["li"].change, found.components[0].change) == (usd("1050"), usd("50"))


def test_what_cannot_be_compared_is_refused() -> None:
    credits = sold({"li": "1000"})
    euro = CompPlan(id="euro", currency="EUR", components=[])
    calls: list[tuple[Any, type[Exception]]] = [
        (lambda: diff_plans(FLAT, euro, credits, period=JANUARY), CurrencyMismatch),
        (lambda: diff_plans(FLAT, "steep", credits, period=JANUARY), InvalidType),  # type: ignore[arg-type]
        (lambda: diff_plans(FLAT, STEEP, credits, period=JANUARY, payees=["li", "li"]), CreditError),
        (lambda: diff_plans(FLAT, STEEP, credits, period=JANUARY, payees="li"), InvalidType),
        (lambda: diff_plans(FLAT, STEEP, credits, period=JANUARY, kpis={"sun": {}}), NotFound),
        (lambda: diff_plans(FLAT, STEEP, credits, period=JANUARY, prior={"sun": None}), NotFound),  # type: ignore[dict-item]
        (lambda: diff_plans(FLAT, STEEP, credits, period=JANUARY, kpis=[]), InvalidType),  # type: ignore[arg-type]
        (lambda: diff_plans(FLAT, STEEP, credits * 2, period=JANUARY), CreditError),
        (lambda: diff_plans(FLAT, STEEP, credits, period=PayPeriod.month(2026, 2)), CreditError),
    ]
    for call, error in calls:
        with pytest.raises(error) as caught:
            call()
        assert len(str(caught.value)) < 200


@given(anything, anything)
def test_whatever_is_given_is_answered_or_refused(one: Any, two: Any) -> None:
    refusal(diff_plans, one, two, [], period=JANUARY)
    refusal(diff_plans, FLAT, STEEP, one, period=JANUARY, payees=two)
    refusal(diff_plans, FLAT, STEEP, [], period=one)
    refusal(diff_plans, FLAT, STEEP, sold({"li": "1"}), period=JANUARY, kpis={"li": one}, prior={"li": two})
    refusal(diff_plans, FLAT, STEEP, sold({"li": "1"}), period=JANUARY, kpis=one, prior=two)
    found = worked()
    refusal(found.__getitem__, one)
