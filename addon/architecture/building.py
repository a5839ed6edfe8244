"""Reads a person's building: the floor plan of one of its rooms, and which objects are parts of it."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import bpy
import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree

from ...instructscene_core.errors import InvalidInputError
from ...instructscene_core.floor_plan import DEFAULT_HEIGHT, FloorPlan, Opening
from ...instructscene_core.outlines import Point2, contains
from ...instructscene_core.scene import Vector3
from ..bodies import SOLID, body_of
from ..language import tr
from ..records import ARCHITECTURE_KEY, is_ours, is_room
from .gaps import WIDTHS, across_gaps
from .openings import Gap, Side, gap_of_object, joined, kind_in_wall, sides_of, wall_gaps
from .parts import Thing, is_nameless, kind_of
from .regions import Region, regions
from .surfaces import Floats, Surface

_NEAR: Final = 0.6
"""Metres around a room within which a part of the building belongs to it."""
_CUT: Final = 2.25
"""Metres above the floor at which walls are cut for the outline: above doors, so that these do not open the room."""
_LOWEST_WALL: Final = 0.6
"""Metres of a wall above the floor, at least, that bounds a room."""
_SAME_LEVEL: Final = 0.05
"""Metres between floors that are one."""
_ENCLOSED: Final = 0.6
"""Share of a room's outline that is wall, from which its walls enclose it: three of four sides do."""
_NARROW: Final = 0.2
"""Square metres to a metre of outline below which a region is the inside of a wall, not a room."""
_ROOM: Final = 4.0
"""Square metres of a room, for counting them."""
_GROUND: Final = 0.3
"""Metres that furniture may stand above or below its floor."""
_TURNED: Final = 1e-3
"""Radians up to which a room is not turned at all."""
_OPENING_KINDS: Final = ("door", "window", "opening")


class BuildingError(InvalidInputError):
    """There is no floor, or none that can be furnished."""


@dataclass(frozen=True)
class Building:
    """A room of a person's building.

    Args:
        floor: its plan on the ground of the world, heights above the floor.
        origin: where the room's Empty should stand, metres in the world: in the middle of the floor.
        yaw: by which its axes should be turned, radians: along the longest wall.
        parts: kind of each part of the building that is near the room, by object name.
        notes: what a person should know of the reading.
    """

    floor: FloorPlan
    origin: Vector3
    yaw: float
    parts: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def plan(self, origin: Vector3, yaw: float) -> FloorPlan:
        """The floor plan in the axes of an Empty that stands somewhere, metres, to a tenth of a millimetre."""
        cosine, sine = math.cos(yaw), math.sin(yaw)

        def place(point: Point2) -> Point2:
            x, y = point[0] - origin[0], point[1] - origin[1]
            return round(cosine * x + sine * y, 4), round(cosine * y - sine * x, 4)

        def loop(corners: Iterable[Point2]) -> tuple[Point2, ...]:
            return tuple(place(corner) for corner in corners)

        assert self.floor.polygon is not None  # noqa: S101 - every building has one
        openings = tuple(
            replace(opening, segment=(place(opening.segment[0]), place(opening.segment[1])))
            for opening in self.floor.openings
        )
        holes = tuple(loop(hole) for hole in self.floor.holes)
        return replace(self.floor, polygon=loop(self.floor.polygon), openings=openings, holes=holes)

    def holds(self, feet: Vector3 | None) -> bool:
        """Whether what has its feet at a place in the world stands, or hangs, in this room."""
        if feet is None or self.floor.polygon is None:
            return False
        low, high = self.origin[2] - _GROUND, self.origin[2] + self.floor.height
        return low < feet[2] < high and contains(self.floor.polygon, (feet[0], feet[1]))


def parts_of(scene: bpy.types.Scene, metres: float) -> dict[str, str]:
    """Kind of every visible part of a building in a scene, by object name, with what cuts its openings."""
    found = {obj.name: kind for obj in _visible(scene) if (kind := kind_of(obj, metres)) is not None}
    for name in [name for name, kind in found.items() if kind in ("wall", "room", "floor", "ceiling")]:
        for cutter in _cutters(bpy.data.objects[name]):
            found[cutter.name] = "opening"
    return found


