"""How many orders a customer who is still there will make: a series and an integral for one number.

With n = r + x, y = t / (alpha + T) and c = b + x, a customer who leaves after an order with chance p makes

    (1 - (1 + p y)**-n) / p        on average, and p is beta distributed with a and c.

The published form of the mean over p is (a + c - 1) / (a - 1) [1 - (1 - z)**n F(n, c; a + c - 1; z)], z = y / (1 + y).
It is 0/0 at a = 1, and at 400 orders F overflows. Euler's transformation of F cures the second; the first goes away,
and so does the pole at a + c = 1, when the constant term of the series is taken out beforehand:

    (a + c - 1) [1 - (1 - z)**(a - 1)] / (a - 1) - (1 - z)**(a - 1) W
    W = sum over j >= 1 of (a + b - 1 - r)_j (a)_{j-1} / ((a + c)_{j-1} j!) z**j      (k)_j = k (k + 1) ... (k + j - 1)

where the first fraction is -log(1 - z) at a = 1. W needs some 50 terms. Its weakness is subtraction: where r is much
larger than a + b, or b than n, digits cancel; and far ahead z is so near to 1 that it hardly ends. Where it is not
sure the mean over p is taken by quadrature, which has no minus sign: the trapezoidal rule on s = log(p / (1 - p)), in
even steps between the mode of p and the bend at p = 1 / (n y), below which all n y orders are made, and beyond them
spread by a hyperbolic sine, so that both tails are reached in few steps (Takahasi and Mori 1974).

Source: Fader, Hardie, Lee (2005), Marketing Science 24(2), 275-284, equation 10; Abramowitz and Stegun 15.3.3.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Reals
from ._histories import Histories, distinct_pairs

__all__ = ["Forecast", "Parameters", "orders_if_there"]

Parameters: TypeAlias = tuple[float, float, float, float]
"""r, alpha, a, b."""

_BLOCK: Final = 2**13
_TERMS: Final = 500
_NODES: Final = 512
_NODE_BLOCK: Final = 2**8
_DEEP: Final = 60.0
"""The integral is cut where the density, times the orders, is below e ** -60 of its height."""
_MARGIN: Final = 5.0
"""The even steps go on so many widths past the mode and the bend."""
_TAIL: Final = 1e-17
_LOST: Final = 1e-3
"""A number this small next to what it was subtracted from has lost three digits."""


@attrs.frozen(eq=False)
class Forecast:
    """What is expected of customers, worked out once for all who share x and T.

    *alive* is by customer; *repeats* and *age* (in the unit of alpha) are of the pairs, *rows* says whose is which.
    """

    parameters: Parameters
    unit_days: int
    alive: Reals
    repeats: Reals
    age: Reals
    rows: NDArray[np.intp]

    @classmethod
    def of(cls, parameters: Parameters, unit_days: int, histories: Histories) -> Forecast:
        """The forecast of these customers."""
        repeats, age, rows = distinct_pairs(histories)
        return cls(parameters, unit_days, _alive(parameters, unit_days, histories), repeats, age / unit_days, rows)

    def upto(self, days: float) -> Reals:
        """The orders of the next *days*, pair by pair, given that one is a customer still."""
        return orders_if_there(self.parameters, self.repeats, self.age, days / self.unit_days)

    def by_customer(self, orders: Reals) -> Reals:
        """Orders by pair as expected of each customer, who may have left."""
        return orders[self.rows] * self.alive


def _alive(parameters: Parameters, unit_days: int, histories: Histories) -> Reals:
    """The chance to be a customer still, by the logarithm of the odds against it, which cannot overflow."""
    r, alpha, a, b = parameters
    x = histories.repeats
    waiting = np.log1p((histories.age - histories.last) / (alpha * unit_days + histories.last))
    odds = np.log(a / np.where(x > 0, b + (x - 1.0), 1.0)) + (r + x) * waiting
    small = np.exp(-np.abs(odds))
    here: Reals = np.where(x > 0, np.where(odds > 0, small, 1.0) / (1 + small), 1.0)
    return here


def orders_if_there(parameters: Parameters, repeats: Reals, age: Reals, ahead: float) -> Reals:
    """The orders of the next *ahead* for each pair of repeats and age, given that the customer has not left.

    Units: as alpha for *age* and *ahead*.      Law: 0 <= result.
    """
    orders = np.zeros(len(repeats))
    if ahead > 0:
        for start in range(0, len(repeats), _BLOCK):
            rows = slice(start, start + _BLOCK)
            orders[rows] = _block(parameters, repeats[rows], age[rows], ahead)
    return orders


def _block(parameters: Parameters, repeats: Reals, age: Reals, ahead: float) -> Reals:
    alpha = parameters[1]
    growth = ahead / (alpha + age)
    z = ahead / (alpha + age + ahead)
    with np.errstate(all="ignore"):  # what overflows in the series is not sure
        orders, sure = _series(parameters, repeats, growth, z)
        rest = np.flatnonzero(~sure)
        for start in range(0, len(rest), _NODE_BLOCK):
            few = rest[start : start + _NODE_BLOCK]
            orders[few] = _integral(parameters, repeats[few], growth[few])
    return orders


def _series(parameters: Parameters, repeats: Reals, growth: Reals, z: Reals) -> tuple[Reals, NDArray[np.bool_]]:
    """The sum by Euler's transformation, and where it can be trusted."""
    r, _, a, b = parameters
    log_rest = -np.log1p(growth)  # log(1 - z)
    power = np.exp((a - 1) * log_rest)
    first = -log_rest if a == 1 else -np.expm1((a - 1) * log_rest) / (a - 1)
    first = first * (repeats + (a + b - 1))
    top, bottom = a + b - r, repeats + (a + b)
    term = (top - 1) * z
    total, size = term.copy(), np.abs(term)
    ended = np.zeros(len(z), dtype=np.bool_)
    for j in range(_TERMS - 1):  # no 1 is subtracted from a tiny a, b or r
        ratio = (top + j) * (a + j) / (j + 2) * z / (bottom + j)
        term = term * ratio
        total += term
        size += np.abs(term)
        falling = np.maximum(np.abs(ratio), z)  # each further ratio is nearer to z
        ended = (top + j > 0) & (np.abs(term) * falling <= _TAIL * (1 - falling) * size)
        if ended.all():
            break
    orders = first - power * total
    sure = ended & np.isfinite(orders) & (orders > _LOST * (np.abs(first) + power * size))
    return orders, sure


