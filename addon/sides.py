"""The sides of a floor: at which of them a picture shows a wall, and how far that goes on beyond its corners.

`stage` builds these walls, and `viewpoint` looks for a place from which they hide little: one rule for both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from mathutils import Vector

from ..instructscene_core.outlines import cleaned
from ..instructscene_core.scene import Point2

THICKNESS: Final = 0.12
"""Metres of a wall."""
BEYOND: Final = 5.0
"""Metres for which floor, ceiling and side walls go on beyond a wall that is left out."""
_BEHIND: Final = 0.7
"""Cosine between a wall's inward normal and the view from which the wall is behind the camera, and left out."""


@dataclass(frozen=True)
class Side:
    """A side of the floor, metres, with the room to its left."""

    start: Point2
    end: Point2

    @property
    def length(self) -> float:
        """Metres."""
        return (Vector(self.end) - Vector(self.start)).length

    @property
    def along(self) -> Vector:
        """Unit vector from start to end on the floor plan."""
        return (Vector(self.end) - Vector(self.start)).normalized()

    @property
    def inward(self) -> Vector:
        """Unit normal on the floor plan that points into the room."""
        return Vector((-self.along.y, self.along.x))

    def distance(self, place: Vector) -> float:
        """Metres on the floor plan from a point to the side."""
        offset = place.xy - Vector(self.start)
        nearest = self.along * min(max(offset.dot(self.along), 0.0), self.length)
        return (offset - nearest).length

    def shows_wall(self, eye: Vector, forward: Vector) -> bool:
        """Whether a wall stands here: not where the eye would see its outer face, nor where it is behind the camera."""
        inside = self.along.cross(eye.xy - Vector(self.start)) > 0
        return inside and self.inward.dot(forward.xy) < _BEHIND


class Overhang(NamedTuple):
    """Metres by which a wall goes on before its side's start and after its end."""

    before: float
    after: float


def edges(polygon: Sequence[Point2]) -> list[tuple[Point2, Point2]]:
    """The sides of a polygon."""
    return list(zip(polygon, (*polygon[1:], polygon[0]), strict=True))


def counter_clockwise(polygon: Sequence[Point2]) -> list[Point2]:
    """The polygon with its inside to the left of every side, and only corners at which a wall ends.

    What is left of a polygon without an inside is that polygon.
    """
    corners = cleaned(polygon)
    corners = corners if len(corners) > 2 else polygon
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in edges(corners))
    return list(corners) if area > 0 else list(reversed(corners))


def standing_walls(sides: Sequence[Side], eye: Vector, forward: Vector) -> list[Overhang | None]:
    """For each side how far its wall goes on, None where no wall is shown.

    Args:
        sides: all of a floor, counter-clockwise.
        eye: the camera's position, metres.
        forward: level direction in which it looks.
    """
    shown = [side.shows_wall(eye, forward) for side in sides]
    walls: list[Overhang | None] = []
    for k, side in enumerate(sides):
        before, after = k - 1, (k + 1) % len(sides)
        start = _overhang(sides[before], side, closed=shown[before])
        end = _overhang(side, sides[after], closed=shown[after])
        walls.append(Overhang(start, end) if shown[k] else None)
    return walls


def _overhang(side: Side, following: Side, *, closed: bool) -> float:
    """Metres by which one of two walls goes on beyond their corner.

    None where the corner juts into the room; the thickness of the other wall where that is shown (``closed``); else
    ``BEYOND``, past the camera.
    """
    outer = side.along.cross(following.along) > 0
    return (THICKNESS if closed else BEYOND) if outer else 0.0
