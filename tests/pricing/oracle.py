"""The slow obvious `price`: each unit of the cart is one entry of a list, amounts are fractions until they are rounded.

Written from the docstrings. It knows PRIORITY only and largest remainder only; everything else it does in full. What it
refuses to know: runs, bit masks, monotonicity. Conflicts are asked of two promotions at a time.

One thing a list of unit prices does not say: an amount taken off a whole line is spread evenly over its units, until
a promotion has treated some of them apart from others (`Stall.parted`); from then on it falls on them in proportion.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import combinations, takewhile
from typing import assert_never
from zoneinfo import ZoneInfo

import attrs

from salesplan.money import Money, Rounding
from salesplan.pricing import (
    AllOf,
    AmountOff,
    AnyOf,
    Basis,
    BundlePrice,
    BuyXGetY,
    Cart,
    CartLine,
    Charge,
    CheapestFree,
    CodeEntered,
    Condition,
    Discountable,
    Discounted,
    DuringHours,
    EverySpendSave,
    Exclusive,
    Exclusives,
    FirstOrder,
    FixedUnitPrice,
    FreeGift,
    InSegment,
    MemberLevelAtLeast,
    Not,
    NotAlreadyDiscounted,
    NthUnitOff,
    OnChannel,
    Overflow,
    Per,
    PercentOff,
    Phase,
    Pick,
    Policy,
    Promotion,
    QuantityAtLeast,
    QuantityPercent,
    RefusalCode,
    Rounded,
    Scope,
    ShippingAmountOff,
    ShippingOff,
    Shopper,
    SpendAndPercent,
    SpendAndSave,
    SpendAtLeast,
    UnitAmountOff,
    Usage,
    Weekday,
    Weights,
)
from salesplan.rate import Rate
from salesplan.window import Window
from tests.pricing.strategies import Situation

# --- numbers --------------------------------------------------------------------------------------------------------


def rounded(value: Fraction, rounding: Rounding) -> int:
    """A value of 0 or more as an integer."""
    below = math.floor(value)
    rest = value - below
    if not rest:
        return below
    half = Fraction(1, 2)
    up = {
        Rounding.HALF_UP: rest >= half,
        Rounding.HALF_CEILING: rest >= half,
        Rounding.HALF_DOWN: rest > half,
        Rounding.HALF_FLOOR: rest > half,
        Rounding.HALF_EVEN: rest > half or (rest == half and below % 2 == 1),
        Rounding.HALF_ODD: rest > half or (rest == half and below % 2 == 0),
        Rounding.UP: True,
        Rounding.CEILING: True,
        Rounding.DOWN: False,
        Rounding.FLOOR: False,
        Rounding.UP_05: below % 10 in (0, 5),
    }[rounding]
    return below + up


def taken_off(value: int, off: Rate, policy: Policy) -> int:
    """The part of a price that a rate takes off."""
    share = Fraction(off.numerator, off.denominator)
    if policy.rounded is Rounded.PRICE:
        return value - rounded(value * (1 - share), policy.rounding)
    return rounded(value * share, policy.rounding)


def shared(total: int, weights: Sequence[int], rooms: Sequence[int] | None = None) -> list[int]:
    """Largest remainder, ties to the earlier; who would outgrow its room gets its room, and the rest is shared anew."""
    parts = [0] * len(weights)
    live = {at for at, weight in enumerate(weights) if weight}
    while total and live:
        whole = sum(weights[at] for at in live)
        exact = {at: Fraction(total * weights[at], whole) for at in live}
        full = {at for at in live if rooms is not None and exact[at] >= rooms[at]}
        if not full:
            order = sorted(live, key=lambda at: (math.floor(exact[at]) - exact[at], at))
            for at in live:
                parts[at] = math.floor(exact[at])
            for at in order[: total - sum(parts[at] for at in live)]:
                parts[at] += 1
            return parts
        for at in full:
            assert rooms is not None
            parts[at] = rooms[at]
            total -= rooms[at]
        live -= full
    return parts


def even(total: int, count: int) -> list[int]:
    """*count* prices that sum to *total*, as alike as can be."""
    return sorted((total // count + (at < total % count) for at in range(count)), reverse=True)


# --- the cart as units ----------------------------------------------------------------------------------------------


@attrs.define
class Stall:
    """What every single unit costs by now."""

    lines: dict[str, CartLine]
    units: dict[str, list[int]]
    parted: set[str]
    activity: dict[str, int]
    shipping: int

    @classmethod
    def of(cls, cart: Cart) -> Stall:
        lines = {line.id: line for line in sorted(cart.lines, key=lambda line: line.id)}
        return cls(
            lines=lines,
            units={id: [line.unit_price.minor] * line.quantity for id, line in lines.items()},
            parted=set(),
            activity={id: line.list_total.minor for id, line in lines.items()},
            shipping=0 if cart.shipping is None else cart.shipping.minor,
        )

    def net(self, id: str) -> int:
        return sum(self.units[id])

    def listed(self, id: str) -> int:
        return self.lines[id].list_total.minor

    def floor(self, id: str) -> int:
        floor = self.lines[id].price_floor
        return 0 if floor is None else floor.minor

    def covered(self, scope: Scope) -> list[str]:
        """The lines of the scope's names."""
        return [
            id
            for id, line in self.lines.items()
            if line.discountable is Discountable.YES
            and scope.covers(sku=line.sku, category=line.category, tags=line.tags, seller=line.seller)
        ]

    def inside(self, scope: Scope, id: str) -> list[int]:
        """The prices of a line's units in scope."""
        if scope.discounted is Discounted.INCLUDED:
            return self.units[id]
        return [price for price in self.units[id] if price == self.lines[id].unit_price.minor]

    def dear_to_cheap(self, scope: Scope) -> list[tuple[int, str]]:
        found = [(price, id) for id in self.covered(scope) for price in self.inside(scope, id)]
        return sorted(found, key=lambda unit: (-unit[0], unit[1]))

    def worth(self, scope: Scope, basis: Basis = Basis.RUNNING) -> int:
        total = 0
        for id in self.covered(scope):
            if basis is Basis.RUNNING or scope.discounted is Discounted.EXCLUDED:
                total += sum(self.inside(scope, id))
            else:
                total += self.listed(id) if basis is Basis.LIST else self.activity[id]
        return total

    def count(self, scope: Scope) -> int:
        return sum(len(self.inside(scope, id)) for id in self.covered(scope))


