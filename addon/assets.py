"""Meshes of catalogue entries: appended once from their library file, then shared by every object that shows them."""

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, Final, cast

import bpy
import numpy as np
from mathutils import Vector

from ..instructscene_core.errors import InstructSceneError
from .language import tr
from .models import LINKED_SUFFIX, ModelError, Models, import_model, link_piece

ASSET_KEY: Final = "instructscene_asset"
"""Custom property of a mesh and of its objects: id of the catalogue entry."""
MATERIAL_KEY: Final = "instructscene_material"
"""Custom property of a material: its name in the library it came from."""
STARTER_LIBRARY: Final = Path(__file__).resolve().parent.parent / "instructscene_core" / "starter" / "library"
BOX: Final = "instructscene/box"
"""``ASSET_KEY`` of the plain box that stands for an entry without a mesh."""
_AT_ONCE: Final = 2
"""Meshes that are appended at once: on a busy machine, opening a library takes up to 50 ms, each mesh 15 ms."""
_LOGGER = logging.getLogger(__name__)
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
        sources: library of each source of entries: ``starter/x`` is the object ``x`` in ``sources["starter"]``, which
            is a .blend, or a folder with a .blend for each class, whose name begins the names of its objects.
        undo: gets a callback for each new datablock, which removes it.
        models: of a person's own catalogue, which are imported one by one.
        linked: whether pieces of such a catalogue are linked from files of their own instead of appended.
        failed: ids of models that could not be imported, and why; a box stands for each.
    """

    sources: dict[str, Path]
    undo: ExitStack
    models: Models = field(default_factory=Models)
    linked: bool = False
    failed: dict[str, str] = field(default_factory=dict)
    _meshes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for mesh in bpy.data.meshes:
            own = mesh.library is None or (self.linked and mesh.library.filepath.endswith(LINKED_SUFFIX))
            if own and ASSET_KEY in mesh:
                self._meshes.setdefault(mesh[ASSET_KEY], mesh.name)

    def absent(self, assets: Iterable[str]) -> list[str]:
        """Those of some entries whose meshes the .blend does not hold yet, each once."""
        return [asset for asset in dict.fromkeys(assets) if self._find(asset) is None]

    def read_ahead(self, assets: Iterable[str]) -> Thread:
        """Starts a thread that reads the files of entries into the disk cache, so that opening them is quick."""
        assets = list(assets)
        paths = [
            path
            for source, names in _by_source(assets).items()
            if source in self.sources
            for path in self._files(source, names)
        ]
        paths += [path for asset in assets for path in self.models.files(asset)]
        thread = Thread(target=_read_through, args=(paths,), daemon=True)
        thread.start()
        return thread

    def checks(self, assets: Iterable[str]) -> list[Callable[[], None]]:
        """Checks that entries have a mesh, before anything is made; a person's own models are not checked.

        Returns:
            A call for each library file, since looking into one may have to wait for the disk.

        Raises:
            PlacingError: an entry has no source. The calls raise it where the file lacks one or cannot be read.
        """
        return [
            partial(_check_file, source, path, part)
            for source, names in _by_source(assets).items()
            if source not in self.models.folders
            for path, part in self._files(source, names).items()
        ]

    def batches(self, assets: Iterable[str]) -> list[list[str]]:
        """Groups of entries, each to be loaded at once: a few of one library, or a single model."""
        batches: list[list[str]] = []
        for source, names in _by_source(assets).items():
            if source in self.models.folders:
                batches += [[f"{source}/{name}"] for name in names]
                continue
            for part in self._files(source, names).values():
                starts = range(0, len(part), _AT_ONCE)
                batches += [[f"{source}/{name}" for name in part[i : i + _AT_ONCE]] for i in starts]
        return batches

    def load(self, assets: Iterable[str]) -> None:
        """Loads entries that the .blend does not hold yet; each library is opened once, which is what takes time.

        Raises:
            PlacingError: an entry of a library could not be read. A model that cannot is remembered in ``failed``.
        """
        wanted = [asset for asset in assets if self._find(asset) is None and asset not in self.failed]
        for source, names in _by_source(wanted).items():
            if source in self.models.folders:
                self._import([f"{source}/{name}" for name in names])
            else:
                for path, part in self._files(source, names).items():
                    self._append(source, path, part)

    def mesh(self, asset: str | None) -> bpy.types.Mesh:
        """The mesh of an entry, loaded where the file lacks it; a plain box for none, or for one that failed."""
        if asset is not None:
            self.load([asset])
        return self._find(asset or BOX) or self._find(BOX) or self._keep(BOX, _box())

    def _find(self, key: str) -> bpy.types.Mesh | None:
        return bpy.data.meshes.get(self._meshes.get(key, ""))

    def _path(self, source: str) -> Path:
        if source not in self.sources:
            remedy = tr("Choose the catalogue with this furniture in the add-on's preferences")
            raise PlacingError(tr('No furniture library is called "{source}"', source=source), remedy)
        return self.sources[source]

    def _files(self, source: str, names: Iterable[str]) -> dict[Path, list[str]]:
        """Names by the file that holds them."""
        path = self._path(source)
        if not path.is_dir():
            return {path: list(names)}
        files: dict[Path, list[str]] = {}
        present = sorted(path.glob("*.blend"), key=lambda file: len(file.stem))
        for name in names:
            # Of "table" and "table_lamp" the longer one is meant.
            found = [file for file in present if name.startswith(f"{file.stem}_")]
            if not found:
                raise _not_in_library(source, name)
            files.setdefault(found[-1], []).append(name)
        return files

    def _import(self, assets: list[str]) -> None:
        for asset in assets:
            try:
                if self.linked and asset in self.models.stances:
                    mesh = link_piece(self.models, asset, ASSET_KEY, self.undo)
                    self._meshes[asset] = mesh.name
                else:
                    self._keep(asset, import_model(self.models, asset, self.undo))
            except ModelError as error:
                _LOGGER.warning("%s: %s", asset, error)
                self.failed[asset] = str(error)

    def _append(self, source: str, path: Path, names: list[str]) -> None:
        """Appends objects of a library file, keeps their meshes, and shares materials and node groups."""
        known = {material[MATERIAL_KEY]: material for material in bpy.data.materials if MATERIAL_KEY in material}
        groups = set(bpy.data.node_groups)
        with _open(path) as (_, wanted):
            wanted.objects = list(names)
        groups = set(bpy.data.node_groups) - groups
        for group in groups:  # what is registered first is removed last, when nothing uses it any more
            self.undo.callback(_remove_unused, bpy.data.node_groups, group.name)
        templates = cast("list[bpy.types.Object | None]", wanted.objects)  # the loader swaps names for objects
        meshes = {name: _take_mesh(template) for name, template in zip(names, templates, strict=True)}
        for material in {material for mesh in meshes.values() if mesh for material in mesh.materials if material}:
            self._share(material, known)
        for name, mesh in meshes.items():
            if mesh is None:
                raise PlacingError(
                    tr('The furniture "{source}/{name}" could not be read', source=source, name=name),
                    tr("Reinstall the extension"),
                )
            mesh.name = name
            self._keep(f"{source}/{name}", mesh)
        for group in groups:
            if group.users == 0:
                bpy.data.node_groups.remove(group)

    def _share(self, material: bpy.types.Material, known: dict[str, bpy.types.Material]) -> None:
        """Replaces an appended material by the known one of its name, as Append does with Reuse Data."""
        name = re.sub(r"\.\d{3,}$", "", material.name)
        if name in known:
            material.user_remap(known[name])
            bpy.data.materials.remove(material)
            return
        material[MATERIAL_KEY] = name
        self.undo.callback(_remove_unused, bpy.data.materials, material.name)

    def _keep(self, key: str, mesh: bpy.types.Mesh) -> bpy.types.Mesh:
        """Marks a new mesh as that of an entry, and registers its removal."""
        self.undo.callback(_remove_unused_mesh, mesh.session_uid)
        mesh[ASSET_KEY] = key
        self._meshes[key] = mesh.name
        return mesh


def remove_unused() -> None:
    """Removes meshes of catalogue entries that nothing uses any more, and what came with them and nothing uses."""
    unused = [mesh for mesh in bpy.data.meshes if ASSET_KEY in mesh and mesh.users == 0]
    materials = {material for mesh in unused for material in mesh.materials if material is not None}
    nodes = [node for material in materials if material.node_tree is not None for node in material.node_tree.nodes]
    images = {node.image for node in nodes if node.type == "TEX_IMAGE" and node.image is not None}
    groups = {node.node_tree for node in nodes if node.type == "GROUP" and node.node_tree is not None}
    for blocks, candidates in (
        (bpy.data.meshes, unused),
        (bpy.data.materials, materials),
        (bpy.data.node_groups, groups),
        (bpy.data.images, images),
    ):
        for block in candidates:
            if block.users == 0:
                blocks.remove(block)


def extent(mesh: bpy.types.Mesh) -> Extent:
    """Bounds of a mesh in its own axes.

    Raises:
        PlacingError: it has no vertices.
    """
    if not mesh.vertices:
        raise PlacingError(tr('The mesh "{name}" is empty', name=mesh.name), tr("Give it some geometry"))
    corners = np.empty(3 * len(mesh.vertices), dtype=np.float32)
    mesh.vertices.foreach_get("co", corners)
    corners = corners.reshape(-1, 3)
    low, high = Vector(corners.min(0).tolist()), Vector(corners.max(0).tolist())
    return Extent((low + high) / 2, high - low)


def _not_in_library(source: str, name: str) -> PlacingError:
    message = tr('The furniture "{source}/{name}" is not in its library', source=source, name=name)
    return PlacingError(message, tr("Reinstall the extension, or choose another catalogue"))


def _by_source(assets: Iterable[str]) -> dict[str, list[str]]:
    """Names by source, from ids ``source/name``."""
    wanted: dict[str, list[str]] = {}
    for asset in assets:
        source, _, name = asset.partition("/")
        wanted.setdefault(source, []).append(name)
    return wanted


def _take_mesh(template: bpy.types.Object | None) -> bpy.types.Mesh | None:
    """The mesh of an appended object, with the object's materials; the object is removed.

    A library may have one mesh for several entries, with the materials in the slots of their objects; each entry then
    gets a copy of its own.
    """
    if template is None:
        return None
    mesh = template.data
    if isinstance(mesh, bpy.types.Mesh):
        mesh = mesh if mesh.users == 1 else mesh.copy()
        for i, slot in enumerate(template.material_slots):
            mesh.materials[i] = slot.material
    bpy.data.objects.remove(template)
    return mesh if isinstance(mesh, bpy.types.Mesh) else None


def _read_through(paths: Sequence[Path]) -> None:
    """Reads files into the system's cache; one that cannot be read is reported when it is opened."""
    for path in paths:
        with suppress(OSError):
            path.read_bytes()


