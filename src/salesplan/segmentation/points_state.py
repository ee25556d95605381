"""What a ledger of points shows on a day: the lots, what spendings took from them, and the balance."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..display import Align, html_table, text_table
from ..errors import InvalidValue, clip, listed, require_instance, require_int
from ..money import MAX_MINOR

__all__ = ["Lot", "PointsState", "PointsUse"]

_CODE: Final = "segmentation.points"
_COUNTS: Final = ("points", "left", "spent", "expired", "reversed")


@attrs.frozen(kw_only=True)
class Lot:
    """The points of one earning that expire together; *until* is the first day on which they are gone.

    *reversed* were taken back, by the refund of this order or of another.
    Law: points == left + spent + expired + reversed, none of them negative.
    Raises: InvalidValue where that does not hold.
    """

    earning: str
    earned_on: date
    until: date | None
    points: int
    left: int
    spent: int
    expired: int
    reversed: int

    def __attrs_post_init__(self) -> None:
        for name in _COUNTS:
            require_int(getattr(self, name), code=_CODE, name=name, low=0, high=MAX_MINOR)
        if self.points != self.left + self.spent + self.expired + self.reversed:
            raise InvalidValue(f"the points of {clip(self.earning)} do not add up", code=_CODE, value=self.points)


@attrs.frozen(kw_only=True)
class PointsUse:
    """What a spending took from the lots of an earning, less what came back."""

    spending: str
    earning: str
    points: int


@attrs.frozen(kw_only=True)
class PointsState:
    """The lots at the end of a day, in the order in which they expire, and what each spending took from them.

    *short* is how far the balance is below 0. *debt* is what refunds could not take back and DEBT keeps apart; it is in
    none of the other numbers.
    Law: earned == spent + expired + reversed + balance; the balance is negative only when no lot has anything left.
    Raises: InvalidValue where it is negative and a lot has.
    """

    on: date
    lots: tuple[Lot, ...]
    uses: tuple[PointsUse, ...]
    short: int
    debt: int

    def __attrs_post_init__(self) -> None:
        for name, kind in (("lots", Lot), ("uses", PointsUse)):
            several = listed(getattr(self, name), code=_CODE, name=name)
            for each in several:
                require_instance(each, kind, code=_CODE, name=f"one of {name}")
            object.__setattr__(self, name, several)
        require_int(self.short, code=_CODE, name="short", low=0)
        require_int(self.debt, code=_CODE, name="debt", low=0)
        if self.short and self._sum("left"):
            raise InvalidValue("no lot has points left below a balance of 0", code=_CODE, value=self.short)

    @property
    def earned(self) -> int:
        """All points that were earned."""
        return self._sum("points")

    @property
    def spent(self) -> int:
        """What was spent and not reversed."""
        return self._sum("spent")

    @property
    def expired(self) -> int:
        """What was left in a lot when it expired."""
        return self._sum("expired")

    @property
    def reversed(self) -> int:
        """What refunds took back: from lots, and what made the balance negative."""
        return self._sum("reversed") + self.short

    @property
    def balance(self) -> int:
        """What can be spent, or a negative number of points to be earned first."""
        return self._sum("left") - self.short

    @property
    def expiring(self) -> tuple[tuple[date, int], ...]:
        """The days on which points will be gone and how many, if nothing else happens."""
        going: dict[date, int] = {}
        for lot in self.lots:
            if lot.until is not None and lot.left:
                going[lot.until] = going.get(lot.until, 0) + lot.left
        return tuple(sorted(going.items()))

    def _sum(self, name: str) -> int:
        return sum(getattr(lot, name) for lot in self.lots)

    def explain(self) -> str:
        """The lots with their sums, then what each spending took, the balance, and what is owed.

        >>> from salesplan.segmentation.point_events import Lapsed, PointsPolicy, Shortfall
        >>> from salesplan.segmentation.points import PointsLedger
        >>> policy = PointsPolicy(shortfall=Shortfall.NEGATIVE, lapsed=Lapsed.EXPIRE)
        >>> ledger = PointsLedger(policy=policy).earn("o1", on=date(2026, 1, 1), points=100, until=date(2026, 2, 1))
        >>> ledger = ledger.spend("s1", on=date(2026, 1, 10), points=80).earn("o2", on=date(2026, 1, 20), points=50)
        >>> print(ledger.at(date(2026, 2, 1)).explain())
        lot    earned      until       points  left  spent  expired  reversed
        o1     2026-01-01  2026-02-01     100     0     80       20         0
        o2     2026-01-20  -               50    50      0        0         0
        total                             150    50     80       20         0
        s1 took 80 of o1
        balance on 2026-02-01: 50
        """
        uses = [f"{use.spending} took {use.points:,} of {use.earning}" for use in self.uses]
        owed = [f"debt: {self.debt:,}"] if self.debt else []
        return "\n".join([text_table(self._rows(), align=_SIDES), *uses, self._balance(), *owed])

    def _repr_html_(self) -> str:
        head, *rows = self._rows()
        return html_table(head, rows, align=_SIDES, caption=self._balance())

    def _balance(self) -> str:
        return f"balance on {self.on}: {self.balance:,}"

    def _rows(self) -> list[tuple[object, ...]]:
        return [
            ("lot", "earned", "until", *_COUNTS),
            *((lot.earning, lot.earned_on, lot.until, *(getattr(lot, name) for name in _COUNTS)) for lot in self.lots),
            *([("below 0", "", "", 0, -self.short, 0, 0, self.short)] if self.short else []),
            ("total", "", "", self.earned, self.balance, self.spent, self.expired, self.reversed),
        ]

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """One row for each lot; *until* is NaT where the points stay."""
        columns: dict[str, NDArray[Any]] = {
            "earning": np.array([lot.earning for lot in self.lots], dtype=np.str_),
            "earned_on": np.array([lot.earned_on for lot in self.lots], dtype="datetime64[D]"),
            "until": np.array([lot.until for lot in self.lots], dtype="datetime64[D]"),
        }
        return columns | {name: np.array([getattr(lot, name) for lot in self.lots], dtype=np.int64) for name in _COUNTS}


_SIDES: Final = (*[Align.LEFT] * 3, *[Align.RIGHT] * len(_COUNTS))
