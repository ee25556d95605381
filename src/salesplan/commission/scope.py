"""Which credits a component, a multiplier or a SPIFF is for."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from ..errors import listed, require_instance, text_set
from .credits import Credit, CreditRole

__all__ = ["ANY_CREDIT", "Scope"]


def _products(given: Iterable[str]) -> frozenset[str]:
    return text_set(given, code="commission.scope", name="products")


def _labels(given: Iterable[str]) -> frozenset[str]:
    return text_set(given, code="commission.scope", name="labels")


def _roles(given: Iterable[CreditRole]) -> frozenset[CreditRole]:
    roles = listed(given, code="commission.scope", name="roles")
    return frozenset(require_instance(role, CreditRole, code="commission.scope", name="a role") for role in roles)


@attrs.frozen(kw_only=True)
class Scope:
    """Credits that match every field given; one of the names in a field is enough, an empty one means any.

    >>> Scope(products=["python-101"]).narrowness, Scope().narrowness
    (1, 0)
    """

    products: frozenset[str] = attrs.field(default=frozenset(), converter=_products)
    labels: frozenset[str] = attrs.field(default=frozenset(), converter=_labels)
    roles: frozenset[CreditRole] = attrs.field(default=frozenset(), converter=_roles)

    @property
    def narrowness(self) -> int:
        """How many fields are given: the narrower scope of a group takes a credit."""
        return bool(self.products) + bool(self.labels) + bool(self.roles)

    def holds(self, credit: Credit) -> bool:
        """Whether the credit is meant."""
        require_instance(credit, Credit, code="commission.credit", name="credit")
        return (
            (not self.products or credit.product in self.products)
            and (not self.labels or not self.labels.isdisjoint(credit.labels))
            and (not self.roles or credit.role in self.roles)
        )

    def apart_from(self, other: Scope) -> bool:
        """Whether no credit can be meant by both."""
        return any(
            mine and theirs and mine.isdisjoint(theirs)
            for mine, theirs in ((self.products, other.products), (self.roles, other.roles))
        )


ANY_CREDIT = Scope()
