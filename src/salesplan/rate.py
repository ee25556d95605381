"""Rates: exact shares and multiples, and the Chinese pay rate 折 as a type of its own.

A rate is a ratio of two integers, so a third is a third and three of them make one. Percent exists only in
text. 折 (zhe) names what is PAID: 8折 pays 80 %, which is 20 % off, 85折 and 8.5折 both pay 85 %. Systems
that keep both as bare numbers charge nine times the price for a 9折 coupon or give 8 % off for 8折; here
`Rate.zhe` gives a `PayRate`, and whoever needs the share taken off asks for `.off`. Benefits accept either
type and mean the same discount.
"""

from __future__ import annotations

import re
from decimal import Decimal
from math import gcd
from typing import TYPE_CHECKING, Self

import attrs

from .errors import InvalidType, InvalidValue, clip, require_int

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["PayRate", "Rate"]

_NUMBER = re.compile(r"([+-]?)([0-9]{1,24})(?:\.([0-9]{1,24}))?\Z")
_LIMIT = 10**48


@attrs.frozen(order=False)
class Rate:
    """An exact ratio, kept in lowest terms with a positive denominator.

    Units: a plain ratio; 20 % is 1/5.      Range: parts up to 10**48, any sign.
    Raises: InvalidType for a float or bool, InvalidValue for a zero denominator or too many digits.
    >>> Rate.percent("20") == Rate.of("0.2") == Rate(1, 5) == Rate(2, 10)
    True
    >>> str(Rate.percent("12.5")), str(Rate(1, 3))
    ('12.5%', '1/3')
    >>> Rate(1, 3) + Rate(1, 3) + Rate(1, 3) == Rate(1)
    True
    """

    numerator: int
    denominator: int = 1

    def __attrs_post_init__(self) -> None:
        top = require_int(self.numerator, code="rate.type", name="numerator", low=-_LIMIT, high=_LIMIT)
        bottom = require_int(self.denominator, code="rate.type", name="denominator", low=-_LIMIT, high=_LIMIT)
        if bottom == 0:
            raise InvalidValue("a rate's denominator must not be 0", code="rate.zero_denominator", value=0)
        divisor = gcd(top, bottom) if bottom > 0 else -gcd(top, bottom)
        if divisor != 1 or type(self.numerator) is not int or type(self.denominator) is not int:
            object.__setattr__(self, "numerator", top // divisor)
            object.__setattr__(self, "denominator", bottom // divisor)

    @classmethod
    def of(cls, value: str | int | Decimal) -> Self:
        """The ratio itself from exact text: `Rate.of("0.2")` is 20 %.

        >>> Rate.of("1.3")
        Rate(numerator=13, denominator=10)
        """
        return cls(*_ratio(value))

    @classmethod
    def percent(cls, value: str | int | Decimal) -> Self:
        """The ratio from its percent: `Rate.percent("20")` is one fifth.

        >>> Rate.percent("0.5")
        Rate(numerator=1, denominator=200)
        """
        top, bottom = _ratio(value)
        return cls(top, bottom * 100)

    @staticmethod
    def zhe(value: str | int | Decimal) -> PayRate:
        """折 as spoken, one digit tenths, two hundredths: 8折 and 80折 pay 80 %, 8.5折 and 85折 pay 85 %.

        Raises: InvalidValue outside 0 < value < 100, and for 10, which some read as 100 % and others as 10 %.
        >>> Rate.zhe("8").off == Rate.percent("20"), Rate.zhe("85") == Rate.zhe("8.5")
        (True, True)
        """
        top, bottom = _ratio(value)
        if not 0 < top < 100 * bottom or top == 10 * bottom:
            raise InvalidValue(
                f"折 is 0 to 10 (8折 pays 80 %) or 10 to 100 (85折 pays 85 %), ends excluded: {clip(value)}",
                code="rate.zhe",
                value=value,
            )
        return PayRate(Rate(top, bottom * (10 if top < 10 * bottom else 100)))

    def __float__(self) -> float:
        """The nearest float, for statistics and charts; nothing here computes with it.

        >>> float(Rate.percent("12.5"))
        0.125
        """
        return self.numerator / self.denominator

    def to_fraction(self) -> Fraction:
        """The ratio as a `fractions.Fraction`.

        >>> Rate.percent("75").to_fraction()
        Fraction(3, 4)
        """
        from fractions import Fraction  # loaded when asked for: nothing else here needs it

        return Fraction(self.numerator, self.denominator)

    def complement(self) -> Self:
        """What is left of one: 20 % gives 80 %.

        >>> str(Rate.percent("20").complement())
        '80%'
        """
        return type(self)(self.denominator - self.numerator, self.denominator)

    def __add__(self, other: Rate) -> Self:
        if not isinstance(other, Rate):
            return NotImplemented
        return self._of_ratio(
            self.numerator * other.denominator + other.numerator * self.denominator,
            self.denominator * other.denominator,
        )

    def __sub__(self, other: Rate) -> Self:
        if not isinstance(other, Rate):
            return NotImplemented
        return self + -other

    def __neg__(self) -> Self:
        return type(self)(-self.numerator, self.denominator)

    def __mul__(self, other: Rate | int) -> Self:
        if isinstance(other, Rate):
            return self._of_ratio(self.numerator * other.numerator, self.denominator * other.denominator)
        if isinstance(other, int) and not isinstance(other, bool):
            return self._of_ratio(self.numerator * other, self.denominator)
        return NotImplemented

    __rmul__ = __mul__

    def __lt__(self, other: Rate) -> bool:
        if not isinstance(other, Rate):
            return NotImplemented
        return self.numerator * other.denominator < other.numerator * self.denominator

    def __le__(self, other: Rate) -> bool:
        if not isinstance(other, Rate):
            return NotImplemented
        return self.numerator * other.denominator <= other.numerator * self.denominator

    def __gt__(self, other: Rate) -> bool:
        if not isinstance(other, Rate):
            return NotImplemented
        return other < self

    def __ge__(self, other: Rate) -> bool:
        if not isinstance(other, Rate):
            return NotImplemented
        return other <= self

    def _of_ratio(self, top: int, bottom: int) -> Self:
        """The rate of a computed ratio: reduced first, so that only the result has to fit."""
        divisor = gcd(top, bottom)
        return type(self)(top // divisor, bottom // divisor)

    def __str__(self) -> str:
        """Percent where that is exact, else the fraction."""
        percent = _decimal_text(self.numerator * 100, self.denominator)
        return f"{self.numerator}/{self.denominator}" if percent is None else f"{percent}%"


@attrs.frozen(order=False)
class PayRate:
    """The share that is paid, 折; `PayRate(Rate.of("0.8"))` is 8折.

    Law: pay + off == 1; 0 <= pay <= 1.
    >>> eight = Rate.zhe("8")
    >>> str(eight), str(eight.pay), str(eight.off)
    ('8折', '80%', '20%')
    """

    pay: Rate

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.pay, Rate):
            raise InvalidType(f"a pay rate wraps a Rate: {clip(self.pay)}", code="rate.type", value=self.pay)
        if not 0 <= self.pay.numerator <= self.pay.denominator:
            raise InvalidValue(f"a pay rate lies in 0..1: {self.pay}", code="rate.range", value=self.pay)

    @property
    def off(self) -> Rate:
        """The share taken off: 8折 takes 20 % off."""
        return self.pay.complement()

    def __str__(self) -> str:
        tenths = _decimal_text(self.pay.numerator * 10, self.pay.denominator)
        return f"pay {self.pay}" if tenths is None else f"{tenths}折"


def _ratio(value: object) -> tuple[int, int]:
    """Numerator and denominator of exact text, int or Decimal; independent of any decimal context."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise InvalidType(
            f"a rate comes from str, int or Decimal, not {type(value).__name__}: {clip(value)}",
            code="rate.type",
            value=value,
        )
    if isinstance(value, int):
        return require_int(value, code="rate.digits", name="rate", low=-(10**24), high=10**24), 1
    if isinstance(value, Decimal):
        sign, digits, exponent = value.as_tuple()
        if not isinstance(exponent, int) or len(digits) > 24 or not -24 <= exponent <= 24:
            raise InvalidValue(
                f"a rate must be finite with at most 24 digits on either side: {clip(value)}",
                code="rate.digits",
                value=value,
            )
        number = int("".join(map(str, digits))) * (-1 if sign else 1)
        return (number * 10**exponent, 1) if exponent >= 0 else (number, 10**-exponent)
    match = _NUMBER.match(value)
    if match is None:
        raise InvalidValue(
            f"a rate is written with plain digits, as '12.5' (no %, no exponent): {clip(value)}",
            code="rate.text",
            value=value,
        )
    sign_text, whole, part = match[1], match[2], match[3] or ""
    number = int(whole + part)
    return (-number if sign_text == "-" else number), 10 ** len(part)


def _decimal_text(numerator: int, denominator: int) -> str | None:
    """The ratio as decimal text, or None where 24 places are not enough: 1, 8 -> '0.125'; 1, 3 -> None."""
    whole, rest = divmod(abs(numerator), denominator)
    digits = ""
    while rest and len(digits) < 24:
        digit, rest = divmod(rest * 10, denominator)
        digits += str(digit)
    if rest or whole >= 10**24:
        return None
    return f"{'-' if numerator < 0 else ''}{whole}{'.' if digits else ''}{digits}"
