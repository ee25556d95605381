"""The look at the outline of foreign data before any of it is read: how deep, how many values.

Without recursion, and counting the tree that the data spell out: a cycle ends at the depth limit, a list
shared a billion times at the limit of values. What passes may be walked recursively. Single values are looked
at when they are read, by the form that expects them: nothing but an expected value is ever used.
"""

from __future__ import annotations

from typing import Any, Final

from ._rulebook_faults import Faults, Trail

__all__ = ["MAX_DEPTH", "MAX_NODES", "scan"]

MAX_DEPTH: Final = 64
MAX_NODES: Final = 1_000_000
_CONTAINERS: Final = frozenset({dict, list})


def scan(data: object, faults: Faults) -> bool:
    """Whether the data may be walked; reports it if not."""
    level: list[Any] = [data] if type(data) in _CONTAINERS else []
    nodes = 1
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        push = below.append
        for node in level:
            nodes += len(node)
            if nodes > MAX_NODES:
                return _report(data, faults)
            for value in node.values() if type(node) is dict else node:
                if type(value) in _CONTAINERS:
                    push(value)
        if not below:
            return True
        level = below
    return _report(data, faults)


def _report(data: object, faults: Faults) -> bool:
    """The same walk again, with places."""
    level: list[tuple[Any, Trail]] = [(data, None)]
    nodes = 1
    for _ in range(MAX_DEPTH):
        below: list[tuple[Any, Trail]] = []
        for node, at in level:
            nodes += len(node)
            if nodes > MAX_NODES:
                faults.add(at, "rulebook.too_many", f"more than {MAX_NODES:,} values in all, counted to here")
                return False
            for key, value in node.items() if type(node) is dict else enumerate(node):
                if type(value) in _CONTAINERS:
                    below.append((value, (at, key)))
        level = below
    for _, at in level:
        faults.add(at, "rulebook.too_deep", f"nested deeper than {MAX_DEPTH} levels")
    return False
