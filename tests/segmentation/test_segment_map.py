"""Segment maps: proven total and disjoint, the column path held to the record path, and where one customer stands."""

from __future__ import annotations

import pickle
from collections import Counter
from datetime import date, timedelta
from itertools import product
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from salesplan.errors import InvalidType, InvalidValue, NotFound
from salesplan.money import Currency, CurrencyMismatch, Money
from salesplan.rulebook import fingerprint, from_data, json_schema, to_data
from salesplan.segmentation.assignment import Assignment
from salesplan.segmentation.boxes import Region, joined
from salesplan.segmentation.cuts import Cuts
from salesplan.segmentation.presets import high_value_and_dormant
from salesplan.segmentation.proving import Overlap, SegmentMapError
from salesplan.segmentation.scores import RfmScore
from salesplan.segmentation.segment_map import SegmentMap
from salesplan.segmentation.segments import (
    Action,
    ActionKind,
    Range,
    RfmValues,
    Rule,
    ScoreRule,
    Segment,
)
from tests.segmentation.customers import (
    AS_OF,
    CNY,
    TOP,
    Numbers,
    levels,
    levels_of,
    numbers,
    people,
    ranges,
    rules,
    score_rules,
    scores_of,
    summary_of,
    values,
)
from tests.strategies import HOSTILE, refusal
from tests.worked import table

PAGE = "segments.md"
REST = Segment("the rest")
GRID = list(product(range(8), range(1, 8), range(-4, 8)))
CELLS = list(product(range(1, 5), repeat=3))


def fen(text: str) -> int:
    return Money.of(text, CNY).minor


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "High value and dormant"), ids=lambda row: "/".join(row.values()))
def test_edges_of_the_two_rules(row: dict[str, str]) -> None:
    segments = high_value_and_dormant(currency="CNY", otherwise=REST)
    money = Money.of(row["money"], CNY)
    record = RfmValues(days_since_last=int(row["days"]), orders=int(row["orders"]), money=money)
    assert segments.segment_of(record).name == row["segment"]
    found = segments.assign(summary_of([(int(row["days"]), int(row["orders"]), money.minor)], currency=CNY))
    assert found.segment_of(0).name == row["segment"]


def test_an_unnamed_rest_is_refused_region_by_region() -> None:
    with pytest.raises(SegmentMapError, match=r"nothing covers .* name the rest with otherwise=") as caught:
        high_value_and_dormant(currency="CNY")
    assert [str(region) for region in caught.value.uncovered] == [
        row["region"] for row in table(PAGE, "What the two rules leave open")
    ]
    assert caught.value.code == "segmentation.segment_map.uncovered"
    assert len(str(caught.value)) < 200
    assert caught.value.explain().count("\n") == 4
    assert pickle.loads(pickle.dumps(caught.value)).uncovered == caught.value.uncovered
    with pytest.raises(NotFound, match="no value of 'days since last'"):
        caught.value.uncovered[0].contains({"money": 5})


def published() -> list[ScoreRule]:
    return [
        ScoreRule(
            Segment(row["segment"]),
            **{
                axis.lower(): Range(at_least=int(row[axis].split("-")[0]), at_most=int(row[axis].split("-")[1]))
                for axis in "RFM"
            },
        )
        for row in table(PAGE, "A published map that is none")
    ]


def test_a_published_map_leaves_ten_cells_open() -> None:
    with pytest.raises(SegmentMapError) as caught:
        SegmentMap(tuple(published()))
    rows = table(PAGE, "What it leaves open")
    assert [str(region) for region in caught.value.uncovered] == [row["region"] for row in rows]
    cells = [dict(zip("RFM", cell, strict=True)) for cell in product(range(1, 6), repeat=3)]
    open_cells = [sum(region.contains(cell) for cell in cells) for region in caught.value.uncovered]  # type: ignore[arg-type]
    assert open_cells == [int(row["cells"]) for row in rows]
    assert sum(any(region.contains(cell) for region in caught.value.doubled) for cell in cells) == 58  # type: ignore[arg-type]


