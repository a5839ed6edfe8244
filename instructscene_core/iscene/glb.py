"""Reads the shape of a GLB of a stranger's program: bounded, checked, and nothing of it but triangles.

glTF 2.0, sections 3.6 (accessors), 3.7 (meshes) and 4 (the binary form). Textures and materials are left alone.
"""

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from .errors import ISceneError

Points = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

MOST_BYTES: Final = 200 << 20
"""Of a file."""
MOST_VERTICES: Final = 5_000_000
MOST_NODES: Final = 10_000
_MOST_TRIANGLES: Final = 10_000_000
_MOST_PRIMITIVES: Final = 100_000
_MOST_JSON: Final = 16 << 20
"""Bytes."""
_DEEPEST: Final = 100
"""Nodes below each other."""
_FARTHEST: Final = 1e6
"""From the origin that a vertex may lie; the scene's cube is 1 wide."""
_CHUNK_JSON, _CHUNK_BIN = 0x4E4F534A, 0x004E4942
_INDICES: Final = {5121: np.dtype("<u1"), 5123: np.dtype("<u2"), 5125: np.dtype("<u4")}
_FLOAT: Final = 5126
_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_PACKED: Final = ("KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_mesh_quantization")
_REMEDY: Final = "Run it again with another seed, or run Check I-Scene"


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles.

    Args:
        vertices: (n, 3) Z up, finite.
        triangles: (m, 3) numbers of vertices, m ≥ 1.
    """

    vertices: Points
    triangles: Whole


def read_glb(path: Path) -> Mesh:
    """All triangles of a GLB of version 2 in one mesh, Z up: glTF's (x, y, z) becomes (x, −z, y).

    Raises:
        ISceneError: it is no such file, is cut off, too large, packed or malformed, or has no triangle.
    """
    try:
        tree, binary = _split(_bytes_of(path))
        parts = _Reader(tree, binary).parts()
    except _RefusedError as refused:
        raise ISceneError(f"{path.name} {refused}", _REMEDY) from refused
    except OSError as error:
        raise ISceneError(f"{path.name} cannot be read: {error.strerror or error}", _REMEDY) from error
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        raise ISceneError(f"{path.name} is malformed ({type(error).__name__})", _REMEDY) from error
    vertices = np.concatenate([vertices for vertices, _ in parts])
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in parts[:-1])])
    triangles = np.concatenate([rows + start for (_, rows), start in zip(parts, starts, strict=True)])
    return Mesh(vertices @ np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]), triangles)


def surface_points(mesh: Mesh, count: int, seed: int) -> Points:
    """Points spread evenly over the area of a mesh: (count, 3), by systematic sampling of its triangles.

    Args:
        mesh: the surface; one without area gives its vertices, again and again.
        count: of points.
        seed: of where in its triangle each point lies.
    """
    random = np.random.default_rng(seed)
    corners = mesh.vertices[mesh.triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    ends = np.cumsum(np.linalg.norm(across, axis=1))
    if not ends[-1] > 0:
        return np.resize(corners.reshape(-1, 3), (count, 3))
    marks = (np.arange(count) + random.random(count)) / count * ends[-1]
    rows = np.minimum(np.searchsorted(ends, marks, side="right"), len(ends) - 1)
    u, v = random.random((2, count))
    u, v = np.where(u + v > 1, (1 - u, 1 - v), (u, v))
    a, b, c = corners[rows].transpose(1, 0, 2)
    return a + u[:, None] * (b - a) + v[:, None] * (c - a)


class _RefusedError(Exception):
    """Why a file is not read, as the end of a sentence that begins with its name."""


def _bytes_of(path: Path) -> bytes:
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise _RefusedError(f"is larger than {MOST_BYTES >> 20} MB")
    with path.open("rb") as file:
        return file.read(MOST_BYTES)


def _split(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The JSON and the binary chunk."""
    if len(data) < 20 or not data.startswith(b"glTF"):
        raise _RefusedError("is no GLB" if data else "is empty")
    version, length = struct.unpack_from("<II", data, 4)
    if version != 2:
        raise _RefusedError(f"is a GLB of version {version}, not 2")
    if length > len(data):
        raise _RefusedError("is cut off")
    chunks: dict[int, bytes] = {}
    place = 12
    while place + 8 <= length:
        size, kind = struct.unpack_from("<II", data, place)
        place += 8
        if place + size > length:
            raise _RefusedError("is cut off")
        chunks.setdefault(kind, data[place : place + size])
        place += size
    text = chunks.get(_CHUNK_JSON, b"")
    if len(text) > _MOST_JSON:
        raise _RefusedError("has too long a description")
    tree = json.loads(text.decode("utf-8"))  # a too deep one is a RecursionError
    if not isinstance(tree, dict):
        raise _RefusedError("is no GLB")
    return cast("dict[str, Any]", tree), chunks.get(_CHUNK_BIN, b"")


