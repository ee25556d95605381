"""The notation of docs/worked-examples/pricing.md, read strictly: carts, promotions, policies as a person writes them.

What a number or a word means follows from the annotation of the field it stands in, so a cell cannot say anything that
the constructor would not take.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs

from salesplan import pricing
from salesplan.ladder import Ladder
from salesplan.money import Currency, Money
from salesplan.pricing import Cart, CartLine, Policy, Promotion
from salesplan.rate import PayRate, Rate

_TOKEN = re.compile(
    r"(?P<number>-?[0-9]+(?:\.[0-9]+)?)(?P<unit>%|折)?(?![\w-])|(?P<word>\w[\w-]*)|(?P<mark>[(){}\[\],:;=])"
)


class Reader:
    """A cell, token by token."""

    def __init__(self, text: str, currency: str | None = None) -> None:
        self.text = text
        self.tokens: list[re.Match[str]] = []
        at = 0
        while at < len(text):
            if text[at] == " ":
                at += 1
                continue
            match = _TOKEN.match(text, at)
            assert match is not None, f"not understood: {text[at : at + 20]!r} in {text!r}"
            self.tokens.append(match)
            at = match.end()
        self.place = 0
        self.currency = currency

    @property
    def done(self) -> bool:
        return self.place == len(self.tokens)

    def sees(self, *texts: str) -> bool:
        ahead = [token[0] for token in self.tokens[self.place : self.place + len(texts)]]
        return ahead == list(texts)

    def takes(self, text: str) -> bool:
        seen = self.sees(text)
        self.place += seen
        return seen

    def next(self) -> re.Match[str]:
        assert not self.done, f"ends too early: {self.text!r}"
        self.place += 1
        return self.tokens[self.place - 1]

    def expect(self, text: str) -> None:
        assert self.takes(text), f"{text!r} expected at {self.place} of {self.text!r}"

    def word(self) -> str:
        return self.next()[0]

    def money(self) -> Money:
        assert self.currency is not None, f"no amounts here: {self.text!r}"
        return Money.of(self.bare_number(), self.currency)

    def bare_number(self) -> str:
        token = self.next()
        assert token["number"], f"a number expected, not {token[0]!r} in {self.text!r}"
        assert not token["unit"], f"an amount has no unit: {token[0]!r} in {self.text!r}"
        return token["number"]

    # --- values by annotation ---

    def value(self, hint: Any) -> Any:
        kinds = _kinds(hint)
        kind = kinds[0]
        if len(kinds) > 1 or (attrs.has(kind) and kind not in (Money, Rate) and get_origin(kind) is None):
            return self.call(kinds)
        if get_origin(kind) is Ladder:
            return self.ladder(*get_args(kind))
        if get_origin(kind) in (tuple, frozenset):
            return self.several(get_args(kind)[0])
        if kind is Money:
            return self.money()
        if kind is int:
            return int(self.bare_number())
        if kind is Rate:
            return self.rate()
        if kind is str:
            return self.word()
        assert issubclass(kind, Enum), f"no notation for {kind}"
        return kind[self.word()]

    def rate(self) -> Rate | PayRate:
        token = self.next()
        assert token["unit"], f"a rate says % or 折: {token[0]!r} in {self.text!r}"
        return Rate.percent(token["number"]) if token["unit"] == "%" else Rate.zhe(token["number"])

    def ladder(self, key: Any, value: Any) -> list[tuple[Any, Any]]:
        self.expect("{")
        steps = []
        while not self.takes("}"):
            threshold = self.value(key)
            self.expect(":")
            steps.append((threshold, self.value(value)))
            assert self.sees("}") or self.takes(","), f"a comma expected at {self.place} of {self.text!r}"
        return steps

    def several(self, kind: Any) -> list[Any]:
        self.expect("[")
        found = []
        while not self.takes("]"):
            found.append(self.value(kind))
            assert self.sees("]") or self.takes(","), f"a comma expected at {self.place} of {self.text!r}"
        return found

    def call(self, kinds: tuple[Any, ...]) -> Any:
        kind = getattr(pricing, self.word())
        assert kind in kinds, f"{kind.__name__} does not belong here: {self.text!r}"
        positional = [field.alias for field in attrs.fields(kind) if field.init and not field.kw_only]
        given: dict[str, Any] = {}
        self.expect("(")
        while not self.takes(")"):
            named = self.place + 1 < len(self.tokens) and self.tokens[self.place + 1][0] == "="
            name = self.word() if named else positional[len(given)]
            if named:
                self.expect("=")
            given[name] = self.value(_hints(kind)[name])
            assert self.sees(")") or self.takes(","), f"a comma expected at {self.place} of {self.text!r}"
        return kind(**given)

    def fields(self, kind: Any, *, until: tuple[str, ...], separator: str | None) -> dict[str, Any]:
        """`name=value` pairs up to one of *until* or the end."""
        given: dict[str, Any] = {}
        while not self.done and not any(self.sees(mark) for mark in until):
            name = self.word()
            self.expect("=")
            assert name not in given, f"{name} twice in {self.text!r}"
            given[name] = self.value(_hints(kind)[name])
            if separator is not None and not self.takes(separator):
                break
        return given


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _kinds(hint: Any) -> tuple[Any, ...]:
    """The alternatives of an annotation without None."""
    if get_origin(hint) in (Union, UnionType):
        return tuple(part for part in get_args(hint) if part is not type(None))
    return (hint,)


def cart_of(text: str) -> Cart:
    """`CNY: A 2 x 12.00 price_floor=3.00, B 5.00, shipping 8.00`."""
    code, _, rest = text.partition(":")
    reader = Reader(rest, code)
    lines: list[CartLine] = []
    shipping = None
    while not reader.done:
        sku = reader.word()
        quantity = 1
        if len(reader.tokens) > reader.place + 1 and reader.tokens[reader.place + 1][0] == "x":
            quantity = int(reader.word())
            reader.expect("x")
        amount = reader.money()
        given = reader.fields(CartLine, until=(",",), separator=None) if not reader.done else {}
        if sku == "shipping":
            assert shipping is None
            assert quantity == 1
            assert not given
            shipping = amount
        else:
            lines.append(CartLine(sku, amount, quantity=quantity, **given))
        assert reader.done or reader.takes(","), f"a comma expected at {reader.place} of {text!r}"
    return Cart(lines, shipping=shipping, currency=Currency.iso(code))


def promotions_of(text: str, currency: str) -> list[Promotion]:
    """`half: PercentOff(50%), priority=2; ten: AmountOff(10.00)`."""
    reader = Reader(text, currency)
    found = []
    while not reader.done:
        name = reader.word()
        reader.expect(":")
        benefit = reader.value(pricing.Benefit)
        given = reader.fields(Promotion, until=(";",), separator=",") if reader.takes(",") else {}
        found.append(Promotion(name, benefit, **given))
        assert reader.done or reader.takes(";"), f"a semicolon expected at {reader.place} of {text!r}"
    return found


def policy_of(text: str) -> Policy:
    """`allocation=FLOOR_LAST, rounding=DOWN`; nothing is the standard."""
    reader = Reader(text)
    given = reader.fields(Policy, until=(), separator=",")
    assert reader.done, f"not understood: {text!r}"
    return Policy(**given)
