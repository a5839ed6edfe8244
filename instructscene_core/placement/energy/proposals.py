"""Where pieces of a room might stand instead: candidates for the descent, of the state alone.

A proposal says which pieces move together and gives K places of each as x, y, yaw: (K, k, 3). Product frame, metres.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from ...geometry.angles import atan2
from ...geometry.frames import FloatArray
from ...geometry.relations import (
    CLOSELY_BEHIND,
    CLOSELY_FRONT,
    CLOSELY_LEFT,
    CLOSELY_RIGHT,
    REVERSED,
)
from ...vocabulary import BEDS
from ..kinds import ANY_YAW, CHAIRS, DESKS, DINING, FACING, SEATS, SIDE_TABLES, SOFAS
from .arrangement import Arrangement, Poses, axes_at
from .backs import WALL_GAP
from .company import CENTRED
from .lamps import lamps_in_row, places_of_lamp
from .seats import Seat, chairs_round_table, gap_to, in_room, places_at_table
from .terms import DIRECTIONS, SQUARE_TO
from .wished import wished_places

_LEGROOM: Final = 0.38
"""Between a seat and its coffee table."""
_APART: Final = 0.01
"""Between two pieces side by side."""
_TOGETHER: Final = 0.75
"""Between what goes together: as far as a coffee table may be from its sofa."""
_COMPANY: Final = {
    frozenset(BEDS): SIDE_TABLES | {"nightstand", "stool"},
    SOFAS: SIDE_TABLES | {"armchair", "coffee_table", "lounge_chair", "stool"},
    DINING: CHAIRS | {"armchair", "lounge_chair"},
    DESKS: CHAIRS | {"armchair", "lounge_chair"},
}
"""What takes its company along, and which classes that may be."""


class Proposal(NamedTuple):
    """Candidates that move the same pieces.

    Attributes:
        moved: k pieces.
        places: (K, k, 3).
    """

    moved: list[int]
    places: FloatArray


def _rings(*rings: tuple[float, float, float]) -> FloatArray:
    """Offsets (K, 2), nearest first, from (step, inner, outer) of squares of points."""
    found: list[FloatArray] = []
    for step, inner, outer in rings:
        ticks = step * np.arange(-round(outer / step), round(outer / step) + 1, dtype=np.float64)
        grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
        size = np.linalg.norm(grid, axis=1)
        found.append(grid[(size > inner) & (size <= outer)])
    offsets = np.concatenate(found)
    return offsets[np.argsort(np.linalg.norm(offsets, axis=1), kind="stable")]


_NEARBY: Final = _rings((0.05, 0.0, 0.1), (0.15, 0.1, 0.3))
_FAR: Final = _rings((0.05, 0.0, 0.15), (0.1, 0.15, 0.5), (0.25, 0.5, 2.5))
_TOGETHER_OFFSETS: Final = _rings((0.05, 0.0, 0.05), (0.1, 0.05, 0.3), (0.3, 0.3, 1.5))


def alone(room: Arrangement, poses: Poses, piece: int, *, thorough: bool) -> Proposal:
    """Places of one piece: around where it is, at walls, and with what it belongs to.

    Args:
        room: the arrangement.
        poses: one layout.
        piece: that may move.
        thorough: whether to look further, and at other quarter turns.
    """
    x, y, yaw = _pose(poses, piece)
    square = _square_yaws(room, piece, yaw)
    rows = [_at(np.array([x, y]) + _spread(_NEARBY, poses, piece), yaw)]
    rows += [_at(np.array([[x, y], *(np.array([x, y]) + _NEARBY)]), other) for other in square]
    if thorough:
        rows.append(_at(np.array([x, y]) + _spread(_FAR, poses, piece), yaw))
        if not square:
            rows += [_at(np.array([x, y]) + _FAR[:60], yaw + quarter) for quarter in _QUARTERS]
    rows += [_to_walls(room, poses, piece), _to_hosts(room, poses, piece), _apart(room, poses, piece)]
    return Proposal([piece], np.concatenate(rows)[:, None])


_QUARTERS: Final = (math.pi / 2, -math.pi / 2, math.pi)


def _spread(offsets: FloatArray, poses: Poses, piece: int) -> FloatArray:
    """Offsets along a piece's own axes, so that one coordinate stays as it is."""
    return offsets @ poses.axes[0, piece]


