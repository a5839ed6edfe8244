"""Doors and windows of a room: gaps in its walls, and objects that stand in their line. Metres, in the world.

Walls are cut at every height at which something begins or ends, and what is not covered along a side of the room is a
gap: so openings cut with a modifier, modelled into a mesh, or left between two walls are found alike.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from ...instructscene_core.outlines import Point2
from .surfaces import Floats, Surface

OpeningKind = Literal["door", "window"]
_BEHIND: Final = 0.5
"""Metres behind a side of the room within which its wall is."""
_BEFORE: Final = 0.12
"""Metres before a side within which its wall may still be, where the floor goes on below it a little."""
_ALONG: Final = 0.94
"""Cosine from which a segment runs along a side."""
_NARROWEST: Final = 0.35
"""Metres of width and height below which a gap is a joint or a socket."""
_WIDEST: Final = 2.6
"""Metres of a gap from floor to ceiling above which a room is open there rather than has a door."""
_SILL: Final = 0.12
"""Metres above the floor below which an opening begins at the floor."""
_DOOR: Final = 1.7
"""Metres of a door's height, at least."""
_JOINT: Final = 0.02
"""Metres between heights, or places along a wall, that are one."""
_LEVELS: Final = 24
"""Cuts through a wall at most: an arch has many heights."""
_FULL: Final = 0.6
"""Share of the rectangle around a gap that is open, at least: an arch has 0.8, the room above a low wall none."""
_REVEAL: Final = 0.2
"""Metres by which a frame may stand into the room."""
_MIDDLE: Final = 0.01
"""Metres by which the middle of what is built in may be before its wall."""
_LEAF: Final = 0.25
"""Width of an object over its depth below which it is a leaf that stands open."""


@dataclass(frozen=True)
class Gap:
    """An opening in a side of a room.

    Args:
        side: number of the side.
        low: metres from the side's start to where it begins.
        high: to where it ends.
        bottom: height in the world.
        top: height in the world.
        kind: door or window.
    """

    side: int
    low: float
    high: float
    bottom: float
    top: float
    kind: OpeningKind

    def meets(self, other: "Gap") -> bool:
        """Whether two openings of a side overlap."""
        return self.side == other.side and min(self.high, other.high) - max(self.low, other.low) > _JOINT


@dataclass(frozen=True)
class Side:
    """A side of a room, with the room to its left.

    Args:
        start: first end.
        along: (2,) unit vector to the second end.
        length: metres.
    """

    start: Floats
    along: Floats
    length: float

    def places(self, points: Floats) -> Floats:
        """Metres along the side and behind it, (…, 2), of points (…, 2)."""
        delta = points - self.start
        return np.stack([delta @ self.along, delta @ np.array([self.along[1], -self.along[0]])], axis=-1)

    def point(self, along: float) -> Point2:
        """The point so far along the side."""
        x, y = (self.start + along * self.along).tolist()
        return x, y


def sides_of(outline: Sequence[Point2]) -> list[Side]:
    """The sides of an anticlockwise outline."""
    corners = np.array(outline, dtype=np.float64)
    vectors = np.roll(corners, -1, axis=0) - corners
    lengths = np.linalg.norm(vectors, axis=1)
    return [
        Side(start, vector / length, float(length))
        for start, vector, length in zip(corners, vectors, lengths, strict=True)
    ]


def wall_gaps(sides: Sequence[Side], walls: Surface, floor: float, ceiling: float) -> list[Gap]:
    """The gaps in the walls along the sides of a room.

    Args:
        sides: of the room.
        walls: all of them.
        floor: its height.
        ceiling: height up to which the room reaches.
    """
    if not len(walls.triangles):
        return []
    return [gap for number, side in enumerate(sides) for gap in _gaps_of(number, side, walls, floor, ceiling)]


