"""Places by rule: every free place of every level, ranked by how far it misses the cue, proved on the triangles."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar, cast

import numpy as np

from ..cues import AtWall, Beside, Cue, Hang, InView, Near, On
from ..errors import InstructSceneError, InvalidInputError
from ..geometry.clearances import door_zones
from ..geometry.frames import FloatArray
from .contact import landing
from .hanging import hung
from .levels import FLOOR, LIFT, FreePlaces, Level, free_places, levels_of
from .misses import SAME_BOARD, Candidates, miss_of, near_place, row_places, seen_boxes, seen_place
from .near import Whole
from .occupancy import Obstacle, Occupancy, coarse_cell
from .placement import AnyCue, Item, Next, Placement, Placer, PlacerSettings, Surroundings
from .resting import ground_plane, rest
from .solid import Solid

T = TypeVar("T", Occupancy, Obstacle)
_FINEST: Final = 0.004
"""Metres of a cell at least."""
_ACROSS: Final = 8
"""Cells across the shorter side of an item, where the other limits allow it."""
_ALONG: Final = 30
"""Cells along its longer side, likewise."""
_MOST_CUBES: Final = 500_000
"""Cells in the box around what carries an item."""
_MOST_CELLS: Final = 200
"""Along the longer side of what is searched."""
_REACH: Final = 3.0
"""Metres around a cue that the floor reaches where there is no room."""
_TRIES: Final = 60
"""Places that are proved on the triangles before the search ends."""
_LIFTS: Final = (LIFT, 0.0015)
"""Metres above its level at which an item begins to fall, and where room above is tight."""
_TIGHT: Final = 0.002
"""Metres that a place counts as missing its cue by where there is hardly room to all sides."""
_LEANING: Final = 0.05
"""Metres that a place counts as missing its cue by for the whole of a base that is not over its level."""
_TOLD: Final = 3
"""Of what an item could have stood on, as many as an error names."""
_SAME_PLACE: Final = 1.5
"""Cells around a place that did not hold within which no other is tried."""
_BESIDE_FREE: Final = 3.0
"""Cells from a free one within which a place that is meant to the millimetre is tried: the grid rounds up."""
_CLICKED: Final = 1.0
"""Metres around a click that are searched, and half the item besides."""
_BESIDE: Final = 2.0
"""Metres around a neighbour that are searched, and the item's extents besides."""
_MOST_KEPT: Final = 256
"""Occupancies that a placer keeps."""
_ALIKE: Final = 1.6
"""Ratio of heights up to which things stand in a row."""
_SMALL: Final = 0.5
"""Metres of their longest side up to which they do."""
_DIRECTIONS: Final = 16
"""In which an item's farthest corners are within the walls."""
_THROUGH_WALL: Final = 0.005
"""Metres that they may reach beyond them."""
_SIZINGS: Final = 8
"""Times that a size is corrected."""
_SAME_SIZE: Final = 0.02
"""Share by which a box in a view may not be filled."""
_LEAST_LEVEL: Final = 0.3
"""Area of a level that can be meant, as a share of an item's ground."""
_SAME_LEVEL: Final = 0.03
"""Metres between heights that one click may mean."""
_LEAST_LEFT: Final = 0.3
"""Share of an item's width that is left where it is made narrower to find tight places."""
_ROW: Final = np.array([1 << 32, 1])
"""Makes one number of a cell."""
_LOOKED_AT: Final = 4000
"""Best places of a search that are put in order."""
_SHIFTS: Final = 0.5 * np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, 1], [1, -1], [-1, -1]])
"""Shares of a cell by which a place is shifted where room is tight."""


class NoPlaceError(InstructSceneError):
    """An item finds no place; nothing was placed.

    Args:
        item: its name.
        hosts: names of what it was to stand on, None being the floor; without any it is not told.
        on_wall: whether it was to hang on a wall.
    """

    def __init__(self, item: str, hosts: Sequence[str | None] = (), *, on_wall: bool = False) -> None:
        names = " or ".join(host or "the floor" for host in hosts)
        where = " on the wall there" if on_wall else f" on {names}" if names else ""
        remedy = "Choose another place on a wall" if on_wall else "Make room there, or choose another place"
        super().__init__(f"{item}: no free place{where}", remedy)
        self.item, self.hosts, self.on_wall = item, tuple(hosts), on_wall


