"""Exact ratios as short decimal text, for people."""

from __future__ import annotations

from ..money import Rounding
from ..rate import Rate

__all__ = ["decimal_text", "percent_text"]


def decimal_text(rate: Rate, places: int) -> str:
    """The ratio to that many decimal places, halves up.

    >>> decimal_text(Rate(2, 3), 2), decimal_text(Rate(-1, 3), 1)
    ('0.67', '-0.3')
    """
    units = Rounding.HALF_UP.divide(rate.numerator * 10**places, rate.denominator)
    whole, rest = divmod(abs(units), 10**places)
    return f"{'-' if units < 0 else ''}{whole:,}" + (f".{rest:0{places}}" if places else "")


def percent_text(rate: Rate, places: int = 1) -> str:
    """The ratio as a percentage to that many decimal places.

    >>> percent_text(Rate(2, 3))
    '66.7 %'
    """
    return f"{decimal_text(rate * 100, places)} %"
