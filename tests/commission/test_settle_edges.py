"""Settlement at its edges: below, on and above thresholds, tables that change, and what callers should not pass."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.commission import (
    Accumulation,
    Addition,
    Application,
    Balance,
    BelowZero,
    CashAward,
    Component,
    Composite,
    CompPlan,
    Conversion,
    Credit,
    Credited,
    CreditError,
    CreditRole,
    DatedTable,
    DeadZone,
    DealRecord,
    Draw,
    DrawKind,
    ExactNumber,
    FirstUnit,
    KpiGate,
    KpiRange,
    Ledger,
    LineKind,
    Multiplier,
    Multiplies,
    Part,
    PayBase,
    Payee,
    PayPeriod,
    PlanError,
    Proration,
    Quota,
    RateTable,
    ResetDay,
    RoundingPoint,
    Scope,
    Spiff,
    SpiffPer,
    Statement,
    coverage,
    on_target_rate,
    presence_of,
    settle,
    split_credit,
)
from salesplan.commission.ledger import Earned
from salesplan.errors import InvalidType, NotFound, SalesplanError
from salesplan.ladder import Boundary, Ladder
from salesplan.money import MAX_MINOR, Currency, CurrencyMismatch, Money, Rounding
from salesplan.rate import Rate
from tests.strategies import HOSTILE, anything, refusal

from .strategies import CSAT, LI, MONTHS, USD, YEAR, money, plan_of

JANUARY, FEBRUARY, MARCH = MONTHS
LOWER, UPPER = Boundary.LOWER_INCLUSIVE, Boundary.UPPER_INCLUSIVE


def day(month: int, number: int) -> date:
    return date(YEAR, month, number)


def made(tiers: str, application: Application = Application.MARGINAL, boundary: Boundary = LOWER) -> RateTable:
    """`0:10%` in minor units, `0%:5` by attainment, `0u:50` by units; values in percent or minor units."""
    steps: list[tuple[Any, Any]] = []
    for step in tiers.split():
        at, value = step.split(":")
        key: Any = Rate.percent(at[:-1]) if at[-1] == "%" else int(at[:-1]) if at[-1] == "u" else money(int(at))
        steps.append((key, Rate.percent(value[:-1]) if value[-1] == "%" else money(int(value))))
    return RateTable(Ladder.of(steps, boundary=boundary), application=application, currency=USD, ceiling=Rate(2))


def part(tables: Any = "0:10%", accumulation: Accumulation = Accumulation.PERIOD, **more: Any) -> Component:
    more.setdefault("id", "c")
    return Component(tables=made(tables) if isinstance(tables, str) else tables, accumulation=accumulation, **more)


def plan(*parts: Component, **more: Any) -> CompPlan:
    more.setdefault("below_zero", BelowZero.CLAW)
    return plan_of(*(parts or (part(),)), **more)


def sold(minor: int, number: int = 3, *, month: int = 1, id: str = "D", **more: Any) -> Credit:
    return Credit(id, LI, amount=money(minor), on=day(month, number), **more)


def paid(rules: CompPlan, *credits: Credit, period: PayPeriod = JANUARY, **more: Any) -> int:
    return settle(rules, credits, period=period, payee=more.pop("payee", LI), **more).payout.minor


# --- below, on, above ----------------------------------------------------------------------------------------

A = Application


@pytest.mark.parametrize(
    ("tiers", "application", "boundary", "at", "pays"),
    [
        ("0:10% 100:50%", A.MARGINAL, LOWER, (90, 100, 110), (9, 10, 15)),
        ("0:10% 100:50%", A.MARGINAL, UPPER, (90, 100, 110), (9, 10, 15)),
        ("0:10% 100:50%", A.WHOLE, LOWER, (90, 100, 110), (9, 50, 55)),
        ("0:10% 100:50%", A.WHOLE, UPPER, (90, 100, 110), (9, 10, 55)),
        ("100:50%", A.WHOLE, LOWER, (90, 100, 110), (0, 50, 55)),
        ("100:50%", A.WHOLE, UPPER, (90, 100, 110), (0, 0, 55)),
        ("100:50%", A.MARGINAL, LOWER, (90, 100, 110), (0, 0, 5)),
        ("100:7 200:9", A.FIXED, LOWER, (99, 100, 200), (0, 7, 9)),
        ("100:7 200:9", A.FIXED, UPPER, (100, 101, 200), (0, 7, 7)),
        ("0:7 100:9", A.FIXED, LOWER, (1, 99, 100), (7, 7, 9)),
        ("0:7 100:9", A.FIXED, UPPER, (1, 100, 101), (7, 7, 9)),
        ("0:10 100:30", A.INTERPOLATED, LOWER, (50, 100, 150), (20, 30, 30)),
        ("100:10 200:30", A.INTERPOLATED, LOWER, (99, 100, 150), (0, 10, 20)),
        ("100:10 200:30", A.INTERPOLATED, UPPER, (100, 150, 200), (0, 20, 30)),
        ("100:10 200:30", A.INTERPOLATED, LOWER, (190, 200, 900), (28, 30, 30)),
    ],
)
def test_thresholds_belong_to_the_side_the_table_names(
    tiers: str, application: Application, boundary: Boundary, at: tuple[int, ...], pays: tuple[int, ...]
) -> None:
    rules = plan(part(made(tiers, application, boundary)))
    assert tuple(paid(rules, sold(minor)) for minor in at) == pays
    assert tuple(paid(rules, sold(minor - 40), sold(40, 4, id="E")) for minor in at) == pays


@pytest.mark.parametrize(
    ("more", "boundary", "at", "pays"),
    [
        ({"gates": [DeadZone(money(100))]}, LOWER, (90, 100, 110), (0, 0, 1)),
        ({"gates": [FirstUnit(money(100))]}, LOWER, (90, 100, 110), (0, 10, 11)),
        ({"gates": [FirstUnit(money(100))]}, UPPER, (90, 100, 110), (0, 0, 11)),
        ({"counted_to": money(100)}, LOWER, (90, 100, 110), (9, 10, 10)),
        ({"cap": money(10)}, LOWER, (90, 100, 110), (9, 10, 10)),
        ({"floor": money(10)}, LOWER, (90, 100, 110), (10, 10, 11)),
        ({"gates": [DeadZone(money(100)), FirstUnit(money(200))]}, LOWER, (190, 200, 300), (0, 10, 20)),
        ({"gates": [DeadZone(money(100))], "counted_to": money(200)}, LOWER, (150, 200, 900), (5, 10, 10)),
    ],
)
def test_gates_and_limits_at_their_edges(
    more: dict[str, Any], boundary: Boundary, at: tuple[int, ...], pays: tuple[int, ...]
) -> None:
    for application in (Application.MARGINAL, Application.WHOLE):
        rules = plan(part(made("0:10%", application, boundary), **more))
        assert tuple(paid(rules, sold(minor)) for minor in at) == pays


@pytest.mark.parametrize(
    ("ends", "at", "pays"),
    [
        ({"at_least": "85"}, ("84.99", "85", "85.01"), (0, 10, 10)),
        ({"at_most": "85"}, ("84.99", "85", "85.01"), (10, 10, 0)),
        ({"at_least": "85", "at_most": "85"}, ("84.99", "85", "85.01"), (0, 10, 0)),
    ],
)
def test_a_kpi_range_includes_both_its_ends(ends: dict[str, str], at: tuple[str, ...], pays: tuple[int, ...]) -> None:
    when = KpiRange(kpi=CSAT, **{name: Rate.percent(end) for name, end in ends.items()})
    gated = plan(part(gates=[KpiGate(when=when)]))
    multiplied = plan(part(multipliers=[Multiplier(name="m", factor=Rate(2), on=Multiplies.OUTPUT, when=when)]))
    for percent, expected in zip(at, pays, strict=True):
        known = {CSAT: Rate.percent(percent)}
        assert paid(gated, sold(100), kpis=known) == expected
        assert paid(multiplied, sold(100), kpis=known) == 10 + expected


@pytest.mark.parametrize(
    ("tiers", "application", "at", "pays"),
    [
        ("0%:50% 100%:100%", A.INTERPOLATED, (50, 100, 120), (75, 100, 100)),
        ("0%:50% 100%:100%", A.WHOLE, (50, 100, 120), (50, 100, 100)),
    ],
)
@pytest.mark.parametrize("accumulation", list(Accumulation))
def test_a_curve_that_begins_above_nothing_pays_all_it_says(
    tiers: str, application: Application, at: tuple[int, ...], pays: tuple[int, ...], accumulation: Accumulation
) -> None:
    """Half of the on-target pay at 0, all of it at 100 %: the quota reached paid half, all less what 0 is worth."""
    curve = part(made(tiers, application), accumulation, pays_on=PayBase.ON_TARGET, quota=money(100), weight=Rate(1))
    rules = plan(curve, on_target_earnings=money(100))
    assert tuple(paid(rules, sold(minor)) for minor in at) == pays


@given(
    st.sampled_from(Accumulation),
    st.sampled_from(["0:10% 50:20%", "0:7 50:9", "25:1 50:2 100:9"]),
    st.sampled_from(Application),
    st.sampled_from(Boundary),
    st.integers(-150, 150).filter(bool),
)
def test_one_deal_pays_what_the_table_says(
    accumulation: Accumulation, tiers: str, application: Application, boundary: Boundary, minor: int
) -> None:
    try:
        table = made(tiers, application, boundary)
    except SalesplanError:
        return
    if table.pays_shares and application is Application.INTERPOLATED:
        return
    assert paid(plan(part(table, accumulation)), sold(minor)) == table.pay(money(minor)).minor


def test_modifiers_come_in_the_order_they_are_documented_in() -> None:
    """Half of 100, four times on the input, is 200: 10 and 20; half of 30 by the gate, twice that, then the limits."""
    component = part(
        "0:10% 100:20%",
        gates=[KpiGate(when=KpiRange(kpi=CSAT, at_least=Rate(1)), otherwise=Rate(1, 2))],
        multipliers=[
            Multiplier(name="in", factor=Rate(4), on=Multiplies.INPUT),
            Multiplier(name="out", factor=Rate(2), on=Multiplies.OUTPUT),
        ],
    )
    credit = sold(100, share=Rate(1, 2))
    known = {CSAT: Rate(0)}
    slip = settle(plan(component), [credit], period=JANUARY, kpis=known)
    assert [(line.kind, line.amount.minor) for line in slip.lines] == [
        (LineKind.EARNED, 10),
        (LineKind.EARNED, 20),
        (LineKind.GATE, -15),
        (LineKind.MULTIPLIER, 15),
    ]
    assert paid(plan(attrs.evolve(component, cap=money(20))), credit, kpis=known) == 20
    assert paid(plan(attrs.evolve(component, floor=money(40))), credit, kpis=known) == 40
    assert paid(plan(component, cap=money(20)), credit, kpis=known) == 20
    assert paid(plan(component, cap=money(20), floor=money(20)), credit, kpis=known) == 20


def test_caps_and_floors_follow_the_days_and_quotas_the_ramp_as_well() -> None:
    half = Payee(LI, starts=day(1, 3), ramp=[Rate(1, 2)])
    four = PayPeriod(day(1, 1), day(1, 5), "four days")
    assert paid(plan(part(cap=money(10))), sold(900), period=four, payee=half) == 5
    assert paid(plan(part(floor=money(10))), sold(1), period=four, payee=half) == 5
    assert paid(plan(cap=money(11)), sold(900), period=four, payee=half) == 6
    component = part("0%:10% 100%:20%", quota=money(400))
    slip = settle(plan(component), [sold(200)], period=four, payee=half)
    assert slip.components[0].quota == 100
    assert slip.payout.minor == 10 + 20


# --- who takes a credit --------------------------------------------------------------------------------------


def test_in_a_group_the_narrowest_scope_takes_the_credit() -> None:
    narrow, narrower = Scope(products=["a"]), Scope(products=["a"], labels=["new"])
    parts = [
        part("0:1%", id="all", group="g"),
        part("0:10%", id="a", group="g", scope=narrow),
        part("0:50%", id="new a", group="g", scope=narrower),
        part("0:2%", id="beside"),
    ]
    for order in (parts, parts[::-1]):
        rules = plan(*order)
        assert paid(rules, sold(100, product="b", labels=["new"])) == 1 + 2
        assert paid(rules, sold(100, product="a")) == 10 + 2
        assert paid(rules, sold(100, product="a", labels=["new"])) == 50 + 2


def test_components_of_one_group_that_could_take_the_same_credit_are_refused() -> None:
    for scope in (Scope(), Scope(labels=["x"]), Scope(products=["a", "b"])):
        other = Scope(products=["b"]) if scope != Scope() else Scope()
        with pytest.raises(PlanError):
            plan(part(id="c", group="g", scope=scope), part(id="d", group="g", scope=other))
    plan(part(id="c", group="g", scope=Scope(products=["a"])), part(id="d", group="g", scope=Scope(products=["b"])))


@pytest.mark.parametrize("number", [2, 20])
def test_a_credit_on_a_day_its_spiff_is_not_for_is_unmatched(number: int) -> None:
    """The SPIFF's product, before and after its days: it was in no line, and in `unmatched` neither."""
    bonus = Spiff(
        id="s", amount=money(5), per=SpiffPer.DEAL, scope=Scope(products=["b"]), first=day(1, 3), until=day(1, 20)
    )
    rules = plan(part(scope=Scope(products=["a"])), spiffs=[bonus])
    credit = sold(100, number, product="b")
    slip = settle(rules, [credit], period=JANUARY)
    assert (slip.lines, slip.unmatched) == ((), (credit,))
    inside = sold(100, 19, product="b")
    assert settle(rules, [inside], period=JANUARY).unmatched == ()


