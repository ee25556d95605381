"""Sales contests between payees or teams (团队PK奖): the rule, as it is announced and stored.

The best score takes place 1 and the prizes of place 1, and so on. A score is an attainment (Rate), an amount or a
count; attainment is the fair one where territories differ in size. What is rarely announced and always argued about
is an argument here:

    ties       who gets what when scores are equal: the first to reach it, a second score, pooled, or full for each
    ranking    how ranks go on after a tie: 1 2 2 4, 1 2 2 3, or no two alike
    unmet      what becomes of a place whose minimum the leader misses: vacant, or the leader takes the next place

Ties and ranking must fit each other, and what cannot be paid is refused before anybody sells:

    ranking        SHARE     FULL      FIRST_TO_REACH, TIEBREAK
    COMPETITION    yes       yes       yes; who ties in that as well shares, as under SHARE
    DENSE          refused   yes       refused: a pooled tie leaves winners with less than the runner-up, who moves up
    ORDINAL        refused   refused   yes; who ties in that as well is an error

A trip cannot be pooled: SHARE refuses prizes that are not cash, and where a tie remains after FIRST_TO_REACH or
TIEBREAK over such a prize, judging stops and asks. FULL would pay a part of the pot twice, so it refuses pots.
Left out: prizes for reaching a target whatever others do (a rate table of fixed amounts), and how a team divides its
prize (`share_pool`).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from math import lcm

import attrs

from ..apportion import split
from ..errors import InvalidType, SalesplanError, clip, listed, require_instance, require_int, require_text
from ..money import Money
from .awards import CashAward, NonCashAward, PotShare
from .entry import Better, Score, one_kind, require_score

__all__ = ["Contest", "ContestError", "Prize", "Ranking", "Ties", "Unmet"]

_MAX_COMMON = 10**60
_MAX_PLACE = 100_000


class ContestError(SalesplanError, ValueError):
    """A contest that could not be judged or paid, or entries that are not of it."""


class Ranking(Enum):
    """How ranks go on after a tie of the second and third."""

    COMPETITION = "competition"
    """1 2 2 4: a tie takes up as many places as it has participants."""
    DENSE = "dense"
    """1 2 2 3: a tie takes up one place, and the next score the next."""
    ORDINAL = "ordinal"
    """1 2 3 4: no two have one rank, so the tie policy has to separate them."""


class Ties(Enum):
    """Who gets what where scores are equal."""

    FIRST_TO_REACH = "first_to_reach"
    """Whoever reached the score first is ahead."""
    TIEBREAK = "tiebreak"
    """Whoever has the better second score is ahead."""
    SHARE = "share"
    """The prizes of all places the tie takes up are pooled and shared equally, an odd unit to the smaller id."""
    FULL = "full"
    """Each gets the full prize of the place, which costs more than was offered."""


class Unmet(Enum):
    """What becomes of the prize where the participant in its place misses the minimum."""

    VACANT = "vacant"
    """The place keeps its prize, and so do the others theirs."""
    NEXT_PLACE = "next_place"
    """The participant takes the next place whose minimum they meet, and those behind follow after that."""


@attrs.frozen
class Prize:
    """What one place gives; a place may have several. *at_least* is the score it takes, or at most where LOWER wins.

    Raises: InvalidType, InvalidValue for a place below 1.
    >>> str(Prize(1, CashAward(Money.of("5000", "CNY")), at_least=10).award)
    'CNY 5000.00'
    """

    place: int
    award: CashAward | NonCashAward | PotShare
    at_least: Score | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        place = require_int(self.place, code="commission.place", name="place", low=1, high=_MAX_PLACE)
        object.__setattr__(self, "place", place)
        if not isinstance(self.award, CashAward | NonCashAward | PotShare):
            raise InvalidType(
                f"a prize gives a CashAward, NonCashAward or PotShare: {clip(self.award)}",
                code="commission.award",
                value=self.award,
            )
        if self.at_least is not None:
            object.__setattr__(self, "at_least", require_score(self.at_least, name="at_least"))


def _by_place(prizes: Iterable[Prize]) -> tuple[Prize, ...]:
    given = listed(prizes, code="commission.prizes", name="prizes")
    for prize in given:
        require_instance(prize, Prize, code="commission.prizes", name="a prize")
    return tuple(sorted(given, key=lambda prize: prize.place))


@attrs.frozen(kw_only=True)
class Contest:
    """A contest as it is announced; `judge` says who won. Whose score misses *entry_minimum* takes no part.

    Law: prizes may be listed in any order; those of one place have one minimum.
    Raises: ContestError for places that leave a gap, parts of the pot above one, and policies that do not fit; see
    the table above. CurrencyMismatch.
    >>> first, second = (CashAward(Money.of(amount, "CNY")) for amount in ("5000", "3000"))
    >>> contest = Contest(id="Q3", prizes=[Prize(1, first, at_least=10), Prize(2, second)], ties=Ties.SHARE,
    ...                   ranking=Ranking.COMPETITION, unmet=Unmet.VACANT)
    >>> [str(cash) for cash in contest.cash_of_places()]
    ['CNY 5000.00', 'CNY 3000.00']
    """

    id: str
    prizes: tuple[Prize, ...] = attrs.field(converter=_by_place)
    ties: Ties
    ranking: Ranking
    unmet: Unmet
    better: Better = Better.HIGHER
    tiebreak_better: Better = Better.HIGHER
    entry_minimum: Score | None = None

    def __attrs_post_init__(self) -> None:
        require_text(self.id, code="commission.contest", name="id")
        require_instance(self.ties, Ties, code="commission.ties", name="ties")
        require_instance(self.ranking, Ranking, code="commission.ranking", name="ranking")
        require_instance(self.unmet, Unmet, code="commission.unmet", name="unmet")
        require_instance(self.better, Better, code="commission.better", name="better")
        require_instance(self.tiebreak_better, Better, code="commission.better", name="tiebreak_better")
        if self.entry_minimum is not None:
            object.__setattr__(self, "entry_minimum", require_score(self.entry_minimum, name="entry_minimum"))
        if {prize.place for prize in self.prizes} != set(range(1, self.places + 1)) or not self.prizes:
            raise ContestError(
                "places with prizes run 1, 2, 3 without a gap",
                code="commission.place",
                value=clip([prize.place for prize in self.prizes]),
            )
        self._require_minimums()
        self._require_awards()
        self._require_fit()

    @property
    def places(self) -> int:
        """How many places have prizes."""
        return min(len(self.prizes), max((prize.place for prize in self.prizes), default=0))

    @property
    def pays_from_pot(self) -> bool:
        """Whether a prize is a part of the pot."""
        return any(isinstance(prize.award, PotShare) for prize in self.prizes)

    def minimums(self) -> tuple[Score | None, ...]:
        """What each place takes, place 1 first."""
        found = {prize.place: prize.at_least for prize in self.prizes}
        return tuple(found[place] for place in sorted(found))

    def cash_of_places(self, pot: Money | None = None) -> tuple[Money, ...]:
        """What each place is worth in cash, place 1 first, with its part of *pot*.

        Law: where the parts make one, all of the pot is given; no part is a full minor unit from exact.
        Raises: ContestError for a pot that is missing, superfluous or negative; CurrencyMismatch.
        """
        if pot is not None:
            require_instance(pot, Money, code="commission.pot", name="pot")
        if (pot is not None) != self.pays_from_pot:
            way_out = "prizes are parts of a pot: give it" if pot is None else "no prize is a part of a pot: give none"
            raise ContestError(way_out, code="commission.pot", value=pot)
        if pot is not None and pot.minor < 0:
            raise ContestError(f"a pot is 0 or more: {pot}", code="commission.pot", value=pot)
        amounts = self._amounts() if pot is None else [pot, *self._amounts()]
        zero = Money.zero(amounts[0].currency)
        for amount in amounts:
            zero.same(amount)
        parts = [0] * self.places if pot is None else split(pot.minor, self._pot_weights())
        for prize in self.prizes:
            if isinstance(prize.award, CashAward):
                parts[prize.place - 1] += prize.award.amount.minor
        return tuple(Money(part, zero.currency) for part in parts[: self.places])

    def meets(self, score: Score, minimum: Score | None) -> bool:
        """Whether the score is as good as *minimum*; None asks for nothing."""
        one_kind([score, minimum], name="a score and its minimum")
        return minimum is None or self.better.strength(score) >= self.better.strength(minimum)

    def _amounts(self) -> list[Money]:
        """The amounts in the prizes, nominal ones too."""
        return [
            prize.award.amount if isinstance(prize.award, CashAward) else prize.award.nominal
            for prize in self.prizes
            if not isinstance(prize.award, PotShare)
        ]

    def _pot_weights(self) -> list[int]:
        """The parts of the pot by place, and last what is in no part, over one common denominator."""
        shares = [(prize.place, prize.award.share) for prize in self.prizes if isinstance(prize.award, PotShare)]
        common = 1
        for _, share in shares:
            common = lcm(common, share.denominator)
            if common > _MAX_COMMON:
                raise ContestError(
                    "the parts of the pot have no common denominator up to 10**60", code="commission.pot", value=share
                )
        weights = [0] * self.places
        for place, share in shares:
            weights[place - 1] += share.numerator * (common // share.denominator)
        if sum(weights) > common:
            raise ContestError("the parts of the pot sum to more than one", code="commission.pot", value=clip(shares))
        return [*weights, common - sum(weights)]

    def _require_minimums(self) -> None:
        minimums = self.minimums()
        for prize in self.prizes:
            if prize.at_least != minimums[prize.place - 1]:
                raise ContestError(
                    f"the prizes of place {prize.place} have different minimums: a place has one",
                    code="commission.minimum",
                    value=prize,
                )
        one_kind([self.entry_minimum, *minimums], name="minimums")

    def _require_awards(self) -> None:
        self._pot_weights()
        amounts = self._amounts()
        for amount in amounts:
            amounts[0].same(amount)
        if self.ties is Ties.FULL and self.pays_from_pot:
            raise ContestError(
                "FULL would pay a part of the pot twice: use SHARE", code="commission.ties", value=self.id
            )
        if self.ties is Ties.SHARE and any(isinstance(prize.award, NonCashAward) for prize in self.prizes):
            raise ContestError(
                "what is not cash cannot be pooled: use FIRST_TO_REACH, TIEBREAK or FULL",
                code="commission.ties",
                value=self.id,
            )

    def _require_fit(self) -> None:
        separates = self.ties in {Ties.FIRST_TO_REACH, Ties.TIEBREAK}
        if self.ranking is Ranking.ORDINAL and not separates:
            raise ContestError(
                "ORDINAL ranks need ties that separate: FIRST_TO_REACH or TIEBREAK",
                code="commission.ranking",
                value=self.ties,
            )
        if self.ranking is Ranking.DENSE and self.ties is not Ties.FULL:
            raise ContestError(
                "DENSE ranks leave a tie one place only, to be given in FULL: else use COMPETITION",
                code="commission.ranking",
                value=self.ties,
            )
