"""Stages, silences and whom to wake up: edges day by day, what time alone does, and columns held to records."""

from __future__ import annotations

import pickle
from collections import defaultdict
from copy import deepcopy
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import attrs
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.columns import EpochDays
from salesplan.errors import InvalidType, InvalidValue, NotFound, SalesplanError
from salesplan.money import Currency, CurrencyMismatch
from salesplan.rate import Rate
from salesplan.rulebook import from_data, to_data
from salesplan.segmentation._ratio_keys import ratio_keys
from salesplan.segmentation.churn import ChurnReason, ChurnRule, churn_warnings
from salesplan.segmentation.lifecycle import LifecyclePolicy, Stage
from salesplan.segmentation.migration import migrate
from salesplan.segmentation.purchase_days import PurchaseDays, purchase_days
from salesplan.segmentation.stages import Lifecycle, lifecycle
from salesplan.segmentation.summarize import summarize
from salesplan.segmentation.summary import CustomerSummary, ZeroOrders
from salesplan.segmentation.wake_up import wake_up_candidates
from tests.segmentation.customers import AS_OF, CNY, summary_of
from tests.strategies import HOSTILE, refusal
from tests.worked import table

PAGE = "lifecycle.md"
POLICY = LifecyclePolicy(new_days=30, active_days=60, at_risk_days=120, dormant_days=365)
SHORT = LifecyclePolicy(new_days=1, active_days=2, at_risk_days=4, dormant_days=6)

History = dict[int, list[date]]


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def bought(pairs: list[tuple[int, date]], *, as_of: date = AS_OF) -> PurchaseDays:
    return purchase_days(
        customer=[code for code, _ in pairs], day=[each for _, each in pairs], amount=[1] * len(pairs), as_of=as_of
    )


def history_of(history: History, *, as_of: date = AS_OF) -> PurchaseDays:
    pairs = [(code, each) for code, days in history.items() for each in days]
    return bought(pairs, as_of=as_of)


def known_days(history: History, *, as_of: date = AS_OF) -> History:
    """The distinct days up to *as_of*, rising; customers without one are left out."""
    known = {code: sorted({each for each in days if each <= as_of}) for code, days in history.items()}
    return {code: days for code, days in sorted(known.items()) if days}


def summary_of_days(history: History, *, as_of: date = AS_OF) -> CustomerSummary:
    known = known_days(history, as_of=as_of)
    size = len(known)
    return CustomerSummary(
        as_of=as_of,
        customer=np.array(list(known), dtype=np.int64),
        first_day=[days[0] for days in known.values()],  # type: ignore[arg-type]
        last_day=[days[-1] for days in known.values()],  # type: ignore[arg-type]
        orders=np.array([len(days) for days in known.values()], dtype=np.int64),
        money=np.arange(size, dtype=np.int64),
        refunds=np.zeros(size, dtype=np.int64),
        refund_orders=np.zeros(size, dtype=np.int64),
    )


def stages_of(
    history: History, policy: LifecyclePolicy = POLICY, *, as_of: date = AS_OF, prospects: object = ()
) -> Lifecycle:
    days = history_of(history, as_of=as_of).previous_last_day
    summary = summary_of_days(history, as_of=as_of)
    return lifecycle(summary, policy=policy, previous_last_day=days, prospects=prospects)


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "Stages"), ids=lambda row: row["case"])
def test_stages(row: dict[str, str]) -> None:
    first, previous, last = (day(row[name]) for name in ("first", "previous", "last"))
    stage = POLICY.stage_of(as_of=AS_OF, first_day=first, last_day=last, previous_last_day=previous)
    assert stage is Stage(row["stage"])
    history = {7: [each for each in (first, previous, last) if each is not None]}
    prospects = [] if first else [7]
    assert stages_of(history, prospects=prospects).stage_of(7) is stage


@pytest.mark.parametrize("row", table(PAGE, "What time alone does"), ids=lambda row: "/".join(row.values()))
def test_what_time_alone_does(row: dict[str, str]) -> None:
    days = [each for name in ("first", "previous", "last") if (each := day(row[name])) is not None]
    standing = stages_of({7: days}, as_of=date.fromisoformat(row["as of"])).explain(customer=7)
    assert standing.moves_on == day(row["moves on"])
    assert standing.moves_to == (Stage(row["moves to"]) if row["moves to"] else None)
    assert ("without a purchase" in standing.explain()) is bool(row["moves on"])


