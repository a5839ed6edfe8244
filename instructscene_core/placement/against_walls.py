"""Furniture that belongs to walls, and what goes with it there. Product frame, metres."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from ..geometry.frames import FloatArray
from ..geometry.solids import Body
from ..geometry.walls import Walls
from ..scene import SceneObject
from ..vocabulary import BEDS, hangs

AT_WALLS: Final = frozenset({
    "bookshelf", "cabinet", "children_cabinet", "console_table", "double_bed", "dressing_table", "kids_bed",
    "l_shaped_sofa", "multi_seat_sofa", "nightstand", "single_bed", "sofa", "tv_stand", "wardrobe", "wine_cabinet",
})  # fmt: skip
"""Classes whose backs stand within half a metre of a wall in nine of ten cases in 3D-FRONT: double beds in 100 %,
dressing tables in 99, children's cabinets and wardrobes in 98, TV stands in 97, wine cabinets in 96, cabinets and
nightstands in 95, sofas and single beds in 94, consoles in 93, bookshelves in 91, L-shaped sofas in 90, children's beds
in 89. Desks (70) and loveseats (77) are not among them."""
_HOSTS: Final = frozenset(BEDS) | {"dressing_table", "l_shaped_sofa", "multi_seat_sofa", "sofa"}
"""What takes its company along."""
_COMPANY: Final = frozenset({
    "armchair", "chaise_longue_sofa", "coffee_table", "corner_side_table", "dressing_chair", "lazy_sofa",
    "lounge_chair", "loveseat_sofa", "nightstand", "round_end_table", "stool",
})  # fmt: skip
_TOGETHER: Final = 0.5
"""Metres between what belongs together."""

Shifts = dict[int, FloatArray]
"""(2,) by the number of an object."""


class WallMoves:
    """How the furniture of a room could be brought to its walls, from where its bodies now are.

    Args:
        items: all objects of the room.
        bodies: theirs.
        movable: whether they may move.
        walls: of the room.
        reach: metres from wall to back up to which an object stands at its wall, and up to which it is brought there.
        gap: metres between wall and back afterwards.
    """

    def __init__(
        self,
        items: Sequence[SceneObject],
        bodies: Sequence[Body],
        movable: Sequence[bool],
        walls: Walls,
        reach: tuple[float, float],
        gap: float,
    ) -> None:
        self._items, self._bodies, self._movable, self._walls = items, bodies, movable, walls
        self._near, self._far = reach
        self._gap = gap

    def shifts(self) -> Iterator[Shifts]:
        """For each piece away from its wall, the largest first: what would move, and how.

        Bodies may be moved between one and the next.
        """
        for leader in sorted(range(len(self._items)), key=lambda i: -self._items[i].size[0] * self._items[i].size[1]):
            category, distance = self._items[leader].category, self._distance(leader)
            if not self._movable[leader] or distance is None or not self._near <= distance <= self._far:
                continue
            shift = self._shift(leader, distance)
            if category in _HOSTS:
                yield self._with_company(leader, shift)
            elif category in AT_WALLS and not (category == "nightstand" and self._beside_bed(leader)):
                yield {leader: shift}

    def _distance(self, index: int) -> float | None:
        """Metres from an object's back to the wall behind it."""
        body = self._bodies[index]
        forward = -body.axes[1]
        return self._walls.gap_behind(body.position - forward * self._items[index].size[1] / 2, forward)

    def _shift(self, index: int, distance: float) -> FloatArray:
        return self._bodies[index].axes[1] * (distance - self._gap)

    def _beside_bed(self, index: int) -> bool:
        """Whether an object stands at a bed, with which it goes or stays."""
        beds = (i for i, item in enumerate(self._items) if item.category in BEDS)
        return any(_between(self._bodies[index], self._bodies[bed]) <= _TOGETHER for bed in beds)

    def _with_company(self, leader: int, shift: FloatArray) -> Shifts:
        """An object, what stands with it, and lamps above; nightstands go all the way to the wall.

        Nothing moves where some of that is to stay.
        """
        found: Shifts = {leader: shift}
        waiting = [leader]
        while waiting:
            member = waiting.pop()
            for other, item in enumerate(self._items):
                apart = _between(self._bodies[member], self._bodies[other]) > _TOGETHER
                if other in found or item.category not in _COMPANY or apart:
                    continue
                if not self._movable[other]:
                    return {}
                distance = self._distance(other)
                if distance is not None and distance < self._near:
                    continue  # it stands at its wall
                own = None if distance is None or item.category not in AT_WALLS else self._shift(other, distance)
                found[other] = own if own is not None and float(own @ shift) > 0 else shift
                waiting.append(other)
        return found | self._above(found)

    def _above(self, found: Shifts) -> Shifts:
        """Lamps that hang over what moves."""
        lamps: Shifts = {}
        for other, item in enumerate(self._items):
            if self._movable[other] and hangs(item.category or ""):
                under = (i for i in found if _covers(self._bodies[i], self._bodies[other].position))
                host = next(under, None)
                if host is not None:
                    lamps[other] = found[host]
        return lamps


def _between(first: Body, second: Body) -> float:
    """Metres between the outlines of two bodies along the ground axis that separates them best; negative inside."""
    axes = np.concatenate([first.axes, second.axes])
    a, b = first.corners() @ axes.T, second.corners() @ axes.T
    return float(np.maximum(a.min(axis=0) - b.max(axis=0), b.min(axis=0) - a.max(axis=0)).max())


def _covers(body: Body, point: FloatArray) -> bool:
    """Whether a point lies over a body's outline."""
    local = body.axes @ (point - body.position)
    half = np.abs(body.outline @ body.axes.T).max(axis=0)
    return bool((np.abs(local) <= half).all())
