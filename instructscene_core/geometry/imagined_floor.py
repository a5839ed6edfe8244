"""A plausible floor with doors and windows for furniture that has none to stand on. Product frame, metres.

Its figures were fitted on rooms made by rule (``starter/rooms``, themselves like those of 3D-FRONT): 5,000 of each
type, ``datasets.starter.build_rooms`` from seed 700,000,000 on.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random
from typing import Final, Literal, NamedTuple

from ..scene import DEFAULT_HEIGHT, FloorPlan, Opening, Point2, SceneObject, Vector3
from ..vocabulary import ALL_CLASSES, RoomType, hangs
from .drawn_floor import BACK_MARGIN, MARGIN, Rectangle, around

Seven = tuple[int, int, int, int, int, int, int]
"""What 3, 10, 25, 50, 75, 90 and 97 % do not exceed, percent."""
OpeningKind = Literal["door", "window"]
_SHARES: Final = (0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97)

_SWING: Final = 0.7
"""Metres of ground before a door that stay free."""
_VIEW: Final = 0.3
"""Metres before a window that stay free of what reaches above its sill."""
_WALK_HEIGHT: Final = 1.5
"""What hangs above it blocks no door."""
_FLAT: Final = 0.1
"""What is no higher, such as a rug, blocks no door."""
_FROM_CORNER: Final = 0.08
"""Metres between an opening and the ends of its wall, at least."""
_APART: Final = 0.1
"""Metres between two openings of a wall, at least."""
_NARROWEST: Final = 1.2
"""Least width of a floor anywhere, metres."""
_SHORTEST_SIDE: Final = 1.8
"""Least side of a floor's bounding box, metres."""
_FULLEST: Final = 0.6
"""Most of a floor that furniture covers: 99 % of the made bedrooms have less, other rooms a half."""
_ATTEMPTS: Final = 12
"""Draws of an opening's place, or of a floor's cuts, before it is given up."""
_DOOR: Final = 0.9
"""Width of most doors, and of the narrowest windows, metres."""
_STEP: Final = 0.1
"""Metres between the places that are tried where chance finds none."""
_FACING: Final = 0.98
"""Cosine from which a back is parallel to a wall, within some 11°."""
_AT_WALL: Final = 0.02
"""Metres between a back and the outermost line of the kept objects within which it stands on that line."""

_FREE_STANDING: Final = frozenset(
    {
        "armchair", "chair", "chinese_chair", "coffee_table", "corner_side_table", "dining_chair", "dining_table",
        "dressing_chair", "lounge_chair", "stool",
    }
)  # fmt: skip
"""Classes whose back is within 10 cm of a wall in 11 % of the made rooms or fewer; of all others, in a half or more."""


class _Kind(NamedTuple):
    """How large the floors of a room type are, and of what shape.

    The area, m², is ``factor`` · (footprint of all that stands, m²) ^ ``footprint`` · (number of it) ^ ``pieces`` ·
    exp(``spread`` · z), where z is a normal deviate. Least squares of the logarithms; R² 0.39, 0.26 and 0.47.

    Args:
        factor: as above.
        footprint: as above.
        pieces: as above.
        spread: as above, the residual standard deviation.
        least: the 3 % quantile of the footprint; smaller sets have floors like it.
        cut: share of floors that are no rectangles.
        cut_slope: what z adds to it.
        ratio: of rectangles, the longer side to the shorter.
        ratio_with_z: correlation of its deviate with z.
        cut_ratio: of the bounding box of the others.
        cut_ratio_with_z: likewise.
        kept: their share of the bounding box.
    """

    factor: float
    footprint: float
    pieces: float
    spread: float
    least: float
    cut: float
    cut_slope: float
    ratio: Seven
    ratio_with_z: float
    cut_ratio: Seven
    cut_ratio_with_z: float
    kept: Seven


