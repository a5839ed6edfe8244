"""What a person sees at a glance to be wrong with a room: each flaw yes or no.

The definitions are those of the project's issue 18, drawn from looking at rooms; where they differ, the docstring of a
flaw says why. Flaws that need walls are never found in a room without an outline. Product frame, metres.
"""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np

from ..catalogue.entries import Catalogue
from ..geometry.clearances import LEGROOM, door_zones
from ..geometry.solids import BoolArray
from ..scene import Scene
from ..vocabulary import BEDS, CLASSES, RoomType
from .grounds import APART, FRONTS, SIDES, TIGHT, Clearance, middle_of_seat
from .hanging import idle_lamps
from .kinds import (
    CHAIRS,
    CUPBOARDS_AND_SHELVES,
    DINING,
    DINING_CHAIRS,
    FACING,
    SEATS,
    SIDE_TABLES,
    SINGLE_SEATS,
    SOFAS,
    TABLES,
    TUCKED,
)
from .pieces import FLAT, Parts, Pieces
from .sitting import (
    AT_TABLE,
    alone_at_an_end,
    bare_table,
    desk_without_seat,
    dining_chairs_astray,
    empty_table,
    footstools,
    idle_chairs,
    idle_stools,
    one_sided,
    second_at_a_desk,
    uneven,
)

OVERLAP: Final = 0.05
"""By which solids must be inside each other, stand outside or reach into a doorway until one sees it."""
HEAD_GAP: Final = 0.2
"""From the head of a bed to a wall: a pillow falls behind."""
BACK_GAP: Final = 0.25
"""From a cupboard's back to a parallel wall, and by which an end of it is beyond the end of that wall: it stands in the
room. At 0.65, where one could pass behind it, wardrobes half a metre before a window passed, at 0.35 those that stand
round a corner. Of the made rooms none has either by 0.15, but a TV that is asked to be before a bed may have to stand
out in the room to be within the three metres of that relation."""
TURNED_GAP: Final = 0.65
"""The same where it is turned from the wall, as across a corner."""
PARALLEL: Final = 0.98
"""Cosine by which a back is parallel to its wall: within some 11°."""
FACING_WALL: Final = 0.5
"""Cosine by which a back may be turned from its wall: 60°, so that a piece may stand across a corner."""
SOFA_GAP: Final = 0.4
"""From the back of a console to the sofa that it stands behind."""
BEDSIDE: Final = 0.5
"""From a bed to its nightstand: as far as an arm reaches."""
BEDSIDE_INSIDE: Final = 0.1
"""By which the middle of a nightstand may be within a bed's width: some headboards are wider than the mattress."""
AT_HEAD: Final = 0.3
"""From the middle of a bed to where its head begins, as a share of half its length."""
ALIKE: Final = 0.5
"""Cosine within which two pieces face the same way."""
COFFEE_REACH: Final = 0.9
"""From the front of a seat to its coffee table: one leans forward."""
BESIDE_VIEW: Final = 0.7
"""From the middle line of a sofa or bed to the middle of its TV. By an angle of 45°, as before, TVs in the corner
beside a bed passed."""
TALK: Final = 1.2
"""From a single seat to what it belongs to: as far as one talks."""
ACROSS: Final = 1.6
"""From a single seat at a wall to the group that it looks at."""
DOUBLED: Final = 0.3
"""Between two side tables."""
AT_WALL: Final = 0.55
"""From the back of a single seat, stool or side table to the wall at which it stands."""
RAYS: Final = 10
"""Strips of a front whose depth is measured."""
EMPTY: Final = 1.0
"""From furniture to ground that is empty."""
HUDDLED: Final = 0.45
"""Share of the floor that may be empty: in 97 % of the made rooms less is."""
_GRID: Final = 0.2
_NOT_LITTLE: Final = 5
PART: Final = 2.0
"""Square metres of ground, as far as the disc reaches, until one sees that it is cut off; smaller parts are corners
behind an armchair or a table, which nobody wants to reach."""
THRESHOLD: Final = 0.5
"""From the middle of a door to the centre of a disc that has reached it."""


