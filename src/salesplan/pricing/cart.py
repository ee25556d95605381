"""What is bought and by whom: `Cart`, `CartLine`, `Shopper`, `Usage`.

All facts are the caller's; nothing is looked up.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from enum import Enum

import attrs

from ..errors import InvalidType, InvalidValue, clip, listed, require_instance, require_int, require_text, text_set
from ..money import MAX_MINOR, Currency, CurrencyMismatch, Money

__all__ = ["NOBODY", "UNUSED", "Cart", "CartLine", "Discountable", "Shopper", "Usage", "normal_code"]

_MAX_QUANTITY = 10**9
_MAX_LINES = 10_000
_MAX_CODE = 256


class Discountable(Enum):
    """Whether promotions may touch a line."""

    YES = "yes"
    """Any promotion whose scope covers it."""
    NO = "no"
    """None: gift cards, deposits, regulated goods. It counts toward no threshold either."""


def _tags(values: Iterable[str]) -> frozenset[str]:
    return text_set(values, code="cart.tags", name="tags")


@attrs.frozen
class CartLine:
    """*quantity* units of one sku at one list price.

    *id* names the line (default: its sku) and must be unique in a cart; *price_floor* is the least a unit may be sold
    for.
    Raises: InvalidType for anything but Money and int; InvalidValue for quantity < 1, a negative price, a floor above
    it.
    >>> line = CartLine("python-101", Money.of("199.00", "CNY"), quantity=2)
    >>> line.id, str(line.list_total)
    ('python-101', 'CNY 398.00')
    """

    sku: str
    unit_price: Money
    quantity: int = attrs.field(default=1, kw_only=True)
    id: str = attrs.field(default=attrs.Factory(lambda line: line.sku, takes_self=True), kw_only=True)
    category: str | None = attrs.field(default=None, kw_only=True)
    tags: frozenset[str] = attrs.field(default=frozenset(), converter=_tags, kw_only=True)
    seller: str | None = attrs.field(default=None, kw_only=True)
    price_floor: Money | None = attrs.field(default=None, kw_only=True)
    discountable: Discountable = attrs.field(default=Discountable.YES, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_text(self.sku, code="cart.sku", name="sku")
        require_text(self.id, code="cart.line_id", name="id")
        for name, value in (("category", self.category), ("seller", self.seller)):
            if value is not None:
                require_text(value, code="cart." + name, name=name)
        price = _money(self.unit_price, "unit_price")
        require_int(self.quantity, code="cart.quantity", name="quantity", low=1, high=_MAX_QUANTITY)
        if price.minor * self.quantity > MAX_MINOR:
            raise InvalidValue(
                f"the line total of {clip(self.id)} does not fit 63 bits", code="cart.range", value=price
            )
        if self.price_floor is not None and _money(self.price_floor, "price_floor") > price:
            raise InvalidValue(
                f"price_floor {self.price_floor} is above unit_price {price}",
                code="cart.floor_above_price",
                value=self.price_floor,
            )
        if not isinstance(self.discountable, Discountable):
            raise InvalidType(
                f"discountable must be a Discountable: {clip(self.discountable)}",
                code="cart.discountable",
                value=self.discountable,
            )

    @property
    def list_total(self) -> Money:
        """Unit price times quantity."""
        return self.unit_price * self.quantity


class CartCore:
    """A cart as integers, lines in the order of their ids: what the engine works on."""

    __slots__ = (
        "all",
        "floors",
        "has_floors",
        "ids",
        "lines",
        "listed",
        "positions",
        "quantities",
        "units",
        "whole",
    )

    def __init__(self, lines: tuple[CartLine, ...]) -> None:
        ids = [line.id for line in lines]
        order = sorted(range(len(lines)), key=ids.__getitem__)
        self.positions = order
        self.lines = [lines[at] for at in order]
        self.ids = [line.id for line in self.lines]
        self.units = [line.unit_price.minor for line in self.lines]
        self.quantities = [line.quantity for line in self.lines]
        self.listed = [unit * count for unit, count in zip(self.units, self.quantities, strict=True)]
        self.floors = [0 if line.price_floor is None else line.price_floor.minor for line in self.lines]
        self.has_floors = any(self.floors)
        self.all = tuple(at for at, line in enumerate(self.lines) if line.discountable is Discountable.YES)
        self.whole = len(self.all) == len(lines)


def _lines(lines: Iterable[CartLine]) -> tuple[CartLine, ...]:
    return listed(lines, code="cart.line", name="lines")


@attrs.frozen
class Cart:
    """Lines in one currency, and what shipping would cost before promotions.

    Law: the order of the lines changes no amount.      Range: up to 10,000 lines.
    Raises: InvalidValue for duplicate line ids, CurrencyMismatch for mixed currencies, InvalidType for an empty cart
    without *currency*.
    >>> cart = Cart([CartLine("a", Money.of("10", "EUR")), CartLine("b", Money.of("5", "EUR"), quantity=3)])
    >>> str(cart.list_total)
    'EUR 25.00'
    """

    lines: tuple[CartLine, ...] = attrs.field(converter=_lines)
    shipping: Money | None = attrs.field(default=None, kw_only=True)
    currency: Currency = attrs.field(default=None, kw_only=True)
    _core: CartCore = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        for line in self.lines:
            if not isinstance(line, CartLine):
                raise InvalidType(f"a cart holds CartLine: {clip(line)}", code="cart.line", value=line)
        if len(self.lines) > _MAX_LINES:
            raise InvalidValue(
                f"a cart holds up to {_MAX_LINES} lines, not {len(self.lines)}",
                code="cart.size",
                value=len(self.lines),
            )
        prices = [price for line in self.lines for price in (line.unit_price, line.price_floor) if price is not None]
        if self.shipping is not None:
            prices.append(_money(self.shipping, "shipping"))
        if self.currency is None:
            if not prices:
                raise InvalidType("an empty cart needs a currency", code="cart.currency", value=None)
            object.__setattr__(self, "currency", prices[0].currency)
        require_instance(self.currency, Currency, code="cart.currency", name="currency")
        for price in prices:
            if price.currency is not self.currency and price.currency != self.currency:
                raise CurrencyMismatch(
                    f"a cart has one currency: {price.currency} beside {self.currency}",
                    code="cart.mixed_currencies",
                    value=price,
                )
        core = CartCore(self.lines)
        for before, after in zip(core.ids, core.ids[1:], strict=False):
            if before == after:
                raise InvalidValue(
                    f"two lines are called {clip(before)}: give each its own id",
                    code="cart.duplicate_id",
                    value=before,
                )
        if sum(core.listed) + (0 if self.shipping is None else self.shipping.minor) > MAX_MINOR:
            raise InvalidValue("the cart total does not fit 63 bits", code="cart.range", value=None)
        object.__setattr__(self, "_core", core)

    @property
    def list_total(self) -> Money:
        """The goods at list price, without shipping."""
        return Money(sum(self._core.listed), self.currency)

    @property
    def core(self) -> CartCore:
        """The engine's view; not part of the promise."""
        return self._core


