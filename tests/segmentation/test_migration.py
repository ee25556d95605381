"""Migration: nobody and nothing is lost between two assignments; behaviour and thresholds told apart."""

from __future__ import annotations

import pickle
from collections import Counter
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import assume, example, given

from salesplan.errors import InvalidType, InvalidValue, NotFound
from salesplan.money import Currency, CurrencyMismatch
from salesplan.rate import Rate
from salesplan.segmentation.assignment import Assignment
from salesplan.segmentation.drift import Drift, drift
from salesplan.segmentation.migration import Migration, migrate, movers
from salesplan.segmentation.segment_map import SegmentMap
from salesplan.segmentation.segments import Range, Rule, ScoreRule, Segment
from salesplan.segmentation.thresholds import RfmThresholds
from tests.segmentation.customers import CNY, TOP, Numbers, cdnow, people, quintiles, scores_of, summary_of
from tests.strategies import HOSTILE, refusal
from tests.worked import table

PAGE = "segments.md"
A, B = Segment("a"), Segment("b", aliases=("second",))
BY_MONEY = SegmentMap((Rule(A, money=Range(at_most=19)), Rule(B, money=Range(at_least=20))))


def by_names(rows: dict[int, tuple[str, int]], *, currency: Currency | None = None) -> Assignment:
    """An assignment to a by one order, to b by two."""
    segments = SegmentMap((Rule(A, orders=Range.exactly(1)), Rule(B, orders=Range(at_least=2))))
    numbers = {code: (0, 1 if name == "a" else 2, money) for code, (name, money) in rows.items()}
    return segments.assign(summary_of(numbers, currency=currency))


def worked() -> Migration:
    sides: list[dict[int, tuple[str, int]]] = [{}, {}]
    for row in table(PAGE, "Migration"):
        for side, when in zip(sides, ("before", "after"), strict=True):
            if row[when]:
                side[int(row["customer"])] = (row[when], int(row[f"money {when}"]))
    return migrate(by_names(sides[0]), by_names(sides[1]))


# --- worked tables -------------------------------------------------------------------------------------------


def test_the_table_of_the_worked_customers() -> None:
    found = worked()
    rows = table(PAGE, "The table of it")
    assert [list(row.values())[1:4] for row in rows] == [[str(each) for each in row] for row in found.counts.tolist()]
    assert [line.split()[0] for line in found.explain().splitlines()[2:]] == ["a", "b", "came"]
    assert [line.split("  ")[-1].strip() for line in found.explain().splitlines()[2:4]] == ["50.0 %", "50.0 %"]
    assert found.explain().splitlines()[0] == "2 stayed, 1 moved, 1 came, 1 left"
    assert found.money_before is not None
    assert found.money_after is not None
    assert found.money_before.tolist() == [[10, 20, 0], [0, 30, 40], [0, 0, 0]]
    assert found.money_after.tolist() == [[15, 25, 0], [0, 30, 0], [7, 0, 0]]
    assert (found.count("a", "second"), found.share("a", "b"), found.share("b", "b")) == (1, Rate(1, 2), Rate(1, 2))
    assert (found.leavers.tolist(), found.entrants.tolist()) == ([0, 1], [1, 0])


@cache
def cdnow_of(end: date) -> dict[int, Numbers]:
    """Those who had bought by the first date: in CDNOW all of them had."""
    return cdnow(end)


LEVELS = tuple(Segment(f"level {level}") for level in range(1, 6))


@pytest.mark.parametrize("row", table(PAGE, "Drift on CDNOW"), ids=lambda row: row["levels of"])
def test_frozen_thresholds_take_no_level_away(row: dict[str, str]) -> None:
    axis = row["levels of"].lower()
    segments = SegmentMap(tuple(ScoreRule(each, **{axis: Range.exactly(at)}) for at, each in enumerate(LEVELS, 1)))
    first, last = (
        summary_of(cdnow_of(end), as_of=end, currency=Currency.iso("USD"))
        for end in (date(1997, 9, 30), date(1998, 6, 30))
    )
    early, late = RfmThresholds.fit(first), RfmThresholds.fit(last)
    assert early.cuts == quintiles(cdnow_of(date(1997, 9, 30)))
    before = segments.assign(early.score(first), summary=first)
    frozen = segments.assign(early.score(last), summary=last)
    refit = segments.assign(late.score(last), summary=last)
    lower = [int(np.tril(migrate(before, after).counts[:5, :5], -1).sum()) for after in (refit, frozen)]
    assert lower == [int(row["lower, fitted again"]), int(row["lower, frozen"])]
    found = drift(before, frozen=frozen, refit=refit)
    assert found.customers == 2357
    assert found.behaviour == migrate(before, frozen)
    assert found.by_thresholds + found.by_both + found.undone == found.thresholds.moved
    assert found.by_behaviour + found.by_both + found.undone == found.behaviour.moved