def flaws_of(scene: Scene, catalogue: Catalogue, excluded: Collection[str] = ()) -> frozenset[str]:
    """The visible flaws of a room, names of ``FLAWS``.

    Args:
        scene: with or without an outline.
        catalogue: knows the solid parts.
        excluded: classes that the instruction refuses; a core that it refuses is not missed.
    """
    pieces = Pieces.of(scene, catalogue)
    found = {name for name, test in _ANYWHERE.items() if test(pieces)}
    if "coffee_table" in excluded:
        found.discard("no coffee table")
    if pieces.walls is not None:
        found |= {name for name, test in _WITH_WALLS.items() if test(pieces)}
    return frozenset(found | flaws_of_set(scene.room_type, pieces.names, excluded))


def flaws_of_set(room_type: RoomType, names: Collection[str], excluded: Collection[str] = ()) -> frozenset[str]:
    """The flaws of a room that no layout of its objects could mend, names of ``SET_FLAWS``.

    Args:
        room_type: of the room.
        names: the classes of its objects.
        excluded: as for ``flaws_of``.
    """
    present = set(names)
    core = CORES[room_type]
    found = {core.flaw} if not present & core.classes and not core.refused <= set(excluded) else set[str]()
    if room_type == "bedroom" and len(present & set(BEDS)) > 1:
        found.add("two beds")
    found |= {flaw for flaw, (name, hosts) in _HOSTS.items() if name in present and not present & hosts}
    if "coffee_table" in present and not present & _SHARED and sum(name in SEATS for name in names) < COMPANY:
        found.add("coffee table")
    return frozenset(found)


def misplaced(scene: Scene, catalogue: Catalogue, asked: Collection[str] = ()) -> list[str]:
    """Ids of pieces that found no place where they belong: better left out than shown where they stand.

    First small ones: nightstands not at the head of a bed or beyond another one, second seats at a desk, dining chairs
    at no table or alone at an end of it, coffee tables before no seat, single seats, stools, side tables and tables of
    bedrooms on their own, in a heap or before the TV, armchairs right at a dining table, and lamps that light nothing.
    Then others that are in the way, the smaller ones first, but not what the room is for: what stands before a door,
    with its back in the room or on ground that others need, and TVs that nobody watches.

    Args:
        scene: with or without an outline.
        catalogue: knows the solid parts.
        asked: ids of pieces that were asked for: these have to go only where they are in the way.
    """
    pieces, items = Pieces.of(scene, catalogue), [item for item in scene.objects if item.category not in FLAT]
    small = (
        _nightstands,
        _second_at_a_side,
        second_at_a_desk,
        dining_chairs_astray,
        alone_at_an_end,
        _coffee_tables,
        _adrift,
        _jammed,
        footstools,
        _before_tv,
        _doubled,
    )
    large = (_unwatched, _on_needed_ground, _too_near)
    walled, lit = ((at_doors, _backless), (idle_lamps,)) if pieces.walls is not None else ((), ())
    first = sorted({k for found in (*small, *lit) for k in found(pieces) if items[k].id not in asked})
    area = pieces.half.prod(axis=1)
    core = set(pieces.of_class(BEDS if scene.room_type == "bedroom" else SOFAS | {"dining_table"}).tolist())
    then = {k for found in (*large, *walled) for k in found(pieces)} - core - set(first)
    return [items[k].id for k in (*first, *sorted(then, key=lambda k: float(area[k])))]


class Core(NamedTuple):
    """What a type of room is for.

    Args:
        flaw: its name where there is none.
        classes: of which there must be one.
        refused: an instruction that refuses all of these asks for a room without.
    """

    flaw: str
    classes: frozenset[str]
    refused: frozenset[str]


CORES: Final[Mapping[RoomType, Core]] = {
    "bedroom": Core("no bed", frozenset(BEDS), frozenset(BEDS)),
    "livingroom": Core("no sofa", SOFAS, SOFAS & frozenset(CLASSES["livingroom"])),
    "diningroom": Core("no table", frozenset({"dining_table"}), frozenset({"dining_table"})),
}
_HOSTS: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "nightstand": ("nightstand", frozenset(BEDS)),
    "dining chair": ("dining_chair", TABLES),
    "TV stand": ("tv_stand", FACING),
}
"""For each flaw of a piece that belongs to another, its class and the classes that it belongs to."""
_SHARED: Final = SOFAS | frozenset(BEDS)
"""What several people sit on; without it a coffee table in the room is for"""
COMPANY: Final = 2
"""single seats at least: one alone at it looks forgotten."""