def _pose(poses: Poses, piece: int) -> tuple[float, float, float]:
    x, y = poses.position[0, piece].tolist()
    return x, y, float(poses.yaw[0, piece])


def _at(points: FloatArray, yaw: float) -> FloatArray:
    return np.concatenate([points, np.full((len(points), 1), yaw)], axis=1)


def _square_yaws(room: Arrangement, piece: int, yaw: float) -> list[float]:
    """The right angles to the walls that a piece which is not square may have meant."""
    if room.hanging[piece]:
        return []
    direction = 0.0 if room.backs_to is None else room.backs_to.direction
    quarter = math.pi / 2
    straight = round((yaw - direction) / quarter) * quarter + direction
    off = yaw - straight
    if abs(off) < _EXACT or (room.names[piece] in ANY_YAW and abs(off) > SQUARE_TO):
        return []
    return [straight] if abs(off) < _UNDECIDED else [straight, straight + math.copysign(quarter, off)]


def squared(room: Arrangement, poses: Poses) -> Poses:
    """One layout with all that may move, stands square and nearly does, by ``SQUARE_TO``, square to the walls."""
    yaw = poses.yaw.copy()
    for piece in np.flatnonzero(room.movable & ~room.of(ANY_YAW)).tolist():
        own = float(yaw[0, piece])
        straight = _square_yaws(room, piece, own)
        if straight and abs(straight[0] - own) <= SQUARE_TO:
            yaw[0, piece] = straight[0]
    return Poses(poses.position, yaw, poses.moved)


_EXACT: Final = 1e-9
_UNDECIDED: Final = math.radians(25)
"""From square, beyond which the other neighbouring right angle comes into question too."""


def _to_walls(room: Arrangement, poses: Poses, piece: int) -> FloatArray:
    """With the back to each wall: where it is nearest, and in both corners."""
    if room.backs_to is None or room.hanging[piece]:
        return np.zeros((0, 3))
    walls, (width, depth) = room.backs_to, room.size[piece]
    fits = walls.lengths >= width
    starts, along, inward, lengths = (a[fits] for a in (walls.starts, walls.along, walls.inward, walls.lengths))
    beside = ((poses.position[0, piece] - starts) * along).sum(axis=1)
    low = np.minimum(width / 2 + WALL_GAP, lengths / 2)
    options = np.stack([np.clip(beside, low, lengths - low), low, lengths - low], axis=1)
    points = starts[:, None] + options[..., None] * along[:, None] + inward[:, None] * (depth / 2 + WALL_GAP)
    yaws = atan2(inward[:, 0], -inward[:, 1])
    return np.concatenate([points, np.broadcast_to(yaws[:, None, None], (*points.shape[:2], 1))], axis=2).reshape(-1, 3)


def _ends_to_walls(room: Arrangement, poses: Poses, piece: int) -> FloatArray:
    """With an end to each wall, where it is nearest."""
    walls, (width, depth) = room.backs_to, room.size[piece]
    if walls is None:
        return np.zeros((0, 3))
    beside = ((poses.position[0, piece] - walls.starts) * walls.along).sum(axis=1)
    low = np.minimum(depth / 2 + WALL_GAP, walls.lengths / 2)
    along = np.clip(beside, low, walls.lengths - low)
    points = walls.starts + along[:, None] * walls.along + walls.inward * (width / 2 + WALL_GAP)
    return np.concatenate([points, atan2(walls.inward[:, 1], walls.inward[:, 0])[:, None]], axis=1)


