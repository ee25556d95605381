"""What a contest gives: cash, something that is not cash, or a part of a pot.

An award that is not cash has a nominal value, which is shown (and is what a tax office may ask for), but is never
paid out. A part of a pot becomes cash once the pot is known, so it stands in a prize and never in what somebody got.
"""

from __future__ import annotations

from typing import TypeAlias

import attrs

from ..errors import InvalidValue, require_instance, require_text
from ..money import Money
from ..rate import Rate

__all__ = ["Award", "CashAward", "NonCashAward", "PotShare"]


@attrs.frozen
class CashAward:
    """An amount that is paid out.

    Raises: InvalidValue below zero.
    >>> str(CashAward(Money.of("5000", "CNY")))
    'CNY 5000.00'
    """

    amount: Money

    def __attrs_post_init__(self) -> None:
        _not_negative(self.amount, name="the amount of an award")

    def __str__(self) -> str:
        return str(self.amount)


@attrs.frozen
class NonCashAward:
    """Something else than cash, such as a training fund or a trip; *nominal* is what it counts for, not a payment.

    *category* groups awards ("trip"), *description* says what this one is.
    Raises: InvalidValue for a negative nominal value or an empty text.
    >>> trip = NonCashAward("trip", description="three days in Sanya", nominal=Money.of("3000", "CNY"))
    >>> str(trip)
    'trip: three days in Sanya (worth CNY 3000.00)'
    """

    category: str
    description: str = attrs.field(kw_only=True)
    nominal: Money = attrs.field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_text(self.category, code="commission.award", name="category")
        require_text(self.description, code="commission.award", name="description")
        _not_negative(self.nominal, name="a nominal value")

    def __str__(self) -> str:
        return f"{self.category}: {self.description} (worth {self.nominal})"


@attrs.frozen
class PotShare:
    """A part of the pot that a contest pays from.

    Raises: InvalidValue unless 0 < share <= 1.
    >>> str(PotShare(Rate.percent("50")))
    '50% of the pot'
    """

    share: Rate

    def __attrs_post_init__(self) -> None:
        require_instance(self.share, Rate, code="commission.award", name="share")
        if not Rate(0) < self.share <= Rate(1):
            raise InvalidValue(
                "a part of a pot is more than 0 and at most 1", code="commission.award", value=self.share
            )

    def __str__(self) -> str:
        return f"{self.share} of the pot"


Award: TypeAlias = CashAward | NonCashAward
"""What somebody got."""


def _not_negative(amount: object, *, name: str) -> None:
    if require_instance(amount, Money, code="commission.award", name=name).minor < 0:
        raise InvalidValue(f"{name} is 0 or more: {amount}", code="commission.award", value=amount)