def rate(text: str) -> Rate:
    top, _, bottom = text.partition("/")
    return Rate(int(top), int(bottom or 1))


@pytest.mark.parametrize("row", table(PAGE, "Late by one's own rhythm"), ids=lambda row: "/".join(row.values()))
def test_late_by_ones_own_rhythm(row: dict[str, str]) -> None:
    rule, gaps = ChurnRule(late_after=rate(row["late after"])), [int(gap) for gap in row["gaps"].split()]
    late = {"yes": True, "no": False, "too few": None}[row["late"]]
    assert rule.is_late(gaps, silent=int(row["silent"])) is late
    days = [AS_OF - timedelta(int(row["silent"]))]
    for gap in reversed(gaps):
        days.insert(0, days[0] - timedelta(gap))
    found = churn_warnings(history_of({7: days}), rule).warning(7)
    assert found.reasons == ((ChurnReason.LATE,) if late else ())
    assert (found.usual_gap is None) is (late is None)


@pytest.mark.parametrize("row", table(PAGE, "Gone by the model"), ids=lambda row: "/".join(row.values()))
def test_gone_by_the_model(row: dict[str, str]) -> None:
    history = history_of({7: [date(2026, 1, 1), date(2026, 2, 1)]})
    found = churn_warnings(history, ChurnRule(gone_from=rate(row["gone from"])), alive=[float(row["stays"])])
    assert found.gone.tolist() == [row["warned"] == "yes"]


def test_whom_to_wake_up() -> None:
    rows = table(PAGE, "Whom to wake up")
    silent = {"dormant": 200, "active": 50}
    numbers = {int(row["customer"]): (silent[row["stage"]], int(row["orders"]), int(row["money"])) for row in rows}
    summary = summary_of(numbers, currency=CNY)
    groups = lifecycle(summary, policy=POLICY, previous_last_day=[None] * len(rows))
    found = wake_up_candidates(groups, segments=["dormant"], summary=summary)
    ordered = sorted((row for row in rows if row["place"]), key=lambda row: int(row["place"]))
    assert found.customer.tolist() == [int(row["customer"]) for row in ordered]
    for row, each in zip(ordered, found.top(9), strict=True):
        whole, _, part = row["an order"].partition(" ")
        assert each.value == Rate(int(whole)) + (rate(part) if part else Rate(0))
    assert [each.customer for each in found.top(2)] == [5, 2]
    assert found.top(1)[0].explain() == (
        "customer 5: dormant, silent for 200 days, an order is worth CNY 50.01; send a wake-up coupon"
    )
    values = [1.5, 2.0, 7.0, 7.0, 1.25, 9.0]
    expected = wake_up_candidates(groups, segments=["dormant"], summary=summary, expected=values)
    assert expected.customer.tolist() == [3, 4, 2, 1, 5]
    assert expected.top(1)[0].value_text() == "CNY 0.07"
    assert "is expected to bring CNY 0.07" in expected.top(1)[0].explain()
    assert expected.explain().splitlines()[1].endswith("expected")
    assert wake_up_candidates(groups, segments=[Stage.DORMANT], summary=summary) == found


# --- edges ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "days", [(31, 30, 60, 90), (30, 60, 60, 90), (30, 60, 90, 90), (30, 90, 60, 100), (-1, 2, 3, 4)]
)
def test_a_policy_that_does_not_rise_is_refused(days: tuple[int, int, int, int]) -> None:
    names = ("new_days", "active_days", "at_risk_days", "dormant_days")
    with pytest.raises(InvalidValue):
        LifecyclePolicy(**dict(zip(names, days, strict=True)))


