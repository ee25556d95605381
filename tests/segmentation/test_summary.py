"""Customer summaries: what a row counts as, sums that are exact, and parts that merge to what one pass gives."""

from __future__ import annotations

import pickle
from collections import Counter
from datetime import date, timedelta
from functools import reduce
from hashlib import sha256
from typing import Any

import attrs
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.columns import EpochDays
from salesplan.errors import InvalidType, InvalidValue
from salesplan.money import MAX_MINOR, Currency
from salesplan.segmentation.daily import DailyTotals
from salesplan.segmentation.summarize import summarize
from salesplan.segmentation.summary import CustomerSummary, Detail, Refunds, SummaryError, ZeroOrders
from tests.segmentation.strategies import TODAY, Row, cdnow, columns_of, order_rows, row_by_row
from tests.strategies import anything, refusal
from tests.worked import table

PAGE = "customer-summary.md"
CNY = Currency.iso("CNY")
END = date(1997, 9, 30)
EPOCH = date(1970, 1, 1)

refund_rules = st.sampled_from([Refunds.SUBTRACT, Refunds.SEPARATE])
zero_rules = st.sampled_from(ZeroOrders)
details = st.sampled_from(Detail)


def summary_of(rows: list[Row], **named: Any) -> CustomerSummary:
    rules: dict[str, Any] = {"as_of": TODAY, "detail": Detail.REPEAT} | named
    return summarize(**columns_of(rows), **rules)


def daily_of(rows: list[Row]) -> DailyTotals:
    return DailyTotals.of(**columns_of(rows))


def noted(text: str) -> list[Row]:
    """customer@month-day:amount ..."""
    rows = []
    for each in text.split():
        customer, _, rest = each.partition("@")
        day, _, amount = rest.partition(":")
        rows.append((int(customer), date.fromisoformat(f"2026-{day}"), int(amount)))
    return rows


def shown(numbers: Any) -> str:
    return " ".join(map(str, numbers.tolist()))


def shown_days(numbers: Any) -> str:
    return " ".join((EPOCH + timedelta(days=number)).strftime("%m-%d") for number in numbers.tolist())


def merged(parts: list[Any]) -> Any:
    return reduce(lambda left, right: left.merge(right), parts)


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "Summaries"), ids=lambda row: row["case"])
def test_summaries_are_as_worked(row: dict[str, str]) -> None:
    rules: dict[str, Any] = {
        "refunds": Refunds.SEPARATE if row["rule"] == "SEPARATE" else Refunds.SUBTRACT,
        "zero_orders": ZeroOrders.SKIP if row["rule"] == "SKIP" else ZeroOrders.COUNT,
    }
    for summary in (
        summary_of(noted(row["rows"]), **rules),
        daily_of(noted(row["rows"])).summarize(as_of=TODAY, detail=Detail.REPEAT, **rules),
    ):
        unmatched = zip(summary.unmatched_customer.tolist(), summary.unmatched_refunds.tolist(), strict=True)
        assert {
            "customers": shown(summary.customer),
            "first": shown_days(summary.first_day),
            "last": shown_days(summary.last_day),
            "orders": shown(summary.orders),
            "days": shown(summary.purchase_days),
            "money": shown(summary.money),
            "refunds": shown(summary.refunds),
            "refund rows": shown(summary.refund_orders),
            "first day": shown(summary.first_day_money),
            "left out": str(summary.left_out),
            "unmatched": " ".join(f"{code}:{money}" for code, money in unmatched),
        } == {name: text for name, text in row.items() if name not in ("case", "rows", "rule")}


def test_the_two_readings_are_as_worked() -> None:
    (row,) = table(PAGE, "Two readings")
    summary = summary_of(noted("7@06-01:10 7@06-11:30 7@06-20:40 7@06-01:20"))
    names = ("days_since_last", "orders", "money", "repeat_days", "last_repeat", "age", "repeat_money")
    assert {name.replace("_", " "): shown(getattr(summary, name)) for name in names} == row
    assert {getattr(summary, name).dtype for name in names} == {np.dtype(np.int64)}


