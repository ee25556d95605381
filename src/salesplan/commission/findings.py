"""What a check of a plan can find: a stable code, how bad it is, where, and the numbers that show it.

There is no score. A code is what a host branches on, and it stays; the sentence is for people and may change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from typing import Any, Final, TypeAlias

import attrs

from ..display import html_table, text_table
from ..errors import InvalidType, clip, listed, require_instance, require_int, require_text
from ..money import Money
from ..rate import Rate

__all__ = ["Finding", "FindingCode", "LintReport", "Severity"]

Number: TypeAlias = Money | Rate | int
"""What a finding shows: an amount, a share or an attainment, a number of units."""


class Severity(Enum):
    """How bad a finding is, the worst first."""

    ERROR = "error"
    """It pays what nobody can have meant."""
    WARNING = "warning"
    """It rewards the wrong thing, or a part of the plan has no effect."""
    HINT = "hint"
    """Worth a look; it may be meant."""


class FindingCode(Enum):
    """What was found, the worst first; of sales it is counted in what reaches the tiers."""

    GAP = "gap"
    """No row of a printed table names what lies *after* one row and *before* the next: so much is *missing*."""
    ENDS = "ends"
    """The last row of a printed table ends *after* an amount; nothing names what lies above."""
    OVERLAP = "overlap"
    """Two rows of a printed table name what lies from *lower* to *upper*, both included: so much *twice*."""
    FALLS = "falls"
    """Selling more pays less: a sale of *lower* pays *lower_pays*, one of *higher* only *higher_pays*."""
    CLIFF = "cliff"
    """Pay jumps at a threshold by *jump*: the last sale *below* pays *below_pays*, the first *at* it *at_pays*.

    From *gains_from* up to *below* it pays the seller to buy the rest of the way out of their own pocket, *rest* at
    most; the cheapest false sale is *cheapest*. They are missing where no such sale gains, or none can be priced.
    """
    IN_DEAD_ZONE = "unreachable.dead_zone"
    """Nothing of the tier that *begins* there lies above *until*, where the dead zone ends."""
    BELOW_GATE = "unreachable.gate"
    """The tier that *begins* there is over when the gate opens at *reach*, and then nothing is paid at it."""
    NOT_COUNTED = "unreachable.counted_to"
    """The tier that *begins* there is never reached: nothing above *counted_to* is counted."""
    HOLDS_NO_UNIT = "unreachable.no_unit"
    """No whole unit lies in the tier: it is past *after* and over *before* the next."""
    BEYOND_BEST = "unreachable.best"
    """The tier that *begins* there is above *best*, the most anybody sold."""
    CAP_BEFORE_TIER = "cap_before_tier"
    """*cap* is reached at *reached_at*, before the tier that *begins* there: it adds nothing."""
    FLOOR_ABOVE_TIER = "floor_above_tier"
    """The tier that *begins* there pays *most* at the most, no more than *floor*; pay moves from *moves_from* on."""
    VOID_RATE = "void.rate"
    """The tiers rise to *value* above a *cap*, or above what is *counted_to*: an accelerator that adds nothing."""
    VOID_MULTIPLIER = "void.multiplier"
    """Times *factor* adds nothing from *reached_at* on: a *cap*, or what is *counted_to*, is reached without it."""
    GUARANTEE_ABOVE_CAP = "guarantee_above_cap"
    """What is paid at least, *guarantee*, is no less than *cap*, the most that can be earned: nothing sold matters."""
    CAP_BELOW_TARGET = "cap_below_target"
    """*cap* lies below *on_target*, what is to be paid at target."""
    DEAD_TIER = "dead_tier"
    """The tier pays *value* like the one below it: without it nothing changes."""
    CREDIT_ABOVE_WHOLE = "credit_above_whole"
    """The deal is credited *share* in all: plans pay on more than was sold."""
    QUOTA_MISSING = "quota_missing"
    """Tiers are by attainment and the component has no quota: every payee needs one."""


_SEVERITIES: Final = {
    FindingCode.GAP: Severity.ERROR,
    FindingCode.ENDS: Severity.ERROR,
    FindingCode.OVERLAP: Severity.ERROR,
    FindingCode.FALLS: Severity.ERROR,
    FindingCode.DEAD_TIER: Severity.HINT,
    FindingCode.CREDIT_ABOVE_WHOLE: Severity.HINT,
    FindingCode.QUOTA_MISSING: Severity.HINT,
}
_PLACE: Final = {code: at for at, code in enumerate(FindingCode)}


def _numbers(given: Mapping[str, Number]) -> dict[str, Number]:
    if not isinstance(given, Mapping):
        raise InvalidType(f"numbers map names to numbers: {clip(given)}", code="commission.finding", value=given)
    for name, value in given.items():
        require_text(name, code="commission.finding", name="the name of a number")
        if type(value) not in {Money, Rate, int}:
            raise InvalidType(f"not Money, Rate or int: {clip(value)}", code="commission.finding", value=value)
    return dict(given)


@attrs.frozen
class Finding:
    """One thing found, and where: in which *component*, from which day on (*first*), and in which *tier*, from 0.

    *name* says what else is meant: a deal, a multiplier, a guarantee. Where pay is a share, *share_of* says of what.
    >>> found = Finding(FindingCode.DEAD_TIER, {"value": Rate.percent("5")}, component="sales", tier=1)
    >>> found.severity.value, found.where, found.text
    ('hint', 'sales, tier 1', 'pays 5% like the tier below it')
    """

    code: FindingCode
    numbers: Mapping[str, Money | Rate | int] = attrs.field(factory=dict, converter=_numbers, hash=False)
    component: str | None = attrs.field(default=None, kw_only=True)
    first: date | None = attrs.field(default=None, kw_only=True)
    tier: int | None = attrs.field(default=None, kw_only=True)
    name: str | None = attrs.field(default=None, kw_only=True)
    share_of: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_instance(self.code, FindingCode, code="commission.finding", name="code")
        if self.tier is not None:
            require_int(self.tier, code="commission.finding", name="tier", low=0)

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return _SEVERITIES.get(self.code, Severity.WARNING)

    @property
    def where(self) -> str:
        """The component, its version and the tier, as far as they are meant."""
        parts = [
            self.component,
            None if self.first is None else f"from {self.first}",
            None if self.tier is None else f"tier {self.tier}",
            self.name,
        ]
        return ", ".join(part for part in parts if part is not None)

    @property
    def text(self) -> str:
        """The finding as one sentence with its numbers."""
        from ._finding_text import sentence

        return sentence(self)


def _findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    given = listed(findings, code="commission.findings", name="findings")
    for finding in given:
        require_instance(finding, Finding, code="commission.findings", name="a finding")
    return given


@attrs.frozen
class LintReport:
    """What was found in *subject*: component by component as the plan has them, tier by tier, what is of all last."""

    subject: str
    findings: tuple[Finding, ...] = attrs.field(default=(), converter=_findings)

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst finding; None where nothing was found."""
        found = {finding.severity for finding in self.findings}
        return next((severity for severity in Severity if severity in found), None)

    def of(self, code: FindingCode) -> tuple[Finding, ...]:
        """The findings of one code."""
        return tuple(finding for finding in self.findings if finding.code is code)

    def explain(self) -> str:
        """One line per finding: how bad, where, and what."""
        if not self.findings:
            return f"{self.subject}: nothing found"
        return f"{self.subject}\n{text_table(self._rows())}"

    def _repr_html_(self) -> str:
        return html_table(("severity", "code", "where", "what"), self._rows(), caption=self.subject)

    def to_columns(self) -> dict[str, list[Any]]:
        """One row per finding, as lists of one length; *numbers* as the mapping it is."""
        return {
            "severity": [each.severity.value for each in self.findings],
            "code": [each.code.value for each in self.findings],
            "component": [each.component for each in self.findings],
            "first": [each.first for each in self.findings],
            "tier": [each.tier for each in self.findings],
            "name": [each.name for each in self.findings],
            "numbers": [dict(each.numbers) for each in self.findings],
            "text": [each.text for each in self.findings],
        }

    def _rows(self) -> list[tuple[str, str, str, str]]:
        return [(each.severity.value, each.code.value, each.where, each.text) for each in self.findings]


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings of one component: the whole of it last, tier by tier, the worst code first."""
    return sorted(findings, key=lambda each: (each.tier is None, each.tier or 0, _PLACE[each.code]))
