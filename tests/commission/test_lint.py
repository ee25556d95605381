"""Plans checked before they cost money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.commission import (
    Accumulation,
    Application,
    Component,
    CompPlan,
    Credit,
    Credited,
    CreditError,
    CreditRole,
    DatedTable,
    DeadZone,
    Draw,
    DrawKind,
    FirstUnit,
    KpiGate,
    KpiRange,
    LineKind,
    Multiplier,
    Multiplies,
    Part,
    PayBase,
    PayPeriod,
    RateTable,
    Spiff,
    SpiffPer,
    Statement,
    settle,
)
from salesplan.commission.findings import Finding, FindingCode, LintReport, Severity
from salesplan.commission.linting import lint
from salesplan.commission.printed import PrintedTable
from salesplan.errors import InvalidType, InvalidValue, clip
from salesplan.ladder import Boundary, Ladder
from salesplan.money import MAX_MINOR, Currency, CurrencyMismatch, Money
from salesplan.rate import Rate
from salesplan.rulebook import from_data, to_data
from tests.commission.strategies import BY_RATE, boundaries, components, plan_of, roundings, tables
from tests.strategies import anything, refusal
from tests.worked import table

PAGE = "plan-checks.md"
SIDES = {"[": Boundary.LOWER_INCLUSIVE, "(": Boundary.UPPER_INCLUSIVE}
USD = Currency.iso("USD")
JANUARY = PayPeriod.month(2026, 1)
MARGINAL_TIERS = "0:3 100000:5 200000:8"


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def rates(tiers: str, application: Application = Application.MARGINAL, side: str = "[") -> RateTable:
    """`0:10 5000:12` as a table."""
    steps: list[tuple[object, object]] = []
    for step in tiers.split():
        threshold, value = step.split(":")
        steps.append((threshold, f"{value}%" if application in BY_RATE else value))
    return RateTable.of(steps, currency="USD", application=application, boundary=SIDES[side])


def component(tiers: str | RateTable = MARGINAL_TIERS, **more: Any) -> Component:
    steps = rates(tiers) if isinstance(tiers, str) else tiers
    return Component(**{"id": "sales", "tables": steps, "accumulation": Accumulation.PERIOD, **more})


def plan(*parts: Component, **more: Any) -> CompPlan:
    return CompPlan(id="plan", currency="USD", components=parts or [component()], **more)


def codes(report: LintReport) -> list[str]:
    """`cliff@1`: the code and the tier."""
    return sorted(each.code.value + ("" if each.tier is None else f"@{each.tier}") for each in report.findings)


def texts(finding: Finding, *names: str) -> list[str]:
    return [str(finding.numbers[name]) for name in names]


def only(report: LintReport, code: FindingCode) -> Finding:
    (found,) = report.of(code)
    return found


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "Cliffs"), ids=lambda row: f"{row['tiers']} {row['at']}")
def test_cliffs_as_worked(row: dict[str, str]) -> None:
    steps = rates(row["tiers"], Application[row["application"]], row["side"])
    at = usd(row["at"])
    (found,) = [each for each in lint(steps).of(FindingCode.CLIFF) if each.numbers["at"] == at]
    numbers = found.numbers
    assert numbers["jump"] == usd(row["jump"])
    assert (numbers["at_pays"], numbers["below_pays"]) == (steps.pay(at), steps.pay(at - usd("0.01")))
    assert numbers["below"] == at - usd("0.01")
    if row["gains from"]:
        assert (numbers["gains_from"], numbers["rest"]) == (usd(row["gains from"]), usd(row["rest"]))
        assert numbers["cheapest"] == usd("0.01")
    else:
        assert not {"gains_from", "rest", "cheapest"} & {*numbers}


@pytest.mark.parametrize("row", table(PAGE, "No cliffs"), ids=lambda row: row["tiers"])
def test_no_cliffs_as_worked(row: dict[str, str]) -> None:
    steps = rates(row["tiers"], Application[row["application"]], row["side"])
    assert lint(steps).of(FindingCode.CLIFF) == ()


@pytest.mark.parametrize("row", table(PAGE, "Falling pay"), ids=lambda row: f"{row['tiers']} {row['side']}")
def test_falling_pay_as_worked(row: dict[str, str]) -> None:
    steps = rates(row["tiers"], Application[row["application"]], row["side"])
    report = lint(steps)
    if not row["lower"]:
        assert report.of(FindingCode.FALLS) == ()
        return
    numbers = only(report, FindingCode.FALLS).numbers
    assert numbers == {
        name.replace(" ", "_"): usd(row[name]) for name in ("lower", "lower pays", "higher", "higher pays")
    }


def worked_component(row: dict[str, str]) -> tuple[Component, Money | Rate | None]:
    best: Money | Rate | None = None
    more: dict[str, Any] = {}

    def key(text: str) -> Money | Rate:
        return Rate.percent(text[:-1]) if text.endswith("%") else usd(text)

    for name, _, text in (word.partition("=") for word in row["besides"].split()):
        match name:
            case "cap" | "floor" | "quota":
                more[name] = usd(text)
            case "top":
                more["counted_to"] = key(text)
            case "zone" | "gate":
                more["gates"] = [DeadZone(key(text)) if name == "zone" else FirstUnit(key(text))]
            case "best":
                best = key(text)
            case "out" | "in":
                on = Multiplies.OUTPUT if name == "out" else Multiplies.INPUT
                more["multipliers"] = [Multiplier(name=name, factor=Rate.of(text), on=on)]
            case _:
                raise AssertionError(name)
    return component(rates(row["tiers"], Application[row["application"]]), **more), best


@pytest.mark.parametrize(
    "row", table(PAGE, "Tiers that do nothing"), ids=lambda row: f"{row['tiers']} {row['besides']}"
)
def test_tiers_that_do_nothing_as_worked(row: dict[str, str]) -> None:
    part, best = worked_component(row)
    assert codes(lint(part, best=best)) == sorted(row["found"].split())


def test_a_cap_is_found_with_the_sale_that_reaches_it() -> None:
    found = only(lint(component(cap=usd("8000"))), FindingCode.CAP_BEFORE_TIER)
    assert texts(found, "begins", "cap", "reached_at") == ["USD 200000.00", "USD 8000.00", "USD 200000.00"]
    early = lint(component(cap=usd("4000"))).of(FindingCode.CAP_BEFORE_TIER)
    assert [texts(each, "reached_at") for each in early] == [["USD 120000.00"]]  # 3,000 and 5 % of 20,000
    void = only(lint(component(cap=usd("3000.01"))), FindingCode.VOID_RATE)
    assert (void.tier, texts(void, "value", "cap")) == (2, ["8%", "USD 3000.01"])


def test_a_floor_is_found_with_the_sale_from_which_on_pay_moves() -> None:
    found = only(lint(component(floor=usd("3500"))), FindingCode.FLOOR_ABOVE_TIER)
    assert texts(found, "most", "floor") == ["USD 3000.00", "USD 3500.00"]
    assert texts(found, "moves_from") == ["USD 110000.01"]  # 3,000 and 5 % of 10,000 are the floor


def test_a_fixed_table_under_its_floor_never_moves() -> None:
    found = lint(component(rates("0:10 1000:50", Application.FIXED), floor=usd("50"))).findings
    assert [(each.code, each.tier, "moves_from" in each.numbers) for each in found] == [
        (FindingCode.FLOOR_ABOVE_TIER, 0, False),
        (FindingCode.FLOOR_ABOVE_TIER, 1, False),
    ]


# --- attainment, units, KPIs ---------------------------------------------------------------------------------


def test_by_attainment_without_a_quota_all_is_in_shares_of_it() -> None:
    steps = rates("0%:5 100%:8", Application.WHOLE)
    numbers = only(lint(steps), FindingCode.CLIFF).numbers
    assert numbers == {
        "jump": Rate(3, 100),
        "at": Rate(1),
        "below_pays": Rate(5, 100),
        "at_pays": Rate(8, 100),
        "gains_from": Rate(92, 95),  # 0.95 s > 0.92
        "rest": Rate(3, 95),
    }
    with_quota = lint(component(steps, quota=usd("100000")))
    found = only(with_quota, FindingCode.CLIFF)
    assert texts(found, "at", "jump", "gains_from") == ["USD 100000.00", "USD 3000.00", "USD 96842.11"]


def test_limits_of_amounts_by_attainment_are_reached_between_thresholds() -> None:
    line = rates("0%:0 100%:100 200%:200", Application.INTERPOLATED)
    capped = lint(component(line, cap=usd("50"))).of(FindingCode.CAP_BEFORE_TIER)
    assert [(each.tier, each.numbers["reached_at"]) for each in capped] == [(1, Rate(1, 2)), (2, Rate(1, 2))]
    floored = only(lint(component(line, floor=usd("100"))), FindingCode.FLOOR_ABOVE_TIER)
    assert (floored.tier, floored.numbers["most"], floored.numbers["moves_from"]) == (0, usd("100"), Rate(1))
    higher = only(lint(component(line, floor=usd("120"))), FindingCode.FLOOR_ABOVE_TIER)
    assert (higher.tier, higher.numbers["moves_from"]) == (0, Rate(6, 5))


@pytest.mark.parametrize("side", SIDES)
def test_falling_pay_by_attainment_is_shown_by_two_sales_that_are_made(side: str) -> None:
    steps = rates("0%:8 100%:5", Application.WHOLE, side)
    numbers = only(lint(steps), FindingCode.FALLS).numbers
    lower, higher = numbers["lower"], numbers["higher"]
    assert isinstance(lower, Rate)
    assert isinstance(higher, Rate)
    quota = 10**6
    paid = [steps.pay(Money(int(each.to_fraction() * quota), USD), key=each) for each in (lower, higher)]
    assert lower < higher
    assert paid[0] > paid[1]
    for name, pay in zip(("lower_pays", "higher_pays"), paid, strict=True):
        share = numbers[name]
        assert isinstance(share, Rate)
        assert share.to_fraction() * quota == pay.minor


def test_units_paid_by_the_amount_show_the_rate_of_all() -> None:
    """At 100 each: 9 units pay 10 % of 900, 10 units 7 % of 1,000."""
    steps = RateTable(
        Ladder.of([(0, Rate(10, 100)), (10, Rate(7, 100))], boundary=Boundary.LOWER_INCLUSIVE),
        application=Application.WHOLE,
        currency=USD,
    )
    for subject in (steps, component(steps, measure=Credited.UNITS)):
        found = only(lint(subject), FindingCode.FALLS)
        assert found.numbers == {"lower": 9, "lower_pays": Rate(10, 100), "higher": 10, "higher_pays": Rate(7, 100)}
        assert found.text == "9 pays 10% of all that is sold, but 10 only 7% of all that is sold"
    rising = attrs.evolve(steps, tiers=Ladder.of([(0, Rate(0)), (10, Rate(1, 2))], boundary=Boundary.LOWER_INCLUSIVE))
    numbers = only(lint(rising), FindingCode.CLIFF).numbers
    assert (numbers["jump"], numbers["at"], numbers["gains_from"]) == (Rate(1, 2), 10, 6)  # s > 10 - 5


def test_a_line_of_rates_turns_between_its_points() -> None:
    """From 40 % to 10 %: x (13/30 - x / 30,000) is largest at 6,500, where 21 2/3 % are paid."""
    steps = RateTable.of(
        [("1000", "40%"), ("10000", "10%")],
        currency="USD",
        application=Application.INTERPOLATED,
        boundary=Boundary.LOWER_INCLUSIVE,
    )
    found = only(lint(steps), FindingCode.FALLS)
    assert texts(found, "lower", "lower_pays", "higher", "higher_pays") == [
        "USD 6500.00",
        "USD 1408.33",
        "USD 9999.99",
        "USD 1000.00",
    ]


def test_a_tier_that_all_uncounted_sales_stay_in_is_reached() -> None:
    steps = rates("0:10 100000:50", Application.FIXED, "(")
    more = {"gates": [FirstUnit(usd("100000"))], "counted_to": usd("100000")}
    assert codes(lint(component(steps, **more))) == ["cliff@0", "unreachable.counted_to@1", "void.rate@1"]
    below = {**more, "counted_to": usd("100000.01")}
    assert codes(lint(component(steps, **below))) == ["cliff@1", "unreachable.gate@0"]


@pytest.mark.parametrize("application", [Application.FIXED, Application.INTERPOLATED])
def test_an_amount_from_the_first_cent_on_is_a_cliff(application: Application) -> None:
    """Nothing sold earns nothing, a cent 10; the table alone pays 10 for a sale of nothing."""
    steps = rates("0:10 1000:10", application)
    assert lint(steps).of(FindingCode.CLIFF) == ()
    found = only(lint(component(steps)), FindingCode.CLIFF)
    assert (found.tier, texts(found, "below", "at", "jump")) == (0, ["USD 0.00", "USD 0.01", "USD 10.00"])
    attained = lint(component(rates("0%:10 100%:50", Application.FIXED))).of(FindingCode.CLIFF)
    assert [each.numbers["at"] for each in attained] == [Rate(0), Rate(1)]
    curve = component(
        rates("0%:30% 100%:100%", Application.INTERPOLATED),
        measure=Part(name="csat"),
        pays_on=PayBase.ON_TARGET,
        weight=Rate(1),
    )
    assert lint(curve).of(FindingCode.CLIFF) == ()  # a KPI of 0 is an attainment like any other


def test_the_last_unit_of_a_dead_zone_is_not_paid() -> None:
    steps = RateTable(
        Ladder.of([(0, usd("5")), (3, usd("6"))], boundary=Boundary.LOWER_INCLUSIVE),
        application=Application.WHOLE,
        currency=USD,
    )
    part = component(steps, measure=Credited.UNITS, gates=[DeadZone(2)])
    assert only(lint(part), FindingCode.HOLDS_NO_UNIT).numbers == {"after": 2, "before": 3}
    wider = component(steps, measure=Credited.UNITS, gates=[DeadZone(1)])
    assert lint(wider).of(FindingCode.HOLDS_NO_UNIT) == ()


def test_an_amount_for_each_unit_may_fall() -> None:
    steps = RateTable(
        Ladder.of([(0, usd("50")), (10, usd("40"))], boundary=Boundary.LOWER_INCLUSIVE),
        application=Application.WHOLE,
        currency=USD,
    )
    numbers = only(lint(steps), FindingCode.FALLS).numbers
    assert numbers == {"lower": 9, "lower_pays": usd("450"), "higher": 10, "higher_pays": usd("400")}


def test_a_kpi_is_a_cliff_nobody_can_buy() -> None:
    satisfied = component(
        rates("0%:4 90%:5", Application.WHOLE), measure=Part(name="satisfaction"), pays_on=PayBase.AMOUNT
    )
    found = only(lint(satisfied), FindingCode.CLIFF)
    assert found.numbers == {
        "jump": Rate(1, 100),
        "at": Rate(9, 10),
        "below_pays": Rate(4, 100),
        "at_pays": Rate(5, 100),
    }
    curve = component(
        rates("80%:50% 100%:100%", Application.INTERPOLATED),
        measure=Part(name="satisfaction"),
        pays_on=PayBase.ON_TARGET,
        weight=Rate(1),
    )
    assert only(lint(curve), FindingCode.CLIFF).share_of == "the on-target pay"
    whole = lint(plan(curve, on_target_earnings=usd("2000")))
    assert texts(only(whole, FindingCode.CLIFF), "jump", "at_pays") == ["USD 1000.00", "USD 1000.00"]


def test_margin_and_multiplied_credit_have_no_price() -> None:
    cliff = rates("0:5 1000:8", Application.WHOLE)
    for more in (
        {"measure": Credited.MARGIN, "pays_on": PayBase.MARGIN},
        {"multipliers": [Multiplier(name="new", factor=Rate(2), on=Multiplies.INPUT)]},
    ):
        numbers = only(lint(component(cliff, **more)), FindingCode.CLIFF).numbers
        assert numbers["jump"] == usd("30")
        assert "gains_from" not in numbers
    assert "gains_from" in only(lint(component(cliff)), FindingCode.CLIFF).numbers


def test_every_version_of_a_table_is_checked() -> None:
    july = date(2026, 7, 1)
    part = component(
        MARGINAL_TIERS,
        tables=[DatedTable(rates("0:5 1000:8", Application.WHOLE)), DatedTable(rates("0:5 1000:5"), july)],
    )
    assert [(each.code, each.first) for each in lint(part).findings] == [
        (FindingCode.CLIFF, None),
        (FindingCode.DEAD_TIER, july),
    ]


# --- accelerators that are void ------------------------------------------------------------------------------


def test_an_accelerator_that_depends_on_a_kpi_may_be_void_as_well() -> None:
    star = Multiplier(
        name="star", factor=Rate(6, 5), on=Multiplies.OUTPUT, when=KpiRange(kpi="csat", at_least=Rate(9, 10))
    )
    attained = component("0%:10", quota=usd("100000"), cap=usd("10000"), multipliers=[star])
    found = only(lint(attained), FindingCode.VOID_MULTIPLIER)
    assert (found.name, texts(found, "factor", "reached_at", "cap")) == (
        "star",
        ["120%", "USD 100000.00", "USD 10000.00"],
    )
    just_more = component("0%:10", quota=usd("100000"), cap=usd("10000.01"), multipliers=[star])
    assert lint(just_more).findings == ()


def test_a_decelerator_is_no_accelerator() -> None:
    slow = Multiplier(name="slow", factor=Rate(1), on=Multiplies.OUTPUT)
    assert lint(component("0%:10", quota=usd("100000"), cap=usd("10000"), multipliers=[slow])).findings == ()


# --- whole plans ---------------------------------------------------------------------------------------------


def guarantees(subject: CompPlan | Component) -> list[tuple[str | None, str | None]]:
    return [(each.component, each.name) for each in lint(subject).of(FindingCode.GUARANTEE_ABOVE_CAP)]


def draw(amount: str, recovery: DrawKind = DrawKind.RECOVERABLE) -> Draw:
    return Draw(amount=usd(amount), recovery=recovery)


def test_a_clean_plan_gives_no_findings() -> None:
    clean = plan(
        component(
            "0%:3 80%:5 100%:8", quota=usd("100000"), gates=[KpiGate(when=KpiRange(kpi="csat", at_least=Rate(1, 2)))]
        ),
        component(rates("0:0 1000:10 3000:50", Application.INTERPOLATED), id="line"),
        base_salary=usd("1000"),
        on_target_earnings=usd("5000"),
        cap=usd("20000"),
        floor=usd("500"),
        draw=draw("700"),
        spiffs=[Spiff(id="launch", amount=usd("5"), per=SpiffPer.DEAL)],
    )
    assert lint(clean).findings == ()
    assert lint(clean).worst is None
    assert lint(clean).explain() == "plan: nothing found"


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"cap": usd("9000"), "floor": usd("9000")}, [(None, "floor")]),
        ({"cap": usd("9000"), "floor": usd("8999.99")}, []),
        ({"cap": usd("9000"), "draw": draw("9000")}, [(None, "draw")]),
        ({"cap": usd("9000"), "draw": draw("8999.99")}, []),
        ({"cap": usd("9000"), "draw": draw("9000", DrawKind.NON_RECOVERABLE)}, [(None, "draw")]),
        ({"cap": usd("0"), "floor": usd("0")}, []),
        ({"draw": draw("1000000")}, []),
    ],
)
def test_a_guarantee_is_held_against_the_cap(more: dict[str, Any], found: list[tuple[str | None, str]]) -> None:
    assert guarantees(plan(component("0:5", cap=usd("100000")), component("0:4", id="more"), **more)) == found


def test_floors_of_components_are_held_against_the_cap_of_the_plan() -> None:
    def two(one: str, other: str) -> CompPlan:
        parts = [component("0:5", id=name, floor=usd(floor)) for name, floor in (("a", one), ("b", other))]
        return plan(*parts, cap=usd("1000"))

    assert guarantees(two("1000", "1")) == [(None, "floor of a")]
    assert guarantees(two("500", "500")) == [(None, "the components' floors")]
    assert guarantees(two("500", "499.99")) == []
    assert guarantees(component("0:5", floor=usd("10"), cap=usd("10"))) == [("sales", "floor")]
    assert guarantees(component("0:5", floor=usd("10"), cap=usd("10.01"))) == []


def test_a_guarantee_is_held_against_the_most_that_can_be_earned() -> None:
    prizes = component(rates("0:0 1000:50 2000:200", Application.FIXED))
    capped = component("0:5", id="more", cap=usd("100"))
    assert guarantees(plan(prizes, capped, floor=usd("300"))) == [(None, "floor")]
    assert guarantees(plan(prizes, capped, floor=usd("299.99"))) == []
    assert guarantees(plan(prizes, component("0:5", id="more"), floor=usd("1000000"))) == []
    bonus = Spiff(id="launch", amount=usd("5"), per=SpiffPer.DEAL)
    assert guarantees(plan(prizes, capped, floor=usd("300"), spiffs=[bonus])) == []
    tripled = Multiplier(name="star", factor=Rate(3), on=Multiplies.OUTPUT, when=KpiRange(kpi="csat", at_least=Rate(1)))
    assert guarantees(plan(attrs.evolve(prizes, multipliers=[tripled]), capped, floor=usd("300"))) == []
    daily = attrs.evolve(prizes, accumulation=Accumulation.DEAL)
    assert guarantees(plan(daily, capped, floor=usd("300"))) == []


def test_a_cap_below_the_pay_at_target_is_found() -> None:
    def capped(at: str) -> list[str]:
        return codes(lint(plan(base_salary=usd("1000"), on_target_earnings=usd("6000"), cap=usd(at))))

    assert "cap_below_target" in capped("4999.99")
    assert "cap_below_target" not in capped("5000")


def test_a_cap_of_the_plan_is_one_of_every_component() -> None:
    found = lint(plan(component(), component("0:1", id="more"), cap=usd("8000"))).of(FindingCode.CAP_BEFORE_TIER)
    assert [(each.component, each.tier, each.name) for each in found] == [("sales", 2, "the plan's cap")]
    own = lint(plan(component(cap=usd("8000")), component("0:1", id="more"), cap=usd("9000")))
    assert [each.name for each in own.of(FindingCode.CAP_BEFORE_TIER)] == [None]


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"floor": usd("3000")}, True),
        ({"floor": usd("2999.99")}, False),
        ({"draw": draw("3000", DrawKind.NON_RECOVERABLE)}, True),
        ({"draw": draw("3000")}, False),
        ({"floor": usd("3000"), "spiffs": [Spiff(id="x", amount=usd("5"), per=SpiffPer.DEAL)]}, False),
    ],
)
def test_a_guarantee_of_the_plan_is_one_of_its_only_component(more: dict[str, Any], found: bool) -> None:
    assert ("floor_above_tier@0" in codes(lint(plan(**more)))) is found
    assert "floor_above_tier@0" not in codes(lint(plan(component(), component("0:1", id="b"), **more)))


@pytest.mark.parametrize("accumulation", Accumulation)
def test_limits_of_a_period_are_held_against_tiers_that_begin_with_it(accumulation: Accumulation) -> None:
    part = component(accumulation=accumulation, cap=usd("8000"), floor=usd("3000"))
    found = {each.code for each in lint(part).findings}
    short = {Accumulation.DEAL, Accumulation.DAY, Accumulation.PERIOD}
    assert (FindingCode.CAP_BEFORE_TIER in found) is (accumulation in short)
    assert (FindingCode.FLOOR_ABOVE_TIER in found) is (accumulation is Accumulation.PERIOD)


# --- credits -------------------------------------------------------------------------------------------------


def credit(deal: str, payee: str, share: Rate = Rate(1), role: CreditRole = CreditRole.PRIMARY) -> Credit:  # noqa: B008
    return Credit(deal, payee, amount=usd("100"), on=date(2026, 1, 5), share=share, role=role)


def test_deals_credited_above_one_hundred_percent_are_named_with_their_share() -> None:
    credits = [
        credit("D-1", "li"),
        credit("D-2", "li", Rate(1, 2)),
        credit("D-2", "wang", Rate(1, 2)),
        credit("D-2", "sun", Rate(1, 4), CreditRole.OVERLAY),
        credit("D-3", "li"),
        credit("D-3", "sun", Rate(1), CreditRole.OVERRIDE),
    ]
    for order in (credits, credits[::-1]):
        found = lint(rates("0:5"), credits=iter(order)).findings
        assert [(each.name, each.numbers, each.severity) for each in found] == [
            ("D-3", {"share": Rate(2)}, Severity.HINT),
            ("D-2", {"share": Rate(5, 4)}, Severity.HINT),
        ]
    with pytest.raises(CreditError):
        lint(rates("0:5"), credits=credits[1:2])


# --- printed tables ------------------------------------------------------------------------------------------


def test_a_printed_table_is_checked_with_its_holes_closed() -> None:
    sections = PrintedTable.of(
        [("0", "100", "5%"), ("101", "200", "7%")], currency="USD", application=Application.WHOLE
    )
    report = lint(sections, best=usd("50"))
    assert codes(report) == ["cliff@1", "ends@1", "gap@0", "unreachable.best@1"]
    assert texts(only(report, FindingCode.GAP), "after", "before", "missing") == [
        "USD 100.00",
        "USD 101.00",
        "USD 0.99",
    ]
    assert report.worst is Severity.ERROR
    doubled = PrintedTable.of([("0", "100", "5%"), ("90", None, "4%")], currency="USD", application=Application.WHOLE)
    assert codes(lint(doubled)) == ["overlap@1"]
    assert texts(only(lint(doubled), FindingCode.OVERLAP), "lower", "upper", "twice") == [
        "USD 90.00",
        "USD 100.00",
        "USD 10.01",
    ]
    shared = PrintedTable.of([("0", "100", "5%"), ("100", None, "4%")], currency="USD", application=Application.WHOLE)
    assert codes(lint(shared)) == ["falls@1", "overlap@1"]


# --- laws of tables ------------------------------------------------------------------------------------------

SCAN = 125  # minor units; all thresholds lie below


def by_amount(applications: Sequence[Application]) -> st.SearchStrategy[RateTable]:
    kinds = [(Money, "rates" if application in BY_RATE else "amounts", application) for application in applications]
    return st.one_of(
        *(
            roundings.flatmap(
                lambda rounding, each=each: boundaries.flatmap(  # type: ignore[misc]
                    lambda boundary: tables(
                        each[0], each[1], applications=[each[2]], rounding=rounding, boundary=boundary
                    )
                )
            )
            for each in kinds
        )
    )


EVERY = by_amount(tuple(Application))


@st.composite
def lines_of_rates(draw: st.DrawFn) -> RateTable:
    """INTERPOLATED rates by the amount: pay goes by the square of a sale."""
    places = sorted(draw(st.sets(st.integers(0, 100), min_size=2, max_size=4)))
    steps = [(Money(at, USD), Rate(draw(st.integers(0, 10)), 10)) for at in places]
    return RateTable(Ladder.of(steps, boundary=draw(boundaries)), application=Application.INTERPOLATED, currency=USD)


def earned(steps: RateTable, minor: int) -> Fraction:
    return sum((part.amount for part in steps.slices(Money(minor, USD))), start=Fraction(0))


@given(st.one_of(EVERY, lines_of_rates()))
def test_pay_falls_where_a_fall_is_found_and_nowhere_else(steps: RateTable) -> None:
    paid = [steps.pay(Money(minor, USD)) for minor in range(SCAN)]
    found = lint(steps).of(FindingCode.FALLS)
    assert bool(found) == any(high < low for low, high in pairwise(paid))
    for each in found:
        lower, higher = each.numbers["lower"], each.numbers["higher"]
        assert isinstance(lower, Money)
        assert isinstance(higher, Money)
        assert lower < higher
        assert (steps.pay(lower), steps.pay(higher)) == (each.numbers["lower_pays"], each.numbers["higher_pays"])
        assert steps.pay(higher) < steps.pay(lower)


@given(by_amount([Application.MARGINAL]))
def test_a_marginal_table_has_neither_cliffs_nor_falling_pay(steps: RateTable) -> None:
    assert not {FindingCode.CLIFF, FindingCode.FALLS} & {each.code for each in lint(steps).findings}


@given(EVERY)
def test_cliffs_jump_as_they_say_and_reward_what_they_say(steps: RateTable) -> None:
    cliffs = lint(steps).of(FindingCode.CLIFF)
    for each in cliffs:
        numbers = each.numbers
        at, below, jump = numbers["at"], numbers["below"], numbers["jump"]
        assert isinstance(at, Money)
        assert isinstance(below, Money)
        assert isinstance(jump, Money)
        assert at.minor == below.minor + 1
        assert (steps.pay(at), steps.pay(below)) == (numbers["at_pays"], numbers["below_pays"])
        rise = earned(steps, at.minor) - earned(steps, below.minor)
        if steps.application is not Application.INTERPOLATED:  # else a line may rise steeply, too
            assert abs(rise - jump.minor) <= Fraction(3, 2)  # a minor unit of sale, and the rounding of the jump
        gains = [earned(steps, at.minor) - earned(steps, sale) > at.minor - sale for sale in range(at.minor)]
        first = numbers.get("gains_from")
        if first is None:
            assert not gains[-1]
            continue
        assert isinstance(first, Money)
        assert all(gains[first.minor :])
        assert first.minor == 0 or not gains[first.minor - 1]
        assert numbers["rest"] == at - first
    found = {each.numbers["at"] for each in cliffs}
    for minor in range(1, SCAN):
        jumps = earned(steps, minor) - earned(steps, minor - 1) > 2  # no rate is above 100 %
        if jumps and steps.application is not Application.INTERPOLATED:
            assert Money(minor, USD) in found


@given(EVERY)
def test_without_a_dead_tier_nothing_changes_and_without_another_something_does(steps: RateTable) -> None:
    dead = {each.tier for each in lint(steps).of(FindingCode.DEAD_TIER)}
    assert 0 not in dead
    for tier in range(1, len(steps.tiers.steps)):
        left = [step for at, step in enumerate(steps.tiers.steps) if at != tier]
        if len(left) == 1 and steps.application is Application.INTERPOLATED:
            continue
        other = attrs.evolve(steps, tiers=Ladder(tuple(left), boundary=steps.tiers.boundary))
        same = all(earned(steps, minor) == earned(other, minor) for minor in range(SCAN))
        if tier in dead:
            assert same
        elif steps.application is not Application.INTERPOLATED:  # a point on a line may be one of its own
            assert not same


@given(EVERY, st.integers(0, SCAN))
def test_tiers_above_the_best_are_those_it_has_not_reached(steps: RateTable, best: int) -> None:
    found = {each.tier for each in lint(steps, best=Money(best, USD)).of(FindingCode.BEYOND_BEST)}
    band = steps.tiers.band_at(Money(best, USD))
    reached = -1 if band is None else band.position
    assert found == {*range(reached + 1, len(steps.tiers.steps))}


# --- laws of components: what is found is what settling shows ------------------------------------------------

BY_SALE = ["rates of the amount", "prizes by amount", "attainment", "attainment, prizes", "curve", "multiples"]
BY_UNIT = ["by the unit", "prizes by units", "multiples of units"]
some_components = components(
    shapes=[*BY_SALE, *BY_UNIT],
    kpi=False,
    versions=False,
    kpi_gates=False,
    multipliers=False,
    accumulating=st.just(Accumulation.PERIOD),
)
factors = st.sampled_from([None, None, Rate(1, 2), Rate(3, 2), Rate(2)])
multiplied = st.builds(
    lambda part, factor: attrs.evolve(
        part, multipliers=[] if factor is None else [Multiplier(name="m", factor=factor, on=Multiplies.OUTPUT)]
    ),
    some_components,
    factors,
)


def slip(whole: CompPlan, size: int) -> Statement:
    """What a single sale of *size* minor units or units pays."""
    by_unit = whole.components[0].measure is Credited.UNITS
    amount = Money(0 if by_unit else size, whole.currency)
    sold = Credit("D", "li", amount=amount, on=date(2026, 1, 5), units=size if by_unit else 1)
    return settle(whole, [sold], period=JANUARY)


def size_of(key: Money | Rate | int) -> int:
    assert not isinstance(key, Rate)
    return key.minor if isinstance(key, Money) else key


SIZES = (*range(40), *(edge + more for edge in (50, 60, 75, 100, 120) for more in (-1, 0, 1)))
"""Sales on both sides of all thresholds and gates that occur; between these pay does not turn."""


@given(multiplied)
def test_a_component_pays_as_its_findings_say(part: Component) -> None:
    whole = plan_of(part)
    report = lint(whole)
    slips = {size: slip(whole, size) for size in SIZES}

    def pays(key: Money | Rate | int) -> Money:
        size = size_of(key)
        return (slips[size] if size in slips else slip(whole, size)).payout

    falls = report.of(FindingCode.FALLS)
    assert bool(falls) == any(high.payout < low.payout for low, high in pairwise(slips.values()))
    for each in falls:
        assert pays(each.numbers["lower"]) == each.numbers["lower_pays"]
        assert pays(each.numbers["higher"]) == each.numbers["higher_pays"]
    for each in report.of(FindingCode.CLIFF):
        assert pays(each.numbers["at"]) == each.numbers["at_pays"]
        assert pays(each.numbers["below"]) == each.numbers["below_pays"]
        assert size_of(each.numbers["at"]) == size_of(each.numbers["below"]) + 1
    for each in report.of(FindingCode.CAP_BEFORE_TIER):
        assert {slips[size].payout for size in inside(each.tier, slips)} <= {part.cap}
        assert pays(each.numbers["reached_at"]) == part.cap
        assert size_of(each.numbers["reached_at"]) <= size_of(each.numbers["begins"])
    for each in report.of(FindingCode.VOID_MULTIPLIER):
        for multipliers in (part.multipliers, ()):
            other = plan_of(attrs.evolve(part, multipliers=multipliers))
            assert slip(other, size_of(each.numbers["reached_at"])).payout == part.cap
    for each in report.of(FindingCode.FLOOR_ABOVE_TIER):
        assert {slips[size].payout for size in inside(each.tier, slips)} <= {part.floor}
        moves = each.numbers.get("moves_from")
        first = next(
            (size for size, each in slips.items() if part.floor is not None and each.payout > part.floor), None
        )
        assert first is None or (moves is not None and size_of(moves) <= first)


def inside(tier: int | None, slips: Mapping[int, Statement]) -> list[int]:
    """The sales whose last line is in that tier."""
    found = []
    for size, each in slips.items():
        lines = [line.tier for line in each.lines if line.kind is LineKind.EARNED]
        if lines and lines[-1] == tier:
            found.append(size)
    return found


HARD = {
    FindingCode.IN_DEAD_ZONE,
    FindingCode.BELOW_GATE,
    FindingCode.NOT_COUNTED,
    FindingCode.HOLDS_NO_UNIT,
}


@given(some_components)
def test_a_tier_is_unreachable_if_and_only_if_no_sale_is_paid_in_it(part: Component) -> None:
    whole = plan_of(attrs.evolve(part, cap=None, floor=None))
    found = {each.tier for each in lint(whole).findings if each.code in HARD}
    reached: set[int | None] = set()
    for size in SIZES:
        if is_open(part, size):
            reached |= {line.tier for line in slip(whole, size).lines if line.kind is LineKind.EARNED}
    assert found == {*range(len(part.table.tiers.steps))} - reached


def is_open(part: Component, size: int) -> bool:
    """Whether a sale of that size passes the gate to the first unit."""
    gate = next((each for each in part.gates if isinstance(each, FirstUnit)), None)
    if gate is None:
        return True
    quota = 1 if part.quota is None else size_of(part.quota)
    reach = gate.reach.to_fraction() * quota if isinstance(gate.reach, Rate) else size_of(gate.reach)
    return size >= reach if part.table.tiers.boundary is Boundary.LOWER_INCLUSIVE else size > reach


# --- findings and reports ------------------------------------------------------------------------------------


def test_a_report_shows_itself() -> None:
    report = lint(plan(component(rates("0:5 100000:8", Application.WHOLE), cap=usd("9000"))))
    assert report.explain() == (
        "plan\n"
        "warning  cliff  sales, tier 1  pay jumps by USD 3000.00 at USD 100000.00, from USD 5000.00 to USD 8000.00;"
        " from USD 96842.11 on, buying the rest oneself pays (USD 3157.89 at most); the cheapest false sale is USD 0.01"
    )
    html = report._repr_html_()
    assert "<caption>plan</caption>" in html
    assert "sales, tier 1" in html
    columns = report.to_columns()
    assert {len(values) for values in columns.values()} == {1}
    assert (columns["code"], columns["tier"], columns["severity"]) == (["cliff"], [1], ["warning"])


def test_findings_come_component_by_component_and_tier_by_tier() -> None:
    first = component("0:5 1000:5 2000:5", id="z")
    second = component(rates("0:8 1000:5 2000:5", Application.WHOLE), id="a")
    report = lint(plan(first, second, cap=usd("9000"), floor=usd("9000")))
    assert [(each.component, each.tier, each.code.value) for each in report.findings] == [
        ("z", 1, "dead_tier"),
        ("z", 2, "dead_tier"),
        ("a", 1, "falls"),
        ("a", 2, "dead_tier"),
        (None, None, "guarantee_above_cap"),
    ]
    assert report.worst is Severity.ERROR


@pytest.mark.parametrize("code", FindingCode)
def test_every_code_has_a_sentence(code: FindingCode) -> None:
    assert Finding(code).text


@given(some_components)
def test_reports_are_stored_as_data_and_say_all_their_numbers(part: Component) -> None:
    report = lint(plan_of(part))
    assert from_data(to_data(report), LintReport) == report
    for finding in report.findings:
        assert "-" not in finding.text.split()  # what a sentence lacks is a dash


# --- edges and bad input -------------------------------------------------------------------------------------


def test_the_largest_amounts_are_checked_without_an_overflow() -> None:
    huge = Money(MAX_MINOR, USD)
    for application in (Application.WHOLE, Application.FIXED):
        for boundary in Boundary:
            value: Any = Rate(1, 2) if application is Application.WHOLE else huge
            steps = RateTable(
                Ladder.of([(Money(0, USD), value), (huge, value)], boundary=boundary),
                application=application,
                currency=USD,
            )
            assert FindingCode.DEAD_TIER in {each.code for each in lint(steps).findings}
            assert lint(component(steps, cap=huge, floor=huge)).findings


def test_endless_numbers_of_units_are_shown_short() -> None:
    steps = [(0, Rate(1, 20)), (10**5000, Rate(1, 20))]
    huge = RateTable(Ladder.of(steps, boundary=Boundary.LOWER_INCLUSIVE), application=Application.WHOLE, currency=USD)
    found = lint(huge, best=5)
    assert codes(found) == ["unreachable.best@1"]
    assert len(found.explain()) < 300


def test_a_yen_is_a_whole_step() -> None:
    steps = RateTable.of(
        [(0, "5%"), (1000, "8%")], currency="JPY", application=Application.WHOLE, boundary=Boundary.LOWER_INCLUSIVE
    )
    found = only(lint(steps), FindingCode.CLIFF)  # 0.95 s > 920: 968.4..
    assert texts(found, "gains_from", "rest", "cheapest") == ["JPY 969", "JPY 31", "JPY 1"]


@pytest.mark.parametrize(
    "best", [Rate(1), 5, 10**5000, -(10**5000), Money.of("1", "EUR"), usd("-0.01"), True, "5"], ids=clip
)
def test_a_best_in_another_unit_is_refused(best: Any) -> None:
    for subject in (rates("0:5"), component(), plan()):
        found = refusal(lint, subject, best=best)
        assert isinstance(found, InvalidType | InvalidValue | CurrencyMismatch)
        assert len(str(found)) < 200


def test_a_best_is_held_against_the_components_that_count_so() -> None:
    both = plan(component(), component("0%:5 120%:8", id="attained", quota=usd("100000")))
    assert codes(lint(both, best=Rate(11, 10))) == ["unreachable.best@1"]
    assert codes(lint(both, best=usd("110000"))) == ["unreachable.best@1", "unreachable.best@2"]


@given(anything, anything)
def test_whatever_is_given_is_answered_or_refused(one: Any, two: Any) -> None:
    refusal(lint, one)
    refusal(lint, component(), credits=one)
    refusal(lint, rates("0:5 1000:8", Application.WHOLE), best=one)
    refusal(lint, rates("0%:5 100%:8", Application.WHOLE), best=one)
    refusal(Finding, one)
    refusal(Finding, FindingCode.CLIFF, one, tier=two)
    refusal(Finding, FindingCode.CLIFF, {"at": one})
    refusal(LintReport, one, two)
