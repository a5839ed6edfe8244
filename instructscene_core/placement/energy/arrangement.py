"""A room while it is being settled: what does not change as fixed arrays, and batches of poses to be compared.

Numbers: M candidates, n pieces, q solid parts of a piece at most, S walls. Product frame, metres, radians.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ...catalogue.entries import Catalogue
from ...geometry.clearances import approach_zones, door_zones, window_zones
from ...geometry.frames import FloatArray
from ...geometry.obstacles import obstacles_of
from ...geometry.solids import Body, BoolArray, Shape, Shapes
from ...geometry.walls import Walls
from ...instructions.brief import Wish
from ...instructions.report import flags_of, rows_of
from ...instructions.standing import Bodies, Surroundings
from ...scene import FloorPlan, Relation, SceneObject
from ...vocabulary import PREDICATES, hangs
from ..kinds import TUCKED

IntArray = npt.NDArray[np.int64]

_NOWHERE: Final = -9.0
"""Half extent of a part that is none."""


def axes_at(yaw: FloatArray) -> FloatArray:
    """Own axes as rows (…, 2, 2) of what is turned by yaw (…)."""
    cosine, sine = np.cos(yaw), np.sin(yaw)
    return np.stack([np.stack([cosine, sine], -1), np.stack([-sine, cosine], -1)], -2)


@dataclass(frozen=True, eq=False)
class Poses:
    """M candidate layouts that differ in some pieces only.

    Args:
        position: (M, n, 2).
        yaw: (M, n).
        moved: the pieces in which they differ.
    """

    position: FloatArray
    yaw: FloatArray
    moved: IntArray

    @cached_property
    def axes(self) -> FloatArray:
        """(M, n, 2, 2) rows: the pieces' own axes."""
        return axes_at(self.yaw)

    @cached_property
    def forward(self) -> FloatArray:
        """(M, n, 2) the way that each faces."""
        return -self.axes[..., 1, :]

    def local(self, host: int, item: int) -> FloatArray:
        """(M, 2) the middle of a piece in another one's own frame."""
        delta = self.position[:, item] - self.position[:, host]
        return np.einsum("mab,mb->ma", self.axes[:, host], delta)

    def touches(self, *pieces: int) -> bool:
        """Whether one of some pieces is among those that differ."""
        return any(piece in self._moved for piece in pieces)

    @cached_property
    def _moved(self) -> frozenset[int]:
        return frozenset(self.moved.tolist())

    def with_moved(self, places: FloatArray, moved: Sequence[int]) -> "Poses":
        """Candidates in which some pieces stand elsewhere; the first of them is this layout itself.

        Args:
            places: (K, k, 3) x, y and yaw of each.
            moved: k pieces.

        Returns:
            (1 + K) candidates of a layout that is one.
        """
        index = np.array(moved, dtype=np.int64)
        position = np.repeat(self.position, 1 + len(places), axis=0)
        yaw = np.repeat(self.yaw, 1 + len(places), axis=0)
        position[1:, index], yaw[1:, index] = places[..., :2], places[..., 2]
        return Poses(position, yaw, index)

    def select(self, rows: IntArray) -> "Poses":
        """Some of the candidates."""
        found = Poses(self.position[rows], self.yaw[rows], self.moved)
        if "axes" in self.__dict__:
            found.__dict__["axes"] = self.axes[rows]  # they are worked out once
        return found

    def one(self, row: int) -> "Poses":
        """One of the candidates."""
        return self.select(np.array([row]))


class Wished(NamedTuple):
    """A wish, and the pieces that it may be of.

    Attributes:
        wish: what was asked.
        subjects: pieces that may be placed.
        others: those that they may be placed by; none of a part of the room.
        seconds: those on the other side of "between".
        predicates: of the paper, any of which will do.
        pieces: of how many it is asked.
    """

    wish: Wish
    subjects: tuple[int, ...]
    others: tuple[int, ...]
    seconds: tuple[int, ...]
    predicates: frozenset[int]
    pieces: int

    @staticmethod
    def of(wish: Wish, names: Sequence[str]) -> "Wished | None":
        """A wish between pieces of some classes; None where one of its ends is not there."""
        own, other, second = rows_of(wish, names)
        if not own or not (other or wish.of_place) or (wish.second and not second):
            return None
        count = min(wish.count, len(own))
        return Wished(replace(wish, count=count), tuple(own), tuple(other), tuple(second), wish.predicates, count)

    @property
    def all(self) -> tuple[int, ...]:
        """All its pieces."""
        return (*self.subjects, *self.others, *self.seconds)


