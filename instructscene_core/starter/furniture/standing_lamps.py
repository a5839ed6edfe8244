"""Floor lamps and table lamps."""

import math
from functools import partial
from typing import Final, Literal

from .hanging_lamps import ball, hollow
from .palettes import AIRY, CLASSIC, GLAMOUR, LOFT, Role
from .parts import Design, Point
from .shapes import Shape
from .surfaces import plate, posed, rounded, superellipse

Body = Literal["vase", "gourd", "column", "ball", "baluster"]
_BODIES: Final[dict[Body, tuple[tuple[float, float], ...]]] = {
    "vase": ((0.4, 0.0), (0.5, 0.02), (0.86, 0.3), (1.0, 0.55), (0.8, 0.78), (0.3, 0.92), (0.2, 1.0)),
    "gourd": (
        (0.5, 0.0),
        (0.95, 0.14),
        (1.0, 0.3),
        (0.6, 0.5),
        (0.42, 0.58),
        (0.6, 0.7),
        (0.55, 0.84),
        (0.2, 0.95),
        (0.16, 1.0),
    ),
    "column": ((0.7, 0.0), (0.7, 0.06), (0.42, 0.08), (0.42, 0.9), (0.5, 0.92), (0.5, 0.97), (0.15, 1.0)),
    "ball": ((0.3, 0.0), (0.7, 0.12), (0.97, 0.34), (1.0, 0.5), (0.95, 0.66), (0.68, 0.86), (0.25, 0.97), (0.14, 1.0)),
    "baluster": (
        (0.9, 0.0),
        (0.9, 0.05),
        (0.5, 0.09),
        (0.3, 0.14),
        (0.5, 0.26),
        (0.62, 0.42),
        (0.42, 0.6),
        (0.24, 0.72),
        (0.36, 0.76),
        (0.2, 0.82),
        (0.16, 1.0),
    ),
}
"""Profiles of turned bodies, in shares of their greatest radius and their height."""


def _shade(d: Design, at: Point, low: float, high: float, tall: float, role: Role = "shade") -> None:
    """A shade with a wall, open below and above, and the bulb inside; ``low`` and ``high`` are its radii."""
    d.solid = "shade"
    hollow(d, role, at, [(low, 0.0), ((low + high) / 2, tall / 2), (high, tall)], 0.004)
    d.turned("glow", (at[0], at[1], at[2] + 0.42 * tall), ball(0.035, 8))
    d.turned("metal", at, [(0.008, 0.1 * tall), (0.008, 0.36 * tall)])
    spoke, r = 0.85 * tall, low + (high - low) * 0.85 - 0.004
    d.tube("metal", [(at[0] - r, at[1], at[2] + spoke), (at[0] + r, at[1], at[2] + spoke)], 0.0025)
    d.tube("metal", [(at[0], at[1], at[2] + 0.1 * tall), (at[0], at[1], at[2] + spoke)], 0.004)


def _foot(d: Design, role: Role, radius: float, x: float = 0.0) -> None:
    d.turned(role, (x, 0.0, 0.0), [(radius, 0.0), (radius, 0.014), (0.9 * radius, 0.022), (0.014, 0.028)])


def column(d: Design) -> None:
    """A slim pole under a drum shade."""
    d.solid = "pole"
    _foot(d, "metal", 0.14)
    tall = 0.24
    d.tube("metal", [(0.0, 0.0, 0.02), (0.0, 0.0, d.h - 0.85 * tall)], 0.011)
    _shade(d, (0.0, 0.0, d.h - tall), d.w / 2, 0.94 * d.w / 2, tall)


def tripod(d: Design) -> None:
    """Three wooden legs under a wide shade."""
    d.solid = "legs"
    tall, hub = 0.3, d.h - 0.36
    for i in range(3):
        angle = math.radians(90 + 120 * i)
        reach = 0.46 * d.w
        foot = (reach * math.cos(angle), reach * math.sin(angle), 0.0)
        d.tube("wood", [(0.03 * math.cos(angle), 0.03 * math.sin(angle), hub + 0.03), foot], 0.017, 0.012)
    d.turned("metal", (0.0, 0.0, hub), [(0.05, 0.0), (0.055, 0.01), (0.055, 0.04), (0.02, 0.055), (0.012, 0.14)])
    _shade(d, (0.0, 0.0, d.h - tall), d.w / 2, 0.82 * d.w / 2, tall)


