"""The quantile of Student's t for whole degrees of freedom, without tables.

The distribution is a finite sum for whole degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4); the quantile
is found by halving.
"""

from __future__ import annotations

from math import atan, cos, pi, sin, sqrt

__all__ = ["student_t"]


def student_t(confidence: float, degrees: int) -> float:
    """The t with P(-t < T < t) == *confidence*, for *degrees* >= 1 degrees of freedom.

    >>> round(student_t(0.95, 10), 3), round(student_t(0.8, 2), 3)
    (2.228, 1.886)
    """
    low, high = 0.0, 1.0
    while _within(high, degrees) < confidence and high < 1e12:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if _within(middle, degrees) < confidence:
            low = middle
        else:
            high = middle
    return high


def _within(t: float, degrees: int) -> float:
    """The probability between -t and t."""
    angle = atan(t / sqrt(degrees))
    odd = degrees % 2
    term, total = (cos(angle), 0.0) if odd else (1.0, 0.0)
    for step in range(2 if odd else 1, degrees, 2):
        total += term
        term *= cos(angle) ** 2 * step / (step + 1)
    if not odd:
        return sin(angle) * total
    return 2 / pi * (angle + sin(angle) * total)
