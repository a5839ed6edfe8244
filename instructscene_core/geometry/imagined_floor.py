"""A plausible floor with doors and windows for furniture that has none to stand on. Product frame, metres.

Its figures were fitted on rooms made by rule (``starter/rooms``, themselves like those of 3D-FRONT): 2,500 of each
type, ``datasets.starter.build_rooms`` from seed 700,000,000 on. Of what such rooms have, a floor is about the usual:
in the largest of them furniture looks lost, in the smallest it is crammed, and who gives no floor gets one to look at;
nor is any part of it a corridor: the made rooms' parts are often too narrow for a group of furniture, and then bare.
Six floors imagined for the sets of each of 100 made rooms of each type against these rooms' own (10 %, median, 90 %):

| | bedrooms | made | living rooms | made | dining rooms | made |
|---|---|---|---|---|---|---|
| area, m² | 12 15.5 18 | 11 14.8 20 | 24 31.5 38 | 17 28.4 43 | 17 31.5 40 | 15 29.6 49 |
| long : short side | 1.1 1.33 1.6 | 1.1 1.37 1.7 | 1.2 1.54 2.1 | 1.1 1.56 2.1 | 1.2 1.59 2.2 | 1.1 1.49 2.1 |
| 4, 6, 8 corners, % | 67 17 16 | 61 23 16 | 40 38 22 | 30 41 29 | 41 38 21 | 24 32 44 |
| doors | 1.16 | 1.15 | 1.38 | 1.27 | 1.35 | 1.32 |
| windows | 1.37 | 1.23 | 2.05 | 2.14 | 2.00 | 2.15 |
| width of a door, m | 0.90 | 0.91 | 1.16 | 1.12 | 1.14 | 1.14 |
| width of a window, m | 1.33 | 1.30 | 1.35 | 1.37 | 1.34 | 1.33 |

(3 % of the made bedrooms have no window; every imagined floor has one.) With one, two, four or all objects of 400 made
rooms kept, 95 to 100 % of the backs that stood at a wall have one within 10 cm again.
"""

import math
from collections.abc import Collection, Sequence
from random import Random
from typing import Final, NamedTuple

from ..scene import DEFAULT_HEIGHT, FloorPlan, Opening, Point2, SceneObject, Vector3
from ..vocabulary import EXTRAS, RoomType, hangs
from .drawn_floor import BACK_MARGIN, MARGIN, Rectangle, around
from .openings import Openings, meet

Seven = tuple[int, int, int, int, int, int, int]
"""What 3, 10, 25, 50, 75, 90 and 97 % do not exceed, percent."""
_SHARES: Final = (0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97)

_NARROWEST: Final = 1.2
"""Least width of a floor anywhere, metres."""
_FURNISHED: Final = 0.6
"""Likewise, as a share of the shorter side, but where walls go behind what is kept: nothing is a corridor, where
furniture is lost."""
_LEAST_FURNISHED: Final = 0.8
"""Of its bounding box, what such a floor covers at least."""
_SHORTEST_SIDE: Final = 1.8
"""Least side of a floor's bounding box, metres."""
_FULLEST: Final = 0.6
"""Most of a floor that furniture covers: 99 % of the made bedrooms have less, other rooms a half."""
_ATTEMPTS: Final = 12
"""Draws of an opening's place, or of a floor's cuts, before it is given up."""
_FACING: Final = 0.98
"""Cosine from which a back is parallel to a wall, within some 11°."""
_BESIDE: Final = 0.5
"""Least metres by which a floor is wider than the shorter side of any piece, as in the made bedrooms."""
_LEAST_SHARE: Final = 0.47
"""Of its bounding box, what 97 % of the made floors cover at least."""
_BEFORE: Final = 0.9
"""Metres between a kept object's front and a wall, at least: a passage, and with a console table a narrowest floor."""
_GROWTHS: Final = (0.0, 0.3, 0.6, 0.9)
"""Metres by which a floor is made larger where kept objects leave no wall for a door or a window."""
_TOUCH: Final = 0.001
"""Metres that count as nothing."""
_MOST_RATIO: Final = 2.45
"""The longer side to the shorter in 97 % of the made rooms; only kept objects make a floor longer."""
_FREE_STANDING: Final = frozenset(
    {
        "armchair", "chair", "chinese_chair", "coffee_table", "corner_side_table", "dining_chair", "dining_table",
        "dressing_chair", "lounge_chair", "round_end_table", "stool", *EXTRAS,
    }
)  # fmt: skip
"""Classes that ask for no wall behind them: their back is within 10 cm of one in 11 % of the made rooms or fewer (round
end tables, which go with sofas, 54 %). Of all others it is in a half or more, of most in 80 to 90 %."""


