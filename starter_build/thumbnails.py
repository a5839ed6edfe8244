"""Thumbnails of furniture, drawn in numpy from its meshes: quick, the same everywhere, without a window or a GPU."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from instructscene_core.starter.furniture.designs import meshes
from instructscene_core.starter.furniture.meshes import Mesh, triangles
from instructscene_core.starter.furniture.palettes import Palette, Role
from instructscene_core.starter.furniture.shapes import Shape
from instructscene_core.vocabulary import hangs

PIXELS: Final = 64
_OVERSAMPLING: Final = 2
"""Samples along each side of a pixel."""
_DENSITY: Final = 3.0
"""Random points of the surface that are drawn for each sample that it covers."""
_GLASS_SHARE: Final = 0.12
"""Share of the points of glass that are drawn: one sees through the rest."""
_SHADES: Final = 10
"""Steps of brightness: pictures of few steps compress well."""
_LIGHT: Final = np.array([-0.45, -0.6, 0.85]) / np.linalg.norm([-0.45, -0.6, 0.85])


@dataclass(frozen=True)
class Picture:
    """A shape's picture before it is coloured by a palette.

    Attributes:
        roles: of the shape's parts.
        role: (n, n) index into ``roles`` of each sample, −1 where nothing is; lowest row first.
        light: (n, n) brightness of each sample.
    """

    roles: tuple[Role, ...]
    role: NDArray[np.int64]
    light: NDArray[np.float64]

    @classmethod
    def of(cls, shape: Shape, pixels: int = PIXELS) -> "Picture":
        """The shape three quarters from the front; lamps that hang from a little below."""
        parts = meshes(shape)
        roles = tuple(dict.fromkeys(part.role for part in parts))
        side = pixels * _OVERSAMPLING
        view = _view(-0.15 if hangs(shape.category) else 0.42)
        points, normals, role = _scatter(parts, roles, side, view[2])
        flat = points @ view.T  # right, up, towards the eye
        low, high = flat.min(axis=0), flat.max(axis=0)
        scale = 0.92 * side / max(high[0] - low[0], high[1] - low[1])
        spot = ((flat[:, :2] - (low + high)[:2] / 2) * scale + side / 2).astype(np.int64).clip(0, side - 1)
        bright = 0.5 + 0.5 * np.clip(normals @ _LIGHT, 0, 1) + 0.12 * np.clip(normals[:, 2], 0, 1)
        order = np.argsort(flat[:, 2])  # what is nearest is written last
        seen, light = np.full((side, side), -1, dtype=np.int64), np.zeros((side, side))
        seen[spot[order, 1], spot[order, 0]] = role[order]
        light[spot[order, 1], spot[order, 0]] = bright[order]
        return cls(roles, seen, (light * _SHADES).round() / _SHADES)

    def coloured(self, palette: Palette) -> NDArray[np.uint8]:
        """(pixels, pixels, 4) uint8: sRGB and alpha, lowest row first."""
        mixed = [np.array(palette.materials[role].colour) * 0.75 + 0.25 * np.array(palette.materials[role].dark)
                 for role in self.roles]  # fmt: skip
        colours = np.array([*mixed, np.zeros(3)])[self.role] * self.light[..., None]
        cover = (self.role >= 0).astype(np.float64)
        n, k = len(cover) // _OVERSAMPLING, _OVERSAMPLING
        cover = cover.reshape(n, k, n, k).mean(axis=(1, 3))
        colours = colours.reshape(n, k, n, k, 3).sum(axis=(1, 3)) / np.maximum(cover * k**2, 1)[..., None]
        encoded = np.clip(colours, 0, 1) ** (1 / 2.2)
        return (np.dstack([encoded, cover]) * 255).round().astype(np.uint8)


def _view(height: float) -> NDArray[np.float64]:
    """(3, 3) unit vectors of a view from the front, a little from the right: right, up, towards the eye.

    Args:
        height: of the eye over the object, in a space where it is 1 in front and 0.5 to the right.
    """
    eye = np.array([0.5, -1.0, height])
    eye /= np.linalg.norm(eye)
    right = np.cross([0.0, 0.0, 1.0], eye)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(eye, right), eye])


def _scatter(
    parts: tuple[Mesh, ...], roles: tuple[Role, ...], side: int, eye: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Points over what faces the eye, with normals and role numbers, dense enough to leave no holes."""
    cut = [part.vertices[triangles(part.faces)] for part in parts]
    corners = np.concatenate(cut)
    role = np.repeat([roles.index(part.role) for part in parts], [len(piece) for piece in cut])
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(cross, axis=1) / 2
    sample = (max(np.ptp(corners.reshape(-1, 3), axis=0)) / side) ** 2
    drawn = np.where(cross @ eye > 0, _DENSITY, 0.0)
    if "glass" in roles:
        drawn *= np.where(role == roles.index("glass"), _GLASS_SHARE, 1.0)
    random = np.random.default_rng(0)
    counts = np.floor(area / sample * drawn + random.random(len(area))).astype(np.int64)
    index = np.repeat(np.arange(len(area)), counts)
    a, b = np.sqrt(random.random((len(index), 1))), random.random((len(index), 1))
    points = (1 - a) * corners[index, 0] + a * (1 - b) * corners[index, 1] + a * b * corners[index, 2]
    normals = cross / np.maximum(2 * area, 1e-12)[:, None]
    return points, normals[index], role[index]
