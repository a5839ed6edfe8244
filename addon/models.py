"""Models of a person's own catalogue: found by their id, and brought into the open file.

The catalogue.json that ``python -m instructscene_core catalogue index`` writes names each source's folder.
``3d-future/<model>`` is ``<folder>/<model>/raw_model.obj`` with its texture beside it: metres, Y up, front +Z; no file
outside a model's folder is opened. A piece of any other folder of models is ``<folder>/<piece>.blend``, which the
reader has made (``model_reader/``), and the catalogue says how it is turned and scaled (`pieces`).
"""

import json
import math
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, cast

import bpy
import numpy as np
from mathutils import Matrix

from ..instructscene_core.errors import InvalidInputError
from ..instructscene_core.model_files import is_folder_name, obj_lines, texture_of
from ..instructscene_core.plain_text import read_text
from .language import tr, tr_later
from .undoing import Appended

CATALOGUE_FILE: Final = "catalogue.json"
LINKED_SUFFIX: Final = ".linked.blend"
"""Ends the names of files whose meshes are linked."""
_MESH_FILE: Final = "raw_model.obj"
_LARGEST_FILE: Final = 128 << 20
"""Bytes of an .obj."""
_LARGEST_CATALOGUE: Final = 256 << 20
"""Bytes of a catalogue.json."""
_GEOMETRY: Final = (b"v ", b"vt ", b"vn ", b"f ", b"s ")
"""Beginnings of the lines that are imported: no names of files, and no groups, since a model is one object."""

_FARTHEST: Final = 1e6
"""Metres from a model's origin within which all its vertices must be."""
_REMEDY: Final = tr_later("Choose another catalogue in the add-on's preferences, or index the models again")


class ModelError(InvalidInputError):
    """A catalogue or a model of it cannot be read."""


@dataclass(frozen=True)
class Stance:
    """How a piece stands: quarter turns about +Z that bring its front to −Y, then the factor to metres."""

    front: int
    scale: float

    @property
    def matrix(self) -> Matrix:
        """Turns and scales the piece's mesh."""
        return Matrix.Rotation(self.front * math.pi / 2, 4, "Z") @ Matrix.Scale(self.scale, 4)


@dataclass(frozen=True)
class Models:
    """Where the models of a catalogue are.

    Args:
        folders: the folder of each source, by the part of an id before the slash.
        hanging: ids of models that hang from the ceiling.
        stances: of the pieces that the reader has made, by their id.
    """

    folders: Mapping[str, Path] = field(default_factory=dict)
    hanging: frozenset[str] = frozenset()
    stances: Mapping[str, Stance] = field(default_factory=dict)

    def folder(self, asset: str) -> Path:
        """The folder of a model.

        Raises:
            ModelError: no model has this id.
        """
        source, _, name = asset.partition("/")
        if source not in self.folders or not is_folder_name(name):
            raise ModelError(tr('"{asset}" is no model of the catalogue', asset=asset))
        return self.folders[source] / name

    def files(self, asset: str) -> list[Path]:
        """The large files of a model, which may be read ahead; none for an id of no model."""
        try:
            folder = self.folder(asset)
        except ModelError:
            return []
        return [folder.with_suffix(".blend")] if asset in self.stances else [folder / _MESH_FILE]


def read_models(paths: Sequence[Path]) -> Models:
    """Reads where the models of catalogues are; without any there are none.

    Args:
        paths: files or their folders, none of which have a source in common.

    Raises:
        ModelError: one cannot be read.
    """
    found = [_read_one(path) for path in paths]
    return Models(
        {source: folder for models in found for source, folder in models.folders.items()},
        frozenset[str]().union(*(models.hanging for models in found)),
        {asset: stance for models in found for asset, stance in models.stances.items()},
    )