@dataclass(frozen=True, eq=False)
class Solids:
    """Solid parts of B bodies in their own axes, padded to q each.

    Args:
        offsets: (B, q, 2) centres.
        half: (B, q, 2) half extents; ``_NOWHERE`` where there is no part.
        low: (B, q) lower ends.
        high: (B, q) upper ends.
        reach: (B,) radius that holds them.
    """

    offsets: FloatArray
    half: FloatArray
    low: FloatArray
    high: FloatArray
    reach: FloatArray

    @staticmethod
    def of(bodies: Sequence[Body]) -> "Solids":
        """Those of some bodies."""
        most = max((len(body.low) for body in bodies), default=1)

        def padded(rows: FloatArray, value: float) -> FloatArray:
            return np.concatenate([rows, np.full((most - len(rows), *rows.shape[1:]), value)])

        def stacked(rows: list[FloatArray], *shape: int) -> FloatArray:
            return np.array(rows).reshape(-1, most, *shape)

        return Solids(
            stacked([padded(body.offsets @ body.axes.T, 0.0) for body in bodies], 2),
            stacked([padded(body.half, _NOWHERE) for body in bodies], 2),
            stacked([padded(body.low, np.inf) for body in bodies]),
            stacked([padded(body.high, -np.inf) for body in bodies]),
            np.array([body.reach for body in bodies]),
        )

    def depth(
        self,
        first: IntArray,
        second: IntArray,
        centres: tuple[FloatArray, FloatArray],
        axes: tuple[FloatArray, FloatArray],
    ) -> FloatArray:
        """How far each of L pairs of bodies is inside each other, 0 where apart: (L,), metres.

        The deepest pair of parts counts, each by the shortest way along a ground axis of the two (separating axis
        theorem); heights that only touch are apart.

        Args:
            first: (L,) bodies.
            second: (L,) bodies.
            centres: (L, 2) of the first and of the second.
            axes: (L, 2, 2) of the first and of the second.
        """
        both = np.concatenate(axes, axis=1)  # (L, 4, 2)
        middle, reach = [], []
        for body, centre, own in zip((first, second), centres, axes, strict=True):
            turn = own @ both.transpose(0, 2, 1)  # (L, 2, 4)
            middle.append(self.offsets[body] @ turn + (centre[:, None] @ both.transpose(0, 2, 1)))
            reach.append(self.half[body] @ np.abs(turn))
        gap = np.abs(middle[0][:, :, None] - middle[1][:, None])
        along = (reach[0][:, :, None] + reach[1][:, None] - gap).min(-1)  # (L, q, q)
        high = np.minimum(self.high[first][:, :, None], self.high[second][:, None])
        low = np.maximum(self.low[first][:, :, None], self.low[second][:, None])
        return np.where(high - low > TOUCH, along, 0.0).max(axis=(1, 2)).clip(0.0)


TOUCH: Final = 0.001
"""Metres by which solids may be inside each other."""


