"""Where the camera stands: from which corner of a room its furniture is seen best, and how far off."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mathutils import Matrix, Vector

from ..instructscene_core.scene import Point2, Vector3

_LENS: Final = 42.0
"""Millimetres on a sensor of 36: long enough that walls stay upright to the eye."""
_ELEVATION: Final = math.radians(33)
_AZIMUTHS: Final = tuple(math.radians(a) for a in (-58, -32, 32, 58, 122, 148, -122, -148))
"""From the side of −Y, counter-clockwise: off the diagonals, so that no two walls look alike."""
_TALL: Final = 1.2
"""Metres from which furniture hides what stands behind it."""


@dataclass(frozen=True)
class Box:
    """A piece of furniture in the room's axes: centre and full extents in metres, radians about +Z."""

    position: Vector3
    size: Vector3
    yaw: float

    @staticmethod
    def flat(polygon: Sequence[Point2]) -> "Box":
        """The ground rectangle around a polygon."""
        xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
        centre = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, 0.0)
        return Box(centre, (max(xs) - min(xs), max(ys) - min(ys), 0.0), 0.0)

    def reach(self) -> Vector:
        """Half extents along the room's axes."""
        c, s = abs(math.cos(self.yaw)), abs(math.sin(self.yaw))
        width, depth, height = self.size
        return Vector((c * width + s * depth, s * width + c * depth, height)) / 2

    def front(self) -> Vector:
        """The way it faces, −Y at yaw 0."""
        return Vector((math.sin(self.yaw), -math.cos(self.yaw), 0.0))


def bounds(boxes: Sequence[Box]) -> tuple[Vector, Vector]:
    """Lowest and highest corner around all boxes."""
    low = [Vector(box.position) - box.reach() for box in boxes]
    high = [Vector(box.position) + box.reach() for box in boxes]
    return Vector(map(min, zip(*low, strict=True))), Vector(map(max, zip(*high, strict=True)))


@dataclass(frozen=True)
class Viewpoint:
    """A camera in the room's axes, metres.

    Args:
        eye: where it stands.
        target: what it looks at.
        lens: focal length in millimetres for a 36 mm sensor.
        size: of the room, its longest side.
    """

    eye: Vector
    target: Vector
    lens: float
    size: float

    @property
    def back(self) -> Vector:
        """Level direction from the target to the eye."""
        away = self.eye - self.target
        return Vector((away.x, away.y, 0.0)).normalized()

    @property
    def right(self) -> Vector:
        """Level direction to the right in the picture."""
        back = self.back
        return Vector((-back.y, back.x, 0.0))

    def matrix(self) -> Matrix:
        """Camera to room."""
        return Matrix.Translation(self.eye) @ (self.target - self.eye).to_track_quat("-Z", "Y").to_matrix().to_4x4()


def choose_viewpoint(polygon: Sequence[Point2], boxes: Sequence[Box], aspect: float) -> Viewpoint:
    """The view from outside the room, down at it, in which most is seen from its front and least is hidden.

    Args:
        polygon: the floor.
        boxes: the furniture.
        aspect: width over height of the picture.
    """
    ground = Box.flat(polygon)
    azimuth = max(_AZIMUTHS, key=lambda a: _merit(_direction(a), boxes, Vector(ground.position)))
    tallest = max((box.position[2] + box.size[2] / 2 for box in boxes if box.position[2] < 1.6), default=1.0)
    target = Vector((ground.position[0], ground.position[1], min(tallest, 1.6) * 0.42))
    level = _direction(azimuth)
    direction = (level * math.cos(_ELEVATION) + Vector((0, 0, math.sin(_ELEVATION)))).normalized()
    points = [Vector((x, y, z)) for x, y in polygon for z in (0.0, _wall_shown(x, y, target, level))]
    return _framed(target, direction, points, aspect, max(ground.size))


def _direction(azimuth: float) -> Vector:
    return Vector((math.sin(azimuth), -math.cos(azimuth), 0.0))


def _merit(direction: Vector, boxes: Sequence[Box], centre: Vector) -> float:
    """Fronts that face the camera count for it, tall things that stand on its side against it."""
    total = 0.0
    for box in boxes:
        place = Vector(box.position) - centre
        top = box.position[2] + box.size[2] / 2
        area = box.size[0] * max(box.size[2], 0.3)
        total += area * box.front().dot(direction)
        if top > _TALL and place.z - box.size[2] / 2 < 1.0:
            total -= 1.5 * box.size[0] * box.size[2] * max(-0.2, place.xy.dot(direction.xy) / 2)
    return total


def _wall_shown(x: float, y: float, target: Vector, level: Vector) -> float:
    """Height at a corner that must be in the picture: far walls whole, near ones not."""
    return 2.6 if Vector((x - target.x, y - target.y, 0)).dot(level) < 0.3 else 0.0


def _framed(target: Vector, direction: Vector, points: Sequence[Vector], aspect: float, size: float) -> Viewpoint:
    """The nearest eye along ``direction`` from which all points are in the picture, with the target re-centred."""
    right = Vector((0, 0, 1)).cross(direction).normalized()
    up = direction.cross(right)
    tan_x = 18.0 / _LENS * 0.96
    tan_y = tan_x / aspect
    for _ in range(4):
        spans = [(p - target).dot(right) for p in points], [(p - target).dot(up) for p in points]
        far = max(
            max(abs(x) / tan_x, abs(y) / tan_y) + (p - target).dot(direction)
            for p, x, y in zip(points, *spans, strict=True)
        )
        screen = [
            (x / (far - (p - target).dot(direction)), y / (far - (p - target).dot(direction)))
            for p, x, y in zip(points, *spans, strict=True)
        ]
        xs, ys = [s[0] for s in screen], [s[1] for s in screen]
        target = target + right * ((min(xs) + max(xs)) / 2 * far) + up * ((min(ys) + max(ys)) / 2 * far)
    return Viewpoint(target + direction * far, target, _LENS, size)
