"""Benefits as functions of the run: the effect in the promotion's turn, or why there is none.

Three shapes. *Order* benefits find an amount and split it over the lines. *Line* benefits find a share on each line.
*Unit* benefits list the units in scope as (price, count) runs from dear to cheap, find by arithmetic how many units
of each run are reduced and by how much, and write the runs back. Positions count units from 0, dear to cheap; in
groups of n the last *take* of each group are rewarded, so among the first x units there are (x // n) * take + max(0,
x % n - (n - take)).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Protocol, assert_never

from ..apportion import split
from ..money import Money, Rounding
from ..rate import Rate
from ._checks import Scopes, measured
from ._run import Effect, Goods, Pieces, Refusal, Run, even_pieces, merged
from .benefits import (
    AmountOff,
    Benefit,
    BundlePrice,
    BuyXGetY,
    Charge,
    CheapestFree,
    EverySpendSave,
    FixedUnitPrice,
    FreeGift,
    NthUnitOff,
    Per,
    PercentOff,
    Pick,
    QuantityPercent,
    ShippingAmountOff,
    ShippingOff,
    SpendAndPercent,
    SpendAndSave,
    UnitAmountOff,
)
from .conditions import Basis
from .outcomes import Capped, RefusalCode
from .policy import Policy, Rounded

Outcome = Effect | Refusal


class Act(Protocol):
    """A benefit in its turn: the run, and what is left of the promotion's budget (None: no budget)."""

    def __call__(self, run: Run, left: int | None = None) -> Outcome: ...


Share = Callable[[int], int]
Unit = tuple[int, int, int]
"""(price, count, line)"""

_NOTHING = Refusal(RefusalCode.NOTHING_IN_SCOPE)
_NO_EFFECT = Refusal(RefusalCode.NO_EFFECT)


def act_of(benefit: Benefit, goods: Goods, scopes: Scopes, policy: Policy) -> Act:
    """The benefit on its goods under a policy."""
    match benefit:
        case PercentOff(off=off, cap=cap, per=Per.ORDER):
            return _order(goods, _percent(_share(off, policy)), _minor(cap))
        case PercentOff(off=off, cap=cap, per=per):
            return _percent_each(goods, _share(off, policy), _minor(cap), per)
        case AmountOff(amount=amount):
            return _order(goods, _amount(amount.minor))
        case SpendAndSave(tiers=tiers, basis=basis):
            find = _spend_and_save(goods, _minors(tiers.thresholds), _minors(tiers.values), basis)
            return _order(goods, find)
        case EverySpendSave(every=every, save=save, basis=basis, max_times=max_times):
            return _order(goods, _every_spend(goods, every.minor, save.minor, basis, max_times))
        case SpendAndPercent(tiers=tiers, basis=basis, cap=cap):
            shares = [_share(off, policy) for off in tiers.values]
            return _order(goods, _spend_and_percent(goods, _minors(tiers.thresholds), shares, basis), _minor(cap))
        case QuantityPercent(tiers=counts, cap=cap):
            shares = [_share(off, policy) for off in counts.values]
            return _order(goods, _quantity_percent(goods, list(counts.thresholds), shares), _minor(cap))
        case UnitAmountOff(amount=amount, limit=limit, first=first):
            return _unit_amount(goods, amount.minor, limit, _minor(first))
        case FixedUnitPrice(price=price, limit=limit):
            return _unit_price(goods, price.minor, limit)
        case NthUnitOff(nth=nth, off=off, pick=pick, charge=charge, max_times=max_times):
            return _groups(goods, nth, 1, _share(off, policy), pick, charge, max_times)
        case CheapestFree(group=group, pick=pick, charge=charge, max_times=max_times):
            return _groups(goods, group, 1, _share(Rate(1), policy), pick, charge, max_times)
        case BuyXGetY(buy=buy, get=get, off=off, rewards=None, pick=pick, charge=charge, max_times=max_times):
            return _groups(goods, buy + get, get, _share(off, policy), pick, charge, max_times)
        case BuyXGetY(buy=buy, get=get, off=off, rewards=rewards, charge=charge, max_times=max_times):
            assert rewards is not None
            return _rewards(goods, scopes(rewards), buy, get, _share(off, policy), charge, max_times)
        case BundlePrice(size=size, price=price, max_times=max_times):
            return _bundle(goods, size, price.minor, max_times)
        case FreeGift():
            return _gift(goods)
        case ShippingOff(off=off, cap=cap):
            return _shipping(_share(off, policy), _minor(cap))
        case ShippingAmountOff(amount=amount):
            return _shipping(lambda fee: min(fee, amount.minor), None)
        case _:
            assert_never(benefit)


