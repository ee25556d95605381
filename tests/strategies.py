"""One hypothesis strategy per domain type, with the ugly edges made common."""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import strategies as st

from salesplan.apportion import Apportionment
from salesplan.errors import SalesplanError
from salesplan.ladder import Boundary, Ladder
from salesplan.money import MAX_MINOR, Currency, Money, Rounding
from salesplan.rate import PayRate, Rate
from salesplan.window import LocalDays, Window

CURRENCIES = (
    Currency.iso("CNY"),
    Currency.iso("EUR"),
    Currency.iso("JPY"),  # no minor unit
    Currency.iso("BHD"),  # three places
    Currency.iso("CLF"),  # four places
    Currency("COINS", 0),
    Currency("NANO", 9),
)

ZONES = (
    "Asia/Shanghai",
    "America/New_York",
    "America/Sao_Paulo",  # no midnight when summer began
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Apia",  # a day that never was
    "Europe/Lisbon",
    "Asia/Kathmandu",  # 5:45
    "UTC",
)

# Near the moves of the clocks of ZONES, and of the calendar.
MOMENTS = (
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2018, 11, 4, 3, tzinfo=UTC),
    datetime(2018, 2, 18, 2, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2011, 12, 30, 10, tzinfo=UTC),
    datetime(2026, 11, 10, 16, tzinfo=UTC),
    datetime(2024, 2, 29, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
)


# --- rates and money -------------------------------------------------------------------------------------

rates = st.one_of(
    st.sampled_from(
        [Rate(0), Rate(1), Rate(1, 2), Rate(1, 3), Rate(2, 3), Rate(1, 7), Rate.percent("12.5"), Rate(-1, 5)]
    ),
    st.builds(Rate, st.integers(-50, 50), st.integers(1, 50)),
    st.builds(Rate, st.integers(-(10**24), 10**24), st.integers(1, 10**24)),
)

shares = st.one_of(
    st.sampled_from([Rate(0), Rate(1), Rate(1, 2), Rate(1, 3), Rate.percent("99.99")]),
    st.integers(1, 10**6).flatmap(lambda whole: st.builds(Rate, st.integers(0, whole), st.just(whole))),
)

pay_rates = st.builds(PayRate, shares)

currencies = st.sampled_from(CURRENCIES)

roundings = st.sampled_from(Rounding)

minors = st.one_of(
    st.sampled_from([0, 1, -1, 5, 50, 99, 100, 101, -100, MAX_MINOR, -MAX_MINOR]),
    st.integers(-1000, 1000),
    st.integers(-MAX_MINOR, MAX_MINOR),
)


def moneys(currency: Currency | None = None, *, minor: st.SearchStrategy[int] = minors) -> st.SearchStrategy[Money]:
    """Money of *currency*, or of any."""
    return st.builds(Money, minor, currencies if currency is None else st.just(currency))


# --- splits ----------------------------------------------------------------------------------------------

apportionments = st.sampled_from(Apportionment)

totals = st.one_of(st.integers(0, 12), st.integers(0, 1000), st.sampled_from([10**9 + 7, 2**63 - 1, 10**24]))

weight = st.one_of(
    st.sampled_from([0, 0, 1, 1, 2, 3, 3]),  # zeros and ties
    st.integers(0, 50),
    st.sampled_from([10**9, 2**63 - 1, 10**60]),
)

weights = st.lists(weight, min_size=1, max_size=12).filter(any)


