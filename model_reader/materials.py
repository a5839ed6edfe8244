"""Makes materials harmless: shading stays, and whatever leads to another datablock, a script or a file goes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import bpy

from .limits import Limits
from .picture_sizes import picture_pixels

_GONE: Final = {"SCRIPT", "TEX_IES", "TEX_POINTDENSITY", "FRAME"}
"""Kinds of nodes that run code, read files, or hold a text."""


@dataclass
class Cleaner:
    """Cleans the materials of pieces.

    Args:
        roots: folders from which pictures may come.
        limits: of a texture.
        notes: gets a line for each texture that was left out.
    """

    roots: tuple[Path, ...]
    limits: Limits
    notes: list[str] = field(default_factory=list)
    _done: set[str] = field(default_factory=set)
    _kept: set[str] = field(default_factory=set)

    def clean(self, materials: Iterable[bpy.types.Material | None]) -> None:
        """Cleans some materials in place, with all that they refer to."""
        for material in materials:
            if material is not None and material.name not in self._done:
                self._done.add(material.name)
                strip(material)
                if material.node_tree is not None:
                    for tree in trees(material.node_tree):
                        self._clean_tree(tree)

    def _clean_tree(self, tree: bpy.types.NodeTree) -> None:
        strip(tree)
        for node in list(tree.nodes):
            if node.type in _GONE or not self._suits(node):
                tree.nodes.remove(node)
                continue
            for key in list(node.keys()):
                del node[key]
            for name in _references(node):
                setattr(node, name, None)
            if node.type in ("UVMAP", "NORMAL_MAP", "TANGENT"):
                node.uv_map = ""  # the joined mesh has one map, whatever that of its part was called
            if node.type == "VERTEX_COLOR":
                node.layer_name = ""

    def _suits(self, node: bpy.types.Node) -> bool:
        """Whether a node may stay: its picture, if it has one, is no risk."""
        if node.type not in ("TEX_IMAGE", "TEX_ENVIRONMENT"):
            return True
        image = node.image
        if image is None:
            return False
        if image.name not in self._kept:
            reason = self._fault(image)
            if reason:
                self._note(f'texture left out: "{image.name}" {reason}')
                return False
            self._kept.add(image.name)
        return True

    def _fault(self, image: bpy.types.Image) -> str:
        """Why a picture cannot be kept; empty where it was packed and cleaned."""
        if image.source == "GENERATED":
            return ""
        if image.source != "FILE":
            return "is no single picture"
        if len(self._kept) >= self.limits.textures:
            return f"is one of more than {self.limits.textures}"
        data = self._data(image)
        if isinstance(data, str):
            return data
        if (picture_pixels(data) or 0) > self.limits.texture_pixels:
            return "has more pixels than a texture may have"
        return self._pack(image)

    def _data(self, image: bpy.types.Image) -> bytes | str:
        """The bytes of a picture, or why they are not read."""
        if image.packed_file is not None:
            return image.packed_file.data
        path = Path(bpy.path.abspath(image.filepath, library=image.library))
        try:
            path = path.resolve()
            if not any(path.is_relative_to(root) for root in self.roots):
                return "lies outside the folder and was not opened"
            if not path.is_file():
                return "is missing"
            return path.read_bytes() if path.stat().st_size <= self.limits.file_bytes else "is too large"
        except (OSError, ValueError):
            return "cannot be read"

    def _pack(self, image: Any) -> str:  # noqa: ANN401  (the stubs know no size of an image)
        width, height = image.size
        if not width or not height:
            return "is no picture"
        if width * height > self.limits.texture_pixels:
            return "has more pixels than a texture may have"
        strip(image)
        share = self.limits.texture_side / max(width, height)
        try:
            if share < 1:
                image.scale(max(1, round(width * share)), max(1, round(height * share)))
                image.pack()
            elif image.packed_file is None:
                image.pack()
        except RuntimeError:
            return "cannot be read"
        image.filepath_raw = f"//{bpy.path.clean_name(image.name)}"
        return ""

    def _note(self, line: str) -> None:
        if line not in self.notes:
            self.notes.append(line)


def strip(block: Any) -> None:  # noqa: ANN401  (any datablock)
    """Takes animation, drivers, custom properties and the mark as an asset from a datablock."""
    block.animation_data_clear()
    for key in list(block.keys()):
        del block[key]
    block.asset_clear()
    block.use_fake_user = False


def trees(tree: bpy.types.NodeTree) -> Iterator[bpy.types.NodeTree]:
    """A node tree and all groups in it, each once."""
    left, seen = [tree], set[str]()
    while left:
        present = left.pop()
        yield present
        for node in present.nodes:
            group = node.node_tree if node.type == "GROUP" else None
            if group is not None and group.name not in seen:
                seen.add(group.name)
                left.append(group)


def _references(node: bpy.types.Node) -> Iterator[str]:
    """Properties by which a node refers to datablocks that a material does not need."""
    for item in node.bl_rna.properties:
        if item.type == "POINTER" and not item.is_readonly:
            names = set(_kinds(item.fixed_type))
            if "ID" in names and names.isdisjoint(("Image", "NodeTree")):
                yield item.identifier


def _kinds(kind: Any) -> Iterator[str]:  # noqa: ANN401  (what a property points to, and what that is derived from)
    while kind is not None:
        yield kind.identifier
        kind = kind.base
