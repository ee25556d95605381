"""What credit notes take back: laws of the three policies, and the cases that broke one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from salesplan.commission import (
    Accumulation,
    Application,
    BelowZero,
    Clawback,
    Component,
    Composite,
    CompPlan,
    Credit,
    Credited,
    CreditError,
    CreditRole,
    DatedTable,
    FirstUnit,
    KpiGate,
    KpiRange,
    LineKind,
    Multiplier,
    Multiplies,
    Part,
    PayBase,
    Payee,
    RateTable,
    Scope,
    Spiff,
    SpiffPer,
    Statement,
    settle,
)
from salesplan.errors import NotFound
from salesplan.ladder import Boundary, Ladder
from salesplan.money import Currency, Money
from salesplan.rate import Rate
from tests.strategies import refusal

from . import oracle
from .strategies import (
    CSAT,
    LI,
    MONTHS,
    USD,
    YEAR,
    components,
    credit_lists,
    kpis,
    left_of,
    money,
    note,
    note_lists,
    payee,
    plan_of,
)

ALL = tuple(Accumulation)
RECOMPUTED: dict[str, Any] = {"clawback": Clawback.RECOMPUTE, "below_zero": BelowZero.CLAW}
PLAIN: dict[str, Any] = {"kpi": False, "kpi_gates": False, "limits": False}
PLAINEST = {**PLAIN, "multipliers": False}


def day(month: int, number: int) -> date:
    return date(YEAR, month, number)


def table_of(tiers: str, application: Application = Application.MARGINAL) -> RateTable:
    """`0:10 100:20`: minor units and percent."""
    steps = [each.split(":") for each in tiers.split()]
    return RateTable(
        Ladder.of(
            [(money(int(at)), Rate.percent(percent)) for at, percent in steps], boundary=Boundary.LOWER_INCLUSIVE
        ),
        application=application,
        currency=USD,
    )


def deal(name: str, minor: int, on: date, **more: Any) -> Credit:
    return Credit(name, LI, amount=money(minor), on=on, **more)


def plan_for(
    policy: Clawback = Clawback.RECOMPUTE,
    *,
    tables: Any = "0:10",
    accumulation: Accumulation = Accumulation.PERIOD,
    of_plan: dict[str, Any] | None = None,
    **more: Any,
) -> CompPlan:
    component = Component(
        id="c",
        tables=table_of(tables) if isinstance(tables, str) else tables,
        accumulation=accumulation,
        **more,
    )
    return plan_of(component, clawback=policy, below_zero=BelowZero.CLAW, **(of_plan or {}))


def in_months(
    plan: CompPlan,
    *lists: Sequence[Credit],
    kpis: Sequence[dict[str, Rate]] = ({}, {}, {}),
    who: Payee | None = None,
) -> list[Statement]:
    found: list[Statement] = []
    for month, credits, known in zip(MONTHS, lists, kpis, strict=False):
        prior = found[-1] if found else None
        found.append(settle(plan, credits, period=month, payee=who or Payee(LI), prior=prior, kpis=known))
    return found


def paid(slips: Sequence[Statement]) -> list[int]:
    return [slip.payout.minor for slip in slips]


# --- the three policies, by hand -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "takes_back"),
    [(Clawback.RECOMPUTE, "4200"), (Clawback.ORIGINAL_RATE, "4000"), (Clawback.LIFO, "4000")],
)
def test_the_first_of_two_deals_is_returned_a_month_later(policy: Clawback, takes_back: str) -> None:
    """4 % to 100,000 and 6 % above; 100,000 and 10,000: the second alone pays 400 of the 4,600."""

    def usd(amount: str) -> Money:
        return Money.of(amount, "USD")

    table = RateTable.of(
        [(0, "4%"), ("100000", "6%")],
        currency="USD",
        application=Application.MARGINAL,
        boundary=Boundary.LOWER_INCLUSIVE,
    )
    plan = plan_for(policy, tables=table)
    first = Credit("D-1", LI, amount=usd("100000"), on=day(1, 5))
    second = Credit("D-2", LI, amount=usd("10000"), on=day(1, 9))
    returned = Credit("N-1", LI, amount=-usd("100000"), on=day(2, 3), reverses="D-1")
    slips = in_months(plan, [first, second], [returned])
    assert [slip.payout for slip in slips] == [usd("4600"), -usd(takes_back)]


# --- RECOMPUTE and LIFO in one period ------------------------------------------------------------------------


def mark(credit: Credit) -> tuple[str, CreditRole]:
    return credit.deal, credit.role


@given(components(kpi=False), credit_lists(most=4), st.data(), kpis)
def test_a_full_note_cancels_its_deal_within_the_period(
    component: Component, credits: list[Credit], data: st.DataObject, known: dict[str, Rate]
) -> None:
    """Every accumulation, modifier and limit; also where the note is dated before its deal."""
    sold = [each for each in credits if each.amount.minor > 0]
    assume(sold)
    gone = data.draw(st.lists(st.sampled_from(sold), min_size=1, max_size=2, unique_by=mark))
    days = [1, 2, 15, 16, 28]
    notes = [
        note(each, each.amount.minor, day(1, data.draw(st.sampled_from(days))), id=f"N{at}")
        for at, each in enumerate(gone)
    ]
    plan = plan_of(component, **RECOMPUTED)
    left = [each for each in credits if each not in gone]
    one = settle(plan, [*credits, *notes], period=MONTHS[0], payee=LI, kpis=known)
    other = settle(plan, left, period=MONTHS[0], payee=LI, kpis=known)
    assert one.payout == other.payout
    assert one.components[0].measured == other.components[0].measured
    assert one.attainment("c") == other.attainment("c")


@given(
    components(kpi=False, versions=False, accumulating=st.sampled_from([Accumulation.PERIOD, Accumulation.YEAR])),
    credit_lists(most=4),
    st.data(),
    kpis,
)
def test_a_negative_sale_cancels_the_same_sale_within_the_period(
    component: Component, credits: list[Credit], data: st.DataObject, known: dict[str, Rate]
) -> None:
    """LIFO, or a note that names nothing."""
    sold = [each for each in credits if each.amount.minor > 0]
    assume(sold)
    gone = data.draw(st.sampled_from(sold))
    back = note(gone, gone.amount.minor, day(1, data.draw(st.sampled_from([1, 15, 28]))))
    left = [each for each in credits if each is not gone]
    lifo = plan_of(component, clawback=Clawback.LIFO, below_zero=BelowZero.CLAW)
    other = settle(lifo, left, period=MONTHS[0], payee=LI, kpis=known)
    assert settle(lifo, [*credits, back], period=MONTHS[0], payee=LI, kpis=known).payout == other.payout
    unnamed = [*credits, attrs.evolve(back, reverses=None)]
    for plan in (lifo, attrs.evolve(lifo, clawback=Clawback.RECOMPUTE)):
        assert settle(plan, unnamed, period=MONTHS[0], payee=LI, kpis=known).payout == other.payout


@given(components(accumulating=st.just(Accumulation.DEAL), **PLAINEST), credit_lists(most=4))
def test_a_negative_sale_is_owed_back_at_what_the_sale_earned(component: Component, credits: list[Credit]) -> None:
    """Below zero pay is mirrored, the gate to the first unit included: every deal alone and its negative come to 0."""
    assume(len(component.tables) == 1)
    plan = plan_of(component, clawback=Clawback.LIFO, below_zero=BelowZero.CLAW)
    sold = [each for each in credits if each.amount.minor > 0]
    notes = [note(each, each.amount.minor, day(1, 28), id=f"N{at}") for at, each in enumerate(sold)]
    assert settle(plan, [*sold, *notes], period=MONTHS[0], payee=LI).payout.minor == 0


# --- RECOMPUTE over periods ----------------------------------------------------------------------------------


@given(components(**PLAINEST), credit_lists(most=4), credit_lists(month=2, prefix="E", most=2), st.data())
def test_a_note_of_a_later_month_leaves_what_the_deal_never_earned(
    component: Component, credits: list[Credit], later: list[Credit], data: st.DataObject
) -> None:
    """Partial notes in any number: the windows are worth what they would be of what is left of their deals."""
    notes: list[Credit] = []
    for at in range(data.draw(st.integers(1, 3))):
        notes += data.draw(note_lists(left_of(credits, notes), month=2, prefix=f"N{at}-"))
    plan = plan_of(component, **RECOMPUTED)
    slips = in_months(plan, credits, [*later, *notes])
    who = payee()
    months = [oracle.Month(MONTHS[0], credits, {}), oracle.Month(MONTHS[1], [*later, *notes], {})]
    worth = oracle.worth(plan, component, who, months)
    balances = slips[-1].ledger.balances
    kept = sum((each.earned.to_fraction() - each.withheld.to_fraction() for each in balances), Fraction(0))
    assert kept == sum(worth.values(), Fraction(0))
    assert abs(sum(paid(slips)) - kept) < 2  # each of the two is rounded
    for record in slips[-1].ledger.deals:
        if not record.component:  # a note, kept so that its id is known
            continue
        whole = next((each for each in [*credits, *later] if mark(each) == (record.deal, record.role)), None)
        assert whole is not None
        back = sum(-each.credited for each in notes if (each.reverses, each.role) == (record.deal, record.role))
        assert record.credited.to_fraction() == whole.credited - back


def known_deals(slip: Statement) -> list[Any]:
    """What is left of deals; the notes themselves are kept too, under no component."""
    return [record for record in slip.ledger.deals if record.component]


@given(
    components(**PLAIN),
    credit_lists(most=3),
    st.lists(st.integers(1, 3), min_size=1, max_size=4),
    kpis,
    st.sampled_from([Clawback.RECOMPUTE, Clawback.ORIGINAL_RATE]),
)
def test_partial_notes_take_back_what_one_note_does(
    component: Component, credits: list[Credit], parts: list[int], known: dict[str, Rate], policy: Clawback
) -> None:
    sold = [each for each in credits if each.amount.minor >= sum(parts)]
    assume(sold)
    gone = sold[0]
    plan = plan_of(component, clawback=policy, below_zero=BelowZero.CLAW)
    many = [note(gone, part, day(2, 1 + at), id=f"N{at}") for at, part in enumerate(parts)]
    once = note(gone, sum(parts), day(2, 1))
    several = in_months(plan, credits, many, kpis=[known, {**known, CSAT: Rate(1)}])
    single = in_months(plan, credits, [once], kpis=[known, {**known, CSAT: Rate(1)}])
    assert paid(several) == paid(single)
    assert several[-1].ledger.balances == single[-1].ledger.balances
    assert known_deals(several[-1]) == known_deals(single[-1])


# --- ORIGINAL_RATE -------------------------------------------------------------------------------------------


@given(
    components(
        accumulating=st.sampled_from([Accumulation.DEAL, Accumulation.DAY, Accumulation.PERIOD]),
        gates=False,
        **PLAINEST,
    ),
    credit_lists(most=4),
    st.data(),
    st.sampled_from([1, 2]),
)
def test_the_original_rate_takes_back_the_lines_of_the_deal_in_proportion(
    component: Component, credits: list[Credit], data: st.DataObject, month: int
) -> None:
    sold = [each for each in credits if each.amount.minor > 0 and each.share > Rate(0)]
    assume(sold)
    gone = data.draw(st.sampled_from(sold))
    minor = data.draw(st.sampled_from([1, gone.amount.minor]))
    number = data.draw(st.sampled_from([n for n in (1, 2, 15, 16, 28) if month == 2 or n >= gone.on.day]))
    back = note(gone, minor, day(month, number))
    plan = plan_of(component, clawback=Clawback.ORIGINAL_RATE, below_zero=BelowZero.CLAW)
    slips = in_months(plan, [*credits, back]) if month == 1 else in_months(plan, credits, [back])
    claws = [line for line in slips[-1].of_kind(LineKind.CLAWBACK) if line.deal == back.deal]
    taken = sum(line.amount.minor for line in claws)
    if month == 2:
        record = next(each for each in in_months(plan, credits)[0].ledger.deals if (each.deal, each.role) == mark(gone))
        assert abs(taken + record.paid.to_fraction() * minor / gone.amount.minor) < 1
    if component.table.pays_shares and component.weight is None:
        lines = [line for line in slips[0].of_kind(LineKind.EARNED) if (line.deal, line.on) == (gone.deal, gone.on)]
        own = sum(
            (Fraction(line.base or 0) * line.rate.to_fraction() for line in lines if line.rate is not None), Fraction(0)
        )
        assert abs(taken + own * minor / gone.amount.minor) < 1


# --- cases that broke a law ----------------------------------------------------------------------------------

TWICE = Multiplier(name="twice", factor=Rate(2), on=Multiplies.OUTPUT)
KEPT = KpiGate(when=KpiRange(kpi=CSAT, at_least=Rate(1)), otherwise=Rate(1, 2))


@pytest.mark.parametrize("policy", [Clawback.RECOMPUTE, Clawback.ORIGINAL_RATE])
@pytest.mark.parametrize("accumulation", [Accumulation.DEAL, Accumulation.DAY, Accumulation.PERIOD])
def test_what_multipliers_made_of_a_deal_is_known_after_a_note_of_its_own_month(
    policy: Clawback, accumulation: Accumulation
) -> None:
    """A first note within the month made the record forget the factor: the second took back half of what was paid."""
    plan = plan_for(policy, accumulation=accumulation, multipliers=[TWICE])
    sold = deal("D", 1000, day(1, 3))
    slips = in_months(plan, [sold, note(sold, 400, day(1, 5), id="N1")], [note(sold, 600, day(2, 5), id="N2")])
    assert paid(slips) == [120, -120]


@pytest.mark.parametrize("policy", [Clawback.RECOMPUTE, Clawback.ORIGINAL_RATE])
def test_what_a_gate_left_of_a_deal_is_known_after_a_note_of_its_own_month(policy: Clawback) -> None:
    plan = plan_for(policy, gates=[KEPT])
    sold = deal("D", 1000, day(1, 3))
    slips = in_months(
        plan,
        [sold, note(sold, 400, day(1, 5), id="N1")],
        [note(sold, 600, day(2, 5), id="N2")],
        kpis=[{CSAT: Rate(0)}, {CSAT: Rate(1)}],
    )
    assert paid(slips) == [30, -30]


def test_the_original_rate_takes_back_nothing_that_a_gate_withheld() -> None:
    """The deal was paid 0: its gate to the first unit was never reached."""
    plan = plan_for(Clawback.ORIGINAL_RATE, gates=[FirstUnit(money(5000))])
    sold = deal("D", 1000, day(1, 3))
    assert paid(in_months(plan, [sold], [note(sold, 1000, day(2, 5))])) == [0, 0]


@pytest.mark.parametrize("months", [(2, 2), (2, 3)])
def test_the_original_rate_takes_back_what_was_paid_though_a_first_note_closed_the_gate(
    months: tuple[int, int],
) -> None:
    """1,000 reached the gate and paid 100; of the 900 that a first note left, the second took back nothing."""
    plan = plan_for(Clawback.ORIGINAL_RATE, gates=[FirstUnit(money(1000))])
    sold = deal("D", 1000, day(1, 3))
    lists: list[list[Credit]] = [[sold], [], []]
    for at, (month, minor) in enumerate(zip(months, (100, 200), strict=True)):
        lists[month - 1].append(note(sold, minor, day(month, 3 + at), id=f"N{at}"))
    assert sum(paid(in_months(plan, *lists))) == 100 - 10 - 20


def test_a_gate_that_is_new_this_month_takes_back_nothing_of_the_last() -> None:
    """A note of 100 took back all of January, which never knew the gate; 10 or a refusal is right."""
    sold, kept = deal("D", 100, day(1, 3)), deal("E", 900, day(1, 3))
    january = in_months(plan_for(), [sold, kept])[0]
    gated = plan_for(gates=[FirstUnit(money(5000))])
    back = [note(sold, 100, day(2, 3))]
    if refusal(settle, gated, back, period=MONTHS[1], prior=january) is None:
        assert settle(gated, back, period=MONTHS[1], prior=january).payout.minor == -10


def test_a_deal_that_only_an_earlier_component_knew_is_no_stranger() -> None:
    """The plan was recut: whatever its note takes back, the ledger knows the deal."""
    sold = deal("D", 100, day(1, 3))
    january = in_months(plan_for(), [sold])[0]
    recut = plan_of(Component(id="other", tables=table_of("0:10"), accumulation=Accumulation.PERIOD))
    error = refusal(settle, recut, [note(sold, 100, day(2, 3))], period=MONTHS[1], prior=january)
    assert error is None or error.code != "commission.unknown_deal"


@pytest.mark.parametrize("policy", [Clawback.RECOMPUTE, Clawback.ORIGINAL_RATE])
@pytest.mark.parametrize("accumulation", [Accumulation.PERIOD, Accumulation.QUARTER, Accumulation.YEAR])
def test_a_note_takes_back_what_the_month_of_its_deal_made_of_it(policy: Clawback, accumulation: Accumulation) -> None:
    """January's gate left half, or its multiplier gave twice the pay; over a quarter February's counted."""
    sold = deal("D", 1000, day(1, 3))
    high = Multiplier(name="twice", factor=Rate(2), on=Multiplies.OUTPUT, when=KpiRange(kpi=CSAT, at_most=Rate(0)))
    for more, earned in (({"gates": [KEPT]}, 50), ({"multipliers": [high]}, 200)):
        plan = plan_for(policy, accumulation=accumulation, **more)
        slips = in_months(plan, [sold], [note(sold, 1000, day(2, 5))], kpis=[{CSAT: Rate(0)}, {CSAT: Rate(1)}])
        assert paid(slips) == [earned, -earned]


def test_a_part_of_a_deal_is_a_part_of_a_deal_in_a_composite_as_well() -> None:
    """Two deals less a tenth of one are 1.9 of 10, as where deals are measured; the note counted whole."""
    component = Component(
        id="kpi",
        tables=curve(("0", money(0)), ("100", money(1000))),
        accumulation=Accumulation.PERIOD,
        measure=Composite([Part(name="deals", measure=Credited.DEALS)]),
    )
    plan = plan_of(component, **RECOMPUTED)
    sold = deal("D", 1000, day(1, 3))
    credits = [sold, deal("E", 1000, day(1, 3)), note(sold, 100, day(1, 4))]
    assert paid(in_months(plan, credits, who=Payee(LI, quotas={"deals": 10}))) == [190]


@pytest.mark.parametrize("policy", list(Clawback))
def test_a_note_dated_before_its_deal_cancels_it_all_the_same(policy: Clawback) -> None:
    sold = deal("D", 1000, day(1, 5))
    assert paid(in_months(plan_for(policy), [sold, note(sold, 1000, day(1, 3))])) == [0]


@pytest.mark.parametrize("policy", [Clawback.RECOMPUTE, Clawback.ORIGINAL_RATE])
def test_a_note_of_a_deal_that_no_component_is_for_is_unmatched_with_it(policy: Clawback) -> None:
    plan = plan_for(policy, scope=Scope(products=["a"]))
    sold = deal("D", 1000, day(1, 3), product="b")
    back = note(sold, 1000, day(1, 5))
    slip = in_months(plan, [sold, back])[0]
    assert (slip.payout.minor, slip.unmatched) == (0, (sold, back))


def kpi_plan(policy: Clawback, table: RateTable, **more: Any) -> CompPlan:
    satisfaction = Component(
        id="kpi",
        tables=table,
        accumulation=Accumulation.PERIOD,
        measure=Part(name=CSAT),
        **more,
    )
    sales = Component(id="c", tables=table_of("0:10"), accumulation=Accumulation.PERIOD)
    return plan_of(sales, satisfaction, clawback=policy, below_zero=BelowZero.CLAW)


def curve(*steps: tuple[str, Any], application: Application = Application.INTERPOLATED) -> RateTable:
    return RateTable(
        Ladder.of([(Rate.percent(at), value) for at, value in steps], boundary=Boundary.LOWER_INCLUSIVE),
        application=application,
        currency=USD,
        ceiling=Rate(2),
    )


@pytest.mark.parametrize("policy", [Clawback.RECOMPUTE, Clawback.ORIGINAL_RATE])
def test_a_note_takes_nothing_back_of_what_a_kpi_earned(policy: Clawback) -> None:
    plan = kpi_plan(
        policy,
        curve(("0", Rate(1, 2)), ("100", Rate(1))),
        pays_on=PayBase.ON_TARGET,
        weight=Rate(1),
    )
    sold = deal("D", 100, day(1, 3))
    known = {CSAT: Rate(1)}
    slips = in_months(plan, [sold], [note(sold, 100, day(2, 3))], kpis=[known, known])
    assert paid(slips) == [10 + 90, 90 - 10]


@pytest.mark.parametrize("policy", [Clawback.RECOMPUTE, Clawback.ORIGINAL_RATE])
@pytest.mark.parametrize("month", [1, 2])
def test_a_note_is_no_stranger_where_only_a_kpi_is_paid(policy: Clawback, month: int) -> None:
    """The credits know the deal: that no component pays by it is no reason to refuse its note."""
    component = Component(
        id="kpi",
        tables=curve(("0", money(0)), ("100", money(50)), application=Application.FIXED),
        accumulation=Accumulation.PERIOD,
        measure=Part(name=CSAT),
    )
    plan = plan_of(component, clawback=policy, below_zero=BelowZero.CLAW)
    sold = deal("D", 100, day(1, 3))
    back = note(sold, 100, day(month, 5))
    known = {CSAT: Rate(1)}
    lists = [[sold, back], []] if month == 1 else [[sold], [back]]
    assert paid(in_months(plan, *lists, kpis=[known, known])) == [50, 50]


@pytest.mark.parametrize("accumulation", [Accumulation.DEAL, Accumulation.DAY, Accumulation.PERIOD])
def test_what_is_returned_within_the_period_is_not_measured(accumulation: Accumulation) -> None:
    """Attainment moves gates of other components: a deal that came back does not count for it."""
    tables = [DatedTable(table_of("0:10")), DatedTable(table_of("0:10"), day(1, 15))]
    plan = plan_for(tables=tables, accumulation=accumulation, quota=money(1000))
    sold = deal("D", 600, day(1, 3))
    slip = in_months(plan, [sold, note(sold, 600, day(1, 24))])[0]
    assert slip.payout.minor == 0
    assert slip.components[0].measured == 0
    assert slip.attainment("c") == Rate(0)


def test_a_capped_month_takes_back_no_more_than_it_would_have_paid_less() -> None:
    """150 earned, 100 paid: without the 50 it is 100 still, as RECOMPUTE says."""
    plan = plan_for(cap=money(100))
    kept, gone = deal("D", 1000, day(1, 3)), deal("E", 500, day(1, 3))
    assert paid(in_months(plan, [kept, gone], [note(gone, 500, day(2, 4))])) == [100, 0]


def test_a_floor_that_was_paid_is_not_taken_back() -> None:
    """20 earned, the floor of 100 paid: without the deal it is the floor still."""
    plan = plan_for(floor=money(100))
    sold = deal("D", 200, day(1, 3))
    assert paid(in_months(plan, [sold], [note(sold, 200, day(2, 4))])) == [100, 100]


def test_a_spiff_beyond_its_limit_is_not_taken_back() -> None:
    """Three deals at 5 are limited to 10: without one of them 10 would have been paid still."""
    bonus = Spiff(id="s", amount=money(5), per=SpiffPer.DEAL, limit=money(10))
    plan = plan_for(tables="0:0", of_plan={"spiffs": [bonus]})
    sold = [deal(f"D{at}", 100, day(1, 3)) for at in range(3)]
    slips = in_months(plan, sold, [note(sold[0], 100, day(2, 4))])
    assert paid(slips) == [10, 0]


def test_a_deal_credited_in_two_months_is_refused_or_known_whole() -> None:
    """The second credit was paid and then forgotten: a note over it found only the first."""
    plan = plan_for()
    first, second = deal("D", 1000, day(1, 3)), deal("D", 3000, day(2, 3))
    january = in_months(plan, [first])
    error = refusal(settle, plan, [second], period=MONTHS[1], prior=january[0])
    if error is not None:
        assert error.code == "commission.credited_twice"
        return
    february = settle(plan, [second], period=MONTHS[1], prior=january[0])
    march = settle(plan, [note(second, 3000, day(3, 3))], period=MONTHS[2], prior=february)
    assert (february.payout.minor, march.payout.minor) == (300, -300)


def test_a_note_of_another_version_moves_the_tiers_of_the_later_one() -> None:
    """100 under the old table, then 50 at the new one's second tier; without the 100 the 50 are in its first."""
    tables = [DatedTable(table_of("0:10")), DatedTable(table_of("0:10 100:20"), day(1, 15))]
    plan = plan_for(tables=tables)
    old, new = deal("D", 100, day(1, 3)), deal("E", 50, day(1, 20))
    assert paid(in_months(plan, [old, new])) == [10 + 10]
    assert paid(in_months(plan, [old, new, note(old, 100, day(1, 28))])) == [5]
    assert paid(in_months(plan, [old, new], [note(old, 100, day(2, 28))])) == [20, -15]


