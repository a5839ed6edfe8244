"""Furniture that belongs to walls, and what goes with it there. Product frame, metres."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from .boxes import FloatArray
from .collisions import Body
from .scene import SceneObject
from .vocabulary import hangs
from .walls import Walls

BACKED: Final = frozenset({
    "bookshelf", "cabinet", "children_cabinet", "console_table", "double_bed", "dressing_table", "kids_bed",
    "l_shaped_sofa", "multi_seat_sofa", "nightstand", "single_bed", "sofa", "tv_stand", "wardrobe", "wine_cabinet",
})  # fmt: skip
"""Classes whose backs stand within half a metre of a wall in nine of ten cases in 3D-FRONT: double beds in 100 %,
dressing tables in 99, children's cabinets and wardrobes in 98, TV stands in 97, wine cabinets in 96, cabinets and
nightstands in 95, sofas and single beds in 94, consoles in 93, bookshelves in 91, L-shaped sofas in 90, children's beds
in 89. Desks (70) and loveseats (77) are not among them."""
_WITH_COMPANY: Final = frozenset({
    "double_bed", "dressing_table", "kids_bed", "l_shaped_sofa", "multi_seat_sofa", "single_bed", "sofa",
})  # fmt: skip
"""Those that things stand in front of or beside, which belong to them."""
REACH: Final = 1.6
"""Metres up to which they are brought to the wall behind them."""
_TOGETHER: Final = 0.5
"""Metres between what belongs together."""

Shifts = dict[int, FloatArray]
"""(2,) by the number of an object."""


def to_walls(
    items: Sequence[SceneObject], bodies: Sequence[Body], movable: Sequence[bool], walls: Walls, near: float, gap: float
) -> Iterator[list[Shifts]]:
    """Ways to bring furniture to its wall, the largest first; bodies may be moved between one and the next.

    Args:
        items: all objects of the room.
        bodies: theirs.
        movable: whether they may move.
        walls: of the room.
        near: metres up to which a back counts as standing at its wall.
        gap: metres between a back and its wall afterwards.

    Yields:
        For each piece that stands away from its wall, what could be moved, the best first.
    """
    area = [item.size[0] * item.size[1] for item in items]
    for leader in sorted(range(len(items)), key=lambda i: -area[i]):
        shifts = _Shifts(items, bodies, movable, walls, near, gap)
        own = shifts.of(leader)
        if own is not None:
            alone = {leader: own}
            with_company = items[leader].category in _WITH_COMPANY
            yield [shifts.with_company(leader, own), alone] if with_company else [alone]


class _Shifts:
    """How objects would move, from where they now are; see :func:`to_walls`."""

    def __init__(
        self,
        items: Sequence[SceneObject],
        bodies: Sequence[Body],
        movable: Sequence[bool],
        walls: Walls,
        near: float,
        gap: float,
    ) -> None:
        self._items, self._bodies, self._movable, self._walls = items, bodies, movable, walls
        self._near, self._gap = near, gap

    def of(self, index: int) -> FloatArray | None:
        """To the wall behind an object; None for what does not belong to one, stands there, or is too far away."""
        item, body = self._items[index], self._bodies[index]
        if not self._movable[index] or item.category not in BACKED:
            return None
        forward = -body.axes[1]
        found = self._walls.gap_behind(body.position - forward * item.size[1] / 2, forward)
        if found is None or not self._near <= found <= REACH:
            return None
        return -forward * (found - self._gap)

    def with_company(self, leader: int, shift: FloatArray) -> Shifts:
        """An object and what stands with it; who belongs to the same wall goes all the way there."""
        found: Shifts = {leader: shift}
        waiting = [leader]
        while waiting:
            member = waiting.pop()
            for other, item in enumerate(self._items):
                if other in found or not self._movable[other] or hangs(item.category or ""):
                    continue
                if _between(self._bodies[member], self._bodies[other]) > _TOGETHER:
                    continue
                own = self.of(other)
                if item.category in BACKED and (own is None or float(own @ shift) <= 0):
                    continue  # it has a wall of its own
                found[other] = found[member] if own is None else own
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