def test_days_that_contradict_each_other_are_refused() -> None:
    one, two, three = (AS_OF - timedelta(back) for back in (9, 5, 1))
    odd: list[tuple[date | None, date | None, date | None]] = [
        (one, None, three),  # two days, and nothing between that could be the one before
        (one, one, one),
        (two, one, three),
        (one, three, three),
        (three, None, one),
        (one, None, AS_OF + timedelta(1)),
        (None, None, three),
        (one, None, None),
        (None, one, None),
    ]
    for first, previous, last in odd:
        with pytest.raises(InvalidValue):
            POLICY.stage_of(as_of=AS_OF, first_day=first, last_day=last, previous_last_day=previous)
        columns: dict[str, Any] = {
            name: np.array([each], dtype="datetime64[D]")
            for name, each in (("first_day", first), ("last_day", last), ("previous_last_day", previous))
        }
        with pytest.raises(InvalidValue):
            Lifecycle(policy=POLICY, as_of=AS_OF, customer=np.array([1]), **columns)
    with pytest.raises(InvalidType):
        POLICY.stage_of(as_of=AS_OF, first_day=datetime(2026, 1, 1), last_day=one, previous_last_day=None)


def test_previous_days_may_come_as_any_column_with_holes() -> None:
    history = {1: [date(2025, 1, 1), date(2026, 6, 1)], 2: [date(2026, 6, 1)]}
    summary, expected = summary_of_days(history), stages_of(history)
    holes = np.ma.masked_array(np.array(["2025-01-01", "2020-01-01"], dtype="datetime64[D]"), mask=[False, True])
    known = date(2025, 1, 1)
    columns: list[Any] = [
        [known, None],
        (known, pd.NaT),
        [known, np.datetime64("NaT")],
        np.array(["2025-01-01", "NaT"], dtype="datetime64[ns]"),
        np.array(["2025-01-01", "NaT"], dtype=">M8[s]"),
        np.array([known, None], dtype=object),
        np.ma.masked_array(np.array([known, known], dtype=object), mask=[False, True]),
        pd.Series(["2025-01-01", None], dtype="datetime64[ns]"),  # NaT of a data frame was refused as a hole
        pd.Series([known, None]),
        holes,
    ]
    for given_days in columns:
        assert lifecycle(summary, policy=POLICY, previous_last_day=given_days) == expected
    for wrong in ([date(2025, 1, 1)], [None, None], [date(2025, 1, 1)] * 2, "ab", 7, [20089, None]):
        with pytest.raises(SalesplanError):
            lifecycle(summary, policy=POLICY, previous_last_day=wrong)
    with pytest.raises(InvalidValue, match="customer 2 has bought"):
        stages_of(history, prospects=[2])
    none = np.full(1, np.datetime64("NaT"))  # without a unit
    assert lifecycle(summary_of_days({2: history[2]}), policy=POLICY, previous_last_day=none).stage_of(2) is Stage.NEW
    assert len(lifecycle(summary_of_days({}), policy=POLICY, previous_last_day=[]).customer) == 0


class Zoned:
    """A column of a data frame whose array hides its time zone, as one of polars does."""

    dtype = pd.DatetimeTZDtype("ns", "Asia/Shanghai")

    def __init__(self, days: Any) -> None:
        self._days = np.array(days, dtype="datetime64[ns]")

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self._days

    def __getitem__(self, places: Any) -> Zoned:
        return Zoned(self._days[places])


def test_a_day_that_is_none_is_named_by_its_row_also_after_a_hole() -> None:
    """Holes were dropped first, so that what came after them had the number of an earlier row."""
    summary = summary_of_days({1: [AS_OF], 2: [AS_OF]})
    zoned = pd.Series(["2026-01-01", None], dtype="datetime64[ns, Asia/Shanghai]")
    for days, match in (
        ([None, 20089], "row 1 is int"),
        (np.array(["NaT", "2026-01-01T12"], dtype="datetime64[h]"), "row 1 is '2026-01-01T12'"),
        (zoned, "must have no time zone"),
        (Zoned(["2026-01-01", "NaT"]), "must have no time zone, not 'Asia/Shanghai'"),
        (Zoned(["2026-01-01", "2026-01-01"]), "must have no time zone, not 'Asia/Shanghai'"),
        ([None], "must have 2 rows, not 1"),
    ):
        with pytest.raises(SalesplanError, match=match):
            lifecycle(summary, policy=POLICY, previous_last_day=days)


