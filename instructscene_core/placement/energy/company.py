"""What belongs together: chairs to their table, nightstands to the head of a bed, a coffee table before a sofa.

The decoder is right about who stands where, but only to some 20 or 30 cm. Of real dining chairs 87 % have another one
within 10 cm of their mirror image at the table, of coffee tables 84 % stand within 20 cm of their sofa's middle, of
armchairs 1 % stand behind a sofa (rooms of 3D-FRONT).
Terms of the energy, see ``terms``.
"""

from typing import Final, NamedTuple

import numpy as np

from ...geometry.dining_tables import is_square
from ...geometry.frames import FloatArray
from ...geometry.solids import BoolArray
from ...vocabulary import BEDS
from ..grounds import middle_of_seat
from ..kinds import CHAIRS, DESKS, DINING, DINING_CHAIRS, FACING, SEATS, SIDE_TABLES, SINGLE_SEATS, SOFAS, TABLES
from .arrangement import Arrangement, Poses
from .backs import gaps_behind

_AT_TABLE: Final = 0.25
"""From a table to a chair that belongs to it."""
_UNDER: Final = 0.1
"""From the edge of a table to the middle of a chair that is tucked under it."""
_BEDSIDE: Final = 0.15
"""From a bed to its nightstand."""
_VIEW: Final = 0.8
"""Cosine within which one watches TV."""
NEAR_TABLE: Final = 0.7
"""From a table's edge to the middle of a chair that is one of its row."""
_MIRRORED: Final = 0.4
"""Off its mirror image, beyond which a chair costs no more."""
_FARTHEST: Final = 2.0
"""Astray, beyond which a piece costs no more."""


class Centred(NamedTuple):
    """Who stands in the middle before whom.

    Attributes:
        items: classes.
        hosts: classes.
        before: metres between the middles along the way that the host faces, from and to.
        off: metres beside the middle beyond which it costs no more.
        weight: of a metre.
        across: what it costs that the long side of the piece is not along the host's.
    """

    items: frozenset[str]
    hosts: frozenset[str]
    before: tuple[float, float]
    off: float
    weight: float = 1.0
    across: float = 0.0


CENTRED: Final = (
    Centred(frozenset({"coffee_table"}), SOFAS - {"l_shaped_sofa"}, (0.0, 2.2), 1.2, across=0.3),
    Centred(frozenset({"tv_stand"}), SOFAS | frozenset(BEDS), (1.2, 6.0), 1.5, 2.0),
    Centred(CHAIRS, DESKS, (0.0, 1.0), 0.3),
    Centred(frozenset({"stool"}), frozenset(BEDS), (0.8, 2.0), 0.6),
)


def off_centre(room: Arrangement, poses: Poses) -> FloatArray:
    """How far pieces are beside the middle of what they stand before."""
    total = np.zeros(len(poses.yaw))
    for rule in CENTRED:
        hosts = room.rows(rule.hosts)
        for item in room.rows(rule.items) if hosts else ():
            if poses.touches(item, *hosts):
                off = np.full(len(total), rule.off)
                for host in hosts:
                    x, y = poses.local(host, item).T
                    there = (-y > rule.before[0]) & (-y < rule.before[1])
                    own = np.abs(x) + rule.across * _across(room, poses, item, host)
                    off = np.minimum(off, np.where(there, own, rule.off))
                total += rule.weight * off
    return total


def _across(room: Arrangement, poses: Poses, item: int, host: int) -> FloatArray:
    """How far the long side of a piece is turned from the width of another one: (M,) sine; 0 of what is as deep."""
    width, depth = room.size[item].tolist()
    if max(width, depth) < _LONG * min(width, depth):
        return np.zeros(len(poses.yaw))
    along = (poses.axes[:, item, int(depth > width)] * poses.axes[:, host, 0]).sum(axis=-1)
    return np.asarray(np.sqrt((1 - along**2).clip(0.0)))


