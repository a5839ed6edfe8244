"""What an eye in a room sees all around it: which piece stands where, and what hides it.

A picture to any side is a part of the panorama, so that many pictures can be compared from the same place.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from mathutils import Vector

from .boxes import Box
from .sides import Side, standing_walls

COLUMNS: Final = 96
"""Directions around the eye."""
STEP: Final = math.tau / COLUMNS
"""Radians between them."""
SLOPES: Final = np.arange(-1.35, 1.0, 0.1)
"""Metres up for a metre ahead of the rays of a column."""
_DEEP: Final = 0.5
_TALL: Final = 1.6
"""Metres: pieces deeper than ``_DEEP`` and lower than ``_TALL`` are tall at their backs only, so their lower half hides
what is behind them; what hangs higher than ``_TALL`` hides nothing."""
_FLAT: Final = 0.05
"""Metres: what is lower, such as a rug, can be stood on and hides nothing."""
_NEAR: Final = (1.0, 2.5)
"""Metres from the eye within which something is wholly in the way, and beyond which it is not, in large rooms."""
_NEAR_IN_SMALL: Final = (0.1, 0.25)
"""The same in small rooms, in diagonals of the floor: there all is near, and pictures that avoid it show a wall."""
_LOW: Final = 0.5
"""Metres: what is taller is not more important for it, or a wardrobe would be worth as much as a bed."""
_MAIN_SHARE: Final = 0.4
"""Of all weight that the main pieces have together, at least."""
_ASKED_SHARE: Final = 0.7
"""The same of main and asked pieces, where any was asked for."""
_POWER: Final = 0.5
"""Exponent of the volume in a weight: at 1 twice as many small pieces were left out of the pictures."""
_TINY: Final = 1e-9

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Furniture:
    """Boxes as arrays.

    Args:
        boxes: n of them.

    Attributes:
        centres: (n, 2) metres.
        fronts: (n, 2) unit vectors.
        halves: (n, 2) half of width and depth, metres.
        low, high: (n,) heights of bottom and top, metres.
        solid: (n,) height up to which a piece that stands hides what is behind it, metres.
        stands: (n,) whether it is in the way of people and views.
        weights: (n,) how much the sight of a piece is worth: the root of its volume up to ``_LOW``, but the main pieces
            together have ``_MAIN_SHARE`` at least, with those that were asked for ``_ASKED_SHARE``; they add up to 1.
    """

    def __init__(self, boxes: Sequence[Box]) -> None:
        poses = np.array([(*box.position, *box.size, box.yaw) for box in boxes]).reshape(-1, 7)
        self.centres, sizes, yaws = poses[:, :2], poses[:, 3:6], poses[:, 6]
        self.fronts = np.stack([np.sin(yaws), -np.cos(yaws)], 1)
        self.halves = sizes[:, :2] / 2
        self.low, self.high = poses[:, 2] - sizes[:, 2] / 2, poses[:, 2] + sizes[:, 2] / 2
        seat = (sizes[:, 1] >= _DEEP) & (sizes[:, 2] <= _TALL)
        self.solid = np.where(seat, poses[:, 2], self.high)
        self.stands = (sizes[:, 2] >= _FLAT) & (self.low < _TALL)
        volumes = sizes[:, 0] * sizes[:, 1] * np.minimum(sizes[:, 2], _LOW)
        main, asked = (np.array([getattr(box, name) for box in boxes], dtype=bool) for name in ("main", "asked"))
        self.weights = _weights(volumes, main | asked, _ASKED_SHARE if asked.any() else _MAIN_SHARE)

    def local(self, vectors: Floats) -> Floats:
        """Level vectors (…, n, 2) of the room in each piece's own axes, its front at −Y."""
        x, y = vectors[..., 0], vectors[..., 1]
        sine, cosine = self.fronts[:, 0], -self.fronts[:, 1]
        return np.stack([cosine * x + sine * y, cosine * y - sine * x], -1)

    def distance(self, place: Floats) -> float:
        """Metres from a place (2,) to the nearest piece that stands on the ground."""
        beyond = np.abs(self.local(place - self.centres)) - self.halves
        gaps = np.linalg.norm(np.maximum(beyond, 0.0), axis=1)
        return float(gaps[self.stands].min(initial=math.inf))


def _weights(volumes: Floats, main: Bools, least: float) -> Floats:
    worths = volumes**_POWER
    weights = worths / max(worths.sum(), _TINY)
    share = weights[main].sum()
    if 0 < share < least:
        weights = np.where(main, weights * least / share, weights * (1 - least) / (1 - share))
    return weights


class Part(NamedTuple):
    """What some neighbouring columns of a panorama show a camera that looks in one direction.

    Attributes:
        shown: (columns, n, slopes) 1 where a ray meets a piece and nothing is before it, else 0.
        good: the same without what is ``in_the_way``.
        in_the_way: (columns, slopes) from 0 to 1: what is very near, and backs of pieces.
    """

    shown: Floats
    good: Floats
    in_the_way: Floats


