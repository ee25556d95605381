"""Who may be gone: a silence that is long for this customer, or a model that says so.

**Own rhythm.** The median of the gaps between a customer's purchase days is their usual gap. A silence of more than
*late_after* times that is late. The median of an even number of gaps lies between two, so twice the median is kept,
which is whole, and the comparison is exact. Customers with fewer than *min_gaps* gaps have no rhythm yet; they are not
judged, and counted.

**Model.** The chance to be a customer still (`BgNbd.p_alive`, say) is a statistic, and given as an array. A chance to
be gone of *gone_from* or more warns; a chance to stay of 0.8 is on the edge of 20 %, as it is written. In BG/NBD
nobody is gone who has bought on one day only: their chance is 1 by construction, not by evidence, so they are not
judged by it.

Left out: what brings them back, and causes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import Enum
from fractions import Fraction
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Reals, Whole, day_number, real_numbers
from ..display import Align, html_table, text_table
from ..errors import InvalidType, InvalidValue, clip, listed, require_instance, require_int
from ..rate import Rate
from ._grain import counted
from ._one_code import row_of
from ._own_arrays import ByBytes, own_codes, own_column
from ._rate_text import decimal_text, percent_text
from .purchase_days import PurchaseDays

__all__ = ["ChurnReason", "ChurnRule", "ChurnWarning", "ChurnWarnings", "churn_warnings"]

_CODE: Final = "segmentation.churn"
_MOST: Final = 10**9
_TWICE: Final = Rate(2)
_SURE: Final = 1 - 2.0**-53  # whoever stays for sure is never gone, however small gone_from is


class ChurnReason(Enum):
    """Why a customer is warned of."""

    LATE = "late"
    """Silent for longer than their own gaps allow."""
    MODEL = "model"
    """The model gives them too small a chance to be a customer still."""


@attrs.frozen(kw_only=True)
class ChurnRule:
    """Silence of more than *late_after* times the usual gap is late; a chance to be gone of *gone_from* is too high.

    Raises: InvalidValue for *late_after* below 1, or of parts past 10**9; for *gone_from* outside 0..1 (0 excluded).
    >>> ChurnRule(late_after=Rate(2)).is_late((10, 14, 30), silent=28)
    False
    >>> ChurnRule(late_after=Rate(2)).is_late((10, 14, 30), silent=29)
    True
    """

    late_after: Rate = _TWICE
    min_gaps: int = 2
    gone_from: Rate | None = None

    def __attrs_post_init__(self) -> None:
        late = require_instance(self.late_after, Rate, code=_CODE, name="late_after")
        if late < Rate(1) or late.numerator > _MOST or late.denominator > _MOST:
            raise InvalidValue(f"late_after is 1 or more, in short: {clip(str(late))}", code=_CODE, value=late)
        require_int(self.min_gaps, code=_CODE, name="min_gaps", low=1, high=_MOST)
        if self.gone_from is not None:
            gone = require_instance(self.gone_from, Rate, code=_CODE, name="gone_from")
            if not Rate(0) < gone <= Rate(1):
                raise InvalidValue(f"gone_from lies in 0..1: {clip(str(gone))}", code=_CODE, value=gone)

    def is_late(self, gaps: Sequence[int], *, silent: int) -> bool | None:
        """Whether so many days of silence are late after these gaps; None where there are too few of them."""
        given = listed(gaps, code=_CODE, name="gaps")
        known = sorted(require_int(gap, code=_CODE, name="a gap", low=1) for gap in given)
        require_int(silent, code=_CODE, name="silent", low=0)
        if len(known) < self.min_gaps:
            return None
        return silent > self.last_day_in_time(known[(len(known) - 1) // 2] + known[len(known) // 2])

    def last_day_in_time(self, doubled_median_gap: int) -> int:
        """The longest silence that is not late, for twice the median gap."""
        return self.late_after.numerator * doubled_median_gap // (2 * self.late_after.denominator)


@attrs.frozen(kw_only=True)
class ChurnWarning:
    """What is known of the silence of one customer: days, the usual gap, since when it is late, and the chance left.

    *late_on* is the first day on which the silence is late, in the past or to come; None without a rhythm. *alive* is a
    statistic. Without *reasons* there is no warning.
    """

    customer: int
    as_of: date
    silent: int
    gaps: int
    usual_gap: Fraction | None
    late_on: date | None
    alive: float | None
    reasons: tuple[ChurnReason, ...]

    def explain(self) -> str:
        """The warning and its reasons, one line each."""
        return "\n".join([self._head(), *self._lines()])

    def _repr_html_(self) -> str:
        return html_table((self._head(),), [(line,) for line in self._lines()])

    def _head(self) -> str:
        return f"customer {self.customer} on {self.as_of}: {'may be gone' if self.reasons else 'no warning'}"

    def _lines(self) -> list[str]:
        rhythm = f"; {counted(self.gaps, 'gap')} so far, too few for a rhythm"
        if self.usual_gap is not None:
            late = "never" if self.late_on is None else f"from {self.late_on}"
            rhythm = f", usually {decimal_text(Rate(*self.usual_gap.as_integer_ratio()), 1)}; late {late}"
        lines = [f"silent for {counted(self.silent, 'day')}{rhythm}"]
        if self.alive is not None:
            gone = round((1 - self.alive) * 1000)
            lines.append(f"gone by the model with {percent_text(Rate(gone, 1000))}")
        return lines


@attrs.frozen(kw_only=True, eq=False)
class ChurnWarnings(ByBytes):
    """The silence of every customer, and who is warned of.

    Shape: all arrays are as long as *customer*, which rises. *late* and *gone* are the two reasons; *judged* is who has
    a rhythm or is judged by the model.
    Law: `warned` is late or gone; whoever is not judged is neither.
    Raises: InvalidType, InvalidValue for columns that are not such, or of different length.
    """

    rule: ChurnRule
    as_of: date
    customer: Whole = attrs.field(repr=False)
    silent: Whole = attrs.field(repr=False)
    gaps: Whole = attrs.field(repr=False)
    doubled_median_gap: Whole = attrs.field(repr=False)
    alive: Reals | None = attrs.field(repr=False)
    late: NDArray[np.bool_] = attrs.field(init=False, repr=False)
    gone: NDArray[np.bool_] = attrs.field(init=False, repr=False)
    judged: NDArray[np.bool_] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        require_instance(self.rule, ChurnRule, code=_CODE, name="rule")
        day_number(self.as_of, name="as_of", code=_CODE)
        keep(self, "customer", own_codes(self.customer, code=_CODE))
        for name in ("silent", "gaps", "doubled_median_gap"):
            keep(self, name, own_column(getattr(self, name), name=name, code=_CODE, size=self.customer.size))
        days = self.as_of.toordinal()
        if (self.silent >= days).any() or (self.doubled_median_gap > 2 * days).any():
            raise InvalidValue("silences and gaps begin in the year 1 or later", code=_CODE, value=None)
        if (self.alive is None) is not (self.rule.gone_from is None):
            raise InvalidType("alive and the rule's gone_from go together", code=_CODE, value=None)
        rhythm = self.gaps >= self.rule.min_gaps
        longest = self.rule.late_after.numerator * self.doubled_median_gap // (2 * self.rule.late_after.denominator)
        keep(self, "late", rhythm & (self.silent > longest))
        modelled = np.zeros(self.customer.size, dtype=np.bool_)
        gone = modelled.copy()
        if self.alive is not None and self.rule.gone_from is not None:
            keep(self, "alive", real_numbers(self.alive, name="alive", code=_CODE).copy())
            if self.alive.shape != self.customer.shape or ((self.alive < 0) | (self.alive > 1)).any():
                raise InvalidValue("alive has a chance in 0..1 for each customer", code=_CODE, value=None)
            modelled = self.gaps > 0
            stays = self.rule.gone_from.complement()  # 1 - 0.8 is a little less than 0.2, so this side is compared
            gone = modelled & (self.alive <= min(stays.numerator / stays.denominator, _SURE))
        keep(self, "gone", gone)
        keep(self, "judged", rhythm | modelled)
        for each in attrs.fields(ChurnWarnings):
            column = getattr(self, each.name)
            if isinstance(column, np.ndarray):
                column.setflags(write=False)

    @property
    def warned(self) -> NDArray[np.bool_]:
        """Who is warned of."""
        return self.late | self.gone

    def warning(self, customer: int) -> ChurnWarning:
        """What is known of one customer.

        Raises: NotFound.
        """
        row = row_of(self.customer, customer, code=_CODE)
        doubled, silent = int(self.doubled_median_gap[row]), int(self.silent[row])
        rhythm = int(self.gaps[row]) >= self.rule.min_gaps
        flags = ((ChurnReason.LATE, self.late), (ChurnReason.MODEL, self.gone))
        return ChurnWarning(
            customer=int(self.customer[row]),
            as_of=self.as_of,
            silent=silent,
            gaps=int(self.gaps[row]),
            usual_gap=Fraction(doubled, 2) if rhythm else None,
            late_on=self._after(self.rule.last_day_in_time(doubled) + 1 - silent) if rhythm else None,
            alive=None if self.alive is None or not int(self.gaps[row]) else float(self.alive[row]),
            reasons=tuple(reason for reason, flag in flags if flag[row]),
        )

    def explain(self) -> str:
        """How many are warned of, and for what."""
        return text_table(self._rows(), align=_ALIGN)

    def _repr_html_(self) -> str:
        return html_table(("", f"as of {self.as_of}"), self._rows(), align=_ALIGN)

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """One row a customer: the numbers, the two reasons, and whether they were judged at all."""
        names = ("customer", "silent", "gaps", "doubled_median_gap", "late", "gone", "judged")
        columns: dict[str, NDArray[Any]] = {name: getattr(self, name).copy() for name in names}
        return columns if self.alive is None else columns | {"alive": self.alive.copy()}

    def _rows(self) -> list[tuple[str, str]]:
        counts = (
            ("customers", np.ones(self.customer.size, dtype=np.bool_)),
            ("not judged", ~self.judged),
            ("late by their own rhythm", self.late),
            ("gone by the model", self.gone),
            ("warned of", self.warned),
        )
        return [(name, f"{np.count_nonzero(each):,}") for name, each in counts]

    def _after(self, days: int) -> date | None:
        day = self.as_of.toordinal() + days
        return self.as_of + timedelta(days) if day <= date.max.toordinal() else None


def churn_warnings(history: PurchaseDays, rule: ChurnRule, *, alive: object = None) -> ChurnWarnings:
    """The silence of the customers of a history, judged by a rule.

    *alive* is the chance of each of `history.customers` to be a customer still; the rule's *gone_from* judges it.
    Law: late is what `rule.is_late` says of the gaps; the order of rows changes no byte.
    Raises: InvalidType where *alive* and *gone_from* are not both given or both left out; InvalidValue for a chance
    outside 0..1.
    """
    require_instance(history, PurchaseDays, code=_CODE, name="history")
    require_instance(rule, ChurnRule, code=_CODE, name="rule")
    return ChurnWarnings(
        rule=rule,
        as_of=history.as_of,
        customer=history.customers,
        silent=(np.datetime64(history.as_of) - history.last_day).astype(np.int64),
        gaps=history.gaps,
        doubled_median_gap=history.doubled_median_gap,
        alive=alive,  # type: ignore[arg-type]  # it is checked there
    )


_ALIGN: Final = (Align.LEFT, Align.RIGHT)
