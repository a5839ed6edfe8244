"""Walkability of rooms, and whether their doors and windows are free. Product frame, metres."""

import math
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import shapely

from ..geometry.solids import Body
from ..geometry.walls import Walls
from ..placement.pieces import WALK_HEIGHT
from ..scene import FloorPlan, Opening

Outlines = npt.NDArray[np.object_]

RADIUS: Final = 0.2
"""Radius of the disc that stands for a walking person."""
WINDOW_DEPTH: Final = 0.5
"""Depth of the ground to be free before a window; before a door it is the door's width."""
_TOLERANCE: Final = 0.01
"""Metres that furniture may reach into what should be free."""


def walkable(bodies: Sequence[Body], outlines: Sequence[Outlines], floor: FloorPlan) -> float:
    """Largest connected component of the ground where the disc's centre may be, as a share of all such ground.

    Args:
        bodies: the furniture.
        outlines: ground outlines of its parts.
        floor: with a polygon.

    Returns:
        From 0, where the disc fits nowhere, to 1.
    """
    in_way = [shape[body.low < WALK_HEIGHT] for body, shape in zip(bodies, outlines, strict=True)]
    obstacles = shapely.union_all(np.concatenate([*in_way, np.empty(0, dtype=object)]))
    free = shapely.Polygon(floor.polygon).buffer(-RADIUS).difference(obstacles.buffer(RADIUS))
    areas = shapely.area(shapely.get_parts(free))
    return float(areas.max() / areas.sum()) if areas.sum() > 0 else 0.0


def free_doors(bodies: Sequence[Body], outlines: Sequence[Outlines], floor: FloorPlan) -> list[bool]:
    """For each door, whether nothing stands before it as far as it is wide."""
    return _free("door", bodies, outlines, floor)


def free_windows(bodies: Sequence[Body], outlines: Sequence[Outlines], floor: FloorPlan) -> list[bool]:
    """For each window, whether nothing that reaches above its sill stands within ``WINDOW_DEPTH``."""
    return _free("window", bodies, outlines, floor)


def _free(
    kind: Literal["door", "window"], bodies: Sequence[Body], outlines: Sequence[Outlines], floor: FloorPlan
) -> list[bool]:
    openings = [opening for opening in floor.openings if opening.kind == kind]
    walls = Walls(floor.polygon or ()) if openings else None
    found: list[bool] = []
    for opening in openings:
        assert walls is not None  # noqa: S101 - there are openings
        zone = _zone(opening, walls)
        found.append(not any(_blocks(b, shape, opening, zone) for b, shape in zip(bodies, outlines, strict=True)))
    return found


def _zone(opening: Opening, walls: Walls) -> shapely.Geometry:
    """The ground before an opening that is to be free, on the side where the room is."""
    (ax, ay), (bx, by) = opening.segment
    width = math.hypot(bx - ax, by - ay)
    along = np.array([bx - ax, by - ay]) / width
    normal = np.array([-along[1], along[0]])
    middle = np.array([(ax + bx) / 2, (ay + by) / 2])
    sides = walls.depth(middle + 0.1 * np.stack([normal, -normal]))
    inward = normal if sides[0] > sides[1] else -normal
    depth = width if opening.kind == "door" else WINDOW_DEPTH
    a, b = np.array([ax, ay]), np.array([bx, by])
    return shapely.Polygon([a, b, b + depth * inward, a + depth * inward]).buffer(-_TOLERANCE)


def _blocks(body: Body, outlines: Outlines, opening: Opening, zone: shapely.Geometry) -> bool:
    high = (body.low < opening.top - _TOLERANCE) & (body.high > opening.bottom + _TOLERANCE)
    return bool(shapely.intersects(outlines[high], zone).any())
