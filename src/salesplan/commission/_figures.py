"""Exact numbers as people read them: '~' marks one that is rounded for the eye, never for the sum."""

from __future__ import annotations

from fractions import Fraction

from ..money import Currency, Money, Rounding
from ..rate import Rate

__all__ = ["exact_text", "percent_text", "rate_text", "rounded"]


def exact_text(exact: int | Fraction, currency: Currency | None) -> str:
    """Minor units of *currency* as an amount, or a number of units."""
    if currency is None:
        if exact.denominator == 1:
            return str(exact.numerator)
        hundredths = Rounding.HALF_UP.divide(exact.numerator * 100, exact.denominator)
        mark = "" if exact * 100 == hundredths else "~"
        return f"{mark}{'-' if hundredths < 0 else ''}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"
    if exact.denominator == 1:
        return Money(exact.numerator, currency).amount
    return "~" + Money(Rounding.HALF_UP.divide(exact.numerator, exact.denominator), currency).amount


def rate_text(rate: Rate | None) -> str:
    """A rate in percent, '' for none."""
    return "" if rate is None else percent_text(rate)


def percent_text(rate: Rate) -> str:
    """In percent; beyond two decimals rounded and marked."""
    text = str(rate)
    if text.endswith("%") and len(text.partition(".")[2]) <= 3:
        return text
    hundredths = Rounding.HALF_UP.divide(rate.numerator * 10_000, rate.denominator)
    return f"~{'-' if hundredths < 0 else ''}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}%"


def rounded(exact: Fraction, currency: Currency, rounding: Rounding) -> Money:
    """An exact number of minor units as Money."""
    return Money(rounding.divide(exact.numerator, exact.denominator), currency)
