"""Random compositions of shapes by rule: what a placer learns from that shall know nothing of rooms.

For each new shape a relation is drawn first (on, under, on a side of, touching, anywhere), then a pose that satisfies
it; it is kept where it is inside nothing and stands. So relations hold by construction, and no class means anything.
Frame: metres, Z up, the floor at height 0.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, NamedTuple

import numpy as np

from ..geometry.frames import FloatArray
from ..geometry.solids import Body, collides, near
from .shape_families import BIG_FAMILIES, HELD_OUT_BIG, HELD_OUT_SMALL, SMALL_FAMILIES, ToyShape, draw_shape

Relation = Literal["free", "on", "under", "left of", "right of", "in front of", "behind"]
SIDES: Final[tuple[Relation, ...]] = ("left of", "right of", "in front of", "behind")
FLOOR: Final = -1
"""Stands for the floor among hosts."""
HALF_ROOM: Final = 1.9
"""Metres from the middle of the floor to its borders."""
_COUNTS: Final = (3, 10)
"""Shapes of a scene."""
_ON: Final = 0.7
"""Share of the shapes after the first two that are to stand on another; some find no place there."""
_UNDER: Final = 0.07
_BESIDE: Final = 0.15
"""Shares that are to stand under and beside another."""
_BIG: Final = 0.25
"""Share of furniture among the shapes after the first two."""
_DUPLICATES: Final = 0.4
"""Share of scenes in which shapes come again."""
_GAPS: Final = (0.005, 0.6)
"""Metres between neighbours, drawn evenly on a logarithmic scale."""
_TOUCHING: Final = 0.3
"""Share of neighbours that are within 2 cm."""
_NEAR: Final = 0.02
OVERLAP: Final = 0.002
"""Metres that solids may be inside each other."""
_OVERHANG: Final = 0.2
"""Share of a base of one bar that may hang over, along each axis of the surface; of legs none does."""
_GROUND: Final = 1e-6
"""Metres up to which a bar begins on the ground."""
_ATTEMPTS: Final = 12
"""Poses that are drawn for one relation."""
_LEAST_CLEAR: Final = 0.03
"""Metres of free height from which a bar's top is a surface."""


class Surface(NamedTuple):
    """The top of a bar, in the frame of its shape; of a round one, the rectangle within.

    Attributes:
        x: of its middle.
        y: of its middle.
        z: its height.
        width: metres.
        depth: metres.
        clear: metres of free height over it; infinite where nothing is above.
    """

    x: float
    y: float
    z: float
    width: float
    depth: float
    clear: float


def surfaces_of(shape: ToyShape) -> list[Surface]:
    """The tops of a shape's bars that something may stand on, from low to high."""
    found = list[Surface]()
    for x, y, z, w, d, h, is_round in shape.bars:
        top = z + h
        share = math.sqrt(0.5) if is_round else 1.0
        above = [
            other[2] - top
            for other in shape.bars
            if other[2] >= top - 1e-6
            and abs(other[0] - x) < (other[3] + w) / 2 - 1e-6
            and abs(other[1] - y) < (other[4] + d) / 2 - 1e-6
        ]
        clear = min(above, default=math.inf)
        if clear >= _LEAST_CLEAR:
            found.append(Surface(x, y, top, share * w, share * d, clear))
    return sorted(found, key=lambda surface: surface.z)


@dataclass(frozen=True, eq=False)
class Placed:
    """A shape in a scene.

    Attributes:
        shape: in its own frame.
        position: (3,) the middle of its base.
        yaw: radians.
        host: number of what it stands on; ``FLOOR``.
        surface: number of the host's surface; -1 on the floor.
        relation: by which it was placed.
        anchor: number of the other of that relation; ``FLOOR`` where there is none.
    """

    shape: ToyShape
    position: FloatArray
    yaw: float
    host: int = FLOOR
    surface: int = -1
    relation: Relation = "free"
    anchor: int = FLOOR

    @cached_property
    def axes(self) -> FloatArray:
        """(2, 2) rows: its own x and y axis in the scene."""
        cosine, sine = math.cos(self.yaw), math.sin(self.yaw)
        return np.array([[cosine, sine], [-sine, cosine]])

    @cached_property
    def body(self) -> Body:
        """Its bars as solid boxes."""
        bars = np.array([bar[:6] for bar in self.shape.bars])
        offsets, half = bars[:, :2] @ self.axes, bars[:, 3:5] / 2
        reach = float((np.linalg.norm(offsets, axis=1) + np.linalg.norm(half, axis=1)).max())
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * self.shape.size[:2] / 2
        low = self.position[2] + bars[:, 2]
        return Body(self.position[:2], self.axes, corners @ self.axes, offsets, half, low, low + bars[:, 5], reach)

    @cached_property
    def half(self) -> FloatArray:
        """(2,) half extents of its box along the scene's axes."""
        return np.abs(self.axes.T) @ (self.shape.size[:2] / 2)


