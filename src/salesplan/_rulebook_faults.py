"""Faults found in data: where, which, what to do; shared by every step that reads or writes rules.

A place is a trail, the chain of keys from the root as nested pairs: `((None, "promotions"), 3)` is
`$.promotions[3]`. A trail costs one tuple per node and becomes text only when there is something to say.
Text from the data is clipped everywhere, so that no hostile key or value makes a large message.
"""

from __future__ import annotations

import json
import re
from typing import Final, TypeAlias

from .errors import clip

__all__ = ["BAD", "MAX_MESSAGE", "Bad", "Faults", "Trail", "nearest", "path_text"]

Trail: TypeAlias = "tuple[Trail, object] | None"

MAX_MESSAGE: Final = 200
_MAX_KEPT = 100
_KEY_CLIP = 40
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}\Z")
_WORDS: Final = {type(None): "null", dict: "an object", list: "a list"}


class Bad:
    """The class of BAD, which a reader gives in place of a value after reporting a fault."""


BAD: Final = Bad()


class Faults:
    """Faults in the order found: the first 100 are kept, all are counted."""

    __slots__ = ("kept", "total")

    def __init__(self) -> None:
        self.kept: list[tuple[str, str, str]] = []
        self.total = 0

    @property
    def full(self) -> bool:
        """Whether a further message would be thrown away: the caller can spare the work of a good one."""
        return len(self.kept) >= _MAX_KEPT

    def add(self, at: Trail, code: str, message: str) -> Bad:
        """Report a fault at a place."""
        self.total += 1
        if len(self.kept) < _MAX_KEPT:
            text = message if len(message) <= MAX_MESSAGE else message[: MAX_MESSAGE - 3] + "..."
            self.kept.append((path_text(at), code, text))
        return BAD

    def wrong(self, at: Trail, wanted: str, given: object) -> Bad:
        """Report a value of another kind than *wanted*."""
        if self.full:
            self.total += 1
            return BAD
        if isinstance(given, float):
            return self.add(at, "rulebook.float", f"must be {wanted}; a float is not exact: {clip(given)}")
        return self.add(at, "rulebook.type", f"must be {wanted}, not {_described(given)}")


def path_text(at: Trail) -> str:
    """`$.promotions[3].amount`; a key that is no plain name stands in brackets, clipped.

    >>> path_text((((None, "promotions"), 3), "the amount"))
    '$.promotions[3]["the amount"]'
    """
    parts: list[str] = []
    while at is not None:
        at, key = at
        if type(key) is int:
            parts.append(f"[{clip(key)}]")
        elif isinstance(key, str):
            parts.append(f".{key}" if _PLAIN_KEY.match(key) else f"[{_quoted(key)}]")
        else:
            parts.append(f"[<{type(key).__name__[:_KEY_CLIP]}>]")
    return "$" + "".join(reversed(parts))


def nearest(given: str, known: list[str]) -> str:
    """The end of a message about an unknown word: what was probably meant, and what there is."""
    from difflib import get_close_matches

    close = get_close_matches(given[:_KEY_CLIP], known, n=1)
    more = f" and {len(known) - 8} more" if len(known) > 8 else ""
    return f"{f'; did you mean {close[0]!r}?' if close else ';'} known: {', '.join(known[:8])}{more}"


def _quoted(key: str) -> str:
    return json.dumps(key if len(key) <= _KEY_CLIP else key[: _KEY_CLIP - 3] + "...")


def _described(given: object) -> str:
    kind = type(given)
    if kind in _WORDS:
        return _WORDS[kind]
    if kind is bool:
        return "true" if given else "false"
    if kind is str or kind is int:
        return f"{'text' if kind is str else 'a whole number'}: {clip(given)}"
    return kind.__name__[:_KEY_CLIP]