class Arrangement:
    """What does not change while a room is being settled: its pieces, then the zones that they keep free.

    The floor's obstacles are pieces that never move.

    Args:
        items: pieces, those that may move with their feet on the floor or their tops at the ceiling.
        movable: for each, whether its pose may change.
        catalogue: knows the solid parts.
        floor: with an outline, furniture stays inside and clear of its doors and windows.
        relations: those that should hold.
        wishes: relations that were asked for, between some pieces of some classes.
        enclosing: walls to which furniture turns its back; the floor's own where it has an outline.

    Attributes:
        furniture: how many were given; the floor's obstacles come behind them, and make them
        count: n.
        names: of the classes; empty for zones.
        size: (n + Z, 2) full extents of the meshes on the ground.
        weight: (n + Z,) how much a metre of way counts: the root of a piece's share of the ground.
        start: (n + Z, 2) and ``start_yaw`` (n + Z,): where they came.
        wanted: (W, 3) subject, predicate, object.
        wishes: those whose pieces are all there.
        walls: of the floor; None without an outline.
        backs_to: walls to which furniture turns its back; None where there are none.
        middle: (2,) the middle of the room within these.
        doors, approaches, openings: numbers of the zones that nothing may, or should not, stand in.
        parts: the solid parts of all, then the whole boxes of the pieces; ``whole``: the boxes of all.
        part_of: (n + Z, n + Z) which of ``parts`` stands for the first of a pair.
        free_pair: (n + Z, n + Z) pairs of pieces that may not overlap, one of which may move.
    """

    def __init__(
        self,
        items: Sequence[SceneObject],
        movable: Sequence[bool],
        catalogue: Catalogue,
        floor: FloorPlan,
        relations: Sequence[Relation] = (),
        wishes: Sequence[Wish] = (),
        enclosing: Walls | None = None,
    ) -> None:
        self.furniture = len(items)
        items, movable = [*items, *obstacles_of(floor)], [*movable, *(False for _ in obstacles_of(floor))]
        self.items, self.floor, self.count = items, floor, len(items)
        self.walls = Walls.of(floor)
        self.backs_to = self.walls if enclosing is None else enclosing
        self.middle = None if self.backs_to is None else self.backs_to.middle()
        ways = door_zones, approach_zones, window_zones
        found = [[] if self.walls is None else way(floor, self.walls) for way in ways]
        ends = self.count + np.cumsum([len(zones) for zones in found])
        self.doors, self.approaches, self.openings = np.split(np.arange(self.count, ends[-1]), ends[:-1] - self.count)
        zones = [zone for zones in found for zone in zones]
        self.names = (*(item.category or "" for item in items), *("" for _ in zones))
        self.movable: BoolArray = np.array([*movable, *(False for _ in zones)], dtype=np.bool_)
        self.size: FloatArray = np.array(
            [*((item.placed_size or item.size)[:2] for item in items), *(zone.size for zone in zones)]
        ).reshape(-1, 2)
        self.hanging: BoolArray = np.array([hangs(name) for name in self.names], dtype=np.bool_)
        self.start: FloatArray = np.array(
            [*(item.position[:2] for item in items), *(zone.centre for zone in zones)], dtype=np.float64
        ).reshape(-1, 2)
        self.start_yaw: FloatArray = np.array([*(item.yaw for item in items), *(zone.yaw for zone in zones)])
        area = self.size.prod(axis=1)
        self.weight: FloatArray = np.sqrt(area / area[: self.furniture].mean()) if self.furniture else area
        row = {item.id: k for k, item in enumerate(items[: self.furniture])}
        known = [r for r in relations if r[0] in row and r[2] in row]
        self.wanted: IntArray = np.array(
            [(row[a], PREDICATES.index(p), row[b]) for a, p, b in known], dtype=np.int64
        ).reshape(-1, 3)
        own = [Wished.of(wish, self.names[: self.count]) for wish in wishes]
        self.wishes = [wished for wished in own if wished is not None]
        self.surroundings = Surroundings(floor)
        self.extents: FloatArray = np.array([item.size for item in items]).reshape(-1, 3) / 2
        self.heights: FloatArray = np.array([item.position[2] for item in items], dtype=np.float64)
        self.flags = flags_of(self.names[: self.count])
        self.boxes: FloatArray = np.array([_box(item) for item in items]).reshape(-1, 7)
        bodies = [Body.of(item, catalogue) for item in items]
        whole = [Body.of(item, _Whole(catalogue)) for item in items]
        air = [zone.body() for zone in zones]
        self.parts, self.whole = Solids.of([*bodies, *air, *whole]), Solids.of([*whole, *air])
        self._pair_up()

    def _pair_up(self) -> None:
        """Which pairs may not overlap, and by which of their solids."""
        total = len(self.names)
        tucked = np.zeros((total, total), dtype=np.bool_)
        for tables, others in TUCKED:
            tucked |= self.of(tables)[:, None] & ~self.of(others)
        tucked &= ~(self.hanging[:, None] | self.hanging)
        tucked[:, self.count :] = False
        self.part_of: IntArray = np.arange(total)[:, None] + total * tucked
        solid = ~self.of({"rug"}) & (np.arange(total) < self.count)
        self.free_pair: BoolArray = (self.movable[:, None] | self.movable) & solid[:, None] & solid

    def of(self, names: Collection[str]) -> BoolArray:
        """(n + Z,) which are pieces of some classes."""
        return np.array([name in names for name in self.names], dtype=np.bool_)

    def rows(self, names: Collection[str]) -> list[int]:
        """Numbers of the pieces of some classes."""
        return [k for k, name in enumerate(self.names) if name in names]

    def bodies(self, poses: Poses) -> Bodies:
        """The pieces of candidates, as wishes are measured on them."""
        count = self.count
        return Bodies(
            poses.position[:, :count],
            poses.yaw[:, :count],
            self.extents,
            self.size[:count] / 2,
            self.heights,
            *self.flags,
        )

    def as_they_came(self) -> Poses:
        """The layout to settle."""
        return Poses(self.start[None].copy(), self.start_yaw[None].copy(), np.arange(self.count))

    def placed(self, poses: Poses) -> list[SceneObject]:
        """The pieces as one layout has them, without obstacles; what has not moved is the same object."""
        found: list[SceneObject] = []
        for k, item in enumerate(self.items[: self.furniture]):
            (x, y), yaw = poses.position[0, k].tolist(), float(poses.yaw[0, k])
            same = (x, y) == item.position[:2] and yaw == item.yaw
            turned = item.yaw if yaw == item.yaw else math.remainder(yaw, math.tau)
            found.append(item if same else replace(item, position=(x, y, item.position[2]), yaw=turned))
        return found


class _Whole(NamedTuple):
    """Meshes as whole boxes, which stand or hang as before."""

    shapes: Shapes

    def shape_of(self, asset: str | None) -> Shape:
        return Shape(self.shapes.shape_of(asset).mount)


def _box(item: SceneObject) -> list[float]:
    """The rules' box of a piece at no place yet (``geometry.relations``)."""
    width, depth, height = item.size
    return [0.0, item.position[2], 0.0, width / 2, height / 2, depth / 2, 0.0]
