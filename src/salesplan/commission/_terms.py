"""A component's table under the terms of one window: thresholds in what is measured, pay per unit of it.

Attainment becomes an amount by the quota, multiples of on-target pay become rates by on-target pay over quota, so that
each table, whatever its words, is one function of what has accumulated:

    SLICED    every stretch between two edges at its own rate          (MARGINAL)
    WHOLE     all at the rate of the tier reached
    STEPS     an amount once reached                                   (FIXED, WHOLE of the on-target pay)
    LINE      between amounts                                          (INTERPOLATED)

Below zero the function is mirrored: f(-x) == -f(x). A dead zone and the most that is counted are edges too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from enum import Enum
from fractions import Fraction
from math import lcm
from typing import assert_never

from ..ladder import Boundary
from ..money import Money
from ..rate import Rate
from ._keys import number, value_of
from .component import Component, DatedTable
from .gates import DeadZone, FirstUnit
from .measures import Credited, PayBase
from .rate_table import Application, RateTable

__all__ = ["Form", "Piece", "Terms", "walks"]

ZERO = Fraction(0)

Piece = tuple[int | None, int, int]
"""A tier (None: none pays), the length of the stretch, and its exact pay as an integer; see `Terms.scaled`."""


class Form(Enum):
    """The shape of the function."""

    SLICED = "sliced"
    WHOLE = "whole"
    STEPS = "steps"
    LINE = "line"


def walks(component: Component, table: RateTable) -> bool:
    """Whether pay is a function of what reaches the tiers alone, so that deals are paid one after the other."""
    on_target = component.pays_on in {PayBase.ON_TARGET, PayBase.ON_TARGET_ATTAINED}
    own = isinstance(component.measure, Credited) and component.pays_on.value == component.measure.value
    return on_target or own or not table.pays_shares


class Terms:
    """The function of one component, one version of its table, one quota and on-target pay."""

    def __init__(
        self, component: Component, version: DatedTable, quota: Fraction | None, on_target: Fraction | None
    ) -> None:
        table = version.table
        self.table = table
        per = quota if table.kind is Rate and quota is not None else Fraction(1)
        keys = [number(threshold) for threshold in table.tiers.thresholds]
        self.edges = [key * per for key in keys]
        self.closed = table.tiers.boundary is Boundary.LOWER_INCLUSIVE
        self.unit = Fraction(1)  # what one unit of the measured is paid on
        values = [value_of(value) for value in table.tiers.values]
        match component.pays_on:
            case PayBase.ON_TARGET:
                assert on_target is not None
                values = [value * on_target for value in values]
            case PayBase.ON_TARGET_ATTAINED:
                assert on_target is not None
                self.unit = on_target / per
            case PayBase.AMOUNT | PayBase.MARGIN:
                pass
            case _:
                assert_never(component.pays_on)
        self.values = values
        self.rates = [value if isinstance(value, Rate) else None for value in table.tiers.values]
        self.form = _form(table.application, whole_steps=component.pays_on is PayBase.ON_TARGET)
        self.zone = next((number(gate.until) * per for gate in component.gates if isinstance(gate, DeadZone)), ZERO)
        self.gate = next((number(gate.reach) * per for gate in component.gates if isinstance(gate, FirstUnit)), None)
        self.top = None if component.counted_to is None else number(component.counted_to) * per
        self._integers: dict[tuple[int, int | None], _Integers] = {}

    def reaches(self, x: Fraction, edge: Fraction) -> bool:
        """Whether *x* has reached *edge*, by the side that thresholds belong to."""
        return x >= edge if self.closed else x > edge

    def is_open(self, x: Fraction) -> bool:
        """Whether the gate to the first unit, if there is one, is passed."""
        return self.gate is None or self.reaches(abs(x), self.gate)

    def tier(self, x: Fraction) -> int:
        """The tier that *x* (0 or more) has reached, -1 below the first; a dead zone hides those it covers."""
        if self.zone and not self.reaches(x, self.zone):
            return -1
        counted = x if self.top is None else min(x, self.top)
        find = bisect_right if self.closed else bisect_left
        return find(self.edges, counted) - 1

    def worth(self, x: Fraction) -> Fraction:
        """The pay of what has accumulated: nothing for nothing, also where a table has an amount from 0 on."""
        return self.value(x) if x else ZERO

    def value(self, x: Fraction) -> Fraction:
        """The pay of *x* in minor units, before the gate to the first unit."""
        if x < 0:
            return -self.value(-x)
        counted = x if self.top is None else min(x, self.top)
        at = self.tier(x)
        match self.form:
            case Form.SLICED:
                return self.unit * sum(
                    (
                        self.values[tier] * max(ZERO, min(counted, upper) - max(lower, self.zone))
                        for tier, lower, upper in self._bands(counted)
                    ),
                    start=ZERO,
                )
            case Form.WHOLE:
                return ZERO if at < 0 else self.unit * self.values[at] * max(ZERO, counted - self.zone)
            case Form.STEPS:
                return ZERO if at < 0 else self.values[at]
            case Form.LINE:
                return ZERO if at < 0 else self._on_line(at, counted)
            case _:
                assert_never(self.form)

    def _bands(self, upto: Fraction) -> list[tuple[int, Fraction, Fraction]]:
        uppers = [*self.edges[1:], max(upto, self.edges[-1])]
        return [(tier, *ends) for tier, ends in enumerate(zip(self.edges, uppers, strict=True))]

    def _on_line(self, at: int, x: Fraction) -> Fraction:
        here = self.values[at]
        if at + 1 == len(self.edges):
            return here
        lower, upper = self.edges[at], self.edges[at + 1]
        return here + (self.values[at + 1] - here) * (x - lower) / (upper - lower)

    def mix(self, key: Fraction) -> list[tuple[int | None, Fraction]]:
        """Which part of a base belongs to which tier when *key* has been reached; None: to none.

        Law: the parts sum to one; what lies beyond *top* or in the dead zone belongs to none.
        """
        reached = abs(key)
        counted = reached if self.top is None else min(reached, self.top)
        if reached == 0:  # nothing of the key to share by: the base is where the first of it would be
            tier = 0 if self.edges[0] == 0 and not self.zone else None
            return [(tier, Fraction(1))]
        if self.form is Form.WHOLE:
            at = self.tier(reached)
            parts: list[tuple[int | None, Fraction]] = [] if at < 0 else [(at, (counted - self.zone) / reached)]
        else:
            cut = [
                (tier, (min(counted, upper) - max(lower, self.zone)) / reached)
                for tier, lower, upper in self._bands(counted)
            ]
            parts = [(tier, part) for tier, part in cut if part > 0]
        rest = 1 - sum((part for _, part in parts), start=ZERO)
        return [*parts, (None, rest)] if rest else parts

    def rate(self, tier: int | None) -> Rate | None:
        """The rate of a tier as the table says it; None where it pays an amount."""
        return None if tier is None else self.rates[tier]

    def each(self, tier: int | None) -> Money | None:
        """What a tier pays for each unit, where it does."""
        value = None if tier is None or not self.table.per_unit else self.table.tiers.values[tier]
        return value if isinstance(value, Money) else None

    def scaled(self, scale: int, whole_at: int | None = None) -> _Integers:
        """The function over integers, *scale* of them one measured unit; all at tier *whole_at*, where given."""
        mark = (scale, whole_at)
        if mark not in self._integers:
            self._integers[mark] = _Integers(self, scale, whole_at)
        return self._integers[mark]

    def common(self) -> int:
        """The least scale at which all edges are integers."""
        return lcm(*(edge.denominator for edge in (*self.edges, self.zone, self.top or ZERO)))


class _Integers:
    """Stretches between edges, all of them integers; pay is an integer over *per*."""

    def __init__(self, terms: Terms, scale: int, whole_at: int | None) -> None:
        starts: list[tuple[Fraction, int | None]] = [(ZERO, None)]
        if whole_at is not None:
            starts.append((terms.zone, whole_at if whole_at >= 0 else None))
        else:
            starts += [(max(edge, terms.zone), tier) for tier, edge in enumerate(terms.edges)]
        if terms.top is not None:
            starts = [(edge, tier) for edge, tier in starts if edge < terms.top] + [(terms.top, None)]
        last = dict(starts)  # of several at one edge the last one holds
        self.tiers = [last[edge] for edge in sorted(last)]
        self.starts = [int(edge * scale) for edge in sorted(last)]
        pays = [ZERO if tier is None else terms.values[tier] * terms.unit for tier in self.tiers]
        common = lcm(*(pay.denominator for pay in pays))
        self.pays = [int(pay * common) for pay in pays]
        self.per = common * scale

    def pieces(self, before: int, after: int) -> list[Piece]:
        """The stretches between two points: tier, signed length, pay over *per*."""
        if before >= 0 and after >= 0:
            return self._between(before, after, 1) if after >= before else self._between(after, before, -1)[::-1]
        if before <= 0 and after <= 0:  # mirrored: away from zero is down
            return self._between(-before, -after, -1) if after <= before else self._between(-after, -before, 1)[::-1]
        return [*self.pieces(before, 0), *self.pieces(0, after)]

    def _between(self, low: int, high: int, sign: int) -> list[Piece]:
        starts = self.starts
        at = bisect_right(starts, low) - 1
        if at + 1 == len(starts) or high <= starts[at + 1]:
            length = sign * (high - low)
            return [(self.tiers[at], length, length * self.pays[at])]
        found: list[Piece] = []
        while low < high:
            until = high if at + 1 == len(starts) else min(high, starts[at + 1])
            length = sign * (until - low)
            found.append((self.tiers[at], length, length * self.pays[at]))
            low, at = until, at + 1
        return found


def _form(application: Application, *, whole_steps: bool) -> Form:
    match application:
        case Application.MARGINAL:
            return Form.SLICED
        case Application.WHOLE:
            return Form.STEPS if whole_steps else Form.WHOLE
        case Application.FIXED:
            return Form.STEPS
        case Application.INTERPOLATED:
            return Form.LINE
        case _:
            assert_never(application)
