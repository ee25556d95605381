"""Draws: what each kind pays, what is owed, and the ledger that carries it on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.commission.draw_periods import DrawLedger, draw_ledger
from salesplan.commission.draws import Draw, DrawEntry, DrawKind, draw_once
from salesplan.errors import InvalidType, InvalidValue, SalesplanError
from salesplan.money import MAX_MINOR, CurrencyMismatch, Money
from salesplan.rulebook import from_data, to_data
from tests.strategies import anything, refusal
from tests.worked import table

PAGE = "draws-and-overrides.md"
TERMS = {row["draw"]: row for row in table(PAGE, "The terms of draws")}
LEDGERS = table(PAGE, "Draw ledgers")


def usd(amount: str | int) -> Money:
    return Money.of(amount, "USD")


def period(number: int) -> date:
    return date(2026, number, 28)


def drawn(name: str) -> Draw:
    terms = TERMS[name]
    days = {
        field: date(2026, int(terms[head]), 1) if terms[head] else None
        for field, head in (("until", "until"), ("recover_from", "recover from"), ("forgive_on", "forgive on"))
    }
    return Draw(amount=usd(terms["amount"]), recovery=DrawKind[terms["kind"]], **days)


def recoverable(amount: str | int, **days: date) -> Draw:
    return Draw(amount=usd(amount), recovery=DrawKind.RECOVERABLE, **days)


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TERMS)
def test_ledgers_go_as_worked(name: str) -> None:
    rows = [row for row in LEDGERS if row["draw"] == name]
    ledger = draw_ledger(drawn(name), [(period(int(row["period"])), usd(row["earned"])) for row in rows])
    assert len(ledger.entries) == len(rows)
    for row, entry in zip(rows, ledger.entries, strict=True):
        found = (entry.advanced, entry.recovered, entry.forgiven, entry.paid, entry.owed_after)
        assert found == tuple(usd(row[head]) for head in ("advanced", "recovered", "forgiven", "paid", "owed")), row


def test_every_ledger_of_the_page_has_terms() -> None:
    assert {row["draw"] for row in LEDGERS} == set(TERMS)


@pytest.mark.parametrize("row", table(PAGE, "Draws at the edges"), ids=lambda row: row["earned"])
def test_at_the_edges_as_worked(row: dict[str, str]) -> None:
    entry = draw_once(recoverable(1000), usd(row["earned"]), owed=usd(300), on=period(1))
    assert (entry.advanced, entry.recovered, entry.paid, entry.owed_after) == tuple(
        usd(row[head]) for head in ("advanced", "recovered", "paid", "owed")
    )


@pytest.mark.parametrize(
    ("on", "paid"),
    [(date(2026, 6, 30), 1000), (date(2026, 7, 1), 700), (date(2026, 7, 2), 700)],
)
def test_until_is_the_first_day_without_the_draw(on: date, paid: int) -> None:
    draw = recoverable(1000, until=date(2026, 7, 1))
    assert draw_once(draw, usd(700), owed=usd(0), on=on).paid == usd(paid)


@pytest.mark.parametrize(
    ("on", "recovered"),
    [(date(2026, 3, 31), 0), (date(2026, 4, 1), 200), (date(2026, 4, 2), 200)],
)
def test_recover_from_is_the_first_day_of_recovery(on: date, recovered: int) -> None:
    draw = recoverable(1000, recover_from=date(2026, 4, 1))
    assert draw_once(draw, usd(1200), owed=usd(500), on=on).recovered == usd(recovered)


@pytest.mark.parametrize(
    ("after", "on", "forgiven"),
    [
        (None, date(2026, 3, 31), 0),
        (None, date(2026, 4, 1), 500),
        (None, date(2026, 9, 9), 500),
        (date(2026, 3, 31), date(2026, 4, 1), 500),
        (date(2026, 3, 31), date(2026, 9, 9), 500),
        (date(2026, 4, 1), date(2026, 4, 2), 0),
        (date(2026, 8, 8), date(2026, 9, 9), 0),
    ],
)
def test_forgiveness_comes_in_the_first_entry_on_or_after_the_day(after: date | None, on: date, forgiven: int) -> None:
    draw = Draw(amount=usd(1000), recovery=DrawKind.FORGIVEN, forgive_on=date(2026, 4, 1))
    assert draw_once(draw, usd(1000), owed=usd(500), on=on, after=after).forgiven == usd(forgiven)


def test_debts_of_an_earlier_draw_are_recovered_above_a_guarantee() -> None:
    guarantee = Draw(amount=usd(1000), recovery=DrawKind.NON_RECOVERABLE)
    entry = draw_once(guarantee, usd(1300), owed=usd(500), on=period(1))
    assert (entry.paid, entry.owed_after) == (usd(1000), usd(200))
    short = draw_once(guarantee, usd(900), owed=usd(500), on=period(1))
    assert (short.paid, short.forgiven, short.owed_after) == (usd(1000), usd(100), usd(500))


# --- laws ----------------------------------------------------------------------------------------------------

DAYS = [date(2026, month, 1) for month in range(1, 13)]
small = st.sampled_from([0, 1, 2, 10, 99, 100, 101, 150])
earning = st.one_of(small, small.map(lambda minor: -minor), st.integers(-300, 500))


any_kind = st.sampled_from(DrawKind)


@st.composite
def some_draws(draw: st.DrawFn, kinds: st.SearchStrategy[DrawKind] = any_kind) -> Draw:
    kind = draw(kinds)
    day = st.sampled_from(DAYS)
    maybe = st.one_of(st.none(), day)
    return Draw(
        amount=Money.from_minor(draw(small), "JPY"),
        recovery=kind,
        forgive_on=draw(day) if kind is DrawKind.FORGIVEN else None,
        until=draw(maybe),
        recover_from=None if kind is DrawKind.NON_RECOVERABLE else draw(maybe),
    )


def jpy(minor: int) -> Money:
    return Money.from_minor(minor, "JPY")


some_earnings = st.dictionaries(st.sampled_from(DAYS), earning.map(jpy), max_size=8).map(
    lambda dated: list(dated.items())
)
some_owed = small.map(jpy)
maybe_draws = st.one_of(st.none(), some_draws())


@given(maybe_draws, some_earnings, some_owed)
def test_a_ledger_loses_no_money(draw: Draw | None, earnings: list[tuple[date, Money]], owed: Money) -> None:
    ledger = draw_ledger(draw, earnings, owed=owed)
    assert ledger.earned == Money.sum((amount for _, amount in earnings), currency="JPY")
    assert ledger.paid == ledger.earned + ledger.owed - owed + ledger.forgiven
    assert ledger.owed.minor >= 0
    if draw is None or draw.recovery is DrawKind.RECOVERABLE:
        assert ledger.forgiven == jpy(0)


@given(maybe_draws, earning.map(jpy), some_owed, st.sampled_from(DAYS))
def test_pay_never_falls_below_the_draw_that_runs(draw: Draw | None, earned: Money, owed: Money, on: date) -> None:
    entry = draw_once(draw, earned, owed=owed, on=on)
    runs = draw is not None and (draw.until is None or on < draw.until)
    floor = draw.amount if draw is not None and runs else jpy(0)
    assert entry.paid >= floor
    assert entry.paid <= max(earned, floor)
    assert entry.advanced.minor == 0 or entry.recovered.minor == 0
    assert entry.recovered <= owed


@given(some_draws(st.just(DrawKind.RECOVERABLE)), earning.map(jpy), some_owed, st.sampled_from(DAYS))
def test_recovery_takes_all_it_may(draw: Draw, earned: Money, owed: Money, on: date) -> None:
    """Either nothing is owed any more, or pay is down to the draw, or recovery has not begun."""
    entry = draw_once(draw, earned, owed=owed, on=on)
    floor = draw.amount if draw.until is None or on < draw.until else jpy(0)
    begun = draw.recover_from is None or on >= draw.recover_from
    if begun:
        assert entry.owed_after.minor == 0 or entry.paid == floor
    else:
        assert entry.paid == max(earned, floor)
        assert entry.owed_after >= owed


@given(maybe_draws, some_earnings, some_owed, st.integers(0, 8))
def test_a_ledger_cut_in_two_goes_on_the_same(
    draw: Draw | None, earnings: list[tuple[date, Money]], owed: Money, cut: int
) -> None:
    whole = draw_ledger(draw, earnings, owed=owed)
    dated = sorted(earnings, key=lambda pair: pair[0])
    first = draw_ledger(draw, dated[:cut], owed=owed)
    after = first.entries[-1].on if first.entries else None
    second = draw_ledger(draw, dated[cut:], owed=first.owed, after=after)
    assert first.entries + second.entries == whole.entries


@given(maybe_draws, some_earnings, some_owed, st.randoms(use_true_random=False))
def test_the_order_of_earnings_changes_nothing(
    draw: Draw | None, earnings: list[tuple[date, Money]], owed: Money, random: Any
) -> None:
    shuffled = list(earnings)
    random.shuffle(shuffled)
    assert draw_ledger(draw, shuffled, owed=owed) == draw_ledger(draw, iter(earnings), owed=owed)


@given(some_draws(st.just(DrawKind.RECOVERABLE)), some_earnings)
def test_forgiving_changes_nothing_before_its_day(draw: Draw, earnings: list[tuple[date, Money]]) -> None:
    day = DAYS[6]
    forgiven = attrs.evolve(draw, recovery=DrawKind.FORGIVEN, forgive_on=day)
    before = [pair for pair in earnings if pair[0] < day]
    assert draw_ledger(forgiven, before) == draw_ledger(draw, before)
    ledger = draw_ledger(forgiven, earnings)
    later = [entry for entry in ledger.entries if entry.on >= day]
    assert ledger.forgiven == (later[0].owed_before if later else jpy(0))


@given(some_draws())
def test_draws_can_be_stored(draw: Draw) -> None:
    assert from_data(to_data(draw), Draw) == draw
    ledger = draw_ledger(draw, [(DAYS[0], jpy(-5)), (DAYS[1], jpy(500))])
    assert from_data(to_data(ledger), DrawLedger) == ledger


# --- shown ---------------------------------------------------------------------------------------------------


def test_a_ledger_explains_itself() -> None:
    ledger = draw_ledger(recoverable(1000), [(period(2), usd(1200)), (period(1), usd("600.5"))], owed=usd(50))
    assert ledger.explain().splitlines() == [
        "USD          earned  advanced  recovered  forgiven     paid    owed",
        "before                                                        50.00",
        "2026-01-28   600.50    399.50       0.00      0.00  1000.00  449.50",
        "2026-02-28  1200.00      0.00     200.00      0.00  1000.00  249.50",
        "total       1800.50    399.50     200.00      0.00  2000.00  249.50",
    ]
    assert ledger.to_columns() == {
        "on": [period(1), period(2)],
        "earned": [60050, 120000],
        "advanced": [39950, 0],
        "recovered": [0, 20000],
        "forgiven": [0, 0],
        "paid": [100000, 100000],
        "owed_before": [5000, 44950],
        "owed_after": [44950, 24950],
    }
    assert ledger._repr_html_().count("<tr>") == 5


def test_an_empty_ledger_owes_what_was_owed() -> None:
    assert draw_ledger(None, [], owed=usd(5)).owed == usd(5)
    assert draw_ledger(recoverable(5), []).paid == usd(0)
    assert draw_ledger(None, [(period(1), usd(7))]).opening == usd(0)
    with pytest.raises(InvalidValue):
        draw_ledger(None, [])


def test_a_date_given_twice_is_named() -> None:
    with pytest.raises(InvalidValue, match="2026-02-28 is given twice"):
        draw_ledger(recoverable(5), [(period(2), usd(1)), (period(1), usd(1)), (period(2), usd(2))])


# --- bad input -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "error"),
    [
        ({"amount": usd(-1)}, InvalidValue),
        ({"amount": 5}, InvalidType),
        ({"recovery": "recoverable"}, InvalidType),
        ({"until": datetime(2026, 1, 1)}, InvalidType),
        ({"until": "2026-01-01"}, InvalidType),
        ({"recovery": DrawKind.FORGIVEN}, InvalidValue),
        ({"forgive_on": date(2026, 1, 1)}, InvalidValue),
        ({"recovery": DrawKind.NON_RECOVERABLE, "forgive_on": date(2026, 1, 1)}, InvalidValue),
        ({"recovery": DrawKind.NON_RECOVERABLE, "recover_from": date(2026, 1, 1)}, InvalidValue),
    ],
)
def test_what_is_no_draw_is_refused(terms: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        Draw(**{"amount": usd(5), "recovery": DrawKind.RECOVERABLE, **terms})
    assert isinstance(caught.value, SalesplanError)


def test_what_cannot_be_settled_is_refused() -> None:
    draw, day = recoverable(5), period(2)
    eur, most = Money.of("1", "EUR"), Money(MAX_MINOR, usd(0).currency)
    for call, error in (
        (lambda: draw_once(draw, eur, owed=usd(0), on=day), CurrencyMismatch),
        (lambda: draw_once(draw, usd(0), owed=eur, on=day), CurrencyMismatch),
        (lambda: draw_once(None, usd(0), owed=usd(-1), on=day), InvalidValue),
        (lambda: draw_once(None, usd(0), owed=usd(1), on=day, after=day), InvalidValue),
        (lambda: draw_once(None, -most, owed=most, on=day), InvalidValue),
        (lambda: draw_ledger(draw, [(day, usd(1)), (day, usd(2))]), InvalidValue),
        (lambda: draw_ledger(draw, [(day, usd(1))], after=day), InvalidValue),
        (lambda: draw_ledger(draw, [(day, usd(1))], owed=eur), CurrencyMismatch),
        (lambda: draw_ledger(draw, [(day, eur)]), CurrencyMismatch),
        (lambda: draw_ledger(draw, [(day, 5)]), InvalidType),  # type: ignore[list-item]
        (lambda: draw_ledger(draw, [day]), InvalidType),  # type: ignore[list-item]
        (lambda: draw_ledger(draw, [], owed=usd(-1)), InvalidValue),
    ):
        with pytest.raises(error):
            call()


def test_an_entry_that_does_not_add_up_is_refused() -> None:
    entry = draw_once(recoverable(1000), usd(600), owed=usd(0), on=period(1))
    ledger = draw_ledger(recoverable(1000), [(period(1), usd(600)), (period(2), usd(1200))])
    changes: tuple[dict[str, Any], ...] = (
        {"paid": usd(999)},
        {"owed_after": usd(399)},
        {"forgiven": usd(1)},
        {"earned": usd(601)},
        {"owed_before": usd(-400), "owed_after": usd(0)},
        {"paid": Money.of("1000", "EUR")},
    )
    for change in changes:
        with pytest.raises(SalesplanError):
            attrs.evolve(entry, **change)
    for opening, entries in (
        (usd(1), ledger.entries),
        (usd(0), ledger.entries[::-1]),
        (usd(0), ledger.entries[1:]),
        (usd(0), (entry, attrs.evolve(ledger.entries[1], on=period(1)))),
        (usd(-1), ()),
    ):
        with pytest.raises(InvalidValue):
            DrawLedger(opening=opening, entries=entries)


@given(st.tuples(*[anything] * 5), st.sets(st.integers(0, 4)))
def test_anything_is_settled_or_refused(strange: tuple[Any, ...], sound: set[int]) -> None:
    good = (recoverable(5), usd(3), usd(1), period(2), period(1))
    draw, earned, owed, on, after = (good[at] if at in sound else value for at, value in enumerate(strange))
    refusal(draw_once, draw, earned, owed=owed, on=on, after=after)
    refusal(draw_ledger, draw, [(on, earned)], owed=owed, after=after)
    for value in strange:
        refusal(draw_ledger, good[0], value)
        refusal(draw_ledger, good[0], [value])
        refusal(Draw, amount=value, recovery=DrawKind.RECOVERABLE)
        refusal(Draw, amount=usd(1), recovery=value)
        refusal(Draw, amount=usd(1), recovery=DrawKind.FORGIVEN, forgive_on=value)
        refusal(DrawLedger, opening=value, entries=())
        refusal(DrawLedger, opening=usd(0), entries=value)
        refusal(attrs.evolve, draw_once(good[0], usd(3), owed=usd(1), on=period(2)), paid=value)


def test_entries_are_values() -> None:
    one = draw_once(None, usd(5), owed=usd(2), on=period(1))
    assert isinstance(one, DrawEntry)
    assert hash(one) == hash(draw_once(None, usd(5), owed=usd(2), on=period(1)))
