"""How a contest ended: ranks, awards, what decided each, and what nobody got.

Whatever is offered is either paid or kept, to the minor unit. Kept are the prizes of vacant places and what of a pot
is in no part. FULL pays a prize more than once; the second time is counted as extra:

    cash + kept == offered + extra
"""

from __future__ import annotations

from typing import Any

import attrs

from ..display import Align, html_table, text_table
from ..errors import NotFound, clip, require_text
from ..money import Money
from .awards import Award, CashAward, NonCashAward
from .contest import Contest, ContestError
from .entry import Score

__all__ = ["Standing", "Standings", "Vacancy"]


@attrs.frozen(kw_only=True)
class Standing:
    """One participant: the rank (None: took no part), the places whose prizes they got or share, and why.

    The cash of a place is one award, then come those that are not cash.
    """

    rank: int | None
    participant: str
    score: Score
    places: tuple[int, ...]
    awards: tuple[CashAward | NonCashAward, ...]
    why: str


@attrs.frozen(kw_only=True)
class Vacancy:
    """A place that gave nothing: what it keeps, and why."""

    place: int
    cash: Money
    awards: tuple[NonCashAward, ...]
    why: str

    def __str__(self) -> str:
        awards = [str(award) for award in self.awards]
        return "; ".join(awards if awards and not self.cash.minor else [str(self.cash), *awards])


@attrs.frozen(kw_only=True)
class Standings:
    """How a contest ended.

    *offered* is the cash of all prizes and the pot; *unallotted* what of the pot is in no part; *extra* the cash that
    FULL paid on top. Awards that are not cash are in none of these.
    Law: cash + kept == offered + extra.
    """

    contest: Contest
    rows: tuple[Standing, ...]
    vacancies: tuple[Vacancy, ...]
    offered: Money
    unallotted: Money
    extra: Money

    def __attrs_post_init__(self) -> None:
        if self.cash + self.kept != self.offered + self.extra:
            raise ContestError(
                f"paid {self.cash} and kept {self.kept} of {self.offered} and {self.extra}",
                code="commission.standings",
                value=self.contest.id,
            )

    @property
    def cash(self) -> Money:
        """All that is paid out."""
        return Money.sum(
            (award.amount for row in self.rows for award in row.awards if isinstance(award, CashAward)),
            currency=self.offered.currency,
        )

    @property
    def nominal(self) -> Money:
        """What the awards that are not cash count for."""
        return Money.sum(
            (award.nominal for row in self.rows for award in row.awards if isinstance(award, NonCashAward)),
            currency=self.offered.currency,
        )

    @property
    def kept(self) -> Money:
        """The cash that nobody got."""
        return Money.sum((vacancy.cash for vacancy in self.vacancies), currency=self.offered.currency) + self.unallotted

    def awards_of(self, participant: str) -> tuple[Award, ...]:
        """What a participant got.

        Raises: NotFound for whoever did not enter.
        """
        require_text(participant, code="commission.participant", name="participant")
        for row in self.rows:
            if row.participant == participant:
                return row.awards
        raise NotFound(f"did not enter: {clip(participant)}", code="commission.participant", value=participant)

    def explain(self) -> str:
        """The standings as text, then what stayed and the totals."""
        sides = (Align.RIGHT, Align.LEFT, Align.RIGHT, Align.LEFT, Align.LEFT)
        table = text_table([self._head(), *self._rows()], align=sides)
        return "\n".join([f"contest {self.contest.id}", table, *self._notes()])

    def _repr_html_(self) -> str:
        caption = "; ".join([f"contest {self.contest.id}", *self._notes()])
        return html_table(self._head(), self._rows(), caption=caption)

    def to_columns(self) -> dict[str, list[Any]]:
        """One row per participant as columns of equal length; cash and nominal values in minor units."""
        cash = [[award.amount.minor for award in row.awards if isinstance(award, CashAward)] for row in self.rows]
        other = [[award for award in row.awards if isinstance(award, NonCashAward)] for row in self.rows]
        return {
            "rank": [row.rank for row in self.rows],
            "participant": [row.participant for row in self.rows],
            "score": [row.score if isinstance(row.score, int) else str(row.score) for row in self.rows],
            "cash_minor": [sum(amounts) for amounts in cash],
            "not_cash": ["; ".join(map(str, awards)) for awards in other],
            "nominal_minor": [sum(award.nominal.minor for award in awards) for awards in other],
            "why": [row.why for row in self.rows],
        }

    def _head(self) -> tuple[str, ...]:
        return ("rank", "participant", "score", "awards", "why")

    def _rows(self) -> list[tuple[object, ...]]:
        return [
            (row.rank, row.participant, row.score, "; ".join(map(str, row.awards)) or None, row.why)
            for row in self.rows
        ]

    def _notes(self) -> list[str]:
        vacant = [f"place {each.place} keeps {each}: {each.why}" for each in self.vacancies]
        rest = [f"{self.unallotted} of the pot are in no part"] if self.unallotted.minor else []
        extra = f" and {self.extra} extra for ties" if self.extra.minor else ""
        return [*vacant, *rest, f"paid {self.cash}, kept {self.kept} of {self.offered} offered{extra}"]
