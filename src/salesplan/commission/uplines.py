"""Who stands above whom: the tree, or several, along which overrides are paid.

Payees are kept in one order, depth first and siblings by id, whatever order they were given in, so no result depends
on it: a payee comes before everybody below, and those below stand next to each other. Every walk is a loop; a chain
of 100,000 payees is long, not an error.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

import attrs

from ..errors import InvalidType, NotFound, SalesplanError, clip, require_text

__all__ = ["UplineError", "Uplines", "group_sums"]


class UplineError(SalesplanError, ValueError):
    """Payees that do not form trees: a circle, somebody unknown above one, nobody at all."""


def _above(above: Mapping[str, str | None]) -> Mapping[str, str | None]:
    if not isinstance(above, Mapping):
        raise InvalidType(
            f"uplines are a mapping from payee to who is above: {clip(above)}", code="commission.uplines", value=above
        )
    for payee, upline in above.items():
        require_text(payee, code="commission.payee", name="a payee")
        if upline is not None:
            require_text(upline, code="commission.payee", name="who is above")
    return {payee: above[payee] for payee in sorted(above)}


@attrs.frozen
class Uplines:
    """Each payee with the one above, None at a top; there may be several tops.

    *payees* are all of them, depth first and siblings by id; *parents* are positions in that order, -1 at a top.
    Law: the order of the mapping changes nothing.
    Raises: UplineError naming the circle, or the payee under somebody who is not here.
    >>> team = Uplines({"li": "mei", "wang": "mei", "mei": None, "zhao": "wang"})
    >>> team.payees, team.chain("zhao")
    (('mei', 'li', 'wang', 'zhao'), ('zhao', 'wang', 'mei'))
    """

    above: Mapping[str, str | None] = attrs.field(converter=_above, hash=False)
    payees: tuple[str, ...] = attrs.field(init=False, repr=False, eq=False)
    parents: tuple[int, ...] = attrs.field(init=False, repr=False, eq=False)
    _places: dict[str, int] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        below: dict[str | None, list[str]] = {}
        for payee, upline in self.above.items():  # by id, so that everybody below one is, too
            if upline is not None and upline not in self.above:
                raise UplineError(
                    f"{clip(payee)} is under {clip(upline)}, who is not here", code="commission.orphan", value=payee
                )
            below.setdefault(upline, []).append(payee)
        if not below:
            raise UplineError("uplines need at least one payee", code="commission.no_payees", value=())
        payees: list[str] = []
        parents: list[int] = []
        stack = [(payee, -1) for payee in reversed(below.get(None, ()))]
        while stack:
            payee, parent = stack.pop()
            stack.extend((leg, len(payees)) for leg in reversed(below.get(payee, ())))
            payees.append(payee)
            parents.append(parent)
        if len(payees) < len(self.above):
            raise _circle(self.above, {*payees})
        object.__setattr__(self, "payees", tuple(payees))
        object.__setattr__(self, "parents", tuple(parents))
        object.__setattr__(self, "_places", {payee: place for place, payee in enumerate(payees)})

    def __contains__(self, payee: object) -> bool:
        return isinstance(payee, str) and payee in self._places

    def place(self, payee: str) -> int:
        """The position in *payees*.

        Raises: NotFound.
        """
        found = self._places.get(payee) if isinstance(payee, str) else None
        if found is None:
            raise NotFound(f"no payee is called {clip(payee)}", code="commission.no_such_payee", value=payee)
        return found

    def chain(self, payee: str) -> tuple[str, ...]:
        """The payee and everybody above, up to the top."""
        return tuple(self.payees[place] for place in self.upward(self.place(payee)))

    def upward(self, place: int) -> Iterator[int]:
        """The positions from one up to its top, both included."""
        while place >= 0:
            yield place
            place = self.parents[place]


def group_sums(uplines: Uplines, own: Sequence[int], *, levels: int | None) -> list[int]:
    """For every position its own amount and those of everybody up to *levels* steps below (None: all).

    With a limit, what all bring from the first level past it is taken off again; those of one level that stand below
    one payee are neighbours among all of that level.
    >>> chain = Uplines({"a": None, "b": "a", "c": "b"})
    >>> group_sums(chain, [1, 10, 100], levels=None), group_sums(chain, [1, 10, 100], levels=1)
    ([111, 110, 100], [11, 110, 100])
    """
    parents, size = uplines.parents, len(own)
    sums, until, depths = list(own), list(range(1, size + 1)), [0] * size
    for place in range(size - 1, -1, -1):
        if parents[place] >= 0:
            sums[parents[place]] += sums[place]
            until[parents[place]] = max(until[parents[place]], until[place])
    if levels is None:
        return sums
    by_depth: list[list[int]] = []
    for place, parent in enumerate(parents):
        depths[place] = depths[parent] + 1 if parent >= 0 else 0
        if depths[place] == len(by_depth):
            by_depth.append([])
        by_depth[depths[place]].append(place)
    totals = [[0, *accumulate(sums[place] for place in places)] for places in by_depth]
    limited = []
    for place in range(size):
        past = depths[place] + levels + 1
        beyond = 0
        if past < len(by_depth):
            first, last = (bisect_left(by_depth[past], edge) for edge in (place, until[place]))
            beyond = totals[past][last] - totals[past][first]
        limited.append(sums[place] - beyond)
    return limited


def _circle(above: Mapping[str, str | None], placed: set[str]) -> UplineError:
    """The error for the first circle, by id, that the rest goes round in or hangs on."""
    seen: dict[str, int] = {}
    walk: list[str] = []
    at = min(payee for payee in above if payee not in placed)
    while at not in seen:
        seen[at] = len(walk)
        walk.append(at)
        upline = above[at]
        assert upline is not None  # nobody below a top is left over
        at = upline
    circle = walk[seen[at] :]
    first = circle.index(min(circle))
    named = (*circle[first:], *circle[:first])
    return UplineError(f"above each other in a circle: {clip(named)}", code="commission.circle", value=named)
