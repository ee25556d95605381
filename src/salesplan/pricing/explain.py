"""The priced cart as text and HTML: what a shopper, a clerk or an auditor can follow with a pencil."""

from __future__ import annotations

from typing import assert_never

from ..display import Align, html_table, text_table
from ..money import Money
from ..rate import Rate
from .benefits import (
    AmountOff,
    Benefit,
    BundlePrice,
    BuyXGetY,
    CheapestFree,
    EverySpendSave,
    FixedUnitPrice,
    FreeGift,
    NthUnitOff,
    PercentOff,
    QuantityPercent,
    ShippingAmountOff,
    ShippingOff,
    SpendAndPercent,
    SpendAndSave,
    UnitAmountOff,
)
from .outcomes import RefusalCode
from .priced import PricedCart
from .proof import Applied, NotChosen, Refused

__all__ = ["describe", "explain_cart", "html_cart", "refusal_text"]

_SHARES_SHOWN = 6


def explain_cart(priced: PricedCart) -> str:
    """The calculation as an aligned table; below it who stood back, who was refused, what is next."""
    sections = [text_table(_rows(priced), align=(Align.LEFT, Align.LEFT, Align.RIGHT, Align.LEFT, Align.LEFT))]
    notes = [
        *((f"{gift.sku}", f"gift of {gift.promotion_id}: {gift.quantity} x 0.00") for gift in priced.gifts),
        *((other.id, f"not chosen: {not_chosen_text(other)}") for other in priced.not_chosen),
        *((other.id, f"refused: {refusal_text(other)}") for other in priced.refused),
        *(("code", f"nothing answers to {code}") for code in priced.unmatched_codes),
        *(("next", hint.text) for hint in priced.hints),
    ]
    if priced.certificate is not None:
        proof = priced.certificate
        bound = "no other stack saves more" if proof.is_optimal else f"no stack saves {_plain(proof.gap)} more"
        notes.append(("proof", f"{bound} ({proof.nodes} offers weighed)"))
    if notes:
        sections.append(text_table(notes))
    return "\n".join(sections)


def html_cart(priced: PricedCart) -> str:
    """The same as HTML tables for a notebook."""
    tables = [html_table(("", "", priced.currency.code, "", ""), _rows(priced))]
    notes = [
        *((other.id, "not chosen", not_chosen_text(other)) for other in priced.not_chosen),
        *((other.id, other.code.value, refusal_text(other)) for other in priced.refused),
        *((hint.promotion_id, "next", hint.text) for hint in priced.hints),
    ]
    if notes:
        tables.append(html_table(("promotion", "outcome", "why"), notes))
    return "".join(tables)


def _rows(priced: PricedCart) -> list[tuple[str, str, str, str, str]]:
    lines = priced.cart.lines
    counts = max((len(str(line.quantity)) for line in lines), default=0)
    prices = max((len(line.unit_price.amount) for line in lines), default=0)
    rows = [
        (
            line.id,
            f"{line.quantity:>{counts}} x {line.unit_price.amount:>{prices}}",
            line.list_total.amount,
            "",
            "",
        )
        for line in lines
    ]
    if priced.cart.shipping is not None:
        rows.append(("shipping", "", priced.cart.shipping.amount, "", ""))
    place = {line.id: at for at, line in enumerate(lines)}
    for applied in priced.applied:
        shares = sorted(applied.shares, key=lambda share: place[share[0]])
        shown = " + ".join(amount.amount for _, amount in shares[:_SHARES_SHOWN])
        more = " + ..." if len(shares) > _SHARES_SHOWN else ""
        capped = "" if applied.capped is None else f" held by {applied.capped.value}"
        rows.append(
            (
                applied.id,
                describe(applied.promotion.benefit, applied) + capped,
                (-applied.amount).amount,
                f"on {applied.base.amount}" if applied.amount.minor else "",
                f"({shown}{more})" if shown else "",
            )
        )
    rows.append(("to pay", "", priced.total.amount, "", ""))
    return rows


