"""What is bought together: counts that merge, rules on exact limits, offers and bundles."""

from __future__ import annotations

import pickle
from collections import Counter
from fractions import Fraction
from itertools import combinations
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.errors import InvalidType, InvalidValue, NotFound, SalesplanError
from salesplan.money import CurrencyMismatch, Money
from salesplan.rate import Rate
from salesplan.rulebook import from_data, to_data
from salesplan.segmentation import _combinations, _tally
from salesplan.segmentation._id_runs import SeenTwice, run_total, runs_of
from salesplan.segmentation.association import Association, associate, association_columns, association_table
from salesplan.segmentation.baskets import PairCounts, count_pairs
from salesplan.segmentation.offers import Bundle, OfferOrder, bundle_candidates, cross_sell
from tests.strategies import anything, refusal
from tests.worked import table

PAGE = "baskets.md"
TOP = 2**63 - 1


def codes(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split()))


def rate(text: str) -> Rate:
    if text.endswith("%"):
        return Rate.percent(text[:-1])
    top, _, bottom = text.partition("/")
    return Rate(int(top), int(bottom)) if bottom else Rate.of(top)


def counted(rows: list[tuple[int, int]], *, largest: int = 3) -> PairCounts:
    return count_pairs(basket=[basket for basket, _ in rows], item=[item for _, item in rows], largest=largest)


def worked() -> PairCounts:
    return counted(
        [(int(row["basket"]), item) for row in table(PAGE, "Transactions") for item in codes(row["courses"])]
    )


def four(baskets: int, having: int, bought: int, both: int) -> PairCounts:
    """Baskets of which some have 1, some 2, some both, and the rest 3."""
    held = [{1, 2}] * both + [{1}] * (having - both) + [{2}] * (bought - both)
    held += [{3}] * (baskets - len(held))
    return counted([(basket, item) for basket, items in enumerate(held) for item in items], largest=2)


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "Itemsets"), ids=lambda row: row["courses"])
def test_itemsets_are_counted_as_worked(row: dict[str, str]) -> None:
    assert worked().together(*codes(row["courses"])) == int(row["baskets"])


def test_the_itemsets_of_two_baskets_are_all_there_are() -> None:
    counts = worked()
    several = [*counts.items[counts.item_counts >= 2].tolist()]
    several += [tuple(row) for row in counts.pairs[counts.pair_counts >= 2].tolist()]
    several += [tuple(row) for row in counts.triples[counts.triple_counts >= 2].tolist()]
    assert len(several) == len(table(PAGE, "Itemsets"))


def test_rules_come_out_as_worked() -> None:
    rules = associate(worked(), min_support=Rate(2, 9), min_confidence=Rate(1, 2))
    for rule, row in zip(rules, table(PAGE, "Rules"), strict=True):
        assert (rule.when, rule.then) == (codes(row["when"]), codes(row["then"]))
        measures = [rule.support, rule.confidence, rule.lift, rule.leverage]
        assert measures == [rate(row[name]) for name in ("support", "confidence", "lift", "leverage")]
        assert rule.conviction == (None if row["conviction"] == "never fails" else rate(row["conviction"]))


@pytest.mark.parametrize("row", table(PAGE, "Rules of one itemset"), ids=lambda row: f"{row['when']} -> {row['then']}")
def test_rules_of_one_itemset_are_cut_as_worked(row: dict[str, str]) -> None:
    side = (codes(row["when"]), codes(row["then"]))
    every = {(rule.when, rule.then): rule for rule in associate(worked(), min_support=Rate(0), min_confidence=Rate(0))}
    assert every[side].confidence == rate(row["confidence"])
    strong = associate(worked(), min_support=Rate(2, 9), min_confidence=Rate.percent("70"))
    assert (side in {(rule.when, rule.then) for rule in strong}) == (row["from 70 %"] == "yes")


@pytest.mark.parametrize("row", table(PAGE, "On the limit"), ids=lambda row: " ".join(row.values()))
def test_a_rule_on_the_limit_is_in(row: dict[str, str]) -> None:
    counts = four(*(int(row[name]) for name in ("baskets", "having", "bought", "both")))
    limits: dict[str, Any] = {
        "min_support": Rate(0),
        "min_confidence": Rate(0),
        f"min_{row['measure']}": rate(row["limit"]),
    }
    assert ((1,) in [rule.when for rule in associate(counts, **limits)]) == (row["in"] == "yes")


