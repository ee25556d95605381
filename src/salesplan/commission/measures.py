"""What is measured, what is paid on, over which time it adds up, and where it is rounded."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import TypeAlias

import attrs

from ..errors import InvalidType, InvalidValue, clip, listed, require_instance, require_text
from ..rate import Rate

__all__ = ["Accumulation", "Composite", "Credited", "Measure", "Part", "PayBase", "RoundingPoint"]

_MAX_PARTS = 100
_WHOLE = Rate(1)


class Credited(Enum):
    """A sum over the credits."""

    AMOUNT = "amount"
    """What was sold."""
    MARGIN = "margin"
    """What is left of it after cost; every credit has to say its margin."""
    UNITS = "units"
    """Units sold."""
    DEALS = "deals"
    """Deals, each by its credited share; a credit note counts against them."""


@attrs.frozen(kw_only=True)
class Part:
    """One part of a composite attainment: the KPI of that *name* at this *weight*.

    With *measure* it is what was credited, against the quota of that name; without, an attainment that the caller
    hands in under that name, such as a satisfaction score.
    """

    name: str
    weight: Rate = _WHOLE
    measure: Credited | None = None

    def __attrs_post_init__(self) -> None:
        require_text(self.name, code="commission.kpi", name="a KPI's name")
        require_instance(self.weight, Rate, code="commission.weight", name="weight")
        if not Rate(0) < self.weight <= Rate(1):
            raise InvalidValue(
                f"a part weighs more than 0 and at most 100 %: {self.weight}",
                code="commission.weight",
                value=self.weight,
            )
        if self.measure is not None:
            require_instance(self.measure, Credited, code="commission.measure", name="measure")


def _parts(given: Iterable[Part]) -> tuple[Part, ...]:
    parts = listed(given, code="commission.parts", name="parts")
    for part in parts:
        if not isinstance(part, Part):
            raise InvalidType(f"not a Part: {clip(part)}", code="commission.parts", value=part)
    return parts


@attrs.frozen
class Composite:
    """A weighted mean of attainments: revenue, satisfaction, new customers.

    Law: the weights sum to one, by exact arithmetic: three equal thirds do.
    Raises: InvalidValue when they do not, or a name comes twice.
    >>> health = Composite([
    ...     Part(name="revenue", weight=Rate.percent("60"), measure=Credited.AMOUNT),
    ...     Part(name="satisfaction", weight=Rate.percent("20")),
    ...     Part(name="new customers", weight=Rate.percent("20")),
    ... ])
    >>> [part.name for part in health.parts]
    ['revenue', 'satisfaction', 'new customers']
    """

    parts: tuple[Part, ...] = attrs.field(converter=_parts)

    def __attrs_post_init__(self) -> None:
        if not 1 <= len(self.parts) <= _MAX_PARTS:
            raise InvalidValue(
                f"a composite has 1 to {_MAX_PARTS} parts", code="commission.parts", value=len(self.parts)
            )
        names = [part.name for part in self.parts]
        if len({*names}) < len(names):
            raise InvalidValue(f"a part comes twice: {clip(names)}", code="commission.parts", value=tuple(names))
        whole = Rate(0)
        for part in self.parts:
            whole += part.weight
        if whole != Rate(1):
            raise InvalidValue(f"the weights sum to {whole}, not to 100 %", code="commission.weights", value=whole)


Measure: TypeAlias = Credited | Part | Composite
"""What the tiers of a component are reached by: a sum of credits, one KPI, or a mean of several."""


class PayBase(Enum):
    """What the rate of a tier is applied to."""

    AMOUNT = "amount"
    """What was sold."""
    MARGIN = "margin"
    """What is left of it after cost."""
    ON_TARGET = "on_target"
    """The component's on-target pay, all of it: the table is a payout curve over attainment."""
    ON_TARGET_ATTAINED = "on_target_attained"
    """The on-target pay times the attainment: the table holds multiples, 100 % below target and 150 % above."""


class Accumulation(Enum):
    """What adds up before the table is asked: Oracle's six deals pay 164 one by one and 285 together."""

    DEAL = "deal"
    """Nothing: every deal starts at the first tier."""
    DAY = "day"
    """The deals of one day."""
    PERIOD = "period"
    """The deals of the settled period."""
    QUARTER = "quarter"
    """All since the quarter began, by the reset day; quotas add up as well."""
    YEAR = "year"
    """All since the year began, by the reset day; quotas add up as well."""


class RoundingPoint(Enum):
    """Where exact amounts become whole minor units."""

    SLICE = "slice"
    """Every line by itself."""
    DEAL = "deal"
    """Every deal; its slices share the rounded amount."""
    PAYOUT = "payout"
    """Once, the component's pay of the period; its lines share it, each within a minor unit of exact."""
