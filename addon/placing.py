"""A Scene becomes objects of the .blend: one collection a room, one Empty at its floor's origin, one mesh an asset.

The work is cut into small pieces, so that a modal operator can do one a tick, and is undone as a whole where a piece
fails. Between two pieces only names are kept: pointers would not survive an undo.
"""

import json
import math
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

import bpy
from mathutils import Matrix, Vector

from ..instructscene_core.errors import InvalidInputError
from ..instructscene_core.scene import Scene, SceneObject, Vector3
from ..instructscene_core.vocabulary import display_name, hangs
from .assets import ASSET_KEY, BOX, STARTER_LIBRARY, AssetLibrary, Extent, PlacingError, extent
from .models import read_models

# Custom properties of objects.
OBJECT_KEY: Final = "instructscene_id"
"""Of furniture and a person's own objects that take part: the SceneObject's id."""
CATEGORY_KEY: Final = "instructscene_category"
CODES_KEY: Final = "instructscene_codes"
POSE_KEY: Final = "instructscene_pose"
"""Of placed furniture: position (3), size (3), yaw and size of the mesh (3) as in the Scene."""
MEMBER_KEY: Final = "instructscene_room"
"""Of a person's own object: pointer to the Empty of the room that it belongs to."""
SCENE_KEY: Final = "instructscene_scene"
"""Of a room's Empty: JSON of the Scene as it was placed."""
MISSING_KEY: Final = "instructscene_missing"
"""Of a room's Empty: JSON of the models that could not be imported, for which boxes stand, and why."""
_TRANSFORM: Final = ("location", "rotation_euler", "rotation_quaternion", "rotation_axis_angle", "scale")
"""Properties that make an object's matrix: unlike these, the matrix itself is not restored exactly."""
_WAIT: Final = 0.005
"""Seconds for which a step waits for the thread that reads the libraries."""
_SAME: Final = 1e-4
"""Metres and radians below which a pose is the stored one: Blender keeps single precision."""


@dataclass(frozen=True)
class Pose:
    """Where a box stands in a room's axes: metres, full extents, radians about +Z."""

    position: Vector3
    size: Vector3
    yaw: float

    def near(self, other: "Pose") -> bool:
        """Whether both are the same but for single precision."""
        pairs = zip((*self.position, *self.size), (*other.position, *other.size), strict=True)
        turn = math.remainder(self.yaw - other.yaw, math.tau)
        return abs(turn) < _SAME and all(abs(a - b) < _SAME for a, b in pairs)


def scale_length(scene: bpy.types.Scene) -> float:
    """Metres in one Blender unit of a scene."""
    units = scene.unit_settings
    return 1.0 if units.system == "NONE" else units.scale_length


def is_room(obj: bpy.types.Object) -> bool:
    """Whether an object is the Empty of a room that we placed."""
    return obj.type == "EMPTY" and SCENE_KEY in obj


