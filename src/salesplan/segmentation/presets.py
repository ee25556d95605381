"""Segment maps over raw numbers that are ready to use: two rules with a named rest, and the eight cells of R, F and M.

**High value and dormant.** Bought within 7 days, 3 orders or more, 500 or more: worth an upgrade offer. Not for 30
days, one order, 300 or less: worth a coupon. The two leave most of the space open (an order 8 days ago, say), so the
rest has to be named; without a name the error shows what is open.

**Eight cells** (八分类). Every axis is cut once; high recency means few days. Where the cut lies changes everything, so
it is no default: the mean, the median, or numbers of one's own. A cut taken from customers is a whole number in the
end, as all numbers are: orders * customers >= all orders, say, is orders >= their ratio rounded up, exactly. So a
fitted map is a plain `SegmentMap`: it is stored, compared and used again on other dates like any other.

Left out: cuts by group, as of each shop or year.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from itertools import product
from typing import Final, assert_never

import attrs
import numpy as np

from ..columns import Whole
from ..errors import InvalidType, InvalidValue, clip, require_instance, require_int
from ..money import MAX_MINOR, Currency, Money
from ._place_sums import sum_of
from .assignment import Assignment
from .segment_map import SegmentMap
from .segments import Action, ActionKind, End, Range, Rule, Segment
from .summary import CustomerSummary

__all__ = ["EIGHT_SEGMENTS", "AbsoluteCuts", "Cut", "EightCells", "high_value_and_dormant"]

_CODE: Final = "segmentation.presets"


def high_value_and_dormant(*, currency: str | Currency, otherwise: Segment | None = None) -> SegmentMap:
    """The map of customers worth an upgrade offer, customers worth a wake-up coupon, and the rest.

    Raises: SegmentMapError, which shows what the two rules leave open, where the rest has no name.
    >>> high_value_and_dormant(currency="CNY")
    Traceback (most recent call last):
    salesplan.segmentation.proving.SegmentMapError: nothing covers days since last at most 29, money below 500.00 \
