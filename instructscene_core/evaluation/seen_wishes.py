"""Whether a wish is met in a room, judged by outlines on its plan: a check on what the report says.

Written apart from ``instructions.standing``, by which rooms are made and reported on: nothing of it is used here, and
shapes are shapely's. Where the two differ, the report is counted as untrue.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise, product
from typing import Final, NamedTuple, TypeVar

import shapely
from shapely.geometry import LineString, Point, Polygon

from ..instructions.brief import Wish
from ..scene import FloorPlan, Scene, SceneObject

_T = TypeVar("_T")

_EASE: Final = 0.02
"""Metres that nobody sees."""
_SIGHT: Final = 20.0
_CONE: Final = math.radians(30)
_WITHOUT_FRONT: Final = frozenset({
    "stool", "coffee_table", "corner_side_table", "round_end_table", "dining_table", "table", "nightstand", "rug",
    "plant", "floor_lamp", "table_lamp", "ceiling_lamp", "pendant_lamp",
})  # fmt: skip
_ROUND_TABLES: Final = frozenset({"dining_table", "table"})
_WITH_CHAIRS: Final = 0.8
"""Metres more beside a table with chairs round it."""


class _Seen(NamedTuple):
    """A piece on the plan.

    Attributes:
        item: the piece.
        outline: of its mesh.
        middle: of it.
        ahead: unit vector of the way that it looks.
    """

    item: SceneObject
    outline: Polygon
    middle: Point
    ahead: tuple[float, float]

    @staticmethod
    def of(item: SceneObject) -> "_Seen":
        (x, y, _), (width, depth, _) = item.position, item.placed_size or item.size
        outline = shapely.affinity.rotate(shapely.box(-width / 2, -depth / 2, width / 2, depth / 2), item.yaw,
                                          origin=(0, 0), use_radians=True)  # fmt: skip
        moved = shapely.affinity.translate(outline, x, y)
        return _Seen(item, moved, Point(x, y), (math.sin(item.yaw), -math.cos(item.yaw)))

    @property
    def category(self) -> str:
        return self.item.category or ""

    @property
    def low(self) -> float:
        return self.item.position[2] - self.item.size[2] / 2

    @property
    def high(self) -> float:
        return self.item.position[2] + self.item.size[2] / 2

    @property
    def sides(self) -> list[LineString]:
        return [LineString(pair) for pair in pairwise(self.outline.exterior.coords)]

    def from_here(self, other: "_Seen") -> tuple[float, float]:
        """Where another piece is: metres to its own right, and ahead."""
        dx, dy = other.middle.x - self.middle.x, other.middle.y - self.middle.y
        ahead = dx * self.ahead[0] + dy * self.ahead[1]
        return dx * -self.ahead[1] + dy * self.ahead[0], ahead

    def looks_at(self, target: shapely.Geometry, *, back: bool = False) -> bool:
        """Whether something is straight ahead, or its middle within the cone of sight."""
        if self.category in _WITHOUT_FRONT and not back:
            return True
        way = (-self.ahead[0], -self.ahead[1]) if back else self.ahead
        width = (self.item.placed_size or self.item.size)[0] / 2
        aside = (-way[1] * width, way[0] * width)
        x, y = self.middle.x, self.middle.y
        far = (x + _SIGHT * way[0], y + _SIGHT * way[1])
        lane = Polygon([
            (x - aside[0], y - aside[1]), (x + aside[0], y + aside[1]),
            (far[0] + aside[0], far[1] + aside[1]), (far[0] - aside[0], far[1] - aside[1]),
        ])  # fmt: skip
        towards = shapely.centroid(target)
        dx, dy = shapely.get_x(towards) - x, shapely.get_y(towards) - y
        angle = abs(math.atan2(way[0] * dy - way[1] * dx, way[0] * dx + way[1] * dy))
        return angle <= _CONE + _EASE or lane.intersects(target)


def _gap(own: _Seen, other: _Seen) -> float:
    """Between outlines; less the room for chairs where people sit round one of them."""
    chairs = _WITH_CHAIRS * bool(_ROUND_TABLES & {own.category, other.category})
    return own.outline.distance(other.outline) - chairs - _EASE


def _opposite(own: _Seen, other: _Seen) -> bool:
    across = own.outline.distance(other.outline) >= 0.4 - _EASE
    return across and own.looks_at(other.outline) and other.looks_at(own.outline)


def _directed(relation: str) -> Callable[[_Seen, _Seen], bool]:
    """Left of, behind and their like: by the axes of the room, or as the other piece's own front says."""
    way = {"left of": (-1, 0), "right of": (1, 0), "in front of": (0, -1), "behind": (0, 1)}
    x, y = way[relation.removeprefix("closely ")]
    most = 1.0 if relation.startswith("closely") else 3.0

    def holds(own: _Seen, other: _Seen) -> bool:
        dx, dy = own.middle.x - other.middle.x, own.middle.y - other.middle.y
        right, ahead = other.from_here(own)
        plan = dx * x + dy * y >= abs(dx * y) + abs(dy * x) - _EASE and math.hypot(dx, dy) <= most + _EASE
        near = own.outline.distance(other.outline) <= most / 2
        return plan or (near and right * x - ahead * y >= abs(right * y) + abs(ahead * x) - _EASE)

    return holds


