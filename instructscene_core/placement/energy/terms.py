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

from ...geometry.frames import FloatArray
from ...geometry.relations import (
    BEHIND,
    CLOSELY_BEHIND,
    CLOSELY_FRONT,
    CLOSELY_LEFT,
    CLOSELY_RIGHT,
    FRONT,
    LEFT,
    RIGHT,
    RelationArray,
    ground_gaps,
    relation_matrix,
)
from ...instructions.standing import CHAIRS, unmet
from ...vocabulary import ALL_CLASSES, BEDS, hangs
from ..kinds import ANY_YAW, CUPBOARDS_AND_SHELVES, DESKS, DINING, DINING_CHAIRS, SEATS, SOFAS
from .access import access, crammed, roomier
from .arrangement import TOUCH, Arrangement, IntArray, Poses, Wished
from .backs import walls
from .company import astray, off_centre, unmirrored
from .lamps import off_lamps

Term = Callable[[Arrangement, Poses], FloatArray]

SQUARE_TO: Final = np.radians(8)
"""From square, up to which what may stand at any angle was meant to be square."""
_SLACK: Final = 0.005
"""By which an outline may reach through a wall."""
_OPENING: Final = 0.01
"""By which furniture may reach into the ground before a door or window."""


def outside(room: Arrangement, poses: Poses) -> FloatArray:
    """How far walls reach into pieces, and how far pieces are out of the room altogether."""
    total = np.zeros(len(poses.yaw))
    own = poses.moved[room.movable[poses.moved]]
    if room.walls is None or not len(own):
        return total
    walls, centre = room.walls, poses.position[:, own]  # (M, k, 2)
    cut = walls.reach_into(centre, poses.axes[:, own], room.size[own] / 2)
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


def approaches(room: Arrangement, poses: Poses) -> FloatArray:
    """How far pieces that stand reach into the ground around that before doors; one walks below lamps."""
    standing = Poses(poses.position, poses.yaw, poses.moved[~room.hanging[poses.moved]])
    rows, _, depth = _in_zones(room, standing, room.approaches)
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
    """How many wishes are not met, or of how many pieces, and how far these are from it."""
    total = np.zeros(len(poses.yaw))
    for wished in room.wishes:
        if poses.touches(*wished.all):
            rows = wished.subjects, wished.others, wished.seconds
            total += unmet(wished.wish, room.bodies(poses), rows, room.surroundings)
    return total


def apart(room: Arrangement, poses: Poses) -> FloatArray:
    """How far the nearest pieces are from each other that were asked to be left or right of each other, edge to edge.

    By the rules of the relations that holds within three metres; a person means the piece beside it.
    """
    total = np.zeros(len(poses.yaw))
    for wish in room.wishes:
        others = _meant_by(room, wish, _way_of(wish)) if frozenset() < wish.predicates <= _ASIDE else []
        if others and poses.touches(*wish.subjects, *others):
            there = np.unique([*wish.subjects, *others])
            gaps = ground_gaps(_boxes(room, poses, there))
            gaps[:, np.arange(len(there)), np.arange(len(there))] = np.inf
            dining = room.of(DINING)[there]
            gaps -= np.where(dining[:, None] | dining, CHAIRS, 0.0)
            pairs = gaps[:, np.searchsorted(there, wish.subjects)][:, :, np.searchsorted(there, others)]
            nearest = np.sort(pairs.min(axis=2), axis=1)[:, : wish.pieces]
            total += (nearest - _NEXT_TO).clip(0.0, _APART).sum(axis=1)
    return total


_ASIDE: Final = frozenset({LEFT, RIGHT, CLOSELY_LEFT, CLOSELY_RIGHT})
_NEXT_TO: Final = 0.4
"""Metres between two pieces of which a person says that one is beside the other."""
_APART: Final = 2.0
"""Beyond which it costs no more."""


def averted(room: Arrangement, poses: Poses) -> FloatArray:
    """How far what was asked to be left of a piece, or behind it, is from where its own front says so.

    The relations that were asked for are those of the room's axes, but who says "left of the wardrobe" stands before
    the wardrobe; where both agree nobody is misunderstood. From 0 to 1 for each wish, of the best pair.
    """
    total = np.zeros(len(poses.yaw))
    for wish in room.wishes:
        way = _way_of(wish)
        others = [k for k in _meant_by(room, wish, way) if room.names[k] in _FACED.get(way, ())]
        if others and poses.touches(*wish.subjects, *others):
            off: list[FloatArray] = []
            for other in others:
                for subject in wish.subjects:
                    place = poses.local(other, subject)
                    cosine = place @ np.array(way) / np.linalg.norm(place, axis=1).clip(1e-6)
                    off.append((_THERE - cosine).clip(0.0) / (1 + _THERE))
            total += np.min(off, axis=0)
    return total


def _way_of(wish: Wished) -> tuple[float, ...]:
    """The one direction of what a wish asks for; nothing where there are several."""
    ways = {DIRECTIONS.get(predicate, ()) for predicate in wish.predicates}
    return next(iter(ways)) if len(ways) == 1 else ()