_KINDS: Final[dict[RoomType, _Kind]] = {
    "bedroom": _Kind(
        4.906, 0.407, 0.273, 0.195, 3.0, 0.404, 0.21,
        (103, 106, 114, 126, 139, 153, 168), 0.34, (106, 116, 129, 147, 165, 183, 200), 0.49,
        (71, 76, 82, 90, 95, 97, 98),
    ),
    "livingroom": _Kind(
        11.04, 0.117, 0.353, 0.285, 3.0, 0.763, 0.13,
        (105, 114, 131, 155, 188, 212, 232), 0.16, (103, 114, 132, 157, 186, 219, 245), -0.19,
        (48, 54, 63, 75, 87, 95, 97),
    ),
    "diningroom": _Kind(
        4.647, 0.433, 0.433, 0.307, 3.0, 0.758, 0.15,
        (105, 112, 134, 165, 192, 220, 240), 0.39, (103, 115, 135, 159, 189, 218, 245), -0.15,
        (48, 54, 62, 75, 87, 95, 97),
    ),
}  # fmt: skip
_KEPT_WITH_Z: Final = -0.45
"""Correlation of the deviates of ``kept`` and of the area."""
_FEWEST: Final = 3
"""Objects in the smallest made rooms; fewer have floors like them."""


def imagine_floor(
    room_type: RoomType,
    furniture: Sequence[tuple[str, Vector3]],
    random: Random,
    *,
    kept: Sequence[SceneObject] = (),
    height: float = DEFAULT_HEIGHT,
) -> FloorPlan:
    """Draws a floor for a set of furniture: a rectangle, or one with corners cut out, with doors and windows.

    Its bounding box is centred on the origin; where objects are kept it lies around them, with a wall right behind
    backs that stand at one.

    Args:
        room_type: bedroom, living or dining room.
        furniture: category and size of every object that will stand in the room, the kept ones too.
        random: the source of chance, and the only one.
        kept: objects that stay where they are.
        height: of the ceiling.

    Returns:
        A floor with at least one door and one window, as far as kept objects leave walls for them.
    """
    kind = _KINDS[room_type]
    z = random.gauss(0.0, 1.0)
    share, ratio = 1.0, _quantile(kind.ratio, _correlated(kind.ratio_with_z, z, random))
    if random.random() < kind.cut + kind.cut_slope * z:
        share = _quantile(kind.kept, _correlated(_KEPT_WITH_Z, z, random))
        ratio = _quantile(kind.cut_ratio, _correlated(kind.cut_ratio_with_z, z, random))
    box = _placed(_sides(_area(kind, furniture, z) / share, ratio, furniture, random), kept, random)
    obstacles = [_Obstacle.of(item) for item in kept]
    walls = _walls(_with_cuts(box, share, obstacles, random))
    return FloorPlan(tuple(w.start for w in walls), height, _openings(walls, obstacles, random))


def _area(kind: _Kind, furniture: Sequence[tuple[str, Vector3]], z: float) -> float:
    """Square metres of a floor, ``z`` standard deviations of the residual above the usual."""
    standing = [size for category, size in furniture if category in ALL_CLASSES and not hangs(category)]
    covered = sum(width * depth for width, depth, _ in standing)
    usual = kind.factor * max(covered, kind.least) ** kind.footprint * max(len(standing), _FEWEST) ** kind.pieces
    return max(usual * math.exp(kind.spread * z), covered / _FULLEST)


def _correlated(correlation: float, z: float, random: Random) -> float:
    """A normal deviate that has a correlation with another."""
    return correlation * z + math.sqrt(1 - correlation**2) * random.gauss(0.0, 1.0)


def _quantile(seven: Seven, deviate: float) -> float:
    """The quantile, as a share of 1, that a normal deviate stands for; linear between the known ones, clipped to them.

    As ``starter.rooms.sizes.quantile``, which is not in the zip.
    """
    share = min(max(0.5 * math.erfc(-deviate / math.sqrt(2)), _SHARES[0]), _SHARES[-1] - 1e-9)
    k = next(k for k in range(6) if share < _SHARES[k + 1])
    part = (share - _SHARES[k]) / (_SHARES[k + 1] - _SHARES[k])
    return (seven[k] + part * (seven[k + 1] - seven[k])) / 100


