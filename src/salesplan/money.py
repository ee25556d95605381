"""Money as a whole number of minor units in a currency: exact, or loud.

No operation here cuts a digit without being told how: a factory given more digits than the currency has
raises unless a `Rounding` is named, and `times` always asks for one. Currencies are values; the ISO 4217
table is a table, not a registry. Amounts stay within the signed 64-bit range, so that columns of them sum in
int64.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Final, Self, assert_never

import attrs

from ._iso4217 import ISO_4217
from .errors import InvalidType, InvalidValue, SalesplanError, clip, require_instance, require_int
from .rate import Rate

__all__ = ["MAX_MINOR", "Currency", "CurrencyMismatch", "Money", "Rounding"]

MAX_MINOR: Final = 2**63 - 1
_CODE = re.compile(r"[A-Z][A-Z0-9]{1,11}\Z")
_NUMBER = re.compile(r"([+-]?)([0-9]{1,24})(?:\.([0-9]{1,24}))?\Z")


class CurrencyMismatch(SalesplanError, ValueError):
    """Two currencies met where one was needed.

    >>> Money.of("1", "EUR") + Money.of("1", "USD")
    Traceback (most recent call last):
    salesplan.money.CurrencyMismatch: cannot combine EUR with USD: convert first
    """


class Rounding(Enum):
    """How a quotient becomes an integer. The first six differ only on exact halves."""

    HALF_UP = "half_up"
    """Halves away from zero: 2.5 -> 3, -2.5 -> -3. What shops and Chinese practice (四舍五入) mean."""
    HALF_DOWN = "half_down"
    """Halves toward zero: 2.5 -> 2, -2.5 -> -2."""
    HALF_EVEN = "half_even"
    """Halves to the even neighbour: 2.5 -> 2, 3.5 -> 4 (banker's rounding)."""
    HALF_ODD = "half_odd"
    """Halves to the odd neighbour: 2.5 -> 3, 3.5 -> 3."""
    HALF_CEILING = "half_ceiling"
    """Halves toward plus infinity: 2.5 -> 3, -2.5 -> -2."""
    HALF_FLOOR = "half_floor"
    """Halves toward minus infinity: 2.5 -> 2, -2.5 -> -3."""
    UP = "up"
    """Away from zero: 2.1 -> 3, -2.1 -> -3."""
    DOWN = "down"
    """Toward zero: 2.9 -> 2, -2.9 -> -2."""
    CEILING = "ceiling"
    """Toward plus infinity: 2.1 -> 3, -2.9 -> -2."""
    FLOOR = "floor"
    """Toward minus infinity: 2.9 -> 2, -2.1 -> -3."""
    UP_05 = "up_05"
    """Away from zero only where toward zero would end in 0 or 5: 2.1 -> 2, 5.1 -> 6 (decimal.ROUND_05UP)."""

    def divide(self, numerator: int, denominator: int) -> int:
        """The integer next to numerator / denominator, by this rule.

        Raises: InvalidType for anything but ints, InvalidValue when denominator is not positive.
        >>> Rounding.HALF_UP.divide(5, 2), Rounding.HALF_EVEN.divide(5, 2), Rounding.DOWN.divide(-5, 2)
        (3, 2, -2)
        """
        if type(numerator) is not int or type(denominator) is not int:
            numerator = require_int(numerator, code="rounding.type", name="numerator")
            denominator = require_int(denominator, code="rounding.type", name="denominator")
        if denominator <= 0:
            raise InvalidValue("divide needs a positive denominator", code="rounding.denominator", value=denominator)
        below, rest = divmod(numerator, denominator)
        if rest == 0:
            return below
        return below + self._goes_up(below, 2 * rest - denominator)

    def _goes_up(self, below: int, past_half: int) -> bool:
        """Whether a value strictly between *below* and below + 1 becomes the upper one."""
        match self:
            case Rounding.UP:
                return below >= 0
            case Rounding.DOWN:
                return below < 0
            case Rounding.CEILING:
                return True
            case Rounding.FLOOR:
                return False
            case Rounding.UP_05:
                return below % 5 == 0 if below >= 0 else (below + 1) % 5 != 0
            case Rounding.HALF_UP:
                return past_half > 0 or (past_half == 0 and below >= 0)
            case Rounding.HALF_DOWN:
                return past_half > 0 or (past_half == 0 and below < 0)
            case Rounding.HALF_EVEN:
                return past_half > 0 or (past_half == 0 and below % 2 == 1)
            case Rounding.HALF_ODD:
                return past_half > 0 or (past_half == 0 and below % 2 == 0)
            case Rounding.HALF_CEILING:
                return past_half >= 0
            case Rounding.HALF_FLOOR:
                return past_half > 0
            case _:
                assert_never(self)


@attrs.frozen
class Currency:
    """A code and the number of decimal places of its minor unit.

    A code of ISO 4217 must carry the standard's places; any other code is your own (points, an old currency).
    Raises: InvalidValue for a malformed code, places outside 0..9, or an ISO code with other places.
    >>> Currency.iso("JPY").exponent, Currency.iso("KWD").exponent, Currency("COINS", 0).code
    (0, 3, 'COINS')
    """

    code: str
    exponent: int

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.code, str):
            raise InvalidType(f"a currency code is a str: {clip(self.code)}", code="currency.type", value=self.code)
        if _CODE.match(self.code) is None:
            raise InvalidValue(
                f"a currency code is 2 to 12 capitals or digits: {clip(self.code)}",
                code="currency.code",
                value=self.code,
            )
        require_int(self.exponent, code="currency.exponent", name="exponent", low=0, high=9)
        standard = ISO_4217.get(self.code, (None, ""))[0]
        if standard is not None and standard != self.exponent:
            raise InvalidValue(
                f"ISO 4217 gives {self.code} {standard} decimal places, not {self.exponent}",
                code="currency.exponent",
                value=self.exponent,
            )

    @staticmethod
    def iso(code: str) -> Currency:
        """The currency of ISO 4217 with this code.

        Raises: InvalidValue for an unknown code, or one the standard gives no minor unit (gold, test codes).
        >>> Currency.iso("CNY")
        Currency(code='CNY', exponent=2)
        """
        if not isinstance(code, str):
            raise InvalidType(f"a currency code is a str: {clip(code)}", code="currency.type", value=code)
        return _iso(code)

    @staticmethod
    def of(currency: str | Currency) -> Currency:
        """The currency itself, or that of ISO 4217 with this code: what every function takes that asks for one.

        Raises: InvalidType, InvalidValue as `iso` does.
        >>> Currency.of("CNY") == Currency.of(Currency.iso("CNY"))
        True
        """
        return currency if isinstance(currency, Currency) else Currency.iso(currency)

    def __str__(self) -> str:
        return self.code


