"""Customers and their segments: one row a customer, found through the table of a proven map.

Days, orders and money are those of the summary, which says what they mean. A customer who is known but has bought
nothing has 0 orders, and is in the segment of prospects.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final, overload

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole, day_number
from ..display import Align, html_table, text_table
from ..errors import InvalidType, InvalidValue, clip, require_instance
from ..money import MAX_MINOR, Currency, CurrencyMismatch, Money
from ..rate import Rate
from ._one_code import row_of
from ._one_customer import standing_of
from ._own_arrays import ByBytes, own_codes, own_table
from ._place_sums import sums_at
from ._rate_text import percent_text
from .cuts import Cuts
from .nested_cuts import NestedCuts
from .segments import Segment, place_named
from .standing import CustomerStanding

if TYPE_CHECKING:
    from .segment_map import SegmentMap

__all__ = ["Assignment"]

_CODE: Final = "segmentation.assignment"


@attrs.frozen(kw_only=True, eq=False)
class Assignment(ByBytes):
    """The segment of every customer.

    Shape: *customer* rises, each once; *values* has a row of days since last, orders and money for each, *levels* a row
    of r, f and m; a map over scores needs the levels, and has the values, and the *cuts* between the levels, to explain
    with. A row of zeros is a customer who has bought nothing. *segment* is the place in `segments`, *rule* that of the
    rule that holds (-1: the rest, -2: has not bought).
    Law: as the map's `segment_of` says, customer by customer.
    Raises: InvalidValue for numbers that are not on the axes of the map, or levels that are not those of the cuts;
    InvalidType for cuts with nothing to explain; CurrencyMismatch.
    """

    map: SegmentMap
    customer: Whole = attrs.field(repr=False)
    values: Whole | None = attrs.field(default=None, repr=False)
    levels: Whole | None = attrs.field(default=None, repr=False)
    cuts: Cuts | NestedCuts | None = None
    as_of: date | None = None
    currency: Currency | None = None
    rule: NDArray[np.int32] = attrs.field(init=False, repr=False)
    segment: NDArray[np.int16] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        from .segment_map import SegmentMap  # it makes assignments

        keep = object.__setattr__
        require_instance(self.map, SegmentMap, code=_CODE, name="map")
        if self.currency is not None:
            require_instance(self.currency, Currency, code=_CODE, name="currency")
        if self.cuts is not None and not isinstance(self.cuts, Cuts | NestedCuts):
            raise InvalidType(f"cuts must be Cuts or NestedCuts: {clip(self.cuts)}", code=_CODE, value=self.cuts)
        if self.cuts is not None and (not self.map.by_scores or self.values is None):
            raise InvalidType("cuts explain scores, and take the summary too", code=f"{_CODE}.cuts", value=self.cuts)
        if self.map.currency is not None and self.map.currency != self.currency:
            raise CurrencyMismatch(
                f"the rules are in {self.map.currency}, the money in {self.currency}",
                code="money.currency_mismatch",
                value=self.currency,
            )
        keep(self, "customer", own_codes(self.customer, code=_CODE))
        if self.values is not None:
            keep(self, "values", own_table(self.values, width=3, name="values", code=_CODE, low=-MAX_MINOR))
        if self.levels is not None:
            keep(self, "levels", own_table(self.levels, width=3, name="levels", code=_CODE))
        if self.as_of is not None:
            day_number(self.as_of, name="as_of", code=_CODE)
        numbers = self.levels if self.map.by_scores else self.values
        if numbers is None:
            wanted = "levels" if self.map.by_scores else "raw numbers"
            raise InvalidType(f"this map takes {wanted}", code=_CODE, value=None)
        for each in (self.values, self.levels):
            if each is not None and len(each) != self.customer.size:
                raise InvalidValue("a row for each customer", code=_CODE, value=len(each))
        self._on_the_axes()
        rule = self.map.rule_places((numbers[:, 0], numbers[:, 1], numbers[:, 2]))
        rule = np.where(self.bought, rule, np.int32(-2))
        if self.map.prospects is None and not self.bought.all():
            raise self._at_fault(~self.bought, "has bought nothing: give the map prospects=")
        segment = self.map.segment_places()[rule]
        for name, column in (("rule", rule), ("segment", segment)):
            column.setflags(write=False)
            keep(self, name, column)

    @property
    def bought(self) -> NDArray[np.bool_]:
        """Who has bought something."""
        numbers = self.levels if self.levels is not None else self.values
        assert numbers is not None
        bought: NDArray[np.bool_] = numbers[:, 1] > 0
        return bought

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The segments, in the order of the map."""
        return self.map.segments

    @property
    def money(self) -> Whole | None:
        """The money of each customer; None where it was not given."""
        return None if self.values is None else self.values[:, 2]

    @property
    def counts(self) -> Whole:
        """How many customers each segment has.

        Law: they sum to all customers.
        """
        return np.bincount(self.segment, minlength=len(self.segments)).astype(np.int64)

    @property
    def money_by_segment(self) -> Whole | None:
        """The money of each segment, in minor units; None where it was not given.

        Raises: InvalidValue for a sum past 63 bits.
        """
        if self.money is None:
            return None
        return sums_at(
            self.segment, self.money, size=len(self.segments), name="the money of a segment", code=f"{_CODE}.too_much"
        )

    def segment_of(self, customer: int) -> Segment:
        """The segment of a customer.

        Raises: NotFound.
        """
        return self.segments[int(self.segment[self._row(customer)])]

    def customers_in(self, segment: str) -> Whole:
        """The customers of the segment of that name, or with that alias, rising.

        Raises: NotFound.
        """
        found: Whole = self.customer[self.segment == place_named(self.segments, segment, code=_CODE)]
        return found

    @overload
    def explain(self) -> str: ...
    @overload
    def explain(self, *, customer: int) -> CustomerStanding: ...
    def explain(self, *, customer: int | None = None) -> str | CustomerStanding:
        """The segments with their customers and money; for one customer, where they stand and why.

        Raises: NotFound.
        """
        if customer is None:
            return "\n".join([self._caption(), text_table([_HEAD, *self._rows()], align=_SIDES)])
        return standing_of(self, self._row(customer))

    def _repr_html_(self) -> str:
        return html_table(_HEAD, self._rows(), align=_SIDES, caption=self._caption())

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """One row a customer: *customer*, *segment* (the place in `segments`), *rule*, and what it was found by."""
        columns: dict[str, NDArray[Any]] = {
            "customer": self.customer.copy(),
            "segment": self.segment.copy(),
            "rule": self.rule.copy(),
        }
        if self.values is not None:
            for at, name in enumerate(("days_since_last", "orders", "money")):
                columns[name] = self.values[:, at].copy()
            columns["days_since_last"] = np.ma.masked_array(columns["days_since_last"], mask=~self.bought)
        if self.levels is not None:
            for at, name in enumerate("rfm"):
                columns[name] = self.levels[:, at].copy()
        return columns

    def _caption(self) -> str:
        on = "" if self.as_of is None else f" on {self.as_of}"
        unit = "" if self.currency is None else f", money in {self.currency}"
        return f"{self.customer.size:,} customers{on}{unit}"

    def _rows(self) -> list[tuple[object, ...]]:
        counts, sums = self.counts.tolist(), self.money_by_segment
        money = [None] * len(counts) if sums is None else [int(each) for each in sums]
        total = sum(each or 0 for each in money)
        return [
            (
                segment.name,
                f"{count:,}",
                percent_text(Rate(count, max(self.customer.size, 1))),
                "" if amount is None else self._amount_text(amount),
                "" if amount is None or total <= 0 else percent_text(Rate(amount, total)),
                str(segment.action or ""),
            )
            for segment, count, amount in zip(self.segments, counts, money, strict=True)
        ]

    def _amount_text(self, minor: int) -> str:
        return f"{minor:,}" if self.currency is None else Money(minor, self.currency).amount

    def _on_the_axes(self) -> None:
        """Refuse numbers that the proof of the map does not speak of."""
        bought = self.bought
        if self.values is not None:
            days, orders = self.values[:, 0], self.values[:, 1]
            odd = np.where(bought, (days < 0) | (orders < 1), (self.values != 0).any(axis=1))
            if odd.any():
                raise self._at_fault(odd, "has numbers that cannot be")
        if self.levels is None:
            return
        odd = bought & ((self.levels < 1) | (self.levels > self.map.levels)).any(axis=1)
        odd |= ~bought & (self.levels != 0).any(axis=1)
        if odd.any():
            raise self._at_fault(odd, f"has levels outside 1 to {self.map.levels}")
        if self.cuts is not None and self.values is not None:
            odd = bought & (self.cuts.levels(self.values) != self.levels).any(axis=1)
            if odd.any():
                raise self._at_fault(odd, "has levels that do not follow from the cuts")

    def _at_fault(self, odd: NDArray[np.bool_], what: str) -> InvalidValue:
        customer = int(self.customer[int(np.argmax(odd))])
        return InvalidValue(f"customer {customer} {what}", code=f"{_CODE}.values", value=customer)

    def _row(self, customer: int) -> int:
        return row_of(self.customer, customer, code=_CODE)


_HEAD: Final = ("segment", "customers", "share", "money", "share", "action")
_SIDES: Final = [Align.LEFT, Align.RIGHT, Align.RIGHT, Align.RIGHT, Align.RIGHT, Align.LEFT]
