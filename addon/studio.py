"""The temporary scene in which a room is rendered: its furniture, what of a building is around it, what that lacks."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import bpy
from mathutils import Matrix, Vector

from ..instructscene_core.scene import FloorPlan, Point2
from ..instructscene_core.vocabulary import ALL_CLASSES, BEDS, RoomType
from .bodies import has_body
from .boxes import Box, bounds
from .poses import read_pose
from .records import (
    ARCHITECTURE_KEY,
    CATEGORY_KEY,
    room_collection,
    room_members,
    room_objects,
    room_parts,
    room_scene,
    scale_length,
)
from .shell import fill_mesh, set_lamp
from .shell_parts import Part, look, shell_lamps, shell_parts
from .stage import Stage

_MARGIN: Final = 0.3
"""Metres of floor around the furniture of a room that has no floor plan."""
_MAIN: Final[dict[RoomType, tuple[str, ...]]] = {
    "bedroom": BEDS,
    "livingroom": tuple(name for name in ALL_CLASSES if name.endswith("sofa")),
    "diningroom": ("dining_table",),
}
"""The classes that a room of each type is there for."""
_WALLS: Final = ("wall", "room")
"""Kinds of parts of a building that enclose a room."""
_ABOVE: Final = 0.005
"""Metres by which a ceiling that is added lies over the height of the room, where there may be one already."""


@dataclass(frozen=True)
class Studio:
    """A temporary scene that shows one room.

    Attributes:
        scene: the scene.
        stage: what was added around the room.
        floor: with a polygon, room's axes.
        boxes: the room's furniture and its members.
        parts: kind of each part of a building that the scene shows, by name: the room's shell, or a person's own.
    """

    scene: bpy.types.Scene
    stage: Stage
    floor: FloorPlan
    boxes: list[Box]
    parts: dict[str, str]

    @property
    def walled(self) -> bool:
        """Whether the room has walls."""
        return any(kind in _WALLS for kind in self.parts.values())

    def add(self, part: Part, colour: int) -> None:
        """Adds a part of a shell for the time of the picture."""
        mesh = self.stage.keep(bpy.data.meshes.new(part.name))
        fill_mesh(mesh, part.surfaces.values(), 1.0)
        for name in part.surfaces:
            mesh.materials.append(self.stage.material(name, partial(look, name=name, colour=colour, metres=1.0)))
        self.parts[self.stage.add(part.name, mesh, part.matrix).name] = part.kind


@contextmanager
def studio_of(context: bpy.types.Context, room: bpy.types.Object) -> Generator[Studio, None, None]:
    """A temporary scene that shows a room, and the walls that stand around it."""
    context.view_layer.update()  # a room that was just placed has no world matrix yet
    scene = bpy.data.scenes.new("InstructScene Picture")
    stage = Stage(scene.collection, Matrix(), scale_length(context.scene))
    try:
        stage.frame = room.matrix_world @ Matrix.Scale(1 / stage.metres, 4)
        boxes = _boxes(room, stage.metres)
        own = own_parts(room)
        link_room(scene, room, own)
        scene.cycles.device = context.scene.cycles.device
        scene.render.threads_mode, scene.render.threads = (
            context.scene.render.threads_mode,
            context.scene.render.threads,
        )
        shell = {
            obj.name: str(obj[ARCHITECTURE_KEY]) for obj in scene.collection.all_objects if ARCHITECTURE_KEY in obj
        }
        yield Studio(scene, stage, _floor(room, boxes), boxes, shell | {obj.name: kind for obj, kind in own.items()})
    finally:
        bpy.data.scenes.remove(scene)
        stage.remove()


@contextmanager
def copy_for_pictures(
    scene: bpy.types.Scene, room: bpy.types.Object, *, whole: bool
) -> Generator[bpy.types.Scene, None, None]:
    """A temporary scene to be written to another file: the room alone with its walls, or the ``whole`` scene.

    Args:
        scene: holds the room; its unit and Cycles device are those of the temporary scene.
        room: the room's Empty.
        whole: everything, with camera and render settings.
    """
    copy: Any = scene.copy() if whole else bpy.data.scenes.new("InstructScene Picture")
    try:
        if not whole:
            link_room(copy, room, own_parts(room))
            _like(copy, scene)
        yield copy
    finally:
        bpy.data.scenes.remove(copy)


def _like(copy: Any, scene: bpy.types.Scene) -> None:  # noqa: ANN401
    """Gives a new scene the frame, the unit and the Cycles device of another."""
    copy.frame_current, copy.frame_subframe = scene.frame_current, scene.frame_subframe
    copy.unit_settings.system = scene.unit_settings.system
    copy.unit_settings.scale_length = scene.unit_settings.scale_length
    copy.cycles.device = scene.cycles.device


@contextmanager
def copy_of_pieces(scene: bpy.types.Scene, names: Iterable[str]) -> Generator[bpy.types.Scene, None, None]:
    """A temporary scene to be written to another file: some objects with all that hangs on them, and the camera."""
    copy: Any = bpy.data.scenes.new("InstructScene Picture")
    try:
        roots = [bpy.data.objects[name] for name in names]
        for obj in dict.fromkeys(part for root in roots for part in (root, *root.children_recursive)):
            copy.collection.objects.link(obj)
        if scene.camera.name not in copy.collection.objects:
            copy.collection.objects.link(scene.camera)
        copy.camera = scene.camera
        _like(copy, scene)
        yield copy
    finally:
        bpy.data.scenes.remove(copy)


def link_room(scene: bpy.types.Scene, room: bpy.types.Object, others: Iterable[bpy.types.Object]) -> None:
    """Links a room, its members with all that hangs on them, and other objects into a scene that is new."""
    scene.collection.children.link(room_collection(room))
    members = [part for root in room_members(room).values() for part in (root, *root.children_recursive)]
    for obj in (*members, *others):
        if obj.name not in scene.collection.all_objects:
            scene.collection.objects.link(obj)


def own_parts(room: bpy.types.Object) -> dict[bpy.types.Object, str]:
    """The parts of a person's own building around a room that its pictures show: none where no walls are among them."""
    parts = {obj: kind for obj, kind in room_parts(room).items() if not obj.hide_render and kind != "opening"}
    return parts if any(kind in _WALLS for kind in parts.values()) else {}


