"""How many orders a customer who is still there will make: two series for one number, and which of them to trust.

With n = r + x, y = t / (alpha + T), z = y / (1 + y), a customer who cannot leave makes K orders, K negative binomial
of n and z. Who can leave makes the j + 1st of them only after staying j times, so

    E = sum over j of P(K > j) (b + x)_j / (a + b + x)_j            (c)_j = c (c + 1) ... (c + j - 1)

The published form, (a + b + x - 1) / (a - 1) [1 - (1 - z)**n F(n, b + x; a + b + x - 1; z)], is the same number. It is
0/0 at a = 1, and at 400 orders F overflows. Euler's transformation of F cures the second; the first goes away, and so
does the pole at a + b + x = 1, when the constant term of the series is taken out beforehand:

    E = (a + b + x - 1) [1 - (1 - z)**(a - 1)] / (a - 1) - (1 - z)**(a - 1) W
    W = sum over j >= 1 of (a + b - 1 - r)_j (a)_{j-1} / ((a + b + x)_{j-1} j!) z**j

where the first fraction is -log(1 - z) at a = 1. W needs some 50 terms. Its weakness is subtraction: where r is much
larger than a + b, or b than n, digits cancel. They are counted, and where more than three are lost the sum over K is
taken instead: it has no minus sign, but as many terms as there may be orders.

Source: Fader, Hardie, Lee (2005), Marketing Science 24(2), 275-284, equation 10; Abramowitz and Stegun 15.3.3.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Reals
from ..errors import InvalidValue
from ._histories import Histories, distinct_pairs

__all__ = ["Forecast", "Parameters", "orders_if_there"]

Parameters: TypeAlias = tuple[float, float, float, float]
"""r, alpha, a, b."""

_BLOCK: Final = 2**13
_EULER_TERMS: Final = 5_000
_PLAIN_TERMS: Final = 100_000
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

    Units: as alpha for *age* and *ahead*.      Law: 0 <= result; exact to about 12 digits.
    Raises: InvalidValue for a time ahead so long that neither series ends.
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
    with np.errstate(all="ignore"):  # what overflows is not sure, and is summed the other way
        orders, sure = _euler(parameters, repeats, growth, z)
    if not sure.all():
        rest = ~sure
        orders[rest] = _plain(parameters, repeats[rest], growth[rest], z[rest])
    return orders


def _euler(parameters: Parameters, repeats: Reals, growth: Reals, z: Reals) -> tuple[Reals, NDArray[np.bool_]]:
    """The sum by Euler's transformation, and where it can be trusted."""
    r, _, a, b = parameters
    log_rest = -np.log1p(growth)  # log(1 - z)
    power = np.exp((a - 1) * log_rest)
    first = -log_rest if a == 1 else -np.expm1((a - 1) * log_rest) / (a - 1)
    first = first * (repeats + (a + b - 1))
    top, bottom = a + b - 1 - r, repeats + (a + b)
    term = top * z
    total, size = term.copy(), np.abs(term)
    ended = np.zeros(len(z), dtype=np.bool_)
    for j in range(1, _EULER_TERMS):
        ratio = (top + j) * (a - 1 + j) / (j + 1) * z / (bottom + (j - 1))
        term = term * ratio
        total += term
        size += np.abs(term)
        falling = np.maximum(np.abs(ratio), z)  # each further ratio is nearer to z
        ended = (j + top > 0) & (np.abs(term) * falling <= _TAIL * (1 - falling) * size)
        if ended.all():
            break
    orders = first - power * total
    sure = ended & np.isfinite(orders) & (orders > _LOST * (np.abs(first) + power * size))
    return orders, sure


def _plain(parameters: Parameters, repeats: Reals, growth: Reals, z: Reals) -> Reals:
    """The sum over K of P(K) times the orders that are made of K."""
    r, _, a, b = parameters
    n, staying = repeats + r, repeats + b
    log_chance = -n * np.log1p(growth)  # of K = 0
    made, stays = np.zeros(len(z)), np.ones(len(z))
    total = np.zeros(len(z))
    for k in range(1, _PLAIN_TERMS):
        log_chance = log_chance + np.log((n + (k - 1)) / k * z)
        made += stays
        stays = stays * (staying + (k - 1)) / (staying + (a + k - 1))
        term = np.exp(log_chance) * made
        total += term
        falling = np.maximum((n + k) / (k + 1), 1.0) * z * (1 + 1 / k)
        if ((falling < 1) & (term * falling <= _TAIL * (1 - falling) * total)).all():
            return total
    raise InvalidValue(
        "horizon is too far ahead for these parameters: no series for the orders ends",
        code="segmentation.horizon",
        value=_PLAIN_TERMS,
    )
