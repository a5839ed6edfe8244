"""Getting there: the ground before seats and cupboards, behind chairs and beside beds.

Terms of the energy, see ``terms``.
"""

from typing import Final

import numpy as np

from ...geometry.clearances import BEHIND_CHAIR, BESIDE_BED, FRONT
from ...geometry.frames import FloatArray
from ...geometry.solids import BoolArray
from ..kinds import CHAIRS, CUPBOARDS, LOW, SEATS, SOFAS, TABLES
from .arrangement import Arrangement, IntArray, Poses

_UNSEEN: Final = 0.2
"""Share of that ground that may be taken up, which is not seen."""
_AHEAD: Final = (1, -1)
"""Own axis and side of it at which a piece's front is."""
_BACK: Final = (1, 1)
_SIDES: Final = ((0, 1), (0, -1))
_AT_DESKS: Final = frozenset({"dining_chair", "chair", "dressing_chair"})


def shut_in(room: Arrangement, poses: Poses) -> FloatArray:
    """Share of the ground before seats and cupboards that is taken up, beyond what one does not see: (M,)."""
    owners, passing = list[int](), list[frozenset[str]]()
    for names, low in ((SOFAS, LOW), (SEATS - SOFAS, LOW | TABLES), (CUPBOARDS, frozenset[str]())):
        rows = room.rows(names)
        owners += rows
        passing += [low] * len(rows)
    return _taken(room, poses, owners, passing, _AHEAD, FRONT)


def seated(room: Arrangement, poses: Poses) -> FloatArray:
    """The same of the ground behind chairs, which one pushes back to sit down; other chairs may stand there."""
    owners = room.rows(_AT_DESKS)
    return _taken(room, poses, owners, [CHAIRS] * len(owners), _BACK, BEHIND_CHAIR)


def in_corner(room: Arrangement, poses: Poses) -> FloatArray:
    """The same of the ground at both sides of double beds, on which one gets up."""
    owners = room.rows({"double_bed"})
    passing = [LOW | {"nightstand"}] * len(owners)
    return np.sum([_taken(room, poses, owners, passing, side, BESIDE_BED) for side in _SIDES], axis=0)


def _taken(
    room: Arrangement,
    poses: Poses,
    owners: list[int],
    passing: list[frozenset[str]],
    side: tuple[int, int],
    depth: float,
) -> FloatArray:
    """Share of the ground at one side of pieces that others and walls take up, summed: (M,).

    Args:
        room: the arrangement.
        poses: M candidates.
        owners: k pieces.
        passing: for each, classes that are not in its way.
        side: own axis of the pieces and which end of it.
        depth: of the ground, metres.
    """
    total = np.zeros(len(poses.yaw))
    others = np.flatnonzero(~room.of({"rug", ""}) & ~room.hanging)
    if not owners or not poses.touches(*owners, *others.tolist()):
        return total
    own = np.array(owners)
    counts = np.stack([~room.of(names)[others] for names in passing]) & (others != own[:, None])  # (k, n)
    taken = _by_pieces(room, poses, own, others, counts, side, depth)
    if room.walls is not None:
        half = room.size[own] / 2
        axis, sign = side
        ends = np.zeros((len(own), 3, 2))
        ends[:, :, axis] = sign * (half[:, axis] + depth)[:, None]
        ends[:, :, 1 - axis] = np.array([-0.6, 0.0, 0.6]) * half[:, 1 - axis, None]
        points = poses.position[:, own, None] + np.einsum("kpa,mkab->mkpb", ends, poses.axes[:, own])
        outside = ~room.walls.contains(points.reshape(-1, 2)).reshape(points.shape[:3])
        taken += outside.mean(axis=2)
    return (np.minimum(taken, 1.0) - _UNSEEN).clip(0.0).sum(axis=1)


def _by_pieces(
    room: Arrangement,
    poses: Poses,
    own: IntArray,
    others: IntArray,
    counts: BoolArray,
    side: tuple[int, int],
    depth: float,
) -> FloatArray:
    """(M, k) share of the width of such ground that n others take up where (k, n) ``counts``."""
    (axis, sign), half = side, room.size[own] / 2
    circle = np.hypot(*room.size[others].T) / 2
    reach = np.hypot(*(half[:, None] + circle[:, None] + depth).transpose(2, 0, 1))
    ways = poses.position[:, None, others] - poses.position[:, own, None]  # (M, k, n, 2)
    rows, owner, other = np.nonzero(((ways**2).sum(axis=-1) < reach**2) & counts)  # most are out of reach
    axes, wide = poses.axes[rows, own[owner]], half[owner]
    delta = np.einsum("lab,lb->la", axes, ways[rows, owner, other])
    turn = np.abs(axes @ poses.axes[rows, others[other]].transpose(0, 2, 1))  # (L, 2, 2)
    extent = np.einsum("lac,lc->la", turn, room.size[others[other]] / 2)
    low, high = delta - extent, delta + extent
    across = (np.minimum(high, wide) - np.maximum(low, -wide))[:, 1 - axis]
    nearest = sign * delta[:, axis] - extent[:, axis] - wide[:, axis]
    farthest = sign * delta[:, axis] + extent[:, axis] - wide[:, axis]
    there = (nearest < depth) & (farthest > 0)
    share = np.where(there, across.clip(0.0), 0.0) / (2 * wide[:, 1 - axis])
    k = len(own)
    return np.bincount(rows * k + owner, share, len(poses.yaw) * k).reshape(-1, k).astype(np.float64)