def test_a_credit_that_only_a_kpi_takes_is_in_a_line_or_unmatched() -> None:
    rules = plan(part(made("0%:5", Application.FIXED), measure=Part(name=CSAT)))
    credit = sold(100)
    slip = settle(rules, [credit], period=JANUARY, kpis={CSAT: Rate(1)})
    assert credit.deal in {line.deal for line in slip.lines} or credit in slip.unmatched


def test_a_credit_of_nothing_is_in_a_line_even_without_a_quota_to_hold_it_against() -> None:
    rules = plan(part("0%:10%", quota=money(0)))
    credit = sold(0)
    slip = settle(rules, [credit], period=JANUARY)
    assert credit.deal in {line.deal for line in slip.lines} or credit in slip.unmatched


# --- tables that change --------------------------------------------------------------------------------------


def changing(*tables: RateTable | str) -> list[DatedTable]:
    first, later = (made(each) if isinstance(each, str) else each for each in tables)
    return [DatedTable(first), DatedTable(later, day(1, 15))]


def test_a_deal_is_paid_by_the_table_of_its_day() -> None:
    rules = plan(part(changing("0:10%", "0:20%")))
    assert [paid(rules, sold(100, number)) for number in (14, 15, 16)] == [10, 20, 20]
    assert paid(rules, sold(100, 14), sold(100, 15, id="E")) == 30


