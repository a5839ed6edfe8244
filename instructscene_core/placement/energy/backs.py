"""Backs at walls: how far pieces are from the walls that they belong to. A term of the energy, see ``terms``."""

from typing import Final

import numpy as np

from ...geometry.frames import FloatArray
from ...vocabulary import BEDS
from ..kinds import ANY_YAW, BACKED, CHAIRS, SOFAS
from .arrangement import Arrangement, IntArray, Poses

WALL_GAP: Final = 0.01
"""Between a back and its wall."""
REACH: Final = 1.6
"""From a wall to the back of what belongs there, up to which it is drawn to it; further away costs no more."""
NEAR: Final = 0.45
"""The same for furniture that may stand free."""
NEAR_ANY_YAW: Final = 0.2
"""The same for what often stands free on purpose."""
_PARALLEL: Final = 0.98
"""Cosine: a back within some 11° of a wall is parallel to it."""


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
    cost = np.minimum((gap - _CLOSE).clip(0.0), limit) * np.array(
        [_HEADS if room.names[k] in BEDS else _BELONGS if room.names[k] in BACKED - SOFAS else 1.0 for k in own]
    )
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
"""How much more it counts for what belongs there, but for sofas, which may stand with their backs to a dining table."""


_HEADS: Final = 10.0
"""The same for beds: away from its window a headboard stands by the next wall, not by a gap."""
_FREE: Final = ANY_YAW | CHAIRS | {"dining_table"}


def reach_of(name: str) -> float:
    """From how far a piece of a class is drawn to a wall."""
    return REACH if name in BACKED else NEAR_ANY_YAW if name in _FREE else NEAR


def gaps_behind(room: Arrangement, poses: Poses, own: IntArray) -> FloatArray:
    """(M, k) metres from the middle of a back to the parallel wall behind it; infinite where there is none.

    What an end of the piece is beyond the end of its wall, round a corner, is added.
    """
    assert room.backs_to is not None  # noqa: S101 - only rooms with walls ask
    forward = poses.forward[:, own]
    back = poses.position[:, own] - forward * room.size[own, 1:] / 2
    delta = back[:, :, None] - room.backs_to.starts  # (M, k, S, 2)
    beside = (delta * room.backs_to.along).sum(axis=-1)
    gap = (delta * room.backs_to.inward).sum(axis=-1)
    parallel = forward @ room.backs_to.inward.T > _PARALLEL
    real = parallel & (beside > 0) & (beside < room.backs_to.lengths)
    ends = np.minimum(beside, room.backs_to.lengths - beside)
    beyond = (room.size[own, 0, None] / 2 - ends).clip(0.0)
    return np.where(real, np.abs(gap) + beyond, np.inf).min(axis=-1)
