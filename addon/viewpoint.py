"""Chooses a room's camera: at a person's height, at the side from which the furniture is seen best.

The camera looks level, so that walls stay upright, and its sensor is shifted up or down instead, as on a view camera.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from mathutils import Matrix, Vector

from ..instructscene_core.scene import Point2, Vector3
from .sides import Overhang, Side, counter_clockwise, edges, standing_walls

_SENSOR: Final = 36.0
"""Width of the sensor, millimetres."""
_LENS: Final = 24.0
"""Focal length, millimetres: as wide as photographers of interiors go without visible distortion."""
_EYE_HEIGHTS: Final = (1.55, 1.85, 2.15)
"""Metres over the floor that are tried."""
_TURNS: Final = tuple(math.radians(a) for a in (0, -14, 14, -32, 32))
"""Radians off the square view on a wall that are tried."""
_MARGIN: Final = 0.94
"""Share of the picture within which all furniture lies."""
_NEAREST: Final = 0.6
"""Metres from the eye to the nearest point in the picture, at least."""
_DEEP: Final = 0.5
_TALL: Final = 1.6
"""Metres: pieces deeper than ``_DEEP`` and lower than ``_TALL`` are tall at their backs only; what hangs higher than
``_TALL`` hides nothing."""
_LEFT_IS_LEFT: Final = 0.1
"""Weight of looking along +Y in the score: little beside seeing fronts."""
_LARGE: Final = 0.3
"""Weight of the size at which the furniture is seen. Without it the sight of one plant is bought with a sofa far away;
of 34 rooms it moves the camera of five, and of three more at 0.5."""
_SAMPLES: Final = np.stack(np.meshgrid(*[[-0.4, 0.0, 0.4]] * 3), -1).reshape(-1, 3)
"""(27, 3) points of a box that are tested for being hidden, in shares of its size from its centre."""

Floats = npt.NDArray[np.float64]


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
        """Unit vector of the way it faces, −Y at yaw 0."""
        return Vector((math.sin(self.yaw), -math.cos(self.yaw), 0.0))

    def occluder(self) -> "Box":
        """The part that hides what is behind it: of beds, tables and seats only the lower half."""
        if self.size[1] < _DEEP or self.size[2] > _TALL:
            return self
        (x, y, z), (width, depth, height) = self.position, self.size
        return Box((x, y, z - height / 4), (width, depth, height / 2), self.yaw)

    def points(self, shares: Floats) -> Floats:
        """Points (n, 3) in the room's axes, from shares (n, 3) of the box's size from its centre."""
        return shares * self.size @ self._turn().T + self.position

    def local(self, points: Floats) -> Floats:
        """The reverse of `points`."""
        return (points - self.position) @ self._turn() / self.size

    def _turn(self) -> Floats:
        return np.asarray(Matrix.Rotation(self.yaw, 3, "Z"))


_CORNERS: Final = np.stack(np.meshgrid(*[[-0.5, 0.5]] * 3), -1).reshape(-1, 3)


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
        forward: level direction in which it looks.
        lens: focal length in millimetres for a 36 mm sensor.
        shift: of the sensor upwards, in widths of the picture.
    """

    eye: Vector
    forward: Vector
    lens: float
    shift: float

    @property
    def right(self) -> Vector:
        """Level direction to the right in the picture."""
        return Vector((self.forward.y, -self.forward.x, 0.0))

    def matrix(self) -> Matrix:
        """Camera to room."""
        return Matrix.Translation(self.eye) @ self.forward.to_track_quat("-Z", "Y").to_matrix().to_4x4()


def choose_viewpoint(polygon: Sequence[Point2], height: float, boxes: Sequence[Box], aspect: float) -> Viewpoint:
    """The candidate view with the best `_score`: most of every piece is seen, and fronts rather than backs.

    Args:
        polygon: the floor.
        height: of the ceiling, metres.
        boxes: the furniture.
        aspect: width over height of the picture.
    """
    views = list(_candidates(polygon, height, boxes, aspect))
    sides = [Side(start, end) for start, end in edges(counter_clockwise(polygon))]
    return max(views, key=lambda view: _score(view, sides, boxes))


def _candidates(polygon: Sequence[Point2], height: float, boxes: Sequence[Box], aspect: float) -> Iterator[Viewpoint]:
    square = _direction_of_walls(polygon)
    for side in range(4):
        for turn in _TURNS:
            angle = square + side * math.pi / 2 + turn
            forward = Vector((math.cos(angle), math.sin(angle), 0.0))
            points = _points_in_view(polygon, height, boxes, forward)
            for eye_height in _EYE_HEIGHTS:
                yield _fit_camera(points, forward, eye_height, aspect)


def _direction_of_walls(polygon: Sequence[Point2]) -> float:
    """Of the longest wall, radians from +X."""
    a, b = max(edges(polygon), key=lambda side: math.dist(*side))
    return math.atan2(b[1] - a[1], b[0] - a[0])


