"""Coloured point clouds of the starter's furniture, with variations that make them like people's own meshes.

A person's mesh has other proportions, other colours or none, fewer and plainer parts, and may stand askew. So an entry
is varied in all these ways; where its colours are no longer those of its caption, the caption without colours applies.
"""

import hashlib
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import product
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np
from numpy.typing import NDArray

from ..starter.furniture.designs import meshes
from ..starter.furniture.meshes import Mesh, triangles
from ..starter.furniture.palettes import PALETTES, Role
from ..starter.furniture.shapes import Shape
from ..starter.furniture.specs import Spec
from ..vocabulary import display_name

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_BANK_POINTS: Final = 2048
"""Points that are kept of every shape."""
_ROLES: Final[tuple[Role, ...]] = get_args(Role)
_BOXY: Final = 0.6
"""Share of its bounding box's surface from which a part may be replaced by that box: not balls, nor slanting tubes."""
_MINOR: Final = 0.12
"""Share of the whole surface up to which a part may be left out."""
_THIN: Final = 0.12
"""Share of the largest extent up to which a part's extent is a thickness, of a leg, a board or a pad."""
_VERSION: Final = 1


@dataclass(frozen=True)
class Bank:
    """Points of every shape, evenly over its surface: S shapes, P points each.

    Attributes:
        points: (S, P, 3) metres about the box's centre, front −y, z up.
        plain: (S, P, 3) likewise, with most parts as boxes: what a low-poly model of the same thing has.
        part: (S, P) number of the part.
        role: (S, P) number of the material role.
        minor: (S, P) whether the part may be left out.
    """

    points: Floats
    plain: Floats
    part: NDArray[np.int16]
    role: NDArray[np.int8]
    minor: NDArray[np.bool_]


def bank_of(shapes: Sequence[Shape], folder: Path) -> Bank:
    """The bank of some shapes, from the cache unless the furniture's code or the shapes have changed.

    Args:
        shapes: S designs.
        folder: that holds the cache.
    """
    path = folder / f"clouds-{_fingerprint(shapes)}.npz"
    names = [field.name for field in fields(Bank)]
    if path.is_file():
        with np.load(path) as stored:
            return Bank(*(stored[name] for name in names))
    rows = [_sampled(shape, np.random.default_rng([_VERSION, k])) for k, shape in enumerate(shapes)]
    bank = Bank(*(np.stack([row[name] for row in rows]) for name in names))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
        np.savez(file, **{name: getattr(bank, name) for name in names})
    Path(file.name).replace(path)
    return bank