def _integral(parameters: Parameters, repeats: Reals, growth: Reals) -> Reals:
    """The mean over p, by quadrature."""
    r, _, a, b = parameters
    n, growth, c = (repeats + r)[:, None], growth[:, None], (repeats + b)[:, None]
    mode, sigma = np.log(a / c), np.sqrt(1 / a + 1 / c)
    width, bell = np.minimum(sigma, 1.0), np.sqrt(2 * _DEEP) * sigma
    high = mode + _DEEP / c + bell
    bend = np.clip(-np.log(n * growth), mode - _DEEP / max(a - 1, 1e-3) - bell, high)
    low = np.minimum(mode, bend) - _DEEP / a - bell
    middle, half = (mode + bend) / 2, np.abs(mode - bend) / 2 / width + _MARGIN
    left, right = (half + np.log1p(reach / width) for reach in (middle - low, high - middle))
    steps = -left + (left + right) * np.linspace(0.0, 1.0, _NODES)
    s = middle + width * (steps + 2 * np.exp(-half) * np.sinh(steps))
    log_p, log_rest = -np.logaddexp(0.0, -s), -np.logaddexp(0.0, s)
    density = a * (log_p - np.log(a / (a + c))) + c * (log_rest - np.log(c / (a + c)))
    weights = np.exp(density) * (1 + 2 * np.exp(-half) * np.cosh(steps))
    p = np.exp(log_p)
    grown = p * growth
    made = np.where(np.maximum(n, 1.0) * grown < 1e-17, n * growth, -np.expm1(-n * np.log1p(grown)) / p)
    orders: Reals = (weights * made).sum(axis=1) / weights.sum(axis=1)
    return orders
