"""Sofas of other forms than one upholstered row: in an L, curved, reclining or without a frame."""

import math
from dataclasses import replace

import numpy as np

from .joinery import peg_legs
from .palettes import Role
from .parts import Design
from .surfaces import Array, buttoned, channelled, domed, loft, panel, placed, plate, posed, prism, superellipse
from .upholstery import Upholstery, upholstered


def in_l(
    d: Design, made: Upholstery, *, end: int = 1, run: float = 0.95, long: float = 0.95, armed: bool = False
) -> None:
    """A sofa with a chaise at one end.

    Args:
        d: the sofa.
        made: how both pieces are made.
        end: −1 the left, 1 the right end has the chaise.
        run: depth of the seats.
        long: width of the chaise.
        armed: whether the chaise has an arm along its whole length, as high as the other.
    """
    main = Design(d.w - long, run, d.h, d.fine)
    upholstered(main, replace(made, sides=(-end,), pillows=1))
    d.solid = "run"
    placed(d, main, (-end * long / 2, (d.d - run) / 2, 0.0))
    chaise = Design(long, d.d, d.h, d.fine)
    upholstered(
        chaise, replace(made, seats=1, sides=(end,) if armed else (), arms=made.arms if armed else "none", pillows=0)
    )
    d.solid = "chaise"
    placed(d, chaise, (end * (d.w - long) / 2, 0.0, 0.0))


def round_corner(d: Design, made: Upholstery, *, end: int = 1, run: float = 0.95) -> None:
    """Two sofas at a right angle that share the corner seat; the second has its back at one end."""
    d.solid = "run"
    main = Design(d.w, run, d.h, d.fine)
    upholstered(main, replace(made, sides=(-end,), pillows=2))
    placed(d, main, (0.0, (d.d - run) / 2, 0.0))
    d.solid = "wing"
    wing = Design(d.d - run, run, d.h, d.fine)
    upholstered(wing, replace(made, seats=max(1, made.seats - 1), sides=(-end,), pillows=0))
    placed(d, wing, (end * (d.w - run) / 2, -run / 2, 0.0), -end * math.pi / 2)


def cocoon(d: Design, *, cover: Role = "fabric", legs: str = "plinth", ribs: int = 0, rise: float = 1.0) -> None:
    """A sofa or a chair whose back runs round its seat in one curve.

    Args:
        d: the piece.
        cover: cloth or leather.
        legs: "plinth", "pegs", "pins" or "none".
        ribs: upright channels of the back; 0 leaves it smooth.
        rise: height of its ends as a share of the middle's.
    """
    x, y, lift, seat = d.w / 2, d.d / 2, 0.09 if legs == "plinth" else 0.16, 0.43
    thick = min(0.2, 0.2 * d.d)
    d.solid = "base"
    if legs == "plinth":
        plate(d, "wood", superellipse(x - 0.12, y - 0.12, 2.6, 32), 0.0, lift + 0.02, edge=0.004)
    elif legs == "pegs":
        peg_legs(d, "wood", lift + 0.03, 0.2 * d.w if d.w < 1.2 else 0.24, 0.022)
    elif legs == "pins":
        for sx in (-1, 1):
            for sy in (-1, 1):
                d.turned("metal", (sx * (x - 0.2), sy * (y - 0.2), 0.0), [(0.012, 0.0), (0.018, lift + 0.03)])
    count = 64 if d.fine else 32
    plate(d, cover, superellipse(x - 0.04, y - 0.04, 2.8, count), lift, seat - 0.12, edge=0.03)
    plate(d, cover, superellipse(x - 0.7 * thick, y - 0.4 * thick, 2.8, count), seat - 0.13, seat, edge=0.05)
    d.solid = "back"

    def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
        turn = math.pi * (1.08 - 1.16 * u)
        cos, sin = np.cos(turn), np.sin(turn)
        flat_x = np.sign(cos) * np.abs(cos) ** 0.7 * (x - thick / 2)
        flat_y = np.sign(sin) * np.abs(sin) ** 0.7 * (y - thick / 2)
        high = d.h * (rise + (1 - rise) * np.clip(np.sin(turn), 0, 1) ** 0.8)
        return flat_x, flat_y, lift + 0.03 + v * (high - lift - 0.03)

    panel(d, cover, surface, thick, (max(26, 3 * ribs), 5), channelled(ribs, 0.03) if ribs else domed(0.01))