def test_who_bought_nothing_does_not_move() -> None:
    """The days of a prospect leaked a TypeError."""
    assert POLICY.moves(as_of=AS_OF, first_day=None, last_day=None, previous_last_day=None) is None
    late = date.max - timedelta(POLICY.new_days)
    for first, moves in ((late, None), (late - timedelta(1), (date.max, Stage.ACTIVE))):
        assert POLICY.moves(as_of=first, first_day=first, last_day=first, previous_last_day=None) == moves


def test_the_days_of_a_customer_are_found_up_to_the_last_code() -> None:
    """One code past 2**63 - 1 made floats of both, and the last customers were not found."""
    found = history_of({2**63 - 1: [AS_OF], 2**63 - 2: [AS_OF - timedelta(1)]})
    assert (found.days_of(2**63 - 1), found.days_of(2**63 - 2), found.days_of(5)) == (
        (AS_OF,),
        (AS_OF - timedelta(1),),
        (),
    )
    for code in (-1, 2**63, 1.0, True, "7", None):
        assert refusal(found.days_of, code) is not None
    with pytest.raises(InvalidValue, match="row 0 is -719163"):  # the day before 0001-01-01
        attrs.evolve(found, day=np.array([-719163, 0]))


def test_the_longest_gap_there_can_be_is_judged() -> None:
    days = [date.min, date.max - timedelta(1)]
    found = churn_warnings(history_of({7: days}, as_of=date.max), ChurnRule(late_after=Rate(10**9), min_gaps=1))
    assert found.warning(7).late_on is None
    assert found.warning(7).explain().endswith("silent for 1 day, usually 3,652,057.0; late never")


def test_prospects_take_their_place_without_money() -> None:
    found = stages_of({3: [AS_OF], 5: [AS_OF], 7: [AS_OF]}, prospects=[9, 1, 4])
    assert found.money is not None
    rows = list(zip(found.customer.tolist(), found.money.tolist(), found.first_day.tolist(), strict=True))
    assert rows == [(1, 0, None), (3, 0, AS_OF), (4, 0, None), (5, 1, AS_OF), (7, 2, AS_OF), (9, 0, None)]


def test_stages_migrate() -> None:
    history = {1: [date(2025, 1, 1), date(2026, 6, 20)], 2: [date(2026, 5, 1)], 3: [date(2026, 6, 30)]}
    before, after = stages_of(history, as_of=date(2026, 6, 1), prospects=[3]), stages_of(history)
    found = migrate(before, after)
    assert found.count("lost", "reactivated") == 1
    assert found.count("active", "active") == 1
    assert found.count("prospect", "new") == 1
    assert found.explain().splitlines()[0] == "1 stayed, 2 moved, 0 came, 0 left"


def test_the_model_judges_only_who_came_back_once() -> None:
    history = {1: [date(2026, 1, 1)], 2: [date(2026, 1, 1), date(2026, 2, 1)], 3: [date(2026, 1, 1), date(2026, 6, 1)]}
    rule = ChurnRule(gone_from=Rate(4, 5))
    found = churn_warnings(history_of(history), rule, alive=[0.0, 0.25, 0.125])
    assert found.gone.tolist() == [False, False, True]
    assert found.judged.tolist() == [False, True, True]
    assert found.warned.tolist() == [False, False, True]
    assert found.warning(3).reasons == (ChurnReason.MODEL,)
    both = churn_warnings(history_of(history), attrs.evolve(rule, min_gaps=1), alive=[0.0, 0.25, 0.125])
    assert (both.late.tolist(), both.warned.tolist()) == ([False, True, False], [False, True, True])
    assert both.explain().split("\n")[-1].split() == ["warned", "of", "2"]
    assert found.warning(3).explain().splitlines() == [
        "customer 3 on 2026-06-30: may be gone",
        "silent for 29 days; 1 gap so far, too few for a rhythm",
        "gone by the model with 87.5 %",
    ]
    assert found.warning(1).alive is None
    assert "not judged" in found.explain()
    with pytest.raises(InvalidType, match="go together"):
        churn_warnings(history_of(history), rule)
    with pytest.raises(InvalidType, match="go together"):
        churn_warnings(history_of(history), ChurnRule(), alive=[0.0, 0.0, 0.0])
    for alive in ([0.5, 0.5], [0.5, 0.5, 1.5], [0.5, 0.5, float("nan")], [[0.5] * 3]):
        with pytest.raises(InvalidValue):
            churn_warnings(history_of(history), rule, alive=alive)


