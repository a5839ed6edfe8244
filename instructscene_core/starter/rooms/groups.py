"""Groups of furniture as people arrange them: a bed with its nightstands, a desk with its chair, lamps above.

Each function places one group in the plan where it finds room, and leaves it out where it does not. Angles and walls
are those of ``plan``: a piece at wall k faces angle k·pi/2.
"""

import math

from .geometry import Block, block
from .pieces import Piece
from .plan import WALK_HEIGHT, Free, Placed, Plan

Half = tuple[float, float, float]

_TRIES = 8
_BED_SIDE = 0.5
_BED_FOOT = 0.55
_HEAD = 0.6
"""Metres at the head of a bed that a nightstand may take from the way beside it."""


def place_bed(plan: Plan, category: str) -> int | None:
    """A bed with its head at a wall: double beds near the middle of it, others as often in a corner."""
    piece, half = plan.choose(category)
    corner = 0.08 if category == "double_bed" else 0.6
    for _ in range(_TRIES):
        wall = plan.any_wall()
        reach = plan.wall_length(wall) - half[0]
        if plan.chance(corner):
            along = reach if plan.chance(0.5) else -reach
        else:
            spread = 0.08 if plan.chance(0.6) else 0.35
            along = max(-reach, min(reach, plan.near(0.0, reach * spread)))
        new = plan.at_wall(piece, half, wall, along, plan.between(0.0, 0.03))
        if plan.fits(new) and plan.ground_is_free(_foot(new)):
            sides = [s for s in (_side(new, -1), _side(new, 1)) if plan.inside(s) and plan.ground_is_free(s)]
            if sides:
                index = plan.add(new)
                plan.free += [Free(area, frozenset((index,))) for area in (*sides, _foot(new))]
                return index
    return None


def place_nightstands(plan: Plan, bed: int, count: int) -> list[int]:
    """Up to two nightstands at the head of a bed, most often a pair."""
    host = plan.placed[bed]
    sides = (-1, 1) if plan.chance(0.5) else (1, -1)
    piece, half = plan.choose("nightstand")
    placed: list[int] = []
    for side in sides:
        if len(placed) >= count:
            break
        if placed and plan.chance(0.08):
            piece, half = plan.choose("nightstand")
        gap = plan.between(0.02, 0.1)
        x, z = host.outline.point(side * (host.half[0] + half[0] + gap), half[2] - host.half[2])
        index = plan.try_add(plan.stand(piece, half, x, z, host.angle), (bed,), 0.01)
        if index is not None:
            placed.append(index)
    return placed


def place_at_wall(plan: Plan, category: str) -> int | None:
    """A piece with its back to any wall: in a corner, beside what stands there, or anywhere along it."""
    piece, half = plan.choose(category)
    for _ in range(_TRIES):
        wall = plan.any_wall()
        reach = plan.wall_length(wall) - half[0]
        if reach < 0:
            continue
        index = plan.try_add(plan.at_wall(piece, half, wall, _along(plan, reach), 0.01))
        if index is not None:
            return index
    return None


def place_tv(plan: Plan, bed: int) -> int | None:
    """A TV stand at the wall that the bed faces, opposite its middle."""
    piece, half = plan.choose("tv_stand")
    host = plan.placed[bed]
    wall = (plan.wall_of(host) + 2) % 4
    reach = plan.wall_length(wall) - half[0]
    aim = plan.along_wall(wall, host.x, host.z)
    for spread in (0.0, 0.15, 0.4):
        along = plan.near(aim, spread)
        if abs(along) <= reach:
            index = plan.try_add(plan.at_wall(piece, half, wall, along, 0.01))
            if index is not None:
                return index
    return None


def place_desk(plan: Plan, category: str, seat: str | None) -> int | None:
    """A desk or dressing table at a wall, and a seat that is pushed under it as far as its parts allow."""
    index = place_at_wall(plan, category)
    if index is not None and seat is not None:
        piece, half = plan.choose(seat)
        place_seat(plan, index, piece, half)
    return index