class Panorama:
    """All that is seen from one place.

    Args:
        eye: (3,) metres.
        start: radians from +X of the first column; the others follow counter-clockwise.
        furniture: of the room, n pieces.
        sides: of the floor, counter-clockwise.

    Attributes:
        rays: (n,) that meet a piece if nothing is before it.
        facing: (n,) cosine between a piece's front and the way from it to the eye.
    """

    def __init__(self, eye: Floats, start: float, furniture: Furniture, sides: Sequence[Side]) -> None:
        self._eye, self._start, self._sides = eye, start, sides
        corners = np.array([side.start for side in sides])
        diagonal = float(np.linalg.norm(corners.max(0) - corners.min(0)))
        self._near = [min(most, share * diagonal) for most, share in zip(_NEAR, _NEAR_IN_SMALL, strict=True)]
        angles = start + STEP * np.arange(COLUMNS)
        ways = np.stack([np.cos(angles), np.sin(angles)], 1)
        self._enter, leave, backs = _footprints(furniture, eye[:2], ways)
        met = _between(furniture.low - eye[2], furniture.high - eye[2], self._enter, leave)
        solid = _between(furniture.low - eye[2], furniture.solid - eye[2], self._enter, leave)
        solid[:, ~furniture.stands] = False
        first = np.where(solid, self._enter[..., None], np.inf).min(1, initial=math.inf)
        self._shown = met & (self._enter[..., None] <= first[:, None])
        upright = ((furniture.high - eye[2]) / self._enter)[..., None] >= SLOPES
        self._bad = np.maximum(self._nearness(self._enter)[..., None], backs[..., None] & upright)
        self._bad[:, ~furniture.stands] = 0.0
        self._walls = np.array([_wall_crossings(side, eye[:2], ways) for side in sides])
        to_eye = eye[:2] - furniture.centres
        self.rays = met.sum((0, 2))
        self.facing = (furniture.fronts * to_eye).sum(1) / np.maximum(np.linalg.norm(to_eye, axis=1), 1e-9)

    def part(self, middle: int, reach: int) -> Part:
        """What the ``reach`` columns to either side of column ``middle`` show to a camera that looks that way.

        Windows count as wall: furniture behind one is in another part of the room, and framed by it is not well seen.
        """
        columns = np.arange(middle - reach, middle + reach + 1) % COLUMNS
        angle = self._start + STEP * middle
        forward = Vector((math.cos(angle), math.sin(angle), 0.0))
        wall = np.full(len(columns), math.inf)
        standing = standing_walls(self._sides, Vector(self._eye), forward)
        for side, overhang, (distances, places) in zip(self._sides, standing, self._walls[..., columns], strict=True):
            if overhang is not None:
                met = (-overhang.before < places) & (places < side.length + overhang.after)
                wall = np.minimum(wall, np.where(met, distances, math.inf))
        shown = self._shown[columns] & (self._enter[columns] < wall[:, None])[..., None]
        bad = self._bad[columns] * shown
        return Part(
            shown.astype(float), shown - bad, np.maximum(bad.max(1, initial=0.0), self._nearness(wall)[:, None])
        )

    def _nearness(self, distances: Floats) -> Floats:
        """1 where something is wholly in the way, 0 where it is far enough."""
        near, far = self._near
        return np.clip((far - distances) / (far - near), 0.0, 1.0)


def _footprints(furniture: Furniture, eye: Floats, ways: Floats) -> tuple[Floats, Floats, Bools]:
    """Where level rays (columns, 2) enter and leave each piece's ground rectangle, and whether through its back.

    Returns:
        Three (columns, n): metres, infinite where the rectangle is missed or the eye is in it.
    """
    start, way = furniture.local(eye - furniture.centres), furniture.local(ways[:, None])
    way = np.where(np.abs(way) < _TINY, _TINY, way)
    a, b = (-furniture.halves - start) / way, (furniture.halves - start) / way
    slabs = np.minimum(a, b)
    enter, leave = slabs.max(-1), np.maximum(a, b).min(-1)
    met = (enter > 0) & (enter < leave)
    backs = met & (slabs[..., 1] == enter) & (way[..., 1] < 0)
    return np.where(met, enter, math.inf), np.where(met, leave, math.inf), backs


def _between(low: Floats, high: Floats, enter: Floats, leave: Floats) -> Bools:
    """Which rays (columns, n, slopes) meet pieces between two heights (n,) over the eye."""
    bottom, top = np.minimum(low / enter, low / leave), np.maximum(high / enter, high / leave)
    inside = (bottom[..., None] <= SLOPES) & (top[..., None] >= SLOPES)
    return inside & np.isfinite(enter)[..., None]


def _wall_crossings(side: Side, eye: Floats, ways: Floats) -> Floats:
    """Where level rays (columns, 2) cross a side's line from inside: (2, columns), how far off, how far along it."""
    along, inward = np.asarray(side.along), np.asarray(side.inward)
    start = eye - np.array(side.start)
    toward = -ways @ inward
    distances = np.where(toward > _TINY, start @ inward / np.maximum(toward, _TINY), math.inf)
    return np.stack([distances, start @ along + np.where(toward > _TINY, distances, 0.0) * (ways @ along)])