def test_a_kpi_is_paid_once_whatever_the_days_of_the_deals() -> None:
    """A change of table within the period made every version pay the whole of it."""
    tables = changing(made("0%:10", Application.FIXED), made("0%:10", Application.FIXED))
    rules = plan(part(tables, measure=Part(name=CSAT)))
    known = {CSAT: Rate(1)}
    assert paid(rules, kpis=known) == 10
    assert paid(rules, sold(100, 20), kpis=known) == 10
    assert paid(rules, sold(100, 3), sold(100, 20, id="E"), kpis=known) == 10


def test_a_composite_counts_the_whole_period_under_both_tables() -> None:
    """50 and 60 of a quota of 100 are 110 %, for the deals of either table."""
    measure = Composite([Part(name="sold", measure=Credited.AMOUNT)])
    tables = changing(made("0%:10% 100%:20%", Application.WHOLE), made("0%:10% 100%:20%", Application.WHOLE))
    who = Payee(LI, quotas={"sold": money(100)})
    rules = plan(part(tables, measure=measure))
    assert paid(rules, sold(50, 3), sold(60, 20, id="E"), payee=who) == 22


@pytest.mark.parametrize("accumulation", [Accumulation.PERIOD, Accumulation.QUARTER, Accumulation.YEAR])
def test_a_gate_that_opens_under_the_new_table_opens_for_the_deals_of_the_old(accumulation: Accumulation) -> None:
    """80 and then 40 with a gate at 100: all of it, from the first unit."""
    rules = plan(part(changing("0:10%", "0:10%"), accumulation, gates=[FirstUnit(money(100))]))
    assert paid(rules, sold(80, 3), sold(40, 20, id="E")) == 12
    assert paid(rules, sold(80, 3), sold(19, 20, id="E")) == 0