def _overlap(pieces: Pieces) -> bool:
    """Two pieces are inside each other: by solid parts, but nothing may be under a table that is not tucked there.

    By solid parts alone a coffee table, a sofa or a TV stand may stand under a dining table, as in 28 of 100 settled
    living rooms; of rooms made by rule hardly any has it, and it is seen at once.
    """
    parts = pieces.parts
    found = (parts.inside(parts) > OVERLAP) & (parts.owner[:, None] != parts.owner)
    found &= parts.owner < pieces.movable  # obstacles may be inside each other, as a sink in its cupboard
    return bool(found.any()) or any(_holds(pieces, tables, tucked) for tables, tucked in TUCKED)


def _holds(pieces: Pieces, tables: Collection[str], tucked: Collection[str]) -> bool:
    """Whether a part of another piece is in the box of one of some tables, but for classes that are tucked there."""
    rows, owner = pieces.of_class(tables), pieces.parts.owner
    others = ~np.isin(owner, pieces.of_class(tucked)) & (owner != rows[:, None])
    return bool((others & (pieces.boxes(rows).inside(pieces.parts) > OVERLAP)).any())


def through_walls(pieces: Pieces) -> list[int]:
    """Pieces that reach through a wall, or are out of the room."""
    walls, parts = pieces.walls, pieces.parts.select(pieces.parts.owner < pieces.movable)
    assert walls is not None  # noqa: S101 - only rooms with walls ask
    if not len(parts.owner):
        return []
    depth = walls.depth((_MESH @ parts.corners()).reshape(-1, 2)).reshape(len(parts.owner), -1)
    # A corner of the walls may be inside a piece none of whose own corners is outside.
    pierced = walls.reach_into(parts.centre, parts.axes, parts.half) > OVERLAP
    return np.unique(parts.owner[(depth < -OVERLAP).any(axis=1) | pierced.any(axis=1)]).tolist()


_MESH: Final = np.array([[(2 - i) * (2 - j), i * (2 - j), i * j, (2 - i) * j] for i in range(3) for j in range(3)]) / 4
"""Nine points of a rectangle from its four corners."""


def at_doors(pieces: Pieces) -> list[int]:
    """What stands on the ground before a door that rules keep free; a lamp that hangs there does not count."""
    assert pieces.walls is not None  # noqa: S101 - only rooms with walls ask
    zones = Parts.of([zone.body() for zone in door_zones(pieces.floor, pieces.walls)])
    owner = pieces.standing.owner[(pieces.standing.inside(zones) > OVERLAP).any(axis=1)]
    return np.unique(owner[owner < pieces.movable]).tolist()


def _head(pieces: Pieces) -> bool:
    """The head of a bed is away from the walls."""
    return bool((pieces.behind(pieces.of_class(BEDS), FACING_WALL) >= HEAD_GAP).any())


def _backless(pieces: Pieces) -> list[int]:
    """Pieces that belong at a wall and stand in the room; a console may stand behind a sofa."""
    rows = pieces.of_class(CUPBOARDS_AND_SHELVES)
    parallel, turned = pieces.behind(rows, PARALLEL), pieces.behind(rows, FACING_WALL)
    away = rows[np.where(np.isfinite(parallel), parallel >= BACK_GAP, turned >= TURNED_GAP)].tolist()
    return [k for k in away if pieces.names[k] != "console_table" or not _behind_sofa(pieces, k)]


def _behind_sofa(pieces: Pieces, console: int) -> bool:
    """Whether a console stands at the back of a sofa, whatever way it faces itself."""
    sofas = pieces.of_class(SOFAS)
    near = sofas[pieces.gaps(sofas, np.array([console]))[:, 0] < SOFA_GAP]
    return any(pieces.local(int(k), pieces.centre[console])[1] > pieces.half[k, 1] for k in near)


def _nightstands(pieces: Pieces) -> list[int]:
    """Nightstands that are not beside the head of a bed, or do not face as it does: one reaches into them from it."""
    beds = pieces.of_class(BEDS).tolist()
    stands = pieces.of_class({"nightstand"}).tolist()
    return [k for k in stands if not any(_beside_head(pieces, k, b) and _face_alike(pieces, k, b) for b in beds)]


