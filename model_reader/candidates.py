"""Opens a prepared file in the empty scene and says which pieces are in it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import bpy

from .limits import Limits, RefusedError
from .materials import trees

CATALOG_FILE: Final = "blender_assets.cats.txt"
_LARGEST_CATALOGS: Final = 4 << 20
_MODIFIERS: Final = {
    "ARMATURE", "ARRAY", "BEVEL", "BOOLEAN", "CAST", "CORRECTIVE_SMOOTH", "CURVE", "DATA_TRANSFER", "DECIMATE",
    "DISPLACE", "EDGE_SPLIT", "HOOK", "LAPLACIANDEFORM", "LAPLACIANSMOOTH", "LATTICE", "MASK", "MESH_DEFORM", "MIRROR",
    "MULTIRES", "NODES", "NORMAL_EDIT", "REMESH", "SCREW", "SHRINKWRAP", "SIMPLE_DEFORM", "SKIN", "SMOOTH",
    "SMOOTH_BY_ANGLE", "SOLIDIFY", "SUBSURF", "SURFACE_DEFORM", "TRIANGULATE", "UV_PROJECT", "UV_WARP", "WARP",
    "WEIGHTED_NORMAL", "WELD", "WIREFRAME",
}  # fmt: skip
"""Modifiers that only reshape: none that simulates, plays back, or reads a file."""
_HINTS: Final = 4
"""Names of objects that are kept as hints."""
_GENERIC: Final = re.compile(
    r"(scene|model|raw_model|untitled|source|mesh|object|export|default|[\d_. -]*)", re.IGNORECASE
)
"""Names of files that say nothing; the name of their folder does."""


@dataclass(frozen=True)
class Candidate:
    """What may become a piece.

    Args:
        key: tells it from the others of its file; empty where it is the whole file.
        name: for people.
        objects: names of the objects that it is made of.
        tags: words that its maker gave it.
        hints: names of what is in it, which may say what it is.
        caption: what its maker says of it.
        author: who made it.
    """

    key: str
    name: str
    objects: tuple[str, ...]
    tags: tuple[str, ...] = ()
    caption: str = ""
    author: str = ""
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Opened:
    """What a file holds; ``metres`` is the length of one of its units."""

    candidates: tuple[Candidate, ...]
    metres: float = 1.0


def open_file(path: Path, source: Path, root: Path, limits: Limits) -> Opened:
    """Opens a file.

    Args:
        path: of the prepared copy.
        source: of the file itself, whose name counts.
        root: the person's folder.
        limits: of a file.

    Raises:
        RefusedError: it cannot be read, or holds nothing.
    """
    if source.suffix.lower() == ".blend":
        return _open_blend(path, source, root, limits)
    _import(path)
    objects = tuple(obj.name for obj in bpy.context.scene.objects if not _is_helper(obj))
    make_still()
    tops = [name for name in objects if bpy.data.objects[name].parent is None and not _GENERIC.fullmatch(name)]
    return Opened((Candidate("", name_of(source), objects, hints=tuple(tops[:_HINTS])),))


def name_of(path: Path) -> str:
    """What a file is called, or its folder where that says more."""
    return path.parent.name if _GENERIC.fullmatch(path.stem) and path.parent.name else path.stem


def _import(path: Path) -> None:
    operator: Callable[..., Any]
    options: Mapping[str, Any] = {}
    match path.suffix.lower():
        case ".glb" | ".gltf":
            operator, options = bpy.ops.import_scene.gltf, {"import_pack_images": True}
        case ".obj":
            operator = bpy.ops.wm.obj_import
            options = {"forward_axis": "NEGATIVE_Z", "up_axis": "Y", "validate_meshes": True}
        case ".fbx":
            operator, options = _fbx_importer()
        case ".ply":
            operator = bpy.ops.wm.ply_import
        case _:
            operator = bpy.ops.wm.stl_import
    try:
        operator(filepath=str(path), **options)
    except RuntimeError as error:
        if path.suffix in (".glb", ".gltf") and b"KHR_draco_mesh_compression" in path.read_bytes():
            raise RefusedError("is packed with Draco, which this Blender does not read, or damaged") from error
        raise RefusedError(f"cannot be imported: {_last_line(error)}") from error


def _fbx_importer() -> tuple[Callable[..., Any], Mapping[str, Any]]:
    """The add-on that imports FBX, or what has taken its place in later Blenders."""
    options: dict[str, Any] = {"use_anim": False, "use_custom_props": False}
    if "fbx" in dir(bpy.ops.import_scene):
        return bpy.ops.import_scene.fbx, {**options, "use_image_search": False}
    return bpy.ops.wm.fbx_import, options


def _last_line(error: Exception) -> str:
    """What an error of an operator says in the end, without where it happened."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and not line.startswith("Location:")]
    return lines[-1][:200] if lines else type(error).__name__


def _is_helper(obj: bpy.types.Object) -> bool:
    """Whether an importer made an object for its own ends, such as the shape of bones."""
    return any(collection.name.startswith("glTF_not_exported") for collection in obj.users_collection)


