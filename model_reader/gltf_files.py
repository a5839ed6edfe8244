"""Checks a glTF or GLB file before Blender sees it: whole, within limits, and with no reference out of its folder."""

import base64
import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

from .limits import RefusedError
from .side_files import SideFiles

_MAGIC: Final = b"glTF"
_JSON, _BIN = 0x4E4F534A, 0x004E4942
_COMPONENT: Final = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
"""Bytes of a number by glTF's code of its type."""
_WIDTH: Final = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_DEEPEST: Final = 100
"""Nodes below each other."""
_WHITE: Final = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4////AAX+Av4N70a4AAAAAElFTkSuQmCC"
)
"""A white pixel, which stands for a texture that is left out."""

_Json = dict[str, Any]


def prepare_gltf(sides: SideFiles) -> Path:
    """Writes a copy that names nothing outside its folder; returns its path.

    Raises:
        RefusedError: the file is cut off, malformed, too large, or its geometry lies outside the folder.
    """
    data = sides.model.read_bytes()
    document, binary = _split(data) if data.startswith(_MAGIC) else (data, None)
    try:
        tree = json.loads(document.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise RefusedError("is no glTF file") from error
    if not isinstance(tree, dict):
        raise RefusedError("is no glTF file")
    try:
        _Checked(cast("_Json", tree), binary, sides).check()
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise RefusedError(f"is malformed ({type(error).__name__}: {error})") from error
    return _write(tree, binary, sides.folder)


def _split(data: bytes) -> tuple[bytes, bytes]:
    """The JSON and the binary chunk of a GLB."""
    if len(data) < 20:
        raise RefusedError("is cut off")
    _, version, length = struct.unpack("<III", data[:12])
    if version != 2:
        raise RefusedError(f"is glTF of version {version}, not 2")
    if length > len(data):
        raise RefusedError(f"is cut off: {len(data)} of {length} bytes are there")
    chunks: dict[int, bytes] = {}
    place = 12
    while place + 8 <= length:
        size, kind = struct.unpack("<II", data[place : place + 8])
        if place + 8 + size > len(data):
            raise RefusedError("is cut off")
        chunks.setdefault(kind, data[place + 8 : place + 8 + size])
        place += 8 + size
    if _JSON not in chunks:
        raise RefusedError("is no glTF file")
    return chunks[_JSON], chunks.get(_BIN, b"")


def _write(tree: _Json, binary: bytes | None, folder: Path) -> Path:
    text = json.dumps(tree).encode()
    if binary is None:
        path = folder / "model.gltf"
        path.write_bytes(text)
        return path
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    chunks = struct.pack("<II", len(text), _JSON) + text
    chunks += struct.pack("<II", len(binary), _BIN) + binary if binary else b""
    path = folder / "model.glb"
    path.write_bytes(struct.pack("<4sII", _MAGIC, 2, 12 + len(chunks)) + chunks)
    return path


class _Checked:
    """A glTF document that is checked and changed in place."""

    def __init__(self, tree: _Json, binary: bytes | None, sides: SideFiles) -> None:
        self.tree, self.binary, self.sides = tree, binary, sides
        self.buffers: list[bytes] = []

    def check(self) -> None:
        """All checks; animations are taken out, since a piece stands still."""
        self.tree.pop("animations", None)
        self.buffers = [self._buffer(item, i) for i, item in enumerate(self._rows("buffers"))]
        for view in self._rows("bufferViews"):
            end = _whole(view.get("byteOffset", 0)) + _whole(view["byteLength"])
            if end > len(self.buffers[_whole(view["buffer"])]):
                raise RefusedError("is cut off: its data end early")
        self._check_accessors()
        self._check_nodes()
        for number, image in enumerate(self._rows("images")):
            self._check_image(image, number)

    def _rows(self, key: str) -> list[_Json]:
        rows = self.tree.get(key, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in cast("list[Any]", rows)):
            raise ValueError(key)
        return cast("list[_Json]", rows)

    def _buffer(self, item: _Json, number: int) -> bytes:
        """The bytes of a buffer, whose reference is to a copy from now on."""
        uri, length = item.get("uri"), _whole(item["byteLength"])
        if uri is None:
            data = self.binary if number == 0 else None
        elif uri.startswith("data:"):
            data = base64.b64decode(uri.partition(",")[2], validate=False)
        else:
            path = self.sides.find_uri(uri)
            data = path.read_bytes()
            item["uri"] = self.sides.copied(path)
        if data is None or len(data) < length:
            raise RefusedError("is cut off: its data end early")
        return data

    def _check_accessors(self) -> None:
        views, total = self._rows("bufferViews"), 0
        for item in self._rows("accessors"):
            count = _whole(item["count"])
            size = _COMPONENT[item["componentType"]] * _WIDTH[item["type"]]
            total += count
            if "bufferView" in item:
                view = views[_whole(item["bufferView"])]
                stride = _whole(view.get("byteStride", 0)) or size
                end = _whole(item.get("byteOffset", 0)) + stride * (count - 1) + size
                if count and end > _whole(view["byteLength"]):
                    raise RefusedError("is cut off: its data end early")
        if total > 20 * self.sides.limits.triangles:
            raise RefusedError(f"claims to hold {total:,} numbers or points, more than a piece of furniture has")

    def _check_nodes(self) -> None:
        nodes, meshes = self._rows("nodes"), self._rows("meshes")
        if len(nodes) > self.sides.limits.objects:
            raise RefusedError(f"holds {len(nodes):,} objects, more than a piece of furniture has")
        sizes = [sum(self._triangles(part) for part in mesh["primitives"]) for mesh in meshes]
        total = sum(sizes[_whole(node["mesh"])] for node in nodes if "mesh" in node)
        if total > self.sides.limits.triangles:
            limit = self.sides.limits.triangles
            raise RefusedError(f"has {total:,} triangles, more than the {limit:,} that a piece may have")
        depths = [0] * len(nodes)
        for _ in range(_DEEPEST + 1):  # each round takes the children one level further down
            deeper = [(child, depths[i] + 1) for i, node in enumerate(nodes) for child in node.get("children", ())]
            news = [(child, depth) for child, depth in deeper if depth > depths[_whole(child)]]
            if not news:
                return
            for child, depth in news:
                depths[child] = depth
        raise RefusedError("has objects that are below themselves, or too deep")

    def _triangles(self, part: Mapping[str, Any]) -> int:
        accessors = self._rows("accessors")
        place = part.get("indices", part["attributes"].get("POSITION"))
        return 0 if place is None else _whole(accessors[_whole(place)]["count"]) // 3

    def _check_image(self, image: _Json, number: int) -> None:
        """Leaves out an image that is too large, missing or elsewhere; others are referred to by their copies."""
        uri, name = image.get("uri"), str(image.get("name", f"image {number}"))
        try:
            if uri is None:
                view = self._rows("bufferViews")[_whole(image["bufferView"])]
                start = _whole(view.get("byteOffset", 0))
                data = self.buffers[_whole(view["buffer"])][start : start + _whole(view["byteLength"])]
                self.sides.check_picture(data, name)
            elif uri.startswith("data:"):
                self.sides.check_picture(base64.b64decode(uri.partition(",")[2], validate=False), name)
            else:
                path = self.sides.find_uri(uri)
                self.sides.check_picture(path.read_bytes(), uri)
                image["uri"] = self.sides.copied(path)
        except RefusedError as error:
            self.sides.leave_out(str(error))
            image.clear()
            image["uri"] = _WHITE


def _whole(value: object) -> int:
    """A whole number that is not negative.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(repr(value)[:40])
    return value
