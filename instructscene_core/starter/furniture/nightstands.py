"""Nightstands; drawers and doors open towards −y."""

import math
from typing import Final

from .cases import cased
from .joinery import drawer_front
from .palettes import AIRY, CLASSIC, GLAMOUR, LOFT, PLAIN
from .parts import Design
from .shapes import Shape


def nightstand_drawers(d: Design) -> None:
    """A small chest of two drawers on a plinth."""
    x, y = d.w / 2, d.d / 2
    d.box("metal", (-x + 0.03, -y + 0.06, 0.0), (x - 0.03, y - 0.02, 0.05), bevel=0.006)
    d.box("frame", (-x + 0.008, -y + 0.04, 0.045), (x - 0.008, y, d.h - 0.02), bevel=0.007)
    d.box("wood", (-x, -y, d.h - 0.024), (x, y, d.h), bevel=0.007)
    half = (d.h - 0.08) / 2
    for i in range(2):
        low = 0.052 + i * half
        drawer_front(d, (-x + 0.014, x - 0.014), (low, low + half - 0.008), -y + 0.04)
        d.knob(0.0, -y + 0.023, low + half / 2)


def nightstand_open(d: Design) -> None:
    """A drawer above an open compartment, on tall tapered legs."""
    x, y = d.w / 2, d.d / 2
    for sx in (-1, 1):
        for sy in (-1, 1):
            cx, cy = sx * (x - 0.028), sy * (y - 0.028)
            d.box("frame", (cx - 0.018, cy - 0.018, 0.0), (cx + 0.018, cy + 0.018, d.h - 0.02), taper=0.7, bevel=0.003)
    d.box("wood", (-x, -y, d.h - 0.022), (x, y, d.h), bevel=0.007)
    d.box("frame", (-x + 0.02, -y + 0.04, d.h - 0.17), (x - 0.02, y - 0.012, d.h - 0.022), bevel=0.003)
    drawer_front(d, (-x + 0.05, x - 0.05), (d.h - 0.16, d.h - 0.03), -y + 0.04)
    d.knob(0.0, -y + 0.023, d.h - 0.095)
    d.box("wood", (-x + 0.016, -y + 0.016, 0.19), (x - 0.016, y - 0.012, 0.21), bevel=0.004)
    d.box("accent", (-0.12, -0.1, 0.21), (0.05, 0.12, 0.235), bevel=0.002)
    d.box("linen", (-0.11, -0.08, 0.235), (0.04, 0.1, 0.255), bevel=0.002)


def nightstand_round(d: Design) -> None:
    """A drum with one drawer on three thin legs."""
    r = d.w / 2
    for i in range(3):
        angle = math.radians(90 + 120 * i)
        c, s = math.cos(angle), math.sin(angle)
        d.tube("metal", [(0.7 * r * c, 0.7 * r * s, 0.3), (0.94 * r * c, 0.94 * r * s, 0.0)], 0.012, 0.008)
    low = 0.29
    d.turned(
        "frame", (0, 0, 0), [(0.93 * r, low), (0.95 * r, low + 0.006), (0.95 * r, d.h - 0.02), (0.93 * r, d.h - 0.02)]
    )
    d.turned("wood", (0, 0, 0), [(0.97 * r, d.h - 0.022), (r, d.h - 0.017), (r, d.h - 0.006), (r - 0.006, d.h)])
    d.turned("frame", (0, 0, 0), [(0.955 * r, low + 0.1), (0.958 * r, low + 0.104), (0.955 * r, low + 0.108)])
    d.knob(0.0, -0.9 * r, low + 0.17)
    d.knob(0.0, -0.9 * r, low + 0.055)


def nightstand_fluted_drum(d: Design) -> None:
    """A fluted drum under a round stone top."""
    r = d.w / 2
    d.turned("front", (0, 0, 0), [(0.86 * r, 0.0), (0.86 * r, d.h - 0.02)])
    count = 40
    for i in range(count):
        angle = 2 * math.pi * (i + 0.5) / count
        x, y = 0.9 * r * math.cos(angle), 0.9 * r * math.sin(angle)
        d.tube("front", [(x, y, 0.012), (x, y, d.h - 0.028)], 0.058 * r)
    d.turned("stone", (0, 0, 0), [(0.98 * r, d.h - 0.028), (r, d.h - 0.022), (r, d.h - 0.006), (r - 0.006, d.h)])


def nightstand_c_table(d: Design) -> None:
    """A glass top and a foot, held by one metal frame at the back, so that it reaches over a bed."""
    x, y, t = d.w / 2, d.d / 2, 0.012
    for side in (-1, 1):
        at = side * (x - 0.05)
        d.box("metal", (at - t, y - 0.03, 0.0), (at + t, y - 0.006, d.h - 0.012), bevel=0.004)
        for z in (0.0, d.h - 0.036):
            d.box("metal", (at - t, -y + 0.02, z), (at + t, y - 0.032, z + 0.022), bevel=0.004)
    for z in (0.0, d.h - 0.036):
        for end in (-y + 0.016, y - 0.03):
            d.box("metal", (-x + 0.064, end, z), (x - 0.064, end + 0.022, z + 0.02), bevel=0.004)
    d.box("glass", (-x, -y, d.h - 0.012), (x, y, d.h), bevel=0.003)
    d.box("wood", (-x + 0.04, -y + 0.03, 0.2), (x - 0.04, y - 0.01, 0.22), bevel=0.004)
    d.box("accent", (-0.1, -0.1, 0.22), (0.06, 0.1, 0.246), bevel=0.003)
    d.box("linen", (-0.09, -0.08, 0.246), (0.05, 0.09, 0.266), bevel=0.003)
    d.box("metal", (-x + 0.05, y - 0.028, 0.19), (x - 0.05, y - 0.008, 0.202), bevel=0.003)