def _face_alike(pieces: Pieces, first: int, second: int) -> bool:
    return bool(pieces.forward[first] @ pieces.forward[second] > ALIKE)


def _second_at_a_side(pieces: Pieces) -> list[int]:
    """Nightstands at the same side of a bed as another one, but for that nearest to the bed's head."""
    found: list[int] = []
    for bed in pieces.of_class(BEDS).tolist():
        stands = [k for k in pieces.of_class({"nightstand"}).tolist() if _beside_head(pieces, k, bed)]
        for side in (-1, 1):
            there = [k for k in stands if pieces.local(bed, pieces.centre[k])[0] * side > 0]
            found += sorted(there, key=lambda k: -float(pieces.local(bed, pieces.centre[k])[1]))[1:]
    return found


def _beside_head(pieces: Pieces, nightstand: int, bed: int) -> bool:
    """Whether its middle is beside the head of a bed, and its near side within reach."""
    x, y = pieces.local(bed, pieces.centre[nightstand])
    corners = pieces.local(bed, pieces.footprints(np.array([nightstand])).corners()[0])
    near = float((corners[:, 0] * np.sign(x)).min())
    width, length = pieces.half[bed]
    return bool(abs(x) > width - BEDSIDE_INSIDE and near < width + BEDSIDE and y > AT_HEAD * length)


def _coffee_tables(pieces: Pieces) -> list[int]:
    """Coffee tables that are not before a seat, nor before a sofa where there is one, or that one single seat has."""
    sofas, tables = pieces.of_class(SOFAS).tolist(), pieces.of_class({"coffee_table"}).tolist()
    seats = sofas or pieces.of_class(FACING).tolist()
    if not _SHARED.intersection(pieces.names) and len(seats) < COMPANY:
        return tables
    return [k for k in tables if not any(_serves(pieces, k, seat) for seat in seats)]


def _serves(pieces: Pieces, table: int, seat: int) -> bool:
    """Whether the middle of a table is before the middle of a seat, but for half its width; it may be within an L."""
    corners = pieces.local(seat, pieces.footprints(np.array([table])).corners()[0])
    half, (x, y) = pieces.half[seat], pieces.local(seat, pieces.centre[table])
    wide = middle_of_seat(pieces.names[seat], float(half[0]))
    return bool(abs(x) < wide and y < 0 and corners[:, 1].max() > -half[1] - COFFEE_REACH)


def _adrift(pieces: Pieces) -> list[int]:
    """Single seats, stools, side tables, chairs and tables of bedrooms that stand in the room on their own."""
    tables = TABLES - DINING if "dining_chair" in pieces.names else TABLES
    single = pieces.of_class(SINGLE_SEATS)
    alone = single[~np.array([_in_company(pieces, int(k), tables) for k in single], dtype=np.bool_)]
    if pieces.walls is not None:
        across = np.array([_looks_on(pieces, int(k)) for k in alone], dtype=np.bool_)
        alone = alone[(pieces.behind(alone, FACING_WALL) > AT_WALL) | ~across]
    small = pieces.of_class(SIDE_TABLES)
    hosts = pieces.of_class(SEATS | TABLES | {"coffee_table", *BEDS})
    apart = small[(pieces.gaps(small, hosts) > AT_TABLE).all(axis=1)]
    if pieces.walls is not None:
        apart = apart[pieces.behind(apart, FACING_WALL) > AT_WALL]
    return [*alone.tolist(), *apart.tolist(), *idle_chairs(pieces), *_idle_tables(pieces), *idle_stools(pieces)]


def _idle_tables(pieces: Pieces) -> list[int]:
    """Tables of bedrooms at which nobody sits, unless they are small and in reach of a bed: what are they for?"""
    beds = pieces.of_class(BEDS)
    tables = pieces.of_class({"table"}) if len(beds) else beds
    if not len(tables):
        return []
    seats, small = pieces.of_class(SEATS | CHAIRS), pieces.half[tables].max(axis=1) < _BEDSIDE_TABLE
    used = (pieces.gaps(tables, seats) <= AT_TABLE).any(axis=1)
    used |= small & (pieces.gaps(tables, beds) <= AT_TABLE).any(axis=1)
    return tables[~used].tolist()


_BEDSIDE_TABLE: Final = 0.35
"""Half the width of a table that stands beside a bed."""


