"""A solid: the triangles of any mesh where they stand, and what placing needs to know of them.

Meshes are people's own, so nothing is asked of them: they may be open, turned inside out, of loose parts. Product
frame: metres, Z up.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from ..errors import InvalidInputError
from ..geometry.frames import FloatArray
from .near import Whole

_LEAST_AREA: Final = 1e-12
"""Square metres of a triangle below which it has no plane."""
_CLOSED: Final = 1e-3
"""Share of a mesh's surface by which its faces' directed areas may miss each other where it is closed."""
MOST_TRIANGLES: Final = 1_000_000
"""Of one solid; more would hold the interface for many seconds."""


@dataclass(frozen=True, eq=False)
class Solid:
    """Triangles of one object, in the room or in the object's own upright axes.

    Args:
        name: as messages call it.
        corners: (V, 3) metres, finite.
        faces: (T, 3) numbers of corners, T ≥ 1; none is without area.
        edges: (E, 2) numbers of corners, each edge of a face once.
    """

    name: str
    corners: FloatArray
    faces: Whole
    edges: Whole

    @staticmethod
    def of(name: str, corners: FloatArray, faces: Whole) -> "Solid":
        """Leaves out faces without area.

        Args:
            name: as messages call it.
            corners: (V, 3) metres.
            faces: (T, 3) numbers of corners.

        Raises:
            InvalidInputError: no face is left, a corner is not finite, or there are more than ``MOST_TRIANGLES``.
        """
        if len(faces) > MOST_TRIANGLES:
            raise InvalidInputError(
                f"{name} has {len(faces):,} triangles", f"Decimate it to {MOST_TRIANGLES:,} at most"
            )
        corners = np.asarray(corners, dtype=np.float64)
        if not np.isfinite(corners).all():
            raise InvalidInputError(f"{name} has corners that are no numbers", "Clean up its mesh")
        faces = faces[np.linalg.norm(_directed(corners[faces]), axis=1) > 2 * _LEAST_AREA]
        if not len(faces):
            raise InvalidInputError(f"{name} has no faces", "Choose an object with a surface, at a scale above zero")
        used, faces = np.unique(faces, return_inverse=True)
        faces = faces.reshape(-1, 3)
        ends = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
        once = np.unique(ends[:, 0] * len(used) + ends[:, 1])
        return Solid(name, corners[used], faces, np.stack([once // len(used), once % len(used)], axis=1))

    @staticmethod
    def joined(name: str, solids: "Sequence[Solid]") -> "Solid":
        """One solid of several, as of a tray and what lies on it."""
        starts = np.cumsum([0, *(len(solid.corners) for solid in solids[:-1])])
        pairs = list(zip(solids, starts, strict=True))
        return Solid(
            name,
            np.concatenate([solid.corners for solid in solids]),
            np.concatenate([solid.faces + start for solid, start in pairs]),
            np.concatenate([solid.edges + start for solid, start in pairs]),
        )

    @property
    def triangles(self) -> FloatArray:
        """(T, 3, 3) corners of its faces."""
        return self.corners[self.faces]

    @cached_property
    def low(self) -> FloatArray:
        """(3,) lower corner of the box around it."""
        return self.corners.min(axis=0)

    @cached_property
    def high(self) -> FloatArray:
        """(3,) upper corner of the box around it."""
        return self.corners.max(axis=0)

    @cached_property
    def size(self) -> FloatArray:
        """(3,) extents of the box around it, metres."""
        return self.high - self.low

    @cached_property
    def centre_of_mass(self) -> FloatArray:
        """(3,) of its volume where it is closed, else of its surface."""
        corners = self.triangles
        directed = _directed(corners)
        area = np.linalg.norm(directed, axis=1)
        middles = corners.mean(axis=1)
        volumes = np.einsum("tc,tc->t", corners[:, 0] - self.low, directed) / 6
        volume = float(volumes.sum())
        closed = np.linalg.norm(directed.sum(axis=0)) < _CLOSED * area.sum()
        if closed and abs(volume) > _CLOSED * float(np.abs(volumes).sum()):
            centre = (volumes[:, None] * (corners.sum(axis=1) + self.low)).sum(axis=0) / (4 * volume)
            if ((centre >= self.low) & (centre <= self.high)).all():
                return centre
        return (area[:, None] * middles).sum(axis=0) / area.sum()

    def moved(self, offset: FloatArray) -> "Solid":
        """The same, moved by (3,) metres."""
        return replace(self, corners=self.corners + offset)

    def turned(self, yaw: float) -> "Solid":
        """The same, turned about the Z axis through the origin, radians."""
        cosine, sine = math.cos(yaw), math.sin(yaw)
        axes = np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])
        return replace(self, corners=self.corners @ axes)

    def scaled(self, factor: float, about: FloatArray) -> "Solid":
        """The same, scaled evenly about a point (3,)."""
        return replace(self, corners=about + factor * (self.corners - about))


def _directed(corners: FloatArray) -> FloatArray:
    """(T, 3) normals of triangles, twice as long as their areas."""
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def parts_within(solid: Solid, parts: Whole, low: FloatArray, high: FloatArray) -> Whole:
    """Those of a solid's faces or edges (P, K) whose boxes reach into a box from ``low`` to ``high``, (Q, K)."""
    (first, *others), under, over = parts.T, solid.corners >= low, solid.corners <= high
    not_below, not_above = under[first], over[first]
    for corner in others:
        not_below, not_above = not_below | under[corner], not_above | over[corner]
    return parts[(not_below & not_above).all(axis=1)]
