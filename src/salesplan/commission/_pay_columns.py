"""What a rate table pays for a whole column, to the last minor unit.

Between two thresholds every application is a straight line of the key: *starts + slopes x key*. With the coefficients
of all tiers over one denominator the pay of a row is a quotient of whole numbers, so that rounding sees exactly the
fraction that `RateTable.pay` sees. With a key of x sales over a quota q

    MARGINAL       (slopes x + starts q) / scale                     (another base b: times b / x)
    WHOLE, FIXED   starts / scale, of the base or as such
    INTERPOLATED   (slopes x + starts q) / (scale q), of the base or as such

An attainment is never divided out: a tier is reached from a whole key on, the first one whose share of the quota is
the threshold or more (or is past it), and that is found with whole numbers.

Rows are paid in blocks. A block whose numbers stay under 2**62 on the way is paid in int64, any other in Python's own
integers: some fifty times slower and just as exact. So nothing is refused for its size but a pay that is no Money.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Any, Final, TypeAlias, assert_never

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole, whole_numbers
from ..errors import InvalidType, InvalidValue, clip, require_instance, require_int
from ..ladder import Boundary
from ..money import MAX_MINOR, Money, Rounding
from ..rate import Rate
from ._keys import number, value_of
from .rate_table import Application, RateTable

__all__ = ["BLOCK", "Lines", "lines_of", "pay_columns", "pay_rows"]

Tiers: TypeAlias = NDArray[np.intp]
Wholes: TypeAlias = NDArray[Any]  # int64, or Python's ints where int64 is too small

_ROOM: Final = 2**62
BLOCK: Final = 2**16
"""So many numbers at a time: what is between stays a few megabytes, however long the column."""


def pay_columns(
    table: RateTable,
    sales: object,
    *,
    keys: object = None,
    quotas: object = None,
    units: object = None,
) -> Whole:
    """What `table.pay` pays, for every row of a column of sales.

    Tiers by attainment are reached by sales over *quotas*: a column, or one for all rows, an int or Money. Tiers by
    units are reached by *units*. *keys* are amounts that stand in for the sales where tiers are reached by something
    else than what is paid on.
    Units: minor units of table.currency.      Shape: columns of one length, as the result; int64, read-only.
    Law: pay_columns(...)[row] == table.pay(sales[row], key=...).minor, in every row.
    Raises: InvalidType for floats and bools, or an argument that the table lacks or has no use for; InvalidValue for
    another length, a quota of 0 or less, or a pay beyond Money; CurrencyMismatch.
    >>> table = RateTable.of([("0%", "3%"), ("100%", "5%")], currency="CNY", application=Application.MARGINAL,
    ...                      boundary=Boundary.LOWER_INCLUSIVE)
    >>> pay_columns(table, [100000, 260000, -50000], quotas=200000)
    array([ 3000,  9000, -1500])
    """
    require_instance(table, RateTable, code="commission.table", name="table")
    base = whole_numbers(sales, name="sales", code="commission.sales")
    kind = type(table.tiers.thresholds[0])
    _require_given("quotas", quotas, wanted=kind is Rate)
    _require_given("units", units, wanted=kind is int)
    if kind is int and keys is not None:
        _require_given("keys", keys, wanted=False)
    other = units if kind is int else keys
    reached = (
        base if other is None else whole_numbers(other, name="keys or units", code="commission.key", size=len(base))
    )
    parts = np.ones(1, dtype=np.int64) if quotas is None else _quotas(quotas, table, len(base))
    lines = lines_of(table)
    pay = np.empty(len(base), dtype=np.int64)
    for start in range(0, len(base), BLOCK):
        rows = slice(start, start + BLOCK)
        block = base[rows]
        keys_of = block if reached is base else reached[rows]
        pay[rows], _ = pay_rows(lines, block, keys_of, parts if len(parts) == 1 else parts[rows])
    pay.setflags(write=False)
    return pay


def _require_given(name: str, value: object, *, wanted: bool) -> None:
    if (value is not None) != wanted:
        need = f"needs {name}" if wanted else f"has no use for {name}: {clip(value)}"
        raise InvalidType(f"a table of such thresholds {need}", code="commission.key", value=value)


def _quotas(quotas: object, table: RateTable, size: int) -> Whole:
    if isinstance(quotas, Money):
        quotas = Money.zero(table.currency).same(quotas).minor
    if isinstance(quotas, int | np.integer) and not isinstance(quotas, np.timedelta64):
        one = int(quotas) if isinstance(quotas, np.integer) else quotas
        return np.array([require_int(one, code="commission.quota", name="a quota", low=1, high=MAX_MINOR)])
    return whole_numbers(quotas, name="quotas", code="commission.quota", low=1, size=size)


@attrs.frozen(kw_only=True)
class Lines:
    """The line of every tier as whole numbers; at 0 stands what is below the first tier.

    Units: *thresholds* are over *parts*; *starts* and *slopes* over *scale*.
    """

    table: RateTable
    shares: bool
    thresholds: tuple[int, ...]
    parts: int
    starts: tuple[int, ...]
    slopes: tuple[int, ...]
    scale: int

    @property
    def flat(self) -> bool:
        """Whether the key chooses the tier and no more."""
        return self.table.application in {Application.WHOLE, Application.FIXED}

    def times_base(self, *, own: bool) -> bool:
        """Whether the line is a share of the base; a marginal one of the *own* key is the pay already."""
        return self.shares and not (own and self.table.application is Application.MARGINAL)

    def largest(self, base: Any, reached: Any, quotas: Any, *, own: bool) -> Any:
        """No number that turns up on the way is larger than this: of ints, or of arrays of floats from 1 up."""
        line = max(map(abs, self.starts)) * (1 if self.flat else quotas) + max(map(abs, self.slopes)) * reached
        top = line * base if self.times_base(own=own) else line
        bottom = self.scale if self.flat else self.scale * (reached + quotas)
        return top + bottom + self.thresholds[-1] * quotas + self.parts


def lines_of(table: RateTable) -> Lines:
    """The lines of a table."""
    edges = [number(threshold) for threshold in table.tiers.thresholds]
    values = [value_of(value) for value in table.tiers.values]
    match table.application:
        case Application.MARGINAL:
            below = [Fraction(0)]
            for (lower, upper), rate in zip(pairwise(edges), values, strict=False):
                below.append(below[-1] + rate * (upper - lower))
            slopes = values
            starts = [paid - rate * edge for paid, rate, edge in zip(below, values, edges, strict=True)]
        case Application.WHOLE | Application.FIXED:
            slopes, starts = [Fraction(0)] * len(edges), values
        case Application.INTERPOLATED:
            slopes = [
                (after - here) / (upper - lower)
                for (lower, upper), (here, after) in zip(pairwise(edges), pairwise(values), strict=True)
            ]
            slopes.append(Fraction(0))
            starts = [value - slope * edge for value, slope, edge in zip(values, slopes, edges, strict=True)]
        case _:
            assert_never(table.application)
    scale, parts = lcm(*(each.denominator for each in [*starts, *slopes])), lcm(*(each.denominator for each in edges))
    return Lines(
        table=table,
        shares=isinstance(table.tiers.values[0], Rate),
        thresholds=tuple(int(each * parts) for each in edges),
        parts=parts,
        starts=(0, *(int(each * scale) for each in starts)),
        slopes=(0, *(int(each * scale) for each in slopes)),
        scale=scale,
    )


def pay_rows(lines: Lines, base: Whole, reached: Whole, quotas: Whole) -> tuple[Whole, Tiers]:
    """The pay of every row of a block and its tier, counted from 1; 0 is below the first.

    Shape: *base* and *reached* alike, not empty, of one or two dimensions; *quotas* of one, broadcast against them.
    """
    own = reached is base
    if lines.largest(_most(base), _most(reached), _most(quotas), own=own) < _ROOM:
        return _rows(lines, base, reached, quotas, own=own)
    exact = [each.astype(np.object_) for each in (base, reached, quotas)]
    if own:
        exact[1] = exact[0]
    pay, tiers = _rows(lines, *exact, own=own)
    worst = max(int(pay.max()), -int(pay.min()))
    if worst > MAX_MINOR:
        raise InvalidValue(f"a pay must fit 63 bits of minor units: {clip(worst)}", code="money.range", value=worst)
    return pay.astype(np.int64), tiers


def _most(numbers: Whole) -> int:
    return max(-int(numbers.min()), int(numbers.max()), 1)


def _rows(lines: Lines, base: Wholes, reached: Wholes, quotas: Wholes, *, own: bool) -> tuple[Wholes, Tiers]:
    below_zero = reached < 0
    mirrored = bool(below_zero.any())
    key = np.abs(reached) if mirrored else reached
    tiers = np.zeros(base.shape, dtype=np.intp)
    for first in _firsts(lines, quotas):
        tiers += key >= first
    application = lines.table.application
    if application is Application.MARGINAL and not own:  # nothing of the key to share by: see RateTable
        tiers[key == 0] = 1 if lines.thresholds[0] == 0 else 0
        key = np.maximum(key, 1)
    top: Wholes = np.array(lines.starts, dtype=base.dtype)[tiers]
    bottom: Wholes | int = lines.scale
    if not lines.flat:
        sloped = np.array(lines.slopes, dtype=base.dtype)[tiers]
        sloped *= key
        top *= quotas
        top += sloped
        if application is Application.INTERPOLATED:
            bottom = quotas * lines.scale
        elif not own:
            bottom = key * lines.scale
    if lines.times_base(own=own):
        top *= base
    elif mirrored:
        np.negative(top, out=top, where=below_zero)
    return _divided(lines.table.rounding, top, bottom), tiers


def _firsts(lines: Lines, quotas: Wholes) -> list[Any]:
    """The smallest whole key of every tier, for each quota."""
    if lines.table.tiers.boundary is Boundary.LOWER_INCLUSIVE:
        return [-(-threshold * quotas // lines.parts) for threshold in lines.thresholds]
    return [threshold * quotas // lines.parts + 1 for threshold in lines.thresholds]


def _divided(rounding: Rounding, top: Wholes, bottom: Wholes | int) -> Wholes:
    """`Rounding.divide`, row by row."""
    below: Wholes = top // bottom
    rest = top - below * bottom
    match rounding:
        case Rounding.FLOOR:
            return below
        case Rounding.CEILING:
            below += rest != 0
        case Rounding.UP:
            below += (rest != 0) & (below >= 0)
        case Rounding.DOWN:
            below += (rest != 0) & (below < 0)
        case Rounding.UP_05:
            below += (rest != 0) & np.where(below >= 0, below % 5 == 0, (below + 1) % 5 != 0)
        case Rounding.HALF_FLOOR:
            below += 2 * rest > bottom
        case Rounding.HALF_CEILING:
            below += 2 * rest >= bottom
        case Rounding.HALF_UP:
            below += 2 * rest - (below < 0) >= bottom
        case Rounding.HALF_DOWN:
            below += 2 * rest - (below >= 0) >= bottom
        case Rounding.HALF_EVEN:
            below += 2 * rest - (below % 2 == 0) >= bottom
        case Rounding.HALF_ODD:
            below += 2 * rest - (below % 2 != 0) >= bottom
        case _:
            assert_never(rounding)
    return below
