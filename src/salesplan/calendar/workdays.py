"""Working days: weekends, holidays, make-up days (调休), days that count in part; and never a guess.

The weight of a day, the first that applies: a holiday counts 0, a date with a weight of its own counts that, a make-up
day counts 1 (it stands in for a full day, whatever its weekday counts), a weekday with a weight counts that, a weekend
counts 0, any other day 1. Holidays are the caller's data; a calendar covers only the days it was given holidays for,
and a day outside is refused: next year's holidays are not known before they are announced.
Counts are exact: integers over the common denominator of the weights, summed once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from itertools import accumulate
from math import lcm
from typing import Final, overload

import attrs

from ..errors import InvalidType, InvalidValue, SalesplanError, clip, listed, require_instance, require_int
from ..rate import Rate
from ..window import Weekday
from .period import Period, require_day

__all__ = ["NotCovered", "WorkCalendar"]

_DAY: Final = timedelta(days=1)
_WEEKDAYS: Final = tuple(Weekday)
_MAX_DAYS: Final = 36_525  # a century
_MAX_SCALE: Final = 10**24
_FULL: Final = Rate(1)
_NONE: Final = Rate(0)


class NotCovered(SalesplanError, ValueError):
    """A day for which the calendar has no holidays, not even none."""


def _weekdays(given: Iterable[Weekday]) -> frozenset[Weekday]:
    found = listed(given, code="calendar.weekend", name="weekend")
    return frozenset(require_instance(day, Weekday, code="calendar.weekend", name="weekend") for day in found)


def _holidays(given: Iterable[date]) -> frozenset[date]:
    return frozenset(
        require_day(day, name="holiday") for day in listed(given, code="calendar.holidays", name="holidays")
    )


def _make_up(given: Iterable[date]) -> frozenset[date]:
    return frozenset(
        require_day(day, name="make-up day") for day in listed(given, code="calendar.make_up", name="make_up")
    )


def _weights(
    given: Mapping[Weekday, Rate]
    | Mapping[date, Rate]
    | Mapping[Weekday | date, Rate]
    | Iterable[tuple[Weekday | date, Rate]],
) -> tuple[tuple[Weekday | date, Rate], ...]:
    pairs = listed(given.items() if isinstance(given, Mapping) else given, code="calendar.weights", name="weights")
    found: dict[Weekday | date, Rate] = {}
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise InvalidType(f"weights map days to rates: {clip(pair)}", code="calendar.weights", value=pair)
        day, weight = pair
        if not isinstance(day, Weekday):
            require_day(day, name="weighted day")
        if day in found:
            raise InvalidValue(f"two weights for {clip(str(day))}", code="calendar.weights", value=day)
        require_instance(weight, Rate, code="calendar.weight", name="weight")
        if not _NONE <= weight <= Rate(2):
            raise InvalidValue(f"a day counts 0 to 2: {clip(str(weight))}", code="calendar.weight", value=weight)
        found[day] = weight
    return tuple(sorted(found.items(), key=_place))


def _place(pair: tuple[Weekday | date, Rate]) -> tuple[int, date]:
    day, _ = pair
    return (_WEEKDAYS.index(day), date.min) if isinstance(day, Weekday) else (len(_WEEKDAYS), day)


@attrs.frozen(kw_only=True)
class WorkCalendar:
    """What each day from *first* (included) to *until* (excluded) counts as a working day.

    *weights* gives a weekday or a date its own count, 0 to 2: a half Saturday, a half Christmas Eve; more than 1 where
    a day is worked longer, such as a double shift on Double 11.
    Raises: InvalidValue for a date that is given twice over (holiday and make-up, holiday and weighted), NotCovered
    for one outside the range.
    >>> october = WorkCalendar(
    ...     first=date(2025, 10, 1), until=date(2025, 11, 1),
    ...     holidays=[date(2025, 10, day) for day in range(1, 9)], make_up=[date(2025, 10, 11)],
    ... )
    >>> str(october.count(Period.month(2025, 10))), october.works(date(2025, 10, 11))
    ('18', True)
    """

    first: date
    until: date
    weekend: frozenset[Weekday] = attrs.field(
        default=frozenset({Weekday.SATURDAY, Weekday.SUNDAY}), converter=_weekdays
    )
    holidays: frozenset[date] = attrs.field(default=frozenset(), converter=_holidays)
    make_up: frozenset[date] = attrs.field(default=frozenset(), converter=_make_up)
    weights: tuple[tuple[Weekday | date, Rate], ...] = attrs.field(default=(), converter=_weights)
    _scale: int = attrs.field(init=False, repr=False, eq=False)
    _sums: tuple[int, ...] = attrs.field(init=False, repr=False, eq=False)
    _working: tuple[date, ...] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        length = (require_day(self.until, name="until") - require_day(self.first, name="first")).days
        if not 1 <= length <= _MAX_DAYS:
            raise InvalidValue(
                f"a work calendar covers 1 to {_MAX_DAYS} days: {self.first} .. {self.until}",
                code="calendar.coverage",
                value=self.until,
            )
        own = {day: weight for day, weight in self.weights if not isinstance(day, Weekday)}
        for day in sorted({*self.holidays, *self.make_up, *own}):
            self._require_covered(day)
            if day in self.holidays and (day in self.make_up or day in own):
                other = "a make-up day" if day in self.make_up else "weighted"
                raise InvalidValue(f"{day} is both a holiday and {other}: keep one", code="calendar.clash", value=day)
        scale = lcm(*(weight.denominator for _, weight in self.weights))
        if scale > _MAX_SCALE:
            raise InvalidValue(
                f"the weights have a common denominator over 10**24: {clip(scale)}", code="calendar.weight", value=scale
            )
        weights = self._by_day(own)
        units = [weight.numerator * (scale // weight.denominator) for weight in weights]
        object.__setattr__(self, "_scale", scale)
        object.__setattr__(self, "_sums", tuple(accumulate(units, initial=0)))
        object.__setattr__(self, "_working", tuple(self.first + at * _DAY for at, unit in enumerate(units) if unit))

    def _by_day(self, own: Mapping[date, Rate]) -> list[Rate]:
        weekly = {day: _NONE if day in self.weekend else _FULL for day in Weekday}
        weekly |= {day: weight for day, weight in self.weights if isinstance(day, Weekday)}
        usual = [weekly[day] for day in _WEEKDAYS]
        special = dict.fromkeys(self.make_up, _FULL) | dict(own) | dict.fromkeys(self.holidays, _NONE)
        days = (self.first + at * _DAY for at in range((self.until - self.first).days))
        return [special[day] if day in special else usual[day.weekday()] for day in days]

    def weight(self, day: date) -> Rate:
        """What *day* counts.

        Raises: NotCovered.
        """
        at = self._position(day)
        return Rate(self._sums[at + 1] - self._sums[at], self._scale)

    def works(self, day: date) -> bool:
        """Whether *day* counts at all.

        Raises: NotCovered.
        """
        at = self._position(day)
        return self._sums[at + 1] > self._sums[at]

    @overload
    def count(self, period: Period, /) -> Fraction: ...
    @overload
    def count(self, start: date, end: date, /) -> Fraction: ...
    def count(self, period: Period | date, end: date | None = None, /) -> Fraction:
        """The working days of a period, or from a day to another (excluded), as an exact sum.

        Law: count(a, b) + count(b, c) == count(a, c); count(a, a) == 0.
        Raises: NotCovered unless every day is; InvalidValue when the end comes before the start.
        >>> week = WorkCalendar(first=date(2026, 3, 2), until=date(2026, 3, 9), weights={Weekday.SATURDAY: Rate(1, 2)})
        >>> week.count(Period.week(2026, 10))
        Fraction(11, 2)
        """
        start, until = self._ends(period, end)
        return Fraction(self._sums[(until - self.first).days] - self._sums[(start - self.first).days], self._scale)

    def working_days(self, period: Period) -> tuple[date, ...]:
        """The days of *period* that count.

        Raises: NotCovered unless every day is covered.
        """
        start, until = self._ends(require_instance(period, Period, code="calendar.period", name="period"), None)
        return self._working[bisect_left(self._working, start) : bisect_left(self._working, until)]

    def add(self, day: date, count: int) -> date:
        """The *count*-th working day after *day* (negative: before it); 0 gives *day* itself, working or not.

        A day counts once however little of it is worked.
        Law: add(add(d, a), b) == add(d, a + b) where a and b have one sign.
        Raises: NotCovered when *day* is not covered, or the answer lies outside.
        >>> june = WorkCalendar(first=date(2026, 6, 1), until=date(2026, 7, 1), holidays=[date(2026, 6, 19)])
        >>> june.add(date(2026, 6, 18), 1).isoformat(), june.add(date(2026, 6, 22), -1).isoformat()
        ('2026-06-22', '2026-06-18')
        """
        require_int(count, code="calendar.count", name="count", low=-_MAX_DAYS, high=_MAX_DAYS)
        self._position(day)
        if count == 0:
            return day
        at = bisect_right(self._working, day) + count - 1 if count > 0 else bisect_left(self._working, day) + count
        if not 0 <= at < len(self._working):
            raise NotCovered(
                f"{count:+} working days from {day} is outside {self._range}", code="calendar.not_covered", value=day
            )
        return self._working[at]

    def _ends(self, given: Period | date, end: date | None) -> tuple[date, date]:
        if isinstance(given, Period):
            if end is not None:
                raise InvalidType("give a period or two days, not both", code="calendar.period", value=end)
            start, until = given.start, given.end
        else:
            start, until = require_day(given, name="start"), require_day(end, name="end")
        if until < start:
            raise InvalidValue(
                f"the end comes before the start: {start} .. {until}", code="calendar.order", value=until
            )
        if start < self.first or until > self.until:
            raise NotCovered(
                f"{start} .. {until} (excluded) is not within {self._range}", code="calendar.not_covered", value=start
            )
        return start, until

    def _position(self, day: date) -> int:
        self._require_covered(require_day(day, name="day"))
        return (day - self.first).days

    def _require_covered(self, day: date) -> None:
        if not self.first <= day < self.until:
            raise NotCovered(f"{day} is outside {self._range}", code="calendar.not_covered", value=day)

    @property
    def _range(self) -> str:
        return f"the days this calendar covers, {self.first} .. {self.until - _DAY}"
