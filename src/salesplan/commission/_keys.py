"""What tiers are reached by and what they pay, and these as plain numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias, assert_never

from ..errors import InvalidType, InvalidValue, clip
from ..money import Currency, Money
from ..rate import Rate

__all__ = ["Key", "TierValue", "number", "read_key", "times", "value_of"]

Key: TypeAlias = Money | Rate | int
"""What tiers are reached by: an amount, an attainment, or a number of units."""

TierValue: TypeAlias = Rate | Money
"""What a tier pays: a share, or an amount."""


def read_key(value: object, unit: Currency) -> Money | Rate:
    """A threshold or value as people write it: "80%" is a rate, other text an amount."""
    if isinstance(value, Money | Rate):
        return value
    if isinstance(value, str) and value.endswith("%"):
        return Rate.percent(value[:-1].strip())
    if isinstance(value, str | int):
        return Money.of(value, unit)
    raise InvalidType(
        f"a threshold or value is text, Money or a Rate: {clip(value)}", code="commission.steps", value=value
    )


def number(key: Key) -> Fraction:
    """Minor units, the ratio itself, or units."""
    match key:
        case Money():
            return Fraction(key.minor)
        case Rate():
            return key.to_fraction()
        case int():
            return Fraction(key)
        case _:
            assert_never(key)


def value_of(value: TierValue) -> Fraction:
    """Minor units, or the ratio itself."""
    return Fraction(value.minor) if isinstance(value, Money) else value.to_fraction()


def times(value: TierValue, factor: Rate) -> TierValue:
    """The value times *factor*; an amount only where that is whole minor units."""
    if isinstance(value, Rate):
        return value * factor
    exact = Fraction(value.minor) * factor.to_fraction()
    if exact.denominator != 1:
        raise InvalidValue(f"{factor} of {value} is not whole minor units", code="commission.between", value=value)
    return Money(exact.numerator, value.currency)