def arc(d: Design) -> None:
    """A bow from a heavy foot that carries a dome far out."""
    d.solid = "pole"
    x, r = d.w / 2, 0.17
    _foot(d, "stone", r, -x + r)
    span = d.w - 2 * r
    turns = [math.pi * 0.62 * i / 18 for i in range(19)]
    bow = [(-x + r + span * (1 - math.cos(t)) / 1.3681, 0.0, 0.03 + (d.h - 0.05) * math.sin(t)) for t in turns]
    d.tube("metal", bow, 0.013, 0.009)
    d.solid = "shade"
    end, high = bow[-1], bow[-1][2]
    dome = [(0.16, -0.2), (0.155, -0.14), (0.12, -0.08), (0.06, -0.045), (0.02, -0.03)]
    hollow(d, "shade", end, dome)
    d.turned("glow", (end[0], 0.0, high - 0.14), ball(0.04))
    d.tube("metal", [(end[0], 0.0, high - 0.12), end], 0.012)


def reading(d: Design) -> None:
    """A pole with a small cone on a jointed arm."""
    d.solid = "pole"
    _foot(d, "metal", 0.13, -d.w / 2 + 0.13)
    x, top = -d.w / 2 + 0.13, d.h - 0.04
    d.tube("metal", [(x, 0.0, 0.02), (x, 0.0, top)], 0.009)
    d.turned("metal", (x, 0.0, top), [(0.0, -0.02), (0.016, -0.014), (0.018, 0.0), (0.016, 0.014), (0.0, 0.02)])
    end = (d.w / 2 - 0.1, 0.0, top - 0.1)
    d.tube("metal", [(x, 0.0, top), end], 0.007)
    d.solid = "shade"
    with posed(d, 1, -0.35, end):
        hollow(d, "shade", end, [(0.1, -0.16), (0.07, -0.06), (0.03, 0.0), (0.022, 0.02)])
        d.turned("glow", (end[0], 0.0, end[2] - 0.09), ball(0.032, 8))


def lantern(d: Design) -> None:
    """A tall paper lantern with ribs on four short wooden feet."""
    d.solid = "body"
    r, low = d.w / 2, 0.1
    for sx in (-1, 1):
        for sy in (-1, 1):
            d.tube("wood", [(sx * 0.5 * r, sy * 0.5 * r, low + 0.02), (sx * 0.62 * r, sy * 0.62 * r, 0.0)], 0.014, 0.01)
    plate(d, "wood", superellipse(0.66 * r, 0.66 * r, 2, 32), low, low + 0.02, edge=0.004)
    ribs, tall = 16, d.h - low - 0.01
    profile: list[tuple[float, float]] = []
    for i in range(4 * ribs + 1):
        t = i / (4 * ribs)
        bulge = 0.72 + 0.28 * math.sin(math.pi * t) ** 0.6
        profile.append((bulge * r * (1 - 0.02 * (i % 4 == 0)), low + 0.01 + t * tall))
    hollow(d, "linen", (0.0, 0.0, 0.0), profile, 0.003)
    d.turned("glow", (0.0, 0.0, 0.5 * d.h), ball(0.06))
    d.tube("metal", [(0.0, 0.0, low), (0.0, 0.0, 0.5 * d.h - 0.05)], 0.006)


def globes(d: Design) -> None:
    """A branching pole with three glowing globes."""
    d.solid = "pole"
    _foot(d, "metal", 0.14)
    d.tube("metal", [(0.0, 0.0, 0.02), (0.0, 0.0, d.h - 0.2)], 0.01)
    r = 0.085
    for i, low in enumerate((d.h - 2 * r, d.h - 0.42, d.h - 0.62)):
        d.solid = "pole"
        side = (0.0, -1.0, 1.0)[i] * (d.w / 2 - r)
        if i:
            d.tube("metal", [(0.0, 0.0, low - 0.08), (0.8 * side, 0.0, low - 0.06), (side, 0.0, low + 0.01)], 0.008)
        d.turned("metal", (side, 0.0, low), [(0.016, -0.03), (0.04, 0.002), (0.04, 0.016)])
        d.solid = "globes"
        d.turned("glow", (side, 0.0, low + r), ball(r, 14))


