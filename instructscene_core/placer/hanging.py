"""What hangs on a wall, such as a mirror: its back comes against real triangles as a base comes down on them.

A wall's axes: the point that is meant is the origin, x runs along the wall, y is up, z points out of it.
"""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ..cues import Hang
from ..geometry.frames import FloatArray
from .contact import HOVER, landing
from .crossing import intersect
from .levels import LIFT
from .placement import Item, Placement, Surroundings
from .solid import Solid

_THIN: Final = 0.15
"""Metres of depth up to which anything hangs, such as a picture or a mirror."""
_DEEPEST: Final = 0.45
"""Metres of depth up to which what is wide does, such as a shelf or a cupboard."""
_HIGHEST: Final = 1.2
"""Metres of height up to which what is not thin hangs; what is higher stands."""
_OFF_FLOOR: Final = 0.3
"""Metres from the floor to what hangs, at least."""
_FLATTER: Final = 0.7
"""Ratio of depth to width up to which a thing is wide: the depth says which sides can go to the wall."""
_RINGS: Final = (0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0)
"""Metres from the point that is meant at which a place is looked for."""
_WAYS: Final = 8
"""Directions in which it is."""
_ON_WALL: Final = 0.03
"""Metres from a wall of the floor plan within which a point or an opening lies on it."""
_PARALLEL: Final = 0.98
"""Least cosine between a wall and the direction out of it."""
_COVERED: Final = (0.95, 0.5)
"""Share of the extents of the contacts with an endless wall that those with the real one have, at least; the lesser one
where there is no other place, as on a wall of rough bricks."""
_PLANE: Final = 50.0
"""Metres to each side of an endless wall."""


def hangs(item: Item, cue: Hang) -> bool:
    """Whether an item belongs on a wall at the height of a point, rather than before it on the floor."""
    axes = _axes(cue)
    solid = _turned(item, axes[2], keep_rotation=False)[0]
    width, height, depth = _in_axes(solid, axes, np.zeros(3)).size.tolist()
    wide = depth <= min(_DEEPEST, _FLATTER * width) and height <= _HIGHEST
    return cue.point[2] - height / 2 >= _OFF_FLOOR and (depth <= _THIN or wide)


def hung(
    item: Item, cue: Hang, around: Surroundings, count: int, *, keep_rotation: bool, moved: bool = True
) -> list[Placement]:
    """The places nearest to a point where an item hangs on a wall and is inside nothing, the best first.

    Args:
        item: to hang; the middle of its back comes to the point.
        cue: where.
        around: what stays.
        count: how many places, each half the item's width from the others.
        keep_rotation: whether, of the two sides that can go to the wall, it is the one that needs the lesser turn; else
            it is the back.
        moved: whether places beside the point will do.
    """
    reach = float(np.linalg.norm(item.solid.size)) + (_RINGS[-1] if moved else 0.0)
    wall = _Wall.of(cue, around, reach)
    for covered in _COVERED:
        found = _hung(item, wall, around, count, covered, keep_rotation=keep_rotation, moved=moved)
        if found:
            return found
    return []


def _hung(
    item: Item, wall: "_Wall", around: Surroundings, count: int, covered: float, *, keep_rotation: bool, moved: bool
) -> list[Placement]:
    solid, turn = _turned(item, wall.axes[2], keep_rotation=keep_rotation)
    own = _in_axes(solid, wall.axes, np.zeros(3))
    middle = np.array([*((own.low + own.high) / 2)[:2], own.low[2]])
    apart = float(own.size[0]) / 2 if count > 1 else 0.0
    found, taken = list[Placement](), list[FloatArray]()
    for shift in _shifts() if moved else _shifts()[:1]:
        if any(math.dist(shift, before) < apart for before in taken):
            continue
        start = np.array([*shift, LIFT]) - middle
        against = wall.stops(own.moved(start), covered)
        if against is None:
            continue
        fall, host = against
        position = wall.origin + (start - [0, 0, fall]) @ wall.axes
        placed = solid.moved(position)
        if _is_free(placed, around):
            found.append(Placement(placed, position, turn, host, HOVER, float(np.hypot(*shift)), hangs=True))
            taken.append(shift)
        if len(found) == count:
            break
    return found


@dataclass(frozen=True, eq=False)
class _Wall:
    """A wall at a point, in its own axes.

    Args:
        axes: (3, 3) rows: along it, up, out of it.
        origin: (3,) the point.
        solids: what there is near the point.
        free: (2, 2) lower and upper corner of the floor plan's wall that the point is on; None where it is on none.
        holes: (K, 2, 2) likewise of doors and windows in it.
    """

    axes: FloatArray
    origin: FloatArray
    solids: tuple[Solid, ...]
    free: FloatArray | None
    holes: FloatArray

    @staticmethod
    def of(cue: Hang, around: Surroundings, reach: float) -> "_Wall":
        axes, origin = _axes(cue), np.array(cue.point)
        solids = tuple(
            _in_axes(solid, axes, origin)
            for solid in around.solids
            if (solid.low <= origin + reach).all() and (solid.high >= origin - reach).all()
        )
        free, holes = _planned(axes, origin, around)
        return _Wall(axes, origin, solids, free, holes)

    def stops(self, item: Solid, covered: float) -> tuple[float, str | None] | None:
        """How far an item goes until its back is stopped, and by what; None where that is no wall."""
        reach = 2 * LIFT
        endless = landing(item, [_plane(item)], deepest=reach)
        walls = [solid for solid in self.solids if _close(item, solid)]
        if self.free is not None and self._is_on_plan(item):
            walls = [*walls, _plane(item)]
        found = landing(item, walls, deepest=reach)
        if found is None or endless is None:
            return None
        if (np.ptp(found.points, axis=0) < covered * np.ptp(endless.points, axis=0)).any():
            return None
        number = int(np.bincount(found.carriers).argmax())
        return found.fall, walls[number].name or None

    def _is_on_plan(self, item: Solid) -> bool:
        low, high = item.low[:2], item.high[:2]
        within = self.free is not None and (low >= self.free[0]).all() and (high <= self.free[1]).all()
        beside = ((high <= self.holes[:, 0]) | (low >= self.holes[:, 1])).any(axis=1)
        return bool(within and beside.all())


