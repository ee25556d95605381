"""Split a whole over parts that have lower and upper bounds: raise or fix the violators, split the rest again.

The exact proportional shares that respect the bounds are found by fixing, in each round, the parts that fall below
their lower bound or those that pass their upper one, whichever side is off by more (which is what one common scale
for all free parts demands); whole units are then given out by the named method. Integers throughout.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import Final

from ..apportion import Apportionment, largest_remainder, split

__all__ = ["OutOfBounds", "integers", "nested_share", "share"]

_MOST: Final = 10**60


class OutOfBounds(Exception):
    """The bounds leave no room: *needed* is what they add up to, *total* what there is; never leaves the room."""

    def __init__(self, total: int, needed: int) -> None:
        super().__init__(total, needed)
        self.total = total
        self.needed = needed


def integers(weights: Sequence[int | Fraction]) -> Sequence[int]:
    """The weights over one denominator; of weights more than 60 digits apart the first 60 count.

    >>> integers([Fraction(1, 2), 2])
    [1, 4]
    """
    whole: Sequence[int]
    if {*map(type, weights)} <= {int}:
        whole = weights  # type: ignore[assignment]  # just checked
    else:
        common = lcm(*(weight.denominator for weight in weights))
        whole = [weight.numerator * (common // weight.denominator) for weight in weights]
    most = max(whole, default=0)
    if most <= _MOST:
        return whole
    return [max(weight * _MOST // most, 1) if weight else 0 for weight in whole]  # what weighs something, weighs 1


def share(
    total: int,
    weights: Sequence[int],
    low: Sequence[int] | None = None,
    high: Sequence[int | None] | None = None,
    method: Apportionment = Apportionment.LARGEST_REMAINDER,
) -> list[int]:
    """Whole parts of *total* >= 0 in proportion to *weights*, each within its bounds; ties go to the earlier part.

    Law: sum(result) == total; low <= part <= high; weight 0 gets its lower bound.
    Raises: OutOfBounds when the bounds allow no such parts.
    >>> share(100, [1, 1, 2], low=[40, 0, 0], high=[None, None, 30])
    [40, 30, 30]
    """
    if low is None and high is None:
        whole = sum(weights)
        if not whole:
            if total:
                raise OutOfBounds(total, 0)
            return [0] * len(weights)
        if method is Apportionment.LARGEST_REMAINDER:
            return largest_remainder(total, weights, whole)
        return split(total, weights, method)
    floor = list(low) if low is not None else [0] * len(weights)
    ceiling = list(high) if high is not None else [None] * len(weights)
    parts = list(floor)
    free = [at for at, weight in enumerate(weights) if weight]
    left = total - sum(floor) + sum(floor[at] for at in free)
    while free:
        whole = sum(weights[at] for at in free)
        below = [at for at in free if left * weights[at] < floor[at] * whole]
        above = [at for at in free if (top := ceiling[at]) is not None and left * weights[at] > top * whole]
        if not below and not above:
            rest = split(left, [weights[at] for at in free], method, caps=[ceiling[at] for at in free])
            below = [
                at for at, part in zip(free, rest, strict=True) if part < floor[at]
            ]  # other methods than the first
            if not below:
                for at, part in zip(free, rest, strict=True):
                    parts[at] = part
                return parts
        short = sum(floor[at] * whole - left * weights[at] for at in below)
        over = sum(left * weights[at] - (ceiling[at] or 0) * whole for at in above)
        fixed = below if below and (not above or short >= over) else above
        for at in fixed:
            parts[at] = floor[at] if fixed is below else ceiling[at] or 0
            left -= parts[at]
        free = [at for at in free if at not in set(fixed)]
        if left < 0:
            break
    if left:
        raise OutOfBounds(total, total - left)
    return parts


def nested_share(total: int, weights: Sequence[int], levels: Sequence[Sequence[tuple[int, int]]]) -> list[int]:
    """`share` without bounds, group by group: each level of *levels* tiles the parts, the coarse before the fine.

    Law: sum(result) == total; every group is within one unit of its share of the group around it.
    >>> nested_share(4, [1, 1, 1, 1, 1, 1], [[(0, 3), (3, 6)]])
    [1, 1, 0, 1, 1, 0]
    """
    spans, amounts = [(0, len(weights))], [total]
    for level in [*levels, [(at, at + 1) for at in range(len(weights))]]:
        inside = [[span for span in level if outer[0] <= span[0] and span[1] <= outer[1]] for outer in spans]
        amounts = [
            part
            for amount, below in zip(amounts, inside, strict=True)
            for part in share(amount, [sum(weights[first:until]) for first, until in below])
        ]
        spans = [span for below in inside for span in below]
    return amounts
