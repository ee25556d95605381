"""Small plans, credits and payees with the ugly edges common: thresholds hit exactly, thirds, zeros, credit notes.

Everything is in minor units of one currency, with decimals or without; tables have one to three tiers, whose edges are
the sums that a few credits easily come to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import attrs
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
    CreditRole,
    DatedTable,
    DeadZone,
    FirstUnit,
    KpiGate,
    KpiRange,
    Multiplier,
    Multiplies,
    Part,
    PayBase,
    Payee,
    PayPeriod,
    Quota,
    RateTable,
    RoundingPoint,
    Scope,
    Spiff,
    SpiffPer,
)
from salesplan.ladder import Boundary, Ladder
from salesplan.money import Currency, Money, Rounding
from salesplan.rate import Rate

USD, JPY = Currency.iso("USD"), Currency.iso("JPY")
YEAR = 2026
MONTHS = tuple(PayPeriod.month(YEAR, number) for number in (1, 2, 3))
LI = "li"
CSAT, SOLD = "csat", "sold"
ONE = Rate(1)

DAYS = (1, 2, 15, 16, 28)
CHANGES = (date(YEAR, 1, 1), date(YEAR, 1, 15), date(YEAR, 1, 16), date(YEAR, 2, 1), date(YEAR, 2, 16))
"""First days of a new table: with a period, within it, on and between the days of deals."""

AMOUNTS = (0, 1, 5, 10, 25, 40, 50, 60, 75, 100, 100)
EDGES = (0, 10, 25, 50, 60, 100)
UNIT_EDGES = (0, 1, 2, 3, 5)
ATTAINED = (Rate(0), Rate(1, 2), Rate(3, 4), Rate(1), Rate(6, 5))
RATES = (Rate(0), Rate(1, 10), Rate(7, 100), Rate(1, 3), Rate(1, 2), Rate(1))
MULTIPLES = (Rate(0), Rate(1, 2), Rate(1), Rate(3, 2))
PRIZES = (0, 1, 7, 30, 101)
SHARES = (ONE, ONE, ONE, Rate(1, 2), Rate(1, 3), Rate(2, 3), Rate(0))


def money(minor: int, unit: Currency = USD) -> Money:
    return Money(minor, unit)


currencies = st.sampled_from([USD, USD, JPY])
roundings = st.sampled_from(Rounding)
at_payout = st.just(RoundingPoint.PAYOUT)
boundaries = st.sampled_from(Boundary)
accumulations = st.sampled_from(Accumulation)
kpis = st.fixed_dictionaries({CSAT: st.sampled_from([Rate(0), Rate(1, 2), Rate(17, 20), Rate(1), Rate(6, 5)])})


# --- tables --------------------------------------------------------------------------------------------------


@st.composite
def tables(
    draw: st.DrawFn,
    kind: type,
    values: str,
    *,
    unit: Currency = USD,
    applications: Sequence[Application] = tuple(Application),
    rounding: Rounding = Rounding.HALF_UP,
    boundary: Boundary = Boundary.LOWER_INCLUSIVE,
    from_nothing: bool = False,
) -> RateTable:
    """A table over Money, Rate or int; its values are "rates", "multiples" or "amounts", the one at 0 is 0 if asked."""
    application = draw(st.sampled_from(applications))
    pool: Sequence[Any] = {Money: [money(edge, unit) for edge in EDGES], int: UNIT_EDGES, Rate: ATTAINED}[kind]
    least = 2 if application is Application.INTERPOLATED else 1
    places = sorted(draw(st.sets(st.sampled_from(range(len(pool))), min_size=least, max_size=3)))
    choice: Sequence[Any] = {
        "rates": RATES,
        "multiples": MULTIPLES,
        "amounts": [money(minor, unit) for minor in PRIZES],
    }[values]
    steps = [(pool[place], draw(st.sampled_from(choice))) for place in places]
    if from_nothing and places[0] == 0:
        steps[0] = (pool[0], choice[0])
    return RateTable(
        Ladder.of(steps, boundary=boundary),
        application=application,
        currency=unit,
        rounding=rounding,
        ceiling=Rate(2),
    )


BY_RATE = (Application.MARGINAL, Application.WHOLE)
BY_AMOUNT = (Application.FIXED, Application.INTERPOLATED)

SHAPES: tuple[tuple[str, dict[str, Any], type | None, str, tuple[Application, ...]], ...] = (
    ("rates of the amount", {}, Money, "rates", BY_RATE),
    ("prizes by amount", {}, Money, "amounts", BY_AMOUNT),
    ("margin", {"measure": Credited.MARGIN, "pays_on": PayBase.MARGIN}, Money, "rates", BY_RATE),
    ("amount, paid on margin", {"pays_on": PayBase.MARGIN}, Money, "rates", BY_RATE),
    ("margin, paid on amount", {"measure": Credited.MARGIN}, Money, "rates", BY_RATE),
    ("by the unit", {"measure": Credited.UNITS}, int, "amounts", BY_RATE),
    ("prizes by units", {"measure": Credited.UNITS}, int, "amounts", BY_AMOUNT),
    ("units, paid on amount", {"measure": Credited.UNITS}, int, "rates", BY_RATE),
    ("by the deal", {"measure": Credited.DEALS}, int, "amounts", BY_RATE),
    ("deals, paid on amount", {"measure": Credited.DEALS}, int, "rates", BY_RATE),
    ("attainment", {}, Rate, "rates", BY_RATE),
    ("attainment, prizes", {}, Rate, "amounts", BY_AMOUNT),
    ("attainment of units, paid on amount", {"measure": Credited.UNITS}, Rate, "rates", BY_RATE),
    ("curve", {"pays_on": PayBase.ON_TARGET}, Rate, "multiples", (Application.WHOLE, Application.INTERPOLATED)),
    ("multiples", {"pays_on": PayBase.ON_TARGET_ATTAINED}, Rate, "multiples", BY_RATE),
    (
        "multiples of units",
        {"pays_on": PayBase.ON_TARGET_ATTAINED, "measure": Credited.UNITS},
        Rate,
        "multiples",
        BY_RATE,
    ),
)
KPI_SHAPES: tuple[tuple[str, dict[str, Any], type, str, tuple[Application, ...]], ...] = (
    ("KPI, rates", {}, Rate, "rates", BY_RATE),
    ("KPI, prizes", {}, Rate, "amounts", BY_AMOUNT),
    ("KPI, curve", {"pays_on": PayBase.ON_TARGET}, Rate, "multiples", (Application.WHOLE, Application.INTERPOLATED)),
    ("KPI, multiples", {"pays_on": PayBase.ON_TARGET_ATTAINED}, Rate, "multiples", BY_RATE),
)
MIXED = Composite(
    [
        Part(name=SOLD, weight=Rate(1, 2), measure=Credited.AMOUNT),
        Part(name=CSAT, weight=Rate(1, 2)),
    ]
)


def key_of(kind: type, unit: Currency, *, at: int) -> Any:
    """Something above 0 that tiers of that kind are reached by."""
    return {Money: money((10, 25, 60, 100)[at], unit), int: (1, 2, 3, 5)[at], Rate: ATTAINED[at + 1]}[kind]


@st.composite
def components(
    draw: st.DrawFn,
    /,
    *,
    id: str = "c",
    unit: Currency = USD,
    shapes: Iterable[str] | None = None,
    kpi: bool = True,
    accumulating: st.SearchStrategy[Accumulation] = accumulations,
    versions: bool = True,
    gates: bool = True,
    kpi_gates: bool = True,
    multipliers: bool = True,
    limits: bool = True,
    rounding: st.SearchStrategy[Rounding] = roundings,
    points: st.SearchStrategy[RoundingPoint] = at_payout,
    **more: Any,
) -> Component:
    """A component; what pays on target weighs 1 until `plans` shares it out."""
    wanted = None if shapes is None else {*shapes}
    pool = [each for each in (*SHAPES, *(KPI_SHAPES if kpi else ())) if wanted is None or each[0] in wanted]
    name, choices, kind, values, applications = draw(st.sampled_from(pool))
    assert kind is not None
    of_kpi = name.startswith("KPI")
    accumulation = Accumulation.PERIOD if of_kpi else draw(accumulating)
    if of_kpi:
        choices = {**choices, "measure": draw(st.sampled_from([Part(name=CSAT), MIXED]))}
    alike: dict[str, Any] = {"unit": unit, "rounding": draw(rounding), "boundary": draw(boundaries)}
    # what a step at 0 pays before anything is sold is no question of deals: see test_settle_edges
    alike["from_nothing"] = not of_kpi and (applications == BY_AMOUNT or name == "curve")
    first = draw(tables(kind, values, applications=applications, **alike))
    dated: RateTable | list[DatedTable] = first
    if versions and draw(st.booleans()):
        change = draw(st.sampled_from(CHANGES))
        later = draw(tables(kind, values, applications=applications, **alike))
        opening = draw(st.sampled_from([None, date(YEAR - 1, 12, 1)]))
        dated = [DatedTable(first, opening), DatedTable(later, change)]
    on_target = choices.get("pays_on") in {PayBase.ON_TARGET, PayBase.ON_TARGET_ATTAINED}
    sliced = values != "amounts" or applications == BY_RATE
    if kind is Rate and not of_kpi:
        counted = choices.get("measure", Credited.AMOUNT)
        sizes = (50, 100, 30) if counted is Credited.AMOUNT else (2, 3, 10)
        size = draw(st.sampled_from(sizes))
        choices = {**choices, "quota": money(size, unit) if counted is Credited.AMOUNT else size}
    hurdles: list[Any] = []
    if gates and sliced and choices.get("pays_on") is not PayBase.ON_TARGET and draw(st.sampled_from([0, 0, 1])):
        hurdles.append(DeadZone(key_of(kind, unit, at=draw(st.integers(0, 1)))))
    if gates and not of_kpi and draw(st.sampled_from([0, 0, 1])):
        hurdles.append(FirstUnit(key_of(kind, unit, at=draw(st.integers(0, 2)))))
    if kpi_gates and draw(st.sampled_from([0, 0, 1])):
        hurdles.append(
            KpiGate(
                when=KpiRange(kpi=CSAT, at_least=Rate(17, 20)), otherwise=draw(st.sampled_from([Rate(0), Rate(1, 2)]))
            )
        )
    factors: list[Multiplier] = []
    if multipliers:
        factors = draw(st.lists(multiplier_list(), max_size=2, unique_by=lambda each: each.name))
    if limits and draw(st.sampled_from([0, 0, 1])):
        choices = {**choices, "counted_to": key_of(kind, unit, at=draw(st.integers(2, 3)))}
    if limits and draw(st.sampled_from([0, 0, 1])):
        choices = {**choices, "cap": money(draw(st.sampled_from([5, 33, 60])), unit)}
    if limits and draw(st.sampled_from([0, 0, 1])):
        choices = {**choices, "floor": money(draw(st.sampled_from([0, 1, 5])), unit)}
    return Component(
        id=id,
        tables=dated,
        accumulation=accumulation,
        rounding_point=draw(points),
        weight=ONE if on_target else None,
        gates=hurdles,
        multipliers=factors,
        **{**choices, **more},
    )


def multiplier_list() -> st.SearchStrategy[Multiplier]:
    return st.builds(
        lambda name, factor, on, scope, when: Multiplier(
            name=name, factor=factor, on=on, scope=scope if on is Multiplies.INPUT else Scope(), when=when
        ),
        st.sampled_from(["m1", "m2"]),
        st.sampled_from([Rate(0), Rate(1, 2), Rate(3, 2), Rate(2)]),
        st.sampled_from(Multiplies),
        st.sampled_from([Scope(), Scope(products=["a"])]),
        st.sampled_from([None, None, KpiRange(kpi=CSAT, at_least=Rate(1)), KpiRange(kpi=CSAT, at_most=Rate(17, 20))]),
    )


def spiffs(unit: Currency = USD) -> st.SearchStrategy[Spiff]:
    return st.builds(
        Spiff,
        id=st.just("spiff"),
        amount=st.sampled_from([1, 5]).map(lambda minor: money(minor, unit)),
        per=st.sampled_from(SpiffPer),
        scope=st.sampled_from([Scope(), Scope(products=["a"])]),
        first=st.sampled_from([None, date(YEAR, 1, 2)]),
        until=st.sampled_from([None, date(YEAR, 2, 16)]),
        limit=st.sampled_from([None, 0, 7]).map(lambda minor: None if minor is None else money(minor, unit)),
    )


def plan_of(*parts: Component, unit: Currency | None = None, **more: Any) -> CompPlan:
    """A plan of these components; what pays on target shares the on-target pay evenly."""
    unit = unit or parts[0].table.currency
    weighing = [part for part in parts if part.weight is not None]
    if weighing:
        more.setdefault("on_target_earnings", money(90, unit))
    shared = [part if part.weight is None else attrs.evolve(part, weight=Rate(1, len(weighing))) for part in parts]
    return CompPlan(id="plan", currency=unit, components=shared, **more)


@st.composite
def plans(
    draw: st.DrawFn,
    /,
    *,
    clawback: Clawback = Clawback.RECOMPUTE,
    below_zero: BelowZero = BelowZero.CLAW,
    closing: bool = False,
    **of_components: Any,
) -> CompPlan:
    """One component, two that both take everything, or two of one group, one of them for product a alone."""
    unit = draw(currencies)
    shape = draw(st.sampled_from(["one", "one", "one", "two", "group"]))
    if shape == "one":
        parts = [draw(components(unit=unit, **of_components))]
    elif shape == "two":
        parts = [draw(components(id=name, unit=unit, **of_components)) for name in ("c", "d")]
    else:
        parts = [
            draw(components(id="c", unit=unit, group="g", **of_components)),
            draw(components(id="d", unit=unit, group="g", scope=Scope(products=["a"]), **of_components)),
        ]
    more: dict[str, Any] = {}
    if closing:
        more["spiffs"] = draw(st.lists(spiffs(unit), max_size=1))
        if draw(st.booleans()):
            more["cap"] = money(draw(st.sampled_from([20, 60])), unit)
        if draw(st.booleans()):
            more["floor"] = money(draw(st.sampled_from([0, 3])), unit)
        more["rounding"] = draw(roundings)
    return plan_of(*parts, unit=unit, clawback=clawback, below_zero=below_zero, **more)


# --- credits -------------------------------------------------------------------------------------------------


@st.composite
def credit_lists(
    draw: st.DrawFn,
    *,
    unit: Currency = USD,
    month: int = 1,
    prefix: str = "D",
    most: int = 5,
    negative: bool = True,
    days: Sequence[int] = DAYS,
    shares: Sequence[Rate] = SHARES,
) -> list[Credit]:
    """Credits of one payee in a month; some are negative without saying what they take back."""
    found = []
    for at in range(draw(st.integers(0, most))):
        minor = draw(st.sampled_from(AMOUNTS))
        if negative and draw(st.sampled_from([0, 0, 0, 1])):
            minor = -minor
        margin = draw(st.sampled_from([minor, minor // 2, 10, 0, -5]))
        found.append(
            Credit(
                f"{prefix}{at}",
                LI,
                amount=money(minor, unit),
                on=date(YEAR, month, draw(st.sampled_from(days))),
                role=draw(st.sampled_from([CreditRole.PRIMARY, CreditRole.PRIMARY, CreditRole.OVERLAY])),
                share=draw(st.sampled_from(shares)),
                margin=money(margin, unit),
                units=draw(st.sampled_from([0, 1, 1, 2, 5])),
                product=draw(st.sampled_from([None, "a", "b"])),
            )
        )
    return found


def note(deal: Credit, minor: int, on: date, *, id: str | None = None, share: Rate | None = None) -> Credit:
    """A credit note over *minor* of a deal."""
    part = Rate(minor, deal.amount.minor) if deal.amount.minor else Rate(0)
    margin = deal.margin
    if margin is not None and (margin.minor * part.numerator) % part.denominator == 0:
        margin = Money(-margin.minor * part.numerator // part.denominator, margin.currency)
    return attrs.evolve(
        deal,
        deal=id or f"{deal.deal}-note",
        amount=Money(-minor, deal.amount.currency),
        margin=margin,
        on=on,
        share=deal.share if share is None else share,
        reverses=deal.deal,
    )


@st.composite
def note_lists(
    draw: st.DrawFn, deals: Sequence[Credit], *, month: int, prefix: str, early: bool = False
) -> list[Credit]:
    """Notes of a month over parts of deals, never more than is there, when every call is given what is left."""
    found = []
    for deal in deals:
        if deal.amount.minor <= 0 or not draw(st.sampled_from([0, 1])):
            continue
        minor = draw(st.sampled_from([deal.amount.minor, max(1, deal.amount.minor // 2), 1]))
        days = [day for day in DAYS if early or date(YEAR, month, day) >= deal.on]
        if days:
            on = date(YEAR, month, draw(st.sampled_from(days)))
            found.append(note(deal, minor, on, id=f"{prefix}{deal.deal}{deal.role.value}"))
    return found


def left_of(deals: Iterable[Credit], notes: Iterable[Credit]) -> list[Credit]:
    """The deals with what notes leave of their amounts."""
    found = []
    for deal in deals:
        back = -sum(each.amount.minor for each in notes if (each.reverses, each.role) == (deal.deal, deal.role))
        found.append(attrs.evolve(deal, amount=Money(deal.amount.minor - back, deal.amount.currency)))
    return found


# --- payees --------------------------------------------------------------------------------------------------


def payee(unit: Currency = USD, **more: Any) -> Payee:
    return Payee(LI, quotas=[Quota(SOLD, money(100, unit))], **more)
