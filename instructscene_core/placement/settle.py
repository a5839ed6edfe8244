"""Settles a generated layout: feet on the floor, lamps at the ceiling, backs to walls, nothing inside something else.

What is kept never moves. What belongs to walls is brought there (``against_walls.py``), what belongs together is lined
up (``alignment.py``). Overlaps are resolved where they are shallowest, the smaller piece giving way, and as far as
possible without changing the relations of the sampled graph. ``Settled.moves`` lists all that was done.
"""

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ..catalogue.entries import Catalogue
from ..geometry.drawn_floor import around, joined
from ..geometry.frames import FloatArray, scene_to_boxes
from ..geometry.relations import relation_matrix
from ..geometry.solids import Body, collides, colliding_pairs, near, penetration
from ..geometry.walls import Walls
from ..scene import FloorPlan, Point2, Relation, SceneObject
from ..vocabulary import PREDICATES, hangs
from .against_walls import WallMoves
from .alignment import Places, alignments
from .doorways import doorways

BoolArray = npt.NDArray[np.bool_]

GAP: Final = 0.005
"""Metres left between two pieces that have been pushed apart."""
FREE_YAWS: Final = frozenset(
    {"armchair", "chair", "dressing_chair", "stool", "coffee_table", "chinese_chair", "dining_chair", "lounge_chair"}
    | {"lazy_sofa", "round_end_table", "corner_side_table"}
)
"""Classes that may stand at any angle; all others are turned square to the walls."""
SQUARE_TO: Final = math.radians(8)
"""Radians from square up to which those of ``FREE_YAWS`` are turned square too."""
_UNDECIDED: Final = math.radians(25)
"""Radians from square beyond which the other neighbouring right angle comes into question too."""
NEAR: Final = 0.45
"""Gap between a back and the wall behind it, metres, up to which any piece is slid against the wall."""
NEAR_FREE: Final = 0.2
"""The same for those of ``FREE_YAWS``, which often stand free on purpose."""
REACH: Final = 1.6
"""The same for furniture that belongs at walls (``against_walls.AT_WALLS``), which is brought there with its group."""
_TOUCH: Final = 0.001  # metres; deeper overlaps are undone
_WALL_GAP: Final = 0.01
_ROUNDS: Final = 60
_SHALLOW: Final = 0.6  # metres; a deeper overlap is left to the search for a free place
_APPROACH_COST: Final = 0.6  # how much more it costs to push a piece through the centre of the other one
_METRES_OUTSIDE: Final = 1.0  # cost of leaving the floor plan, as metres of way
_METRES_PER_RELATION: Final = 0.5  # cost of a broken relation, as metres of way
_RELATIONS_SPENT: Final = 3  # relations of the graph that may be broken in all to bring furniture to walls
_CANDIDATES: Final = 256
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
    drawn: bool = False,
    reach: float = REACH,
    align: bool = True,
) -> Settled:
    """Settles a layout.

    Args:
        objects: all objects of the room, with assets and placed sizes.
        movable: for each, whether its pose may change.
        catalogue: knows the solid parts of the assets.
        floor: lamps hang at its height; with a polygon, movable objects are kept inside.
        relations: those that should go on holding.
        drawn: the polygon is only a rectangle drawn around furniture: it may be left, but backs are slid to it.
        reach: metres up to which furniture is brought to a wall behind it; 0: none is.
        align: whether to line up what belongs together.
    """
    walls = None if floor.polygon is None or drawn else Walls(floor.polygon)
    turn = 0.0 if walls is None else walls.direction
    middle = _middle(objects, floor)
    items = [
        _level(_square(item, turn, middle), catalogue, floor.height) if free else item
        for item, free in zip(objects, movable, strict=True)
    ]
    ways = [] if walls is None else doorways(floor, walls)
    room = _Room([*items, *ways], [*movable, *[False] * len(ways)], catalogue, walls, relations)
    if reach and items:
        enclosing = walls or _outermost(items, floor)
        room.slide_to_walls(enclosing)
        room.move_groups_to_walls(enclosing, reach)
    if align:
        room.align()
    room.relax()
    room.search()
    result = room.objects()[: len(items)]
    pairs = colliding_pairs(result, catalogue)
    return Settled(
        objects=tuple(result),
        moves=tuple(move for move in map(_move, objects, result) if move is not None),
        colliding=tuple((result[i].id, result[j].id) for i, j in pairs),
    )


