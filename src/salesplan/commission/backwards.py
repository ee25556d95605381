"""Rate tables asked backwards: what sale earns a pay, what the next unit earns, where the pay bends.

`sales_for` answers with the smallest sale that earns exactly what was asked before anything is rounded; if none does,
with the smallest that is paid it after rounding; or it says why there is none. A retroactive table jumps at its
thresholds, so some pays lie in a gap no sale earns; a table that ends in an amount is never reached above it; where
pay falls and rises again several sales pay the same, and the smallest is given. Within one tier pay is a straight
line, so each tier is searched by halving.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from fractions import Fraction

import attrs

from ..errors import InvalidType, InvalidValue, require_instance
from ..ladder import Boundary
from ..money import MAX_MINOR, Money
from ..rate import Rate
from ._keys import Key, number, value_of
from .rate_table import Application, RateTable

__all__ = ["Breakpoint", "NoSale", "Threshold", "WhyNot", "breakpoints", "marginal_rate", "next_threshold", "sales_for"]


@attrs.frozen(kw_only=True)
class Breakpoint:
    """A sale and what it pays."""

    sale: Money
    pay: Money


class WhyNot(Enum):
    """Why no sale pays what was asked."""

    JUMPED_OVER = "jumped_over"
    """The pay jumps from below it to above it: at a threshold, or between two whole minor units of sale."""
    BEYOND = "beyond"
    """No sale pays as much."""


@attrs.frozen(kw_only=True)
class NoSale:
    """No sale pays *asked*; the nearest pays on either side, each with its smallest sale (None: there is none).

    >>> from salesplan.ladder import Boundary
    >>> table = RateTable.of([(0, "5%"), ("100000", "8%")], currency="CNY", application=Application.WHOLE,
    ...                      boundary=Boundary.LOWER_INCLUSIVE)
    >>> gap = sales_for(table, Money.of("6000", "CNY"))
    >>> gap.why.value, str(gap.below.pay), str(gap.above.pay), str(gap.above.sale)
    ('jumped_over', 'CNY 5000.00', 'CNY 8000.00', 'CNY 100000.00')
    """

    asked: Money
    why: WhyNot
    below: Breakpoint | None
    above: Breakpoint | None


@attrs.frozen(kw_only=True)
class Threshold:
    """The next tier: the first sale in it, how much more that is, and what the tier pays."""

    sale: Money
    more: Money
    value: Rate | Money


def sales_for(table: RateTable, payout: Money) -> Money | NoSale:
    """The smallest sale, 0 or more, that pays *payout*: exactly, or else after rounding; or why there is none.

    Law: table.pay(sales_for(table, table.pay(x))) == table.pay(x); where the pay of x needs no rounding, that sale is
    at most x, and x itself where pay rises strictly.
    Raises: InvalidType where tiers are reached by attainment or units, or the table is a line of rates; InvalidValue
    for a negative payout.
    >>> from salesplan.ladder import Boundary
    >>> table = RateTable.of([(0, "3%"), ("100000", "5%"), ("200000", "8%")], currency="CNY",
    ...                      application=Application.MARGINAL, boundary=Boundary.LOWER_INCLUSIVE)
    >>> str(sales_for(table, Money.of("10000", "CNY")))
    'CNY 225000.00'
    """
    _by_amount(table)
    wanted = Money.zero(table.currency).same(payout).minor
    if wanted < 0:
        raise InvalidValue(f"a payout to reach is 0 or more: {payout}", code="commission.payout", value=payout)
    stretches = _stretches(table)
    for first, last in stretches:
        earns = _crossing(table, wanted, first, last, _earned)
        if _earned(table, earns) == wanted:
            return Money(earns, table.currency)
    near: list[Breakpoint] = []
    for first, last in stretches:
        at = _crossing(table, wanted, first, last, _paid)
        near += [_point(table, sale) for sale in sorted({first, max(first, at - 1), at})]
        exact = next((point for point in near if point.pay.minor == wanted), None)
        if exact is not None:
            return exact.sale
    below = max((point for point in near if point.pay < payout), key=lambda point: point.pay.minor, default=None)
    above = min((point for point in near if point.pay > payout), key=lambda point: point.pay.minor, default=None)
    smallest = [None if point is None else _smallest(table, point, near) for point in (below, above)]
    why = WhyNot.BEYOND if above is None else WhyNot.JUMPED_OVER
    return NoSale(asked=payout, why=why, below=smallest[0], above=smallest[1])


def marginal_rate(table: RateTable, sale: Money) -> Rate:
    """What part of the next unit of sale is paid, within the tier that *sale* lies in.

    >>> from salesplan.ladder import Boundary
    >>> table = RateTable.of([(0, "3%"), ("1000", "5%")], currency="CNY", application=Application.MARGINAL,
    ...                      boundary=Boundary.LOWER_INCLUSIVE)
    >>> str(marginal_rate(table, Money.of("999.99", "CNY"))), str(marginal_rate(table, Money.of("1000", "CNY")))
    ('3%', '5%')
    """
    _by_amount(table)
    band = table.tiers.band_at(Money.zero(table.currency).same(sale))
    if band is None or table.application is Application.FIXED:
        return Rate(0)
    if table.application is Application.INTERPOLATED:
        if band.upper is None:
            return Rate(0)
        rise = value_of(table.tiers.values[band.position + 1]) - value_of(band.value)
        slope = rise / (number(band.upper) - number(band.lower))
        return Rate(slope.numerator, slope.denominator)
    assert isinstance(band.value, Rate)  # the table has seen to it
    return band.value


def next_threshold(table: RateTable, sale: Money) -> Threshold | None:
    """The tier above the one *sale* lies in; None in the last."""
    _by_amount(table)
    band = table.tiers.next_band(Money.zero(table.currency).same(sale))
    if band is None:
        return None
    first = Money(_minor(band.lower) + _past(table), table.currency)
    return Threshold(sale=first, more=first - sale, value=band.value)


def breakpoints(table: RateTable) -> tuple[Breakpoint, ...]:
    """Where the pay bends or jumps, for a chart: 0, and both sides of every threshold above it.

    >>> from salesplan.ladder import Boundary
    >>> table = RateTable.of([(0, "5%"), ("1000", "8%")], currency="JPY", application=Application.WHOLE,
    ...                      boundary=Boundary.LOWER_INCLUSIVE)
    >>> [(point.sale.minor, point.pay.minor) for point in breakpoints(table)]
    [(0, 0), (999, 50), (1000, 80)]
    """
    _by_amount(table)
    starts = [first for first, _ in _stretches(table)]
    sales = sorted({0, *starts, *(start - 1 for start in starts if start > 0)})
    return tuple(_point(table, sale) for sale in sales)


def _by_amount(table: RateTable) -> None:
    require_instance(table, RateTable, code="commission.table", name="table")
    if not isinstance(table.tiers.thresholds[0], Money):
        raise InvalidType(
            "tiers reached by attainment or units are not a question of the sale alone: see RateTable.by_amount",
            code="commission.not_by_amount",
            value=table.tiers.thresholds[0],
        )
    if table.application is Application.INTERPOLATED and isinstance(table.tiers.values[0], Rate):
        raise InvalidType(
            "a line of rates pays by the square of a sale: only lines of amounts are asked backwards",
            code="commission.curve",
            value=table.tiers.values[0],
        )


def _minor(threshold: Key) -> int:
    assert isinstance(threshold, Money)  # _by_amount has seen to it
    return threshold.minor


def _past(table: RateTable) -> int:
    """How far past a threshold its tier begins."""
    return 1 if table.tiers.boundary is Boundary.UPPER_INCLUSIVE else 0


def _stretches(table: RateTable) -> list[tuple[int, int]]:
    """The sales from 0 on, in minor units, below the first tier and in each: first and last."""
    starts = sorted({0, *(_minor(threshold) + _past(table) for threshold in table.tiers.thresholds)})
    return [(start, after - 1) for start, after in zip(starts, [*starts[1:], MAX_MINOR + 1], strict=True)]


def _earned(table: RateTable, sale: int) -> Fraction:
    """What a sale pays before rounding."""
    return sum((part.amount for part in table.slices(Money(sale, table.currency))), start=Fraction(0))


def _paid(table: RateTable, sale: int) -> Fraction:
    return Fraction(_point(table, sale).pay.minor)


def _crossing(
    table: RateTable, wanted: int, first: int, last: int, pay_of: Callable[[RateTable, int], Fraction]
) -> int:
    """The first sale of a stretch on the other side of *wanted*, or on it; the last one where none is."""
    begins = pay_of(table, first)
    if begins == wanted:
        return first
    rises = begins < wanted
    while first < last:
        middle = (first + last) // 2
        pay = pay_of(table, middle)
        if pay >= wanted if rises else pay <= wanted:
            last = middle
        else:
            first = middle + 1
    return first


def _smallest(table: RateTable, point: Breakpoint, near: list[Breakpoint]) -> Breakpoint:
    """The smallest sale that pays the same."""
    for first, last in _stretches(table):
        at = _crossing(table, point.pay.minor, first, last, _paid)
        found = _point(table, at)
        if found.pay == point.pay:
            return found
    return point


def _point(table: RateTable, sale: int) -> Breakpoint:
    amount = Money(sale, table.currency)
    return Breakpoint(sale=amount, pay=table.pay(amount))
