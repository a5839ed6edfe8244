"""Doors and windows in the walls of a floor, where nothing stands before them. Product frame, metres."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final, Literal, NamedTuple, Protocol

from ..scene import FloorPlan, Opening, Point2, SceneObject
from .clearances import WINDOW, door_depth
from .drawn_floor import Rectangle, around

OpeningKind = Literal["door", "window"]
_WALK_HEIGHT: Final = 1.5
"""What hangs above it blocks no door."""
_FLAT: Final = 0.1
"""What is no higher, such as a rug, blocks no door."""
_FROM_CORNER: Final = 0.08
"""Metres between an opening and the ends of its wall, at least."""
_APART: Final = 0.1
"""Metres between two openings of a wall, at least."""
_DOOR: Final = 0.9
"""Width of most doors, and of the narrowest windows, metres."""
_WIDE_DOORS: Final = (1.4, 1.6, 1.8)
"""Widths of the first door of 58 % of the floors above 22 m²."""
_WINDOWS: Final = (0.9, 1.2, 1.5, 1.8)
"""Widths of windows, equally frequent."""
_WINDOW_EDGES: Final = ((0.9, 2.2), (0.6, 2.2), (0.1, 2.3))
"""Bottoms and tops of windows."""
_WINDOW_SHARES: Final = (0.72, 0.19, 0.09)
_STEP: Final = 0.1
"""Metres between the places that are tried where chance finds none."""
_ATTEMPTS: Final = 12
"""Draws of an opening's place before it is looked for everywhere."""
_TOUCH: Final = 0.001
"""Metres that count as nothing."""


class Obstacle(Protocol):
    """What may stand before an opening: the rectangle around its outline, its bottom and its top."""

    @property
    def rectangle(self) -> Rectangle:
        """On the ground plan."""
        ...

    @property
    def bottom(self) -> float:
        """Height of its lower end."""
        ...

    @property
    def top(self) -> float:
        """Height of its upper end."""
        ...


class _Standing(NamedTuple):
    """Furniture as an obstacle."""

    rectangle: Rectangle
    bottom: float
    top: float

    @staticmethod
    def of(item: SceneObject) -> "_Standing":
        """Of an object."""
        z, half = item.position[2], (item.placed_size or item.size)[2] / 2
        return _Standing(around([item]), z - half, z + half)


def with_free_windows(floor: FloorPlan, objects: Sequence[SceneObject], random: Random) -> FloorPlan:
    """An imagined floor, whose windows are where nothing stands before them, once furniture has come to rest.

    Args:
        floor: with an outline and openings on it.
        objects: settled.
        random: the source of chance.

    Returns:
        The same where nothing stands before a window; one that finds no other place is left out, but for the last.
    """
    standing = [_Standing.of(item) for item in objects if item.category != "rug"]
    assert floor.polygon is not None  # noqa: S101 - imagined floors have an outline
    return replace(floor, openings=Openings(floor.polygon, standing, random).freed(floor.openings))


def meet(a: Rectangle, b: Rectangle, gap: float = 0.0) -> bool:
    """Whether rectangles come nearer to each other than ``gap``, along both axes."""
    return max(a[0], b[0]) - min(a[2], b[2]) < gap and max(a[1], b[1]) - min(a[3], b[3]) < gap


@dataclass(frozen=True)
class _Wall:
    """A wall from one corner to the next, with the room to its left."""

    start: Point2
    end: Point2

    @property
    def length(self) -> float:
        """Metres."""
        return math.dist(self.start, self.end)

    def point(self, along: float, out: float = 0.0) -> Point2:
        """The point so far along the wall from its start, and so far into the room."""
        x, y = (self.end[0] - self.start[0]) / self.length, (self.end[1] - self.start[1]) / self.length
        return self.start[0] + along * x - out * y, self.start[1] + along * y + out * x

    def along(self, point: Point2) -> tuple[float, float]:
        """How far along the wall a point is, and how far in the room."""
        x, y = (self.end[0] - self.start[0]) / self.length, (self.end[1] - self.start[1]) / self.length
        dx, dy = point[0] - self.start[0], point[1] - self.start[1]
        return dx * x + dy * y, dy * x - dx * y


class _Place(NamedTuple):
    """A door or window in a wall: from where to where along it, its bottom and its top."""

    kind: OpeningKind
    wall: _Wall
    low: float
    high: float
    bottom: float
    top: float

    @property
    def opening(self) -> Opening:
        """The same in a floor plan, against the direction of its wall as in the made rooms."""
        return Opening(self.kind, (self.wall.point(self.high), self.wall.point(self.low)), self.bottom, self.top)

    def free(self, others: Sequence["_Place"], obstacles: Sequence[Obstacle]) -> bool:
        """Whether it is away from other openings of its wall, and nothing stands before it."""
        if any(o.wall is self.wall and max(o.low, self.low) - min(o.high, self.high) < _APART for o in others):
            return False
        door = self.kind == "door"
        ends = (
            self.wall.point(self.low),
            self.wall.point(self.high, door_depth(self.high - self.low) if door else WINDOW),
        )
        xs, ys = sorted(p[0] for p in ends), sorted(p[1] for p in ends)
        ground = xs[0], ys[0], xs[1], ys[1]
        low, high = (_FLAT, _WALK_HEIGHT) if door else (self.bottom + 0.05, self.top)
        return not any(o.top > low and o.bottom < high and meet(ground, o.rectangle, -_TOUCH) for o in obstacles)


