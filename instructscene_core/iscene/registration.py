"""Lays a person's own mesh onto what I-Scene made of it, so that the mesh stays and takes the pose.

Yaw by 36 starts and point-to-point ICP (Besl and McKay, PAMI 1992) in both directions, about the vertical alone: what
stands upright stays so. World: metres, Z up.
"""

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError
from .poses import Array, turn_of

Indices = npt.NDArray[np.int64]

_STARTS: Final = 36
_COARSE, _FINE = 200, 800
"""Points of each cloud while starts are compared, and at the end."""
_COARSE_STEPS, _FINE_STEPS, _LAST_STEPS = 12, 10, 40
_KEPT: Final = 4
"""Starts that are refined."""
_TIE: Final = 0.02
"""By which a fit may be worse whose turn is smaller."""
_NOISE: Final = 0.002
"""The same as a share of the object's size: two clouds of one surface never lie on each other."""
_LEAST_IOU: Final = 0.5
_CELLS: Final = 12
"""Of the occupancy, along an object's longest side."""


class Registration(NamedTuple):
    """p → Rz(yaw) @ p + shift.

    Attributes:
        yaw: radians in (−π, π].
        shift: (3,) metres.
        iou: of what both fill afterwards, 0..1.
        accepted: whether that is enough; else the pose is that of the bounds alone.
    """

    yaw: float
    shift: Array
    iou: float
    accepted: bool

    def apply(self, points: Array) -> Array:
        """Points (n, 3) where the registration puts them."""
        return points @ turn_of(self.yaw).T + self.shift


def register(own: Array, theirs: Array) -> Registration:
    """The pose that lays one cloud onto another.

    Args:
        own: (n, 3) points on the surface of the person's mesh.
        theirs: (m, 3) points on the surface of what was made.

    Raises:
        InvalidInputError: a cloud is empty, or holds what are no numbers.
    """
    for points in (own, theirs):
        if points.ndim != 2 or points.shape[1] != 3 or not len(points) or not np.isfinite(points).all():
            raise InvalidInputError("A shape has no points, or some that are no numbers", "Give (n, 3) finite numbers")
    size = max(float(np.linalg.norm(np.ptp(theirs, axis=0))), 1e-9)
    few = _sample(own, _COARSE), _sample(theirs, _COARSE)
    starts = [_start(own, theirs, 2 * math.pi * k / _STARTS) for k in range(_STARTS)]
    rough = sorted((_icp(*few, start, _COARSE_STEPS) for start in starts), key=lambda pair: pair[0])
    kept: list[Registration] = []
    for _, fit in rough:
        if all(abs(_wrapped(fit.yaw - other.yaw)) > math.radians(15) for other in kept):
            kept.append(fit)
        if len(kept) == _KEPT:
            break
    many = _sample(own, _FINE), _sample(theirs, _FINE)
    fine = [_icp(*many, fit, _FINE_STEPS) for fit in kept]
    bar = min(miss for miss, _ in fine) * (1 + _TIE) + _NOISE * size
    best = min((fit for miss, fit in fine if miss <= bar), key=lambda fit: abs(fit.yaw))
    _, best = _icp(*many, best, _LAST_STEPS)
    iou = _overlap(best.apply(own), theirs)
    if iou > _LEAST_IOU:
        return best._replace(iou=iou, accepted=True)
    plain = _by_bounds(own, theirs, starts)
    return plain._replace(iou=_overlap(plain.apply(own), theirs))


def _wrapped(yaw: float) -> float:
    """The same angle in (−π, π]."""
    return math.pi - (math.pi - yaw) % (2 * math.pi)


def _sample(points: Array, count: int) -> Array:
    """As many of them, spread evenly over their order shuffled; the same ones each time."""
    if len(points) <= count:
        return points
    return points[np.random.default_rng(0).choice(len(points), count, replace=False)]