@pytest.mark.parametrize(
    "row", table(PAGE, "Merging with purchase days"), ids=lambda row: f"{row['left']} {row['right']}"
)
def test_parts_with_purchase_days_merge_as_worked(row: dict[str, str]) -> None:
    left, right = noted(row["left"]), noted(row["right"])
    for parts in ([left, right], [right, left]):
        made = [summary_of(part) for part in parts]
        if row["together"] == "merged":
            assert merged(made) == summary_of(left + right)
        else:
            with pytest.raises(SummaryError, match="overlap") as caught:
                merged(made)
            assert caught.value.code == "segmentation.merge_overlap"
        assert merged([daily_of(part) for part in parts]) == daily_of(left + right)
        rfm = [summary_of(part, detail=Detail.RFM) for part in parts]
        assert merged(rfm) == summary_of(left + right, detail=Detail.RFM)


def test_cdnow_is_summarized_as_other_programs_do() -> None:
    summary = summary_of(cdnow(), as_of=END)
    wanted = {row["number"]: int(row["sum"]) for row in table(PAGE, "CDNOW")}
    assert (len(summary), summary.left_out) == (wanted.pop("customers"), wanted.pop("left out"))
    assert {name: int(getattr(summary, name.replace(" ", "_")).sum()) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("customer", "bc96666e9ea73315"),
        ("days_since_last", "05d190d530794f00"),
        ("orders", "95f31ee5610ce35e"),
        ("purchase_days", "09bf318ec548f983"),
        ("money", "e058c9d3d793da76"),
        ("repeat_days", "676922704f1cf2e6"),
        ("last_repeat", "f255c33bf1b390c6"),
        ("age", "a2da82028e1f64f4"),
        ("repeat_money", "a0dd0119fc98a9b9"),
    ],
)
def test_each_customer_of_cdnow_is_summarized_as_other_programs_do(name: str, digest: str) -> None:
    column = getattr(summary_of(cdnow(), as_of=END), name)
    assert sha256(shown(column).encode()).hexdigest().startswith(digest)  # of their columns, written with blanks


# --- laws ----------------------------------------------------------------------------------------------------


@given(order_rows, refund_rules, zero_rules)
@example([(1, TODAY, 2**63 - 1)], Refunds.SUBTRACT, ZeroOrders.COUNT)
@example([(1, TODAY, 2**53 + 1), (1, TODAY, 1)], Refunds.SUBTRACT, ZeroOrders.COUNT)
@example([(1, TODAY, 2**30)] * 2, Refunds.SUBTRACT, ZeroOrders.COUNT)  # each fits 32 bits, and the sum does not
def test_a_summary_is_what_one_row_at_a_time_gives(rows: list[Row], refunds: Refunds, zero: ZeroOrders) -> None:
    summary = summary_of(rows, refunds=refunds, zero_orders=zero)
    buyers, waiting = row_by_row(rows, as_of=TODAY, zero=zero, refunds=refunds)
    assert summary.customer.tolist() == list(buyers)
    assert summary.unmatched_customer.tolist() == list(waiting)
    for name, expected in {
        "first_day": [(min(one.days) - EPOCH).days for one in buyers.values()],
        "last_day": [(max(one.days) - EPOCH).days for one in buyers.values()],
        "orders": [len(one.days) for one in buyers.values()],
        "purchase_days": [len(set(one.days)) for one in buyers.values()],
        "money": [one.money for one in buyers.values()],
        "refunds": [one.refunds for one in buyers.values()],
        "refund_orders": [one.refund_rows for one in buyers.values()],
        "first_day_money": [one.by_day[min(one.days)] for one in buyers.values()],
        "unmatched_refunds": [one.refunds for one in waiting.values()],
        "unmatched_refund_orders": [one.refund_rows for one in waiting.values()],
    }.items():
        assert getattr(summary, name).tolist() == expected
    skipped = zero is ZeroOrders.SKIP
    assert summary.left_out == sum(day > TODAY for _, day, _ in rows)
    assert summary.zero_orders == sum(skipped and day <= TODAY and amount == 0 for _, day, amount in rows)
    assert summary.last_row == max((day for _, day, _ in rows if day <= TODAY), default=None)