def _in_company(pieces: Pieces, seat: int, tables: Collection[str]) -> bool:
    """Whether a single seat looks at a coffee table, bed or table within talk, or stands beside a sofa.

    A room with a coffee table has its company round that one.
    """
    hosts = pieces.of_class({*tables, "coffee_table", *BEDS})
    near = hosts[pieces.gaps(np.array([seat]), hosts)[0] <= TALK]
    looks = [bool(pieces.local(seat, pieces.centre[k])[1] < 0) for k in near]
    if "coffee_table" in pieces.names:
        return any(looks)
    sofas = pieces.of_class(SOFAS)
    beside = sofas[pieces.gaps(np.array([seat]), sofas)[0] <= TALK]
    return any(looks) or any(bool(pieces.local(int(k), pieces.centre[seat])[1] < pieces.half[k, 1]) for k in beside)


def _sofas_apart(pieces: Pieces) -> list[int]:
    """Sofas that form no group with the largest one: two lounges in a room, or one sofa behind the other."""
    sofas, tables = pieces.of_class(SOFAS), pieces.of_class({"coffee_table"})
    if len(sofas) < _TWO:
        return []
    largest = int(max(sofas, key=lambda k: float(pieces.half[k].prod())))
    others = sofas[sofas != largest]
    if len(tables):
        near = pieces.gaps(sofas, tables) <= TALK
        shared = (near & near[sofas == largest]).any(axis=1)[sofas != largest]
    else:
        ahead = [float(pieces.local(largest, pieces.centre[k])[1]) < 0 for k in others]
        shared = np.array(ahead) & (pieces.gaps(others, np.array([largest]))[:, 0] <= ACROSS)
    return others[~shared].tolist()


_TWO: Final = 2


def _looks_on(pieces: Pieces, seat: int) -> bool:
    """Whether a single seat looks at a coffee table, else a sofa or bed, across the room, and not at a sofa's back."""
    if any(_is_behind(pieces, seat, int(sofa)) for sofa in pieces.of_class(SOFAS)):
        return False
    low = frozenset({"coffee_table"} if "coffee_table" in pieces.names else SOFAS)
    hosts = pieces.of_class(low | frozenset(BEDS))
    near = hosts[pieces.gaps(np.array([seat]), hosts)[0] <= ACROSS]
    return not len(hosts) or any(bool(pieces.local(seat, pieces.centre[k])[1] < 0) for k in near)


def _is_behind(pieces: Pieces, seat: int, sofa: int) -> bool:
    """Whether a seat is behind the back of a sofa and looks at it."""
    x, y = pieces.local(sofa, pieces.centre[seat])
    behind = abs(x) < pieces.half[sofa, 0] and pieces.half[sofa, 1] < y < pieces.half[sofa, 1] + ACROSS
    return bool(behind and pieces.forward[seat] @ pieces.forward[sofa] > ALIKE)


def _before_tv(pieces: Pieces) -> list[int]:
    """Single seats that stand between a sofa or bed and its TV."""
    wide, found = pieces.of_class(SOFAS | frozenset(BEDS)).tolist(), list[int]()
    for stand in pieces.of_class({"tv_stand"}).tolist():
        ways = [-float(pieces.local(stand, pieces.centre[k])[1]) for k in wide if _watches(pieces, k, stand)]
        for seat in pieces.of_class(SINGLE_SEATS).tolist() if ways else []:
            x, y = pieces.local(stand, pieces.centre[seat])
            if abs(x) < pieces.half[stand, 0] / 2 and 0 < -y < min(ways):
                found.append(seat)
    return found


def _no_coffee_table(pieces: Pieces) -> bool:
    """A sofa has company, another one or single seats at no table, but no coffee table that makes them a group."""
    sofas = pieces.of_class(SOFAS)
    if not len(sofas) or "coffee_table" in pieces.names or len(pieces.of_class(BEDS)):
        return False
    single = pieces.of_class(SINGLE_SEATS)
    away = (pieces.gaps(single, pieces.of_class(TABLES)) > AT_TABLE).all(axis=1)
    away |= np.isin(single, pieces.of_class(SINGLE_SEATS - DINING_CHAIRS))
    return len(sofas) + int(away.sum()) > 1