def test_versions_may_pay_rates_and_then_amounts_by_the_unit() -> None:
    """5 % of the amount, then 50 a unit; or the other way round: each deal by the table of its day, or refused."""
    rate, each = made("0u:5%"), made("0u:50")
    for first, later, expected in ((rate, each, 50 + 50), (each, rate, 50 + 50)):
        try:
            rules = plan(part(changing(first, later), measure=Credited.UNITS))
        except SalesplanError:
            continue
        assert paid(rules, sold(1000, 3), sold(1000, 20, id="E")) == expected


def test_the_quota_to_date_holds_for_deals_of_every_table() -> None:
    """Retroactive, a quota of 1,000 a month: by March 2,610 of 3,000 are below 100 %, January's deals too."""
    table = made("0%:10% 100%:20%", Application.WHOLE)
    tables = [DatedTable(table, day(1, 1)), DatedTable(table, day(2, 1))]
    rules = plan(part(tables, Accumulation.QUARTER, quota=money(1000)))
    sales = [sold(2500, 3), sold(100, 3, month=2, id="E"), sold(10, 3, month=3, id="F")]
    slips: list[Statement] = []
    for credit, month in zip(sales, MONTHS, strict=True):
        slips.append(settle(rules, [credit], period=month, prior=slips[-1] if slips else None))
    quarter = PayPeriod(day(1, 1), day(4, 1), "the quarter")
    at_once = paid(plan(part(tables, Accumulation.QUARTER, quota=money(3000))), *sales, period=quarter)
    assert at_once == 261
    assert sum(slip.payout.minor for slip in slips) == 261


def test_a_month_without_a_sale_has_its_quota() -> None:
    """January without a sale left no trace: February was held against one month's quota, and paid 300, not 200."""
    rules = plan(part("0%:10% 100%:20%", Accumulation.QUARTER, quota=money(1000)))
    january = settle(rules, [], period=JANUARY, payee=LI)
    february = settle(rules, [sold(2000, 3, month=2)], period=FEBRUARY, prior=january)
    assert february.components[0].quota == 2000
    assert february.payout.minor == 200


def test_what_is_not_in_force_yet_is_no_reason_to_refuse_a_period_without_its_credits() -> None:
    rules = plan(part(), part([DatedTable(made("0:10%"), day(2, 1))], id="d", scope=Scope(products=["a"])))
    assert paid(rules, sold(100)) == 10
    with pytest.raises(SalesplanError) as caught:
        paid(rules, sold(100, product="a"))
    assert caught.value.code == "commission.no_table"


def test_a_table_that_was_replaced_without_a_version_does_not_revalue_what_was_paid() -> None:
    """10 % in January, 5 % since: the note of 100 takes back 10 or 5, or is refused; it took back 55."""
    january = settle(plan(), [sold(100), sold(900, id="E")], period=JANUARY)
    back = sold(-100, month=2, id="N", reverses="D")
    try:
        took = paid(plan(part("0:5%")), back, period=FEBRUARY, prior=january)
    except SalesplanError:
        return
    assert took in {-10, -5}


@pytest.mark.parametrize("first", [None, date.min])
def test_the_order_in_which_versions_are_given_changes_nothing(first: date | None) -> None:
    tables = [DatedTable(made("0:10%"), first), DatedTable(made("0:20%"), None if first else date.min)]
    assert (refusal(part, tables) is None) == (refusal(part, tables[::-1]) is None)


# --- choices that contradict each other ----------------------------------------------------------------------


def test_multiples_on_a_line_pay_the_on_target_pay_or_are_refused() -> None:
    """At 100 % of the quota the multiple is 1: all of the on-target pay of 90. It paid one minor unit."""
    try:
        component = part(
            made("0%:0% 100%:100%", Application.INTERPOLATED),
            pays_on=PayBase.ON_TARGET_ATTAINED,
            quota=money(100),
            weight=Rate(1),
        )
    except SalesplanError:
        return
    assert paid(plan(component), sold(100)) == 90


@pytest.mark.parametrize("application", [Application.MARGINAL, Application.WHOLE])
@pytest.mark.parametrize("top", [50, 100])
def test_a_dead_zone_beyond_what_is_counted_never_pays_less_than_nothing(application: Application, top: int) -> None:
    try:
        component = part(made("0:10%", application), gates=[DeadZone(money(100))], counted_to=money(top))
    except SalesplanError:
        return
    assert [paid(plan(component), sold(minor)) for minor in (50, 100, 1500)] == [0, 0, 0]