def _axes(cue: Hang) -> FloatArray:
    """(3, 3) rows: along the wall, up, out of it."""
    x, y = np.array(cue.out[:2]) / np.hypot(*cue.out[:2])
    return np.array([[-y, x, 0.0], [0.0, 0.0, 1.0], [x, y, 0.0]])


def _in_axes(solid: Solid, axes: FloatArray, origin: FloatArray) -> Solid:
    return replace(solid, corners=(solid.corners - origin) @ axes.T)


def _planned(axes: FloatArray, origin: FloatArray, around: Surroundings) -> tuple[FloatArray | None, FloatArray]:
    """The wall of the floor plan at a point and what is open in it, in the wall's axes; see `_Wall`."""
    walls, none = around.walls, np.empty((0, 2, 2))
    if walls is None:
        return None, none
    off = origin[:2] - walls.starts
    along = (off * walls.along).sum(axis=1)
    on = np.abs((off * walls.inward).sum(axis=1)) < _ON_WALL
    on &= (walls.inward @ axes[2, :2] > _PARALLEL) & (along > -_ON_WALL) & (along < walls.lengths + _ON_WALL)
    if not on.any():
        return None, none
    wall = int(on.argmax())
    ends = np.stack([walls.starts[wall], walls.starts[wall] + walls.along[wall] * walls.lengths[wall]])
    free = _rectangle(ends, 0.0, around.floor.height, axes, origin)
    holes = [
        _rectangle(np.array(opening.segment), opening.bottom, opening.top, axes, origin)
        for opening in around.floor.openings
        if (np.abs((np.array(opening.segment) - walls.starts[wall]) @ walls.inward[wall]) < _ON_WALL).all()
    ]
    return free, np.array(holes).reshape(-1, 2, 2)


def _rectangle(ends: FloatArray, bottom: float, top: float, axes: FloatArray, origin: FloatArray) -> FloatArray:
    """(2, 2) lower and upper corner, in a wall's axes, of what is over a segment (2, 2) of the ground plan."""
    places = np.sort((ends - origin[:2]) @ axes[0, :2])
    return np.array([[places[0], bottom - origin[2]], [places[1], top - origin[2]]])


def _plane(item: Solid) -> Solid:
    """A wall without ends, behind an item."""
    (x, y), (right, top) = item.low[:2] - _PLANE, item.high[:2] + _PLANE
    corners = np.array([[x, y, 0], [right, y, 0], [right, top, 0], [x, top, 0]])
    return Solid.of("", corners, np.array([[0, 1, 2], [0, 2, 3]]))


def _turned(item: Item, out: FloatArray, *, keep_rotation: bool) -> tuple[Solid, float]:
    """An item as it would hang on a wall, the middle of its base at the origin, and radians by which it was turned.

    A flat thing goes to the wall with a flat side, whichever it calls its front.
    """
    still = item.solid.moved(-item.middle)
    back = math.atan2(out[0], -out[1]) - item.yaw
    depth, width = (still.turned(back + k * math.pi / 2).corners @ out for k in (0, 1))
    quarters = 1 if np.ptp(width) < _FLATTER * np.ptp(depth) else 0
    turns = [math.remainder(back + (quarters + k) * math.pi / 2, math.tau) for k in (0, 2)]
    turn = min(turns, key=abs) if keep_rotation or quarters else turns[0]
    return still.turned(turn), turn


def _shifts() -> list[FloatArray]:
    """(2,) metres along the wall and up, from none to the farthest."""
    angles = np.arange(_WAYS) * math.tau / _WAYS
    ways = np.stack([np.cos(angles), np.sin(angles)], axis=1).round(12)
    return [np.zeros(2), *(ring * way for ring in _RINGS for way in ways)]


def _is_free(placed: Solid, around: Surroundings) -> bool:
    """Whether what hangs is over the floor and inside nothing."""
    if placed.low[2] < 0:
        return False
    near = (solid for solid in around.solids if (solid.low <= placed.high).all() and (solid.high >= placed.low).all())
    return not any(intersect(placed, solid) for solid in near)


def _close(item: Solid, solid: Solid) -> bool:
    """Whether a solid may be behind an item or before it."""
    return bool((solid.low[:2] <= item.high[:2]).all() and (solid.high[:2] >= item.low[:2]).all())
