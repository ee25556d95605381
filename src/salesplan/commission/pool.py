"""Team pools: a part of what the team sold, shared among its members, and paid only if the team got there.

The pool is a share of the team's net sales, rounded once; a team with net returns has none. It is divided to the
minor unit by largest remainder, an odd unit to the smaller id. By contribution, whoever brought net returns counts as
0: they get nothing, owe nothing, and what they lost has made the pool smaller for all. Equally means equally, whatever
each sold. A member on leave is left out by leaving them out of the mapping.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final, assert_never

import attrs

from ..apportion import apportion
from ..display import Align, html_table, text_table
from ..errors import InvalidType, InvalidValue, NotFound, SalesplanError, clip, require_instance, require_text
from ..money import Money, Rounding
from ..rate import Rate
from ._keys import number
from .entry import Score, one_kind, require_score

__all__ = ["PoolError", "PoolPart", "PoolResult", "PoolRule", "TeamPool", "distribute", "pool_of", "share_pool"]

_SIDES: Final = (Align.LEFT, Align.RIGHT, Align.RIGHT)


class PoolError(SalesplanError, ValueError):
    """A pool that nobody can be given: no members, or none who contributed."""


class PoolRule(Enum):
    """How a pool is shared."""

    BY_CONTRIBUTION = "by_contribution"
    """In proportion to what each brought; net returns count as 0."""
    EQUALLY = "equally"
    """The same for every member."""


@attrs.frozen(kw_only=True)
class TeamPool:
    """The rule of a team pool: *share* of the team's sales, shared by *rule*.

    *at_least* is what the team must have sold (Money) or its attainment (Rate) for the pool to be paid; reaching it
    exactly is enough.
    Raises: InvalidValue unless 0 < share <= 1, or for a negative minimum.
    >>> str(TeamPool(id="east", share=Rate.percent("2"), rule=PoolRule.EQUALLY, at_least=Rate(1)).share)
    '2%'
    """

    id: str
    share: Rate
    rule: PoolRule
    at_least: Money | Rate | None = None
    rounding: Rounding = Rounding.HALF_UP

    def __attrs_post_init__(self) -> None:
        require_text(self.id, code="commission.pool", name="id")
        _require_share(self.share)
        require_instance(self.rule, PoolRule, code="commission.pool", name="rule")
        require_instance(self.rounding, Rounding, code="commission.rounding", name="rounding")
        match self.at_least:
            case None:
                pass
            case Money(minor=low) | Rate(numerator=low):
                if low < 0:
                    raise InvalidValue("a minimum is 0 or more", code="commission.minimum", value=self.at_least)
            case _:
                raise InvalidType(
                    f"at_least is an amount (Money) or an attainment (Rate): {clip(self.at_least)}",
                    code="commission.minimum",
                    value=self.at_least,
                )


@attrs.frozen(kw_only=True)
class PoolPart:
    """What one member sold, and gets of the pool."""

    participant: str
    sales: Money
    amount: Money


@attrs.frozen(kw_only=True)
class PoolResult:
    """Who gets what of a team pool; *withheld* is the pool that was not paid as the team missed the minimum.

    Law: the parts sum to `amount`; amount + withheld == pool_of(sales, pool.share, pool.rounding).
    """

    pool: TeamPool
    sales: Money
    target: Money | None
    parts: tuple[PoolPart, ...]
    withheld: Money
    why: str

    @property
    def amount(self) -> Money:
        """The pool that is paid."""
        return Money.sum((part.amount for part in self.parts), currency=self.sales.currency)

    @property
    def attainment(self) -> Rate | None:
        """The team's sales by its target; None without one."""
        return None if self.target is None else Rate(self.sales.minor, self.target.minor)

    def amount_of(self, participant: str) -> Money:
        """What a member gets.

        Raises: NotFound for whoever is no member.
        """
        require_text(participant, code="commission.participant", name="participant")
        for part in self.parts:
            if part.participant == participant:
                return part.amount
        raise NotFound(f"no member: {clip(participant)}", code="commission.participant", value=participant)

    def explain(self) -> str:
        """The parts as text, under the pool and over the reason."""
        return "\n".join([self._headline(), text_table([self._head(), *self._rows()], align=_SIDES), self.why])

    def _repr_html_(self) -> str:
        return html_table(self._head(), self._rows(), caption=f"{self._headline()}; {self.why}")

    def to_columns(self) -> dict[str, list[Any]]:
        """One row per member as columns of equal length; amounts in minor units."""
        return {
            "participant": [part.participant for part in self.parts],
            "sales_minor": [part.sales.minor for part in self.parts],
            "amount_minor": [part.amount.minor for part in self.parts],
        }

    def _headline(self) -> str:
        return f"team pool {self.pool.id}: {self.pool.share} of {self.sales}, {self.amount} paid"

    def _head(self) -> tuple[str, ...]:
        return ("member", "sales", "pool")

    def _rows(self) -> list[tuple[object, ...]]:
        return [(part.participant, part.sales, part.amount) for part in self.parts]


def pool_of(total: Money, share: Rate, rounding: Rounding) -> Money:
    """The pool that *share* of a team's net sales makes; nothing where they are below zero.

    >>> str(pool_of(Money.of("200000", "CNY"), Rate.percent("5"), Rounding.HALF_UP))
    'CNY 10000.00'
    """
    require_instance(total, Money, code="commission.pool", name="total")
    _require_share(share)
    require_instance(rounding, Rounding, code="commission.rounding", name="rounding")
    return Money(max(total.minor, 0), total.currency).times(share, rounding)