def _gaps_of(number: int, side: Side, walls: Surface, floor: float, ceiling: float) -> list[Gap]:
    near = _near(side, walls)
    if not len(near.triangles):
        return []
    heights = _heights(near, floor, ceiling)
    covered = [_covered(side, near.cut((a + b) / 2)) for a, b in itertools.pairwise(heights)]
    places = _merged(np.array([0.0, side.length, *(end for level in covered for part in level for end in part)]))
    middles = (places[:-1] + places[1:]) / 2
    is_open = np.array([[not any(a < m < b for a, b in level) for m in middles] for level in covered], np.bool_)
    widths, steps = np.diff(places), np.diff(heights)
    share = float((is_open * widths * steps[:, None]).sum() / (side.length * steps.sum()))
    if share > 0.9:  # no wall stands here
        return []
    found = list[Gap]()
    for cells in _components(is_open):
        rows, columns = cells[:, 0], cells[:, 1]
        low, high = float(places[columns.min()]), float(places[columns.max() + 1])
        bottom, top = float(heights[rows.min()]), float(heights[rows.max() + 1])
        filled = float((widths[columns] * steps[rows]).sum()) / ((high - low) * (top - bottom))
        if filled >= _FULL and (kind := _kind_of_gap(high - low, bottom - floor, top - bottom, ceiling - top)):
            found.append(Gap(number, low, high, bottom, top, kind))
    return found


def _near(side: Side, walls: Surface) -> Surface:
    """The triangles that reach into the band of a side's wall."""
    points = side.places(walls.points[..., :2])
    low, high = points.min(axis=1), points.max(axis=1)
    there = (low[:, 0] < side.length) & (high[:, 0] > 0) & (low[:, 1] < _BEHIND) & (high[:, 1] > -_BEFORE)
    return Surface(walls.corners, walls.triangles[there])


def _heights(walls: Surface, floor: float, ceiling: float) -> Floats:
    """Heights at which something of a wall begins or ends, from floor to ceiling."""
    corners = walls.points[..., 2].reshape(-1)
    heights = _merged(np.array([floor, ceiling, *corners[(corners > floor) & (corners < ceiling)].tolist()]))
    if len(heights) <= _LEVELS:
        return heights
    return _merged(np.array([floor, ceiling, *np.quantile(heights, np.linspace(0, 1, _LEVELS)).tolist()]))


def _merged(values: Floats) -> Floats:
    """Sorted values, those that are one left out."""
    kept = list[float]()
    for value in np.sort(values).tolist():
        if not kept or value - kept[-1] > _JOINT:
            kept.append(value)
    return np.array(kept)


def _covered(side: Side, segments: Floats) -> list[tuple[float, float]]:
    """Parts of a side behind which a wall is cut, from and to, metres along it."""
    if not len(segments):
        return []
    vectors = segments[:, 1] - segments[:, 0]
    lengths = np.maximum(np.linalg.norm(vectors, axis=1), 1e-9)
    places = side.places(segments)
    depth = places[..., 1].mean(axis=1)
    along = (np.abs(vectors @ side.along) > _ALONG * lengths) & (depth > -_BEFORE) & (depth < _BEHIND)
    parts = np.sort(places[along][..., 0], axis=1).clip(0.0, side.length)
    joined = list[tuple[float, float]]()
    for low, high in sorted((float(a), float(b)) for a, b in parts):
        if joined and low <= joined[-1][1] + _JOINT:
            joined[-1] = joined[-1][0], max(joined[-1][1], high)
        else:
            joined.append((low, high))
    return joined


def _components(cells: npt.NDArray[np.bool_]) -> list[npt.NDArray[np.int64]]:
    """Connected sets of true cells of a grid, each (K, 2) rows and columns."""
    left, found = {(int(r), int(c)) for r, c in np.argwhere(cells)}, list[npt.NDArray[np.int64]]()
    while left:
        todo = [left.pop()]
        members = list(todo)
        while todo:
            row, column = todo.pop()
            beside = {(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)} & left
            left -= beside
            todo += beside
            members += beside
        found.append(np.array(members, dtype=np.int64))
    return found


def _kind_of_gap(width: float, above_floor: float, height: float, below_ceiling: float) -> OpeningKind | None:
    """What a gap is, by its metres; None where it is no opening."""
    if width < _NARROWEST or height < _NARROWEST:
        return None
    if above_floor <= _SILL and height >= _DOOR:
        return "door" if width <= _WIDEST or below_ceiling > _JOINT else None
    return "window" if below_ceiling > _JOINT else None


