"""The ledger while a settlement works on it: earlier balances and deals, and what becomes of them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import attrs

from ._count import Item
from ._earn import Stretch, Worth
from .credits import Credit, CreditRole
from .exact import ExactNumber
from .ledger import Balance, DealRecord, Earned, GateState, Ledger

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

    def __init__(self, prior: Ledger | None, period: str) -> None:
        self.period = period
        self.balances: dict[str, dict[str, dict[date, Balance | Settled]]] = {}
        self.deals: dict[DealKey, DealRecord] = {}
        self.limited: dict[tuple[str, str], Earned] = {}
        self.taken_back: dict[str, Fraction] = {}  # by earlier period: what its own limits let go
        self._settled: list[Settled] = []
        self._fresh: dict[DealKey, tuple[Settled, Item]] = {}
        self._indexed = 0
        self._reduced: list[DealKey] = []
        self._factors: dict[str, Fraction] = {}
        if prior is not None:
            for balance in prior.balances:
                self.put(balance)
            self.deals = {(record.component, record.deal, record.role): record for record in prior.deals}
            self.limited = {(earned.name, earned.period): earned for earned in prior.limited}

    def put(self, balance: Balance) -> None:
        """Keep a balance in place of the one of the same component, window and version."""
        windows = self.balances.setdefault(balance.component, {})
        windows.setdefault(balance.window, {})[balance.version or date.min] = balance

    def settle(self, settled: Settled) -> None:
        """Keep what a stretch has come to."""
        windows = self.balances.setdefault(settled.stretch.component.id, {})
        windows.setdefault(settled.window, {})[settled.version or date.min] = settled
        self._settled.append(settled)

    def note_deal(self, name: str, credit: Credit, paid: Fraction, window: str = "") -> None:
        """Keep a deal that no walk has: what a SPIFF paid for it, or, under no name, that it is known."""
        none = ExactNumber.of(0)
        self.deals[name, credit.deal, credit.role] = DealRecord(
            deal=credit.deal,
            role=credit.role,
            component=name,
            period=self.period,
            window=window,
            version=None,
            credited=ExactNumber.of(credit.credited),
            measured=none,
            base=none,
            paid=ExactNumber.of(paid),
            factor=ExactNumber.of(1),
        )

    def of_window(self, component: str, window: str) -> list[Balance]:
        """The balances of a window, oldest version first."""
        versions = self.balances.get(component, {}).get(window, {})
        return [_balance(versions[version]) for version in sorted(versions)]

    @property
    def fresh(self) -> dict[DealKey, tuple[Settled, Item]]:
        """The deals of this settlement as their walks left them, found when somebody asks."""
        for settled in self._settled[self._indexed :]:
            component = settled.stretch.component.id
            for item in settled.stretch.items:
                if item.part is None and item.paid is not None:
                    self._fresh[component, item.credit.deal, item.credit.role] = settled, item
        self._indexed = len(self._settled)
        return self._fresh

    def is_fresh(self, component: str, deal: str, role: CreditRole) -> bool:
        """Whether the deal is of this settlement."""
        return (component, deal, role) in self.fresh

    def record(self, component: str, deal: str, role: CreditRole) -> DealRecord | None:
        """What is left of a deal."""
        mark = component, deal, role
        if mark in self.deals:
            return self.deals[mark]
        fresh = self.fresh.get(mark)
        return None if fresh is None else self._recorded(*fresh)

    def keep(self, record: DealRecord) -> None:
        """Keep a record in place of the one of the same deal."""
        mark = record.component, record.deal, record.role
        self.deals[mark] = record
        self._reduced.append(mark)

    def multiply(self, component: str, factor: Fraction) -> None:
        """What gates and multipliers made of the deals of this settlement."""
        self._factors[component] = factor
        for mark in self._reduced:
            if mark[0] == component and mark in self.fresh:
                self.deals[mark] = attrs.evolve(self.deals[mark], factor=ExactNumber.of(factor))

    def earn(self, name: str, earned: Fraction, floor: Fraction | None, cap: Fraction | None) -> None:
        """Keep what was earned this period before limits, where there are any."""
        if floor is not None or cap is not None:
            self.limited[name, self.period] = Earned(
                name=name,
                period=self.period,
                earned=ExactNumber.of(earned),
                floor=None if floor is None else ExactNumber.of(floor),
                cap=None if cap is None else ExactNumber.of(cap),
            )

    def take_back(self, name: str, period: str, change: Fraction) -> Fraction:
        """What a change of an earlier period's earnings changes of its pay, within the limits of that period."""
        known = self.limited.get((name, period))
        if known is None:
            return change
        before = known.earned.to_fraction()
        self.limited[name, period] = attrs.evolve(known, earned=ExactNumber.of(before + change))
        return _within(before + change, known) - _within(before, known)

    def take_back_later(self, period: str, change: Fraction) -> None:
        """Keep for the limits of the plan what was taken back from an earlier period."""
        self.taken_back[period] = self.taken_back.get(period, Fraction(0)) + change

    def all_records(self) -> tuple[DealRecord, ...]:
        """All deals, by id and component."""
        found = dict(self.deals)
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

    def all_limited(self) -> tuple[Earned, ...]:
        """What has limits, by name and period."""
        return tuple(self.limited[mark] for mark in sorted(self.limited))

    def _recorded(self, settled: Settled, item: Item) -> DealRecord:
        component, scale = settled.stretch.component.id, settled.stretch.scale
        assert item.paid is not None
        return DealRecord(
            deal=item.credit.deal,
            role=item.credit.role,
            component=component,
            period=self.period,
            window=settled.window,
            version=settled.version,
            credited=ExactNumber.of(item.credit.credited),
            measured=ExactNumber.of(Fraction(item.measured, scale)),
            base=ExactNumber.of(Fraction(item.base, scale)),
            paid=ExactNumber.of(Fraction(item.paid, item.per)),
            factor=ExactNumber.of(self._factors.get(component, Fraction(1))),
        )


def _within(amount: Fraction, limits: Earned) -> Fraction:
    low = amount if limits.floor is None else max(amount, limits.floor.to_fraction())
    return low if limits.cap is None else min(low, limits.cap.to_fraction())


def _balance(kept: Balance | Settled) -> Balance:
    if isinstance(kept, Balance):
        return kept
    stretch, worth = kept.stretch, kept.worth
    return Balance(
        component=stretch.component.id,
        window=kept.window,
        version=kept.version,
        quota=None if kept.quota is None else ExactNumber.of(kept.quota),
        on_target=None if kept.on_target is None else ExactNumber.of(kept.on_target),
        opened=ExactNumber.of(stretch.opened),
        accumulated=ExactNumber.of(worth.accumulated),
        base=ExactNumber.of(worth.base),
        valued=ExactNumber.of(worth.valued),
        earned=ExactNumber.of(worth.earned),
        withheld=ExactNumber.of(worth.withheld),
        gate=GateState.OPEN if worth.is_open else GateState.CLOSED,
    )
