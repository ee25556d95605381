"""The columns that rows of orders come in, with the way out for those who have something else."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..columns import Whole, codes

__all__ = ["AMOUNTS", "ids"]

AMOUNTS: Final = "; see columns.minor_units"


def ids(values: object, *, name: str, code: str, size: int | None = None) -> Whole:
    """One column of ids, as int64.

    Raises: InvalidType, InvalidValue as `columns.codes` does.
    """
    return codes(values, name=name, code=code, size=size).astype(np.int64, copy=False)
