"""Points spread evenly over a person's own piece, as the recogniser and the lists' pictures need them."""

import math
from collections.abc import Generator
from dataclasses import dataclass
from typing import Final

import bpy
import numpy as np
import numpy.typing as npt
from mathutils import Matrix

from ..model_reader.colours import colour_of
from .bodies import solid_parts
from .poses import yaw_of
from .records import scale_length
from .transforms import world_of

Floats = npt.NDArray[np.float32]
_HEAVY: Final = 200_000
"""Corners of a mesh from which it is looked at without its modifiers, whose copy would hold the interface."""
_MOST_TRIANGLES: Final = 100_000
"""Triangles of a part that are looked at: of a larger one, every so many."""


@dataclass(frozen=True, eq=False)
class Cloud:
    """P points on a piece, in its root's axes set upright.

    Attributes:
        places: (P, 3) metres.
        normals: (P, 3) of the faces, length 1.
        colours: (P, 3) linear r g b of the materials.
    """

    places: Floats
    normals: Floats
    colours: Floats


def cloud_of(root: bpy.types.Object, count: int) -> Generator[None, None, Cloud | None]:
    """The work of spreading points over a piece, which rests after each of its parts.

    Args:
        root: of the piece.
        count: P.

    Returns:
        The same whenever the piece is the same; None where it has no surface.
    """
    metres = scale_length(bpy.context.scene)
    upright = Matrix.Rotation(-yaw_of(world_of(root)), 4, "Z") @ Matrix.Translation(-world_of(root).translation)
    corners, colours = list[Floats](), list[Floats]()
    graph = bpy.context.evaluated_depsgraph_get()
    for part, matrix in solid_parts(root):
        triangles, colour = _triangles(part, graph, np.array(upright @ matrix, dtype=np.float64) * metres)
        corners.append(triangles)
        colours.append(np.tile(np.array(colour, np.float32), (len(triangles), 1)))
        yield
    triangles = np.concatenate(corners) if corners else np.zeros((0, 3, 3), np.float32)
    cross = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    area = np.linalg.norm(cross, axis=1).astype(np.float64)
    if not math.isfinite(float(area.sum())) or area.sum() <= 0:
        return None
    rng = np.random.default_rng(0)
    rows = rng.choice(len(area), count, p=area / area.sum())
    root_of_share, share = np.sqrt(rng.random(count)), rng.random(count)
    weights = np.stack([1 - root_of_share, root_of_share * (1 - share), root_of_share * share], axis=1)
    places = np.einsum("pk,pkc->pc", weights, triangles[rows])
    normals = cross[rows] / area[rows, None]
    return Cloud(places.astype(np.float32), normals.astype(np.float32), np.concatenate(colours)[rows])


def _triangles(
    part: bpy.types.Object, graph: bpy.types.Depsgraph, matrix: npt.NDArray[np.float64]
) -> tuple[Floats, tuple[float, float, float]]:
    """Corners (T, 3, 3) of a part's triangles after a matrix, and the colour of its first material."""
    grey = (0.6, 0.6, 0.6)
    plain = part.type == "MESH" and len(part.data.vertices) > _HEAVY
    evaluated = part.evaluated_get(graph)
    try:
        mesh = part.data if plain else evaluated.to_mesh()
    except RuntimeError:
        return np.zeros((0, 3, 3), np.float32), grey
    mesh.calc_loop_triangles()
    places = np.empty(3 * len(mesh.vertices), np.float32)
    faces = np.empty(3 * len(mesh.loop_triangles), np.int32)
    mesh.vertices.foreach_get("co", places)
    mesh.loop_triangles.foreach_get("vertices", faces)
    colour = colour_of(mesh.materials[0]).tint if mesh.materials else grey
    if not plain:
        evaluated.to_mesh_clear()
    chosen = faces.reshape(-1, 3)[:: max(1, len(faces) // 3 // _MOST_TRIANGLES)]
    corners = places.reshape(-1, 3)[chosen]
    return (corners @ matrix[:3, :3].T + matrix[:3, 3]).astype(np.float32), colour
