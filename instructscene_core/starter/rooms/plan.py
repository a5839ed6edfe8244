"""A room being furnished: what stands where, what must stay free, and whether another piece fits."""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Final

from ...vocabulary import hangs
from .floor import WALK_HEIGHT, Floor, Opening, Wall
from .geometry import Block, block, direction, overlap, wrapped
from .pieces import Half, Piece, Pieces
from .sizes import Sizes
from .walk import gaps, reachable

Chosen = tuple[Piece, Half]
"""A piece, and the half extents that it has in the room."""

_SUITING: Final = 12
"""Draws of a piece that has to suit its place, before another one is taken."""
_AT_WALL: Final = 0.08
"""Metres from a wall to the back of a piece that stands there, at most."""
_REDRAWS: Final = 2
"""Further draws of a size, where no piece of the room's palette can be of the one drawn."""
_OFF: Final = 0.1
"""Relative difference of sizes up to which a piece counts as of the size drawn."""
FRONT_SPACE: Final = {
    "wardrobe": 0.63, "cabinet": 0.63, "children_cabinet": 0.63, "wine_cabinet": 0.63, "bookshelf": 0.4, "shelf": 0.35,
    "desk": 0.6, "dressing_table": 0.55, "tv_stand": 0.35, "sofa": 0.45, "armchair": 0.45, "console_table": 0.35,
    "multi_seat_sofa": 0.2, "loveseat_sofa": 0.2,
}  # fmt: skip
"""Metres to leave free in front of a piece, so that it can be used: before cupboards and seats somewhat more than
``clearances.CUPBOARD`` and ``FRONT``, from which on they count as shut in."""


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
    """Ground that stays free of all pieces but its friends (indices of placed pieces)."""

    area: Block
    friends: frozenset[int] = frozenset()