def place_seat(plan: Plan, table: int, piece: Piece, half: Half, turn: float = 0.0) -> int | None:
    """A seat at one side of a table (turn 0: its front), facing it.

    Args:
        plan: the room.
        table: index of the table.
        piece: the seat.
        half: its half extents.
        turn: which side, radians from the table's front; a multiple of pi/2.
    """
    host = plan.placed[table]
    side = block(host.x, host.z, 0.0, 0.0, host.angle + turn, 0.0, 0.0)
    edge = abs(math.cos(turn)) * host.half[2] + abs(math.sin(turn)) * host.half[0]
    askew = plan.near(0.0, 0.12) if plan.chance(0.25) else 0.0
    for tuck in (plan.between(0.12, 0.3), 0.1, 0.0, -0.06):
        x, z = side.point(0.0, edge + half[2] - tuck)
        index = plan.try_add(plan.stand(piece, half, x, z, host.angle + turn + math.pi + askew), (table,))
        if index is not None:
            return index
    return None


def place_bench(plan: Plan, bed: int) -> int | None:
    """A stool or bench at the foot of a bed."""
    host = plan.placed[bed]
    piece, half = plan.choose("stool")
    slide = plan.near(0.0, 0.2) if half[0] < 0.35 else 0.0
    x, z = host.outline.point(slide, host.half[2] + half[2] + plan.between(0.04, 0.15))
    return plan.try_add(plan.stand(piece, half, x, z, host.angle), (bed,))


def place_armchair(plan: Plan, table: str | None, stool: bool) -> int | None:
    """An armchair in a corner, turned to the room, perhaps with a small table beside it and a stool before it."""
    piece, half = plan.choose("armchair")
    for _ in range(_TRIES):
        wall = plan.any_wall()
        side = 1 if plan.chance(0.5) else -1
        turn = -side * (math.pi / 4 if plan.chance(0.6) else 0.0)
        wide = max(half[0], half[2]) * (1.42 if turn else 1.0)
        along = side * (plan.wall_length(wall) - wide - plan.between(0.02, 0.7))
        straight = plan.at_wall(piece, half, wall, along, wide - half[2] + 0.03)
        index = plan.try_add(plan.stand(piece, half, straight.x, straight.z, straight.angle + turn))
        if index is not None:
            _furnish_armchair(plan, index, table, stool)
            return index
    return None


def place_sofa(plan: Plan, coffee_table: bool) -> int | None:
    """A sofa at a wall and a coffee table before it; None where the room has no place for both."""
    index = place_at_wall(plan, "sofa")
    if index is not None and coffee_table:
        return place_before(plan, index, "coffee_table", plan.between(0.25, 0.42))
    return index


def place_before(plan: Plan, host: int, category: str, gap: float) -> int | None:
    """A piece on the ground before another one, in line with it."""
    other = plan.placed[host]
    piece, half = plan.choose(category)
    x, z = other.outline.point(0.0, other.half[2] + half[2] + gap)
    return plan.try_add(plan.stand(piece, half, x, z, other.angle), (host,))


def place_table(plan: Plan, chairs: int) -> int | None:
    """A table: with chairs out in the room, without them a side table at a wall."""
    if not chairs:
        return place_at_wall(plan, "table")
    piece, half = plan.choose("table")
    for _ in range(_TRIES):
        reach = plan.half_x - half[0] - 0.5, plan.half_z - half[2] - 0.5
        if min(reach) < 0:
            return None
        x, z = plan.between(-1, 1) * reach[0], plan.between(-1, 1) * reach[1]
        index = plan.try_add(plan.stand(piece, half, x, z, math.pi / 2 * int(plan.between(0, 4))), gap=0.45)
        if index is not None:
            _seats_around(plan, index, chairs)
            return index
    return None


