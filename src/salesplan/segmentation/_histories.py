"""Buying histories as columns: what the models of orders know of a customer.

    repeat_days    x    on how many days the customer bought, the first such day not counted
    last_repeat    t_x  days from the first to the last of them; 0 exactly where x is 0
    age            T    days from the first to the end of the period observed, t_x or more

Several orders on one day are one. Many customers share a history, so a likelihood is summed over the different ones,
sorted, each times its count: shorter, and the same to the last bit whatever order the customers came in.
"""

from __future__ import annotations

from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from ..columns import Reals, Whole, real_numbers, whole_numbers
from ..errors import InvalidType, InvalidValue, clip

__all__ = [
    "MOST_DAYS",
    "Histories",
    "Tally",
    "checked",
    "days_ahead",
    "distinct_pairs",
    "own_reals",
    "own_whole",
    "read_only",
    "require_one_length",
    "tally",
    "time_column",
]

MOST_DAYS: Final = 1_000_000
_BITS: Final = 20  # 2**20 > MOST_DAYS: three numbers of days fit one integer
_MOST_REAL: Final = 1e200  # no forecast comes near


@attrs.frozen(eq=False)
class Histories:
    """Checked columns of one length."""

    repeats: Whole
    last: Reals
    age: Reals

    def __len__(self) -> int:
        return len(self.repeats)


@attrs.frozen(eq=False)
class Tally:
    """The different histories, rising, and how many customers have each. Whole days, as floats."""

    repeats: Whole
    last: Reals
    age: Reals
    counts: Reals


def checked(repeat_days: object, last_repeat: object, age: object) -> Histories:
    """The columns, after every check that a history has to pass.

    Raises: InvalidType, InvalidValue naming the first row at fault.
    """
    repeats = whole_numbers(repeat_days, name="repeat_days", code="segmentation.repeat_days", low=0, high=MOST_DAYS)
    last = time_column(last_repeat, name="last_repeat", size=len(repeats))
    ages = time_column(age, name="age", size=len(repeats))
    _refuse(last > ages, last, name="last_repeat", why="is after the end of the period: it must not exceed age")
    _refuse((repeats == 0) & (last > 0), last, name="last_repeat", why="must be 0 where there are no repeat_days")
    _refuse(repeats > last, repeats, name="repeat_days", why="is more than the days up to last_repeat")
    return Histories(repeats, last, ages)


def time_column(values: object, *, name: str, size: int) -> Reals:
    """A column of days, parts of days allowed.

    Raises: InvalidType, InvalidValue for a negative number, NaN, more than MOST_DAYS or another length.
    """
    code = f"segmentation.{name}"
    days = real_numbers(values, name=name, code=code)
    if days.ndim != 1 or len(days) != size:
        shape = " x ".join(map(str, days.shape))
        raise InvalidValue(f"{name} must be one column of {size:,} rows, not {shape}", code=code, value=days.shape)
    _refuse((days < 0) | (days > MOST_DAYS), days, name=name, why=f"must lie in 0..{MOST_DAYS:,} days")
    return days


def _refuse(wrong: NDArray[np.bool_], values: Whole | Reals, *, name: str, why: str) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        value = values[row].item()
        raise InvalidValue(f"{name} {why}; row {row} is {clip(value)}", code=f"segmentation.{name}", value=value)


def tally(histories: Histories) -> Tally:
    """The different histories with their counts.

    Law: the same for any order of the rows.
    Raises: InvalidValue for parts of days: a fit is of dates.
    """
    for name, days in (("last_repeat", histories.last), ("age", histories.age)):
        _refuse(days != np.floor(days), days, name=name, why="must be whole days in a fit")
    last, age = histories.last.astype(np.int64), histories.age.astype(np.int64)
    keys = np.sort((histories.repeats << (2 * _BITS)) | (last << _BITS) | age)
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    counts = np.diff(starts, append=len(keys))
    keys = keys[starts]
    low = (1 << _BITS) - 1
    return Tally(
        repeats=keys >> (2 * _BITS),
        last=((keys >> _BITS) & low).astype(np.float64),
        age=(keys & low).astype(np.float64),
        counts=counts.astype(np.float64),
    )


def distinct_pairs(histories: Histories) -> tuple[Reals, Reals, NDArray[np.intp]]:
    """The different pairs of repeats and age, and which of them each row is.

    A forecast depends on these two; t_x enters through the chance of being a customer still, and nowhere else.
    """
    repeats, age = histories.repeats, histories.age
    if not len(histories):
        return np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.intp)
    whole = age.astype(np.int64)
    width = int(whole.max()) + 1
    cells = (int(repeats.max()) + 1) * width
    if cells <= 4 * len(repeats) + 2**16 and bool((whole == age).all()):  # few cells: no need to sort
        keys = repeats * width + whole
        seen = np.zeros(cells, dtype=np.bool_)
        seen[keys] = True
        found = np.flatnonzero(seen)
        places = np.zeros(cells, dtype=np.intp)
        places[found] = np.arange(len(found))
        return (found // width).astype(np.float64), (found % width).astype(np.float64), places[keys]
    pairs, rows = np.unique(repeats + 1j * age, return_inverse=True)
    return np.ascontiguousarray(pairs.real), np.ascontiguousarray(pairs.imag), rows.reshape(-1)


def days_ahead(value: object) -> float:
    """A horizon in days, parts allowed.

    Raises: InvalidType, InvalidValue for anything but a number in 0..MOST_DAYS.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise InvalidType(f"horizon must be a number of days: {clip(value)}", code="segmentation.horizon", value=value)
    if not 0 <= value <= MOST_DAYS:
        raise InvalidValue(
            f"horizon must lie in 0..{MOST_DAYS:,} days: {clip(value)}", code="segmentation.horizon", value=value
        )
    return float(value)


def read_only(numbers: NDArray[Any]) -> NDArray[Any]:
    """A copy that cannot be written to."""
    kept = numbers.copy()
    kept.setflags(write=False)
    return kept


def own_reals(values: object) -> Reals:
    """An own, read-only column of measurements, for a value to keep; the sum of a column stays a float."""
    column = real_numbers(values, name="a column", code="segmentation.column")
    if column.ndim != 1:
        raise InvalidValue("a column must be one, not a table", code="segmentation.column", value=column.ndim)
    _refuse(np.abs(column) > _MOST_REAL, column, name="column", why="must lie in -1e200..1e200")
    return read_only(column)


def own_whole(values: object) -> Whole:
    """An own, read-only column of whole numbers from 0 on, for a value to keep."""
    return read_only(whole_numbers(values, name="a column", code="segmentation.column", low=0))


def require_one_length(columns: dict[str, NDArray[Any]]) -> None:
    """Raises: InvalidValue where columns of one table differ in length."""
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        raise InvalidValue(f"columns of one length, not {clip(lengths)}", code="segmentation.column", value=lengths)
