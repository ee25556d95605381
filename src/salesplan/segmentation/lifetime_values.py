"""What each customer is expected to bring, and under which terms."""

from __future__ import annotations

from math import fsum, inf
from typing import Final

import attrs
import numpy as np

from ..columns import Reals
from ..display import Align, html_table, text_table
from ..errors import InvalidValue, clip, require_instance, require_int
from ..money import Currency
from ..rate import Rate
from ._histories import MOST_DAYS, own_reals, require_one_length
from ._one_code import one_code
from ._own_arrays import ByBytes

__all__ = ["LifetimeValues", "check_terms", "require_share"]

_MOST_PERIODS: Final = 1200
_MOST_DISCOUNT: Final = Rate(10)
_ROW: Final = "segmentation.row"
_ALIGN: Final = (Align.LEFT, Align.RIGHT)


@attrs.frozen(kw_only=True, eq=False)
class LifetimeValues(ByBytes):
    """What each customer is expected to bring, a row a customer, as they were given.

    *alive* is the chance to be a customer still, *orders* the orders to come, *discounted_orders* what they are worth
    in orders of today, *order_value* the money of one, *value* the margin on them all.
    Units: money as that of the mean_money given; minor units of *currency*, where that is given.
    """

    alive: Reals = attrs.field(converter=own_reals)
    orders: Reals = attrs.field(converter=own_reals)
    discounted_orders: Reals = attrs.field(converter=own_reals)
    order_value: Reals = attrs.field(converter=own_reals)
    value: Reals = attrs.field(converter=own_reals)
    periods: int
    period_days: int
    discount: Rate
    margin: Rate
    currency: Currency | None = None

    def __attrs_post_init__(self) -> None:
        require_one_length(self.to_columns())
        if self.currency is not None:
            require_instance(self.currency, Currency, code="segmentation.lifetime", name="currency")
        for name, column in self.to_columns().items():
            high = 1.0 if name == "alive" else inf
            if name not in {"order_value", "value"} and ((column < 0) | (column > high)).any():
                row = int(np.argmax((column < 0) | (column > high)))
                raise InvalidValue(
                    f"{name} cannot be {column[row]}; row {row}", code="segmentation.lifetime", value=row
                )
        check_terms(self.periods, self.period_days, self.discount, self.margin)

    def __len__(self) -> int:
        return len(self.value)

    @property
    def total(self) -> float:
        """The value of all customers; of their order it does not depend."""
        return fsum(self.value.tolist())

    def to_columns(self) -> dict[str, Reals]:
        """The columns by name."""
        names = ("alive", "orders", "discounted_orders", "order_value", "value")
        return {name: getattr(self, name) for name in names}

    def explain(self) -> str:
        """The sums over all customers."""
        return text_table(self._rows(), align=_ALIGN)

    def explain_customer(self, row: int) -> str:
        """How the value of one customer comes about.

        Raises: InvalidType, InvalidValue for a row that is not there.
        """
        at = require_int(one_code(row, name="row", code=_ROW), code=_ROW, name="row", high=len(self) - 1)
        return text_table(
            [
                ("still a customer", f"{self.alive[at]:.4f}"),
                (f"orders in {self._span}", f"{self.orders[at]:.4f}"),
                (f"discounted by {self.discount} a period", f"{self.discounted_orders[at]:.4f}"),
                ("money of an order", self._amount(float(self.order_value[at]))),
                (f"margin of {self.margin}", self._amount(float(self.value[at]))),
            ],
            align=_ALIGN,
        )

    def _repr_html_(self) -> str:
        return html_table(("", "in all"), self._rows(), align=_ALIGN)

    @property
    def _span(self) -> str:
        return f"{self.periods} x {self.period_days} days"

    def _rows(self) -> list[tuple[str, str]]:
        return [
            ("customers", f"{len(self):,}"),
            ("still customers", f"{fsum(self.alive.tolist()):,.1f}"),
            (f"orders in {self._span}", f"{fsum(self.orders.tolist()):,.1f}"),
            (f"discounted by {self.discount} a period", f"{fsum(self.discounted_orders.tolist()):,.1f}"),
            (f"value at a margin of {self.margin}", self._amount(self.total)),
        ]

    def _amount(self, number: float) -> str:
        if self.currency is None:
            return f"{number:,.2f}"
        places = self.currency.exponent
        return f"{self.currency} {number / 10**places:,.{places}f}"


def check_terms(periods: int, period_days: int, discount: Rate, margin: Rate) -> None:
    """Refuse periods, days, a discount per period and a margin that no value can be worked out by."""
    require_int(periods, code="segmentation.periods", name="periods", low=1, high=_MOST_PERIODS)
    require_int(period_days, code="segmentation.period_days", name="period_days", low=1, high=MOST_DAYS // periods)
    require_share(margin, "margin")
    if not Rate(0) <= require_instance(discount, Rate, code="segmentation.discount", name="discount") <= _MOST_DISCOUNT:
        raise InvalidValue(
            f"discount per period must lie in 0..1000 %: {clip(str(discount))}",
            code="segmentation.discount",
            value=discount,
        )


def require_share(rate: Rate, name: str) -> None:
    """Refuse what is no share of a whole."""
    if not Rate(0) <= require_instance(rate, Rate, code=f"segmentation.{name}", name=name) <= Rate(1):
        raise InvalidValue(f"{name} must lie in 0..1: {clip(str(rate))}", code=f"segmentation.{name}", value=rate)