def place_lamp(plan: Plan, category: str, bed: int | None) -> int | None:
    """A lamp at the ceiling: over the bed, over a table, or over the middle of the room."""
    piece, half = plan.choose(category)
    spots: list[tuple[float, float]] = []
    if bed is not None and plan.chance(0.35):
        spots.append((plan.placed[bed].x, plan.placed[bed].z))
    tables = [p for p in plan.placed if p.piece.category in ("table", "coffee_table")]
    if tables and plan.chance(0.4):
        spots.append((tables[0].x, tables[0].z))
    spots.append((0.0, 0.0))
    spots += [(plan.near(0.0, plan.half_x * 0.2), plan.near(0.0, plan.half_z * 0.2)) for _ in range(_TRIES)]
    for place, (x, z) in enumerate(spots):
        index = None
        if place == len(spots) - 1 or not _at_an_edge(plan, x, z):
            index = plan.try_add(plan.stand(piece, half, x, z, 0.0))
        if index is not None:
            return index
    return None


def place_bedside_lamps(plan: Plan, nightstands: list[int]) -> None:
    """A pair of like pendant lamps over the nightstands."""
    piece, half = plan.choose("pendant_lamp")
    for index in nightstands:
        host = plan.placed[index]
        x, z = host.outline.point(0.0, max(0.0, half[2] - host.half[2]) + 0.01)  # a wide lamp hangs off the wall
        plan.try_add(plan.stand(piece, half, x, z, host.angle))


def _along(plan: Plan, reach: float) -> float:
    """A place along a wall: a corner, its middle or anywhere."""
    draw = plan.rng.random()
    if draw < 0.45:
        return (reach - plan.between(0.01, 0.06)) * (1 if plan.chance(0.5) else -1)
    return plan.near(0.0, 0.1) if draw < 0.55 and reach > 0.2 else plan.between(-reach, reach)


def _side(bed: Placed, side: int) -> Block:
    """The ground beside a bed, without the place of a nightstand."""
    long = bed.half[2] - _HEAD / 2
    x, z = bed.outline.point(side * (bed.half[0] + _BED_SIDE / 2), _HEAD / 2)
    return bed.outline._replace(x=x, z=z, hx=_BED_SIDE / 2, hz=long, bottom=0.0, top=WALK_HEIGHT)


def _foot(bed: Placed) -> Block:
    """The ground at the foot of a bed."""
    x, z = bed.outline.point(0.0, bed.half[2] + _BED_FOOT / 2)
    return bed.outline._replace(x=x, z=z, hz=_BED_FOOT / 2, bottom=0.0, top=WALK_HEIGHT)


def _furnish_armchair(plan: Plan, armchair: int, table: str | None, stool: bool) -> None:
    """Side table and footstool of an armchair."""
    host = plan.placed[armchair]
    if table == "table":
        piece, half = plan.choose(table)
        for side in (1, -1):
            x, z = host.outline.point(side * (host.half[0] + half[0] + 0.05), plan.between(-0.15, 0.1))
            if plan.try_add(plan.stand(piece, half, x, z, host.angle)) is not None:
                break
    elif table is not None:
        place_before(plan, armchair, table, plan.between(0.25, 0.4))
    if stool and table != "coffee_table":
        place_before(plan, armchair, "stool", plan.between(0.08, 0.25))


def _seats_around(plan: Plan, table: int, chairs: int) -> None:
    """Like chairs at the sides of a table, opposite ones first."""
    piece, half = plan.choose("chair")
    turns = (0.0, math.pi, math.pi / 2, -math.pi / 2)
    for turn in turns[:chairs]:
        place_seat(plan, table, piece, half, turn)


def _at_an_edge(plan: Plan, x: float, z: float) -> bool:
    """Whether a point is near the edge of a piece's ground, where a lamp is neither clearly above nor beside it."""
    for piece in plan.placed:
        side, front = piece.outline.local(x, z)
        outside = max(abs(side) - piece.half[0], abs(front) - piece.half[2])
        if abs(outside) < 0.12:
            return True
    return False
