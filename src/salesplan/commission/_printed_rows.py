"""The rows of a printed table, and what of the keys they leave out or name twice."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import assert_never

import attrs

from ..money import Money
from ..rate import Rate
from ._keys import Key, number, value_of

__all__ = ["Doubled", "Hole", "PrintedRow", "doubled_in", "holes_in", "like", "rising"]


@attrs.frozen
class PrintedRow:
    """From *lower* to *upper*, both included (None: without end), this value."""

    lower: Money | Rate | int
    upper: Money | Rate | int | None
    value: Rate | Money

    def holds(self, key: Key) -> bool:
        """Whether *key* lies in the row."""
        at = number(key)
        return number(self.lower) <= at and (self.upper is None or at <= number(self.upper))


@attrs.frozen(kw_only=True)
class Hole:
    """No row names what lies between *after* and *before*, both excluded; None: anything above.

    Units: *missing* is how much that is: 0.99 between 100 and 101. *row* is the one below, by rising lower ends from 0.
    """

    row: int
    after: Money | Rate | int
    before: Money | Rate | int | None
    missing: Money | Rate | int | None


@attrs.frozen(kw_only=True)
class Doubled:
    """Two rows name what lies from *lower* to *upper*, both included; None: without end.

    Units: *twice* is how much that is: 0.01 where two rows share a bound in cents, 0 where they do in attainments.
    *row* is the later one, by rising lower ends from 0.
    """

    row: int
    lower: Money | Rate | int
    upper: Money | Rate | int | None
    twice: Money | Rate | int | None


def rising(rows: Sequence[PrintedRow]) -> tuple[PrintedRow, ...]:
    """The rows by rising lower ends; of equal ones the shorter first."""
    return tuple(sorted(rows, key=lambda row: (number(row.lower), _end(row), value_of(row.value))))


def holes_in(rows: Sequence[PrintedRow]) -> tuple[Hole, ...]:
    """All that none of the *rising* rows names, from the first lower end on."""
    found = []
    below, last = 0, rows[0]
    for at, row in enumerate(rows[1:], start=1):
        if last.upper is not None:
            missing = number(row.lower) - number(last.upper) - _step(row)
            if missing > 0:
                found.append(Hole(row=below, after=last.upper, before=row.lower, missing=like(row.lower, missing)))
        if _end(row) > _end(last):
            below, last = at, row
    if last.upper is not None:
        found.append(Hole(row=below, after=last.upper, before=None, missing=None))
    return tuple(found)


def doubled_in(rows: Sequence[PrintedRow]) -> tuple[Doubled, ...]:
    """All that two of the *rising* rows name or more."""
    found = []
    reach = rows[0]  # of the rows so far the one that goes furthest
    for at, row in enumerate(rows[1:], start=1):
        if reach.upper is None or number(row.lower) <= number(reach.upper):
            upper = min(row, reach, key=_end).upper
            twice = None if upper is None else like(row.lower, number(upper) - number(row.lower) + _step(row))
            found.append(Doubled(row=at, lower=row.lower, upper=upper, twice=twice))
        reach = max(row, reach, key=_end)
    return tuple(found)


def like(key: Key, size: Fraction | int) -> Key:
    """*size* as a key of the same kind."""
    exact = Fraction(size)
    match key:
        case Money():
            return Money(int(exact), key.currency)
        case Rate():
            return Rate(exact.numerator, exact.denominator)
        case int():
            return int(exact)
        case _:
            assert_never(key)


def _step(row: PrintedRow) -> int:
    """The smallest step from one bound to the next; attainments have none."""
    return 0 if isinstance(row.lower, Rate) else 1


def _end(row: PrintedRow) -> tuple[int, Fraction]:
    """Where a row ends, without end last."""
    return (1, Fraction(0)) if row.upper is None else (0, number(row.upper))
