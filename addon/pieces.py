"""Pieces of furniture of a person's own: an object, a hierarchy under an Empty or a mesh, or a collection instance.

A piece is known by its root: the object that carries its custom properties, and that is moved. Everything below the
root goes with it.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import bpy
import numpy as np
import numpy.typing as npt

from ..instructscene_core.vocabulary import CLASSES, EXTRAS, RoomType
from .architecture.parts import kind_of
from .bodies import SOLID, has_body, world_corners
from .guesses import guess_of
from .language import tr
from .naming import guess_category, names_furniture
from .records import CATEGORY_KEY, KEEP_KEY, MEMBER_KEY, is_ours, is_room, scale_length

_GAP: Final = 0.12
"""Metres between the parts of one piece, at most, along the ground; more, in proportion, where it is very large."""
_HANGING_GAP: Final = 0.3
"""Metres between the parts of one piece, at most, one above the other: a lamp's cable is often left out."""
_LARGEST: Final = 4.5
"""Metres that a piece is long, at most: what is longer under one Empty is several."""
_PART_NAMES: Final = ("drawer", "seat", "mattress", "chest", "shelf", "shelve", "rack", "light", "flower", "tree")
"""Names of classes that are names of parts as well."""
_MOVED_BY: Final = (
    "CHILD_OF", "COPY_LOCATION", "COPY_ROTATION", "COPY_TRANSFORMS", "FOLLOW_PATH", "LIMIT_LOCATION", "LIMIT_DISTANCE",
    "LIMIT_ROTATION", "DAMPED_TRACK", "LOCKED_TRACK", "TRACK_TO", "PIVOT", "SHRINKWRAP", "ARMATURE", "FLOOR",
    "TRANSFORM", "TRANSFORM_CACHE", "CLAMP_TO", "FOLLOW_TRACK",
)  # fmt: skip
"""Types of constraints that decide where an object is, whatever its own transform says."""


def root_of(obj: bpy.types.Object) -> bpy.types.Object:
    """The root of the piece that an object is a part of; the object itself where it hangs on nothing that is one.

    The topmost object above it is the root, unless that is a room, a part of a building, or an Empty that only keeps
    several pieces together.
    """
    metres = scale_length(bpy.context.scene)
    root, above = obj, obj.parent
    while above is not None and not is_room(above) and not is_ours(above):
        if kind_of(above, metres) is not None or (above.type not in SOLID and _holds_several(above, metres)):
            break
        if above.type in SOLID or above.type in {"EMPTY", "ARMATURE"}:
            root = above
        above = above.parent
    return root


def _holds_several(empty: bpy.types.Object, metres: float) -> bool:
    """Whether what hangs on an Empty is several pieces: they have names of furniture, or stand apart."""
    if not names_furniture(empty.name):
        named = [child for child in empty.children if _is_named_piece(child)]
        if len(named) > 1:
            return True
    boxes = [_bounds(child, metres) for child in empty.children if has_body(child)]
    return len(boxes) > 1 and not _is_one(np.array(boxes))


def _is_named_piece(obj: bpy.types.Object) -> bool:
    """Whether an object is called as furniture is, and not as a part of such."""
    words = obj.name.lower()
    if any(part in words for part in _PART_NAMES):
        return False
    return names_furniture(obj.name)


def _bounds(root: bpy.types.Object, metres: float) -> list[list[float]]:
    """Lowest and highest corner of the upright box around a piece in the world, metres."""
    corners = np.array([tuple(corner) for corner in world_corners(root)])
    return [(corners.min(axis=0) * metres).tolist(), (corners.max(axis=0) * metres).tolist()]


def _is_one(boxes: npt.NDArray[np.float64]) -> bool:
    """Whether boxes (K, 2, 3) hang together, and are no larger than a piece."""
    extents = boxes[:, 1].max(axis=0) - boxes[:, 0].min(axis=0)
    largest = float(extents[:2].max())
    gap = max(_GAP, 0.02 * largest)
    reach = np.array([gap, gap, max(_HANGING_GAP, gap)])
    apart = np.maximum(boxes[:, None, 0], boxes[None, :, 0]) - np.minimum(boxes[:, None, 1], boxes[None, :, 1])
    near = (apart <= reach).all(axis=-1)
    reached = near[0]
    for _ in range(len(boxes)):
        reached = near[reached].any(axis=0)
    return bool(reached.all()) and (largest <= _LARGEST or largest > 20 * _LARGEST)


def pieces_of(objects: Iterable[bpy.types.Object]) -> list[bpy.types.Object]:
    """The roots of the pieces that some objects are parts of, each once, in the order of the objects."""
    found: dict[str, bpy.types.Object] = {}
    for obj in objects:
        if not is_room(obj) and not is_ours(obj):
            root = root_of(obj)
            found.setdefault(root.name_full, root)
    return list(found.values())


def category_of(root: bpy.types.Object, room_type: RoomType) -> str | None:
    """The class of a piece: as a person chose, else as it was surely recognised, else as its name suggests."""
    if CATEGORY_KEY in root:
        return root[CATEGORY_KEY] or None
    guess = guess_of(root)
    if guess is not None and guess.sure and guess.category in (*CLASSES[room_type], *EXTRAS):
        return guess.category
    return guess_category(root.name, room_type)


def room_of(obj: bpy.types.Object) -> bpy.types.Object | None:
    """The Empty of the room to which an object belongs, itself or by what it hangs on; None outside every room."""
    above: bpy.types.Object | None = obj
    while above is not None:
        if is_room(above):
            return above
        if (room := above.get(MEMBER_KEY)) is not None:
            return room
        above = above.parent
    return None


def why_fixed(root: bpy.types.Object) -> str | None:
    """Why a piece must not be moved, as the end of a sentence; None where it may."""
    if root.get(KEEP_KEY):
        return tr("is kept")
    if any(root.lock_location) or root.lock_rotation[2]:  # pyright: ignore[reportIndexIssue] - three flags
        return tr("is locked")
    if any(c.type in _MOVED_BY and c.enabled and c.influence > 0 for c in root.constraints):
        return tr("is held by a constraint")
    if root.parent is not None and root.parent_type != "OBJECT":
        return tr("hangs on a bone or a vertex")
    if _is_animated(root):
        return tr("is animated")
    return None


def _is_animated(obj: bpy.types.Object) -> bool:
    """Whether curves or drivers decide where an object is."""
    data = obj.animation_data
    if data is None:
        return False
    paths = ("location", "rotation", "delta_location", "delta_rotation", "matrix")
    curves = [*data.drivers, *_curves_of(data.action)]
    return any(curve.data_path.startswith(paths) for curve in curves) or any(not t.mute for t in data.nla_tracks)


def _curves_of(action: bpy.types.Action | None) -> Sequence[bpy.types.FCurve]:
    """The curves of an action, in whatever layers this Blender keeps them."""
    if action is None:
        return ()
    legacy = getattr(action, "fcurves", None)
    if legacy is not None:
        return list(legacy)
    strips = (strip for layer in action.layers for strip in layer.strips)
    return [curve for strip in strips for bag in strip.channelbags for curve in bag.fcurves]
