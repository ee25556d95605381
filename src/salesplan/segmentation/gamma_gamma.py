"""Gamma-Gamma: how much an order of a customer is worth, from the mean of those seen.

The model (Fader, Hardie and Lee 2005, RFM and CLV): the money of an order is gamma with shape p and a rate that is the
customer's own; the rates are gamma with shape q and rate v. The mean m of x orders is then all that matters:

    ln L = ln G(px + q) - ln G(px) - ln G(q) + q ln v + (px - 1) ln m + px ln x - (px + q) ln(v + xm)
    E[M] = p (v + xm) / (px + q - 1)

which lies between m and the mean over all customers, pv / (q - 1), and nearer to m the more orders there were. That
mean exists for q > 1 only: with less the dearest customers are so dear that no average stands still.

*mean_money* is the mean over the repeat days, without the first day, and in any one unit of money: v is in that unit.
It must be above 0: who paid nothing on all the repeat days is left out of a fit, and counted. The model holds how much
and how often to be unrelated; the fit tells the correlation. All numbers are statistics, hence floats.
"""

from __future__ import annotations

from functools import partial
from math import sqrt
from typing import Final

import attrs
import numpy as np

from ..columns import Reals, Whole, real_numbers, whole_numbers
from ..display import Align, html_table, text_table
from ..errors import InvalidValue, require_instance
from ._fit import Climb, FitStatus, climb
from ._fitted import Fitted, check_parameters
from ._histories import MOST_DAYS, read_only
from ._special import digamma_step, log_beta, trigamma, trigamma_step

__all__ = ["GammaGamma", "GammaGammaFit"]

NAMES: Final = ("p", "q", "v")
_LEAST_MONEY, _MOST_MONEY = 1e-12, 1e18
_FAR: Final = 1e30
_ALIGN: Final = (Align.LEFT, Align.RIGHT, Align.LEFT)


