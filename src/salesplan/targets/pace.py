"""Where a node stands on a day, measured by the weights of its plan and not by days.

`on` is a morning: what lies before it has passed, what begins with it is to come. Expected to date is the plan of the
periods that have passed and, of the one under way, the part its (working) days make up. From there:

    attainment = actual / target             pace = actual / expected         gap = actual - expected
    projection = actual / passed weight * whole weight                       required = (target - actual) / days left

On the first morning nothing has passed, so pace, run rate and projection are None, not a division by zero. Where
lower is better (refunds, complaints) the signs turn: attainment and pace are 2 - ratio, the gap is what is left of
the allowance. The interval treats the passed periods as a sample of how closely the plan is met: a ratio estimate
whose variance grows with the amount, Student's t (Cochran, Sampling Techniques, chapter 6); it needs three of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from math import sqrt

import attrs

from ..calendar import WorkCalendar, require_day
from ..display import Align, html_table, text_table
from ..errors import InvalidType, InvalidValue, NotFound, clip, require_instance
from ..money import MAX_MINOR, Currency, Money, Rounding
from ..rate import Rate
from ._amounts import Amount, amount_of, units_of
from ._ratios import others, percent_text, value_text
from ._student import student_t
from .node_plan import NodePlan
from .objective import Direction
from .plan import TargetPlan

__all__ = ["Pace", "pace"]

EIGHTY_PERCENT = Rate(4, 5)
_MIN_PERIODS = 3
_SUREST = Rate(9999, 10000)


@attrs.frozen(kw_only=True)
class Pace:
    """Where a target stands. Amounts per day are Money, or an exact Rate where counts are planned.

    *elapsed* is the share of the plan's weight that has passed; *uplift_on_plan* how much more than planned the rest
    must bring, *uplift_on_pace* how much more than so far, per weight of the plan and not per day.
    """

    id: str
    on: date
    direction: Direction
    target: Amount
    actual: Amount
    expected: Amount
    elapsed: Rate | None
    attainment: Rate | None
    pace: Rate | None
    gap: Amount
    run_rate: Money | Rate | None
    required_rate: Money | Rate | None
    uplift_on_plan: Rate | None
    uplift_on_pace: Rate | None
    projection: Amount | None
    interval: tuple[Amount, Amount] | None
    confidence: Rate
    notes: tuple[str, ...] = ()

    def explain(self) -> str:
        """Every number with what it is, one per line."""
        return "\n".join([text_table(self._rows(), align=(Align.LEFT, Align.RIGHT)), *self.notes])

    def _repr_html_(self) -> str:
        rows = self._rows()
        return html_table(["", self.id], rows[1:], align=(Align.LEFT, Align.RIGHT), caption=f"{self.id} on {self.on}")

    def _rows(self) -> list[tuple[str, str]]:
        interval = None if self.interval is None else f"{self.interval[0]} .. {self.interval[1]}"
        return [
            (f"{self.id} on {self.on}", ""),
            ("target", str(self.target)),
            ("actual", str(self.actual)),
            ("expected to date", str(self.expected)),
            ("attainment", percent_text(self.attainment)),
            ("pace", percent_text(self.pace)),
            ("gap", str(self.gap)),
            ("run rate a day", value_text(self.run_rate)),
            ("required a day", value_text(self.required_rate)),
            ("uplift on plan", percent_text(self.uplift_on_plan)),
            ("uplift on pace so far", percent_text(self.uplift_on_pace)),
            ("projection", value_text(self.projection)),
            (f"with {self.confidence} confidence", value_text(interval)),
        ]


def pace(
    target: NodePlan | TargetPlan,
    actuals: Amount | Mapping[str, Amount],
    *,
    on: date,
    workdays: WorkCalendar | None = None,
    direction: Direction = Direction.HIGHER,
    confidence: Rate = EIGHTY_PERCENT,
) -> Pace:
    """How a node stands on the morning of *on*, given its *actuals*: in all, or by atomic period.

    By period they also give the projection an interval. A whole plan stands for its root. *workdays* defaults to the
    calendar the plan was made with.
    Days are those on which a leaf is there.
    Law: on the first morning pace, run rate and projection are None; after the end the projection is the actual;
    nothing is required once the target is met.
    Raises: NotFound, InvalidValue for actuals of a period that has not begun; CurrencyMismatch.
    >>> from salesplan.calendar import Period, Periods
    >>> quarter = Periods([Period.custom(date(2026, 1, 1), date(2026, 4, 1), "Q1")])
    >>> usd = Money.zero("USD").currency
    >>> node = NodePlan(id="li", periods=quarter, unit=usd, units=(300_000_00,))
    >>> now = pace(node, Money.of("240000", "USD"), on=date(2026, 3, 17))
    >>> str(now.attainment), str(now.pace), str(now.gap), str(now.run_rate), str(now.required_rate)
    ('80%', '96%', 'USD -10000.00', 'USD 3200.00', 'USD 4000.00')
    """
    node = (
        target.root
        if isinstance(target, TargetPlan)
        else require_instance(target, NodePlan, code="targets.pace", name="target")
    )
    require_day(on, name="on")
    require_instance(direction, Direction, code="targets.direction", name="direction")
    if not Rate(0) < require_instance(confidence, Rate, code="targets.confidence", name="confidence") <= _SUREST:
        raise InvalidValue(
            f"confidence lies above 0 and up to 99.99 %: {confidence}", code="targets.confidence", value=confidence
        )
    done = _by_period(node, actuals, on)
    actual = sum(done.values()) if isinstance(actuals, Mapping) else units_of(actuals, node.unit, name="actuals")
    clock = _Clock.of(node, on, node.workdays if workdays is None else workdays)
    aim = units_of(node.total, node.unit, name="target")
    expected = clock.expected
    lower = direction is Direction.LOWER
    passed, whole = clock.passed, clock.whole
    projected: Fraction | None = None
    if on >= node.periods.end or passed:
        projected = Fraction(actual) if on >= node.periods.end else actual * whole / passed
    if projected is not None and abs(projected) > MAX_MINOR:
        projected = None  # no amount holds it: a fraction of a first day against a year
    left = max(aim - actual, 0)
    planned_left = clock.planned_left
    interval, notes = _interval(node, done, clock, actual, confidence) if isinstance(actuals, Mapping) else (None, ())
    if node.carried_units and clock.closed >= node.closed:
        notes = (f"{node.carried} not reached before was given to the open periods, and is not expected again", *notes)
    return Pace(
        id=node.id,
        on=on,
        direction=direction,
        target=node.total,
        actual=amount_of(actual, node.unit),
        expected=amount_of(_nearest(expected), node.unit),
        elapsed=_rate(Fraction(passed) / whole) if whole else None,
        attainment=_ratio(actual, aim, lower=lower),
        pace=_ratio(actual, expected, lower=lower),
        gap=amount_of(_nearest(expected - actual if lower else actual - expected), node.unit),
        run_rate=_per_day(Fraction(actual), clock.days_passed, node.unit),
        required_rate=_per_day(Fraction(left), clock.days_left, node.unit),
        uplift_on_plan=_rate(left / planned_left - 1) if planned_left and not lower else None,
        uplift_on_pace=(
            _rate(Fraction(left) / (whole - passed) / (Fraction(actual) / passed) - 1)
            if passed and actual > 0 and whole > passed and not lower
            else None
        ),
        projection=None if projected is None else amount_of(_nearest(projected), node.unit),
        interval=interval,
        confidence=confidence,
        notes=notes,
    )


@attrs.frozen(kw_only=True)
class _Clock:
    """What has passed by a morning, in weights of the first version of the plan, in units expected, and in days."""

    passed: Fraction
    whole: int
    expected: Fraction
    planned_left: Fraction
    closed: int
    days_passed: Fraction
    days_left: Fraction

    @staticmethod
    def of(node: NodePlan, on: date, workdays: WorkCalendar | None) -> _Clock:
        periods, weights = node.periods, node.pattern
        closed = sum(period.end <= on for period in periods)
        part = Fraction(0)
        if closed < len(periods) and periods[closed].start < on:
            days = _days(periods[closed].start, periods[closed].end, workdays)
            part = _days(periods[closed].start, on, workdays) / days if days else Fraction(0)

        def until_now(units: tuple[int, ...]) -> Fraction:
            return sum(units[:closed]) + (part * units[closed] if closed < len(units) else 0) + Fraction(0)

        expected = until_now(node.units)
        begins = periods.start if node.starts is None else min(max(node.starts, periods.start), periods.end)
        ends = periods.end if node.stops is None else max(min(node.stops, periods.end), begins)
        morning = min(max(on, begins), ends)
        return _Clock(
            passed=until_now(weights),
            whole=sum(weights),
            expected=expected - (node.carried_units if closed >= node.closed else 0),
            planned_left=sum(node.units) - expected,
            closed=closed,
            days_passed=_days(begins, morning, workdays),
            days_left=_days(morning, ends, workdays),
        )


def _by_period(node: NodePlan, actuals: Amount | Mapping[str, Amount], on: date) -> dict[int, int]:
    """Units by position of the atomic period."""
    if not isinstance(actuals, Mapping):
        return {}
    done: dict[int, int] = {}
    for label, amount in actuals.items():
        if isinstance(amount, Mapping):
            raise InvalidType(
                "these are actuals of several nodes: give one of them, actuals['li'], or roll_up(...)['north']",
                code="targets.actuals",
                value=label,
            )
        first, until = node.periods.span(label)
        if until - first > 1:
            raise InvalidValue(
                f"actuals go by atomic period, and {clip(label)} is several", code="targets.actuals", value=label
            )
        units = units_of(amount, node.unit, name="actuals")
        if units and node.periods[first].start >= on:
            raise InvalidValue(
                f"{clip(label)} has not begun on {on}, but has actuals", code="targets.future_actuals", value=label
            )
        done[first] = units
    missing = [leaf.label for at, leaf in enumerate(node.periods) if leaf.end <= on and at not in done]
    if missing:
        raise NotFound(
            f"no actuals of closed period {clip(missing[0])}{others(missing)}: give 0 where there were none",
            code="targets.actuals_missing",
            value=tuple(missing),
        )
    return done


def _interval(
    node: NodePlan, done: Mapping[int, int], clock: _Clock, actual: int, confidence: Rate
) -> tuple[tuple[Amount, Amount] | None, tuple[str, ...]]:
    """The projection's interval from how the closed periods met their weights."""
    pairs = [(node.pattern[at], done[at]) for at in range(clock.closed) if at in done and node.pattern[at] > 0]
    if len(pairs) < _MIN_PERIODS:
        return None, (f"no interval: it needs {_MIN_PERIODS} closed periods, there are {len(pairs)}",)
    weight, sold = sum(planned for planned, _ in pairs), sum(got for _, got in pairs)
    ratio = sold / weight
    variance = sum((got - ratio * planned) ** 2 / planned for planned, got in pairs) / (len(pairs) - 1)
    ahead = float(clock.whole - clock.passed)
    spread = student_t(confidence.numerator / confidence.denominator, len(pairs) - 1) * sqrt(
        variance * (ahead + ahead**2 / weight)
    )
    middle = float(actual * clock.whole / clock.passed)
    if abs(middle) + spread > MAX_MINOR:
        return None, ("no interval: it would pass what an amount holds",)
    return (amount_of(round(middle - spread), node.unit), amount_of(round(middle + spread), node.unit)), ()


def _days(first: date, until: date, workdays: WorkCalendar | None) -> Fraction:
    if workdays is None:
        return Fraction((until - first).days)
    return workdays.count(first, until)


def _ratio(part: int, whole: Fraction | int, *, lower: bool) -> Rate | None:
    if whole <= 0:
        return None
    return _rate(2 - part / Fraction(whole) if lower else part / Fraction(whole))


def _per_day(units: Fraction, days: Fraction, unit: Currency | None) -> Money | Rate | None:
    if not days:
        return None
    return _rate(units / days) if unit is None else Money(_nearest(units / days), unit)


def _rate(value: Fraction) -> Rate:
    return Rate(value.numerator, value.denominator)


def _nearest(value: Fraction) -> int:
    return Rounding.HALF_UP.divide(value.numerator, value.denominator)
