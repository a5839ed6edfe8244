"""The surfaces of the starter's entries for thumbnails: their plain meshes in the colours of their palettes."""

from functools import cache

import numpy as np

from ...thumbnails import Array, Surface
from .designs import meshes
from .meshes import Mesh, triangles
from .palettes import Palette, Role
from .specs import SPECS, Spec

_DARK = 0.3
"""Share of a material's darker colour in what one sees of it from afar."""


@cache
def _specs() -> dict[str, Spec]:
    return {spec.id: spec for spec in SPECS}


def surface_of(entry: str) -> Surface | None:
    """The surface of an entry by its id; None where the starter has none of that id."""
    spec = _specs().get(entry)
    if spec is None:
        return None
    parts = [_part(mesh, spec.palette) for mesh in meshes(spec.shape)]
    corners, normals, colours = (np.concatenate(rows) for rows in zip(*parts, strict=True))
    return Surface(corners, normals, colours, closed=True)


def _part(mesh: Mesh, palette: Palette) -> tuple[Array, Array, Array]:
    """Corners, normals and colours of a mesh's triangles; normals are smooth where its faces are."""
    flat = np.repeat(mesh.flat, [max(len(face) - 2, 0) for face in mesh.faces])
    rows = triangles(mesh.faces)
    corners = mesh.vertices[rows]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    summed = np.zeros_like(mesh.vertices)
    for k in range(3):
        np.add.at(summed, rows[:, k], across)
    normals = np.where(flat[:, None, None], across[:, None], summed[rows])
    normals = normals / np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-12)
    colours = np.broadcast_to(_colour(mesh.role, palette), (len(rows), 3))
    return corners.astype(np.float32), normals.astype(np.float32), colours.astype(np.float32)


def _colour(role: Role, palette: Palette) -> Array:
    """Linear r g b of a role's material."""
    material = palette.materials[role]
    light, dark = np.array(material.colour), np.array(material.dark)
    return ((1 - _DARK) * light + _DARK * dark).astype(np.float32)