@pytest.mark.parametrize("row", table(PAGE, "Where a customer stands"), ids=lambda row: "/".join(row.values()))
def test_where_a_customer_stands(row: dict[str, str]) -> None:
    segments = high_value_and_dormant(currency="CNY", otherwise=REST)
    found = segments.assign(summary_of({7: (int(row["days"]), int(row["orders"]), fen(row["money"]))}, currency=CNY))
    standing = found.explain(customer=7)
    assert standing.segment.name == row["segment"]
    _, orders, money = standing.axes
    assert ("" if orders.missing is None else f"{orders.missing} to {orders.next_cut}") == row["orders missing"]
    amounts = [each.amount for each in (money.missing, money.next_cut) if isinstance(each, Money)]
    assert " to ".join(amounts) == row["money missing"]
    assert (standing.moves_on or "") == (date.fromisoformat(row["moves on"]) if row["moves on"] else "")
    assert (standing.moves_to or "") == row["moves to"]


# --- edges ---------------------------------------------------------------------------------------------------


def test_a_rule_nobody_can_meet_is_refused() -> None:
    one = Rule(Segment("one"), orders=Range.exactly(1))
    with pytest.raises(SegmentMapError, match="rule 2 can never hold: none") as caught:
        SegmentMap((one, Rule(Segment("none"), orders=Range(at_most=0))), otherwise=REST)
    assert caught.value.dead == (1,)
    with pytest.raises(SegmentMapError, match="rule 2 can never hold"):
        SegmentMap((one, Rule(REST, orders=Range(at_most=1))), otherwise=REST, overlap=Overlap.FIRST_MATCH)


def test_a_rest_without_anybody_is_refused() -> None:
    everybody = (Rule(Segment("a"), money=Range(below=0)), Rule(Segment("b"), money=Range(at_least=0)))
    with pytest.raises(SegmentMapError, match="otherwise= would name nobody"):
        SegmentMap(everybody, otherwise=REST)
    assert SegmentMap(everybody).segments == (Segment("a"), Segment("b"))


def test_the_first_rule_counts_only_where_that_is_asked_for() -> None:
    both = (Rule(Segment("few"), orders=Range(at_most=5)), Rule(Segment("many"), orders=Range(at_least=5)))
    with pytest.raises(SegmentMapError, match="few and many both cover orders exactly 5") as caught:
        SegmentMap(both)
    assert caught.value.code == "segmentation.segment_map.doubled"
    assert [region.claimed_by for region in caught.value.doubled] == [(0, 1)]
    first = SegmentMap(both, overlap=Overlap.FIRST_MATCH)
    assert first.segment_of(values((0, 5, 0))).name == "few"
    assert first.assign(summary_of([(0, 5, 0)])).segment_of(0).name == "few"


def test_numbers_at_the_end_of_the_range_have_a_segment() -> None:
    segments = SegmentMap(
        (Rule(Segment("top"), money=Range(at_least=TOP)), Rule(Segment("bottom"), money=Range(at_most=-TOP))),
        otherwise=REST,
    )
    found = segments.assign(summary_of([(0, 1, TOP), (0, 1, -TOP), (0, 1, 1 - TOP), (739_000, TOP, TOP - 1)]))
    assert [found.segment_of(code).name for code in range(4)] == ["top", "bottom", "the rest", "the rest"]
    assert found.explain(customer=1).axes[2].missing == 1
    for money, missing in ((1, TOP - 1), (0, TOP), (-1, None)):  # a difference of 63 bits, and one past them
        axis = segments.assign(summary_of([(0, 1, money)])).explain(customer=0).axes[2]
        assert (axis.next_cut, axis.missing) == (TOP, missing)
    assert "customer 1" in found.explain(customer=1).explain()


