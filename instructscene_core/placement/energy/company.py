"""What belongs together: chairs to their table, nightstands to the head of a bed, a coffee table before a sofa.

The decoder is right about who stands where, but only to some 20 or 30 cm. Of real dining chairs 87 % have another one
within 10 cm of their mirror image at the table, of coffee tables 84 % stand within 20 cm of their sofa's middle, of
dining tables 54 % have a lamp within 20 cm of theirs, of armchairs 1 % stand behind a sofa (rooms of 3D-FRONT).
Terms of the energy, see ``terms``.
"""

from typing import Final, NamedTuple

import numpy as np

from ...geometry.frames import FloatArray
from ...vocabulary import BEDS
from ..kinds import CHAIRS, DESKS, DINING, FACING, SEATS, SOFAS, TABLES
from .arrangement import Arrangement, Poses

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
_LAMP: Final = 0.7
"""The same of a lamp off the middle of a table."""
_FARTHEST: Final = 2.0
"""Astray, beyond which a piece costs no more."""


class Centred(NamedTuple):
    """Who stands in the middle before whom.

    Attributes:
        items: classes.
        hosts: classes.
        before: metres between the middles along the way that the host faces, from and to.
        off: metres beside the middle beyond which it costs no more.
    """

    items: frozenset[str]
    hosts: frozenset[str]
    before: tuple[float, float]
    off: float


CENTRED: Final = (
    Centred(frozenset({"coffee_table"}), SOFAS - {"l_shaped_sofa"}, (0.0, 2.2), 0.8),
    Centred(frozenset({"tv_stand"}), SOFAS - {"l_shaped_sofa"}, (1.2, 6.0), 0.3),
    Centred(frozenset({"chair", "dressing_chair", "stool"}), DESKS, (0.0, 1.0), 0.3),
)


def off_centre(room: Arrangement, poses: Poses) -> FloatArray:
    """How far pieces are beside the middle of what they stand before, and lamps off the middle of their tables."""
    total = np.zeros(len(poses.yaw))
    for rule in CENTRED:
        hosts = room.rows(rule.hosts)
        for item in room.rows(rule.items) if hosts else ():
            if poses.touches(item, *hosts):
                off = np.full(len(total), rule.off)
                for host in hosts:
                    x, y = poses.local(host, item).T
                    there = (-y > rule.before[0]) & (-y < rule.before[1])
                    off = np.minimum(off, np.where(there, np.abs(x), rule.off))
                total += off
    tables, lamps = room.rows(DINING | {"coffee_table"}), np.flatnonzero(room.hanging).tolist()
    if tables and lamps and poses.touches(*lamps, *tables):
        ways = np.min([_off_row(room, poses, lamps, table) for table in tables], axis=0)
        total += _LAMP_WEIGHT * np.minimum(ways, _LAMP).sum(axis=-1)
    return total


_LAMP_WEIGHT: Final = 0.5


def _off_row(room: Arrangement, poses: Poses, lamps: list[int], table: int) -> FloatArray:
    """(M, k) how far lamps are from the row over a table, which for one is its middle; a long one hangs along it."""
    half, size = room.size[table] / 2, room.size[lamps]
    long = int(half[1] > half[0])
    local = np.stack([poses.local(table, lamp) for lamp in lamps], axis=1)  # (M, k, 2)
    over = np.linalg.norm((np.abs(local) - half).clip(0.0), axis=-1) < OVER
    count = np.maximum(over.sum(axis=1), 1)[:, None]
    number = np.arange(len(lamps))
    places = np.where(number < count, ((number + 0.5) / count - 0.5) * 2 * half[long], np.inf)
    beside = np.abs(local[:, :, None, long] - places[:, None]).min(axis=-1)
    rows = np.array(lamps), (size[:, 1] > size[:, 0]).astype(np.int64)
    across = 1 - np.abs((poses.axes[:, *rows] * poses.axes[:, table, None, long]).sum(axis=-1))
    narrow = (size.max(axis=1) >= LONG * size.min(axis=1)) & (half.max() >= LONG * half.min())
    return np.hypot(beside, local[:, :, 1 - long]) + _ACROSS * narrow * across


LONG: Final = 1.2
"""Sides of a lamp that hangs along its table, as a ratio."""
OVER: Final = 0.25
"""From the edge of a table to the middle of a lamp that hangs over it."""
_ACROSS: Final = 0.5
"""Metres that a long lamp across its table is worth."""


def unmirrored(room: Arrangement, poses: Poses) -> FloatArray:
    """How far the chairs at a table are from the mirror image of another one, or of themselves."""
    total = np.zeros(len(poses.yaw))
    chairs = room.rows(CHAIRS | {"lounge_chair", "chinese_chair"})
    for table in room.rows(DINING) if chairs else ():
        if not poses.touches(table, *chairs):
            continue
        local = np.stack([poses.local(table, chair) for chair in chairs], axis=1)  # (M, k, 2)
        beyond = np.maximum(np.abs(local) - room.size[table] / 2, 0)
        near = np.linalg.norm(beyond, axis=-1) < NEAR_TABLE
        best = np.full(near.shape, _MIRRORED)
        for mirror in ((-1, 1), (1, -1)):
            gap = np.linalg.norm(local[:, :, None] * mirror - local[:, None], axis=-1)
            best = np.minimum(best, np.where(near[:, None], gap, np.inf).min(axis=-1))
        total += (best * near).sum(axis=-1)
    return total


