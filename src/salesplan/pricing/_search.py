"""The best stack, exactly: branch and bound over subsets of promotions, applied in their fixed turns.

Rule. A stack is a set of promotions of which no two conflict; its saving is what they take off, one after the other
in their turns. Wanted is the stack with the largest saving; of equal savings the one with more gift value, then fewer
promotions, then the one whose first difference is the earlier turn. Phases of `one_per_line` are no choice: they
happen. An offer that is exclusive in the cart is a stack of its own and wins only by saving or giving more.

Search. Walk the turns; take the promotion first, then leave it. Everything is folded into one integer per promotion,
(saving * gifts + gift) * count - 1, so that comparing stacks is comparing integers. Bound: what a promotion saves can
only shrink when others come before it, so its first offer bounds it (`Rule.monotone`; the few kinds that may grow are
bounded by all that is left to pay). Promotions of which any two conflict form a clique and give at most their best
member, so the bound of a node is what it has saved plus the best of every clique that has nobody in the stack yet.
The bound moves by one subtraction per turn.

Budget. After `Policy.search_budget` nodes the best so far is kept, and the largest bound among the open nodes says
how much any other stack could save at most: the gap is never a guess.

Source: A. H. Land and A. G. Doig, Econometrica 28 (1960) 497, for the scheme. Left out: stronger bounds by
recomputing the offers at every node, which cost more than they prune at the sizes of a checkout.
"""

from __future__ import annotations

from itertools import takewhile
from typing import NamedTuple

from ._rules import Book, Lane, Rule
from ._run import Effect, Pieces, Refusal, Run
from ._selection import Result, run_lane

__all__ = ["Found", "best_stack"]

_CLIQUES_TRIED = 64


class Found(NamedTuple):
    """The mask of the best stack found, its saving, an upper bound on any stack's saving, and the nodes visited."""

    chosen: int
    saving: int
    upper_bound: int
    nodes: int


class _Item(NamedTuple):
    """One choice of the walk: a rule, or a lane that merely happens."""

    step: Rule | Lane
    worth: int
    """Its bound; at least what it can add to the objective."""
    after: int
    """The largest worth among later members of its clique."""
    clique: int
    """The bit of its clique."""


_State = tuple[list[int], dict[int, Pieces], int, list[int]]
"""What a run needs to go on from here: net, pieces, shipping, activity prices."""


class _Node(NamedTuple):
    at: int
    state: _State
    objective: int
    rest: int
    """Bound of what the turns from *at* on can add."""
    used: int
    full: int
    """Cliques with a member in the stack."""
    taken: int


def best_stack(book: Book, run: Run) -> Found:
    """Search from the run as it stands; the run is left as it was."""
    start = _state(run)
    payable = sum(run.net) + run.shipping
    search = _Search(book, run)
    found = search.explore()
    for rule in book.alone:
        _restore(run, start)
        outcome = rule.outcome(run)
        if isinstance(outcome, Effect):
            objective = search.value(rule, outcome)
            # it must beat the best stack by what it gives, not by being one promotion instead of two
            if search.worth_of(objective) > search.worth_of(search.best):
                search.best, search.chosen = objective, rule.bit
    _restore(run, start)
    saving = search.saving_of(search.best)
    return Found(search.chosen, saving, max(saving, min(payable, search.saving_of(found))), search.nodes)