def nightstand_tulip(d: Design) -> None:
    """A small round chest on a single trumpet foot."""
    r = d.w / 2
    foot = [(0.8 * r, 0.0), (0.78 * r, 0.012), (0.3 * r, 0.05), (0.14 * r, 0.16), (0.16 * r, 0.24), (0.4 * r, 0.3)]
    d.turned("frame", (0, 0, 0), foot)
    d.turned("front", (0, 0, 0), [(0.9 * r, 0.29), (0.95 * r, 0.3), (0.95 * r, d.h - 0.022), (0.93 * r, d.h - 0.02)])
    d.turned("wood", (0, 0, 0), [(0.97 * r, d.h - 0.024), (r, d.h - 0.018), (r, d.h - 0.006), (r - 0.006, d.h)])
    d.turned("wood", (0, 0, 0), [(0.955 * r, 0.4), (0.96 * r, 0.404), (0.955 * r, 0.408)])
    d.knob(0.0, -0.92 * r, 0.45)


SHAPES: Final[tuple[Shape, ...]] = (
    Shape(
        "nightstand",
        "drawers",
        (0.50, 0.41, 0.54),
        "{wood} {name} with two drawers and {metal} knobs",
        nightstand_drawers,
    ),
    Shape(
        "nightstand",
        "open",
        (0.50, 0.40, 0.56),
        "{wood} {name} with one drawer, an open compartment and tall legs",
        nightstand_open,
    ),
    Shape("nightstand", "round", (0.44, 0.44, 0.55), "small round {wood} {name} on {metal} legs", nightstand_round),
    Shape(
        "nightstand",
        "shaker",
        (0.54, 0.42, 0.63),
        "{wood} {name} with a drawer above a framed door on short legs",
        cased("drawer:0.4 / framed", base="block", lift=0.1),
        CLASSIC,
    ),
    Shape(
        "nightstand",
        "fluted",
        (0.54, 0.42, 0.52),
        "{wood} {name} with two fluted doors and a {stone} top",
        cased("flutedx2", top="stone", pull="none"),
        GLAMOUR,
    ),
    Shape(
        "nightstand",
        "cane",
        (0.52, 0.40, 0.58),
        "{wood} {name} with a drawer and a {cane} door on peg legs",
        cased("drawer:0.45 / cane", base="pegs", lift=0.17),
        AIRY,
    ),
    Shape(
        "nightstand",
        "wide",
        (0.64, 0.45, 0.47),
        "wide {wood} {name} with two drawers on a {metal} sled base",
        cased("drawer / drawer", base="sled", lift=0.1, pull="edge"),
        PLAIN,
    ),
    Shape(
        "nightstand",
        "chest",
        (0.56, 0.43, 0.70),
        "{wood} {name} with three drawers, {metal} ring pulls and bracket feet",
        cased("drawer / drawer / drawer", base="bracket", lift=0.08, pull="ring"),
        CLASSIC,
    ),
    Shape(
        "nightstand",
        "cube",
        (0.48, 0.38, 0.46),
        "open {wood} cube {name} on peg legs with a few books",
        cased("books", base="pegs", lift=0.14, wall=0.03, body="wood"),
        ("oak", "ash", "mint", "walnut"),
    ),
    Shape(
        "nightstand",
        "loft",
        (0.50, 0.38, 0.60),
        "{name} of a {metal} frame with one {wood} drawer above an open shelf",
        cased("drawer:0.45 / empty", base="posts", lift=0.12, pull="cup", body="metal", wall=0.014),
        LOFT,
    ),
    Shape(
        "nightstand",
        "turned",
        (0.50, 0.40, 0.68),
        "{wood} {name} with one drawer on tall turned legs",
        cased("drawer", base="turned", lift=0.48),
        CLASSIC,
    ),
    Shape(
        "nightstand",
        "hairpin",
        (0.58, 0.36, 0.52),
        "{wood} {name} with a drawer and an open niche on hairpin legs",
        cased("drawer / open", base="hairpin", lift=0.2, top="flush", pull="none"),
        ("black", "walnut", "oak", "white"),
    ),
    Shape(
        "nightstand",
        "tabs",
        (0.51, 0.37, 0.49),
        "{wood} {name} with two drawers and {leather} pull tabs",
        cased("drawer / drawer", base="block", lift=0.09, top="cap", pull="tab"),
        ("ash", "oak", "graphite", "blue"),
    ),
    Shape(
        "nightstand",
        "drum",
        (0.44, 0.44, 0.52),
        "round fluted {wood} {name} with a {stone} top",
        nightstand_fluted_drum,
        GLAMOUR,
    ),
    Shape(
        "nightstand",
        "glass",
        (0.48, 0.36, 0.58),
        "light {name} with a {glass} top in a C-shaped {metal} frame",
        nightstand_c_table,
        ("white", "graphite", "emerald", "black"),
    ),
    Shape(
        "nightstand",
        "tulip",
        (0.40, 0.40, 0.58),
        "small round {wood} {name} on a trumpet foot",
        nightstand_tulip,
        ("mint", "white", "blue", "ivory"),
    ),
)
