"""A room's variations: where they are kept, which are still to be made, and their pictures.

The scenes are recorded with the room's Empty. Those that are made while the first one is shown are also remembered as
long as Blender runs: undoing and redoing brings back the Empty as it was before they were there.
"""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import bpy
import bpy.utils.previews

from ..instructscene_core.errors import InvalidInputError
from ..instructscene_core.scene import Request, Scene
from .assets import PlacingError
from .language import tr
from .plan_icon import SIDE, plan_icon
from .records import MADE_KEY, VARIATION_KEY, VARIATIONS_KEY

_MOST_KEPT: Final = 20
"""Requests whose variations, and rooms whose pictures, are remembered."""
_NUMBERS: Final = itertools.count(1)


@dataclass
class Made:
    """What a request has made so far.

    Attributes:
        request: for all variations.
        notes: of reading the file, which every scene's report tells.
        scenes: made so far.
    """

    request: Request
    notes: Sequence[str]
    scenes: list[Scene] = field(default_factory=list)

    def next_request(self) -> Request | None:
        """For the next variation alone; None where all are there."""
        number = len(self.scenes)
        if number >= self.request.variations:
            return None
        return replace(self.request, seed=self.request.seed + number, variations=1)


_MADE: dict[str, Made] = {}


def make_ahead(room: bpy.types.Object, request: Request, notes: Sequence[str], scenes: Sequence[Scene]) -> None:
    """Remembers what is to be made of a room's request beyond the scenes that are there."""
    key = f"{next(_NUMBERS)}"
    _MADE[key] = Made(request, notes, list(scenes))
    while len(_MADE) > _MOST_KEPT:
        del _MADE[next(iter(_MADE))]
    room[MADE_KEY] = key


def ahead(room: bpy.types.Object) -> Made | None:
    """What the request of a room has made so far; None where that is not remembered."""
    return _MADE.get(str(room.get(MADE_KEY, "")))


def forget_made() -> None:
    """Another file is opened: what was made for rooms of the last one is of no use."""
    _MADE.clear()
    _PICTURES.clear()


def variations_of(room: bpy.types.Object) -> list[Scene]:
    """All scenes of a room that are there.

    Raises:
        PlacingError: the record cannot be read.
    """
    made = ahead(room)
    try:
        recorded = json.loads(room[VARIATIONS_KEY])
        if made is not None and len(made.scenes) > len(recorded):
            return list(made.scenes)
        return [Scene.from_json(data) for data in recorded]
    except (InvalidInputError, json.JSONDecodeError, TypeError) as error:
        raise PlacingError(
            tr('The variations of "{name}" cannot be read', name=room.name), tr("Generate the room again")
        ) from error


def shown_variation(room: bpy.types.Object, count: int) -> int:
    """Index of the scene that is shown, of so many."""
    return int(room.get(VARIATION_KEY, 0)) % max(count, 1)


def keep_shown(room: bpy.types.Object) -> None:
    """Drops all variations but the one that is shown."""
    scenes = variations_of(room)
    record_variations(room, [scenes[shown_variation(room, len(scenes))]])
    room[VARIATION_KEY] = 0
    room[MADE_KEY] = ""


class _Pictures:
    """Plans of rooms as icons, made once for each text of a room's variations."""

    def __init__(self) -> None:
        self._previews: Any = None
        self._known: dict[str, list[int]] = {}

    def icons(self, room: bpy.types.Object) -> list[int]:
        """Icon of each variation of a room, 0 where there is no other; none where its record cannot be read."""
        made = ahead(room)
        text = f"{room.get(VARIATIONS_KEY, '[]')}{len(made.scenes) if made else 0}"
        if text not in self._known:
            if len(self._known) > _MOST_KEPT:
                self.clear()
            self._known[text] = self._draw(room)
        return self._known[text]

    def _draw(self, room: bpy.types.Object) -> list[int]:
        try:
            scenes = variations_of(room)
        except PlacingError:
            return []
        if len(scenes) < 2:  # no picture is shown
            return [0] * len(scenes)
        if self._previews is None:
            self._previews = bpy.utils.previews.new()
        return [self._icon(scene) for scene in scenes]

    def _icon(self, scene: Scene) -> int:
        key = json.dumps([scene.to_json()["objects"], scene.floor.to_json()])
        preview = self._previews.get(key)
        if preview is None:
            preview = self._previews.new(key)
            preview.image_size = (SIDE, SIDE)
            preview.image_pixels_float[:] = plan_icon(scene).ravel().tolist()
        return preview.icon_id

    def clear(self) -> None:
        """Frees all pictures."""
        if self._previews is not None:
            bpy.utils.previews.remove(self._previews)
        self._previews, self._known = None, {}


_PICTURES: Final = _Pictures()


def variation_icons(room: bpy.types.Object) -> list[int]:
    """Icons with the plans of a room's variations."""
    return _PICTURES.icons(room)


def record_variations(room: bpy.types.Object, scenes: Sequence[Scene]) -> None:
    """Records all scenes of a room with its Empty, and has their plans ready before the panel shows them."""
    room[VARIATIONS_KEY] = json.dumps([scene.to_json() for scene in scenes])
    if not bpy.app.background:
        variation_icons(room)
