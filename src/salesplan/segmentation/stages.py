"""Customers and their stages: one row a customer, in the form that migrations take too."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, overload

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole, day_number, whole_numbers
from ..display import Align, html_table, text_table
from ..errors import InvalidValue, require_instance
from ..money import MAX_MINOR, Currency
from ..rate import Rate
from ._days_with_holes import days_with_holes
from ._one_code import row_of
from ._own_arrays import ByBytes, own_codes, own_column
from ._rate_text import percent_text
from .lifecycle import STAGES, LifecyclePolicy, Stage, stage_segments
from .segments import Segment, place_named
from .summary import CustomerSummary

__all__ = ["Lifecycle", "StageStanding", "lifecycle"]

_CODE: Final = "segmentation.lifecycle"
_DAYS: Final = "datetime64[D]"


@attrs.frozen(kw_only=True)
class StageStanding:
    """The stage of one customer, the days it comes from, and where they are from *moves_on* on if they buy nothing."""

    customer: int
    as_of: date
    stage: Stage
    first_day: date | None
    last_day: date | None
    previous_last_day: date | None
    moves_on: date | None
    moves_to: Stage | None

    def explain(self) -> str:
        """The stage and why, one line each."""
        return "\n".join(" ".join(pair) for pair in self._rows())

    def _repr_html_(self) -> str:
        return html_table(("", ""), self._rows())

    def _rows(self) -> list[tuple[str, str]]:
        rows = [(f"customer {self.customer} on {self.as_of}:", self.stage.value.replace("_", " "))]
        if self.first_day is None or self.last_day is None:
            return [*rows, ("because", "nothing was bought")]
        silent = (self.as_of - self.last_day).days
        reason = f"the last purchase was {silent:,} days ago, on {self.last_day}"
        if self.stage is Stage.NEW:
            reason = f"the first purchase was {(self.as_of - self.first_day).days:,} days ago, on {self.first_day}"
        if self.stage is Stage.REACTIVATED and self.previous_last_day is not None:
            reason += f", {(self.last_day - self.previous_last_day).days:,} days after the one before"
        rows.append(("because", reason))
        if self.moves_on is not None and self.moves_to is not None:
            rows.append(("without a purchase", f"{self.moves_to.value.replace('_', ' ')} on {self.moves_on}"))
        return rows


@attrs.frozen(kw_only=True, eq=False)
class Lifecycle(ByBytes):
    """The stage of every customer on *as_of*.

    Shape: *customer* rises, each once; the three days and the money (None: not given) are of the same length, NaT where
    there is no such day. *segment* is the place in `segments`, which are the stages in order.
    Law: as the policy's `stage_of` says, customer by customer.
    Raises: InvalidValue for days that are not in order.
    """

    policy: LifecyclePolicy
    as_of: date
    customer: Whole = attrs.field(repr=False)
    first_day: NDArray[np.datetime64] = attrs.field(repr=False)
    last_day: NDArray[np.datetime64] = attrs.field(repr=False)
    previous_last_day: NDArray[np.datetime64] = attrs.field(repr=False)
    money: Whole | None = attrs.field(default=None, repr=False)
    currency: Currency | None = None
    segment: NDArray[np.int16] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        require_instance(self.policy, LifecyclePolicy, code=_CODE, name="policy")
        day_number(self.as_of, name="as_of", code=_CODE)
        keep(self, "customer", own_codes(self.customer, code=_CODE))
        size = self.customer.size
        for name in ("first_day", "last_day", "previous_last_day"):
            keep(self, name, days_with_holes(getattr(self, name), name=name, code=_CODE, size=size))
        if self.currency is not None:
            require_instance(self.currency, Currency, code=_CODE, name="currency")
        if self.money is not None:
            keep(self, "money", own_column(self.money, name="money", code=_CODE, low=-MAX_MINOR, size=size))
        first, last, previous = self.first_day, self.last_day, self.previous_last_day
        odd = (np.isnat(first) != np.isnat(last)) | (first > last) | (last > np.datetime64(self.as_of))
        odd |= (np.isnat(previous) != ~(first < last)) | (previous < first) | (previous >= last)
        if odd.any():
            code = int(self.customer[int(np.argmax(odd))])
            raise InvalidValue(
                f"customer {code}: first, previous and last day must rise up to as_of", code=f"{_CODE}.days", value=code
            )
        segment = self.policy.places(
            as_of=np.datetime64(self.as_of), first_day=first, last_day=last, previous_last_day=previous
        )
        segment.setflags(write=False)
        keep(self, "segment", segment)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The stages as segments."""
        return stage_segments()

    @property
    def counts(self) -> Whole:
        """How many customers each stage has."""
        return np.bincount(self.segment, minlength=len(STAGES)).astype(np.int64)

    def stage_of(self, customer: int) -> Stage:
        """The stage of a customer.

        Raises: NotFound.
        """
        return STAGES[int(self.segment[self._row(customer)])]

    def customers_in(self, stage: Stage | str) -> Whole:
        """The customers in that stage, rising.

        Raises: NotFound.
        """
        found: Whole = self.customer[self.segment == place_named(self.segments, stage, code=_CODE)]
        return found

    @overload
    def explain(self) -> str: ...
    @overload
    def explain(self, *, customer: int) -> StageStanding: ...
    def explain(self, *, customer: int | None = None) -> str | StageStanding:
        """The stages and their customers; for one customer, the stage and why.

        Raises: NotFound.
        """
        if customer is None:
            return text_table([_HEAD, *self._rows()], align=_SIDES)
        row = self._row(customer)
        names = ("first_day", "last_day", "previous_last_day")
        first, last, previous = (getattr(self, name)[row].item() for name in names)
        moves = self.policy.moves(as_of=self.as_of, first_day=first, last_day=last, previous_last_day=previous)
        return StageStanding(
            customer=int(self.customer[row]),
            as_of=self.as_of,
            stage=STAGES[int(self.segment[row])],
            first_day=first,
            last_day=last,
            previous_last_day=previous,
            moves_on=None if moves is None else moves[0],
            moves_to=None if moves is None else moves[1],
        )

    def _repr_html_(self) -> str:
        return html_table(_HEAD, self._rows(), align=_SIDES)

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """One row a customer: *customer*, *stage* (the place in `segments`) and the three days."""
        names = ("first_day", "last_day", "previous_last_day")
        days = {name: getattr(self, name).copy() for name in names}
        return {"customer": self.customer.copy(), "stage": self.segment.copy(), **days}

    def _rows(self) -> list[tuple[str, str, str, str]]:
        whole = max(self.customer.size, 1)
        return [
            (segment.name.replace("_", " "), f"{count:,}", percent_text(Rate(count, whole)), str(segment.action or ""))
            for segment, count in zip(self.segments, self.counts.tolist(), strict=True)
        ]

    def _row(self, customer: int) -> int:
        return row_of(self.customer, customer, code=_CODE)


