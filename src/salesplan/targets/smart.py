"""SMART, the part that can be computed: which pieces are missing, and what the numbers say.

Specific: a metric, a scope, one owner. Measurable: a number, a unit, a base for a change, the two parts of a ratio, a
source, and a cadence that gives at least three measurements. Attainable: the change and the level against the
past, the leads against capacity. Relevant: the metric moves the parent's, the days lie within the parent's, and the
children add up. Time-bound: from a day to a later day. No prose is scored and no clock is read; a named campaign such
as 618 is resolved to days by the caller. What was not given is reported as not assessed, never as passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import attrs

from ..errors import InvalidType, clip, listed, require_instance
from ..money import MAX_MINOR, Money
from ..rate import Rate
from ._levels import Level, kind_of, number_of
from .objective import ChangeBy, Direction, Objective
from .smart_attain import History, LeadCapacity, attainable
from .smart_findings import Finding, FindingCode, Letter, Number, Severity, SmartLimits, Verdict

__all__ = ["DEFAULT_LIMITS", "SmartReport", "smart_check"]

DEFAULT_LIMITS: Final = SmartLimits()
"""The limits a check goes by unless others are given."""

_VERDICTS: Final = {
    Severity.ERROR: Verdict.FAIL,
    Severity.WARNING: Verdict.WARN,
    Severity.UNKNOWN: Verdict.NOT_ASSESSED,
    Severity.FACT: Verdict.PASS,
}
_PLACE: Final = {member: at for enum in (Letter, Severity, FindingCode) for at, member in enumerate(enum)}


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    given = listed(findings, code="targets.smart.report", name="findings")
    for finding in given:
        require_instance(finding, Finding, code="targets.smart.report", name="finding")
    return tuple(sorted(given, key=lambda each: (_PLACE[each.letter], _PLACE[each.severity], _PLACE[each.code])))


@attrs.frozen
class SmartReport:
    """What was found about an objective, by letter and the worst first.

    Law: a letter passes only if all of its findings are facts.
    """

    objective: Objective
    findings: tuple[Finding, ...] = attrs.field(converter=_sorted)

    @property
    def letters(self) -> dict[Letter, Verdict]:
        """The verdict on each letter, in the order S, M, A, R, T."""
        return {letter: self.verdict(letter) for letter in Letter}

    @property
    def codes(self) -> tuple[FindingCode, ...]:
        """The codes of everything found."""
        return tuple(finding.code for finding in self.findings)

    def under(self, letter: Letter) -> tuple[Finding, ...]:
        """The findings of one letter."""
        require_instance(letter, Letter, code="targets.smart.letter", name="letter")
        return tuple(finding for finding in self.findings if finding.letter is letter)

    def verdict(self, letter: Letter) -> Verdict:
        """The worst finding of the letter, as a verdict; without any it passes."""
        found = self.under(letter)
        return _VERDICTS[found[0].severity] if found else Verdict.PASS

    def passed(self, letter: Letter) -> bool:
        """Whether the letter was judged and nothing is wrong with it."""
        return self.verdict(letter) is Verdict.PASS

    def explain(self) -> str:
        """The verdicts as text, each with what was found and the numbers."""
        from .smart_text import explain_report

        return explain_report(self)

    def _repr_html_(self) -> str:
        from .smart_text import html_report

        return html_report(self)

    def to_columns(self) -> dict[str, list[Any]]:
        """The findings as columns of equal length: letter, severity, code, numbers, text."""
        from .smart_text import numbers_text

        return {
            "letter": [each.letter.value for each in self.findings],
            "severity": [each.severity.value for each in self.findings],
            "code": [each.code.value for each in self.findings],
            "numbers": [numbers_text(each) for each in self.findings],
            "text": [each.text for each in self.findings],
        }


def smart_check(
    objective: Objective,
    *,
    history: History | None = None,
    capacity: LeadCapacity | None = None,
    parent: Objective | None = None,
    children: Sequence[Objective] = (),
    limits: SmartLimits = DEFAULT_LIMITS,
) -> SmartReport:
    """What is missing in *objective* and what its numbers say against past, capacity, parent and children.

    Law: the order of *children* changes nothing; saying a piece of text or a day adds no finding of a missing piece.
    Raises: InvalidType for arguments of another kind; InvalidType or CurrencyMismatch when *history* or *capacity* is
    not in the unit of the objective. Children in other units are a finding, not an error.
    >>> print(smart_check(Objective("more", "sales")).explain())
    SMART check of more
    S specific    FAIL  error    says nothing about which part of the business is meant
                        error    has no owner
    M measurable  FAIL  error    states no number to reach
                        error    states no unit
                        warning  says nowhere the number is read
                        warning  says nothing about how often it is measured
    A attainable  FAIL  error    no number that could be attained
    R relevant    WARN  warning  serves no larger objective
    T time-bound  FAIL  error    has no first day
                        error    has no last day
    """
    require_instance(objective, Objective, code="targets.smart.objective", name="objective")
    require_instance(limits, SmartLimits, code="targets.smart.limits", name="limits")
    kinds = {"history": History, "capacity": LeadCapacity, "parent": Objective}
    for name, value in (("history", history), ("capacity", capacity), ("parent", parent)):
        if value is not None:
            require_instance(value, kinds[name], code=f"targets.smart.{name}", name=name)
    parts = listed(children, code="targets.smart.children", name="children")
    for part in parts:
        if not isinstance(part, Objective):
            raise InvalidType(f"not an Objective: {clip(part)}", code="targets.smart.children", value=part)
    findings = (
        *_specific(objective),
        *_measurable(objective, limits),
        *attainable(objective, history, capacity, limits),
        *_relevant(objective, parent),
        *_added_up(objective, parts, limits),
        *_time_bound(objective, parent),
    )
    return SmartReport(objective, findings)


def _specific(objective: Objective) -> Iterator[Finding]:
    if objective.metric is None:
        yield Finding(FindingCode.NO_METRIC, Severity.ERROR)
    if not objective.scope:
        yield Finding(FindingCode.NO_SCOPE, Severity.ERROR)
    if not objective.owners:
        yield Finding(FindingCode.NO_OWNER, Severity.ERROR)
    if len(objective.owners) > 1:
        yield Finding(FindingCode.SEVERAL_OWNERS, Severity.ERROR, {"owners": ", ".join(objective.owners)})


def _measurable(objective: Objective, limits: SmartLimits) -> Iterator[Finding]:
    base, reached, level = objective.baseline, objective.target_value, objective.level
    named = (objective.numerator is not None, objective.denominator is not None)
    ratio = isinstance(level, Rate) or any(named)
    if objective.target is None:
        yield Finding(FindingCode.NO_TARGET, Severity.ERROR)
    if objective.unit is None and not ratio and not isinstance(level, Money):
        yield Finding(FindingCode.NO_UNIT, Severity.ERROR)
    if isinstance(objective.target, ChangeBy) and base is None:
        yield Finding(FindingCode.NO_BASE, Severity.ERROR, {"change": objective.target.by})
    if base is not None and reached is not None:
        gain = number_of(reached) - number_of(base)
        if gain * (1 if objective.direction is Direction.HIGHER else -1) <= 0:
            yield Finding(FindingCode.ALREADY_MET, Severity.ERROR, {"baseline": base, "target": reached})
    if ratio and not all(named):
        yield Finding(FindingCode.NO_PARTS, Severity.ERROR)
    if objective.source is None:
        yield Finding(FindingCode.NO_SOURCE, Severity.WARNING)
    days, window = objective.cadence_days, objective.window
    if days is None:
        yield Finding(FindingCode.NO_CADENCE, Severity.WARNING)
    elif window is not None and days * limits.measurements > window.days:
        yield Finding(
            FindingCode.COARSE_CADENCE,
            Severity.WARNING,
            {"cadence_days": days, "days": window.days, "measurements": limits.measurements},
        )


def _relevant(objective: Objective, parent: Objective | None) -> Iterator[Finding]:
    if objective.parent is None:
        yield Finding(FindingCode.NO_PARENT, Severity.WARNING)
    elif parent is None:
        yield Finding(FindingCode.PARENT_UNSEEN, Severity.UNKNOWN, {"parent": objective.parent})
    elif parent.id != objective.parent:
        yield Finding(FindingCode.OTHER_PARENT, Severity.ERROR, {"parent": objective.parent, "given": parent.id})
    if parent is None:
        return
    known = objective.metric is not None and parent.metric is not None
    if known and objective.metric not in (parent.metric, *parent.drivers):
        drivers = ", ".join(parent.drivers) or "none named"
        numbers = {"metric": str(objective.metric), "parent_metric": str(parent.metric), "drivers": drivers}
        yield Finding(FindingCode.NOT_A_DRIVER, Severity.ERROR, numbers)
    mine, whole = objective.window, parent.window
    if mine is not None and whole is not None and not whole.holds(mine):
        yield Finding(
            FindingCode.OUTSIDE_PARENT,
            Severity.ERROR,
            {"start": mine.start, "end": mine.last, "parent_start": whole.start, "parent_end": whole.last},
        )


def _added_up(objective: Objective, children: Sequence[Objective], limits: SmartLimits) -> Iterator[Finding]:
    if not children:
        return
    parts = [child for child in children if child.metric is not None and _is_part(child, objective)]
    levels = [child.target_value for child in parts if child.target_value is not None]
    reached = objective.target_value
    unknown = len(parts) - len(levels) + sum(child.metric is None for child in children)
    kinds, names = _units((objective, *parts))
    if len(kinds) > 1 or len(names) > 1:
        units = ", ".join(sorted((kinds - {"count"} if names else kinds) | names))
        yield Finding(FindingCode.MIXED_UNITS, Severity.ERROR, {"children": len(parts), "units": units})
    elif objective.metric is None or reached is None or unknown:
        yield Finding(FindingCode.CHILDREN_UNKNOWN, Severity.UNKNOWN, {"children": len(children), "unknown": unknown})
    elif not parts or isinstance(reached, Rate):
        yield Finding(FindingCode.CHILDREN_NOT_ADDED, Severity.FACT, {"children": len(children)})
    else:
        yield _coverage(objective.direction, reached, levels, limits)


def _is_part(child: Objective, whole: Objective) -> bool:
    """Whether a smaller objective is of the same metric and direction, and does not say that it serves another."""
    same = child.metric == whole.metric and child.direction is whole.direction
    return same and child.parent in {None, whole.id}


def _units(objectives: Iterable[Objective]) -> tuple[set[str], set[str]]:
    """The kinds of level and the names of units that are said."""
    kinds, names = set(), set()
    for each in objectives:
        if each.level is not None:
            kinds.add(kind_of(each.level))
        if isinstance(each.unit, str):
            names.add(each.unit)
        elif each.unit is not None:
            kinds.add(each.unit.code)
    return kinds, names


def _coverage(direction: Direction, reached: Money | int, levels: Sequence[Level], limits: SmartLimits) -> Finding:
    whole, total = int(number_of(reached)), int(sum(map(number_of, levels)))
    numbers: dict[str, Number] = {
        "children": len(levels),
        "total": Money(min(total, MAX_MINOR), reached.currency) if isinstance(reached, Money) else total,
        "target": reached,
    }
    if whole:
        numbers["coverage"] = Rate(total, whole)
    if direction is Direction.LOWER:  # ceilings: together they may not let through more than the whole
        if total > whole:
            return Finding(FindingCode.CHILDREN_OVER, Severity.ERROR, {**numbers, "allowed": Rate(0)})
        return Finding(FindingCode.CHILDREN_COVER, Severity.FACT, numbers)
    if total < whole:
        return Finding(FindingCode.CHILDREN_SHORT, Severity.ERROR, numbers)
    if total > whole * (1 + number_of(limits.over_assignment)):
        return Finding(FindingCode.CHILDREN_OVER, Severity.WARNING, {**numbers, "allowed": limits.over_assignment})
    return Finding(FindingCode.CHILDREN_COVER, Severity.FACT, numbers)


def _time_bound(objective: Objective, parent: Objective | None) -> Iterator[Finding]:
    start, end = objective.start, objective.end
    if start is None:
        yield Finding(FindingCode.NO_START, Severity.ERROR)
    if end is None:
        yield Finding(FindingCode.NO_END, Severity.ERROR)
        return
    if start is not None and end <= start:
        yield Finding(FindingCode.EMPTY_WINDOW, Severity.ERROR, {"start": start, "end": end})
    if parent is not None and parent.end is not None and end > parent.end:
        yield Finding(FindingCode.ENDS_AFTER_PARENT, Severity.ERROR, {"end": end, "parent_end": parent.end})
