"""Parts of chairs: legs, seats and backs in many kinds; they face −y."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from .palettes import Role
from .parts import Design, Point
from .surfaces import Array, buttoned, channelled, domed, panel, posed, prism, rounded, rounded_square, superellipse

Legs = Literal["square", "round", "splayed", "turned", "tubes", "sled", "cantilever", "pedestal", "cross", "sabre"]
Seat = Literal["board", "pad", "saddle", "cane", "round", "slip"]
Back = Literal[
    "slats",
    "ladder",
    "spindles",
    "panel",
    "cross",
    "rail",
    "wishbone",
    "cane",
    "splat",
    "tufted",
    "channels",
    "curved",
    "oval",
    "none",
]


@dataclass(frozen=True)
class Chair:
    """How a chair is made.

    Attributes:
        legs, seat, back: their kinds.
        cover: cloth or leather of padded parts.
        level: height of the seat.
        arms: height of the arm rests; 0 for none.
        lean: angle by which the back leans backwards, radians.
        frame: role of the legs and posts.
    """

    legs: Legs = "square"
    seat: Seat = "pad"
    back: Back = "slats"
    cover: Role = "fabric"
    level: float = 0.46
    arms: float = 0.0
    lean: float = 0.12
    frame: Role = "frame"


def legs(d: Design, made: Chair) -> None:
    """Adds the legs alone."""
    _LEGS[made.legs](d, made)


def chair(d: Design, made: Chair) -> None:
    """Adds a whole chair, as wide, deep and high as the design."""
    d.solid = "seat"
    _LEGS[made.legs](d, made)
    _SEATS[made.seat](d, made)
    if made.arms:
        _arms(d, made)
    d.solid = "back"
    with posed(d, 0, -made.lean, (0.0, _rear(d, made), made.level)):
        _BACKS[made.back](d, made)


def _rear(d: Design, made: Chair) -> float:
    """Y of the back's middle plane at the seat, so that its leaning top ends at the rear."""
    return d.d / 2 - 0.02 - math.tan(made.lean) * (d.h - made.level)


def _four(d: Design, made: Chair, inset: float) -> list[tuple[float, float, float, float]]:
    """(x, y, sign of x, sign of y) of each of the four legs at the seat."""
    x, front, back = d.w / 2 - inset, -d.d / 2 + inset, _rear(d, made) - 0.01
    return [(sx * x, y, sx, sy) for sx in (-1, 1) for y, sy in ((front, -1), (back, 1))]


def _square(d: Design, made: Chair) -> None:
    """Tapered legs, the rear ones slanting backwards, under an apron."""
    under = made.level - 0.03
    corners = _four(d, made, 0.022)
    for x, y, _, sy in corners:
        slant = d.d / 2 - 0.02 - y if sy > 0 else 0.0
        low, high = (x - 0.018, y - 0.018, 0.0), (x + 0.018, y + 0.018, under)
        d.box(made.frame, low, high, taper=0.7, lean=(0.0, 0.75 * slant), bevel=0.004)
    x, front, back = abs(corners[0][0]), corners[0][1], corners[1][1]
    for y in (front, back):
        d.box(made.frame, (-x + 0.018, y - 0.011, under - 0.06), (x - 0.018, y + 0.011, under), bevel=0.002)
    for sx in (-1, 1):
        low, high = (sx * x - 0.011, front + 0.018, under - 0.06), (sx * x + 0.011, back - 0.018, under)
        d.box(made.frame, low, high, bevel=0.002)


def _round(d: Design, made: Chair) -> None:
    """Round tapered legs, a little splayed."""
    for x, y, sx, sy in _four(d, made, 0.05):
        foot = (sx * (d.w / 2 - 0.02), sy * (d.d / 2 - 0.02), 0.0)
        d.tube(made.frame, [(x, y, made.level - 0.02), foot], 0.02, 0.012)


