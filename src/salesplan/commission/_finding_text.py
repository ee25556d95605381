"""Findings as sentences."""

from __future__ import annotations

from typing import Final

from ..errors import clip
from ..money import Money
from ..rate import Rate
from ._figures import percent_text
from .findings import Finding, FindingCode, Number

__all__ = ["sentence"]

_SENTENCES: Final = {
    FindingCode.GAP: "no row names what lies between {after} and {before}: {missing}",
    FindingCode.ENDS: "no row names what lies above {after}",
    FindingCode.OVERLAP: "two rows name {lower} .. {upper}: {twice}",
    FindingCode.FALLS: "{lower} pays {lower_pays}, but {higher} only {higher_pays}",
    FindingCode.CLIFF: "pay jumps by {jump} at {at}, from {below_pays} to {at_pays}",
    FindingCode.IN_DEAD_ZONE: "begins at {begins}, and nothing of it lies above the dead zone, which ends at {until}",
    FindingCode.BELOW_GATE: "begins at {begins} and is over when the gate opens, at {reach}",
    FindingCode.NOT_COUNTED: "begins at {begins}, but nothing is counted above {counted_to}",
    FindingCode.HOLDS_NO_UNIT: "no whole unit lies in it: past {after} and before {before}",
    FindingCode.BEYOND_BEST: "begins at {begins}, above the most anybody sold: {best}",
    FindingCode.CAP_BEFORE_TIER: "begins at {begins}, but the cap of {cap} is reached at {reached_at}",
    FindingCode.FLOOR_ABOVE_TIER: "pays at most {most}, and {floor} is paid anyway",
    FindingCode.VOID_RATE: "the tiers rise to {value}, which adds nothing",
    FindingCode.VOID_MULTIPLIER: "times {factor} adds nothing from {reached_at} on",
    FindingCode.GUARANTEE_ABOVE_CAP: "{guarantee} is paid at least, and no more than {cap} can be earned",
    FindingCode.CAP_BELOW_TARGET: "the cap of {cap} lies below what is to be paid at target: {on_target}",
    FindingCode.DEAD_TIER: "pays {value} like the tier below it",
    FindingCode.CREDIT_ABOVE_WHOLE: "is credited {share} in all",
    FindingCode.QUOTA_MISSING: "tiers are by attainment, but there is no quota: every payee needs one",
}
_MORE: Final = {
    "gains_from": "; from {gains_from} on, buying the rest oneself pays ({rest} at most)",
    "cheapest": "; the cheapest false sale is {cheapest}",
    "moves_from": "; pay moves from {moves_from} on",
}
_LIMITED: Final = {"cap": ": the cap is {cap}", "counted_to": ": nothing is counted above {counted_to}"}


def sentence(finding: Finding) -> str:
    """The finding as a sentence; a number it should have and has not shows as a dash."""
    numbers = finding.numbers
    shown = _Shown({name: _text(value) for name, value in numbers.items()})
    for name in ("jump", "lower_pays", "higher_pays"):
        if finding.share_of is not None and name in numbers:
            shown[name] += f" of {finding.share_of}"
    pattern = _SENTENCES[finding.code] + "".join(more for name, more in _MORE.items() if name in numbers)
    if finding.code in {FindingCode.VOID_RATE, FindingCode.VOID_MULTIPLIER}:
        pattern += "".join(more for name, more in _LIMITED.items() if name in numbers)
    return pattern.format_map(shown)


class _Shown(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "-"


def _text(value: Number) -> str:
    match value:
        case Rate():
            return percent_text(value)
        case Money():
            return str(value)
        case _:
            return f"{value:,}" if value.bit_length() < 256 else clip(value)
