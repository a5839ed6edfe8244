"""Parts of sofas and armchairs: bases with legs, arms, seats and backs, each in several kinds."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from .joinery import peg_legs
from .palettes import Role
from .parts import Design, Pillow
from .surfaces import Array, Relief, buttoned, channelled, domed, panel, posed, prism, rounded, superellipse

Legs = Literal["pegs", "blocks", "pins", "sled", "plinth", "bun", "skirt", "hairpin", "none"]
Arms = Literal["box", "round", "rolled", "sloped", "open", "loop", "shelf", "none"]
Back = Literal["loose", "tight", "tufted", "channels", "scatter", "slats", "camel", "bolsters"]


@dataclass(frozen=True)
class Upholstery:
    """How a sofa or an armchair is made.

    Attributes:
        seats: number of seat cushions beside each other.
        cover: cloth or leather.
        arms: kind of the arms.
        arm: width of the arms.
        rise: height of the arms.
        sides: which ends have an arm: −1 left, 1 right.
        legs: kind of the legs.
        lift: height of the body's underside.
        seat: height of the seat.
        back: kind of the back.
        deep: depth of the back.
        lean: angle by which the back cushions lean backwards, radians.
        pillows: number of loose ones on the seat.
    """

    seats: int = 3
    cover: Role = "fabric"
    arms: Arms = "box"
    arm: float = 0.18
    rise: float = 0.62
    sides: tuple[int, ...] = (-1, 1)
    legs: Legs = "pegs"
    lift: float = 0.13
    seat: float = 0.44
    back: Back = "loose"
    deep: float = 0.24
    lean: float = 0.14
    pillows: int = 2


def upholstered(d: Design, made: Upholstery) -> None:
    """Adds the whole piece, as wide, deep and high as the design."""
    d.solid = "base"
    _LEGS[made.legs](d, made)
    _body(d, made)
    _seats(d, made)
    for side in made.sides:
        d.solid = f"arm {side}"
        _ARMS[made.arms](d, made, side)
    d.solid = "back"
    _BACKS[made.back](d, made)
    _pillows(d, made)


def inner(d: Design, made: Upholstery) -> tuple[float, float]:
    """Left and right end of the seat, between the arms."""
    arm = 0.0 if made.arms == "none" else made.arm
    return -d.w / 2 + arm * (-1 in made.sides), d.w / 2 - arm * (1 in made.sides)


def _body(d: Design, made: Upholstery) -> None:
    left, right = inner(d, made)
    y, wood = d.d / 2, made.arms in ("open", "loop") or made.back == "slats"
    if wood:
        for rail in ((-y + 0.04, -y + 0.075), (y - made.deep - 0.02, y - made.deep + 0.015)):
            d.box("frame", (left, rail[0], made.seat - 0.22), (right, rail[1], made.seat - 0.14), bevel=0.004)
        d.box("frame", (left, -y + 0.06, made.seat - 0.16), (right, y - made.deep, made.seat - 0.145), bevel=0)
        return
    over = 0.0 if made.arms == "none" else 0.03
    low, high = (left - over, -y + 0.03, made.lift), (right + over, y - 0.01, made.seat - 0.13)
    d.box(made.cover, low, high, bevel=0.02)


def _seats(d: Design, made: Upholstery) -> None:
    left, right = inner(d, made)
    pitch = (right - left) / made.seats
    for i in range(made.seats):
        low = (left + i * pitch + 0.002, -d.d / 2, made.seat - 0.15)
        high = (left + (i + 1) * pitch - 0.002, d.d / 2 - made.deep + 0.05, made.seat)
        d.cushion(made.cover, low, high, radius=0.05, bulge=0.018)
        if d.fine:
            _welt(d, made.cover, (low[0], high[0]), (low[1], high[1]), (low[2] + high[2]) / 2 + 0.045)


def _welt(d: Design, role: Role, x: tuple[float, float], y: tuple[float, float], z: float) -> None:
    """The piping around a cushion, half sunk into its rim."""
    cx, cy = (x[0] + x[1]) / 2, (y[0] + y[1]) / 2
    outline = rounded((x[1] - x[0]) / 2 - 0.011, (y[1] - y[0]) / 2 - 0.011, 0.035, 2)
    path = [(cx + a, cy + b, z) for a, b in (*outline, outline[0])]
    d.tube(role, path, 0.005)


def _pillows(d: Design, made: Upholstery) -> None:
    left, right = inner(d, made)
    roles: tuple[Role, ...] = ("accent", "bedding", "accent", "linen")
    y, z = d.d / 2 - made.deep - 0.1, made.seat + 0.19
    for i in range(made.pillows):
        side = -1 if i % 2 == 0 else 1
        edge = (left + 0.23 if side < 0 else right - 0.23) - side * 0.16 * (i // 2)
        size = (0.44 - 0.05 * (i // 2), 0.4 - 0.05 * (i // 2), 0.15)
        with posed(d, 2, -0.12 * side, (edge, y, z)):
            at = (edge, y - 0.09 * (i // 2), z - 0.02 * (i // 2))
            d.parts.append(Pillow(roles[i % 4], d.solid, at, size, 1.15))


def _corners(d: Design, inset: float) -> list[tuple[float, float]]:
    """The four corners, moved inwards; a fifth and sixth under the middle of what is long."""
    x, y = d.w / 2 - inset, d.d / 2 - inset
    middle = [0.0] if d.w > 2.3 else []
    return [(sx, sy) for sx in (-x, *middle, x) for sy in (-y, y)]


def _blocks(d: Design, made: Upholstery) -> None:
    for x, y in _corners(d, 0.07):
        d.box("wood", (x - 0.035, y - 0.035, 0.0), (x + 0.035, y + 0.035, made.lift + 0.02), taper=0.6, bevel=0.005)


def _pins(d: Design, made: Upholstery) -> None:
    for x, y in _corners(d, 0.09):
        d.turned("metal", (x, y, 0.0), [(0.011, 0.0), (0.013, 0.006), (0.016, made.lift + 0.02)])


def _bun(d: Design, made: Upholstery) -> None:
    h = made.lift + 0.01
    profile = [(0.02, 0.0), (0.03, 0.06 * h), (0.046, 0.35 * h), (0.04, 0.62 * h), (0.024, 0.75 * h), (0.04, h)]
    for x, y in _corners(d, 0.08 + 0.35 * made.arm * (made.arms == "rolled")):
        d.turned("wood", (x, y, 0.0), profile)


def _sled(d: Design, made: Upholstery) -> None:
    y, h = d.d / 2 - 0.08, made.lift + 0.01
    for side in (-1, 1):
        x = side * (d.w / 2 - 0.14)
        for end in (-y, y):
            d.box("metal", (x - 0.016, end - 0.016, 0.0), (x + 0.016, end + 0.016, h), bevel=0.003)
        d.box("metal", (x - 0.016, -y + 0.016, 0.0), (x + 0.016, y - 0.016, 0.02), bevel=0.003)


def _hairpins(d: Design, made: Upholstery) -> None:
    for x, y in _corners(d, 0.1):
        for along in (-0.035, 0.035):
            d.tube("metal", [(x + along, y, made.lift + 0.01), (x, y, 0.008)], 0.006)


def _plinth(d: Design, made: Upholstery) -> None:
    x, y = d.w / 2 - 0.06, d.d / 2 - 0.07
    d.box("wood", (-x, -y, 0.0), (x, y, made.lift + 0.01), bevel=0.004)


def _skirt(d: Design, made: Upholstery) -> None:
    """A pleated valance down to the floor."""
    x, y, top = d.w / 2 - 0.01, d.d / 2 - 0.02, made.lift + 0.05
    pleats = max(6, round(d.w / 0.14))

    def front(u: Array, v: Array) -> tuple[Array, Array, Array]:
        return -x + 2 * x * u, -y + 0.015 + 0 * u, 0.012 + (top - 0.012) * v

    panel(d, made.cover, front, 0.02, (3 * pleats, 2), channelled(pleats, 0.02))
    d.box(made.cover, (-x, -y + 0.02, 0.012), (x, y, made.lift + 0.01), bevel=0.01)
    d.box("frame", (-x + 0.03, -y + 0.06, 0.0), (x - 0.03, y - 0.03, 0.03), bevel=0)


def _bare(d: Design, made: Upholstery) -> None:
    """Nothing but dark glides, or the arms themselves where they stand on the floor."""
    if made.arms in ("open", "loop"):
        return
    for x, y in _corners(d, 0.1):
        d.turned("metal", (x, y, 0.0), [(0.03, 0.0), (0.03, made.lift + 0.02)])


def _pegs(d: Design, made: Upholstery) -> None:
    peg_legs(d, "wood", made.lift + 0.03, 0.1, 0.024)
    if d.w > 2.3:
        for y in (-d.d / 2 + 0.1, d.d / 2 - 0.1):
            d.tube("wood", [(0.0, y, made.lift + 0.03), (0.0, y, 0.0)], 0.024, 0.016)


_LEGS: Final[dict[Legs, Callable[[Design, Upholstery], None]]] = {
    "pegs": _pegs,
    "blocks": _blocks,
    "pins": _pins,
    "sled": _sled,
    "plinth": _plinth,
    "bun": _bun,
    "skirt": _skirt,
    "hairpin": _hairpins,
    "none": _bare,
}


def _span(d: Design, made: Upholstery, side: int) -> tuple[float, float]:
    edge = sorted((side * d.w / 2, side * (d.w / 2 - made.arm)))
    return edge[0], edge[1]


def _arm_box(d: Design, made: Upholstery, side: int) -> None:
    left, right = _span(d, made, side)
    low, high = (left, -d.d / 2 + 0.015, made.lift - 0.005), (right, d.d / 2 - 0.01, made.rise)
    if made.arm < 0.14:
        d.box(made.cover, low, high, bevel=0.025)
    else:
        d.cushion(made.cover, low, high, radius=0.05, bulge=0.01)


def _arm_round(d: Design, made: Upholstery, side: int) -> None:
    """A thick arm that is round all over, lower in front."""
    left, right = _span(d, made, side)
    low, high = (left, -d.d / 2 + 0.01, made.lift - 0.005), (right, d.d / 2 - 0.01, made.rise)
    d.cushion(made.cover, low, high, radius=0.46 * made.arm, bulge=0.012)


def _arm_rolled(d: Design, made: Upholstery, side: int) -> None:
    """An upright panel under a roll that turns outwards."""
    x, y, r = d.w / 2, d.d / 2, 0.5 * made.arm
    edge = sorted((side * (x - 0.35 * made.arm), side * (x - made.arm)))
    d.cushion(made.cover, (edge[0], -y + 0.03, made.lift), (edge[1], y - 0.02, made.rise - 0.4 * r), radius=0.03)
    middle = (side * (x - r), made.rise - r)
    circle = [(middle[0] + a, middle[1] + b) for a, b in superellipse(r, r, 2, 24 if d.fine else 14)]
    prism(d, made.cover, circle, 1, -y + 0.01, y - 0.02, edge=0.02)
    knob = [(middle[0] + a, middle[1] + b) for a, b in superellipse(0.42 * r, 0.42 * r, 2, 16)]
    prism(d, made.cover, knob, 1, -y, -y + 0.04, edge=0.01)


def _arm_sloped(d: Design, made: Upholstery, side: int) -> None:
    """An arm that falls from the back towards the front."""
    left, right = _span(d, made, side)
    y = d.d / 2
    outline = [
        (-y + 0.02, made.lift),
        (y - 0.02, made.lift),
        (y - 0.02, made.rise + 0.14),
        (y - 0.2, made.rise + 0.15),
        (-y + 0.08, made.rise - 0.04),
        (-y + 0.03, made.rise - 0.08),
    ]
    prism(d, made.cover, outline, 0, left, right, edge=0.03)


def _arm_open(d: Design, made: Upholstery, side: int) -> None:
    """Two posts under a flat wooden rest."""
    left, right = _span(d, made, side)
    y, middle = d.d / 2, (left + right) / 2
    for at in (-y + 0.07, y - 0.14):
        d.box("frame", (middle - 0.02, at - 0.025, 0.0), (middle + 0.02, at + 0.025, made.rise - 0.02), taper=0.75)
    d.box("frame", (middle - 0.015, -y + 0.095, made.seat - 0.21), (middle + 0.015, y - 0.16, made.seat - 0.15))
    outline = [(middle + a, b - 0.02) for a, b in rounded(made.arm / 2, y - 0.03, 0.03, 3)]
    prism(d, "wood", outline, 2, made.rise - 0.026, made.rise, edge=0.008)


def _arm_loop(d: Design, made: Upholstery, side: int) -> None:
    """A closed frame of flat metal with a wooden rest."""
    left, right = _span(d, made, side)
    y, middle = d.d / 2 - 0.03, (left + right) / 2
    for at in (-y, y - 0.1):
        d.box("metal", (middle - 0.02, at - 0.006, 0.0), (middle + 0.02, at + 0.006, made.rise - 0.02), bevel=0.002)
    for low in (0.0, made.rise - 0.03):
        d.box("metal", (middle - 0.02, -y + 0.006, low), (middle + 0.02, y - 0.106, low + 0.012), bevel=0.002)
    d.box("wood", (left, -y, made.rise - 0.02), (right, y - 0.1, made.rise), bevel=0.005)


def _arm_shelf(d: Design, made: Upholstery, side: int) -> None:
    """A wooden block to put a cup on, with an open compartment in front."""
    left, right = _span(d, made, side)
    y, wall = d.d / 2, 0.025
    d.box("wood", (left, -y + 0.03, made.rise - wall), (right, y - 0.02, made.rise), bevel=0.004)
    d.box("wood", (left, -y + 0.03, made.lift), (right, y - 0.02, made.lift + wall), bevel=0.004)
    for at in (left, right - wall):
        d.box("wood", (at, -y + 0.035, made.lift + wall), (at + wall, y - 0.025, made.rise - wall), bevel=0.002)
    d.box("front", (left + wall, -y + 0.3, made.lift + wall), (right - wall, -y + 0.32, made.rise - wall), bevel=0)


def _no_arm(_d: Design, _made: Upholstery, _side: int) -> None:
    """Nothing."""


_ARMS: Final[dict[Arms, Callable[[Design, Upholstery, int], None]]] = {
    "box": _arm_box,
    "round": _arm_round,
    "rolled": _arm_rolled,
    "sloped": _arm_sloped,
    "open": _arm_open,
    "loop": _arm_loop,
    "shelf": _arm_shelf,
    "none": _no_arm,
}


def _rear(d: Design, made: Upholstery, top: float, thick: float = 0.1) -> None:
    """The body of the back, from the base to ``top``."""
    left, right = inner(d, made)
    over = 0.02 if made.arms != "none" else 0.0
    d.box(made.cover, (left - over, d.d / 2 - thick, made.lift), (right + over, d.d / 2, top), bevel=0.03)


def _loose(d: Design, made: Upholstery) -> None:
    """A cushion for each seat, leaning against the back."""
    _rear(d, made, d.h - 0.05)
    _back_cushions(d, made, d.h)


def _back_cushions(d: Design, made: Upholstery, top: float) -> None:
    left, right = inner(d, made)
    pitch, y = (right - left) / made.seats, d.d / 2 - made.deep
    for i in range(made.seats):
        low = (left + i * pitch + 0.004, y - 0.02, made.seat - 0.01)
        high = (left + (i + 1) * pitch - 0.004, y + made.deep - 0.1, top)
        with posed(d, 0, -made.lean, (0.0, y, made.seat)):
            d.cushion(made.cover, low, high, radius=0.065, bulge=0.028)


def _tight(d: Design, made: Upholstery) -> None:
    """One smooth upholstered back."""
    _padded_back(d, made, domed(0.02))


def _tufted(d: Design, made: Upholstery) -> None:
    left, right = inner(d, made)
    columns = 2 * round((right - left) / 0.21)
    _padded_back(d, made, buttoned(columns, 4, 0.03), fine=(3 * columns, 12))
    if d.fine:
        _buttons(d, made, columns)


def _buttons(d: Design, made: Upholstery, columns: int) -> None:
    """A button in each hollow of a tufted back."""
    left, right = inner(d, made)
    for column in range(1, columns):
        for row in (1, 2, 3):
            if (column + row) % 2 == 0:
                x = left + (right - left) * column / columns
                y, z = _back_line(d, made, row / 4)
                d.turned(made.cover, (x, y - 0.022, z), [(0.0, -0.008), (0.01, -0.005), (0.012, 0.004)], axis=1)


def _back_line(d: Design, made: Upholstery, share: float) -> tuple[float, float]:
    """(y, z) on the front of a padded back, at a share of its height."""
    height = d.h - 0.02 - (made.seat - 0.06)
    z = made.seat - 0.06 + share * height
    return d.d / 2 - made.deep + 0.04 + math.tan(made.lean) * share * height * 0.8, z


def _padded_back(d: Design, made: Upholstery, relief: Relief, fine: tuple[int, int] = (8, 5)) -> None:
    """A back whose front is one padded panel."""
    left, right = inner(d, made)
    _rear(d, made, d.h, 0.13)

    def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
        height = d.h - 0.02 - (made.seat - 0.06)
        y = d.d / 2 - made.deep + 0.06 + math.tan(made.lean) * v * height * 0.8
        return left + (right - left) * u, y, made.seat - 0.06 + v * height

    panel(d, made.cover, surface, 0.1, fine, relief)


def _channels(d: Design, made: Upholstery) -> None:
    left, right = inner(d, made)
    count = round((right - left) / 0.13)
    _padded_back(d, made, channelled(count, 0.035), fine=(3 * count, 4))


def _scatter(d: Design, made: Upholstery) -> None:
    """A low back behind a row of large loose pillows."""
    left, right = inner(d, made)
    _rear(d, made, d.h - 0.14, 0.14)
    count = max(1, round((right - left) / 0.56))
    pitch, y = (right - left) / count, d.d / 2 - made.deep
    for i in range(count):
        x, role = left + (i + 0.5) * pitch, made.cover if i % 3 != 1 else "bedding"
        with posed(d, 2, 0.08 * (-1) ** i, (x, y, 0.0)):
            d.parts.append(Pillow(role, d.solid, (x, y + 0.02, d.h - 0.26), (1.08 * pitch, 0.54, 0.2), 1.3))


def _slats(d: Design, made: Upholstery) -> None:
    """Cushions against an open back of upright wooden slats."""
    left, right = inner(d, made)
    y, low, top = d.d / 2, made.seat - 0.18, d.h - 0.05
    with posed(d, 0, -0.6 * made.lean, (0.0, y - 0.05, low)):
        for z in (low, top - 0.05):
            d.box("wood", (left, y - 0.06, z), (right, y - 0.03, z + 0.05), bevel=0.004)
        count = max(4, round((right - left) / 0.14))
        for i in range(count):
            x = left + (i + 0.5) * (right - left) / count
            d.box("frame", (x - 0.012, y - 0.055, low + 0.05), (x + 0.012, y - 0.036, top - 0.05), bevel=0.002)
    _back_cushions(d, made, d.h)


def _camel(d: Design, made: Upholstery) -> None:
    """A smooth back whose upper edge rises in the middle."""
    left, right = inner(d, made)
    _rear(d, made, made.rise + 0.02, 0.13)

    def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
        top = made.rise + 0.04 + (d.h - made.rise - 0.04) * np.sin(math.pi * u) ** 1.5
        z = made.seat - 0.2 + v * (top - made.seat + 0.2)
        return left - 0.02 + (right - left + 0.04) * u, d.d / 2 - made.deep + 0.1 + 0.14 * made.lean / 0.14 * v, z

    panel(d, made.cover, surface, 0.13, (14, 4), domed(0.02))


def _bolsters(d: Design, made: Upholstery) -> None:
    """A low back and a round bolster along it, with one at each end."""
    left, right = inner(d, made)
    _rear(d, made, d.h - 0.06, 0.09)
    r, y = 0.12, d.d / 2 - 0.2
    count = max(1, round((right - left) / 0.9))
    pitch = (right - left) / count
    for i in range(count):
        circle = [(y + a, made.seat + r - 0.01 + b) for a, b in superellipse(r, r, 2, 24 if d.fine else 14)]
        prism(d, "bedding", circle, 0, left + i * pitch + 0.01, left + (i + 1) * pitch - 0.01, edge=0.03)
    back = [(y + 0.03 + a, made.seat + 0.26 + b) for a, b in superellipse(0.9 * r, 0.9 * r, 2, 24 if d.fine else 14)]
    prism(d, made.cover, back, 0, left + 0.05, right - 0.05, edge=0.03)


_BACKS: Final[dict[Back, Callable[[Design, Upholstery], None]]] = {
    "loose": _loose,
    "tight": _tight,
    "tufted": _tufted,
    "channels": _channels,
    "scatter": _scatter,
    "slats": _slats,
    "camel": _camel,
    "bolsters": _bolsters,
}