def _dines_before_tv(pieces: Pieces) -> bool:
    """A dining table stands between a sofa and its TV."""
    tables = pieces.of_class({"dining_table"})
    for stand in pieces.of_class({"tv_stand"}).tolist() if len(tables) else []:
        seats = [k for k in pieces.of_class(SOFAS).tolist() if _watches(pieces, k, stand)]
        ways = [-float(pieces.local(stand, pieces.centre[k])[1]) for k in seats]
        for table in tables.tolist() if ways else []:
            x, y = pieces.local(stand, pieces.centre[table])
            if abs(x) < pieces.half[stand, 0] + _BESIDE_WAY and 0 < -y < min(ways):
                return True
    return False


_BESIDE_WAY: Final = 0.3
"""From the way between a sofa and its TV to the middle of a dining table."""


def _doubled(pieces: Pieces) -> list[int]:
    """Side tables right beside another one, but for the first."""
    rows = pieces.of_class(SIDE_TABLES)
    gaps = pieces.gaps(rows, rows)
    return [int(rows[i]) for i in range(len(rows)) if (gaps[i, :i] < DOUBLED).any()]


def _unwatched(pieces: Pieces) -> list[int]:
    """TVs that are not straight before a sofa or bed, or where there is none before a seat."""
    wide = pieces.of_class(SOFAS | frozenset(BEDS))
    seats = (wide if len(wide) else pieces.of_class(FACING)).tolist()
    stands = pieces.of_class({"tv_stand"}).tolist()
    return [k for k in stands if not any(_watches(pieces, seat, k) for seat in seats)]


def _watches(pieces: Pieces, seat: int, stand: int) -> bool:
    x, y = pieces.local(seat, pieces.centre[stand])
    return bool(y < 0 and abs(x) <= BESIDE_VIEW and pieces.forward[seat] @ pieces.forward[stand] < 0)


def _shut_in(pieces: Pieces) -> bool:
    """Nobody gets to a seat or onto a chair at a table, opens a cupboard or walks past the foot of a bed."""
    return any(bool(_taken(pieces, ground).any()) for ground in (*FRONTS, *TIGHT))


def _bed_side(pieces: Pieces) -> bool:
    """Somebody has to climb over the other one to get out of a double bed, or an armchair stands at a bed's head."""
    seats, beds = pieces.of_class(SINGLE_SEATS).tolist(), pieces.of_class(BEDS).tolist()
    at_head = any(_beside_head(pieces, seat, bed) for seat in seats for bed in beds)
    return at_head or any(bool(_taken(pieces, ground).any()) for ground in SIDES)


def _taken(pieces: Pieces, ground: Clearance) -> BoolArray:
    """(K,) of which owners such ground is not free."""
    rows = pieces.of_class(ground.owners)
    if not len(rows):
        return np.zeros(0, dtype=np.bool_)
    free = pieces.beside(rows, ground.side, RAYS, ground.passing)
    return np.asarray((free <= ground.depth).mean(axis=1) >= ground.shut, dtype=np.bool_)


def _on_needed_ground(pieces: Pieces) -> list[int]:
    """What stands on ground that others need, or needs such ground itself: the smaller one, or its owner at a wall."""
    found: list[int] = []
    area = pieces.half.prod(axis=1)
    for ground in (*FRONTS, *SIDES):
        for k in pieces.of_class(ground.owners)[_taken(pieces, ground)].tolist():
            there = [*(other for other in _standing_on(pieces, ground, k) if other < pieces.movable), k]
            found.append(min(there, key=lambda k: float(area[k])))
    return found


def _standing_on(pieces: Pieces, ground: Clearance, owner: int) -> list[int]:
    """The pieces that stand on the ground of an owner."""
    axis, sign = ground.side
    half, offset = pieces.half[owner].copy(), np.zeros(2)
    offset[axis] = sign * (half[axis] + ground.depth / 2)
    half[axis] = ground.depth / 2
    place = pieces.centre[owner] + offset @ pieces.axes[owner]
    one = np.zeros(1)
    box = Parts(np.array([owner]), place[None], pieces.axes[owner][None], half[None], one, one + 1.0)
    rows = np.setdiff1d(np.flatnonzero(~pieces.hanging), [owner, *pieces.of_class(ground.passing)])
    return rows[(pieces.footprints(rows).inside(box) > OVERLAP).any(axis=1)].tolist()