def _share(off: Rate, policy: Policy) -> Share:
    """The part of an amount that a rate takes off, rounded on the side the policy says."""
    top, bottom, divide = off.numerator, off.denominator, policy.rounding.divide
    if policy.rounded is Rounded.PRICE:
        keep = bottom - top
        return lambda value: value - divide(value * keep, bottom)
    if policy.rounding is Rounding.HALF_UP:
        return lambda value: (2 * value * top + bottom) // (2 * bottom)
    return lambda value: divide(value * top, bottom)


def _minor(money: Money | None) -> int | None:
    return None if money is None else money.minor


def _minors(amounts: Iterable[Money]) -> list[int]:
    return [amount.minor for amount in amounts]


def _held(amount: int, cap: int | None, left: int | None) -> tuple[int, Capped | None]:
    """An amount within a cap and what is left of a budget, and which of them held it."""
    capped = None
    if cap is not None and amount > cap:
        amount, capped = cap, Capped.CAP
    if left is not None and amount > left:
        amount, capped = left, Capped.BUDGET
    return amount, capped


# -- order ---------------------------------------------------------------------------------------------------------

Find = Callable[[Run, int], tuple[int, int] | Refusal]
"""From the run and what the goods in scope cost: the amount off and the base it was computed on."""


def _order(goods: Goods, find: Find, cap: int | None = None) -> Act:
    def act(run: Run, left: int | None = None) -> Outcome:
        lines, values = run.look(goods)
        if not lines:
            return _NOTHING
        whole = sum(values)
        found = find(run, whole)
        if isinstance(found, Refusal):
            return found
        amount, base = found
        capped = None
        if cap is not None or left is not None:
            amount, capped = _held(amount, cap, left)
        return run.reduce(amount, goods, lines, values, whole, base, capped)

    return act


def _amount(amount: int) -> Find:
    return lambda run, whole: (amount, whole)


def _percent(share: Share) -> Find:
    return lambda run, whole: (share(whole), whole)


def _spend_and_save(goods: Goods, thresholds: list[int], savings: list[int], basis: Basis) -> Find:
    running = basis is Basis.RUNNING

    def find(run: Run, whole: int) -> tuple[int, int] | Refusal:
        have = whole if running else measured(run, goods, basis)
        tier = bisect_right(thresholds, have)
        return (savings[tier - 1], have) if tier else Refusal(RefusalCode.SPEND, thresholds[0], have)

    return find


def _every_spend(goods: Goods, every: int, save: int, basis: Basis, max_times: int | None) -> Find:
    def find(run: Run, whole: int) -> tuple[int, int] | Refusal:
        have = measured(run, goods, basis)
        times = have // every
        if not times:
            return Refusal(RefusalCode.SPEND, every, have)
        return (times if max_times is None else min(times, max_times)) * save, have

    return find


def _spend_and_percent(goods: Goods, thresholds: list[int], shares: list[Share], basis: Basis) -> Find:
    def find(run: Run, whole: int) -> tuple[int, int] | Refusal:
        have = measured(run, goods, basis)
        tier = bisect_right(thresholds, have)
        return (shares[tier - 1](whole), have) if tier else Refusal(RefusalCode.SPEND, thresholds[0], have)

    return find


def _quantity_percent(goods: Goods, thresholds: list[int], shares: list[Share]) -> Find:
    def find(run: Run, whole: int) -> tuple[int, int] | Refusal:
        have = run.count(goods)
        tier = bisect_right(thresholds, have)
        return (shares[tier - 1](whole), whole) if tier else Refusal(RefusalCode.QUANTITY, thresholds[0], have)

    return find


def _percent_each(goods: Goods, share: Share, cap: int | None, per: Per) -> Act:
    def act(run: Run, left: int | None = None) -> Outcome:
        lines, values = run.look(goods)
        if not lines:
            return _NOTHING
        if per is Per.UNIT:
            return _on_units(run, [(unit, unit[1], share(unit[0])) for unit in _units(run, goods)], cap, left)
        shares = [share(value) for value in values]
        _, capped = _held(sum(shares), cap, left)
        limit = min((bound for bound in (cap, left) if bound is not None), default=None)
        return run.reduce_each(shares, goods, lines, sum(values), limit, capped)

    return act


