"""Getting there: the ground before seats and cupboards, and behind chairs. Terms of the energy, see ``terms``."""

from typing import Final

import numpy as np

from ...geometry.clearances import BEHIND_CHAIR, FRONT
from ...geometry.frames import FloatArray
from ...geometry.solids import BoolArray
from ..kinds import CHAIRS, CUPBOARDS, LOW, SEATS, SOFAS, TABLES
from .arrangement import Arrangement, IntArray, Poses

_UNSEEN: Final = 0.2
"""Share of that ground that may be taken up, which is not seen."""
_AHEAD: Final = -1
"""The side of a piece's own y axis at which its front is."""
_BACK: Final = 1


def shut_in(room: Arrangement, poses: Poses) -> FloatArray:
    """Share of the ground before seats and cupboards that is taken up, beyond what one does not see: (M,)."""
    owners, passing = list[int](), list[frozenset[str]]()
    for names, low in ((SOFAS, LOW), (SEATS - SOFAS, LOW | TABLES), (CUPBOARDS, frozenset[str]())):
        rows = room.rows(names)
        owners += rows
        passing += [low] * len(rows)
    return _taken(room, poses, owners, passing, _AHEAD, FRONT)


def seated(room: Arrangement, poses: Poses) -> FloatArray:
    """The same of the ground behind dining chairs, which one pushes back to sit down; other chairs may stand there."""
    owners = room.rows({"dining_chair"})
    return _taken(room, poses, owners, [CHAIRS] * len(owners), _BACK, BEHIND_CHAIR)


def _taken(
    room: Arrangement, poses: Poses, owners: list[int], passing: list[frozenset[str]], side: int, depth: float
) -> FloatArray:
    """Share of the ground at one side of pieces that others and walls take up, summed: (M,).

    Args:
        room: the arrangement.
        poses: M candidates.
        owners: k pieces.
        passing: for each, classes that are not in its way.
        side: of the pieces' own y axis.
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
        ends = np.array([[-0.6, side], [0, side], [0.6, side]]) * (half + np.array([0.0, depth]))[:, None]  # (k, 3, 2)
        points = poses.position[:, own, None] + np.einsum("kpa,mkab->mkpb", ends, poses.axes[:, own])
        outside = ~room.walls.contains(points.reshape(-1, 2)).reshape(points.shape[:3])
        taken += outside.mean(axis=2)
    return (np.minimum(taken, 1.0) - _UNSEEN).clip(0.0).sum(axis=1)


def _by_pieces(
    room: Arrangement, poses: Poses, own: IntArray, others: IntArray, counts: BoolArray, side: int, depth: float
) -> FloatArray:
    """(M, k) share of the width of such ground that n others take up where (k, n) ``counts``."""
    half = room.size[own] / 2
    circle = np.hypot(*room.size[others].T) / 2
    reach = np.hypot(half[:, :1] + circle, half[:, 1:] + depth + circle)
    ways = poses.position[:, None, others] - poses.position[:, own, None]  # (M, k, n, 2)
    rows, owner, other = np.nonzero(((ways**2).sum(axis=-1) < reach**2) & counts)  # most are out of reach
    axes, wide = poses.axes[rows, own[owner]], half[owner]
    delta = np.einsum("lab,lb->la", axes, ways[rows, owner, other])
    turn = np.abs(axes @ poses.axes[rows, others[other]].transpose(0, 2, 1))  # (L, 2, 2)
    extent = np.einsum("lac,lc->la", turn, room.size[others[other]] / 2)
    across = np.minimum(delta[:, 0] + extent[:, 0], wide[:, 0]) - np.maximum(delta[:, 0] - extent[:, 0], -wide[:, 0])
    nearest = side * delta[:, 1] - extent[:, 1] - wide[:, 1]
    farthest = side * delta[:, 1] + extent[:, 1] - wide[:, 1]
    there = (nearest < depth) & (farthest > 0)
    share = np.where(there, across.clip(0.0), 0.0) / room.size[own[owner], 0]
    k = len(own)
    return np.bincount(rows * k + owner, share, len(poses.yaw) * k).reshape(-1, k).astype(np.float64)
