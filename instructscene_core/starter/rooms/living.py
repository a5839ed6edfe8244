"""Living and dining rooms made by rule: what they should hold, their size, and the order in which they are filled.

Most real ones are both at once (3D-FRONT: 74 % of the living rooms, 84 % of the dining rooms), so both come from here.
"""

from random import Random
from typing import Final, NamedTuple

from .dining import Dining, place_dining
from .floor import Floor, draw_floor
from .groups import Anchor, place_at_wall, place_desk, place_lamp_at, place_near, place_room_lamp
from .lounge import SEATED, SOFAS, Lounge, place_lounge
from .parts import Part, largest_parts, shares
from .plan import Plan
from .sizes import FLOORS

_BOTH_LIVING: Final = 0.74
"""Share of living rooms with a dining group."""
_BOTH_DINING: Final = 0.84
"""Share of dining rooms with a lounge."""
_SHARES: Final = 6
"""Ways to share the room between two groups that are tried."""
_LOUNGE: Final = 0.57
"""Share of the ground that a lounge takes beside a dining group with four chairs."""
_CHAIR: Final = 0.03
"""What each further chair takes off it."""
_DARK: Final = 0.09
"""Share of rooms without a lamp."""

_STORAGE: Final = {
    "cabinet": (0.26, 0.03), "console_table": (0.30, 0.05), "bookshelf": (0.16, 0.03), "wine_cabinet": (0.09, 0.01),
    "shelf": (0.03, 0.0), "wardrobe": (0.02, 0.0), "desk": (0.025, 0.0),
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
        missed = self._place_groups(plan)
        if missed is None:
            return None
        table = next((k for k, p in enumerate(plan.placed) if p.piece.category == "dining_table"), None)
        for category in self.storage:
            missed += _place_storage(plan, category, table) is None
        anchors = _anchor_of_lounge(plan), _anchor_of(plan, "dining_table")
        for lamp, anchor in zip(self.lamps, anchors, strict=False):
            if lamp and anchor is not None:
                missed += place_lamp_at(plan, lamp, anchor) is None
        for lamp in self.lamps[2:]:
            if lamp:
                place_room_lamp(plan, lamp)  # none where the room has no middle that is free and dark
        return missed

    def _place_groups(self, plan: Plan) -> int | None:
        """Places lounge and dining group, each in its part of the room; returns as ``fill``."""
        for lounge, dining in self._shares(plan)[:_SHARES]:
            state = plan.state()
            missed = 0 if self.lounge is None else place_lounge(plan, self.lounge, lounge)
            if missed is not None and self.dining is not None:
                found = place_dining(plan, self.dining, dining)
                missed = None if found is None else missed + found
            if missed is not None and missed <= plan.spare:
                return missed
            plan.undo(state)
        return None

    def _shares(self, plan: Plan) -> list[tuple[Part, Part]]:
        """Ways to share the room: the parts of lounge and dining group, the same where there is but one of them."""
        if self.lounge is None or self.dining is None:
            return [(part, part) for part in largest_parts(plan.floor)]
        return shares(plan.floor, _LOUNGE - _CHAIR * (self.dining.chairs - 4), plan.rng)


def _place_storage(plan: Plan, category: str, table: int | None) -> int | None:
    """Places a piece at a wall, often not far from the dining table; a desk with a chair."""
    if category == "desk":
        return place_desk(plan, "dining_chair", lambda: place_at_wall(plan, category))
    near = plan.chance(0.8 if category == "console_table" else 0.6)
    return place_near(plan, category, table) if near and table is not None else place_at_wall(plan, category)


def _anchor_of_lounge(plan: Plan) -> Anchor | None:
    """The middle of the seats: their coffee table, or a place before the sofa; None without a lounge."""
    if plan.placed[0].piece.category not in SOFAS:
        return None
    sofa = plan.placed[0]
    middle = Anchor(*sofa.outline.point(0.0, sofa.half[2] + SEATED), sofa.angle)
    return _anchor_of(plan, "coffee_table") or middle


def _anchor_of(plan: Plan, category: str) -> Anchor | None:
    """The first piece of a class; None without one."""
    return next((Anchor(p.x, p.z, p.angle) for p in plan.placed if p.piece.category == category), None)


def livingroom(rng: Random) -> LivingWishes:
    """Draws what a living room should hold."""
    return _wish(rng, living=True, dining=rng.random() < _BOTH_LIVING)


def diningroom(rng: Random) -> LivingWishes:
    """Draws what a dining room should hold."""
    return _wish(rng, living=rng.random() < _BOTH_DINING, dining=True)


def _wish(rng: Random, *, living: bool, dining: bool) -> LivingWishes:
    """Draws the wishes of a room with a lounge, a dining table, or both."""
    lounge = _lounge(rng) if living else None
    table = _dining(rng) if dining else None
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
    return (*lamps, *(_lamp(rng) for more in (0.08, 0.02) if draw < more))


def _lamp(rng: Random) -> str:
    draw = rng.random()
    return "pendant_lamp" if draw < 0.84 else "ceiling_lamp" if draw < 0.92 else ""


def _dining(rng: Random) -> Dining:
    """Draws a table and its chairs; now and then they are lounge chairs."""
    chairs = rng.choices((2, 4, 6, 8), (0.05, 0.72, 0.2, 0.03))[0]
    return Dining(chairs, rng.random() < 0.05, "dining_chair" if rng.random() < 0.97 else "lounge_chair")


def _lounge(rng: Random) -> Lounge:
    sofa = rng.choices(SOFAS, (0.68, 0.15, 0.15, 0.02))[0]
    second = "loveseat_sofa" if sofa == "multi_seat_sofa" and rng.random() < 0.1 else None
    seats: list[str] = []
    draw = rng.random()
    if draw < 0.72:
        category = rng.choices(("armchair", "lounge_chair", "chinese_chair", "lazy_sofa"), (0.57, 0.38, 0.03, 0.02))[0]
        seats = [category] * rng.choices((1, 2, 3), (0.66, 0.28, 0.06))[0]
    sides = rng.choices((0, 1, 2), (0.41, 0.28, 0.31))[0]
    side = "corner_side_table" if rng.random() < 0.93 else "round_end_table"
    table = bool(seats) or rng.random() < 0.9
    stools = rng.choices((0, 1, 2), (0.72, 0.18, 0.10))[0] if table else 0
    return Lounge(sofa, second, table, rng.random() < 0.76, tuple(seats), stools, (side,) * sides)