def test_a_dead_zone_of_a_payout_curve_pays_on_what_lies_above_it_or_is_refused() -> None:
    """`DeadZone` pays only on what lies above it; a curve from 0 to 100 % jumped to half the on-target pay there."""
    try:
        component = part(
            made("0%:0% 100%:100%", Application.INTERPOLATED),
            pays_on=PayBase.ON_TARGET,
            quota=money(100),
            weight=Rate(1),
            gates=[DeadZone(Rate(1, 2))],
        )
    except SalesplanError:
        return
    assert paid(plan(component), sold(50)) == 0


# --- below zero, draws, additions ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "pays", "carried"),
    [(BelowZero.CARRY, [0, 5], [-5, 0]), (BelowZero.FORGIVE, [0, 10], [0, 0]), (BelowZero.CLAW, [-5, 10], [0, 0])],
)
def test_below_zero(policy: BelowZero, pays: list[int], carried: list[int]) -> None:
    rules = plan(below_zero=policy)
    january = settle(rules, [sold(-50)], period=JANUARY)
    february = settle(rules, [sold(100, month=2, id="E")], period=FEBRUARY, prior=january)
    assert [slip.payout.minor for slip in (january, february)] == pays
    assert [slip.carried.minor for slip in (january, february)] == carried


def test_what_is_clawed_is_clawed_whatever_is_owed_to_an_old_draw() -> None:
    """CLAW makes the payout negative; one minor unit owed to a draw of another plan made it 0, and the claw a debt."""
    old = plan(draw=Draw(amount=money(1), recovery=DrawKind.RECOVERABLE))
    january = settle(old, [], period=JANUARY, payee=LI)
    assert (january.payout.minor, january.ledger.owed.minor) == (1, 1)
    assert paid(plan(), sold(-1000, month=2), period=FEBRUARY, prior=january) == -100


def test_additions_come_after_cap_and_floor_and_before_what_is_carried() -> None:
    prize = Addition(line=LineKind.AWARD, rule="contest", award=CashAward(money(7)))
    share = Addition(line=LineKind.POOL, rule="pool", award=money(-2))
    for both in ([prize, share], [share, prize]):
        slip = settle(plan(cap=money(10)), [sold(1000)], period=JANUARY, additions=both)
        assert [(line.kind, line.amount.minor) for line in slip.lines] == [
            (LineKind.EARNED, 100),
            (LineKind.CAP, -90),
            (LineKind.POOL, -2),
            (LineKind.AWARD, 7),
        ]
    carried = settle(plan(below_zero=BelowZero.CARRY), [sold(-1000)], period=JANUARY)
    assert (
        paid(
            plan(),
            period=FEBRUARY,
            prior=carried,
            additions=[Addition(line=LineKind.AWARD, rule="contest", award=money(130))],
        )
        == 30
    )


@pytest.mark.parametrize(
    ("minor", "rounding", "becomes"),
    [
        (125, Rounding.HALF_UP, 1),
        (150, Rounding.HALF_UP, 2),
        (150, Rounding.HALF_EVEN, 2),
        (250, Rounding.HALF_EVEN, 2),
    ],
)
def test_the_payees_currency_is_rounded_once(minor: int, rounding: Rounding, becomes: int) -> None:
    """Two places to none at a rate of one."""
    yen = Currency.iso("JPY")
    convert = Conversion(currency=yen, rate=Rate(1), rounding=rounding)
    slip = settle(plan(part("0:100%")), [sold(minor)], period=JANUARY, convert=convert)
    assert slip.converted == Money(becomes, yen)


# --- periods -------------------------------------------------------------------------------------------------


@given(
    st.dates(date(1, 1, 1), date(9999, 12, 31)),
    st.integers(1, 12),
    st.integers(1, 28),
)
def test_years_and_quarters_begin_on_the_last_reset_day(on: date, month: int, number: int) -> None:
    """Walking back day by day; where the calendar has no such day before, it says so."""
    reset = ResetDay(month, number)
    quarters = {(month - 1 + 3 * at) % 12 + 1 for at in range(4)}
    for begins, months, size in ((reset.year_of, {month}, 366), (reset.quarter_of, quarters, 92)):
        back = [on - timedelta(days=at) for at in range(min(size, on.toordinal()))]
        expected = next((each for each in back if each.day == number and each.month in months), None)
        if expected is None:
            assert refusal(begins, on) is not None
        else:
            assert begins(on) == expected


@pytest.mark.parametrize(("accumulation", "day"), [(Accumulation.QUARTER, 2), (Accumulation.YEAR, 1)])
def test_the_first_year_of_the_calendar_is_no_crash(accumulation: Accumulation, day: int) -> None:
    """The window that holds the first of January began before the calendar does."""
    rules = plan(part(accumulation=accumulation, resets=ResetDay(4, day)))
    first = PayPeriod(date(1, 1, 1), date(1, 1, 2), "first")
    assert refusal(settle, rules, [], period=first, payee=LI) is not None


