"""What a priced cart gives, in the words of docs/worked-examples/pricing.md: `off 1.33 1.34`, `refused x SPEND`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from salesplan.pricing import Funder, LostThreshold, PricedCart, Shopper, Usage, price, refund
from salesplan.pricing.cart import NOBODY, UNUSED
from tests.pricing.notation import cart_of, policy_of, promotions_of

NOW = datetime(2026, 11, 11, 4, tzinfo=UTC)
"""A Wednesday, noon in Shanghai."""


def priced(
    cart: str,
    promotions: str,
    policy: str = "",
    *,
    at: datetime = NOW,
    shopper: Shopper = NOBODY,
    usage: Usage = UNUSED,
) -> PricedCart:
    """The cart of a cell under the promotions of a cell."""
    goods = cart_of(cart)
    offers = promotions_of(promotions, goods.currency.code)
    return price(goods, offers, at=at, shopper=shopper, usage=usage, policy=policy_of(policy))


def assert_gives(priced: PricedCart, *gives: str) -> None:
    """Every fact given holds; there is at least one."""
    assert gives, "nothing is expected"
    for given in gives:
        for fact in given.split(";"):
            what, *words = fact.split()
            assert words, f"{what} of what?"
            found = FIND[what](priced, words)
            assert found == words, f"{what}: {' '.join(found)}, not {' '.join(words)}\n{priced.explain()}"


def _discount(priced: PricedCart, words: list[str]) -> list[str]:
    return [(priced.cart.list_total - priced.goods_total).amount]


def _each(priced: PricedCart, words: list[str]) -> list[str]:
    runs = [line.unit_runs for line in priced.lines]
    assert all(len(run) == 1 for run in runs), f"units of one line differ: {runs}"
    return [run[0][0].amount for run in runs]


def _of(priced: PricedCart, words: list[str]) -> list[str]:
    (applied,) = [one for one in priced.applied if one.id == words[0]]
    if not applied.shares:
        return [words[0], applied.amount.amount]
    shares = dict(applied.shares)
    zero = applied.amount - applied.amount
    return [words[0], *(shares.get(line.id, zero).amount for line in priced.lines)]


def _base(priced: PricedCart, words: list[str]) -> list[str]:
    (applied,) = [one for one in priced.applied if one.id == words[0]]
    return [words[0], applied.base.amount]


def _refused(priced: PricedCart, words: list[str]) -> list[str]:
    (refused,) = [one for one in priced.refused if one.id == words[0]]
    return [words[0], refused.code.name]


def _gift(priced: PricedCart, words: list[str]) -> list[str]:
    (gift,) = priced.gifts
    return [str(gift.quantity), gift.sku]


def _capped(priced: PricedCart, words: list[str]) -> list[str]:
    (applied,) = [one for one in priced.applied if one.id == words[0]]
    return [words[0], "no" if applied.capped is None else applied.capped.name]


def _lost(priced: PricedCart, words: list[str]) -> list[str]:
    (other,) = [one for one in priced.not_chosen if one.id == words[0]]
    return [words[0], "to", *(other.lost_to or ("stack",)), "by", other.margin.amount, "offering", other.offer.amount]


def _refund(lost_threshold: LostThreshold) -> Callable[[PricedCart, list[str]], list[str]]:
    def give(priced: PricedCart, words: list[str]) -> list[str]:
        back = refund(priced, {words[1]: int(words[0])}, lost_threshold=lost_threshold)
        return [words[0], words[1], back.amount.amount]

    return give


FIND: dict[str, Callable[[PricedCart, list[str]], list[str]]] = {
    "discount": _discount,
    "total": lambda priced, words: [priced.total.amount],
    "goods": lambda priced, words: [priced.goods_total.amount],
    "shipping": lambda priced, words: [priced.shipping.amount],
    "off": lambda priced, words: [line.discount.amount for line in priced.lines],
    "net": lambda priced, words: [line.net.amount for line in priced.lines],
    "each": _each,
    "of": _of,
    "base": _base,
    "applied": lambda priced, words: [applied.id for applied in priced.applied],
    "refused": _refused,
    "gift": _gift,
    "refund": _refund(LostThreshold.KEEP),
    "reclaim": _refund(LostThreshold.RECLAIM),
    "capped": _capped,
    "lost": _lost,
    "merchant": lambda priced, words: [priced.funding[Funder.MERCHANT].amount],
    "platform": lambda priced, words: [priced.funding[Funder.PLATFORM].amount],
}
