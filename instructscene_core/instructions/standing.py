"""Whether pieces stand as they were asked to: what a person would sign, measured on boxes; layouts are held to it too.

Every measure gives metres (or radians, or 1) that a pair is short of what was asked, 0 where it holds, for M candidate
layouts at once: (M, k, l) of k pieces that are placed and l that they are placed by. Distances are those of SceneEval
(2025) where it has them: next to is half a metre, facing within 30°, against a wall 0.3 m.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from ..floor_plan import area_of
from ..geometry.angles import atan2
from ..geometry.frames import FloatArray
from ..geometry.relations import NEAR_GAP, relation_matrix
from ..geometry.solids import BoolArray
from ..geometry.walls import Walls
from ..scene import FloorPlan
from .brief import Wish
from .words.relations import GRAPH

NEXT_TO: Final = 0.5
"""Between two pieces of which a person says that one is beside the other."""
CHAIRS: Final = 0.8
"""More, where one of them is a table with people round it."""
_FACING: Final = math.radians(30)
_ACROSS: Final = 0.4
"""Between pieces that are opposite each other, at least."""
_LATERAL: Final = 0.75
"""Off the line between two pieces, at most, of what is between them."""
_AT_WALL: Final = 0.3
_IN_CORNER: Final = 0.5
"""From the corner of a room to the outline of what stands there, however it is turned."""
_AWAY: Final = 1.0
_FAR: Final = 2.0
_ON: Final = 0.05
"""By which the bottom of what stands on something may be off its top."""
_MIDDLE: Final = 0.15
"""Of the root of a floor's area, from its middle; 0.6 m at least."""
_LEAST_MIDDLE: Final = 0.6
_MOST: Final = 4.0
"""Beyond which it does not matter how far something is from where it was asked to be."""
_GRADE: Final = 0.2
"""What a metre short weighs beside the wish that is not met."""


@dataclass(frozen=True, eq=False)
class Bodies:
    """k pieces in M layouts.

    Args:
        position: (M, k, 2) middles on the ground.
        yaw: (M, k).
        half: (k, 3) half extents of their boxes, width, depth, height.
        ground: (k, 2) half extents of their meshes on the ground.
        height: (k,) of their middles.
        hanging: (k,) whether they hang.
        fronted: (k,) whether they have a front that one sees.
        dining: (k,) whether people sit round them.
        seat: (k,) whether one sits on them.
    """

    position: FloatArray
    yaw: FloatArray
    half: FloatArray
    ground: FloatArray
    height: FloatArray
    hanging: BoolArray
    fronted: BoolArray
    dining: BoolArray
    seat: BoolArray

    def rows(self, index: Sequence[int]) -> "Bodies":
        """Some of the pieces."""
        own = np.array(index, dtype=np.int64)
        return Bodies(
            self.position[:, own], self.yaw[:, own], self.half[own], self.ground[own], self.height[own],
            self.hanging[own], self.fronted[own], self.dining[own], self.seat[own],
        )  # fmt: skip

    def turned(self) -> "Bodies":
        """The same looking the other way."""
        return replace(self, yaw=self.yaw + math.pi)

    @cached_property
    def axes(self) -> FloatArray:
        """(M, k, 2, 2) rows: their own axes."""
        cosine, sine = np.cos(self.yaw), np.sin(self.yaw)
        return np.stack([np.stack([cosine, sine], -1), np.stack([-sine, cosine], -1)], -2)

    @property
    def boxes(self) -> FloatArray:
        """(M, k, 7) as the rules of relations have them."""
        rest = np.broadcast_to(np.stack([self.height, *self.half.T[[0, 2, 1]]], axis=-1), (*self.yaw.shape, 4))
        x, y = self.position[..., 0], self.position[..., 1]
        return np.stack([x, rest[..., 0], -y, rest[..., 1], rest[..., 2], rest[..., 3], self.yaw], axis=-1)

    def in_frame_of(self, other: "Bodies") -> tuple[FloatArray, FloatArray]:
        """Middles in the frames of others, and half extents along these: both (M, k, l, 2)."""
        delta = self.position[:, :, None] - other.position[:, None]
        local = np.einsum("mlab,mklb->mkla", other.axes, delta)
        turn = np.abs(np.einsum("mlab,mkcb->mklac", other.axes, self.axes))
        return local, np.einsum("mklac,kc->mkla", turn, self.ground)

    def corners(self) -> FloatArray:
        """(M, k, 4, 2) on the ground."""
        signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        return self.position[:, :, None] + np.einsum("sa,ka,mkab->mksb", signs, self.ground, self.axes)


