"""The floor of a room that came without a floor plan: a rectangle around its furniture. Product frame, metres."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from .scene import FloorPlan, Point2, SceneObject
from .vocabulary import is_lamp

MARGIN: Final = 0.3
"""Metres between the furniture and a wall."""
BACK_MARGIN: Final = 0.02
"""The same where furniture turns its back to the wall."""
_FACING: Final = 0.98
_AT_WALL: Final = 0.02
Rectangle = tuple[float, float, float, float]


def corners_of(item: SceneObject) -> list[Point2]:
    """Ground corners of an object's mesh."""
    width, depth, _ = item.placed_size or item.size
    cosine, sine = math.cos(item.yaw), math.sin(item.yaw)
    x, y, _ = item.position
    local = [(a * width / 2, b * depth / 2) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return [(x + u * cosine - v * sine, y + u * sine + v * cosine) for u, v in local]


def around(objects: Sequence[SceneObject]) -> Rectangle:
    """(left, front, right, back) of some objects: min x, min y, max x, max y.

    Raises:
        ValueError: there is no object.
    """
    points = [corner for item in objects for corner in corners_of(item)]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)


def with_walls(floor: FloorPlan, objects: Sequence[SceneObject]) -> FloorPlan:
    """The floor plan as it is; without a polygon, with the rectangle around the furniture and a margin.

    Where furniture turns its back to a side, as beds and wardrobes do to walls, the wall is right behind it.
    """
    if floor.polygon is not None or not objects:
        return floor
    left, front, right, back = sides = around(objects)
    margins = [_margin(objects, sides, side) for side in range(4)]
    left, front, right, back = left - margins[0], front - margins[1], right + margins[2], back + margins[3]
    return replace(floor, polygon=((left, front), (right, front), (right, back), (left, back)))


def _margin(objects: Sequence[SceneObject], sides: Rectangle, side: int) -> float:
    inward = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[side]
    for item in objects:
        forward = math.sin(item.yaw), -math.cos(item.yaw)
        if is_lamp(item.category or "") or forward[0] * inward[0] + forward[1] * inward[1] < _FACING:
            continue
        depth = (item.placed_size or item.size)[1] / 2
        rear = item.position[side % 2] - forward[side % 2] * depth
        if abs(rear - sides[side]) < _AT_WALL:
            return BACK_MARGIN
    return MARGIN
