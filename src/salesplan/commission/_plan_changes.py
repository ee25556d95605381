"""What a change of plan is to whom: the values that `diff_plans` answers with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..display import Align, html_table, text_table
from ..errors import NotFound, clip
from ..money import Currency, Money
from ..rate import Rate
from ._figures import percent_text

__all__ = ["ComponentChange", "PayeeChange", "PlanDiff", "ranked"]

_SIDES = (Align.RIGHT, Align.LEFT, *[Align.RIGHT] * 4)
_HEAD = ("rank", "payee", "before", "after", "change", "by")


@attrs.frozen(kw_only=True)
class PayeeChange:
    """What *payee* is paid under both plans, base salary included; rank 1 gains most, equal changes share a rank."""

    payee: str
    before: Money
    after: Money
    rank: int

    @property
    def change(self) -> Money:
        """What is paid more; below 0 less."""
        return self.after - self.before

    @property
    def share(self) -> Rate | None:
        """The change as a share of the pay before; None where that was nothing."""
        return Rate(self.change.minor, self.before.minor) if self.before.minor > 0 else None


@attrs.frozen(kw_only=True)
class ComponentChange:
    """What all payees earn in the component of this id under both plans; None: a plan without it.

    *component* None is what belongs to none: base salaries, SPIFFs, limits of the plan, draws, what was carried.
    """

    component: str | None
    before: Money | None
    after: Money | None
    currency: Currency

    @property
    def change(self) -> Money:
        """What is earned more in it; below 0 less."""
        return Money(_minor(self.after) - _minor(self.before), self.currency)


@attrs.frozen(kw_only=True)
class PlanDiff:
    """What changes from plan *before* to plan *after*, payee by payee, the largest gain first.

    Law: the changes of the payees sum to the cost delta, and so do those of the components; a plan against itself
    changes nothing; the other way round everything changes its sign: diff(b, a) == -diff(a, b).
    """

    before: str
    after: str
    label: str
    currency: Currency
    payees: tuple[PayeeChange, ...]
    components: tuple[ComponentChange, ...]
    notes: tuple[str, ...] = ()

    @property
    def cost_before(self) -> Money:
        """What all are paid under the plan before."""
        return Money.sum([each.before for each in self.payees], currency=self.currency)

    @property
    def cost_after(self) -> Money:
        """What all are paid under the plan after."""
        return Money.sum([each.after for each in self.payees], currency=self.currency)

    @property
    def cost_delta(self) -> Money:
        """What the plan after costs more; below 0 less."""
        return self.cost_after - self.cost_before

    @property
    def winners(self) -> tuple[PayeeChange, ...]:
        """Who is paid more, the largest gain first."""
        return tuple(each for each in self.payees if each.change.minor > 0)

    @property
    def losers(self) -> tuple[PayeeChange, ...]:
        """Who is paid less, the largest loss first."""
        lost = (each for each in self.payees if each.change.minor < 0)
        return tuple(sorted(lost, key=lambda each: (each.change.minor, each.payee)))

    @property
    def unchanged(self) -> tuple[str, ...]:
        """Who is paid the same."""
        return tuple(each.payee for each in self.payees if each.change.minor == 0)

    @property
    def share_of_losers(self) -> Rate | None:
        """How many of the payees are paid less; None where there are none."""
        return Rate(len(self.losers), len(self.payees)) if self.payees else None

    def __getitem__(self, payee: str) -> PayeeChange:
        """The change of one payee.

        Raises: NotFound.
        """
        found = next((each for each in self.payees if each.payee == payee), None)
        if found is None:
            raise NotFound(f"nobody is called {clip(payee)}", code="commission.payee", value=payee)
        return found

    def __neg__(self) -> PlanDiff:
        """The way back."""
        return attrs.evolve(
            self,
            before=self.after,
            after=self.before,
            payees=ranked({each.payee: (each.after, each.before) for each in self.payees}),
            components=tuple(attrs.evolve(each, before=each.after, after=each.before) for each in self.components),
        )

    def explain(self) -> str:
        """Winners first, then who is unchanged, then losers; the sum, and component by component below."""
        parts = [self._head(), text_table([_HEAD, *self._rows()], align=_SIDES)]
        parts.append(
            text_table([("component", "before", "after", "change"), *self._component_rows()], align=_SIDES[1:5])
        )
        return "\n\n".join([*parts, *self.notes])

    def _repr_html_(self) -> str:
        return html_table(_HEAD, self._rows(), align=_SIDES, caption=self._head())

    def to_columns(self) -> dict[str, list[Any]]:
        """One row per payee, as lists of one length; amounts in whole minor units."""
        return {
            "payee": [each.payee for each in self.payees],
            "rank": [each.rank for each in self.payees],
            "before_minor": [each.before.minor for each in self.payees],
            "after_minor": [each.after.minor for each in self.payees],
            "change_minor": [each.change.minor for each in self.payees],
        }

    def _head(self) -> str:
        lost = self.share_of_losers
        share = "" if lost is None else f", {len(self.losers)} of {len(self.payees)} lose"
        return f"{self.label}: from {self.before} to {self.after}, {self.currency}{share}"

    def _rows(self) -> list[tuple[str, ...]]:
        rows = [
            (
                str(each.rank),
                each.payee,
                each.before.amount,
                each.after.amount,
                _signed(each.change),
                _percent(each.share),
            )
            for each in self.payees
        ]
        delta = self.cost_delta
        share = Rate(delta.minor, self.cost_before.minor) if self.cost_before.minor > 0 else None
        whole = ("", f"{len(rows)} in all", self.cost_before.amount, self.cost_after.amount)
        return [*rows, (*whole, _signed(delta), _percent(share))]

    def _component_rows(self) -> list[tuple[str, ...]]:
        return [
            (
                "all else" if each.component is None else each.component,
                "-" if each.before is None else each.before.amount,
                "-" if each.after is None else each.after.amount,
                _signed(each.change),
            )
            for each in self.components
        ]


def ranked(pays: Mapping[str, tuple[Money, Money]]) -> tuple[PayeeChange, ...]:
    """The largest gain first, ties by payee; equal changes share a rank."""
    order = sorted(pays, key=lambda name: (pays[name][0].minor - pays[name][1].minor, name))
    found: list[PayeeChange] = []
    for at, name in enumerate(order, start=1):
        before, after = pays[name]
        tied = found and found[-1].change == after - before
        rank = found[-1].rank if tied else at
        found.append(PayeeChange(payee=name, before=before, after=after, rank=rank))
    return tuple(found)


def _minor(amount: Money | None) -> int:
    return 0 if amount is None else amount.minor


def _signed(amount: Money) -> str:
    return f"+{amount.amount}" if amount.minor > 0 else amount.amount


def _percent(share: Rate | None) -> str:
    return "" if share is None else percent_text(share)
