"""Rate tables: what a sale pays, and every slice of why.

The same steps pay differently under readings that are rarely written down, so each is an argument here. With 3 % from
0, 5 % from 100,000 and 8 % from 200,000 a sale of 260,000 pays

    MARGINAL       3,000 + 5,000 + 4,800 = 12,800     each slice at its own rate
    WHOLE          260,000 x 8 % = 20,800             all of it at the rate reached (retroactive)

and tables of amounts instead of rates pay them when reached (FIXED) or along a line between them (INTERPOLATED); where
tiers are reached by units, MARGINAL and WHOLE may pay an amount for each unit. A line
may run between rates as well: a payout curve, which pays so much of what it is applied to, as 50 % of the on-target pay
at 80 % attainment and all of it at 100 %.
Which side a threshold belongs to is the ladder's boundary. Tiers may be reached by something other than what is paid
on: by attainment or by units, while the rate is of the amount; then a slice holds as much of the amount as its part
of the key.

Pay is a function F of the accumulated sale. A deal on top of a prior sale pays F(prior + deal) - F(prior), so the
order and the batches in which deals arrive change nothing in sum, and a credit note takes back what its invoice
paid. Below the first threshold nothing is paid; below zero F(-x) = -F(x), so more credit notes than sales are owed
back at the rates they would have earned. Rounding happens once, at the end of `pay`; slices stay exact.

A rate above 100 % is refused unless it is meant: *ceiling* says so, as multiples of an on-target pay do.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from fractions import Fraction
from typing import Any, Self, assert_never

import attrs

from ..errors import InvalidType, InvalidValue, SalesplanError, clip, listed, require_instance
from ..ladder import Boundary, Ladder
from ..money import Currency, Money, Rounding
from ..rate import Rate
from ._keys import Key, TierValue, number, read_key, times, value_of

__all__ = ["Application", "RateTable", "Slice", "TableError"]

_ONE = Rate(1)


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
    """Along the line between the values at two thresholds, amounts or rates; beyond the last the last value."""


@attrs.frozen(kw_only=True)
class Slice:
    """One part of a pay: so much of the *base* at this *rate* is this *amount*; from tier *tier*, counted from 0.

    Units: *base* and *amount* are exact minor units. *rate* is None where a tier pays an amount, not a share; where
    that is an amount for *each* unit, *base* counts units.
    """

    tier: int
    base: Fraction
    rate: Rate | None
    amount: Fraction
    each: Money | None = None


def _tiers(given: Ladder[Any, Any]) -> Ladder[Money | Rate | int, Rate | Money]:
    return require_instance(given, Ladder, code="commission.tiers", name="tiers")


@attrs.frozen
class RateTable:
    """Steps of pay over a key.

    An amount at threshold 0 is paid for 0; a settlement pays nothing where nothing was sold.
    Law: MARGINAL never falls; pay(-x) == -pay(x) for x other than 0 and a symmetric rounding; slices sum to the pay
    before rounding.
    Raises: TableError for rates outside 0..*ceiling*, mixed kinds of threshold or value, a line of one point;
    CurrencyMismatch.
    >>> table = RateTable.of(
    ...     [(0, "3%"), ("100000", "5%"), ("200000", "8%")],
    ...     currency="CNY", application=Application.MARGINAL, boundary=Boundary.LOWER_INCLUSIVE,
    ... )
    >>> str(table.pay(Money.of("260000", "CNY")))
    'CNY 12800.00'
    >>> [int(part.amount) for part in table.slices(Money.of("260000", "CNY"))]      # in fen
    [300000, 500000, 480000]
    """

    tiers: Ladder[Money | Rate | int, Rate | Money] = attrs.field(converter=_tiers)
    application: Application = attrs.field(kw_only=True)
    currency: Currency = attrs.field(kw_only=True)
    rounding: Rounding = attrs.field(default=Rounding.HALF_UP, kw_only=True)
    ceiling: Rate = attrs.field(default=_ONE, kw_only=True)

    def __attrs_post_init__(self) -> None:
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
            if number(threshold) < 0:
                raise TableError("thresholds are 0 or more", code="commission.thresholds", value=threshold)
        self._check_values()
        if self.application is Application.INTERPOLATED and len(self.tiers.steps) < 2:
            raise TableError("a line needs two points", code="commission.points", value=len(self.tiers.steps))

    def _check_values(self) -> None:
        require_instance(self.ceiling, Rate, code="commission.ceiling", name="ceiling")
        first = self.tiers.values[0]
        by_rate = {
            Application.MARGINAL: not (self.kind is int and isinstance(first, Money)),
            Application.WHOLE: not (self.kind is int and isinstance(first, Money)),
            Application.FIXED: False,
            Application.INTERPOLATED: isinstance(first, Rate),
        }
        for value in self.tiers.values:
            if by_rate[self.application]:
                _require_share(value, self.ceiling)
            else:
                amount = require_instance(value, Money, code="commission.value", name="a tier")
                if Money.zero(self.currency).same(amount).minor < 0:
                    raise TableError(f"a tier pays 0 or more, not {amount}", code="commission.value", value=amount)

    @classmethod
    def of(
        cls,
        steps: Iterable[tuple[object, object]],
        *,
        currency: str | Currency,
        application: Application,
        boundary: Boundary,
        rounding: Rounding = Rounding.HALF_UP,
        ceiling: Rate = _ONE,
    ) -> Self:
        """A table from pairs of threshold and value, written as people write them.

        A threshold is an amount ("100000"), Money, an attainment ("80%") or a Rate; a value is "3%", a Rate, or, where
        the application pays amounts, an amount. Whole units as thresholds: build the Ladder yourself.
        """
        unit = Currency.of(currency)
        pairs: list[tuple[Key, TierValue]] = []
        for pair in listed(steps, code="commission.steps", name="steps"):
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise InvalidType(
                    f"a step is a threshold and a value: {clip(pair)}", code="commission.steps", value=pair
                )
            pairs.append((read_key(pair[0], unit), read_key(pair[1], unit)))
        ladder = Ladder.of(pairs, boundary=boundary)
        return cls(ladder, application=application, currency=unit, rounding=rounding, ceiling=ceiling)

    @property
    def kind(self) -> type[Key]:
        """What the tiers are reached by: Money, Rate (an attainment) or int (units)."""
        return type(self.tiers.thresholds[0])

    @property
    def pays_shares(self) -> bool:
        """Whether tiers pay rates, not amounts."""
        return isinstance(self.tiers.values[0], Rate)

    @property
    def per_unit(self) -> bool:
        """Whether tiers pay an amount for each unit: 50 yuan a course up to ten, 80 from the eleventh on."""
        return not self.pays_shares and self.application in {Application.MARGINAL, Application.WHOLE}

    def multiplied(self, factor: Rate) -> Self:
        """The table with every rate or amount times *factor*: from multiples to rates, from a half to a full job.

        Raises: InvalidValue for a negative factor, or an amount that would not be whole minor units.
        >>> multiples = RateTable.of([("0%", Rate(1)), ("100%", Rate(3, 2))], currency="USD", ceiling=Rate(2),
        ...                          application=Application.MARGINAL, boundary=Boundary.LOWER_INCLUSIVE)
        >>> [str(rate) for rate in multiples.multiplied(Rate.percent("10")).tiers.values]
        ['10%', '15%']
        """
        require_instance(factor, Rate, code="commission.factor", name="factor")
        if factor < Rate(0):
            raise InvalidValue(f"a factor is 0 or more: {factor}", code="commission.factor", value=factor)
        steps: list[tuple[Key, TierValue]] = [(step.threshold, times(step.value, factor)) for step in self.tiers.steps]
        return attrs.evolve(
            self, tiers=Ladder.of(steps, boundary=self.tiers.boundary), ceiling=max(self.ceiling * factor, _ONE)
        )

    def by_amount(self, quota: Money, rounding: Rounding | None = None) -> Self:
        """The table of attainments as one of amounts, for that quota: what `sales_for` and the like ask for.

        Raises: InvalidType where tiers are not reached by attainment; InvalidValue for a quota of 0 or less, or a
        threshold that falls between two minor units when no *rounding* is named.
        >>> table = RateTable.of([("0%", "10%"), ("80%", "15%")], currency="CNY", application=Application.WHOLE,
        ...                      boundary=Boundary.LOWER_INCLUSIVE)
        >>> [str(at) for at in table.by_amount(Money.of("500000", "CNY")).tiers.thresholds]
        ['CNY 0.00', 'CNY 400000.00']
        """
        units = Money.zero(self.currency).same(quota).minor
        if units <= 0:
            raise InvalidValue(f"a quota is more than 0: {quota}", code="commission.quota", value=quota)
        steps: list[tuple[Key, TierValue]] = []
        for step in self.tiers.steps:
            attainment = require_instance(step.threshold, Rate, code="commission.not_by_attainment", name="a threshold")
            exact = attainment.to_fraction() * units
            if exact.denominator != 1 and rounding is None:
                raise InvalidValue(
                    f"{attainment} of {quota} is between two minor units: name a rounding",
                    code="commission.between",
                    value=attainment,
                )
            whole = (rounding or self.rounding).divide(exact.numerator, exact.denominator)
            steps.append((Money(whole, self.currency), step.value))
        return attrs.evolve(self, tiers=Ladder.of(steps, boundary=self.tiers.boundary))

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
        if number(by) < 0:
            mirrored = self._slices(Fraction(-base), -by)
            return tuple(attrs.evolve(part, base=-part.base, amount=-part.amount) for part in mirrored)
        return self._slices(Fraction(base), by)

    def _slices(self, base: Fraction, key: Key) -> tuple[Slice, ...]:
        if self.per_unit:
            base = number(key)
        if self.application is Application.MARGINAL and number(key) == 0:
            return self._at_zero(base)
        band = self.tiers.band_at(key)
        if band is None:
            return ()
        at = band.position
        match self.application:
            case Application.MARGINAL:
                return self._marginal(at, base, number(key))
            case Application.WHOLE:
                return (_share(at, base, band.value),)
            case Application.FIXED:
                return (Slice(tier=at, base=base, rate=None, amount=value_of(band.value)),)
            case Application.INTERPOLATED:
                if isinstance(band.value, Rate):
                    return (_share(at, base, _rate(self._between(at, number(key)))),)
                return (Slice(tier=at, base=base, rate=None, amount=self._between(at, number(key))),)
            case _:
                assert_never(self.application)

    def _marginal(self, at: int, base: Fraction, reached: Fraction) -> tuple[Slice, ...]:
        """Each slice of the key, from the first threshold up to what was reached, as its part of the base."""
        values, edges = self.tiers.values, [number(threshold) for threshold in self.tiers.thresholds]
        found = []
        for tier in range(at + 1):
            part = (reached if tier == at else edges[tier + 1]) - edges[tier]
            if part:
                found.append(_share(tier, base * part / reached, values[tier]))
        return tuple(found)

    def _at_zero(self, base: Fraction) -> tuple[Slice, ...]:
        """Nothing of the key to share by: the base is at the rate that the first of it would have."""
        starts = number(self.tiers.thresholds[0]) == 0
        return (_share(0, base, self.tiers.values[0]),) if base and starts else ()

    def _between(self, at: int, reached: Fraction) -> Fraction:
        """The value of the line at what was reached: minor units or a share."""
        here = value_of(self.tiers.values[at])
        if at + 1 == len(self.tiers.steps):
            return here
        lower, upper = number(self.tiers.thresholds[at]), number(self.tiers.thresholds[at + 1])
        return here + (value_of(self.tiers.values[at + 1]) - here) * (reached - lower) / (upper - lower)

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


def _require_share(value: object, ceiling: Rate) -> None:
    rate = require_instance(value, Rate, code="commission.rate", name="a tier's rate")
    if not Rate(0) <= rate <= ceiling:
        raise TableError(
            f"a tier pays 0 to {ceiling} of the sale, not {rate}; where more is meant, ceiling=Rate(...) says so",
            code="commission.rate",
            value=rate,
        )


def _rate(share: Fraction) -> Rate:
    return Rate(share.numerator, share.denominator)


def _share(tier: int, base: Fraction, value: TierValue) -> Slice:
    if isinstance(value, Money):
        return Slice(tier=tier, base=base, rate=None, amount=base * value.minor, each=value)
    return Slice(tier=tier, base=base, rate=value, amount=base * value.to_fraction())
