"""One mesh of a whole hierarchy: every part as its modifiers, parents and instances leave it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final

import bpy
import numpy as np
import numpy.typing as npt

from .limits import Limits, RefusedError

Array = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int32]

_SOLID: Final = {"MESH", "CURVE", "SURFACE", "FONT", "META"}
"""Kinds of objects that have a surface."""
_FARTHEST: Final = 1e7
"""File units from the origin within which all corners must be."""


@dataclass
class Part:
    """The surface of one object in the axes of the world.

    Attributes:
        corners: (V, 3).
        loops: (L,) vertex of each face corner.
        starts: (F,) first face corner of each face.
        materials: (F,) numbers in ``slots``.
        normals: (L, 3).
        uvs: (L, 2); None without.
        colours: (L, 4) linear; None without.
        slots: names of the materials; None for none.
    """

    corners: Array
    loops: Whole
    starts: Whole
    materials: Whole
    normals: Array
    uvs: Array | None
    colours: Array | None
    slots: list[str | None] = field(default_factory=list)


def parts_of(names: Collection[str], limits: Limits) -> list[Part]:
    """The surfaces of some objects of the open scene, with what they make by instancing.

    Args:
        names: of the objects; what is hidden in renders counts for nothing.
        limits: of a piece.

    Raises:
        RefusedError: there are more triangles or instances than a piece may have, or corners that are no places.
    """
    found: list[Part] = []
    triangles = count = 0
    graph = bpy.context.evaluated_depsgraph_get()
    for instance in graph.object_instances:
        owner = instance.parent if instance.is_instance else instance.object
        if owner is None or owner.original.name not in names or not _shows(instance.object):
            continue
        count += 1
        if count > limits.objects:
            raise RefusedError(f"makes more than {limits.objects:,} objects by instancing")
        mesh = instance.object.to_mesh()
        if mesh is not None and len(mesh.polygons):
            triangles += len(mesh.loops) - 2 * len(mesh.polygons)
            if triangles > limits.triangles:
                raise RefusedError(f"has more than the {limits.triangles:,} triangles that a piece may have")
            found.append(_part(mesh, instance))
        instance.object.to_mesh_clear()
    return found


def _shows(obj: bpy.types.Object) -> bool:
    return obj.type in _SOLID and not obj.original.hide_render


def _part(mesh: bpy.types.Mesh, instance: bpy.types.DepsgraphObjectInstance) -> Part:
    matrix = np.array(instance.matrix_world, dtype=np.float64)
    corners = _read(mesh.vertices, "co", 3) @ matrix[:3, :3].T + matrix[:3, 3]
    if not (np.abs(corners) < _FARTHEST).all():
        raise RefusedError("has corners that are no places")
    loops, starts = _read(mesh.loops, "vertex_index", 1, np.int32), _read(mesh.polygons, "loop_start", 1, np.int32)
    turn = np.linalg.inv(matrix[:3, :3]).T if abs(np.linalg.det(matrix[:3, :3])) > 1e-12 else np.eye(3)
    normals = _read(mesh.corner_normals, "vector", 3) @ turn.T
    order = np.arange(len(loops))
    if np.linalg.det(matrix[:3, :3]) < 0:  # a mirrored face is wound the other way
        order = _reversed(starts, len(loops))
    used, loops = np.unique(loops[order], return_inverse=True)
    uvs, colours = _uvs(mesh), _colours(mesh)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return Part(
        corners[used].astype(np.float32),
        loops.astype(np.int32),
        starts,
        _read(mesh.polygons, "material_index", 1, np.int32),
        (normals / np.maximum(length, 1e-12)).astype(np.float32)[order],
        None if uvs is None else uvs[order],
        None if colours is None else colours[order],
        [slot.material and slot.material.original.name for slot in instance.object.material_slots],
    )


def _reversed(starts: Whole, count: int) -> npt.NDArray[np.int64]:
    """Face corners in an order that winds every face backwards."""
    ends = np.append(starts[1:], count)
    face = np.repeat(np.arange(len(starts)), ends - starts)
    return (starts + ends - 1)[face] - np.arange(count)


def _read(items: Any, key: str, width: int, kind: type[Any] = np.float32) -> npt.NDArray[Any]:  # noqa: ANN401
    values = np.empty(len(items) * width, dtype=kind)
    items.foreach_get(key, values)
    return values.reshape(-1, width) if width > 1 else values


def _uvs(mesh: bpy.types.Mesh) -> Array | None:
    layer = next((layer for layer in mesh.uv_layers if layer.active_render), mesh.uv_layers.active)
    return None if layer is None else np.nan_to_num(_read(layer.uv, "vector", 2))


def _colours(mesh: bpy.types.Mesh) -> Array | None:
    """(L, 4) of the colours of corners or points that the mesh shows."""
    layers = mesh.color_attributes
    number = layers.render_color_index
    layer = layers[number] if 0 <= number < len(layers) else layers.active_color
    if layer is None or layer.domain not in ("POINT", "CORNER"):
        return None
    values = _read(layer.data, "color", 4)
    if layer.domain == "POINT":
        values = values[_read(mesh.loops, "vertex_index", 1, np.int32)]
    return np.nan_to_num(values).clip(0, 1)


def joined(parts: list[Part]) -> Part:
    """All parts as one; their materials in one list, each once.

    Raises:
        RefusedError: there are none.
    """
    if not parts:
        raise RefusedError("has no faces")
    slots = list(dict.fromkeys(name for part in parts for name in (part.slots or [None])))
    vertices = np.cumsum([0] + [len(part.corners) for part in parts])
    loops = np.cumsum([0] + [len(part.loops) for part in parts])
    numbers = [np.array([slots.index(name) for name in (part.slots or [None])], dtype=np.int32) for part in parts]
    return Part(
        np.concatenate([part.corners for part in parts]),
        np.concatenate([part.loops + shift for part, shift in zip(parts, vertices, strict=False)]).astype(np.int32),
        np.concatenate([part.starts + shift for part, shift in zip(parts, loops, strict=False)]).astype(np.int32),
        np.concatenate([
            table[part.materials.clip(0, len(table) - 1)] for part, table in zip(parts, numbers, strict=True)
        ]),
        np.concatenate([part.normals for part in parts]),
        _filled([part.uvs for part in parts], parts, [0.0, 0.0]),
        _filled([part.colours for part in parts], parts, [1.0, 1.0, 1.0, 1.0]),
        slots,
    )  # fmt: skip


def _filled(layers: list[Array | None], parts: list[Part], value: list[float]) -> Array | None:
    """Layers as one, with a constant where a part has none; None where no part has one."""
    if all(layer is None for layer in layers):
        return None
    return np.concatenate([
        np.tile(np.array(value, dtype=np.float32), (len(part.loops), 1)) if layer is None else layer
        for layer, part in zip(layers, parts, strict=True)
    ])  # fmt: skip


def new_mesh(name: str, surface: Part) -> bpy.types.Mesh:
    """A mesh datablock of a surface: nothing but faces, materials, one UV map, one colour layer and normals."""
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(surface.corners))
    mesh.vertices.foreach_set("co", surface.corners.ravel())
    mesh.loops.add(len(surface.loops))
    mesh.loops.foreach_set("vertex_index", surface.loops)
    mesh.polygons.add(len(surface.starts))
    mesh.polygons.foreach_set("loop_start", surface.starts)
    for slot in surface.slots:
        mesh.materials.append(bpy.data.materials.get(slot) if slot else None)
    mesh.polygons.foreach_set("material_index", surface.materials)
    if surface.uvs is not None:
        mesh.uv_layers.new(name="UVMap").uv.foreach_set("vector", surface.uvs.ravel())
    if surface.colours is not None:
        layer = mesh.color_attributes.new(name="Color", type="BYTE_COLOR", domain="CORNER")
        layer.data.foreach_set("color", surface.colours.ravel())
    mesh.update(calc_edges=True)
    mesh.polygons.foreach_set("use_smooth", np.ones(len(surface.starts), dtype=bool))
    if not mesh.validate() and len(mesh.loops) == len(surface.loops):
        mesh.normals_split_custom_set(surface.normals.tolist())
    return mesh
