"""Whether an objective was ever attained: its change against past changes, its level against the best, its leads.

An improvement is a change in the direction that is better, so a refund rate that falls by 10 % has improved by +10 %.
With past improvements of mean m and sample standard deviation s, the improvement g asked for lies z = (g - m) / s above
them; the share of past improvements at least as good as g stands beside it, since few pasts are bell-shaped. All is
compared in exact fractions, z against a limit by its square, so no answer depends on a machine. Only what is shown of
m, s and z is rounded, half away from zero, to four places.
Run rates compare amounts per day and ratios as they are; leads needed = ceil(target / (rate x value)).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from math import isqrt
from typing import Final

import attrs

from ..errors import InvalidType, InvalidValue, clip, listed, require_instance, require_int
from ..money import MAX_MINOR, Money, Rounding
from ..rate import Rate
from ._levels import Level, number_of, require_level, require_same_kind
from .objective import Direction, Objective
from .smart_findings import Finding, FindingCode, Number, Severity, SmartLimits

__all__ = ["History", "LeadCapacity", "attainable"]

_PLACES: Final = 10**4
_MAX_SHOWN: Final = 10**12
_MAX_LEVELS: Final = 1_000


def _levels(given: Iterable[Level]) -> tuple[Level, ...]:
    levels = listed(given, code="targets.history", name="levels")
    if len(levels) > _MAX_LEVELS:
        raise InvalidValue(f"at most {_MAX_LEVELS} levels: {len(levels)}", code="targets.history", value=len(levels))
    for level in levels:
        require_level(level, code="targets.history", name="a past level")
        require_same_kind(level, levels[0], code="targets.history", name="a past level")
    return levels


@attrs.frozen
class History:
    """What the metric was in past windows of one length, the oldest first.

    Units: *days* is the length of one window; None means as long as the objective's.
    Raises: InvalidType, InvalidValue or CurrencyMismatch (`targets.history`) for levels that cannot be compared.
    >>> [str(change) for change in History([100, 125, 0, 80]).changes]
    ['25%', '-100%', 'None']
    """

    levels: tuple[Level, ...] = attrs.field(converter=_levels)
    days: int | None = None

    def __attrs_post_init__(self) -> None:
        if self.days is not None:
            require_int(self.days, code="targets.history", name="days", low=1, high=100_000)

    @property
    def changes(self) -> tuple[Rate | None, ...]:
        """From each level to the next, exact; None where the earlier one is zero or negative."""
        return tuple(
            Rate(*(number_of(after) / number_of(before) - 1).as_integer_ratio()) if number_of(before) > 0 else None
            for before, after in pairwise(self.levels)
        )


@attrs.frozen
class LeadCapacity:
    """How many leads can be worked in the window, which share becomes orders, and what an order brings.

    Raises: InvalidType, InvalidValue (`targets.capacity`) for a rate of 0 or above 1, or a value of nothing.
    >>> LeadCapacity(5_000, Rate.percent("8"), Money.of("1500", "CNY")).needed(Money.of("500000", "CNY"))
    4167
    """

    leads: int
    rate: Rate
    value: Money | int

    def __attrs_post_init__(self) -> None:
        code = "targets.capacity"
        require_int(self.leads, code=code, name="leads", low=0, high=MAX_MINOR)
        require_instance(self.rate, Rate, code=code, name="rate")
        require_level(self.rate, code=code, name="rate", low=0)
        if not Rate(0) < self.rate <= Rate(1):
            raise InvalidValue(f"the conversion rate lies in 0..1, not 0: {self.rate}", code=code, value=self.rate)
        if isinstance(self.value, Rate):
            raise InvalidType(f"an order's value is Money or a count: {self.value}", code=code, value=self.value)
        require_level(self.value, code=code, name="value", low=0)
        if number_of(self.value) == 0:
            raise InvalidValue("an order must bring something", code=code, value=self.value)

    def needed(self, target: Money | int) -> int:
        """The leads *target* takes, rounded up.

        Raises: CurrencyMismatch or InvalidType when *target* is not in the unit of *value*.
        """
        if isinstance(target, bool) or not isinstance(target, Money | int):
            raise InvalidType(f"leads bring Money or a count: {clip(target)}", code="targets.capacity", value=target)
        require_same_kind(target, self.value, code="targets.capacity", name="target")
        share = number_of(self.value) * number_of(self.rate)
        return -int(-number_of(target) // share)


def attainable(
    objective: Objective, history: History | None, capacity: LeadCapacity | None, limits: SmartLimits
) -> Iterator[Finding]:
    """The findings under A.

    Raises: InvalidType or CurrencyMismatch when history or capacity are not in the unit of the objective.
    """
    if history is not None and history.levels and objective.level is not None:
        require_same_kind(history.levels[0], objective.level, code="targets.history", name="the history")
    if objective.target is None:
        yield Finding(FindingCode.NOTHING_TO_ATTAIN, Severity.ERROR)
        return
    if history is None or not history.levels:
        yield Finding(FindingCode.NO_HISTORY, Severity.UNKNOWN)
    else:
        yield from _against_changes(objective, history, limits)
        yield from _against_best(objective, history, limits)
    if capacity is not None:
        yield _against_capacity(objective, capacity, limits)


def _against_changes(objective: Objective, history: History, limits: SmartLimits) -> Iterator[Finding]:
    window = objective.window
    if history.days is not None and window is not None:
        tolerance = number_of(limits.length_tolerance) * history.days
        if abs(window.days - history.days) > tolerance:
            yield Finding(FindingCode.OTHER_LENGTH, Severity.UNKNOWN, {"days": window.days, "past_days": history.days})
            return
    if objective.change is None:
        yield Finding(FindingCode.GROWTH_UNKNOWN, Severity.UNKNOWN)
        return
    sign = 1 if objective.direction is Direction.HIGHER else -1
    changes = history.changes
    past = [sign * number_of(change) for change in changes if change is not None]
    skipped = len(changes) - len(past)
    if len(past) < limits.min_changes:
        yield Finding(
            FindingCode.LITTLE_HISTORY,
            Severity.UNKNOWN,
            {"changes": len(past), "needed": limits.min_changes, "skipped": skipped},
        )
        return
    asked = sign * number_of(objective.change)
    mean = sum(past, Fraction(0)) / len(past)
    variance = sum(((change - mean) ** 2 for change in past), Fraction(0)) / (len(past) - 1)
    as_good = sum(change >= asked for change in past)
    numbers: dict[str, Number] = {
        "improvement": objective.change * sign,
        "mean": _shown(mean),
        "sd": _root(variance),
        "best": _shown(max(past)),
        "as_good": as_good,
        "changes": len(past),
        "share_as_good": Rate(as_good, len(past)),
        "skipped": skipped,
    }
    yield _growth(asked - mean, variance, numbers, limits)
    if asked > max(past):
        yield Finding(
            FindingCode.BEST_CHANGE, Severity.WARNING, {key: numbers[key] for key in ("improvement", "best", "changes")}
        )


def _growth(above: Fraction, variance: Fraction, numbers: dict[str, Number], limits: SmartLimits) -> Finding:
    if variance == 0:
        if above > 0:
            return Finding(FindingCode.UNLIKE_CONSTANT, Severity.WARNING, numbers)
        return Finding(FindingCode.GROWTH_WITHIN, Severity.FACT, numbers)
    z = _root(above**2 / variance)
    numbers = {**numbers, "z": z if above >= 0 else -z}
    for limit, severity in ((limits.z_error, Severity.ERROR), (limits.z_warning, Severity.WARNING)):
        if above > 0 and above**2 >= number_of(limit) ** 2 * variance:
            return Finding(FindingCode.GROWTH_BEYOND, severity, {**numbers, "limit": limit})
    return Finding(FindingCode.GROWTH_WITHIN, Severity.FACT, numbers)


def _against_best(objective: Objective, history: History, limits: SmartLimits) -> Iterator[Finding]:
    target, window = objective.target_value, objective.window
    if target is None:
        return
    needed = number_of(target)
    per_day = Fraction(1)
    if history.days is not None and window is not None and not isinstance(target, Rate):
        per_day = Fraction(history.days, window.days)
    if objective.direction is Direction.HIGHER:
        best = max(history.levels, key=number_of)
        above, below = needed * per_day, number_of(best)
    else:
        best = min(history.levels, key=number_of)
        above, below = number_of(best), needed * per_day
    if below <= 0:  # no multiple of nothing is a level; the changes still speak
        return
    times = above / below
    numbers: dict[str, Number] = {"target": target, "best": best, "times_best": _shown(times)}
    for limit, severity in ((limits.best_error, Severity.ERROR), (limits.best_warning, Severity.WARNING)):
        if times > number_of(limit):
            yield Finding(FindingCode.RUN_RATE_BEYOND, severity, {**numbers, "limit": limit})
            return
    yield Finding(FindingCode.RUN_RATE_WITHIN, Severity.FACT, numbers)


def _against_capacity(objective: Objective, capacity: LeadCapacity, limits: SmartLimits) -> Finding:
    target = objective.target_value
    if target is None or isinstance(target, Rate) or objective.direction is Direction.LOWER:
        reason = "a change without its base" if target is None else "a metric to lower"
        return Finding(
            FindingCode.CAPACITY_UNUSED, Severity.FACT, {"why": "a ratio" if isinstance(target, Rate) else reason}
        )
    needed = capacity.needed(target)
    numbers: dict[str, Number] = {"needed_leads": needed, "leads": capacity.leads}
    if capacity.leads:
        numbers["utilisation"] = Rate(needed, capacity.leads)
    if needed > number_of(limits.utilisation_error) * capacity.leads:
        return Finding(FindingCode.CAPACITY_OVER, Severity.ERROR, numbers)
    if needed > number_of(limits.utilisation_warning) * capacity.leads:
        return Finding(FindingCode.CAPACITY_NEAR, Severity.WARNING, numbers)
    return Finding(FindingCode.CAPACITY_WITHIN, Severity.FACT, numbers)


def _shown(number: Fraction) -> Rate:
    """The number to four places."""
    top = Rounding.HALF_UP.divide(number.numerator * _PLACES, number.denominator)
    return Rate(max(-_MAX_SHOWN * _PLACES, min(top, _MAX_SHOWN * _PLACES)), _PLACES)


def _root(square: Fraction) -> Rate:
    """The root to four places, from whole numbers alone: floor(2n) + 1, halved, is n rounded half up."""
    top = (isqrt(4 * _PLACES**2 * square.numerator // square.denominator) + 1) // 2
    return Rate(min(top, _MAX_SHOWN * _PLACES), _PLACES)
