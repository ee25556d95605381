"""What scores are made of: which values, cut where, among whom."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import assert_never

from ..columns import Whole
from ._quantile_cuts import Bound, linear_cuts, nearest_rank_cuts
from .summary import CustomerSummary

__all__ = ["CutMethod", "Frequency", "Nesting", "cutter", "values_of"]


class CutMethod(Enum):
    """Where the cut between two levels lies."""

    NEAREST_RANK = "nearest_rank"
    """On a value that occurs."""
    LINEAR = "linear"
    """On the straight line between two values that occur, as numpy and pandas do by default."""


class Nesting(Enum):
    """Among whom the levels are of equal size."""

    INDEPENDENT = "independent"
    """Among all customers, for each of the three."""
    NESTED = "nested"
    """Frequency among those of one recency score, money among those of one recency and one frequency score."""


class Frequency(Enum):
    """What frequency counts."""

    ORDERS = "orders"
    """Purchases, two on one day too."""
    PURCHASE_DAYS = "purchase_days"
    """Days with a purchase; the summary must have them."""


def values_of(summary: CustomerSummary, frequency_of: Frequency) -> tuple[Whole, Whole, Whole]:
    """Recency, frequency and money of each customer."""
    match frequency_of:
        case Frequency.ORDERS:
            frequency = summary.orders
        case Frequency.PURCHASE_DAYS:
            frequency = summary.purchase_days
        case _:
            assert_never(frequency_of)
    return summary.days_since_last, frequency, summary.money


def cutter(method: CutMethod, levels: int) -> Callable[[Whole], tuple[Bound, ...]]:
    """What cuts values into *levels* of equal size."""
    match method:
        case CutMethod.NEAREST_RANK:
            return lambda values: nearest_rank_cuts(values, levels)
        case CutMethod.LINEAR:
            return lambda values: linear_cuts(values, levels)
        case _:
            assert_never(method)
