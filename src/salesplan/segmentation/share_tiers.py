"""Tiers by share: the customers who bring the first 80 % of the money, or the best 20 % of the customers.

Customers stand in a row by falling money. A customer is in a tier as long as what stands before them is below its
limit, so the first tier reaches its share, and whoever crosses the limit is still in it. Customers with the same money
have the same ones before them and so stay together, whatever their codes. Only money above 0 is shared out: those who
brought nothing, or less, are always in the last tier of money.

A fitted tier is an amount ("money 1,240.00 or more"), so a fit is a plain `SegmentMap`.

Left out: tiers by two measures at once, which are for scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from itertools import pairwise
from typing import Final

import attrs
import numpy as np

from ..columns import Whole
from ..errors import InvalidValue, listed, require_instance
from ..money import MAX_MINOR, Currency, Money
from ..rate import Rate
from ._place_sums import sum_of
from .assignment import Assignment
from .segment_map import SegmentMap
from .segments import Action, ActionKind, Range, Rule, Segment
from .summary import CustomerSummary

__all__ = ["ShareOf", "ShareTiers", "abc_tiers", "heavy_medium_light"]

_CODE: Final = "segmentation.share_tiers"


class ShareOf(Enum):
    """What is shared out."""

    MONEY = "money"
    """All money above 0: the first tier is who brings the first part of it."""
    CUSTOMERS = "customers"
    """The customers: the first tier is that part of them with the most money."""


@attrs.frozen
class ShareTiers:
    """Tiers from the best on; *limits* are where each but the last ends, counted from the top.

    Law: `fit` does not depend on the order of customers; equal money is never in two tiers.
    Raises: InvalidValue for limits that do not rise within 0 and 1, or one too many or too few.
    """

    segments: tuple[Segment, ...]
    limits: tuple[Rate, ...]
    of: ShareOf = attrs.field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_instance(self.of, ShareOf, code=_CODE, name="of")
        for name, kind in (("segments", Segment), ("limits", Rate)):
            given = listed(getattr(self, name), code=_CODE, name=name)
            for each in given:
                require_instance(each, kind, code=_CODE, name=f"one of the {name}")
            object.__setattr__(self, name, given)
        if not self.limits or len(self.segments) != len(self.limits) + 1:
            raise InvalidValue(
                f"{len(self.segments)} tiers have {len(self.segments) - 1} limits between them, not {len(self.limits)}",
                code=_CODE,
                value=len(self.limits),
            )
        if any(low >= high for low, high in pairwise((Rate(0), *self.limits, Rate(1)))):
            raise InvalidValue("limits must rise between 0 and 100 %", code=_CODE, value=self.limits)
        if len({each.name for each in self.segments}) < len(self.segments):
            raise InvalidValue("two tiers have one name", code=_CODE, value=self.segments)

    def fit(self, summary: CustomerSummary) -> SegmentMap:
        """The map with the amounts that these customers set.

        A tier that nobody is in, because equal customers reach across it, is there without a rule.
        Raises: InvalidValue where nobody has brought anything, or for a sum past 63 bits.
        """
        require_instance(summary, CustomerSummary, code=_CODE, name="summary")
        amounts, ahead, total = _row(np.asarray(summary.money, dtype=np.int64), self.of)
        if total <= 0:
            raise InvalidValue("nobody has brought anything: there is nothing to share out", code=_CODE, value=total)
        rules, above = [], None
        for segment, limit in zip(self.segments, self.limits, strict=False):
            needed = -(-limit.numerator * total // limit.denominator)
            last = int(np.searchsorted(ahead, needed, side="left")) - 1
            lowest = int(amounts[last])
            if above is None or lowest < above:
                rules.append(Rule(segment, money=_range(lowest, above, summary.currency)))
                above = lowest
        if above != -MAX_MINOR:  # nobody has less
            rules.append(Rule(self.segments[-1], money=_range(None, above, summary.currency)))
        return SegmentMap(tuple(rules), order=self.segments)

    def assign(self, summary: CustomerSummary) -> Assignment:
        """The tiers of these customers, by their own amounts."""
        return self.fit(summary).assign(summary)


def abc_tiers(limits: Sequence[Rate] = (Rate(4, 5), Rate(19, 20))) -> ShareTiers:
    """A, B and C: who brings the first 80 % of the money, the next 15 %, the rest."""
    return ShareTiers((_A, _B, _C), listed(limits, code=_CODE, name="limits"), of=ShareOf.MONEY)


def heavy_medium_light(limits: Sequence[Rate] = (Rate(1, 5), Rate(1, 2))) -> ShareTiers:
    """Heavy, medium and light: the best 20 % of the customers, the next 30 %, the rest."""
    return ShareTiers((_HEAVY, _MEDIUM, _LIGHT), listed(limits, code=_CODE, name="limits"), of=ShareOf.CUSTOMERS)


def _row(money: Whole, of: ShareOf) -> tuple[Whole, Whole, int]:
    """The amounts that occur, falling; what stands before each; and all of it."""
    amounts, count = np.unique(money, return_counts=True)
    amounts, count = amounts[::-1], count[::-1].astype(np.int64)
    if of is ShareOf.CUSTOMERS:
        return amounts, np.cumsum(count) - count, money.size
    shared = np.maximum(money, 0)
    total = sum_of(shared, name="the money", code=f"{_CODE}.too_much")
    part = np.maximum(amounts, 0) * count  # no part is past the total
    return amounts, np.cumsum(part) - part, total


def _range(low: int | None, below: int | None, currency: Currency | None) -> Range:
    ends = [None if end is None else end if currency is None else Money(end, currency) for end in (low, below)]
    return Range(at_least=ends[0], below=ends[1])


_A: Final = Segment("A", Action(ActionKind.REWARD, "look after them in person"))
_B: Final = Segment("B", Action(ActionKind.UPGRADE_OFFER, "offer more"))
_C: Final = Segment("C", Action(ActionKind.REMIND, "write to them"))
_HEAVY: Final = Segment("heavy", Action(ActionKind.REWARD, "look after them in person"))
_MEDIUM: Final = Segment("medium", Action(ActionKind.UPGRADE_OFFER, "offer more"))
_LIGHT: Final = Segment("light", Action(ActionKind.REMIND, "write to them"))