def _fingerprint(shapes: Sequence[Shape]) -> str:
    """Hash of the furniture's code and of the shapes; part of the cache file's name."""
    digest = hashlib.sha256(repr([_VERSION, [(shape.key, shape.size) for shape in shapes]]).encode())
    for source in sorted(Path(meshes.__wrapped__.__code__.co_filename).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _sampled(shape: Shape, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
    """A shape's row of each array of :class:`Bank`."""
    parts = meshes(shape)
    corners = [mesh.vertices[triangles(mesh.faces)] for mesh in parts]
    areas = np.array([_areas(piece).sum() for piece in corners])
    part = rng.choice(len(parts), _BANK_POINTS, p=areas / areas.sum())
    points = np.zeros((_BANK_POINTS, 3), np.float32)
    for k in np.unique(part):
        points[part == k] = _on_triangles(corners[k], int((part == k).sum()), rng)
    plain = points.copy()
    for k in np.unique(part):
        box = _box_of(parts[k])
        if areas[k] >= _BOXY * _areas(box).sum() and "round" not in shape.phrase:
            plain[part == k] = _on_triangles(box, int((part == k).sum()), rng)
    role = np.array([_ROLES.index(mesh.role) for mesh in parts], np.int8)
    minor = areas <= _MINOR * areas.sum()
    return {
        "points": points, "plain": plain, "part": part.astype(np.int16), "role": role[part], "minor": minor[part],
    }  # fmt: skip


def _areas(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """(T,) twice the area of triangles (T, 3, 3)."""
    return np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)


def _on_triangles(corners: NDArray[np.float64], count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Points drawn uniformly over the area of triangles (T, 3, 3) -> (count, 3)."""
    areas = _areas(corners)
    a, b, c = corners[rng.choice(len(corners), count, p=areas / areas.sum())].swapaxes(0, 1)
    root, share = np.sqrt(rng.random((count, 1))), rng.random((count, 1))
    return (1 - root) * a + root * (1 - share) * b + root * share * c


def _box_of(mesh: Mesh) -> NDArray[np.float64]:
    """(12, 3, 3) triangles of a mesh's bounding box."""
    ends = np.stack([mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)])
    found: list[NDArray[np.float64]] = []
    for axis, side in product(range(3), range(2)):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        quad = np.empty((4, 3))
        quad[:, axis] = ends[side, axis]
        quad[:, u], quad[:, v] = ends[[0, 1, 1, 0], u], ends[[0, 0, 1, 1], v]
        found += [quad[[0, 1, 2]], quad[[0, 2, 3]]]
    return np.stack(found)


def uncoloured_caption(shape: Shape) -> str:
    """The caption of a shape whatever it is made of: without style, colours and materials."""
    words = dict.fromkeys(re.findall(r"{(\w+)}", shape.phrase), "") | {"name": display_name(shape.category)}
    text = " ".join(shape.phrase.format_map(words).split())
    return f"{'an' if text[0] in 'aeiou' else 'a'} {text}"


@dataclass(frozen=True)
class Variation:
    """Strength of the augmentations of a cloud; all zero gives the entry itself.

    Attributes:
        recoloured: share of clouds whose colours are not the caption's: grey, one colour, any, or in part grey.
        low_poly: share of clouds most of whose parts are boxes.
        thinned: share that lacks some of its minor parts.
        thickened: share whose legs and boards are up to thrice as thick, or half: simple models are stout.
        stretch: largest natural logarithm of each axis' factor, and of the common one.
        unscaled: share whose common factor is up to 2.5 either way: models in other units.
        turn: standard deviation of the yaw, radians; the tilt's is a third of it.
        quarter: share that is turned by quarters: models with another front.
        noise: largest standard deviation of a point's place, as a share of the largest extent.
        light: largest relative change of the colours' brightness.
        hue: largest change of a material's r, g and b, each by itself.
    """

    recoloured: float = 0.0
    low_poly: float = 0.0
    thinned: float = 0.0
    thickened: float = 0.0
    stretch: float = 0.0
    unscaled: float = 0.0
    turn: float = 0.0
    quarter: float = 0.0
    noise: float = 0.0
    light: float = 0.0
    hue: float = 0.0

    @classmethod
    def mild(cls) -> "Variation":
        """Variations that keep what the caption says."""
        return cls(stretch=0.08, turn=0.03, noise=0.002, light=0.12, hue=0.03)

    @classmethod
    def wide(cls) -> "Variation":
        """What people's own meshes may be like."""
        return cls(0.3, 0.4, 0.35, 0.5, 0.2, 0.08, 0.07, 0.06, 0.008, 0.2, 0.04)


class Clouds:
    """Clouds of the catalogue's entries.

    Args:
        specs: the n entries.
        folder: that holds the cache.
    """

    def __init__(self, specs: Sequence[Spec], folder: Path) -> None:
        shapes = list(dict.fromkeys(spec.shape for spec in specs))
        number = {shape: k for k, shape in enumerate(shapes)}
        palettes = [palette.name for palette in PALETTES]
        self.shapes = shapes
        self.shape_of: Ints = np.array([number[spec.shape] for spec in specs])
        self._palette_of: Ints = np.array([palettes.index(spec.palette.name) for spec in specs])
        self._bank = bank_of(shapes, folder)
        self._boxes = _part_boxes(self._bank)
        self._colours = _palette_colours()

    def __len__(self) -> int:
        return len(self.shape_of)

    def draw(
        self, rows: Ints, count: int, rng: np.random.Generator, variation: Variation | None = None
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """Clouds of some entries.

        Args:
            rows: (B,) numbers of entries.
            count: N points of each, at most 2048.
            rng: where all randomness comes from.
            variation: None draws the entries themselves.

        Returns:
            (B, N, 6) x y z in metres and linear r g b in 0..1; (B,) whether the colours are still the caption's.
        """
        v = variation or Variation()
        shapes = self.shape_of[rows]
        chosen = self._chosen(shapes, count, rng, v.thinned)
        low_poly = rng.random((len(rows), 1, 1)) < v.low_poly
        picked = np.arange(len(rows))[:, None], chosen
        bank = self._bank
        drawn = np.where(low_poly, bank.plain[shapes][picked], bank.points[shapes][picked])
        points = self._thickened(drawn, shapes, bank.part[shapes][picked], rng, v.thickened)
        table, true = _recoloured(self._colours[self._palette_of[rows]], rng, v)
        light, dark = np.moveaxis(table[picked[0], bank.role[shapes][picked]], -2, 0)
        blend = rng.random((*chosen.shape, 1)) ** 2  # mostly the light colour, as the materials show it
        colours = ((1 - blend) * light + blend * dark).clip(0, 1)
        return np.concatenate([moved(points, rng, v), colours], axis=-1).astype(np.float32), true

    def _chosen(self, shapes: Ints, count: int, rng: np.random.Generator, thinned: float) -> Ints:
        """Numbers (B, N) of the drawn points; those of parts left out only where the others have too few."""
        bank, batch = self._bank, len(shapes)
        rate = np.where(rng.random(batch) < thinned, rng.random(batch) * 0.6, 0)
        coins = rng.random((batch, int(bank.part.max()) + 1))
        coin = np.take_along_axis(coins, bank.part[shapes].astype(np.int64), axis=1)
        out = bank.minor[shapes] & (coin < rate[:, None])
        return np.argpartition(rng.random(out.shape) + out, count - 1, axis=1)[:, :count]

    def _thickened(
        self, points: Floats, shapes: Ints, part: NDArray[np.int16], rng: np.random.Generator, share: float
    ) -> NDArray[np.float64]:
        """Points (B, N, 3) of parts (B, N); thin extents of parts are scaled about the part's middle."""
        boxes = self._boxes[shapes]  # (B, M, 2, 3)
        low, high = np.moveaxis(boxes, 2, 0)
        whole = (high.max(axis=1) - low.min(axis=1)).max(axis=-1)[:, None, None]
        batch, parts = low.shape[:2]
        stout = rng.uniform(-0.6, 1.0, (batch, 1, 1)) + rng.uniform(-0.2, 0.2, (batch, parts, 1))
        factor = np.exp(np.where(rng.random((batch, 1, 1)) < share, stout, 0))
        factor = np.where(high - low <= _THIN * whole, factor, 1)
        picked = np.arange(batch)[:, None], part
        middle = ((low + high) / 2)[picked]
        return middle + (points - middle) * factor[picked]


def _part_boxes(bank: Bank) -> Floats:
    """Lowest and highest corner of every part, (S, M, 2, 3); zeros for part numbers that a shape lacks."""
    shapes, count = bank.part.shape
    boxes = np.zeros((shapes, int(bank.part.max()) + 1, 2, 3), np.float32)
    boxes[:, :, 0], boxes[:, :, 1] = np.inf, -np.inf
    index = np.repeat(np.arange(shapes), count), bank.part.reshape(-1)
    np.minimum.at(boxes[:, :, 0], index, bank.points.reshape(-1, 3))
    np.maximum.at(boxes[:, :, 1], index, bank.points.reshape(-1, 3))
    return np.where(np.isfinite(boxes), boxes, 0)


def _palette_colours() -> Floats:
    """(palettes, roles, 2, 3) light and dark linear r g b."""
    made = [[palette.materials[role] for role in _ROLES] for palette in PALETTES]
    return np.array([[(m.colour, m.dark) for m in row] for row in made], np.float32)


def _recoloured(
    table: Floats, rng: np.random.Generator, variation: Variation
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Colours of the roles (B, R, 2, 3) with some replaced, and (B,) whether they are still the caption's."""
    batch, roles = table.shape[:2]
    hue = variation.hue * rng.uniform(-1, 1, (batch, roles, 1, 3))
    light = 1 + variation.light * rng.uniform(-1, 1, (batch, 1, 1, 1))
    own = (table + hue) * light
    true = rng.random(batch) >= variation.recoloured
    kind = np.where(true, 0, rng.integers(1, 5, batch))[:, None, None, None]
    grey = np.broadcast_to(rng.random((batch, 1, 1, 1)), own.shape)
    one = np.broadcast_to(rng.random((batch, 1, 1, 3)) ** 2, own.shape)
    each = np.broadcast_to(rng.random((batch, roles, 1, 3)) ** 2, own.shape)
    partly = np.where(rng.random((batch, roles, 1, 1)) < 0.5, grey, own)
    return np.select([kind == 1, kind == 2, kind == 3, kind == 4], [grey, one, each, partly], own), true


def moved(points: NDArray[np.float64], rng: np.random.Generator, v: Variation) -> NDArray[np.float64]:
    """Clouds (B, N, 3) stretched, rotated and with noise added, as a variation says."""
    batch = len(points)
    factor = v.stretch * (rng.uniform(-1, 1, (batch, 1, 3)) + rng.uniform(-1, 1, (batch, 1, 1)))
    factor += np.where(rng.random((batch, 1, 1)) < v.unscaled, 0.9 * rng.uniform(-1, 1, (batch, 1, 1)), 0)
    moved = points * np.exp(factor)
    extent = np.ptp(moved, axis=1, keepdims=True).max(axis=-1, keepdims=True)
    moved += extent * v.noise * rng.random((batch, 1, 1)) * rng.standard_normal(points.shape)
    quarters = np.where(rng.random(batch) < v.quarter, rng.integers(1, 4, batch), 0)
    yaw = v.turn * rng.standard_normal(batch) + quarters * np.pi / 2
    tilt = v.turn / 3 * rng.standard_normal(batch)
    cos, sin, up = np.cos(yaw), np.sin(yaw), np.sin(tilt)
    flat, level = np.cos(tilt), np.zeros(batch)
    turn = np.array([[cos, -sin * flat, sin * up], [sin, cos * flat, -cos * up], [level, up, flat]])
    return moved @ turn.transpose(2, 1, 0)
