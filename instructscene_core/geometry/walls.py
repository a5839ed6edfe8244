"""The walls of a floor plan: what lies inside, and how to bring back what does not. Product frame, metres."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..scene import FloorPlan, Point2
from .angles import atan2
from .frames import FloatArray

BoolArray = npt.NDArray[np.bool_]

_SAMPLES = np.array(
    [
        [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1],
        [0.5, 0.5, 0, 0], [0, 0.5, 0.5, 0], [0, 0, 0.5, 0.5], [0.5, 0, 0, 0.5], [0.25, 0.25, 0.25, 0.25],
    ]
)  # fmt: skip
"""(9, 4) weights of a box's corners that give its corners, middles of its sides and centre: what must lie inside."""
_ROUNDING = 1e-9
_TICKS = 41
"""Of a grid over a room, along each axis."""
_FACING = 0.98  # cosine: a back within some 11° of a wall is parallel to it


class Walls:
    """The S walls of a room: the sides of a simple polygon and of holes in it, with the room to the left of each.

    Args:
        polygon: corners (x, y), clockwise or anticlockwise.
        holes: outlines within it where there is no floor, likewise.

    Attributes:
        starts: (S, 2) first ends.
        lengths: (S,) metres, none of them 0.
        along: (S, 2) unit vectors towards the second ends.
        inward: (S, 2) unit normals that point into the room.
        before: (S,) the wall that ends where each begins.
        outer: how many of them are the polygon's; they come first.
    """

    def __init__(self, polygon: Sequence[Point2], holes: Sequence[Sequence[Point2]] = ()) -> None:
        rings = [_ring(polygon, 1.0), *(_ring(hole, -1.0) for hole in holes)]
        counts = [len(starts) for starts, _ in rings]
        self.starts: FloatArray = np.concatenate([starts for starts, _ in rings])
        ways = np.concatenate([ways for _, ways in rings])
        self.lengths: FloatArray = np.linalg.norm(ways, axis=1)
        self.along: FloatArray = ways / self.lengths[:, None]
        self.inward: FloatArray = np.stack([-self.along[:, 1], self.along[:, 0]], axis=1)
        ends = np.cumsum(counts)
        self.before = np.concatenate([np.roll(np.arange(end - n, end), 1) for n, end in zip(counts, ends, strict=True)])
        self.outer = counts[0]

    @staticmethod
    def of(floor: FloorPlan) -> "Walls | None":
        """Those of a floor plan; None where it has no outline."""
        rings = floor.rings()
        return Walls(rings[0], rings[1:]) if rings else None

    @property
    def direction(self) -> float:
        """Angle of the longest wall of the outline, radians."""
        x, y = self.along[int(np.argmax(self.lengths[: self.outer]))]
        return float(atan2(y, x))

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

    def points_inside(self, step: float) -> FloatArray:
        """(P, 2) the points of a grid that lie inside, so far apart."""
        low, high = self.starts.min(axis=0), self.starts.max(axis=0)
        ticks = [np.arange(a + step / 2, b, step) for a, b in zip(low, high, strict=True)]
        points = np.stack(np.meshgrid(*ticks), axis=-1).reshape(-1, 2)
        return points[self.contains(points)]

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
        return inside & (self.reach_into(corners.mean(axis=1), axes, half).max(axis=-1) <= slack + _ROUNDING)

    def reach_into(self, centres: FloatArray, axes: FloatArray, half: FloatArray) -> FloatArray:
        """How far each wall reaches into boxes, by the separating axis theorem; negative where it does not.

        Args:
            centres: (…, 2) of the boxes.
            axes: (…, 2, 2) rows: their own axes.
            half: (…, 2) half extents along these.

        Returns:
            (…, S) metres.
        """
        middle = self.starts + self.along * self.lengths[:, None] / 2
        delta = middle - centres[..., None, :]  # (…, S, 2)
        along, inward = axes @ self.along.T, axes @ self.inward.T  # (…, 2, S)
        reach = np.abs(along) * self.lengths / 2 + half[..., None]
        local = np.abs(np.einsum("...ab,...sb->...as", axes, delta))
        cut = (reach - local).min(axis=-2)  # along the box's own axes
        for direction, turned, length in ((self.along, along, self.lengths / 2), (self.inward, inward, 0.0)):
            extent = np.einsum("...a,...as->...s", half, np.abs(turned)) + length
            cut = np.minimum(cut, extent - np.abs((delta * direction).sum(axis=-1)))
        return cut

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


def _ring(corners: Sequence[Point2], sign: float) -> tuple[FloatArray, FloatArray]:
    """The corners of an outline whose area is to have a sign, and the ways to the next ones, none of them 0."""
    starts = np.array(corners, dtype=np.float64)
    following = np.roll(starts, -1, axis=0)
    area = float((starts[:, 0] * following[:, 1] - following[:, 0] * starts[:, 1]).sum())
    if area * sign < 0:
        starts = starts[::-1]
        following = np.roll(starts, -1, axis=0)
    real = np.linalg.norm(following - starts, axis=1) > 0
    return starts[real], (following - starts)[real]


def _frame(corners: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Axes (2, 2) as rows and half extents (2,) of a box given by its corners (4, 2)."""
    sides = np.stack([corners[1] - corners[0], corners[3] - corners[0]])
    length = np.linalg.norm(sides, axis=1)
    return sides / length[:, None], length / 2
