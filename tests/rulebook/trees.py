"""Plain data as trees: every node with its path, and copies with one node changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

Steps = tuple[str | int, ...]


def path_of(steps: Steps) -> str:
    """The path as problems write it."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else _named(step) for step in steps)


def _named(key: str) -> str:
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,59}", key):
        return f".{key}"
    return f"[{json.dumps(key if len(key) <= 40 else key[:37] + '...')}]"


def nodes(data: Any, steps: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    """Every node below the root, parents first."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*steps, key), value
        yield from nodes(value, (*steps, key))


def at(data: Any, steps: Steps) -> Any:
    for step in steps:
        data = data[step]
    return data


def replaced(data: Any, steps: Steps, value: Any) -> Any:
    """A copy with another value at one place; the root for no steps."""
    if not steps:
        return value
    copy = deepcopy(data)
    at(copy, steps[:-1])[steps[-1]] = value
    return copy


def removed(data: Any, steps: Steps) -> Any:
    copy = deepcopy(data)
    del at(copy, steps[:-1])[steps[-1]]
    return copy