@pytest.mark.parametrize("row", table(PAGE, "Offers"), ids=lambda row: " ".join(row.values()))
def test_offers_are_made_as_worked(row: dict[str, str]) -> None:
    offers = cross_sell(
        worked(),
        codes(row["owned"]),
        min_support=Rate(2, 9),
        min_confidence=Rate(0),
        min_lift=rate(row["lift from"]) if row["lift from"] else None,
        order=OfferOrder[row["order"]],
    )
    shown = [f"{' '.join(map(str, offer.when))} -> {offer.then[0]}" for offer in offers]
    assert ", ".join(shown) == row["offers"]


def test_bundles_come_out_as_worked() -> None:
    prices = {code: Money.of(10 * code, "CNY") for code in range(1, 6)}
    bundles = bundle_candidates(worked(), min_support=Rate(2, 9), prices=prices)
    for bundle, row in zip(bundles, table(PAGE, "Bundles"), strict=True):
        assert bundle.items == codes(row["courses"])
        assert [bundle.together, bundle.any_of, bundle.all_but_one] == [
            int(row[name]) for name in ("together", "any of", "all but one")
        ]
        assert (bundle.lift, bundle.price) == (rate(row["lift"]), Money.of(row["price"], "CNY"))


# --- edges ---------------------------------------------------------------------------------------------------


def test_nothing_is_counted_of_no_rows() -> None:
    nothing = count_pairs(basket=[], item=[], largest=3)
    assert (nothing.baskets, nothing.items.size, nothing.pairs.shape, nothing.triples.shape) == (0, 0, (0, 2), (0, 3))
    assert nothing.together(1, 2, 3) == 0
    some = worked()
    assert some.together(some.items[0]) == some.together(int(some.items[0])) > 0  # a code as it comes out of the array
    assert associate(nothing, min_support=Rate(0), min_confidence=Rate(0)) == ()
    assert cross_sell(nothing, [1], min_support=Rate(0), min_confidence=Rate(0)) == ()
    assert bundle_candidates(nothing, min_support=Rate(0)) == ()


def test_one_basket_holds_all_pairs_once() -> None:
    counts = counted([(5, item) for item in (9, 3, 3, 7)])
    assert counts.pairs.tolist() == [[3, 7], [3, 9], [7, 9]]
    assert counts.pair_counts.tolist() == [1, 1, 1]
    assert counts.triples.tolist() == [[3, 7, 9]]


def test_the_same_item_over_and_over_makes_no_pair() -> None:
    counts = counted([(basket, 4) for basket in (1, 1, 2, 2, 2)])
    assert (counts.baskets, counts.together(4), counts.pairs.size) == (2, 2, 0)


def test_the_largest_codes_are_codes() -> None:
    counts = counted([(TOP, TOP), (TOP, 0), (0, TOP)], largest=2)
    assert (counts.baskets, counts.together(0, TOP), counts.together(TOP)) == (2, 1, 2)


def test_an_item_asked_for_twice_is_one_item() -> None:
    assert counted([(1, 7), (2, 8)]).together(7, 7) == 1


def test_triples_are_counted_only_when_asked_for() -> None:
    pairs = counted([(1, 7), (1, 8), (1, 9)], largest=2)
    assert pairs.triples.size == 0
    with pytest.raises(InvalidValue, match="1 to 2 items, not 3"):
        pairs.together(7, 8, 9)


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        (np.array([[7, 8, 9]]), InvalidValue),  # triples were not counted: 0 would be a lie
        (np.array([[7, 8, 9, 10]]), InvalidValue),
        (np.empty((2, 0), dtype=int), InvalidValue),
        (np.array([[8, 7]]), InvalidValue),  # it is there, the other way round
        (np.array([[7, 7]]), InvalidValue),
        (np.array([[-1]]), InvalidValue),
        (np.array([[7.0]]), InvalidType),
        (np.array([7, 8]), InvalidType),
        ([[7, 8]], InvalidType),
    ],
)
def test_rows_that_are_no_combinations_have_no_counts(rows: Any, kind: type[SalesplanError]) -> None:
    counts = counted([(1, 7), (1, 8)], largest=2)
    assert counts.counts_of(np.array([[7, 8], [7, 9]], dtype=">i4")).tolist() == [1, 0]
    with pytest.raises(kind) as caught:
        counts.counts_of(rows)
    assert caught.value.code == "segmentation.baskets"


