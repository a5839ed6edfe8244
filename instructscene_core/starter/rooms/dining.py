"""The dining group of a room: a table in the middle of its part of the room, with chairs in opposite pairs."""

import math
from typing import Final, NamedTuple

from ...geometry.clearances import BEHIND_CHAIR
from ...geometry.dining_tables import ELBOW, chairs_in_row, looks_empty, most_chairs, one_a_side, seats_four
from .floor import WALK_HEIGHT
from .geometry import Block
from .parts import Part
from .pieces import Half
from .plan import Chosen, Free, Placed, Plan
from .sizes import quantile

_ROOM_BEHIND: Final = (BEHIND_CHAIR,) * 14 + (0.4,) * 6 + (0.3,) * 6
"""Metres behind the chairs in each attempt: less only where the room has no place with as much as one needs."""
_TUCK: Final = (-8, -4, 0, 9, 21, 32, 40)
"""Quantiles, as in ``sizes.Spread``: centimetres that chairs reach under the table."""
_TUCKED: Final = 0.1
"""Metres that chairs reach under a table about, where it is seen whether a part has room for them."""
_OVER: Final = 0.3
"""Metres by which chairs and who sits down there may reach beyond their part."""
_FEWER: Final = 8
"""Attempts until a table for more than"""
_USUAL: Final = 4
"""gets two chairs less."""

_Seat = tuple[float, float, float]
"""Pose of a chair at a table's edge: metres along its x axis and its front, and the turn relative to it."""


class Dining(NamedTuple):
    """A wished dining group: an even number of chairs, whether the table has an end at a wall, class of the chairs."""

    chairs: int
    at_wall: bool
    chair: str


class _Spot(NamedTuple):
    """A place for the table, and whether an end of it is at a wall: then no chair stands at an end."""

    x: float
    z: float
    angle: float
    at_wall: bool = False


