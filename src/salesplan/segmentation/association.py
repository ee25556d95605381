"""Which courses go together: rules "who has x has y", with exact measures and exact limits.

Of n baskets, n_x hold all of x, n_y all of y and n_xy both:

    support     n_xy / n                    how often the rule shows
    confidence  n_xy / n_x                  of those with x, the share that has y
    lift        n n_xy / (n_x n_y)          how many times as often as if x and y had nothing to do with each other
    leverage    n_xy / n - n_x n_y / n**2   by how much more, as a share of the baskets
    conviction  (1 - n_y / n) / (1 - confidence)   how many times as often the rule would fail by chance

A limit is met by what lies on it, and it is held against whole numbers: n_xy * 100 >= 28 * n for 28 %. In floats
0.28 * 25 is more than 7, and the rule on the limit is lost. A rule says nothing of order or cause; `sequences` counts
who buys y after x.

Source: Agrawal, Imielinski, Swami 1993 (support, confidence); Brin et al. 1997 (lift, conviction); Piatetsky-Shapiro
1991 (leverage).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole
from ..display import Align, text_table
from ..errors import InvalidValue, clip, listed, require_instance, require_int
from ..money import MAX_MINOR
from ..rate import Rate
from ._rate_text import decimal_text, percent_text
from .baskets import PairCounts

__all__ = ["Association", "associate", "association_columns", "association_table"]

_CODE: Final = "segmentation.association"


@attrs.frozen(kw_only=True)
class Association:
    """A rule: of *baskets*, *having* hold all items of *when*, *bought* all of *then*, and *both* all of either.

    Law: support <= confidence <= 1; lift, leverage and support are the same with *when* and *then* exchanged.
    Raises: InvalidValue for items that do not rise or stand on both sides, or for counts that no baskets could have.
    """

    when: tuple[int, ...]
    then: tuple[int, ...]
    baskets: int
    having: int
    bought: int
    both: int

    def __attrs_post_init__(self) -> None:
        for name in ("when", "then"):
            items = listed(getattr(self, name), code=_CODE, name=name)
            for item in items:
                require_int(item, code=_CODE, name="an item", low=0, high=MAX_MINOR)
            if not items or list(items) != sorted(set(items)):
                raise InvalidValue(f"{name} is one or more items, rising: {clip(items)}", code=_CODE, value=items)
            object.__setattr__(self, name, items)
        if set(self.when) & set(self.then):
            raise InvalidValue(f"an item stands on both sides: {clip(self.when)}", code=_CODE, value=self.when)
        require_int(self.baskets, code=_CODE, name="baskets", low=1, high=10**15)
        require_int(self.having, code=_CODE, name="having", low=1, high=self.baskets)
        require_int(self.bought, code=_CODE, name="bought", low=1, high=self.baskets)
        least = max(self.having + self.bought - self.baskets, 0)
        require_int(self.both, code=_CODE, name="both", low=least, high=min(self.having, self.bought))

    @property
    def support(self) -> Rate:
        """The share of all baskets that hold both sides."""
        return Rate(self.both, self.baskets)

    @property
    def confidence(self) -> Rate:
        """Of the baskets with *when*, the share that has *then*."""
        return Rate(self.both, self.having)

    @property
    def lift(self) -> Rate:
        """How many times as often as by chance: 1 is chance."""
        return Rate(self.baskets * self.both, self.having * self.bought)

    @property
    def leverage(self) -> Rate:
        """By how much *support* is above what chance gives; negative where it is below."""
        return Rate(self.baskets * self.both - self.having * self.bought, self.baskets**2)

    @property
    def conviction(self) -> Rate | None:
        """How many times as often the rule would fail by chance; None for a rule that never fails."""
        if self.both == self.having:
            return None
        return Rate((self.baskets - self.bought) * self.having, self.baskets * (self.having - self.both))

    def explain(self) -> str:
        """The rule in words.

        >>> rule = Association(when=(5,), then=(1,), baskets=9, having=2, bought=6, both=2)
        >>> print(rule.explain())
        5 -> 1
        2 of the 2 baskets with 5 have 1: confidence 100.0 %
        6 of all 9 have 1, which is 66.7 %: lift 1.50
        2 of all 9 have both: support 22.2 %, leverage 7.4 %
        """
        when, then = _listing(self.when), _listing(self.then)
        return "\n".join(
            [
                f"{when} -> {then}",
                f"{self.both:,} of the {self.having:,} baskets with {when} have {then}: "
                f"confidence {percent_text(self.confidence)}",
                f"{self.bought:,} of all {self.baskets:,} have {then}, which is "
                f"{percent_text(Rate(self.bought, self.baskets))}: lift {decimal_text(self.lift, 2)}",
                f"{self.both:,} of all {self.baskets:,} have both: support {percent_text(self.support)}, "
                f"leverage {percent_text(self.leverage)}",
            ]
        )


def associate(
    counts: PairCounts, *, min_support: Rate, min_confidence: Rate, min_lift: Rate | None = None
) -> tuple[Association, ...]:
    """Every rule on or above the limits, of every combination counted: x -> y, and with triples xy -> z and x -> yz.

    Sorted by lift, then support, both falling, then *when*, then *then*.
    Law: exact: a rule on a limit is in, one unit of a count below it is out.
    Raises: InvalidValue for a support or confidence outside 0..1, or a negative lift.
    >>> from salesplan.segmentation.baskets import count_pairs
    >>> counts = count_pairs(basket=[1, 1, 2, 2, 3, 4], item=[7, 8, 7, 8, 7, 9])
    >>> [rule] = associate(counts, min_support=Rate(1, 2), min_confidence=Rate(1))
    >>> rule.when, rule.then, str(rule.confidence), str(rule.lift)
    ((8,), (7,), '100%', '4/3')
    """
    limits = limits_of(min_support, min_confidence, min_lift)
    require_instance(counts, PairCounts, code=_CODE, name="counts")
    found = [rule for splits in _splits(counts) for rule in splits.rules(counts.baskets, limits)]
    return tuple(sorted(found, key=_by_lift))


def _by_lift(rule: Association) -> tuple[Any, ...]:
    return -rule.lift.to_fraction(), -rule.both, rule.when, rule.then


def association_table(rules: Iterable[Association]) -> str:
    """The rules as text, one a line, in the order given."""
    head = ("when", "then", "baskets", "support", "confidence", "lift", "leverage")
    rows = [
        (
            _listing(rule.when),
            _listing(rule.then),
            rule.both,
            percent_text(rule.support),
            percent_text(rule.confidence),
            decimal_text(rule.lift, 2),
            percent_text(rule.leverage),
        )
        for rule in _rules(rules)
    ]
    return text_table([head, *rows], align=[Align.LEFT] * 2 + [Align.RIGHT] * 5)


def association_columns(rules: Iterable[Association]) -> dict[str, NDArray[Any]]:
    """The rules as columns: *when* and *then* as text, as "10 11", and the four counts the measures are made of."""
    several = _rules(rules)
    columns: dict[str, NDArray[Any]] = {
        name: np.array([" ".join(map(str, getattr(rule, name))) for rule in several], dtype=np.str_)
        for name in ("when", "then")
    }
    return columns | {
        name: np.array([getattr(rule, name) for rule in several], dtype=np.int64)
        for name in ("baskets", "having", "bought", "both")
    }


def _rules(rules: Iterable[Association]) -> tuple[Association, ...]:
    several = listed(rules, code=_CODE, name="rules")
    return tuple(require_instance(rule, Association, code=_CODE, name="a rule") for rule in several)


def _listing(items: tuple[int, ...]) -> str:
    return " + ".join(map(str, items))


# --- the limits, and the rules that meet them ---------------------------------------------------------------


@attrs.frozen
class Limits:
    """The least support, confidence and lift."""

    support: Rate
    confidence: Rate
    lift: Rate | None


def limits_of(support: Rate, confidence: Rate, lift: Rate | None) -> Limits:
    """The limits, checked."""
    for name, rate in (("min_support", support), ("min_confidence", confidence)):
        if not Rate(0) <= require_instance(rate, Rate, code=_CODE, name=name) <= Rate(1):
            raise InvalidValue(f"{name} lies in 0..1: {clip(str(rate))}", code=_CODE, value=rate)
    if lift is not None and require_instance(lift, Rate, code=_CODE, name="min_lift") < Rate(0):
        raise InvalidValue(f"min_lift is 0 or more: {clip(str(lift))}", code=_CODE, value=lift)
    return Limits(support, confidence, lift)


@attrs.frozen(kw_only=True, eq=False)
class Splits:
    """Combinations cut in two, a row each: the items of either side and how many baskets hold them."""

    when: Whole
    then: Whole
    having: Whole
    bought: Whole
    both: Whole

    def rules(self, baskets: int, limits: Limits) -> Iterator[Association]:
        """Those within the limits."""
        least = -(-limits.support.numerator * baskets // limits.support.denominator)
        good = (self.both >= least) & (self.both >= _least(self.having, limits.confidence))
        for at in np.flatnonzero(good).tolist():
            having, bought, both = int(self.having[at]), int(self.bought[at]), int(self.both[at])
            lift = limits.lift
            if lift is None or baskets * both * lift.denominator >= lift.numerator * having * bought:
                yield Association(
                    when=tuple(self.when[at].tolist()),
                    then=tuple(self.then[at].tolist()),
                    baskets=baskets,
                    having=having,
                    bought=bought,
                    both=both,
                )


def _least(counts: Whole, share: Rate) -> Whole:
    """The least whole number that is *share* of each count or more."""
    distinct, place = np.unique(counts, return_inverse=True)
    least = [-(-share.numerator * count // share.denominator) for count in distinct.tolist()]
    return np.array(least, dtype=np.int64)[place]


def _splits(counts: PairCounts) -> Iterator[Splits]:
    for sides in ([0], [1]):
        yield split(counts, counts.pairs, counts.pair_counts, sides)
    for sides in ([0], [1], [2], [0, 1], [0, 2], [1, 2]):
        yield split(counts, counts.triples, counts.triple_counts, sides)


def split(counts: PairCounts, rows: Whole, both: Whole, sides: list[int]) -> Splits:
    """Rows of combinations, the columns *sides* on the left of the rule and the others on the right."""
    when, then = rows[:, sides], np.delete(rows, sides, axis=1)
    return Splits(when=when, then=then, having=counts.counts_of(when), bought=counts.counts_of(then), both=both)
