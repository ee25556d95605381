"""The largest customers, as a number of them with what they bring."""

from __future__ import annotations

from typing import Final

import attrs

from ..display import html_table
from ..errors import InvalidValue, require_int
from ..money import MAX_MINOR
from ..rate import Rate
from ._rate_text import percent_text

__all__ = ["TopCustomers"]

_CODE: Final = "segmentation.concentration.top"


@attrs.frozen(kw_only=True)
class TopCustomers:
    """The *customers* largest *of_customers*, who bring *money*, in minor units, *of_money*.

    *least* is the smallest total among them, None where there are none. As many as *tied_outside* have the same total
    and are not among them, *tied_inside* are: a list of the customers then depends on more than their money.
    Raises: InvalidType, InvalidValue for numbers that contradict each other.
    """

    customers: int
    of_customers: int
    money: int
    of_money: int
    least: int | None
    tied_outside: int
    tied_inside: int

    def __attrs_post_init__(self) -> None:
        most = require_int(self.of_customers, code=_CODE, name="of_customers", low=1, high=MAX_MINOR)
        many = require_int(self.customers, code=_CODE, name="customers", low=0, high=most)
        total = require_int(self.of_money, code=_CODE, name="of_money", low=1, high=MAX_MINOR)
        held = require_int(self.money, code=_CODE, name="money", low=0, high=total)
        require_int(self.tied_inside, code=_CODE, name="tied_inside", low=min(many, 1), high=many)
        require_int(self.tied_outside, code=_CODE, name="tied_outside", low=0, high=(most - many) if many else 0)
        if self.least is None:
            if many or held:
                raise InvalidValue("customers have a least one", code=_CODE, value=many)
            return
        if require_int(self.least, code=_CODE, name="least", low=0) * max(many, 1) > held or not many:
            raise InvalidValue("least is the total of one of the customers", code=_CODE, value=self.least)

    @property
    def share(self) -> Rate:
        """Their share of the money."""
        return Rate(self.money, self.of_money)

    @property
    def customer_share(self) -> Rate:
        """Their share of the customers."""
        return Rate(self.customers, self.of_customers)

    def cells(self) -> tuple[str, str, str, str]:
        """The numbers as text: customers, both shares, and whether the edge goes through a tie."""
        tied = "yes" if self.tied_outside else "no"
        return f"{self.customers:,}", percent_text(self.customer_share), percent_text(self.share), tied

    def explain(self) -> str:
        """Who they are and what they bring, in a sentence."""
        text = (
            f"{self.customers:,} of {self.of_customers:,} customers ({percent_text(self.customer_share)}) bring "
            f"{self.money:,} of {self.of_money:,} ({percent_text(self.share)})"
        )
        if not self.tied_outside:
            return text
        return f"{text}; {self.tied_outside:,} more with {self.least:,} each, like {self.tied_inside:,} of them"

    def _repr_html_(self) -> str:
        return html_table(("customers", "of customers", "of money", "tied"), [self.cells()], caption=self.explain())
