"""Where a new room stands: clear of other rooms and of what is there, at the 3D cursor or beside it."""

import math
from collections.abc import Iterator
from typing import Final

import bpy
from mathutils import Vector

from ..instructscene_core.scene import FloorPlan, Vector3
from .bodies import body_of, box_corners
from .pieces import room_of
from .records import room_scene, rooms, scale_length
from .sides import THICKNESS

Rectangle = tuple[float, float, float, float]
"""min x, min y, max x, max y: Blender units of the world."""

_GAP: Final = 1.0
"""Metres between a new room and what stands beside it."""
_GROUND: Final = 0.05
"""Metres over the floor's level up to which things are ground that a room may stand on."""
_LANDSCAPE: Final = 50.0
"""Metres in both directions from which a thing is a landscape or a sky, in which rooms stand."""
_NO_SIZE: Final = (-2.0, -2.0, 2.0, 2.0)
"""What a room without a floor counts as, metres around its Empty."""


def free_location(scene: bpy.types.Scene, floor: FloorPlan, start: Vector3) -> Vector3:
    """Where a new room stands clear of all that is visible: at ``start``, or further along +X.

    What lies at the floor's level or below, as a ground does, what hangs over the room, and whatever is as large as a
    landscape is not in the way.

    Args:
        scene: its objects and rooms count.
        floor: of the new room.
        start: the first choice, Blender units.
    """
    metres = scale_length(scene)
    low_x, low_y, high_x, high_y = (v / metres for v in floor.bounding_box() or _NO_SIZE)
    wall = THICKNESS / metres
    low_x, low_y, high_x, high_y = low_x - wall, low_y - wall, high_x + wall, high_y + wall
    x, y, z = start
    heights = z + _GROUND / metres, z + floor.height / metres
    for left, bottom, right, top in sorted([*_rooms(scene, metres), *_obstacles(scene, metres, heights)]):
        beside = y + low_y >= top or y + high_y <= bottom
        if not beside and x + low_x < right and x + high_x > left:
            x = right + _GAP / metres - low_x
    return x, y, z


def _rooms(scene: bpy.types.Scene, metres: float) -> Iterator[Rectangle]:
    """The rectangle around each room's floor and walls; none for a room without a floor."""
    for room in rooms(scene):
        made = room_scene(room)
        if made is not None and made.floor.polygon is not None:
            corners = [room.matrix_world @ Vector((x / metres, y / metres, 0.0)) for x, y in made.floor.polygon]
            left, bottom, right, top = _around(corners)
            wall = THICKNESS / metres
            yield left - wall, bottom - wall, right + wall, top + wall


def _obstacles(scene: bpy.types.Scene, metres: float, heights: tuple[float, float]) -> Iterator[Rectangle]:
    """The rectangle around each visible object that reaches between two heights; rooms' own objects are left out."""
    layer = scene.view_layers[0]
    for obj in scene.objects:
        if not obj.visible_get(view_layer=layer) or room_of(obj) is not None:
            continue
        corners = [matrix @ corner for part, matrix in body_of(obj) for corner in box_corners(part)]
        if not corners or not all(math.isfinite(value) for corner in corners for value in corner):
            continue
        left, bottom, right, top = _around(corners)
        landscape = min(right - left, top - bottom) * metres > _LANDSCAPE
        level = max(c.z for c in corners) <= heights[0] or min(c.z for c in corners) >= heights[1]
        if not landscape and not level:
            yield left, bottom, right, top


def _around(corners: list[Vector]) -> Rectangle:
    xs, ys = [c.x for c in corners], [c.y for c in corners]
    return min(xs), min(ys), max(xs), max(ys)
