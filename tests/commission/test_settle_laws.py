"""Laws of settlement, and the oracle: what a plan pays does not depend on how the credits come."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from salesplan import commission
from salesplan.commission import (
    Accumulation,
    BelowZero,
    Component,
    Composite,
    CompPlan,
    Credit,
    Credited,
    Draw,
    DrawKind,
    Ledger,
    LineKind,
    Payee,
    PayPeriod,
    Proration,
    Quota,
    RoundingPoint,
    Scope,
    Spiff,
    Statement,
    settle,
)
from salesplan.money import Currency, Money
from salesplan.rate import Rate
from salesplan.rulebook import from_data, json_schema, to_data

from . import oracle
from .strategies import (
    CSAT,
    LI,
    MIXED,
    MONTHS,
    SOLD,
    USD,
    YEAR,
    components,
    credit_lists,
    kpis,
    left_of,
    money,
    multiplier_list,
    note_lists,
    payee,
    plan_of,
    plans,
    spiffs,
)

ALONE = st.sampled_from([Accumulation.DEAL, Accumulation.DAY, Accumulation.PERIOD])
RUNNING = st.sampled_from([Accumulation.QUARTER, Accumulation.YEAR])
PLAIN: dict[str, Any] = {"kpi_gates": False, "multipliers": False, "limits": False}


def quarter_of(months: Sequence[PayPeriod] = MONTHS) -> PayPeriod:
    return PayPeriod(months[0].start, months[-1].end, "the quarter")


def by_month(
    plan: CompPlan,
    lists: Sequence[Sequence[Credit]],
    who: Payee,
    given_kpis: Sequence[dict[str, Rate]],
    months: Sequence[PayPeriod] = MONTHS,
) -> list[Statement]:
    """The statements of one month after the other."""
    found: list[Statement] = []
    for month, credits, known in zip(months, lists, given_kpis, strict=True):
        prior = found[-1] if found else None
        found.append(settle(plan, credits, period=month, payee=who, kpis=known, prior=prior))
    return found


def without_notes(plan: CompPlan, lists: Sequence[list[Credit]]) -> Sequence[list[Credit]]:
    """Where a KPI is measured no note is drawn: what a note does to a KPI is another matter."""
    if any(not isinstance(each.measure, Credited) for each in plan.components):
        return [[credit for credit in credits if credit.reverses is None] for credits in lists]
    return lists


# --- the oracle ----------------------------------------------------------------------------------------------


@given(plans(closing=True), kpis, st.data())
def test_a_first_month_pays_what_the_slow_settlement_pays(
    plan: CompPlan, known: dict[str, Rate], data: st.DataObject
) -> None:
    credits = data.draw(credit_lists(unit=plan.currency))
    who = payee(plan.currency)
    slip = settle(plan, credits, period=MONTHS[0], payee=who, kpis=known)
    month = oracle.Month(MONTHS[0], credits, known)
    for component in plan.components:
        want, got = oracle.expected(plan, component, who, [month]), slip.component(component.id)
        assert got is not None
        assert got.earned.minor == want.earned, want
        assert (got.measured, got.quota) == (want.measured, want.quota)
        if want.quota:
            assert got.attainment is not None
            assert got.attainment.to_fraction() == want.measured / want.quota
    assert slip.payout.minor == oracle.payout(plan, who, month)


@st.composite
def histories(draw: st.DrawFn) -> tuple[CompPlan, list[list[Credit]], list[dict[str, Rate]]]:
    """A plan and three months of deals and notes, some of which take back parts of deals of earlier months."""
    choices = {"accumulating": ALONE} if draw(st.booleans()) else {"accumulating": RUNNING, **PLAIN}
    plan = draw(plans(**choices))
    lists: list[list[Credit]] = []
    deals: list[Credit] = []
    notes: list[Credit] = []
    for at in range(len(MONTHS)):
        new = draw(credit_lists(unit=plan.currency, month=at + 1, prefix=f"D{at}-", most=3))
        deals += [each for each in new if any(oracle.takes(plan, part, each) for part in plan.components)]
        back = draw(note_lists(left_of(deals, notes), month=at + 1, prefix=f"N{at}-"))
        notes += back
        lists.append([*new, *back])
    return plan, [*without_notes(plan, lists)], [draw(kpis) for _ in MONTHS]


@given(histories())
def test_months_pay_what_the_slow_settlement_pays(
    history: tuple[CompPlan, list[list[Credit]], list[dict[str, Rate]]],
) -> None:
    """Credit notes of later months and windows that run over months are in it."""
    plan, lists, known = history
    who = payee(plan.currency)
    slips = by_month(plan, lists, who, known)
    months = [oracle.Month(*each) for each in zip(MONTHS, lists, known, strict=True)]
    for at, slip in enumerate(slips):
        for component in plan.components:
            want, got = oracle.expected(plan, component, who, months[: at + 1]), slip.component(component.id)
            assert got is not None
            assert (at, got.earned.minor) == (at, want.earned), want
            assert (got.measured, got.quota) == (want.measured, want.quota)


RAMPS = ((), (Rate(1, 2),), (Rate(1, 4), Rate(1, 2)))


@given(
    plans(accumulating=RUNNING | ALONE, kpi=False, versions=False),
    st.sampled_from([None, date(YEAR - 1, 12, 30), date(YEAR, 1, 1), date(YEAR, 1, 2), date(YEAR, 1, 3)]),
    st.sampled_from([None, date(YEAR, 1, 4), date(YEAR, 1, 6), date(YEAR, 1, 9)]),
    st.sampled_from(RAMPS),
    kpis,
    st.data(),
)
def test_who_is_there_for_a_part_has_a_part_of_the_quota(
    plan: CompPlan,
    starts: date | None,
    stops: date | None,
    ramp: tuple[Rate, ...],
    known: dict[str, Rate],
    data: st.DataObject,
) -> None:
    """Two periods of four days each, so that a day is a quarter."""
    first, middle, last = date(YEAR, 1, 1), date(YEAR, 1, 5), date(YEAR, 1, 9)
    periods = [PayPeriod(first, middle, "one"), PayPeriod(middle, last, "two")]
    who = payee(plan.currency, starts=starts, stops=stops, ramp=ramp if starts is not None else ())
    lists = [
        data.draw(credit_lists(unit=plan.currency, prefix=prefix, most=3, days=days, negative=False))
        for prefix, days in (("D", (1, 2, 4)), ("E", (5, 6, 8)))
    ]
    months = [oracle.Month(*each) for each in zip(periods, lists, [known, known], strict=True)]
    assume(all(oracle.presence(who, period)[1] for period in periods))  # no attainment of a quota of 0
    slips = by_month(plan, lists, who, [known, known], months=periods)
    for at, slip in enumerate(slips):
        for component in plan.components:
            want, got = oracle.expected(plan, component, who, months[: at + 1]), slip.component(component.id)
            assert got is not None
            assert (at, got.earned.minor, got.quota) == (at, want.earned, want.quota), want


# --- order ---------------------------------------------------------------------------------------------------


@given(histories(), st.randoms(use_true_random=False))
def test_any_order_of_the_credits_gives_an_equal_statement(
    history: tuple[CompPlan, list[list[Credit]], list[dict[str, Rate]]], random: Any
) -> None:
    plan, lists, known = history
    plan = attrs.evolve(plan, spiffs=[Spiff(id="spiff", amount=money(3, plan.currency), per=commission.SpiffPer.DEAL)])
    who = payee(plan.currency)
    shuffled = [random.sample(credits, len(credits)) for credits in lists]
    for one, other in zip(by_month(plan, lists, who, known), by_month(plan, shuffled, who, known), strict=True):
        assert one == other
        assert one.ledger == other.ledger
        assert one.explain() == other.explain()


@given(histories())
def test_the_order_of_components_changes_no_amount(
    history: tuple[CompPlan, list[list[Credit]], list[dict[str, Rate]]],
) -> None:
    plan, lists, known = history
    turned = attrs.evolve(plan, components=plan.components[::-1])
    who = payee(plan.currency)
    for one, other in zip(by_month(plan, lists, who, known), by_month(turned, lists, who, known), strict=True):
        assert one.payout == other.payout
        assert {*one.components} == {*other.components}


# --- lines ---------------------------------------------------------------------------------------------------


def by_hand(line: commission.StatementLine) -> Fraction | None:
    """What a line says of itself: base x rate, or units x amount."""
    if line.kind is not LineKind.EARNED or line.base is None:
        return None
    if line.each is not None:
        return Fraction(line.base) * line.each.minor
    return None if line.rate is None else Fraction(line.base) * line.rate.to_fraction()


@given(histories(), st.data())
def test_lines_sum_to_the_payout_and_can_be_checked_with_a_pencil(
    history: tuple[CompPlan, list[list[Credit]], list[dict[str, Rate]]], data: st.DataObject
) -> None:
    plan, lists, known = history
    plan = attrs.evolve(plan, spiffs=data.draw(st.lists(spiffs(plan.currency), max_size=1)))
    for slip, credits in zip(by_month(plan, lists, payee(plan.currency), known), lists, strict=True):
        assert Money.sum([line.amount for line in slip.lines], currency=plan.currency) == slip.payout
        for summary in slip.components:
            own = [line.amount for line in slip.lines if line.rule == summary.id]
            assert Money.sum(own, currency=plan.currency) == summary.earned
        for line in slip.lines:
            worked = by_hand(line)
            if worked is not None:
                assert abs(line.amount.minor - worked) < 1
            if line.before is not None and line.after is not None and line.each is not None:
                assert line.after - line.before == line.base
        named = {line.deal for line in slip.lines}
        if all(isinstance(part.measure, Credited) for part in plan.components):
            for credit in credits:
                assert credit.deal in named or credit in slip.unmatched, credit
        counting = [part for part in plan.components if isinstance(part.measure, Credited)]  # a KPI asks no credits
        for credit in slip.unmatched:
            assert not any(oracle.takes(plan, part, credit) for part in counting)
        columns = slip.to_columns()
        assert {len(values) for values in columns.values()} == {len(slip.lines)}
        assert sum(columns["amount_minor"]) == slip.payout.minor
        assert slip.payout.amount in slip.explain()
        assert slip._repr_html_()


@given(
    components(
        accumulating=ALONE,
        kpi=False,
        points=st.sampled_from([RoundingPoint.SLICE, RoundingPoint.DEAL]),
        **PLAIN,
    ),
    kpis,
    st.data(),
)
def test_every_slice_or_every_deal_is_rounded_by_itself(
    component: Component, known: dict[str, Rate], data: st.DataObject
) -> None:
    credits = data.draw(credit_lists())
    plan = plan_of(component, below_zero=BelowZero.CLAW)
    who = payee()
    slip = settle(plan, credits, period=MONTHS[0], payee=who, kpis=known)
    rounding = component.table.rounding
    deals: dict[tuple[str | None, date | None], list[commission.StatementLine]] = {}
    for line in slip.of_kind(LineKind.EARNED):
        deals.setdefault((line.deal, line.on), []).append(line)
    exact_sum = Fraction(0)
    for lines in deals.values():
        worked = [by_hand(line) for line in lines]
        exact = sum((each for each in worked if each is not None), Fraction(0))
        if component.table.pays_shares and component.weight is None:
            exact_sum += exact
            if component.rounding_point is RoundingPoint.DEAL:
                assert sum(line.amount.minor for line in lines) == oracle.whole(exact, rounding)
        for line, each in zip(lines, worked, strict=True):
            if each is not None and component.rounding_point is RoundingPoint.SLICE:
                assert line.amount.minor == oracle.whole(each, rounding)
    once = oracle.expected(plan, component, who, [oracle.Month(MONTHS[0], credits, known)]).exact
    assert abs(slip.payout.minor - once) <= len(slip.lines)
    if component.table.pays_shares and component.weight is None and not slip.of_kind(LineKind.GATE):
        assert exact_sum == once


@given(components(versions=False, **{**PLAIN, "limits": True}), kpis, st.data())
def test_a_first_month_has_nothing_to_true_up_and_every_line_pays_its_way(
    component: Component, known: dict[str, Rate], data: st.DataObject
) -> None:
    """A line from *before* to *after* pays what the function of pay rises by between them."""
    credits = data.draw(credit_lists())
    plan = plan_of(component, below_zero=BelowZero.CLAW)
    who = payee()
    slip = settle(plan, credits, period=MONTHS[0], payee=who, kpis=known)
    assert not slip.of_kind(LineKind.TRUE_UP)
    table = component.table
    if oracle.shared_pay(component, table) or table.application is not commission.Application.MARGINAL:
        return
    quota = None if component.quota is None else oracle.exact(component.quota)
    for line in slip.of_kind(LineKind.EARNED):
        if line.before is not None and line.after is not None and by_hand(line) is not None:
            ends = [
                oracle.pay(component, table, Fraction(end), quota, oracle.component_target(component))
                for end in (line.before, line.after)
            ]
            assert by_hand(line) == ends[1] - ends[0]


# --- how deals are cut, and months ---------------------------------------------------------------------------


@given(
    components(
        shapes=["rates of the amount", "attainment", "units, paid on amount", "margin"],
        accumulating=RUNNING | st.just(Accumulation.PERIOD) | st.just(Accumulation.DAY),
        kpi=False,
        **PLAIN,
    ).filter(lambda each: all(version.table.application.value == "marginal" for version in each.tables)),
    credit_lists(negative=False),
    st.integers(0, 4),
    st.integers(0, 5),
)
def test_two_deals_of_a_day_pay_what_one_over_both_does(
    component: Component, credits: list[Credit], which: int, cut: int
) -> None:
    assume(which < len(credits))
    deal = credits[which]
    assert deal.margin is not None
    part, margin, units = deal.amount.minor * cut // 5, deal.margin.minor * cut // 5, deal.units * cut // 5
    first = attrs.evolve(deal, deal="X1", amount=money(part), margin=money(margin), units=units)
    second = attrs.evolve(
        deal,
        deal="X2",
        amount=money(deal.amount.minor - part),
        margin=money(deal.margin.minor - margin),
        units=deal.units - units,
    )
    plan = plan_of(component, below_zero=BelowZero.CLAW)
    one = settle(plan, credits, period=MONTHS[0], payee=LI)
    two = settle(plan, [*credits[:which], first, second, *credits[which + 1 :]], period=MONTHS[0], payee=LI)
    assert one.payout == two.payout
    assert one.components == two.components
    assert one.ledger.balances == two.ledger.balances


def three_lists(unit: Currency = USD, **more: Any) -> st.SearchStrategy[list[list[Credit]]]:
    return st.tuples(*(credit_lists(unit=unit, month=at, prefix=f"D{at}-", most=3, **more) for at in (1, 2, 3))).map(
        list
    )


def exact_pay(slips: Sequence[Statement]) -> Fraction:
    """What the windows came to, before gates to the first unit and rounding."""
    return sum((balance.valued.to_fraction() for balance in slips[-1].ledger.balances), Fraction(0))


def released(slips: Sequence[Statement]) -> Fraction:
    balances = slips[-1].ledger.balances
    return sum((each.earned.to_fraction() - each.withheld.to_fraction() for each in balances), Fraction(0))


NONE_KNOWN: list[dict[str, Rate]] = [{}, {}, {}]


@given(components(accumulating=RUNNING, kpi=False, **PLAIN), three_lists())
def test_months_sum_to_the_quarter(component: Component, lists: list[list[Credit]]) -> None:
    """With quotas the quarter's is three times the month's."""
    quota = component.quota
    tripled = None if quota is None else quota * 3
    plan = plan_of(component, below_zero=BelowZero.CLAW)
    more: dict[str, Any] = {} if component.weight is None else {"on_target_earnings": money(270)}
    at_once = settle(
        plan_of(attrs.evolve(component, quota=tripled), below_zero=BelowZero.CLAW, **more),
        [credit for credits in lists for credit in credits],
        period=quarter_of(),
        payee=LI,
    )
    slips = by_month(plan, lists, Payee(LI), NONE_KNOWN)
    assert exact_pay(slips) == exact_pay([at_once])
    assert released(slips) == released([at_once])
    last, whole = slips[-1].components[0], at_once.components[0]
    assert (last.measured, last.quota, last.attainment) == (whole.measured, whole.quota, whole.attainment)
    paid = sum(slip.payout.minor for slip in slips)
    assert abs(paid - at_once.payout.minor) <= 4  # each of the four is rounded once


@given(components(accumulating=RUNNING, kpi=False, **PLAIN), three_lists(), st.sampled_from([0, 1, 2]))
def test_a_month_without_sales_counts_as_one_with_a_sale_of_nothing(
    component: Component, lists: list[list[Credit]], empty: int
) -> None:
    lists = [[] if at == empty else credits for at, credits in enumerate(lists)]
    nothing = Credit(
        "nothing", LI, amount=money(0), margin=money(0), units=0, on=date(YEAR, empty + 1, 28), share=Rate(0)
    )
    held = [[nothing] if at == empty else credits for at, credits in enumerate(lists)]
    plan = plan_of(component, below_zero=BelowZero.CLAW)
    one, other = by_month(plan, lists, Payee(LI), NONE_KNOWN), by_month(plan, held, Payee(LI), NONE_KNOWN)
    assert [slip.payout for slip in one] == [slip.payout for slip in other]
    assert [slip.attainment("c") for slip in one] == [slip.attainment("c") for slip in other]


@given(
    components(kpi=False, versions=False, **PLAIN),
    three_lists(),
    st.sampled_from([date(YEAR - 5, 1, 1), MONTHS[0].start]),
)
def test_a_table_from_ever_is_one_from_before_the_first_deal(
    component: Component, lists: list[list[Credit]], first: date
) -> None:
    table = component.table
    later = commission.DatedTable(table, date(YEAR, 2, 1))
    ever = attrs.evolve(component, tables=[commission.DatedTable(table), later])
    since = attrs.evolve(component, tables=[commission.DatedTable(table, first), later])
    slips = [by_month(plan_of(each, below_zero=BelowZero.CLAW), lists, Payee(LI), NONE_KNOWN) for each in (ever, since)]
    assert [slip.lines for slip in slips[0]] == [slip.lines for slip in slips[1]]


@given(components(kpi=False, versions=False, **PLAIN), three_lists())
def test_a_change_to_the_same_table_changes_nothing_where_deals_are_walked(
    component: Component, lists: list[list[Credit]]
) -> None:
    """Where tiers are reached by something else than what is paid on, each version has a mix of its own."""
    table = component.table
    assume(not oracle.shared_pay(component, table))
    changed = attrs.evolve(
        component, tables=[commission.DatedTable(table), commission.DatedTable(table, date(YEAR, 2, 16))]
    )
    one, other = (
        by_month(plan_of(each, below_zero=BelowZero.CLAW), lists, Payee(LI), NONE_KNOWN)
        for each in (component, changed)
    )
    assert [slip.payout for slip in one] == [slip.payout for slip in other]


# --- limits, closing -----------------------------------------------------------------------------------------


@given(plans(closing=True), kpis, st.data())
def test_pay_lies_between_floor_and_cap(plan: CompPlan, known: dict[str, Rate], data: st.DataObject) -> None:
    credits = data.draw(credit_lists(unit=plan.currency))
    slip = settle(plan, credits, period=MONTHS[0], payee=payee(plan.currency), kpis=known)
    for component in plan.components:
        summary = slip.component(component.id)
        assert summary is not None
        assert component.cap is None or summary.earned <= component.cap
        assert component.floor is None or summary.earned >= component.floor
    assert plan.cap is None or slip.payout <= plan.cap
    assert plan.floor is None or slip.payout >= plan.floor


@given(components(kpi=False), kpis, st.sampled_from([Proration.CALENDAR_DAYS, Proration.WHOLE_PERIOD, Proration.NONE]))
def test_whoever_is_not_there_is_paid_nothing(
    component: Component, known: dict[str, Rate], proration: Proration
) -> None:
    plan = plan_of(component, proration=proration, floor=money(7))
    plan = attrs.evolve(plan, base_salary=money(31)) if plan.on_target_earnings is None else plan
    slip = settle(plan, [], period=MONTHS[0], payee=payee(starts=date(YEAR, 2, 1)), kpis=known)
    assert (slip.base_salary, slip.payout) == (money(0), money(0))


draws = st.one_of(
    st.none(),
    st.builds(
        Draw,
        amount=st.sampled_from([0, 10, 50]).map(money),
        recovery=st.sampled_from([DrawKind.RECOVERABLE, DrawKind.NON_RECOVERABLE]),
        until=st.sampled_from([None, date(YEAR, 2, 1)]),
    ),
    st.builds(
        Draw,
        amount=st.sampled_from([10, 50]).map(money),
        recovery=st.just(DrawKind.FORGIVEN),
        forgive_on=st.sampled_from([date(YEAR, 2, 1), date(YEAR, 2, 28)]),
        recover_from=st.sampled_from([None, date(YEAR, 3, 1)]),
    ),
)
CLOSING = {LineKind.CARRIED_IN, LineKind.CARRIED_OUT, LineKind.DRAW}


@given(draws, st.sampled_from(BelowZero), components(kpi=False, **PLAIN), three_lists())
def test_what_is_paid_carried_owed_and_forgiven_is_what_was_earned(
    draw: Draw | None, below_zero: BelowZero, component: Component, lists: list[list[Credit]]
) -> None:
    plan = plan_of(component, below_zero=below_zero, draw=draw)
    slips = by_month(plan, lists, Payee(LI), NONE_KNOWN)
    earned = sum(line.amount.minor for slip in slips for line in slip.lines if line.kind not in CLOSING)
    paid = sum(slip.payout.minor for slip in slips)
    forgiven = sum(slip.draw.forgiven.minor for slip in slips if slip.draw is not None)
    forgotten = 0
    if below_zero is BelowZero.FORGIVE:
        out = [line for slip in slips for line in slip.of_kind(LineKind.CARRIED_OUT)]
        forgotten = sum(line.amount.minor for line in out)
    last = slips[-1].ledger
    assert paid == earned - last.carried.minor + last.owed.minor + forgiven + forgotten
    assert last.carried.minor <= 0 <= last.owed.minor
    for slip in slips:
        if below_zero is not BelowZero.CLAW:
            assert slip.payout.minor >= 0
        if draw is not None and (draw.until is None or slip.end <= draw.until):
            assert slip.payout >= draw.amount


@given(components(kpi=False, **PLAIN), three_lists())
def test_carried_pay_catches_up_with_clawed_pay(component: Component, lists: list[list[Credit]]) -> None:
    """CARRY only moves pay: what is still carried at the end is all the difference."""
    carry, claw = (
        by_month(plan_of(component, below_zero=policy), lists, Payee(LI), NONE_KNOWN)
        for policy in (BelowZero.CARRY, BelowZero.CLAW)
    )
    paid, clawed = (sum(slip.payout.minor for slip in slips) for slips in (carry, claw))
    assert paid + carry[-1].carried.minor == clawed


# --- stored --------------------------------------------------------------------------------------------------


@given(histories())
def test_a_stored_ledger_settles_as_the_statement_does(
    history: tuple[CompPlan, list[list[Credit]], list[dict[str, Rate]]],
) -> None:
    plan, lists, known = history
    who = payee(plan.currency)
    prior: Statement | None = None
    for month, credits, now in zip(MONTHS, lists, known, strict=True):
        stored = None if prior is None else from_data(json.loads(json.dumps(to_data(prior.ledger))), Ledger)
        assert stored == (None if prior is None else prior.ledger)
        one = settle(plan, credits, period=month, payee=who, kpis=now, prior=prior)
        other = settle(plan, credits, period=month, payee=who, kpis=now, prior=stored)
        assert one == other
        assert one.ledger == other.ledger
        prior = one


PLAN_SCHEMA = Draft202012Validator(json_schema(CompPlan))


def back(rule: Any) -> Any:
    return from_data(json.loads(json.dumps(to_data(rule))), type(rule))


@given(plans(closing=True), draws)
def test_a_stored_plan_is_the_plan(plan: CompPlan, draw: Draw | None) -> None:
    if plan.currency == USD:
        plan = attrs.evolve(plan, draw=draw)
    assert back(plan) == plan
    assert not list(PLAN_SCHEMA.iter_errors(to_data(plan)))
    for component in plan.components:
        assert back(component) == component
        assert back(component.table) == component.table
        for gate in component.gates:
            assert back(gate) == gate


@given(credit_lists(), multiplier_list(), spiffs())
def test_stored_credits_and_rules_are_themselves(
    credits: list[Credit], multiplier: commission.Multiplier, spiff: Spiff
) -> None:
    for each in [*credits, multiplier, spiff]:
        assert back(each) == each


@pytest.mark.parametrize(
    "rule",
    [
        MIXED,
        Composite([commission.Part(name="a")]),
        Payee(LI),
        Payee(
            LI,
            quotas=[Quota("c", 3), Quota(SOLD, money(5))],
            starts=date(YEAR, 1, 31),
            stops=date(YEAR, 5, 1),
            ramp=[Rate(1, 3), Rate(0)],
        ),
        Scope(products=["b", "a"], labels=["x"], roles=[commission.CreditRole.OVERLAY]),
        commission.ResetDay(4, 28),
        commission.Conversion(currency=USD, rate=Rate(1, 7)),
        commission.KpiRange(kpi=CSAT, at_most=Rate(1)),
        MONTHS[0],
    ],
    ids=lambda rule: type(rule).__name__,
)
def test_a_stored_rule_is_itself(rule: Any) -> None:
    assert back(rule) == rule
