"""Tags: rules over plain attributes, of which any number may hold for a customer.

Tags are not parts of a whole, so nothing is proven about them but that each can hold: a tag holds where all its
conditions do, and several rules may give one tag.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..display import html_table, text_table
from ..errors import InvalidType, InvalidValue, clip, listed, require_text
from ._attribute_columns import cells_of
from ._conditions import checked, claims_of, conditions
from .attributes import Attribute, ChoiceAttribute, NumberAttribute, Value, Where
from .boxes import Cover, cover

__all__ = ["TagRule", "Tags"]

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

    def columns_of(self, columns: Mapping[str, object], *, size: int) -> dict[str, NDArray[np.bool_]]:
        """For each tag, whether everybody has it, from a column for each attribute.

        Law: as `tags_of` says, one by one.
        Raises: NotFound for a column that is missing; InvalidType, InvalidValue for what an attribute cannot be.
        """
        cells = cells_of(self.attributes, columns, starts=self.cover.starts, size=size)
        found = {tag: np.zeros(size, dtype=np.bool_) for tag in self.tags}
        for rule, masks in zip(self.rules, self.cover.masks, strict=True):
            held = np.ones(size, dtype=np.bool_)
            for mask, places in zip(masks, cells, strict=True):
                held &= mask[places]
            found[rule.tag] |= held
        return found

    def explain(self) -> str:
        """The rules in words, one a line."""
        return text_table(self._rows())

    def _repr_html_(self) -> str:
        return html_table(("tag", "who"), self._rows())

    def _rows(self) -> list[tuple[str, str]]:
        claims = [claims_of(rule.where, self.attributes) for rule in self.rules]
        return [(rule.tag, str(self.cover.region(each))) for rule, each in zip(self.rules, claims, strict=True)]
