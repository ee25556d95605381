"""What caps and floors, and what is counted at most, make of the tiers and accelerators under them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction

from ._keys import Key, TierValue, value_of
from ._lint_case import Case
from ._lint_curve import Curve, Piece
from ._terms import Form
from .findings import Finding, FindingCode
from .gates import Multiplier, Multiplies

__all__ = ["caps", "floors", "most", "void_multipliers", "void_rates"]


def caps(case: Case) -> Iterator[Finding]:
    """Tiers that begin after the cap is reached and never pay less than it.

    Law: every sale in such a tier is paid the cap, as is the last one below it.
    """
    if case.cap is None:
        return
    raw = case.raw
    reached = raw.reaching(case.cap)
    ends = {piece.end: piece for piece in raw.pieces}
    for tier, pieces in enumerate(_by_tier(case, raw)):
        start, _ = case.ends(tier)
        before = ends[start].at(start) if start in ends else Fraction(0)
        lows = [piece.lowest() for piece in pieces]
        if reached is None or before < case.cap or any(low is None or low < case.cap for low in lows):
            continue
        yield case.found(
            FindingCode.CAP_BEFORE_TIER,
            tier,
            {
                "begins": raw.show_start(start),
                "cap": raw.show_pay(case.cap, start),
                "reached_at": raw.show_sale(reached),
            },
            name=case.cap_name,
        )


def floors(case: Case) -> Iterator[Finding]:
    """Tiers in which nothing pays more than the floor; tiers that pay nothing anyway are not meant."""
    raw, gate = case.raw, case.shape.gate
    if case.floor is None:
        return
    for tier, (value, pieces) in enumerate(zip(case.shape.values, _by_tier(case, raw), strict=True)):
        start, end = case.ends(tier)
        withheld = gate is not None and end is not None and end <= gate  # and paid once the gate opens
        highs = [piece.highest() for piece in pieces]
        highest = max((high for high in highs if high is not None), default=None)
        nothing = value == 0 and case.shape.form is not Form.LINE
        if nothing or withheld or highest is None or None in highs:
            continue
        if 0 < highest <= case.floor:
            moves = raw.passing(case.floor)
            yield case.found(
                FindingCode.FLOOR_ABOVE_TIER,
                tier,
                {
                    "begins": raw.show_start(start),
                    "most": raw.show_pay(highest, start),
                    "floor": raw.show_pay(case.floor, start),
                    "moves_from": None if moves is None else raw.show_sale(moves),
                },
            )


def void_rates(case: Case, gone: dict[FindingCode, set[int]]) -> Iterator[Finding]:
    """Tiers that pay more than the one below and are void, for the cap or because they are not counted."""
    values = case.table.tiers.values
    limits = (
        (FindingCode.CAP_BEFORE_TIER, "cap", None if case.cap is None else case.raw.show_pay(case.cap, Fraction(0))),
        (
            FindingCode.NOT_COUNTED,
            "counted_to",
            None if case.shape.top is None else case.raw.show_sale(case.shape.top),
        ),
    )
    for code, name, limit in limits:
        rising = sorted(
            tier for tier in gone.get(code, set()) if tier and value_of(values[tier - 1]) < value_of(values[tier])
        )
        if rising:
            best: TierValue = max((values[tier] for tier in rising), key=value_of)
            yield case.found(FindingCode.VOID_RATE, rising[0], {"value": best, name: limit})


def void_multipliers(case: Case) -> Iterator[Finding]:
    """Accelerators that add nothing at target, or in the last tier, since the limit is reached there without them."""
    for multiplier in case.multipliers:
        if multiplier.factor.numerator <= multiplier.factor.denominator:
            continue
        if multiplier.on is Multiplies.OUTPUT and case.cap is not None:
            others = case.factor if multiplier.when is not None else case.factor / multiplier.factor.to_fraction()
            curve = case.plain.times(others)
            last = case.shape.edges[-1]
            begins = next(piece.at(last) for piece in curve.pieces if piece.start == last != piece.end)
            if begins >= case.cap or (case.target is not None and curve.at(case.target) >= case.cap):
                reached = curve.reaching(case.cap)
                yield _void(case, multiplier, reached, {"cap": curve.show_pay(case.cap, last)})
        top = case.shape.top
        if multiplier.on is Multiplies.INPUT and top is not None and case.target is not None and top <= case.target:
            yield _void(case, multiplier, top, {"counted_to": case.raw.show_sale(top)})


def most(case: Case) -> Fraction | None:
    """The most that a period can bring, in minor units; None where there is no most, or none is known."""
    if not case.period or not case.curve.paid.whole or any(each.when is not None for each in case.multipliers):
        return None
    highs = [piece.highest() for piece in case.curve.pieces]
    return None if None in highs else max(high for high in highs if high is not None)


def _by_tier(case: Case, curve: Curve) -> list[list[Piece]]:
    """The pieces from every tier's threshold to the next."""
    edges = case.shape.edges
    found: list[list[Piece]] = [[] for _ in edges]
    for piece in curve.pieces:
        tier = bisect_right(edges, piece.start) - 1
        if tier >= 0 and piece.start != piece.end:
            found[tier].append(piece)
    return found


def _void(case: Case, multiplier: Multiplier, reached: Fraction | None, limit: dict[str, Key]) -> Finding:
    return case.found(
        FindingCode.VOID_MULTIPLIER,
        None,
        {"factor": multiplier.factor, "reached_at": None if reached is None else case.raw.show_sale(reached), **limit},
        name=multiplier.name,
    )
