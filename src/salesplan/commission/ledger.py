"""What the next settlement has to know of the earlier ones.

A settlement pays the difference between what its accumulations are worth now and what they were worth when last
settled, so each window of accumulation leaves a `Balance`; every deal leaves a `DealRecord`, so that a credit note
years later finds what it takes back. Nothing here has to be computed again from old credits, and nothing is rounded:
amounts are exact numbers of minor units. A ledger is plain data; a host stores it with `rulebook.to_data`.
"""

from __future__ import annotations

from datetime import date
from enum import Enum

import attrs

from ..errors import InvalidType, InvalidValue, clip, listed, require_instance, require_text
from ..money import Currency, Money
from .credits import CreditRole
from .exact import ExactNumber
from .spans import require_day

__all__ = ["Balance", "DealRecord", "Earned", "GateState", "Ledger"]


_MAX_KEY = 600


class GateState(Enum):
    """Whether the gate to the first unit was passed when a window was last settled."""

    OPEN = "open"
    """It was, or there is none."""
    CLOSED = "closed"
    """It was not: all that was earned is withheld."""


@attrs.frozen(kw_only=True)
class Balance:
    """One component in one window of accumulation, as far as one version of its table held.

    Units: exact minor units, or units sold; *opened* and *accumulated* in what reaches the tiers, *base* in what is
    paid on. *valued* is what the table makes of them, *earned* what lines have paid, *withheld* what a gate holds.
    """

    component: str
    window: str
    version: date | None
    quota: ExactNumber | None
    on_target: ExactNumber | None
    opened: ExactNumber
    accumulated: ExactNumber
    base: ExactNumber
    valued: ExactNumber
    earned: ExactNumber
    withheld: ExactNumber
    gate: GateState = GateState.OPEN

    def __attrs_post_init__(self) -> None:
        require_instance(self.gate, GateState, code="commission.ledger", name="gate")
        require_text(self.component, code="commission.ledger", name="component")
        _require_key(self.window, "window")
        _require_version(self.version)
        _require_numbers(
            self, ("quota", "on_target"), ("opened", "accumulated", "base", "valued", "earned", "withheld")
        )


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
    credited: ExactNumber
    measured: ExactNumber
    base: ExactNumber
    paid: ExactNumber
    factor: ExactNumber

    def __attrs_post_init__(self) -> None:
        require_text(self.deal, code="commission.ledger", name="deal")
        for name in ("component", "period", "window"):
            _require_key(getattr(self, name), name)
        _require_version(self.version)
        require_instance(self.role, CreditRole, code="commission.ledger", name="role")
        _require_numbers(self, (), ("credited", "measured", "base", "paid", "factor"))


@attrs.frozen(kw_only=True)
class Earned:
    """What a component, SPIFF or plan earned in a settled period before its own limits, and these.

    Only what has limits is kept: taking back from a capped month takes no more than it would have paid less.
    Units: exact minor units.
    """

    name: str
    period: str
    earned: ExactNumber
    floor: ExactNumber | None
    cap: ExactNumber | None

    def __attrs_post_init__(self) -> None:
        require_text(self.name, code="commission.ledger", name="name")
        _require_key(self.period, "period")
        _require_numbers(self, ("floor", "cap"), ("earned",))


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

    def __attrs_post_init__(self) -> None:
        require_text(self.payee, code="commission.ledger", name="payee")
        require_text(self.plan, code="commission.ledger", name="plan")
        require_instance(self.currency, Currency, code="commission.ledger", name="currency")
        require_day(self.through, name="through")
        zero = Money.zero(self.currency)
        if zero.same(self.carried).minor > 0 or zero.same(self.owed).minor < 0:
            raise InvalidValue(
                f"carried is 0 or less, owed 0 or more: {self.carried}, {self.owed}",
                code="commission.ledger",
                value=None,
            )
        for name, kind, marks in (
            ("balances", Balance, ("component", "window", "version")),
            ("deals", DealRecord, ("component", "deal", "role")),
            ("limited", Earned, ("name", "period")),
        ):
            kept = listed(getattr(self, name), code="commission.ledger", name=name)
            seen = {
                tuple(
                    getattr(require_instance(each, kind, code="commission.ledger", name=name), mark) for mark in marks
                )
                for each in kept
            }
            if len(seen) < len(kept):
                raise InvalidValue(f"{name} holds something twice", code="commission.ledger", value=name)


def _require_key(value: object, name: str) -> None:
    """A window or period: text, also an empty one, or one with a line break."""
    if not isinstance(value, str) or len(value) > _MAX_KEY:
        raise InvalidType(f"{name} is text: {clip(value)}", code="commission.ledger", value=value)


def _require_version(value: object) -> None:
    if value is not None:
        require_day(value, name="version")


def _require_numbers(of: object, maybe: tuple[str, ...], always: tuple[str, ...]) -> None:
    for name in (*maybe, *always):
        value = getattr(of, name)
        if value is not None or name in always:
            require_instance(value, ExactNumber, code="commission.ledger", name=name)
