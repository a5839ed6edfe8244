"""Pieces of furniture as boxes in the axes of their room."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mathutils import Vector

from ..instructscene_core.scene import Point2, Vector3


@dataclass(frozen=True)
class Box:
    """A piece of furniture in the room's axes.

    Args:
        position: of its centre, metres.
        size: full extents, metres.
        yaw: radians about +Z.
        main: whether it is what such a room is there for, as the bed of a bedroom.
        asked: whether the instruction speaks of such a piece.
    """

    position: Vector3
    size: Vector3
    yaw: float
    main: bool = False
    asked: bool = False

    @staticmethod
    def flat(polygon: Sequence[Point2]) -> "Box":
        """The ground rectangle around a polygon."""
        xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
        centre = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, 0.0)
        return Box(centre, (max(xs) - min(xs), max(ys) - min(ys), 0.0), 0.0)

    def reach(self) -> Vector:
        """Half extents along the room's axes."""
        c, s = abs(math.cos(self.yaw)), abs(math.sin(self.yaw))
        width, depth, height = self.size
        return Vector((c * width + s * depth, s * width + c * depth, height)) / 2

    def front(self) -> Vector:
        """Unit vector of the way it faces, −Y at yaw 0."""
        return Vector((math.sin(self.yaw), -math.cos(self.yaw), 0.0))


def bounds(boxes: Sequence[Box]) -> tuple[Vector, Vector]:
    """Lowest and highest corner around all boxes."""
    low = [Vector(box.position) - box.reach() for box in boxes]
    high = [Vector(box.position) + box.reach() for box in boxes]
    return Vector(map(min, zip(*low, strict=True))), Vector(map(max, zip(*high, strict=True)))
