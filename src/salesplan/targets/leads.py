"""Lead rotation: leads to people in proportion, one after the other, without bursts.

Smooth weighted round robin gives every person credit equal to the weight at each lead, hands the lead to the
highest credit, of several to the first id, and takes the sum of weights from it. After a full cycle, as many leads
as the reduced weights sum to, everybody has exactly their weight and all credits are back at 0: a credit stays
within the sum of weights, and after a cycle it is a multiple of it. The credits are the state: carried from batch
to batch they make the batches disappear, where giving out each batch by largest remainder favours the same people
every time.

Left out: working hours, skills, and leads that are handed back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from fractions import Fraction
from itertools import pairwise
from math import gcd, lcm
from typing import Final, TypeAlias

import attrs

from ..display import Align, html_table, text_table
from ..errors import InvalidType, InvalidValue, clip, listed, require_instance, require_int, require_text
from ..rate import Rate
from ._ratios import whole_parts

__all__ = ["LeadAssignment", "LeadState", "assign_leads"]

_MAX_LEADS: Final = 10**6
_MAX_WHOLE: Final = 10**24

Lead: TypeAlias = int | str


@attrs.frozen(kw_only=True)
class LeadState:
    """What everybody is still owed, in parts of a lead: credit / *whole*; who is not named is owed nothing.

    *given* counts the leads so far, so that numbered leads go on where the last batch ended.
    >>> LeadState().given
    0
    """

    credits: tuple[tuple[str, int], ...] = ()
    whole: int = 1
    given: int = 0

    def __attrs_post_init__(self) -> None:
        require_int(self.whole, code="targets.leads.state", name="whole", low=1, high=_MAX_WHOLE)
        require_int(self.given, code="targets.leads.state", name="given", low=0)
        for pair in require_instance(self.credits, tuple, code="targets.leads.state", name="credits"):
            if not isinstance(pair, tuple) or len(pair) != 2:
                raise InvalidType(
                    f"credits are pairs of person and credit: {clip(pair)}", code="targets.leads.state", value=pair
                )
            person, credit = pair
            require_text(person, code="targets.leads.state", name="a person")
            require_int(credit, code="targets.leads.state", name="credit", low=-_MAX_WHOLE, high=_MAX_WHOLE)
        if any(after <= before for (before, _), (after, _) in pairwise(self.credits)):
            raise InvalidValue(
                f"credits must be by rising person: {clip(self.credits)}",
                code="targets.leads.state",
                value=self.credits,
            )


@attrs.frozen
class LeadAssignment:
    """Each lead with the person who gets it, in the order they came, and the state for the next batch."""

    assigned: tuple[tuple[Lead, str], ...]
    state: LeadState

    @property
    def counts(self) -> dict[str, int]:
        """How many leads each person got, by id."""
        return dict(sorted(Counter(person for _, person in self.assigned).items()))

    def explain(self) -> str:
        """How many leads each person got, and what part of one is still owed (negative: was given ahead).

        >>> print(assign_leads(4, {"a": 2, "b": 1}).explain())
        person  leads  owed
        a           3  -1/3
        b           1   1/3
        """
        return text_table(self._rows(), align=(Align.LEFT, Align.RIGHT, Align.RIGHT))

    def _repr_html_(self) -> str:
        head, *rows = self._rows()
        return html_table(head, rows, align=(Align.LEFT, Align.RIGHT, Align.RIGHT))

    def _rows(self) -> list[tuple[object, ...]]:
        counts, credits = self.counts, dict(self.state.credits)
        people = sorted({*counts, *credits})
        owed = [str(Fraction(credits.get(person, 0), self.state.whole)) for person in people]
        return [
            ("person", "leads", "owed"),
            *((person, counts.get(person, 0), part) for person, part in zip(people, owed, strict=True)),
        ]


def assign_leads(
    leads: int | Sequence[str], weights: Mapping[str, int | Rate], state: LeadState | None = None
) -> LeadAssignment:
    """Hand *leads*, a count or their ids, to people in proportion to *weights*, evenly interleaved.

    Weight 0 pauses a person, who keeps the credit. Who joins starts without credit, who is left out loses it.
    Law: batches joined by the state assign as one batch would, as long as the weights stay; after each full cycle from
    a fresh state everybody has exactly the weight; the order of *weights* does not matter.      Range: 10**6 leads.
    Raises: InvalidValue for a negative weight or none above 0; InvalidType.
    Source: smooth weighted round robin, as in nginx.
    >>> assignment = assign_leads(7, {"a": 5, "b": 1, "c": 1})
    >>> "".join(person for _, person in assignment.assigned), assignment.state.credits
    ('aabacaa', ())
    """
    before = LeadState() if state is None else state
    require_instance(before, LeadState, code="targets.leads.state", name="state")
    ids: Sequence[Lead]
    if isinstance(leads, int):
        require_int(leads, code="targets.leads.leads", name="leads", low=0, high=_MAX_LEADS)
        ids = range(before.given + 1, before.given + leads + 1)
    else:
        if isinstance(leads, Set):
            raise InvalidType("leads come in an order, and a set has none", code="targets.leads.leads", value=None)
        ids = listed(leads, code="targets.leads.leads", name="leads")
        require_int(len(ids), code="targets.leads.leads", name="leads", high=_MAX_LEADS)
        for lead in ids:
            require_text(lead, code="targets.leads.leads", name="a lead")
        repeated = [lead for lead, count in Counter(ids).items() if count > 1]
        if repeated:
            raise InvalidValue(
                f"the lead {clip(repeated[0])} is given twice", code="targets.leads.repeated", value=repeated[0]
            )
    parts = whole_parts(weights, code="targets.leads.weight", low=0)
    cycle = sum(parts.values())
    whole = lcm(cycle, before.whole)
    if whole > _MAX_WHOLE:  # weights have changed many times: what is owed is kept to a part of this cycle
        whole = cycle
    credits = _over(dict(before.credits), before.whole, whole)
    steps = {person: part * (whole // cycle) for person, part in parts.items() if part}
    owed = dict.fromkeys(parts, 0)
    for person, credit in credits.items():
        if person in owed:
            owed[person] = credit
    assigned = []
    for lead in ids:
        for person, step in steps.items():
            owed[person] += step
        chosen = max(steps, key=owed.__getitem__)  # of equals the first, and people are in the order of their ids
        owed[chosen] -= whole
        assigned.append((lead, chosen))
    common = gcd(whole, *owed.values())
    left = tuple((person, credit // common) for person, credit in owed.items() if credit)
    given = before.given + len(assigned)
    return LeadAssignment(tuple(assigned), LeadState(credits=left, whole=whole // common, given=given))


def _over(credits: dict[str, int], old: int, new: int) -> dict[str, int]:
    """Credits over another denominator; where they do not fit it, to the nearest parts that keep their sum."""
    below = {person: credit * new // old for person, credit in credits.items()}
    left = sum(credits.values()) * new // old - sum(below.values())
    most = sorted(credits, key=lambda person: (-(credits[person] * new % old), person))
    return {person: below[person] + (person in most[:left]) for person in credits}
