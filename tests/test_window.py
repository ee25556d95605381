"""Windows: half-open, never naive, and local days as the wall clock shows them."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesplan.errors import InvalidType, InvalidValue
from salesplan.window import ALWAYS, LocalDays, Window, require_instant, zone_of
from tests.strategies import (
    HOSTILE,
    ZONES,
    anything,
    instants,
    local_days,
    moments,
    refusal,
    windows,
    zones,
)
from tests.worked import table

TICK = timedelta(microseconds=1)
NEW_YORK = ZoneInfo("America/New_York")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def since_1970(at: datetime) -> timedelta:
    """Return the elapsed time by hand: the wall clock less its offset from UTC."""
    offset = at.utcoffset()
    assert offset is not None
    return at.replace(tzinfo=None) - datetime(1970, 1, 1) - offset


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def day_in(zone: str, day: date) -> LocalDays:
    return LocalDays(first=day, until=day + timedelta(days=1), zone=zone)


# --- windows of instants ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offset", "inside"),
    [
        (-TICK, False),
        (0 * TICK, True),
        (TICK, True),
        (timedelta(hours=1) - TICK, True),
        (timedelta(hours=1), False),
        (timedelta(hours=1) + TICK, False),
    ],
)
@pytest.mark.parametrize("zone", [UTC, SHANGHAI, timezone(timedelta(hours=-9, minutes=-30))])
def test_window_has_its_start_and_not_its_end(offset: timedelta, inside: bool, zone: tzinfo) -> None:
    start = datetime(2026, 11, 11, tzinfo=SHANGHAI)
    window = Window(start, start + timedelta(hours=1))
    assert window.contains((start + offset).astimezone(zone)) is inside
    assert window.starts_after((start + offset).astimezone(zone)) is (offset < timedelta(0))


@given(windows, instants)
def test_contains_agrees_with_elapsed_time(window: Window, at: datetime) -> None:
    after = window.start is None or since_1970(window.start) <= since_1970(at)
    before = window.end is None or since_1970(at) < since_1970(window.end)
    assert window.contains(at) is (after and before)
    assert window.starts_after(at) is (not after)


@given(st.sets(moments, min_size=3, max_size=3), zones, instants)
def test_consecutive_windows_share_nothing_and_leave_nothing_out(
    cuts: set[datetime], zone: tzinfo, at: datetime
) -> None:
    a, b, c = (cut.astimezone(zone) for cut in sorted(cuts))
    row = [Window(None, a), Window(a, b), Window(b, c), Window(c, None)]
    for moment in (at, a, b, c, b - TICK, b + TICK):
        assert sum(window.contains(moment) for window in row) == 1
    assert Window(a, c).contains(at) == (Window(a, b).contains(at) or Window(b, c).contains(at))


@given(instants)
def test_always_contains_every_instant(at: datetime) -> None:
    assert ALWAYS.contains(at)
    assert not ALWAYS.starts_after(at)
    assert Window() == ALWAYS


@given(moments, zones, zones, zones)
def test_windows_of_the_same_instants_are_equal(at: datetime, one: tzinfo, two: tzinfo, three: tzinfo) -> None:
    end = at + timedelta(hours=2)
    a = Window(at.astimezone(one), end.astimezone(two))
    b = Window(at.astimezone(two), end.astimezone(three))
    assert a == b
    assert hash(a) == hash(b)
    assert str(a) == str(b)
    assert Window(at, end + TICK) != a


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    # New York, 2026-11-01: 01:30 comes first in summer time (05:30 UTC), an hour later in standard time.
    first = datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK)
    again = first.replace(fold=1)
    window = Window(first, again)
    assert (window.start, window.end) == (utc("2026-11-01 05:30"), utc("2026-11-01 06:30"))
    assert window.contains(first)
    assert not window.contains(again)
    assert not window.contains(datetime(2026, 11, 1, 1, 29, tzinfo=NEW_YORK))
    assert window.contains(datetime(2026, 11, 1, 1, 29, tzinfo=NEW_YORK, fold=1))


def test_a_window_must_end_after_it_starts_as_instants() -> None:
    # On the wall 01:45 comes before 01:50; as instants the first 01:50 comes before the second 01:45.
    late, early = datetime(2026, 11, 1, 1, 50, tzinfo=NEW_YORK), datetime(2026, 11, 1, 1, 45, tzinfo=NEW_YORK)
    assert Window(late, early.replace(fold=1)).contains(late)
    with pytest.raises(InvalidValue):
        Window(early.replace(fold=1), late)


@pytest.mark.parametrize(
    ("length", "fits"), [(-TICK, False), (0 * TICK, False), (TICK, True)], ids=["below", "on", "above"]
)
def test_an_empty_window_is_refused(length: timedelta, fits: bool) -> None:
    start = datetime(2026, 11, 11, tzinfo=SHANGHAI)
    error = refusal(Window, start, (start + length).astimezone(NEW_YORK))
    assert (error is None) is fits
    assert error is None or error.code == "window.empty"


@pytest.mark.parametrize("length", [timedelta(days=-1), timedelta(0)])
def test_empty_local_days_are_refused(length: timedelta) -> None:
    with pytest.raises(InvalidValue) as caught:
        LocalDays(first=date(2026, 11, 11), until=date(2026, 11, 11) + length, zone="UTC")
    assert caught.value.code == "window.empty"


# --- naive is refused ------------------------------------------------------------------------------------


class Silent(tzinfo):
    """A zone that does not know its offset: as good as none."""

    def utcoffset(self, dt: datetime | None) -> None:
        return None

    dst = utcoffset

    def tzname(self, dt: datetime | None) -> str:
        return "nowhere"


NAIVE = [datetime(2026, 11, 11), datetime(2026, 11, 11, fold=1), datetime(2026, 11, 11, tzinfo=Silent())]

ASKED: list[Callable[[Any], object]] = [
    lambda at: require_instant(at, name="at"),
    lambda at: Window(at),
    lambda at: Window(None, at),
    lambda at: Window(datetime(2026, 1, 1, tzinfo=UTC)).contains(at),
    lambda at: Window(datetime(2026, 1, 1, tzinfo=UTC)).starts_after(at),
    lambda at: ALWAYS.contains(at),
    lambda at: day_in("UTC", date(2026, 1, 1)).contains(at),
    lambda at: day_in("UTC", date(2026, 1, 1)).starts_after(at),
]


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("at", NAIVE)
def test_a_naive_time_is_refused_everywhere(asked: Callable[[Any], object], at: datetime) -> None:
    with pytest.raises(InvalidValue, match="must carry a time zone") as caught:
        asked(at)
    assert caught.value.code == "window.naive"


@pytest.mark.parametrize("value", [date(2026, 11, 11), "2026-11-11T00:00:00Z", 0, 1.5])
@pytest.mark.parametrize("asked", ASKED)
def test_an_instant_is_a_datetime(asked: Callable[[Any], object], value: Any) -> None:
    with pytest.raises(InvalidType) as caught:
        asked(value)
    assert caught.value.code == "window.type"


@given(instants)
def test_require_instant_gives_the_value_itself(at: datetime) -> None:
    assert require_instant(at, name="at") is at


# --- local days ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table("ground-floor.md", "Days"), ids=lambda row: f"{row['zone']} {row['day']}")
def test_local_day_follows_the_worked_table(row: dict[str, str]) -> None:
    first, following = utc(row["first instant"]), utc(row["first of the next day"])
    assert following - first == timedelta(minutes=int(row["minutes"]))
    day = day_in(row["zone"], date.fromisoformat(row["day"]))
    for zone in (UTC, ZoneInfo(row["zone"]), SHANGHAI):
        assert not day.contains((first - TICK).astimezone(zone))
        assert day.contains(first.astimezone(zone))
        assert day.contains((following - TICK).astimezone(zone))
        assert not day.contains(following.astimezone(zone))
        assert day.starts_after((first - TICK).astimezone(zone))
        assert not day.starts_after(first.astimezone(zone))


def test_a_day_that_never_was_contains_nothing() -> None:
    # Samoa went from 2011-12-29 24:00 at UTC-10 to 2011-12-31 00:00 at UTC+14, both 10:00 UTC.
    never = day_in("Pacific/Apia", date(2011, 12, 30))
    for minutes in range(-3000, 3000, 10):
        assert not never.contains(utc("2011-12-30 10:00") + timedelta(minutes=minutes))


@given(local_days, instants)
def test_local_days_hold_what_the_wall_calendar_shows(days: LocalDays, at: datetime) -> None:
    shown = (utc("1970-01-01") + since_1970(at)).astimezone(ZoneInfo(days.zone)).date()
    listed = [days.first + timedelta(days=n) for n in range((days.until - days.first).days)]
    assert days.contains(at) is (shown in listed)
    assert days.starts_after(at) is (shown < listed[0])


@given(moments.map(lambda moment: moment.date()), st.sampled_from(ZONES), instants)
def test_consecutive_days_share_nothing_and_leave_nothing_out(day: date, zone: str, at: datetime) -> None:
    days = [day_in(zone, day + timedelta(days=n)) for n in range(3)]
    together = LocalDays(first=day, until=day + timedelta(days=3), zone=zone)
    assert sum(one.contains(at) for one in days) == together.contains(at)


@given(local_days, instants, zones)
def test_the_zone_an_instant_is_written_in_changes_nothing(days: LocalDays, at: datetime, zone: tzinfo) -> None:
    assert days.contains(at) == days.contains(at.astimezone(zone))
    assert days.starts_after(at) == days.starts_after(at.astimezone(zone))


def test_local_days_are_equal_by_zone_name_not_by_instants() -> None:
    day = date(2026, 11, 11)
    assert day_in("Asia/Shanghai", day) == day_in("Asia/Shanghai", day)
    assert day_in("Asia/Shanghai", day) != day_in("Asia/Chongqing", day)


@pytest.mark.parametrize("value", [datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01", None, 1])
def test_local_days_are_bounded_by_dates(value: Any) -> None:
    with pytest.raises(InvalidType):
        LocalDays(first=value, until=date(2027, 1, 1), zone="UTC")
    with pytest.raises(InvalidType):
        LocalDays(first=date(2025, 1, 1), until=value, zone="UTC")


@pytest.mark.parametrize("zone", [UTC, SHANGHAI, None, 8])
def test_local_days_name_their_zone(zone: Any) -> None:
    with pytest.raises(InvalidType):
        LocalDays(first=date(2026, 1, 1), until=date(2026, 1, 2), zone=zone)


def test_local_days_text_shows_the_last_day() -> None:
    days = LocalDays(first=date(2026, 11, 1), until=date(2026, 11, 12), zone="Asia/Shanghai")
    assert str(days) == "2026-11-01 .. 2026-11-11 (Asia/Shanghai)"


def test_window_text_shows_open_sides() -> None:
    start = datetime(2026, 11, 11, tzinfo=SHANGHAI)
    assert str(Window(start)) == "2026-11-10 16:00:00+00:00 .. always"
    assert str(ALWAYS) == "always .. always"


# --- zones -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ZONES)
def test_zone_of_a_name_is_that_zone(name: str) -> None:
    assert zone_of(name) == ZoneInfo(name)


@given(zones)
def test_zone_of_a_zone_is_itself(zone: tzinfo) -> None:
    assert zone_of(zone) is zone


NOT_ZONES = (
    *("", ".", "..", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "America", "zone.tab", "a\0b", "\ud800"),
    *("UTC\n", "__init__.py", "x" * 100_000),
)


@pytest.mark.parametrize("name", NOT_ZONES, ids=lambda name: ascii(name)[:20])
def test_zone_of_an_unknown_name_is_refused(name: str) -> None:
    for build in (zone_of, lambda zone: day_in(zone, date(2026, 1, 1))):
        with pytest.raises(InvalidValue, match="no such time zone") as caught:
            build(name)
        assert caught.value.code == "window.zone"


# --- the ends of the calendar ----------------------------------------------------------------------------

EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
FIRST, LAST = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)


@pytest.mark.parametrize("edge", [FIRST.replace(tzinfo=EAST), LAST.replace(tzinfo=WEST)], ids=["first", "last"])
def test_an_instant_outside_the_calendar_is_refused(edge: datetime) -> None:
    for call in (Window, lambda at: Window(None, at), day_in("UTC", date(2026, 1, 1)).contains):
        with pytest.raises(InvalidValue) as caught:
            call(edge)
        assert caught.value.code == "window.range"


def test_the_ends_of_the_calendar_in_utc_are_instants() -> None:
    whole = Window(FIRST.replace(tzinfo=UTC), LAST.replace(tzinfo=UTC))
    assert whole.contains(FIRST.replace(tzinfo=UTC))
    assert not whole.contains(LAST.replace(tzinfo=UTC))
    assert not whole.contains(FIRST.replace(tzinfo=EAST))  # an hour of year 0, and no OverflowError
    assert not whole.contains(LAST.replace(tzinfo=WEST))


# --- values ----------------------------------------------------------------------------------------------


@given(st.one_of(windows, local_days))
def test_copies_are_equal(value: Window | LocalDays) -> None:
    assert pickle.loads(pickle.dumps(value)) == copy.deepcopy(value) == value
    assert hash(pickle.loads(pickle.dumps(value))) == hash(value)


def test_windows_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        ALWAYS.start = datetime(2026, 1, 1, tzinfo=UTC)  # type: ignore[misc]


CALLS: list[Callable[[Any], object]] = [
    *ASKED,
    zone_of,
    lambda value: LocalDays(first=value, until=date(2027, 1, 1), zone="UTC"),
    lambda value: LocalDays(first=date(2026, 1, 1), until=value, zone="UTC"),
    lambda value: LocalDays(first=date(2026, 1, 1), until=date(2027, 1, 1), zone=value),
]


@pytest.mark.parametrize("at", range(len(HOSTILE)))
def test_hostile_values_get_an_answer_or_our_own_error(at: int) -> None:
    for call in CALLS:
        error = refusal(call, HOSTILE[at])
        assert error is None or len(str(error)) < 200


@given(st.sampled_from(CALLS), anything | st.text().map(lambda text: f"America/{text}"))
def test_calls_raise_nothing_but_our_own(call: Callable[[Any], object], value: Any) -> None:
    error = refusal(call, value)
    assert error is None or error.code.startswith("window.")
