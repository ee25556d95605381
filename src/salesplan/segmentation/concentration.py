"""Concentration: how much of the money the largest customers bring, and how many customers bring most of it.

The base are all customers, those at 0 too, each with one total. Two ways to say "the top 20 %" are kept apart:

    top_customers   whole customers, their number k n rounded up: 20 % of 7 are 2. Customers can be listed.
    top_share       1 - L(0.8) on the Lorenz curve, the next customer counting in part. A measure, smooth in k.

They agree where k n is whole. Where customers just inside and just outside have equal totals, the share is the same
whoever is taken, but the list is not: the result says so.

The Lorenz curve joins (k/n, (x_1 + ... + x_k)/S), totals rising. Gini is 2 (1 x_1 + ... + n x_n)/(n S) - (n + 1)/n,
without the correction n/(n - 1). The Pareto split is the smallest k whose customers bring 1 - k/n or more: 20 % that
bring 80 %, in the saying.

A total below 0 (more given back than paid, in the time looked at) is no part of a whole: it is refused, or set apart.

Left out: the Pareto distribution, which is a model of the tail; customers without a row.
"""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from math import floor
from typing import Any, Final, assert_never

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole, whole_numbers
from ..display import Align, html_table, text_table
from ..errors import InvalidValue, clip, require_instance, require_int
from ..money import MAX_MINOR
from ..rate import Rate
from ._own_arrays import ByBytes, own_column
from ._place_sums import total_of
from ._rate_text import decimal_text, percent_text
from ._top_customers import TopCustomers

__all__ = ["CustomerConcentration", "NegativeTotals", "TopCustomers", "customer_concentration"]

_CODE: Final = "segmentation.concentration"
_FINEST: Final = 10**24
_TOPS: Final = tuple(Rate.percent(top) for top in ("1", "5", "10", "20", "50"))
_MOST: Final = tuple(Rate.percent(share) for share in ("50", "60", "80"))
_HEAD: Final = ("", "customers", "of customers", "of money", "tied")
_ALIGN: Final = (Align.LEFT, *[Align.RIGHT] * 4)


class NegativeTotals(Enum):
    """What becomes of customers whose total is below 0."""

    REFUSE = "refuse"
    """There must be none."""
    SET_APART = "set_apart"
    """They leave the base, and are counted with their money: 5, 3 and -2 are two customers with 8, and one with -2."""


