"""From a summary, or from scores, to an assignment: customers in order, prospects among them, currencies compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ..columns import Whole, whole_numbers
from ..errors import InvalidValue, require_instance
from ..money import CurrencyMismatch
from .assignment import Assignment
from .cuts import Cuts
from .nested_cuts import NestedCuts
from .scores import RfmScores
from .summary import CustomerSummary

if TYPE_CHECKING:
    from .segment_map import SegmentMap

__all__ = ["by_scores", "by_values"]

_CODE: Final = "segmentation.assignment"


def by_values(map: SegmentMap, summary: CustomerSummary, prospects: object) -> Assignment:
    """The assignment of the customers of a summary."""
    require_instance(summary, CustomerSummary, code=_CODE, name="the subject of a map over raw numbers")
    _same_currency(map, summary)
    customer, values = _with_prospects(summary.customer, _values(summary), prospects)
    return Assignment(
        map=map, customer=customer, values=values, as_of=summary.as_of, currency=summary.currency or map.currency
    )


def by_scores(
    map: SegmentMap,
    scores: RfmScores,
    summary: CustomerSummary | None,
    cuts: Cuts | NestedCuts | None,
    prospects: object,
) -> Assignment:
    """The assignment of scored customers; *summary* must be of the same customers and day."""
    require_instance(scores, RfmScores, code=_CODE, name="the subject of a map over scores")
    if set(scores.levels) != {map.levels}:
        raise InvalidValue(
            f"a map of {map.levels} levels, and scores of {' / '.join(str(each) for each in scores.levels)}",
            code=f"{_CODE}.levels",
            value=scores.levels,
        )
    levels = np.stack([scores.r, scores.f, scores.m], axis=1).astype(np.int64)
    customer, rows = _with_prospects(scores.customer, levels, prospects)
    if summary is None:
        return Assignment(map=map, customer=customer, levels=rows, cuts=cuts, as_of=scores.as_of)
    require_instance(summary, CustomerSummary, code=_CODE, name="summary")
    if summary.as_of != scores.as_of or not np.array_equal(summary.customer, scores.customer):
        raise InvalidValue("scores and summary are of different customers or days", code=_CODE, value=None)
    return Assignment(
        map=map,
        customer=customer,
        values=_with_prospects(summary.customer, _values(summary), prospects)[1],
        levels=rows,
        cuts=cuts,
        as_of=summary.as_of,
        currency=summary.currency,
    )


def _values(summary: CustomerSummary) -> Whole:
    return np.stack([summary.days_since_last, summary.orders, summary.money], axis=1).astype(np.int64, copy=False)


def _same_currency(map: SegmentMap, summary: CustomerSummary) -> None:
    if map.currency is None or map.currency == summary.currency:
        return
    if summary.currency is None:
        raise InvalidValue(
            f"the rules are in {map.currency}, and the summary does not say its currency: give it one",
            code=f"{_CODE}.currency",
            value=None,
        )
    raise CurrencyMismatch(
        f"the rules are in {map.currency}, the summary in {summary.currency}",
        code="money.currency_mismatch",
        value=summary.currency,
    )


def _with_prospects(customer: Whole, rows: Whole, prospects: object) -> tuple[Whole, Whole]:
    """All customers in order; a row of zeros for who has bought nothing."""
    more = whole_numbers(prospects, name="prospects", code=_CODE, low=0)
    if not more.size:
        return customer, rows
    if np.isin(more, customer).any():
        code = int(more[np.isin(more, customer)][0])
        raise InvalidValue(f"customer {code} has bought, and is no prospect", code=f"{_CODE}.prospects", value=code)
    codes = np.concatenate([customer, more])
    order = np.argsort(codes, kind="stable")
    return codes[order], np.concatenate([rows, np.zeros((more.size, 3), dtype=np.int64)])[order]
