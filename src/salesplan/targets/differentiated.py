"""Differentiated goals: the same money asked of different people through different drivers.

What a seller brings in is leads x rate x value: enquiries worked, the share that buys, what a buyer pays. A
newcomer's rate and value are what they are, so the target becomes a number of leads; a veteran has all the leads
there are, so it becomes a conversion rate. One driver, the lever, is solved and the two others are kept. The
solved driver is an exact ratio, so leads x rate x value is the target and not nearly the target.

A rate has a ceiling, at most 1. Where the solved rate is past it the answer is no goal but a refusal as a value:
the rate that would be needed, what the person brings in at the ceiling, the gap, and the leads it would take.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from math import ceil, prod
from typing import Final, assert_never

import attrs

from ..display import html_table, text_table
from ..errors import InvalidValue, NotFound, clip, require_instance
from ..money import Currency, Money
from ..rate import Rate
from ._ratios import as_text, exact_rate, fraction_of, major, mapped

__all__ = ["DifferentiatedPlan", "Lever", "SellerFunnel", "SellerGoal", "UnreachableGoal", "differentiate"]

_WHOLE: Final = Rate(1)
_HEADS: Final = ("person", "target", "lever", "leads", "rate", "value", "")


class Lever(Enum):
    """Which driver is solved; each worked on 100 leads x 10 % x EUR 200 = 2000 and a target of 3000."""

    LEADS = "leads"
    """The number of leads, for who cannot sell better yet: 150 leads."""
    RATE = "rate"
    """The conversion rate, for who cannot get more leads: 15 %."""
    VALUE = "value"
    """What one buyer pays, for who sells to all there are: EUR 300."""


@attrs.frozen(kw_only=True)
class SellerFunnel:
    """What one person works with: leads, the share of them that buys, what a buyer pays.

    Raises: InvalidValue for anything negative or a rate above 1; InvalidType for a float.
    >>> funnel = SellerFunnel(leads=100, rate=Rate.percent("10"), value=Money.of("200", "EUR"))
    >>> funnel.revenue
    Rate(numerator=2000, denominator=1)
    """

    leads: int | Rate
    rate: Rate
    value: Money

    def __attrs_post_init__(self) -> None:
        if fraction_of(self.leads, code="targets.drivers.leads", name="leads") < 0:
            raise InvalidValue(
                f"leads must not be negative: {clip(self.leads)}", code="targets.drivers.leads", value=self.leads
            )
        _share(self.rate, name="rate")
        if require_instance(self.value, Money, code="targets.drivers.value", name="value").minor < 0:
            raise InvalidValue(
                f"value must not be negative: {self.value}", code="targets.drivers.value", value=self.value
            )

    @property
    def revenue(self) -> Rate:
        """Leads x rate x value in major units."""
        return exact_rate(_ratio(self.leads) * _ratio(self.rate) * major(self.value), name="revenue")


@attrs.frozen(kw_only=True)
class SellerGoal:
    """One person's target as drivers, the lever solved and the others kept; *value* in major units.

    Law: leads x rate x value == target, exactly.
    """

    person: str
    target: Money
    lever: Lever
    leads: Rate
    rate: Rate
    value: Rate

    @property
    def whole_leads(self) -> int:
        """The leads, rounded up."""
        return ceil(_ratio(self.leads))

    @property
    def revenue(self) -> Rate:
        """Leads x rate x value in major units."""
        return exact_rate(_ratio(self.leads) * _ratio(self.rate) * _ratio(self.value), name="revenue")

    @property
    def gap(self) -> Rate:
        """Nothing: the goal meets the target."""
        return Rate(0)


@attrs.frozen(kw_only=True)
class UnreachableGoal:
    """A target no conversion rate up to *cap* reaches: *rate* would be needed.

    Law: revenue + gap == target, and gap > 0.      Units: *value*, *revenue* and *gap* in major units.
    """

    person: str
    target: Money
    leads: Rate
    rate: Rate
    cap: Rate
    value: Rate

    @property
    def lever(self) -> Lever:
        """The conversion rate: no other lever has a ceiling."""
        return Lever.RATE

    @property
    def revenue(self) -> Rate:
        """What the leads bring in at the cap."""
        return exact_rate(_ratio(self.leads) * _ratio(self.cap) * _ratio(self.value), name="revenue")

    @property
    def gap(self) -> Rate:
        """What is missing at the cap."""
        return exact_rate(major(self.target) - _ratio(self.revenue), name="gap")

    @property
    def leads_at_cap(self) -> Rate:
        """The leads it would take at the cap."""
        return exact_rate(major(self.target) / _ratio(self.cap) / _ratio(self.value), name="leads")

    @property
    def whole_leads(self) -> int:
        """The leads it would take at the cap, rounded up."""
        return ceil(_ratio(self.leads_at_cap))


@attrs.frozen
class DifferentiatedPlan:
    """Everybody's goal, in the order of the targets.

    Law: revenue + gap == total, exactly.      Units: revenue and gap in major units.
    """

    goals: tuple[SellerGoal | UnreachableGoal, ...]
    currency: Currency

    def __getitem__(self, person: str) -> SellerGoal | UnreachableGoal:
        """The goal of that person.

        Raises: NotFound when there is none.
        """
        for goal in self.goals:
            if goal.person == person:
                return goal
        raise NotFound(f"no goal for {clip(person)}", code="targets.drivers.person", value=person)

    @property
    def total(self) -> Money:
        """The sum of the targets."""
        return Money.sum((goal.target for goal in self.goals), currency=self.currency)

    @property
    def revenue(self) -> Rate:
        """What the goals bring in together; who is out of reach counts at the cap."""
        return exact_rate(sum((_ratio(goal.revenue) for goal in self.goals), Fraction(0)), name="revenue")

    @property
    def gap(self) -> Rate:
        """What is missing together."""
        return exact_rate(sum((_ratio(goal.gap) for goal in self.goals), Fraction(0)), name="gap")

    @property
    def unreachable(self) -> tuple[UnreachableGoal, ...]:
        """The targets that no allowed conversion rate reaches."""
        return tuple(goal for goal in self.goals if isinstance(goal, UnreachableGoal))

    def explain(self) -> str:
        """One line for each person."""
        return text_table([_HEADS, *map(_row, self.goals)])

    def _repr_html_(self) -> str:
        return html_table(_HEADS, map(_row, self.goals))


def differentiate(
    targets: Mapping[str, Money],
    funnels: Mapping[str, SellerFunnel],
    lever: Mapping[str, Lever],
    *,
    cap: Rate = _WHOLE,
) -> DifferentiatedPlan:
    """Turn each person's target into the one driver that is theirs to move; no solved rate is above *cap*.

    Law: leads x rate x value == target for all within reach; revenue + gap == total.
    Raises: NotFound if somebody has no funnel or lever; InvalidValue if the drivers kept make 0, for a negative
    target, or a cap outside 0 < cap <= 1; CurrencyMismatch.
    >>> euros = lambda text: Money.of(text, "EUR")
    >>> funnel = SellerFunnel(leads=100, rate=Rate.percent("10"), value=euros("200"))
    >>> print(differentiate(
    ...     {"new": euros("3000"), "old": euros("3000"), "far": euros("24000")},
    ...     dict.fromkeys(("new", "old", "far"), funnel),
    ...     {"new": Lever.LEADS, "old": Lever.RATE, "far": Lever.RATE},
    ... ).explain())
    person  target        lever  leads  rate   value
    new     EUR 3000.00   leads  150    10 %   200
    old     EUR 3000.00   rate   100    15 %   200
    far     EUR 24000.00  rate   100    120 %  200    out of reach: at 100 % it takes 120 leads
    """
    target_of = mapped(targets, code="targets.drivers.targets", name="targets")
    funnel_of = mapped(funnels, code="targets.drivers.funnels", name="funnels")
    lever_of = mapped(lever, code="targets.drivers.levers", name="lever")
    if not target_of:
        raise InvalidValue("differentiate needs at least one target", code="targets.drivers.targets", value=targets)
    if _share(cap, name="cap").numerator == 0:
        raise InvalidValue("the cap must be above 0", code="targets.drivers.rate", value=cap)
    if strangers := (funnel_of.keys() | lever_of.keys()) - target_of.keys():
        raise NotFound(f"{clip(min(strangers))} has no target", code="targets.drivers.no_target", value=min(strangers))
    goals = []
    for person, target in target_of.items():
        _check_target(person, target)
        target_of[next(iter(target_of))].same(target)
        for kind, given in (("funnel", funnel_of), ("lever", lever_of)):
            if person not in given:
                raise NotFound(f"{clip(person)} has no {kind}", code=f"targets.drivers.no_{kind}", value=person)
        goals.append(_goal(person, target, funnel_of[person], lever_of[person], cap))
    return DifferentiatedPlan(tuple(goals), goals[0].target.currency)


def _check_target(person: str, target: Money) -> None:
    if require_instance(target, Money, code="targets.drivers.targets", name="a target").minor < 0:
        raise InvalidValue(
            f"the target of {clip(person)} must not be negative: {target}", code="targets.drivers.targets", value=target
        )


def _goal(person: str, target: Money, funnel: SellerFunnel, lever: Lever, cap: Rate) -> SellerGoal | UnreachableGoal:
    require_instance(funnel, SellerFunnel, code="targets.drivers.funnels", name="a funnel")
    require_instance(lever, Lever, code="targets.drivers.levers", name="a lever")
    target.same(funnel.value)
    drivers = {Lever.LEADS: _ratio(funnel.leads), Lever.RATE: _ratio(funnel.rate), Lever.VALUE: major(funnel.value)}
    kept = prod(ratio for driver, ratio in drivers.items() if driver is not lever)
    if kept == 0:
        raise InvalidValue(
            f"the drivers {clip(person)} keeps make 0: no {lever.value} reaches {target}",
            code="targets.drivers.zero",
            value=person,
        )
    drivers[lever] = major(target) / kept
    leads, rate, value = (exact_rate(ratio, name=driver.value) for driver, ratio in drivers.items())
    if lever is Lever.RATE and rate > cap:
        return UnreachableGoal(person=person, target=target, leads=leads, rate=rate, cap=cap, value=value)
    return SellerGoal(person=person, target=target, lever=lever, leads=leads, rate=rate, value=value)


def _share(rate: Rate, *, name: str) -> Rate:
    if not Rate(0) <= require_instance(rate, Rate, code="targets.drivers.rate", name=name) <= _WHOLE:
        raise InvalidValue(f"{name} must lie in 0..1: {rate}", code="targets.drivers.rate", value=rate)
    return rate


def _ratio(rate: int | Rate) -> Fraction:
    return fraction_of(rate, code="targets.drivers.value", name="ratio")


def _row(goal: SellerGoal | UnreachableGoal) -> tuple[str, ...]:
    match goal:
        case SellerGoal():
            note = "" if goal.leads.denominator == 1 else f"{goal.whole_leads} whole leads"
        case UnreachableGoal():
            note = f"out of reach: at {as_text(goal.cap * 100, 2)} % it takes {goal.whole_leads} leads"
        case _:
            assert_never(goal)
    numbers = (as_text(goal.leads, 2), f"{as_text(goal.rate * 100, 2)} %", as_text(goal.value, 2))
    return (goal.person, str(goal.target), goal.lever.value, *numbers, note)
