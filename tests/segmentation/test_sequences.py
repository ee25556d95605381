"""What is bought next: the window, who is observed long enough, and counts that merge by customer."""

from __future__ import annotations

import pickle
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.errors import InvalidType, InvalidValue
from salesplan.rate import Rate
from salesplan.rulebook import from_data, to_data
from salesplan.segmentation import _followed, _tally
from salesplan.segmentation._id_runs import SeenTwice
from salesplan.segmentation.next_purchase import NextPurchase
from salesplan.segmentation.sequences import SequenceCounts, count_sequences, next_purchases
from tests.strategies import anything, refusal
from tests.worked import table

PAGE = "baskets.md"
TODAY = date(2026, 6, 30)
TOP = 2**63 - 1

Row = tuple[int, int, date]


def counted(rows: list[Row], *, within: int = 90, as_of: date = TODAY) -> SequenceCounts:
    return count_sequences(
        customer=[row[0] for row in rows],
        item=[row[1] for row in rows],
        day=[row[2] for row in rows],
        within_days=within,
        as_of=as_of,
    )


# --- worked table --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "Next purchases"), ids=lambda row: row["case"])
def test_next_purchases_are_counted_as_worked(row: dict[str, str]) -> None:
    rows = []
    for customer, purchases in enumerate(row["purchases"].split(";")):
        for purchase in purchases.split():
            item, _, day = purchase.partition("@")
            rows.append((customer, int(item), date.fromisoformat(day)))
    counts = counted(rows)
    found = counts.next_purchase(int(row["item"]), int(row["then"]))
    assert (found.observed, found.followed, found.waiting, counts.left_out) == tuple(
        int(row[name]) for name in ("observed", "followed", "waiting", "left out")
    )
    assert found.share == (Rate(found.followed, found.observed) if int(row["observed"]) else None)


# --- edges ---------------------------------------------------------------------------------------------------


def test_nothing_is_counted_of_no_rows() -> None:
    counts = counted([])
    assert (counts.customers, counts.items.size, counts.pairs.shape, counts.left_out) == (0, 0, (0, 2), 0)
    assert next_purchases(counts, min_share=Rate(0)) == ()
    assert counts.merge(counts) == counts


def test_a_window_longer_than_the_calendar_observes_nobody() -> None:
    for within in (10**6, 2**40, TOP):
        counts = counted([(1, 7, date.min), (1, 8, date(2, 1, 1))], within=within, as_of=date.max)
        assert (counts.within_days, counts.next_purchase(7, 8).waiting) == (within, int(within > 3_652_058))
        later = counted([(1, 7, date(2026, 1, 1)), (1, 8, date(2026, 1, 2))], within=within, as_of=date.max)
        nobody_yet = within > (date.max - date(2026, 1, 1)).days  # and no day so far ahead that it comes out long ago
        assert later.next_purchase(7, 8).followed == int(not nobody_yet)


def test_limits_are_met_by_what_lies_on_them() -> None:
    first, later = date(2026, 1, 1), date(2026, 1, 2)
    counts = counted([(who, 7, first) for who in range(25)] + [(who, 8, later) for who in range(7)])
    assert len(next_purchases(counts, min_share=Rate.percent("28"), min_followed=7)) == 1
    assert next_purchases(counts, min_share=Rate.percent("28.01")) == ()
    assert next_purchases(counts, min_share=Rate(0), min_followed=8) == ()


def test_the_surest_next_purchase_comes_first() -> None:
    first, later = date(2026, 1, 1), date(2026, 1, 2)
    rows = [(1, 7, first), (2, 7, first), (1, 8, later), (2, 8, later), (1, 9, later)]
    found = next_purchases(counted(rows), min_share=Rate(0))
    assert [(each.item, each.then, each.share) for each in found] == [(7, 8, Rate(1)), (7, 9, Rate(1, 2))]
    rows = [(1, 5, first), (1, 9, later), (2, 6, first), (2, 8, later), (3, 7, first), (3, 8, later)]
    found = next_purchases(counted([*rows, (4, 7, first), (4, 8, later)]), min_share=Rate(0))
    # all are sure: first the two customers of 7, then by item, not by what follows
    assert [(each.item, each.then) for each in found] == [(7, 8), (5, 9), (6, 8)]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"followed": [2]}, "follow than bought"),
        ({"observed": [2, 1]}, "more customers than there are"),
        ({"waiting": [1, 0]}, "more customers than there are"),
        ({"observed": [1, 0], "waiting": [0, 0]}, "follow than bought"),
        ({"items": [8, 7]}, "rise"),
        ({"pairs": [[7, 9]]}, "known items"),
        ({"within_days": 0}, "within_days must be at least 1"),
        ({"left_out": -1}, "left_out must be at least 0"),
        ({"customer_runs": [[0, TOP]]}, "customers must be at most"),
    ],
)
def test_counts_that_cannot_be_are_refused(change: dict[str, Any], match: str) -> None:
    counts = counted([(1, 7, date(2026, 1, 1)), (1, 8, date(2026, 1, 2))])
    assert counts.next_purchase(7, 8).followed == 1
    with pytest.raises(InvalidValue, match=match):
        attrs.evolve(counts, **change)


