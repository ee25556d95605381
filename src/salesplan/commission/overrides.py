"""Overrides settled: what every payee is paid by a rule, line by line.

A line says of whom it comes, what of, at which rate. Amounts are exact fractions until the end; then the sum of a
payee is rounded once and the lines share it by largest remainder, so no line is a whole minor unit off and they sum
to what is paid. A payee who is paid on a leg has one line for the whole leg: lines grow with the payees, not with
their pairs. (A differential has more for a leg where credit notes left higher rates below.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import groupby
from typing import Any, assert_never

import attrs

from ..display import Align, html_table, text_table
from ..errors import InvalidType, InvalidValue, clip, listed, require_instance
from ..money import Currency, Money, Rounding
from ._override_parts import Part, chain_parts, differential_parts, team_parts
from .override_rules import Differential, LevelChain, OverrideRule, TeamBasis, TeamOverride
from .uplines import Uplines

__all__ = ["OverrideLine", "Overrides", "settle_overrides"]

_SIDES = (Align.LEFT, Align.LEFT, Align.RIGHT, Align.RIGHT, Align.RIGHT, Align.RIGHT)


@attrs.frozen(kw_only=True)
class OverrideLine:
    """What *payee* is paid because of *source*, who stands *level* steps below: themselves, a seller, or a leg.

    A leg is named by the payee at its top, and *base* is its whole volume. *rate* is an exact share; where tiers pay
    several rates, the one that comes out on the whole team. Where a table pays amounts, *rate* is None, and so is
    *source*: the line is for the whole team.
    Law: amount is less than one minor unit off base x rate.
    """

    payee: str
    source: str | None
    level: int
    base: Money
    rate: Fraction | None
    amount: Money


@attrs.frozen(kw_only=True)
class Overrides:
    """What a rule pays, as lines by payee, level and source.

    Law: the lines of a payee sum to what the payee is paid, to the minor unit.
    """

    uplines: Uplines = attrs.field(repr=False)
    rule: OverrideRule
    currency: Currency
    lines: tuple[OverrideLine, ...]
    _totals: dict[str, int] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        require_instance(self.uplines, Uplines, code="commission.uplines", name="uplines")
        require_instance(self.currency, Currency, code="commission.currency", name="currency")
        nothing, totals = Money.zero(self.currency), dict[str, int]()
        for line in listed(self.lines, code="commission.lines", name="lines"):
            nothing.same(require_instance(line, OverrideLine, code="commission.lines", name="a line").amount)
            totals[line.payee] = totals.get(line.payee, 0) + line.amount.minor
        object.__setattr__(self, "_totals", totals)

    @property
    def total(self) -> Money:
        """What all are paid together."""
        return Money(sum(self._totals.values()), self.currency)

    def total_of(self, payee: str) -> Money:
        """What one payee is paid; 0 where there is no line.

        Raises: NotFound for somebody who is not among the uplines.
        """
        self.uplines.place(payee)
        return Money(self._totals.get(payee, 0), self.currency)

    def lines_of(self, payee: str) -> tuple[OverrideLine, ...]:
        """The lines of one payee.

        Raises: NotFound for somebody who is not among the uplines.
        """
        self.uplines.place(payee)
        return tuple(line for line in self.lines if line.payee == payee)

    def explain(self, payee: str | None = None) -> str:
        """The lines as text, of one payee or of all, each payee with a sum where there is more than one line.

        >>> team = Uplines({"mei": None, "li": "mei", "wang": "mei"})
        >>> from salesplan.commission import ChainBase, LevelChain, Uplines, settle_overrides
        >>> from salesplan.rate import Rate
        >>> rule = LevelChain(rates=[Rate.percent("10"), Rate.percent("3")], base=ChainBase.FULL)
        >>> paid = settle_overrides(team, {"li": Money.of("750", "USD"), "wang": Money.of("600", "USD")}, rule)
        >>> print(paid.explain("mei"))
        USD  from   level    base  rate  amount
        mei  li         1  750.00    3%   22.50
        mei  wang       1  600.00    3%   18.00
             total                        40.50
        """
        return text_table(self._rows(self.lines if payee is None else self.lines_of(payee)), align=_SIDES)

    def _repr_html_(self) -> str:
        head, *rows = self._rows(self.lines)
        return html_table(head, rows, align=_SIDES)

    def to_columns(self) -> dict[str, list[Any]]:
        """One row per line: payee, source, level, base, rate, amount.      Units: minor units; *rate* a Fraction."""
        return {
            "payee": [line.payee for line in self.lines],
            "source": [line.source for line in self.lines],
            "level": [line.level for line in self.lines],
            "base": [line.base.minor for line in self.lines],
            "rate": [line.rate for line in self.lines],
            "amount": [line.amount.minor for line in self.lines],
        }

    def _rows(self, lines: tuple[OverrideLine, ...]) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = [(self.currency.code, "from", "level", "base", "rate", "amount")]
        for payee, mine in groupby(lines, key=lambda line: line.payee):
            shown = [
                (payee, line.source or "the team", str(line.level), line.base.amount, _percent(line.rate), line.amount)
                for line in mine
            ]
            rows += [(*cells, amount.amount) for *cells, amount in shown]
            if len(shown) > 1:
                rows.append(("", "total", "", "", "", self.total_of(payee).amount))
        return rows


def settle_overrides(
    uplines: Uplines,
    sales: Mapping[str, Money],
    rule: OverrideRule,
    *,
    commissions: Mapping[str, Money] | None = None,
) -> Overrides:
    """What *rule* pays to everybody in *uplines* when each sold *sales* and, before overrides, earned *commissions*.

    Who is not named sold or earned nothing. The rule says which of the two it is paid on and how it rounds.
    Law: the order of the mappings and of the uplines changes nothing; negated sales negate every line, for a symmetric
    rounding and teams other than 0; a Differential pays each sale, in all, at the highest rate among the seller and
    those above.
    Raises: NotFound for a payee who is not among the uplines; CurrencyMismatch; InvalidValue where no sale is given at
    all, or no commission for a rule paid on commissions.
    >>> from salesplan.commission import Differential, Uplines, settle_overrides
    >>> from salesplan.ladder import Boundary, Ladder
    >>> from salesplan.rate import Rate
    >>> steps = [("0", "2"), ("10000", "4"), ("100000", "6"), ("500000", "8")]
    >>> ladder = Ladder.of([(Money.of(at, "CNY"), Rate.percent(rate)) for at, rate in steps],
    ...                    boundary=Boundary.LOWER_INCLUSIVE)
    >>> paid = settle_overrides(
    ...     Uplines({"a": None, "b": "a", "e": "a"}),
    ...     {"a": Money.of("300000", "CNY"), "b": Money.of("5000", "CNY"), "e": Money.of("600000", "CNY")},
    ...     Differential(ladder=ladder),
    ... )
    >>> print(paid.explain("a"))
    CNY  from   level       base  rate    amount
    a    a          0  300000.00    8%  24000.00
    a    b          1    5000.00    6%    300.00
    a    e          1  600000.00    0%      0.00
         total                          24300.00
    """
    require_instance(uplines, Uplines, code="commission.uplines", name="uplines")
    if not isinstance(rule, TeamOverride | Differential | LevelChain):
        raise InvalidType(f"no rule for overrides: {clip(rule)}", code="commission.rule", value=rule)
    sold, unit = _amounts(uplines, sales, "sales")
    earned, paid_in = (None, None) if commissions is None else _amounts(uplines, commissions, "commissions")
    unit = unit or paid_in
    if unit is None:
        raise InvalidValue("no sale is given: name a payee with 0 at least", code="commission.no_sales", value=sales)
    if paid_in is not None:
        Money.zero(unit).same(Money.zero(paid_in))
    match rule:
        case TeamOverride():
            Money.zero(unit).same(Money.zero(rule.table.currency))
            parts, rounding = team_parts(uplines, _basis(rule, sold, earned), rule), rule.table.rounding
        case Differential():
            Money.zero(unit).same(rule.ladder.thresholds[0])
            parts, rounding = differential_parts(uplines, sold, rule, unit), rule.rounding
        case LevelChain():
            parts, rounding = chain_parts(uplines, sold, rule), rule.rounding
        case _:
            assert_never(rule)
    return Overrides(uplines=uplines, rule=rule, currency=unit, lines=_lines(uplines, parts, rounding, unit))


def _lines(uplines: Uplines, parts: Iterator[Part], rounding: Rounding, unit: Currency) -> tuple[OverrideLine, ...]:
    """The parts by payee, level and source, each payee rounded once."""
    names = uplines.payees
    by_payee: dict[str, list[Part]] = {}
    for part in parts:
        by_payee.setdefault(names[part.payee], []).append(part)
    lines = []
    for payee in sorted(by_payee):
        mine = [(part.level, None if part.source is None else names[part.source], part) for part in by_payee[payee]]
        mine.sort(key=lambda row: (row[0], row[1] or "", row[2].rate or Fraction(0)))
        exact = sum((part.exact for _, _, part in mine), start=Fraction(0))
        total = rounding.divide(exact.numerator, exact.denominator)
        amounts = _shared(total, [part.exact for _, _, part in mine])
        lines += [
            OverrideLine(
                payee=payee,
                source=source,
                level=level,
                base=Money(part.base, unit),
                rate=part.rate,
                amount=Money(amount, unit),
            )
            for (level, source, part), amount in zip(mine, amounts, strict=True)
        ]
    return tuple(lines)


def _shared(total: int, exacts: list[Fraction]) -> list[int]:
    """Whole amounts that sum to *total*, each less than a unit off: cut towards 0, the largest rests get the units."""
    parts = [abs(exact.numerator) // exact.denominator * (1 if exact > 0 else -1) for exact in exacts]
    left = total - sum(parts)
    side = 1 if left > 0 else -1
    order = sorted(range(len(parts)), key=lambda at: side * (parts[at] - exacts[at]))  # the earlier line wins a tie
    for at in order[: abs(left)]:
        parts[at] += side
    return parts


def _basis(rule: TeamOverride, sold: list[int], earned: list[int] | None) -> list[int]:
    match rule.on:
        case TeamBasis.SALES:
            return sold
        case TeamBasis.COMMISSION:
            if earned is None:
                raise InvalidValue(
                    "the rule is paid on what others earned: give commissions=...",
                    code="commission.no_commissions",
                    value=rule.on,
                )
            return earned
        case _:
            assert_never(rule.on)


def _amounts(uplines: Uplines, given: Mapping[str, Money], name: str) -> tuple[list[int], Currency | None]:
    """Minor units by position, and their one currency."""
    if not isinstance(given, Mapping):
        raise InvalidType(f"{name} are a mapping by payee: {clip(given)}", code=f"commission.{name}", value=given)
    amounts, first = [0] * len(uplines.payees), None
    for payee, amount in given.items():
        first = require_instance(amount, Money, code=f"commission.{name}", name=name) if first is None else first
        amounts[uplines.place(payee)] = first.same(amount).minor
    return amounts, None if first is None else first.currency


def _percent(rate: Fraction | None) -> str:
    """In percent to four places, for people."""
    if rate is None:
        return "-"
    whole, places = divmod(Rounding.HALF_UP.divide(rate.numerator * 10**6, rate.denominator), 10**4)
    return f"{whole}.{places:04d}".rstrip("0").rstrip(".") + "%"
