"""The ledger while a settlement works on it: earlier balances and deals, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

import attrs

from ..errors import NotFound, clip
from ..rate import Rate
from ._count import Item
from ._earn import Stretch, Worth
from ._terms import ratio
from .credits import Credit, CreditRole
from .ledger import Balance, DealRecord, Ledger

__all__ = ["Book", "Settled"]

DealKey = tuple[str, str, CreditRole]


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
    """Balances by component, window and version; deals by component (or SPIFF), id and role of the credit."""

    def __init__(self, prior: Ledger | None) -> None:
        self.balances: dict[str, dict[str, dict[date, Balance | Settled]]] = {}
        self.deals: dict[DealKey, DealRecord] = {}
        self.spiffs: dict[DealKey, DealRecord] = {}
        self.settled: list[Settled] = []
        self._fresh: dict[DealKey, tuple[Settled, Item]] = {}
        self._indexed = 0
        self.factors: dict[str, Fraction] = {}
        if prior is not None:
            for balance in prior.balances:
                self.put(balance)
            self.deals = {(record.component, record.deal, record.role): record for record in prior.deals}

    def put(self, balance: Balance) -> None:
        """Keep a balance in place of the one of the same component, window and version."""
        windows = self.balances.setdefault(balance.component, {})
        windows.setdefault(balance.window, {})[balance.version or date.min] = balance

    def settle(self, settled: Settled) -> None:
        """Keep what a stretch has come to."""
        windows = self.balances.setdefault(settled.stretch.component.id, {})
        windows.setdefault(settled.window, {})[settled.version or date.min] = settled
        self.settled.append(settled)

    def pay_spiff(self, spiff: str, credit: Credit, paid: Fraction) -> None:
        """Keep what a SPIFF pays for a deal."""
        none = Rate(0)
        self.spiffs[spiff, credit.deal, credit.role] = DealRecord(
            deal=credit.deal,
            role=credit.role,
            component=spiff,
            window="spiff",
            version=None,
            credited=ratio(credit.credited),
            measured=none,
            base=none,
            paid=ratio(paid),
            factor=Rate(1),
        )

    @property
    def fresh(self) -> dict[DealKey, tuple[Settled, Item]]:
        """The deals of this settlement as their walks left them, found when somebody asks."""
        for settled in self.settled[self._indexed :]:
            component = settled.stretch.component.id
            for item in settled.stretch.items:
                if item.part is None and item.paid is not None:
                    self._fresh[component, item.credit.deal, item.credit.role] = settled, item
        self._indexed = len(self.settled)
        return self._fresh

    def of_window(self, component: str, window: str) -> list[Balance]:
        """The balances of a window, oldest version first."""
        versions = self.balances.get(component, {}).get(window, {})
        return [_balance(versions[version]) for version in sorted(versions)]

    def is_fresh(self, component: str, deal: str, role: CreditRole) -> bool:
        """Whether the deal is of this settlement."""
        return (component, deal, role) in self.fresh

    def record(self, component: str, deal: str, role: CreditRole) -> DealRecord | None:
        """What is left of a deal."""
        mark = component, deal, role
        known = self.deals.get(mark) or self.spiffs.get(mark)
        if known is not None:
            return known
        fresh = self.fresh.get(mark)
        return None if fresh is None else self._recorded(*fresh)

    def keep(self, record: DealRecord) -> None:
        """Keep a record in place of the one of the same deal."""
        self.deals[record.component, record.deal, record.role] = record

    def require(self, names: Iterable[str], note: Credit) -> None:
        """That the deal which a note takes back is known to one of these components or SPIFFs.

        Raises: NotFound.
        """
        if not any(self.record(name, note.reverses or "", note.role) for name in names):
            raise NotFound(
                f"{clip(note.deal)} takes back {clip(note.reverses)}, which neither the credits nor prior= know; "
                "without reverses= it comes off the top",
                code="commission.unknown_deal",
                value=note.reverses,
            )

    def all_records(self) -> tuple[DealRecord, ...]:
        """All deals, by id and component."""
        found = self.spiffs | self.deals
        for mark, fresh in self.fresh.items():
            if mark not in found:
                found[mark] = self._recorded(*fresh)
        return tuple(sorted(found.values(), key=lambda record: (record.deal, record.component, record.role.value)))

    def all_balances(self) -> tuple[Balance, ...]:
        """All balances, by component, window and version."""
        return tuple(
            _balance(self.balances[component][window][version])
            for component in sorted(self.balances)
            for window in sorted(self.balances[component])
            for version in sorted(self.balances[component][window])
        )

    def _recorded(self, settled: Settled, item: Item) -> DealRecord:
        component, scale = settled.stretch.component.id, settled.stretch.scale
        assert item.paid is not None
        paid = item.paid if isinstance(item.paid, Fraction) else Fraction(*item.paid)
        return DealRecord(
            deal=item.credit.deal,
            role=item.credit.role,
            component=component,
            window=settled.window,
            version=settled.version,
            credited=ratio(item.credit.credited),
            measured=Rate(item.measured, scale),
            base=Rate(item.base, scale),
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