def _splayed(d: Design, made: Chair) -> None:
    """Slender legs that start under the middle of the seat, with stretchers."""
    tops = [(0.55 * x, 0.55 * y + 0.02, sx, sy) for x, y, sx, sy in _four(d, made, 0.06)]
    feet: list[Point] = []
    for x, y, sx, sy in tops:
        foot = (sx * (d.w / 2 - 0.03), sy * (d.d / 2 - 0.03), 0.0)
        feet.append((x + 0.6 * (foot[0] - x), y + 0.6 * (foot[1] - y), 0.4 * (made.level - 0.03)))
        d.tube(made.frame, [(x, y, made.level - 0.03), foot], 0.017, 0.011)
    d.tube(made.frame, [feet[0], feet[1]], 0.009)
    d.tube(made.frame, [feet[2], feet[3]], 0.009)
    middle = [tuple((a + b) / 2 for a, b in zip(feet[i], feet[i + 1], strict=True)) for i in (0, 2)]
    d.tube(made.frame, [(m[0], m[1], m[2]) for m in middle], 0.009)


def _turned(d: Design, made: Chair) -> None:
    """Turned front legs and plain slanting rear legs."""
    top = made.level - 0.03
    rings = [
        (0.014, 0.0),
        (0.02, 0.02),
        (0.013, 0.05),
        (0.018, 0.3),
        (0.022, 0.62),
        (0.014, 0.68),
        (0.024, 0.74),
        (0.024, 0.86),
        (0.016, 0.89),
        (0.024, 0.93),
        (0.024, 1.0),
    ]
    corners = _four(d, made, 0.028)
    for x, y, _, sy in corners:
        if sy < 0:
            d.turned(made.frame, (x, y, 0.0), [(r, t * top) for r, t in rings])
        else:
            slant = d.d / 2 - 0.02 - y
            d.box(made.frame, (x - 0.018, y - 0.018, 0.0), (x + 0.018, y + 0.018, top), taper=0.8, lean=(0.0, slant))
    x, front, back = abs(corners[0][0]), corners[0][1], corners[1][1]
    d.box(made.frame, (-x, front - 0.014, top - 0.065), (x, back + 0.014, top), bevel=0.006)


def _tubes(d: Design, made: Chair) -> None:
    """Slanting metal tubes."""
    for x, y, sx, sy in _four(d, made, 0.07):
        d.tube("metal", [(x, y, made.level - 0.03), (sx * (d.w / 2 - 0.02), sy * (d.d / 2 - 0.02), 0.0)], 0.011, 0.009)
    x, y = d.w / 2 - 0.08, d.d / 2 - 0.1
    d.box("metal", (-x, -y, made.level - 0.045), (x, y - 0.06, made.level - 0.03), bevel=0.003)


def _sled(d: Design, made: Chair) -> None:
    """A bent bar on each side that runs along the floor."""
    front, back = -d.d / 2 + 0.03, d.d / 2 - 0.04
    for sx in (-1, 1):
        x, top = sx * (d.w / 2 - 0.05), made.level - 0.03
        path = [
            (x, front + 0.04, top),
            (x, front, 0.03),
            (x, front + 0.02, 0.01),
            (x, back - 0.02, 0.01),
            (x, back, 0.03),
            (x, _rear(d, made) - 0.03, top),
        ]
        d.tube("metal", path, 0.01)
    for y in (-d.d / 2 + 0.08, _rear(d, made) - 0.04):
        d.tube("metal", [(-d.w / 2 + 0.05, y, made.level - 0.035), (d.w / 2 - 0.05, y, made.level - 0.035)], 0.008)


def _cantilever(d: Design, made: Chair) -> None:
    """One tube that runs from the seat down in front, back along the floor and across."""
    front, back = -d.d / 2 + 0.015, d.d / 2 - 0.03
    x, top = d.w / 2 - 0.025, made.level - 0.03
    for sx in (-1, 1):
        path = [
            (sx * x, _rear(d, made), top),
            (sx * x, front + 0.06, top),
            (sx * x, front + 0.015, top - 0.02),
            (sx * x, front, top - 0.07),
            (sx * x, front + 0.01, 0.06),
            (sx * x, front + 0.04, 0.02),
            (sx * x, front + 0.09, 0.0115),
            (sx * x, back, 0.0115),
        ]
        d.tube("metal", path, 0.0115)
    d.tube("metal", [(-x, back, 0.0115), (x, back, 0.0115)], 0.0115)


