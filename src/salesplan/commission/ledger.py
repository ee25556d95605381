"""What the next settlement has to know of the earlier ones.

A settlement pays the difference between what its accumulations are worth now and what they were worth when last
settled, so each window of accumulation leaves a `Balance`; every deal leaves a `DealRecord`, so that a credit note
years later finds what it takes back. Nothing here has to be computed again from old credits, and nothing is rounded:
amounts are exact numbers of minor units. A ledger is plain data; a host stores it with `rulebook.to_data`.
"""

from __future__ import annotations

from datetime import date

import attrs

from ..money import Currency, Money
from ..rate import Rate
from .credits import CreditRole

__all__ = ["Balance", "DealRecord", "Earned", "Ledger"]


@attrs.frozen(kw_only=True)
class Balance:
    """One component in one window of accumulation, as far as one version of its table held.

    Units: exact minor units, or units sold; *opened* and *accumulated* in what reaches the tiers, *base* in what is
    paid on. *valued* is what the table makes of them, *earned* what lines have paid, *withheld* what a gate holds.
    """

    component: str
    window: str
    version: date | None
    quota: Rate | None
    on_target: Rate | None
    opened: Rate
    accumulated: Rate
    base: Rate
    valued: Rate
    earned: Rate
    withheld: Rate


@attrs.frozen(kw_only=True)
class DealRecord:
    """What is left of a deal under one component or SPIFF, and what was paid for that.

    A deal that nothing was paid for is recorded under no component (an empty text), so that its notes are known.
    Units: exact minor units, or units sold. *factor* is what gates and multipliers made of the table's pay; *period* is
    the first day of the settled period.
    """

    deal: str
    component: str
    period: str
    window: str
    version: date | None
    role: CreditRole = CreditRole.PRIMARY
    credited: Rate
    measured: Rate
    base: Rate
    paid: Rate
    factor: Rate


@attrs.frozen(kw_only=True)
class Earned:
    """What a component, SPIFF or plan earned in a settled period before its own limits, and these.

    Only what has limits is kept: taking back from a capped month takes no more than it would have paid less.
    Units: exact minor units.
    """

    name: str
    period: str
    earned: Rate
    floor: Rate | None
    cap: Rate | None


@attrs.frozen(kw_only=True)
class Ledger:
    """The state of one payee under one plan *through* (excluded) a day.

    *carried* is what credit notes took back beyond what was earned, 0 or less; *owed* what draws advanced, 0 or more.
    """

    payee: str
    plan: str
    currency: Currency
    through: date
    carried: Money
    owed: Money
    balances: tuple[Balance, ...] = ()
    deals: tuple[DealRecord, ...] = ()
    limited: tuple[Earned, ...] = ()