@pytest.mark.parametrize("currency", [None, CNY, Currency.iso("JPY"), Currency("NANO", 9)])
@pytest.mark.parametrize("edge", [TOP, -TOP])
@pytest.mark.parametrize("side", ["at_least", "above", "at_most", "below"])
def test_ranges_end_at_the_ends_of_the_range(side: str, edge: int, currency: Currency | None) -> None:
    """A map with "at most the largest amount" was refused: the amount past it, which no text needs, does not fit."""
    end = edge if currency is None else Money(edge, currency)
    rule = Rule(Segment("a"), orders=Range.exactly(1), money=Range(**{side: end}))
    if (side, edge) in (("above", TOP), ("below", -TOP)):
        with pytest.raises(SegmentMapError, match="can never hold"):
            SegmentMap((rule,), otherwise=REST)
        return
    segments = SegmentMap((rule,), otherwise=REST)
    assert segments.explain()
    for amount in (-TOP, 1 - TOP, TOP - 1, TOP):
        found = segments.assign(summary_of([(0, 1, amount)], currency=currency)).explain(customer=0)
        inside = {"at_least": amount >= edge, "above": amount > edge, "at_most": amount <= edge, "below": amount < edge}
        assert found.segment.name == ("a" if inside[side] else "the rest")
        assert found.explain()


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ({"at_least": "3", "at_most": "3"}, "exactly 3.00"),
        ({"above": "3", "below": "3.02"}, "exactly 3.01"),
        ({"at_least": "3", "below": "3.02"}, "3.00 or more and below 3.02"),
        ({"above": "3", "at_most": "5"}, "above 3.00 and at most 5.00"),
        ({"at_least": "3", "below": "5"}, "3.00 or more and below 5.00"),
        ({"above": "3"}, "above 3.00"),
        ({"at_most": "-3"}, "at most -3.00"),
    ],
)
def test_amounts_are_told_by_the_rounder_end(ends: dict[str, str], words: str) -> None:
    money = Range(**{side: Money.of(end, CNY) for side, end in ends.items()})
    assert SegmentMap((Rule(Segment("a"), money=money),), otherwise=REST).reason(0) == f"money {words}"


@pytest.mark.parametrize(("days", "falls"), [(7, date.max - timedelta(1)), (6, date.max), (5, None)])
def test_nobody_moves_after_the_last_date(days: int, falls: date | None) -> None:
    segments = SegmentMap((Rule(Segment("a"), days_since_last=Range(at_most=8)),), otherwise=REST)
    as_of = date.max - timedelta(3)
    standing = segments.assign(summary_of([(days, 1, 0)], as_of=as_of)).explain(customer=0)
    assert (standing.moves_on, standing.moves_to) == (falls, None if falls is None else "the rest")
    assert (standing.axes[0].on, standing.axes[0].leads_to) == (falls, "the rest")


def test_money_of_the_map_and_of_the_customers_must_be_one() -> None:
    segments = high_value_and_dormant(currency="CNY", otherwise=REST)
    row: list[Numbers] = [(0, 1, 0)]
    with pytest.raises(CurrencyMismatch):
        segments.assign(summary_of(row, currency=Currency.iso("EUR")))
    with pytest.raises(InvalidValue, match="does not say its currency"):
        segments.assign(summary_of(row))
    with pytest.raises(CurrencyMismatch):
        Assignment(map=segments, customer=[1], values=[[0, 1, 0]])  # type: ignore[arg-type]
    with pytest.raises(CurrencyMismatch):
        segments.segment_of(RfmValues(days_since_last=0, orders=1, money=Money.of(1, "EUR")))
    with pytest.raises(CurrencyMismatch):
        SegmentMap((*segments.rules, Rule(REST, money=Range(above=5))), overlap=Overlap.FIRST_MATCH, otherwise=REST)


def test_prospects_have_the_segment_that_the_map_gives_them() -> None:
    segments = SegmentMap(
        (Rule(Segment("a"), orders=Range.exactly(1)),), otherwise=REST, prospects=Segment("prospects")
    )
    found = segments.assign(summary_of({5: (3, 1, 100), 9: (3, 2, 100)}), prospects=[7, 2])
    assert found.customer.tolist() == [2, 5, 7, 9]
    assert dict(zip((each.name for each in found.segments), found.counts.tolist(), strict=True)) == {
        "a": 1,
        "the rest": 1,
        "prospects": 2,
    }
    assert found.explain(customer=7).rule == "has not bought"
    assert found.explain(customer=7).axes == ()
    assert found.to_columns()["days_since_last"].tolist() == [None, 3, None, 3]
    with pytest.raises(InvalidValue, match="customer 5 has bought"):
        segments.assign(summary_of({5: (3, 1, 100)}), prospects=[5])
    with pytest.raises(InvalidValue, match="give the map prospects="):
        attrs.evolve(segments, prospects=None).assign(summary_of({5: (3, 1, 100)}), prospects=[6])
    with pytest.raises(InvalidValue, match="each once"):
        segments.assign(summary_of({5: (3, 1, 100)}), prospects=[6, 6])


