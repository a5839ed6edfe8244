"""What stands in line with what: chairs round their table, a coffee table before its sofa, lamps over tables.

The decoder is right about who stands where, but only to some 20 or 30 cm. Of real dining chairs 87 % have another one
within 10 cm of their mirror image at the table, of coffee tables 84 % stand within 20 cm of their sofa's middle, of
dining tables 54 % have a lamp within 20 cm of theirs, of armchairs 1 % stand behind a sofa (rooms of 3D-FRONT).
Product frame, metres and radians.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from ..geometry.frames import FloatArray
from ..geometry.solids import axes_of
from ..scene import SceneObject
from ..vocabulary import hangs

_TABLES: Final = frozenset({"dining_table", "table"})
_DESKS: Final = frozenset({"desk", "dressing_table"})
_CHAIRS: Final = frozenset({"dining_chair", "chair", "lounge_chair", "chinese_chair"})
_SOFAS: Final = frozenset({"loveseat_sofa", "multi_seat_sofa", "sofa"})
_LOUNGE: Final = _SOFAS | {"l_shaped_sofa"}
_SEATS: Final = frozenset({"armchair", "lazy_sofa", "lounge_chair"})
_AT_TABLE: Final = 0.7
"""Metres between the middle of a chair and the edge of its table, at most."""
_OVER: Final = 0.25
"""Metres from the edge of a table to the middle of a lamp that hangs over it, at most."""
_CLEAR: Final = 0.02
_TUCK, _AWAY = 0.35, 0.15
"""Metres that a chair stands under the table's edge, or away from it, at most."""
_BESIDE: Final = 0.25
"""Metres between chairs in a row, at most."""
_IN_LINE: Final = 0.02
"""Metres beside the middle that are none."""
_UNEVEN: Final = 1.5
"""Square metres of way that a chair more at one side of a table than at the other is worth."""
_ARRANGEMENTS: Final = 10
_BEFORE_SOFA: Final = 2.2
"""Metres from the middle of a sofa to that of its coffee table, at most."""
_BEHIND_SOFA: Final = 2.0
"""Metres behind the middle of a sofa where nobody sits."""
_LEGROOM: Final = 0.35
"""Metres between a seat and the coffee table."""
_TO_NEIGHBOUR: Final = 0.1
"""Metres from the middle of two seats side by side to each of them."""
_MOST_CHAIRS: Final = 12
_PER_CHAIR: Final = 2
"""Relations of the graph that each chair in its place is worth; like chairs are many, and their graph is rough."""
_LONG: Final = 1.2
"""A lamp with a longer side hangs along its table."""


class Place(NamedTuple):
    """Where an object would stand: its middle (2,) and yaw."""

    position: FloatArray
    yaw: float


Places = dict[int, Place]
"""By the number of an object."""


class Line(NamedTuple):
    """A group that could be lined up.

    Attributes:
        ways: of the same objects, the best first; at least one.
        cost: relations of the graph that it is worth.
    """

    ways: list[Places]
    cost: int


@dataclass(frozen=True)
class _Centred:
    """Who stands in the middle before whom.

    Args:
        items: classes.
        hosts: classes.
        before: metres between the middles along the way that the host faces, from and to.
        off: metres beside the middle up to which it was meant.
    """

    items: frozenset[str]
    hosts: frozenset[str]
    before: tuple[float, float]
    off: float


_CENTRED: Final = (
    _Centred(frozenset({"coffee_table"}), _SOFAS, (0.0, _BEFORE_SOFA), 0.8),
    _Centred(frozenset({"tv_stand"}), _SOFAS, (1.2, 6.0), 0.3),
    _Centred(frozenset({"chair", "dressing_chair", "stool"}), _DESKS, (0.0, 1.0), 0.3),
)


def alignments(items: Sequence[SceneObject], movable: Sequence[bool]) -> Iterator[Line]:
    """Groups that could be lined up, one after the other.

    Args:
        items: all objects of the room; those that were lined up may have been replaced before the next is asked for.
        movable: whether they may move.
    """
    yield from (line for line in _lines(items, movable) if line.ways)


def _lines(items: Sequence[SceneObject], movable: Sequence[bool]) -> Iterator[Line]:
    """As :func:`alignments`, those without a way too."""
    for rule in _CENTRED:
        yield from (Line([places], len(places)) for places in _centred(items, movable, rule))
    for seat in range(len(items)):
        if movable[seat] and items[seat].category in _SEATS and _turns_away(items, items[seat]):
            yield Line(_round_lounge(items, seat), len(items))
    for table in range(len(items)):
        if items[table].category in _TABLES:
            ways = _round_table(items, movable, table)
            yield Line(ways, _PER_CHAIR * len(ways[0]) if ways else 0)
    for table in range(len(items)):
        if items[table].category in _TABLES | {"coffee_table"}:
            lamps = _over_table(items, movable, table)
            yield Line([lamps] if lamps else [], len(lamps))


