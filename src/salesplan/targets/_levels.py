"""Levels: how much of a metric there is. Money, a whole count, or a Rate for a ratio; never a mixture."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, TypeAlias, assert_never

from ..errors import InvalidType, InvalidValue, clip, require_int
from ..money import MAX_MINOR, CurrencyMismatch, Money
from ..rate import Rate

__all__ = ["Level", "kind_of", "number_of", "require_level", "require_same_kind"]

Level: TypeAlias = Money | int | Rate
"""How much of a metric there is: Money, a whole count, or a ratio."""

_PARTS: Final = 10**12


def require_level(value: object, *, code: str, name: str, low: int | None = None) -> Level:
    """*value* itself when it is Money, an int or a Rate of at most 12 digits a side, and not below *low*.

    Raises: InvalidType for a float or bool, InvalidValue out of range; both with *code*.
    >>> require_level(0.3, code="targets.objective.target", name="target")
    Traceback (most recent call last):
    salesplan.errors.InvalidType: target must be Money, an int or a Rate, not float: 0.3
    """
    match value:
        case Money():
            pass
        case Rate():
            if max(abs(value.numerator), value.denominator) > _PARTS:
                raise InvalidValue(f"{name} has more than 12 digits: {clip(str(value))}", code=code, value=value)
        case int() if not isinstance(value, bool):
            require_int(value, code=code, name=name, low=-MAX_MINOR, high=MAX_MINOR)
        case _:
            raise InvalidType(
                f"{name} must be Money, an int or a Rate, not {type(value).__name__}: {clip(value)}",
                code=code,
                value=value,
            )
    if low is not None and number_of(value) < low:
        raise InvalidValue(f"{name} must be at least {low}: {value}", code=code, value=value)
    return value


def number_of(level: Level) -> Fraction:
    """The level as a plain number: minor units, the count, or the ratio.

    >>> number_of(Money.of("1.50", "EUR")), number_of(Rate.percent("12.5"))
    (Fraction(150, 1), Fraction(1, 8))
    """
    match level:
        case Money():
            return Fraction(level.minor)
        case Rate():
            return level.to_fraction()
        case int():
            return Fraction(level)
        case _:
            assert_never(level)


def kind_of(level: Level) -> str:
    """What the level can be compared with: the code of its currency, 'count' or 'ratio'.

    >>> kind_of(Money.of("1", "EUR")), kind_of(3), kind_of(Rate(1, 2))
    ('EUR', 'count', 'ratio')
    """
    match level:
        case Money():
            return level.currency.code
        case Rate():
            return "ratio"
        case int():
            return "count"
        case _:
            assert_never(level)


def require_same_kind(level: Level, other: Level, *, code: str, name: str) -> None:
    """Nothing when the two can be compared.

    Raises: CurrencyMismatch for two currencies, InvalidType for any other mixture; both with *code*.
    >>> require_same_kind(3, Rate(1, 2), code="targets.objective.target", name="target")
    Traceback (most recent call last):
    salesplan.errors.InvalidType: target is a count, not to be compared with ratio
    """
    if isinstance(level, Money) and isinstance(other, Money):
        if level.currency != other.currency:
            raise CurrencyMismatch(
                f"{name} is in {level.currency}, not {other.currency}: convert first", code=code, value=level
            )
    elif kind_of(level) != kind_of(other):
        raise InvalidType(
            f"{name} is a {kind_of(level)}, not to be compared with {kind_of(other)}", code=code, value=level
        )
