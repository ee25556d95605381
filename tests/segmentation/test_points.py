"""Points in lots: no point is lost, and every debit has its lot."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.errors import InvalidValue, NotFound
from salesplan.rulebook import from_data, to_data
from salesplan.segmentation.point_events import (
    Earning,
    Lapsed,
    PointsEvent,
    PointsPolicy,
    Refund,
    Shortfall,
    Spending,
    SpendReversal,
)
from salesplan.segmentation.points import PointsLedger
from salesplan.segmentation.points_state import Lot, PointsState
from tests.strategies import anything, refusal
from tests.worked import table

PAGE = "points-and-levels.md"
START = date(2026, 1, 1)
POLICIES = [
    PointsPolicy(shortfall=shortfall, lapsed=lapsed, renew_days=days)
    for shortfall in Shortfall
    for lapsed, days in ((Lapsed.EXPIRE, None), (Lapsed.RENEW, 3))
]
NEGATIVE = POLICIES[0]


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def event(text: str) -> PointsEvent:
    """An event as the page writes it."""
    on, kind, name, *rest = text.split()
    if kind == "earn":
        return Earning(id=name, on=day(on), points=int(rest[0]), until=day(rest[2]) if rest[1:] else None)
    if kind == "spend":
        return Spending(id=name, on=day(on), points=int(rest[0]))
    if kind == "refund":
        return Refund(id=name, on=day(on), earning=rest[0], points=int(rest[1]))
    return SpendReversal(id=name, on=day(on), spending=rest[0], points=int(rest[1]))


def events(text: str) -> list[PointsEvent]:
    return [event(each) for each in text.split(";")]


def policy(text: str) -> PointsPolicy:
    shortfall, lapsed, *days = text.split()
    return PointsPolicy(
        shortfall=Shortfall[shortfall], lapsed=Lapsed[lapsed], renew_days=int(days[0]) if days else None
    )


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "Points in lots"), ids=lambda row: f"{row['case']} {row['policy']}")
def test_points_are_booked_as_worked(row: dict[str, str]) -> None:
    state = PointsLedger(policy=policy(row["policy"]), events=tuple(events(row["events"]))).at(day(row["on"]))
    assert " ".join(f"{lot.earning}:{lot.left}" for lot in state.lots) == row["left"]
    assert {name: getattr(state, name) for name in ("balance", "spent", "expired", "reversed", "debt")} == {
        name: int(row[name]) for name in ("balance", "spent", "expired", "reversed", "debt")
    }


@pytest.mark.parametrize("row", table(PAGE, "Points refused"), ids=lambda row: row["case"])
def test_events_are_refused_as_worked(row: dict[str, str]) -> None:
    *before, last = events(row["events"])
    error = refusal(lambda: PointsLedger(policy=NEGATIVE, events=(*before, last)))
    assert error is not None
    assert error.code == row["code"]
    assert isinstance(error, NotFound if row["code"].endswith("unknown") else InvalidValue)


# --- edges ---------------------------------------------------------------------------------------------------


def test_an_empty_ledger_has_nothing() -> None:
    state = PointsLedger(policy=NEGATIVE).at(START)
    assert (state.balance, state.earned, state.lots, state.expiring) == (0, 0, (), ())


def test_points_of_the_last_day_of_all_days_expire_on_it_and_lasting_ones_do_not() -> None:
    ledger = PointsLedger(policy=NEGATIVE).earn("a", on=START, points=5, until=date.max).earn("b", on=START, points=7)
    assert ledger.at(date.max - timedelta(1)).balance == 12
    assert (ledger.at(date.max).balance, ledger.at(date.max).expired) == (7, 5)


def test_points_renewed_at_the_end_of_all_days_last() -> None:
    late = date.max - timedelta(2)
    ledger = PointsLedger(policy=PointsPolicy(shortfall=Shortfall.DEBT, lapsed=Lapsed.RENEW, renew_days=30))
    ledger = ledger.earn("a", on=START, points=5, until=date(2026, 2, 1)).spend("s", on=START, points=5)
    ledger = ledger.reverse("v", on=late, spending="s")
    assert [(lot.points, lot.until) for lot in ledger.at(date.max).lots] == [(0, date(2026, 2, 1)), (5, None)]


@pytest.mark.parametrize(("more", "until"), [(0, date.max), (1, None)])
def test_points_may_be_renewed_until_the_last_of_all_days(more: int, until: date | None) -> None:
    back = date(2026, 2, 1)
    policy = PointsPolicy(shortfall=Shortfall.DEBT, lapsed=Lapsed.RENEW, renew_days=36_500)
    on = date.max - timedelta(36_500 - more)
    ledger = PointsLedger(policy=policy).earn("a", on=START, points=5, until=back).spend("s", on=START, points=5)
    assert ledger.reverse("v", on=on, spending="s").at(on).lots[-1].until == until


def test_what_expires_on_one_day_is_announced_together() -> None:
    several = events(
        "01-01 earn a 10 until 03-01; 01-02 earn b 5 until 02-01; 01-03 earn c 7 until 03-01; 01-04 earn d 1"
    )
    ledger = PointsLedger(policy=NEGATIVE, events=tuple(several)).spend("s", on=day("01-05"), points=5)
    assert ledger.at(day("01-05")).expiring == ((day("03-01"), 17),)
    assert ledger.at(day("01-04")).expiring == ((day("02-01"), 5), (day("03-01"), 17))


def test_sums_past_63_bits_are_summed() -> None:
    ledger = PointsLedger(policy=NEGATIVE)
    for name in "ab":
        ledger = ledger.earn(name, on=START, points=2**63 - 1)
    assert ledger.at(START).balance == 2**64 - 2
    with pytest.raises(InvalidValue, match="points must be at most"):
        ledger.earn("c", on=START, points=2**63)


def test_taking_back_without_a_number_takes_the_rest() -> None:
    ledger = (
        PointsLedger(policy=NEGATIVE).earn("o", on=START, points=100).refund("r1", on=START, earning="o", points=30)
    )
    ledger = ledger.spend("s", on=START, points=50).reverse("v1", on=START, spending="s", points=10)
    assert Refund(id="r2", on=START, earning="o", points=70) in ledger.refund("r2", on=START, earning="o").events
    assert ledger.reverse("v2", on=START, spending="s").events[-1].points == 40
    for call in (
        lambda: ledger.refund("r", on=START, earning="s"),
        lambda: ledger.reverse("v", on=START, spending="o"),
    ):
        error = refusal(call)
        assert isinstance(error, NotFound)
        assert error.code == "segmentation.points.unknown"


def test_a_spending_says_what_it_took() -> None:
    ledger = PointsLedger(policy=NEGATIVE, events=tuple(events("01-01 earn a 10; 01-02 earn b 10; 01-03 spend s 15")))
    uses = [(use.spending, use.earning, use.points) for use in ledger.at(START + timedelta(9)).uses]
    assert uses == [("s", "a", 10), ("s", "b", 5)]
    assert ledger.reverse("v", on=START + timedelta(3), spending="s").at(START + timedelta(9)).uses == ()


@pytest.mark.parametrize("until", [START, START - timedelta(1)])
def test_points_are_valid_for_a_day_at_least(until: date) -> None:
    with pytest.raises(InvalidValue, match="later day"):
        Earning(id="o", on=START, points=1, until=until)


@pytest.mark.parametrize(("lapsed", "days"), [(Lapsed.RENEW, None), (Lapsed.EXPIRE, 30), (Lapsed.RENEW, 0)])
def test_a_renewal_has_its_days_and_an_expiry_has_none(lapsed: Lapsed, days: int | None) -> None:
    with pytest.raises(InvalidValue):
        PointsPolicy(shortfall=Shortfall.DEBT, lapsed=lapsed, renew_days=days)


def test_the_totals_add_up_below_a_balance_of_0() -> None:
    ledger = PointsLedger(policy=NEGATIVE).earn("o", on=START, points=500).spend("s", on=START, points=400)
    state = ledger.refund("r", on=START, earning="o", points=500).at(START)
    assert [line.split() for line in state.explain().splitlines()] == [
        ["lot", "earned", "until", "points", "left", "spent", "expired", "reversed"],
        ["o", str(START), "-", "500", "0", "400", "0", "100"],  # all that was left of it
        ["below", "0", "0", "-400", "0", "0", "400"],
        ["total", "500", "-400", "400", "0", "500"],  # 500 == 400 + 0 + 500 - 400
        ["s", "took", "400", "of", "o"],
        ["balance", "on", f"{START}:", "-400"],
    ]


def test_a_negative_balance_has_no_points_beside_it() -> None:
    lots = PointsLedger(policy=NEGATIVE).earn("o", on=START, points=5).at(START).lots
    with pytest.raises(InvalidValue, match="below a balance of 0"):
        PointsState(on=START, lots=lots, uses=(), short=1, debt=0)
    with pytest.raises(InvalidValue, match="debt must be at least 0"):
        PointsState(on=START, lots=lots, uses=(), short=0, debt=-1)


@pytest.mark.parametrize("change", [{"left": 1}, {"spent": -1, "left": 6}])
def test_lots_that_do_not_add_up_are_refused(change: dict[str, int]) -> None:
    good: dict[str, Any] = {"earning": "o", "earned_on": START, "until": None, "points": 5}
    good |= {"left": 5, "spent": 0, "expired": 0, "reversed": 0}
    assert Lot(**good).left == 5
    with pytest.raises(InvalidValue):
        Lot(**good | change)


# --- laws ----------------------------------------------------------------------------------------------------

DAYS = 9
moves = st.lists(
    st.tuples(
        st.sampled_from(["earn", "spend", "spend", "refund", "reverse", "reverse"]),
        st.integers(0, DAYS),
        st.sampled_from([1, 2, 3, 5, 9, 9]),
        st.integers(0, 5),
        st.sampled_from([None, None, 1, 3, 6]),
    ),
    min_size=8,
    max_size=24,
)
policies = st.sampled_from(POLICIES)


def moved(ledger: PointsLedger, at: int, move: tuple[str, int, int, int, int | None]) -> PointsEvent | None:
    """The event of a move, with no more points than there are to spend or to take back; None where there are none."""
    kind, back, points, which, valid = move
    on, name = START + timedelta(back), f"{kind}{at}"
    if kind == "earn":
        return Earning(id=name, on=on, points=points, until=None if valid is None else on + timedelta(valid))
    if kind == "spend":
        many = min(points, ledger.at(on).balance)
        return Spending(id=name, on=on, points=many) if many > 0 else None
    wanted = Earning if kind == "refund" else Spending
    there = [each for each in ledger.events if isinstance(each, wanted)]
    if not there:
        return None
    of = there[which % len(there)]
    done = sum(
        each.points
        for each in ledger.events
        if isinstance(each, Refund | SpendReversal)
        and of.id in (getattr(each, "earning", 0), getattr(each, "spending", 0))
    )
    many = min(points, of.points - done)
    if not many:
        return None
    if kind == "refund":
        return Refund(id=name, on=on, earning=of.id, points=many)
    return SpendReversal(id=name, on=on, spending=of.id, points=many)


def history(chosen: PointsPolicy, several: list[Any]) -> PointsLedger:
    """The moves that are possible, by day, one after the other; some come late, and are left out if that cannot be."""
    ledger = PointsLedger(policy=chosen)
    for at, move in enumerate(sorted(several, key=lambda move: move[1] + 3 * (move[3] == 5))):
        more = moved(ledger, at, move)
        if more is not None and refusal(ledger.with_events, (more,)) is None:
            ledger = ledger.with_events((more,))
    return ledger


def days() -> list[date]:
    return [START + timedelta(at) for at in range(-1, DAYS + 9)]


@given(policies, moves)
def test_no_point_is_lost_on_any_day(chosen: PointsPolicy, several: list[Any]) -> None:
    ledger = history(chosen, several)
    for on in days():
        state = ledger.at(on)
        assert state.earned == sum(each.points for each in ledger.events if isinstance(each, Earning) and each.on <= on)
        assert state.earned == state.spent + state.expired + state.reversed + state.balance
        assert state.spent == sum(use.points for use in state.uses)
        assert not state.short or all(lot.left == 0 for lot in state.lots)
        assert not (state.short and chosen.shortfall is Shortfall.DEBT)
        assert not (state.debt and chosen.shortfall is Shortfall.NEGATIVE)
        assert state.debt >= 0
        assert all(lot.left == 0 for lot in state.lots if lot.until is not None and lot.until <= on)


@given(policies, moves, st.randoms(use_true_random=False))
def test_events_in_any_order_are_one_ledger(chosen: PointsPolicy, several: list[Any], chance: Any) -> None:
    ledger = history(chosen, several)
    shuffled = [*ledger.events]
    chance.shuffle(shuffled)
    assert PointsLedger(policy=chosen, events=tuple(shuffled)) == ledger


@given(policies, moves)
def test_what_comes_later_changes_nothing_before(chosen: PointsPolicy, several: list[Any]) -> None:
    ledger = history(chosen, several)
    for on in days():
        known = tuple(each for each in ledger.events if each.on <= on)
        assert PointsLedger(policy=chosen, events=known).at(on) == ledger.at(on)


@given(policies, moves)
def test_what_is_announced_to_expire_does(chosen: PointsPolicy, several: list[Any]) -> None:
    ledger = history(chosen, several)
    last = START + timedelta(DAYS)
    for later in range(1, 12):
        gone = sum(points for until, points in ledger.at(last).expiring if until <= last + timedelta(later))
        assert ledger.at(last + timedelta(later)).expired == ledger.at(last).expired + gone


@given(st.sampled_from(POLICIES), moves)
def test_without_expiry_a_balance_is_plain_arithmetic(chosen: PointsPolicy, several: list[Any]) -> None:
    ledger = history(chosen, [(*move[:4], None) for move in several])
    signs = {Earning: 1, Spending: -1, Refund: -1, SpendReversal: 1}
    for on in days():
        plain = sum(signs[type(each)] * each.points for each in ledger.events if each.on <= on)
        assert ledger.at(on).balance - ledger.at(on).debt == plain


def point_by_point(several: tuple[PointsEvent, ...], chosen: PointsPolicy, on: date) -> dict[str, Any]:
    """The book kept with a dict for each point, one point after the other."""
    points: list[dict[str, Any]] = []
    taken: dict[str, list[dict[str, Any]]] = {}
    debt, void = dict[str, int](), dict[str, int]()
    short = 0

    def left() -> list[dict[str, Any]]:
        """What expires first stands first."""
        there = [point for point in points if point["is"] == "left"]
        return sorted(
            there, key=lambda each: (each["until"] is None, each["until"] or date.max, each["on"], each["of"])
        )

    for today in (START + timedelta(at) for at in range((on - START).days + 1)):
        for point in left():
            if point["until"] is not None and point["until"] <= today:
                point["is"] = "expired"
        events_of = [each for each in several if each.on == today]
        spent = {each.id: each.points for each in events_of if isinstance(each, Spending)}
        for each in events_of:
            if isinstance(each, Earning):
                debt[each.id] = void[each.id] = 0
                for _ in range(each.points):
                    points.append(
                        {"of": each.id, "on": today, "until": each.until, "is": "reversed" if short else "left"}
                    )
                    short -= short > 0
        for each in events_of:
            if isinstance(each, SpendReversal) and each.spending in spent:
                spent[each.spending] -= each.points
            elif isinstance(each, SpendReversal):
                for point in [taken[each.spending].pop() for _ in range(each.points)]:
                    if debt[point["of"]]:
                        debt[point["of"]] -= 1
                        point["is"] = "reversed"
                    elif short:
                        short -= 1
                        point["is"] = "reversed"
                    elif point["until"] is None or point["until"] > today:
                        point["is"] = "left"
                    elif chosen.renew_days is None:
                        point["is"] = "expired"
                    else:
                        point |= {"is": "left", "until": today + timedelta(chosen.renew_days)}
        for name, many in spent.items():
            taken[name] = left()[:many]
            for point in taken[name]:
                point["is"] = "spent"
        for each in events_of:
            for _ in range(each.points if isinstance(each, Refund) else 0):
                order = each.earning  # type: ignore[union-attr]
                own = [point for point in left() if point["of"] == order]
                gone = sum(point["of"] == order and point["is"] == "expired" for point in points)
                if own:
                    own[0]["is"] = "reversed"
                elif gone > void[order]:
                    void[order] += 1
                elif chosen.shortfall is Shortfall.DEBT:
                    debt[order] += 1
                elif left():
                    left()[0]["is"] = "reversed"
                else:
                    short += 1
    orders = {name: {"left": 0, "spent": 0, "expired": 0, "reversed": 0} for name in debt}
    for point in points:
        orders[point["of"]][point["is"]] += 1
    return {"orders": orders, "short": short, "debt": sum(debt.values())}


@given(st.sampled_from(POLICIES), moves)
@example(NEGATIVE, [("earn", 0, 5, 0, 2), ("spend", 0, 5, 0, None), ("reverse", 3, 3, 0, None)])
def test_lots_are_those_of_the_book_kept_point_by_point(chosen: PointsPolicy, several: list[Any]) -> None:
    ledger = history(chosen, several)
    for on in days():
        state = ledger.at(on)
        expected = point_by_point(ledger.events, chosen, on)
        orders: dict[str, dict[str, int]] = {}
        for lot in state.lots:
            counts = orders.setdefault(lot.earning, {"left": 0, "spent": 0, "expired": 0, "reversed": 0})
            for name in counts:
                counts[name] += getattr(lot, name)
        assert {"orders": orders, "short": state.short, "debt": state.debt} == expected


@given(st.sampled_from([each for each in POLICIES if each.shortfall is Shortfall.DEBT]), moves)
def test_a_debt_is_what_was_spent_beyond_what_the_customer_keeps(chosen: PointsPolicy, several: list[Any]) -> None:
    """In whatever parts it was refunded, and whatever expired in between."""
    ledger = history(chosen, several)
    for on in days():
        state = ledger.at(on)
        owed = 0
        for order in {each for each in ledger.events if isinstance(each, Earning) and each.on <= on}:
            refunds = [each for each in ledger.events if isinstance(each, Refund) and each.on <= on]
            refunded = sum(each.points for each in refunds if each.earning == order.id)
            spent = sum(use.points for use in state.uses if use.earning == order.id)
            owed += max(0, spent + refunded - order.points)
        assert state.debt == owed


@given(st.sampled_from([each for each in POLICIES if each.lapsed is Lapsed.EXPIRE]), moves)
def test_what_could_happen_is_not_refused(chosen: PointsPolicy, several: list[Any]) -> None:
    """Events as they happen, each possible when it comes, whatever day it is and however many a day."""
    happened: list[PointsEvent] = []
    balance, refunded, back = 0, dict[str, int](), dict[str, int]()
    for at, (kind, back_days, points, which, _) in enumerate(sorted(several, key=lambda move: move[1])):
        on, name = START + timedelta(back_days), f"{kind}{at}"
        if kind == "earn":
            happened.append(Earning(id=name, on=on, points=points))
            balance += points
        elif kind == "spend" and points <= balance:
            happened.append(Spending(id=name, on=on, points=points))
            balance -= points
        elif kind == "refund":
            earned = [one for one in happened if isinstance(one, Earning)]
            if earned and refunded.get((of := earned[which % len(earned)]).id, 0) + points <= of.points:
                refunded[of.id] = refunded.get(of.id, 0) + points
                happened.append(Refund(id=name, on=on, earning=of.id, points=points))
                balance -= points
        elif kind == "reverse":
            spent = [one for one in happened if isinstance(one, Spending)]
            if spent and back.get((to := spent[which % len(spent)]).id, 0) + points <= to.points:
                back[to.id] = back.get(to.id, 0) + points
                happened.append(SpendReversal(id=name, on=on, spending=to.id, points=points))
                balance += points
    ledger = PointsLedger(policy=chosen, events=tuple(happened))
    state = ledger.at(date.max)
    assert state.balance - state.debt == balance


@given(policies, moves)
def test_ledgers_and_states_are_stored_and_read_back(chosen: PointsPolicy, several: list[Any]) -> None:
    ledger = history(chosen, several)
    assert from_data(to_data(ledger), PointsLedger) == ledger
    state = ledger.at(START + timedelta(DAYS))
    assert from_data(to_data(state), PointsState) == state


# --- what is shown, and hostile input ------------------------------------------------------------------------


def test_results_show_themselves() -> None:
    ledger = PointsLedger(
        policy=PointsPolicy(shortfall=Shortfall.DEBT, lapsed=Lapsed.EXPIRE),
        events=tuple(
            events("01-01 earn o1 100 until 02-01; 01-10 spend s1 80; 01-20 refund r1 o1 60; 01-21 reverse v1 s1 5")
        ),
    )
    state = ledger.at(day("01-31"))
    assert state.explain().splitlines()[-4:] == [
        "total                             100     0     75        0        25",
        "s1 took 75 of o1",
        "balance on 2026-01-31: 0",
        "debt: 35",
    ]
    assert [line.split() for line in ledger.explain().splitlines()[1:]] == [
        ["2026-01-01", "earned", "o1", "-", "100", "2026-02-01"],
        ["2026-01-10", "spent", "s1", "-", "80", "-"],
        ["2026-01-20", "refunded", "r1", "o1", "60", "-"],
        ["2026-01-21", "reversed", "v1", "s1", "5", "-"],
    ]
    assert "<td" in ledger._repr_html_()
    assert "balance on 2026-01-31: 0" in state._repr_html_()
    assert ledger.to_columns()["of"].tolist() == ["", "", "o1", "s1"]
    assert ledger.to_columns()["points"].tolist() == [100, 80, 60, 5]
    columns = state.to_columns()
    assert [columns[name].tolist() for name in ("points", "left", "spent", "expired", "reversed")] == [
        [100], [0], [75], [0], [25],
    ]  # fmt: skip
    assert {each.size for each in PointsLedger(policy=NEGATIVE).to_columns().values()} == {0}


@given(anything, anything)
@example(np.array([1, 2]), None)  # an array for an id is compared with every id, and has no truth value
def test_a_ledger_refuses_in_its_own_words(some: Any, other: Any) -> None:
    ledger = PointsLedger(policy=NEGATIVE, events=tuple(events("01-01 earn o1 100; 01-10 spend s1 80")))
    refusal(lambda: PointsLedger(policy=some, events=other))
    refusal(lambda: PointsLedger(policy=NEGATIVE, events=(some, other)))
    refusal(ledger.at, some)
    refusal(ledger.with_events, some)
    refusal(lambda: ledger.earn(some, on=START, points=1))
    refusal(lambda: ledger.earn("x", on=some, points=other))
    refusal(lambda: ledger.earn("x", on=START, points=some, until=other))
    refusal(lambda: ledger.spend("x", on=some, points=other))
    refusal(lambda: ledger.refund("x", on=START, earning=some, points=other))
    refusal(lambda: ledger.refund("x", on=START, earning=some))
    refusal(lambda: ledger.reverse("x", on=START, spending=some, points=other))
    refusal(lambda: PointsPolicy(shortfall=some, lapsed=Lapsed.RENEW, renew_days=other))
    refusal(lambda: PointsPolicy(shortfall=Shortfall.DEBT, lapsed=some))
    refusal(
        lambda: Lot(earning="o", earned_on=START, until=None, points=some, left=other, spent=0, expired=0, reversed=0)
    )


@pytest.mark.parametrize("name", ["a\x00", "\ud800", "", "x" * 257, 7, None, True])
def test_ids_are_printable_texts(name: Any) -> None:
    error = refusal(lambda: Earning(id=name, on=START, points=1))
    assert error is not None
    assert error.code == "segmentation.points"
