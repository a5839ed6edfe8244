"""Meshes of catalogue entries: appended once from their library file, then shared by every object that shows them."""

import re
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import bpy
import numpy as np
from mathutils import Vector

from ..instructscene_core.errors import InstructSceneError

ASSET_KEY: Final = "instructscene_asset"
MATERIAL_KEY: Final = "instructscene_material"
STARTER_LIBRARY: Final = Path(__file__).resolve().parent.parent / "instructscene_core" / "starter" / "furniture.blend"
_BOX: Final = "instructscene/box"
_CUBE_CORNERS: Final = [(x, y, z) for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)]
_CUBE_FACES: Final = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]


class PlacingError(InstructSceneError):
    """A scene cannot be put into the .blend; nothing was changed."""


@dataclass(frozen=True)
class Extent:
    """Local bounds of a mesh: its centre and its size, Blender units."""

    centre: Vector
    size: Vector


@dataclass
class AssetLibrary:
    """The meshes that stand for catalogue entries in the open .blend.

    Only names are kept, since pointers do not survive an undo between two ticks of an operator.

    Args:
        sources: library file of each part of the catalogue: ``starter/x`` is object ``x`` of ``sources["starter"]``.
        undo: where the removal of every new datablock is registered.
    """

    sources: dict[str, Path]
    undo: ExitStack
    _meshes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for mesh in bpy.data.meshes:
            if mesh.library is None and ASSET_KEY in mesh:
                self._meshes.setdefault(mesh[ASSET_KEY], mesh.name)

    def check(self, assets: Iterable[str]) -> None:
        """Refuses entries that have no mesh, before anything is made.

        Raises:
            PlacingError: names the first entry that has no source, or whose file lacks it or cannot be read.
        """
        wanted: dict[str, set[str]] = {}
        for asset in assets:
            if asset not in self._meshes:
                source, _, name = asset.partition("/")
                wanted.setdefault(source, set()).add(name)
        for source, names in wanted.items():
            missing = sorted(names - set(_object_names(self._path(source))))
            if missing:
                message = f'The furniture "{source}/{missing[0]}" is not in its library'
                raise PlacingError(message, "Reinstall the extension, or choose another catalogue")

    def mesh(self, asset: str | None) -> bpy.types.Mesh:
        """The mesh of an entry, appended where the file does not hold it yet; a plain box for no entry."""
        key = asset or _BOX
        mesh = bpy.data.meshes.get(self._meshes.get(key, ""))
        if mesh is None:
            mesh = self._append(asset) if asset else self._keep(_box())
            mesh[ASSET_KEY] = key
            self._meshes[key] = mesh.name
        return mesh

    def _path(self, source: str) -> Path:
        if source not in self.sources:
            raise PlacingError(f'No furniture library is called "{source}"', "Choose another catalogue")
        return self.sources[source]

    def _append(self, asset: str) -> bpy.types.Mesh:
        source, _, name = asset.partition("/")
        known = {material[MATERIAL_KEY]: material for material in bpy.data.materials if MATERIAL_KEY in material}
        groups = set(bpy.data.node_groups)
        with bpy.data.libraries.load(str(self._path(source)), link=False) as (_, wanted):
            wanted.objects = [name]
        template = bpy.data.objects.get(getattr(wanted.objects[0], "name", ""))  # the loader swaps names for objects
        if template is None or not isinstance(template.data, bpy.types.Mesh):
            raise PlacingError(f'The furniture "{asset}" could not be read', "Reinstall the extension")
        mesh = self._keep(template.data)
        bpy.data.objects.remove(template)
        mesh.name = name
        for material in set(mesh.materials):
            if material is not None:
                self._share(material, known)
        for group in set(bpy.data.node_groups) - groups:
            if group.users == 0:
                bpy.data.node_groups.remove(group)
        return mesh

    def _share(self, material: bpy.types.Material, known: dict[str, bpy.types.Material]) -> None:
        """Replaces a material that came with an earlier mesh already, as Append does with Reuse Data."""
        name = re.sub(r"\.\d{3,}$", "", material.name)
        if name in known:
            material.user_remap(known[name])
            bpy.data.materials.remove(material)
            return
        material[MATERIAL_KEY] = name
        self.undo.callback(_remove_unused, bpy.data.materials, material.name)

    def _keep(self, mesh: bpy.types.Mesh) -> bpy.types.Mesh:
        self.undo.callback(_remove_key, mesh.session_uid)
        return mesh


def extent(mesh: bpy.types.Mesh) -> Extent:
    """Bounds of a mesh in its own axes.

    Raises:
        PlacingError: it has no vertices.
    """
    if not mesh.vertices:
        raise PlacingError(f'The mesh "{mesh.name}" is empty', "Give it some geometry")
    corners = np.empty(3 * len(mesh.vertices), dtype=np.float32)
    mesh.vertices.foreach_get("co", corners)
    corners = corners.reshape(-1, 3)
    low, high = Vector(corners.min(0).tolist()), Vector(corners.max(0).tolist())
    return Extent((low + high) / 2, high - low)


def _object_names(path: Path) -> list[str]:
    try:
        with bpy.data.libraries.load(str(path), link=False) as (source, _):
            return list(source.objects)
    except OSError as error:
        raise PlacingError(f"The furniture library {path.name} cannot be read", "Reinstall the extension") from error


def _box() -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new("Box")
    mesh.from_pydata(_CUBE_CORNERS, [], _CUBE_FACES)
    return mesh


def _remove_key(session_uid: int) -> None:
    for mesh in bpy.data.meshes:
        if mesh.session_uid == session_uid and mesh.users == 0:
            bpy.data.meshes.remove(mesh)
            return


def _remove_unused(collection: bpy.types.BlendDataMaterials, name: str) -> None:
    block = collection.get(name)
    if block is not None and block.users == 0:
        collection.remove(block)
