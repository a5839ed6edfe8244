"""Which cells of a room solids fill, from points spread over their triangles; what they enclose counts as filled."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from ..geometry.frames import FloatArray
from ..geometry.solids import BoolArray
from .near import Whole
from .solid import Solid

_COARSE: Final = 24
"""Cubes along the longest side of a solid that show what it encloses."""
_LEVEL: Final = 0.94
"""Least share of a face's normal along Z, either way up, from which something can stand on it: 20 degrees."""
_APART: Final = 0.005
"""Metres between two heights from which they are two levels."""
_SPAN: Final = 0.02
"""Metres that one level may span: a cushion is slightly round."""


@dataclass(frozen=True, eq=False)
class Occupancy:
    """A solid in a grid of cubes whose corners are whole multiples of their edge.

    Attributes:
        cell: edge of a cube, metres.
        points: (P, 3) of its surface, the highest in each cube.
        level: (L, 3) of these on which something could stand if they face up, likewise.
        first: (3,) the cube that holds the lower corner.
        inner: (nx, ny, nz) cubes from there that have some of its surface on all six sides, and none in them.
        filled: (nx, ny, nz) these, and those that its surface touches.
    """

    cell: float
    points: FloatArray
    level: FloatArray
    first: Whole
    inner: BoolArray
    filled: BoolArray

    @staticmethod
    def of(solid: Solid, cell: float) -> "Occupancy":
        """Spreads the points and fills the cells."""
        points, level = _spread(solid.triangles, cell)
        first, shape, number = _numbered(points, cell)
        surface = np.zeros(shape, dtype=np.bool_)
        surface.reshape(-1)[number] = True
        filled, flat = enclosed(surface), points[level]
        return Occupancy(
            cell,
            points[_highest(points, number)],
            flat[_highest(flat, number[level])],
            first,
            filled & ~surface,
            filled,
        )

    @cached_property
    def body(self) -> FloatArray:
        """(Q, 3) its points, and the middles of the cells that it encloses."""
        return np.concatenate([self.points, (np.argwhere(self.inner) + self.first + 0.5) * self.cell])

    @cached_property
    def standing_points(self) -> FloatArray:
        """(Q, 3) of the points on which something could stand: level, and with nothing of the solid right above."""
        points = self.level
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
        x, y = column[inside].T
        blocked[inside] = self.filled[x, y, above[inside]]
        return points[~blocked]

    @cached_property
    def tops(self) -> list[tuple[float, Whole]]:
        """From low to high, the height of each level's highest standing point, metres, and its cells (K, 2)."""
        points = self.standing_points
        points = points[np.argsort(points[:, 2])]
        heights, found, begin = points[:, 2], list[tuple[float, Whole]](), 0
        breaks = np.append(np.flatnonzero(np.diff(heights) > _APART) + 1, len(points))
        while begin < len(points):
            end = min(int(breaks[breaks > begin][0]), int(np.searchsorted(heights, heights[begin] + _SPAN, "right")))
            cells = np.unique(np.floor(points[begin:end, :2] / self.cell).astype(np.int64), axis=0)
            found.append((float(heights[end - 1]), cells))
            begin = end
        return found


@dataclass(frozen=True, eq=False)
class Obstacle:
    """A solid that others may not be inside: its surface finely, and coarsely what it encloses.

    Attributes:
        points: (P, 3) of its surface, the highest in each fine cube.
        coarse: whose ``inner`` cells it encloses.
    """

    points: FloatArray
    coarse: Occupancy

    @staticmethod
    def of(solid: Solid, cell: float, coarse: Occupancy) -> "Obstacle":
        """Spreads points for a grid of fine cubes.

        Args:
            solid: the obstacle.
            cell: edge of a fine cube, metres.
            coarse: the same solid in cubes of :func:`coarse_cell`.
        """
        points, _ = _spread(solid.triangles, cell)
        return Obstacle(points[_highest(points, _numbered(points, cell)[2])], coarse)


def coarse_cell(solid: Solid) -> float:
    """Edge of cubes that show what a solid encloses, metres."""
    return float(solid.size.max()) / _COARSE


def _numbered(points: FloatArray, cell: float) -> tuple[Whole, Whole, Whole]:
    """(3,) the first cube of those that hold points (P, 3), (3,) how many there are, and (P,) the number of each's."""
    places = np.floor(points / cell).astype(np.int64)
    first = places.min(axis=0)
    shape = places.max(axis=0) - first + 1
    x, y, z = (places - first).T
    return first, shape, (x * shape[1] + y) * shape[2] + z


def enclosed(surface: BoolArray) -> BoolArray:
    """Cells of a surface, and those that have some of it on all six sides: a wardrobe's inside, not a shelf's."""
    inside = np.ones_like(surface)
    for axis in range(3):
        inside &= np.logical_or.accumulate(surface, axis=axis)
        inside &= np.flip(np.logical_or.accumulate(np.flip(surface, axis), axis=axis), axis)
    return surface | inside


def _spread(triangles: FloatArray, spacing: float) -> tuple[FloatArray, BoolArray]:
    """(P, 3) points on triangles (T, 3, 3), hardly more than ``spacing`` apart, and (P,) whether these are level.

    Triangles are halved across their longest edges until these are short, so that long thin ones get few points.
    """
    normal = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    level = np.abs(normal[:, 2]) >= _LEVEL * np.linalg.norm(normal, axis=1)
    points, flags = [triangles.reshape(-1, 3)], [np.repeat(level, 3)]
    while len(triangles):
        edges = np.roll(triangles, -1, axis=1) - triangles
        squared = np.einsum("tkc,tkc->tk", edges, edges)
        longest = squared.argmax(axis=1)
        wide = squared.max(axis=1) > spacing**2
        points.append(triangles[~wide].mean(axis=1))
        flags.append(level[~wide])
        rows, longest = np.flatnonzero(wide), longest[wide]
        start, end, apex = (triangles[rows, (longest + k) % 3] for k in range(3))
        middle = (start + end) / 2
        triangles = np.concatenate([np.stack([start, middle, apex], 1), np.stack([middle, end, apex], 1)])
        level = np.tile(level[wide], 2)
    return np.concatenate(points), np.concatenate(flags)


def _highest(points: FloatArray, number: Whole) -> Whole:
    """Rows of the highest of the points (P, 3) in each of their cells, whose numbers are (P,)."""
    order = np.lexsort((points[:, 2], number))
    number = number[order]
    return order[np.append(number[1:] != number[:-1], True)] if len(order) else order