@dataclass(frozen=True, eq=False)
class Composition:
    """A scene of shapes, each host before what stands on it.

    Attributes:
        placed: in the order in which they were placed.
    """

    placed: tuple[Placed, ...]


Draw = Callable[[bool, np.random.Generator], ToyShape]
"""Whether the shape is to be furniture, else something small, and the generator -> shape."""


def any_shape(big: bool, rng: np.random.Generator) -> ToyShape:  # noqa: FBT001 - the protocol's
    """A new shape of a family that is trained on."""
    return draw_shape(str(rng.choice([*(BIG_FAMILIES if big else SMALL_FAMILIES)])), rng)


def held_out_shape(big: bool, rng: np.random.Generator) -> ToyShape:  # noqa: FBT001 - likewise
    """A new shape of a family that nothing is trained on."""
    return draw_shape(str(rng.choice([*(HELD_OUT_BIG if big else HELD_OUT_SMALL)])), rng)


Compose = Callable[[np.random.Generator, Draw], Composition]
"""Draws a scene of shapes."""
_SEATS: Final = (2, 4)
"""At a table of a structured scene."""
_CASES: Final = (1, 3)
"""Along its wall."""
_SEAT_GAP: Final = (0.02, 0.15)
"""Metres between a table and its seats."""


def structured(rng: np.random.Generator, draw: Draw = any_shape) -> Composition:
    """Draws a scene as rooms are: seats around a table, furniture along a wall, small things on both.

    What no random composition has can be learnt from these: equal things face what they belong to, and rows line up.

    Args:
        rng: draws everything.
        draw: gives the shapes.
    """
    placed = list[Placed]()

    def put(found: Placed) -> bool:
        if not _is_free(found, placed):
            return False
        placed.append(found)
        return True

    yaw = float(rng.integers(4)) * math.pi / 2
    table = draw(True, rng)  # noqa: FBT003 - the protocol's
    put(Placed(table, np.array([*rng.uniform(-0.5, 0.5, 2), 0.0]), yaw))
    seat = draw(True, rng)  # noqa: FBT003
    sides = rng.permutation(4)[: int(rng.integers(_SEATS[0], _SEATS[1] + 1))] if placed else ()
    for side in sides:
        angle = yaw + side * math.pi / 2
        out = np.array([math.sin(angle), -math.cos(angle)])
        facing = Placed(seat, np.zeros(3), angle + math.pi)
        reach = placed[0].half @ np.abs(out) + facing.half @ np.abs(out) + rng.uniform(*_SEAT_GAP)
        at = np.array([*(placed[0].position[:2] + reach * out), 0.0])
        side_of = SIDES[int(np.argmax([-out[0], out[0], -out[1], out[1]]))]
        put(Placed(seat, at, angle + math.pi, relation=side_of, anchor=0))
    start = -HALF_ROOM
    for _ in range(int(rng.integers(_CASES[0], _CASES[1] + 1))):
        case = draw(True, rng)  # noqa: FBT003
        width, depth = case.size[:2]
        gap = rng.uniform(0.02, 0.3)
        at = np.array([start + gap + width / 2, HALF_ROOM - depth / 2 - 0.01, 0.0])
        if put(Placed(case, at, 0.0)):
            start = float(at[0]) + width / 2
    for _ in range(int(rng.integers(2, 6))):
        for _ in range(_ATTEMPTS):
            found = _on(draw(False, rng), placed, rng) if placed else None  # noqa: FBT003
            if found is not None and put(found):
                break
    return Composition(tuple(placed)) if len(placed) > 1 else compose(rng, draw)


def compose(rng: np.random.Generator, draw: Draw = any_shape) -> Composition:
    """Draws a scene.

    Args:
        rng: draws everything.
        draw: gives the shapes.
    """
    count = int(rng.integers(_COUNTS[0], _COUNTS[1] + 1))
    again = rng.random() < _DUPLICATES
    placed, drawn = list[Placed](), list[ToyShape]()
    for _ in range(3 * count):
        if len(placed) == count:
            break
        is_big = len(placed) < 2 or rng.random() < _BIG  # hosts come first
        repeats = again and bool(drawn) and rng.random() < 0.5
        shape = drawn[int(rng.integers(len(drawn)))] if repeats else draw(is_big, rng)
        found = _place(shape, placed, rng)
        if found is not None:
            placed.append(found)
            drawn.append(shape)
    return Composition(tuple(placed))


def _place(shape: ToyShape, placed: Sequence[Placed], rng: np.random.Generator) -> Placed | None:
    """A shape by a relation drawn at random; None where no pose of some satisfies it."""
    relation = _relation(len(placed), rng)
    for _ in range(_ATTEMPTS):
        found = _POSES[relation](shape, placed, rng) if placed else _free(shape, placed, rng)
        if found is not None and _is_free(found, placed):
            return found
    return None


