"""Builds the furniture library of the starter: ``blender -b -P starter_build/library.py -- [--out FOLDER]``.

Any Python with bpy does as well. There is a file for each class, so that opening one takes milliseconds, written by the
oldest Blender that has to open it, 4.2.
"""

import argparse
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import bpy
import numpy as np

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]  # scripts that Blender runs find nothing else

from materials import BOARD, make_material  # noqa: E402
from thumbnails import Picture  # noqa: E402

from instructscene_core.starter.furniture.catalogue import write_catalogue  # noqa: E402
from instructscene_core.starter.furniture.designs import fine_meshes  # noqa: E402
from instructscene_core.starter.furniture.meshes import Mesh  # noqa: E402
from instructscene_core.starter.furniture.palettes import Role  # noqa: E402
from instructscene_core.starter.furniture.shapes import Shape  # noqa: E402
from instructscene_core.starter.furniture.specs import SHAPES, SPECS, Spec  # noqa: E402
from instructscene_core.vocabulary import display_name, hangs  # noqa: E402

STARTER: Final = ROOT / "instructscene_core" / "starter"
_CATALOG_NAMESPACE: Final = uuid.UUID("6f9a3f0e-5a1c-4c0f-9d1e-7d0f2b6c8a11")
"""From which the ids of the asset catalogs are made, so that every build has the same."""
_SPACING: Final = 3.2
"""Metres between two objects of a file."""
_GRID: Final = 2**14
"""Vertices lie on 1 / 2**14 m, 0.06 mm: numbers with few binary places compress to two thirds."""
_UV_GRID: Final = 2**8
"""The same of UVs: 4 mm move no texture that one could see."""
_SHARP: Final = 50.0
"""Degrees between two faces from which their edge is drawn sharp."""


def main(arguments: list[str]) -> None:
    """Writes the library, its asset catalogs and the catalogue."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=STARTER / "library")
    out: Path = parser.parse_args(arguments).out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    for category in dict.fromkeys(spec.category for spec in SPECS):
        build(category)
        # The scene and what is in it, without the windows that a saved file has.
        bpy.data.libraries.write(str(out / f"{category}.blend"), {bpy.context.scene}, compress=True)
    (out / "blender_assets.cats.txt").write_text(catalogs_text(), encoding="utf-8")
    write_catalogue(out.parent / "catalogue.json")


def build(category: str) -> None:
    """Fills an empty .blend with an object for each entry of a class, in a row."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    models = {shape: Model.of(shape) for shape in SHAPES if shape.category == category}
    for place, spec in enumerate(spec for spec in SPECS if spec.category == category):
        model = models[spec.shape]
        obj = make_object(spec, model)
        obj.location = (_SPACING * place, 0.0, 0.0)
        _mark_as_asset(obj, spec)
        _set_preview(obj, model.picture.coloured(spec.palette))


@dataclass(frozen=True)
class Model:
    """What the entries of a shape share: its mesh, the role of each slot, its picture."""

    mesh: bpy.types.Mesh
    roles: list[Role]
    picture: Picture

    @classmethod
    def of(cls, shape: Shape) -> "Model":
        """Builds the mesh and draws the picture of a shape."""
        parts = fine_meshes(shape)
        roles = list(dict.fromkeys(part.role for part in parts))
        return cls(make_mesh(shape, parts, roles), roles, Picture.of(shape))


def make_object(spec: Spec, model: Model) -> bpy.types.Object:
    """The object of an entry; its origin is where it stands, for lamps where they hang.

    Entries of one shape share its mesh: the materials are in the object's slots.
    """
    obj = bpy.data.objects.new(spec.id.removeprefix("starter/"), model.mesh)
    _collection(spec.category).objects.link(obj)
    for slot, role in zip(obj.material_slots, model.roles, strict=True):
        slot.link = "OBJECT"
        slot.material = make_material(spec.palette.materials[role])
    return obj


