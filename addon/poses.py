"""Where things stand: poses of boxes in a room's axes, read off objects and hierarchies, and the way back."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..instructscene_core.scene import Vector3
from ..instructscene_core.vocabulary import hangs
from .assets import Extent, extent
from .bodies import box_corners, solid_parts
from .guesses import front_of
from .records import CATEGORY_KEY, POSE_KEY, is_ours
from .transforms import world_of

_SAME: Final = 1e-4
"""Metres and radians below which a pose is the stored one: Blender keeps single precision."""


@dataclass(frozen=True)
class Pose:
    """Where a box stands in a room's axes: metres, full extents, radians about +Z."""

    position: Vector3
    size: Vector3
    yaw: float

    def near(self, other: "Pose") -> bool:
        """Whether both are the same but for single precision."""
        pairs = zip((*self.position, *self.size), (*other.position, *other.size), strict=True)
        turn = math.remainder(self.yaw - other.yaw, math.tau)
        return abs(turn) < _SAME and all(abs(a - b) < _SAME for a, b in pairs)

    def within(self, category: str | None, placed: Vector3) -> "Pose":
        """Pose of a mesh of size ``placed`` in this box: on its base, ceiling-hung classes at its top, centred."""
        slack = (self.size[2] - placed[2]) / 2
        x, y, z = self.position
        return Pose((x, y, z + slack if hangs(category or "") else z - slack), placed, self.yaw)

    def frame(self, metres: float) -> Matrix:
        """Translation and turn about +Z, in Blender units."""
        return Matrix.Translation(Vector(self.position) / metres) @ Matrix.Rotation(self.yaw, 4, "Z")


def read_pose(obj: bpy.types.Object, room: bpy.types.Object | None, metres: float) -> Pose:
    """The pose of a piece in a room's axes, in the world's without a room; its front is at −Y of yaw 0.

    An object that still stands where we placed it gives back the very numbers of the Scene.

    Args:
        obj: furniture that we placed, or the root of a person's own piece; tilted ones get the upright box around them.
        room: the room's Empty.
        metres: in one Blender unit, see `scale_length`.

    Raises:
        PlacingError: there is no geometry.
    """
    stored = obj.get(POSE_KEY)
    if stored is None or not is_ours(obj):
        return _own_pose(obj, room, metres)
    pose = _pose_of(_matrix_in_room(obj, room), extent(obj.data), metres)
    if obj.parent != room or room is None:
        return pose
    kept = Pose(tuple(stored[0:3]), tuple(stored[3:6]), stored[6])
    placed = kept.within(obj.get(CATEGORY_KEY), tuple(stored[7:10]))
    return kept if pose.near(placed) else pose


def _own_pose(root: bpy.types.Object, room: bpy.types.Object | None, metres: float) -> Pose:
    """The upright box around all parts of a person's own piece, turned as its root is, and by what its front asks."""
    matrix = _matrix_in_room(root, room)
    own = list(_boxes(root))
    turn = yaw_of(matrix) + math.pi / 2 * front_of(root)
    upright = Matrix.Rotation(-turn, 4, "Z") @ matrix
    corners = np.array([tuple(upright @ corner) for corner in own])
    low, high = corners.min(axis=0), corners.max(axis=0)
    centre = Matrix.Rotation(turn, 4, "Z") @ Vector(((low + high) / 2).tolist())
    width, depth, height = ((high - low) * metres).tolist()
    x, y, z = (v * metres for v in centre)
    return Pose((x, y, z), (width, depth, height), math.remainder(turn, math.tau) if abs(turn) > math.pi else turn)


def _boxes(root: bpy.types.Object) -> Iterator[Vector]:
    """Corners of the boxes around all parts of a piece, in its root's own axes."""
    back = None
    for part, matrix in solid_parts(root):
        if part == root:
            yield from box_corners(part)
            continue
        back = back or world_of(root).inverted()
        yield from (back @ matrix @ corner for corner in box_corners(part))


def yaw_of(matrix: Matrix) -> float:
    """Turn about +Z: that of the x axis; of a mirrored object that of the way its −Y looks, which mirroring keeps."""
    across, back, up = (Vector(column[:3]) for column in matrix.transposed().to_3x3())
    if matrix.to_3x3().determinant() > 0:
        return math.atan2(across.y, across.x)
    front = -back if back.xy.length > up.xy.length else up
    return math.atan2(front.x, -front.y)


def _pose_of(matrix: Matrix, bounds: Extent, metres: float) -> Pose:
    """The upright box around local bounds after a matrix, with the yaw of the matrix's x axis."""
    half = bounds.size / 2
    yaw = yaw_of(matrix)
    upright = Matrix.Rotation(-yaw, 4, "Z") @ matrix
    reach = Vector(sum(abs(row[k]) * half[k] for k in range(3)) for row in upright.to_3x3())
    centre = matrix @ bounds.centre
    return Pose(tuple(v * metres for v in centre), tuple(2 * v * metres for v in reach), yaw)


def _matrix_in_room(obj: bpy.types.Object, room: bpy.types.Object | None) -> Matrix:
    if room is None:
        return world_of(obj)
    if obj.parent == room:
        return obj.matrix_parent_inverse @ obj.matrix_basis
    return world_of(room).inverted() @ world_of(obj)
