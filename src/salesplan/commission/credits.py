"""Credits: who is credited with how much of which deal.

The amount is the deal's, the share is exact, and what is credited is their product before anything is rounded, so three
sellers with a third each hold exactly one deal between them. Credit notes are credits of a negative amount: the sign
does the work. Overlay and override credit (a specialist, a manager) comes on top of the primary credit and may take the
total above one; `coverage` reports by how much.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from fractions import Fraction

import attrs

from ..errors import (
    InvalidType,
    InvalidValue,
    SalesplanError,
    clip,
    listed,
    require_instance,
    require_int,
    require_text,
    text_set,
)
from ..money import CurrencyMismatch, Money
from ..rate import Rate
from .exact import near_rate
from .spans import require_day

__all__ = ["Credit", "CreditError", "CreditRole", "not_one", "order_of", "require_credits", "split_credit"]

_WHOLE = Rate(1)
_MAX_UNITS = 10**12


class CreditError(SalesplanError, ValueError):
    """Credits that do not belong together: given twice, shares that do not sum to one, outside the period."""


class CreditRole(Enum):
    """Why somebody is credited."""

    PRIMARY = "primary"
    """Sold it; the primary shares of a deal sum to one."""
    OVERLAY = "overlay"
    """Helped to sell it, in addition: a specialist, a partner manager."""
    OVERRIDE = "override"
    """Leads those who sold it."""


_PRIMARY = CreditRole.PRIMARY.value


def _labels(given: Iterable[str]) -> frozenset[str]:
    return text_set(given, code="commission.label", name="labels")


@attrs.frozen
class Credit:
    """*payee* is credited with *share* of *deal*, worth *amount* in all, on day *on*.

    A credit note has an id of its own, a negative amount, and in *reverses* the deal it takes back; *margin* follows
    its sign. *product* and *labels* are what scopes select by.
    Units: *units* counts what was sold, without sign.
    Raises: InvalidValue for a share outside 0..1, or a margin against the sign of no amount; CurrencyMismatch.
    >>> half = Credit("D-1", "li", amount=Money.of("40000", "CNY"), on=date(2026, 11, 3), share=Rate(1, 2))
    >>> int(half.credited)                                          # fen
    2000000
    """

    deal: str
    payee: str
    amount: Money = attrs.field(kw_only=True)
    on: date = attrs.field(kw_only=True)
    role: CreditRole = attrs.field(default=CreditRole.PRIMARY, kw_only=True)
    share: Rate = attrs.field(default=_WHOLE, kw_only=True)
    margin: Money | None = attrs.field(default=None, kw_only=True)
    units: int = attrs.field(default=1, kw_only=True)
    product: str | None = attrs.field(default=None, kw_only=True)
    labels: frozenset[str] = attrs.field(default=frozenset(), converter=_labels, kw_only=True)
    reverses: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_text(self.deal, code="commission.deal", name="deal")
        require_text(self.payee, code="commission.payee", name="payee")
        require_instance(self.amount, Money, code="commission.amount", name="amount")
        require_day(self.on, name="on")
        if self.role.__class__ is not CreditRole:
            raise InvalidType(f"role must be a CreditRole: {clip(self.role)}", code="commission.role", value=self.role)
        require_instance(self.share, Rate, code="commission.share", name="share")
        if not 0 <= self.share.numerator <= self.share.denominator:
            raise InvalidValue(f"a share lies in 0..1: {self.share}", code="commission.share", value=self.share)
        if self.margin is not None:
            self.amount.same(self.margin)
        require_int(self.units, code="commission.units", name="units", low=0, high=_MAX_UNITS)
        if self.product is not None:
            require_text(self.product, code="commission.product", name="product")
        if self.reverses is not None:
            self._check_note()

    def _check_note(self) -> None:
        require_text(self.reverses, code="commission.reverses", name="reverses")
        if self.amount.minor > 0 or self.reverses == self.deal:
            raise InvalidValue(
                f"what reverses {clip(self.reverses)} has its own id and a negative amount: {self.amount}",
                code="commission.reverses",
                value=self.amount,
            )

    @property
    def credited(self) -> Fraction:
        """The credited part of the amount, exact, in minor units."""
        return Fraction(self.amount.minor * self.share.numerator, self.share.denominator)

    @property
    def sign(self) -> int:
        """-1 for a credit note, which counts against units and deals, else 1."""
        return -1 if self.amount.minor < 0 else 1


def split_credit(
    deal: str,
    amount: Money,
    shares: Mapping[str, Rate],
    *,
    on: date,
    overlays: Mapping[str, Rate] | None = None,
    product: str | None = None,
    labels: Iterable[str] = (),
    margin: Money | None = None,
    units: int = 1,
    reverses: str | None = None,
) -> tuple[Credit, ...]:
    """The credits of one deal: primary *shares*, which sum to one, then *overlays*; by payee.

    Raises: CreditError when the shares do not sum to exactly one.
    >>> thirds = split_credit(
    ...     "D-7", Money.of("100", "CNY"), dict.fromkeys(["li", "sun", "wang"], Rate(1, 3)), on=date(2026, 11, 3)
    ... )
    >>> sum(credit.credited for credit in thirds) == 10000
    True
    """
    found = []
    kept = text_set(labels, code="commission.label", name="labels")
    for role, given in ((CreditRole.PRIMARY, shares), (CreditRole.OVERLAY, {} if overlays is None else overlays)):
        if not isinstance(given, Mapping):
            raise InvalidType(f"shares map payees to rates: {clip(given)}", code="commission.shares", value=given)
        found += [
            Credit(
                deal,
                require_text(payee, code="commission.payee", name="payee"),
                amount=amount,
                on=on,
                role=role,
                share=share,
                margin=margin,
                units=units,
                product=product,
                labels=kept,
                reverses=reverses,
            )
            for payee, share in given.items()
        ]
    whole = sum((each.share.to_fraction() for each in found if each.role is CreditRole.PRIMARY), start=Fraction(0))
    if whole != 1:
        raise not_one(deal, whole)
    return tuple(sorted(found, key=order_of))


def require_credits(credits: Iterable[Credit]) -> list[Credit]:
    """The credits in the one order everything here works in: by day, deal, payee, role.

    Raises: InvalidType; CreditError for the same deal, payee and role twice; CurrencyMismatch.
    """
    given = list(listed(credits, code="commission.credits", name="credits"))
    for credit in given:
        if not isinstance(credit, Credit):
            raise InvalidType(f"not a Credit: {clip(credit)}", code="commission.credits", value=credit)
    given.sort(key=order_of)
    unit = given[0].amount.currency if given else None
    for credit in given:
        if credit.amount.currency is not unit and credit.amount.currency != unit:
            raise CurrencyMismatch(
                f"{clip(credit.deal)} is in {credit.amount.currency}, {clip(given[0].deal)} in {unit}: convert first",
                code="money.currency_mismatch",
                value=credit.amount,
            )
    marks = [(credit.deal, credit.payee, _role(credit)) for credit in given]
    if len({*marks}) < len(marks):
        seen: set[tuple[str, str, str]] = set()
        twice = next(mark for mark in marks if mark in seen or seen.add(mark))  # type: ignore[func-returns-value]
        raise CreditError(
            f"{clip(twice[1])} is credited twice for {clip(twice[0])}: an instalment needs an id of its own",
            code="commission.credited_twice",
            value=twice[0],
        )
    return given


def order_of(credit: Credit) -> tuple[date, str, str, str]:
    """By day, deal, payee, role."""
    return credit.on, credit.deal, credit.payee, _role(credit)


def _role(credit: Credit) -> str:
    """The value of the role; looking it up in the enum takes longer than the comparison."""
    return _PRIMARY if credit.role is CreditRole.PRIMARY else credit.role.value


def not_one(deal: str, whole: Fraction) -> CreditError:
    """The error for primary shares that do not sum to one."""
    return CreditError(
        f"the primary shares of {clip(deal)} sum to {near_rate(whole)}, not to 100%; a third is Rate(1, 3)",
        code="commission.shares",
        value=deal,
    )
