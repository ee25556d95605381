"""Who is paid, where several are at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..errors import InvalidType, NotFound, clip, listed
from .credits import CreditError
from .payee import Payee

__all__ = ["only_of", "people_of"]


def people_of(payees: Iterable[Payee | str], others: Iterable[str]) -> dict[str, Payee]:
    """The payees given, by name, and those of the other names.

    Raises: CreditError for one given twice.
    """
    found: dict[str, Payee] = {}
    for each in listed(payees, code="commission.payees", name="payees"):
        person = each if isinstance(each, Payee) else Payee(each)
        if person.id in found:
            raise CreditError(f"{clip(person.id)} is given twice", code="commission.payees", value=person.id)
        found[person.id] = person
    for name in others:
        if name not in found:
            found[name] = Payee(name)
    return found


def only_of(mapping: object, people: Mapping[str, Payee], name: str) -> None:
    """That nothing is said of somebody unknown, which would be lost.

    Raises: InvalidType, NotFound.
    """
    if not isinstance(mapping, Mapping):
        raise InvalidType(f"{name} goes by payee: {clip(mapping)}", code=f"commission.{name}", value=mapping)
    for each in mapping:
        if each not in people:
            raise NotFound(
                f"{name} names {clip(each)}, who is not settled: add them to payees",
                code=f"commission.{name}",
                value=each,
            )
