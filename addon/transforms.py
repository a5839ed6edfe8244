"""World matrices of objects that are right even before the dependency graph has been updated."""

import bpy
from mathutils import Matrix


def world_of(obj: bpy.types.Object) -> Matrix:
    """World matrix of an object; what hangs on a bone or a vertex has that of the last update."""
    if obj.parent is None or obj.parent_type != "OBJECT":
        return obj.matrix_basis.copy() if obj.parent is None else obj.matrix_world.copy()
    return world_of(obj.parent) @ obj.matrix_parent_inverse @ obj.matrix_basis


def set_world(obj: bpy.types.Object, matrix: Matrix) -> None:
    """Sets ``matrix_basis`` so that `world_of` is a matrix."""
    frame = world_of(obj) @ obj.matrix_basis.inverted()
    obj.matrix_basis = frame.inverted() @ matrix
