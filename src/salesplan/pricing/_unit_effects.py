"""Benefits on single units: listed as (price, count) runs from dear to cheap, never one by one.

Arithmetic finds how many units of each run are reduced and by how much, and the runs are written back, so the cost
does not grow with the quantity. Positions count units from 0, dear to cheap; in groups of n the last *take* of each
group are rewarded, so among the first x units there are (x // n) * take + max(0, x % n - (n - take)).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ..apportion import split
from ._run import Effect, Goods, Pieces, Refusal, Run, even_pieces, merged
from .benefits import Charge, Pick
from .outcomes import Capped, RefusalCode

Outcome = Effect | Refusal


class Act(Protocol):
    """A benefit in its turn: the run, and what is left of the promotion's budget (None: no budget)."""

    def __call__(self, run: Run, left: int | None = None) -> Outcome: ...


Share = Callable[[int], int]
Unit = tuple[int, int, int]
"""(price, count, line)"""

NOTHING = Refusal(RefusalCode.NOTHING_IN_SCOPE)
NO_EFFECT = Refusal(RefusalCode.NO_EFFECT)


def held_by(amount: int, cap: int | None, left: int | None) -> tuple[int, Capped | None]:
    """An amount within a cap and what is left of a budget, and which of them held it."""
    capped = None
    if cap is not None and amount > cap:
        amount, capped = cap, Capped.CAP
    if left is not None and amount > left:
        amount, capped = left, Capped.BUDGET
    return amount, capped


def units_in(run: Run, goods: Goods) -> list[Unit]:
    """The units in scope from dear to cheap, ties by line."""
    units = [(price, count, at) for at in run.lines(goods) for price, count in run.units_of(at, goods)]
    units.sort(key=lambda unit: (-unit[0], unit[2]))
    return units


def unit_amount(goods: Goods, amount: int, limit: int | None, first: int | None) -> Act:
    def act(run: Run, left: int | None = None) -> Outcome:
        units = units_in(run, goods)
        if not units:
            return NOTHING
        hits = _dearest(units, limit)
        offs = [(unit, count, min(amount, unit[0])) for unit, count in hits]
        if first is not None:
            (top, count, off), *rest = offs
            offs = [(top, 1, min(first, top[0])), (top, count - 1, off), *rest]
        return on_units(run, offs, None, left)

    return act


def unit_price(goods: Goods, price: int, limit: int | None) -> Act:
    def act(run: Run, left: int | None = None) -> Outcome:
        units = units_in(run, goods)
        if not units:
            return NOTHING
        return on_units(run, [(unit, n, max(0, unit[0] - price)) for unit, n in _dearest(units, limit)], None, left)

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


def groups(goods: Goods, size: int, take: int, share: Share, pick: Pick, charge: Charge, max_times: int | None) -> Act:
    def rewarded(upto: int) -> int:
        """Rewarded units among the first *upto*."""
        return upto // size * take + max(0, upto % size - (size - take))

    def act(run: Run, left: int | None = None) -> Outcome:
        units = units_in(run, goods)
        if not units:
            return NOTHING
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
            return on_units(run, hits, None, left)
        members = _counted(units, lambda position: min(position, group_end))
        if pick is Pick.CHEAPEST:
            members = members + chosen
        return _on_group(run, sum(count * off for _, count, off in hits), members, left)

    return act


def rewards_from(
    bought: Goods, rewards: Goods, buy: int, get: int, share: Share, charge: Charge, max_times: int | None
) -> Act:
    def act(run: Run, left: int | None = None) -> Outcome:
        paid = units_in(run, bought)
        if not paid:
            return NOTHING
        have = sum([count for _, count, _ in paid])
        times = have // buy
        if not times:
            return Refusal(RefusalCode.QUANTITY, buy, have)
        if max_times is not None:
            times = min(times, max_times)
        counted = {at for _, _, at in paid}
        others = [unit for unit in units_in(run, rewards) if unit[2] not in counted]
        if not others:
            return NOTHING
        chosen = _dearest(others[::-1], times * get)
        hits = [(unit, count, share(unit[0])) for unit, count in chosen]
        if charge is Charge.REWARDED:
            return on_units(run, hits, None, left)
        off = sum(count * off for _, count, off in hits)
        return _on_group(run, off, _dearest(paid, times * buy) + chosen, left)

    return act


def bundle(goods: Goods, size: int, price: int, max_times: int | None) -> Act:
    def act(run: Run, left: int | None = None) -> Outcome:
        units = units_in(run, goods)
        if not units:
            return NOTHING
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
            return NO_EFFECT
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
    held, capped = held_by(amount, None, left)
    if held > sum(rooms):
        held, capped = sum(rooms), Capped.FLOOR
    parts = split(held, [price * count for (price, _, _), count in members], caps=rooms) if held else [0] * len(members)
    return _written(run, [(unit, count, part) for (unit, count), part in zip(members, parts, strict=True)], capped)


def on_units(run: Run, hits: list[tuple[Unit, int, int]], cap: int | None, left: int | None) -> Outcome:
    """*off* each of *count* units of a run, for every (unit, count, off), within their floors."""
    floors = run.core.floors
    totals = [min(off, max(0, unit[0] - floors[unit[2]])) * count for unit, count, off in hits]
    held, capped = held_by(sum([off * count for _, count, off in hits]), cap, left)
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
        return NO_EFFECT
    base = 0
    for at, pieces in fresh.items():
        base += run.net[at]
        before = run.pieces.get(at) or even_pieces(run.net[at], run.core.quantities[at])
        rest = [(price, count - hit.get((price, at), 0)) for price, count in before]
        fresh[at] = merged(pieces + [piece for piece in rest if piece[1]])
    lines = sorted(shares)
    return Effect(sum(shares.values()), base, lines, [shares[at] for at in lines], fresh, capped)
