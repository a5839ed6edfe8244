"""Polygon meshes of parts, in numpy; the .blend library and the point clouds are made from them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ...geometry.angles import atan2
from .palettes import Role
from .parts import Box, Cushion, Part, Pillow, Slab, Tube, Turned
from .surfaces import Loft, Posed, Sheet

Array = NDArray[np.float64]
Face = tuple[int, ...]

_CHAMFER_BELOW = 0.006
"""Metres: a smaller bevel is one flat face, a larger one is rounded."""
_TUBE_SEGMENTS = 8


@dataclass(frozen=True)
class Mesh:
    """A closed surface.

    Attributes:
        vertices: (V, 3) metres.
        faces: vertex numbers, counter-clockwise from outside.
        flat: of each face, whether it is shaded flat.
        role: material role of the whole.
        solid: group of the part, see `Part`.
    """

    vertices: Array
    faces: tuple[Face, ...]
    flat: tuple[bool, ...]
    role: Role
    solid: str


def part_mesh(part: Part) -> Mesh:
    """Mesh of one part."""
    vertices, faces, flat = _geometry(part)
    if _volume(vertices, faces) < 0:
        faces = [face[::-1] for face in faces]
    return Mesh(vertices, tuple(faces), tuple(flat), part.role, part.solid)


def triangles(faces: Sequence[Face]) -> NDArray[np.int64]:
    """Faces cut into fans of triangles, (T, 3)."""
    return np.array([(face[0], face[i], face[i + 1]) for face in faces for i in range(1, len(face) - 1)])


def _volume(vertices: Array, faces: Sequence[Face]) -> float:
    """Six times the enclosed volume; negative where the faces look inwards."""
    a, b, c = vertices[triangles(faces)].swapaxes(0, 1)
    return float(np.einsum("ij,ij->", a, np.cross(b, c)))


@singledispatch
def _geometry(part: Part) -> tuple[Array, list[Face], list[bool]]:
    raise TypeError(f"no geometry for {type(part).__name__}")


@_geometry.register
def _box(part: Box) -> tuple[Array, list[Face], list[bool]]:
    low, high = np.array(part.low), np.array(part.high)
    half = (high - low) / 2
    bevel = min(part.bevel, 0.45 * float(half.min()))
    if bevel <= 0:
        unit, faces = _grid_box([np.array([-1.0, 1.0])] * 3)
        points, flat = unit * half, [True] * len(faces)
    elif bevel < _CHAMFER_BELOW:
        points, faces = _chamfered(half, bevel)
        flat = [True] * len(faces)
    else:
        points, faces = _rounded(half, np.full(3, bevel), 1, (1, 1, 1))
        inner = np.abs(np.abs(points) - (half - bevel)) < 1e-9
        flat = [bool((inner[list(face)].sum(axis=1) == 2).all()) for face in faces]
    share = (half[2] - points[:, 2:]) / (2 * half[2])  # 1 at the lower end
    points[:, :2] = points[:, :2] * (1 + (part.taper - 1) * share) + np.array(part.lean) * share
    return points + (low + high) / 2, faces, flat


@_geometry.register
def _cushion(part: Cushion) -> tuple[Array, list[Face], list[bool]]:
    low, high = np.array(part.low), np.array(part.high)
    half = (high - low) / 2
    bulge = np.minimum(part.bulge, 0.4 * half)
    core = half - bulge - part.folds
    points, faces = _rounded(core, np.minimum(part.radius, 0.98 * core), 1 if part.folds else 2, _cuts(core, part))
    share = np.clip(points / core, -1, 1)
    swell = 1 - share**2
    for axis in range(3):
        others = swell[:, (axis + 1) % 3] * swell[:, (axis + 2) % 3]
        points[:, axis] += np.sign(share[:, axis]) * np.abs(share[:, axis]) ** 3 * bulge[axis] * others
    points = points / np.abs(points).max(axis=0) * (half - part.folds)
    if part.folds:
        points += _folds(points, part.folds)
        points[:, 2] += _quilting(points, part)
        points = points / np.abs(points).max(axis=0) * half
    return points + (low + high) / 2, faces, [False] * len(faces)


def _cuts(core: Array, part: Cushion) -> tuple[int, int, int]:
    """Faces along each axis of a cushion: as many as its bulge, its folds or its quilting need."""
    finest, most = (0.12, 9) if part.folds else (0.25, 4)
    if part.quilt:
        finest, most = part.quilt / 3, 3 * round(2 * float(core.max()) / part.quilt)
    elif part.folds:
        finest, most = finest / part.detail, round(most * part.detail)
    x, y, z = (int(np.clip(np.ceil(2 * extent / finest), 2, most)) for extent in core)
    return x, y, min(z, 4)


def _quilting(points: Array, part: Cushion) -> Array:
    """Offsets in z, (V,) metres, by which seams draw in the upper side of a quilt; 0 at half its height and below."""
    if not part.quilt:
        return np.zeros(len(points))
    x, y, z = points.T
    half = np.abs(points).max(axis=0)
    rows = [max(1, round(2 * extent / part.quilt)) for extent in half[:2]]
    puff = np.abs(np.sin(math.pi * rows[0] * (x / half[0] + 1) / 2) * np.sin(math.pi * rows[1] * (y / half[1] + 1) / 2))
    return 0.03 * (puff**0.45 - 1) * np.clip(z / half[2], 0, 1) ** 2


def _folds(points: Array, height: float) -> Array:
    """Offsets (V, 3) that make soft waves of cloth, deeper towards the hem; ``height`` in metres."""
    x, y, z = points.T
    wave = np.sin(9 * x + 4 * y) + 0.7 * np.sin(13 * y - 6 * x + 1.3) + 0.5 * np.sin(21 * x + 17 * y + 5 * z)
    side = np.sin(23 * y + 3 * x) + 0.6 * np.sin(41 * y + 1.0)
    end = np.sin(25 * x + 3 * y) + 0.6 * np.sin(37 * x + 0.5)
    hem = np.clip(0.5 - z / (2 * np.abs(z).max()), 0, 1)
    sign = np.sign(points)
    return height * np.stack([sign[:, 0] * side * hem, sign[:, 1] * end * hem, 0.45 * wave], axis=1) / 1.6


@_geometry.register
def _pillow(part: Pillow) -> tuple[Array, list[Face], list[bool]]:
    lines = np.sin(np.linspace(-math.pi / 2, math.pi / 2, round(9 * part.detail) + 1))
    unit, faces = _grid_box([lines, lines, np.array([-1.0, 1.0])])
    x, y, side = unit.T
    rim = np.sqrt((1 - x**4) * (1 - y**4))
    points = np.stack([x * (1 - 0.07 * (1 - y**2)), y * (1 - 0.07 * (1 - x**2)), side * rim], axis=1)
    points, faces = _welded(points, faces)
    if part.detail > 1:
        points[:, 2] *= _creases(points)
    points *= np.array(part.size) / 2
    cos, sin = math.cos(part.tilt), math.sin(part.tilt)
    turn = np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])
    return points @ turn.T + np.array(part.centre), faces, [False] * len(faces)


def _creases(points: Array) -> Array:
    """Factors (V,) on a pillow's thickness that make creases, which run from its corners and fade inwards."""
    x, y, _ = points.T
    around = atan2(y, x)
    rim = np.clip(np.maximum(np.abs(x), np.abs(y)) - 0.35, 0, None)
    return 1 - 0.45 * rim * np.abs(np.sin(7 * around + 2 * x)) * (0.6 + 0.4 * np.sin(3 * around + 1))


