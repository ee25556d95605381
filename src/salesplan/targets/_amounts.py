"""Amounts that targets are made of: Money, or whole counts of something such as leads."""

from __future__ import annotations

from typing import Final, TypeAlias

from ..errors import InvalidType, clip, require_int
from ..money import MAX_MINOR, Currency, CurrencyMismatch, Money

__all__ = ["MAX_UNITS", "Amount", "amount_of", "shown", "unit_of", "units_of"]

Amount: TypeAlias = Money | int

MAX_UNITS: Final = 2**60
"""The largest amount a plan holds, so that sums of them stay within 63 bits."""


def unit_of(amount: object, *, name: str) -> Currency | None:
    """The currency of Money, or None for a count.

    Raises: InvalidType for anything else, as a float.
    >>> unit_of(12, name="total") is None
    True
    """
    if isinstance(amount, Money):
        return amount.currency
    require_int(amount, code="targets.amount", name=f"{name} (Money or a count)", low=-MAX_MINOR, high=MAX_MINOR)
    return None


def units_of(amount: object, unit: Currency | None, *, name: str) -> int:
    """Whole minor units, or the count itself; *unit* None means counts.

    Raises: CurrencyMismatch, or InvalidType for Money where counts are planned and the other way round.
    >>> units_of(Money.of("1.50", "EUR"), Money.of("0", "EUR").currency, name="pin")
    150
    """
    if unit is None:
        if isinstance(amount, Money):
            raise InvalidType(f"{name} must be a count, not Money: {amount}", code="targets.amount", value=amount)
        return require_int(amount, code="targets.amount", name=name, low=-MAX_MINOR, high=MAX_MINOR)
    if not isinstance(amount, Money):
        raise InvalidType(f"{name} must be Money in {unit}: {clip(amount)}", code="targets.amount", value=amount)
    if amount.currency != unit:
        raise CurrencyMismatch(
            f"{name} is in {amount.currency}, the plan in {unit}: convert first",
            code="money.currency_mismatch",
            value=amount,
        )
    return amount.minor


def amount_of(units: int, unit: Currency | None) -> Amount:
    """The amount of so many whole units.

    >>> str(amount_of(150, Money.of("0", "EUR").currency)), amount_of(3, None)
    ('EUR 1.50', 3)
    """
    return int(units) if unit is None else Money(int(units), unit)


def shown(units: int, unit: Currency | None) -> str:
    """The amount with thousands separated and without its currency, for tables.

    >>> shown(123456789, Money.of("0", "EUR").currency), shown(-1200, None)
    ('1,234,567.89', '-1,200')
    """
    if unit is None:
        return f"{units:,}"
    whole, point, part = Money(int(units), unit).amount.partition(".")
    return f"{'-' if whole.startswith('-') else ''}{abs(int(whole)):,}{point}{part}"
