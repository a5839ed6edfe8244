"""Solid parts of furniture in a room, and how far they are inside each other.

A piece of furniture is a few boxes (``Shape.parts``) that share one yaw, so a chair may stand under a desk.
Two boxes are disjoint where their heights are, or where one of the four ground axes of the pair separates them (the
separating axis theorem). Product frame: metres, Z up.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from ..scene import SceneObject
from .frames import FloatArray

BoolArray = npt.NDArray[np.bool_]

Part = tuple[float, float, float, float, float, float]
"""A box (cx, cy, cz, w, d, h) as fractions of a mesh's extents, its centre in [-0.5, 0.5]."""
Mount = Literal["floor", "ceiling"]
WHOLE: Final[Part] = (0.0, 0.0, 0.0, 1.0, 1.0, 1.0)
"""The part that fills its mesh's box."""
_CORNERS: Final = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
TOLERANCE: Final = 0.01
"""Metres that solids may be inside each other without being called colliding."""


class Shape(NamedTuple):
    """Where a mesh is mounted, and which parts of its box are solid.

    Attributes:
        mount: whether it stands on the floor or hangs from the ceiling.
        parts: its solid pieces.
    """

    mount: Mount = "floor"
    parts: tuple[Part, ...] = (WHOLE,)


class Shapes(Protocol):
    """Gives the shape of a mesh by its asset id, as a catalogue does."""

    def shape_of(self, asset: str | None) -> Shape:
        """The shape of a mesh by its id; of one that it does not know, a whole box on the floor."""
        ...


def placed_height(mount: Mount, z: float, box_height: float, height: float) -> float:
    """Centre height of a mesh in a box: on its base, or for ceiling-hung classes at its top, metres."""
    slack = (box_height - height) / 2
    return z + slack if mount == "ceiling" else z - slack


def axes_of(item: SceneObject) -> FloatArray:
    """(2, 2) rows: an object's own x and y axis in the room."""
    cosine, sine = math.cos(item.yaw), math.sin(item.yaw)
    return np.array([[cosine, sine], [-sine, cosine]])


@dataclass(eq=False)
class Body:
    """The P solid parts of one object, metres. It can be moved by writing to ``position``.

    Args:
        position: (2,) centre on the ground plane.
        axes: (2, 2) rows: the object's own x and y axis in the room.
        outline: (4, 2) ground corners of the mesh's box relative to the position.
        offsets: (P, 2) part centres relative to the position.
        half: (P, 2) half extents along the axes.
        low: (P,) heights of the lower ends.
        high: (P,) heights of the upper ends.
        reach: radius of the circle about ``position`` that holds all parts.
    """

    position: FloatArray
    axes: FloatArray
    outline: FloatArray
    offsets: FloatArray
    half: FloatArray
    low: FloatArray
    high: FloatArray
    reach: float

    @staticmethod
    def of(item: SceneObject, shapes: Shapes) -> "Body":
        """The solids of an object, whose mesh may be smaller than its box (``placed_size``).

        A mesh of unknown shape counts as its whole box.
        """
        mount, parts = shapes.shape_of(item.asset)
        size = np.array(item.placed_size or item.size, dtype=np.float64)
        table = np.array(parts)
        axes = axes_of(item)
        centres, half = table[:, :3] * size, table[:, 3:] * size / 2
        outline = _CORNERS * size[:2] @ axes
        offsets = centres[:, :2] @ axes
        z = placed_height(mount, item.position[2], item.size[2], float(size[2])) + centres[:, 2]
        reach = float((np.linalg.norm(offsets, axis=1) + np.linalg.norm(half[:, :2], axis=1)).max())
        return Body(
            np.array(item.position[:2], dtype=np.float64),
            axes,
            outline,
            offsets,
            half[:, :2],
            z - half[:, 2],
            z + half[:, 2],
            reach,
        )

    def corners(self) -> FloatArray:
        """Ground corners of the mesh's box, (4, 2)."""
        return self.position + self.outline

    def radii(self, axes: FloatArray) -> FloatArray:
        """Half widths of the parts along K axes (K, 2): (K, P)."""
        return np.abs(axes @ self.axes.T) @ self.half.T


def near(first: Body, second: Body) -> bool:
    """Whether the circles around two bodies meet."""
    dx, dy = second.position - first.position
    reach = first.reach + second.reach
    return bool(dx * dx + dy * dy < reach * reach)


def overlaps(
    first: Body, second: Body, offsets: FloatArray, tolerance: float = TOLERANCE
) -> tuple[FloatArray, BoolArray]:
    """Overlaps of all pairs of parts of two bodies, by the separating axis theorem on the pair's four ground axes.

    Args:
        first: body with P parts.
        second: body with Q parts.
        offsets: (M, 2) translations of the first body to try.
        tolerance: overlaps up to it are none.

    Returns:
        (2, 4, M, P, Q) how far the first body must go along + and − each axis to free the pair of parts, metres: the
        sum of the half widths, less or plus the signed distance of the centres; and (M, P, Q) whether the pair
        collides.
    """
    axes = np.concatenate([first.axes, second.axes])
    start = (first.position + first.offsets) @ axes.T  # (P, 4)
    other = (second.position + second.offsets) @ axes.T  # (Q, 4)
    shift = offsets @ axes.T  # (M, 4)
    centre = shift.T[:, :, None, None] + start.T[:, None, :, None] - other.T[:, None, None, :]  # (4, M, P, Q)
    reach = (first.radii(axes)[:, :, None] + second.radii(axes)[:, None, :])[:, None]  # (4, 1, P, Q)
    push = np.stack([reach - centre, reach + centre])
    vertical = np.minimum(first.high[:, None], second.high) - np.maximum(first.low[:, None], second.low)
    inside = (push > tolerance).all(axis=(0, 1)) & (vertical > tolerance)
    return push, inside


_NO_OFFSET = np.zeros((1, 2))


def penetration(first: Body, second: Body, tolerance: float = TOLERANCE) -> tuple[FloatArray, FloatArray] | None:
    """How the first body can be freed from the second.

    Returns:
        None where they do not collide; else eight directions (8, 2) and how far the first must go along each, (8,).
    """
    if not near(first, second):
        return None
    push, inside = overlaps(first, second, _NO_OFFSET, tolerance)
    if not inside.any():
        return None
    axes = np.concatenate([first.axes, second.axes])
    needed = np.where(inside, push, 0.0).max(axis=(2, 3, 4))  # (2, 4)
    return np.concatenate([axes, -axes]), needed.reshape(-1)


def collides(first: Body, second: Body, offsets: FloatArray, tolerance: float = TOLERANCE) -> BoolArray:
    """Whether the first body, moved by each of M offsets (M, 2), is inside the second: (M,)."""
    return overlaps(first, second, offsets, tolerance)[1].any(axis=(1, 2))


def colliding_pairs(
    items: Sequence[SceneObject], shapes: Shapes, tolerance: float = TOLERANCE
) -> list[tuple[int, int]]:
    """Pairs of objects whose solid parts are more than ``tolerance`` metres inside each other, first < second.

    Rugs lie under furniture and never collide.
    """
    bodies = [Body.of(item, shapes) for item in items]
    indices = [i for i, item in enumerate(items) if item.category != "rug"]
    return [
        (i, j)
        for i, j in itertools.combinations(indices, 2)
        if penetration(bodies[i], bodies[j], tolerance) is not None
    ]
