"""Deals that nothing was paid by: their notes are known, and nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ..errors import NotFound, clip
from ._claw import part_of, shrink
from ._component import Run
from .credits import Credit
from .measures import Credited

__all__ = ["keep_unpaid"]

_NOTHING = Fraction(0)


def keep_unpaid(
    run: Run, taken: Mapping[str, list[Credit]], unmatched: list[Credit], notes: list[Credit]
) -> list[Credit]:
    """Keep deals that nothing was paid by, so that their notes are known; the notes of deals that no component is for.

    Raises: NotFound for a note of a deal that neither the credits nor the ledger know.
    """
    book = run.book
    names = [each.id for each in run.plan.components] + [each.id for each in run.plan.spiffs]
    for credit in unmatched:
        book.note_deal("", credit, _NOTHING, "unmatched")
    for component in run.plan.components:
        if not isinstance(component.measure, Credited):
            for credit in taken[component.id]:
                if not any(book.record(name, credit.deal, credit.role) for name in names):
                    book.note_deal("", credit, _NOTHING)
    recorded = {(deal, role) for _, deal, role in book.deals} if notes else set()
    without = []
    for note in notes:
        mark = note.reverses or "", note.role
        other = book.record("", *mark)
        if other is not None:
            book.keep(shrink(other, part_of(note, other.credited.to_fraction())))
        elif any(book.record(name, *mark) for name in names):
            pass
        elif mark in recorded:  # by a component that is gone: nobody is left to take it back from
            without.append(note)
        else:
            raise NotFound(
                f"{clip(note.deal)} takes back {clip(note.reverses)}, which neither the credits nor prior= know; "
                "without reverses= it comes off the top",
                code="commission.unknown_deal",
                value=note.reverses,
            )
        if other is not None and other.window == "unmatched":
            without.append(note)
        book.note_deal("", note, _NOTHING, "note")
    return without