def _sides(area: float, ratio: float, furniture: Sequence[tuple[str, Vector3]], random: Random) -> tuple[float, float]:
    """Extents along x and y of a bounding box of an area and a ratio of sides, to 10 cm; every piece fits in."""
    longest = max((max(size[:2]) for _, size in furniture), default=0.0)
    deepest = max((min(size[:2]) for _, size in furniture), default=0.0)
    short = max(math.sqrt(area / ratio), _SHORTEST_SIDE, deepest + _SWING)
    long = max(area / short, short, longest + MARGIN)
    sides = [round(10 * short) / 10, round(10 * long) / 10]
    random.shuffle(sides)
    return sides[0], sides[1]


class _Obstacle(NamedTuple):
    """A kept object: the rectangle around its outline, its bottom and its top."""

    rectangle: Rectangle
    bottom: float
    top: float

    @staticmethod
    def of(item: SceneObject) -> "_Obstacle":
        half = (item.placed_size or item.size)[2] / 2
        return _Obstacle(around([item]), item.position[2] - half, item.position[2] + half)


def _placed(sides: tuple[float, float], kept: Sequence[SceneObject], random: Random) -> Rectangle:
    """The bounding box: centred on the origin, or around kept objects, grown where these do not fit in."""
    if not kept:
        return -sides[0] / 2, -sides[1] / 2, sides[0] / 2, sides[1] / 2
    hull = around(kept)
    left, right = _span(sides[0], hull[0], hull[2], _at_wall(kept, hull, 0), _at_wall(kept, hull, 2), random)
    front, back = _span(sides[1], hull[1], hull[3], _at_wall(kept, hull, 1), _at_wall(kept, hull, 3), random)
    return left, front, right, back


def _span(
    length: float,
    low: float,
    high: float,
    low_fixed: bool,
    high_fixed: bool,
    random: Random,  # noqa: FBT001
) -> tuple[float, float]:
    """Both ends of a side that holds kept objects from ``low`` to ``high``; a fixed end is right at them."""
    low -= BACK_MARGIN if low_fixed else MARGIN
    high += BACK_MARGIN if high_fixed else MARGIN
    spare = max(0.0, length - (high - low))
    below = 0.0 if low_fixed else 1.0 if high_fixed else random.random()
    if low_fixed and high_fixed:
        return low, high
    return low - below * spare, high + (1 - below) * spare


def _at_wall(kept: Sequence[SceneObject], hull: Rectangle, side: int) -> bool:
    """Whether something that stands at walls has its back on a side, 0 to 3 for left, front, right and back."""
    inward = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[side]
    for item in kept:
        category = item.category or ""
        forward = math.sin(item.yaw), -math.cos(item.yaw)
        facing = forward[0] * inward[0] + forward[1] * inward[1]
        if facing < _FACING or hangs(category) or category in _FREE_STANDING:
            continue
        depth = (item.placed_size or item.size)[1] / 2
        if abs(item.position[side % 2] - forward[side % 2] * depth - hull[side]) < _AT_WALL:
            return True
    return False


_CORNERS: Final = ((-1, -1), (1, -1), (1, 1), (-1, 1))
"""Of a bounding box, anticlockwise: towards the left or right, front or back."""


class _Cut(NamedTuple):
    """A corner that is cut out: its number in ``_CORNERS`` and its extents along x and y."""

    corner: int
    wide: float
    deep: float


def _with_cuts(box: Rectangle, share: float, obstacles: Sequence[_Obstacle], random: Random) -> list[Point2]:
    """Corners of a floor that is a share of its bounding box, anticlockwise; the box where no cut leaves enough."""
    for _ in range(_ATTEMPTS if share < 0.99 else 0):
        cuts = _draw_cuts(box, share, random)
        if cuts is not None and not any(_meet(_cut_out(box, c), o.rectangle, MARGIN) for c in cuts for o in obstacles):
            return _outline(box, cuts)
    return _outline(box, ())