def test_a_price_that_is_missing_is_named() -> None:
    counts = counted([(1, 7), (1, 8)])
    with pytest.raises(NotFound, match="no price of item 8"):
        bundle_candidates(counts, min_support=Rate(0), prices={7: Money.of("1", "CNY")})
    with pytest.raises(CurrencyMismatch):
        bundle_candidates(counts, min_support=Rate(0), prices={7: Money.of("1", "CNY"), 8: Money.of("1", "EUR")})


def test_more_combinations_than_fit_are_refused_before_they_are_counted() -> None:
    many = np.arange(20_000)
    with pytest.raises(InvalidValue, match="199,990,000 combinations of 2 items") as caught:
        count_pairs(basket=np.zeros_like(many), item=many)
    assert caught.value.code == "segmentation.baskets.too_many"


def test_what_is_possible_is_no_more_than_the_items_allow() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_combinations, "_MOST", 10)
        assert counted([(basket, item) for basket in range(3) for item in range(5)], largest=2).pairs.shape == (10, 2)
        with pytest.raises(InvalidValue, match="up to 30 combinations"):
            counted([(basket, item + basket) for basket in range(3) for item in range(5)], largest=2)


def test_more_items_than_keys_of_triples_have_room_for_are_refused() -> None:
    items, one = np.arange(1 << 20), counted([(0, 0)], largest=3)
    assert attrs.evolve(one, items=items[1:], item_counts=np.ones_like(items)[1:]).items.size == (1 << 20) - 1
    with pytest.raises(InvalidValue, match="too many items: 1,048,576"):
        attrs.evolve(one, items=items, item_counts=np.ones_like(items))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"min_support": Rate(-1, 100)}, "min_support"),
        ({"min_support": Rate(101, 100)}, "min_support"),
        ({"min_confidence": Rate(-1, 100)}, "min_confidence"),
        ({"min_confidence": Rate(101, 100)}, "min_confidence"),
        ({"min_lift": Rate(-1, 100)}, "min_lift"),
    ],
)
def test_limits_out_of_range_are_refused(change: dict[str, Rate], name: str) -> None:
    counts = counted([(1, 7), (1, 8)])
    limits: dict[str, Any] = {"min_support": Rate(0), "min_confidence": Rate(1)} | change
    with pytest.raises(InvalidValue, match=name):
        associate(counts, **limits)
    with pytest.raises(InvalidValue, match=name):
        cross_sell(counts, [7], **limits)
    del limits["min_confidence"]
    if name != "min_confidence":
        with pytest.raises(InvalidValue, match=name):
            bundle_candidates(counts, **limits)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"pair_counts": [3]}, "more baskets than a part"),
        ({"item_counts": [4, 2]}, "more baskets than a part"),
        ({"pair_counts": [0]}, "pair_counts must be 1"),
        ({"pairs": [[8, 7]]}, "rising"),
        ({"pairs": [[7, 7]]}, "rising"),
        ({"pairs": [[7, 9]]}, "rising"),
        ({"items": [8, 7]}, "rising"),
        ({"pairs": [[7, 8, 9]]}, "rows of 2"),
        ({"basket_runs": [[1, 2], [3, 3]]}, "hole"),
        ({"basket_runs": [[3, 1]]}, "rise"),
        ({"basket_runs": [[0, TOP]]}, "baskets must be at most"),
        ({"largest": 4}, "largest must be at most 3"),
        ({"triples": [[6, 7, 8]], "triple_counts": [1]}, "rising"),
    ],
)
def test_counts_that_cannot_be_are_refused(change: dict[str, Any], match: str) -> None:
    good: dict[str, Any] = {
        "basket_runs": [[1, 3]],
        "items": [7, 8],
        "item_counts": [3, 2],
        "pairs": [[7, 8]],
        "pair_counts": [2],
        "triples": np.empty((0, 3), dtype=int),
        "triple_counts": [],
        "largest": 2,
    }
    assert PairCounts(**good).together(7, 8) == 2
    with pytest.raises(InvalidValue, match=match):
        PairCounts(**good | change)


