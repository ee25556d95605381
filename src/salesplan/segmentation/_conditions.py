"""Several conditions together: one an attribute, and what they take of the axes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ..errors import InvalidType, InvalidValue, NotFound, clip, listed, require_instance
from .attributes import Attribute, Value, Where
from .axes import Claim

__all__ = ["checked", "claims_of", "conditions"]

_CODE: Final = "segmentation.personas"


def conditions(where: Iterable[Where]) -> tuple[Where, ...]:
    """The conditions themselves.

    Raises: InvalidValue for none, or two on one attribute.
    """
    given = listed(where, code=_CODE, name="where")
    for each in given:
        require_instance(each, Where, code=_CODE, name="a condition")
    if not given or len({each.attribute for each in given}) < len(given):
        raise InvalidValue("one condition or more, each on another attribute", code=_CODE, value=len(given))
    return given


def claims_of(where: Sequence[Where], attributes: Sequence[Attribute]) -> tuple[Claim, ...]:
    """What the conditions take of the axis of each attribute.

    Raises: NotFound for a condition on no attribute of these.
    """
    known = {each.attribute: each for each in where}
    unknown = sorted(known.keys() - {each.name for each in attributes})
    if unknown:
        raise NotFound(f"no attribute is called {clip(unknown[0])}", code=_CODE, value=unknown[0])
    return tuple(known[each.name].claim(each) if each.name in known else None for each in attributes)


def checked(values: Mapping[str, Value], attributes: Sequence[Attribute]) -> None:
    """Nothing, where somebody can have these values.

    Raises: NotFound for an attribute that is missing; InvalidType, InvalidValue for what it cannot be.
    """
    if not isinstance(values, Mapping):
        raise InvalidType(f"values are by attribute: {clip(values)}", code=_CODE, value=values)
    for attribute in attributes:
        if attribute.name not in values:
            raise NotFound(f"{clip(attribute.name)} is missing; unknown is None", code=_CODE, value=attribute.name)
        attribute.require(values[attribute.name])
