"""Trees, rows of periods, weights and tables of targets, with the ugly edges made common."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from salesplan.calendar import FiscalCalendar, Period, Periods
from salesplan.rate import Rate
from salesplan.targets import Hierarchy, Node, Ramp

FIRST = date(2026, 1, 1)


@st.composite
def trees(draw: st.DrawFn, *, most: int = 9) -> Hierarchy:
    """Any tree: chains, stars, ragged ones, a root alone; ids do not follow the order."""
    size = draw(st.integers(1, most))
    names = draw(st.permutations([f"n{number}" for number in range(size)]))
    above = [None] + [names[draw(st.integers(0, number - 1))] for number in range(1, size)]
    return Hierarchy([Node(name, parent) for name, parent in zip(names, above, strict=True)])


@st.composite
def rows(draw: st.DrawFn) -> Periods:
    """A few periods of uneven length, with some groups of neighbours; now and then a real quarter in fragments."""
    if draw(st.integers(0, 9)) == 0:
        return FiscalCalendar.calendar_year(2026).fragments.within("2026-Q1")
    cuts = [0, *sorted(draw(st.sets(st.integers(1, 60), max_size=5))), 61]
    days = [FIRST + timedelta(days=cut) for cut in cuts]
    leaves = [Period(a, b, f"p{at}") for at, (a, b) in enumerate(pairwise(days))]
    spans = draw(st.sets(st.tuples(st.integers(0, len(leaves) - 1), st.integers(1, len(leaves))), max_size=3))
    groups = [Period(leaves[a].start, leaves[b - 1].end, f"g{a}-{b}") for a, b in sorted(spans) if a < b and b - a > 1]
    return Periods(leaves, groups=groups)


weight: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([0, 1, 1, 2, 3, Rate(1, 3), 0.1, 10**18]),
    st.integers(0, 50),
    st.floats(0, 1e9, allow_nan=False),
    st.builds(Fraction, st.integers(0, 9), st.integers(1, 9)),
)


def weights_for(size: int) -> st.SearchStrategy[list[Any]]:
    """As many weights, not all 0."""
    return st.lists(weight, min_size=size, max_size=size).filter(any)


totals = st.one_of(st.integers(0, 12), st.integers(0, 10_000), st.sampled_from([10**9 + 7, 2**53 + 1, 2**60]))


@st.composite
def tables(draw: st.DrawFn, height: int, width: int) -> list[list[int]]:
    """Whole numbers, many of them 0."""
    cell = st.one_of(st.sampled_from([0, 0, 1, 2]), st.integers(0, 500))
    return draw(st.lists(st.lists(cell, min_size=width, max_size=width), min_size=height, max_size=height))


def some_start_late(tree: Hierarchy) -> st.SearchStrategy[Hierarchy]:
    """The tree with stays and ramps at its leaves, the first leaf always there."""

    @st.composite
    def staying(draw: st.DrawFn) -> Hierarchy:
        nodes = []
        for node in tree.nodes:
            late = node.id in tree.leaves[1:] and draw(st.booleans())
            if not late:
                nodes.append(node)
                continue
            starts = FIRST + timedelta(days=draw(st.integers(-5, 70)))
            ramp = draw(st.sampled_from([None, Ramp.percent("50"), Ramp.percent("0", "25", "75")]))
            stops = draw(st.sampled_from([None, starts + timedelta(days=20)]))
            nodes.append(Node(node.id, node.parent, starts=starts, stops=stops, ramp=ramp))
        return Hierarchy(nodes)

    return staying()