def _draw_cuts(box: Rectangle, share: float, random: Random) -> list[_Cut] | None:
    """One or two cuts, to 5 cm; None where the floor gets narrower than 1.2 m. As ``starter.rooms.floor`` has them."""
    width, depth = box[2] - box[0], box[3] - box[1]
    parts = [1.0] if random.random() < 0.45 else [(part := random.uniform(0.2, 0.8)), 1 - part]
    cuts: list[_Cut] = []
    for corner, part in zip(random.sample(range(4), len(parts)), parts, strict=True):
        lost = part * (1 - share)
        along = lost ** random.uniform(0.2, 0.8)
        a, b = round(20 * along * width) / 20, round(20 * lost / along * depth) / 20
        cuts.append(_Cut(corner, max(a, 0.1), max(b, 0.1)))
    corners = sorted(cut.corner for cut in cuts)
    between = width - sum(c.wide for c in cuts), depth - sum(c.deep for c in cuts)
    if corners in ([0, 1], [2, 3]):  # both in front, or both at the back
        room = between[0]
    elif corners in ([1, 2], [0, 3]):
        room = between[1]
    else:  # at opposite corners they may overlap along one axis
        room = max(between)
    least = min(width - max(c.wide for c in cuts), depth - max(c.deep for c in cuts), room)
    return cuts if least >= _NARROWEST else None


def _cut_out(box: Rectangle, cut: _Cut) -> Rectangle:
    right, up = _CORNERS[cut.corner]
    x, y = (box[0], box[2])[right > 0], (box[1], box[3])[up > 0]
    inner_x, inner_y = x - right * cut.wide, y - up * cut.deep
    return min(x, inner_x), min(y, inner_y), max(x, inner_x), max(y, inner_y)


def _outline(box: Rectangle, cuts: Sequence[_Cut]) -> list[Point2]:
    by_corner = {cut.corner: cut for cut in cuts}
    corners: list[Point2] = []
    for number, (right, up) in enumerate(_CORNERS):
        x, y = (box[0], box[2])[right > 0], (box[1], box[3])[up > 0]
        cut = by_corner.get(number)
        if cut is None:
            corners.append((x, y))
            continue
        inner_x, inner_y = x - right * cut.wide, y - up * cut.deep
        ends = (x, inner_y), (inner_x, y)
        corners += [ends[number % 2], (inner_x, inner_y), ends[1 - number % 2]]
    return corners


def _meet(a: Rectangle, b: Rectangle, gap: float = 0.0) -> bool:
    """Whether rectangles come nearer to each other than ``gap``, along both axes."""
    return max(a[0], b[0]) - min(a[2], b[2]) < gap and max(a[1], b[1]) - min(a[3], b[3]) < gap


@dataclass(frozen=True)
class _Wall:
    """A wall from one corner to the next, with the room to its left."""

    start: Point2
    end: Point2

    @property
    def length(self) -> float:
        """Metres."""
        return math.dist(self.start, self.end)

    def point(self, along: float, out: float = 0.0) -> Point2:
        """The point so far along the wall from its start, and so far into the room."""
        x, y = (self.end[0] - self.start[0]) / self.length, (self.end[1] - self.start[1]) / self.length
        return self.start[0] + along * x - out * y, self.start[1] + along * y + out * x


def _walls(corners: Sequence[Point2]) -> list[_Wall]:
    return [_Wall(a, b) for a, b in zip(corners, (*corners[1:], corners[0]), strict=True)]


