"""The one crossing between the product's frame and the tensors', and the unit of the layout decoder (`Bounds`).

Product: metres, Z up, front −Y, full extents, in the axes of the room's Empty. Tensors: metres, Y up, front +Z, half
extents, origin at the floor's centre, as rows [tx ty tz hx hy hz angle]. From tensors to product, a position
(tx, ty, tz) becomes (tx, −tz, ty) plus the floor's centre, half extents (hx, hy, hz) become (2 hx, 2 hz, 2 hy), and
the angle is the yaw.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError
from ..scene import FloorPlan, Point2, Scene, SceneObject, Vector3
from .angles import atan2

FloatArray = npt.NDArray[np.float64]
Pose = tuple[Vector3, Vector3, float]

_NARROWEST: Final = 1e-9
"""Least width that an axis is divided by: its bounds may coincide, as with one object only."""


def floor_centre(scene: Scene, kept: Sequence[SceneObject] = ()) -> Point2:
    """Where the tensors' origin lies on the product's ground plane.

    Args:
        scene: its floor counts first.
        kept: the objects that stay, which count where there is no floor.

    Returns:
        The middle of the floor's bounding box; without a floor, of the ground bounding box of ``kept``; without either,
        the origin.
    """
    box = scene.floor.bounding_box()
    if box is None and kept:
        box = _ground_box(kept)
    if box is None:
        return 0.0, 0.0
    left, front, right, back = box
    return (left + right) / 2, (front + back) / 2


def floor_middle(floor: FloorPlan) -> Point2:
    """The middle of a floor plan's bounding box; the origin without an outline."""
    left, front, right, back = floor.bounding_box() or (0.0, 0.0, 0.0, 0.0)
    return (left + right) / 2, (front + back) / 2


def _ground_box(objects: Sequence[SceneObject]) -> tuple[float, float, float, float]:
    """(min x, min y, max x, max y) around objects, product frame."""
    rows = scene_to_boxes(objects, (0.0, 0.0))
    reach = ground_reach(rows)
    low, high = rows[:, [0, 2]] - reach, rows[:, [0, 2]] + reach
    # The tensors' z is the product's −y.
    return float(low[:, 0].min()), float(-high[:, 1].max()), float(high[:, 0].max()), float(-low[:, 1].min())


def ground_reach(boxes: npt.ArrayLike) -> FloatArray:
    """Half extents of the axis-aligned ground rectangle around rotated boxes.

    Args:
        boxes: (…, 7).

    Returns:
        (…, 2): along x and z.
    """
    boxes = np.asarray(boxes, dtype=np.float64)
    cosine, sine = np.abs(np.cos(boxes[..., 6])), np.abs(np.sin(boxes[..., 6]))
    half_x, half_z = boxes[..., 3], boxes[..., 5]
    return np.stack([half_x * cosine + half_z * sine, half_x * sine + half_z * cosine], axis=-1)


def scene_to_boxes(objects: Sequence[SceneObject], centre: Point2) -> FloatArray:
    """Poses of the product as tensor rows.

    Args:
        objects: n pieces of furniture.
        centre: the floor's centre (``floor_centre``).

    Returns:
        (n, 7) float64.
    """
    rows = np.zeros((len(objects), 7))
    for row, item in zip(rows, objects, strict=True):
        (x, y, z), (width, depth, height) = item.position, item.size
        row[:] = x - centre[0], z, centre[1] - y, width / 2, height / 2, depth / 2, item.yaw
    return rows


def boxes_to_poses(boxes: npt.ArrayLike, centre: Point2) -> list[Pose]:
    """Tensor rows as poses of the product.

    Args:
        boxes: (n, 7).
        centre: the floor's centre (``floor_centre``).

    Returns:
        n times (position, full size, yaw).
    """
    rows: list[list[float]] = np.asarray(boxes, dtype=np.float64).reshape(-1, 7).tolist()
    return [
        ((x + centre[0], centre[1] - z, y), (2 * half_x, 2 * half_z, 2 * half_y), yaw)
        for x, y, z, half_x, half_y, half_z, yaw in rows
    ]


@dataclass(frozen=True, eq=False)
class Bounds:
    """Smallest and largest translations and half sizes of a data set (``dataset_stats.txt``), the unit of the decoder.

    Args:
        translations: (2, 3) float64, rows minimum and maximum.
        sizes: (2, 3) float64, likewise.
    """

    translations: FloatArray
    sizes: FloatArray

    @staticmethod
    def of(boxes: npt.ArrayLike) -> "Bounds":
        """The bounds of real objects, (…, 7)."""
        rows = np.asarray(boxes, dtype=np.float64).reshape(-1, np.shape(boxes)[-1])
        limits = np.stack([rows.min(axis=0), rows.max(axis=0)])
        return Bounds(limits[:, :3], limits[:, 3:6])

    def normalise(self, boxes: npt.ArrayLike) -> FloatArray:
        """(…, 7) -> (…, 8): clipped to the bounds, scaled to [−1, 1], the angle as cos, sin, as officially."""
        boxes = np.asarray(boxes, dtype=np.float64)
        low, width = self._affine()
        unit = np.clip((boxes[..., :6] - low) / width, 0, 1) * 2 - 1
        angle = boxes[..., 6:7]
        return np.concatenate([unit, np.cos(angle), np.sin(angle)], axis=-1)

    def denormalise(self, boxes: npt.ArrayLike) -> FloatArray:
        """(…, 8) -> (…, 7): the inverse; the angle is atan2(sin, cos)."""
        boxes = np.asarray(boxes, dtype=np.float64)
        low, width = self._affine()
        rows = (boxes[..., :6] + 1) / 2 * width + low
        return np.concatenate([rows, atan2(boxes[..., 7:8], boxes[..., 6:7])], axis=-1)

    @property
    def reach(self) -> float:
        """Largest |x| or |z| of a translation, metres: about what a normalised 1 along x or z stands for."""
        return float(np.abs(self.translations[:, [0, 2]]).max())

    def _affine(self) -> tuple[FloatArray, FloatArray]:
        """Lower bounds and widths of the six axes, (6,) each."""
        limits = np.concatenate([self.translations, self.sizes], axis=-1)
        return limits[0], np.maximum(limits[1] - limits[0], _NARROWEST)

    def to_json(self) -> dict[str, list[list[float]]]:
        """Plain JSON types."""
        return {"translations": self.translations.tolist(), "sizes": self.sizes.tolist()}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "Bounds":
        """Reads what ``to_json`` wrote.

        Raises:
            InvalidInputError: a key is missing, or its value is no 2 × 3 matrix of finite numbers in rising order.
        """
        return Bounds(_limits(data, "translations"), _limits(data, "sizes"))


def _limits(data: Mapping[str, Any], key: str) -> FloatArray:
    try:
        limits = np.asarray(data[key], dtype=np.float64)
    except (KeyError, ValueError, TypeError) as error:
        raise InvalidInputError(
            f'Bounds: key "{key}" is missing or no matrix of numbers', "Use the file as written"
        ) from error
    if limits.shape != (2, 3) or not np.isfinite(limits).all() or (limits[1] < limits[0]).any():
        raise InvalidInputError(
            f'Bounds: "{key}" must hold a minimum and a maximum row of 3', "Use the file as written"
        )
    return limits
