"""Extras, placed by rule once the furniture stands: rugs, lamps on nightstands and beside sofas, plants, a TV set.

They are no objects of the graph (``vocabulary.EXTRAS``). Each is placed where it overlaps nothing, in the palette of
the furniture that it belongs to. Product frame, metres.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final, TypeVar

import numpy as np

from ..catalogue.entries import Catalogue, CatalogueEntry
from ..floor_plan import area_of
from ..geometry.clearances import approach_zones, window_zones
from ..geometry.drawn_floor import corners_of
from ..geometry.obstacles import obstacles_of
from ..geometry.solids import Body, penetration
from ..geometry.walls import Walls
from ..instructions.brief import Wish
from ..instructions.report import bodies_of, rows_of, wishes_met
from ..instructions.standing import Surroundings, unmet
from ..scene import FloorPlan, Point2, SceneObject
from ..vocabulary import BEDS, EXTRAS, hangs
from .asked_sizes import AskedSizes

CHANCES: Final[Mapping[str, float]] = {"rug": 0.8, "tv": 0.9, "table_lamp": 0.8, "floor_lamp": 0.5, "plant": 0.65}
"""Probability that a new room gets an extra which the instruction does not mention. Our choice."""
_SOFAS: Final = ("multi_seat_sofa", "l_shaped_sofa", "loveseat_sofa", "sofa", "chaise_longue_sofa")
_SEATS: Final = (*_SOFAS, "armchair", "lounge_chair", "lazy_sofa")
LAMP_HOSTS: Final = ("nightstand", "corner_side_table", "round_end_table", "console_table")
_OPENING: Final = {"wardrobe": 0.55, "cabinet": 0.45, "bookshelf": 0.35, "desk": 0.6, "dressing_table": 0.55}
"""Clearance in front of furniture, metres, that extras leave free for its use. Our choice."""
_USE: Final = 0.3
"""The same in front of all other furniture."""
_BESIDE_BED: Final = 1.0
_ROUND_TABLE: Final = 1.3
"""Metres by which a rug is wider than the bed on it, and wider and deeper than the table on it."""
_GAP: Final = 0.06
"""Metres between an extra and the seat or wall beside it."""
_BY_WALL: Final = 0.6
"""Metres from a wall to the middle of a lamp that stands by it."""
_PLANT: Final = 0.2
"""Width of a plant, at most, as a share of the root of the floor's area: of 0.9 m in 20 square metres."""
_STRETCH: Final = 0.25
"""Largest relative change of a rug's width or depth."""
_ON_TOP: Final = 0.03
"""Metres between a surface and the base of what stands on it, at most."""
_TICK: Final = 0.15
"""Metres between the places where an extra may stand as it was asked to."""
_NEARLY: Final = 0.1
"""By which the places are worse that are tried where at the best ones something else stands."""
_ENTRIES: Final = 3
"""Meshes, from the smallest on, that are tried."""
T = TypeVar("T")


@dataclass(frozen=True)
class AttachedExtra:
    """An extra that moves with a piece of furniture: it stands on it, or is the rug under it.

    Attributes:
        item: the extra before the furniture was moved.
        host: the furniture before it was moved; the rug itself where none stands on it.
    """

    item: SceneObject
    host: SceneObject

    def follow(self, host: SceneObject) -> SceneObject:
        """The extra moved rigidly with its furniture, which is now ``host``; unchanged where that has not moved."""
        before = self.host
        if (before.position, before.yaw, before.size) == (host.position, host.yaw, host.size):
            return self.item
        x, y = _local(before, self.item.position[:2])
        base = self.item.position[2]
        on_top = self.item.category != "rug"
        z = base + _top(host) - _top(before) if on_top else base
        yaw = math.remainder(self.item.yaw + host.yaw - before.yaw, 2 * math.pi)
        return replace(self.item, position=(*_world(host, x, y), z), yaw=yaw)


def attached_extras(objects: Sequence[SceneObject]) -> list[AttachedExtra]:
    """All rugs of a room, and its extras that stand on furniture."""
    furniture = [item for item in objects if item.category not in EXTRAS]
    found: list[AttachedExtra] = []
    for item in objects:
        hosts = [host for host in furniture if item.category in EXTRAS and _carries(host, item)]
        if hosts or item.category == "rug":
            found.append(AttachedExtra(item, max(hosts, key=lambda host: host.size[0] * host.size[1], default=item)))
    return found


def _carries(host: SceneObject, item: SceneObject) -> bool:
    if item.category == "rug":
        return _inside(item, host.position[:2]) and abs(_top(host) - host.size[2]) < _ON_TOP
    return _inside(host, item.position[:2]) and abs(item.position[2] - item.size[2] / 2 - _top(host)) < _ON_TOP


