"""A room as files of other programs: glTF (.glb) and USD (.usdc), by Blender's own exporters."""

import hashlib
import importlib
import struct
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import bpy

from .bodies import SOLID
from .records import room_collection, room_members

_GLTF: Final = "io_scene_gltf2"
_CRATE_HEAD: Final = 88
"""Bytes before the content of a binary file of USD: kind, version, place of the table of contents, room for more."""
_CRATE_SECTION: Final = 32
"""Bytes of an entry of that table."""


def save_blend(path: Path, _room: bpy.types.Object | None = None) -> None:
    """Saves a copy of the open .blend."""
    bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True, compress=True, relative_remap=False)


def save_glb(path: Path, room: bpy.types.Object) -> None:
    """Exports a room as binary glTF: its furniture and its shell, no lamps and cameras; pictures are packed into it."""
    with _alone(room), _plain_materials(room):
        bpy.ops.export_scene.gltf(
            filepath=str(path), export_format="GLB", use_selection=True, export_extras=True, export_animations=False,
            export_lights=False, export_cameras=False,
        )  # fmt: skip


def save_usd(path: Path, room: bpy.types.Object) -> None:
    """Exports a room as USD, as `save_glb` does; pictures of its materials come into a folder ``textures`` beside.

    Raises:
        RuntimeError: the file is not whole.
    """
    with _alone(room), _plain_materials(room, apart=True), _named_by_content(room):
        bpy.ops.wm.usd_export(
            filepath=str(path), selected_objects_only=True, export_animation=False, export_lights=False,
            export_cameras=False, convert_world_material=False, export_custom_properties=False, relative_paths=True,
        )  # fmt: skip
    if not path.is_file() or not is_whole_usd(path.read_bytes()):
        raise RuntimeError("the disk is full")  # Blender says nothing


def is_whole_usd(data: bytes) -> bool:
    """Whether a binary file of USD has its end, its table of contents (``crateFile.h`` of OpenUSD)."""
    if not data.startswith(b"PXR-USDC") or len(data) < _CRATE_HEAD:
        return False
    (table,) = struct.unpack_from("<q", data, 16)
    if not _CRATE_HEAD <= table <= len(data) - 8:
        return False
    (sections,) = struct.unpack_from("<Q", data, table)
    return len(data) >= table + 8 + _CRATE_SECTION * sections


SAVERS: Final[dict[str, Callable[[Path, bpy.types.Object], None]]] = {
    ".glb": save_glb,
    ".usdc": save_usd,
    ".blend": save_blend,
}
"""What writes the files, by their endings."""


def refusal(names: Iterable[str]) -> str | None:
    """Why this Blender cannot save a room as one of ``glb``, ``usd``, ``blend``, with what to do; None where it can.

    Blender's exporter of glTF is an add-on, which is enabled for this run where it is not.
    """
    if "usd" in names and not (bpy.app.build_options.usd and "usd_export" in dir(bpy.ops.wm)):
        return "This Blender was built without USD. Choose glb, or use a Blender of blender.org"
    if "glb" in names and "gltf" not in dir(bpy.ops.export_scene):
        importlib.import_module("addon_utils").enable(_GLTF)  # found only once bpy is imported
        if "gltf" not in dir(bpy.ops.export_scene):
            return "Blender's add-on glTF 2.0 format cannot be enabled. Choose usd, or use a Blender of blender.org"
    return None


def _parts(room: bpy.types.Object) -> list[bpy.types.Object]:
    """A room's Empty, and all of the room that has a body; of its members also the Empties that hold or show it."""
    inside = [obj for obj in room_collection(room).all_objects if obj.type in SOLID]
    members = [part for root in room_members(room).values() for part in (root, *root.children_recursive)]
    return list(dict.fromkeys([room, *inside, *(obj for obj in members if obj.type in (*SOLID, "EMPTY"))]))


@contextmanager
def _alone(room: bpy.types.Object) -> Generator[None, None, None]:
    """Has the objects of a room selected and no others, for the time of an export."""
    layer: Any = bpy.context.view_layer
    before = [obj for obj in layer.objects if obj.select_get()]
    wanted = set(_parts(room))
    try:
        for obj in layer.objects:
            obj.select_set(state=obj in wanted)
        yield
    finally:
        for obj in layer.objects:
            obj.select_set(state=obj in before)


@contextmanager
def _plain_materials(room: bpy.types.Object, *, apart: bool = False) -> Generator[None, None, None]:
    """Gives materials whose colour nodes make, which no exporter reads, their colour of the viewport meanwhile.

    Args:
        room: whose.
        apart: whether a mesh that has a material twice gets two of them: Blender's USD loses the faces of the first.
    """
    replaced: list[tuple[Any, Any]] = []
    made: dict[tuple[Any, int], Any] = {}
    try:
        for mesh in dict.fromkeys(obj.data for obj in _parts(room) if obj.type == "MESH"):
            seen: list[Any] = []
            for number, material in enumerate(mesh.materials):
                key = material, seen.count(material) if apart else 0
                seen.append(material)
                if material is None or not (key[1] or _is_made_by_nodes(material)):
                    continue
                if key not in made:
                    made[key] = _plain(material) if _is_made_by_nodes(material) else material.copy()
                replaced.append((partial(mesh.materials.__setitem__, number), material))
                mesh.materials[number] = made[key]
        yield
    finally:
        for give_back, material in replaced:
            give_back(material)
        bpy.data.batch_remove(made.values())


@contextmanager
def _named_by_content(room: bpy.types.Object) -> Generator[None, None, None]:
    """Names packed pictures after their content meanwhile: rooms share the folder."""
    with ExitStack() as undo:
        for image in _packed_images(room):
            name = hashlib.sha256(image.packed_file.data).hexdigest()[:16]
            path = f"//{name}{Path(image.filepath_raw).suffix}"
            packed = [(block, "filepath", path) for block in image.packed_files]
            for block, key, value in ((image, "name", name), (image, "filepath_raw", path), *packed):
                undo.callback(setattr, block, key, getattr(block, key))
                setattr(block, key, value)
        yield


def _packed_images(room: bpy.types.Object) -> set[Any]:
    """The pictures within the .blend that the materials of a room show."""
    materials = {slot.material for obj in _parts(room) for slot in obj.material_slots if slot.material}
    nodes: list[Any] = [node for material in materials if material.node_tree for node in material.node_tree.nodes]
    images = {node.image for node in nodes if node.type == "TEX_IMAGE"}
    return {image for image in images if image and image.packed_file}


def _is_made_by_nodes(material: bpy.types.Material) -> bool:
    """Whether a material's colour is neither a number nor a picture."""
    nodes: Any = material.node_tree.nodes if material.use_nodes and material.node_tree else ()
    shader = next((node for node in nodes if node.type == "BSDF_PRINCIPLED"), None)
    if shader is None:
        return bool(nodes)
    links = shader.inputs["Base Color"].links
    return bool(links) and links[0].from_node.type != "TEX_IMAGE"


def _plain(material: bpy.types.Material) -> bpy.types.Material:
    """A material of one colour that looks in the viewport as another one does."""
    name = material.name
    made: Any = bpy.data.materials.new(name)
    made.use_nodes = True
    shader = next(node for node in made.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    colour = tuple(material.diffuse_color)
    made.diffuse_color = colour
    shader.inputs["Base Color"].default_value = (*colour[:3], 1.0)
    shader.inputs["Alpha"].default_value = colour[3]
    shader.inputs["Metallic"].default_value = material.metallic
    shader.inputs["Roughness"].default_value = material.roughness
    return made
