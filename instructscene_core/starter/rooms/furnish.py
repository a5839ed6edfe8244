"""Makes a room from a seed: its wishes, its floor, its doors and windows, then the furniture by importance."""

from collections.abc import Callable
from random import Random
from typing import Final, Protocol

from ...vocabulary import MAX_OBJECTS, RoomType
from .bedroom import bedroom
from .floor import DOOR, Floor, open_walls
from .living import diningroom, livingroom
from .pieces import Pieces
from .plan import Chosen, Plan
from .sizes import SIZES

FEWEST: Final = 3
"""A room has at least so many objects (docs/official-behaviour.md, Room filters and splits)."""
_ATTEMPTS: Final = 30
"""Attempts at a room before new wishes are drawn."""
_PATIENCE: Final[dict[RoomType, int]] = {"bedroom": 6, "livingroom": 3, "diningroom": 3}
"""Attempts until one more wish may be left out: fewer where they take long."""
ONE_PALETTE: Final = 0.88
"""Share of rooms that are furnished in one palette, for the classes that it has."""


class Wishes(Protocol):
    """What a room should hold."""

    def floor(self, rng: Random, growth: float) -> Floor:
        """A floor that suits; ``growth`` makes its sides longer, metres."""
        ...

    def fill(self, plan: Plan) -> int | None:
        """Places all groups; returns the number of wishes that found no place, None where an essential one did not."""
        ...


_DRAW_WISHES: Final[dict[RoomType, Callable[[Random], Wishes]]] = {
    "bedroom": bedroom, "livingroom": livingroom, "diningroom": diningroom,
}  # fmt: skip


def furnish(seed: int, pieces: Pieces, room_type: RoomType = "bedroom") -> Plan:
    """The room of a type and a seed: always the same one.

    Args:
        seed: any non-negative integer.
        pieces: the catalogue.
        room_type: bedroom, living or dining room.

    Returns:
        A plan of 3 to 12 or 21 pieces, in random order.
    """
    rng = Random(seed)
    plan = None
    while plan is None:
        plan = _furnished(rng, pieces, room_type)
    rng.shuffle(plan.placed)
    return plan


def _furnished(rng: Random, pieces: Pieces, room_type: RoomType) -> Plan | None:
    """A room for one draw of wishes; None where no attempt succeeds.

    The floor keeps its shape; with the attempts it grows, and more wishes may be left out. The wishes stay the same, so
    that crowded rooms are not rarer than they are drawn.
    """
    wishes = _DRAW_WISHES[room_type](rng)
    palettes = pieces.draw_palettes(rng) if rng.random() < ONE_PALETTE else ()
    sizes = SIZES["bedroom" if room_type == "bedroom" else "living"]
    height = rng.choice((2.6, 2.6, 2.6, 2.8, 2.8, 2.7))
    shape, chosen = rng.random(), dict[tuple[str, int], Chosen]()
    for attempt in range(_ATTEMPTS):
        floor = wishes.floor(Random(shape), 0.02 * (attempt // 4))
        spare = attempt // _PATIENCE[room_type]
        plan = Plan(
            floor, height, rng, pieces, palettes, sizes, chosen, spare, MAX_OBJECTS[room_type], closed=list(floor.cuts)
        )
        _add_openings(plan)
        if not plan.doors:
            continue
        missed = wishes.fill(plan)
        if missed is None or missed > spare or len(plan.placed) < FEWEST:
            continue
        if plan.walkable():
            return plan
    return None


def _add_openings(plan: Plan) -> None:
    """Adds doors and windows to the room."""
    rng, area = plan.rng, plan.floor.area
    wide = area > 22 and rng.random() < 0.6
    doors = [rng.choice((1.4, 1.6, 1.8)) if wide else 0.9]
    doors += [0.9 for chance in (0.3, 0.15) if area > 15 and rng.random() < chance]
    windows = [rng.choice((0.9, 1.2, 1.5, 1.8)) for chance in (0.95, area / 40, area / 80) if rng.random() < chance]
    holes = open_walls(plan.floor, doors, windows, rng)
    plan.openings = [hole.opening for hole in holes]
    plan.closed += [hole.free for hole in holes]
    plan.doors = [hole.free for hole in holes if hole.opening.kind == DOOR]