def shelf(d: Design) -> None:
    """A square frame of wood with three boards and a box of cloth as its head."""
    d.solid = "frame"
    x, post = d.w / 2, 0.012
    for sx in (-1, 1):
        for sy in (-1, 1):
            cx, cy = sx * (x - post), sy * (d.d / 2 - post)
            d.box("wood", (cx - post, cy - post, 0.0), (cx + post, cy + post, d.h), bevel=0.003)
    for z in (0.08, 0.44, 0.8):
        d.box("wood", (-x + 0.004, -d.d / 2 + 0.004, z), (x - 0.004, d.d / 2 - 0.004, z + 0.016), bevel=0.003)
    d.solid = "shade"
    low = 0.92
    outer, inner = rounded(x - 2.2 * post, d.d / 2 - 2.2 * post, 0.01, 2), 0.006
    plate(d, "linen", outer, low, d.h - 0.03, edge=0.002)
    plate(d, "glow", [(0.9 * a, 0.9 * b) for a, b in outer], low - 0.004, low + inner, edge=0.001)
    plate(d, "glow", [(0.9 * a, 0.9 * b) for a, b in outer], d.h - 0.034, d.h - 0.026, edge=0.001)


def torch(d: Design) -> None:
    """A turned pole with an open bowl that lights the ceiling."""
    d.solid = "pole"
    profile = [
        (0.14, 0.0),
        (0.14, 0.016),
        (0.08, 0.03),
        (0.03, 0.06),
        (0.018, 0.12),
        (0.014, 0.5),
        (0.026, 0.55),
        (0.014, 0.6),
        (0.012, d.h - 0.16),
        (0.03, d.h - 0.14),
    ]
    d.turned("metal", (0.0, 0.0, 0.0), profile)
    d.solid = "shade"
    r = d.w / 2
    cup = [(0.03, 0.0), (0.5 * r, 0.02), (0.84 * r, 0.07), (r, 0.15)]
    hollow(d, "shade", (0.0, 0.0, d.h - 0.15), cup)
    d.turned("glow", (0.0, 0.0, d.h - 0.15), [(0.0, 0.03), (0.5 * r, 0.05), (0.8 * r, 0.09), (0.0, 0.1)])


def ceramic(d: Design, *, body: Role = "bedding", kind: Body = "vase") -> None:
    """A turned body under a cloth shade."""
    d.solid = "body"
    tall = 0.44 * d.h
    base = d.h - 0.86 * tall
    width = 0.27 * d.w
    d.turned(body, (0.0, 0.0, 0.0), [(r * width, t * (base - 0.04)) for r, t in _BODIES[kind]])
    d.tube("metal", [(0.0, 0.0, base - 0.05), (0.0, 0.0, d.h - 0.5 * tall)], 0.007)
    _shade(d, (0.0, 0.0, d.h - tall), d.w / 2, 0.7 * d.w / 2, tall)


def globe(d: Design) -> None:
    """A glowing globe on a low foot."""
    d.solid = "body"
    r = d.w / 2
    foot = [(0.6 * r, 0.0), (0.6 * r, 0.015), (0.3 * r, 0.03), (0.3 * r, d.h - 1.9 * r), (0.45 * r, d.h - 1.86 * r)]
    d.turned("metal", (0.0, 0.0, 0.0), foot)
    d.turned("glow", (0.0, 0.0, d.h - r), ball(r, 16))


def mushroom(d: Design) -> None:
    """A dome over a conical foot."""
    d.solid = "body"
    r = d.w / 2
    d.turned("shade", (0.0, 0.0, 0.0), [(0.62 * r, 0.0), (0.6 * r, 0.02), (0.3 * r, 0.3 * d.h), (0.24 * r, 0.72 * d.h)])
    d.solid = "shade"
    turns = [math.pi / 2 * i / 9 for i in range(9)]
    dome = [(r * math.cos(t), 0.58 * d.h + 0.42 * d.h * math.sin(t)) for t in turns]
    hollow(d, "shade", (0.0, 0.0, 0.0), [*dome, (0.02, d.h)])
    d.turned("glow", (0.0, 0.0, 0.66 * d.h), ball(0.045))