def _check_file(source: str, path: Path, names: list[str]) -> None:
    """Raises a PlacingError where a library file lacks an object or cannot be read."""
    known = set(_object_names(path))
    if missing := [name for name in names if name not in known]:
        raise _not_in_library(source, missing[0])


def _open(path: Path) -> Any:  # noqa: ANN401  (the type stubs do not know it as a context manager)
    return bpy.data.libraries.load(str(path), link=False)


def _object_names(path: Path) -> list[str]:
    try:
        with _open(path) as (source, _):
            return list(source.objects)
    except OSError as error:
        raise PlacingError(
            tr("The furniture library {name} cannot be read", name=path.name), tr("Reinstall the extension")
        ) from error


def _box() -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new("Box")
    mesh.from_pydata(_CUBE_CORNERS, [], _CUBE_FACES)
    return mesh


def _remove_unused_mesh(session_uid: int) -> None:
    for mesh in bpy.data.meshes:
        if mesh.session_uid == session_uid and mesh.users == 0:
            bpy.data.meshes.remove(mesh)
            return


def _remove_unused(collection: bpy.types.BlendDataMaterials | bpy.types.BlendDataNodeTrees, name: str) -> None:
    block = collection.get(name)
    if block is not None and block.users == 0:
        collection.remove(block)
