"""The objects that take part in an edit, as a Scene in the axes of their room."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import bpy

from ..instructscene_core.scene import Scene, SceneObject, Vector3
from ..instructscene_core.vocabulary import RoomType
from .assets import ASSET_KEY
from .language import tr
from .pieces import category_of
from .poses import read_pose
from .records import CODES_KEY, is_ours, room_members, room_objects, room_scene
from .selection import require_piece, why_not
from .site import Site, moved


@dataclass
class Participants:
    """The objects that take part in an edit, by SceneObject id.

    Attributes:
        site: where the edit happens.
        ours: furniture that the add-on placed.
        foreign: roots of the person's own pieces.
        unknown: roots of pieces that stand in the building's room and are of no class.
        notes: what a person should know of the reading.
    """

    site: Site
    ours: dict[str, bpy.types.Object]
    foreign: dict[str, bpy.types.Object]
    unknown: list[bpy.types.Object]
    notes: list[str]

    @staticmethod
    def of(site: Site, newcomers: Sequence[bpy.types.Object], notes: list[str]) -> "Participants":
        """The furniture and members of a room, what stands in its building, and newcomers, which get new ids."""
        room = site.room
        ours = room_objects(room) if room is not None else {}
        if room is not None:
            duplicates = [obj for obj in room.children if is_ours(obj) and obj not in ours.values()]
            for obj in sorted(duplicates, key=lambda obj: obj.name):
                ours[_new_id(obj.name, ours)] = obj
        for obj in ours.values():
            require_piece(obj)
        members = {key: obj for key, obj in (room_members(room) if room else {}).items() if key not in ours}
        for key in [key for key, obj in members.items() if not obj.users_scene]:
            del members[key]
        foreign = {key: obj for key, obj in members.items() if why_not(obj) is None}
        notes += [
            tr("Left aside: {what}", what=aside.sentence)
            for obj in members.values()
            if (aside := why_not(obj)) is not None
        ]
        others = [obj for obj in site.standing() if obj not in (*foreign.values(), *newcomers)]
        unknown = [obj for obj in others if category_of(obj, site.room_type) is None]
        for obj in (*newcomers, *(obj for obj in others if obj not in unknown)):
            if obj not in foreign.values():
                foreign[_new_id(obj.name, ours | foreign)] = obj
        if site.building is not None:
            notes += site.building.notes
        return Participants(site, ours, foreign, unknown, notes)

    @property
    def pieces(self) -> list[bpy.types.Object]:
        """Roots of all of the person's own pieces, known or not."""
        return [*self.foreign.values(), *self.unknown]

    def scene(self, room_type: RoomType) -> Scene:
        """The Scene of these objects as they stand now; ``room_type`` counts where there is no room yet."""
        before = room_scene(self.site.room) if self.site.room else None
        before = before or Scene(room_type)
        stored = {item.id: item for item in before.objects}
        items = [*self._items(self.ours, stored, before.room_type), *self._items(self.foreign, {}, before.room_type)]
        floor = self.site.floor(self.unknown) or before.floor
        return Scene(before.room_type, tuple(items), floor, provenance=before.provenance, report=before.report)

    def _items(
        self, objects: Mapping[str, bpy.types.Object], stored: Mapping[str, SceneObject], room_type: RoomType
    ) -> Iterator[SceneObject]:
        metres = self.site.metres
        location, yaw = self.site.frame(self.foreign.values())
        for key, obj in objects.items():
            pose = moved(read_pose(obj, self.site.room, metres), location, yaw, metres)
            item = SceneObject(
                key, category_of(obj, room_type), pose.position, pose.size, pose.yaw, **_asset_and_codes(obj)
            )
            before = stored.get(key)
            unmoved = before is not None and pose_of(before) == pose_of(item)
            placed = before.placed_size if before is not None and unmoved else None
            yield replace(item, placed_size=placed, description=before.description if before is not None else None)


def _asset_and_codes(obj: bpy.types.Object) -> dict[str, object]:
    """As arguments of a SceneObject."""
    codes = obj.get(CODES_KEY)
    return {"asset": obj.get(ASSET_KEY), "codes": None if codes is None else tuple(codes)}


def pose_of(item: SceneObject) -> tuple[Vector3, Vector3, float]:
    """Position, size and yaw of an object, to compare."""
    return item.position, item.size, item.yaw


def _new_id(name: str, taken: Mapping[str, object]) -> str:
    number = 1
    candidate = name
    while candidate in taken:
        number += 1
        candidate = f"{name} {number}"
    return candidate
