"""Overrides: the tree above a seller, and what each rule pays along it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesplan.commission.override_rules import (
    ChainBase,
    Differential,
    LevelChain,
    OverrideError,
    OverrideRule,
    TeamBasis,
    TeamOverride,
)
from salesplan.commission.overrides import OverrideLine, Overrides, settle_overrides
from salesplan.commission.rate_table import Application, RateTable
from salesplan.commission.uplines import UplineError, Uplines, group_sums
from salesplan.errors import InvalidType, InvalidValue, NotFound, SalesplanError
from salesplan.ladder import Boundary, Ladder
from salesplan.money import MAX_MINOR, CurrencyMismatch, Money, Rounding
from salesplan.rate import Rate
from salesplan.rulebook import from_data, to_data
from tests.strategies import anything, refusal, roundings
from tests.worked import table

PAGE = "draws-and-overrides.md"
PEOPLE = table(PAGE, "The teams")


def usd(amount: str | int) -> Money:
    return Money.of(amount, "USD")


def jpy(minor: int) -> Money:
    return Money.from_minor(minor, "JPY")


def team(name: str) -> Uplines:
    return Uplines({row["payee"]: None if row["above"] == "-" else row["above"] for row in of_team(name)})


def amounts(name: str, head: str) -> dict[str, Money]:
    return {row["payee"]: usd(row[head]) for row in of_team(name) if row[head]}


def of_team(name: str) -> list[dict[str, str]]:
    return [row for row in PEOPLE if row["team"] == name]


def ladder(tiers: str) -> Ladder[Money, Rate]:
    """`0:2 10000:4` as a ladder."""
    pairs = [step.split(":") for step in tiers.split()]
    steps = [(usd(at), Rate.percent(rate)) for at, rate in pairs]
    return Ladder.of(steps, boundary=Boundary.LOWER_INCLUSIVE)


def team_rule(row: dict[str, str]) -> TeamOverride:
    application = Application[row["application"]]
    percent = "" if application is Application.FIXED else "%"
    steps = [step.split(":") for step in row["tiers"].split()]
    tiers = RateTable.of(
        [(at, value + percent) for at, value in steps],
        currency="USD",
        application=application,
        boundary=Boundary.LOWER_INCLUSIVE,
    )
    levels = int(row["levels"]) if row.get("levels") else None
    return TeamOverride(table=tiers, levels=levels, on=TeamBasis[row.get("on", "SALES")])


def totals(paid: Overrides) -> dict[str, Money]:
    return {payee: paid.total_of(payee) for payee in paid.uplines.payees if paid.total_of(payee).minor}


def listed_pays(text: str) -> dict[str, Money]:
    words = text.split()
    return {payee.replace("_", " "): usd(paid) for payee, paid in zip(words[::2], words[1::2], strict=True)}


# --- worked tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table(PAGE, "Team overrides"), ids=lambda row: f"{row['team']} {row['pays']}")
def test_teams_pay_as_worked(row: dict[str, str]) -> None:
    name = row["team"]
    paid = settle_overrides(
        team(name), amounts(name, "sales"), team_rule(row), commissions=amounts(name, "earned") or None
    )
    assert totals(paid) == listed_pays(row["pays"])
    assert paid.total == Money.sum(listed_pays(row["pays"]).values(), currency="USD")


LINES = table(PAGE, "The lines of a team override")


@pytest.mark.parametrize("rule", sorted({(row["team"], row["tiers"]) for row in LINES}))
def test_lines_of_teams_are_as_worked(rule: tuple[str, str]) -> None:
    rows = [row for row in LINES if (row["team"], row["tiers"]) == rule]
    paid = settle_overrides(team(rule[0]), amounts(rule[0], "sales"), team_rule(rows[0]))
    found = {(line.payee, line.source, line.base, line.amount) for line in paid.lines}
    assert found == {(row["payee"], row["from"], usd(row["base"]), usd(row["paid"])) for row in rows}


DIFFERENTIALS = table(PAGE, "Differentials")


@pytest.mark.parametrize("rule", sorted({(row["team"], row["ladder"]) for row in DIFFERENTIALS}))
def test_differences_are_paid_as_worked(rule: tuple[str, str]) -> None:
    name, steps = rule
    rows = [row for row in DIFFERENTIALS if (row["team"], row["ladder"]) == rule]
    paid = settle_overrides(team(name), amounts(name, "sales"), Differential(ladder=ladder(steps)))
    found = Counter((line.payee, line.source, line.base, line.rate, line.amount) for line in paid.lines)
    assert found == Counter(
        (row["payee"], row["from"], usd(row["base"]), Fraction(row["rate"]) / 100, usd(row["paid"])) for row in rows
    )
    assert all(line.level == (line.source != line.payee) for line in paid.lines)


@pytest.mark.parametrize("row", table(PAGE, "Level chains"), ids=lambda row: f"{row['team']} {row['pays']}")
def test_chains_pay_as_worked(row: dict[str, str]) -> None:
    rule = LevelChain(rates=[Rate.percent(rate) for rate in row["rates"].split()], base=ChainBase[row["base"]])
    paid = settle_overrides(team(row["team"]), amounts(row["team"], "sales"), rule)
    assert totals(paid) == listed_pays(row["pays"])


# --- the tree ------------------------------------------------------------------------------------------------


@st.composite
def some_uplines(draw: st.DrawFn) -> Uplines:
    """Up to eight payees; each under one drawn before, or at a top."""
    names = draw(st.permutations("abcdefgh"))[: draw(st.integers(1, 8))]
    above = {name: draw(st.sampled_from([None, *names[:at]])) for at, name in enumerate(names)}
    return Uplines(above)


small = st.one_of(st.sampled_from([0, 1, 1, 2, 3, 5, 10, 50, 99, 100, 101, -1, -50]), st.integers(-120, 300))
positive = small.map(abs)


@st.composite
def some_sales(draw: st.DrawFn, minor: st.SearchStrategy[int] = small) -> tuple[Uplines, dict[str, Money]]:
    tree = draw(some_uplines())
    sold = draw(st.dictionaries(st.sampled_from(tree.payees), minor.map(jpy), min_size=1))
    return tree, sold


def is_below(tree: Uplines, payee: str, upline: str) -> int | None:
    """How many steps one stands below the other; None where they do not."""
    chain = tree.chain(payee)
    return chain.index(upline) if upline in chain else None


@given(some_sales(), st.one_of(st.none(), st.integers(0, 4)))
def test_group_sums_are_those_of_everybody_below(case: tuple[Uplines, dict[str, Money]], levels: int | None) -> None:
    tree, sold = case
    own = [sold.get(payee, jpy(0)).minor for payee in tree.payees]
    for payee, found in zip(tree.payees, group_sums(tree, own, levels=levels), strict=True):
        steps = {each: is_below(tree, each, payee) for each in tree.payees}
        assert found == sum(
            own[tree.place(each)]
            for each, step in steps.items()
            if step is not None and (levels is None or step <= levels)
        )


@given(some_uplines())
def test_payees_come_depth_first_and_the_tree_can_be_stored(tree: Uplines) -> None:
    assert sorted(tree.payees) == sorted(tree.above)
    for place, (payee, parent) in enumerate(zip(tree.payees, tree.parents, strict=True)):
        assert tree.place(payee) == place
        assert payee in tree
        assert (None if parent < 0 else tree.payees[parent]) == tree.above[payee]
        assert parent < place
        below = [is_below(tree, each, payee) is not None for each in tree.payees]
        assert all(below[place : place + sum(below)])
    again = from_data(to_data(tree), Uplines)
    assert (again, again.payees, again.parents) == (tree, tree.payees, tree.parents)
    assert Uplines(dict(list(tree.above.items())[::-1])).payees == tree.payees


@pytest.mark.parametrize(
    ("above", "code", "value"),
    [
        ({"a": "b", "b": "c", "c": "a"}, "commission.circle", ("a", "b", "c")),
        ({"x": None, "c": "b", "b": "c", "a": "b"}, "commission.circle", ("b", "c")),
        ({"a": "a"}, "commission.circle", ("a",)),
        ({"a": "z", "b": None}, "commission.orphan", "a"),
        ({}, "commission.no_payees", ()),
    ],
)
def test_what_is_no_tree_is_named(above: dict[str, str | None], code: str, value: object) -> None:
    with pytest.raises(UplineError) as caught:
        Uplines(above)
    assert (caught.value.code, caught.value.value) == (code, value)
    assert len(str(caught.value)) < 200


def test_a_deep_chain_is_walked() -> None:
    names = [f"{number:06}" for number in range(100_000)]
    tree = Uplines({name: names[at - 1] if at else None for at, name in enumerate(names)})
    assert tree.payees == tuple(names)
    assert tree.chain(names[-1]) == tuple(names[::-1])
    assert group_sums(tree, [1] * len(names), levels=None)[0] == len(names)
    assert group_sums(tree, [1] * len(names), levels=2)[:1] == [3]


def test_a_deep_chain_is_settled() -> None:
    size = 20_000
    names = [f"{number:06}" for number in range(size)]
    tree = Uplines({name: names[at - 1] if at else None for at, name in enumerate(names)})
    sold = {names[-1]: jpy(100), names[0]: jpy(7)}
    flat = RateTable.of([(0, "1%")], currency="JPY", application=Application.WHOLE, boundary=Boundary.LOWER_INCLUSIVE)
    paid = settle_overrides(tree, sold, TeamOverride(table=flat, levels=None, on=TeamBasis.SALES))
    assert paid.total == jpy(size - 1)
    near = settle_overrides(tree, sold, TeamOverride(table=flat, levels=2, on=TeamBasis.SALES))
    assert totals(near) == {names[-2]: jpy(1), names[-3]: jpy(1)}
    two = Ladder.of([(jpy(0), Rate(1, 10)), (jpy(107), Rate(1, 5))], boundary=Boundary.LOWER_INCLUSIVE)
    assert totals(settle_overrides(tree, sold, Differential(ladder=two))) == {
        names[-1]: jpy(10),
        names[0]: jpy(11),  # a tenth of 100 more, and a fifth of 7, are 11.4
    }


def test_a_deep_circle_is_named() -> None:
    names = [f"{number:06}" for number in range(100_000)]
    with pytest.raises(UplineError) as caught:
        Uplines({name: names[at - 1] for at, name in enumerate(names)})
    assert len(str(caught.value)) < 200


# --- rules ---------------------------------------------------------------------------------------------------

share = st.sampled_from([0, 1, 2, 5, 10, 33, 50, 100]).map(lambda percent: Rate(percent, 100))
SYMMETRIC = st.sampled_from([Rounding.HALF_UP, Rounding.HALF_EVEN, Rounding.DOWN, Rounding.UP])


@st.composite
def some_ladders(draw: st.DrawFn) -> Ladder[Money, Rate]:
    edges = sorted(draw(st.sets(st.sampled_from([0, 1, 50, 100, 101, 200, 300]), min_size=1, max_size=4)))
    shares = sorted(draw(st.lists(share, min_size=len(edges), max_size=len(edges))))
    boundary = draw(st.sampled_from(Boundary))
    return Ladder.of([(jpy(at), rate) for at, rate in zip(edges, shares, strict=True)], boundary=boundary)


@st.composite
def some_team_rules(draw: st.DrawFn) -> TeamOverride:
    tiers = RateTable(
        draw(some_ladders()),
        application=draw(st.sampled_from([Application.MARGINAL, Application.WHOLE])),
        currency=jpy(0).currency,
        rounding=draw(SYMMETRIC),
    )
    levels = draw(st.one_of(st.none(), st.integers(1, 4)))
    return TeamOverride(table=tiers, levels=levels, on=draw(st.sampled_from(TeamBasis)))


differentials = st.builds(Differential, ladder=some_ladders(), rounding=SYMMETRIC)
chains = st.builds(
    LevelChain, rates=st.lists(share, min_size=1, max_size=4), base=st.sampled_from(ChainBase), rounding=SYMMETRIC
)
rules: st.SearchStrategy[OverrideRule] = st.one_of(some_team_rules(), differentials, chains)

Case = tuple[Uplines, dict[str, Money]]
NOTES = (
    Uplines({"a": None, "b": "a", "c": "b"}),
    {"a": jpy(100), "b": jpy(-150), "c": jpy(200)},
)
TWO_LEGS = (Uplines({"a": None, "b": "a", "c": "b", "d": "a"}), {"c": jpy(1), "d": jpy(1)})
HALVES = (Uplines({"a": None, "b": "a", "c": "a"}), {"b": jpy(1), "c": jpy(-1)})
TWO_STEPS = Ladder.of([(jpy(0), Rate(2, 100)), (jpy(100), Rate(5, 100))], boundary=Boundary.LOWER_INCLUSIVE)


def settled(case: Case, rule: OverrideRule) -> Overrides:
    tree, sold = case
    return settle_overrides(tree, sold, rule, commissions=sold)


def exact_totals(paid: Overrides) -> dict[str, Fraction]:
    """What payees would be paid before rounding, from the lines."""
    found: dict[str, Fraction] = {}
    for line in paid.lines:
        assert line.rate is not None
        found[line.payee] = found.get(line.payee, Fraction(0)) + line.base.minor * line.rate
    return found


@given(some_sales(), rules)
@example(TWO_LEGS, LevelChain(rates=[Rate(1, 2)] * 3, base=ChainBase.FULL))
def test_lines_sum_to_what_is_paid(case: Case, rule: OverrideRule) -> None:
    paid = settled(case, rule)
    rounding = rule.table.rounding if isinstance(rule, TeamOverride) else rule.rounding
    for payee in case[0].payees:
        lines = paid.lines_of(payee)
        assert paid.total_of(payee) == Money.sum((line.amount for line in lines), currency="JPY")
        for line in lines:
            assert line.rate is not None
            assert abs(line.amount.minor - line.base.minor * line.rate) < 1
        if not (isinstance(rule, LevelChain) and rule.base is ChainBase.LESS_LOWER_LEVELS):
            exact = exact_totals(paid).get(payee, Fraction(0))
            assert paid.total_of(payee).minor == rounding.divide(exact.numerator, exact.denominator)
    assert paid.total == Money.sum((line.amount for line in paid.lines), currency="JPY")
    order = [(line.payee, line.level, line.source) for line in paid.lines]
    assert order == sorted(order)


@given(some_sales(), rules, st.randoms(use_true_random=False))
def test_the_order_of_mappings_changes_nothing(case: Case, rule: OverrideRule, random: Any) -> None:
    def shuffled(mapping: Mapping[str, Any]) -> dict[str, Any]:
        items = list(mapping.items())
        random.shuffle(items)
        return dict(items)

    tree, sold = case
    assert settled((Uplines(shuffled(tree.above)), shuffled(sold)), rule) == settled(case, rule)


@given(some_sales(), rules)
@example(NOTES, Differential(ladder=TWO_STEPS))
@example(HALVES, LevelChain(rates=[Rate(0), Rate(1, 2)], base=ChainBase.FULL))
def test_credit_notes_mirror_sales(case: Case, rule: OverrideRule) -> None:
    tree, sold = case
    mirrored = settled((tree, {payee: -sale for payee, sale in sold.items()}), rule)
    assert mirrored.lines == tuple(
        attrs.evolve(line, base=-line.base, amount=-line.amount) for line in settled(case, rule).lines
    )


@given(some_sales(), rules)
def test_naming_who_sold_nothing_changes_nothing(case: Case, rule: OverrideRule) -> None:
    tree, sold = case
    assert settled((tree, {payee: jpy(0) for payee in tree.payees} | sold), rule) == settled(case, rule)


@given(some_sales(), some_team_rules())
def test_an_upline_is_paid_by_the_table_on_all_below(case: Case, rule: TeamOverride) -> None:
    tree, sold = case
    other = {payee: sale * 3 for payee, sale in sold.items()}
    paid = settle_overrides(tree, sold, rule, commissions=other)
    taken = sold if rule.on is TeamBasis.SALES else other
    for upline in tree.payees:
        below = {payee: is_below(tree, payee, upline) for payee in taken}
        counted = [payee for payee, step in below.items() if step and (rule.levels is None or step <= rule.levels)]
        volume = Money.sum((taken[payee] for payee in counted), currency="JPY")
        assert paid.total_of(upline) == rule.table.pay(volume)
        legs = [line.source for line in paid.lines_of(upline)]
        assert all(leg is not None and tree.above[leg] == upline for leg in legs)


def differential_oracle(tree: Uplines, sold: dict[str, Money], rule: Differential) -> dict[str, Fraction]:
    """Every sale walks up on its own; each payee takes what their rate is above the highest so far."""
    rates = {}
    for payee in tree.payees:
        volume = sum(sale.minor for seller, sale in sold.items() if is_below(tree, seller, payee) is not None)
        rates[payee] = rule.ladder.value_at(jpy(abs(volume))) or Rate(0)
    found = dict.fromkeys(tree.payees, Fraction(0))
    for seller, sale in sold.items():
        highest = Rate(0)
        for payee in tree.chain(seller):
            if rates[payee] > highest:
                found[payee] += sale.minor * (rates[payee] - highest).to_fraction()
                highest = rates[payee]
    return found


@given(some_sales(), differentials)
@example(NOTES, Differential(ladder=TWO_STEPS))
def test_differences_are_those_of_each_sale_on_its_own(case: Case, rule: Differential) -> None:
    expected = differential_oracle(*case, rule)
    found = exact_totals(settled(case, rule))
    assert {payee: exact for payee, exact in expected.items() if exact} == {
        payee: exact for payee, exact in found.items() if exact
    }


@given(some_sales(positive), differentials)
def test_differences_telescope_to_the_rate_of_the_top(case: Case, rule: Differential) -> None:
    """Without credit notes nobody has a lower rate than anybody below: each sale is paid the rate of its top."""
    tree, sold = case
    paid = settled(case, rule)
    tops = {seller: tree.chain(seller)[-1] for seller in sold}
    expected = Fraction(0)
    for top in {*tops.values()}:
        volume = sum(sale.minor for seller, sale in sold.items() if tops[seller] == top)
        expected += volume * (rule.ladder.value_at(jpy(volume)) or Rate(0)).to_fraction()
    assert sum(exact_totals(paid).values(), start=Fraction(0)) == expected
    # and every leg is one line, caught up or not
    for payee in tree.payees:
        legs = [line.source for line in paid.lines_of(payee) if line.level == 1]
        assert len(legs) == len({*legs})


@given(some_sales(), chains)
def test_chains_pay_level_by_level(case: Case, rule: LevelChain) -> None:
    tree, sold = case
    expected = []
    for seller, sale in sold.items():
        left = sale
        for level, (payee, rate) in enumerate(zip(tree.chain(seller), rule.rates, strict=False)):
            if left.minor and rate != Rate(0):
                expected.append((payee, seller, level, left, rate.to_fraction()))
            if rule.base is ChainBase.LESS_LOWER_LEVELS:
                left = left - left.times(rate, rule.rounding)
    lines = settled(case, rule).lines
    assert Counter((line.payee, line.source, line.level, line.base, line.rate) for line in lines) == Counter(expected)
    if rule.base is ChainBase.LESS_LOWER_LEVELS:  # each line is what was really paid
        for line in lines:
            assert line.rate is not None
            rate = Rate(line.rate.numerator, line.rate.denominator)
            assert line.amount == line.base.times(rate, rule.rounding)


@given(some_sales(positive), st.lists(share, min_size=1, max_size=4), roundings)
def test_less_lower_levels_never_pays_more_than_the_sale(case: Case, rates: list[Rate], rounding: Rounding) -> None:
    rule = LevelChain(rates=rates, base=ChainBase.LESS_LOWER_LEVELS, rounding=rounding)
    paid = settled(case, rule)
    for seller, sale in case[1].items():
        lines = [line.amount for line in paid.lines if line.source == seller]
        assert all(amount.minor >= 0 for amount in lines)
        assert Money.sum(lines, currency="JPY") <= sale


@given(rules)
def test_rules_can_be_stored(rule: OverrideRule) -> None:
    assert from_data(to_data(rule), OverrideRule) == rule


# --- amounts instead of rates ---------------------------------------------------------------------------------


def test_a_table_of_amounts_pays_the_team_as_one() -> None:
    tiers = RateTable.of(
        [("100", "5"), ("200", "9")],
        currency="JPY",
        application=Application.FIXED,
        boundary=Boundary.LOWER_INCLUSIVE,
    )
    rule = TeamOverride(table=tiers, levels=None, on=TeamBasis.SALES)
    tree = Uplines({"a": None, "b": "a", "c": "a"})
    for sold, pays in ((99, 0), (100, 5), (199, 5), (200, 9), (-200, -9)):
        (line,) = settle_overrides(tree, {"b": jpy(sold - 1), "c": jpy(1)}, rule).lines
        assert line == OverrideLine(payee="a", source=None, level=1, base=jpy(sold), rate=None, amount=jpy(pays))
    assert "the team" in settle_overrides(tree, {"b": jpy(100)}, rule).explain()


def test_who_has_nobody_below_gets_no_team_override() -> None:
    tiers = RateTable.of([(0, "5")], currency="JPY", application=Application.FIXED, boundary=Boundary.LOWER_INCLUSIVE)
    rule = TeamOverride(table=tiers, levels=None, on=TeamBasis.SALES)
    paid = settle_overrides(Uplines({"a": None, "b": "a"}), {"a": jpy(1)}, rule)
    assert totals(paid) == {"a": jpy(5)}


# --- shown ---------------------------------------------------------------------------------------------------


def test_overrides_explain_themselves() -> None:
    rule = Differential(ladder=ladder("0:2 10000:4.125"))
    paid = settle_overrides(team("chain"), amounts("chain", "sales"), rule)
    assert paid.explain().splitlines() == [
        "USD  from   level      base    rate  amount",
        "low  low        0   8000.00      2%  160.00",
        "mid  mid        0   4000.00  4.125%  165.00",
        "mid  low        1   8000.00  2.125%  170.00",
        "     total                           335.00",
        "top  top        0   1000.00  4.125%   41.25",
        "top  mid        1  12000.00      0%    0.00",
        "     total                            41.25",
    ]
    assert paid.explain("low").splitlines() == [
        "USD  from  level     base  rate  amount",
        "low  low       0  8000.00    2%  160.00",
    ]
    columns = paid.to_columns()
    assert columns["payee"] == ["low", "mid", "mid", "top", "top"]
    assert columns["source"] == ["low", "mid", "low", "top", "mid"]
    assert columns["level"] == [0, 0, 1, 0, 1]
    assert columns["base"] == [800000, 400000, 800000, 100000, 1200000]
    assert columns["rate"][2] == Fraction(2125, 100000)
    assert columns["amount"] == [16000, 16500, 17000, 4125, 0]
    assert paid._repr_html_().count("<tr>") == 8


def test_rates_are_shown_to_four_places() -> None:
    rule = LevelChain(rates=[Rate(1, 3)], base=ChainBase.FULL)
    assert "33.3333%" in settle_overrides(Uplines({"a": None}), {"a": jpy(3)}, rule).explain()


# --- bad input -----------------------------------------------------------------------------------------------

FLAT = RateTable.of([(0, "1%")], currency="JPY", application=Application.WHOLE, boundary=Boundary.LOWER_INCLUSIVE)
PAIR = Uplines({"a": None, "b": "a"})
CHAIN = LevelChain(rates=[Rate(1, 10)], base=ChainBase.FULL)


def steps(*pairs: tuple[Any, Any]) -> Ladder[Any, Any]:
    return Ladder.of(list(pairs), boundary=Boundary.LOWER_INCLUSIVE)


@pytest.mark.parametrize(
    ("kind", "terms", "error"),
    [
        (TeamOverride, {"table": FLAT, "levels": 0, "on": TeamBasis.SALES}, InvalidValue),
        (TeamOverride, {"table": FLAT, "levels": True, "on": TeamBasis.SALES}, InvalidType),
        (TeamOverride, {"table": FLAT, "levels": None, "on": "sales"}, InvalidType),
        (TeamOverride, {"table": Rate(1), "levels": None, "on": TeamBasis.SALES}, InvalidType),
        (Differential, {"ladder": steps((jpy(0), Rate(2, 1)))}, OverrideError),
        (Differential, {"ladder": steps((jpy(0), Rate(-1, 10)))}, OverrideError),
        (Differential, {"ladder": steps((jpy(0), Rate(1, 5)), (jpy(1), Rate(1, 10)))}, OverrideError),
        (Differential, {"ladder": steps((jpy(-1), Rate(1, 5)))}, OverrideError),
        (Differential, {"ladder": steps((jpy(0), "5%"))}, InvalidType),
        (Differential, {"ladder": steps((0, Rate(1, 5)))}, InvalidType),
        (Differential, {"ladder": {0: Rate(1, 5)}}, InvalidType),
        (Differential, {"ladder": steps((jpy(0), Rate(1, 5))), "rounding": "up"}, InvalidType),
        (LevelChain, {"rates": [Rate(-1, 10)], "base": ChainBase.FULL}, OverrideError),
        (LevelChain, {"rates": [Rate(11, 10)], "base": ChainBase.FULL}, OverrideError),
        (LevelChain, {"rates": [], "base": ChainBase.FULL}, OverrideError),
        (LevelChain, {"rates": [Rate(0)] * 101, "base": ChainBase.FULL}, OverrideError),
        (LevelChain, {"rates": ["10%"], "base": ChainBase.FULL}, InvalidType),
        (LevelChain, {"rates": Rate(1, 10), "base": ChainBase.FULL}, InvalidType),
        (LevelChain, {"rates": [Rate(1, 10)], "base": "full"}, InvalidType),
    ],
)
def test_what_is_no_rule_is_refused(kind: Any, terms: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        kind(**terms)
    assert isinstance(caught.value, SalesplanError)
    assert len(str(caught.value)) < 200


def test_tiers_by_attainment_pay_no_override() -> None:
    by_attainment = RateTable.of(
        [("80%", "1%")], currency="JPY", application=Application.WHOLE, boundary=Boundary.LOWER_INCLUSIVE
    )
    with pytest.raises(OverrideError):
        TeamOverride(table=by_attainment, levels=None, on=TeamBasis.SALES)


def test_what_cannot_be_settled_is_refused() -> None:
    on_pay = TeamOverride(table=FLAT, levels=None, on=TeamBasis.COMMISSION)
    most = Money(MAX_MINOR, jpy(0).currency)
    calls: list[tuple[Any, type[Exception]]] = [
        (lambda: settle_overrides(PAIR, {"z": jpy(1)}, CHAIN), NotFound),
        (lambda: settle_overrides(PAIR, {3: jpy(1)}, CHAIN), NotFound),  # type: ignore[dict-item]
        (lambda: settle_overrides(PAIR, {"a": jpy(1)}, CHAIN, commissions={"z": jpy(1)}), NotFound),
        (lambda: settle_overrides(PAIR, {"a": jpy(1), "b": usd(1)}, CHAIN), CurrencyMismatch),
        (lambda: settle_overrides(PAIR, {"a": usd(1)}, Differential(ladder=TWO_STEPS)), CurrencyMismatch),
        (lambda: settle_overrides(PAIR, {"a": usd(1)}, on_pay, commissions={"a": usd(1)}), CurrencyMismatch),
        (lambda: settle_overrides(PAIR, {"a": usd(1)}, CHAIN, commissions={"a": jpy(1)}), CurrencyMismatch),
        (lambda: settle_overrides(PAIR, {"a": jpy(1)}, on_pay), InvalidValue),
        (lambda: settle_overrides(PAIR, {}, CHAIN), InvalidValue),
        (lambda: settle_overrides(PAIR, {"a": 5}, CHAIN), InvalidType),  # type: ignore[dict-item]
        (lambda: settle_overrides(PAIR, [("a", jpy(1))], CHAIN), InvalidType),  # type: ignore[arg-type]
        (lambda: settle_overrides({"a": None}, {"a": jpy(1)}, CHAIN), InvalidType),  # type: ignore[arg-type]
        (lambda: settle_overrides(PAIR, {"a": jpy(1)}, FLAT), InvalidType),  # type: ignore[arg-type]
        (lambda: settle_overrides(PAIR, {"a": most, "b": most}, Differential(ladder=TWO_STEPS)), InvalidValue),
        (lambda: settle_overrides(PAIR, {"a": jpy(1)}, CHAIN).total_of("z"), NotFound),
        (lambda: settle_overrides(PAIR, {"a": jpy(1)}, CHAIN).explain("z"), NotFound),
        (lambda: PAIR.chain("z"), NotFound),
        (lambda: Uplines({"a": 3}), InvalidType),  # type: ignore[dict-item]
        (lambda: Uplines({3: "a"}), InvalidType),  # type: ignore[dict-item]
        (lambda: Uplines([("a", None)]), InvalidType),  # type: ignore[arg-type]
    ]
    for call, error in calls:
        with pytest.raises(error):
            call()


def test_no_sales_but_commissions_are_enough() -> None:
    on_pay = TeamOverride(table=FLAT, levels=None, on=TeamBasis.COMMISSION)
    assert settle_overrides(PAIR, {}, on_pay, commissions={"b": jpy(100)}).total_of("a") == jpy(1)


@given(anything, anything)
def test_anything_is_settled_or_refused(a: Any, b: Any) -> None:
    refusal(Uplines, a)
    refusal(Uplines, {"a": a, "b": None})
    refusal(settle_overrides, a, {"a": jpy(1)}, CHAIN)
    refusal(settle_overrides, PAIR, a, CHAIN)
    refusal(settle_overrides, PAIR, {"a": a, "b": b}, CHAIN)
    refusal(settle_overrides, PAIR, {"a": jpy(1)}, a)
    refusal(settle_overrides, PAIR, {"a": jpy(1)}, CHAIN, commissions=a)
    refusal(settle_overrides(PAIR, {"a": jpy(1)}, CHAIN).total_of, a)
    refusal(PAIR.chain, a)
    refusal(TeamOverride, table=a, levels=None, on=TeamBasis.SALES)
    refusal(TeamOverride, table=FLAT, levels=a, on=b)
    refusal(Differential, ladder=a)
    refusal(LevelChain, rates=a, base=ChainBase.FULL)
    refusal(LevelChain, rates=[a], base=b)
    refusal(Overrides, uplines=PAIR, rule=CHAIN, currency=a, lines=b)
    refusal(Overrides, uplines=PAIR, rule=CHAIN, currency=jpy(0).currency, lines=a)
    refusal(Overrides, uplines=PAIR, rule=CHAIN, currency=jpy(0).currency, lines=[b])