# --- edges ---------------------------------------------------------------------------------------------------


def test_a_segment_nobody_was_in_has_no_share() -> None:
    found = migrate(by_names({1: ("a", 5)}), by_names({1: ("a", 5)}))
    assert (found.share("a", "a"), found.share("b", "a")) == (Rate(1), None)
    with pytest.raises(NotFound, match="no segment is called 'c'"):
        found.share("c", "a")


def test_nobody_at_all_migrates() -> None:
    found = migrate(by_names({}), by_names({}))
    assert found.explain().splitlines()[0] == "0 stayed, 0 moved, 0 came, 0 left"
    assert found.counts.sum() == 0


def test_other_segments_on_the_other_side_are_none_to_stay_in() -> None:
    other = SegmentMap((Rule(Segment("x"), orders=Range.exactly(1)), Rule(B, orders=Range(at_least=2))))
    found = migrate(by_names({1: ("a", 1), 2: ("b", 1)}), other.assign(summary_of({1: (0, 1, 1), 2: (0, 2, 1)})))
    assert (found.stayed, found.moved) == (1, 1)
    assert found.explain().splitlines()[2].split() == ["a", "1", "0", "0"]


def test_money_of_two_currencies_does_not_migrate() -> None:
    one = by_names({1: ("a", 5)}, currency=CNY)
    with pytest.raises(CurrencyMismatch):
        migrate(one, by_names({1: ("a", 5)}, currency=Currency.iso("EUR")))
    assert migrate(one, one).currency == CNY
    with pytest.raises(CurrencyMismatch, match="without a currency"):  # was taken for CNY
        migrate(one, by_names({1: ("a", 5)}))
    scored = SegmentMap(tuple(ScoreRule(each, r=Range.exactly(at)) for at, each in enumerate(LEVELS, 1)))
    bare = scored.assign(scores_of({1: (5, 1, 1)}))  # has no money, and so no currency
    for found in (migrate(one, bare), migrate(bare, one)):
        assert (found.currency, found.moved) == (CNY, 1)
        assert (found.money_before is None) != (found.money_after is None)


def test_a_segment_may_be_called_as_the_row_of_those_who_came() -> None:
    came = SegmentMap((Rule(Segment("came"), orders=Range.exactly(1)), Rule(B, orders=Range(at_least=2))))
    side = came.assign(summary_of({1: (0, 1, 5)}))
    lines = [line.split() for line in migrate(side, side).explain().splitlines()[2:]]
    assert lines[0] == ["came", "1", "0", "0", "100.0", "%"]
    assert lines[2] == ["came", "0", "0", "0"]  # had the share of the segment


def test_sums_past_63_bits_are_refused() -> None:
    rich = by_names({1: ("a", TOP), 2: ("a", 1)})
    with pytest.raises(InvalidValue, match="past 9,223,372,036,854,775,807"):
        migrate(rich, rich)
    assert migrate(by_names({1: ("a", TOP)}), by_names({1: ("b", -TOP)})).money_after is not None


def test_drift_is_of_the_same_customers() -> None:
    one, two = by_names({1: ("a", 5)}), by_names({1: ("a", 5), 2: ("a", 5)})
    with pytest.raises(InvalidValue, match="same customers"):
        drift(one, frozen=one, refit=two)
    with pytest.raises(InvalidValue, match="same customers"):
        drift(one, frozen=one, refit=by_names({1: ("a", 6)}))


