"""Ladders: values by half-open bands, proven gapless and rising when built.

One step per lower threshold, so a gap or an overlap cannot be written down; `Ladder.from_bands` takes tables
that spell out both ends and refuses them with the exact hole or overlap. Which side a threshold belongs to is
always said: with LOWER_INCLUSIVE the bands are [a, b), with UPPER_INCLUSIVE they are (a, b]. Spend tiers,
quantity breaks, pay rates and score curves are all ladders.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from enum import Enum
from itertools import pairwise
from numbers import Rational, Real
from typing import Any, Generic, Self, TypeVar

import attrs

from .errors import InvalidType, InvalidValue, SalesplanError, clip

__all__ = ["Band", "Boundary", "Ladder", "LadderError", "Step"]

K = TypeVar("K")
V = TypeVar("V")
_MAX_STEPS = 1000


class LadderError(SalesplanError, ValueError):
    """Steps that do not form a ladder: none, not rising, a gap or an overlap."""


class Boundary(Enum):
    """To which band a value exactly on a threshold belongs."""

    LOWER_INCLUSIVE = "lower_inclusive"
    """The band above: thresholds 0 and 100 give [0, 100) and [100, ...): 100 has reached the step (满100)."""
    UPPER_INCLUSIVE = "upper_inclusive"
    """The band below: thresholds 0 and 100 give (0, 100] and (100, ...): the step begins past 100."""


@attrs.frozen
class Step(Generic[K, V]):
    """From this threshold on, this value."""

    threshold: K
    value: V


@attrs.frozen
class Band(Generic[K, V]):
    """One band: *lower* to *upper* (None: without end) and its value; *position* counts from 0."""

    position: int
    lower: K
    upper: K | None
    value: V


@attrs.frozen
class Ladder(Generic[K, V]):
    """Values by rising thresholds.

    Law: every key from the first threshold on (UPPER_INCLUSIVE: past it) lies in exactly one band; any other
    lies in none.
    Raises: LadderError if empty or not strictly rising; InvalidType for thresholds that cannot be compared.
    >>> tiers = Ladder.of({300: 50, 600: 120}, boundary=Boundary.LOWER_INCLUSIVE)
    >>> tiers.value_at(299), tiers.value_at(300), tiers.value_at(600)
    (None, 50, 120)
    >>> tiers.next_band(443).lower
    600
    """

    steps: tuple[Step[K, V], ...]
    boundary: Boundary = attrs.field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.boundary, Boundary):
            raise InvalidType(
                f"boundary must be a Boundary: {clip(self.boundary)}",
                code="ladder.boundary",
                value=self.boundary,
            )
        if not isinstance(self.steps, tuple | list) or not all(isinstance(step, Step) for step in self.steps):
            raise InvalidType(f"steps are Steps: {clip(self.steps)}", code="ladder.rows", value=self.steps)
        object.__setattr__(self, "steps", tuple(self.steps))
        if not 1 <= len(self.steps) <= _MAX_STEPS:
            raise LadderError(
                f"a ladder has 1 to {_MAX_STEPS} steps, not {len(self.steps)}",
                code="ladder.size",
                value=len(self.steps),
            )
        first = self.steps[0].threshold
        _less(first, first)  # refuses a kind without an order, even when it is alone
        for below, above in pairwise(self.steps):
            if not _less(below.threshold, above.threshold):
                raise LadderError(
                    f"thresholds must rise: {_text(above.threshold)} comes after {_text(below.threshold)}",
                    code="ladder.not_rising",
                    value=above.threshold,
                )

    @classmethod
    def of(cls, steps: Mapping[K, V] | Iterable[tuple[K, V]], *, boundary: Boundary) -> Self:
        """A ladder from `{threshold: value}` or pairs, already in rising order."""
        pairs = _rows(steps.items() if isinstance(steps, Mapping) else steps, 2)
        return cls(tuple(Step(threshold, value) for threshold, value in pairs), boundary=boundary)

    @classmethod
    def from_bands(cls, bands: Iterable[tuple[K, K | None, V]], *, boundary: Boundary) -> Self:
        """A ladder from a table that gives both ends, `(lower, upper, value)`; the last upper end is None.

        Raises: LadderError naming the gap or overlap.
        >>> Ladder.from_bands([(0, 100, "3%"), (101, None, "5%")], boundary=Boundary.LOWER_INCLUSIVE)
        Traceback (most recent call last):
        salesplan.ladder.LadderError: nothing covers 100 .. 101
        """
        table = _rows(bands, 3)
        for (_, upper, _), (lower, _, _) in pairwise(table):
            if upper is None:
                raise LadderError("only the last band may be without end", code="ladder.overlap", value=lower)
            if _less(upper, lower):
                raise LadderError(f"nothing covers {_text(upper)} .. {_text(lower)}", code="ladder.gap", value=upper)
            if _less(lower, upper):
                raise LadderError(
                    f"{_text(lower)} .. {_text(upper)} is covered twice", code="ladder.overlap", value=lower
                )
        if table and table[-1][1] is not None:
            raise LadderError(
                f"the last band must be without end, not end at {_text(table[-1][1])}",
                code="ladder.gap",
                value=table[-1][1],
            )
        return cls(tuple(Step(lower, value) for lower, _, value in table), boundary=boundary)

    @property
    def thresholds(self) -> tuple[K, ...]:
        """The lower ends, rising."""
        return tuple(step.threshold for step in self.steps)

    @property
    def values(self) -> tuple[V, ...]:
        """The values, in the order of their bands."""
        return tuple(step.value for step in self.steps)

    @property
    def bands(self) -> tuple[Band[K, V], ...]:
        """All bands, rising."""
        return tuple(self._band(position) for position in range(len(self.steps)))

    def band_at(self, key: K) -> Band[K, V] | None:
        """The band that holds *key*, or None below the first."""
        position = self._position(key)
        return None if position < 0 else self._band(position)

    def value_at(self, key: K) -> V | None:
        """The value of the band that holds *key*, or None below the first."""
        position = self._position(key)
        return None if position < 0 else self.steps[position].value

    def next_band(self, key: K) -> Band[K, V] | None:
        """The band above the one that holds *key*, or None on the last."""
        position = self._position(key) + 1
        return None if position == len(self.steps) else self._band(position)

    def _position(self, key: K) -> int:
        find: Any = bisect_right if self.boundary is Boundary.LOWER_INCLUSIVE else bisect_left
        if isinstance(key, float) and key != key:
            raise InvalidValue("NaN lies in no band", code="ladder.key", value=key)
        try:
            return int(find(self.thresholds, key)) - 1
        except SalesplanError:
            raise
        except Exception:  # whatever a foreign comparison raises, as Decimal's NaN does
            raise InvalidType(
                f"not comparable with the thresholds: {clip(key)}", code="ladder.key", value=key
            ) from None

    def _band(self, position: int) -> Band[K, V]:
        step = self.steps[position]
        upper = self.steps[position + 1].threshold if position + 1 < len(self.steps) else None
        return Band(position, step.threshold, upper, step.value)


def _rows(rows: object, width: int) -> list[Any]:
    """The rows of a table, each of *width* cells."""
    if not isinstance(rows, Iterable):
        raise InvalidType(f"a ladder comes from rows: {clip(rows)}", code="ladder.rows", value=rows)
    table = list(rows)
    for row in table:
        if not isinstance(row, tuple | list) or len(row) != width:
            raise InvalidType(f"not a row of {width}: {clip(row)}", code="ladder.rows", value=row)
    return table


def _text(key: object) -> str:
    """A threshold as short text."""
    if isinstance(key, str | bytes) or type(key).__str__ is object.__str__:
        return clip(key)
    try:
        return str(key)[:60]
    except Exception:  # a Fraction of 5,000 digits
        return clip(key)


def _less(low: Any, high: Any) -> bool:
    if isinstance(high, bool) or (isinstance(high, Real) and not isinstance(high, Rational)):
        raise InvalidType(
            f"thresholds are exact values, not {type(high).__name__}", code="ladder.threshold", value=high
        )
    try:
        return bool(low < high)
    except SalesplanError:
        raise
    except Exception:  # whatever a foreign comparison raises, as Decimal's NaN does
        raise InvalidType(
            f"thresholds must be comparable: {clip(low)} and {clip(high)}",
            code="ladder.threshold",
            value=high,
        ) from None
