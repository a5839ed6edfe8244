"""Who sits at tables and desks, and where stools are used: flaws of theirs (see ``flaws``). Product frame, metres."""

from collections.abc import Collection
from typing import Final

import numpy as np

from ..geometry.dining_tables import END_FOR_TWO, looks_empty, one_a_side
from ..geometry.frames import FloatArray
from .kinds import CHAIRS, DESKS, DINING, DINING_CHAIRS, FACING, SEATS, SINGLE_SEATS, TABLES
from .pieces import IntArray, Pieces

AT_TABLE: Final = 0.5
"""From a table to a chair that belongs to it."""
CORNER: Final = 0.15
"""By which the middle of a chair may be beyond a table along both of its sides: at a corner nobody sits."""
FACING_TABLE: Final = 0.5
"""Cosine: a chair looks at its table within 60°."""
UNEVEN: Final = 0.3
"""From a chair to the mirror image of one at the same side of its table, or of itself."""
RAGGED: Final = 0.15
"""Between how far two chairs of a row are from their table."""
SPARE: Final = 0.2
"""By which a table may be longer than one that does not look empty."""
SEAT: Final = 0.25
"""Half of the ground that a chair takes up."""
_TOUCHING: Final = 1e-6


def dining_chairs_astray(pieces: Pieces) -> list[int]:
    """Dining chairs that stand away from every table, or are turned away from the one that they stand at."""
    chairs, tables = pieces.of_class({"dining_chair"}).tolist(), pieces.of_class(TABLES)
    return [k for k in chairs if not _at_table(pieces, k, tables)]


def _at_table(pieces: Pieces, chair: int, tables: IntArray) -> bool:
    """Whether a chair stands at one of some tables and looks at it."""
    near = tables[pieces.gaps(np.array([chair]), tables)[0] < AT_TABLE]
    beyond = [np.abs(pieces.local(int(table), pieces.centre[chair])) - pieces.half[table] for table in near]
    near = near[[bool(way.min() < CORNER) for way in beyond]] if len(near) else near
    return any(_looks_at_table(pieces, chair, int(table)) for table in near)


def _looks_at_table(pieces: Pieces, chair: int, table: int) -> bool:
    """Seen from a chair's back, the nearest point of the table is ahead; where the back is at it, so is the front."""
    forward, half = pieces.forward[chair], pieces.half[table]
    reach = forward * pieces.half[chair, 1]
    back, front = (pieces.local(table, pieces.centre[chair] + end) for end in (-reach, reach))
    towards = (np.clip(back, -half, half) - back) @ pieces.axes[table]
    distance = float(np.hypot(*towards))
    if distance < _TOUCHING:
        return bool((np.abs(front) <= half).all())
    return bool(forward @ towards >= FACING_TABLE * distance)


def bare_table(pieces: Pieces) -> bool:
    """Nobody sits at a dining table: no chair looks at it, nor a lounge chair."""
    tables = pieces.of_class({"dining_table"}).tolist()
    return any(not len(np.intersect1d(_chairs_of(pieces, k), pieces.of_class(DINING_CHAIRS))) for k in tables)


def desk_without_seat(pieces: Pieces) -> bool:
    """A desk or dressing table has no seat at its front, or more than one."""
    desks = pieces.of_class(DESKS).tolist()
    return any(not _seats_at(pieces, desk) for desk in desks) or bool(second_at_a_desk(pieces))


def second_at_a_desk(pieces: Pieces) -> list[int]:
    """Seats at desks but for the one nearest to its middle."""
    return [k for desk in pieces.of_class(DESKS).tolist() for k in _seats_at(pieces, desk)[1:]]


def _seats_at(pieces: Pieces, desk: int) -> list[int]:
    """The seats at a desk's front, that nearest to its middle first."""
    seats = [k for k in pieces.of_class(CHAIRS | SEATS).tolist() if _sits_at(pieces, k, desk)]
    return sorted(seats, key=lambda k: abs(float(pieces.local(desk, pieces.centre[k])[0])))


