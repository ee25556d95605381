"""Names as ids: a code book, and the column written in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidType, InvalidValue, clip, listed
from ._integers import integers
from ._numbers import Codes
from ._offered import offered, one_column, read_only, wrong_kind

__all__ = ["Encoded", "encode"]

_PLAIN: Final[set[type]] = {str, bytes, int, bool, date}  # nothing of these is missing, and all have one order


@attrs.frozen(eq=False)
class Encoded:
    """A column of names as ids: row i is `names[codes[i]]`.

    Raises: InvalidType, InvalidValue for codes without a name.
    """

    codes: Codes = attrs.field(repr=False)
    names: tuple[Any, ...] = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        names = listed(self.names, code="columns.encoded", name="names")
        high = len(names) - 1
        own = integers(self.codes, "codes", "columns.encoded", 0, high, None).copy()
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "codes", read_only(own))

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.names == other.names and np.array_equal(self.codes, other.codes)

    def __hash__(self) -> int:
        return hash((self.names, self.codes.tobytes()))

    def named(self, codes: object) -> tuple[Any, ...]:
        """The names of some codes, as of the customers of a segment.

        Raises: InvalidType, InvalidValue for what is no column of codes of this book.
        >>> encode(["li", "ann", "li"]).named([1, 0])
        ('li', 'ann')
        """
        rows = integers(codes, "codes", "columns.named", 0, len(self.names) - 1, None)
        return tuple(self.names[code] for code in rows.tolist())

    def __reduce__(self) -> tuple[object, ...]:
        return Encoded, (self.codes, self.names)  # arrays that are pickled can be written to


def encode(
    values: object, *, name: str = "a column", code: str = "columns.encode", known: Iterable[Any] | None = None
) -> Encoded:
    """The ids, from 0 on, of a column of texts, or of anything else that can be hashed and sorted.

    The names are those of the column, sorted; or those *known*, the code book of an earlier column, in its order. Names
    of several types are sorted type by type, so 1 and True are two names.
    Law: the same for any order of the rows; a name is kept as it is, with NUL and lone surrogates. Equal names of one
    type are one name, kept as it came first: `Decimal("1.0")` and `Decimal("1.00")`.
    Raises: InvalidType for floats and for what cannot be hashed or sorted; InvalidValue for a hole, for a name that is
    not *known*, or known twice; both with the error code *code*, and naming the first row at fault where one is.
    >>> book = encode(["li", "ann", "li"])
    >>> book.codes, book.names
    (array([1, 0, 1], dtype=int32), ('ann', 'li'))
    >>> encode(["ann"], known=book.names).codes
    array([0], dtype=int32)
    """
    given = offered(values, name, code)
    one_column(given, name, code, None)
    if isinstance(given, np.ndarray) and given.dtype.kind in "fcmM":
        raise wrong_kind(given, f"{name} must be names", code)
    rows = _listed(values, given)
    book = None if known is None else listed(known, code=code, name="known")
    kinds = {*map(type, rows), *map(type, book or ())}
    keys = _keys(rows, kinds, name, code)
    names = _sorted_names(set(keys), kinds, name, code) if book is None else list(book)
    places = {key: place for place, key in enumerate(_keys(names, kinds, "known", code))}
    if len(places) < len(names):
        raise InvalidValue("known must hold each name once", code=code, value=None)
    try:
        ids = np.fromiter(map(places.__getitem__, keys), dtype=np.int32 if len(names) < 1 << 31 else np.int64)
    except KeyError:
        row = next(row for row, key in enumerate(keys) if key not in places)
        value = rows[row]
        raise InvalidValue(f"{name} must be known; row {row} is {clip(value)}", code=code, value=value) from None
    return Encoded(read_only(ids), tuple(names))


def _listed(values: object, given: NDArray[Any] | list[Any]) -> list[Any]:
    """The rows; a foreign column of texts lists them itself, as a text in numpy loses a NUL at its end."""
    if isinstance(given, list):
        return given
    if not isinstance(values, np.ndarray) and given.dtype.kind in "US":
        for way in ("to_list", "to_pylist", "tolist"):
            try:
                texts = list(getattr(values, way)())
            except Exception:  # whatever a foreign column raises
                continue
            if len(texts) == given.size:
                return texts
    rows: list[Any] = given.tolist()
    return rows


def _keys(names: list[Any], kinds: set[type], name: str, code: str) -> list[Any]:
    """What names are told apart by: themselves, together with their types where there are several."""
    try:
        if kinds <= _PLAIN or not any(map(_hole, set(names))):
            return names if len(kinds) < 2 else list(zip(map(type, names), names, strict=True))
    except Exception:  # whatever a foreign hash or comparison raises
        pass
    for row, value in enumerate(names):
        try:
            hash(value)
            if not _hole(value):
                continue
            why = "float" if isinstance(value, float | np.floating) else "no name"
        except Exception:
            why = "nothing that can be hashed"
        raise InvalidType(f"{name} must be names; row {row} is {why}: {clip(value)}", code=code, value=value)
    raise InvalidType(f"{name} must be names that can be compared", code=code, value=None)


def _hole(value: Any) -> bool:
    """Whether it is missing, or a float, as numbers with holes become."""
    return value is None or isinstance(value, float | np.floating) or bool(value != value)


def _sorted_names(keys: set[Any], kinds: set[type], name: str, code: str) -> list[Any]:
    """The names, type by type, rising without a doubt: sets, say, can be compared, but have no one order."""
    labels = {f"{kind.__module__}.{kind.__qualname__}": kind for kind in kinds}
    names = []
    try:
        for label in sorted(labels):
            kind = labels[label]
            some = sorted(keys if len(kinds) == 1 else (value for other, value in keys if other is kind))
            if kind not in _PLAIN and not all(below < above for below, above in pairwise(some)):
                raise TypeError
            names += some
    except Exception:  # whatever a foreign comparison raises
        names = []
    if len(names) < len(keys):
        raise InvalidType(f"{name} must be names that can be sorted", code=code, value=None)
    return names
