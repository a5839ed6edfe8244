"""The outline of a room: the part of a floor that walls enclose. Ground plan, metres.

All edges of floor and walls go into one triangulation, and a room is the set of triangles that can be reached from one
another without crossing a wall. So it does not matter whether walls are boxes, planes or one shell, nor whether the
floor goes on below them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from mathutils import Vector
from mathutils.geometry import delaunay_2d_cdt

from ...instructscene_core.outlines import Point2, cleaned, contains, signed_area
from .surfaces import Floats, Indices

_WELD: Final = 1e-3
"""Metres between corners that are one."""
_LEAST: Final = 0.05
"""Square metres of a hole, or of a part of the floor, that counts."""


@dataclass(frozen=True)
class Region:
    """A part of the ground plan.

    Args:
        outline: corners, anticlockwise.
        holes: corners of each, clockwise.
        area: square metres, without the holes.
        walled: share of the outline's length that is a wall.
    """

    outline: tuple[Point2, ...]
    holes: tuple[tuple[Point2, ...], ...]
    area: float
    walled: float

    def contains(self, point: Point2) -> bool:
        """Whether a point is inside, and in no hole."""
        return contains(self.outline, point) and not any(contains(hole, point) for hole in self.holes)


def regions(floor: Floats | None, walls: Floats) -> list[Region]:
    """The rooms into which walls divide a floor, largest first.

    Args:
        floor: (K, 3, 2) triangles of the floor, which may overlap and turn either way; None where there is no floor:
            then rooms are what walls enclose.
        walls: (W, 2, 2) segments of a cut through the walls.
    """
    edges = _boundary(floor) if floor is not None else np.zeros((0, 2, 2))
    net = _Net.of(walls, edges)
    if net is None:
        return []
    allowed = _covered(net.middles, edges) if floor is not None else np.ones(len(net.triangles), np.bool_)
    found = [net.region(members) for members in net.components(allowed)]
    if floor is None:
        found = [region for region in found if region is not None and region.walled > 1 - 1e-6]
    kept = [region for region in found if region is not None and region.area > _LEAST]
    return sorted(kept, key=lambda region: -region.area)


def _boundary(triangles: Floats) -> Floats:
    """Directed edges (E, 2, 2) around triangles (K, 3, 2), which are turned anticlockwise: inner ones cancel."""
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    doubled = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    turned = np.where((doubled < 0)[:, None, None], triangles[:, ::-1], triangles)
    corners, index = _welded(turned[np.abs(doubled) > 1e-9].reshape(-1, 2))
    faces = index.reshape(-1, 3)
    pairs = np.concatenate([faces[:, [k, (k + 1) % 3]] for k in range(3)])
    keys, counts = np.unique(pairs, axis=0, return_counts=True)
    there = {(int(i), int(j)): int(n) for (i, j), n in zip(keys, counts, strict=True)}
    left = [
        edge for edge, n in there.items() for _ in range(n - there.get((edge[1], edge[0]), 0)) if edge[0] != edge[1]
    ]
    return corners[np.array(left, dtype=np.int64).reshape(-1, 2)]


def _welded(points: Floats) -> tuple[Floats, Indices]:
    """Corners (N, 2) without those that are near another, and the index of each point's (P,)."""
    rounded = np.round(points / _WELD).astype(np.int64)
    _, first, index = np.unique(rounded, axis=0, return_index=True, return_inverse=True)
    return points[first], index.reshape(-1)


def _covered(points: Floats, edges: Floats) -> npt.NDArray[np.bool_]:
    """Whether points (P, 2) are within directed edges (E, 2, 2), however often: (P,)."""
    (ax, ay), (bx, by) = edges[:, 0].T, edges[:, 1].T
    x, y = points[:, :1], points[:, 1:]
    up, down = (ay <= y) & (by > y), (ay > y) & (by <= y)
    slope = np.where(by == ay, 1.0, by - ay)
    left = x < ax + (y - ay) * (bx - ax) / slope
    return ((up & left).sum(axis=1) - (down & left).sum(axis=1)) != 0


