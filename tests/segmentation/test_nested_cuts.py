"""Customers with nested scores, explained: cuts of orders hang on the level of days, those of money on both."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import attrs
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.errors import InvalidType, InvalidValue
from salesplan.segmentation.cuts import Cuts
from salesplan.segmentation.nested_cuts import NestedCuts
from salesplan.segmentation.scores import RfmScore
from salesplan.segmentation.scoring_rules import Nesting
from salesplan.segmentation.segment_map import SegmentMap
from salesplan.segmentation.segments import Range, ScoreRule, Segment
from salesplan.segmentation.standing import CustomerStanding
from salesplan.segmentation.thresholds import RfmThresholds
from tests.segmentation.customers import AS_OF, Numbers, summary_of
from tests.strategies import anything, refusal


def exactly(level: int) -> Range:
    return Range(at_least=level, at_most=level)


CELLS = SegmentMap(
    tuple(
        ScoreRule(Segment(f"{r}{f}{m}"), r=exactly(r), f=exactly(f), m=exactly(m))
        for r, f, m in product((1, 2), repeat=3)
    ),
    levels=2,
)
"""A segment for each cell, so that any change of any level is a change of segment."""

small = st.integers(-2, 6)
one_cut = st.tuples(small)


@st.composite
def nested(draw: st.DrawFn) -> RfmThresholds:
    """Thresholds of two levels each, in all five rows and four."""
    return RfmThresholds(
        recency=draw(one_cut),
        frequency=tuple(draw(st.tuples(one_cut, one_cut))),
        monetary=tuple(draw(st.tuples(one_cut, one_cut, one_cut, one_cut))),
        nesting=Nesting.NESTED,
    )


numbers = st.tuples(st.integers(0, 8), st.integers(1, 8), st.integers(-4, 8))


def cell(thresholds: RfmThresholds, row: Numbers) -> str:
    """By definition, one customer at a time."""
    score: RfmScore = thresholds.score_one(days_since_last=row[0], frequency=row[1], monetary=row[2])
    return f"{score.r}{score.f}{score.m}"


def standing(thresholds: RfmThresholds, row: Numbers) -> CustomerStanding:
    summary = summary_of([row])
    return CELLS.assign(thresholds.score(summary), summary=summary, cuts=thresholds.cuts).explain(customer=0)


@given(nested(), numbers)
@example(
    # of R2 two orders are F1, of R1 they are F2: on day 4 the level of orders rises because that of days falls
    RfmThresholds(recency=(3,), frequency=((1,), (2,)), monetary=((9,),) * 4, nesting=Nesting.NESTED),
    (3, 2, 0),
)
def test_a_standing_agrees_with_the_scores(thresholds: RfmThresholds, row: Numbers) -> None:
    found, now = standing(thresholds, row), cell(thresholds, row)
    assert found.segment.name == now
    for at, axis in enumerate(found.axes):
        assert axis.level == f"{'RFM'[at]}{now[at]}"
        if axis.missing is None:
            continue
        moved = list(row)
        moved[at] += axis.missing  # type: ignore[operator]
        then = cell(thresholds, (moved[0], moved[1], moved[2]))
        assert (axis.next_level, axis.leads_to) == (f"{'RFM'[at]}{then[at]}", None if then == now else then)
        moved[at] -= 1
        assert cell(thresholds, (moved[0], moved[1], moved[2])) == now  # nothing before the cut
    falls = next((day for day in range(1, 20) if cell(thresholds, (row[0] + day, *row[1:])) != now), None)
    assert found.moves_on == (None if falls is None else AS_OF + timedelta(falls))
    assert found.moves_to == (None if falls is None else cell(thresholds, (row[0] + falls, *row[1:])))


def test_what_is_missing_is_said_by_the_row_of_the_customer() -> None:
    thresholds = RfmThresholds(
        recency=(30,), frequency=((1,), (4,)), monetary=((100,), (200,), (300,), (400,)), nesting=Nesting.NESTED
    )
    # 10 days is R2, whose cut of orders is 4: three more than 2 are needed to be above it; F1 of R2 is cut at 300
    assert standing(thresholds, (10, 2, 250)).explain().splitlines() == [
        "customer 0 on 2026-06-30: 211",
        "because R 2, F 1, M 1",
        "without a purchase 122 on 2026-07-21",  # of R1 two orders are above 1, and 250 above 200
        "days since last  10   within 30 (R2)  21 more days, on 2026-07-21, to R1: 122",
        "orders           2    F1              3 more orders to F2: 221",
        "money            250  M1              51 more to M2: 212",
    ]


@given(st.lists(small, max_size=3), st.lists(small, max_size=3), st.lists(small, max_size=3), st.lists(numbers))
def test_rows_that_are_all_the_same_are_no_rows(
    days: list[int], orders: list[int], money: list[int], rows: list[Numbers]
) -> None:
    r, f, m = (tuple(sorted(each)) for each in (days, orders, money))
    cuts = NestedCuts(days_since_last=r, orders=(f,) * (len(r) + 1), money=(m,) * ((len(r) + 1) * (len(f) + 1)))
    plain = Cuts(days_since_last=r, orders=f, money=m)
    table = np.array(rows, dtype=np.int64).reshape(len(rows), 3)
    assert cuts.levels(table).tolist() == plain.levels(table).tolist()
    for row in table:
        for axis in range(3):
            assert cuts.starts(axis, row).tolist() == plain.starts(axis).tolist()


@pytest.mark.parametrize(
    "bad",
    [
        {"orders": ((1,),)},
        {"orders": ((1,), (1, 2))},
        {"orders": ((2, 1), (1, 2))},
        {"money": ((1,),) * 3},
        {"days_since_last": (3, 2)},
        {"days_since_last": (1.5,)},
        {"money": 5},
        {"orders": ()},
    ],
)
def test_other_cuts_are_refused(bad: dict[str, object]) -> None:
    good: dict[str, object] = {"days_since_last": (30,), "orders": ((1,), (4,)), "money": ((1,),) * 4}
    assert refusal(lambda: NestedCuts(**good)) is None  # type: ignore[arg-type]
    error = refusal(lambda: NestedCuts(**good | bad))  # type: ignore[arg-type]
    assert isinstance(error, InvalidType | InvalidValue)


def test_levels_are_a_hundred_at_most() -> None:
    rows = np.array([[0, 200, 0], [200, 1, 0]])
    many = NestedCuts(days_since_last=(), orders=(tuple(range(99)),), money=((),) * 100)
    assert many.levels(rows).tolist() == [[1, 100, 1], [1, 2, 1]]
    assert Cuts(days_since_last=tuple(range(99)), orders=(), money=()).levels(rows)[:, 0].tolist() == [100, 1]
    for kind, rest in ((NestedCuts, {"orders": ((),), "money": ((),)}), (Cuts, {"orders": (), "money": ()})):
        with pytest.raises(InvalidValue, match="at most 99 cuts"):
            kind(days_since_last=tuple(range(100)), **rest)


@given(anything)
def test_whatever_is_given_is_taken_or_refused(value: object) -> None:
    cuts = NestedCuts(days_since_last=(30,), orders=((1,), (4,)), money=((1,),) * 4)
    for name in ("days_since_last", "orders", "money"):
        refusal(attrs.evolve, cuts, **{name: value})
    refusal(cuts.levels, value)
    refusal(cuts.starts, value, np.array([1, 1, 1]))
    refusal(cuts.starts, 1, value)