def test_a_warning_says_since_when() -> None:
    days = [date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 25), date(2026, 2, 24)]  # gaps 10, 14, 30
    found = churn_warnings(history_of({7: days}, as_of=date(2026, 3, 25)), ChurnRule())
    assert found.warning(7).explain().splitlines() == [
        "customer 7 on 2026-03-25: may be gone",
        "silent for 29 days, usually 14.0; late from 2026-03-25",
    ]
    assert "<td" in found.warning(7)._repr_html_()
    with pytest.raises(NotFound):
        found.warning(8)


def test_waking_up_whoever_is_not_in_the_summary_is_refused() -> None:
    summary = summary_of({1: (200, 1, 5)})
    groups = lifecycle(summary, policy=POLICY, previous_last_day=[None], prospects=[2])
    with pytest.raises(InvalidValue, match="must be in the summary"):
        wake_up_candidates(groups, segments=["dormant", "prospect"], summary=summary)
    with pytest.raises(NotFound):
        wake_up_candidates(groups, segments=["asleep"], summary=summary)
    with pytest.raises(InvalidValue):
        wake_up_candidates(groups, segments=["dormant"], summary=summary, expected=[1.0, 2.0])
    assert len(wake_up_candidates(groups, segments=[], summary=summary)) == 0
    assert wake_up_candidates(groups, segments=["at risk"], summary=summary).explain().startswith("0 customers")


@pytest.mark.parametrize(
    "change",
    [
        {"customer": [2, 1]},
        {"customer": [1, 1]},
        {"silent": [1]},
        {"silent": [1, AS_OF.toordinal()]},
        {"gaps": [1, -1]},
        {"doubled_median_gap": [2**62, 0]},
        {"alive": None},
        {"alive": [0.5]},
        {"alive": [0.5, 1.5]},
        {"as_of": None},
        {"rule": None},
    ],
)
def test_warnings_that_cannot_be_are_refused(change: dict[str, Any]) -> None:
    found = results({1: [date(2025, 1, 1), date(2026, 6, 1)], 2: [date(2026, 6, 1)]})[2]
    with pytest.raises(SalesplanError):
        attrs.evolve(found, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"customer": [1]},
        {"orders": [1, 0]},
        {"segment": [1, 7]},
        {"segment": [-1, 1]},
        {"money": [0.5, 1.0]},
        {"days_since_last": [-1, 0]},
        {"expected": [1.0]},
        {"segments": (7,)},
        {"currency": "CNY"},
        {"as_of": "2026-01-01"},
    ],
)
def test_candidates_that_cannot_be_are_refused(change: dict[str, Any]) -> None:
    found = results({1: [date(2025, 1, 1), date(2026, 6, 1)], 2: [date(2026, 6, 1)]})[5]
    assert len(found) == 2
    with pytest.raises(SalesplanError):
        attrs.evolve(found, **change)


def test_values_keep_no_column_of_the_caller() -> None:
    silent = np.array([3, 4])
    found = attrs.evolve(results({1: [AS_OF], 2: [AS_OF]})[3], silent=silent)
    silent[0] = 9
    assert found.silent.tolist() == [3, 4]


def test_policies_are_data() -> None:
    for rule in (POLICY, ChurnRule(), ChurnRule(late_after=Rate(5, 2), min_gaps=3, gone_from=Rate(9, 10))):
        assert from_data(to_data(rule), type(rule)) == rule


def results(history: History) -> list[Any]:
    summary, days = summary_of_days(history), history_of(history)
    stages, rule = stages_of(history, prospects=[5]), ChurnRule(min_gaps=1, gone_from=Rate(1, 2))
    return [
        stages,
        days,
        churn_warnings(days, rule, alive=[0.5] * len(history)),
        churn_warnings(days, ChurnRule()),
        wake_up_candidates(stages, segments=["new", "reactivated"], summary=summary),
        wake_up_candidates(stages, segments=["new", "reactivated"], summary=summary, expected=[2.0] * len(history)),
    ]


