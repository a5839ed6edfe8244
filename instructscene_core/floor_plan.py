"""The floor of a room: its outline and holes, doors and windows, and what stands there and is no furniture.

Frame and units are those of ``scene``. What no room can be is refused here, with the place; docs/scene-format.md lists
the keys.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeVar, cast

from .errors import InvalidInputError
from .json_values import (
    Json,
    Vector3,
    read_list,
    read_mapping,
    read_maybe,
    read_number,
    read_one_of,
    read_point,
    read_positive,
    read_size,
    read_text,
    read_vector,
)
from .outlines import TOUCH, Point2, Ring, Side, cleaned, contains, meeting, named, own_meeting, sides, signed_area
from .vocabulary import RoomType

T = TypeVar("T")

DEFAULT_HEIGHT: Final = 2.8
"""Metres from the floor to the ceiling of a scene that does not say."""
FLOOR_KEYS: Final = ("floor", "holes", "height", "openings", "obstacles")
"""Keys of a scene that are of its floor plan."""
AREAS: Final[Mapping[RoomType, tuple[float, float, float]]] = MappingProxyType(
    {"bedroom": (3.3, 12.9, 51.4), "livingroom": (4.4, 29.0, 100.7), "diningroom": (4.3, 28.6, 100.7)}
)
"""Square metres of the smallest, the median and the largest of 1,165 bedrooms, 903 living and 781 dining rooms of
3D-FRONT."""
_BEYOND: Final = 2.0
"""How many times larger than the largest, or smaller than the smallest, a floor must be until no such room is."""
UNITS: Final = (("centimetres", 0.01), ("inches", 0.0254), ("millimetres", 0.001), ("feet", 0.3048))
"""In which plans and meshes are drawn, and metres of each."""
_MOST_CORNERS: Final = 1000
"""Of a floor, corners on straight sides not counted: settling looks at every wall."""
_OFF_WALL: Final = 0.5
"""Metres from an opening to its wall, at most: it may be drawn in the middle or at the outer face of a thick wall."""
_ON_WALL: Final = 0.01
"""Metres within which an opening lies on its wall."""
_LEAST_OPENING: Final = 0.2
"""Metres of an opening that must be on its wall."""
_NARROWEST: Final = 1e-6
"""Width up to which an opening is none."""
_OUTLINE: Final = "Write its corners, metres: [[x, y], [x, y], [x, y], ...]"
_HOLES: Final = "Write one list of corners for each hole"


@dataclass(frozen=True)
class Opening:
    """A door or window in a wall.

    Args:
        kind: door or window.
        segment: its two ends (x, y) on the floor plan, metres.
        bottom: height of its lower edge, metres.
        top: height of its upper edge, metres.
    """

    kind: Literal["door", "window"]
    segment: tuple[Point2, Point2]
    bottom: float = 0.0
    top: float = 2.1

    def to_json(self) -> Json:
        """Plain JSON types, an item of the scene's ``openings``."""
        return {"kind": self.kind, "segment": [list(p) for p in self.segment], "bottom": self.bottom, "top": self.top}


@dataclass(frozen=True)
class Obstacle:
    """What stands or hangs in a room and is no furniture, such as a radiator or a flight of stairs: a box.

    Args:
        position: its centre, metres.
        size: full extents in its own frame, metres.
        yaw: radians about +Z.
        name: what it is, for messages; may be empty.
    """

    position: Vector3
    size: Vector3
    yaw: float = 0.0
    name: str = ""

    def to_json(self) -> Json:
        """Plain JSON types, an item of the scene's ``obstacles``."""
        box: Json = {"position": list(self.position), "size": list(self.size), "yaw": self.yaw}
        return box | ({"name": self.name} if self.name else {})


