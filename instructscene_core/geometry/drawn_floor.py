"""The floor of a room that came without a floor plan: a rectangle around its furniture. Product frame, metres.

Such a rectangle is marked in the provenance, so that a later edit may make the room larger (``scene.is_drawn``).
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ..scene import FloorPlan, Point2, SceneObject
from ..vocabulary import hangs

MARGIN: Final = 0.3
"""Metres between the furniture and a wall."""
BACK_MARGIN: Final = 0.02
"""The same where furniture turns its back to the wall."""
_FACING: Final = 0.98
"""Cosine from which an object faces straight away from a side, within some 11°."""
_AT_WALL: Final = 0.02
"""Metres between a back and the furniture's outermost line within which it stands on that line."""
Rectangle = tuple[float, float, float, float]


def corners_of(item: SceneObject) -> list[Point2]:
    """Ground corners of an object's mesh."""
    width, depth, _ = item.placed_size or item.size
    cosine, sine = math.cos(item.yaw), math.sin(item.yaw)
    x, y, _ = item.position
    local = [(a * width / 2, b * depth / 2) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return [(x + u * cosine - v * sine, y + u * sine + v * cosine) for u, v in local]


def around(objects: Sequence[SceneObject]) -> Rectangle:
    """The bounding rectangle of objects: (left, front, right, back), which is min x, min y, max x, max y.

    Raises:
        ValueError: there is no object.
    """
    points = [corner for item in objects for corner in corners_of(item)]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)


def joined(first: Rectangle, second: Rectangle) -> Rectangle:
    """The rectangle around both."""
    return (
        min(first[0], second[0]),
        min(first[1], second[1]),
        max(first[2], second[2]),
        max(first[3], second[3]),
    )


def with_walls(floor: FloorPlan, objects: Sequence[SceneObject], *, drawn: bool = False) -> FloorPlan:
    """The floor plan as it is; without a polygon, with the rectangle around the furniture and a margin.

    Where furniture turns its back to a side, as beds and wardrobes do to walls, the wall is right behind it.

    Args:
        floor: as it came.
        objects: of the finished room.
        drawn: its polygon is such a rectangle already, which may grow.
    """
    before = floor.bounding_box()
    if (before is not None and not drawn) or not objects:
        return floor
    sides = around(objects)
    margins = [_margin(objects, sides, side) for side in range(4)]
    box = sides[0] - margins[0], sides[1] - margins[1], sides[2] + margins[2], sides[3] + margins[3]
    left, front, right, back = box if before is None else joined(before, box)
    return replace(floor, polygon=((left, front), (right, front), (right, back), (left, back)))


def _margin(objects: Sequence[SceneObject], sides: Rectangle, side: int) -> float:
    """Metres between the furniture and the wall at a side, 0 to 3 for left, front, right and back."""
    inward = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[side]
    for item in objects:
        forward = math.sin(item.yaw), -math.cos(item.yaw)
        if hangs(item.category or "") or forward[0] * inward[0] + forward[1] * inward[1] < _FACING:
            continue
        depth = (item.placed_size or item.size)[1] / 2
        rear = item.position[side % 2] - forward[side % 2] * depth
        if abs(rear - sides[side]) < _AT_WALL:
            return BACK_MARGIN
    return MARGIN
