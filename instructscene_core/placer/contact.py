"""How far a solid can fall until it touches others, and where: corners on faces, faces on corners, edges on edges."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..geometry.angles import atan2
from ..geometry.frames import FloatArray
from .near import Whole, meeting_boxes
from .solid import Solid, parts_within

HOVER: Final = 2e-4
"""Metres that a solid is left above what it stands on, so that rounding lets nothing intersect."""
_SAME: Final = 1e-3
"""Metres by which contacts may differ in height and carry together."""
_SUNK: Final = 1e-3
"""Metres that a solid may begin inside what carries it."""
_FLAT: Final = 1e-9
"""Square metres of a triangle seen from above below which it is upright."""
_PARALLEL: Final = 1e-12
"""Square metres below which two edges seen from above do not cross."""
_EDGE: Final = 1e-6
"""Share of a triangle or an edge by which a point may lie beyond its border."""


@dataclass(frozen=True, eq=False)
class Landing:
    """Where a falling solid comes to rest.

    Attributes:
        fall: metres that it went down.
        points: (C, 2) on the ground plane where it touches.
        carriers: (C,) numbers of the solids that it touches there.
    """

    fall: float
    points: FloatArray
    carriers: Whole

    def carries(self, point: FloatArray) -> bool:
        """Whether a weight above (2,) does not topple: it lies within the hull of the contacts."""
        return within_hull(self.points, point)


def landing(item: Solid, ground: Sequence[Solid], *, deepest: float) -> Landing | None:
    """How a solid that falls straight down comes to rest on others.

    Args:
        item: the solid where it begins, above what is to carry it.
        ground: what it may land on. What lies above the part of the solid over it is no ground, such as the next board
            of a shelf.
        deepest: metres that it may fall.

    Returns:
        None where it lands on nothing.
    """
    found = [_heights_between(item, solid, number, deepest) for number, solid in enumerate(ground)]
    gaps = np.concatenate([np.empty((0, 4)), *found])
    gaps = gaps[(gaps[:, 2] >= -_SUNK) & (gaps[:, 2] <= deepest)]
    if not len(gaps):
        return None
    least = float(gaps[:, 2].min())
    touching = gaps[gaps[:, 2] <= least + _SAME]
    return Landing(least - HOVER, touching[:, :2], touching[:, 3].astype(np.int64))


def _heights_between(item: Solid, solid: Solid, number: int, deepest: float) -> FloatArray:
    """(G, 4) x, y, height of the item over the ground there (negative: under it), and the ground's number."""
    up, down = np.array([0, 0, deepest]), np.array([0, 0, _SUNK])
    low, high = item.low - up, item.high + down
    faces = solid.corners[parts_within(solid, solid.faces, low, high)]
    edges = solid.corners[parts_within(solid, solid.edges, low, high)]
    if not len(faces):
        return np.empty((0, 4))
    low, high = faces.min(axis=(0, 1)) - down, faces.max(axis=(0, 1)) + up
    own_faces = item.corners[parts_within(item, item.faces, low, high)]
    own_edges = item.corners[parts_within(item, item.edges, low, high)]
    corners, own_corners = np.unique(faces.reshape(-1, 3), axis=0), np.unique(own_faces.reshape(-1, 3), axis=0)
    over = _corners_on_faces(*_one_above(own_corners[:, None], faces, deepest))
    above, below = _one_above(own_faces, corners[:, None], deepest)
    under = _corners_on_faces(below, above)
    under[:, 2] *= -1
    crossing = _edges_on_edges(*_one_above(own_edges, edges, deepest))
    gaps = np.concatenate([over, under, crossing])
    return np.column_stack([gaps, np.full(len(gaps), float(number))])


def _one_above(upper: FloatArray, lower: FloatArray, deepest: float) -> tuple[FloatArray, FloatArray]:
    """(P, U, 3) and (P, L, 3): pairs of corners, edges or faces of which one can fall onto the other.

    Args:
        upper: (A, U, 3) of the item.
        lower: (B, L, 3) of the ground.
        deepest: metres of the fall.
    """
    up, down = np.array([0, 0, deepest]), np.array([0, 0, _SUNK])
    first, second = meeting_boxes(
        upper.min(axis=1), upper.max(axis=1) + down, lower.min(axis=1), lower.max(axis=1) + up
    )
    return upper[first], lower[second]


def _corners_on_faces(corners: FloatArray, faces: FloatArray) -> FloatArray:
    """(G, 3) x, y and height of corners (P, 1, 3) over their faces (P, 3, 3), where one is above the other."""
    a, b, c = np.moveaxis(faces, 1, 0)
    point = corners[:, 0]
    whole = _cross(b - a, c - a)
    whole[np.abs(whole) < _FLAT] = np.nan
    second = _cross(point - a, c - a) / whole
    third = _cross(b - a, point - a) / whole
    inside = (second >= -_EDGE) & (third >= -_EDGE) & (second + third <= 1 + _EDGE)
    second, third = second[inside, None], third[inside, None]
    height = (a[inside] + second * (b - a)[inside] + third * (c - a)[inside])[:, 2]
    return np.column_stack([point[inside, :2], point[inside, 2] - height])


def _edges_on_edges(edges: FloatArray, others: FloatArray) -> FloatArray:
    """(G, 3) x, y and height of edges (P, 2, 3) over their others (P, 2, 3), where they cross seen from above."""
    start, along = edges[:, 0], edges[:, 1] - edges[:, 0]
    other_start, other_along = others[:, 0], others[:, 1] - others[:, 0]
    whole = _cross(along, other_along)
    whole[np.abs(whole) < _PARALLEL] = np.nan
    share = _cross(other_start - start, other_along) / whole
    other_share = _cross(other_start - start, along) / whole
    both = (share >= -_EDGE) & (share <= 1 + _EDGE) & (other_share >= -_EDGE) & (other_share <= 1 + _EDGE)
    place = start[both] + share[both, None] * along[both]
    other_place = other_start[both] + other_share[both, None] * other_along[both]
    return np.column_stack([place[:, :2], place[:, 2] - other_place[:, 2]])


def _cross(first: FloatArray, second: FloatArray) -> FloatArray:
    """(N,) cross products on the ground plane of rows (N, 2 or 3)."""
    return first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]


def within_hull(points: FloatArray, point: FloatArray) -> bool:
    """Whether a point (2,) lies in the convex hull of others (C, 2), its border included.

    It does unless a line through it has all others on one side: unless their directions leave a gap of half a turn.
    """
    offsets = points - point
    away = offsets[np.linalg.norm(offsets, axis=1) > 1e-6]
    if len(away) < len(offsets):
        return True
    angles = np.sort(atan2(away[:, 1], away[:, 0]))
    gaps = np.diff(angles, append=angles[0] + 2 * np.pi) if len(angles) else np.array([2 * np.pi])
    return bool(gaps.max() <= np.pi + 1e-6)
