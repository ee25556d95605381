"""The people of a plan as a tree: company, directors, managers, sellers; or regions and product lines.

Nodes are kept in one order, depth first and siblings by id, whatever order they were given in, so no answer
depends on the order of a list. Every walk is a loop: a chain of 100,000 nodes is deep, not an error. Only leaves
work and carry targets of their own; every other node is the sum of the leaves under it, which stand side by side
in that order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from ..errors import InvalidType, NotFound, SalesplanError, clip, listed, require_instance
from .nodes import Node

__all__ = ["Hierarchy", "HierarchyError", "Shape"]


class HierarchyError(SalesplanError, ValueError):
    """Nodes that do not form one tree: an orphan, a cycle, two roots, an id given twice."""


def _nodes(nodes: Iterable[Node]) -> tuple[Node, ...]:
    given = listed(nodes, code="targets.people", name="nodes")
    for node in given:
        if not isinstance(node, Node):
            raise InvalidType(f"not a Node: {clip(node)}", code="targets.people", value=node)
    return given


@attrs.frozen
class Shape:
    """Where everything is, by position in the order of the tree: the node at 0 is the root.

    *parents* and *depths* have one entry per node; *children* the positions under it. *leaves* are the positions of
    the leaves, and the leaves under node n are those from *first*[n] up to *until*[n] of that list.
    """

    parents: tuple[int, ...]
    depths: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]
    leaves: tuple[int, ...]
    first: tuple[int, ...]
    until: tuple[int, ...]


@attrs.frozen
class Hierarchy:
    """One tree of nodes, in the order of the tree: depth first, siblings by id; *ids* are theirs.

    Law: the order in which the nodes are given changes nothing.
    Raises: HierarchyError naming the orphan, the cycle, the second root or the repeated id.
    >>> team = Hierarchy.of({"company": None, "north": "company", "li": "north", "wang": "north", "south": "company"})
    >>> team.ids, team.leaves
    (('company', 'north', 'li', 'wang', 'south'), ('li', 'wang', 'south'))
    """

    nodes: tuple[Node, ...] = attrs.field(converter=_nodes)
    ids: tuple[str, ...] = attrs.field(init=False, repr=False, eq=False)
    shape: Shape = attrs.field(init=False, repr=False, eq=False)
    always_there: bool = attrs.field(init=False, repr=False, eq=False)
    _places: dict[str, int] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        named: dict[str, Node] = {}
        for node in self.nodes:
            if node.id in named:
                raise HierarchyError(f"the id {clip(node.id)} is given twice", code="targets.repeated", value=node.id)
            named[node.id] = node
        below = _below(named)
        order, shape = _walk(named, below)
        object.__setattr__(self, "nodes", order)
        object.__setattr__(self, "ids", tuple(node.id for node in order))
        object.__setattr__(self, "shape", shape)
        object.__setattr__(self, "always_there", all(node.always_there for node in order))
        object.__setattr__(self, "_places", {node.id: place for place, node in enumerate(order)})
        for place, node in enumerate(order):
            if shape.children[place] and not node.always_there:
                raise HierarchyError(
                    f"{clip(node.id)} has nodes under it: days and ramps belong to the leaves",
                    code="targets.not_a_leaf",
                    value=node.id,
                )

    @classmethod
    def of(cls, parents: Mapping[str, str | None]) -> Hierarchy:
        """A tree from `{id: id of the node above}`, None for the root."""
        if not isinstance(parents, Mapping):
            raise InvalidType(f"parents are a mapping: {clip(parents)}", code="targets.people", value=parents)
        return cls([Node(name, parent) for name, parent in parents.items()])

    @classmethod
    def flat(cls, leaves: Iterable[str | Node], *, root: str) -> Hierarchy:
        """A tree of one level: *root* and those under it.

        >>> Hierarchy.flat(["wang", "li"], root="team").leaves
        ('li', 'wang')
        """
        given = [
            leaf if isinstance(leaf, Node) else Node(leaf)
            for leaf in listed(leaves, code="targets.people", name="leaves")
        ]
        return cls([Node(root), *(attrs.evolve(leaf, parent=root) for leaf in given)])

    @classmethod
    def nest(cls, outer: Hierarchy, inner: Hierarchy) -> Hierarchy:
        """The tree in which every leaf of *outer* has all of *inner* under it: 'li/line-a'.

        Raises: HierarchyError where a leaf of *outer* has days or a ramp: give them to the nested leaves.
        >>> lines = Hierarchy.flat(["a", "b"], root="lines")
        >>> Hierarchy.nest(Hierarchy.flat(["li"], root="team"), lines).leaves
        ('li/a', 'li/b')
        """
        for tree in (outer, inner):
            require_instance(tree, Hierarchy, code="targets.people", name="a tree to nest")
        nested = [*outer.nodes]
        for leaf in outer.leaves:
            for node in inner.nodes[1:]:
                above = leaf if node.parent == inner.root else f"{leaf}/{node.parent}"
                nested.append(attrs.evolve(node, id=f"{leaf}/{node.id}", parent=above))
        return cls(nested)

    @property
    def root(self) -> str:
        """The id at the top."""
        return self.nodes[0].id

    @property
    def leaves(self) -> tuple[str, ...]:
        """The ids of the leaves, in the same order."""
        return tuple([self.ids[place] for place in self.shape.leaves])

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._places

    def place(self, name: str) -> int:
        """The position of a node in the order of the tree.

        Raises: NotFound.
        """
        found = self._places.get(name) if isinstance(name, str) else None
        if found is None:
            raise NotFound(f"nobody here is called {clip(name)}", code="targets.no_such_node", value=name)
        return found

    def places(self, names: Iterable[str]) -> list[int]:
        """The positions of several nodes.

        Raises: NotFound.
        """
        given, places = list(names), self._places
        try:
            return [places[name] for name in given]
        except (KeyError, TypeError):  # a stranger, or nothing that could be an id
            return [self.place(name) for name in given]

    def children(self, name: str) -> tuple[str, ...]:
        """The ids directly under a node."""
        return tuple(self.nodes[place].id for place in self.shape.children[self.place(name)])

    def depth(self, name: str) -> int:
        """How many steps a node is below the root."""
        return self.shape.depths[self.place(name)]


def _below(named: dict[str, Node]) -> dict[str | None, list[str]]:
    """The ids under every id, sorted; under None the root."""
    below: dict[str | None, list[str]] = {None: []}
    for node in named.values():
        if node.parent is not None and node.parent not in named:
            raise HierarchyError(
                f"{clip(node.id)} is under {clip(node.parent)}, which is not here", code="targets.orphan", value=node.id
            )
        below.setdefault(node.parent, []).append(node.id)
    if len(below[None]) > 1:
        raise HierarchyError(
            f"a tree has one root, not {len(below[None])}: {clip(sorted(below[None])[:3])}; put a node above them",
            code="targets.roots",
            value=tuple(sorted(below[None])),
        )
    for names in below.values():
        names.sort()
    return below


def _walk(named: dict[str, Node], below: dict[str | None, list[str]]) -> tuple[tuple[Node, ...], Shape]:
    order: list[Node] = []
    parents: list[int] = []
    depths: list[int] = []
    stack = [(name, -1) for name in below[None]]
    while stack:
        name, above = stack.pop()
        place = len(order)
        order.append(named[name])
        parents.append(above)
        depths.append(depths[above] + 1 if above >= 0 else 0)
        stack.extend((child, place) for child in reversed(below.get(name, ())))
    if len(order) < len(named):
        lost = sorted({*named} - {node.id for node in order})
        raise HierarchyError(
            f"{len(lost)} nodes go round in a circle or hang on one, as {clip(lost[0])}"
            if lost
            else "there is no node",
            code="targets.cycle",
            value=tuple(lost),
        )
    if not order:
        raise HierarchyError("a tree needs at least one node", code="targets.no_people", value=())
    return tuple(order), _shape(parents, depths)


def _shape(parents: list[int], depths: list[int]) -> Shape:
    children: list[list[int]] = [[] for _ in parents]
    for place, above in enumerate(parents):
        if above >= 0:
            children[above].append(place)
    leaves = [place for place, under in enumerate(children) if not under]
    first, until = [0] * len(parents), [0] * len(parents)
    for number, place in enumerate(leaves):
        first[place], until[place] = number, number + 1
    for place in range(len(parents) - 1, -1, -1):
        if children[place]:
            first[place], until[place] = first[children[place][0]], until[children[place][-1]]
    return Shape(tuple(parents), tuple(depths), tuple(map(tuple, children)), tuple(leaves), tuple(first), tuple(until))
