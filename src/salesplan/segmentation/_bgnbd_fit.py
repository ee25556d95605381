"""The likelihood of the BG/NBD model with its first and second derivatives, over the different histories.

With n = r + x, u = log(alpha + T), v = log(alpha + t_x) and the chance to be gone against to be there

    log d = log a - log(b + x - 1) + n (u - v)          for x > 0, nothing for x = 0

the log-likelihood of a customer is

    [lgamma(n) - lgamma(r)] + r log alpha - n u + [lbeta(a, b + x) - lbeta(a, b)] + log(1 + d).

As x is a whole number the brackets are sums of x logarithms: running sums of log(c + j), 1/(c + j) and -1/(c + j)**2
for c = r, b and a + b, read at x, replace the gamma function and its derivatives. All but the last term depends on x
or on T alone and is summed over their histograms; the last over the different histories with x > 0, where its
derivatives are those of log d times s = d / (1 + d).

Left out: the part of the likelihood that no parameter enters, so that values compare between models on one time unit
and not between units.
"""

from __future__ import annotations

from math import log
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Reals, Whole
from ._histories import Tally

__all__ = ["NAMES", "Likelihood"]

NAMES: Final = ("r", "alpha", "a", "b")


@attrs.frozen(eq=False, kw_only=True)
class Likelihood:
    """What the sums need of the data. The histograms are *by_repeats*; *at_age* and *repeats_at_age* over *ages*."""

    by_repeats: Reals
    ages: Reals
    at_age: Reals
    repeats_at_age: Reals
    repeats: Whole
    days: Reals
    age_of: NDArray[np.intp]
    last_of: NDArray[np.intp]
    weights: Reals

    @classmethod
    def of(cls, data: Tally, unit: float) -> Likelihood:
        """The sums of the data, times in units of *unit* days."""
        ages, age_of = np.unique(data.age, return_inverse=True)
        with_repeats = data.repeats > 0
        days, places = np.unique(np.concatenate([data.age[with_repeats], data.last[with_repeats]]), return_inverse=True)
        age_places, last_places = np.split(places.reshape(-1), 2)
        return cls(
            by_repeats=_histogram(data.repeats, data.counts),
            ages=ages / unit,
            at_age=_histogram(age_of.reshape(-1), data.counts),
            repeats_at_age=_histogram(age_of.reshape(-1), data.counts * data.repeats),
            repeats=data.repeats[with_repeats],
            days=days / unit,
            age_of=age_places,
            last_of=last_places,
            weights=data.counts[with_repeats],
        )

    def at(self, parameters: Reals) -> tuple[float, Reals, Reals]:
        """The log-likelihood, its gradient and its second derivatives by r, alpha, a, b."""
        with np.errstate(all="ignore"):  # a wild step may overflow; the climb then tries a shorter one
            return self._at(*parameters.tolist())

    def _at(self, r: float, alpha: float, a: float, b: float) -> tuple[float, Reals, Reals]:
        count, most = self.by_repeats, len(self.by_repeats)
        of_r, of_b, of_both = _Sums.of(r, most), _Sums.of(b, most), _Sums.of(a + b, most)
        value = float((count * (of_r.logs + of_b.logs - of_both.logs)).sum())
        gradient = np.zeros(4)
        seconds = np.zeros((4, 4))
        gradient[0] = (count * of_r.firsts).sum()
        gradient[2] = -(count * of_both.firsts).sum()
        gradient[3] = (count * of_b.firsts).sum() + gradient[2]
        seconds[0, 0] = (count * of_r.seconds).sum()
        seconds[2, 2] = seconds[2, 3] = -(count * of_both.seconds).sum()
        seconds[3, 3] = (count * of_b.seconds).sum() + seconds[2, 2]

        grown, back = np.log1p(self.ages / alpha), 1 / (alpha + self.ages)
        people, orders = self.at_age, self.repeats_at_age
        value -= float((people * grown).sum()) * r + float((orders * np.log(alpha + self.ages)).sum())
        gradient[0] -= (people * grown).sum()
        gradient[1] += (people * r * (self.ages / alpha) * back - orders * back).sum()
        seconds[0, 1] += (people * (self.ages / alpha) * back).sum()
        seconds[1, 1] += (orders * back**2 - people * r * ((self.ages / alpha) * back) * (1 / alpha + back)).sum()

        if len(self.repeats):
            value += self._gone(r, alpha, a, b, gradient, seconds)
        return value, gradient, np.triu(seconds) + np.triu(seconds, 1).T

    def _gone(self, r: float, alpha: float, a: float, b: float, gradient: Reals, seconds: Reals) -> float:
        """The sum of log(1 + d) over the customers with repeats; adds its derivatives to the upper triangle."""
        grown, backs = np.log1p(self.days / alpha), 1 / (alpha + self.days)  # log1p: exact also for a huge alpha
        x, weights = self.repeats, self.weights
        upto = b + np.arange(-1.0, len(self.by_repeats) - 1)  # at x: b + x - 1, and at 1 exactly b
        upto[0] = 1.0
        rate = r + x
        longer = grown[self.age_of] - grown[self.last_of]
        odds = log(a) - np.log(upto)[x] + rate * longer
        small = np.exp(-np.abs(odds))
        share = np.where(odds > 0, 1.0, small) / (1 + small)
        gone = weights * share
        both = gone * (1 - share)
        nearer = backs[self.age_of] - backs[self.last_of]
        by_alpha = rate * nearer
        by_b = (-1 / upto)[x]

        gradient += [
            (gone * longer).sum(),
            (gone * by_alpha).sum(),
            gone.sum() / a,
            (gone * by_b).sum(),
        ]
        both_long, both_alpha, both_b = both * longer, both * by_alpha, both * by_b
        seconds[0] += [
            (both_long * longer).sum(),
            (both_long * by_alpha).sum() + (gone * nearer).sum(),
            both_long.sum() / a,
            (both_long * by_b).sum(),
        ]
        squares = backs**2
        bend = rate * (squares[self.last_of] - squares[self.age_of])
        seconds[1, 1:] += [
            (both_alpha * by_alpha).sum() + (gone * bend).sum(),
            both_alpha.sum() / a,
            (both_alpha * by_b).sum(),
        ]
        seconds[2, 2:] += [(both.sum() - gone.sum()) / a**2, both_b.sum() / a]
        seconds[3, 3] += (both_b * by_b).sum() + (gone * by_b**2).sum()
        return float((weights * (np.maximum(odds, 0.0) + np.log1p(small))).sum())


def _histogram(places: NDArray[Any], weights: Reals) -> Reals:
    return np.bincount(places, weights=weights).astype(np.float64, copy=False)


@attrs.frozen(eq=False)
class _Sums:
    """Running sums over j < x of log(c + j) and its first and second derivatives, at every x."""

    logs: Reals
    firsts: Reals
    seconds: Reals

    @classmethod
    def of(cls, c: float, size: int) -> _Sums:
        """At x = 0 .. size - 1."""
        terms = c + np.arange(size - 1)
        logs, firsts, seconds = np.zeros(size), np.zeros(size), np.zeros(size)
        np.cumsum(np.log(terms), out=logs[1:])
        np.cumsum(1 / terms, out=firsts[1:])
        np.cumsum(-1 / terms**2, out=seconds[1:])
        return cls(logs, firsts, seconds)
