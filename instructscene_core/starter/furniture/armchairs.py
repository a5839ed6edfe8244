"""Armchairs and lounge chairs: upholstered, winged, slung, hooded and in frames of wood or metal; they face −y."""

import math
from functools import partial
from typing import Final

import numpy as np

from .chair_parts import Chair, chair
from .joinery import peg_legs
from .palettes import AIRY, CLASSIC, GLAMOUR, LOFT, Role
from .parts import Design
from .shapes import Shape
from .sofa_forms import cocoon
from .surfaces import (
    Array,
    Relief,
    buttoned,
    channelled,
    domed,
    loft,
    panel,
    placed,
    plate,
    posed,
    prism,
    rounded,
    rounded_square,
    superellipse,
)
from .upholstery import Upholstery, upholstered


def wing(d: Design, *, cover: Role = "fabric", tufts: bool = True) -> None:
    """A high back with wings beside the head, over rolled arms."""
    back = "tufted" if tufts else "tight"
    upholstered(
        d, Upholstery(1, cover, "round", 0.14, 0.62, legs="bun", lift=0.19, back=back, deep=0.22, lean=0.12, pillows=0)
    )
    x, y, low = d.w / 2, d.d / 2, 0.58
    outline = [
        (y - 0.4, low),
        (y - 0.06, low),
        (y - 0.02, d.h - 0.06),
        (y - 0.12, d.h - 0.01),
        (y - 0.26, d.h - 0.07),
        (y - 0.31, low + 0.22),
    ]
    d.solid = "back"
    for side in (-1, 1):
        at = side * (x - 0.09)
        with posed(d, 2, side * 0.1, (at, y - 0.1, 0.0)):
            prism(d, cover, outline, 0, at - 0.04, at + 0.04, edge=0.028)


def sling(d: Design, *, cover: Role = "leather") -> None:
    """A slung seat in a frame of metal bars, with leather straps as arms."""
    x, y, r = d.w / 2 - 0.02, d.d / 2, 0.013
    d.solid = "seat"
    for side in (-1, 1):
        sx = side * x
        d.tube("metal", [(sx, -y + 0.02, r), (sx, -y + 0.06, 0.56), (sx, y - 0.2, 0.54)], r)
        d.tube("metal", [(sx, y - 0.05, r), (sx, y - 0.24, 0.36), (sx, y - 0.02, d.h - 0.01)], r)
        d.tube("metal", [(sx, -y + 0.02, r), (sx, y - 0.05, r)], r)
        d.solid = f"arm {side}"
        d.box(cover, (sx - 0.028, -y + 0.1, 0.562), (sx + 0.028, y - 0.18, 0.572), bevel=0.003)
        d.solid = "seat"
    for at in ((-y + 0.05, 0.42), (y - 0.24, 0.36), (y - 0.025, d.h - 0.02)):
        d.tube("metal", [(-x, *at), (x, *at)], r)

    def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
        t = np.clip(v / 0.55, 0, 1)
        b = np.clip((v - 0.55) / 0.45, 0, 1)
        depth = -y + 0.05 + t * (2 * y - 0.3) + b * 0.22
        high = 0.43 - 0.1 * t + b * (d.h - 0.36) - 0.09 * np.sin(math.pi * t) - 0.03 * np.sin(math.pi * b)
        return (2 * u - 1) * (x - 0.03), depth, high

    panel(d, cover, surface, 0.022, (5, 21), channelled(7, 0.012, upright=False))


