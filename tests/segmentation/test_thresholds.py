"""RFM thresholds and scores: where cuts lie, that ties stay together, and that nothing else moves a customer."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from fractions import Fraction
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.errors import InvalidType, InvalidValue, NotFound
from salesplan.money import MAX_MINOR, Currency, CurrencyMismatch, Money
from salesplan.rate import Rate
from salesplan.rulebook import from_data, to_data
from salesplan.segmentation.scores import RfmScore, RfmScores
from salesplan.segmentation.scoring_rules import CutMethod, Frequency, Nesting
from salesplan.segmentation.summarize import summarize
from salesplan.segmentation.summary import CustomerSummary, Detail, Refunds, SummaryError, ZeroOrders
from salesplan.segmentation.thresholds import RfmThresholds
from tests.segmentation.strategies import TODAY, Row, cdnow, columns_of, purchases
from tests.strategies import anything, refusal
from tests.worked import table

PAGE = "rfm-scores.md"
CNY, EUR = Currency.iso("CNY"), Currency.iso("EUR")
AUTUMN, SUMMER = date(1997, 9, 30), date(1998, 6, 30)

methods = st.sampled_from(CutMethod)
nestings = st.sampled_from(Nesting)
levels = st.integers(2, 6)


def summary_of(rows: list[Row], **named: Any) -> CustomerSummary:
    rules: dict[str, Any] = {"as_of": TODAY} | named
    return summarize(**columns_of(rows), **rules)


def customers_of(values: list[tuple[int, int, int]], *, currency: Currency | None = None) -> CustomerSummary:
    """Customers 1, 2, ... with these days since the last purchase, orders and money."""
    rows: list[Row] = []
    for code, (days, orders, money) in enumerate(values, 1):
        on = TODAY - timedelta(days=days)
        gross = max(money, 0)
        rows += [(code, on, 0)] * (orders - 1) + [(code, on, gross)]
        rows += [(code, on, money - gross)] if money < 0 else []
    return summary_of(rows, currency=currency)


def of_money(values: list[int]) -> CustomerSummary:
    return customers_of([(0, 1, value) for value in values])


def cut_of(text: str) -> int | Rate:
    top, _, bottom = text.partition("/")
    return Rate(int(top), int(bottom)) if bottom else int(top)


def ratio(cut: int | Rate) -> Fraction:
    return cut.to_fraction() if isinstance(cut, Rate) else Fraction(cut)


def digest(numbers: Any) -> str:
    return sha256(" ".join(map(str, numbers.tolist())).encode()).hexdigest()[:16]


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "Cuts"), ids=lambda row: f"{row['values']} {row['method']}")
def test_cuts_lie_as_worked(row: dict[str, str]) -> None:
    summary = of_money([int(value) for value in row["values"].split()])
    fitted = RfmThresholds.fit(summary, levels=int(row["levels"]), method=CutMethod[row["method"]])
    assert fitted.monetary == (tuple(map(cut_of, row["cuts"].split())),)


@pytest.mark.parametrize(
    ("heading", "cuts"),
    [
        ("Scores", {"recency": [7, 30], "frequency": [1, 2], "monetary": [30000, 49999]}),
        ("Cuts between whole numbers", {"recency": [Rate(5, 2)], "frequency": [Rate(5, 2)], "monetary": [Rate(-5, 2)]}),
    ],
)
def test_scores_are_as_worked(heading: str, cuts: dict[str, Any]) -> None:
    rows = table(PAGE, heading)
    thresholds = RfmThresholds.of(**cuts)
    values = [(int(row["days"]), int(row["orders"]), int(row["money"])) for row in rows]
    scores = thresholds.score(customers_of(values))
    for at, (row, (days, orders, money)) in enumerate(zip(rows, values, strict=True)):
        wanted = RfmScore(r=int(row["r"]), f=int(row["f"]), m=int(row["m"]))
        assert thresholds.score_one(days_since_last=days, frequency=orders, monetary=money) == wanted
        assert scores.score_of(at + 1) == wanted


def test_nested_scores_are_as_worked() -> None:
    rows = table(PAGE, "Nested")
    summary = customers_of([(int(row["days"]), int(row["orders"]), int(row["money"])) for row in rows])
    for nesting in Nesting:
        scores = RfmThresholds.fit(summary, levels=2, nesting=nesting).score(summary)
        assert [f"{r} {f} {m}" for r, f, m in zip(scores.r, scores.f, scores.m, strict=True)] == [
            row[nesting.value] for row in rows
        ]


def test_empty_groups_are_cut_as_the_next_wider_one() -> None:
    first = customers_of([(1, 1, 100), (100, 4, 700)])
    fitted = RfmThresholds.fit(first, levels=3, method=CutMethod.LINEAR, nesting=Nesting.NESTED)
    rows = table(PAGE, "Empty groups")
    later = customers_of([(int(row["days"]), int(row["orders"]), int(row["money"])) for row in rows])
    scores = fitted.score(later)
    assert [[str(each) for each in row] for row in zip(scores.r, scores.f, scores.m, strict=True)] == [
        [row["r"], row["f"], row["m"]] for row in rows
    ]


@pytest.mark.parametrize("row", table(PAGE, "CDNOW"), ids=lambda row: f"{row['nesting']} {row['axis']}")
def test_levels_of_cdnow_have_the_known_sizes(row: dict[str, str]) -> None:
    summary = summary_of(cdnow(), as_of=AUTUMN)
    fitted = RfmThresholds.fit(summary, method=CutMethod[row["method"]], nesting=Nesting[row["nesting"]])
    scores = fitted.score(summary)
    at = "rfm".index(row["axis"])
    counts = tuple(int(row[str(level)]) for level in range(1, 6))
    assert scores.counts[at] == counts
    assert scores.levels_used[at] == tuple(level for level, many in enumerate(counts, 1) if many)


@pytest.mark.parametrize(
    ("axis", "known"), [("r", "8029448312e16ade"), ("f", "89e2d2e9fc1fa212"), ("m", "8d22e3a2a8942ccd")]
)
def test_each_customer_of_cdnow_has_the_known_scores(axis: str, known: str) -> None:
    summary = summary_of(cdnow(), as_of=AUTUMN)
    scores = RfmThresholds.fit(summary, method=CutMethod.LINEAR).score(summary)
    assert digest(getattr(scores, axis)) == known  # of columns made with quantiles in numpy, written with blanks


# --- claims ---------------------------------------------------------------------------------------------------


def test_shuffled_rows_change_the_scores_of_the_common_recipe_and_none_of_ours() -> None:
    summary = summary_of(cdnow(), as_of=AUTUMN)
    orders = pd.Series(summary.orders, index=summary.customer)

    def recipe(frequency: Any) -> Any:
        return pd.qcut(frequency.rank(method="first"), 5, labels=[1, 2, 3, 4, 5]).sort_index()

    order = np.random.RandomState(0).permutation(len(orders))
    assert int((recipe(orders) != recipe(orders.iloc[order])).sum()) == 1027  # of 2,357: 44 %
    rows = cdnow()
    shuffled = summary_of([rows[at] for at in np.random.RandomState(0).permutation(len(rows))], as_of=AUTUMN)
    for nesting in Nesting:
        fitted, again = (RfmThresholds.fit(each, nesting=nesting) for each in (summary, shuffled))
        assert fitted == again
        assert fitted.score(summary) == again.score(shuffled)


def test_frozen_thresholds_take_no_score_from_who_only_bought_more() -> None:
    before, after = (summary_of(cdnow(), as_of=day) for day in (AUTUMN, SUMMER))
    fitted = RfmThresholds.fit(before)
    first, frozen, refit = fitted.score(before), fitted.score(after), RfmThresholds.fit(after).score(after)
    assert (int((refit.m < first.m).sum()), int((refit.f < first.f).sum())) == (388, 46)
    assert (int((frozen.m < first.m).sum()), int((frozen.f < first.f).sum())) == (0, 0)
    same = before.money == after.money
    assert (frozen.m[same] == first.m[same]).all()


# --- laws -----------------------------------------------------------------------------------------------------


@given(purchases, purchases, methods, nestings, levels)
def test_columns_are_scored_as_one_customer_at_a_time(
    rows: list[Row], later: list[Row], method: CutMethod, nesting: Nesting, many: int
) -> None:
    fitted = RfmThresholds.fit(summary_of(rows), levels=many, method=method, nesting=nesting)
    assert fitted.levels == (many, many, many)
    for summary in (summary_of(rows), summary_of(later)):
        scores = fitted.score(summary)
        for code, days, orders, money in zip(
            *(each.tolist() for each in (summary.customer, summary.days_since_last, summary.orders, summary.money)),
            strict=True,
        ):
            alone = fitted.score_one(days_since_last=days, frequency=orders, monetary=money)
            assert scores.score_of(code) == alone


@given(purchases, purchases, methods, nestings)
def test_a_score_depends_on_the_values_of_the_customer_alone(
    rows: list[Row], others: list[Row], method: CutMethod, nesting: Nesting
) -> None:
    fitted = RfmThresholds.fit(summary_of(rows), method=method, nesting=nesting)
    more = [(code + 100, day, amount) for code, day, amount in others]
    alone, among = fitted.score(summary_of(rows)), fitted.score(summary_of(rows + more))
    assert [alone.score_of(code) for code in alone.customer.tolist()] == [
        among.score_of(code) for code in alone.customer.tolist()
    ]


@given(purchases, methods, nestings, levels, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_neither_cuts_nor_scores(
    rows: list[Row], method: CutMethod, nesting: Nesting, many: int, shuffled: Any
) -> None:
    summary = summary_of(rows)
    fitted = RfmThresholds.fit(summary, levels=many, method=method, nesting=nesting)
    shuffled.shuffle(rows)
    again = RfmThresholds.fit(summary_of(rows), levels=many, method=method, nesting=nesting)
    assert (again, again.digest) == (fitted, fitted.digest)
    assert again.score(summary_of(rows)) == fitted.score(summary)


@given(purchases, methods, levels)
def test_better_values_have_no_lower_scores(rows: list[Row], method: CutMethod, many: int) -> None:
    summary = summary_of(rows)
    scores = RfmThresholds.fit(summary, levels=many, method=method).score(summary)
    for axis, values in (("r", -summary.days_since_last), ("f", summary.orders), ("m", summary.money)):
        ranked = getattr(scores, axis)[np.argsort(values, kind="stable")]
        assert (np.diff(ranked) >= 0).all()
        assert len(set(zip(values.tolist(), getattr(scores, axis).tolist(), strict=True))) == len(set(values.tolist()))


money_lists = st.lists(
    st.one_of(
        st.sampled_from([0, 0, 1, 1, 500, -7]), st.integers(-1000, 1000), st.sampled_from([MAX_MINOR, -MAX_MINOR])
    ),
    min_size=1,
    max_size=30,
)


@given(money_lists, levels)
@example([0, MAX_MINOR], 2)
def test_nearest_ranks_occur_and_have_that_many_below(values: list[int], many: int) -> None:
    (cuts,) = RfmThresholds.fit(of_money(values), levels=many).monetary
    for part, cut in enumerate(cuts, 1):
        assert cut in values
        below, up_to = sum(value < cut for value in values), sum(value <= cut for value in values)
        assert below * many < part * len(values) <= up_to * many


@given(money_lists, levels)
def test_linear_cuts_are_quantiles_of_type_7(values: list[int], many: int) -> None:
    (cuts,) = RfmThresholds.fit(of_money(values), levels=many, method=CutMethod.LINEAR).monetary
    ranked = sorted(values)
    for part, cut in enumerate(cuts, 1):
        place = Fraction(part * (len(values) - 1), many)
        low = int(place)
        high = min(low + 1, len(values) - 1)
        assert ratio(cut) == ranked[low] + (place - low) * (ranked[high] - ranked[low])
        near = float(pd.Series(list(map(float, values))).quantile(part / many))
        assert abs(float(ratio(cut)) - near) <= 1e-9 * max(map(abs, values), default=0) + 1e-9


@given(purchases, methods, levels)
def test_nested_cuts_are_cuts_of_each_group_alone(rows: list[Row], method: CutMethod, many: int) -> None:
    summary = summary_of(rows)
    fitted = RfmThresholds.fit(summary, levels=many, method=method, nesting=Nesting.NESTED)
    scores = fitted.score(summary)
    for r in range(1, many + 1):
        group = summary.customer[scores.r == r].tolist()
        if not group:
            continue
        part = summary_of([row for row in rows if row[0] in group])
        assert RfmThresholds.fit(part, levels=many, method=method).frequency == (fitted.frequency[r - 1],)
        for f in range(1, many + 1):
            pair = summary.customer[(scores.r == r) & (scores.f == f)].tolist()
            if pair:
                part = summary_of([row for row in rows if row[0] in pair])
                wanted = fitted.monetary[(r - 1) * many + f - 1]
                assert RfmThresholds.fit(part, levels=many, method=method).monetary == (wanted,)


@given(purchases, methods, nestings, levels)
def test_thresholds_are_stored_and_read_as_they_are(
    rows: list[Row], method: CutMethod, nesting: Nesting, many: int
) -> None:
    fitted = RfmThresholds.fit(summary_of(rows, currency=CNY), levels=many, method=method, nesting=nesting)
    again = from_data(to_data(fitted), RfmThresholds)
    assert (again, again.digest) == (fitted, fitted.digest)
    assert pickle.loads(pickle.dumps(fitted)) == fitted
    scores = fitted.score(summary_of(rows, currency=CNY))
    assert pickle.loads(pickle.dumps(scores)) == scores
    assert hash(pickle.loads(pickle.dumps(scores))) == hash(scores)


@given(purchases, methods, nestings)
def test_cuts_for_a_map_give_the_same_levels(rows: list[Row], method: CutMethod, nesting: Nesting) -> None:
    summary = summary_of(rows)
    fitted = RfmThresholds.fit(summary, method=method, nesting=nesting)
    scores = fitted.score(summary)
    values = np.stack([summary.days_since_last, summary.orders, summary.money], axis=1)
    assert fitted.cuts.levels(values).tolist() == np.stack([scores.r, scores.f, scores.m], axis=1).tolist()


# --- edges ----------------------------------------------------------------------------------------------------


def test_one_customer_has_the_lowest_scores_but_for_recency() -> None:
    for method in CutMethod:
        for nesting in Nesting:
            summary = of_money([700])
            scores = RfmThresholds.fit(summary, method=method, nesting=nesting).score(summary)
            assert scores.score_of(1) == RfmScore(r=5, f=1, m=1)


def test_where_all_are_equal_there_is_one_level() -> None:
    summary = of_money([700] * 9)
    scores = RfmThresholds.fit(summary).score(summary)
    assert scores.levels_used == ((5,), (1,), (1,))
    assert scores.counts == ((0, 0, 0, 0, 9), (9, 0, 0, 0, 0), (9, 0, 0, 0, 0))


def test_many_cuts_are_searched_as_few_are() -> None:
    cuts = list(range(0, 198, 2))
    thresholds = RfmThresholds.of(recency=cuts, frequency=cuts, monetary=cuts)
    summary = of_money(list(range(-2, 200)))
    assert thresholds.score(summary).m.tolist() == [1 + sum(cut < value for cut in cuts) for value in range(-2, 200)]
    assert thresholds.levels == (100, 100, 100)
    with pytest.raises(InvalidValue, match="at most 99 cuts"):
        RfmThresholds.of(recency=[*cuts, 200], frequency=[], monetary=[])


def test_no_cuts_are_one_level() -> None:
    thresholds = RfmThresholds.of(recency=[], frequency=[], monetary=[])
    scores = thresholds.score(of_money([1, 2]))
    assert (scores.levels, scores.m.tolist()) == ((1, 1, 1), [1, 1])
    assert "any" in thresholds.explain()


def test_purchase_days_are_scored_where_they_are_named() -> None:
    rows = [(1, TODAY, 5), (1, TODAY, 5), (2, TODAY, 5), (2, TODAY - timedelta(days=1), 5)]
    summary = summary_of(rows, detail=Detail.REPEAT)
    fitted = RfmThresholds.fit(summary, levels=2, frequency_of=Frequency.PURCHASE_DAYS)
    assert fitted.frequency == ((1,),)
    assert fitted.score(summary).f.tolist() == [1, 2]
    assert "purchase days" in fitted.explain()
    with pytest.raises(SummaryError):
        fitted.score(summary_of(rows))
    with pytest.raises(InvalidValue):
        _ = fitted.cuts


# --- what does not fit ----------------------------------------------------------------------------------------


def test_thresholds_of_other_money_are_refused() -> None:
    in_yuan = RfmThresholds.fit(customers_of([(1, 1, 500), (2, 1, 900)], currency=CNY))
    for other in (customers_of([(1, 1, 500)]), customers_of([(1, 1, 500)], currency=EUR)):
        with pytest.raises(CurrencyMismatch):
            in_yuan.score(other)
    with pytest.raises(CurrencyMismatch):
        in_yuan.score_one(days_since_last=1, frequency=1, monetary=Money.of("5", "EUR"))
    with pytest.raises(CurrencyMismatch):
        RfmThresholds.of(recency=[], frequency=[], monetary=[Money.of("5", "EUR"), Money.of("6", "CNY")])
    with pytest.raises(InvalidType):
        RfmThresholds.of(recency=[], frequency=[], monetary=[Money.of("5", "EUR"), 6])
    given_in_yuan = RfmThresholds.of(recency=[], frequency=[], monetary=[Money.of("5", "CNY")])
    assert (given_in_yuan.currency, given_in_yuan.monetary) == (CNY, ((500,),))
    assert given_in_yuan.score_one(days_since_last=0, frequency=1, monetary=Money.of("5.01", "CNY")).m == 2
    bare = RfmThresholds.of(recency=[], frequency=[], monetary=[500])
    assert bare.score(customers_of([(1, 1, 501)], currency=EUR)).m.tolist() == [2]


def test_thresholds_of_other_rules_are_refused() -> None:
    rows: list[Row] = [(1, TODAY, 5), (2, TODAY, 9)]
    net = RfmThresholds.fit(summary_of(rows))
    with pytest.raises(InvalidValue, match="fitted with") as caught:
        net.score(summary_of(rows, refunds=Refunds.SEPARATE))
    assert caught.value.code == "segmentation.thresholds.rule"
    with pytest.raises(InvalidValue, match="fitted with"):
        net.score(summary_of(rows, zero_orders=ZeroOrders.SKIP))
    assert len(net.score(summary_of(rows, refunds=Refunds.REFUSE))) == 2
    for rule in Refunds:
        given_cuts = RfmThresholds.of(recency=[1], frequency=[1], monetary=[5])
        assert given_cuts.score(summary_of(rows, refunds=rule)).m.tolist() == [1, 2]


@pytest.mark.parametrize(
    "bad",
    [
        {"levels": 1},
        {"levels": 21},
        {"levels": True},
        {"method": "linear"},
        {"nesting": True},
        {"frequency_of": None},
        {"summary": 5},
        {"summary": summary_of([])},
        {"summary": summary_of([(1, TODAY, -5)])},
    ],
)
def test_other_fits_are_refused(bad: dict[str, Any]) -> None:
    named = {"summary": of_money([1, 2])} | bad
    with pytest.raises((InvalidType, InvalidValue)):
        RfmThresholds.fit(named.pop("summary"), **named)


@pytest.mark.parametrize(
    "bad",
    [
        {"recency": (30, 7)},
        {"recency": (Rate(5, 2), 2)},
        {"recency": (7.0,)},
        {"recency": (True,)},
        {"recency": ("7",)},
        {"recency": 7},
        {"recency": (MAX_MINOR + 1,)},
        {"recency": (Rate(10**40, 3),)},
        {"frequency": ()},
        {"frequency": (1, 2)},
        {"frequency": ((1,), (1, 2))},
        {"frequency": ((1,), (2,))},
        {"nesting": Nesting.NESTED},
        {"nesting": Nesting.NESTED, "frequency": ((1,),) * 2, "monetary": ((1,),) * 2},
        {"method": 5},
        {"as_of": 5},
        {"customers": 0},
        {"currency": "CNY"},
        {"zero_rule": Refunds.REFUSE},
    ],
)
def test_other_thresholds_are_refused(bad: dict[str, Any]) -> None:
    good: dict[str, Any] = {"recency": (7,), "frequency": ((1,),), "monetary": ((1,),)}
    assert RfmThresholds(**good).levels == (2, 2, 2)
    nested = good | {"nesting": Nesting.NESTED, "frequency": ((1,),) * 2, "monetary": ((1,),) * 4}
    assert RfmThresholds(**nested).levels == (2, 2, 2)
    with pytest.raises((InvalidType, InvalidValue)):
        RfmThresholds(**good | bad)


@pytest.mark.parametrize(
    "bad",
    [
        {"customer": [2, 1]},
        {"customer": [1, 1]},
        {"customer": [1]},
        {"r": [0, 1]},
        {"f": [1, 4]},
        {"m": [1.0, 2.0]},
        {"m": [1, 2, 3]},
        {"levels": (3, 3)},
        {"levels": (3, 3, 0)},
        {"levels": (3, 3, 101)},
        {"as_of": None},
        {"thresholds": ["a"]},
    ],
)
def test_other_scores_are_refused(bad: dict[str, Any]) -> None:
    good: dict[str, Any] = {
        "as_of": TODAY,
        "levels": (3, 3, 3),
        "customer": [1, 2],
        "r": [1, 2],
        "f": [1, 3],
        "m": [2, 2],
    }
    assert RfmScores(**good).score_of(2) == RfmScore(r=2, f=3, m=2)
    with pytest.raises((InvalidType, InvalidValue)):
        RfmScores(**good | bad)


@pytest.mark.parametrize("code", [0, MAX_MINOR - 1])
def test_codes_beside_the_only_one_have_no_scores(code: int) -> None:
    scores = RfmScores(as_of=TODAY, levels=(1, 1, 1), customer=[MAX_MINOR], r=[1], f=[1], m=[1])  # type: ignore[arg-type]
    assert scores.score_of(MAX_MINOR) == RfmScore(r=1, f=1, m=1)
    assert scores.score_of(scores.customer[0]) == scores.score_of(MAX_MINOR)  # a code as it comes out of the array
    with pytest.raises(NotFound):
        scores.score_of(code)


@given(anything)
def test_whatever_is_offered_is_scored_or_refused(value: Any) -> None:
    summary = of_money([1, 2, 3])
    fitted = RfmThresholds.fit(summary)
    scores = fitted.score(summary)
    for call in (
        lambda: RfmThresholds.of(recency=value, frequency=[1], monetary=[1]),
        lambda: RfmThresholds.of(recency=[1], frequency=[value], monetary=[value]),
        lambda: RfmThresholds(recency=(1,), frequency=value, monetary=(value,)),
        lambda: RfmThresholds.fit(summary, levels=value),
        lambda: fitted.score(value),
        lambda: fitted.score_one(days_since_last=value, frequency=1, monetary=1),
        lambda: fitted.score_one(days_since_last=1, frequency=value, monetary=value),
        lambda: scores.score_of(value),
        lambda: RfmScore(r=value, f=1, m=1),
    ):
        error = refusal(call)
        assert error is None or len(str(error)) < 200


# --- what is shown --------------------------------------------------------------------------------------------


def test_thresholds_and_scores_show_themselves() -> None:
    summary = customers_of([(0, 1, 500), (10, 1, 900), (40, 3, 1200)], currency=CNY)
    fitted = RfmThresholds.fit(summary, levels=3)
    assert [" ".join(line.split()) for line in fitted.explain().splitlines()] == [
        "nearest rank cuts of 3 customers as of 2026-06-30",
        "score days since last orders money",
        "3 up to 0 over 1 over CNY 9.00",
        "2 over 0 to 10 - over CNY 5.00 to CNY 9.00",
        "1 over 10 up to 1 up to CNY 5.00",
    ]
    assert "<td" in fitted._repr_html_()
    nested = RfmThresholds.fit(summary, levels=2, nesting=Nesting.NESTED)
    assert len(nested.explain().splitlines()) == 2 + 4
    scores = fitted.score(summary)
    assert scores.explain().splitlines()[1:] == [
        "score  R  F  M",
        "    1  1  2  1",
        "    2  1  0  1",
        "    3  1  1  1",
    ]
    assert "<td" in scores._repr_html_()
    assert {name: each.dtype.name for name, each in scores.to_columns().items()} == {
        "customer": "int64",
        "r": "int8",
        "f": "int8",
        "m": "int8",
    }
    assert str(scores.score_of(3)) == "R1 F3 M3"
    assert scores.thresholds == fitted.digest
    assert scores != fitted.score(customers_of([(0, 1, 500)], currency=CNY))
    assert scores != 5
    with pytest.raises(NotFound):
        scores.score_of(99)
    with pytest.raises(ValueError, match="read-only"):
        scores.r[0] = 1