@pytest.mark.parametrize(
    ("start", "end", "refused"),
    [
        (day(1, 1), day(2, 1), False),
        (day(3, 31), day(4, 1), False),
        (day(3, 31), day(4, 2), True),
        (day(4, 1), day(7, 1), False),
        (day(4, 1), day(7, 2), True),
    ],
)
def test_a_quarter_does_not_begin_within_a_period(start: date, end: date, refused: bool) -> None:
    error = refusal(
        settle, plan(part(accumulation=Accumulation.QUARTER)), [], period=PayPeriod(start, end, "p"), payee=LI
    )
    assert (error is not None and error.code == "commission.reset_inside") == refused


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: paid(plan(), sold(1, 1, month=2)), "commission.outside_period"),
        (lambda: paid(plan(), sold(1, 31), period=PayPeriod(day(1, 1), day(1, 31), "p")), "commission.outside_period"),
        (lambda: paid(plan(), sold(1), payee="wang"), "commission.other_payee"),
        (lambda: paid(plan(), sold(1), sold(2)), "commission.credited_twice"),
        (lambda: paid(plan(part("0%:10%")), sold(1)), "commission.quota_missing"),
        (lambda: paid(plan(part("0%:10%", quota=money(0))), sold(1)), "commission.quota_zero"),
        (lambda: paid(plan(part("0%:10%", quota=3)), sold(1)), "commission.quota"),
        (lambda: paid(plan(part(gates=[KpiGate(when=KpiRange(kpi=CSAT, at_least=Rate(1)))])), sold(1)),
         "commission.kpi_missing"),
        (lambda: paid(plan(part(pays_on=PayBase.MARGIN)), sold(1)), "commission.margin"),
        (lambda: paid(plan(), prior=settle(plan(), [], period=JANUARY, payee=LI)), "commission.settled_twice"),
        (lambda: paid(plan(), period=FEBRUARY, prior=settle(plan(), [], period=JANUARY, payee="wang")),
         "commission.prior"),
        (lambda: paid(plan(proration=Proration.WORKING_DAYS)), "commission.workdays"),
        (lambda: settle(plan(), [], period=JANUARY), "commission.payee"),
    ],
)  # fmt: skip
def test_what_does_not_belong_is_refused(call: Callable[[], object], code: str) -> None:
    error = refusal(call)
    assert error is not None
    assert error.code == code
    assert len(str(error)) < 200


def test_another_currency_is_refused() -> None:
    with pytest.raises(CurrencyMismatch):
        paid(plan(), Credit("D", LI, amount=Money.of("1", "EUR"), on=day(1, 3)))
    with pytest.raises(CurrencyMismatch):
        paid(plan(part("0%:10%")), sold(1), payee=Payee(LI, quotas={"c": Money.of("1", "EUR")}))


def test_any_shares_leave_a_ledger() -> None:
    """Shares of many denominators (hours, leads) have a common one that outgrew what a ledger can hold."""
    hours = [number for number in range(10**5, 10**5 + 400) if all(number % prime for prime in range(2, 400))][:14]
    credits = [sold(1000, id=f"D{at}", share=Rate(at + 1, whole)) for at, whole in enumerate(hours)]
    slip = settle(plan(), credits, period=JANUARY)
    assert len(slip.ledger.deals) == len(credits)
    assert settle(plan(), [sold(1000, month=2)], period=FEBRUARY, prior=slip).payout.minor == 100


# --- hostile input -------------------------------------------------------------------------------------------

RATE, DATE = Rate(1, 2), day(1, 3)
BALANCE = Balance(
    component="c",
    window=day(1, 1).isoformat(),
    version=None,
    quota=None,
    on_target=None,
    opened=ExactNumber.of(0),
    accumulated=ExactNumber.of(10),
    base=ExactNumber.of(10),
    valued=ExactNumber.of(1),
    earned=ExactNumber.of(1),
    withheld=ExactNumber.of(0),
)
RECORD = DealRecord(
    deal="D",
    component="c",
    period=BALANCE.window,
    window=BALANCE.window,
    version=None,
    credited=ExactNumber.of(10),
    measured=ExactNumber.of(10),
    base=ExactNumber.of(10),
    paid=ExactNumber.of(1),
    factor=ExactNumber.of(1),
)
EARNED = Earned(
    name="c",
    period=BALANCE.window,
    earned=ExactNumber.of(1),
    floor=ExactNumber.of(0),
    cap=ExactNumber.of(5),
)
LEDGER = Ledger(
    payee=LI,
    plan="plan",
    currency=USD,
    through=FEBRUARY.start,
    carried=money(-1),
    owed=money(1),
    balances=(BALANCE,),
    deals=(RECORD,),
    limited=(EARNED,),
)
WHEN = KpiRange(kpi=CSAT, at_least=Rate(0))


def with_part(**more: Any) -> Callable[[Any], Any]:
    def use(value: Any) -> Any:
        fields: dict[str, Any] = {name: [value] if name in {"gates", "multipliers"} else value for name in more}
        return in_use(part(**fields))

    return use


def in_use(component: Component, credit: Credit | None = None, **more: Any) -> Statement:
    rules = plan(component, **more)
    slip = settle(rules, [credit or sold(10)], period=JANUARY, kpis={CSAT: RATE}, payee=LI)
    slip.explain()
    return slip


def in_prior(prior: Any) -> Statement:
    return settle(plan(), [sold(-1, month=2, id="N", reverses="D")], period=FEBRUARY, prior=prior)


