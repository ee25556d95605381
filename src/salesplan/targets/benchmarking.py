"""Benchmarking: a pattern bent to totals with the least change of its shape (proportional Denton).

Scaling each year of a monthly pattern to its total leaves a step between December and January, where the factor
jumps. The proportional first-difference method lets the factor x/z move from period to period instead, and as
little as the totals allow: it minimises the sum of (x_t/z_t - x_{t-1}/z_{t-1})^2 while every group keeps its
total (Denton 1971 as amended by Cholette; the benchmark method of the IMF's Quarterly National Accounts Manual).

It is solved in integers, not in floats. With u = x/z the first-order condition says that the slope of u falls by
lambda_y z_t at each t of group y, so u_t = u_0 - sum_y lambda_y H_y(t), where H_y(t) sums, over all s < t, the
running total of z within group y up to s. What is left unknown are u_0 and one lambda for each group: the group
sums are as many equations, and that the slope ends at 0 is the last one. Periods past the last total keep the
last factor. The real values are then rounded within each group by largest remainder, so no total moves.

Left out: additive differences, and totals that are only estimates.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final

from ..apportion import largest_remainder
from ..errors import InvalidType, InvalidValue, clip, listed, require_int
from ..money import Money, Rounding
from ..rate import Rate
from ._amounts import Amount, amount_of, unit_of, units_of
from ._ratios import common_denominator, fraction_of

__all__ = ["denton"]

_MAX_PERIODS: Final = 1200
_MAX_TOTALS: Final = 120


def denton(
    pattern: Sequence[int | Rate | Money], totals: Sequence[Amount], *, per: int | Sequence[int]
) -> tuple[Amount, ...]:
    """Bend *pattern* to *totals*, the first *per* periods to the first one and so on, without steps between them.

    *per* is the number of periods of each total, or one number for each; periods past the last total extend it.
    Shape: len(result) == len(pattern).      Range: 1200 periods, 120 totals.
    Law: each group sums to its total; a pattern that already does is unchanged; the scale of *pattern* is nothing.
    Raises: InvalidValue for a pattern that is not positive, fewer periods than the totals span, or where the
    smoothest path would need a negative amount; InvalidType, CurrencyMismatch.
    Source: IMF, Quarterly National Accounts Manual, chapter on benchmarking, proportional Denton method.
    >>> denton([1, 1, 1, 1], [100, 140], per=2)
    (47, 53, 67, 73)
    """
    shape = _pattern(pattern)
    unit = None
    sums = []
    for at, total in enumerate(listed(totals, code="targets.benchmarking.totals", name="totals")):
        if at == 0:
            unit = unit_of(total, name="total")
        sums.append(units_of(total, unit, name="total"))
    require_int(len(sums), code="targets.benchmarking.totals", name="totals", low=1, high=_MAX_TOTALS)
    sizes = _sizes(per, len(sums))
    ends = list(accumulate(sizes, initial=0))
    if ends[-1] > len(shape):
        raise InvalidValue(
            f"the totals span {ends[-1]} periods, the pattern has {len(shape)}",
            code="targets.benchmarking.shape",
            value=len(shape),
        )
    tops, bottom = _smooth(shape, sums, ends)
    for at, top in enumerate(tops):
        if top < 0:
            raise InvalidValue(
                f"the smoothest path needs a negative amount in period {at}: the totals change too fast",
                code="targets.benchmarking.negative",
                value=at,
            )
    parts: list[int] = []
    for total, (first, last) in zip(sums, pairwise(ends), strict=True):
        weights = tops[first:last]
        parts += largest_remainder(total, weights, sum(weights)) if total else [0] * len(weights)
    parts += [Rounding.HALF_UP.divide(top, bottom) for top in tops[ends[-1] :]]
    return tuple(amount_of(part, unit) for part in parts)


def _smooth(shape: list[int], sums: list[int], ends: list[int]) -> tuple[list[int], int]:
    """The real path as integers over one positive denominator."""
    count = len(sums)
    bends = [_bends(shape, first, last) for first, last in pairwise(ends)]
    rows = []
    for total, (first, last) in zip(sums, pairwise(ends), strict=True):
        span = range(first, last)
        sizes = sum(shape[first:last])
        rows.append([sizes, *(-sum(shape[at] * bend[at] for at in span) for bend in bends), total])
    rows.append([0, *(sum(shape[first:last]) for first, last in pairwise(ends)), 0])
    solution, bottom = _solved(rows)
    start, slopes = solution[0], solution[1 : count + 1]
    factors = [
        start - sum(slope * bend[at] for slope, bend in zip(slopes, bends, strict=True)) for at in range(ends[-1])
    ]
    factors += [factors[-1]] * (len(shape) - ends[-1])
    return [size * factor for size, factor in zip(shape, factors, strict=True)], bottom


def _bends(shape: list[int], first: int, last: int) -> list[int]:
    """H of one group at every period: the sum of the running totals of the group before it."""
    running = accumulate(size if first <= at < last else 0 for at, size in enumerate(shape))
    return [0, *accumulate(running)][: len(shape)]


def _solved(rows: list[list[int]]) -> tuple[list[int], int]:
    """The solution of a regular integer system over one positive denominator (Bareiss: no fractions on the way)."""
    size = len(rows)
    before = 1
    for at in range(size):
        pivot = next(row for row in range(at, size) if rows[row][at])
        rows[at], rows[pivot] = rows[pivot], rows[at]
        lead = rows[at]
        for row in range(size):
            if row != at:
                part = rows[row][at]
                rows[row] = [
                    (lead[at] * value - part * above) // before for value, above in zip(rows[row], lead, strict=True)
                ]
        before = lead[at]
    sign = 1 if before > 0 else -1
    return [sign * row[-1] for row in rows], sign * before


def _pattern(pattern: Sequence[int | Rate | Money]) -> list[int]:
    """The pattern as positive integers in proportion."""
    given = listed(pattern, code="targets.benchmarking.pattern", name="pattern")
    require_int(len(given), code="targets.benchmarking.pattern", name="periods", low=1, high=_MAX_PERIODS)
    if isinstance(given[0], Money):
        unit = given[0].currency
        ratios = [Fraction(units_of(value, unit, name="pattern")) for value in given]
    else:
        ratios = [fraction_of(value, code="targets.benchmarking.pattern", name="pattern") for value in given]
    for at, ratio in enumerate(ratios):
        if ratio <= 0:
            raise InvalidValue(
                f"period {at} of the pattern must be above 0: {clip(given[at])}",
                code="targets.benchmarking.pattern",
                value=given[at],
            )
    common = common_denominator(ratios, code="targets.benchmarking.pattern")
    return [int(ratio * common) for ratio in ratios]


def _sizes(per: int | Sequence[int], count: int) -> list[int]:
    """How many periods each total spans."""
    if isinstance(per, int):
        given: tuple[int, ...] = (per,) * count
    elif isinstance(per, Sequence):
        given = listed(per, code="targets.benchmarking.per", name="per")
    else:
        raise InvalidType(f"per must be an int or several: {clip(per)}", code="targets.benchmarking.per", value=per)
    if len(given) != count:
        raise InvalidValue(
            f"{len(given)} group sizes for {count} totals", code="targets.benchmarking.per", value=len(given)
        )
    return [
        require_int(size, code="targets.benchmarking.per", name="periods of a total", low=1, high=_MAX_PERIODS)
        for size in given
    ]