def describe(benefit: Benefit, applied: Applied | None = None) -> str:
    """A benefit in a few words; with *applied*, the tier that was reached.

    >>> from salesplan.pricing import Basis
    >>> describe(SpendAndSave({Money.of("300", "CNY"): Money.of("50", "CNY")}, basis=Basis.LIST))
    'spend 300 save 50'
    """
    match benefit:
        case PercentOff(off=off, cap=cap):
            return _percent(off) + _up_to(cap)
        case AmountOff(amount=amount):
            return f"{_plain(amount)} off"
        case UnitAmountOff(amount=amount, limit=limit, first=first):
            start = "" if first is None else f"{_plain(first)} off the first, "
            return f"{start}{_plain(amount)} off each{_dearest(limit)}"
        case FixedUnitPrice(price=price, limit=limit):
            return f"{_plain(price)} each{_dearest(limit)}"
        case SpendAndSave(tiers=tiers):
            bands = tiers.bands if applied is None else (tiers.band_at(applied.base),)
            return "spend " + ", ".join(f"{_plain(band.lower)} save {_plain(band.value)}" for band in bands if band)
        case EverySpendSave(every=every, save=save, max_times=times):
            return f"every {_plain(every)} save {_plain(save)}{_at_most(times)}"
        case SpendAndPercent(tiers=rates, cap=cap):
            rungs = rates.bands if applied is None else (rates.band_at(applied.base),)
            steps = ", ".join(f"{_plain(rung.lower)}: {_percent(rung.value)}" for rung in rungs if rung)
            return f"spend {steps}{_up_to(cap)}"
        case QuantityPercent(tiers=counts, cap=cap):
            return ", ".join(f"{step.threshold} units: {_percent(step.value)}" for step in counts.steps) + _up_to(cap)
        case BuyXGetY(buy=buy, get=get, off=off, max_times=times):
            return f"buy {buy} get {get} {_free(off)}{_at_most(times)}"
        case CheapestFree(group=group, max_times=times):
            return f"1 of {group} free{_at_most(times)}"
        case NthUnitOff(nth=nth, off=off, max_times=times):
            return f"unit {nth} of {nth} {_free(off)}{_at_most(times)}"
        case BundlePrice(size=size, price=price, max_times=times):
            return f"any {size} for {_plain(price)}{_at_most(times)}"
        case FreeGift(sku=sku, quantity=quantity):
            return f"{quantity} x {sku} free"
        case ShippingOff(off=off, cap=cap):
            return f"shipping {_free(off)}{_up_to(cap)}"
        case ShippingAmountOff(amount=amount):
            return f"{_plain(amount)} off shipping"
        case _:
            assert_never(benefit)


def refusal_text(refused: Refused) -> str:
    """Why a promotion was refused, in words and numbers."""
    needed, have = _fact(refused.needed), _fact(refused.have)
    match refused.code:
        case RefusalCode.NOT_STARTED:
            return f"not yet: {needed}"
        case RefusalCode.EXPIRED:
            return f"over: {needed}"
        case RefusalCode.CODE_NOT_ENTERED:
            return f"code {needed} was not entered"
        case RefusalCode.USES_SPENT:
            return f"all {needed} uses are taken"
        case RefusalCode.SHOPPER_USES_SPENT:
            return f"used {have} of {needed} times by this shopper"
        case RefusalCode.BUDGET_SPENT:
            return f"its budget of {needed} is spent"
        case RefusalCode.NOTHING_IN_SCOPE:
            return "nothing in the cart is meant"
        case RefusalCode.SPEND:
            return f"needs {needed}, has {have}{_short(refused)}"
        case RefusalCode.QUANTITY:
            return f"needs {needed} units, has {have}"
        case RefusalCode.SEGMENT:
            return f"only for {needed}"
        case RefusalCode.MEMBER_LEVEL:
            return f"from member level {needed}, is {have}"
        case RefusalCode.NOT_FIRST_ORDER:
            return f"only for the first order, {have} before"
        case RefusalCode.CHANNEL:
            return f"only on {needed}, not {have}"
        case RefusalCode.HOURS:
            return f"only {needed}, not {have}"
        case RefusalCode.ALREADY_DISCOUNTED:
            return f"already reduced: {have}"
        case RefusalCode.EXCLUDED:
            return "a condition that must not hold does"
        case RefusalCode.UNKNOWN_FACT:
            return f"the shopper's {needed} is unknown"
        case RefusalCode.NO_EFFECT:
            return "nothing left to reduce"
        case _:
            assert_never(refused.code)


def not_chosen_text(other: NotChosen) -> str:
    """To what a promotion lost and by how much."""
    rivals = " and ".join(other.lost_to) or "the stack without it"
    if other.margin.minor < 0:
        return f"{rivals} came first, although it would save {_plain(-other.margin)} more"
    return f"{rivals} saves {_plain(other.margin)} more" if other.margin.minor else f"{rivals} saves as much"


def _short(refused: Refused) -> str:
    if isinstance(refused.needed, Money) and isinstance(refused.have, Money):
        return f", {_plain(refused.needed - refused.have)} short"
    return ""


def _fact(value: Money | int | str | None) -> str:
    return _plain(value) if isinstance(value, Money) else str(value)


def _plain(money: Money) -> str:
    """Without the currency, and without decimals that are all zero."""
    whole, _, part = money.amount.partition(".")
    return whole if not part.strip("0") else money.amount


def _percent(off: Rate) -> str:
    return f"{str(off).replace('%', ' %')} off"


def _free(off: Rate) -> str:
    return "free" if off == Rate(1) else _percent(off)


def _up_to(cap: Money | None) -> str:
    return "" if cap is None else f", up to {_plain(cap)}"


def _at_most(times: int | None) -> str:
    return "" if times is None else f", at most {times} x"


def _dearest(limit: int | None) -> str:
    return "" if limit is None else f", dearest {limit}"