def test_names_and_aliases_mean_one_segment() -> None:
    upgrade = Action(ActionKind.UPGRADE_OFFER, "an upgrade")
    keep = Segment("重要保持", upgrade, aliases=("重要唤回",))
    segments = SegmentMap((Rule(keep, orders=Range(above=3)),), otherwise=REST)
    assert segments.segment("重要唤回") is keep
    with pytest.raises(NotFound):
        segments.segment("重要挽回")
    for other in (Segment("重要唤回"), Segment("重要保持"), Segment("x", aliases=("重要保持",))):
        with pytest.raises(InvalidValue, match="names two segments"):
            SegmentMap((Rule(keep, orders=Range(above=3)),), otherwise=other)


def test_the_order_shown_can_name_segments_without_a_rule() -> None:
    a, b, nobody = Segment("a"), Segment("b"), Segment("nobody")
    rules = (Rule(a, orders=Range(above=3)), Rule(b, orders=Range(at_most=3)))
    found = SegmentMap(rules, order=(b, nobody, a)).assign(summary_of([(0, 9, 1), (0, 9, 2)]))
    assert [each.name for each in found.segments] == ["b", "nobody", "a"]
    assert found.counts.tolist() == [0, 0, 2]
    with pytest.raises(InvalidValue, match="order does not name"):
        SegmentMap(rules, order=(b, nobody))


def test_a_map_of_the_other_kind_is_refused() -> None:
    raw = SegmentMap((Rule(Segment("a"), orders=Range.exactly(1)),), otherwise=REST)
    scored = SegmentMap((ScoreRule(Segment("a"), r=Range.exactly(5)),), otherwise=REST)
    with pytest.raises(InvalidType):
        raw.segment_of(RfmScore(r=1, f=1, m=1))
    with pytest.raises(InvalidType):
        scored.segment_of(values((1, 1, 1)))
    with pytest.raises(InvalidValue):
        scored.segment_of(RfmScore(r=1, f=1, m=6))
    with pytest.raises(InvalidType):
        raw.assign(scores_of({1: (1, 1, 1)}))
    with pytest.raises(InvalidType):
        scored.assign(summary_of([(1, 1, 1)]))
    with pytest.raises(InvalidType):
        SegmentMap((*raw.rules, *scored.rules), otherwise=REST)
    with pytest.raises(InvalidValue, match="a map of 5 levels, and scores of 4 / 4 / 4"):
        scored.assign(scores_of({1: (1, 1, 4)}, top=4))


def test_too_many_cells_are_refused() -> None:
    spread = tuple(
        Rule(
            Segment("a"),
            days_since_last=Range.exactly(2 * at),
            orders=Range.exactly(2 * at + 2),
            money=Range.exactly(2 * at),
        )
        for at in range(70)
    )
    with pytest.raises(InvalidValue, match="at most 2,000,000"):
        SegmentMap(spread, otherwise=REST)


def test_a_sum_past_63_bits_is_refused_and_not_wrapped() -> None:
    segments = SegmentMap((Rule(Segment("a"), orders=Range.exactly(1)),), otherwise=REST)
    assert segments.assign(summary_of([(0, 1, TOP), (0, 1, -TOP), (0, 1, 5)])).money_by_segment.tolist() == [5, 0]  # type: ignore[union-attr]
    with pytest.raises(InvalidValue, match="past 9,223,372,036,854,775,807"):
        _ = segments.assign(summary_of([(0, 1, TOP), (0, 1, 1)])).money_by_segment