def _sits_at(pieces: Pieces, seat: int, desk: int) -> bool:
    """Whether a seat is before a desk, and looks at it where it has a back."""
    x, y = pieces.local(desk, pieces.centre[seat])
    near = -AT_TABLE - pieces.half[seat].max() < y + pieces.half[desk, 1] < 0.3
    turned = pieces.names[seat] != "stool" and pieces.forward[seat] @ pieces.forward[desk] > -FACING_TABLE
    return bool(abs(x) < pieces.half[desk, 0] and near and not turned)


def alone_at_an_end(pieces: Pieces) -> list[int]:
    """The chair at one end of a dining table with rows of two or more, where there is none at the other end."""
    found = list[int]()
    for table in pieces.of_class({"dining_table"}).tolist():
        chairs = _chairs_of(pieces, table)
        ends, sides = _at_sides(pieces, table)
        if len(chairs) % 2 and len(ends) == 1 and len(sides) >= _ROWS:
            far = np.abs(pieces.local(table, pieces.centre[chairs])[:, 0])
            found.append(int(chairs[far.argmax()]))
    return found


_ROWS: Final = 4
"""Chairs in two rows."""


def one_sided(pieces: Pieces) -> bool:
    """A side of a dining table has chairs that the opposite one lacks, though they could stand there."""
    return any(_lopsided(pieces, int(table)) for table in pieces.of_class({"dining_table"}))


def _lopsided(pieces: Pieces, table: int) -> bool:
    for axis, places in enumerate(_at_sides(pieces, table)):
        more = int(np.sign(places[:, axis]).sum())
        odd = len(_chairs_of(pieces, table)) % 2
        if abs(more) > odd and _seat_opposite(pieces, table, axis, -np.sign(more)):
            return True
    return False


def uneven(pieces: Pieces) -> bool:
    """Chairs at a side of a dining table are not in a row about its middle, or two share a side too narrow for them."""
    tables = pieces.of_class({"dining_table"}).tolist()
    tests = _bunched, _ragged, _two_at_an_end, _sharing_a_side
    return any(test(pieces, table) for table in tables for test in tests)


def _ragged(pieces: Pieces, table: int) -> bool:
    """Whether a chair at a side stands much further under the table than others there."""
    for axis, places in enumerate(_at_sides(pieces, table)):
        for side in (-1, 1):
            out = np.abs(places[places[:, axis] * side > 0, axis])
            if len(out) > 1 and float(np.ptp(out)) > RAGGED:
                return True
    return False


def _two_at_an_end(pieces: Pieces, table: int) -> bool:
    ends, _ = _at_sides(pieces, table)
    pairs = max((int((ends[:, 0] * side > 0).sum()) for side in (-1, 1)), default=0) > 1
    return bool(pairs and 2 * pieces.half[table, 1] < END_FOR_TWO)


def _sharing_a_side(pieces: Pieces, table: int) -> bool:
    """Whether two of up to four chairs at a square or round table are at the same side of it."""
    ends, sides = _at_sides(pieces, table)
    places = [ends[:, 0], sides[:, 1]]
    most = max(int((place * side > 0).sum()) for place in places for side in (-1, 1))
    width, depth = (2 * pieces.half[table]).tolist()
    return most > 1 and one_a_side(width, depth, len(ends) + len(sides))


def _bunched(pieces: Pieces, table: int) -> bool:
    for axis, places in enumerate(_at_sides(pieces, table)):
        for side in (-1, 1):
            own = places[places[:, axis] * side > 0, 1 - axis]
            if len(own) and float(np.abs(own[:, None] + own).min(axis=1).max()) > UNEVEN:
                return True
    return False