# -- units ---------------------------------------------------------------------------------------------------------


def _units(run: Run, goods: Goods) -> list[Unit]:
    """The units in scope from dear to cheap, ties by line."""
    units = [(price, count, at) for at in run.lines(goods) for price, count in run.units_of(at, goods)]
    units.sort(key=lambda unit: (-unit[0], unit[2]))
    return units


def _unit_amount(goods: Goods, amount: int, limit: int | None, first: int | None) -> Act:
    def act(run: Run, left: int | None = None) -> Outcome:
        units = _units(run, goods)
        if not units:
            return _NOTHING
        hits = _dearest(units, limit)
        offs = [(unit, count, min(amount, unit[0])) for unit, count in hits]
        if first is not None:
            (top, count, off), *rest = offs
            offs = [(top, 1, min(first, top[0])), (top, count - 1, off), *rest]
        return _on_units(run, offs, None, left)

    return act


def _unit_price(goods: Goods, price: int, limit: int | None) -> Act:
    def act(run: Run, left: int | None = None) -> Outcome:
        units = _units(run, goods)
        if not units:
            return _NOTHING
        return _on_units(run, [(unit, n, max(0, unit[0] - price)) for unit, n in _dearest(units, limit)], None, left)

    return act


def _dearest(units: list[Unit], limit: int | None) -> list[tuple[Unit, int]]:
    """The first *limit* units, all of them when None."""
    if limit is None:
        return [(unit, unit[1]) for unit in units]
    hits = []
    for unit in units:
        if limit <= 0:
            break
        hits.append((unit, min(limit, unit[1])))
        limit -= unit[1]
    return hits


def _groups(goods: Goods, size: int, take: int, share: Share, pick: Pick, charge: Charge, max_times: int | None) -> Act:
    def rewarded(upto: int) -> int:
        """Rewarded units among the first *upto*."""
        return upto // size * take + max(0, upto % size - (size - take))

    def act(run: Run, left: int | None = None) -> Outcome:
        units = _units(run, goods)
        if not units:
            return _NOTHING
        total = sum([count for _, count, _ in units])
        end = total if max_times is None else min(total, max_times * size)
        if end % size <= size - take:
            end -= end % size  # units too few for another reward belong to no group
        wanted = rewarded(end)
        if not wanted:
            return Refusal(RefusalCode.QUANTITY, size - take + 1, total)
        if pick is Pick.EACH_GROUP:
            chosen = _counted(units, lambda position: rewarded(min(position, end)))
            group_end = end
        else:
            chosen = _counted(units, lambda position: max(0, position - (total - wanted)))
            group_end = end - wanted
        hits = [(unit, count, share(unit[0])) for unit, count in chosen]
        if charge is Charge.REWARDED:
            return _on_units(run, hits, None, left)
        members = _counted(units, lambda position: min(position, group_end))
        if pick is Pick.CHEAPEST:
            members = members + chosen
        return _on_group(run, sum(count * off for _, count, off in hits), members, left)

    return act


def _rewards(
    bought: Goods, rewards: Goods, buy: int, get: int, share: Share, charge: Charge, max_times: int | None
) -> Act:
    def act(run: Run, left: int | None = None) -> Outcome:
        paid = _units(run, bought)
        if not paid:
            return _NOTHING
        have = sum([count for _, count, _ in paid])
        times = have // buy
        if not times:
            return Refusal(RefusalCode.QUANTITY, buy, have)
        if max_times is not None:
            times = min(times, max_times)
        counted = {at for _, _, at in paid}
        others = [unit for unit in _units(run, rewards) if unit[2] not in counted]
        if not others:
            return _NOTHING
        chosen = _dearest(others[::-1], times * get)
        hits = [(unit, count, share(unit[0])) for unit, count in chosen]
        if charge is Charge.REWARDED:
            return _on_units(run, hits, None, left)
        off = sum(count * off for _, count, off in hits)
        return _on_group(run, off, _dearest(paid, times * buy) + chosen, left)

    return act