@pytest.mark.parametrize(
    "change", [{"followed": 5}, {"followed": -1}, {"observed": -1}, {"waiting": -1}, {"within_days": 0}, {"item": -1}]
)
def test_answers_that_cannot_be_are_refused(change: dict[str, int]) -> None:
    good = NextPurchase(item=7, then=8, within_days=90, observed=4, followed=4, waiting=0)
    assert good.share == Rate(1)
    with pytest.raises(InvalidValue, match=next(iter(change))):
        attrs.evolve(good, **change)


def test_sums_past_63_bits_are_refused() -> None:
    most = attrs.evolve(counted([]), left_out=TOP)
    with pytest.raises(InvalidValue, match="left_out must be at most"):
        most.merge(attrs.evolve(counted([]), left_out=1))


# --- laws ----------------------------------------------------------------------------------------------------

ids = st.one_of(st.integers(0, 3), st.sampled_from([0, 1, 10_000, TOP]))
days = st.one_of(
    st.integers(0, 12).map(lambda back: TODAY - timedelta(back)),
    st.sampled_from([date.min, date.max, TODAY + timedelta(1), date(1969, 12, 31)]),
)
purchases = st.lists(st.tuples(ids, ids, days), max_size=30)
windows = st.sampled_from([1, 2, 3, 5, 10, 4_000_000])


def by_double_loop(rows: list[Row], within: int, as_of: date) -> tuple[dict[int, tuple[int, int]], dict[Any, int]]:
    """The customers observed and waiting of each item, and those who followed each pair."""
    held: dict[int, set[tuple[int, date]]] = defaultdict(set)
    for who, item, day in rows:
        if day <= as_of:
            held[who].add((item, day))
    observed: dict[int, set[int]] = defaultdict(set)
    waiting: dict[int, set[int]] = defaultdict(set)
    followed: dict[Any, set[int]] = defaultdict(set)
    for who, bought in held.items():
        for item, day in bought:
            if (as_of - day).days < within:
                waiting[item].add(who)
                continue
            observed[item].add(who)
            for then, later in bought:
                if 0 < (later - day).days <= within:
                    followed[item, then].add(who)
    items = observed.keys() | waiting.keys()
    base = {item: (len(observed[item]), len(waiting[item] - observed[item])) for item in items}
    return base, {pair: len(who) for pair, who in followed.items()}


@given(purchases, windows)
@example([(0, 1, TODAY - timedelta(9)), (0, 1, TODAY - timedelta(1)), (0, 2, TODAY)], 5)
def test_counts_are_those_of_the_double_loop(rows: list[Row], within: int) -> None:
    counts = counted(rows, within=within)
    base, followed = by_double_loop(rows, within, TODAY)
    found = zip(counts.observed.tolist(), counts.waiting.tolist(), strict=True)
    assert dict(zip(counts.items.tolist(), found, strict=True)) == base
    assert dict(zip(map(tuple, counts.pairs.tolist()), counts.followed.tolist(), strict=True)) == followed
    assert counts.customers == len({who for who, _, day in rows if day <= TODAY})
    assert counts.left_out == sum(day > TODAY for _, _, day in rows)


@given(purchases, windows, st.integers(1, 4))
@example([(1, 7 + back % 2, TODAY - timedelta(20 + back)) for back in range(6)], 5, 2)
@example([(who, item, TODAY - timedelta(back)) for who in (1, 2) for item, back in ((7, 6), (8, 1))], 5, 1)  # one each
def test_blocks_change_no_byte(rows: list[Row], within: int, block: int) -> None:
    """A customer whose purchases fall into several blocks still counts once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_followed, "_BLOCK", block)
        in_blocks = counted(rows, within=within)
    assert in_blocks == counted(rows, within=within)


@pytest.mark.parametrize("gap", [1, 1 << 23, 1 << 26])
def test_customers_far_apart_in_a_block_are_not_mixed_up(gap: int) -> None:
    """Once a customer's place was counted from the first of the block: 2**23 of them and 2**20 items left 63 bits."""
    many, one = (1 << 20) - 3, np.array([1, 2])
    tally = _tally.Tally(many * many)
    sold, then = np.array([many - 1, many - 2]), np.array([0, 5, many - 1])
    _followed._join(np.array([0, gap]), sold, then, one, one + 1, many, tally, "code")
    keys, counts = tally.result()
    assert keys.tolist() == [(many - 2) * many + many - 1, (many - 1) * many + 5]
    assert counts.tolist() == [1, 1]


@given(purchases, windows)
def test_codes_without_room_for_one_key_are_counted_alike(rows: list[Row], within: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_followed, "_ROOM", 0)
        by_two_keys = counted(rows, within=within)
    assert by_two_keys == counted(rows, within=within)


