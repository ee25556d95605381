"""Presets: the two rules on CDNOW, eight cells, eleven names, Shopify's groups, tiers, and tiers by share."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cache
from itertools import accumulate, product
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.errors import InvalidType, InvalidValue, SalesplanError
from salesplan.money import Currency, Money
from salesplan.rate import Rate
from salesplan.rulebook import from_data, to_data
from salesplan.segmentation.presets import EIGHT_SEGMENTS, AbsoluteCuts, Cut, EightCells, high_value_and_dormant
from salesplan.segmentation.score_maps import HalfPoints, eleven_names, four_tiers, shopify_groups
from salesplan.segmentation.scores import RfmScore
from salesplan.segmentation.segment_map import SegmentMap
from salesplan.segmentation.segments import Range, Rule, Segment
from salesplan.segmentation.share_tiers import ShareOf, ShareTiers, abc_tiers, heavy_medium_light
from salesplan.segmentation.summary import CustomerSummary
from salesplan.segmentation.thresholds import RfmThresholds
from tests.segmentation.customers import CNY, TOP, Numbers, cdnow, numbers, summary_of, values
from tests.strategies import HOSTILE, refusal
from tests.worked import table

PAGE = "segments.md"
END = date(1997, 9, 30)


@cache
def cdnow_1997() -> CustomerSummary:
    return summary_of(cdnow(END), as_of=END, currency=Currency.iso("USD"))


# --- worked tables -------------------------------------------------------------------------------------------


def test_cdnow_by_the_two_rules() -> None:
    found = high_value_and_dormant(currency="USD", otherwise=Segment("the rest")).assign(cdnow_1997())
    assert {row["segment"]: int(row["customers"]) for row in table(PAGE, "CDNOW by the two rules")} == {
        segment.name: count for segment, count in zip(found.segments, found.counts.tolist(), strict=True)
    }
    assert int(found.money_by_segment.sum()) == 17_311_555  # type: ignore[union-attr]


@pytest.mark.parametrize("row", table(PAGE, "Eight cells"), ids=lambda row: row["segment"])
def test_names_of_the_eight_cells(row: dict[str, str]) -> None:
    segments = AbsoluteCuts(days_since_last=30, orders=3, money=500).segment_map()
    low = tuple(int(row[axis]) == 0 for axis in "RFM")
    found = segments.segment_of(values((31 if low[0] else 30, 2 if low[1] else 3, 499 if low[2] else 500)))
    assert found.name == row["segment"]
    for name in (row["in English"], f"{row['segment']}客户", *row["also"].split()):
        assert segments.segment(name) is found


def rows_of(text: str) -> list[Numbers]:
    parts = [each.split("/") for each in text.split()]
    return [(int(days), int(orders), int(cents)) for days, orders, cents in parts]


@pytest.mark.parametrize("row", table(PAGE, "Cuts of the eight cells"), ids=lambda row: " ".join(row.values()))
def test_cuts_of_the_eight_cells(row: dict[str, str]) -> None:
    cuts = EightCells(Cut(row["cut"])).cuts(summary_of(rows_of(row["customers"])))
    assert (cuts.days_since_last, cuts.orders, cuts.money) == (int(row["days"]), int(row["orders"]), int(row["cents"]))


@pytest.mark.parametrize("cut", Cut)
def test_cdnow_in_eight_cells(cut: Cut) -> None:
    found = EightCells(cut).assign(cdnow_1997())
    expected = {row["segment"]: int(row[cut.value]) for row in table(PAGE, "CDNOW in eight cells")}
    assert {each.name: many for each, many in zip(found.segments, found.counts.tolist(), strict=True)} == expected


def grid(heading: str) -> dict[tuple[int, int], str]:
    return {(int(row["R"]), fm): row[f"FM {fm}"] for row in table(PAGE, heading) for fm in range(1, 6)}


@pytest.mark.parametrize("half_points", HalfPoints)
@pytest.mark.parametrize(("heading", "preset"), [("Eleven names", eleven_names), ("Shopify's groups", shopify_groups)])
def test_every_cell_has_the_name_of_its_place_on_the_grid(heading: str, preset: Any, half_points: HalfPoints) -> None:
    names, segments = grid(heading), preset(half_points=half_points)
    for r, f, m in product(range(1, 6), repeat=3):
        twice = f + m
        fm = (twice + 1) // 2 if half_points is HalfPoints.UP else twice // 2
        assert segments.segment_of(RfmScore(r=r, f=f, m=m)).name == names[r, fm]


@pytest.mark.parametrize("row", table(PAGE, "Half points"), ids=lambda row: f"{row['F']} {row['M']}")
def test_half_points_go_where_they_are_told(row: dict[str, str]) -> None:
    names = grid("Eleven names")
    for half_points, column in ((HalfPoints.UP, "FM up"), (HalfPoints.DOWN, "FM down")):
        segments = eleven_names(half_points=half_points)
        for r in range(1, 6):
            found = segments.segment_of(RfmScore(r=r, f=int(row["F"]), m=int(row["M"])))
            assert found.name == names[r, int(row[column])]


def test_shopify_has_eleven_groups_with_prospects() -> None:
    segments = shopify_groups()
    assert len(segments.segments) == 11
    assert segments.prospects == segments.segment("Prospects")
    assert len(eleven_names().segments) == 11
    assert eleven_names().prospects is None


def shopify_condition(r: int, twice_fm: int) -> list[str]:
    """The conditions in the order of the help page, on FM with its half points taken up."""
    fm = (twice_fm + 1) // 2
    conditions = {
        "Champions": r == 5 and fm > 3,
        "Loyal": r in (3, 4) and fm > 3,
        "Active": r >= 4 and fm in (2, 3),
        "New": r == 5 and fm <= 1,
        "Promising": r == 4 and fm <= 1,
        "Needs attention": r == 3 and fm == 3,
        "Almost lost": r == 3 and fm <= 2,
        "Previously loyal": r <= 2 and fm > 4,
        "At risk": r <= 2 and fm in (3, 4),
        "Dormant": r <= 2 and fm <= 2,
    }
    return [name for name, holds in conditions.items() if holds]


def test_shopifys_conditions_are_those_of_the_grid() -> None:
    for r, f, m in product(range(1, 6), repeat=3):
        assert shopify_condition(r, f + m) == [shopify_groups().segment_of(RfmScore(r=r, f=f, m=m)).name]


@pytest.mark.parametrize("row", table(PAGE, "Four tiers"), ids=lambda row: "".join(row.values()))
def test_four_tiers(row: dict[str, str]) -> None:
    assert four_tiers().segment_of(RfmScore(r=int(row["R"]), f=int(row["F"]), m=int(row["M"]))).name == row["tier"]


def test_the_height_of_the_tiers_is_a_choice() -> None:
    assert four_tiers(high=3).segment_of(RfmScore(r=1, f=3, m=3)).name == "core"
    assert four_tiers(high=5).segment_of(RfmScore(r=4, f=4, m=4)).name == "general"
    for high in (1, 6):
        with pytest.raises(InvalidValue):
            four_tiers(high=high)


@pytest.mark.parametrize("row", table(PAGE, "Tiers by share"), ids=lambda row: f"{row['tiers']} {row['money']}")
def test_tiers_by_share(row: dict[str, str]) -> None:
    tiers = {"abc": abc_tiers, "heavy": heavy_medium_light}[row["tiers"]]()
    amounts = [int(each) for each in row["money"].split()]
    found = tiers.assign(summary_of([(0, 1, amount) for amount in amounts]))
    assert [found.segment_of(code).name for code in range(len(amounts))] == row["in"].split()
    assert [each.name for each in found.segments] == [each.name for each in tiers.segments]


def test_scores_of_fitted_thresholds_fit_the_maps() -> None:
    thresholds = RfmThresholds.fit(cdnow_1997())
    scores = thresholds.score(cdnow_1997())
    for segments in (eleven_names(), shopify_groups(), four_tiers()):
        found = segments.assign(scores, summary=cdnow_1997(), cuts=thresholds.cuts)
        assert int(found.counts.sum()) == 2357
        assert int(found.money_by_segment.sum()) == 17_311_555  # type: ignore[union-attr]
        standing = found.explain(customer=1)
        assert [axis.level for axis in standing.axes] == ["R5", "F4", "M4"]  # 59 days, 3 orders, 74.02
        assert standing.axes[1].ahead().startswith("1 more order to F5")


# --- edges ---------------------------------------------------------------------------------------------------


def test_cells_nobody_can_be_in_are_shown_empty() -> None:
    """Where everybody has one order, the mean is one, and no number of orders is below it."""
    found = EightCells(Cut.MEAN).assign(summary_of([(0, 1, 5), (9, 1, 1)]))
    assert [each.name for each in found.segments] == [each.name for each in EIGHT_SEGMENTS]
    assert found.counts.tolist() == [1, 0, 0, 0, 0, 0, 1, 0]
    assert len(found.map.rules) == 4


def test_nobody_has_no_mean_and_no_share() -> None:
    for fit in (EightCells(Cut.MEAN).fit, EightCells(Cut.MEDIAN).fit, abc_tiers().fit, heavy_medium_light().fit):
        with pytest.raises(InvalidValue, match="nobody"):
            fit(summary_of([]))
    with pytest.raises(InvalidValue, match="nobody has brought anything"):
        abc_tiers().fit(summary_of([(0, 1, 0), (0, 1, -5)]))


def test_a_mean_is_exact_where_floats_are_not() -> None:
    """Three orders past 2**53: their mean is a third below the largest, and a float rounds it up to it."""
    big = 2**60
    rows = [(0, 1, big), (0, 1, big - 1), (0, 1, big)]
    assert EightCells(Cut.MEAN).cuts(summary_of(rows)).money == big
    assert EightCells(Cut.MEAN).cuts(summary_of([*rows[:2], (0, 1, big + 1)])).money == big
    with pytest.raises(InvalidValue, match="past 9,223,372,036,854,775,807"):
        EightCells(Cut.MEAN).fit(summary_of([(0, 1, TOP), (0, 1, TOP)]))
    assert EightCells(Cut.MEDIAN).cuts(summary_of([(0, 1, TOP - 1), (0, 1, TOP - 1)])).money == TOP


def test_fitted_cuts_are_in_the_currency_of_the_customers() -> None:
    rows = [(0, 1, 100), (5, 3, 300)]
    cuts = EightCells(Cut.MEAN).cuts(summary_of(rows, currency=CNY))
    assert cuts.money == Money(200, CNY)
    assert EightCells(cuts).fit(summary_of([])) == cuts.segment_map()
    assert EightCells(cuts).assign(summary_of(rows, currency=CNY)).counts.tolist() == [0, 0, 1, 0, 0, 1, 0, 0]


@pytest.mark.parametrize("halves", [[], [1], [1, 1], [1, 2], [0, 1], [4, 6]])
def test_limits_that_do_not_rise_are_refused(halves: list[int]) -> None:
    with pytest.raises(InvalidValue):
        abc_tiers([Rate(each, 2) for each in halves])


def test_hostile_values_are_refused_by_name() -> None:
    row = summary_of([(0, 1, 1)])
    calls: tuple[Any, ...] = (
        EightCells,
        EightCells(Cut.MEAN).fit,
        EightCells(Cut.MEAN).assign,
        abc_tiers().fit,
        lambda value: abc_tiers(value),
        lambda value: eleven_names(half_points=value),
        lambda value: four_tiers(high=value),
        lambda value: AbsoluteCuts(days_since_last=value, orders=1, money=1),
        lambda value: AbsoluteCuts(days_since_last=1, orders=1, money=value),
        lambda value: high_value_and_dormant(currency=value),
        lambda value: ShareTiers(value, (Rate(1, 2),), of=ShareOf.MONEY),
        lambda value: EightCells(Cut.MEAN).assign(row, prospects=value),
    )
    for call in calls:
        refused = [refusal(call, value) for value in HOSTILE if not hasattr(value, "__next__")]
        assert sum(error is not None for error in refused) > len(refused) // 2


def test_presets_are_data() -> None:
    maps = [eleven_names(), shopify_groups(), four_tiers(), EightCells(Cut.MEAN).fit(cdnow_1997())]
    maps += [abc_tiers().fit(cdnow_1997()), heavy_medium_light().fit(cdnow_1997())]
    for each in maps:
        assert from_data(to_data(each), SegmentMap) == each
    for rule in (EightCells(Cut.MEDIAN), EightCells(AbsoluteCuts(days_since_last=1, orders=2, money=Money(3, CNY)))):
        assert from_data(to_data(rule), EightCells) == rule
    assert from_data(to_data(abc_tiers()), ShareTiers) == abc_tiers()


# --- laws ----------------------------------------------------------------------------------------------------

crowds = st.lists(numbers, min_size=1, max_size=12)


def high_by_definition(cut: Cut, rows: list[Numbers], row: Numbers) -> tuple[bool, bool, bool]:
    """With fractions: the mean as it is, the median halfway between the two in the middle."""
    middles = []
    for at in range(3):
        column = sorted(each[at] for each in rows)
        mean = Fraction(sum(column), len(rows))
        median = Fraction(column[(len(rows) - 1) // 2] + column[len(rows) // 2], 2)
        middles.append(mean if cut is Cut.MEAN else median)
    if cut is Cut.MEAN:
        return row[0] <= middles[0], row[1] >= middles[1], row[2] >= middles[2]
    return row[0] <= middles[0], row[1] > middles[1], row[2] > middles[2]


@given(crowds, st.sampled_from(Cut))
@example([(0, 1, 2**60), (0, 1, 2**60 + 1), (0, 1, 2**60 + 3)], Cut.MEAN)
@example([(0, 1, -TOP)], Cut.MEAN)  # no amount is below the smallest: the map had rules that could never hold
def test_eight_cells_are_those_of_exact_fractions(rows: list[Numbers], cut: Cut) -> None:
    error = refusal(EightCells(cut).fit, summary_of(rows))
    past = any(abs(sum(row[at] for row in rows)) > TOP for at in range(3)) and cut is Cut.MEAN
    highest = max(row[1] for row in rows) == TOP or max(row[2] for row in rows) == TOP
    if error is not None:  # no amount is above the largest that there is
        assert past or (cut is Cut.MEDIAN and highest)
        return
    found = EightCells(cut).assign(summary_of(rows))
    in_order = (EIGHT_SEGMENTS[at] for at in (0, 4, 1, 5, 2, 6, 3, 7))
    names = dict(zip(product((True, False), repeat=3), in_order, strict=True))
    assert [found.segment_of(code) for code in range(len(rows))] == [
        names[high_by_definition(cut, rows, row)] for row in rows
    ]


@given(crowds, st.randoms(use_true_random=False), st.sampled_from(Cut))
def test_codes_change_no_cut(rows: list[Numbers], chance: Any, cut: Cut) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    fits: tuple[Any, ...] = (EightCells(cut).fit, abc_tiers().fit, heavy_medium_light().fit)
    for fit in fits:
        try:
            expected = fit(summary_of(rows))
        except SalesplanError:
            continue
        assert fit(summary_of(shuffled)) == expected


amounts = st.integers(-2, 6) | st.sampled_from([0, 1, 10**15, -TOP])
limits = st.lists(st.integers(1, 19), min_size=1, max_size=3, unique=True).map(
    lambda twentieths: [Rate(each, 20) for each in sorted(twentieths)]
)


@given(st.lists(amounts, min_size=1, max_size=12), limits, st.sampled_from(ShareOf))
@example([10**15] * 3, [Rate(1, 20)], ShareOf.MONEY)
def test_tiers_are_those_of_what_stands_before(money: list[int], cuts: list[Rate], of: ShareOf) -> None:
    names = [Segment(f"tier {at}") for at in range(len(cuts) + 1)]
    tiers = ShareTiers(tuple(names), tuple(cuts), of=of)
    total = len(money) if of is ShareOf.CUSTOMERS else sum(max(each, 0) for each in money)
    if total == 0:
        assert refusal(tiers.fit, summary_of([(0, 1, each) for each in money])) is not None
        return
    found = tiers.assign(summary_of([(0, 1, each) for each in money]))
    for code, amount in enumerate(money):
        richer = [each for each in money if each > amount]
        before = len(richer) if of is ShareOf.CUSTOMERS else sum(max(each, 0) for each in richer)
        place = sum(Fraction(before, total) >= cut.to_fraction() for cut in cuts)
        assert found.segment_of(code).name == f"tier {place}"
    ends = list(accumulate(found.counts.tolist()))
    assert ends[-1] == len(money)
    for cut, end in zip(cuts, ends, strict=False):  # each tier reaches its limit
        best = sorted(money, reverse=True)[:end]
        reached = end if of is ShareOf.CUSTOMERS else sum(max(each, 0) for each in best)
        assert Fraction(reached, total) >= cut.to_fraction()


def test_the_best_twenty_percent_of_cdnow_bring_two_thirds() -> None:
    """472 of 2,357 customers, 63.35 % of the money; no tie at the border."""
    found = heavy_medium_light().assign(cdnow_1997())
    assert found.counts[0] == 472
    assert found.money_by_segment is not None
    assert round(100 * int(found.money_by_segment[0]) / int(found.money_by_segment.sum()), 2) == 63.35


def test_a_preset_is_refused_for_another_kind() -> None:
    with pytest.raises(InvalidType):
        EightCells("mean")  # type: ignore[arg-type]
    with pytest.raises(InvalidType):
        SegmentMap((Rule(Segment("a"), orders=Range(at_least=Money(1, CNY))),))
    assert np.array_equal(EightCells(Cut.MEAN).assign(summary_of([(0, 1, 1)])).counts, [1, 0, 0, 0, 0, 0, 0, 0])