def _pedestal(d: Design, made: Chair) -> None:
    """A trumpet foot."""
    r = 0.42 * d.w
    profile = [
        (r, 0.0),
        (r, 0.008),
        (0.75 * r, 0.018),
        (0.32 * r, 0.045),
        (0.024, 0.12),
        (0.02, made.level - 0.12),
        (0.03, made.level - 0.06),
        (0.1, made.level - 0.03),
    ]
    d.turned("metal", (0.0, -0.01, 0.0), profile)


def _cross(d: Design, made: Chair) -> None:
    """A swivel column on four arms."""
    d.turned("metal", (0.0, 0.0, 0.0), [(0.028, 0.05), (0.024, made.level - 0.08), (0.09, made.level - 0.03)])
    for i in range(4):
        angle = math.pi / 4 + i * math.pi / 2
        reach = 0.48 * min(d.w, d.d)
        end = (reach * math.cos(angle), reach * math.sin(angle), 0.012)
        d.tube("metal", [(0.0, 0.0, 0.075), (0.7 * end[0], 0.7 * end[1], 0.04), end], 0.015, 0.011)


def _sabre(d: Design, made: Chair) -> None:
    """Legs in a soft curve outwards."""
    for x, y, _, sy in _four(d, made, 0.025):
        out = sy * (d.d / 2 - 0.015)
        path = [(x, y + (out - y) * t**2, (made.level - 0.02) * (1 - t)) for t in (0.0, 0.25, 0.5, 0.75, 1.0)]
        d.tube(made.frame, path, 0.021, 0.013)
    x, front, back = d.w / 2 - 0.03, -d.d / 2 + 0.03, _rear(d, made)
    d.box(made.frame, (-x, front, made.level - 0.085), (x, back, made.level - 0.025), bevel=0.008)


_LEGS: Final[dict[Legs, Callable[[Design, Chair], None]]] = {
    "square": _square,
    "round": _round,
    "splayed": _splayed,
    "turned": _turned,
    "tubes": _tubes,
    "sled": _sled,
    "cantilever": _cantilever,
    "pedestal": _pedestal,
    "cross": _cross,
    "sabre": _sabre,
}


def _plan(d: Design, made: Chair) -> tuple[float, float, float]:
    """Half width of the seat, y of its front and y of its rear."""
    return d.w / 2, -d.d / 2, _rear(d, made) + 0.02


def _board(d: Design, made: Chair) -> None:
    x, front, back = _plan(d, made)
    middle, half = (front + back) / 2, (back - front) / 2
    outline = [(a, middle + b) for a, b in rounded(x, half, 0.03, 3)]
    prism(d, "wood", outline, 2, made.level - 0.03, made.level, edge=0.01)


def _pad(d: Design, made: Chair) -> None:
    x, front, back = _plan(d, made)
    d.cushion(made.cover, (-x, front, made.level - 0.05), (x, back, made.level + 0.025), radius=0.04, bulge=0.014)


def _slip(d: Design, made: Chair) -> None:
    """A thin pad let into a wooden rim."""
    x, front, back = _plan(d, made)
    d.box("wood", (-x, front, made.level - 0.035), (x, back, made.level - 0.004), bevel=0.008)
    low, high = (-x + 0.025, front + 0.025, made.level - 0.02), (x - 0.025, back - 0.025, made.level + 0.03)
    d.cushion(made.cover, low, high, radius=0.03, bulge=0.018)


def _saddle(d: Design, made: Chair) -> None:
    """A thick wooden seat, hollowed for comfort."""
    x, front, back = _plan(d, made)

    def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
        a, b = rounded_square(u, v, 0.35)
        hollow = -0.022 * np.clip(1 - a**2, 0, 1) * np.clip(1 - (b - 0.15) ** 2, 0, 1)
        y = (front + back) / 2 + b * (back - front) / 2
        return a * x * (1 - 0.06 * b), y, made.level - 0.012 + hollow - 0.012 * np.clip(-b - 0.7, 0, 1)

    panel(d, "wood", surface, 0.036, (7, 6))


