"""The lounge of a living room: sofa, coffee table, seats, side tables, stools, and the TV that the sofa faces.

Points beside a sofa are given in its own axes: how far along its x axis, and how far along its front, from its middle.
The measures in comments are quartiles of real rooms (3D-FRONT).
"""

import math
from typing import Final, NamedTuple

from .floor import WALK_HEIGHT, Wall
from .geometry import Block
from .pieces import Half, Piece
from .plan import Free, Placed, Plan

_TRIES: Final = 16
"""Places that are tried for the sofa, and for its coffee table."""
_ATTEMPTS: Final = 8
"""At the whole group."""
_FAR: Final = 4.0
"""Metres from the middle of a sofa to the wall of its TV, at most."""
SOFAS: Final = ("multi_seat_sofa", "loveseat_sofa", "l_shaped_sofa", "chaise_longue_sofa", "lazy_sofa")


class Lounge(NamedTuple):
    """A wished lounge: sofas, coffee table, TV, seats, stools and small tables.

    Args:
        sofa: class of the sofa.
        second: class of a second sofa, at a right angle to the first; None for none.
        table: whether there is a coffee table.
        tv: whether there is a TV stand.
        seats: classes of armchairs and the like.
        stools: number of stools.
        sides: classes of the tables at the sofa's ends.
    """

    sofa: str
    second: str | None
    table: bool
    tv: bool
    seats: tuple[str, ...]
    stools: int
    sides: tuple[str, ...]


class _Spot(NamedTuple):
    """The coffee table, or its place, in the sofa's axes: position, and half extents along these axes."""

    side: float
    front: float
    half_x: float
    half_z: float


def place_lounge(plan: Plan, wish: Lounge) -> int | None:
    """Places the group where most of it finds room; returns the number of wishes without, None without the sofa."""
    state = plan.state()
    missed = None
    for attempt in range(_ATTEMPTS):
        plan.undo(state)
        missed = _place(plan, wish)
        if missed is not None and missed <= attempt // 3:
            break
    return missed


def _place(plan: Plan, wish: Lounge) -> int | None:
    sofa = _place_sofa(plan, wish)
    if sofa is None:
        return None
    missed = 0
    if wish.tv:
        missed += _place_tv(plan, sofa) is None
    spot = _Spot(0.0, plan.placed[sofa].half[2] + 0.8, 0.5, 0.35)
    if wish.table:
        found = _place_coffee_table(plan, sofa)
        missed += found is None
        spot = found or spot
    if missed:
        return missed + 2
    if wish.second is not None:
        missed += not _place_second(plan, sofa, wish.second, spot)
    missed += _place_seats(plan, sofa, wish.seats, spot)
    missed += _place_sides(plan, sofa, wish.sides)
    return missed + _place_stools(plan, sofa, wish.stools, spot)


def _place_sofa(plan: Plan, wish: Lounge) -> int | None:
    """A sofa with its back to or near a wall, where the wall that it faces is at a good distance for a TV."""
    piece, half = plan.choose(wish.sofa)
    for attempt in range(_TRIES):
        wall = plan.any_wall(1.5)
        reach = wall.half - half[0]
        if reach < 0:
            continue
        along = (
            plan.rng.choice((-1, 1)) * (reach - plan.near(0.85, 0.4))
            if plan.chance(0.8)
            else plan.between(-reach, reach)
        )
        along = max(-reach, min(reach, along))
        new = plan.at_wall(piece, half, wall, along, _gap(plan))
        faced = plan.wall_before(new.x, new.z, new.angle)
        if faced is None or not half[2] + (1.3 if wish.tv or wish.table else 0.9) < faced[1]:
            continue
        far = faced[1] > _FAR
        if far and wish.tv and attempt >= _TRIES - 2:  # the room is deep: the sofa stands out in it
            new = plan.at_wall(piece, half, wall, along, plan.wall_gap(new) + faced[1] - plan.between(2.4, 3.7))
            far = False
        if not (far and wish.tv) and plan.fits(new) and (not wish.tv or _tv_has_room(new, faced[0])):
            index = plan.add(new)
            plan.free.append(Free(_view(plan, new, tv=wish.tv), frozenset((index,))))
            return index
    return None


def _view(plan: Plan, sofa: Placed, *, tv: bool) -> Block:
    """The ground between a sofa and its TV, or as far as its coffee table goes."""
    faced = plan.wall_before(sofa.x, sofa.z, sofa.angle)
    depth = faced[1] - sofa.half[2] if tv and faced else 1.0
    x, z = sofa.outline.point(0.0, sofa.half[2] + depth / 2)
    return sofa.outline._replace(x=x, z=z, hx=0.8 * sofa.half[0], hz=depth / 2, bottom=0.0, top=WALK_HEIGHT)