def test_hostile_values_are_refused_by_name() -> None:
    segments = SegmentMap((Rule(Segment("a"), orders=Range.exactly(1)),), otherwise=REST)
    found = segments.assign(summary_of([(0, 1, 0)]))
    calls: tuple[Any, ...] = (
        lambda value: Range(at_least=value, below=5),
        lambda value: Segment(value),
        lambda value: Rule(value),
        lambda value: Rule(REST, orders=value),
        lambda value: SegmentMap(value),
        lambda value: SegmentMap(segments.rules, otherwise=value),
        lambda value: segments.segment_of(value),
        lambda value: segments.assign(value),
        lambda value: segments.assign(summary_of([(0, 1, 0)]), prospects=value),
        lambda value: found.explain(customer=value) if value is not None else None,
        lambda value: Cuts(days_since_last=value, orders=(), money=()),
        lambda value: Range(at_least=1).contains(value),
        lambda value: segments.rules[0].holds(value),
        lambda value: ScoreRule(REST).holds(value),
        lambda value: Cuts(days_since_last=(1,), orders=(), money=()).level(value, 1),
        lambda value: Cuts(days_since_last=(1,), orders=(), money=()).level(0, value),
        lambda value: Cuts(days_since_last=(1,), orders=(), money=()).levels(value),
        lambda value: Cuts(days_since_last=(1,), orders=(), money=()).starts(value),
        lambda value: segments.reason(value),
        lambda value: Assignment(map=value, customer=found.customer, values=found.values),
        lambda value: attrs.evolve(found, currency=value) if value is not None else None,
        lambda value: attrs.evolve(found, cuts=value) if value is not None else None,
    )
    for call in calls:
        refused = [refusal(call, value) for value in HOSTILE if not hasattr(value, "__next__")]
        assert sum(error is not None for error in refused) > len(refused) // 2
        assert all(error is None or len(str(error)) < 200 for error in refused)


def test_a_map_is_data() -> None:
    for segments in (
        high_value_and_dormant(currency="CNY", otherwise=REST),
        SegmentMap(tuple(published()), otherwise=REST, overlap=Overlap.FIRST_MATCH, prospects=Segment("none")),
    ):
        assert from_data(to_data(segments), SegmentMap) == segments
        assert fingerprint(from_data(to_data(segments), SegmentMap)) == fingerprint(segments)
        assert pickle.loads(pickle.dumps(segments)) == segments
        assert hash(pickle.loads(pickle.dumps(segments))) == hash(segments)
        for held in (segments.cover, pickle.loads(pickle.dumps(segments)).cover):
            arrays = (held.first, held.times, *held.starts, *(mask for masks in held.masks for mask in masks))
            assert not any(each.flags.writeable for each in arrays)  # what customers are assigned by
    assert json_schema(SegmentMap)


def test_what_is_shown_is_escaped_and_whole() -> None:
    segments = SegmentMap((Rule(Segment("<b>"), orders=Range.exactly(1)),), otherwise=REST)
    found = segments.assign(summary_of([(0, 1, 10), (0, 2, 30)]))
    assert found.explain().splitlines()[0] == "2 customers on 2026-06-30"
    assert "25.0 %" in found.explain()
    assert "<b>" not in found._repr_html_() + segments._repr_html_() + found.explain(customer=0)._repr_html_()
    assert found.explain(customer=0).to_columns()["axis"] == ["days since last", "orders", "money"]
    assert segments.explain().splitlines() == ["<b>       orders exactly 1", "the rest  no rule holds"]


# --- laws ----------------------------------------------------------------------------------------------------


def matches(rule: Rule, row: Numbers) -> bool:
    """By the words of the rule: at least and at most are inside, above and below are not."""
    for given_range, number in zip((rule.days_since_last, rule.orders, rule.money), row, strict=True):
        if given_range is None:
            continue
        if given_range.at_least is not None and not number >= given_range.at_least:  # type: ignore[operator]
            return False
        if given_range.above is not None and not number > given_range.above:  # type: ignore[operator]
            return False
        if given_range.at_most is not None and not number <= given_range.at_most:  # type: ignore[operator]
            return False
        if given_range.below is not None and not number < given_range.below:  # type: ignore[operator]
            return False
    return True


def inside(region: Region, row: Numbers) -> bool:
    return region.contains(dict(zip(("days since last", "orders", "money"), row, strict=True)))


