"""The orders of chapter 4 as columns, and the segments that its customers are put in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import SupportsInt

import attrs

from salesplan.columns import Codes, encode
from salesplan.money import Currency, Money
from salesplan.segmentation.presets import AbsoluteCuts, Cut, EightCells
from salesplan.segmentation.segment_map import SegmentMap
from salesplan.segmentation.segments import Action, ActionKind, Rule, Segment
from salesplan.segmentation.summarize import summarize
from salesplan.segmentation.summary import CustomerSummary, Detail

from .orders import Order
from .promotions import DORMANT_AFTER

COUPON = "come-back"  # the promotion of chapter 1 for whoever has been silent for long
RECENT = DORMANT_AFTER - timedelta(days=1)  # the longest silence that is not dormant there
_WAKE_UP = Action(ActionKind.WAKE_UP_COUPON, f"send coupon {COUPON}", promotion=COUPON)
_SENT = ("important retention", "important win-back")  # who gets the coupon: silent, and worth it


@attrs.frozen(kw_only=True, eq=False)
class Columns:
    """The orders, a row each; customer i is called `names[i]`."""

    names: tuple[str, ...]
    customer: Codes
    day: list[date]
    amount: list[int]
    currency: Currency

    @classmethod
    def of(cls, orders: list[Order]) -> Columns:
        """The columns of a history."""
        book = encode([order.customer for order in orders], name="customer", code="plan.customer")
        return cls(
            names=book.names,
            customer=book.codes,
            day=[order.day for order in orders],
            amount=[order.amount.minor for order in orders],
            currency=orders[0].amount.currency,
        )

    def until(self, as_of: date) -> CustomerSummary:
        """The customers by the evening of *as_of*: purchases are counted, money is net of returns."""
        summary = summarize(
            customer=self.customer,
            day=self.day,
            amount=self.amount,
            as_of=as_of,
            detail=Detail.REPEAT,
            currency=self.currency,
        )
        known = [amount for amount, day in zip(self.amount, self.day, strict=True) if day <= as_of]
        assert sum(known) == int(summary.money.sum()) - int(summary.unmatched_refunds.sum())
        rows = (summary.orders, summary.refund_orders, summary.unmatched_refund_orders)
        assert len(known) == sum(int(each.sum()) for each in rows)
        return summary

    def money(self, minor: SupportsInt) -> Money:
        """Minor units of the file's currency, from a whole number of Python or numpy."""
        return Money(int(minor), self.currency)


def cuts_of(summary: CustomerSummary) -> AbsoluteCuts:
    """Orders and money cut above the median of these customers, silence where chapter 1 cuts it."""
    return attrs.evolve(EightCells(Cut.MEDIAN).cuts(summary), days_since_last=RECENT.days)


def segment_map(cuts: AbsoluteCuts) -> SegmentMap:
    """The eight cells under their English names; those to wake up get the coupon of chapter 1."""
    eight = cuts.segment_map()
    rules = tuple(attrs.evolve(rule, segment=_renamed(rule.segment)) for rule in eight.rules if isinstance(rule, Rule))
    return SegmentMap(rules, order=tuple(map(_renamed, eight.order)))


def to_wake_up(segments: tuple[Segment, ...]) -> list[str]:
    """The names of the segments whose customers get the coupon."""
    return [each.name for each in segments if each.action is not None and each.action.promotion == COUPON]


def _renamed(segment: Segment) -> Segment:
    name, *others = segment.aliases
    action = _WAKE_UP if name in _SENT else segment.action
    return Segment(name, action, aliases=(segment.name, *others))
