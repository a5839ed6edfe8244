"""Approximates a mesh by a few solid boxes, so that a chair may stand under a table: filled cells, greedily joined."""

import itertools
import math
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ..geometry.solids import WHOLE, Part
from .obj_file import Array, ObjMesh

_CELLS: Final = 8
"""Cells along each axis. A box is fitted to what it holds, so thin legs stay thin."""
_POINTS: Final = 6000
"""Points spread over the surface."""
_MAX_BOXES: Final = 10
"""Of a mesh; what they leave uncovered is too little to matter."""
_THINNEST: Final = 0.01
"""Least extent of a box along an axis, as a share of the mesh's."""
_SMALLEST: Final = 1e-5
"""Least volume of a box, as a share of the mesh's bounding box."""
_FULL: Final = 0.85
"""Least share of a box's cells that are filled."""
_STRIDES: Final = np.array([(_CELLS + 1) ** 2, _CELLS + 1, 1])
_Cells = npt.NDArray[np.bool_]
_Whole = npt.NDArray[np.int64]


class _Boxes(NamedTuple):
    """Boxes of cells: (B, 3) corners, upper ones exclusive, and (8, B) places of all corners in a table of sums."""

    low: _Whole
    high: _Whole
    corners: _Whole


def solid_parts(mesh: ObjMesh) -> tuple[Part, ...]:
    """Boxes (cx, cy, cz, w, d, h) as fractions of the mesh's own box, in the mesh's axes.

    What is enclosed on all sides counts as solid: a wardrobe is, the room under a table is not.
    """
    points = _unit_points(mesh)
    cells = np.minimum((points * _CELLS).astype(np.int64), _CELLS - 1)
    surface = np.zeros((_CELLS,) * 3, dtype=np.bool_)
    surface[tuple(cells.T)] = True
    filled = _filled(surface)
    parts: list[Part] = []
    left, choice = filled.copy(), _full_boxes(filled)
    while left.any() and len(parts) < _MAX_BOXES:
        low, high = _largest(left, choice)
        left[tuple(map(slice, low, high))] = False
        part = _fitted(low, high, points, cells)
        if math.prod(part[3:]) > _SMALLEST:
            parts.append(part)
    return tuple(parts) or (WHOLE,)


def _unit_points(mesh: ObjMesh) -> Array:
    """(P, 3) of the surface within [0, 1]: the corners of the triangles, and points spread evenly by area."""
    low, high = mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)
    corners = ((mesh.vertices - low) / (high - low))[mesh.triangles]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    rng = np.random.default_rng(0)
    share = np.cumsum(area) / area.sum()
    rows = np.searchsorted(share, (np.arange(_POINTS) + rng.random(_POINTS)) / _POINTS).clip(max=len(area) - 1)
    a, b = np.sqrt(rng.random((_POINTS, 1))), rng.random((_POINTS, 1))
    first, second, third = corners[rows].swapaxes(0, 1)
    spread = (1 - a) * first + a * (1 - b) * second + a * b * third
    return np.concatenate([spread, corners.reshape(-1, 3)]).clip(0, 1)


def _filled(surface: _Cells) -> _Cells:
    """Surface cells, and those that have some on all six sides."""
    inside = np.ones_like(surface)
    for axis in range(3):
        inside &= np.logical_or.accumulate(surface, axis=axis)
        inside &= np.flip(np.logical_or.accumulate(np.flip(surface, axis), axis=axis), axis)
    return surface | inside


def _full_boxes(filled: _Cells) -> _Boxes:
    """The boxes that hold hardly anything but filled cells."""
    boxes = _all_boxes()
    volume = (boxes.high - boxes.low).prod(axis=1)
    full = np.flatnonzero(_counts(filled, boxes.corners) >= _FULL * volume)
    return _Boxes(boxes.low[full], boxes.high[full], boxes.corners[:, full])


def _largest(left: _Cells, boxes: _Boxes) -> tuple[list[int], list[int]]:
    """Lower and upper corner of the box that covers most of the cells that are left, the smallest of such."""
    volume = (boxes.high - boxes.low).prod(axis=1)
    best = int(np.argmax(_counts(left, boxes.corners) - 1e-3 * volume))
    return boxes.low[best].tolist(), boxes.high[best].tolist()


@cache
def _all_boxes() -> _Boxes:
    """Every box in the grid."""
    spans = np.array(list(itertools.combinations(range(_CELLS + 1), 2)))
    grid = np.indices((len(spans),) * 3).reshape(3, -1).T
    low, high = spans[grid, 0], spans[grid, 1]
    corners = [np.where(corner, high, low) @ _STRIDES for corner in itertools.product((0, 1), repeat=3)]
    return _Boxes(low, high, np.array(corners, dtype=np.int64))


def _counts(cells: _Cells, corners: _Whole) -> _Whole:
    """(B,) how many cells of each box are set, by inclusion and exclusion of corner sums."""
    table = np.pad(cells.astype(np.int64).cumsum(0).cumsum(1).cumsum(2), ((1, 0),) * 3).ravel()
    signs = np.array([(-1) ** (3 - sum(corner)) for corner in itertools.product((0, 1), repeat=3)])
    return (signs[:, None] * table[corners]).sum(axis=0)


def _fitted(first: list[int], last: list[int], points: Array, cells: _Whole) -> Part:
    """The box around the points in some cells, at most as large as these."""
    held = points[((cells >= np.array(first)) & (cells < np.array(last))).all(axis=1)]
    low, high = np.array(first) / _CELLS, np.array(last) / _CELLS
    if len(held):
        low, high = held.min(axis=0), held.max(axis=0)
    extents = np.maximum(high - low, _THINNEST)
    cx, cy, cz = ((low + high) / 2).clip(extents / 2, 1 - extents / 2).round(4).tolist()
    w, d, h = extents.round(4).tolist()
    return round(cx - 0.5, 4), round(cy - 0.5, 4), round(cz - 0.5, 4), w, d, h
