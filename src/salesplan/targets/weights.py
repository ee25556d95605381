"""Weights: what a share is in proportion to.

A weight is a quantity, not an amount to be paid: a potential in Money, a headcount, a Rate, a forecast. It may be a
float, which counts at its exact binary value; NaN, infinity and negative weights are refused. Several weights of one
node multiply (potential x capability x headcount); `blend` adds normalised shares instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from math import isfinite
from numbers import Integral, Real
from typing import TypeAlias, assert_never

from ..apportion import WeightError
from ..calendar import Periods, WorkCalendar
from ..errors import InvalidType, InvalidValue, NotFound, clip, listed, require_instance, require_text
from ..money import Money
from ..rate import Rate
from ._ratios import exact_rate, others

__all__ = [
    "Proportions",
    "Seasonality",
    "Weight",
    "blend",
    "exact_weight",
    "exact_weights",
    "period_weights",
    "seasonal_shares",
]

Weight: TypeAlias = "int | Rate | Money | float"
Seasonality: TypeAlias = "Sequence[Weight] | Mapping[str, Weight]"


class Proportions(Enum):
    """How several past years become one pattern."""

    AVERAGE_OF_SHARES = "average_of_shares"
    """Each year's shares, averaged: every year counts the same."""
    SHARE_OF_SUMS = "share_of_sums"
    """The share of all years' sum: a bigger year counts more."""


def exact_weight(value: object, *, name: str) -> int | Fraction:
    """The weight as an exact number.

    Raises: InvalidType, or WeightError for one that is negative, NaN or infinite.
    >>> exact_weight(Rate.percent("30"), name="li"), exact_weight(0.5, name="wang"), exact_weight(3, name="zhao")
    (Fraction(3, 10), Fraction(1, 2), 3)
    """
    if type(value) is int:
        found: int | Fraction = value
    elif isinstance(value, Rate):
        found = value.to_fraction()
    elif isinstance(value, Money):
        found = value.minor
    elif isinstance(value, bool) or not isinstance(value, Real):
        raise InvalidType(
            f"the weight of {clip(name)} must be a number, Rate or Money: {clip(value)}",
            code="targets.weight",
            value=value,
        )
    elif isinstance(value, Integral):
        found = int(value)
    elif isinstance(value, Fraction):
        found = value
    elif not isfinite(value):
        raise WeightError(
            f"the weight of {clip(name)} is not a finite number: {clip(value)}", code="targets.weight", value=value
        )
    else:
        found = Fraction(*float(value).as_integer_ratio())
    if found < 0:
        raise WeightError(
            f"the weight of {clip(name)} must not be negative: {clip(value)}", code="targets.weight", value=value
        )
    return found


def exact_weights(values: Sequence[object], names: Sequence[str]) -> list[int | Fraction]:
    """Several weights that belong together: all Money of one currency, or none.

    Raises: CurrencyMismatch for two currencies, InvalidType for Money beside plain numbers.
    >>> exact_weights([1, Rate.percent("50")], ["li", "wang"])
    [1, Fraction(1, 2)]
    """
    kinds = {*map(type, values)}
    if kinds == {int} and min(values) >= 0:  # type: ignore[type-var,operator]  # ints
        return [*values]  # type: ignore[list-item]
    if Money in kinds:
        money = [value for value in values if isinstance(value, Money)]
        if len(money) < len(values):
            raise InvalidType(
                "Money and plain numbers do not weigh against each other", code="targets.weight", value=money[0]
            )
        for each in money:
            money[0].same(each)
    return [exact_weight(value, name=name) for value, name in zip(values, names, strict=True)]


def blend(parts: Iterable[tuple[Weight, Mapping[str, Weight]]]) -> dict[str, Rate]:
    """Weights as the weighted sum of normalised shares: 60 % by potential and 40 % by last year's sales.

    Law: the result sums to one.
    Raises: InvalidValue when the mappings name different ids; WeightError when one of them is all zero.
    >>> half = blend([(1, {"li": 3, "wang": 1}), (1, {"li": 1, "wang": 1})])
    >>> [f"{name} {share}" for name, share in half.items()]
    ['li 62.5%', 'wang 37.5%']
    """
    given = []
    for part in listed(parts, code="targets.blend", name="parts"):
        if not isinstance(part, tuple) or len(part) != 2 or not isinstance(part[1], Mapping):
            raise InvalidType(f"a part is a weight and a mapping: {clip(part)}", code="targets.blend", value=part)
        for name in part[1]:
            require_text(name, code="targets.blend", name="an id")
        given.append((exact_weight(part[0], name="part"), dict(part[1])))
    names = sorted(given[0][1]) if given else []
    total = Fraction(sum(much for much, _ in given))
    if not total:
        raise WeightError("the parts of a blend must not all weigh 0", code="targets.no_weight", value=0)
    result = dict.fromkeys(names, Fraction(0))
    for much, weights in given:
        if sorted(weights) != names:
            odd = sorted({*weights} ^ {*names})
            raise InvalidValue(f"{clip(odd[0])} is not in every part", code="targets.weight_missing", value=odd[0])
        exact = dict(zip(weights, exact_weights([*weights.values()], [*weights]), strict=True))
        whole = sum(exact.values())
        if not whole:
            raise WeightError("a part of a blend must not be all 0", code="targets.no_weight", value=0)
        for name in names:
            result[name] += Fraction(much) / total * Fraction(exact[name]) / whole
    return {name: exact_rate(share, name=f"the share of {clip(name)}") for name, share in result.items()}


