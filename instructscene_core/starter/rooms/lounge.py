"""The lounge of a living room: sofa, coffee table, seats, side tables, stools, and the TV that the sofa faces.

Points beside a sofa are given in its own axes: how far along its x axis, and how far along its front, from its middle.
The measures in comments are quartiles of real rooms (3D-FRONT).
"""

import math
from typing import Final, NamedTuple

from .floor import WALK_HEIGHT, Wall
from .geometry import Block, direction, overlap
from .parts import Part
from .pieces import Half, Piece
from .plan import FRONT_SPACE, Chosen, Free, Placed, Plan

_TRIES: Final = 10
"""Places that are tried for a coffee table."""
_GIVEN_UP: Final = 0.15
"""Sum of the weights of sides, less with each failure, up to which a sofa is not tried there again."""
_ATTEMPTS: Final = 5
"""At the whole group."""
_FAR: Final = 3.6
"""Metres from the front of a sofa to the wall of its TV, from which on the sofa moves towards it if it can."""
_LEGS: Final = (0.3, 0.5)
"""Metres between a sofa and its coffee table."""
_GROUP: Final = 2.2
"""Metres before the sofa that a group without a TV takes."""
_ASIDE: Final = 0.8
"""Metres from the middle of a part to the middle of a sofa that has another one beside it."""
_PASSAGE: Final = 0.8
"""Metres behind a sofa that stands out in the room."""
SEATED: Final = 0.8
"""Metres from the front of a sofa to the middle of its group, where there is no coffee table."""
_BESIDE: Final = 0.5
"""Metres from the middle line of a sofa to the middle of its TV at most."""
_ANGLES: Final = (0.0, math.pi / 2, math.pi, -math.pi / 2)
_BEFORE_SEAT: Final = 0.42
"""Metres of ground before a seat, of all but its coffee table: a little more than ``clearances.FRONT``."""
SOFAS: Final = ("multi_seat_sofa", "loveseat_sofa", "l_shaped_sofa", "chaise_longue_sofa")
"""Round which a lounge is."""


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


class _Side(NamedTuple):
    """A side of a part at which a sofa may have its back.

    Args:
        angle: of the sofa.
        weight: how likely it stands there; 0 where the group has no room.
        opposite: intervals, metres along its x axis from the middle of the part, where a TV has room before it.
    """

    angle: float
    weight: float
    opposite: list[tuple[float, float]]


class _Spot(NamedTuple):
    """The coffee table, or its place, in the sofa's axes: position, and half extents along these axes."""

    side: float
    front: float
    half_x: float
    half_z: float


def place_lounge(plan: Plan, wish: Lounge, part: Part) -> int | None:
    """Places the group; returns the number of wishes without a place, None without the sofa.

    Args:
        plan: the room.
        wish: what the group should consist of.
        part: of the room, which the group takes: the sofa at one of its sides, the TV at the wall opposite.
    """
    sides = [_side(plan, wish, part, angle) for angle in _ANGLES]
    for _ in range(_ATTEMPTS if any(side.weight for side in sides) else 0):
        state = plan.state()
        missed = _place(plan, wish, part, sides)
        if missed is not None and missed <= plan.spare and plan.walkable():
            return missed
        plan.undo(state)
    return None


def _place(plan: Plan, wish: Lounge, part: Part, sides: list[_Side]) -> int | None:
    """One attempt at the group, with its sofa at one of the sides of a part; returns as ``place_lounge``."""
    sofa = _place_sofa(plan, wish, part, sides)
    if sofa is None:
        return None
    spot = _Spot(0.0, plan.placed[sofa].half[2] + SEATED, 0.5, 0.35)
    friends = [sofa]
    if wish.table:
        found = _place_coffee_table(plan, sofa)
        if found is None:
            return None
        spot = found
        friends.append(len(plan.placed) - 1)
    missed = 0
    if wish.second is not None:
        missed += not _place_second(plan, friends, wish.second, spot)
    missed += _place_seats(plan, friends, wish.seats, spot)
    missed += _place_sides(plan, sofa, wish.sides)
    return missed + _place_stools(plan, friends, wish.stools, spot)