class Surroundings:
    """The parts of a room that pieces may be placed by.

    Args:
        floor: without an outline there are none.
    """

    def __init__(self, floor: FloorPlan) -> None:
        self.walls = Walls.of(floor)
        self.openings: dict[str, FloatArray] = {
            kind: np.array([o.segment for o in floor.openings if o.kind == kind], dtype=np.float64).reshape(-1, 2, 2)
            for kind in ("door", "window")
        }
        self.centre = np.zeros(2) if self.walls is None else self.walls.middle()
        self.area = area_of(floor)

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return self.walls is not None and (name not in self.openings or len(self.openings[name]) > 0)

    def wall_numbers(self, side: str) -> list[int]:
        """Walls on a side of the room: those of its outline that look the other way, or are the longest or shortest."""
        assert self.walls is not None  # noqa: S101 - asked only where there are walls
        rows = list(range(self.walls.outer if side else len(self.walls.lengths)))
        for word in side.split():
            if word in ("longest", "shortest"):
                most = max if word == "longest" else min
                length = most(self.walls.lengths[rows], default=0.0)
                rows = [k for k in rows if abs(self.walls.lengths[k] - length) < _AT_WALL]
            else:
                rows = [k for k in rows if self.walls.inward[k] @ _INWARD[word] > _SQUARE]
        return rows

    def corners(self, side: str) -> FloatArray:
        """(C, 2) corners of the room that do not jut out into it, on a side."""
        assert self.walls is not None  # noqa: S101 - asked only where there are walls
        starts, before = self.walls.starts, self.walls.along[self.walls.before]
        turn = before[:, 0] * self.walls.along[:, 1] - before[:, 1] * self.walls.along[:, 0]
        middle = (starts.min(axis=0) + starts.max(axis=0)) / 2
        rows = turn > 0.5  # anticlockwise: a left turn
        for word in (w for w in side.split() if w in _INWARD):
            rows &= (starts - middle) @ _INWARD[word] < 0
        return starts[rows]


_INWARD: Final[Mapping[str, FloatArray]] = {
    "left": np.array([1.0, 0.0]), "right": np.array([-1.0, 0.0]),
    "front": np.array([0.0, 1.0]), "back": np.array([0.0, -1.0]),
}  # fmt: skip
_SQUARE: Final = 0.7


def gaps(own: Bodies, other: Bodies) -> FloatArray:
    """Metres between outlines on the ground, by the axes of either: (M, k, l)."""
    found: list[FloatArray] = []
    for a, b in ((own, other), (other, own)):
        local, reach = a.in_frame_of(b)
        beyond = (np.abs(local) - reach - b.ground).clip(0.0)
        found.append(np.hypot(beyond[..., 0], beyond[..., 1]))
    return np.maximum(found[0], found[1].transpose(0, 2, 1))


def _near(own: Bodies, other: Bodies, most: float) -> FloatArray:
    chairs = CHAIRS * (own.dining[:, None] | other.dining)
    return (gaps(own, other) - most - chairs).clip(0.0)


def next_to(own: Bodies, other: Bodies) -> FloatArray:
    """Within half a metre."""
    return _near(own, other, NEXT_TO)


def near(own: Bodies, other: Bodies) -> FloatArray:
    """Within a metre."""
    return _near(own, other, NEAR_GAP)


def facing(own: Bodies, other: Bodies) -> FloatArray:
    """Looks at it: it is straight ahead, or within 30°. What has no front faces everything."""
    local, reach = other.in_frame_of(own)  # (M, l, k, 2)
    local, reach = local.transpose(0, 2, 1, 3), reach.transpose(0, 2, 1, 3)
    ahead = (np.abs(local[..., 0]) < reach[..., 0]) & (local[..., 1] < 0)
    angle = atan2(np.abs(local[..., 0]), -local[..., 1])
    return np.where(ahead | ~own.fronted[:, None], 0.0, (angle - _FACING).clip(0.0))