def recamier(d: Design, *, side: int = 1, cover: Role = "fabric", tufts: bool = False, legs: str = "bun") -> None:
    """A day bed with a curved head rest at one end and a back that falls towards the other.

    Args:
        d: the chaise.
        side: −1 the left, 1 the right end has the head rest.
        cover: cloth or leather.
        tufts: whether head rest and back are deep-buttoned.
        legs: "bun" or "pegs".
    """
    x, y, lift, seat = d.w / 2, d.d / 2, 0.15, 0.43
    d.solid = "base"
    if legs == "pegs":
        peg_legs(d, "wood", lift + 0.03, 0.1, 0.022)
    else:
        for sx in (-1, 1):
            for sy in (-1, 1):
                profile = [(0.018, 0.0), (0.03, 0.02), (0.022, 0.05), (0.04, 0.1), (0.03, 0.16)]
                d.turned("wood", (sx * (x - 0.1), sy * (y - 0.1), 0.0), profile)
    d.cushion(cover, (-x + 0.01, -y + 0.02, lift), (x - 0.01, y - 0.02, seat - 0.12), radius=0.03, bulge=0.004)
    d.cushion(cover, (-x, -y, seat - 0.14), (x, y - 0.06, seat), radius=0.055, bulge=0.02)
    d.solid = "head"

    def head(u: Array, v: Array) -> tuple[Array, Array, Array]:
        out = x - 0.3 + 0.24 * v**1.5 - 0.02 * np.cos(math.pi * v)
        return side * out, (y - 0.06) * (2 * u - 1) * side, seat - 0.16 + (d.h - seat + 0.13) * v

    panel(d, cover, head, 0.12, (18, 12), buttoned(6, 4, 0.025) if tufts else domed(0.02))
    d.solid = "back"

    def back(u: Array, v: Array) -> tuple[Array, Array, Array]:
        along = (2 * u - 1) * (x - 0.1)
        high = seat + 0.06 + (d.h - seat - 0.1) * np.clip(0.5 + 0.62 * side * along / x, 0, 1) ** 1.4
        return along, y - 0.06 + 0 * v, seat - 0.2 + (high - seat + 0.2) * v

    panel(d, cover, back, 0.1, (42, 12), buttoned(14, 4, 0.02) if tufts else domed(0.012))


def floor_seat(d: Design, *, cover: Role = "fabric", folds: int = 2, role: Role = "accent") -> None:
    """A frameless seat of thick folded mattresses, with a pillow."""
    x, y, thick = d.w / 2, d.d / 2, 0.2
    d.solid = "seat"
    for i in range(folds):
        low = (-x, -y, i * thick * 0.98)
        d.cushion(cover, low, (x, y - 0.2 if i else y - 0.02, (i + 1) * thick), radius=0.07, bulge=0.02)
    d.solid = "back"
    top = folds * thick * 0.98
    with posed(d, 0, -0.22, (0.0, y - 0.24, top)):
        d.cushion(cover, (-x, y - 0.27, top - 0.16), (x, y - 0.07, d.h), radius=0.08, bulge=0.03)
    d.pillow(role, (0.0, y - 0.38, top + 0.2), (0.5 * d.w, 0.36, 0.15), tilt=1.15)


def rolls(d: Design, *, cover: Role = "fabric") -> None:
    """Fat rolls: three to sit on, three stacked as a back."""
    x, y, r = d.w / 2, d.d / 2, 0.19
    d.solid = "seat"
    for i in range(3):
        at = -y + 0.2 + i * (2 * y - 0.36) / 2.5
        _roll(d, cover, (at, r), r if i else 1.05 * r, x)
    d.solid = "back"
    for at, z, radius in ((y - 0.17, 0.34, 0.15), (y - 0.16, d.h - 0.13, 0.13)):
        _roll(d, cover, (at, z), radius, x - 0.02)


def _roll(d: Design, cover: Role, at: tuple[float, float], radius: float, half: float) -> None:
    outline = [(at[0] + a, at[1] + b) for a, b in superellipse(radius, radius, 2.3, 28 if d.fine else 16)]
    prism(d, cover, outline, 0, -half, half, edge=0.6 * radius)


def bean_bag(d: Design, *, cover: Role = "fabric", seams: int = 8, tall: bool = False) -> None:
    """A sack of beads that stands by its own weight, with a dent to sit in.

    Args:
        d: the sack.
        cover: cloth or leather.
        seams: gores that it is sewn of.
        tall: drop shaped, with a high back; else round and low.
    """
    around, up = (72, 28) if d.fine else (36, 16)
    angle, t = np.meshgrid(np.arange(around) * (2 * math.pi / around), np.linspace(0, 1, up + 1), indexing="xy")
    radius = np.clip(1 - np.abs(2 * t ** (1.25 if tall else 0.95) - 1) ** 2.6, 0, 1) ** 0.5
    radius *= 1 - (0.5 * t**1.5 if tall else 0.12 * t)
    radius *= 1 - 0.045 * np.abs(np.cos(seams * angle / 2)) ** 10
    a, b = radius * np.cos(angle), radius * np.sin(angle)
    # The front sinks under the sitter; the back stays up.
    sink = 1 / (1 + np.exp(7 * (b + (0.12 if tall else 0.0))))
    high = t * (1 - (0.6 if tall else 0.45) * sink * t)
    crease = 1 + 0.012 * np.sin(5 * angle + 9 * t) * np.sin(math.pi * t)
    back = (0.34 if tall else 0.2) * t**2
    grid = np.stack([a * crease * d.w / 2, (b * crease + back) * d.d / 2, high * d.h], axis=-1)
    rings = [grid[0].mean(axis=0, keepdims=True), *grid[1:-1], grid[-1].mean(axis=0, keepdims=True)]
    d.solid = "seat"
    loft(d, cover, rings)
    if tall:
        y, z = (0.34 * d.d / 2, d.h) if tall else (0.0, 0.0)
        d.tube("accent", [(-0.06, y, 0.95 * z), (-0.04, y, z), (0.04, y, z), (0.06, y, 0.95 * z)], 0.012)
