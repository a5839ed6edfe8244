"""The walls of a floor plan as polygons: panels around openings, frames, doors, windows and skirting.

Pure geometry in metres, which `stage` builds for one picture and `shell` for good.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from mathutils import Matrix, Vector

from ..instructscene_core.scene import FloorPlan, Opening, Point2
from .sides import BEYOND, THICKNESS, Overhang, Side, counter_clockwise, edges

Box = tuple[float, float, float, float, float, float]
"""min x, max x, min y, max y, min z, max z: metres, in a wall's axes."""
Face = list[Vector]

CASING: Final = 0.07
"""Width of the moulding around an opening, metres."""
_BASEBOARD: Final = (0.09, 0.018)
"""Height and depth of baseboards, metres."""
_FRAME: Final = 0.05
"""Width of the bars of a window, metres."""
_SASH: Final = (-0.09, -0.04)
"""Where a window's bars lie in its wall, metres from the wall's inner side."""
_STEP: Final = 0.003
"""Metres by which bars lie behind those that they cross: in one plane they would render black."""
_LEAF: Final = (-0.07, -0.03)
"""The same of a door's leaf."""
_WIDEST_LEAF: Final = 1.25
"""Metres of an opening from which a door has two leaves."""
_PANE: Final = 0.7
"""Metres between two uprights of a window, about."""
_MITRE: Final = math.radians(70)
"""Half of the angle by which walls turn at a corner, at most, for its mitre."""
NO_OVERHANG: Final = Overhang(0.0, 0.0)


@dataclass(frozen=True)
class Hole:
    """An opening of a wall: ``left`` and ``right`` are metres from the wall's start, ``bottom`` and ``top`` heights."""

    kind: str
    left: float
    right: float
    bottom: float
    top: float

    @staticmethod
    def of(opening: Opening, start: Point2, end: Point2) -> "Hole":
        """An opening as seen in the axes of the wall that runs from start to end."""
        origin, along = Vector(start), (Vector(end) - Vector(start)).normalized()
        a, b = sorted((Vector(p) - origin).dot(along) for p in opening.segment)
        return Hole(opening.kind, a, b, opening.bottom, opening.top)

    def clipped(self, length: float, height: float) -> "Hole":
        """The part of it that lies in a wall of this length and height."""
        left, right = max(self.left, 0.0), min(self.right, length)
        return Hole(self.kind, left, right, max(self.bottom, 0.0), min(self.top, height))


def walls_of(floor: FloorPlan) -> list["Wall"]:
    """The walls of a floor with a polygon, counter-clockwise, each with its openings."""
    return [
        Wall(start, end, floor.height, [Hole.of(o, start, end) for o in floor.openings if is_in_wall(o, start, end)])
        for start, end in edges(counter_clockwise(floor.polygon or ()))
    ]


def is_in_wall(opening: Opening, start: Point2, end: Point2) -> bool:
    """Whether an opening lies in the wall whose inner side runs from start to end, within 30 cm."""
    origin, span = Vector(start), Vector(end) - Vector(start)
    along = span.normalized()
    places = [Vector(p) - origin for p in opening.segment]
    flush = all(abs(p.cross(along)) < 0.3 for p in places)
    return flush and all(-0.05 < p.dot(along) < span.length + 0.05 for p in places)


@dataclass(frozen=True)
class Wall(Side):
    """A wall seen from inside: x runs along it from its start, y points into the room, z up."""

    height: float
    holes: Sequence[Hole]

    @property
    def matrix(self) -> Matrix:
        """From the wall's axes to the room's."""
        x, y = self.along, self.inward
        matrix = Matrix(((x.x, y.x, 0, 0), (x.y, y.y, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)))
        matrix.translation = (*self.start, 0.0)
        return matrix

    @property
    def openings(self) -> list[Hole]:
        """Its holes from left to right, cut to the wall; those of which nothing is left are left out."""
        cut = [hole.clipped(self.length, self.height) for hole in self.holes]
        return sorted((h for h in cut if h.right > h.left and h.top > h.bottom), key=lambda hole: hole.left)

    def at(self, x: float, y: float, z: float) -> Vector:
        """A point given in the wall's axes, in those of the room."""
        place = Vector(self.start) + self.along * x + self.inward * y
        return Vector((place.x, place.y, z))

    def beyond(self) -> Face:
        """The ground behind the wall, room's axes, wide enough for an oblique view, with a strip over the seam."""
        left, right, seam = -BEYOND, self.length + BEYOND, 0.05
        corners = ((left, -BEYOND), (right, -BEYOND), (right, seam), (left, seam))
        return [self.at(x, y, 0) for x, y in corners]

    def panels(self, overhang: Overhang = NO_OVERHANG) -> list[Face]:
        """The faces of the wall around its holes, a grid without T-junctions, and the holes' reveals; wall's axes."""
        holes = self.openings
        ends = [-overhang.before, self.length + overhang.after]
        columns = sorted({*ends, *(x for hole in holes for x in (hole.left, hole.right))})
        rows = sorted({0.0, self.height, *(z for hole in holes for z in (hole.bottom, hole.top))})
        faces = [
            [Vector((x, 0, z)) for x, z in ((right, bottom), (left, bottom), (left, top), (right, top))]
            for left, right in pairwise(columns)
            for bottom, top in pairwise(rows)
            if not any(_covers(hole, (left + right) / 2, (bottom + top) / 2) for hole in holes)
        ]
        return [*faces, *(face for hole in holes for face in _reveals(hole))]

    def baseboards(self, overhang: Overhang = NO_OVERHANG) -> list[Box]:
        """Skirting between its doors."""
        height, depth = _BASEBOARD
        doors = [hole for hole in self.openings if hole.bottom < height]
        sides = (x for door in doors for x in (door.left - CASING, door.right + CASING))
        start = -overhang.before if overhang.before else depth  # the wall before has its own up to the corner
        ends = [start, *sides, self.length + overhang.after]
        return [(a, b, 0, depth, 0, height) for a, b in zip(ends[::2], ends[1::2], strict=True) if b > a]

    def trim(self, overhang: Overhang) -> list[Box]:
        """Baseboards, casings, window frames and door leaves."""
        boxes = self.baseboards(overhang)
        for hole in self.openings:
            boxes += casing(hole)
            boxes += sash(hole) if hole.kind == "window" else _leaves(hole)
        return boxes


