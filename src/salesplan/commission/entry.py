"""Who takes part in a contest with what score, and how scores are compared.

A score is an attainment (Rate), an amount (Money) or a count (int), never a float. All scores of one contest are of
one kind. Attainment is the fair one where territories differ in size; an attainment of nothing yet is Rate(0).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import Enum
from fractions import Fraction
from typing import TypeAlias

import attrs

from ..errors import InvalidType, InvalidValue, clip, require_instance, require_int, require_text
from ..money import MAX_MINOR, Money
from ..rate import Rate
from ..window import in_zone
from ._keys import number

__all__ = ["Better", "Entry", "Score", "one_kind", "require_score"]

Score: TypeAlias = Rate | Money | int
"""What is compared: an attainment, an amount, or a count."""


class Better(Enum):
    """Which scores win."""

    HIGHER = "higher"
    """More is better: sales, deals, attainment; a minimum is the least that counts."""
    LOWER = "lower"
    """Less is better: refunds, complaints; a minimum is the most that counts."""

    def strength(self, score: Score) -> Fraction:
        """The score as a number that is larger where the score is better."""
        found = number(require_score(score, name="score"))
        return found if self is Better.HIGHER else -found


@attrs.frozen
class Entry:
    """The score of one payee or team, and what may separate it from an equal one.

    It was reached on a day or at an instant, not both; instants are kept in UTC. *tiebreak* is a second score.
    Raises: InvalidType for a score of another kind; InvalidValue for a naive datetime.
    >>> alice = Entry("Alice", 20, reached_at=datetime(2026, 11, 13, 16, tzinfo=UTC))
    >>> alice.reached.isoformat()
    '2026-11-13T16:00:00+00:00'
    """

    participant: str
    score: Score
    reached_on: date | None = attrs.field(default=None, kw_only=True)
    reached_at: datetime | None = attrs.field(default=None, kw_only=True)
    tiebreak: Score | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_text(self.participant, code="commission.participant", name="participant")
        object.__setattr__(self, "score", require_score(self.score, name="score"))
        if self.tiebreak is not None:
            object.__setattr__(self, "tiebreak", require_score(self.tiebreak, name="tiebreak"))
        if self.reached_on is not None:
            require_instance(self.reached_on, date, code="commission.reached", name="reached_on")
            if isinstance(self.reached_on, datetime):
                raise InvalidType(
                    f"an instant goes into reached_at: {self.reached_on}",
                    code="commission.reached",
                    value=self.reached_on,
                )
        if self.reached_at is not None:
            # two instants of one zone compare by the wall clock, which is wrong in the hour that comes twice
            object.__setattr__(self, "reached_at", in_zone(self.reached_at, UTC, name="reached_at"))
            if self.reached_on is not None:
                raise InvalidValue(
                    "a score is reached on a day or at an instant: give one",
                    code="commission.reached",
                    value=self.reached_on,
                )

    @property
    def reached(self) -> date | datetime | None:
        """The day or the instant, whichever was given."""
        return self.reached_on if self.reached_at is None else self.reached_at


def one_kind(scores: Iterable[Score | None], *, name: str) -> None:
    """Check that scores can be compared: all attainments, all counts, or all amounts of one currency; None aside.

    Raises: InvalidType for two kinds; CurrencyMismatch.
    >>> one_kind([Rate(1), None, 3], name="scores")
    Traceback (most recent call last):
    salesplan.errors.InvalidType: scores are all attainments, all amounts or all counts: '100%' and '3'
    """
    first: Score | None = None
    for value in scores:
        score = None if value is None else require_score(value, name="a score")
        if first is None:
            first = score
        elif isinstance(first, Money) and isinstance(score, Money):
            first.same(score)
        elif score is not None and _kind(first) is not _kind(score):
            raise InvalidType(
                f"{name} are all attainments, all amounts or all counts: {clip(str(first))} and {clip(str(score))}",
                code="commission.kind",
                value=score,
            )


def require_score(value: object, *, name: str) -> Score:
    """*value* itself when it is a Rate, Money, or an int of at most 63 bits.

    >>> require_score(0.9, name="score")
    Traceback (most recent call last):
    salesplan.errors.InvalidType: score is a Rate, Money or a whole number: 0.9
    """
    if isinstance(value, Money | Rate):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidType(
            f"{name} is a Rate, Money or a whole number: {clip(value)}", code="commission.score", value=value
        )
    return require_int(value, code="commission.score", name=name, low=-MAX_MINOR, high=MAX_MINOR)


def _kind(score: Score) -> type:
    return Money if isinstance(score, Money) else Rate if isinstance(score, Rate) else int
