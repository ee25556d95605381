"""Rate tables: what a sale pays, and every slice of why.

The same steps pay differently under readings that are rarely written down, so each is an argument here. With 3 % from
0, 5 % from 100,000 and 8 % from 200,000 a sale of 260,000 pays

    MARGINAL       3,000 + 5,000 + 4,800 = 12,800     each slice at its own rate
    WHOLE          260,000 x 8 % = 20,800             all of it at the rate reached (retroactive)

and tables of amounts instead of rates pay them when reached (FIXED) or along a line between them (INTERPOLATED).
Which side a threshold belongs to is the ladder's boundary. Tiers may be reached by something other than what is paid
on: by attainment or by units, while the rate is of the amount; then a slice holds as much of the amount as its part
of the key.

Pay is a function F of the accumulated sale. A deal on top of a prior sale pays F(prior + deal) - F(prior), so the
order and the batches in which deals arrive change nothing in sum, and a credit note takes back what its invoice
paid. Below the first threshold nothing is paid; below zero F(-x) = -F(x), so more credit notes than sales are owed
back at the rates they would have earned. Rounding happens once, at the end of `pay`; slices stay exact.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from fractions import Fraction
from typing import Any, Self, TypeAlias, assert_never

import attrs

from ..errors import InvalidType, SalesplanError, clip, listed, require_instance
from ..ladder import Boundary, Ladder
from ..money import Currency, Money, Rounding
from ..rate import Rate

__all__ = ["Application", "Key", "RateTable", "Slice", "TableError"]

Key: TypeAlias = Money | Rate | int
"""What tiers are reached by: an amount, an attainment, or a number of units."""


class TableError(SalesplanError, ValueError):
    """Steps that are no rate table: mixed kinds, rates above one, a line without two points."""


class Application(Enum):
    """What the tier that was reached is applied to."""

    MARGINAL = "marginal"
    """Each slice pays its own rate: the jump at a threshold is zero."""
    WHOLE = "whole"
    """All of the sale pays the rate of the tier it reached (retroactive): a threshold is a cliff."""
    FIXED = "fixed"
    """The tier's amount, once, when it is reached."""
    INTERPOLATED = "interpolated"
    """Along the straight line between the amounts at two thresholds; beyond the last the last amount."""


@attrs.frozen(kw_only=True)
class Slice:
    """One part of a pay: so much of the *base* at this *rate* is this *amount*; from tier *tier*, counted from 0.

    Units: *base* and *amount* are exact minor units. *rate* is None where a tier pays an amount, not a share.
    """

    tier: int
    base: Fraction
    rate: Rate | None
    amount: Fraction


