"""The ground that one can walk on, as cells of a grid: in how many parts furniture cuts it, and what doors lead to.

Product frame, metres. A person is a disc; a cell belongs to the ground where the disc's centre may be.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from ..geometry.frames import FloatArray
from ..geometry.solids import BoolArray
from ..geometry.walls import Walls

IntGrid = npt.NDArray[np.int64]

CELL: Final = 0.07
"""Side of a cell, metres."""
_SLACK: Final = CELL / 2
"""By which the disc may be inside something, so that no passage is missed because it lies between two rows of cells."""


@dataclass(frozen=True, eq=False)
class Grid:
    """The cells of a floor.

    Args:
        points: (I, J, 2) their middles.
        inside: (I, J) those where the disc is off the walls.
        radius: of the disc.
    """

    points: FloatArray
    inside: BoolArray
    radius: float

    @staticmethod
    def of(walls: Walls, radius: float) -> "Grid":
        """Of a floor, for a disc of a radius."""
        low, high = walls.starts.min(axis=0), walls.starts.max(axis=0)
        shape = [max(int(k), 1) for k in np.ceil((high - low) / CELL)]
        cells = low + CELL / 2 + CELL * np.stack(np.meshgrid(*(np.arange(k) for k in shape), indexing="ij"), axis=-1)
        return Grid(cells, (walls.depth(cells.reshape(-1, 2)) >= radius - _SLACK).reshape(shape), radius)

    @property
    def shape(self) -> tuple[int, ...]:
        """(I, J)."""
        return self.inside.shape

    def taken(self, rectangles: FloatArray) -> BoolArray:
        """(I, J) the cells where the disc would be inside one of some rectangles.

        Args:
            rectangles: (P, 4, 2) ground corners, one after the other.
        """
        found = np.zeros(self.shape, dtype=np.bool_)
        corner = self.points[0, 0] - CELL / 2
        for rectangle in rectangles:
            low, high = rectangle.min(axis=0) - self.radius, rectangle.max(axis=0) + self.radius
            first = np.clip(np.floor((low - corner) / CELL), 0, self.shape).astype(int)
            last = np.clip(np.ceil((high - corner) / CELL) + 1, 0, self.shape).astype(int)
            window = slice(first[0], last[0]), slice(first[1], last[1])
            found[window] |= _distance(self.points[window], rectangle) < self.radius - _SLACK
        return found

    def parts(self, free: BoolArray) -> tuple[IntGrid, FloatArray]:
        """Connected parts of the cells inside that are free; cells that share a side are connected.

        Returns:
            (I, J) for each cell the number of its part, 0 in none; and (K,) square metres that the disc's centre may
            take in the part of each number, 0 where there is none and for number 0.
        """
        labels = _labels(free & self.inside)
        sizes = np.bincount(labels.ravel()).astype(np.float64) * CELL**2
        sizes[0] = 0.0
        return labels, sizes


def _labels(free: BoolArray) -> IntGrid:
    """For each free cell the least number of a cell that it is connected to, from 1; 0 elsewhere.

    Runs of free cells along rows and columns take their least number by turns until nothing changes.
    """
    row, column = np.nonzero(free)
    numbers = np.arange(1, len(row) + 1)
    by_column = np.lexsort((row, column))
    back = np.argsort(by_column)
    along_rows, along_columns = _Runs(row, column), _Runs(column[by_column], row[by_column])
    while True:
        found = along_columns.least(along_rows.least(numbers)[by_column])[back]
        if (found == numbers).all():
            break
        numbers = found
    labels = np.zeros(free.shape, dtype=np.int64)
    labels[row, column] = numbers
    return labels


class _Runs:
    """The runs of neighbouring cells among cells that are sorted by line, and by place in it."""

    def __init__(self, line: IntGrid, place: IntGrid) -> None:
        breaks = (np.diff(line) != 0) | (np.diff(place) != 1)
        self._starts = np.concatenate([[0], np.flatnonzero(breaks) + 1]) if len(line) else np.zeros(0, dtype=np.int64)
        self._lengths = np.diff(np.concatenate([self._starts, [len(line)]]))

    def least(self, numbers: IntGrid) -> IntGrid:
        """The least number of each cell's run."""
        return np.repeat(np.minimum.reduceat(numbers, self._starts), self._lengths) if len(numbers) else numbers


@dataclass(frozen=True, eq=False)
class Ground:
    """The parts of the ground that a disc's centre may take.

    Attributes:
        grid: of the floor.
        labels: (I, J) number of each cell's part; 0 where the disc may not be.
        sizes: (K,) square metres that its centre may take in the part of each number.
    """

    grid: Grid
    labels: IntGrid
    sizes: FloatArray

    @staticmethod
    def of(walls: Walls, rectangles: FloatArray, radius: float) -> "Ground":
        """The ground between walls and rectangles.

        Args:
            walls: of the room.
            rectangles: (P, 4, 2) ground corners of what stands in the way, one after the other.
            radius: of the disc, metres.
        """
        grid = Grid.of(walls, radius)
        return Ground(grid, *grid.parts(~grid.taken(rectangles)))

    @cached_property
    def largest(self) -> BoolArray:
        """(I, J) the cells of the largest part."""
        return (self.labels == int(self.sizes.argmax())) & (self.labels > 0)

    def areas(self) -> list[float]:
        """Square metres that the disc covers in each part, the largest part first."""
        order = [part for part in np.argsort(-self.sizes, kind="stable").tolist() if self.sizes[part] > 0]
        return [CELL**2 * float(_dilated(self.labels == part, self.grid.radius).sum()) for part in order]

    def distance(self, point: FloatArray) -> float:
        """Metres from a point (2,) to the nearest cell of the largest part; infinite without any."""
        cells = self.grid.points[self.largest]
        return float(np.linalg.norm(cells - point, axis=1).min(initial=np.inf))


def _distance(points: FloatArray, rectangle: FloatArray) -> FloatArray:
    """Metres from points (…, 2) to a rectangle (4, 2), 0 inside."""
    sides = np.stack([rectangle[1] - rectangle[0], rectangle[3] - rectangle[0]])
    lengths = np.linalg.norm(sides, axis=1)
    local = np.abs((points - rectangle.mean(axis=0)) @ (sides / lengths[:, None]).T)
    return np.linalg.norm(np.maximum(local - lengths / 2, 0), axis=-1)


def _dilated(part: BoolArray, radius: float) -> BoolArray:
    """The cells that a disc covers whose centre goes through a part, within a grid that holds them all."""
    reach = int(radius / CELL)
    grid = np.zeros((part.shape[0] + 2 * reach, part.shape[1] + 2 * reach), dtype=np.bool_)
    for i in range(-reach, reach + 1):
        half = int((max(radius**2 - (i * CELL) ** 2, 0)) ** 0.5 / CELL)
        for j in range(-half, half + 1):
            grid[reach + i : reach + i + part.shape[0], reach + j : reach + j + part.shape[1]] |= part
    return grid
