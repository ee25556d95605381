"""The rules by which an upline is paid on the sales of others: by the team, by the difference, or level by level.

    TeamOverride   a rate table on what everybody below sold, or earned
    Differential   极差, stairstep: every payee's rate is that of their whole group; an upline is paid the difference to
                   the rate of the leg, on all of the leg
    LevelChain     a rate per level above the seller, of the sale or of what lower levels left of it

A leg is somebody directly below, with everybody below them; its group volume is what all of them sold. With 8 % for
the group and legs at 2 %, 6 % and 8 % an upline is paid 6 %, 2 % and nothing on their volumes: a leg that has caught
up pays nothing to those above (break-away).

Negative volumes (more credit notes than sales) are the mirror image: at the rate of the same volume above 0, and paid
back. Where credit notes higher up leave an upline with less volume than a leg, and so a lower rate, what was paid
below stays paid: each later upline is paid the difference to the highest rate paid so far, never less than nothing.
So the rates paid on one sale always sum to the highest on the way up.

Source: prowi.io, 'Override commission' (team); help.duofriend.com, 差额奖励, and sylvina.com, 'Stair-step'
(differential); metasfresh, HierachyAlgorithm, 'subtract lower level commission from base' (level chain). Left out:
ranks that are held by title and not by volume, volume that no longer counts for those above a break-away, and levels
that skip payees without a contract: leave such payees out of the uplines.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import TypeAlias

import attrs

from ..errors import InvalidType, SalesplanError, clip, listed, require_instance, require_int
from ..ladder import Ladder
from ..money import Money, Rounding
from ..rate import Rate
from .rate_table import RateTable

__all__ = ["ChainBase", "Differential", "LevelChain", "OverrideError", "OverrideRule", "TeamBasis", "TeamOverride"]

_MAX_LEVELS = 100


class OverrideError(SalesplanError, ValueError):
    """A rule that cannot pay overrides: rates outside 0..1 or falling, tiers that no amount reaches."""


class TeamBasis(Enum):
    """What of those below an upline is paid on."""

    SALES = "sales"
    """What they sold: five people who sold 300,000 pay 3 % of it, 9,000."""
    COMMISSION = "commission"
    """What they earned: the same five at 10 % earned 30,000 and pay 3 % of that, 900."""


class ChainBase(Enum):
    """What the rate of a level is of; each worked on a sale of 100 and 10 % for every level."""

    FULL = "full"
    """The sale: 10, 10, 10."""
    LESS_LOWER_LEVELS = "less_lower_levels"
    """The sale less what lower levels were paid on it: 10, 9, 8.10."""


@attrs.frozen(kw_only=True)
class TeamOverride:
    """An upline is paid by *table* on the sum of what those below sold or earned, down to *levels* below (None: all).

    The table is asked once per upline, for the sum of the legs, and rounds as it says.
    Raises: OverrideError where tiers are reached by attainment or units.
    >>> from salesplan.commission import Application, RateTable, TeamBasis, TeamOverride
    >>> from salesplan.ladder import Boundary
    >>> table = RateTable.of([("225000", "3%")], currency="USD", application=Application.MARGINAL,
    ...                      boundary=Boundary.LOWER_INCLUSIVE)
    >>> TeamOverride(table=table, levels=None, on=TeamBasis.SALES).levels is None
    True
    """

    table: RateTable
    levels: int | None
    on: TeamBasis

    def __attrs_post_init__(self) -> None:
        require_instance(self.table, RateTable, code="commission.table", name="table")
        threshold = self.table.tiers.thresholds[0]
        if not isinstance(threshold, Money):
            raise OverrideError(
                f"tiers of an override are reached by amounts, not {clip(threshold)}",
                code="commission.not_by_amount",
                value=threshold,
            )
        if self.levels is not None:
            require_int(self.levels, code="commission.levels", name="levels", low=1)
        require_instance(self.on, TeamBasis, code="commission.basis", name="on")


@attrs.frozen(kw_only=True)
class Differential:
    """Everybody is paid the rate of their group volume on their own sales, and the differences above that on legs.

    *ladder* gives the rate by group volume: own sales and those of all below. Below its first step the rate is 0.
    Raises: OverrideError for thresholds that are not amounts of one currency from 0 on, or rates that fall or lie
    outside 0..1.
    >>> from salesplan.ladder import Boundary
    >>> steps = [(Money.of("0", "CNY"), Rate.percent("2")), (Money.of("500000", "CNY"), Rate.percent("8"))]
    >>> Differential(ladder=Ladder.of(steps, boundary=Boundary.LOWER_INCLUSIVE)).rounding.value
    'half_up'
    """

    ladder: Ladder[Money, Rate]
    rounding: Rounding = Rounding.HALF_UP

    def __attrs_post_init__(self) -> None:
        require_instance(self.ladder, Ladder, code="commission.ladder", name="ladder")
        require_instance(self.rounding, Rounding, code="commission.rounding", name="rounding")
        before = Rate(0)
        for step in self.ladder.steps:
            threshold = require_instance(step.threshold, Money, code="commission.ladder", name="a threshold")
            if threshold.minor < 0:
                raise OverrideError(
                    f"thresholds are 0 or more: {threshold}", code="commission.thresholds", value=threshold
                )
            if _share(step.value) < before:
                raise OverrideError(
                    f"more volume must not lower the rate: {step.value} from {threshold} on",
                    code="commission.falling",
                    value=step.value,
                )
            before = step.value


def _rates(rates: Iterable[Rate]) -> tuple[Rate, ...]:
    return listed(rates, code="commission.rates", name="rates")


@attrs.frozen(kw_only=True)
class LevelChain:
    """Level k above a seller, the seller being level 0, is paid *rates*[k] of the *base*; beyond the last, nothing.

    Rounding: with FULL once per payee; with LESS_LOWER_LEVELS each level of each seller, as the next base is what was
    really left.
    Law: LESS_LOWER_LEVELS never pays more than the sale.
    Raises: OverrideError for a rate outside 0..1, or not 1 to 100 levels.
    >>> chain = LevelChain(rates=[Rate.percent("10"), Rate.percent("3")], base=ChainBase.FULL)
    >>> len(chain.rates)
    2
    """

    rates: tuple[Rate, ...] = attrs.field(converter=_rates)
    base: ChainBase
    rounding: Rounding = Rounding.HALF_UP

    def __attrs_post_init__(self) -> None:
        require_instance(self.base, ChainBase, code="commission.base", name="base")
        require_instance(self.rounding, Rounding, code="commission.rounding", name="rounding")
        if not 1 <= len(self.rates) <= _MAX_LEVELS:
            raise OverrideError(
                f"a chain has 1 to {_MAX_LEVELS} levels, not {len(self.rates)}",
                code="commission.levels",
                value=len(self.rates),
            )
        for rate in self.rates:
            _share(rate)


OverrideRule: TypeAlias = TeamOverride | Differential | LevelChain
"""A rule by which overrides are paid."""


def _share(value: object) -> Rate:
    if not isinstance(value, Rate):
        raise InvalidType(f"an override is paid by Rates: {clip(value)}", code="commission.rate", value=value)
    if not Rate(0) <= value <= Rate(1):
        raise OverrideError(f"an override pays 0 to 100 %, not {clip(str(value))}", code="commission.rate", value=value)
    return value