_PAIRS: Final[Mapping[str, Callable[[_Seen, _Seen], bool]]] = {
    "next to": lambda own, other: _gap(own, other) <= 0.5,
    "around": lambda own, other: _gap(own, other) <= 0.5,
    "near": lambda own, other: _gap(own, other) <= 1.0,
    "by": lambda own, other: _gap(own, other) <= 1.0,
    "at": lambda own, other: _gap(own, other) <= 0.5 and own.looks_at(other.outline),
    "facing": lambda own, other: own.looks_at(other.outline),
    "opposite": _opposite,
    "with its back to": lambda own, other: own.looks_at(other.outline, back=True),
    "away from": lambda own, other: own.outline.distance(other.outline) >= 1.0 - _EASE,
    "far from": lambda own, other: own.outline.distance(other.outline) >= 2.0 - _EASE,
    "on": lambda own, other: own.middle.within(other.outline.buffer(_EASE)) and abs(own.low - other.high) <= 0.1,
    "under": lambda own, other: own.outline.distance(other.outline) <= _EASE and own.high <= other.high + _EASE,
    "above": lambda own, other: own.outline.intersects(other.outline) and own.low > other.low,
    "below": lambda own, other: own.outline.intersects(other.outline) and own.low < other.low,
    "at the foot of": lambda own, other: other.from_here(own)[1] > 0 and _gap(own, other) <= 1.0
    and abs(other.from_here(own)[0]) <= (other.item.placed_size or other.item.size)[0] / 2,
    "at the head of": lambda own, other: other.from_here(own)[1] < 0 and _gap(own, other) <= 0.5,
    "along the same wall as": lambda own, other: own.ahead[0] * other.ahead[0] + own.ahead[1] * other.ahead[1] > 0.98
    and abs(own.from_here(other)[1] - (other.item.size[1] - own.item.size[1]) / 2) <= 0.35,
    **{f"{close}{way}": _directed(f"{close}{way}")
       for close in ("", "closely ") for way in ("left of", "right of", "in front of", "behind")},
}  # fmt: skip


def seen_to_hold(wish: Wish, scene: Scene) -> bool | None:
    """Whether a wish is met; None where this cannot be judged here, such as of "the longest wall".

    Args:
        wish: what was asked.
        scene: with outlines of meshes.
    """
    pieces = [_Seen.of(item) for item in scene.objects]
    own, others, seconds = (
        [piece for piece in pieces if piece.category in names] for names in (wish.subjects, wish.objects, wish.second)
    )
    if wish.of_place:
        found = None if _unjudged(wish) else _count(own, [None], lambda piece, _: _is_placed(wish, piece, scene.floor))
    elif wish.relation in ("on each side of", "at each end of"):
        found = _on_both_sides(own, others, wish.relation)
    elif wish.relation == "between":
        ends = [pair for pair in product(others, seconds or others) if pair[0] is not pair[1]]
        found = _count(own, ends, lambda piece, pair: _is_between(piece, *pair))
    elif wish.relation == "at a distance from" or wish.relation in _PAIRS:
        found = _count(own, others, lambda piece, other: _is_so(wish, piece, other), each=wish.each, count=wish.count)
    else:
        return None
    if found is None:
        return None
    wanted = len(others) if wish.each else 2 if wish.relation.startswith(("on each", "at each")) else wish.count
    return found == 0 if wish.refused else found >= max(wanted, 1)


def _count(
    own: Sequence[_Seen],
    others: Sequence[_T],
    holds: Callable[[_Seen, _T], bool],
    *,
    each: bool = False,
    count: int = 1,
) -> int:
    """How many pieces stand so to any of the others; how many of the others have so many that do, where each is to."""
    if each:
        return sum(sum(holds(piece, other) for piece in own if piece is not other) >= count for other in others)
    return sum(any(holds(piece, other) for other in others if other is not piece) for piece in own)


