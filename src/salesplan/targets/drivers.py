"""Driver trees: a result as the product of what drives it, read forwards, backwards and as growth.

Revenue is traffic x conversion x order value x (1 + repurchase); a seller's month is leads x rate x value. A
driver counts as it stands or as one plus itself. Everything is a ratio of integers: forwards there is one
product, backwards the one missing driver is the target over the product of the rest, and both are exact.

Growth is shared on the log scale, where a product is a sum: of ln(1 + g) each driver takes a part in proportion
to its flexibility, so three equally flexible drivers that together owe +30 % grow 1.3 ** (1/3) - 1 = 9.14 % each.
Such a root is irrational as a rule. It is rounded to a stated number of decimals for every driver but the most
flexible one, which is then solved backwards, so the product meets the grown result exactly. A driver that counts
as one plus itself grows in that form: a repurchase of 20 % that grows 10 % becomes 1.2 x 1.1 - 1 = 32 %.

Left out: drivers that move each other (a higher price lowers conversion), and sums of products.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from fractions import Fraction
from math import prod
from typing import Final, TypeAlias, assert_never

import attrs

from ..errors import (
    InvalidType,
    InvalidValue,
    NotFound,
    clip,
    listed,
    require_instance,
    require_int,
    require_text,
)
from ..money import Currency, CurrencyMismatch, Money, Rounding
from ..rate import Rate
from ._driver_growth import DriverGrowth, SharedGrowth, share_growth
from ._ratios import exact_rate, fraction_of, major, mapped

__all__ = ["Driver", "DriverGrowth", "DriverTree", "Form", "SharedGrowth"]

Value: TypeAlias = int | Rate | Money

_MAX_DRIVERS: Final = 20


class Form(Enum):
    """How a driver enters the product."""

    PLAIN = "plain"
    """As it stands: 10,000 visits x 2 % is 200."""
    ONE_PLUS = "one_plus"
    """As one plus itself: 200 orders x (1 + 20 %) is 240."""


@attrs.frozen
class Driver:
    """One factor of a tree.

    >>> Driver("repurchase", form=Form.ONE_PLUS).name
    'repurchase'
    """

    name: str
    form: Form = attrs.field(default=Form.PLAIN, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_text(self.name, code="targets.drivers.name", name="a driver's name")
        require_instance(self.form, Form, code="targets.drivers.form", name="form")


def _several(drivers: Iterable[Driver]) -> tuple[Driver, ...]:
    return listed(drivers, code="targets.drivers.drivers", name="drivers")


@attrs.frozen
class DriverTree:
    """A result as the product of its drivers; with *currency* the result is money, and so may be one driver.

    Raises: InvalidValue for no driver, more than 20, or two of one name.
    >>> tree = DriverTree("orders", [Driver("traffic"), Driver("conversion")])
    >>> str(tree.value({"traffic": 10_000, "conversion": Rate.percent("2")}))
    '20000%'
    """

    name: str
    drivers: tuple[Driver, ...] = attrs.field(converter=_several)
    currency: Currency | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_text(self.name, code="targets.drivers.name", name="the result's name")
        for driver in self.drivers:
            require_instance(driver, Driver, code="targets.drivers.drivers", name="a driver")
        require_int(len(self.drivers), code="targets.drivers.drivers", name="drivers", low=1, high=_MAX_DRIVERS)
        if len(set(self._names)) < len(self.drivers):
            raise InvalidValue(
                f"two drivers of one name: {clip(self._names)}", code="targets.drivers.twice", value=self._names
            )
        if self.currency is not None:
            require_instance(self.currency, Currency, code="targets.drivers.currency", name="currency")

    def product(self, values: Mapping[str, Value]) -> Rate:
        """The exact product, every driver given.

        Units: major units where the tree has a currency.
        Raises: InvalidValue if a driver is missing, NotFound if a name is no driver.
        >>> tree = DriverTree("orders", [Driver("visits"), Driver("again", form=Form.ONE_PLUS)])
        >>> tree.product({"visits": 200, "again": Rate.percent("20")})
        Rate(numerator=240, denominator=1)
        """
        return exact_rate(prod(self._factors(values, missing=0).values(), start=Fraction(1)), name=self.name)

    def value(self, values: Mapping[str, Value], *, rounding: Rounding | None = None) -> Rate | Money:
        """The result: a Rate, or Money where the tree has a currency.

        Raises: as `product`; InvalidValue for Money with a fraction of a minor unit and no *rounding*, or for a
        *rounding* without a currency.
        >>> tree = DriverTree("revenue", [Driver("orders"), Driver("value")], currency=Currency.iso("EUR"))
        >>> str(tree.value({"orders": 12, "value": Money.of("19.90", "EUR")}))
        'EUR 238.80'
        """
        result = self.product(values)
        if self.currency is None:
            if rounding is not None:
                raise InvalidValue(
                    "a tree without a currency is exact and rounds nothing: leave rounding out",
                    code="targets.drivers.rounding",
                    value=rounding,
                )
            return result
        minor = result.to_fraction() * 10**self.currency.exponent
        if rounding is not None:
            require_instance(rounding, Rounding, code="targets.drivers.rounding", name="rounding")
            return Money(rounding.divide(minor.numerator, minor.denominator), self.currency)
        if minor.denominator != 1:
            raise InvalidValue(
                f"{clip(self.name)} has a fraction of a minor unit, {clip(result)}: name a rounding",
                code="targets.drivers.fraction",
                value=result,
            )
        return Money(int(minor), self.currency)

    def solve(self, target: Value, known: Mapping[str, Value]) -> Rate:
        """What the one driver not in *known* must be, for the result to be *target*.

        Law: product({**known, missing: solved}) == target.      Units: major units where the driver is money.
        Raises: InvalidValue unless exactly one driver is missing and the product of the others is not 0;
        InvalidType for a target that is not Money though the tree has a currency, or the other way round.
        >>> tree = DriverTree("orders", [Driver("traffic"), Driver("conversion")])
        >>> str(tree.solve(300, {"traffic": 12_000}))
        '2.5%'
        """
        factors = self._factors(known, missing=1)
        rest = prod(factors.values(), start=Fraction(1))
        if rest == 0:
            raise InvalidValue(
                f"no driver makes up for a product of 0: {clip(dict(known))}", code="targets.drivers.zero", value=0
            )
        if self.currency is not None and not isinstance(target, Money):
            raise InvalidType(
                f"the target must be Money in {self.currency}: {clip(target)}",
                code="targets.drivers.target",
                value=target,
            )
        (missing,) = (driver for driver in self.drivers if driver.name not in factors)
        factor = self._ratio(target, name="target") / rest
        return exact_rate(factor - _shift(missing.form), name=missing.name)

    def grow(
        self,
        values: Mapping[str, Value],
        growth: Rate,
        flexibility: Mapping[str, int | Rate] | None = None,
        *,
        decimals: int = 4,
    ) -> SharedGrowth:
        """What each driver has to become, for the result to grow by *growth*.

        *flexibility* weighs the drivers; 0 or left out is fixed, None makes all equally flexible. The growth of each
        is rounded to *decimals* (4: hundredths of a percent), but for the most flexible, of several the first name.
        Law: the product after is the product before x (1 + growth), exactly.      Range: decimals 0..12.
        Raises: InvalidValue for a growth of -100 % or less, a driver that is not positive, nothing flexible, or a
        growth that *decimals* round to -100 %.
        >>> tree = DriverTree("result", [Driver("a"), Driver("b"), Driver("c")])
        >>> plan = tree.grow({"a": 100, "b": 100, "c": 100}, Rate.percent("30"))
        >>> print(plan.explain())
        driver  before   after     growth
        a       100      109.1379  9.14 %  solved
        b       100      109.14    9.14 %
        c       100      109.14    9.14 %
        result  1000000  1300000   30 %
        """
        factors = self._factors(values, missing=0)
        for name, factor in factors.items():
            if factor <= 0:
                raise InvalidValue(
                    f"driver {clip(name)} must enter the product above 0 to grow: {clip(values[name])}",
                    code="targets.drivers.factor",
                    value=values[name],
                )
        require_instance(growth, Rate, code="targets.drivers.growth", name="growth")
        require_int(decimals, code="targets.drivers.decimals", name="decimals", low=0, high=12)
        if growth <= Rate(-1):
            raise InvalidValue(f"growth must be above -100 %: {growth}", code="targets.drivers.growth", value=growth)
        return share_growth(
            self.name,
            factors,
            growth=growth,
            weights=self._flexibility(flexibility),
            shifts={driver.name: _shift(driver.form) for driver in self.drivers},
            decimals=decimals,
        )

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(driver.name for driver in self.drivers)

    def _factors(self, values: Mapping[str, Value], *, missing: int) -> dict[str, Fraction]:
        """What each given driver multiplies with, in the order of the tree."""
        values = mapped(values, code="targets.drivers.values", name="values")
        self._known(values)
        absent = [name for name in self._names if name not in values]
        if len(absent) != missing:
            raise InvalidValue(
                f"{len(absent)} drivers are missing where {missing} must be: {clip(absent)}",
                code="targets.drivers.missing",
                value=absent,
            )
        if sum(isinstance(value, Money) for value in values.values()) > 1:
            raise InvalidValue("money times money: only one driver may be Money", code="targets.drivers.unit", value=2)
        factors = {}
        for driver in self.drivers:
            if driver.name in values:
                factors[driver.name] = self._ratio(values[driver.name], name=driver.name) + _shift(driver.form)
        return factors

    def _known(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._names:
                raise NotFound(f"no driver {clip(name)} in the tree", code="targets.drivers.unknown", value=name)

    def _ratio(self, value: object, *, name: str) -> Fraction:
        if not isinstance(value, Money):
            return fraction_of(value, code="targets.drivers.value", name=clip(name))
        if self.currency is None:
            raise InvalidType(
                f"{clip(name)} is Money: give the tree its currency", code="targets.drivers.unit", value=value
            )
        if value.currency != self.currency:
            raise CurrencyMismatch(
                f"{clip(name)} is in {value.currency}, the tree in {self.currency}: convert first",
                code="money.currency_mismatch",
                value=value,
            )
        return major(value)

    def _flexibility(self, given: Mapping[str, int | Rate] | None) -> dict[str, Fraction]:
        if given is None:
            return dict.fromkeys(self._names, Fraction(1))
        given = mapped(given, code="targets.drivers.flexibility", name="flexibility")
        self._known(given)
        weights = dict.fromkeys(self._names, Fraction(0))
        for name, weight in given.items():
            weights[name] = fraction_of(weight, code="targets.drivers.flexibility", name=f"flexibility of {clip(name)}")
            if weights[name] < 0:
                raise InvalidValue(
                    f"the flexibility of {clip(name)} must not be negative: {clip(weight)}",
                    code="targets.drivers.flexibility",
                    value=weight,
                )
        if not any(weights.values()):
            raise InvalidValue("no driver is flexible: nothing can grow", code="targets.drivers.flexibility", value=0)
        return weights


def _shift(form: Form) -> int:
    """By how much the factor is more than the driver's value."""
    match form:
        case Form.PLAIN:
            return 0
        case Form.ONE_PLUS:
            return 1
        case _:
            assert_never(form)
