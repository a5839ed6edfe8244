"""What the add-on records in the open .blend: the custom properties of rooms and of the objects that belong to them."""

import json
from collections.abc import Mapping
from typing import Final, cast

import bpy

from ..instructscene_core.errors import InvalidInputError
from ..instructscene_core.scene import Scene

OBJECT_KEY: Final = "instructscene_id"
"""Of furniture and of the root of a person's own piece that takes part: the SceneObject's id."""
CATEGORY_KEY: Final = "instructscene_category"
CODES_KEY: Final = "instructscene_codes"
POSE_KEY: Final = "instructscene_pose"
"""Of placed furniture: position (3), size (3), yaw and size of the mesh (3) as in the Scene."""
MEMBER_KEY: Final = "instructscene_room"
"""Of a person's own piece, or part of the building: pointer to the Empty of the room that it belongs to."""
FRONT_KEY: Final = "instructscene_front"
"""Of the root of a person's own piece: quarter turns about +Z from its own -Y to its front."""
KEEP_KEY: Final = "instructscene_keep"
"""Of furniture and of the root of a person's own piece: true where no edit may change it."""
ARCHITECTURE_KEY: Final = "instructscene_architecture"
"""Of a part of the building: what it is, one of ``architecture.kinds.KINDS``; "none" says that it is none."""
PARTS_KEY: Final = "instructscene_parts"
"""Of a room's Empty: JSON of the kinds of the parts of the building around it, by number; pointers to these have the
number behind the key."""
INPUTS_KEY: Final = "instructscene_inputs"
"""Of a room's Empty: JSON of the panel's settings from which the room was made."""
VARIATIONS_KEY: Final = "instructscene_variations"
"""Of a room's Empty: JSON list of all its scenes."""
VARIATION_KEY: Final = "instructscene_variation"
"""Of a room's Empty: index of the scene that is shown."""
MADE_KEY: Final = "instructscene_made"
"""Of a room's Empty: which request made it, as long as Blender runs; empty where it needs no other variations."""
NOT_ARCHITECTURE: Final = "none"
"""Value of ``ARCHITECTURE_KEY`` that says that an object is no part of a building."""
SCENE_KEY: Final = "instructscene_scene"
"""Of a room's Empty: JSON of the Scene as it was placed."""
MISSING_KEY: Final = "instructscene_missing"
"""Of a room's Empty: JSON of the models that could not be imported, for which boxes stand, and why."""


def scale_length(scene: bpy.types.Scene) -> float:
    """Metres in one Blender unit of a scene."""
    units = scene.unit_settings
    return 1.0 if units.system == "NONE" else units.scale_length


def is_room(obj: bpy.types.Object) -> bool:
    """Whether an object is the Empty of a room."""
    return obj.type == "EMPTY" and SCENE_KEY in obj


def is_ours(obj: bpy.types.Object) -> bool:
    """Whether an object is furniture that stands in a room because the add-on put it there."""
    return POSE_KEY in obj and obj.parent is not None and is_room(obj.parent)


def rooms(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """The Empties of all rooms of a scene."""
    return [obj for obj in scene.objects if is_room(obj)]


def room_objects(room: bpy.types.Object) -> dict[str, bpy.types.Object]:
    """The furniture that we placed in a room, by SceneObject id; without what was deleted and is still used."""
    return {obj[OBJECT_KEY]: obj for obj in room.children if OBJECT_KEY in obj and is_ours(obj) and obj.users_scene}


def room_members(room: bpy.types.Object) -> dict[str, bpy.types.Object]:
    """The roots of the person's own pieces that took part in a room, by SceneObject id."""
    found = [obj for obj in bpy.data.objects if obj.get(MEMBER_KEY) == room and OBJECT_KEY in obj]
    return {obj[OBJECT_KEY]: obj for obj in found}


def room_parts(room: bpy.types.Object) -> dict[bpy.types.Object, str]:
    """The parts of the building that a room's floor plan was read from, and what each is.

    They are recorded at the room's Empty, since nothing of a building is touched.
    """
    kinds: object = _read_json(room.get(PARTS_KEY, "{}"))
    if not isinstance(kinds, dict):
        return {}
    found = {room.get(f"{PARTS_KEY}_{number}"): kind for number, kind in cast("dict[str, str]", kinds).items()}
    return {obj: kind for obj, kind in found.items() if isinstance(obj, bpy.types.Object)}


def record_parts(room: bpy.types.Object, parts: Mapping[str, str]) -> None:
    """Records the parts of the building, by object name, with pointers that follow renaming."""
    for key in [key for key in room.keys() if key.startswith(PARTS_KEY)]:  # noqa: SIM118 - objects are no mappings
        del room[key]
    room[PARTS_KEY] = json.dumps({str(number): kind for number, kind in enumerate(parts.values())})
    for number, name in enumerate(parts):
        room[f"{PARTS_KEY}_{number}"] = bpy.data.objects[name]


def room_collection(room: bpy.types.Object) -> bpy.types.Collection:
    """The collection that holds a room."""
    return next(collection for collection in room.users_collection)


def room_scene(room: bpy.types.Object) -> Scene | None:
    """The Scene as it was placed; None where it can no longer be read."""
    try:
        return Scene.from_json(json.loads(room[SCENE_KEY]))
    except (InvalidInputError, json.JSONDecodeError):
        return None


def wall_colour_of(room: bpy.types.Object) -> int:
    """Number of the colour of a room's walls: its seed, so that it is the same in every picture."""
    return seed_number(room.get("instructscene_seed", ""))


def seed_number(seed: object) -> int:
    """A seed as it is recorded with a room, as a number; 0 for none."""
    return int(text) if (text := str(seed)).isdecimal() else 0


def missing_models(room: bpy.types.Object) -> dict[str, str]:
    """The models for which boxes stand in a room, since they could not be imported, and why."""
    missing = _read_json(room.get(MISSING_KEY, "{}"))
    return cast("dict[str, str]", missing) if isinstance(missing, dict) else {}


def _read_json(text: object) -> object:
    """JSON from a .blend, which may hold anything."""
    try:
        return json.loads(str(text))
    except json.JSONDecodeError:
        return None