_LONG: Final = 1.2
"""Sides of a table that has a long one, as a ratio."""


def unmirrored(room: Arrangement, poses: Poses) -> FloatArray:
    """How far the chairs at a table are from the mirror images of others or of themselves, across both its axes.

    A dining chair at no table is as far from them as one can be: else it would pay to push one away.
    """
    total = np.zeros(len(poses.yaw))
    chairs, tables = room.rows(CHAIRS | {"lounge_chair", "chinese_chair"}), room.rows(DINING)
    if not chairs or not poses.touches(*tables, *chairs):
        return total
    stray = np.repeat(room.of({"dining_chair"})[None, chairs], len(total), axis=0)
    for table in tables:
        local = np.stack([poses.local(table, chair) for chair in chairs], axis=1)  # (M, k, 2)
        beyond = np.maximum(np.abs(local) - room.size[table] / 2, 0)
        near = np.linalg.norm(beyond, axis=-1) < NEAR_TABLE
        stray &= ~near
        for mirror in ((-1, 1), (1, -1)):
            gap = np.linalg.norm(local[:, :, None] * mirror - local[:, None], axis=-1)
            least = np.where(near[:, None], gap, np.inf).min(axis=-1).clip(max=_MIRRORED)
            total += (least * near).sum(axis=-1)
        total += _ONE_SIDED * _one_sided(room, table, local, near) + _AT_END * _at_ends(room, table, local, near)
    return np.asarray(total + 2 * _MIRRORED * stray.sum(axis=-1)) if tables else total


def _one_sided(room: Arrangement, table: int, local: FloatArray, near: BoolArray) -> FloatArray:
    """How many chairs more stand at one side of a table than at the opposite one, but for an odd one: (M,).

    Args:
        room: the arrangement.
        table: around which they stand.
        local: (M, k, 2) chairs in its frame.
        near: (M, k) which of them are at it.
    """
    beyond = np.abs(local) - room.size[table] / 2
    at_end = beyond[..., 0] > beyond[..., 1]
    sides = [(near & at_end, local[..., 0]), (near & ~at_end, local[..., 1])]
    more = sum(np.abs((np.sign(place) * there).sum(axis=-1)) for there, place in sides)
    return np.asarray(more - near.sum(axis=-1) % 2, dtype=np.float64)


def _at_ends(room: Arrangement, table: int, local: FloatArray, near: BoolArray) -> FloatArray:
    """How many chairs sit at the ends of a long table that would have room at its long sides, as there: (M,).

    At a round or square one, how many of four share a side.
    """
    beyond = np.abs(local) - room.size[table] / 2
    count = near.sum(axis=-1)
    at_end = beyond[..., 0] > beyond[..., 1]
    ends = (near & at_end).sum(axis=-1)
    if is_square(*room.size[table].tolist()):
        sides = [near & (at_end == bool(1 - k)) & (local[..., k] * way > 0) for k in (0, 1) for way in (-1, 1)]
        shared = sum((side.sum(axis=-1) - 1).clip(0) for side in sides)
        return np.where(count <= len(sides), shared, 0).astype(np.float64)
    return np.asarray((ends - np.maximum(count - _AT_SIDES, count % 2)).clip(0), dtype=np.float64)


_AT_SIDES: Final = 4
"""Chairs at the long sides before any sits at an end."""
_AT_END: Final = 0.5
"""Metres that a place at a long side is worth."""
_ONE_SIDED: Final = 0.8
"""Metres that a chair without one opposite is worth."""


def astray(room: Arrangement, poses: Poses) -> FloatArray:
    """How far pieces are from where they belong: each from the nearest of its hosts."""
    total = np.zeros(len(poses.yaw))
    for items, choices, way in _BELONG:
        there = next((rows for hosts in choices if (rows := room.rows(hosts))), [])
        for item in room.rows(items) if there else ():
            if poses.touches(item, *there):
                ways = [way(room, poses, item, host) for host in there if host != item]
                if ways:
                    total += np.minimum(np.min(ways, axis=0), _FARTHEST)
    rules = (_same_side, _bare, _seatless, _at_heads, _turned_away, _alone, _open_sided)
    return sum((rule(room, poses) for rule in rules), total)