def backs_onto(own: Bodies, other: Bodies) -> FloatArray:
    """Turns its back to it, within a metre."""
    return facing(own.turned(), other) + near(own, other)


def opposite(own: Bodies, other: Bodies) -> FloatArray:
    """Before its front, across from it, and looking back at it."""
    local, reach = own.in_frame_of(other)
    aside = (np.abs(local[..., 0]) - other.ground[:, 0] - reach[..., 0] / 2).clip(0.0)
    behind = (local[..., 1] + other.ground[:, 1]).clip(0.0)
    before = np.where(other.fronted, aside + behind, 0.0)
    return before + facing(own, other) + (_ACROSS - gaps(own, other)).clip(0.0)


def at(own: Bodies, other: Bodies) -> FloatArray:
    """Close to it and turned to it, as a chair to its desk; dining tables have no other chairs before them."""
    local, reach = own.in_frame_of(other)
    beyond = (np.abs(local) - reach - other.ground).clip(0.0)
    return (np.hypot(beyond[..., 0], beyond[..., 1]) - NEXT_TO).clip(0.0) + facing(own, other)


def at_the_foot(own: Bodies, other: Bodies) -> FloatArray:
    """Before its foot, as a bench before a bed."""
    local, reach = own.in_frame_of(other)
    aside = (np.abs(local[..., 0]) - other.ground[:, 0]).clip(0.0)
    gap = -local[..., 1] - other.ground[:, 1] - reach[..., 1]
    return aside + (gap - NEAR_GAP).clip(0.0) + (-gap - _ON).clip(0.0)


def at_the_head(own: Bodies, other: Bodies) -> FloatArray:
    """Beside its head, within half a metre."""
    local, reach = own.in_frame_of(other)
    below = (other.ground[:, 1] / 2 - local[..., 1] - reach[..., 1]).clip(0.0)
    return below + (gaps(own, other) - NEXT_TO).clip(0.0)


def on(own: Bodies, other: Bodies) -> FloatArray:
    """Its middle is over it, its bottom at its top."""
    local, _ = own.in_frame_of(other)
    aside = (np.abs(local) - other.ground).clip(0.0).sum(axis=-1)
    bottom, top = own.height - own.half[:, 2], other.height + other.half[:, 2]
    off = np.abs(bottom[:, None] - top)
    return aside + (off - _ON).clip(0.0)


def under(own: Bodies, other: Bodies) -> FloatArray:
    """Partly below it on the plan, and not as high."""
    top, above = own.height + own.half[:, 2], other.height + other.half[:, 2]
    return gaps(own, other) + (top[:, None] - above).clip(0.0)


def beside(own: Bodies, other: Bodies, sign: int, axis: int) -> FloatArray:
    """On its left or front (-1), or its right or back (1), in its own frame, within half a metre."""
    local, reach = own.in_frame_of(other)
    out = (other.ground[:, axis] - sign * local[..., axis]).clip(0.0)
    aside = (np.abs(local[..., 1 - axis]) - other.ground[:, 1 - axis]).clip(0.0)
    gap = (sign * local[..., axis] - other.ground[:, axis] - reach[..., axis]).clip(0.0)
    tucked = np.where(other.dining, reach[..., axis] + other.ground[:, axis] / 2, 0.0)  # chairs stand under tables
    return (out - tucked).clip(0.0) + aside + (gap - NEXT_TO - CHAIRS * other.dining * ~own.seat[:, None]).clip(0.0)


def between(own: Bodies, other: Bodies, second: Bodies) -> FloatArray:
    """Near the line from one to another, not beyond its ends: (M, k, l * l'), for all pairs of these."""
    start, end = other.position[:, :, None], second.position[:, None]
    line = end - start  # (M, l, l', 2)
    length = np.linalg.norm(line, axis=-1).clip(1e-6)
    delta = own.position[:, :, None, None] - start[:, None]
    along = (delta * line[:, None]).sum(axis=-1) / length[:, None]
    aside = np.abs(delta[..., 0] * line[:, None, ..., 1] - delta[..., 1] * line[:, None, ..., 0]) / length[:, None]
    beyond = (-along).clip(0.0) + (along - length[:, None]).clip(0.0)
    short = beyond + (aside - _LATERAL).clip(0.0)
    return short.reshape(*short.shape[:2], -1)