@_geometry.register
def _turned(part: Turned) -> tuple[Array, list[Face], list[bool]]:
    angles = np.arange(part.segments) * (2 * math.pi / part.segments)
    rings: list[list[int]] = []
    points: list[tuple[float, float, float]] = []
    for radius, height in part.profile:
        start, count = len(points), part.segments if radius > 1e-9 else 1
        points += [(radius * math.cos(a), radius * math.sin(a), height) for a in angles[:count]]
        rings.append(list(range(start, start + count)))
    faces = _skin(rings, closed=part.closed)
    turned: Array = np.array(points)[:, [(2 - part.axis) % 3, (3 - part.axis) % 3, (4 - part.axis) % 3]]
    return turned + np.array(part.at), faces, [len(face) > 4 for face in faces]


@_geometry.register
def _tube(part: Tube) -> tuple[Array, list[Face], list[bool]]:
    path = np.array(part.path)
    steps = np.diff(path, axis=0)
    steps /= np.linalg.norm(steps, axis=1, keepdims=True)
    tangents = np.vstack([steps[:1], steps[:-1] + steps[1:], steps[-1:]])
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
    side = np.eye(3)[int(np.abs(tangents).sum(axis=0).argmin())]
    angles = np.arange(_TUBE_SEGMENTS) * (2 * math.pi / _TUBE_SEGMENTS)
    points: list[Array] = []
    for centre, tangent, radius in zip(path, tangents, part.radii, strict=True):
        side = side - tangent * (side @ tangent)
        side /= np.linalg.norm(side)
        up = np.cross(tangent, side)
        points.append(centre + radius * (np.outer(np.cos(angles), side) + np.outer(np.sin(angles), up)))
    n = _TUBE_SEGMENTS
    faces = _skin([list(range(i * n, (i + 1) * n)) for i in range(len(path))], closed=False)
    vertices = np.vstack(points)
    vertices[:, 2] = np.maximum(vertices[:, 2], 0.0)  # slanted legs are cut level with the floor
    return vertices, faces, [len(face) > 4 for face in faces]


