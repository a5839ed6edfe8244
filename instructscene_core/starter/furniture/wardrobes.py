"""Wardrobes; doors open towards −y."""

import random
from collections.abc import Sequence
from typing import Final

from .cases import cased
from .contents import Room, fill
from .joinery import Span, basket, carcass, drawer_front, panelled_door
from .palettes import AIRY, CLASSIC, GLAMOUR, LOFT, PLAIN, PLAYFUL, Role
from .parts import Design
from .shapes import Shape


def _wardrobe_body(d: Design, front: float, plinth: float = 0.07) -> None:
    x, y = d.w / 2, d.d / 2
    d.box("metal", (-x + 0.03, -y + 0.07, 0.0), (x - 0.03, y - 0.02, plinth), bevel=0.006)
    d.box("frame", (-x + 0.006, front, plinth - 0.01), (x - 0.006, y, d.h - 0.03), bevel=0.007)
    d.box("wood", (-x, -y, d.h - 0.04), (x, y, d.h), bevel=0.008)


def wardrobe_two_doors(d: Design) -> None:
    """Two tall doors with bar handles."""
    x, front = d.w / 2, -d.d / 2 + 0.045
    _wardrobe_body(d, front)
    for i in (-1, 1):
        span = sorted((i * 0.003, i * (x - 0.012)))
        drawer_front(d, (span[0], span[1]), (0.075, d.h - 0.048), front, thick=0.02)
        d.handle(i * 0.045, front - 0.018, 1.02, 0.34, upright=True)


def wardrobe_four_doors(d: Design) -> None:
    """Four panelled doors above two drawers."""
    x, front = d.w / 2, -d.d / 2 + 0.045
    _wardrobe_body(d, front)
    pitch = (d.w - 0.024) / 4
    for i in range(4):
        left = -x + 0.012 + i * pitch
        panelled_door(d, (left + 0.003, left + pitch - 0.003), (0.37, d.h - 0.048), front, border=0.06)
        hinge = left + (pitch - 0.035 if i % 2 == 0 else 0.035)
        d.handle(hinge, front - 0.018, 1.15, 0.22, upright=True)
    for i in (-1, 1):
        span = sorted((i * 0.003, i * (x - 0.015)))
        drawer_front(d, (span[0], span[1]), (0.075, 0.362), front)
        for k in (-1, 1):
            d.knob(i * x / 2 + k * 0.22, front - 0.016, 0.22)


def wardrobe_sliding(d: Design) -> None:
    """Two sliding doors in rails; the right one is a mirror."""
    x, front = d.w / 2, -d.d / 2 + 0.06
    _wardrobe_body(d, front)
    for z in (0.06, d.h - 0.06):
        d.box("metal", (-x + 0.01, front - 0.055, z), (x - 0.01, front + 0.002, z + 0.022), bevel=0.002)
    low, high = 0.082, d.h - 0.06
    d.box("front", (-x + 0.014, front - 0.022, low), (0.03, front - 0.002, high), bevel=0.003)
    for i in range(1, 4):
        z = low + i * (high - low) / 4
        d.box("metal", (-x + 0.016, front - 0.025, z - 0.004), (0.028, front - 0.02, z + 0.004), bevel=0)
    d.box("metal", (-0.03, front - 0.05, low), (x - 0.014, front - 0.026, high), bevel=0.004)
    d.box("mirror", (-0.005, front - 0.053, low + 0.025), (x - 0.04, front - 0.045, high - 0.025), bevel=0)


