"""The exact stage: lets a solid fall onto a level, and refuses what would topple or intersect anything."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..geometry.frames import FloatArray
from .contact import HOVER, landing
from .crossing import intersect
from .levels import FLOOR, LIFT, Level
from .solid import Solid

_LOWER = 0.03
"""Metres below the height of a level at which a solid may come to rest: a level is not quite level."""
_AROUND = 0.05
"""Metres around a solid within which others may matter to it."""


@dataclass(frozen=True, eq=False)
class Rest:
    """A solid that stands.

    Attributes:
        solid: where it stands.
        gap: metres between it and what carries it.
    """

    solid: Solid
    gap: float


def ground_plane(solid: Solid) -> Solid:
    """The floor under a solid, at height 0."""
    (x, y), (right, back) = solid.low[:2] - _AROUND, solid.high[:2] + _AROUND
    corners = np.array([[x, y, 0], [right, y, 0], [right, back, 0], [x, back, 0]])
    return Solid.of("floor", corners, np.array([[0, 1, 2], [0, 2, 3]]))


def rest(item: Solid, place: FloatArray, level: Level, solids: Sequence[Solid], lift: float = LIFT) -> Rest | str:
    """Lets a solid fall from above a level.

    Args:
        item: the middle of its box above the origin and its lowest point at height 0.
        place: (2,) for the middle of its box.
        level: onto which it shall fall.
        solids: all that it may land on or meet, the level's host among them.
        lift: metres above the level at which it begins.

    Returns:
        How it stands; else why it does not.
    """
    start = item.moved(np.array([*place, level.height + lift]))
    ground = [solid for solid in solids if _close(start, solid)]
    if level.host == FLOOR:
        ground = [*ground, ground_plane(start)]
    found = landing(start, ground, deepest=lift + _LOWER)
    if found is None:
        return "nothing carries it"
    placed = start.moved(np.array([0, 0, -found.fall]))
    if not found.carries(placed.centre_of_mass[:2]):
        return "it would topple"
    hit = next((solid.name for solid in ground if intersect(placed, solid)), None)
    if hit is not None:
        return f"it would be inside {hit}"
    return Rest(placed, HOVER)


def _close(item: Solid, solid: Solid) -> bool:
    """Whether the boxes of two solids all but meet."""
    return bool((solid.low <= item.high + _AROUND).all() and (solid.high >= item.low - _AROUND).all())