@_geometry.register
def _slab(part: Slab) -> tuple[Array, list[Face], list[bool]]:
    outline = np.array(part.outline, dtype=np.float64)
    n, b = len(outline), part.bevel
    heights = (part.low, part.low + b, part.high - b, part.high) if b else (part.low, part.high)
    rims = (_inset(outline, b), outline, outline, _inset(outline, b)) if b else (outline, outline)
    levels = [np.insert(rim, part.axis, height, axis=1) for rim, height in zip(rims, heights, strict=True)]
    faces = _skin([list(range(i * n, (i + 1) * n)) for i in range(len(levels))], closed=False)
    return np.vstack(levels), faces, [True] * len(faces)


@_geometry.register
def _sheet(part: Sheet) -> tuple[Array, list[Face], list[bool]]:
    along, across = np.gradient(part.grid, axis=0), np.gradient(part.grid, axis=1)
    normals = np.cross(along, across)
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-12)
    sides = (part.grid + normals * part.front[..., None], part.grid - normals * part.back[..., None])
    points = np.concatenate([side.reshape(-1, 3) for side in sides])
    u, v = part.front.shape
    index = np.arange(2 * u * v).reshape(2, u, v)
    front, back = index
    faces = [quad for side in (front, back[:, ::-1]) for quad in _quads(side)]
    rim = [np.concatenate([s[:-1, 0], s[-1, :-1], s[:0:-1, -1], s[0, :0:-1]]).tolist() for s in (back, front)]
    count = len(rim[0])
    points, faces = _welded(points, [*faces, *_skin(rim, closed=False)[:count]])
    return points, faces, [False] * len(faces)


def _quads(index: NDArray[np.int64]) -> list[Face]:
    """Faces of a grid of vertex numbers, (U, V)."""
    corners = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], axis=-1)
    return [(int(a), int(b), int(c), int(d)) for a, b, c, d in corners.reshape(-1, 4)]


@_geometry.register
def _loft(part: Loft) -> tuple[Array, list[Face], list[bool]]:
    counts = np.cumsum([0, *(len(ring) for ring in part.rings)])
    rings = [list(range(start, end)) for start, end in pairwise(counts.tolist())]
    faces = _skin(rings, closed=False)
    return np.concatenate(part.rings), faces, [len(face) > 4 for face in faces]


@_geometry.register
def _posed(part: Posed) -> tuple[Array, list[Face], list[bool]]:
    vertices, faces, flat = _geometry(part.part)
    return part.moved(vertices), faces, flat


def _inset(outline: Array, by: float) -> Array:
    """A counter-clockwise outline moved inwards, (n, 2)."""
    along = np.roll(outline, -1, axis=0) - outline
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    inwards = np.stack([-along[:, 1], along[:, 0]], axis=1)
    before = np.roll(inwards, 1, axis=0)
    return outline + by * (inwards + before) / (1 + (inwards * before).sum(axis=1, keepdims=True))