def _apart(room: Arrangement, poses: Poses, piece: int) -> FloatArray:
    """Side by side with each piece that its circle meets, along that one's axes and its own."""
    found: list[FloatArray] = []
    position, yaw = poses.position[0, piece], float(poses.yaw[0, piece])
    for other in range(len(room.names)):
        delta = position - poses.position[0, other]
        near = float(np.hypot(*delta)) < (np.hypot(*room.size[piece]) + np.hypot(*room.size[other])) / 2
        if other == piece or not near or room.hanging[piece] != room.hanging[other]:
            continue
        for axes in (poses.axes[0, other], poses.axes[0, piece]):
            for axis in axes:
                own, theirs = (np.abs(poses.axes[0, k] @ axis) @ room.size[k] / 2 for k in (piece, other))
                gap = own + theirs + _APART - abs(float(delta @ axis))
                found.append(position + np.copysign(gap, delta @ axis) * axis)
    return _at(np.array(found).reshape(-1, 2), yaw)


def _to_hosts(room: Arrangement, poses: Poses, piece: int) -> FloatArray:
    """Where a piece belongs: beside a bed, at a table, before a sofa, over a table; and where a wish has it."""
    found = [np.zeros((0, 3))]
    for way in (_at_hosts, _to_middles, _lit):
        found += [in_room(poses, host, places) for host, places in way(room, poses, piece)]
    if room.names[piece] == "tv_stand":
        found.append(_opposite(room, poses, piece))
    if room.hanging[piece] and room.middle is not None:
        found.append(np.array([[*room.middle, float(poses.yaw[0, piece])]]))
    for wished in room.wishes:
        if piece in wished.subjects:
            found += wished_places(room, poses, piece, wished)
            found += [_related(poses, piece, other, wished.predicates) for other in wished.others]
            found += [in_room(poses, other, _abreast(room, piece, other, _ASKED)) for other in wished.others]
        if piece in wished.others:
            back = frozenset(int(REVERSED[p]) for p in wished.predicates)
            found += [_related(poses, piece, other, back) for other in wished.subjects]
            found += [in_room(poses, other, _abreast(room, piece, other, _ASKED)) for other in wished.subjects]
    return np.concatenate(found)


Places = Iterator[tuple[int, list[Seat]]]
"""Hosts, and places in their own frames."""


def _at_hosts(room: Arrangement, poses: Poses, piece: int) -> Places:  # noqa: ARG001 - the same form as the others
    """Beside beds and seats, before sofas, round coffee tables, at tables."""
    name, (width, depth) = room.names[piece], room.size[piece].tolist()
    if name in _BESIDE:
        for host in room.rows(_BESIDE[name]):
            yield host, _abreast(room, piece, host, (_APART, _FURTHER))
    elif name == "coffee_table":
        for seat in room.rows(FACING):
            out, turned = ((room.size[seat, 1] + own) / 2 + _LEGROOM for own in (depth, width))
            outs = (out, out - _WITHIN_L) if room.names[seat] == "l_shaped_sofa" else (out,)
            yield seat, [(x, -y, 0.0) for y in outs for x in (0.0, -_OFF, _OFF)] + [(0.0, -turned, math.pi / 2)]
    elif name in _ROUND_COFFEE_TABLES:
        for table in room.rows({"coffee_table"}):
            yield table, list(_round(room.size[table], width, depth))
    elif name == "stool":
        yield from _stools(room, depth)
    if name in _AT_TABLES:
        for table in room.rows(DINING | DESKS):
            yield table, places_at_table(room, table, piece)


def _round(table: FloatArray, width: float, depth: float) -> Iterator[Seat]:
    """Places of a seat round a coffee table: at its ends and sides, one or two abreast, and turned at its corners."""
    x, y = ((table + depth) / 2 + _LEGROOM).tolist()
    for off in (0.0, -width / 2 - 0.1, width / 2 + 0.1):
        yield from ((x, off, -math.pi / 2), (-x, off, math.pi / 2), (off, y, 0.0), (off, -y, math.pi))
    for at_x, at_y in ((x, y), (x, -y), (-x, y), (-x, -y)):
        for share in (0.75, 0.9):
            yield share * at_x, share * at_y, math.atan2(-at_x, at_y)