def test_drift_needs_no_money() -> None:
    scored = SegmentMap(tuple(ScoreRule(each, r=Range.exactly(at)) for at, each in enumerate(LEVELS, 1)))
    early, late = scores_of({1: (5, 1, 1)}), scores_of({1: (4, 1, 1)})
    with_money = scored.assign(early, summary=summary_of({1: (0, 1, 5)}))
    found = drift(with_money, frozen=with_money, refit=scored.assign(late))
    assert (found.by_thresholds, found.customers) == (1, 1)


def test_every_kind_of_drift_is_counted() -> None:
    def side(names: str) -> Assignment:
        return by_names({at: (name, 5) for at, name in enumerate(names)})

    # still, by behaviour, by thresholds, undone; with two segments nobody can be moved by both and be elsewhere
    found = drift(side("aaaa"), frozen=side("abab"), refit=side("abba"))
    assert found.to_columns()["customers"] == [1, 1, 1, 0, 1]
    assert found.explain().splitlines()[4].split("  ")[0] == "moved by what they did, and back by the thresholds"
    third = SegmentMap((Rule(Segment("c"), orders=Range(at_least=1)),)).assign(summary_of([(0, 1, 5)]))
    assert drift(side("a"), frozen=side("b"), refit=third).by_both == 1
    assert "<table" in found._repr_html_()


def test_tables_that_cannot_be_are_refused() -> None:
    found = worked()
    corner, column, row = np.zeros((3, 3, 3), dtype=np.int64)
    corner[2, 2], column[0, 2], row[2, 0] = 1, 1, 1
    changes: tuple[dict[str, Any], ...] = (
        {"counts": [[1, 2, 3]]},
        {"counts": -found.counts},
        {"counts": corner},
        {"after": ()},
        {"money_before": row},
        {"money_after": column},
    )
    for change in changes:
        with pytest.raises(InvalidValue):
            attrs.evolve(found, **change)
    assert attrs.evolve(found, money_before=column, money_after=row).moved == found.moved
    changes = ({"before": 5}, {"after": ("a", "b")}, {"currency": "CNY"})
    for change in changes:
        with pytest.raises(InvalidType):
            attrs.evolve(found, **change)
    assert pickle.loads(pickle.dumps(found)) == found
    assert hash(pickle.loads(pickle.dumps(found))) == hash(found)
    assert found.to_columns()["customers"].tolist() == [1, 1, 0, 0, 1, 1, 1, 0, 0]
    assert "<td" in found._repr_html_()
    with pytest.raises(ValueError, match="read-only"):
        found.counts[0, 0] = 7


def test_hostile_values_are_refused_by_name() -> None:
    one = by_names({1: ("a", 5)})
    calls: tuple[Any, ...] = (
        lambda value: migrate(value, one),
        lambda value: migrate(one, value),
        lambda value: drift(one, frozen=value, refit=one),
        lambda value: migrate(one, one).count(value, "a"),
    )
    for call in calls:
        refused = [refusal(call, value) for value in HOSTILE]
        assert all(isinstance(error, InvalidType | NotFound) for error in refused)


# --- laws ----------------------------------------------------------------------------------------------------


@given(people, people)
@example({}, {1: (0, 1, 5)})
@example({1: (0, 1, 5)}, {})
@example({1: (0, 1, -TOP)}, {1: (0, 1, TOP)})
def test_nobody_and_nothing_is_lost(first: dict[int, Numbers], last: dict[int, Numbers]) -> None:
    sides = [BY_MONEY.assign(summary_of(rows)) for rows in (first, last)]
    money = [Counter[str](), Counter[str]()]
    for rows, side, sums in zip((first, last), sides, money, strict=True):
        for code, row in rows.items():
            sums[side.segment_of(code).name] += row[2]
    error = refusal(migrate, *sides)
    if error is not None:
        assert error.code == "segmentation.migration.too_much"
        assert max(sum(abs(row[2]) for row in rows.values()) for rows in (first, last)) > TOP
        return
    found = migrate(*sides)
    assert found.counts[:-1].sum(axis=1).tolist() == sides[0].counts.tolist()
    assert found.counts[:, :-1].sum(axis=0).tolist() == sides[1].counts.tolist()
    assert found.stayed + found.moved + int(found.entrants.sum()) == len(last)
    assert found.stayed + found.moved + int(found.leavers.sum()) == len(first)
    assert found.money_before is not None
    assert found.money_after is not None
    before = [sum(map(int, row)) for row in found.money_before]
    after = [sum(map(int, column)) for column in found.money_after.T]
    assert before == [money[0]["a"], money[0]["b"], 0]
    assert after == [money[1]["a"], money[1]["b"], 0]
    both = first.keys() & last.keys()
    pairs = Counter((sides[0].segment_of(code).name, sides[1].segment_of(code).name) for code in both)
    assert {(one, two): found.count(one, two) for one, two in pairs} == pairs
    for at, name in enumerate("ab"):
        shares = [each.to_fraction() for other in "ab" if (each := found.share(name, other)) is not None]
        total = int(found.counts[at].sum())
        assert sum(shares) == (0 if total == 0 else 1 - Fraction(int(found.leavers[at]), total))