def _centred(items: Sequence[SceneObject], movable: Sequence[bool], rule: _Centred) -> Iterator[Places]:
    for index in range(len(items)):
        if not movable[index] or items[index].category not in rule.items:
            continue
        found: list[tuple[float, float, SceneObject]] = []
        for host in items:
            side, front = _seen_from(host, items[index])
            if host.category in rule.hosts and rule.before[0] < -front < rule.before[1] and abs(side) < rule.off:
                found.append((-front, side, host))
        if found and all(abs(side) > _IN_LINE for _, side, _ in found):
            _, side, host = min(found, key=lambda f: f[:2])
            position = np.array(items[index].position[:2]) - side * axes_of(host)[0]
            yield {index: Place(position, items[index].yaw)}


def _turns_away(items: Sequence[SceneObject], seat: SceneObject) -> bool:
    """Whether a seat stands behind a sofa, or with its back to the nearest coffee table, and at no other table."""
    if _nearest_table(items, seat) is not None:
        return False
    for sofa in items:
        if sofa.category in _LOUNGE:
            side, behind = _seen_from(sofa, seat)
            if sofa.size[1] / 2 < behind < _BEHIND_SOFA and abs(side) < (sofa.size[0] + seat.size[0]) / 2:
                return True
    tables = [(_gap(item, seat), i) for i, item in enumerate(items) if item.category == "coffee_table"]
    gap, nearest = min(tables, default=(math.inf, -1))
    return gap < _BEFORE_SOFA and bool(_seen_from(seat, items[nearest])[1] > 0)


def _round_lounge(items: Sequence[SceneObject], index: int) -> list[Places]:
    """Places of a seat at the coffee table of a sofa: beside it, or opposite the sofa; the nearest first."""
    seat = items[index]
    places: list[Place] = []
    for sofa, table in itertools.product(items, items):
        if sofa.category not in _LOUNGE or table.category != "coffee_table":
            continue
        x, y = _seen_from(sofa, table)
        if not 0 < -y < _BEFORE_SOFA or abs(x) > sofa.size[0] / 2:
            continue
        axes = axes_of(sofa)
        reach = np.abs(axes @ axes_of(table).T) @ _half(table) + _LEGROOM + seat.size[1] / 2
        beside = seat.size[0] / 2 + _TO_NEIGHBOUR
        spots = [(x - reach[0], y, math.pi / 2), (x + reach[0], y, -math.pi / 2)]
        spots += [(x + off, y - reach[1], math.pi) for off in (0.0, -beside, beside)]
        centre = np.array(sofa.position[:2])
        places += [Place(centre + np.array([u, v]) @ axes, sofa.yaw + turn) for u, v, turn in spots]
    before = np.array(seat.position[:2])
    places.sort(key=lambda place: float(np.linalg.norm(place.position - before)))
    return [{index: place} for place in places]


def _round_table(items: Sequence[SceneObject], movable: Sequence[bool], table: int) -> list[Places]:
    """Arrangements of a table's chairs, those that ask the least of them first; none where one must stay."""
    host = items[table]
    chairs = [i for i, item in enumerate(items) if item.category in _CHAIRS and _nearest_table(items, item) == table]
    if not 0 < len(chairs) <= _MOST_CHAIRS or not all(movable[i] for i in chairs):
        return []
    before = np.array([_seen_from(host, items[i]) for i in chairs])
    half = _half(host)
    chair = 2 * np.median([_half(items[i]) for i in chairs], axis=0)
    beyond = (np.abs(before) - half).max(axis=1)
    out = float(np.clip(np.median(beyond), chair[1] / 2 - _TUCK, chair[1] / 2 + _AWAY))
    shares = list(_shares(half, float(chair[0]), len(chairs)))
    # As deep under the table as they were drawn, and where that is too deep, before it.
    seats = [_row(half, way, float(chair[0]), share) for way in (out, chair[1] / 2 + _CLEAR) for share in shares]
    ways = [(_cheapest(before, places), places, uneven) for places, uneven in seats]
    ways.sort(key=lambda way: way[0][0] + _UNEVEN * way[2])
    axes, centre = axes_of(host), np.array(host.position[:2])
    return [
        {
            chairs[k]: Place(centre + places[seat, :2] @ axes, host.yaw + float(places[seat, 2]))
            for k, seat in enumerate(order)
        }
        for (_, order), places, _ in ways[:_ARRANGEMENTS]
    ]


