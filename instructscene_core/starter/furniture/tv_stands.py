"""TV stands; doors and drawers open towards −y."""

import math
from typing import Final

from .cases import cased
from .joinery import basket, books, carcass, drawer_front, peg_legs
from .palettes import AIRY, CLASSIC, GLAMOUR, LOFT, PLAIN
from .parts import Design
from .shapes import Shape
from .surfaces import plate, rounded


def tv_stand_drawers(d: Design) -> None:
    """A long low chest of four drawers."""
    x, y = d.w / 2, d.d / 2
    d.box("metal", (-x + 0.1, -y + 0.08, 0.0), (x - 0.1, y - 0.04, 0.06), bevel=0)
    d.box("frame", (-x + 0.01, -y + 0.043, 0.055), (x - 0.01, y, d.h - 0.018), bevel=0.004)
    d.box("wood", (-x, -y, d.h - 0.024), (x, y, d.h), bevel=0.007)
    pitch = (d.w - 0.04) / 4
    for i in range(4):
        left = -x + 0.02 + i * pitch
        drawer_front(d, (left + 0.004, left + pitch - 0.004), (0.064, d.h - 0.032), -y + 0.043)
        d.handle(left + pitch / 2, -y + 0.025, d.h - 0.11, 0.18, upright=False)


def tv_stand_open(d: Design) -> None:
    """Open compartments with a few things in them, on metal legs."""
    x, y = d.w / 2, d.d / 2
    peg_legs(d, "metal", 0.2, inset=0.12)
    carcass(d, 0.18, d.h, front=-y, wall=0.024, role="wood")
    third = d.w / 3
    for i in (-1, 1):
        at = i * third / 2
        d.box("wood", (at - 0.01, -y + 0.008, 0.2), (at + 0.01, y - 0.014, d.h - 0.022), bevel=0.002)
    d.box("metal", (-0.17, -y + 0.06, 0.204), (0.17, y - 0.06, 0.26), bevel=0.005)
    books(d, (-x + 0.03, -third / 2 - 0.02), (-y + 0.04, y - 0.02), 0.204, 0.26, 77)
    basket(d, (third / 2 + 0.06, -y + 0.03, 0.204), (x - 0.07, y - 0.04, d.h - 0.12))


def tv_stand_pill(d: Design) -> None:
    """A long low body with round, fluted ends under a stone top."""
    x, y = d.w / 2, d.d / 2
    ring = rounded(x - 0.012, y - 0.012, y - 0.014, 10)
    plate(d, "metal", rounded(x - 0.06, y - 0.06, y - 0.062, 8), 0.0, 0.05)
    plate(d, "frame", ring, 0.045, d.h - 0.024)
    plate(d, "stone", rounded(x, y, y - 0.002, 10), d.h - 0.026, d.h)
    for side in (-1, 1):
        for i in range(13):
            angle = math.pi * (i + 0.5) / 13
            cx, cy = side * (x - y + (y - 0.012) * math.sin(angle)), (y - 0.012) * math.cos(angle)
            d.tube("front", [(cx, cy, 0.055), (cx, cy, d.h - 0.03)], 0.024)
    half = x - y
    for i in range(4):
        left = -half + i * half / 2
        drawer_front(d, (left + 0.003, left + half / 2 - 0.003), (0.055, d.h - 0.034), -y + 0.014)


def tv_stand_bridge(d: Design) -> None:
    """Two stone blocks that carry a thick board, with a drawer box hung between them."""
    x, y = d.w / 2, d.d / 2
    d.box("wood", (-x, -y, d.h - 0.06), (x, y, d.h), bevel=0.01)
    basket(d, (-0.2, -y + 0.08, 0.0), (0.2, y - 0.08, 0.18))
    for side in (-1, 1):
        edge = sorted((side * (x - 0.12), side * (x - 0.42)))
        d.box("stone", (edge[0], -y + 0.04, 0.0), (edge[1], y - 0.04, d.h - 0.058), bevel=0.008)
    d.box("frame", (-x + 0.44, -y + 0.05, d.h - 0.22), (x - 0.44, y - 0.03, d.h - 0.058), bevel=0.004)
    for i in (-1, 1):
        span = sorted((i * 0.002, i * (x - 0.443)))
        drawer_front(d, (span[0], span[1]), (d.h - 0.218, d.h - 0.064), -y + 0.05)