@dataclass(frozen=True)
class FloorPlan:
    """The room's floor, its height, its openings and what stands there for good.

    Args:
        polygon: at least three corners (x, y), metres; None where the room has no stated floor.
        height: of the ceiling, metres.
        openings: doors and windows.
        holes: outlines within the polygon where there is no floor, such as a stairwell or a column; their sides are
            walls like those of the polygon.
        obstacles: what furniture keeps clear of, and nobody moves.
    """

    polygon: Ring | None = None
    height: float = DEFAULT_HEIGHT
    openings: tuple[Opening, ...] = ()
    holes: tuple[Ring, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()

    def bounding_box(self) -> tuple[float, float, float, float] | None:
        """(min x, min y, max x, max y) of the polygon; None without one."""
        if self.polygon is None:
            return None
        xs, ys = zip(*self.polygon, strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    def rings(self) -> tuple[Ring, ...]:
        """The outlines that its walls follow, ``cleaned``, with the room to the left of each side; none without one."""
        if self.polygon is None:
            return ()
        outer = cleaned(self.polygon)
        return (
            outer if signed_area(outer) > 0 else outer[::-1],
            *(ring if signed_area(ring) < 0 else ring[::-1] for ring in map(cleaned, self.holes)),
        )

    def without_floor(self) -> "FloorPlan":
        """The same without an outline, and so without holes."""
        return replace(self, polygon=None, holes=())

    def to_json(self) -> Json:
        """Plain JSON types, the keys of a scene that are of its floor; those that hold nothing may be left out."""
        data: Json = {
            "floor": None if self.polygon is None else [list(p) for p in self.polygon],
            "height": self.height,
            "openings": [o.to_json() for o in self.openings],
        }
        if self.holes:
            data["holes"] = [[list(p) for p in hole] for hole in self.holes]
        if self.obstacles:
            data["obstacles"] = [o.to_json() for o in self.obstacles]
        return data


def area_of(plan: FloorPlan) -> float:
    """Square metres of the floor without its holes; 0 where its outline is not stated."""
    if plan.polygon is None:
        return 0.0
    return abs(signed_area(plan.polygon)) - sum(abs(signed_area(hole)) for hole in plan.holes)


class Rescaling(NamedTuple):
    """How a floor of no room's size would be one of a room.

    Attributes:
        unit: in which its lengths may be; empty where they are too small.
        factor: metres of that unit, by which all lengths are to be multiplied.
        area: square metres that it would have.
    """

    unit: str
    factor: float
    area: float

    def __str__(self) -> str:
        """As an error offers it."""
        how = f"In {self.unit}" if self.unit else f"{self.factor:.4g} times as long"
        return f"{how} it would be {self.area:.3g} m\N{SUPERSCRIPT TWO}: scale it by {self.factor:.4g}"


def rescaling(area: float, room_type: RoomType) -> Rescaling | None:
    """The unit in which a floor that no such room has would be the likeliest one; None where it may be one, or no unit.

    Args:
        area: square metres, as it came.
        room_type: of the room.
    """
    smallest, usual, largest = AREAS[room_type]
    if smallest / _BEYOND <= area <= largest * _BEYOND:
        return None
    small = area < smallest
    ways = [Rescaling("" if small else unit, 1 / factor if small else factor, 0.0) for unit, factor in UNITS]
    ways = [way._replace(area=area * way.factor**2) for way in ways]
    likely = [way for way in ways if smallest <= way.area <= largest]
    return min(likely, key=lambda way: abs(math.log(way.area / usual)), default=None)


def check_area(plan: FloorPlan, room_type: RoomType, where: str) -> None:
    """Refuses a floor of a size that no such room has.

    Raises:
        InvalidInputError: says how large it is, and in which unit it would be a room.
    """
    area = area_of(plan)
    smallest, _, largest = AREAS[room_type]
    if plan.polygon is None or smallest / _BEYOND <= area <= largest * _BEYOND:
        return
    limit = f"{largest * _BEYOND:,.0f} at most" if area > largest else f"{smallest / _BEYOND:.1f} at least"
    size = f"{area:,.0f}" if area >= 100 else f"{area:.2g}"
    kind = {"bedroom": "bedroom", "livingroom": "living room", "diningroom": "dining room"}[room_type]
    square = "m\N{SUPERSCRIPT TWO}"
    offer = rescaling(area, room_type)
    remedy = f"{offer}" if offer else "Lengths are metres: check the unit of the plan"
    raise InvalidInputError(f"{where}.floor has {size} {square}, and no {kind} has that ({limit})", remedy)


def read_floor(item: Json, where: str) -> FloorPlan:
    """Reads and checks the keys of a scene that are of its floor.

    Args:
        item: of the scene; keys that are not there have their defaults.
        where: its path.

    Raises:
        InvalidInputError: names the path of the first value at fault, and the place on the plan.
    """
    polygon = read_maybe(item.get("floor"), f"{where}.floor", _read_outline)
    holes = _read_many(item, "holes", where, _read_outline, _HOLES)
    if holes and polygon is None:
        raise InvalidInputError(f"{where}.holes are in no floor", f"State {where}.floor, too")
    plan = FloorPlan(
        polygon=polygon,
        height=read_positive(item.get("height", DEFAULT_HEIGHT), f"{where}.height"),
        openings=_read_many(item, "openings", where, _read_opening),
        holes=holes,
        obstacles=_read_many(item, "obstacles", where, _read_obstacle),
    )
    _check_holes(plan, where)
    for number, opening in enumerate(plan.openings):
        _check_opening(opening, plan, f"{where}.openings[{number}]")
    return plan


def _read_many(item: Json, key: str, where: str, read: Callable[[object, str], T], form: str = "") -> tuple[T, ...]:
    """The items of a list that may be absent."""
    path = f"{where}.{key}"
    return tuple(read(v, f"{path}[{i}]") for i, v in enumerate(read_list(item.get(key, []), path, form=form)))


def _read_outline(data: object, where: str) -> Ring:
    """An outline that encloses an area and does not meet itself."""
    items = read_list(data, where, form=_OUTLINE)
    corners = tuple(read_point(p, f"{where}[{i}]") for i, p in enumerate(items))
    if len(corners) < 3:
        raise InvalidInputError(f"{where} must have at least three corners", _OUTLINE)
    real = cleaned(corners)
    if len(real) < 3 or abs(signed_area(real)) < TOUCH**2:
        raise InvalidInputError(f"{where} encloses no area", _OUTLINE)
    if len(real) > _MOST_CORNERS:
        raise InvalidInputError(f"{where} has {len(real)} corners, more than {_MOST_CORNERS}", "Simplify the outline")
    crossing = own_meeting(real)
    if crossing is not None:
        remedy = "Put its corners in their order along the walls; cut-outs go into the key holes"
        raise InvalidInputError(f"{where} meets itself: {crossing}", remedy)
    return corners


def _read_opening(data: object, where: str) -> Opening:
    item = read_mapping(data, where, ("kind", "segment"), ("bottom", "top"))
    kind = cast("Literal['door', 'window']", read_one_of(item["kind"], f"{where}.kind", ("door", "window")))
    ends = read_list(item["segment"], f"{where}.segment", 2, form="Write its two ends: [[x, y], [x, y]]")
    first, second = (read_point(p, f"{where}.segment[{i}]") for i, p in enumerate(ends))
    bottom, top = (
        read_number(item.get(key, usual), f"{where}.{key}") for key, usual in (("bottom", 0.0), ("top", 2.1))
    )
    if bottom >= top:
        raise InvalidInputError(f"{where}.top must be greater than its bottom", "Correct it")
    return Opening(kind, (first, second), bottom, top)


def _read_obstacle(data: object, where: str) -> Obstacle:
    item = read_mapping(data, where, ("position", "size"), ("yaw", "name"))
    return Obstacle(
        read_vector(item["position"], f"{where}.position"),
        read_size(item["size"], f"{where}.size"),
        read_number(item.get("yaw", 0.0), f"{where}.yaw"),
        read_text(item.get("name", ""), f"{where}.name"),
    )


def _check_holes(plan: FloorPlan, where: str) -> None:
    """Refuses holes that are not within the outline, or meet it or each other."""
    if plan.polygon is None:
        return
    outer, inner = cleaned(plan.polygon), [cleaned(hole) for hole in plan.holes]
    for number, hole in enumerate(inner):
        path = f"{where}.holes[{number}]"
        met = meeting(hole, outer)
        if met is not None:
            remedy = "What is at a wall, such as a chimney breast, belongs into the outline"
            raise InvalidInputError(f"{path} meets the outline: {met}", remedy)
        if not contains(outer, hole[0]):
            raise InvalidInputError(f"{path} lies outside {where}.floor, at {named(hole[0])}", "Move or remove it")
        for other, ring in enumerate(inner[:number]):
            met = meeting(hole, ring)
            if met is not None:
                raise InvalidInputError(f"{path} meets {where}.holes[{other}]: {met}", "Make them one hole")
            if contains(ring, hole[0]) or contains(hole, ring[0]):
                raise InvalidInputError(f"{path} and {where}.holes[{other}] lie in each other", "Keep the outer one")


class _Fit(NamedTuple):
    """An opening as it would be in a wall.

    Attributes:
        off: metres from the wall, of the end that is further from it.
        wall: the side of an outline.
        low: where it begins along the wall.
        high: where it ends.
    """

    off: float
    wall: Side
    low: float
    high: float


def _fit(opening: Opening, rings: Sequence[Ring]) -> _Fit:
    """An opening in the wall that it suits best."""
    width = math.dist(*opening.segment)

    def in_wall(wall: Side) -> _Fit:
        feet = [wall.foot(point) for point in opening.segment]
        low, high = sorted(min(max(along, 0.0), wall.length) for along, _ in feet)
        return _Fit(max(abs(beside) for _, beside in feet), wall, low, high)

    found = [in_wall(wall) for ring in rings for wall in sides(ring)]
    return min(found, key=lambda fit: fit.off + width - (fit.high - fit.low))


def _check_opening(opening: Opening, plan: FloorPlan, where: str) -> None:
    """Refuses an opening that is far from all walls."""
    if plan.polygon is None or math.dist(*opening.segment) < _NARROWEST:
        return
    fit = _fit(opening, plan.rings())
    on_wall = fit.high - fit.low
    if fit.off <= _OFF_WALL and on_wall >= min(_LEAST_OPENING, math.dist(*opening.segment) - _ON_WALL):
        return
    ends = f"{opening.kind} from {named(opening.segment[0])} to {named(opening.segment[1])}"
    if fit.off > _OFF_WALL:
        message = f"{where}: the {ends} lies in no wall; the nearest is {fit.off:.2f} m off, {fit.wall}"
    else:
        message = f"{where}: the {ends} lies beyond the ends of its wall, {fit.wall}"
    raise InvalidInputError(message, "Move its ends onto a side of the floor, or remove it")


def with_openings_in_walls(plan: FloorPlan) -> tuple[FloorPlan, tuple[str, ...]]:
    """A floor plan whose openings lie in its walls, and what was done to those that did not.

    An opening that was drawn within the thickness of its wall goes to the floor's side of it; one that is longer than
    its wall ends with it.
    """
    if plan.polygon is None:
        return plan, ()
    rings, openings, notes = plan.rings(), list[Opening](), list[str]()
    for opening in plan.openings:
        width, fit = math.dist(*opening.segment), _fit(opening, rings)
        cut = width - (fit.high - fit.low)
        if width < _NARROWEST or (fit.off <= _ON_WALL and cut <= _ON_WALL):
            openings.append(opening)
            continue
        ends = sorted(((fit.wall.at(fit.low), fit.wall.at(fit.high))), key=partial(math.dist, opening.segment[0]))
        openings.append(replace(opening, segment=(ends[0], ends[1])))
        name = f"The {opening.kind} from {named(opening.segment[0])} to {named(opening.segment[1])}"
        if fit.off > _ON_WALL:
            notes.append(f"{name} was taken to be in the wall {fit.wall}, {fit.off:.2f} m from it")
        if cut > _ON_WALL:
            notes.append(f"{name} is longer than the wall {fit.wall}: it counts as {fit.high - fit.low:.2f} m wide")
    return replace(plan, openings=tuple(openings)), tuple(notes)
