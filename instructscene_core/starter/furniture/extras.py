"""Rugs and television sets."""

import math
from functools import partial
from typing import Final

import numpy as np

from .palettes import AIRY, CLASSIC, PLAYFUL, Role
from .parts import Design
from .shapes import Shape
from .surfaces import Array, Sheet, pebble, plate, prism, rounded, superellipse

Band = tuple[Role, float, float]


def bordered(d: Design, bands: tuple[Band, ...]) -> None:
    """A rug of nested rectangles.

    Args:
        d: the rug.
        bands: from the outside inwards: role, inset and height, the last as a share of the rug's.
    """
    d.solid = "rug"
    for role, inset, top in bands:
        outline = rounded(d.w / 2 - inset, d.d / 2 - inset, 0.02, 5)
        prism(d, role, outline, 2, 0.0, top * d.h, edge=0.004)


def round_rings(d: Design) -> None:
    """Rings of three colours."""
    d.solid = "rug"
    roles: tuple[Role, ...] = ("fabric", "bedding", "accent", "bedding")
    for i, (role, share) in enumerate(zip(roles, (1.0, 0.86, 0.5, 0.42), strict=True)):
        plate(d, role, superellipse(share * d.w / 2, share * d.d / 2, 2, 72), 0.0, d.h * (0.88 + 0.04 * i), edge=0.004)


def striped(d: Design) -> None:
    """Stripes of three widths across it, with fringes at its ends."""
    d.solid = "rug"
    x, y, fringe = d.w / 2, d.d / 2, 0.06
    widths = (0.5, 1.0, 2.0, 1.0, 0.5, 1.6, 0.5, 1.0, 2.0, 1.0, 0.5)
    roles: tuple[Role, ...] = (
        "accent",
        "bedding",
        "fabric",
        "bedding",
        "accent",
        "fabric",
        "accent",
        "bedding",
        "fabric",
        "bedding",
        "accent",
    )
    unit, at = (2 * x - 2 * fringe) / sum(widths), -x + fringe
    for role, width in zip(roles, widths, strict=True):
        d.box(role, (at, -y, 0.0), (at + width * unit, y, d.h), bevel=0.003)
        at += width * unit
    _fringe(d, fringe)


def _fringe(d: Design, long: float) -> None:
    """Threads at both ends of a rug."""
    x, count = d.w / 2, round(d.d / 0.035)
    for side in (-1, 1):
        edge = sorted((side * x, side * (x - long - 0.004)))
        for i in range(count):
            y = -d.d / 2 + (i + 0.5) * d.d / count
            d.box("linen", (edge[0], y - 0.006, 0.001), (edge[1], y + 0.006, 0.45 * d.h), bevel=0)


def checked(d: Design) -> None:
    """A chequered field with a border."""
    d.solid = "rug"
    x, y, border = d.w / 2, d.d / 2, 0.1
    prism(d, "fabric", rounded(x, y, 0.02, 5), 2, 0.0, 0.82 * d.h, edge=0.004)
    columns, rows = round(2 * (x - border) / 0.26), round(2 * (y - border) / 0.26)
    a, b = 2 * (x - border) / columns, 2 * (y - border) / rows
    for i in range(columns):
        for j in range(rows):
            low = (-x + border + i * a, -y + border + j * b, 0.0)
            role: Role = "bedding" if (i + j) % 2 else "linen"
            d.box(role, low, (low[0] + a, low[1] + b, d.h), bevel=0.0025)


def diamonds(d: Design) -> None:
    """A light field with a lattice of thin dark lines and fringes."""
    d.solid = "rug"
    x, y, fringe = d.w / 2, d.d / 2, 0.06
    d.box("linen", (-x + fringe, -y, 0.0), (x - fringe, y, 0.86 * d.h), bevel=0.003)
    pitch, half = 0.44, 0.011
    reach = x - fringe
    for sense in (-1, 1):
        for k in range(-8, 9):
            ends = _clipped(k * pitch, sense, reach - 0.02, y - 0.02)
            if ends is None:
                continue
            (ax, ay), (bx, by) = ends
            long = math.hypot(bx - ax, by - ay)
            nx, ny = -(by - ay) / long * half, (bx - ax) / long * half
            line = [(ax - nx, ay - ny), (bx - nx, by - ny), (bx + nx, by + ny), (ax + nx, ay + ny)]
            prism(d, "fabric", line, 2, 0.0, d.h * (0.96 if sense < 0 else 1.0), edge=0.001)
    _fringe(d, fringe)