SHAPES: Final[tuple[Shape, ...]] = (
    Shape("tv_stand", "drawers", (1.86, 0.43, 0.48), "long low {wood} {name} with four drawers", tv_stand_drawers),
    Shape(
        "tv_stand", "open", (1.54, 0.40, 0.54), "{wood} {name} with open compartments on {metal} legs", tv_stand_open
    ),
    Shape(
        "tv_stand",
        "cane",
        (1.80, 0.42, 0.54),
        "{wood} {name} with two {cane} doors around open niches on peg legs",
        cased("(1.2)cane | (1)open / empty | (1.2)cane", base="pegs", lift=0.18, body="wood"),
        AIRY,
    ),
    Shape(
        "tv_stand",
        "fluted",
        (2.20, 0.44, 0.50),
        "long {wood} {name} with fluted doors and a {stone} top",
        cased("fluted | fluted | fluted | fluted", top="stone", pull="none"),
        GLAMOUR,
    ),
    Shape(
        "tv_stand",
        "louver",
        (1.92, 0.43, 0.58),
        "{wood} {name} with two louvred doors and two open niches",
        cased("(1.2)louver | (1)empty / open | (1.2)louver", base="block", lift=0.12),
        ("blue", "white", "ash", "oak"),
    ),
    Shape(
        "tv_stand",
        "barn",
        (1.78, 0.43, 0.66),
        "rustic {wood} {name} with two plank doors and open shelves between them",
        cased("planks | books / empty | planks", base="bracket", lift=0.08, pull="bar"),
        ("black", "oak", "walnut", "blue"),
    ),
    Shape(
        "tv_stand",
        "loft",
        (1.66, 0.40, 0.50),
        "{name} with {wood} drawers and an open middle in a {metal} frame",
        cased("drawer | empty | drawer", base="posts", lift=0.16, pull="cup", body="metal", wall=0.016),
        LOFT,
    ),
    Shape(
        "tv_stand",
        "panelled",
        (1.90, 0.48, 0.68),
        "{wood} {name} with raised panel doors, two drawers and bracket feet",
        cased("raised | drawer / drawer | raised", base="bracket", lift=0.1, pull="ring"),
        CLASSIC,
    ),
    Shape(
        "tv_stand",
        "lowboard",
        (2.42, 0.42, 0.44),
        "very long low {wood} {name} with four plain fronts without handles",
        cased("door | door | door | door", top="cap", pull="none"),
        PLAIN,
    ),
    Shape(
        "tv_stand",
        "glass",
        (2.04, 0.45, 0.56),
        "{wood} {name} with two {glass} doors beside two drawers",
        cased("glass | drawer / drawer | glass", base="plinth", top="slab", pull="edge"),
        ("graphite", "walnut", "emerald", "mahogany"),
    ),
    Shape(
        "tv_stand",
        "hairpin",
        (1.60, 0.40, 0.52),
        "{wood} {name} with a door and two long niches on hairpin legs",
        cased("(1)door | (1.6)empty / books", base="hairpin", lift=0.2, top="flush", body="wood", pull="none"),
        ("oak", "walnut", "black", "mint"),
    ),
    Shape(
        "tv_stand",
        "tall",
        (1.50, 0.44, 0.90),
        "tall {wood} {name} with an open shelf above three doors",
        cased("empty:0.45 / door | empty:0.45 / door | empty:0.45 / door", base="block", lift=0.1),
        ("white", "ivory", "oak", "mint"),
    ),
    Shape(
        "tv_stand",
        "pill",
        (2.00, 0.44, 0.50),
        "{wood} {name} with round fluted ends and a {stone} top",
        tv_stand_pill,
        GLAMOUR,
    ),
    Shape(
        "tv_stand",
        "bridge",
        (2.26, 0.46, 0.46),
        "{name} with a thick {wood} board on two {stone} blocks",
        tv_stand_bridge,
        ("ash", "graphite", "walnut", "black"),
    ),
    Shape(
        "tv_stand",
        "turned",
        (1.74, 0.46, 0.62),
        "{wood} {name} with three drawers on turned legs",
        cased("drawer | drawer | drawer", base="turned", lift=0.3),
        ("ivory", "mahogany", "blue", "emerald"),
    ),
)
