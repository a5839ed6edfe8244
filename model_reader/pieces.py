"""Makes a clean piece of a candidate: a .blend with one mesh, its points, and four pictures of it."""

import hashlib
import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np

from instructscene_core.catalogue.obj_file import ObjMesh
from instructscene_core.catalogue.solid_parts import solid_parts
from instructscene_core.png import png
from instructscene_core.thumbnails import picture_of_points

from .candidates import Candidate, open_library
from .joining import Part, joined, new_mesh, parts_of
from .limits import Limits, RefusedError
from .materials import Cleaner
from .surface import cloud_of

_POINTS: Final = 2048
"""Points that are kept of a piece."""
_THINNEST: Final = 1e-3
"""Least extent along an axis, as a share of the largest: a rug of one face has a box, too."""
_EXPECTED: Final = ("objects", "meshes", "materials", "node_groups", "images")
"""Kinds of datablocks that a clean file may hold."""
_SHAPE_TRIANGLES: Final = 50_000
"""Triangles from which the solid boxes are made; of more, every n-th."""


def stem_of(file: str, key: str, name: str) -> str:
    """A name for the files of a piece, and the second half of its id: readable, and of no other piece.

    Args:
        file: path in the person's folder, with slashes.
        key: of the candidate.
        name: for people.
    """
    plain = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")[:40] or "piece"
    digest = hashlib.sha256(f"{file}\x00{key}".encode("utf-8", "surrogateescape")).hexdigest()
    return f"{plain}-{digest[:8]}"


def write_piece(
    candidate: Candidate, out: Path, stem: str, metres: float, cleaner: Cleaner, limits: Limits
) -> dict[str, Any]:
    """Writes the files of a piece; returns what the catalogue records of it.

    Args:
        candidate: whose objects are in ``bpy.data``.
        out: folder for the files.
        stem: of their names.
        metres: length of a unit of the file.
        cleaner: of the materials.
        limits: of a piece.

    Raises:
        RefusedError: it has no faces, or more than it may have.
    """
    with _shown(candidate.objects):
        surface = joined(parts_of(candidate.objects, limits))
    low, high = (bound(surface.corners, axis=0) * metres for bound in (np.min, np.max))
    middle = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    surface.corners = (surface.corners * metres - middle).astype(np.float32)
    cleaner.clean(bpy.data.materials.get(name) for name in surface.slots if name)
    mesh = new_mesh(stem, surface)
    obj = bpy.data.objects.new(stem, mesh)
    path = out / f"{stem}.blend"
    bpy.data.libraries.write(str(path), {obj}, fake_user=True, compress=True)
    _check_clean(path, stem)
    extents = np.maximum(high - low, max(_THINNEST * float((high - low).max()), 1e-9))
    record = _draw_and_measure(mesh, surface, extents, out / stem)
    bpy.data.objects.remove(obj)
    bpy.data.meshes.remove(mesh)
    return {
        "key": candidate.key, "stem": stem, "name": candidate.name, "tags": candidate.tags,
        "hints": candidate.hints, "caption": candidate.caption, "author": candidate.author,
        "size": extents.round(6).tolist(), "children": len(candidate.objects), **record,
    }  # fmt: skip


def _check_clean(path: Path, stem: str) -> None:
    """Refuses a piece whose file holds more than it should, so that what was overlooked is at least not kept."""
    with open_library(path) as (there, _):
        held = {kind: list(getattr(there, kind)) for kind in dir(there) if kind not in ("version", *_EXPECTED)}
        sound = there.objects == [stem] and there.meshes == [stem] and not any(held.values())
    for library in list(bpy.data.libraries):
        if not library.users_id:
            bpy.data.libraries.remove(library)
    if not sound:
        path.unlink()
        raise RefusedError("could not be cleaned of what is no shape and no material")


def _draw_and_measure(mesh: bpy.types.Mesh, surface: Part, extents: Any, path: Path) -> dict[str, Any]:  # noqa: ANN401
    cloud = cloud_of(mesh, surface.corners)
    centre = np.array([0, 0, (surface.corners[:, 2].max() + surface.corners[:, 2].min()) / 2], dtype=np.float32)
    points = np.concatenate([cloud.places - centre, cloud.colours], axis=1)[:_POINTS]
    np.save(path.with_name(f"{path.name}.npy"), points.astype(np.float32))
    for quarter in range(4):
        drawn = picture_of_points(cloud.places, cloud.normals, cloud.colours, quarter)
        path.with_name(f"{path.name}.{quarter}.png").write_bytes(png(drawn))
    step = -(-len(cloud.triangles) // _SHAPE_TRIANGLES)
    corners = surface.corners.astype(np.float64)
    flat = extents > np.ptp(corners, axis=0) + 1e-9
    corners = np.concatenate([corners, [np.where(flat, corners.max(axis=0) + extents, corners.max(axis=0))]])
    parts = solid_parts(ObjMesh(corners, cloud.triangles[::step]))
    pictures = {node.image.name for m in mesh.materials if m and m.node_tree for node in _pictures(m.node_tree)}
    return {"triangles": len(cloud.triangles), "textures": len(pictures), "parts": parts}


def _pictures(tree: bpy.types.NodeTree) -> Generator[bpy.types.Node]:
    for node in tree.nodes:
        if node.type == "TEX_IMAGE" and node.image is not None:
            yield node
        elif node.type == "GROUP" and node.node_tree is not None:
            yield from _pictures(node.node_tree)


@contextmanager
def _shown(names: Sequence[str]) -> Generator[None]:
    """Puts objects into the scene for a while, so that they are evaluated."""
    scene = bpy.context.scene
    linked: list[bpy.types.Object] = []
    for name in names:
        obj = bpy.data.objects[name]
        obj.hide_viewport = obj.hide_render
        if obj.name not in scene.collection.all_objects:
            scene.collection.objects.link(obj)
            linked.append(obj)
        obj.hide_set(state=False)
    bpy.context.view_layer.update()
    try:
        yield
    finally:
        for obj in linked:
            scene.collection.objects.unlink(obj)
