"""Which codes a partial count has seen: exact, small where codes are dense, and cheap to check for a code seen twice.

Counts of two parts add up only if no basket (no customer) is in both. A digest cannot tell, and the span from the
smallest code to the largest refuses parts that were dealt out by hash. So a count keeps its codes as maximal runs of
consecutive integers, 16 bytes a run: one run where a part holds a range of codes, at worst one for each code, and one
again when all parts are merged.
"""

from __future__ import annotations

import numpy as np

from ..columns import Whole
from ..errors import InvalidValue, SalesplanError
from ._own_arrays import own_table

__all__ = ["SeenTwice", "merged_runs", "own_runs", "run_total", "runs_of"]


class SeenTwice(SalesplanError, ValueError):
    """Two partial counts hold the same basket or customer, so their sum would count it twice."""


def runs_of(codes: Whole) -> Whole:
    """The maximal runs (first, last) of strictly rising codes."""
    if not codes.size:
        return np.empty((0, 2), dtype=np.int64)
    breaks = np.flatnonzero(np.diff(codes) != 1)
    return np.stack([codes[np.append(0, breaks + 1)], codes[np.append(breaks, codes.size - 1)]], axis=1)


def own_runs(values: object, *, name: str, code: str) -> Whole:
    """An own copy of runs, checked: each ends where it begins or later, and a hole lies between two of them."""
    runs = own_table(values, width=2, name=name, code=code)
    if (runs[:, 0] > runs[:, 1]).any() or (runs[1:, 0] - 1 <= runs[:-1, 1]).any():
        raise InvalidValue(f"{name} must rise, with a hole between two runs", code=code, value=values)
    return runs


def run_total(runs: Whole) -> int:
    """How many codes the runs hold."""
    total: int = (runs[:, 1] - runs[:, 0]).sum().item()  # disjoint below 2**63: the sum fits
    return total + len(runs)


def merged_runs(left: Whole, right: Whole, *, what: str, code: str) -> Whole:
    """The runs of both, which have no code in common.

    Law: commutative and associative, to the byte.
    Raises: SeenTwice naming the first code that is in both.
    """
    runs = np.concatenate([left, right])
    runs = runs[np.argsort(runs[:, 0], kind="stable")]
    twice = np.flatnonzero(runs[1:, 0] <= runs[:-1, 1])
    if twice.size:
        seen = int(runs[twice[0] + 1, 0])
        raise SeenTwice(
            f"{what} {seen} is in both parts and would count twice: split the rows by {what}", code=code, value=seen
        )
    if not runs.size:
        return runs
    new = np.append(True, runs[1:, 0] - 1 != runs[:-1, 1])
    last = np.append(np.flatnonzero(new)[1:] - 1, runs.shape[0] - 1)
    return np.stack([runs[new, 0], runs[last, 1]], axis=1)
