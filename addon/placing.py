"""A Scene becomes objects of the .blend: one collection a room, one Empty at its floor's origin, one mesh an asset.

The work is cut into small pieces, so that a modal operator can do one a tick, and is undone as a whole where a piece
fails. Between two pieces only names are kept: pointers would not survive an undo.
"""

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

import bpy
from mathutils import Matrix

from ..instructscene_core.scene import Scene, SceneObject, Vector3
from ..instructscene_core.vocabulary import RoomType, display_name
from .assets import ASSET_KEY, BOX, STARTER_LIBRARY, AssetLibrary, PlacingError, extent, remove_unused
from .guesses import front_of
from .language import tr
from .models import read_models
from .poses import Pose, read_pose
from .records import (
    CATEGORY_KEY,
    CODES_KEY,
    FRONT_KEY,
    MEMBER_KEY,
    MISSING_KEY,
    OBJECT_KEY,
    POSE_KEY,
    SCENE_KEY,
    record_parts,
    room_collection,
    room_objects,
    scale_length,
    seed_number,
)
from .shell import ShellBuilder
from .transforms import set_world, world_of

_TRANSFORM: Final = ("location", "rotation_euler", "rotation_quaternion", "rotation_axis_angle", "scale")
"""Properties that make an object's matrix: unlike these, the matrix itself is not restored exactly."""
_ROOM_NAMES: Final[dict[RoomType, str]] = {
    "bedroom": "Bedroom",
    "livingroom": "Living Room",
    "diningroom": "Dining Room",
}
_WAIT: Final = 0.005
"""Seconds for which a step waits for the thread that reads the libraries."""


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
    yaw: float = 0.0,
    parts: Mapping[str, str] | None = None,
    library: Path = STARTER_LIBRARY,
    catalogues: Sequence[Path] = (),
    linked: bool = False,
    with_shell: bool = False,
) -> Generator[float, None, bpy.types.Object]:
    """Places a Scene, a few meshes or one object between two yields; closing it or an error undoes everything.

    Args:
        context: only its scene is used.
        scene: what to place.
        room: the Empty of a room whose furniture becomes that of ``scene``: objects of the same id are kept, moved or
            given another mesh as needed, the others are added or removed. None makes a new room.
        foreign: the person's own objects, by id: turned and moved where their pose changed, never scaled.
        location: of a new room's Empty, Blender units.
        yaw: of a new room's Empty, radians.
        parts: kinds of the parts of the building around the room, by object name; None leaves what is recorded.
        library: the .blend with the meshes of the starter's entries.
        catalogues: files or folders of a person's own furniture. A box stands for what of it cannot be read, which the
            room's Empty records, see `missing_models`.
        linked: whether pieces of a folder of models are linked instead of appended.
        with_shell: whether a new room gets floor, walls, doors, windows and daylight of its own. A room that has them
            keeps them, and they follow another floor unless they were edited.

    Yields:
        The share that is done, 0 to 1.

    Returns:
        The room's Empty.

    Raises:
        PlacingError: an asset is unknown, or the room vanished meanwhile.
        ModelError: the catalogue cannot be read.
    """
    with ExitStack() as undo:
        assets = AssetLibrary({"starter": library}, undo, read_models(catalogues), linked=linked)
        placer = _Placer(context.scene, assets)
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
        placer.enter(name, scene, location, yaw)
        walls = ShellBuilder(
            placer.room.name, placer.metres, undo, seed_number((scene.provenance or {}).get("seed", ""))
        )
        pieces: list[Callable[[], None]] = [
            *(partial(placer.assets.load, batch) for batch in placer.assets.batches(absent)),
            *(partial(placer.place, item) for item in scene.objects),
            *walls.pieces(scene.floor, new=with_shell and name is None),
            partial(placer.finish, scene, parts, walls),
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
        self._renamed: dict[str, str] = {}

    @property
    def room(self) -> bpy.types.Object:
        """The room's Empty."""
        return _object(self._room)

    def enter(self, name: str | None, scene: Scene, location: Vector3, yaw: float) -> None:
        """Makes a new room, or takes over the one whose Empty has this name."""
        room = _object(name) if name else self._new_room(_ROOM_NAMES[scene.room_type], location, yaw)
        self._room = room.name
        self._placed = {key: obj.name for key, obj in room_objects(room).items()}

    def _new_room(self, name: str, location: Vector3, yaw: float) -> bpy.types.Object:
        collection = bpy.data.collections.new(name)
        self.undo.callback(_remove, bpy.data.collections, collection.name)
        bpy.data.scenes[self._scene].collection.children.link(collection)
        empty = bpy.data.objects.new(name, None)
        self.undo.callback(_remove, bpy.data.objects, empty.name)
        empty.location = location
        empty.rotation_euler.z = yaw
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
            self._rename(obj, item)
        same = name and obj.get(ASSET_KEY) == item.asset and not (item.asset and obj.data.get(ASSET_KEY) == BOX)
        mesh = obj.data if same else self.assets.mesh(item.asset)
        pose = Pose(item.position, item.size, item.yaw)
        if obj.data != mesh or not read_pose(obj, self.room, self.metres).near(pose):
            obj.data = mesh
            self._move(obj, pose.within(item.category, item.placed_size or item.size))
        _record_object(obj, item)

    def _rename(self, obj: bpy.types.Object, item: SceneObject) -> None:
        """Has an object of another class than before bear its name, unless a person has named it."""
        before, after = (display_name(name or "object").title() for name in (obj.get(CATEGORY_KEY), item.category))
        if before != after and obj.name.partition(".")[0] == before:
            self._renamed[obj.name] = after

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
        local = pose.frame(self.metres) @ scale.to_4x4() @ Matrix.Translation(-bounds.centre)
        obj.matrix_basis = obj.matrix_parent_inverse.inverted() @ local

    def _place_own(self, obj: bpy.types.Object, item: SceneObject) -> None:
        """Turns and moves a person's own object where its pose changed, and makes it a member of the room."""
        self._remember(obj)
        before = read_pose(obj, self.room, self.metres)
        after = Pose(item.position, before.size, item.yaw)
        if not before.near(after):
            move = after.frame(self.metres) @ before.frame(self.metres).inverted()
            frame = world_of(self.room)
            set_world(obj, frame @ move @ frame.inverted() @ world_of(obj))
        obj[FRONT_KEY] = front_of(obj)
        obj[OBJECT_KEY] = item.id
        obj[MEMBER_KEY] = self.room
        if item.category:
            obj[CATEGORY_KEY] = item.category

    def _remember(self, obj: bpy.types.Object) -> None:
        """Registers the restoring of an object's transform, mesh and custom properties."""
        saved = {key: _plain(value) for key, value in obj.items()}
        transform = {key: tuple(getattr(obj, key)) for key in _TRANSFORM}
        self.undo.callback(_restore, obj.name, transform, obj.data and obj.data.name, saved)

    def finish(self, scene: Scene, parts: Mapping[str, str] | None, walls: ShellBuilder) -> None:
        """Removes what the Scene no longer holds and records on the room how it was made; cannot fail half-way."""
        walls.swap()
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
        if parts is not None:
            record_parts(self.room, parts)
        for name in self._placed.values():
            _remove(bpy.data.objects, name)
        remove_unused()
        for name, after in self._renamed.items():
            _object(name).name = after


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


def _object(name: str) -> bpy.types.Object:
    obj = bpy.data.objects.get(name)
    if obj is None:
        raise PlacingError(tr('"{name}" was removed or renamed meanwhile', name=name), tr("Try again"))
    return obj


def _plain(value: Any) -> Any:  # noqa: ANN401
    """A custom property's value as plain Python, which outlives the object."""
    return value.to_list() if hasattr(value, "to_list") else value


def _remove(collection: Any, name: str) -> None:  # noqa: ANN401
    block = collection.get(name)
    if block is not None:
        collection.remove(block)


def _restore(name: str, transform: dict[str, tuple[float, ...]], data: str | None, saved: dict[str, Any]) -> None:
    """Undoes changes of an object: its transform, its mesh (by name, if it has one) and its custom properties."""
    obj = bpy.data.objects.get(name)
    if obj is None:
        return
    for key, value in transform.items():
        setattr(obj, key, value)
    if data is not None and obj.data.name != data:
        obj.data = bpy.data.meshes[data]
    present = cast("list[str]", list(obj.keys()))  # the type stubs have it that an object has none
    for key in [key for key in present if key not in saved]:
        del obj[key]
    for key, value in saved.items():
        obj[key] = value
