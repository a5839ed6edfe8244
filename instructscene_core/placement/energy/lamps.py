"""Where lamps hang: over the middle of a table, over the middle line of a bed, before a sofa, or in the room's middle.

Of dining tables in 3D-FRONT 54 % have a lamp within 20 cm of their middle; one that hangs over nothing of its own is
what people who look name first. A term of the energy, see ``terms``, and proposals for it.
"""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from ...geometry.frames import FloatArray
from ...geometry.relations import ABOVE, BELOW
from ...vocabulary import BEDS
from ..kinds import DINING, SOFAS
from .arrangement import Arrangement, Poses
from .seats import Seat, gap_to

LONG: Final = 1.2
"""Sides of a lamp that hangs along its table, as a ratio."""
OVER: Final = 0.25
"""From the edge of a table to the middle of a lamp that hangs over it."""
_FARTHEST: Final = 1.5
"""Off its place, beyond which a lamp costs no more."""
_BEFORE: Final = 0.8
"""From the front of a sofa without a coffee table to the place over which a lamp hangs."""
_OVER_BED: Final = (-0.5, -0.15)
"""Along a bed, from its middle towards its foot, where a lamp of a bedroom hangs."""
_ASKEW: Final = 0.3
"""Metres that turning a lamp as its host is worth, per unit of 1 less the cosine."""
_ACROSS: Final = 0.5
"""Metres that a long lamp across its table is worth."""
_APART: Final = 1.2
"""Between two lamps that do not hang in a row over one table."""
_UNLIT: Final = 0.6
"""Metres that a lamp of its own is worth to a table."""
_TABLES: Final = DINING | {"coffee_table"}


def off_lamps(room: Arrangement, poses: Poses) -> FloatArray:
    """How far lamps are from the nearest place that they may light, and how much too near to each other: (M,)."""
    total = np.zeros(len(poses.yaw))
    lamps = np.flatnonzero(room.hanging).tolist()
    tables, beds, sofas = _hosts(room)
    if not lamps or not poses.touches(*lamps, *tables, *beds, *sofas):
        return total
    rows = [_off_row(room, poses, lamps, table) for table in tables]
    rows += [_off_line(poses, lamps, bed) for bed in beds]
    rows += [_off_front(room, poses, lamps, sofa) for sofa in sofas]
    if room.middle is not None and (len(lamps) > 1 or not beds):
        rows.append(_off_middle(room, poses, lamps, room.middle, tables))
    if rows:
        total += np.minimum(np.min(rows, axis=0), _FARTHEST).sum(axis=-1)
    return total + _crowded(room, poses, lamps, tables)


def _hosts(room: Arrangement) -> tuple[list[int], list[int], list[int]]:
    """Tables, beds, and sofas where no coffee table stands for them; two pendants at a bed hang over nightstands.

    One that was asked to hang elsewhere than over its bed may hang over a nightstand, too.
    """
    stands, lamps = room.rows({"nightstand"}), np.flatnonzero(room.hanging).tolist()
    if len(stands) == len(lamps) == _PAIR and {room.names[k] for k in lamps} == {"pendant_lamp"}:
        return stands, [], []
    sofas, beds = [] if room.rows({"coffee_table"}) else room.rows(SOFAS), room.rows(BEDS)
    beside = any(
        wish.predicates and not (wish.predicates & _ABOVE) and set(lamps) & set(wish.all) and set(beds) & set(wish.all)
        for wish in room.wishes
    )
    return [*room.rows(_TABLES), *(stands if beside else ())], beds, sofas


_PAIR: Final = 2
_ABOVE: Final = frozenset({ABOVE, BELOW})


def _locals(poses: Poses, host: int, lamps: list[int]) -> FloatArray:
    """(M, k, 2) lamps in a host's frame."""
    return np.stack([poses.local(host, lamp) for lamp in lamps], axis=1)


def _off_row(room: Arrangement, poses: Poses, lamps: list[int], table: int) -> FloatArray:
    """(M, k) how far lamps are from the row over a table, which for one is its middle; a long one hangs along it."""
    half, size = room.size[table] / 2, room.size[lamps]
    long = int(half[1] > half[0])
    local = _locals(poses, table, lamps)
    over = np.linalg.norm((np.abs(local) - half).clip(0.0), axis=-1) < OVER
    count = np.maximum(over.sum(axis=1), 1)[:, None]
    number = np.arange(len(lamps))
    places = np.where(number < count, ((number + 0.5) / count - 0.5) * 2 * half[long], np.inf)
    beside = np.abs(local[:, :, None, long] - places[:, None]).min(axis=-1)
    rows = np.array(lamps), (size[:, 1] > size[:, 0]).astype(np.int64)
    across = 1 - np.abs((poses.axes[:, *rows] * poses.axes[:, table, None, long]).sum(axis=-1))
    narrow = (size.max(axis=1) >= LONG * size.min(axis=1)) & (half.max() >= LONG * half.min())
    turned = _ACROSS * narrow * across + ~narrow * _turned(poses, lamps, table)
    return np.hypot(beside, local[:, :, 1 - long]) + turned


