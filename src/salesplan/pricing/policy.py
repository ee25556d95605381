"""The choices that make the same cart and promotions come out differently from one system to the next, each by name."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

import attrs

from ..apportion import Apportionment
from ..errors import InvalidType, InvalidValue, clip, listed, require_int
from ..money import Rounding
from .promotion import Phase

__all__ = ["STANDARD", "Exclusives", "Overflow", "Policy", "Rounded", "Selection", "Weights"]


class Selection(Enum):
    """Which promotions apply where not all of them can."""

    PRIORITY = "priority"
    """First fit in the order phase, priority, id: who comes later and conflicts is not chosen."""
    BEST_PER_GROUP = "best_per_group"
    """As PRIORITY, but inside a phase a group sends the member that saves most at that moment."""
    BEST_STACK = "best_stack"
    """The combination that saves the shopper most, proven: see `Certificate`."""


class Exclusives(Enum):
    """What an offer that is exclusive in the cart does under PRIORITY and BEST_PER_GROUP."""

    PRECEDE = "precede"
    """The first one that takes effect wins alone, even over ordinary promotions of higher priority (Sylius)."""
    IN_TURN = "in_turn"
    """It waits for its turn like any other and applies only if nothing has before."""


class Rounded(Enum):
    """Which side of a percentage is rounded, shown on 15 % of 10.50, which is 1.575."""

    DISCOUNT = "discount"
    """The discount: 1.58 off, 8.92 to pay."""
    PRICE = "price"
    """What is left to pay: 8.93, so 1.57 off."""


class Weights(Enum):
    """In proportion to what an amount is split over lines."""

    RUNNING = "running"
    """What is left to pay on each line."""
    LIST = "list"
    """The list price of each line, whatever earlier promotions took."""


class Overflow(Enum):
    """What happens to a share that a line cannot take, because of its price floor or what is left on it."""

    REDISTRIBUTE = "redistribute"
    """The other lines take it, as far as they have room."""
    LOSE = "lose"
    """It is lost to the shopper."""


_MAX_SEARCH = 10**9


def _phases(phases: Iterable[Phase]) -> tuple[Phase, ...]:
    named = listed(phases, code="policy.type", name="phases")
    if not all(isinstance(phase, Phase) for phase in named):
        raise InvalidType(f"phases are Phase: {clip(named)}", code="policy.type", value=phases)
    return named


def _phase_set(phases: Iterable[Phase]) -> frozenset[Phase]:
    return frozenset(_phases(phases))


@attrs.frozen(kw_only=True)
class Policy:
    """How a cart is calculated; the default is exact, and what most shoppers expect.

    *phases* is the order of turns, each phase once. In a phase of *one_per_line* promotions do not stack: on each
    line the one that saves most wins, a tie to the first in turn; groups and exclusivity inside that phase say
    nothing more. *search_budget* bounds the nodes BEST_STACK may visit before it settles for the best so far with a
    bound.
    Raises: InvalidType for a choice of the wrong kind, InvalidValue for phases missing or twice.
    >>> Policy(selection=Selection.BEST_STACK).rounding
    <Rounding.HALF_UP: 'half_up'>
    """

    selection: Selection = Selection.PRIORITY
    exclusives: Exclusives = Exclusives.PRECEDE
    phases: tuple[Phase, ...] = attrs.field(default=tuple(Phase), converter=_phases)
    one_per_line: frozenset[Phase] = attrs.field(default=frozenset({Phase.PRICE_SET}), converter=_phase_set)
    rounding: Rounding = Rounding.HALF_UP
    rounded: Rounded = Rounded.DISCOUNT
    allocation: Apportionment = Apportionment.LARGEST_REMAINDER
    weights: Weights = Weights.RUNNING
    overflow: Overflow = Overflow.REDISTRIBUTE
    search_budget: int = 100_000

    def __attrs_post_init__(self) -> None:
        for name, value, kind in (
            ("selection", self.selection, Selection),
            ("exclusives", self.exclusives, Exclusives),
            ("rounding", self.rounding, Rounding),
            ("rounded", self.rounded, Rounded),
            ("allocation", self.allocation, Apportionment),
            ("weights", self.weights, Weights),
            ("overflow", self.overflow, Overflow),
        ):
            if not isinstance(value, kind):
                raise InvalidType(f"{name} must be a {kind.__name__}: {clip(value)}", code="policy.type", value=value)
        if set(self.phases) != set(Phase) or len(self.phases) != len(Phase):
            raise InvalidValue(
                f"phases must name each of the {len(Phase)} phases once",
                code="policy.phases",
                value=self.phases,
            )
        if not self.one_per_line <= frozenset(Phase) or Phase.SHIPPING in self.one_per_line:
            raise InvalidValue(
                "one_per_line names phases on goods, not shipping",
                code="policy.one_per_line",
                value=self.one_per_line,
            )
        require_int(self.search_budget, code="policy.search_budget", name="search_budget", low=1, high=_MAX_SEARCH)


STANDARD = Policy()
