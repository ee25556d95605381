"""Errors: codes, bounded messages, the way through pickle, and the guards at the door."""

from __future__ import annotations

import copy
import importlib
import inspect
import pickle
import pkgutil
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import salesplan
from salesplan.errors import (
    InvalidType,
    InvalidValue,
    SalesplanError,
    clip,
    require_instance,
    require_int,
    require_text,
    text_set,
)
from tests.strategies import HOSTILE, Fruit, anything, refusal


def leaves(root: type[SalesplanError] = SalesplanError) -> list[type[SalesplanError]]:
    """Return the root and every error under it, of every module that can be imported here."""
    for module in pkgutil.walk_packages(salesplan.__path__, "salesplan."):
        importlib.import_module(module.name)
    found, queue = [], [root]
    while queue:
        found.append(kind := queue.pop())
        queue += [child for child in kind.__subclasses__() if child.__module__.startswith("salesplan.")]
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


LEAVES = leaves()


# --- the family ------------------------------------------------------------------------------------------


def test_leaves_are_found_in_the_modules_that_define_them() -> None:
    names = {kind.__name__ for kind in LEAVES}
    assert {"SalesplanError", "InvalidType", "InvalidValue", "CurrencyMismatch"} <= names
    assert {"WeightError", "CapError", "LadderError"} <= names


@pytest.mark.parametrize("kind", [kind for kind in LEAVES if kind is not SalesplanError])
def test_leaf_is_the_root_plus_a_builtin(kind: type[SalesplanError]) -> None:
    builtin = [base for base in kind.__mro__ if base.__module__ == "builtins"]
    assert builtin[:-3], "no builtin beyond Exception, BaseException, object"
    assert KeyError not in builtin, "str() of a KeyError is a repr"


@pytest.mark.parametrize(
    ("kind", "builtin"), [(InvalidType, TypeError), (InvalidValue, ValueError), (SalesplanError, Exception)]
)
def test_shared_leaf_is_caught_by_its_builtin(kind: type[SalesplanError], builtin: type[Exception]) -> None:
    with pytest.raises(builtin) as caught:
        raise kind("what, the value, the way out", code="a.b", value=7)
    assert isinstance(caught.value, SalesplanError)
    assert (caught.value.code, caught.value.value, str(caught.value)) == (
        "a.b",
        7,
        "what, the value, the way out",
    )


def test_error_has_no_value_unless_given() -> None:
    assert SalesplanError("x", code="a.b").value is None


# --- pickle and copy -------------------------------------------------------------------------------------

COPIES: list[Callable[[Any], Any]] = [
    copy.copy,
    copy.deepcopy,
    *(
        lambda error, protocol=protocol: pickle.loads(pickle.dumps(error, protocol))
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    ),
]


class Located(SalesplanError, ValueError):
    """A leaf with attributes and a signature of its own."""

    def __init__(self, path: tuple[str, ...], problems: list[str]) -> None:
        super().__init__(f"{len(problems)} problems at {'.'.join(path)}", code="located", value=problems)
        self.path = path
        self.problems = problems


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize("kind", LEAVES)
def test_error_comes_back_whole(kind: type[SalesplanError], copied: Callable[[Any], Any]) -> None:
    error = kind._bare("it's \u6298, {braces} and %s", {"code": "a.b", "value": (1, "two"), "extra": [3]})
    error.add_note("seen on line 3")
    again = copied(error)
    assert type(again) is kind
    assert again is not error
    assert str(again) == "it's \u6298, {braces} and %s"
    assert again.args == error.args
    assert vars(again) == {
        "code": "a.b",
        "value": (1, "two"),
        "extra": [3],
        "__notes__": ["seen on line 3"],
    }


@pytest.mark.parametrize("copied", COPIES)
def test_error_with_a_signature_of_its_own_comes_back_whole(copied: Callable[[Any], Any]) -> None:
    again = copied(Located(("a", "b"), ["too long"]))
    assert type(again) is Located
    assert str(again) == "1 problems at a.b"
    assert (again.code, again.value, again.path, again.problems) == (
        "located",
        ["too long"],
        ("a", "b"),
        ["too long"],
    )


@pytest.mark.parametrize("copied", COPIES)
def test_raised_error_comes_back_whole(copied: Callable[[Any], Any]) -> None:
    with pytest.raises(InvalidValue) as caught:
        require_int(0, code="cart.quantity", name="quantity", low=1)
    again = copied(caught.value)
    assert (str(again), again.code, again.value) == ("quantity must be at least 1: 0", "cart.quantity", 0)


# --- clip ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7, "7"),
        ("x", "'x'"),
        ("\u6298", "'\\u6298'"),  # a message is ASCII whatever the terminal
        (None, "None"),
        ([1, "a"], "[1, 'a']"),
        ({"a": 1}, "{'a': 1}"),
        (["\u6298"], "['\\u6298']"),
        ((1,), "(1,)"),
        ("x" * 58, "'" + "x" * 58 + "'"),  # 60 with its quotes: the last that fits
        ("x" * 59, "'" + "x" * 56 + "..."),
        ("x" * 60, "'" + "x" * 56 + "..."),
        ("x" * 61, "'" + "x" * 56 + "..."),
        (2**256 - 1, str(2**256 - 1)[:57] + "..."),
        (2**256, "<int of 257 bits>"),
        (-(2**256), "<int of 257 bits>"),
        (True, "True"),
    ],
)
def test_clip_is_the_repr_where_that_is_short(value: object, text: str) -> None:
    assert clip(value) == text


def test_clip_counts_the_bits_of_a_huge_int() -> None:
    assert clip(10**100_000) == clip(-(10**100_000)) == "<int of 332193 bits>"  # 100000 * log2(10) = 332192.8