def complete_set(studio: Studio, colour: int) -> None:
    """Adds what a room lacks to be seen: all of a shell where it has no walls, else floor, ceiling and light.

    Args:
        studio: gets them, until the picture is made.
        colour: number of the walls' colour.
    """
    kinds = set(studio.parts.values())
    wanted = {"floor", "wall", "door", "window", "ceiling"}
    if studio.walled:
        wanted = ({"ceiling"} - kinds) | (set() if kinds & {"floor", "room"} else {"floor"})
    raised = Matrix.Translation((0.0, 0.0, _ABOVE))
    for part in shell_parts(studio.floor):
        if part.kind in wanted:
            studio.add(replace(part, matrix=raised @ part.matrix) if part.kind == "ceiling" else part, colour)
    if "light" not in kinds:
        _add_lamps(studio)


def _add_lamps(studio: Studio) -> None:
    """Lights a room through its windows and from below its ceiling."""
    for lamp in shell_lamps(studio.floor):
        data = studio.stage.keep(bpy.data.lights.new(lamp.name, lamp.form))
        set_lamp(data, lamp, 1.0, 1 / studio.stage.metres**2)
        studio.stage.add(lamp.name, data, lamp.matrix).visible_camera = False


def _boxes(room: bpy.types.Object, metres: float) -> list[Box]:
    scene = room_scene(room)
    main = _MAIN[scene.room_type] if scene else ()
    asked = (scene.provenance or {}).get("asked") if scene else None
    spoken = frozenset(map(str, asked)) if isinstance(asked, list) else frozenset[str]()
    shown = [obj for obj in (*room_objects(room).values(), *room_members(room).values()) if has_body(obj)]
    poses = [read_pose(obj, room, metres) for obj in shown]
    names = [str(obj.get(CATEGORY_KEY, "")) for obj in shown]
    return [
        Box(pose.position, pose.size, pose.yaw, main=name in main, asked=name in spoken)
        for name, pose in zip(names, poses, strict=True)
    ]


def _floor(room: bpy.types.Object, boxes: list[Box]) -> FloorPlan:
    """The room's floor plan; without one, the rectangle around its furniture."""
    scene = room_scene(room)
    plan = scene.floor if scene else FloorPlan()
    if plan.polygon:
        return plan
    low, high = bounds(boxes) if boxes else (Vector((-2, -2, 0)), Vector((2, 2, 0)))
    (x0, y0), (x1, y1) = (low.xy - Vector((_MARGIN, _MARGIN))), (high.xy + Vector((_MARGIN, _MARGIN)))
    corners: tuple[Point2, ...] = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    return FloorPlan(polygon=corners, height=max(plan.height, high.z), openings=plan.openings)
