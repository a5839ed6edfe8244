"""What is no flaw of a room, but nicer not to have (``flaws``). Product frame, metres."""

import math
from typing import Final

import numpy as np

from ..catalogue.entries import Catalogue
from ..geometry.clearances import window_zones
from ..geometry.frames import FloatArray
from ..geometry.solids import BoolArray
from ..geometry.walls import Walls
from ..scene import Scene
from .pieces import Parts, Pieces

_BEFORE_WINDOW: Final = 0.01
"""By which something must reach into the air before a window to count."""
_CUT_OFF: Final = 0.05
"""Share of the ground from which on it counts that one does not get there."""


REACH: Final = 1.5
"""Metres from furniture up to which the floor is used: a step, and what one needs to sit down or open a door."""
UNUSED: Final = 0.15
"""Share of the floor further away that a room may have: of 41 rooms on floors that we imagined, one of ten has more."""
_TENTH: Final = 0.1
"""Share of the floor beyond that which, begun, counts as one blemish: an arm of an L, or the far half of a hall."""
_NOT_LITTLE: Final = 5
"""Pieces on the floor from which on they could be anywhere on it: who asks for a bed alone has an empty room."""
_GRID: Final = 0.25
"""Metres between the points at which this is looked at."""


def blemishes(scene: Scene, catalogue: Catalogue) -> int:
    """How many windows something stands before, whether ground is cut off, and how much of the floor is left unused."""
    pieces = Pieces.of(scene, catalogue)
    if pieces.walls is None:
        return 0
    windows = int(before_windows(pieces).any(axis=0).sum())
    areas = np.array(pieces.ground.areas())
    cut_off = int(areas.sum() - areas.max(initial=0.0) > _CUT_OFF * areas.sum())
    rows = ~pieces.hanging
    if rows.sum() < _NOT_LITTLE:
        return windows + cut_off
    unused = unused_floor(pieces.walls, pieces.centre[rows], pieces.axes[rows], pieces.half[rows])
    return windows + cut_off + math.ceil(max(unused - UNUSED, 0.0) / _TENTH)


def unused_floor(walls: Walls, centres: FloatArray, axes: FloatArray, half: FloatArray) -> float:
    """Share of a floor that is further than ``REACH`` from everything that stands there.

    Args:
        walls: of the room.
        centres: (n, 2) of boxes.
        axes: (n, 2, 2) rows: their own axes.
        half: (n, 2) half extents along these.
    """
    points = walls.points_inside(_GRID)
    local = np.abs(np.einsum("nab,pnb->pna", axes, points[:, None] - centres))
    way = np.linalg.norm((local - half).clip(0.0), axis=-1).min(axis=1, initial=np.inf)
    return float((way > REACH).mean()) if len(points) else 0.0


def before_windows(pieces: Pieces) -> BoolArray:
    """(n, W) which pieces of furniture stand before which windows, of a room with walls."""
    assert pieces.walls is not None  # noqa: S101 - only rooms with walls ask
    zones = Parts.of([zone.body() for zone in window_zones(pieces.floor, pieces.walls)])
    inside = pieces.parts.inside(zones) > _BEFORE_WINDOW
    found = [inside[pieces.parts.owner == k].any(axis=0) for k in range(pieces.movable)]
    return np.array(found, dtype=np.bool_).reshape(pieces.movable, len(zones.owner))