@attrs.frozen
class RateTable:
    """Steps of pay over a key.

    Law: MARGINAL never falls; pay(-x) == -pay(x) for x other than 0 and a symmetric rounding; slices sum to the pay
    before rounding.
    Raises: TableError for rates outside 0..1, mixed kinds of threshold, a line of one point; CurrencyMismatch.
    >>> table = RateTable.of(
    ...     [(0, "3%"), ("100000", "5%"), ("200000", "8%")],
    ...     currency="CNY", application=Application.MARGINAL, boundary=Boundary.LOWER_INCLUSIVE,
    ... )
    >>> str(table.pay(Money.of("260000", "CNY")))
    'CNY 12800.00'
    >>> [int(part.amount) for part in table.slices(Money.of("260000", "CNY"))]      # in fen
    [300000, 500000, 480000]
    """

    tiers: Ladder[Any, Any]
    application: Application = attrs.field(kw_only=True)
    currency: Currency = attrs.field(kw_only=True)
    rounding: Rounding = attrs.field(default=Rounding.HALF_UP, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_instance(self.tiers, Ladder, code="commission.tiers", name="tiers")
        require_instance(self.application, Application, code="commission.application", name="application")
        require_instance(self.currency, Currency, code="commission.currency", name="currency")
        require_instance(self.rounding, Rounding, code="commission.rounding", name="rounding")
        kinds = {type(threshold) for threshold in self.tiers.thresholds}
        if len(kinds) != 1 or not kinds <= {Money, Rate, int}:
            raise TableError(
                "thresholds are all Money, all Rates (attainment) or all whole units",
                code="commission.thresholds",
                value=clip(self.tiers.thresholds),
            )
        for threshold in self.tiers.thresholds:
            if isinstance(threshold, Money):
                Money.zero(self.currency).same(threshold)
        paid_by_rate = self.application in {Application.MARGINAL, Application.WHOLE}
        for value in self.tiers.values:
            if paid_by_rate:
                _require_share(value)
            else:
                Money.zero(self.currency).same(require_instance(value, Money, code="commission.value", name="a tier"))
        if self.application is Application.INTERPOLATED and len(self.tiers.steps) < 2:
            raise TableError("a line needs two points", code="commission.points", value=len(self.tiers.steps))

    @classmethod
    def of(
        cls,
        steps: Iterable[tuple[object, object]],
        *,
        currency: str | Currency,
        application: Application,
        boundary: Boundary,
        rounding: Rounding = Rounding.HALF_UP,
    ) -> Self:
        """A table from pairs of threshold and value, written as people write them.

        A threshold is an amount ("100000"), Money, an attainment ("80%") or a Rate; a value is "3%", a Rate, or, where
        the application pays amounts, an amount. Whole units as thresholds: build the Ladder yourself.
        """
        unit = currency if isinstance(currency, Currency) else Currency.iso(currency)
        pairs = []
        for pair in listed(steps, code="commission.steps", name="steps"):
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise InvalidType(
                    f"a step is a threshold and a value: {clip(pair)}", code="commission.steps", value=pair
                )
            pairs.append((_read(pair[0], unit), _read(pair[1], unit)))
        return cls(Ladder.of(pairs, boundary=boundary), application=application, currency=unit, rounding=rounding)

    def pay(self, sale: Money, *, key: Key | None = None) -> Money:
        """What *sale* pays; *key* is what the tier is reached by, where that is not the sale itself.

        Raises: CurrencyMismatch; InvalidType where *key* is missing, superfluous or of another kind.
        """
        exact = sum((part.amount for part in self.slices(sale, key=key)), start=Fraction(0))
        return Money(self.rounding.divide(exact.numerator, exact.denominator), self.currency)

    def slices(self, sale: Money, *, key: Key | None = None) -> tuple[Slice, ...]:
        """The parts that `pay` adds up, exact; none where nothing is paid."""
        Money.zero(self.currency).same(sale)
        base, by = sale.minor, self._key(sale, key)
        if _number(by) < 0:
            mirrored = self._slices(Fraction(-base), _negated(by))
            return tuple(attrs.evolve(part, base=-part.base, amount=-part.amount) for part in mirrored)
        return self._slices(Fraction(base), by)

    def _slices(self, base: Fraction, key: Key) -> tuple[Slice, ...]:
        reached = _number(key)
        bands = [(_number(step.threshold), step.value) for step in self.tiers.steps]
        band = self.tiers.band_at(key)
        if band is None:
            return ()
        at = band.position
        match self.application:
            case Application.MARGINAL:
                return _marginal(bands, at, base, reached)
            case Application.WHOLE:
                rate: Rate = bands[at][1]
                return (Slice(tier=at, base=base, rate=rate, amount=base * rate.to_fraction()),)
            case Application.FIXED:
                return (Slice(tier=at, base=base, rate=None, amount=Fraction(bands[at][1].minor)),)
            case Application.INTERPOLATED:
                return (Slice(tier=at, base=base, rate=None, amount=_between(bands, at, reached)),)
            case _:
                assert_never(self.application)

    def _key(self, sale: Money, key: Key | None) -> Key:
        kind = type(self.tiers.thresholds[0])
        if kind is Money:
            if key is not None and not isinstance(key, Money):
                raise InvalidType(f"tiers are reached by an amount: {clip(key)}", code="commission.key", value=key)
            return sale if key is None else Money.zero(self.currency).same(key)
        if key is None or type(key) is not kind:
            what = "an attainment (Rate)" if kind is Rate else "a number of units"
            raise InvalidType(f"tiers are reached by {what}: key={clip(key)}", code="commission.key", value=key)
        return key


def _require_share(value: object) -> None:
    rate = require_instance(value, Rate, code="commission.rate", name="a tier's rate")
    if not Rate(0) <= rate <= Rate(1):
        raise TableError(
            f"a tier pays 0 to 100 % of the sale, not {rate}",
            code="commission.rate",
            value=rate,
        )


def _read(value: object, unit: Currency) -> Key:
    if isinstance(value, Money | Rate):
        return value
    if isinstance(value, str) and value.endswith("%"):
        return Rate.percent(value[:-1].strip())
    if isinstance(value, str | int):
        return Money.of(value, unit)
    raise InvalidType(
        f"a threshold or value is text, Money or a Rate: {clip(value)}", code="commission.steps", value=value
    )


def _number(key: Key) -> Fraction:
    match key:
        case Money():
            return Fraction(key.minor)
        case Rate():
            return key.to_fraction()
        case int():
            return Fraction(key)
        case _:
            assert_never(key)


def _negated(key: Key) -> Key:
    return -key


def _marginal(bands: list[tuple[Fraction, Rate]], at: int, base: Fraction, reached: Fraction) -> tuple[Slice, ...]:
    """Each slice of the key, from the first threshold up to what was reached, as its part of the base."""
    found = []
    for tier in range(at + 1):
        lower, rate = bands[tier]
        part = (reached if tier == at else bands[tier + 1][0]) - lower
        if part:
            piece = base * part / reached
            found.append(Slice(tier=tier, base=piece, rate=rate, amount=piece * rate.to_fraction()))
    return tuple(found)


def _between(bands: list[tuple[Fraction, Money]], at: int, reached: Fraction) -> Fraction:
    lower, pay = bands[at]
    if at + 1 == len(bands):
        return Fraction(pay.minor)
    upper, more = bands[at + 1]
    return pay.minor + (more.minor - pay.minor) * (reached - lower) / (upper - lower)
