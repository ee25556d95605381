"""Periods, fiscal calendars, working days, and which days to compare with which."""

from __future__ import annotations

from ..window import Weekday
from .alignment import AfterWeek53, Alignment, ByDate, ByEvent, ByWeek, comparable_day, comparison_map
from .comparing import Comparison, base_period, comparable, previous
from .fiscal import FiscalCalendar, FiscalYear, YearLabel
from .period import Period, PeriodError, PeriodKind, months_after, plain_period, require_day
from .periods import Periods
from .week_rule import Pattern, WeekRule, YearEnd
from .workdays import NotCovered, WorkCalendar

__all__ = [
    "AfterWeek53",
    "Alignment",
    "ByDate",
    "ByEvent",
    "ByWeek",
    "Comparison",
    "FiscalCalendar",
    "FiscalYear",
    "NotCovered",
    "Pattern",
    "Period",
    "PeriodError",
    "PeriodKind",
    "Periods",
    "WeekRule",
    "Weekday",
    "WorkCalendar",
    "YearEnd",
    "YearLabel",
    "base_period",
    "comparable",
    "comparable_day",
    "comparison_map",
    "months_after",
    "plain_period",
    "previous",
    "require_day",
]
