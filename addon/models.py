"""Models of a person's own catalogue: found by their id, imported from their .obj with their texture.

The catalogue.json that ``python -m instructscene_core catalogue index`` writes names each source's folder;
``3d-future/<model>`` is ``<folder>/<model>/raw_model.obj`` with ``texture.png`` beside it: metres, Y up, front +Z.
Files that the .obj names are not opened.
"""

import json
import re
import tempfile
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, cast

import bpy
import numpy as np
from mathutils import Matrix

from ..instructscene_core.errors import InvalidInputError

CATALOGUE_FILE: Final = "catalogue.json"
_MESH_FILE: Final = "raw_model.obj"
_TEXTURE_FILE: Final = "texture.png"
_LARGEST_FILE: Final = 128 << 20
"""Bytes of an .obj."""
_LARGEST_CATALOGUE: Final = 256 << 20
"""Bytes of a catalogue.json."""
_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")
_GEOMETRY: Final = (b"v ", b"vt ", b"vn ", b"f ", b"s ")
"""Beginnings of the lines that are imported: no names of files, and no groups, since a model is one object."""

_FARTHEST: Final = 1e6
"""Metres from a model's origin within which all its vertices must be."""
_REMEDY: Final = "Choose another catalogue in the add-on's preferences, or index the models again"


class ModelError(InvalidInputError):
    """A catalogue or a model of it cannot be read."""


@dataclass(frozen=True)
class Models:
    """Where the models of a catalogue are.

    Args:
        folders: the folder of each source, by the part of an id before the slash.
        hanging: ids of models that hang from the ceiling.
    """

    folders: Mapping[str, Path] = field(default_factory=dict)
    hanging: frozenset[str] = frozenset()

    def folder(self, asset: str) -> Path:
        """The folder of a model.

        Raises:
            ModelError: no model has this id.
        """
        source, _, name = asset.partition("/")
        if source not in self.folders or not _NAME.fullmatch(name):
            raise ModelError(f'"{asset}" is no model of the catalogue')
        return self.folders[source] / name


def read_models(path: Path | None) -> Models:
    """Reads where the models of a catalogue are; without a catalogue there are none.

    Args:
        path: the file or its folder; None for the furniture that comes with the extension.

    Raises:
        ModelError: it cannot be read.
    """
    if path is None:
        return Models()
    path = path / CATALOGUE_FILE if path.is_dir() else path
    try:
        state = path.stat()
        if state.st_size > _LARGEST_CATALOGUE:
            raise ModelError(f"The catalogue {path} is too large", _REMEDY)
        return _read(path, state.st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or "it is no catalogue"
        raise ModelError(f"The catalogue {path} cannot be read: {reason}", _REMEDY) from error


@lru_cache(maxsize=2)
def _read(path: Path, _: int) -> Models:
    """Parses a catalogue; the second argument, its time of change, makes the cache miss once it was changed."""
    data = json.loads(path.read_text(encoding="utf-8"))
    folders = {str(source): path.parent / folder for source, folder in data.get("sources", {}).items()}
    hanging = frozenset(entry["id"] for entry in data["entries"] if entry.get("mount") == "ceiling")
    return Models(folders, hanging)


def import_model(models: Models, asset: str, undo: ExitStack) -> bpy.types.Mesh:
    """The mesh of a model: upright, facing -Y, its origin at the middle of its base, of its top where it hangs.

    Args:
        models: of the catalogue.
        asset: id of the model.
        undo: gets callbacks that remove its material and texture.

    Raises:
        ModelError: a file of it is missing or broken.
    """
    folder = models.folder(asset)
    mesh = _import_geometry(folder / _MESH_FILE)
    try:
        _set_origin(mesh, at_top=asset in models.hanging)
        mesh.materials.clear()
        mesh.materials.append(_material(folder / _TEXTURE_FILE, asset, undo))
    except ModelError:
        bpy.data.meshes.remove(mesh)
        raise
    mesh.name = asset.partition("/")[2]
    return mesh


def _import_geometry(path: Path) -> bpy.types.Mesh:
    """The mesh of an .obj file: Z up, front −Y, metres; only the lines in ``_GEOMETRY`` are imported."""
    lines = [line for line in _lines(path) if line.startswith(_GEOMETRY)]
    with tempfile.TemporaryDirectory(prefix="instructscene-") as folder, _empty_scene() as scene:
        plain = Path(folder) / "model.obj"
        plain.write_bytes(b"\n".join(lines) + b"\n")
        try:
            bpy.ops.wm.obj_import(filepath=str(plain), forward_axis="NEGATIVE_Z", up_axis="Y", validate_meshes=True)
        except RuntimeError as error:
            raise ModelError(f"{path} cannot be imported: {str(error).strip()}") from error
        imported = [obj for obj in scene.objects if obj.type == "MESH"]
        if len(imported) != 1 or not imported[0].data.polygons:
            raise ModelError(f"{path} holds no faces")
        obj = imported[0]
        mesh = cast("bpy.types.Mesh", obj.data)
        mesh.transform(obj.matrix_world)  # the importer turns the object, not its mesh
        mesh.use_fake_user = True  # it outlives its object
    mesh.use_fake_user = False
    return mesh


def _lines(path: Path) -> list[bytes]:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise ModelError(f"{path} is too large")
        return path.read_bytes().replace(b"\t", b" ").splitlines()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}") from error


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
        raise ModelError(f'The mesh "{mesh.name}" has corners that are no places')
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
        raise ModelError(f"{texture} cannot be read") from error
    undo.callback(_remove_unused, bpy.data.images, image.name)
    if not image.has_data and 0 in tuple(image.size):
        _remove_unused(bpy.data.images, image.name)
        raise ModelError(f"{texture} is no picture")
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
