"""The table of cohorts: first period by age, with the cells that nobody has observed yet kept apart from zeros.

The cell of cohort c at age a is about the period c + a. It is there when that period was over on the day *through*;
before, it is PARTIAL or NOT_YET and has no number. Only cells that are there are stored, cohort after cohort, so that
no sum can take a missing one for 0.

A mean over cohorts takes those that have reached the age, also the ones of which nobody bought: a cohort at 0 % is
observed. Different ages average different cohorts, so such a curve may rise though no cohort's does.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any, Final, TypeAlias, assert_never

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole, day_number
from ..display import Align, html_table, text_table
from ..errors import InvalidValue, NotFound, require_instance, require_int
from ..money import MAX_MINOR, Rounding
from ..rate import Rate
from ._cohort_cell import CohortCell, CohortMean, CohortMeasure, Observation
from ._grain import (
    Grains,
    counted,
    first_days,
    grain_text,
    labels_of,
    last_complete,
    number_of,
    own_periods,
    require_grain,
)
from ._own_arrays import ByBytes, own_column
from ._rate_text import percent_text

__all__ = ["CohortTable"]

_CODE: Final = "segmentation.cohorts"
_NOTHING: Final = -(2**63)
_SHOWN_AGES: Final = 12
_SHOWN_COHORTS: Final = 24
_MEANS: Final = {CohortMean.BY_SIZE: "by size", CohortMean.PLAIN: "plain"}

Matrix: TypeAlias = np.ma.MaskedArray[tuple[int, int], np.dtype[np.int64]]


@attrs.frozen(kw_only=True, eq=False)
class CohortTable(ByBytes):
    """Cohorts by age, as known on the evening of *through*.

    Shape: *cohorts* are the numbers of the first periods, rising, only those with customers; *retained* to *money*
    are the cells that are there, cohort after cohort, ages rising from 0.
    *waiting* are customers whose first period is not over, *without_purchase* those who only gave back. Orders and
    money of periods not over, and of refunds before a first purchase, are *left_out*.
    Law: retained <= repurchased <= size from age 1 on; repurchased never falls; retained <= orders.
    Raises: InvalidValue where the cells break that law.
    """

    grain: Grains
    through: date
    cohorts: Whole = attrs.field(repr=False)
    retained: Whole = attrs.field(repr=False)
    repurchased: Whole = attrs.field(repr=False)
    orders: Whole = attrs.field(repr=False)
    money: Whole = attrs.field(repr=False)
    waiting: int
    without_purchase: int
    orders_left_out: int
    money_left_out: int
    sizes: Whole = attrs.field(init=False, repr=False)
    _last: int = attrs.field(init=False, repr=False)  # the last period that is over
    _current: int = attrs.field(init=False, repr=False)  # the period of *through*: over on its last day, else not
    _widths: Whole = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        until = day_number(self.through, name="through", code=_CODE)
        keep(self, "_last", last_complete(until, require_grain(self.grain)))
        keep(self, "_current", number_of(until, self.grain))
        keep(self, "cohorts", own_periods(self.cohorts, self.grain, name="cohorts", code=_CODE))
        if (self.cohorts[1:] <= self.cohorts[:-1]).any() or (self.cohorts > self._last).any():
            raise InvalidValue("cohorts must rise, and be over", code=_CODE, value=None)
        keep(self, "_widths", own_column(self._last - self.cohorts + 1, name="widths", code=_CODE))
        cells = int(self._widths.sum())
        for measure in CohortMeasure:
            low = -MAX_MINOR if measure is CohortMeasure.MONEY else 0
            column = own_column(getattr(self, measure.value), name=measure.value, code=_CODE, low=low, size=cells)
            keep(self, measure.value, column)
        keep(self, "sizes", own_column(self.retained[self._starts()], name="sizes", code=_CODE, low=1))
        for name in ("waiting", "without_purchase", "orders_left_out"):
            require_int(getattr(self, name), code=_CODE, name=name, low=0)
        require_int(self.money_left_out, code=_CODE, name="money_left_out")
        later = self._ages() > 0
        fell = (self.repurchased[1:] < self.repurchased[:-1]) & later[1:]
        if fell.any() or (self.repurchased > np.repeat(self.sizes, self._widths)).any():
            raise InvalidValue("who has bought twice never falls, and is within the cohort", code=_CODE, value=None)
        if (self.retained > np.where(later, np.minimum(self.repurchased, self.orders), self.orders)).any():
            raise InvalidValue("a customer retained has an order, and two in all", code=_CODE, value=None)

    def _starts(self) -> Whole:
        """The place of age 0 of each cohort."""
        return np.cumsum(self._widths) - self._widths

    def _ages(self) -> Whole:
        """The age of each cell."""
        return np.arange(int(self._widths.sum())) - np.repeat(self._starts(), self._widths)

    @property
    def ages(self) -> int:
        """How many ages the first cohort has been observed at, 0 among them."""
        return int(self._widths.max(initial=0))

    @property
    def first_days(self) -> NDArray[np.datetime64]:
        """The first day of each cohort's period."""
        return first_days(self.cohorts, self.grain)

    @property
    def labels(self) -> tuple[str, ...]:
        """The name of each cohort."""
        return labels_of(self.cohorts, self.grain)

    def cell(self, cohort: date, age: int) -> CohortCell:
        """What is known of the cohort whose first period holds the day *cohort*, at an age in periods.

        Raises: NotFound where nobody bought first in that period, or it is not over; InvalidType, InvalidValue.
        """
        day = day_number(cohort, name="cohort", code=_CODE)
        require_int(age, code=_CODE, name="age", low=0, high=MAX_MINOR)
        number = number_of(day, self.grain)
        row = int(np.searchsorted(self.cohorts, number))
        if row == self.cohorts.size or int(self.cohorts[row]) != number:
            raise NotFound(f"no cohort of {cohort} in this table", code=f"{_CODE}.unknown", value=cohort)
        label, size = labels_of(self.cohorts[row : row + 1], self.grain)[0], int(self.sizes[row])
        observation = self._seen(number + age)
        if observation is not Observation.COMPLETE:
            return CohortCell(cohort=label, age=age, size=size, observation=observation)
        place = int(self._starts()[row]) + age
        counts = {measure.value: int(getattr(self, measure.value)[place]) for measure in CohortMeasure}
        return CohortCell(cohort=label, age=age, size=size, observation=observation, **counts)

    def _seen(self, period: int) -> Observation:
        if period <= self._last:
            return Observation.COMPLETE
        return Observation.PARTIAL if period <= self._current else Observation.NOT_YET

    def mean_retention(self, age: int, mean: CohortMean) -> Fraction | None:
        """The average share of customers who bought at that age, over the cohorts that have reached it; None for none.

        Cohorts at 0 % are kept. A Fraction, as the plain mean of many cohorts has more digits than a Rate.
        Raises: InvalidType, InvalidValue.
        """
        require_int(age, code=_CODE, name="age", low=0, high=MAX_MINOR)
        require_instance(mean, CohortMean, code=_CODE, name="mean")
        reached = self._widths > age
        retained = self.retained[(self._starts() + age)[reached]].tolist() if reached.any() else []
        sizes = self.sizes[reached].tolist()
        if not sizes:
            return None
        match mean:
            case CohortMean.BY_SIZE:
                return Fraction(sum(retained), sum(sizes))
            case CohortMean.PLAIN:
                return sum(map(Fraction, retained, sizes), Fraction(0)) / len(sizes)
            case _:
                assert_never(mean)

    def matrix(self, measure: CohortMeasure) -> Matrix:
        """The cells as a masked array, cohorts down and ages across; what is not observed is masked, and never 0.

        Whoever takes the mask off finds -2**63 there, which is no amount and no count.
        """
        require_instance(measure, CohortMeasure, code=_CODE, name="measure")
        seen = np.arange(self.ages) < self._widths[:, None]
        cells = np.full(seen.shape, _NOTHING, dtype=np.int64)
        cells[seen] = getattr(self, measure.value)
        return np.ma.MaskedArray(cells, mask=~seen, fill_value=_NOTHING)

    def observations(self) -> NDArray[np.str_]:
        """Why a cell of `matrix` is masked: the value of its `Observation`, cell by cell."""
        period = self.cohorts[:, None] + np.arange(self.ages)
        missing = np.where(period <= self._current, Observation.PARTIAL.value, Observation.NOT_YET.value)
        return np.where(period <= self._last, Observation.COMPLETE.value, missing)

    def explain(self) -> str:
        """Retention by cohort and age, and both means of each age; the first 12 ages of the last 24 cohorts."""
        head, rows = self._shown()
        return "\n".join([self._caption(), text_table([head, *rows], align=_sides(head)), *self._notes()])

    def _repr_html_(self) -> str:
        head, rows = self._shown()
        return html_table(head, rows, align=_sides(head), caption="; ".join([self._caption(), *self._notes()]))

    def _caption(self) -> str:
        one = grain_text(self.grain)
        return f"cohorts by {one}, through {self.through}: share of the customers who bought in the {one} of that age"

    def _shown(self) -> tuple[list[str], list[list[str | None]]]:
        ages = range(1, min(self.ages, _SHOWN_AGES + 1))
        first = max(0, self.sizes.size - _SHOWN_COHORTS)
        rows: list[list[str | None]] = []
        for row, label in zip(range(first, self.sizes.size), labels_of(self.cohorts[first:], self.grain), strict=True):
            cells = [self._share(row, age) for age in ages]
            rows.append([label, f"{self.sizes[row]:,}", *cells])
        means = [[_MEANS[mean], "", *(_percent(self.mean_retention(age, mean)) for age in ages)] for mean in CohortMean]
        return ["cohort", "customers", *map(str, ages)], rows + means

    def _share(self, row: int, age: int) -> str | None:
        seen = self._seen(int(self.cohorts[row]) + age)
        if seen is not Observation.COMPLETE:
            return "..." if seen is Observation.PARTIAL else None
        return _percent(Fraction(int(self.retained[self._starts()[row] + age]), int(self.sizes[row])))

    def _notes(self) -> list[str]:
        one = grain_text(self.grain)
        notes = [(self.waiting, "customer", f"first bought in a {one} that is not over")]
        notes += [(self.without_purchase, "customer", "only gave something back")]
        texts = [self._legend(), *(f"{counted(many, name)} {why}" for many, name, why in notes if many)]
        if self.orders_left_out or self.money_left_out:
            texts.append(f"left out: {counted(self.orders_left_out, 'order')}, {self.money_left_out:,} in minor units")
        return [text for text in texts if text]

    def _legend(self) -> str:
        """What the cells without a number are, and what is not shown at all."""
        one = grain_text(self.grain)
        ages = range(1, min(self.ages, _SHOWN_AGES + 1))
        seen = {self._seen(int(cohort) + age) for cohort in self.cohorts[-_SHOWN_COHORTS:] for age in ages}
        marks = {
            Observation.PARTIAL: f"... is a {one} that is not over",
            Observation.NOT_YET: f"- is a {one} that has not begun",
        }
        words = [text for mark, text in marks.items() if mark in seen]
        if self.ages > _SHOWN_AGES + 1 or self.sizes.size > _SHOWN_COHORTS:
            words.append("more in to_columns()")
        return ", ".join(words)

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """The cells that are there: the first day of the *cohort*, *age*, *size*, and a column for each measure."""
        return {
            "cohort": np.repeat(self.first_days, self._widths),
            "age": self._ages(),
            "size": np.repeat(self.sizes, self._widths),
            **{measure.value: getattr(self, measure.value).copy() for measure in CohortMeasure},
        }


def _sides(head: list[str]) -> list[Align]:
    return [Align.LEFT] + [Align.RIGHT] * (len(head) - 1)


def _percent(share: Fraction | None) -> str | None:
    """One decimal, halves up; a Rate may have too few digits for it."""
    if share is None:
        return None
    return percent_text(Rate(Rounding.HALF_UP.divide(share.numerator * 1000, share.denominator), 1000))
