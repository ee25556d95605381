"""One way to split a whole: integer parts in proportion to weights that sum to the whole, always.

Every shop, ledger and quota tool meets the same few rules under different names; each is here, so that any of
them can be reproduced to the cent. All work on integers, so nothing depends on float or decimal contexts.

LARGEST_REMAINDER (Hamilton) is the default: no part is a full unit away from its exact share. Where two
remainders tie, the smaller key gets the unit, so the result does not depend on the order in which the parts
are listed. Like every quota method it can move a unit when a part is added or the total grows (the Alabama
effect). WEBSTER has no such effect but may leave the quota. Caps are filled by raising the level: a part
whose exact share reaches its cap is fixed there and the rest is split again, where no unit goes to a part
that is full.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from heapq import heapify, heappop, heapreplace
from itertools import pairwise
from math import gcd
from typing import Any, TypeVar, assert_never

from .errors import InvalidType, InvalidValue, SalesplanError, clip, require_int
from .money import Money
from .rate import Rate

__all__ = ["Apportionment", "CapError", "WeightError", "apportion", "largest_remainder", "split"]

T = TypeVar("T")

_MAX_WEIGHT = 10**60


class WeightError(SalesplanError, ValueError):
    """Weights that cannot share anything: negative, all zero, or none."""


class CapError(SalesplanError, ValueError):
    """The caps leave too little room for the whole."""


class Apportionment(Enum):
    """Where the units go that do not divide evenly; each worked on 100 over 1:1:1 and 10 over 6:3:3:8."""

    LARGEST_REMAINDER = "largest_remainder"
    """Round down, then one unit each to the largest fractions, ties to the smaller key: 34 33 33; 3 2 1 4."""
    FLOOR_FIRST = "floor_first"
    """Round down, then one unit each to the first parts: 34 33 33; 4 1 1 4."""
    FLOOR_LAST = "floor_last"
    """Round down, the last part takes the rest: 33 33 34; 3 1 1 5."""
    HALF_DOWN_FIRST = "half_down_first"
    """Round to nearest, halves down, then one unit each to or from the first parts: 34 33 33; 4 1 1 4."""
    CUMULATIVE = "cumulative"
    """Differences of the rounded-down running total: 33 33 34; 3 1 2 4."""
    WEBSTER = "webster"
    """Highest averages with divisors 1, 3, 5 (Sainte-Laguë): 34 33 33; 3 2 1 4 (ties to the smaller key)."""


def apportion(
    total: Money,
    weights: Sequence[int | Rate | Money],
    policy: Apportionment = Apportionment.LARGEST_REMAINDER,
    *,
    keys: Sequence[Any] | None = None,
    caps: Sequence[Money | None] | None = None,
) -> tuple[Money, ...]:
    """Split *total* in proportion to *weights*.

    *keys* name the parts for ties (default: their positions), distinct and comparable; *caps* bound parts.
    Units: minor units of total.currency.      Shape: len(result) == len(weights), same order.
    Law: sum(result) == total; weight 0 gets 0; no share is a full unit from exact (largest remainder, no
    caps); a negative total gives the mirrored parts.
    Raises: WeightError if a weight is negative or all are 0; CapError if the caps cannot hold the total.
    Source: largest remainder (Hamilton).
    >>> [str(m) for m in apportion(Money.of("1.00", "EUR"), [1, 1, 1])]
    ['EUR 0.34', 'EUR 0.33', 'EUR 0.33']
    """
    if not isinstance(total, Money):
        raise InvalidType(f"total must be Money: {clip(total)}", code="apportion.total", value=total)
    room = None
    if caps is not None:
        room = [None if cap is None else total.same(cap).minor for cap in _listed(caps, "caps")]
    parts = split(total.minor, _integers(_listed(weights, "weights")), policy, keys=keys, caps=room)
    return tuple(Money(part, total.currency) for part in parts)


def split(
    total: int,
    weights: Sequence[int],
    policy: Apportionment = Apportionment.LARGEST_REMAINDER,
    *,
    keys: Sequence[Any] | None = None,
    caps: Sequence[int | None] | None = None,
) -> list[int]:
    """`apportion` on bare integers: leads, units, seats, minor units.

    Law: sum(result) == total; weight 0 gets 0.      Shape: as *weights*.
    Raises: WeightError, CapError, InvalidType for anything that is not an int.
    >>> split(10, [6, 3, 3, 8])
    [3, 2, 1, 4]
    >>> split(299, [4300, 1400, 2300])
    [161, 52, 86]
    >>> split(2000, [5000, 2000], caps=[500, None])
    [500, 1500]
    """
    require_int(total, code="apportion.total", name="total", low=-_MAX_WEIGHT, high=_MAX_WEIGHT)
    for weight in _listed(weights, "weights"):
        require_int(weight, code="apportion.weight", name="weight", high=_MAX_WEIGHT)
        if weight < 0:
            raise WeightError(f"a weight must not be negative: {clip(weight)}", code="apportion.negative", value=weight)
    if not isinstance(policy, Apportionment):
        raise InvalidType(f"policy must be an Apportionment: {clip(policy)}", code="apportion.policy", value=policy)
    if total == 0:
        return [0] * len(weights)
    if not any(weights):
        raise WeightError(
            f"{clip(total)} cannot be split: every weight is 0 or there is none",
            code="apportion.no_weight",
            value=total,
        )
    rank = _ranks(keys, len(weights))
    if total < 0:
        return [-part for part in _capped(-total, weights, policy, rank, _room(caps, weights))]
    return _capped(total, weights, policy, rank, _room(caps, weights))


def largest_remainder(total: int, weights: Sequence[int], whole: int) -> list[int]:
    """The unchecked inner loop of `split`: *whole* is sum(weights) > 0, total >= 0, ties by position.

    >>> largest_remainder(10, [6, 3, 3, 8], 20)
    [3, 2, 1, 4]
    """
    products = [total * weight for weight in weights]
    parts = [product // whole for product in products]
    left = total - sum(parts)
    if left:
        remainders = [product % whole for product in products]
        if left == 1:
            parts[remainders.index(max(remainders))] += 1
        else:
            # a reversed sort keeps equal remainders in their order, so the earlier part still comes first
            order = sorted(range(len(parts)), key=remainders.__getitem__, reverse=True)
            for at in order[:left]:
                parts[at] += 1
    return parts


def _listed(values: Sequence[T], name: str) -> Sequence[T]:
    if isinstance(values, str | bytes) or not isinstance(values, Sequence):
        raise InvalidType(f"{name} must be a list or tuple: {clip(values)}", code=f"apportion.{name}", value=values)
    return values


def _integers(weights: Sequence[int | Rate | Money]) -> list[int]:
    """Weights of any accepted kind over one common denominator."""
    kinds = {type(weight) for weight in weights}
    if Money in kinds:
        first = next(weight for weight in weights if isinstance(weight, Money))
        return [first.same(weight).minor for weight in weights]  # type: ignore[arg-type]  # _same refuses the rest
    common = 1
    for weight in weights:
        if isinstance(weight, Rate):
            common = common * weight.denominator // gcd(common, weight.denominator)
            if common > _MAX_WEIGHT:
                raise InvalidValue(
                    "the weights have no common denominator up to 10**60: give them as whole numbers",
                    code="apportion.weight",
                    value=weight,
                )
    return [
        weight.numerator * (common // weight.denominator)
        if isinstance(weight, Rate)
        else require_int(weight, code="apportion.weight", name="weight") * common
        for weight in weights
    ]


def _ranks(keys: Sequence[Any] | None, size: int) -> Sequence[int]:
    """Position of every part in the order of its key."""
    if keys is None:
        return range(size)
    if len(_listed(keys, "keys")) != size:
        raise InvalidValue(f"{len(keys)} keys for {size} weights", code="apportion.keys", value=len(keys))
    try:
        order = sorted(range(size), key=keys.__getitem__)
        repeated = any(not keys[a] < keys[b] for a, b in pairwise(order))
    except SalesplanError:
        raise
    except Exception:  # whatever a foreign comparison raises, as Decimal's NaN does
        raise InvalidType("keys must be comparable with each other", code="apportion.keys", value=None) from None
    if repeated:
        raise InvalidValue("keys must be distinct", code="apportion.keys", value=None)
    rank = [0] * size
    for place, at in enumerate(order):
        rank[at] = place
    return rank


def _room(caps: Sequence[int | None] | None, weights: Sequence[int]) -> list[int | None] | None:
    if caps is None:
        return None
    if len(_listed(caps, "caps")) != len(weights):
        raise InvalidValue(f"{len(caps)} caps for {len(weights)} weights", code="apportion.caps", value=len(caps))
    return [None if cap is None else require_int(cap, code="apportion.caps", name="cap", low=0) for cap in caps]


def _capped(
    total: int,
    weights: Sequence[int],
    policy: Apportionment,
    rank: Sequence[int],
    caps: list[int | None] | None,
) -> list[int]:
    """Fill the parts whose exact share reaches their cap, split the rest; its caps lie above its shares."""
    if caps is None:
        return _shared(total, weights, policy, rank, [total] * len(weights))
    result = [0] * len(weights)
    live = {at for at, weight in enumerate(weights) if weight}
    whole = sum(weights)
    limits = {at: cap for at, cap in enumerate(caps) if cap is not None and at in live}
    scale = max((weights[at] for at in limits), default=1) ** 2
    for at in sorted(limits, key=lambda at: limits[at] * scale // weights[at]):
        if limits[at] * whole > total * weights[at]:
            break
        result[at] = limits[at]
        total -= limits[at]
        whole -= weights[at]
        live.discard(at)
    if total == 0:
        return result
    if not live:
        raise CapError(
            f"the caps leave no room for {clip(total)} of the total",
            code="apportion.caps_too_small",
            value=total,
        )
    chosen = sorted(live)
    ranks, room = [rank[at] for at in chosen], [limits.get(at, total) for at in chosen]
    parts = _shared(total, [weights[at] for at in chosen], policy, ranks, room)
    for at, part in zip(chosen, parts, strict=True):
        result[at] = part
    return result


def _shared(
    total: int, weights: Sequence[int], policy: Apportionment, rank: Sequence[int], room: list[int]
) -> list[int]:
    """Split by *policy*; no part's exact share passes its *room*, so that there is room for every unit."""
    whole = sum(weights)
    match policy:
        case Apportionment.LARGEST_REMAINDER:
            if isinstance(rank, range):
                return largest_remainder(total, weights, whole)
            order = sorted(range(len(weights)), key=rank.__getitem__)
            return _restore(largest_remainder(total, [weights[at] for at in order], whole), order)
        case Apportionment.FLOOR_FIRST:
            return _nudge([total * weight // whole for weight in weights], total, weights, room)
        case Apportionment.FLOOR_LAST:
            parts = [total * weight // whole for weight in weights]
            left = total - sum(parts)
            for at in reversed(range(len(weights))):
                if weights[at]:
                    more = min(left, room[at] - parts[at])
                    parts[at] += more
                    left -= more
            return parts
        case Apportionment.HALF_DOWN_FIRST:
            near = [-((whole - 2 * total * weight) // (2 * whole)) for weight in weights]
            return _nudge(near, total, weights, room)
        case Apportionment.CUMULATIVE:
            parts, seen, before = [], 0, 0
            for weight in weights:
                seen += weight
                upto = total * seen // whole
                parts.append(upto - before)
                before = upto
            return parts
        case Apportionment.WEBSTER:
            return _webster(total, weights, whole, rank, room)
        case _:
            assert_never(policy)


def _restore(parts: list[int], order: list[int]) -> list[int]:
    result = [0] * len(parts)
    for part, at in zip(parts, order, strict=True):
        result[at] = part
    return result


def _nudge(parts: list[int], total: int, weights: Sequence[int], room: list[int]) -> list[int]:
    """Give or take one unit from the first parts with a weight until the sum is right."""
    off = total - sum(parts)
    step = 1 if off > 0 else -1
    for at, weight in enumerate(weights):
        if off == 0:
            break
        if weight and 0 <= parts[at] + step <= room[at]:
            parts[at] += step
            off -= step
    return parts


def _webster(total: int, weights: Sequence[int], whole: int, rank: Sequence[int], room: list[int]) -> list[int]:
    """Jump to the rounded shares, then step unit by unit by the best quotient weight / (2 * seats +- 1)."""
    parts = [(2 * total * weight + whole) // (2 * whole) for weight in weights]
    off = total - sum(parts)
    if off == 0:
        return parts
    step = 1 if off > 0 else -1
    # floor(weight * scale / divisor) orders the quotients exactly: distinct ones differ by over 1 / scale
    scale = (2 * max(parts) + 2 * abs(off) + 3) ** 2

    def mark(at: int) -> tuple[int, int, int]:
        return -step * (weights[at] * scale // (2 * parts[at] + step)), step * rank[at], at

    queue = [mark(at) for at, weight in enumerate(weights) if weight and 0 <= parts[at] + step <= room[at]]
    heapify(queue)
    for _ in range(abs(off)):
        at = queue[0][2]
        parts[at] += step
        if 0 <= parts[at] + step <= room[at]:
            heapreplace(queue, mark(at))
        else:
            heappop(queue)
    return parts