@pytest.mark.parametrize("policy", [Clawback.RECOMPUTE, Clawback.ORIGINAL_RATE])
@pytest.mark.parametrize("accumulation", ALL)
def test_more_than_is_left_is_refused(policy: Clawback, accumulation: Accumulation) -> None:
    plan = plan_for(policy, accumulation=accumulation)
    sold = deal("D", 100, day(1, 3))
    lists: list[list[list[Credit]]] = [
        [[sold, note(sold, 60, day(1, 4), id="N1"), note(sold, 41, day(1, 5), id="N2")]],
        [[sold, note(sold, 60, day(1, 4), id="N1")], [note(sold, 41, day(2, 5), id="N2")]],
        [[sold], [note(sold, 60, day(2, 4), id="N1"), note(sold, 41, day(2, 5), id="N2")]],
        [[sold], [note(sold, 100, day(2, 4), id="N1")], [note(sold, 1, day(3, 5), id="N2")]],
    ]
    for each in lists:
        with pytest.raises(CreditError) as caught:
            in_months(plan, *each)
        assert caught.value.code == "commission.returned_too_much"
    exactly = [[sold, note(sold, 60, day(1, 4), id="N1")], [note(sold, 40, day(2, 5), id="N2")]]
    assert sum(paid(in_months(plan, *exactly))) == 0


