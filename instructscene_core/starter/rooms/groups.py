"""Groups of furniture as people arrange them: a bed with its nightstands, a desk with its chair, lamps above.

Each function places one group in the plan where it finds room, and leaves it out where it does not. Points beside a
piece are given in its own axes: how far along its x axis, and how far along its front.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

from ...vocabulary import hangs
from .floor import WALK_HEIGHT
from .geometry import Block, overlap
from .parts import middles
from .pieces import Half
from .plan import Free, Placed, Plan

_TRIES = 8
"""Places that are tried for a piece."""
_CANDIDATES = 3
"""Of these, the places at walls of which the one farthest from all furniture is taken."""
_BED_SIDE = 0.5
"""Metres of free ground at a side of a bed: at both of a double bed, at one of others."""
_BED_FOOT = 0.62
"""Metres of free ground at its foot."""
_SEATINGS = 6
"""Places that are tried for a desk and its seat together."""
_SITTING = 0.3
"""Metres behind a seat at a desk; people squeeze in there, as bedrooms are small."""
_ONE_PERSON = 0.36
"""Half the width of a stool that one person sits on; wider ones are benches."""
_WORKING = (0.3, 0.3)
"""Half width and half height from which on one can sit at a table; smaller ones are put beside beds and seats."""
_HANDBREADTH = 0.03
"""Metres by which people miss a middle when they hang a lamp."""
_OWN_AIR = 1.2
"""Metres from a lamp of the room's own to the others."""
_BESIDE_NIGHTSTAND = 0.3
"""Metres from a nightstand to storage: closer they look pushed together."""
_HEAD = 0.6
"""Metres at the head of a bed where a nightstand may stand on the ground beside it."""


def place_bed(plan: Plan, category: str, *, wardrobe: bool = False, nightstands: int = 0) -> int | None:
    """Places a bed, mostly with its head at a long wall: double beds with room on both sides, others often in a corner.

    Args:
        plan: the room.
        category: class of the bed.
        wardrobe: whether a wardrobe is to stand beside it, for which one side is left wide enough.
        nightstands: how many are to stand at its head; with two, both sides are left wide enough.
    """
    piece, half = plan.choose(category)
    double = category == "double_bed"
    corner = 0.0 if double else 0.45
    walls = [wall for wall in plan.floor.walls if wall.half >= half[0]]
    weights = [wall.half**5 * (0.4 if wall.half - half[0] > 1.5 else 1.0) for wall in walls]
    for attempt in range(_TRIES if walls else 0):
        wall = plan.rng.choices(walls, weights)[0]
        reach = wall.half - half[0]
        side = 1 if plan.chance(0.5) else -1
        if plan.chance(corner):
            along = reach - plan.standoff()
        elif nightstands > 1:
            along = max(0.0, reach - _beside_head(plan, 2 * reach - 1.15 if wardrobe else reach))
        elif wardrobe:
            along = min(plan.between(1.0, 1.5), 2 * reach - plan.between(0.3, 0.6)) - reach
        else:
            along = plan.near(0.0, reach * (0.15 if plan.chance(0.5) else 0.45))
        new = plan.at_wall(piece, half, wall, side * max(-reach, min(reach, along)), plan.standoff() + 0.005)
        if wardrobe and attempt < _TRIES // 2 and not _wardrobe_has_room(plan, new):
            continue
        if plan.fits(new) and plan.ground_is_free(_foot(new)):
            sides = [s for s in (_side(new, -1), _side(new, 1)) if plan.inside(s) and plan.ground_is_free(s)]
            if len(sides) > double:
                index = plan.add(new)
                plan.free += [Free(area, frozenset((index,))) for area in (*sides, _foot(new))]
                return index
    return None


def _wardrobe_has_room(plan: Plan, bed: Placed) -> bool:
    """Whether a wardrobe may stand at a wall beside a bed: at the head, or some way from it."""
    piece, half = plan.choose("wardrobe")
    for side in (-1, 1):
        found = plan.wall_before(bed.x, bed.z, bed.angle + side * math.pi / 2)
        if found is None or found[1] - bed.half[0] < 2 * half[2] + 0.3:
            continue
        wall = found[0]
        slack = wall.half - half[0]
        for front in (-bed.half[2], 0.1):
            along = wall.local(*bed.outline.point(0.0, front))[0]
            new = plan.at_wall(piece, half, wall, max(-slack, min(slack, along)), 0.03)
            if slack >= 0 and plan.fits(new):
                return True
    return False


