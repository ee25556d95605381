"""Which level a member has, why, what is missing, and when it falls."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.errors import InvalidType, InvalidValue, SalesplanError
from salesplan.money import MAX_MINOR, CurrencyMismatch, Money
from salesplan.rulebook import from_data, json_schema, to_data
from salesplan.segmentation.levels import (
    CalendarYear,
    Fall,
    KeepAlways,
    KeepDays,
    KeepTerm,
    KeepUntil,
    Level,
    Lifetime,
    MembershipPolicy,
    RollingDays,
)
from salesplan.segmentation.membership import Membership, Reason, membership
from tests.strategies import anything, refusal
from tests.worked import table

PAGE = "points-and-levels.md"
NAMES = ("member", "silver", "gold")


def cny(text: str) -> Money | None:
    return Money.of(text, "CNY") if text else None


def window(text: str) -> RollingDays | CalendarYear | Lifetime:
    kind, *rest = text.split()
    if kind == "lifetime":
        return Lifetime()
    return RollingDays(int(rest[0])) if kind == "rolling" else CalendarYear(int(rest[0]))


def keep(text: str) -> KeepAlways | KeepDays | KeepTerm | KeepUntil:
    kind, *rest = text.split()
    if kind == "until":
        month, day = map(int, rest[0].split("-"))
        return KeepUntil(month=month, day=day, years=int(rest[1]), grace_days=int(rest[2]) if rest[2:] else 0)
    if kind == "term":
        return KeepTerm(days=int(rest[0]), grace_days=int(rest[1]) if rest[1:] else 0)
    return KeepDays(int(rest[0])) if kind == "days" else KeepAlways()


# --- worked table --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "Levels"), ids=lambda row: row["case"])
def test_levels_are_held_as_worked(row: dict[str, str]) -> None:
    policy = MembershipPolicy(
        levels=tuple(
            Level(name, Money.of(takes, "CNY")) for name, takes in zip(NAMES, ("0", "500", "1000"), strict=True)
        ),
        window=window(row["window"]),
        keep=keep(row["keep"]),
        fall=Fall[row["fall"]],
    )
    spend = [
        (date.fromisoformat(day), Money.of(amount, "CNY"))
        for day, amount in (each.split(":") for each in row["spend"].split())
    ]
    found = membership(policy, spend, as_of=date.fromisoformat(row["as of"]))
    shown = {
        "level": found.level,
        "since": "" if found.since is None else found.since.isoformat(),
        "reason": found.reason.name,
        "next": found.next_level or "",
        "by": "" if found.missing_by is None else found.missing_by.isoformat(),
        "falls on": "" if found.falls_on is None else found.falls_on.isoformat(),
        "falls to": found.falls_to or "",
    }
    assert shown == {name: row[name] for name in shown}
    assert (found.spent, found.missing, found.to_keep) == (cny(row["spent"]), cny(row["missing"]), cny(row["to keep"]))


# --- edges ---------------------------------------------------------------------------------------------------


def points_policy(**changes: Any) -> MembershipPolicy:
    given: dict[str, Any] = {
        "levels": (Level("member", 0), Level("silver", 5), Level("gold", 10)),
        "window": RollingDays(5),
        "keep": KeepDays(0),
    }
    return MembershipPolicy(**given | changes)


def test_nobody_who_spent_nothing_is_more_than_a_member() -> None:
    found = membership(points_policy(), {}, as_of=date.max)
    assert (found.level, found.reason, found.missing, found.falls_on, found.changes) == (
        "member", Reason.EVERYBODY, 5, None, (),
    )  # fmt: skip


def test_a_level_may_stand_alone() -> None:
    found = membership(points_policy(levels=(Level("member", 0),)), {date(2026, 1, 1): 99}, as_of=date(2026, 1, 1))
    assert (found.level, found.next_level, found.missing, found.falls_on) == ("member", None, None, None)


def test_no_amount_keeps_a_level_over_the_end_of_a_year_without_grace() -> None:
    policy = points_policy(window=CalendarYear())
    found = membership(policy, {date(2026, 3, 1): 7}, as_of=date(2026, 3, 1))
    assert (found.falls_on, found.to_keep) == (date(2027, 1, 1), None)


def test_what_is_missing_may_grow_less_and_more_before_it_is_too_little() -> None:
    """The refund leaves the window on the fifth day, a purchase of as much on the sixth, the rest on the seventh."""
    days = [date(2026, 1, 1) + timedelta(at) for at in range(7)]
    found = membership(points_policy(), {days[0]: -2, days[1]: 2, days[2]: 4}, as_of=days[2])
    assert (found.spent, found.missing, found.missing_by) == (4, 1, days[6])


@pytest.mark.parametrize("rule", [KeepAlways(), KeepDays(36_500), KeepUntil(month=1, day=1, years=100)])
def test_the_end_of_all_days_is_no_fall(rule: Any) -> None:
    found = membership(points_policy(keep=rule), {date(9998, 12, 31): 7}, as_of=date.max)
    assert (found.level, found.falls_on) == ("silver", None)


@pytest.mark.parametrize("rule", [RollingDays(1), CalendarYear(12), Lifetime()])
def test_spend_on_the_last_of_all_days_counts(rule: Any) -> None:
    found = membership(points_policy(window=rule), {date.max: 7}, as_of=date.max)
    assert (found.level, found.spent, found.falls_on) == ("silver", 7, None)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"levels": ()}, "1 to 100 levels"),
        ({"levels": (Level("a", 1),)}, "everybody's and takes 0"),
        ({"levels": (Level("a", 0), Level("b", 0))}, "must rise"),
        ({"levels": (Level("a", 0), Level("b", 5), Level("c", 4))}, "must rise"),
        ({"levels": (Level("a", 0), Level("a", 5))}, "called 'a'"),
        ({"levels": tuple(Level(str(at), at) for at in range(101))}, "1 to 100 levels, not 101"),
        ({"window": 365}, "window is one of RollingDays"),
        ({"keep": None}, "keep is one of KeepAlways"),
    ],
)
def test_policies_that_leave_a_member_without_one_level_are_refused(changes: dict[str, Any], match: str) -> None:
    with pytest.raises(SalesplanError, match=match) as caught:
        points_policy(**changes)
    assert caught.value.code == "segmentation.membership"


def test_amounts_are_of_one_kind() -> None:
    yuan = Level("silver", Money.of("5", "CNY"))
    zero = Level("member", Money.zero("CNY"))
    with pytest.raises(InvalidType):
        points_policy(levels=(Level("member", 0), yuan))
    with pytest.raises(CurrencyMismatch):
        points_policy(levels=(Level("member", Money.zero("EUR")), yuan))
    with pytest.raises(InvalidType):
        membership(points_policy(levels=(zero, yuan)), {date(2026, 1, 1): 5}, as_of=date(2026, 1, 1))
    with pytest.raises(CurrencyMismatch):
        membership(points_policy(levels=(zero, yuan)), {date(2026, 1, 1): Money.of("5", "EUR")}, as_of=date(2026, 1, 1))


def test_sums_past_63_bits_are_refused() -> None:
    with pytest.raises(InvalidValue, match="a sum of points"):
        membership(points_policy(), [(date(2026, 1, 1), MAX_MINOR)] * 2, as_of=date(2026, 1, 1))


@pytest.mark.parametrize(
    "bad",
    [
        lambda: RollingDays(0),
        lambda: CalendarYear(13),
        lambda: KeepDays(-1),
        lambda: KeepTerm(days=0),
        lambda: KeepTerm(days=1, grace_days=-1),
        lambda: KeepUntil(month=2, day=29),
        lambda: KeepUntil(month=4, day=31),
        lambda: KeepUntil(month=4, day=30, years=-1),
        lambda: Level("", 5),
        lambda: Level("\ud800", 5),
        lambda: Level("a", 2**63),
    ],
)
def test_rules_that_cannot_be_are_refused(bad: Any) -> None:
    with pytest.raises(InvalidValue):
        bad()


# --- laws ----------------------------------------------------------------------------------------------------

START = date(2026, 12, 20)
windows = st.one_of(
    st.builds(RollingDays, st.integers(1, 8)),
    st.builds(CalendarYear, st.sampled_from([1, 1, 2, 12])),
    st.just(Lifetime()),
)
keeps = st.one_of(
    st.just(KeepAlways()),
    st.builds(KeepDays, st.integers(0, 4)),
    st.builds(KeepTerm, days=st.integers(1, 6), grace_days=st.integers(0, 3)),
    st.builds(
        KeepUntil,
        month=st.sampled_from([1, 12]),
        day=st.sampled_from([1, 5, 31]),
        years=st.integers(0, 1),
        grace_days=st.integers(0, 2),
    ),
)
policies = st.builds(
    MembershipPolicy,
    levels=st.just((Level("0", 0), Level("1", 3), Level("2", 5), Level("3", 9))),
    window=windows,
    keep=keeps,
    fall=st.sampled_from(Fall),
)
spends = st.dictionaries(st.integers(0, 25).map(lambda at: START + timedelta(at)), st.integers(-4, 9), max_size=8)
later = st.integers(-1, 60).map(lambda at: START + timedelta(at))


def in_window(policy: MembershipPolicy, spent_on: date, day: date) -> bool:
    match policy.window:
        case RollingDays(days):
            return 0 <= (day - spent_on).days < days
        case CalendarYear(first):
            return spent_on <= day and spent_on.year - (spent_on.month < first) == day.year - (day.month < first)
        case _:
            return spent_on <= day


def day_by_day(policy: MembershipPolicy, spend: dict[date, int], until: date) -> list[int]:
    """The place of the level on each day from START, with nothing but the day before to look at."""
    places = range(1, len(policy.levels))
    supported: dict[int, list[date]] = {place: [] for place in places}
    terms: dict[int, date | None] = dict.fromkeys(places)
    before: dict[int, bool] = dict.fromkeys(places, False)
    result = []
    for at in range((until - START).days + 1):
        day = START + timedelta(at)
        total = sum(amount for on, amount in spend.items() if in_window(policy, on, day))
        now: dict[int, bool] = {}
        for place in reversed(places):
            lands = (
                policy.fall is Fall.ONE_LEVEL
                and before.get(place + 1, False)
                and not any(now[above] for above in places if above > place)
            )
            if total >= policy.units(policy.levels[place].at_least) or lands:
                supported[place].append(day)
            now[place] = still(policy, supported[place], terms, place, day)
        before = now
        result.append(max((place for place in places if now[place]), default=0))
    return result


def still(
    policy: MembershipPolicy, supported: list[date], terms: dict[int, date | None], place: int, day: date
) -> bool:
    match policy.keep:
        case KeepDays(days):
            return any((day - on).days <= days for on in supported)
        case KeepUntil(month=month, day=of_month, years=years, grace_days=grace):
            return any(day <= max(date(on.year + years, month, of_month), on) + timedelta(grace) for on in supported)
        case KeepTerm(days=days, grace_days=grace):
            began, is_supported = terms[place], supported[-1:] == [day]
            if is_supported and (began is None or (day - began).days >= days):
                terms[place] = day
            elif began is not None and (day - began).days >= days + grace:
                terms[place] = None
            return terms[place] is not None
        case _:
            return bool(supported)


@given(policies, spends, later)
@example(
    points_policy(keep=KeepTerm(days=2, grace_days=1), fall=Fall.ONE_LEVEL),
    {START: 10, START + timedelta(3): 5, START + timedelta(6): 10},
    START + timedelta(20),
)
@example(  # a term of a middle level ends while the highest is held: nobody lands
    MembershipPolicy(
        levels=(Level("0", 0), Level("1", 3), Level("2", 5), Level("3", 9)),
        window=RollingDays(7),
        keep=KeepTerm(days=5),
        fall=Fall.ONE_LEVEL,
    ),
    {START + timedelta(at): amount for at, amount in ((0, 5), (3, 9), (13, 3), (14, 2), (21, 3), (22, 2))},
    START + timedelta(40),
)
def test_levels_are_those_of_the_day_by_day_book(policy: MembershipPolicy, spend: dict[date, int], as_of: date) -> None:
    found = membership(policy, spend, as_of=as_of)
    known = {day: amount for day, amount in spend.items() if day <= as_of}
    horizon = START + timedelta(460)
    places = day_by_day(policy, known, horizon)
    names = [level.name for level in policy.levels]
    if as_of >= START:
        now = places[(as_of - START).days]
        assert found.level == names[now]
        ahead = places[(as_of - START).days :]
        falls = next((at for at, place in enumerate(ahead) if place < now), None)
        if falls is not None or (found.falls_on is not None and found.falls_on <= horizon):
            assert falls is not None
            assert (found.falls_on, found.falls_to) == (as_of + timedelta(falls), names[ahead[falls]])
    changed = [
        (START + timedelta(at), names[place])
        for at, (before, place) in enumerate(zip([0, *places], places, strict=False))
        if before != place and START + timedelta(at) <= as_of
    ]
    assert [(change.on, change.level) for change in found.changes] == changed


@given(policies, spends, later, later)
def test_what_comes_later_changes_nothing_before(
    policy: MembershipPolicy, spend: dict[date, int], one: date, other: date
) -> None:
    early, late = sorted([one, other])
    first, second = membership(policy, spend, as_of=early), membership(policy, spend, as_of=late)
    assert [change for change in second.changes if change.on <= early] == [*first.changes]


@given(policies, spends, later)
def test_what_is_missing_reaches_the_next_level_until_its_last_day(
    policy: MembershipPolicy, spend: dict[date, int], as_of: date
) -> None:
    found = membership(policy, spend, as_of=as_of)
    if found.missing is None or found.next_level is None:
        assert found.level == "3"
        return
    assert isinstance(found.missing, int)
    assert found.missing > 0
    known = [(day, amount) for day, amount in spend.items() if day <= as_of]
    names = [level.name for level in policy.levels]
    last = found.missing_by or as_of + timedelta(9)
    for day in {as_of, last}:
        for less in (0, 1):
            reached = membership(policy, [*known, (day, found.missing - less)], as_of=day)
            on_that_day = membership(policy, known, as_of=day)
            assert less or names.index(reached.level) >= names.index(found.next_level)
            if day == as_of and less:
                assert reached.level == on_that_day.level
    if found.missing_by is not None:
        day = found.missing_by + timedelta(1)
        assert membership(policy, known, as_of=day).spent < found.spent  # type: ignore[operator]


FOUR = (Level("0", 0), Level("1", 3), Level("2", 5), Level("3", 9))


@given(policies, spends, later)
@example(  # nothing keeps level 1 over its review, but 5 reach level 2, whose term has only begun: None was said
    MembershipPolicy(levels=FOUR, window=RollingDays(1), keep=KeepTerm(days=2)), {START: 3}, START
)
@example(  # 2 more reach level 2, which lands on level 1 a day later: 3 was said
    MembershipPolicy(levels=FOUR, window=RollingDays(1), keep=KeepDays(0), fall=Fall.ONE_LEVEL), {START: 3}, START
)
def test_what_keeps_a_level_does_and_one_less_does_not(
    policy: MembershipPolicy, spend: dict[date, int], as_of: date
) -> None:
    found = membership(policy, spend, as_of=as_of)
    if found.falls_on is None:
        assert found.to_keep is None
        return
    known = [(day, amount) for day, amount in spend.items() if day <= as_of]
    names = [level.name for level in policy.levels]
    the_day_before = found.falls_on - timedelta(1)

    def level_after(amount: int) -> int:
        return names.index(membership(policy, [*known, (the_day_before, amount)], as_of=found.falls_on or as_of).level)

    now = names.index(found.level)
    if found.to_keep is None:
        assert level_after(1000) < now
        return
    assert isinstance(found.to_keep, int)
    assert level_after(found.to_keep) >= now
    assert level_after(found.to_keep - 1) < now


@given(policies, spends, later, st.randoms(use_true_random=False))
def test_the_order_of_purchases_changes_nothing(
    policy: MembershipPolicy, spend: dict[date, int], as_of: date, chance: Any
) -> None:
    parts = [(day, part) for day, amount in spend.items() for part in (amount - 1, 1)]
    chance.shuffle(parts)
    assert membership(policy, parts, as_of=as_of) == membership(policy, spend, as_of=as_of)


@given(policies, spends, later)
def test_policies_and_memberships_are_stored_and_read_back(
    policy: MembershipPolicy, spend: dict[date, int], as_of: date
) -> None:
    assert from_data(to_data(policy), MembershipPolicy) == policy
    found = membership(policy, spend, as_of=as_of)
    assert from_data(to_data(found), Membership) == found


def test_a_policy_has_a_schema() -> None:
    assert json_schema(MembershipPolicy)


# --- what is shown, and hostile input ------------------------------------------------------------------------


def test_results_show_themselves() -> None:
    levels = (
        Level("member", Money.zero("CNY")),
        Level("gold", Money.of("5", "CNY")),
        Level("top", Money.of("9", "CNY")),
    )
    policy = points_policy(levels=levels, keep=KeepDays(2))
    found = membership(policy, {date(2026, 1, 1): Money.of("7", "CNY")}, as_of=date(2026, 1, 6))
    assert found.explain().splitlines() == [
        "level  gold since 2026-01-01, which takes CNY 5.00 and is kept",
        "spent  CNY 0.00",
        "next   top: CNY 9.00 more",
        "falls  to member on 2026-01-08, unless CNY 5.00 more by the day before",
    ]
    assert "as of 2026-01-06" in found._repr_html_()
    assert found.to_columns()["level"].tolist() == ["gold"]
    assert found.to_columns()["on"].tolist() == [date(2026, 1, 1)]
    nobody = membership(points_policy(), {}, as_of=date(2026, 1, 6))
    assert nobody.explain().splitlines()[0] == "level  member from the beginning, which everybody has"
    assert nobody.to_columns()["on"].size == 0
    assert "1 point more" in membership(points_policy(), {date(2026, 1, 6): 4}, as_of=date(2026, 1, 6)).explain()


@given(anything, anything)
def test_membership_refuses_in_its_own_words(some: Any, other: Any) -> None:
    day = date(2026, 1, 1)
    refusal(lambda: membership(some, {day: 5}, as_of=day))
    refusal(lambda: membership(points_policy(), some, as_of=day))
    refusal(lambda: membership(points_policy(), [(day, some)], as_of=day))
    refusal(lambda: membership(points_policy(), [(some, 5)], as_of=day))
    refusal(lambda: membership(points_policy(), [some], as_of=day))
    refusal(lambda: membership(points_policy(), {day: 5}, as_of=some))
    for name in ("levels", "window", "keep", "fall"):
        refusal(lambda name=name: points_policy(**{name: some}))
    refusal(lambda: points_policy(levels=(Level("a", 0), some)))
    refusal(lambda: Level(some, other))
    refusal(lambda: RollingDays(some))
    refusal(lambda: CalendarYear(some))
    refusal(lambda: KeepDays(some))
    refusal(lambda: KeepTerm(days=some, grace_days=other))
    refusal(lambda: KeepUntil(month=some, day=other))
    refusal(lambda: KeepUntil(month=1, day=1, years=some, grace_days=other))
