"""Exact numbers of any size, which a ledger keeps as text; and rates that always fit.

Shares of many denominators (hours of one deal, leads of another) have a common one that soon outgrows any fixed width,
so what a ledger carries from one settlement to the next is written out: '785' or '785/3'.
"""

from __future__ import annotations

import re
from fractions import Fraction

import attrs

from ..errors import InvalidType, InvalidValue, clip
from ..rate import Rate

__all__ = ["ExactNumber", "near_rate"]

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,3999})(?:/[1-9][0-9]{0,3999})?", re.ASCII)
_MAX_BITS = 13_000  # below 4,000 digits
_LIMIT = 10**48
_FINE = 10**24


@attrs.frozen
class ExactNumber:
    """A fraction, written as '785' or '785/3'.

    Raises: InvalidType or InvalidValue for any other text, or beyond 4,000 digits.
    >>> ExactNumber.of(Fraction(785, 3))
    ExactNumber(text='785/3')
    >>> ExactNumber("785/3").to_fraction() * 3
    Fraction(785, 1)
    """

    text: str

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise InvalidType(f"an exact number is text: {clip(self.text)}", code="commission.number", value=self.text)
        if len(self.text) > 9000 or _NUMBER.fullmatch(self.text) is None:
            raise InvalidValue(
                f"an exact number is written as '785' or '785/3': {clip(self.text)}",
                code="commission.number",
                value=self.text,
            )

    @classmethod
    def of(cls, exact: Fraction | int) -> ExactNumber:
        """The number as text, in lowest terms."""
        if max(exact.numerator.bit_length(), exact.denominator.bit_length()) > _MAX_BITS:
            raise InvalidValue("a number of over 4,000 digits", code="commission.number", value=None)
        return cls(str(exact))

    def to_fraction(self) -> Fraction:
        """The number itself."""
        top, _, bottom = self.text.partition("/")
        return Fraction(int(top), int(bottom)) if bottom else Fraction(int(top))

    def __str__(self) -> str:
        return self.text


def near_rate(exact: Fraction) -> Rate:
    """The rate itself, or, where it has more digits than a rate can, the next one below with 24 decimals.

    >>> str(near_rate(Fraction(3, 4)))
    '75%'
    """
    if max(abs(exact.numerator), exact.denominator) <= _LIMIT:
        return Rate(exact.numerator, exact.denominator)
    return Rate(exact.numerator * _FINE // exact.denominator, _FINE)