@pytest.mark.parametrize("policy", [Clawback.RECOMPUTE, Clawback.ORIGINAL_RATE])
def test_a_note_of_an_unknown_deal_says_so(policy: Clawback) -> None:
    with pytest.raises(NotFound) as caught:
        in_months(plan_for(policy), [Credit("N", LI, amount=money(-5), on=day(1, 3), reverses="nobody knows")])
    assert caught.value.code == "commission.unknown_deal"


@pytest.mark.parametrize("accumulation", ALL)
def test_overlay_and_primary_credit_of_a_deal_are_taken_back_apart(accumulation: Accumulation) -> None:
    plan = plan_for(accumulation=accumulation)
    own = deal("D", 100, day(1, 3))
    helped = attrs.evolve(own, role=CreditRole.OVERLAY, share=Rate(1, 2))
    slips = in_months(plan, [own, helped], [note(helped, 100, day(2, 3))])
    assert paid(slips) == [15, -5]
    assert paid(in_months(plan, [own, helped], [note(own, 100, day(2, 3))])) == [15, -10]


def test_two_accumulations_of_a_deal_are_never_mistaken_for_each_other() -> None:
    """A deal may be called what the window of another one's overlay credit is called."""
    plan = plan_for(
        tables=table_of("0:10 1000:20", Application.WHOLE),
        accumulation=Accumulation.DEAL,
    )
    credits = [deal("D", 600, day(1, 3), role=CreditRole.OVERLAY), deal("D (overlay)", 600, day(1, 4))]
    assert paid(in_months(plan, credits)) == [120]