def caps_for(total: int, weights: list[int]) -> st.SearchStrategy[list[int | None]]:
    """Caps around the exact shares, so that some are full, some just not; some splits have no solution."""
    whole = sum(weights)
    return st.tuples(
        *(
            st.one_of(
                st.none(),
                st.sampled_from([-1, 0, 0, 1, 2]).map(
                    lambda more, at=-(-total * w // whole): max(0, at + more)  # type: ignore[misc]
                ),
                st.integers(0, total),
            )
            for w in weights
        )
    ).map(list)


# --- time ------------------------------------------------------------------------------------------------

zones: st.SearchStrategy[tzinfo] = st.one_of(
    st.sampled_from([ZoneInfo(name) for name in ZONES]),
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)

offsets = st.one_of(
    st.sampled_from([timedelta(0), timedelta(microseconds=1), -timedelta(microseconds=1)]),
    st.integers(-100, 100).map(lambda minutes: timedelta(minutes=30 * minutes)),
    st.timedeltas(-timedelta(days=3), timedelta(days=3)),
)

moments = st.builds(lambda moment, offset: moment + offset, st.sampled_from(MOMENTS), offsets)

instants = st.builds(lambda moment, zone: moment.astimezone(zone), moments, zones)


def _window(a: datetime, b: datetime, shape: str) -> Window:
    start, end = sorted([a, b])
    return Window(
        None if "open start" in shape else start,
        None if "open end" in shape else end + timedelta(microseconds=1),
    )


windows = st.builds(
    _window, moments, moments, st.sampled_from(["", "", "open start", "open end", "open start, open end"])
)

local_days = st.builds(
    lambda first, length, zone: LocalDays(first=first, until=first + timedelta(days=length), zone=zone),
    moments.map(lambda moment: moment.date()),
    st.integers(1, 4),
    st.sampled_from(ZONES),
)


# --- ladders ---------------------------------------------------------------------------------------------

boundaries = st.sampled_from(Boundary)


few_keys = st.integers(-5, 20)


def ladders(keys: st.SearchStrategy[Any] = few_keys) -> st.SearchStrategy[Ladder[Any, int]]:
    """Ladders over any ordered *keys*; the values count the steps."""
    return st.builds(
        lambda thresholds, boundary: Ladder.of(
            [(threshold, at) for at, threshold in enumerate(sorted(thresholds))], boundary=boundary
        ),
        st.sets(keys, min_size=1, max_size=6),
        boundaries,
    )


# --- whatever a caller may pass --------------------------------------------------------------------------


class Fruit(enum.IntEnum):
    """Ints in disguise."""

    APPLE = 1
    PEAR = 7


class Broken:
    """An object that will not be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no repr")

    __str__ = __repr__


def _nested(depth: int) -> list[Any]:
    nest: list[Any] = []
    for _ in range(depth):
        nest = [nest]
    return nest


def _doubled(times: int) -> list[Any]:
    """A list whose repr would have 2 ** times entries, in very little memory."""
    twice: list[Any] = []
    for _ in range(times):
        twice = [twice, twice]
    return twice


HUGE = 10**100_000
HOSTILE: tuple[Any, ...] = (
    HUGE,
    -HUGE,
    [HUGE],
    Fraction(HUGE, 3),
    "x" * 10_000_000,
    b"x" * 10_000_000,
    "9" * 100_000,
    Decimal("1e999999"),
    Decimal("-1e-999999"),
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("-Infinity"),
    Decimal("9" * 5000),
    float("nan"),
    float("inf"),
    1e308,
    5e-324,
    "1e400",
    "1e999999",
    "１２",
    "१२",
    "1_000",
    " 1",
    "1\n",
    "٣",
    "\ud800",
    "",
    "NaN",
    "Infinity",
    True,
    None,
    Fruit.APPLE,
    np.int64(3),
    np.float64(0.5),
    np.float32(0.5),
    np.array([1, 2]),
    np.bool_(True),
    complex(1, 1),
    object(),
    Broken(),
    [Broken()],
    _nested(100_000),
    _doubled(100),
    date(2026, 1, 1),
    datetime(2026, 1, 1),
    datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
    datetime.max.replace(tzinfo=timezone(-timedelta(hours=14))),
    Rate(1, 3),
    Money.of("1", "EUR"),
    Currency.iso("JPY"),
    {},
    {1: 2},
    {1},
    (),
    range(3),
    iter([1]),
    int,
    lambda: 0,
)

anything: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(HOSTILE),
    st.none(),
    st.booleans(),
    st.floats(),
    st.text(max_size=8),
    st.text("0123456789+-.eE_ %", max_size=8),
    st.binary(max_size=8),
    st.integers(-3, 10),
    st.integers(),
    st.decimals(),
    st.fractions(),
    st.lists(st.one_of(st.integers(-3, 10), st.text(max_size=2), st.floats()), max_size=3),
)


def refusal(call: Callable[..., object], *args: Any, **named: Any) -> SalesplanError | None:
    """Return the error of ours that *call* raises, or None where it answers; any other comes through."""
    try:
        call(*args, **named)
    except SalesplanError as error:
        return error
    return None
