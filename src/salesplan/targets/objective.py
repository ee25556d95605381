"""Objectives as typed values: what is to change, from where to where, by when, whose it is and what it serves.

An `Objective` may leave out any piece, because what is missing is what `smart_check` reports; a piece of the wrong
kind is refused at once. Levels (baseline and target) are Money, whole counts, or a Rate for ratios such as refunds
per order, never a mixture and never below zero: objectives on profits that may turn into losses are left out.
A `ChangeBy` is relative to the baseline, for ratios too: 8 % to 5 % is a change of -37.5 %; say points as `Absolute`.
Windows are half-open like every `Period`: *end* is the day after the last. Dates are kept one by one, so that "from
June on" and "until the end of June" can be said, and be found wanting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Final, TypeAlias, assert_never

import attrs

from ..calendar import Period, PeriodKind, require_day
from ..errors import InvalidType, InvalidValue, clip, listed, require_instance, require_int, require_text
from ..money import MAX_MINOR, Currency, CurrencyMismatch, Money, Rounding
from ..rate import Rate
from ._levels import Level, kind_of, number_of, require_level, require_same_kind
from ._ratios import mapped

__all__ = ["Absolute", "ChangeBy", "Direction", "Level", "Objective", "Target"]

_CODE: Final = "targets.objective"
_SHORTEST: Final = {
    PeriodKind.DAY: 1,
    PeriodKind.WEEK: 7,
    PeriodKind.MONTH: 28,
    PeriodKind.QUARTER: 90,
    PeriodKind.HALF: 181,
    PeriodKind.YEAR: 365,
}


class Direction(Enum):
    """Which way is better."""

    HIGHER = "higher"
    """More is better: sales, leads, satisfaction."""
    LOWER = "lower"
    """Less is better: refunds, complaints, days to deliver."""


@attrs.frozen
class Absolute:
    """A level to reach, as 85 % or CNY 1,000,000.

    Raises: InvalidType for a float or bool, InvalidValue below zero.
    >>> str(Absolute(Rate.percent("85")).value)
    '85%'
    """

    value: Level

    def __attrs_post_init__(self) -> None:
        require_level(self.value, code=f"{_CODE}.target", name="target", low=0)


@attrs.frozen
class ChangeBy:
    """A change to make, relative to the baseline: +30 % is `ChangeBy(Rate.percent("30"))`.

    Raises: InvalidType for anything but a Rate, InvalidValue below -100 %.
    >>> ChangeBy(Rate.percent("30")).on(12_000)
    15600
    """

    by: Rate

    def __attrs_post_init__(self) -> None:
        require_instance(self.by, Rate, code=f"{_CODE}.change", name="change")
        require_level(self.by, code=f"{_CODE}.change", name="change", low=-1)

    @staticmethod
    def times(factor: Rate) -> ChangeBy:
        """The change that multiplies the baseline: "doubled" is `ChangeBy.times(Rate(2))`, +100 %.

        >>> str(ChangeBy.times(Rate(2)).by)
        '100%'
        """
        return ChangeBy(require_instance(factor, Rate, code=f"{_CODE}.change", name="factor") - Rate(1))

    def on(self, base: Level) -> Level:
        """The level this change leads to from *base*; Money and counts are rounded HALF_UP, ratios are exact.

        >>> str(ChangeBy(Rate.percent("-25")).on(Money.of("0.10", "EUR")))
        'EUR 0.08'
        """
        require_level(base, code=f"{_CODE}.baseline", name="base")
        factor = Rate(1) + self.by
        match base:
            case Money():
                return base.times(factor, Rounding.HALF_UP)
            case Rate():
                return base * factor
            case int():
                return Rounding.HALF_UP.divide(base * factor.numerator, factor.denominator)
            case _:
                assert_never(base)


Target: TypeAlias = Absolute | ChangeBy


def _scope(given: Mapping[str, str] | None) -> dict[str, str] | None:
    if given is None:
        return None
    scope = mapped(given, code=f"{_CODE}.scope", name="scope")
    for name, value in scope.items():
        require_text(value, code=f"{_CODE}.scope", name=f"filter {clip(name)}")
    return scope


def _names(name: str, given: str | Iterable[str] | None) -> tuple[str, ...]:
    several = () if given is None else (given,) if isinstance(given, str) else given
    if isinstance(several, Set):  # it has no order of its own
        several = sorted(several)
    code = f"{_CODE}.{name}"
    return tuple(
        dict.fromkeys(require_text(each, code=code, name=name) for each in listed(several, code=code, name=name))
    )


def _owners(given: str | Iterable[str] | None) -> tuple[str, ...]:
    return _names("owners", given)


def _drivers(given: str | Iterable[str] | None) -> tuple[str, ...]:
    return _names("drivers", given)


@attrs.frozen
class Objective:
    """What one owner is to change: every piece typed, any piece but the id may be missing.

    *scope* filters what counts, as {"product_line": "A"}. *owners* is one name or several. *unit* is what a count
    counts, or the currency; Money states it by itself, and a ratio by its *numerator* and *denominator*. *parent* is
    the id of the objective served; *drivers* are metrics that move this one; *cadence* is how often it is measured, in
    days or as a PeriodKind; *end* is the day after the last.
    Raises: InvalidType, InvalidValue or CurrencyMismatch with a code `targets.objective.*` for a piece of the wrong
    kind, a level below zero, a baseline and a target that cannot be compared.
    >>> sale = Objective("a-618", "units sold", unit="units", baseline=12_000, target=ChangeBy(Rate.percent("30")))
    >>> sale.target_value, str(sale.change), sale.window is None
    (15600, '30%', True)
    """

    id: str
    metric: str | None = None
    unit: str | Currency | None = attrs.field(default=None, kw_only=True)
    direction: Direction = attrs.field(default=Direction.HIGHER, kw_only=True)
    scope: dict[str, str] | None = attrs.field(default=None, converter=_scope, kw_only=True, hash=False)
    owners: tuple[str, ...] = attrs.field(default=(), converter=_owners, kw_only=True)
    baseline: Level | None = attrs.field(default=None, kw_only=True)
    target: Target | None = attrs.field(default=None, kw_only=True)
    start: date | None = attrs.field(default=None, kw_only=True)
    end: date | None = attrs.field(default=None, kw_only=True)
    parent: str | None = attrs.field(default=None, kw_only=True)
    drivers: tuple[str, ...] = attrs.field(default=(), converter=_drivers, kw_only=True)
    source: str | None = attrs.field(default=None, kw_only=True)
    cadence: int | PeriodKind | None = attrs.field(default=None, kw_only=True)
    numerator: str | None = attrs.field(default=None, kw_only=True)
    denominator: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_text(self.id, code=f"{_CODE}.id", name="id")
        for name in ("metric", "parent", "source", "numerator", "denominator"):
            if (text := getattr(self, name)) is not None:
                require_text(text, code=f"{_CODE}.{name}", name=name)
        require_instance(self.direction, Direction, code=f"{_CODE}.direction", name="direction")
        for name in ("start", "end"):
            if (day := getattr(self, name)) is not None:
                require_day(day, name=name)
        self._check_cadence()
        self._check_levels()
        self._check_unit()

    def _check_cadence(self) -> None:
        if self.cadence is None or isinstance(self.cadence, PeriodKind):
            if self.cadence is not None and self.cadence not in _SHORTEST:
                raise InvalidValue(
                    f"a {self.cadence.value} period has no length of its own: say the days",
                    code=f"{_CODE}.cadence",
                    value=self.cadence,
                )
        else:
            require_int(self.cadence, code=f"{_CODE}.cadence", name="cadence", low=1, high=100_000)

    def _check_levels(self) -> None:
        if self.baseline is not None:
            require_level(self.baseline, code=f"{_CODE}.baseline", name="baseline", low=0)
        match self.target:
            case None | ChangeBy():
                pass
            case Absolute(value=value):
                if self.baseline is not None:
                    require_same_kind(value, self.baseline, code=f"{_CODE}.target", name="target")
            case _:
                raise InvalidType(
                    f"target must be Absolute or ChangeBy: {clip(self.target)}",
                    code=f"{_CODE}.target",
                    value=self.target,
                )
        try:
            reached = self.target_value
        except InvalidValue:
            reached = MAX_MINOR + 1
        if isinstance(reached, int) and reached > MAX_MINOR:
            raise InvalidValue("the target is out of range", code=f"{_CODE}.target", value=self.target)

    def _check_unit(self) -> None:
        if self.unit is None:
            return
        if not isinstance(self.unit, Currency):
            require_text(self.unit, code=f"{_CODE}.unit", name="unit")
        level = self.level
        if level is None or (isinstance(level, Money) and self.unit == level.currency):
            return
        if isinstance(level, Money) and isinstance(self.unit, Currency):
            raise CurrencyMismatch(
                f"the unit is {self.unit}, the levels are in {level.currency}", code=f"{_CODE}.unit", value=self.unit
            )
        if isinstance(level, Money) or isinstance(self.unit, Currency):
            raise InvalidType(
                f"unit {clip(str(self.unit))} does not go with a level in {kind_of(level)}",
                code=f"{_CODE}.unit",
                value=self.unit,
            )

    def during(self, window: Period) -> Objective:
        """The same objective from the first to the last day of *window*.

        >>> str(Objective("a-618").during(Period.custom(date(2026, 6, 1), date(2026, 6, 19), "618")).window)
        '2026-06-01/2026-06-19 (2026-06-01 .. 2026-06-18)'
        """
        require_instance(window, Period, code=f"{_CODE}.window", name="window")
        return attrs.evolve(self, start=window.start, end=window.end)

    @property
    def window(self) -> Period | None:
        """The days from *start* to *end*; None unless both are said and hold a day."""
        if self.start is None or self.end is None or self.end <= self.start:
            return None
        return Period.custom(self.start, self.end)

    @property
    def target_value(self) -> Level | None:
        """The level to reach; None without a target, or for a change without a baseline."""
        match self.target:
            case None:
                return None
            case Absolute(value=value):
                return value
            case ChangeBy():
                return None if self.baseline is None else self.target.on(self.baseline)
            case _:
                assert_never(self.target)

    @property
    def change(self) -> Rate | None:
        """The change as said, or target / baseline - 1, exact; None when the baseline is unsaid or zero.

        >>> str(Objective("refunds", baseline=Rate.percent("8"), target=Absolute(Rate.percent("5"))).change)
        '-37.5%'
        """
        match self.target:
            case None:
                return None
            case ChangeBy(by=by):
                return by
            case Absolute(value=value):
                base = Fraction(0) if self.baseline is None else number_of(self.baseline)
                return None if base == 0 else Rate(*(number_of(value) / base - 1).as_integer_ratio())
            case _:
                assert_never(self.target)

    @property
    def level(self) -> Level | None:
        """Any level said, the target's before the baseline: it shows the kind of the metric."""
        return self.target.value if isinstance(self.target, Absolute) else self.baseline

    @property
    def cadence_days(self) -> int | None:
        """The days between two measurements; a PeriodKind counts as its shortest period, a month as 28."""
        return _SHORTEST[self.cadence] if isinstance(self.cadence, PeriodKind) else self.cadence