def _cane_seat(d: Design, made: Chair) -> None:
    """Woven cane in a wooden rim."""
    x, front, back = _plan(d, made)
    rim = 0.045
    for sx in (-1, 1):
        edge = sorted((sx * x, sx * (x - rim)))
        d.box("wood", (edge[0], front, made.level - 0.03), (edge[1], back, made.level), bevel=0.006)
    for y in (front, back - rim):
        d.box("wood", (-x + rim, y, made.level - 0.03), (x - rim, y + rim, made.level), bevel=0.006)
    low, high = (-x + rim, front + rim, made.level - 0.012), (x - rim, back - rim, made.level - 0.005)
    d.box("cane", low, high, bevel=0)


def _round_seat(d: Design, made: Chair) -> None:
    x, front, back = _plan(d, made)
    middle, half = (front + back) / 2, (back - front) / 2
    outline = [(a, middle + b) for a, b in superellipse(x, half, 3.0, 48 if d.fine else 24)]
    prism(d, "wood", outline, 2, made.level - 0.04, made.level - 0.012, edge=0.008)
    pad = [(0.93 * a, middle + 0.93 * (b - middle)) for a, b in outline]
    prism(d, made.cover, pad, 2, made.level - 0.02, made.level + 0.02, edge=0.018)


_SEATS: Final[dict[Seat, Callable[[Design, Chair], None]]] = {
    "board": _board,
    "pad": _pad,
    "slip": _slip,
    "saddle": _saddle,
    "cane": _cane_seat,
    "round": _round_seat,
}


def _arms(d: Design, made: Chair) -> None:
    """Two rests that end in front on an upright."""
    x, rear = d.w / 2 - 0.02, _rear(d, made)
    role: Role = "metal" if made.legs in ("tubes", "sled", "cantilever") else made.frame
    for sx in (-1, 1):
        d.solid = f"arm {sx}"
        front = -0.28 * d.d
        path = [
            (sx * x, rear + 0.04, made.arms),
            (sx * x, front + 0.03, made.arms - 0.004),
            (sx * x, front, made.arms - 0.03),
            (sx * (x - 0.01), front, made.level - 0.02),
        ]
        d.tube(role, path, 0.013)
        outline = [
            (sx * x + a, (rear + front) / 2 + b) for a, b in superellipse(0.024, (rear - front) / 2 + 0.02, 3, 20)
        ]
        prism(d, "wood", outline, 2, made.arms - 0.002, made.arms + 0.02, edge=0.006)


def _posts(d: Design, made: Chair, top: float, thick: float = 0.017) -> tuple[float, float]:
    """The two posts of a back; returns x of the posts and y."""
    x, y = d.w / 2 - 0.022, _rear(d, made)
    for sx in (-1, 1):
        low, high = (sx * x - thick, y - 0.014, made.level - 0.04), (sx * x + thick, y + 0.014, top)
        d.box(made.frame, low, high, bevel=0.005)
    return x - thick, y


def _slats(d: Design, made: Chair) -> None:
    x, y = _posts(d, made, d.h - 0.01)
    _bent_rail(d, made, d.h - 0.09, d.h)
    d.box(made.frame, (-x, y - 0.01, made.level + 0.1), (x, y + 0.01, made.level + 0.14), bevel=0.003)
    for i in range(5):
        at = (i - 2) * 2 * x / 5.4
        low, high = (at - 0.016, y - 0.007, made.level + 0.14), (at + 0.016, y + 0.007, d.h - 0.085)
        d.box(made.frame, low, high, bevel=0.002)


def _bent_rail(d: Design, made: Chair, low: float, high: float, role: Role = "wood", deep: float = 0.03) -> None:
    """A top rail bent backwards, from post to post."""
    y, x = _rear(d, made), d.w / 2

    def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
        a = 2 * u - 1
        return a * x, y - 0.004 + deep * (1 - a**2), low + (high - low) * v * (1 - 0.1 * a**2)

    panel(d, role, surface, 0.024, (8, 2))


def _ladder(d: Design, made: Chair) -> None:
    """Bent rungs between two posts."""
    _posts(d, made, d.h)
    count = 4 if d.h > 0.95 else 3
    pitch = (d.h - made.level - 0.1) / count
    for i in range(count):
        low = made.level + 0.12 + i * pitch
        _bent_rail(d, made, low, low + 0.055, deep=0.022)


