"""Points on the starter's furniture, as the add-on draws them from a person's meshes."""

import numpy as np

from instructscene_core.starter.furniture.designs import meshes
from instructscene_core.starter.furniture.meshes import triangles
from instructscene_core.starter.furniture.specs import SHAPES


def surface(shape, count=1024, seed=0):
    """Grey points on a starter's piece, (count, 6)."""
    rng = np.random.default_rng(seed)
    corners = np.concatenate([mesh.vertices[triangles(mesh.faces)] for mesh in meshes(shape)])
    a, b, c = corners.swapaxes(0, 1)
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    a, b, c = corners[rng.choice(len(corners), count, p=area / area.sum())].swapaxes(0, 1)
    root, share = np.sqrt(rng.random((count, 1))), rng.random((count, 1))
    points = (1 - root) * a + root * (1 - share) * b + root * share * c
    return np.concatenate([points, np.full((count, 3), 0.5)], axis=1).astype(np.float32)


def shape_of(category, number=0):
    return [shape for shape in SHAPES if shape.category == category][number]
