"""What counts as a hole in a column: None, NaN, NaT, and the NA of a data frame, none of which equals itself."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np

__all__ = ["is_hole"]

_WHOLE: Final[set[type]] = {int, str, date}


def is_hole(value: object) -> bool:
    """Whether there is no value.

    >>> [is_hole(each) for each in (None, float("nan"), np.datetime64("NaT"), 0, "", False)]
    [True, True, True, False, False, False]
    """
    if value is None or type(value) in _WHOLE:
        return value is None
    try:
        differs = value != value
    except Exception:  # whatever a foreign comparison raises
        return False
    if isinstance(differs, bool | np.bool_):
        return bool(differs)
    return differs is value  # an NA answers every comparison with itself
