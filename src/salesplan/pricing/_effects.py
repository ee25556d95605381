"""Benefits as functions of the run: the effect in the promotion's turn, or why there is none.

*Order* benefits find an amount and split it over the lines; *line* benefits find a share on each line; benefits on
single units are in `_unit_effects`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import assert_never

from ..money import Money, Rounding
from ..rate import Rate
from ._checks import Scopes, measured
from ._run import Effect, Goods, Refusal, Run
from ._unit_effects import (
    NO_EFFECT,
    NOTHING,
    Act,
    Outcome,
    Share,
    bundle,
    groups,
    held_by,
    on_units,
    rewards_from,
    unit_amount,
    unit_price,
    units_in,
)
from .benefits import (
    AmountOff,
    Benefit,
    BundlePrice,
    BuyXGetY,
    CheapestFree,
    EverySpendSave,
    FixedUnitPrice,
    FreeGift,
    NthUnitOff,
    Per,
    PercentOff,
    QuantityPercent,
    ShippingAmountOff,
    ShippingOff,
    SpendAndPercent,
    SpendAndSave,
    UnitAmountOff,
)
from .conditions import Basis
from .outcomes import RefusalCode
from .policy import Policy, Rounded

__all__ = ["Outcome", "act_of"]


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
            return unit_amount(goods, amount.minor, limit, _minor(first))
        case FixedUnitPrice(price=price, limit=limit):
            return unit_price(goods, price.minor, limit)
        case NthUnitOff(nth=nth, off=off, pick=pick, charge=charge, max_times=max_times):
            return groups(goods, nth, 1, _share(off, policy), pick, charge, max_times)
        case CheapestFree(group=group, pick=pick, charge=charge, max_times=max_times):
            return groups(goods, group, 1, _share(Rate(1), policy), pick, charge, max_times)
        case BuyXGetY(buy=buy, get=get, off=off, rewards=None, pick=pick, charge=charge, max_times=max_times):
            return groups(goods, buy + get, get, _share(off, policy), pick, charge, max_times)
        case BuyXGetY(buy=buy, get=get, off=off, rewards=rewards, charge=charge, max_times=max_times):
            assert rewards is not None
            return rewards_from(goods, scopes(rewards), buy, get, _share(off, policy), charge, max_times)
        case BundlePrice(size=size, price=price, max_times=max_times):
            return bundle(goods, size, price.minor, max_times)
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


# -- order ---------------------------------------------------------------------------------------------------------

Find = Callable[[Run, int], tuple[int, int] | Refusal]
"""From the run and what the goods in scope cost: the amount off and the base it was computed on."""


def _order(goods: Goods, find: Find, cap: int | None = None) -> Act:
    def act(run: Run, left: int | None = None) -> Outcome:
        lines, values = run.look(goods)
        if not lines:
            return NOTHING
        whole = sum(values)
        found = find(run, whole)
        if isinstance(found, Refusal):
            return found
        amount, base = found
        capped = None
        if cap is not None or left is not None:
            amount, capped = held_by(amount, cap, left)
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
            return NOTHING
        if per is Per.UNIT:
            return on_units(run, [(unit, unit[1], share(unit[0])) for unit in units_in(run, goods)], cap, left)
        shares = [share(value) for value in values]
        _, capped = held_by(sum(shares), cap, left)
        limit = min((bound for bound in (cap, left) if bound is not None), default=None)
        return run.reduce_each(shares, goods, lines, sum(values), limit, capped)

    return act


# -- beside the goods ----------------------------------------------------------------------------------------------


def _gift(goods: Goods) -> Act:
    def act(run: Run, left: int | None = None) -> Outcome:
        return Effect(0, 0, (), ()) if run.lines(goods) else NOTHING

    return act


def _shipping(share: Share, cap: int | None) -> Act:
    def act(run: Run, left: int | None = None) -> Outcome:
        held, capped = held_by(share(run.shipping), cap, left)
        return Effect(held, run.shipping, (), (), None, capped) if held else NO_EFFECT

    return act
