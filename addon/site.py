"""Where an edit happens: a room, a person's building around it, and the axes in which its poses are told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import bpy
from mathutils import Matrix, Vector

from ..instructscene_core.floor_plan import FloorPlan, Obstacle
from ..instructscene_core.scene import Vector3
from ..instructscene_core.vocabulary import RoomType, hangs
from .architecture.building import Building
from .bodies import world_corners
from .pieces import category_of, pieces_of
from .poses import Pose, read_pose
from .records import is_ours, is_room, room_scene, scale_length
from .selection import why_not
from .transforms import world_of

_AROUND: Final = 0.5
"""Share of a room from which the box around a thing says nothing of where the thing is, as that around a cornice."""
_THIN: Final = 0.1
"""Metres of a thing along any axis below which nothing has to keep clear of it: skirting, sockets, pictures."""
_OFF_GROUND: Final = 0.05
"""Metres by which furniture may be modelled off the ground and still stand on it."""


@dataclass(frozen=True)
class Site:
    """Where an edit happens.

    Args:
        context: of the operator.
        room: the room's Empty; None for a new room.
        building: the person's own, around it.
    """

    context: bpy.types.Context
    room: bpy.types.Object | None
    building: Building | None

    @property
    def metres(self) -> float:
        """In one Blender unit."""
        return scale_length(self.context.scene)

    @property
    def room_type(self) -> RoomType:
        """Of the room, else as chosen in the panel."""
        before = room_scene(self.room) if self.room is not None else None
        return self.context.scene.instructscene.room_type if before is None else before.room_type

    def frame(self, foreign: Iterable[bpy.types.Object]) -> tuple[Vector3, float]:
        """Location (Blender units) and yaw of the axes in which poses are told beyond those of the room's Empty.

        Args:
            foreign: pieces around which a new room without a building is made.
        """
        if self.room is not None:
            return (0.0, 0.0, 0.0), 0.0
        if self.building is not None:
            x, y, z = (v / self.metres for v in self.building.origin)
            return (x, y, z), self.building.yaw
        return _floor_point(foreign, self.metres, self.room_type), 0.0

    def is_built_in(self, root: bpy.types.Object) -> bool:
        """Whether what seemed a piece is a part of the building: a box in a wall stands for a door."""
        parts = {} if self.building is None else self.building.parts
        return root.name in parts or any(child.name in parts for child in root.children_recursive)

    def standing(self) -> list[bpy.types.Object]:
        """Roots of the pieces that stand in the building's room."""
        building = self.building
        if building is None:
            return []
        shown = (
            obj
            for obj in self.context.scene.objects
            if obj.name not in building.parts and not is_ours(obj) and not is_room(obj) and obj.visible_get()
        )
        return [
            root
            for root in pieces_of(shown)
            if not self.is_built_in(root) and why_not(root) is None and building.holds(feet_of([root], self.metres))
        ]

    def floor(self, unknown: Iterable[bpy.types.Object]) -> FloorPlan | None:
        """The building's plan in the axes of the room's Empty, there or to be; None without a building.

        Args:
            unknown: things that stand in it and are of no class: they are in the way like its radiators.
        """
        if self.building is None:
            return None
        if self.room is None:
            origin, yaw = self.building.origin, self.building.yaw
        else:
            world = world_of(self.room)
            x, y, z = (v * self.metres for v in world.translation)
            origin, yaw = (x, y, z), world.to_euler().z
        plan = self.building.plan(origin, yaw)
        fixtures = [bpy.data.objects[name] for name, kind in self.building.parts.items() if kind == "fixture"]
        boxes = [_obstacle(obj, origin, yaw, self.metres) for obj in (*fixtures, *unknown) if why_not(obj) is None]
        return replace(plan, obstacles=tuple(box for box in boxes if _in_the_way(box, plan)))


def _obstacle(obj: bpy.types.Object, origin: Vector3, yaw: float, metres: float) -> Obstacle:
    """The box around an object in axes that stand at a place in the world, metres, and are turned by a yaw."""
    location = origin[0] / metres, origin[1] / metres, origin[2] / metres
    pose = moved(read_pose(obj, None, metres), location, yaw, metres)
    return Obstacle(pose.position, pose.size, pose.yaw, obj.name)


def _in_the_way(box: Obstacle, plan: FloorPlan) -> bool:
    """Whether a box is one that furniture must keep clear of: skirting round the room, and what is in walls, is not."""
    low_x, low_y, high_x, high_y = plan.bounding_box() or (0.0, 0.0, 0.0, 0.0)
    width, depth = high_x - low_x, high_y - low_y
    x, y, _ = box.position
    around = box.size[0] * box.size[1] > _AROUND * width * depth or max(box.size[:2]) > max(width, depth)
    thin = min(box.size[:2]) < _THIN or box.size[2] < _THIN
    return not around and not thin and low_x < x < high_x and low_y < y < high_y


def moved(pose: Pose, location: Vector3, yaw: float, metres: float) -> Pose:
    """A pose in axes that stand at a location (Blender units) and are turned by a yaw."""
    x, y, z = (p - at * metres for p, at in zip(pose.position, location, strict=True))
    if not yaw:
        return replace(pose, position=(x, y, z))
    x, y, z = Matrix.Rotation(-yaw, 3, "Z") @ Vector((x, y, z))
    return replace(pose, position=(x, y, z), yaw=pose.yaw - yaw)


def _floor_point(objects: Iterable[bpy.types.Object], metres: float, room_type: RoomType) -> Vector3:
    """Origin of a new room around a person's objects: the middle of their ground bounding box, at their feet."""
    lows, highs, floors = [], [], []
    for obj in objects:
        corners = world_corners(obj)
        lows.append([min(c[k] for c in corners) for k in range(3)])
        highs.append([max(c[k] for c in corners) for k in range(3)])
        if not hangs(category_of(obj, room_type) or ""):
            floors.append(lows[-1][2])
    floor = min(floors, default=0.0)
    if abs(floor) * metres < _OFF_GROUND:
        floor = 0.0
    x, y = ((min(row[k] for row in lows) + max(row[k] for row in highs)) / 2 for k in range(2))
    return x, y, floor


def feet_of(pieces: Sequence[bpy.types.Object], metres: float) -> Vector3 | None:
    """The middle of the ground of some pieces in the world, metres; None without any."""
    if not pieces:
        return None
    corners = [corner * metres for piece in pieces for corner in world_corners(piece)]
    xs, ys, zs = ([corner[k] for corner in corners] for k in range(3))
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, min(zs)