def test_many_rows_are_summarized_as_few_are() -> None:
    """Rows are read in blocks, the longest of 2**20: refunds, late rows and purchases on either side of their edges."""
    size = 2**20 + 2**16 + 3
    dealt = np.random.default_rng(7)
    who, on = dealt.integers(0, 500, size), dealt.integers(20_000, 20_100, size).astype(np.int32)
    paid = dealt.integers(-3, 90, size)
    rows: dict[str, Any] = {"customer": who, "day": EpochDays(on), "amount": paid}
    until = EPOCH + timedelta(days=20_090)
    summary = summarize(**rows, as_of=until, refunds=Refunds.SEPARATE, detail=Detail.REPEAT)
    for code in (0, 7, 499):
        mine = (who == code) & (on <= 20_090)
        bought, back = mine & (paid >= 0), mine & (paid < 0)
        first = bought & (on == on[bought].min())
        assert {name: getattr(summary, name)[code] for name in GOOD if name not in ("as_of", "customer")} == {
            "first_day": on[bought].min(),
            "last_day": on[bought].max(),
            "orders": bought.sum(),
            "purchase_days": len(set(on[bought].tolist())),
            "money": paid[bought].sum(),
            "refunds": -paid[back].sum(),
            "refund_orders": back.sum(),
            "first_day_money": paid[first].sum(),
        }
    assert (summary.left_out, len(summary)) == ((on > 20_090).sum(), 500)
    assert summary.orders.sum() == ((paid >= 0) & (on <= 20_090)).sum()
    skipped = summarize(**rows, as_of=until, zero_orders=ZeroOrders.SKIP)
    assert skipped.zero_orders == ((paid == 0) & (on <= 20_090)).sum()
    daily = DailyTotals.of(**rows)
    assert daily.summarize(as_of=until, refunds=Refunds.SEPARATE, detail=Detail.REPEAT) == summary
    late = np.zeros(size, dtype=np.int64)
    late[size - 2] = -5
    with pytest.raises(InvalidValue, match=f"row {size - 2} is -5"):
        summarize(**rows | {"amount": late}, as_of=date(2030, 1, 1), refunds=Refunds.REFUSE)


