"""The walls of a floor plan: what lies inside, and how to bring back what does not. Product frame, metres."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..scene import Point2
from .frames import FloatArray

BoolArray = npt.NDArray[np.bool_]

_SAMPLES = np.array(
    [
        [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1],
        [0.5, 0.5, 0, 0], [0, 0.5, 0.5, 0], [0, 0, 0.5, 0.5], [0.5, 0, 0, 0.5], [0.25, 0.25, 0.25, 0.25],
    ]
)  # fmt: skip
"""(9, 4) weights of a box's corners that give its corners, middles of its sides and centre: what must lie inside."""
_TICKS = 41
"""Of a grid over a room, along each axis."""
_FACING = 0.98  # cosine: a back within some 11° of a wall is parallel to it


class Walls:
    """The S walls of a room: the sides of a simple polygon, anticlockwise seen from above.

    Args:
        polygon: corners (x, y), clockwise or anticlockwise.

    Attributes:
        starts: (S, 2) first ends.
        lengths: (S,) metres, none of them 0.
        along: (S, 2) unit vectors towards the second ends.
        inward: (S, 2) unit normals that point into the room.
    """

    def __init__(self, polygon: Sequence[Point2]) -> None:
        corners = np.array(polygon, dtype=np.float64)
        following = np.roll(corners, -1, axis=0)
        area = float((corners[:, 0] * following[:, 1] - following[:, 0] * corners[:, 1]).sum())
        if area < 0:
            corners = corners[::-1]
            following = np.roll(corners, -1, axis=0)
        length = np.linalg.norm(following - corners, axis=1)
        real = length > 0
        self.starts: FloatArray = corners[real]
        self.lengths: FloatArray = length[real]
        self.along: FloatArray = (following - corners)[real] / self.lengths[:, None]
        self.inward: FloatArray = np.stack([-self.along[:, 1], self.along[:, 0]], axis=1)

    @property
    def direction(self) -> float:
        """Angle of the longest wall, radians."""
        x, y = self.along[int(np.argmax(self.lengths))]
        return float(np.arctan2(y, x))

    def middle(self) -> FloatArray:
        """(2,) where a lamp of the room would hang: in the middle of its bounding box, unless a wall is near to that.

        Near is a third of the shorter side; then it is the point that is farthest from all walls.
        """
        low, high = self.starts.min(axis=0), self.starts.max(axis=0)
        middle = (low + high) / 2
        if float(self.depth(middle[None])[0]) >= (high - low).min() / 3:
            return middle
        ticks = np.linspace(low, high, _TICKS)
        points = np.stack(np.meshgrid(*ticks.T), axis=-1).reshape(-1, 2)
        return points[int(self.depth(points).argmax())]

    def contains(self, points: FloatArray) -> BoolArray:
        """Whether points (M, 2) lie inside, by the parity of the walls to their right."""
        ends = self.starts + self.along * self.lengths[:, None]
        (ax, ay), (bx, by) = self.starts.T, ends.T
        x, y = points[:, :1], points[:, 1:]
        crosses = (ay > y) != (by > y)
        slope = np.where(by == ay, 1.0, by - ay)
        right = x < ax + (y - ay) * (bx - ax) / slope
        return (crosses & right).sum(axis=1) % 2 == 1

    def nearest(self, points: FloatArray) -> FloatArray:
        """The point of the walls that is nearest to each of (M, 2) points: (M, 2)."""
        delta = points[:, None] - self.starts
        t = np.clip((delta * self.along).sum(axis=-1), 0, self.lengths)
        feet = self.starts + t[..., None] * self.along
        best = np.linalg.norm(points[:, None] - feet, axis=-1).argmin(axis=1)
        return feet[np.arange(len(points)), best]

    def depth(self, points: FloatArray) -> FloatArray:
        """Distance to the walls of (M, 2) points, negative outside: (M,)."""
        distance = np.linalg.norm(points - self.nearest(points), axis=1)
        return np.where(self.contains(points), distance, -distance)

    def push(self, corners: FloatArray) -> FloatArray:
        """The translation that undoes the worst breach of the walls by a box; zero where there is none.

        Args:
            corners: (4, 2) of the box, one after the other.
        """
        points = _SAMPLES @ corners
        depth = self.depth(points)
        worst = int(depth.argmin())
        if depth[worst] < 0:
            return self.nearest(points[worst : worst + 1])[0] - points[worst]
        return self._push_off_corner(corners)

    def _push_off_corner(self, corners: FloatArray) -> FloatArray:
        """The shortest translation by which a box leaves the corner of the walls that reaches deepest into it.

        Such a corner juts out into the room, and may be in a box none of whose sample points is outside.
        """
        axes, half = _frame(corners)
        local = (self.starts - corners.mean(axis=0)) @ axes.T
        gap = half - np.abs(local)  # (S, 2), positive inside
        deepest = int(gap.min(axis=1).argmax())
        if gap[deepest].min() <= 0:
            return np.zeros(2)
        axis = int(gap[deepest].argmin())
        return axes[axis] * gap[deepest, axis] * (1.0 if local[deepest, axis] < 0 else -1.0)

    def holds(self, corners: FloatArray, slack: float) -> BoolArray:
        """Whether boxes (M, 4, 2) that differ by a translation stand inside, up to ``slack`` metres: (M,)."""
        count = len(corners)
        if count == 0:
            return np.zeros(0, dtype=np.bool_)
        points = _SAMPLES @ corners  # (M, 9, 2)
        inside = (self.depth(points.reshape(-1, 2)) >= -slack).reshape(count, -1).all(axis=1)
        axes, half = _frame(corners[0])
        local = (self.starts - corners.mean(axis=1)[:, None]) @ axes.T  # (M, S, 2)
        pierced = (half - np.abs(local) > slack).all(axis=-1).any(axis=-1)
        return inside & ~pierced

    def gap_behind(self, back: FloatArray, forward: FloatArray) -> float | None:
        """Metres from the middle of an object's back to the wall that it turns its back to.

        Args:
            back: (2,) middle of the back.
            forward: (2,) unit vector of the way that the object faces.

        Returns:
            The distance to the nearest parallel wall behind that point, negative inside the wall; None where
            there is none.
        """
        delta = back - self.starts
        beside = (delta * self.along).sum(axis=1)
        gap = (delta * self.inward).sum(axis=1)
        parallel = (self.inward @ forward > _FACING) & (beside > 0) & (beside < self.lengths)
        if not parallel.any():
            return None
        gaps = gap[parallel]
        return float(gaps[int(np.abs(gaps).argmin())])


def _frame(corners: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Axes (2, 2) as rows and half extents (2,) of a box given by its corners (4, 2)."""
    sides = np.stack([corners[1] - corners[0], corners[3] - corners[0]])
    length = np.linalg.norm(sides, axis=1)
    return sides / length[:, None], length / 2
