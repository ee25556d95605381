"""Who went where between two assignments: customers and money from segment to segment, who came and who left.

Every customer of the first assignment is in one cell of the table or has left, every one of the second is in one cell
or has come, and so nothing is lost on either side. Money is carried twice: what the customer was worth before, and what
they are worth after.

Left out: chances of moving in a period to come; a row share is what happened.
"""

from __future__ import annotations

from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole
from ..display import Align, html_table, text_table
from ..errors import InvalidType, InvalidValue, clip, listed, require_instance
from ..money import Currency, CurrencyMismatch
from ..rate import Rate
from ._grouped import Grouped
from ._own_arrays import ByBytes, own_table
from ._place_sums import sums_at
from ._rate_text import percent_text
from .lifecycle import Stage
from .segments import Segment, place_named

__all__ = ["Migration", "migrate", "movers"]

_CODE: Final = "segmentation.migration"


@attrs.frozen(kw_only=True, eq=False)
class Migration(ByBytes):
    """Customers by the segment before (rows) and after (columns); the last column has left, the last row has come.

    Shape: *counts*, and *money_before* and *money_after* (None where one side had no money), are tables of one row more
    than *before* has segments and one column more than *after*; their last cell is 0, as is the money of those who had
    not come yet, or have left.
    Law: the rows sum to the customers and the money before, the columns to those after.
    Raises: InvalidType, InvalidValue for tables that cannot be.
    """

    before: tuple[Segment, ...]
    after: tuple[Segment, ...]
    counts: Whole = attrs.field(repr=False)
    money_before: Whole | None = attrs.field(default=None, repr=False)
    money_after: Whole | None = attrs.field(default=None, repr=False)
    currency: Currency | None = None

    def __attrs_post_init__(self) -> None:
        for side in ("before", "after"):
            segments = listed(getattr(self, side), code=_CODE, name=side)
            for segment in segments:
                require_instance(segment, Segment, code=_CODE, name="a segment")
            object.__setattr__(self, side, segments)
        if self.currency is not None:
            require_instance(self.currency, Currency, code=_CODE, name="currency")
        width = len(self.after) + 1
        for name, low in (("counts", 0), ("money_before", None), ("money_after", None)):
            table = getattr(self, name)
            if table is None and name != "counts":
                continue
            own = own_table(table, width=width, name=name, code=_CODE, low=-(2**63) + 1 if low is None else low)
            if len(own) != len(self.before) + 1 or own[-1, -1]:
                raise InvalidValue(f"{name} has a row for each segment before, and one more", code=_CODE, value=None)
            object.__setattr__(self, name, own)
        absent = (self.money_before, -1), (None if self.money_after is None else self.money_after.T, -1)
        if any(table is not None and table[at].any() for table, at in absent):
            raise InvalidValue("who has not come yet, or has left, has no money there", code=_CODE, value=None)

    def count(self, before: str, after: str) -> int:
        """How many went from one segment to the other.

        Raises: NotFound.
        """
        return int(
            self.counts[place_named(self.before, before, code=_CODE), place_named(self.after, after, code=_CODE)]
        )

    def share(self, before: str, after: str) -> Rate | None:
        """Which part of those before went there; None where nobody was.

        Law: the shares of a row and its share of leavers sum to 1.
        """
        row = place_named(self.before, before, code=_CODE)
        total = int(self.counts[row].sum())
        return None if total == 0 else Rate(self.count(before, after), total)

    @property
    def stayed(self) -> int:
        """How many are in a segment of the same name as before."""
        places = {segment.name: at for at, segment in enumerate(self.after)}
        pairs = [(at, places[segment.name]) for at, segment in enumerate(self.before) if segment.name in places]
        return sum(int(self.counts[row, column]) for row, column in pairs)

    @property
    def moved(self) -> int:
        """How many are in a segment of another name than before."""
        return int(self.counts[:-1, :-1].sum()) - self.stayed

    @property
    def leavers(self) -> Whole:
        """By segment before, how many are no longer there."""
        return self.counts[:-1, -1]

    @property
    def entrants(self) -> Whole:
        """By segment after, how many were not there before."""
        return self.counts[-1, :-1]

    def explain(self) -> str:
        """The table of customers, with the share that stayed."""
        return "\n".join([self._caption(), text_table([self._head(), *self._rows()], align=self._sides())])

    def _repr_html_(self) -> str:
        return html_table(self._head(), self._rows(), align=self._sides(), caption=self._caption())

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """One row a cell: *before* and *after* (places; the last is come or left), *customers* and the money."""
        rows, columns = np.indices(self.counts.shape)
        found: dict[str, NDArray[Any]] = {
            "before": rows.ravel(),
            "after": columns.ravel(),
            "customers": self.counts.ravel().copy(),
        }
        for name in ("money_before", "money_after"):
            table = getattr(self, name)
            if table is not None:
                found[name] = table.ravel().copy()
        return found

    def _caption(self) -> str:
        came, left = int(self.entrants.sum()), int(self.leavers.sum())
        return f"{self.stayed:,} stayed, {self.moved:,} moved, {came:,} came, {left:,} left"

    def _head(self) -> list[str]:
        return ["", *(segment.name for segment in self.after), "left", "stayed"]

    def _sides(self) -> list[Align]:
        return [Align.LEFT, *[Align.RIGHT] * (len(self.after) + 2)]

    def _rows(self) -> list[list[str]]:
        after = {segment.name for segment in self.after}
        names = [segment.name for segment in self.before]
        shares = [*(self.share(name, name) if name in after else None for name in names), None]
        rows = []
        for name, counts, share in zip([*names, "came"], self.counts.tolist(), shares, strict=True):
            rows.append([name, *(f"{count:,}" for count in counts), "" if share is None else percent_text(share)])
        return rows


