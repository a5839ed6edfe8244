"""From a shape to its meshes, which fill the shape's size exactly and are centred on its box."""

from dataclasses import replace
from functools import cache
from typing import Final

import numpy as np

from .meshes import Array, Mesh, part_mesh, triangles
from .palettes import Role
from .parts import Design
from .shapes import Shape

_APART: Final = 6e-5
"""Unit of the metres that parts are shrunk by, see `_parted`."""

Row = tuple[float, float, float, float, float, float]


def raw_meshes(shape: Shape, *, fine: bool = False) -> list[Mesh]:
    """Meshes as designed: x and y about the middle, z from the lowest point; may miss the size by millimetres."""
    design = Design(*shape.size, fine=fine)
    shape.build(design)
    return [part_mesh(part) for part in design.parts]


@cache
def meshes(shape: Shape) -> tuple[Mesh, ...]:
    """Meshes of the plain design whose common bounding box is the shape's size about the origin, metres."""
    return _fitted(raw_meshes(shape), shape)


def fine_meshes(shape: Shape) -> tuple[Mesh, ...]:
    """As `meshes`, of the fine design (`Design.fine`), with faces that shared a plane moved apart."""
    return _fitted(_parted(raw_meshes(shape, fine=True)), shape)


def _fitted(raw: list[Mesh], shape: Shape) -> tuple[Mesh, ...]:
    low, high = bounds(raw)
    scale = np.array(shape.size) / (high - low)
    middle = (low + high) / 2
    return tuple(replace(mesh, vertices=(mesh.vertices - middle) * scale) for mesh in raw)


def _parted(parts: list[Mesh]) -> list[Mesh]:
    """Parts shrunk a little, neighbours by different lengths: faces in one plane would flicker or render black."""
    apart: list[Mesh] = []
    for i, mesh in enumerate(parts):
        low, high = bounds([mesh])
        shrink = 1 - 2 * _APART * (1 + i % 6) / np.maximum(high - low, 0.004)
        middle = (low + high) / 2
        apart.append(replace(mesh, vertices=middle + (mesh.vertices - middle) * shrink))
    return apart


def solids(shape: Shape) -> list[Row]:
    """Boxes around the solid groups of a shape: centre and extents as fractions of its size."""
    size = np.array(shape.size)
    rows: list[Row] = []
    for name in dict.fromkeys(mesh.solid for mesh in meshes(shape)):
        low, high = bounds([mesh for mesh in meshes(shape) if mesh.solid == name])
        # Processors differ in the sign of a zero, which the sum takes away.
        fractions = (np.concatenate([(low + high) / 2 / size, (high - low) / size]).round(4) + 0.0).tolist()
        rows.append((fractions[0], fractions[1], fractions[2], fractions[3], fractions[4], fractions[5]))
    return rows


@cache
def shares(shape: Shape) -> dict[Role, float]:
    """Share of the surface that each role has, adding up to 1."""
    areas: dict[Role, float] = {}
    for mesh in meshes(shape):
        a, b, c = mesh.vertices[triangles(mesh.faces)].swapaxes(0, 1)
        area = float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum())
        areas[mesh.role] = areas.get(mesh.role, 0.0) + area
    whole = sum(areas.values())
    return {role: area / whole for role, area in areas.items()}


def bounds(parts: list[Mesh] | tuple[Mesh, ...]) -> tuple[Array, Array]:
    """Lowest and highest corner of meshes, (3,) each."""
    low = np.min([mesh.vertices.min(axis=0) for mesh in parts], axis=0)
    high = np.max([mesh.vertices.max(axis=0) for mesh in parts], axis=0)
    return low, high
