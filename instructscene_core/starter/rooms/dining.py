"""The dining group of a room: a table with its chairs."""

import math
from typing import Final, NamedTuple

from .geometry import Block
from .groups import roomier_side
from .pieces import Half, Piece
from .plan import Placed, Plan
from .sizes import quantile

_TRIES: Final = 60
"""Places that are tried for the table."""
_WALL_GAP: Final = (0, 31, 62, 89, 123, 162, 231)
"""Quantiles, as in ``sizes.Spread``: centimetres from a long side of a table to the nearer wall."""
_TUCK: Final = (-19, -7, 0, 9, 21, 32, 43)
"""Likewise: centimetres that chairs reach under the table."""


class Dining(NamedTuple):
    """A wished dining group: number of chairs, whether the table has an end at a wall, class of the chairs."""

    chairs: int
    at_wall: bool
    chair: str


def place_dining(plan: Plan, wish: Dining, apart: int | None = None) -> int | None:
    """Places table and chairs; returns the number of chairs that found no place, None where the table did not.

    Args:
        plan: the room.
        wish: table and chairs.
        apart: index of a piece to keep away from, as long as there is room elsewhere.
    """
    piece, half = plan.choose("dining_table")
    state = plan.state()
    missed = None
    for attempt in range(_TRIES):
        x, z, angle = _spot(plan, wish, half)
        new = plan.stand(piece, half, x, z, angle)
        other = plan.placed[apart] if apart is not None else None
        slack = 0.04 * attempt
        if other is not None and not _apart_enough(new, other, slack):
            continue
        if plan.fits(new, gap=0.05) and (not wish.chairs or _room_for_chairs(plan, new.outline, half)):
            plan.undo(state)
            missed = wish.chairs - _place_chairs(plan, plan.add(new), wish)
            if missed <= attempt // 20 and (missed % 2 == 0 or attempt > _TRIES * 3 // 4):
                break
    return missed


def _apart_enough(table: Placed, sofa: Placed, slack: float) -> bool:
    """Whether a table is neither near a sofa nor far from it, beside the room's part before the sofa."""
    _, front = sofa.outline.local(table.x, table.z)
    far = math.hypot(table.x - sofa.x, table.z - sofa.z)
    return 3.4 - slack < far < 6.0 + slack and -0.2 - slack < front < 2.5 + slack


def _spot(plan: Plan, wish: Dining, half: Half) -> tuple[float, float, float]:
    """A place for the table: one end to a wall (in real rooms 44 % right at it), or out in the room."""
    wall = plan.any_wall()
    if wish.at_wall:
        gap = plan.between(0.0, 0.05) if plan.chance(0.6) else plan.between(0.05, 0.6)
        side = plan.rng.choice((-1, 1))
        x, z = wall.point(
            side * max(0.0, wall.half - half[2] - quantile(_WALL_GAP, plan.rng.gauss(0.0, 1.0)) / 100), half[0] + gap
        )
        return x, z, wall.angle + (-side if plan.chance(0.6) else side) * math.pi / 2
    reach = max(0.0, wall.half - half[0] - 0.3)
    turned = plan.chance(0.5)
    out = (half[0] if turned else half[2]) + plan.between(0.55, 1.4)
    x, z = wall.point(plan.near(0.0, reach * 0.5), out)
    return x, z, wall.angle + (math.pi / 2 if turned else 0.0) + math.pi * int(plan.chance(0.5))


def _room_for_chairs(plan: Plan, table: Block, half: Half) -> bool:
    """Whether there is ground at both long sides of a table."""
    for side in (-1, 1):
        x, z = table.point(0.0, side * (half[2] + 0.23))
        if not plan.ground_is_free(table._replace(x=x, z=z, hz=0.23, bottom=0.0)):
            return False
    return True


def _place_chairs(plan: Plan, table: int, wish: Dining) -> int:
    """Places equal chairs around the table, as deep under it as each may be; returns how many were placed."""
    host = plan.placed[table]
    piece, half = plan.choose(wish.chair)
    tuck = quantile(_TUCK, plan.rng.gauss(0.0, 1.0)) / 100
    other = tuck + plan.near(0.0, 0.04)
    placed = 0
    for side, front, turn in _seats(plan, host.half, half, wish.chairs, -roomier_side(plan, host)):
        placed += _place_chair(plan, table, piece, half, (side, front, turn), tuck if front > 0 else other)
    return placed


def _seats(plan: Plan, table: Half, chair: Half, count: int, nearer: int) -> list[tuple[float, float, float]]:
    """Poses of chairs at the table's edge: metres along its x axis and its front, and the turn relative to it.

    Args:
        plan: the room.
        table: half extents of the table.
        chair: half extents of a chair.
        count: how many chairs.
        nearer: the end of the table that is nearer to a wall, −1 or 1; rows that are off the middle mostly are there.
    """
    ends = [(table[0], 0.0, -math.pi / 2), (-table[0], 0.0, math.pi / 2)]
    if table[0] < 0.66 and table[2] > 0.5:  # a square or round table: one at each side
        return [(0.0, table[2], math.pi), (0.0, -table[2], 0.0), *ends][:count]
    per_row = max(1, min((count + 1) // 2, int(2 * table[0] / (2 * chair[0] + 0.02))))
    if count in (5, 6) and per_row == 3 and plan.chance(0.3):
        per_row = 2
    step = _spacing(plan, table, chair, per_row) if per_row > 1 else 0.0
    shift = plan.near(0.0, 0.04)
    if plan.chance(0.4):
        shift = nearer * plan.between(-0.4, 1.0) * max(0.0, table[0] - chair[0] - (per_row - 1) / 2 * step)
    row = [shift + (k - (per_row - 1) / 2) * step for k in range(per_row)]
    seats = [seat for x in row for seat in ((x, table[2], math.pi), (x, -table[2], 0.0))]
    if count == 2 and plan.chance(0.4):
        seats = [(x, table[2], math.pi) for x in (-step / 2 or -0.33, step / 2 or 0.33)]
    if count % 2 and len(seats) > count:
        seats.pop()
    return (seats + ends)[:count]


def _spacing(plan: Plan, table: Half, chair: Half, per_row: int) -> float:
    """Metres between the middles of chairs in a row: close mostly, or as far apart as the table allows."""
    least, most = 2 * chair[0] + 0.01, 2 * (table[0] - chair[0]) / (per_row - 1)
    draw = plan.rng.random()
    if draw < 0.12:
        return max(least, min(most, 1.05))
    even = 2 * table[0] / per_row
    return max(least, min(even, 2 * chair[0] + plan.between(0.02, 0.3) if draw < 0.8 else 1.1))


def _place_chair(
    plan: Plan, table: int, piece: Piece, half: Half, seat: tuple[float, float, float], tuck: float
) -> bool:
    """Places one chair at the table, slightly turned now and then; False where it does not fit."""
    host = plan.placed[table]
    side, front, turn = seat
    side, tuck = side + plan.near(0.0, 0.025), tuck + plan.near(0.0, 0.015)
    askew = plan.between(-0.5, 0.5) if plan.chance(0.04) else 0.0
    along_x = abs(math.sin(turn)) > 0.5
    for depth in (tuck, 0.6 * tuck, 0.08, 0.0, -0.06, -0.15):
        out = half[2] - depth
        place = (side + math.copysign(out, side), front) if along_x else (side, front + math.copysign(out, front))
        x, z = host.outline.point(*place)
        if plan.try_add(plan.stand(piece, half, x, z, host.angle + turn + askew), (table,), 0.01) is not None:
            return True
    return False
