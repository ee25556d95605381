"""One answer to "what is bought next": an item, what follows it, and how many customers did so."""

from __future__ import annotations

from typing import Final

import attrs

from ..errors import require_int
from ..money import MAX_MINOR
from ..rate import Rate
from ._grain import counted
from ._rate_text import percent_text

__all__ = ["NextPurchase"]

_CODE: Final = "segmentation.sequences"
_MOST: Final = 10**15


@attrs.frozen(kw_only=True)
class NextPurchase:
    """Of *observed* customers who bought *item*, *followed* bought *then* on a later day within *within_days*.

    *waiting* bought *item* too recently to be among them.
    Raises: InvalidValue for counts that no customers could have.
    """

    item: int
    then: int
    within_days: int
    observed: int
    followed: int
    waiting: int

    def __attrs_post_init__(self) -> None:
        for name, low, high in (
            ("item", 0, MAX_MINOR),
            ("then", 0, MAX_MINOR),
            ("within_days", 1, MAX_MINOR),
            ("observed", 0, _MOST),
            ("followed", 0, self.observed),
            ("waiting", 0, _MOST),
        ):
            require_int(getattr(self, name), code=_CODE, name=name, low=low, high=high)

    @property
    def share(self) -> Rate | None:
        """The share of the observed that bought *then*; None where nobody is observed."""
        return Rate(self.followed, self.observed) if self.observed else None

    def explain(self) -> str:
        """The counts in words.

        >>> print(NextPurchase(item=7, then=8, within_days=90, observed=40, followed=10, waiting=3).explain())
        10 of 40 customers with 7 bought 8 within 90 days after it: 25.0 %
        3 more bought 7 less than 90 days ago and are not counted
        """
        share = "nobody to take a share of" if self.share is None else percent_text(self.share)
        window = counted(self.within_days, "day")
        lines = [
            f"{self.followed:,} of {self.observed:,} customers with {self.item} bought {self.then} "
            f"within {window} after it: {share}"
        ]
        if self.waiting:
            lines.append(f"{self.waiting:,} more bought {self.item} less than {window} ago and are not counted")
        return "\n".join(lines)
