"""One table as it is checked: alone, or as a component's under its quota, gates and limits.

Where tiers are by attainment and the quota is known, all is in what is sold; else in shares of the quota. Where rates are
of something other than what reaches the tiers, pay is that of equal deals: so much of a deal per unit, or the rate itself
where the tiers are a KPI's. Multipliers on the output that always hold are in the pay, those on the input are not, nor
are gates on KPIs, which are taken as passed. Caps and floors are per settled period: they are compared with tiers that
begin again with each, and a cap with tiers of one day or deal as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

import attrs

from ..money import Currency, Money
from ..rate import Rate
from ._keys import Key, TierValue, number, value_of
from ._lint_curve import Curve, Shape, Unit, by_sale, curve_of
from ._terms import Form, Terms, walks
from .component import Component, DatedTable, Multiplier, Multiplies
from .findings import Finding, FindingCode
from .measures import Accumulation, Credited, PayBase
from .plan import CompPlan
from .rate_table import Application, RateTable

__all__ = ["Case", "case_of_table", "cases_of"]

ONE = Fraction(1)
_FORMS = {
    Application.MARGINAL: Form.SLICED,
    Application.WHOLE: Form.WHOLE,
    Application.FIXED: Form.STEPS,
    Application.INTERPOLATED: Form.LINE,
}


@attrs.frozen(kw_only=True)
class Case:
    """A table with all that bears on it.

    *raw* is the pay before cap and floor, *curve* after those that can be compared; *scale* is one unit of the key of
    the tiers, the quota where tiers are by attainment. *priced*: a sale costs what it counts.
    """

    component: str | None
    first: date | None
    table: RateTable
    shape: Shape
    raw: Curve
    curve: Curve
    scale: Fraction
    share_of: str | None
    priced: str  # "yes" or why it is not
    cap: Fraction | None = None
    floor: Fraction | None = None
    top: Key | None = None
    target: Fraction | None = None
    multipliers: tuple[Multiplier, ...] = ()
    factor: Fraction = ONE

    def finding(
        self, code: FindingCode, tier: int | None, name: str | None = None, **numbers: Key | None
    ) -> Finding: ...