@dataclass(slots=True)
class Plan:
    """The state of a room.

    Args:
        floor: its floor and walls.
        height: of the ceiling, metres.
        rng: the only source of chance.
        pieces: the catalogue.
        palettes: what it is furnished in, the first where a class comes in it, else the next; none for a mixture.
        sizes: how large furniture is in such rooms.
        chosen: the pieces drawn so far, by class and number: further attempts at a room get the same ones, so that
            small pieces do not become more frequent because they fit better.
        spare: number of wishes that may be left out.
        full: no room of the type holds more objects (``vocabulary.MAX_OBJECTS``).
        placed: what stands or hangs there.
        free: ground that stays free for the use of what is placed.
        closed: boxes that stay free of everything: swings of doors, views from windows.
        openings: doors and windows.
        doors: the ground before each door.
    """

    floor: Floor
    height: float
    rng: Random
    pieces: Pieces
    palettes: tuple[str, ...]
    sizes: Mapping[str, Sizes]
    chosen: dict[tuple[str, int], Chosen]
    spare: int
    full: int
    placed: list[Placed] = field(default_factory=list[Placed])
    free: list[Free] = field(default_factory=list[Free])
    closed: list[Block] = field(default_factory=list[Block])
    openings: list[Opening] = field(default_factory=list[Opening])
    doors: list[Block] = field(default_factory=list[Block])

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """Corners (x, z) of the floor, anticlockwise seen from above."""
        return self.floor.corners

    def between(self, low: float, high: float) -> float:
        """A uniform draw."""
        return low + (high - low) * self.rng.random()

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.rng.random() < probability

    def near(self, centre: float, spread: float) -> float:
        """A draw around the centre: triangular, never farther than twice the spread."""
        return centre + spread * (self.rng.random() + self.rng.random() - 1) * 2

    def choose(self, category: str, suits: Callable[[Half], bool] | None = None) -> Chosen:
        """A piece of the class in the room's palettes, and its half extents, as large as real ones are.

        Args:
            category: the class.
            suits: whether a piece with some half extents can be used; after some draws any is taken.
        """
        turn = category, sum(p.piece.category == category for p in self.placed)
        chosen = self.chosen.get(turn)
        if chosen is None or (suits is not None and not suits(chosen[1])):
            chosen = self._drawn(category)
            for _ in range(_SUITING if suits is not None else 0):
                if suits is None or suits(chosen[1]):
                    break
                chosen = self._drawn(category)
            self.chosen[turn] = chosen
        return chosen

    def _drawn(self, category: str) -> Chosen:
        sizes = self.sizes.get(category)
        if sizes is None:
            return self.pieces.pick(category, self.palettes, self.rng)
        chosen, off = self._sized(category, sizes)
        for _ in range(_REDRAWS):
            if off > _OFF:
                chosen, off = self._sized(category, sizes)
        return chosen

    def _sized(self, category: str, sizes: Sizes) -> tuple[Chosen, float]:
        """A piece for a size that is drawn, and how far it is from that size, relative, on the worst axis."""
        x, y, z = sizes.draw(self.rng)
        wanted = x, min(y, self.height / 2 - 0.03), z
        chosen = self.pieces.sized(category, self.palettes, wanted, self.rng)
        return chosen, max(abs(given / want - 1) for given, want in zip(chosen[1], wanted, strict=True))

    def stand(self, piece: Piece, half: tuple[float, float, float], x: float, z: float, angle: float) -> Placed:
        """A piece at a place on the floor, or hanging from the ceiling; it is not added to the room."""
        hx, hy, hz = half
        y = self.height - hy if hangs(piece.category) else hy
        return Placed(piece, x, y, z, half, wrapped(angle), block(x, z, hx, hz, angle, y - hy, y + hy))

    def inside(self, outline: Block) -> bool:
        """Whether an outline lies within the walls."""
        rx, rz = outline.reach()
        if abs(outline.x) + rx > self.floor.half_x + 1e-9 or abs(outline.z) + rz > self.floor.half_z + 1e-9:
            return False
        return not any(overlap(outline, cut) for cut in self.floor.cuts)

    def fits(self, new: Placed, friends: Collection[int] = (), gap: float = 0.02) -> bool:
        """Whether a piece is inside the room, keeps its distance and covers no ground that stays free.

        Args:
            new: the piece.
            friends: indices of pieces under or over which it may reach, as long as no solid parts meet, and whose free
                ground it may use.
            gap: metres to keep to all others.
        """
        outline = new.outline
        if len(self.placed) >= self.full or not self.inside(outline):
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
        """Whether an area lies within the walls and no piece stands on it."""
        return self.inside(area) and not any(overlap(area, other.outline) for other in self.placed)

    def usable(self, new: Placed, friends: Collection[int] = ()) -> bool:
        """Whether the ground in front of the piece is within the walls, and free of all but its friends."""
        area = self.ground_before(new)
        return area is None or (
            self.inside(area)
            and not any(overlap(area, other.outline) for index, other in enumerate(self.placed) if index not in friends)
        )

    def ground_before(self, new: Placed) -> Block | None:
        """The ground in front of a piece that its use needs free; None where it needs none."""
        depth = FRONT_SPACE.get(new.piece.category)
        if depth is None:
            return None
        x, z = new.outline.point(0.0, new.half[2] + depth / 2)
        return new.outline._replace(x=x, z=z, hz=depth / 2, hx=new.half[0] * 0.9, bottom=0.0, top=WALK_HEIGHT)

    def add(self, new: Placed) -> int:
        """Adds the piece to the room and keeps the ground before it free; returns its index."""
        index = len(self.placed)
        self.placed.append(new)
        area = self.ground_before(new)
        if area is not None:
            self.free.append(Free(area, frozenset((index,))))
        return index

    def try_add(self, new: Placed, friends: Collection[int] = (), gap: float = 0.02) -> int | None:
        """Adds the piece if it fits; returns its index, or None."""
        if self.fits(new, friends, gap) and self.usable(new, friends):
            return self.add(new)
        return None

    def try_add_walkable(self, new: Placed, friends: Collection[int] = ()) -> int | None:
        """Likewise, if one can still walk about the room, and not even a friend is right before it."""
        if not (self.fits(new, friends) and self.usable(new)):
            return None
        state = self.state()
        index = self.add(new)
        if self.walkable():
            return index
        self.undo(state)
        return None

    def at_wall(
        self, piece: Piece, half: tuple[float, float, float], wall: Wall, along: float, gap: float = 0.0
    ) -> Placed:
        """The piece with its back to a wall.

        Args:
            piece: what stands there.
            half: its half extents.
            wall: the wall.
            along: position along the wall, metres from its middle, in the direction of the piece's own x axis.
            gap: metres between its back and the wall.
        """
        x, z = wall.point(along, half[2] + gap)
        return self.stand(piece, half, x, z, wall.angle)

    def wall_gap(self, new: Placed) -> float:
        """Metres between the back of a piece and the wall behind it; 0 where there is none."""
        sin, cos = -new.outline.sin, -new.outline.cos
        found = self.wall_before(new.x, new.z, math.atan2(sin, cos))
        return 0.0 if found is None else found[1] - new.half[2]

    def walkable(self) -> bool:
        """Whether one can walk from a door to the others, to all ground, and to or near what stays free for use."""
        solids = [p.outline for p in self.placed if p.outline.bottom < WALK_HEIGHT] + list(self.floor.cuts)
        goals = [ground.area for ground in self.free]
        return reachable(self.floor.half_x, self.floor.half_z, solids, self.doors, goals)

    def state(self) -> tuple[int, int]:
        """The state to which ``undo`` can return."""
        return len(self.placed), len(self.free)

    def undo(self, state: tuple[int, int]) -> None:
        """Removes what was added since a state."""
        del self.placed[state[0] :], self.free[state[1] :]

    def standoff(self) -> float:
        """Draws the metres from a wall to the back of a piece there: the quartiles of real rooms, 0, 0.02 and 0.06.

        Of real ones 5 % are farther than 0.2 away, which looks as if somebody had left them there; ours are not.
        """
        return self.between(0.0, 0.025) if self.chance(0.5) else self.between(0.02, _AT_WALL)

    def clear(self, wall: Wall, half: Half) -> list[tuple[float, float]]:
        """Where along a wall, metres from its middle, a piece may have its middle, clear of doors and windows.

        Args:
            wall: the wall, at which it has its back.
            half: its half extents.
        """
        sin, cos = direction(wall.angle)
        taken: list[tuple[float, float]] = []
        for closed in self.closed:
            along, out = wall.local(closed.x, closed.z)
            reach_x, reach_z = closed.reach()
            wide, deep = abs(cos) * reach_x + abs(sin) * reach_z, abs(sin) * reach_x + abs(cos) * reach_z
            if closed.bottom < 2 * half[1] and -deep < out < deep + 2 * half[2] + _AT_WALL:
                taken.append((along - wide - half[0], along + wide + half[0]))
        return gaps(half[0] - wall.half, wall.half - half[0], taken)

    def any_wall(self, power: float = 1.0) -> Wall:
        """Draws a wall with weights by a power of its length."""
        return self.rng.choices(self.floor.walls, [wall.half**power for wall in self.floor.walls])[0]

    def wall_before(self, x: float, z: float, angle: float) -> tuple[Wall, float] | None:
        """The nearest wall that a ray from a point meets head on, and its distance; None where there is none."""
        sin, cos = direction(angle)
        nearest: tuple[Wall, float] | None = None
        for wall in self.floor.walls:
            facing = direction(wall.angle)
            if facing[0] * sin + facing[1] * cos < -0.99:
                along, out = wall.local(x, z)
                if abs(along) <= wall.half and 0 <= out < (nearest[1] if nearest else math.inf):
                    nearest = wall, out
        return nearest


def _apart(a: Placed, b: Placed) -> bool:
    """Whether no solid part of one meets a solid part of the other."""
    others = b.solids()
    return not any(overlap(part, other) for part in a.solids() for other in others)
