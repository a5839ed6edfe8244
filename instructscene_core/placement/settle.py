"""Settles a generated layout: feet on the floor, lamps at the ceiling, then the descent of the room's energy.

What is kept never moves. ``Settled.moves`` lists all that was done.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ..catalogue.entries import Catalogue
from ..geometry.drawn_floor import around, joined
from ..geometry.solids import colliding_pairs
from ..geometry.walls import Walls
from ..instructions.brief import Wish
from ..scene import FloorPlan, Relation, SceneObject
from .energy.arrangement import Arrangement
from .energy.backs import WALL_GAP
from .energy.descent import descend

_MOVED: Final = 1e-6


@dataclass(frozen=True)
class Move:
    """What settling did to an object.

    Args:
        id: of the object.
        moved: metres.
        turned: radians.
    """

    id: str
    moved: tuple[float, float, float]
    turned: float

    def to_json(self) -> dict[str, Any]:
        """Rounded, for the provenance."""
        return {"id": self.id, "moved": [round(v, 4) for v in self.moved], "turned": round(self.turned, 4)}


@dataclass(frozen=True)
class Settled:
    """A settled layout.

    Args:
        objects: as they came, but for the poses of the movable ones.
        moves: what was done, for objects that changed.
        colliding: pairs of ids that are still inside each other.
    """

    objects: tuple[SceneObject, ...]
    moves: tuple[Move, ...]
    colliding: tuple[tuple[str, str], ...]


def settle(
    objects: Sequence[SceneObject],
    movable: Sequence[bool],
    catalogue: Catalogue,
    floor: FloorPlan,
    relations: Sequence[Relation] = (),
    *,
    wishes: Sequence[Wish] = (),
    drawn: bool = False,
) -> Settled:
    """Settles a layout.

    It is never worse than it came by the hard terms of the energy in their order, and settling it again with the same
    arguments moves nothing.

    Args:
        objects: all objects of the room, with assets and placed sizes.
        movable: for each, whether its pose may change.
        catalogue: knows the solid parts of the assets.
        floor: lamps hang at its height; with a polygon, movable objects are kept inside.
        relations: those that should go on holding.
        wishes: relations that were asked for, which nothing but walls, solid furniture and doors outweighs.
        drawn: the polygon is only a rectangle drawn around furniture: it may be left, but backs are slid to it.
    """
    items = [
        levelled(item, catalogue, floor.height) if free else item for item, free in zip(objects, movable, strict=True)
    ]
    enclosing = None
    if drawn or floor.polygon is None:
        enclosing = _outermost(items, floor) if items else None
        floor = replace(floor, polygon=None)
    room = Arrangement(items, movable, catalogue, floor, relations, wishes, enclosing)
    result = room.placed(descend(room))
    pairs = colliding_pairs(result, catalogue)
    return Settled(
        objects=tuple(result),
        moves=tuple(move for move in map(_move, objects, result) if move is not None),
        colliding=tuple((result[i].id, result[j].id) for i, j in pairs),
    )


def _outermost(objects: Sequence[SceneObject], floor: FloorPlan) -> Walls:
    """Where there is no floor plan: the walls of the room that will be drawn around the furniture."""
    before = floor.bounding_box()
    left, front, right, back = around(objects)
    box = left - WALL_GAP, front - WALL_GAP, right + WALL_GAP, back + WALL_GAP
    left, front, right, back = box if before is None else joined(before, box)
    return Walls(((left, front), (right, front), (right, back), (left, back)))


def levelled(item: SceneObject, catalogue: Catalogue, ceiling: float) -> SceneObject:
    """An object with its feet on the floor, or its top at the ceiling."""
    height = item.size[2]
    x, y, _ = item.position
    return replace(item, position=(x, y, ceiling - height / 2 if catalogue.hangs(item) else height / 2))


def _move(before: SceneObject, after: SceneObject) -> Move | None:
    dx, dy, dz = (b - a for a, b in zip(before.position, after.position, strict=True))
    turned = math.remainder(after.yaw - before.yaw, math.tau)
    changed = max(abs(dx), abs(dy), abs(dz), abs(turned)) > _MOVED
    return Move(after.id, (dx, dy, dz), turned) if changed else None
