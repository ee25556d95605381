"""The statement: what one payee is paid for one period, line by line, so that it can be checked with a pencil."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import attrs

from ..display import Align, html_table, text_table
from ..money import Currency, Money, Rounding
from ..rate import Rate
from ._book import Book
from ._figures import exact_text, percent_text, rate_text
from .awards import NonCashAward
from .credits import Credit
from .draws import DrawEntry
from .exact import near_rate
from .ledger import Ledger
from .line import LineKind, StatementLine

__all__ = ["ComponentSummary", "NextTier", "Statement"]

_ALIGN = (*[Align.LEFT] * 3, *[Align.RIGHT] * 4, Align.LEFT)
_DAY = timedelta(days=1)


@attrs.frozen(kw_only=True)
class NextTier:
    """How much *more* reaches the next tier, exact minor units or units, and what that tier pays."""

    more: Fraction
    value: Rate | Money


@attrs.frozen(kw_only=True)
class ComponentSummary:
    """Where a component stands at the end of the period.

    Units: *measured* and *quota* are exact, in minor units where *is_money*, else units sold (an attainment where a KPI
    is measured). *quota* is after proration and ramp, with that of earlier periods where these add up; *full_quota* is
    the period's before both. *earned* is what its lines sum to.
    """

    id: str
    is_money: bool
    measured: Fraction | None
    full_quota: Money | int | None
    quota: Fraction | None
    attainment: Rate | None
    earned: Money
    next_tier: NextTier | None


@attrs.frozen(kw_only=True)
class Statement:
    """What *payee* is paid under *plan* from *start* to before *end*.

    *lines* sum to *payout*, the variable pay; *base_salary* comes on top. *unmatched* are the credits that no component
    and no SPIFF is for; *awards* are prizes that are not cash; *draw* says what a draw advanced and took back, *owed*
    what is owed to it after; *converted* is the total in the payee's own currency.
    Law: sum of the amounts of lines == payout; the order and batches of the credits change nothing.
    """

    payee: str
    plan: str
    label: str
    start: date
    end: date
    currency: Currency
    there: Rate
    ramped: Rate
    components: tuple[ComponentSummary, ...]
    lines: tuple[StatementLine, ...]
    base_salary: Money
    unmatched: tuple[Credit, ...] = ()
    awards: tuple[NonCashAward, ...] = ()
    draw: DrawEntry | None = None
    carried: Money
    owed: Money
    converted: Money | None = None
    notes: tuple[str, ...] = ()
    _book: Book = attrs.field(repr=False, eq=False)

    @property
    def payout(self) -> Money:
        """The variable pay: the sum of the lines."""
        return Money(sum(line.amount.minor for line in self.lines), self.currency)

    @property
    def total(self) -> Money:
        """Base salary and variable pay."""
        return self.base_salary + self.payout

    @property
    def ledger(self) -> Ledger:
        """What the next settlement takes as *prior*; made when asked for."""
        return Ledger(
            payee=self.payee,
            plan=self.plan,
            currency=self.currency,
            through=self.end,
            carried=self.carried,
            owed=self.owed,
            balances=self._book.all_balances(),
            deals=self._book.all_records(),
            limited=self._book.all_limited(),
        )

    def component(self, name: str) -> ComponentSummary | None:
        """The summary of that component; None where there is none."""
        return next((each for each in self.components if each.id == name), None)

    def attainment(self, name: str) -> Rate | None:
        """The attainment of that component; None where it has no quota, or there is no such component."""
        found = self.component(name)
        return None if found is None else found.attainment

    def of_kind(self, kind: LineKind) -> tuple[StatementLine, ...]:
        """The lines of one kind."""
        return tuple(line for line in self.lines if line.kind is kind)

    def explain(self) -> str:
        """The pay slip: where every component stands, then line by line what is paid and why."""
        parts = [self._head()]
        standing = self._standing()
        if len(standing) > 1:
            parts.append(text_table(standing, align=_standing_align(standing)))
        parts.append(text_table(self._slip(), align=_ALIGN))
        parts += self._remarks()
        return "\n\n".join(parts)

    def _repr_html_(self) -> str:
        standing = self._standing()
        slip = self._slip()
        tables = [html_table(standing[0], standing[1:], align=_standing_align(standing))] if len(standing) > 1 else []
        tables.append(html_table(slip[0], slip[1:], align=_ALIGN, caption=self._head()))
        return "".join(tables)

    def to_columns(self) -> dict[str, list[Any]]:
        """One row per line, as lists of one length; amounts in whole minor units, *base* and *after* as exact text."""
        lines = self.lines
        return {
            "payee": [self.payee] * len(lines),
            "period": [self.label] * len(lines),
            "kind": [line.kind.value for line in lines],
            "rule": [line.rule for line in lines],
            "deal": [line.deal for line in lines],
            "on": [line.on for line in lines],
            "tier": [line.tier for line in lines],
            "base": [None if line.base is None else str(line.base) for line in lines],
            "rate": [None if line.rate is None else str(line.rate) for line in lines],
            "amount_minor": [line.amount.minor for line in lines],
            "before": [None if line.before is None else str(line.before) for line in lines],
            "after": [None if line.after is None else str(line.after) for line in lines],
            "note": [line.note for line in lines],
        }

    def _head(self) -> str:
        last = self.end - _DAY
        days = f"{self.start} .. {last}" if self.label != f"{self.start} .. {last}" else ""
        return f"{self.payee}, {self.label} ({days}), plan {self.plan}, {self.currency}"

    def _standing(self) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = [("component", "reached", "of quota", "is", "quota of the period", "next tier")]
        for each in self.components:
            if each.measured is None and each.attainment is None:
                continue
            reached = None if each.measured is None else self._figure(each.measured, each)
            quota = "-" if each.quota is None else self._figure(each.quota, each)
            rows.append(
                (
                    each.id,
                    reached if reached is not None else "-",
                    quota,
                    "-" if each.attainment is None else percent_text(each.attainment),
                    self._full(each),
                    self._next(each),
                )
            )
        told = [any(row[at] not in {"", "-"} for row in rows[1:]) for at in range(len(rows[0]))]
        return [tuple(cell for cell, tell in zip(row, told, strict=True) if tell) for row in rows]

    def _figure(self, exact: Fraction, summary: ComponentSummary) -> str:
        if summary.is_money:
            return exact_text(exact, self.currency)
        if summary.quota is None and summary.attainment is not None:
            return percent_text(summary.attainment)
        return exact_text(exact, None)

    def _full(self, summary: ComponentSummary) -> str:
        if summary.full_quota is None:
            return ""
        full = summary.full_quota.amount if isinstance(summary.full_quota, Money) else str(summary.full_quota)
        if self.ramped == Rate(1):
            return full
        text = full if self.there == Rate(1) else f"{full} x {percent_text(self.there)} there"
        ramp = self.ramped.to_fraction() / self.there.to_fraction() if self.there.numerator else Fraction(0)
        return text if ramp == 1 else f"{text} x {percent_text(near_rate(ramp))} ramp"

    def _next(self, summary: ComponentSummary) -> str:
        ahead = summary.next_tier
        return "" if ahead is None else f"{self._figure(ahead.more, summary)} more: {_value_text(ahead.value)}"

    def _slip(self) -> list[tuple[str, ...]]:
        money = {each.id: each.is_money for each in self.components}
        rows: list[tuple[str, ...]] = [("what", "deal", "day", "accumulated", "base", "rate", "amount", "")]
        rows += [self._line(line, is_money=money.get(line.rule, True)) for line in self.lines]
        closing = [("variable pay", self.payout.amount)]
        if self.base_salary.minor:
            closing += [("base salary", self.base_salary.amount), ("to pay", self.total.amount)]
        if self.converted is not None:
            closing.append((f"in {self.converted.currency}", self.converted.amount))
        return rows + [(name, "", "", "", "", "", text, "") for name, text in closing]

    def _line(self, line: StatementLine, *, is_money: bool) -> tuple[str, str, str, str, str, str, str, str]:
        unit = self.currency if is_money else None
        span = ""
        if line.before is not None and line.after is not None:
            span = f"{exact_text(line.before, unit)} .. {exact_text(line.after, unit)}"
        base_unit = None if line.each is not None else self.currency
        base = "" if line.base is None else exact_text(line.base, base_unit)
        rate = f"{line.each.amount} each" if line.each is not None else rate_text(line.rate)
        what = line.rule if line.kind is LineKind.EARNED else f"{line.rule}: {line.kind.value.replace('_', ' ')}"
        note = line.note
        if line.kind is LineKind.EARNED and line.base is not None and line.rate is None and line.tier is None:
            note = "below the first tier, or not counted"
        day = "" if line.on is None else line.on.isoformat()
        return what, line.deal or "", day, span, base, rate, line.amount.amount, note

    def _remarks(self) -> list[str]:
        remarks = [f"award: {award}" for award in self.awards]
        if self.there != Rate(1):
            remarks.append(f"there for {percent_text(self.there)} of the period")
        if self.draw is not None and (self.draw.owed_before.minor or self.draw.owed_after.minor):
            remarks.append(f"draw: {self.draw.owed_before} owed before, {self.draw.owed_after} after")
        if self.carried.minor:
            remarks.append(f"carried to the next period: {self.carried}")
        remarks += [f"no component is for {credit.deal} ({credit.amount})" for credit in self.unmatched[:20]]
        if len(self.unmatched) > 20:
            remarks.append(f"and for {len(self.unmatched) - 20} more")
        if any(_off_by_rounding(line) for line in self.lines):
            remarks.append("a component is rounded once and its lines add up: a last digit may differ from base x rate")
        if any("~" in cell for row in (*self._slip(), *self._standing()) for cell in row):
            remarks.append("~ is rounded for the eye")
        remarks += self.notes
        return ["\n".join(remarks)] if remarks else []


def _off_by_rounding(line: StatementLine) -> bool:
    if line.base is None or line.rate is None:
        return False
    exact = line.base * line.rate.to_fraction()
    return Rounding.HALF_UP.divide(exact.numerator, exact.denominator) != line.amount.minor


def _value_text(value: Rate | Money) -> str:
    return rate_text(value) if isinstance(value, Rate) else value.amount


def _standing_align(rows: list[tuple[str, ...]]) -> tuple[Align, ...]:
    last = Align.LEFT if rows[0][-1] == "next tier" else Align.RIGHT
    return (Align.LEFT, *[Align.RIGHT] * (len(rows[0]) - 2), last)
