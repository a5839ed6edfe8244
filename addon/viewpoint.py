"""Chooses a room's camera as photographers of interiors do: at a person's height, where a person can stand.

It need not show every piece, but the main ones large and from the front, and nothing very near or from behind. The
camera looks level, so that walls stay upright, and its sensor is shifted down instead, as on a view camera.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from mathutils import Matrix, Vector

from ..instructscene_core.scene import Point2
from .boxes import Box
from .panorama import COLUMNS, SLOPES, STEP, Floats, Furniture, Panorama
from .sides import Side, counter_clockwise, edges

_SENSOR: Final = 36.0
"""Width of the sensor, millimetres."""
_LENSES: Final = (20.0, 24.0)
"""Focal lengths, millimetres, that are tried: what photographers of interiors use."""
_SHIFTS: Final = (0.0, -0.06, -0.12)
"""Shifts of the sensor that are tried, in widths of the picture."""
_EYE_HEIGHT: Final = 1.5
"""Metres over the floor."""
_OUTSIDE: Final = (0.6, 1.4)
"""Metres behind walls, which are left out, at which the eye is tried too: small rooms cannot be seen from inside."""
_INSIDE: Final = 0.35
"""Metres from walls to the eyes that are nearest to them."""
_APART: Final = 0.8
"""Metres between the eyes that are tried, at least."""
_MOST: Final = 8
"""Eyes in a row inside a room, at most."""
_STAND: Final = 0.35
"""Metres that a person who stands needs to every side."""
_TURN: Final = COLUMNS // 24
"""Columns of a panorama between the directions that are tried: 15°."""
_AIM: Final = math.radians(35)
"""Radians by which the camera may look past the middle of the furniture."""
_REACH: Final = COLUMNS // 8
"""Columns to either side of the middle of a picture: 45°, as much as the widest lens sees."""
_EDGE: Final = 0.5
"""Share of its worth that a sight loses at the edge of the picture: so the camera centres what it shows."""
_FRONTS: Final = 0.3
"""Share of the worth of a piece's sight that depends on the side from which it is seen. Less showed sofas from behind,
more showed tables from afar, only to have their fronts."""
_LARGE: Final = 2.5
"""Weight of the size at which furniture is seen: at 1.5 the main pieces of 72 rooms were a fifth smaller in the
picture, at 3 a third more pieces were left out."""
_IN_THE_WAY: Final = 1.5
"""Weight of the share of the picture that is in the way."""
_LEFT_IS_LEFT: Final = 0.1
_SPOKEN_LEFT: Final = 0.3
"""Weights of looking along +Y, which shows left at the left; the latter where a person spoke of sides. In all rooms it
would bring backs and far views."""


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


class _Forms(NamedTuple):
    """The parts of a panorama's rays that pictures of some lenses and shifts show.

    Attributes:
        kinds: lens in millimetres and shift in widths of the picture, one for each form.
        areas: (columns, slopes, forms) share of the picture that a ray stands for.
        worths: (columns, slopes, forms) what the sight along a ray is worth: 1 in the middle of the picture, 0 outside.
    """

    kinds: list[tuple[float, float]]
    areas: Floats
    worths: Floats


@lru_cache(maxsize=8)
def _forms(aspect: float) -> _Forms:
    kinds = [(lens, shift) for lens in _LENSES for shift in _SHIFTS]
    areas, worths = zip(*(_rays_in_picture(lens, shift, aspect) for lens, shift in kinds), strict=True)
    return _Forms(kinds, np.stack(areas, -1), np.stack(worths, -1))


def _rays_in_picture(lens: float, shift: float, aspect: float) -> tuple[Floats, Floats]:
    """Area and worth, each (columns, slopes), of the rays to either side of the middle of the picture."""
    half = _SENSOR / 2 / lens
    cosine = np.cos(STEP * np.arange(-_REACH, _REACH + 1))[:, None]
    across = np.sqrt(1 / cosine**2 - 1) / half
    up = (SLOPES / cosine / half - 2 * shift) * aspect
    inside: Floats = ((across < 1) & (np.abs(up) < 1)).astype(np.float64)
    area = inside / cosine**3  # d(x / y) d(z / y) for d(angle) d(slope)
    return area / area.sum(), inside * (1 - _EDGE * (across**2 + up**2 / 2)).clip(0)


def choose_viewpoint(
    polygon: Sequence[Point2], boxes: Sequence[Box], aspect: float, *, sided: bool = False, outside: bool = True
) -> Viewpoint:
    """The candidate view with the best score (`_scores`).

    Args:
        polygon: the floor.
        boxes: the furniture.
        aspect: width over height of the picture.
        sided: whether a person spoke of left and right, which are −X and +X.
        outside: whether the eye may stand behind a wall, which is then left out.
    """
    left = _SPOKEN_LEFT if sided else _LEFT_IS_LEFT
    sides = [Side(start, end) for start, end in edges(counter_clockwise(polygon))]
    square, furniture, forms = _direction_of_walls(polygon), Furniture(boxes), _forms(aspect)
    found: list[tuple[float, Viewpoint]] = []
    for eye in _eyes(polygon, furniture, square, outside=outside):
        panorama = Panorama(eye, square, furniture, sides)
        for column in _directions(_middle(polygon, furniture) - eye[:2], square):
            angle = square + STEP * column
            forward = Vector((math.cos(angle), math.sin(angle), 0.0))
            scores = _scores(panorama, column, furniture, forms)
            view = Viewpoint(Vector(eye), forward, *forms.kinds[scores.argmax()])
            found.append((float(scores.max()) + left * forward.y, view))
    return max(found, key=lambda entry: entry[0])[1]


def _direction_of_walls(polygon: Sequence[Point2]) -> float:
    """Of the longest wall, radians from +X."""
    a, b = max(edges(polygon), key=lambda side: math.dist(*side))
    return math.atan2(b[1] - a[1], b[0] - a[0])


def _middle(polygon: Sequence[Point2], furniture: Furniture) -> Floats:
    """Of the furniture, each piece by its weight; of the floor where there is none."""
    return furniture.weights @ furniture.centres if len(furniture.weights) else np.mean(polygon, 0)


def _eyes(polygon: Sequence[Point2], furniture: Furniture, square: float, *, outside: bool) -> list[Floats]:
    """Places (3,) on a grid over the room, and a little beyond, where a person can stand; all where there is none."""
    axes = np.array([[math.cos(square), math.sin(square)], [-math.sin(square), math.cos(square)]])
    corners = np.array(polygon) @ axes.T
    beyond = _OUTSIDE if outside else ()
    rows = [_row(low, high, beyond) for low, high in zip(corners.min(0), corners.max(0), strict=True)]
    places = np.stack(np.meshgrid(*rows), -1).reshape(-1, 2) @ axes
    if not outside:
        places = [place for place in places if _is_inside(place, polygon)] or [np.mean(polygon, 0)]
    free = [place for place in places if furniture.distance(place) > _STAND]
    return [np.append(place, _EYE_HEIGHT) for place in free or places]


def _is_inside(place: Floats, polygon: Sequence[Point2]) -> bool:
    """Whether a point is within a polygon: a line from it along +X crosses the outline an odd number of times."""
    x, y = place
    crossed = [
        (ax + (y - ay) / (by - ay) * (bx - ax)) > x for (ax, ay), (bx, by) in edges(polygon) if (ay > y) != (by > y)
    ]
    return sum(crossed) % 2 == 1


def _row(low: float, high: float, beyond: Sequence[float]) -> Floats:
    """Places along one axis of a room that reaches from low to high, and so far beyond it, metres."""
    first, last = low + _INSIDE, high - _INSIDE
    inner = np.linspace(first, last, min(_MOST, max(2, round((last - first) / _APART) + 1)))
    return np.concatenate([low - np.array(beyond), inner, high + np.array(beyond)])


def _directions(aim: Floats, square: float) -> Iterator[int]:
    """Columns of a panorama, along a wall or askew by multiples of `_TURN`, that lead past the aim by little."""
    way = math.atan2(aim[1], aim[0])
    for column in range(0, COLUMNS, _TURN):
        if abs(math.remainder(square + STEP * column - way, math.tau)) < _AIM:
            yield column


def _scores(panorama: Panorama, column: int, furniture: Furniture, forms: _Forms) -> Floats:
    """What pictures in one direction are worth.

    Each piece counts by its weight: what share of it is seen, more from the front, and at what size (the root of its
    share of the picture). Less what share of the picture is in the way.
    """
    part = panorama.part(column, _REACH)
    seen = np.tensordot(part.shown, forms.worths, ((0, 2), (0, 1))) / np.maximum(panorama.rays, 1)[:, None]
    sizes = np.sqrt(np.tensordot(part.good, forms.areas * forms.worths, ((0, 2), (0, 1))))
    fronts = 1 - _FRONTS + _FRONTS * panorama.facing[:, None]
    sights = furniture.weights @ (seen * fronts + _LARGE * sizes)
    return sights - _IN_THE_WAY * np.tensordot(part.in_the_way, forms.areas, ((0, 1), (0, 1)))
