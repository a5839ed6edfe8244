"""The triangles of pieces and parts of a building, as placing any mesh on anything needs them."""

from collections.abc import Iterator
from typing import Final

import bpy
import numpy as np
from mathutils import Matrix

from ..instructscene_core.errors import InvalidInputError
from ..instructscene_core.geometry.frames import FloatArray
from ..instructscene_core.placer.near import Whole
from ..instructscene_core.placer.solid import MOST_TRIANGLES, Solid
from .bodies import solid_parts
from .language import tr
from .transforms import world_of

_MOST_KEPT: Final = 2_000_000
"""Corners of all solids that are kept."""
_KEPT: Final[dict[str, tuple[FloatArray, Whole, Solid]]] = {}
"""By the root's name: corners and faces as they were read, and the solid that was made of them."""


def solid_of(root: bpy.types.Object, axes: Matrix) -> Solid:
    """All triangles of an object and of what hangs on it, as its modifiers leave them.

    Where nothing has changed since it was last read, it is the same solid, of which the placer knows much already.

    Args:
        root: of a piece, or a part of a building.
        axes: from the world in Blender units to where the solid is told, in metres.

    Raises:
        InvalidInputError: it has no faces, too many, or corners that are no numbers.
    """
    graph = bpy.context.evaluated_depsgraph_get()
    corners, faces, count, total = [np.empty((0, 3))], [np.empty((0, 3), dtype=np.int64)], 0, 0
    for part, matrix in solid_parts(root):
        for vertices, triangles in _mesh_of(part, graph):
            total += len(triangles)
            if total > MOST_TRIANGLES:
                raise InvalidInputError(
                    tr('"{name}" has more than {count} triangles', name=root.name, count=f"{MOST_TRIANGLES:,}"),
                    tr("Hide it, or add a Decimate modifier"),
                )
            whole = np.array(axes @ matrix, dtype=np.float64)
            corners.append(vertices @ whole[:3, :3].T + whole[:3, 3])
            faces.append(triangles + count)
            count += len(vertices)
    return _made(root.name, np.concatenate(corners), np.concatenate(faces))


def _made(name: str, corners: FloatArray, faces: Whole) -> Solid:
    before = _KEPT.get(name)
    if before is not None and np.array_equal(before[0], corners) and np.array_equal(before[1], faces):
        return before[2]
    solid = Solid.of(name, corners, faces)
    if sum(len(kept) for kept, _, _ in _KEPT.values()) > _MOST_KEPT:
        _KEPT.clear()
    _KEPT[name] = corners, faces, solid
    return solid


def _mesh_of(part: bpy.types.Object, graph: bpy.types.Depsgraph) -> Iterator[tuple[FloatArray, Whole]]:
    """(V, 3) vertices and (T, 3) triangles of a part in its own axes; nothing where it has no mesh."""
    evaluated = part.evaluated_get(graph)
    try:
        mesh = evaluated.to_mesh()
    except RuntimeError:  # nothing of it is a surface
        return
    mesh.calc_loop_triangles()
    vertices = np.empty(3 * len(mesh.vertices), np.float32)
    triangles = np.empty(3 * len(mesh.loop_triangles), np.int32)
    mesh.vertices.foreach_get("co", vertices)
    mesh.loop_triangles.foreach_get("vertices", triangles)
    evaluated.to_mesh_clear()
    yield vertices.reshape(-1, 3).astype(np.float64), triangles.reshape(-1, 3).astype(np.int64)


def axes_of(room: bpy.types.Object | None, metres: float) -> Matrix:
    """From the world in Blender units to a room's upright axes, or the world's own, in metres."""
    if room is None:
        return Matrix.Scale(metres, 4)
    world = world_of(room)
    upright = Matrix.Translation(world.translation) @ Matrix.Rotation(world.to_euler().z, 4, "Z")
    return Matrix.Scale(metres, 4) @ upright.inverted()
