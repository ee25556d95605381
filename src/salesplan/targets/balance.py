"""Balance: accounts to owners, so that everybody's potential is as even as their weight.

Sharing out a list evenly is a partition problem and has no quick exact answer. Accounts are given out largest
first, each to the owner with the least potential per weight (LPT, Graham 1969). Then, for each pair of owners, the
one move of an account or swap of two that brings the pair closest together is made, round after round (at most
1000) until none helps. Every such step lowers the weighted variance of potential per weight, so it ends, in a
balance that no single move or swap improves; a better one by three or more accounts at once may exist. Ties go to
the smaller id, so the order in which accounts and owners are listed does not matter.

Evenness is told in three numbers: each owner's share of the whole, the largest potential per weight over the
smallest, and the coefficient of variation, the weighted standard deviation of potential per weight over its mean.

Left out: distance, and accounts that must stay together (add them up first).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import combinations
from math import sqrt
from typing import Final

import attrs

from ..display import Align, html_table, text_table
from ..errors import InvalidValue, NotFound, clip
from ..money import Currency
from ..rate import Rate
from ._amounts import Amount, amount_of, shown, unit_of, units_of
from ._ratios import as_text, exact_rate, mapped, whole_parts

__all__ = ["Balance", "Territories", "balance_territories"]

_ROUNDS: Final = 1000
_ALIGN: Final = (Align.LEFT, *[Align.RIGHT] * 6)


@attrs.frozen(kw_only=True)
class Balance:
    """How evenly potential lies with the owners, each with their weight, by rising id.

    Units: minor units where the potential is money.
    """

    owners: tuple[str, ...]
    loads: tuple[int, ...]
    weights: tuple[int, ...]
    unit: Currency | None

    def load(self, owner: str) -> Amount:
        """The potential of that owner's accounts.

        Raises: NotFound.
        """
        return amount_of(self.loads[self._at(owner)], self.unit)

    def share(self, owner: str) -> Rate:
        """That owner's part of the whole.

        Raises: NotFound.
        """
        return exact_rate(Fraction(self.loads[self._at(owner)], sum(self.loads)), name="the share")

    @property
    def ratio(self) -> Rate | None:
        """The largest potential per weight over the smallest; None where somebody has nothing."""
        levels = self._levels
        return None if min(levels) == 0 else exact_rate(max(levels) / min(levels), name="the ratio")

    @property
    def cv(self) -> float:
        """The coefficient of variation of potential per weight: a statistic, hence a float; 0 is even."""
        whole = sum(self.weights)
        mean = Fraction(sum(self.loads), whole)
        spread = sum(weight * (level / mean - 1) ** 2 for weight, level in zip(self.weights, self._levels, strict=True))
        return sqrt(spread / whole)

    @property
    def _levels(self) -> list[Fraction]:
        return [Fraction(load, weight) for load, weight in zip(self.loads, self.weights, strict=True)]

    def _at(self, owner: str) -> int:
        if owner not in self.owners:
            raise NotFound(f"no owner {clip(owner)}", code="targets.balance.owner", value=owner)
        return self.owners.index(owner)


@attrs.frozen(kw_only=True)
class Territories:
    """Who owns which account, by rising account, and how even that is; *before* with the owners of today, if given.

    Law: every account has one owner; the loads sum to the potential.
    """

    owned: tuple[tuple[str, str], ...]
    before: Balance | None
    after: Balance

    def owner(self, account: str) -> str:
        """Who owns that account.

        Raises: NotFound.
        """
        for known, owner in self.owned:
            if known == account:
                return owner
        raise NotFound(f"no account {clip(account)}", code="targets.balance.account", value=account)

    def accounts(self, owner: str) -> tuple[str, ...]:
        """That owner's accounts.

        Raises: NotFound.
        """
        self.after.load(owner)
        return tuple(account for account, owned_by in self.owned if owned_by == owner)

    def explain(self) -> str:
        """Each owner's accounts, potential and share, before and after; below, how even that is."""
        return text_table(self._rows(), align=_ALIGN)

    def _repr_html_(self) -> str:
        head, *rows = self._rows()
        return html_table(head, rows, align=_ALIGN)

    def _rows(self) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = [
            ("owner", "weight", "accounts", "before", "share", "after", "share"),
            *(
                (owner, weight, len(self.accounts(owner)), *_cells(self.before, owner), *_cells(self.after, owner))
                for owner, weight in zip(self.after.owners, self.after.weights, strict=True)
            ),
        ]
        both = (self.before, self.after)
        ratios = [None if one is None or one.ratio is None else as_text(one.ratio, 3) for one in both]
        spreads = [None if one is None else f"{one.cv:.4f}" for one in both]
        for name, (old, new) in (("max/min", ratios), ("CV", spreads)):
            rows.append((name, "", "", old, "", new, ""))
        return rows


