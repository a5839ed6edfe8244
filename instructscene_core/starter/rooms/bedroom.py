"""Bedrooms made by rule: what they should hold, how large they are, and the order in which they are filled."""

from random import Random
from typing import Final, NamedTuple

from .floor import Floor, draw_floor
from .groups import (
    one_can_sit_at,
    place_armchair,
    place_around,
    place_at_wall,
    place_bed,
    place_bedside_lamps,
    place_bench,
    place_desk,
    place_lamp,
    place_nightstands,
    place_sofa,
    place_tv,
)
from .plan import Plan
from .sizes import FLOORS


class Kind(NamedTuple):
    """A kind of bedroom: its bed, how often that is, and the chance of each wish."""

    bed: str
    share: float
    second_bed: float
    nightstands: tuple[float, float]
    wishes: dict[str, float]


KINDS: Final = (
    Kind(
        "double_bed", 0.80, 0.0, (0.05, 0.13),
        {
            "wardrobe": 0.96, "tv_stand": 0.40, "dressing_table": 0.15, "desk": 0.08, "sofa": 0.03, "armchair": 0.06,
            "cabinet": 0.10, "stool": 0.06, "bookshelf": 0.05, "shelf": 0.05, "table": 0.09,
        },
    ),
    Kind(
        "single_bed", 0.11, 0.10, (0.15, 0.75),
        {
            "wardrobe": 0.94, "tv_stand": 0.28, "dressing_table": 0.10, "desk": 0.25, "sofa": 0.03, "armchair": 0.04,
            "cabinet": 0.12, "stool": 0.06, "bookshelf": 0.10, "shelf": 0.08, "table": 0.10,
        },
    ),
    Kind(
        "kids_bed", 0.09, 0.14, (0.45, 0.85),
        {
            "wardrobe": 0.94, "tv_stand": 0.03, "dressing_table": 0.06, "desk": 0.36, "sofa": 0.03, "armchair": 0.04,
            "cabinet": 0.08, "stool": 0.06, "bookshelf": 0.12, "shelf": 0.10, "table": 0.12, "children_cabinet": 0.55,
        },
    ),
)  # fmt: skip
"""Nightstands: the chances of none, and of at most one. Shares follow the counts of 3D-FRONT's bedrooms (double beds
0.83 a room, TV stands 0.20), but wardrobes (0.58 there) and second nightstands (1.36 nightstands), which people miss in
rooms without; rare classes are more frequent here, so that they are learnt as well. Wishes come in the order in which
they are placed: what has few possible places first."""

_WALLS: Final = {
    "wardrobe": (0.04, 0.87, 0.09), "cabinet": (0.04, 0.21, 0.75), "bookshelf": (0.2, 0.2, 0.6),
    "shelf": (0.15, 0.45, 0.4), "children_cabinet": (0.15, 0.45, 0.4),
}  # fmt: skip
"""Chances that storage stands at the wall of the bed's head, at a side wall, or opposite the bed."""
_DESKS: Final = {"desk": (0.4, 0.3, 0.3), "dressing_table": (0.33, 0.12, 0.55)}
"""Likewise a desk or dressing table."""
_MISSED: Final = {"wardrobe": 6}
"""What counts as more wishes than a room may lack: people look for a wardrobe in a bedroom before all else, so that the
room is made anew, larger in the end, until it has a place."""


class BedroomWishes(NamedTuple):
    """What a bedroom should hold: its kind, whether it has a second bed, its nightstands, its other groups."""

    kind: Kind
    twin: bool
    nightstands: int
    groups: tuple[str, ...]

    def floor(self, rng: Random, growth: float) -> Floor:
        """A floor, the larger the more it is to hold."""
        pieces = self.nightstands + 1.4 * len(self.groups) + 2 * self.twin
        return draw_floor(FLOORS["bedroom"], (pieces - 4.7) / 1.5, growth, rng)

    def fill(self, plan: Plan) -> int | None:
        """Places all groups; returns the number of wishes that found no place, None where not even the bed did."""
        bed = place_bed(plan, self.kind.bed, wardrobe="wardrobe" in self.groups, nightstands=self.nightstands)
        if bed is None:
            return None
        missed = int(self.twin and place_bed(plan, self.kind.bed) is None)
        nightstands = place_nightstands(plan, bed, self.nightstands)
        missed += self.nightstands - len(nightstands)
        pair = len(nightstands) == 2 and plan.chance(0.15) and place_bedside_lamps(plan, nightstands)
        for group in self.groups:
            if len(plan.placed) < plan.full - 3:  # the largest group has four pieces, of which the last may be left out
                state = plan.state()
                found = _place_group(plan, group, bed)
                if found is None or not plan.walkable():
                    plan.undo(state)
                    missed += _MISSED.get(group, 1)
        if plan.chance(0.65 if pair else 0.8):
            lamp = "ceiling_lamp" if plan.chance(0.4 if pair else 0.345) else "pendant_lamp"
            missed += place_lamp(plan, lamp, bed) is None
        return missed


def bedroom(rng: Random) -> BedroomWishes:
    """Draws what a bedroom should hold."""
    draw, kind = rng.random(), KINDS[-1]
    for candidate in KINDS:
        if draw < candidate.share:
            kind = candidate
            break
        draw -= candidate.share
    groups = tuple(name for name, chance in kind.wishes.items() if rng.random() < chance)
    draw = rng.random()
    return BedroomWishes(kind, rng.random() < kind.second_bed, sum(draw >= p for p in kind.nightstands), groups)


def _place_group(plan: Plan, group: str, bed: int) -> int | None:
    """Places one wish; returns the index of its main piece, None where it found no place."""
    draw = plan.rng.random()
    if group == "tv_stand":
        return place_tv(plan, bed)
    if group == "desk":
        seat = "chair" if draw < 0.9 else "stool"
        return place_desk(plan, seat, lambda: place_around(plan, bed, group, _DESKS[group]))
    if group == "dressing_table":
        seat = "dressing_chair" if draw < 0.3 else "stool"
        return place_desk(plan, seat, lambda: place_around(plan, bed, group, _DESKS[group]))
    return _place_loose(plan, group, bed, draw)


def _place_loose(plan: Plan, group: str, bed: int, draw: float) -> int | None:
    """Places a wish other than a TV or a work place: seats, tables, storage."""
    if group == "stool":
        return place_bench(plan, bed)
    if group == "armchair":
        table = None if draw < 0.35 else "table" if draw < 0.7 else "coffee_table"
        return place_armchair(plan, table, stool=draw > 0.55)
    if group == "sofa":
        return place_sofa(plan, coffee_table=draw < 0.75)
    if group == "table":
        return _place_table(plan, bed, draw)
    return place_around(plan, bed, group, _WALLS[group])


def _place_table(plan: Plan, bed: int, draw: float) -> int | None:
    """Places a table: at a wall with a chair where one can sit at it, else beside the bed."""
    if one_can_sit_at(plan.choose("table")[1]):
        seat = "chair" if draw < 0.7 else "stool"
        return place_desk(plan, seat, lambda: place_at_wall(plan, "table"))
    tables = place_nightstands(plan, bed, 1 + (draw < 0.3), "table")
    return tables[0] if tables else None
