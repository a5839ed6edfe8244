"""Coloured point clouds of the starter's furniture: what the point encoder learns from, drawn from the very meshes."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .designs import meshes
from .meshes import triangles
from .palettes import Role
from .specs import SPECS, Spec

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Jitter:
    """How far a drawn variant may be from its entry; all zero gives the entry itself.

    Attributes:
        size: largest relative change of each axis, independently.
        scale: largest relative change of all axes together.
        hue: largest change of a material's r, g and b, each by itself.
        light: largest relative change of all colours' brightness.
        noise: standard deviation of a point's place, metres.
        cut: largest share of the points that a random half space takes away, as a scan that saw one side would.
    """

    size: float = 0.0
    scale: float = 0.0
    hue: float = 0.0
    light: float = 0.0
    noise: float = 0.0
    cut: float = 0.0

    @classmethod
    def training(cls) -> "Jitter":
        """Variants that keep what their caption says."""
        return cls(size=0.1, scale=0.06, hue=0.03, light=0.12, noise=0.002)


@dataclass(frozen=True)
class Surface:
    """An entry's surface, ready to be drawn from.

    Attributes:
        corners: (T, 3, 3) of its triangles, metres, about the box's centre.
        share: (T,) cumulative share of the area.
        material: (T,) number of the triangle's material.
        colours: (M, 2, 3) light and dark linear r g b of each material.
    """

    corners: Array
    share: Array
    material: NDArray[np.int64]
    colours: Array


@cache
def surface(spec: Spec) -> Surface:
    """Triangles, areas and colours of an entry."""
    roles: list[Role] = list(dict.fromkeys(mesh.role for mesh in meshes(spec)))
    cut = [(mesh.vertices[triangles(mesh.faces)], roles.index(mesh.role)) for mesh in meshes(spec)]
    corners = np.concatenate([piece for piece, _ in cut])
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    material = np.concatenate([np.full(len(piece), role) for piece, role in cut])
    materials = [spec.palette.materials[role] for role in roles]
    colours = np.array([(material.colour, material.dark) for material in materials])
    return Surface(corners, np.cumsum(area) / area.sum(), material, colours)


def spec_of(entry_id: str) -> Spec:
    """Specification of a catalogue entry.

    Raises:
        KeyError: the id is not in the starter's catalogue.
    """
    return _by_id()[entry_id]


@cache
def _by_id() -> dict[str, Spec]:
    return {spec.id: spec for spec in SPECS}


def coloured_points(
    spec: Spec, count: int, rng: np.random.Generator, jitter: Jitter | None = None
) -> NDArray[np.float32]:
    """Points drawn evenly from an entry's surface.

    Args:
        spec: the entry, see `spec_of` and ``SPECS``.
        count: number of points.
        rng: where all randomness comes from.
        jitter: makes a variant of the entry; None draws the entry itself.

    Returns:
        (count, 6): x y z in metres about the centre of the box (front −y, z up) and linear r g b in 0..1.
    """
    jitter = jitter or Jitter()
    source = surface(spec)
    draws = 2 * count if jitter.cut else count
    index = np.searchsorted(source.share, rng.random(draws)).clip(max=len(source.share) - 1)
    a, b = np.sqrt(rng.random((draws, 1))), rng.random((draws, 1))
    corners = source.corners[index]
    points = (1 - a) * corners[:, 0] + a * (1 - b) * corners[:, 1] + a * b * corners[:, 2]
    points *= (1 + jitter.scale * rng.uniform(-1, 1)) * (1 + jitter.size * rng.uniform(-1, 1, 3))
    points += jitter.noise * rng.standard_normal(points.shape)
    tints = source.colours + jitter.hue * rng.uniform(-1, 1, (len(source.colours), 1, 3))
    blend = rng.random((draws, 1)) ** 2  # mostly the light colour, as the materials show it
    light, dark = tints[source.material[index]].swapaxes(0, 1)
    colours = ((1 - blend) * light + blend * dark) * (1 + jitter.light * rng.uniform(-1, 1))
    cloud = np.concatenate([points, colours.clip(0, 1)], axis=1).astype(np.float32)
    return cloud if not jitter.cut else _seen_from_a_side(cloud, count, jitter.cut, rng)


def _seen_from_a_side(
    cloud: NDArray[np.float32], count: int, cut: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """``count`` of the points, without those farthest in a random direction."""
    direction = rng.standard_normal(3)
    depth = cloud[:, :3] @ direction / np.linalg.norm(direction)
    nearest = np.argsort(depth)[: max(count, int(len(cloud) * (1 - cut * rng.random())))]
    return cloud[rng.permutation(nearest)[:count]]