def read_building(
    context: bpy.types.Context,
    metres: float,
    *,
    chosen: Iterable[bpy.types.Object] = (),
    known: Mapping[bpy.types.Object, str] | None = None,
    point: Vector3 | None = None,
) -> Building:
    """The room that some objects make, or in which a point is.

    Args:
        context: its scene is read, and its dependency graph is up to date.
        metres: in one Blender unit.
        chosen: objects that a person has pointed to. One that is no known part of a building is taken for its floor.
        known: kinds of parts as an earlier reading had them.
        point: metres in the world; where a floor has several rooms, that in which it is.

    Raises:
        BuildingError: there is no floor and there are no walls that enclose one.
    """
    kinds = parts_of(context.scene, metres)
    kinds |= {obj.name: kind for obj, kind in (known or {}).items() if ARCHITECTURE_KEY not in obj}
    chosen = list(chosen)
    for obj in chosen:
        if obj.name not in kinds and obj.type in SOLID:
            kinds[obj.name] = "floor" if _is_low(obj) else "room"
    return _Reader(context, metres, kinds).read([obj.name for obj in chosen], point)


def _visible(scene: bpy.types.Scene) -> Iterator[bpy.types.Object]:
    """Objects with a body that can be seen and are not the add-on's furniture."""
    for obj in scene.objects:
        shown = obj.type in SOLID or obj.instance_type == "COLLECTION"
        if shown and not is_ours(obj) and not is_room(obj) and obj.visible_get():
            yield obj


def _cutters(obj: bpy.types.Object) -> Iterator[bpy.types.Object]:
    """What boolean modifiers take out of an object."""
    for modifier in obj.modifiers:
        if modifier.type == "BOOLEAN" and modifier.operation == "DIFFERENCE":
            if modifier.object is not None:
                yield modifier.object
            if modifier.collection is not None:
                yield from modifier.collection.all_objects


def _is_low(obj: bpy.types.Object) -> bool:
    """Whether an object's box is lower than it is wide: a floor rather than a shell with walls."""
    corners = [obj.matrix_world @ Vector(corner) for corner in obj.bound_box]
    width, depth, height = (max(c[k] for c in corners) - min(c[k] for c in corners) for k in range(3))
    return height < 0.25 * min(width, depth)