def _nearest_table(items: Sequence[SceneObject], chair: SceneObject) -> int | None:
    """The table that a chair stands at: one that it faces; dining chairs may be turned away."""
    near = [(_gap(item, chair), i) for i, item in enumerate(items) if item.category in _TABLES | _DESKS]
    near = [(gap, i) for gap, i in near if gap < _AT_TABLE]
    faced = [(gap, i) for gap, i in near if _seen_from(chair, items[i])[1] < 0]
    if faced or (near and chair.category == "dining_chair"):
        table = min(faced or near)[1]
        return table if items[table].category in _TABLES else None
    return None


def _gap(host: SceneObject, item: SceneObject) -> float:
    """Metres from the edge of an object to the middle of another one; 0 inside."""
    return float(np.linalg.norm(np.maximum(np.abs(_seen_from(host, item)) - _half(host), 0)))


def _half(item: SceneObject) -> FloatArray:
    """Half extents of an object's mesh on the ground: (2,)."""
    return np.array((item.placed_size or item.size)[:2]) / 2


def _shares(half: FloatArray, chair: float, count: int) -> list[tuple[int, int, int, int]]:
    """Numbers of chairs in front, behind, left and right that the table has room for."""
    most = [max(1, int((2 * length + 0.1) / (chair + 0.08))) for length in half]
    long = range(most[0] + 1)
    ends = range(most[1] + 1)
    return [shares for shares in itertools.product(long, long, ends, ends) if sum(shares) == count]


def _row(half: FloatArray, out: float, chair: float, shares: tuple[int, int, int, int]) -> tuple[FloatArray, int]:
    """Seats (n, 3) as x, y, yaw in the table's frame, and how uneven their shares are."""
    sides = ((0, -1, math.pi), (0, 1, 0.0), (1, -1, math.pi / 2), (1, 1, -math.pi / 2))
    seats: list[tuple[float, float, float]] = []
    for count, (along, sign, yaw) in zip(shares, sides, strict=True):
        step = min(2 * half[along] / count, chair + _BESIDE) if count else 0.0
        for k in range(count):
            beside, off = (k - (count - 1) / 2) * step, sign * (half[1 - along] + out)
            seats.append((off, beside, yaw) if along else (beside, off, yaw))
    return np.array(seats), abs(shares[0] - shares[1]) + abs(shares[2] - shares[3])


def _cheapest(before: FloatArray, seats: FloatArray) -> tuple[float, list[int]]:
    """The seat of each chair, in the order round the table, with the least sum of squared ways: (that sum, seats)."""
    chairs = np.argsort(np.arctan2(before[:, 1], before[:, 0]), kind="stable")
    places = np.argsort(np.arctan2(seats[:, 1], seats[:, 0]), kind="stable")
    turns = [np.roll(places, turn) for turn in range(len(places))]
    costs = [float(((before[chairs] - seats[turn, :2]) ** 2).sum()) for turn in turns]
    best = int(np.argmin(costs))
    order = [0] * len(chairs)
    for chair, seat in zip(chairs.tolist(), turns[best].tolist(), strict=True):
        order[chair] = seat
    return costs[best], order


def _over_table(items: Sequence[SceneObject], movable: Sequence[bool], table: int) -> Places:
    """The lamps over a table: one over its middle, several in a row along it."""
    host = items[table]
    lamps = [(i, _seen_from(host, item)) for i, item in enumerate(items) if _lit(items, item) == table]
    if not all(movable[i] for i, _ in lamps):
        return {}
    along = int(host.size[1] > host.size[0])
    axes, centre = axes_of(host), np.array(host.position[:2])
    places: Places = {}
    for k, (i, _) in enumerate(sorted(lamps, key=lambda lamp: lamp[1][along])):
        offset = ((k + 0.5) / len(lamps) - 0.5) * host.size[along]
        places[i] = Place(centre + offset * axes[along], _lamp_yaw(items[i], host, along))
    return places


def _lit(items: Sequence[SceneObject], lamp: SceneObject) -> int | None:
    """The table that a lamp hangs over."""
    if not hangs(lamp.category or ""):
        return None
    hosts = (i for i, item in enumerate(items) if item.category in _TABLES | {"coffee_table"})
    ways = [(math.dist(lamp.position[:2], items[i].position[:2]), i) for i in hosts if _gap(items[i], lamp) < _OVER]
    return min(ways)[1] if ways else None


def _lamp_yaw(lamp: SceneObject, host: SceneObject, along: int) -> float:
    """That of a long lamp along its table; of others, their own."""
    width, depth = lamp.size[:2]
    if max(width, depth) < _LONG * min(width, depth):
        return lamp.yaw
    return host.yaw + (math.pi / 2 if (depth > width) != bool(along) else 0.0)


def _seen_from(host: SceneObject, item: SceneObject) -> FloatArray:
    """Middle of an object in another one's own axes, which faces −y: (2,)."""
    return axes_of(host) @ (np.array(item.position[:2]) - np.array(host.position[:2]))
