"""Floors: rectangles of which up to two corners are cut out, their walls, doors and windows. Tensor frame, metres."""

import math
from collections.abc import Sequence
from random import Random
from typing import Final, NamedTuple

from ...geometry import clearances
from .geometry import Block, block, direction
from .sizes import FloorSpread

WALK_HEIGHT: Final = 1.8
"""Free space for walking reaches up to here, as in ``placement.pieces``; lamps hang above it, or over furniture."""
DOOR, WINDOW = 0, 1
_ATTEMPTS: Final = 12
"""Draws of an opening's place, or of a floor's cuts, before it is given up."""
_NARROWEST: Final = 1.2
"""Least width of a floor anywhere, metres."""

Corner = tuple[float, float]


class Wall(NamedTuple):
    """A wall: its middle, the angle that a piece has with its back to it, and half its length."""

    x: float
    z: float
    angle: float
    half: float

    def point(self, along: float, out: float) -> Corner:
        """World (x, z) of a point ``along`` the wall from its middle, in the direction of a piece's own x axis."""
        sin, cos = direction(self.angle)
        return self.x + along * cos + out * sin, self.z - along * sin + out * cos

    def local(self, x: float, z: float) -> Corner:
        """(along, out) of a world point: the inverse of ``point``."""
        sin, cos = direction(self.angle)
        dx, dz = x - self.x, z - self.z
        return dx * cos - dz * sin, dx * sin + dz * cos

    def ground(self, along: float, half_width: float, depth: float, bottom: float, top: float) -> Block:
        """A box that stands right at the wall."""
        x, z = self.point(along, depth / 2)
        return block(x, z, half_width, depth / 2, self.angle, bottom, top)


class Opening(NamedTuple):
    """A door (kind 0) or window (kind 1): its segment on a wall from (x0, z0) to (x1, z1), bottom and top, metres."""

    kind: int
    x0: float
    z0: float
    x1: float
    z1: float
    bottom: float
    top: float


class Floor(NamedTuple):
    """A floor whose bounding box is centred on the origin.

    Args:
        half_x: half its extent along x.
        half_z: half its extent along z.
        corners: (x, z), anticlockwise seen from above; 4, 6 or 8 of them.
        cuts: the corners of the bounding box that are not floor.
        walls: in the order of the corners.
    """

    half_x: float
    half_z: float
    corners: tuple[Corner, ...]
    cuts: tuple[Block, ...]
    walls: tuple[Wall, ...]

    @property
    def area(self) -> float:
        """Square metres."""
        return 4 * (self.half_x * self.half_z - sum(cut.hx * cut.hz for cut in self.cuts))


def make_floor(half_x: float, half_z: float, cuts: Sequence[tuple[int, float, float]] = ()) -> Floor:
    """A rectangle without some of its corners.

    Args:
        half_x: half its extent along x.
        half_z: half its extent along z.
        cuts: for each corner that is cut out its number (0 back left, 1 front left, 2 front right, 3 back right) and
            the extents of the cut along x and z.
    """
    signs = ((-1, -1), (-1, 1), (1, 1), (1, -1))
    sizes = {number: (a, b) for number, a, b in cuts}
    corners: list[Corner] = []
    blocks: list[Block] = []
    for number, (right, front) in enumerate(signs):
        x, z = right * half_x, front * half_z
        if number not in sizes:
            corners.append((x, z))
            continue
        a, b = sizes[number]
        inner_x, inner_z = x - right * a, z - front * b
        ends = [(inner_x, z), (x, inner_z)]
        corners += [ends[number % 2], (inner_x, inner_z), ends[1 - number % 2]]
        blocks.append(block((x + inner_x) / 2, (z + inner_z) / 2, a / 2, b / 2, 0.0, -1.0, 9.0))
    pairs = zip(corners, [*corners[1:], corners[0]], strict=True)
    return Floor(half_x, half_z, tuple(corners), tuple(blocks), tuple(_wall(a, b) for a, b in pairs))


def draw_floor(spread: FloorSpread, need: float, growth: float, rng: Random) -> Floor:
    """Draws a floor of a size as in real rooms, to 10 cm, with one or two corners cut out as often as in real rooms.

    Args:
        spread: sizes of such floors.
        need: how much is to stand there, as a normal deviate.
        growth: metres that are added to both sides.
        rng: the source of chance.
    """
    short, long, kept = spread.draw(rng, need)
    sides = [max(1.8, short + growth), max(1.8, long + growth)]
    rng.shuffle(sides)
    half_x, half_z = (round(10 * side) / 20 for side in sides)
    if kept > 0.99:
        return make_floor(half_x, half_z)
    for _ in range(_ATTEMPTS):
        cuts = _cuts(half_x, half_z, kept, rng)
        if cuts is not None:
            return make_floor(half_x, half_z, cuts)
    return make_floor(half_x, half_z)


