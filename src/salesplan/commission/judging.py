"""Who won a contest: scores from the best on, ties as the contest says, prizes by place.

A tie is separated where the contest says so and the entries can; who remains tied shares a rank. Under SHARE a tie
takes the places it would take if it were separated, so it costs the same. A tie over a prize without the day or the
second score that should separate it is refused, since a missing date must not decide over money; where no prize is
at stake it simply stays a tie.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from typing import Any

import attrs

from ..apportion import split
from ..errors import InvalidType, SalesplanError, clip, listed, require_instance
from ..money import Money
from .awards import Award, CashAward, NonCashAward
from .contest import Contest, ContestError, Ranking, Ties, Unmet
from .entry import Better, Entry, Score, one_kind
from .standings import Standing, Standings, Vacancy

__all__ = ["TieError", "judge"]


class TieError(SalesplanError, ValueError):
    """A tie that the contest cannot decide; `value` holds the participants."""


def judge(contest: Contest, entries: Iterable[Entry], *, pot: Money | None = None) -> Standings:
    """Who won what: every entry with its rank, awards and reason, the best first.

    Law: the order of *entries* changes nothing; what is offered is paid or kept exactly.
    Raises: ContestError for somebody who enters twice, or a pot that is missing or superfluous; InvalidType for
    scores of two kinds; CurrencyMismatch; TieError.
    Source: help.spinify.com, Leaderboard tie breakers; docs.salesdash.net, Competitions.
    >>> from datetime import UTC, datetime
    >>> from salesplan.commission.contest import Prize
    >>> contest = Contest(id="week 46", prizes=[Prize(1, CashAward(Money.of("500", "CNY")))],
    ...                   ties=Ties.FIRST_TO_REACH, ranking=Ranking.ORDINAL, unmet=Unmet.VACANT)
    >>> friday = datetime(2026, 11, 13, 16, tzinfo=UTC)
    >>> print(judge(contest, [Entry("Bob", 20, reached_at=friday.replace(minute=30)),
    ...                       Entry("Alice", 20, reached_at=friday)]).explain())
    contest week 46
    rank  participant  score  awards      why
       1  Alice           20  CNY 500.00  reached first
       2  Bob             20  -           reached later; place 2 has no prize
    paid CNY 500.00, kept CNY 0.00 of CNY 500.00 offered
    """
    require_instance(contest, Contest, code="commission.contest", name="contest")
    given = _entered(contest, entries)
    cash = contest.cash_of_places(pot)
    zero = Money.zero(cash[0].currency)
    rows: list[Standing] = []
    vacant = dict.fromkeys(range(1, contest.places + 1), "nobody came that far")
    extra = 0
    for tie in _ranked(contest, [entry for entry in given if contest.meets(entry.score, contest.entry_minimum)]):
        why = "; ".join(_reasons(contest, tie))
        for entry, awards in zip(tie.entries, _awards(contest, tie, cash), strict=True):
            rows.append(_row(entry, why, rank=tie.rank, places=tie.places, awards=awards))
        if contest.ties is Ties.FULL:
            extra += (len(tie.entries) - 1) * sum(cash[place - 1].minor for place in tie.places)
        for place in range(tie.start, min(tie.after, contest.places + 1)):
            if place in tie.places:
                del vacant[place]
            elif place in tie.missed:
                vacant[place] = _missed(contest, tie.score, place)
            else:
                vacant[place] = f"taken up by the tie for place {(tie.places or tie.missed)[0]}"
    rows += [
        _row(entry, _missed(contest, entry.score, None))
        for entry in given
        if not contest.meets(entry.score, contest.entry_minimum)
    ]
    fixed = (prize.award.amount for prize in contest.prizes if isinstance(prize.award, CashAward))
    offered = Money.sum(fixed, currency=zero.currency) + (zero if pot is None else pot)
    return Standings(
        contest=contest,
        rows=tuple(rows),
        vacancies=tuple(
            Vacancy(place=place, cash=cash[place - 1], awards=_not_cash(contest, place), why=why)
            for place, why in vacant.items()
        ),
        offered=offered,
        unallotted=offered - Money.sum(cash, currency=zero.currency),
        extra=Money(extra, zero.currency),
    )


def _entered(contest: Contest, entries: Iterable[Entry]) -> list[Entry]:
    """The entries, checked, the best score first and equal ones by participant."""
    given = listed(entries, code="commission.entries", name="entries")
    for entry in given:
        require_instance(entry, Entry, code="commission.entries", name="an entry")
    given = tuple(sorted(given, key=lambda entry: entry.participant))
    names = [entry.participant for entry in given]
    for one, other in pairwise(names):
        if one == other:
            raise ContestError(f"enters twice: {clip(one)}", code="commission.participant", value=one)
    one_kind([contest.entry_minimum, *contest.minimums(), *(entry.score for entry in given)], name="scores")
    one_kind([entry.tiebreak for entry in given], name="tiebreaks")
    if len({entry.reached_at is None for entry in given if entry.reached is not None}) > 1:
        raise InvalidType(
            "some scores are reached on a day, others at an instant: give one kind",
            code="commission.reached",
            value=contest.id,
        )
    return sorted(given, key=lambda entry: -contest.better.strength(entry.score))


@attrs.frozen(kw_only=True)
class _Tie:
    """Those of one rank, mostly one. Of the places from *start* until *after* they take the prizes of *places*."""

    rank: int
    entries: tuple[Entry, ...]
    decided: str
    start: int
    after: int
    places: tuple[int, ...]
    missed: tuple[int, ...]

    @property
    def score(self) -> Score:
        return self.entries[0].score


def _ranked(contest: Contest, running: Iterable[Entry]) -> Iterator[_Tie]:
    """Who is ranked where, from the best score on."""
    start, ahead = 1, 0
    groups = groupby(running, key=lambda entry: contest.better.strength(entry.score))
    for scores, (_, equal) in enumerate(groups, start=1):
        for tied, decided in _separated(contest, tuple(equal), start):
            places, missed, after = _taken(contest, tied, start)
            yield _Tie(
                rank=scores if contest.ranking is Ranking.DENSE else ahead + 1,
                entries=tied,
                decided=decided,
                start=start,
                after=after,
                places=places,
                missed=missed,
            )
            start = after
            ahead += len(tied)


def _taken(contest: Contest, tied: tuple[Entry, ...], start: int) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    """The places from *start* on whose prizes these take, those whose minimum they miss, and where the next begin."""
    minimums = contest.minimums()
    wanted = 1 if contest.ties is Ties.FULL else len(tied)
    beside = 0 if contest.ranking is Ranking.DENSE else len(tied) - wanted
    places: list[int] = []
    missed: list[int] = []
    at, done = start, 0
    while done < wanted and at <= contest.places:
        met = contest.meets(tied[0].score, minimums[at - 1])
        (places if met else missed).append(at)
        if met or contest.unmet is Unmet.VACANT:
            done += 1
        at += 1
    return tuple(places), tuple(missed), at + wanted - done + beside


def _separated(contest: Contest, equal: tuple[Entry, ...], start: int) -> list[tuple[tuple[Entry, ...], str]]:
    """Entries of one score in their order, those that stay tied together, each with what decided."""
    if len(equal) == 1 or contest.ties in {Ties.SHARE, Ties.FULL}:
        return [(equal, "")]
    by_time = contest.ties is Ties.FIRST_TO_REACH
    ordinal = contest.ranking is Ranking.ORDINAL
    if any((entry.reached if by_time else entry.tiebreak) is None for entry in equal):
        if ordinal or _taken(contest, equal, start)[0]:
            raise _undecided(equal, "say when each reached it" if by_time else "give each a tiebreak")
        return [(equal, "")]

    def mark(entry: Entry) -> Any:  # a date, an instant or a Fraction, of one kind in one contest
        if by_time:
            return entry.reached
        return None if entry.tiebreak is None else -contest.tiebreak_better.strength(entry.tiebreak)

    groups = [tuple(group) for _, group in groupby(sorted(equal, key=mark), key=mark)]
    if ordinal and len(groups) < len(equal):
        raise _undecided(equal, "ORDINAL ranks need something that separates them")
    if len(groups) == 1:
        return [(equal, "")]
    words = ("reached first", "reached later") if by_time else ("ahead on the tiebreak", "behind on the tiebreak")
    return [(group, words[min(at, 1)]) for at, group in enumerate(groups)]


def _undecided(equal: tuple[Entry, ...], way_out: str) -> TieError:
    return TieError(
        f"{len(equal)} tie at {clip(str(equal[0].score))}, {clip(equal[0].participant)} among them: {way_out}",
        code="commission.tie",
        value=tuple(entry.participant for entry in equal),
    )


def _awards(contest: Contest, tie: _Tie, cash: tuple[Money, ...]) -> Iterator[tuple[Award, ...]]:
    """What each of a tie gets, in their order."""
    pooled = sum(cash[place - 1].minor for place in tie.places)
    others = [award for place in tie.places for award in _not_cash(contest, place)]
    if contest.ties is Ties.FULL:
        parts = [pooled] * len(tie.entries)
    else:
        if len(tie.entries) > 1 and others:
            raise _undecided(tie.entries, "a prize that is not cash cannot be shared")
        parts = split(pooled, [1] * len(tie.entries))
    for part in parts:
        yield (*((CashAward(Money(part, cash[0].currency)),) if part else ()), *others)


def _not_cash(contest: Contest, place: int) -> tuple[NonCashAward, ...]:
    return tuple(
        prize.award for prize in contest.prizes if prize.place == place and isinstance(prize.award, NonCashAward)
    )


def _row(
    entry: Entry, why: str, *, rank: int | None = None, places: tuple[int, ...] = (), awards: tuple[Award, ...] = ()
) -> Standing:
    return Standing(rank=rank, participant=entry.participant, score=entry.score, places=places, awards=awards, why=why)


def _reasons(contest: Contest, tie: _Tie) -> Iterator[str]:
    """What decided, in words."""
    if tie.decided:
        yield tie.decided
    if tie.missed:
        yield _missed(contest, tie.score, tie.missed[0])
    if len(tie.entries) > 1:
        how = "" if not tie.places else ": each gets" if contest.ties is Ties.FULL else ": share"
        yield f"{len(tie.entries)} tied{how}{_named(tie.places)}"
    elif tie.missed and tie.places:
        yield f"takes{_named(tie.places)}"
    if tie.start > contest.places:
        yield f"place {tie.start} has no prize"
    elif not tie.decided and not tie.missed and len(tie.entries) == 1:
        yield "by score"


def _named(places: tuple[int, ...]) -> str:
    if not places:
        return ""
    return f" place {places[0]}" if len(places) == 1 else f" places {places[0]} to {places[-1]}"


def _missed(contest: Contest, score: Score, place: int | None) -> str:
    """How the score misses the minimum of a place, or to take part (None)."""
    minimum = contest.entry_minimum if place is None else contest.minimums()[place - 1]
    what = "to take part" if place is None else f"of place {place}"
    if contest.better is Better.LOWER:
        return f"above the maximum {what}: {score}, at most {minimum}"
    return f"below the minimum {what}: {score} of {minimum}"
