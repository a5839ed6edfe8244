"""Levels: what things can stand on, one height of one solid each, and the floor; and where on them is free room."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..geometry.frames import FloatArray
from ..geometry.solids import BoolArray
from .near import Whole
from .occupancy import Obstacle, Occupancy

LIFT: Final = 0.01
"""Metres above a level at which a solid begins to fall: what is lower, such as a cloth, carries it."""
_LAYERS: Final = 12
"""Of a solid's height that are tested apart, at most: what is wide above may be narrow below."""
_BASE: Final = 0.01
"""Metres above its lowest point to which a solid's base reaches, or one cell."""
LEAST_SUPPORT: Final = 0.6
"""Share of a base that must be over the level; whether it would topple is tested on the triangles."""
FLOOR: Final = -1
"""Stands for the floor among the numbers of solids."""


@dataclass(frozen=True, eq=False)
class Level:
    """Cells at one height on which something can stand.

    Attributes:
        host: number of the solid whose surface it is; ``FLOOR``.
        height: of its highest point, metres.
        cells: (K, 2) whole multiples of the cell's edge, at least one.
    """

    host: int
    height: float
    cells: Whole

    @property
    def area(self) -> int:
        """Cells that it has."""
        return len(self.cells)


def levels_of(occupancy: Occupancy, host: int) -> list[Level]:
    """The levels of a solid, from low to high."""
    return [Level(host, height, cells) for height, cells in occupancy.tops]


@dataclass(frozen=True, eq=False)
class FreePlaces:
    """Where a solid has room on a level.

    Attributes:
        centres: (N, 2) places of the middle of its box, metres.
        support: (N,) share of its base that is over the level.
        roomy: (N,) whether the next cell all around is free too.
    """

    centres: FloatArray
    support: FloatArray
    roomy: BoolArray


def free_places(
    item: Occupancy, level: Level, obstacles: Sequence[Obstacle], barred: Whole | None = None, lift: float = LIFT
) -> FreePlaces:
    """All places of a grid where a solid stands on a level and is not inside anything.

    Args:
        item: the solid, the middle of its box above the origin and its lowest point at height 0.
        level: where it shall stand; its cells are of the same grid.
        obstacles: what it may not be inside.
        barred: (K, 2) cells where no part of it may be at any height, such as beyond the walls.
        lift: metres above the level at which it begins to fall.
    """
    cell, own = item.cell, item.body
    height = float(own[:, 2].max())
    thickness = max(cell, height / _LAYERS)
    n_layers = int(height // thickness) + 1
    reach = np.ceil(np.abs(own[:, :2]).max(axis=0) / cell).astype(np.int64) + 2
    first, last = level.cells.min(axis=0) - reach, level.cells.max(axis=0) + reach
    shape = last - first + 1
    base = level.height + lift

    def layered(points: FloatArray, at: Whole, size: Whole) -> BoolArray:
        """(L, *size) cells that points of heights over the base touch in each layer."""
        layers = np.zeros((n_layers, *size), dtype=np.bool_)
        place = np.floor(points[:, :2] / cell).astype(np.int64) - at
        layer = np.floor(points[:, 2] / thickness).astype(np.int64)
        within = ((place >= 0) & (place < size)).all(axis=1) & (layer >= 0) & (layer < n_layers)
        layers[layer[within], place[within, 0], place[within, 1]] = True
        return layers

    blocked = np.zeros((n_layers, *shape), dtype=np.bool_)
    for obstacle in obstacles:
        over = obstacle.points - [0, 0, base]
        blocked |= layered(over[(over[:, 2] > 0) & (over[:, 2] < height)], first, shape)
        _fill(blocked, obstacle.coarse, first * cell, cell, base, thickness)
    if barred is not None:
        place = barred - first
        place = place[((place >= 0) & (place < shape)).all(axis=1)]
        blocked[:, place[:, 0], place[:, 1]] = True
    size = 2 * reach + 1
    body = layered(own, -reach, size)
    foot = layered(own[own[:, 2] <= max(_BASE, cell)], -reach, size)[:1]
    carrying = np.zeros((1, *shape), dtype=np.bool_)
    carrying[0, *(level.cells - first).T] = True
    support = _matches(carrying, foot) / max(int(foot.sum()), 1)
    meets, grown = _matches(blocked, body), _matches(blocked, _grown(body))
    free = (meets < 0.5) & (support >= LEAST_SUPPORT)
    places = np.argwhere(free)
    return FreePlaces((places + first + reach) * cell, support[free], grown[free] < 0.5)


def _fill(layers: BoolArray, coarse: Occupancy, corner: FloatArray, cell: float, base: float, thickness: float) -> None:
    """Sets the cells of layers (L, H, W) whose middles are in what a solid encloses.

    Args:
        layers: to set.
        coarse: the solid.
        corner: (2,) of the first cell, metres.
        cell: metres.
        base: height of the first layer's lower side, metres.
        thickness: of a layer, metres.
    """
    x, y = (
        np.floor((start + (np.arange(count) + 0.5) * cell) / coarse.cell).astype(np.int64) - at
        for start, count, at in zip(corner, layers.shape[1:], coarse.first, strict=False)
    )
    (kept_x, kept_y) = (
        np.flatnonzero((place >= 0) & (place < count)) for place, count in zip((x, y), coarse.inner.shape, strict=False)
    )
    if not len(kept_x) or not len(kept_y) or not coarse.inner.any():
        return
    for layer in range(len(layers)):
        low, high = (int((base + (layer + k) * thickness) // coarse.cell) - int(coarse.first[2]) for k in (0, 1))
        inside = coarse.inner[:, :, max(low, 0) : max(high + 1, 0)].any(axis=2)
        layers[layer][np.ix_(kept_x, kept_y)] |= inside[np.ix_(x[kept_x], y[kept_y])]


def _grown(layers: BoolArray) -> BoolArray:
    """Cells and those beside them; the borders are empty."""
    grown = layers.copy()
    for axis in (1, 2):
        grown |= np.roll(grown, 1, axis) | np.roll(grown, -1, axis)
    return grown


def _matches(large: BoolArray, small: BoolArray) -> FloatArray:
    """How many set cells of all layers coincide, for each place of the small layers within the large ones.

    Args:
        large: (L, H, W).
        small: (L, h, w).

    Returns:
        (H - h + 1, W - w + 1), by the Fourier transform's theorem of correlation.
    """
    rows, columns = (int(-(-extent // 32) * 32) for extent in large.shape[1:])
    spectrum = np.fft.rfft2(large, (rows, columns)) * np.conj(np.fft.rfft2(small, (rows, columns)))
    places = np.fft.irfft2(spectrum.sum(axis=0), (rows, columns))
    return places[: large.shape[1] - small.shape[1] + 1, : large.shape[2] - small.shape[2] + 1]
