"""Turns the open .blend into a request: which objects take part, where they stand, and which of them may change."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

import bpy
from mathutils import Vector

from ..instructscene_core.errors import InvalidInputError
from ..instructscene_core.scene import FloorPlan, Request, Scene, SceneObject, Task, Vector3
from ..instructscene_core.vocabulary import RoomType, hangs
from .assets import ASSET_KEY
from .categories import guess_category
from .placing import (
    CATEGORY_KEY,
    CODES_KEY,
    OBJECT_KEY,
    is_room,
    read_pose,
    room_members,
    room_objects,
    room_of,
    room_scene,
    rooms,
    scale_length,
)

_FLAT: Final = 1e-4
"""Blender units or scale factors below which an extent counts as zero."""
_FAR: Final = 1e5
"""Metres beyond which a position or size is surely a mistake."""
_GAP: Final = 1.0
"""Metres between two rooms that stand side by side."""
_JOIN: Final = 0.5
"""Metres around a room's floor within which a selected object of a person's own makes that room the edited one."""


@dataclass(frozen=True)
class Reading:
    """A request read from the open .blend, and the objects it speaks of, by name: pointers do not survive an undo.

    Args:
        request: for the worker.
        room: name of the room's Empty; None makes a new room.
        foreign: names of the person's own objects, by their id in the scene.
        copies: new ids of furniture that a person has duplicated, by object name.
        location: of a new room's Empty, Blender units.
    """

    request: Request
    room: str | None = None
    foreign: Mapping[str, str] = field(default_factory=dict)
    copies: Mapping[str, str] = field(default_factory=dict)
    location: Vector3 = (0.0, 0.0, 0.0)


def is_foreign(obj: bpy.types.Object) -> bool:
    """Whether an object is a mesh that the add-on did not make."""
    return obj.type == "MESH" and not is_ours(obj)


def is_ours(obj: bpy.types.Object) -> bool:
    """Whether an object is furniture that stands in a room because the add-on put it there."""
    return OBJECT_KEY in obj and obj.parent is not None and is_room(obj.parent)


def active_room(context: bpy.types.Context) -> bpy.types.Object | None:
    """The room of the active object, else the one that was last worked on."""
    active = context.active_object
    room = None if active is None else room_of(active)
    if room is None:
        room = bpy.data.objects.get(context.scene.instructscene.room)
    return room if room is not None and is_room(room) and room.users_collection else None


def category_of(obj: bpy.types.Object, room_type: RoomType) -> str | None:
    """The class that a person chose for an object, else the one that its name suggests; None for neither."""
    return obj[CATEGORY_KEY] or None if CATEGORY_KEY in obj else guess_category(obj.name, room_type)


def read(context: bpy.types.Context, task: Task) -> Reading:
    """Reads what an edit needs from the open .blend, and changes nothing.

    Raises:
        InvalidInputError: the selection cannot be worked on.
    """
    return _read_new(context) if task == "generate" else _read_room(context, task)


def free_location(scene: bpy.types.Scene, floor: FloorPlan, start: Vector3) -> Vector3:
    """Where a new room stands clear of the others: at ``start``, or further along +X.

    Args:
        scene: its rooms count.
        floor: of the new room.
        start: the first choice, Blender units.
    """
    metres = scale_length(scene)
    low_x, low_y, high_x, high_y = (v / metres for v in floor.bounding_box() or (-2, -2, 2, 2))
    others = [bounds for room in rooms(scene) if (bounds := _world_bounds(room, metres))]
    x, y, z = start
    for left, bottom, right, top in sorted(others):
        beside = y + low_y >= top or y + high_y <= bottom
        if not beside and x + low_x < right and x + high_x > left:
            x = right + _GAP / metres - low_x
    return x, y, z


def _world_bounds(room: bpy.types.Object, metres: float) -> tuple[float, float, float, float] | None:
    """(min x, min y, max x, max y) of a room's floor in the world, Blender units; None for a room without a floor."""
    scene = room_scene(room)
    if scene is None or scene.floor.polygon is None:
        return None
    corners = [room.matrix_world @ Vector((x / metres, y / metres, 0.0)) for x, y in scene.floor.polygon]
    xs, ys = [c.x for c in corners], [c.y for c in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _read_new(context: bpy.types.Context) -> Reading:
    room_type = context.scene.instructscene.room_type
    location = cast("Vector3", tuple(context.scene.cursor.location))
    return Reading(_request(context, "generate", Scene(room_type)), location=location)


def _read_room(context: bpy.types.Context, task: Task) -> Reading:
    context.view_layer.update()
    selected = list(context.selected_objects)
    check_selection(selected)
    room = _target(context, selected)
    if room is None:
        _refuse_without_meshes(selected)
    elif room.library is not None:
        raise InvalidInputError(f'"{room.name}" is linked from a library', _MAKE_LOCAL)
    else:
        _check_scale(room)
    participants = _Participants.of(context, room, [obj for obj in selected if is_foreign(obj)])
    chosen = _chosen(task, selected, participants)
    scene = participants.scene(context.scene.instructscene.room_type)
    names = {key: obj.name for key, obj in participants.foreign.items()}
    copies = {obj.name: key for key, obj in participants.ours.items() if obj.get(OBJECT_KEY) != key}
    request = _request(context, task, scene, chosen)
    return Reading(request, room.name if room else None, names, copies, participants.location)


def _chosen(task: Task, selected: list[bpy.types.Object], participants: "_Participants") -> tuple[str, ...]:
    """Ids that an edit may change."""
    if task == "complete":
        return ()
    members = participants.ours if task == "restyle" else participants.ours | participants.foreign
    chosen = tuple(key for key, obj in members.items() if obj in selected)
    if not chosen and any(is_room(obj) for obj in selected):
        chosen = tuple(participants.ours)
    if not chosen:
        if task == "restyle" and selected:
            message = "The selection holds only your own meshes, whose shape is never changed"
            raise InvalidInputError(message, "Select furniture that InstructScene placed")
        raise InvalidInputError("No furniture is selected", "Select furniture of a room, or the room's Empty")
    return chosen


def _target(context: bpy.types.Context, selected: list[bpy.types.Object]) -> bpy.types.Object | None:
    """The room to edit: the one the selection belongs to, else the one it stands in; the active one without meshes."""
    found = {room.name: room for obj in selected if (room := room_of(obj)) is not None and is_room(room)}
    if len(found) > 1:
        names = '" and "'.join(sorted(found)[:2])
        raise InvalidInputError(f'The selection belongs to "{names}"', "Select objects of one room")
    if found:
        return next(iter(found.values()))
    foreign = [obj for obj in selected if is_foreign(obj)]
    if not foreign:
        return active_room(context)
    return next((room for room in rooms(context.scene) if any(_stands_in(obj, room) for obj in foreign)), None)


def _stands_in(obj: bpy.types.Object, room: bpy.types.Object) -> bool:
    """Whether an object's centre is over a room's floor or near it, see ``_JOIN``."""
    scene = room_scene(room)
    box = None if scene is None else scene.floor.bounding_box()
    if box is None or abs(room.matrix_world.determinant()) < _FLAT:
        return False
    x, y, _ = read_pose(obj, room, scale_length(bpy.context.scene)).position
    return box[0] - _JOIN < x < box[2] + _JOIN and box[1] - _JOIN < y < box[3] + _JOIN


_MAKE_LOCAL: Final = "Deselect it, or make it local with Object > Relations > Make Local"


def check_selection(selected: Iterable[bpy.types.Object]) -> None:
    """Refuses objects that are no mesh of this file with a valid transform and an extent.

    Raises:
        InvalidInputError: names the first object at fault.
    """
    for obj in selected:
        if is_room(obj):
            continue
        if obj.type != "MESH":
            kind = obj.bl_rna.properties["type"].enum_items[obj.type].name.lower()
            article = "an" if kind[0] in "aeiou" else "a"
            raise InvalidInputError(f'"{obj.name}" is {article} {kind}, not a mesh', "Deselect it")
        if obj.library is not None or obj.override_library is not None:
            raise InvalidInputError(f'"{obj.name}" is linked from a library', _MAKE_LOCAL)
        _check_scale(obj)
        _check_extent(obj)


def _check_scale(obj: bpy.types.Object) -> None:
    world: Any = obj.matrix_world  # the type stubs know nothing of rows and columns
    if not all(math.isfinite(value) for row in world for value in row):
        raise InvalidInputError(f'"{obj.name}" has an invalid transform', "Clear it with Object > Clear")
    turn = world.to_3x3()
    if min(abs(value) for value in (*obj.scale, *(column.length for column in turn.col))) < _FLAT:
        raise InvalidInputError(f'"{obj.name}" has a scale of zero', "Set its scale to 1, or deselect it")
    if min(obj.scale) < 0 or turn.determinant() < 0:
        raise InvalidInputError(f'"{obj.name}" has a negative scale', "Apply it with Object > Apply > Scale")


def _check_extent(obj: bpy.types.Object) -> None:
    if not obj.data.vertices and not obj.modifiers:
        raise InvalidInputError(f'The mesh "{obj.name}" is empty', "Deselect it, or give it some geometry")
    pose = read_pose(obj, None, scale_length(bpy.context.scene))
    if not all(abs(value) < _FAR for value in (*pose.position, *pose.size)):
        raise InvalidInputError(
            f'"{obj.name}" is too large or too far away', "Bring it near the origin, or deselect it"
        )
    if min(pose.size) < _FLAT:
        raise InvalidInputError(f'"{obj.name}" is flat', "Deselect it, or give it some thickness")


def _refuse_without_meshes(selected: list[bpy.types.Object]) -> None:
    if not any(obj.type == "MESH" for obj in selected):
        raise InvalidInputError("No mesh is selected and there is no room", "Select furniture, or generate a room")


@dataclass
class _Participants:
    """The objects that take part in an edit, by SceneObject id.

    Attributes:
        room: the room's Empty; None for a new room.
        ours: furniture that the add-on placed.
        foreign: the person's own objects.
        metres: in one Blender unit.
        location: of a new room's Empty, Blender units.
    """

    room: bpy.types.Object | None
    ours: dict[str, bpy.types.Object]
    foreign: dict[str, bpy.types.Object]
    metres: float
    location: Vector3 = (0.0, 0.0, 0.0)

    @staticmethod
    def of(
        context: bpy.types.Context, room: bpy.types.Object | None, newcomers: list[bpy.types.Object]
    ) -> "_Participants":
        """The furniture and members of a room, and newcomers; newcomers and duplicated furniture get new ids."""
        metres = scale_length(context.scene)
        ours = room_objects(room) if room else {}
        if room is not None:
            duplicates = [obj for obj in room.children if OBJECT_KEY in obj and obj not in ours.values()]
            for obj in sorted(duplicates, key=lambda obj: obj.name):
                ours[_new_id(obj.name, ours)] = obj
            check_selection(ours.values())
        members = {key: obj for key, obj in (room_members(room) if room else {}).items() if key not in ours}
        check_selection(members.values())
        foreign = dict(members)
        for obj in newcomers:
            if obj not in members.values():
                foreign[_new_id(obj.name, ours | foreign)] = obj
        return _Participants(
            room, ours, foreign, metres, _floor_point(foreign.values(), metres) if room is None else (0, 0, 0)
        )

    def scene(self, room_type: RoomType) -> Scene:
        """The Scene of these objects as they stand now; ``room_type`` counts where there is no room yet."""
        before = room_scene(self.room) if self.room else None
        before = before or Scene(room_type)
        stored = {item.id: item for item in before.objects}
        items = [*self._items(self.ours, stored, before.room_type), *self._items(self.foreign, {}, before.room_type)]
        return Scene(before.room_type, tuple(items), before.floor, provenance=before.provenance)

    def _items(
        self, objects: Mapping[str, bpy.types.Object], stored: Mapping[str, SceneObject], room_type: RoomType
    ) -> Iterator[SceneObject]:
        for key, obj in objects.items():
            pose = read_pose(obj, self.room, self.metres)
            x, y, z = (p - at * self.metres for p, at in zip(pose.position, self.location, strict=True))
            item = SceneObject(
                key, category_of(obj, room_type), (x, y, z), pose.size, pose.yaw, **_asset_and_codes(obj)
            )
            before = stored.get(key)
            unmoved = before is not None and _pose(before) == _pose(item)
            placed = before.placed_size if before is not None and unmoved else None
            yield replace(item, placed_size=placed, description=before.description if before is not None else None)


def _asset_and_codes(obj: bpy.types.Object) -> dict[str, object]:
    """As arguments of a SceneObject."""
    codes = obj.get(CODES_KEY)
    return {"asset": obj.get(ASSET_KEY), "codes": None if codes is None else tuple(codes)}


def _pose(item: SceneObject) -> tuple[Vector3, Vector3, float]:
    return item.position, item.size, item.yaw


def _new_id(name: str, taken: Mapping[str, object]) -> str:
    number = 1
    candidate = name
    while candidate in taken:
        number += 1
        candidate = f"{name} {number}"
    return candidate


def _floor_point(objects: Iterable[bpy.types.Object], metres: float) -> Vector3:
    """Origin of a new room around a person's objects: the middle of their ground bounding box, at their feet."""
    lows, highs, floors = [], [], []
    for obj in objects:
        corners = [obj.matrix_world @ Vector(corner) for corner in obj.bound_box]
        lows.append([min(c[k] for c in corners) for k in range(3)])
        highs.append([max(c[k] for c in corners) for k in range(3)])
        if not hangs(category_of(obj, bpy.context.scene.instructscene.room_type) or ""):
            floors.append(lows[-1][2])
    floor = min(floors, default=0.0)
    if abs(floor) * metres < 0.05:  # furniture that is modelled a little off the ground stands on it
        floor = 0.0
    x, y = ((min(row[k] for row in lows) + max(row[k] for row in highs)) / 2 for k in range(2))
    return x, y, floor


def _request(context: bpy.types.Context, task: Task, scene: Scene, selected: tuple[str, ...] = ()) -> Request:
    settings = context.scene.instructscene
    steps = (settings.steps_prior, settings.steps_decoder)
    request = Request(
        task=task,
        scene=scene,
        instruction=settings.instruction,
        selected=selected,
        add=settings.add or None,
        variations=settings.variations,
        seed=settings.seed,
        steps=steps if all(steps) else None,
        finish=settings.finish,
    )
    return Request.from_json(request.to_json())


def as_it_stands(target: Scene, before: Scene, room: bpy.types.Object, metres: float) -> Scene:
    """``target``, but objects that are the same in ``before`` get the pose that they have in the .blend now.

    So an object that an edit does not change stays where a person has moved it meanwhile.
    """
    known = {item.id: item for item in before.objects}
    present = room_objects(room) | room_members(room)
    return replace(target, objects=tuple(_standing(item, known, present, room, metres) for item in target.objects))


def _standing(
    item: SceneObject,
    known: Mapping[str, SceneObject],
    present: Mapping[str, bpy.types.Object],
    room: bpy.types.Object,
    metres: float,
) -> SceneObject:
    before, obj = known.get(item.id), present.get(item.id)
    if before is None or obj is None or _pose(before) != _pose(item) or before.asset != item.asset:
        return item
    pose = read_pose(obj, room, metres)
    if (pose.position, pose.size, pose.yaw) == _pose(item):
        return item
    return replace(item, position=pose.position, size=pose.size, yaw=pose.yaw, placed_size=None)