def test_results_are_values() -> None:
    """Copies of warnings and of lists to wake up could be written to, and two equal lists were not equal."""
    history = {1: [date(2025, 1, 1), date(2026, 6, 1)], 2: [date(2026, 6, 1)]}
    for found, again in zip(results(history), results(history), strict=True):
        assert (found, hash(found)) == (again, hash(again))
        for copy in (pickle.loads(pickle.dumps(found)), deepcopy(found), found):
            assert (copy, hash(copy)) == (found, hash(found))
            columns = [getattr(copy, each.name) for each in attrs.fields(type(copy))]
            assert not any(each.flags.writeable for each in columns if isinstance(each, np.ndarray))
        assert found != 7
    assert len({*results(history)}) == 6
    assert stages_of(history).to_columns()["previous_last_day"].tolist() == [date(2025, 1, 1), None]
    assert stages_of(history, prospects=[5]).counts.tolist() == [1, 1, 0, 1, 0, 0, 0]
    assert "reactivated" in stages_of(history)._repr_html_()
    assert stages_of(history, prospects=[5]).explain(customer=5).explain().endswith("because nothing was bought")
    with pytest.raises(InvalidValue, match="rise"):
        attrs.evolve(history_of(history), day=np.array([5, 5, 5]))
    with pytest.raises(InvalidValue, match="not known yet"):
        attrs.evolve(history_of(history), as_of=date(2026, 1, 1))
    with pytest.raises(InvalidValue, match="as of"):
        history_of(history).merge(history_of(history, as_of=date(2026, 7, 1)))


def test_hostile_values_are_refused_by_name() -> None:
    history = {1: [date(2025, 1, 1), date(2026, 6, 1)]}
    found, summary = stages_of(history), summary_of_days(history)
    calls: tuple[Any, ...] = (
        lambda value: LifecyclePolicy(new_days=1, active_days=2, at_risk_days=value, dormant_days=50),
        lambda value: POLICY.stage_of(as_of=value, first_day=AS_OF, last_day=AS_OF, previous_last_day=None),
        lambda value: POLICY.stage_of(as_of=AS_OF, first_day=value, last_day=AS_OF, previous_last_day=None),
        lambda value: lifecycle(summary, policy=POLICY, previous_last_day=value),
        lambda value: lifecycle(value, policy=POLICY, previous_last_day=[]),
        lambda value: purchase_days(customer=value, day=[], amount=[], as_of=AS_OF),
        lambda value: purchase_days(customer=[1], day=value, amount=[1], as_of=AS_OF),
        lambda value: ChurnRule(late_after=value),
        lambda value: ChurnRule(min_gaps=value),
        lambda value: churn_warnings(value, ChurnRule()),
        lambda value: wake_up_candidates(value, segments=["dormant"], summary=summary),
        lambda value: wake_up_candidates(found, segments=value, summary=summary),
        lambda value: found.stage_of(value),
    )
    for call in calls:
        refused = [refusal(call, value) for value in HOSTILE if not hasattr(value, "__next__")]
        assert sum(error is not None for error in refused) > len(refused) // 2


# --- laws ----------------------------------------------------------------------------------------------------

back = st.integers(0, 12) | st.sampled_from([0, 1, 2, 3, 5, 6, 7])
dates = back.map(lambda days: AS_OF - timedelta(days))
histories = st.dictionaries(st.integers(0, 9), st.lists(dates, min_size=1, max_size=6), max_size=6)


def stage_by_walking(days: list[date], policy: LifecyclePolicy, as_of: date) -> str:
    """Day by day from the first purchase on: how long the silence has been, and what it was before it ended."""
    silent, sleeping, back_again = 0, False, False
    for offset in range((as_of - days[0]).days + 1):
        if days[0] + timedelta(offset) in days:
            back_again, silent = sleeping, 0
        else:
            silent += 1
        sleeping = silent > policy.at_risk_days
    if silent > policy.dormant_days:
        return "lost"
    if sleeping:
        return "dormant"
    if silent > policy.active_days:
        return "at_risk"
    if (as_of - days[0]).days <= policy.new_days:
        return "new"
    return "reactivated" if back_again else "active"


