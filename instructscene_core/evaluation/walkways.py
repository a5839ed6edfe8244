"""Walkability of rooms, and whether their doors and windows are free. Product frame, metres."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from ..geometry.clearances import Zone, door_zones, window_zones
from ..geometry.drawn_floor import corners_of
from ..geometry.obstacles import OBSTACLE, WALK_HEIGHT, obstacles_of
from ..geometry.solids import Body
from ..geometry.walls import Walls
from ..scene import FloorPlan

Outlines = npt.NDArray[np.object_]

RADIUS: Final = 0.2
"""Radius of the disc that stands for a walking person."""
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
    fixed = [shapely.Polygon(corners_of(item)) for item in obstacles_of(floor) if item.category == OBSTACLE]
    obstacles = shapely.union_all(np.concatenate([*in_way, np.array(fixed, dtype=object)]))
    free = shapely.Polygon(floor.polygon, floor.holes).buffer(-RADIUS).difference(obstacles.buffer(RADIUS))
    areas = shapely.area(shapely.get_parts(free))
    return float(areas.max() / areas.sum()) if areas.sum() > 0 else 0.0


def free_doors(bodies: Sequence[Body], outlines: Sequence[Outlines], floor: FloorPlan) -> list[bool]:
    """For each door, whether nothing stands where its leaf swings (``geometry.clearances``)."""
    return _free(door_zones, bodies, outlines, floor)


def free_windows(bodies: Sequence[Body], outlines: Sequence[Outlines], floor: FloorPlan) -> list[bool]:
    """For each window, whether nothing that reaches above its sill stands before it (``geometry.clearances``)."""
    return _free(window_zones, bodies, outlines, floor)


def _free(
    zones: Callable[[FloorPlan, Walls], list[Zone]],
    bodies: Sequence[Body],
    outlines: Sequence[Outlines],
    floor: FloorPlan,
) -> list[bool]:
    if not floor.openings:
        return []
    found: list[bool] = []
    walls = Walls.of(floor)
    for zone in zones(floor, walls) if walls is not None else ():
        ground = shapely.Polygon(zone.body().corners()).buffer(-_TOLERANCE)
        found.append(not any(_blocks(b, shape, zone, ground) for b, shape in zip(bodies, outlines, strict=True)))
    return found


def _blocks(body: Body, outlines: Outlines, zone: Zone, ground: shapely.Geometry) -> bool:
    high = (body.low < zone.high - _TOLERANCE) & (body.high > zone.low + _TOLERANCE)
    return bool(shapely.intersects(outlines[high], ground).any())