def papasan(d: Design) -> None:
    """A round bowl of cushions, tilted on a ring of cane."""
    r = d.w / 2
    d.solid = "base"
    for low, radius in ((0.014, 0.62 * r), (0.34, 0.5 * r)):
        circle = [(radius * math.cos(t), radius * math.sin(t), low) for t in np.linspace(0, 2 * math.pi, 29).tolist()]
        d.tube("cane", circle, 0.016)
    for i in range(12):
        a, b = 2 * math.pi * i / 12, 2 * math.pi * (i + 1.6) / 12
        foot, head = 0.62 * r, 0.5 * r
        path = [(foot * math.cos(a), foot * math.sin(a), 0.01), (head * math.cos(b), head * math.sin(b), 0.34)]
        d.tube("cane", path, 0.01)
    d.solid = "bowl"
    with posed(d, 0, 0.42, (0.0, 0.0, 0.4)):

        def bowl(u: Array, v: Array) -> tuple[Array, Array, Array]:
            a, b = rounded_square(u, v, 1.0)
            return a * r, b * r, 0.34 + 0.2 * (a * a + b * b) ** 1.2

        panel(d, "cane", bowl, 0.025, (9, 9))

        def cushion(u: Array, v: Array) -> tuple[Array, Array, Array]:
            a, b = rounded_square(u, v, 1.0)
            return 0.97 * a * r, 0.97 * b * r, 0.42 + 0.2 * (a * a + b * b) ** 1.2

        panel(d, "fabric", cushion, 0.13, (16, 16), buttoned(6, 6, 0.03))


def egg(d: Design, *, cover: Role = "fabric") -> None:
    """A hooded shell on a swivel foot, with a seat cushion."""
    x, y = d.w / 2, d.d / 2
    d.solid = "base"
    d.turned("metal", (0.0, 0.04, 0.0), [(0.03, 0.05), (0.026, 0.28), (0.12, 0.34)])
    for i in range(4):
        a = math.pi / 4 + i * math.pi / 2
        reach = 0.42 * d.w
        end = (reach * math.cos(a), 0.04 + reach * math.sin(a), 0.016)
        d.tube("metal", [(0.0, 0.04, 0.075), (0.6 * end[0], 0.04 + 0.6 * (end[1] - 0.04), 0.05), end], 0.02, 0.014)
    d.solid = "seat"
    rings: list[Array] = []
    for share, z in ((0.3, 0.31), (0.62, 0.335), (0.84, 0.39), (0.9, 0.44), (0.8, 0.45)):
        ring = np.array(superellipse(share * (x - 0.02), share * (y - 0.03), 2.3, 48 if d.fine else 24))
        rings.append(np.insert(ring, 2, z, axis=1))
    loft(d, cover, rings)
    cushion = [(a, b - 0.03) for a, b in superellipse(0.74 * x, 0.76 * y, 2.5, 48 if d.fine else 24)]
    prism(d, cover, cushion, 2, 0.42, 0.51, edge=0.04)
    d.solid = "shell"

    def shell(u: Array, v: Array) -> tuple[Array, Array, Array]:
        reach = 1.22 - 0.36 * v**1.5
        turn = math.pi * (0.5 + reach * (0.5 - u))
        belly = 0.82 + 0.2 * np.sin(math.pi * np.clip(0.1 + 0.8 * v, 0, 1)) - 0.22 * np.clip(v - 0.6, 0, 1) ** 1.5
        high = 0.38 + (d.h - 0.38) * v * (1 - 0.16 * np.abs(2 * u - 1) ** 2)
        return x * belly * np.cos(turn), y * belly * np.sin(turn) * 0.95 - 0.3 * y * v**2.2 + 0.02, high

    panel(d, cover, shell, 0.055, (22, 12))