def _gap(plan: Plan) -> float:
    """Draws the metres between the back of a sofa and its wall (0.00, 0.03, 0.09; 8 % above 0.3)."""
    draw = plan.rng.random()
    return plan.standoff() if draw < 0.95 else plan.between(0.1, 0.7)


def _tv_has_room(sofa: Placed, wall: Wall) -> bool:
    """Whether the wall that a sofa faces extends far enough to both sides of the point opposite it."""
    return abs(wall.local(sofa.x, sofa.z)[0]) < wall.half - 0.9


def _place_tv(plan: Plan, sofa: int) -> int | None:
    """A TV stand at the wall that the sofa faces, opposite its middle (0.07, 0.19, 0.45 beside it)."""
    host = plan.placed[sofa]
    faced = plan.wall_before(host.x, host.z, host.angle)
    if faced is None:
        return None
    wall, _ = faced
    aim = wall.local(host.x, host.z)[0]
    piece, half = plan.choose("tv_stand")
    usual = plan.rng.choices((0.08, 0.25, 0.5, 0.95), (0.3, 0.38, 0.18, 0.14))[0]
    for spread in (usual, 0.25, 0.4, 0.6, 0.9):
        along = plan.near(aim, spread)
        if abs(along) <= wall.half - half[0]:
            index = plan.try_add(plan.at_wall(piece, half, wall, along, plan.standoff()), (sofa,))
            if index is not None:
                return index
    return None


def _place_coffee_table(plan: Plan, sofa: int) -> _Spot | None:
    """A coffee table before the sofa; before an L-shaped one, in its corner."""
    host = plan.placed[sofa]
    piece, half = plan.choose("coffee_table")
    turned = 0.13 if half[0] > half[2] * 1.3 else 0.5
    angle = math.pi * int(plan.chance(0.35)) + (math.pi / 2 if plan.chance(turned * 0.5) else 0.0)
    wide, deep = (half[2], half[0]) if abs(math.cos(angle)) < 0.5 else (half[0], half[2])
    open_side = _open_side(host) if host.piece.category == "l_shaped_sofa" else 0
    for attempt in range(_TRIES):
        gap = plan.between(0.22, 0.6) + 0.03 * attempt
        side = open_side * plan.between(0.2, 0.65) if open_side else plan.near(0.0, 0.06 if plan.chance(0.6) else 0.35)
        front = _seat_edge(host, open_side) + deep + gap
        x, z = host.outline.point(side, front)
        index = plan.try_add(plan.stand(piece, half, x, z, host.angle + angle), (sofa,), 0.03)
        if index is not None:
            return _Spot(side, front, wide, deep)
    return None


def _open_side(sofa: Placed) -> int:
    """On which side of an L-shaped sofa there is room for a table: −1 or 1."""
    weight = sum(part.x * part.hx * part.hz for part in sofa.piece.parts if part.z + part.hz > 0.3)
    return -1 if weight > 0 else 1


def _seat_edge(sofa: Placed, open_side: int) -> float:
    """How far before the middle of a sofa its seat ends, on the side where a table is to stand."""
    if not open_side:
        return sofa.half[2]
    ends = [p.z + p.hz for p in sofa.piece.parts if p.x - p.hx < 0.4 * open_side < p.x + p.hx]
    return max(ends, default=1.0) * sofa.half[2]


def _place_second(plan: Plan, sofa: int, category: str, spot: _Spot) -> bool:
    """A second sofa at a right angle to the first, at one end of the coffee table (1.57, 1.66, 1.90 beside it)."""
    piece, half = plan.choose(category)
    sides = (-1, 1) if plan.chance(0.5) else (1, -1)
    for side in sides:
        for gap in (plan.between(0.25, 0.55), 0.7):
            place = spot.side + side * (spot.half_x + half[2] + gap), spot.front + plan.near(0.05, 0.1)
            if _stand_beside(plan, sofa, piece, half, place, -side * math.pi / 2):
                return True
    return False


def _stand_beside(
    plan: Plan, sofa: int, piece: Piece, half: Half, place: tuple[float, float], turn: float, gap: float = 0.04
) -> bool:
    """Puts a piece beside the sofa, turned against it; False where it does not fit."""
    host = plan.placed[sofa]
    x, z = host.outline.point(*place)
    return plan.try_add(plan.stand(piece, half, x, z, host.angle + turn), (sofa,), gap) is not None


