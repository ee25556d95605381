"""What is fixed before a target is split: pins and limits, and the error that says why they cannot all be met.

A pin fixes what a node gets in a period, a group of periods or the whole time. Pins are a set: their order changes
nothing, and the same pin twice is one pin. Inside a pinned block (all leaves under a node, all periods of a group)
the amount is shared by the weights; the smaller blocks are filled first.
"""

from __future__ import annotations

import attrs

from ..errors import InvalidValue, SalesplanError, clip, require_text
from ._amounts import Amount, unit_of, units_of

__all__ = ["Infeasible", "Limit", "Pin"]


class Infeasible(SalesplanError, ValueError):
    """What is fixed cannot be met: *pins* has the pins and limits involved, *short* how many units are too many."""

    pins: tuple[Pin | Limit, ...]
    short: int

    def __init__(self, message: str, *, code: str, pins: tuple[Pin | Limit, ...] = (), short: int = 0) -> None:
        super().__init__(message, code=code, value=pins)
        self.pins = pins
        self.short = short


@attrs.frozen
class Pin:
    """What *node* gets in *period* (a label, or None for the whole time), whatever the weights say.

    Raises: InvalidValue for a negative amount.
    >>> str(Pin("li", 12, "2026-03"))
    'li 2026-03 = 12'
    """

    node: str
    amount: Amount
    period: str | None = None

    def __attrs_post_init__(self) -> None:
        require_text(self.node, code="targets.pin", name="node")
        if self.period is not None:
            require_text(self.period, code="targets.pin", name="period")
        _not_negative(self.amount, "a pinned amount")

    def __str__(self) -> str:
        return f"{self.node} {self.period or 'in all'} = {self.amount}"


@attrs.frozen
class Limit:
    """At least *minimum*, at most *maximum*.

    For a node over the whole time, for the root in a period or group, or for one leaf in one atomic period.
    Raises: InvalidValue for a negative bound, a minimum above the maximum, or neither.
    >>> str(Limit("li", minimum=10, maximum=20))
    'li in all: 10 .. 20'
    """

    node: str
    period: str | None = None
    minimum: Amount | None = attrs.field(default=None, kw_only=True)
    maximum: Amount | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_text(self.node, code="targets.limit", name="node")
        if self.period is not None:
            require_text(self.period, code="targets.limit", name="period")
        low = None if self.minimum is None else _not_negative(self.minimum, "a minimum")
        high = None if self.maximum is None else _not_negative(self.maximum, "a maximum")
        if low is None and high is None:
            raise InvalidValue("a limit needs a minimum or a maximum", code="targets.limit", value=self.node)
        if self.minimum is not None and self.maximum is not None:
            units_of(self.maximum, unit_of(self.minimum, name="minimum"), name="the maximum")
        if low is not None and high is not None and low > high:
            raise InvalidValue(
                f"the minimum {self.minimum} is above the maximum {self.maximum}", code="targets.limit", value=low
            )

    def __str__(self) -> str:
        return f"{self.node} {self.period or 'in all'}: {_or_open(self.minimum)} .. {_or_open(self.maximum)}"


def _not_negative(amount: Amount, name: str) -> int:
    units = amount if unit_of(amount, name=name) is None else amount.minor  # type: ignore[union-attr]  # Money
    assert isinstance(units, int)
    if units < 0:
        raise InvalidValue(f"{name} must not be negative: {clip(amount)}", code="targets.negative", value=amount)
    return units


def _or_open(amount: Amount | None) -> str:
    return "open" if amount is None else str(amount)