def _place_sofa(plan: Plan, wish: Lounge, part: Part, sides: list[_Side]) -> int | None:
    """A sofa about the middle of one side of the part, and the TV at the wall that it faces.

    In a deep part it stands out in the room; where behind it there is no wall but the other part, with its back to it.
    """
    piece, half = plan.choose(wish.sofa)
    left = [side.weight for side in sides]
    while sum(left) > _GIVEN_UP:
        number = plan.rng.choices(range(len(sides)), left)[0]
        left[number] *= 0.6  # where it finds no place, it may rather find one at another side
        angle = sides[number].angle
        wide, deep = part.seen(angle)
        reach = wide - half[0]
        along = plan.near(0.0, min(0.3, 0.2 * reach))
        if wish.second is not None:  # which stands at one end of the coffee table
            along = plan.rng.choice((-1, 1)) * _ASIDE
        elif wish.sofa == "l_shaped_sofa" and plan.chance(0.5):  # in a corner
            along = plan.rng.choice((-1, 1)) * (reach - plan.standoff())
        along = max(-reach, min(reach, _nearest(along, sides[number].opposite)))
        back = plan.standoff() + 0.005
        back += _out(plan, 2 * deep - back - 2 * half[2], tv=wish.tv)
        sin, cos = direction(angle)
        front = back + half[2] - deep
        new = plan.stand(piece, half, part.x + along * cos + front * sin, part.z - along * sin + front * cos, angle)
        if not plan.fits(new):
            continue
        state = plan.state()
        index = plan.add(new)
        plan.free.append(Free(_view(plan, new, tv=wish.tv), frozenset((index,))))
        if not wish.tv or _place_tv(plan, index) is not None:
            return index
        plan.undo(state)
    return None


def _out(plan: Plan, before: float, *, tv: bool) -> float:
    """Metres that a sofa with so much ground before it stands out in the room: nearer to its TV, or to the middle."""
    out = before - plan.between(2.4, 3.3) if tv else (before - _GROUP) / 2
    return out if before > _FAR and out > _PASSAGE and (tv or plan.chance(0.6)) else 0.0


def _side(plan: Plan, wish: Lounge, part: Part, angle: float) -> _Side:
    """The side of a part at which a sofa with an angle has its back."""
    half = plan.choose(wish.sofa)[1]
    wide, deep = part.seen(angle)
    before = 2 * (deep - half[2])
    reach = wide - half[0]
    opposite = _before_tv(plan, part, angle) if wish.tv else [(-reach, reach)]
    aside = abs(_nearest(0.0, opposite)) if opposite else math.inf
    if reach < 0 or before < _depth(plan, wish) or aside > reach + _BESIDE / 2:
        return _Side(angle, 0.0, [])
    weight = min(1.0, (_FAR / before) ** 3) * (1.0 if _wall_of(plan, part, angle + math.pi) else 0.3)
    return _Side(angle, weight * max(0.1, 1 - aside), opposite)


def _before_tv(plan: Plan, part: Part, angle: float) -> list[tuple[float, float]]:
    """Where the wall before a sofa has room for the TV, metres from the middle of the part along the sofa's x axis."""
    wall = _wall_of(plan, part, angle)
    if wall is None:
        return []
    middle = wall.local(part.x, part.z)[0]  # the x axes of sofa and TV are opposite
    return [(middle - high, middle - low) for low, high in plan.clear(wall, plan.choose("tv_stand")[1])]


def _nearest(value: float, intervals: list[tuple[float, float]]) -> float:
    """The number in some intervals that is nearest to a value."""
    return min((max(low, min(high, value)) for low, high in intervals), key=lambda found: abs(found - value))


def _wall_of(plan: Plan, part: Part, angle: float) -> Wall | None:
    """The wall at which a part ends in a direction; None where there is none."""
    found = plan.wall_before(part.x, part.z, angle)
    return found[0] if found is not None and found[1] < part.seen(angle)[1] + 0.02 else None


def _depth(plan: Plan, wish: Lounge) -> float:
    """Metres that a group needs before its sofa."""
    depth = FRONT_SPACE["tv_stand"] + 2 * plan.choose("tv_stand")[1][2] if wish.tv else 0.5
    table = min(plan.choose("coffee_table")[1][::2]) if wish.table and wish.sofa != "l_shaped_sofa" else 0.2
    return depth + 2 * table + _LEGS[0]


