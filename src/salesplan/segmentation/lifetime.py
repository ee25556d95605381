"""What a customer is worth: what was earned, a rule of thumb, and what two models expect.

    historic   money to date x margin, exact
    simple     order value x orders a period x margin / churn
    model      margin x E[M] x sum over k = 1 .. periods of (E[Y(k)] - E[Y(k - 1)]) / (1 + discount)**k

The simple one holds that a customer buys at one rate, pays one amount and leaves with one chance at the end of each
period, for ever and without discount: 1 / churn is then the number of periods, the first in full. It is for a sketch.

The last counts the future only. E[Y(k)] are the orders up to the end of period k by BG/NBD, E[M] the money of one by
Gamma-Gamma; what period k brings is discounted as if it came at its end. A period is a number of days and the discount
is per such period: 30 days at 1 % and a year at 1 % are different things, and a month here has no 4.345 weeks.

`holdout_check` asks whether a model deserves this: predict orders that have happened since, and compare.

Left out: costs of winning and serving a customer, discount within a period, what a forecast may be off by.
"""

from __future__ import annotations

from math import fsum
from typing import Final

import numpy as np

from ..columns import Whole, whole_numbers
from ..errors import InvalidValue, clip, require_instance, require_int
from ..money import Currency, Money, Rounding
from ..rate import Rate
from ._histories import MOST_DAYS, Histories, checked, read_only
from ._holdout import HoldoutCheck
from ._orders import Forecast
from .bgnbd import BgNbd
from .gamma_gamma import GammaGamma
from .lifetime_values import LifetimeValues, check_terms, require_share

__all__ = ["HoldoutCheck", "LifetimeValues", "historic_value", "holdout_check", "lifetime_value", "simple_value"]

_ROOM: Final = 2**62


def historic_value(money: object, *, margin: Rate, rounding: Rounding) -> Whole:
    """The margin on the money each customer has brought to date, to whole minor units by *rounding*.

    Units: minor units.      Shape: as *money*, int64, read-only.
    Law: historic_value(...)[row] == Money(money[row], ...).times(margin, rounding).minor, in every row.
    Raises: InvalidType for floats; InvalidValue for a margin outside 0..1.
    >>> historic_value([12345, 9900, -1000], margin=Rate.percent("37.5"), rounding=Rounding.HALF_UP).tolist()
    [4629, 3713, -375]
    """
    require_share(margin, "margin")
    require_instance(rounding, Rounding, code="segmentation.rounding", name="rounding")
    earned = whole_numbers(money, name="money", code="segmentation.money")
    top, bottom = margin.numerator, margin.denominator
    most = max(int(earned.max(initial=0)), -int(earned.min(initial=0)))
    if most * top + bottom >= _ROOM:  # past int64: one by one, as exact
        return read_only(np.array([rounding.divide(each * top, bottom) for each in earned.tolist()], dtype=np.int64))
    below, rest = np.divmod(earned * top, bottom)
    past_half = np.sign(rest - (bottom - rest))  # of what is not whole
    step = _steps_up(rounding)[np.where(below < 0, below % 10, below % 10 + 10), past_half + 1]
    return read_only(np.where(rest == 0, below, below + step))


def _steps_up(rounding: Rounding) -> Whole:
    """What is added to the whole number below a quotient: by that number in -10..9, and under, on or over the half.

    A rounding looks at the sign of that number and at its last digit, and at nothing else.
    """
    return np.array([[rounding.divide(4 * below + rest, 4) - below for rest in (1, 2, 3)] for below in range(-10, 10)])


def simple_value(
    order_value: Money, *, orders_per_period: Rate, margin: Rate, churn: Rate, rounding: Rounding
) -> Money:
    """What a customer brings who leaves with a chance of *churn* at the end of every period.

    Order value x orders a period x margin / churn.
    Law: exact up to one rounding.
    Raises: InvalidValue for a margin outside 0..1, a churn of 0 or over 1, negative orders.
    >>> fifty = Money.of("50", "USD")
    >>> str(simple_value(fifty, orders_per_period=Rate(2), margin=Rate.percent("30"), churn=Rate.percent("20"),
    ...                  rounding=Rounding.HALF_UP))
    'USD 150.00'
    """
    require_instance(order_value, Money, code="segmentation.order_value", name="order_value")
    require_instance(orders_per_period, Rate, code="segmentation.orders_per_period", name="orders_per_period")
    require_instance(rounding, Rounding, code="segmentation.rounding", name="rounding")
    require_share(margin, "margin")
    require_share(churn, "churn")
    if churn == Rate(0):
        raise InvalidValue("nobody leaves at a churn of 0: the value has no end", code="segmentation.churn", value=0)
    if orders_per_period < Rate(0):
        raise InvalidValue(
            f"orders_per_period must not be negative: {clip(str(orders_per_period))}",
            code="segmentation.orders_per_period",
            value=orders_per_period,
        )
    exact = orders_per_period.to_fraction() * margin.to_fraction() / churn.to_fraction() * order_value.minor
    return Money(rounding.divide(exact.numerator, exact.denominator), order_value.currency)


