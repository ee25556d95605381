"""One calculation in progress, all in integers: lines by rising id, what is left to pay on each, and how it is reduced.

A line is one number, its running net, as long as its units are alike. Once a promotion touches only some of them, or
them differently, the line also keeps pieces, (unit price, count) runs in `Run.pieces`, that sum to the net. Units of
a line without pieces cost net // quantity, the first net % quantity of them one minor unit more.

An `Effect` is computed against the state without changing it, then committed by replacing lists, never by writing
into them: a search may keep any earlier state by keeping three references.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import datetime
from operator import sub
from typing import Final, NamedTuple

from ..apportion import largest_remainder, split
from ..money import Money
from .cart import CartCore, Shopper, Usage
from .outcomes import Capped, RefusalCode
from .policy import Overflow, Policy, Weights
from .scope import Discounted, Scope

Pieces = list[tuple[int, int]]

_NO_PIECES: Final[dict[int, list[tuple[int, int]]]] = {}


class Effect(NamedTuple):
    """What a promotion does in its turn: *amount* off, *shares* of it on *lines*, new pieces where units now differ."""

    amount: int
    base: int
    lines: Sequence[int]
    shares: Sequence[int]
    pieces: dict[int, Pieces] | None = None
    capped: Capped | None = None


_new_effect = tuple.__new__
"""Three times as fast as calling the class, on the one path where that shows."""


class Refusal(NamedTuple):
    """Why a promotion does nothing in its turn, with the numbers in minor units or counts."""

    code: RefusalCode
    needed: int | str | None = None
    have: int | str | None = None


class Goods:
    """A scope as the engine holds it, one object per scope of a book."""

    __slots__ = ("everything", "plain", "scope", "untouched")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.everything = not scope.names_goods
        self.untouched = scope.discounted is Discounted.EXCLUDED
        self.plain = self.everything and not self.untouched


class Run:
    """The state of one calculation."""

    __slots__ = (
        "_found",
        "activity",
        "at",
        "core",
        "net",
        "pieces",
        "plain",
        "policy",
        "shipping",
        "shopper",
        "usage",
    )

    def __init__(
        self,
        core: CartCore,
        shipping: int,
        at: datetime,
        shopper: Shopper,
        usage: Usage,
        policy: Policy,
        plain: bool,
    ) -> None:
        self.core = core
        self.net = self.activity = core.listed
        self.pieces = _NO_PIECES
        self.shipping = shipping
        self.at = at
        self.shopper = shopper
        self.usage = usage
        self.policy = policy
        self.plain = plain
        self._found: dict[Goods, tuple[int, ...]] | None = None
        """The lines of a scope, looked up once a calculation."""

    def without_floors(self) -> Run:
        """The same goods without price floors: no promotion takes more off with them than it does here."""
        if not self.core.has_floors:
            return self
        run = copy(self)
        run.core = copy(self.core)
        run.core.floors = [0] * len(self.core.floors)
        run.core.has_floors = False
        return run

    # -- facts ---------------------------------------------------------------------------------------------------

    def spent_of(self, promotion_id: str, budget: Money) -> int:
        """What is used up of a promotion's budget, in minor units."""
        spent = self.usage.spent.get(promotion_id)
        return 0 if spent is None else budget.same(spent).minor

    # -- goods ---------------------------------------------------------------------------------------------------

    def lines(self, goods: Goods) -> tuple[int, ...]:
        """The discountable lines in a scope."""
        if goods.everything:
            return self.core.all
        if self._found is None:
            self._found = {}
        found = self._found.get(goods)
        if found is None:
            found = self._found[goods] = self._covered(goods.scope)
        return found

    def _covered(self, scope: Scope) -> tuple[int, ...]:
        covers, lines = scope.covers, self.core.lines
        return tuple(
            at
            for at in self.core.all
            if covers(sku=lines[at].sku, category=lines[at].category, tags=lines[at].tags, seller=lines[at].seller)
        )

    def look(self, goods: Goods) -> tuple[tuple[int, ...], list[int]]:
        """The lines in scope and what is left to pay on them."""
        if goods.plain and self.core.whole:
            return self.core.all, self.net
        lines = self.lines(goods)
        return lines, self.values(goods, lines)

    def values(self, goods: Goods, lines: tuple[int, ...]) -> list[int]:
        """What is left to pay on the units in scope, by line."""
        if goods.untouched:
            return [self._untouched(at) for at in lines]
        net = self.net
        return net if len(lines) == len(net) else [net[at] for at in lines]

    def count(self, goods: Goods) -> int:
        """Units in scope."""
        quantities = self.core.quantities
        if not goods.untouched:
            return sum([quantities[at] for at in self.lines(goods)])
        return sum(count for at in self.lines(goods) for _, count in self.units_of(at, goods))

    def units_of(self, at: int, goods: Goods) -> Pieces:
        """The units of a line in scope as (price, count) runs of one price each."""
        pieces = self.pieces_of(at)
        if goods.untouched:
            unit = self.core.units[at]
            return [piece for piece in pieces if piece[0] == unit]
        return pieces

    def _untouched(self, at: int) -> int:
        if at not in self.pieces and self.net[at] == self.core.listed[at]:
            return self.net[at]
        unit = self.core.units[at]
        return unit * sum([count for price, count in self.pieces_of(at) if price == unit])

    def pieces_of(self, at: int) -> Pieces:
        """All units of a line as (price, count) runs of one price each."""
        return self.pieces.get(at) or even_pieces(self.net[at], self.core.quantities[at])

    # -- reducing ------------------------------------------------------------------------------------------------

    def reduce(
        self,
        amount: int,
        goods: Goods,
        lines: tuple[int, ...],
        values: list[int],
        whole: int,
        base: int,
        capped: Capped | None,
    ) -> Effect | Refusal:
        """*amount* off the goods, which cost *whole*, split over their lines by the policy."""
        if self.plain:
            if amount >= whole:
                amount, shares = whole, values
            else:
                shares = largest_remainder(amount, values, whole)
        else:
            wanted = amount
            amount, shares = self._split_within_room(amount, goods, lines, values)
            if amount < min(wanted, whole):
                capped = Capped.FLOOR
        if not amount:
            return Refusal(RefusalCode.NO_EFFECT)
        pieces = self._repiece(goods, lines, shares) if self.pieces or goods.untouched else None
        return _new_effect(Effect, (amount, base, lines, shares, pieces, capped))

    def reduce_each(
        self,
        shares: list[int],
        goods: Goods,
        lines: tuple[int, ...],
        base: int,
        limit: int | None,
        capped: Capped | None,
    ) -> Effect | Refusal:
        """A discount computed line by line, held within each line's room and *limit* together."""
        nominal = amount = sum(shares)
        if self.core.has_floors:
            shares = [min(share, room) for share, room in zip(shares, self._rooms(goods, lines), strict=True)]
            amount = sum(shares)
        if limit is not None and amount > limit:
            shares = split(limit, shares, self.policy.allocation, caps=shares)
            amount = limit
        if amount < (nominal if limit is None else min(nominal, limit)):
            capped = Capped.FLOOR
        if not amount:
            return Refusal(RefusalCode.NO_EFFECT)
        return Effect(amount, base, lines, shares, self._repiece(goods, lines, shares), capped)

    def _rooms(self, goods: Goods, lines: Sequence[int]) -> list[int]:
        """How much each line can give before its units reach their floor."""
        floors = self.core.floors
        return [
            sum([max(0, price - floors[at]) * count for price, count in self.units_of(at, goods)])
            if at in self.pieces or goods.untouched
            else max(0, self.net[at] - floors[at] * self.core.quantities[at])
            for at in lines
        ]

    def _split_within_room(
        self, amount: int, goods: Goods, lines: tuple[int, ...], values: list[int]
    ) -> tuple[int, list[int]]:
        policy = self.policy
        rooms = self._rooms(goods, lines)
        weights = values
        if policy.weights is Weights.LIST:
            weights = [self.core.listed[at] if value else 0 for at, value in zip(lines, values, strict=True)]
        if not any(weights):
            return 0, values
        if policy.overflow is Overflow.LOSE:
            wanted = split(amount, weights, policy.allocation)
            shares = [min(share, room) for share, room in zip(wanted, rooms, strict=True)]
            return sum(shares), shares
        amount = min(amount, sum([room for room, weight in zip(rooms, weights, strict=True) if weight]))
        return amount, split(amount, weights, policy.allocation, caps=rooms)

    def _repiece(self, goods: Goods, lines: Sequence[int], shares: Sequence[int]) -> dict[int, Pieces] | None:
        """New pieces for lines whose units differ or now will, their share taken from the units in scope by price."""
        if not self.pieces and not goods.untouched:
            return None
        net, listed = self.net, self.core.listed
        changed: dict[int, Pieces] = {}
        for at, share in zip(lines, shares, strict=True):
            if share and (at in self.pieces or (goods.untouched and net[at] != listed[at])):
                inside = self.units_of(at, goods)
                outside = [piece for piece in self.pieces_of(at) if piece not in inside]
                floor = self.core.floors[at]
                taken = split(
                    share,
                    [price * count for price, count in inside],
                    caps=[max(0, price - floor) * count for price, count in inside],
                )
                changed[at] = merged(
                    outside
                    + [
                        piece
                        for (price, count), part in zip(inside, taken, strict=True)
                        for piece in even_pieces(price * count - part, count)
                    ]
                )
        return changed or None

    def commit(self, effect: Effect) -> None:
        """Take an effect's shares off the lines."""
        net = self.net
        if len(effect.lines) == len(net):
            self.net = list(map(sub, net, effect.shares))
        else:
            self.net = net = net.copy()
            for at, share in zip(effect.lines, effect.shares, strict=True):
                net[at] -= share
        if effect.pieces is not None:
            self.pieces = {**self.pieces, **effect.pieces}


def even_pieces(total: int, count: int) -> Pieces:
    """*count* units that cost *total* together and differ by at most one minor unit, the dearer first."""
    price, more = divmod(total, count)
    if not more:
        return [(price, count)]
    return [(price + 1, more), (price, count - more)]


def merged(pieces: Pieces) -> Pieces:
    """Runs of equal price joined, dear to cheap."""
    counts: dict[int, int] = {}
    for price, count in pieces:
        counts[price] = counts.get(price, 0) + count
    return sorted(counts.items(), reverse=True)