def _view(plan: Plan, sofa: Placed, *, tv: bool) -> Block:
    """The ground between a sofa and its TV, or as far as its coffee table goes."""
    faced = plan.wall_before(sofa.x, sofa.z, sofa.angle)
    depth = faced[1] - sofa.half[2] if tv and faced else 1.0
    x, z = sofa.outline.point(0.0, sofa.half[2] + depth / 2)
    return sofa.outline._replace(x=x, z=z, hx=0.8 * sofa.half[0], hz=depth / 2, bottom=0.0, top=WALK_HEIGHT)


def _place_tv(plan: Plan, sofa: int) -> int | None:
    """A TV stand at the wall that the sofa faces, opposite its middle: nearer than real ones, 0.07, 0.19, 0.45."""
    host = plan.placed[sofa]
    faced = plan.wall_before(host.x, host.z, host.angle)
    if faced is None:
        return None
    wall, _ = faced
    aim = wall.local(host.x, host.z)[0]
    piece, half = plan.choose("tv_stand")
    usual = plan.rng.choices((0.03, 0.1, 0.2), (0.5, 0.3, 0.2))[0]
    reach = wall.half - half[0]
    if reach < 0:
        return None
    for spread in (usual, 0.15, 0.25, 0.35):
        along = max(-reach, min(reach, plan.near(aim, spread)))
        if abs(along - aim) > _BESIDE:
            return None
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
        gap = plan.between(*_LEGS) + 0.02 * attempt
        side = open_side * plan.between(0.2, 0.65) if open_side else plan.near(0.0, 0.03 if plan.chance(0.7) else 0.1)
        front = _seat_edge(host, open_side) + deep + gap
        x, z = host.outline.point(side, front)
        new = plan.stand(piece, half, x, z, host.angle + angle)
        if any(overlap(new.outline, part) for part in host.solids()):  # nothing but a stool is under a coffee table
            continue
        if plan.try_add(new, (sofa,), 0.03) is not None:
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


def _place_second(plan: Plan, friends: list[int], category: str, spot: _Spot) -> bool:
    """A second sofa at a right angle to the first, at one end of the coffee table (1.57, 1.66, 1.90 beside it)."""
    piece, half = plan.choose(category)
    sides = (-1, 1) if plan.chance(0.5) else (1, -1)
    for side in sides:
        for gap in (plan.between(0.25, 0.55), 0.7):
            place = spot.side + side * (spot.half_x + half[2] + gap), spot.front + plan.near(0.05, 0.1)
            if _sit_beside(plan, friends, (piece, half), place, -side * math.pi / 2):
                return True
    return False


def _stand_beside(
    plan: Plan, sofa: int, piece: Piece, half: Half, place: tuple[float, float], turn: float, gap: float = 0.04
) -> bool:
    """Puts a piece beside the sofa, turned against it; False where it does not fit."""
    host = plan.placed[sofa]
    x, z = host.outline.point(*place)
    return plan.try_add(plan.stand(piece, half, x, z, host.angle + turn), (sofa,), gap) is not None


def _sit_beside(plan: Plan, friends: list[int], chosen: Chosen, place: tuple[float, float], turn: float) -> bool:
    """Likewise a seat, before which the ground stays free of all but its friends.

    Args:
        plan: the room.
        friends: indices of the sofa, first, and of the coffee table, if there is one.
        chosen: the seat.
        place: in the sofa's axes.
        turn: against the sofa.
    """
    host = plan.placed[friends[0]]
    x, z = host.outline.point(*place)
    new = plan.stand(*chosen, x, z, host.angle + turn)
    ground = _before(new)
    others = [p for k, p in enumerate(plan.placed) if k not in friends[1:]]
    if not plan.inside(ground) or any(overlap(ground, p.outline) for p in others):
        return False
    if overlap(new.outline, _before(host)) or not plan.fits(new, friends, 0.04):
        return False
    index = plan.add(new)
    plan.free.append(Free(ground, frozenset((index, *friends))))
    return True