def caps(walls: Sequence[Wall]) -> list[Face]:
    """The top of each wall of a floor as thick as it is, mitred at the corners, each in its wall's own axes."""
    turns = [a.along.angle_signed(b.along, 0.0) / -2 for a, b in pairwise([*walls, walls[0]])]
    mitres = [THICKNESS * math.tan(max(min(turn, _MITRE), -_MITRE)) for turn in turns]
    faces: list[Face] = []
    for wall, before, after in zip(walls, [mitres[-1], *mitres], mitres, strict=False):
        corners = ((0, 0), (-before, -THICKNESS), (wall.length + after, -THICKNESS), (wall.length, 0))
        faces.append([Vector((x, y, wall.height)) for x, y in corners])
    return faces


def _leaves(hole: Hole) -> list[Box]:
    return [box for part, hangs_right in leaves(hole) for box in leaf(part, hangs_right=hangs_right)]


def _covers(hole: Hole, x: float, z: float) -> bool:
    return hole.left < x < hole.right and hole.bottom < z < hole.top


def _reveals(hole: Hole) -> list[Face]:
    """The inner sides of a hole, as deep as the wall."""
    left, right, bottom, top = hole.left, hole.right, hole.bottom, hole.top
    depth = -THICKNESS
    faces = [
        [(left, 0, bottom), (left, 0, top), (left, depth, top), (left, depth, bottom)],
        [(right, depth, bottom), (right, depth, top), (right, 0, top), (right, 0, bottom)],
        [(left, depth, bottom), (right, depth, bottom), (right, 0, bottom), (left, 0, bottom)],
        [(left, 0, top), (right, 0, top), (right, depth, top), (left, depth, top)],
    ]
    return [[Vector(corner) for corner in face] for face in faces]


def faces_of(box: Box) -> list[Face]:
    """The six faces of a box, their normals outwards."""
    x, y, z = box[0:2], box[2:4], box[4:6]
    sides = ["000 010 110 100", "001 101 111 011", "000 100 101 001", "010 011 111 110", "000 001 011 010"]
    sides.append("100 110 111 101")
    return [[Vector((x[int(c[0])], y[int(c[1])], z[int(c[2])])) for c in side.split()] for side in sides]


def casing(hole: Hole) -> list[Box]:
    """A flat moulding around an opening, and a window's board."""
    width, depth = CASING, 0.022
    low = 0.0 if hole.kind == "door" else hole.bottom - width
    return [
        (hole.left - width, hole.left, 0, depth, low, hole.top + width),
        (hole.right, hole.right + width, 0, depth, low, hole.top + width),
        (hole.left, hole.right, 0, depth, hole.top, hole.top + width),
        *(
            []
            if hole.kind == "door"
            else [(hole.left - 0.1, hole.right + 0.1, 0, 0.09, hole.bottom - 0.035, hole.bottom)]
        ),
    ]


def leaves(hole: Hole) -> list[tuple[Hole, bool]]:
    """The leaves of a door, and whether each hangs on its right side: two where the opening is wide."""
    if hole.right - hole.left <= _WIDEST_LEAF:
        return [(hole, False)]
    middle = (hole.left + hole.right) / 2
    return [(replace(hole, right=middle - _STEP), False), (replace(hole, left=middle + _STEP), True)]


def leaf(hole: Hole, *, hangs_right: bool) -> list[Box]:
    """A closed door in an opening: the leaf itself, two raised panels, and last its knob."""
    back, front = _LEAF
    middle, inset = (hole.bottom + hole.top) / 2, 0.13
    left, right = hole.left + inset, hole.right - inset
    grip = hole.left + 0.06 if hangs_right else hole.right - 0.1
    return [
        (hole.left, hole.right, back, front, hole.bottom, hole.top),
        (left, right, front, front + 0.012, hole.bottom + inset, middle - 0.06),
        (left, right, front, front + 0.012, middle + 0.06, hole.top - inset),
        (grip, grip + 0.04, front, front + 0.06, 1.0, 1.04),
    ]


def sash(hole: Hole) -> list[Box]:
    """A window's frame, with uprights about every 0.7 m."""
    back, front = _SASH
    left, right, low, high = hole.left, hole.right, hole.bottom, hole.top
    count = max(2, round((right - left) / _PANE) + 1)
    step = (right - left - _FRAME) / (count - 1)
    uprights: list[Box] = [(left + i * step, left + i * step + _FRAME, back, front, low, high) for i in range(count)]
    inner, outer = back + _STEP, front - _STEP
    bars: list[Box] = [(left, right, inner, outer, z, z + _FRAME) for z in (low, high - _FRAME)]
    return uprights + bars


def pane(hole: Hole) -> Face:
    """A window's glass, in the middle of its bars, its normal into the room."""
    y = sum(_SASH) / 2
    left, right, low, high = hole.left, hole.right, hole.bottom, hole.top
    return [Vector(corner) for corner in ((right, y, low), (left, y, low), (left, y, high), (right, y, high))]