@given(people, people, people)
def test_every_way_to_drift_sums_to_those_who_are_there(
    first: dict[int, Numbers], frozen: dict[int, Numbers], refit: dict[int, Numbers]
) -> None:
    codes = frozen.keys()
    names = ["abc"[(refit.get(code, (0, 1, 0))[1]) % 3] for code in codes]
    sides = [
        {code: "abc"[row[1] % 3] for code, row in first.items()},
        {code: "abc"[row[1] % 3] for code, row in frozen.items()},
        dict(zip(codes, names, strict=True)),
    ]
    three = SegmentMap(
        tuple(Rule(Segment(name), orders=Range.exactly(at)) for at, name in enumerate("abc", 1)), otherwise=Segment("d")
    )
    start, held, end = (_assigned(three, side) for side in sides)
    found = drift(start, frozen=held, refit=end)
    expected = Counter[str]()
    for code in sides[0].keys() & sides[1].keys():
        one, two, last = (side[code] for side in sides)
        moved = {
            (False, False): "still",
            (True, False): "by_behaviour",
            (False, True): "by_thresholds",
            (True, True): "undone" if one == last else "by_both",
        }
        expected[moved[one != two, two != last]] += 1
    assert {name: getattr(found, name) for name in expected} == expected
    assert found.customers == expected.total()
    assert isinstance(found, Drift)


def _assigned(segments: SegmentMap, side: dict[int, str]) -> Assignment:
    return segments.assign(summary_of({code: (0, "abc".index(name) + 1, 1) for code, name in side.items()}))


@given(people, people)
def test_movers_are_those_of_the_table(rows: dict[int, Numbers], later: dict[int, Numbers]) -> None:
    before, after = BY_MONEY.assign(summary_of(rows)), BY_MONEY.assign(summary_of(later))
    assume(refusal(migrate, before, after) is None)  # sums past 63 bits
    counts = migrate(before, after).counts
    for at, start in enumerate("ab"):
        for to, end in enumerate("ab"):
            found = movers(before, after, start=start, end=end)
            expected = [
                code
                for code in sorted(rows)
                if code in later and (rows[code][2] >= 20) == (start == "b") and (later[code][2] >= 20) == (end == "b")
            ]
            assert found.tolist() == expected
            assert counts[at, to] == len(expected)
    assert before.customers_in("second").tolist() == [code for code in sorted(rows) if rows[code][2] >= 20]


def test_movers_are_asked_for_by_names_that_are_there() -> None:
    side = BY_MONEY.assign(summary_of([(1, 1, 5)]))
    for start, end in (("a", "c"), ("c", "a")):
        with pytest.raises(NotFound):
            movers(side, side, start=start, end=end)
    for pair in ((5, side), (side, None)):
        with pytest.raises(InvalidType):
            movers(*pair, start="a", end="a")
    with pytest.raises(NotFound):
        side.customers_in("c")


@given(people, people)
def test_who_came_has_no_start_and_who_left_no_end(rows: dict[int, Numbers], later: dict[int, Numbers]) -> None:
    before, after = BY_MONEY.assign(summary_of(rows)), BY_MONEY.assign(summary_of(later))
    for name, rich in (("a", False), ("b", True)):
        came = [code for code in sorted(later) if code not in rows and (later[code][2] >= 20) == rich]
        left = [code for code in sorted(rows) if code not in later and (rows[code][2] >= 20) == rich]
        assert movers(before, after, start=None, end=name).tolist() == came
        assert movers(before, after, start=name, end=None).tolist() == left
    with pytest.raises(InvalidValue):
        movers(before, after, start=None, end=None)