def along_same_wall(own: Bodies, other: Bodies) -> FloatArray:
    """Their backs are in one line, and they look the same way."""
    turn = np.einsum("mkb,mlb->mkl", own.axes[..., 1, :], other.axes[..., 1, :])
    backs = [body.position + body.axes[..., 1, :] * body.ground[:, 1:] for body in (own, other)]
    delta = backs[0][:, :, None] - backs[1][:, None]
    off = np.abs(np.einsum("mklb,mlb->mkl", delta, other.axes[..., 1, :]))
    return (1.0 - turn).clip(0.0) + (off - _AT_WALL).clip(0.0)


def apart(own: Bodies, other: Bodies, least: float, most: float) -> FloatArray:
    """So far from it, edge to edge."""
    gap = gaps(own, other)
    return (least - gap).clip(0.0) + (gap - most).clip(0.0)


def by_rules(own: Bodies, other: Bodies, relation: str) -> FloatArray:
    """1 where a relation of the paper does not hold."""
    both = np.concatenate([own.boxes, other.boxes], axis=1)
    hanging = np.broadcast_to(np.concatenate([own.hanging, other.hanging]), both.shape[:2])
    count = len(own.half)
    found = relation_matrix(hanging, both)[:, :count, count:]
    return np.where(np.isin(found, list(GRAPH[relation])), 0.0, 1.0)


_PAIRS: Final[Mapping[str, Callable[[Bodies, Bodies], FloatArray]]] = {
    "next to": next_to, "near": near, "around": next_to, "at": at, "facing": facing, "opposite": opposite,
    "at the foot of": at_the_foot, "at the head of": at_the_head, "on": on, "under": under,
    "along the same wall as": along_same_wall, "with its back to": backs_onto,
}  # fmt: skip
_SPANS: Final = {"away from": (_AWAY, math.inf), "far from": (_FAR, math.inf)}


def of_pairs(wish: Wish, own: Bodies, other: Bodies, second: Bodies | None = None) -> FloatArray:
    """How far each pair is short of what a wish asks: (M, k, l)."""
    if wish.relation == "between":
        return between(own, other, other if second is None else second)
    if wish.relation in _SPANS:
        return apart(own, other, *_SPANS[wish.relation])
    if wish.relation == "at a distance from":
        return apart(own, other, *(wish.distance or (0.0, math.inf)))
    short = _PAIRS[wish.relation](own, other) if wish.relation in _PAIRS else by_rules(own, other, wish.relation)
    return short if wish.distance is None else short + apart(own, other, *wish.distance)


def of_places(wish: Wish, own: Bodies, room: Surroundings) -> FloatArray:
    """How far each piece is short of being where in the room a wish asks it to be: (M, k)."""
    name = next(iter(wish.objects))
    if not room.has(name):
        return np.full(own.yaw.shape, _MOST)
    if wish.relation in (*_SPANS, "at a distance from"):
        return _spaced(wish, name, own, room)
    if wish.relation in _HALVES:
        return ((own.position - room.centre) @ _INWARD[_HALVES[wish.relation]]).clip(0.0)
    if wish.relation == "with its back to":
        faced = _to_opening(replace(wish, relation="facing"), name, own.turned(), room)
        return faced + (_gap_to(name, own, room, wish.side) - NEAR_GAP).clip(0.0)
    if wish.relation in ("facing", "opposite") or wish.relation in GRAPH:
        return _to_opening(wish, name, own, room)
    return (_gap_to(name, own, room, wish.side) - _WITHIN.get(name, NEAR_GAP)).clip(0.0)


_WITHIN: Final = {"wall": _AT_WALL, "corner": _IN_CORNER, "middle": 0.0}


def _spaced(wish: Wish, name: str, own: Bodies, room: Surroundings) -> FloatArray:
    """So far from a part of the room."""
    span = _SPANS.get(wish.relation, wish.distance or (0.0, math.inf))
    gap = _gap_to(name, own, room, wish.side)
    return (span[0] - gap).clip(0.0) + (gap - span[1]).clip(0.0)


