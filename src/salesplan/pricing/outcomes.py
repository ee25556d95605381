"""How a promotion can end: applied, refused with a code and its numbers, or not chosen. The codes are stable."""

from __future__ import annotations

from enum import Enum

__all__ = ["Capped", "RefusalCode"]


class RefusalCode(Enum):
    """Why a promotion did not take effect."""

    NOT_STARTED = "not_started"
    """Its window has not begun."""
    EXPIRED = "expired"
    """Its window is over."""
    CODE_NOT_ENTERED = "code_not_entered"
    """It needs a coupon code that was not entered."""
    USES_SPENT = "uses_spent"
    """All its uses are taken."""
    SHOPPER_USES_SPENT = "shopper_uses_spent"
    """This shopper has used it as often as allowed."""
    BUDGET_SPENT = "budget_spent"
    """Its money is gone."""
    NOTHING_IN_SCOPE = "nothing_in_scope"
    """No goods in the cart are meant."""
    SPEND = "spend"
    """The goods in scope cost less than needed."""
    QUANTITY = "quantity"
    """Fewer units in scope than needed."""
    SEGMENT = "segment"
    """The shopper is in none of the segments."""
    MEMBER_LEVEL = "member_level"
    """The shopper's level is too low."""
    NOT_FIRST_ORDER = "not_first_order"
    """The shopper has ordered before."""
    CHANNEL = "channel"
    """Another sales channel."""
    HOURS = "hours"
    """Not on this day or at this hour."""
    ALREADY_DISCOUNTED = "already_discounted"
    """Goods in scope have been reduced before."""
    EXCLUDED = "excluded"
    """A condition that must not hold does."""
    UNKNOWN_FACT = "unknown_fact"
    """The caller did not say what the condition asks for."""
    NO_EFFECT = "no_effect"
    """Nothing left to reduce; no use is counted."""


class Capped(Enum):
    """What held a discount below its nominal amount."""

    CAP = "cap"
    """The benefit's own cap."""
    BUDGET = "budget"
    """What was left of the promotion's budget."""
    FLOOR = "floor"
    """Price floors of the goods."""
