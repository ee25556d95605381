"""Repurchase rates with the base they are of: one, or one for each cohort."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any, Final, TypeAlias, assert_never

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole, day_number
from ..display import Align, html_table, text_table
from ..errors import InvalidType, InvalidValue, NotFound, clip, require_int
from ..money import MAX_MINOR
from ..rate import Rate
from ._grain import Grains, counted, first_days, labels_of, number_of, own_periods, require_grain
from ._own_arrays import ByBytes, own_column
from ._place_sums import total_of
from ._rate_text import percent_text

__all__ = ["Repeat", "RepurchaseBase", "RepurchaseRate", "RepurchaseTable", "WithinDays", "require_base"]

_CODE: Final = "segmentation.repurchase"
_SHOWN: Final = 24
_HEAD: Final = ("cohort", "customers", "bought again", "rate", "waiting")
_ALIGN: Final = (Align.LEFT, *[Align.RIGHT] * 4)


class Repeat(Enum):
    """What makes a customer one who bought again, however long it took."""

    ORDERS = "orders"
    """Two orders or more, on one day or on several."""
    DAYS = "days"
    """Purchases on two days or more."""


@attrs.frozen
class WithinDays:
    """A purchase on a later day, at most *days* after the first; of the customers whose *days* are over.

    Raises: InvalidType, InvalidValue for less than a day.
    """

    days: int

    def __attrs_post_init__(self) -> None:
        require_int(self.days, code=f"{_CODE}.days", name="days", low=1, high=MAX_MINOR)


RepurchaseBase: TypeAlias = Repeat | WithinDays


def require_base(value: object) -> RepurchaseBase:
    """*value* itself when it is a base.

    Raises: InvalidType.
    """
    if not isinstance(value, Repeat | WithinDays):
        raise InvalidType(f"base must be a Repeat or WithinDays: {clip(value)}", code=f"{_CODE}.base", value=value)
    return value


def _in_words(base: RepurchaseBase) -> str:
    match base:
        case Repeat.ORDERS:
            return "ordered twice or more"
        case Repeat.DAYS:
            return "bought on two days or more"
        case WithinDays():
            return f"bought on a later day within {counted(base.days, 'day')} of the first"
        case _:
            assert_never(base)


@attrs.frozen(kw_only=True)
class RepurchaseRate:
    """Of *customers* in the base, *repeated* bought again; *waiting* are not in it yet, *later* came after *as_of*.

    Raises: InvalidType, InvalidValue where more bought again than are in the base, or someone waits for no days.
    """

    base: RepurchaseBase
    as_of: date
    customers: int
    repeated: int
    waiting: int
    later: int

    def __attrs_post_init__(self) -> None:
        require_base(self.base)
        day_number(self.as_of, name="as_of", code=_CODE)
        customers = require_int(self.customers, code=_CODE, name="customers", low=0, high=MAX_MINOR)
        require_int(self.repeated, code=_CODE, name="repeated", low=0, high=customers)
        most = MAX_MINOR if isinstance(self.base, WithinDays) else 0
        require_int(self.waiting, code=_CODE, name="waiting", low=0, high=most)
        require_int(self.later, code=_CODE, name="later", low=0, high=MAX_MINOR)

    @property
    def rate(self) -> Rate | None:
        """The share of the base; None where nobody is in it."""
        return Rate(self.repeated, self.customers) if self.customers else None

    def explain(self) -> str:
        """The rate in a sentence, with its base and who is not in it."""
        share = "no rate" if self.rate is None else percent_text(self.rate)
        of = f"{self.repeated:,} of {counted(self.customers, 'customer')}"
        apart = [(self.waiting, "whose days are not over"), (self.later, "who first bought after that day")]
        text = f"as of {self.as_of}, {of} {_in_words(self.base)}: {share}"
        return text + "".join(f"; {many:,} not counted {why}" for many, why in apart if many)

    def _repr_html_(self) -> str:
        return html_table(_HEAD[1:], [_cells(self)], align=_ALIGN[1:], caption=self.explain())


def _cells(rate: RepurchaseRate) -> tuple[str | None, ...]:
    share = None if rate.rate is None else percent_text(rate.rate)
    return f"{rate.customers:,}", f"{rate.repeated:,}", share, f"{rate.waiting:,}"


@attrs.frozen(kw_only=True, eq=False)
class RepurchaseTable(ByBytes):
    """Repurchase by cohort, the customers who first bought in one period.

    Shape: *cohorts* are the numbers of the periods, rising, only those with customers; a count beside each.
    Raises: InvalidType, InvalidValue as `RepurchaseRate`, and for cohorts that do not rise or begin after *as_of*.
    """

    base: RepurchaseBase
    grain: Grains
    as_of: date
    cohorts: Whole = attrs.field(repr=False)
    customers: Whole = attrs.field(repr=False)
    repeated: Whole = attrs.field(repr=False)
    waiting: Whole = attrs.field(repr=False)
    later: int

    def __attrs_post_init__(self) -> None:
        require_base(self.base)
        keep = object.__setattr__
        day = day_number(self.as_of, name="as_of", code=_CODE)
        keep(self, "cohorts", own_periods(self.cohorts, require_grain(self.grain), name="cohorts", code=_CODE))
        if (self.cohorts[1:] <= self.cohorts[:-1]).any() or (self.cohorts > number_of(day, self.grain)).any():
            raise InvalidValue("cohorts must rise, up to as_of", code=_CODE, value=None)
        for name in ("customers", "repeated", "waiting"):
            keep(self, name, own_column(getattr(self, name), name=name, code=_CODE, size=self.cohorts.size))
        if (self.repeated > self.customers).any():
            raise InvalidValue("more bought again than are in the base", code=_CODE, value=None)
        if ((self.customers == 0) & (self.waiting == 0)).any():
            raise InvalidValue("a cohort has customers", code=_CODE, value=None)
        self.total()  # which checks the sums

    def total(self) -> RepurchaseRate:
        """The rate of all cohorts together."""
        return self._rate([total_of(each) for each in (self.customers, self.repeated, self.waiting)], self.later)

    def rate(self, cohort: date) -> RepurchaseRate:
        """The rate of the cohort whose period holds that day.

        Raises: NotFound where nobody bought first in that period; InvalidType.
        """
        number = number_of(day_number(cohort, name="cohort", code=_CODE), self.grain)
        row = int(np.searchsorted(self.cohorts, number))
        if row == self.cohorts.size or int(self.cohorts[row]) != number:
            raise NotFound(f"no cohort of {cohort} in this table", code=f"{_CODE}.unknown", value=cohort)
        return self._at(row)

    def _at(self, row: int) -> RepurchaseRate:
        return self._rate([int(each[row]) for each in (self.customers, self.repeated, self.waiting)], 0)

    def _rate(self, counts: list[int], later: int) -> RepurchaseRate:
        customers, repeated, waiting = counts
        return RepurchaseRate(
            base=self.base, as_of=self.as_of, customers=customers, repeated=repeated, waiting=waiting, later=later
        )

    def explain(self) -> str:
        """The rates of the last 24 cohorts, and that of all."""
        return "\n".join([self.total().explain(), text_table([_HEAD, *self._shown()], align=_ALIGN)])

    def _repr_html_(self) -> str:
        return html_table(_HEAD, self._shown(), align=_ALIGN, caption=self.total().explain())

    def _shown(self) -> list[tuple[str | None, ...]]:
        first = max(0, self.cohorts.size - _SHOWN)
        labels = labels_of(self.cohorts[first:], self.grain)
        rows = [(label, *_cells(self._at(row))) for row, label in enumerate(labels, start=first)]
        return [*rows, ("all", *_cells(self.total()))]

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """The first day of each *cohort*, and its *customers*, *repeated* and *waiting*."""
        counts = {name: getattr(self, name).copy() for name in ("customers", "repeated", "waiting")}
        return {"cohort": first_days(self.cohorts, self.grain), **counts}