@cache
def _iso(code: str) -> Currency:
    """One object per code of the table, so that comparing currencies is mostly comparing identities."""
    if code not in ISO_4217:
        raise InvalidValue(
            f"not in ISO 4217: {clip(code)}; your own is Currency(code, exponent)", code="currency.unknown", value=code
        )
    exponent = ISO_4217[code][0]
    if exponent is None:
        raise InvalidValue(
            f"ISO 4217 gives {code} no minor unit; choose one: Currency({code!r}, exponent)",
            code="currency.no_minor_unit",
            value=code,
        )
    return Currency(code, exponent)


@attrs.frozen(order=False)
class Money:
    """An amount: *minor* whole minor units of *currency*.

    Units: fen, cents, yen.      Range: -(2**63 - 1) .. 2**63 - 1.
    Law: arithmetic is exact; different currencies never combine; comparing them raises, == is False.
    >>> price = Money.of("19.90", "CNY")
    >>> price.minor, str(price * 3), price > Money.of("19.89", "CNY")
    (1990, 'CNY 59.70', True)
    """

    minor: int
    currency: Currency

    def __attrs_post_init__(self) -> None:
        if type(self.minor) is not int:
            require_int(self.minor, code="money.type", name="minor")
            object.__setattr__(self, "minor", int(self.minor))
        if not -MAX_MINOR <= self.minor <= MAX_MINOR:
            raise InvalidValue(
                f"an amount must fit 63 bits of minor units: {clip(self.minor)}",
                code="money.range",
                value=self.minor,
            )
        if not isinstance(self.currency, Currency):
            raise InvalidType(
                f"currency must be a Currency, as Currency.iso('CNY'): {clip(self.currency)}",
                code="money.type",
                value=self.currency,
            )

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str | Currency, *, rounding: Rounding | None = None) -> Self:
        """Money from an amount in major units; an ISO code stands for its currency.

        Raises: InvalidType for a float or bool; InvalidValue for excess digits without *rounding*, NaN, or
        out of range.
        >>> Money.of("19.9", "CNY").minor, Money.of(1500, "JPY").minor
        (1990, 1500)
        >>> Money.of("19.905", "CNY", rounding=Rounding.HALF_UP).minor
        1991
        """
        unit = Currency.of(currency)
        return cls(minor_units(amount, unit, rounding), unit)

    @classmethod
    def from_minor(cls, minor: int, currency: str | Currency) -> Self:
        """Money from whole minor units.

        >>> str(Money.from_minor(1990, "CNY"))
        'CNY 19.90'
        """
        return cls(minor, Currency.of(currency))

    @classmethod
    def zero(cls, currency: str | Currency) -> Self:
        """Nothing, in that currency."""
        return cls.from_minor(0, currency)

    @classmethod
    def sum(cls, amounts: Iterable[Money], *, currency: str | Currency) -> Self:
        """The exact total; nothing at all sums to zero of *currency*.

        >>> str(Money.sum([Money.of("0.10", "EUR")] * 3, currency="EUR"))
        'EUR 0.30'
        """
        if not isinstance(amounts, Iterable):
            raise InvalidType(f"sum takes several Money: {clip(amounts)}", code="money.type", value=amounts)
        zero = cls.zero(currency)
        return cls(sum(zero.same(amount).minor for amount in amounts), zero.currency)

    @property
    def amount(self) -> str:
        """The plain decimal text in major units: '19.90'."""
        places = self.currency.exponent
        sign, digits = ("-" if self.minor < 0 else ""), str(abs(self.minor)).rjust(places + 1, "0")
        return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else sign + digits

    def to_decimal(self) -> Decimal:
        """The amount in major units, exact and independent of the decimal context."""
        return Decimal(self.amount)

    def times(self, rate: Rate, rounding: Rounding) -> Self:
        """The share *rate* of this amount, cut to minor units by *rounding*.

        >>> str(Money.of("17.50", "USD").times(Rate.percent("5"), Rounding.DOWN))
        'USD 0.87'
        """
        if not isinstance(rate, Rate):
            raise InvalidType(f"times takes a Rate: {clip(rate)}", code="money.type", value=rate)
        require_instance(rounding, Rounding, code="money.rounding", name="rounding")
        return type(self)(rounding.divide(self.minor * rate.numerator, rate.denominator), self.currency)

    def __add__(self, other: Money) -> Self:
        if not isinstance(other, Money):
            return NotImplemented
        return type(self)(self.minor + self.same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Self:
        if not isinstance(other, Money):
            return NotImplemented
        return type(self)(self.minor - self.same(other).minor, self.currency)

    def __mul__(self, times: int) -> Self:
        if isinstance(times, bool) or not isinstance(times, int):
            return NotImplemented
        return type(self)(self.minor * times, self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Self:
        return type(self)(-self.minor, self.currency)

    def __abs__(self) -> Self:
        return type(self)(abs(self.minor), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self.same(other).minor if isinstance(other, Money) else NotImplemented

    def __le__(self, other: Money) -> bool:
        return self.minor <= self.same(other).minor if isinstance(other, Money) else NotImplemented

    def __gt__(self, other: Money) -> bool:
        return self.minor > self.same(other).minor if isinstance(other, Money) else NotImplemented

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self.same(other).minor if isinstance(other, Money) else NotImplemented

    def __bool__(self) -> bool:
        raise InvalidType(
            "money has no truth value: compare it, as `amount.minor != 0`", code="money.truth", value=self
        )

    def __str__(self) -> str:
        return f"{self.currency.code} {self.amount}"

    def same(self, other: Money) -> Money:
        """*other* itself when it is Money in this currency.

        Raises: CurrencyMismatch, or InvalidType for anything but Money.
        """
        if not isinstance(other, Money):
            raise InvalidType(f"not Money: {clip(other)}", code="money.type", value=other)
        if self.currency is not other.currency and self.currency != other.currency:
            raise CurrencyMismatch(
                f"cannot combine {self.currency} with {other.currency}: convert first",
                code="money.currency_mismatch",
                value=other,
            )
        return other


def minor_units(amount: str | int | Decimal, unit: Currency, rounding: Rounding | None = None) -> int:
    """The whole minor units of an amount; see `Money.of`, which also checks the range."""
    if rounding is not None:
        require_instance(rounding, Rounding, code="money.rounding", name="rounding")
    number, places = _parts(amount)
    if places <= unit.exponent:
        return number * int(10 ** (unit.exponent - places))
    divisor = 10 ** (places - unit.exponent)
    if rounding is None and number % divisor:
        raise InvalidValue(
            f"{unit} has {unit.exponent} decimal places: {clip(amount)}; name a rounding to cut digits",
            code="money.digits",
            value=amount,
        )
    return (rounding or Rounding.DOWN).divide(number, divisor)


def _parts(amount: object) -> tuple[int, int]:
    """An exact amount as an integer and how many digits of it are decimals; refuses before anything grows."""
    if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
        raise InvalidType(
            f"money comes from str, int or Decimal, not {type(amount).__name__}: {clip(amount)}",
            code="money.type",
            value=amount,
        )
    if isinstance(amount, int):
        return require_int(amount, code="money.range", name="amount", low=-MAX_MINOR, high=MAX_MINOR), 0
    if isinstance(amount, str):
        match = _NUMBER.match(amount)
        if match is None:
            raise InvalidValue(
                f"an amount is plain digits, as '1234.50' (no commas, no exponent): {clip(amount)}",
                code="money.text",
                value=amount,
            )
        decimals = match[3] or ""
        return int(f"{match[1]}{match[2]}{decimals}"), len(decimals)
    sign, digits, exponent = amount.as_tuple()
    if not isinstance(exponent, int) or len(digits) > 48 or not -24 <= exponent <= 24:
        raise InvalidValue(
            f"an amount must be finite with at most 24 decimals: {clip(amount)}",
            code="money.digits",
            value=amount,
        )
    number = int("".join(map(str, digits))) * (-1 if sign else 1)
    return (number * 10**exponent, 0) if exponent > 0 else (number, -exponent)
