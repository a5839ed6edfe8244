"""Seats at a table: single ones, and even rows for all its chairs. Product frame, metres."""

import itertools
import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from ...geometry.angles import atan2
from ...geometry.dining_tables import END_FOR_TWO, one_a_side
from ...geometry.frames import FloatArray
from ..kinds import DESKS, DINING, DINING_CHAIRS, TABLES
from .arrangement import Arrangement, Poses
from .company import NEAR_TABLE

_TUCK: Final = 0.35
"""That a chair stands under the table's edge, at most."""
_AWAY: Final = 0.15
"""Away from it, at most."""
_USUAL: Final = 0.15
"""Under it, where nothing is known."""
_CLEAR: Final = 0.02
_BESIDE: Final = 0.25
"""Between chairs in a row, at most."""
_MOST_CHAIRS: Final = 12
_UNEVEN: Final = 1.5
"""Square metres of way that a chair more at one side of a table than at the other is worth."""
_SIDES: Final = ((0, -1, math.pi), (0, 1, 0.0), (1, -1, math.pi / 2), (1, 1, -math.pi / 2))
"""Axis along the side, which of the two, yaw of a chair there in the table's frame."""

Seat = tuple[float, float, float]


def places_at_table(room: Arrangement, table: int, chair: int) -> list[Seat]:
    """Where a chair may stand at a table, in its frame: three places at each side, one before a desk's front."""
    half, (width, depth) = room.size[table] / 2, room.size[chair]
    if room.names[table] in DESKS:
        return [(0.0, -(half[1] + depth / 2 + out), math.pi) for out in (-_USUAL, -_TUCK, _CLEAR)]
    found: list[Seat] = []
    for along, sign, yaw in _SIDES:
        span = max(0.0, half[along] - width / 2)
        for beside, out in itertools.product((0.0, -span, span, -span / 2, span / 2), (-_USUAL, _CLEAR)):
            off = sign * (half[1 - along] + depth / 2 + out)
            found.append((off, beside, yaw) if along else (beside, off, yaw))
    return found


def chairs_round_table(room: Arrangement, poses: Poses, table: int) -> tuple[list[int], list[FloatArray]]:
    """The k chairs of a table, and even rows of them in its frame.

    Returns:
        The chairs; and for each way to share them among the sides, the nearest first, (K, k, 3): the usual way under
        the edge, but clear of the table's legs at its ends, then others.
    """
    half = room.size[table] / 2
    chairs = [k for k in room.rows(DINING_CHAIRS) if _table_of(room, poses, k) == table]
    if not 0 < len(chairs) <= _MOST_CHAIRS or not room.movable[chairs].all():
        return [], []
    before = np.array([poses.local(table, k)[0] for k in chairs])
    width, depth = np.median(room.size[chairs], axis=0).tolist()
    drawn = float(np.median((np.abs(before) - half).max(axis=1)))
    clear, usual = depth / 2 + _CLEAR, depth / 2 - _USUAL
    outs = usual, float(np.clip(drawn, depth / 2 - _TUCK, depth / 2 + _AWAY)), clear
    found: list[tuple[float, FloatArray]] = []
    for share in _shares(half, width, len(chairs)):
        ends = outs if any(share[2:]) else outs[:1]
        rows = [_row(half, out, width, share) for out in ((usual, clear), *itertools.product(outs, ends))]
        cost, order = _cheapest(before, rows[0])
        found.append((cost + _UNEVEN * abs(share[0] - share[1]), np.array(rows)[:, order]))
    return chairs, [rows for _, rows in sorted(found, key=lambda way: way[0])]


def in_room(poses: Poses, host: int, places: FloatArray | Sequence[Seat]) -> FloatArray:
    """(K, 3) places in a host's frame, as x, y and yaw, in the room."""
    rows = np.array(places, dtype=np.float64).reshape(-1, 3)
    points = poses.position[0, host] + rows[:, :2] @ poses.axes[0, host]
    return np.concatenate([points, rows[:, 2:] + poses.yaw[0, host]], axis=1)


def _table_of(room: Arrangement, poses: Poses, chair: int) -> int | None:
    """The table that a chair stands at: one that it faces; dining chairs may be turned away, and stray ones come."""
    dining = room.names[chair] == "dining_chair"
    ways = [(gap_to(room, poses, table, chair), table) for table in room.rows(TABLES)]
    near = [way for way in ways if way[0] < NEAR_TABLE]
    faced = [way for way in near if float(poses.local(chair, way[1])[0, 1]) < 0]
    stray = [way for way in ways if way[1] in room.rows(DINING)]
    return min(faced or ((near or stray) if dining else []), default=(0.0, None))[1]


def gap_to(room: Arrangement, poses: Poses, table: int, item: int) -> float:
    """From the edge of a table to the middle of a piece; 0 inside."""
    return float(np.linalg.norm((np.abs(poses.local(table, item)[0]) - room.size[table] / 2).clip(0.0)))


def _shares(half: FloatArray, chair: float, count: int) -> list[tuple[int, int, int, int]]:
    """Numbers of chairs at each of ``_SIDES`` that the table has room for: even ones, or none at one long side."""
    square = one_a_side(float(2 * half[0]), float(2 * half[1]), count)
    most = [1 if square else max(1, int((2 * length + 0.1) / (chair + 0.08))) for length in half]
    most[1] = most[1] if 2 * half[1] >= END_FOR_TWO else 1
    long, ends = range(most[0] + 1), range(most[1] + 1)
    return [
        (a, b, c, d)
        for a, b, c, d in itertools.product(long, long, ends, ends)
        if a + b + c + d == count and abs(c - d) <= count % 2 and (abs(a - b) <= count % 2 or not min(a, b))
    ]


def _row(half: FloatArray, outs: Sequence[float], chair: float, shares: tuple[int, int, int, int]) -> FloatArray:
    """Seats (n, 3) in the table's frame, so far from its edges along x and y."""
    seats: list[Seat] = []
    for count, (along, sign, yaw) in zip(shares, _SIDES, strict=True):
        out = outs[along]
        step = min(2 * half[along] / count, chair + _BESIDE) if count else 0.0
        for k in range(count):
            beside, off = (k - (count - 1) / 2) * step, sign * (half[1 - along] + out)
            seats.append((off, beside, yaw) if along else (beside, off, yaw))
    return np.array(seats)


def _cheapest(before: FloatArray, seats: FloatArray) -> tuple[float, list[int]]:
    """The seat of each chair, in the order round the table, with the least sum of squared ways: (that sum, seats)."""
    chairs = np.argsort(atan2(before[:, 1], before[:, 0]), kind="stable")
    places = np.argsort(atan2(seats[:, 1], seats[:, 0]), kind="stable")
    turns = [np.roll(places, turn) for turn in range(len(places))]
    costs = [float(((before[chairs] - seats[turn, :2]) ** 2).sum()) for turn in turns]
    best = int(np.argmin(costs))
    order = [0] * len(chairs)
    for chair, seat in zip(chairs.tolist(), turns[best].tolist(), strict=True):
        order[chair] = seat
    return costs[best], order
