"""Columns of amounts as people write them: into whole minor units, exactly."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from ..errors import InvalidType, InvalidValue, SalesplanError, clip
from ..money import Currency, CurrencyMismatch, Money, Rounding
from ._numbers import Whole
from ._offered import kind_of, offered, one_column, read_only

__all__ = ["minor_units"]


def minor_units(
    values: object,
    currency: str | Currency,
    *,
    rounding: Rounding | None = None,
    name: str = "amount",
    code: str = "columns.minor_units",
) -> Whole:
    """One column of amounts in major units (yuan, dollars) as whole minor units (fen, cents).

    Texts as "199.00", Decimals, ints of whole major units, or Money.      Shape: one dimension; int64, read-only.
    Law: exact; an amount with more digits than the currency has is refused without a *rounding*.
    Raises: InvalidType for floats, which have lost the amount already (read the column as text), and for None;
    InvalidValue for what is no amount, masked, out of range or with too many digits; CurrencyMismatch; all with *code*,
    naming the row.
    >>> minor_units(["199.00", "0.5", "-20"], "CNY")
    array([19900,    50, -2000])
    >>> minor_units([1500], "JPY"), minor_units([199], "CNY")
    (array([1500]), array([19900]))
    >>> minor_units([199.0], "CNY")
    Traceback (most recent call last):
    salesplan.errors.InvalidType: amount must be texts, Decimals, ints or Money; row 0 is float: 199.0; read it as text
    """
    unit = Currency.of(currency)
    given = offered(values, name, code)
    one_column(given, name, code, None)
    known: dict[str, int] = {}  # prices come again and again
    minors = np.empty(len(given), dtype=np.int64)
    for row, value in enumerate(given if isinstance(given, list) else given.tolist()):
        found = known.get(value) if type(value) is str else None
        if found is None:
            found = _minor(value, unit, rounding, name, code, row)
            if type(value) is str:
                known[value] = found
        minors[row] = found
    return read_only(minors)


def _minor(value: object, unit: Currency, rounding: Rounding | None, name: str, code: str, row: int) -> int:
    if isinstance(value, Money):
        if value.currency != unit:
            why = f"{name} must be in {unit}; row {row} is {value}"
            raise CurrencyMismatch(why, code=code, value=value)
        return value.minor
    if isinstance(value, np.integer):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        hint = "; read it as text" if isinstance(value, float) else ""
        raise InvalidType(
            f"{name} must be texts, Decimals, ints or Money; row {row} is {kind_of(value)}: {clip(value)}{hint}",
            code=code,
            value=value,
        )
    try:
        return Money.of(value, unit, rounding=rounding).minor
    except SalesplanError as error:
        raise InvalidValue(f"row {row} of {name}: {error}", code=code, value=value) from None