def _relation(count: int, rng: np.random.Generator) -> Literal["free", "on", "under", "beside"]:
    share = rng.random()
    if count < 2 or share >= _ON + _UNDER + _BESIDE:
        return "free"
    return "on" if share < _ON else "under" if share < _ON + _UNDER else "beside"


def _is_free(found: Placed, placed: Sequence[Placed]) -> bool:
    """Whether a shape is on the floor's rectangle and inside no other."""
    if (np.abs(found.position[:2]) + found.half > HALF_ROOM).any():
        return False
    zero = np.zeros((1, 2))
    return not any(
        near(found.body, other.body) and collides(found.body, other.body, zero, OVERLAP)[0] for other in placed
    )


def _free(shape: ToyShape, _: Sequence[Placed], rng: np.random.Generator) -> Placed | None:
    yaw = rng.uniform(-math.pi, math.pi)
    start = Placed(shape, np.zeros(3), yaw)
    room = HALF_ROOM - start.half
    if (room <= 0).any():
        return None
    return Placed(shape, np.array([*rng.uniform(-room, room), 0.0]), yaw)


def _on(shape: ToyShape, placed: Sequence[Placed], rng: np.random.Generator) -> Placed | None:
    """On any surface of any shape that is large and high enough."""
    host = int(rng.integers(len(placed)))
    under = placed[host]
    surfaces = surfaces_of(under.shape)
    order = rng.permutation(len(surfaces))
    yaw = under.yaw + (rng.uniform(-math.pi, math.pi) if rng.random() < 0.5 else rng.integers(4) * math.pi / 2)
    turn = yaw - under.yaw
    base = _base_half(shape, turn)
    overhang = _OVERHANG if _feet(shape) == 1 else 0.0
    for number in order:
        surface = surfaces[number]
        half = np.array([surface.width, surface.depth]) / 2
        room = half - base * (1 - 2 * overhang)
        if (room < 0).any() or surface.clear < shape.size[2]:
            continue
        if math.isfinite(surface.clear):
            room = np.minimum(room, np.maximum(half - base, 0))
        spot = np.array([surface.x, surface.y]) + rng.uniform(-room, room)
        if (np.abs(spot - [surface.x, surface.y]) > half).any():  # its centre of mass is over the surface
            continue
        place = under.position + np.array([*(spot @ under.axes), surface.z])
        return Placed(shape, place, yaw, host, int(number), "on", host)
    return None


def _feet(shape: ToyShape) -> int:
    """Bars that touch the ground."""
    return sum(bar[2] < _GROUND for bar in shape.bars)


def _base_half(shape: ToyShape, turn: float) -> FloatArray:
    """(2,) half extents along a host's axes of what of a shape touches the ground."""
    low = [(x, y, w, d) for x, y, z, w, d, _, _ in shape.bars if z < _GROUND]
    reach = np.array([[abs(x) + w / 2, abs(y) + d / 2] for x, y, w, d in low]).max(axis=0)
    cosine, sine = abs(math.cos(turn)), abs(math.sin(turn))
    return np.array([cosine * reach[0] + sine * reach[1], sine * reach[0] + cosine * reach[1]])


def _under(shape: ToyShape, placed: Sequence[Placed], rng: np.random.Generator) -> Placed | None:
    """On the floor, mostly under another that stands there."""
    anchor = int(rng.integers(len(placed)))
    over = placed[anchor]
    if over.host != FLOOR or over.shape.size[2] <= shape.size[2]:
        return None
    spot = rng.uniform(-0.3, 0.3, 2) * over.shape.size[:2]
    place = np.array([*(over.position[:2] + spot @ over.axes), 0.0])
    found = Placed(shape, place, rng.uniform(-math.pi, math.pi), relation="under", anchor=anchor)
    inside = (np.abs(place[:2] - over.position[:2]) < over.half).all()
    return found if inside else None


def _beside(shape: ToyShape, placed: Sequence[Placed], rng: np.random.Generator) -> Placed | None:
    """On the floor, on one side of another that stands there, at a gap between their boxes."""
    anchor = int(rng.integers(len(placed)))
    other = placed[anchor]
    if other.host != FLOOR:
        return None
    yaw = other.yaw if rng.random() < 0.5 else rng.uniform(-math.pi, math.pi)
    start = Placed(shape, np.zeros(3), yaw)
    side = int(rng.integers(4))
    axis, sign = side // 2, (-1 if side in (0, 2) else 1)
    low, high = (_GAPS[0], _NEAR) if rng.random() < _TOUCHING else _GAPS
    gap = math.exp(rng.uniform(math.log(low), math.log(high)))
    place = np.zeros(3)
    place[:2] = other.position[:2]
    place[axis] += sign * (other.half[axis] + start.half[axis] + gap)
    place[1 - axis] += rng.uniform(-1, 1) * 0.5 * other.half[1 - axis]
    return Placed(shape, place, yaw, relation=SIDES[side], anchor=anchor)


_POSES: Final = {"free": _free, "on": _on, "under": _under, "beside": _beside}
