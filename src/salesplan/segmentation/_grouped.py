"""What migrations and lists of candidates take: customers with the place of the segment of each."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..columns import Whole
from ..money import Currency
from .segments import Segment

__all__ = ["Grouped"]


class Grouped(Protocol):
    """Customers, rising, with the place of the segment of each: an assignment, or stages of the lifecycle."""

    @property
    def customer(self) -> Whole: ...
    @property
    def segment(self) -> NDArray[np.int16]: ...
    @property
    def segments(self) -> tuple[Segment, ...]: ...
    @property
    def money(self) -> Whole | None: ...
    @property
    def currency(self) -> Currency | None: ...
