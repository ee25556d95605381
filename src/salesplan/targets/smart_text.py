"""The findings as sentences, and the report as text and HTML."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, assert_never

from ..display import html_table, text_table
from ..money import Money, Rounding
from ..rate import Rate
from .smart_findings import Finding, FindingCode, Letter, Number, Severity

if TYPE_CHECKING:
    from .smart import SmartReport

__all__ = ["explain_report", "html_report", "numbers_text", "sentence"]

_MULTIPLES: Final = {"z", "limit", "times_best"}
_TITLES: Final = {
    Letter.SPECIFIC: "specific",
    Letter.MEASURABLE: "measurable",
    Letter.ATTAINABLE: "attainable",
    Letter.RELEVANT: "relevant",
    Letter.TIME_BOUND: "time-bound",
}
_SENTENCES: Final = {
    FindingCode.NO_METRIC: "names no metric",
    FindingCode.NO_SCOPE: "says nothing about which part of the business is meant",
    FindingCode.NO_OWNER: "has no owner",
    FindingCode.SEVERAL_OWNERS: "one owner, not several: {owners}",
    FindingCode.NO_TARGET: "states no number to reach",
    FindingCode.NO_UNIT: "states no unit",
    FindingCode.NO_BASE: "a change of {change}, but from where: no baseline",
    FindingCode.ALREADY_MET: "met from the start: {baseline} against {target}",
    FindingCode.NO_PARTS: "a ratio of what to what: name numerator and denominator",
    FindingCode.NO_SOURCE: "says nowhere the number is read",
    FindingCode.NO_CADENCE: "says nothing about how often it is measured",
    FindingCode.COARSE_CADENCE: "measured every {cadence_days} days of {days}: fewer than {measurements} times",
    FindingCode.NOTHING_TO_ATTAIN: "no number that could be attained",
    FindingCode.NO_HISTORY: "not assessed: no history",
    FindingCode.GROWTH_UNKNOWN: "change not assessed: the baseline is unsaid or zero",
    FindingCode.LITTLE_HISTORY: "change not assessed: {changes} past changes of {needed} needed, "
    "{skipped} from zero or less",
    FindingCode.OTHER_LENGTH: "change not assessed: {days} days, past windows had {past_days}",
    FindingCode.GROWTH_WITHIN: "improves by {improvement}; past ones {mean} on average, {as_good} of {changes} as good",
    FindingCode.GROWTH_BEYOND: "improves by {improvement}; past ones {mean} on average with sd {sd}: z = {z}, "
    "limit {limit}",
    FindingCode.UNLIKE_CONSTANT: "improves by {improvement}; all {changes} past changes were {mean}",
    FindingCode.BEST_CHANGE: "improves by {improvement}; the best of {changes} past changes was {best}",
    FindingCode.RUN_RATE_WITHIN: "needs {times_best} times the best run rate: {target}, best {best}",
    FindingCode.RUN_RATE_BEYOND: "needs {times_best} times the best run rate: {target}, best {best}, limit {limit}",
    FindingCode.CAPACITY_WITHIN: "takes {needed_leads} leads of {leads} that can be worked",
    FindingCode.CAPACITY_NEAR: "takes nearly all leads that can be worked: {needed_leads} of {leads}",
    FindingCode.CAPACITY_OVER: "takes {needed_leads} leads, only {leads} can be worked",
    FindingCode.CAPACITY_UNUSED: "leads do not add up to it: {why}",
    FindingCode.NO_PARENT: "serves no larger objective",
    FindingCode.PARENT_UNSEEN: "not assessed: {parent} was not given",
    FindingCode.OTHER_PARENT: "serves {parent}, but was checked against {given}",
    FindingCode.NOT_A_DRIVER: "{metric} is neither {parent_metric} nor one of its drivers: {drivers}",
    FindingCode.OUTSIDE_PARENT: "{start} .. {end} is not within the parent's {parent_start} .. {parent_end}",
    FindingCode.MIXED_UNITS: "smaller objectives in several units: {units}",
    FindingCode.CHILDREN_UNKNOWN: "sum not assessed: {unknown} of {children} parts, or the whole, lack a number",
    FindingCode.CHILDREN_NOT_ADDED: "{children} smaller objectives drive it and do not add up to it",
    FindingCode.CHILDREN_SHORT: "{children} smaller objectives add up to {total} of {target}",
    FindingCode.CHILDREN_OVER: "{children} smaller objectives add up to {total}, over {target} by more than {allowed}",
    FindingCode.CHILDREN_COVER: "{children} smaller objectives add up to {total} of {target}",
    FindingCode.NO_START: "has no first day",
    FindingCode.NO_END: "has no last day",
    FindingCode.EMPTY_WINDOW: "ends on {end} (excluded), which is not after its start {start}",
    FindingCode.ENDS_AFTER_PARENT: "runs until {end}, the parent only until {parent_end} (both excluded)",
}


def sentence(finding: Finding) -> str:
    """The finding as a sentence; a number it should have and has not shows as a dash."""
    shown = _Shown({name: _text(name, value) for name, value in finding.numbers.items()})
    return _SENTENCES[finding.code].format_map(shown)


class _Shown(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "-"


def numbers_text(finding: Finding) -> str:
    """The numbers as 'name value' pairs, for a column."""
    return ", ".join(f"{name} {_text(name, value)}" for name, value in finding.numbers.items())


def explain_report(report: SmartReport) -> str:
    """One line per letter with its verdict, and under it what was found."""
    return "\n".join((f"SMART check of {report.objective.id}", text_table(_rows(report))))


def html_report(report: SmartReport) -> str:
    """The same as an HTML table for a notebook."""
    return html_table(("letter", "verdict", "finding", "why"), _rows(report), caption=report.objective.id)


def _rows(report: SmartReport) -> list[tuple[str, str, str, str]]:
    rows = []
    for letter, verdict in report.letters.items():
        title = (f"{letter.value} {_TITLES[letter]}", verdict.value.upper())
        for finding in report.under(letter):
            label = "" if finding.severity is Severity.FACT else finding.severity.value
            rows.append((*title, label, finding.text))
            title = ("", "")
        if title[0]:
            rows.append((*title, "", ""))
    return rows


def _text(name: str, value: Number) -> str:
    match value:
        case Rate():
            return _decimal(value, 4) if name in _MULTIPLES else f"{_decimal(value * 100, 2)} %"
        case Money() | str():
            return str(value)
        case int():
            return f"{value:,}"
        case date():
            return value.isoformat()
        case _:
            assert_never(value)


def _decimal(rate: Rate, places: int) -> str:
    """The rate to so many places, without zeros at the end.

    Four for a multiple and two for a percent: as many as the statistics were rounded to, so nothing is rounded twice.
    """
    units = Rounding.HALF_UP.divide(rate.numerator * 10**places, rate.denominator)
    whole, part = divmod(abs(units), 10**places)
    digits = f"{part:0{places}}".rstrip("0")
    return f"{'-' if units < 0 else ''}{whole:,}{'.' if digits else ''}{digits}"
