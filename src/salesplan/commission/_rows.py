"""Rows of a statement while it is worked out, and how their exact amounts become whole minor units.

An exact amount is an integer over a denominator, which a component's rows mostly share; nothing is rounded before the
end. Where a sum is rounded, its rows share the result by largest remainder, so each is within one minor unit of exact
and they add up; of equal remainders the earlier row gets the unit, in the order of the statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from itertools import groupby
from math import lcm
from typing import assert_never

import attrs

from ..money import Money, Rounding
from ..rate import Rate
from .line import Exact, LineKind
from .measures import RoundingPoint

__all__ = ["Row", "added", "round_rows", "total_of", "whole_or"]


@attrs.define(eq=False)
class Row:
    """One line to be; its exact amount is *num* / *den* minor units, *amount* is set when it is rounded."""

    kind: LineKind
    num: int
    den: int
    deal: str | None = None
    on: date | None = None
    tier: int | None = None
    base: Exact | None = None
    rate: Rate | None = None
    each: Money | None = None
    before: Exact | None = None
    after: Exact | None = None
    note: str = ""
    amount: int = 0


def added(kind: LineKind, exact: Fraction, note: str, *, deal: str | None = None, on: date | None = None) -> Row:
    """A row of that exact amount."""
    return Row(kind, exact.numerator, exact.denominator, deal=deal, on=on, note=note)


def whole_or(exact: Fraction) -> Exact:
    """A whole number as an int, any other as it is."""
    return exact.numerator if exact.denominator == 1 else exact


def total_of(rows: Iterable[Row]) -> Fraction:
    """The exact sum."""
    sums: dict[int, int] = {}
    for row in rows:
        sums[row.den] = sums.get(row.den, 0) + row.num
    return sum((Fraction(num, den) for den, num in sums.items()), start=Fraction(0))


def round_rows(rows: list[Row], point: RoundingPoint, rounding: Rounding) -> None:
    """Set the amounts of rows that are rounded together at *point*."""
    match point:
        case RoundingPoint.SLICE:
            for row in rows:
                row.amount = rounding.divide(row.num, row.den)
        case RoundingPoint.DEAL:
            for group in _by_deal(rows):
                _share(group, rounding)
        case RoundingPoint.PAYOUT:
            _share(rows, rounding)
        case _:
            assert_never(point)


def _by_deal(rows: list[Row]) -> Iterator[list[Row]]:
    for _, group in groupby(rows, key=lambda row: (row.kind, row.deal)):
        yield list(group)


def _share(rows: list[Row], rounding: Rounding) -> None:
    common = lcm(*{row.den for row in rows})
    if common == 1:
        for row in rows:
            row.amount = row.num
        return
    rest = []
    exact = whole = 0
    for row in rows:
        num = row.num * (common // row.den)
        row.amount, left = divmod(num, common)
        exact += num
        whole += row.amount
        rest.append(left)
    lacking = rounding.divide(exact, common) - whole
    if lacking:
        for at in sorted(range(len(rows)), key=rest.__getitem__, reverse=True)[
            :lacking
        ]:  # a stable sort, also reversed
            rows[at].amount += 1
