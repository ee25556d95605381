"""Partial payments release partial commission."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.commission.releases import Release, release
from salesplan.errors import InvalidType, InvalidValue
from salesplan.money import CurrencyMismatch, Money, Rounding
from salesplan.rulebook import from_data, to_data
from tests.strategies import anything, refusal, roundings
from tests.worked import table

SYMMETRIC = st.sampled_from([Rounding.HALF_UP, Rounding.HALF_DOWN, Rounding.HALF_EVEN, Rounding.UP, Rounding.DOWN])


def usd(amount: str | int) -> Money:
    return Money.of(amount, "USD")


def jpy(minor: int) -> Money:
    return Money.from_minor(minor, "JPY")


@pytest.mark.parametrize("row", table("draws-and-overrides.md", "Partial payments"), ids=lambda row: row["source"])
def test_payments_release_as_worked(row: dict[str, str]) -> None:
    paid = [usd(payment) for payment in row["payments"].split()]
    found = release(usd(row["commission"]), usd(row["invoice"]), paid)
    assert found.parts == tuple(usd(part) for part in row["released"].split())


# --- laws ----------------------------------------------------------------------------------------------------

invoices = st.one_of(st.sampled_from([1, 2, 3, 7, 100, -100, -3]), st.integers(1, 1000)).map(jpy)
commissions = st.one_of(st.sampled_from([0, 1, -1, 10, 333]), st.integers(-500, 500)).map(jpy)
payments = st.lists(st.one_of(st.sampled_from([0, 1, -1, 50, 100]), st.integers(-300, 600)).map(jpy), max_size=6)


@given(commissions, invoices, payments, roundings)
def test_what_is_released_is_the_rounded_share_paid(
    commission: Money, invoice: Money, paid: list[Money], rounding: Rounding
) -> None:
    """The oracle asks after each payment how much of the invoice is paid by now."""
    found = release(commission, invoice, paid, rounding=rounding)
    for number in range(len(paid) + 1):
        share = Fraction(sum(payment.minor for payment in paid[:number]), invoice.minor)
        exact = commission.minor * min(max(share, Fraction(0)), Fraction(1))
        released = sum(part.minor for part in found.parts[:number])
        assert released == rounding.divide(exact.numerator, exact.denominator)
    assert found.released + found.held == commission
    assert found.paid == Money.sum(paid, currency="JPY")


@given(commissions, invoices, payments, roundings)
def test_a_paid_invoice_has_released_its_commission(
    commission: Money, invoice: Money, paid: list[Money], rounding: Rounding
) -> None:
    rest = invoice - Money.sum(paid, currency="JPY")
    found = release(commission, invoice, [*paid, rest], rounding=rounding)
    assert found.released == commission
    assert found.held == jpy(0)
    assert release(commission, invoice, [*paid, rest, invoice], rounding=rounding).parts[-1] == jpy(0)


@given(commissions, invoices, payments, st.integers(0, 6))
def test_joining_payments_does_not_change_the_sum(
    commission: Money, invoice: Money, paid: list[Money], cut: int
) -> None:
    joined = [Money.sum(paid[:cut], currency="JPY"), *paid[cut:]]
    whole, fewer = release(commission, invoice, paid), release(commission, invoice, joined)
    assert whole.released == fewer.released
    assert whole.parts[cut:] == fewer.parts[1:]


@given(commissions, invoices, payments, SYMMETRIC)
def test_credit_notes_mirror_invoices(commission: Money, invoice: Money, paid: list[Money], rounding: Rounding) -> None:
    found = release(commission, invoice, paid, rounding=rounding)
    mirrored = release(-commission, -invoice, [-payment for payment in paid], rounding=rounding)
    assert mirrored.parts == tuple(-part for part in found.parts)


@given(commissions, invoices, payments, roundings)
def test_releases_can_be_stored(commission: Money, invoice: Money, paid: list[Money], rounding: Rounding) -> None:
    found = release(commission, invoice, paid, rounding=rounding)
    again = from_data(to_data(found), Release)
    assert again == found
    assert again.parts == found.parts


# --- shown, refused ------------------------------------------------------------------------------------------


def test_a_release_explains_itself() -> None:
    found = release(Money.of("4000", "EUR"), usd(20000), [usd(10000), usd(-2500)])
    assert found.explain().splitlines() == [
        "payment      paid  releases  released     held",
        "1        10000.00   2000.00   2000.00  2000.00",
        "2         7500.00   -500.00   1500.00  2500.00",
    ]
    assert found.to_columns() == {"payment": [1000000, -250000], "released": [200000, -50000]}
    assert found._repr_html_().count("<tr>") == 3


def test_the_commission_may_be_in_another_currency() -> None:
    assert release(jpy(999), usd(3), [usd(1)]).released == jpy(333)


def test_rounding_is_named() -> None:
    half = [usd("0.50")]
    assert release(usd("0.01"), usd(1), half).released == usd("0.01")
    assert release(usd("0.01"), usd(1), half, rounding=Rounding.DOWN).released == usd(0)


def test_what_cannot_be_released_is_refused() -> None:
    calls: list[tuple[Any, type[Exception]]] = [
        (lambda: release(usd(1), usd(0), []), InvalidValue),
        (lambda: release(usd(1), usd(5), [jpy(1)]), CurrencyMismatch),
        (lambda: release(usd(1), usd(5), usd(1)), InvalidType),  # type: ignore[arg-type]
        (lambda: release(usd(1), usd(5), [1]), InvalidType),  # type: ignore[list-item]
        (lambda: release(1, usd(5), []), InvalidType),  # type: ignore[arg-type]
        (lambda: release(usd(1), usd(5), [], rounding="down"), InvalidType),  # type: ignore[arg-type]
    ]
    for call, error in calls:
        with pytest.raises(error):
            call()


@given(anything, anything, anything, anything)
def test_anything_is_released_or_refused(a: Any, b: Any, c: Any, d: Any) -> None:
    refusal(release, a, usd(5), [usd(1)])
    refusal(release, usd(1), b, [usd(1)])
    refusal(release, usd(1), usd(5), c)
    refusal(release, usd(1), usd(5), [usd(1), c])
    refusal(release, usd(1), usd(5), [usd(1)], rounding=d)