def check_on_the_grid(given_rules: list[Rule], grid: list[Numbers]) -> None:
    """The bounds lie within the grid, so the grid meets every region."""
    claims = {row: [at for at, rule in enumerate(given_rules) if matches(rule, row)] for row in grid}
    holes = {row for row, claim in claims.items() if not claim}
    doubles = {row for row, claim in claims.items() if len(claim) > 1}
    error = refusal(SegmentMap, tuple(given_rules))
    if not holes and not doubles:
        dead = [at for at in range(len(given_rules)) if not any(at in claim for claim in claims.values())]
        assert (error is None) is (not dead)
        return
    assert isinstance(error, SegmentMapError)
    assert {row for row in grid if any(inside(region, row) for region in error.uncovered)} == holes
    assert sum(inside(region, row) for row in grid for region in error.uncovered) == len(holes)
    assert {row for row in grid if any(inside(region, row) for region in error.doubled)} == doubles
    for region in error.doubled:
        rows = [row for row in grid if inside(region, row)]
        assert rows
        assert all(claims[row] == list(region.claimed_by) for row in rows)
    assert all(any(inside(region, row) for row in grid) for region in error.uncovered)


@given(st.lists(rules(), min_size=1, max_size=4))
@example([Rule(Segment("a"), days_since_last=Range(at_most=0)), Rule(Segment("b"), days_since_last=Range(at_least=1))])
@example([Rule(Segment("a"), orders=Range(at_most=1)), Rule(Segment("b"), orders=Range(above=1))])
@example([Rule(Segment("a"), orders=Range(above=-2)), Rule(Segment("b"), days_since_last=Range(below=0))])
def test_a_map_is_refused_just_where_a_dense_grid_has_a_hole_or_a_double(given_rules: list[Rule]) -> None:
    check_on_the_grid(given_rules, GRID)


@given(st.lists(ranges(1, 5), min_size=1, max_size=5), st.sampled_from(["days_since_last", "orders", "money"]))
def test_bands_of_one_axis_are_proven_as_a_grid_proves_them(bands: list[Range], axis: str) -> None:
    check_on_the_grid([Rule(Segment("a"), **{axis: band}) for band in bands], GRID)


@given(st.lists(st.booleans(), min_size=24, max_size=24), st.sampled_from(list(product((True, False), repeat=3))))
@example([True, False] * 12, (True, True, True))
def test_cells_are_joined_into_boxes_that_hold_each_once(cells: list[bool], orderly: tuple[bool, ...]) -> None:
    left = np.array(cells).reshape(2, 3, 4)
    times = np.zeros(left.shape, dtype=np.int64)
    for box in joined(left, orderly=orderly):
        times[np.ix_(*box)] += 1
        for axis, places in enumerate(box):  # numbers are one stretch, which a range can say
            assert not orderly[axis] or places.tolist() == list(range(places[0], places[-1] + 1))
    assert (times == left).all()


@st.composite
def whole_maps(draw: st.DrawFn) -> SegmentMap:
    """Maps that are built: rules with a rest where they leave one."""
    chosen = draw(st.lists(rules(), min_size=1, max_size=4))
    for rest in (None, REST):
        for overlap in Overlap:
            try:
                return SegmentMap(tuple(chosen), otherwise=rest, overlap=overlap)
            except SegmentMapError:
                continue
    assume(False)
    raise AssertionError


@given(whole_maps(), people)
def test_columns_are_held_to_records(segments: SegmentMap, rows: dict[int, Numbers]) -> None:
    found = segments.assign(summary_of(rows))
    for code, row in rows.items():
        assert found.segment_of(code) == segments.segment_of(values(row))
    expected = Counter(segments.segment_of(values(row)).name for row in rows.values())
    assert {each.name: many for each, many in zip(found.segments, found.counts, strict=True) if many} == expected
    assert int(found.counts.sum()) == len(rows)
    money = Counter[str]()
    for row in rows.values():
        money[segments.segment_of(values(row)).name] += row[2]
    if all(abs(total) <= TOP for total in money.values()):
        assert found.money_by_segment is not None
        assert [money[each.name] for each in found.segments] == found.money_by_segment.tolist()


@given(st.lists(score_rules(), min_size=1, max_size=4), st.dictionaries(st.integers(0, 9), st.sampled_from(CELLS)))
def test_scores_are_held_to_records(given_rules: list[ScoreRule], rows: dict[int, tuple[int, int, int]]) -> None:
    try:
        segments = SegmentMap(tuple(given_rules), otherwise=REST, overlap=Overlap.FIRST_MATCH, levels=4)
    except SegmentMapError:
        assume(False)
    found = segments.assign(scores_of(rows, top=4))
    assert [found.segment_of(code) for code in rows] == [segments.segment_of(levels(row)) for row in rows.values()]