def plywood(d: Design, *, cover: Role | None = None) -> None:
    """A bent seat and a bent back of plywood on bent plywood legs."""
    x, y, level = d.w / 2, d.d / 2, 0.38
    d.solid = "seat"

    def bent(*, front: bool) -> None:
        def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
            across = (2 * u - 1) * x * (0.86 if front else 0.66)
            top = level - 0.03 if front else level - 0.045
            arch = np.clip(1 - np.abs(2 * u - 1) ** 5, 0, 1)
            along = -0.55 * y if front else 0.42 * y
            return across, along + (v - 0.5) * 0.09 + (0.06 if front else -0.06) * arch, top * arch + 0.008

        panel(d, "wood", surface, 0.016, (16, 2))

    bent(front=True)
    bent(front=False)
    d.box("wood", (-0.06, -0.6 * y, level - 0.055), (0.06, 0.7 * y, level - 0.04), bevel=0.004)

    def spine(u: Array, v: Array) -> tuple[Array, Array, Array]:
        return (2 * u - 1) * 0.06, 0.62 * y + 0.28 * y * v + 0 * u, level - 0.05 + (0.3 + 0.1 * v) * v

    panel(d, "wood", spine, 0.016, (2, 6))

    def seat(u: Array, v: Array) -> tuple[Array, Array, Array]:
        a, b = rounded_square(u, v, 0.5)
        return (
            a * x,
            -0.16 * y + b * 0.84 * y,
            level + 0.03 * a * a - 0.012 - 0.05 * np.clip(-b - 0.3, 0, 1) ** 2 - 0.03 * b,
        )

    panel(d, cover or "wood", seat, 0.05 if cover else 0.014, (8, 8), domed(0.02) if cover else None)
    d.solid = "back"
    with posed(d, 0, -0.25, (0.0, 0.8 * y, 0.6)):

        def back(u: Array, v: Array) -> tuple[Array, Array, Array]:
            a, b = rounded_square(u, v, 0.5)
            return a * x * 0.88, 0.8 * y - 0.06 * a * a, (level + 0.16 + d.h) / 2 + b * (d.h - level - 0.16) / 2

        panel(d, cover or "wood", back, 0.05 if cover else 0.014, (8, 6), domed(0.02) if cover else None)


def recliner(d: Design, *, cover: Role = "leather") -> None:
    """A reclined wooden shell with thick buttoned cushions and a head rest, on a star foot."""
    x, y, level = d.w / 2, d.d / 2, 0.36
    d.solid = "base"
    d.turned("metal", (0.0, 0.0, 0.0), [(0.035, 0.05), (0.03, level - 0.1), (0.14, level - 0.05)])
    for i in range(5):
        a = math.pi / 2 + 2 * math.pi * i / 5
        end = (0.4 * d.w * math.cos(a), 0.4 * d.w * math.sin(a), 0.014)
        d.tube("metal", [(0.0, 0.0, 0.07), (0.6 * end[0], 0.6 * end[1], 0.045), end], 0.022, 0.013)
    d.solid = "seat"
    _cradle(d, cover, (x - 0.1, (-y, y - 0.24), level), buttoned(4, 4, 0.02), level=True)
    for side in (-1, 1):
        d.solid = f"arm {side}"
        d.cushion(
            cover, (side * (x - 0.06) - 0.06, -0.55 * y, 0.5), (side * (x - 0.06) + 0.06, 0.42 * y, 0.57), radius=0.03
        )
        d.tube("metal", [(side * (x - 0.06), -0.1 * y, 0.51), (side * (x - 0.14), 0.0, level - 0.02)], 0.014)
    d.solid = "back"
    with posed(d, 0, -0.42, (0.0, y - 0.3, level + 0.06)):
        for low, high in ((level + 0.04, level + 0.34), (level + 0.36, level + 0.6)):
            _cradle(d, cover, (x - 0.1, (low, high), y - 0.29), buttoned(4, 2, 0.02), level=False)


def _cradle(
    d: Design, cover: Role, box: tuple[float, tuple[float, float], float], relief: Relief, *, level: bool
) -> None:
    """A cushion in a shallow wooden shell, the seat (``level``) or the back of an armchair.

    Args:
        d: the chair.
        cover: cloth or leather.
        box: of the shell: half width, both ends along its length, and its height (a seat) or y (a back).
        relief: of the cushion.
        level: lies instead of standing upright.
    """
    half, (low, high), at = box
    layers: tuple[tuple[Role, float, float], ...] = (("wood", 0.016, 0.0), (cover, 0.09, 0.055))
    for role, thick, away in layers:

        def surface(u: Array, v: Array, thick: float = thick, away: float = away) -> tuple[Array, Array, Array]:
            a, b = rounded_square(u, v, 0.3)
            along = (low + high) / 2 + b * (high - low) / 2
            rise = at + away * (1 if level else -1) + (0.05 * a**4 + 0.0 * thick) * (1 if level else -1)
            share = 1.0 if thick < 0.05 else 0.95
            return (a * half * share, along, rise) if level else (a * half * share, rise, along)

        panel(d, role, surface, thick, (8, 8), relief if away else None)


