"""A room being furnished: what stands where, what must stay free, and whether another piece fits."""

import math
from collections.abc import Collection
from dataclasses import dataclass, field
from random import Random
from typing import Final

from ...vocabulary import is_lamp
from .geometry import Block, block, overlap, wrapped
from .pieces import SIZE_JITTER, Piece, Pieces

FULL: Final = 12
"""No bedroom holds more objects (section 1.9 of the reference)."""
WALK_HEIGHT: Final = 1.5
"""Free space for walking reaches up to here, metres; lamps hang above it."""

FRONT_SPACE: Final = {
    "wardrobe": 0.5, "cabinet": 0.35, "children_cabinet": 0.35, "bookshelf": 0.35, "shelf": 0.3, "desk": 0.6,
    "dressing_table": 0.55, "tv_stand": 0.3, "sofa": 0.3, "armchair": 0.2,
}  # fmt: skip
"""Metres to leave free in front of a piece, so that it can be used."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A piece in the room: box centre, half extents and angle in the tensor frame, and its outline."""

    piece: Piece
    x: float
    y: float
    z: float
    half: tuple[float, float, float]
    angle: float
    outline: Block

    def solids(self) -> list[Block]:
        """Its solid parts as boxes in the room."""
        hx, hy, hz = self.half
        solids: list[Block] = []
        for part in self.piece.parts:
            x, z = self.outline.point(part.x * hx, part.z * hz)
            y, h = self.y + part.y * hy, part.hy * hy
            solids.append(Block(x, z, part.hx * hx, part.hz * hz, self.outline.sin, self.outline.cos, y - h, y + h))
        return solids


@dataclass(slots=True)
class Free:
    """Ground that stays free of all but its friends (indices of placed pieces)."""

    area: Block
    friends: frozenset[int] = frozenset()


