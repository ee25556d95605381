"""The logarithm of the gamma function and its first two derivatives, for positive arguments.

Stirling's series, after the recurrence has shifted the argument to 10 or more, where seven terms reach the precision
of a float. Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 6.1.15, 6.1.41, 6.3.5, 6.3.18, 6.4.12.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ..columns import Reals

__all__ = ["digamma", "log_gamma", "trigamma"]

_SHIFT_TO: Final = 10
_HALF_LOG_TWO_PI: Final = 0.9189385332046727
_LOG_GAMMA: Final = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)
_DIGAMMA: Final = (-1 / 12, 1 / 120, -1 / 252, 1 / 240, -1 / 132, 691 / 32760, -1 / 12)
_TRIGAMMA: Final = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)


def log_gamma(z: Reals) -> Reals:
    """The natural logarithm of gamma(z), z > 0.

    >>> [round(float(each), 12) for each in log_gamma(np.array([1.0, 5.0]))]  # ln 0!, ln 4!
    [0.0, 3.178053830348]
    """
    shifted, product = z.copy(), np.ones_like(z)
    for _ in range(_SHIFT_TO):
        low = shifted < _SHIFT_TO
        product = np.where(low, product * shifted, product)
        shifted = np.where(low, shifted + 1, shifted)
    series = _series(_LOG_GAMMA, shifted)
    result: Reals = (shifted - 0.5) * np.log(shifted) - shifted + _HALF_LOG_TWO_PI + series / shifted - np.log(product)
    return result


def digamma(z: Reals) -> Reals:
    """The derivative of log_gamma, z > 0.

    >>> digamma(np.array([1.0])).round(12).tolist()  # minus Euler's constant
    [-0.577215664902]
    """
    shifted, below = z.copy(), np.zeros_like(z)
    for _ in range(_SHIFT_TO):
        low = shifted < _SHIFT_TO
        below = np.where(low, below + 1 / shifted, below)
        shifted = np.where(low, shifted + 1, shifted)
    result: Reals = np.log(shifted) - 0.5 / shifted + _series(_DIGAMMA, shifted) / shifted**2 - below
    return result


def trigamma(z: Reals) -> Reals:
    """The derivative of digamma, z > 0.

    >>> trigamma(np.array([1.0])).round(12).tolist()  # pi squared over 6
    [1.644934066848]
    """
    shifted, below = z.copy(), np.zeros_like(z)
    for _ in range(_SHIFT_TO):
        low = shifted < _SHIFT_TO
        below = np.where(low, below + 1 / shifted**2, below)
        shifted = np.where(low, shifted + 1, shifted)
    return below + 1 / shifted + 0.5 / shifted**2 + _series(_TRIGAMMA, shifted) / shifted**3


def _series(coefficients: tuple[float, ...], z: Reals) -> Reals:
    """The polynomial in 1/z squared, by Horner."""
    step = 1 / z**2
    total = np.zeros_like(z)
    for coefficient in reversed(coefficients):
        total = total * step + coefficient
    return total
