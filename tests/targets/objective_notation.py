"""The notation of docs/worked-examples/objectives.md and strategies for objectives; the two test files share them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from salesplan.calendar import PeriodKind
from salesplan.money import Currency, Money
from salesplan.rate import Rate
from salesplan.targets.objective import Absolute, ChangeBy, Direction, Level, Objective, Target

PAGE = "objectives.md"
_LEVEL = re.compile(r"([A-Z]{3} [0-9.]+)|([0-9.]+) %|([0-9,]+)|(-)")


def levels(text: str) -> list[Level | None]:
    """Read levels separated by blanks; a dash is an unstated one."""
    found: list[Level | None] = []
    assert _LEVEL.sub("", text).strip() == "", f"not understood: {text!r}"
    for match in _LEVEL.finditer(text):
        money, percent, count, _ = match.groups()
        if money is not None:
            found.append(Money.of(money[4:], money[:3]))
        elif percent is not None:
            found.append(Rate.percent(percent))
        else:
            found.append(None if count is None else int(count.replace(",", "")))
    return found


def level(text: str) -> Level | None:
    [one] = levels(text)
    return one


def target(text: str) -> Target | None:
    """Read '+30 %' or '-10 %' as a change, 'x 2' as a multiple, a dash as none, anything else as a level."""
    if text.startswith("x "):
        return ChangeBy.times(Rate.of(text[2:]))
    if text[0] in "+-" and text != "-":
        return ChangeBy(Rate.percent(text.removesuffix(" %")))
    value = level(text)
    return None if value is None else Absolute(value)


# --- strategies ------------------------------------------------------------------------------------------

EUR, JPY = Currency.iso("EUR"), Currency.iso("JPY")
DAY = date(2026, 6, 1)

names = st.sampled_from(["sales", "leads", "refunds"])
days = st.integers(0, 120).map(lambda n: DAY + timedelta(days=n))


def amounts(kind: str, *, low: int = 0) -> st.SearchStrategy[Level]:
    """Levels of one kind, with zero, ties and both ends of the range common."""
    whole = st.one_of(st.sampled_from([low, 1, 2, 100, 2**63 - 1]), st.integers(low, 1_000))
    match kind:
        case "EUR":
            return whole.map(lambda n: Money(n, EUR))
        case "JPY":
            return whole.map(lambda n: Money(n, JPY))
        case "count":
            return whole
        case _:
            tops = st.one_of(st.integers(low, 100), st.just(10**12))
            return st.builds(Rate, tops, st.one_of(st.integers(1, 100), st.just(10**12)))


kinds = st.sampled_from(["EUR", "JPY", "count", "ratio"])

# No change lifts 2**63 - 1 over the range: whoever draws an increase draws it with a small baseline below.
changes = st.builds(Rate, st.integers(-100, 300), st.just(100))


@st.composite
def objectives(draw: st.DrawFn, kind: str | None = None) -> Objective:
    """Any objective, every piece but the id missing now and then."""
    kind = draw(kinds) if kind is None else kind
    base = draw(st.none() | amounts(kind))
    if draw(st.booleans()):
        goal: Target | None = draw(st.none() | amounts(kind).map(Absolute))
    else:
        goal = ChangeBy(draw(changes))
        if base in (2**63 - 1, Money(2**63 - 1, EUR), Money(2**63 - 1, JPY)):
            base = None
    unit = {"EUR": EUR, "JPY": JPY}.get(kind, "units")
    return Objective(
        draw(st.sampled_from(["a", "b", "c"])),
        draw(st.none() | names),
        unit=draw(st.sampled_from([None, unit])),
        direction=draw(st.sampled_from(Direction)),
        scope=draw(st.none() | st.dictionaries(st.just("line"), names)),
        owners=draw(st.lists(names, max_size=3)),
        baseline=base,
        target=goal,
        start=draw(st.none() | days),
        end=draw(st.none() | days),
        parent=draw(st.sampled_from([None, "a", "b"])),
        drivers=draw(st.lists(names, max_size=2)),
        source=draw(st.none() | names),
        cadence=draw(st.sampled_from([None, 1, 10, 90, PeriodKind.DAY, PeriodKind.MONTH, PeriodKind.YEAR])),
        numerator=draw(st.none() | names),
        denominator=draw(st.none() | names),
    )


def whole(**pieces: Any) -> Objective:
    """Return a count objective with every piece, but for *pieces*."""
    given: dict[str, Any] = {
        "metric": "units sold",
        "unit": "units",
        "scope": {"product_line": "A"},
        "owners": "Li Na",
        "baseline": 12_000,
        "target": Absolute(15_600),
        "start": date(2026, 6, 1),
        "end": date(2026, 6, 19),
        "parent": "line-a",
        "source": "order export",
        "cadence": PeriodKind.DAY,
    }
    return Objective("a-618", **{**given, **pieces})