def astray(room: Arrangement, poses: Poses) -> FloatArray:
    """How far pieces are from where they belong: each from the nearest of its hosts."""
    total = np.zeros(len(poses.yaw))
    for items, hosts, way in _BELONG:
        there = room.rows(hosts)
        for item in room.rows(items) if there else ():
            if poses.touches(item, *there):
                ways = [way(room, poses, item, host) for host in there if host != item]
                if ways:
                    total += np.minimum(np.min(ways, axis=0), _FARTHEST)
    return total + _same_side(room, poses) + _bare(room, poses) + _turned_away(room, poses)


def _from_bedside(room: Arrangement, poses: Poses, item: int, bed: int) -> FloatArray:
    """Of a nightstand from the side of a bed's head; it faces as the bed does."""
    x, y = poses.local(bed, item).T
    half, own = room.size[bed] / 2, room.size[item] / 2
    beside = np.abs(x) - half[0] - own[0]
    along = (half[1] - own[1]) * 0.4 - y
    turn = 1 - (poses.forward[:, item] * poses.forward[:, bed]).sum(axis=-1)
    behind = y - half[1]
    out = (beside - _BEDSIDE).clip(0.0) + (-beside - 0.05).clip(0.0) + along.clip(0.0) + behind.clip(0.0)
    return out + _TURN * turn


_TURN: Final = 0.3
"""Metres that turning the back to the right side is worth, per unit of 1 less the cosine."""


def _from_table(room: Arrangement, poses: Poses, chair: int, table: int) -> FloatArray:
    """Of a chair from a table, and from facing it."""
    x, y = poses.local(table, chair).T
    half, own = room.size[table] / 2, room.size[chair].max() / 2
    out = np.hypot((np.abs(x) - half[0]).clip(0.0), (np.abs(y) - half[1]).clip(0.0))
    forward = np.einsum("mab,mb->ma", poses.axes[:, table], poses.forward[:, chair])
    nearest = np.stack([np.clip(x, -half[0], half[0]), np.clip(y, -half[1], half[1])], axis=-1)
    back = np.stack([x, y], axis=-1) - own * forward
    towards = nearest * 0.98 - back
    cosine = (towards * forward).sum(axis=-1) / np.linalg.norm(towards, axis=-1).clip(1e-6)
    under = np.minimum(half[0] - np.abs(x), half[1] - np.abs(y))
    return (out - own - _AT_TABLE).clip(0.0) + (0.8 - cosine).clip(0.0) + (under - _UNDER).clip(0.0)


def _from_front(room: Arrangement, poses: Poses, item: int, seat: int) -> FloatArray:
    """Of a coffee table from the front of a seat."""
    x, y = poses.local(seat, item).T
    half, own = room.size[seat] / 2, room.size[item].min() / 2
    ahead = -y - half[1] - own
    # within the corner of an L, or where the legs are
    low = -half[1] if room.names[seat] == "l_shaped_sofa" else 0.25
    return (np.abs(x) - half[0]).clip(0.0) + (ahead - 0.7).clip(0.0) + (low - ahead).clip(0.0)


def _from_view(_: Arrangement, poses: Poses, stand: int, seat: int) -> FloatArray:
    """Of a TV stand from the view of a seat: cosines short of what one turns the head."""
    towards = poses.position[:, stand] - poses.position[:, seat]
    towards = towards / np.linalg.norm(towards, axis=-1, keepdims=True).clip(1e-6)
    seen = (poses.forward[:, seat] * towards).sum(axis=-1)
    shown = -(poses.forward[:, stand] * towards).sum(axis=-1)
    return (_VIEW - seen).clip(0.0) + (_VIEW - 0.3 - shown).clip(0.0)


_BELONG: Final = (
    (frozenset({"nightstand"}), frozenset(BEDS), _from_bedside),
    (frozenset({"dining_chair"}), TABLES, _from_table),
    (frozenset({"dressing_chair"}), DESKS, _from_table),
    (frozenset({"coffee_table"}), FACING, _from_front),
    (frozenset({"tv_stand"}), FACING, _from_view),
)


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


_SAME_SIDE: Final = 0.4


def _bare(room: Arrangement, poses: Poses) -> FloatArray:
    """How far the nearest chair is from each dining table, where the room has dining chairs."""
    total = np.zeros(len(poses.yaw))
    chairs = room.rows(CHAIRS | SEATS)
    if not room.rows({"dining_chair"}):
        return total
    for table in room.rows({"dining_table"}):
        if poses.touches(table, *chairs):
            ways = []
            for chair in chairs:
                local = np.abs(poses.local(table, chair)) - room.size[table] / 2 - room.size[chair].max() / 2
                ways.append((np.hypot(*local.clip(0.0).T) - _AT_TABLE).clip(0.0))
            total += np.minimum(np.min(ways, axis=0), 1.0)
    return total


def _turned_away(room: Arrangement, poses: Poses) -> FloatArray:
    """For each single seat behind a sofa, and as far as it looks away from the nearest coffee table."""
    total = np.zeros(len(poses.yaw))
    sofas, low = room.rows(SOFAS - {"lazy_sofa"}), room.rows({"coffee_table"})
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


_SINGLE: Final = frozenset({"armchair", "lazy_sofa", "lounge_chair"})
_BEHIND: Final = 0.5
_BEHIND_SOFA: Final = 2.0
"""Within which nobody sits behind a sofa, or looks away from a coffee table."""


def _fading(way: FloatArray) -> FloatArray:
    """1 up to ``_BEHIND_SOFA``, 0 from twice as far: were there a step, seats would only be moved beyond it."""
    return (2 - way / _BEHIND_SOFA).clip(0.0, 1.0)