_HEAD: Final = ("stage", "customers", "share", "action")
_SIDES: Final = [Align.LEFT, Align.RIGHT, Align.RIGHT, Align.LEFT]


def lifecycle(
    summary: CustomerSummary, *, policy: LifecyclePolicy, previous_last_day: object, prospects: object = ()
) -> Lifecycle:
    """The stages of the customers of a summary, and of *prospects*, who have bought nothing.

    *previous_last_day* is the purchase day before the last for each customer of the summary, None, NaT or NA where
    there is only one; `PurchaseDays.previous_last_day` has it.
    Raises: InvalidType, InvalidValue for days that are not such, or do not fit the summary; for prospects who bought.
    """
    require_instance(summary, CustomerSummary, code=_CODE, name="summary")
    size = len(summary)
    previous = days_with_holes(previous_last_day, name="previous_last_day", code=_CODE, size=size)
    customer = np.asarray(summary.customer, dtype=np.int64)
    more = np.sort(whole_numbers(prospects, name="prospects", code=_CODE, low=0))
    clash = np.isin(more, customer)
    if clash.any():
        code = int(more[int(np.argmax(clash))])
        raise InvalidValue(f"customer {code} has bought, and is no prospect", code=f"{_CODE}.prospects", value=code)
    order = np.argsort(np.concatenate([customer, more]), kind="stable")
    none = np.full(more.size, np.datetime64("NaT"), dtype=_DAYS)
    bought = {
        "first_day": np.asarray(summary.first_day, dtype=np.int64).astype(_DAYS),
        "last_day": np.asarray(summary.last_day, dtype=np.int64).astype(_DAYS),
        "previous_last_day": previous,
    }
    return Lifecycle(
        policy=policy,
        as_of=summary.as_of,
        customer=np.concatenate([customer, more])[order],
        money=np.concatenate([summary.money, np.zeros(more.size, dtype=np.int64)])[order],
        currency=summary.currency,
        **{name: np.concatenate([days, none])[order] for name, days in bought.items()},
    )
