"""Turns a 3D viewport towards a new room that it does not show, and lets one look into the room."""

import math
from collections.abc import Sequence
from typing import Any, Final

import bpy
from bpy_extras.view3d_utils import location_3d_to_region_2d
from mathutils import Euler, Vector

from .records import room_scene, scale_length
from .shell import shell_of

_TURN: Final = Euler((math.radians(50), 0.0, math.radians(35)))
"""From above at an angle, the room's front to the viewer."""
_SMALLEST: Final = 0.12
"""Share of the viewport that a room must take up to count as shown."""
_MARGIN: Final = 1.12
"""Of the room's size, how much a framed view shows."""
_SENSOR: Final = 72.0
"""Width that viewports show at a focal length, millimetres: twice a camera's sensor."""
_HEIGHT: Final = 2.8
"""Metres of a room whose record cannot be read."""


def frame_room(context: bpy.types.Context, room: bpy.types.Object) -> None:
    """Shows a room in a 3D viewport of the window; a view that shows it already stays as it is.

    Where the room has a shell, the viewport leaves out the backs of faces in Solid mode too, as the shell's materials
    do in the other modes: so one looks through the walls in front.

    Args:
        context: of a window.
        room: its Empty.
    """
    area = _viewport(context)
    if area is None:
        return
    space: Any = area.spaces.active
    if shell_of(room) is not None:
        space.shading.show_backface_culling = True
    context.view_layer.update()
    corners = _corners(room, scale_length(context.scene))
    region = next((region for region in area.regions if region.type == "WINDOW"), None)
    if region is None or space.region_3d is None:
        return
    hidden = _covered(area)
    if not _shows(region, space.region_3d, corners, hidden):
        _look_at(region, space, corners, hidden)


def _viewport(context: bpy.types.Context) -> bpy.types.Area | None:
    """The 3D viewport that the person works in, else the largest one of the window."""
    if context.area is not None and context.area.type == "VIEW_3D":
        return context.area
    areas = [area for area in context.screen.areas if area.type == "VIEW_3D"] if context.screen else []
    return max(areas, key=lambda area: area.width * area.height, default=None)


def _corners(room: bpy.types.Object, metres: float) -> list[Vector]:
    """Corners around a room in the world."""
    scene = room_scene(room)
    box = (scene and scene.floor.bounding_box()) or (-2.0, -2.0, 2.0, 2.0)
    heights = (0.0, scene.floor.height if scene else _HEIGHT)
    return [
        room.matrix_world @ (Vector((x, y, z)) / metres)
        for x in (box[0], box[2])
        for y in (box[1], box[3])
        for z in heights
    ]


def _covered(area: bpy.types.Area) -> int:
    """Pixels at the right of the viewport that the sidebar covers."""
    if not bpy.context.preferences.system.use_region_overlap:
        return 0
    return sum(region.width for region in area.regions if region.type == "UI" and region.width > 1)


def _shows(region: bpy.types.Region, view: Any, corners: Sequence[Vector], hidden: int) -> bool:  # noqa: ANN401
    """Whether all corners are in a viewport's open part and take up enough of it, seen from above."""
    if (view.view_rotation @ Vector((0, 0, 1))).z < math.sin(math.radians(15)):
        return False
    places = [location_3d_to_region_2d(region, view, corner) for corner in corners]
    if any(place is None for place in places):
        return False
    xs, ys = [place.x for place in places], [place.y for place in places]
    inside = min(xs) > 0 and max(xs) < region.width - hidden and min(ys) > 0 and max(ys) < region.height
    area = (max(xs) - min(xs)) * (max(ys) - min(ys))
    return inside and area > _SMALLEST * (region.width - hidden) * region.height


def _look_at(region: bpy.types.Region, space: Any, corners: Sequence[Vector], hidden: int) -> None:  # noqa: ANN401
    """Turns a viewport so that it shows all corners in the part that the sidebar leaves open."""
    view, turn = space.region_3d, _TURN.to_quaternion()
    width, height = max(region.width - hidden, 1), region.height
    middle = sum(corners, Vector()) / len(corners)
    seen = [turn.inverted() @ (corner - middle) for corner in corners]
    pixel = _SENSOR / space.lens / max(region.width, height)  # size of what it shows, one unit ahead
    reaches = ((2 * abs(x) / width, 2 * abs(y) / height, z) for x, y, z in seen)
    distance = max(max(x, y) * _MARGIN / pixel + z for x, y, z in reaches)
    if view.view_perspective == "CAMERA":
        view.view_perspective = "PERSP"
    view.view_rotation = turn
    view.view_distance = distance
    view.view_location = middle + turn @ Vector((hidden / 2 * pixel * distance, 0.0, 0.0))
