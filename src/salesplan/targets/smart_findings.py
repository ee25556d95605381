"""What a SMART check can find, each finding under one letter with its numbers, and the limits it goes by.

There is no score. Prose is not judged: no verb or adjective is evidence, only whether a piece is there and what the
numbers say. A code is stable; its first part is the letter. Severities are ordered, and the worst one of a letter is
its verdict: what could not be judged is UNKNOWN, which never passes for a pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Final, TypeAlias

import attrs

from ..errors import InvalidValue, require_instance, require_int
from ..money import Money
from ..rate import Rate
from ._ratios import mapped

__all__ = ["Finding", "FindingCode", "Letter", "Number", "Severity", "SmartLimits", "Verdict"]

Number: TypeAlias = Money | int | Rate | date | str
"""What a finding shows: a level, a statistic, a day or a name."""


class Letter(Enum):
    """The five questions, in their order."""

    SPECIFIC = "S"
    """What exactly, for which part of the business, and whose is it?"""
    MEASURABLE = "M"
    """From which number to which, counted how and how often?"""
    ATTAINABLE = "A"
    """Was the like done before, and is there capacity for it?"""
    RELEVANT = "R"
    """Which larger objective does it serve, and do the smaller ones add up to it?"""
    TIME_BOUND = "T"
    """From which day to which?"""


class Severity(Enum):
    """How bad a finding is, the worst first."""

    ERROR = "error"
    """The letter fails."""
    WARNING = "warning"
    """Somebody should look at it."""
    UNKNOWN = "unknown"
    """It could not be judged, and why."""
    FACT = "fact"
    """It was judged and is in order; the numbers are the evidence."""


class Verdict(Enum):
    """What a letter comes to: its worst finding."""

    PASS = "pass"
    """Nothing is wrong."""
    NOT_ASSESSED = "not assessed"
    """Nothing is known to be wrong, but something could not be judged."""
    WARN = "warn"
    """Something should be looked at."""
    FAIL = "fail"
    """Something is wrong."""


class FindingCode(Enum):
    """What was found; the part before the dot is the letter."""

    NO_METRIC = "S.no_metric"
    """Nothing is named that could be counted."""
    NO_SCOPE = "S.no_scope"
    """No filter says which part of the business is meant; the whole is said as a filter, too."""
    NO_OWNER = "S.no_owner"
    """Nobody is named."""
    SEVERAL_OWNERS = "S.several_owners"
    """More than one is named, so that nobody is answerable."""

    NO_TARGET = "M.no_target"
    """No number is stated, as in "increase sales"."""
    NO_UNIT = "M.no_unit"
    """A count, or an unstated level, of nobody knows what."""
    NO_BASE = "M.no_base"
    """A change is stated, but not from where."""
    ALREADY_MET = "M.already_met"
    """The baseline is as good as the target."""
    NO_PARTS = "M.no_parts"
    """A ratio, but not of what to what."""
    NO_SOURCE = "M.no_source"
    """Nothing says where the number is read."""
    NO_CADENCE = "M.no_cadence"
    """Nothing says how often it is measured."""
    COARSE_CADENCE = "M.coarse_cadence"
    """Too few measurements fit into the window to steer by."""

    NOTHING_TO_ATTAIN = "A.nothing_to_attain"
    """Without a number nothing can be attained."""
    NO_HISTORY = "A.no_history"
    """No past is given to judge by."""
    GROWTH_UNKNOWN = "A.growth_unknown"
    """The baseline is unsaid or zero, so the change is not known."""
    LITTLE_HISTORY = "A.little_history"
    """Fewer past changes than the limits ask for."""
    OTHER_LENGTH = "A.other_length"
    """The windows of the past are longer or shorter, so their changes are not comparable."""
    GROWTH_WITHIN = "A.growth_within"
    """The change lies within what past changes were."""
    GROWTH_BEYOND = "A.growth_beyond"
    """The change lies far above what past changes were."""
    UNLIKE_CONSTANT = "A.unlike_constant"
    """All past changes were the same and this one is better."""
    BEST_CHANGE = "A.best_change"
    """No past change was as good."""
    RUN_RATE_WITHIN = "A.run_rate_within"
    """The level needed is near the best there was."""
    RUN_RATE_BEYOND = "A.run_rate_beyond"
    """The level needed is far from the best there was."""
    CAPACITY_WITHIN = "A.capacity_within"
    """The leads needed are fewer than can be worked."""
    CAPACITY_NEAR = "A.capacity_near"
    """The leads needed fill nearly all the capacity."""
    CAPACITY_OVER = "A.capacity_over"
    """More leads are needed than can be worked."""
    CAPACITY_UNUSED = "A.capacity_unused"
    """Leads do not add up to this metric: a ratio, a metric to lower, or a change without its base."""

    NO_PARENT = "R.no_parent"
    """No larger objective is named."""
    PARENT_UNSEEN = "R.parent_unseen"
    """A larger objective is named but was not given to the check."""
    OTHER_PARENT = "R.other_parent"
    """The larger objective given is not the one named."""
    NOT_A_DRIVER = "R.not_a_driver"
    """The metric is neither the parent's nor one of its drivers."""
    OUTSIDE_PARENT = "R.outside_parent"
    """Some of its days are not the parent's."""
    MIXED_UNITS = "R.mixed_units"
    """The smaller objectives are in several units or currencies and do not add."""
    CHILDREN_UNKNOWN = "R.children_unknown"
    """Numbers or the metric are missing, so nothing adds up yet."""
    CHILDREN_NOT_ADDED = "R.children_not_added"
    """The smaller objectives are ratios or have other metrics: they drive this one and do not add up to it."""
    CHILDREN_SHORT = "R.children_short"
    """The smaller objectives add up to less than this one."""
    CHILDREN_OVER = "R.children_over"
    """The smaller objectives add up to more than is allowed."""
    CHILDREN_COVER = "R.children_cover"
    """The smaller objectives add up to this one."""

    NO_START = "T.no_start"
    """No first day."""
    NO_END = "T.no_end"
    """No last day."""
    EMPTY_WINDOW = "T.empty_window"
    """The end is not after the start."""
    ENDS_AFTER_PARENT = "T.ends_after_parent"
    """It ends when the parent is over."""

    @property
    def letter(self) -> Letter:
        """The letter it belongs to."""
        return Letter(self.value[0])