def _is_so(wish: Wish, piece: _Seen, other: _Seen) -> bool:
    so = wish.relation == "at a distance from" or _PAIRS[wish.relation](piece, other)
    if wish.distance is None:
        return so
    return so and wish.distance[0] - 0.1 <= piece.outline.distance(other.outline) <= wish.distance[1] + 0.1


def _is_between(piece: _Seen, first: _Seen, second: _Seen) -> bool:
    return LineString([first.middle, second.middle]).distance(piece.middle) <= 0.75 + _EASE


def _on_both_sides(own: Sequence[_Seen], others: Sequence[_Seen], relation: str) -> int:
    """On how many of two opposite sides of a piece others stand."""
    best = 0
    for other in others:
        along = other.category in _ROUND_TABLES and relation == "on each side of"
        near = [other.from_here(piece)[int(along)] for piece in own if _gap(piece, other) <= 0.5]
        best = max(best, int(any(place < -_EASE for place in near)) + int(any(place > _EASE for place in near)))
    return best


_SIDES: Final = {"left": (1.0, 0.0), "right": (-1.0, 0.0), "front": (0.0, 1.0), "back": (0.0, -1.0)}
"""Ways that walls look."""
_HALVES: Final = {
    "on the left side of": "left", "on the right side of": "right",
    "at the front of": "front", "at the back of": "back",
}  # fmt: skip


_WITHIN: Final = {"wall": 0.3, "corner": 0.5, "middle": 0.2}
"""Metres; of the middle more in large rooms."""


def _unjudged(wish: Wish) -> bool:
    name = next(iter(wish.objects))
    known = wish.relation in {"against", "in", "by", "away from", "far from", "facing", "opposite", *_HALVES}
    return not known or not set(wish.side.split()) <= _SIDES.keys() or (name == "room" and wish.relation not in _HALVES)


def _is_placed(wish: Wish, piece: _Seen, floor: FloorPlan) -> bool:
    """Whether a piece is where in the room it was asked to be."""
    if floor.polygon is None:
        return False
    name, room = next(iter(wish.objects)), shapely.geometry.polygon.orient(Polygon(floor.polygon))
    if wish.relation in _HALVES:
        x, y = _SIDES[_HALVES[wish.relation]]
        return (piece.middle.x - room.centroid.x) * x + (piece.middle.y - room.centroid.y) * y <= _EASE
    parts = _parts(name, wish.side.split(), room, floor)
    if not parts:
        return False
    apart = piece.outline.distance(shapely.union_all(parts))
    if wish.relation in ("facing", "opposite"):
        return (wish.relation == "facing" or apart >= 0.8) and any(piece.looks_at(part) for part in parts)
    if wish.relation in ("away from", "far from"):
        return apart >= (1.0 if wish.relation == "away from" else 2.0) - _EASE
    if name == "wall":
        middles = [side.interpolate(0.5, normalized=True) for side in piece.sides]
        apart = min(middle.distance(part) for middle in middles for part in parts)
    elif name == "middle":
        apart = piece.middle.distance(parts[0])
    return apart <= _WITHIN.get(name, 1.0) + _EASE + (0.15 * math.sqrt(room.area) if name == "middle" else 0.0)


def _parts(name: str, sides: Sequence[str], room: Polygon, floor: FloorPlan) -> list[shapely.Geometry]:
    """The walls, corners, windows or doors on some sides of a room; its middle."""
    if name == "middle":
        return [room.centroid]
    if name in ("door", "window"):
        return [LineString(opening.segment) for opening in floor.openings if opening.kind == name]
    corners = list(room.exterior.coords)[:-1]
    walls = [LineString(pair) for pair in pairwise([*corners, corners[0]])]
    if name == "wall":
        return [wall for wall in walls if all(_looks(wall, side) for side in sides)]
    middle = room.envelope.centroid
    return [
        Point(x, y)
        for x, y in corners
        if all((x - middle.x) * _SIDES[side][0] + (y - middle.y) * _SIDES[side][1] < 0 for side in sides)
    ]


def _looks(wall: LineString, side: str) -> bool:
    (ax, ay), (bx, by) = wall.coords
    length = max(wall.length, 1e-6)
    return (-(by - ay) * _SIDES[side][0] + (bx - ax) * _SIDES[side][1]) / length > 0.7
