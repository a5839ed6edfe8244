"""Chinese chairs: straight legs with stretchers, framed seats, round posts, yokes and splats; they face −y."""

import math
from functools import partial
from typing import Final, Literal

import numpy as np

from .palettes import Role
from .parts import Design, Point
from .shapes import Shape
from .surfaces import Array, panel, posed

_SUITED: Final = ("mahogany", "walnut", "ash", "emerald", "black")
_SEAT: Final = 0.48

Seat = Literal["cane", "wood", "cushion"]


def _under(d: Design, seat: Seat, level: float = _SEAT) -> tuple[float, float]:
    """Legs, stretchers, apron and seat; returns x and y of the posts."""
    x, y, r = d.w / 2 - 0.03, d.d / 2 - 0.03, 0.018
    d.solid = "seat"
    for sx in (-1, 1):
        for sy in (-1, 1):
            d.tube("frame", [(sx * x, sy * y, level), (sx * (x + 0.012), sy * (y + 0.012), 0.0)], r, r)
        d.tube("frame", [(sx * (x + 0.008), -y, 0.13), (sx * (x + 0.008), y, 0.13)], 0.011)
        d.box("frame", (sx * x - 0.006, -y + 0.01, level - 0.1), (sx * x + 0.006, y - 0.01, level - 0.045), bevel=0.002)
    for sy, low in ((-1, 0.06), (1, 0.17)):
        d.tube("frame", [(-x, sy * (y + 0.008), low), (x, sy * (y + 0.008), low)], 0.011)
        d.box("frame", (-x + 0.01, sy * y - 0.006, level - 0.1), (x - 0.01, sy * y + 0.006, level - 0.045), bevel=0.002)
    d.box("frame", (-x, -y - 0.02, 0.07), (x, -y + 0.008, 0.085), bevel=0.003)
    for sx in (-1, 1):
        low, high = (sx * x - 0.01, -y - 0.008, level - 0.17), (sx * x + 0.01, -y + 0.004, level - 0.1)
        d.box("frame", low, high, taper=0.5, lean=(sx * 0.004, 0.0), bevel=0.001)
    _seat(d, seat, level)
    return x, y


def _seat(d: Design, seat: Seat, level: float) -> None:
    """A rim around cane, wood or a thin cushion."""
    x, y, rim = d.w / 2 - 0.004, d.d / 2 - 0.004, 0.06
    for sx in (-1, 1):
        edge = sorted((sx * x, sx * (x - rim)))
        d.box("wood", (edge[0], -y, level - 0.045), (edge[1], y, level), bevel=0.008)
    for sy in (-1, 1):
        edge = sorted((sy * y, sy * (y - rim)))
        d.box("wood", (-x + rim, edge[0], level - 0.045), (x - rim, edge[1], level), bevel=0.008)
    role: Role = "cane" if seat == "cane" else "wood"
    d.box(role, (-x + rim, -y + rim, level - 0.02), (x - rim, y - rim, level - 0.006), bevel=0)
    if seat == "cushion":
        d.cushion(
            "fabric",
            (-x + 0.02, -y + 0.02, level - 0.004),
            (x - 0.02, y - 0.05, level + 0.045),
            radius=0.02,
            bulge=0.008,
        )


def _splat(d: Design, y: float, low: float, high: float, half: float, bow: float = 0.03) -> None:
    """An upright board that follows the spine."""

    def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
        flare = half * (1 + 0.12 * np.cos(2 * math.pi * v))
        return (2 * u - 1) * flare, y + bow * np.sin(2 * math.pi * v - 0.5) + 0 * u, low + (high - low) * v

    panel(d, "wood", surface, 0.013, (2, 10))


def _horseshoe(d: Design, x: float, y: float, *, front: float) -> list[Point]:
    """The rail that is back and arms in one: high behind, falling to the front, its ends turned out."""
    turns = [math.pi * (i / 14) for i in range(15)]
    bow = [
        (x * math.cos(t), y * 0.25 + 0.78 * y * math.sin(t), front + (d.h - 0.02 - front) * math.sin(t) ** 1.2)
        for t in turns
    ]
    rail = [
        (x + 0.03, -0.68 * y, front - 0.012),
        (x + 0.012, -0.56 * y, front - 0.004),
        (x, -0.3 * y, front),
        *bow,
        (-x, -0.3 * y, front),
        (-x - 0.012, -0.56 * y, front - 0.004),
        (-x - 0.03, -0.68 * y, front - 0.012),
    ]
    d.tube("wood", rail, 0.019)
    return bow