@given(whole_maps(), st.tuples(st.integers(0, 10), st.integers(1, 9), st.integers(-3, 9)))
def test_a_standing_agrees_with_the_map(segments: SegmentMap, row: Numbers) -> None:
    standing = segments.assign(summary_of([row])).explain(customer=0)
    now = segments.segment_of(values(row))
    assert standing.segment == now
    for at, axis in enumerate(standing.axes):
        assert axis.value == row[at]
        if axis.missing is None:
            continue
        moved = list(row)
        moved[at] += axis.missing  # type: ignore[operator]
        then = segments.segment_of(values((moved[0], moved[1], moved[2])))
        assert axis.leads_to == (None if then == now else then.name)
        moved[at] -= 1
        assert segments.segment_of(values((moved[0], moved[1], moved[2]))) == now  # nothing before the cut
    falls = next(
        (day for day in range(1, 30) if segments.segment_of(values((row[0] + day, row[1], row[2]))) != now), None
    )
    assert standing.moves_on == (None if falls is None else AS_OF + timedelta(falls))
    if falls is not None:
        assert standing.moves_to == segments.segment_of(values((row[0] + falls, row[1], row[2]))).name


@given(numbers, st.lists(st.integers(0, 9), max_size=4), st.lists(st.integers(1, 9), max_size=4))
def test_a_standing_by_scores_agrees_with_the_cuts(row: Numbers, day_cuts: list[int], order_cuts: list[int]) -> None:
    size = max(len(day_cuts), len(order_cuts), 1)
    wide = [sorted((cuts + [50] * size)[:size]) for cuts in (day_cuts, order_cuts, [0, 2, 2, 4])]
    cuts = Cuts(days_since_last=tuple(wide[0]), orders=tuple(wide[1]), money=tuple(wide[2]))
    scored = SegmentMap(
        (ScoreRule(Segment("high"), r=Range(above=1)), ScoreRule(Segment("low"), r=Range(at_most=1))), levels=size + 1
    )
    summary = summary_of([row])
    standing = scored.assign(scores_of(levels_of({0: row}, cuts), top=size + 1), summary=summary, cuts=cuts).explain(
        customer=0
    )
    for at, axis in enumerate(standing.axes):
        level = levels_of({0: row}, cuts)[0]
        assert axis.level == f"{'RFM'[at]}{level[at]}"
        if axis.missing is not None:
            moved = list(row)
            moved[at] += axis.missing  # type: ignore[operator]
            then = levels_of({0: (moved[0], moved[1], moved[2])}, cuts)[0]
            assert axis.next_level == f"{'RFM'[at]}{then[at]}"
            assert then[at] != level[at]
            moved[at] -= 1
            assert levels_of({0: (moved[0], moved[1], moved[2])}, cuts)[0] == level
    days = standing.axes[0]
    if days.on is not None and days.next_cut is not None:
        last_day = AS_OF - timedelta(row[0])
        assert days.on == last_day + timedelta(int(days.next_cut))  # type: ignore[arg-type]


def test_nothing_lies_above_a_cut_at_the_largest_amount() -> None:
    cuts = Cuts(days_since_last=(7,), orders=(1, 1), money=(-TOP, 5, 5, TOP))
    assert [cuts.starts(axis).tolist() for axis in range(3)] == [[8], [2], [1 - TOP, 6]]
    assert cuts.levels(np.array([[7, 1, TOP], [8, 2, -TOP]])).tolist() == [[2, 1, 4], [1, 3, 1]]


