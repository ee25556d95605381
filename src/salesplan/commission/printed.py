"""Tables as contracts print them: both ends of every row, closed at both ends.

"0 - 499.99 at 25 %, 500 - 2,999.99 at 30 %, 3,000 and above at 40 %" is how people write tiers, and it is the only way
here to write a table with holes: between 100 and 101 there are 99 cents that no row names. A `PrintedTable` keeps the
rows as they stand, so that `lint` can show every hole and overlap at once, and `to_table` makes the `RateTable` whose
tiers go on to the next threshold, where nothing can fall through.

What is whole has a smallest step, a minor unit or one unit: 499.99 and 500 leave nothing out. Attainments have none:
79.99 % and 80 % leave the attainments between them out, and 79.995 % is one.

Source: OCA/commission, `calculate_section`: the base times the percent of the first section with from <= base <= to,
else nothing, so that what falls into a hole or above the last row is paid 0 without a word.
Left out: lines (INTERPOLATED), which have points and no rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from fractions import Fraction
from typing import Any, Self, assert_never

import attrs

from ..errors import InvalidType, clip, listed, require_instance
from ..ladder import Boundary, Ladder
from ..money import Currency, Money, Rounding
from ..rate import Rate
from ._keys import Key, TierValue, number, read_key, value_of
from ._printed_rows import Doubled, Hole, PrintedRow, doubled_in, holes_in, like, rising
from .rate_table import Application, RateTable, TableError

__all__ = ["Doubled", "Gaps", "Hole", "PrintedRow", "PrintedTable", "SharedBound"]

_ONE = Rate(1)


class Gaps(Enum):
    """What becomes of what no row names."""

    REFUSE = "refuse"
    """The table is refused."""
    CLOSE_UP = "close_up"
    """Each row goes on to the next threshold, and the last one without end."""


class SharedBound(Enum):
    """To which row a bound belongs that two rows print: 0 - 100 and 100 - 200."""

    REFUSE = "refuse"
    """To neither: the table is refused."""
    HIGHER = "higher"
    """The higher one: what is exactly on a threshold has reached it."""


def _rows(given: Iterable[PrintedRow]) -> tuple[PrintedRow, ...]:
    rows = listed(given, code="commission.rows", name="rows")
    for row in rows:
        if not isinstance(row, PrintedRow):
            raise InvalidType(f"not a PrintedRow: {clip(row)}", code="commission.rows", value=row)
    return rows


@attrs.frozen
class PrintedTable:
    """The rows of a printed table, in the order of print.

    Raises: TableError for a row that ends before it begins, and what a RateTable refuses: rates outside 0..*ceiling*,
    mixed kinds of bound or value, negative bounds; CurrencyMismatch.
    >>> sections = PrintedTable.of([("0", "100", "5%"), ("101", "200", "7%")], currency="EUR",
    ...                            application=Application.WHOLE)
    >>> [(str(hole.after), str(hole.missing)) for hole in sections.holes]
    [('EUR 100.00', 'EUR 0.99'), ('EUR 200.00', 'None')]
    >>> str(sections.pays_as_printed(Money.of("100.50", "EUR")))
    'EUR 0.00'
    >>> str(sections.to_table(gaps=Gaps.CLOSE_UP).pay(Money.of("100.50", "EUR")))
    'EUR 5.03'
    """

    rows: tuple[PrintedRow, ...] = attrs.field(converter=_rows)
    application: Application = attrs.field(kw_only=True)
    currency: Currency = attrs.field(kw_only=True)
    rounding: Rounding = attrs.field(default=Rounding.HALF_UP, kw_only=True)
    ceiling: Rate = attrs.field(default=_ONE, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.application is Application.INTERPOLATED:
            raise TableError("a line has points, not rows", code="commission.application", value=self.application)
        if not self.rows:
            raise TableError("a table has rows", code="commission.rows", value=self.rows)
        bounds = [*(row.lower for row in self.rows), *(row.upper for row in self.rows if row.upper is not None)]
        for bound in bounds:
            if type(bound) not in {Money, Rate, int}:
                raise InvalidType(
                    f"a bound is Money, a Rate or whole units: {clip(bound)}", code="commission.rows", value=bound
                )
            self._table([(bound, self.rows[0].value)])  # refuses a bound or value that no table takes
        self._table([(like(self.rows[0].lower, at), row.value) for at, row in enumerate(self.rows)])
        if len({type(bound) for bound in bounds}) > 1:
            raise TableError(
                "bounds are all Money, all Rates (attainment) or all whole units",
                code="commission.thresholds",
                value=clip(bounds),
            )
        for row in self.rows:
            if row.upper is not None and number(row.upper) < number(row.lower):
                raise TableError(
                    f"a row ends before it begins, at {str(row.upper)[:60]}", code="commission.rows", value=row.upper
                )

    @classmethod
    def of(
        cls,
        rows: Iterable[tuple[object, object, object]],
        *,
        currency: str | Currency,
        application: Application,
        rounding: Rounding = Rounding.HALF_UP,
        ceiling: Rate = _ONE,
    ) -> Self:
        """A table from rows `(lower, upper, value)`, written as people write them; an upper end of None is open.

        A bound is an amount ("499.99"), Money, an attainment ("80%") or a Rate; a value is "25%", a Rate, or, where the
        application pays amounts, an amount. Whole units as bounds: build the PrintedRows yourself.
        """
        unit = Currency.of(currency)
        found = []
        for row in listed(rows, code="commission.rows", name="rows"):
            if not isinstance(row, tuple | list) or len(row) != 3:
                raise InvalidType(
                    f"a row is a lower end, an upper end and a value: {clip(row)}", code="commission.rows", value=row
                )
            lower, upper, value = row
            end = None if upper is None else read_key(upper, unit)
            found.append(PrintedRow(read_key(lower, unit), end, read_key(value, unit)))
        return cls(found, application=application, currency=unit, rounding=rounding, ceiling=ceiling)

    @property
    def rising(self) -> tuple[PrintedRow, ...]:
        """The rows by rising lower ends."""
        return rising(self.rows)

    @property
    def holes(self) -> tuple[Hole, ...]:
        """All that no row names, from the first lower end on.

        Law: a whole minor unit (or unit) from there on is in a hole if and only if no row holds it.
        """
        return holes_in(self.rising)

    @property
    def overlaps(self) -> tuple[Doubled, ...]:
        """All that two rows or more name.

        Law: a key is in one of them if and only if two rows hold it.
        """
        return doubled_in(self.rising)

    def to_table(self, *, gaps: Gaps = Gaps.REFUSE, shared: SharedBound = SharedBound.REFUSE) -> RateTable:
        """The rate table that continues each row to the next threshold; a threshold belongs to the row it begins.

        Law: WHOLE and FIXED, the table pays a sale that lies in one row as printed.
        Raises: TableError naming the first overlap, or the first gap unless CLOSE_UP is named.
        """
        require_instance(gaps, Gaps, code="commission.gaps", name="gaps")
        require_instance(shared, SharedBound, code="commission.shared", name="shared")
        rows = self.rising
        for each in self.overlaps:
            below = rows[each.row - 1]
            if shared is SharedBound.REFUSE or below.upper != each.lower or below.lower == each.lower:
                raise TableError(
                    f"two rows name what lies between {_range(each.lower, each.upper)}",
                    code="commission.overlap",
                    value=each.lower,
                )
        holes = self.holes
        if holes and gaps is Gaps.REFUSE:
            raise TableError(
                f"no row names what lies between {_range(holes[0].after, holes[0].before)}; Gaps.CLOSE_UP closes it",
                code="commission.gap",
                value=holes[0].after,
            )
        return self._table([(row.lower, row.value) for row in rows])

    def pays_as_printed(self, sale: Money, *, key: Key | None = None) -> Money:
        """What the naive reading of the rows pays: nothing in a hole, nothing above the last row, nothing below zero.

        WHOLE and FIXED pay the first row in print that holds the sale; MARGINAL pays each row its own part of the sale,
        up to its printed end. *key* as in `RateTable.pay`.
        Raises: CurrencyMismatch; InvalidType where *key* is missing, superfluous or of another kind.
        """
        base = Fraction(Money.zero(self.currency).same(sale).minor)
        by = self._by(sale, key)
        per_unit = type(by) is int and isinstance(self.rows[0].value, Money)
        exact = Fraction(0)
        match self.application:
            case Application.WHOLE | Application.FIXED:
                row = next((row for row in self.rows if row.holds(by)), None)
                if row is not None:
                    times = number(by) if per_unit else base
                    exact = value_of(row.value) * (times if self.application is Application.WHOLE else 1)
            case Application.MARGINAL:
                reached = number(by)
                per = Fraction(1) if per_unit or not reached else base / reached
                for row in self.rows:
                    part = (reached if row.upper is None else min(reached, number(row.upper))) - number(row.lower)
                    exact += max(part, Fraction(0)) * per * value_of(row.value)
            case Application.INTERPOLATED:
                pass  # refused when built
            case _:
                assert_never(self.application)
        return Money(self.rounding.divide(exact.numerator, exact.denominator), self.currency)

    def _table(self, steps: list[tuple[Key, TierValue]]) -> RateTable:
        ladder: Ladder[Any, Any] = Ladder.of(steps, boundary=Boundary.LOWER_INCLUSIVE)
        return RateTable(
            ladder,
            application=self.application,
            currency=self.currency,
            rounding=self.rounding,
            ceiling=self.ceiling,
        )

    def _by(self, sale: Money, key: Key | None) -> Key:
        kind = type(self.rows[0].lower)
        if kind is Money and key is None:
            return sale
        if key is None or type(key) is not kind:
            raise InvalidType(f"rows are of {kind.__name__}: key={clip(key)}", code="commission.key", value=key)
        return Money.zero(self.currency).same(key) if isinstance(key, Money) else key


def _range(lower: Key, upper: Key | None) -> str:
    return f"{str(lower)[:60]} and {'anything above' if upper is None else str(upper)[:60]}"
