"""Sorts what a person has selected: rooms, our furniture, pieces of their own, parts of the building, and all else."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import bpy

from ..instructscene_core.errors import InvalidInputError
from ..instructscene_core.vocabulary import with_article
from .architecture.parts import kind_of
from .bodies import SOLID, has_body, world_corners
from .language import tr, tr_later
from .pieces import root_of
from .records import is_ours, is_room, scale_length

_FLAT: Final = 1e-4
"""Blender units or scale factors below which an extent counts as zero."""
_FAR: Final = 1e5
"""Metres beyond which a position or size is surely a mistake."""
MAKE_LOCAL: Final = tr_later("Deselect it, or make it local with Object > Relations > Make Local")


@dataclass(frozen=True)
class Aside:
    """An object that takes no part in an edit.

    Args:
        name: of the object.
        reason: as it follows the name.
        remedy: what to do about it.
    """

    name: str
    reason: str
    remedy: str

    @property
    def sentence(self) -> str:
        """For a message."""
        return f'"{self.name}" {self.reason}'


@dataclass
class Selection:
    """Selected objects, each in one place.

    Attributes:
        rooms: Empties of rooms.
        ours: furniture that the add-on placed.
        pieces: roots of the person's own pieces.
        architecture: parts of the building.
        aside: all else, and why.
    """

    rooms: list[bpy.types.Object] = field(default_factory=list)
    ours: list[bpy.types.Object] = field(default_factory=list)
    pieces: list[bpy.types.Object] = field(default_factory=list)
    architecture: list[bpy.types.Object] = field(default_factory=list)
    aside: list[Aside] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        """What a person should know of what was left aside."""
        if len(self.aside) <= _LISTED:
            return [tr("Left aside: {what}", what=item.sentence) for item in self.aside]
        names = ", ".join(f'"{item.name}"' for item in self.aside[:_LISTED])
        more = len(self.aside) - _LISTED
        return [tr("Left aside: {names} and {count} more, which are no furniture", names=names, count=more)]


_LISTED: Final = 3
"""Objects that were left aside and are listed each with its reason."""


def sort_selection(objects: Iterable[bpy.types.Object]) -> Selection:
    """Sorts selected objects; several parts of a piece make it one."""
    found, metres = Selection(), scale_length(bpy.context.scene)
    roots: dict[str, bpy.types.Object] = {}
    for obj in objects:
        if is_room(obj):
            found.rooms.append(obj)
        elif is_ours(obj):
            _sort(obj, found.ours, found)
        elif kind_of(obj, metres) is not None:
            found.architecture.append(obj)
        else:
            root = root_of(obj)
            roots.setdefault(root.name_full, root)
    for root in roots.values():
        _sort(root, found.pieces, found)
    return found


def _sort(obj: bpy.types.Object, fit: list[bpy.types.Object], found: Selection) -> None:
    reason = why_not(obj)
    if reason is None:
        fit.append(obj)
    else:
        found.aside.append(reason)


def why_not(root: bpy.types.Object) -> Aside | None:
    """Why a piece can take no part; None where it can."""
    if not has_body(root):
        return _no_body(root)
    if root.library is not None:
        return Aside(root.name, tr("is linked from a library"), tr(MAKE_LOCAL))
    matrix: Any = root.matrix_world  # the type stubs know nothing of rows and columns
    if not all(math.isfinite(value) for row in matrix for value in row):
        return Aside(root.name, tr("has an invalid transform"), tr("Clear it with Object > Clear"))
    turn = matrix.to_3x3()
    if min(abs(value) for value in (*root.scale, *(column.length for column in turn.col))) < _FLAT:
        return Aside(root.name, tr("has a scale of zero"), tr("Set its scale to 1, or deselect it"))
    return _wrong_extent(root)


def _no_body(obj: bpy.types.Object) -> Aside:
    if obj.type in SOLID:
        return Aside(obj.name, tr("is empty"), tr("Deselect it, or give it some geometry"))
    kind = obj.bl_rna.properties["type"].enum_items[obj.type].name
    label = tr(kind)
    what = with_article(kind.lower()) if label == kind else label
    return Aside(obj.name, tr("is {what}, no furniture", what=what), tr("Deselect it"))


def _wrong_extent(root: bpy.types.Object) -> Aside | None:
    metres = scale_length(bpy.context.scene)
    corners = [tuple(v * metres for v in corner) for corner in world_corners(root)]
    if not corners:
        return Aside(root.name, tr("is empty"), tr("Deselect it, or give it some geometry"))
    if not all(abs(value) < _FAR for corner in corners for value in corner):
        return Aside(root.name, tr("is too large or too far away"), tr("Bring it near the origin, or deselect it"))
    if any(max(c[k] for c in corners) - min(c[k] for c in corners) < _FLAT for k in range(3)):
        return Aside(root.name, tr("is flat"), tr("Deselect it, or give it some thickness"))
    return None


def require_piece(obj: bpy.types.Object) -> None:
    """Refuses what can take no part.

    Raises:
        InvalidInputError: it says why.
    """
    reason = why_not(obj)
    if reason is not None:
        raise InvalidInputError(reason.sentence, reason.remedy)