def _from_bedside(room: Arrangement, poses: Poses, item: int, bed: int) -> FloatArray:
    """Of a nightstand from the side of a bed's head; it faces as the bed does."""
    x, y = poses.local(bed, item).T
    half, own = room.size[bed] / 2, room.size[item] / 2
    beside = np.abs(x) - half[0] - own[0]
    along = (half[1] - own[1]) * 0.4 - y
    turn = 1 - (poses.forward[:, item] * poses.forward[:, bed]).sum(axis=-1)
    behind = y - half[1]
    out = (beside - _BEDSIDE).clip(0.0) + (-beside - 0.05).clip(0.0) + along.clip(0.0) + behind.clip(0.0)
    return out + _FACING * turn


_FACING: Final = 0.6
"""Metres that facing as the bed does is worth, per unit of 1 less the cosine."""
_TURN: Final = 0.3
"""The same of turning the back to the right side."""


def _from_table(room: Arrangement, poses: Poses, chair: int, table: int) -> FloatArray:
    """Of a chair from a table, and from facing it."""
    x, y = poses.local(table, chair).T
    half, own = room.size[table] / 2, room.size[chair].max() / 2
    out = np.hypot((np.abs(x) - half[0]).clip(0.0), (np.abs(y) - half[1]).clip(0.0))
    forward = np.einsum("mab,mb->ma", poses.axes[:, table], poses.forward[:, chair])
    centre = np.stack([x, y], axis=-1)
    nearest = np.clip(centre, -half, half)
    # Under the table its edge is nowhere ahead: there the back tells which way the chair looks.
    towards = np.where((out > _EDGE)[:, None], nearest - centre, nearest * 0.98 - centre + own * forward)
    cosine = (towards * forward).sum(axis=-1) / np.linalg.norm(towards, axis=-1).clip(1e-6)
    under = np.minimum(half[0] - np.abs(x), half[1] - np.abs(y))
    out += np.minimum(np.abs(x) - half[0], np.abs(y) - half[1]).clip(0.0)  # at a corner nobody sits
    return (out - own - _AT_TABLE).clip(0.0) + (0.8 - cosine).clip(0.0) + (under - _UNDER).clip(0.0)


_EDGE: Final = 0.02
"""From a table's edge to the middle of a chair that one sees before it."""


def _from_front(room: Arrangement, poses: Poses, item: int, seat: int) -> FloatArray:
    """Of a coffee table from the front of a seat."""
    x, y = poses.local(seat, item).T
    half, own = room.size[seat] / 2, room.size[item].min() / 2
    ahead = -y - half[1] - own
    # within the corner of an L, or where the legs are
    low = -half[1] if room.names[seat] == "l_shaped_sofa" else _LEGS
    wide = middle_of_seat(room.names[seat], float(half[0]))
    return (np.abs(x) - wide).clip(0.0) + (ahead - 0.7).clip(0.0) + (low - ahead).clip(0.0)


_LEGS: Final = 0.3
"""From a seat to its coffee table."""


def _from_edge(room: Arrangement, poses: Poses, item: int, host: int) -> FloatArray:
    """Of what stands beside a piece from its edges."""
    local = np.abs(poses.local(host, item)) - room.size[host] / 2
    return (np.hypot(*local.clip(0.0).T) - room.size[item].max() / 2 - _BESIDE).clip(0.0)


_BESIDE: Final = 0.25
"""From a seat, a bed or a table to a side table or stool that belongs to it."""


