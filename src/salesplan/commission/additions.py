"""What a statement takes from outside its plan: pay on what others sold, prizes, and the payee's own currency."""

from __future__ import annotations

from fractions import Fraction

import attrs

from ..errors import InvalidType, InvalidValue, clip, require_instance, require_text
from ..money import Currency, Money, Rounding
from ..rate import Rate
from ._figures import rounded
from .awards import Award, CashAward, NonCashAward
from .line import LineKind

__all__ = ["Addition", "Conversion"]

_ADDED = {LineKind.OVERRIDE, LineKind.POOL, LineKind.AWARD}


def _award(given: Award | Money) -> Money | NonCashAward:
    if isinstance(given, CashAward):
        return given.amount
    if not isinstance(given, Money | NonCashAward):
        raise InvalidType(
            f"an addition is Money, a CashAward or a NonCashAward: {clip(given)}",
            code="commission.addition",
            value=given,
        )
    return given


@attrs.frozen(kw_only=True)
class Addition:
    """What comes from outside the plan's own components: an override, a share of a pool, a prize; under *rule*.

    *line* is the kind of line it becomes; *base* and *rate* are shown where they say how the amount came about.
    """

    line: LineKind
    rule: str
    award: Money | NonCashAward = attrs.field(converter=_award)
    note: str = ""
    base: Money | None = None
    rate: Rate | None = None

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.line, LineKind) or self.line not in _ADDED:
            raise InvalidType(
                f"an addition is an OVERRIDE, POOL or AWARD line: {clip(self.line)}",
                code="commission.addition",
                value=self.line,
            )
        require_text(self.rule, code="commission.addition", name="rule")
        if not isinstance(self.note, str) or self.note:
            require_text(self.note, code="commission.addition", name="note")
        if self.base is not None:
            require_instance(self.base, Money, code="commission.addition", name="base")
        if self.rate is not None:
            require_instance(self.rate, Rate, code="commission.addition", name="rate")


@attrs.frozen(kw_only=True)
class Conversion:
    """The payee's currency: one unit of the plan's is *rate* units of *currency*.

    >>> usd = Conversion(currency=Currency.iso("USD"), rate=Rate.of("0.14"))
    >>> str(usd.convert(Money.of("12800.00", "CNY"))), str(usd.convert(Money.of("100", "JPY")))
    ('USD 1792.00', 'USD 14.00')
    """

    currency: Currency
    rate: Rate
    rounding: Rounding = Rounding.HALF_UP

    def __attrs_post_init__(self) -> None:
        require_instance(self.currency, Currency, code="commission.conversion", name="currency")
        require_instance(self.rate, Rate, code="commission.conversion", name="rate")
        require_instance(self.rounding, Rounding, code="commission.conversion", name="rounding")
        if self.rate <= Rate(0):
            raise InvalidValue(f"a rate is above 0: {self.rate}", code="commission.conversion", value=self.rate)

    def convert(self, amount: Money) -> Money:
        """*amount* in the other currency, rounded once."""
        places = self.currency.exponent - amount.currency.exponent
        exact = amount.minor * self.rate.to_fraction() * Fraction(10) ** places
        return rounded(exact, self.currency, self.rounding)