@given(purchases, windows, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_byte(rows: list[Row], within: int, chance: Any) -> None:
    shuffled = rows + [row for row in rows[::3] if row[2] <= TODAY]
    chance.shuffle(shuffled)
    assert counted(shuffled, within=within) == counted(rows, within=within)
    assert hash(counted(shuffled, within=within)) == hash(counted(rows, within=within))


@given(purchases, windows, st.integers(1, 3))
def test_parts_merge_to_the_whole(rows: list[Row], within: int, parts: int) -> None:
    pieces = [counted([row for row in rows if row[0] % parts == part], within=within) for part in range(parts)]
    forth = back = counted([], within=within)
    for piece in pieces:
        forth = forth.merge(piece)
    for piece in reversed(pieces):
        back = piece.merge(back)
    assert forth == counted(rows, within=within)
    assert back == counted(rows, within=within)


@given(purchases, windows)
def test_what_comes_after_today_changes_only_what_is_left_out(rows: list[Row], within: int) -> None:
    known = counted([row for row in rows if row[2] <= TODAY], within=within)
    assert counted(rows, within=within) == attrs.evolve(known, left_out=sum(day > TODAY for _, _, day in rows))


@given(purchases)
def test_a_copy_is_the_same_and_cannot_be_written_to(rows: list[Row]) -> None:
    counts = pickle.loads(pickle.dumps(counted(rows)))
    assert counts == counted(rows)
    for field in attrs.fields(SequenceCounts):
        value = getattr(counts, field.name)
        assert not isinstance(value, np.ndarray) or not value.flags.writeable


def test_a_customer_in_both_parts_is_refused() -> None:
    part = counted([(3, 7, TODAY)])
    with pytest.raises(SeenTwice, match="customer 3"):
        part.merge(part)


@pytest.mark.parametrize("other", [{"within_days": 89}, {"as_of": date(2026, 7, 1)}])
def test_parts_of_another_window_or_day_do_not_merge(other: dict[str, Any]) -> None:
    part = counted([])
    with pytest.raises(InvalidValue, match="within 90 days as of 2026-06-30, and within"):
        part.merge(attrs.evolve(part, **other))


# --- what is shown, and hostile input ------------------------------------------------------------------------


def test_results_show_themselves() -> None:
    counts = counted([(1, 7, date(2026, 1, 1)), (1, 8, date(2026, 1, 2)), (2, 7, date(2026, 1, 1)), (2, 7, date.max)])
    assert counts.explain().splitlines() == [
        "2 customers as of 2026-06-30, bought within 90 days after; 1 row after that day left out",
        "item  then  followed  observed   share  waiting",
        "   7     8         1         2  50.0 %        0",
    ]
    assert "<td" in counts._repr_html_()
    again = counted([(who, 6 + who % 2, date(2026, 1, day)) for who in (1, 2, 3) for day in (1, 2)])
    assert [line.split()[:3] for line in again.explain().splitlines()[2:]] == [["7", "7", "2"], ["6", "6", "1"]]
    assert {name: each.tolist() for name, each in counts.to_columns().items()} == {
        "item": [7],
        "then": [8],
        "followed": [1],
        "observed": [2],
        "waiting": [0],
    }
    nobody = counts.next_purchase(99, 7)
    assert "0 of 0 customers" in nobody.explain()
    assert from_data(to_data(nobody), NextPurchase) == nobody


@given(anything, anything)
def test_counting_refuses_in_its_own_words(some: Any, other: Any) -> None:
    good: dict[str, Any] = {"customer": [1], "item": [7], "day": [TODAY], "within_days": 90, "as_of": TODAY}
    for name in good:
        refusal(lambda name=name: count_sequences(**good | {name: some}))
    refusal(lambda: count_sequences(**good | {"day": [some]}))
    counts = counted([(1, 7, TODAY)])
    refusal(counts.next_purchase, some, other)
    refusal(counts.merge, some)
    refusal(lambda: next_purchases(some, min_share=Rate(0)))
    refusal(lambda: next_purchases(counts, min_share=some))
    refusal(lambda: next_purchases(counts, min_share=Rate(0), min_followed=other))


@given(st.sampled_from([each.name for each in attrs.fields(SequenceCounts) if each.init]), anything)
def test_state_from_elsewhere_is_checked(name: str, value: Any) -> None:
    counts = counted([(1, 7, date(2026, 1, 1)), (1, 8, date(2026, 1, 2))])
    refusal(lambda: attrs.evolve(counts, **{name: value}))
    found = counts.next_purchase(7, 8)
    refusal(lambda: attrs.evolve(found, **{name: value} if name in to_data(found) else {"followed": value}))


@pytest.mark.parametrize(
    "change", [{"customer": [1, 2]}, {"customer": ["\x00"]}, {"item": ["\ud800"]}, {"day": []}, {"as_of": datetime.max}]
)
def test_columns_that_do_not_fit_are_refused(change: dict[str, Any]) -> None:
    good: dict[str, Any] = {"customer": [1], "item": [7], "day": [TODAY], "within_days": 90, "as_of": TODAY}
    with pytest.raises((InvalidType, InvalidValue)) as caught:
        count_sequences(**good | change)
    assert caught.value.code == "segmentation.sequences"


def test_one_day_is_a_day() -> None:
    one = NextPurchase(item=7, then=8, within_days=1, observed=2, followed=1, waiting=0)
    assert one.explain() == "1 of 2 customers with 7 bought 8 within 1 day after it: 50.0 %"