def _from_foot(room: Arrangement, poses: Poses, item: int, host: int) -> FloatArray:
    """Of a stool from the foot of a bed or the front of a seat: beside them nobody puts the feet up, or sits down."""
    x, y = poses.local(host, item).T
    turn = np.abs(np.einsum("mab,mcb->mac", poses.axes[:, host], poses.axes[:, item]))
    wide, deep = (turn @ room.size[item]).T
    ahead = -y - (room.size[host, 1] + deep) / 2
    beside = np.abs(x) - (room.size[host, 0] - wide).clip(0.0) / 2
    return beside.clip(0.0) + (ahead - _BESIDE).clip(0.0) + (-ahead).clip(0.0)


def _from_use(room: Arrangement, poses: Poses, stool: int, host: int) -> FloatArray:
    """Of a stool from where it is used: round a table, at the foot of a bed, before a seat."""
    way = _from_edge if room.names[host] in _SAT_ROUND else _from_foot
    return way(room, poses, stool, host)


_SAT_ROUND: Final = TABLES | {"coffee_table"}


def _from_end(room: Arrangement, poses: Poses, item: int, host: int) -> FloatArray:
    """Of a side table from the ends of a seat or bed: before it, it would be in the way."""
    x, y = np.abs(poses.local(host, item).T)
    half, own = room.size[host] / 2, room.size[item].max() / 2
    beside = x - half[0] - own
    return (beside - _BESIDE).clip(0.0) + (-beside - 0.05).clip(0.0) + (y - half[1]).clip(0.0)


def _from_view(_: Arrangement, poses: Poses, stand: int, seat: int) -> FloatArray:
    """Of a TV stand from the view of a seat: cosines short of what one turns the head."""
    towards = poses.position[:, stand] - poses.position[:, seat]
    towards = towards / np.linalg.norm(towards, axis=-1, keepdims=True).clip(1e-6)
    seen = (poses.forward[:, seat] * towards).sum(axis=-1)
    shown = -(poses.forward[:, stand] * towards).sum(axis=-1)
    return 2 * ((_VIEW - seen).clip(0.0) + (_VIEW - 0.3 - shown).clip(0.0))


_BELONG: Final = (
    (frozenset({"nightstand"}), (frozenset(BEDS),), _from_bedside),
    (frozenset({"dining_chair"}), (TABLES,), _from_table),
    (frozenset({"chair", "dressing_chair"}), (DESKS, DINING), _from_table),
    (frozenset({"coffee_table"}), (SOFAS, FACING), _from_front),
    (frozenset({"tv_stand"}), (FACING,), _from_view),
    (SIDE_TABLES, (SEATS | frozenset(BEDS),), _from_end),
    (frozenset({"stool"}), (SEATS | TABLES | frozenset({"coffee_table", *BEDS}),), _from_use),
)
"""Which classes belong to which, the first of these that the room has, and how far they are from it."""


def _same_side(room: Arrangement, poses: Poses) -> FloatArray:
    """For each pair of nightstands at one side of the same bed."""
    total = np.zeros(len(poses.yaw))
    stands = room.rows({"nightstand"})
    beds = room.rows(BEDS)
    for index, first in enumerate(stands):
        for second in stands[:index]:
            if beds and poses.touches(first, second, *beds):
                sides = np.stack([poses.local(bed, first)[:, 0] * poses.local(bed, second)[:, 0] for bed in beds])
                total += _SAME_SIDE * (sides.min(axis=0) > 0)
    return total


_SAME_SIDE: Final = 0.8


def _bare(room: Arrangement, poses: Poses) -> FloatArray:
    """How far the nearest chair is from each dining table; where there is none, a lounge chair stands for one."""
    total = np.zeros(len(poses.yaw))
    chairs = room.rows({"dining_chair"}) or room.rows(DINING_CHAIRS)
    if not chairs:
        return total
    for table in room.rows({"dining_table"}):
        if poses.touches(table, *chairs):
            ways = []
            for chair in chairs:
                local = np.abs(poses.local(table, chair)) - room.size[table] / 2 - room.size[chair].max() / 2
                ways.append((np.hypot(*local.clip(0.0).T) - _AT_TABLE).clip(0.0))
            total += np.minimum(np.min(ways, axis=0), 1.0)
    return total


