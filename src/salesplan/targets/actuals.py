"""What was really sold, brought into the shape of a plan: by node and atomic period, and summed up the tree.

Nobody is silently at zero: `tally` gives every leaf every period it was asked for, and whoever takes actuals asks
for all leaves. 同比 and 环比 are `growth` between an amount and the one a comparison calendar names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import TypeVar, overload

import attrs

from ..calendar import Periods
from ..errors import InvalidType, NotFound, clip, listed, require_instance
from ..rate import Rate
from ._amounts import Amount, amount_of, unit_of, units_of
from ._ratios import others
from .hierarchy import Hierarchy

__all__ = ["Base", "Growth", "by_leaf", "growth", "roll_up", "tally"]

T = TypeVar("T")


def tally(
    sales: Iterable[tuple[str, date, Amount]], people: Hierarchy, periods: Periods, *, unit: Amount
) -> dict[str, dict[str, Amount]]:
    """Dated amounts as `{leaf: {period label: amount}}`, every leaf and atomic period present.

    *unit* is any amount of the kind that is summed, as `Money.zero("CNY")` or 0.
    Law: nothing is lost: the result sums to the sales.
    Raises: NotFound for a sale outside the periods or of somebody who is not a leaf; CurrencyMismatch.
    >>> from salesplan.calendar import Period
    >>> team, march = Hierarchy.flat(["li"], root="team"), Periods([Period.month(2026, 3)])
    >>> tally([("li", date(2026, 3, 5), 2), ("li", date(2026, 3, 6), 1)], team, march, unit=0)
    {'li': {'2026-03': 3}}
    """
    kind = unit_of(unit, name="unit")
    require_instance(people, Hierarchy, code="targets.people", name="people")
    require_instance(periods, Periods, code="targets.periods", name="periods")
    leaves = people.leaves
    units = {name: [0] * len(periods) for name in leaves}
    for sale in listed(sales, code="targets.sales", name="sales"):
        if not isinstance(sale, tuple) or len(sale) != 3:
            raise InvalidType(f"a sale is (leaf, day, amount): {clip(sale)}", code="targets.sales", value=sale)
        name, day, amount = sale
        row = units.get(name) if isinstance(name, str) else None
        if row is None:
            raise NotFound(f"{clip(name)} is not a leaf of this tree", code="targets.no_such_leaf", value=name)
        row[periods.at(day)] += units_of(amount, kind, name="a sale")
    return {
        name: {label: amount_of(each, kind) for label, each in zip(periods.labels, row, strict=True)}
        for name, row in units.items()
    }


@overload
def roll_up(people: Hierarchy, actuals: Mapping[str, Amount]) -> dict[str, Amount]: ...
@overload
def roll_up(people: Hierarchy, actuals: Mapping[str, Mapping[str, Amount]]) -> dict[str, dict[str, Amount]]: ...
def roll_up(
    people: Hierarchy, actuals: Mapping[str, Amount] | Mapping[str, Mapping[str, Amount]]
) -> dict[str, Amount] | dict[str, dict[str, Amount]]:
    """The amounts of all nodes from those of the leaves: in all, or by period as `tally` gives them.

    Law: every node is the sum of those directly under it.
    Raises: NotFound for a leaf without an amount (a leaf that sold nothing has 0), or one of a period that another
    has; InvalidType, CurrencyMismatch.
    >>> roll_up(Hierarchy.flat(["li", "wang"], root="team"), {"li": 2, "wang": 3})
    {'team': 5, 'li': 2, 'wang': 3}
    """
    require_instance(people, Hierarchy, code="targets.people", name="people")
    given: Mapping[str, Amount | Mapping[str, Amount]] = actuals
    leaves = by_leaf(people, given)
    by_period = [each for each in leaves if isinstance(each, Mapping)]
    if not by_period:
        return _summed(people, [each for each in leaves if not isinstance(each, Mapping)])
    if len(by_period) < len(leaves):
        raise InvalidType("give all actuals by period, or none", code="targets.actuals", value=None)
    labels = list(by_period[0])
    result: dict[str, dict[str, Amount]] = {name: {} for name in people.ids}
    for label in labels:
        for name, amount in _summed(people, _column(people, by_period, label, len(labels))).items():
            result[name][label] = amount
    return result


def _column(people: Hierarchy, by_period: Sequence[Mapping[str, Amount]], label: str, size: int) -> list[Amount]:
    for name, row in zip(people.leaves, by_period, strict=True):
        if label not in row or len(row) != size:
            raise NotFound(
                f"{clip(name)} does not have the same periods as the others, as {clip(label)}",
                code="targets.actuals_missing",
                value=name,
            )
    return [row[label] for row in by_period]


def _summed(people: Hierarchy, amounts: Sequence[Amount]) -> dict[str, Amount]:
    kind = unit_of(amounts[0], name="an actual")
    sums = [0]
    for amount in amounts:
        sums.append(sums[-1] + units_of(amount, kind, name="an actual"))
    shape = people.shape
    return {
        name: amount_of(sums[until] - sums[first], kind)
        for name, first, until in zip(people.ids, shape.first, shape.until, strict=True)
    }


def by_leaf(people: Hierarchy, actuals: Mapping[str, T]) -> list[T]:
    """One entry per leaf, in the order of the tree.

    Raises: NotFound for a leaf without an entry, or an entry of somebody else.
    """
    if not isinstance(actuals, Mapping):
        raise InvalidType(f"actuals are a mapping by leaf: {clip(actuals)}", code="targets.actuals", value=actuals)
    leaves = people.leaves
    odd = sorted({*actuals} - {*leaves}, key=str)
    if odd:
        raise NotFound(f"{clip(odd[0])} is not a leaf of this tree", code="targets.no_such_leaf", value=odd[0])
    missing = [name for name in leaves if name not in actuals]
    if missing:
        raise NotFound(
            f"no actuals of {clip(missing[0])}{others(missing)}: give 0 where there were none",
            code="targets.actuals_missing",
            value=tuple(missing),
        )
    return [actuals[name] for name in leaves]


class Base(Enum):
    """What a growth is measured from."""

    POSITIVE = "positive"
    """A base above 0: the rate is what everybody expects."""
    ZERO = "zero"
    """A base of 0: there is no rate."""
    NEGATIVE = "negative"
    """A base below 0: the rate is of its absolute value, so that more is still positive; say so beside it."""


@attrs.frozen(kw_only=True)
class Growth:
    """How much an amount differs from its base, and what part of it that is (None from a base of 0)."""

    change: Amount
    rate: Rate | None
    base: Base


def growth(now: Amount, before: Amount) -> Growth:
    """The growth from *before* to *now*: 同比 with the same time a year ago, 环比 with the period before.

    Law: rate == (now - before) / abs(before).
    Raises: CurrencyMismatch, InvalidType.
    >>> str(growth(130, 100).rate), growth(5, 0).rate, str(growth(-50, -100).rate), growth(-50, -100).base.name
    ('30%', None, '50%', 'NEGATIVE')
    """
    kind = unit_of(before, name="before")
    old, new = units_of(before, kind, name="before"), units_of(now, kind, name="now")
    if old == 0:
        return Growth(change=amount_of(new, kind), rate=None, base=Base.ZERO)
    sign = Base.POSITIVE if old > 0 else Base.NEGATIVE
    return Growth(change=amount_of(new - old, kind), rate=Rate(new - old, abs(old)), base=sign)