# --- conditions -----------------------------------------------------------------------------------------------------

WEEK = tuple(Weekday)


def refusal(asked: Situation, stall: Stall, promotion: Promotion) -> RefusalCode | None:
    """Why a promotion may not have its turn."""
    if not promotion.window.contains(asked.at):
        early = isinstance(promotion.window, Window) and promotion.window.starts_after(asked.at)
        return RefusalCode.NOT_STARTED if early else RefusalCode.EXPIRED
    if promotion.code is not None and promotion.code not in asked.shopper.codes:
        return RefusalCode.CODE_NOT_ENTERED
    limits, id = promotion.limits, promotion.id
    if limits.uses is not None and dict(asked.usage.uses).get(id, 0) >= limits.uses:
        return RefusalCode.USES_SPENT
    if limits.uses_per_shopper is not None and dict(asked.shopper.uses).get(id, 0) >= limits.uses_per_shopper:
        return RefusalCode.SHOPPER_USES_SPENT
    left = budget_left(promotion, asked.usage)
    if left is not None and left <= 0:
        return RefusalCode.BUDGET_SPENT
    for condition in promotion.conditions:
        failed = unmet(condition, promotion.scope, stall, asked.shopper, asked.at)
        if failed is not None:
            return failed
    return None


def budget_left(promotion: Promotion, usage: Usage) -> int | None:
    budget = promotion.limits.budget
    if budget is None:
        return None
    spent = dict(usage.spent).get(promotion.id)
    return budget.minor - (0 if spent is None else spent.minor)