def empty_table(pieces: Pieces) -> bool:
    """A dining table is much too long for its chairs, or has but a lounge chair."""
    tables = pieces.of_class({"dining_table"}).tolist()
    chairs = [_chairs_of(pieces, k) for k in tables]
    long = [2 * float(pieces.half[k].max()) - SPARE for k in tables]
    alone = any(len(own) == 1 and pieces.names[own[0]] in SEATS for own in chairs)
    return alone or any(looks_empty(width, len(own)) for width, own in zip(long, chairs, strict=True))


def _chairs_of(pieces: Pieces, table: int) -> IntArray:
    """The chairs that stand at a table, and do not look away from it, as those of a desk may."""
    chairs = pieces.of_class(CHAIRS | SINGLE_SEATS)
    near = chairs[pieces.gaps(np.array([table]), chairs)[0] < AT_TABLE]
    return near[[_looks_at_table(pieces, int(k), table) for k in near]] if len(near) else near


def _at_sides(pieces: Pieces, table: int) -> tuple[FloatArray, FloatArray]:
    """The chairs at the ends and at the long sides of a table, (n, 2) in its frame."""
    local = pieces.local(table, pieces.centre[_chairs_of(pieces, table)])
    end = np.abs(local[:, 0]) - pieces.half[table, 0] > np.abs(local[:, 1]) - pieces.half[table, 1]
    return local[end], local[~end]


def _seat_opposite(pieces: Pieces, table: int, axis: int, side: float) -> bool:
    """Whether a chair could stand in the middle of a side of a table: nothing but chairs is there, and no wall."""
    place = np.zeros(2)
    place[axis] = side * (pieces.half[table, axis] + AT_TABLE)
    point = pieces.centre[table] + place @ pieces.axes[table]
    others = np.flatnonzero(~np.isin(np.arange(len(pieces.names)), pieces.of_class(CHAIRS)) & ~pieces.hanging)
    taken = any((np.abs(pieces.local(int(k), point)) < pieces.half[k] + SEAT).all() for k in others if k != table)
    return not taken and (pieces.walls is None or float(pieces.walls.depth(point[None])[0]) > SEAT)


def idle_chairs(pieces: Pieces) -> list[int]:
    """Chairs at no desk's front and no table."""
    tables, desks = pieces.of_class(DINING), pieces.of_class(DESKS).tolist()
    chairs = pieces.of_class({"chair", "dressing_chair"}).tolist()
    return [k for k in chairs if not (_at_table(pieces, k, tables) or any(_sits_at(pieces, k, desk) for desk in desks))]


def idle_stools(pieces: Pieces) -> list[int]:
    """Stools that are at no table, at the foot of no bed and before no seat: beside a bed one falls over them."""
    return _unused_stools(pieces, FACING)


def footstools(pieces: Pieces) -> list[int]:
    """Stools whose only use is to stand at the foot of a bed, and that are no benches."""
    narrow = pieces.half.max(axis=1, initial=0.0) < _BENCH
    return [k for k in _unused_stools(pieces, SEATS) if narrow[k]]


def _unused_stools(pieces: Pieces, hosts: Collection[str]) -> list[int]:
    """Stools at no table and before none of some pieces."""
    stools = pieces.of_class({"stool"})
    tables, rests = pieces.of_class(TABLES | {"coffee_table"}), pieces.of_class(hosts)
    used = (pieces.gaps(stools, tables) <= AT_TABLE).any(axis=1)
    near = pieces.gaps(stools, rests) <= AT_TABLE
    for row, stool in enumerate(stools.tolist()):
        used[row] |= any(_at_foot(pieces, stool, k) for k in rests[near[row]].tolist())
    return stools[~used].tolist()


def _at_foot(pieces: Pieces, stool: int, host: int) -> bool:
    """Whether the middle of a stool is before a bed or seat, within its width."""
    x, y = pieces.local(host, pieces.centre[stool])
    return bool(abs(x) < pieces.half[host, 0] and y < -pieces.half[host, 1])


_BENCH: Final = 0.33
"""Half the width of a stool from which on it is a bench."""