_HALVES: Final = {
    "on the left side of": "left", "on the right side of": "right",
    "at the front of": "front", "at the back of": "back",
}  # fmt: skip


def _gap_to(name: str, own: Bodies, room: Surroundings, side: str) -> FloatArray:
    """Metres from each piece to the nearest part of the room of a kind: (M, k)."""
    assert room.walls is not None  # noqa: S101 - asked only where there are walls
    if name == "corner":
        corners = room.corners(side)
        if not len(corners):
            return np.full(own.yaw.shape, _MOST)
        local = np.abs(np.einsum("mkab,mkcb->mkca", own.axes, corners - own.position[:, :, None]))
        beyond = (local - own.ground[:, None]).clip(0.0)
        return np.hypot(beyond[..., 0], beyond[..., 1]).min(axis=2)
    if name == "middle":
        reach = max(_LEAST_MIDDLE, _MIDDLE * math.sqrt(room.area))
        return (np.linalg.norm(own.position - room.centre, axis=-1) - reach).clip(0.0)
    if name == "wall":
        rows = room.wall_numbers(side)
        ends = room.walls.starts + room.walls.along * room.walls.lengths[:, None]
        segments = np.stack([room.walls.starts[rows], ends[rows]], axis=1)
    else:
        segments = room.openings[name]
    if not len(segments):
        return np.full(own.yaw.shape, _MOST)
    return _gap_to_segments(own, segments, along=name == "wall").min(axis=2)


def _gap_to_segments(own: Bodies, segments: FloatArray, *, along: bool) -> FloatArray:
    """(M, k, S) metres from outlines to segments; ``along`` wants the middle of a side to be before the segment."""
    corners = own.corners()
    start, line = segments[:, 0], segments[:, 1] - segments[:, 0]
    length = np.linalg.norm(line, axis=1).clip(1e-6)
    unit = line / length[:, None]
    delta = corners[:, :, :, None] - start  # (M, k, 4, S, 2)
    beside = (delta * unit).sum(axis=-1)
    off = np.abs(delta[..., 0] * unit[:, 1] - delta[..., 1] * unit[:, 0])
    low, high = beside.min(axis=2), beside.max(axis=2)
    beyond = (low - length).clip(0.0) + (-high).clip(0.0)
    distance = np.hypot(off.min(axis=2), beyond)
    if along:  # two of its corners: a side, not just an edge
        middle = (low + high) / 2
        distance = np.sort(off, axis=2)[:, :, 1] + (-middle).clip(0.0) + (middle - length).clip(0.0)
    return distance