def unmet(condition: Condition, own: Scope, stall: Stall, shopper: Shopper, at: datetime) -> RefusalCode | None:
    """None when the condition holds."""
    match condition:
        case SpendAtLeast():
            have = stall.worth(condition.scope or own, condition.basis)
            return None if have >= condition.amount.minor else RefusalCode.SPEND
        case QuantityAtLeast():
            return None if stall.count(condition.scope or own) >= condition.quantity else RefusalCode.QUANTITY
        case NotAlreadyDiscounted():
            touched = [id for id in stall.covered(condition.scope or own) if stall.net(id) < stall.listed(id)]
            return RefusalCode.ALREADY_DISCOUNTED if touched else None
        case InSegment():
            return None if condition.segments & shopper.segments else RefusalCode.SEGMENT
        case MemberLevelAtLeast():
            if shopper.member_level is None:
                return RefusalCode.UNKNOWN_FACT
            return None if shopper.member_level >= condition.level else RefusalCode.MEMBER_LEVEL
        case FirstOrder():
            if shopper.orders is None:
                return RefusalCode.UNKNOWN_FACT
            return RefusalCode.NOT_FIRST_ORDER if shopper.orders else None
        case OnChannel():
            if shopper.channel is None:
                return RefusalCode.UNKNOWN_FACT
            return None if shopper.channel in condition.channels else RefusalCode.CHANNEL
        case CodeEntered():
            return None if condition.code in shopper.codes else RefusalCode.CODE_NOT_ENTERED
        case DuringHours():
            return None if _open(condition, at) else RefusalCode.HOURS
        case AllOf():
            # three-valued: one that fails settles it; else one that is unknown leaves it open
            codes = [unmet(part, own, stall, shopper, at) for part in condition.conditions]
            failed = [code for code in codes if code not in (None, RefusalCode.UNKNOWN_FACT)]
            return next((code for code in [*failed, *codes] if code is not None), None)
        case AnyOf():
            codes = [unmet(part, own, stall, shopper, at) for part in condition.conditions]
            if None in codes:
                return None
            return RefusalCode.UNKNOWN_FACT if RefusalCode.UNKNOWN_FACT in codes else codes[0]
        case Not():
            code = unmet(condition.condition, own, stall, shopper, at)
            if code is RefusalCode.UNKNOWN_FACT:
                return code
            return RefusalCode.EXCLUDED if code is None else None
        case _:
            assert_never(condition)


def _open(hours: DuringHours, at: datetime) -> bool:
    """Whether a range that began today or yesterday holds."""
    local = at.astimezone(ZoneInfo(hours.zone)).replace(tzinfo=None)
    for began in (local.date(), local.date() - timedelta(days=1)):
        start = datetime.combine(began, hours.start)
        end = datetime.combine(began, hours.end)
        if end <= start:
            end += timedelta(days=1)
        if start <= local < end and WEEK[began.weekday()] in hours.days:
            return True
    return False


# --- benefits -------------------------------------------------------------------------------------------------------


@attrs.define
class Offer:
    """What a promotion would take off each line, and what its units would then cost."""

    shares: dict[str, int]
    units: dict[str, list[int]]
    shipping: int = 0
    is_gift: bool = False
    parts: set[str] = attrs.Factory(set)
    """Lines whose units are from then on apart."""

    @property
    def amount(self) -> int:
        return sum(self.shares.values()) + self.shipping


def offer_of(asked: Situation, stall: Stall, promotion: Promotion) -> Offer | RefusalCode:
    """What a promotion does in its turn."""
    failed = refusal(asked, stall, promotion)
    if failed is not None:
        return failed
    offer = _offer(promotion, stall, asked.policy, budget_left(promotion, asked.usage))
    if isinstance(offer, Offer) and not offer.amount and not offer.is_gift:
        return RefusalCode.NO_EFFECT
    return offer