def make_mesh(shape: Shape, parts: tuple[Mesh, ...], roles: list[Role]) -> bpy.types.Mesh:
    """The mesh of a shape's parts, with an empty slot for each role."""
    shift = np.array([0.0, 0.0, -shape.size[2] / 2 if hangs(shape.category) else shape.size[2] / 2])
    vertices, faces = _joined(parts)
    vertices = ((vertices + shift) * _GRID).round() / _GRID
    mesh = bpy.data.meshes.new(shape.key)
    mesh.from_pydata(vertices.tolist(), [], faces)
    for _ in roles:
        mesh.materials.append(None)
    counts = [len(part.faces) for part in parts]
    mesh.polygons.foreach_set("material_index", np.repeat([roles.index(part.role) for part in parts], counts))
    board = mesh.attributes.new(BOARD, "FLOAT", "FACE")
    numbers = [float(3 * (i % 40) + _grain(part)) for i, part in enumerate(parts)]
    board.data.foreach_set("value", np.repeat(numbers, counts).astype(np.float32))
    _shade(mesh, np.concatenate([part.flat for part in parts]))
    _unwrap(mesh, vertices)
    return mesh


def _unwrap(mesh: bpy.types.Mesh, vertices: np.ndarray) -> None:
    """UVs in metres: each face is projected along the axis that it faces most."""
    normals = np.empty(3 * len(mesh.polygons), dtype=np.float32)
    mesh.polygons.foreach_get("normal", normals)
    counts = np.empty(len(mesh.polygons), dtype=np.int32)
    mesh.polygons.foreach_get("loop_total", counts)
    corners = np.empty(len(mesh.loops), dtype=np.int32)
    mesh.loops.foreach_get("vertex_index", corners)
    axis = np.repeat(np.abs(normals.reshape(-1, 3)).round(4).argmax(axis=1), counts)
    across = np.array([(1, 2), (0, 2), (0, 1)])[axis]
    layer = mesh.uv_layers.new(name="UVMap")
    flat = np.take_along_axis(vertices[corners], across, axis=1)
    layer.uv.foreach_set("vector", ((flat * _UV_GRID).round() / _UV_GRID).astype(np.float32).ravel())


def _joined(parts: tuple[Mesh, ...]) -> tuple[np.ndarray, list[tuple[int, ...]]]:
    """Vertices (V, 3) and faces of all parts as one mesh."""
    faces: list[tuple[int, ...]] = []
    start = 0
    for part in parts:
        faces += [tuple(start + i for i in face) for face in part.faces]
        start += len(part.vertices)
    return np.concatenate([part.vertices for part in parts]), faces


def _grain(part: Mesh) -> int:
    """Axis along which the wood's grain runs: 0, 1 or 2, that of the part's longest side."""
    return int(np.ptp(part.vertices, axis=0).argmax())


def _shade(mesh: bpy.types.Mesh, flat: np.ndarray) -> None:
    """Smooth shading with sharp edges, see ``_SHARP``; faces that ``flat`` (F,) marks are flat."""
    mesh.polygons.foreach_set("use_smooth", ~flat)
    mesh.set_sharp_from_angle(angle=np.radians(_SHARP))
    mesh.polygons.foreach_set("use_smooth", ~flat)
    mesh.update()


def _collection(category: str) -> bpy.types.Collection:
    name = display_name(category).title()
    collection = bpy.data.collections.get(name)
    if collection is None:
        collection = bpy.data.collections.new(name)
        bpy.context.scene.collection.children.link(collection)
    return collection


def catalog_id(category: str) -> str:
    """The asset catalog of a class; the same in every build."""
    return str(uuid.uuid5(_CATALOG_NAMESPACE, category))


def catalogs_text() -> str:
    """Contents of blender_assets.cats.txt."""
    lines = ["# Asset catalogs of the InstructScene starter", "", "VERSION 1", ""]
    for category in dict.fromkeys(spec.category for spec in SPECS):
        name = display_name(category).title()
        lines.append(f"{catalog_id(category)}:InstructScene/{name}:InstructScene-{name}")
    return "\n".join(lines) + "\n"


def _mark_as_asset(obj: bpy.types.Object, spec: Spec) -> None:
    obj.asset_mark()
    data = obj.asset_data
    data.catalog_id = catalog_id(spec.category)
    data.description = spec.caption
    data.author = "InstructScene"
    data.license = "CC0-1.0"
    for tag in dict.fromkeys((display_name(spec.category), spec.palette.name, *spec.tags)):
        data.tags.new(tag)


def _set_preview(obj: bpy.types.Object, pixels: np.ndarray) -> None:
    """Gives the asset a thumbnail: (n, n, 4) of 0..255, lowest row first."""
    preview = obj.preview_ensure()
    preview.image_size = pixels.shape[:2]
    preview.image_pixels_float.foreach_set((pixels.astype(np.float32) / 255).ravel())


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:])