def test_levels_that_do_not_follow_from_the_cuts_are_refused() -> None:
    scored = SegmentMap(
        (ScoreRule(Segment("a"), r=Range(above=2)), ScoreRule(Segment("b"), r=Range(at_most=2))), levels=3
    )
    cuts = Cuts(days_since_last=(7, 30), orders=(1, 3), money=(0, 100))
    summary = summary_of([(7, 4, 101)])
    found = scored.assign(scores_of({0: (3, 3, 3)}, top=3), summary=summary, cuts=cuts)
    assert found.explain(customer=0).explain().splitlines() == [
        "customer 0 on 2026-06-30: a",
        "because R 3",
        "without a purchase b on 2026-07-01",
        "days since last  7    within 7 (R3)     1 more day, on 2026-07-01, to R2: b",
        "orders           4    reached 4 (F3)",
        "money            101  reached 101 (M3)",
    ]
    with pytest.raises(InvalidValue, match="do not follow from the cuts"):
        scored.assign(scores_of({0: (2, 3, 3)}, top=3), summary=summary, cuts=cuts)
    with pytest.raises(InvalidType, match="take the summary too"):  # were dropped without a word
        scored.assign(scores_of({0: (3, 3, 3)}, top=3), cuts=cuts)
    raw = SegmentMap((Rule(Segment("a"), orders=Range.exactly(1)),), otherwise=REST)
    with pytest.raises(InvalidType, match="cuts explain scores"):
        Assignment(map=raw, customer=[0], values=[[0, 1, 5]], cuts=cuts)  # type: ignore[arg-type]
    yesterday = attrs.evolve(scores_of({0: (3, 3, 3)}, top=3), as_of=AS_OF - timedelta(1))
    with pytest.raises(InvalidValue, match="different customers or days"):
        scored.assign(yesterday, summary=summary, cuts=cuts)
    with pytest.raises(InvalidValue, match="different customers"):
        scored.assign(scores_of({1: (3, 3, 3)}, top=3), summary=summary, cuts=cuts)
    bare = scored.assign(scores_of({0: (3, 3, 3)}, top=3))
    assert (bare.money_by_segment, bare.explain(customer=0).moves_on) == (None, None)
    assert bare.explain().splitlines()[0] == "1 customers on 2026-06-30"
    assert pickle.loads(pickle.dumps(found)) == found
    assert hash(pickle.loads(pickle.dumps(found))) == hash(found)
    assert found != bare


def test_an_assignment_owns_its_arrays() -> None:
    segments = SegmentMap((Rule(Segment("a"), orders=Range.exactly(1)),), otherwise=REST)
    table_of = np.array([[0, 1, 5], [0, 2, 5]])
    found = Assignment(map=segments, customer=np.array([1, 2]), values=table_of)
    table_of[0, 1] = 7
    assert found.explain(customer=1).axes[1].value == 1
    for column in (found.customer, found.values, found.rule, found.segment):
        assert column is not None
        assert not column.flags.writeable
    with pytest.raises(InvalidValue, match="each once"):
        Assignment(map=segments, customer=np.array([2, 1]), values=table_of)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ([-1, 1, 5], "numbers that cannot be"),
        ([0, -1, 0], "numbers that cannot be"),
        ([0, 0, 5], "numbers that cannot be"),  # nothing bought, and money for it
        ([3, 0, 0], "numbers that cannot be"),
        (np.ma.masked_array([0, 1, 5], mask=[False, False, True]), "row 0 is masked"),  # what it hides was taken
    ],
)
def test_numbers_that_are_on_no_axis_are_refused(row: Any, says: str) -> None:
    segments = SegmentMap((Rule(Segment("a"), orders=Range.exactly(1)),), otherwise=REST, prospects=Segment("none"))
    assert Assignment(map=segments, customer=[1], values=[[0, 0, 0]]).segment_of(1).name == "none"  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match=says):
        Assignment(map=segments, customer=[1], values=np.ma.stack([row]))  # type: ignore[arg-type]
    scored = SegmentMap((ScoreRule(Segment("a"), r=Range.exactly(1)),), otherwise=REST, prospects=Segment("none"))
    for held, reached in (([0, 1, 0], [0, 0, 0]), ([0, 0, 0], [1, 1, 1]), ([0, 0, 0], [1, 0, 0])):
        with pytest.raises(InvalidValue, match="customer 1 has"):
            Assignment(map=scored, customer=[1], values=[held], levels=[reached])  # type: ignore[arg-type]


def test_a_hole_and_a_double_are_told_at_once() -> None:
    few, some = Segment("few"), Segment("some")
    with pytest.raises(SegmentMapError, match="covered twice: 1 region") as caught:
        SegmentMap((Rule(few, orders=Range(at_most=2)), Rule(some, orders=Range(at_least=2, at_most=5))))
    assert len(str(caught.value)) < 200
