"""Leads in turn and balanced territories: laws of the rotation, and every small partition tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations, product
from math import gcd, isclose, lcm, sqrt
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.errors import InvalidType, NotFound
from salesplan.money import CurrencyMismatch, Money
from salesplan.rate import Rate
from salesplan.targets.balance import balance_territories
from salesplan.targets.leads import LeadState, assign_leads
from tests.strategies import anything, refusal
from tests.worked import table

PAGE = "drivers-and-capacity.md"


def fraction(value: int | Rate) -> Fraction:
    return Fraction(value) if isinstance(value, int) else Fraction(value.numerator, value.denominator)


# --- leads -------------------------------------------------------------------------------------------------


def rotated(leads: int, weights: Mapping[str, int | Rate], owed: dict[str, Fraction]) -> list[str]:
    """The rotation in fractions of a lead, changing *owed*: to each its share, one lead to the most owed."""
    whole = sum(map(fraction, weights.values()), Fraction(0))
    people = sorted(person for person, weight in weights.items() if fraction(weight))
    chosen = []
    for _ in range(leads):
        for person in people:
            owed[person] = owed.get(person, Fraction(0)) + fraction(weights[person]) / whole
        most = max(owed[person] for person in people)
        chosen.append(next(person for person in people if owed[person] == most))
        owed[chosen[-1]] -= 1
    return chosen


@pytest.mark.parametrize("row", table(PAGE, "Leads in turn"))
def test_leads_as_worked(row: dict[str, str]) -> None:
    weights = {
        name: Rate(*map(int, word.split("/"))) for name, word in zip("abc", row["weights"].split(), strict=False)
    }
    assignment = assign_leads(int(row["leads"]), weights)
    assert "".join(person for _, person in assignment.assigned) == row["who"]
    assert assignment.state == LeadState(given=int(row["leads"]))
    assert assignment.counts == {name: row["who"].count(name) for name in sorted(set(row["who"]))}


lead_weights = st.dictionaries(
    st.sampled_from("abcdef"),
    st.one_of(st.sampled_from([0, 1, 2]), st.integers(0, 9), st.builds(Rate, st.integers(0, 5), st.integers(1, 5))),
    min_size=1,
    max_size=5,
).filter(lambda weights: any(fraction(weight) for weight in weights.values()))


@given(lead_weights, st.lists(st.integers(0, 15), max_size=6))
def test_batches_do_not_matter(weights: dict[str, int | Rate], batches: list[int]) -> None:
    state = LeadState()
    parts: list[tuple[int | str, str]] = []
    for size in batches:
        batch = assign_leads(size, dict(reversed(weights.items())), state)
        state = batch.state
        parts += batch.assigned
    once = assign_leads(sum(batches), weights)
    assert (tuple(parts), state) == (once.assigned, once.state)
    assert [person for _, person in parts] == rotated(sum(batches), weights, {})
    assert [lead for lead, _ in parts] == list(range(1, sum(batches) + 1))


@given(lead_weights, st.integers(1, 3))
def test_a_full_cycle_gives_everybody_exactly_their_weight(weights: dict[str, int | Rate], cycles: int) -> None:
    common = lcm(*(fraction(weight).denominator for weight in weights.values()))
    parts = {person: int(fraction(weight) * common) for person, weight in weights.items()}
    divisor = gcd(*parts.values())
    cycle = sum(parts.values()) // divisor
    assignment = assign_leads(cycles * cycle, weights)
    assert assignment.counts == {person: cycles * part // divisor for person, part in sorted(parts.items()) if part}
    assert assignment.state == LeadState(given=cycles * cycle)


@given(lead_weights, lead_weights, st.integers(0, 9), st.integers(0, 9))
def test_credit_is_kept_in_a_pause_and_lost_on_leaving(
    first: dict[str, int | Rate], second: dict[str, int | Rate], before: int, after: int
) -> None:
    owed: dict[str, Fraction] = {}
    rotated(before, first, owed)
    owed = {person: credit for person, credit in owed.items() if person in second}
    chosen = rotated(after, second, owed)
    state = assign_leads(before, first).state
    batch = assign_leads([f"lead {at}" for at in range(after)], second, state)
    assert [person for _, person in batch.assigned] == chosen
    assert [lead for lead, _ in batch.assigned] == [f"lead {at}" for at in range(after)]
    held = {person: Fraction(credit, batch.state.whole) for person, credit in batch.state.credits}
    assert held == {person: credit for person, credit in owed.items() if credit}
    assert batch.state.given == before + after


def test_edges_of_leads_are_refused() -> None:
    one = {"a": 1}
    cases: list[tuple[Any, str]] = [
        (lambda: assign_leads(-1, one), "targets.leads.leads"),
        (lambda: assign_leads(True, one), "targets.leads.leads"),
        (lambda: assign_leads("abc", one), "targets.leads.leads"),
        (lambda: assign_leads([""], one), "targets.leads.leads"),
        (lambda: assign_leads(1, {}), "targets.leads.weight"),
        (lambda: assign_leads(1, {"a": Rate(1, 10**40), "b": Rate(1, 10**40 + 1)}), "targets.leads.weight"),
        (lambda: assign_leads(1, {"a": 0}), "targets.leads.weight"),
        (lambda: assign_leads(1, {"a": 2, "b": -1}), "targets.leads.weight"),
        (lambda: assign_leads(1, {"a": 0.5}), "targets.leads.weight"),  # type: ignore[dict-item]
        (lambda: assign_leads(1, [1]), "targets.leads.weight"),  # type: ignore[arg-type]
        (lambda: assign_leads(1, one, 3), "targets.leads.state"),  # type: ignore[arg-type]
        (lambda: assign_leads(1, {"a": Rate(1, 10**29), "b": Rate(1, 10**29 + 1)}), "targets.leads.state"),
        (lambda: LeadState(credits=(("a", 1, 2),)), "targets.leads.state"),  # type: ignore[arg-type]
        (lambda: LeadState(credits=("ab",)), "targets.leads.state"),  # type: ignore[arg-type]
        (lambda: LeadState(whole=0), "targets.leads.state"),
        (lambda: LeadState(given=-1), "targets.leads.state"),
        (lambda: LeadState(credits=(("b", 1), ("a", -1))), "targets.leads.state"),
        (lambda: LeadState(credits=(("a", 1), ("a", -1))), "targets.leads.state"),
    ]
    for call, code in cases:
        error = refusal(call)
        assert getattr(error, "code", None) == code
        assert len(str(error)) < 200
    assert assign_leads(0, one).assigned == ()


@given(anything, anything, anything)
def test_leads_answer_or_refuse(first: Any, second: Any, third: Any) -> None:
    refusal(assign_leads, 1, first, second)
    refusal(assign_leads, 1, {"a": first, "b": second})
    refusal(LeadState, credits=first, whole=second, given=third)
    if not isinstance(first, int) or first < 100:
        refusal(assign_leads, first, {"a": 1})


# --- territories -------------------------------------------------------------------------------------------


def spread(loads: Mapping[str, int], weights: Mapping[str, int | Rate]) -> Fraction:
    """The squared coefficient of variation of load per weight, weighted."""
    whole = sum(map(fraction, weights.values()), Fraction(0))
    mean = sum(loads.values()) / whole
    squares = (
        fraction(weight) * (loads[owner] / fraction(weight) / mean - 1) ** 2 for owner, weight in weights.items()
    )
    return sum(squares, Fraction(0)) / whole


def loads_of(owned: Mapping[str, str], accounts: Mapping[str, int], owners: Mapping[str, Any]) -> dict[str, int]:
    return {owner: sum(accounts[name] for name in accounts if owned[name] == owner) for owner in owners}


@pytest.mark.parametrize("row", table(PAGE, "Territories"))
def test_territories_as_worked(row: dict[str, str]) -> None:
    accounts = {"abcdef"[at]: int(word) for at, word in enumerate(row["potential"].split())}
    owners = {"XYZ"[at]: int(word) for at, word in enumerate(row["weights"].split())}
    keep = dict([row["keep"].split(":")]) if row["keep"] else None
    after = balance_territories(accounts, owners, keep=keep).after
    assert " ".join(str(after.load(owner)) for owner in owners) == row["loads"]
    assert after.ratio == (None if row["ratio"] == "-" else Rate.of(row["ratio"]))


cases = st.fixed_dictionaries(
    {
        "accounts": st.lists(st.one_of(st.sampled_from([0, 1, 5]), st.integers(0, 60)), min_size=1, max_size=7).filter(
            any
        ),
        "weights": st.lists(st.sampled_from([1, 1, 2, 3, Rate(1, 2)]), min_size=1, max_size=3),
        "kept": st.lists(st.one_of(st.none(), st.integers(0, 2)), min_size=7, max_size=7),
    }
)


@given(cases)
@example({"accounts": [3, 3, 2, 2, 2], "weights": [1, 1], "kept": [None] * 7})  # largest first alone: 7 and 5
@example({"accounts": [1, 5], "weights": [2, 1, 3], "kept": [None] * 7})  # takes a second round
@example({"accounts": [1, 4], "weights": [2, 3], "kept": [None] * 7})  # a swap for the account below the ideal one
@example({"accounts": [3, 2], "weights": [1, 2], "kept": [None] * 7})  # for the one above it
@example({"accounts": [2, 1], "weights": [1, 3, 2], "kept": [None] * 7})  # a move, nothing in return
def test_no_move_or_swap_makes_territories_more_even(case: dict[str, Any]) -> None:
    accounts = {f"a{at}": units for at, units in enumerate(case["accounts"])}
    owners = {f"o{at}": weight for at, weight in enumerate(case["weights"])}
    keep = {
        name: f"o{owner % len(owners)}"
        for name, owner in zip(accounts, case["kept"], strict=False)
        if owner is not None
    }
    result = balance_territories(accounts, owners, keep=keep)
    owned = dict(result.owned)
    assert owned.keys() == accounts.keys()
    assert all(owned[name] == owner for name, owner in keep.items())
    reached = spread(loads_of(owned, accounts, owners), owners)
    assert isclose(result.after.cv, sqrt(reached), abs_tol=1e-12)
    free = [name for name in accounts if name not in keep]
    for name, owner in product(free, owners):
        assert spread(loads_of({**owned, name: owner}, accounts, owners), owners) >= reached
    for one, other in combinations(free, 2):
        swapped = {**owned, one: owned[other], other: owned[one]}
        assert spread(loads_of(swapped, accounts, owners), owners) >= reached
    assert {owner: result.after.load(owner) for owner in owners} == loads_of(owned, accounts, owners)
    assert sum((fraction(result.after.share(owner)) for owner in owners), Fraction(0)) == 1
    assert sorted(name for owner in owners for name in result.accounts(owner)) == sorted(accounts)
    backwards = balance_territories(dict(reversed(accounts.items())), dict(reversed(owners.items())), keep=keep)
    assert backwards == result


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(1, 3))
def test_territories_are_within_a_third_of_the_best(potential: list[int], many: int) -> None:
    # LPT is at most 4/3 - 1/(3 m) of the least possible maximum (Graham); no later step raises a maximum
    accounts = {f"a{at}": units for at, units in enumerate(potential)}
    owners = {f"o{at}": 1 for at in range(many)}
    found = max(loads_of(dict(balance_territories(accounts, owners).owned), accounts, owners).values())
    best = min(
        max(loads_of(dict(zip(accounts, choice, strict=True)), accounts, owners).values())
        for choice in product(owners, repeat=len(accounts))
    )
    assert best <= found <= (Fraction(4, 3) - Fraction(1, 3 * many)) * best


def test_accounts_go_where_there_is_least_per_weight() -> None:
    # a to X, as all have nothing; then X is at 3 and Y at 0, 1 and 2 for b, c and d
    owned = balance_territories(dict.fromkeys("abcd", 3), {"X": 1, "Y": 3}).owned
    assert owned == (("a", "X"), ("b", "Y"), ("c", "Y"), ("d", "Y"))


def test_territories_tell_before_and_after() -> None:
    # before 9 and 3: levels 9 and 3, mean 6, deviation 3, CV 0.5; after 6 and 6
    euros = {name: Money.of(value, "EUR") for name, value in {"a": 3, "b": 3, "c": 3, "d": 3}.items()}
    result = balance_territories(
        euros, {"Ann": 1, "Bo": 1}, current={"a": "Ann", "b": "Ann", "c": "Ann", "d": "Bo"}, keep={"d": "Bo"}
    )
    assert result.before is not None
    assert (result.before.ratio, result.before.cv, result.before.load("Ann")) == (Rate(3), 0.5, Money.of(9, "EUR"))
    assert (result.after.ratio, result.after.cv, result.after.load("Ann")) == (Rate(1), 0, Money.of(6, "EUR"))
    assert result.owner("d") == "Bo"
    assert result.explain().splitlines() == [
        "owner    weight  accounts  before  share   after  share",
        "Ann           1         2    9.00   75 %    6.00   50 %",
        "Bo            1         2    3.00   25 %    6.00   50 %",
        "max/min                         3              1",
        "CV                         0.5000         0.0000",
    ]
    assert "<td" in result._repr_html_()
    for call in (result.owner, result.accounts, result.after.load, result.after.share):
        with pytest.raises(NotFound):
            call("nobody")


def test_edges_of_territories_are_refused() -> None:
    accounts, owners = {"a": 1, "b": 2}, {"X": 1}
    calls: list[tuple[Any, str]] = [
        (lambda: balance_territories({}, owners), "targets.balance.potential"),
        (lambda: balance_territories({"a": 0}, owners), "targets.balance.potential"),
        (lambda: balance_territories({"a": -1}, owners), "targets.balance.potential"),
        (lambda: balance_territories({"a": 1.0}, owners), "targets.amount"),  # type: ignore[dict-item]
        (lambda: balance_territories([1], owners), "targets.balance.accounts"),  # type: ignore[arg-type]
        (lambda: balance_territories(accounts, {}), "targets.balance.weight"),
        (lambda: balance_territories(accounts, {"X": 0}), "targets.balance.weight"),
        (lambda: balance_territories(accounts, owners, keep={"c": "X"}), "targets.balance.account"),
        (lambda: balance_territories(accounts, owners, keep={"a": "Y"}), "targets.balance.owner"),
        (lambda: balance_territories(accounts, owners, keep=0), "targets.balance.keep"),  # type: ignore[arg-type]
        (lambda: balance_territories(accounts, owners, current={"a": "X"}), "targets.balance.current"),
    ]
    for call, code in calls:
        error = refusal(call)
        assert getattr(error, "code", None) == code
        assert len(str(error)) < 200
    mixed = {"a": Money.of(1, "EUR"), "b": Money.of(1, "JPY")}
    assert isinstance(refusal(balance_territories, mixed, owners), CurrencyMismatch)


@given(anything, anything)
def test_territories_answer_or_refuse(first: Any, second: Any) -> None:
    refusal(balance_territories, first, second)
    refusal(balance_territories, {"a": first, "b": 1}, {"X": second, "Y": 1})
    refusal(balance_territories, {"a": 1}, {"X": 1}, keep=first, current=second)
    refusal(balance_territories, {"a": 1}, {"X": 1}, keep={"a": first}, current={"a": second})


def test_an_assignment_says_who_is_owed_what() -> None:
    given = assign_leads(4, {"a": 2, "b": 1, "c": 0})
    assert given.explain().splitlines()[1:] == ["a           3  -1/3", "b           1   1/3"]
    assert "<td" in given._repr_html_()


def test_weights_may_change_every_week_for_years() -> None:
    """Every week other weights, of many prime sums: nobody drifts from what the weights of all weeks give together."""
    people, state, due = "abcdef", None, dict.fromkeys("abcdef", Fraction(0))
    got = Counter[str]()
    for week in range(300):
        weights = {person: 1 + (week * 7 + at * 13) % 97 for at, person in enumerate(people)}
        given = assign_leads(37, weights, state)
        state = given.state
        got.update(given.counts)
        for person, weight in weights.items():
            due[person] += Fraction(37 * weight, sum(weights.values()))
    assert sum(got.values()) == 37 * 300
    assert all(abs(got[person] - due[person]) < 6 for person in people)


def test_leads_in_a_set_have_no_order() -> None:
    with pytest.raises(InvalidType):
        assign_leads({"L1", "L2"}, {"li": 1})  # type: ignore[arg-type]
