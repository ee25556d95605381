"""BG/NBD: how many orders a customer will make, from how often and how recently there were some.

The model (Fader, Hardie and Lee 2005, "Counting your customers" the easy way): while a customer, one buys at random at
a rate that is one's own; after each order one leaves for good with a chance that is one's own. Over all customers the
rates are gamma with shape r and rate alpha, the chances beta with a and b. So an average customer buys r / alpha times
a unit of time and leaves after an order with chance a / (a + b). What is known of a customer is x, t_x and T: on how
many days there was a repeat order, when the last was, and for how long one has looked, both from the first order.

    L = G(r + x) alpha^r / G(r)  B(a, b + x) / B(a, b)  [(alpha + T)^-(r + x) + gone]
    gone = a / (b + x - 1) (alpha + t_x)^-(r + x) where x > 0, else 0

Days go in; *unit_days* says how many of them are the unit of alpha, 7 for weeks. It moves alpha and nothing else that
is asked of the model. Its known weakness: one leaves only at an order, so who never bought again is a customer still,
by construction. Do not read a chance of 1 at x = 0 as loyalty, nor use it to find those who left.

All numbers here are statistics, hence floats. Left out: seasons, covariates, marketing, contracts that end on a date,
the Pareto/NBD and its relatives, posterior draws.
"""

from __future__ import annotations

from typing import Final

import attrs
import numpy as np

from ..columns import Reals
from ..display import Align, html_table, text_table
from ..errors import require_instance, require_int
from ._bgnbd_fit import NAMES, Likelihood
from ._fit import Climb, FitStatus, Limit, Runaway, climb
from ._fitted import Fitted, NoModel, check_parameters
from ._histories import checked, days_ahead, read_only, tally
from ._orders import Forecast, Parameters, orders_if_there

__all__ = ["BgNbd", "BgNbdFit", "FitStatus", "Limit", "NoModel", "Runaway"]

_MOST_UNIT: Final = 3660
_FAR: Final = 1e15
_ALIGN: Final = (Align.LEFT, Align.RIGHT, Align.LEFT)


