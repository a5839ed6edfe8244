"""The furniture of a room as arrays, and what one asks of it: who faces whom, what is how far before or behind a piece.

Product frame: metres, Z up, an object at yaw 0 faces −Y; "local" is a piece's own frame (x its right hand as seen from
behind its back, y towards its back). Directions are unit vectors on the ground.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from ..catalogue.entries import Catalogue
from ..geometry.frames import FloatArray
from ..geometry.obstacles import WALK_HEIGHT, obstacles_of
from ..geometry.solids import Body, BoolArray
from ..geometry.walls import Walls
from ..scene import FloorPlan, Scene, SceneObject
from .ground import Ground

IntArray = npt.NDArray[np.int64]

FLAT: Final = frozenset({"rug"})
"""Categories that furniture may stand on."""
SIGNS: Final = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
"""Corners of a rectangle, one after the other, in its half extents."""
BODY: Final = 0.25
"""Radius of the disc that walks: a person's shoulders are half a metre wide."""
_PARALLEL: Final = 1e-9
"""Sine below which a ray is parallel to a side."""


@dataclass(frozen=True, eq=False)
class Parts:
    """P solid boxes that stand upright.

    Args:
        owner: (P,) number of the piece that each belongs to.
        centre: (P, 2) on the ground.
        axes: (P, 2, 2) rows: its own x and y axis.
        half: (P, 2) half extents along them.
        low: (P,) lower ends.
        high: (P,) upper ends.
    """

    owner: IntArray
    centre: FloatArray
    axes: FloatArray
    half: FloatArray
    low: FloatArray
    high: FloatArray

    @staticmethod
    def of(bodies: list[Body]) -> "Parts":
        """The parts of some bodies, one after the other; there may be none."""
        counts = [len(body.low) for body in bodies]
        empty = np.zeros((0, 2))
        return Parts(
            np.repeat(np.arange(len(bodies)), counts),
            np.concatenate([empty, *(body.position + body.offsets for body in bodies)]),
            np.repeat(np.array([body.axes for body in bodies]).reshape(-1, 2, 2), counts, axis=0),
            np.concatenate([empty, *(body.half for body in bodies)]),
            np.concatenate([empty[:, 0], *(body.low for body in bodies)]),
            np.concatenate([empty[:, 0], *(body.high for body in bodies)]),
        )

    def select(self, rows: BoolArray) -> "Parts":
        """Some of them."""
        centre, axes, half = self.centre[rows], self.axes[rows], self.half[rows]
        return Parts(self.owner[rows], centre, axes, half, self.low[rows], self.high[rows])

    def corners(self) -> FloatArray:
        """Ground corners, (P, 4, 2)."""
        return self.centre[:, None] + (SIGNS * self.half[:, None]) @ self.axes

    def inside(self, other: "Parts") -> FloatArray:
        """How far each of P boxes is inside each of Q others, negative where apart: (P, Q), metres.

        The least of the ways to free it along the four ground axes of the pair and upwards (separating axis theorem).
        """
        delta = other.centre[None] - self.centre[:, None]  # (P, Q, 2)
        depth = np.minimum(self.high[:, None], other.high) - np.maximum(self.low[:, None], other.low)
        turn = np.abs(np.einsum("pai,qbi->pqab", self.axes, other.axes))  # |cosine| of the axes' angles
        mine = np.abs(np.einsum("pqi,pai->pqa", delta, self.axes))
        theirs = np.abs(np.einsum("pqi,qbi->pqb", delta, other.axes))
        along_mine = self.half[:, None] + np.einsum("pqab,qb->pqa", turn, other.half) - mine
        along_theirs = other.half[None] + np.einsum("pqab,pa->pqb", turn, self.half) - theirs
        return np.minimum(depth, np.minimum(along_mine.min(axis=-1), along_theirs.min(axis=-1)))

    def crossings(self, starts: FloatArray, directions: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Where rays enter and leave each box on the ground plan.

        Args:
            starts: (R, 2).
            directions: (R, 2).

        Returns:
            Metres along the ray, each (R, P); infinite and minus infinite where it misses.
        """
        local = np.einsum("rpi,pai->rpa", starts[:, None] - self.centre, self.axes)
        along = np.einsum("ri,pai->rpa", directions, self.axes)
        along = np.where(np.abs(along) < _PARALLEL, _PARALLEL, along)
        ends = np.stack([(-self.half - local) / along, (self.half - local) / along])
        enter, leave = ends.min(axis=0).max(axis=-1), ends.max(axis=0).min(axis=-1)
        hit = enter < leave
        return np.where(hit, enter, np.inf), np.where(hit, leave, -np.inf)


@dataclass(frozen=True, eq=False)
class Pieces:
    """The n pieces of a room that take up space: all but what lies flat.

    Args:
        names: n class names; empty where unknown.
        centre: (n, 2) on the ground.
        axes: (n, 2, 2) rows: its own x and y axis in the room.
        half: (n, 2) half extents of the mesh along them.
        hanging: (n,) whether it hangs from the ceiling.
        parts: their solid parts.
        floor: the floor plan; without an outline there are no walls.
        obstacles: the floor's, which come behind the furniture.
    """

    names: tuple[str, ...]
    centre: FloatArray
    axes: FloatArray
    half: FloatArray
    hanging: BoolArray
    parts: Parts
    floor: FloorPlan
    obstacles: tuple[SceneObject, ...] = ()

    @staticmethod
    def of(scene: Scene, catalogue: Catalogue) -> "Pieces":
        """The pieces of a scene, and the obstacles of its floor."""
        furniture = [item for item in scene.objects if item.category not in FLAT]
        items = [*furniture, *obstacles_of(scene.floor)]
        bodies = [Body.of(item, catalogue) for item in items]
        sizes = [(item.placed_size or item.size)[:2] for item in items]
        return Pieces(
            tuple(item.category or "" for item in items),
            np.array([body.position for body in bodies]).reshape(-1, 2),
            np.array([body.axes for body in bodies]).reshape(-1, 2, 2),
            np.array(sizes).reshape(-1, 2) / 2,
            np.array([catalogue.hangs(item) for item in items], dtype=np.bool_),
            Parts.of(bodies),
            scene.floor,
            tuple(items[len(furniture) :]),
        )

    @property
    def movable(self) -> int:
        """How many pieces are furniture; they come first."""
        return len(self.names) - len(self.obstacles)

    def of_class(self, names: Collection[str]) -> IntArray:
        """Numbers of the pieces of some classes."""
        return np.array([k for k, name in enumerate(self.names) if name in names], dtype=np.int64)

    @property
    def forward(self) -> FloatArray:
        """(n, 2) the way that each faces."""
        return -self.axes[:, 1]

    @cached_property
    def walls(self) -> Walls | None:
        """None without an outline."""
        return Walls.of(self.floor)

    @cached_property
    def in_the_way(self) -> Parts:
        """The parts that a person would run into."""
        return self.parts.select(self.parts.low < WALK_HEIGHT)

    @cached_property
    def standing(self) -> Parts:
        """The same without what hangs."""
        return self.in_the_way.select(~self.hanging[self.in_the_way.owner])

    def footprints(self, rows: IntArray) -> Parts:
        """The boxes of some pieces on the ground plan, all equally high."""
        flat = np.zeros(len(rows))
        return Parts(rows, self.centre[rows], self.axes[rows], self.half[rows], flat, flat + 1)

    def boxes(self, rows: IntArray) -> Parts:
        """The boxes of some pieces, from their lowest part to their highest."""
        own = self.parts.owner == rows[:, None]
        low = np.where(own, self.parts.low, np.inf).min(axis=1, initial=np.inf)
        high = np.where(own, self.parts.high, -np.inf).max(axis=1, initial=-np.inf)
        return Parts(rows, self.centre[rows], self.axes[rows], self.half[rows], low, high)

    def gaps(self, rows: IntArray, others: IntArray) -> FloatArray:
        """Metres between the boxes of pieces on the ground plan, (K, M); negative where they overlap.

        Where corners are nearest, the larger of the two distances along the axes stands for it.
        """
        return -self.footprints(rows).inside(self.footprints(others))

    def local(self, row: int, points: FloatArray) -> FloatArray:
        """Points (…, 2) in a piece's own frame."""
        return (points - self.centre[row]) @ self.axes[row].T

    def behind(self, rows: IntArray, facing: float) -> FloatArray:
        """Metres from the middle of each back to a wall that it turns its back to: (K,), infinite where none does.

        Args:
            rows: K pieces.
            facing: cosine of the angle by which a back may be turned from its wall.
        """
        walls = self.walls
        assert walls is not None  # noqa: S101 - only rooms with walls ask
        forward, half = self.forward[rows], self.half[rows]
        back = self.centre[rows] - forward * half[:, 1:]
        delta = back[:, None] - walls.starts  # (K, S, 2)
        beside = (delta * walls.along).sum(axis=-1)
        gap = (delta * walls.inward).sum(axis=-1)
        reached = (beside > -half[:, :1]) & (beside < walls.lengths + half[:, :1]) & (gap > -half[:, 1:])
        return np.where(reached & (forward @ walls.inward.T > facing), gap, np.inf).min(axis=1, initial=np.inf)

    def beside(self, rows: IntArray, side: tuple[int, int], rays: int, passing: Collection[str] = ()) -> FloatArray:
        """Metres that are free at one side of each of K pieces, (K, R), along rays at the middles of R strips of it.

        They begin where the piece's own solid parts end, so that the ground within an L counts, and end at what stands
        on the floor and at walls.

        Args:
            rows: K pieces.
            side: own axis, and which end of it.
            rays: R.
            passing: classes of pieces that are not in the way.
        """
        axis, sign = side
        spread = (np.arange(rays) + 0.5) / rays * 2 - 1
        along = self.axes[rows, 1 - axis] * self.half[rows, 1 - axis, None]
        starts = (self.centre[rows][:, None] + spread[:, None] * along[:, None]).reshape(-1, 2)
        directions = np.repeat(sign * self.axes[rows, axis], rays, axis=0)
        enter, leave = self.standing.crossings(starts, directions)
        own = self.standing.owner == np.repeat(rows, rays)[:, None]
        front = np.where(own, leave, -np.inf).max(axis=1, initial=-np.inf)
        front = np.where(np.isfinite(front), front, np.repeat(self.half[rows, axis], rays))
        hard = ~np.isin(self.standing.owner, self.of_class(passing))
        ahead = ~own & hard & (leave > front[:, None])
        reach = np.where(ahead, enter, np.inf).min(axis=1, initial=np.inf)
        free = np.minimum(reach, self._to_walls(starts, directions)) - front
        return free.reshape(len(rows), rays)

    def _to_walls(self, starts: FloatArray, directions: FloatArray) -> FloatArray:
        """Metres along rays (R, 2) to the first wall, (R,); infinite where there is none."""
        if self.walls is None:
            return np.full(len(starts), np.inf)
        walls = self.walls
        delta = starts[:, None] - walls.starts
        towards = -directions @ walls.inward.T
        steps = (delta * walls.inward).sum(axis=-1) / np.where(np.abs(towards) < _PARALLEL, _PARALLEL, towards)
        beside = ((delta + steps[..., None] * directions[:, None]) * walls.along).sum(axis=-1)
        # On floors that are no rectangles the line of a wall that faces the ray may lie behind it.
        hit = (towards > _PARALLEL) & (steps >= 0) & (beside >= 0) & (beside <= walls.lengths)
        return np.where(hit, steps, np.inf).min(axis=1)

    @cached_property
    def ground(self) -> Ground:
        """The ground that a person may walk on.

        Raises:
            ValueError: there is no outline.
        """
        if self.walls is None:
            raise ValueError("no outline")
        return Ground.of(self.walls, self.in_the_way.corners(), BODY)
