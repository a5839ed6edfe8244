"""What is wrong with a layout: the terms of the energy, over M candidates that differ in some pieces.

Each term is a pure function of the arrangement and the candidates, gives (M,) and counts only what the moved pieces
take part in: the rest is the same in all candidates. Terms of ``HARD`` come in the order of their importance and are
metres or numbers that nothing outweighs; those of ``SOFT`` are weighed against each other, a metre of way being 1 or
near it. Product frame, metres, radians.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from ...geometry.clearances import FRONT
from ...geometry.frames import FloatArray
from ...geometry.relations import RelationArray, relation_matrix
from ..kinds import ANY_YAW, BACKED, CUPBOARDS, LOW, SEATS, SOFAS, TABLES
from .arrangement import TOUCH, Arrangement, IntArray, Poses
from .company import astray, off_centre, unmirrored

Term = Callable[[Arrangement, Poses], FloatArray]

WALL_GAP: Final = 0.01
"""Between a back and its wall."""
REACH: Final = 1.6
"""From a wall to the back of what belongs there, up to which it is drawn to it; further away costs no more."""
NEAR: Final = 0.45
"""The same for furniture that may stand free."""
NEAR_ANY_YAW: Final = 0.2
"""The same for what often stands free on purpose."""
SQUARE_TO: Final = np.radians(8)
"""From square, up to which what may stand at any angle was meant to be square."""
_SLACK: Final = 0.005
"""By which an outline may reach through a wall."""
_PARALLEL: Final = 0.98
"""Cosine: a back within some 11° of a wall is parallel to it."""
_OPENING: Final = 0.01
"""By which furniture may reach into the ground before a door or window."""
_LEAST_FRONT: Final = 0.2
"""Of the ground before a piece that is taken up, which is not seen."""


def outside(room: Arrangement, poses: Poses) -> FloatArray:
    """How far walls reach into pieces, and how far pieces are out of the room altogether."""
    total = np.zeros(len(poses.yaw))
    own = poses.moved[room.movable[poses.moved]]
    if room.walls is None or not len(own):
        return total
    walls, half = room.walls, room.size[own] / 2
    centre, axes = poses.position[:, own], poses.axes[:, own]  # (M, k, 2), (M, k, 2, 2)
    middle = walls.starts + walls.along * walls.lengths[:, None] / 2
    delta = middle - centre[:, :, None]  # (M, k, S, 2)
    along, inward = axes @ walls.along.T, axes @ walls.inward.T  # (M, k, 2, S)
    reach = np.abs(along) * walls.lengths / 2 + half[:, :, None]
    local = np.abs(np.einsum("mkab,mksb->mkas", axes, delta))
    cut = (reach - local).min(axis=2)  # along the piece's own axes
    for direction, turned, length in ((walls.along, along, walls.lengths / 2), (walls.inward, inward, 0.0)):
        extent = np.einsum("ka,mkas->mks", half, np.abs(turned)) + length
        cut = np.minimum(cut, extent - np.abs((delta * direction).sum(axis=-1)))
    points = centre.reshape(-1, 2)
    lost = ~walls.contains(points)
    way = np.zeros(len(points))
    way[lost] = np.linalg.norm(points[lost] - walls.nearest(points[lost]), axis=1) + 1.0
    return (_beyond(cut.max(axis=-1), _SLACK) + way.reshape(total.shape[0], -1)).sum(axis=-1)


def overlap(room: Arrangement, poses: Poses) -> FloatArray:
    """How far pieces are inside each other, by solid parts; only what is tucked there may be under a table."""
    moved = np.zeros(len(room.names), dtype=np.bool_)
    moved[poses.moved] = True
    first, second = np.nonzero(np.triu(room.free_pair & (moved[:, None] | moved), 1))
    rows, _, depth = _depths(room, poses, first, second)
    return _summed(poses, rows, depth)


def doors(room: Arrangement, poses: Poses) -> FloatArray:
    """How far pieces reach into the ground before doors."""
    rows, _, depth = _in_zones(room, poses, room.doors)
    return _summed(poses, rows, depth)


def windows(room: Arrangement, poses: Poses) -> FloatArray:
    """How far pieces reach into the air before windows; a step for each, since one sees whether or not."""
    rows, _, depth = _in_zones(room, poses, room.openings)
    return _summed(poses, rows, depth + _SEEN)


_SEEN: Final = 0.5


def _summed(poses: Poses, rows: IntArray, values: FloatArray) -> FloatArray:
    """The sum of each candidate's values: (M,)."""
    return np.bincount(rows, values, len(poses.yaw)).astype(np.float64)


def _in_zones(room: Arrangement, poses: Poses, zones: IntArray) -> tuple[IntArray, IntArray, FloatArray]:
    own = poses.moved[room.movable[poses.moved] & ~room.of({"rug"})[poses.moved]]
    first, second = (grid.ravel() for grid in np.meshgrid(own, zones, indexing="ij"))
    return _depths(room, poses, first, second, _OPENING)


