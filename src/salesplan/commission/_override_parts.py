"""What each rule for overrides pays, exact: every part with its payee, its source and what it is of."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple, assert_never

from ..money import Currency, Money
from .override_rules import ChainBase, Differential, LevelChain, TeamOverride
from .uplines import Uplines, group_sums

__all__ = ["Part", "chain_parts", "differential_parts", "team_parts"]


class Part(NamedTuple):
    """A line before rounding; payee and source by position."""

    payee: int
    source: int | None
    level: int
    base: int
    rate: Fraction | None
    exact: Fraction


def team_parts(uplines: Uplines, own: list[int], rule: TeamOverride) -> Iterator[Part]:
    """Each leg at what the table makes of all legs together."""
    groups = group_sums(uplines, own, levels=None if rule.levels is None else rule.levels - 1)
    unit = rule.table.currency
    for payee, legs in _legs(uplines):
        if not legs:
            continue
        whole = sum(groups[leg] for leg in legs)
        exact = sum((part.amount for part in rule.table.slices(Money(whole, unit))), start=Fraction(0))
        if not rule.table.pays_shares:
            if whole or exact:
                yield Part(payee, None, 1, whole, None, exact)
            continue
        rate = exact / whole if whole else Fraction(0)
        for leg in legs:
            if groups[leg]:
                yield Part(payee, leg, 1, groups[leg], rate, groups[leg] * rate)


def differential_parts(uplines: Uplines, own: list[int], rule: Differential, unit: Currency) -> Iterator[Part]:
    """Own sales at the own rate, each leg at the difference to the highest rate that its sales were paid at below."""
    at = [rule.ladder.value_at(Money(abs(volume), unit)) for volume in group_sums(uplines, own, levels=None)]
    rates = [Fraction(0) if rate is None else rate.to_fraction() for rate in at]
    reached: dict[int, dict[Fraction, int]] = {}  # of a payee: how much of the group was paid at which rate in sum
    for payee, legs in reversed(_legs(uplines)):  # so that everybody below comes first
        rate = rates[payee]
        if own[payee]:
            yield Part(payee, payee, 0, own[payee], rate, own[payee] * rate)
        mine = {rate: own[payee]}
        for leg in legs:
            gains: dict[Fraction, int] = {}
            for highest, volume in reached.pop(leg).items():
                gain, now = max(rate - highest, Fraction(0)), max(rate, highest)
                gains[gain] = gains.get(gain, 0) + volume
                mine[now] = mine.get(now, 0) + volume
            for gain, volume in gains.items():
                if volume:
                    yield Part(payee, leg, 1, volume, gain, volume * gain)
        reached[payee] = mine


def chain_parts(uplines: Uplines, own: list[int], rule: LevelChain) -> Iterator[Part]:
    """From each seller up, as many levels as there are rates."""
    for seller, base in enumerate(own):
        for level, (rate, payee) in enumerate(zip(rule.rates, uplines.upward(seller), strict=False)):
            match rule.base:
                case ChainBase.FULL:
                    exact, left = base * rate.to_fraction(), base
                case ChainBase.LESS_LOWER_LEVELS:
                    paid = rule.rounding.divide(base * rate.numerator, rate.denominator)
                    exact, left = Fraction(paid), base - paid
                case _:
                    assert_never(rule.base)
            if base and rate.numerator:
                yield Part(payee, seller, level, base, rate.to_fraction(), exact)
            base = left


def _legs(uplines: Uplines) -> list[tuple[int, list[int]]]:
    """Everybody with those directly below."""
    legs: list[tuple[int, list[int]]] = [(place, []) for place in range(len(uplines.payees))]
    for place, parent in enumerate(uplines.parents):
        if parent >= 0:
            legs[parent][1].append(place)
    return legs