def rooms(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """The Empties of all rooms of a scene."""
    return [obj for obj in scene.objects if is_room(obj)]


def room_of(obj: bpy.types.Object) -> bpy.types.Object | None:
    """The Empty of the room to which an object belongs; None outside every room."""
    if is_room(obj):
        return obj
    above = obj.parent
    while above is not None and not is_room(above):
        above = above.parent
    return above or obj.get(MEMBER_KEY)


def room_objects(room: bpy.types.Object) -> dict[str, bpy.types.Object]:
    """The furniture that we placed in a room, by SceneObject id."""
    return {obj[OBJECT_KEY]: obj for obj in room.children if OBJECT_KEY in obj}


def room_members(room: bpy.types.Object) -> dict[str, bpy.types.Object]:
    """The person's own objects that took part in a room, by SceneObject id."""
    found = [obj for obj in bpy.data.objects if obj.get(MEMBER_KEY) == room and OBJECT_KEY in obj]
    return {obj[OBJECT_KEY]: obj for obj in found}


def room_collection(room: bpy.types.Object) -> bpy.types.Collection:
    """The collection that holds a room."""
    return next(collection for collection in room.users_collection)


def room_scene(room: bpy.types.Object) -> Scene | None:
    """The Scene as it was placed; None where it can no longer be read."""
    try:
        return Scene.from_json(json.loads(room[SCENE_KEY]))
    except (InvalidInputError, json.JSONDecodeError):
        return None


def missing_models(room: bpy.types.Object) -> dict[str, str]:
    """The models for which boxes stand in a room, since they could not be imported, and why."""
    try:
        missing: object = json.loads(room.get(MISSING_KEY, "{}"))
    except (json.JSONDecodeError, TypeError):
        return {}
    return cast("dict[str, str]", missing) if isinstance(missing, dict) else {}


def read_pose(obj: bpy.types.Object, room: bpy.types.Object | None, metres: float) -> Pose:
    """The pose of a mesh object in a room's axes, in the world's without a room.

    An object that still stands where we placed it gives back the very numbers of the Scene.

    Args:
        obj: any mesh object; tilted ones get the upright box around them.
        room: the room's Empty.
        metres: in one Blender unit, see `scale_length`.

    Raises:
        PlacingError: the mesh is empty.
    """
    stored = obj.get(POSE_KEY)
    bounds = extent(obj.data) if stored is not None else own_extent(obj)
    pose = _pose_of(_matrix_in_room(obj, room), bounds, metres)
    if stored is None or obj.parent != room or room is None:
        return pose
    kept = Pose(tuple(stored[0:3]), tuple(stored[3:6]), stored[6])
    placed = _mesh_pose(kept, tuple(stored[7:10]), obj.get(CATEGORY_KEY))
    return kept if pose.near(placed) else pose


def place_scene(context: bpy.types.Context, scene: Scene, **options: Any) -> bpy.types.Object:  # noqa: ANN401
    """Runs `place_steps`, whose options it takes, to its end; returns the room's Empty."""
    steps = place_steps(context, scene, **options)
    try:
        while True:
            next(steps)
    except StopIteration as end:
        return end.value


def place_steps(
    context: bpy.types.Context,
    scene: Scene,
    *,
    room: bpy.types.Object | None = None,
    foreign: Mapping[str, bpy.types.Object] | None = None,
    location: Vector3 = (0.0, 0.0, 0.0),
    library: Path = STARTER_LIBRARY,
    catalogue: Path | None = None,
) -> Generator[float, None, bpy.types.Object]:
    """Places a Scene, a few meshes or one object between two yields; closing it or an error undoes everything.

    Args:
        context: only its scene is used.
        scene: what to place.
        room: the Empty of a room whose furniture becomes that of ``scene``: objects of the same id are kept, moved or
            given another mesh as needed, the others are added or removed. None makes a new room.
        foreign: the person's own objects, by id: turned and moved where their pose changed, never scaled.
        location: of a new room's Empty, Blender units.
        library: the .blend with the meshes of the starter's entries.
        catalogue: file or folder of a person's own furniture. A box stands for what of it cannot be read, which the
            room's Empty records, see `missing_models`.

    Yields:
        The share that is done, 0 to 1.

    Returns:
        The room's Empty.

    Raises:
        PlacingError: an asset is unknown, or the room vanished meanwhile.
        ModelError: the catalogue cannot be read.
    """
    with ExitStack() as undo:
        placer = _Placer(context.scene, AssetLibrary({"starter": library}, undo, read_models(catalogue)))
        placer.own = {key: obj.name for key, obj in (foreign or {}).items()}
        name = room and room.name
        absent = placer.assets.absent(item.asset for item in scene.objects if item.asset and item.id not in placer.own)
        reading = placer.assets.read_ahead(absent)
        while reading.is_alive():
            yield 0.0
            reading.join(_WAIT)
        for check in placer.assets.checks(absent):
            yield 0.0
            check()
        placer.enter(name, scene, location)
        pieces: list[Callable[[], None]] = [
            *(partial(placer.assets.load, batch) for batch in placer.assets.batches(absent)),
            *(partial(placer.place, item) for item in scene.objects),
            partial(placer.finish, scene),
        ]
        for index, piece in enumerate(pieces):
            yield index / len(pieces)
            piece()
        undo.pop_all()
    return placer.room


class _Placer:
    """The work of `place_steps`; ``undo`` collects how to take each piece back."""

    def __init__(self, scene: bpy.types.Scene, assets: AssetLibrary) -> None:
        self.undo = assets.undo
        self.metres = scale_length(scene)
        self.assets = assets
        self.own: dict[str, str] = {}
        self._scene = scene.name
        self._room = ""
        self._placed: dict[str, str] = {}

    @property
    def room(self) -> bpy.types.Object:
        """The room's Empty."""
        return _object(self._room)

    def enter(self, name: str | None, scene: Scene, location: Vector3) -> None:
        """Makes a new room, or takes over the one whose Empty has this name."""
        room = _object(name) if name else self._new_room(display_name(scene.room_type).title(), location)
        self._room = room.name
        self._placed = {key: obj.name for key, obj in room_objects(room).items()}

    def _new_room(self, name: str, location: Vector3) -> bpy.types.Object:
        collection = bpy.data.collections.new(name)
        self.undo.callback(_remove, bpy.data.collections, collection.name)
        bpy.data.scenes[self._scene].collection.children.link(collection)
        empty = bpy.data.objects.new(name, None)
        self.undo.callback(_remove, bpy.data.objects, empty.name)
        empty.location = location
        empty.empty_display_size = 0.25 / self.metres
        empty[SCENE_KEY] = ""
        collection.objects.link(empty)
        return empty

    def place(self, item: SceneObject) -> None:
        """Puts one object where its Scene has it."""
        if item.id in self.own:
            self._place_own(_object(self.own[item.id]), item)
            return
        name = self._placed.pop(item.id, None)
        obj = _object(name) if name else self._new_object(item)
        if name:
            self._remember(obj)
        same = name and obj.get(ASSET_KEY) == item.asset and not (item.asset and obj.data.get(ASSET_KEY) == BOX)
        mesh = obj.data if same else self.assets.mesh(item.asset)
        pose = Pose(item.position, item.size, item.yaw)
        if obj.data != mesh or not read_pose(obj, self.room, self.metres).near(pose):
            obj.data = mesh
            self._move(obj, _mesh_pose(pose, item.placed_size or item.size, item.category))
        _record_object(obj, item)

    def _new_object(self, item: SceneObject) -> bpy.types.Object:
        obj = bpy.data.objects.new(display_name(item.category or "object").title(), self.assets.mesh(item.asset))
        self.undo.callback(_remove, bpy.data.objects, obj.name)
        obj.parent = self.room
        room_collection(self.room).objects.link(obj)
        return obj

    def _move(self, obj: bpy.types.Object, pose: Pose) -> None:
        """Gives placed furniture the pose of its mesh, which is scaled to the pose's size."""
        bounds = extent(obj.data)
        target = [size / self.metres for size in pose.size]
        scale = Matrix.Diagonal([a / b if b > 1e-9 else 1.0 for a, b in zip(target, bounds.size, strict=True)])
        turn = Matrix.Rotation(pose.yaw, 4, "Z")
        shift = Matrix.Translation(Vector(pose.position) / self.metres)
        local = shift @ turn @ scale.to_4x4() @ Matrix.Translation(-bounds.centre)
        obj.matrix_basis = obj.matrix_parent_inverse.inverted() @ local

    def _place_own(self, obj: bpy.types.Object, item: SceneObject) -> None:
        """Turns and moves a person's own object where its pose changed, and makes it a member of the room."""
        self._remember(obj)
        before = read_pose(obj, self.room, self.metres)
        if not before.near(Pose(item.position, before.size, item.yaw)):
            move = (
                _rigid(item.position, item.yaw, self.metres)
                @ _rigid(before.position, before.yaw, self.metres).inverted()
            )
            frame = _world(self.room)
            _set_world(obj, frame @ move @ frame.inverted() @ _world(obj))
        obj[OBJECT_KEY] = item.id
        obj[MEMBER_KEY] = self.room
        if item.category:
            obj[CATEGORY_KEY] = item.category

    def _remember(self, obj: bpy.types.Object) -> None:
        """Registers the restoring of an object's transform, mesh and custom properties."""
        saved = {key: _plain(value) for key, value in obj.items()}
        transform = {key: tuple(getattr(obj, key)) for key in _TRANSFORM}
        self.undo.callback(_restore, obj.name, transform, obj.data.name, saved)

    def finish(self, scene: Scene) -> None:
        """Removes what the Scene no longer holds and records on the room how it was made; cannot fail half-way."""
        provenance = dict(scene.provenance or {})
        record = {
            "instructscene_instruction": str(provenance.get("instruction", "")),
            "instructscene_seed": str(provenance.get("seed", "")),
            "instructscene_model": str(provenance.get("model", "")),
            "instructscene_settings": json.dumps(provenance.get("settings", {})),
            SCENE_KEY: json.dumps(scene.to_json()),
            MISSING_KEY: json.dumps(self.assets.failed),
        }
        for key, value in record.items():
            self.room[key] = value
        for name in self._placed.values():
            _remove(bpy.data.objects, name)


def _record_object(obj: bpy.types.Object, item: SceneObject) -> None:
    """Writes a SceneObject into the custom properties of its object."""
    obj[OBJECT_KEY] = item.id
    obj[CATEGORY_KEY] = item.category or ""
    obj[POSE_KEY] = [*map(float, (*item.position, *item.size, item.yaw, *(item.placed_size or item.size)))]
    for key, value in ((ASSET_KEY, item.asset), (CODES_KEY, None if item.codes is None else list(item.codes))):
        if value is not None:
            obj[key] = value
        elif key in obj:
            del obj[key]


def _mesh_pose(box: Pose, placed: Vector3, category: str | None) -> Pose:
    """Pose of a mesh of size ``placed`` in a box: on its base, ceiling-hung classes at its top, centred in x and y."""
    slack = (box.size[2] - placed[2]) / 2
    x, y, z = box.position
    return Pose((x, y, z + slack if hangs(category or "") else z - slack), placed, box.yaw)


def own_extent(obj: bpy.types.Object) -> Extent:
    """Local bounds of a person's own object with its modifiers (Blender's ``bound_box``); else those of its mesh.

    Raises:
        PlacingError: it has no geometry.
    """
    corners = [Vector(corner) for corner in obj.bound_box]
    if corners[0] == corners[6]:  # not known: the object is hidden, or its modifiers leave nothing
        return extent(obj.data)
    return Extent((corners[0] + corners[6]) / 2, corners[6] - corners[0])


def _pose_of(matrix: Matrix, bounds: Extent, metres: float) -> Pose:
    """The upright box around local bounds after a matrix, with the yaw of the matrix's x axis."""
    half = bounds.size / 2
    yaw = math.atan2(matrix[1][0], matrix[0][0])
    upright = Matrix.Rotation(-yaw, 4, "Z") @ matrix
    reach = Vector(sum(abs(row[k]) * half[k] for k in range(3)) for row in upright.to_3x3())
    centre = matrix @ bounds.centre
    return Pose(tuple(v * metres for v in centre), tuple(2 * v * metres for v in reach), yaw)


def _world(obj: bpy.types.Object) -> Matrix:
    """World matrix that is right even before the dependency graph has been updated."""
    if obj.parent is None or obj.parent_type != "OBJECT":
        return obj.matrix_basis.copy() if obj.parent is None else obj.matrix_world.copy()
    return _world(obj.parent) @ obj.matrix_parent_inverse @ obj.matrix_basis


def _set_world(obj: bpy.types.Object, matrix: Matrix) -> None:
    """Sets ``matrix_basis`` so that `_world` is a matrix."""
    frame = _world(obj) @ obj.matrix_basis.inverted()
    obj.matrix_basis = frame.inverted() @ matrix


def _matrix_in_room(obj: bpy.types.Object, room: bpy.types.Object | None) -> Matrix:
    if room is None:
        return _world(obj)
    if obj.parent == room:
        return obj.matrix_parent_inverse @ obj.matrix_basis
    return _world(room).inverted() @ _world(obj)


def _rigid(position: Vector3, yaw: float, metres: float) -> Matrix:
    """Translation and turn about +Z of a pose in metres, as a matrix in Blender units."""
    return Matrix.Translation(Vector(position) / metres) @ Matrix.Rotation(yaw, 4, "Z")


def _object(name: str) -> bpy.types.Object:
    obj = bpy.data.objects.get(name)
    if obj is None:
        raise PlacingError(f'"{name}" was removed or renamed meanwhile', "Try again")
    return obj


def _plain(value: Any) -> Any:  # noqa: ANN401
    """A custom property's value as plain Python, which outlives the object."""
    return value.to_list() if hasattr(value, "to_list") else value


def _remove(collection: Any, name: str) -> None:  # noqa: ANN401
    block = collection.get(name)
    if block is not None:
        collection.remove(block)


def _restore(name: str, transform: dict[str, tuple[float, ...]], data: str, saved: dict[str, Any]) -> None:
    """Undoes changes of an object: its transform, its mesh (by name) and its custom properties."""
    obj = bpy.data.objects.get(name)
    if obj is None:
        return
    for key, value in transform.items():
        setattr(obj, key, value)
    if obj.data.name != data:
        obj.data = bpy.data.meshes[data]
    present = cast("list[str]", list(obj.keys()))  # the type stubs have it that an object has none
    for key in [key for key in present if key not in saved]:
        del obj[key]
    for key, value in saved.items():
        obj[key] = value
