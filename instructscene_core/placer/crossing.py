"""Whether solids intersect, by their triangles: an edge of one that passes through a face of the other."""

from typing import Final

import numpy as np

from ..geometry.frames import FloatArray
from .near import meeting_boxes
from .solid import Solid, parts_within

_DEEP: Final = 5e-4
"""Metres that an edge must reach beyond a face to count as passing through it: what touches does not intersect."""
_EDGE: Final = 1e-6
"""Share of a face by which an edge may pass outside it."""


def intersect(first: Solid, second: Solid) -> bool:
    """Whether the surfaces of two solids pass through each other; one inside the other without touching does not."""
    low, high = np.maximum(first.low, second.low), np.minimum(first.high, second.high)
    if (low > high).any():
        return False
    (edges, faces), (other_edges, other_faces) = (
        [solid.corners[parts_within(solid, parts, low, high)] for parts in (solid.edges, solid.faces)]
        for solid in (first, second)
    )
    return _passes(edges, other_faces) or _passes(other_edges, faces)


def _passes(edges: FloatArray, triangles: FloatArray) -> bool:
    """Whether any edge (E, 2, 3) passes through any triangle (T, 3, 3)."""
    edge, face = meeting_boxes(edges.min(axis=1), edges.max(axis=1), triangles.min(axis=1), triangles.max(axis=1))
    a, b, c = np.moveaxis(triangles[face], 1, 0)
    start, end = np.moveaxis(edges[edge], 1, 0)
    normal = np.cross(b - a, c - a)
    length = np.linalg.norm(normal, axis=1)
    before, after = (np.einsum("pc,pc->p", at - a, normal) / length for at in (start, end))
    through = (before * after < 0) & (np.minimum(np.abs(before), np.abs(after)) > _DEEP)
    a, b, c, start, end, normal = (part[through] for part in (a, b, c, start, end, normal))
    share = before[through] / (before[through] - after[through])
    point = start + share[:, None] * (end - start)
    squared = np.einsum("pc,pc->p", normal, normal)
    second = np.einsum("pc,pc->p", np.cross(point - a, c - a), normal) / squared
    third = np.einsum("pc,pc->p", np.cross(b - a, point - a), normal) / squared
    inside = (second > _EDGE) & (third > _EDGE) & (second + third < 1 - _EDGE)
    return bool(inside.any())
