"""Use of the floor: furniture stands in all of a room and not in a heap. A term of the energy, see ``terms``."""

from typing import Final

import numpy as np

from ...geometry.frames import FloatArray
from ..grounds import EMPTY, NOT_LITTLE
from .arrangement import Arrangement, IntArray, Poses

_GRID: Final = 0.4
_SOFT: Final = 0.25
"""By which ground that is nearer to furniture counts in part, so that every step away from a heap is felt."""
_USUAL: Final = 0.15
"""Share of the floor that may be empty: in half of the made dining rooms more is not."""


def unused(room: Arrangement, poses: Poses) -> FloatArray:
    """Share of the floor that is farther than a step from all furniture, beyond what is usual: (M,)."""
    standing = np.flatnonzero(~room.hanging[: room.count])
    moved = standing[np.isin(standing, poses.moved)]
    if room.walls is None or not len(moved) or len(standing) < NOT_LITTLE:
        return np.zeros(len(poses.yaw))
    points = room.walls.grid(_GRID)
    there = poses.one(0)
    way = _ways(room, there, np.setdiff1d(standing, moved), points)
    way = np.minimum(way, _ways(room, poses, moved, points))
    empty = ((way - EMPTY + _SOFT) / (2 * _SOFT)).clip(0.0, 1.0).mean(axis=1)
    return np.asarray((empty - _USUAL).clip(0.0))


def _ways(room: Arrangement, poses: Poses, pieces: IntArray, points: FloatArray) -> FloatArray:
    """(M, P) from points to the nearest of some pieces."""
    way = np.full((len(poses.yaw), len(points)), np.inf)
    for k in pieces:
        local = np.abs((points - poses.position[:, k, None]) @ poses.axes[:, k].transpose(0, 2, 1))
        way = np.minimum(way, ((local - room.size[k] / 2).clip(0.0) ** 2).sum(axis=-1))
    return np.sqrt(way)
