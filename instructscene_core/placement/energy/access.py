"""Getting there: the ground that furniture needs to be used (``grounds``). A term of the energy, see ``terms``."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from ...geometry.frames import FloatArray
from ...geometry.solids import BoolArray
from ...geometry.walls import Walls
from ..grounds import APART, AT_DESKS, BACKS, FRONTS, LEGS, ROOMIER, ROUND_TABLES, SIDES, Clearance
from .arrangement import Arrangement, IntArray, Poses

_UNSEEN: Final = 0.05
"""Share of that ground that may be taken up, which is not seen."""
_GROUNDS: Final = (*FRONTS, *SIDES, *LEGS, *BACKS, *ROUND_TABLES, *AT_DESKS)
_STRIPS: Final = np.array([-0.6, 0.0, 0.6])
"""Where along a side it is asked whether there is a wall, in half extents."""


class _Grounds(NamedTuple):
    """k grounds: their owners, own axes and ends of these at which they are, and depths, each (k,)."""

    own: IntArray
    axis: IntArray
    sign: IntArray
    depth: FloatArray

    def select(self, rows: BoolArray) -> "_Grounds":
        """Some of them."""
        return _Grounds(self.own[rows], self.axis[rows], self.sign[rows], self.depth[rows])


def access(room: Arrangement, poses: Poses) -> FloatArray:
    """Share of such ground that others and walls take up, beyond what one does not see, summed: (M,)."""
    return _taken_up(room, poses, _GROUNDS)


def roomier(room: Arrangement, poses: Poses) -> FloatArray:
    """The same of the ground that one would rather have: (M,)."""
    return _taken_up(room, poses, ROOMIER)


def _taken_up(room: Arrangement, poses: Poses, grounds: Sequence[Clearance]) -> FloatArray:
    others = np.flatnonzero(~room.of({"rug", ""}) & ~room.hanging)
    moved = others[np.isin(others, poses.moved)]
    found: list[tuple[int, Clearance]] = []
    counts: list[BoolArray] = []
    for ground in grounds:
        in_the_way = ~room.of(ground.passing)
        for k in room.rows(ground.owners):
            if k in moved or in_the_way[moved].any():
                found.append((k, ground))
                counts.append(in_the_way[others] & (others != k))
    if not found:
        return np.zeros(len(poses.yaw))
    own, sides = np.array([k for k, _ in found]), np.array([ground.side for _, ground in found])
    areas = _Grounds(own, sides[:, 0], sides[:, 1], np.array([ground.depth for _, ground in found]))
    taken = _by_pieces(room, poses, areas, others, np.stack(counts))
    if room.walls is not None:
        there, walled = np.isin(own, moved), np.array([ground.walls for _, ground in found])
        for rows, layouts in ((there & walled, poses), (~there & walled, poses.one(0))):
            taken[:, rows] += _by_walls(room, room.walls, layouts, areas.select(rows))
    return (np.minimum(taken, 1.0) - _UNSEEN).clip(0.0).sum(axis=1)


def _by_walls(room: Arrangement, walls: Walls, poses: Poses, grounds: _Grounds) -> FloatArray:
    """(M, k) share of the width of such ground that walls take up."""
    half, each = room.size[grounds.own] / 2, np.arange(len(grounds.own))
    ends = np.zeros((len(each), len(_STRIPS), 2))
    ends[each, :, grounds.axis] = (grounds.sign * (half[each, grounds.axis] + grounds.depth))[:, None]
    ends[each, :, 1 - grounds.axis] = _STRIPS * half[each, 1 - grounds.axis, None]
    points = poses.position[:, grounds.own, None] + np.einsum("kpa,mkab->mkpb", ends, poses.axes[:, grounds.own])
    outside = ~walls.contains(points.reshape(-1, 2)).reshape(points.shape[:3])
    return np.asarray(outside.mean(axis=2), dtype=np.float64)


def _by_pieces(room: Arrangement, poses: Poses, grounds: _Grounds, others: IntArray, counts: BoolArray) -> FloatArray:
    """(M, k) share of the width of such ground that n others take up where (k, n) ``counts``."""
    own, k = grounds.own, len(grounds.own)
    half = room.size[own] / 2
    circle = np.hypot(*room.size[others].T) / 2
    reach = np.hypot(*(half[:, None] + circle[:, None] + grounds.depth[:, None, None]).transpose(2, 0, 1))
    ways = poses.position[:, None, others] - poses.position[:, own, None]  # (M, k, n, 2)
    rows, owner, other = np.nonzero(((ways**2).sum(axis=-1) < reach**2) & counts)  # most are out of reach
    axes, wide = poses.axes[rows, own[owner]], half[owner]
    delta = np.einsum("lab,lb->la", axes, ways[rows, owner, other])
    turn = np.abs(axes @ poses.axes[rows, others[other]].transpose(0, 2, 1))  # (L, 2, 2)
    extent = np.einsum("lac,lc->la", turn, room.size[others[other]] / 2)
    each, axis, sign = np.arange(len(rows)), grounds.axis[owner], grounds.sign[owner]
    across = (each, 1 - axis)
    shared = np.minimum((delta + extent)[across], wide[across]) - np.maximum((delta - extent)[across], -wide[across])
    ahead, reaching = sign * delta[each, axis] - wide[each, axis], extent[each, axis]
    there = (ahead - reaching < grounds.depth[owner]) & (ahead + reaching > 0)
    share = np.where(there, shared.clip(0.0), 0.0) / (2 * wide[across])
    return np.bincount(rows * k + owner, share, len(poses.yaw) * k).reshape(-1, k).astype(np.float64)


def crammed(room: Arrangement, poses: Poses) -> FloatArray:
    """How much nearer than one gets through pieces stand to each other that are in no one's reach: (M,)."""
    total = np.zeros(len(poses.yaw))
    for owners, others, least in APART:
        near = np.array(room.rows(others), dtype=np.int64)
        for own in room.rows(owners) if len(near) else ():
            if not poses.touches(own, *near.tolist()):
                continue
            axes, ways = poses.axes[:, own], poses.position[:, near] - poses.position[:, own, None]
            delta = np.einsum("mab,mkb->mka", axes, ways)
            turn = np.abs(np.einsum("mab,mkcb->mkac", axes, poses.axes[:, near]))
            extent = np.einsum("mkac,kc->mka", turn, room.size[near] / 2) + room.size[own] / 2
            gap = (np.abs(delta) - extent).max(axis=2)
            total += (least + _MORE - gap).clip(0.0, _MOST).sum(axis=1)
    return total


_MORE: Final = 0.05
"""Metres by which one would have it wider."""
_MOST: Final = 0.5