def _skin(rings: Sequence[Sequence[int]], *, closed: bool) -> list[Face]:
    """Faces between rings of one length, or of one vertex; the ends are capped unless ``closed``."""
    faces: list[Face] = []
    pairs = list(zip(rings, [*rings[1:], rings[0]], strict=True))
    for below, above in pairs if closed else pairs[:-1]:
        n = max(len(below), len(above))
        for i in range(n):
            j = (i + 1) % n
            corners = (below[i % len(below)], below[j % len(below)], above[j % len(above)], above[i % len(above)])
            faces.append(tuple(dict.fromkeys(corners)))
    if not closed:
        faces += [tuple(reversed(rings[0]))] if len(rings[0]) > 1 else []
        faces += [tuple(rings[-1])] if len(rings[-1]) > 1 else []
    return faces


def _grid_box(lines: Sequence[Array]) -> tuple[Array, list[Face]]:
    """Surface of a box cut along given coordinates of each axis."""
    index: dict[tuple[int, int, int], int] = {}
    faces: list[Face] = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        for end in (0, len(lines[axis]) - 1):
            for i in range(len(lines[u]) - 1):
                for j in range(len(lines[v]) - 1):
                    corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
                    keys = [_key(axis, end, u, a, v, b) for a, b in (corners if end else corners[::-1])]
                    faces.append(tuple(index.setdefault(key, len(index)) for key in keys))
    points = np.array([[lines[axis][key[axis]] for axis in range(3)] for key in index])
    return points, faces


def _key(axis: int, end: int, u: int, i: int, v: int, j: int) -> tuple[int, int, int]:
    key = [0, 0, 0]
    key[axis], key[u], key[v] = end, i, j
    return key[0], key[1], key[2]


def _rounded(half: Array, radius: Array, corner: int, inner: Sequence[int]) -> tuple[Array, list[Face]]:
    """A box with round edges, (V, 3): ``2 * corner`` faces round each edge, ``inner`` along each axis."""
    core = half - radius
    steps = [np.linspace(-1, 1, count + 1)[1:-1] for count in inner]
    rims = np.tan(np.linspace(0, math.pi / 4, corner + 1))  # 0 at the core, 1 at the cube's edge
    lines = [
        np.concatenate([-(core[a] + radius[a] * rims[::-1]), core[a] * steps[a], core[a] + radius[a] * rims])
        for a in range(3)
    ]
    points, faces = _grid_box(lines)
    nearest = np.clip(points, -core, core)
    away = (points - nearest) / radius
    return nearest + radius * away / np.linalg.norm(away, axis=1, keepdims=True), faces


def _chamfered(half: Array, bevel: float) -> tuple[Array, list[Face]]:
    """A box whose edges are cut at 45 degrees, (24, 3)."""
    points: list[Array] = []
    index: dict[tuple[int, tuple[int, ...]], int] = {}
    signs = [(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    for corner in signs:
        for axis in range(3):
            index[axis, corner] = len(points)
            inset = np.full(3, bevel)
            inset[axis] = 0
            points.append(np.array(corner, dtype=np.float64) * (half - inset))
    faces: list[Face] = []
    for axis in range(3):
        for side in (-1, 1):
            ring = [_corner(axis, side, a, b) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
            faces.append(_ordered([index[axis, c] for c in ring], positive=side > 0))
        u, v = (axis + 1) % 3, (axis + 2) % 3
        for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
            low, high = _corner(axis, -1, a, b), _corner(axis, 1, a, b)
            ring = [index[u, low], index[v, low], index[v, high], index[u, high]]
            faces.append(_ordered(ring, positive=a * b > 0))
    for corner in signs:
        ring = [index[axis, corner] for axis in range(3)]
        faces.append(_ordered(ring, positive=corner[0] * corner[1] * corner[2] > 0))
    return np.array(points), faces


def _corner(axis: int, side: int, a: int, b: int) -> tuple[int, int, int]:
    corner = [0, 0, 0]
    corner[axis], corner[(axis + 1) % 3], corner[(axis + 2) % 3] = side, a, b
    return corner[0], corner[1], corner[2]


def _ordered(ring: list[int], *, positive: bool) -> Face:
    return tuple(ring) if positive else tuple(reversed(ring))


def _welded(points: Array, faces: list[Face]) -> tuple[Array, list[Face]]:
    """Merges vertices at the same place; faces drop edges that thereby vanish."""
    _, first, inverse = np.unique(points.round(9), axis=0, return_index=True, return_inverse=True)
    welded = [tuple(dict.fromkeys(int(inverse.reshape(-1)[i]) for i in face)) for face in faces]
    return points[first], [face for face in welded if len(face) > 2]
