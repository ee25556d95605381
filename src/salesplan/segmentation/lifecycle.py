"""The stages of a customer's life, read from three days: the first purchase, the last, and the one before the last.

    prospect     has bought nothing
    new          the first purchase is at most *new_days* ago
    reactivated  the last purchase is at most *active_days* ago, and on the day before it they were dormant or lost
    active       the last purchase is at most *active_days* ago, and neither of the two
    at risk      at most *at_risk_days* ago
    dormant      at most *dormant_days* ago
    lost         longer ago

Every customer is in exactly one: the last four are the line of days cut in four, and within the first part "new" and
"reactivated" exclude each other, as a gap of more than *at_risk_days* does not fit into *new_days*. The first purchase
day and the last are in the summary; the one before the last is not, as it cannot be merged from parts without the days
themselves: `PurchaseDays` has it.

Left out: stages by orders or money, which are for segment maps.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidType, InvalidValue, clip, require_int
from .segments import Action, ActionKind, Segment

__all__ = ["LifecyclePolicy", "Stage", "stage_segments"]

_CODE: Final = "segmentation.lifecycle"
_MOST_DAYS: Final = 36_500


class Stage(Enum):
    """Where a customer is on the way from the first purchase to the last."""

    PROSPECT = "prospect"
    """Has bought nothing."""
    NEW = "new"
    """Bought for the first time a short while ago."""
    ACTIVE = "active"
    """Bought a short while ago."""
    REACTIVATED = "reactivated"
    """Bought a short while ago, after having been dormant or lost."""
    AT_RISK = "at_risk"
    """Should have bought again."""
    DORMANT = "dormant"
    """Has not bought for long."""
    LOST = "lost"
    """Has not bought for so long that nobody expects it."""


STAGES: Final = tuple(Stage)


@attrs.frozen(kw_only=True)
class LifecyclePolicy:
    """How many days a stage lasts, the last of them included; the first purchase day is day 0.

    Law: every customer is in exactly one stage, on every day.
    Raises: InvalidValue unless new_days <= active_days < at_risk_days < dormant_days.
    >>> policy = LifecyclePolicy(new_days=30, active_days=60, at_risk_days=120, dormant_days=365)
    >>> first, last = date(2025, 1, 1), date(2026, 6, 20)
    >>> policy.stage_of(as_of=date(2026, 6, 30), first_day=first, last_day=last, previous_last_day=first)
    <Stage.REACTIVATED: 'reactivated'>
    """

    new_days: int
    active_days: int
    at_risk_days: int
    dormant_days: int

    def __attrs_post_init__(self) -> None:
        for name in ("new_days", "active_days", "at_risk_days", "dormant_days"):
            require_int(getattr(self, name), code=_CODE, name=name, low=0, high=_MOST_DAYS)
        if not self.new_days <= self.active_days < self.at_risk_days < self.dormant_days:
            raise InvalidValue(
                "days must rise: new_days <= active_days < at_risk_days < dormant_days",
                code=_CODE,
                value=(self.new_days, self.active_days, self.at_risk_days, self.dormant_days),
            )

    def stage_of(
        self, *, as_of: date, first_day: date | None, last_day: date | None, previous_last_day: date | None
    ) -> Stage:
        """The stage on *as_of* of one customer; all three days are None for a prospect, the last for one purchase day.

        Raises: InvalidType or InvalidValue for days that are not such, or not in order.
        """
        for day in (first_day, last_day, previous_last_day):
            if day is not None and type(day) is not date:
                raise InvalidType(f"a purchase day is a date without a time: {clip(day)}", code=_CODE, value=day)
        if type(as_of) is not date:
            raise InvalidType(f"as_of must be a date without a time: {clip(as_of)}", code=_CODE, value=as_of)
        if first_day is None or last_day is None:
            if not (first_day is last_day is previous_last_day is None):
                raise InvalidValue("who has bought has a first and a last day", code=f"{_CODE}.days", value=last_day)
            return Stage.PROSPECT
        once = previous_last_day is None and first_day == last_day
        again = previous_last_day is not None and first_day <= previous_last_day < last_day
        if not (once or again) or last_day > as_of:
            raise InvalidValue(
                "first, previous and last day must rise up to as_of", code=f"{_CODE}.days", value=last_day
            )
        silent = (as_of - last_day).days
        if silent > self.dormant_days:
            return Stage.LOST
        if silent > self.at_risk_days:
            return Stage.DORMANT
        if silent > self.active_days:
            return Stage.AT_RISK
        if (as_of - first_day).days <= self.new_days:
            return Stage.NEW
        if previous_last_day is not None and (last_day - previous_last_day).days - 1 > self.at_risk_days:
            return Stage.REACTIVATED
        return Stage.ACTIVE

    def places(
        self,
        *,
        as_of: np.datetime64,
        first_day: NDArray[np.datetime64],
        last_day: NDArray[np.datetime64],
        previous_last_day: NDArray[np.datetime64],
    ) -> NDArray[np.int16]:
        """The place among the members of `Stage` of every customer; NaT is no day."""
        bought = ~np.isnat(last_day)
        silent = _days(as_of - last_day, bought)
        age = _days(as_of - first_day, bought)
        several = ~np.isnat(previous_last_day)
        gap = _days(last_day - previous_last_day, several)
        stages = np.select(
            [
                ~bought,
                silent > self.dormant_days,
                silent > self.at_risk_days,
                silent > self.active_days,
                age <= self.new_days,
                gap - 1 > self.at_risk_days,
            ],
            [
                STAGES.index(stage)
                for stage in (Stage.PROSPECT, Stage.LOST, Stage.DORMANT, Stage.AT_RISK, Stage.NEW, Stage.REACTIVATED)
            ],
            STAGES.index(Stage.ACTIVE),
        )
        return stages.astype(np.int16)

    def moves(
        self, *, as_of: date, first_day: date | None, last_day: date | None, previous_last_day: date | None
    ) -> tuple[date, Stage] | None:
        """The day on which a customer who buys nothing more comes into another stage, and which.

        That is the end of a stage and one day: last_day + active_days + 1, say. None for a prospect, for the lost, and
        where it is past year 9999.
        Raises: as `stage_of`.
        """
        self.stage_of(as_of=as_of, first_day=first_day, last_day=last_day, previous_last_day=previous_last_day)
        if first_day is None or last_day is None:
            return None
        ends = [(first_day, self.new_days)]
        ends += [(last_day, days) for days in (self.active_days, self.at_risk_days, self.dormant_days)]
        later = [day + timedelta(days + 1) for day, days in ends if days < (date.max - day).days]
        on = min((day for day in later if day > as_of), default=None)
        if on is None:
            return None
        return on, self.stage_of(as_of=on, first_day=first_day, last_day=last_day, previous_last_day=previous_last_day)


def _days(span: NDArray[np.timedelta64], known: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The days of spans; 0 where they are not known."""
    return np.where(known, span, np.timedelta64(0, "D")).astype(np.int64)


def stage_segments() -> tuple[Segment, ...]:
    """The stages as segments, in order, with the action that each calls for."""
    return _SEGMENTS


_SEGMENTS: Final = (
    Segment("prospect", Action(ActionKind.WELCOME, "help them to the first purchase")),
    Segment("new", Action(ActionKind.WELCOME, "help them to the second purchase")),
    Segment("active", Action(ActionKind.UPGRADE_OFFER, "offer more")),
    Segment("reactivated", Action(ActionKind.REWARD, "thank them for coming back")),
    Segment("at risk", Action(ActionKind.REMIND, "remind them"), aliases=("at_risk",)),
    Segment("dormant", Action(ActionKind.WAKE_UP_COUPON, "send a wake-up coupon")),
    Segment("lost", Action(ActionKind.LEAVE, "let them go")),
)
