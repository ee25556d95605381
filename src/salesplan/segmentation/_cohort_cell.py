"""One cell of a table of cohorts, and the words that tables of cohorts are asked in."""

from __future__ import annotations

from enum import Enum
from typing import Final

import attrs

from ..errors import InvalidValue, require_instance, require_int, require_text
from ..rate import Rate
from ._grain import counted
from ._rate_text import percent_text

__all__ = ["CohortCell", "CohortMean", "CohortMeasure", "Observation"]

_CODE: Final = "segmentation.cohorts.cell"


class Observation(Enum):
    """Whether the period of a cell has been seen."""

    COMPLETE = "complete"
    """The period is over: the cell has numbers, 0 among them."""
    PARTIAL = "partial"
    """The period has begun and is not over: too few have bought so far."""
    NOT_YET = "not_yet"
    """The period has not begun: nobody can have bought."""


class CohortMeasure(Enum):
    """What a cell counts."""

    RETAINED = "retained"
    """Customers of the cohort who bought in the period of that age; at age 0 all of them."""
    REPURCHASED = "repurchased"
    """Customers of the cohort with two orders or more by the end of the period of that age."""
    ORDERS = "orders"
    """Orders of the cohort in the period of that age."""
    MONEY = "money"
    """Money of the cohort in that period, net of what was given back, in minor units."""


class CohortMean(Enum):
    """How the cohorts of an age are averaged; those at 0 % are kept in both."""

    BY_SIZE = "by_size"
    """Each customer counts the same: 10 of 100, 90 of 100 and 0 of 800 are 10 % on average."""
    PLAIN = "plain"
    """Each cohort counts the same: 10 of 100, 90 of 100 and 0 of 800 are a third on average."""


@attrs.frozen(kw_only=True)
class CohortCell:
    """What is known of a *cohort* of *size* customers at an *age*; None where it has not been observed.

    Law: 0 <= retained <= repurchased <= size from age 1 on; at age 0 retained is size.
    Raises: InvalidValue where that is broken, or numbers and *observation* do not agree; InvalidType.
    """

    cohort: str
    age: int
    size: int
    observation: Observation
    retained: int | None = None
    repurchased: int | None = None
    orders: int | None = None
    money: int | None = None

    def __attrs_post_init__(self) -> None:
        require_text(self.cohort, code=_CODE, name="cohort")
        require_int(self.age, code=_CODE, name="age", low=0)
        require_int(self.size, code=_CODE, name="size", low=1)
        require_instance(self.observation, Observation, code=_CODE, name="observation")
        counts = (self.retained, self.repurchased, self.orders, self.money)
        if self.observation is not Observation.COMPLETE:
            if counts != (None,) * len(counts):
                raise InvalidValue("a cell that was not observed has no numbers", code=_CODE, value=self.observation)
            return
        again = require_int(self.repurchased, code=_CODE, name="repurchased", low=0, high=self.size)
        low, high = (0, again) if self.age else (self.size, self.size)
        retained = require_int(self.retained, code=_CODE, name="retained", low=low, high=high)
        require_int(self.orders, code=_CODE, name="orders", low=retained)
        require_int(self.money, code=_CODE, name="money")

    @property
    def retention(self) -> Rate | None:
        """The share of the cohort that bought in this period."""
        return None if self.retained is None else Rate(self.retained, self.size)

    @property
    def repurchase(self) -> Rate | None:
        """The share of the cohort that had ordered twice by the end of this period."""
        return None if self.repurchased is None else Rate(self.repurchased, self.size)

    def explain(self) -> str:
        """The cell in a sentence or two.

        >>> cell = CohortCell(cohort="1997-01", age=17, size=781, observation=Observation.NOT_YET)
        >>> cell.explain()
        '1997-01, age 17: not observed yet, the period has not begun'
        """
        where = f"{self.cohort}, age {self.age:,}"
        if self.retained is None or self.repurchased is None or self.orders is None or self.money is None:
            begun = "is not over" if self.observation is Observation.PARTIAL else "has not begun"
            return f"{where}: not observed yet, the period {begun}"
        bought, twice = (percent_text(Rate(count, self.size)) for count in (self.retained, self.repurchased))
        return (
            f"{where}: {self.retained:,} of {counted(self.size, 'customer')} bought, {bought}; "
            f"{self.repurchased:,} had ordered twice by then, {twice}; "
            f"{counted(self.orders, 'order')}, {self.money:,} in minor units"
        )