def _to_opening(wish: Wish, name: str, own: Bodies, room: Surroundings) -> FloatArray:
    """Facing a window, opposite the door, left of it as one looks at it from inside: (M, k)."""
    assert room.walls is not None  # noqa: S101 - asked only where there are walls
    if name in room.openings:
        segments = room.openings[name]
    elif name == "corner":
        points = room.corners(wish.side)
        segments = np.stack([points, points + 1e-3], axis=1)
    else:
        rows = room.wall_numbers(wish.side)
        ends = room.walls.starts + room.walls.along * room.walls.lengths[:, None]
        segments = np.stack([room.walls.starts[rows], ends[rows]], axis=1)
    if not len(segments):
        return np.full(own.yaw.shape, _MOST)
    middle, line = segments.mean(axis=1), segments[:, 1] - segments[:, 0]
    half = np.linalg.norm(line, axis=1) / 2
    unit = line / (2 * half[:, None]).clip(1e-6)
    delta = middle - own.position[:, :, None]  # (M, k, S, 2)
    forward = -own.axes[..., 1, :]
    ahead = np.einsum("mksb,mkb->mks", delta, forward)
    sideways = np.abs(np.einsum("mksb,mkb->mks", delta, own.axes[..., 0, :]))
    reach = half * np.abs(np.einsum("sb,mkb->mks", unit, own.axes[..., 0, :])) + own.ground[:, :1]
    angle = atan2(sideways, ahead)
    faces = np.where((ahead > 0) & (sideways < reach), 0.0, (angle - _FACING).clip(0.0))
    if wish.relation == "facing":
        return np.where(own.fronted, faces.min(axis=2), 0.0)
    aside = np.abs(np.einsum("mksb,sb->mks", delta, unit))
    off = np.abs(delta[..., 0] * unit[:, 1] - delta[..., 1] * unit[:, 0])
    if wish.relation == "opposite":
        away = (aside - half - own.ground.max(axis=1)[:, None]).clip(0.0) + (_AWAY - off).clip(0.0)
        return (away + np.where(own.fronted[:, None], faces, 0.0)).min(axis=2)
    away, side = np.stack([-unit[:, 1], unit[:, 0]], axis=1), middle - room.centre
    left = np.where((side * away).sum(axis=1) > 0, 1.0, -1.0)[:, None] * np.stack([-away[:, 1], away[:, 0]], axis=1)
    way = -np.einsum("mksb,sb->mks", delta, left)  # to the left of who looks at it from inside
    if wish.relation in ("left of", "right of"):
        way = way if wish.relation == "left of" else -way
        short = (half - way).clip(0.0) + (way - half - own.ground.max(axis=1)[:, None] - NEAR_GAP).clip(0.0)
        return (short + (off - NEAR_GAP).clip(0.0)).min(axis=2)
    return ((aside - half).clip(0.0) + (off - own.ground.max(axis=1)[:, None] - NEAR_GAP).clip(0.0)).min(axis=2)


def missing(short: FloatArray, count: int, *, each: bool = False) -> FloatArray:
    """How many pieces are missing that stand as asked, graded by how far the nearest ones are from it: (M,).

    Args:
        short: (M, k, l).
        count: so many are asked for.
        each: of every one of the l others.
    """
    worst = short.min(axis=1 if each else 2, initial=_MOST)  # (M, l) or (M, k)
    if each and count > 1:
        worst = np.sort(short, axis=1)[:, min(count, short.shape[1]) - 1]
    if not each:
        worst = np.sort(worst, axis=1)[:, :count]
        lacking = count - worst.shape[1]
        worst = np.concatenate([worst, np.full((len(worst), max(lacking, 0)), _MOST)], axis=1)
    return np.where(worst > _TOLERANCE, 1.0 + _GRADE * worst.clip(0.0, _MOST), 0.0).sum(axis=1)


_TOLERANCE: Final = 1e-3
"""Metres or radians by which nobody sees that a wish is not met."""


def unmet(
    wish: Wish, bodies: Bodies, rows: tuple[Sequence[int], Sequence[int], Sequence[int]], room: Surroundings
) -> FloatArray:
    """How far M layouts are from what a wish asks: 0 where it is met, else 1 and more for each piece that is not: (M,).

    Args:
        wish: what was asked.
        bodies: all pieces.
        rows: those that may be placed, those that they may be placed by, and those on the other side of "between".
        room: their surroundings.
    """
    own, others, seconds = rows
    subjects = bodies.rows(own)
    if wish.of_place:
        found = missing(of_places(wish, subjects, room)[:, :, None], wish.count)
    elif wish.relation in ("on each side of", "at each end of"):
        host = bodies.rows(others)
        axis = int(bool(host.dining.any()) and wish.relation == "on each side of")  # chairs along a table's long sides
        sides = [beside(subjects, host, sign, axis) for sign in (-1, 1)]
        counts = (wish.count // 2, wish.count - wish.count // 2)
        both = [missing(side, count, each=wish.each) for side, count in zip(sides, counts, strict=True)]
        found = both[0] + both[1]
    else:
        ends = seconds or others
        second = bodies.rows(ends) if wish.relation == "between" else None
        short = of_pairs(wish, subjects, bodies.rows(others), second)
        itself = np.equal.outer(own, others)  # nothing is beside itself
        if second is not None:
            both = itself[:, :, None] | np.equal.outer(own, ends)[:, None] | np.equal.outer(others, ends)
            itself = both.reshape(len(own), -1)
        found = missing(np.where(itself, _MOST, short), wish.count, each=wish.each)
    return np.where(found > 0, 0.0, 1.0) if wish.refused else found