def _seatless(room: Arrangement, poses: Poses) -> FloatArray:
    """How far the nearest seat is from the place before each desk, as far as the room has seats for them."""
    total = np.zeros(len(poses.yaw))
    desks = room.rows(DESKS)
    seats = room.rows(CHAIRS | SINGLE_SEATS)
    for desk in desks if len(seats) >= len(desks) else ():
        if poses.touches(desk, *seats):
            ways = []
            for seat in seats:
                x, y = poses.local(desk, seat).T
                beside = (np.abs(x) - room.size[desk, 0] / 2 + _WITHIN).clip(0.0)
                ahead = -y - room.size[desk, 1] / 2 - room.size[seat].max() / 2
                ways.append(beside + (ahead - _AT_TABLE).clip(0.0) + (y + room.size[desk, 1] / 2).clip(0.0))
            total += np.minimum(np.min(ways, axis=0), 1.0)
    return total


_WITHIN: Final = 0.05
"""By which the middle of a seat is within the width of its desk."""


def _at_heads(room: Arrangement, poses: Poses) -> FloatArray:
    """How far single seats are within the places of nightstands, at the heads of beds."""
    total = np.zeros(len(poses.yaw))
    for bed in room.rows(BEDS):
        for seat in room.rows(SINGLE_SEATS):
            if poses.touches(bed, seat):
                x, y = poses.local(bed, seat).T
                beside = np.abs(x) - (room.size[bed, 0] + room.size[seat].max()) / 2
                total += np.where(y > 0, (_BEDSIDE_FREE - beside).clip(0.0, _BEDSIDE_FREE), 0.0)
    return total


_BEDSIDE_FREE: Final = 0.6
"""From a bed's head to a seat, at least."""


def _open_sided(room: Arrangement, poses: Poses) -> FloatArray:
    """How far the nearer long side of each narrow bed is from a wall, in rooms without a nightstand to stand there."""
    total = np.zeros(len(poses.yaw))
    if room.backs_to is None or room.rows({"nightstand"}):
        return total
    for bed in room.rows({"single_bed", "kids_bed"}):
        if poses.touches(bed):
            out = poses.axes[:, bed, 0] * room.size[bed, 0] / 2
            sides = np.stack([poses.position[:, bed] + sign * out for sign in (1, -1)], axis=1)
            gap = room.backs_to.depth(sides.reshape(-1, 2)).reshape(-1, 2).min(axis=1)
            total += _SIDE_AT_WALL * (gap - _BY_WALL).clip(0.0, _OPEN)
    return total


_SIDE_AT_WALL: Final = 0.5
"""Metres that a metre from the wall is worth."""
_BY_WALL: Final = 0.1
"""From a wall to the side of a bed along it."""
_OPEN: Final = 1.0
"""Beyond which it costs no more: metres that the bed stands in the room."""