def _beside_head(plan: Plan, most: float) -> float:
    """Draws the metres between a bed with two nightstands and the nearer wall beside it, ``most`` at most."""
    _, half = plan.choose("nightstand")
    spare = plan.between(0.0, 0.25) if plan.chance(0.6) else plan.between(0.2, 0.75)
    return 2 * half[0] + 0.02 + max(0.0, min(spare, most - 2 * half[0] - 0.02))


def place_nightstands(plan: Plan, bed: int, count: int, category: str = "nightstand") -> list[int]:
    """Places up to two nightstands (or small tables) at the head of a bed, mostly equal ones; returns their indices."""
    host = plan.placed[bed]
    sides = (-1, 1) if plan.chance(0.5) else (1, -1)
    piece, half = plan.choose(category)
    back = max(plan.rng.gauss(-0.02, 0.08), 0.001 - plan.wall_gap(host))
    placed: list[int] = []
    for side in sides:
        if len(placed) >= count:
            break
        if placed and plan.chance(0.08):
            piece, half = plan.choose(category)
        for gap, forward in ((_bedside_gap(plan), min(back + plan.between(0.0, 0.03), 0.2)), (0.01, 0.0)):
            x, z = host.outline.point(side * (host.half[0] + half[0] + gap), half[2] - host.half[2] + forward)
            index = plan.try_add(plan.stand(piece, half, x, z, host.angle), (bed,), 0.01)
            if index is not None:
                placed.append(index)
                break
    return placed


def _bedside_gap(plan: Plan) -> float:
    """Draws the metres from bed to nightstand (in real rooms half touch or overlap; 0.07, 0.18, 0.33 for most)."""
    draw = plan.rng.random()
    if draw < 0.55:
        return plan.between(0.005, 0.03)
    return plan.between(0.02, 0.1) if draw < 0.8 else plan.between(0.08, 0.3)


def place_around(plan: Plan, bed: int, category: str, chances: tuple[float, float, float]) -> int | None:
    """Places a piece at the wall behind, beside or opposite the bed; where there is no room, at any wall.

    Args:
        plan: the room.
        bed: index of the bed.
        category: class of the piece.
        chances: that it stands at the head's wall beside the bed, at a side wall, opposite of the bed.
    """
    piece, half = plan.choose(category)
    host = plan.placed[bed]
    friends = [index for index, p in enumerate(plan.placed) if p.piece.category == "nightstand"]
    zone = plan.rng.choices((0, 1, 2), chances)[0]
    roomier = roomier_side(plan, host)
    for attempt in range(_TRIES + 2 if zone == 1 else _TRIES):
        side = roomier if plan.chance(0.8) else -roomier
        corner = zone == 1 and plan.chance(0.25)
        turn = (math.pi, side * math.pi / 2, 0.0)[zone]
        found = plan.wall_before(host.x, host.z, host.angle + turn)
        if found is None:
            continue
        if zone == 0:
            place = side * (host.half[0] + half[0] + plan.between(0.02, 0.12 + 0.1 * attempt)), 0.0
        elif zone == 1:
            place = 0.0, -host.half[2] if corner else plan.near(0.02, 0.2 + 0.02 * attempt)
        else:
            place = plan.near(0.0, 0.4 + 0.2 * attempt), 0.0
        wall = found[0]
        along = wall.local(*host.outline.point(*place))[0]
        slack = wall.half - half[0]
        if slack < 0 or abs(along) > slack + (half[0] + 0.3 if corner else 0.5):
            continue
        new = plan.at_wall(piece, half, wall, max(-slack, min(slack, along)), plan.standoff())
        if zone == 1 and overlap(new.outline, host.outline, 0.3):
            continue
        if _pushed_together(plan, new):
            continue
        index = plan.try_add_walkable(new, friends)
        if index is not None:
            return index
    return place_at_wall(plan, category)


def _pushed_together(plan: Plan, new: Placed) -> bool:
    """Whether a piece would stand right at a nightstand."""
    stands = (p for p in plan.placed if p.piece.category == "nightstand")
    return any(overlap(new.outline, stand.outline, _BESIDE_NIGHTSTAND) for stand in stands)


def roomier_side(plan: Plan, host: Placed) -> int:
    """The side of a piece, −1 or 1 along its x axis, on which the wall is farther away."""
    reach = [0.0, 0.0]
    for number, side in enumerate((-1, 1)):
        found = plan.wall_before(host.x, host.z, host.angle + side * math.pi / 2)
        reach[number] = 0.0 if found is None else found[1]
    return -1 if reach[0] > reach[1] else 1