def _clipped(at: float, sense: int, x: float, y: float) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Ends of the part of a line inside a rectangle; None where it is short.

    Args:
        at: x where the line crosses the x axis.
        sense: sign of its slope of 0.8.
        x: half width of the rectangle.
        y: its half depth.
    """
    low = max(-y, min(sense * 0.8 * (-x - at), sense * 0.8 * (x - at)))
    high = min(y, max(sense * 0.8 * (-x - at), sense * 0.8 * (x - at)))
    if high - low < 0.1:
        return None
    return (at + low * sense / 0.8, low), (at + high * sense / 0.8, high)


def shaggy(d: Design) -> None:
    """A deep uneven pile with round corners."""
    d.solid = "rug"
    count = 36 if d.fine else 20
    rows = max(8, round(count * d.d / d.w))
    u, v = np.meshgrid(np.linspace(-1, 1, count + 1), np.linspace(-1, 1, rows + 1), indexing="ij")
    x, y = u * (1 - 0.06 * v**4), v * (1 - 0.06 * u**4)
    tuft = np.sin(37 * u + 11 * v) * np.sin(29 * v - 13 * u) + 0.6 * np.sin(71 * u) * np.sin(67 * v + 1)
    edge = np.minimum(1, 6 * np.minimum(1 - np.abs(u), 1 - np.abs(v)))
    front: Array = d.h * (0.72 + 0.17 * tuft) * np.sqrt(edge)
    grid = np.stack([x * d.w / 2, y * d.d / 2, np.zeros_like(u)], axis=-1)
    d.parts.append(Sheet("bedding", d.solid, grid, front, np.zeros_like(front)))


def stones(d: Design) -> None:
    """A pebble shaped rug with a second pebble in it."""
    d.solid = "rug"
    count = 96 if d.fine else 48
    plate(d, "bedding", pebble(d.w / 2, d.d / 2, count), 0.0, 0.9 * d.h, edge=0.005)
    for role, share, shift, top in (("fabric", 0.66, 0.05, 0.95), ("accent", 0.3, -0.12, 1.0)):
        inner = [(shift * d.w - a, 0.03 * d.d + b) for a, b in pebble(share * d.w / 2, share * d.d / 2, count)]
        plate(d, "fabric" if role == "fabric" else "accent", inner[::-1], 0.0, top * d.h, edge=0.004)


def tv(d: Design, *, foot: str = "plate") -> None:
    """A flat screen in a thin frame, facing −y.

    Args:
        d: the set.
        foot: "plate", "feet", "soundbar" or "easel".
    """
    stand = {"plate": 0.09, "feet": 0.07, "soundbar": 0.1, "easel": 0.42}[foot]
    deep = 0.03
    d.solid = "screen"
    _screen(d, stand, deep)
    d.solid = "foot"
    y = d.d / 2
    if foot == "plate":
        d.box("metal", (-0.022, -0.012, 0.012), (0.022, 0.012, stand + 0.02), bevel=0.003)
        plate(d, "metal", superellipse(0.24 * d.w, y, 3, 40), 0.0, 0.014, edge=0.004)
    elif foot == "feet":
        for side in (-1, 1):
            at = side * 0.36 * d.w
            d.box("metal", (at - 0.016, -y, 0.0), (at + 0.016, y, 0.008), bevel=0.003)
            d.box("metal", (at - 0.012, -0.01, 0.006), (at + 0.012, 0.01, stand + 0.02), bevel=0.003)
    elif foot == "soundbar":
        bar = rounded(0.4 * d.w, 0.5 * y, 0.03, 5)
        plate(d, "screen", [(a, b - 0.4 * y) for a, b in bar], 0.012, 0.075, edge=0.012)
        d.box("metal", (-0.06, 0.0, 0.0), (0.06, y, 0.01), bevel=0.003)
        d.box("metal", (-0.03, 0.004, 0.006), (0.03, 0.02, stand + 0.05), bevel=0.003)
    else:
        for side in (-1, 1):
            path = [
                (side * 0.08 * d.w, 0.064, d.h - 0.1),
                (side * 0.25 * d.w, 0.05, stand),
                (side * 0.36 * d.w, -0.7 * y, 0.0),
            ]
            d.tube("wood", path, 0.017, 0.012)
        d.tube("wood", [(0.0, 0.07, d.h - 0.12), (0.0, y, 0.0)], 0.016, 0.012)
        d.box("wood", (-0.32 * d.w, -0.03, stand - 0.03), (0.32 * d.w, 0.06, stand), bevel=0.005)


def _screen(d: Design, stand: float, deep: float) -> None:
    """The frame, the glass and the case with its vents behind."""
    middle, half, x = (stand + d.h) / 2, (d.h - stand) / 2, d.w / 2
    frame = [(a, middle + b) for a, b in rounded(x, half, 0.012, 4)]
    prism(d, "metal", frame, 1, -deep / 2, deep / 2, edge=0.005)
    glass = [(a, middle + 0.004 + b) for a, b in rounded(x - 0.007, half - 0.011, 0.006, 4)]
    prism(d, "screen", glass, 1, -deep / 2 - 0.0015, 0.0, edge=0.001)
    low, high = stand + 0.06, stand + 0.5 * (d.h - stand)
    d.box("metal", (-0.3 * d.w, deep / 2 - 0.002, low), (0.3 * d.w, deep / 2 + 0.03, high), bevel=0.01)
    for i in range(9 if d.fine else 0):
        z = low + 0.03 + 0.014 * i
        d.box("screen", (-0.2 * d.w, deep / 2 + 0.028, z), (0.2 * d.w, deep / 2 + 0.031, z + 0.005), bevel=0.001)


_BORDER: Final[tuple[Band, ...]] = (
    ("fabric", 0.0, 0.9),
    ("accent", 0.09, 0.94),
    ("fabric", 0.13, 0.97),
    ("bedding", 0.2, 1.0),
)
_CLASSIC: Final[tuple[Band, ...]] = (
    ("accent", 0.0, 0.86),
    ("fabric", 0.03, 0.89),
    ("linen", 0.2, 0.92),
    ("accent", 0.22, 0.95),
    ("bedding", 0.3, 0.97),
    ("fabric", 0.5, 1.0),
)

SHAPES: Final[tuple[Shape, ...]] = (
    Shape(
        "rug",
        "border",
        (2.40, 1.70, 0.014),
        "rectangular {bedding} {name} with a {fabric} border",
        partial(bordered, bands=_BORDER),
    ),
    Shape("rug", "round", (2.00, 2.00, 0.014), "round {name} with {fabric}, {bedding} and {accent} rings", round_rings),
    Shape(
        "rug",
        "striped",
        (2.30, 1.60, 0.012),
        "striped {name} in {fabric}, {bedding} and {accent} with fringes",
        striped,
    ),
    Shape(
        "rug",
        "framed",
        (3.00, 2.00, 0.014),
        "large classic {fabric} {name} with rows of borders",
        partial(bordered, bands=_CLASSIC),
        CLASSIC,
    ),
    Shape(
        "rug",
        "checked",
        (2.00, 1.40, 0.014),
        "chequered white and {bedding} {name} with a {fabric} border",
        checked,
        PLAYFUL,
    ),
    Shape(
        "rug",
        "diamonds",
        (2.60, 1.80, 0.014),
        "white {name} with a lattice of {fabric} diamonds and fringes",
        diamonds,
        AIRY,
    ),
    Shape("rug", "shaggy", (2.20, 1.60, 0.035), "deep shaggy {bedding} {name} with round corners", shaggy),
    Shape(
        "rug",
        "pebble",
        (2.20, 1.70, 0.016),
        "pebble shaped {bedding} {name} with a {fabric} and an {accent} patch",
        stones,
    ),
    Shape("tv", "plate", (1.23, 0.26, 0.78), "flat {name} with a thin frame on a central {metal} foot", tv),
    Shape(
        "tv",
        "feet",
        (1.45, 0.28, 0.90),
        "large flat {name} with a thin frame on two slim {metal} feet",
        partial(tv, foot="feet"),
    ),
    Shape(
        "tv", "soundbar", (1.68, 0.30, 1.04), "very large flat {name} with a sound bar", partial(tv, foot="soundbar")
    ),
    Shape("tv", "easel", (1.11, 0.46, 1.20), "flat {name} on a {wood} easel", partial(tv, foot="easel")),
)