class _Reader:
    """A glTF document whose meshes are read where its nodes put them."""

    def __init__(self, tree: dict[str, Any], binary: bytes) -> None:
        self.tree, self.binary = tree, binary
        self.vertices = self.triangles = self.primitives = 0

    def parts(self) -> list[tuple[Points, Whole]]:
        """Vertices (n, 3), Y up, and triangles (m, 3) of each primitive of each node of the scene.

        A node's vertices are counted before they are read, so that a thousand nodes of one large mesh stay bounded.
        """
        for name in _PACKED:
            if name in self.tree.get("extensionsUsed", []):
                raise _RefusedError(f"is packed by {name}, which is not read")
        if len(self.tree.get("nodes", [])) > MOST_NODES:
            raise _RefusedError(f"has more than {MOST_NODES:,} nodes")
        parts: list[tuple[Points, Whole]] = []
        for mesh, matrix in self._placed():
            for primitive in self._row("meshes", mesh)["primitives"]:
                part = self._primitive(primitive, matrix)
                parts += [part] if part else []
        if not parts:
            raise _RefusedError("has no triangles")
        return parts

    def _placed(self) -> list[tuple[int, Points]]:
        """Meshes and where they are: (4, 4) each."""
        nodes = self.tree.get("nodes", [])
        scenes = self.tree.get("scenes")
        if scenes:
            roots = self._row("scenes", self.tree.get("scene", 0)).get("nodes", [])
        else:
            below = {child for node in nodes for child in node.get("children", [])}
            roots = [number for number in range(len(nodes)) if number not in below]
        found: list[tuple[int, Points]] = []
        seen: set[int] = set()
        waiting = [(number, np.eye(4), 0) for number in roots]
        while waiting:
            number, above, depth = waiting.pop()
            node = self._row("nodes", number)
            if number in seen or depth > _DEEPEST:  # glTF wants strict trees, so twice is a circle or a knot
                raise _RefusedError("has nodes that go in circles, or too deep")
            seen.add(number)
            matrix = above @ _local(node)
            if "mesh" in node:
                found.append((node["mesh"], matrix))
            waiting += [(child, matrix, depth + 1) for child in node.get("children", [])]
        return found

    def _primitive(self, primitive: dict[str, Any], matrix: Points) -> tuple[Points, Whole] | None:
        """Vertices and triangles, or None of points and lines."""
        self.primitives += 1
        if self.primitives > _MOST_PRIMITIVES:
            raise _RefusedError(f"has more than {_MOST_PRIMITIVES:,} primitives")
        mode = primitive.get("mode", _TRIANGLES)
        if mode not in {_TRIANGLES, _STRIP, _FAN}:
            return None
        place = self._row("accessors", primitive["attributes"]["POSITION"])
        if (place["componentType"], place["type"]) != (_FLOAT, "VEC3"):
            raise _RefusedError("has positions that are no 32-bit numbers")
        self.vertices += _whole(place["count"])
        if self.vertices > MOST_VERTICES:
            raise _RefusedError(f"has more than {MOST_VERTICES:,} vertices")
        points = self._numbers(place, np.dtype("<f4"), 3).astype(np.float64)
        order = np.arange(len(points)) if primitive.get("indices") is None else self._indices(primitive["indices"])
        if order.size and order.max() >= len(points):
            raise _RefusedError("has triangles of vertices that are not there")
        rows = _triangles(order, mode)
        self.triangles += len(rows)
        if self.triangles > _MOST_TRIANGLES:
            raise _RefusedError(f"has more than {_MOST_TRIANGLES:,} triangles")
        with np.errstate(over="ignore", invalid="ignore"):
            points = points @ matrix[:3, :3].T + matrix[:3, 3]
        if not (np.abs(points) < _FARTHEST).all():  # nor is it where they are no numbers
            raise _RefusedError("has vertices that are no numbers, or beyond all bounds")
        return (points, rows) if len(rows) else None

    def _indices(self, number: object) -> Whole:
        about = self._row("accessors", number)
        if about["type"] != "SCALAR" or about["componentType"] not in _INDICES:
            raise _RefusedError("has indices of another kind than glTF's")
        if _whole(about["count"]) > 3 * _MOST_TRIANGLES:
            raise _RefusedError(f"has more than {_MOST_TRIANGLES:,} triangles")
        return self._numbers(about, _INDICES[about["componentType"]], 1)[:, 0].astype(np.int64)

    def _numbers(self, about: dict[str, Any], kind: "np.dtype[Any]", width: int) -> npt.NDArray[Any]:
        """(count, width) numbers of an accessor, as they lie in the file."""
        if "sparse" in about or "bufferView" not in about:
            raise _RefusedError("has sparse data, which are not read")
        view = self._row("bufferViews", about["bufferView"])
        buffer = self._row("buffers", view["buffer"])
        if "uri" in buffer or view["buffer"] != 0:
            raise _RefusedError("names data outside itself")
        count, start, inner = (
            _whole(about["count"]),
            _whole(view.get("byteOffset", 0)),
            _whole(about.get("byteOffset", 0)),
        )
        length, item = _whole(view["byteLength"]), kind.itemsize * width
        stride = _whole(view.get("byteStride", item))
        end = inner + (stride * (count - 1) + item if count else 0)
        if stride < item or end > length or start + length > len(self.binary):
            raise _RefusedError("is cut off: its data end early")
        return np.ndarray((count, width), kind, self.binary, start + inner, (stride, kind.itemsize))

    def _row(self, key: str, number: object) -> dict[str, Any]:
        return self.tree[key][_whole(number)]