def place_at_wall(plan: Plan, category: str) -> int | None:
    """A piece with its back to any wall: in a corner, or anywhere along it, rather where the room is empty."""
    piece, half = plan.choose(category)
    found: list[Placed] = []
    for _ in range(_TRIES):
        wall = plan.any_wall()
        reach = wall.half - half[0]
        if reach < 0:
            continue
        new = plan.at_wall(piece, half, wall, _along(plan, reach), plan.standoff())
        if plan.fits(new) and plan.usable(new) and not _pushed_together(plan, new):
            found.append(new)
        if len(found) == _CANDIDATES:
            break
    found.sort(key=lambda new: -min((math.hypot(new.x - p.x, new.z - p.z) for p in plan.placed), default=0.0))
    return next((index for new in found if (index := plan.try_add_walkable(new)) is not None), None)


def place_near(plan: Plan, category: str, host: int) -> int | None:
    """A piece with its back to a wall, not far from another piece; elsewhere where there is no room."""
    piece, half = plan.choose(category)
    other = plan.placed[host]
    for attempt in range(_TRIES):
        wall = plan.any_wall()
        reach = wall.half - half[0]
        if reach < 0:
            continue
        new = plan.at_wall(piece, half, wall, _along(plan, reach), plan.standoff())
        near = math.hypot(new.x - other.x, new.z - other.z) < 2.1 + 0.2 * attempt
        index = plan.try_add_walkable(new) if near else None
        if index is not None:
            return index
    return place_at_wall(plan, category)


def place_tv(plan: Plan, bed: int) -> int | None:
    """A TV stand at the wall that the bed faces, opposite its middle."""
    piece, half = plan.choose("tv_stand")
    host = plan.placed[bed]
    found = plan.wall_before(host.x, host.z, host.angle)
    if found is None:
        return None
    wall, _ = found
    reach = wall.half - half[0]
    aim, _ = wall.local(host.x, host.z)
    for spread in (0.08 if plan.chance(0.7) else 0.3, 0.15, 0.4):
        along = plan.near(aim, spread)
        if abs(along) <= reach:
            index = plan.try_add(plan.at_wall(piece, half, wall, along, plan.standoff()))
            if index is not None:
                return index
    return None


def place_desk(plan: Plan, seat: str, place: Callable[[], int | None]) -> int | None:
    """A desk or the like at a wall with a seat before it, pushed under it as far as its parts allow.

    Args:
        plan: the room.
        seat: class of the seat.
        place: places the desk; it is called again where the seat finds no room, and without a seat there is no desk.
    """
    for _ in range(_SEATINGS):
        state = plan.state()
        index = place()
        if index is not None and place_seat(plan, index, seat) is not None:
            return index
        plan.undo(state)
    return None


def place_seat(plan: Plan, table: int, category: str) -> int | None:
    """A seat before the front of a table, facing it.

    Args:
        plan: the room.
        table: index of the table.
        category: class of the seat.
    """
    host = plan.placed[table]
    piece, half = plan.choose(category, lambda half: half[0] < host.half[0] and half[0] < _ONE_PERSON)
    askew = plan.near(0.0, 0.12) if plan.chance(0.25) else 0.0
    slide = plan.near(0.0, min(0.1, 0.3 * (host.half[0] - half[0]))) if host.half[0] > half[0] else 0.0
    for slid, tuck in ((slide, plan.between(0.0, 0.3)), (slide, 0.05), (0.0, 0.1), (0.0, 0.0), (0.0, -0.06)):
        x, z = host.outline.point(slid, host.half[2] + half[2] - tuck)
        new = plan.stand(piece, half, x, z, host.angle + math.pi + askew)
        x, z = new.outline.point(0.0, -half[2] - _SITTING / 2)
        ground = new.outline._replace(x=x, z=z, hz=_SITTING / 2, bottom=0.0, top=WALK_HEIGHT)
        if plan.fits(new, (table,)) and plan.ground_is_free(ground):
            plan.free.append(Free(ground))
            return plan.add(new)
    return None


def place_bench(plan: Plan, bed: int) -> int | None:
    """A bench at the foot of a bed."""
    host = plan.placed[bed]
    piece, half = plan.choose("stool", lambda half: _ONE_PERSON < half[0] < host.half[0])
    x, z = host.outline.point(plan.near(0.0, 0.02), host.half[2] + half[2] + plan.between(0.03, 0.12))
    return plan.try_add(plan.stand(piece, half, x, z, host.angle), (bed,))