def _bundle(goods: Goods, size: int, price: int, max_times: int | None) -> Act:
    def act(run: Run, left: int | None = None) -> Outcome:
        units = _units(run, goods)
        if not units:
            return _NOTHING
        total = sum([count for _, count, _ in units])
        most = total // size
        if not most:
            return Refusal(RefusalCode.QUANTITY, size, total)
        if max_times is not None:
            most = min(most, max_times)
        # group sums fall from dear to cheap: bisect for the last that still costs more than the bundle
        low, high = 0, most
        while low < high:
            middle = (low + high + 1) // 2
            if _first_cost(units, middle * size) - _first_cost(units, (middle - 1) * size) > price:
                low = middle
            else:
                high = middle - 1
        if not low:
            return _NO_EFFECT
        members = _dearest(units, low * size)
        return _on_group(run, _first_cost(units, low * size) - low * price, members, left)

    return act


def _counted(units: list[Unit], upto: Callable[[int], int]) -> list[tuple[Unit, int]]:
    """How many of each run are hit, given how many of the first n units are."""
    hits, seen, before = [], 0, 0
    for unit in units:
        seen += unit[1]
        now = upto(seen)
        if now > before:
            hits.append((unit, now - before))
        before = now
    return hits


def _first_cost(units: list[Unit], upto: int) -> int:
    """What the first *upto* units cost."""
    cost = 0
    for price, count, _ in units:
        cost += price * min(count, upto)
        upto -= count
        if upto <= 0:
            break
    return cost


def _on_group(run: Run, amount: int, members: list[tuple[Unit, int]], left: int | None) -> Outcome:
    """An amount spread over the units of a group in proportion to their price, within their floors."""
    floors = run.core.floors
    rooms = [max(0, price - floors[at]) * count for (price, _, at), count in members]
    held, capped = _held(amount, None, left)
    if held > sum(rooms):
        held, capped = sum(rooms), Capped.FLOOR
    parts = split(held, [price * count for (price, _, _), count in members], caps=rooms) if held else [0] * len(members)
    return _written(run, [(unit, count, part) for (unit, count), part in zip(members, parts, strict=True)], capped)


def _on_units(run: Run, hits: list[tuple[Unit, int, int]], cap: int | None, left: int | None) -> Outcome:
    """*off* each of *count* units of a run, for every (unit, count, off), within their floors."""
    floors = run.core.floors
    totals = [min(off, max(0, unit[0] - floors[unit[2]])) * count for unit, count, off in hits]
    held, capped = _held(sum([off * count for _, count, off in hits]), cap, left)
    amount = sum(totals)
    if amount < held:
        held, capped = amount, Capped.FLOOR
    if held < amount:
        totals = split(held, totals, caps=totals)
    return _written(run, [(unit, count, part) for (unit, count, _), part in zip(hits, totals, strict=True)], capped)


def _written(run: Run, taken: list[tuple[Unit, int, int]], capped: Capped | None) -> Outcome:
    """The effect of taking *part* off *count* units of each run; (price, line) names a run."""
    shares: dict[int, int] = {}
    hit: dict[tuple[int, int], int] = {}
    fresh: dict[int, Pieces] = {}
    for (price, _, at), count, part in taken:
        if not part:
            continue
        shares[at] = shares.get(at, 0) + part
        hit[price, at] = hit.get((price, at), 0) + count
        fresh.setdefault(at, []).extend(even_pieces(price * count - part, count))
    if not shares:
        return _NO_EFFECT
    base = 0
    for at, pieces in fresh.items():
        base += run.net[at]
        before = run.pieces.get(at) or even_pieces(run.net[at], run.core.quantities[at])
        rest = [(price, count - hit.get((price, at), 0)) for price, count in before]
        fresh[at] = merged(pieces + [piece for piece in rest if piece[1]])
    lines = sorted(shares)
    return Effect(sum(shares.values()), base, lines, [shares[at] for at in lines], fresh, capped)


# -- beside the goods ----------------------------------------------------------------------------------------------


def _gift(goods: Goods) -> Act:
    def act(run: Run, left: int | None = None) -> Outcome:
        return Effect(0, 0, (), ()) if run.lines(goods) else _NOTHING

    return act


def _shipping(share: Share, cap: int | None) -> Act:
    def act(run: Run, left: int | None = None) -> Outcome:
        held, capped = _held(share(run.shipping), cap, left)
        return Effect(held, run.shipping, (), (), None, capped) if held else _NO_EFFECT

    return act
