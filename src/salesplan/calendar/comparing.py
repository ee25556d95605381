"""Which period to compare with which: year on year (同比) and period on period (环比). No growth is computed here.

Year on year a period is compared with the days its own days are compared with, by an alignment; by date, plain months,
quarters, halves and years are compared with whole ones. Period on period it is compared with the one before.
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Final, assert_never

from ..errors import InvalidValue, clip, require_instance
from .alignment import Alignment, ByDate, ByEvent, ByWeek, comparison_map
from .fiscal import FiscalCalendar
from .period import Period, PeriodKind, plain_period

__all__ = ["Comparison", "base_period", "comparable", "previous"]

_DAY: Final = timedelta(days=1)
_PER_YEAR: Final = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4, PeriodKind.HALF: 2, PeriodKind.YEAR: 1}


class Comparison(Enum):
    """What a figure is held against."""

    YEAR_AGO = "year_ago"
    """The comparable period a year earlier, 同比: June 2026 with June 2025."""
    PREVIOUS = "previous"
    """The period just before, 环比: June 2026 with May 2026."""


def comparable(period: Period, align: Alignment) -> Period | None:
    """The period a year earlier that *period* is compared with; None when no day of it has a counterpart.

    It is called what its calendar calls it; where it is no period of that calendar, by its dates.
    Law: it holds the days of `comparison_map` and, by date, a 29 February between them or at a plain period's end.
    Raises: what `comparison_map` raises; InvalidValue when the days compared with do not follow each other.
    >>> comparable(Period.quarter(2026, 1), ByDate()).label, comparable(Period.week(2026, 25), ByWeek()).label
    ('2025-Q1', '2025-W25')
    """
    require_instance(period, Period, code="calendar.period", name="period")
    if (
        isinstance(align, ByDate)
        and period.kind in _PER_YEAR
        and plain_period(period.start, kind=period.kind) == period
    ):
        return period.shift(-_PER_YEAR[period.kind])
    days = sorted({other for _, other in comparison_map(period, align) if other is not None})
    if not days:
        return None
    if not isinstance(align, ByDate) and (days[-1] - days[0]).days + 1 != len(days):
        raise InvalidValue(
            f"the days compared with {clip(period.label)} do not follow each other: use comparison_map",
            code="calendar.comparison",
            value=period.label,
        )
    found = Period.custom(days[0], days[-1] + _DAY)
    fiscal = period.kind not in (PeriodKind.CUSTOM, PeriodKind.DAY)
    if fiscal and isinstance(align, ByWeek) and align.calendar is not None:
        row = align.calendar.year_of(found.start).row(period.kind)
        named: Period | None = row[row.at(found.start)]
    else:
        named = plain_period(found.start, kind=period.kind)
    return named if named is not None and (named.start, named.end) == (found.start, found.end) else found


def previous(period: Period, *, calendar: FiscalCalendar | None = None) -> Period:
    """The period just before: the one before it in *calendar*, or in the plain calendar; as many days for a custom one.

    Law: previous(p).end == p.start.
    Raises: InvalidValue for a fiscal or cut period without its calendar, or with one that does not have it.
    >>> from datetime import date
    >>> previous(Period.month(2026, 1)).label, previous(Period.custom(date(2026, 6, 1), date(2026, 6, 19))).label
    ('2025-12', '2026-05-14/2026-06-01')
    >>> nrf = FiscalCalendar.nrf()
    >>> previous(nrf.year(2024).weeks[0], calendar=nrf).label
    'FY2023-W53'
    """
    require_instance(period, Period, code="calendar.period", name="period")
    if period.kind is PeriodKind.CUSTOM:
        if period.start.toordinal() <= period.days:
            raise InvalidValue("the calendar ends with the year 1", code="calendar.range", value=period.start)
        return Period.custom(period.start - timedelta(days=period.days), period.start)
    if calendar is None:
        return period.shift(-1)
    require_instance(calendar, FiscalCalendar, code="calendar.fiscal", name="calendar")
    year = calendar.year_of(period.start)
    row = year.row(period.kind)
    at = row.at(period.start)
    if row[at] != period:
        raise InvalidValue(
            f"{clip(period.label)} is no period of that calendar", code="calendar.no_such_period", value=period.label
        )
    return row[at - 1] if at else calendar.year(year.number - 1).row(period.kind)[-1]


def base_period(period: Period, comparison: Comparison, *, align: Alignment) -> Period | None:
    """What *period* is held against: `comparable` for YEAR_AGO, `previous` in the calendar of *align* for PREVIOUS.

    Raises: what those raise; InvalidValue for PREVIOUS by event, as no event says what comes before.
    >>> june = Period.month(2026, 6)
    >>> [str(base_period(june, comparison, align=ByDate()).label) for comparison in Comparison]
    ['2025-06', '2026-05']
    """
    match require_instance(comparison, Comparison, code="calendar.comparison", name="comparison"):
        case Comparison.YEAR_AGO:
            return comparable(period, align)
        case Comparison.PREVIOUS:
            if isinstance(align, ByEvent):
                raise InvalidValue(
                    "what comes just before is not a matter of events: align ByDate() or ByWeek()",
                    code="calendar.comparison",
                    value=align,
                )
            if isinstance(align, ByWeek):
                return previous(period, calendar=align.calendar)
            require_instance(align, ByDate, code="calendar.alignment", name="align")
            return previous(period)
        case _:
            assert_never(comparison)
