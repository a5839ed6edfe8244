"""What is selected, sorted once for all redraws until something changes: the panel itself only draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import bpy

from .architecture.parts import kind_of
from .bodies import has_body
from .kept import UntilChanged
from .pieces import pieces_of
from .records import is_ours, is_room, scale_length

_LOOKED_AT: Final = 300
"""Selected objects that are sorted; the others are only counted."""


@dataclass(frozen=True)
class Summary:
    """Names of selected objects.

    Args:
        pieces: roots of the person's own pieces.
        parts: parts of the building, and what each is.
        more: selected objects that were not looked at.
    """

    pieces: tuple[str, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    more: int = 0


_KEPT: Final[UntilChanged[Summary]] = UntilChanged()
"""The last summary of each scene, by its name."""


def summary(context: bpy.types.Context) -> Summary:
    """What is selected now."""
    return _KEPT.get(context.scene.name_full, lambda: _summary(context))


def _summary(context: bpy.types.Context) -> Summary:
    selected: Sequence[bpy.types.Object] = context.selected_objects
    metres = scale_length(context.scene)
    own = [obj for obj in islice(selected, _LOOKED_AT) if not is_ours(obj) and not is_room(obj)]
    kinds = {obj.name: kind for obj in own if (kind := kind_of(obj, metres)) is not None}
    pieces = pieces_of(obj for obj in own if obj.name not in kinds)
    return Summary(
        tuple(root.name for root in pieces if has_body(root)),
        tuple(kinds.items()),
        max(len(selected) - _LOOKED_AT, 0),
    )


def forget() -> None:
    """Has the next redraw look anew: after a change that Blender does not tell of."""
    UntilChanged.clear_all()
