"""What is done with a file of each format before Blender reads it."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from .blend_files import check_blend
from .fbx_files import prepare_fbx
from .gltf_files import prepare_gltf
from .obj_files import prepare_obj
from .side_files import SideFiles


def _as_it_is(sides: SideFiles) -> Path:
    """A format that names no other files."""
    return sides.model


PREPARERS: Final[dict[str, Callable[[SideFiles], Path]]] = {
    ".glb": prepare_gltf,
    ".gltf": prepare_gltf,
    ".obj": prepare_obj,
    ".fbx": prepare_fbx,
    ".blend": check_blend,
    ".ply": _as_it_is,
    ".stl": _as_it_is,
}
"""By suffix; each returns the path that Blender reads."""
