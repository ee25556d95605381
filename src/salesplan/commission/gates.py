"""What has to be reached before a component pays, and what multiplies what it counts or pays.

Three gates are meant by "threshold", and each has a name here. A `DeadZone` pays only what lies above it. A `FirstUnit`
gate pays nothing until it is reached and then all, from the first unit. A `KpiGate` looks at something else, such as
satisfaction, and withholds a part.
"""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

import attrs

from ..errors import InvalidValue, SalesplanError, clip, require_instance, require_text
from ..rate import Rate
from ._keys import Key
from .scope import ANY_CREDIT, Scope

__all__ = ["ComponentError", "DeadZone", "FirstUnit", "Gate", "KpiGate", "KpiRange", "Multiplier", "Multiplies"]

_ZERO = Rate(0)
_MAX_FACTOR = Rate(1000)


class ComponentError(SalesplanError, ValueError):
    """Choices that do not fit each other: tiers by units reached by revenue, a payout curve without on-target pay."""


@attrs.frozen(kw_only=True)
class KpiRange:
    """The attainment of *kpi* lies in a range, both ends included.

    Raises: InvalidValue without an end, or with the lower one above the upper.
    >>> KpiRange(kpi="satisfaction", at_least=Rate.percent("85")).holds(Rate.percent("85"))
    True
    """

    kpi: str
    at_least: Rate | None = None
    at_most: Rate | None = None

    def __attrs_post_init__(self) -> None:
        require_text(self.kpi, code="commission.kpi", name="a KPI's name")
        ends = [end for end in (self.at_least, self.at_most) if end is not None]
        for end in ends:
            require_instance(end, Rate, code="commission.kpi", name="an end of the range")
        if not ends or (len(ends) == 2 and ends[1] < ends[0]):
            raise InvalidValue(
                f"{clip(self.kpi)}: a range has an end, and rises", code="commission.kpi", value=self.kpi
            )

    def holds(self, attainment: Rate) -> bool:
        """Whether *attainment* lies in it."""
        return (self.at_least is None or self.at_least <= attainment) and (
            self.at_most is None or attainment <= self.at_most
        )

    def __str__(self) -> str:
        low = "" if self.at_least is None else f" at least {self.at_least}"
        return f"{self.kpi}{low}" + ("" if self.at_most is None else f" at most {self.at_most}")


@attrs.frozen
class DeadZone:
    """Pays only on what lies above *until*: the part below never pays."""

    until: Key


@attrs.frozen
class FirstUnit:
    """Pays nothing until *reach* is reached; from then on all, from the first unit."""

    reach: Key


@attrs.frozen(kw_only=True)
class KpiGate:
    """Pays the share *otherwise* of what was earned unless *when* holds."""

    when: KpiRange
    otherwise: Rate = _ZERO

    def __attrs_post_init__(self) -> None:
        require_instance(self.when, KpiRange, code="commission.gate", name="when")
        require_instance(self.otherwise, Rate, code="commission.gate", name="otherwise")
        if not Rate(0) <= self.otherwise <= Rate(1):
            raise InvalidValue(
                f"a gate leaves 0 to 100 %: {self.otherwise}", code="commission.gate", value=self.otherwise
            )


Gate: TypeAlias = DeadZone | FirstUnit | KpiGate
"""What has to be reached before a component pays."""


class Multiplies(Enum):
    """What a multiplier is applied to."""

    INPUT = "input"
    """What is measured and paid on: it moves tiers as well, so a double-counted deal climbs twice as fast."""
    OUTPUT = "output"
    """What was earned: tiers stay."""


@attrs.frozen(kw_only=True)
class Multiplier:
    """An accelerator (*factor* above 1) or decelerator, under *name*.

    On the input it takes the credits of *scope*; on the output all that the component earned. *when* makes it depend on
    a KPI.
    """

    name: str
    factor: Rate
    on: Multiplies
    scope: Scope = ANY_CREDIT
    when: KpiRange | None = None

    def __attrs_post_init__(self) -> None:
        require_text(self.name, code="commission.multiplier", name="a multiplier's name")
        require_instance(self.factor, Rate, code="commission.factor", name="factor")
        if not Rate(0) <= self.factor <= _MAX_FACTOR:
            raise InvalidValue(f"a factor lies in 0..1000: {self.factor}", code="commission.factor", value=self.factor)
        require_instance(self.on, Multiplies, code="commission.multiplier", name="on")
        require_instance(self.scope, Scope, code="commission.scope", name="scope")
        if self.when is not None:
            require_instance(self.when, KpiRange, code="commission.multiplier", name="when")
        if self.on is Multiplies.OUTPUT and self.scope != ANY_CREDIT:
            raise ComponentError(
                f"{clip(self.name)}: only on the input has a multiplier a scope",
                code="commission.multiplier",
                value=self.name,
            )