USES: dict[str, tuple[Any, Callable[[Any], object]]] = {
    "Credit": (sold(10, margin=money(5), product="a", labels=["x"]), lambda value: in_use(part(), value)),
    "credit note": (
        sold(-1, id="N", reverses="D"),
        lambda value: settle(plan(), [sold(10), value], period=JANUARY).explain(),
    ),
    "Component": (part("0:10%", quota=money(5), cap=money(5), floor=money(1), counted_to=money(9)), in_use),
    "Scope": (Scope(products=["a"], labels=["x"], roles=[CreditRole.PRIMARY]), with_part(scope=None)),
    "KpiRange": (WHEN, lambda value: in_use(part(gates=[KpiGate(when=value)]))),
    "KpiGate": (KpiGate(when=WHEN, otherwise=RATE), with_part(gates=None)),
    "DeadZone": (DeadZone(money(1)), with_part(gates=None)),
    "FirstUnit": (FirstUnit(money(1)), with_part(gates=None)),
    "Multiplier": (Multiplier(name="m", factor=RATE, on=Multiplies.INPUT, when=WHEN), with_part(multipliers=None)),
    "DatedTable": (DatedTable(made("0:10%"), day(1, 1)), lambda value: in_use(part([value]))),
    "Part": (
        Part(name=CSAT, weight=Rate(1)),
        lambda value: in_use(part(made("0%:5", Application.FIXED), measure=value)),
    ),
    "Composite": (
        Composite([Part(name=CSAT)]),
        lambda value: in_use(part(made("0%:5", Application.FIXED), measure=value)),
    ),
    "ResetDay": (ResetDay(4, 1), lambda value: in_use(part(accumulation=Accumulation.YEAR, resets=value))),
    "PayPeriod": (JANUARY, lambda value: settle(plan(), [sold(10)], period=value)),
    "Quota": (
        Quota("c", money(5)),
        lambda value: settle(plan(), [sold(10)], period=JANUARY, payee=Payee(LI, quotas=[value])),
    ),
    "Payee": (
        Payee(LI, quotas={"c": money(5)}, starts=DATE, stops=day(1, 9), ramp=[RATE]),
        lambda value: settle(plan(), [sold(10)], period=JANUARY, payee=value),
    ),
    "Spiff": (
        Spiff(id="s", amount=money(5), per=SpiffPer.UNIT, first=DATE, until=day(1, 9), limit=money(3)),
        lambda value: in_use(part(), spiffs=[value]),
    ),
    "CompPlan": (
        plan(base_salary=money(1), on_target_earnings=money(5), cap=money(9), floor=money(1)),
        lambda value: settle(value, [sold(10)], period=JANUARY),
    ),
    "Conversion": (
        Conversion(currency=USD, rate=RATE),
        lambda value: settle(plan(), [sold(10)], period=JANUARY, convert=value),
    ),
    "Addition": (
        Addition(line=LineKind.POOL, rule="pool", award=money(5), note="a note"),
        lambda value: settle(plan(), [sold(10)], period=JANUARY, additions=[value]).explain(),
    ),
    "Ledger": (LEDGER, in_prior),
    "Balance": (BALANCE, lambda value: in_prior(attrs.evolve(LEDGER, balances=(value,)))),
    "Earned": (EARNED, lambda value: in_prior(attrs.evolve(LEDGER, limited=(value,)))),
    "DealRecord": (RECORD, lambda value: in_prior(attrs.evolve(LEDGER, deals=(value,)))),
}


def tried(name: str, field: str, value: Any) -> None:
    """Build the sample with *value* in a field; if that is accepted, settle with it."""
    sample, use = USES[name]
    fields = {each.alias: getattr(sample, each.name) for each in attrs.fields(type(sample)) if each.init and each.alias}
    built: list[Any] = []
    if refusal(lambda: built.append(type(sample)(**{**fields, field: value}))) is None:
        refusal(use, built[0])


FIELDS = [(name, each.alias) for name, (sample, _) in USES.items() for each in attrs.fields(type(sample)) if each.init]


@pytest.mark.parametrize("name", USES)
def test_the_samples_are_settled_as_they_are(name: str) -> None:
    sample, use = USES[name]
    use(sample)


class Hung(BaseException):
    """It took too long; no `except Exception` holds it."""


@pytest.fixture
def seconds() -> Iterator[None]:
    """At most ten: the text of a nested list can be endless."""

    def stop(*_: object) -> None:
        raise Hung

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(10)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("seconds")
@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_nothing_but_our_own_errors_gets_out_of_a_field(name: str, field: str) -> None:
    for value in HOSTILE:
        tried(name, field, value)


@given(st.sampled_from(FIELDS), anything)
def test_nothing_but_our_own_errors_gets_out(place: tuple[str, str], value: Any) -> None:
    tried(*place, value)