@dataclass(frozen=True, eq=False)
class _Search:
    """One item's search, turned in one way, on one level.

    Attributes:
        level: on which it would stand.
        turn: radians from where it is.
        item: it, turned, the middle of its box above the origin.
        pivot: (2,) about which it was turned, from there.
        cell: metres.
        places: where it is free.
        misses: (N,) of these places, metres.
        exact: (M, 2) places between those of the grid that its cues mean.
        exact_misses: (M,) of these.
    """

    level: Level
    turn: float
    item: Solid
    pivot: FloatArray
    cell: float
    places: FreePlaces
    misses: FloatArray
    exact: FloatArray
    exact_misses: FloatArray


class RulePlacer(Placer):
    """The placer that has learnt nothing: it needs no weights, and is what any other is measured against.

    It keeps which cells solids fill, so that a search beside the same solids is quicker.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int, float], tuple[Solid, Occupancy | Obstacle]] = {}

    def place(
        self,
        items: Sequence[Item],
        around: Surroundings,
        cues: Sequence[Sequence[Cue]],
        settings: PlacerSettings | None = None,
        on_step: Callable[[int, int], None] | None = None,
    ) -> list[list[Placement]]:
        """Places items one after the other, see :class:`.placement.Placer`.

        Raises:
            NoPlaceError: an item has no place where its cues want it.
            InvalidInputError: a cue names nothing that is there.
        """
        settings = settings or PlacerSettings()
        answers = list[list[Placement]]()
        in_row = _are_a_row(items, cues)
        for number, (item, wished) in enumerate(zip(items, cues, strict=True)):
            hang = next((cue for cue in wished if isinstance(cue, Hang)), None)
            wishes: list[AnyCue] = [cue for cue in wished if not isinstance(cue, Hang)]
            if in_row and number:
                wishes = [*(cue for cue in wishes if not isinstance(cue, Near)), Next(items[number - 1].solid.name)]
            if hang is None:
                found = self._place_sized(item, around, wishes, settings, len(around.solids) - number)
            else:
                found = _hang(item, hang, around, settings)
            answers.append(found)
            around = replace(around, solids=(*around.solids, found[0].solid))
            if on_step is not None:
                on_step(number + 1, len(items))
        return answers

    def _place_sized(
        self, item: Item, around: Surroundings, cues: Sequence[AnyCue], settings: PlacerSettings, carrying: int
    ) -> list[Placement]:
        """Places an item; where it need not keep its size, again and again until it fills the box in the view.

        It stands on the floor or on one of the first ``carrying`` solids, not on what is placed with it.
        """
        view = next((cue for cue in cues if isinstance(cue, InView)), None)
        if settings.keep_size or view is None:
            return self._place_one(item, around, cues, settings, carrying)
        scale, best, failure = 1.0, list[Placement](), None
        for _ in range(_SIZINGS):
            try:
                found = self._place_one(item.scaled(scale), around, cues, settings, carrying)
            except NoPlaceError as error:
                scale, failure = scale / 2, error
                continue
            best = [replace(placed, scale=scale) for placed in found]
            low, high, _ = seen_boxes(view, found[0].solid, np.zeros((1, 3)))
            factor = math.sqrt(float((np.subtract(view.high, view.low) / (high - low)[0]).prod()))
            if abs(factor - 1) < _SAME_SIZE:
                break
            scale *= factor
        if not best and failure is not None:
            raise failure
        return best

    def _place_one(
        self, item: Item, around: Surroundings, cues: Sequence[AnyCue], settings: PlacerSettings, carrying: int
    ) -> list[Placement]:
        by_name = {solid.name: number for number, solid in enumerate(around.solids)}
        for name in (_named(cue) for cue in cues):
            if name is not None and name not in by_name:
                message = f"{item.solid.name}: there is no {name} to place it by"
                raise InvalidInputError(message, "Choose what stands there")
        hosts = [host for host in _hosts(cues, around, by_name) if host < carrying]
        turns = (0.0,) if settings.keep_rotation else _turns(item, cues, around)
        for tight in (False, True):
            searches = [
                search
                for host in hosts
                for turn in turns
                for search in self._searches(item, turn, host, around, cues, tight=tight)
            ]
            found = self._proved(searches, item, around, settings.variations, tight=tight)
            if found:
                return found
        names = [None if host == FLOOR else around.solids[host].name for host in hosts]
        raise NoPlaceError(item.solid.name, names if len(names) <= _TOLD else ())

    def _searches(
        self, item: Item, turn: float, host: int, around: Surroundings, cues: Sequence[AnyCue], *, tight: bool
    ) -> Iterator[_Search]:
        """The free places of an item on each level of a host; where room is tight, a little narrower than it is."""
        solid = item.solid.moved(-item.middle).turned(turn)
        middle = ((solid.low + solid.high) / 2)[:2]
        solid = solid.moved(-np.array([*middle, 0]))
        low, high = _window(item, host, around, cues)
        if (low >= high).any():
            return
        cell = _cell_of(solid, high - low, None if host == FLOOR else around.solids[host])
        body = Occupancy.of(_narrower(solid, cell) if tight else solid, cell)
        barred = _barred(around, low - solid.size[:2], high + solid.size[:2], cell, doors=host == FLOOR)
        if host == FLOOR:
            levels = [Level(FLOOR, 0.0, _difference(_all_cells(low, high, cell), barred))]
        else:
            levels = levels_of(self._occupancy(around.solids[host], cell), host)
        levels = _meant(levels, cues, solid, cell, around)
        reach = solid.size[:2] + (high - low)
        obstacles = [
            self._obstacle(other, cell)
            for other in (() if _is_laid(item, host) else around.solids)
            if (other.low[:2] <= high + reach).all() and (other.high[:2] >= low - reach).all()
        ]
        largest = max((level.area for level in levels), default=0)
        facing = np.array([math.sin(item.yaw + turn), -math.cos(item.yaw + turn)])
        for level in levels:
            centre = (level.cells.mean(axis=0) + 0.5) * cell if level.area else low
            share = level.area / max(largest, 1)
            cells = level.cells[((level.cells * cell >= low - cell) & (level.cells * cell <= high)).all(axis=1)]
            if not len(cells):
                continue
            places = free_places(body, replace(level, cells=cells), obstacles, barred, _LIFTS[tight])
            candidates = Candidates(places.centres, solid, facing, item.middle[:2], level, centre, share)
            misses = _TIGHT * ~places.roomy + _LEANING * (1 - places.support) + _missed(cues, candidates, around)
            if np.isfinite(misses).any():
                best = places.centres[int(misses.argmin())]
                exact = _exact(cues, solid, facing, around, level, best)
                exact_misses = _missed(cues, replace(candidates, centres=exact), around)
                yield _Search(level, turn, solid, -middle, cell, places, misses, exact, exact_misses)

    def _occupancy(self, solid: Solid, cell: float) -> Occupancy:
        return self._known("occupancy", solid, cell, lambda: Occupancy.of(solid, cell))

    def _obstacle(self, solid: Solid, cell: float) -> Obstacle:
        coarse, fine = self._occupancy(solid, coarse_cell(solid)), self._kept.get(("occupancy", id(solid), cell))
        if fine is not None and fine[0] is solid:
            return Obstacle(fine[1].points, coarse)
        return self._known("obstacle", solid, cell, lambda: Obstacle.of(solid, cell, coarse))

    def _known(self, kind: str, solid: Solid, cell: float, make: Callable[[], T]) -> T:
        known = self._kept.get((kind, id(solid), cell))
        if known is None or known[0] is not solid:  # another solid may have come where one was
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            known = self._kept[kind, id(solid), cell] = (solid, make())
        return cast("T", known[1])

    def _proved(
        self, searches: Sequence[_Search], item: Item, around: Surroundings, count: int, *, tight: bool
    ) -> list[Placement]:
        """The best places that hold on the triangles."""
        found = list[Placement]()
        for search, place, miss in _in_order(searches, item, count, tight=tight):
            others = () if _is_laid(item, search.level.host) else around.solids
            standing = rest(search.item, place, search.level, others, _LIFTS[tight])
            if isinstance(standing, str) or not _within_walls(standing.solid, around):
                continue
            host = search.level.host
            position = np.array([*(place + search.pivot), standing.solid.low[2]])
            name = None if host == FLOOR else around.solids[host].name
            found.append(Placement(standing.solid, position, search.turn, name, standing.gap, max(miss, 0.0)))
            if len(found) == count:
                break
        return found


def _hang(item: Item, cue: Hang, around: Surroundings, settings: PlacerSettings) -> list[Placement]:
    found = hung(item, cue, around, settings.variations, keep_rotation=settings.keep_rotation)
    if not found:
        raise NoPlaceError(item.solid.name, on_wall=True)
    return found


def _named(cue: AnyCue) -> str | None:
    """The solid that a cue names."""
    match cue:
        case Near() | On():
            return cue.host
        case Beside():
            return cue.anchor
        case Next():
            return cue.previous
        case _:
            return None


def _hosts(cues: Sequence[AnyCue], around: Surroundings, by_name: Mapping[str, int]) -> list[int]:
    """Numbers of what the item may stand on by all its cues; without a cue that is the floor."""
    everything = [FLOOR, *range(len(around.solids))]
    allowed = everything if cues else _with_rugs([FLOOR], around)
    for cue in cues:
        match cue:
            case On(host) | Near(host=str(host)):
                here = [by_name[host]]
            case Beside() | Next():
                here = _with_rugs(_carriers(by_name[_named(cue) or ""], around), around)
            case AtWall() | Near(floor=True):
                here = _with_rugs([FLOOR], around)
            case _:
                here = everything
        allowed = [host for host in allowed if host in here]
    return allowed


def _meant(levels: list[Level], cues: Sequence[AnyCue], item: Solid, cell: float, around: Surroundings) -> list[Level]:
    """Those that a click on their host means, nearest to its height and not far too small; in a row, one board."""
    least = _LEAST_LEVEL * float(item.size[:2].prod()) / cell**2
    for cue in cues:
        if isinstance(cue, Next):
            low = next(float(solid.low[2]) for solid in around.solids if solid.name == cue.previous)
            levels = [level for level in levels if abs(level.height - low) <= SAME_BOARD]
        elif isinstance(cue, Near) and cue.host is not None:
            off = [abs(level.height - cue.point[2]) if level.area >= least else math.inf for level in levels]
            nearest = min(off, default=math.inf)
            levels = [level for level, away in zip(levels, off, strict=True) if away <= nearest + _SAME_LEVEL]
    return levels


def _with_rugs(hosts: list[int], around: Surroundings) -> list[int]:
    """Where the floor is allowed, what lies on it is too."""
    if FLOOR not in hosts:
        return hosts
    return [*hosts, *(n for n, solid in enumerate(around.solids) if Item(solid).covers and solid.low[2] < LIFT)]


def _are_a_row(items: Sequence[Item], cues: Sequence[Sequence[Cue]]) -> bool:
    """Whether items belong side by side, as books do: several small ones of like heights with the same cues."""
    sizes = np.array([item.solid.size for item in items])
    if len(items) < 2 or any(list(wished) != list(cues[0]) for wished in cues) or not cues[0]:
        return False
    alike = sizes[:, 2].max() <= _ALIKE * sizes[:, 2].min() and sizes.max() <= _SMALL
    return bool(alike) and all(isinstance(cue, On | Near) for cue in cues[0])


def _missed(cues: Sequence[AnyCue], places: Candidates, around: Surroundings) -> FloatArray:
    """(N,) metres by which places miss all cues."""
    by_name = {solid.name: solid for solid in around.solids}
    anchors = [by_name.get(_named(cue) or "") for cue in cues]
    found = [miss_of(cue, places, anchor, around.walls) for cue, anchor in zip(cues, anchors, strict=True)]
    return sum(found, np.zeros(len(places.centres)))


def _exact(
    cues: Sequence[AnyCue], item: Solid, facing: FloatArray, around: Surroundings, level: Level, best: FloatArray
) -> FloatArray:
    """(M, 2) places that cues mean to the millimetre, the ``best`` of the grid (2,) being known."""
    places = [np.empty((0, 2))]
    for cue in cues:
        if isinstance(cue, Near):
            places.append(near_place(cue, item)[None])
        elif isinstance(cue, InView):
            places.append(seen_place(cue, item, level.height, best)[None])
        elif isinstance(cue, Next):
            places.append(row_places(item, facing, next(s for s in around.solids if s.name == cue.previous)))
    return np.concatenate(places)


def _within_walls(placed: Solid, around: Surroundings) -> bool:
    """Whether a solid is within the walls, by the corners that reach farthest in each of some directions."""
    if around.walls is None:
        return True
    angles = np.arange(_DIRECTIONS) * (2 * math.pi / _DIRECTIONS)
    farthest = (placed.corners[:, :2] @ np.stack([np.cos(angles), np.sin(angles)])).argmax(axis=0)
    return bool((around.walls.depth(placed.corners[farthest, :2]) > -_THROUGH_WALL).all())


def _is_laid(item: Item, host: int) -> bool:
    """Whether an item is a rug on the floor, under what stands there."""
    return host == FLOOR and item.covers


def _carriers(number: int, around: Surroundings) -> list[int]:
    """What a solid stands on; the floor where it stands on nothing."""
    solid = around.solids[number].moved(np.array([0, 0, LIFT]))
    others = [n for n in range(len(around.solids)) if n != number]
    ground = [*(around.solids[n] for n in others), ground_plane(solid)]
    found = landing(solid, ground, deepest=2 * LIFT)
    numbers = [*others, FLOOR]
    return [FLOOR] if found is None else sorted({numbers[n] for n in found.carriers})


def _turns(item: Item, cues: Sequence[AnyCue], around: Surroundings) -> tuple[float, ...]:
    """Radians by which an item may be turned: to have its back to a wall, else by quarters."""
    walls = [cue.out for cue in cues if isinstance(cue, Near) and cue.out is not None]
    if walls:
        return tuple(math.atan2(x, -y) - item.yaw for x, y in walls)
    if around.walls is not None and any(isinstance(cue, AtWall) for cue in cues):
        yaws = {round(math.atan2(x, -y), 4) for x, y in around.walls.inward.tolist()}
        return tuple(sorted(yaw - item.yaw for yaw in yaws))
    return tuple(k * math.pi / 2 for k in range(4))


def _window(item: Item, host: int, around: Surroundings, cues: Sequence[AnyCue]) -> tuple[FloatArray, FloatArray]:
    """(2,) and (2,) corners of the ground on which the middle of an item is looked for."""
    size = item.solid.size[:2]
    if host != FLOOR:
        solid = around.solids[host]
        low, high = solid.low[:2], solid.high[:2]
    elif (box := around.floor.bounding_box()) is not None:
        low, high = np.array(box[:2]), np.array(box[2:])
    else:
        corners = [
            item.solid.low,
            item.solid.high,
            *(end for solid in around.solids for end in (solid.low, solid.high)),
        ]
        points = [np.array(cue.point) for cue in cues if isinstance(cue, Near)]
        ends = np.stack([*corners, *points])[:, :2]
        low, high = ends.min(axis=0) - _REACH, ends.max(axis=0) + _REACH
    for cue in cues:
        if isinstance(cue, Near):
            reach = _CLICKED + float(size.max()) / 2
            low, high = (
                np.maximum(low, np.array(cue.point[:2]) - reach),
                np.minimum(high, np.array(cue.point[:2]) + reach),
            )
        elif isinstance(cue, Beside):
            anchor = next(solid for solid in around.solids if solid.name == cue.anchor)
            low = np.maximum(low, anchor.low[:2] - _BESIDE - size)
            high = np.minimum(high, anchor.high[:2] + _BESIDE + size)
    return low, high


def _cell_of(item: Solid, extent: FloatArray, host: Solid | None) -> float:
    """Edge of a cell, metres, one of a few so that what is known of other solids serves again.

    Args:
        item: to place.
        extent: (2,) of what is searched, metres.
        host: whose levels are looked for; None is the floor.
    """
    narrow, wide = np.sort(item.size[:2])
    if host is not None:
        narrow = min(narrow, host.size[:2].min())
    wished = max(_FINEST, narrow / _ACROSS, min(wide / _ALONG, narrow), float(extent.max()) / _MOST_CELLS)
    if host is not None:
        wished = max(wished, (float(host.size.prod()) / _MOST_CUBES) ** (1 / 3))
    return _FINEST * 2 ** (math.ceil(2 * math.log2(wished / _FINEST) - 1e-9) / 2)


def _all_cells(low: FloatArray, high: FloatArray, cell: float) -> Whole:
    """(K, 2) cells of a rectangle."""
    first, last = (np.floor(end / cell).astype(np.int64) for end in (low, high))
    return np.stack(np.meshgrid(*(np.arange(a, b + 1) for a, b in zip(first, last, strict=True))), -1).reshape(-1, 2)


def _difference(cells: Whole, others: Whole) -> Whole:
    """Cells (K, 2) that are not among others."""
    kept = ~np.isin(cells @ _ROW, others @ _ROW)
    return cells[kept]


def _barred(around: Surroundings, low: FloatArray, high: FloatArray, cell: float, *, doors: bool) -> Whole:
    """(K, 2) cells of a rectangle beyond the walls and, where these count, before doors."""
    if around.walls is None:
        return np.empty((0, 2), dtype=np.int64)
    cells = _all_cells(low, high, cell)
    middles = (cells + 0.5) * cell
    barred = ~around.walls.contains(middles)
    for zone in door_zones(around.floor, around.walls) if doors else ():
        cosine, sine = math.cos(zone.yaw), math.sin(zone.yaw)
        own = (middles - zone.centre) @ np.array([[cosine, -sine], [sine, cosine]])
        barred |= (np.abs(own) < np.array(zone.size) / 2).all(axis=1)
    return cells[barred]


def _narrower(solid: Solid, cell: float) -> Solid:
    """A solid with a cell less on each side, so that the grid does not hide a place that just fits."""
    factor = np.maximum((solid.size[:2] - 2 * cell) / solid.size[:2], _LEAST_LEFT)
    return replace(solid, corners=solid.corners * [*factor, 1.0])


def _in_order(
    searches: Sequence[_Search], item: Item, count: int, *, tight: bool
) -> Iterator[tuple[_Search, FloatArray, float]]:
    """The best places of all searches, each some way from those before; where room is tight, with small shifts."""
    rows = [row for number, search in enumerate(searches) for row in _ranked(search, number)]
    tried: dict[int, list[FloatArray]] = {}
    apart = float(item.solid.size[:2].min()) / 2 if count > 1 else 0.0
    tries = 0
    for miss, number, place in sorted(rows, key=lambda row: row[0]):
        search = searches[number]
        reach = max(apart, _SAME_PLACE * search.cell)
        before = tried.setdefault(number, [])
        if any(math.dist(place, other) < reach for other in before):
            continue
        before.append(place)
        for shift in _SHIFTS if tight else _SHIFTS[:1]:
            tries += 1
            yield search, place + shift * search.cell, miss
        if tries >= _TRIES:
            return


def _ranked(search: _Search, number: int) -> list[tuple[float, int, FloatArray]]:
    """Misses, the search's number and places: the best of the grid, and the exact ones where the grid is free."""
    order = np.argsort(search.misses, kind="stable")[:_LOOKED_AT]
    order = order[np.isfinite(search.misses[order])]
    rows = [(float(search.misses[row]), number, search.places.centres[row]) for row in order]
    for place, miss in zip(search.exact, search.exact_misses, strict=True):
        off = np.linalg.norm(search.places.centres[order] - place, axis=1)
        if len(off) and off.min() <= _BESIDE_FREE * search.cell:
            rows.append((float(miss), number, place))
    return rows