class _Spread(NamedTuple):
    """A quantity whose normal deviate is ``shift`` + ``slope`` · z and noise, for the deviate z of the floor's area.

    Args:
        quantiles: of the quantity, percent.
        shift: as above.
        slope: as above.
    """

    quantiles: Seven
    shift: float
    slope: float

    def draw(self, z: float, random: Random) -> float:
        """The quantity."""
        noise = math.sqrt(1 - self.slope**2) * random.gauss(0.0, 1.0)
        return _quantile(self.quantiles, self.shift + self.slope * z + noise)


class _Kind(NamedTuple):
    """How large the floors of a kind of room are, and of what shape.

    The area, m², is ``factor`` · (footprint of all that stands, m²) ^ ``footprint`` · (number of it) ^ ``pieces`` times
    a quantile of ``residual``: least squares of the logarithms. To count what is tucked under tables half or not at
    all fits no better (R² within 0.002 of it).

    Args:
        factor: as above.
        footprint: as above.
        pieces: as above.
        residual: how far the made rooms lie from it, percent.
        least: the 3 % quantile of the footprint; smaller sets have floors like it.
        cut: log odds that a floor is no rectangle, at z = 0 and for each unit of z.
        ratio: of rectangles, the longer side to the shorter.
        cut_ratio: the same of the bounding box of the others.
        kept: their share of the bounding box.
        doors: chances of a second and a third door above 15 m².
        windows: square metres for one of a second and a third window.
    """

    factor: float
    footprint: float
    pieces: float
    residual: Seven
    least: float
    cut: tuple[float, float]
    ratio: _Spread
    cut_ratio: _Spread
    kept: _Spread
    doors: tuple[float, float]
    windows: tuple[float, float]


_KINDS: Final = {
    "bedroom": _Kind(
        4.490, 0.558, 0.182, (76, 81, 88, 97, 111, 127, 145), 3.30, (-0.48, 1.04),
        _Spread((103, 106, 114, 126, 139, 153, 168), 0.12, 0.35),
        _Spread((106, 116, 129, 147, 165, 183, 200), -0.28, 0.55),
        _Spread((71, 76, 82, 90, 95, 97, 98), 0.24, -0.48), (0.20, 0.09), (60, 120),
    ),
    "lounge": _Kind(
        8.941, 0.150, 0.475, (54, 63, 77, 98, 129, 164, 196), 2.92, (0.52, 0.98),
        _Spread((102, 105, 117, 132, 148, 168, 188), 0.10, 0.20),
        _Spread((104, 111, 123, 144, 172, 201, 234), -0.02, 0.07),
        _Spread((47, 56, 66, 78, 93, 98, 99), 0.17, -0.52), (0.25, 0.12), (44, 88),
    ),
    "dining": _Kind(
        4.000, 0.095, 0.740, (55, 62, 74, 94, 127, 170, 223), 1.68, (-0.57, 1.43),
        _Spread((103, 108, 119, 140, 161, 198, 237), 0.07, 0.18),
        _Spread((102, 107, 118, 142, 176, 208, 249), -0.14, 0.23),
        _Spread((51, 56, 69, 88, 96, 98, 98), 0.25, -0.40), (0.25, 0.12), (44, 88),
    ),
    "both": _Kind(
        5.904, 0.224, 0.526, (66, 74, 84, 98, 117, 138, 164), 5.28, (1.80, 0.80),
        _Spread((127, 142, 161, 181, 203, 223, 239), 0.18, 0.30),
        _Spread((105, 115, 133, 157, 187, 217, 245), 0.03, -0.25),
        _Spread((48, 55, 61, 75, 86, 93, 97), 0.04, -0.34), (0.25, 0.12), (44, 88),
    ),
}  # fmt: skip
"""Bedrooms; living and dining rooms without a dining table, without a sofa, and with both. R² of the areas' logarithms
0.39, 0.14, 0.20, 0.24; their residual standard deviations 0.20, 0.36, 0.44, 0.26."""
_SIZES: Final = (-0.3, 0.5)
"""Standard deviations by which a floor is smaller or larger than usual."""
_FEWEST: Final = 2
"""Standing objects in the smallest made rooms; fewer have floors like them."""


