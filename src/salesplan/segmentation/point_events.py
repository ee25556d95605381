"""What moves points: earnings, spendings, and what takes either of them back.

Each event has an id of its own, so that one delivered twice is refused, and says by id what it takes back.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Any, Final, TypeAlias

import attrs

from ..errors import InvalidType, InvalidValue, clip, require_instance, require_int, require_text
from ..money import MAX_MINOR

__all__ = ["Earning", "Lapsed", "PointsEvent", "PointsPolicy", "Refund", "Shortfall", "SpendReversal", "Spending"]

_CODE: Final = "segmentation.points"


class Shortfall(Enum):
    """What happens when an order is refunded whose points are already spent."""

    NEGATIVE = "negative"
    """They are taken from the other lots, as a spending would be; what those lack makes the balance negative, and
    the next points that come in fill it first."""
    DEBT = "debt"
    """Other points are not touched; what is spent stands aside as a debt, until the spending itself is reversed."""


class Lapsed(Enum):
    """What happens when a spending is reversed after the points it took would have expired."""

    EXPIRE = "expire"
    """They expire on their return."""
    RENEW = "renew"
    """They come back in a lot of their own, valid for *renew_days* from that day."""


@attrs.frozen(kw_only=True)
class PointsPolicy:
    """The two choices; *renew_days* belongs to RENEW alone.

    Raises: InvalidValue for RENEW without it, or EXPIRE with it.
    """

    shortfall: Shortfall
    lapsed: Lapsed
    renew_days: int | None = None

    def __attrs_post_init__(self) -> None:
        require_instance(self.shortfall, Shortfall, code=_CODE, name="shortfall")
        require_instance(self.lapsed, Lapsed, code=_CODE, name="lapsed")
        if (self.lapsed is Lapsed.RENEW) != (self.renew_days is not None):
            raise InvalidValue("renew_days go with RENEW, and only with it", code=_CODE, value=self.renew_days)
        if self.renew_days is not None:
            require_int(self.renew_days, code=_CODE, name="renew_days", low=1, high=36_500)


@attrs.frozen(kw_only=True)
class Earning:
    """Points earned, as by an order; *until* is the first day on which they are gone (None: they stay).

    Raises: InvalidValue for no points, or a day *until* that does not come after *on*.
    """

    id: str
    on: date
    points: int
    until: date | None = None

    def __attrs_post_init__(self) -> None:
        _check(self)
        if self.until is not None and require_date(self.until, "until") <= self.on:
            raise InvalidValue(
                f"points of {self.on} are valid until a later day: {self.until}", code=_CODE, value=self.until
            )


@attrs.frozen(kw_only=True)
class Spending:
    """Points spent."""

    id: str
    on: date
    points: int

    def __attrs_post_init__(self) -> None:
        _check(self)


@attrs.frozen(kw_only=True)
class Refund:
    """Points of the *earning* with that id taken back, as its order is refunded in whole or in part."""

    id: str
    on: date
    earning: str
    points: int

    def __attrs_post_init__(self) -> None:
        _check(self)
        require_text(self.earning, code=_CODE, name="earning")


@attrs.frozen(kw_only=True)
class SpendReversal:
    """Points of the *spending* with that id given back, to the lots they came from."""

    id: str
    on: date
    spending: str
    points: int

    def __attrs_post_init__(self) -> None:
        _check(self)
        require_text(self.spending, code=_CODE, name="spending")


PointsEvent: TypeAlias = Earning | Spending | Refund | SpendReversal


def _check(event: Any) -> None:
    require_text(event.id, code=_CODE, name="id")
    require_date(event.on, "on")
    require_int(event.points, code=_CODE, name="points", low=1, high=MAX_MINOR)


def require_date(value: object, name: str) -> date:
    """*value* itself when it is a date without a time."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidType(f"{name} must be a date without a time: {clip(value)}", code=_CODE, value=value)
    return value
