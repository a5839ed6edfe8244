"""Curved and tilted parts of furniture: panels, lofts and turned parts, with the outlines they start from.

As in `parts`, lengths are metres, x to the right, front at −y, z up.
"""

import math
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .palettes import Role
from .parts import Axis, Design, Part, Point

Array = NDArray[np.float64]
Outline = Sequence[tuple[float, float]]
Surface = Callable[[Array, Array], tuple[Array, Array, Array]]
"""Maps u and v in 0..1, (U, V) each, to x, y and z; the front is where u, v and the normal are right-handed."""
Relief = Callable[[Array, Array], Array]
"""Maps u and v in 0..1, (U, V) each, to heights over the surface, metres."""


@dataclass(frozen=True, eq=False)
class Sheet(Part):
    """A curved panel.

    Attributes:
        grid: (U, V, 3) points of its middle.
        front, back: (U, V) thickness in front of and behind it, metres; the sides meet where both are 0.
    """

    grid: Array
    front: Array
    back: Array


@dataclass(frozen=True, eq=False)
class Loft(Part):
    """A closed surface through successive outlines.

    Attributes:
        rings: (N, 3) points each, in corresponding order, or (1, 3) where it ends in a point.
    """

    rings: tuple[Array, ...]


@dataclass(frozen=True, eq=False)
class Posed(Part):
    """A part turned about a line, then moved.

    Attributes:
        part: as it was before.
        axis: 0, 1 or 2: the line runs along x, y or z.
        angle: radians.
        pivot: a point of the line.
        shift: how far it is moved.
    """

    part: Part
    axis: Axis
    angle: float
    pivot: Point
    shift: Point = (0.0, 0.0, 0.0)

    def moved(self, points: Array) -> Array:
        """The points of the part, (n, 3), where it stands."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        u, v = (self.axis + 1) % 3, (self.axis + 2) % 3
        away: Array = points - np.array(self.pivot)
        turned: Array = away.copy()
        turned[:, u] = cos * away[:, u] - sin * away[:, v]
        turned[:, v] = sin * away[:, u] + cos * away[:, v]
        place: Array = turned + np.array(self.pivot) + np.array(self.shift)
        return place


@contextmanager
def posed(d: Design, axis: Axis, angle: float, pivot: Point) -> Generator[None]:
    """Turns what is added inside the block, see `Posed`."""
    start = len(d.parts)
    yield
    d.parts[start:] = [Posed(part.role, part.solid, part, axis, angle, pivot) for part in d.parts[start:]]


def placed(d: Design, piece: Design, shift: Point, angle: float = 0.0) -> None:
    """Adds the parts of another piece, turned about the upright axis and moved."""
    for part in piece.parts:
        d.parts.append(Posed(part.role, f"{d.solid} {part.solid}", part, 2, angle, (0.0, 0.0, 0.0), shift))


def panel(
    d: Design,
    role: Role,
    surface: Surface,
    thick: float,
    steps: tuple[int, int],
    relief: Relief | None = None,
    *,
    above: tuple[float, str] | None = None,
) -> None:
    """Adds a panel with round edges.

    Args:
        d: the piece.
        role: its material.
        surface: of its middle.
        thick: everywhere but at the edges.
        steps: faces along u and v in the plain design.
        relief: how far the front side stands out beyond that.
        above: a v and the solid that the panel joins from there on; None keeps it in one solid.
    """
    half = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    along = _length(surface(half, np.full(5, 0.5))), _length(surface(np.full(5, 0.5), half))
    (u, rim_u), (v, rim_v) = (_edged(along[i], thick / 2, steps[i], 2) for i in (0, 1))
    grid_u, grid_v = np.meshgrid(u, v, indexing="ij")
    rim = np.outer(rim_u, rim_v)
    front = rim * thick / 2 if relief is None else rim * (thick / 2 + relief(grid_u, grid_v))
    middle = np.stack(surface(grid_u, grid_v), axis=-1)
    cut = len(v) - 1 if above is None else int(np.abs(v - above[0]).argmin())
    for solid, rows in ((d.solid, slice(0, cut + 1)), ("" if above is None else above[1], slice(cut, len(v)))):
        if len(v[rows]) > 1:
            d.parts.append(Sheet(role, solid, middle[:, rows], front[:, rows], rim[:, rows] * thick / 2))


def _length(points: tuple[Array, Array, Array]) -> float:
    return float(np.linalg.norm(np.diff(np.stack(points, axis=1), axis=0), axis=1).sum())


def _edged(length: float, radius: float, steps: int, rim: int) -> tuple[Array, Array]:
    """Coordinates 0..1 at which a panel is subdivided along an axis, and its thickness there as a share."""
    angles = np.linspace(0, math.pi / 2, rim + 1)
    edge = np.minimum(radius / length, 0.25) * (1 - np.cos(angles))
    inner = np.linspace(edge[-1], 1 - edge[-1], steps + 1)[1:-1]
    share = np.sin(angles)
    return np.concatenate([edge, inner, 1 - edge[::-1]]), np.concatenate([share, np.ones(len(inner)), share[::-1]])


def buttoned(columns: float, rows: float, depth: float) -> Relief:
    """The relief of deep buttoning: diamonds between buttons, which sit on every second crossing."""

    def relief(u: Array, v: Array) -> Array:
        a, b = columns * u + rows * v, columns * u - rows * v
        return depth * (np.abs(np.sin(math.pi * a / 2) * np.sin(math.pi * b / 2)) ** 0.4 - 0.6)

    return relief


def channelled(count: int, depth: float, *, upright: bool = True) -> Relief:
    """The relief of ``count`` padded channels beside each other; u runs across them where they are upright."""

    def relief(u: Array, v: Array) -> Array:
        return depth * (np.abs(np.sin(math.pi * count * (u if upright else v))) ** 0.5 - 0.6)

    return relief


def domed(height: float) -> Relief:
    """The relief of a cushion that is thickest in its middle."""

    def relief(u: Array, v: Array) -> Array:
        return height * np.sqrt(np.clip(16 * u * (1 - u) * v * (1 - v), 0, None))

    return relief


def rounded_square(u: Array, v: Array, roundness: float) -> tuple[Array, Array]:
    """Maps u and v in 0..1 to a and b in −1..1; the outline is a square at roundness 0, a circle at 1."""
    a, b = 2 * u - 1, 2 * v - 1
    return a * (1 - roundness * (1 - np.sqrt(1 - b**2 / 2))), b * (1 - roundness * (1 - np.sqrt(1 - a**2 / 2)))


def loft(d: Design, role: Role, rings: Sequence[Array]) -> None:
    """Adds a `Loft`."""
    d.parts.append(Loft(role, d.solid, tuple(rings)))


def plate(d: Design, role: Role, outline: Outline, low: float, high: float, *, edge: float = 0.006) -> None:
    """Adds a level plate with a convex outline and round edges."""
    prism(d, role, outline, 2, low, high, edge=edge)


def prism(d: Design, role: Role, outline: Outline, axis: Axis, low: float, high: float, *, edge: float) -> None:
    """Adds a bar of one cross section with round edges at its ends.

    Args:
        d: the piece.
        role: its material.
        outline: convex, in the two axes that are not ``axis``, in their order.
        axis: along which it runs.
        low: where it begins.
        high: where it ends.
        edge: radius of the edges.
    """
    flat = np.array(outline, dtype=np.float64)
    middle = (flat.min(axis=0) + flat.max(axis=0)) / 2
    reach = np.ptp(flat, axis=0) / 2
    edge = min(edge, 0.49 * (high - low), 0.9 * float(reach.min()))
    steps = np.linspace(0, math.pi / 2, (4 if d.fine else 2) if edge > 0.004 else (3 if d.fine else 2))
    inset, rise = edge * (1 - np.sin(steps)), edge * (1 - np.cos(steps))
    rings = [middle + (flat - middle) * (1 - cut / reach) for cut in inset]
    levels = [*(low + rise), *(high - rise[::-1])]
    around = [*rings, *rings[::-1]]
    loft(d, role, [np.insert(ring, axis, level, axis=1) for ring, level in zip(around, levels, strict=True)])


def superellipse(x: float, y: float, power: float, count: int) -> list[tuple[float, float]]:
    """Outline between a diamond (power 1), an ellipse (2) and a rectangle of half extents x and y."""
    points: list[tuple[float, float]] = []
    for i in range(count):
        cos, sin = math.cos(2 * math.pi * i / count), math.sin(2 * math.pi * i / count)
        a, b = (math.copysign(abs(c) ** (2 / power), c) for c in (cos, sin))
        points.append((x * a, y * b))
    return points


def rounded(x: float, y: float, radius: float, steps: int) -> list[tuple[float, float]]:
    """Rectangle of half extents x and y with round corners."""
    points: list[tuple[float, float]] = []
    for quarter, (sx, sy) in enumerate(((1, 1), (-1, 1), (-1, -1), (1, -1))):
        for i in range(steps + 1):
            angle = math.pi / 2 * (quarter + i / steps)
            points.append((sx * (x - radius) + radius * math.cos(angle), sy * (y - radius) + radius * math.sin(angle)))
    return points


def pebble(x: float, y: float, count: int) -> list[tuple[float, float]]:
    """Egg-like outline of half extents x and y, broader at the left and a little askew."""
    turns = [2 * math.pi * i / count for i in range(count)]
    raw = np.array(
        [
            (math.cos(t) - 0.1 * math.cos(2 * t), math.sin(t) * (1 - 0.22 * math.cos(t)) + 0.08 * math.cos(t))
            for t in turns
        ]
    )
    low, high = raw.min(axis=0), raw.max(axis=0)
    scaled = (raw - (low + high) / 2) / (high - low) * 2
    return [(x * a, y * b) for a, b in scaled.tolist()]