def _spindles(d: Design, made: Chair) -> None:
    """A fan of thin spindles under a bent top rail."""
    y = _rear(d, made)
    _bent_rail(d, made, d.h - 0.07, d.h, deep=0.05)
    for i in range(7):
        a = (i - 3) / 3.4
        top = (a * d.w / 2, y + 0.05 * (1 - a**2), d.h - 0.055)
        d.tube(made.frame, [(0.72 * a * d.w / 2, y - 0.03 + 0.03 * (1 - a**2), made.level - 0.02), top], 0.009, 0.007)


def _panel_back(d: Design, made: Chair) -> None:
    """A padded upright back."""
    _padded(d, made, domed(0.012), (4, 4), d.w / 2, made.level - 0.04, 0.0)


def _padded(
    d: Design,
    made: Chair,
    relief: Callable[[Array, Array], Array],
    steps: tuple[int, int],
    x: float,
    low: float,
    bend: float,
) -> None:
    """A padded panel with soft corners, whose sides come forward by ``bend`` metres around the sitter."""
    y = _rear(d, made)

    def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
        a, b = rounded_square(u, v, 0.16)
        return a * (x - 0.006), y + 0.012 - bend * a**2, (low + d.h) / 2 + b * (d.h - low) / 2

    panel(d, made.cover, surface, 0.05, steps, relief)


def _tufted(d: Design, made: Chair) -> None:
    _padded(d, made, buttoned(6, 6, 0.022), (18, 18), d.w / 2, made.level - 0.04, 0.03)


def _channels(d: Design, made: Chair) -> None:
    _padded(d, made, channelled(7, 0.022), (21, 4), d.w / 2, made.level - 0.02, 0.06)


def _curved(d: Design, made: Chair) -> None:
    """A low padded back that comes round to the sides."""
    y, x = _rear(d, made), d.w / 2
    low = made.level + 0.13

    def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
        turn = math.pi * (0.97 - 0.94 * u)
        high = d.h - 0.05 * np.abs(np.cos(turn)) ** 2
        return (x - 0.02) * np.cos(turn), y - 0.2 + 0.21 * np.sin(turn), low + (high - low) * v

    panel(d, made.cover, surface, 0.04, (12, 3), domed(0.006))
    for sx in (-1, 1):
        for share in (0.45, 0.92):
            at = (sx * share * x * 0.93, y - 0.2 + 0.2 * math.sqrt(1 - (0.93 * share) ** 2), low + 0.04)
            d.tube(made.frame, [(0.9 * at[0], at[1] - 0.03, made.level - 0.02), at], 0.011)


def _oval(d: Design, made: Chair) -> None:
    """A padded oval in a wooden ring."""
    y, low = _rear(d, made), made.level + 0.1
    rx, rz, middle = 0.43 * d.w, (d.h - low) / 2, (d.h + low) / 2
    count = 48 if d.fine else 24
    ring = [(a, middle + b) for a, b in superellipse(rx, rz, 2.3, count)]
    prism(d, "wood", ring, 1, y - 0.012, y + 0.02, edge=0.008)
    pad = [(a, middle + b) for a, b in superellipse(rx - 0.03, rz - 0.03, 2.3, count)]
    prism(d, made.cover, pad, 1, y - 0.035, y + 0.03, edge=0.016)
    for sx in (-1, 1):
        d.box(
            "wood",
            (sx * 0.2 * d.w - 0.015, y - 0.01, made.level - 0.04),
            (sx * 0.2 * d.w + 0.015, y + 0.012, low + 0.04),
        )


