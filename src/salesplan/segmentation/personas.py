"""Personas: rules over plain attributes that give everybody exactly one name.

A persona map is proven whole like a segment map: every combination of attributes that can be has one persona. "Under 18
student, 25 to 45 professional" leaves 18 to 24 and over 45 without a name, and the error says so.

Left out: guessing a persona from behaviour.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole
from ..display import Align, html_table, text_table
from ..errors import InvalidType, InvalidValue, clip, listed, require_instance, require_int
from ..money import Currency
from ..rate import Rate
from ._attribute_columns import cells_of
from ._conditions import checked, claims_of, conditions
from ._gates import ids
from ._one_code import row_of
from ._own_arrays import ByBytes, own_codes, own_column
from ._rate_text import percent_text
from .attributes import Attribute, ChoiceAttribute, NumberAttribute, Value, Where
from .boxes import Cover, cover
from .proving import Overlap, prove
from .segments import Segment, place_named

__all__ = ["PersonaAssignment", "PersonaMap", "PersonaRule"]

_CODE: Final = "segmentation.personas"
_MOST_RULES: Final = 1000


@attrs.frozen
class PersonaRule:
    """People for whom all the conditions hold, one an attribute, have this persona."""

    persona: Segment
    where: tuple[Where, ...]

    def __attrs_post_init__(self) -> None:
        require_instance(self.persona, Segment, code=_CODE, name="persona")
        object.__setattr__(self, "where", conditions(self.where))


@attrs.frozen
class PersonaMap:
    """Attributes, and rules that give everybody who can be exactly one persona.

    Raises: SegmentMapError for a hole, a double cover or a dead rule; NotFound for a condition on no such attribute.
    >>> from salesplan.segmentation.segments import Range
    >>> student = PersonaRule(Segment("student"), (Where("age", Range(below=18)),))
    >>> professional = PersonaRule(Segment("professional"), (Where("age", Range(at_least=25, at_most=45)),))
    >>> PersonaMap((NumberAttribute("age"),), (student, professional))
    Traceback (most recent call last):
    salesplan.segmentation.proving.SegmentMapError: nothing covers age 18 to 24 (and 1 more): name the rest with \