def _depths(
    room: Arrangement, poses: Poses, first: IntArray, second: IntArray, tolerance: float = TOUCH
) -> tuple[IntArray, IntArray, FloatArray]:
    """Where pairs are inside each other: numbers of candidates and pairs, and how far, each (K,)."""
    reach = room.whole.reach[first] + room.whole.reach[second]
    delta = poses.position[:, first] - poses.position[:, second]
    rows, pair = np.nonzero((delta**2).sum(axis=-1) < reach**2)
    depth = np.zeros(0)
    for solids in (room.whole, room.parts):  # boxes are quicker than parts, and most are apart
        a, b = first[pair], second[pair]
        bodies = (a, b) if solids is room.whole else (room.part_of[a, b], room.part_of[b, a])
        depth = solids.depth(
            *bodies,
            (poses.position[rows, a], poses.position[rows, b]),
            (poses.axes[rows, a], poses.axes[rows, b]),
        )
        inside = depth > tolerance
        rows, pair, depth = rows[inside], pair[inside], depth[inside]
    return rows, pair, depth


def _beyond(depth: FloatArray, tolerance: float) -> FloatArray:
    return np.where(depth > tolerance, depth, 0.0)


def asked(room: Arrangement, poses: Poses) -> FloatArray:
    """How many wishes are not met."""
    total = np.zeros(len(poses.yaw))
    for wish in room.wishes:
        if poses.touches(*wish.subjects, *wish.others):
            there = np.unique([*wish.subjects, *wish.others])
            found = _relations(room, poses, there)
            met = np.isin(found, list(wish.predicates))
            pairs = met[:, np.searchsorted(there, wish.subjects)][:, :, np.searchsorted(there, wish.others)]
            total += ~pairs.any(axis=(1, 2))
    return total


def graph(room: Arrangement, poses: Poses) -> FloatArray:
    """How many relations of the graph do not hold."""
    wanted = room.wanted[np.isin(room.wanted[:, ::2], poses.moved).any(axis=1)]
    if not len(wanted):
        return np.zeros(len(poses.yaw))
    there = np.unique(wanted[:, ::2])
    found = _relations(room, poses, there)
    subject, other = (np.searchsorted(there, wanted[:, column]) for column in (0, 2))
    return (found[:, subject, other] != wanted[:, 1]).sum(axis=1).astype(np.float64)


def _relations(room: Arrangement, poses: Poses, pieces: IntArray) -> RelationArray:
    """(M, k, k) relations of some pieces."""
    boxes = np.repeat(room.boxes[None, pieces], len(poses.yaw), axis=0)
    boxes[..., 0], boxes[..., 2] = poses.position[:, pieces, 0], -poses.position[:, pieces, 1]
    boxes[..., 6] = poses.yaw[:, pieces]
    return relation_matrix(np.broadcast_to(room.hanging[pieces], boxes.shape[:2]), boxes)


def away(room: Arrangement, poses: Poses) -> FloatArray:
    """How far pieces are from where they came, by their weight; a metric, so that settling again moves nothing."""
    own = poses.moved
    way = np.linalg.norm(poses.position[:, own] - room.start[own], axis=-1)
    turn = np.abs(np.remainder(poses.yaw[:, own] - room.start_yaw[own] + np.pi, 2 * np.pi) - np.pi)
    return (room.weight[own] * (way + _WAY_OF_A_TURN * turn)).sum(axis=-1)


_WAY_OF_A_TURN: Final = 0.3
"""Metres that a radian is worth."""


def turned(room: Arrangement, poses: Poses) -> FloatArray:
    """How far pieces are turned from square to the walls; what may stand at any angle where it nearly is."""
    own = np.array([k for k in poses.moved.tolist() if not room.hanging[k]], dtype=np.int64)
    direction = 0.0 if room.backs_to is None else room.backs_to.direction
    quarter = np.pi / 2
    off = np.abs(np.remainder(poses.yaw[:, own] - direction + quarter / 2, quarter) - quarter / 2)
    free = np.array([room.names[k] in ANY_YAW for k in own], dtype=np.bool_)
    return np.where(free & (off > SQUARE_TO), SQUARE_TO, off).sum(axis=-1)


def walls(room: Arrangement, poses: Poses) -> FloatArray:
    """How far backs are from the walls that they belong to, by weight; beyond a reach it costs no more."""
    total = np.zeros(len(poses.yaw))
    if room.backs_to is None:
        return total
    moved = set(poses.moved.tolist())
    if poses.touches(*room.rows(SOFAS)):
        moved |= set(room.rows({"console_table"}))  # which may stand behind one
    own = np.array([k for k in sorted(moved) if not room.hanging[k]], dtype=np.int64)
    gap = gaps_behind(room, poses, own)
    limit = np.array([reach_of(room.names[k]) for k in own])
    cost = np.minimum((gap - _CLOSE).clip(0.0), limit) * np.where(limit == REACH, _BELONGS, 1.0)
    for column, k in enumerate(own.tolist()):
        if room.names[k] == "console_table":
            for sofa in room.rows(SOFAS):
                x, y = poses.local(sofa, k).T
                behind = (np.abs(x) < room.size[sofa, 0] / 2) & (y > room.size[sofa, 1] / 2)
                beyond = np.abs(y - (room.size[sofa, 1] + room.size[k].min()) / 2)
                cost[:, column] = np.where(behind, np.minimum(cost[:, column], beyond), cost[:, column])
    return (room.weight[own] * cost).sum(axis=-1)


