"""RFM thresholds as a value: fitted once, stored, and applied as they are from then on.

A score is 1 plus the number of cuts strictly below the value; of days since the last purchase, where fewer are better,
it is the highest level minus that number. So equal values have equal scores, whatever order the customers come in, and
where many are equal a level stays empty (of the 2,357 customers of CDNOW 1,398 bought once, so none has F2). Fitted
again each month, thresholds move customers who did nothing; kept, they do not: no score changes but for its own value.

    NEAREST_RANK   the cut is a value that occurs: the k-th smallest, k = i n / levels rounded up
    LINEAR         what `quantile` gives in numpy, pandas and R (type 7), here as exact ratios: where floats put a cut
                   on the wrong side of a whole number, the score is ours
    NESTED         cuts of frequency within each score of recency, of money within each pair of these; where a group is
                   empty its cuts are those of the next wider one

Left out: ranks that split ties (`rank(method="first")`): they depend on the order of the rows. Mean money per order.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

import attrs
import numpy as np

from ..columns import day_number
from ..display import html_table, text_table
from ..errors import InvalidType, InvalidValue, listed, require_instance, require_int
from ..money import MAX_MINOR, Currency, CurrencyMismatch, Money
from ..rulebook import fingerprint
from ._quantile_cuts import (
    Bound,
    cuts_within,
    passed,
    passed_one,
    rising,
    whole_part,
)
from ._score_bands import bands
from .cuts import Cuts
from .nested_cuts import NestedCuts
from .scores import RfmScore, RfmScores
from .scoring_rules import CutMethod, Frequency, Nesting, cutter, values_of
from .summary import CustomerSummary, Refunds, ZeroOrders

__all__ = ["RfmThresholds"]

_CODE: Final = "segmentation.thresholds"
_MOST_FITTED: Final = 20


@attrs.frozen(kw_only=True)
class RfmThresholds:
    """The cuts between the scores, and what they were made of.

    *recency* in days; *frequency* and *monetary* are rows of cuts: one row, or, nested, one for each score of recency,
    and for each pair of recency and frequency scores. Money is in minor units, of *currency* where that is given.
    *as_of*, *customers* and *method* say how they were fitted; cuts that were given have none of these. The rules are
    those of the summary; None fits any.
    Raises: InvalidType, InvalidValue for cuts that fall, are too many, or not as many as the nesting wants.
    """

    recency: tuple[Bound, ...]
    frequency: tuple[tuple[Bound, ...], ...]
    monetary: tuple[tuple[Bound, ...], ...]
    nesting: Nesting = Nesting.INDEPENDENT
    frequency_of: Frequency = Frequency.ORDERS
    method: CutMethod | None = None
    as_of: date | None = None
    customers: int | None = None
    currency: Currency | None = None
    refunds_rule: Refunds | None = None
    zero_rule: ZeroOrders | None = None

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        require_instance(self.nesting, Nesting, code=_CODE, name="nesting")
        require_instance(self.frequency_of, Frequency, code=_CODE, name="frequency_of")
        kinds = {"method": CutMethod, "currency": Currency, "refunds_rule": Refunds, "zero_rule": ZeroOrders}
        for name, kind in kinds.items():
            if getattr(self, name) is not None:
                require_instance(getattr(self, name), kind, code=_CODE, name=name)
        if self.as_of is not None:
            day_number(self.as_of, name="as_of", code=_CODE)
        if self.customers is not None:
            require_int(self.customers, code=_CODE, name="customers", low=1, high=MAX_MINOR)
        keep(self, "recency", rising(self.recency, "recency"))
        for name in ("frequency", "monetary"):
            rows = listed(getattr(self, name), code=_CODE, name=name)
            keep(self, name, tuple(rising(row, name) for row in rows))
            if len({len(row) for row in getattr(self, name)}) != 1:
                raise InvalidValue(f"{name} must be rows of one length", code=_CODE, value=None)
        r, f, _ = self.levels
        wanted = (1, 1) if self.nesting is Nesting.INDEPENDENT else (r, r * f)
        if (len(self.frequency), len(self.monetary)) != wanted:
            raise InvalidValue(
                f"{self.nesting.value} thresholds have {wanted[0]} rows of frequency and {wanted[1]} of money, "
                f"not {len(self.frequency)} and {len(self.monetary)}",
                code=_CODE,
                value=None,
            )

    @classmethod
    def of(
        cls,
        *,
        recency: Iterable[Bound],
        frequency: Iterable[Bound],
        monetary: Iterable[Bound | Money],
        frequency_of: Frequency = Frequency.ORDERS,
    ) -> RfmThresholds:
        """Thresholds from cuts that are known: a score goes up above a cut, of days it goes down.

        Raises: InvalidType, InvalidValue for cuts that fall; CurrencyMismatch for money of two currencies.
        >>> shop = RfmThresholds.of(recency=[7, 30], frequency=[1, 2], monetary=[Money.of("300", "CNY")])
        >>> str(shop.score_one(days_since_last=7, frequency=3, monetary=Money.of("300", "CNY")))
        'R3 F3 M1'
        """
        amounts = listed(monetary, code=_CODE, name="monetary")
        moneys = [amount for amount in amounts if isinstance(amount, Money)]
        if moneys and len(moneys) < len(amounts):
            raise InvalidType("monetary cuts are all Money, or all numbers of minor units", code=_CODE, value=amounts)
        for amount in moneys:
            moneys[0].same(amount)
        return cls(
            recency=listed(recency, code=_CODE, name="recency"),
            frequency=(listed(frequency, code=_CODE, name="frequency"),),
            monetary=(tuple(amount.minor if isinstance(amount, Money) else amount for amount in amounts),),
            frequency_of=frequency_of,
            currency=moneys[0].currency if moneys else None,
        )

    @classmethod
    def fit(
        cls,
        summary: CustomerSummary,
        *,
        levels: int = 5,
        method: CutMethod = CutMethod.NEAREST_RANK,
        nesting: Nesting = Nesting.INDEPENDENT,
        frequency_of: Frequency = Frequency.ORDERS,
    ) -> RfmThresholds:
        """The thresholds that cut these customers into *levels* of equal size, as far as ties allow.

        Raises: InvalidValue for a summary without customers, or levels outside 2..20; InvalidType.
        """
        require_instance(summary, CustomerSummary, code=_CODE, name="summary")
        require_int(levels, code=_CODE, name="levels", low=2, high=_MOST_FITTED)
        require_instance(method, CutMethod, code=_CODE, name="method")
        require_instance(nesting, Nesting, code=_CODE, name="nesting")
        require_instance(frequency_of, Frequency, code=_CODE, name="frequency_of")
        if not len(summary):
            raise InvalidValue("there are no customers to fit thresholds to", code=_CODE, value=0)
        cuts = cutter(method, levels)
        r, f, m = values_of(summary, frequency_of)
        recency = cuts(r)
        frequency: tuple[tuple[Bound, ...], ...] = (cuts(f),)
        monetary: tuple[tuple[Bound, ...], ...] = (cuts(m),)
        if nesting is Nesting.NESTED:
            by_r = levels - 1 - passed(r, [recency]).astype(np.intp)
            frequency = cuts_within(by_r, f, frequency * levels, cuts)
            wider = cuts_within(by_r, m, monetary * levels, cuts)
            by_rf = by_r * levels + passed(f, frequency, by_r)
            monetary = cuts_within(by_rf, m, [row for row in wider for _ in range(levels)], cuts)
        return cls(
            recency=recency,
            frequency=frequency,
            monetary=monetary,
            nesting=nesting,
            frequency_of=frequency_of,
            method=method,
            as_of=summary.as_of,
            customers=len(summary),
            currency=summary.currency,
            refunds_rule=summary.refunds_rule,
            zero_rule=summary.zero_rule,
        )

    @property
    def levels(self) -> tuple[int, int, int]:
        """The highest scores of recency, frequency and money."""
        return len(self.recency) + 1, len(self.frequency[0]) + 1, len(self.monetary[0]) + 1

    @property
    def digest(self) -> str:
        """The fingerprint of these thresholds, for a result to say what it was scored by."""
        return fingerprint(self)

    @property
    def cuts(self) -> Cuts | NestedCuts:
        """The same cuts as whole numbers, for a map over scores to explain with.

        Raises: InvalidValue where frequency counts purchase days.
        """
        if self.frequency_of is not Frequency.ORDERS:
            raise InvalidValue("a map explains orders, not purchase days", code=_CODE, value=self.frequency_of)
        r = tuple(map(whole_part, self.recency))
        f, m = (tuple(tuple(map(whole_part, row)) for row in rows) for rows in (self.frequency, self.monetary))
        if self.nesting is Nesting.INDEPENDENT:
            return Cuts(days_since_last=r, orders=f[0], money=m[0])
        return NestedCuts(days_since_last=r, orders=f, money=m)

    def score(self, summary: CustomerSummary) -> RfmScores:
        """The scores of the customers of a summary, of whatever date.

        Law: `score_one`, customer by customer; the same for the same values, whoever else is there.
        Raises: CurrencyMismatch; InvalidValue for a summary with another rule for refunds or zero orders; SummaryError
        for one without purchase days where these are scored.
        """
        self._require_fit(require_instance(summary, CustomerSummary, code=_CODE, name="summary"))
        r, f, m = values_of(summary, self.frequency_of)
        of_r, of_f, _ = self.levels
        recency = of_r - passed(r, [self.recency])
        nested = self.nesting is Nesting.NESTED
        by_r = recency.astype(np.intp) - 1 if nested else None
        frequency = passed(f, self.frequency, by_r)
        by_rf = by_r * of_f + frequency if by_r is not None else None
        return RfmScores(
            as_of=summary.as_of,
            levels=self.levels,
            customer=summary.customer,
            r=recency,
            f=frequency + 1,
            m=passed(m, self.monetary, by_rf) + 1,
            thresholds=self.digest,
        )

    def _require_fit(self, summary: CustomerSummary) -> None:
        if self.currency is not None and self.currency != summary.currency:
            raise CurrencyMismatch(
                f"the thresholds are in {self.currency}, the summary in {summary.currency}",
                code="money.currency_mismatch",
                value=summary.currency,
            )
        for mine, other in ((self.refunds_rule, summary.refunds_rule), (self.zero_rule, summary.zero_rule)):
            if (
                mine is not None and mine is not other and Refunds.REFUSE not in (mine, other)
            ):  # none is none, both ways
                raise InvalidValue(
                    f"the thresholds were fitted with {mine}, the summary was made with {other}",
                    code="segmentation.thresholds.rule",
                    value=other,
                )

    def score_one(self, *, days_since_last: int, frequency: int, monetary: int | Money) -> RfmScore:
        """The scores of one customer, by the definition; *frequency* is of what the thresholds count.

        Raises: InvalidType, InvalidValue for days or a frequency below 0; CurrencyMismatch.
        """
        days = require_int(days_since_last, code=_CODE, name="days_since_last", low=0, high=MAX_MINOR)
        many = require_int(frequency, code=_CODE, name="frequency", low=0, high=MAX_MINOR)
        if isinstance(monetary, Money):
            if monetary.currency != self.currency:
                raise CurrencyMismatch(
                    f"the thresholds are in {self.currency}, the money in {monetary.currency}",
                    code="money.currency_mismatch",
                    value=monetary,
                )
            monetary = monetary.minor
        amount = require_int(monetary, code=_CODE, name="monetary", low=-MAX_MINOR, high=MAX_MINOR)
        nested = self.nesting is Nesting.NESTED
        of_r, of_f, _ = self.levels
        r = of_r - passed_one(days, self.recency)
        f = 1 + passed_one(many, self.frequency[r - 1 if nested else 0])
        m = 1 + passed_one(amount, self.monetary[(r - 1) * of_f + f - 1 if nested else 0])
        return RfmScore(r=r, f=f, m=m)

    def explain(self) -> str:
        """The values that have each score, and where the cuts come from.

        >>> shop = RfmThresholds.of(recency=[7, 30], frequency=[1, 2], monetary=[300_00, 500_00])
        >>> print(shop.explain())
        cuts as given
        score  days since last   orders                  money
            3          up to 7   over 2            over 50,000
            2     over 7 to 30        2  over 30,000 to 50,000
            1          over 30  up to 1           up to 30,000
        """
        head, rows, align = bands(self)
        return "\n".join([self._caption(), text_table([head, *rows], align=align)])

    def _repr_html_(self) -> str:
        head, rows, align = bands(self)
        return html_table(head, rows, align=align, caption=self._caption())

    def _caption(self) -> str:
        if self.method is None:
            return "cuts as given"
        of = "" if self.customers is None else f" of {self.customers:,} customers"
        on = "" if self.as_of is None else f" as of {self.as_of}"
        return f"{self.method.value.replace('_', ' ')} cuts{of}{on}"