@given(order_rows, refund_rules, zero_rules, details, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_and_daily_totals_change_nothing(
    rows: list[Row], refunds: Refunds, zero: ZeroOrders, detail: Detail, shuffled: Any
) -> None:
    rules: dict[str, Any] = {"refunds": refunds, "zero_orders": zero, "detail": detail}
    summary, daily = summary_of(rows, **rules), daily_of(rows)
    assert daily.summarize(as_of=TODAY, **rules) == summary
    shuffled.shuffle(rows)
    assert summary_of(rows, **rules) == summary
    assert daily_of(rows) == daily


@given(order_rows, zero_rules, refund_rules, st.sampled_from([1, 2, 7, 64]), st.data())
def test_any_parts_merge_to_what_one_pass_gives(
    rows: list[Row], zero: ZeroOrders, refunds: Refunds, many: int, data: st.DataObject
) -> None:
    part_of = data.draw(st.lists(st.integers(0, many - 1), min_size=len(rows), max_size=len(rows)))
    parts = [[row for row, part in zip(rows, part_of, strict=True) if part == at] for at in range(many)]
    rules: dict[str, Any] = {"refunds": refunds, "zero_orders": zero}
    whole = summary_of(rows, detail=Detail.RFM, **rules)
    assert merged([summary_of(part, detail=Detail.RFM, **rules) for part in parts]) == whole
    assert merged([daily_of(part) for part in parts]) == daily_of(rows)
    by_customer = [[row for row in rows if row[0] % many == at] for at in range(many)]
    ends = sorted(data.draw(st.lists(st.sampled_from([row[1] for row in rows] or [TODAY]), max_size=3)))
    by_time = [
        [row for row in rows if after < row[1] <= until]
        for after, until in zip([date.min, *ends], [*ends, date.max], strict=True)
    ]
    for parts in (by_customer, by_time):
        made = [summary_of(part, **rules) for part in parts]
        assert merged(made) == merged(made[::-1]) == summary_of(rows, **rules)


@given(order_rows, order_rows, order_rows)
@example([(1, TODAY, 1), (2**48, TODAY, 1)], [(2**48, TODAY, 1)], [])  # 49 bits, and 15 of a day: one too many
def test_merging_is_commutative_and_associative(some: list[Row], more: list[Row], rest: list[Row]) -> None:
    makes: list[Any] = [lambda rows: summary_of(rows, detail=Detail.RFM), daily_of]
    for make in makes:
        one, two, three = make(some), make(more), make(rest)
        assert one.merge(two) == two.merge(one)
        assert one.merge(two).merge(three) == one.merge(two.merge(three))


@pytest.mark.parametrize("many", [1, 2, 7, 64])
def test_cdnow_in_parts_is_cdnow(many: int) -> None:
    rows = cdnow()
    dealt = np.random.default_rng(many).integers(0, many, len(rows))
    parts = [[row for row, part in zip(rows, dealt, strict=True) if part == at] for at in range(many)]
    whole = summary_of(rows, as_of=END)
    assert merged([daily_of(part) for part in parts]).summarize(as_of=END, detail=Detail.REPEAT) == whole
    made = [summary_of(part, as_of=END) for part in parts]
    days: Counter[int] = Counter()
    for part in made:
        days.update(dict(zip(part.customer.tolist(), part.purchase_days.tolist(), strict=True)))
    wrong = sum(days[code] != right for code, right in zip(whole.customer, whole.purchase_days, strict=True))
    assert (wrong > 0) == (many > 1)  # what adding up distinct days does, and why merging refuses to
    assert (refusal(merged, made) is not None) == (many > 1)


@given(order_rows, details)
def test_summaries_survive_pickling_and_copying(rows: list[Row], detail: Detail) -> None:
    summary = summary_of(rows, detail=detail, currency=CNY)
    assert pickle.loads(pickle.dumps(summary)) == summary == attrs.evolve(summary)
    assert hash(pickle.loads(pickle.dumps(summary))) == hash(summary)
    daily = daily_of(rows)
    assert pickle.loads(pickle.dumps(daily)) == daily
    assert hash(daily) == hash(daily_of(rows))
    assert summary.merge(summary_of([], detail=detail, currency=CNY)) == summary


# --- days, and what is kept ----------------------------------------------------------------------------------


def test_a_summary_moves_to_another_day_where_nothing_happened_in_between() -> None:
    rows = noted("7@06-01:10 7@06-05:-5 8@05-01:1")
    for detail in Detail:
        summary = summary_of(rows, as_of=date(2026, 6, 10), detail=detail)
        for day in (date(2026, 6, 5), date(2026, 6, 11), date(2027, 1, 1)):
            assert summary.at(day) == summary_of(rows, as_of=day, detail=detail)
    with pytest.raises(SummaryError) as caught:
        summary.at(date(2026, 6, 4))  # the refund would go out
    assert caught.value.code == "segmentation.redate"
    cut = summary_of(rows, as_of=date(2026, 6, 4))
    assert cut.at(date(2026, 6, 1)).left_out == 1
    assert cut.at(date(2026, 6, 4)) == cut
    with pytest.raises(SummaryError):
        cut.at(date(2026, 6, 5))  # it would come in
    with pytest.raises(InvalidType):
        summary.at(None)  # type: ignore[arg-type]
    assert summary_of([]).at(date.min).as_of == date.min


def test_a_state_is_carried_from_day_to_day() -> None:
    june, july = noted("7@06-01:10 7@06-30:5"), noted("7@07-01:7 8@07-02:1")
    state = summary_of(june).at(date(2026, 7, 31)).merge(summary_of(july, as_of=date(2026, 7, 31)))
    assert state == summary_of(june + july, as_of=date(2026, 7, 31))


def test_what_was_not_kept_is_refused() -> None:
    summary = summary_of(noted("7@06-01:10"), detail=Detail.RFM)
    for name in ("purchase_days", "first_day_money", "repeat_days", "repeat_money"):
        with pytest.raises(SummaryError, match=r"detail=Detail\.REPEAT") as caught:
            getattr(summary, name)
        assert caught.value.code == "segmentation.detail"
    assert (summary.age.tolist(), summary.last_repeat.tolist()) == ([29], [0])
    assert "purchase_days" not in summary.to_columns()


def test_parts_of_different_kinds_do_not_merge() -> None:
    rows = noted("7@06-01:10")
    summary = summary_of(rows)
    for other in (
        summary_of(rows, as_of=date(2026, 7, 1)),
        summary_of(rows, currency=CNY),
        summary_of(rows, refunds=Refunds.SEPARATE),
        summary_of(rows, zero_orders=ZeroOrders.SKIP),
        summary_of(rows, detail=Detail.RFM),
    ):
        assert other != summary
        with pytest.raises(InvalidValue, match="must have the same") as caught:
            summary.merge(other)
        assert caught.value.code == "segmentation.merge"
    with pytest.raises(InvalidValue, match="must have the same"):
        daily_of(rows).merge(DailyTotals.of(**columns_of(rows), currency=CNY))
    for part in (summary, daily_of(rows)):
        with pytest.raises(InvalidType):
            part.merge(rows)  # type: ignore[arg-type]


# --- sums past what 64 bits hold -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amounts", "fits"),
    [
        ([MAX_MINOR], True),
        ([MAX_MINOR - 1, 1], True),
        ([MAX_MINOR, 1], False),
        ([2**62, 2**62 - 1], True),
        ([2**62, 2**62], False),
        ([MAX_MINOR] * 3, False),
        ([-MAX_MINOR, 5], True),
        ([-MAX_MINOR, -1, 5], False),
        ([MAX_MINOR, -MAX_MINOR], True),
        ([2**60] * 7, True),
        ([2**60] * 8, False),
    ],
)
def test_sums_are_exact_or_refused(amounts: list[int], fits: bool) -> None:
    rows = [(7, TODAY - timedelta(days=at), amount) for at, amount in enumerate(amounts)]
    rfm = {"detail": Detail.RFM}
    makes: list[Any] = [
        lambda: summary_of(rows),
        lambda: daily_of(rows).summarize(as_of=TODAY, detail=Detail.REPEAT),
        lambda: merged([summary_of([row]) for row in rows]),
        lambda: merged([summary_of([row], **rfm) for row in rows]),
        lambda: merged([daily_of([row]) for row in rows]).summarize(as_of=TODAY),
    ]
    for make in makes:
        error = refusal(make)
        assert (error is None) == fits
        if error is not None:
            assert error.code == "segmentation.overflow"
        else:
            assert make().money.tolist() == [sum(amounts)]