def _read_one(path: Path) -> Models:
    path = path / CATALOGUE_FILE if path.is_dir() else path
    try:
        state = path.stat()
        if state.st_size > _LARGEST_CATALOGUE:
            raise ModelError(tr("The catalogue {path} is too large", path=path), tr(_REMEDY))
        return _read(path, state.st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or tr("it is no catalogue")
        raise ModelError(
            tr("The catalogue {path} cannot be read: {reason}", path=path, reason=reason), tr(_REMEDY)
        ) from error


@lru_cache(maxsize=8)
def _read(path: Path, _: int) -> Models:
    """Parses a catalogue; the second argument, its time of change, makes the cache miss once it was changed."""
    data = json.loads(read_text(path))
    folders = {str(source): path.parent / folder for source, folder in data.get("sources", {}).items()}
    hanging = frozenset(entry["id"] for entry in data["entries"] if entry.get("mount") == "ceiling")
    return Models(folders, hanging, _stances(data))


def _stances(data: Mapping[str, Any]) -> dict[str, Stance]:
    """The stances that a catalogue of a folder of models has; none of 3D-FUTURE's."""
    pieces = data.get("pieces", {})
    ids = {str(entry["id"]) for entry in data["entries"]} if pieces else set[str]()
    found = {key: pieces[name] for key in ids if (name := key.partition("/")[2]) in pieces}
    return {key: Stance(int(item["front"]) % 4, float(item["scale"])) for key, item in found.items()}


def import_model(models: Models, asset: str, undo: ExitStack) -> bpy.types.Mesh:
    """The mesh of a model: upright, facing -Y, its origin at the middle of its base, of its top where it hangs.

    Args:
        models: of the catalogue.
        asset: id of the model.
        undo: gets callbacks that remove its materials and textures.

    Raises:
        ModelError: a file of it is missing or broken.
    """
    if asset in models.stances:
        return append_piece(models, asset, undo)
    folder = models.folder(asset)
    mesh = _import_geometry(folder / _MESH_FILE)
    try:
        _set_origin(mesh, at_top=asset in models.hanging)
        mesh.materials.clear()
        mesh.materials.append(_material(texture_of(folder), asset, undo))
    except ModelError:
        bpy.data.meshes.remove(mesh)
        raise
    mesh.name = asset.partition("/")[2]
    return mesh


def append_piece(models: Models, asset: str, undo: ExitStack) -> bpy.types.Mesh:
    """The mesh of a piece that the reader has made, appended, turned and scaled; see `import_model`.

    Raises:
        ModelError: its file is missing or broken.
    """
    path = models.folder(asset).with_suffix(".blend")
    with Appended(undo) as appended:
        mesh = append_mesh(path, asset.partition("/")[2])
    try:
        mesh.transform(models.stances[asset].matrix)
        _set_origin(mesh, at_top=asset in models.hanging)
    except ModelError:
        bpy.data.meshes.remove(mesh)
        appended.remove()
        raise
    return mesh


def append_mesh(path: Path, name: str) -> bpy.types.Mesh:
    """The mesh of the object of a name in a .blend; the object is removed."""
    try:
        with open_library(path) as (there, wanted):
            if name not in there.objects:
                raise ModelError(tr('{path} lacks the piece "{name}"', path=path, name=name))
            wanted.objects = [name]
    except OSError as error:
        raise ModelError(tr("{path} cannot be read", path=path)) from error
    obj = cast("bpy.types.Object | None", wanted.objects[0])
    mesh = None if obj is None else obj.data
    if not isinstance(mesh, bpy.types.Mesh) or not mesh.polygons:
        raise ModelError(tr("{path} holds no faces", path=path))
    mesh.use_fake_user = True  # it outlives its object
    bpy.data.objects.remove(cast("bpy.types.Object", obj))
    mesh.use_fake_user = False
    _forget_library(path)
    return mesh


def _forget_library(path: Path) -> None:
    """Removes what appending leaves of a file: a library of which nothing is linked."""
    for library in list(bpy.data.libraries):
        if Path(bpy.path.abspath(library.filepath)) == path and not library.users_id:
            bpy.data.libraries.remove(library)


def open_library(path: Path, *, link: bool = False) -> Any:  # noqa: ANN401
    """Opens a .blend to append or link from it; the type stubs do not know it as a context manager."""
    return bpy.data.libraries.load(str(path), link=link)


def link_piece(models: Models, asset: str, key: str, undo: ExitStack) -> bpy.types.Mesh:
    """The mesh of a piece that the reader has made, linked.

    A linked mesh cannot be turned, so the file that is linked is a copy of the piece's, turned and scaled already. It
    is made beside it when the piece is first linked so, and never changed, since other .blend files may link to it.

    Args:
        models: of the catalogue.
        asset: id of the piece.
        key: custom property of the mesh that holds this id.
        undo: gets a callback that removes the mesh.

    Raises:
        ModelError: the piece's file is missing or broken, or the copy cannot be written.
    """
    stance, name = models.stances[asset], asset.partition("/")[2]
    top = "t" if asset in models.hanging else "b"
    path = models.folder(asset).with_name(f"{name}.{stance.front}{top}{stance.scale:.9g}{LINKED_SUFFIX}")
    if not path.is_file():
        _write_turned(models, asset, key, path)
    try:
        with open_library(path, link=True) as (_, wanted):
            wanted.meshes = [name]
    except OSError as error:
        raise ModelError(tr("{path} cannot be read", path=path)) from error
    mesh = cast("bpy.types.Mesh | None", wanted.meshes[0])
    if mesh is None or not mesh.polygons:
        raise ModelError(tr("{path} holds no faces", path=path))
    undo.callback(remove_unused_libraries)
    return mesh


def _write_turned(models: Models, asset: str, key: str, path: Path) -> None:
    """Writes a piece's mesh as it is placed into a .blend of its own; leaves the open file as it was."""
    part = path.with_suffix(".part")
    with ExitStack() as undo:
        mesh = append_piece(models, asset, undo)
        undo.callback(bpy.data.meshes.remove, mesh)
        mesh.name, mesh[key] = asset.partition("/")[2], asset
        try:
            bpy.data.libraries.write(str(part), {mesh}, fake_user=True, compress=True)
            part.replace(path)
        except (OSError, RuntimeError) as error:
            raise ModelError(
                tr("{folder} cannot be written to, so its pieces cannot be linked", folder=path.parent)
            ) from error


def remove_unused_libraries() -> None:
    """Removes libraries of linked pieces of which the open file uses nothing any more."""
    used = {mesh.library for mesh in bpy.data.meshes if mesh.users and mesh.library is not None}
    for library in list(bpy.data.libraries):
        if library.filepath.endswith(LINKED_SUFFIX) and library not in used:
            bpy.data.libraries.remove(library)


def _import_geometry(path: Path) -> bpy.types.Mesh:
    """The mesh of an .obj file: Z up, front −Y, metres; only the lines in ``_GEOMETRY`` are imported."""
    lines = [line for line in _lines(path) if line.startswith(_GEOMETRY)]
    with _temporary_file(b"\n".join(lines) + b"\n") as plain, _empty_scene() as scene:
        try:
            bpy.ops.wm.obj_import(filepath=str(plain), forward_axis="NEGATIVE_Z", up_axis="Y", validate_meshes=True)
        except RuntimeError as error:
            raise ModelError(tr("{path} cannot be imported: {reason}", path=path, reason=str(error).strip())) from error
        imported = [obj for obj in scene.objects if obj.type == "MESH"]
        if len(imported) != 1 or not imported[0].data.polygons:
            raise ModelError(tr("{path} holds no faces", path=path))
        obj = imported[0]
        mesh = cast("bpy.types.Mesh", obj.data)
        mesh.transform(obj.matrix_world)  # the importer turns the object, not its mesh
        mesh.use_fake_user = True  # it outlives its object
    mesh.use_fake_user = False
    return mesh


@contextmanager
def _temporary_file(content: bytes) -> Generator[Path]:
    """An .obj for the importer, which reads files alone.

    Raises:
        ModelError: it cannot be written.
    """
    with ExitStack() as opened:
        try:
            folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="instructscene-")))
            (folder / "model.obj").write_bytes(content)
        except OSError as error:
            message = tr("No temporary file can be written: {reason}", reason=error.strerror or error)
            raise ModelError(message, tr("Make room on the disk")) from error
        yield folder / "model.obj"


