"""What comes after the table: gates on KPIs, multipliers on the output, cap, floor; then whole minor units."""

from __future__ import annotations

from fractions import Fraction

from ..money import Money
from ..rate import Rate
from ._book import Book
from ._count import Kpis, applies
from ._figures import rounded
from ._rows import Row, added, round_rows, total_of
from .component import Component
from .gates import KpiGate, Multiplies
from .line import LineKind
from .measures import RoundingPoint

__all__ = ["finished"]

ONE = Fraction(1)


def finished(
    component: Component, inner: list[Row], outer: list[Row], kpis: Kpis, there: Fraction, book: Book
) -> list[Row]:
    """All rows in whole minor units; what gates and multipliers make of a unit of pay is kept in the book.

    *inner* rows are of this settlement and pass gates and multipliers; *outer* rows take back what others paid, and
    have passed theirs.
    """
    rounding = component.table.rounding
    at_once = component.rounding_point is RoundingPoint.PAYOUT
    if not at_once:
        round_rows(inner, component.rounding_point, rounding)
    factor = ONE
    added_rows: list[Row] = []

    def so_far() -> Fraction:
        done = total_of(inner) if at_once else Fraction(sum(row.amount for row in inner))
        return done + (total_of(added_rows) if at_once else sum(row.amount for row in added_rows))

    def add(kind: LineKind, exact: Fraction, note: str) -> None:
        row = added(kind, exact, note)
        row.amount = rounding.divide(row.num, row.den)
        added_rows.append(row)

    for gate in component.gates:
        if isinstance(gate, KpiGate) and not applies(gate.when, kpis) and so_far() > 0:
            factor *= gate.otherwise.to_fraction()
            is_now = kpis.of(gate.when.kpi)
            add(LineKind.GATE, so_far() * (gate.otherwise.to_fraction() - 1), f"{gate.when}, but is {is_now}")
    for multiplier in component.multipliers:
        if multiplier.on is Multiplies.OUTPUT and applies(multiplier.when, kpis):
            factor *= multiplier.factor.to_fraction()
            whole = rounded(so_far(), component.table.currency, rounding)
            note = f"{multiplier.name}: {multiplier.factor} of {whole.amount}"
            add(LineKind.MULTIPLIER, so_far() * (multiplier.factor.to_fraction() - 1), note)
    for row in outer:
        row.amount = rounding.divide(row.num, row.den)
    added_rows += outer
    floor, cap = (None if limit is None else limit.minor * there for limit in (component.floor, component.cap))
    if floor is not None or cap is not None:
        book.earn(component.id, so_far(), floor, cap)
    if component.cap is not None and cap is not None and so_far() > cap:
        add(LineKind.CAP, cap - so_far(), f"capped at {_prorated(component.cap, there)}")
    if component.floor is not None and floor is not None and so_far() < floor:
        add(LineKind.FLOOR, floor - so_far(), f"at least {_prorated(component.floor, there)}")
    if at_once:
        round_rows([*inner, *added_rows], RoundingPoint.PAYOUT, rounding)
    book.multiply(component.id, factor)
    return [*inner, *added_rows]


def _prorated(amount: Money, there: Fraction) -> str:
    return str(amount) if there == 1 else f"{amount} x {Rate(there.numerator, there.denominator)}"
