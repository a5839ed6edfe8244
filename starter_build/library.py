"""Builds the furniture library of the starter: ``blender -b -P starter_build/library.py -- [--out FILE]``.

Any Python with bpy does as well. The file is written by the oldest Blender that has to open it, 4.2.
"""

import argparse
import sys
import uuid
from pathlib import Path
from typing import Final

import bpy
import numpy as np

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]  # scripts that Blender runs find nothing else

from materials import BOARD, make_material  # noqa: E402

from instructscene_core.starter.furniture.catalogue import write_catalogue  # noqa: E402
from instructscene_core.starter.furniture.designs import meshes  # noqa: E402
from instructscene_core.starter.furniture.meshes import Mesh  # noqa: E402
from instructscene_core.starter.furniture.palettes import Role  # noqa: E402
from instructscene_core.starter.furniture.specs import SPECS, Spec  # noqa: E402
from instructscene_core.vocabulary import display_name  # noqa: E402

STARTER: Final = ROOT / "instructscene_core" / "starter"
_CATALOGS: Final = uuid.UUID("6f9a3f0e-5a1c-4c0f-9d1e-7d0f2b6c8a11")
_SPACING: Final = 3.2
_GRID: Final = 2**15
"""Vertices lie on 1 / 2**15 m, 0.03 mm: numbers with few binary places compress to two thirds."""
_SHARP: Final = 50.0
"""Degrees between two faces from which their edge is drawn sharp."""


def main(arguments: list[str]) -> None:
    """Writes the library, its asset catalogs and the catalogue."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=STARTER / "furniture.blend")
    out: Path = parser.parse_args(arguments).out.resolve()
    build()
    out.parent.mkdir(parents=True, exist_ok=True)
    (out.parent / "blender_assets.cats.txt").write_text(catalogs_text(), encoding="utf-8")
    write_catalogue(out.parent / "catalogue.json")
    bpy.context.preferences.filepaths.save_version = 0
    bpy.ops.wm.save_as_mainfile(filepath=str(out), compress=True)


def build() -> None:
    """Fills an empty .blend with an object for each entry, in a row for each class."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    rows = list(dict.fromkeys(spec.category for spec in SPECS))
    for spec in SPECS:
        place = [other for other in SPECS if other.category == spec.category].index(spec)
        obj = make_object(spec)
        obj.location = (_SPACING * place, _SPACING * rows.index(spec.category), obj.location.z)
        _collection(spec.category).objects.link(obj)
        _mark(obj, spec)


def make_object(spec: Spec) -> bpy.types.Object:
    """The object of an entry, not yet linked; its origin is where it stands, for lamps where they hang."""
    mesh = make_mesh(spec)
    return bpy.data.objects.new(mesh.name, mesh)


def make_mesh(spec: Spec) -> bpy.types.Mesh:
    """The mesh of an entry with its materials."""
    parts = meshes(spec, fine=True)
    shift = np.array([0.0, 0.0, spec.size[2] / 2 if spec.mount == "floor" else -spec.size[2] / 2])
    vertices, faces = _joined(parts)
    mesh = bpy.data.meshes.new(spec.id.removeprefix("starter/"))
    mesh.from_pydata((((vertices + shift) * _GRID).round() / _GRID).tolist(), [], faces)
    roles = _roles(spec, parts)
    for name in dict.fromkeys(roles.values()):
        mesh.materials.append(bpy.data.materials[name])
    slots = {name: slot for slot, name in enumerate(dict.fromkeys(roles.values()))}
    counts = [len(part.faces) for part in parts]
    mesh.polygons.foreach_set("material_index", np.repeat([slots[roles[part.role]] for part in parts], counts))
    board = mesh.attributes.new(BOARD, "FLOAT", "FACE")
    numbers = [float(3 * (i % 40) + _grain(part)) for i, part in enumerate(parts)]
    board.data.foreach_set("value", np.repeat(numbers, counts).astype(np.float32))
    _shade(mesh, np.concatenate([part.flat for part in parts]))
    return mesh


def _joined(parts: tuple[Mesh, ...]) -> tuple[np.ndarray, list[tuple[int, ...]]]:
    faces: list[tuple[int, ...]] = []
    start = 0
    for part in parts:
        faces += [tuple(start + i for i in face) for face in part.faces]
        start += len(part.vertices)
    return np.concatenate([part.vertices for part in parts]), faces


def _roles(spec: Spec, parts: tuple[Mesh, ...]) -> dict[Role, str]:
    """Name of the material of each role that the parts use; the materials exist afterwards."""
    used = dict.fromkeys(part.role for part in parts)
    return {role: make_material(spec.palette.materials[role]).name for role in used}


def _grain(part: Mesh) -> int:
    """Axis of a part's longest side."""
    return int(np.ptp(part.vertices, axis=0).argmax())


def _shade(mesh: bpy.types.Mesh, flat: np.ndarray) -> None:
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
    return str(uuid.uuid5(_CATALOGS, category))


def catalogs_text() -> str:
    """Contents of blender_assets.cats.txt."""
    lines = ["# Asset catalogs of the InstructScene starter", "", "VERSION 1", ""]
    for category in dict.fromkeys(spec.category for spec in SPECS):
        name = display_name(category).title()
        lines.append(f"{catalog_id(category)}:InstructScene/{name}:InstructScene-{name}")
    return "\n".join(lines) + "\n"


def _mark(obj: bpy.types.Object, spec: Spec) -> None:
    obj.asset_mark()
    data = obj.asset_data
    data.catalog_id = catalog_id(spec.category)
    data.description = spec.caption
    data.author = "InstructScene"
    data.license = "CC0-1.0"
    for tag in (display_name(spec.category), spec.palette.name, spec.palette.style):
        data.tags.new(tag)


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:])
