"""The lines of a statement."""

from __future__ import annotations

from datetime import date
from enum import Enum
from fractions import Fraction
from typing import TypeAlias

import attrs

from ..money import Money
from ..rate import Rate

__all__ = ["Exact", "LineKind", "StatementLine"]

Exact: TypeAlias = int | Fraction
"""An exact number: a whole one is an int."""


class LineKind(Enum):
    """What a line is about; a statement lists them in this order, component by component first."""

    EARNED = "earned"
    """A deal's slice in a tier."""
    TRUE_UP = "true_up"
    """Earlier sales at what they are worth now: a retroactive tier was reached, or the quota to date has changed."""
    GATE = "gate"
    """What a gate withholds, or releases once it opens."""
    MULTIPLIER = "multiplier"
    """What a multiplier on the output adds or takes."""
    CLAWBACK = "clawback"
    """What a credit note takes back of another window, or at the original rate."""
    CAP = "cap"
    """What lies above a cap."""
    FLOOR = "floor"
    """What is lacking to a floor."""
    SPIFF = "spiff"
    """A SPIFF's pay for a deal."""
    OVERRIDE = "override"
    """Pay on what others sold or earned."""
    POOL = "pool"
    """A share of a team pool."""
    AWARD = "award"
    """A prize in cash."""
    CARRIED_IN = "carried_in"
    """What earlier credit notes took back beyond what was earned then."""
    CARRIED_OUT = "carried_out"
    """What is below zero now and set off later, or forgiven."""
    DRAW = "draw"
    """What a draw advances, or takes back."""


@attrs.frozen(kw_only=True)
class StatementLine:
    """One line: *base* at *rate* is *amount*, under *rule* (the id of the component, SPIFF, award or plan).

    Units: *base*, *before* and *after* are exact minor units (or units sold, where tiers count them); *before* and
    *after* are what had accumulated in the measure of the tiers. Amounts are whole minor units and sum to the payout.
    *each* is what one unit pays, where the table pays by the unit. A field that a kind of line does not have is None.
    """

    kind: LineKind
    rule: str
    amount: Money
    deal: str | None = None
    on: date | None = None
    tier: int | None = None
    base: Exact | None = None
    rate: Rate | None = None
    each: Money | None = None
    before: Exact | None = None
    after: Exact | None = None
    note: str = ""
