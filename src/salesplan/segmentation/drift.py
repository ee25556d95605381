"""Who moved because they acted, and who moved because the thresholds did.

Scores that are fitted again move customers who did nothing: on CDNOW, where money to date can only grow, 16 % of the
customers lose a level of money from one date to the next. Three assignments tell the two apart:

    before  the earlier numbers under the earlier thresholds
    frozen  the later numbers under the earlier thresholds: what moved is behaviour
    refit   the later numbers under the later thresholds: what moved from frozen is the thresholds alone

Left out: interactions. The thresholds are moved last, so what they do is told of the later numbers.
"""

from __future__ import annotations

from typing import Any, Final

import attrs
import numpy as np

from ..columns import Whole
from ..display import Align, html_table, text_table
from ..errors import InvalidValue, require_instance, require_int
from ..rate import Rate
from ._grouped import Grouped
from ._rate_text import percent_text
from .migration import Migration, migrate

__all__ = ["Drift", "drift"]

_CODE: Final = "segmentation.drift"


@attrs.frozen(kw_only=True)
class Drift:
    """The two migrations, and how each customer who is there before and after came to their segment.

    Law: *still*, *by_behaviour*, *by_thresholds*, *by_both* and *undone* sum to the customers in all three. *undone*
    are those whom the thresholds moved back to where they were.
    """

    behaviour: Migration
    thresholds: Migration
    still: int
    by_behaviour: int
    by_thresholds: int
    by_both: int
    undone: int

    def __attrs_post_init__(self) -> None:
        for name in ("behaviour", "thresholds"):
            require_instance(getattr(self, name), Migration, code=_CODE, name=name)
        for name in _KINDS:
            require_int(getattr(self, name), code=_CODE, name=name, low=0)

    @property
    def customers(self) -> int:
        """How many are there before and after."""
        return sum(getattr(self, name) for name in _KINDS)

    def explain(self) -> str:
        """How many moved, and why, one line each."""
        return text_table(self._rows(), align=[Align.LEFT, Align.RIGHT, Align.RIGHT])

    def _repr_html_(self) -> str:
        return html_table(("", "customers", "share"), self._rows(), align=[Align.LEFT, Align.RIGHT, Align.RIGHT])

    def to_columns(self) -> dict[str, list[Any]]:
        """One row a reason: *reason* and *customers*."""
        return {"reason": list(_KINDS), "customers": [getattr(self, name) for name in _KINDS]}

    def _rows(self) -> list[tuple[str, str, str]]:
        whole = max(self.customers, 1)
        return [
            (text, f"{getattr(self, name):,}", percent_text(Rate(getattr(self, name), whole)))
            for name, text in _KINDS.items()
        ]


_KINDS: Final = {
    "still": "where they were",
    "by_behaviour": "moved by what they did",
    "by_thresholds": "moved by the thresholds alone",
    "by_both": "moved by both",
    "undone": "moved by what they did, and back by the thresholds",
}


def drift(before: Grouped, *, frozen: Grouped, refit: Grouped) -> Drift:
    """The move from *before* to *refit*, taken apart at *frozen*; segments are the same where their names are.

    Raises: InvalidValue where *frozen* and *refit* are not the same customers with the same money; what `migrate`
    raises.
    """
    behaviour, thresholds = migrate(before, frozen), migrate(frozen, refit)
    same_money = frozen.money is None or refit.money is None or np.array_equal(frozen.money, refit.money)
    if not np.array_equal(frozen.customer, refit.customer) or not same_money:
        raise InvalidValue("frozen and refit must be of the same customers and money", code=_CODE, value=None)
    _, first, second = np.intersect1d(before.customer, frozen.customer, assume_unique=True, return_indices=True)
    names: dict[str, int] = {}
    start, held, end = (_named(each, names) for each in (before, frozen, refit))
    start, held, end = start[first], held[second], end[second]
    acted, shifted, away = start != held, held != end, start != end
    return Drift(
        behaviour=behaviour,
        thresholds=thresholds,
        still=int(np.count_nonzero(~acted & ~shifted)),
        by_behaviour=int(np.count_nonzero(acted & ~shifted)),
        by_thresholds=int(np.count_nonzero(~acted & shifted)),
        by_both=int(np.count_nonzero(acted & shifted & away)),
        undone=int(np.count_nonzero(acted & shifted & ~away)),
    )


def _named(side: Grouped, names: dict[str, int]) -> Whole:
    """The segment of each customer as a number that means the same name everywhere."""
    places = [names.setdefault(segment.name, len(names)) for segment in side.segments]
    return np.array(places, dtype=np.int64)[side.segment]