@dataclass(frozen=True)
class _Net:
    """A triangulation whose edges follow floor and walls.

    Args:
        corners: (N, 2).
        triangles: (T, 3) anticlockwise.
        walls: pairs of corners, the smaller index first, between which a wall runs.
    """

    corners: Floats
    triangles: Indices
    walls: frozenset[tuple[int, int]]

    @staticmethod
    def of(walls: Floats, edges: Floats) -> "_Net | None":
        """The net of walls (W, 2, 2) and edges of a floor (E, 2, 2); None where there is no area."""
        corners, index = _welded(np.concatenate([walls, edges]).reshape(-1, 2))
        pairs = [(int(a), int(b)) for a, b in index.reshape(-1, 2)]
        if len(corners) < 3:
            return None
        numbered = [(k, pair) for k, pair in enumerate(pairs) if pair[0] != pair[1]]
        constraints = [pair for _, pair in numbered]
        points, lines, faces, _, origins, _ = delaunay_2d_cdt(
            [Vector(corner) for corner in corners],
            constraints,
            [],
            0,
            _WELD / 2,
            True,  # noqa: FBT003 - positional only
        )
        barriers = frozenset(
            (min(line), max(line))
            for line, origin in zip(lines, origins, strict=True)
            if any(numbered[k][0] < len(walls) for k in origin)
        )
        triangles = np.array([face for face in faces if len(face) == 3], dtype=np.int64).reshape(-1, 3)
        return _Net(np.array([tuple(point) for point in points], dtype=np.float64).reshape(-1, 2), triangles, barriers)

    @property
    def middles(self) -> Floats:
        """(T, 2) of the triangles."""
        return self.corners[self.triangles].mean(axis=1)

    def components(self, allowed: npt.NDArray[np.bool_]) -> list[list[int]]:
        """Sets of allowed triangles that are connected without crossing a wall."""
        sides: dict[tuple[int, int], list[int]] = {}
        for number, triangle in enumerate(self.triangles.tolist()):
            if allowed[number]:
                for side in _sides(triangle):
                    sides.setdefault((min(side), max(side)), []).append(number)
        beside: dict[int, list[int]] = {}
        for side, members in sides.items():
            if len(members) == 2 and side not in self.walls:
                beside.setdefault(members[0], []).append(members[1])
                beside.setdefault(members[1], []).append(members[0])
        left, found = set(np.flatnonzero(allowed).tolist()), list[list[int]]()
        while left:
            todo = [left.pop()]
            members = list(todo)
            while todo:
                nearby = [n for n in beside.get(todo.pop(), ()) if n in left]
                left.difference_update(nearby)
                todo += nearby
                members += nearby
            found.append(members)
        return found

    def region(self, members: Sequence[int]) -> Region | None:
        """The region of some triangles; None where it has no outline."""
        directed = {side for k in members for side in _sides(self.triangles[k].tolist())}
        outer = [side for side in directed if side[::-1] not in directed]
        loops = [cleaned([self._point(k) for k in loop]) for loop in _loops(outer)]
        outlines = [loop for loop in loops if len(loop) > 2 and signed_area(loop) > 0]
        if not outlines:
            return None
        outline = max(outlines, key=signed_area)
        holes = tuple(loop for loop in loops if len(loop) > 2 and signed_area(loop) < -_LEAST)
        length = sum(self._length(side) for side in outer)
        walled = sum(self._length(side) for side in outer if (min(side), max(side)) in self.walls)
        area = signed_area(outline) + sum(signed_area(hole) for hole in holes)
        return Region(outline, holes, area, walled / length)

    def _point(self, index: int) -> Point2:
        x, y = self.corners[index].tolist()
        return x, y

    def _length(self, side: tuple[int, int]) -> float:
        return math.dist(self._point(side[0]), self._point(side[1]))


def _sides(triangle: Sequence[int]) -> list[tuple[int, int]]:
    a, b, c = triangle
    return [(a, b), (b, c), (c, a)]


def _loops(edges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Closed chains of directed edges."""
    following: dict[int, list[int]] = {}
    for a, b in sorted(edges):
        following.setdefault(a, []).append(b)
    found = list[list[int]]()
    while following:
        start = next(iter(following))
        chain = [start]
        while chain[-1] in following:
            ways = following[chain[-1]]
            step = ways.pop()
            if not ways:
                del following[chain[-1]]
            if step in chain:  # a corner where two loops touch: the finished one is cut off
                at = chain.index(step)
                found.append(chain[at:])
                del chain[at + 1 :]
                if len(chain) == 1 and step not in following:
                    break
            else:
                chain.append(step)
    return found