@dataclass(slots=True)
class Plan:
    """The state of a room: half extents of its floor along x and z, ceiling height, pieces and free ground."""

    half_x: float
    half_z: float
    height: float
    rng: Random
    pieces: Pieces
    palette: str | None
    placed: list[Placed] = field(default_factory=list[Placed])
    free: list[Free] = field(default_factory=list[Free])
    closed: list[Block] = field(default_factory=list[Block])

    def between(self, low: float, high: float) -> float:
        """A uniform draw."""
        return low + (high - low) * self.rng.random()

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.rng.random() < probability

    def near(self, centre: float, spread: float) -> float:
        """A draw around the centre: triangular, never farther than twice the spread."""
        return centre + spread * (self.rng.random() + self.rng.random() - 1) * 2

    def choose(self, category: str) -> tuple[Piece, tuple[float, float, float]]:
        """A piece of the class in the room's palette, and its half extents a little changed."""
        piece = self.pieces.pick(category, self.palette, self.rng)
        whole = 1 + self.between(-0.5, 0.5) * SIZE_JITTER
        jitter = (whole + self.between(-0.5, 0.5) * SIZE_JITTER for _ in range(3))
        x, y, z = (h * j for h, j in zip(piece.half, jitter, strict=True))
        return piece, (x, y, z)

    def stand(self, piece: Piece, half: tuple[float, float, float], x: float, z: float, angle: float) -> Placed:
        """The piece at a place, on the floor or hanging from the ceiling; not yet in the room."""
        hx, hy, hz = half
        y = self.height - hy if is_lamp(piece.category) else hy
        return Placed(piece, x, y, z, half, wrapped(angle), block(x, z, hx, hz, angle, y - hy, y + hy))

    def inside(self, outline: Block) -> bool:
        """Whether it lies within the walls."""
        rx, rz = outline.reach()
        return abs(outline.x) + rx <= self.half_x + 1e-9 and abs(outline.z) + rz <= self.half_z + 1e-9

    def fits(self, new: Placed, friends: Collection[int] = (), gap: float = 0.02) -> bool:
        """Whether the piece is inside the room, touches nothing and blocks no way.

        Args:
            new: the piece.
            friends: indices of pieces under or over which it may reach, as long as no solid parts meet, and whose free
                ground it may use.
            gap: metres to keep to all others.
        """
        outline = new.outline
        if len(self.placed) >= FULL or not self.inside(outline):
            return False
        if any(overlap(outline, closed) for closed in self.closed):
            return False
        for index, other in enumerate(self.placed):
            if index in friends:
                if overlap(outline, other.outline) and not _apart(new, other):
                    return False
            elif overlap(outline, other.outline, gap):
                return False
        return all(not overlap(outline, g.area) or not g.friends.isdisjoint(friends) for g in self.free)

    def ground_is_free(self, area: Block) -> bool:
        """Whether nothing stands on the ground and the walls leave room for it."""
        return self.inside(area) and not any(overlap(area, other.outline) for other in self.placed)

    def usable(self, new: Placed, friends: Collection[int] = ()) -> bool:
        """Whether the ground in front of the piece is free of all but its friends."""
        area = self.ground_before(new)
        return area is None or not any(
            overlap(area, other.outline) for index, other in enumerate(self.placed) if index not in friends
        )

    def ground_before(self, new: Placed) -> Block | None:
        """The free ground that the piece asks for in front of it, None where it asks for none."""
        depth = FRONT_SPACE.get(new.piece.category)
        if depth is None:
            return None
        x, z = new.outline.point(0.0, new.half[2] + depth / 2)
        return new.outline._replace(x=x, z=z, hz=depth / 2, hx=new.half[0] * 0.9, bottom=0.0, top=WALK_HEIGHT)

    def add(self, new: Placed) -> int:
        """Puts the piece into the room and keeps the ground before it free; its index."""
        index = len(self.placed)
        self.placed.append(new)
        area = self.ground_before(new)
        if area is not None:
            self.free.append(Free(area, frozenset((index,))))
        return index

    def try_add(self, new: Placed, friends: Collection[int] = (), gap: float = 0.02) -> int | None:
        """Adds the piece if it fits; its index, or None."""
        if self.fits(new, friends, gap) and self.usable(new, friends):
            return self.add(new)
        return None

    # Walls: 0 at the back (−z), 1 left (−x), 2 in front (+z), 3 right (+x); pieces at wall k face angle k·pi/2.

    def wall_length(self, wall: int) -> float:
        """Half the length of a wall."""
        return self.half_z if wall % 2 else self.half_x

    def at_wall(
        self, piece: Piece, half: tuple[float, float, float], wall: int, along: float, gap: float = 0.0
    ) -> Placed:
        """The piece with its back to a wall.

        Args:
            piece: what stands there.
            half: its half extents.
            wall: number of the wall.
            along: position along the wall, metres from its middle, in the direction of the piece's own x axis.
            gap: metres between its back and the wall.
        """
        out = (self.half_x if wall % 2 else self.half_z) - half[2] - gap
        angle = wall * math.pi / 2
        origin = block(0.0, 0.0, 0.0, 0.0, angle, 0.0, 0.0)
        x, z = origin.point(along, -out)
        return self.stand(piece, half, x, z, angle)

    def any_wall(self) -> int:
        """A wall, the longer ones more often."""
        return int(self.rng.random() * 2) * 2 + (self.rng.random() * (self.half_x + self.half_z) < self.half_z)

    def wall_of(self, placed: Placed) -> int:
        """The wall that a piece has in its back."""
        return round(placed.angle / (math.pi / 2)) % 4

    def ground_at_wall(self, wall: int, along: float, half_width: float, half_depth: float) -> Block:
        """Walking ground at a wall, such as a door needs."""
        out = (self.half_x if wall % 2 else self.half_z) - half_depth
        x, z = block(0.0, 0.0, 0.0, 0.0, wall * math.pi / 2, 0.0, 0.0).point(along, -out)
        return block(x, z, half_width, half_depth, wall * math.pi / 2, 0.0, WALK_HEIGHT)

    def along_wall(self, wall: int, x: float, z: float) -> float:
        """Position along a wall of the point that faces (x, z)."""
        return (x, -z, -x, z)[wall]


def _apart(a: Placed, b: Placed) -> bool:
    """Whether no solid part of one meets a solid part of the other."""
    others = b.solids()
    return not any(overlap(part, other) for part in a.solids() for other in others)
