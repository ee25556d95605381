"""Release: a commission paid out as its invoice is paid.

Half the invoice paid releases half the commission. What is released is always the rounded share of all that was paid
so far, less what was released before, so no cent is lost or found between the parts and the last payment releases the
rest. What is paid beyond the invoice releases nothing; a refund takes back what it had released, and no more than
that. The commission may be in another currency than the invoice: only the share matters.

Source: OCA/commission, pull request 104: an invoice of 20,000 with a commission of 4,000 paid in two halves releases
2,000 twice. Left out: which payment belongs to which invoice, and cash discounts, which lower the invoice first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from ..display import Align, html_table, text_table
from ..errors import InvalidValue, listed, require_instance
from ..money import Money, Rounding

__all__ = ["Release", "release"]


def _payments(payments: Iterable[Money]) -> tuple[Money, ...]:
    return listed(payments, code="commission.payments", name="payments")


@attrs.frozen(kw_only=True)
class Release:
    """What each of the *payments* of an *invoice* releases of its *commission*.

    Law: `released` == commission x share paid, rounded, where the share is cut off at none and all of the invoice;
    released + held == commission.
    Raises: InvalidValue for an invoice of 0; CurrencyMismatch for a payment in another currency than the invoice.
    """

    commission: Money
    invoice: Money
    payments: tuple[Money, ...] = attrs.field(converter=_payments)
    rounding: Rounding = Rounding.HALF_UP
    parts: tuple[Money, ...] = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        require_instance(self.commission, Money, code="commission.release", name="commission")
        require_instance(self.invoice, Money, code="commission.release", name="invoice")
        require_instance(self.rounding, Rounding, code="commission.rounding", name="rounding")
        if self.invoice.minor == 0:
            raise InvalidValue("an invoice of 0 is not paid in parts", code="commission.invoice", value=self.invoice)
        paid, before = 0, 0
        parts = []
        for payment in self.payments:
            paid += self.invoice.same(payment).minor
            upto = self._released(paid)
            parts.append(Money(upto - before, self.commission.currency))
            before = upto
        object.__setattr__(self, "parts", tuple(parts))

    @property
    def paid(self) -> Money:
        """All that was paid, less refunds."""
        return Money.sum(self.payments, currency=self.invoice.currency)

    @property
    def released(self) -> Money:
        """What is released so far."""
        return Money.sum(self.parts, currency=self.commission.currency)

    @property
    def held(self) -> Money:
        """What waits for the rest of the invoice."""
        return self.commission - self.released

    def explain(self) -> str:
        """Payment by payment, as text.

        >>> invoice, commission = Money.of("300", "EUR"), Money.of("100", "EUR")
        >>> print(release(commission, invoice, [Money.of("100", "EUR")] * 2).explain())
        payment    paid  releases  released   held
        1        100.00     33.33     33.33  66.67
        2        200.00     33.34     66.67  33.33
        """
        return text_table(self._rows(), align=_SIDES)

    def _repr_html_(self) -> str:
        head, *rows = self._rows()
        return html_table(head, rows, align=_SIDES)

    def to_columns(self) -> dict[str, list[Any]]:
        """One row per payment: *payment* and *released*.      Units: minor units of invoice and commission."""
        return {
            "payment": [payment.minor for payment in self.payments],
            "released": [part.minor for part in self.parts],
        }

    def _released(self, paid: int) -> int:
        """The rounded share of the commission when so much is paid."""
        side = 1 if self.invoice.minor > 0 else -1
        whole = side * self.invoice.minor
        return self.rounding.divide(self.commission.minor * min(max(side * paid, 0), whole), whole)

    def _rows(self) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = [("payment", "paid", "releases", "released", "held")]
        unit, paid, released = self.commission.currency, Money.zero(self.invoice.currency), 0
        for number, (payment, part) in enumerate(zip(self.payments, self.parts, strict=True), start=1):
            paid, released = paid + payment, released + part.minor
            held = Money(self.commission.minor - released, unit)
            rows.append((str(number), paid.amount, part.amount, Money(released, unit).amount, held.amount))
        return rows


_SIDES = (Align.LEFT, Align.RIGHT, Align.RIGHT, Align.RIGHT, Align.RIGHT)


def release(
    commission: Money, invoice: Money, payments: Iterable[Money], *, rounding: Rounding = Rounding.HALF_UP
) -> Release:
    """What each payment, in the order they came, releases of the commission on an invoice; below 0 is taken back.

    A credit note is a negative invoice with a negative commission, and its payments are negative.
    Law: once the invoice is paid, the parts sum to the commission; how payments are cut or joined does not change
    their sum.
    Raises: InvalidValue for an invoice of 0; CurrencyMismatch.
    Source: OCA/commission, pull request 104.
    >>> half = Money.of("10000", "EUR")
    >>> [str(part) for part in release(Money.of("4000", "EUR"), Money.of("20000", "EUR"), [half, half]).parts]
    ['EUR 2000.00', 'EUR 2000.00']
    """
    return Release(commission=commission, invoice=invoice, payments=_payments(payments), rounding=rounding)