class _Search:
    """One search: the items in turn, the incumbent, and the scale of the objective."""

    def __init__(self, book: Book, run: Run) -> None:
        self.run = run
        self.budget = book.policy.search_budget
        self.count_scale = len(book.rules) + 2
        self.gift_scale = 1 + sum(rule.gift_value for rule in book.rules)
        self.best = 0
        self.chosen = 0
        self.nodes = 0
        self.lead, steps = self._leading_lanes(book)
        self.items = self._items(steps)

    def value(self, rule: Rule, effect: Effect) -> int:
        """An effect as a part of the objective."""
        return (effect.amount * self.gift_scale + rule.gift_value) * self.count_scale - 1

    def saving_of(self, objective: int) -> int:
        """The money inside an objective or a bound."""
        return self.worth_of(objective) // self.gift_scale

    def worth_of(self, objective: int) -> int:
        """Saving and gifts inside an objective, without the count of promotions."""
        return -(-objective // self.count_scale)

    def _leading_lanes(self, book: Book) -> tuple[_Node, list[Rule | Lane]]:
        """Lanes that come before any choice happen in every stack: take them once, before the bounds are measured."""
        steps = [step for step in book.steps if isinstance(step, Lane) or not step.alone]
        objective = used = 0
        lanes = list(takewhile(lambda step: isinstance(step, Lane), steps))
        for lane in lanes:
            assert isinstance(lane, Lane)
            objective, used = self._happen(lane, objective, used)
        return _Node(0, _state(self.run), objective, 0, used, 0, used), steps[len(lanes) :]

    def _happen(self, lane: Lane, objective: int, used: int) -> tuple[int, int]:
        results: list[Result] = []
        runners = sum(rule.bit for rule in lane.rules if not rule.alone)
        now = run_lane(lane, self.run, used, runners, results)
        for rule, result in zip(lane.rules, results, strict=True):
            if now & ~used & rule.bit and isinstance(result, Effect):
                objective += self.value(rule, result)
        return objective, now

    def _items(self, steps: list[Rule | Lane]) -> list[_Item]:
        everything = (sum(self.run.net) + self.run.shipping) * self.gift_scale * self.count_scale
        # an earlier discount may hand a reward to a unit without a floor, so a bound must not rest on floors
        floorless = self.run.without_floors()
        found: list[tuple[Rule | Lane, int]] = []
        for step in steps:
            if isinstance(step, Lane):
                gifts = sum(rule.gift_value for rule in step.rules) * self.count_scale
                found.append((step, everything + gifts))
                continue
            outcome = step.outcome(floorless)
            if not step.monotone:
                found.append((step, everything + step.gift_value * self.count_scale))
            elif isinstance(outcome, Effect):
                found.append((step, self.value(step, outcome)))
        cliques = _cliques([step for step, _ in found])
        later: dict[int, int] = {}
        items: list[_Item] = []
        for (step, worth), clique in zip(reversed(found), reversed(cliques), strict=True):
            after = later.get(clique, 0)
            later[clique] = max(after, worth)
            items.append(_Item(step, worth, after, 1 << clique))
        items.reverse()
        self.lead = self.lead._replace(rest=sum(later.values()))
        return items

    def explore(self) -> int:
        """Depth first, taking before leaving; the largest bound left open."""
        run, items = self.run, self.items
        self.best, self.chosen = self.lead.objective, self.lead.taken
        self._start_high()
        open_nodes = [self.lead]
        while open_nodes:
            at, state, objective, rest, used, full, taken = open_nodes.pop()
            while at < len(items) and objective + rest > self.best:
                if self.nodes >= self.budget:
                    bounds = [node.objective + node.rest for node in open_nodes]
                    return max([objective + rest, self.best, *bounds])
                step, worth, after, clique = items[at]
                at += 1
                if isinstance(step, Lane):
                    self.nodes += 1
                    _restore(run, state)
                    objective, used = self._happen(step, objective, used)
                    taken |= used
                    state = _state(run)
                    rest -= worth
                elif not full & clique:
                    # without the clique, and with what its later members may still give
                    others = rest - max(worth, after)
                    rest = others + after
                    if used & step.conflicts:
                        continue
                    self.nodes += 1
                    _restore(run, state)
                    outcome = step.outcome(run)
                    if isinstance(outcome, Refusal):
                        continue
                    if objective + rest > self.best:
                        open_nodes.append(_Node(at, state, objective, rest, used, full, taken))
                    step.commit(run, outcome)
                    state = _state(run)
                    objective += self.value(step, outcome)
                    rest = others
                    used |= step.bit
                    taken |= step.bit
                    full |= clique
                if objective > self.best:
                    self.best, self.chosen = objective, taken
        return self.best

    def _start_high(self) -> None:
        """A good stack to beat: the best of each clique. It yields to an equal one, which the walk finds in turn."""
        wanted: dict[int, _Item] = {}
        for item in self.items:
            if item.clique not in wanted or item.worth > wanted[item.clique].worth:
                wanted[item.clique] = item
        objective, used, taken = self.lead.objective, self.lead.used, self.lead.taken
        _restore(self.run, self.lead.state)
        for item in self.items:
            step = item.step
            if isinstance(step, Lane):
                objective, used = self._happen(step, objective, used)
                taken |= used
            elif wanted[item.clique] is item and not used & step.conflicts:
                self.nodes += 1
                outcome = step.outcome(self.run)
                if isinstance(outcome, Effect):
                    step.commit(self.run, outcome)
                    objective += self.value(step, outcome)
                    used |= step.bit
                    taken |= step.bit
        if objective - 1 > self.best:
            self.best, self.chosen = objective - 1, taken


def _cliques(steps: list[Rule | Lane]) -> list[int]:
    """A clique number for each step; all rules of a clique conflict, so a stack holds one of them at most."""
    masks: list[int] = []
    numbers: list[int] = []
    for step in steps:
        number = len(masks)
        if isinstance(step, Rule) and step.conflicts:
            tried = range(max(0, number - _CLIQUES_TRIED), number)
            number = next((at for at in tried if masks[at] and not masks[at] & ~step.conflicts), number)
        if number == len(masks):
            masks.append(0)
        if isinstance(step, Rule):
            masks[number] |= step.bit
        numbers.append(number)
    return numbers


def _state(run: Run) -> _State:
    return run.net, run.pieces, run.shipping, run.activity


def _restore(run: Run, state: _State) -> None:
    run.net, run.pieces, run.shipping, run.activity = state