def _lines(path: Path) -> list[bytes]:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise ModelError(tr("{path} is too large", path=path))
        return obj_lines(path.read_bytes())
    except OSError as error:
        raise ModelError(tr("{path} cannot be read: {reason}", path=path, reason=error.strerror)) from error


@contextmanager
def _empty_scene() -> Generator[bpy.types.Scene]:
    """A temporary scene to import into, so that the person's selection stays; removed with all that is in it."""
    scene = bpy.data.scenes.new("Import")
    try:
        with bpy.context.temp_override(scene=scene, view_layer=scene.view_layers[0]):
            yield scene
    finally:
        for obj in list(scene.objects):
            mesh = obj.data
            bpy.data.objects.remove(obj)
            if isinstance(mesh, bpy.types.Mesh) and mesh.users == 0:
                bpy.data.meshes.remove(mesh)
        bpy.data.scenes.remove(scene)


def _set_origin(mesh: bpy.types.Mesh, *, at_top: bool) -> None:
    """Moves the mesh so that the middle of its base, or of its top, is at the origin.

    Raises:
        ModelError: a coordinate is NaN, or too far from the origin for furniture.
    """
    corners = np.empty(3 * len(mesh.vertices), dtype=np.float32)
    mesh.vertices.foreach_get("co", corners)
    if not (np.abs(corners) < _FARTHEST).all():
        raise ModelError(tr('The mesh "{name}" has corners that are no places', name=mesh.name))
    low, high = (bound(corners.reshape(-1, 3), axis=0).tolist() for bound in (np.min, np.max))
    x, y, _ = ((a + b) / 2 for a, b in zip(low, high, strict=True))
    mesh.transform(Matrix.Translation((-x, -y, -(high[2] if at_top else low[2]))))


def _material(texture: Path, asset: str, undo: ExitStack) -> bpy.types.Material:
    """A material that shows a texture.

    Raises:
        ModelError: the texture is missing or no picture.
    """
    try:
        image = bpy.data.images.load(str(texture), check_existing=True)
    except RuntimeError as error:
        raise ModelError(tr("{path} cannot be read", path=texture)) from error
    undo.callback(_remove_unused, bpy.data.images, image.name)
    if not image.has_data and 0 in tuple(image.size):
        _remove_unused(bpy.data.images, image.name)
        raise ModelError(tr("{path} is no picture", path=texture))
    material = bpy.data.materials.new(asset.partition("/")[2])
    undo.callback(_remove_unused, bpy.data.materials, material.name)
    material.use_nodes = True
    nodes = material.node_tree.nodes
    shader = next(node for node in nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Roughness"].default_value = 0.6
    picture = nodes.new("ShaderNodeTexImage")
    picture.image = image
    picture.location = (shader.location.x - 320, shader.location.y)
    material.node_tree.links.new(picture.outputs["Color"], shader.inputs["Base Color"])
    return material


def _remove_unused(collection: Any, name: str) -> None:  # noqa: ANN401  (any collection of bpy.data)
    block = collection.get(name)
    if block is not None and block.users == 0:
        collection.remove(block)