def _cross_back(d: Design, made: Chair) -> None:
    """Two bent bars that cross under a bow."""
    y, x = _rear(d, made), d.w / 2 - 0.02
    bow = [
        (-x, y, made.level - 0.02),
        (-x, y, d.h - 0.16),
        (-0.8 * x, y, d.h - 0.05),
        (-0.4 * x, y, d.h - 0.01),
        (0.0, y, d.h - 0.0),
        (0.4 * x, y, d.h - 0.01),
        (0.8 * x, y, d.h - 0.05),
        (x, y, d.h - 0.16),
        (x, y, made.level - 0.02),
    ]
    d.tube(made.frame, bow, 0.014)
    for sx in (-1, 1):
        path = [
            (-sx * 0.62 * x, y, made.level - 0.01),
            (-sx * 0.3 * x, y + 0.004 * sx, made.level + 0.12),
            (sx * 0.45 * x, y + 0.004 * sx, d.h - 0.12),
            (sx * 0.72 * x, y, d.h - 0.06),
        ]
        d.tube(made.frame, path, 0.009)


def _rail(d: Design, made: Chair) -> None:
    """One broad bent rail on two posts, open below."""
    _posts(d, made, d.h - 0.05, 0.015)
    _bent_rail(d, made, d.h - 0.17, d.h, deep=0.04)


def _wishbone(d: Design, made: Chair) -> None:
    """A bow that is back and arm rest in one, on a splat like a Y."""
    y, x, top = _rear(d, made), d.w / 2 - 0.016, d.h - 0.02
    turns = [math.pi * (1.0 - i / 12) for i in range(13)]
    bow = [(x * math.cos(t), y - 0.16 + 0.19 * math.sin(t), top - 0.035 * abs(math.cos(t))) for t in turns]
    d.tube("wood", bow, 0.016)
    for sx in (-1, 1):
        d.solid = f"arm {sx}"
        d.tube("wood", [(sx * x, y - 0.158, top - 0.035), (sx * x, y - 0.3, top - 0.05)], 0.016)
        d.solid = "back"
        path = [
            (sx * (x - 0.02), y - 0.02, made.level - 0.04),
            (sx * (x + 0.005), y - 0.05, made.level + 0.12),
            (sx * x * 0.93, y - 0.1, top - 0.025),
        ]
        d.tube(made.frame, path, 0.014)
        fork = [
            (0.0, y + 0.01, made.level + 0.12),
            (sx * 0.02, y + 0.018, made.level + 0.17),
            (sx * 0.07, y + 0.028, top - 0.004),
        ]
        d.tube(made.frame, fork, 0.009)
    d.tube(made.frame, [(0.0, y, made.level - 0.02), (0.0, y + 0.01, made.level + 0.125)], 0.012)


def _cane_back(d: Design, made: Chair) -> None:
    """Woven cane in a wooden frame."""
    x, y = _posts(d, made, d.h)
    for low, high in ((made.level + 0.1, made.level + 0.145), (d.h - 0.05, d.h - 0.004)):
        d.box("wood", (-x, y - 0.012, low), (x, y + 0.012, high), bevel=0.004)
    d.box("cane", (-x, y - 0.004, made.level + 0.145), (x, y + 0.004, d.h - 0.05), bevel=0)


def _splat(d: Design, made: Chair) -> None:
    """A vase-shaped splat between posts under a shaped crest."""
    x, y = _posts(d, made, d.h - 0.03)
    _bent_rail(d, made, d.h - 0.085, d.h, deep=0.012)
    low, high = made.level - 0.01, d.h - 0.07

    def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
        half = 0.16 * d.w * (0.62 + 0.42 * np.sin(2.2 * math.pi * v - 0.6) ** 2 + 0.15 * v)
        return (2 * u - 1) * half, y + 0.004 + 0.02 * np.sin(math.pi * v), low + (high - low) * v

    panel(d, "wood", surface, 0.014, (3, 14))
    d.box(made.frame, (-x, y - 0.01, made.level + 0.01), (x, y + 0.01, made.level + 0.04), bevel=0.003)


def _no_back(_d: Design, _made: Chair) -> None:
    """Nothing."""


_BACKS: Final[dict[Back, Callable[[Design, Chair], None]]] = {
    "slats": _slats,
    "ladder": _ladder,
    "spindles": _spindles,
    "panel": _panel_back,
    "cross": _cross_back,
    "rail": _rail,
    "wishbone": _wishbone,
    "cane": _cane_back,
    "splat": _splat,
    "tufted": _tufted,
    "channels": _channels,
    "curved": _curved,
    "oval": _oval,
    "none": _no_back,
}
