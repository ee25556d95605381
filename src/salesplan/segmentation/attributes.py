"""Plain attributes of people (age, city tier, role) and conditions on them: what personas and tags are written with.

An attribute is a whole number from a lowest one on, or one of a few texts. Where it may be unknown, that is a value of
its own: a condition on numbers does not hold for it, `IsUnknown` does, and a rule that is silent about the attribute
takes it along.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, TypeAlias

import attrs

from ..errors import InvalidType, InvalidValue, clip, listed, require_instance, require_int, require_text
from ..money import MAX_MINOR
from .axes import Axis, Between, Choice, ChoiceAxis, Claim, NumberAxis, Unknown
from .segments import Range

__all__ = ["AnyOf", "Attribute", "ChoiceAttribute", "IsUnknown", "NumberAttribute", "Presence", "Value", "Where"]

_CODE: Final = "segmentation.personas"
_MOST_CHOICES: Final = 1000

Value: TypeAlias = int | str | None
"""What somebody has of an attribute; None is unknown."""


class Presence(Enum):
    """Whether everybody has the attribute."""

    ALWAYS = "always"
    """It is known of everybody."""
    MAY_BE_UNKNOWN = "may_be_unknown"
    """It is not known of some, and the map has to say where they go."""


@attrs.frozen
class NumberAttribute:
    """A whole number from *low* to *high* (None: no end), as age."""

    name: str
    low: int = attrs.field(default=0, kw_only=True)
    high: int | None = attrs.field(default=None, kw_only=True)
    presence: Presence = attrs.field(default=Presence.ALWAYS, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_text(self.name, code=_CODE, name="name")
        require_int(self.low, code=_CODE, name="low", low=1 - MAX_MINOR, high=MAX_MINOR)
        if self.high is not None:
            require_int(self.high, code=_CODE, name="high", low=self.low, high=MAX_MINOR - 1)
        require_instance(self.presence, Presence, code=_CODE, name="presence")

    def axis(self) -> Axis:
        """The axis it lies on."""
        high = MAX_MINOR if self.high is None else self.high
        return NumberAxis(name=self.name, low=self.low, high=high, extra=_extra(self.presence))

    def require(self, value: object) -> Value:
        """*value* itself where somebody can have it.

        Raises: InvalidType or InvalidValue.
        """
        if value is None and self.presence is Presence.MAY_BE_UNKNOWN:
            return None
        high = MAX_MINOR if self.high is None else self.high
        return require_int(value, code=_CODE, name=self.name[:60], low=self.low, high=high)


@attrs.frozen
class ChoiceAttribute:
    """One of a few texts, as a city tier."""

    name: str
    choices: tuple[str, ...]
    presence: Presence = attrs.field(default=Presence.ALWAYS, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_text(self.name, code=_CODE, name="name")
        choices = listed(self.choices, code=_CODE, name="choices")
        for choice in choices:
            require_text(choice, code=_CODE, name="a choice")
        if not 1 <= len(choices) <= _MOST_CHOICES or len(set(choices)) < len(choices):
            raise InvalidValue(f"1 to {_MOST_CHOICES:,} choices, each once", code=_CODE, value=len(choices))
        object.__setattr__(self, "choices", choices)
        require_instance(self.presence, Presence, code=_CODE, name="presence")

    def axis(self) -> Axis:
        """The axis it lies on."""
        return ChoiceAxis(name=self.name, choices=self.choices, extra=_extra(self.presence))

    def require(self, value: object) -> Value:
        """*value* itself where somebody can have it.

        Raises: InvalidType or InvalidValue.
        """
        if value is None and self.presence is Presence.MAY_BE_UNKNOWN:
            return None
        if not isinstance(value, str):
            raise InvalidType(f"{self.name[:60]} is a text: {clip(value)}", code=_CODE, value=value)
        if value not in self.choices:
            raise InvalidValue(f"{self.name[:60]} is none of the choices: {clip(value)}", code=_CODE, value=value)
        return value


Attribute: TypeAlias = NumberAttribute | ChoiceAttribute


@attrs.frozen
class AnyOf:
    """One of these choices."""

    choices: tuple[str, ...]

    def __attrs_post_init__(self) -> None:
        choices = listed(self.choices, code=_CODE, name="choices")
        for choice in choices:
            require_text(choice, code=_CODE, name="a choice")
        if not choices:
            raise InvalidValue("one of no choices holds for nobody", code=_CODE, value=choices)
        object.__setattr__(self, "choices", choices)


@attrs.frozen
class IsUnknown:
    """Nobody knows it."""


@attrs.frozen
class Where:
    """A condition on one attribute.

    >>> Where("age", Range(below=18)).holds(17), Where("age", Range(below=18)).holds(None)
    (True, False)
    """

    attribute: str
    condition: Range | AnyOf | IsUnknown

    def __attrs_post_init__(self) -> None:
        require_text(self.attribute, code=_CODE, name="attribute")
        if not isinstance(self.condition, Range | AnyOf | IsUnknown):
            raise InvalidType(
                f"a condition is Range, AnyOf or IsUnknown: {clip(self.condition)}", code=_CODE, value=self.condition
            )
        if isinstance(self.condition, Range) and self.condition.currency is not None:
            raise InvalidType("an attribute is a number, not money", code=_CODE, value=self.condition)

    def holds(self, value: Value) -> bool:
        """Whether it holds for a value of the attribute."""
        if isinstance(self.condition, Range):
            return isinstance(value, int) and self.condition.contains(value)
        return value is None if isinstance(self.condition, IsUnknown) else value in self.condition.choices

    def claim(self, attribute: Attribute) -> Claim:
        """What it takes of the axis.

        Raises: InvalidType for a range of choices, or choices of a number; InvalidValue for a choice that there is not.
        """
        if isinstance(self.condition, IsUnknown):
            return (Unknown(),)
        if isinstance(self.condition, Range):
            if isinstance(attribute, NumberAttribute):
                return (Between(*self.condition.bounds),)
            raise InvalidType(f"{attribute.name[:60]} has choices, not numbers", code=_CODE, value=self.condition)
        if isinstance(attribute, NumberAttribute):
            raise InvalidType(f"{attribute.name[:60]} has numbers, not choices", code=_CODE, value=self.condition)
        for choice in self.condition.choices:
            if choice not in attribute.choices:
                raise InvalidValue(f"{attribute.name[:60]} has no choice {clip(choice)}", code=_CODE, value=choice)
        return tuple(map(Choice, self.condition.choices))


def _extra(presence: Presence) -> tuple[Unknown, ...]:
    return (Unknown(),) if presence is Presence.MAY_BE_UNKNOWN else ()
