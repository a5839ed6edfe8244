"""What of objects has a body, and where it is: of the object itself, or of the collection that it shows."""

from collections.abc import Iterator, Sequence
from typing import Final

import bpy
from mathutils import Matrix, Vector

from .assets import extent
from .transforms import world_of

SOLID: Final = ("MESH", "CURVE", "SURFACE", "META")
"""Types of objects that have a body. Texts are notes, volumes and hair no furniture."""
_DEEPEST: Final = 16
"""Collection instances within one another that are followed."""


def body_of(obj: bpy.types.Object) -> Iterator[tuple[bpy.types.Object, Matrix]]:
    """The object itself where it has a body, or those of the collection that it shows; with their world matrices."""
    if obj.type in SOLID:
        yield obj, world_of(obj)
    elif obj.instance_type == "COLLECTION" and obj.instance_collection is not None:
        yield from _instanced(obj.instance_collection, world_of(obj), 0)


def solid_parts(root: bpy.types.Object) -> Iterator[tuple[bpy.types.Object, Matrix]]:
    """All with a body of an object and of what hangs on it, with their world matrices."""
    for obj in (root, *root.children_recursive):
        yield from body_of(obj)


def has_body(root: bpy.types.Object) -> bool:
    """Whether an object, or anything that hangs on it, has a body."""
    return next(solid_parts(root), None) is not None


def box_corners(obj: bpy.types.Object) -> Sequence[Vector]:
    """The eight corners of the box around an object in its own axes, as its modifiers leave it; else around its mesh.

    None where there is no geometry at all.
    """
    corners = [Vector(corner) for corner in obj.bound_box]
    if corners[0] != corners[6]:
        return corners
    if obj.type != "MESH" or not obj.data.vertices:
        return ()
    bounds = extent(obj.data)  # the box is not known: the object is hidden, or its modifiers leave nothing
    low, high = bounds.centre - bounds.size / 2, bounds.centre + bounds.size / 2
    return [
        Vector((x, y, z))
        for x, y, z in (
            (low.x, low.y, low.z), (low.x, low.y, high.z), (low.x, high.y, high.z), (low.x, high.y, low.z),
            (high.x, low.y, low.z), (high.x, low.y, high.z), (high.x, high.y, high.z), (high.x, high.y, low.z),
        )
    ]  # fmt: skip


def world_corners(root: bpy.types.Object) -> list[Vector]:
    """Corners of the boxes around all parts of an object and of what hangs on it, in the world, Blender units."""
    return [matrix @ corner for part, matrix in solid_parts(root) for corner in box_corners(part)]


def _instanced(
    collection: bpy.types.Collection, matrix: Matrix, depth: int
) -> Iterator[tuple[bpy.types.Object, Matrix]]:
    shifted = matrix @ Matrix.Translation(-Vector(collection.instance_offset))
    for obj in collection.all_objects:
        if obj.type in SOLID:
            yield obj, shifted @ obj.matrix_world
        elif obj.instance_type == "COLLECTION" and obj.instance_collection is not None and depth < _DEEPEST:
            yield from _instanced(obj.instance_collection, shifted @ obj.matrix_world, depth + 1)