@attrs.frozen(kw_only=True)
class BgNbd:
    """The four parameters, and how many days the unit of alpha has.

    Range: each parameter 1e-15 .. 1e15; unit_days 1 .. 3660.
    Raises: InvalidType, InvalidValue.
    >>> model = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426, unit_days=7)  # CDNOW, in weeks
    >>> round(model.expected_orders_new(horizon=365), 2)
    1.45
    """

    r: float
    alpha: float
    a: float
    b: float
    unit_days: int

    def __attrs_post_init__(self) -> None:
        check_parameters(self, NAMES, code="segmentation.bgnbd", far=_FAR)
        require_int(self.unit_days, code="segmentation.unit_days", name="unit_days", low=1, high=_MOST_UNIT)

    @property
    def parameters(self) -> dict[str, float]:
        """r, alpha, a and b, by name."""
        return {name: getattr(self, name) for name in NAMES}

    @classmethod
    def fit(
        cls,
        *,
        repeat_days: object,
        last_repeat: object,
        age: object,
        unit_days: int,
        start: BgNbd | None = None,
    ) -> BgNbdFit:
        """The parameters under which these customers are most likely, from *start* where given.

        Columns, a row a customer: *repeat_days* x, the number of days with an order after the first such day;
        *last_repeat* t_x, days from the first to the last of them; *age* T, days from the first to the end.
        The likelihood of few customers can have several tops, and one climb finds one: fit from other starts too, and
        keep the highest log_likelihood.
        Law: the same bytes for any order of the rows; customers and parameters do not depend on unit_days but alpha,
        in inverse proportion.
        Raises: InvalidType, InvalidValue for columns that are no histories: t_x over T, x over t_x, t_x without x.
        >>> fit = BgNbd.fit(repeat_days=[0, 0, 0, 0, 0], last_repeat=[0] * 5, age=[70] * 5, unit_days=7)
        >>> fit.status.value                                        # nobody bought twice
        'degenerate'
        >>> [str(each) for each in fit.runaways]
        ['r -> 0', 'alpha -> infinity', 'a may be anything', 'b may be anything']
        """
        require_int(unit_days, code="segmentation.unit_days", name="unit_days", low=1, high=_MOST_UNIT)
        histories = checked(repeat_days, last_repeat, age)
        observed = int((histories.age > 0).sum())
        customers, repeaters = len(histories), int((histories.repeats > 0).sum())
        if observed < len(NAMES):
            return BgNbdFit(
                status=FitStatus.TOO_FEW,
                customers=customers,
                repeaters=repeaters,
                notes=(f"{len(NAMES)} parameters need as many customers seen for a day or more; there are {observed}",),
            )
        data = tally(histories)
        size = float((data.age * data.counts).sum() / data.counts.sum()) / unit_days
        sizes = np.array([1.0, size, 1.0, 1.0])
        found = climb(
            Likelihood.of(data, unit_days).at,
            names=NAMES,
            start=sizes if start is None else _start(start, unit_days),
            sizes=sizes,
        )
        place = cls(**dict(zip(NAMES, found.point, strict=True)), unit_days=unit_days)
        return BgNbdFit(
            status=FitStatus.DEGENERATE if found.runaways else FitStatus.CONVERGED,
            model=None if found.runaways else place,
            edge=place if found.runaways else None,
            runaways=found.runaways,
            log_likelihood=found.value,
            gradient_norm=found.slope,
            iterations=found.steps,
            standard_errors=found.errors,
            customers=customers,
            repeaters=repeaters,
            notes=_notes(found, customers - repeaters),
        )

    def alive(self, *, repeat_days: object, last_repeat: object, age: object) -> Reals:
        """The chance that each is a customer still at the end of *age*.

        Units: days, parts of days allowed.
        Law: in 0..1; 1 where repeat_days is 0, by construction; never less for a later *last_repeat*.
        Raises: InvalidType, InvalidValue as `fit`.
        >>> model = BgNbd(r=1, alpha=1, a=1, b=1, unit_days=7)  # 1 / (1 + (3/2)**2) = 4/13
        >>> model.alive(repeat_days=[1, 0], last_repeat=[7, 0], age=[14, 14]).round(6).tolist()
        [0.307692, 1.0]
        """
        return read_only(self._forecast(repeat_days, last_repeat, age).alive)

    def expected_orders(self, *, horizon: float, repeat_days: object, last_repeat: object, age: object) -> Reals:
        """How many days with an order each is expected to have in the next *horizon* days.

        Units: days.      Law: rises with the horizon; at most 12 digits are meant.
        Raises: InvalidType, InvalidValue as `fit`, or for a horizon that no series reaches.
        >>> model = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426, unit_days=7)
        >>> model.expected_orders(horizon=39 * 7, repeat_days=[2], last_repeat=[213], age=[272]).round(3).tolist()
        [1.226]
        """
        ahead = days_ahead(horizon)
        forecast = self._forecast(repeat_days, last_repeat, age)
        return read_only(forecast.by_customer(forecast.upto(ahead)))

    def expected_orders_new(self, *, horizon: float) -> float:
        """How many days with an order a customer will have in the *horizon* days after the first, not counting that.

        Units: days.
        Raises: InvalidType, InvalidValue.
        """
        ahead = days_ahead(horizon) / self.unit_days
        return float(orders_if_there(self._parameters, np.zeros(1), np.zeros(1), ahead)[0])

    def log_likelihood(self, *, repeat_days: object, last_repeat: object, age: object) -> float:
        """The logarithm of the likelihood of these customers, for one unit of time: compare no two units.

        Raises: InvalidType, InvalidValue as `fit`.
        """
        histories = checked(repeat_days, last_repeat, age)
        if not len(histories):
            return 0.0
        return Likelihood.of(tally(histories), self.unit_days).at(np.array(self._parameters))[0]

    def explain(self) -> str:
        """The parameters, and what they say of customers."""
        return text_table(self._rows(), align=_ALIGN)

    def _repr_html_(self) -> str:
        return html_table(("", "", "of which"), self._rows(), align=_ALIGN)

    def _rows(self) -> list[tuple[str, str, str]]:
        unit = "a day" if self.unit_days == 1 else f"{self.unit_days} days"
        return [
            ("r", f"{self.r:.6g}", "the lower, the more the rates of buying differ"),
            ("alpha", f"{self.alpha:.6g}", f"in units of {unit}"),
            ("a", f"{self.a:.6g}", ""),
            ("b", f"{self.b:.6g}", "a + b: the lower, the more the chances of leaving differ"),
            ("orders", f"{self.r / self.alpha:.6g}", f"per {unit}, of an average customer: r / alpha"),
            ("leaves", f"{self.a / (self.a + self.b):.6g}", "after an order, on average: a / (a + b)"),
        ]

    @property
    def _parameters(self) -> Parameters:
        return self.r, self.alpha, self.a, self.b

    def _forecast(self, repeat_days: object, last_repeat: object, age: object) -> Forecast:
        return Forecast.of(self._parameters, self.unit_days, checked(repeat_days, last_repeat, age))


@attrs.frozen(kw_only=True)
class BgNbdFit(Fitted[BgNbd]):
    """How the fit of a BG/NBD model ended; *repeaters* are the customers with repeat days."""

    repeaters: int

    def _kind(self) -> type[BgNbd]:
        return BgNbd


def _start(model: BgNbd, unit_days: int) -> Reals:
    require_instance(model, BgNbd, code="segmentation.start", name="start")
    return np.array([model.r, model.alpha * model.unit_days / unit_days, model.a, model.b])


def _notes(found: Climb, once: int) -> tuple[str, ...]:
    """What to know about the result, in words."""
    notes = [_reading(found.runaways)] if found.runaways else []
    for name, value, error in zip(NAMES, found.point, found.errors, strict=bool(found.errors)):
        if error > value:
            notes.append(f"{name} is hardly known: its standard error exceeds it")
    if once:
        notes.append(f"{once:,} customers never bought again: the model counts them as customers still")
    return tuple(notes)


def _reading(runaways: tuple[Runaway, ...]) -> str:
    """What it means in business that the likelihood is best at the limit."""
    toward = {each.parameter: each.toward for each in runaways}
    r, a, b = (toward.get(name) for name in ("r", "a", "b"))
    if set(toward.values()) == {Limit.ANY}:
        return f"these customers do not tell {' from '.join(toward)}: use more data"
    read = []
    if r in {Limit.ZERO, Limit.INFINITY}:
        read.append("hardly anybody buys again" if r is Limit.ZERO else "all customers buy at one rate")
    if a is b and a in {Limit.ZERO, Limit.INFINITY}:
        one, two = "all leave with one chance", "some leave at the first repeat order and the rest never"
        read.append(one if a is Limit.INFINITY else two)
    elif a is Limit.ZERO or b is Limit.INFINITY:
        read.append("nobody is seen to leave")
    elif a is Limit.INFINITY or b is Limit.ZERO:
        read.append("everybody leaves at the first repeat order")
    return f"as if {' and '.join(read)}: use a simpler model or more data" if read else "use more data"
