"""Toy rules and foreign data, with few distinct values so that equal ones meet."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from salesplan.ladder import Boundary, Ladder, Step
from salesplan.money import MAX_MINOR, Currency, Money
from salesplan.rate import PayRate, Rate
from salesplan.window import LocalDays, Window

from . import toys

texts = st.sampled_from(["", "a", "b", "kind", "schema", "满减", "😀", "a b", "x" * 70]) | st.text(max_size=4)
currencies = st.sampled_from(
    [*map(Currency.iso, ("CNY", "EUR", "JPY", "BHD")), Currency("COINS", 0), Currency("XAU", 3)]
)
monies = st.builds(
    Money, st.sampled_from([0, 1, -1, 5000, MAX_MINOR, -MAX_MINOR]) | st.integers(-999, 9999), currencies
)
rates = st.builds(Rate, st.integers(-40, 40) | st.integers(-(10**15), 10**15), st.sampled_from([1, 3, 8, 100, 10**15]))
pay_rates = st.builds(lambda percent: PayRate(Rate(percent, 100)), st.integers(0, 100))
zones = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=3, minutes=30))])
instants = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=zones)
phases = st.sampled_from(toys.Phase)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start, end = draw(st.none() | instants), draw(st.none() | instants)
    if start is not None and end is not None and end <= start:
        start, end = (end, start) if end < start else (start, None)
    return Window(start, end)


@st.composite
def local_days(draw: st.DrawFn) -> LocalDays:
    first = draw(st.dates(date(1, 1, 1), date(9000, 1, 1)))
    zone = draw(st.sampled_from(["Asia/Shanghai", "UTC", "Europe/Berlin"]))
    return LocalDays(first=first, until=first + timedelta(days=draw(st.integers(1, 9))), zone=zone)


@st.composite
def ladders(draw: st.DrawFn) -> Ladder[Money, Money]:
    unit = draw(currencies)
    keys = sorted(draw(st.sets(st.integers(-5, 500), min_size=1, max_size=4)))
    steps = tuple(Step(Money(key, unit), draw(monies)) for key in keys)
    return Ladder(steps, boundary=draw(st.sampled_from(Boundary)))


simple_conditions = (
    st.builds(toys.SpendAtLeast, st.builds(abs, monies))
    | st.builds(toys.HasSegment, st.frozensets(texts, max_size=3))
    | st.builds(toys.QuantityAtLeast, texts, st.sampled_from([0, 1, 2, 10**40 - 1, -(10**40) + 1]))
)
conditions: st.SearchStrategy[Any] = st.recursive(
    simple_conditions,
    lambda inner: st.builds(toys.AllOf, st.lists(inner, max_size=3).map(tuple)) | st.builds(toys.Not, inner),
    max_leaves=4,
)
benefits = (
    st.builds(toys.PercentOff, rates | pay_rates)
    | st.builds(toys.SpendAndSave, ladders())
    | st.builds(toys.FixedPrices, st.dictionaries(texts, monies, max_size=3), st.none() | monies)
)
scopes = st.builds(toys.Scope, st.frozensets(texts, max_size=3), st.frozensets(currencies, max_size=3))
promotions = st.builds(
    toys.Promotion,
    id=texts,
    benefit=benefits,
    code=st.none() | texts,
    phase=st.none() | phases,
    priority=st.integers(-2, 2),
    stackable=st.booleans(),
    combines_with=st.none() | st.frozensets(phases),
    scope=st.just(toys.Scope()) | scopes,
    conditions=st.lists(conditions, max_size=2).map(tuple),
    window=st.just(Window()) | windows() | local_days(),
    comment=texts,
)
promotion_sets = st.builds(toys.PromotionSet, st.lists(promotions, max_size=2).map(tuple))
shifts = st.builds(toys.Shift, day=st.dates(), opens=st.times(), at=st.none() | instants) | st.builds(
    toys.Shift, day=st.dates(), opens=st.sampled_from([time(0), time(18, 30), time(9, 0, 5)])
)
pairs = st.builds(toys.MoneyPair, monies, st.none() | monies, texts)

rules = promotion_sets | promotions | conditions | benefits | shifts | pairs | monies | ladders()
"""Anything that stands alone as data, with `kind_of_rule` to read it back."""

leaves = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([10**40, 10**4000, 0.1, float("nan"), float("inf"), 1.0])
    | texts
    | st.sampled_from(["5.00", "20%", "CNY", "item", "2026-11-11", "2026-11-11T00:00:00Z", "\ud800", "spend_at_least"])
    | st.sampled_from([b"bytes", (1, 2), {1}, object(), date(2026, 1, 1)])
)
keys = st.sampled_from(
    [
        "schema",
        "kind",
        "promotions",
        "id",
        "benefit",
        "conditions",
        "amount",
        "currency",
        "rate",
        "window",
        "steps",
    ]
)
foreign: st.SearchStrategy[Any] = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(keys | texts, inner, max_size=5)
        | st.dictionaries(st.none() | st.integers() | st.floats() | st.just("\ud800") | texts, inner, max_size=2)
    ),
    max_leaves=20,
)
"""Any data at all, from harmless to hostile."""


def type_of_rule(rule: object) -> Any:
    """The type to read *rule* back with."""
    return Ladder[Money, Money] if isinstance(rule, Ladder) else type(rule)
