"""Conditions: below, on and above each edge, and what is said with which numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest

from salesplan.errors import InvalidType, InvalidValue
from salesplan.money import Money
from salesplan.pricing import (
    AllOf,
    AmountOff,
    AnyOf,
    Condition,
    DuringHours,
    FirstOrder,
    InSegment,
    Not,
    Promotion,
    RefusalCode,
    Refused,
    Shopper,
    Weekday,
    price,
)
from salesplan.window import LocalDays, Window
from tests.pricing.notation import cart_of
from tests.pricing.outcome import NOW, assert_gives, priced

Fact = Money | int | str | None


def said(refused: Refused) -> str:
    """`SPEND 100.00 99.99`."""
    return " ".join([refused.code.name, _plain(refused.needed), _plain(refused.have)])


def _plain(fact: Fact) -> str:
    return fact.amount if isinstance(fact, Money) else str(fact)


def outcome(
    cart: str, condition: str, *, before: str = "", fields: str = "", shopper: Shopper | None = None, policy: str = ""
) -> str:
    """How a promotion with one condition ends, in the phase of coupons: "applied", or what is said."""
    rules = f"{before}x: AmountOff(1.00), phase=COUPON, conditions=[{condition}]{fields}"
    found = priced(cart, rules, policy, shopper=shopper or Shopper())
    if any(applied.id == "x" for applied in found.applied):
        return "applied"
    (refused,) = [one for one in found.refused if one.id == "x"]
    return said(refused)


@pytest.mark.parametrize(
    ("cart", "condition", "expected"),
    [
        ("CNY: A 99.99", "SpendAtLeast(100.00, basis=LIST)", "SPEND 100.00 99.99"),
        ("CNY: A 100.00", "SpendAtLeast(100.00, basis=LIST)", "applied"),
        ("CNY: A 100.01", "SpendAtLeast(100.00, basis=LIST)", "applied"),
        ("CNY: A 33.33, B 2 x 33.33", "SpendAtLeast(100.00, basis=RUNNING)", "SPEND 100.00 99.99"),
        ("CNY: A 33.34, B 2 x 33.33", "SpendAtLeast(100.00, basis=RUNNING)", "applied"),
        # shipping is not spend, and what is not discountable counts toward nothing
        ("CNY: A 99.99, shipping 10.00", "SpendAtLeast(100.00, basis=RUNNING)", "SPEND 100.00 99.99"),
        ("CNY: A 99.99, CARD 50.00 discountable=NO", "SpendAtLeast(100.00, basis=LIST)", "SPEND 100.00 99.99"),
        # a scope of its own
        ("CNY: A 60.00, B 60.00", "SpendAtLeast(100.00, basis=LIST, scope=Scope(skus=[A]))", "SPEND 100.00 60.00"),
        ("CNY: A 60.00, B 60.00", "SpendAtLeast(60.00, basis=LIST, scope=Scope(skus=[B]))", "applied"),
        ("CNY: A 60.00", "SpendAtLeast(0.01, basis=LIST, scope=Scope(skus=[Z]))", "SPEND 0.01 0.00"),
        ("JPY: A 99", "SpendAtLeast(100, basis=LIST)", "SPEND 100 99"),
        ("JPY: A 100", "SpendAtLeast(100, basis=LIST)", "applied"),
        ("BHD: A 0.999", "SpendAtLeast(1.000, basis=LIST)", "SPEND 1.000 0.999"),
        ("BHD: A 1.000", "SpendAtLeast(1.000, basis=LIST)", "applied"),
        ("CNY: A 2 x 9.00", "QuantityAtLeast(3)", "QUANTITY 3 2"),
        ("CNY: A 2 x 9.00, B 9.00", "QuantityAtLeast(3)", "applied"),
        ("CNY: A 4 x 9.00", "QuantityAtLeast(3)", "applied"),
        ("CNY: A 2 x 9.00, B 9.00", "QuantityAtLeast(2, scope=Scope(skus=[B]))", "QUANTITY 2 1"),
        ("CNY: A 2 x 9.00, CARD 9.00 discountable=NO", "QuantityAtLeast(3)", "QUANTITY 3 2"),
    ],
)
def test_spend_and_quantity_count_from_the_threshold_on(cart: str, condition: str, expected: str) -> None:
    if cart.startswith("JPY"):
        rules = f"x: AmountOff(1), phase=COUPON, conditions=[{condition}]"
        found = priced(cart, rules)
        assert ("applied" if found.applied else said(found.refused[0])) == expected
    else:
        assert outcome(cart, condition) == expected


# 100.00 on the tag, a flash price of 90.00 in the price layer, 10.00 off the order, then the coupon's turn
BEFORE = "flash: FixedUnitPrice(90.00); ten: AmountOff(10.00); "


@pytest.mark.parametrize(
    ("basis", "on", "above"),
    [
        ("LIST", "100.00", "100.01"),
        ("ACTIVITY", "90.00", "90.01"),
        ("RUNNING", "80.00", "80.01"),
    ],
)
def test_each_basis_adds_up_its_own_prices(basis: str, on: str, above: str) -> None:
    cart = "CNY: A 100.00"
    assert outcome(cart, f"SpendAtLeast({on}, basis={basis})", before=BEFORE) == "applied"
    assert outcome(cart, f"SpendAtLeast({above}, basis={basis})", before=BEFORE) == f"SPEND {above} {on}"
    save = f"SpendAndSave({{{on}: 1.00}}, basis={basis}), phase=COUPON"
    assert_gives(priced(cart, f"{BEFORE} x: {save}"), f"applied flash ten x; base x {on}; total 79.00")
    assert_gives(priced(cart, f"{BEFORE} x: {save.replace(on, above)}"), "refused x SPEND; total 80.00")


@pytest.mark.parametrize("basis", ["LIST", "ACTIVITY", "RUNNING"])
def test_units_that_were_reduced_are_not_counted_where_they_are_left_out(basis: str) -> None:
    # 3 x 100.00, one of them at 9.90: 200.00 untouched
    flash = "flash: FixedUnitPrice(9.90, limit=1); "
    for amount, expected in [("200.00", "applied"), ("200.01", "SPEND 200.01 200.00")]:
        spend = f"SpendAtLeast({amount}, basis={basis}, scope=Scope(discounted=EXCLUDED))"
        assert outcome("CNY: A 3 x 100.00", spend, before=flash) == expected
    for count, expected in [(2, "applied"), (3, "QUANTITY 3 2")]:
        units = f"QuantityAtLeast({count}, scope=Scope(discounted=EXCLUDED))"
        assert outcome("CNY: A 3 x 100.00", units, before=flash) == expected


@pytest.mark.parametrize(
    ("condition", "shopper", "expected"),
    [
        ("InSegment([vip, new])", Shopper(segments=["new"]), "applied"),
        ("InSegment([vip, new])", Shopper(segments=["old"]), "SEGMENT new, vip None"),
        ("InSegment([vip])", Shopper(), "SEGMENT vip None"),
        ("MemberLevelAtLeast(2)", Shopper(member_level=1), "MEMBER_LEVEL 2 1"),
        ("MemberLevelAtLeast(2)", Shopper(member_level=2), "applied"),
        ("MemberLevelAtLeast(2)", Shopper(member_level=3), "applied"),
        ("MemberLevelAtLeast(0)", Shopper(member_level=0), "applied"),
        ("MemberLevelAtLeast(0)", Shopper(), "UNKNOWN_FACT member_level None"),
        ("FirstOrder()", Shopper(orders=0), "applied"),
        ("FirstOrder()", Shopper(orders=1), "NOT_FIRST_ORDER 0 1"),
        ("FirstOrder()", Shopper(), "UNKNOWN_FACT orders None"),
        ("OnChannel([app, mini])", Shopper(channel="mini"), "applied"),
        ("OnChannel([app, mini])", Shopper(channel="web"), "CHANNEL app, mini web"),
        ("OnChannel([app])", Shopper(), "UNKNOWN_FACT channel None"),
        ("CodeEntered(welcome)", Shopper(codes=[" ｗＥlcome\u3000"]), "applied"),
        ("CodeEntered(welcome)", Shopper(codes=["welcome2"]), "CODE_NOT_ENTERED WELCOME None"),
        ("Not(InSegment([vip]))", Shopper(), "applied"),
        ("Not(InSegment([vip]))", Shopper(segments=["vip"]), "EXCLUDED None None"),
        ("Not(FirstOrder())", Shopper(orders=1), "applied"),
        ("Not(FirstOrder())", Shopper(orders=0), "EXCLUDED None None"),
        # unknown is not a no
        ("Not(FirstOrder())", Shopper(), "UNKNOWN_FACT orders None"),
        ("Not(Not(FirstOrder()))", Shopper(), "UNKNOWN_FACT orders None"),
        ("Not(Not(FirstOrder()))", Shopper(orders=0), "applied"),
    ],
)
def test_conditions_on_the_shopper(condition: str, shopper: Shopper, expected: str) -> None:
    assert outcome("CNY: A 10.00", condition, shopper=shopper) == expected


YES = InSegment(["yes"])
NO = InSegment(["no"])
OTHER = InSegment(["other"])
UNKNOWN = FirstOrder()


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (AllOf([YES, YES]), "applied"),
        (AllOf([YES, NO, OTHER]), "SEGMENT no"),
        (AllOf([YES, UNKNOWN]), "UNKNOWN_FACT orders"),
        (AllOf([UNKNOWN, NO]), "SEGMENT no"),
        (AnyOf([NO, YES]), "applied"),
        (AnyOf([UNKNOWN, YES]), "applied"),
        (AnyOf([OTHER, NO]), "SEGMENT other"),
        (AnyOf([NO, UNKNOWN]), "UNKNOWN_FACT orders"),
        (Not(AllOf([YES, YES])), "EXCLUDED None"),
        (Not(AllOf([YES, NO])), "applied"),
        (Not(AllOf([UNKNOWN, NO])), "applied"),  # whatever the unknown is, not all hold
        (Not(AllOf([NO, UNKNOWN])), "applied"),
        (Not(AllOf([YES, UNKNOWN])), "UNKNOWN_FACT orders"),
        (Not(AnyOf([NO, OTHER])), "applied"),
        (Not(AnyOf([NO, YES])), "EXCLUDED None"),
        (Not(AnyOf([UNKNOWN, YES])), "EXCLUDED None"),
        (Not(AnyOf([NO, UNKNOWN])), "UNKNOWN_FACT orders"),  # the unknown one may hold
        (Not(AnyOf([UNKNOWN, NO])), "UNKNOWN_FACT orders"),
        (AllOf([AnyOf([NO, YES]), Not(NO)]), "applied"),
    ],
)
def test_all_any_and_not_keep_what_is_unknown_unknown(condition: Condition, expected: str) -> None:
    offer = Promotion("x", AmountOff(Money.of("1", "CNY")), conditions=[condition])
    found = price(cart_of("CNY: A 10.00"), [offer], at=NOW, shopper=Shopper(segments=["yes"]))
    assert ("applied" if found.applied else f"{found.refused[0].code.name} {found.refused[0].needed}") == expected


def test_the_first_condition_that_fails_is_named() -> None:
    rules = "x: AmountOff(1.00), conditions=[QuantityAtLeast(1), SpendAtLeast(20.00, basis=LIST), QuantityAtLeast(9)]"
    (refused,) = priced("CNY: A 10.00", rules).refused
    assert said(refused) == "SPEND 20.00 10.00"


def test_conditions_nest_sixteen_deep_and_no_deeper() -> None:
    condition: Condition = YES
    for _ in range(16):
        condition = Not(condition)
    offer = Promotion("x", AmountOff(Money.of("1", "CNY")), conditions=[condition])
    found = price(cart_of("CNY: A 10.00"), [offer], at=NOW, shopper=Shopper(segments=["yes"]))
    assert [applied.id for applied in found.applied] == ["x"]  # an even number of negations
    for deeper in (lambda: Not(condition), lambda: AllOf([YES, condition]), lambda: AnyOf([condition])):
        with pytest.raises(InvalidValue) as refused:
            deeper()
        assert refused.value.code == "condition.depth"


@pytest.mark.parametrize(
    ("cart", "before", "condition", "expected"),
    [
        ("CNY: A 10.00, B 10.00", "", "NotAlreadyDiscounted()", "applied"),
        ("CNY: A 10.00, B 10.00", "one: AmountOff(1.00); ", "NotAlreadyDiscounted()", "ALREADY_DISCOUNTED None A, B"),
        (
            "CNY: A 10.00, B 10.00",
            "one: AmountOff(1.00), scope=Scope(skus=[A]); ",
            "NotAlreadyDiscounted()",
            "ALREADY_DISCOUNTED None A",
        ),
        (
            "CNY: A 10.00, B 10.00",
            "one: AmountOff(1.00), scope=Scope(skus=[A]); ",
            "NotAlreadyDiscounted(scope=Scope(skus=[B]))",
            "applied",
        ),
        # one unit of five is enough
        (
            "CNY: A 5 x 10.00",
            "one: FixedUnitPrice(9.00, limit=1); ",
            "NotAlreadyDiscounted()",
            "ALREADY_DISCOUNTED None A",
        ),
    ],
)
def test_goods_already_reduced(cart: str, before: str, condition: str, expected: str) -> None:
    assert outcome(cart, condition, before=before) == expected


# --- windows and hours ---

OPENS, CLOSES = datetime(2026, 11, 11, tzinfo=UTC), datetime(2026, 11, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SHANGHAI = timezone(timedelta(hours=8))


def windowed(window: Window | LocalDays, at: datetime) -> str:
    offer = Promotion("x", AmountOff(Money.of("1", "CNY")), window=window)
    found = price(cart_of("CNY: A 10.00"), [offer], at=at)
    return "applied" if found.applied else f"{found.refused[0].code.name} {found.refused[0].needed}"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (OPENS - TICK, "NOT_STARTED"),
        (OPENS, "applied"),
        (CLOSES - TICK, "applied"),
        (CLOSES, "EXPIRED"),
        (OPENS.astimezone(SHANGHAI), "applied"),  # the same instant on another clock
    ],
)
def test_a_window_holds_from_its_start_to_before_its_end(at: datetime, expected: str) -> None:
    window = Window(OPENS, CLOSES)
    assert windowed(window, at) == (expected if expected == "applied" else f"{expected} {window}")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 11, 11, 0, 0, tzinfo=SHANGHAI) - TICK, "NOT_STARTED"),
        (datetime(2026, 11, 11, 0, 0, tzinfo=SHANGHAI), "applied"),
        (datetime(2026, 11, 11, 23, 59, tzinfo=SHANGHAI), "applied"),
        (datetime(2026, 11, 12, 0, 0, tzinfo=SHANGHAI), "EXPIRED"),
    ],
)
def test_local_days_are_the_days_of_their_zone(at: datetime, expected: str) -> None:
    day = LocalDays(first=date(2026, 11, 11), until=date(2026, 11, 12), zone="Asia/Shanghai")
    assert windowed(day, at).split()[0] == expected
    assert windowed(day, at.astimezone(UTC)).split()[0] == expected


def test_a_window_open_on_one_side() -> None:
    assert windowed(Window(None, CLOSES), datetime.min.replace(tzinfo=UTC)) == "applied"
    assert windowed(Window(OPENS, None), datetime.max.replace(tzinfo=UTC)) == "applied"
    assert windowed(Window(None, CLOSES), CLOSES).startswith("EXPIRED")
    assert windowed(Window(OPENS, None), OPENS - TICK).startswith("NOT_STARTED")


def hours(condition: DuringHours, at: datetime) -> str:
    offer = Promotion("x", AmountOff(Money.of("1", "CNY")), conditions=[condition])
    found = price(cart_of("CNY: A 10.00"), [offer], at=at)
    if found.applied:
        return "applied"
    (refused,) = found.refused
    assert refused.code is RefusalCode.HOURS
    return f"{refused.needed} | {refused.have}"


EVENING = DuringHours(days=[Weekday.FRIDAY], start=time(22), end=time(2), zone="Asia/Shanghai")
NOON = DuringHours(days=[Weekday.FRIDAY], start=time(12), end=time(13, 30), zone="Asia/Shanghai")
FRIDAYS = DuringHours(days=[Weekday.FRIDAY], zone="Asia/Shanghai")
FROM_TEN = DuringHours(days=[Weekday.FRIDAY], start=time(10), end=time(10), zone="Asia/Shanghai")


# 13 November 2026 is a Friday; all clocks in Shanghai
@pytest.mark.parametrize(
    ("condition", "day", "clock", "holds"),
    [
        (NOON, 13, time(11, 59, 59, 999999), False),
        (NOON, 13, time(12), True),
        (NOON, 13, time(13, 29, 59, 999999), True),
        (NOON, 13, time(13, 30), False),
        (NOON, 12, time(12), False),
        (EVENING, 13, time(21, 59, 59, 999999), False),
        (EVENING, 13, time(22), True),
        (EVENING, 13, time(23, 59, 59, 999999), True),
        (EVENING, 14, time(0), True),  # saturday, still friday's evening
        (EVENING, 14, time(1, 59, 59, 999999), True),
        (EVENING, 14, time(2), False),
        (EVENING, 14, time(22), False),
        (EVENING, 13, time(1), False),  # friday at one is thursday's evening
        (FRIDAYS, 12, time(23, 59, 59, 999999), False),
        (FRIDAYS, 13, time(0), True),
        (FRIDAYS, 13, time(23, 59, 59, 999999), True),
        (FRIDAYS, 14, time(0), False),
        (FROM_TEN, 13, time(9, 59), False),  # a whole day that starts at ten
        (FROM_TEN, 13, time(10), True),
        (FROM_TEN, 14, time(9, 59), True),
        (FROM_TEN, 14, time(10), False),
    ],
)
def test_hours_belong_to_the_day_they_start_on(condition: DuringHours, day: int, clock: time, holds: bool) -> None:
    at = datetime.combine(date(2026, 11, day), clock, tzinfo=SHANGHAI)
    assert (hours(condition, at) == "applied") is holds
    assert (hours(condition, at.astimezone(UTC)) == "applied") is holds


def test_hours_past_midnight_reach_from_sunday_into_monday() -> None:
    sunday = DuringHours(days=[Weekday.SUNDAY], start=time(23), end=time(1), zone="UTC")
    assert hours(sunday, datetime(2026, 11, 16, 0, 30, tzinfo=UTC)) == "applied"
    assert hours(sunday, datetime(2026, 11, 15, 0, 30, tzinfo=UTC)) != "applied"


def test_a_refusal_by_the_clock_says_when_and_what_time_it_is() -> None:
    weekend = DuringHours(days=[Weekday.SUNDAY, Weekday.SATURDAY], start=time(9), end=time(18), zone="Asia/Shanghai")
    found = hours(weekend, datetime(2026, 11, 13, 4, 5, tzinfo=UTC))
    assert found == "saturday/sunday 09:00-18:00 Asia/Shanghai | friday 12:05"


def test_hours_follow_the_wall_clock_where_clocks_move() -> None:
    # New York, 8 March 2026: 02:00 becomes 03:00 at 07:00 UTC
    early = DuringHours(start=time(2), end=time(4), zone="America/New_York")
    assert hours(early, datetime(2026, 3, 8, 6, 59, tzinfo=UTC)) != "applied"  # 01:59
    assert hours(early, datetime(2026, 3, 8, 7, 0, tzinfo=UTC)) == "applied"  # 03:00
    assert hours(early, datetime(2026, 3, 8, 8, 0, tzinfo=UTC)) != "applied"  # 04:00


def test_hours_at_the_ends_of_time_are_refused_not_leaked() -> None:
    # there is no local date one day before year 1 or after 9999
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    for at, zone in [(first, "America/New_York"), (last, "Asia/Shanghai")]:
        with pytest.raises(InvalidValue) as refused:
            hours(DuringHours(zone=zone), at)
        assert refused.value.code == "window.range"
    night = DuringHours(days=[Weekday.SUNDAY], start=time(22), end=time(2), zone="UTC")
    assert hours(night, first) == "applied"  # year 1 began on a monday, after a sunday night


def test_codes_of_promotions_and_conditions_are_normal() -> None:
    rules = "a: AmountOff(1.00), code=Student10; b: AmountOff(1.00), conditions=[CodeEntered(student10)]"
    for code in ("student10", "STUDENT10", "ＳＴＵＤＥＮＴ１０", " Student10 "):
        assert_gives(priced("CNY: A 10.00", rules, shopper=Shopper(codes=[code])), "applied a b")
    assert_gives(
        priced("CNY: A 10.00", rules, shopper=Shopper(codes=["student"])),
        "refused a CODE_NOT_ENTERED; refused b CODE_NOT_ENTERED",
    )


def test_codes_that_nothing_answers_to_are_named() -> None:
    rules = (
        "a: AmountOff(1.00), code=one; b: AmountOff(1.00), "
        "conditions=[AnyOf([CodeEntered(two), Not(AllOf([CodeEntered(three)]))])]"
    )
    found = priced("CNY: A 10.00", rules, shopper=Shopper(codes=["one", "two", "three", "zwei", "four"]))
    assert found.unmatched_codes == ("FOUR", "ZWEI")
    assert "nothing answers to FOUR" in found.explain()


def test_days_are_weekdays() -> None:
    wrong: list[Any] = [[], ["friday"], [5], [[]], Weekday.FRIDAY, 5]
    for days in wrong:
        with pytest.raises(InvalidType) as refused:
            DuringHours(days=days, zone="UTC")
        assert refused.value.code == "condition.days"