class Openings:
    """Doors and windows of a room, one after the other.

    Args:
        corners: of the floor, anticlockwise.
        kept: objects that must not block them.
        random: the source of chance.
    """

    def __init__(self, corners: Sequence[Point2], kept: Sequence[Obstacle], random: Random) -> None:
        self._walls = [_Wall(a, b) for a, b in zip(corners, (*corners[1:], corners[0]), strict=True)]
        self._kept, self._random = kept, random
        self._places: list[_Place] = []

    def draw(self, doors: tuple[float, float], windows: tuple[float, float]) -> tuple[Opening, ...]:
        """Doors, then windows: as many and as wide as in the made rooms, but one of each where there is a place.

        Args:
            doors: chances of a second and a third door above 15 m².
            windows: square metres for one of a second and a third window.
        """
        area = abs(sum(w.start[0] * w.end[1] - w.end[0] * w.start[1] for w in self._walls)) / 2
        chance = self._random.random
        self._add("door", self._random.choice(_WIDE_DOORS) if area > 22 and chance() < 0.58 else _DOOR, must=True)
        for more in doors if area > 15 else ():
            if chance() < more:
                self._add("door", _DOOR)
        self._add("window", self._random.choice(_WINDOWS), must=True)
        for more in windows:
            if chance() < area / more:
                self._add("window", self._random.choice(_WINDOWS))
        return tuple(place.opening for place in self._places)

    def freed(self, openings: Sequence[Opening]) -> tuple[Opening, ...]:
        """Openings of the floor, windows that something stands before elsewhere."""
        there = [(opening, self._known(opening)) for opening in openings]
        blocked = [(o, p) for o, p in there if p is not None and o.kind == "window" and not p.free((), self._kept)]
        kept = [opening for opening, place in there if (opening, place) not in blocked]
        self._places = [place for opening, place in there if place is not None and opening in kept]
        for opening, place in blocked:
            found = self._anywhere("window", place.high - place.low) or self._anywhere("window", _DOOR)
            if found is not None:
                self._places.append(found)
                kept.append(found.opening)
            elif all(other.kind != "window" for other in kept):
                kept.append(opening)
        return tuple(kept) if blocked else tuple(openings)

    def _known(self, opening: Opening) -> _Place | None:
        """Where an opening is; None where it is on no wall."""
        for wall in self._walls:
            along = [wall.along(point) for point in opening.segment]
            if all(abs(out) < _TOUCH and -_TOUCH < at < wall.length + _TOUCH for at, out in along):
                low, high = sorted(at for at, _ in along)
                return _Place(opening.kind, wall, low, high, opening.bottom, opening.top)
        return None

    def _add(self, kind: OpeningKind, width: float, *, must: bool = False) -> None:
        """Adds an opening where chance finds a place; one that must be is also looked for everywhere."""
        place = self._by_chance(kind, width)
        if place is None and must:
            place = self._anywhere(kind, width) or self._anywhere(kind, _DOOR)
        if place is not None:
            self._places.append(place)

    def _by_chance(self, kind: OpeningKind, width: float) -> _Place | None:
        """A door is often at the end of its wall, a window near the middle."""
        random = self._random
        for _ in range(_ATTEMPTS):
            wall = random.choices(self._walls, [w.length for w in self._walls])[0]
            reach = wall.length / 2 - width / 2 - _FROM_CORNER
            if kind == "door":
                along = random.choice((-1, 1)) * reach * random.choice((1.0, random.random()))
            else:
                along = reach * random.uniform(-1, 1) * random.choice((0.15, 0.15, 1.0))
            place = self._place(kind, wall, wall.length / 2 + along, width)
            if reach >= 0 and place.free(self._places, self._kept):
                return place
        return None

    def _anywhere(self, kind: OpeningKind, width: float) -> _Place | None:
        """One of all free places, 10 cm apart; None where there is none."""
        first = width / 2 + _FROM_CORNER
        free = [
            place
            for wall in self._walls
            for k in range(math.floor((wall.length - 2 * first) / _STEP) + 1)
            if (place := self._place(kind, wall, first + _STEP * k, width)).free(self._places, self._kept)
        ]
        return self._random.choice(free) if free else None

    def _place(self, kind: OpeningKind, wall: _Wall, middle: float, width: float) -> _Place:
        bottom, top = 0.0, 2.1
        if kind == "window":
            bottom, top = self._random.choices(_WINDOW_EDGES, _WINDOW_SHARES)[0]
        return _Place(kind, wall, middle - width / 2, middle + width / 2, bottom, top)