def migrate(before: Grouped, after: Grouped) -> Migration:
    """The customers of two assignments, from segment to segment.

    The money of one side is left out where that side has none.
    Law: no customer and no money is lost on either side; the order of rows changes no byte.
    Raises: CurrencyMismatch; InvalidType for anything that is not grouped; InvalidValue for a sum past 63 bits.
    """
    for each in (before, after):
        if not all(hasattr(each, name) for name in ("customer", "segment", "segments", "money", "currency")):
            raise InvalidType(f"migrate takes two assignments: {clip(each)}", code=_CODE, value=each)
    currencies = {each.currency for each in (before, after) if each.money is not None}
    if len(currencies) > 1:
        names = sorted(str(each or "money without a currency") for each in currencies)
        raise CurrencyMismatch(f"from {names[0]} to {names[1]}", code="money.currency_mismatch", value=names[1])
    _, first, second = np.intersect1d(before.customer, after.customer, assume_unique=True, return_indices=True)
    rows, columns = len(before.segments) + 1, len(after.segments) + 1
    column = np.full(before.customer.size, columns - 1, dtype=np.int64)
    column[first] = after.segment[second]
    row = np.full(after.customer.size, rows - 1, dtype=np.int64)
    row[second] = before.segment[first]
    cells = {"money_before": before.segment * np.int64(columns) + column, "money_after": row * columns + after.segment}
    came = cells["money_after"][row == rows - 1]
    tables = {
        name: sums_at(
            cells[name], side.money, size=rows * columns, name="the money of a cell", code=f"{_CODE}.too_much"
        ).reshape(rows, columns)
        for name, side in (("money_before", before), ("money_after", after))
        if side.money is not None
    }
    counts = sum(np.bincount(each, minlength=rows * columns) for each in (cells["money_before"], came))
    return Migration(
        before=before.segments,
        after=after.segments,
        counts=np.reshape(counts, (rows, columns)),
        currency=next(iter(currencies), None),
        **tables,
    )


def movers(before: Grouped, after: Grouped, *, start: str | Stage | None, end: str | Stage | None) -> Whole:
    """The customers who were in the segment, or stage, *start* before and are in *end* after, rising.

    None is not to be there: who came has no start, who left has no end.
    Law: as many as `migrate` counts in that cell.
    Raises: InvalidType for anything that is not grouped; NotFound for a segment that is not there; InvalidValue for
    None on both sides.
    """
    chosen: list[Whole] = []
    if start is None and end is None:
        raise InvalidValue("who is on neither side has not moved", code=_CODE, value=None)
    for side, name in ((before, start), (after, end)):
        if not all(hasattr(side, each) for each in ("customer", "segment", "segments")):
            raise InvalidType(f"movers takes two assignments: {clip(side)}", code=_CODE, value=side)
        chosen.append(
            side.customer
            if name is None
            else side.customer[side.segment == place_named(side.segments, name, code=_CODE)]
        )
    if start is None or end is None:
        here, there = chosen if end is None else chosen[::-1]
        return np.setdiff1d(here, there, assume_unique=True)
    return np.intersect1d(chosen[0], chosen[1], assume_unique=True)