def place_extras(
    objects: Sequence[SceneObject],
    floor: FloorPlan,
    catalogue: Catalogue,
    seed: int,
    *,
    wanted: Iterable[str] = (),
    refused: Iterable[str] = (),
    wishes: Sequence[Wish] = (),
    sizes: AskedSizes | None = None,
    only: CatalogueEntry | None = None,
) -> list[SceneObject]:
    """New extras for a room: those that are wanted, and by chance some more.

    Args:
        objects: its furniture, settled.
        floor: with its outline.
        catalogue: has the extras; one without them gives none.
        seed: of the random choices.
        wanted: names of ``EXTRAS`` that were asked for, one for each piece.
        refused: names that must not be there.
        wishes: how extras are to stand.
        sizes: how large they are to be.
        only: the entry that all of them are of; None: those of the room's palette.

    Returns:
        The new objects.
    """
    if floor.polygon is None or not objects:
        return []
    placer = _ExtraPlacer(objects, floor, catalogue, Random(seed), sizes, only)
    return placer.run(list(wanted), set(refused), wishes)


class _ExtraPlacer:
    """A room while extras are being added to it."""

    def __init__(
        self,
        objects: Sequence[SceneObject],
        floor: FloorPlan,
        catalogue: Catalogue,
        rng: Random,
        sizes: AskedSizes | None = None,
        only: CatalogueEntry | None = None,
    ) -> None:
        self.sizes, self.only = sizes, only
        self.furniture, self.catalogue, self.rng, self.floor = list(objects), catalogue, rng, floor
        walls = Walls.of(floor)
        assert walls is not None  # noqa: S101 - only rooms with walls get extras
        self.walls, self.area = walls, area_of(floor)
        self.taken = {item.id for item in objects}
        self.windows = [zone.body() for zone in window_zones(floor, self.walls)]
        ways = [zone.body() for zone in approach_zones(floor, self.walls)]
        self.obstacles = [Body.of(item, catalogue) for item in obstacles_of(floor)]
        self.bodies = [*(Body.of(item, catalogue) for item in objects if item.category != "rug"), *self.obstacles]
        self.free = [*ways, *self.windows, *(Body.of(_before(item), catalogue) for item in objects)]
        self.new: list[SceneObject] = []
        hosts = [entry for item in objects if (entry := catalogue.get(item.asset)) is not None]
        self.palette = _palette(max(hosts, key=lambda e: e.size[0] * e.size[1]).id) if hosts else ""

    def run(self, wanted: list[str], refused: set[str], wishes: Sequence[Wish]) -> list[SceneObject]:
        """Everything that is wanted, where it is wanted, and what chance adds."""
        for wish in wishes:
            self.asked(wish, [name for name in EXTRAS if name in wish.subjects and name not in refused])
        ways: dict[str, Callable[[], None]] = {
            "rug": self.rug,
            "tv": self.tv,
            "table_lamp": self.table_lamps,
            "floor_lamp": self.floor_lamp,
            "plant": self.plant,
        }
        for name, place in ways.items():
            lucky = self.rng.random() < CHANCES[name]
            times = max(wanted.count(name), int(lucky)) if name not in refused else 0
            for _ in range(times):
                if sum(item.category == name for item in self.new) < times:
                    place()
        return self.new

    def asked(self, wish: Wish, names: Sequence[str]) -> None:
        """Places extras as a wish has them, as many as it asks for, until it is met or nothing more can be placed."""
        hosts = [item for item in self.furniture if item.category in wish.objects]
        for _ in range(wish.count * max(len(hosts), 1) if wish.each else wish.count):
            here = [*self.furniture, *self.new]
            if not names or wish.refused or wishes_met([wish], here, self.floor)[0]:
                return
            if not any(self._as_asked(wish, name, hosts) for name in names):
                return

    def _as_asked(self, wish: Wish, name: str, hosts: Sequence[SceneObject]) -> bool:
        """Places one extra as a wish has it."""
        if name == "rug":
            return any(self._rug_under(host) for host in hosts)
        entries = sorted(self._entries(name), key=lambda e: max(e.size[:2]))
        if wish.relation == "on":
            free = [host for host in hosts if not any(_carries(host, item) for item in self.new)]
            others = sorted(self.catalogue.of_class(name), key=lambda e: max(e.size[:2]))
            return any(self._on_top(host, entry) for entry in (*entries, *others) for host in free)
        return any(self._where_asked(wish, entry) for entry in entries[:_ENTRIES])

    def _where_asked(self, wish: Wish, entry: CatalogueEntry) -> bool:
        """Stands an extra on the floor where a wish is nearest to being met, the nearest to a wall of such places."""
        low, high = self.walls.starts.min(axis=0), self.walls.starts.max(axis=0)
        ticks = [np.arange(a + _TICK, b, _TICK) for a, b in zip(low, high, strict=True)]
        points = np.stack(np.meshgrid(*ticks, indexing="ij"), axis=-1).reshape(-1, 2)
        points = points[self.walls.contains(points)]
        item = self._item(entry, (0.0, 0.0), 0.0)
        objects = [*self.furniture, *self.new, item]
        bodies = bodies_of(objects)
        position = np.repeat(bodies.position, len(points), axis=0)
        position[:, -1] = points
        many = replace(bodies, position=position, yaw=np.repeat(bodies.yaw, len(points), axis=0))
        rows = rows_of(wish, [other.category or "" for other in objects])
        if not (wish.of_place or rows[1]):
            return False
        short = unmet(wish, many, rows, Surroundings(self.floor))
        order = np.lexsort([self.walls.depth(points), np.round(short, 3)])
        best = order[short[order] <= short.min() + _NEARLY]
        return any(self._stand(entry, (float(points[k, 0]), float(points[k, 1])), 0.0) for k in best)

    # What belongs where

    def _rug_under(self, host: SceneObject) -> bool:
        """A rug under a piece."""
        before, is_bed = len(self.new), host.category in BEDS
        width, depth, _ = host.size
        size = (width + _BESIDE_BED, 0.75 * depth) if is_bed else (width + _ROUND_TABLE, depth + _ROUND_TABLE)
        self._rug(host, -depth / 6 if is_bed else 0.0, size)
        return len(self.new) > before

    def rug(self) -> None:
        """Under the bed's foot, or under the table that people sit around."""
        beds = self._of(*BEDS)
        tables = self._of("coffee_table") or self._of("dining_table")
        if beds:
            self._rug_under(max(beds, key=lambda item: item.size[0]))
        elif tables:
            self._rug_under(tables[0])

    def tv(self) -> None:
        """On the TV stand, as wide as that at most, but before no window: one would see nothing for the light."""
        for stand in self._of("tv_stand"):
            own = self._shuffled(self._entries("tv"))
            others = self._shuffled(entry for entry in self.catalogue.of_class("tv") if entry not in own)
            fitting = (entry for entry in (*own, *others) if entry.size[0] <= stand.size[0])
            any(self._on_top(stand, entry, apart=self.windows) for entry in fitting)

    def table_lamps(self) -> None:
        """On nightstands, the same on each, but for those that a lamp hangs over; else on a side table."""
        lamps = [item.position[:2] for item in self.furniture if hangs(item.category or "")]
        unlit = [host for host in self._of("nightstand") if not any(_inside(host, lamp) for lamp in lamps)]
        if self._of("nightstand") and not unlit:
            return
        hosts = unlit or [item for name in LAMP_HOSTS for item in self._of(name)][:1]
        entry = self._choice("table_lamp", lambda e: all(e.size[0] < 0.9 * min(host.size[:2]) for host in hosts))
        for host in hosts:
            self._on_top(host, entry)

    def floor_lamp(self) -> None:
        """Beside a seat, its back level with that of the seat; by a wall rather than in the room."""
        entry = self._choice("floor_lamp")
        if entry is None:
            return
        width, depth, _ = entry.size
        places: list[tuple[Point2, float]] = []
        for seat in self._shuffled(self._of(*_SEATS)):
            for side in self._shuffled([-1, 1]):
                x, y = side * (seat.size[0] / 2 + width / 2 + _GAP), seat.size[1] / 2 - depth / 2
                # What reaches far over, as an arc does, reaches over the seat.
                turn = math.pi if side < 0 and width > 2 * depth else 0.0
                places.append((_world(seat, x, y), seat.yaw + turn))
        places.sort(key=lambda place: float(self.walls.depth(np.array([place[0]]))[0]) > _BY_WALL)
        any(self._stand(entry, place, yaw) for place, yaw in places)

    def plant(self) -> None:
        """In a free corner; a large one in a large room. What juts into the room is no corner: people pass there."""
        walls = self.walls
        corner = (walls.along * walls.inward[walls.before]).sum(axis=1) > 0
        corners = list(zip(walls.starts[corner], walls.along[corner], walls.inward[corner], strict=True))
        widest = _PLANT * math.sqrt(self.area)
        for entry in self._shuffled(e for e in self._entries("plant") if max(e.size[:2]) <= widest):
            inset = max(entry.size[:2]) / 2 + _GAP
            for start, along, inward in self._shuffled(corners):
                place = start + inset * (along + inward)
                at = float(place[0]), float(place[1])
                if any(self._stand(entry, at, yaw) for yaw in (self.rng.uniform(-math.pi, math.pi), 0.0)):
                    return

    # How it is placed

    def _rug(self, host: SceneObject, forward: float, size: tuple[float, float]) -> None:
        entries = self._entries("rug")
        if not entries:
            return
        entry = min(entries, key=lambda e: sum(abs(math.log(a / b)) for a, b in zip(e.size, size, strict=False)))
        low, high = 1 - _STRETCH, 1 + _STRETCH
        width, depth = (e * min(max(s / e, low), high) for e, s in zip(entry.size, size, strict=False))
        for scale in (1.0, 0.88, 0.76):
            item = self._item(entry, _world(host, 0.0, forward), host.yaw)
            item = replace(item, size=(width * scale, depth * scale, entry.size[2]))
            if self._within(item) and self._apart(item, self.obstacles):
                self._add(item)
                return

    def _on_top(self, host: SceneObject, entry: CatalogueEntry | None, apart: Sequence[Body] = ()) -> bool:
        if entry is None or entry.size[1] >= 1.1 * host.size[1]:
            return False
        item = self._item(entry, host.position[:2], host.yaw, _top(host))
        if not self._apart(item, [*self.bodies, *apart]):
            return False
        self._add(item)
        return True

    def _stand(self, entry: CatalogueEntry, place: Point2, yaw: float) -> bool:
        item = self._item(entry, place, math.remainder(yaw, 2 * math.pi))
        if not self._within(item) or not self._apart(item, [*self.bodies, *self.free]):
            return False
        self._add(item)
        return True

    def _item(self, entry: CatalogueEntry, place: Point2, yaw: float, base: float = 0.0) -> SceneObject:
        number = 1
        while f"{entry.category}_{number}" in self.taken:
            number += 1
        size = entry.size if self.sizes is None else self.sizes.fitted(entry, entry.category, 0)
        position = (place[0], place[1], base + size[2] / 2)
        name, text = f"{entry.category}_{number}", entry.caption or None
        return SceneObject(name, entry.category, position, size, yaw, asset=entry.id, description=text)

    def _add(self, item: SceneObject) -> None:
        self.taken.add(item.id)
        self.new.append(item)
        if item.category != "rug":
            self.bodies.append(Body.of(item, self.catalogue))

    def _within(self, item: SceneObject) -> bool:
        return bool(self.walls.holds(np.array(corners_of(item))[None], 0.0)[0])

    def _apart(self, item: SceneObject, others: Sequence[Body]) -> bool:
        body = Body.of(item, self.catalogue)
        return all(penetration(body, other, 0.0) is None for other in others)

    def _of(self, *names: str) -> list[SceneObject]:
        return [item for item in self.furniture if item.category in names]

    def _entries(self, name: str) -> list[CatalogueEntry]:
        """Entries of the size that is asked for; of these those of the room's palette, else all."""
        if self.only is not None:
            return [self.only]
        suits = [] if self.sizes is None else self.sizes.suits(name, 0)
        entries = [entry for entry in self.catalogue.of_class(name) if all(suit(entry) for suit in suits)]
        return [entry for entry in entries if _palette(entry.id) == self.palette] or entries

    def _choice(self, name: str, fits: Callable[[CatalogueEntry], bool] = lambda _: True) -> CatalogueEntry | None:
        entries = [e for e in self._entries(name) if fits(e)]
        if not entries and self.only is None:
            entries = [e for e in self.catalogue.of_class(name) if fits(e)]
        return self.rng.choice(entries) if entries else None

    def _shuffled(self, items: Iterable[T]) -> list[T]:
        result = list(items)
        self.rng.shuffle(result)
        return result