def test_units_and_deals_come_back_in_proportion() -> None:
    """Half of the amount is half of the units, whatever the note counts."""
    table = RateTable(
        Ladder.of([(0, money(10))], boundary=Boundary.LOWER_INCLUSIVE),
        application=Application.MARGINAL,
        currency=USD,
    )
    for measure, units, expected in ((Credited.UNITS, 4, [40, -20]), (Credited.DEALS, 4, [10, -5])):
        plan = plan_for(tables=table, measure=measure)
        sold = deal("D", 100, day(1, 3), units=units)
        back = attrs.evolve(note(sold, 50, day(2, 3)), units=1)
        assert paid(in_months(plan, [sold], [back])) == expected


@pytest.mark.parametrize("minor", [5, 10, 15])
def test_a_currency_without_decimals_is_no_different(minor: int) -> None:
    jpy = Currency.iso("JPY")
    table = RateTable.of(
        [(0, "10%")], currency=jpy, application=Application.MARGINAL, boundary=Boundary.LOWER_INCLUSIVE
    )
    component = Component(id="c", tables=table, accumulation=Accumulation.PERIOD)
    plan = plan_of(component, **RECOMPUTED)
    sold = Credit("D", LI, amount=Money(minor, jpy), on=day(1, 3))
    slips = in_months(plan, [sold, note(sold, minor, day(1, 4))])
    assert slips[0].payout == Money(0, jpy)
