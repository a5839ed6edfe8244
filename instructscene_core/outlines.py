"""Outlines on the ground plan: rings of corners (x, y) in metres, and where their sides meet."""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

Point2 = tuple[float, float]
Ring = tuple[Point2, ...]

TOUCH: Final = 0.001
"""Metres within which two corners are one, a corner lies on a side, and sides meet."""


class Side(NamedTuple):
    """A side of an outline."""

    start: Point2
    end: Point2

    @property
    def length(self) -> float:
        """Metres."""
        return math.dist(self.start, self.end)

    def foot(self, point: Point2) -> tuple[float, float]:
        """How far along its line from its start a point is, and how far beside it; left of it is above 0."""
        (ax, ay), (bx, by), (x, y) = self.start, self.end, point
        dx, dy, length = bx - ax, by - ay, self.length
        return ((x - ax) * dx + (y - ay) * dy) / length, ((y - ay) * dx - (x - ax) * dy) / length

    def at(self, along: float) -> Point2:
        """The point so far along it from its start."""
        share = along / self.length
        (ax, ay), (bx, by) = self.start, self.end
        return ax + share * (bx - ax), ay + share * (by - ay)

    def distance(self, point: Point2) -> float:
        """Metres from it to a point."""
        along, beside = self.foot(point)
        return math.hypot(max(-along, along - self.length, 0.0), beside)

    def __str__(self) -> str:
        """As an error names it."""
        return f"from {named(self.start)} to {named(self.end)}"


class Meeting(NamedTuple):
    """Where two sides meet that should not."""

    first: Side
    second: Side
    place: Point2

    def __str__(self) -> str:
        """As an error names it."""
        return f"the side {self.first} meets the side {self.second} at {named(self.place)}"


def named(point: Point2) -> str:
    """A point as an error names it, in centimetres' precision."""
    x, y = (f"{round(value, 2) + 0.0:g}" if abs(value) < 1e4 else f"{value:.0f}" for value in point)
    return f"({x}, {y})"


def sides(ring: Sequence[Point2]) -> list[Side]:
    """The sides of an outline, the last one back to its first corner."""
    return [Side(a, b) for a, b in zip(ring, (*ring[1:], ring[0]), strict=True)]


def signed_area(ring: Sequence[Point2]) -> float:
    """Square metres within an outline; negative where it goes clockwise."""
    x0, y0 = ring[0]  # near to the corners, or far from the origin rounding would count
    return sum((a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0) for a, b in sides(ring)) / 2


def cleaned(ring: Sequence[Point2]) -> Ring:
    """An outline without doubled corners, corners on a straight side and spikes; fewer than three where none is left.

    Plans and meshes have such corners, but walls go from one real corner to the next.
    """
    corners = list(ring)
    while len(corners) > 2:
        kept: list[Point2] = []
        for number, corner in enumerate(corners):
            before = kept[-1] if kept else corners[-1]
            after = corners[number + 1] if number + 1 < len(corners) else (kept or corners)[0]
            if not _is_idle(before, corner, after):
                kept.append(corner)
        if len(kept) == len(corners):
            break
        corners = kept
    return tuple(corners)


def _is_idle(before: Point2, corner: Point2, after: Point2) -> bool:
    """Whether a corner is doubled, on the straight line between its neighbours, or the tip of a spike."""
    if math.dist(before, corner) < TOUCH or math.dist(before, after) < TOUCH:
        return True
    return abs(Side(before, after).foot(corner)[1]) < TOUCH


def contains(ring: Sequence[Point2], point: Point2) -> bool:
    """Whether a point lies within an outline, by the parity of the sides to its right."""
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in sides(ring):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            inside = not inside
    return inside


def own_meeting(ring: Sequence[Point2]) -> Meeting | None:
    """Where an outline crosses or touches itself; None where it does not. It must be ``cleaned``."""
    own = sides(ring)
    last = len(own) - 1
    for i, j in _overlapping(own, own):
        if i + 1 < j and not (i == 0 and j == last):
            place = _meeting_place(own[i], own[j])
            if place is not None:
                return Meeting(own[i], own[j], place)
    return None


def meeting(first: Sequence[Point2], second: Sequence[Point2]) -> Meeting | None:
    """Where two outlines meet; None where they do not."""
    own, others = sides(first), sides(second)
    for i, j in _overlapping(own, others):
        place = _meeting_place(own[i], others[j])
        if place is not None:
            return Meeting(own[i], others[j], place)
    return None


def _overlapping(first: Sequence[Side], second: Sequence[Side]) -> list[tuple[int, int]]:
    """Pairs of sides whose spans from left to right overlap: others need not be looked at."""
    spans = [[(min(a[0], b[0]), max(a[0], b[0])) for a, b in rows] for rows in (first, second)]
    order = sorted(range(len(second)), key=lambda j: spans[1][j][0])
    found: list[tuple[int, int]] = []
    for i, (low, high) in enumerate(spans[0]):
        for j in order:
            if spans[1][j][0] > high + TOUCH:
                break
            if spans[1][j][1] >= low - TOUCH:
                found.append((i, j))
    return sorted(found)


def _meeting_place(first: Side, second: Side) -> Point2 | None:
    """A point that two sides share, within ``TOUCH``."""
    for side, other in ((first, second), (second, first)):
        for point in other:
            if side.distance(point) < TOUCH:
                return point
    starts, ends = (second.foot(p)[1] for p in first)
    others = [first.foot(p)[1] for p in second]
    if starts * ends >= 0 or others[0] * others[1] >= 0:
        return None
    return first.at(first.length * starts / (starts - ends))