def _before(item: SceneObject) -> SceneObject:
    """The ground in front of a piece of furniture, as a box."""
    depth = _OPENING.get(item.category or "", _USE)
    x, y = _world(item, 0.0, -(item.size[1] + depth) / 2)
    return SceneObject(f"before {item.id}", None, (x, y, 0.5), (item.size[0], depth, 1.0), item.yaw)


def _palette(name: str) -> str:
    """The palette in an entry's id, ``starter/bed_slatted_oak``."""
    return name.rpartition("_")[2]


def _top(item: SceneObject) -> float:
    """Height of an object's top."""
    height = (item.placed_size or item.size)[2]
    return item.position[2] - item.size[2] / 2 + height


def _world(item: SceneObject, x: float, y: float) -> Point2:
    """A point of an object's own axes, in the room."""
    c, s = math.cos(item.yaw), math.sin(item.yaw)
    return item.position[0] + x * c - y * s, item.position[1] + x * s + y * c


def _local(item: SceneObject, point: Sequence[float]) -> Point2:
    """A point of the room, in an object's own axes."""
    dx, dy = point[0] - item.position[0], point[1] - item.position[1]
    c, s = math.cos(item.yaw), math.sin(item.yaw)
    return dx * c + dy * s, dy * c - dx * s


def _inside(item: SceneObject, point: Sequence[float]) -> bool:
    """Whether a point lies over an object's ground."""
    x, y = _local(item, point)
    return abs(x) <= item.size[0] / 2 and abs(y) <= item.size[1] / 2
