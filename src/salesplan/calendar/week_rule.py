"""Years of whole weeks: on which day they begin, and how many weeks each of their months has.

Such a year begins on the day on which weeks start that is nearest the nominal start, or on the last one not after it.
It has 13 weeks a quarter in one of three patterns, and about one year in six has a week 53.
Source: NRF 4-5-4 calendar; pandas FY5253; ISO 8601.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum
from typing import Final, assert_never

import attrs

from ..errors import require_instance, require_int
from ..window import Weekday

__all__ = ["Pattern", "WeekRule", "YearEnd"]

_AT: Final = {day: at for at, day in enumerate(Weekday)}


class Pattern(Enum):
    """How many weeks the three months of a quarter have."""

    P445 = "4-4-5"
    """4, 4 and 5 weeks: from 2 February 2020 the first month ends on 29 February."""
    P454 = "4-5-4"
    """4, 5 and 4 weeks, the pattern of the NRF: from 2 February 2014 the second month starts on 2 March."""
    P544 = "5-4-4"
    """5, 4 and 4 weeks: from 2 February 2020 the first month ends on 7 March."""

    @property
    def weeks(self) -> tuple[int, int, int]:
        """The weeks of the three months.

        >>> Pattern.P454.weeks
        (4, 5, 4)
        """
        first, second, third = (int(digit) for digit in self.value.split("-"))
        return first, second, third


class YearEnd(Enum):
    """Which weekday before a nominal start ends the year before."""

    NEAREST = "nearest"
    """The one nearest the last nominal day: the Saturday nearest 31 January 2024 is 3 February."""
    LAST = "last"
    """The last one not after the last nominal day: the last Saturday up to 31 January 2024 is the 27th."""


@attrs.frozen(kw_only=True)
class WeekRule:
    """Years of whole weeks: their pattern, where they end, and which fiscal month, 1 to 12, gets a week 53.

    >>> WeekRule(pattern=Pattern.P454, year_end=YearEnd.NEAREST).month_weeks(53)
    (4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5, 5)
    """

    pattern: Pattern
    year_end: YearEnd
    extra_week_in: int = 12

    def __attrs_post_init__(self) -> None:
        require_instance(self.pattern, Pattern, code="calendar.pattern", name="pattern")
        require_instance(self.year_end, YearEnd, code="calendar.year_end", name="year_end")
        require_int(self.extra_week_in, code="calendar.extra_week", name="extra_week_in", low=1, high=12)

    def month_weeks(self, weeks: int) -> tuple[int, ...]:
        """The weeks of the twelve months of a year of 52 or 53 *weeks*.

        Law: sum(rule.month_weeks(n)) == n.
        """
        extra = require_int(weeks, code="calendar.weeks", name="weeks", low=52, high=53) - 52
        plain = self.pattern.weeks * 4
        return tuple(size + extra * (at == self.extra_week_in) for at, size in enumerate(plain, start=1))


def year_start(rule: WeekRule, nominal: date, week_start: Weekday) -> date:
    """The day on which the year of that nominal start begins.

    >>> rule = WeekRule(pattern=Pattern.P454, year_end=YearEnd.NEAREST)
    >>> year_start(rule, date(2024, 2, 1), Weekday.SUNDAY).isoformat()
    '2024-02-04'
    """
    before = week_start_of(nominal, week_start)
    match rule.year_end:
        case YearEnd.LAST:
            return before
        case YearEnd.NEAREST:
            return before if (nominal - before).days <= 3 else before + timedelta(days=7)
        case _:
            assert_never(rule.year_end)


def week_start_of(day: date, week_start: Weekday) -> date:
    """The first day of the week of *day*.

    >>> week_start_of(date(2026, 6, 18), Weekday.SUNDAY).isoformat()
    '2026-06-14'
    """
    return day - timedelta(days=(day.weekday() - _AT[week_start]) % 7)