def share_pool(pool: Money, contributions: Mapping[str, Score], *, rule: PoolRule) -> dict[str, Money]:
    """What each member gets of *pool*, by id.

    Contributions are amounts of one currency, counts or rates, all of one kind; negative ones count as 0.
    Law: the result sums to *pool*; no part is a full minor unit from exact; the order of members changes nothing.
    Raises: PoolError where there is a pool and nobody to give it to; InvalidValue for a negative pool.
    >>> shared = share_pool(Money.of("100", "CNY"), {"wang": 1, "li": 1, "chen": 1}, rule=PoolRule.BY_CONTRIBUTION)
    >>> [f"{member} {amount.amount}" for member, amount in shared.items()]
    ['chen 33.34', 'li 33.33', 'wang 33.33']
    """
    if require_instance(pool, Money, code="commission.pool", name="pool").minor < 0:
        raise InvalidValue(f"a pool is 0 or more: {pool}", code="commission.pool", value=pool)
    require_instance(rule, PoolRule, code="commission.pool", name="rule")
    given = {name: require_score(value, name="a contribution") for name, value in _members(contributions).items()}
    one_kind(given.values(), name="contributions")
    match rule:
        case PoolRule.EQUALLY:
            weights: list[Score] = [1 for _ in given]
        case PoolRule.BY_CONTRIBUTION:
            weights = [
                contribution if number(contribution) > 0 else contribution * 0 for contribution in given.values()
            ]
        case _:
            assert_never(rule)
    if pool.minor and not any(map(number, weights)):
        raise PoolError(
            f"nobody contributed to {pool}: share it EQUALLY, or among others", code="commission.pool", value=pool
        )
    return dict(zip(given, apportion(pool, weights, keys=list(given)), strict=True))


def distribute(pool: TeamPool, sales: Mapping[str, Money], *, target: Money | None = None) -> PoolResult:
    """Who gets what of a team pool, given what each member sold and the team's *target*.

    Law: where the minimum is met, the parts sum to the pool; where it is not, all are 0 and the pool is withheld.
    Raises: PoolError without members; InvalidValue where *at_least* is an attainment and there is no target above 0.
    >>> east = TeamPool(id="east", share=Rate.percent("2"), rule=PoolRule.BY_CONTRIBUTION, at_least=Rate(1))
    >>> sold = {"li": Money.of("60000", "CNY"), "wang": Money.of("40000", "CNY")}
    >>> print(distribute(east, sold, target=Money.of("100000", "CNY")).explain())
    team pool east: 2% of CNY 100000.00, CNY 2000.00 paid
    member         sales         pool
    li      CNY 60000.00  CNY 1200.00
    wang    CNY 40000.00   CNY 800.00
    attainment 100%, at least 100%
    """
    require_instance(pool, TeamPool, code="commission.pool", name="pool")
    given = _members(sales)
    if not given:
        raise PoolError("a team pool needs members", code="commission.pool", value=pool.id)
    for amount in given.values():
        require_instance(amount, Money, code="commission.sales", name="what a member sold")
    currency = next(iter(given.values())).currency
    total = Money.sum(given.values(), currency=currency)
    if target is not None and total.same(target).minor <= 0:
        raise InvalidValue(f"a target is above 0: {target}", code="commission.target", value=target)
    reached, why = _reached(pool, total, target)
    whole = pool_of(total, pool.share, pool.rounding)
    zero = Money.zero(currency)
    amounts = share_pool(whole if reached else zero, given, rule=pool.rule)
    return PoolResult(
        pool=pool,
        sales=total,
        target=target,
        parts=tuple(PoolPart(participant=name, sales=given[name], amount=amount) for name, amount in amounts.items()),
        withheld=zero if reached else whole,
        why=why,
    )


def _reached(pool: TeamPool, total: Money, target: Money | None) -> tuple[bool, str]:
    """Whether the team met the minimum, and in words."""
    match pool.at_least:
        case None:
            return True, "paid on any sales"
        case Money() as least:
            met = total >= least
            words = f"sold {total}, at least {least}"
        case Rate() as least:
            if target is None:
                raise InvalidValue(
                    f"{clip(pool.id)} is paid from an attainment of {clip(str(least))} on: give the team's target",
                    code="commission.target",
                    value=None,
                )
            attainment = Rate(total.minor, target.minor)
            met = attainment >= least
            words = f"attainment {attainment}, at least {least}"
        case _:
            assert_never(pool.at_least)
    return met, words if met else f"not paid: {words}"


def _members(values: Mapping[str, Any]) -> dict[str, Any]:
    """By rising id."""
    require_instance(values, Mapping, code="commission.members", name="members")  # type: ignore[type-abstract]
    for name in values:
        require_text(name, code="commission.members", name="a member")
    return {name: values[name] for name in sorted(values)}


def _require_share(share: object) -> None:
    if not Rate(0) < require_instance(share, Rate, code="commission.pool", name="share") <= Rate(1):
        raise InvalidValue("a pool is more than 0 and at most all of the sales", code="commission.pool", value=share)
