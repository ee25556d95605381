"""The growth of a product shared over its factors; the theory is that of `drivers`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from math import prod
from typing import Final

import attrs

from ..display import html_table, text_table
from ..errors import InvalidValue, NotFound, clip
from ..rate import Rate
from ._ratios import as_text, exact_rate

__all__ = ["DriverGrowth", "SharedGrowth", "share_growth"]

_HEADS: Final = ("driver", "before", "after", "growth", "")
_ROOTS: Final = Context(prec=150, rounding=ROUND_HALF_EVEN, Emin=-999_999, Emax=999_999)
_SETTLED: Final = Decimal("1e-60")


@attrs.frozen(kw_only=True)
class DriverGrowth:
    """One driver of a growth; *growth* is that of one plus the value where the driver enters so.

    Units: money in major units.
    """

    name: str
    before: Rate
    after: Rate
    growth: Rate
    flexibility: Rate


@attrs.frozen(kw_only=True)
class SharedGrowth:
    """A growth split over drivers: each before and after, *solved* naming the one that is exact and not rounded.

    Law: product of the drivers after == result before x (1 + growth), exactly.      Units: money in major units.
    """

    name: str
    growth: Rate
    decimals: int
    solved: str
    drivers: tuple[DriverGrowth, ...]
    before: Rate
    after: Rate

    def __getitem__(self, name: str) -> DriverGrowth:
        """The driver of that name.

        Raises: NotFound when there is none.
        """
        for driver in self.drivers:
            if driver.name == name:
                return driver
        raise NotFound(f"no driver {clip(name)} in the tree", code="targets.drivers.unknown", value=name)

    def explain(self) -> str:
        """Each driver before and after as an aligned table, the result below."""
        return text_table([_HEADS, *self._rows()])

    def _repr_html_(self) -> str:
        return html_table(_HEADS, self._rows())

    def _rows(self) -> list[tuple[str, str, str, str, str]]:
        rows = [
            (
                driver.name,
                as_text(driver.before, self.decimals),
                as_text(driver.after, self.decimals),
                f"{as_text(driver.growth * 100, max(self.decimals - 2, 2))} %",
                "solved" if driver.name == self.solved else "" if driver.flexibility.numerator else "fixed",
            )
            for driver in self.drivers
        ]
        whole = f"{as_text(self.growth * 100, max(self.decimals - 2, 2))} %"
        before, after = as_text(self.before, self.decimals), as_text(self.after, self.decimals)
        return [*rows, (self.name, before, after, whole, "")]


def share_growth(
    name: str,
    factors: Mapping[str, Fraction],
    *,
    growth: Rate,
    weights: Mapping[str, Fraction],
    shifts: Mapping[str, int],
    decimals: int,
) -> SharedGrowth:
    """The growth of the product of *factors*, all above 0; a driver's value is its factor less its shift."""
    whole = 1 + growth.to_fraction()
    flexible = sum(weights.values())
    times = {driver: _root(whole, weights[driver] / flexible, decimals) for driver in factors}
    solved = min(factors, key=lambda driver: (-weights[driver], driver))
    others = prod((times[driver] for driver in factors if driver != solved), start=Fraction(1))
    if others == 0:
        raise InvalidValue(
            f"{decimals} decimals round a driver's growth to -100 %: ask for more decimals",
            code="targets.drivers.decimals",
            value=decimals,
        )
    times[solved] = whole / others
    before = prod(factors.values(), start=Fraction(1))
    return SharedGrowth(
        name=name,
        growth=growth,
        decimals=decimals,
        solved=solved,
        drivers=tuple(
            DriverGrowth(
                name=driver,
                before=exact_rate(factor - shifts[driver], name=driver),
                after=exact_rate(factor * times[driver] - shifts[driver], name=driver),
                growth=exact_rate(times[driver] - 1, name=driver),
                flexibility=exact_rate(weights[driver], name=driver),
            )
            for driver, factor in factors.items()
        ),
        before=exact_rate(before, name=name),
        after=exact_rate(before * whole, name=name),
    )


def _root(whole: Fraction, part: Fraction, decimals: int) -> Fraction:
    """*whole* to the power *part*, halves up to *decimals*; settled to 60 places first, so exact roots stay exact."""
    if part in (0, 1):
        return Fraction(1) if part == 0 else whole
    log = _ROOTS.subtract(_ROOTS.ln(Decimal(whole.numerator)), _ROOTS.ln(Decimal(whole.denominator)))
    scaled = _ROOTS.divide(_ROOTS.multiply(log, Decimal(part.numerator)), Decimal(part.denominator))
    settled = _ROOTS.quantize(_ROOTS.exp(scaled), _SETTLED)
    return Fraction(settled.quantize(Decimal((0, (1,), -decimals)), rounding=ROUND_HALF_UP, context=_ROOTS))
