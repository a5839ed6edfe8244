"""Where a piece would stand as it was asked to: candidates for the descent, see ``proposals``."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from ...geometry.frames import FloatArray
from .arrangement import Arrangement, Poses, Wished
from .backs import WALL_GAP

_BEFORE: Final = (0.1, 0.5, 0.9)
"""Metres before a foot, or between pieces that face each other more closely."""
_ACROSS: Final = (1.2, 1.8, 2.4)
_BESIDE: Final = (0.1, 0.4)
"""Metres beside a door or window."""
_ALONG: Final = (-0.6, 0.0, 0.6)
"""Metres off the middle of a window."""
_OFF_WALL: Final = (0.0, 0.3)
"""Metres from its back to its wall, more than usual."""


def wished_places(room: Arrangement, poses: Poses, piece: int, wished: Wished) -> list[FloatArray]:
    """Places of a piece (K, 3) by which a wish would be met, as far as its own size decides."""
    wish = wished.wish
    if wish.of_place:
        return [_in_room(room, poses, piece, wished)]
    yaw = float(poses.yaw[0, piece])
    found: list[FloatArray] = []
    if wish.relation == "between":
        for first in wished.others:
            for second in wished.seconds or wished.others:
                middle = (poses.position[0, first] + poses.position[0, second]) / 2
                found.append(np.array([[*middle, angle] for angle in (yaw, *_quarters(float(poses.yaw[0, first])))]))
        return found
    for other in wished.others:
        depth = float(room.size[other, 1] + room.size[piece, 1]) / 2
        if wish.relation == "at the foot of":
            found.append(_before(poses, other, [depth + gap for gap in _BEFORE], (math.pi, 0.0)))
        elif wish.relation in ("opposite", "facing"):
            found.append(_before(poses, other, [depth + gap for gap in _ACROSS], (math.pi,)))
            found.append(_looking(poses, piece, other))
        elif wish.distance is not None:
            reach = float(room.size[other].max() + room.size[piece].max()) / 2
            out = reach + (wish.distance[0] + min(wish.distance[1], wish.distance[0] + 1.0)) / 2
            ways = np.array([(math.cos(a), math.sin(a)) for a in np.arange(8) * math.pi / 4])
            found.append(np.array([[*(poses.position[0, other] + out * way), yaw] for way in ways]))
    return found


def _before(poses: Poses, other: int, outs: Sequence[float], turns: Sequence[float]) -> FloatArray:
    """Straight before another piece, turned by some angles against it."""
    start, forward, yaw = poses.position[0, other], poses.forward[0, other], float(poses.yaw[0, other])
    return np.array([[*(start + out * forward), yaw + turn] for out in outs for turn in turns])


def _looking(poses: Poses, piece: int, other: int) -> FloatArray:
    """Where it is, looking at another piece, straight or square to the room."""
    x, y = (poses.position[0, other] - poses.position[0, piece]).tolist()
    straight = math.atan2(x, -y)
    square = [float(poses.yaw[0, piece]) + quarter * math.pi / 2 for quarter in range(4)]
    return np.array([[*poses.position[0, piece], angle] for angle in (straight, *square)])


def _quarters(yaw: float) -> list[float]:
    return [yaw + quarter * math.pi / 2 for quarter in range(4)]


def _in_room(room: Arrangement, poses: Poses, piece: int, wished: Wished) -> FloatArray:
    """In corners, along walls, at windows and doors, in the middle, and turned to a window or door."""
    around, name = room.surroundings, next(iter(wished.wish.objects))
    if room.walls is None or not around.has(name):
        return np.zeros((0, 3))
    walls = range(len(room.walls.lengths))
    rows = [_stood(room, piece, wall, _along(room, piece, wall, name)) for wall in walls]
    x, y, yaw = *poses.position[0, piece].tolist(), float(poses.yaw[0, piece])
    if name == "middle":
        rows.append(np.array([[*around.centre, angle] for angle in _quarters(yaw)]))
    for segment in around.openings.get(name, ()) if wished.wish.relation in _TURNED else ():
        dx, dy = (segment.mean(axis=0) - (x, y)).tolist()
        straight = math.atan2(dx, -dy)
        rows.append(np.array([[x, y, straight], [x, y, straight + math.pi]]))
    return np.concatenate(rows)


_TURNED: Final = frozenset({"facing", "opposite", "with its back to"})


def _along(room: Arrangement, piece: int, wall: int, name: str) -> list[float]:
    """Where along a wall the middle of a piece would be: at its ends and its middle, at windows, beside doors."""
    walls, half = room.walls, float(room.size[piece, 0]) / 2
    assert walls is not None  # noqa: S101 - only rooms with walls ask
    length = float(walls.lengths[wall])
    if name in ("corner", "room", "wall"):
        return [half + WALL_GAP, length - half - WALL_GAP, length / 2]
    found: list[float] = []
    for segment in room.surroundings.openings.get(name, ()):
        delta = segment - walls.starts[wall]
        low, high = sorted((delta @ walls.along[wall]).tolist())
        if np.abs(delta @ walls.inward[wall]).max() < _ON_WALL and low > -_ON_WALL and high < length + _ON_WALL:
            found += [(low + high) / 2 + off for off in _ALONG] if name == "window" else []
            found += [place for gap in _BESIDE for place in (low - half - gap, high + half + gap)]
    return found


_ON_WALL: Final = 0.05


def _stood(room: Arrangement, piece: int, wall: int, along: Sequence[float]) -> FloatArray:
    """(2 K, 3) a piece with its back to a wall, and a little off it."""
    walls = room.walls
    assert walls is not None  # noqa: S101 - only rooms with walls ask
    yaw = math.atan2(walls.inward[wall, 0], -walls.inward[wall, 1])
    foot = walls.starts[wall] + np.array(along).reshape(-1, 1) * walls.along[wall]
    outs = [foot + walls.inward[wall] * (float(room.size[piece, 1]) / 2 + WALL_GAP + out) for out in _OFF_WALL]
    points = np.concatenate(outs)
    return np.column_stack([points, np.full(len(points), yaw)])
