"""Tags: rules over plain attributes, of which any number may hold for a customer.

Tags are not parts of a whole, so nothing is proven about them but that each can hold: a tag holds where all its
conditions do, and several rules may give one tag.

Left out: tags given by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole
from ..display import Align, html_table, text_table
from ..errors import InvalidType, InvalidValue, NotFound, clip, listed, require_instance, require_text
from ..rate import Rate
from ._attribute_columns import cells_of
from ._conditions import checked, claims_of, conditions
from ._gates import ids
from ._one_code import row_of
from ._own_arrays import ByBytes, own_codes
from ._rate_text import percent_text
from .attributes import Attribute, ChoiceAttribute, NumberAttribute, Value, Where
from .boxes import Cover, cover

__all__ = ["TagAssignment", "TagRule", "Tags"]

_CODE: Final = "segmentation.tags"
_MOST_RULES: Final = 1000


@attrs.frozen
class TagRule:
    """People for whom all the conditions hold have this tag."""

    tag: str
    where: tuple[Where, ...]

    def __attrs_post_init__(self) -> None:
        require_text(self.tag, code=_CODE, name="tag")
        object.__setattr__(self, "where", conditions(self.where))


@attrs.frozen
class Tags:
    """Attributes, and rules that give tags to whom they hold for.

    *tags* are in the order in which the rules name them first.
    Raises: InvalidValue for a rule that can hold for nobody; NotFound for a condition on no such attribute.
    >>> from salesplan.segmentation.segments import Range
    >>> adult = TagRule("adult", (Where("age", Range(at_least=18)),))
    >>> old = TagRule("old", (Where("age", Range(above=80)),))
    >>> Tags((NumberAttribute("age"),), (adult, old)).tags_of({"age": 30})
    ('adult',)
    """

    attributes: tuple[Attribute, ...]
    rules: tuple[TagRule, ...]
    tags: tuple[str, ...] = attrs.field(init=False, eq=False, repr=False)
    cover: Cover = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        for name, kinds in (("attributes", (NumberAttribute, ChoiceAttribute)), ("rules", (TagRule,))):
            given = listed(getattr(self, name), code=_CODE, name=name)
            for each in given:
                if not isinstance(each, kinds):
                    raise InvalidType(f"none of the {name}: {clip(each)}", code=_CODE, value=each)
            keep(self, name, given)
        if not 1 <= len(self.rules) <= _MOST_RULES or not self.attributes:
            raise InvalidValue("tags have 1 to 1,000 rules, and attributes", code=_CODE, value=len(self.rules))
        if len({each.name for each in self.attributes}) < len(self.attributes):
            raise InvalidValue("two attributes have one name", code=_CODE, value=self.attributes)
        keep(self, "tags", tuple(dict.fromkeys(rule.tag for rule in self.rules)))
        claims = [claims_of(rule.where, self.attributes) for rule in self.rules]
        keep(self, "cover", cover([each.axis() for each in self.attributes], claims, code=_CODE))
        for rule, masks in zip(self.rules, self.cover.masks, strict=True):
            if not all(mask.any() for mask in masks):
                raise InvalidValue(f"nobody can be {clip(rule.tag)} by this rule", code=_CODE, value=rule)

    def tags_of(self, values: Mapping[str, Value]) -> tuple[str, ...]:
        """The tags of one person, in the order of `tags`; None is unknown.

        Raises: NotFound for an attribute that is missing; InvalidType, InvalidValue for what it cannot be.
        """
        checked(values, self.attributes)
        held = {rule.tag for rule in self.rules if all(each.holds(values[each.attribute]) for each in rule.where)}
        return tuple(tag for tag in self.tags if tag in held)

    def assign(self, *, customer: object, columns: Mapping[str, object]) -> TagAssignment:
        """The tags of everybody, from a column for each attribute; None, NaN, NA, and what an array masks, is unknown.

        Law: as `tags_of` says, one by one; the order of rows changes no byte.
        Raises: NotFound for a column that is missing; InvalidType, InvalidValue for what an attribute cannot be.
        >>> from salesplan.segmentation.segments import Range
        >>> adult = TagRule("adult", (Where("age", Range(at_least=18)),))
        >>> old = TagRule("old", (Where("age", Range(above=80)),))
        >>> tags = Tags((NumberAttribute("age"),), (adult, old))
        >>> found = tags.assign(customer=[3, 7], columns={"age": [17, 90]})
        >>> print(found.explain())
        adult  1  50.0 %
        old    1  50.0 %
        >>> print(found.explain(customer=7))
        adult  age 18 or more
        old    age 81 or more
        """
        codes = ids(customer, name="customer", code=_CODE)
        cells = cells_of(self.attributes, columns, starts=self.cover.starts, size=codes.size)
        holds = np.ones((codes.size, len(self.rules)), dtype=np.bool_)
        for at, masks in enumerate(self.cover.masks):
            for mask, places in zip(masks, cells, strict=True):
                holds[:, at] &= mask[places]
        order = np.argsort(codes, kind="stable")
        return TagAssignment(rules=self, customer=codes[order], holds=holds[order])

    def explain(self) -> str:
        """The rules in words, one a line."""
        return text_table(self.reasons())

    def _repr_html_(self) -> str:
        return html_table(("tag", "who"), self.reasons())

    def reasons(self) -> tuple[tuple[str, str], ...]:
        """The tag of each rule, and the rule in words."""
        claims = [claims_of(rule.where, self.attributes) for rule in self.rules]
        return tuple((rule.tag, str(self.cover.region(each))) for rule, each in zip(self.rules, claims, strict=True))


@attrs.frozen(kw_only=True, eq=False)
class TagAssignment(ByBytes):
    """Who has which tags, and by which rules.

    Shape: *customer* rises, each once. *holds* has a row for each, and says of each rule whether it holds; *held* says
    of each tag of the rules whether they have it.
    Raises: InvalidType, InvalidValue for columns that are not such.
    """

    rules: Tags
    customer: Whole = attrs.field(repr=False)
    holds: NDArray[np.bool_] = attrs.field(repr=False)
    held: NDArray[np.bool_] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        require_instance(self.rules, Tags, code=_CODE, name="rules")
        keep(self, "customer", own_codes(self.customer, code=_CODE))
        holds = require_instance(self.holds, np.ndarray, code=_CODE, name="holds").copy()
        if holds.dtype != np.bool_ or holds.shape != (self.customer.size, len(self.rules.rules)):
            raise InvalidValue("holds says of each customer and rule whether it holds", code=_CODE, value=holds.shape)
        held = np.zeros((self.customer.size, len(self.rules.tags)), dtype=np.bool_)
        for at, rule in enumerate(self.rules.rules):
            held[:, self.rules.tags.index(rule.tag)] |= holds[:, at]
        for name, table in (("holds", holds), ("held", held)):
            table.setflags(write=False)
            keep(self, name, table)

    @property
    def counts(self) -> Whole:
        """How many people have each tag."""
        many: Whole = np.count_nonzero(self.held, axis=0).astype(np.int64)
        return many

    def tags_of(self, customer: int) -> tuple[str, ...]:
        """The tags of a customer, in the order of the rules' `tags`.

        Raises: NotFound.
        """
        held = self.held[self._row(customer)].tolist()
        return tuple(tag for tag, has in zip(self.rules.tags, held, strict=True) if has)

    def customers_with(self, tag: str) -> Whole:
        """Who has a tag, rising.

        Raises: NotFound.
        """
        if not isinstance(tag, str) or tag not in self.rules.tags:
            raise NotFound(f"no tag {clip(tag)} is here", code=f"{_CODE}.unknown", value=tag)
        who: Whole = self.customer[self.held[:, self.rules.tags.index(tag)]]
        return who

    def explain(self, *, customer: int | None = None) -> str:
        """The tags and how many have each; for one customer, their tags and the rules that hold.

        Raises: NotFound.
        """
        if customer is None:
            return text_table(self._rows(), align=_SIDES)
        holds = self.holds[self._row(customer)].tolist()
        rows = [row for row, has in zip(self.rules.reasons(), holds, strict=True) if has]
        return text_table(rows) if rows else "no tag"

    def _repr_html_(self) -> str:
        return html_table(("tag", "customers", "share"), self._rows(), align=_SIDES)

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """One row for each tag that somebody has: *customer*, and *tag* (its place in the rules' `tags`)."""
        row, place = np.nonzero(self.held)
        return {"customer": self.customer[row], "tag": place.astype(np.int64)}

    def _rows(self) -> list[tuple[str, str, str]]:
        whole = max(self.customer.size, 1)
        return [
            (tag, f"{count:,}", percent_text(Rate(count, whole)))
            for tag, count in zip(self.rules.tags, self.counts.tolist(), strict=True)
        ]

    def _row(self, customer: int) -> int:
        return row_of(self.customer, customer, code=_CODE)


_SIDES: Final = [Align.LEFT, Align.RIGHT, Align.RIGHT]