def lifetime_value(
    model: BgNbd,
    money_model: GammaGamma,
    *,
    repeat_days: object,
    last_repeat: object,
    age: object,
    mean_money: object,
    periods: int,
    period_days: int,
    discount: Rate,
    margin: Rate,
    currency: str | Currency | None = None,
) -> LifetimeValues:
    """What each customer is expected to bring in the next *periods* of *period_days*, at *discount* per period.

    Columns as for the models: days, and the mean money of a repeat day, 0 where there are none; a summary has them:
    `**summary.repeat_history, mean_money=summary.mean_repeat_money`, in minor units of its currency.
    Law: without discount the value is margin x orders x order value; a higher discount never raises it.
    Raises: InvalidType, InvalidValue as the models; for a q of 1 or less where it leaves a customer without a mean.
    >>> values = lifetime_value(BgNbd(r=2, alpha=1, a=2, b=1, unit_days=7), GammaGamma(p=6, q=4, v=15), repeat_days=[0],
    ...                         last_repeat=[0], age=[7], mean_money=[0], periods=2, period_days=7,
    ...                         discount=Rate.percent("25"), margin=Rate.percent("50"))
    >>> print(values.explain_customer(0))  # 2/3 an order in week 1, 1/3 in week 2: 2/3 / 1.25 + 1/3 / 1.5625
    still a customer            1.0000
    orders in 2 x 7 days        1.0000
    discounted by 25% a period  0.7467
    money of an order            30.00
    margin of 50%                11.20
    """
    unit = None if currency is None else Currency.of(currency)
    require_instance(model, BgNbd, code="segmentation.model", name="model")
    require_instance(money_model, GammaGamma, code="segmentation.model", name="money_model")
    check_terms(periods, period_days, discount, margin)
    histories = checked(repeat_days, last_repeat, age)
    order_value = money_model.expected_money(repeat_days=histories.repeats, mean_money=mean_money)
    shrink = float(1 / (1 + discount.to_fraction()))
    forecast = _forecast(model, histories)
    before = discounted = np.zeros(len(forecast.age))
    for k in range(1, periods + 1):
        upto = forecast.upto(k * period_days)
        discounted = discounted + np.maximum(upto - before, 0.0) * shrink**k
        before = upto
    weighted = forecast.by_customer(discounted)
    return LifetimeValues(
        alive=forecast.alive,
        orders=forecast.by_customer(before),
        discounted_orders=weighted,
        order_value=order_value,
        value=weighted * order_value * float(margin.to_fraction()),
        periods=periods,
        period_days=period_days,
        discount=discount,
        margin=margin,
        currency=unit,
    )


def holdout_check(
    model: BgNbd,
    *,
    repeat_days: object,
    last_repeat: object,
    age: object,
    horizon: int,
    actual_orders: object,
    top_class: int = 7,
) -> HoldoutCheck:
    """The orders that the model predicts for the *horizon* days after it was fitted, beside those that came.

    The columns are those the model was fitted to; *actual_orders* the days with an order in the horizon. Customers
    are grouped by their repeat days, *top_class* and more in one group.
    Law: the same for any order of the rows.
    Raises: InvalidType, InvalidValue.
    """
    require_instance(model, BgNbd, code="segmentation.model", name="model")
    require_int(top_class, code="segmentation.top_class", name="top_class", low=0, high=1000)
    require_int(horizon, code="segmentation.horizon", name="horizon", low=1, high=MOST_DAYS)
    histories = checked(repeat_days, last_repeat, age)
    actual = whole_numbers(
        actual_orders, name="actual_orders", code="segmentation.actual_orders", low=0, high=horizon, size=len(histories)
    )
    forecast = _forecast(model, histories)
    predicted = forecast.by_customer(forecast.upto(horizon))
    groups = np.minimum(histories.repeats, top_class)
    members = [groups == group for group in range(top_class + 1)]
    return HoldoutCheck(
        horizon=horizon,
        customers=np.array([each.sum() for each in members], dtype=np.int64),
        predicted=np.array([fsum(predicted[each].tolist()) for each in members]),
        actual=np.array([actual[each].sum() for each in members], dtype=np.int64),
    )


def _forecast(model: BgNbd, histories: Histories) -> Forecast:
    return Forecast.of((model.r, model.alpha, model.a, model.b), model.unit_days, histories)