def wardrobe_open(d: Design) -> None:
    """Clothes on a rail between two sides, boards above and drawers below."""
    x, y, wall = d.w / 2, d.d / 2, 0.024
    carcass(d, 0.0, d.h, front=-y, wall=wall)
    d.box("wood", (-x + wall, -y + 0.01, d.h - 0.3), (x - wall, y - 0.014, d.h - 0.28), bevel=0.003)
    d.box("frame", (-x + wall, -y + 0.04, wall), (x - wall, y - 0.014, 0.36), bevel=0.003)
    for i in (-1, 1):
        span = sorted((i * 0.003, i * (x - wall - 0.004)))
        drawer_front(d, (span[0], span[1]), (wall + 0.008, 0.352), -y + 0.04)
        d.handle(i * x / 2, -y + 0.022, 0.28, 0.16, upright=False)
        basket(d, (i * x / 2 - 0.17, -y + 0.06, d.h - 0.28), (i * x / 2 + 0.17, y - 0.06, d.h - 0.1), 0.016)
    rail = d.h - 0.36
    d.tube("metal", [(-x + wall, 0.0, rail), (x - wall, 0.0, rail)], 0.014)
    _clothes(d, (-x + 0.1, x - 0.14), rail)


def _clothes(d: Design, x: Span, rail: float) -> None:
    """Garments that hang from a rail."""
    luck = random.Random(5)
    roles: Sequence[Role] = (
        "fabric",
        "bedding",
        "accent",
        "linen",
        "toy2",
        "fabric",
        "toy3",
        "bedding",
        "linen",
        "accent",
    )
    pitch = (x[1] - x[0]) / len(roles)
    deep = 0.36 * d.d
    for i, role in enumerate(roles):
        at, length = x[0] + i * pitch, 0.62 + 0.32 * luck.random()
        d.tube("metal", [(at + 0.03, 0.0, rail), (at + 0.03, 0.0, rail - 0.07)], 0.004)
        low, high = (at, -deep, rail - length), (at + 0.062, deep, rail - 0.06)
        d.cushion(role, low, high, radius=0.03, bulge=0.004, folds=0.007)


def wardrobe_rack(d: Design) -> None:
    """A garment rack: a metal frame with a rail, a board for shoes and one for boxes."""
    x, y = d.w / 2, d.d / 2
    for side in (-1, 1):
        at = side * (x - 0.03)
        for end in (-1, 1):
            d.tube("metal", [(at, end * (y - 0.02), 0.0), (at, end * (y - 0.02), d.h - 0.012)], 0.014)
        d.tube("metal", [(at, -y + 0.02, d.h - 0.014), (at, y - 0.02, d.h - 0.014)], 0.014)
        d.tube("metal", [(at, -y + 0.02, 0.14), (at, y - 0.02, 0.14)], 0.01)
    for z in (0.15, d.h - 0.2):
        d.box("wood", (-x, -y + 0.02, z), (x, y - 0.02, z + 0.024), bevel=0.004)
    fill(d, "clothes", Room((-x + 0.04, x - 0.04), (-y + 0.02, y - 0.02), (0.22, d.h - 0.21), 4), "wood")
    for i in range(3):
        left = -x + 0.1 + i * 0.36
        if left + 0.3 < x:
            basket(d, (left, -y + 0.05, d.h - 0.176), (left + 0.3, y - 0.05, d.h - 0.02))
    for i in range(2):
        d.cushion(
            "leather", (-x + 0.14 + 0.3 * i, -y + 0.06, 0.174), (-x + 0.25 + 0.3 * i, y - 0.1, 0.26),
            radius=0.04, bulge=0.01,
        )  # fmt: skip