def place_dining(plan: Plan, wish: Dining, part: Part) -> int | None:
    """Places table and chairs; returns the number of chairs that found no place, None where not even two did.

    Args:
        plan: the room.
        wish: table and chairs.
        part: of the room, in whose middle the table stands, or in the middle of one of its sides.
    """
    chair = plan.choose(wish.chair)
    piece, half = plan.choose("dining_table", lambda half: _suits(half, chair[1], wish))
    for attempt, behind in enumerate(_ROOM_BEHIND):
        state = plan.state()
        count = max(min(wish.chairs, _USUAL), wish.chairs - 2 * (attempt // _FEWER))
        if wish.chairs - count > plan.spare or looks_empty(2 * half[0], count):
            continue
        deep = half[2] + 2 * chair[1][2] - _TUCKED + behind
        spot = _spot(plan, wish, half, part, attempt, deep)
        if spot is None:
            continue
        new = plan.stand(piece, half, spot.x, spot.z, spot.angle)
        if not plan.fits(new, gap=max(0.05, behind - 0.1)):
            continue
        if _place_chairs(plan, plan.add(new), count, chair, behind, ends=not spot.at_wall) and plan.walkable():
            return wish.chairs - count
        plan.undo(state)
    return None


def _suits(table: Half, chair: Half, wish: Dining) -> bool:
    """Whether a table is large enough for its chairs, and not much too large."""
    width, depth = 2 * table[0], 2 * table[2]
    enough = wish.chairs <= most_chairs(width, depth, 2 * chair[0], ends=not wish.at_wall)
    return width >= depth and enough and not looks_empty(width, wish.chairs)


def _spot(plan: Plan, wish: Dining, half: Half, part: Part, attempt: int, deep: float) -> _Spot | None:
    """A place for the table: the middle of the part, later off it; or with an end to the middle of a wall.

    Args:
        plan: the room.
        wish: table and chairs.
        half: half extents of the table.
        part: of the room.
        attempt: number of the attempt.
        deep: metres from the table's middle to behind the chairs at its long sides.
    """
    weights = [max(part.seen(a)[0] - half[0], 0.0) ** 2 * (part.seen(a)[1] + _OVER > deep) for a in (0.0, math.pi / 2)]
    if not any(weights):
        return None
    angle = plan.rng.choices((0.0, math.pi / 2), weights)[0] + math.pi * int(plan.chance(0.5))
    wide, deep = (half[0], half[2]) if abs(math.cos(angle)) > 0.5 else (half[2], half[0])
    free = max(0.0, part.hx - wide), max(0.0, part.hz - deep)
    off = (0.02 + 0.05 * attempt) if attempt % 2 else 0.02
    x = part.x + max(-free[0], min(free[0], plan.near(0.0, off)))
    z = part.z + max(-free[1], min(free[1], plan.near(0.0, off)))
    if not wish.at_wall or attempt % 4 == 3:
        return _Spot(x, z, angle)
    toward = angle + math.pi / 2 + math.pi * int(plan.chance(0.5))
    found = plan.wall_before(x, z, toward)
    if found is None or found[1] > sum(part.seen(toward)) + 0.1:
        return _Spot(x, z, angle)
    out = found[1] - half[0] - plan.between(0.0, 0.05)
    return _Spot(x + out * math.sin(toward), z + out * math.cos(toward), angle, at_wall=True)


def _place_chairs(plan: Plan, table: int, count: int, chair: Chosen, behind: float, *, ends: bool) -> bool:
    """Places equal chairs around the table, as deep under it as each may be; False where not all have room.

    Args:
        plan: the room.
        table: index of the table.
        count: how many, an even number.
        chair: all of them.
        behind: metres to keep free behind each.
        ends: whether chairs may stand at the table's ends.
    """
    host = plan.placed[table]
    tuck = quantile(_TUCK, plan.rng.gauss(0.0, 1.0)) / 100
    seats = _seats(plan, host.half, chair[1], count, ends=ends)
    return all(_place_chair(plan, table, chair, seat, tuck + plan.near(0.0, 0.015), behind) for seat in seats)


def _seats(plan: Plan, table: Half, chair: Half, count: int, *, ends: bool) -> list[_Seat]:
    """Poses of chairs, each pair opposite each other."""
    at_ends = [(table[0], 0.0, -math.pi / 2), (-table[0], 0.0, math.pi / 2)]
    width, depth = 2 * table[0], 2 * table[2]
    square = seats_four(width, depth) or (ends and one_a_side(width, depth, count))
    per_row = 1 if square else min(count // 2, chairs_in_row(width, 2 * chair[0]))
    if count == 6 and per_row == 3 and ends and plan.chance(0.3):
        per_row = 2
    rows = [seat for x in _row(plan, table, chair, per_row) for seat in ((x, table[2], math.pi), (x, -table[2], 0.0))]
    return (rows + at_ends if ends else rows)[:count]


def _row(plan: Plan, table: Half, chair: Half, count: int) -> list[float]:
    """Places of chairs along a side of a table: evenly, or somewhat closer to each other."""
    if count < 2 or chairs_in_row(2 * table[0], 2 * chair[0]) < count:
        return [plan.near(0.0, 0.02)]
    least, even = 2 * chair[0] + ELBOW, 2 * table[0] / count
    step = max(least, min(even * plan.between(0.8, 1.0), 1.05))
    return [(k - (count - 1) / 2) * step for k in range(count)]


def _place_chair(plan: Plan, table: int, chair: Chosen, seat: _Seat, tuck: float, behind: float) -> bool:
    """Places one chair at the table, slightly turned now and then; False where it, or who sits there, has no room."""
    host = plan.placed[table]
    piece, half = chair
    side, front, turn = seat
    askew = plan.between(-0.3, 0.3) if plan.chance(0.04) else 0.0
    along_x = abs(math.sin(turn)) > 0.5
    for depth in (tuck, 0.6 * tuck, 0.08, 0.0, -0.06):
        out = half[2] - depth
        place = (side + math.copysign(out, side), front) if along_x else (side, front + math.copysign(out, front))
        x, z = host.outline.point(*place)
        new = plan.stand(piece, half, x, z, host.angle + turn + askew)
        ground = _ground_behind(new, behind)
        if plan.fits(new, (table,), 0.01) and plan.ground_is_free(ground):
            plan.add(new)
            plan.free.append(Free(ground))
            return True
    return False


def _ground_behind(chair: Placed, depth: float) -> Block:
    """The ground behind a chair to which it is pulled back."""
    x, z = chair.outline.point(0.0, -chair.half[2] - depth / 2)
    return chair.outline._replace(x=x, z=z, hz=depth / 2, bottom=0.0, top=WALK_HEIGHT)