def test_a_large_sum_of_one_customer_leaves_the_others_exact() -> None:
    rows = [(1, TODAY, MAX_MINOR - 7), (2, TODAY, 3), (1, TODAY, 7), (2, TODAY, -1), (3, TODAY, 0)]
    summary = summary_of(rows)
    assert (summary.money.tolist(), summary.orders.tolist()) == ([MAX_MINOR, 2, 0], [2, 1, 1])


def test_one_day_with_too_much_is_refused_in_daily_totals() -> None:
    rows = [(7, TODAY, MAX_MINOR), (7, TODAY, 1)]
    with pytest.raises(InvalidValue) as caught:
        daily_of(rows)
    assert caught.value.code == "segmentation.overflow"


# --- columns of many kinds, and what is refused --------------------------------------------------------------


def test_columns_of_many_kinds_give_the_same_bytes() -> None:
    rows = noted("7@06-01:10 8@06-05:5 7@06-20:3")
    wanted = summary_of(rows)
    days = [day for _, day, _ in rows]
    numbers = np.array([(day - EPOCH).days for day in days], dtype=np.int32)
    for customer in ([7, 8, 7], np.array([7, 8, 7], dtype=np.int32), np.array([7, 8, 7], dtype=np.uint8)):
        for day in (days, EpochDays(numbers), numbers.astype("datetime64[D]"), pd.Series(pd.to_datetime(days))):
            for amount in ([10, 5, 3], np.array([10, 5, 3], dtype=np.int16), pd.Series([10, 5, 3])):
                assert summarize(customer=customer, day=day, amount=amount, as_of=TODAY, detail=Detail.REPEAT) == wanted