def _offer(promotion: Promotion, stall: Stall, policy: Policy, left: int | None) -> Offer | RefusalCode:
    benefit, scope = promotion.benefit, promotion.scope
    if isinstance(benefit, ShippingOff):
        off = taken_off(stall.shipping, benefit.off, policy)
        return Offer({}, {}, shipping=_least(off, benefit.cap, left))
    if isinstance(benefit, ShippingAmountOff):
        return Offer({}, {}, shipping=_least(stall.shipping, benefit.amount, left))
    if not stall.covered(scope):
        return RefusalCode.NOTHING_IN_SCOPE
    if isinstance(benefit, FreeGift):
        return Offer({}, {}, is_gift=True)
    if isinstance(benefit, PercentOff) and benefit.per is Per.LINE:
        return _per_line(benefit, scope, stall, policy, left)
    if isinstance(benefit, PercentOff) and benefit.per is Per.UNIT:
        hits = [(unit, taken_off(unit[0], benefit.off, policy)) for unit in stall.dear_to_cheap(scope)]
        return _single_units(stall, hits, benefit.cap, left)
    if isinstance(benefit, PercentOff | AmountOff | SpendAndSave | EverySpendSave | SpendAndPercent | QuantityPercent):
        amount = _order_amount(benefit, scope, stall, policy)
        if isinstance(amount, RefusalCode):
            return amount
        return _spread(_least(amount, getattr(benefit, "cap", None), left), scope, stall, policy)
    units = stall.dear_to_cheap(scope)
    if not units:
        return RefusalCode.NOTHING_IN_SCOPE
    match benefit:
        case UnitAmountOff():
            first = benefit.amount if benefit.first is None else benefit.first
            offs = [first.minor] + [benefit.amount.minor] * len(units)
            return _single_units(stall, list(zip(units[: benefit.limit], offs, strict=False)), None, left)
        case FixedUnitPrice():
            hits = [(unit, unit[0] - benefit.price.minor) for unit in units[: benefit.limit]]
            return _single_units(stall, [hit for hit in hits if hit[1] > 0], None, left)
        case NthUnitOff():
            return _grouped(benefit, benefit.nth, 1, benefit.off, units, stall, policy, left)
        case CheapestFree():
            return _grouped(benefit, benefit.group, 1, Rate(1), units, stall, policy, left)
        case BuyXGetY(rewards=None):
            size = benefit.buy + benefit.get
            return _grouped(benefit, size, benefit.get, benefit.off, units, stall, policy, left)
        case BuyXGetY():
            return _rewarded(benefit, units, stall, policy, left)
        case BundlePrice():
            return _bundled(benefit, units, stall, left)
        case _:
            assert_never(benefit)


def _least(amount: int, cap: Money | None, left: int | None) -> int:
    return min([amount] + ([] if cap is None else [cap.minor]) + ([] if left is None else [left]))


def _order_amount(
    benefit: PercentOff | AmountOff | SpendAndSave | EverySpendSave | SpendAndPercent | QuantityPercent,
    scope: Scope,
    stall: Stall,
    policy: Policy,
) -> int | RefusalCode:
    whole = stall.worth(scope)
    match benefit:
        case PercentOff():
            return taken_off(whole, benefit.off, policy)
        case AmountOff():
            return benefit.amount.minor
        case SpendAndSave():
            have = stall.worth(scope, benefit.basis)
            reached = [step.value for step in benefit.tiers.steps if step.threshold.minor <= have]
            return reached[-1].minor if reached else RefusalCode.SPEND
        case EverySpendSave():
            times = stall.worth(scope, benefit.basis) // benefit.every.minor
            if not times:
                return RefusalCode.SPEND
            return benefit.save.minor * (times if benefit.max_times is None else min(times, benefit.max_times))
        case SpendAndPercent():
            have = stall.worth(scope, benefit.basis)
            rates = [step.value for step in benefit.tiers.steps if step.threshold.minor <= have]
            return taken_off(whole, rates[-1], policy) if rates else RefusalCode.SPEND
        case QuantityPercent():
            rates = [step.value for step in benefit.tiers.steps if step.threshold <= stall.count(scope)]
            return taken_off(whole, rates[-1], policy) if rates else RefusalCode.QUANTITY
        case _:
            assert_never(benefit)


