"""A bedroom from a seed: its kind, its wishes, its walls, and the furniture placed in order of importance."""

from random import Random
from typing import Final, NamedTuple

from .geometry import Block
from .groups import (
    place_armchair,
    place_at_wall,
    place_bed,
    place_bedside_lamps,
    place_bench,
    place_desk,
    place_lamp,
    place_nightstands,
    place_sofa,
    place_table,
    place_tv,
)
from .pieces import Pieces
from .plan import FULL, WALK_HEIGHT, Plan
from .walk import reachable

FEWEST: Final = 3
"""A bedroom has at least so many objects (section 1.9 of the reference)."""
_PATIENCE: Final = 24
"""Attempts at a room before other wishes are drawn."""
ONE_PALETTE: Final = 0.88
"""Share of rooms that are furnished in one palette."""


class Kind(NamedTuple):
    """A kind of bedroom: its bed, how often that is, and the chance of each wish."""

    bed: str
    share: float
    second_bed: float
    nightstands: tuple[float, float]
    wishes: dict[str, float]


KINDS: Final = (
    Kind(
        "double_bed", 0.70, 0.0, (0.10, 0.32),
        {
            "tv_stand": 0.28, "wardrobe": 0.64, "dressing_table": 0.18, "desk": 0.10, "sofa": 0.05, "armchair": 0.11,
            "cabinet": 0.11, "stool": 0.07, "bookshelf": 0.06, "shelf": 0.06, "table": 0.09, "children_cabinet": 0.01,
        },
    ),
    Kind(
        "single_bed", 0.16, 0.10, (0.22, 0.85),
        {
            "tv_stand": 0.10, "wardrobe": 0.62, "dressing_table": 0.12, "desk": 0.45, "sofa": 0.05, "armchair": 0.07,
            "cabinet": 0.13, "stool": 0.05, "bookshelf": 0.14, "shelf": 0.12, "table": 0.10, "children_cabinet": 0.04,
        },
    ),
    Kind(
        "kids_bed", 0.14, 0.14, (0.35, 0.90),
        {
            "tv_stand": 0.03, "wardrobe": 0.50, "dressing_table": 0.05, "desk": 0.42, "sofa": 0.03, "armchair": 0.05,
            "cabinet": 0.06, "stool": 0.08, "bookshelf": 0.16, "shelf": 0.12, "table": 0.10, "children_cabinet": 0.55,
        },
    ),
)  # fmt: skip
"""Nightstands: the chances of none, and of at most one. Shares follow the counts of 3D-FRONT's bedrooms (double beds
0.83 a room, nightstands 1.36, wardrobes 0.58, TV stands 0.20); rare classes are more frequent here, so that they are
learnt as well. Wishes come in the order in which they are placed: what has few possible places first."""

_SPACE: Final = {"sofa": 0.5, "armchair": 0.4, "desk": 0.3, "tv_stand": 0.25, "table": 0.25, "stool": 0.1}
"""Metres by which a wish makes both sides of a room longer, where not the usual 0.18."""


class Wishes(NamedTuple):
    """What a room should hold: its kind, whether it has a second bed, its nightstands, its other groups."""

    kind: Kind
    twin: bool
    nightstands: int
    groups: tuple[str, ...]


def furnish(seed: int, pieces: Pieces) -> Plan:
    """The bedroom of a seed: always the same one.

    Args:
        seed: any non-negative integer.
        pieces: the catalogue.

    Returns:
        A plan of 3 to 12 pieces, in random order.
    """
    rng = Random(seed)
    plan = None
    while plan is None:
        plan = _furnished(rng, pieces)
    rng.shuffle(plan.placed)
    return plan


def _furnished(rng: Random, pieces: Pieces) -> Plan | None:
    """A room for one draw of wishes; None where no attempt suits.

    The longer nothing suits, the larger the room and the more may be left out; wishes stay, so that a crowded room is
    as frequent as it is wished for.
    """
    wishes = _wish(rng)
    palette = pieces.palettes[int(rng.random() * len(pieces.palettes))] if rng.random() < ONE_PALETTE else None
    for attempt in range(_PATIENCE):
        plan = _empty(rng, wishes, 0.06 * attempt, pieces, palette)
        door = _open_door(plan)
        missed = _fill(plan, wishes)
        if missed <= attempt // 6 and len(plan.placed) >= FEWEST and _passable(plan, door):
            return plan
    return None