RULES = ("as_of", "refunds", "zero_orders", "detail")


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        ({"customer": [7.0, 8.0]}, InvalidType),
        ({"customer": np.array([7.0, np.nan])}, InvalidType),
        ({"customer": [True, False]}, InvalidType),
        ({"customer": [-1, 8]}, InvalidValue),
        ({"customer": [[7, 8]]}, InvalidType),
        ({"customer": np.array([[7, 8]])}, InvalidValue),
        ({"customer": [7]}, InvalidValue),
        ({"customer": ["ann", "li"]}, InvalidType),
        ({"day": [date(2026, 6, 1)]}, InvalidValue),
        ({"day": [20_000, 20_001]}, InvalidType),
        ({"day": EpochDays([20_000, 4_000_000])}, InvalidValue),
        ({"day": EpochDays([20_000.0, 20_001.0])}, InvalidType),
        ({"day": np.array(["2026-06-01", "NaT"], dtype="M8[D]")}, InvalidValue),
        (
            {"day": pd.Series(pd.to_datetime(["2026-06-01", "2026-06-02"])).dt.tz_localize("Asia/Shanghai")},
            InvalidValue,
        ),
        ({"amount": [19.9, 5]}, InvalidType),
        ({"amount": np.array([np.nan, 5])}, InvalidType),
        ({"amount": [True, 5]}, InvalidType),
        ({"amount": np.array([[10], [5]])}, InvalidValue),
        ({"amount": [5]}, InvalidValue),
        ({"amount": [2**63, 5]}, InvalidValue),
        ({"amount": [-5, 5], "refunds": Refunds.REFUSE}, InvalidValue),
        ({"as_of": None}, InvalidType),
        ({"as_of": pd.Timestamp("2026-06-30")}, InvalidType),
        ({"refunds": "subtract"}, InvalidType),
        ({"zero_orders": True}, InvalidType),
        ({"detail": None}, InvalidType),
        ({"currency": "CNX"}, InvalidValue),
    ],
)
def test_other_input_is_refused(bad: dict[str, Any], kind: type[Exception]) -> None:
    good: dict[str, Any] = {"customer": [7, 8], "day": [TODAY, TODAY], "amount": [10, 5], "as_of": TODAY}
    with pytest.raises(kind):
        summarize(**good | bad)
    rules = {
        name: value for name, value in (good | bad).items() if name in ("as_of", "refunds", "zero_orders", "detail")
    }
    columns = {name: value for name, value in (good | bad).items() if name not in rules}
    with pytest.raises(kind):
        DailyTotals.of(**columns).summarize(**rules)


def test_a_code_stands_for_its_currency() -> None:
    rows = columns_of(noted("7@06-01:10"))
    assert summarize(**rows, as_of=TODAY, currency="CNY").currency == CNY
    assert DailyTotals.of(**rows, currency="CNY").currency == CNY


def test_a_refund_that_must_not_be_is_named() -> None:
    rows = noted("7@06-01:10 8@06-05:-5 8@07-05:-5")
    with pytest.raises(InvalidValue, match="row 1 is -5") as caught:
        summary_of(rows, refunds=Refunds.REFUSE)
    assert caught.value.code == "segmentation.refund"
    with pytest.raises(InvalidValue, match="customer 8"):
        daily_of(rows).summarize(as_of=TODAY, refunds=Refunds.REFUSE)
    assert summary_of(rows, as_of=date(2026, 6, 1), refunds=Refunds.REFUSE).money.tolist() == [10]


GOOD: dict[str, Any] = {
    "as_of": TODAY,
    "customer": [7, 8],
    "first_day": [date(2026, 6, 1), date(2026, 6, 2)],
    "last_day": [date(2026, 6, 1), date(2026, 6, 4)],
    "orders": [2, 2],
    "purchase_days": [1, 2],
    "money": [10, -5],
    "refunds": [0, 20],
    "refund_orders": [0, 1],
    "first_day_money": [10, 4],
}
BARE: dict[str, Any] = {"purchase_days": None, "first_day_money": None}