otherwise=
    """

    attributes: tuple[Attribute, ...]
    rules: tuple[PersonaRule, ...]
    otherwise: Segment | None = attrs.field(default=None, kw_only=True)
    overlap: Overlap = attrs.field(default=Overlap.REFUSE, kw_only=True)
    personas: tuple[Segment, ...] = attrs.field(init=False, eq=False, repr=False)
    cover: Cover = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        for name, kinds in (("attributes", (NumberAttribute, ChoiceAttribute)), ("rules", (PersonaRule,))):
            given = listed(getattr(self, name), code=_CODE, name=name)
            for each in given:
                if not isinstance(each, kinds):
                    raise InvalidType(f"none of the {name}: {clip(each)}", code=_CODE, value=each)
            keep(self, name, given)
        if self.otherwise is not None:
            require_instance(self.otherwise, Segment, code=_CODE, name="otherwise")
        require_instance(self.overlap, Overlap, code=_CODE, name="overlap")
        if not 1 <= len(self.rules) <= _MOST_RULES or not self.attributes:
            raise InvalidValue("a map has 1 to 1,000 rules, and attributes", code=_CODE, value=len(self.rules))
        if len({each.name for each in self.attributes}) < len(self.attributes):
            raise InvalidValue("two attributes have one name", code=_CODE, value=self.attributes)
        named: dict[str, Segment] = {}
        for persona in (*(rule.persona for rule in self.rules), *filter(None, (self.otherwise,))):
            if named.setdefault(persona.name, persona) != persona:
                raise InvalidValue(f"{clip(persona.name)} names two personas", code=_CODE, value=persona.name)
        keep(self, "personas", tuple(named.values()))
        claims = [claims_of(rule.where, self.attributes) for rule in self.rules]
        keep(self, "cover", cover([each.axis() for each in self.attributes], claims, code=_CODE))
        prove(
            self.cover,
            names=[rule.persona.name for rule in self.rules],
            reasons=[self.reason(at) for at in range(len(self.rules))],
            rest=self.otherwise,
            overlap=self.overlap,
        )

    def persona_of(self, values: Mapping[str, Value]) -> Segment:
        """The persona of one person, by trying the rules in turn; None is unknown.

        Raises: NotFound for an attribute that is missing; InvalidType, InvalidValue for what it cannot be.
        """
        checked(values, self.attributes)
        for rule in self.rules:
            if all(each.holds(values[each.attribute]) for each in rule.where):
                return rule.persona
        if self.otherwise is None:
            raise InvalidValue("no rule holds", code=_CODE, value=dict(values))
        return self.otherwise

    def assign(self, *, customer: object, columns: Mapping[str, object]) -> PersonaAssignment:
        """The persona of everybody, from a column for each attribute.

        None, NaN, NA, and what an array masks, is unknown.

        Law: as `persona_of` says, one by one; the order of rows changes no byte.
        Raises: NotFound for a column that is missing; InvalidType, InvalidValue for what an attribute cannot be.
        """
        codes = ids(customer, name="customer", code=_CODE)
        cells = cells_of(self.attributes, columns, starts=self.cover.starts, size=codes.size)
        rule = self.cover.first[tuple(cells)].astype(np.int64)
        order = np.argsort(codes, kind="stable")
        return PersonaAssignment(map=self, customer=codes[order], rule=rule[order])

    def reason(self, place: int) -> str:
        """The rule of that place in words; -1 is the rest.

        Raises: InvalidType, InvalidValue for a place without a rule.
        """
        at = require_int(place, code=_CODE, name="place", low=-1, high=len(self.rules) - 1)
        return "no rule holds" if at == -1 else str(self.cover.region(claims_of(self.rules[at].where, self.attributes)))

    def explain(self) -> str:
        """The rules in words, one a line."""
        return text_table(self._rows())

    def _repr_html_(self) -> str:
        return html_table(("persona", "who", "action"), self._rows())

    def _rows(self) -> list[tuple[str, str, str]]:
        rows = [(rule.persona, self.reason(at)) for at, rule in enumerate(self.rules)]
        rows += [] if self.otherwise is None else [(self.otherwise, self.reason(-1))]
        return [(persona.name, reason, str(persona.action or "")) for persona, reason in rows]


@attrs.frozen(kw_only=True, eq=False)
class PersonaAssignment(ByBytes):
    """The persona of everybody: *customer* rises, each once; *rule* is the place of the rule that holds (-1: the rest).

    It is in the form that migrations take, without money.
    """

    map: PersonaMap
    customer: Whole = attrs.field(repr=False)
    rule: Whole = attrs.field(repr=False)
    segment: NDArray[np.int16] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        require_instance(self.map, PersonaMap, code=_CODE, name="map")
        keep(self, "customer", own_codes(self.customer, code=_CODE))
        rule = own_column(self.rule, name="rule", code=_CODE, low=-1, size=self.customer.size)
        if rule.size and int(rule.max()) >= len(self.map.rules):
            raise InvalidValue("there is no such rule", code=_CODE, value=int(rule.max()))
        if self.map.otherwise is None and (rule < 0).any():
            raise InvalidValue("the map has no rest", code=_CODE, value=-1)
        place = {persona.name: at for at, persona in enumerate(self.segments)}
        rest = [] if self.map.otherwise is None else [place[self.map.otherwise.name]]
        places = np.array([*(place[each.persona.name] for each in self.map.rules), *rest], dtype=np.int16)
        segment = places[rule]
        segment.setflags(write=False)
        keep(self, "rule", rule)
        keep(self, "segment", segment)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The personas."""
        return self.map.personas

    @property
    def money(self) -> None:
        """Personas carry no money."""
        return

    @property
    def currency(self) -> Currency | None:
        """Personas carry no money."""
        return None

    @property
    def counts(self) -> Whole:
        """How many people each persona has."""
        return np.bincount(self.segment, minlength=len(self.segments)).astype(np.int64)

    def persona_of(self, customer: int) -> Segment:
        """The persona of a customer.

        Raises: NotFound.
        """
        return self.segments[int(self.segment[row_of(self.customer, customer, code=_CODE)])]

    def customers_in(self, persona: str) -> Whole:
        """The customers with the persona of that name, or with that alias, rising.

        Raises: NotFound.
        """
        found: Whole = self.customer[self.segment == place_named(self.segments, persona, code=_CODE)]
        return found

    def explain(self, *, customer: int | None = None) -> str:
        """The personas and how many have each; for one customer, the persona and the rule that holds.

        Raises: NotFound.
        """
        if customer is None:
            return text_table(self._rows(), align=_SIDES)
        row = row_of(self.customer, customer, code=_CODE)
        why = self.map.reason(int(self.rule[row]))
        return f"customer {int(self.customer[row])}: {self.segments[int(self.segment[row])]}, {why}"

    def _repr_html_(self) -> str:
        return html_table(("persona", "customers", "share"), self._rows(), align=_SIDES)

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """One row a customer: *customer*, *persona* (the place in `segments`) and *rule*."""
        return {"customer": self.customer.copy(), "persona": self.segment.copy(), "rule": self.rule.copy()}

    def _rows(self) -> list[tuple[str, str, str]]:
        whole = max(self.customer.size, 1)
        return [
            (persona.name, f"{count:,}", percent_text(Rate(count, whole)))
            for persona, count in zip(self.segments, self.counts.tolist(), strict=True)
        ]


_SIDES: Final = [Align.LEFT, Align.RIGHT, Align.RIGHT]
