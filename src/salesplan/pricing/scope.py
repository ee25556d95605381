"""Which goods a promotion, a condition or a reward is about."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

import attrs

from ..errors import InvalidType, InvalidValue, clip, text_set

__all__ = ["EVERYTHING", "Discounted", "Scope"]


class Discounted(Enum):
    """Whether goods that an earlier promotion already reduced take part."""

    INCLUDED = "included"
    """They do: the next promotion works on what is left to pay."""
    EXCLUDED = "excluded"
    """They do not, unit by unit: two flash-price units of five leave three (不与其他优惠同享)."""


def _names(values: Iterable[str] | None) -> frozenset[str] | None:
    if values is None:
        return None
    names = text_set(values, code="scope.names", name="a scope's names")
    if not names:
        raise InvalidValue("name at least one, or leave it out to mean all", code="scope.empty", value=())
    return names


def _exceptions(values: Iterable[str]) -> frozenset[str]:
    return text_set(values, code="scope.names", name="a scope's exceptions")


@attrs.frozen(kw_only=True)
class Scope:
    """Lines that match every field given; one of the names in a field is enough, None means any.

    A line that is not discountable is in no promotion's scope.
    Raises: InvalidValue for an empty list of names (leave it out to mean all).
    >>> books = Scope(categories=["book"], except_skus=["exam-book"])
    >>> sorted(books.categories), books.skus
    (['book'], None)
    """

    skus: frozenset[str] | None = attrs.field(default=None, converter=_names)
    categories: frozenset[str] | None = attrs.field(default=None, converter=_names)
    tags: frozenset[str] | None = attrs.field(default=None, converter=_names)
    sellers: frozenset[str] | None = attrs.field(default=None, converter=_names)
    except_skus: frozenset[str] = attrs.field(default=frozenset(), converter=_exceptions)
    except_categories: frozenset[str] = attrs.field(default=frozenset(), converter=_exceptions)
    except_tags: frozenset[str] = attrs.field(default=frozenset(), converter=_exceptions)
    discounted: Discounted = Discounted.INCLUDED

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.discounted, Discounted):
            raise InvalidType(
                f"discounted must be a Discounted: {clip(self.discounted)}",
                code="scope.type",
                value=self.discounted,
            )

    @property
    def names_goods(self) -> bool:
        """Whether any field narrows the goods, apart from *discounted*."""
        return not (
            self.skus is None
            and self.categories is None
            and self.tags is None
            and self.sellers is None
            and not self.except_skus
            and not self.except_categories
            and not self.except_tags
        )

    def covers(self, *, sku: str, category: str | None, tags: frozenset[str], seller: str | None) -> bool:
        """Whether goods with these marks are meant."""
        return (
            (self.skus is None or sku in self.skus)
            and (self.categories is None or category in self.categories)
            and (self.tags is None or not self.tags.isdisjoint(tags))
            and (self.sellers is None or seller in self.sellers)
            and sku not in self.except_skus
            and category not in self.except_categories
            and self.except_tags.isdisjoint(tags)
        )


EVERYTHING = Scope()
