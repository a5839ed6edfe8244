"""How much ground one cannot walk to, for layouts that differ in a few pieces."""

from typing import Final

import numpy as np

from ...geometry.obstacles import WALK_HEIGHT
from ...geometry.solids import BoolArray
from ..ground import Grid
from ..pieces import BODY, SIGNS
from .arrangement import Arrangement, IntArray, Poses

_FARTHEST: Final = 0.4
"""From the middle of a door to the ground that it leads to."""
_DOOR: Final = 2.0
"""Square metres that a metre further is worth."""
_REMEMBERED: Final = 500
"""Places of pieces whose cells are remembered."""
_CORNER: Final = 0.05
"""Square metres of ground that do not count, where nobody would stand."""


class Walking:
    """The walkable ground of one layout, and of others that differ from it in a few pieces.

    Args:
        room: with walls.
        poses: one layout.
    """

    def __init__(self, room: Arrangement, poses: Poses) -> None:
        assert room.walls is not None  # noqa: S101 - only rooms with walls have ground
        self._room = room
        self._grid = Grid.of(room.walls, BODY)
        self._doors = np.array([np.mean(o.segment, axis=0) for o in room.floor.openings if o.kind == "door"]).reshape(
            -1, 2
        )
        self._in_way = [_in_way(room, k) for k in range(room.count)]
        self._known: dict[tuple[float, ...], BoolArray] = {}
        self._masks = [self._mask(poses, 0, k) for k in range(room.count)]
        self._taken = np.sum([*self._masks, np.zeros(self._grid.shape, dtype=np.int64)], axis=0)

    def _mask(self, poses: Poses, row: int, k: int) -> BoolArray:
        """The cells that a piece takes up in a candidate."""
        key = (k, *poses.position[row, k].tolist(), float(poses.yaw[row, k]))
        if key not in self._known:
            if len(self._known) > _REMEMBERED:  # of large floors each takes much memory
                self._known.clear()
            solids, parts = self._room.parts, self._in_way[k]
            axes = poses.axes[row, k]
            centres = poses.position[row, k] + solids.offsets[k, parts] @ axes
            self._known[key] = self._grid.taken(centres[:, None] + (SIGNS * solids.half[k, parts][:, None]) @ axes)
        return self._known[key]

    def cost(self, poses: Poses, row: int) -> float:
        """Square metres that are cut off in a candidate, and metres by which doors lead to none, weighed."""
        taken = self._taken
        for k in poses.moved.tolist():
            taken = taken - self._masks[k] + self._mask(poses, row, k)
        labels, sizes = self._grid.parts(taken == 0)
        largest = int(sizes.argmax())
        if sizes[largest] == 0:
            return _DOOR * len(self._doors)
        cut = float(sizes[sizes >= _CORNER].sum()) - max(float(sizes[largest]), _CORNER)
        cells = self._grid.points[labels == largest]
        ways = [float(np.linalg.norm(cells - door, axis=1).min()) for door in self._doors]
        return max(cut, 0.0) + _DOOR * sum(max(0.0, way - _FARTHEST) for way in ways)

    def accept(self, poses: Poses, row: int) -> None:
        """Takes a candidate as the layout from now on."""
        for k in poses.moved.tolist():
            new = self._mask(poses, row, k)
            self._taken = self._taken - self._masks[k] + new
            self._masks[k] = new


def _in_way(room: Arrangement, k: int) -> IntArray:
    """The parts of a piece that one would run into, without those that stand under another one."""
    if room.names[k] == "rug":
        return np.zeros(0, dtype=np.int64)
    low, middle, half = room.parts.low[k], room.parts.offsets[k], room.parts.half[k]
    parts = np.flatnonzero(low < WALK_HEIGHT)
    within = (np.abs(middle[parts, None] - middle[parts]) + half[parts, None] <= half[parts] + _EDGE).all(axis=-1)
    larger = half[parts].prod(axis=1)
    order = np.argsort(-larger, kind="stable")
    kept: list[int] = []
    for part in order.tolist():
        if not within[part, kept].any():
            kept.append(part)
    return parts[kept]


_EDGE: Final = 0.02
"""By which a part may stand out beside the one that it stands under."""
