"""Points spread evenly over a mesh, with normals and colours."""

from dataclasses import dataclass

import bpy
import numpy as np
import numpy.typing as npt

from instructscene_core.thumbnails import POINTS

from .colours import Painter, colour_of

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Cloud:
    """P points.

    Attributes:
        places: (P, 3).
        normals: (P, 3) of the faces, length 1.
        colours: (P, 3) linear r g b.
        triangles: (T, 3) corners of the mesh's triangles.
    """

    places: Array
    normals: Array
    colours: Array
    triangles: npt.NDArray[np.int64]


def cloud_of(mesh: bpy.types.Mesh, corners: Array) -> Cloud:
    """Points of a mesh, the same whenever it is read.

    Args:
        mesh: with one UV map and one colour layer at most.
        corners: (V, 3) of its vertices.
    """
    mesh.calc_loop_triangles()
    loops = np.empty(3 * len(mesh.loop_triangles), dtype=np.int32)
    mesh.loop_triangles.foreach_get("loops", loops)
    loops = loops.reshape(-1, 3)
    slots = np.empty(len(loops), dtype=np.int32)
    mesh.loop_triangles.foreach_get("material_index", slots)
    vertices = np.empty(len(mesh.loops), dtype=np.int32)
    mesh.loops.foreach_get("vertex_index", vertices)
    triangles = vertices[loops].astype(np.int64)
    points = corners[triangles]
    cross = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
    area = np.linalg.norm(cross, axis=1).astype(np.float64)
    rng = np.random.default_rng(0)
    total = area.sum()
    chances = area / total if total > 0 else np.full(len(area), 1 / len(area))
    rows = rng.choice(len(area), POINTS, p=chances)
    weights = _weights(rng)
    normals = cross[rows] / np.maximum(area[rows, None], 1e-30)
    colours = _colours(mesh, loops[rows], slots[rows], weights)
    places = np.einsum("pk,pkc->pc", weights, points[rows])
    return Cloud(places.astype(np.float32), normals.astype(np.float32), colours, triangles)


def _weights(rng: np.random.Generator) -> Array:
    """(P, 3) barycentric, uniform over a triangle."""
    root, share = np.sqrt(rng.random(POINTS)), rng.random(POINTS)
    return np.stack([1 - root, root * (1 - share), root * share], axis=1).astype(np.float32)


def _colours(mesh: bpy.types.Mesh, loops: npt.NDArray[np.int32], slots: npt.NDArray[np.int32], weights: Array) -> Array:
    uv = _spread(mesh.uv_layers[0].uv, "vector", 2, loops, weights) if len(mesh.uv_layers) else None
    layers = mesh.color_attributes
    own = _spread(layers[0].data, "color", 4, loops, weights) if len(layers) else None
    painter, found = Painter(), np.empty((len(loops), 3), dtype=np.float32)
    materials = list(mesh.materials) or [None]
    for number in np.unique(slots):
        rows = slots == number
        colour = colour_of(materials[min(int(number), len(materials) - 1)])
        found[rows] = painter.paint(
            colour, None if uv is None else uv[rows], None if own is None else own[rows], int(rows.sum())
        )
    return found.clip(0, 1)


def _spread(items: object, key: str, width: int, loops: npt.NDArray[np.int32], weights: Array) -> Array:
    """Values of face corners at the points."""
    values = np.empty(len(items) * width, dtype=np.float32)
    items.foreach_get(key, values)
    return np.einsum("pk,pkc->pc", weights, values.reshape(-1, width)[loops])