@attrs.frozen(kw_only=True, eq=False)
class CustomerConcentration(ByBytes):
    """The totals of customers, rising, in minor units; and how many below 0 were set apart, with their money.

    Law: a permutation or a common factor of the totals changes no share.
    Raises: InvalidValue for totals that do not rise, one below 0, none above 0, or more than 2**63 - 1 in all.
    """

    money: Whole = attrs.field(repr=False)
    apart_customers: int = 0
    apart_money: int = 0
    total: int = attrs.field(init=False)
    _curve: Whole = attrs.field(init=False, repr=False)  # the money of the k smallest, k = 0 .. n

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        keep(self, "money", own_column(self.money, name="money", code=_CODE, low=0))
        if (self.money[1:] < self.money[:-1]).any():
            raise InvalidValue("the totals must rise", code=_CODE, value=None)
        total = require_int(total_of(self.money), code=f"{_CODE}.total", name="the money of all", high=MAX_MINOR)
        if not total:
            raise InvalidValue("no total is above 0: nobody holds a share", code=f"{_CODE}.zero", value=0)
        keep(self, "total", total)
        keep(self, "_curve", own_column(np.append(0, np.cumsum(self.money)), name="the curve", code=_CODE))
        apart = require_int(self.apart_customers, code=_CODE, name="apart_customers", low=0)
        if require_int(self.apart_money, code=_CODE, name="apart_money") > -apart or (self.apart_money and not apart):
            raise InvalidValue("customers set apart have less than 0 each", code=_CODE, value=self.apart_money)

    def __len__(self) -> int:
        return len(self.money)

    def top_customers(self, top: Rate) -> TopCustomers:
        """The largest *top* of all customers, their number rounded up.

        Raises: InvalidType; InvalidValue for *top* outside 0..1 or with more than 24 digits.
        >>> totals = customer_concentration([50, 30, 10, 10, 0, 0, 0])
        >>> print(totals.top_customers(Rate.percent("20")).explain())
        2 of 7 customers (28.6 %) bring 80 of 100 (80.0 %)
        >>> totals.top_customers(Rate(3, 7)).tied_outside
        1
        """
        many = len(self) * _share(top, "top").numerator
        return self._top(-(-many // top.denominator))

    def customers_for(self, money_share: Rate) -> TopCustomers:
        """The fewest customers who bring *money_share* of the money or more: the largest ones.

        Raises: as `top_customers`.
        >>> print(customer_concentration([50, 30, 10, 10]).customers_for(Rate.percent("60")).explain())
        2 of 4 customers (50.0 %) bring 80 of 100 (80.0 %)
        """
        wanted = -(-self.total * _share(money_share, "money_share").numerator // money_share.denominator)
        rest = int(np.searchsorted(self._curve, self.total - wanted, side="right")) - 1
        return self._top(len(self) - rest)

    def share_of_customers_for(self, money_share: Rate) -> Rate:
        """What share of the customers brings *money_share* of the money or more.

        Raises: as `top_customers`.
        >>> str(customer_concentration([50, 30, 10, 10]).share_of_customers_for(Rate.percent("50")))
        '25%'
        """
        return self.customers_for(money_share).customer_share

    def pareto_split(self) -> TopCustomers:
        """The fewest customers whose share of the money is at least the share of the others among customers.

        >>> print(customer_concentration([80, 5, 5, 5, 5]).pareto_split().explain())
        1 of 5 customers (20.0 %) bring 80 of 100 (80.0 %)
        """
        low, high = 0, len(self)  # at low they bring too little, at high enough
        while high - low > 1:
            many = (low + high) // 2
            held = self.total - int(self._curve[len(self) - many])
            low, high = (low, many) if held * len(self) >= (len(self) - many) * self.total else (many, high)
        return self._top(high)

    def _top(self, many: int) -> TopCustomers:
        rest = len(self) - many
        least = int(self.money[rest]) if many else None
        tied = [0, 0]
        if least is not None:
            tied = [int(np.searchsorted(self.money, least, side=side)) for side in ("left", "right")]
            tied = [rest - tied[0], tied[1] - rest]
        return TopCustomers(
            customers=many,
            of_customers=len(self),
            money=self.total - int(self._curve[rest]),
            of_money=self.total,
            least=least,
            tied_outside=tied[0],
            tied_inside=tied[1],
        )

    def top_share(self, top: Rate) -> Rate:
        """What the largest *top* of all hold; of a customer who is only partly among them, that part.

        Law: top <= result <= 1; no more than `top_customers(top).share`, and equal where top * n is whole.
        Raises: as `top_customers`.
        >>> str(customer_concentration([50, 30, 10, 10]).top_share(Rate.percent("30")))
        '56%'
        """
        return self.lorenz(_share(top, "top").complement()).complement()

    def lorenz(self, customer_share: Rate) -> Rate:
        """What the smallest *customer_share* of all hold: the Lorenz curve, straight between its points.

        Law: 0 <= result <= customer_share.
        Raises: as `top_customers`.
        """
        many = _share(customer_share, "customer_share").to_fraction() * len(self)
        whole = floor(many)
        following = int(self.money[whole]) if whole < len(self) else 0
        held: Fraction = int(self._curve[whole]) + (many - whole) * following
        return Rate(held.numerator, held.denominator * self.total)

    @property
    def gini(self) -> Rate:
        """Twice the area between the Lorenz curve and equality, uncorrected: 0 .. (n - 1)/n.

        >>> str(customer_concentration([0, 0, 0, 7]).gini), str(customer_concentration([5, 5]).gini)
        ('75%', '0%')
        """
        many = len(self)
        ranked = (many + 1) * self.total - total_of(self._curve)  # 1 x_1 + ... + n x_n
        return Rate(1, many * self.total) * (2 * ranked - (many + 1) * self.total)

    def explain(self) -> str:
        """What the top 1, 5, 10, 20 and 50 % bring, who brings 50, 60 and 80 %, the Pareto split, and Gini."""
        return "\n".join([self._caption(), text_table([_HEAD, *self._rows()], align=_ALIGN)])

    def _repr_html_(self) -> str:
        return html_table(_HEAD, self._rows(), align=_ALIGN, caption=self._caption())

    def _caption(self) -> str:
        text = f"{len(self):,} customers, {self.total:,} in minor units, Gini {decimal_text(self.gini, 4)}"
        if not self.apart_customers:
            return text
        return f"{text}; set apart {self.apart_customers:,} below 0, with {self.apart_money:,}"

    def _rows(self) -> list[tuple[str, ...]]:
        tops = [(f"top {percent_text(top, 0)}", self.top_customers(top)) for top in _TOPS]
        tops += [(f"for {percent_text(share, 0)}", self.customers_for(share)) for share in _MOST]
        return [(name, *top.cells()) for name, top in [*tops, ("Pareto split", self.pareto_split())]]

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """The points of the Lorenz curve: of the *customers* smallest, 0 .. n, the *money*."""
        return {"customers": np.arange(len(self) + 1), "money": self._curve.copy()}


def customer_concentration(money: object, *, negative: NegativeTotals = NegativeTotals.REFUSE) -> CustomerConcentration:
    """How the money spreads over customers, one total each, in any order.

    Units: whole minor units of one currency.
    Raises: InvalidType for anything but whole numbers; InvalidValue for a total below 0 unless they are set apart, for
    no total above 0, or more than 2**63 - 1 in all.
    >>> print(customer_concentration([600, 100, 100, 100, 100, -50], negative=NegativeTotals.SET_APART).explain())
    5 customers, 1,000 in minor units, Gini 0.4000; set apart 1 below 0, with -50
                  customers  of customers  of money  tied
    top 1 %               1        20.0 %    60.0 %    no
    top 5 %               1        20.0 %    60.0 %    no
    top 10 %              1        20.0 %    60.0 %    no
    top 20 %              1        20.0 %    60.0 %    no
    top 50 %              3        60.0 %    80.0 %   yes
    for 50 %              1        20.0 %    60.0 %    no
    for 60 %              1        20.0 %    60.0 %    no
    for 80 %              3        60.0 %    80.0 %   yes
    Pareto split          2        40.0 %    70.0 %   yes
    """
    totals = whole_numbers(money, name="money", code=_CODE)
    require_instance(negative, NegativeTotals, code=_CODE, name="negative")
    below = totals < 0
    match negative:
        case NegativeTotals.REFUSE:
            if below.any():
                row = int(np.argmax(below))
                raise InvalidValue(
                    f"row {row} is {clip(int(totals[row]))}: set totals below 0 apart, with NegativeTotals.SET_APART",
                    code=f"{_CODE}.negative",
                    value=int(totals[row]),
                )
        case NegativeTotals.SET_APART:
            pass
        case _:
            assert_never(negative)
    return CustomerConcentration(
        money=np.sort(totals[~below]),
        apart_customers=int(np.count_nonzero(below)),
        apart_money=total_of(totals[below]),
    )


def _share(rate: object, name: str) -> Rate:
    share = require_instance(rate, Rate, code=f"{_CODE}.share", name=name)
    if not Rate(0) <= share <= Rate(1) or share.denominator > _FINEST:
        raise InvalidValue(
            f"{name} lies in 0..1, with 24 digits at most: {clip(str(share))}", code=f"{_CODE}.share", value=share
        )
    return share