def _stools(room: Arrangement, depth: float) -> Places:
    """Round coffee tables, at the feet of beds, before seats."""
    for table in room.rows({"coffee_table"}):
        x, y = (room.size[table] / 2 + depth / 2 + _FURTHER).tolist()
        yield table, [(x, 0.0, -math.pi / 2), (-x, 0.0, math.pi / 2), (0.0, y, 0.0), (0.0, -y, math.pi)]
    for host in room.rows(FACING):
        yield host, [(0.0, -(room.size[host, 1] + depth) / 2 - out, 0.0) for out in (_FURTHER, 2 * _FURTHER)]


_FURTHER: Final = 0.08
"""Beside a bed or seat, at most."""
_BESIDE: Final = {
    "nightstand": frozenset(BEDS),
    "corner_side_table": SEATS | frozenset(BEDS),
    "round_end_table": SEATS | frozenset(BEDS),
}
"""What stands beside the back of what."""
_WITHIN_L: Final = 0.9
"""That a table within the corner of an L is nearer to its back."""
_OFF: Final = 0.35
"""Off the middle of a sofa."""
_ROUND_COFFEE_TABLES: Final = frozenset({"armchair", "lounge_chair", "lazy_sofa", "chaise_longue_sofa"})
_AT_TABLES: Final = frozenset({"dining_chair", "chair", "dressing_chair", "lounge_chair", "stool"})


def _to_middles(room: Arrangement, poses: Poses, piece: int) -> Places:
    """Before the middle of what a piece stands before, as far from it as it is."""
    for rule in CENTRED:
        for host in room.rows(rule.hosts) if room.names[piece] in rule.items else ():
            y, turn = float(poses.local(host, piece)[0, 1]), float(poses.yaw[0, piece] - poses.yaw[0, host])
            yield host, [(0.0, y, turn)]


def _lit(room: Arrangement, poses: Poses, piece: int) -> Places:
    """Over what a lamp may light."""
    if room.hanging[piece]:
        yield from places_of_lamp(room, poses, piece)


def _related(poses: Poses, piece: int, other: int, predicates: frozenset[int]) -> FloatArray:
    """Places of a piece where it has one of some relations to another one."""
    rows = [
        (*(poses.position[0, other] + way * np.array(DIRECTIONS[p])).tolist(), float(poses.yaw[0, piece]))
        for p in sorted(predicates & DIRECTIONS.keys())
        for way in ((0.5, 0.7, 0.9) if p in _CLOSE else (1.05, 1.4, 1.8, 2.4))
    ]
    return np.array(rows).reshape(-1, 3)


def _abreast(room: Arrangement, piece: int, host: int, gaps: Sequence[float]) -> list[Seat]:
    """Places of a piece at either end of a host, so far from it, their backs in line."""
    side, back = ((room.size[host] + room.size[piece] * (1, -1)) / 2).tolist()
    return [(sign * (side + gap), back, 0.0) for sign in (1, -1) for gap in gaps]


_ASKED: Final = (_FURTHER, 0.3)
"""Metres between what was asked to be side by side."""
_CLOSE: Final = frozenset({CLOSELY_LEFT, CLOSELY_RIGHT, CLOSELY_FRONT, CLOSELY_BEHIND})


def _opposite(room: Arrangement, poses: Poses, stand: int) -> FloatArray:
    """At the wall that a seat or bed looks at, straight ahead of it."""
    seats = room.rows(FACING)
    places = np.concatenate([poses.position[0, seats], poses.yaw[0, seats, None]], axis=1)
    found = _faced(room, places, float(room.size[stand, 1]))
    return found[np.isfinite(found[:, 0])]