def _start(own: Array, theirs: Array, yaw: float) -> Registration:
    """A turn, with the middles of both bounds on each other."""
    shift = _middle(theirs) - _middle(own @ turn_of(yaw).T)
    return Registration(_wrapped(yaw), shift, 0.0, accepted=False)


def _middle(points: Array) -> Array:
    return (points.min(axis=0) + points.max(axis=0)) / 2


def _by_bounds(own: Array, theirs: Array, starts: list[Registration]) -> Registration:
    """The start whose bounds are likest to the other's; of like ones that with the smallest turn."""
    wanted = np.ptp(theirs, axis=0)
    misses = [float(np.abs(np.ptp(start.apply(own), axis=0) - wanted).sum()) for start in starts]
    bar = min(misses) * (1 + _TIE) + _NOISE * float(wanted.sum())
    return min((start for miss, start in zip(misses, starts, strict=True) if miss <= bar), key=lambda s: abs(s.yaw))


def _icp(
    own: Array,
    theirs: Array,
    start: Registration,
    steps: int,
) -> tuple[float, Registration]:
    """Iterated closest points in both directions; the mean distance that is left, metres, and the fit."""
    fit, last = start, math.inf
    for _ in range(steps):
        forth, back, miss = _nearest(fit.apply(own), theirs)
        if miss > last * (1 - 1e-4):
            break
        last = miss
        fit = _fit(np.concatenate([own, own[back]]), np.concatenate([theirs[forth], theirs]), fit)
    return _nearest(fit.apply(own), theirs)[2], fit


def _nearest(a: Array, b: Array) -> tuple[Indices, Indices, float]:
    """Which points of b (m, 3) are nearest to those of a (n, 3), which of a to those of b, and the mean distance."""
    middle = b.mean(axis=0)  # near the origin single precision is fine enough
    x, y = (a - middle).astype(np.float32), (b - middle).astype(np.float32)
    squares = (x**2).sum(axis=1)[:, None] + (y**2).sum(axis=1) - 2 * x @ y.T
    forth, back = squares.argmin(axis=1), squares.argmin(axis=0)
    there = np.linalg.norm(a - b[forth], axis=1).mean()
    here = np.linalg.norm(b - a[back], axis=1).mean()
    return forth, back, float(there + here) / 2


def _fit(source: Array, target: Array, before: Registration) -> Registration:
    """The least squares of a turn about z and a shift between pairs of points (n, 3)."""
    a, b = source - source.mean(axis=0), target - target.mean(axis=0)
    yaw = math.atan2(float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()), float((a[:, :2] * b[:, :2]).sum()))
    return before._replace(yaw=yaw, shift=target.mean(axis=0) - turn_of(yaw) @ source.mean(axis=0))


def _overlap(a: Array, b: Array) -> float:
    """Intersection over union of what two clouds fill, as cells of a grid."""
    low = np.minimum(a.min(axis=0), b.min(axis=0))
    cell = max(float(np.ptp(b, axis=0).max()) / _CELLS, 1e-9)
    reach = np.maximum(a.max(axis=0), b.max(axis=0)) - low
    shape = np.minimum(reach / cell, 20 * _CELLS).astype(int) + 1
    filled = [_filled(np.minimum(((points - low) / cell).astype(int), shape - 1), shape) for points in (a, b)]
    return float((filled[0] & filled[1]).sum() / max((filled[0] | filled[1]).sum(), 1))


def _filled(cells: Indices, shape: Indices) -> npt.NDArray[np.bool_]:
    """Cells that lie between two filled ones along every axis: a hull that keeps what is open to one side."""
    grid = np.zeros(tuple(shape), dtype=bool)
    grid[tuple(cells.T)] = True
    solid = np.ones_like(grid)
    for axis in range(3):
        before = np.logical_or.accumulate(grid, axis=axis)
        behind = np.flip(np.logical_or.accumulate(np.flip(grid, axis), axis=axis), axis)
        solid &= before & behind
    return solid | grid