def balance_territories(
    accounts: Mapping[str, Amount],
    owners: Mapping[str, int | Rate],
    *,
    keep: Mapping[str, str] | None = None,
    current: Mapping[str, str] | None = None,
) -> Territories:
    """Give each account an owner, so that potential per weight is as even as moves and swaps make it.

    *accounts* maps to potential, *owners* to capacity weight; accounts in *keep* stay with the owner named there.
    *current* names today's owner of every account, to compare with.
    Law: no move or swap of accounts that are not kept lowers the CV; the order of the mappings does not matter.
    Raises: NotFound if *keep* or *current* name an unknown account or owner; InvalidValue for a negative potential,
    no potential at all, a weight that is not positive, or a *current* with gaps; InvalidType, CurrencyMismatch.
    >>> result = balance_territories({"a": 7, "b": 6, "c": 5, "d": 4, "e": 4, "f": 4}, {"ann": 1, "bo": 1})
    >>> print(result.explain())
    owner    weight  accounts  before  share   after  share
    ann           1         3       -      -      15   50 %
    bo            1         3       -      -      15   50 %
    max/min                         -              1
    CV                              -         0.0000
    """
    potential, unit = _potential(accounts)
    weights = whole_parts(owners, code="targets.balance.weight", low=1)
    kept = _owned({} if keep is None else keep, potential, weights, name="keep")
    today = _owned({} if current is None else current, potential, weights, name="current")
    if today and len(today) < len(potential):
        missing = min(potential.keys() - today.keys())
        raise InvalidValue(
            f"current names no owner of {clip(missing)}: name all or none",
            code="targets.balance.current",
            value=missing,
        )
    owned = _largest_first(potential, weights, kept)
    _improve(owned, potential, weights, kept)
    return Territories(
        owned=tuple(sorted(owned.items())),
        before=_balance(today, potential, weights, unit) if today else None,
        after=_balance(owned, potential, weights, unit),
    )


def _largest_first(potential: dict[str, int], weights: dict[str, int], kept: dict[str, str]) -> dict[str, str]:
    owned = dict(kept)
    loads = _loads(kept, potential, weights)
    for account in sorted(potential.keys() - kept.keys(), key=lambda account: (-potential[account], account)):
        owner = min(weights, key=lambda owner: (Fraction(loads[owner], weights[owner]), owner))
        owned[account] = owner
        loads[owner] += potential[account]
    return owned


def _improve(owned: dict[str, str], potential: dict[str, int], weights: dict[str, int], kept: dict[str, str]) -> None:
    """Make the best exchange of each pair of owners, round after round, until a round makes none."""
    loads = _loads(owned, potential, weights)
    free: dict[str, list[tuple[int, str]]] = {owner: [] for owner in weights}
    for account in sorted(owned.keys() - kept.keys()):
        free[owned[account]].append((potential[account], account))
    for several in free.values():
        several.sort()
    for _ in range(_ROUNDS):
        moved = False
        for first, second in combinations(weights, 2):
            lean = loads[first] * weights[second] - loads[second] * weights[first]
            giver, taker = (first, second) if lean > 0 else (second, first)
            exchange = _exchange(free[giver], free[taker], abs(lean), weights[first] + weights[second])
            if exchange is None:
                continue
            moved = True
            for given, source, target in ((exchange[0], giver, taker), (exchange[1], taker, giver)):
                if given is not None:
                    free[source].remove(given)
                    free[target].insert(bisect_left(free[target], given), given)
                    loads[source] -= given[0]
                    loads[target] += given[0]
                    owned[given[1]] = target
        if not moved:
            return


def _exchange(
    giver: list[tuple[int, str]], taker: list[tuple[int, str]], lean: int, both: int
) -> tuple[tuple[int, str], tuple[int, str] | None] | None:
    """What to give, and to take back for it, so that the net times *both* is nearest to *lean*; None if nothing helps.

    The pair is even once the net is lean / both, and every net strictly between 0 and twice that helps.
    """
    best, least = None, lean
    for given in giver:
        # the account to take back is the one next to given - lean / both on either side, or none
        at = bisect_left(taker, (-((lean - given[0] * both) // both), ""))
        for back in (None, *taker[max(at - 1, 0) : at + 1]):
            off = abs((given[0] - (back[0] if back else 0)) * both - lean)
            if off < least:
                best, least = (given, back), off
    return best


def _potential(accounts: Mapping[str, Amount]) -> tuple[dict[str, int], Currency | None]:
    given = mapped(accounts, code="targets.balance.accounts", name="accounts")
    unit = unit_of(next(iter(given.values())), name="potential") if given else None
    potential = {account: units_of(given[account], unit, name="potential") for account in sorted(given)}
    for account, units in potential.items():
        if units < 0:
            raise InvalidValue(
                f"the potential of {clip(account)} must not be negative: {given[account]}",
                code="targets.balance.potential",
                value=given[account],
            )
    if not any(potential.values()):
        raise InvalidValue("there is no potential to balance", code="targets.balance.potential", value=accounts)
    return potential, unit


def _owned(
    owned: Mapping[str, str], potential: dict[str, int], weights: dict[str, int], *, name: str
) -> dict[str, str]:
    given = mapped(owned, code=f"targets.balance.{name}", name=name)
    for account, owner in given.items():
        if account not in potential:
            raise NotFound(f"{name}: no account {clip(account)}", code="targets.balance.account", value=account)
        if not isinstance(owner, str) or owner not in weights:
            raise NotFound(f"{name}: no owner {clip(owner)}", code="targets.balance.owner", value=owner)
    return given


def _loads(owned: Mapping[str, str], potential: dict[str, int], owners: Iterable[str]) -> dict[str, int]:
    loads = dict.fromkeys(owners, 0)
    for account, owner in owned.items():
        loads[owner] += potential[account]
    return loads


def _balance(
    owned: Mapping[str, str], potential: dict[str, int], weights: dict[str, int], unit: Currency | None
) -> Balance:
    loads = _loads(owned, potential, weights)
    return Balance(owners=tuple(weights), loads=tuple(loads.values()), weights=tuple(weights.values()), unit=unit)


def _cells(balance: Balance | None, owner: str) -> tuple[str | None, str | None]:
    if balance is None:
        return None, None
    units = units_of(balance.load(owner), balance.unit, name="load")
    return shown(units, balance.unit), f"{as_text(balance.share(owner) * 100, 1)} %"
