"""Exact ratios on the way in and out: fractions as rates, rates as decimal text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Final, TypeVar

from ..errors import InvalidType, InvalidValue, SalesplanError, clip, require_int, require_text
from ..money import Money, Rounding
from ..rate import Rate

__all__ = [
    "as_text",
    "common_denominator",
    "exact_rate",
    "fraction_of",
    "major",
    "mapped",
    "others",
    "percent_text",
    "value_text",
    "whole_parts",
]

T = TypeVar("T")

_MAX_COMMON: Final = 10**60


def fraction_of(value: object, *, code: str, name: str) -> Fraction:
    """An int or Rate as a fraction; Money and floats are refused.

    >>> fraction_of(Rate.percent("20"), code="targets.weight", name="weight")
    Fraction(1, 5)
    """
    if isinstance(value, Rate):
        return value.to_fraction()
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidType(f"{name} must be an int or a Rate: {clip(value)}", code=code, value=value)
    return Fraction(require_int(value, code=code, name=name, low=-(10**24), high=10**24))


def mapped(values: Mapping[str, T], *, code: str, name: str) -> dict[str, T]:
    """A mapping from texts as a dict of one's own.

    Raises: InvalidType for anything else, or a key that is not text.
    >>> mapped({"ann": 3}, code="targets.weights", name="weights")
    {'ann': 3}
    """
    if not isinstance(values, Mapping):
        raise InvalidType(f"{name} must be a mapping: {clip(values)}", code=code, value=values)
    return {require_text(key, code=code, name=f"a key of {name}"): value for key, value in values.items()}


def common_denominator(ratios: Iterable[Fraction], *, code: str) -> int:
    """The least common denominator, up to 10**60.

    >>> common_denominator([Fraction(1, 4), Fraction(1, 6)], code="targets.weight")
    12
    """
    common = 1
    for ratio in ratios:
        common = lcm(common, ratio.denominator)
        if common > _MAX_COMMON:
            raise InvalidValue(
                "the ratios have no common denominator up to 10**60: give them as whole numbers", code=code, value=None
            )
    return common


def major(amount: Money) -> Fraction:
    """Money in major units.

    >>> major(Money.of("19.90", "EUR"))
    Fraction(199, 10)
    """
    return Fraction(amount.minor, 10**amount.currency.exponent)


def exact_rate(ratio: Fraction, *, name: str) -> Rate:
    """The ratio as a Rate.

    Raises: InvalidValue when its parts are past what a Rate holds.
    """
    try:
        return Rate(ratio.numerator, ratio.denominator)
    except SalesplanError:
        raise InvalidValue(
            f"{clip(name)} has no exact value with parts up to 10**48: use rounder inputs or fewer decimals",
            code="targets.digits",
            value=None,
        ) from None


def others(missing: Sequence[object]) -> str:
    """What follows the first of several in a message.

    >>> others(["a"]), others(["a", "b", "c"])
    ('', ' and 2 more')
    """
    return f" and {len(missing) - 1} more" if len(missing) > 1 else ""


def as_text(rate: Rate, places: int) -> str:
    """The rate as decimal text, halves away from zero, without zeros at the end.

    >>> as_text(Rate(1, 3), 4), as_text(Rate(1200), 4), as_text(Rate(-1, 8), 2)
    ('0.3333', '1200', '-0.13')
    """
    digits = str(Rounding.HALF_UP.divide(abs(rate.numerator) * 10**places, rate.denominator)).rjust(places + 1, "0")
    text = f"{digits[: len(digits) - places]}.{digits[len(digits) - places :]}".rstrip("0").rstrip(".")
    return f"-{text}" if rate.numerator < 0 and text != "0" else text


def whole_parts(weights: Mapping[str, int | Rate], *, code: str, low: int) -> dict[str, int]:
    """Weights as the smallest integers in proportion, by rising key; none is below *low*, 0 or 1, and not all are 0.

    >>> whole_parts({"b": 3, "a": Rate(1, 2)}, code="targets.weight", low=0)
    {'a': 1, 'b': 6}
    """
    given = mapped(weights, code=code, name="weights")
    ratios = {key: fraction_of(given[key], code=code, name=f"the weight of {clip(key)}") for key in sorted(given)}
    for key, ratio in ratios.items():
        if ratio < 0 or (low and not ratio):
            raise InvalidValue(
                f"the weight of {clip(key)} must {'be above 0' if low else 'not be negative'}: {clip(given[key])}",
                code=code,
                value=given[key],
            )
    if not any(ratios.values()):
        raise InvalidValue("nobody has a weight above 0", code=code, value=given)
    common = common_denominator(ratios.values(), code=code)
    divisor = gcd(*(int(ratio * common) for ratio in ratios.values()))
    return {key: int(ratio * common) // divisor for key, ratio in ratios.items()}


def percent_text(rate: Rate | None) -> str:
    """A rate to a tenth of a percent, a dash for None.

    >>> percent_text(Rate(1, 3)), percent_text(None)
    ('33.3 %', '-')
    """
    if rate is None:
        return "-"
    tenths = Rounding.HALF_UP.divide(rate.numerator * 1000, rate.denominator)
    return f"{'-' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10} %"


def value_text(value: object) -> str:
    """A value for a table: a Rate as a short fraction, None as a dash."""
    if isinstance(value, Rate):
        return str(value.to_fraction().limit_denominator(1000))
    return "-" if value is None else str(value)
