"""How much credit was given for what was sold: overlays and overrides come on top of the primary credit."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import attrs

from ..display import html_table, text_table
from ..errors import clip
from ..rate import Rate
from .credits import Credit, CreditError, CreditRole, not_one, require_credits
from .exact import near_rate

__all__ = ["Coverage", "coverage", "covered"]


@attrs.frozen(kw_only=True)
class Coverage:
    """What was credited of the deals: *deals* amounts in all, *primary* and *additional* (overlay, override) credit.

    *above* names the deals credited beyond 100 % with their total share, the largest first.
    """

    deals: Fraction
    primary: Fraction
    additional: Fraction
    above: tuple[tuple[str, Rate], ...]

    @property
    def multiplier(self) -> Rate | None:
        """Credit per unit sold: 1.3 means that plans pay on 30 % more than was sold. None where nothing was."""
        if self.deals == 0:
            return None
        ratio = (self.primary + self.additional) / self.deals
        return near_rate(ratio)

    def explain(self) -> str:
        """The totals, and the deals credited above 100 %."""
        return text_table(self._rows())

    def _repr_html_(self) -> str:
        return html_table(("credit", "share"), self._rows())

    def _rows(self) -> list[tuple[str, str]]:
        total = self.multiplier
        rows = [("credited of what was sold", "-" if total is None else str(total))]
        return rows + [(deal, str(share)) for deal, share in self.above]


def coverage(credits: Iterable[Credit]) -> Coverage:
    """How credits cover their deals.

    Raises: CreditError when a payee is credited twice for a deal, primary shares of a deal do not sum to exactly one,
    or credits disagree on the amount or day of their deal.
    >>> from datetime import date
    >>> from salesplan.money import Money
    >>> half = [Credit("D-1", name, amount=Money.of("100", "CNY"), on=date(2026, 11, 3), share=Rate(1, 2)) for name in
    ...         ("li", "wang")]
    >>> helped = Credit("D-1", "sun", amount=Money.of("100", "CNY"), on=date(2026, 11, 3), role=CreditRole.OVERLAY)
    >>> found = coverage([*half, helped])
    >>> str(found.multiplier), found.above == (("D-1", Rate(2)),)
    ('200%', True)
    """
    return covered(require_credits(credits))


def covered(credits: Iterable[Credit]) -> Coverage:
    """`coverage` of credits that are checked and in order already."""
    first: dict[str, Credit] = {}
    primary: dict[str, int | Fraction] = {}
    total: dict[str, int | Fraction] = {}
    for credit in credits:
        deal, share = credit.deal, credit.share
        known = first.setdefault(deal, credit)
        if known is credit and credit.role is CreditRole.PRIMARY and share.numerator == share.denominator:
            total[deal] = primary[deal] = 1
            continue
        if known is not credit and (
            (known.amount, known.on, known.reverses) != (credit.amount, credit.on, credit.reverses)
        ):
            raise CreditError(
                f"credits of {clip(deal)} disagree on its amount, day or what it reverses",
                code="commission.deal_differs",
                value=deal,
            )
        part = share.numerator if share.denominator == 1 else share.to_fraction()  # whole shares stay integers
        total[deal] = total.get(deal, 0) + part
        if credit.role is CreditRole.PRIMARY:
            primary[deal] = primary.get(deal, 0) + part
    for deal in first:
        if primary.get(deal, 0) != 1:
            raise not_one(deal, Fraction(primary.get(deal, 0)))
    above = [(deal, Fraction(share)) for deal, share in total.items() if share != 1]
    additional = sum(((share - 1) * first[deal].amount.minor for deal, share in above), start=Fraction(0))
    deals = Fraction(sum(credit.amount.minor for credit in first.values()))
    return Coverage(
        deals=deals,
        primary=deals,
        additional=additional,
        above=tuple((deal, near_rate(share)) for deal, share in sorted(above, key=lambda each: (-each[1], each[0]))),
    )
