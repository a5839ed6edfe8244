"""Which objects are parts of a building: by what a person has said, by name, and by shape."""

from dataclasses import dataclass
from typing import Final

import bpy
import numpy as np
from mathutils import Vector

from ..bodies import SOLID, body_of, box_corners
from ..naming import names_furniture
from ..records import ARCHITECTURE_KEY, NOT_ARCHITECTURE, is_ours, is_room
from .names import KINDS, kind_by_name
from .surfaces import Floats, Surface

_WALL_HEIGHT: Final = 2.3
"""Metres of a wall without a name, at least: furniture is lower."""
_WALL_THICKNESS: Final = 0.5
"""Metres of a wall without a name, at most: wardrobes are deeper."""
_FLAT: Final = 1e-6
"""Metres below which an extent is none."""
_ROOM_HEIGHT: Final = 1.9
"""Metres of a room's shell, at least."""
_FLOOR_SIDE: Final = 1.8
"""Metres of a floor without a name along both axes, at least."""
_FLOOR_THICKNESS: Final = 0.5
_ROOM_SIDE: Final = 2.0
"""Metres of a room's shell along both axes, at least."""
_SIMPLE: Final = 2000
"""Corners of a nameless door or window, at most."""
_MANY: Final = 300_000
"""Corners above which a thing without a name is a scan or a sculpture rather than a building."""


@dataclass(frozen=True)
class Thing:
    """An object that may be a part of a building.

    Args:
        name: of the object.
        corners: (8 K, 3) of the boxes around its K parts in the world, metres: an instance has several.
        size: extents of the first box along its own axes, metres.
    """

    name: str
    corners: Floats
    size: tuple[float, float, float]

    @staticmethod
    def of(obj: bpy.types.Object, metres: float) -> "Thing":
        """Of an object with a body."""
        corners = (
            np.array([tuple(matrix @ corner) for part, matrix in body_of(obj) for corner in box_corners(part)]) * metres
        )
        width, depth, height = (float(np.linalg.norm(corners[k] - corners[0])) for k in (4, 3, 1))
        return Thing(obj.name, corners, (width, depth, height))

    @property
    def low(self) -> Floats:
        """Lowest corner (3,) of the upright box around it."""
        return self.corners.min(axis=0)

    @property
    def high(self) -> Floats:
        """Highest corner (3,) of the upright box around it."""
        return self.corners.max(axis=0)

    @property
    def upright(self) -> tuple[float, float, float]:
        """Thickness, length and height: the shorter and the longer extent on the ground along its own axes, and up."""
        height = float(self.high[2] - self.low[2])
        rises = [abs(self.corners[k][2] - self.corners[0][2]) for k in (4, 3, 1)]
        steep = [rise / extent if extent > _FLAT else 1.0 for rise, extent in zip(rises, self.size, strict=True)]
        up = steep.index(max(steep))  # an axis without extent is that of a flat thing
        thin, long = sorted(extent for k, extent in enumerate(self.size) if k != up)
        return thin, long, height


def stated_kind(obj: bpy.types.Object) -> str | None:
    """The kind that a person has recorded; "none" for no part of a building, None for nothing."""
    kind = obj.get(ARCHITECTURE_KEY)
    return kind if kind in (*KINDS, NOT_ARCHITECTURE) else None


def kind_of(obj: bpy.types.Object, metres: float) -> str | None:
    """What part of a building an object is; None for furniture and all else.

    Args:
        obj: any object.
        metres: in one Blender unit.
    """
    if (stated := stated_kind(obj)) is not None:
        return None if stated == NOT_ARCHITECTURE else stated
    if is_ours(obj) or not (obj.type in SOLID or obj.instance_type == "COLLECTION"):
        return None
    named, furniture = _named_kind(obj)
    if named is not None or furniture or obj.type not in SOLID:
        return named
    return _shaped_kind(obj, metres)


def is_by_shape(obj: bpy.types.Object) -> bool:
    """Whether neither a person nor a name says that an object is a part of a building: a rug is as flat as a floor."""
    return stated_kind(obj) is None and _named_kind(obj)[0] is None


def is_nameless(obj: bpy.types.Object) -> bool:
    """Whether a small mesh has a name that says nothing: it may be a box that stands for a door."""
    named, furniture = _named_kind(obj)
    return named is None and not furniture and stated_kind(obj) is None and 0 < len(obj.data.vertices) <= _SIMPLE


def _named_kind(obj: bpy.types.Object) -> tuple[str | None, bool]:
    """What the names of an object and of what it hangs on say it is, and whether they say furniture; nearest first."""
    above: bpy.types.Object | None = obj
    while above is not None and not is_room(above):
        if names_furniture(above.name):
            return None, True
        if (stated := stated_kind(above)) is not None and above is not obj:
            return (None if stated == NOT_ARCHITECTURE else stated), False
        kind = kind_by_name(above.name)
        if kind is not None and (above is obj or kind not in ("floor", "room", "ceiling")):
            return kind, False  # what hangs on a floor stands on it, what hangs on a window belongs to it
        above = above.parent
    return None, False


def _shaped_kind(obj: bpy.types.Object, metres: float) -> str | None:
    """What the shape of an object without a telling name says; None where it may be furniture."""
    corners = [Vector(corner) for corner in obj.bound_box]
    if corners[0] == corners[6]:
        return None
    thing = Thing.of(obj, metres)
    thin, long, height = thing.upright
    flat = thing.high[:2] - thing.low[:2]
    if height <= _FLOOR_THICKNESS and thin >= _FLOOR_SIDE and height < 0.15 * thin:
        return "floor"
    if height >= _WALL_HEIGHT and thin <= min(_WALL_THICKNESS, 0.6 * long):
        return "wall"
    if height >= _ROOM_HEIGHT and min(flat) >= _ROOM_SIDE and obj.type == "MESH" and len(obj.data.vertices) < _MANY:
        return "room" if _is_shell(obj, thing, metres) else None
    return None


def _is_shell(obj: bpy.types.Object, thing: Thing, metres: float) -> bool:
    """Whether a thing as large as a room is hollow: its floor is at its foot, and nothing of it is in its middle."""
    surface = Surface.of([obj], bpy.context.evaluated_depsgraph_get(), metres)
    floor = surface.floor_height()
    low, high = thing.low, thing.high
    if floor is not None and floor - float(low[2]) > 0.5:
        return False
    cut = surface.cut(float(low[2]) + min(1.2, 0.5 * float(high[2] - low[2])))
    if not len(cut):
        return False
    middles, reach = cut.mean(axis=1), (high[:2] - low[:2]) / 2
    lengths = np.linalg.norm(cut[:, 1] - cut[:, 0], axis=1)
    inner = (np.abs(middles - (low[:2] + high[:2]) / 2) < 0.5 * reach).all(axis=1)
    return float(lengths.sum()) > 0 and float(lengths[inner].sum()) < 0.3 * float(lengths.sum())