def _spread(amount: int, scope: Scope, stall: Stall, policy: Policy) -> Offer:
    """An amount over the lines in scope."""
    lines = stall.covered(scope)
    values = [sum(stall.inside(scope, id)) for id in lines]
    rooms = [sum(max(0, price - stall.floor(id)) for price in stall.inside(scope, id)) for id in lines]
    weights = values
    if policy.weights is Weights.LIST:
        weights = [stall.listed(id) if value else 0 for id, value in zip(lines, values, strict=True)]
    if policy.overflow is Overflow.LOSE and (policy.weights is Weights.LIST or any(map(stall.floor, stall.lines))):
        wanted = shared(amount, weights)
        parts = [min(part, room) for part, room in zip(wanted, rooms, strict=True)]
    else:
        takes = sum(room for room, weight in zip(rooms, weights, strict=True) if weight)
        parts = shared(min(amount, takes), weights, rooms)
    return _on_lines(dict(zip(lines, parts, strict=True)), scope, stall)


def _per_line(benefit: PercentOff, scope: Scope, stall: Stall, policy: Policy, left: int | None) -> Offer:
    shares = {}
    for id in stall.covered(scope):
        inside = stall.inside(scope, id)
        room = sum(max(0, price - stall.floor(id)) for price in inside)
        shares[id] = min(room, taken_off(sum(inside), benefit.off, policy))
    most = _least(sum(shares.values()), benefit.cap, left)
    return _on_lines(dict(zip(shares, shared(most, list(shares.values())), strict=True)), scope, stall)


def _on_lines(shares: dict[str, int], scope: Scope, stall: Stall) -> Offer:
    units = {}
    for id, share in shares.items():
        if not share:
            continue
        inside = stall.inside(scope, id)
        if id in stall.parted or len(inside) < len(stall.units[id]):
            outside = list((Counter(stall.units[id]) - Counter(inside)).elements())
            classes = [[price] * count for price, count in Counter(inside).items()]
            rooms = [sum(max(0, price - stall.floor(id)) for price in same) for same in classes]
            parts = shared(share, [sum(same) for same in classes], rooms)
            for same, part in zip(classes, parts, strict=True):
                outside += even(sum(same) - part, len(same))
            units[id] = sorted(outside, reverse=True)
        else:
            units[id] = even(stall.net(id) - share, len(stall.units[id]))
    shares = {id: share for id, share in shares.items() if share}
    return Offer(shares, units, parts={id for id in shares if len(stall.inside(scope, id)) < len(stall.units[id])})


Unit = tuple[int, str]


def _single_units(stall: Stall, hits: list[tuple[Unit, int]], cap: Money | None, left: int | None) -> Offer:
    """*off* each unit, within its floor; a cap or a budget is shared by what each run of like units would get."""
    runs: dict[tuple[Unit, int], int] = {}
    for (price, id), off in hits:
        key = ((price, id), min(off, price, max(0, price - stall.floor(id))))
        runs[key] = runs.get(key, 0) + 1
    totals = [off * count for (_, off), count in runs.items()]
    parts = shared(_least(sum(totals), cap, left), totals)
    return _parting(stall, [(key[0], count, part) for (key, count), part in zip(runs.items(), parts, strict=True)])


def _group_share(stall: Stall, amount: int, members: Sequence[Iterable[Unit]], left: int | None) -> Offer:
    """An amount over the units of a group in proportion to their price, like units of each part in one run."""
    runs = [(unit, count) for part in members for unit, count in Counter(part).items()]
    rooms = [max(0, price - stall.floor(id)) * count for (price, id), count in runs]
    amount = min(_least(amount, None, left), sum(rooms))
    parts = shared(amount, [price * count for (price, _), count in runs], rooms)
    return _parting(stall, [(unit, count, part) for (unit, count), part in zip(runs, parts, strict=True)])