def place_armchair(plan: Plan, table: str | None, *, stool: bool) -> int | None:
    """An armchair in a corner, turned to the room, perhaps with a small table beside it and a stool before it."""
    piece, half = plan.choose("armchair")
    for _ in range(_TRIES):
        wall = plan.any_wall()
        side = 1 if plan.chance(0.5) else -1
        turn = -side * (math.pi / 4 if plan.chance(0.6) else 0.0)
        wide = max(half[0], half[2]) * (1.42 if turn else 1.0)
        along = side * (wall.half - wide - plan.between(0.02, 0.7))
        straight = plan.at_wall(piece, half, wall, along, wide - half[2] + 0.03)
        index = plan.try_add(plan.stand(piece, half, straight.x, straight.z, straight.angle + turn))
        if index is not None:
            _furnish_armchair(plan, index, table, stool=stool)
            return index
    return None


def place_sofa(plan: Plan, *, coffee_table: bool) -> int | None:
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


def one_can_sit_at(half: Half) -> bool:
    """Whether a table with some half extents is wide and high enough to sit at."""
    return half[0] >= _WORKING[0] and half[1] >= _WORKING[1]


def place_lamp(plan: Plan, category: str, bed: int) -> int | None:
    """A lamp at the ceiling over the middle line of the bed, or in the middle of the room."""
    host = plan.placed[bed]
    over_bed = [Anchor(*host.outline.point(0.0, plan.near(at, 0.15)), host.angle) for at in (0.3, 0.1, 0.5)]
    if plan.chance(0.75):
        for anchor in over_bed:
            index = place_lamp_at(plan, category, anchor)
            if index is not None:
                return index
    index = place_room_lamp(plan, category)
    return place_lamp_at(plan, category, over_bed[0]) if index is None else index


class Anchor(NamedTuple):
    """What a lamp hangs over: its middle, and the angle of what stands there."""

    x: float
    z: float
    angle: float


def place_lamp_at(plan: Plan, category: str, anchor: Anchor) -> int | None:
    """A lamp over the middle of something, in line with it."""
    piece, half = plan.choose(category)
    x, z = plan.near(anchor.x, _HANDBREADTH / 2), plan.near(anchor.z, _HANDBREADTH / 2)
    # It may hang over all furniture, as long as no solid parts meet.
    return plan.try_add(plan.stand(piece, half, x, z, anchor.angle), range(len(plan.placed)))


def place_room_lamp(plan: Plan, category: str) -> int | None:
    """A lamp in the middle of the room or of a part of it, over nothing that stands there and away from other lamps."""
    piece, half = plan.choose(category, lambda half: plan.height - 2 * half[1] > WALK_HEIGHT)
    for x, z in middles(plan.floor):
        others = [p for p in plan.placed if hangs(p.piece.category)]
        if any(math.hypot(p.x - x, p.z - z) < _OWN_AIR for p in others):
            continue
        new = plan.stand(piece, half, plan.near(x, _HANDBREADTH / 2), plan.near(z, _HANDBREADTH / 2), 0.0)
        below = new.outline._replace(bottom=0.0)
        index = None if any(overlap(below, p.outline) for p in plan.placed) else plan.try_add(new)
        if index is not None:
            return index
    return None


def place_bedside_lamps(plan: Plan, nightstands: list[int]) -> bool:
    """A pair of equal pendant lamps over the nightstands; False where not both have room."""
    piece, half = plan.choose("pendant_lamp", lambda half: all(half[2] < plan.placed[k].half[2] for k in nightstands))
    state = plan.state()
    for index in nightstands:
        host = plan.placed[index]
        if plan.try_add(plan.stand(piece, half, host.x, host.z, host.angle), (index,)) is None:
            plan.undo(state)
            return False
    return True


def _along(plan: Plan, reach: float) -> float:
    """Draws a position along a wall, metres from its middle: in a corner, at the middle or anywhere."""
    draw = plan.rng.random()
    if draw < 0.45:
        return (reach - plan.between(0.01, 0.06)) * (1 if plan.chance(0.5) else -1)
    return plan.near(0.0, 0.1) if draw < 0.55 and reach > 0.2 else plan.between(-reach, reach)


def _side(bed: Placed, side: int) -> Block:
    """The ground at a side of a bed, without the place of a nightstand."""
    long = bed.half[2] - _HEAD / 2
    x, z = bed.outline.point(side * (bed.half[0] + _BED_SIDE / 2), _HEAD / 2)
    return bed.outline._replace(x=x, z=z, hx=_BED_SIDE / 2, hz=long, bottom=0.0, top=WALK_HEIGHT)


def _foot(bed: Placed) -> Block:
    """The ground at the foot of a bed."""
    x, z = bed.outline.point(0.0, bed.half[2] + _BED_FOOT / 2)
    return bed.outline._replace(x=x, z=z, hz=_BED_FOOT / 2, bottom=0.0, top=WALK_HEIGHT)


def _furnish_armchair(plan: Plan, armchair: int, table: str | None, *, stool: bool) -> None:
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
