"""The one error root and the leaves that several rooms share.

Every error carries a stable dotted `code` to branch on and the offending `value`; the message is for people
and may change. A leaf is the root plus a builtin, so a host that only knows `ValueError` still catches it.
"""

from __future__ import annotations

from collections.abc import Iterable
from reprlib import Repr
from typing import Self, TypeVar

__all__ = [
    "InvalidType",
    "InvalidValue",
    "NotFound",
    "SalesplanError",
    "clip",
    "listed",
    "require_instance",
    "require_int",
    "require_text",
    "text_set",
]

T = TypeVar("T")

_CLIP_AT = 60
_MAX_TEXT = 256


class SalesplanError(Exception):
    """Anything this library refuses.

    >>> error = SalesplanError("no such currency: 'XYZ'", code="currency.unknown", value="XYZ")
    >>> error.code, error.value, str(error)
    ('currency.unknown', 'XYZ', "no such currency: 'XYZ'")
    """

    code: str
    value: object

    def __init__(self, message: str, *, code: str, value: object = None) -> None:
        super().__init__(message)
        self.code = code
        self.value = value

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), str(self), self.__dict__)

    @classmethod
    def _bare(cls, message: str, state: dict[str, object]) -> Self:
        error = cls.__new__(cls, message)
        error.args = (message,)
        error.__dict__.update(state)
        return error


class InvalidType(SalesplanError, TypeError):
    """A value of a kind that is never accepted here: a float for money, a bool for a count.

    >>> require_int(True, code="cart.quantity", name="quantity")
    Traceback (most recent call last):
    salesplan.errors.InvalidType: quantity must be an int, not bool: True
    """


class InvalidValue(SalesplanError, ValueError):
    """A value of the right kind that breaks a rule.

    >>> require_int(0, code="cart.quantity", name="quantity", low=1)
    Traceback (most recent call last):
    salesplan.errors.InvalidValue: quantity must be at least 1: 0
    """


class NotFound(SalesplanError, LookupError):
    """A name that nothing answers to."""


def _rebuild(kind: type[SalesplanError], message: str, state: dict[str, object]) -> SalesplanError:
    return kind._bare(message, state)


def clip(value: object) -> str:
    """The value as short text for a message: at most 60 characters, whatever its size or its `repr` does.

    >>> clip("x" * 1000)[-6:]
    'xxx...'
    >>> clip(10**5000)
    '<int of 16610 bits>'
    """
    try:
        if isinstance(value, int) and not -(1 << 256) < value < (1 << 256):
            return f"<int of {value.bit_length()} bits>"
        if isinstance(value, str | bytes) and len(value) > _CLIP_AT:
            value = value[:_CLIP_AT]
        if isinstance(value, list | tuple | dict | set | frozenset):  # nested sharing can make a repr endless
            text = _brief().repr(value).encode("ascii", "backslashreplace").decode()
        else:
            text = ascii(value)
    except Exception:  # a repr may raise anything (RecursionError on deep nesting); the message must come out
        return f"<{type(value).__name__[: _CLIP_AT - 2]}>"
    return text if len(text) <= _CLIP_AT else text[: _CLIP_AT - 3] + "..."


def _brief() -> Repr:
    brief = Repr()
    brief.maxlevel, brief.maxother, brief.maxstring = 3, _CLIP_AT, _CLIP_AT
    return brief


def require_int(value: object, *, code: str, name: str, low: int | None = None, high: int | None = None) -> int:
    """*value* itself when it is an int (never a bool) in `low..high`, both ends included.

    Raises: InvalidType or InvalidValue with *code*.
    >>> require_int(3, code="cart.quantity", name="quantity", low=1)
    3
    """
    if type(value) is not int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise InvalidType(
                f"{name} must be an int, not {type(value).__name__}: {clip(value)}", code=code, value=value
            )
        value = int(value)
    if low is not None and value < low:
        raise InvalidValue(f"{name} must be at least {low}: {clip(value)}", code=code, value=value)
    if high is not None and value > high:
        raise InvalidValue(f"{name} must be at most {high}: {clip(value)}", code=code, value=value)
    return value


def require_text(value: object, *, code: str, name: str) -> str:
    """*value* itself when it is a non-empty, printable str of at most 256 characters.

    Raises: InvalidType or InvalidValue with *code*.
    >>> require_text("python-101", code="cart.sku", name="sku")
    'python-101'
    """
    if not isinstance(value, str):
        raise InvalidType(f"{name} must be a str, not {type(value).__name__}: {clip(value)}", code=code, value=value)
    if not value or len(value) > _MAX_TEXT or not value.isprintable():
        raise InvalidValue(
            f"{name} must be 1 to {_MAX_TEXT} printable characters: {clip(value)}", code=code, value=value
        )
    return value


def require_instance(value: object, kind: type[T], *, code: str, name: str) -> T:
    """*value* itself when it is an instance of *kind*.

    Raises: InvalidType with *code*.
    >>> require_instance("8", int, code="cart.quantity", name="quantity")
    Traceback (most recent call last):
    salesplan.errors.InvalidType: quantity must be int, not str: '8'
    """
    if not isinstance(value, kind):
        raise InvalidType(
            f"{name} must be {kind.__name__}, not {type(value).__name__}: {clip(value)}",
            code=code,
            value=value,
        )
    return value


def listed(values: Iterable[T], *, code: str, name: str) -> tuple[T, ...]:
    """The values as a tuple; one alone is refused, and a str is not a list of letters.

    >>> listed(iter([1, 2]), code="cart.line", name="lines")
    (1, 2)
    """
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise InvalidType(
            f"{name} must be several, not one {type(values).__name__}: {clip(values)}", code=code, value=values
        )
    return tuple(values)


def text_set(values: Iterable[str], *, code: str, name: str) -> frozenset[str]:
    """A frozen set of checked texts; one bare str is refused, it is not a set of letters.

    >>> sorted(text_set(["vip", "new"], code="shopper.segments", name="segments"))
    ['new', 'vip']
    """
    if values.__class__ is frozenset and not values:
        return frozenset()
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InvalidType(
            f"{name} must be several texts, not one {type(values).__name__}: {clip(values)}",
            code=code,
            value=values,
        )
    return frozenset(require_text(value, code=code, name=name) for value in values)
