"""What a person has deleted of a room: the record drops it at the next edit, and until then the panel tells of it."""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final, cast

import bpy

from ..instructscene_core.scene import Scene
from .kept import UntilChanged
from .records import SCENE_KEY, room_members, room_objects

_KEPT: Final[UntilChanged[tuple[str, ...]]] = UntilChanged()
"""Classes that were deleted from each room, by the name of its Empty."""


def without(scene: Scene, gone: Collection[str]) -> Scene:
    """A scene without some objects, and without relations to them.

    Args:
        scene: any.
        gone: ids.
    """
    if not gone:
        return scene
    relations = scene.relations
    if relations is not None:
        relations = tuple(r for r in relations if r[0] not in gone and r[2] not in gone)
    objects = tuple(item for item in scene.objects if item.id not in gone)
    return replace(scene, objects=objects, relations=relations)


def without_deleted(room: bpy.types.Object, scenes: Sequence[Scene], shown: int) -> list[Scene]:
    """A room's variations without what a person has deleted from the one that is shown.

    What another one has of the same mesh at the same place is deleted from that, too.

    Args:
        room: its Empty.
        scenes: its variations.
        shown: which of them is shown.
    """
    present = room_objects(room).keys() | room_members(room).keys()
    deleted = {item.id: item for item in scenes[shown].objects if item.id not in present}

    def gone(scene: Scene) -> set[str]:
        if scene is scenes[shown]:
            return {*deleted}
        return {item.id for item in scene.objects if deleted.get(item.id) == item}

    return [without(scene, gone(scene)) for scene in scenes]


def deleted_from(room: bpy.types.Object) -> tuple[str, ...]:
    """Classes of what the record of a room still has, and a person has deleted."""
    return _KEPT.get(room.name_full, lambda: _deleted_from(room))


def _deleted_from(room: bpy.types.Object) -> tuple[str, ...]:
    present = room_objects(room).keys() | room_members(room).keys()
    recorded = _recorded(str(room.get(SCENE_KEY, "")))
    return tuple(category for key, category in recorded if key not in present)


@lru_cache(maxsize=4)
def _recorded(scene: str) -> tuple[tuple[str, str], ...]:
    """Id and class of each object of a room's scene JSON; nothing where that cannot be read."""
    try:
        objects = cast("list[dict[str, str | None]]", json.loads(scene)["objects"])
        return tuple((str(item["id"]), item["category"] or "object") for item in objects)
    except (ValueError, KeyError, TypeError):
        return ()
