"""Where one customer stands: the numbers, the cuts passed, how far the next ones are, and what time alone does.

A cut is the first number of the next band: of 3 orders or more, the cut is 3. For orders and money more is better; for
days since the last purchase the next cut is a fall, and it comes by itself. Somebody who buys nothing more passes it on
a date known today, as_of + (cut - days), which is the last purchase day + the last number of the band + 1.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import attrs

from ..display import html_table, text_table
from ..money import Money
from .segments import Segment

__all__ = ["AxisStanding", "CustomerStanding"]

_DAYS: Final = "days since last"


@attrs.frozen(kw_only=True)
class AxisStanding:
    """One number of a customer, between the cut it has reached and the next one.

    *missing* takes it to *next_cut*, alone, and *leads_to* is the segment that this would mean (None: the same one).
    Levels are those of scores. None is what there is not: levels, a cut on that side, a difference within 63 bits.
    """

    axis: str
    value: Money | int | None
    cut: Money | int | None = None
    next_cut: Money | int | None = None
    missing: Money | int | None = None
    level: str | None = None
    next_level: str | None = None
    leads_to: str | None = None
    on: date | None = None

    def reached(self) -> str:
        """The band in words: reached 3 (F3)."""
        level = "" if self.level is None else self.level
        if self.value is None:
            return level
        if self.axis == _DAYS:
            words = "" if self.next_cut is None else f"within {_shown(_before(self.next_cut))}"
        else:
            words = "" if self.cut is None else f"reached {_shown(self.cut)}"
        return f"{words} ({level})" if words and level else words or level

    def ahead(self) -> str:
        """What is missing to the next cut, in words: 2 more orders to F4."""
        if self.missing is None or self.next_cut is None:
            return ""
        goal = _shown(self.next_cut) if self.next_level is None else self.next_level
        more = _shown(self.missing)
        what = {_DAYS: " day", "orders": " order"}.get(self.axis, "")
        plural = "s" if what and self.missing != 1 else ""
        when = "" if self.on is None else f", on {self.on},"
        same = "" if self.next_level is not None else ": the same segment"
        then = same if self.leads_to is None else f": {self.leads_to}"
        return f"{more} more{what}{plural}{when} to {goal}{then}"


@attrs.frozen(kw_only=True)
class CustomerStanding:
    """Why a customer is in a segment, what is missing to the next cuts, and the day on which time alone moves them.

    *moves_on* is the first day on which, if they buy nothing, another segment than this one holds: *moves_to*.
    """

    customer: int
    as_of: date | None
    segment: Segment
    rule: str
    axes: tuple[AxisStanding, ...]
    moves_on: date | None
    moves_to: str | None

    def explain(self) -> str:
        """The segment, the rule and the numbers, one line each."""
        return "\n".join([self._head(), text_table(self._rows())] if self.axes else [self._head()])

    def _repr_html_(self) -> str:
        return html_table(("", "", "", ""), self._rows(), caption=self._head())

    def to_columns(self) -> dict[str, list[Any]]:
        """One row an axis."""
        names = [each.name for each in attrs.fields(AxisStanding)]
        return {name: [getattr(each, name) for each in self.axes] for name in names}

    def _head(self) -> str:
        on = "" if self.as_of is None else f" on {self.as_of}"
        action = "" if self.segment.action is None else f"; {self.segment.action}"
        lines = [f"customer {self.customer}{on}: {self.segment}{action}", f"because {self.rule}"]
        if self.moves_on is not None:
            lines.append(f"without a purchase {self.moves_to} on {self.moves_on}")
        return "\n".join(lines)

    def _rows(self) -> list[tuple[str, str, str, str]]:
        return [
            (each.axis, "" if each.value is None else _shown(each.value), each.reached(), each.ahead())
            for each in self.axes
        ]

    def __str__(self) -> str:
        return self.explain()


def _shown(number: Money | int) -> str:
    return number.amount if isinstance(number, Money) else f"{number:,}"


def _before(number: Money | int) -> Money | int:
    return Money(number.minor - 1, number.currency) if isinstance(number, Money) else number - 1
