"""The axes that boxes lie on: whole numbers from a lowest one on, or one of a few texts; either may also be unknown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import attrs

from ..money import MAX_MINOR, Currency, Money

__all__ = ["Axis", "Between", "Cell", "Choice", "ChoiceAxis", "Claim", "NumberAxis", "Unknown"]


@attrs.frozen
class Between:
    """Whole numbers from *low* (included) to *below* (excluded); None has no end."""

    low: int | None
    below: int | None


@attrs.frozen
class Choice:
    """One value of several."""

    value: str


@attrs.frozen
class Unknown:
    """The value that nobody knows."""


Cell: TypeAlias = Between | Choice | Unknown
Claim: TypeAlias = tuple[Cell, ...] | None
"""What a box takes of one axis; None is all of it, unknown values too."""


@attrs.frozen(kw_only=True)
class NumberAxis:
    """Whole numbers from *low* on; in minor units of *currency* where that is given."""

    name: str
    low: int = -MAX_MINOR
    high: int = MAX_MINOR
    currency: Currency | None = None
    extra: tuple[Unknown, ...] = ()

    def cells(self, claims: Sequence[Claim]) -> tuple[Cell, ...]:
        """The axis, cut at every end of a claim."""
        ends = {end for claim in claims for cell in claim or () if isinstance(cell, Between) for end in _ends(cell)}
        cuts = sorted(end for end in ends if self.low < end <= self.high)
        return (*map(Between, [None, *cuts], [*cuts, None]), *self.extra)

    def inside(self, cell: Cell, claimed: Cell) -> bool:
        """Whether a cell lies in what is claimed; a cell is never cut."""
        if not isinstance(cell, Between) or not isinstance(claimed, Between):
            return cell == claimed
        low, below = cell.low, cell.below
        return (claimed.low is None or claimed.low <= (self.low if low is None else low)) and (
            claimed.below is None or (self.high + 1 if below is None else below) <= claimed.below
        )

    def words(self, cells: Sequence[Cell]) -> str:
        """Neighbouring numbers are said together: 8 to 29."""
        spans: list[Between] = []
        for cell in cells:
            if isinstance(cell, Between):
                joins = bool(spans) and spans[-1].below == cell.low
                spans[-1:] = [Between(spans[-1].low, cell.below)] if joins else [*spans[-1:], cell]
        rest = ["unknown" for cell in cells if isinstance(cell, Unknown)]
        return f"{self.name} {' or '.join([*map(self._span, spans), *rest])}"

    def number(self, number: int) -> str:
        """A number of this axis as text."""
        return f"{number:,}" if self.currency is None else Money(number, self.currency).amount

    def _span(self, span: Between) -> str:
        if self.low == -MAX_MINOR:
            return self._amounts(span)
        low = self.low if span.low is None else span.low
        last = (self.high if self.high < MAX_MINOR else None) if span.below is None else span.below - 1
        if last is None:
            return "known" if low == self.low else f"{self.number(low)} or more"
        if low == last:
            return self.number(low) if self.high < MAX_MINOR else f"exactly {self.number(low)}"
        if low == self.low and self.high == MAX_MINOR:
            return f"at most {self.number(last)}"
        return f"{self.number(low)} to {self.number(last)}"

    def _amounts(self, span: Between) -> str:
        """Amounts, with the end named that is rounder: at most 300.00 rather than below 300.01."""
        unit = 1 if self.currency is None else 10**self.currency.exponent
        words = []
        if span.low is not None and span.below == span.low + 1:
            return f"exactly {self.number(span.low)}"
        if span.low is not None:
            past = (unit > 1 and span.low % unit == 1) or span.low > self.high
            words.append(f"above {self.number(span.low - 1)}" if past else f"{self.number(span.low)} or more")
        if span.below is not None:  # one past either end of the axis is no amount, and is not named
            upto = self.low < span.below and (unit == 1 or span.below % unit == 1 or span.below > self.high)
            words.append(f"at most {self.number(span.below - 1)}" if upto else f"below {self.number(span.below)}")
        return " and ".join(words) or "known"


@attrs.frozen(kw_only=True)
class ChoiceAxis:
    """One of a few texts."""

    name: str
    choices: tuple[str, ...]
    extra: tuple[Unknown, ...] = ()

    def cells(self, claims: Sequence[Claim]) -> tuple[Cell, ...]:
        """Every choice."""
        return (*map(Choice, self.choices), *self.extra)

    def inside(self, cell: Cell, claimed: Cell) -> bool:
        """Whether the cell is what is claimed."""
        return cell == claimed

    def words(self, cells: Sequence[Cell]) -> str:
        """The choices one by one."""
        return f"{self.name} {' or '.join(cell.value if isinstance(cell, Choice) else 'unknown' for cell in cells)}"


Axis: TypeAlias = NumberAxis | ChoiceAxis


def _ends(cell: Between) -> list[int]:
    return [end for end in (cell.low, cell.below) if end is not None]
