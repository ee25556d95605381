"""What to offer: the next course to somebody who has some, and sets of courses to sell as one.

For a customer every rule counts whose left side the customer has and whose right side is one course the customer
has not; of the rules for one course the strongest is kept, so an offer always comes with its reason. Which is
strongest is a choice: by confidence popular courses come first, by lift those particular to what the customer has.

A bundle has no direction. Its lift is how many times as often all of it is bought together as by chance:
n**(k - 1) n_all / (n_1 ... n_k). Whoever has all but one of its courses is whom the bundle, at the price of
completing it, is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Final, assert_never

import attrs
import numpy as np

from ..columns import Whole
from ..display import Align, text_table
from ..errors import InvalidType, InvalidValue, NotFound, clip, listed, require_instance, require_int
from ..money import MAX_MINOR, Money
from ..rate import Rate
from ._one_code import one_code
from ._rate_text import decimal_text
from .association import Association, limits_of, split
from .baskets import PairCounts

__all__ = ["Bundle", "OfferOrder", "bundle_candidates", "cross_sell"]

_CODE: Final = "segmentation.offers"
_SIDES: Final = (Align.LEFT, Align.RIGHT)


class OfferOrder(Enum):
    """Which rule is the strongest, and which offer comes first."""

    CONFIDENCE = "confidence"
    """The one most customers followed: the share of those with the left side who have the course."""
    LIFT = "lift"
    """The one that stands out most from chance."""


def cross_sell(
    counts: PairCounts,
    owned: Iterable[int],
    *,
    min_support: Rate,
    min_confidence: Rate,
    min_lift: Rate | None = None,
    order: OfferOrder = OfferOrder.CONFIDENCE,
) -> tuple[Association, ...]:
    """What to offer somebody who has *owned*: for each other course the strongest rule to it, the strongest first.

    Ties go to the other measure, then to more baskets, then to a shorter and smaller left side. An item that is in no
    basket leads nowhere.
    Law: every offer is one of `associate` with the same limits; its left side is owned, its right side one item that
    is not.
    Raises: as `associate`; InvalidType or InvalidValue for an item that is not a code.
    >>> from salesplan.segmentation.baskets import count_pairs
    >>> counts = count_pairs(basket=[1, 1, 2, 2, 3, 3, 4], item=[7, 8, 7, 8, 7, 9, 7])
    >>> offers = cross_sell(counts, [7], min_support=Rate(1, 4), min_confidence=Rate(1, 4))
    >>> [(offer.then, str(offer.confidence)) for offer in offers]
    [((8,), '50%'), ((9,), '25%')]
    """
    limits = limits_of(min_support, min_confidence, min_lift)
    require_instance(counts, PairCounts, code=_CODE, name="counts")
    require_instance(order, OfferOrder, code=_CODE, name="order")
    has = [one_code(item, name="an owned item", code=_CODE) for item in listed(owned, code=_CODE, name="owned")]
    codes = np.array(sorted(set(has)), dtype=np.int64)
    strongest: dict[int, Association] = {}
    for rows, both in _combined(counts):
        mine = np.isin(rows, codes)
        for place in range(rows.shape[1]):
            others = [at for at in range(rows.shape[1]) if at != place]
            leads = mine[:, others].all(axis=1) & ~mine[:, place]
            for rule in split(counts, rows[leads], both[leads], others).rules(counts.baskets, limits):
                best = strongest.get(rule.then[0])
                if best is None or _rank(rule, order) < _rank(best, order):
                    strongest[rule.then[0]] = rule
    return tuple(sorted(strongest.values(), key=lambda rule: (_rank(rule, order), rule.then)))


def _combined(counts: PairCounts) -> list[tuple[Whole, Whole]]:
    return [(counts.pairs, counts.pair_counts), (counts.triples, counts.triple_counts)]


def _rank(rule: Association, order: OfferOrder) -> tuple[Any, ...]:
    """What sorts the stronger rule first."""
    measures = [rule.confidence.to_fraction(), rule.lift.to_fraction()]
    match order:
        case OfferOrder.CONFIDENCE:
            pass
        case OfferOrder.LIFT:
            measures.reverse()
        case _:
            assert_never(order)
    return (*(-measure for measure in measures), -rule.both, len(rule.when), rule.when)


@attrs.frozen(kw_only=True)
class Bundle:
    """Courses that are bought together: of *baskets*, each is in *singly*, all are in *together*, any in *any_of*.

    *all_but_one* hold all but one of them. *price* is the sum of the list prices, None where none were given.
    Law: together + all_but_one <= any_of <= baskets.
    Raises: InvalidValue for counts that no baskets could have.
    """

    items: tuple[int, ...]
    baskets: int
    singly: tuple[int, ...]
    together: int
    all_but_one: int
    any_of: int
    price: Money | None = None

    def __attrs_post_init__(self) -> None:
        for name in ("items", "singly"):
            object.__setattr__(self, name, listed(getattr(self, name), code=_CODE, name=name))
        for item in self.items:
            require_int(item, code=_CODE, name="an item", low=0, high=MAX_MINOR)
        if len(self.items) < 2 or list(self.items) != sorted(set(self.items)) or len(self.singly) != len(self.items):
            raise InvalidValue(
                f"a bundle is two or more items, rising, a count each: {clip(self.items)}", code=_CODE, value=self.items
            )
        require_int(self.baskets, code=_CODE, name="baskets", low=1, high=10**15)
        require_int(self.any_of, code=_CODE, name="any_of", low=1, high=self.baskets)
        for each in self.singly:
            require_int(each, code=_CODE, name="a count of one item", low=1, high=self.any_of)
        require_int(self.together, code=_CODE, name="together", low=1, high=min(self.singly))
        require_int(self.all_but_one, code=_CODE, name="all_but_one", low=0, high=self.any_of - self.together)
        if self.price is not None:
            require_instance(self.price, Money, code=_CODE, name="price")

    @property
    def support(self) -> Rate:
        """The share of all baskets that hold all of it."""
        return Rate(self.together, self.baskets)

    @property
    def lift(self) -> Rate:
        """How many times as often all of it is bought together as by chance."""
        whole = Rate(1)
        for each in self.singly:
            whole = whole * Rate(self.baskets, each)
        return whole * Rate(self.together, self.baskets)

    @property
    def cohesion(self) -> Rate:
        """Of the baskets with any of it, the share that holds all (Jaccard's index)."""
        return Rate(self.together, self.any_of)

    def explain(self) -> str:
        """The counts, one a line.

        >>> bundle = Bundle(items=(1, 2), baskets=9, singly=(6, 7), together=4, all_but_one=5, any_of=9)
        >>> print(bundle.explain())
        courses                   1 + 2
        all together                  4
        all but one                   5
        any                           9
        baskets                       9
        times as often as chance   0.86
        """
        rows: list[tuple[str, object]] = [
            ("courses", " + ".join(map(str, self.items))),
            ("all together", f"{self.together:,}"),
            ("all but one", f"{self.all_but_one:,}"),
            ("any", f"{self.any_of:,}"),
            ("baskets", f"{self.baskets:,}"),
            ("times as often as chance", decimal_text(self.lift, 2)),
        ]
        if self.price is not None:
            rows.append(("list price", str(self.price)))
        return text_table(rows, align=_SIDES)


def bundle_candidates(
    counts: PairCounts,
    *,
    min_support: Rate,
    min_lift: Rate | None = None,
    prices: Mapping[int, Money] | None = None,
) -> tuple[Bundle, ...]:
    """The pairs and triples counted that are on or above the limits.

    Sorted by lift, then *together*, both falling, then *items*.
    *prices* are list prices by item; what the bundle should cost is a matter of promotions.
    Raises: NotFound for an item of a candidate without a price; CurrencyMismatch; InvalidValue for limits out of range.
    >>> from salesplan.segmentation.baskets import count_pairs
    >>> counts = count_pairs(basket=[1, 1, 2, 2, 3, 4], item=[7, 8, 7, 8, 7, 9])
    >>> [bundle] = bundle_candidates(counts, min_support=Rate(1, 2))
    >>> bundle.items, str(bundle.lift), bundle.all_but_one
    ((7, 8), '4/3', 1)
    """
    limits = limits_of(min_support, Rate(0), min_lift)
    require_instance(counts, PairCounts, code=_CODE, name="counts")
    if prices is not None and not isinstance(prices, Mapping):
        raise InvalidType(f"prices are a mapping of item to Money: {clip(prices)}", code=_CODE, value=prices)
    least = -(-limits.support.numerator * counts.baskets // limits.support.denominator)
    found = [
        bundle if prices is None else attrs.evolve(bundle, price=_price(bundle.items, prices))
        for rows, both in _combined(counts)
        for bundle in _bundles(counts, rows[both >= least], both[both >= least])
        if limits.lift is None or bundle.lift >= limits.lift
    ]
    return tuple(sorted(found, key=lambda each: (-each.lift.to_fraction(), -each.together, each.items)))


def _bundles(counts: PairCounts, rows: Whole, together: Whole) -> Iterator[Bundle]:
    """The counts of combinations, any and all but one by inclusion and exclusion."""
    size = rows.shape[1]
    singly = np.stack([counts.counts_of(rows[:, [place]]) for place in range(size)], axis=1)
    rest = [counts.counts_of(np.delete(rows, place, axis=1)) for place in range(size)]  # without one: pairs of a triple
    without_one = np.sum(rest, axis=0)
    any_of = singly.sum(axis=1) - together if size == 2 else singly.sum(axis=1) - without_one + together
    columns = (rows, singly, together, without_one - size * together, any_of)
    for items, each, every, all_but_one, some in zip(*(column.tolist() for column in columns), strict=True):
        yield Bundle(
            items=tuple(items),
            baskets=counts.baskets,
            singly=tuple(each),
            together=every,
            all_but_one=all_but_one,
            any_of=some,
        )


def _price(items: tuple[int, ...], prices: Mapping[int, Money]) -> Money:
    for item in items:
        if item not in prices:
            raise NotFound(f"no price of item {item}, which is in a candidate", code=_CODE, value=item)
        require_instance(prices[item], Money, code=_CODE, name="a price")
    return Money.sum((prices[item] for item in items), currency=prices[items[0]].currency)