def _place_sides(plan: Plan, sofa: int, categories: tuple[str, ...]) -> int:
    """Places small tables at the ends of the sofa; returns how many found no place."""
    host = plan.placed[sofa]
    sides = [-1, 1] if plan.chance(0.5) else [1, -1]
    chosen = {category: plan.choose(category) for category in categories}
    missed = 0
    for number, category in enumerate(categories):
        piece, half = chosen[category]
        found = False
        for side in sides[number % 2 :][:1] + sides:
            for _ in range(3):
                gap = plan.between(0.01, 0.2) if plan.chance(0.7) else plan.between(0.1, 0.5)
                back = plan.between(-0.02, 0.25) if plan.chance(0.75) else plan.between(0.2, 0.5)
                place = side * (host.half[0] + half[0] + gap), half[2] - host.half[2] + back
                turn = plan.rng.choices((0.0, math.pi / 2, -math.pi / 2, math.pi), (0.44, 0.21, 0.21, 0.14))[0]
                found = found or _stand_beside(plan, sofa, piece, half, place, turn, 0.01)
        missed += not found
    return missed


def _place_seats(plan: Plan, sofa: int, categories: tuple[str, ...], spot: _Spot) -> int:
    """Places armchairs and the like around the coffee table, facing it; returns how many found no place.

    Two equal ones face each other across the table, or stand side by side at one end of it.
    """
    sides = [-1, 1] if plan.chance(0.9) == (_open_at(plan, sofa, 1) > _open_at(plan, sofa, -1)) else [1, -1]
    abreast = len(categories) > 1 and plan.chance(0.45)
    askew = plan.chance(0.65 if "lounge_chair" in categories else 0.5)
    chosen = {category: plan.choose(category) for category in categories}
    missed = 0
    for number, category in enumerate(categories):
        piece, half = chosen[category]
        first = sides[0] if abreast or number % 2 == 0 else sides[1]
        apart = half[0] + (0.2 if askew else 0.08)
        shift = (number % 2 * 2 - 1) * apart if abreast else plan.near(0.0, 0.15)
        found = any(_seat(plan, sofa, piece, half, spot, (side, shift, askew)) for side in (first, first, -first))
        missed += not (found or _seat_at_corner(plan, sofa, piece, half))
    return missed


def _open_at(plan: Plan, sofa: int, side: int) -> float:
    """How far it is from a sofa to the wall at one side of it."""
    host = plan.placed[sofa]
    found = plan.wall_before(host.x, host.z, host.angle + side * math.pi / 2)
    return math.inf if found is None else found[1]


def _seat(plan: Plan, sofa: int, piece: Piece, half: Half, spot: _Spot, where: tuple[int, float, bool]) -> bool:
    """One seat at an end of the coffee table, square to it or turned to its middle."""
    side, shift, askew = where
    out = spot.half_x + half[2] + (plan.between(0.3, 0.8) if plan.chance(0.7) else plan.between(0.7, 1.3))
    front = spot.front + shift + plan.near(0.0, 0.1)
    turn = -side * math.pi / 2
    if askew:
        turn += side * plan.rng.choice((1, 1, -1)) * math.radians(plan.rng.choice((15, 20, 30, 30, 35, 45)))
    return _stand_beside(plan, sofa, piece, half, (spot.side + side * out, front), turn)


def _seat_at_corner(plan: Plan, sofa: int, piece: Piece, half: Half) -> bool:
    """One seat at an end of the sofa, turned to what is before it."""
    host = plan.placed[sofa]
    for side in (-1, 1) if plan.chance(0.5) else (1, -1):
        place = side * (host.half[0] + half[0] + plan.between(0.15, 0.5)), plan.between(0.1, 0.8)
        if _stand_beside(plan, sofa, piece, half, place, -side * math.radians(plan.rng.choice((30, 45, 60)))):
            return True
    return False


def _place_stools(plan: Plan, sofa: int, count: int, spot: _Spot) -> int:
    """Places equal stools at the free sides of the coffee table; returns how many found no place."""
    if not count:
        return 0
    piece, half = plan.choose("stool")
    sofa_end = plan.placed[sofa].half[0]
    sides = [-1, 1] if plan.chance(0.5) else [1, -1]
    across = plan.chance(0.05)
    missed = 0
    for number in range(count):
        found = False
        for _ in range(4):
            if across:
                middle = (number * 2 - count + 1) * (half[0] + 0.06) + spot.side
                place = middle, spot.front + spot.half_z + half[2] + plan.between(0.1, 0.45)
            else:
                out = max(spot.half_x + max(half[0], half[2]) + 0.25, sofa_end + plan.between(-0.05, 0.5))
                place = spot.side + sides[number % 2] * out, spot.front + plan.near(0.0, 0.2)
            turn = plan.rng.choices((0.0, math.pi / 2, -math.pi / 2, math.pi), (0.2, 0.36, 0.36, 0.08))[0]
            found = found or _stand_beside(plan, sofa, piece, half, place, turn)
        missed += not found
    return missed