def seasonal_shares(
    years: Iterable[Sequence[Weight]], *, how: Proportions = Proportions.AVERAGE_OF_SHARES
) -> tuple[Rate, ...]:
    """The share of every season, from the amounts of past years (or from one forecast).

    Shape: one row per year, all of one length; the result has one share per season.      Law: they sum to one.
    Raises: InvalidValue for rows of different lengths; WeightError for a year of zeros.
    Source: top-down proportions of Gross and Sohl (1990), A and F.
    >>> [str(share) for share in seasonal_shares([[10, 30], [20, 20]])]
    ['37.5%', '62.5%']
    """
    require_instance(how, Proportions, code="targets.proportions", name="how")
    given = [
        listed(_plain(year), code="targets.history", name="a year")
        for year in listed(years, code="targets.history", name="years")
    ]
    exact = iter(exact_weights([each for year in given for each in year], ["a season"] * sum(map(len, given))))
    rows = [[Fraction(next(exact)) for _ in year] for year in given]
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        raise InvalidValue("every year needs the same seasons", code="targets.history", value=len(rows))
    if any(not sum(row) for row in rows):
        raise WeightError("a year of zeros has no shares", code="targets.no_weight", value=0)
    match how:
        case Proportions.AVERAGE_OF_SHARES:
            shares = [_total(row[at] / sum(row) for row in rows) / len(rows) for at in range(len(rows[0]))]
        case Proportions.SHARE_OF_SUMS:
            total = _total(map(_total, rows))
            shares = [_total(row[at] for row in rows) / total for at in range(len(rows[0]))]
        case _:
            assert_never(how)
    return tuple(exact_rate(share, name="a share") for share in shares)


def period_weights(
    periods: Periods, seasonality: Seasonality | None = None, workdays: WorkCalendar | None = None
) -> list[int | Fraction]:
    """One exact weight per period.

    Without *seasonality* by days: working days where a calendar is given, else calendar days. A sequence has one
    weight per period, and is multiplied by the working days where a calendar is given. A mapping names periods
    that tile the row, as quarters over months; each weight is shared within its period by days.
    Raises: InvalidValue for a wrong number of weights; NotFound; PeriodError where the named periods leave a gap.
    >>> from salesplan.calendar import Period
    >>> months = Periods([Period.month(2026, n) for n in (1, 2, 3)], groups=[Period.quarter(2026, 1)])
    >>> [int(weight) for weight in period_weights(months, {"2026-Q1": 90})]
    [31, 28, 31]
    """
    days = [period.days if workdays is None else workdays.count(period) for period in periods]
    if seasonality is None:
        return list(days)
    if isinstance(seasonality, Mapping):
        return _from_named(periods, seasonality, days)
    given = listed(_plain(seasonality), code="targets.seasonality", name="seasonality")
    if len(given) != len(periods):
        raise InvalidValue(
            f"{len(given)} seasonal weights for {len(periods)} periods; a mapping may name groups, as quarters",
            code="targets.seasonality",
            value=len(given),
        )
    exact = exact_weights(given, periods.labels)
    return exact if workdays is None else [weight * each for weight, each in zip(exact, days, strict=True)]


def _plain(values: object) -> Iterable[Weight]:
    """A sequence, or an array as the list of its numbers."""
    convert = getattr(values, "tolist", None)
    return convert() if callable(convert) else values  # type: ignore[return-value]  # `listed` checks


def _total(numbers: Iterable[Fraction]) -> Fraction:
    return sum(numbers, start=Fraction(0))


def _from_named(
    periods: Periods, seasonality: Mapping[str, Weight], days: Sequence[int | Fraction]
) -> list[int | Fraction]:
    weights: list[int | Fraction | None] = [None] * len(periods)
    named = exact_weights([*seasonality.values()], [*seasonality])
    for label, exact in zip(seasonality, named, strict=True):
        first, until = periods.span(label)
        whole = sum(days[first:until])
        if exact and not whole:
            raise WeightError(f"{label} has no working day to share in", code="targets.no_weight", value=label)
        for at in range(first, until):
            if weights[at] is not None:
                raise InvalidValue(
                    f"{periods[at].label} has two seasonal weights", code="targets.seasonality", value=label
                )
            weights[at] = Fraction(exact) * days[at] / whole if whole else 0
    missing = [period.label for period, weight in zip(periods, weights, strict=True) if weight is None]
    if missing:
        raise NotFound(
            f"no seasonal weight for {clip(missing[0])}{others(missing)}",
            code="targets.seasonality",
            value=tuple(missing),
        )
    return [weight for weight in weights if weight is not None]