def _parting(stall: Stall, taken: list[tuple[Unit, int, int]]) -> Offer:
    shares: dict[str, int] = {}
    units: dict[str, list[int]] = {}
    for (price, id), count, part in taken:
        if part:
            shares[id] = shares.get(id, 0) + part
            prices = units.setdefault(id, list(stall.units[id]))
            for _ in range(count):
                prices.remove(price)
    for (price, id), count, part in taken:
        if part:
            units[id] = sorted(units[id] + even(price * count - part, count), reverse=True)
    return Offer(shares, units, parts=set(shares))


def _grouped(
    benefit: NthUnitOff | CheapestFree | BuyXGetY,
    size: int,
    take: int,
    off: Rate,
    units: list[Unit],
    stall: Stall,
    policy: Policy,
    left: int | None,
) -> Offer | RefusalCode:
    """Cut dear to cheap into groups of *size*; what comes after the first size - take of a group is rewarded.

    Units too few for another reward belong to no group.
    """
    groups = [units[at : at + size] for at in range(0, len(units), size)][: benefit.max_times]
    groups = [group for group in groups if len(group) > size - take]
    rewarded = [unit for group in groups for unit in group[size - take :]]
    if not rewarded:
        return RefusalCode.QUANTITY
    members = [[unit for group in groups for unit in group]]
    if benefit.pick is Pick.CHEAPEST:
        bought = len(members[0]) - len(rewarded)
        rewarded = units[len(units) - len(rewarded) :]
        members = [units[:bought], rewarded]
    hits = [(unit, taken_off(unit[0], off, policy)) for unit in rewarded]
    if benefit.charge is Charge.REWARDED:
        return _single_units(stall, hits, None, left)
    return _group_share(stall, sum(off for _, off in hits), members, left)


def _rewarded(
    benefit: BuyXGetY, units: list[Unit], stall: Stall, policy: Policy, left: int | None
) -> Offer | RefusalCode:
    assert benefit.rewards is not None
    times = len(units) // benefit.buy
    if not times:
        return RefusalCode.QUANTITY
    if benefit.max_times is not None:
        times = min(times, benefit.max_times)
    bought = {id for _, id in units}
    others = [unit for unit in stall.dear_to_cheap(benefit.rewards) if unit[1] not in bought]
    if not others:
        return RefusalCode.NOTHING_IN_SCOPE
    chosen = others[::-1][: times * benefit.get]
    hits = [(unit, taken_off(unit[0], benefit.off, policy)) for unit in chosen]
    if benefit.charge is Charge.REWARDED:
        return _single_units(stall, hits, None, left)
    return _group_share(stall, sum(off for _, off in hits), [units[: times * benefit.buy], chosen], left)


def _bundled(benefit: BundlePrice, units: list[Unit], stall: Stall, left: int | None) -> Offer | RefusalCode:
    size, price = benefit.size, benefit.price.minor
    groups = [units[at : at + size] for at in range(0, len(units) - size + 1, size)][: benefit.max_times]
    if not groups:
        return RefusalCode.QUANTITY
    saving = list(takewhile(lambda group: sum(unit[0] for unit in group) > price, groups))
    members = [unit for group in saving for unit in group]
    return _group_share(stall, sum(unit[0] for unit in members) - len(saving) * price, [members], left)


# --- who applies ----------------------------------------------------------------------------------------------------


def clash(one: Promotion, other: Promotion) -> bool:
    """Whether two promotions may not meet, said by either side."""
    return _objects(one, other) or _objects(other, one)


def _objects(one: Promotion, other: Promotion) -> bool:
    return (
        one.exclusive is Exclusive.IN_CART
        or (one.exclusive is Exclusive.IN_PHASE and one.phase is other.phase)
        or (one.combines_with is not None and other.phase not in one.combines_with)
        or other.id in one.never_with
        or (other.group is not None and (other.group == one.group or other.group in one.never_with))
    )


