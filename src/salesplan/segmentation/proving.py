"""Whether a map is whole: no hole, no region with two rules, no rule that nobody can meet; and the error that says."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

from ..errors import SalesplanError, clip
from ._grain import counted
from .boxes import Cover, Region
from .segments import Segment

__all__ = ["Overlap", "SegmentMapError", "prove"]

_CODE: Final = "segmentation.segment_map"


class Overlap(Enum):
    """What happens where several rules hold."""

    REFUSE = "refuse"
    """The map is not built."""
    FIRST_MATCH = "first_match"
    """The first of them counts, so the order of the rules has a meaning."""


class SegmentMapError(SalesplanError, ValueError):
    """Rules that leave a hole, meet twice or can never hold; `explain()` lists all regions in words.

    *uncovered* and *doubled* hold the first 50 regions each, *dead* the places of rules that nobody can meet.
    """

    uncovered: tuple[Region, ...] = ()
    doubled: tuple[Region, ...] = ()
    dead: tuple[int, ...] = ()
    names: tuple[str, ...] = ()

    def explain(self) -> str:
        """Every region, one a line."""
        lines = [f"nothing covers: {region}" for region in self.uncovered]
        lines += [f"covered by {self._who(region)}: {region}" for region in self.doubled]
        lines += [f"rule {at + 1} can never hold: {self.names[at]}" for at in self.dead]
        return "\n".join(lines)

    def _who(self, region: Region) -> str:
        return " and ".join(self.names[at] for at in region.claimed_by)


def prove(
    cover: Cover, *, names: Sequence[str], reasons: Sequence[str], rest: Segment | None, overlap: Overlap
) -> None:
    """Nothing, where every cell has its segment and every rule a cell; *reasons* are the rules in words.

    Raises: SegmentMapError otherwise.
    """
    open_cells = cover.uncovered()
    holes = open_cells if rest is None else ()
    doubled = cover.doubled() if overlap is Overlap.REFUSE else ()
    if holes:
        twice = f"; covered twice: {counted(len(doubled), 'region')}" if doubled else ""
        text = f"nothing covers {_first(holes)}: name the rest with otherwise={twice}"
        raise _error("uncovered", text, names, uncovered=holes, doubled=doubled)
    if doubled:
        both = " and ".join(names[at][:20] for at in doubled[0].claimed_by[:2])
        raise _error(
            "doubled", f"{both} both cover {_first(doubled)}: see explain(), or overlap=", names, doubled=doubled
        )
    dead = cover.dead()
    if dead:
        text = f"rule {dead[0] + 1} can never hold: {names[dead[0]][:40]}, {clip(reasons[dead[0]])}"
        raise _error("dead", text, names, dead=dead)
    if rest is not None and not open_cells:
        raise _error("dead", "the rules cover everything: otherwise= would name nobody", names)


def _first(regions: tuple[Region, ...]) -> str:
    text = str(regions[0])
    shown = text if len(text) <= 90 else text[:87] + "..."
    return shown if len(regions) == 1 else f"{shown} (and {len(regions) - 1:,} more)"


def _error(
    what: str,
    text: str,
    names: Sequence[str],
    *,
    uncovered: tuple[Region, ...] = (),
    doubled: tuple[Region, ...] = (),
    dead: tuple[int, ...] = (),
) -> SegmentMapError:
    error = SegmentMapError(text, code=f"{_CODE}.{what}", value=[str(each) for each in (*uncovered, *doubled)])
    error.uncovered, error.doubled, error.dead, error.names = uncovered, doubled, dead, tuple(names)
    return error