@pytest.mark.parametrize(
    "bad",
    [
        {"customer": [8, 7]},
        {"customer": [7, 7]},
        {"customer": [7]},
        {"first_day": [date(2026, 6, 2), date(2026, 6, 2)]},
        {"last_day": [date(2026, 6, 1), date(2026, 7, 1)]},
        {"orders": [0, 2]},
        {"orders": [2, 1]},
        {"purchase_days": [0, 2]},
        {"purchase_days": [2, 2]},
        {"purchase_days": [1, 1]},
        {"purchase_days": [1, 4], "orders": [2, 9]},  # in three days
        {"purchase_days": None},
        {"first_day_money": [11, 4]},
        {"first_day_money": [10, 16]},
        {"first_day_money": [10, 6], "refunds_rule": Refunds.SEPARATE},
        {"refunds": [-1, 20]},
        {"refunds": [1, 20]},
        {"refund_orders": [0, 0]},
        {"refund_orders": [0, 21]},  # a refund is of one minor unit or more
        {"refunds_rule": Refunds.REFUSE},
        BARE | {"money": [10, -21]},  # net of 20 given back: less than nothing was bought
        BARE | {"money": [10, -17], "orders": [2, 4], "zero_rule": ZeroOrders.SKIP},  # 3 units in 4 orders, none of 0
        BARE | {"refunds_rule": Refunds.SEPARATE},  # gross, and below 0
        {"zero_orders": 1},  # none are skipped
        {"money": [0.5, 1]},
        {"left_out": -1},
        {"zero_orders": True},
        {"last_row": date(2026, 6, 3)},
        {"last_row": date(2026, 7, 1)},
        {"unmatched_customer": [7], "unmatched_refunds": [1], "unmatched_refund_orders": [1]},
        {"unmatched_customer": [9], "unmatched_refunds": [0], "unmatched_refund_orders": [1]},
        {"unmatched_customer": [9], "unmatched_refunds": [1]},
        {"unmatched_customer": [9], "unmatched_refunds": [1], "unmatched_refund_orders": [2]},
        {"unmatched_customer": [9, 9], "unmatched_refunds": [1, 1], "unmatched_refund_orders": [1, 1]},
    ],
)
def test_columns_that_contradict_each_other_are_refused(bad: dict[str, Any]) -> None:
    assert CustomerSummary(**GOOD).last_row == date(2026, 6, 4)
    assert CustomerSummary(**GOOD | BARE | {"money": [0, -20]}).detail is Detail.RFM
    assert (
        len(CustomerSummary(**GOOD | BARE | {"money": [2, -16], "orders": [2, 4], "zero_rule": ZeroOrders.SKIP})) == 2
    )
    with pytest.raises((InvalidType, InvalidValue)):
        CustomerSummary(**GOOD | bad)


@pytest.mark.parametrize(
    "bad",
    [
        {"customer": [8, 7]},
        {"customer": [7, 7]},
        {"day": [date(2026, 6, 1)]},
        {"orders": [0, 1]},
        {"bought": [0, 1]},
        {"refunds": [1, 0]},
        {"orders": [0, 1], "bought": [0, 1]},
        {"orders": [6, 1]},  # an order is of one minor unit or more
        {"zero_orders": [MAX_MINOR, 0]},  # the rows of a day wrapped around, and with them the customer was gone
        {"refunds": [MAX_MINOR, 0], "refund_orders": [MAX_MINOR, 0]},
        {"zero_orders": [-1, 0]},
        {"currency": 5},
    ],
)
def test_daily_totals_that_contradict_each_other_are_refused(bad: dict[str, Any]) -> None:
    good: dict[str, Any] = {"customer": [7, 8], "day": [TODAY, TODAY], "orders": [1, 1], "zero_orders": [0, 0]}
    good |= {"refund_orders": [0, 0], "bought": [5, 1], "refunds": [0, 0]}
    assert len(DailyTotals(**good)) == 2
    with pytest.raises((InvalidType, InvalidValue)):
        DailyTotals(**good | bad)


@given(
    anything, st.sampled_from(["customer", "day", "amount", "as_of", "refunds", "zero_orders", "detail", "currency"])
)
def test_whatever_is_offered_is_summarized_or_refused(value: Any, name: str) -> None:
    good: dict[str, Any] = {"customer": [7], "day": [TODAY], "amount": [10], "as_of": TODAY}
    for offered in (value, [value], EpochDays(value)):
        error = refusal(summarize, **good | {name: offered})
        assert error is None or len(str(error)) < 200
        refusal(CustomerSummary, **GOOD | {name: offered} if name in GOOD else GOOD)


# --- what is kept and shown ----------------------------------------------------------------------------------


def test_a_summary_owns_its_columns() -> None:
    mine = np.array([2, 2])
    summary = CustomerSummary(**GOOD | {"orders": mine})
    mine[0] = 99
    assert summary.orders.tolist() == [2, 2]
    for made in (summary, summary_of(noted("7@06-01:10")), daily_of(noted("7@06-01:10"))):
        for each in attrs.asdict(made, recurse=False).values():
            if isinstance(each, np.ndarray):
                with pytest.raises(ValueError, match="read-only"):
                    each[:] = 0
    moved = summary.at(date(2026, 7, 1))
    assert np.shares_memory(moved.money, summary.money)  # nothing is copied that need not be