def clashes(promotions: Iterable[Promotion]) -> list[tuple[str, str]]:
    return [(one.id, other.id) for one, other in combinations(promotions, 2) if clash(one, other)]


@attrs.frozen
class Outcome:
    """Who got what: shares of the applied by line, codes of the refused, and who was not chosen."""

    nets: dict[str, int]
    shipping: int
    applied: dict[str, dict[str, int]]
    refused: dict[str, RefusalCode]
    not_chosen: frozenset[str]


def priced(asked: Situation) -> Outcome:
    """`price` under PRIORITY."""
    if asked.policy.exclusives is Exclusives.PRECEDE:
        for promotion in in_turn(asked):
            if promotion.exclusive is Exclusive.IN_CART:
                offer = offer_of(asked, Stall.of(asked.cart), promotion)
                if isinstance(offer, Offer):
                    return _run(asked, only=promotion)
    return _run(asked, only=None)


def in_turn(asked: Situation) -> list[Promotion]:
    place = asked.policy.phases.index
    return sorted(asked.promotions, key=lambda p: (place(p.phase), -p.priority, p.id))


def _run(asked: Situation, only: Promotion | None) -> Outcome:
    stall = Stall.of(asked.cart)
    chosen: list[Promotion] = []
    applied: dict[str, dict[str, int]] = {}
    refused: dict[str, RefusalCode] = {}
    passed = set()
    for phase in asked.policy.phases:
        turns = [promotion for promotion in in_turn(asked) if promotion.phase is phase]
        lanes = [turns] if phase in asked.policy.one_per_line else [[promotion] for promotion in turns]
        for lane in lanes:
            offers = {promotion.id: offer_of(asked, stall, promotion) for promotion in lane}
            free = [
                promotion
                for promotion in lane
                if not any(clash(promotion, other) for other in chosen) and only in (None, promotion)
            ]
            if len(lane) > 1:
                free = _beside_loners(free, offers)
            for promotion in lane:
                offer = offers[promotion.id]
                if isinstance(offer, RefusalCode):
                    refused[promotion.id] = offer
                    continue
                won = {id for id in offer.shares if promotion is _winner(id, free, offers)}
                if promotion not in free or not (won or offer.is_gift or offer.shipping):
                    passed.add(promotion.id)
                    continue
                for id in won:
                    before = stall.units[id]
                    stall.units[id] = offer.units[id]
                    assert sum(before) - stall.net(id) == offer.shares[id]
                stall.parted |= won & offer.parts
                stall.shipping -= offer.shipping
                if phase is Phase.PRICE_SET:
                    stall.activity = {id: stall.net(id) for id in stall.lines}
                applied[promotion.id] = {id: offer.shares[id] for id in sorted(won)}
                chosen.append(promotion)
    nets = {id: stall.net(id) for id in stall.lines}
    return Outcome(nets, stall.shipping, applied, refused, frozenset(passed))


def _beside_loners(free: list[Promotion], offers: dict[str, Offer | RefusalCode]) -> list[Promotion]:
    """An offer exclusive in the cart competes with nobody: it comes first, or not at all."""
    effective = [promotion for promotion in free if isinstance(offers[promotion.id], Offer)]
    if effective and effective[0].exclusive is Exclusive.IN_CART:
        return effective[:1]
    return [promotion for promotion in free if promotion.exclusive is not Exclusive.IN_CART]


def _winner(id: str, free: list[Promotion], offers: dict[str, Offer | RefusalCode]) -> Promotion | None:
    """Who takes most off a line, the first on a tie."""
    best, winner = 0, None
    for promotion in free:
        offer = offers[promotion.id]
        if isinstance(offer, Offer) and offer.shares.get(id, 0) > best:
            best, winner = offer.shares[id], promotion
    return winner