def _too_near(pieces: Pieces) -> list[int]:
    """Of each seat and coffee table between which legs do not fit the smaller one.

    At an L-shaped sofa its whole box says nothing.
    """
    seats, tables = pieces.of_class(SEATS - {"l_shaped_sofa"}), pieces.of_class({"coffee_table"})
    area = pieces.half.prod(axis=1)
    pairs = np.argwhere(pieces.gaps(seats, tables) < LEGROOM)
    return [int(min(seats[i], tables[k], key=lambda row: float(area[row]))) for i, k in pairs]


def _huddled(pieces: Pieces) -> bool:
    """Much of the floor is further than a step from all furniture, and that is not little: it stands in one part."""
    walls, rows = pieces.walls, np.flatnonzero(~pieces.hanging)
    assert walls is not None  # noqa: S101 - only rooms with walls ask
    if len(rows) < _NOT_LITTLE:
        return False
    points = walls.points_inside(_GRID)
    local = np.einsum("pka,kba->pkb", points[:, None] - pieces.centre[rows], pieces.axes[rows])
    way = np.linalg.norm((np.abs(local) - pieces.half[rows]).clip(0.0), axis=-1).min(axis=1, initial=np.inf)
    return float((way > EMPTY).mean()) > HUDDLED


def _crammed(pieces: Pieces) -> list[int]:
    """What stands right at a dining table, or armchairs near it, or cupboards right at a coffee table."""
    found: list[int] = []
    for owners, others, gap in APART:
        rows = pieces.of_class(others)
        found += rows[(pieces.gaps(pieces.of_class(owners), rows) < gap).any(axis=0)].tolist()
    return found


def _jammed(pieces: Pieces) -> list[int]:
    """Single seats at the dining table of others."""
    return [k for k in _crammed(pieces) if pieces.names[k] in SINGLE_SEATS]


def _ground_in_parts(pieces: Pieces) -> bool:
    """The ground that one walks on is cut in parts."""
    return sum(area > PART for area in pieces.ground.areas()) > 1


def _door_cut_off(pieces: Pieces) -> bool:
    """A door leads to no ground, or not to the largest part of it."""
    doors = [np.array(o.segment).mean(axis=0) for o in pieces.floor.openings if o.kind == "door"]
    return any(pieces.ground.distance(door) > THRESHOLD for door in doors)


def _any(rows: Callable[[Pieces], list[int]]) -> Callable[[Pieces], bool]:
    """Whether there are such pieces."""
    return lambda pieces: bool(rows(pieces))


_ANYWHERE: Final[Mapping[str, Callable[[Pieces], bool]]] = MappingProxyType(
    {
        "overlap": _overlap,
        "nightstand": _any(_nightstands),
        "dining chair": _any(dining_chairs_astray),
        "bare table": bare_table,
        "coffee table": _any(_coffee_tables),
        "TV stand": _any(_unwatched),
        "desk": desk_without_seat,
        "one-sided": one_sided,
        "uneven": uneven,
        "empty table": empty_table,
        "adrift": _any(_adrift),
        "sofas apart": _any(_sofas_apart),
        "no coffee table": _no_coffee_table,
        "before the TV": lambda pieces: bool(_before_tv(pieces)) or _dines_before_tv(pieces),
        "doubled": _any(_doubled),
        "shut in": _shut_in,
        "bed's side": _bed_side,
        "legroom": _any(_too_near),
        "crammed": _any(_crammed),
    }
)
_WITH_WALLS: Final[Mapping[str, Callable[[Pieces], bool]]] = MappingProxyType(
    {
        "outside": _any(through_walls),
        "before a door": _any(at_doors),
        "bed's head": _head,
        "back": _any(_backless),
        "lamp": _any(idle_lamps),
        "huddled": _huddled,
        "ground in parts": _ground_in_parts,
        "door cut off": _door_cut_off,
    }
)
_MISSING: Final = ("no bed", "two beds", "no sofa", "no table")
FLAWS: Final[tuple[str, ...]] = (*_ANYWHERE, *_WITH_WALLS, *_MISSING)
"""The names of all flaws."""
SET_FLAWS: Final[tuple[str, ...]] = (*_HOSTS, *_MISSING)
"""The names of those that the classes of a room's objects may decide."""