_CLOSE: Final = 0.04
"""From a wall up to which a back stands at it, as in the made rooms, where it is 5 cm in half of the cases."""
_BELONGS: Final = 3.0
"""How much more it counts for what belongs there."""


def reach_of(name: str) -> float:
    """From how far a piece of a class is drawn to a wall."""
    return REACH if name in BACKED else NEAR_ANY_YAW if name in ANY_YAW else NEAR


def gaps_behind(room: Arrangement, poses: Poses, own: IntArray) -> FloatArray:
    """(M, k) metres from the middle of a back to the parallel wall behind it; infinite where there is none."""
    assert room.backs_to is not None  # noqa: S101 - only rooms with walls ask
    forward = poses.forward[:, own]
    back = poses.position[:, own] - forward * room.size[own, 1:] / 2
    delta = back[:, :, None] - room.backs_to.starts  # (M, k, S, 2)
    beside = (delta * room.backs_to.along).sum(axis=-1)
    gap = (delta * room.backs_to.inward).sum(axis=-1)
    parallel = forward @ room.backs_to.inward.T > _PARALLEL
    real = parallel & (beside > 0) & (beside < room.backs_to.lengths)
    return np.where(real, np.abs(gap), np.inf).min(axis=-1)


def fronts(room: Arrangement, poses: Poses) -> FloatArray:
    """Share of the ground before seats and cupboards that is taken up, beyond what one does not see."""
    total = np.zeros(len(poses.yaw))
    owners = [(k, LOW) for k in room.rows(SOFAS)]
    owners += [(k, LOW | TABLES) for k in room.rows(SEATS - SOFAS)]
    owners += [(k, frozenset[str]()) for k in room.rows(CUPBOARDS)]
    for k, passing in owners:
        others = np.flatnonzero(~room.of(passing | {"rug", ""}) & ~room.hanging)
        others = others[others != k]
        if poses.touches(k, *others.tolist()):
            total += _taken(room, poses, k, others)
    return total


def _taken(room: Arrangement, poses: Poses, owner: int, others: IntArray) -> FloatArray:
    """Share of the ground before a piece that others and walls take up."""
    half = room.size[owner] / 2
    axes = poses.axes[:, owner]
    taken = np.zeros(len(poses.yaw))
    circle = np.hypot(*room.size[others].T) / 2
    reach = np.hypot(half[0] + circle, half[1] + FRONT + circle)
    ways = poses.position[:, others] - poses.position[:, owner, None]
    rows, near = np.nonzero((ways**2).sum(axis=-1) < reach**2)  # the others are out of reach, and most are
    if len(rows):
        own, other = axes[rows], others[near]
        delta = np.einsum("lab,lb->la", own, ways[rows, near])
        turn = np.abs(own @ poses.axes[rows, other].transpose(0, 2, 1))  # (L, 2, 2)
        reach = np.einsum("lac,lc->la", turn, room.size[other] / 2)
        low, high = delta - reach, delta + reach
        across = np.minimum(high[:, 0], half[0]) - np.maximum(low[:, 0], -half[0])
        ahead = np.minimum(high[:, 1], -half[1]) - np.maximum(low[:, 1], -half[1] - FRONT)
        taken += _summed(poses, rows, across.clip(0.0) * (ahead > 0)) / room.size[owner, 0]
    if room.walls is not None:
        ends = np.array([[-0.6, -1], [0, -1], [0.6, -1]]) * (half + np.array([0.0, FRONT]))
        points = poses.position[:, owner, None] + ends @ axes
        outside = room.walls.depth(points.reshape(-1, 2)).reshape(-1, len(ends)) < 0
        taken += outside.mean(axis=1)
    return (np.minimum(taken, 1.0) - _LEAST_FRONT).clip(0.0)


HARD: Final[Mapping[str, Term]] = MappingProxyType(
    {"outside": outside, "overlap": overlap, "doors": doors, "asked": asked}
)
"""In this order, none of which anything outweighs."""
PRICES: Final[Mapping[str, float]] = MappingProxyType({"outside": 12.0, "overlap": 12.0, "doors": 6.0, "asked": 3.0})
"""What hard terms cost while they have a price."""
SOFT: Final[Mapping[str, tuple[Term, float]]] = MappingProxyType(
    {
        "graph": (graph, 0.5),
        "turned": (turned, 2.0),
        "walls": (walls, 1.0),
        "windows": (windows, 5.0),
        "fronts": (fronts, 1.0),
        "centred": (off_centre, 1.0),
        "mirrored": (unmirrored, 0.8),
        "astray": (astray, 2.0),
    }
)
"""With their weights."""
AWAY: Final = 0.4
"""Weight of the way that pieces have come."""
WALKWAYS: Final = 2.0
"""Weight of what ``walking`` finds."""