def _cuts(half_x: float, half_z: float, kept: float, rng: Random) -> list[tuple[int, float, float]] | None:
    """Draws one or two cut corners that leave a share of the rectangle; None where it gets narrower than 1.2 m."""
    shares = [1.0] if rng.random() < 0.45 else [(part := rng.uniform(0.2, 0.8)), 1 - part]
    cuts: list[tuple[int, float, float]] = []
    for corner, share in zip(rng.sample(range(4), len(shares)), shares, strict=True):
        lost = share * (1 - kept)
        wide = lost ** rng.uniform(0.2, 0.8)
        a, b = (round(20 * part * 2 * half) / 20 for part, half in ((wide, half_x), (lost / wide, half_z)))
        cuts.append((corner, max(a, 0.1), max(b, 0.1)))
    single = [2 * half - max(cut[axis] for cut in cuts) for axis, half in ((1, half_x), (2, half_z))]
    both = [2 * half - sum(cut[axis] for cut in cuts) for axis, half in ((1, half_x), (2, half_z))]
    corners = sorted(cut[0] for cut in cuts)
    if corners in ([0, 3], [1, 2]):  # both at the back or both in front: what is between them
        room = both[0]
    elif corners in ([0, 1], [2, 3]):
        room = both[1]
    else:  # at opposite corners they may overlap along one axis
        room = max(both)
    return cuts if min(*single, room) >= _NARROWEST else None


def _wall(start: Corner, end: Corner) -> Wall:
    dx, dz = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dz)
    angle = math.atan2(round(dz / length), -round(dx / length))
    return Wall((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, angle, length / 2)


class Hole(NamedTuple):
    """An opening, its wall, and the box in the room that has to stay free because of it."""

    opening: Opening
    wall: Wall
    free: Block


def open_walls(floor: Floor, doors: Sequence[float], windows: Sequence[float], rng: Random) -> list[Hole]:
    """Draws places for doors and windows of the given widths, doors first; leaves out those that no wall has room for.

    A door is often near the end of its wall, a window near the middle; two of them are never at one place.
    """
    holes: list[Hole] = []
    for kind, width in (*((DOOR, w) for w in doors), *((WINDOW, w) for w in windows)):
        for _ in range(_ATTEMPTS):
            wall = rng.choices(floor.walls, [w.half for w in floor.walls])[0]
            hole = _hole(kind, width, wall, rng)
            if hole is not None and not any(h.wall is wall and _meet(h.opening, hole.opening) for h in holes):
                holes.append(hole)
                break
    return holes


def _hole(kind: int, width: float, wall: Wall, rng: Random) -> Hole | None:
    """Draws an opening in a wall; None where the wall is too short."""
    reach = wall.half - width / 2 - 0.08
    if reach < 0:
        return None
    if kind == DOOR:
        along = rng.choice((-1, 1)) * reach * rng.choice((1.0, rng.random()))
        bottom, top = 0.0, 2.1
        free = wall.ground(along, width / 2, clearances.door_depth(width), 0.0, WALK_HEIGHT)
    else:
        along = reach * rng.uniform(-1, 1) * rng.choice((0.15, 0.15, 1.0))
        bottom, top = rng.choices(((0.9, 2.2), (0.6, 2.2), (0.1, 2.3)), (0.7, 0.2, 0.1))[0]
        free = wall.ground(along, width / 2, clearances.WINDOW, bottom + 0.05, top)
    (x0, z0), (x1, z1) = wall.point(along - width / 2, 0.0), wall.point(along + width / 2, 0.0)
    return Hole(Opening(kind, x0, z0, x1, z1, bottom, top), wall, free)


def _meet(a: Opening, b: Opening) -> bool:
    """Whether two openings of one wall come nearer than 10 cm."""
    far = max(min(a.x0, a.x1) - max(b.x0, b.x1), min(b.x0, b.x1) - max(a.x0, a.x1))
    deep = max(min(a.z0, a.z1) - max(b.z0, b.z1), min(b.z0, b.z1) - max(a.z0, a.z1))
    return max(far, deep) < 0.1
