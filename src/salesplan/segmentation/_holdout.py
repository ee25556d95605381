"""Predicted orders beside those that came, by how often the customers had bought before."""

from __future__ import annotations

from math import fsum
from typing import Final

import attrs
import numpy as np

from ..columns import Reals, Whole
from ..display import Align, html_table, text_table
from ..errors import require_int
from ._histories import own_reals, own_whole, require_one_length
from ._own_arrays import ByBytes

__all__ = ["HoldoutCheck"]

_HEAD: Final = ("repeat days", "customers", "predicted", "actual", "predicted / actual")
_ALIGN: Final = (Align.LEFT, *(Align.RIGHT,) * 4)


@attrs.frozen(kw_only=True, eq=False)
class HoldoutCheck(ByBytes):
    """Orders of *horizon* days, a row for customers with 0, 1, 2 ... repeat days before, the last for so many and more.

    Law: a model that knows the customers predicts every row, not the total alone.
    """

    horizon: int
    customers: Whole = attrs.field(converter=own_whole)
    predicted: Reals = attrs.field(converter=own_reals)
    actual: Whole = attrs.field(converter=own_whole)

    def __attrs_post_init__(self) -> None:
        require_int(self.horizon, code="segmentation.horizon", name="horizon", low=1)
        require_one_length(self.to_columns())

    @property
    def predicted_total(self) -> float:
        """The orders predicted of all customers."""
        return fsum(self.predicted.tolist())

    @property
    def actual_total(self) -> int:
        """The orders of all customers."""
        return sum(self.actual.tolist())

    def to_columns(self) -> dict[str, Whole | Reals]:
        """The rows as columns; the last of *repeat_days* stands for it and more."""
        return {
            "repeat_days": np.arange(len(self.customers), dtype=np.int64),
            "customers": self.customers,
            "predicted": self.predicted,
            "actual": self.actual,
        }

    def explain(self) -> str:
        """The rows and the total."""
        return text_table([_HEAD, *self._rows()], align=_ALIGN)

    def _repr_html_(self) -> str:
        return html_table(_HEAD, self._rows(), align=_ALIGN, caption=f"orders in {self.horizon} days")

    def _rows(self) -> list[tuple[str, ...]]:
        last = len(self.customers) - 1
        rows = [
            _row(f"{at}+" if at == last else str(at), *cells)
            for at, cells in enumerate(
                zip(self.customers.tolist(), self.predicted.tolist(), self.actual.tolist(), strict=True)
            )
        ]
        return [*rows, _row("in all", sum(self.customers.tolist()), self.predicted_total, self.actual_total)]


def _row(name: str, customers: int, predicted: float, actual: int) -> tuple[str, ...]:
    ratio = f"{predicted / actual:.3f}" if actual else "-"
    return name, f"{customers:,}", f"{predicted:,.2f}", f"{actual:,}", ratio
