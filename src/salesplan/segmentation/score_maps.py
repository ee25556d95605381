"""Segment maps over score levels 1 to 5 that are ready to use, each total on all 125 cells.

Two of them look at R and FM, the mean of F and M, and name the 25 cells of that grid. FM has half points, which a grid
of whole numbers leaves open: `HalfPoints` says where they go.

**Eleven names** (Champions, Loyal Customers, ...). The names are those of the R package rfm; its boxes are not used, as
they do not make a map: in version 0.3.0 they leave 10 of 125 cells open and cover 58 twice. The grid is the one that
circulates as an SQL recipe, with the cell R 2, FM 1, which the recipe leaves open, as About To Sleep.
**Shopify's eleven groups**: ten on the grid, and Prospects, who have bought nothing.
**Four tiers** (core, growth, potential, general): there is no published rule; ours is in `four_tiers`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from itertools import product
from typing import Final

import numpy as np

from ..errors import require_instance, require_int
from .boxes import joined
from .segment_map import SegmentMap
from .segments import Action, ActionKind, Range, ScoreRule, Segment

__all__ = ["HalfPoints", "eleven_names", "four_tiers", "shopify_groups"]

_CODE: Final = "segmentation.score_maps"
_LEVELS: Final = range(1, 6)


class HalfPoints(Enum):
    """Where a half point of FM goes, the mean of F and M: F 3, M 4 is 3.5."""

    UP = "up"
    """To the higher level: 3.5 is 4, as "FM above 3" has it."""
    DOWN = "down"
    """To the lower level: 3.5 is 3, as a division of whole numbers has it."""


def eleven_names(*, half_points: HalfPoints = HalfPoints.UP) -> SegmentMap:
    """The map of the eleven names of R and FM.

    >>> from salesplan.segmentation.scores import RfmScore
    >>> eleven_names().segment_of(RfmScore(r=1, f=5, m=4)).name
    "Can't Lose Them"
    """
    return _on_grid(_ELEVEN, half_points, prospects=None)


def shopify_groups(*, half_points: HalfPoints = HalfPoints.UP) -> SegmentMap:
    """The map of the groups of Shopify's RFM analysis.

    Source: the conditions on R and FM of Shopify's help page, and the grid of its chart library polaris-viz. They are
    on whole FM; "above 3" and "above 4" take half points up.
    """
    prospects = Segment("Prospects", Action(ActionKind.WELCOME, "help them to the first purchase"))
    return _on_grid(_SHOPIFY, half_points, prospects=prospects)


def four_tiers(*, high: int = 4) -> SegmentMap:
    """The map of four tiers: core is F and M high, growth one of the two, potential only R, general none.

    High is the level *high* or more.
    """
    require_int(high, code=_CODE, name="high", low=2, high=5)

    def tier(r: int, f: int, m: int) -> str:
        reached = (f >= high) + (m >= high)
        return ("general" if r < high else "potential", "growth", "core")[reached]

    return _named(tier, _TIERS, prospects=None)


def _on_grid(rows: Mapping[int, str], half_points: HalfPoints, *, prospects: Segment | None) -> SegmentMap:
    """The map of a grid: for each R, the letters of FM 1 to 5."""
    require_instance(half_points, HalfPoints, code=_CODE, name="half_points")
    up = half_points is HalfPoints.UP

    def letter(r: int, f: int, m: int) -> str:
        return rows[r][(f + m + up) // 2 - 1]

    return _named(letter, _ELEVEN_NAMES if rows is _ELEVEN else _SHOPIFY_NAMES, prospects=prospects)


def _named(
    name_of: Callable[[int, int, int], str], segments: Mapping[str, Segment], *, prospects: Segment | None
) -> SegmentMap:
    """The map that gives each cell its segment, in few boxes."""
    cells = np.array([name_of(r, f, m) for r, f, m in product(_LEVELS, repeat=3)]).reshape(5, 5, 5)
    rules = [
        ScoreRule(segment, **dict(zip("rfm", map(_range, box), strict=True)))
        for name, segment in segments.items()
        for box in joined(cells == name, orderly=(True, True, True))
    ]
    return SegmentMap(tuple(rules), prospects=prospects)


def _range(places: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Range | None:
    if places.size == len(_LEVELS):
        return None
    return Range(at_least=int(places[0]) + 1, at_most=int(places[-1]) + 1)


def _segment(name: str, does: ActionKind, description: str) -> Segment:
    return Segment(name, Action(does, description))


_ELEVEN: Final = {5: "NOYCC", 4: "POOYC", 3: "PTOYY", 2: "STTRR", 1: "LHRXX"}
_ELEVEN_NAMES: Final = {
    "C": _segment("Champions", ActionKind.REWARD, "thank them, show them what is new"),
    "Y": _segment("Loyal Customers", ActionKind.UPGRADE_OFFER, "offer more of what they buy"),
    "O": _segment("Potential Loyalist", ActionKind.UPGRADE_OFFER, "offer a membership"),
    "N": _segment("New Customers", ActionKind.WELCOME, "help them to start"),
    "P": _segment("Promising", ActionKind.WELCOME, "give them a free sample"),
    "T": _segment("Need Attention", ActionKind.REMIND, "an offer for a limited time"),
    "S": _segment("About To Sleep", ActionKind.REMIND, "show them what others buy"),
    "R": _segment("At Risk", ActionKind.WAKE_UP_COUPON, "a personal offer to come back"),
    "X": _segment("Can't Lose Them", ActionKind.CALL, "talk to them"),
    "H": _segment("Hibernating", ActionKind.WAKE_UP_COUPON, "a discount on what they bought"),
    "L": _segment("Lost", ActionKind.LEAVE, "let them go"),
}

_SHOPIFY: Final = {5: "NAACC", 4: "PAAYY", 3: "LLTYY", 2: "DDRRV", 1: "DDRRV"}
_SHOPIFY_NAMES: Final = {
    "C": _segment("Champions", ActionKind.REWARD, "thank them"),
    "Y": _segment("Loyal", ActionKind.UPGRADE_OFFER, "offer more"),
    "A": _segment("Active", ActionKind.UPGRADE_OFFER, "offer more of what they buy"),
    "N": _segment("New", ActionKind.WELCOME, "help them to start"),
    "P": _segment("Promising", ActionKind.WELCOME, "help them to the second purchase"),
    "T": _segment("Needs attention", ActionKind.REMIND, "remind them"),
    "L": _segment("Almost lost", ActionKind.WAKE_UP_COUPON, "a reason to come back"),
    "V": _segment("Previously loyal", ActionKind.CALL, "talk to them"),
    "R": _segment("At risk", ActionKind.WAKE_UP_COUPON, "a personal offer to come back"),
    "D": _segment("Dormant", ActionKind.LEAVE, "let them go"),
}

_TIERS: Final = {
    "core": Segment("core", Action(ActionKind.REWARD, "look after them in person"), aliases=("核心",)),
    "growth": Segment("growth", Action(ActionKind.UPGRADE_OFFER, "raise what is low of the two"), aliases=("成长",)),
    "potential": Segment("potential", Action(ActionKind.WELCOME, "help them to the next purchase"), aliases=("潜力",)),
    "general": Segment("general", Action(ActionKind.REMIND, "remind them"), aliases=("一般",)),
}
