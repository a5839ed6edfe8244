"""Living and dining rooms made by rule: what they should hold, their size, and the order in which they are filled.

Most real ones are both at once (3D-FRONT: 74 % of the living rooms, 84 % of the dining rooms), so both come from here.
"""

from random import Random
from typing import Final, NamedTuple

from .dining import Dining, place_dining
from .floor import Floor, draw_floor
from .groups import place_at_wall, place_lamp_over, place_near
from .lounge import SOFAS, Lounge, place_lounge
from .plan import Plan
from .sizes import FLOORS

_BOTH_LIVING: Final = 0.74
"""Share of living rooms with a dining group."""
_BOTH_DINING: Final = 0.84
"""Share of dining rooms with a lounge."""
_DARK: Final = 0.09
"""Share of rooms without a lamp."""

_STORAGE: Final = {
    "cabinet": (0.26, 0.03), "console_table": (0.30, 0.05), "bookshelf": (0.16, 0.03), "wine_cabinet": (0.09, 0.01),
    "shelf": (0.03, 0.0), "wardrobe": (0.02, 0.0), "round_end_table": (0.02, 0.01), "desk": (0.025, 0.0),
}  # fmt: skip
"""Chances of one piece, and of a second, before ``sparseness`` in `_wish`."""


class LivingWishes(NamedTuple):
    """What a living or dining room should hold: a lounge, a dining group, storage at its walls, lamps."""

    lounge: Lounge | None
    dining: Dining | None
    storage: tuple[str, ...]
    lamps: tuple[str, ...]

    def floor(self, rng: Random, growth: float) -> Floor:
        """A floor, the larger the more it is to hold."""
        pieces = len(self.storage) + (0 if self.dining is None else 1 + self.dining.chairs)
        if self.lounge is not None:
            pieces += 3 + len(self.lounge.seats) + len(self.lounge.sides) + self.lounge.stools
        usual, spread, kind = self._usual()
        return draw_floor(FLOORS[kind], (pieces - usual) / spread, growth, rng)

    def _usual(self) -> tuple[float, float, str]:
        """Mean number of pieces in such rooms, its standard deviation, and the kind of their floor in ``FLOORS``."""
        if self.lounge is not None and self.dining is not None:
            return 11.0, 2.5, "both"
        return (6.0, 2.0, "lounge") if self.dining is None else (6.0, 2.0, "dining")

    def fill(self, plan: Plan) -> int | None:
        """Places all groups; returns the number of wishes that found no place, None where sofa or table did not."""
        missed = 0
        sofa = None
        if self.lounge is not None:
            found = place_lounge(plan, self.lounge)
            if found is None:
                return None
            missed, sofa = found, 0
        if self.dining is not None:
            found = place_dining(plan, self.dining, sofa)
            if found is None:
                return None
            missed += found
        table = next((k for k, p in enumerate(plan.placed) if p.piece.category == "dining_table"), None)
        for category in self.storage:
            near = plan.chance(0.8 if category == "console_table" else 0.6)
            missed += (
                place_near(plan, category, table) if near and table is not None else place_at_wall(plan, category)
            ) is None
        for lamp, host in zip(self.lamps, ("coffee_table", "dining_table", "", ""), strict=False):
            if lamp:
                missed += place_lamp_over(plan, lamp, host) is None
        return missed


def livingroom(rng: Random) -> LivingWishes:
    """Draws what a living room should hold."""
    return _wish(rng, living=True, dining=rng.random() < _BOTH_LIVING, bare=0.06)


def diningroom(rng: Random) -> LivingWishes:
    """Draws what a dining room should hold."""
    return _wish(rng, living=rng.random() < _BOTH_DINING, dining=True, bare=0.12)


def _wish(rng: Random, *, living: bool, dining: bool, bare: float) -> LivingWishes:
    """Draws the wishes of a room with a lounge, a dining table, or both; ``bare``: chance of a table without chairs."""
    lounge = _lounge(rng) if living else None
    table = _dining(rng, bare) if dining else None
    storage: list[str] = []
    # Shared by all classes, as the number of objects varies more than by independent chances: the larger, the fewer.
    sparseness = rng.uniform(0.5, 1.8)
    for category, (one, more) in _STORAGE.items():
        draw = sparseness * rng.random()
        storage += [category] * ((draw < one) + (draw < more))
    rng.shuffle(storage)
    return LivingWishes(lounge, table, tuple(storage), _lamps(rng, living=living, dining=dining))


def _lamps(rng: Random, *, living: bool, dining: bool) -> tuple[str, ...]:
    """Draws lamps over coffee table and dining table ("" for none), and elsewhere; one room of eleven has none."""
    if rng.random() < _DARK:
        return ()
    lamps = [_lamp(rng) if there else "" for there in (living, dining)]
    draw = rng.random()
    return (*lamps, *(_lamp(rng) for more in (0.17, 0.05) if draw < more))


def _lamp(rng: Random) -> str:
    draw = rng.random()
    return "pendant_lamp" if draw < 0.84 else "ceiling_lamp" if draw < 0.92 else ""


def _dining(rng: Random, bare: float) -> Dining:
    """Draws a table and its chairs, none with the chance ``bare``; now and then they are lounge chairs."""
    chairs = rng.choices((2, 3, 4, 5, 6, 8), (0.07, 0.01, 0.66, 0.01, 0.22, 0.03))[0] * (rng.random() >= bare)
    return Dining(chairs, rng.random() < 0.62, "dining_chair" if rng.random() < 0.97 else "lounge_chair")


def _lounge(rng: Random) -> Lounge:
    sofa = rng.choices(SOFAS, (0.66, 0.14, 0.15, 0.02, 0.03))[0]
    second = "loveseat_sofa" if sofa == "multi_seat_sofa" and rng.random() < 0.1 else None
    seats: list[str] = []
    draw = rng.random()
    if draw < 0.72:
        category = rng.choices(("armchair", "lounge_chair", "chinese_chair"), (0.58, 0.39, 0.03))[0]
        seats = [category] * rng.choices((1, 2, 3), (0.66, 0.28, 0.06))[0]
    sides = rng.choices((0, 1, 2), (0.41, 0.28, 0.31))[0]
    side = rng.choices(("corner_side_table", "coffee_table", "round_end_table"), (0.88, 0.08, 0.04))[0]
    stools = rng.choices((0, 1, 2), (0.74, 0.17, 0.09))[0]
    return Lounge(sofa, second, rng.random() < 0.92, rng.random() < 0.76, tuple(seats), stools, (side,) * sides)