def gap_of_object(sides: Sequence[Side], corners: Floats, floor: float, kind: str) -> Gap | None:
    """The opening that an object in the line of a wall stands for; None where it is in none.

    Args:
        sides: of the room.
        corners: (N, 3) of the object, in the world.
        floor: its height.
        kind: door, window or opening, which is a door where it begins at the floor.
    """
    bottom, top = float(corners[:, 2].min()), float(corners[:, 2].max())
    best: tuple[float, Gap] | None = None
    for number, side in enumerate(sides):
        places = side.places(corners[:, :2])
        low, high = places.min(axis=0), places.max(axis=0)
        first, last = max(float(low[0]), 0.0), min(float(high[0]), side.length)
        if last - first < _JOINT or low[1] > _BEHIND or high[1] < -_BEFORE:
            continue
        if high[0] - low[0] < _LEAF * (high[1] - low[1]):  # a leaf that stands open: its hinge is at one end
            first, last = _closed_leaf(side, first, float(high[1] - low[1]))
        away = abs(float(low[1] + high[1])) / 2 + 2 * max(0.0, float(high[0] - low[0]) - (last - first))
        at_floor = bottom - floor <= _SILL and top - bottom >= _DOOR
        real: OpeningKind = kind if kind in ("door", "window") else "door" if at_floor else "window"
        gap = Gap(number, first, last, max(bottom, floor), top, real)
        if best is None or away < best[0]:
            best = away, gap
    return None if best is None or best[0] > _BEHIND else best[1]


def kind_in_wall(sides: Sequence[Side], corners: Floats, floor: float, ceiling: float) -> str | None:
    """What an object without a name is that is built into a wall: door, window or wall; None for what is in none.

    Its middle is in the wall or behind it, unlike that of a picture or a cabinet before it.

    Args:
        sides: of the room.
        corners: (N, 3) of the object, in the world.
        floor: its height.
        ceiling: height up to which the room reaches.
    """
    if not len(corners):
        return None
    bottom, top = float(corners[:, 2].min()) - floor, float(corners[:, 2].max()) - floor
    for side in sides:
        places = side.places(corners[:, :2])
        (left, before), (right, behind) = places.min(axis=0), places.max(axis=0)
        inside = min(right, side.length) - max(left, 0.0)
        deep = behind - before <= _BEHIND and before > -_REVEAL and -_MIDDLE <= (before + behind) / 2 < _BEHIND
        if deep and right - left >= _NARROWEST and inside >= 0.6 * (right - left):
            return _filling(bottom, top, ceiling - floor)
    return None


def _filling(bottom: float, top: float, height: float) -> str | None:
    """What fills a wall from a bottom to a top above the floor of a room of some height."""
    at_floor, at_ceiling = bottom <= _SILL, top >= height - 0.05
    if at_floor and top >= _DOOR and not at_ceiling:
        return "door"
    if (at_floor and (at_ceiling or top < _DOOR)) or at_ceiling:
        return "wall"
    return "window" if top - bottom >= _NARROWEST else None


def _closed_leaf(side: Side, hinge: float, width: float) -> tuple[float, float]:
    """Where an open leaf is along its side once it is closed: towards the longer part of the side."""
    return (hinge, min(hinge + width, side.length)) if hinge < side.length / 2 else (max(hinge - width, 0.0), hinge)


def joined(gaps: Sequence[Gap], objects: Iterable[Gap]) -> list[Gap]:
    """Gaps in walls, and those of objects: where both meet, the place is the wall's and the kind the object's."""
    found = list(gaps)
    for new in objects:
        meeting = [k for k, gap in enumerate(found) if gap.meets(new)]
        if not meeting:
            found.append(new)
        for k in meeting:
            found[k] = replace(found[k], kind=new.kind) if k < len(gaps) else _around(found[k], new)
    return found


def _around(one: Gap, other: Gap) -> Gap:
    """The opening around a frame and its leaf."""
    low, high = min(one.low, other.low), max(one.high, other.high)
    return replace(one, low=low, high=high, bottom=min(one.bottom, other.bottom), top=max(one.top, other.top))


def width(gap: Gap) -> float:
    """Metres along its side."""
    return math.fabs(gap.high - gap.low)