class _Reader:
    """Reads one room of a building.

    Args:
        context: as of `read_building`.
        metres: in one Blender unit.
        kinds: of all parts of the building, by object name.
    """

    def __init__(self, context: bpy.types.Context, metres: float, kinds: dict[str, str]) -> None:
        self._graph = context.evaluated_depsgraph_get()
        self._metres = metres
        solid = (name for name in kinds if next(body_of(bpy.data.objects[name]), None) is not None)
        self._things = {name: Thing.of(bpy.data.objects[name], metres) for name in solid}
        self._kinds = {name: kinds[name] for name in self._things}
        self._nameless = [
            obj for obj in _visible(context.scene) if obj.name not in kinds and obj.type == "MESH" and is_nameless(obj)
        ]
        self._wished: float = context.scene.instructscene.wall_height * metres
        self._cursor: Vector3 = tuple(v * metres for v in context.scene.cursor.location)  # pyright: ignore[reportAttributeAccessIssue] - three numbers
        self._notes: list[str] = []

    def read(self, chosen: Sequence[str], point: Vector3 | None) -> Building:
        """The room of the chosen parts, or around a point."""
        floors, height = self._floors(chosen, point)
        walls = self._walls(height, chosen if not floors else ())
        region = self._region(floors, walls, height, point)
        ceiling = height + (self._wished or self._room_height(region, self._surface(walls), height))
        sides = sides_of(region.outline)
        surface = self._surface([*walls, *self._fillings(sides, height, ceiling)])
        gaps = joined(wall_gaps(sides, surface, height, ceiling), self._object_gaps(sides, height, ceiling))
        return self._building(region, sides, gaps, height, ceiling)

    def _named(self, *kinds: str) -> list[str]:
        return [name for name, kind in self._kinds.items() if kind in kinds]

    def _surface(self, names: Iterable[str]) -> Surface:
        return Surface.of([bpy.data.objects[name] for name in names], self._graph, self._metres)

    def _floors(self, chosen: Sequence[str], point: Vector3 | None) -> tuple[list[str], float]:
        """The objects that are the floor, and its height; none, and the feet of the walls, where there is no floor."""
        named = [name for name in self._named("floor", "room") if not chosen or name in chosen]
        if chosen and not named:  # walls alone were chosen: the floor is what lies at their feet
            named = [name for name in self._named("floor", "room") if any(self._touch(name, other) for other in chosen)]
        heights = {name: self._surface([name]).floor_height() for name in {*named, *self._named("floor")}}
        levels = {name: z for name in named if (z := heights[name]) is not None}
        if point is not None:
            levels = {name: z for name, z in levels.items() if abs(z - point[2]) <= _GROUND and self._over(name, point)}
        if not levels:
            return [], self._feet_of_walls(chosen)
        first = max(levels, key=lambda name: (name in chosen, self._area(name)))
        height = levels[first]
        whole = [name for name in self._named("floor") if name not in levels]  # further boards of the same floor
        same = [n for n in (*levels, *whole) if (z := heights[n]) is not None and abs(z - height) <= _SAME_LEVEL]
        return [name for name in same if name == first or self._touch(name, first)], height

    def _feet_of_walls(self, chosen: Sequence[str]) -> float:
        walls = [name for name in self._named("wall", "room") if not chosen or name in chosen]
        if not walls:
            raise BuildingError(
                tr("There is no floor to furnish"),
                tr("Make the floor, or a wall, of your room the active object, or draw a floor"),
            )
        return min(float(self._things[name].low[2]) for name in walls)

    def _touch(self, one: str, other: str) -> bool:
        """Whether the upright boxes around two parts come near each other on the ground."""
        a, b = self._things[one], self._things[other]
        return bool((np.maximum(a.low, b.low)[:2] - np.minimum(a.high, b.high)[:2] < _NEAR).all())

    def _over(self, name: str, point: Vector3) -> bool:
        thing = self._things[name]
        return bool((thing.low[:2] <= point[:2]).all() and (thing.high[:2] >= point[:2]).all())

    def _area(self, name: str) -> float:
        low, high = self._things[name].low, self._things[name].high
        return float(np.prod((high - low)[:2]))

    def _walls(self, floor: float, chosen: Sequence[str]) -> list[str]:
        """Walls and shells that rise from a floor."""
        found = [n for n in self._named("wall", "room") if self._rises(n, floor)]
        return self._connected(chosen, found) if chosen else found

    def _connected(self, first: Sequence[str], names: Sequence[str]) -> list[str]:
        """Those of some parts that touch the first ones, or touch what does."""
        left, found = set(names), [name for name in names if name in first]
        left -= set(found)
        for name in found:  # it grows meanwhile
            beside = [other for other in left if self._touch(name, other)]
            left -= set(beside)
            found += beside
        return found

    def _rises(self, name: str, floor: float) -> bool:
        """Whether a wall is on this storey: one over a door begins above it."""
        thing = self._things[name]
        return float(thing.high[2]) - floor >= _LOWEST_WALL and float(thing.low[2]) - floor < _CUT

    def _region(self, floors: Sequence[str], walls: Sequence[str], height: float, point: Vector3 | None) -> Region:
        """The room: where the point is, else the cursor, else the largest."""
        cuts = [np.zeros((0, 2, 2))]
        for name in walls:
            top = float(self._things[name].high[2])
            cuts.append(self._surface([name]).cut(min(height + _CUT, top - 0.05)))
        level = self._surface(floors).level(height) if floors else None
        rooms = _rooms(level, np.concatenate(cuts))
        if not rooms:
            raise BuildingError(
                tr("The walls do not enclose a floor") if walls else tr("The floor has no area"),
                tr("Close the gaps between the walls, or add a floor below them"),
            )
        for place in (point, self._cursor):
            if place is not None and (here := [r for r in rooms if r.contains((place[0], place[1]))]):
                return here[0]
        if sum(room.area >= _ROOM for room in rooms) > 1:
            self._notes.append(
                tr(
                    "Walls divide the floor into {count} rooms, of which the largest was taken: put the 3D cursor "
                    "into another one to furnish that",
                    count=len(rooms),
                )
            )
        return rooms[0]

    def _room_height(self, region: Region, walls: Surface, floor: float) -> float:
        """From the floor to the ceiling, else to the top of the walls."""
        above = self._surface(self._named("room", "ceiling", "floor"))
        tops = [float(walls.bounds()[1][2]) - floor] if len(walls.triangles) else []
        if len(above.triangles):
            tree = BVHTree.FromPolygons(above.corners.tolist(), above.triangles.tolist())
            hits = [tree.ray_cast(Vector((x, y, floor + 1.0)), Vector((0, 0, 1)))[3] for x, y in _places(region)]
            found = sorted(1.0 + hit for hit in hits if hit is not None)
            if len(found) > len(hits) / 2:
                tops = [found[len(found) // 2]]
        return min(tops, default=DEFAULT_HEIGHT)

    def _object_gaps(self, sides: Sequence[Side], floor: float, ceiling: float) -> Iterator[Gap]:
        """The openings that objects stand for."""
        for name in self._named(*_OPENING_KINDS):
            corners = self._surface([name]).corners
            if len(corners) and corners[:, 2].min() < ceiling and corners[:, 2].max() > floor:
                gap = gap_of_object(sides, corners, floor, self._kinds[name])
                if gap is not None:
                    yield gap

    def _fillings(self, sides: Sequence[Side], floor: float, ceiling: float) -> list[str]:
        """Finds nameless boxes that fill a wall: they become parts. Returns those that are wall themselves."""
        found = list[str]()
        for obj in self._nameless:
            kind = kind_in_wall(sides, self._surface([obj.name]).corners, floor, ceiling)
            if kind is not None:
                self._kinds[obj.name], self._things[obj.name] = kind, Thing.of(obj, self._metres)
                found += [obj.name] if kind == "wall" else []
        return found

    def _building(
        self, region: Region, sides: Sequence[Side], gaps: Sequence[Gap], height: float, ceiling: float
    ) -> Building:
        yaw = _direction(sides)
        corners = np.array(region.outline)
        turn = np.array([[math.cos(yaw), math.sin(yaw)], [-math.sin(yaw), math.cos(yaw)]])
        turned = corners @ turn.T
        x, y = (turn.T @ ((turned.min(axis=0) + turned.max(axis=0)) / 2)).tolist()
        openings = tuple(
            Opening(
                gap.kind,
                (sides[gap.side].point(gap.low), sides[gap.side].point(gap.high)),
                round(gap.bottom - height, 4),
                round(gap.top - height, 4),
            )
            for gap in gaps
        )
        plan = FloorPlan(
            polygon=region.outline, height=round(ceiling - height, 4), openings=openings, holes=region.holes
        )
        return Building(plan, (x, y, height), yaw, self._near(corners, height, ceiling), tuple(self._notes))

    def _near(self, corners: Floats, height: float, ceiling: float) -> dict[str, str]:
        """The parts around a room."""
        low = np.array([*corners.min(axis=0), height]) - _NEAR
        high = np.array([*corners.max(axis=0), ceiling]) + _NEAR
        return {
            name: kind
            for name, kind in self._kinds.items()
            if (self._things[name].low <= high).all() and (self._things[name].high >= low).all()
        }


def _direction(sides: Sequence[Side]) -> float:
    """Turn of a room's axes, of the four along its longest side that nearest to the world's."""
    longest = max(sides, key=lambda side: side.length)
    angle = math.atan2(longest.along[1], longest.along[0])
    yaw = math.remainder(angle, math.pi / 2)
    return 0.0 if abs(yaw) < _TURNED else yaw


def _rooms(level: Floats | None, walls: Floats) -> list[Region]:
    """The rooms of a floor, largest first; where walls leave the floor open, gaps in them are closed."""
    first: list[Region] = []
    for widest in (0.0, *WIDTHS):
        added = across_gaps(walls, widest) if widest else np.zeros((0, 2, 2))
        rooms = [r for r in regions(level, np.concatenate([walls, added])) if r.area > _NARROW * _perimeter(r)]
        enclosed = [room for room in rooms if room.walled > _ENCLOSED]
        if not len(walls) or (rooms and rooms[0].walled > _ENCLOSED):
            return rooms
        if widest and enclosed:
            return enclosed
        first = first or rooms
    return first


def _perimeter(region: Region) -> float:
    return sum(side.length for loop in (region.outline, *region.holes) for side in sides_of(loop))


def _places(region: Region) -> list[Point2]:
    """Some places inside a room."""
    corners = np.array(region.outline)
    low, high = corners.min(axis=0), corners.max(axis=0)
    ticks = np.linspace(0.1, 0.9, 5)
    grid = [tuple((low + (high - low) * (a, b)).tolist()) for a in ticks for b in ticks]
    return [place for place in grid if region.contains(place)]