def _before(seat: Placed) -> Block:
    """The ground before a seat that nothing but a low table may take."""
    x, z = seat.outline.point(0.0, seat.half[2] + _BEFORE_SEAT / 2)
    return seat.outline._replace(x=x, z=z, hx=0.9 * seat.half[0], hz=_BEFORE_SEAT / 2, bottom=0.0, top=WALK_HEIGHT)


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
                gap = plan.between(0.01, 0.15) if plan.chance(0.8) else plan.between(0.1, 0.25)
                back = plan.between(-0.02, 0.25)
                place = side * (host.half[0] + half[0] + gap), half[2] - host.half[2] + back
                turn = plan.rng.choices((0.0, math.pi / 2, -math.pi / 2, math.pi), (0.44, 0.21, 0.21, 0.14))[0]
                found = found or _stand_beside(plan, sofa, piece, half, place, turn, 0.01)
        missed += not found
    return missed


def _place_seats(plan: Plan, friends: list[int], categories: tuple[str, ...], spot: _Spot) -> int:
    """Places armchairs and the like around the coffee table, facing it; returns how many found no place.

    Two equal ones face each other across the table, or stand side by side at one end of it.
    """
    sofa = friends[0]
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
        found = any(_seat(plan, friends, (piece, half), spot, (side, shift, askew)) for side in (first, first, -first))
        missed += not (found or _seat_at_corner(plan, friends, (piece, half), spot))
    return missed


def _open_at(plan: Plan, sofa: int, side: int) -> float:
    """How far it is from a sofa to the wall at one side of it."""
    host = plan.placed[sofa]
    found = plan.wall_before(host.x, host.z, host.angle + side * math.pi / 2)
    return math.inf if found is None else found[1]


def _seat(plan: Plan, friends: list[int], chosen: Chosen, spot: _Spot, where: tuple[int, float, bool]) -> bool:
    """One seat at an end of the coffee table, square to it or turned to its middle."""
    side, shift, askew = where
    out = spot.half_x + chosen[1][2] + plan.between(0.3, 0.75)
    front = spot.front + shift + plan.near(0.0, 0.1)
    turn = -side * math.pi / 2
    if askew:
        turn += side * plan.rng.choice((1, 1, -1)) * math.radians(plan.rng.choice((10, 15, 20, 25, 30)))
    return _sit_beside(plan, friends, chosen, (spot.side + side * out, front), turn)


def _seat_at_corner(plan: Plan, friends: list[int], chosen: Chosen, spot: _Spot) -> bool:
    """One seat at an end of the sofa, turned to the middle of the group."""
    host = plan.placed[friends[0]]
    for side in (-1, 1) if plan.chance(0.5) else (1, -1):
        place = side * (host.half[0] + chosen[1][0] + plan.between(0.15, 0.5)), plan.between(0.1, 0.8)
        turn = math.atan2(spot.side - place[0], spot.front - place[1])
        if _sit_beside(plan, friends, chosen, place, turn):
            return True
    return False


def _place_stools(plan: Plan, friends: list[int], count: int, spot: _Spot) -> int:
    """Places equal stools at the free sides of the coffee table; returns how many found no place."""
    if not count:
        return 0
    host = plan.placed[friends[0]]
    piece, half = plan.choose("stool")
    sides = [-1, 1] if plan.chance(0.5) else [1, -1]
    across = plan.chance(0.15)
    missed = 0
    for number in range(count):
        found = False
        for _ in range(4):
            if across:
                middle = (number * 2 - count + 1) * (half[0] + 0.06) + spot.side
                place = middle, spot.front + spot.half_z + half[2] + plan.between(0.1, 0.3)
                turn = math.pi
            else:
                out = spot.half_x + half[2] + plan.between(0.1, 0.35)
                place = spot.side + sides[number % 2] * out, spot.front + plan.near(0.0, 0.1)
                turn = -sides[number % 2] * math.pi / 2
            x, z = host.outline.point(*place)
            found = found or plan.try_add(plan.stand(piece, half, x, z, host.angle + turn), friends, 0.04) is not None
        missed += not found
    return missed