def _wish(rng: Random) -> Wishes:
    """Draws what a room should hold."""
    draw, kind = rng.random(), KINDS[-1]
    for candidate in KINDS:
        if draw < candidate.share:
            kind = candidate
            break
        draw -= candidate.share
    groups = tuple(name for name, chance in kind.wishes.items() if rng.random() < chance)
    draw = rng.random()
    return Wishes(kind, rng.random() < kind.second_bed, sum(draw >= p for p in kind.nightstands), groups)


def _empty(rng: Random, wishes: Wishes, growth: float, pieces: Pieces, palette: str | None) -> Plan:
    """An empty room, the larger the more it is to hold (3D-FRONT: median 3.6 m, 95 % below 6 m)."""
    wide = 3.1 if wishes.kind.bed == "double_bed" else 2.6
    extra = sum(_SPACE.get(group, 0.18) for group in wishes.groups) + (1.0 if wishes.twin else 0.0)
    sides = [wide + extra * rng.uniform(0.3, 1.1) + rng.uniform(-0.2, 0.8) + growth for _ in range(2)]
    height = (2.6, 2.6, 2.7, 2.8)[int(rng.random() * 4)]
    return Plan(min(sides[0], 6.0) / 2, min(sides[1], 6.0) / 2, height, rng, pieces, palette)


def _open_door(plan: Plan) -> Block:
    """Leaves the ground free that a door needs to open, near one end of a wall."""
    wall = plan.any_wall()
    reach = plan.wall_length(wall) - 0.5
    along = plan.between(0.6, 1.0) * reach * (1 if plan.chance(0.5) else -1)
    ground = plan.ground_at_wall(wall, along, 0.45, 0.4)
    plan.closed.append(ground)
    return ground


def _fill(plan: Plan, wishes: Wishes) -> int:
    """Places all groups; how many wishes found no place (FULL where not even the bed did)."""
    bed = place_bed(plan, wishes.kind.bed)
    if bed is None:
        return FULL
    missed = int(wishes.twin and place_bed(plan, wishes.kind.bed) is None)
    nightstands = place_nightstands(plan, bed, wishes.nightstands)
    missed += wishes.nightstands - len(nightstands)
    pair = len(nightstands) == 2 and plan.chance(0.12)
    if pair:
        place_bedside_lamps(plan, nightstands)
    for group in wishes.groups:
        if len(plan.placed) < FULL - 3:  # the largest group has four pieces, of which the last may be left out
            missed += _place_group(plan, group, bed) is None
    draw = plan.rng.random()
    if draw < 0.92:
        missed += place_lamp(plan, "ceiling_lamp" if draw < (0.7 if pair else 0.29) else "pendant_lamp", bed) is None
    return missed


def _place_group(plan: Plan, group: str, bed: int) -> int | None:
    """Places one wish; the index of its main piece, None where it found no place."""
    draw = plan.rng.random()
    if group == "tv_stand":
        return place_tv(plan, bed)
    if group == "desk":
        return place_desk(plan, group, "chair" if draw < 0.8 else "stool" if draw < 0.87 else None)
    if group == "dressing_table":
        return place_desk(plan, group, "dressing_chair" if draw < 0.5 else "stool" if draw < 0.8 else None)
    return _place_loose(plan, group, bed, draw)


def _place_loose(plan: Plan, group: str, bed: int, draw: float) -> int | None:
    """Places what is no work place: seats, tables, storage."""
    if group == "stool":
        return place_bench(plan, bed)
    if group == "armchair":
        return place_armchair(plan, None if draw < 0.35 else "table" if draw < 0.7 else "coffee_table", draw > 0.55)
    if group == "sofa":
        return place_sofa(plan, draw < 0.75)
    if group == "table":
        large = min(plan.half_x, plan.half_z) > 1.9
        return place_table(plan, (2 if draw < 0.8 else 3) if large and draw > 0.5 else 0)
    return place_at_wall(plan, group)


def _passable(plan: Plan, door: Block) -> bool:
    """Whether one can walk from the door to the beds and to the ground before everything that is used."""
    solids = [p.outline for p in plan.placed if p.outline.bottom < WALK_HEIGHT]
    goals = [ground.area for ground in plan.free]
    return reachable(plan.half_x, plan.half_z, solids, door, goals)
