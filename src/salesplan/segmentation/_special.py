"""The logarithm of the gamma function, and how it and its derivatives change over a step, for positive numbers.

Stirling's series, after the recurrence has carried the argument past 10, where seven terms reach the precision of a
float. A change is worked out as such: at a million the function has 8 digits before the point, and the difference of
two of its values would have lost as many behind it.
Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 6.1.15, 6.1.41, 6.3.5, 6.3.18, 6.4.12.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..columns import Reals

__all__ = ["digamma_step", "log_beta", "log_gamma", "trigamma", "trigamma_step"]

_RUNGS: Final = 10
_HALF_LOG_TWO_PI: Final = 0.9189385332046727
_LOG_GAMMA: Final = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)
_DIGAMMA: Final = (-1 / 12, 1 / 120, -1 / 252, 1 / 240, -1 / 132, 691 / 32760, -1 / 12)
_TRIGAMMA: Final = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)


def log_gamma(z: Reals) -> Reals:
    """The natural logarithm of gamma(z).

    >>> log_gamma(np.array([1.0, 5.0])).round(12).tolist()  # ln 0!, ln 4!
    [0.0, 3.178053830348]
    """
    far, rungs, low = _carried(z)
    carried = np.where(low, np.log(rungs), 0.0).sum(axis=1)
    result: Reals = (far - 0.5) * np.log(far) - far + _HALF_LOG_TWO_PI + _series(_LOG_GAMMA, far) / far - carried
    return result


def log_beta(z: Reals, h: Reals) -> Reals:
    """The natural logarithm of gamma(z) gamma(h) / gamma(z + h).

    >>> float(log_beta(np.array([2.0]), np.array([3.0])).round(12)[0])  # ln 1/12
    -2.484906649788
    """
    return log_gamma(np.minimum(z, h)) - _log_gamma_step(np.maximum(z, h), np.minimum(z, h))


def _log_gamma_step(z: Reals, h: Reals) -> Reals:
    far, rungs, low = _carried(z)
    carried = np.where(low, np.log1p(h[:, None] / rungs), 0.0).sum(axis=1)
    change = (far - 0.5) * np.log1p(h / far) + h * np.log(far + h) - h
    result: Reals = change + _series(_LOG_GAMMA, far + h) / (far + h) - _series(_LOG_GAMMA, far) / far - carried
    return result


def digamma_step(z: Reals, h: Reals) -> Reals:
    """How much the derivative of log_gamma grows from z to z + h.

    >>> digamma_step(np.array([1.0]), np.array([2.0])).round(12).tolist()  # 1/1 + 1/2
    [1.5]
    """
    far, rungs, low = _carried(z)
    h_ = h[:, None]
    carried = np.where(low, h_ / (rungs * (rungs + h_)), 0.0).sum(axis=1)
    change = np.log1p(h / far) + 0.5 * h / (far * (far + h))
    result: Reals = change + _series(_DIGAMMA, far + h) / (far + h) ** 2 - _series(_DIGAMMA, far) / far**2 + carried
    return result


def trigamma(z: Reals) -> Reals:
    """The second derivative of log_gamma.

    >>> trigamma(np.array([1.0])).round(12).tolist()  # pi squared over 6
    [1.644934066848]
    """
    far, rungs, low = _carried(z)
    carried = np.where(low, 1 / rungs**2, 0.0).sum(axis=1)
    result: Reals = 1 / far + 0.5 / far**2 + _series(_TRIGAMMA, far) / far**3 + carried
    return result


def trigamma_step(z: Reals, h: Reals) -> Reals:
    """How much trigamma grows, below 0, from z to z + h.

    >>> trigamma_step(np.array([1.0]), np.array([2.0])).round(12).tolist()  # -1/1 - 1/4
    [-1.25]
    """
    far, rungs, low = _carried(z)
    h_, on = h[:, None], far + h
    carried = np.where(low, h_ * (2 * rungs + h_) / (rungs * (rungs + h_)) ** 2, 0.0).sum(axis=1)
    change = -h / (far * on) - 0.5 * h * (2 * far + h) / (far * on) ** 2
    result: Reals = change + _series(_TRIGAMMA, on) / on**3 - _series(_TRIGAMMA, far) / far**3 - carried
    return result


def _carried(z: Reals) -> tuple[Reals, Reals, NDArray[np.bool_]]:
    """The argument past 10, the rungs it took in rows, and which rows took them."""
    low = z < _RUNGS
    return np.where(low, z + _RUNGS, z), z[:, None] + np.arange(_RUNGS), low[:, None]


def _series(coefficients: tuple[float, ...], z: Reals) -> Reals:
    """The polynomial in 1/z squared, by Horner."""
    step = 1 / z**2
    total = np.full_like(z, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = total * step + coefficient
    return total