@given(histories)
@example({1: [AS_OF - timedelta(9), AS_OF - timedelta(3), AS_OF]})
@example({1: [AS_OF - timedelta(8), AS_OF - timedelta(3), AS_OF - timedelta(3)]})
def test_stages_are_those_of_walking_through_the_days(history: History) -> None:
    found = stages_of(history, SHORT)
    for code, days in known_days(history).items():
        assert found.stage_of(code).value == stage_by_walking(days, SHORT, AS_OF)
        record = SHORT.stage_of(
            as_of=AS_OF,
            first_day=days[0],
            last_day=days[-1],
            previous_last_day=days[-2] if len(days) > 1 else None,
        )
        assert found.stage_of(code) is record
    assert int(found.counts.sum()) == len(known_days(history))


@given(histories)
def test_nobody_moves_before_the_day_that_is_announced(history: History) -> None:
    found = stages_of(history, SHORT)
    for code, days in known_days(history).items():
        standing = found.explain(customer=code)
        later = [AS_OF + timedelta(ahead) for ahead in range(1, 12)]
        changes = [on for on in later if stage_by_walking(days, SHORT, on) != standing.stage.value]
        assert standing.moves_on == (changes[0] if changes else None)
        if changes:
            assert standing.moves_to is Stage(stage_by_walking(days, SHORT, changes[0]))


orders_of_few = st.tuples(st.integers(0, 4), dates.map(lambda day: day + timedelta(3)))


def test_a_refund_is_no_purchase_day() -> None:
    days = [date(2026, 1, 1), date(2026, 5, 1), date(2026, 6, 20), date(2026, 6, 21)]
    rows: dict[str, Any] = {"customer": [0] * 4, "day": days, "amount": [990, -990, 500, 0], "as_of": AS_OF}
    found = purchase_days(**rows)
    assert found.days_of(0) == (days[0], days[2], days[3])
    assert purchase_days(**rows, zero_orders=ZeroOrders.SKIP).days_of(0) == (days[0], days[2])
    assert found.first_day.astype(np.int64).tolist() == summarize(**rows).first_day.tolist()
    assert found.last_day.astype(np.int64).tolist() == summarize(**rows).last_day.tolist()


@given(st.lists(orders_of_few, max_size=20), st.integers(1, 4), st.randoms(use_true_random=False))
def test_parts_of_purchase_days_merge_to_the_whole(rows: list[tuple[int, date]], parts: int, chance: Any) -> None:
    def of(some: list[tuple[int, date]]) -> PurchaseDays:
        return bought(some)

    chance.shuffle(rows)
    pieces = [of(rows[part::parts]) for part in range(parts)]
    forth = merged = of([])
    for piece in pieces:
        forth = forth.merge(piece)
    for piece in reversed(pieces):
        merged = piece.merge(merged)
    assert forth == merged == of(sorted(rows))
    known: dict[int, set[date]] = defaultdict(set)
    for code, each in rows:
        if each <= AS_OF:
            known[code].add(each)
    assert {code: set(forth.days_of(code)) for code in range(5)} == {code: known[code] for code in range(5)}
    assert forth.left_out == sum(each > AS_OF for _, each in rows)