def _faced(room: Arrangement, places: FloatArray, depth: float) -> FloatArray:
    """(K, 3) where a piece of a depth has its back to the wall straight before each of K places; nan where none is."""
    found = np.full((len(places), 3), np.nan)
    walls = room.backs_to
    if walls is None or not len(places):
        return found
    forward = np.stack([np.sin(places[:, 2]), -np.cos(places[:, 2])], axis=1)
    towards = -forward @ walls.inward.T  # (K, S)
    delta = places[:, None, :2] - walls.starts
    distance = (delta * walls.inward).sum(axis=2) / np.where(towards > _STRAIGHT, towards, np.inf)
    feet = places[:, None, :2] + distance[..., None] * forward[:, None]
    beside = ((feet - walls.starts) * walls.along).sum(axis=2)
    ahead = (towards > _STRAIGHT) & (distance > 1.0) & (beside >= 0) & (beside <= walls.lengths)
    wall, rows = np.where(ahead, distance, np.inf).argmin(axis=1), np.flatnonzero(ahead.any(axis=1))
    wall = wall[rows]
    found[rows, :2] = feet[rows, wall] + walls.inward[wall] * (depth / 2 + WALL_GAP)
    found[rows, 2] = atan2(walls.inward[wall, 0], -walls.inward[wall, 1])
    return found


_STRAIGHT: Final = 0.9
"""Cosine within which a wall is straight ahead."""


def leaders(room: Arrangement) -> list[int]:
    """Pieces that take their company along, the largest first."""
    area = room.size.prod(axis=1)
    return sorted(room.rows(frozenset().union(*_COMPANY)), key=lambda k: -float(area[k]))


def together(room: Arrangement, poses: Poses, leader: int) -> Iterator[Proposal]:
    """A piece and its company as one: to walls, around, and turned; with the TV that it faces, too."""
    group = company(room, poses, leader)
    if not room.movable[group].all():
        return
    x, y, yaw = _pose(poses, leader)
    around = _at(np.array([x, y]) + _spread(_TOGETHER_OFFSETS, poses, leader), yaw)
    turned = np.array([(x, y, angle) for angle in (*_square_yaws(room, leader, yaw), *(yaw + q for q in _QUARTERS))])
    places = np.concatenate([_to_walls(room, poses, leader), around, turned, _before_tv(room, poses, leader)])
    if len(group) >= _GROUP:
        yield Proposal(group, _rigid(poses, leader, group, places))
    for stand in room.rows({"tv_stand"}) if room.names[leader] in FACING else []:
        if room.movable[stand] and stand not in group:
            seen = _faced(room, places, float(room.size[stand, 1]))
            ahead = np.isfinite(seen[:, 0])
            moved = _rigid(poses, leader, group, places[ahead])
            yield Proposal([*group, stand], np.concatenate([moved, seen[ahead, None]], axis=1))


def lit(room: Arrangement, poses: Poses, table: int) -> Iterator[Proposal]:
    """A coffee table and the lamps over it as one: where it belongs, and around."""
    lamps = [k for k in np.flatnonzero(room.hanging).tolist() if gap_to(room, poses, table, k) == 0]
    if lamps and room.movable[[table, *lamps]].all():
        x, y, yaw = _pose(poses, table)
        places = np.concatenate(
            [_at(np.array([x, y]) + _spread(_NEARBY, poses, table), yaw), _to_hosts(room, poses, table)]
        )
        yield Proposal([table, *lamps], _rigid(poses, table, [table, *lamps], places))


_GROUP: Final = 2
"""Pieces that are one."""


def _before_tv(room: Arrangement, poses: Poses, leader: int) -> FloatArray:
    """Straight before each TV, for what has one before it."""
    x, y, yaw = _pose(poses, leader)
    stands = room.rows({"tv_stand"}) if room.names[leader] in FACING else []
    aside = [float(poses.local(leader, stand)[0, 0]) * poses.axes[0, leader, 0] for stand in stands]
    return _at(np.array(aside, dtype=np.float64).reshape(-1, 2) + np.array([x, y], dtype=np.float64), yaw)