def _open_blend(path: Path, source: Path, root: Path, limits: Limits) -> Opened:
    """Appends what is in a .blend, which is never opened itself: so its scripts and handlers are not even looked at."""
    try:
        with open_library(path) as (there, wanted):
            if len(there.objects) > limits.objects:
                raise RefusedError(f"holds {len(there.objects):,} objects, more than the {limits.objects:,} allowed")
            wanted.objects, wanted.collections = there.objects, there.collections
            wanted.scenes = there.scenes[:1]
    except OSError as error:
        raise RefusedError(f"cannot be read: {_last_line(error)}") from error
    _check_libraries(root)
    scene = next((scene for scene in bpy.data.scenes if scene != bpy.context.scene), None)
    metres = 1.0 if scene is None else scene.unit_settings.scale_length
    shown = {obj.name for obj in scene.objects} if scene is not None else set[str]()
    make_still()
    candidates = _marked(source, root) or [
        Candidate(obj.name, obj.name, _hierarchy(obj)) for obj in _tops(shown or {obj.name for obj in bpy.data.objects})
    ]
    if scene is not None:
        bpy.data.scenes.remove(scene)
    if not candidates:
        raise RefusedError("holds no meshes")
    if len(candidates) == 1 and not _GENERIC.fullmatch(source.stem):  # the file is called as what it holds
        candidates = [replace(candidates[0], name=source.stem, hints=(candidates[0].name,))]
    return Opened(tuple(candidates[: limits.pieces]), metres)


def open_library(path: Path) -> Any:  # noqa: ANN401  (the type stubs do not know it as a context manager)
    """Opens a .blend to append from it."""
    return bpy.data.libraries.load(str(path), link=False)


def _check_libraries(root: Path) -> None:
    """A second look at what a .blend is linked to, once Blender has read it."""
    for library in bpy.data.libraries:
        place = Path(bpy.path.abspath(library.filepath)).resolve()
        if not place.is_relative_to(root):
            raise RefusedError(f'is linked to "{library.filepath[:80]}", which lies outside the folder')


def make_still() -> None:
    """Takes all that moves, computes or reads out of the open data, before anything is evaluated."""
    for text in list(bpy.data.texts):
        bpy.data.texts.remove(text)
    for block in _blocks():
        if block.library is None:
            block.animation_data_clear()
    for obj in bpy.data.objects:
        for modifier in list(obj.modifiers):
            if modifier.type not in _MODIFIERS or (modifier.type == "NODES" and _imports(modifier.node_group)):
                obj.modifiers.remove(modifier)


def _imports(tree: bpy.types.NodeTree | None) -> bool:
    """Whether geometry nodes read files."""
    return tree is not None and any(
        node.bl_idname.startswith("GeometryNodeImport") for part in trees(tree) for node in part.nodes
    )


def _blocks() -> Iterator[Any]:
    """All datablocks that may be animated."""
    for prop in bpy.data.bl_rna.properties:
        if prop.type == "COLLECTION":
            for block in getattr(bpy.data, prop.identifier):
                if hasattr(block, "animation_data_clear"):
                    yield block


def _marked(source: Path, root: Path) -> list[Candidate]:
    """Objects and collections that are marked as assets."""
    catalogs = _catalogs(source, root)
    found: list[Candidate] = []
    for kind, blocks in (("object", bpy.data.objects), ("collection", bpy.data.collections)):
        for block in blocks:
            data = block.asset_data
            if data is None:
                continue
            objects = _hierarchy(block) if kind == "object" else tuple(obj.name for obj in block.all_objects)
            path = catalogs.get(data.catalog_id, data.catalog_simple_name.replace("-", "/"))
            tags = (*(tag.name for tag in data.tags), *filter(None, path.split("/")))
            found.append(
                Candidate(
                    f"{kind} {block.name}",
                    block.name,
                    objects,
                    tuple(dict.fromkeys(tags)),
                    data.description,
                    data.author,
                )
            )
    return found


def _catalogs(source: Path, root: Path) -> dict[str, str]:
    """Paths of asset catalogs by their id, of the folders between a file and the person's folder."""
    found: dict[str, str] = {}
    for folder in source.parents:
        path = folder / CATALOG_FILE
        if not folder.is_relative_to(root):
            break
        if not path.is_file() or path.stat().st_size > _LARGEST_CATALOGS or not path.resolve().is_relative_to(root):
            continue
        for line in path.read_text(encoding="utf-8-sig", errors="replace").splitlines():
            number, _, rest = line.partition(":")
            if rest and not line.startswith(("#", "VERSION")):
                found.setdefault(number.strip(), rest.partition(":")[0].strip())
    return found


def _hierarchy(obj: bpy.types.Object) -> tuple[str, ...]:
    return (obj.name, *(child.name for child in obj.children_recursive))


def _tops(shown: Iterable[str]) -> Iterator[bpy.types.Object]:
    """Objects without a parent that hold or make a surface somewhere below them."""
    instanced = {obj.instance_collection for obj in bpy.data.objects if obj.instance_collection is not None}
    hidden = {obj.name for collection in instanced for obj in collection.all_objects}
    for name in sorted(shown):
        obj = bpy.data.objects[name]
        if obj.parent is None and name not in hidden and any(_is_solid(o) for o in (obj, *obj.children_recursive)):
            yield obj


def _is_solid(obj: bpy.types.Object) -> bool:
    solid = obj.type in ("MESH", "CURVE", "SURFACE", "FONT", "META") or obj.instance_collection is not None
    return solid and not obj.hide_render and obj.display_type not in ("WIRE", "BOUNDS")