def _off_line(poses: Poses, lamps: list[int], bed: int) -> FloatArray:
    """(M, k) how far lamps are from the middle line of a bed, a little before its middle."""
    local = _locals(poses, bed, lamps)
    along = np.maximum(_OVER_BED[0] - local[..., 1], local[..., 1] - _OVER_BED[1]).clip(0.0)
    return np.hypot(local[..., 0], along) + _turned(poses, lamps, bed)


def _off_front(room: Arrangement, poses: Poses, lamps: list[int], sofa: int) -> FloatArray:
    """(M, k) how far lamps are from where a coffee table would stand."""
    local = _locals(poses, sofa, lamps)
    return np.hypot(local[..., 0], local[..., 1] + room.size[sofa, 1] / 2 + _BEFORE) + _turned(poses, lamps, sofa)


def _off_middle(room: Arrangement, poses: Poses, lamps: list[int], middle: FloatArray, tables: list[int]) -> FloatArray:
    """(M, k) how far lamps are from the middle of the room; infinitely where a table stands, which has its own row.

    Tables come first: while one has no lamp, the middle of the room costs more.
    """
    way: FloatArray = np.linalg.norm(poses.position[:, lamps] - middle, axis=-1)
    for table in tables:
        local = np.einsum("mab,mb->ma", poses.axes[:, table], middle - poses.position[:, table])
        over = np.linalg.norm((np.abs(local) - room.size[table] / 2).clip(0.0), axis=-1) < OVER
        way[over] = np.inf
        beyond = (np.abs(_locals(poses, table, lamps)) - room.size[table] / 2).clip(0.0)
        unlit = (np.linalg.norm(beyond, axis=-1) >= OVER).all(axis=1)
        way[unlit] += _UNLIT
    return way


def _turned(poses: Poses, lamps: list[int], host: int) -> FloatArray:
    """(M, k) what it costs that lamps are not turned as what they light is."""
    return _ASKEW * (1 - np.cos(poses.yaw[:, lamps] - poses.yaw[:, host, None]))


def _crowded(room: Arrangement, poses: Poses, lamps: list[int], tables: list[int]) -> FloatArray:
    """How much lamps are too near to each other, but for those over the same table."""
    total = np.zeros(len(poses.yaw))
    if len(lamps) < 2:
        return total
    over = np.zeros((len(poses.yaw), len(lamps), len(tables)), dtype=np.bool_)
    for column, table in enumerate(tables):
        beyond = (np.abs(_locals(poses, table, lamps)) - room.size[table] / 2).clip(0.0)
        over[..., column] = np.linalg.norm(beyond, axis=-1) < OVER
    for n, lamp in enumerate(lamps):
        for m, other in enumerate(lamps[:n]):
            way = np.linalg.norm(poses.position[:, lamp] - poses.position[:, other], axis=-1)
            total += np.where((over[:, n] & over[:, m]).any(axis=-1), 0.0, (_APART - way).clip(0.0))
    return total


def places_of_lamp(room: Arrangement, poses: Poses, lamp: int) -> Iterator[tuple[int, list[Seat]]]:
    """Hosts, and in their frames the places over which a lamp may hang; a long one hangs along a table."""
    width, depth = room.size[lamp].tolist()
    long = max(width, depth) >= LONG * min(width, depth)
    tables, beds, sofas = _hosts(room)
    for host in (*tables, *beds, *sofas):
        if host in tables:
            along = bool(room.size[host, 1] > room.size[host, 0])
            yield host, [(0.0, 0.0, math.pi / 2 if long and (depth > width) != along else 0.0)]
        elif host in beds:
            yield host, [(0.0, float(np.clip(poses.local(host, lamp)[0, 1], *_OVER_BED)), 0.0)]
        else:
            yield host, [(0.0, -room.size[host, 1] / 2 - _BEFORE, 0.0)]


def lamps_in_row(room: Arrangement, poses: Poses, table: int) -> tuple[list[int], FloatArray]:
    """Two lamps or more that hang over a table, and their places in a row along it: (1, k, 3)."""
    lamps = [
        lamp
        for lamp in np.flatnonzero(room.hanging).tolist()
        if gap_to(room, poses, table, lamp) < OVER and room.movable[lamp]
    ]
    if len(lamps) < 2:
        return [], np.zeros((0, 0, 3))
    length = room.size[table]
    along = int(length[1] > length[0])
    lamps.sort(key=lambda lamp: float(poses.local(table, lamp)[0, along]))
    offsets = ((np.arange(len(lamps)) + 0.5) / len(lamps) - 0.5) * length[along]
    points = poses.position[0, table] + offsets[:, None] * poses.axes[0, table, along]
    return lamps, np.concatenate([points, poses.yaw[0, lamps][:, None]], axis=1)[None]
