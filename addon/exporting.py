"""A room as files of other programs: glTF (.glb) and USD (.usdc), by Blender's own exporters."""

import importlib
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import bpy

from .bodies import SOLID
from .records import room_collection, room_members

_GLTF: Final = "io_scene_gltf2"


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
    """Exports a room as USD, as `save_glb` does; pictures of its materials come into a folder ``textures`` beside."""
    with _alone(room), _plain_materials(room):
        bpy.ops.wm.usd_export(
            filepath=str(path), selected_objects_only=True, export_animation=False, export_lights=False,
            export_cameras=False, convert_world_material=False, export_custom_properties=False, relative_paths=True,
        )  # fmt: skip


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
def _plain_materials(room: bpy.types.Object) -> Generator[None, None, None]:
    """Gives materials whose colour nodes make, which no exporter reads, their colour of the viewport meanwhile."""
    replaced: list[tuple[Any, Any]] = []
    plain: dict[Any, Any] = {}
    try:
        for obj in _parts(room):
            for slot in obj.material_slots:
                if slot.material is None or not _is_made_by_nodes(slot.material):
                    continue
                if slot.material not in plain:
                    plain[slot.material] = _plain(slot.material)
                replaced.append((slot, slot.material))
                slot.material = plain[slot.material]
        yield
    finally:
        for slot, material in replaced:
            slot.material = material
        bpy.data.batch_remove(plain.values())


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
