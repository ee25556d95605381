"""The ledger while a settlement works on it: earlier balances and deals, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

import attrs

from ..errors import NotFound, clip
from ..rate import Rate
from ._count import Paid
from ._earn import Stretch, Worth
from ._terms import ratio
from .credits import Credit, CreditKind
from .ledger import Balance, DealRecord, Ledger

__all__ = ["Book", "Fresh", "Settled"]

DealKey = tuple[str, str, CreditKind]


@attrs.frozen
class Fresh:
    """A deal of this settlement as its walk left it, not yet made into a record."""

    credit: Credit
    window: str
    version: date | None
    measured: int
    base: int
    scale: int
    paid: Paid


@attrs.frozen
class Settled:
    """A stretch of this settlement, not yet made into a balance."""

    stretch: Stretch
    worth: Worth
    window: str
    version: date | None
    quota: Fraction | None
    on_target: Fraction | None


class Book:
    """Balances by component, window and version; deals by component (or SPIFF), id and kind of credit."""

    def __init__(self, prior: Ledger | None) -> None:
        self.balances: dict[str, dict[str, dict[date, Balance | Settled]]] = {}
        self.deals: dict[DealKey, DealRecord] = {}
        self.fresh: dict[DealKey, Fresh] = {}
        self.factors: dict[str, Fraction] = {}
        if prior is not None:
            for balance in prior.balances:
                self.put(balance)
            self.deals = {(record.component, record.deal, record.kind): record for record in prior.deals}

    def put(self, balance: Balance) -> None:
        """Keep a balance in place of the one of the same component, window and version."""
        windows = self.balances.setdefault(balance.component, {})
        windows.setdefault(balance.window, {})[balance.version or date.min] = balance

    def settle(self, settled: Settled) -> None:
        """Keep what a stretch has come to."""
        windows = self.balances.setdefault(settled.stretch.component.id, {})
        windows.setdefault(settled.window, {})[settled.version or date.min] = settled

    def of_window(self, component: str, window: str) -> list[Balance]:
        """The balances of a window, oldest version first."""
        versions = self.balances.get(component, {}).get(window, {})
        return [_balance(versions[version]) for version in sorted(versions)]

    def is_fresh(self, component: str, deal: str, kind: CreditKind) -> bool:
        """Whether the deal is of this settlement."""
        return (component, deal, kind) in self.fresh

    def record(self, component: str, deal: str, kind: CreditKind) -> DealRecord | None:
        """What is left of a deal."""
        if (component, deal, kind) in self.deals:
            return self.deals[component, deal, kind]
        fresh = self.fresh.get((component, deal, kind))
        return None if fresh is None else self._recorded(component, fresh)

    def keep(self, record: DealRecord) -> None:
        """Keep a record in place of the one of the same deal."""
        self.deals[record.component, record.deal, record.kind] = record

    def require(self, names: Iterable[str], note: Credit) -> None:
        """That the deal which a note takes back is known to one of these components or SPIFFs.

        Raises: NotFound.
        """
        if not any(self.record(name, note.reverses or "", note.kind) for name in names):
            raise NotFound(
                f"{clip(note.deal)} takes back {clip(note.reverses)}, which neither the credits nor prior= know; "
                "without reverses= it comes off the top",
                code="commission.unknown_deal",
                value=note.reverses,
            )

    def all_records(self) -> tuple[DealRecord, ...]:
        """All deals, by id and component."""
        found = dict(self.deals)
        for mark, fresh in self.fresh.items():
            if mark not in found:
                found[mark] = self._recorded(mark[0], fresh)
        return tuple(sorted(found.values(), key=lambda record: (record.deal, record.component, record.kind.value)))

    def all_balances(self) -> tuple[Balance, ...]:
        """All balances, by component, window and version."""
        return tuple(
            _balance(self.balances[component][window][version])
            for component in sorted(self.balances)
            for window in sorted(self.balances[component])
            for version in sorted(self.balances[component][window])
        )

    def _recorded(self, component: str, fresh: Fresh) -> DealRecord:
        paid = fresh.paid if isinstance(fresh.paid, Fraction) else Fraction(*fresh.paid)
        return DealRecord(
            deal=fresh.credit.deal,
            kind=fresh.credit.kind,
            component=component,
            window=fresh.window,
            version=fresh.version,
            credited=ratio(fresh.credit.credited),
            measured=Rate(fresh.measured, fresh.scale),
            base=Rate(fresh.base, fresh.scale),
            paid=ratio(paid),
            factor=ratio(self.factors.get(component, Fraction(1))),
        )


def _balance(kept: Balance | Settled) -> Balance:
    if isinstance(kept, Balance):
        return kept
    stretch, worth = kept.stretch, kept.worth
    return Balance(
        component=stretch.component.id,
        window=kept.window,
        version=kept.version,
        quota=None if kept.quota is None else ratio(kept.quota),
        on_target=None if kept.on_target is None else ratio(kept.on_target),
        opened=ratio(stretch.opened),
        accumulated=ratio(worth.accumulated),
        base=ratio(worth.base),
        valued=ratio(worth.valued),
        earned=ratio(worth.earned),
        withheld=ratio(worth.withheld),
    )
