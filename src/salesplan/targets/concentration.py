"""Concentration: how much of the whole the largest few hold, by the measures people quote.

All are exact ratios of the amounts sorted ascending, x_1 <= ... <= x_n with the sum S. The Lorenz curve joins the
points (k/n, (x_1 + ... + x_k)/S) by straight lines, so the share of the top 20 % is defined for 7 customers too:
1 - L(0.8), the next customer counting in part. Gini is 2 (1 x_1 + ... + n x_n)/(n S) - (n + 1)/n, without the
correction n/(n - 1): 0 where all are equal, (n - 1)/n where one has all. HHI is the sum of squared shares, 1/n to
1; antitrust texts multiply it by 10,000. None is defined for a negative amount (net returns) or nothing at all.

A Pareto tail is a model and its shape a float: the top p hold p ** (1 - 1/alpha), so 20 % holding 60 % gives
alpha = 1.465, and with it a Gini of 1/(2 alpha - 1) = 0.518.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import floor, log1p
from typing import Final

import attrs

from ..display import Align, html_table, text_table
from ..errors import InvalidValue, clip, listed, require_instance, require_int
from ..rate import Rate
from ._amounts import Amount, unit_of, units_of
from ._ratios import as_text, exact_rate, mapped

__all__ = ["Concentration", "concentration", "pareto_alpha"]

_MAX_TOTAL: Final = 10**24
_SHOWN: Final = (Rate.percent("1"), Rate.percent("5"), Rate.percent("10"), Rate.percent("20"), Rate.percent("50"))
_ALIGN: Final = (Align.LEFT, Align.RIGHT)


@attrs.frozen
class Concentration:
    """Amounts as rising whole units, minor units where they are money.

    Law: a permutation or a common factor of the amounts changes no measure.
    """

    units: tuple[int, ...]

    def __attrs_post_init__(self) -> None:
        for amount in self.units:
            if require_int(amount, code="targets.concentration.amounts", name="an amount in units") < 0:
                raise InvalidValue(
                    f"concentration is undefined for negative amounts, as net returns: {clip(amount)} units",
                    code="targets.concentration.negative",
                    value=amount,
                )
        if any(after < before for before, after in pairwise(self.units)):
            raise InvalidValue(
                f"the amounts must rise: {clip(self.units)}", code="targets.concentration.amounts", value=self.units
            )
        if not any(self.units):
            raise InvalidValue(
                "no amount is above 0: nobody holds a share", code="targets.concentration.zero", value=self.units
            )
        require_int(self._total, code="targets.concentration.total", name="the total in units", high=_MAX_TOTAL)

    def top_share(self, top: Rate) -> Rate:
        """What the largest *top* of all hold; of one that is only partly among them, that part.

        Law: top <= result <= 1; 0 of them hold 0, all hold 1.
        Raises: InvalidValue for *top* outside 0..1.
        >>> str(concentration([50, 30, 10, 10]).top_share(Rate.percent("50")))
        '80%'
        >>> str(concentration([50, 30, 10, 10]).top_share(Rate.percent("30")))
        '56%'
        """
        _check_share(top, name="top")
        many = top.to_fraction() * len(self.units)
        whole = floor(many)
        largest = self.units[::-1]
        held = sum(largest[:whole]) + (many - whole) * sum(largest[whole : whole + 1])
        return exact_rate(held / Fraction(self._total), name="the top share")

    @property
    def gini(self) -> Rate:
        """Twice the area between the Lorenz curve and equality, uncorrected: 0 .. (n - 1)/n.

        >>> str(concentration([0, 0, 0, 7]).gini), str(concentration([5, 5]).gini)
        ('75%', '0%')
        """
        size = len(self.units)
        ranked = sum(rank * amount for rank, amount in enumerate(self.units, 1))
        return exact_rate(Fraction(2 * ranked, size * self._total) - Fraction(size + 1, size), name="gini")

    @property
    def hhi(self) -> Rate:
        """The sum of the squared shares: 1/n .. 1.

        >>> str(concentration([60, 40]).hhi)
        '52%'
        """
        return exact_rate(Fraction(sum(amount**2 for amount in self.units), self._total**2), name="hhi")

    @property
    def _total(self) -> int:
        return sum(self.units)

    def explain(self) -> str:
        """What the top 1, 5, 10, 20 and 50 % hold, Gini and HHI."""
        return text_table(self._rows(), align=_ALIGN)

    def _repr_html_(self) -> str:
        return html_table(("", f"of {len(self.units)}"), self._rows(), align=_ALIGN)

    def _rows(self) -> list[tuple[str, str]]:
        tops = [(f"top {str(top).replace('%', ' %')}", f"{as_text(self.top_share(top) * 100, 1)} %") for top in _SHOWN]
        return [*tops, ("Gini", as_text(self.gini, 3)), ("HHI", as_text(self.hhi, 3))]


def concentration(amounts: Mapping[str, Amount] | Sequence[Amount]) -> Concentration:
    """How unequal *amounts* are; their names and order do not matter.

    Raises: InvalidValue for a negative amount, nothing at all, or a total past 10**24 units; InvalidType,
    CurrencyMismatch.
    >>> print(concentration({"ann": 600, "bob": 100, "cid": 100, "dee": 100, "eve": 100}).explain())
    top 1 %    3 %
    top 5 %   15 %
    top 10 %  30 %
    top 20 %  60 %
    top 50 %  75 %
    Gini       0.4
    HHI        0.4
    """
    if isinstance(amounts, Mapping):
        amounts = tuple(mapped(amounts, code="targets.concentration.amounts", name="amounts").values())
    several = listed(amounts, code="targets.concentration.amounts", name="amounts")
    unit = unit_of(several[0], name="an amount") if several else None
    return Concentration(tuple(sorted(units_of(amount, unit, name="an amount") for amount in several)))


def pareto_alpha(*, top: Rate, share: Rate) -> float:
    """The shape of the Pareto distribution whose largest *top* hold *share*: a statistic, hence a float.

    Law: top ** (1 - 1/alpha) == share up to float error; alpha >= 1.
    Raises: InvalidValue unless 0 < top < share < 1.
    >>> alpha = pareto_alpha(top=Rate.percent("20"), share=Rate.percent("60"))
    >>> f"{alpha:.3f} {1 / (2 * alpha - 1):.3f}"
    '1.465 0.518'
    """
    _check_share(top, name="top")
    _check_share(share, name="share")
    if not Rate(0) < top < share < Rate(1):
        raise InvalidValue(
            f"a Pareto tail has 0 < top < share < 1, not top {clip(str(top))} and share {clip(str(share))}",
            code="targets.concentration.pareto",
            value=share,
        )
    part, held = (rate.to_fraction() for rate in (top, share))
    return _log(1 / part) / _log(held / part)


def _log(ratio: Fraction) -> float:
    """The natural logarithm of a ratio above 1, also of one that a float rounds to 1."""
    return log1p(float(ratio - 1))


def _check_share(rate: Rate, *, name: str) -> None:
    if not Rate(0) <= require_instance(rate, Rate, code="targets.concentration.share", name=name) <= Rate(1):
        raise InvalidValue(f"{name} must lie in 0..1: {rate}", code="targets.concentration.share", value=rate)