def slipper(d: Design, *, cover: Role = "fabric", back: str = "channels") -> None:
    """A low chair without arms."""
    reliefs: dict[str, tuple[Relief, tuple[int, int]]] = {
        "channels": (channelled(6, 0.03), (18, 4)),
        "tufted": (buttoned(6, 6, 0.03), (18, 18)),
        "plain": (domed(0.02), (6, 5)),
    }
    x, y, level = d.w / 2, d.d / 2, 0.42
    d.solid = "seat"
    peg_legs(d, "wood", 0.2, 0.07, 0.02)
    d.cushion(cover, (-x, -y, 0.17), (x, y - 0.08, level - 0.1), radius=0.03, bulge=0.004)
    d.cushion(cover, (-x, -y, level - 0.12), (x, y - 0.14, level), radius=0.05, bulge=0.02)
    d.solid = "back"
    relief, steps = reliefs[back]
    with posed(d, 0, -0.16, (0.0, y - 0.2, level)):

        def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
            a, b = rounded_square(u, v, 0.25)
            return a * x, y - 0.19 - 0.03 * a * a, (level - 0.2 + d.h) / 2 + b * (d.h - level + 0.2) / 2

        panel(d, cover, surface, 0.12, steps, relief)


def rocker(d: Design) -> None:
    """Spindles and bent arms on two runners."""
    y, rise = d.d / 2, 0.045
    made = Chair("splayed", "saddle", "spindles", level=0.4, arms=0.6, lean=0.24)
    inner = Design(d.w, 0.74 * d.d, d.h - rise, d.fine)
    chair(inner, made)
    inner.solid = "seat"
    inner.cushion("fabric", (-0.36 * d.w, -0.28 * d.d, 0.395), (0.36 * d.w, 0.1 * d.d, 0.445), radius=0.02, bulge=0.012)
    d.solid = "chair"
    placed(d, inner, (0.0, 0.0, rise))
    d.solid = "runners"
    for side in (-1, 1):
        x = side * (d.w / 2 - 0.03)
        path = [(x, t * y, 0.016 + 0.1 * t**4 + 0.02 * t * t) for t in np.linspace(-1, 1, 15).tolist()]
        d.tube("wood", path, 0.016)
        for end in (-1, 1):
            d.tube("frame", [(x, end * 0.35 * d.d, rise + 0.03), (x, end * 0.35 * d.d, 0.04)], 0.012)


def safari(d: Design) -> None:
    """A wooden frame with cane in seat and back, and loose cushions."""
    x, y, post = d.w / 2, d.d / 2, 0.022
    for side in (-1, 1):
        d.solid = f"arm {side}"
        for at, top in ((-y + 0.05, 0.58), (y - 0.24, 0.58)):
            d.tube("frame", [(side * (x - post), at, top), (side * (x - post), at + 0.02, 0.0)], post, 0.8 * post)
        d.tube("frame", [(side * (x - post), -y + 0.05, 0.2), (side * (x - post), y - 0.22, 0.2)], 0.012)
        rest = [(side * (x - 0.035) + a, -0.1 + b) for a, b in rounded(0.035, y - 0.1, 0.025, 4)]
        prism(d, "wood", rest, 2, 0.575, 0.6, edge=0.008)
    d.solid = "seat"
    for at in (-y + 0.06, y - 0.24):
        d.box("frame", (-x + post, at - 0.015, 0.27), (x - post, at + 0.015, 0.33), bevel=0.004)
    d.box("cane", (-x + post, -y + 0.06, 0.31), (x - post, y - 0.24, 0.318), bevel=0)
    d.cushion("fabric", (-x + 0.06, -y, 0.31), (x - 0.06, y - 0.26, 0.43), radius=0.045, bulge=0.016)
    d.solid = "back"
    with posed(d, 0, -0.26, (0.0, y - 0.24, 0.34)):
        rear = y - 0.22
        for side in (-1, 1):
            low, high = (side * (x - 0.075) - 0.016, rear - 0.014, 0.3), (side * (x - 0.075) + 0.016, rear + 0.014, d.h)
            d.box("frame", low, high, bevel=0.005)
        for low in (0.42, d.h - 0.05):
            d.box("wood", (-x + 0.09, rear - 0.012, low), (x - 0.09, rear + 0.012, low + 0.045), bevel=0.004)
        d.box("cane", (-x + 0.09, rear - 0.004, 0.46), (x - 0.09, rear + 0.004, d.h - 0.045), bevel=0)
        d.cushion("fabric", (-x + 0.1, rear - 0.13, 0.38), (x - 0.1, rear - 0.012, d.h - 0.14), radius=0.05, bulge=0.02)