def _whole(value: object) -> int:
    """A number that counts something."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(value)
    return value


def _local(node: dict[str, Any]) -> Points:
    """A node's own transform: (4, 4)."""
    if "matrix" in node:
        return np.array(node["matrix"], dtype=np.float64).reshape(4, 4).T
    x, y, z, w = map(float, node.get("rotation", (0, 0, 0, 1)))
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrix = np.eye(4)
    matrix[:3, :3] = turn * np.array(node.get("scale", (1, 1, 1)), dtype=np.float64).reshape(3)
    matrix[:3, 3] = np.array(node.get("translation", (0, 0, 0)), dtype=np.float64).reshape(3)
    return matrix


def _triangles(order: Whole, mode: int) -> Whole:
    """(m, 3) from the vertices' order."""
    if mode == _TRIANGLES:
        return order[: len(order) // 3 * 3].reshape(-1, 3)
    if len(order) < 3:
        return np.empty((0, 3), dtype=np.int64)
    if mode == _FAN:
        return np.stack([np.full(len(order) - 2, order[0]), order[1:-1], order[2:]], axis=1)
    rows = np.stack([order[:-2], order[1:-1], order[2:]], axis=1)
    rows[1::2] = rows[1::2, [1, 0, 2]]  # each second one of a strip is turned round
    return rows
