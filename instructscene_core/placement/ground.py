"""The ground that one can walk on, as cells of a grid: in how many parts furniture cuts it, and what doors lead to.

Product frame, metres. A person is a disc; a cell belongs to the ground where the disc's centre may be.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..geometry.frames import FloatArray
from ..geometry.solids import BoolArray
from ..geometry.walls import Walls

CELL: Final = 0.07
"""Side of a cell, metres."""
_SLACK: Final = CELL / 2
"""By which the disc may be inside something, so that no passage is missed because it lies between two rows of cells."""


@dataclass(frozen=True, eq=False)
class Ground:
    """The parts of the ground that a disc's centre may take.

    Attributes:
        parts: boolean grids, the largest first; there may be none.
        corner: (2,) of the grids' first cell.
        radius: of the disc, metres.
    """

    parts: tuple[BoolArray, ...]
    corner: FloatArray
    radius: float

    @staticmethod
    def of(walls: Walls, rectangles: FloatArray, radius: float) -> "Ground":
        """The ground between walls and rectangles.

        Args:
            walls: of the room.
            rectangles: (P, 4, 2) ground corners of what stands in the way, one after the other.
            radius: of the disc, metres.
        """
        corner, shape = _grid(walls)
        cells = corner + CELL * np.stack(np.meshgrid(*(np.arange(k) for k in shape), indexing="ij"), axis=-1)
        free = (walls.depth(cells.reshape(-1, 2)) >= radius - _SLACK).reshape(shape)
        for rectangle in rectangles:
            low, high = rectangle.min(axis=0) - radius, rectangle.max(axis=0) + radius
            first = np.clip(np.floor((low - corner) / CELL), 0, shape).astype(int)
            last = np.clip(np.ceil((high - corner) / CELL) + 1, 0, shape).astype(int)
            window = slice(first[0], last[0]), slice(first[1], last[1])
            free[window] &= _distance(cells[window], rectangle) >= radius - _SLACK
        return Ground(tuple(_parts(free)), corner, radius)

    def areas(self) -> list[float]:
        """Square metres that the disc covers in each part."""
        return [CELL**2 * float(_dilated(part, self.radius).sum()) for part in self.parts]

    def distance(self, point: FloatArray) -> float:
        """Metres from a point (2,) to the nearest cell of the largest part; infinite without any."""
        if not self.parts:
            return float("inf")
        cells = self.corner + CELL * np.argwhere(self.parts[0])
        return float(np.linalg.norm(cells - point, axis=1).min())


def _grid(walls: Walls) -> tuple[FloatArray, tuple[int, int]]:
    low, high = walls.starts.min(axis=0), walls.starts.max(axis=0)
    across, down = (int(k) for k in np.ceil((high - low) / CELL))
    return low + CELL / 2, (max(across, 1), max(down, 1))


def _distance(points: FloatArray, rectangle: FloatArray) -> FloatArray:
    """Metres from points (…, 2) to a rectangle (4, 2), 0 inside."""
    sides = np.stack([rectangle[1] - rectangle[0], rectangle[3] - rectangle[0]])
    lengths = np.linalg.norm(sides, axis=1)
    local = np.abs((points - rectangle.mean(axis=0)) @ (sides / lengths[:, None]).T)
    return np.linalg.norm(np.maximum(local - lengths / 2, 0), axis=-1)


def _parts(free: BoolArray) -> list[BoolArray]:
    """Connected parts of a grid, the largest first: cells that share a side."""
    left = {(int(i), int(j)) for i, j in np.argwhere(free)}
    found: list[list[tuple[int, int]]] = []
    while left:
        part = [left.pop()]
        for i, j in part:  # grows while it is gone through
            for neighbour in ((i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)):
                if neighbour in left:
                    left.remove(neighbour)
                    part.append(neighbour)
        found.append(part)
    grids: list[BoolArray] = []
    for part in sorted(found, key=len, reverse=True):
        grid = np.zeros(free.shape, dtype=np.bool_)
        grid[tuple(np.array(part).T)] = True
        grids.append(grid)
    return grids


def _dilated(part: BoolArray, radius: float) -> BoolArray:
    """The cells that a disc covers whose centre goes through a part, within a grid that holds them all."""
    reach = int(radius / CELL)
    grid = np.zeros((part.shape[0] + 2 * reach, part.shape[1] + 2 * reach), dtype=np.bool_)
    for i in range(-reach, reach + 1):
        half = int((max(radius**2 - (i * CELL) ** 2, 0)) ** 0.5 / CELL)
        for j in range(-half, half + 1):
            grid[reach + i : reach + i + part.shape[0], reach + j : reach + j + part.shape[1]] |= part
    return grid