@attrs.frozen(kw_only=True)
class GammaGamma:
    """The three parameters; v in the unit of the money.

    Range: each 1e-30 .. 1e30.
    Raises: InvalidType, InvalidValue.
    >>> model = GammaGamma(p=6, q=4, v=15)
    >>> model.mean  # 6 x 15 / 3
    30.0
    >>> model.expected_money(repeat_days=[2, 0], mean_money=[24, 0]).tolist()  # 6 (15 + 48) / 15
    [25.2, 30.0]
    """

    p: float
    q: float
    v: float

    def __attrs_post_init__(self) -> None:
        check_parameters(self, NAMES, code="segmentation.gamma_gamma", far=_FAR)

    @property
    def parameters(self) -> dict[str, float]:
        """p, q and v, by name."""
        return {name: getattr(self, name) for name in NAMES}

    @property
    def mean(self) -> float | None:
        """The mean order over all customers, pv / (q - 1); None where q <= 1, as there is none."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else None

    @classmethod
    def fit(cls, *, repeat_days: object, mean_money: object, start: GammaGamma | None = None) -> GammaGammaFit:
        """The parameters under which the money of these customers is most likely, from *start* where given.

        Columns, a row a customer: *repeat_days* x; *mean_money* m, the mean over those days, 0 where there are none.
        Customers with x > 0 and m > 0 are used; the others are counted.
        Law: the same bytes for any order of the rows; money in another unit scales v and nothing else.
        Raises: InvalidType, InvalidValue for money below 0 or without repeat days.
        >>> fit = GammaGamma.fit(repeat_days=[0, 3, 1], mean_money=[0, 0, 19.9])
        >>> fit.status.value, fit.used, fit.without_repeats, fit.zero_money
        ('too_few', 1, 1, 1)
        """
        if start is not None:
            require_instance(start, GammaGamma, code="segmentation.start", name="start")
        repeats, money = _checked(repeat_days, mean_money)
        used = money > 0
        result = partial(
            GammaGammaFit,
            customers=len(repeats),
            used=int(used.sum()),
            without_repeats=int((repeats == 0).sum()),
            zero_money=int(((repeats > 0) & ~used).sum()),
        )
        order = np.lexsort((money[used], repeats[used]))  # one order of summing, whatever the order of the rows
        x, m = repeats[used][order], money[used][order]
        if len(x) < len(NAMES):
            note = f"{len(NAMES)} parameters need as many customers with repeat days and money; there are {len(x)}"
            return result(status=FitStatus.TOO_FEW, notes=(note,))
        scale = float((x * (m / m.max())).sum() / x.sum()) * float(m.max())
        ones = np.array([1.0, 2.0, 1.0])
        found = climb(
            _Likelihood.of(x, m / scale).at,
            names=NAMES,
            start=ones if start is None else np.array([start.p, start.q, start.v / scale]),
            sizes=ones,
        )
        p, q, v = found.point
        place = cls(p=p, q=q, v=v * scale)
        errors = (*found.errors[:2], *(error * scale for error in found.errors[2:]))
        correlation = _correlation(x, m / scale)
        return result(
            status=FitStatus.DEGENERATE if found.runaways else FitStatus.CONVERGED,
            model=None if found.runaways else place,
            edge=place if found.runaways else None,
            runaways=found.runaways,
            log_likelihood=found.value - len(x) * float(np.log(scale)),
            gradient_norm=found.slope,
            iterations=found.steps,
            standard_errors=errors,
            correlation=correlation,
            notes=_notes(found, int(((repeats > 0) & ~used).sum()), correlation),
        )

    def expected_money(self, *, repeat_days: object, mean_money: object) -> Reals:
        """The expected money of an order of each; of one without repeat days, the mean over all customers.

        Law: between mean_money and the mean over all, where there is one.
        Raises: InvalidType, InvalidValue as `fit`, or where q <= 1 leaves a customer without a mean.
        """
        repeats, money = _checked(repeat_days, mean_money)
        below = self.p * repeats + (self.q - 1)
        if (below <= 0).any():
            row = int(np.argmax(below <= 0))
            raise InvalidValue(
                f"q = {self.q:.6g} is not above 1: no mean order, and row {row} has too few repeat_days for its own",
                code="segmentation.gamma_gamma.no_mean",
                value=self.q,
            )
        return read_only(self.p * (self.v + repeats * money) / below)

    def explain(self) -> str:
        """The parameters and the mean order."""
        return text_table(self._rows(), align=_ALIGN)

    def _repr_html_(self) -> str:
        head, *rows = self._rows()
        return html_table(head, rows, align=_ALIGN)

    def _rows(self) -> list[tuple[str, str, str]]:
        mean = "none" if self.mean is None else f"{self.mean:.6g}"
        return [
            ("p", f"{self.p:.6g}", "the higher, the more alike the orders of a customer"),
            ("q", f"{self.q:.6g}", "the higher, the more alike the customers"),
            ("v", f"{self.v:.6g}", "in the unit of the money"),
            ("mean order", mean, "p v / (q - 1)" if self.mean is not None else "q is not above 1"),
        ]


@attrs.frozen(kw_only=True)
class GammaGammaFit(Fitted[GammaGamma]):
    """How the fit of a Gamma-Gamma model ended.

    Of all customers those *used* have repeat days and money, *without_repeats* no repeat days, and *zero_money* repeat
    days that brought nothing. *correlation* is Pearson's, of repeat days and mean money over those used; None where
    one of them does not vary.
    """

    used: int
    without_repeats: int
    zero_money: int
    correlation: float | None = None

    def _kind(self) -> type[GammaGamma]:
        return GammaGamma


def _checked(repeat_days: object, mean_money: object) -> tuple[Whole, Reals]:
    repeats = whole_numbers(repeat_days, name="repeat_days", code="segmentation.repeat_days", low=0, high=MOST_DAYS)
    money = real_numbers(mean_money, name="mean_money", code="segmentation.mean_money")
    if money.shape != repeats.shape:
        shape = " x ".join(map(str, money.shape))
        raise InvalidValue(
            f"mean_money must be one column of {len(repeats):,} rows, not {shape}",
            code="segmentation.mean_money",
            value=money.shape,
        )
    for wrong, why in (
        (money < 0, "must not be negative, as the model knows no refunds: summarize with Refunds.SEPARATE"),
        ((money > _MOST_MONEY) | ((money > 0) & (money < _LEAST_MONEY)), "must be 0 or lie in 1e-12..1e18"),
        ((repeats == 0) & (money > 0), "must be 0 where there are no repeat_days: it leaves out the first day"),
    ):
        if wrong.any():
            row = int(np.argmax(wrong))
            value = float(money[row])
            raise InvalidValue(f"mean_money {why}; row {row} is {value}", code="segmentation.mean_money", value=value)
    return repeats, money


def _correlation(x: Whole, m: Reals) -> float | None:
    if x[0] == x[-1] or float(m.min()) == float(m.max()):  # x rises
        return None
    by_x, by_m = x - x.mean(), m - m.mean()
    return float((by_x * by_m).sum() / sqrt(float((by_x**2).sum()) * float((by_m**2).sum())))


def _notes(found: Climb, zero_money: int, correlation: float | None) -> tuple[str, ...]:
    notes = []
    if found.runaways:
        notes.append("the orders of a customer, or the customers, are too much alike or too few: use their plain mean")
    elif found.point[1] <= 1:
        notes.append(f"q = {found.point[1]:.4g} is not above 1: there is no mean order over all customers")
    if zero_money:
        notes.append(f"{zero_money:,} customers with repeat days that brought nothing were left out")
    if correlation is not None:
        notes.append(f"correlation of repeat days and mean money: {correlation:.3f}; the model holds it to be 0")
    return tuple(notes)


@attrs.frozen(eq=False, kw_only=True)
class _Likelihood:
    """What the sums need of the data: the different x and how many have each, and all x and xm in one order.

    With the logarithms of m, x and v drawn together no term is larger than it has to be:

        ln L = -ln B(px, q) - ln m - px ln(1 + v / (xm)) - q ln(1 + xm / v)
    """

    different: Reals
    counts: Reals
    x: Reals
    spent: Reals
    log_money: float

    @classmethod
    def of(cls, x: Whole, m: Reals) -> _Likelihood:
        different, counts = np.unique(x, return_counts=True)
        orders = x.astype(np.float64)
        return cls(
            different=different.astype(np.float64),
            counts=counts.astype(np.float64),
            x=orders,
            spent=orders * m,
            log_money=float(np.log(m).sum()),
        )

    def at(self, parameters: Reals) -> tuple[float, Reals, Reals]:
        """The log-likelihood, its gradient and its second derivatives by p, q, v."""
        with np.errstate(all="ignore"):  # a wild step may overflow; the climb then tries a shorter one
            return self._at(*parameters.tolist())

    def _at(self, p: float, q: float, v: float) -> tuple[float, Reals, Reals]:
        kinds, counts = self.different, self.counts
        px, qs = p * kinds, np.full_like(kinds, q)
        of_orders, of_all = np.log1p(v / self.spent), np.log1p(self.spent / v)
        back = 1 / (v + self.spent)
        value = (
            -float((counts * log_beta(px, qs)).sum())
            - self.log_money
            - p * float((self.x * of_orders).sum())
            - q * float(of_all.sum())
        )
        share = self.spent / v * back  # 1/v - 1/(v + xm)
        gradient = np.array(
            [
                (counts * kinds * digamma_step(px, qs)).sum() - (self.x * of_orders).sum(),
                (counts * digamma_step(qs, px)).sum() - of_all.sum(),
                (q * share - p * self.x * back).sum(),
            ]
        )
        by_pq = (counts * kinds * trigamma(px + qs)).sum()
        by_pv = -(self.x * back).sum()
        by_qv = share.sum()
        by_v = (p * self.x * back**2 - q * share * (1 / v + back)).sum()
        by_p = (counts * kinds**2 * trigamma_step(px, qs)).sum()
        by_q = (counts * trigamma_step(qs, px)).sum()
        return value, gradient, np.array([[by_p, by_pq, by_pv], [by_pq, by_q, by_qv], [by_pv, by_qv, by_v]])