def test_triples_without_room_for_them_are_refused() -> None:
    counts = counted([(1, 7), (1, 8), (1, 9)])
    with pytest.raises(InvalidValue, match="largest=3"):
        attrs.evolve(counts, largest=2)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"both": 7}, "both must be at most 6"),
        ({"both": 3}, "both must be at least 4"),
        ({"having": 10}, "having must be at most 9"),
        ({"then": (1,)}, "both sides"),
        ({"when": ()}, "one or more"),
        ({"when": (2, 1)}, "rising"),
        ({"baskets": 0}, "baskets must be at least 1"),
    ],
)
def test_associations_that_cannot_be_are_refused(change: dict[str, Any], match: str) -> None:
    good: dict[str, Any] = {"when": (1,), "then": (2,), "baskets": 9, "having": 6, "bought": 7, "both": 4}
    assert Association(**good).confidence == Rate(2, 3)
    with pytest.raises(InvalidValue, match=match):
        Association(**good | change)


@pytest.mark.parametrize(
    "change",
    [{"together": 7}, {"all_but_one": 6}, {"any_of": 10}, {"items": (1,)}, {"singly": (6,)}, {"items": (2, 1)}],
)
def test_bundles_that_cannot_be_are_refused(change: dict[str, Any]) -> None:
    good: dict[str, Any] = {
        "items": (1, 2),
        "baskets": 9,
        "singly": (6, 7),
        "together": 4,
        "all_but_one": 5,
        "any_of": 9,
    }
    assert Bundle(**good).cohesion == Rate(4, 9)
    with pytest.raises(InvalidValue):
        Bundle(**good | change)


# --- laws ----------------------------------------------------------------------------------------------------

ids = st.one_of(st.integers(0, 6), st.sampled_from([0, 1, 1000, 2**40, TOP - 1, TOP]))
baskets_of = st.lists(st.tuples(ids, ids), max_size=40)


def held_in(rows: list[tuple[int, int]]) -> dict[int, set[int]]:
    held: dict[int, set[int]] = {}
    for basket, item in rows:
        held.setdefault(basket, set()).add(item)
    return held


@given(baskets_of, st.sampled_from([2, 3]))
def test_counts_are_those_of_the_double_loop(rows: list[tuple[int, int]], largest: int) -> None:
    counts, held = counted(rows, largest=largest), held_in(rows)
    assert counts.baskets == len(held)
    for size, (codes_of, many) in enumerate(
        [(counts.items[:, None], counts.item_counts), (counts.pairs, counts.pair_counts)]
        + [(counts.triples, counts.triple_counts)] * (largest - 2),
        start=1,
    ):
        oracle = Counter(each for items in held.values() for each in combinations(sorted(items), size))
        assert dict(zip(map(tuple, codes_of.tolist()), many.tolist(), strict=True)) == oracle


