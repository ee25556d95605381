"""Who may meet whom, who is chosen, and what is said to the others."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest

from salesplan.errors import InvalidType, InvalidValue
from salesplan.money import Money
from salesplan.pricing import (
    AmountOff,
    Cart,
    CartLine,
    Exclusive,
    Phase,
    Policy,
    PricedCart,
    Promotion,
    PromotionSet,
    Selection,
    price,
)
from tests.pricing.notation import cart_of, policy_of, promotions_of
from tests.pricing.outcome import NOW, assert_gives, priced

HUNDRED = "CNY: A 100.00"
BEST = "selection=BEST_STACK"
PER_GROUP = "selection=BEST_PER_GROUP"

TURNS = ["PRIORITY", "BEST_PER_GROUP", "BEST_STACK"]


@pytest.mark.parametrize(
    ("promotions", "gives"),
    [
        # in the order priority, id
        ("a: AmountOff(10.00); b: PercentOff(10%)", "applied a b; total 81.00"),
        ("a: AmountOff(10.00); b: PercentOff(10%), priority=1", "applied b a; total 80.00"),
        ("b: AmountOff(10.00); a: PercentOff(10%)", "applied a b; total 80.00"),
        ("a: AmountOff(10.00), priority=-1; b: PercentOff(10%)", "applied b a"),
        # the phase comes before the priority
        ("a: AmountOff(10.00), phase=COUPON, priority=9; b: PercentOff(10%)", "applied b a"),
        # one of a group, wherever its members stand
        ("a: AmountOff(1.00), group=g; b: AmountOff(2.00), group=g", "applied a; lost b to a by -1.00 offering 2.00"),
        (
            "a: AmountOff(1.00), group=g; b: AmountOff(2.00), group=g, priority=1",
            "applied b; lost a to b by 1.00 offering 1.00",
        ),
        ("a: AmountOff(1.00), group=g; b: AmountOff(2.00), group=g, phase=COUPON", "applied a"),
        ("a: AmountOff(1.00), group=g; b: AmountOff(2.00), group=h", "applied a b"),
        ("a: AmountOff(1.00), group=g; b: AmountOff(1.00), group=g", "applied a; lost b to a by 0.00 offering 1.00"),
        # a member that takes no effect leaves the place to the next
        (
            "a: AmountOff(1.00), group=g, conditions=[QuantityAtLeast(2)]; b: AmountOff(2.00), group=g",
            "applied b; refused a QUANTITY",
        ),
        # alone in its phase
        ("a: AmountOff(1.00), exclusive=IN_PHASE; b: AmountOff(2.00)", "applied a; lost b to a by -1.00 offering 2.00"),
        ("a: AmountOff(1.00); b: AmountOff(2.00), exclusive=IN_PHASE", "applied a; lost b to a by -1.00 offering 2.00"),
        ("a: AmountOff(1.00), exclusive=IN_PHASE; b: AmountOff(2.00), phase=COUPON", "applied a b"),
        ("a: AmountOff(1.00), exclusive=IN_PHASE, conditions=[QuantityAtLeast(2)]; b: AmountOff(2.00)", "applied b"),
        # combination needs both sides
        ("a: AmountOff(1.00), combines_with=[COUPON]; b: AmountOff(2.00), phase=COUPON", "applied a b"),
        ("a: AmountOff(1.00), combines_with=[POINTS]; b: AmountOff(2.00), phase=COUPON", "applied a"),
        ("a: AmountOff(1.00); b: AmountOff(2.00), phase=COUPON, combines_with=[ITEM]", "applied a"),
        (
            "a: AmountOff(1.00), combines_with=[COUPON]; b: AmountOff(2.00), phase=COUPON, combines_with=[ORDER]",
            "applied a b",
        ),
        ("a: AmountOff(1.00), combines_with=[]; b: AmountOff(2.00)", "applied a"),
        ("a: AmountOff(1.00), combines_with=[ORDER]; b: AmountOff(2.00)", "applied a b"),
        # never with, said by either side, an id or a group
        ("a: AmountOff(1.00), never_with=[b]; b: AmountOff(2.00)", "applied a"),
        ("a: AmountOff(1.00); b: AmountOff(2.00), never_with=[a]", "applied a"),
        ("a: AmountOff(1.00), never_with=[g]; b: AmountOff(2.00), group=g", "applied a"),
        ("a: AmountOff(1.00), group=g; b: AmountOff(2.00), never_with=[g]", "applied a"),
        ("a: AmountOff(1.00), never_with=[z]; b: AmountOff(2.00)", "applied a b"),
        # three: a stands in the way of b, not of c
        ("a: AmountOff(1.00), never_with=[b]; b: AmountOff(2.00); c: AmountOff(3.00), never_with=[b]", "applied a c"),
    ],
)
def test_first_fit_by_priority(promotions: str, gives: str) -> None:
    assert_gives(priced(HUNDRED, promotions), gives)


@pytest.mark.parametrize(
    ("promotions", "policy", "gives"),
    [
        # the first exclusive that takes effect wins alone, or waits for its turn
        (
            "a: AmountOff(9.00); x: AmountOff(1.00), exclusive=IN_CART",
            "",
            "applied x; lost a to x by -8.00 offering 9.00",
        ),
        ("a: AmountOff(9.00); x: AmountOff(1.00), exclusive=IN_CART", "exclusives=IN_TURN", "applied a"),
        ("a: AmountOff(1.00), exclusive=IN_CART; x: AmountOff(9.00)", "exclusives=IN_TURN", "applied a"),
        (
            "a: AmountOff(9.00); x: AmountOff(1.00), exclusive=IN_CART, conditions=[QuantityAtLeast(2)]",
            "",
            "applied a; refused x QUANTITY",
        ),
        ("x: AmountOff(1.00), exclusive=IN_CART; y: AmountOff(2.00), exclusive=IN_CART", "", "applied x"),
        ("x: AmountOff(1.00), exclusive=IN_CART; y: AmountOff(2.00), exclusive=IN_CART, priority=1", "", "applied y"),
        # over other phases as well, the price layer and shipping included
        ("f: FixedUnitPrice(90.00); x: AmountOff(1.00), exclusive=IN_CART", "", "applied x; total 99.00"),
        (
            "f: FixedUnitPrice(90.00); x: AmountOff(1.00), exclusive=IN_CART",
            "exclusives=IN_TURN",
            "applied f; total 90.00",
        ),
    ],
)
def test_exclusive_in_the_cart(promotions: str, policy: str, gives: str) -> None:
    assert_gives(priced(HUNDRED, promotions, policy), gives)


@pytest.mark.parametrize(
    ("promotions", "gives"),
    [
        ("a: AmountOff(1.00), group=g; b: AmountOff(2.00), group=g", "applied b; lost a to b by 1.00 offering 1.00"),
        ("a: AmountOff(2.00), group=g; b: AmountOff(2.00), group=g", "applied a"),
        ("a: AmountOff(1.00), group=g, priority=9; b: AmountOff(2.00), group=g", "applied b"),
        # the best at that moment: 10 % of 100.00, not of what is left after c
        (
            "a: PercentOff(10%), group=g; b: AmountOff(9.99), group=g; c: AmountOff(50.00), priority=-1",
            "applied a c; total 40.00",
        ),
        # 10 % of 50.00 after c
        (
            "a: PercentOff(10%), group=g; b: AmountOff(9.99), group=g; c: AmountOff(50.00), priority=1",
            "applied c b; total 40.01",
        ),
        # a group only chooses inside a phase: its member of a later phase comes too late
        ("a: AmountOff(1.00), group=g; b: AmountOff(2.00), group=g, phase=COUPON", "applied a"),
        # a member that what is applied already forbids is no choice
        (
            "a: AmountOff(1.00), group=g; b: AmountOff(9.00), group=g, never_with=[p]; p: AmountOff(1.00), priority=1",
            "applied p a",
        ),
        ("a: AmountOff(1.00), group=g; b: FreeGift(bag), group=g", "applied a"),
        ("a: AmountOff(1.00); b: AmountOff(2.00)", "applied a b"),
    ],
)
def test_best_per_group_sends_the_member_that_saves_most(promotions: str, gives: str) -> None:
    assert_gives(priced(HUNDRED, promotions, PER_GROUP), gives)


@pytest.mark.parametrize(
    ("promotions", "gives"),
    [
        ("a: AmountOff(1.00), never_with=[b]; b: AmountOff(2.00)", "applied b; lost a to b by 1.00 offering 1.00"),
        # 20.00 alone against 11.00 + 11.00
        (
            "a: AmountOff(20.00), never_with=[b, c]; b: AmountOff(11.00); c: AmountOff(11.00)",
            "applied b c; total 78.00; lost a to b c by 2.00 offering 20.00",
        ),
        ("a: AmountOff(22.01), never_with=[b, c]; b: AmountOff(11.00); c: AmountOff(11.00)", "applied a; total 77.99"),
        # equal savings: fewer promotions, then the earlier turn
        ("a: AmountOff(11.00), never_with=[c]; b: AmountOff(11.00), never_with=[c]; c: AmountOff(22.00)", "applied c"),
        ("a: AmountOff(5.00), group=g; b: AmountOff(5.00), group=g", "applied a"),
        # exclusive in the cart wins only when it beats the best stack
        ("x: AmountOff(2.99), exclusive=IN_CART; a: AmountOff(1.00); b: AmountOff(2.00)", "applied a b; total 97.00"),
        ("x: AmountOff(3.00), exclusive=IN_CART; a: AmountOff(1.00); b: AmountOff(2.00)", "applied a b; total 97.00"),
        ("x: AmountOff(3.01), exclusive=IN_CART; a: AmountOff(1.00); b: AmountOff(2.00)", "applied x; total 96.99"),
        # leaving out a small one that would break the threshold of a large one
        (
            "a: AmountOff(1.00), priority=1; b: SpendAndSave({100: 30}, basis=RUNNING)",
            "applied b; total 70.00; lost a to stack by 29.00 offering 1.00",
        ),
        ("a: AmountOff(1.00), priority=1; b: SpendAndSave({99: 30}, basis=RUNNING)", "applied a b; total 69.00"),
        # a gift breaks a tie
        ("a: AmountOff(5.00), group=g; b: FreeGift(bag), group=h, never_with=[a]", "applied a"),
        ("a: FreeGift(bag), group=g; b: FreeGift(hat, value=9.00), group=g", "applied b"),
        ("a: FreeGift(bag), group=g; b: FreeGift(hat, value=0.01), group=g", "applied a"),
        # the price layer happens; the rest is chosen after it: 10 % of 90.00 against 8.00
        (
            "f: FixedUnitPrice(90.00); a: PercentOff(10%), group=g; b: AmountOff(8.00), group=g",
            "applied f a; total 81.00",
        ),
        (
            "f: FixedUnitPrice(90.00); a: PercentOff(10%), group=g; b: AmountOff(9.01), group=g",
            "applied f b; total 80.99",
        ),
    ],
)
def test_best_stack_saves_most_and_proves_it(promotions: str, gives: str) -> None:
    found = priced(HUNDRED, promotions, BEST)
    assert_gives(found, gives)
    assert found.certificate is not None
    assert found.certificate.is_optimal
    assert found.certificate.saving == found.saving == found.certificate.upper_bound
    assert found.certificate.gap.minor == 0
    assert "no other stack saves more" in found.explain()


def test_only_a_search_has_a_certificate() -> None:
    assert priced(HUNDRED, "a: AmountOff(1.00)").certificate is None
    assert priced(HUNDRED, "a: AmountOff(1.00)", PER_GROUP).certificate is None


# --- the true optimum, by trying every subset ---


def conflict(a: Promotion, b: Promotion) -> bool:
    """The rule from either side, as the documentation says it."""

    def refuses(one: Promotion, other: Promotion) -> bool:
        return (
            one.exclusive is Exclusive.IN_CART
            or (one.group is not None and one.group == other.group)
            or (one.exclusive is Exclusive.IN_PHASE and one.phase is other.phase)
            or (one.combines_with is not None and other.phase not in one.combines_with)
            or other.id in one.never_with
            or (other.group is not None and other.group in one.never_with)
        )

    return refuses(a, b) or refuses(b, a)


def best_saving(cart: Cart, promotions: list[Promotion]) -> Money:
    """The largest saving of any subset without a conflict; the engine only adds up."""
    best = Money.zero(cart.currency)
    for size in range(len(promotions) + 1):
        for subset in combinations(promotions, size):
            if not any(conflict(a, b) for a, b in combinations(subset, 2)):
                best = max(best, price(cart, subset, at=NOW).saving)
    return best


KNOTS = [
    (
        "a: AmountOff(10.00), never_with=[b]; "
        "b: AmountOff(12.00), never_with=[c]; "
        "c: AmountOff(9.00); "
        "d: PercentOff(15%), group=g; "
        "e: SpendAndSave({60: 25}, basis=RUNNING), group=g; "
        "f: AmountOff(7.00), phase=COUPON, combines_with=[ITEM, COUPON]"
    ),
    (
        "a: PercentOff(30%), exclusive=IN_PHASE; "
        "b: AmountOff(16.00); "
        "c: AmountOff(16.00); "
        "d: PercentOff(50%), phase=COUPON, never_with=[a]; "
        "e: AmountOff(40.00), exclusive=IN_CART; "
        "f: SpendAndSave({90: 60}, basis=LIST), phase=POINTS, never_with=[d, b]"
    ),
    (
        "a: SpendAndSave({100: 5}, basis=RUNNING); "
        "b: SpendAndSave({95: 6}, basis=RUNNING); "
        "c: SpendAndSave({89: 7}, basis=RUNNING); "
        "d: SpendAndSave({100: 19}, basis=RUNNING); "
        "e: PercentOff(19%), phase=COUPON; "
        "f: EverySpendSave(every=20, save=5, basis=RUNNING)"
    ),
    (
        "a: NthUnitOff(2, 50%); "
        "b: CheapestFree(3), never_with=[a]; "
        "c: BundlePrice(2, 50.00), never_with=[a]; "
        "d: PercentOff(25%), scope=Scope(discounted=EXCLUDED); "
        "e: AmountOff(20.00), conditions=[NotAlreadyDiscounted()]"
    ),
]


@pytest.mark.parametrize("promotions", KNOTS)
@pytest.mark.parametrize(
    "cart", ["CNY: A 60.00, B 40.00", "CNY: A 2 x 33.33, B 34.00 price_floor=20.00", "CNY: A 3 x 30.00, B 9.99"]
)
def test_best_stack_equals_the_best_of_all_subsets(cart: str, promotions: str) -> None:
    goods, offers = cart_of(cart), promotions_of(promotions, "CNY")
    found = price(goods, offers, at=NOW, policy=policy_of(BEST))
    assert found.saving == best_saving(goods, offers)
    for selection in ("PRIORITY", "BEST_PER_GROUP"):
        assert found.saving >= price(goods, offers, at=NOW, policy=policy_of(f"selection={selection}")).saving


@pytest.mark.parametrize("budget", [1, 2, 5, 20, 100_000])
@pytest.mark.parametrize("promotions", KNOTS)
def test_a_search_that_runs_out_still_bounds_the_optimum(promotions: str, budget: int) -> None:
    goods, offers = cart_of("CNY: A 60.00, B 40.00"), promotions_of(promotions, "CNY")
    found = price(goods, offers, at=NOW, policy=Policy(selection=Selection.BEST_STACK, search_budget=budget))
    proof = found.certificate
    assert proof is not None
    optimum = best_saving(goods, offers)
    assert proof.saving == found.saving <= optimum <= proof.upper_bound
    assert proof.gap == proof.upper_bound - proof.saving
    if proof.is_optimal:
        assert found.saving == optimum
    else:
        assert f"no stack saves {proof.gap.amount} more".replace(".00", "") in found.explain()


def test_sixty_coupons_that_all_conflict_are_one_choice() -> None:
    offers = [
        Promotion(
            f"c{at:02}",
            AmountOff(Money.from_minor(100 + at % 37, "CNY")),
            phase=Phase.COUPON,
            exclusive=Exclusive.IN_PHASE,
        )
        for at in range(60)
    ]
    found = price(cart_of(HUNDRED), offers, at=NOW, policy=Policy(selection=Selection.BEST_STACK))
    assert [applied.id for applied in found.applied] == ["c36"]  # 1.36, the first of two
    assert found.certificate is not None
    assert found.certificate.is_optimal
    assert len(found.not_chosen) == 59
    assert {other.lost_to for other in found.not_chosen} == {("c36",)}
    assert found.not_chosen[0].margin == Money.from_minor(36, "CNY")


def test_sixty_coupons_in_pairs_with_a_small_budget_keep_a_bound() -> None:
    # coupon 2k and 2k + 1 exclude each other, and every coupon the next pair's first: one per pair at most
    offers = []
    for at in range(60):
        never = [f"c{at ^ 1:02}"] + ([f"c{at + 3:02}"] if at < 57 else [])
        offers.append(Promotion(f"c{at:02}", AmountOff(Money.from_minor(100 + 7 * at % 41, "CNY")), never_with=never))
    cart = Cart([CartLine("A", Money.of("1000", "CNY"))])
    found = price(cart, offers, at=NOW, policy=Policy(selection=Selection.BEST_STACK, search_budget=50))
    proof = found.certificate
    assert proof is not None
    assert not proof.is_optimal
    assert proof.saving == found.saving
    assert proof.saving > price(cart, offers, at=NOW).saving or proof.saving.minor > 0
    # amounts that do not depend on each other: the optimum is a weighted independent set, found from the last pair back
    worth = [100 + 7 * at % 41 for at in range(60)]
    best = {(): 0}
    choices: list[tuple[int, ...]] = [(), (0,), (1,)]
    table = {choice: sum(worth[at] for at in choice) for choice in choices}
    for pair in range(1, 30):
        nxt: dict[tuple[int, ...], int] = {}
        for taken, value in table.items():
            for pick in ((), (2 * pair,), (2 * pair + 1,)):
                if taken and pick and pick[0] == taken[0] + 3:
                    continue
                total = value + sum(worth[at] for at in pick)
                nxt[pick] = max(nxt.get(pick, 0), total)
        table = nxt
    best[()] = max(table.values())
    assert proof.saving.minor <= best[()] <= proof.upper_bound.minor


# --- the order of what is given changes nothing ---


def ending(found: PricedCart) -> tuple[object, ...]:
    return found.total, found.applied, found.refused, found.not_chosen, {line.id: line.net for line in found.lines}


@pytest.mark.parametrize("selection", TURNS)
@pytest.mark.parametrize("promotions", KNOTS[:2])
def test_the_order_given_changes_nothing(promotions: str, selection: str) -> None:
    offers = promotions_of(promotions, "CNY")
    policy = policy_of(f"selection={selection}")
    lines = cart_of("CNY: A 2 x 33.33, B 34.00, C 0.01").lines
    first = ending(price(Cart(lines), offers, at=NOW, policy=policy))
    for order in list(permutations(offers))[::37]:
        assert ending(price(Cart(lines), order, at=NOW, policy=policy)) == first
    for mixed in permutations(lines):
        assert ending(price(Cart(mixed), PromotionSet(offers), at=NOW, policy=policy)) == first


@pytest.mark.parametrize("selection", TURNS)
@pytest.mark.parametrize("promotions", KNOTS)
def test_every_promotion_ends_once(promotions: str, selection: str) -> None:
    found = priced("CNY: A 60.00, B 40.00", promotions, f"selection={selection}")
    ends = [*(a.id for a in found.applied), *(r.id for r in found.refused), *(n.id for n in found.not_chosen)]
    assert sorted(ends) == [promotion.id for promotion in found.promotions.promotions]
    for other in found.not_chosen:
        rivals = [applied.promotion for applied in found.applied if applied.id in other.lost_to]
        assert len(rivals) == len(other.lost_to)
        assert all(conflict(other.promotion, rival) for rival in rivals)


def test_margin_is_what_the_swap_would_cost() -> None:
    # PRIORITY keeps a (1.00); with b in its place 5.00 would be saved, and c (10 % of the rest) 0.40 less
    rules = "a: AmountOff(1.00), priority=1, never_with=[b]; b: AmountOff(5.00); c: PercentOff(10%), phase=COUPON"
    found = priced(HUNDRED, rules)
    # as priced 100 - 1 - 9.90 = 89.10; with b 100 - 5 - 9.50 = 85.50
    assert_gives(found, "applied a c; total 89.10; lost b to a by -3.60 offering 5.00")
    assert "a came first, although it would save 3.60 more" in found.explain()


# --- phases and lanes chosen by the caller ---


def test_phases_run_in_the_order_of_the_policy() -> None:
    phases = [Phase.PRICE_SET, Phase.ITEM, Phase.COUPON, Phase.ORDER, Phase.PLATFORM, Phase.POINTS, Phase.SHIPPING]
    offers = promotions_of("o: AmountOff(10.00); c: PercentOff(10%), phase=COUPON", "CNY")
    assert_gives(price(cart_of(HUNDRED), offers, at=NOW), "applied o c; total 81.00")
    assert_gives(price(cart_of(HUNDRED), offers, at=NOW, policy=Policy(phases=phases)), "applied c o; total 80.00")


def test_any_phase_on_goods_may_let_one_promotion_per_line_win() -> None:
    policy = Policy(one_per_line=[Phase.PRICE_SET, Phase.ORDER])
    offers = promotions_of("a: UnitAmountOff(3.00), phase=ORDER; b: PercentOff(10%, per=LINE)", "CNY")
    found = price(cart_of("CNY: A 20.00, B 40.00"), offers, at=NOW, policy=policy)
    assert_gives(found, "of a 3.00 0.00; of b 0.00 4.00; total 53.00")
    alone = price(cart_of("CNY: A 20.00, B 40.00"), offers, at=NOW, policy=Policy(one_per_line=[]))
    assert_gives(alone, "of a 3.00 3.00; of b 1.70 3.70; total 48.60")


@pytest.mark.parametrize("selection", TURNS)
def test_who_may_not_meet_an_earlier_promotion_stays_out_of_the_race_for_lines(selection: str) -> None:
    # b would win the line, and may not stand beside i
    offers = promotions_of("i: UnitAmountOff(10.00); a: AmountOff(3.00); b: AmountOff(5.00), never_with=[i]", "CNY")
    chosen = policy_of(f"selection={selection}").selection
    found = price(cart_of(HUNDRED), offers, at=NOW, policy=Policy(selection=chosen, one_per_line=[Phase.ORDER]))
    assert_gives(found, "applied i a; total 87.00; lost b to i a by 8.00 offering 5.00")


# --- contradictions ---


def cny(amount: str) -> AmountOff:
    return AmountOff(Money.of(amount, "CNY"))


@pytest.mark.parametrize(
    "given",
    [
        {"exclusive": Exclusive.IN_CART, "combines_with": [Phase.COUPON]},
        {"exclusive": Exclusive.IN_CART, "never_with": ["b"]},
        {"exclusive": Exclusive.IN_PHASE, "combines_with": [Phase.ORDER]},
        {"never_with": ["a"]},
        {"group": "g", "never_with": ["g"]},
    ],
)
def test_contradictions_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(InvalidValue) as refused:
        Promotion("a", cny("1"), **given)  # type: ignore[arg-type]
    assert refused.value.code == "promotion.contradiction"


def test_what_only_looks_like_a_contradiction_is_taken() -> None:
    Promotion("a", cny("1"), exclusive=Exclusive.IN_PHASE, combines_with=[Phase.COUPON])
    Promotion("a", cny("1"), exclusive=Exclusive.IN_PHASE, never_with=["b"])
    Promotion("a", cny("1"), exclusive=Exclusive.IN_CART, combines_with=[])


@pytest.mark.parametrize(
    ("given", "kind", "code"),
    [
        ({"phases": tuple(Phase)[1:]}, InvalidValue, "policy.phases"),
        ({"phases": (*Phase, Phase.ITEM)}, InvalidValue, "policy.phases"),
        ({"phases": ["item"]}, InvalidType, "policy.type"),
        ({"phases": 5}, InvalidType, "policy.type"),
        ({"one_per_line": [Phase.SHIPPING]}, InvalidValue, "policy.one_per_line"),
        ({"one_per_line": Phase.ITEM}, InvalidType, "policy.type"),
        ({"one_per_line": [[]]}, InvalidType, "policy.type"),
        ({"selection": "best_stack"}, InvalidType, "policy.type"),
        ({"rounding": None}, InvalidType, "policy.type"),
        ({"search_budget": 0}, InvalidValue, "policy.search_budget"),
        ({"search_budget": 10**9 + 1}, InvalidValue, "policy.search_budget"),
        ({"search_budget": True}, InvalidType, "policy.search_budget"),
        ({"search_budget": 1e3}, InvalidType, "policy.search_budget"),
    ],
)
def test_a_policy_that_means_nothing_is_refused(given: dict[str, object], kind: type[Exception], code: str) -> None:
    with pytest.raises(kind) as refused:
        Policy(**given)  # type: ignore[arg-type]
    assert getattr(refused.value, "code", None) == code
