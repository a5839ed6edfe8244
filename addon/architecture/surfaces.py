"""Surfaces of a building in the world: triangles, horizontal cuts, and the level on which one can stand. Metres."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import bpy
import numpy as np
import numpy.typing as npt
from mathutils import Matrix, Vector
from mathutils.bvhtree import BVHTree

from ..bodies import body_of

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
_LEVEL: Final = 0.95
"""Cosine to the vertical from which a triangle is level, whichever way it faces."""
_STEP: Final = 0.03
"""Metres between heights that are one level: boards, tiles, and a scan's noise."""
_HEADROOM: Final = 1.8
"""Metres above a floor that are free: above the lower side of a slab they are not."""
_LARGE: Final = 0.3
"""Share of the largest level that one must have to count: a step or a sill is no floor."""
_SAMPLES: Final = 64
"""Places of a level at which headroom is looked for."""
_OFF: Final = 1.37e-4
"""Metres by which a cut is above the height that was asked for: so it seldom meets a corner."""


@dataclass(frozen=True)
class Surface:
    """Triangles of one or more objects in the world.

    Args:
        corners: (N, 3), metres.
        triangles: (M, 3) indices of corners.
    """

    corners: Floats
    triangles: Indices

    @staticmethod
    def of(objects: Iterable[bpy.types.Object], depsgraph: bpy.types.Depsgraph, metres: float) -> "Surface":
        """Of objects as their modifiers leave them; what has no surface adds none.

        Args:
            objects: solid ones.
            depsgraph: up to date.
            metres: in one Blender unit.
        """
        corners, triangles, count = [np.zeros((0, 3))], [np.zeros((0, 3), np.int64)], 0
        for part, faces in (_read(body, matrix, depsgraph) for obj in objects for body, matrix in body_of(obj)):
            corners.append(part * metres)
            triangles.append(faces + count)
            count += len(part)
        return Surface(np.concatenate(corners), np.concatenate(triangles))

    @property
    def points(self) -> Floats:
        """(M, 3, 3) corners of each triangle."""
        return self.corners[self.triangles]

    def bounds(self) -> tuple[Floats, Floats]:
        """Lowest and highest corner (3,); there must be one."""
        return self.corners.min(axis=0), self.corners.max(axis=0)

    def cut(self, height: float) -> Floats:
        """Segments (K, 2, 2) on the ground plan where a horizontal plane cuts the triangles."""
        points = self.points
        above = points[..., 2] > height + _OFF
        crossing = points[(above.any(axis=1)) & (~above.all(axis=1))]
        if not len(crossing):
            return np.zeros((0, 2, 2))
        ends = [_crossings(crossing[:, k], crossing[:, (k + 1) % 3], height + _OFF) for k in range(3)]
        stacked = np.stack([end for end, _ in ends], axis=1)  # (K, 3, 2)
        valid = np.stack([cuts for _, cuts in ends], axis=1)  # (K, 3), two of each row
        return stacked[valid].reshape(-1, 2, 2)

    def level(self, height: float) -> Floats:
        """(K, 3, 2) the level triangles at a height, on the ground plan."""
        flat, heights, _ = self._level_triangles()
        return flat[np.abs(heights - height) <= _STEP][..., :2]

    def floor_height(self) -> float | None:
        """Height of the lowest level on which one can stand, that is not much smaller than the largest; None for none.

        Which way the faces look does not matter: a room modelled from inside and a slab modelled from outside have
        theirs where there is headroom.
        """
        flat, heights, areas = self._level_triangles()
        if not len(flat):
            return None
        found: list[tuple[float, float]] = []
        tree = BVHTree.FromPolygons(self.corners.tolist(), self.triangles.tolist())
        for height in _clusters(heights):
            here = np.abs(heights - height) <= _STEP
            if _has_headroom(tree, flat[here].mean(axis=1), areas[here]):
                found.append((height, float(areas[here].sum())))
        largest = max((area for _, area in found), default=0.0)
        return min((height for height, area in found if area >= _LARGE * largest), default=None)

    def _level_triangles(self) -> tuple[Floats, Floats, Floats]:
        """Level triangles (K, 3, 3), their heights (K,) and areas (K,), square metres."""
        points = self.points
        normals = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
        doubled = np.linalg.norm(normals, axis=1)
        level = np.abs(normals[:, 2]) > _LEVEL * np.maximum(doubled, 1e-12)
        return points[level], points[level][..., 2].mean(axis=1), doubled[level] / 2


def _read(obj: bpy.types.Object, world: Matrix, depsgraph: bpy.types.Depsgraph) -> tuple[Floats, Indices]:
    """Corners (N, 3) in Blender units and triangles (M, 3) of an object."""
    evaluated = obj.evaluated_get(depsgraph)
    try:
        mesh = evaluated.to_mesh()
    except RuntimeError:  # nothing that can be a mesh
        return np.zeros((0, 3)), np.zeros((0, 3), np.int64)
    mesh.calc_loop_triangles()
    corners, triangles = np.empty(3 * len(mesh.vertices)), np.empty(3 * len(mesh.loop_triangles), np.int64)
    mesh.vertices.foreach_get("co", corners)
    mesh.loop_triangles.foreach_get("vertices", triangles)
    evaluated.to_mesh_clear()
    matrix = np.array(world)
    return corners.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3], triangles.reshape(-1, 3)


def _crossings(a: Floats, b: Floats, height: float) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Where edges a-b (K, 3) cross a height (K, 2), and whether they do (K,)."""
    crosses = (a[:, 2] > height) != (b[:, 2] > height)
    share = np.where(crosses, (height - a[:, 2]) / np.where(crosses, b[:, 2] - a[:, 2], 1.0), 0.0)
    return a[:, :2] + share[:, None] * (b[:, :2] - a[:, :2]), crosses


def _clusters(heights: Floats) -> list[float]:
    """The heights of levels, lowest first."""
    ordered = np.sort(heights)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(ordered) > _STEP) + 1])
    return [float(part.mean()) for part in np.split(ordered, starts[1:])]


def _has_headroom(tree: BVHTree, middles: Floats, areas: Floats) -> bool:
    """Whether one can stand on half of some level triangles with middles (K, 3) and areas (K,)."""
    largest = np.argsort(areas)[::-1][:_SAMPLES]
    free = [
        tree.ray_cast(Vector(middle) + Vector((0, 0, _STEP)), Vector((0, 0, 1)), _HEADROOM)[0] is None
        for middle in middles[largest]
    ]
    return float(areas[largest][np.array(free)].sum()) >= 0.5 * float(areas[largest].sum())