@pytest.mark.parametrize("at", range(len(HOSTILE)))
def test_clip_is_bounded_and_ascii_for_hostile_values(at: int) -> None:
    text = clip(HOSTILE[at])
    assert 0 < len(text) <= 60
    assert text.isascii()


def test_clip_is_bounded_for_a_hostile_class() -> None:
    def broken(self: object) -> str:
        raise RecursionError

    kind = type("q" * 1000, (), {"__repr__": broken})
    assert clip(kind()) == f"<{'q' * 58}>"


def test_clip_survives_a_str_that_will_not_be_cut() -> None:
    class Stiff(str):
        __slots__ = ()

        def __getitem__(self, at: object) -> str:
            raise ValueError("no")

    assert clip(Stiff("x" * 100)) == "<Stiff>"


@given(anything)
def test_clip_is_bounded_for_anything(value: Any) -> None:
    assert 0 < len(clip(value)) <= 60


@given(st.one_of(st.integers(-(10**55), 10**55), st.text(max_size=5), st.none(), st.booleans()))
def test_clip_of_a_small_value_reads_back(value: Any) -> None:
    assert eval(clip(value)) == value


# --- the guards ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [1, 2, 5])
def test_require_int_lets_both_ends_in(value: int) -> None:
    assert require_int(value, code="a.b", name="n", low=1, high=5) == value


@pytest.mark.parametrize(("value", "message"), [(0, "n must be at least 1: 0"), (6, "n must be at most 5: 6")])
def test_require_int_refuses_past_an_end(value: int, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        require_int(value, code="a.b", name="n", low=1, high=5)
    assert (str(caught.value), caught.value.code, caught.value.value) == (message, "a.b", value)


@pytest.mark.parametrize("value", [True, False, 1.0, "1", None, Fraction(1), np.int64(1), np.bool_(True), b"1"])
def test_require_int_refuses_what_only_looks_like_an_int(value: object) -> None:
    with pytest.raises(InvalidType) as caught:
        require_int(value, code="a.b", name="n")
    assert caught.value.code == "a.b"
    assert caught.value.value is value
    assert f"not {type(value).__name__}" in str(caught.value)


def test_require_int_gives_a_plain_int() -> None:
    got = require_int(Fruit.PEAR, code="a.b", name="n")
    assert type(got) is int
    assert got == 7


@pytest.mark.parametrize("value", ["x", "python-101", "\u6298", "a b", "x" * 255, "x" * 256])
def test_require_text_gives_the_text(value: str) -> None:
    assert require_text(value, code="a.b", name="sku") == value


@pytest.mark.parametrize("value", ["", "x" * 257, "a\nb", "a\x00", "\ud800", "\u200b", "\u202e"])
def test_require_text_refuses_empty_long_and_unprintable(value: str) -> None:
    with pytest.raises(InvalidValue, match="sku must be 1 to 256 printable characters"):
        require_text(value, code="a.b", name="sku")


@pytest.mark.parametrize("value", [None, 1, b"x", ["x"], True])
def test_require_text_refuses_other_kinds(value: object) -> None:
    with pytest.raises(InvalidType, match="sku must be a str, not"):
        require_text(value, code="a.b", name="sku")


def test_require_instance_gives_the_value_itself() -> None:
    value = [1]
    assert require_instance(value, list, code="a.b", name="n") is value


def test_require_instance_refuses_other_kinds() -> None:
    with pytest.raises(InvalidType, match=r"^n must be int, not str: '8'$") as caught:
        require_instance("8", int, code="a.b", name="n")
    assert (caught.value.code, caught.value.value) == ("a.b", "8")


def test_text_set_is_a_set_of_checked_texts() -> None:
    assert text_set(["vip", "new", "vip"], code="a.b", name="segments") == frozenset({"vip", "new"})
    assert text_set([], code="a.b", name="segments") == frozenset()


@pytest.mark.parametrize("values", ["vip", b"vip", 5, None, [5], [""], [["vip"]], 1.5])
def test_text_set_refuses_one_text_and_other_kinds(values: Any) -> None:
    with pytest.raises(SalesplanError) as caught:
        text_set(values, code="a.b", name="segments")
    assert caught.value.code == "a.b"


GUARDS: list[Callable[[Any], object]] = [
    lambda value: require_int(value, code="a.b", name="n"),
    lambda value: require_int(value, code="a.b", name="n", low=0, high=3),
    lambda value: require_text(value, code="a.b", name="n"),
    lambda value: require_instance(value, str, code="a.b", name="n"),
    lambda value: text_set(value, code="a.b", name="n"),
    lambda value: text_set([value], code="a.b", name="n"),
]


@given(st.sampled_from(GUARDS), anything)
def test_guards_raise_nothing_but_our_own(guard: Callable[[Any], object], value: Any) -> None:
    error = refusal(guard, value)
    if error is not None:
        assert error.code == "a.b"
        assert len(str(error)) < 200


# --- the whole tree --------------------------------------------------------------------------------------


def raised_codes() -> Iterator[tuple[str, str]]:
    """Yield (module, literal code) of every `code="..."` in the source of the ground floor."""
    for name in ("errors", "rate", "money", "apportion", "window", "ladder", "display"):
        source = inspect.getsource(sys.modules[f"salesplan.{name}"])
        for piece in source.split('code="')[1:]:
            yield name, piece.partition('"')[0]


def test_codes_are_dotted_words() -> None:
    codes = list(raised_codes())
    assert len(codes) > 40
    assert [code for _, code in codes if not all(part.isidentifier() for part in code.split("."))] == []
    assert [code for module, code in codes if code.count(".") != 1 and module != "errors"] == []