class _Place(NamedTuple):
    """A door or window in a wall: from where to where along it, its bottom and its top."""

    kind: OpeningKind
    wall: _Wall
    low: float
    high: float
    bottom: float
    top: float

    @property
    def opening(self) -> Opening:
        """The same in a floor plan, against the direction of its wall as in the made rooms."""
        return Opening(self.kind, (self.wall.point(self.high), self.wall.point(self.low)), self.bottom, self.top)

    def free(self, others: Sequence["_Place"], obstacles: Sequence[_Obstacle]) -> bool:
        """Whether it is away from other openings of its wall, and nothing stands before it."""
        if any(o.wall is self.wall and max(o.low, self.low) - min(o.high, self.high) < _APART for o in others):
            return False
        door = self.kind == "door"
        ends = self.wall.point(self.low), self.wall.point(self.high, _SWING if door else _VIEW)
        xs, ys = sorted(p[0] for p in ends), sorted(p[1] for p in ends)
        ground = xs[0], ys[0], xs[1], ys[1]
        low, high = (_FLAT, _WALK_HEIGHT) if door else (self.bottom + 0.05, self.top)
        return not any(o.top > low and o.bottom < high and _meet(ground, o.rectangle) for o in obstacles)


def _openings(walls: Sequence[_Wall], obstacles: Sequence[_Obstacle], random: Random) -> tuple[Opening, ...]:
    """Doors and windows, as many and as wide as in the made rooms, but one of each at least."""
    area = abs(sum(w.start[0] * w.end[1] - w.end[0] * w.start[1] for w in walls)) / 2
    wide = area > 22 and random.random() < 0.6
    doors = [random.choice((1.4, 1.6, 1.8)) if wide else _DOOR]
    doors += [_DOOR for chance in (0.3, 0.15) if area > 15 and random.random() < chance]
    windows = [random.choice((0.9, 1.2, 1.5, 1.8)) for c in (1.0, area / 40, area / 80) if random.random() < c]
    wishes: tuple[tuple[OpeningKind, list[float]], ...] = ("door", doors), ("window", windows)
    places: list[_Place] = []
    for kind, widths in wishes:
        for number, width in enumerate(widths):
            place = _drawn_place(kind, width, walls, places, obstacles, random)
            if place is None and number == 0:
                place = _any_place(kind, width, walls, places, obstacles, random)
            places += [] if place is None else [place]
    return tuple(place.opening for place in places)


def _drawn_place(
    kind: OpeningKind,
    width: float,
    walls: Sequence[_Wall],
    others: Sequence[_Place],
    obstacles: Sequence[_Obstacle],
    random: Random,
) -> _Place | None:
    """Draws a place: a door's is often at the end of its wall, a window's near the middle."""
    for _ in range(_ATTEMPTS):
        wall = random.choices(walls, [w.length for w in walls])[0]
        reach = wall.length / 2 - width / 2 - _FROM_CORNER
        if kind == "door":
            along = random.choice((-1, 1)) * reach * random.choice((1.0, random.random()))
        else:
            along = reach * random.uniform(-1, 1) * random.choice((0.15, 0.15, 1.0))
        place = _place(kind, wall, wall.length / 2 + along, width, random)
        if reach >= 0 and place.free(others, obstacles):
            return place
    return None


def _place(kind: OpeningKind, wall: _Wall, middle: float, width: float, random: Random) -> _Place:
    bottom, top = 0.0, 2.1
    if kind == "window":
        bottom, top = random.choices(((0.9, 2.2), (0.6, 2.2), (0.1, 2.3)), (0.7, 0.2, 0.1))[0]
    return _Place(kind, wall, middle - width / 2, middle + width / 2, bottom, top)


def _any_place(
    kind: OpeningKind,
    width: float,
    walls: Sequence[_Wall],
    others: Sequence[_Place],
    obstacles: Sequence[_Obstacle],
    random: Random,
) -> _Place | None:
    """One of all free places for an opening of a width, else for a narrow one; None where there is none."""
    for wished in (width, _DOOR):
        places = chain.from_iterable(_places(kind, wished, wall, random) for wall in walls)
        free = [place for place in places if place.free(others, obstacles)]
        if free:
            return random.choice(free)
    return None


def _places(kind: OpeningKind, width: float, wall: _Wall, random: Random) -> list[_Place]:
    """Places along a wall, 10 cm apart."""
    first = width / 2 + _FROM_CORNER
    count = math.floor((wall.length - 2 * first) / _STEP + 1e-9) + 1
    return [_place(kind, wall, first + _STEP * k, width, random) for k in range(count)]
