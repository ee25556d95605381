"""Amounts, shares and counts as the chapters print them."""

from __future__ import annotations

from salesplan.money import Money, Rounding
from salesplan.rate import Rate


def many(count: int, name: str) -> str:
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"


def comma(money: Money) -> str:
    return f"{money.currency.code} {plain(money)}"


def plain(money: Money) -> str:
    whole, point, part = money.amount.partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.lstrip('-')):,}{point}{part}"


def share(part: Money, whole: Money) -> str:
    return percent(Rate(part.minor, whole.minor))


def percent(rate: Rate) -> str:
    tenths = Rounding.HALF_UP.divide(rate.numerator * 1000, rate.denominator)
    return f"{tenths / 10:.1f} %"


def spaced(rate: Rate) -> str:
    return str(rate).replace("%", " %")