ARGUMENTS: dict[str, Callable[[Any], object]] = {
    "plan": lambda value: settle(value, [sold(10)], period=JANUARY),
    "credits": lambda value: settle(plan(), value, period=JANUARY, payee=LI),
    "credit": lambda value: settle(plan(), [value], period=JANUARY, payee=LI),
    "period": lambda value: settle(plan(), [sold(10)], period=value),
    "payee": lambda value: settle(plan(), [sold(10)], period=JANUARY, payee=value),
    "prior": lambda value: settle(plan(), [sold(10)], period=JANUARY, prior=value),
    "kpis": lambda value: settle(plan(), [sold(10)], period=JANUARY, kpis=value),
    "kpi": lambda value: settle(plan(), [sold(10)], period=JANUARY, kpis={CSAT: value}),
    "kpi name": lambda value: settle(plan(), [sold(10)], period=JANUARY, kpis={value: Rate(1)}),
    "additions": lambda value: settle(plan(), [sold(10)], period=JANUARY, additions=value),
    "addition": lambda value: settle(plan(), [sold(10)], period=JANUARY, additions=[value]),
    "workdays": lambda value: settle(
        plan(proration=Proration.WORKING_DAYS), [sold(10)], period=JANUARY, workdays=value
    ),
    "convert": lambda value: settle(plan(), [sold(10)], period=JANUARY, convert=value),
    "coverage": coverage,
    "shares": lambda value: split_credit("D", money(5), value, on=DATE),
    "share": lambda value: split_credit("D", money(5), {LI: value}, on=DATE),
    "overlays": lambda value: split_credit("D", money(5), {LI: Rate(1)}, on=DATE, overlays=value),
    "split amount": lambda value: split_credit("D", value, {LI: Rate(1)}, on=DATE),
    "split day": lambda value: split_credit("D", money(5), {LI: Rate(1)}, on=value),
    "presence payee": lambda value: presence_of(value, JANUARY),
    "presence period": lambda value: presence_of(Payee(LI), value),
    "proration": lambda value: presence_of(Payee(LI), JANUARY, proration=value),
    "month": lambda value: PayPeriod.month(2026, value),
    "year": lambda value: PayPeriod.month(value, 1),
    "on-target earnings": lambda value: on_target_rate(on_target_earnings=value, base_salary=money(1), quota=money(5)),
    "base salary": lambda value: on_target_rate(on_target_earnings=money(1), base_salary=value, quota=money(5)),
    "quota": lambda value: on_target_rate(on_target_earnings=money(1), base_salary=money(0), quota=value),
    "year_of": ResetDay().year_of,
    "table_on": part().table_on,
    "holds": Scope(products=["a"]).holds,
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_nothing_but_our_own_errors_gets_out_of_an_argument(name: str) -> None:
    for value in HOSTILE:
        if name != "kpi name" or hashable(value):
            refusal(ARGUMENTS[name], value)


def hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


class Counts:
    """A calendar of working days that answers anything."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def count(self, start: date, end: date) -> Any:
        return self.answer


@given(anything)
def test_a_calendar_that_answers_nonsense_is_refused(answer: Any) -> None:
    rules = plan(proration=Proration.WORKING_DAYS)
    refusal(settle, rules, [sold(10)], period=JANUARY, workdays=Counts(answer))


@pytest.mark.parametrize(
    "more",
    [
        {"carried": money(500)},
        {"owed": money(-1)},
        {"owed": Money.of("1", "EUR")},
        {"payee": 5},
        {"through": None},
        {"balances": (RECORD,)},
        {"balances": (BALANCE, BALANCE)},
        {"deals": (RECORD, RECORD)},
        {"limited": (RECORD,)},
        {"limited": (EARNED, EARNED)},
    ],
)
def test_a_ledger_that_would_pay_what_nobody_earned_is_refused(more: dict[str, Any]) -> None:
    """*carried* is 0 or less, *owed* 0 or more: a ledger comes back from a host's storage."""
    assert refusal(lambda: attrs.evolve(LEDGER, **more)) is not None


@pytest.mark.parametrize("minor", [MAX_MINOR, -MAX_MINOR])
def test_amounts_of_any_size_are_settled_or_refused(minor: int) -> None:
    huge = [sold(minor, id=f"D{at}") for at in range(3)]
    for component in (part("0:100%"), part("0:10%"), part("0%:10%", quota=money(1)), part(cap=money(1))):
        for most in (1, 3):
            error = refusal(explained, plan(component), huge[:most])
            assert error is None or error.code == "money.range"


def explained(rules: CompPlan, credits: list[Credit]) -> str:
    return settle(rules, credits, period=JANUARY).explain()


def test_one_credit_alone_is_not_a_list_of_credits() -> None:
    with pytest.raises(InvalidType):
        settle(plan(), sold(1), period=JANUARY)  # type: ignore[arg-type]


def test_a_part_without_its_quota_says_so() -> None:
    measure = Composite([Part(name="sold", measure=Credited.AMOUNT)])
    with pytest.raises(NotFound) as caught:
        paid(plan(part(made("0%:5", Application.FIXED), measure=measure)), sold(1))
    assert caught.value.code == "commission.quota_missing"


def test_thirds_of_a_deal_are_one_deal() -> None:
    """Three sellers with a third of one unit each: none loses the cent that rounding each third would."""
    rules = plan(part(made("0u:10"), measure=Credited.DEALS, rounding_point=RoundingPoint.PAYOUT))
    thirds = [sold(100, number, id=f"D{number}", share=Rate(1, 3)) for number in (3, 4, 5)]
    slip = settle(rules, thirds, period=JANUARY)
    assert (slip.payout.minor, slip.components[0].measured) == (10, Fraction(1))
    assert sorted(line.amount.minor for line in slip.lines) == [3, 3, 4]


def test_credits_may_come_from_a_generator_once() -> None:
    assert settle(plan(), (each for each in [sold(100)]), period=JANUARY).payout.minor == 10
    with pytest.raises(CreditError):
        settle(plan(), (each for each in [sold(100), sold(100)]), period=JANUARY)
