"""Maximum likelihood by a damped Newton climb, and how such a climb can end.

The parameters are positive, so the climb is on their logarithms. Each step solves with the curvature there; where the
surface is not curved like a hilltop the eigenvalues are taken by their size, so that a step always leads uphill. A
step moves no logarithm by more than 2 and is halved until the likelihood rises enough. Near the top the error of the
parameters is squared each time; a last full step after the gain has become invisible settles their final digits. The
climb stays within a factor of a million of the natural sizes: a parameter at that wall which would go on is held there
while the others are settled, and comes back when the slope turns.

Not every likelihood has a top. Where all customers buy at one rate, r and alpha rise for ever along r / alpha; where
nobody leaves, a falls to 0. Then some logarithm goes on and on while the gain and the curvature die away together,
and a search that looks at the gain alone calls that converged. Or the likelihood is level along some line, and every
point of it as good as any other. Here both are DEGENERATE: a parameter held at the wall, or a curvature so small that
the standard error would be a factor e ** 1000.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from math import log
from typing import Final, TypeAlias, assert_never

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Reals

__all__ = ["Climb", "FitStatus", "Limit", "Runaway", "climb"]

_MOST_STEPS: Final = 200
_MOST_IDLE: Final = 10
"""So many steps without a visible gain: rounding hides whatever there is."""
_LONGEST: Final = 2.0
_SHORTEST: Final = 1e-10
_VISIBLE: Final = 2e-10
"""A gain in the logarithm of the likelihood below this is none."""
_FLAT: Final = 1e-6
_WALL: Final = log(1e6)
_AT_THE_WALL: Final = _WALL - 1e-9
_AWAY: Final = log(30)

Surface: TypeAlias = Callable[[Reals], tuple[float, Reals, Reals]]
"""From the parameters to the log-likelihood, its gradient and its matrix of second derivatives."""


class FitStatus(Enum):
    """How a fit ended."""

    CONVERGED = "converged"
    """At a maximum of the likelihood, curved in every direction: there is a model."""
    DEGENERATE = "degenerate"
    """The likelihood has no maximum: it rises as some parameter goes to 0 or to infinity. There is no model."""
    TOO_FEW = "too_few"
    """The data cannot hold so many parameters: too few customers who can be used. There is no model."""


class Limit(Enum):
    """Where a parameter goes that will not stay."""

    ZERO = "zero"
    """It falls without end."""
    INFINITY = "infinity"
    """It rises without end."""
    ANY = "any"
    """It may be anything, together with others: the likelihood is level there."""


@attrs.frozen
class Runaway:
    """A parameter that goes to a limit, by its name.

    >>> str(Runaway("a", Limit.ZERO))
    'a -> 0'
    """

    parameter: str
    toward: Limit

    def __str__(self) -> str:
        match self.toward:
            case Limit.ZERO:
                return f"{self.parameter} -> 0"
            case Limit.INFINITY:
                return f"{self.parameter} -> infinity"
            case Limit.ANY:
                return f"{self.parameter} may be anything"
            case _:
                assert_never(self.toward)


@attrs.frozen(kw_only=True)
class Climb:
    """Where a climb ended.

    *errors* are the standard errors, none without a top; *slope* is the largest derivative by the logarithm of a
    parameter.
    """

    point: tuple[float, ...]
    value: float
    slope: float
    steps: int
    errors: tuple[float, ...]
    runaways: tuple[Runaway, ...]


def climb(surface: Surface, *, names: tuple[str, ...], start: Reals, sizes: Reals) -> Climb:
    """The maximum of *surface*, or where it runs to; *sizes* are what is natural for the parameters.

    Law: without runaways the errors are positive and the slope is as small as the sums over customers allow.
    """
    centre = np.log(sizes)
    place = np.clip(np.log(start), centre - _WALL, centre + _WALL)
    here = _Slope.at(surface, place, centre)
    steps = idle = 0
    while steps < _MOST_STEPS and idle < _MOST_IDLE and here.gain > _VISIBLE:
        moved = _uphill(surface, place, here, centre)
        if moved is None:
            break
        idle = 0 if moved[1].value > here.value + _VISIBLE else idle + 1
        place, here = moved
        steps += 1
    if here.is_top:
        last = _Slope.at(surface, place + here.step, centre)
        if last.is_top and last.value >= here.value - _noise(here.value):
            place, here, steps = place + here.step, last, steps + 1
    point = np.exp(place)
    return Climb(
        point=tuple(point.tolist()),
        value=here.value,
        slope=float(np.abs(here.gradient).max()),
        steps=steps,
        errors=tuple((point * np.sqrt((here.axes**2 / here.curvatures).sum(axis=1))).tolist()) if here.is_top else (),
        runaways=() if here.is_top else _runaways(names, place - centre, here),
    )


@attrs.frozen(eq=False)
class _Slope:
    """The surface around one place, by the logarithms of the parameters.

    *curvatures* rise, along *axes*; a positive one bends down, as at a top. Both are of the parameters that are *free*,
    not held at the wall.
    """

    value: float
    gradient: Reals
    bend: Reals
    free: NDArray[np.bool_]
    curvatures: Reals
    axes: Reals
    step: Reals
    gain: float

    @classmethod
    def at(cls, surface: Surface, place: Reals, centre: Reals) -> _Slope:
        point, off = np.exp(place), place - centre
        value, by_parameter, seconds = surface(point)
        gradient = by_parameter * point
        bend = -(seconds * np.outer(point, point) + np.diag(gradient))
        if not (np.isfinite(value) and np.isfinite(gradient).all() and np.isfinite(bend).all()):
            value, gradient, bend = -np.inf, np.zeros(len(point)), np.zeros((len(point), len(point)))  # not to stand on
        wall = np.abs(off) >= _AT_THE_WALL
        free = ~wall | (off * gradient < 0)
        while True:
            curvatures, axes = np.linalg.eigh(bend[np.ix_(free, free)])
            sizes = np.abs(curvatures)
            step = np.zeros(len(point))
            step[free] = axes @ ((axes.T @ gradient[free]) / np.maximum(sizes, 1e-8 * sizes.max(initial=1e-290)))
            through = wall & (off * step > 0)
            if not through.any():
                return cls(value, gradient, bend, free, curvatures, axes, step, float(gradient @ step))
            free = free & ~through

    @property
    def is_top(self) -> bool:
        """Whether nothing leads up from here, and everything down."""
        return bool(self.free.all()) and self.gain <= _VISIBLE and float(self.curvatures[0]) > _FLAT


def _uphill(surface: Surface, place: Reals, here: _Slope, centre: Reals) -> tuple[Reals, _Slope] | None:
    """The next place and its slope; None where no step, however short, leads uphill."""
    step = here.step * min(1.0, _LONGEST / float(np.abs(here.step).max()))
    room = centre + np.sign(step) * _WALL - place
    step *= float(np.divide(room, step, out=np.ones(len(step)), where=np.abs(step) > np.abs(room)).min())
    part = 1.0
    while part > _SHORTEST:
        next_place = np.clip(place + part * step, centre - _WALL, centre + _WALL)
        there = _Slope.at(surface, next_place, centre)
        rise = 1e-4 * max(float(here.gradient @ (next_place - place)), 0.0)
        if there.value >= here.value + rise - _noise(here.value):
            return next_place, there
        part /= 2
    return None


def _noise(value: float) -> float:
    """How far rounding moves a sum of that size."""
    return 1e-12 * abs(value)


def _runaways(names: tuple[str, ...], off: Reals, here: _Slope) -> tuple[Runaway, ...]:
    """The parameters that run; *off* is how far their logarithms are from the natural sizes.

    They are those held at the wall; those that a held one takes along, as the best place of the free ones moves half as
    fast as it or faster; and those along which the likelihood is level.
    """
    level = here.curvatures <= _FLAT
    turn = here.axes[:, ~level]
    settle = (turn / here.curvatures[~level]) @ turn.T
    pace = np.where(here.free, 0.0, np.sign(off))
    for held in np.flatnonzero(~here.free):
        taken = -settle @ here.bend[here.free, held] * np.sign(off[held])
        pace[here.free] = np.where(np.abs(taken) > np.abs(pace[here.free]), taken, pace[here.free])
    lines = here.axes[:, level]
    along, gone = np.zeros(len(off)), np.zeros(len(off))
    along[here.free] = np.abs(lines).max(axis=1, initial=0.0)
    gone[here.free] = lines @ (lines.T @ off[here.free])  # how far it went along the level lines
    found = []
    for name, going, share, distance in zip(names, pace.tolist(), along.tolist(), gone.tolist(), strict=True):
        if abs(going) > 0.5:
            found.append(Runaway(name, Limit.INFINITY if going > 0 else Limit.ZERO))
        elif share > 0.3:
            far = Limit.INFINITY if distance > 0 else Limit.ZERO
            found.append(Runaway(name, far if abs(distance) > _AWAY else Limit.ANY))
    return tuple(found) or tuple(Runaway(name, Limit.ANY) for name in names)