def _turned_away(room: Arrangement, poses: Poses) -> FloatArray:
    """For each single seat behind a sofa, and as far as it looks away from the nearest coffee table."""
    total = np.zeros(len(poses.yaw))
    sofas, low = room.rows(SOFAS), room.rows({"coffee_table"})
    tables = room.rows(TABLES)
    for seat in room.rows(_SINGLE):
        if not poses.touches(seat, *sofas, *low, *tables):
            continue
        at_table = np.zeros(len(total), dtype=np.bool_)
        for table in tables:
            beyond = np.abs(poses.local(table, seat)) - room.size[table] / 2
            at_table |= np.hypot(*beyond.clip(0.0).T) < NEAR_TABLE
        cost = np.zeros(len(total))
        for sofa in sofas:
            x, y = poses.local(sofa, seat).T
            beside = _BEHIND_SOFA + np.abs(x) - (room.size[sofa, 0] + room.size[seat, 0]) / 2
            behind = np.minimum(_fading(beside), _fading(y)) * (y > room.size[sofa, 1] / 2)
            cost = np.maximum(cost, _BEHIND * behind)
        if low:
            local = np.stack([poses.local(seat, table) for table in low], axis=1)
            way = np.linalg.norm(local, axis=-1)
            nearest = way.argmin(axis=1)
            rows = np.arange(len(total))
            behind = local[rows, nearest, 1] / way[rows, nearest].clip(1e-6)
            cost += _BEHIND * behind.clip(0.0) * _fading(way[rows, nearest])
        total += np.where(at_table, 0.0, cost)
    return total


def _alone(room: Arrangement, poses: Poses) -> FloatArray:
    """How far each single seat is from company that it looks at: round a coffee table where there is one.

    Else also beside a sofa. Across the room with a wall at its back it is nearly as well.
    """
    total = np.zeros(len(poses.yaw))
    tables = TABLES - DINING if room.rows({"dining_chair"}) else TABLES
    low = room.rows({"coffee_table"})
    sofas = [] if low else room.rows(SOFAS)
    hosts = [*sofas, *low, *room.rows(tables | frozenset(BEDS))]
    for seat in room.rows(SINGLE_SEATS):
        if not poses.touches(seat, *hosts):
            continue
        ways = [_FARTHEST * np.ones(len(total))]
        if not hosts and room.backs_to is not None:
            ways.append((gaps_behind(room, poses, np.array([seat]))[:, 0] - _AT_WALL).clip(0.0))
        for host in hosts:
            x, y = poses.local(host, seat).T
            beyond = np.hypot(*(np.abs(np.stack([x, y])) - room.size[host, :, None] / 2).clip(0.0))
            if host in sofas:
                turn = _TURN * (y - room.size[host, 1] / 2).clip(0.0, 1.0)
            else:
                ahead = -poses.local(seat, host)
                straight = ahead[:, 1] / np.linalg.norm(ahead, axis=1).clip(1e-6)
                turn = _PAST * (_TOWARDS - straight).clip(0.0) if host in low else _TURN * (-straight).clip(0.0)
            ways.append((beyond - _IN_TALK).clip(0.0) + turn)
            if room.backs_to is not None:
                at_wall = (gaps_behind(room, poses, np.array([seat]))[:, 0] - _AT_WALL).clip(0.0)
                ways.append(_LOOKS_ON + at_wall + (beyond - _ACROSS).clip(0.0) + turn)
        total += np.min(ways, axis=0)
    return total


_TOWARDS: Final = 0.87
"""Cosine within which a seat looks at the middle of its coffee table: of the made rooms' two in three do."""
_PAST: Final = 1.0
"""Metres that looking at it is worth, per unit of cosine."""
_IN_TALK: Final = 1.3
"""From a coffee table, sofa, bed or table to the middle of a seat with which it is one group."""
_ACROSS: Final = 1.9
"""The same where the seat is at a wall."""
_LOOKS_ON: Final = 0.1
"""What being in talk is better than looking on from a wall, metres."""
_AT_WALL: Final = 0.4
"""From a wall to the back of a seat that stands at it."""
_SINGLE: Final = SINGLE_SEATS - {"chinese_chair"}
_BEHIND: Final = 0.5
_BEHIND_SOFA: Final = 2.0
"""Within which nobody sits behind a sofa, or looks away from a coffee table."""


def _fading(way: FloatArray) -> FloatArray:
    """1 up to ``_BEHIND_SOFA``, 0 from twice as far: were there a step, seats would only be moved beyond it."""
    return (2 - way / _BEHIND_SOFA).clip(0.0, 1.0)
