"""By how many metres places miss a cue; infinite where they contradict it. Each a pure function of N places."""

import math
from dataclasses import dataclass
from typing import Final, assert_never

import numpy as np

from ..cues import AtWall, Beside, InView, Near, On
from ..geometry.frames import FloatArray
from ..geometry.solids import BoolArray
from ..geometry.walls import Walls
from .levels import Level
from .placement import AnyCue, Next
from .solid import Solid

_HEIGHT: Final = 2.0
"""A metre of height counts so many on the ground: who clicks a board means that board."""
_SAME_HEIGHT: Final = 0.03
"""Metres of height by which a click may miss what it means."""
_IN_REACH: Final = (0.3, 1.3)
"""Heights of a level that one can reach and see, metres."""
_SMALL: Final = 0.3
"""Metres that a level counts as missing by where it is small against the largest of its host."""
_OFF_MIDDLE: Final = 0.1
"""Metres for each metre from the middle of a level."""
_GAP: Final = 0.05
"""Metres between neighbours."""
_ALIGNED: Final = 0.5
"""Metres for each metre that neighbours' middles are out of line."""
_IN_ROW: Final = 0.004
"""Metres between things in a row."""
SAME_BOARD: Final = 0.005
"""Metres of height between things in a row."""
_UNDER: Final = 0.3
"""Least share of an item's ground that is under what it is said to be under."""
_STANDING_OFF: Final = 0.01
"""Metres between a back and its wall."""
_MOVED: Final = 0.05
"""Metres for each metre that an item goes along its wall."""
_PARALLEL: Final = 0.98
"""Least cosine between a back and its wall."""
_SEEN_FIRST: Final = 0.03
"""Metres for each metre of a level's height: of two places behind each other the higher one hides the other."""
_PROBED: Final = 0.005
"""Metres by which a place is moved to see how its rectangle changes."""
_STEPS_TO_FIT: Final = 4
_WAYS: Final = np.array(
    [
        [math.cos(turn) * math.cos(tilt), math.sin(turn) * math.cos(tilt), math.sin(tilt)]
        for tilt in (-math.pi / 2, -0.6, 0.0, 0.6, math.pi / 2)
        for turn in np.arange(12) * math.tau / 12
    ]
)
"""(60, 3) directions all around."""
_FITTED_NEAR: Final = 0.3
"""Metres from the best place of the grid within which the one that fits best is looked for."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """N places of one item on one level.

    Attributes:
        centres: (N, 2) of the middle of its box.
        item: it, the middle of its box above the origin, as it would be turned.
        facing: (2,) where its front looks.
        start: (2,) where it is now.
        level: on which it would stand.
        middle: (2,) of the level.
        share: area of the level as a share of the largest of its host.
    """

    centres: FloatArray
    item: Solid
    facing: FloatArray
    start: FloatArray
    level: Level
    middle: FloatArray
    share: float

    @property
    def half(self) -> FloatArray:
        """(2,) half extents of the item's box on the ground."""
        return self.item.size[:2] / 2


def miss_of(cue: AnyCue, places: Candidates, anchor: Solid | None, walls: Walls | None) -> FloatArray:
    """(N,) metres by which places miss a cue.

    Args:
        cue: what is wished.
        places: where the item could be.
        anchor: the solid that the cue names; None where it names none.
        walls: of the room.
    """
    match cue:
        case Near():
            return _near(cue, places)
        case On():
            return _on(places)
        case Beside():
            assert anchor is not None  # noqa: S101 - the placer has looked it up
            return _under(places, anchor) if cue.side == "under" else _beside(cue, places, anchor)
        case AtWall():
            return _at_wall(places, walls)
        case InView():
            return _in_view(cue, places)
        case Next():
            assert anchor is not None  # noqa: S101 - likewise
            return _next(places, anchor)
    assert_never(cue)


def _near(cue: Near, places: Candidates) -> FloatArray:
    height = 0.0 if cue.out is not None else max(abs(places.level.height - cue.point[2]) - _SAME_HEIGHT, 0.0)
    return np.linalg.norm(places.centres - near_place(cue, places.item), axis=1) + _HEIGHT * height


def near_place(cue: Near, item: Solid) -> FloatArray:
    """(2,) where the middle of an item's box is meant to be: at the point, or before the wall there.

    Args:
        cue: of the point.
        item: the middle of its box above the origin.
    """
    point = np.array(cue.point[:2])
    if cue.out is None:
        return point
    out = np.array(cue.out)
    return point + out * (_STANDING_OFF - float((item.corners[:, :2] @ out).min()))


def _on(places: Candidates) -> FloatArray:
    low, high = _IN_REACH
    out_of_reach = max(low - places.level.height, places.level.height - high, 0.0)
    off = np.linalg.norm(places.centres - places.middle, axis=1)
    return out_of_reach + _SMALL * (1 - places.share) + _OFF_MIDDLE * off


def _beside(cue: Beside, places: Candidates, anchor: Solid) -> FloatArray:
    low, high = places.centres - places.half, places.centres + places.half
    gaps = np.stack(
        [anchor.low[0] - high[:, 0], low[:, 0] - anchor.high[0], anchor.low[1] - high[:, 1], low[:, 1] - anchor.high[1]]
    )
    off = np.abs(places.centres - (anchor.low + anchor.high)[:2] / 2)
    misses = np.abs(gaps - _GAP) + _ALIGNED * np.stack([off[:, 1], off[:, 1], off[:, 0], off[:, 0]])
    misses = np.where(gaps > 0, misses, np.inf)
    sides = ("left of", "right of", "in front of", "behind")
    return misses.min(axis=0) if cue.side == "beside" else misses[sides.index(cue.side)]


