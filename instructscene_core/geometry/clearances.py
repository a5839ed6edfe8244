"""What stays free in a room: the ground before doors, windows and furniture that one uses. Product frame, metres.

There is one figure for each, for rooms made by rule, settling, extras and evaluation alike.
"""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ..scene import FloorPlan, Opening, SceneObject
from .frames import FloatArray
from .solids import WHOLE, Body, Shape
from .walls import Walls

_LEAST: Final = 0.7
"""Before any door: one steps through it."""
_ONE_LEAF: Final = 1.2
"""Wider doors have two leaves."""
AROUND_DOOR: Final = 0.3
"""Beside that ground and beyond it: nobody likes to come in close past the end of a wardrobe or onto an armchair."""
WINDOW: Final = 0.5
"""Before a window, of what reaches above its sill: one opens it, and draws the curtain."""
FRONT: Final = 0.4
"""Before seats: one gets there sideways."""
CUPBOARD: Final = 0.6
"""Before cupboards: one stands there while the doors swing."""
LEGROOM: Final = 0.2
"""Between a seat and its coffee table: one's legs."""
BEHIND_CHAIR: Final = 0.5
"""Behind a chair at a table, to the wall or the next piece: one pulls it back and sits down."""
AROUND_TABLE: Final = 0.45
"""Between a dining table and other furniture: one passes sideways."""
SQUEEZE: Final = 0.25
"""Behind a chair, with less than which nobody gets in."""
BESIDE_BED: Final = 0.4
"""At either side of a double bed: one gets in there, and makes it."""
FOOT: Final = 0.5
"""At the foot of a bed: one walks past."""
_NARROWEST: Final = 1e-6
"""Width up to which an opening is none."""


def door_depth(width: float) -> float:
    """Depth of the ground that a door of a width needs: as far as a leaf reaches when it swings."""
    return max(_LEAST, width if width <= _ONE_LEAF else width / 2)


@dataclass(frozen=True, eq=False)
class Zone:
    """A box of air before an opening.

    Args:
        centre: (2,) on the ground.
        yaw: of its own x axis, which runs along the wall.
        size: (2,) along the wall and into the room.
        low: height of its lower end.
        high: of its upper end.
    """

    centre: FloatArray
    yaw: float
    size: tuple[float, float]
    low: float
    high: float

    def body(self) -> Body:
        """As a solid."""
        middle, height = (self.low + self.high) / 2, self.high - self.low
        x, y = (float(v) for v in self.centre)
        return Body.of(SceneObject("zone", None, (x, y, middle), (*self.size, height), self.yaw), _BOXES)


class _Boxes:
    """Knows no meshes: everything is its box."""

    def shape_of(self, asset: str | None) -> Shape:  # noqa: ARG002 - the protocol's
        return Shape(parts=(WHOLE,))


_BOXES: Final = _Boxes()


def door_zones(floor: FloorPlan, walls: Walls) -> list[Zone]:
    """The ground before the doors of a floor."""
    return [_zone(opening, door_depth(width), walls) for opening, width in _openings(floor, "door")]


def approach_zones(floor: FloorPlan, walls: Walls) -> list[Zone]:
    """The ground before the doors of a floor and around it, which one would rather have free."""
    found = list[Zone]()
    for opening, width in _openings(floor, "door"):
        zone = _zone(opening, door_depth(width) + AROUND_DOOR, walls)
        found.append(replace(zone, size=(width + 2 * AROUND_DOOR, zone.size[1])))
    return found


def window_zones(floor: FloorPlan, walls: Walls) -> list[Zone]:
    """The air before the windows of a floor, from sill to top."""
    return [_zone(opening, WINDOW, walls) for opening, _ in _openings(floor, "window")]


def _openings(floor: FloorPlan, kind: str) -> list[tuple[Opening, float]]:
    """Openings of a kind and their widths."""
    found = [(o, math.dist(*o.segment)) for o in floor.openings if o.kind == kind]
    return [(opening, width) for opening, width in found if width >= _NARROWEST]


def _zone(opening: Opening, depth: float, walls: Walls) -> Zone:
    """The zone before an opening, on the side where the room is."""
    (ax, ay), (bx, by) = opening.segment
    yaw = math.atan2(by - ay, bx - ax)
    inward = np.array([-math.sin(yaw), math.cos(yaw)]) * depth / 2
    centres = np.array([(ax + bx) / 2, (ay + by) / 2]) + np.stack([inward, -inward])
    centre = centres[int(np.argmax(walls.depth(centres)))]
    return Zone(centre, yaw, (math.dist((ax, ay), (bx, by)), depth), opening.bottom, opening.top)