MISSING: Final = frozenset(code for code in FindingCode if code.name.startswith("NO_"))
"""The codes that name a missing piece."""


def _numbers(given: Mapping[str, Number]) -> dict[str, Number]:
    return mapped(given, code="targets.smart.finding", name="numbers")


@attrs.frozen
class Finding:
    """One thing found: its code, how bad it is, and the numbers that show it.

    >>> finding = Finding(FindingCode.SEVERAL_OWNERS, Severity.ERROR, {"owners": "Li, Wang"})
    >>> finding.letter.value, finding.text
    ('S', 'one owner, not several: Li, Wang')
    """

    code: FindingCode
    severity: Severity
    numbers: dict[str, Number] = attrs.field(factory=dict, converter=_numbers, hash=False)

    def __attrs_post_init__(self) -> None:
        require_instance(self.code, FindingCode, code="targets.smart.finding", name="code")
        require_instance(self.severity, Severity, code="targets.smart.finding", name="severity")

    @property
    def letter(self) -> Letter:
        """The letter it belongs to."""
        return self.code.letter

    @property
    def text(self) -> str:
        """The finding as a sentence with its numbers."""
        from .smart_text import sentence

        return sentence(self)


@attrs.frozen(kw_only=True)
class SmartLimits:
    """From where on numbers warn and fail; every default is a choice and can be made otherwise.

    *z_warning*, *z_error*: so many standard deviations above the mean of past improvements, or more.
    *min_changes*: fewer past changes are no history. *best_warning*, *best_error*: more than so many times the best
    past level. *length_tolerance*: by so much the days of past windows may differ. *utilisation_warning*,
    *utilisation_error*: more than this share of the leads that can be worked. *over_assignment*: by so much the
    children may exceed the whole. *measurements*: at least so many fit into the window.
    Raises: InvalidType for anything but Rates and counts, InvalidValue below zero or for a warning above its error.
    >>> str(SmartLimits().over_assignment), str(SmartLimits(z_error=Rate(3)).z_error)
    ('10%', '300%')
    """

    z_warning: Rate = attrs.field(default=Rate(1))
    z_error: Rate = attrs.field(default=Rate(2))
    min_changes: int = 3
    best_warning: Rate = attrs.field(default=Rate(3, 2))
    best_error: Rate = attrs.field(default=Rate(2))
    length_tolerance: Rate = attrs.field(default=Rate(1, 10))
    utilisation_warning: Rate = attrs.field(default=Rate(17, 20))
    utilisation_error: Rate = attrs.field(default=Rate(1))
    over_assignment: Rate = attrs.field(default=Rate(1, 10))
    measurements: int = 3

    def __attrs_post_init__(self) -> None:
        require_int(self.min_changes, code="targets.smart.limits", name="min_changes", low=2, high=1_000)
        require_int(self.measurements, code="targets.smart.limits", name="measurements", low=1, high=100_000)
        for name in ("z", "best", "utilisation"):
            if self._rate(f"{name}_error") < self._rate(f"{name}_warning"):
                raise InvalidValue(
                    f"{name} fails before it warns", code="targets.smart.limits", value=self._rate(f"{name}_error")
                )
        self._rate("length_tolerance")
        self._rate("over_assignment")

    def _rate(self, name: str) -> Rate:
        rate = require_instance(getattr(self, name), Rate, code="targets.smart.limits", name=name)
        if rate.numerator < 0:
            raise InvalidValue(f"{name} must not be negative: {rate}", code="targets.smart.limits", value=rate)
        return rate