def cube(d: Design, *, cover: Role = "leather") -> None:
    """Thick cushions held by bent metal tubes."""
    x, y, r = d.w / 2, d.d / 2, 0.012
    for side in (-1, 1):
        sx = side * (x - r)
        d.solid = f"arm {side}"
        loop = [(sx, -y + 0.03, r), (sx, -y + 0.02, 0.6), (sx, y - 0.02, 0.6), (sx, y - 0.02, r)]
        d.tube("metal", loop, r)
        d.tube("metal", [(sx, -y + 0.03, 0.2), (sx, y - 0.02, 0.2)], r)
        edge = sorted((side * (x - 0.03), side * (x - 0.15)))
        d.cushion(cover, (edge[0], -y + 0.04, 0.2), (edge[1], y - 0.04, 0.59), radius=0.03, bulge=0.008)
    d.solid = "seat"
    for at in (-y + 0.03, y - 0.02):
        d.tube("metal", [(-x + r, at, 0.2), (x - r, at, 0.2)], r)
    d.cushion(cover, (-x + 0.15, -y + 0.02, 0.2), (x - 0.15, y - 0.17, 0.34), radius=0.03, bulge=0.008)
    d.cushion(cover, (-x + 0.15, -y, 0.33), (x - 0.15, y - 0.18, 0.45), radius=0.03, bulge=0.012)
    d.solid = "back"
    d.tube("metal", [(-x + r, y - 0.02, 0.6), (x - r, y - 0.02, 0.6)], r)
    d.cushion(cover, (-x + 0.15, y - 0.19, 0.2), (x - 0.15, y - 0.04, d.h), radius=0.03, bulge=0.012)


def swivel(d: Design, *, cover: Role = "fabric") -> None:
    """A round tub on a flat turning foot."""
    d.solid = "base"
    plate(d, "metal", superellipse(0.3 * d.w, 0.3 * d.w, 2, 40), 0.0, 0.016, edge=0.004)
    d.turned("metal", (0.0, 0.0, 0.0), [(0.03, 0.012), (0.03, 0.14)])
    cocoon(d, cover=cover, legs="none", rise=0.86)


_U = Upholstery
_ARM: Final = (
    (
        "chesterfield",
        (0.98, 0.88, 0.78),
        "{leather} club {name} with a deep buttoned back, rolled arms and bun feet",
        _U(1, "leather", "rolled", 0.19, 0.72, legs="bun", lift=0.12, back="tufted", deep=0.25, pillows=0),
        CLASSIC,
    ),
    (
        "slim",
        (0.76, 0.80, 0.80),
        "{fabric} {name} with slim straight arms on {metal} sled legs",
        _U(1, arm=0.08, rise=0.6, legs="sled", lift=0.18, back="tight", pillows=1),
        (),
    ),
    (
        "wooden",
        (0.72, 0.80, 0.82),
        "{name} with an open {wood} frame, wooden arm rests and {fabric} cushions",
        _U(1, arms="open", arm=0.07, rise=0.58, legs="none", back="slats", pillows=0),
        (),
    ),
    (
        "loop",
        (0.74, 0.78, 0.78),
        "{leather} {name} in a flat {metal} frame with {wood} arm rests",
        _U(1, "leather", "loop", 0.06, 0.58, legs="none", pillows=0),
        LOFT,
    ),
    (
        "skirted",
        (0.90, 0.90, 0.88),
        "{fabric} {name} with rolled arms, a loose cushion and a pleated skirt",
        _U(1, arms="rolled", arm=0.19, rise=0.64, legs="skirt", lift=0.16, pillows=1),
        CLASSIC,
    ),
    (
        "channelled",
        (0.84, 0.82, 0.78),
        "{fabric} {name} with a channel tufted back and round arms on a {wood} plinth",
        _U(1, arms="round", arm=0.17, rise=0.7, legs="plinth", lift=0.08, back="channels", pillows=0),
        GLAMOUR,
    ),
    (
        "sloped",
        (0.78, 0.86, 0.92),
        "{leather} {name} with sloping arms and a high back on {wood} peg legs",
        _U(1, "leather", "sloped", 0.1, 0.58, lift=0.18, back="tight", pillows=0),
        (),
    ),
    (
        "deep",
        (1.06, 0.98, 0.74),
        "low wide {fabric} {name} with fat round arms and a scatter pillow",
        _U(
            1, arms="round", arm=0.24, rise=0.54, legs="none", lift=0.05, seat=0.4, back="scatter", deep=0.28, pillows=0
        ),
        (),
    ),
)

