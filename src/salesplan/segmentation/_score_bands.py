"""What each score means in values, for people: from which whole number up to which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..display import Align
from ..money import Currency, Money
from ._quantile_cuts import Bound, whole_part

if TYPE_CHECKING:
    from .thresholds import RfmThresholds

__all__ = ["bands"]


def bands(thresholds: RfmThresholds) -> tuple[tuple[str, ...], list[tuple[Any, ...]], list[Align]]:
    """The head, the rows and the sides of a table: a row a score, or, nested, a row for each pair of R and F scores."""
    of_r, of_f, of_m = thresholds.levels
    counted = thresholds.frequency_of.value.replace("_", " ")
    recency = _bands(thresholds.recency, None)[::-1]
    if len(thresholds.frequency) == 1 == len(thresholds.monetary):
        columns = [recency, _bands(thresholds.frequency[0], None), _bands(thresholds.monetary[0], thresholds.currency)]
        rows: list[tuple[Any, ...]] = [
            (score, *(each[score - 1] if score <= len(each) else None for each in columns))
            for score in range(max(thresholds.levels), 0, -1)
        ]
        return ("score", "days since last", counted, "money"), rows, [Align.RIGHT] * 4
    rows = []
    for r in range(of_r, 0, -1):
        for f in range(of_f, 0, -1):
            orders = _bands(thresholds.frequency[r - 1], None)[f - 1]
            money = _bands(thresholds.monetary[(r - 1) * of_f + f - 1], thresholds.currency)
            rows.append((r, recency[r - 1], f, orders, *money[::-1]))
    head = ("R", "days since last", "F", counted, *(f"M{m}" for m in range(of_m, 0, -1)))
    return head, rows, [Align.RIGHT] * len(head)


def _bands(cuts: tuple[Bound, ...], currency: Currency | None) -> list[str | None]:
    """The values between the cuts, from the lowest band up; None for a band without a whole number."""
    ends = [whole_part(cut) for cut in cuts]
    return [
        _band(low, high, currency) if low is None or high is None or low < high else None
        for low, high in zip([None, *ends], [*ends, None], strict=True)
    ]


def _band(low: int | None, high: int | None, currency: Currency | None) -> str:
    def shown(number: int) -> str:
        return f"{number:,}" if currency is None else str(Money(number, currency))

    if low is None:
        return "any" if high is None else f"up to {shown(high)}"
    if high is None:
        return f"over {shown(low)}"
    return f"over {shown(low)} to {shown(high)}" if currency is not None or high > low + 1 else shown(high)
