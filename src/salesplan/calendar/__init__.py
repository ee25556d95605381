"""Periods, fiscal calendars, working days, and which days to compare with which."""

from __future__ import annotations

from .period import Period, PeriodError, PeriodKind, require_day
from .periods import Periods

__all__ = ["Period", "PeriodError", "PeriodKind", "Periods", "require_day"]