def _under(places: Candidates, anchor: Solid) -> FloatArray:
    low = np.maximum(places.centres - places.half, anchor.low[:2])
    high = np.minimum(places.centres + places.half, anchor.high[:2])
    share = (high - low).clip(0).prod(axis=1) / (4 * places.half.prod())
    off = np.linalg.norm(places.centres - (anchor.low + anchor.high)[:2] / 2, axis=1)
    return np.where((share >= _UNDER) & (places.level.height < anchor.high[2]), off, np.inf)


def _next(places: Candidates, previous: Solid) -> FloatArray:
    ends = row_places(places.item, places.facing, previous)
    return np.linalg.norm(places.centres[:, None] - ends, axis=2).min(axis=1)


def row_places(item: Solid, facing: FloatArray, previous: Solid) -> FloatArray:
    """(2, 2) where the middle of an item's box is that stands in a row with a previous one, on either side.

    Args:
        item: the middle of its box above the origin.
        facing: (2,) where its front looks.
        previous: where it stands.
    """
    axes = np.stack([facing, [-facing[1], facing[0]]])
    own = item.corners[:, :2] @ axes.T
    other = previous.corners[:, :2] @ axes.T
    extents = own.max(axis=0) - own.min(axis=0)
    along = int(extents[1] <= extents[0])
    across = 1 - along
    ends = np.empty((2, 2))
    # A front looks along its own axis, so the lower end is the back; across it, the lower end is as good as any.
    ends[:, across] = other[:, across].min() - own[:, across].min()
    ends[:, along] = (
        other[:, along].max() + _IN_ROW - own[:, along].min(),
        other[:, along].min() - _IN_ROW - own[:, along].max(),
    )
    return ends @ axes


def _at_wall(places: Candidates, walls: Walls | None) -> FloatArray:
    if walls is None:
        return np.full(len(places.centres), np.inf)
    misses = np.full(len(places.centres), np.inf)
    depth = float(np.abs(places.item.corners[:, :2] @ places.facing).max())
    for wall in range(len(walls.starts)):
        inward = walls.inward[wall]
        if float(inward @ places.facing) < _PARALLEL:
            continue
        offset = places.centres - walls.starts[wall]
        along = offset @ walls.along[wall]
        gap = offset @ inward - depth
        beside = (along > 0) & (along < walls.lengths[wall]) & (gap > -_STANDING_OFF)
        misses = np.minimum(misses, np.where(beside, np.abs(gap - _STANDING_OFF), np.inf))
    return misses + _MOVED * np.linalg.norm(places.centres - places.start, axis=1)


def _in_view(cue: InView, places: Candidates) -> FloatArray:
    at = np.column_stack([places.centres, np.full(len(places.centres), places.level.height)])
    low, high, seen = seen_boxes(cue, places.item, at)
    off = np.concatenate([low - np.array(cue.low), high - np.array(cue.high)], axis=1)
    unit = math.dist(cue.low, cue.high) / float(np.linalg.norm(places.item.size))
    return np.where(seen, np.abs(off).mean(axis=1) / max(unit, 1e-9) - _SEEN_FIRST * places.level.height, np.inf)


def _outline(item: Solid) -> FloatArray:
    """(K, 3) the corners of an item that reach farthest in some direction: what the rectangle around it comes from."""
    return item.corners[np.unique((item.corners @ _WAYS.T).argmax(axis=0))]


def seen_place(cue: InView, item: Solid, height: float, start: FloatArray) -> FloatArray:
    """(2,) where an item that stands at a height best fills a rectangle in a view, from a place near that.

    Gauss and Newton's steps on the four sides of the rectangle.
    """
    place, wished = start.astype(np.float64), np.array([*cue.low, *cue.high])
    around = _PROBED * np.eye(3)[[2, 0, 1]] * [1, 1, 0]
    for _ in range(_STEPS_TO_FIT):
        low, high, seen = seen_boxes(cue, item, np.add(around, [*place, height]))
        sides = np.concatenate([low, high], axis=1)
        if not seen.all() or not np.isfinite(sides).all():
            return start
        slopes = (sides[1:] - sides[0]).T / _PROBED
        place = place + np.linalg.lstsq(slopes, wished - sides[0], rcond=None)[0]
    return place if np.linalg.norm(place - start) < _FITTED_NEAR else start


def seen_boxes(cue: InView, item: Solid, places: FloatArray) -> tuple[FloatArray, FloatArray, BoolArray]:
    """The rectangles in a view around an item, moved by each of N places.

    Args:
        cue: whose camera looks.
        item: where it would be moved from.
        places: (N, 3) metres.

    Returns:
        (N, 2) lower and (N, 2) upper corners, and (N,) whether all of the item is before the camera.
    """
    rows = np.array(cue.camera)[[0, 1, 3]]
    own, moved = _outline(item) @ rows[:, :3].T, places @ rows[:, :3].T + rows[:, 3]
    x, y, depth = (moved[:, k, None] + own[:, k] for k in range(3))
    with np.errstate(divide="ignore", invalid="ignore"):
        x, y = x / depth, y / depth
    low, high = (np.stack([end(x, axis=1), end(y, axis=1)], axis=1) for end in (np.min, np.max))
    return low, high, (depth > 0).all(axis=1)