def _middle(objects: Sequence[SceneObject], floor: FloorPlan) -> Point2:
    """Of the floor plan, else of the furniture."""
    box = floor.bounding_box() or (around(objects) if objects else (0.0, 0.0, 0.0, 0.0))
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _outermost(objects: Sequence[SceneObject], floor: FloorPlan) -> Walls:
    """Where there is no floor plan: the walls of the room that will be drawn around the furniture."""
    gap, before = _WALL_GAP, floor.bounding_box()
    left, front, right, back = around(objects)
    box = left - gap, front - gap, right + gap, back + gap
    left, front, right, back = box if before is None else joined(before, box)
    return Walls(((left, front), (right, front), (right, back), (left, back)))


def _square(item: SceneObject, turn: float, middle: Point2) -> SceneObject:
    """Yaw to a right angle to the walls: the nearest, but where two come into question the one that faces the middle.

    Args:
        item: any object.
        turn: angle of the walls.
        middle: of the room.
    """
    quarter = math.pi / 2
    straight = round((item.yaw - turn) / quarter) * quarter + turn
    off = item.yaw - straight
    if off == 0 or (item.category in FREE_YAWS and abs(off) > SQUARE_TO):
        return item
    if abs(off) > _UNDECIDED:
        other = straight + math.copysign(quarter, off)
        straight = max((straight, other), key=lambda yaw: _facing(item, yaw, middle))
    return replace(item, yaw=straight)


def _facing(item: SceneObject, yaw: float, point: Point2) -> float:
    """How far a point lies in front of an object turned to a yaw, metres."""
    dx, dy = point[0] - item.position[0], point[1] - item.position[1]
    return dx * math.sin(yaw) - dy * math.cos(yaw)


def _level(item: SceneObject, catalogue: Catalogue, ceiling: float) -> SceneObject:
    """Feet on the floor, or the top at the ceiling."""
    height = item.size[2]
    x, y, _ = item.position
    return replace(item, position=(x, y, ceiling - height / 2 if catalogue.hangs(item) else height / 2))


def _move(before: SceneObject, after: SceneObject) -> Move | None:
    dx, dy, dz = (b - a for a, b in zip(before.position, after.position, strict=True))
    turned = after.yaw - before.yaw
    changed = max(abs(dx), abs(dy), abs(dz), abs(turned)) > _MOVED
    return Move(after.id, (dx, dy, dz), turned) if changed else None


class _Faults(NamedTuple):
    """What is wrong with a layout.

    Attributes:
        overlaps: pairs of bodies that overlap.
        outside: bodies that are partly outside the floor plan.
        broken: number of wanted relations that do not hold.
    """

    overlaps: frozenset[tuple[int, int]]
    outside: frozenset[int]
    broken: int

    def allowed(self, before: "_Faults", cost: int) -> bool:
        """Whether nothing overlaps or stands outside that did not before, at the cost of so many relations."""
        return (
            self.overlaps <= before.overlaps and self.outside <= before.outside and self.broken <= before.broken + cost
        )