@given(histories, st.sampled_from([Rate(1), Rate(3, 2), Rate(2), Rate(7, 3)]), st.integers(1, 3))
def test_silences_are_judged_by_the_median_of_the_gaps(history: History, late_after: Rate, min_gaps: int) -> None:
    rule = ChurnRule(late_after=late_after, min_gaps=min_gaps)
    found = churn_warnings(history_of(history), rule)
    for row, (code, days) in enumerate(known_days(history).items()):
        gaps = sorted((two - one).days for one, two in pairwise(days))
        silent = (AS_OF - days[-1]).days
        assert (int(found.customer[row]), int(found.gaps[row]), int(found.silent[row])) == (code, len(gaps), silent)
        if len(gaps) < min_gaps:
            assert rule.is_late(gaps, silent=silent) is None
            assert not found.late[row]
            assert not found.judged[row]
            continue
        median = Fraction(gaps[(len(gaps) - 1) // 2] + gaps[len(gaps) // 2], 2)
        late = silent > late_after.to_fraction() * median
        assert (rule.is_late(gaps, silent=silent), bool(found.late[row])) == (late, late)
        warning = found.warning(code)
        assert warning.usual_gap == median
        assert warning.late_on is not None
        assert (warning.late_on <= AS_OF) is late
        assert rule.is_late(gaps, silent=(warning.late_on - days[-1]).days) is True
        assert rule.is_late(gaps, silent=(warning.late_on - days[-1]).days - 1) is False


fractions = st.tuples(st.integers(-(2**62), 2**62) | st.integers(-9, 9), st.integers(1, 9) | st.just(2**31))


@given(st.lists(fractions, min_size=1, max_size=8))
@example([(1, 2**31), (1, 2**31 - 1), (0, 1)])
@example([(2**31 - 2, 2**31 - 1), (2**31 - 1, 2**31)])
def test_ratios_are_sorted_exactly(pairs: list[tuple[int, int]]) -> None:
    tops, bottoms = (np.array([pair[at] for pair in pairs], dtype=np.int64) for at in range(2))
    keys = list(zip(*(key.tolist() for key in ratio_keys(tops, bottoms, code="a.code")), strict=True))
    for one, key in zip(pairs, keys, strict=True):
        for two, other in zip(pairs, keys, strict=True):
            assert (Fraction(*one) < Fraction(*two)) is (key < other)


def test_a_denominator_past_the_bound_is_refused() -> None:
    with pytest.raises(InvalidValue):
        ratio_keys(np.array([1]), np.array([2**31 + 1]), code="a.code")


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5), st.integers(-20, 20)), max_size=10))
def test_the_most_valuable_are_woken_first(rows: list[tuple[int, int, int]]) -> None:
    summary = summary_of(rows)
    groups = lifecycle(summary, policy=SHORT, previous_last_day=[None] * len(rows))
    found = wake_up_candidates(groups, segments=["dormant", "lost"], summary=summary)
    asleep = [code for code, row in enumerate(rows) if row[0] > SHORT.at_risk_days]
    expected = sorted(asleep, key=lambda code: (-Fraction(rows[code][2], rows[code][1]), code))
    assert found.customer.tolist() == expected
    values = [row[2] / 4 for row in rows]
    modelled = wake_up_candidates(groups, segments=["dormant", "lost"], summary=summary, expected=values)
    assert modelled.customer.tolist() == sorted(asleep, key=lambda code: (-values[code], code))
    for each in modelled.top(99):
        silent, orders, _ = rows[each.customer]
        assert (each.days_since_last, each.orders, each.value) == (silent, orders, values[each.customer])


def test_days_as_numbers_are_taken_where_they_are_said_to_be() -> None:
    found = purchase_days(customer=[1], day=EpochDays([20_000]), amount=[1], as_of=AS_OF)
    assert found.days_of(1) == (date(1970, 1, 1) + timedelta(20_000),)
    assert found.customers.tolist() == [1]


def test_sleepers_are_of_one_day_and_one_currency() -> None:
    summary = summary_of({1: (5, 1, 100)}, currency=CNY)
    groups = lifecycle(summary, policy=POLICY, previous_last_day=[None])
    found = wake_up_candidates(groups, segments=[Stage.NEW, Stage.ACTIVE], summary=summary)
    assert found.customer.tolist() == [1]
    with pytest.raises(InvalidValue, match="groups of"):
        wake_up_candidates(groups, segments=["new"], summary=summary_of({1: (5, 1, 100)}, as_of=AS_OF + timedelta(1)))
    for other in (None, Currency.iso("USD")):
        with pytest.raises(CurrencyMismatch):
            wake_up_candidates(groups, segments=["new"], summary=summary_of({1: (5, 1, 100)}, currency=other))
    wrong: tuple[dict[str, Any], ...] = ({"customer": [1, 1]}, {"expected": [1e19]}, {"expected": [-(2.0**63)]})
    for bad in wrong:
        size = len(next(iter(bad.values())))
        same = {name: [getattr(found, name)[0]] * size for name in ("segment", "days_since_last", "orders", "money")}
        assert isinstance(refusal(lambda bad=bad, same=same: attrs.evolve(found, **same | bad)), InvalidValue)
    most = attrs.evolve(found, expected=[float(2**63 - 1024)])  # type: ignore[arg-type]
    assert "CNY 92233720368547747.84" in most.explain()  # the float before 2**63: 9223372036854774784
