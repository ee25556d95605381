"""Who applies: one pass over the steps of a calculation, by priority, or along a choice already made.

The outcome of every rule is its `Effect` when applied, its `Refusal` when it cannot take effect in its turn, or a
`Passed` when it could but others stand in its way.
"""

from __future__ import annotations

from typing import NamedTuple

from ._rules import Book, Lane, Rule, on_lines, won_lines
from ._run import Effect, Refusal, Run

__all__ = ["Passed", "Result", "choose_in_turn", "follow", "run_lane"]


class Passed(NamedTuple):
    """An offer that was not taken."""

    offer: Effect


Result = Effect | Refusal | Passed


def choose_in_turn(book: Book, run: Run) -> list[Result]:
    """PRIORITY and BEST_PER_GROUP."""
    for rule in book.precede:
        if isinstance(rule.outcome(run), Effect):
            return follow(book, run, rule.bit)
    results: list[Result] = []
    outcome: Result
    used = 0
    best_only = book.best_per_group
    champions: dict[object, int] = {}
    for step in book.steps:
        if isinstance(step, Lane):
            used = run_lane(step, run, used, -1, results)
            continue
        outcome = step.outcome(run)
        if isinstance(outcome, Effect):
            if used & step.conflicts or (best_only and not _is_champion(book, step, run, used, champions)):
                outcome = Passed(outcome)
            else:
                step.commit(run, outcome)
                used |= step.bit
        results.append(outcome)
    return results


def follow(book: Book, run: Run, chosen: int) -> list[Result]:
    """Apply exactly the rules in the mask *chosen*, as far as they take effect; the others pass."""
    results: list[Result] = []
    outcome: Result
    for step in book.steps:
        if isinstance(step, Lane):
            run_lane(step, run, 0, chosen, results)
            continue
        outcome = step.outcome(run)
        if isinstance(outcome, Effect):
            if chosen & step.bit:
                step.commit(run, outcome)
            else:
                outcome = Passed(outcome)
        results.append(outcome)
    return results


def run_lane(lane: Lane, run: Run, used: int, chosen: int, results: list[Result]) -> int:
    """Let the rules of a lane compete line by line; the new *used*.

    Those run that are in *chosen* and that nothing in *used* forbids.
    """
    offers = [(rule, rule.outcome(run)) for rule in lane.rules]
    entered = [at for at, (rule, _) in enumerate(offers) if chosen & rule.bit and not used & rule.conflicts]
    if any(offers[at][0].alone for at in entered):
        entered = _beside_loners(offers, entered)
    winners = won_lines([(at, offer) for at in entered if isinstance(offer := offers[at][1], Effect)])
    for at, (rule, offer) in enumerate(offers):
        if isinstance(offer, Refusal):
            results.append(offer)
        elif at in entered and (rule.is_gift or at in winners):
            taken = offer if rule.is_gift else on_lines(offer, winners[at])
            rule.commit(run, taken)
            used |= rule.bit
            results.append(taken)
        else:
            results.append(Passed(offer))
    return used


def _beside_loners(offers: list[tuple[Rule, Effect | Refusal]], entered: list[int]) -> list[int]:
    """Who competes where some are exclusive in the cart: the first that takes effect, if it is one; else the others."""
    first = next((at for at in entered if isinstance(offers[at][1], Effect)), None)
    if first is not None and offers[first][0].alone:
        return [first]
    return [at for at in entered if not offers[at][0].alone]


def _is_champion(book: Book, rule: Rule, run: Run, used: int, champions: dict[object, int]) -> bool:
    """Whether the rule is its group's choice in this phase: decided at the first turn of a member that takes effect."""
    group, phase = rule.promotion.group, rule.promotion.phase
    if group is None:
        return True
    if (group, phase) not in champions:
        best, turn = -1, rule.turn
        for other in book.rules[rule.turn :]:
            if other.promotion.group == group and other.promotion.phase is phase and not used & other.conflicts:
                offer = other.outcome(run)
                if isinstance(offer, Effect) and offer.amount > best:
                    best, turn = offer.amount, other.turn
        champions[group, phase] = turn
    return champions[group, phase] == rule.turn