(and 4 more): name the rest with otherwise=
    >>> high_value_and_dormant(currency="CNY", otherwise=Segment("the rest")).segments[2].name
    'the rest'
    """
    upgrade = Action(ActionKind.UPGRADE_OFFER, "offer an upgrade")
    coupon = Action(ActionKind.WAKE_UP_COUPON, "send a wake-up coupon")
    return SegmentMap(
        (
            Rule(
                Segment("high value", upgrade, aliases=("高价值",)),
                days_since_last=Range(at_most=7),
                orders=Range(at_least=3),
                money=Range(at_least=Money.of(500, currency)),
            ),
            Rule(
                Segment("dormant", coupon, aliases=("沉睡",)),
                days_since_last=Range(at_least=30),
                orders=Range.exactly(1),
                money=Range(at_most=Money.of(300, currency)),
            ),
        ),
        otherwise=otherwise,
    )


class Cut(Enum):
    """Where the eight cells are cut."""

    MEAN = "mean"
    """High is the mean or more, of days the mean or fewer; the mean itself is not rounded."""
    MEDIAN = "median"
    """High is above the median, of days up to it: where half have one order, one order is not high."""


@attrs.frozen(kw_only=True)
class AbsoluteCuts:
    """High is up to so many days, and from so many orders and so much money on."""

    days_since_last: int
    orders: int
    money: End

    def __attrs_post_init__(self) -> None:
        require_int(self.days_since_last, code=_CODE, name="days_since_last", low=0, high=MAX_MINOR - 1)
        require_int(self.orders, code=_CODE, name="orders", low=1, high=MAX_MINOR)
        if not isinstance(self.money, Money):
            require_int(self.money, code=_CODE, name="money", low=-MAX_MINOR, high=MAX_MINOR)

    def segment_map(self) -> SegmentMap:
        """The eight cells with these cuts; those that nobody can be in are there without a rule.

        >>> AbsoluteCuts(days_since_last=30, orders=3, money=50000).segment_map().rules[0].segment.name
        '重要价值'
        """
        lowest = self.money.minor if isinstance(self.money, Money) else self.money
        rules = []
        for at, (recent, often, much) in enumerate(product((True, False), repeat=3)):
            days = Range(at_most=self.days_since_last) if recent else Range(above=self.days_since_last)
            if (not often and self.orders == 1) or (not much and lowest == -MAX_MINOR):
                continue  # nobody has less
            orders = Range(at_least=self.orders) if often else Range(below=self.orders)
            money = Range(at_least=self.money) if much else Range(below=self.money)
            rules.append(Rule(_BY_CELL[at], days_since_last=days, orders=orders, money=money))
        return SegmentMap(tuple(rules), order=EIGHT_SEGMENTS)


@attrs.frozen
class EightCells:
    """The eight cells of R, F and M, cut where *cut* says.

    Law: `fit` does not depend on the order of customers, and the cuts are whole numbers that compare as exactly as the
    mean and the median do.
    """

    cut: Cut | AbsoluteCuts

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.cut, Cut | AbsoluteCuts):
            raise InvalidType(f"cut must be a Cut or AbsoluteCuts: {clip(self.cut)}", code=_CODE, value=self.cut)

    def fit(self, summary: CustomerSummary) -> SegmentMap:
        """The map with the cuts of these customers.

        Raises: InvalidValue where there are none; or sums past 63 bits.
        """
        return self.cuts(summary).segment_map()

    def cuts(self, summary: CustomerSummary) -> AbsoluteCuts:
        """The cuts of these customers."""
        if isinstance(self.cut, AbsoluteCuts):
            return self.cut
        require_instance(summary, CustomerSummary, code=_CODE, name="summary")
        if not len(summary):
            raise InvalidValue("nobody has bought: there is no mean and no median", code=_CODE, value=0)
        days = _middle(self.cut, summary.days_since_last)
        orders = _middle(self.cut, summary.orders)
        money = _middle(self.cut, summary.money)
        match self.cut:
            case Cut.MEAN:
                reach = (-(-orders[0] // orders[1]), -(-money[0] // money[1]))
            case Cut.MEDIAN:
                reach = (orders[0] // orders[1] + 1, money[0] // money[1] + 1)
            case _:
                assert_never(self.cut)
        return AbsoluteCuts(
            days_since_last=days[0] // days[1],
            orders=reach[0],
            money=reach[1] if summary.currency is None else Money(reach[1], summary.currency),
        )

    def assign(self, summary: CustomerSummary, *, prospects: object = ()) -> Assignment:
        """The segments of these customers, by their own cuts."""
        return self.fit(summary).assign(summary, prospects=prospects)


def _middle(cut: Cut, column: Sequence[int] | Whole) -> tuple[int, int]:
    """The mean or the median as a fraction."""
    numbers = np.asarray(column, dtype=np.int64)
    if cut is Cut.MEAN:
        return sum_of(numbers, name="a column", code=f"{_CODE}.too_much"), numbers.size
    middle = np.partition(numbers, [(numbers.size - 1) // 2, numbers.size // 2])
    return int(middle[(numbers.size - 1) // 2]) + int(middle[numbers.size // 2]), 2


def _cell(name: str, english: str, does: ActionKind, description: str, *others: str) -> Segment:
    return Segment(name, Action(does, description), aliases=(english, f"{name}客户", *others))


EIGHT_SEGMENTS: Final = (
    _cell("重要价值", "important value", ActionKind.REWARD, "keep them happy: service, early access"),
    _cell("重要发展", "important development", ActionKind.UPGRADE_OFFER, "have them buy more often"),
    _cell("重要保持", "important retention", ActionKind.CALL, "bring them back in person", "重要召回", "重要唤回"),
    _cell("重要挽留", "important win-back", ActionKind.WAKE_UP_COUPON, "win them back with an offer", "重要挽回"),
    _cell("一般价值", "general value", ActionKind.UPGRADE_OFFER, "have them buy larger things"),
    _cell("一般发展", "general development", ActionKind.WELCOME, "help them to the next purchase"),
    _cell("一般保持", "general retention", ActionKind.REMIND, "remind them", "一般召回", "一般唤回"),
    _cell("一般挽留", "general win-back", ActionKind.LEAVE, "let them go", "一般挽回"),
)
"""重要 is high money, 一般 low; then 价值 is recent and often, 发展 recent, 保持 often, 挽留 neither."""

_BY_CELL: Final = tuple(EIGHT_SEGMENTS[at] for at in (0, 4, 1, 5, 2, 6, 3, 7))
"""By recency, orders and money, high before low."""