def _points_in_view(polygon: Sequence[Point2], height: float, boxes: Sequence[Box], forward: Vector) -> Floats:
    """Points (n, 3) that must be in the picture: all furniture, and the far wall from floor to ceiling."""
    floor = np.array([(x, y, z) for x, y in polygon for z in (0.0, height)])
    depth = floor @ np.asarray(forward)
    far = floor[depth > depth.min() + 0.75 * np.ptp(depth)]
    return np.concatenate([far, *(box.points(_CORNERS) for box in boxes)])


def _fit_camera(points: Floats, forward: Vector, height: float, aspect: float) -> Viewpoint:
    """The nearest camera at a height from which all points are in the picture.

    With u to the right, w the depth, (u₀, w₀) the eye and t the tangent of half the angle of view, points to the right
    of the eye obey u − u₀ ≤ t·(w − w₀), those to its left u₀ − u ≤ t·(w − w₀): the best eye is where both borders meet.
    """
    tangent = _SENSOR / 2 / _LENS
    across = tangent * _MARGIN
    right = np.array([forward.y, -forward.x, 0.0])
    u, w, rise = points @ right, points @ np.asarray(forward), points[:, 2] - height
    left_border, right_border = (u - across * w).max(), (u + across * w).min()
    middle = (left_border + right_border) / 2
    near = min((right_border - left_border) / (2 * across), w.min() - _NEAREST)
    while np.ptp(rise / (w - near)) > 2 * across / aspect:
        near -= 0.05
    slopes = rise / (w - near)
    eye = middle * right + near * np.asarray(forward)
    shift = (slopes.min() + slopes.max()) / 2 / (2 * tangent)
    return Viewpoint(Vector((eye[0], eye[1], height)), forward, _LENS, float(shift))


def _score(view: Viewpoint, sides: Sequence[Side], boxes: Sequence[Box]) -> float:
    """How well a view shows the furniture: least hidden first, then fronts, size, left at the left, and a low eye.

    The largest piece, as a rule the bed, is what makes a room recognised: its front counts as much as all others'.

    To an eye that looks along +Y, left in the picture is what instructions call left.
    """
    if not boxes:
        return -view.eye.z
    seen = _visible_shares(view, sides, boxes)
    areas = np.array([box.size[0] * (box.size[2] + 0.5 * box.size[1]) for box in boxes])
    facing = np.array([-box.front().dot(view.forward) for box in boxes])
    fronts = np.average(facing, weights=areas) + facing[areas.argmax()]
    clear = np.sqrt(seen).mean() + 0.5 * seen.min()
    score = clear + 0.4 * fronts + _LARGE * math.sqrt(seen @ (areas * _scales(view, boxes) ** 2))
    return float(score + _LEFT_IS_LEFT * view.forward.y - 0.06 * view.eye.z)


def _scales(view: Viewpoint, boxes: Sequence[Box]) -> Floats:
    """Widths of the picture that a metre takes up where each box stands, (n,)."""
    depths = np.array([(Vector(box.position) - view.eye).dot(view.forward) for box in boxes])
    return view.lens / _SENSOR / depths


def _visible_shares(view: Viewpoint, sides: Sequence[Side], boxes: Sequence[Box]) -> Floats:
    """Share of every box's points that neither another box nor a wall hides from the eye, (n,)."""
    eye = np.asarray(view.eye)
    points = np.concatenate([box.points(_SAMPLES) for box in boxes])
    hidden = np.zeros((len(boxes), len(_SAMPLES)), dtype=bool)
    for side, overhang in zip(sides, standing_walls(sides, view.eye, view.forward), strict=True):
        if overhang is not None:
            hidden |= _crosses_wall(side, overhang, eye, points).reshape(hidden.shape)
    for k, box in enumerate(boxes):
        if box.position[2] - box.size[2] / 2 < _TALL:
            solid = box.occluder()
            before = _crosses_cube(solid.local(eye[None])[0], solid.local(points)).reshape(hidden.shape)
            before[k] = False
            hidden |= before
    return 1.0 - hidden.mean(1)


def _crosses_wall(side: Side, overhang: Overhang, start: Floats, ends: Floats) -> npt.NDArray[np.bool_]:
    """Whether the segment from a point (3,) on the room's side of a wall to each of others (n, 3) meets it: (n,).

    Windows count as wall: furniture behind one is in another part of the room, and framed by it is not well seen.
    """
    axes = np.array([side.along, side.inward]).T
    start_x, start_y = (start[:2] - side.start) @ axes
    x, y = ((ends[:, :2] - side.start) @ axes).T
    crossing = start_x + (x - start_x) * start_y / (start_y - np.minimum(y, 0))
    return (y < 0) & (-overhang.before < crossing) & (crossing < side.length + overhang.after)


def _crosses_cube(start: Floats, ends: Floats) -> npt.NDArray[np.bool_]:
    """Whether the segment from a point (3,) to each of others (n, 3) enters the unit cube, by the slab method: (n,)."""
    way = ends - start
    way = np.where(np.abs(way) < 1e-9, 1e-9, way)
    a, b = (-0.5 - start) / way, (0.5 - start) / way
    enter, leave = np.minimum(a, b).max(1), np.maximum(a, b).min(1)
    return (enter < leave) & (leave > 0) & (enter < 0.999)