def horseshoe(d: Design, *, seat: Seat = "cane") -> None:
    """A chair whose rail runs round in a horseshoe."""
    x, y = _under(d, seat)
    front = 0.68
    d.solid = "back"
    rail = d.w / 2 - 0.05
    bow = _horseshoe(d, rail, y, front=front)
    _splat(d, y - 0.02, _SEAT - 0.005, d.h - 0.025, 0.08)
    for sx in (-1, 1):
        d.solid = f"arm {sx}"
        d.tube(
            "frame", [(sx * x, -y * 0.98, _SEAT - 0.02), (sx * (rail + 0.004), -0.66 * y, front - 0.005)], 0.014, 0.012
        )
        d.tube(
            "frame",
            [(sx * x, -0.1 * y, _SEAT - 0.02), (sx * (x + 0.012), -0.06 * y, 0.58), (sx * rail, 0.0, front)],
            0.011,
        )
        d.solid = "back"
        spot = bow[4 if sx > 0 else 10]
        d.tube("frame", [(sx * x, y * 0.98, _SEAT - 0.02), (spot[0], spot[1], spot[2])], 0.015)


def yoke(d: Design, *, arms: bool = True, seat: Seat = "wood") -> None:
    """A tall chair whose top rail is a yoke that stands out over the posts.

    Args:
        d: the chair.
        arms: whether it has arm rests.
        seat: kind of the seat.
    """
    x, y = _under(d, seat)
    d.solid = "back"
    with posed(d, 0, -0.07, (0.0, y, _SEAT)):
        top = d.h - 0.03
        for sx in (-1, 1):
            d.tube(
                "frame",
                [(sx * x, y, _SEAT - 0.03), (sx * x, y + 0.01, _SEAT + 0.3), (sx * (x - 0.004), y, top)],
                0.017,
                0.014,
            )
        rail = [
            (sx * t * (x + 0.035), y + 0.02 * (1 - t * t), top + 0.02 * (1 - t) ** 2 + 0.014 * t**6)
            for sx, ts in ((-1, (1.0, 0.85, 0.6, 0.35, 0.15)), (1, (0.0, 0.15, 0.35, 0.6, 0.85, 1.0)))
            for t in ts
        ]
        d.tube("wood", rail, 0.018)
        _splat(d, y, _SEAT - 0.01, top, 0.085)
    if not arms:
        return
    for sx in (-1, 1):
        d.solid = f"arm {sx}"
        level = 0.70
        rest = [
            (sx * x, y - 0.002, level + 0.03),
            (sx * (x + 0.012), 0.3 * y, level + 0.006),
            (sx * (x + 0.004), -0.5 * y, level),
            (sx * x, -y - 0.02, level - 0.004),
        ]
        d.tube("wood", rest, 0.015)
        d.tube("frame", [(sx * x, -y, _SEAT - 0.02), (sx * x, -y + 0.005, level)], 0.014)
        d.tube(
            "frame", [(sx * x, 0.0, _SEAT - 0.02), (sx * (x + 0.014), 0.02, 0.6), (sx * (x + 0.008), 0.0, level)], 0.011
        )


def rose(d: Design, *, seat: Seat = "cushion") -> None:
    """A low square chair with rails on three sides."""
    x, y = _under(d, seat)
    d.solid = "back"
    top, arm = d.h - 0.015, 0.70
    for sx in (-1, 1):
        d.tube("frame", [(sx * x, y, _SEAT - 0.02), (sx * x, y, top)], 0.016)
    d.tube("wood", [(-x, y, top), (x, y, top)], 0.016)
    d.tube("frame", [(-x, y, _SEAT + 0.07), (x, y, _SEAT + 0.07)], 0.011)
    for i in range(7):
        at = (i - 3) / 4 * x
        d.tube("frame", [(at, y, _SEAT + 0.07), (at, y, top - 0.01)], 0.008)
    for sx in (-1, 1):
        d.solid = f"arm {sx}"
        d.tube("frame", [(sx * x, -y, _SEAT - 0.02), (sx * x, -y, arm)], 0.015)
        d.tube("wood", [(sx * x, -y - 0.01, arm), (sx * x, y, arm)], 0.015)
        d.tube("frame", [(sx * x, -y, _SEAT + 0.07), (sx * x, y, _SEAT + 0.07)], 0.01)
        for i in range(3):
            d.tube("frame", [(sx * x, (i - 1) * 0.5 * y, _SEAT + 0.07), (sx * x, (i - 1) * 0.5 * y, arm)], 0.008)