def company(room: Arrangement, poses: Poses, leader: int) -> list[int]:
    """A piece and what stands with it, and lamps over them."""
    found = [leader]
    friends = next(names for hosts, names in _COMPANY.items() if room.names[leader] in hosts)
    for other in room.rows(friends):
        if other != leader:
            local = np.abs(poses.local(leader, other)[0])
            reach = np.abs(poses.axes[0, leader] @ poses.axes[0, other].T) @ room.size[other] / 2
            if float((local - room.size[leader] / 2 - reach).max()) < _TOGETHER:
                found.append(other)
    for lamp in np.flatnonzero(room.hanging).tolist():
        if lamp != leader and any((np.abs(poses.local(k, lamp)[0]) <= room.size[k] / 2).all() for k in found):
            found.append(lamp)
    return found


def _rigid(poses: Poses, leader: int, group: Sequence[int], places: FloatArray) -> FloatArray:
    """(K, k, 3) a group moved rigidly so that its leader takes K places (K, 3)."""
    index = np.array(group, dtype=np.int64)
    turn = places[:, 2] - poses.yaw[0, leader]
    cosine, sine = np.cos(turn), np.sin(turn)
    delta = poses.position[0, index] - poses.position[0, leader]
    x = places[:, None, 0] + cosine[:, None] * delta[:, 0] - sine[:, None] * delta[:, 1]
    y = places[:, None, 1] + sine[:, None] * delta[:, 0] + cosine[:, None] * delta[:, 1]
    return np.stack([x, y, poses.yaw[0, index] + turn[:, None]], axis=-1)


def rows(room: Arrangement, poses: Poses, table: int) -> Iterator[Proposal]:
    """Chairs in even rows round a table, lamps in a row along it."""
    chairs, shares = chairs_round_table(room, poses, table)
    lamps, places = lamps_in_row(room, poses, table)
    if shares:
        yield Proposal(chairs, np.array([in_room(poses, table, row) for rows in shares for row in rows]))
    if len(places):
        yield Proposal(lamps, places)


def sets(room: Arrangement, poses: Poses, table: int) -> Iterator[Proposal]:
    """A table with chairs in even rows round it, and lamps over it, as one: around where it is, and at walls."""
    chairs, shares = chairs_round_table(room, poses, table)
    lamps = [k for k in company(room, poses, table) if room.hanging[k]]
    if not chairs or not room.movable[[table, *lamps]].all():
        return
    x, y, yaw = _pose(poses, table)
    yaw = next(iter(_square_yaws(room, table, yaw)), yaw)
    around = _at(np.array([x, y]) + _TOGETHER_OFFSETS @ axes_at(np.array(yaw)), yaw)
    turned = _at(np.array([x, y]) + _TOGETHER_OFFSETS[::3], yaw + math.pi / 2)
    places = np.concatenate([around, turned, _to_walls(room, poses, table), _ends_to_walls(room, poses, table)])
    for row in (rows[k] for rows in shares[:_SETS] for k in (0, -1)):  # under the edge and, where legs are, clear of it
        cosine, sine = np.cos(places[:, 2, None]), np.sin(places[:, 2, None])
        points = np.stack([cosine * row[:, 0] - sine * row[:, 1], sine * row[:, 0] + cosine * row[:, 1]], axis=-1)
        seated = np.concatenate([places[:, None, :2] + points, places[:, 2, None, None] + row[:, 2:]], axis=-1)
        above = _rigid(poses, table, lamps, places)
        yield Proposal([table, *chairs, *lamps], np.concatenate([places[:, None], seated, above], axis=1))


_SETS: Final = 2
"""Ways to share its chairs with which a table is moved."""


def swaps(room: Arrangement, poses: Poses, piece: int) -> Iterator[Proposal]:
    """A piece and another one in each other's places, with their backs where the other's was."""
    for other in range(room.count):
        if other == piece or not room.movable[other] or room.hanging[other] != room.hanging[piece]:
            continue
        back = [poses.position[0, k] - poses.forward[0, k] * room.size[k, 1] / 2 for k in (piece, other)]
        places = [
            (*(back[1 - n] + poses.forward[0, b] * room.size[a, 1] / 2).tolist(), float(poses.yaw[0, b]))
            for n, (a, b) in enumerate(((piece, other), (other, piece)))
        ]
        yield Proposal([piece, other], np.array(places)[None])