def _meant_by(room: Arrangement, wish: Wished, way: tuple[float, ...]) -> list[int]:
    """The pieces from whose own front a person may mean a direction: a coffee table is never left of its sofa.

    Where there is none, the axes of the room alone say where a piece stands, as by the rules of relations.
    """
    own = {room.names[k] for k in wish.subjects}
    allowed = [(others, ways) for subjects, others, ways in _COMPANY if own <= subjects]
    return [k for k in wish.others if all(way in ways for others, ways in allowed if room.names[k] in others)]


_LEFT, _RIGHT, _FRONT, _BEHIND = (-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0)
DIRECTIONS: Final[Mapping[int, tuple[float, ...]]] = {
    LEFT: _LEFT, RIGHT: _RIGHT, FRONT: _FRONT, BEHIND: _BEHIND,
    CLOSELY_LEFT: _LEFT, CLOSELY_RIGHT: _RIGHT, CLOSELY_FRONT: _FRONT, CLOSELY_BEHIND: _BEHIND,
}  # fmt: skip
"""Of relations, along the axes of the room, or of a piece."""
_THERE: Final = 0.6
"""Cosine within which one says that it is: a nightstand stands beside the head of its bed."""
_FRONTED: Final = SEATS | CUPBOARDS_AND_SHELVES | DESKS | frozenset(BEDS)
_FACED: Final[Mapping[tuple[float, ...], frozenset[str]]] = {
    _LEFT: _FRONTED, _RIGHT: _FRONTED, _FRONT: _FRONTED, _BEHIND: SEATS
}  # fmt: skip
"""For each of these what has a front that one sees; behind a wardrobe is its wall."""


_LOOKED_AT: Final = SOFAS | frozenset(BEDS)
_COMPANY: Final[tuple[tuple[frozenset[str], frozenset[str], frozenset[tuple[float, ...]]], ...]] = (
    (frozenset(name for name in ALL_CLASSES if hangs(name)), frozenset(ALL_CLASSES), frozenset()),
    (frozenset({"nightstand"}), frozenset(BEDS), frozenset({_LEFT, _RIGHT})),
    (frozenset({"coffee_table"}), SOFAS | {"tv_stand"}, frozenset({_FRONT})),
    (frozenset({"tv_stand"}), _LOOKED_AT, frozenset({_FRONT})),
    (_LOOKED_AT, frozenset({"tv_stand"}), frozenset({_FRONT})),
    (DINING_CHAIRS | {"stool"}, DESKS, frozenset({_FRONT})),
)
"""Which pieces have a place by others, and on which sides of these it may be, seen from their own front."""


def graph(room: Arrangement, poses: Poses) -> FloatArray:
    """How many relations of the graph do not hold."""
    wanted = room.wanted[np.isin(room.wanted[:, ::2], poses.moved).any(axis=1)]
    if not len(wanted):
        return np.zeros(len(poses.yaw))
    there = np.unique(wanted[:, ::2])
    found = _relations(room, _boxes(room, poses, there), there)
    subject, other = (np.searchsorted(there, wanted[:, column]) for column in (0, 2))
    return (found[:, subject, other] != wanted[:, 1]).sum(axis=1).astype(np.float64)


def _boxes(room: Arrangement, poses: Poses, pieces: IntArray) -> FloatArray:
    """(M, k, 7) some pieces as the rules of relations have them."""
    boxes = np.repeat(room.boxes[None, pieces], len(poses.yaw), axis=0)
    boxes[..., 0], boxes[..., 2] = poses.position[:, pieces, 0], -poses.position[:, pieces, 1]
    boxes[..., 6] = poses.yaw[:, pieces]
    return boxes


def _relations(room: Arrangement, boxes: FloatArray, pieces: IntArray) -> RelationArray:
    """(M, k, k) relations of some pieces, whose boxes (M, k, 7) are known."""
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


HARD: Final[Mapping[str, Term]] = MappingProxyType(
    {"outside": outside, "overlap": overlap, "doors": doors, "asked": asked}
)
"""In this order, none of which anything outweighs."""
PRICES: Final[Mapping[str, float]] = MappingProxyType({"outside": 12.0, "overlap": 12.0, "doors": 6.0, "asked": 3.0})
"""What hard terms cost while they have a price."""
SOFT: Final[Mapping[str, tuple[Term, float]]] = MappingProxyType(
    {
        "turned": (turned, 2.0),
        "walls": (walls, 1.0),
        "graph": (graph, 0.5),
        "apart": (apart, 1.0),
        "averted": (averted, 3.0),
        "astray": (astray, 2.0),
        "centred": (off_centre, 1.0),
        "lamps": (off_lamps, 1.0),
        "mirrored": (unmirrored, 0.8),
        "crammed": (crammed, 5.0),
        "approaches": (approaches, 2.5),
        "windows": (windows, 6.5),
        "access": (access, 3.0),
        "roomier": (roomier, 1.8),
    }
)
"""With their weights, those first that tell most candidates apart for least."""
AWAY: Final = 0.25
"""Weight of the way that pieces have come."""
WALKWAYS: Final = 2.0
"""Weight of what ``walking`` finds."""


def energy(room: Arrangement, poses: Poses) -> FloatArray:
    """The whole energy of M layouts, but for the way that pieces have come and the ground that is cut off: (M,)."""
    everything = Poses(poses.position, poses.yaw, np.arange(room.count))
    hard = sum(PRICES[name] * term(room, everything) for name, term in HARD.items())
    return np.asarray(hard + sum(weight * term(room, everything) for term, weight in SOFT.values()), dtype=np.float64)
