"""Histories for the tests of lifetime value: CDNOW, small ugly ones, and the published formulas in long decimals."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal, localcontext
from math import lgamma, log
from pathlib import Path
from typing import Any, TypedDict

from hypothesis import strategies as st

CDNOW = Path(__file__).resolve().parents[2] / "examples" / "data" / "cdnow_sample.txt"


class Columns(TypedDict):
    """Buying histories, as the models take them."""

    repeat_days: list[int]
    last_repeat: list[int]
    age: list[int]


def days_of_cdnow() -> dict[str, dict[date, int]]:
    """Cents by day, by customer."""
    spent: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for line in CDNOW.read_text(encoding="ascii").splitlines():
        _, customer, day, _, dollars = line.split()
        spent[customer][date.fromisoformat(day)] += round(float(dollars) * 100)
    return spent


def cdnow(end: date) -> tuple[Columns, list[float]]:
    """The histories up to *end*, and the mean dollars of the repeat days."""
    columns: Columns = {"repeat_days": [], "last_repeat": [], "age": []}
    means = []
    for spent in days_of_cdnow().values():
        days = sorted(day for day in spent if day <= end)
        columns["repeat_days"].append(len(days) - 1)
        columns["last_repeat"].append((days[-1] - days[0]).days)
        columns["age"].append((end - days[0]).days)
        means.append(sum(spent[day] for day in days[1:]) / 100 / max(len(days) - 1, 1))
    return columns, means


def columns_of(rows: list[tuple[int, int, int]]) -> Columns:
    """Rows of x, t_x, T as columns."""
    return {
        "repeat_days": [x for x, _, _ in rows],
        "last_repeat": [t_x for _, t_x, _ in rows],
        "age": [age for _, _, age in rows],
    }


def rows_of(columns: Columns) -> list[tuple[int, int, int]]:
    """Columns as rows of x, t_x, T."""
    return list(zip(columns["repeat_days"], columns["last_repeat"], columns["age"], strict=True))


@st.composite
def histories(draw: st.DrawFn) -> tuple[int, int, int]:
    """x, t_x, T in days: no time at all, no repeats, an order every day, an order on the last day."""
    age = draw(st.sampled_from([0, 1, 7, 39, 270, 1000]) | st.integers(0, 400))
    last = draw(st.sampled_from([0, 1, age]) | st.integers(0, age))
    last = min(last, age)
    repeats = 0 if last == 0 else draw(st.sampled_from([1, min(2, last), last]) | st.integers(1, min(last, 30)))
    return repeats, last, age


parameters = st.floats(-1.5, 1.5).map(lambda power: 10.0**power)


def log_likelihood(rows: list[tuple[int, int, int]], r: float, alpha: float, a: float, b: float, unit: float) -> float:
    """Fader, Hardie and Lee (2005), equation 6, customer by customer."""
    total = 0.0
    for x, t_x, age in rows:
        common = lgamma(r + x) - lgamma(r) + r * log(alpha) + lgamma(a + b) - lgamma(b)
        common += lgamma(b + x) - lgamma(a + b + x)
        stays = common - (r + x) * log(alpha + age / unit)
        if x == 0:
            total += stays
            continue
        left = common + log(a / (b + x - 1)) - (r + x) * log(alpha + t_x / unit)
        high = max(stays, left)
        total += high + log(sum(Decimal(each - high).exp() for each in (stays, left)))
    return total


def published_alive(r: Any, alpha: Any, a: Any, b: Any, x: Any, t_x: Any, age: Any) -> Decimal:
    """The chance to be a customer still, to 60 digits."""
    with localcontext() as context:
        context.prec = 60
        r, alpha, a, b, x, t_x, age = map(Decimal, (r, alpha, a, b, x, t_x, age))
        if x == 0:
            return Decimal(1)
        chance: Decimal = 1 / (1 + a / (b + x - 1) * ((alpha + age) / (alpha + t_x)) ** (r + x))
        return chance


def published_orders(r: Any, alpha: Any, a: Any, b: Any, x: Any, t_x: Any, age: Any, ahead: Any) -> Decimal:
    """Fader, Hardie and Lee (2005), equation 10, its series as it stands; a is not 1, nor a + b + x."""
    alive = published_alive(r, alpha, a, b, x, t_x, age)
    with localcontext() as context:
        context.prec = 90
        r, alpha, a, b, x, age, ahead = map(Decimal, (r, alpha, a, b, x, age, ahead))
        z = ahead / (alpha + age + ahead)
        term = series = Decimal(1)
        j = 0
        while j < 200 or abs(term) > abs(series) * Decimal("1e-60"):
            term *= (r + x + j) * (b + x + j) / ((a + b + x - 1 + j) * (j + 1)) * z
            series += term
            j += 1
        power = ((alpha + age) / (alpha + age + ahead)) ** (r + x)
        orders: Decimal = (a + b + x - 1) / (a - 1) * (1 - power * series) * alive
        return orders
