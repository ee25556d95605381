"""Promotions of every kind, in one currency, with few distinct values."""

from __future__ import annotations

from datetime import time
from typing import Any

from hypothesis import strategies as st

from salesplan import pricing
from salesplan.ladder import Boundary, Ladder, Step
from salesplan.money import Money
from salesplan.rate import Rate

from .strategies import local_days, windows

names = st.sampled_from(["a", "b", "vip", "满减", "a b"])
name_sets = st.frozensets(names, min_size=1, max_size=3)
counts = st.integers(1, 4)
monies = st.builds(Money.from_minor, st.integers(1, 5) | st.integers(1, 10**12), st.just("CNY"))
offs = st.builds(Rate, st.integers(1, 7), st.sampled_from([7, 8, 100]))
bases = st.sampled_from(pricing.Basis)
picks = st.sampled_from(pricing.Pick)
charges = st.sampled_from(pricing.Charge)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


@st.composite
def ladders(draw: st.DrawFn, keys: Any, values: Any) -> Ladder[Any, Any]:
    thresholds = sorted(draw(st.sets(keys, min_size=1, max_size=3)))
    gains = sorted(draw(st.lists(values, min_size=len(thresholds), max_size=len(thresholds))))
    steps = tuple(Step(key, value) for key, value in zip(thresholds, gains, strict=True))
    return Ladder(steps, boundary=Boundary.LOWER_INCLUSIVE)


scopes = st.builds(
    pricing.Scope,
    skus=maybe(name_sets),
    categories=maybe(name_sets),
    tags=maybe(name_sets),
    sellers=maybe(name_sets),
    except_skus=st.frozensets(names, max_size=2),
    except_tags=st.frozensets(names, max_size=2),
    discounted=st.sampled_from(pricing.Discounted),
)
amounts_off = st.builds(pricing.AmountOff, monies)
shipping_benefits = st.builds(pricing.ShippingOff, offs, cap=maybe(monies)) | st.builds(
    pricing.ShippingAmountOff, monies
)
benefits = st.one_of(
    amounts_off,
    st.builds(pricing.PercentOff, offs, cap=maybe(monies), per=st.sampled_from(pricing.Per)),
    st.builds(pricing.UnitAmountOff, monies, limit=maybe(counts), first=maybe(monies)),
    st.builds(pricing.FixedUnitPrice, monies, limit=maybe(counts)),
    st.builds(pricing.SpendAndSave, ladders(monies, monies), basis=bases),
    st.builds(pricing.EverySpendSave, every=monies, save=monies, basis=bases, max_times=maybe(counts)),
    st.builds(pricing.SpendAndPercent, ladders(monies, offs), basis=bases, cap=maybe(monies)),
    st.builds(pricing.QuantityPercent, ladders(counts, offs), cap=maybe(monies)),
    st.builds(
        pricing.BuyXGetY,
        buy=counts,
        get=counts,
        off=offs,
        rewards=maybe(scopes),
        pick=picks,
        charge=charges,
        max_times=maybe(counts),
    ),
    st.builds(pricing.CheapestFree, st.integers(2, 4), pick=picks, charge=charges, max_times=maybe(counts)),
    st.builds(pricing.NthUnitOff, counts, offs, pick=picks, charge=charges, max_times=maybe(counts)),
    st.builds(pricing.BundlePrice, counts, monies, max_times=maybe(counts)),
    st.builds(pricing.FreeGift, names, quantity=counts, value=maybe(monies)),
    shipping_benefits,
)
simple_conditions = st.one_of(
    st.builds(pricing.SpendAtLeast, monies, basis=bases, scope=maybe(scopes)),
    st.builds(pricing.QuantityAtLeast, counts, scope=maybe(scopes)),
    st.builds(pricing.InSegment, name_sets),
    st.builds(pricing.MemberLevelAtLeast, counts),
    st.just(pricing.FirstOrder()),
    st.builds(pricing.OnChannel, name_sets),
    st.builds(pricing.CodeEntered, names),
    st.builds(
        pricing.DuringHours,
        days=st.frozensets(st.sampled_from(pricing.Weekday), min_size=1),
        start=st.sampled_from([time(0), time(22), time(9, 30, 15)]),
        end=st.sampled_from([time(0), time(2)]),
        zone=st.just("Asia/Shanghai"),
    ),
    st.builds(pricing.NotAlreadyDiscounted, scope=maybe(scopes)),
)
conditions: st.SearchStrategy[Any] = st.recursive(
    simple_conditions,
    lambda inner: st.one_of(
        st.builds(pricing.AllOf, st.lists(inner, min_size=1, max_size=3)),
        st.builds(pricing.AnyOf, st.lists(inner, min_size=1, max_size=3)),
        st.builds(pricing.Not, inner),
    ),
    max_leaves=4,
)
limits = st.builds(pricing.Limits, uses=maybe(counts), uses_per_shopper=maybe(counts), budget=maybe(monies))


@st.composite
def promotions(draw: st.DrawFn) -> pricing.Promotion:
    """Never contradictory: who is exclusive says nothing of others, shipping keeps its phase."""
    benefit = draw(benefits)
    given: dict[str, Any] = {
        "id": draw(names | st.integers(0, 999).map(str)),
        "benefit": benefit,
        "code": draw(maybe(names)),
        "priority": draw(st.integers(-2, 2)),
        "group": draw(maybe(st.just("group"))),
        "scope": draw(st.just(pricing.EVERYTHING) | scopes),
        "conditions": draw(st.lists(conditions, max_size=2)),
        "limits": draw(st.just(pricing.NO_LIMITS) | limits),
        "funder": draw(st.sampled_from(pricing.Funder)),
        "window": draw(windows() | local_days()),
        "exclusive": draw(st.sampled_from(pricing.Exclusive)),
    }
    if not isinstance(benefit, pricing.ShippingOff | pricing.ShippingAmountOff) and draw(st.booleans()):
        given["phase"] = draw(st.sampled_from(pricing.Phase))
    if given["exclusive"] is pricing.Exclusive.NO:
        given["combines_with"] = draw(maybe(st.frozensets(st.sampled_from(pricing.Phase))))
        given["never_with"] = draw(st.frozensets(st.sampled_from(["x", "y"])))
    return pricing.Promotion(**given)


promotion_sets = st.builds(
    pricing.PromotionSet, st.lists(promotions(), max_size=4, unique_by=lambda promotion: promotion.id)
)