SHAPES: Final[tuple[Shape, ...]] = (
    Shape(
        "wardrobe",
        "two_doors",
        (1.04, 0.58, 2.04),
        "narrow {wood} {name} with two doors and {metal} handles",
        wardrobe_two_doors,
    ),
    Shape(
        "wardrobe",
        "four_doors",
        (1.84, 0.60, 2.24),
        "wide {wood} {name} with four panelled doors and bottom drawers",
        wardrobe_four_doors,
    ),
    Shape(
        "wardrobe",
        "sliding",
        (2.32, 0.64, 2.28),
        "large {wood} {name} with two sliding doors, one of them a mirror",
        wardrobe_sliding,
    ),
    Shape(
        "wardrobe",
        "open",
        (1.36, 0.52, 1.98),
        "open {wood} {name} with clothes on a {metal} hanging rail",
        wardrobe_open,
    ),
    Shape(
        "wardrobe",
        "cane",
        (1.30, 0.58, 1.96),
        "{wood} {name} with two {cane} doors above two drawers on peg legs",
        cased("cane:3.4 / drawer | cane:3.4 / drawer", base="pegs", lift=0.14),
        AIRY,
    ),
    Shape(
        "wardrobe",
        "louver",
        (1.68, 0.60, 2.06),
        "{wood} {name} with three louvred doors",
        cased("louver | louver | louver", base="block", lift=0.1),
        ("blue", "white", "ash", "oak"),
    ),
    Shape(
        "wardrobe",
        "mirror",
        (1.66, 0.60, 2.20),
        "{wood} {name} with a mirror door between two plain doors",
        cased("door | mirror | door", top="flush", pull="bar"),
        ("graphite", "white", "walnut", "oak"),
    ),
    Shape(
        "wardrobe",
        "armoire",
        (1.74, 0.64, 2.24),
        "{wood} armoire {name} with raised panel doors, two drawers and a moulded cornice",
        cased("raised:3.6 / drawer | raised:3.6 / drawer", base="bracket", lift=0.12, top="cornice", pull="ring"),
        CLASSIC,
    ),
    Shape(
        "wardrobe",
        "vitrine",
        (2.02, 0.60, 2.30),
        "large {name} with four {glass} doors in {metal} frames that show clothes",
        cased(
            "glass | glass | glass | glass", top="flush", pull="long", body="wood", fronts=("metal",), behind="clothes"
        ),
        ("graphite", "black", "emerald", "walnut"),
    ),
    Shape(
        "wardrobe",
        "wall",
        (2.48, 0.62, 2.42),
        "wall of five tall plain {wood} doors as {name}, without handles",
        cased("door | door | door | door | door", base="floor", top="flush", pull="none"),
        PLAIN,
    ),
    Shape(
        "wardrobe",
        "fluted",
        (2.08, 0.60, 2.26),
        "{wood} {name} with four fluted doors and long {metal} handles",
        cased("fluted | fluted | fluted | fluted", top="flush", pull="long"),
        GLAMOUR,
    ),
    Shape(
        "wardrobe",
        "half_open",
        (2.16, 0.58, 2.16),
        "{wood} {name} with two doors beside an open column of clothes",
        cased("(2)doorx2:4 / drawer | (1.3)open:0.8 / clothes:3 / drawer:0.7", pull="bar", body="wood"),
        ("oak", "ash", "white", "walnut"),
    ),
    Shape(
        "wardrobe",
        "barn",
        (1.26, 0.60, 2.00),
        "rustic {wood} {name} with two plank doors on bracket feet",
        cased("planksx2", base="bracket", lift=0.1, pull="bar"),
        ("black", "oak", "walnut", "blue"),
    ),
    Shape(
        "wardrobe",
        "rack",
        (1.30, 0.46, 1.86),
        "{metal} garment rack {name} with two {wood} boards and hanging clothes",
        wardrobe_rack,
        LOFT,
    ),
    Shape(
        "wardrobe",
        "child",
        (0.98, 0.52, 1.72),
        "low {wood} {name} with two doors above three wide drawers",
        cased("doorx2:2.6 / drawer / drawer / drawer", base="block", lift=0.08),
        PLAYFUL,
    ),
    Shape(
        "wardrobe",
        "lozenge",
        (1.16, 0.58, 2.08),
        "{wood} {name} with two doors, each with raised lozenges, on bun feet",
        cased("diamond / diamond:0.5 | diamond / diamond:0.5", base="bun", lift=0.1, top="cornice"),
        CLASSIC,
    ),
    Shape(
        "wardrobe",
        "long",
        (1.84, 0.60, 2.36),
        "tall {wood} {name} with three doors and floor to ceiling {metal} handles",
        cased("door | door | door", pull="long", top="cap"),
        ("graphite", "emerald", "mint", "mahogany"),
    ),
)