def test_a_summary_shows_itself() -> None:
    rows = noted("7@06-01:1990 7@06-05:-990 9@06-05:-5 8@06-02:0 8@07-01:5")
    summary = summary_of(rows, currency=CNY, zero_orders=ZeroOrders.SKIP)
    assert [" ".join(line.split()) for line in summary.explain().splitlines()] == [
        "customers as of 2026-06-30 1",
        "first purchase 2026-06-01",
        "last purchase 2026-06-01",
        "orders 1",
        "money, net of refunds CNY 10.00",
        "refunds CNY 9.90",
        "refund rows 1",
        "refunds of customers without a purchase CNY 0.05",
        "rows of 0 skipped 1",
        "rows after that day left out 1",
    ]
    assert "<td" in summary._repr_html_()
    columns = summary.to_columns()
    assert columns["first_day"].tolist() == [date(2026, 6, 1)]
    assert columns["days_since_last"].tolist() == [29]  # 1 to 30 June
    assert list(columns) == [
        "customer",
        "first_day",
        "last_day",
        "days_since_last",
        "orders",
        "purchase_days",
        "money",
        "refunds",
        "refund_orders",
        "first_day_money",
    ]
    assert len(pd.DataFrame(columns)) == 1
    assert "gross" in summary_of(rows, refunds=Refunds.SEPARATE).explain()
    huge = summary_of([(7, TODAY, MAX_MINOR), (8, TODAY, MAX_MINOR)], currency=CNY)
    assert f"{2 * MAX_MINOR:,}" in huge.explain()
    assert "first purchase" not in summary_of([]).explain()


def test_daily_totals_show_themselves() -> None:
    daily = daily_of(noted("7@06-01:1990 7@06-01:0 7@06-05:-990 8@06-05:1"))
    assert [" ".join(line.split()) for line in daily.explain().splitlines()] == [
        "customers 2",
        "days of customers 3",
        "orders 2",
        "zero orders 1",
        "refund orders 1",
        "bought 1,991",
        "refunds 990",
    ]
    assert "<td" in daily._repr_html_()
    assert daily.to_columns()["day"].tolist() == [date(2026, 6, 1), date(2026, 6, 5), date(2026, 6, 5)]
    assert (daily == 5, summary_of([]) == 5) == (False, False)
    assert len(daily_of([])) == 0


def test_the_models_get_their_columns() -> None:
    rows = noted("7@06-01:1000 7@06-05:300 7@06-05:200 7@06-09:100 8@06-02:900 9@06-01:100 9@06-03:50 9@06-04:-80")
    summary = summary_of(rows, detail=Detail.REPEAT)
    assert {name: column.tolist() for name, column in summary.repeat_history.items()} == {
        "repeat_days": [2, 0, 1],
        "last_repeat": [8, 0, 2],
        "age": [29, 28, 29],  # to 30 June
    }
    assert summary.mean_repeat_money.tolist() == [300.0, 0.0, -30.0]  # (500 + 100) / 2; nothing; 50 - 80, net
    gross = summary_of(rows, detail=Detail.REPEAT, refunds=Refunds.SEPARATE)
    assert gross.mean_repeat_money.tolist() == [300.0, 0.0, 50.0]
    with pytest.raises(SummaryError, match="REPEAT"):
        _ = summary_of(rows, detail=Detail.RFM).repeat_history


def test_the_money_of_a_single_day_is_that_of_the_first() -> None:
    summary = summary_of(noted("7@06-01:500"), detail=Detail.REPEAT)
    fields: dict[str, Any] = {"purchase_days": summary.purchase_days, "first_day_money": np.array([100])}
    with pytest.raises(InvalidValue, match="single day"):
        attrs.evolve(summary, **fields)


def test_amounts_in_yuan_are_told_the_way() -> None:
    for amount in (["5.00"], [5.0]):
        with pytest.raises(InvalidType, match=r"see columns\.minor_units"):
            summarize(customer=[7], day=[TODAY], amount=amount, as_of=TODAY)
    with pytest.raises(InvalidType, match=r"columns\.encode"):
        summarize(customer=["ann"], day=[TODAY], amount=[5], as_of=TODAY)
