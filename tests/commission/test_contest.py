"""Who wins what in a contest, and that what is offered is paid or kept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.commission.awards import CashAward, NonCashAward, PotShare
from salesplan.commission.contest import Contest, ContestError, Prize, Ranking, Ties, Unmet
from salesplan.commission.entry import Better, Entry, Score, one_kind
from salesplan.commission.judging import TieError, judge
from salesplan.commission.standings import Standings
from salesplan.errors import InvalidType, InvalidValue, NotFound, SalesplanError
from salesplan.money import CurrencyMismatch, Money
from salesplan.rate import Rate
from salesplan.rulebook import from_data, json_schema, to_data
from tests.strategies import anything, refusal
from tests.worked import table

PAGE = "contests.md"


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def rate(text: str) -> Rate:
    top, _, bottom = text.partition("/")
    return Rate(int(top), int(bottom)) if bottom else Rate.percent(text.removesuffix("%"))


def score(text: str) -> Score:
    if "of" in text:
        return rate(text.replace("of", "/"))
    return rate(text) if "%" in text else usd(text) if "." in text else int(text)


def prize(place: int, text: str, currency: str) -> Prize:
    worth, _, least = text.partition("@")
    part = "%" in worth or "/" in worth
    award = PotShare(rate(worth)) if part else CashAward(Money.of(worth, currency))
    return Prize(place, award, at_least=score(least) if least else None)


def entry(text: str) -> Entry:
    participant, _, rest = text.partition(":")
    scores, _, reached = rest.partition("@")
    first, _, second = scores.partition("/")
    return Entry(
        participant,
        score(first),
        tiebreak=score(second) if second else None,
        reached_at=datetime.fromisoformat(reached).replace(tzinfo=UTC) if reached else None,
    )


def contest(prizes: str, *, currency: str = "USD", **policies: Any) -> Contest:
    """A contest of prizes as the page writes them."""
    given: dict[str, Any] = {"ties": Ties.SHARE, "ranking": Ranking.COMPETITION, "unmet": Unmet.VACANT} | policies
    each = [prize(place, text, currency) for place, text in enumerate(prizes.split(), start=1)]
    return Contest(id="pk", prizes=each, **given)


def cash_of(standings: Standings, participant: str) -> Money:
    cash = [award.amount for award in standings.awards_of(participant) if isinstance(award, CashAward)]
    return Money.sum(cash, currency=standings.offered.currency)


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "Who wins what"), ids=lambda row: f"{row['case']} {row['unmet']}")
def test_prizes_are_won_as_worked(row: dict[str, str]) -> None:
    rule = contest(
        row["prizes"],
        currency=row["currency"],
        ties=Ties[row["ties"]],
        ranking=Ranking[row["ranking"]],
        unmet=Unmet[row["unmet"]],
        better=Better[row["better"]],
    )
    entries = [entry(text) for text in row["entries"].split()]
    ended = judge(rule, entries, pot=Money.of(row["pot"], row["currency"]) if row["pot"] else None)
    ranks = {standing.participant: standing.rank for standing in ended.rows}
    assert [ranks[each.participant] for each in entries] == [int(rank) for rank in row["ranks"].split()]
    paid = [cash_of(ended, each.participant) for each in entries]
    assert paid == [Money.of(amount, row["currency"]) for amount in row["paid"].split()]
    assert ended.kept == Money.of(row["kept"], row["currency"])
    assert ended.extra == Money.of(row["extra"], row["currency"])


@pytest.mark.parametrize("row", table(PAGE, "Why"), ids=lambda row: f"{row['ties']} {row['entries']} {row['who']}")
def test_reasons_are_given_as_worked(row: dict[str, str]) -> None:
    rule = contest("5000@10 3000 2000", ties=Ties[row["ties"]], unmet=Unmet[row["unmet"]])
    ended = judge(rule, [entry(text) for text in row["entries"].split()])
    assert {standing.participant: standing.why for standing in ended.rows}[row["who"]] == row["why"]
    assert row["why"] in ended.explain()


# --- edges ---------------------------------------------------------------------------------------------------


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    """01:30 in the second turn is later than 01:45 in the first; the wall clock says otherwise."""
    new_york = ZoneInfo("America/New_York")
    second_turn = Entry("Ann", 9, reached_at=datetime(2026, 11, 1, 1, 30, tzinfo=new_york, fold=1))
    first_turn = Entry("Bo", 9, reached_at=datetime(2026, 11, 1, 1, 45, tzinfo=new_york, fold=0))
    ended = judge(contest("500", ties=Ties.FIRST_TO_REACH, ranking=Ranking.ORDINAL), [second_turn, first_turn])
    assert [standing.participant for standing in ended.rows] == ["Bo", "Ann"]


def test_days_separate_and_a_tie_on_a_day_shares() -> None:
    days = [date(2026, 11, 13), date(2026, 11, 12), date(2026, 11, 12)]
    entries = [Entry(name, 9, reached_on=day) for name, day in zip("abc", days, strict=True)]
    ended = judge(contest("500 300 100", ties=Ties.FIRST_TO_REACH), entries)
    assert [(each.participant, each.rank, each.why) for each in ended.rows] == [
        ("b", 1, "reached first; 2 tied: share places 1 to 2"),
        ("c", 1, "reached first; 2 tied: share places 1 to 2"),
        ("a", 3, "reached later"),
    ]
    assert [cash_of(ended, name) for name in "abc"] == [usd("100"), usd("400"), usd("400")]


@pytest.mark.parametrize("ties", [Ties.FIRST_TO_REACH, Ties.TIEBREAK])
def test_what_should_separate_is_missed_only_where_a_prize_depends_on_it(ties: Ties) -> None:
    rule = contest("500 300@2", ties=ties)
    ended = judge(rule, [Entry("a", 5), Entry("b", 1), Entry("c", 1), Entry("d", 0), Entry("e", 0)])
    assert [each.rank for each in ended.rows] == [1, 2, 2, 4, 4]
    assert ended.kept == usd("300")
    with pytest.raises(TieError) as caught:
        judge(rule, [Entry("a", 5), Entry("b", 2), Entry("c", 2)])
    assert caught.value.value == ("b", "c")
    with pytest.raises(TieError):
        judge(contest("500 300@2", ties=ties, ranking=Ranking.ORDINAL), [Entry("b", 1), Entry("c", 1), Entry("a", 5)])


def test_ordinal_ranks_refuse_what_stays_tied() -> None:
    rule = contest("500", ties=Ties.TIEBREAK, ranking=Ranking.ORDINAL)
    with pytest.raises(TieError):
        judge(rule, [Entry("a", 5, tiebreak=1), Entry("b", 5, tiebreak=1)])


def test_the_second_score_has_its_own_direction() -> None:
    entries = [Entry("a", 5, tiebreak=Rate.percent("3")), Entry("b", 5, tiebreak=Rate.percent("2"))]
    for better, first in ((Better.LOWER, "b"), (Better.HIGHER, "a")):
        ended = judge(contest("500", ties=Ties.TIEBREAK, tiebreak_better=better), entries)
        assert ended.rows[0].participant == first


@pytest.mark.parametrize(("points", "rank"), [(4, None), (5, 1), (6, 1)])
def test_whoever_misses_the_entry_minimum_takes_no_part(points: int, rank: int | None) -> None:
    ended = judge(contest("500", entry_minimum=5), [Entry("a", points), Entry("b", 3)])
    assert [each.rank for each in ended.rows] == [rank, None]
    assert ended.rows[1].why == "below the minimum to take part: 3 of 5"
    assert cash_of(ended, "a") == usd("500" if rank else "0")


TRIP = NonCashAward("trip", description="three days in Sanya", nominal=usd("800"))
FUND = NonCashAward("training fund", description="any course", nominal=usd("200"))
CASH = CashAward(usd("500"))


def mixed(ties: Ties, ranking: Ranking = Ranking.COMPETITION) -> Contest:
    prizes = [Prize(2, FUND), Prize(1, CASH), Prize(1, TRIP)]
    return Contest(id="mixed", prizes=prizes, ties=ties, ranking=ranking, unmet=Unmet.VACANT)


def test_a_place_gives_all_its_prizes_and_only_cash_is_paid() -> None:
    ended = judge(mixed(Ties.TIEBREAK), [Entry("a", 5), Entry("b", 4)])
    assert ended.awards_of("a") == (CASH, TRIP)
    assert ended.awards_of("b") == (FUND,)
    assert (ended.cash, ended.nominal, ended.kept) == (usd("500"), usd("1000"), usd("0"))


def test_a_vacant_place_keeps_what_is_not_cash_too() -> None:
    ended = judge(mixed(Ties.FULL), [Entry("a", 5), Entry("b", 5)])
    assert (ended.awards_of("a"), ended.awards_of("b")) == ((CASH, TRIP), (CASH, TRIP))
    assert ended.nominal == usd("1600")
    (vacancy,) = ended.vacancies
    assert (vacancy.place, vacancy.awards, vacancy.why) == (2, (FUND,), "taken up by the tie for place 1")
    assert "place 2 keeps training fund: any course (worth USD 200.00)" in ended.explain()
    assert judge(mixed(Ties.FULL), []).kept == usd("500")


def test_a_trip_is_not_shared() -> None:
    entries = [Entry("a", 5, tiebreak=1), Entry("b", 5, tiebreak=1)]
    with pytest.raises(TieError):
        judge(mixed(Ties.TIEBREAK), entries)
    assert judge(mixed(Ties.TIEBREAK), [*entries, Entry("c", 9), Entry("d", 8)]).awards_of("a") == ()


def test_standings_are_shown_as_text_html_and_columns() -> None:
    ended = judge(mixed(Ties.TIEBREAK), [Entry("<b>", 5), Entry("李", 4), Entry("c", 3)])
    text, page = ended.explain(), ended._repr_html_()
    for shown in ("USD 500.00; trip: three days in Sanya (worth USD 800.00)", "paid USD 500.00, kept USD 0.00"):
        assert shown in text
        assert shown in page
    assert "<b>" not in page
    columns = ended.to_columns()
    assert columns["participant"] == ["<b>", "李", "c"]
    assert columns["cash_minor"] == [500_00, 0, 0]
    assert columns["nominal_minor"] == [800_00, 200_00, 0]
    assert columns["score"] == [5, 4, 3]
    assert {len(column) for column in columns.values()} == {3}


# --- laws ----------------------------------------------------------------------------------------------------

FITTING = [
    (Ties.SHARE, Ranking.COMPETITION),
    (Ties.FULL, Ranking.COMPETITION),
    (Ties.FULL, Ranking.DENSE),
    (Ties.FIRST_TO_REACH, Ranking.COMPETITION),
    (Ties.FIRST_TO_REACH, Ranking.ORDINAL),
    (Ties.TIEBREAK, Ranking.COMPETITION),
    (Ties.TIEBREAK, Ranking.ORDINAL),
]

few_scores = st.integers(-2, 4)
amounts = st.sampled_from([0, 1, 2, 5, 100, 101, 5000])


@st.composite
def contests(
    draw: st.DrawFn,
    fitting: list[tuple[Ties, Ranking]] = FITTING,
    unmet: Unmet | None = None,
    *,
    falling: bool = False,
    minimums: bool = True,
) -> Contest:
    ties, ranking = draw(st.sampled_from(fitting))
    worth = draw(st.lists(amounts, min_size=1, max_size=4))
    least = st.one_of(st.none(), few_scores) if minimums else st.none()
    prizes = [
        Prize(place, CashAward(Money.from_minor(minor, "JPY")), at_least=draw(least))
        for place, minor in enumerate(sorted(worth, reverse=True) if falling else worth, start=1)
    ]
    if ties is not Ties.FULL and not falling and draw(st.booleans()):
        prizes = [
            Prize(each.place, PotShare(Rate(1, draw(st.integers(4, 7)))), at_least=each.at_least) for each in prizes
        ]
    return Contest(
        id="law",
        prizes=prizes,
        ties=ties,
        ranking=ranking,
        unmet=unmet or draw(st.sampled_from(Unmet)),
        better=draw(st.sampled_from(Better)),
        entry_minimum=draw(st.one_of(st.none(), few_scores)) if minimums else None,
    )


@st.composite
def fields(draw: st.DrawFn, *, distinct: bool = False) -> list[Entry]:
    """Entries with many ties, which second scores and moments mostly separate."""
    scores = draw(st.lists(few_scores, max_size=7, unique=distinct))
    moments = [datetime(2026, 11, 1, draw(st.integers(0, 3)), tzinfo=UTC) for _ in scores]
    return [
        Entry(f"p{at}", each, tiebreak=draw(st.integers(0, 3)), reached_at=moment)
        for at, (each, moment) in enumerate(zip(scores, moments, strict=True))
    ]


def jpy(minor: int) -> Money:
    return Money.from_minor(minor, "JPY")


def ended(rule: Contest, entries: list[Entry]) -> Standings | None:
    """The standings with a pot of 101 yen where there is one, or None where ranks stay tied."""
    try:
        return judge(rule, entries, pot=jpy(101) if rule.pays_from_pot else None)
    except TieError:
        assert rule.ranking is Ranking.ORDINAL
        return None


@given(contests(), fields(), st.randoms(use_true_random=False))
def test_what_is_offered_is_paid_or_kept_whatever_the_order(rule: Contest, entries: list[Entry], random: Any) -> None:
    found = ended(rule, entries)
    shuffled = random.sample(entries, len(entries))
    assert ended(rule, shuffled) == found
    if found is None:
        return
    fixed = sum(each.award.amount.minor for each in rule.prizes if isinstance(each.award, CashAward))
    assert found.offered == jpy(101 if rule.pays_from_pot else fixed)
    assert found.cash + found.kept == found.offered + found.extra
    assert rule.ties is Ties.FULL or found.extra == jpy(0)
    assert sorted(each.participant for each in found.rows) == sorted(each.participant for each in entries)
    vacant = {each.place for each in found.vacancies}
    assert vacant == {*range(1, rule.places + 1)} - {place for each in found.rows for place in each.places}
    assert all([*(each.why for each in found.rows), *(each.why for each in found.vacancies)])


def value(rule: Contest, one: Entry) -> Fraction:
    return rule.better.strength(one.score)


@given(contests([(Ties.SHARE, Ranking.COMPETITION)], minimums=False), fields())
def test_a_shared_tie_pays_the_mean_of_its_places(rule: Contest, entries: list[Entry]) -> None:
    """The oracle looks at each entry alone: how many are better, how many equal."""
    found = ended(rule, entries)
    assert found is not None
    cash = rule.cash_of_places(jpy(101) if rule.pays_from_pot else None)
    for each in entries:
        better = sum(value(rule, other) > value(rule, each) for other in entries)
        equal = sorted(other.participant for other in entries if other.score == each.score)
        pooled = sum(worth.minor for worth in cash[better : better + len(equal)])
        odd = equal.index(each.participant) < pooled % len(equal)
        assert cash_of(found, each.participant) == jpy(pooled // len(equal) + odd)
        assert {row.rank for row in found.rows if row.participant == each.participant} == {better + 1}


@given(contests([(Ties.FULL, Ranking.COMPETITION), (Ties.FULL, Ranking.DENSE)], Unmet.VACANT), fields())
def test_a_full_tie_pays_the_prize_of_the_rank(rule: Contest, entries: list[Entry]) -> None:
    found = ended(rule, entries)
    assert found is not None
    running = [each for each in entries if rule.meets(each.score, rule.entry_minimum)]
    for each in running:
        better = [other.score for other in running if value(rule, other) > value(rule, each)]
        place = len({*better} if rule.ranking is Ranking.DENSE else better)
        wins = place < rule.places and rule.meets(each.score, rule.minimums()[place])
        assert cash_of(found, each.participant) == (rule.cash_of_places()[place] if wins else jpy(0))


@given(contests(unmet=Unmet.NEXT_PLACE), fields(distinct=True))
def test_the_next_place_is_the_first_free_one_whose_minimum_is_met(rule: Contest, entries: list[Entry]) -> None:
    found = ended(rule, entries)
    assert found is not None
    cash, free = rule.cash_of_places(jpy(101) if rule.pays_from_pot else None), [*range(rule.places)]
    for each in sorted(entries, key=lambda each: -value(rule, each)):
        if not rule.meets(each.score, rule.entry_minimum):
            continue
        place = next((at for at in free if rule.meets(each.score, rule.minimums()[at])), None)
        assert cash_of(found, each.participant) == (jpy(0) if place is None else cash[place])
        free = [at for at in free if place is not None and at > place]


@given(contests([(Ties.SHARE, Ranking.COMPETITION)]), fields())
def test_sharing_costs_what_separating_costs(rule: Contest, entries: list[Entry]) -> None:
    apart = [Entry(each.participant, each.score, tiebreak=at) for at, each in enumerate(entries)]
    other = Contest(
        id=rule.id,
        prizes=rule.prizes,
        ties=Ties.TIEBREAK,
        ranking=Ranking.ORDINAL,
        unmet=rule.unmet,
        better=rule.better,
        entry_minimum=rule.entry_minimum,
    )
    shared, separated = ended(rule, entries), ended(other, apart)
    assert shared is not None
    assert separated is not None
    assert shared.vacancies == separated.vacancies
    assert shared.cash == separated.cash


@given(st.one_of(contests(unmet=Unmet.NEXT_PLACE, falling=True), contests(falling=True, minimums=False)), fields())
def test_where_prizes_fall_a_better_score_gets_no_less(rule: Contest, entries: list[Entry]) -> None:
    """Under VACANT a leader who misses the minimum of place 1 does get less than the second."""
    found = ended(rule, entries)
    if found is None:
        return
    for one in entries:
        for other in entries:
            if value(rule, one) > value(rule, other):
                assert cash_of(found, one.participant) >= cash_of(found, other.participant)


@given(contests(), fields())
def test_lower_is_higher_of_the_negative(rule: Contest, entries: list[Entry]) -> None:
    def negative(each: Any) -> Any:
        return None if each is None else -each

    mirrored = Contest(
        id=rule.id,
        prizes=[Prize(each.place, each.award, at_least=negative(each.at_least)) for each in rule.prizes],
        ties=rule.ties,
        ranking=rule.ranking,
        unmet=rule.unmet,
        better=Better.LOWER if rule.better is Better.HIGHER else Better.HIGHER,
        entry_minimum=negative(rule.entry_minimum),
    )
    turned = [
        Entry(each.participant, negative(each.score), tiebreak=each.tiebreak, reached_at=each.reached_at)
        for each in entries
    ]
    one, other = ended(rule, entries), ended(mirrored, turned)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        shown = [[(row.rank, row.participant, row.places, row.awards) for row in each.rows] for each in (one, other)]
        assert shown[0] == shown[1]
        assert one.kept == other.kept


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(0, 10**6))
@example([3, 3, 3], 100)
def test_parts_of_a_pot_are_exact_to_the_unit(parts: list[int], pot: int) -> None:
    whole = sum(parts) + 1
    prizes = [Prize(place, PotShare(Rate(part, whole))) for place, part in enumerate(parts, start=1)]
    rule = Contest(id="pot", prizes=prizes, ties=Ties.SHARE, ranking=Ranking.COMPETITION, unmet=Unmet.VACANT)
    for part, got in zip(parts, rule.cash_of_places(jpy(pot)), strict=True):
        assert abs(got.minor - Fraction(pot * part, whole)) < 1
    full = [Prize(place, PotShare(Rate(part, whole - 1))) for place, part in enumerate(parts, start=1)]
    all_of_it = Contest(id="pot", prizes=full, ties=Ties.SHARE, ranking=Ranking.COMPETITION, unmet=Unmet.VACANT)
    assert Money.sum(all_of_it.cash_of_places(jpy(pot)), currency="JPY") == jpy(pot)


@given(contests(), fields())
def test_contests_entries_and_standings_are_read_back(rule: Contest, entries: list[Entry]) -> None:
    found = ended(rule, entries)
    for each in (rule, *entries, *([] if found is None else [found])):
        assert from_data(to_data(each), type(each)) == each


def test_every_kind_of_prize_and_score_is_read_back() -> None:
    rule = mixed(Ties.TIEBREAK)
    for each in (
        rule,
        judge(rule, [Entry("a", Rate(2, 3)), Entry("b", Rate(1, 3))]),
        judge(rule, [Entry("a", usd("5")), Entry("b", usd("4"))]),
        Entry("a", 5, reached_on=date(2026, 11, 13)),
        contest("50%@0.80 30%@1.00", entry_minimum=usd("0.10")),
    ):
        assert from_data(to_data(each), type(each)) == each
    assert json_schema(Contest)["title"] == "contest"


def test_prizes_may_be_listed_in_any_order() -> None:
    rule = contest("500 300 200")
    turned = Contest(id="pk", prizes=rule.prizes[::-1], ties=rule.ties, ranking=rule.ranking, unmet=rule.unmet)
    assert turned == rule


# --- bad input -----------------------------------------------------------------------------------------------


def made(*prizes: Any, **policies: Any) -> Contest:
    given: dict[str, Any] = {
        "id": "x",
        "ties": Ties.SHARE,
        "ranking": Ranking.COMPETITION,
        "unmet": Unmet.VACANT,
    } | policies
    return Contest(prizes=prizes, **given)


EUR = CashAward(Money.of("5", "EUR"))
HALF = PotShare(Rate(1, 2))


@pytest.mark.parametrize(
    ("prizes", "policies", "error"),
    [
        ((), {}, ContestError),
        ((Prize(2, CASH),), {}, ContestError),
        ((Prize(1, CASH), Prize(3, CASH)), {}, ContestError),
        ((CASH,), {}, InvalidType),
        ((Prize(1, CASH), Prize(2, EUR)), {}, CurrencyMismatch),
        ((Prize(1, EUR), Prize(2, TRIP)), {"ties": Ties.FULL}, CurrencyMismatch),
        ((Prize(1, CASH, at_least=1), Prize(1, CASH)), {}, ContestError),
        ((Prize(1, CASH, at_least=1), Prize(2, CASH, at_least=Rate(1))), {}, InvalidType),
        ((Prize(1, CASH, at_least=1),), {"entry_minimum": Rate(1)}, InvalidType),
        ((Prize(1, CASH, at_least=usd("1")),), {"entry_minimum": Money.of("1", "EUR")}, CurrencyMismatch),
        ((Prize(1, HALF), Prize(2, PotShare(Rate(501, 1000)))), {}, ContestError),
        ((Prize(1, HALF), Prize(2, HALF)), {"ties": Ties.FULL}, ContestError),
        ((Prize(1, PotShare(Rate(1, 10**40))), Prize(2, PotShare(Rate(1, 10**40 - 1)))), {}, ContestError),
        ((Prize(1, TRIP),), {}, ContestError),
        ((Prize(1, CASH),), {"ranking": Ranking.DENSE}, ContestError),
        ((Prize(1, CASH),), {"ranking": Ranking.DENSE, "ties": Ties.FIRST_TO_REACH}, ContestError),
        ((Prize(1, CASH),), {"ranking": Ranking.ORDINAL}, ContestError),
        ((Prize(1, CASH),), {"ranking": Ranking.ORDINAL, "ties": Ties.FULL}, ContestError),
        ((Prize(1, CASH),), {"id": ""}, InvalidValue),
        ((Prize(1, CASH),), {"entry_minimum": 0.5}, InvalidType),
        ((Prize(1, CASH),), {"unmet": "vacant"}, InvalidType),
    ],
)
def test_what_is_no_contest_is_refused(prizes: Any, policies: Any, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        made(*prizes, **policies)
    assert isinstance(caught.value, SalesplanError)
    assert len(str(caught.value)) < 200


def test_parts_that_make_exactly_one_are_a_contest() -> None:
    assert made(Prize(1, HALF), Prize(2, PotShare(Rate(1, 3))), Prize(2, PotShare(Rate(1, 6)))).places == 2


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: Entry("a", 5, reached_at=datetime(2026, 11, 13)), InvalidValue),
        (lambda: Entry("a", 5, reached_on=datetime(2026, 11, 13, tzinfo=UTC)), InvalidType),
        (lambda: Entry("a", 5, reached_at=date(2026, 11, 13)), InvalidType),  # type: ignore[arg-type]
        (
            lambda: Entry("a", 5, reached_on=date(2026, 1, 1), reached_at=datetime(2026, 1, 1, tzinfo=UTC)),
            InvalidValue,
        ),
        (lambda: Entry("a", 0.5), InvalidType),  # type: ignore[arg-type]
        (lambda: Entry("a", True), InvalidType),
        (lambda: Entry("a", 5, tiebreak=0.5), InvalidType),  # type: ignore[arg-type]
        (lambda: Entry("", 5), InvalidValue),
        (lambda: Prize(0, CASH), InvalidValue),
        (lambda: Prize(1, CASH, at_least=True), InvalidType),
        (lambda: CashAward(usd("-0.01")), InvalidValue),
        (lambda: NonCashAward("trip", description="x", nominal=usd("-0.01")), InvalidValue),
        (lambda: PotShare(Rate(0)), InvalidValue),
        (lambda: PotShare(Rate(101, 100)), InvalidValue),
        (lambda: judge(made(Prize(1, CASH)), [Entry("a", 5), Entry("a", 6)]), ContestError),
        (lambda: judge(made(Prize(1, CASH)), [Entry("a", 5), Entry("b", Rate(1))]), InvalidType),
        (lambda: judge(made(Prize(1, CASH, at_least=Rate(1))), [Entry("a", 5)]), InvalidType),
        (
            lambda: judge(made(Prize(1, CASH)), [Entry("a", usd("5")), Entry("b", Money.of("5", "EUR"))]),
            CurrencyMismatch,
        ),
        (
            lambda: judge(made(Prize(1, CASH)), [Entry("a", 5, tiebreak=1), Entry("b", 5, tiebreak=Rate(1))]),
            InvalidType,
        ),
        (
            lambda: judge(
                made(Prize(1, CASH)),
                [
                    Entry("a", 5, reached_on=date(2026, 1, 1)),
                    Entry("b", 5, reached_at=datetime(2026, 1, 1, tzinfo=UTC)),
                ],
            ),
            InvalidType,
        ),
        (lambda: judge(made(Prize(1, HALF)), []), ContestError),
        (lambda: judge(made(Prize(1, CASH)), [], pot=usd("5")), ContestError),
        (lambda: judge(made(Prize(1, HALF)), [], pot=usd("-5")), ContestError),
        (lambda: judge(made(Prize(1, HALF), Prize(2, CASH)), [], pot=Money.of("5", "EUR")), CurrencyMismatch),
        (lambda: judge(made(Prize(1, CASH)), []).awards_of("a"), NotFound),
        (lambda: made(Prize(1, CASH, at_least=1)).meets(Rate(1), 1), InvalidType),
    ],
)
def test_what_cannot_be_judged_is_refused(call: Any, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, SalesplanError)
    assert len(str(caught.value)) < 200


@given(anything, anything)
def test_nothing_but_our_errors_comes_out(one: Any, other: Any) -> None:
    rule = made(Prize(1, CASH), Prize(2, CASH, at_least=5))
    for error in (
        refusal(Entry, one, other),
        refusal(Entry, "a", 5, reached_on=one, reached_at=other),
        refusal(Entry, "a", 5, tiebreak=one),
        refusal(Prize, one, other),
        refusal(Prize, 1, CASH, at_least=one),
        refusal(CashAward, one),
        refusal(PotShare, one),
        refusal(NonCashAward, one, description=other, nominal=usd("5")),
        refusal(made, one, other),
        refusal(made, Prize(1, CASH), entry_minimum=one, better=other),
        refusal(judge, one, other),
        refusal(judge, rule, one, pot=other),
        refusal(judge, rule, [one, other]),
        refusal(rule.meets, one, other),
        refusal(one_kind, [one, other], name="scores"),
        refusal(Better.HIGHER.strength, one),
        refusal(judge(rule, []).awards_of, one),
    ):
        assert error is None or len(str(error)) < 200
