"""Which cells of a room solids fill, from points spread over their triangles; what they enclose counts as filled."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..geometry.frames import FloatArray
from ..geometry.solids import BoolArray
from .near import Whole
from .solid import Solid

_LEVEL: Final = 0.94
"""Least share of a face's normal along Z, either way up, from which something can stand on it: 20 degrees."""
_FINEST: Final = 512
"""Points along the longest edge of a triangle at most."""


@dataclass(frozen=True, eq=False)
class Occupancy:
    """A solid in a grid of cubes whose corners are whole multiples of their edge.

    Attributes:
        cell: edge of a cube, metres.
        points: (P, 3) spread over its surface, at most half a cell apart.
        level: (P,) whether something could stand there, if it faces up.
        first: (3,) the cube that holds the lower corner.
        filled: (nx, ny, nz) cubes from there that its surface touches, or that have some on all six sides.
    """

    cell: float
    points: FloatArray
    level: BoolArray
    first: Whole
    filled: BoolArray

    @staticmethod
    def of(solid: Solid, cell: float) -> "Occupancy":
        """Spreads the points and fills the cells."""
        points, level = _spread(solid.triangles, cell / 2)
        first = np.floor(solid.low / cell).astype(np.int64)
        shape = np.floor(solid.high / cell).astype(np.int64) - first + 1
        filled = np.zeros(shape, dtype=np.bool_)
        filled[tuple((np.floor(points / cell).astype(np.int64) - first).clip(0, shape - 1).T)] = True
        return Occupancy(cell, points, level, first, enclosed(filled))

    def solid_points(self) -> FloatArray:
        """(Q, 3) its points, and the middles of the cells that it encloses."""
        inner = self.filled.copy()
        places = np.floor(self.points / self.cell).astype(np.int64) - self.first
        inner[tuple(places.clip(0, np.array(inner.shape) - 1).T)] = False
        return np.concatenate([self.points, (np.argwhere(inner) + self.first + 0.5) * self.cell])

    def standing_points(self) -> FloatArray:
        """(Q, 3) of the points on which something could stand: level, and with nothing of the solid right above."""
        points = self.points[self.level]
        column = np.floor(points[:, :2] / self.cell).astype(np.int64) - self.first[:2]
        order = np.lexsort((points[:, 2], column[:, 1], column[:, 0]))
        points, column = points[order], column[order]
        same = (column[1:] == column[:-1]).all(axis=1)
        # The lower side of a board is as level as its upper one, and one point of a column is enough.
        covered = np.append(same & (np.diff(points[:, 2]) < 1.5 * self.cell), False)
        points, column = points[~covered], column[~covered]
        above = np.floor(points[:, 2] / self.cell).astype(np.int64) - self.first[2] + 1
        inside = above < self.filled.shape[2]
        blocked = np.zeros(len(points), dtype=np.bool_)
        x, y = column[inside].clip(0, np.array(self.filled.shape[:2]) - 1).T
        blocked[inside] = self.filled[x, y, above[inside]]
        return points[~blocked]


def enclosed(surface: BoolArray) -> BoolArray:
    """Cells of a surface, and those that have some of it on all six sides: a wardrobe's inside, not a shelf's."""
    inside = np.ones_like(surface)
    for axis in range(3):
        inside &= np.logical_or.accumulate(surface, axis=axis)
        inside &= np.flip(np.logical_or.accumulate(np.flip(surface, axis), axis=axis), axis)
    return surface | inside


def _spread(triangles: FloatArray, spacing: float) -> tuple[FloatArray, BoolArray]:
    """(P, 3) points on triangles (T, 3, 3), their corners among them, and (P,) whether these are level."""
    edges = triangles - np.roll(triangles, 1, axis=1)
    longest = np.linalg.norm(edges, axis=2).max(axis=1)
    steps = 2 ** np.ceil(np.log2(np.clip(longest / spacing, 1, _FINEST))).astype(np.int64)
    normal = np.cross(edges[:, 0], edges[:, 1])
    level = np.abs(normal[:, 2]) >= _LEVEL * np.linalg.norm(normal, axis=1)
    points, flags = list[FloatArray](), list[BoolArray]()
    for count in np.unique(steps):
        rows = np.flatnonzero(steps == count)
        weights = _lattice(int(count))
        points.append(np.einsum("wk,tkc->twc", weights, triangles[rows]).reshape(-1, 3))
        flags.append(np.repeat(level[rows], len(weights)))
    return np.concatenate(points), np.concatenate(flags)


def _lattice(count: int) -> FloatArray:
    """(W, 3) weights of a triangle's corners at points with ``count`` steps along each side."""
    first, second = np.mgrid[0 : count + 1, 0 : count + 1].reshape(2, -1)
    kept = first + second <= count
    first, second = first[kept] / count, second[kept] / count
    return np.stack([first, second, 1 - first - second], axis=1)