def imagine_floor(
    room_type: RoomType,
    furniture: Sequence[tuple[str, Vector3]],
    random: Random,
    *,
    kept: Sequence[SceneObject] = (),
    height: float = DEFAULT_HEIGHT,
    area: float | None = None,
    sides: tuple[float, float] | None = None,
    least: tuple[float, float] = (0.0, 0.0),
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
        area: square metres of a rectangle, where that is asked for.
        sides: of a rectangle, metres, where they are asked for.
        least: extents along x and y, metres, that what has to stand in a row needs.

    Returns:
        A floor with at least one door and one window, as far as kept objects leave walls for them.
    """
    standing = [(c, size) for c, size in furniture if c not in EXTRAS and not hangs(c)]
    kind = _kind(room_type, {category for category, _ in standing})
    z = random.uniform(*_SIZES)
    share, ratio = 1.0, kind.ratio
    if random.random() < 1 / (1 + math.exp(-kind.cut[0] - kind.cut[1] * z)):
        share, ratio = max(kind.kept.draw(z, random), _LEAST_FURNISHED), kind.cut_ratio
    sizes = [size for _, size in standing]
    usual, drawn = _area(kind, sizes, z), ratio.draw(z, random)
    outer, plain = (_sides(usual / part, drawn, sizes, least, random) for part in (share, 1.0))
    growths: Sequence[float] = _GROWTHS
    if area is not None or sides is not None:
        plain = sides or (math.sqrt(area or 0.0) * drawn**0.5, math.sqrt(area or 0.0) / drawn**0.5)
        outer, share, growths = plain, 1.0, (0.0,) * len(_GROWTHS)
    obstacles = [_Obstacle.of(item) for item in kept]
    corners: list[Point2] = []
    openings: tuple[Opening, ...] = ()
    for growth in growths:
        box = _placed((outer[0] + growth, outer[1] + growth), obstacles, random)
        cut = _with_cuts(box, share, obstacles, random)
        corners = cut or _outline(_placed((plain[0] + growth, plain[1] + growth), obstacles, random), ())
        openings = Openings(corners, obstacles, random).draw(kind.doors, kind.windows)
        if len({opening.kind for opening in openings}) == 2:
            break
    return FloorPlan(tuple(corners), height, openings)


def _kind(room_type: RoomType, categories: Collection[str]) -> _Kind:
    """The kind of a room by what stands in it."""
    if room_type == "bedroom":
        return _KINDS["bedroom"]
    if "dining_table" not in categories:
        return _KINDS["lounge"]
    return _KINDS["both" if any("sofa" in category for category in categories) else "dining"]


def _area(kind: _Kind, sizes: Sequence[Vector3], z: float) -> float:
    """Square metres of a floor for what stands on it, ``z`` standard deviations larger than usual."""
    covered = sum(width * depth for width, depth, _ in sizes)
    usual = kind.factor * max(covered, kind.least) ** kind.footprint * max(len(sizes), _FEWEST) ** kind.pieces
    return max(usual * _quantile(kind.residual, z), covered / _FULLEST)


def _quantile(seven: Seven, deviate: float) -> float:
    """The quantile, as a share of 1, that a normal deviate stands for; linear between the known ones, clipped to them.

    As ``starter.rooms.sizes.quantile``, which is not in the zip.
    """
    share = min(max(0.5 * math.erfc(-deviate / math.sqrt(2)), _SHARES[0]), _SHARES[-1] - 1e-9)
    k = next(k for k in range(6) if share < _SHARES[k + 1])
    part = (share - _SHARES[k]) / (_SHARES[k + 1] - _SHARES[k])
    return (seven[k] + part * (seven[k + 1] - seven[k])) / 100


def _sides(
    area: float, ratio: float, sizes: Sequence[Vector3], least: tuple[float, float], random: Random
) -> tuple[float, float]:
    """Extents along x and y of a bounding box of an area and a ratio of sides, to 10 cm; every piece and row fits."""
    longest = max((max(size[:2]) for size in sizes), default=0.0)
    deepest = max((min(size[:2]) for size in sizes), default=0.0)
    short = max(math.sqrt(area / ratio), _SHORTEST_SIDE, deepest + _BESIDE)
    long = max(area / short, short, longest + MARGIN)
    sides = [round(10 * short) / 10, round(10 * long) / 10]
    random.shuffle(sides)
    ways = (sides[0], sides[1]), (sides[1], sides[0])
    x, y = min(ways, key=lambda way: sum(max(a - b, 0.0) for a, b in zip(least, way, strict=True)))
    return max(x, math.ceil(10 * least[0]) / 10), max(y, math.ceil(10 * least[1]) / 10)


class _Obstacle(NamedTuple):
    """A kept object: the rectangle around its outline, its bottom and its top, and which way it faces.

    Args:
        rectangle: metres.
        bottom: likewise.
        top: likewise.
        front: the side of the floor that it faces, 0 to 3 for left, front, right and back; None where it is turned.
        backed: whether it stands at a wall, as most of its class do.
    """

    rectangle: Rectangle
    bottom: float
    top: float
    front: int | None
    backed: bool

    @staticmethod
    def of(item: SceneObject) -> "_Obstacle":
        """A kept object as an obstacle."""
        category, half = item.category or "", (item.placed_size or item.size)[2] / 2
        quarter = round(item.yaw / (math.pi / 2))
        straight = not hangs(category) and math.cos(item.yaw - quarter * math.pi / 2) > _FACING
        backed = straight and category not in _FREE_STANDING
        rectangle, z = around([item]), item.position[2]
        return _Obstacle(rectangle, z - half, z + half, (1 + quarter) % 4 if straight else None, backed)

    def edge(self, side: int) -> float:
        """How far it reaches towards a side, from the middle of the frame outwards."""
        return self.rectangle[side] * _OUTWARD[side]

    @property
    def ground(self) -> Rectangle:
        """What it needs: its rectangle, a margin, and more of it before its front."""
        reach = [self.edge(side) + (_BEFORE if self.front == side else MARGIN) for side in range(4)]
        return -reach[0], -reach[1], reach[2], reach[3]

    def backs(self, side: int) -> bool:
        """Whether it stands with its back to a wall at a side."""
        return self.backed and self.front == (side + 2) % 4


_OUTWARD: Final = (-1, -1, 1, 1)
"""The sign of the way out at the sides of a rectangle: left, front, right and back."""


def _placed(sides: tuple[float, float], kept: Sequence[_Obstacle], random: Random) -> Rectangle:
    """The bounding box: centred on the origin, or around kept objects, grown where these do not fit in."""
    if not kept:
        return -sides[0] / 2, -sides[1] / 2, sides[0] / 2, sides[1] / 2
    limits = [_limit(kept, side) for side in range(4)]
    least = limits[0].at + limits[2].at, limits[1].at + limits[3].at
    stiff = limits[0].is_wall and limits[2].is_wall, limits[1].is_wall and limits[3].is_wall
    if any(a > b for a, b in zip(least, sides, strict=True)) and least[0] <= sides[1] and least[1] <= sides[0]:
        sides = sides[1], sides[0]
    area = sides[0] * sides[1]
    ends = [(0.0, 0.0), (0.0, 0.0)]
    lengths = [least[k] if stiff[k] else max(least[k], sides[k]) for k in range(2)]
    for k in range(2):
        if not stiff[k]:  # what the other side lost or won, within the ratio of the made rooms
            wanted = min(max(area / lengths[1 - k], _SHORTEST_SIDE), _MOST_RATIO * lengths[1 - k])
            lengths[k] = max(least[k], wanted)
        spare = lengths[k] - least[k]
        low, high = limits[k], limits[k + 2]
        below = 0.0 if low.is_wall else 1.0 if high.is_wall else random.random()
        ends[k] = -low.at - below * spare, high.at + (1 - below) * spare
    return ends[0][0], ends[1][0], ends[0][1], ends[1][1]


class _Limit(NamedTuple):
    """How far out a side of the floor is at least, and whether kept objects have their backs at a wall right there."""

    at: float
    is_wall: bool


def _limit(kept: Sequence[_Obstacle], side: int) -> _Limit:
    """The limit of a side: right behind backs that are as good as outermost, else away from kept sides and fronts."""
    outermost = max(o.edge(side) for o in kept)
    if any(o.backs(side) and outermost - o.edge(side) < MARGIN for o in kept):
        return _Limit(outermost + BACK_MARGIN, is_wall=True)
    return _Limit(max(o.ground[side] * _OUTWARD[side] for o in kept), is_wall=False)


_CORNERS: Final = ((-1, -1), (1, -1), (1, 1), (-1, 1))
"""Of a bounding box, anticlockwise: towards the left or right, front or back."""


class _Cut(NamedTuple):
    """A corner that is cut out: its number in ``_CORNERS`` and its extents along x and y."""

    corner: int
    wide: float
    deep: float


def _with_cuts(box: Rectangle, share: float, kept: Sequence[_Obstacle], random: Random) -> list[Point2]:
    """Corners of a floor, anticlockwise: its bounding box without what is cut out; empty where nothing can be.

    Args:
        box: the bounding box.
        share: of it that is floor, where nothing that is kept is in the way.
        kept: whose backs within the box get walls first.
        random: the source of chance.
    """
    behind = _cuts_behind(box, kept)
    if behind:
        return _outline(box, behind)
    narrowest = max(_NARROWEST, _FURNISHED * min(box[2] - box[0], box[3] - box[1]))
    for _ in range(_ATTEMPTS if share < 0.99 else 0):
        cuts = _draw_cuts(box, share, random)
        if _narrowest(box, cuts) >= narrowest and not any(meet(_cut_out(box, c), o.ground) for c in cuts for o in kept):
            return _outline(box, cuts)
    return []


def _draw_cuts(box: Rectangle, share: float, random: Random) -> list[_Cut]:
    """One or two cuts that leave a share of a box, to 5 cm; as ``starter.rooms.floor`` has them."""
    width, depth = box[2] - box[0], box[3] - box[1]
    parts = [1.0] if random.random() < 0.45 else [(part := random.uniform(0.2, 0.8)), 1 - part]
    cuts: list[_Cut] = []
    for corner, part in zip(random.sample(range(4), len(parts)), parts, strict=True):
        lost = part * (1 - share)
        along = lost ** random.uniform(0.2, 0.8)
        a, b = round(20 * along * width) / 20, round(20 * lost / along * depth) / 20
        cuts.append(_Cut(corner, max(a, 0.1), max(b, 0.1)))
    return cuts


def _narrowest(box: Rectangle, cuts: Sequence[_Cut]) -> float:
    """Least width that is left of a box by one or two cuts."""
    width, depth = box[2] - box[0], box[3] - box[1]
    between = width - sum(c.wide for c in cuts), depth - sum(c.deep for c in cuts)
    corners = sorted(cut.corner for cut in cuts)
    if corners in ([0, 1], [2, 3]):  # both in front, or both at the back
        room = between[0]
    elif corners in ([1, 2], [0, 3]):
        room = between[1]
    else:  # at opposite corners they may overlap along one axis
        room = max(between)
    return min(width - max(c.wide for c in cuts), depth - max(c.deep for c in cuts), room)


def _cuts_behind(box: Rectangle, kept: Sequence[_Obstacle]) -> list[_Cut]:
    """Up to two cuts that put walls right behind kept backs within a box, small ones first."""
    cuts: list[_Cut] = []
    for cut in sorted((c for o in kept for c in _candidates(box, o)), key=lambda c: c.wide * c.deep):
        grown = _cut_out(box, cut)
        taken = any(c.corner == cut.corner for c in cuts) or len(cuts) == 2
        if taken or any(meet(grown, o.rectangle, BACK_MARGIN - _TOUCH) for o in kept):
            continue
        wider = [*cuts, cut]
        left = 1 - sum(c.wide * c.deep for c in wider) / ((box[2] - box[0]) * (box[3] - box[1]))
        if left >= _LEAST_SHARE and _narrowest(box, wider) >= _NARROWEST:
            cuts = wider
    return cuts


def _candidates(box: Rectangle, item: _Obstacle) -> list[_Cut]:
    """The cuts, from both ends of the wall that it turns its back to, that would put a wall right behind an object."""
    if not item.backed or item.front is None:
        return []
    side = (item.front + 2) % 4
    behind = box[side] * _OUTWARD[side] - item.edge(side) - BACK_MARGIN
    if behind < MARGIN:
        return []
    across = 1 - side % 2
    cuts: list[_Cut] = []
    for corner, signs in enumerate(_CORNERS):
        if signs[side % 2] != _OUTWARD[side]:
            continue
        end = across if signs[across] < 0 else across + 2  # the side that the corner shares with that wall
        along = box[end] * _OUTWARD[end] + item.edge((end + 2) % 4)
        beside = along + MARGIN, along + BACK_MARGIN
        cuts += [_Cut(corner, *((behind, b) if side % 2 == 0 else (b, behind))) for b in beside]
    return cuts


def _cut_out(box: Rectangle, cut: _Cut) -> Rectangle:
    """The ground that a cut takes from a box."""
    right, up = _CORNERS[cut.corner]
    x, y = (box[0], box[2])[right > 0], (box[1], box[3])[up > 0]
    inner_x, inner_y = x - right * cut.wide, y - up * cut.deep
    return min(x, inner_x), min(y, inner_y), max(x, inner_x), max(y, inner_y)


def _outline(box: Rectangle, cuts: Sequence[_Cut]) -> list[Point2]:
    """Corners of a box without its cuts, anticlockwise, to a tenth of a millimetre."""
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
    return [(round(x, 4), round(y, 4)) for x, y in corners]