def folding(d: Design) -> None:
    """A horseshoe chair on crossed legs that fold."""
    x, y = d.w / 2 - 0.06, d.d / 2 - 0.03
    level, front = 0.47, 0.70
    d.solid = "seat"
    for sx in (-1, 1):
        d.tube("frame", [(sx * x, -y, 0.02), (sx * x, 0.8 * y, level)], 0.017)
        d.tube("frame", [(sx * (x - 0.03), y, 0.02), (sx * (x - 0.03), -0.8 * y, level)], 0.017)
        d.turned(
            "metal", (sx * (x - 0.012), 0.0, 0.25), [(0.0, -0.03), (0.016, -0.026), (0.016, 0.026), (0.0, 0.03)], axis=0
        )
    for end, low in ((-y, 0.018), (y, 0.018), (-0.8 * y, level), (0.8 * y, level)):
        d.tube("wood", [(-x - 0.02, end, low), (x + 0.02, end, low)], 0.018)
    d.box("cane", (-x + 0.01, -0.8 * y, level - 0.014), (x - 0.01, 0.8 * y, level - 0.004), bevel=0)
    d.box("frame", (-0.6 * x, -y - 0.01, 0.05), (0.6 * x, -y + 0.1, 0.068), bevel=0.004)
    d.solid = "back"
    bow = _horseshoe(d, d.w / 2 - 0.05, y, front=front)
    _splat(d, 0.82 * y, level, d.h - 0.025, 0.08)
    for sx in (-1, 1):
        d.solid = f"arm {sx}"
        d.tube(
            "frame",
            [(sx * x, -0.8 * y, level), (sx * (x + 0.01), -0.9 * y, 0.58), (sx * (d.w / 2 - 0.046), -0.6 * y, front)],
            0.013,
        )
        d.solid = "back"
        spot = bow[3 if sx > 0 else 11]
        d.tube("frame", [(sx * x, 0.8 * y, level), spot], 0.015)


def comb(d: Design, *, seat: Seat = "cane") -> None:
    """A chair with a comb of upright rods as its back and bars as arms."""
    x, y = _under(d, seat)
    d.solid = "back"
    top = d.h - 0.016
    with posed(d, 0, -0.05, (0.0, y, _SEAT)):
        for sx in (-1, 1):
            d.tube("frame", [(sx * x, y, _SEAT - 0.02), (sx * x, y, top)], 0.016)
        d.tube("wood", [(-x, y, top), (x, y, top)], 0.016)
        for i in range(9):
            at = (i - 4) / 5 * x
            d.tube("frame", [(at, y, _SEAT - 0.01), (at, y + 0.012, _SEAT + 0.2), (at, y, top)], 0.007)
    for sx in (-1, 1):
        d.solid = f"arm {sx}"
        d.tube("frame", [(sx * x, -0.6 * y, _SEAT - 0.02), (sx * x, -0.6 * y, 0.68)], 0.013)
        d.tube("wood", [(sx * x, -0.72 * y, 0.68), (sx * x, y, 0.69)], 0.014)


SHAPES: Final[tuple[Shape, ...]] = (
    Shape(
        "chinese_chair",
        "horseshoe",
        (0.66, 0.62, 0.98),
        "{wood} {name} with a horseshoe back rail and a {cane} seat",
        horseshoe,
        _SUITED,
    ),
    Shape(
        "chinese_chair",
        "yoke",
        (0.64, 0.58, 1.12),
        "tall {wood} {name} with a yoke back, arm rests and a {fabric} cushion",
        partial(yoke, seat="cushion"),
        _SUITED,
    ),
    Shape(
        "chinese_chair",
        "side",
        (0.54, 0.50, 1.08),
        "armless {wood} {name} with a yoke back and a tall splat",
        partial(yoke, arms=False, seat="wood"),
    ),
    Shape(
        "chinese_chair",
        "rose",
        (0.60, 0.52, 0.84),
        "low square {wood} {name} with railings and a {fabric} cushion",
        rose,
        _SUITED,
    ),
    Shape(
        "chinese_chair",
        "folding",
        (0.68, 0.60, 0.96),
        "folding {wood} {name} with crossed legs and a horseshoe rail",
        folding,
        _SUITED,
    ),
    Shape(
        "chinese_chair",
        "comb",
        (0.62, 0.56, 0.92),
        "{wood} {name} with a comb of upright rods and a {cane} seat",
        comb,
    ),
)