def jointed(d: Design) -> None:
    """A desk lamp with two arms and a small bell."""
    d.solid = "body"
    x = -d.w / 2 + 0.08
    d.turned("metal", (x, 0.0, 0.0), [(0.08, 0.0), (0.08, 0.016), (0.06, 0.026), (0.012, 0.03)])
    elbow, end = (x - 0.02, 0.0, 0.56 * d.h), (d.w / 2 - 0.1, 0.0, d.h - 0.06)
    for off in (-0.012, 0.012):
        d.tube("metal", [(x, off, 0.03), (elbow[0], off, elbow[2])], 0.004)
        d.tube("metal", [(elbow[0], off, elbow[2]), (end[0], off, end[2])], 0.004)
    for at in (elbow, end):
        d.turned("metal", at, [(0.0, -0.02), (0.014, -0.018), (0.014, 0.018), (0.0, 0.02)], axis=1)
    d.solid = "shade"
    with posed(d, 1, -0.5, end):
        hollow(d, "shade", end, [(0.085, -0.14), (0.07, -0.08), (0.035, -0.03), (0.022, 0.03)])
        d.turned("glow", (end[0], 0.0, end[2] - 0.085), ball(0.03, 8))


def ring(d: Design) -> None:
    """A glowing ring that stands on a wooden block."""
    d.solid = "body"
    plate(d, "wood", rounded(0.36 * d.w, d.d / 2, 0.02, 4), 0.0, 0.05, edge=0.006)
    r = d.w / 2
    band = [(r - 0.022, -0.012), (r, -0.012), (r, 0.012), (r - 0.022, 0.012)]
    d.turned("metal", (0.0, 0.0, d.h - r), band, axis=1, closed=True)
    glow = [(r - 0.028, -0.008), (r - 0.02, -0.008), (r - 0.02, 0.008), (r - 0.028, 0.008)]
    d.turned("glow", (0.0, 0.0, d.h - r), glow, axis=1, closed=True)


_FLOOR: Final = (
    ("column", (0.40, 0.40, 1.56), "slim {metal} {name} with a {shade} drum shade", column, ()),
    ("tripod", (0.58, 0.58, 1.50), "{name} with a wide {shade} shade on three {wood} legs", tripod, ()),
    ("arc", (1.20, 0.34, 1.86), "{metal} arc {name} with a {shade} dome and a {stone} foot", arc, GLAMOUR),
    ("reading", (0.52, 0.26, 1.40), "{metal} reading {name} with a small {shade} cone on an arm", reading, LOFT),
    ("lantern", (0.36, 0.36, 1.24), "ribbed white paper lantern {name} on {wood} feet", lantern, AIRY),
    ("globes", (0.52, 0.28, 1.62), "{metal} {name} with three glowing globes", globes, GLAMOUR),
    ("shelves", (0.30, 0.30, 1.50), "square {wood} {name} with three shelves and a white cloth head", shelf, ()),
    ("torch", (0.34, 0.34, 1.74), "{metal} {name} with a turned pole and an open {shade} bowl", torch, CLASSIC),
)
_TABLE: Final = (
    ("vase", (0.34, 0.34, 0.52), "{name} with a {bedding} vase body and a {shade} shade", ceramic, ()),
    ("globe", (0.22, 0.22, 0.34), "{name} with a glowing globe on a {metal} foot", globe, ()),
    (
        "gourd",
        (0.36, 0.36, 0.60),
        "{name} with an {accent} gourd body and a {shade} shade",
        partial(ceramic, body="accent", kind="gourd"),
        (),
    ),
    (
        "baluster",
        (0.34, 0.34, 0.58),
        "{name} with a turned {wood} body and a {shade} shade",
        partial(ceramic, body="wood", kind="baluster"),
        CLASSIC,
    ),
    (
        "stone",
        (0.30, 0.30, 0.48),
        "{name} with a {stone} ball body and a {shade} shade",
        partial(ceramic, body="stone", kind="ball"),
        GLAMOUR,
    ),
    ("mushroom", (0.30, 0.30, 0.40), "{shade} mushroom {name}", mushroom, ()),
    ("jointed", (0.44, 0.19, 0.50), "jointed {metal} desk {name} with a {shade} bell", jointed, LOFT),
    ("ring", (0.30, 0.10, 0.36), "{name} with a glowing ring on a {wood} block", ring, ()),
)

SHAPES: Final[tuple[Shape, ...]] = (
    *(Shape("floor_lamp", *row) for row in _FLOOR),
    *(Shape("table_lamp", *row) for row in _TABLE),
)
