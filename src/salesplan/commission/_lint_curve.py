"""Pay as an exact function of what is sold, piece by piece, to be searched for jumps, falls and limits.

A piece is a polynomial between two edges: a threshold, the end of a dead zone, a gate, the most that is counted, and
where a cap or floor takes over. Money and units are looked at in whole steps, where "the last sale below a threshold"
is one that can be made and paid; attainments have no smallest step, so there limits are compared.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import assert_never

import attrs

from ..money import MAX_MINOR, Currency, Money, Rounding
from ..rate import Rate
from ._keys import Key
from ._terms import Form

__all__ = ["Curve", "Piece", "Shape", "Unit", "pieces_of", "times_sale"]

ZERO = Fraction(0)
_MOST = Fraction(MAX_MINOR)


@attrs.frozen
class Unit:
    """What numbers on an axis are: minor units of *currency*, units, or a share."""

    kind: type[Money] | type[Rate] | type[int]
    currency: Currency

    @property
    def whole(self) -> bool:
        """Whether it comes in whole steps."""
        return self.kind is not Rate

    def shown(self, exact: Fraction, rounding: Rounding) -> Key:
        """The number as Money, a Rate or an int."""
        if self.kind is Rate:
            return Rate(exact.numerator, exact.denominator)
        number = rounding.divide(exact.numerator, exact.denominator)
        return Money(number, self.currency) if self.kind is Money else number


@attrs.frozen
class Piece:
    """From *start* to *end* (None: without end), a + b x + c x²; nothing of it in tier None."""

    tier: int | None
    start: Fraction
    end: Fraction | None
    a: Fraction = ZERO
    b: Fraction = ZERO
    c: Fraction = ZERO

    def at(self, x: Fraction) -> Fraction:
        """The value of the polynomial."""
        return self.a + self.b * x + self.c * x * x

    def lowest(self) -> Fraction | None:
        """The lowest value of a straight piece, its ends included; None: it falls without end."""
        if self.end is None:
            return None if self.b < 0 else self.at(self.start)
        return min(self.at(self.start), self.at(self.end))

    def highest(self) -> Fraction | None:
        """The highest value of a straight piece, its ends included; None: it rises without end."""
        if self.end is None:
            return None if self.b > 0 else self.at(self.start)
        return max(self.at(self.start), self.at(self.end))


@attrs.frozen(kw_only=True)
class Shape:
    """What a curve is made from, as `Terms` has it; *edges* are in the unit that is measured.

    *from_nothing*: nothing sold earns nothing, whatever the table has from 0 on.
    """

    form: Form
    edges: Sequence[Fraction]
    values: Sequence[Fraction]
    per: Fraction = Fraction(1)
    closed: bool
    zone: Fraction = ZERO
    gate: Fraction | None = None
    top: Fraction | None = None
    from_nothing: bool = False

    def cuts(self) -> list[Fraction]:
        """All edges, from 0 on."""
        more = [edge for edge in (self.zone, self.gate, self.top) if edge is not None]
        return sorted({ZERO, *self.edges, *more})

    def tier_after(self, x: Fraction) -> int:
        """The tier just past *x*, -1 below the first."""
        if x < self.zone:
            return -1
        if self.top is not None and x >= self.top:
            find = bisect_right if self.closed else bisect_left
            return find(self.edges, self.top) - 1
        return bisect_right(self.edges, x) - 1


@attrs.frozen(kw_only=True)
class Curve:
    """Pieces from 0 on; at an edge the upper one holds where the curve is *closed*, else the lower.

    *by_sale*: pay is shown per unit sold, as the rate that comes out on all of it.
    """

    pieces: tuple[Piece, ...]
    closed: bool
    sold: Unit
    paid: Unit
    rounding: Rounding
    by_sale: bool = False

    def first(self, piece: Piece) -> Fraction:
        """The first whole sale of a piece; the first sale of all is 0."""
        if piece.start == piece.end:
            return piece.start
        alone = self.pieces[0].start == self.pieces[0].end  # 0 is a piece of its own
        return Fraction(1) if alone and piece.start == 0 else self.first_past(piece.start)

    def last(self, piece: Piece) -> Fraction:
        """The last whole sale of a piece; before the first where it holds none that can be written as Money."""
        if piece.end is None:
            return _MOST
        if piece.start == piece.end:
            return piece.end
        return min(_MOST, Fraction(ceil(piece.end) - 1 if self.closed else floor(piece.end)))

    def holding(self) -> tuple[Piece, ...]:
        """The pieces that hold a sale: all of them where sales have no smallest step."""
        if not self.sold.whole:
            return self.pieces
        return tuple(piece for piece in self.pieces if self.first(piece) <= self.last(piece))

    def at(self, x: Fraction) -> Fraction:
        """What a sale of *x*, 0 or more, earns."""
        if x == 0:
            return self.pieces[0].at(x)
        find = bisect_right if self.closed else bisect_left
        return self.pieces[find([piece.start for piece in self.pieces], x) - 1].at(x)

    def pay(self, exact: Fraction) -> Fraction:
        """What is paid of what is earned: rounded where it is money."""
        if self.paid.whole:
            return Fraction(self.rounding.divide(exact.numerator, exact.denominator))
        return exact

    def first_past(self, edge: Fraction) -> Fraction:
        """The first whole sale that has reached *edge*."""
        return Fraction(ceil(edge) if self.closed else floor(edge) + 1)

    def show_start(self, edge: Fraction) -> Key:
        """Where what begins at *edge* begins: the first whole sale, or the edge itself."""
        return self.sold.shown(min(self.first_past(edge), _MOST) if self.sold.whole else edge, self.rounding)

    def show_sale(self, x: Fraction) -> Key:
        """A sale as Money, a Rate or an int."""
        return self.sold.shown(x, self.rounding)

    def show_pay(self, exact: Fraction, of: Fraction) -> Key:
        """The pay of a sale *of* so much as Money, a Rate or an int."""
        return self.paid.shown(exact / of if self.by_sale and of else exact, self.rounding)

    def times(self, factor: Fraction) -> Curve:
        """All pay times *factor*."""
        return attrs.evolve(
            self,
            pieces=tuple(attrs.evolve(p, a=p.a * factor, b=p.b * factor, c=p.c * factor) for p in self.pieces),
        )

    def clamped(self, low: Fraction | None, high: Fraction | None) -> Curve:
        """A curve of straight pieces with pay kept between *low* and *high*, cut where these take over."""
        pieces: list[Piece] = []
        for piece in self.pieces:
            cuts = {(limit - piece.a) / piece.b for limit in (low, high) if limit is not None and piece.b}
            inner = sorted(cut for cut in cuts if piece.start < cut and (piece.end is None or cut < piece.end))
            ends: list[Fraction | None] = [piece.start, *inner, piece.end]
            for start, end in pairwise(ends):
                assert start is not None
                middle = piece.at(start + 1 if end is None else (start + end) / 2)
                limit = (
                    low if low is not None and middle <= low else high if high is not None and high <= middle else None
                )
                part = attrs.evolve(piece, start=start, end=end)
                pieces.append(part if limit is None else Piece(piece.tier, start, end, limit))
        return attrs.evolve(self, pieces=tuple(pieces))

    def reaching(self, pay: Fraction) -> Fraction | None:
        """The first sale that earns *pay* or more, of straight pieces; None where none does."""
        for piece in self.holding():
            first = self.first(piece) if self.sold.whole else piece.start
            if piece.at(first) >= pay:
                return first
            if piece.b > 0:
                x = (pay - piece.a) / piece.b
                x = Fraction(ceil(x)) if self.sold.whole else x
                if self._within(piece, x):
                    return x
        return None

    def passing(self, pay: Fraction) -> Fraction | None:
        """The first sale that earns more than *pay*, or the limit of those; None where none does."""
        for piece in self.holding():
            first = self.first(piece) if self.sold.whole else piece.start
            if piece.at(first) > pay:
                return first
            if piece.b > 0:
                x = (pay - piece.a) / piece.b
                x = Fraction(floor(x) + 1) if self.sold.whole else x
                if self._within(piece, x) and (self.sold.whole or x != piece.end):
                    return x
        return None

    def _within(self, piece: Piece, x: Fraction) -> bool:
        if self.sold.whole:
            return x <= self.last(piece)
        return piece.end is None or x <= piece.end


def pieces_of(shape: Shape) -> tuple[Piece, ...]:
    """The pieces of a shape.

    Law: at every sale they are what `Terms` says it is worth, or 0 where the gate to the first unit is closed.
    """
    pieces = []
    if shape.from_nothing or not shape.closed:  # where edges belong below, nothing is reached at 0
        pieces.append(Piece(None, ZERO, ZERO))
    cuts = shape.cuts()
    so_far = ZERO
    for start, end in zip(cuts, [*cuts[1:], None], strict=True):
        piece = _piece(shape, start, end, so_far)
        so_far = piece.at(start if end is None else end)
        if shape.gate is not None and start < shape.gate:
            piece = Piece(None, start, end)
        pieces.append(piece)
    return tuple(pieces)


def times_sale(curve: Curve) -> Curve:
    """A curve of rates as one of pay: each piece times the sale."""
    return attrs.evolve(curve, pieces=tuple(Piece(p.tier, p.start, p.end, ZERO, p.a, p.b) for p in curve.pieces))


def _piece(shape: Shape, start: Fraction, end: Fraction | None, so_far: Fraction) -> Piece:
    tier = shape.tier_after(start)
    if tier < 0:
        return Piece(None, start, end)
    beyond = shape.top is not None and start >= shape.top
    value = shape.values[tier] * shape.per
    match shape.form:
        case Form.SLICED:
            slope = ZERO if beyond else value
            return Piece(tier, start, end, so_far - slope * start, slope)
        case Form.WHOLE:
            if beyond:
                assert shape.top is not None
                return Piece(tier, start, end, value * (shape.top - shape.zone))
            return Piece(tier, start, end, -value * shape.zone, value)
        case Form.STEPS:
            return Piece(tier, start, end, shape.values[tier])
        case Form.LINE:
            here = shape.values[tier]
            if tier + 1 == len(shape.edges):
                return Piece(tier, start, end, here)
            lower, upper = shape.edges[tier], shape.edges[tier + 1]
            slope = (shape.values[tier + 1] - here) / (upper - lower)
            if beyond:
                assert shape.top is not None
                return Piece(tier, start, end, here + slope * (shape.top - lower))
            return Piece(tier, start, end, here - slope * lower, slope)
        case _:
            assert_never(shape.form)