@given(baskets_of, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_byte(rows: list[tuple[int, int]], chance: Any) -> None:
    shuffled = rows + rows[::3]
    chance.shuffle(shuffled)
    assert counted(shuffled) == counted(rows)
    assert hash(counted(shuffled)) == hash(counted(rows))


@given(baskets_of, st.integers(1, 3))
def test_parts_merge_to_the_whole(rows: list[tuple[int, int]], parts: int) -> None:
    pieces = [counted([row for row in rows if row[0] % parts == part]) for part in range(parts)]
    whole = counted(rows)
    forth = back = counted([])
    for piece in pieces:
        forth = forth.merge(piece)
    for piece in reversed(pieces):
        back = piece.merge(back)
    assert forth == whole
    assert back == whole


@given(baskets_of, baskets_of)
@example([(1, 0), (2, 0), (3, 0)], [(2, 0)])  # inside a run
@example([(1, 0), (3, 0)], [(2, 0)])  # in a hole
@example([(TOP, 0)], [(TOP, 0)])
def test_merging_refuses_exactly_the_baskets_seen_twice(
    left: list[tuple[int, int]], right: list[tuple[int, int]]
) -> None:
    shared = held_in(left).keys() & held_in(right).keys()
    error = refusal(counted(left).merge, counted(right))
    if not shared:
        assert error is None
        return
    assert isinstance(error, SeenTwice)
    assert (error.code, error.value) == ("segmentation.baskets.seen_twice", min(shared))


def test_parts_with_and_without_triples_do_not_merge() -> None:
    with pytest.raises(InvalidValue, match="triples"):
        counted([(1, 1)]).merge(counted([(2, 1)], largest=2))


@given(st.sets(ids, max_size=30))
def test_runs_hold_the_codes_and_no_others(several: set[int]) -> None:
    runs = runs_of(np.array(sorted(several), dtype=np.int64))
    assert run_total(runs) == len(several)
    spelled = [code for first, last in runs.tolist() for code in range(first, last + 1)]
    assert spelled == sorted(several)
    assert all(after - 1 > before for before, after in zip(runs[:-1, 1].tolist(), runs[1:, 0].tolist(), strict=True))


@given(baskets_of)
def test_a_copy_is_the_same_and_cannot_be_written_to(rows: list[tuple[int, int]]) -> None:
    counts = pickle.loads(pickle.dumps(counted(rows)))
    assert counts == counted(rows)
    for field in attrs.fields(PairCounts):
        value = getattr(counts, field.name)
        assert not isinstance(value, np.ndarray) or not value.flags.writeable


def test_the_arrays_are_own_copies() -> None:
    items = np.array([7, 8])
    counts = attrs.evolve(counted([(1, 7), (1, 8)]), items=items)
    items[0] = 6
    assert counts.items.tolist() == [7, 8]


@given(baskets_of)
def test_tables_and_sorting_count_alike(rows: list[tuple[int, int]]) -> None:
    """Small universes are counted in a table, large ones by sorting, in blocks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_tally, "_TABLE", 0)
        patch.setattr(_tally, "_BLOCK", 3)
        by_sorting = counted(rows)
    assert by_sorting == counted(rows)


def test_large_basket_codes_are_counted_like_small_ones() -> None:
    assert _combinations.sorted_rows(np.array([TOP, 3, TOP]), np.array([5, 5, 6])).baskets.tolist() == [3, TOP]


limits = st.sampled_from([Rate(0), Rate(1, 5), Rate(1, 4), Rate(1, 3), Rate(1, 2), Rate(2, 3), Rate(1)])
lifts = st.one_of(st.none(), st.sampled_from([Rate(0), Rate(1, 2), Rate(1), Rate(4, 3), Rate(3)]))


@given(baskets_of, limits, limits, lifts)
def test_rules_are_those_of_the_obvious_search(
    rows: list[tuple[int, int]], support: Rate, confidence: Rate, lift: Rate | None
) -> None:
    held = [*held_in(rows).values()]
    items = sorted({item for _, item in rows})

    def having(*codes: int) -> int:
        return sum({*codes} <= each for each in held)

    expected = set()
    for size in (2, 3):
        for every in combinations(items, size):
            for left in range(1, size):
                for when in combinations(every, left):
                    then = tuple(item for item in every if item not in when)
                    x, y, both = having(*when), having(*then), having(*every)
                    if (
                        both
                        and Fraction(both, len(held)) >= support.to_fraction()
                        and Fraction(both, x) >= confidence.to_fraction()
                        and (lift is None or Fraction(both * len(held), x * y) >= lift.to_fraction())
                    ):
                        expected.add((when, then, len(held), x, y, both))
    rules = associate(counted(rows), min_support=support, min_confidence=confidence, min_lift=lift)
    assert {attrs.astuple(rule) for rule in rules} == expected
    assert len(rules) == len(expected)
    keys = [(-rule.lift.to_fraction(), -rule.support.to_fraction(), rule.when, rule.then) for rule in rules]
    assert keys == sorted(keys)


@given(baskets_of)
def test_measures_keep_their_laws(rows: list[tuple[int, int]]) -> None:
    rules = {
        (rule.when, rule.then): rule for rule in associate(counted(rows), min_support=Rate(0), min_confidence=Rate(0))
    }
    for (when, then), rule in rules.items():
        back = rules[then, when]
        assert (rule.support, rule.lift, rule.leverage) == (back.support, back.lift, back.leverage)
        assert Rate(0) < rule.support <= rule.confidence <= Rate(1)
        assert (rule.lift > Rate(1)) == (rule.leverage > Rate(0))
        expected = (Rate(1) - Rate(rule.bought, rule.baskets)).to_fraction()
        fails = (Rate(1) - rule.confidence).to_fraction()
        assert rule.conviction is None if fails == 0 else rule.conviction.to_fraction() == expected / fails  # type: ignore[union-attr]
        assert from_data(to_data(rule), Association) == rule


@given(baskets_of, st.sets(ids, max_size=4), limits, limits, lifts, st.sampled_from(OfferOrder))
# Ties of both measures: 1 -> 5 (two baskets) and 2 -> 5 (one); 1 -> 5 and 1 2 -> 5; 1 -> 3 and 4 -> 3.
@example([(0, 1), (0, 5), (1, 1), (1, 5), (2, 2), (2, 5)], {1, 2}, Rate(0), Rate(0), None, OfferOrder.LIFT)
@example([(0, 1), (0, 2), (0, 5), (1, 3)], {1, 2}, Rate(0), Rate(0), None, OfferOrder.LIFT)
@example([(0, 1), (0, 3), (1, 3), (1, 4)], {1, 4}, Rate(0), Rate(0), None, OfferOrder.CONFIDENCE)
def test_offers_are_the_strongest_rules_to_what_is_not_owned(
    rows: list[tuple[int, int]], owned: set[int], support: Rate, confidence: Rate, lift: Rate | None, order: OfferOrder
) -> None:
    counts = counted(rows)
    kept: dict[str, Any] = {"min_support": support, "min_confidence": confidence, "min_lift": lift}
    offers = cross_sell(counts, owned, order=order, **kept)
    usable = [
        rule
        for rule in associate(counts, **kept)
        if {*rule.when} <= owned and len(rule.then) == 1 and rule.then[0] not in owned
    ]

    def rank(rule: Association) -> tuple[Any, ...]:
        measures = [-rule.confidence.to_fraction(), -rule.lift.to_fraction()]
        if order is OfferOrder.LIFT:
            measures.reverse()
        return (*measures, -rule.both, len(rule.when), rule.when, rule.then)

    strongest = [min((rule for rule in usable if rule.then == then), key=rank) for then in {r.then for r in usable}]
    assert list(offers) == sorted(strongest, key=rank)


@given(baskets_of)
def test_bundles_count_what_baskets_hold(rows: list[tuple[int, int]]) -> None:
    held = [*held_in(rows).values()]
    for bundle in bundle_candidates(counted(rows), min_support=Rate(0)):
        missing = [len({*bundle.items} - each) for each in held]
        assert bundle.together == missing.count(0)
        assert bundle.all_but_one == missing.count(1)
        assert bundle.any_of == sum(gone < len(bundle.items) for gone in missing)
        assert list(bundle.singly) == [sum(item in each for each in held) for item in bundle.items]


@given(baskets_of)
@example([(0, 1), (0, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 3), (4, 4), (5, 5), (6, 1)])  # 1 2 and 3 4: lift 7/4 each
@example([(0, 1), (0, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 5), (4, 5), (5, 1), (6, 2), (7, 1), (8, 1)])
def test_bundles_on_the_limits_are_in_and_come_by_lift(rows: list[tuple[int, int]]) -> None:
    counts = counted(rows)
    every = bundle_candidates(counts, min_support=Rate(0))
    keys = [(-each.lift.to_fraction(), -each.together, each.items) for each in every]
    assert keys == sorted(keys)
    for limit in every:
        on = bundle_candidates(counts, min_support=limit.support, min_lift=limit.lift)
        assert on == tuple(each for each in every if each.together >= limit.together and each.lift >= limit.lift)


# --- what is shown -------------------------------------------------------------------------------------------


def test_results_show_themselves() -> None:
    counts = worked()
    assert counts.explain().splitlines()[:2] == ["9 baskets, 5 items, 8 pairs, 5 triples", "item  item  baskets"]
    shown = [tuple(map(int, line.split())) for line in counts.explain().splitlines()[2:]]
    # those of the page, and 1 4 and 3 5, which are in one basket each: the most often first, then by code
    often = [(1, 2, 4), (1, 3, 4), (2, 3, 4), (1, 5, 2), (2, 4, 2), (2, 5, 2), (1, 4, 1), (3, 5, 1)]
    assert shown == often
    assert "<td" in counts._repr_html_()
    columns = counts.to_columns()
    assert {name: each.size for name, each in columns.items()} == {"first": 8, "second": 8, "baskets": 8}
    rules = associate(counts, min_support=Rate(2, 9), min_confidence=Rate.percent("70"))
    assert " ".join(association_table(rules).splitlines()[1].split()) == "5 1 + 2 2 22.2 % 100.0 % 2.25 12.3 %"
    assert association_columns(rules)["then"].tolist()[:2] == ["1 2", "1"]
    assert {each.size for each in association_columns(rules).values()} == {len(rules)}
    assert association_columns([])["both"].tolist() == []
    priced = bundle_candidates(counts, min_support=Rate(4, 9), prices=dict.fromkeys(range(6), Money.of("9.90", "CNY")))
    assert "CNY 19.80" in priced[0].explain()


# --- hostile input -------------------------------------------------------------------------------------------


@given(anything, anything, anything)
def test_counting_refuses_in_its_own_words(basket: Any, item: Any, largest: Any) -> None:
    refusal(lambda: count_pairs(basket=basket, item=item))
    refusal(lambda: count_pairs(basket=basket, item=[0], largest=largest))
    refusal(lambda: count_pairs(basket=[0], item=item))


@given(st.sampled_from([each.name for each in attrs.fields(PairCounts) if each.init]), anything)
def test_state_from_elsewhere_is_checked(name: str, value: Any) -> None:
    refusal(lambda: attrs.evolve(counted([(1, 7), (1, 8), (1, 9)]), **{name: value}))


@given(anything, anything)
def test_questions_are_refused_in_our_words(some: Any, other: Any) -> None:
    counts = counted([(1, 7), (1, 8), (2, 7)])
    refusal(counts.together, some, other)
    refusal(counts.merge, some)
    refusal(lambda: associate(some, min_support=Rate(0), min_confidence=Rate(0)))
    refusal(lambda: associate(counts, min_support=some, min_confidence=Rate(0)))
    refusal(lambda: associate(counts, min_support=Rate(0), min_confidence=some, min_lift=other))
    refusal(lambda: cross_sell(counts, some, min_support=Rate(0), min_confidence=Rate(0)))
    refusal(lambda: cross_sell(counts, [some], min_support=Rate(0), min_confidence=Rate(0), order=other))
    refusal(lambda: bundle_candidates(counts, min_support=Rate(0), min_lift=some, prices=other))
    refusal(lambda: bundle_candidates(counts, min_support=Rate(0), prices={7: some, 8: other}))
    refusal(association_table, some)
    refusal(association_columns, [some])


@given(st.sampled_from(["when", "then", "baskets", "having", "bought", "both"]), anything)
def test_associations_are_checked(name: str, value: Any) -> None:
    good = Association(when=(1,), then=(2,), baskets=9, having=6, bought=7, both=4)
    refusal(lambda: attrs.evolve(good, **{name: value}))


@pytest.mark.parametrize(
    ("basket", "item", "kind"),
    [
        ([1, 2], [1], InvalidValue),
        ([-1], [1], InvalidValue),
        ([1], [-1], InvalidValue),
        ([1.0], [1], InvalidType),
        ([True], [1], InvalidType),
        (["\x00"], [1], InvalidType),
        (["\ud800"], [1], InvalidType),
        (np.array([[1]]), [1], InvalidValue),
    ],
)
def test_columns_that_are_no_codes_are_refused(basket: Any, item: Any, kind: type[SalesplanError]) -> None:
    with pytest.raises(kind) as caught:
        count_pairs(basket=basket, item=item)
    assert caught.value.code == "segmentation.baskets"
