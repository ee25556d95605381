"""Segment maps: rules that put every customer into exactly one segment, proven when the map is built.

A map over raw numbers spans days since the last purchase from 0, orders from 1 and money, which refunds can make
negative; a map over scores spans the levels 1 to *levels* of r, f and m. Every axis is cut at every end of a rule, so
the proof looks at each region there is (see `boxes`). A map with a hole, with two rules on one region or with a rule
that nobody can meet is refused, and the error says where. The rest is named with `otherwise=`; the first of several
rules counts only where `Overlap.FIRST_MATCH` asks for it.

Customers in columns are looked up in the table that the proof has made; `segment_of` tries the rules one by one, and is
the reference for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole
from ..display import html_table, text_table
from ..errors import InvalidType, InvalidValue, clip, listed, require_instance, require_int
from ..money import Currency, CurrencyMismatch, Money
from ._assigning import by_scores, by_values
from ._own_arrays import fields_of
from .assignment import Assignment
from .axes import Between, Claim, NumberAxis
from .boxes import Cover, cover
from .cuts import Cuts
from .nested_cuts import NestedCuts
from .proving import Overlap, SegmentMapError, prove
from .scores import RfmScore, RfmScores
from .segments import Range, RfmValues, Rule, ScoreRule, Segment, place_named
from .summary import CustomerSummary

__all__ = ["Overlap", "SegmentMap", "SegmentMapError"]

_CODE: Final = "segmentation.segment_map"
_MOST_RULES: Final = 1000
_LEVELS: Final = 5

AnyRule: TypeAlias = Rule | ScoreRule


def _rebuilt(fields: dict[str, Any]) -> SegmentMap:
    return SegmentMap(**fields)


@attrs.frozen
class SegmentMap:
    """Rules, all over raw numbers or all over scores, with the segment of the rest and of those who have not bought.

    *order* is how the segments are shown, and may name some that nobody can be in; without it they come as the rules
    name them. *levels* is for scores, 5 where nothing is said.
    Law: every customer with numbers on the axes is in exactly one segment.
    Raises: SegmentMapError for a hole, a double cover or a dead rule; CurrencyMismatch; InvalidValue for one name of
    two segments; InvalidType for levels of rules over raw numbers.
    >>> buyers, fans = Segment("buyers"), Segment("fans")
    >>> SegmentMap((Rule(buyers, orders=Range(at_most=2)), Rule(fans, orders=Range(at_least=4))))
    Traceback (most recent call last):
    salesplan.segmentation.proving.SegmentMapError: nothing covers orders exactly 3: name the rest with otherwise=
    """

    rules: tuple[AnyRule, ...]
    otherwise: Segment | None = attrs.field(default=None, kw_only=True)
    overlap: Overlap = attrs.field(default=Overlap.REFUSE, kw_only=True)
    levels: int = attrs.field(default=_LEVELS, kw_only=True)
    prospects: Segment | None = attrs.field(default=None, kw_only=True)
    order: tuple[Segment, ...] = attrs.field(default=(), kw_only=True)
    segments: tuple[Segment, ...] = attrs.field(init=False, eq=False, repr=False)
    cover: Cover = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        keep(self, "rules", listed(self.rules, code=_CODE, name="rules"))
        keep(self, "order", listed(self.order, code=_CODE, name="order"))
        for segment in (*self.order, self.otherwise, self.prospects):
            if segment is not None:
                require_instance(segment, Segment, code=_CODE, name="a segment")
        require_instance(self.overlap, Overlap, code=_CODE, name="overlap")
        require_int(self.levels, code=_CODE, name="levels", low=2, high=20)
        if not 1 <= len(self.rules) <= _MOST_RULES:
            raise InvalidValue(f"a map has 1 to {_MOST_RULES:,} rules", code=_CODE, value=len(self.rules))
        kind = ScoreRule if isinstance(self.rules[0], ScoreRule) else Rule
        for rule in self.rules:
            if not isinstance(rule, kind):
                raise InvalidType(f"rules are all Rule or all ScoreRule: {clip(rule)}", code=_CODE, value=rule)
        if kind is Rule and self.levels != _LEVELS:
            raise InvalidType("levels go with rules over scores", code=_CODE, value=self.levels)
        keep(self, "segments", self._named())
        keep(self, "cover", cover(self._axes(), [_claims(rule) for rule in self.rules], code=_CODE))
        prove(
            self.cover,
            names=[rule.segment.name for rule in self.rules],
            reasons=[self.reason(at) for at in range(len(self.rules))],
            rest=self.otherwise,
            overlap=self.overlap,
        )

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (fields_of(self),)

    @property
    def by_scores(self) -> bool:
        """Whether the rules are over score levels."""
        return isinstance(self.rules[0], ScoreRule)

    @property
    def currency(self) -> Currency | None:
        """The currency of the rules; None where none of them ends in money."""
        found = {rule.money.currency for rule in self.rules if isinstance(rule, Rule) and rule.money is not None}
        return next(iter(found), None)

    def segment(self, name: str) -> Segment:
        """The segment of that name, or with that alias.

        Raises: NotFound.
        """
        return self.segments[place_named(self.segments, name, code=_CODE)]

    def segment_of(self, values: RfmValues | RfmScore) -> Segment:
        """The segment of one customer, by trying the rules in turn.

        Raises: InvalidType for levels where the rules are over raw numbers, or the other way round; InvalidValue for a
        level past the highest; CurrencyMismatch.
        """
        kind: type[RfmScore] | type[RfmValues] = RfmScore if self.by_scores else RfmValues
        if not isinstance(values, kind):
            raise InvalidType(f"this map takes {kind.__name__}: {clip(values)}", code=_CODE, value=values)
        if isinstance(values, RfmScore):
            require_int(max(values.r, values.f, values.m), code=_CODE, name="a level", high=self.levels)
        elif isinstance(values.money, Money) and self.currency not in (None, values.money.currency):
            raise CurrencyMismatch(
                f"a map in {self.currency}, money in {values.money.currency}",
                code="money.currency_mismatch",
                value=values.money,
            )
        for rule in self.rules:
            if rule.holds(values):  # type: ignore[arg-type]
                return rule.segment
        if self.otherwise is None:
            raise InvalidValue(f"no rule holds for {clip(values)}", code=_CODE, value=values)
        return self.otherwise

    def assign(
        self,
        subject: CustomerSummary | RfmScores,
        *,
        summary: CustomerSummary | None = None,
        cuts: Cuts | NestedCuts | None = None,
        prospects: object = (),
    ) -> Assignment:
        """The segment of every customer of a summary, or of scores where the rules are over those.

        With scores, *summary* brings the money, and the *cuts* between the levels, beside it, what is explained about a
        customer.
        *prospects* are the codes of customers who have bought nothing.
        Law: the order of rows changes no byte; the summary's law carries over.
        Raises: InvalidType for the other kind of subject; CurrencyMismatch; InvalidValue for a customer twice.
        """
        if self.by_scores:
            return by_scores(self, subject, summary, cuts, prospects)  # type: ignore[arg-type]
        if summary is not None or cuts is not None:
            raise InvalidType("summary and cuts go with scores", code=_CODE, value=summary or cuts)
        return by_values(self, subject, prospects)  # type: ignore[arg-type]

    def rule_places(self, columns: Sequence[Whole]) -> NDArray[np.int32]:
        """The place of the rule that holds for each customer; -1 is the rest. The numbers must be on the axes."""
        cells = [
            np.searchsorted(each, column, side="right") for each, column in zip(self.cover.starts, columns, strict=True)
        ]
        return self.cover.first[cells[0], cells[1], cells[2]]

    def segment_places(self) -> NDArray[np.int16]:
        """The place of the segment of each rule, then that of who has not bought (-2) and of the rest (-1)."""
        place = {segment.name: at for at, segment in enumerate(self.segments)}
        rest = [-1 if segment is None else place[segment.name] for segment in (self.prospects, self.otherwise)]
        return np.array([*(place[rule.segment.name] for rule in self.rules), *rest], dtype=np.int16)

    def reason(self, place: int) -> str:
        """The rule of that place in words.

        Raises: InvalidType, InvalidValue for what is no place.
        """
        require_int(place, code=_CODE, name="place", low=-2, high=len(self.rules) - 1)
        if place == -2:
            return "has not bought"
        return "no rule holds" if place == -1 else str(self.cover.region(_claims(self.rules[place])))

    def explain(self) -> str:
        """The rules in words, one a line."""
        return text_table(self._rows())

    def _repr_html_(self) -> str:
        return html_table(("segment", "who", "action"), self._rows())

    def _rows(self) -> list[tuple[str, str, str]]:
        rows = [(rule.segment, self.reason(at)) for at, rule in enumerate(self.rules)]
        rows += [
            (rest, self.reason(at)) for at, rest in ((-1, self.otherwise), (-2, self.prospects)) if rest is not None
        ]
        return [(segment.name, reason, str(segment.action or "")) for segment, reason in rows]

    def _named(self) -> tuple[Segment, ...]:
        """All segments, in order; every name and alias means one of them."""
        used = [*(rule.segment for rule in self.rules), *filter(None, (self.otherwise, self.prospects))]
        named: dict[str, Segment] = {}
        meaning: dict[str, Segment] = {}
        for segment in (*self.order, *used):
            if self.order and segment.name not in {each.name for each in self.order}:
                raise InvalidValue(f"order does not name {clip(segment.name)}", code=_CODE, value=segment.name)
            named.setdefault(segment.name, segment)
            for name in (segment.name, *segment.aliases):
                if meaning.setdefault(name, segment) != segment:
                    raise InvalidValue(f"{clip(name)} names two segments", code=_CODE, value=name)
        return tuple(named.values())

    def _axes(self) -> tuple[NumberAxis, ...]:
        if self.by_scores:
            return tuple(NumberAxis(name=name, low=1, high=self.levels) for name in "RFM")
        given = [rule.money for rule in self.rules if isinstance(rule, Rule) and rule.money is not None]
        currencies = {each.currency for each in given}
        if len(currencies) > 1:
            names = sorted(str(each or "plain numbers") for each in currencies)
            raise CurrencyMismatch(
                f"money in {' and in '.join(names[:2])}: rules of one map have one currency",
                code="money.currency_mismatch",
                value=names[0],
            )
        return (
            NumberAxis(name="days since last", low=0),
            NumberAxis(name="orders", low=1),
            NumberAxis(name="money", currency=next(iter(currencies), None)),
        )


def _claims(rule: AnyRule) -> tuple[Claim, ...]:
    if isinstance(rule, ScoreRule):
        return tuple(map(_claim, (rule.r, rule.f, rule.m)))
    return tuple(map(_claim, (rule.days_since_last, rule.orders, rule.money)))


def _claim(given: Range | None) -> Claim:
    return None if given is None else (Between(*given.bounds),)