SHAPES: Final[tuple[Shape, ...]] = (
    *(Shape("armchair", name, size, words, partial(upholstered, made=made), p) for name, size, words, made, p in _ARM),
    Shape(
        "armchair",
        "wing",
        (0.80, 0.84, 1.06),
        "{fabric} wing back {name} with a deep buttoned back and turned {wood} feet",
        wing,
        CLASSIC,
    ),
    Shape(
        "armchair",
        "barrel",
        (0.82, 0.78, 0.74),
        "round {fabric} barrel {name} on a {wood} plinth",
        partial(cocoon, rise=0.82),
    ),
    Shape(
        "armchair",
        "ribbed",
        (0.76, 0.74, 0.80),
        "{fabric} {name} with a ribbed shell back on slender {metal} legs",
        partial(cocoon, legs="pins", ribs=11, rise=0.72),
        GLAMOUR,
    ),
    Shape(
        "armchair",
        "swivel",
        (0.80, 0.80, 0.76),
        "{leather} swivel {name} on a round {metal} foot",
        partial(swivel, cover="leather"),
    ),
    Shape("lounge_chair", "sling", (0.66, 0.76, 0.84), "{leather} sling {name} in a {metal} frame", sling, LOFT),
    Shape(
        "lounge_chair",
        "papasan",
        (0.98, 0.92, 0.86),
        "round papasan {name} with a {fabric} cushion on {cane}",
        papasan,
        AIRY,
    ),
    Shape("lounge_chair", "egg", (0.82, 0.78, 1.08), "hooded {fabric} egg {name} on a {metal} swivel foot", egg),
    Shape("lounge_chair", "plywood", (0.60, 0.64, 0.72), "bent {wood} plywood {name} with a low back", plywood),
    Shape(
        "lounge_chair",
        "recliner",
        (0.82, 0.86, 0.90),
        "reclined {leather} {name} in {wood} shells with a head rest and a {metal} star foot",
        recliner,
    ),
    Shape(
        "lounge_chair",
        "slipper",
        (0.60, 0.72, 0.78),
        "armless {fabric} slipper {name} with a channelled back and {wood} legs",
        slipper,
    ),
    Shape(
        "lounge_chair",
        "tufted",
        (0.62, 0.74, 0.90),
        "armless {fabric} {name} with a deep buttoned back",
        partial(slipper, back="tufted"),
        CLASSIC,
    ),
    Shape(
        "lounge_chair",
        "rocker",
        (0.62, 0.80, 0.92),
        "{wood} rocking {name} with spindles and a {fabric} seat pad",
        rocker,
    ),
    Shape(
        "lounge_chair",
        "safari",
        (0.70, 0.78, 0.80),
        "{wood} {name} with {cane} in its back and {fabric} cushions",
        safari,
        AIRY,
    ),
    Shape("lounge_chair", "cube", (0.78, 0.74, 0.68), "{leather} cube {name} in bent {metal} tubes", cube),
)