def normal_code(code: str) -> str:
    """A coupon code as shoppers mean it: case, surrounding blanks and full-width forms do not matter.

    >>> normal_code(" ｓtudent１0 ")
    'STUDENT10'
    """
    if isinstance(code, str) and len(code) <= _MAX_CODE:
        # upper case can come apart again, so that only a second pass leaves nothing for a third
        code = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", code).upper()).strip()
    return require_text(code, code="shopper.code", name="a code")


def _codes(codes: Iterable[str]) -> frozenset[str]:
    return frozenset(normal_code(code) for code in listed(codes, code="shopper.code", name="codes"))


def _segments(values: Iterable[str]) -> frozenset[str]:
    return text_set(values, code="shopper.segments", name="segments")


def _counts(uses: Mapping[str, int]) -> Mapping[str, int]:
    return {
        require_text(key, code="usage.id", name="a promotion id"): require_int(
            uses[key], code="usage.count", name="uses", low=0
        )
        for key in _keys(uses)
    }


def _spent(spent: Mapping[str, Money]) -> Mapping[str, Money]:
    return {
        require_text(key, code="usage.id", name="a promotion id"): _money(spent[key], "spent") for key in _keys(spent)
    }


def _keys(counters: object) -> list[str]:
    if not isinstance(counters, Mapping):
        raise InvalidType(
            f"counters are a mapping by promotion id: {clip(counters)}", code="usage.type", value=counters
        )
    return sorted(counters, key=str)


@attrs.frozen(kw_only=True)
class Shopper:
    """What the caller knows of who buys. None is unknown, and a condition on an unknown fact refuses, saying so.

    *codes* entered, *segments* they belong to, *member_level*, *orders* placed before this one, sales *channel*,
    *uses*: how often they used a promotion before, by promotion id.
    >>> Shopper(codes=["student10"], orders=0).codes
    frozenset({'STUDENT10'})
    """

    codes: frozenset[str] = attrs.field(default=frozenset(), converter=_codes)
    segments: frozenset[str] = attrs.field(default=frozenset(), converter=_segments)
    member_level: int | None = None
    orders: int | None = None
    channel: str | None = None
    uses: Mapping[str, int] = attrs.field(factory=dict, converter=_counts, hash=False)

    def __attrs_post_init__(self) -> None:
        if self.member_level is not None:
            require_int(self.member_level, code="shopper.member_level", name="member_level", low=0)
        if self.orders is not None:
            require_int(self.orders, code="shopper.orders", name="orders", low=0)
        if self.channel is not None:
            require_text(self.channel, code="shopper.channel", name="channel")


@attrs.frozen(kw_only=True)
class Usage:
    """What promotions have used up so far, over all shoppers: *uses* and money *spent*, by promotion id.

    Counting is the caller's transaction; the engine only reads.
    >>> Usage(uses={"autumn": 7}, spent={"autumn": Money.of("350", "CNY")}).uses["autumn"]
    7
    """

    uses: Mapping[str, int] = attrs.field(factory=dict, converter=_counts, hash=False)
    spent: Mapping[str, Money] = attrs.field(factory=dict, converter=_spent, hash=False)


NOBODY = Shopper()
UNUSED = Usage()


def _money(value: object, name: str) -> Money:
    """*value* itself when it is Money of 0 or more."""
    if not isinstance(value, Money):
        raise InvalidType(
            f"{name} must be Money, not {type(value).__name__}: {clip(value)}",
            code="cart." + name,
            value=value,
        )
    if value.minor < 0:
        raise InvalidValue(f"{name} must not be negative: {value}", code="cart." + name, value=value)
    return value
