"""The R, F and M scores of customers: 1 is worst, the highest level is best, on every axis."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Whole, day_number, whole_numbers
from ..display import Align, html_table, text_table
from ..errors import InvalidValue, clip, listed, require_int, require_text
from ._one_code import row_of
from ._own_arrays import ByBytes, own_column

__all__ = ["MOST_LEVELS", "RfmScore", "RfmScores", "Scores"]

Scores: TypeAlias = NDArray[np.int8]

MOST_LEVELS: Final = 100
_CODE: Final = "segmentation.scores"
_AXES: Final = ("r", "f", "m")


@attrs.frozen(kw_only=True)
class RfmScore:
    """The scores of one customer: *r* of recency, *f* of frequency, *m* of money."""

    r: int
    f: int
    m: int

    def __attrs_post_init__(self) -> None:
        for name in _AXES:
            require_int(getattr(self, name), code=_CODE, name=name, low=1, high=MOST_LEVELS)

    def __str__(self) -> str:
        return f"R{self.r} F{self.f} M{self.m}"


@attrs.frozen(kw_only=True, eq=False)
class RfmScores(ByBytes):
    """The scores of *customer*, by rising code; arrays of one length, read-only, the scores in int8.

    *levels* are the highest scores of r, f and m. *thresholds* is the digest of what they were scored by.
    Raises: InvalidType, InvalidValue for a score that is no level, columns of different length, codes that fall.
    """

    as_of: date
    levels: tuple[int, int, int]
    customer: Whole = attrs.field(repr=False)
    r: Scores = attrs.field(repr=False)
    f: Scores = attrs.field(repr=False)
    m: Scores = attrs.field(repr=False)
    thresholds: str | None = None

    def __attrs_post_init__(self) -> None:
        keep = object.__setattr__
        day_number(self.as_of, name="as_of", code=_CODE)
        if self.thresholds is not None:
            require_text(self.thresholds, code=_CODE, name="thresholds")
        levels = listed(self.levels, code=_CODE, name="levels")
        if len(levels) != len(_AXES):
            raise InvalidValue(f"levels are three, of r, f and m: {clip(levels)}", code=_CODE, value=levels)
        keep(self, "levels", levels)
        keep(self, "customer", own_column(self.customer, name="customer", code=_CODE))
        if (self.customer[1:] <= self.customer[:-1]).any():
            raise InvalidValue("customer must rise, each code once", code=_CODE, value=None)
        for name, level in zip(_AXES, levels, strict=True):
            require_int(level, code=_CODE, name="a level", low=1, high=MOST_LEVELS)
            given = whole_numbers(getattr(self, name), name=name, code=_CODE, low=1, high=level, size=len(self))
            own = given.astype(np.int8)
            own.setflags(write=False)
            keep(self, name, own)

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def counts(self) -> tuple[tuple[int, ...], ...]:
        """How many customers have each score, from 1 on: of r, of f, of m."""
        pairs = zip(_AXES, self.levels, strict=True)
        return tuple(tuple(np.bincount(getattr(self, name), minlength=top + 1)[1:].tolist()) for name, top in pairs)

    @property
    def levels_used(self) -> tuple[tuple[int, ...], ...]:
        """The scores that somebody has: of r, of f, of m. Equal values have equal scores, so a level can be empty."""
        return tuple(tuple(at for at, many in enumerate(counts, 1) if many) for counts in self.counts)

    def score_of(self, customer: int) -> RfmScore:
        """The scores of one customer.

        Raises: NotFound for a code without scores; InvalidType, InvalidValue for what is no code.
        """
        at = row_of(self.customer, customer, code=_CODE)
        return RfmScore(r=int(self.r[at]), f=int(self.f[at]), m=int(self.m[at]))

    def explain(self) -> str:
        """How many customers have each score.

        >>> scores = RfmScores(
        ...     as_of=date(2026, 6, 30), levels=(2, 2, 2), customer=[1, 2, 5], r=[1, 2, 2], f=[2, 2, 2], m=[1, 1, 2]
        ... )
        >>> print(scores.explain())
        3 customers scored as of 2026-06-30
        score  R  F  M
            1  1  0  2
            2  2  3  1
        """
        return "\n".join([self._caption(), text_table([_HEAD, *self._rows()], align=[Align.RIGHT] * 4)])

    def _repr_html_(self) -> str:
        return html_table(_HEAD, self._rows(), caption=self._caption())

    def _caption(self) -> str:
        return f"{len(self):,} customers scored as of {self.as_of}"

    def _rows(self) -> list[tuple[object, ...]]:
        tallies = self.counts
        top = max(self.levels)
        return [(at + 1, *(f"{each[at]:,}" if at < len(each) else None for each in tallies)) for at in range(top)]

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """One row a customer: *customer*, *r*, *f*, *m*."""
        return {name: getattr(self, name).copy() for name in ("customer", *_AXES)}


_HEAD: Final = ("score", "R", "F", "M")
