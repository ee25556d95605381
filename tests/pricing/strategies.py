"""Strategies for carts, shoppers, promotions and policies: few distinct values, so that they clash.

A situation takes a hundred choices, and a draw for each would cost far more than pricing it. So every strategy here
draws bytes once and reads its choices off them, one byte each (`Tape`); shrinking tends to the first choice everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

import attrs
from hypothesis import strategies as st

from salesplan.apportion import Apportionment
from salesplan.money import Currency, Money, Rounding
from salesplan.pricing import (
    NOBODY,
    STANDARD,
    UNUSED,
    AllOf,
    AmountOff,
    AnyOf,
    Basis,
    Benefit,
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
    Funder,
    InSegment,
    Limits,
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
    PricedCart,
    Promotion,
    PromotionSet,
    QuantityAtLeast,
    QuantityPercent,
    Rounded,
    Scope,
    Selection,
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
    price,
)
from salesplan.rate import PayRate, Rate
from salesplan.window import ALWAYS, LocalDays, Window

T = TypeVar("T")

CNY = Currency.iso("CNY")
CURRENCIES = (CNY, CNY, Currency.iso("JPY"), Currency.iso("BHD"))

AT = datetime(2026, 11, 11, 12, tzinfo=UTC)
"""A wednesday."""

IDS = tuple(f"p{at}" for at in range(12))
GOODS_PHASES = (Phase.PRICE_SET, Phase.ITEM, Phase.ORDER, Phase.COUPON, Phase.PLATFORM, Phase.POINTS)
AMOUNTS = (1, 2, 3, 5, 7, 10, 20, 50, 99, 100, 101, 300, 1000, 10**9)
PRICES = (10, 0, 1, 2, 3, 4, 5, 7, 9, 10, 33, 50, 99, 100, 100, 101, 199, 1000)
COUNTS = (1, 1, 2, 2, 3, 3, 4, 5, 6, 7)
HUGE_COUNTS = (1, 2, 3, 10**6, 10**6 + 1)
RATES: tuple[Rate | PayRate, ...] = (
    Rate(1, 2),
    Rate(1),
    Rate(1, 3),
    Rate(1, 20),
    Rate(1, 10),
    Rate.percent("99"),
    Rate(2, 3),
    Rate.zhe("8"),
)
RISING = (Rate.percent("5"), Rate.zhe("9"), Rate(1, 3), Rate(1, 2), Rate(1))

SCOPES: tuple[dict[str, Any], ...] = (
    {"skus": ["a"]},
    {"skus": ["a", "b"]},
    {"categories": ["x"]},
    {"tags": ["t"]},
    {"sellers": ["s"]},
    {"except_skus": ["a"]},
    {"except_categories": ["x"]},
    {"except_tags": ["u"]},
)
WINDOWS = (
    ALWAYS,
    Window(AT, None),
    LocalDays(first=date(2026, 11, 11), until=date(2026, 11, 12), zone="Asia/Shanghai"),
    Window(None, AT),
    Window(datetime(2026, 12, 1, tzinfo=UTC), None),
)
ONE_PER_LINE = (
    frozenset({Phase.PRICE_SET}),
    frozenset({Phase.PRICE_SET}),
    frozenset[Phase](),
    frozenset({Phase.ITEM}),
    frozenset({Phase.PRICE_SET, Phase.ITEM}),
    frozenset({Phase.ORDER}),
)
PHASE_ORDERS = (
    tuple(Phase),
    tuple(Phase),
    tuple(reversed(Phase)),
    (Phase.ORDER, Phase.ITEM, Phase.PRICE_SET, Phase.SHIPPING, Phase.COUPON, Phase.PLATFORM, Phase.POINTS),
)


class Tape:
    """Choices read off bytes; past the end, the first choice."""

    def __init__(self, data: bytes, currency: Currency | None = None) -> None:
        self._data = data
        self._at = 0
        self.currency = self.one(*CURRENCIES) if currency is None else currency

    def upto(self, last: int) -> int:
        """A number from 0 to *last*, at most 255."""
        byte = self._data[self._at] if self._at < len(self._data) else 0
        self._at += 1
        return byte % (last + 1)

    def one(self, *choices: T) -> T:
        return choices[self.upto(len(choices) - 1)]

    def rarely(self) -> bool:
        return self.upto(4) == 4

    def some(self, choices: Sequence[T], most: int) -> set[T]:
        """One to *most* of them."""
        return {self.one(*choices) for _ in range(1 + self.upto(most - 1))}

    def amount(self) -> Money:
        return Money(self.one(*AMOUNTS, 1 + self.upto(250)), self.currency)

    def price(self) -> Money:
        return Money(self.one(*PRICES, *PRICES, self.upto(250), self.upto(250)), self.currency)


@st.composite
def tapes(
    draw: Callable[[st.SearchStrategy[bytes]], bytes],
    size: int,
    make: Callable[[Tape], T],
    currency: Currency | None = CNY,
) -> T:
    """What *make* makes of a tape of *size* bytes, in *currency* or any."""
    return make(Tape(draw(st.binary(min_size=size, max_size=size)), currency))


@attrs.frozen(kw_only=True)
class Situation:
    """All that `price` asks for."""

    cart: Cart
    promotions: tuple[Promotion, ...]
    at: datetime = AT
    shopper: Shopper = NOBODY
    usage: Usage = UNUSED
    policy: Policy = STANDARD

    def price(self, *, cart: Cart | None = None, promotions: Sequence[Promotion] | None = None) -> PricedCart:
        return price(
            self.cart if cart is None else cart,
            self.promotions if promotions is None else promotions,
            at=self.at,
            shopper=self.shopper,
            usage=self.usage,
            policy=self.policy,
        )

    def under(self, **changes: Any) -> Situation:
        """The same under a changed policy."""
        return attrs.evolve(self, policy=attrs.evolve(self.policy, **changes))


# --- goods ----------------------------------------------------------------------------------------------------------


def cart_line(tape: Tape, *, id: str | None = None, counts: Sequence[int] = COUNTS) -> CartLine:
    price = tape.price()
    floor = tape.one(None, None, None, 0, 1, price.minor // 2, price.minor)
    sku = tape.one("a", "b", "c")
    return CartLine(
        sku,
        price,
        quantity=tape.one(*counts),
        id=sku if id is None else id,
        category=tape.one(None, "x", "y"),
        tags=tape.one(frozenset[str](), frozenset[str](), frozenset({"t"}), frozenset({"t", "u"})),
        seller=tape.one(None, "s"),
        price_floor=None if floor is None else Money(min(floor, price.minor), tape.currency),
        discountable=tape.one(*[Discountable.YES] * 5, Discountable.NO),
    )


def cart(tape: Tape, *, most: int = 4, counts: Sequence[int] = COUNTS) -> Cart:
    lines = [cart_line(tape, id=f"l{at}", counts=counts) for at in range(1 + tape.upto(most - 1))]
    fee = tape.one(None, 0, 1, 15, 100)
    return Cart(lines, shipping=None if fee is None else Money(fee, tape.currency), currency=tape.currency)


def scope(tape: Tape, *, named: bool = False) -> Scope:
    """Any scope; a *named* one leaves something out."""
    names = tape.one(*SCOPES) if named else tape.one({}, {}, {}, {}, {}, {}, *SCOPES)
    return Scope(**names, discounted=Discounted.EXCLUDED if tape.rarely() else Discounted.INCLUDED)


# --- shoppers -------------------------------------------------------------------------------------------------------


def _few_uses(tape: Tape) -> dict[str, int]:
    return {tape.one(*IDS[:4]): tape.one(0, 1, 2, 5) for _ in range(tape.upto(2))}


def shopper(tape: Tape) -> Shopper:
    return Shopper(
        codes=tape.one((), ("code",), (" Ｃode ", "other"), ("nobody's",)),
        segments=tape.one((), ("vip",), ("vip", "new")),
        member_level=tape.one(None, 0, 1, 3),
        orders=tape.one(None, 0, 1),
        channel=tape.one(None, "app", "web"),
        uses=_few_uses(tape),
    )


def usage(tape: Tape) -> Usage:
    """Counters around the limits of `limits`: budgets nearly spent, just spent, overspent."""
    spent = {tape.one(*IDS[:6]): Money(tape.one(0, 1, 97, 99, 100, 101), tape.currency) for _ in range(tape.upto(4))}
    return Usage(uses=_few_uses(tape), spent=spent)


# --- conditions -----------------------------------------------------------------------------------------------------


def spend_condition(tape: Tape) -> Condition:
    """A condition that looks at the goods."""
    where = None if tape.upto(1) else scope(tape)
    match tape.upto(2):
        case 0:
            return SpendAtLeast(tape.amount(), basis=tape.one(*Basis), scope=where)
        case 1:
            return QuantityAtLeast(tape.one(*COUNTS), scope=where)
        case _:
            return NotAlreadyDiscounted(scope=where)


def fact_condition(tape: Tape) -> Condition:
    """A condition that looks at the shopper or the clock."""
    match tape.upto(5):
        case 0:
            return FirstOrder()
        case 1:
            return InSegment(tape.one(("vip",), ("new", "old")))
        case 2:
            return MemberLevelAtLeast(tape.upto(3))
        case 3:
            return OnChannel(tape.one(("app",), ("app", "web")))
        case 4:
            return CodeEntered(tape.one("code", "other"))
        case _:
            return DuringHours(
                days=tape.one(tuple(Weekday), (Weekday.WEDNESDAY,), (Weekday.TUESDAY, Weekday.FRIDAY)),
                start=tape.one(time(0), time(12), time(22)),
                end=tape.one(time(0), time(12), time(12, 0, 0, 1), time(21)),
                zone=tape.one("UTC", "Asia/Shanghai"),
            )


def condition(tape: Tape, depth: int = 2) -> Condition:
    """Every condition, nested twice at most; those on goods are the likely ones."""
    kind = tape.upto(9)
    if depth == 0 or kind <= 6:
        return fact_condition(tape) if kind in (5, 6) else spend_condition(tape)
    if kind == 7:
        return Not(condition(tape, depth - 1))
    parts = [condition(tape, depth - 1) for _ in range(1 + tape.upto(1))]
    return AllOf(parts) if kind == 8 else AnyOf(parts)


# --- benefits -------------------------------------------------------------------------------------------------------


def _thresholds(tape: Tape) -> list[Money]:
    return sorted({tape.amount() for _ in range(1 + tape.upto(2))}, key=lambda money: money.minor)


def order_benefit(tape: Tape) -> Benefit:
    """An amount found once and split over the lines, or line by line."""
    cap = tape.amount() if tape.rarely() else None
    match tape.upto(7):
        case 0 | 1:
            return PercentOff(tape.one(*RATES), cap=cap)
        case 2:
            return PercentOff(tape.one(*RATES), cap=cap, per=Per.LINE)
        case 3:
            return AmountOff(tape.amount())
        case 4:
            first, more = tape.amount().minor, tape.upto(60)
            tiers = {at: Money(first + rank * more, tape.currency) for rank, at in enumerate(_thresholds(tape))}
            return SpendAndSave(tiers, basis=tape.one(*Basis))
        case 5:
            times = tape.one(None, None, 1, 2)
            return EverySpendSave(every=tape.amount(), save=tape.amount(), basis=tape.one(*Basis), max_times=times)
        case 6:
            start = tape.upto(2)
            rates = {at: RISING[start + rank] for rank, at in enumerate(_thresholds(tape))}
            return SpendAndPercent(rates, basis=tape.one(*Basis), cap=cap)
        case _:
            start, first = tape.upto(3), 1 + tape.upto(3)
            return QuantityPercent(
                {first + 2 * rank: RISING[start + rank] for rank in range(1 + tape.upto(1))}, cap=cap
            )


def unit_benefit(tape: Tape) -> Benefit:
    """On single units."""
    times = tape.one(None, None, 1, 2, 3)
    pick, charge, off = tape.one(*Pick), tape.one(*Charge), tape.one(*RATES)
    match tape.upto(7):
        case 0:
            return UnitAmountOff(tape.amount(), limit=times, first=tape.amount() if tape.rarely() else None)
        case 1:
            return FixedUnitPrice(tape.price(), limit=times)
        case 2:
            return NthUnitOff(1 + tape.upto(2), off, pick=pick, charge=charge, max_times=times)
        case 3:
            return CheapestFree(2 + tape.upto(2), pick=pick, charge=charge, max_times=times)
        case 4:
            buy, get = 1 + tape.upto(2), 1 + tape.upto(1)
            return BuyXGetY(buy=buy, get=get, off=off, pick=pick, charge=charge, max_times=times)
        case 5:
            buy, get, rewards = 1 + tape.upto(2), 1 + tape.upto(1), scope(tape, named=True)
            return BuyXGetY(buy=buy, get=get, off=off, rewards=rewards, charge=charge, max_times=times)
        case 6:
            return BundlePrice(1 + tape.upto(2), tape.amount(), max_times=times)
        case _:
            return PercentOff(off, cap=tape.amount() if tape.rarely() else None, per=Per.UNIT)


def side_benefit(tape: Tape) -> Benefit:
    """Beside the goods: gifts and shipping."""
    match tape.upto(2):
        case 0:
            value = tape.one(None, Money(1, tape.currency), Money(29, tape.currency))
            return FreeGift(tape.one("tote", "mug"), quantity=1 + tape.upto(1), value=value)
        case 1:
            return ShippingOff(tape.one(*RATES), cap=tape.amount() if tape.rarely() else None)
        case _:
            return ShippingAmountOff(tape.amount())


def goods_benefit(tape: Tape) -> Benefit:
    """Every benefit on goods."""
    return unit_benefit(tape) if tape.upto(1) else order_benefit(tape)


def benefit(tape: Tape) -> Benefit:
    """Every benefit."""
    return side_benefit(tape) if tape.upto(6) == 6 else goods_benefit(tape)


# --- promotions -----------------------------------------------------------------------------------------------------


def limits(tape: Tape) -> Limits:
    return Limits(
        uses=tape.one(None, None, None, 0, 1, 2),
        uses_per_shopper=tape.one(None, None, None, 0, 1, 2),
        budget=tape.one(None, Money(1, tape.currency), Money(100, tape.currency), Money(100, tape.currency)),
    )


def _clashes(tape: Tape, named: dict[str, Any], rivals: Sequence[str]) -> None:
    named["group"] = tape.one(None, None, None, "g", "h")
    match tape.upto(9):
        case 1:
            named["exclusive"] = Exclusive.IN_CART
        case 2:
            named["exclusive"] = Exclusive.IN_PHASE
        case 3 | 4:
            named["never_with"] = tape.some([name for name in (*rivals, "g", "h") if name != named["group"]], 2)
        case 5:
            named["combines_with"] = tape.some(tuple(Phase), 6)
        case _:
            pass


def promotion(
    tape: Tape,
    id: str,
    *,
    gives: Callable[[Tape], Benefit] = benefit,
    ids: Sequence[str] = IDS,
    free: bool = False,
    alone: bool = False,
) -> Promotion:
    """A promotion named *id* that may object to *ids*; a *free* one asks for nothing, one *alone* clashes with none."""
    given = gives(tape)
    named: dict[str, Any] = {"priority": tape.one(0, 0, 0, 1, -1)}
    if isinstance(given, FreeGift) or (not isinstance(given, ShippingOff | ShippingAmountOff) and tape.rarely()):
        named["phase"] = tape.one(*GOODS_PHASES)
    if not alone:
        _clashes(tape, named, [name for name in ids if name != id])
    if not free:
        named["conditions"] = [condition(tape) for _ in range(tape.one(0, 0, 0, 1, 1, 2))]
        if tape.rarely():
            named["limits"] = limits(tape)
        if tape.rarely():
            named["window"] = tape.one(*WINDOWS)
        if tape.rarely():
            named["code"] = tape.one(None, "code", "other")
    return Promotion(id, given, scope=scope(tape), funder=tape.one(*Funder), **named)


def policy(
    tape: Tape,
    *,
    selections: Sequence[Selection] = tuple(Selection),
    one_per_line: Sequence[frozenset[Phase]] = ONE_PER_LINE,
    allocations: Sequence[Apportionment] = tuple(Apportionment),
    budget: int = 100_000,
) -> Policy:
    selection = tape.one(*selections)
    if tape.upto(2) == 0:
        return Policy(selection=selection, one_per_line=one_per_line[0], search_budget=budget)
    return Policy(
        selection=selection,
        exclusives=tape.one(*Exclusives),
        phases=tape.one(*PHASE_ORDERS),
        one_per_line=tape.one(*one_per_line),
        rounding=tape.one(Rounding.HALF_UP, *Rounding),
        rounded=tape.one(*Rounded),
        allocation=tape.one(allocations[0], *allocations),
        weights=tape.one(*Weights),
        overflow=tape.one(Overflow.REDISTRIBUTE, *Overflow),
        search_budget=budget,
    )


def situation(
    tape: Tape,
    *,
    least: int = 0,
    most: int = 4,
    lines: int = 3,
    gives: Callable[[Tape], Benefit] = benefit,
    rules: Callable[[Tape], Policy] = policy,
    counts: Sequence[int] = COUNTS,
    free: bool = False,
    alone: bool = False,
) -> Situation:
    """Everything in one currency; a *free* one has promotions without conditions, one *alone* such that never clash."""
    chosen = rules(tape)
    goods = cart(tape, most=lines, counts=counts)
    plain = free or tape.upto(1) == 0
    ids = IDS[: least + tape.upto(most - least)]
    return Situation(
        cart=goods,
        promotions=tuple(promotion(tape, id, gives=gives, ids=ids, free=plain, alone=alone) for id in ids),
        shopper=NOBODY if plain else shopper(tape),
        usage=UNUSED if plain else usage(tape),
        policy=chosen,
    )


def situations(*, size: int = 200, **choices: Any) -> st.SearchStrategy[Situation]:
    """Situations of `situation`'s *choices*, in any currency."""
    return tapes(size, lambda tape: situation(tape, **choices), None)


cart_lines = tapes(12, cart_line)
carts = tapes(50, cart)
scopes = tapes(2, scope)
shoppers = tapes(12, shopper)
usages = tapes(14, usage)
conditions = tapes(24, condition)
benefits = tapes(20, benefit)
promotions = tapes(60, lambda tape: promotion(tape, "p0"))
promotion_sets = tapes(
    240,
    lambda tape: PromotionSet(promotion(tape, id) for id in IDS[: tape.upto(4)]),
)
policies = tapes(12, policy)