class _Room:
    """The bodies of a room while they are being moved."""

    def __init__(
        self,
        items: Sequence[SceneObject],
        movable: Sequence[bool],
        catalogue: Catalogue,
        walls: Walls | None,
        relations: Sequence[Relation],
    ) -> None:
        self.items, self.movable, self.walls = list(items), list(movable), walls
        self.catalogue = catalogue
        self.bodies = [Body.of(item, catalogue) for item in items]
        areas = [item.size[0] * item.size[1] for item in items]
        self.weights = [1 / area if free else 0.0 for area, free in zip(areas, movable, strict=True)]
        index = {item.id: i for i, item in enumerate(items)}
        self.wanted = [(index[a], PREDICATES.index(p), index[b]) for a, p, b in relations if a in index and b in index]

    def objects(self) -> list[SceneObject]:
        """The objects where their bodies now are."""
        return [
            replace(item, position=(float(body.position[0]), float(body.position[1]), item.position[2]))
            if free
            else item
            for item, body, free in zip(self.items, self.bodies, self.movable, strict=True)
        ]

    # Walls

    def slide_to_walls(self, walls: Walls) -> None:
        """Slides objects that stand with their back near a wall against it."""
        for item, body, free in zip(self.items, self.bodies, self.movable, strict=True):
            if not free or hangs(item.category or ""):
                continue
            forward = -body.axes[1]
            gap = walls.gap_behind(body.position - forward * item.size[1] / 2, forward)
            reach = NEAR_FREE if item.category in FREE_YAWS else NEAR
            if gap is not None and abs(gap) < reach:
                body.position -= forward * (gap - _WALL_GAP)

    def move_groups_to_walls(self, walls: Walls, reach: float) -> None:
        """Brings furniture that belongs to walls there, with its company, where that does little harm."""
        spared = _RELATIONS_SPENT
        for shifts in WallMoves(self.items, self.bodies, self.movable, walls, (NEAR, reach), _WALL_GAP).shifts():
            before = self.faults(shifts)
            places = {index: self.bodies[index].position for index in shifts}
            self.move({index: place + shifts[index] for index, place in places.items()})
            now = self.faults(shifts)
            if now.allowed(before, spared):
                spared -= max(0, now.broken - before.broken)
            else:
                self.move(places)

    def move(self, places: Mapping[int, FloatArray]) -> None:
        """Puts some bodies in other places."""
        for index, place in places.items():
            self.bodies[index].position = place

    # Lines

    def align(self) -> None:
        """Lines up what belongs together, the best way that makes nothing overlap."""
        items = self.objects()
        for line in alignments(items, self.movable):
            before = self.faults(line.ways[0])
            for places in line.ways:
                kept = {index: (self.items[index], self.bodies[index]) for index in places}
                self.place(places)
                if self.faults(places).allowed(before, line.cost):
                    for index in places:
                        items[index] = self.items[index]
                    break
                for index, (item, body) in kept.items():
                    self.items[index], self.bodies[index] = item, body

    def place(self, places: Places) -> None:
        """Puts some objects elsewhere, with another yaw."""
        for index, (position, yaw) in places.items():
            x, y = (float(v) for v in position)
            self.items[index] = replace(
                self.items[index], position=(x, y, self.items[index].position[2]), yaw=math.remainder(yaw, math.tau)
            )
            self.bodies[index] = Body.of(self.items[index], self.catalogue)

    def faults(self, moved: Collection[int]) -> "_Faults":
        """What is wrong with some bodies, and with the graph."""
        pairs = ((i, j) for i in moved for j in range(len(self.bodies)) if j != i)
        overlaps = frozenset(
            (i, j) for i, j in pairs if penetration(self.bodies[i], self.bodies[j], _TOUCH) is not None
        )
        still = np.zeros((1, 2))
        outside = frozenset(i for i in moved if not self.inside(self.bodies[i], still)[0])
        items = self.objects()
        lamps = np.array([hangs(item.category or "") for item in items], dtype=np.bool_)
        found = relation_matrix(lamps, scene_to_boxes(items, (0.0, 0.0)))
        return _Faults(overlaps, outside, sum(int(found[a, b]) != p for a, p, b in self.wanted))

    def into_room(self, index: int) -> bool:
        """Pushes a body towards the inside of the floor plan; True where it was outside."""
        if self.walls is None or not self.movable[index]:
            return False
        body, pushed = self.bodies[index], False
        for _ in range(4):
            shift = self.walls.push(body.corners())
            if float(np.abs(shift).max()) < _MOVED:
                break
            body.position += shift * (1 + _MOVED)
            pushed = pushed or float(np.linalg.norm(shift)) > GAP
        return pushed

    def inside(self, body: Body, offsets: FloatArray) -> BoolArray:
        """Whether a body moved by each of (M, 2) offsets lies inside the floor plan: (M,)."""
        if self.walls is None:
            return np.ones(len(offsets), dtype=np.bool_)
        return self.walls.holds(body.corners() + offsets[:, None], GAP)

    # Overlaps

    def relax(self) -> None:
        """Pushes overlapping pieces apart, a little at a time, until nothing moves."""
        pairs = [
            (i, j)
            for i, j in itertools.combinations(range(len(self.bodies)), 2)
            if self.weights[i] + self.weights[j] > 0
        ]
        for _ in range(_ROUNDS):
            moved = [self.separate(i, j) for i, j in pairs if near(self.bodies[i], self.bodies[j])]
            moved += [self.into_room(i) for i in range(len(self.bodies))]
            if not any(moved):
                return

    def separate(self, i: int, j: int) -> bool:
        """Moves a pair of bodies apart where they overlap; True where they did and it was shallow."""
        first, second = self.bodies[i], self.bodies[j]
        found = penetration(first, second, _TOUCH)
        if found is None:
            return False
        directions, needed = found
        share = self.weights[i] / (self.weights[i] + self.weights[j])
        cost = needed * (1 + _APPROACH_COST * self.approach(first, second, directions))
        lighter, sign = (first, 1.0) if share >= 0.5 else (second, -1.0)
        cost = cost + _METRES_OUTSIDE * ~self.inside(lighter, sign * directions * needed[:, None])
        best = int(cost.argmin())
        if needed[best] > _SHALLOW:
            return False
        shift = directions[best] * (needed[best] + GAP)
        first.position += share * shift
        second.position -= (1 - share) * shift
        return True

    @staticmethod
    def approach(first: Body, second: Body, directions: FloatArray) -> FloatArray:
        """How much each direction (K, 2) leads the first body towards the second: (K,) in [0, 1]."""
        delta = first.position - second.position
        length = float(np.linalg.norm(delta))
        return np.zeros(len(directions)) if length < _MOVED else np.maximum(-(directions @ delta) / length, 0)

    # What pushing could not resolve

    def search(self) -> None:
        """Moves pieces that still collide, or stand outside, to the nearest free place; small ones first."""
        for index in sorted(range(len(self.bodies)), key=lambda i: -self.weights[i]):
            if self.movable[index] and not self.is_free(index):
                self.relocate(index)

    def is_free(self, index: int) -> bool:
        """Whether a body collides with nothing and is inside."""
        body = self.bodies[index]
        others = (other for i, other in enumerate(self.bodies) if i != index)
        return bool(self.inside(body, np.zeros((1, 2)))[0]) and all(
            penetration(body, o, _TOUCH) is None for o in others
        )

    def relocate(self, index: int) -> None:
        """Moves a body to the free place that is best by distance and relations; leaves it where there is none."""
        body = self.bodies[index]
        offsets = _OFFSETS[self.inside(body, _OFFSETS)]
        furthest = float(np.linalg.norm(_OFFSETS[-1]))
        for i, other in enumerate(self.bodies):
            distance = float(np.linalg.norm(other.position - body.position))
            if i != index and len(offsets) and distance < body.reach + other.reach + furthest:
                offsets = offsets[~collides(body, other, offsets, _TOUCH)]
        offsets = offsets[:_CANDIDATES]
        if len(offsets):
            cost = np.linalg.norm(offsets, axis=1) + _METRES_PER_RELATION * self.broken(index, offsets)
            body.position += offsets[int(cost.argmin())]

    def broken(self, index: int, offsets: FloatArray) -> FloatArray:
        """How many wanted relations of a body fail with each of (M, 2) offsets: (M,)."""
        wanted = [row for row in self.wanted if index in (row[0], row[2])]
        if not wanted:
            return np.zeros(len(offsets))
        involved = sorted({k for a, _, b in wanted for k in (a, b)})
        items = self.objects()
        boxes = np.repeat(scene_to_boxes([items[k] for k in involved], (0.0, 0.0))[None], len(offsets), axis=0)
        own = involved.index(index)
        boxes[:, own, 0] += offsets[:, 0]
        boxes[:, own, 2] -= offsets[:, 1]  # the tensors' z is the product's −y
        lamps = np.array([hangs(items[k].category or "") for k in involved])
        matrix = relation_matrix(np.broadcast_to(lamps, (len(offsets), len(lamps))), boxes)
        failed = [matrix[:, involved.index(a), involved.index(b)] != p for a, p, b in wanted]
        return np.sum(failed, axis=0, dtype=np.float64)


def _spiral() -> FloatArray:
    """Offsets to try, nearest first: 5 cm apart up to 0.6 m, 10 cm up to 1.6 m, 20 cm up to 3 m."""
    rings = [(0.05, 0.0, 0.6), (0.1, 0.6, 1.6), (0.2, 1.6, 3.0)]
    found: list[FloatArray] = []
    for step, inner, outer in rings:
        ticks = np.arange(-round(outer / step), round(outer / step) + 1) * step
        grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
        size = np.linalg.norm(grid, axis=1)
        found.append(grid[(size > inner) & (size <= outer)])
    offsets = np.concatenate(found)
    return offsets[np.argsort(np.linalg.norm(offsets, axis=1), kind="stable")]


_OFFSETS: Final = _spiral()
